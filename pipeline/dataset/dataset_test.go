package dataset

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"yanzhen/configs"
	"yanzhen/pipeline/codes"
)

var update = flag.Bool("update", false, "write the golden files")

// golden compares got with a file, or writes it under -update.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s (go test -update writes it): -want +got\n%s", file, d)
	}
}

func shipped(t *testing.T) *Catalog {
	t.Helper()
	c, err := Load(configs.FS)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func lists(t testing.TB) *codes.Lists {
	t.Helper()
	l, err := codes.Load(configs.FS)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// Each testdata/bad.<rule>.yaml breaks one rule and must give exactly the message in its first
// line; the rest of the file is the declaration.
func TestBadDeclarations(t *testing.T) {
	files, err := filepath.Glob("testdata/bad.*.yaml")
	if err != nil || len(files) < 80 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	ls := lists(t)
	for _, file := range files {
		t.Run(strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file), "bad."), ".yaml"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			first, rest, _ := strings.Cut(string(text), "\n")
			got := "nothing"
			if _, err := Parse("datasets/example.yaml", text, ls); err != nil {
				got = strings.ReplaceAll(err.Error(), "\n", " // ")
			}
			if *update {
				if err := os.WriteFile(file, []byte("# "+got+"\n"+rest), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if want := strings.TrimPrefix(first, "# "); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

func TestGoodDeclaration(t *testing.T) {
	text, err := os.ReadFile("testdata/good.yaml")
	if err != nil {
		t.Fatal(err)
	}
	d, err := Parse("datasets/example.yaml", text, lists(t))
	if err != nil {
		t.Fatal(err)
	}
	if d.File != "datasets/example.yaml" || len(d.Digest) != 64 || d.Layouts[0].Share != 0.8 {
		t.Errorf("got %+v", d)
	}
	// the same files read again, as by the next process, are the same declaration
	for _, name := range []string{"talents", "vacancies", "arrivals"} {
		var seen []string
		for range 2 {
			c, err := Load(configs.FS)
			if err != nil {
				t.Fatal(err)
			}
			seen = append(seen, c.Datasets[name].Digest)
		}
		if seen[0] != seen[1] {
			t.Errorf("%s: read twice, two digests", name)
		}
	}
	// another text or another code list is another declaration
	again, err := Parse("datasets/example.yaml", append(text, "\n# x\n"...), lists(t))
	if err != nil || again.Digest == d.Digest {
		t.Errorf("digest of a changed text: got the same, %v", err)
	}
}

// What the words for "no value" and the patterns among the totals are called in the dictionary.
func TestDictionaryWords(t *testing.T) {
	text, err := os.ReadFile("testdata/good.yaml")
	if err != nil {
		t.Fatal(err)
	}
	more := strings.Replace(string(text), "    max: 100\n", "    max: 100\n    nulls_only: [无]\n", 1) + "totals: [合计, '~^.+所）$']\n"
	d, err := Parse("datasets/example.yaml", []byte(more), lists(t))
	if err != nil {
		t.Fatal(err)
	}
	got := d.Dictionary("zh")
	for _, want := range []string{"不入库：合计\n", "正则的行不入库：`^.+所）$`\n", "只有空格子、无视为空"} {
		if !strings.Contains(got, want) {
			t.Errorf("the dictionary does not say %q", want)
		}
	}
}

// Every fault of every file comes back at once, each with its own file and line.
func TestAllFaultsAtOnce(t *testing.T) {
	fsys := fstest.MapFS{
		"codes/sexes.csv":    {Data: []byte("# 性别 | Sex\ncode,zh,en,aliases\nM,男,Male,\nF,女,Female,男\n")},
		"chains/metal.yaml":  {Data: []byte("chain: metal\ntitle: {zh: 金属, en: Metal}\nnodes:\n  - code: metal.a\n    title: {zh: 甲, en: A}\n    segment: top\n    industries: [x]\n    occupations: [x]\n    skills: [x]\n")},
		"datasets/a.yaml":    {Data: []byte("name: a\ntitle: {zh: 甲, en: A}\nabout: {zh: 甲, en: A}\nunit: [file]\ncolumns:\n  - {name: x, title: {zh: 子, en: X}, type: text}\n  - {name: y, title: {zh: 丑, en: Y}, type: code, list: none}\n")},
		"datasets/c.yml":     {Data: []byte("name: c\n")},
		"datasets/README.md": {Data: []byte("# x\n")},
		"datasets/b.yaml":    {Data: []byte("name: b\ncolour: red\ntitle: {zh: 乙, en: B}\nabout: {zh: 乙, en: B}\nunit: [file]\norder: [z]\ncolumns:\n  - {name: x, title: {zh: 子, en: X}, type: string}\n")},
	}
	_, err := Load(fsys)
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"codes/sexes.csv:4:", "chains/metal.yaml:6: nodes[metal.a].segment:", "datasets/a.yaml:6: columns[x].type:", "datasets/a.yaml:7: columns[y].list:", "datasets/b.yaml:2: colour:", "datasets/b.yaml:6: order[1]:", "datasets/c.yml:1:"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no fault %q in:\n%v", want, err)
		}
	}
}

func TestTables(t *testing.T) {
	c := shipped(t)
	var ddl, views strings.Builder
	for _, name := range c.Names() {
		ddl.WriteString(c.Datasets[name].DDL() + "\n")
		views.WriteString(c.Datasets[name].ViewDDL() + "\n")
	}
	golden(t, "testdata/tables.sql", ddl.String())
	golden(t, "testdata/views.sql", views.String())
}

func TestDictionary(t *testing.T) {
	c := shipped(t)
	golden(t, "../../docs/dictionary.md", c.DictionaryPage("zh"))
	golden(t, "../../docs/dictionary.en.md", c.DictionaryPage("en"))
}

// Every dataset of the product is declared with the columns that metrics and pages name, and its
// Arrow schema is its table, column by column.
func TestShippedDatasets(t *testing.T) {
	c := shipped(t)
	for name, columns := range map[string]string{
		"enterprises":  "credit_code name industry chain node scale employees registered_on authorised_evaluation",
		"talents":      "person name class recognised_on valid_to sex birth_year education enterprise node left_on flexible programme country",
		"arrivals":     "person name date direction origin_province origin_country school education birth_date birth_year channel employment enterprise node occupation skill_level first_local",
		"vacancies":    "posted_on closed_on enterprise node occupation skill_level education needed filled applicants urgent salary_from salary_to",
		"trainings":    "person name course provider node skill_level started_on ended_on enrolled examined passed certified_on employed_before employed_after_6m subsidy",
		"certificates": "person certified_on skill_level occupation node enterprise",
		"cooperations": "code kind title country node started_on ended_on partner enterprise people amount permit_class role",
		"selections":   "person name programme level year selected_on enterprise node",
		"chains":       "chain chain_zh chain_en segment segment_zh segment_en node node_zh node_en industries occupations skills position",
		"postings":     "url title company salary_from salary_to salary_months salary_kind province city district skills ownership size industry experience education posted_on",
	} {
		d := c.Datasets[name]
		if d == nil {
			t.Errorf("dataset %s is not declared", name)
			continue
		}
		for col := range strings.FieldsSeq(columns) {
			if d.Column(col) == nil {
				t.Errorf("%s lacks column %s", name, col)
			}
		}
	}
	for name, d := range c.Datasets {
		schema, table := d.ArrowSchema(), d.TableColumns()
		if schema.NumFields() != len(table) {
			t.Fatalf("%s: %d Arrow fields, %d table columns", name, schema.NumFields(), len(table))
		}
		for i, f := range schema.Fields() {
			if f.Name != table[i].Name || f.Nullable != strings.Contains(table[i].Type, "Nullable(") {
				t.Errorf("%s: Arrow field %v against table column %v", name, f, table[i])
			}
		}
	}
}

func TestMigrate(t *testing.T) {
	d := shipped(t).Datasets["arrivals"]
	all := func() []TableColumn { return d.TableColumns() }
	without := func(name string) []TableColumn {
		var cols []TableColumn
		for _, c := range all() {
			if c.Name != name {
				cols = append(cols, c)
			}
		}
		return cols
	}
	as := func(name string, change func(*TableColumn)) []TableColumn {
		cols := all()
		for i := range cols {
			if cols[i].Name == name {
				change(&cols[i])
			}
		}
		return cols
	}
	for _, tt := range []struct {
		name string
		have []TableColumn
		want string // statements, or words of the refusal
		fail bool
	}{
		{"no table", nil, d.DDL(), false},
		{"as declared", all(), "", false},
		{"new optional", without("channel"), "alter table store.arrivals add column if not exists `channel` LowCardinality(Nullable(String)) after `sex`", false},
		{"new with default", without("origin_country"), "alter table store.arrivals add column if not exists `origin_country` LowCardinality(String) default 'CN' after `origin_province`", false},
		{"new boolean with default", without("first_local"), "alter table store.arrivals add column if not exists `first_local` Bool default true after `skill_level`", false},
		{"became optional", as("school", func(c *TableColumn) { c.Type = "String" }), "alter table store.arrivals modify column `school` Nullable(String)", false},
		{"new required", without("enterprise"), "store.arrivals.enterprise: 声明为 required String", true},
		{"new in order", without("node"), "cannot join order or partition", true},
		{"other type", as("birth_year", func(c *TableColumn) { c.Type = "Nullable(Int32)" }), "is Nullable(Int32) in the table and declared Nullable(Int16)", true},
		{"became required", as("enterprise", func(c *TableColumn) { c.Type = "Nullable(String)" }), "is Nullable(String) in the table and declared String", true},
		{"no longer declared", append(all(), TableColumn{Name: "phone", Type: "String"}), "drop column `phone`", true},
		{"no lineage", without("_row"), "store.arrivals._row", true},
		{"other order", as("direction", func(c *TableColumn) { c.Sorted = true }), "sorting key differs", true},
		{"other partition", as("date", func(c *TableColumn) { c.Divides = false }), "partition key differs", true},
	} {
		got, err := d.Migrate(tt.have)
		switch {
		case tt.fail && (err == nil || !strings.Contains(err.Error(), tt.want)):
			t.Errorf("%s: got %v, want a refusal with %q", tt.name, err, tt.want)
		case !tt.fail && (err != nil || strings.Join(got, ";\n") != tt.want):
			t.Errorf("%s: got %q %v, want %q", tt.name, got, err, tt.want)
		}
	}
}

// The default of a new column is written as SQL of its type, and a quote in it stays text.
func TestDefaultsInSQL(t *testing.T) {
	for _, tt := range []struct {
		typ      Type
		def, sql string // "" where it is no value of the type
	}{
		{String, `it's \ so`, `'it\'s \\ so'`},
		{Low, "甲", "'甲'"},
		{Code, "CN", "'CN'"},
		{Int32, "-5", "-5"},
		{Int8, "5.5", ""},
		{Float64, "2.50", "2.5"},
		{Float64, "NaN", ""},
		{Bool, "是", "true"},
		{Bool, "false", "false"},
		{Bool, "maybe", ""},
		{Date, "2026-06-30", "toDate32('2026-06-30')"},
		{Date, "2026-02-30", ""},
		{Person, "1", ""},
	} {
		c := Column{Name: "x", Type: tt.typ, Default: tt.def}
		if got, err := c.DefaultSQL(); got != tt.sql || (err == nil) != (tt.sql != "") {
			t.Errorf("%s default %q: got %s %v, want %s", tt.typ, tt.def, got, err, tt.sql)
		}
	}
}

func TestBind(t *testing.T) {
	c := shipped(t)
	for _, tt := range []struct {
		dataset string
		header  []string
		want    string // column=header ...
	}{
		{"arrivals", []string{"序号", "姓　名", "公民身份号码", "到岗时间", "引进／流出", "最高学历", "产业链节点（必填）*"}, "person=公民身份号码 name=姓　名 date=到岗时间 direction=引进／流出 education=最高学历 node=产业链节点（必填）*"},
		{"arrivals", []string{"基本信息/身份证号码", "基本信息/姓名", "入职日期", "岗位/工种"}, "person=基本信息/身份证号码 name=基本信息/姓名 date=入职日期 occupation=岗位/工种"},
		{"arrivals", []string{"日期#2", "日期"}, "date=日期"},
		{"arrivals", []string{"身份证号（18位）", "身份证号"}, "person=身份证号"}, // as it stands before without brackets
		{"vacancies", []string{"需求人数\n（人）", "月薪（元）", "发布时间："}, "posted_on=发布时间： needed=需求人数\n（人） salary_from=月薪（元）"},
		{"cooperations", []string{"合同额（万元）", "国家/地区"}, "country=国家/地区 amount=合同额（万元）"},
		// both languages in one heading; what makes another figure of it is none
		{"vacancies", []string{"需求人数\nVacant posts", "发布时间\r\nPosted (day)", "月薪\n（元）\nSalary"}, "posted_on=发布时间\r\nPosted (day) needed=需求人数\nVacant posts salary_from=月薪\n（元）\nSalary"},
		{"vacancies", []string{"需求人数\nplanned", "发布时间\n2026", "月薪\nTotal", "薪\n月薪"}, ""},
		{"arrivals", []string{"单位名称\nUnit name", "毕业院校\nUniversity of graduation", "入职日期\nRegistration date"}, "date=入职日期\nRegistration date school=毕业院校\nUniversity of graduation enterprise=单位名称\nUnit name"},
		{"vacancies", []string{"拟招人数\nExpected hires"}, "needed=拟招人数\nExpected hires"},
		{"vacancies", []string{"需求人数\nNumber of people", "发布时间\nposted"}, "posted_on=发布时间\nposted needed=需求人数\nNumber of people"},
		{"cooperations", []string{"总投资\nTotal investment", "合同额（万元）\nUnit price"}, "amount=总投资\nTotal investment"},
		{"arrivals", []string{"身份证号\nID number", "姓名\nCode", "入职日期\nDay"}, "person=身份证号\nID number date=入职日期\nDay"},
		{"cooperations", []string{"国家\n/地区"}, "country=国家\n/地区"},
		{"talents", nil, ""},
	} {
		d := c.Datasets[tt.dataset]
		var got []string
		for i, at := range d.Bind(tt.header) {
			if at >= 0 {
				got = append(got, d.Columns[i].Name+"="+tt.header[at])
			}
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s %q: got %s, want %s", tt.dataset, tt.header, strings.Join(got, " "), tt.want)
		}
	}
}

func TestLayouts(t *testing.T) {
	d := shipped(t).Datasets["postings"]
	zhilian := []string{"电气工程师", "  某公司 ", "8千-1.1万", "PLC|民营|20-99人|机械", "丽水·青田", "1-3年", "本科", "http://example.org/1.htm"}
	wuyou := []string{"https://example.org/2.html", "会计", "某厂", "双休", "4-8千/月", "做账", "上海-奉贤区", "民营公司 \u00a0", "\u00a050-150人", "机械", "04-20"}
	numbers := []string{"0", "1", "2", "3", "4", "5", "6", "7"}
	for _, tt := range []struct {
		name   string
		header []string
		rows   [][]string
		want   string
	}{
		{"heading apart", numbers, [][]string{zhilian}, "zhilian"},
		{"heading among the rows", nil, [][]string{numbers, zhilian}, "zhilian"},
		{"no heading", nil, [][]string{zhilian, zhilian}, "zhilian"},
		{"eleven columns", nil, [][]string{wuyou}, "wuyou"},
		{"blank last cell", nil, [][]string{wuyou[:10], wuyou}, "wuyou"},
		{"a heading of names", []string{"a", "b", "c", "d", "e", "f", "g", "h"}, [][]string{zhilian}, ""},
		{"another order", nil, [][]string{{"http://example.org", "a", "b", "c", "d", "e", "f", "g"}}, ""},
		{"a column more", nil, [][]string{append(zhilian[:8:8], "x")}, ""},
		{"nothing", nil, nil, ""},
	} {
		got := ""
		if l := d.Layout(tt.header, tt.rows); l != nil {
			got = l.Name
		}
		if got != tt.want {
			t.Errorf("%s: got layout %q, want %q", tt.name, got, tt.want)
		}
	}
	l := d.Layout(nil, [][]string{zhilian})
	for i, want := range map[string]struct {
		at    int
		parse string
	}{"title": {1, "trim"}, "salary_to": {3, "salary_to"}, "skills": {4, "mixed_skills"}, "district": {5, "place_district"}, "province": {5, "place_province"}} {
		for j := range d.Columns {
			if d.Columns[j].Name != i {
				continue
			}
			if at, parse, ok := d.Binding(l, j); !ok || at != want.at || parse != want.parse {
				t.Errorf("zhilian %s: got %d %q %v, want %v", i, at, parse, ok, want)
			}
		}
	}
}
