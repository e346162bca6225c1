package fetch_test

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"yanzhen/configs"
	"yanzhen/jobs"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/fetch"
	"yanzhen/pipeline/fetch/fetchtest"
)

// What the manual shows is read without a fault, with the datasets that are shipped.
func TestManual(t *testing.T) {
	text, err := os.ReadFile("../../docs/sources.md")
	if err != nil {
		t.Fatal(err)
	}
	shipped, err := dataset.Load(configs.FS)
	if err != nil {
		t.Fatal(err)
	}
	fsys := fstest.MapFS{}
	for _, b := range regexp.MustCompile("(?s)```yaml (source|job)\n(name: (\\w+)\n.*?)```").FindAllSubmatch(text, -1) {
		fsys[string(b[1])+"s/"+string(b[3])+".yaml"] = &fstest.MapFile{Data: b[2]}
	}
	sources, err := fetch.Read(fsys, shipped.Datasets)
	if err != nil || len(sources) < 5 {
		t.Fatal(len(sources), err)
	}
	list, err := jobs.Read(fsys, "jobs", shipped.Names(), nil, fetch.Datasets(sources))
	if err != nil || len(list) != 1 || list[0].Dataset != "arrivals" {
		t.Fatal(list, err)
	}
}

// Every fault of a source is told, with its line and in both languages.
func TestBadSources(t *testing.T) {
	good := source(fetchtestServer, cursor)
	for name, bad := range map[string]struct{ old, new, want string }{
		"name":        {"name: moves\n", "name: move\n", `1: name: 是 "move"，应与文件名 "moves" 相同`},
		"dataset":     {"dataset: moves", "dataset: movs", `3: dataset: 是 "movs" (moves?)`},
		"sender":      {"sender: 人社局\n", "", `1: sender: 数据集 moves 按报送单位替换`},
		"zone":        {"zone: UTC", "zone: Beijing", `5: zone: 没有时区 "Beijing"`},
		"no zone":     {"zone: UTC\n", "", `zone: `},
		"key":         {"key: [id]", "key: []", `6: key: `},
		"period":      {"period: date\n", "", `period: 数据集 moves 按期间替换`},
		"kind":        {"kind: postgres", "kind: oracle", `9: database.kind: `},
		"secret":      {"{env: YANZHEN_TEST_SECRET}", "secret123", `15: database.password: `},
		"two secrets": {"{env: YANZHEN_TEST_SECRET}", "{env: A, file: /b}", `15: database.password: file 与 env 只能有一个`},
		"query":       {"select id, card", "delete from moved; select id, card", `16: database.query: 应为一条 SELECT`},
		"cursor":      {"columns: [changed, id]", "columns: []", `17: database.cursor.columns: `},
	} {
		fsys := fstest.MapFS{"sources/moves.yaml": {Data: []byte(strings.Replace(good, bad.old, bad.new, 1))}}
		_, err := fetch.Read(fs.FS(fsys), catalog(t).Datasets)
		if err == nil || !strings.Contains(err.Error(), bad.want) || strings.Contains(err.Error(), "secret123") {
			t.Errorf("%s: got %v\nwant %s", name, err, bad.want)
		}
	}
}

var fetchtestServer = fetchtest.Server{Port: 5432}
