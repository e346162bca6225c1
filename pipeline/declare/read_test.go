package declare

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"yanzhen/pipeline/codes"
)

// house has a field of every type that declarations use.
type house struct {
	Name    string           `yaml:"name"`
	Title   codes.Text       `yaml:"title"`
	Floors  int              `yaml:"floors"`
	Area    *float64         `yaml:"area"`
	Empty   bool             `yaml:"empty"`
	Rest    time.Duration    `yaml:"rest"`
	Colours []string         `yaml:"colours"`
	Rooms   []room           `yaml:"rooms"`
	Words   []string         `yaml:"words"`
	ByFloor map[int][]string `yaml:"by_floor"`
	Owner   owner            `yaml:"owner"`
	Roof    `yaml:",inline"`

	Line int `yaml:"-"`
}

// Roof stands in a house without a key of its own.
type Roof struct {
	Slope float64 `yaml:"slope"`
}

type room struct {
	Name string `yaml:"name"`
	Size int    `yaml:"size"`
}

// owner is a name, or {of: share ...}, or a list of names.
type owner struct {
	Name   string            `yaml:",alone"`
	Names  []string          `yaml:",alone"`
	Since  string            `yaml:"since"`
	Shares map[string]string `yaml:",inline"`
}

func (house) Declared() Keys {
	return Keys{
		"name":    {Zh: "名称", En: "its name", Example: "a", Required: true},
		"title":   {Zh: "名称", En: "its title", Example: "{zh: 甲, en: A}", Required: true},
		"floors":  {Zh: "层数", En: "floors", Default: "1", Example: "3"},
		"rest":    {Zh: "歇", En: "rest", Default: "15m"},
		"colours": {Zh: "颜色", En: "colours", OneOf: []string{"red", "green"}},
	}
}

func (Roof) Declared() Keys { return Keys{"slope": {Default: "0.5"}} }

func (room) Declared() Keys {
	return Keys{"size": {Zh: "大小", En: "how large", Example: "12", Required: true}}
}

func TestParse(t *testing.T) {
	var h house
	f := Parse("houses/a.yaml", []byte(`
name: &n 011
title: {zh: 甲, en: *n}
area: 12.5
empty: true
colours: [red, green]
words: [合计, 备注:, 3]
rooms: &r
  - {name: hall, size: 3}
by_floor: {1: [a], 2: [b, c]}
owner: {since: 2026-01-01, 张三: 1/2}
`), &h)
	if err := f.Err(); err != nil {
		t.Fatal(err)
	}
	area := 12.5
	want := house{
		Name: "011", Title: codes.Text{Zh: "甲", En: "011"}, Floors: 1, Area: &area, Empty: true, Rest: 15 * time.Minute, Colours: []string{"red", "green"}, Words: []string{"合计", "备注:", "3"},
		Rooms: []room{{"hall", 3}}, ByFloor: map[int][]string{1: {"a"}, 2: {"b", "c"}},
		Owner: owner{Since: "2026-01-01", Shares: map[string]string{"张三": "1/2"}}, Roof: Roof{Slope: 0.5},
	}
	if d := cmp.Diff(want, h); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
	for path, line := range map[string]int{"rooms[1].size": 9, "rooms[1].colour": 9, "owner.since": 11, "nothing": 2, "by_floor.2": 10} {
		if got := f.Line(path); got != line {
			t.Errorf("line of %s: got %d, want %d", path, got, line)
		}
	}
	if f := Parse("a.yaml", []byte("\ufeffname: a\r\ntitle: {zh: 甲, en: A}\r\nfloors: x\r\n"), &h); errText(f.Err()) != `a.yaml:3: floors: 是 "x"，应为整数，如 3 / is "x", want a whole number, such as 3` {
		t.Errorf("as Windows writes it: got %v", f.Err())
	}
	for text, want := range map[string]owner{"李四": {Name: "李四"}, "[甲, 乙]": {Names: []string{"甲", "乙"}}} {
		h = house{}
		if f := Parse("a.yaml", []byte("name: a\ntitle: {zh: 甲, en: A}\nowner: "+text+"\n"), &h); f.Err() != nil || cmp.Diff(want, h.Owner) != "" {
			t.Errorf("owner %s: got %+v %v", text, h.Owner, f.Err())
		}
	}
}

// Each fault is told with its line, and the rest is read all the same.
func TestFaults(t *testing.T) {
	const good = "name: a\ntitle: {zh: 甲, en: A}\n"
	for text, want := range map[string]string{
		"":                                 "1: 文件是空的，至少要有 name title / the file is empty, want at least name title",
		"# nothing\n":                      "1: 文件是空的，至少要有 name title / the file is empty, want at least name title",
		"name: a\n":                        "1: 缺少 title：名称，如 {zh: 甲, en: A} / lacks title: its title, such as {zh: 甲, en: A}",
		"name: a\ntitle: {zh: 甲}\n":        "2: title.en: 缺少英文 / the English text is missing",
		"name: a\ntitel: {zh: 甲, en: A}\n": `2: titel: 未知的键 "titel" (title?)，可用: area by_floor colours empty floors name owner rest rooms slope title words / unknown key "titel" (title?), want one of: area by_floor colours empty floors name owner rest rooms slope title words`,
		"name: a\ntitle: {zh: 甲, en: A, about}\n": `2: title.about: 未知的键 "about"，可用: en zh；值里有英文逗号时，请给整个值加引号 / unknown key "about", want one of: en zh; a value with a comma in it wants quotes around it`,
		"- a\n":                              "1: 是列表，应为一组键值 / is a list, want a mapping",
		"name：a\n":                           `1: 是 "name：a"，应为一组键值；冒号应为半角，其后有空格 / is "name：a", want a mapping; a colon is : and a blank`,
		good + "floors: two\n":               `3: floors: 是 "two"，应为整数，如 3 / is "two", want a whole number, such as 3`,
		good + "floors: \"2\"\n":             `3: floors: 是 "2"，应为整数，如 3 / is "2", want a whole number, such as 3`,
		good + "floors:\n":                   "3: floors: 是空的，应为整数，如 3 / is empty, want a whole number, such as 3",
		good + "area: .nan\n":                `3: area: 是 ".nan"，应为数 / is ".nan", want a number`,
		good + "area: ~\n":                   "3: area: 是空的，应为数 / is empty, want a number",
		good + "empty: yes\n":                `3: empty: 是 "yes"，应为 true 或 false / is "yes", want true or false`,
		good + "rest: 0s\n":                  `3: rest: 是 "0s"，应为时长，如 90s、15m、2h / is "0s", want a time such as 90s, 15m or 2h`,
		good + "colours: red\n":              `3: colours: 是 "red"，应为列表 / is "red", want a list`,
		good + "colours: [red, gren]\n":      `3: colours[2]: 是 "gren" (green?)，应为 red green 之一 / is "gren" (green?), want one of red green`,
		good + "rooms: [{name: hall}]\n":     "3: rooms[hall]: 缺少 size：大小，如 12 / lacks size: how large, such as 12",
		good + "rooms:\n- {size: 1, x: 1}\n": `4: rooms[1].x: 未知的键 "x"，可用: name size / unknown key "x", want one of: name size`,
		good + "by_floor: {one: [a]}\n":      `3: by_floor.one: 是 "one"，应为整数 / is "one", want a whole number`,
		good + "owner:\n  since: []\n":       "4: owner.since: 是列表，应为文字 / is a list, want text",
		good + "owner: ~\n":                  "3: owner: 是空的，应为文字、列表或一组键值 / is empty, want text or a list or a mapping",
		good + "name: b\n":                   `3: name: 键 "name" 写了两次 / key "name" is given twice`,
		good + "by_floor: {1: [], 1: []}\n":  `3: by_floor.1: 键 "1" 写了两次 / key "1" is given twice`,
		good + "? [a]\n: b\n":                "3: 键应为文字 / a key is a text",
		good + "<<: {floors: 2}\n":           "3: 不读合并键 <<，把其中的键写在这里 / the merge key << is not read: write its keys here",
		good + "---\nname: b\n":              "3: 第二份文档（--- 之后）不会被读；一个文件只写一份 / a second document, after ---, would not be read: write one a file",
		good + "colours: &c [blue]\nby_floor:\n  1: *c\nrooms: *c\n": "3: colours[1]: 是 \"blue\"，应为 red green 之一 / is \"blue\", want one of red green\n6: rooms[1]: 是 \"blue\"，应为一组键值 / is \"blue\", want a mapping",
		"name: \xc4\xe3\n": "1: 不是 UTF-8 编码，请用编辑器另存为 UTF-8 / is not UTF-8: save it as UTF-8 in your editor",
	} {
		f := Parse("a.yaml", []byte(text), &house{})
		got := strings.ReplaceAll(strings.TrimPrefix(errText(f.Err()), "a.yaml:"), "\na.yaml:", "\n")
		if got != want {
			t.Errorf("%q:\ngot  %s\nwant %s", text, got, want)
		}
	}
	// where it is not YAML the library says what is wrong, and the line is its own
	for text, want := range map[string][]string{
		good + "rooms: [\nfloors: 2\n": {"a.yaml:4: 不是合法的 YAML（", "它从第 3 行开始", "not YAML (", "it began at line 3"},
		good + "  floors: 2\n":         {"a.yaml:3: 不是合法的 YAML（"},
		good + "owner: *nobody\n":      {"a.yaml:3: 不是合法的 YAML（", "nobody"},
		good + "owner:\n\t- a\n":       {"a.yaml:4: 不是合法的 YAML（"},
		"name: a\x01\n":                {"a.yaml:1: 不是合法的 YAML（"},
	} {
		f := Parse("a.yaml", []byte(text), &house{})
		f.Fault("name", "x", "x") // nothing more is told
		for _, w := range want {
			if got := errText(f.Err()); !strings.Contains(got, w) || strings.Contains(got, "\n") {
				t.Errorf("%q: got %s, want %s", text, got, w)
			}
		}
	}
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// A document without a kind is its texts.
func TestPlain(t *testing.T) {
	got, err := Plain("a.yaml", []byte("a: &x [1.10, 备注:, ~]\nb: {c: 2026-01-01, d: *x}\n"))
	want := map[string]any{"a": []any{"1.10", "备注:", "~"}, "b": map[string]any{"c": "2026-01-01", "d": []any{"1.10", "备注:", "~"}}}
	if d := cmp.Diff(any(want), got); d != "" || err != nil {
		t.Errorf("%v -want +got\n%s", err, d)
	}
	for _, text := range []string{"a: [", "a: &x {b: *x}", strings.Repeat("[", 200)} {
		if _, err := Plain("a.yaml", []byte(text)); err == nil || !strings.HasPrefix(err.Error(), "a.yaml:1: ") {
			t.Errorf("%.20q: got %v", text, err)
		}
	}
}

// A fault of the caller's stands at the line of its key, an item is called by its name, and what could not be read is
// not told about again.
func TestFault(t *testing.T) {
	f := Parse("a.yaml", []byte("name: a\ntitle: {zh: 甲, en: A}\nfloors: many\nrooms:\n  - {name: hall, size: 1}\n  - name: hall\n    size: 2\n  - size: 3\n  - name: 厅\n    size: 4\n"), &house{})
	f.Fault("floors", "太多", "too many")
	f.Fault("rooms[1].size", "太小", "too small")
	f.Fault("rooms[2].size", "太小 %d", "too small %d", 2)
	f.Fault("rooms[3].name", "没有", "none")
	f.Fault("rooms[4]", "旧", "old")
	f.Fault("", "整个", "all")
	want := `a.yaml:1: 整个 / all
a.yaml:3: floors: 是 "many"，应为整数，如 3 / is "many", want a whole number, such as 3
a.yaml:5: rooms[hall].size: 太小 / too small
a.yaml:7: rooms[2].size: 太小 2 / too small 2
a.yaml:8: rooms[3].name: 没有 / none
a.yaml:9: rooms[厅]: 旧 / old`
	if got := errText(f.Err()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if f.Sound() || f.Show("rooms[4].size") != "rooms[厅].size" || !f.Given("rooms[4].size") || f.Given("rooms[3].name") {
		t.Errorf("sound %v, %s", f.Sound(), f.Show("rooms[4].size"))
	}
}

// What a folder holds besides is told where it would be passed over without a word.
func TestRead(t *testing.T) {
	good := &fstest.MapFile{Data: []byte("name: a\ntitle: {zh: 甲, en: A}\n")}
	s := Read[house](fstest.MapFS{
		"houses/a.yaml": good, "houses/b.yml": good, "houses/c.YAML": good, "houses/old/d.yaml": good, "houses/README.md": good, "houses/codes.csv": good, "houses/.git/x.yaml": good,
		"houses/e.yaml": {Data: []byte("name: e\n")}, "houses/f.yaml": {Data: []byte(strings.Repeat("#", maxBytes+1))},
	}, "houses")
	want := `houses/b.yml:1: 扩展名是 .yml，不会被读；改为 .yaml / the file ends in .yml and would not be read: rename it to .yaml
houses/c.YAML:1: 扩展名是 .YAML，不会被读；改为 .yaml / the file ends in .YAML and would not be read: rename it to .yaml
houses/codes.csv:1: 不会被读：代码表放在 codes 里 / would not be read: a code list lies in codes
houses/old:1: 不读目录中的目录，把其中的文件移到 houses 里 / a folder inside of a folder is not read: move its files into houses
houses/e.yaml:1: 缺少 title：名称，如 {zh: 甲, en: A} / lacks title: its title, such as {zh: 甲, en: A}
houses/f.yaml:1: 文件超过 4 MB，不会是手写的声明 / the file is larger than 4 MB, which no declaration written by hand is`
	if got := errText(s.Err()); got != want || len(s.Docs) != 3 || s.Docs[0].Value.Name != "a" || !s.Docs[0].Sound() {
		t.Errorf("got %d documents\n%s\nwant\n%s", len(s.Docs), got, want)
	}
	if s := Read[house](fstest.MapFS{}, "houses"); s.Err() != nil || s.Docs != nil {
		t.Errorf("no folder: got %v", s.Err())
	}
}

// An alias may be followed often, but not without end.
func TestBounds(t *testing.T) {
	bomb := "name: a\ntitle: {zh: 甲, en: A}\nby_floor:\n  0: &a [" + strings.Repeat("x, ", 2000) + "]\n"
	for i := range 2000 {
		bomb += "  " + strconv.Itoa(i+1) + ": *a\n"
	}
	for _, text := range []string{
		bomb, "name: a\ntitle: &t {zh: *t, en: A}\n", "&x {name: a, rooms: [*x]}", strings.Repeat("[", 9000), "name: " + strings.Repeat("a", maxBytes) + "\n",
	} {
		f := Parse("a.yaml", []byte(text), &house{})
		if n := strings.Count(errText(f.Err()), "\n"); f.Sound() || f.values > maxValues+2000 || n > 10 {
			t.Errorf("%.40q: %d values, %d faults", text, f.values, n)
		}
	}
	// many faults are counted, and a long value is cut
	text := "name: a\ntitle: {zh: 甲, en: A}\nfloors: " + strings.Repeat("甲", 1000) + "\n"
	for i := range 1000 {
		text += "k" + strconv.Itoa(i) + ": 1\n"
	}
	got := errText(Parse("a.yaml", []byte(text), &house{}).Err())
	if n := strings.Count(got, "\n"); n != maxFaults || !strings.HasSuffix(got, "…… 另有 901 处 / ... and 901 more") || len(got) > 100_000 {
		t.Errorf("%d lines, %d bytes, ends %s", n, len(got), got[len(got)-100:])
	}
}

// Whatever is written, reading ends, and each fault has its line in the file.
func FuzzDeclare(f *testing.F) {
	for _, s := range []string{
		"name: a\ntitle: {zh: 甲, en: A}\n", "a: &a [*a]\n", "? {}\n: x\n", "\"\": 1\n", "rooms: [{name: '[x]'}]", "owner: !!binary aGk=\n", "by_floor: {-1: [~]}", "%YAML 1.1\n---\n...\n", "{", "<<: *x", "rooms:\n- &r {name: a, size: 1}\n- *r\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		file := Parse("a.yaml", []byte(text), &house{})
		file.Fault("rooms[1].name", "x", "x")
		lines := strings.Count(text, "\n") + strings.Count(text, "\r") + 2
		for _, x := range file.faults {
			if x.Line < 1 || x.Line > lines+strings.Count(text, "\u2028")+strings.Count(text, "\u2029")+strings.Count(text, "\u0085") || x.Zh == "" || x.En == "" {
				t.Errorf("%q: %+v", text, x)
			}
		}
		if file.values > maxValues+len(text)+2 {
			t.Errorf("%d values read", file.values)
		}
	})
}

// A schema and the manual come only of what is described, and say what the reader does.
func TestSchema(t *testing.T) {
	if _, err := KindOf[house]("house", "houses", codes.Text{}, codes.Text{}).Schema(); err == nil {
		t.Error("a house whose keys are not described has a schema")
	}
	text, err := KindOf[shed]("shed", "sheds", codes.Text{Zh: "棚", En: "Shed"}, codes.Text{Zh: "堆放", En: "for things"}).Schema()
	if err != nil {
		t.Fatal(err)
	}
	var got any
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"$schema": draft, "title": "棚 / Shed", "description": "堆放 / for things", "type": "object", "additionalProperties": false,
		"properties": map[string]any{"colour": map[string]any{"description": "颜色 / its colour", "default": "red", "examples": []any{"green"}, "enum": []any{"red", "green"}}},
	}
	if d := cmp.Diff(any(want), got); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
	page, err := Manual(KindOf[shed]("shed", "sheds", codes.Text{Zh: "棚", En: "Shed"}, codes.Text{Zh: "堆放", En: "for things"}))
	if row := "| `colour` | `red` `green` | `red` | 颜色 | its colour | `green` |"; err != nil || !strings.Contains(page, row) {
		t.Errorf("%v, want %s in\n%s", err, row, page)
	}
	for _, bad := range []Kind{KindOf[strayShed]("x", "x", codes.Text{}, codes.Text{}), KindOf[wrongShed]("x", "x", codes.Text{}, codes.Text{})} {
		if _, err := bad.Schema(); err == nil {
			t.Errorf("%v has a schema", bad.of)
		}
	}
}

type shed struct {
	Colour string `yaml:"colour"`
}

func (shed) Declared() Keys {
	return Keys{"colour": {Zh: "颜色", En: "its colour", OneOf: []string{"red", "green"}, Default: "red", Example: "green"}}
}

// strayShed describes a key that it has not.
type strayShed struct {
	Colour string `yaml:"colour"`
}

func (strayShed) Declared() Keys {
	return Keys{"color": {Zh: "颜色", En: "its colour", Example: "green"}}
}

// wrongShed has an example that is none of its words.
type wrongShed struct {
	Colour string `yaml:"colour"`
}

func (wrongShed) Declared() Keys {
	return Keys{"colour": {Zh: "颜色", En: "its colour", OneOf: []string{"red"}, Example: "blue"}}
}

// What lies at the top and would not be read is told; what is none of our business is not.
func TestFolders(t *testing.T) {
	f := &fstest.MapFile{}
	err := Folders(fstest.MapFS{"houses/a.yaml": f, "sheds/a.yaml": f, "house/a.yaml": f, "Sheds/a.yaml": f, "notes/x.txt": f, ".git/x": f, ".hidden.yaml": f, "README.md": f, "yanzhen.yaml": f, "a.yaml": f, "b.YML": f}, "sheds", "houses")
	want := `Sheds:1: 不认识的目录 (sheds?)，其中的文件不会被读；可用: houses sheds / unknown folder (sheds?), its files would not be read; have houses sheds
a.yaml:1: 不会被读：声明放在目录 houses sheds 里 / would not be read: a declaration lies in one of the folders houses sheds
b.YML:1: 不会被读：声明放在目录 houses sheds 里 / would not be read: a declaration lies in one of the folders houses sheds
house:1: 不认识的目录 (houses?)，其中的文件不会被读；可用: houses sheds / unknown folder (houses?), its files would not be read; have houses sheds
notes:1: 不认识的目录，其中的文件不会被读；可用: houses sheds / unknown folder, its files would not be read; have houses sheds`
	if got := errText(err); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if err := Folders(fstest.MapFS{"houses/a.yaml": f}, "houses"); err != nil {
		t.Errorf("got %v", err)
	}
}
