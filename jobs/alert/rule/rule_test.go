package rule_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"yanzhen/dashboard/answer"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/dashboard/metric/metrictest"
	"yanzhen/dashboard/target"
	"yanzhen/jobs/alert"
	"yanzhen/jobs/alert/rule"
)

func read(t *testing.T, files map[string]string) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	for name, text := range files {
		out["alerts/"+name+".yaml"] = &fstest.MapFile{Data: []byte("name: " + name + "\ntitle: {zh: " + name + "规则, en: rule " + name + "}\n" + text)}
	}
	return out
}

// What crosses its limit is found in the latest period that is final, by key where the rule cuts; a number of few people is
// never told, and one that cannot be computed is.
func TestRules(t *testing.T) {
	cat, stage, db := metrictest.Office(t)
	var rows [][]string
	person := 0
	arrive := func(day, enterprise string, n int) {
		for range n {
			person++
			rows = append(rows, []string{fmt.Sprint(person), day, "in", enterprise})
		}
	}
	arrive("2026-05-10", "甲", 20)
	arrive("2026-06-10", "甲", 40)
	arrive("2026-06-11", "乙", 2) // hidden, and 丙 with it: else it could be reckoned
	arrive("2026-06-12", "丙", 8)
	stage.Load(t, "arrivals", []string{"person", "date", "direction", "enterprise"}, rows, "2026-01-01..2026-06-30")
	rules, err := rule.Read(read(t, map[string]string{
		"high":   "metric: inflow\nwhen: above\nlimit: 30\nworse: 49\ndo: {zh: 问人社局, en: ask}",
		"higher": "metric: inflow\nwhen: above\nlimit: 100",
		"low":    "metric: inflow\nwhen: below\nlimit: 60",
		"jump":   "metric: inflow\nwhen: rise\nlimit: 50",
		"drop":   "metric: inflow\nwhen: fall\nlimit: 5",
		"firms":  "metric: inflow\nwhen: above\nlimit: 1\nby: [enterprise]",
		"old":    "metric: inflow\nwhen: silent\nlimit: 30",
		"young":  "metric: inflow\nwhen: silent\nlimit: 300",
		"pace":   "metric: inflow\nwhen: behind\nlimit: 90",
	}), cat)
	if err != nil {
		t.Fatal(err)
	}
	engine := &compute.Engine{Catalog: cat, DB: db}
	d := &rule.Desk{Desk: answer.Desk{Catalog: cat, Engine: engine}, Targets: &target.Book{Engine: engine}, Rules: rules}
	now := time.Date(2026, 8, 15, 9, 0, 0, 0, time.UTC)
	list, err := d.Source().Look(t.Context(), now)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, f := range list {
		got[f.Key] = fmt.Sprintf("%d %s", f.Level, f.What.Zh)
		if strings.Contains(f.What.En, "%!") || strings.Contains(f.What.Zh, "%!") || f.Kind != "rule" || f.What.En == "" {
			t.Errorf("%+v", f)
		}
	}
	for key, want := range map[string]string{
		"rule/high":    "2 high规则：引进人数 2026 年 6 月为 50 人次（界限 30 人次）",
		"rule/low":     "1 low规则：引进人数 2026 年 6 月为 50 人次（界限 60 人次）",
		"rule/jump":    "1 jump规则：引进人数 2026 年 6 月为 50 人次，变动 +150.0%",
		"rule/firms/甲": "1 firms规则：引进人数（甲） 2026 年 6 月为 40 人次（界限 1 人次）",
		"rule/old":     "1 old规则：引进人数的数据截至 2026-06-30，已 45 天没有新的",
	} {
		if got[key] != want {
			t.Errorf("%s: got %q, want %q", key, got[key], want)
		}
		delete(got, key)
	}
	for key, text := range got {
		t.Errorf("nothing to tell of: %s %s", key, text)
	}
	for _, r := range rules { // one that cannot be computed any more
		if r.Name == "high" {
			r.Where = map[string][]string{"colour": {"red"}}
		}
	}
	if again, err := d.Source().Look(t.Context(), now.Add(time.Minute)); err != nil || len(again) != len(list) {
		t.Errorf("nothing was published, and it is asked again: %v, %d", err, len(again))
	}
	again, err := d.Source().Look(t.Context(), now.Add(time.Hour))
	var nobody *alert.Unknown
	if !errors.As(err, &nobody) || strings.Join(nobody.Keys, " ") != "rule/high" || len(again) != len(list)+1 {
		t.Errorf("%+v: %+v", err, again)
	}
	keys := map[string]bool{}
	for _, f := range again {
		keys[f.Key] = true
	}
	if !keys["rule/high"] || !keys["rule/high/fault"] || !keys["rule/old"] {
		t.Errorf("%v", keys)
	}
}

// What is declared wrong is told.
func TestDeclared(t *testing.T) {
	cat, _, _ := metrictest.Office(t)
	for text, want := range map[string]string{
		"metric: none\nwhen: above\nlimit: 1":                         "none",
		"metric: inflow\nwhen: sideways\nlimit: 1":                    "above",
		"metric: inflow\nwhen: above\nlimit: 5\nworse: 4":             "worse",
		"metric: inflow\nwhen: below\nlimit: 5\nworse: 6":             "worse",
		"metric: inflow\nwhen: rise\nlimit: -5":                       "limit",
		"metric: inflow\nwhen: above\nlimit: 1\nby: [colour]":         "colour",
		"metric: inflow\nwhen: silent\nlimit: 1\nby: [chain]":         "by",
		"metric: inflow\nwhen: above\nlimit: 1\ntier: base":           "tier",
		"metric: inflow\nwhen: above\nlimit: 1\nwhere: {colour: [r]}": "colour",
	} {
		if _, err := rule.Read(read(t, map[string]string{"x": text}), cat); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
