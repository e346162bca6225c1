package parquet_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"

	pq "github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/compress"
	"github.com/apache/arrow/go/v17/parquet/file"
	"github.com/apache/arrow/go/v17/parquet/schema"

	"yanzhen/pipeline/source/grid"
	"yanzhen/pipeline/source/parquet"
)

func must(t testing.TB, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

// written is a file of one row group, of columns that all hold these texts.
func written(t testing.TB, columns int, texts []string, codec compress.Compression, dictionary bool) []byte {
	t.Helper()
	var fields schema.FieldList
	for i := range columns {
		fields = append(fields, schema.NewByteArrayNode(fmt.Sprint("c", i), pq.Repetitions.Required, -1))
	}
	root, err := schema.NewGroupNode("schema", pq.Repetitions.Required, fields, -1)
	must(t, err)
	var out bytes.Buffer
	w := file.NewParquetWriter(&out, root, file.WithWriterProps(pq.NewWriterProperties(pq.WithCompression(codec), pq.WithDictionaryDefault(dictionary), pq.WithStats(false), pq.WithDataPageSize(1<<30), pq.WithDictionaryPageSizeLimit(1<<30))))
	group := w.AppendRowGroup()
	values := make([]pq.ByteArray, len(texts))
	for i, s := range texts {
		values[i] = pq.ByteArray(s)
	}
	for range columns {
		c, err := group.NextColumn()
		must(t, err)
		_, err = c.(*file.ByteArrayColumnChunkWriter).WriteBatch(values, nil, nil)
		must(t, err, c.Close())
	}
	must(t, group.Close(), w.Close())
	return out.Bytes()
}

var small = parquet.Limits{Columns: 1000, RecordBytes: 1 << 30, MemoryBytes: 16 << 20}

// read reads a file to its end; "": it has one.
func read(t *testing.T, content []byte, limits parquet.Limits, each func(int, []grid.Cell) bool) string {
	t.Helper()
	table, err := parquet.Open(bytes.NewReader(content), int64(len(content)), limits)
	if err == nil {
		err = table.Rows(t.Context(), 0, each)
	}
	var r *grid.Refusal
	if err != nil && (!errors.As(err, &r) || r.Text.Zh == "" || r.Text.En == "") {
		t.Fatalf("got %v, want a refusal", err)
	}
	if r == nil {
		return ""
	}
	return r.Rule
}

func all(int, []grid.Cell) bool { return true }

// overlaid puts other bytes where the first page begins, over what stood there.
func overlaid(content, old, with []byte) []byte {
	i := bytes.Index(content, old)
	if i < 0 {
		panic("there is no such header")
	}
	content = bytes.Clone(content)
	copy(content[i+len(with):len(content)-200], content[i+len(old):])
	copy(content[i:], with)
	return content
}

// A file costs no more than it is given, whatever it packs and whatever it claims.
func TestBombs(t *testing.T) {
	large := strings.Repeat("x", 1<<20)
	huge := binary.AppendUvarint(nil, 2*(1<<31-1))
	plain := written(t, 1, []string{strings.Repeat("x", 1000)}, compress.Codecs.Uncompressed, false)
	header := []byte{0x15, 0, 0x15, 0xd8, 0x0f, 0x15, 0xd8, 0x0f}
	words := written(t, 1, []string{strings.Repeat("y", 1000)}, compress.Codecs.Uncompressed, true)
	narrow := small
	narrow.RecordBytes = 1 << 19
	for _, c := range []struct {
		name, rule string
		content    []byte
		limits     parquet.Limits
	}{
		{"whole", "", written(t, 3, []string{large, "", large}, compress.Codecs.Zstd, false), small},
		{"whole, by snappy and a dictionary", "", written(t, 3, []string{large, "", large}, compress.Codecs.Snappy, true), small},
		{"a large row", "record_size", written(t, 2, []string{large[1<<19+1:]}, compress.Codecs.Zstd, false), narrow},
		{"a large cell", "record_size", written(t, 1, []string{large}, compress.Codecs.Zstd, false), narrow},
		{"pages that are held at one time", "pages", written(t, 20, []string{large}, compress.Codecs.Zstd, false), small},
		{"dictionaries", "pages", written(t, 20, []string{large, large}, compress.Codecs.Zstd, true), small},
		{"a word that is said often", "pages", written(t, 1, slicesOf(large, 100), compress.Codecs.Zstd, true), small},
		{"a page that claims to be stored in 2 GiB", "pages", overlaid(plain, header, append(bytes.Clone(header[:6]), huge...)), small},
		{"a dictionary that claims 2 billion words", "damaged", overlaid(words, []byte{0x4c, 0x15, 2}, append([]byte{0x4c, 0x15}, huge...)), small},
		{"rows that do not add up", "damaged", bytes.Replace(written(t, 1, slicesOf("a", 5), compress.Codecs.Zstd, false), []byte{0x16, 10, 0x19}, []byte{0x16, 12, 0x19}, 1), small},
	} {
		if rule := read(t, c.content, c.limits, all); rule != c.rule {
			t.Errorf("%s: got %q, want %q", c.name, rule, c.rule)
		}
	}
}

func slicesOf(s string, n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = s
	}
	return list
}

// A panic of who takes the rows says nothing of the file.
func TestTheirPanic(t *testing.T) {
	defer func() {
		if p := recover(); p != "mine" {
			t.Errorf("got %v, want the panic itself", p)
		}
	}()
	t.Errorf("got %q", read(t, written(t, 1, []string{"a"}, compress.Codecs.Zstd, false), small, func(int, []grid.Cell) bool { panic("mine") }))
}

// Moments as old programs write them are those that they are, beyond what fits into nanoseconds too.
func TestInt96(t *testing.T) {
	root, err := schema.NewGroupNode("schema", pq.Repetitions.Required, schema.FieldList{schema.NewInt96Node("at", pq.Repetitions.Required, -1)}, -1)
	must(t, err)
	var values []pq.Int96
	for _, v := range []struct {
		julian uint32
		nanos  uint64
	}{{2440588, 0}, {5373484, 3600e9}, {2305448, 16 * 3600e9}, {2440588, 86400e9}, {2440588, 1 << 63}, {0, 0}} {
		var b pq.Int96
		binary.LittleEndian.PutUint64(b[:], v.nanos)
		binary.LittleEndian.PutUint32(b[8:], v.julian)
		values = append(values, b)
	}
	var out bytes.Buffer
	w := file.NewParquetWriter(&out, root)
	group := w.AppendRowGroup()
	c, err := group.NextColumn()
	must(t, err)
	_, err = c.(*file.Int96ColumnChunkWriter).WriteBatch(values, nil, nil)
	must(t, err, c.Close(), group.Close(), w.Close())
	var got []string
	if rule := read(t, out.Bytes(), small, func(_ int, cells []grid.Cell) bool {
		got = append(got, cells[0].Text)
		return true
	}); rule != "" {
		t.Fatal(rule)
	}
	if s := strings.Join(got, "|"); s != "1970-01-01 08:00:00|9999-12-31 09:00:00|1600-01-02|#NUM!|#NUM!|#NUM!" {
		t.Errorf("got %s", s)
	}
}
