package dashboard

import (
	"fmt"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"yanzhen/pipeline"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/warehouse"
)

// What was refused is told beside a number of the submissions that the number counts rows of, and a file that gave nothing is no
// source of it.
func TestRefusedOfNumber(t *testing.T) {
	s := open(t)
	load := func(month string, good, bad int) {
		t.Helper()
		var b strings.Builder
		b.WriteString("发布日期,用人单位,产业链节点,岗位,学历,需求人数\n")
		for i := range good + bad {
			day := fmt.Sprintf("2026-%02s-%02d", month, i%28+1)
			if i >= good {
				day = "某日"
			}
			fmt.Fprintf(&b, "%s,甲厂,%s,岗位%d,不限,%d\n", day, map[bool]string{true: "永磁电机", false: "精密铸造"}[month == "4" && i == 0], i, i+1)
		}
		file := filepath.Join(t.TempDir(), "测试局_岗位需求_2026年"+month+"月.csv")
		if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := s.loader.Load(t.Context(), pipeline.Request{Path: file, Force: true}); err != nil || out.State != pipeline.Published {
			t.Fatal(month, out.State, err)
		}
	}
	if err := s.loader.LoadDeclared(t.Context()); err != nil {
		t.Fatal(err)
	}
	load("4", 20, 3)
	load("5", 20, 1)
	load("6", 6, 0)
	foot := func(days string) string {
		t.Helper()
		body := s.get(t, "/b/chain?lang=zh&"+days).body
		if strings.Contains(body, "无法回答") {
			t.Fatal(plainText(body))
		}
		i := strings.Index(body, `data-panel="gaps"`)
		m := regexp.MustCompile(`href="(/data/excluded\?[^"]*)">([^<]*)<`).FindStringSubmatch(body[i : i+strings.Index(body[i:], "</section>")])
		if m == nil {
			return ""
		}
		text := plainText(s.page(t, with(html.UnescapeString(m[1]), "lang=zh")))
		return m[2] + "|" + regexp.MustCompile(`岗位需求 (\d+) (\d+) (\d+)`).FindString(text)
	}
	for days, want := range map[string]string{
		"from=2026-05-01&to=2026-06-01":                     "拒收 1 行|岗位需求 21 20 1",
		"from=2026-04-01&to=2026-06-01":                     "拒收 4 行|岗位需求 44 40 4",
		"from=2026-06-01&to=2026-07-01":                     "",
		"from=2026-04-01&to=2026-06-01&node=magnetic.motor": "拒收 4 行（按整份报送，不分筛选）|岗位需求 44 40 4",
	} {
		if got := foot(days); got != want {
			t.Errorf("%s: %q, want %q", days, got, want)
		}
	}
	if r := s.get(t, "/briefings/half_year?lang=zh&from=2035-01-01&to=2035-07-01"); r.status != 404 || !strings.Contains(plainText(r.body), "2035-01-01 起还没有数据，数据截至 2026-06-30") {
		t.Errorf("a document of days to come: %d %.300s", r.status, plainText(r.body))
	}
	told := func(days string) string {
		_, text, _ := strings.Cut(plainText(s.page(t, "/cause/post_demand?lang=zh&"+days)), "数字从哪里来")
		return text
	}
	if text := told("from=2026-05-01&to=2026-06-01"); !strings.Contains(text, "2026年5月.csv") || strings.Contains(text, "2026年4月") || strings.Count(text, "拒收 1 行") != 2 {
		t.Errorf("May is made of %q", text)
	}
	if text := told("from=2026-06-07&to=2026-07-01"); strings.Contains(text, ".csv") || !strings.Contains(text, "没有计入任何文件的行") {
		t.Errorf("days after the last row of June are made of %q", text)
	}
	if text := told("from=2026-04-01&to=2026-06-01&node=magnetic.motor"); !strings.Contains(text, "2026年4月.csv") || strings.Contains(text, "2026年5月.csv") {
		t.Errorf("a link that stands in the file of April only is made of %q", text)
	}

	// more files that gave nothing than are listed, as older programs published them
	if err := s.loader.DB.Exec(t.Context(), warehouse.Statement{
		Tag: "test.ledger",
		SQL: fmt.Sprintf("insert into meta.ledger (seq, at, batch, dataset, unit, state, file, period) select 100000 + number, now64(6), 100000 + number, 'vacancies', concat('空', toString(number)), 'published', concat('空', toString(number), '.csv'), '2026-08' from numbers(%d)", topSources+2),
	}); err != nil {
		t.Fatal(err)
	}
	// files of one name, of two senders
	for i, node := range []string{"永磁电机", "精密铸造"} {
		file := filepath.Join(t.TempDir(), "报送.csv")
		if err := os.WriteFile(file, fmt.Appendf(nil, "发布日期,用人单位,产业链节点,岗位,学历,需求人数\n2026-07-0%d,乙厂,%s,新岗位,不限,3\n", i+1, node), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := s.loader.Load(t.Context(), pipeline.Request{Path: file, Dataset: "vacancies", Sender: fmt.Sprintf("第%d局", i+1), Period: days.Range{From: days.Date(2026, 7, 1), To: days.Date(2026, 8, 1)}, Force: true}); err != nil || out.State != pipeline.Published {
			t.Fatal(out.State, out.Problem, err)
		}
	}
	if text := told("from=2026-07-01&to=2026-08-01&node=magnetic.motor"); strings.Count(text, "报送.csv") != 1 || !strings.Contains(text, "第1局") {
		t.Errorf("one of two files of a name counts: %q", text)
	}
	if text := told("from=2026-08-01&to=2026-09-01"); strings.Count(text, ".csv") != topSources || !strings.Contains(text, "还有 2 份") {
		t.Errorf("files that gave nothing: %q", text)
	}
}
