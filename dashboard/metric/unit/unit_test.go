package unit

import (
	"math"
	"strconv"
	"strings"
	"testing"
)

func TestFormat(t *testing.T) {
	for _, c := range []struct {
		v          float64
		unit       string
		number     string
		zh, en     string
		change     string
		changeInEn string
	}{
		{3016, "人", "3,016", "3,016 人", "3,016 people", "+3,016.0%", "+3,016.0%"},
		{0, "人", "0", "0 人", "0 people", "0.0%", "0.0%"},
		{-12, "人次", "-12", "-12 人次", "-12", "-12.0%", "-12.0%"},
		{1234567, "人", "1,234,567", "1,234,567 人", "1,234,567 people", "+1,234,567.0%", "+1,234,567.0%"},
		{999.5, "人", "1,000", "1,000 人", "1,000 people", "+999.5%", "+999.5%"},
		{394.897959183, "%", "394.9%", "394.9%", "394.9%", "+394.9个百分点", "+394.9 pp"},
		{2.05, "%", "2.1%", "2.1%", "2.1%", "+2.1个百分点", "+2.1 pp"},
		{-0.04, "%", "0.0%", "0.0%", "0.0%", "0.0个百分点", "0.0 pp"},
		{1234.5, "万元", "1,234.5", "1,234.5 万元", "CNY 12.3 m", "+1,234.5%", "+1,234.5%"},
		{120, "万元", "120", "120 万元", "CNY 1.2 m", "+120.0%", "+120.0%"},
		{30968.1, "万元", "30,968.1", "3.1 亿元", "CNY 309.7 m", "", ""},
		{-10000, "万元", "-10,000", "-1 亿元", "CNY -100 m", "", ""},
		{9999.9, "万元", "9,999.9", "9,999.9 万元", "CNY 100 m", "", ""},
		{0.5, "万元", "0.5", "0.5 万元", "CNY 5,000", "", ""},
		{12.34, "亿元", "12.3", "12.3 亿元", "CNY 1.2 bn", "", ""},
		{123456, "元", "123,456", "12.3 万元", "CNY 123,456", "", ""},
		{310e6, "元", "310,000,000", "3.1 亿元", "CNY 310 m", "", ""},
		{1, "人", "1", "1 人", "1 person", "", ""},
		{-1, "人", "-1", "-1 人", "-1 person", "", ""},
		{1, "天", "1", "1 天", "1 day", "", ""},
		{1.5, "天", "1.5", "1.5 天", "1.5 days", "", ""},
		{1204.56, "百万欧元|million EUR|1", "1,204.6", "1,204.6 百万欧元", "1,204.6 million EUR", "+1,204.6%", "+1,204.6%"},
		{9000, "元", "9,000", "9,000 元", "CNY 9,000", "+9,000.0%", "+9,000.0%"},
		{0.024004, "指数", "0.024", "0.024", "0.024", "0.0%", "0.0%"},
		{1, "比", "1.00", "1.00", "1.00", "+1.0%", "+1.0%"},
		{1.005, "比", "1.01", "1.01", "1.01", "+1.0%", "+1.0%"},
		{20.25, "天", "20.3", "20.3 天", "20.3 days", "+20.3%", "+20.3%"},
		{5, "个", "5", "5 个", "5", "+5.0%", "+5.0%"},
		{-1.25, "pp", "-1.3", "-1.3个百分点", "-1.3 pp", "-1.3个百分点", "-1.3 pp"},
		{3.65, "人/个", "3.7", "3.7 人/个", "3.7 people each", "+3.7%", "+3.7%"},
		{4, "倍", "4.00", "4.00 倍", "4.00 times", "+4.0%", "+4.0%"},
		{118.25, "人/万人", "118.3", "118.3 人/万人", "118.3 per 10,000", "+118.3%", "+118.3%"},
		{450, "人年/万人", "450.0", "450.0 人年/万人", "450.0 FTE per 10,000", "+450.0%", "+450.0%"},
		{5.29, "个/万元", "5.29", "5.29 个/万元", "5.29 per CNY 10,000", "+5.3%", "+5.3%"},
		{12, "场", "12", "12 场", "12", "+12.0%", "+12.0%"},
		{1e15, "人", "1,000,000,000,000,000", "1,000,000,000,000,000 人", "1,000,000,000,000,000 people", "", ""},
	} {
		unit, ok := Named(c.unit)
		if parts := strings.Split(c.unit, "|"); len(parts) == 3 {
			decimals, _ := strconv.Atoi(parts[2])
			unit, ok = Own(parts[0], parts[1], decimals), true
		}
		if !ok {
			t.Fatalf("no unit %s", c.unit)
		}
		if got := Number(&c.v, unit); got != c.number {
			t.Errorf("Number(%v, %s): got %q, want %q", c.v, c.unit, got, c.number)
		}
		if got := Format(&c.v, unit, "zh"); got != c.zh {
			t.Errorf("Format(%v, %s, zh): got %q, want %q", c.v, c.unit, got, c.zh)
		}
		if got := Format(&c.v, unit, "en"); got != c.en {
			t.Errorf("Format(%v, %s, en): got %q, want %q", c.v, c.unit, got, c.en)
		}
		if c.change == "" {
			continue
		}
		if got := FormatChange(&c.v, unit, "zh"); got != c.change {
			t.Errorf("FormatChange(%v, %s, zh): got %q, want %q", c.v, c.unit, got, c.change)
		}
		if got := FormatChange(&c.v, unit, "en"); got != c.changeInEn {
			t.Errorf("FormatChange(%v, %s, en): got %q, want %q", c.v, c.unit, got, c.changeInEn)
		}
	}
	if x := 1234.567; Number(&x, Unit{}) != "1,234.57" || Format(&x, Unit{}, "zh") != "1,234.57" {
		t.Errorf("a bare number: got %q, %q", Number(&x, Unit{}), Format(&x, Unit{}, "zh"))
	}
	if x := 30968.1; Exact(&x, units["万元"], "zh") != "30,968.1 万元" || Exact(&x, units["万元"], "en") != "30,968.1 CNY 10,000" {
		t.Errorf("to the digit: got %q, %q", Exact(&x, units["万元"], "zh"), Exact(&x, units["万元"], "en"))
	}
	nan := math.NaN()
	for _, v := range []*float64{nil, &nan} {
		if got := Format(v, People, "zh"); got != None {
			t.Errorf("no number: got %q", got)
		}
		if got := FormatChange(v, People, "zh"); got != None {
			t.Errorf("no change: got %q", got)
		}
	}
}
