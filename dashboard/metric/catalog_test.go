package metric

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"yanzhen/configs"
	"yanzhen/dashboard/metric/expression"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/days"
)

// shipped is the catalogue this program ships with.
var shipped = sync.OnceValues(func() (*Catalog, error) {
	c, err := dataset.Load(configs.FS)
	if err != nil {
		return nil, err
	}
	return LoadFS(configs.FS, c.Datasets, c.Lists)
})

func catalog(t testing.TB) *Catalog {
	t.Helper()
	c, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// One bad file per rule, named for the rule; its first lines say what must be in the message.
func TestBadFiles(t *testing.T) {
	sets, err := dataset.Load(configs.FS)
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("testdata/bad.*.yaml")
	if err != nil || len(files) < 40 {
		t.Fatalf("%d bad files, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file), "bad."), ".yaml"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			_, err = LoadFS(fstest.MapFS{"metrics/bad.yaml": {Data: text}}, sets.Datasets, sets.Lists)
			if err == nil {
				t.Fatal("loaded")
			}
			wants := 0
			for line := range strings.Lines(string(text)) {
				if want, ok := strings.CutPrefix(strings.TrimSpace(line), "# want: "); ok {
					wants++
					if !strings.Contains(err.Error(), want) {
						t.Errorf("got %q, want %q in it", err, want)
					}
				}
			}
			if wants == 0 {
				t.Error("no # want: line")
			}
			for line := range strings.Lines(err.Error()) {
				if !strings.HasPrefix(line, "metrics/bad.yaml:") {
					t.Errorf("no file and line: %s", line)
				}
			}
		})
	}
}

// What an analyst may write in a metric is an expression over columns, and nothing else.
func TestCheckSQL(t *testing.T) {
	column := func(name string) bool { return name == "node" || name == "n" || name == "day" }
	for _, ok := range []string{
		"count()", "sum(n) / nullIf(count(), 0)", "quantileExact(0.5)(n)", "node in ('a', 'it''s')", "n >= 1e3 and not (node like '%x')",
		"case when n > 1 then 'a' else 'b' end", "splitByChar('.', node)[1]", "n - -1", "age('year', day, day) <= 35", "node = '-- no comment'",
	} {
		if _, err := expression.Read(ok, column); err != nil {
			t.Errorf("%s: %v", ok, err)
		}
	}
	for _, bad := range []string{
		"", " ", "x", "count", "select 1", "n; n", "n -- x", "n /* x */", "(n", "n)", "[n)", "'x", "node = 'a\\'b'", "{x:String}", "n.1", "n as m",
		"`n`", "\"n\"", "url('http://x')", "currentUser()", "n::String", "1x", "1.2.3", "n -> n", "@x", "#", "n\x00", "system.tables", "节点 = 'x'",
	} {
		if e, err := expression.Read(bad, column); err == nil {
			t.Errorf("%q was let through: %+v", bad, e)
		}
	}
}

// Whatever is written, what is let through names only columns and known functions.
func FuzzCheckSQL(f *testing.F) {
	for _, s := range []string{"count()", "node in ('a')", "sum(n)", "n -- x", "'", "((", "1e", "n;n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		e, err := expression.Read(s, func(name string) bool { return name == "n" })
		if err != nil {
			return
		}
		if expression.Joined(e.Tokens) != strings.TrimSpace(s) {
			t.Errorf("the tokens of %q are those of %q", s, expression.Joined(e.Tokens))
		}
		outside := ""
		for i, part := range strings.Split(e.Text, "'") {
			if i%2 == 0 {
				outside += part
			}
		}
		for _, bad := range []string{";", "--", "/*", "{", "`", "\"", "@", "select", "\x00", "."} {
			if strings.Contains(strings.ToLower(outside), bad) && bad != "." {
				t.Errorf("%q lets %q through", s, bad)
			}
		}
	})
}

// Every number of the indicator system has a metric, and no metric has a number outside of it.
func TestAllIndicators(t *testing.T) {
	left := map[string]bool{}
	for part, last := range map[int]int{1: 23, 2: 12, 3: 13, 4: 9, 5: 9} {
		for i := range last {
			left[fmt.Sprintf("%d.%02d", part, i+1)] = true
		}
	}
	if len(left) != 66 {
		t.Fatalf("%d indicators", len(left))
	}
	all := maps.Clone(left)
	for _, m := range catalog(t).Metrics() {
		if m.ID != "" && !all[m.ID] {
			t.Errorf("metric %s: no indicator has the number %s", m.Name, m.ID)
		}
		delete(left, m.ID)
	}
	for id := range left {
		t.Errorf("indicator %s has no metric", id)
	}
}

// The shipped catalogue has what the boards and pages name.
func TestShippedMetrics(t *testing.T) {
	c := catalog(t)
	for name := range strings.FieldsSeq(`talent_stock talent_growth talent_new_net talent_recognised graduates_introduced graduates_bachelor_share
		skilled_added high_skilled_added national_selections net_inflow inflow outflow outflow_rate flexible_share training_enrolments training_people
		training_pass_rate training_certified_rate training_placement training_examined training_passed training_certified foreign_experts joint_platforms
		cooperation_projects country_hhi overseas_rd standards post_demand post_supply post_gap mismatch match_degree tightness vacancies_filled_share
		postings_count postings_salary_median enterprises_count
		project_talent_share platforms_active talents_per_platform team_multiplier postgraduates challenge_rate retention_12m retention_24m retention_36m
		high_skilled_stock_share talents_per_10k rd_density phd_share benefit_paid_share benefit_days_median service_on_time service_one_visit
		hotline_answered satisfaction housing_share schooling_share medical_share events_held events_people contest_landed publicity_count award_people
		award_amount award_mean contract_amount transfer_rate patents_per_10k fund_amount fund_projects fund_leverage startup_survival
		certificates_per_subsidy delegations delegation_people conferences station_arrivals technology_amount coupling talent_lq post_fill_90d
		post_fill_days evaluation_share lump_sum_share funnel_contacted funnel_signed funnel_started funnel_recognised funnel_paid funnel_left`) {
		if c.Metric(name) == nil {
			t.Errorf("no metric %s", name)
		}
	}
	for _, m := range c.Metrics() {
		if len(m.Sentence) == 0 || m.Every == days.Total {
			t.Errorf("%s: sentence or every is missing", m.Name)
		}
		if len(m.Datasets()) == 0 {
			t.Errorf("%s: no dataset", m.Name)
		}
	}
	for _, l := range []struct{ dim, key, zh, en string }{
		{"class", "E", "", ""},
		{"skill_level", "4", "高级工", ""},
		{"chain", "magnetic", "磁性材料", ""},
		{"education_group", "doctor", "博士", "Doctorate"},
		{"origin_province", "浙江", "", ""},
		{"channel", "", "未填", "Not stated"},
		{"channel", "overseas", "海外引才站", ""},
		{"channel", "hotline", "热线", "Hotline"}, // of another list
		{"kind", "institute", "研究院", "Research institute"},
		{"kind", "joint_lab", "联合实验室", ""},
		{"level", "county", "县级", "County"},
		{"award", "young", "青年英才奖", ""},
		{"enterprise", "甲", "甲", "Jia"},
		{"nothing", "x", "x", "x"},
	} {
		got := c.Label(l.dim, l.key)
		if got.Zh == "" || got.En == "" || l.zh != "" && got.Zh != l.zh || l.en != "" && got.En != l.en {
			t.Errorf("label of %s %q: got %+v", l.dim, l.key, got)
		}
		if l.zh == "" && l.dim == "class" && got.Zh == l.key {
			t.Errorf("class %s has no name", l.key)
		}
	}
}
