package board

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"yanzhen/configs"
	"yanzhen/pipeline/codes"
)

// Each bad.<rule>.yaml begins with the message that refuses it.
func TestBadBoards(t *testing.T) {
	files, err := filepath.Glob("testdata/bad.*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no bad boards: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			first, _, _ := strings.Cut(string(text), "\n")
			want := strings.TrimPrefix(first, "# ")
			b, err := Parse(filepath.Base(file), text)
			if err == nil {
				t.Fatalf("accepted: %+v; want %s", b, want)
			}
			if !strings.Contains(err.Error(), want) {
				t.Errorf("got %v\nwant %s", err, want)
			}
		})
	}
}

func TestAllFaultsAtOnce(t *testing.T) {
	one := "board: a\ntitle: {zh: 甲, en: A}\norder: 1\npanels:\n  - {name: p, title: {zh: 图, en: P}, kind: chart, metrics: [], period: never, span: 13}\n"
	two := "board: b\ntitel: {zh: 乙, en: B}\n"
	_, err := Load(fstest.MapFS{"boards/a.yaml": {Data: []byte(one)}, "boards/b.yaml": {Data: []byte(two)}}, "boards")
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{"boards/a.yaml:5: panels[p].kind: 是 \"chart\"，应为 balance bar column", `panels[p].period: 是 "never"`, "panels[p].span: 是 13，应为 1 至 12 列 / is 13", "boards/b.yaml:2: titel: 未知的键 \"titel\" (title?)"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("missing %q in:\n%v", want, err)
		}
	}
}

func TestSameNameTwice(t *testing.T) {
	text := []byte("board: a\ntitle: {zh: 甲, en: A}\npanels:\n  - {name: p, title: {zh: 图, en: P}, kind: kpi, metrics: [x], period: half, span: 3}\n")
	_, err := Load(fstest.MapFS{"boards/a.yaml": {Data: text}, "boards/b.yaml": {Data: text}}, "boards")
	if err == nil || !strings.Contains(err.Error(), `boards/b.yaml:1: board: "a" 已在 boards/a.yaml 声明 / board "a" is already declared in boards/a.yaml`) {
		t.Errorf("got %v", err)
	}
}

// The boards that are shipped are sound, in order, and say everything in both languages.
func TestShippedBoards(t *testing.T) {
	boards, err := Load(configs.FS, "boards")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, b := range boards {
		names = append(names, b.Name)
		for _, p := range b.Panels {
			for _, text := range append([]codes.Text{p.Section, p.Note, b.Lead}, p.Names...) {
				if (text.Zh == "") != (text.En == "") {
					t.Errorf("%s: panel %s: %+v is not in both languages", b.Name, p.Name, text)
				}
			}
		}
	}
	if got, want := strings.Join(names, " "), "overview inflow chain formation training environment incentives international postings people"; got != want {
		t.Errorf("boards are %s, want %s", got, want)
	}
	if files, _ := fs.Glob(configs.FS, "boards/*.yaml"); len(files) != len(boards) {
		t.Errorf("%d files, %d boards", len(files), len(boards))
	}
}

func TestCheckNamesWhatIsValid(t *testing.T) {
	b, err := Parse("x.yaml", []byte("board: a\ntitle: {zh: 甲, en: A}\npanels:\n  - {name: p, title: {zh: 图, en: P}, kind: bar, metrics: [inflow, nothing], by: [colour], period: half, span: 3}\n"))
	if err != nil {
		t.Fatal(err)
	}
	err = b.Check([]string{"inflow", "outflow"}, func(m string) ([]string, bool) { return []string{"chain", "node"}, m == "inflow" })
	for _, want := range []string{`x.yaml:4: panels[p]: 指标 inflow 不能按 "colour" 分组，可用 chain, node / metric inflow cannot be cut by "colour" (have chain, node)`, `x.yaml:4: panels[p].metrics[2]: 没有指标 "nothing"，可用 inflow outflow / there is no metric "nothing", have inflow outflow`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("missing %q in %v", want, err)
		}
	}
}
