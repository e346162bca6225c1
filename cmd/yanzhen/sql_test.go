package main

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/xuri/excelize/v2"

	"yanzhen/cmd/people"
	"yanzhen/cmd/question"
	"yanzhen/cmd/reload"
	"yanzhen/configs"
	"yanzhen/dashboard/access/audit"
	"yanzhen/dashboard/shelf"
	"yanzhen/jobs/paused"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/embedded"
)

func TestStatements(t *testing.T) {
	got := question.Arguments([]string{"query", "-- 说明\nselect 1", "--说明\nselect 1", "--csv", "--format=A b", "--", "-- x", "--sql-like\nselect 1", "-v"})
	want := []string{"query", " -- 说明\nselect 1", " --说明\nselect 1", "--csv", "--format=A b", "--", " -- x", " --sql-like\nselect 1", "-v"}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// What a person meets who asks in SQL on the command line.
func TestQueryCommand(t *testing.T) {
	dir := t.TempDir()
	if err := begun(dir); err != nil {
		t.Fatal(err)
	}
	query := func(args ...string) (code int, out, said string) {
		var o, e bytes.Buffer
		code = run(append([]string{"--dir", dir, "query"}, args...), &o, &e)
		return code, o.String(), e.String()
	}
	if code := run([]string{"--version"}, &bytes.Buffer{}, &bytes.Buffer{}); code != 0 {
		t.Errorf("--version: %d", code)
	}
	if code, _, said := query("--format", "TSV", "select 1"); code != 0 {
		t.Fatalf("%d %s", code, said)
	}
	const places = 2 // statements of analysts at once
	e, err := embedded.Start(t.Context(), embedded.Config{Dir: filepath.Join(dir, "engine"), Analysts: places})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	reload.Leave(snapshot(&config{Dir: dir}), configs.FS, slog.New(slog.DiscardHandler))

	file := filepath.Join(dir, "q.sql")
	if err := os.WriteFile(file, []byte("\uFEFF-- 各省\nselect count() > 30 from codes_provinces"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"--format", "TSV", "-- 各省\nselect count() > 30 from codes_provinces"}, {"--format", "TSV", "--file", file}} {
		if code, out, said := query(args...); code != 0 || out != "1\n" && out != "true\n" {
			t.Errorf("%q: %d %q %s", args, code, out, said)
		}
	}
	book := filepath.Join(dir, "a.xlsx")
	if code, _, said := query("--out", book, "select code, zh from codes_provinces order by code"); code != 0 {
		t.Fatal(said)
	}
	f, err := excelize.OpenFile(book)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if rows, err := f.GetRows("结果"); err != nil || len(rows) < 30 || rows[0][1] != "zh" {
		t.Errorf("%v %v", rows, err)
	}
	for _, c := range []struct{ lang, sql, want string }{
		{"zh", "select node count() form arrivals", "语法错误，第 1 行第 18 个字符；是不是 FROM？\n  select node count() form arrivals\n                   ^"},
		{"en", "select * from province", "did you mean codes_provinces?"},
		{"zh", "select dat from arrivals", "没有列 dat；是不是 date？"},
		{"en", "select uniqExac(date) from arrivals", "did you mean uniqExact?"},
		{"zh", "select file('/etc/passwd')", "不允许"},
		{"en", "select {d:Date}", "the parameter d has no value"},
	} {
		code, _, said := query("--lang", c.lang, c.sql)
		if code != exitUsage || !strings.Contains(said, c.want) {
			t.Errorf("%s: %d %s", c.sql, code, said)
		}
		if c.lang == "en" && strings.Contains(said, "没有") {
			t.Errorf("two languages: %s", said)
		}
	}

	for name, want := range map[string]string{"net_inflw": "是不是 net_inflow？", "净流入": "是不是 net_inflow？", "zzzzzzzz": "没有指标 zzzzzzzz；"} {
		var said bytes.Buffer
		if code := run([]string{"--dir", dir, "metric", name}, io.Discard, &said); code != exitUsage || !strings.Contains(said.String(), want) {
			t.Errorf("metric %s: %d %s", name, code, said.String())
		}
	}

	// of a zone that is served, the history and the trail say how many rows went out, however long the answer and whatever it was written as
	if err := os.Mkdir(filepath.Join(dir, "audit"), 0o700); err != nil {
		t.Fatal(err)
	}
	var told, noted []uint64
	for i, ending := range []string{"", "csv", "parquet", "xlsx"} {
		args := []string{fmt.Sprintf("select number from numbers(%d)", 70_000+i)}
		if ending != "" {
			args = append([]string{"--out", filepath.Join(dir, "rows."+ending)}, args...)
		}
		if code, _, said := query(args...); code != 0 {
			t.Fatal(args, said)
		}
	}
	asked, _, err := shelf.Shelf{Dir: dir}.Find("", "from numbers(", 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range asked {
		told = append(told, a.Rows)
	}
	entries, _, err := audit.Find(dir, audit.Query{Did: "command", What: "from numbers(", Most: 10})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range entries {
		noted = append(noted, x.Rows)
	}
	if want := []uint64{70_003, 70_002, 70_001, 70_000}; !slices.Equal(told, want) || !slices.Equal(noted, want) {
		t.Errorf("rows in the history %v, in the trail %v, want %v", told, noted, want)
	}

	// doctor speaks one language, also of what cannot be read
	for _, name := range []string{"paused.json", "backup.json"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("{"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, lang := range []string{"zh", "en"} {
		var told, failed bytes.Buffer
		run([]string{"--dir", dir, "--lang", lang, "doctor"}, &told, &failed)
		all := told.String() + failed.String()
		if han := strings.ContainsFunc(all, func(r rune) bool { return unicode.Is(unicode.Han, r) }); lang == "en" && han || lang == "zh" && (!han || strings.Contains(all, " / ")) {
			t.Errorf("doctor --lang %s speaks both: %s", lang, all)
		}
		for _, what := range []string{"jobs", "backup"} {
			if !regexp.MustCompile(`(?m)^(fail|warn) +` + what).MatchString(all) {
				t.Errorf("doctor --lang %s does not say that %s cannot be read: %s", lang, what, all)
			}
		}
	}
	const why = "税务 / tax system is replaced" // a name may have what divides two languages
	if err := os.Remove(filepath.Join(dir, "paused.json")); err != nil {
		t.Fatal(err)
	}
	if err := (paused.Book{Dir: dir}).Pause("arrivals", paused.Pause{By: "li", Reason: why}); err != nil {
		t.Fatal(err)
	}
	var paper bytes.Buffer
	if run([]string{"--dir", dir, "doctor"}, &paper, io.Discard); !strings.Contains(paper.String(), why) {
		t.Errorf("doctor cuts a reason: %s", paper.String())
	}

	// where other statements take all the places, one more says that it waits, and waiting counts
	db, err := warehouse.Open(t.Context(), warehouse.Options{Socket: e.Socket(), User: embedded.Analyst})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for i := range places {
		who := people.Whoami() // of all but one
		if i == 0 {
			who = "somebody else"
		}
		go func() {
			_ = db.Exec(t.Context(), warehouse.Statement{Who: who, SQL: "select sum(sleepEachRow(0.1)) from numbers(3000)", Settings: map[string]string{"max_block_size": "1"}})
		}()
	}
	loader, err := warehouse.Open(t.Context(), warehouse.Options{Socket: e.Socket(), User: embedded.Loader})
	if err != nil {
		t.Fatal(err)
	}
	defer loader.Close()
	for n, until := uint64(0), time.Now().Add(time.Minute); n < places; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatalf("%d of %d statements run", n, places)
		}
		if err := loader.Row(t.Context(), warehouse.SQL("select count() from system.processes where query like '%sleepEachRow(0.1)%' and query not like '%processes%'"), &n); err != nil {
			t.Fatal(err)
		}
	}
	code, _, said := query("--timeout", "2s", "select 1")
	if code != exitFailed || !strings.Contains(said, fmt.Sprintf("（您 %d 条，别人 1 条）", places-1)) || !strings.Contains(said, "排队中") || !strings.Contains(said, "含排队") {
		t.Errorf("one more than there are places: %d %s", code, said)
	}
}
