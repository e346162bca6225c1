package source_test

import (
	"bytes"
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/compress"
	"github.com/apache/arrow/go/v17/parquet/pqarrow"

	"yanzhen/pipeline/source"
)

func TestJSONLines(t *testing.T) {
	const text = "\ufeff{\"姓名\":\"张三\",\"人数\":3,\"单位\":{\"名称\":\"甲\",\"电话\":null}}\r\n" +
		"\n" +
		`{"人数":12.50,"姓名":"李\t四","在职":true,"标签":["a","b"]}` + "\n" +
		`{"姓名":"王五","姓名":"王六"}` + "\n" +
		`{"姓名":"赵七","单位":{"名称":"乙` + "\n" +
		`["姓名"]` + "\n" +
		`{"单位.名称":"丙","单位":{"名称":"丁"}} ` + "\n" +
		`{"姓名":"钱八"}{"姓名":"孙九"}` + "\n" +
		`{"最后":1e3}`
	f := open(t, write(t, "台账.txt", []byte(text)), source.Options{Want: []source.Want{{Names: []string{"姓名"}, Required: true}}})
	if f.Format != source.JSON {
		t.Fatalf("got format %s", f.Format)
	}
	var got []string
	doubts := map[int]string{}
	for r, err := range f.Tables()[0].Rows(t.Context()) {
		must(t, err)
		if r.Doubt != nil {
			doubts[r.Origin.Row] = r.Doubt.Rule + " " + r.Doubt.Text.Zh
			if !r.Doubt.Lost || len(r.Cells) != 1 {
				t.Errorf("row %d: got %+v with cells %v", r.Origin.Row, r.Doubt, r.Cells)
			}
			continue
		}
		for i, c := range r.Cells {
			if c.Kind != source.Blank {
				got = append(got, r.Origin.Cell(i)+"="+c.Text+":"+string('0'+rune(c.Kind)))
			}
		}
	}
	if h := strings.Join(f.Tables()[0].Header(), "|"); h != "姓名|人数|单位.名称|单位.电话|在职|标签|最后" {
		t.Errorf("got columns %s", h)
	}
	if s := strings.Join(got, " "); s != "A1=张三:1 B1=3:2 C1=甲:1 A3=李\t四:1 B3=12.50:2 E3=TRUE:4 F3=[\"a\",\"b\"]:8 G9=1e3:2" {
		t.Errorf("got %s", s)
	}
	for row, says := range map[int]string{4: "json_twice 键“姓名”", 5: "json_line 这一行不是完整的 JSON（键“单位.名称”处）", 6: "json_line", 7: "json_twice 键“单位.名称”", 8: "json_line 一行里不止一个"} {
		if !strings.HasPrefix(doubts[row], says) {
			t.Errorf("line %d: got %q, want %q", row, doubts[row], says)
		}
	}

	key := strings.Repeat("键", 10_000)
	for r, err := range open(t, write(t, "b.jsonl", []byte(`{"a":1}`+"\n"+`{"`+key+`":`+"\n"+`{"b":{"`+key+`":`)), source.Options{}).Tables()[0].Rows(t.Context()) {
		if must(t, err); r.Doubt != nil && len(r.Doubt.Text.Zh) > 500 {
			t.Errorf("line %d: %d bytes of a key are quoted", r.Origin.Row, len(r.Doubt.Text.Zh))
		}
	}

	limits := source.Limits{RecordBytes: 1 << 16, Columns: 50}
	var many strings.Builder
	for i := range 60 {
		many.WriteString(`{"k` + strings.Repeat("x", i) + `":1}` + "\n")
	}
	for _, c := range []struct{ rule, text string }{
		{"record_size", `{"a":1}` + "\n" + `{"a":"` + strings.Repeat("x", 1<<17) + `"}`},
		{"columns", many.String()},
		{"json_lines", `{"a":` + "}\n" + `{"b":` + "}\n"},
		{"markup", "{\n\"a\": 1,\n\"b\": 2\n}\n"},
		{"markup", `[{"a":1},{"a":2}]`},
	} {
		if r := refusal(t, write(t, "a.jsonl", []byte(c.text)), source.Options{Limits: limits}); r.Rule != c.rule {
			t.Errorf("%.20q: got %s, want %s", c.text, r.Rule, c.rule)
		}
	}
}

// parquetOf writes some rows with every type that is told, in groups of two.
func parquetOf(t testing.TB, fields ...arrow.Field) []byte {
	t.Helper()
	fields = append([]arrow.Field{
		{Name: "id", Type: arrow.PrimitiveTypes.Int64},
		{Name: "name", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "amount", Type: &arrow.Decimal128Type{Precision: 30, Scale: 2}, Nullable: true},
		{Name: "day", Type: arrow.FixedWidthTypes.Date32},
		{Name: "at", Type: &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"}},
		{Name: "local", Type: &arrow.TimestampType{Unit: arrow.Millisecond}},
		{Name: "rate", Type: arrow.PrimitiveTypes.Float64},
		{Name: "on", Type: arrow.FixedWidthTypes.Boolean},
		{Name: "u", Type: arrow.PrimitiveTypes.Uint32},
		{Name: "kind", Type: &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}},
		{Name: "raw", Type: arrow.BinaryTypes.Binary},
	}, fields...)
	b := array.NewRecordBuilder(memory.NewGoAllocator(), arrow.NewSchema(fields, nil))
	defer b.Release()
	at := time.Date(2026, 1, 31, 16, 30, 0, 0, time.UTC)
	for i := range 5 {
		b.Field(0).(*array.Int64Builder).Append([]int64{-1, 9007199254740993, 3, 4, 5}[i])
		if i == 1 {
			b.Field(1).AppendNull()
			b.Field(2).AppendNull()
		} else {
			b.Field(1).(*array.StringBuilder).Append("张" + strings.Repeat("三", i))
			b.Field(2).(*array.Decimal128Builder).Append(decimal128.FromI64([]int64{-5, 0, 123456789012345678, 100, 0}[i]))
		}
		b.Field(3).(*array.Date32Builder).Append(arrow.Date32FromTime(at))
		b.Field(4).(*array.TimestampBuilder).Append(arrow.Timestamp(at.UnixMicro()))
		b.Field(5).(*array.TimestampBuilder).Append(arrow.Timestamp(at.UnixMilli()))
		b.Field(6).(*array.Float64Builder).Append([]float64{0.1, 1e21, math.NaN(), -2.5, 1234567.125}[i])
		b.Field(7).(*array.BooleanBuilder).Append(i%2 == 0)
		b.Field(8).(*array.Uint32Builder).Append(math.MaxUint32)
		must(t, b.Field(9).(*array.BinaryDictionaryBuilder).AppendString("引进"))
		b.Field(10).(*array.BinaryBuilder).Append([]byte{0xff, 0x00})
		for j := 11; j < len(fields); j++ {
			b.Field(j).AppendNull()
		}
	}
	rec := b.NewRecord()
	defer rec.Release()
	var out bytes.Buffer
	w, err := pqarrow.NewFileWriter(rec.Schema(), &out, parquet.NewWriterProperties(parquet.WithCompression(compress.Codecs.Zstd), parquet.WithMaxRowGroupLength(2)), pqarrow.DefaultWriterProps())
	must(t, err)
	must(t, w.WriteBuffered(rec), w.Close())
	return out.Bytes()
}

func TestParquet(t *testing.T) {
	content := parquetOf(t)
	f := open(t, write(t, "台账.xlsx", content), source.Options{Zone: time.FixedZone("", 8*3600)})
	want := "id|name|amount|day|at|local|rate|on|u|kind|raw\n" +
		"1:-1|张|-0.05|2026-01-31|2026-02-01 00:30:00|2026-01-31 16:30:00|0.1|TRUE|4294967295|引进|0xff00\n" +
		"2:9007199254740993|||2026-01-31|2026-02-01 00:30:00|2026-01-31 16:30:00|1E+21|FALSE|4294967295|引进|0xff00\n" +
		"3:3|张三三|1234567890123456.78|2026-01-31|2026-02-01 00:30:00|2026-01-31 16:30:00|#NUM!|TRUE|4294967295|引进|0xff00\n" +
		"4:4|张三三三|1.00|2026-01-31|2026-02-01 00:30:00|2026-01-31 16:30:00|-2.5|FALSE|4294967295|引进|0xff00\n" +
		"5:5|张三三三三|0.00|2026-01-31|2026-02-01 00:30:00|2026-01-31 16:30:00|1234567.125|TRUE|4294967295|引进|0xff00\n"
	table := f.Tables()[0]
	if got := plain(t, table); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	kinds := []source.Kind{source.Text, source.Blank, source.Blank, source.Date, source.Date, source.Date, source.Number, source.Bool, source.Number, source.Text, source.Nested}
	rows := all(t, table)
	for i, c := range rows[1].Cells {
		if c.Kind != kinds[i] {
			t.Errorf("%s: got kind %d, want %d", rows[1].Origin.Cell(i), c.Kind, kinds[i])
		}
	}
	if k := rows[2].Cells[6].Kind; k != source.Error {
		t.Errorf("not a number: got kind %d", k)
	}

	nested := arrow.Field{Name: "标签", Type: arrow.ListOf(arrow.BinaryTypes.String), Nullable: true}
	if r := refusal(t, write(t, "a.parquet", parquetOf(t, nested)), source.Options{}); r.Rule != "nested" || !strings.Contains(r.Text.Zh, "标签") {
		t.Errorf("got %+v, want the column by its name", r)
	}
	if r := refusal(t, write(t, "a.parquet", content[:len(content)-9]), source.Options{}); r.Rule != "half_written" {
		t.Errorf("cut off: got %s", r.Rule)
	}
	// whatever byte of it is another one, it is read or refused in words
	for i := 4; i < len(content); i += 41 {
		bad := bytes.Clone(content)
		bad[i] ^= 0xa5
		file, err := source.Open(context.Background(), write(t, "a.parquet", bad), source.Options{Limits: source.Limits{MemoryBytes: 1 << 22}})
		var r *source.Refusal
		if err != nil {
			if !errors.As(err, &r) {
				t.Fatalf("byte %d: got %v, want a refusal", i, err)
			}
			continue
		}
		for _, err := range file.Tables()[0].Rows(context.Background()) {
			if err != nil && !errors.As(err, &r) {
				t.Fatalf("byte %d: got %v, want a refusal", i, err)
			}
		}
		file.Close()
	}
}

// FuzzNamed gives the readers of JSON Lines and Parquet anything.
func FuzzNamed(f *testing.F) {
	f.Add(parquetOf(f))
	f.Add([]byte(`{"a":{"b":[1,{"c":2}]},"d":"\ud800"}` + "\n" + `{"a":1}`))
	f.Add([]byte(`{"":{"":{"":{"":{"":{"":{"":{"":{"":{"":1}}}}}}}}}}`))
	path := filepath.Join(f.TempDir(), "input")
	f.Fuzz(func(t *testing.T, content []byte) {
		must(t, os.WriteFile(path, content, 0o600))
		file, err := source.Open(context.Background(), path, source.Options{Limits: source.Limits{RecordBytes: 1 << 16, MemoryBytes: 1 << 20}})
		var r *source.Refusal
		if err != nil {
			if !errors.As(err, &r) || r.Text.Zh == "" {
				t.Fatalf("got %v, want a refusal", err)
			}
			return
		}
		defer file.Close()
		n := 0
		for row, err := range file.Tables()[0].Rows(context.Background()) {
			if err != nil && !errors.As(err, &r) {
				t.Fatalf("got %v, want a refusal", err)
			}
			if n++; n > 10000 || len(row.Cells) > 4096 {
				break
			}
		}
	})
}
