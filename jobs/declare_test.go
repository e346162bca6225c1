package jobs

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"yanzhen/pipeline/declare"
)

var (
	someDatasets = []string{"arrivals", "talents"}
	someBuiltins = []string{"chains", "sweep"}
	someSources  = map[string]string{"hr": "arrivals"}
)

// Each testdata/bad.<rule>.yaml begins with the message it must get: "# want: <line>: <text>".
func TestBadDeclarations(t *testing.T) {
	files, err := filepath.Glob("testdata/bad.*.yaml")
	if err != nil || len(files) < 10 {
		t.Fatalf("got %d fixtures, %v", len(files), err)
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		first, _, _ := strings.Cut(string(text), "\n")
		want, ok := strings.CutPrefix(first, "# want: ")
		if !ok {
			t.Errorf("%s: first line does not say what is wanted", f)
			continue
		}
		// the declared name is that of a good file, so that only the rule at hand is broken
		_, err = parse("configs/jobs/arrivals.yaml", text, someDatasets, someBuiltins)
		if err == nil {
			t.Errorf("%s: accepted", f)
		} else if !strings.Contains(err.Error(), "configs/jobs/arrivals.yaml:"+want) {
			t.Errorf("%s: got %v, want %s", f, err, want)
		}
	}
}

func TestReadReportsEveryFault(t *testing.T) {
	fsys := fstest.MapFS{
		"jobs/a.yaml": {Data: []byte("name: a\ntitle: {zh: 一, en: A}\nsource: {dir: inbox}\nshedule: '@daily'\nretries: {count: many}\n")},
		"jobs/b.yaml": {Data: []byte("name: c\ntitle: {zh: 一}\nbuiltin: sweep\nschedule: 0 7 * *\n")},
		"jobs/d.yaml": {Data: []byte("name: [\n")},
		"jobs/e.yaml": {Data: []byte("name: e\ntitle: {zh: 五, en: E}\nsource: {dir: inbox, files: '(?P<sender>[^_]+)_引进与流出'}\ndataset: arrivals\nschedule: 0 7 * * *\nretries: {count: 3, backoff: 30s}\n")},
	}
	jobs, err := Read(fsys, "jobs", someDatasets, someBuiltins, someSources)
	for _, want := range []string{
		"jobs/a.yaml:4: shedule: 未知的键 \"shedule\" (schedule?)",
		"jobs/a.yaml:5: retries.count: 是 \"many\"，应为整数，如 3 / is \"many\", want a whole number, such as 3",
		"jobs/b.yaml:1: name: 是 \"c\"，应与文件名 \"b\" 相同",
		"jobs/b.yaml:2: title.en: ",
		"jobs/b.yaml:4: schedule",
		"jobs/d.yaml:1: 不是合法的 YAML",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v\nwant it to say %s", err, want)
		}
	}
	if len(jobs) != 1 || jobs[0].Name != "e" || !jobs[0].On() || !jobs[0].Watched() || jobs[0].Missed != "run_once" {
		t.Errorf("got %+v, want job e alone", jobs)
	}
}

// parse reads one declaration.
func parse(file string, text []byte, datasets, builtins []string) (*Job, error) {
	j := &Job{}
	f := declare.Parse(file, text, j)
	j.check(f, datasets, builtins, someSources)
	return j, f.Err()
}
