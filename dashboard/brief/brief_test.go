package brief

import (
	"strings"
	"testing"
	"testing/fstest"

	"yanzhen/configs"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
)

func text(parts []Part) string { return Sentence{Parts: parts}.Text() }

// A change is called what its size is, and a percentage is not told where the base is too small for one.
func TestMoved(t *testing.T) {
	people, _ := metric.UnitNamed("人")
	yuan, _ := metric.UnitNamed("亿元")
	w := Words{Level: 1, Small: 5, Marked: 20}
	for _, c := range []struct {
		value, base float64
		unit        metric.Unit
		direction   string
		zh, en      string
		mood        string
	}{
		{1200, 1000, people, "up", "比上年同期多 200 人（+20.0%，明显）", "200 people more than a year before (+20.0%, a marked change)", ""},
		{1199, 1000, people, "up", "比上年同期多 199 人（+19.9%）", "199 people more than a year before (+19.9%)", ""},
		{960, 1000, people, "up", "比上年同期少 40 人（-4.0%，小幅）", "40 people fewer than a year before (-4.0%, a small change)", "bad"},
		{960, 1000, people, "down", "比上年同期少 40 人（-4.0%，小幅）", "40 people fewer than a year before (-4.0%, a small change)", ""},
		{1009, 1000, people, "up", "与上年同期基本持平（+0.9%）", "much as a year before (+0.9%)", ""},
		{20, 9, people, "up", "上年同期为 9 人，基数小，不说增幅", "a year before it was 9 people, too few for a percentage", ""},
		{3.1, 2.5, yuan, "up", "比上年同期多 0.6 亿元（+24.0%，明显）", "CNY 60 m more than a year before (+24.0%, a marked change)", ""},
		{38.9, 42.9, metric.Percent, "up", "比上年同期低 4.0个百分点，小幅", "4.0 pp below a year before, a small change", "bad"},
		{42.9, 42.5, metric.Percent, "up", "与上年同期基本持平（+0.4个百分点）", "much as a year before (+0.4 pp)", ""},
	} {
		delta := 100 * (c.value - c.base) / c.base
		if c.unit == metric.Percent {
			delta = c.value - c.base
		}
		r := &metric.Result{Unit: c.unit, Query: metric.Query{Compare: metric.YearOnYear}, Metric: &metric.Metric{Direction: c.direction}}
		pt := metric.Point{Value: &c.value, Base: &c.base, Change: &delta}
		for lang, want := range map[codes.Lang]string{codes.Zh: c.zh, codes.En: c.en} {
			parts, mood := moved(w, r, pt, lang)
			if got := text(parts); got != want || mood != c.mood {
				t.Errorf("%v after %v: %q, %q; want %q, %q", c.value, c.base, got, mood, want, c.mood)
			}
		}
	}
}

// Every {name} of the catalogue is one that a sentence fills, in both languages alike.
func TestTemplatesAgree(t *testing.T) {
	names := func(s string) map[string]bool {
		out := map[string]bool{}
		for _, piece := range strings.Split(s, "{")[1:] {
			name, _, _ := strings.Cut(piece, "}")
			out[name] = true
		}
		return out
	}
	for key, tx := range words.All() {
		if !strings.HasPrefix(key, "brief_") {
			continue
		}
		zh, en := names(tx.Zh), names(tx.En)
		for n := range zh {
			if !en[n] {
				t.Errorf("%s: {%s} is not in the English", key, n)
			}
		}
		if len(zh) != len(en) {
			t.Errorf("%s: %v and %v", key, zh, en)
		}
	}
}

func TestReadFaults(t *testing.T) {
	sets, err := dataset.Load(configs.FS)
	if err != nil {
		t.Fatal(err)
	}
	catalog, err := metric.LoadFS(configs.FS, sets.Datasets, sets.Lists)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Read(configs.FS, catalog, []string{"overview"}); err != nil {
		t.Error(err)
	}
	for body, want := range map[string]string{
		"board: nowhere\nsentences: [{say: reports}]":                                           "nowhere",
		"board: overview\nsentences: []":                                                        "sentences",
		"board: overview\nsentences: [{say: change}]":                                           "metrics",
		"board: overview\nsentences: [{say: change, metrics: [inflw]}]":                         "inflow",
		"board: overview\nsentences: [{say: most, metrics: [inflow]}]":                          "by",
		"board: overview\nsentences: [{say: most, metrics: [inflow], by: nodde}]":               "nodde",
		"board: overview\nsentences: [{say: targets, limit: 99}]":                               "limit",
		"board: overview\nwords: {level: 9, small: 5, marked: 20}\nsentences: [{say: targets}]": "words",
		"board: overview\nsentences: [{say: sing}]":                                             "say",
	} {
		fsys := fstest.MapFS{"briefings/x.yaml": {Data: []byte("briefing: x\ntitle: {zh: 甲, en: A}\n" + body)}}
		if _, err := Read(fsys, catalog, []string{"overview"}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want one that says %s", body, err, want)
		}
	}
}
