package brief

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"yanzhen/configs"
	"yanzhen/dashboard/board"
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
		{1200, 1000, people, "up", "比上年同期明显增加 200 人（+20.0%）", "up markedly by 200 people on a year before (+20.0%)", ""},
		{1199, 1000, people, "up", "比上年同期增加 199 人（+19.9%）", "up by 199 people on a year before (+19.9%)", ""},
		{960, 1000, people, "up", "比上年同期小幅减少 40 人（-4.0%）", "down slightly by 40 people on a year before (-4.0%)", "bad"},
		{960, 1000, people, "down", "比上年同期小幅减少 40 人（-4.0%）", "down slightly by 40 people on a year before (-4.0%)", ""},
		{1009, 1000, people, "up", "与上年同期基本持平（+0.9%）", "much as a year before (+0.9%)", ""},
		{20, 9, people, "up", "上年同期为 9 人，基数小，不说增幅", "a year before it was 9 people, too few for a percentage", ""},
		{3.1, 2.5, yuan, "up", "比上年同期明显增加 0.6 亿元（+24.0%）", "up markedly by CNY 60 m on a year before (+24.0%)", ""},
		{38.9, 42.9, metric.Percent, "up", "比上年同期小幅降低 4.0个百分点", "down slightly by 4.0 pp on a year before", "bad"},
		{42.9, 42.5, metric.Percent, "up", "与上年同期基本持平（+0.4个百分点）", "much as a year before (+0.4 pp)", ""},
	} {
		delta := 100 * (c.value - c.base) / c.base
		if c.unit == metric.Percent {
			delta = c.value - c.base
		}
		r := &metric.Result{Unit: c.unit, Query: metric.Query{Compare: metric.YearOnYear}, Metric: &metric.Metric{Direction: c.direction}}
		pt := metric.Point{Value: &c.value, Base: &c.base, Change: &delta}
		for lang, want := range map[codes.Lang]string{codes.Zh: c.zh, codes.En: c.en} {
			parts, mood := moved(w, r, pt, "", lang)
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
	boards, err := board.Load(configs.FS, "boards")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Read(configs.FS, catalog, boards); err != nil {
		t.Error(err)
	}
	for body, want := range map[string]string{
		"board: nowhere\nsentences: [{say: reports}]":                                                                                              "nowhere",
		"board: overview\nsentences: []":                                                                                                           "sentences",
		"board: overview\nsentences: [{say: change}]":                                                                                              "metrics",
		"board: overview\nsentences: [{say: change, metrics: [inflw]}]":                                                                            "inflow",
		"board: overview\nsentences: [{say: most, metrics: [inflow]}]":                                                                             "by",
		"board: overview\nsentences: [{say: most, metrics: [inflow], by: nodde}]":                                                                  "nodde",
		"board: overview\nsentences: [{say: targets, limit: 99}]":                                                                                  "limit",
		"board: overview\nwords: {level: 9, small: 5, marked: 20}\nsentences: [{say: targets}]":                                                    "words",
		"board: overview\nsentences: [{say: sing}]":                                                                                                "say",
		"sentences: [{say: targets}]":                                                                                                              "board",
		"board: overview\npages: 2\nsentences: [{say: targets}]":                                                                                   "pages",
		"board: overview\nsections: [{sentences: [{say: targets}]}]":                                                                               "board",
		"sections: [{level: 4, sentences: [{say: targets}]}]":                                                                                      "level",
		"sections: [{once: true, sentences: [{say: targets}]}]":                                                                                    "once",
		"sections: [{title: {zh: 甲}, sentences: [{say: targets}]}]":                                                                                "title",
		"sections: [{sentences: [{say: targets, text: {zh: 甲, en: A}}]}]":                                                                          "text",
		"sections: [{sentences: [{say: text, text: {zh: '{inflw}', en: '{inflw}'}}]}]":                                                             "inflow",
		"sections: [{sentences: [{say: text, text: {zh: '{inflow.chang}', en: '{inflow}'}}]}]":                                                     "change",
		"sections: [{sentences: [{say: text, text: {zh: '{inflow', en: '{inflow}'}}]}]":                                                            "花括号",
		"sections: [{sentences: [{say: text, text: {zh: '{inflow}', en: '{outflow}'}}]}]":                                                          "中英文",
		"sections: [{sentences: [{say: text, text: {zh: '{unit}', en: '{unit}'}}]}]":                                                               "unit",
		"sections: [{sentences: [{say: text, text: {zh: '{a}', en: '{a}'}, slots: {a: {metric: inflow, where: {nodde: [x]}}}}]}]":                  "node",
		"each: unit\nsections: [{sentences: [{say: text, if: target, text: {zh: 甲, en: A}}]}]":                                                     "if",
		"sections: [{sentences: [{say: text, if: targets, text: {zh: 甲, en: A}}]}]":                                                                "if",
		"sections: [{tables: [{caption: {zh: 甲, en: A}}]}]":                                                                                        "metrics",
		"sections: [{tables: [{caption: {zh: 甲, en: A}, metrics: [inflow], by: nodde}]}]":                                                          "node",
		"sections: [{tables: [{caption: {zh: 甲, en: A}, show: targets, by: node}]}]":                                                               "by",
		"sections: [{tables: [{caption: {zh: 甲, en: A}, show: order}]}]":                                                                           "each: target",
		"sections: [{charts: [{panel: overvew/net}]}]":                                                                                             "overview",
		"sections: [{charts: [{panel: overview/nett}]}]":                                                                                           "net",
		"sections: [{charts: [{panel: overview/net}]}]":                                                                                            "不是图",
		"sections: [{title: {zh: '{unit}', en: '{unit}'}, sentences: [{say: targets}]}]":                                                           "title",
		"sections: [{charts: [{}]}]":                                                                                                               "就地写 kind",
		"sections: [{charts: [{panel: overview/flow, kind: bar}]}]":                                                                                "已有 panel",
		"sections: [{charts: [{kind: bar, metrics: [inflow], by: [node]}]}]":                                                                       "caption",
		"sections: [{charts: [{kind: map, metrics: [inflow], by: [park], caption: {zh: 甲, en: A}}]}]":                                              "kind",
		"sections: [{charts: [{kind: bar, metrics: [inflow], caption: {zh: 甲, en: A}}]}]":                                                          "1 至 1 个维度",
		"sections: [{charts: [{kind: bar, metrics: [inflw], by: [node], caption: {zh: 甲, en: A}}]}]":                                               "inflow",
		"sections: [{charts: [{kind: bar, metrics: [inflow], by: [nodde], caption: {zh: 甲, en: A}}]}]":                                             "node",
		"sections: [{charts: [{kind: bar, metrics: [inflow], by: [node], where: {nodde: [x]}, caption: {zh: 甲, en: A}}]}]":                         "node",
		"sections: [{charts: [{kind: trend, metrics: [inflow], caption: {zh: 甲, en: A}}]}]":                                                        "grain",
		"sections: [{charts: [{kind: trend, metrics: [inflow], grain: month, names: [{zh: 乙, en: B}, {zh: 丙, en: C}], caption: {zh: 甲, en: A}}]}]": "names",
		"each: month\nsections: [{sentences: [{say: targets}]}]":                                                                                   "each",
	} {
		fsys := fstest.MapFS{"briefings/x.yaml": {Data: []byte("briefing: x\ntitle: {zh: 甲, en: A}\n" + body)}}
		if _, err := Read(fsys, catalog, boards); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want one that says %s", body, err, want)
		}
	}
}

// A round number stands with the word that is true of it, and with none where it is exact.
func TestRounded(t *testing.T) {
	for _, c := range []struct {
		v, step, round float64
		word           string
	}{
		{716, 100, 700, "over"},
		{700, 100, 700, ""},
		{690, 100, 700, "near"},
		{670, 100, 700, "about"},
		{2016, 1000, 2000, "over"},
		{1999.5, 1, 2000, "about"},
		{1999.9, 1, 2000, "near"},
		{40, 100, 40, ""},
		{-716, 100, -716, ""},
		{0, 100, 0, ""},
	} {
		round, word := rounded(c.v, c.step)
		if round != c.round || word != c.word {
			t.Errorf("%v in steps of %v: %v %q, want %v %q", c.v, c.step, round, word, c.round, c.word)
		}
		if word == "over" && c.v <= round || (word == "near" || word == "about") && c.v >= round {
			t.Errorf("%v is not %s %v", c.v, word, round)
		}
	}
}

// A change follows 同比: it rises, falls, is level, or is not told where the base is too small.
func TestChanged(t *testing.T) {
	people, _ := metric.UnitNamed("人")
	w := Words{Level: 1, Small: 5, Marked: 20}
	for _, c := range []struct {
		change, base float64
		unit         metric.Unit
		zh, en       string
	}{
		{394.9, 98, people, "增长 394.9%", "up 394.9%"},
		{-12.34, 98, people, "下降 12.3%", "down 12.3%"},
		{0.4, 98, people, "基本持平（+0.4%）", "about level (+0.4%)"},
		{100, 9, people, "不说增幅（基数 9 人，过小）", "not told in percent (from a base of 9 people, too small)"},
		{2.1, 36, metric.Percent, "提高 2.1个百分点", "up 2.1 pp"},
		{-2.1, 36, metric.Percent, "降低 2.1个百分点", "down 2.1 pp"},
	} {
		pt := metric.Point{Change: &c.change, Base: &c.base}
		for lang, want := range map[codes.Lang]string{codes.Zh: c.zh, codes.En: c.en} {
			if got := text(changed(w, pt, c.unit, "", lang)); got != want {
				t.Errorf("%v of %v: %q, want %q", c.change, c.base, got, want)
			}
		}
	}
}

// The document that configs/briefings/README.md shows is one that is read.
func TestReadmeDocument(t *testing.T) {
	sets, err := dataset.Load(configs.FS)
	if err != nil {
		t.Fatal(err)
	}
	catalog, err := metric.LoadFS(configs.FS, sets.Datasets, sets.Lists)
	if err != nil {
		t.Fatal(err)
	}
	boards, err := board.Load(configs.FS, "boards")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../../configs/briefings/README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, example, ok := strings.Cut(string(page), "```yaml\n")
	example, _, _ = strings.Cut(example, "```")
	if !ok || !strings.Contains(example, "sections:") {
		t.Fatal("the page shows no document")
	}
	list, err := Read(fstest.MapFS{"briefings/x.yaml": {Data: []byte(example)}}, catalog, boards)
	if err != nil {
		t.Error(err)
	}
	if d := Documents(list); len(d) != 1 || len(d[0].Sections) != 1 || d[0].Pages != 2 || d[0].Sections[0].Charts[0].Found.Name != "trend" || len(d[0].Sections[0].Charts) != 2 || d[0].Sections[0].Charts[1].Found.Kind != board.Bar {
		t.Errorf("read as %+v", d)
	}
	if _, names := Named(list, "nothing"); len(names) != 1 || Orders(list) != "" {
		t.Errorf("names %v, orders %q", names, Orders(list))
	}
}
