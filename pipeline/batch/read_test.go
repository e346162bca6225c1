package batch

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/source"
)

// one reads one cell as the only column of a dataset. got is the value as JSON, "" for a refused
// row; rule is the reject's, with "!" where the row was loaded all the same.
func one(t testing.TB, c dataset.Column, header string, cell source.Cell, o Options) (got, rule string) {
	t.Helper()
	if c.Title.Zh == "" {
		c.Title = both("列", "Column")
	}
	c.Name = "x"
	ds := &dataset.Dataset{Name: "one", Columns: []dataset.Column{c, {Name: "row", Title: both("序号", "No"), Type: dataset.String, Required: true}}}
	if c.Required && o.From.IsZero() == false {
		ds.Period = &dataset.Span{Column: "x", Grain: "month"}
	}
	if header == "" {
		header = "列"
	}
	src := &table{header: []string{header, "序号"}, rows: [][]source.Cell{{cell, {Text: "第一行", Kind: source.Text}}}}
	out := load(t, ds, src, o)
	if out.err != nil {
		return "", "error: " + out.err.Error()
	}
	if len(out.rejects) > 0 {
		rule = out.rejects[0].Rule
		if out.rejects[0].Reason.Zh == "" || out.rejects[0].Reason.En == "" || out.rejects[0].Remedy.Zh == "" || out.rejects[0].Remedy.En == "" {
			t.Errorf("reject %s lacks a text: %+v", rule, out.rejects[0])
		}
		if out.rejects[0].Warn {
			rule += "!"
		}
	}
	if len(out.rows) == 1 {
		b, _ := json.Marshal(out.rows[0]["x"])
		got = string(b)
	}
	return got, rule
}

func TestNumbers(t *testing.T) {
	i32 := dataset.Column{Type: dataset.Int32}
	f64 := dataset.Column{Type: dataset.Float64}
	yuan := dataset.Column{Type: dataset.Float64, Unit: "元"}
	wan := dataset.Column{Type: dataset.Float64, Unit: "万元"}
	pct := dataset.Column{Type: dataset.Float64, Unit: "%"}
	people := dataset.Column{Type: dataset.Int32, Unit: "人"}
	id64 := dataset.Column{Type: dataset.Int64}
	for _, tt := range []struct {
		col    dataset.Column
		header string
		kind   source.Kind
		cell   string
		want   string
		rule   string
	}{
		{i32, "", 0, "300", "300", ""},
		{i32, "", 0, "-7", "-7", ""},
		{i32, "", 0, "+7", "7", ""},
		{i32, "", 0, " 300 ", "300", ""},
		{i32, "", 0, "\u00a0300\u3000", "300", ""},
		{i32, "", 0, "１２３", "123", ""},
		{i32, "", 0, "１，２３４", "1234", ""},
		{i32, "", 0, "1,234,567", "1234567", ""},
		{i32, "", 0, "1,23,4", "", "thousands"},
		{i32, "", 0, "12345,678", "", "thousands"},
		{i32, "", 0, "300.0", "300", ""},
		{i32, "", 0, "300.5", "", "integer"},
		{i32, "", 0, "1.2万", "12000", ""},
		{i32, "", 0, "1.23456万", "", "integer"},
		{i32, "", 0, "3千", "3000", ""},
		{i32, "", 0, "1.5亿", "150000000", ""},
		{i32, "", 0, "15亿", "1500000000", ""},
		{i32, "", 0, "25亿", "", "range"},
		{i32, "", 0, "1e3", "1000", ""},
		{i32, "", 0, "300人", "300", ""},
		{i32, "", 0, "300 名", "300", ""},
		{people, "", 0, "300个", "300", ""},
		{people, "列（人）", 0, "300", "300", ""},
		{people, "", 0, "300元", "", "unit"},
		{i32, "", 0, "(1,200)", "-1200", ""},
		{i32, "", 0, "（12）", "-12", ""},
		{i32, "", 0, "−12", "-12", ""},
		{i32, "", 0, "－１２", "-12", ""},
		{i32, "", 0, "约300", "", "approximate"},
		{i32, "", 0, "300余", "", "approximate"},
		{i32, "", 0, "300余名", "", "approximate"},
		{i32, "", 0, "近300人", "", "approximate"},
		{i32, "", 0, "300+", "", "approximate"},
		{i32, "", 0, "300-400", "", "approximate"},
		{i32, "", 0, "300左右", "", "approximate"},
		{i32, "", 0, "≥300", "", "approximate"},
		{i32, "", 0, "202x", "", "placeholder"},
		{i32, "", 0, "202X余名", "", "placeholder"},
		{i32, "", 0, "2０2ｘ", "", "placeholder"},
		{i32, "", 0, "3**", "", "placeholder"},
		{i32, "", 0, "三百", "", "number"},
		{i32, "", 0, "x", "", "number"},
		{i32, "", 0, "1.2.3", "", "number"},
		{i32, "", 0, "1 2", "", "two_numbers"},
		{i32, "", 0, "10³", "", "number"},
		{i32, "", 0, "①", "", "number"},
		{i32, "", 0, "½", "", "number"},
		{i32, "", 0, "٣", "", "number"},
		{i32, "", 0, "—", "null", ""},
		{i32, "", 0, "——", "null", ""},
		{i32, "", 0, "-", "null", ""},
		{i32, "", 0, "/", "null", ""},
		{i32, "", 0, "无", "null", ""},
		{i32, "", 0, "N/A", "null", ""},
		{i32, "", 0, "NULL", "null", ""},
		{i32, "", 0, "空", "null", ""},
		{i32, "", 0, "　", "null", ""},
		{i32, "", 0, "5000000000", "", "range"},
		{i32, "", 0, "2147483647", "2147483647", ""},
		{i32, "", 0, "2147483648", "", "range"},
		{i32, "", 0, "-2147483648", "-2147483648", ""},
		{dataset.Column{Type: dataset.Int8}, "", 0, "300", "", "range"},
		{dataset.Column{Type: dataset.Int8}, "", 0, "-128", "-128", ""},
		{dataset.Column{Type: dataset.Int16}, "", 0, "40000", "", "range"},
		{id64, "", 0, "9223372036854775807", "9223372036854775807", ""},
		{id64, "", 0, "9223372036854775808", "", "range"},
		{id64, "", 0, "99999999999999999999999", "", "digits"},
		{i32, "", 0, "#REF!", "", "error_cell"},
		{i32, "", source.Error, "#REF!", "", "error_cell"},
		{i32, "", source.Error, "#N/A", "", "error_cell"},
		{i32, "", source.NoCache, "", "", "formula_not_computed"},
		{i32, "", source.Number, "300", "300", ""},
		{i32, "", source.Number, "2.9999999999999996", "3", ""},
		{i32, "", source.Number, "2.999", "", "integer"},
		{i32, "", source.Number, "1.2E+5", "120000", ""},
		{i32, "", source.Date, "2026-09-01", "", "number"},
		{i32, "", source.Bool, "TRUE", "", "number"},
		{id64, "", source.Number, "1234567890123456", "", "precision"},
		{id64, "", source.Number, "3.31121E+17", "", "precision"},
		{id64, "", 0, "3.31121E+17", "", "precision"},

		{f64, "", 0, "1234.5", "1234.5", ""},
		{f64, "", 0, "１２３．５", "123.5", ""},
		{f64, "", 0, "1,234.50", "1234.5", ""},
		{f64, "", 0, "0.1", "0.1", ""},
		{f64, "", 0, "-0", "0", ""},
		{f64, "", 0, "12%", "0.12", ""},
		{f64, "", 0, "１２％", "0.12", ""},
		{f64, "", 0, "0.30000000000000004", "0.30000000000000004", ""},
		{f64, "", 0, "0.123456789012345678901", "0.12345678901234568", ""},
		{f64, "", source.Number, "0.30000000000000004", "0.30000000000000004", ""},
		{f64, "", 0, "1e400", "", "range"},
		{f64, "", 0, "NaN", "null", ""},
		{f64, "", 0, "Inf", "", "number"},
		{f64, "", 0, "0x10", "", "placeholder"},
		{f64, "", 0, "1_000", "", "placeholder"},
		{pct, "", 0, "12%", "12", ""},
		{pct, "", 0, "12", "12", ""},
		{pct, "列（%）", 0, "12", "12", ""},
		{yuan, "", 0, "3000元", "3000", ""},
		{yuan, "", 0, "¥3,000", "3000", ""},
		{yuan, "", 0, "￥3000", "3000", ""},
		{yuan, "", 0, "3.5万元", "35000", ""},
		{yuan, "", 0, "3.5万", "35000", ""},
		{yuan, "", 0, "2亿元", "200000000", ""},
		{yuan, "", 0, "100美元", "", "unit"},
		{yuan, "", 0, "人民币壹万贰仟元整", "12000", ""},
		{yuan, "", 0, "叁拾伍万零捌佰元伍角", "350800.5", ""},
		{yuan, "", 0, "拾万元整", "100000", ""},
		{wan, "", 0, "壹亿零伍拾万圆整", "10050", ""},
		{yuan, "", 0, "壹贰元整", "", "number"},
		{yuan, "", 0, "壹仟万仟元", "", "number"},
		{people, "", 0, "壹万元整", "", "unit"},
		{wan, "", 0, "1.2万元整", "1.2", ""},
		{f64, "", 0, "16课时", "16", ""},
		{people, "", 0, "16课时", "", "unit"},
		{wan, "", 0, "CNY 50,000", "5", ""},
		{yuan, "列（万元）", 0, "1.2", "12000", ""},
		{yuan, "列（万元）", source.Number, "1.2", "12000", ""},
		{yuan, "列（万元）", 0, "1.2万元", "12000", ""},
		{yuan, "列（万元）", 0, "3000元", "3000", ""},
		{yuan, "列（万元）", 0, "1.2万", "", "unit_twice"},
		{yuan, "列\n（单位：万元）", 0, "1.2", "12000", ""},
		{yuan, "列（元）", 0, "1.2", "1.2", ""},
		{yuan, "列（美元）", 0, "1.2", "", "error: "},
		{wan, "", 0, "1.2", "1.2", ""},
		{wan, "", 0, "3000元", "0.3", ""},
		{wan, "列（元）", 0, "3000", "0.3", ""},
		{wan, "列（亿元）", 0, "3", "30000", ""},
		{wan, "", 0, "1.2万", "", "unit_twice"},
	} {
		if tt.kind == source.Blank {
			tt.kind = source.Text
		}
		got, rule := one(t, tt.col, tt.header, source.Cell{Text: tt.cell, Kind: tt.kind}, Options{})
		if tt.rule == "error: " && strings.HasPrefix(rule, tt.rule) {
			continue
		}
		if got != tt.want || rule != tt.rule {
			t.Errorf("%s(%s) under %q: %q: got %s %s, want %s %s", tt.col.Type, tt.col.Unit, tt.header, tt.cell, got, rule, tt.want, tt.rule)
		}
	}
	lo, hi := 0.0, 120.0
	limited := dataset.Column{Type: dataset.Int16, Min: &lo, Max: &hi}
	for cell, want := range map[string]string{"0": "", "120": "", "-1": "range", "121": "range"} {
		if _, rule := one(t, limited, "", source.Cell{Text: cell, Kind: source.Text}, Options{}); rule != want {
			t.Errorf("0 to 120: %s: got %q, want %q", cell, rule, want)
		}
	}
}

func TestDates(t *testing.T) {
	col := dataset.Column{Type: dataset.Date}
	for _, tt := range []struct {
		kind source.Kind
		cell string
		want string
		rule string
	}{
		{0, "2026-09-01", "2026-09-01", ""},
		{0, "2026/9/1", "2026-09-01", ""},
		{0, "2026/09/01", "2026-09-01", ""},
		{0, "2026.9.1", "2026-09-01", ""},
		{0, "20260901", "2026-09-01", ""},
		{0, "2026年9月1日", "2026-09-01", ""},
		{0, "2026年09月01日", "2026-09-01", ""},
		{0, "2026 年 9 月 1 日", "2026-09-01", ""},
		{0, "2026年9月1号", "2026-09-01", ""},
		{0, "２０２６－９－１", "2026-09-01", ""},
		{0, "２０２６年９月１日", "2026-09-01", ""},
		{0, "2026-9-1 08:30", "2026-09-01", ""},
		{0, "2026-09-01 08:30:59", "2026-09-01", ""},
		{0, "2026-09-01T00:00:00Z", "2026-09-01", ""},
		{0, "2026年9月1日 8时30分", "2026-09-01", ""},
		{0, "2026年9月1日 晚8点", "2026-09-01", ""},
		{0, "2026-09-01 午夜12:00", "2026-09-01", ""},
		{0, "2026年9月1日下午3点20分", "2026-09-01", ""},
		{0, "二〇二六年九月一日", "2026-09-01", ""},
		{0, "二○二六年十二月三十一日", "2026-12-31", ""},
		{0, "二零二六年十月二十日", "2026-10-20", ""},
		{0, "二〇二六年九月", "", "date_day"},
		{0, "二〇二六年九月三十一日", "", "date_exists"},
		{0, "二〇二六年某月一日", "", "date"},
		{0, "2026/9/1 星期二", "2026-09-01", ""},
		{0, "2026-09-01 25:99", "", "date"},
		{0, "2026年9月", "", "date_day"},
		{0, "2026-09", "", "date_day"},
		{0, "202609", "", "date_day"},
		{0, "2026", "", "date_day"},
		{0, "2026年", "", "date_day"},
		{0, "0206-09-01", "", "date_year"},
		{0, "20260-09-01", "", "date_year"},
		{0, "26-09-01", "", "date_year"},
		{0, "1899-12-31", "", "date_year"},
		{0, "2101-01-01", "", "date_year"},
		{0, "1900-01-01", "1900-01-01", ""},
		{0, "2026-02-29", "", "date_exists"},
		{0, "2024-02-29", "2024-02-29", ""},
		{0, "1900-02-29", "", "date_exists"},
		{0, "2026-13-01", "", "date_exists"},
		{0, "2026-00-10", "", "date_exists"},
		{0, "20261301", "", "date_exists"},
		{0, "01/12/2000", "", "date_order"},
		{0, "1-9-2026", "", "date_order"},
		{0, "202x-09-01", "", "placeholder"},
		{0, "202x年9月1日", "", "placeholder"},
		{0, "202x年", "", "placeholder"},
		{0, "0000-00-00", "null", "zero_date!"},
		{0, "45000", "", "date"},
		{0, "2026-09/01", "", "date"},
		{0, "九月一日", "", "date"},
		{0, "—", "null", ""},
		{0, "长期", "", "date"},
		{0, "#VALUE!", "", "error_cell"},
		{source.Date, "2026-09-01", "2026-09-01", ""},
		{source.Date, "2026-09-01 13:45:00", "2026-09-01", ""},
		{source.Number, "46266", "2026-09-01", ""},
		{source.Number, "46266.75", "2026-09-01", ""},
		{source.Number, "46265.9999999999", "2026-08-31", ""},
		{source.Number, "46265.999999999985", "2026-08-31", ""}, // 23:59:59.999999
		{source.Number, "46265.99999999999", "2026-09-01", ""},  // a sum of hours
		{source.Number, "61", "1900-03-01", ""},
		{source.Number, "60", "", "date_serial"},
		{source.Number, "0", "", "date_serial"},
		{source.Number, "-5", "", "date_serial"},
		{source.Number, "20260901", "2026-09-01", ""},
		{source.Number, "2026", "", "date_day"},
		{source.Number, "2026.9", "", "date_day"},
		{source.Number, "202609", "", "date_year"},
		{source.Number, "2958466", "", "date_serial"},
		{source.Bool, "TRUE", "", "date"},
		{source.Error, "#REF!", "", "error_cell"},
		{source.NoCache, "", "", "formula_not_computed"},
	} {
		if tt.kind == source.Blank {
			tt.kind = source.Text
		}
		want := tt.want
		if want != "" && want != "null" {
			want = `"` + want + `"`
		}
		got, rule := one(t, col, "", source.Cell{Text: tt.cell, Kind: tt.kind}, Options{})
		if got != want || rule != tt.rule {
			t.Errorf("%q (kind %d): got %s %s, want %s %s", tt.cell, tt.kind, got, rule, want, tt.rule)
		}
	}
}

func TestPeriod(t *testing.T) {
	o := Options{From: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)}
	col := dataset.Column{Type: dataset.Date, Required: true}
	for cell, want := range map[string]string{"2026-06-01": "", "2026-06-30": "", "2026-05-31": "period", "2026-07-01": "period"} {
		if _, rule := one(t, col, "", source.Cell{Text: cell, Kind: source.Text}, o); rule != want {
			t.Errorf("%s in June 2026: got %q, want %q", cell, rule, want)
		}
	}
	year := dataset.Column{Type: dataset.Int16, Parse: "year", Required: true}
	for cell, want := range map[string]string{"2026": "", "2026年": "", "2026年度": "", "2025": "period", "202x": "placeholder", "0206": "date_year", "20260": "date_year", "": "required"} {
		if _, rule := one(t, year, "", source.Cell{Text: cell, Kind: source.Text}, o); rule != want {
			t.Errorf("year %s in 2026: got %q, want %q", cell, rule, want)
		}
	}
	md := dataset.Column{Type: dataset.Date, Parse: "month_day", Required: true}
	for _, tt := range [][3]string{{"06-20", `"2026-06-20"`, ""}, {"6月20日", `"2026-06-20"`, ""}, {"07-20", "", "period"}, {"02-30", "", "date_exists"}, {"2026-06-20", `"2026-06-20"`, ""}} {
		if got, rule := one(t, md, "", source.Cell{Text: tt[0], Kind: source.Text}, o); got != tt[1] || rule != tt[2] {
			t.Errorf("month_day %s: got %s %s, want %s %s", tt[0], got, rule, tt[1], tt[2])
		}
	}
	for _, parse := range []string{"month_start", "period_start"} {
		ms := dataset.Column{Type: dataset.Date, Parse: parse, Required: true}
		two := Options{From: time.Date(2025, 6, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)}
		for _, tt := range []struct {
			cell, want, rule string
			of               Options
		}{
			{"6月", `"2026-06-01"`, "", o},
			{"06月份", `"2026-06-01"`, "", o},
			{" 六 月", `"2026-06-01"`, "", o},
			{"2026年6月", `"2026-06-01"`, "", o},
			{"5月", "", "period_text", o},
			{"13月", "", "period_text", o},
			{"0月", "", "period_text", o},
			{"6", "", "period_text", o},
			{"6月", "", "period_text", Options{}},
			{"6月", "", "period_text", two},
			{"7月", `"2025-07-01"`, "", two},
			{"上月", "", "period_text", o},
			{"6个月", "", "period_text", o},
			{"2025年6月", "", "period", o},
		} {
			if got, rule := one(t, ms, "", source.Cell{Text: tt.cell, Kind: source.Text}, tt.of); got != tt.want || rule != tt.rule {
				t.Errorf("%s %s: got %s %s, want %s %s", parse, tt.cell, got, rule, tt.want, tt.rule)
			}
		}
	}
	md.Required = false
	if got, rule := one(t, md, "", source.Cell{Text: "04-20", Kind: source.Text}, Options{}); got != "null" || rule != "" {
		t.Errorf("month_day without a period: got %s %s, want null", got, rule)
	}
}

func TestPerson(t *testing.T) {
	col := dataset.Column{Type: dataset.Person, Personal: dataset.PersonalID}
	valid := "11010519491231002X"
	want, _ := one(t, col, "", source.Cell{Text: valid, Kind: source.Text}, Options{})
	for _, same := range []string{"11010519491231002x", "１１０１０５１９４９１２３１００２Ｘ", " 110105 19491231 002X\u00a0", "110105-19491231-002X", "110105491231002"} {
		if got, rule := one(t, col, "", source.Cell{Text: same, Kind: source.Text}, Options{}); got != want || rule != "" {
			t.Errorf("%q: got %s %s, want %s", same, got, rule, want)
		}
	}
	o := Options{Today: time.Date(2026, 6, 30, 0, 0, 0, 0, time.UTC)}
	for _, tt := range []struct {
		kind source.Kind
		cell string
		rule string
	}{
		{0, "440524188001010014", ""}, // older than 120 years: doubtful, not refused
		{0, "53010219200508011X", ""},
		{0, "371001198010082394", ""},
		{0, "331121200002290015", ""},
		{0, "110105194912310021", "person_check_digit"},
		{0, "345955198706122245", "person_check_digit"},
		{0, "440882199102104190", "person_check_digit"},
		{0, "331121199902290015", "person_date"},
		{0, "331121198513051235", "person_date"},
		{0, "1101051949123100", "person_length"},
		{0, "331121********0015", "person_masked"},
		{0, "3.31121E+17", "precision"},
		{source.Number, "3.31121199902290E+17", "precision"},
		{source.Number, "331121199902290000", "precision"},
		{0, "EA1234567", ""},
		{0, "ea 123-4567", ""},
		{0, "H1234567890", ""},
		{0, "张三", "person_format"},
		{0, "3311211999O2290015", "person_format"},
		{0, "-", ""},
	} {
		if tt.kind == source.Blank {
			tt.kind = source.Text
		}
		if _, rule := one(t, col, "", source.Cell{Text: tt.cell, Kind: tt.kind}, o); rule != tt.rule {
			t.Errorf("%q: got %q, want %q", tt.cell, rule, tt.rule)
		}
	}
	phone := dataset.Column{Type: dataset.Person, Personal: dataset.PersonalPhone}
	a, _ := one(t, phone, "", source.Cell{Text: "13800138000", Kind: source.Text}, o)
	b, _ := one(t, phone, "", source.Cell{Text: "+86 138-0013-8000", Kind: source.Text}, o)
	if a != b || a == "" {
		t.Errorf("a phone number written twice: got %s and %s", a, b)
	}
	if _, rule := one(t, phone, "", source.Cell{Text: "请致电张三", Kind: source.Text}, o); rule != "phone" {
		t.Errorf("no phone number: got %q", rule)
	}
	if a == want {
		t.Error("a phone number and a person share a hash")
	}
}

func TestDerived(t *testing.T) {
	ds := &dataset.Dataset{Name: "derived", Columns: []dataset.Column{
		{Name: "person", Title: both("身份证号", "ID"), Type: dataset.Person, Required: true, Personal: dataset.PersonalID},
		{Name: "birth_date", Title: both("出生日期", "Birth date"), Type: dataset.Date, Of: "person", Parse: "id_birth_date"},
		{Name: "birth_year", Title: both("出生年", "Birth year"), Type: dataset.Int16, Of: "person", Parse: "id_birth_year"},
		{Name: "sex", Title: both("性别", "Sex"), Type: dataset.Code, List: "sexes", Of: "person", Parse: "id_sex"},
		{Name: "region", Title: both("籍贯", "Region"), Type: dataset.Low, Of: "person", Parse: "id_region"},
	}}
	got := load(t, ds, text("身份证号", "331121200002290015", "440882199102104195", "EA1234567", "110105194912310021"), Options{})
	if got.counts != (Counts{Read: 4, Loaded: 3, Rejected: 1}) || len(got.rejects) != 1 {
		t.Fatalf("got %+v, rejects %+v", got.counts, got.rejects)
	}
	want := [][]any{{"2000-02-29", 2000, "M", "331121"}, {"1991-02-10", 1991, "M", "440882"}, {nil, nil, nil, nil}}
	for i, row := range got.rows {
		if g := []any{row["birth_date"], row["birth_year"], row["sex"], row["region"]}; fmt.Sprint(g) != fmt.Sprint(want[i]) {
			t.Errorf("row %d: got %v, want %v", i, g, want[i])
		}
	}
	// columns of their own
	got = load(t, ds, text("身份证号~出生日期~出生年~性别", "331121200002290015~1995-03-02~1995年~女"), Options{})
	if got.err != nil || len(got.rows) != 1 {
		t.Fatal(got.err, got.rejects)
	}
	if r := got.rows[0]; r["birth_date"] != "1995-03-02" || fmt.Sprint(r["birth_year"]) != "1995" || r["sex"] != "F" {
		t.Errorf("got %v", r)
	}
}

func TestCodes(t *testing.T) {
	edu := dataset.Column{Type: dataset.Code, List: "education"}
	country := dataset.Column{Type: dataset.Code, List: "countries"}
	level := dataset.Column{Type: dataset.Int8, List: "levels"}
	yes := dataset.Column{Type: dataset.Bool}
	flag := dataset.Column{Type: dataset.Bool, List: "results"}
	credit := dataset.Column{Type: dataset.CreditCode}
	list := dataset.Column{Type: dataset.Strings}
	low := dataset.Column{Type: dataset.Low}
	str := dataset.Column{Type: dataset.String}
	for _, tt := range []struct {
		col  dataset.Column
		kind source.Kind
		cell string
		want string
		rule string
	}{
		{edu, 0, "本科", `"21"`, ""},
		{edu, 0, " 本 科 ", `"21"`, ""},
		{edu, 0, "21", `"21"`, ""},
		{edu, 0, "２１", `"21"`, ""},
		{edu, source.Number, "21", `"21"`, ""},
		{edu, 0, "Bachelor", `"21"`, ""},
		{edu, 0, "本科生", "", "code"},
		{edu, 0, "202x", "", "placeholder"},
		{edu, 0, "无", "null", ""},
		{country, 0, "NA", `"NA"`, ""},
		{country, 0, "N/A", "null", ""},
		{country, 0, "德国", `"DE"`, ""},
		{level, 0, "高级工", "4", ""},
		{level, 0, "三级", "4", ""},
		{level, 0, "3", "4", ""}, // a bare digit is what the list says it is: 三级
		{level, source.Number, "4", "3", ""},
		{level, 0, "9", "", "code"},
		{yes, 0, "是", "true", ""},
		{yes, 0, "否", "false", ""},
		{yes, 0, "无", "false", ""},
		{yes, 0, "√", "true", ""},
		{yes, source.Bool, "TRUE", "true", ""},
		{yes, source.Number, "0", "false", ""},
		{yes, 0, "-", "null", ""},
		{yes, 0, "也许", "", "bool"},
		{flag, 0, "合格", "true", ""},
		{flag, 0, "缺考", "false", ""},
		{flag, 0, "是", "", "code"},
		{credit, 0, "91350100M000100Y43", `"91350100M000100Y43"`, ""},
		{credit, 0, "91350100m000100y43", `"91350100M000100Y43"`, ""},
		{credit, 0, "９１３５０１００Ｍ０００１００Ｙ４３", `"91350100M000100Y43"`, ""},
		{credit, 0, "91440300708461136T", `"91440300708461136T"`, ""},
		{credit, 0, "91440300708461136K", "", "credit_check_digit"},
		{credit, 0, "9144O300708461136T", "", "credit_character"},
		{credit, 0, "330000000012345", "", "credit_format"},
		{credit, source.Number, "9.1440300708461E+17", "", "precision"},
		{list, 0, "Java|Python|Java| ", `["Java","Python"]`, ""},
		{list, 0, "Java、Python，SQL;C++", `["Java","Python","SQL","C++"]`, ""},
		{list, 0, "['大数据', 'SQL']", `["大数据","SQL"]`, ""},
		{list, 0, "无", `[]`, ""},
		{str, 0, "????有限公司", "", "encoding"},
		{low, 0, "????", "", "encoding"},
		{low, 0, "???仪表厂", "", "encoding"},
		{str, 0, "真的吗???", `"真的吗???"`, ""},
		{str, 0, "为什么????没人管", `"为什么????没人管"`, ""},
		{str, 0, "???", `"???"`, ""},
		{low, 0, "??", `"??"`, ""},
		{str, 0, "??待核实", `"??待核实"`, ""},
		{str, 0, "?id=3", `"?id=3"`, ""},
		{low, 0, "Ａ类（高）  人才", `"A类（高） 人才"`, ""},
		{low, 0, "国能(北京)公司", `"国能（北京）公司"`, ""},
		{low, 0, "Python（3）", `"Python(3)"`, ""},
		{low, 0, "\u200b浙江\u00a0大学\u3000", `"浙江 大学"`, ""},
		{low, 0, "宗\ufffd|", "", "encoding"},
		{low, source.Number, "4.401E+17", "", "precision"},
		{str, 0, "  张三\u00a0\u3000", `"张三"`, ""},
		{str, 0, "一\x00二\n三", `"一二\n三"`, ""},
		{str, 0, "007", `"007"`, ""},
		{str, source.Number, "1234567890123456", "", "precision"},
		{str, 0, "bad\xff", "", "encoding"},
		{str, 0, "丽锟斤拷厂", "", "encoding"},
		{low, 0, "锟斤拷|", "", "encoding"},
		{str, 0, "无", "null", ""},
		{str, 0, "无锡", `"无锡"`, ""},
	} {
		if tt.kind == source.Blank {
			tt.kind = source.Text
		}
		got, rule := one(t, tt.col, "", source.Cell{Text: tt.cell, Kind: tt.kind}, Options{})
		if got != tt.want || rule != tt.rule {
			t.Errorf("%s %q: got %s %s, want %s %s", tt.col.Type, tt.cell, got, rule, tt.want, tt.rule)
		}
	}
	// the remedy names what was probably meant
	for _, tt := range []struct {
		col        dataset.Column
		cell, hint string
	}{{edu, "硕土", "硕士研究生毕业"}, {edu, "大学本可", "大学本科毕业"}, {country, "中囯", "中国"}, {credit, "9144O300708461136T", "91440300708461136T"}} {
		tt.col.Name, tt.col.Title = "x", both("列", "Column")
		ds := &dataset.Dataset{Name: "hint", Columns: []dataset.Column{tt.col}}
		got := load(t, ds, text("列", tt.cell), Options{})
		if len(got.rejects) != 1 || !strings.Contains(got.rejects[0].Remedy.Zh, tt.hint) {
			t.Errorf("%q: got %+v, want a remedy naming %s", tt.cell, got.rejects, tt.hint)
		}
	}
}

// TestNarrowing walks the numbers that an Arrow insert would silently change.
func TestNarrowing(t *testing.T) {
	for _, typ := range []dataset.Type{dataset.Int8, dataset.Int16, dataset.Int32, dataset.Int64} {
		width := map[dataset.Type]uint{dataset.Int8: 8, dataset.Int16: 16, dataset.Int32: 32, dataset.Int64: 64}[typ]
		top := new(big.Int).Lsh(big.NewInt(1), width-1)
		for _, d := range []int64{-2, -1, 0, 1} {
			for _, sign := range []int64{1, -1} {
				v := new(big.Int).Mul(new(big.Int).Add(top, big.NewInt(d)), big.NewInt(sign))
				fits := v.Cmp(top) < 0 && v.Cmp(new(big.Int).Neg(top)) >= 0
				got, rule := one(t, dataset.Column{Type: typ}, "", source.Cell{Text: v.String(), Kind: source.Text}, Options{})
				if fits && got != v.String() || !fits && rule != "range" && rule != "digits" {
					t.Errorf("%s %s: got %s %s", typ, v, got, rule)
				}
			}
		}
	}
}
