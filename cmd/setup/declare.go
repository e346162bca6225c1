// Package setup begins an installation: the commands yanzhen init, which writes the configuration and the lists of an
// office of its own, and yanzhen declare, which drafts a dataset, its metrics and a page from a workbook that the office
// has. What they write is YAML for a person to go on with; all of it is checked before it stays.
package setup

import (
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/alecthomas/kong"

	"yanzhen/cmd/alerts"
	"yanzhen/cmd/people"
	"yanzhen/dashboard/answer/verified"
	"yanzhen/dashboard/board"
	"yanzhen/dashboard/brief"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/unit"
	"yanzhen/dashboard/roman"
	"yanzhen/dashboard/scene"
	"yanzhen/jobs"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/draft"
	"yanzhen/pipeline/duty"
	"yanzhen/pipeline/fetch"
	"yanzhen/pipeline/filename"
)

// Desk is where the commands work.
type Desk struct {
	Out     io.Writer
	Lang    codes.Lang
	Invalid func(error) error // marks an error that is mended by other arguments
	Table   func(heads ...string) people.Table
	Configs string                // the directory of declarations
	Config  string                // the file of the configuration; empty: there is none
	Layers  func() (fs.FS, error) // what is declared
	// Scan has the office's scanner look at a file before it is read; nil: nobody looks
	Scan func(ctx context.Context, path string) error
}

func (d *Desk) say(zh, en string) string { return codes.Text{Zh: zh, En: en}.In(d.Lang) }

// DeclareFlags are the arguments of yanzhen declare.
type DeclareFlags struct {
	File  string `arg:"" help:"A workbook or text file as senders send it." type:"existingfile"`
	Name  string `help:"Name of the dataset: lower-case letters, digits and _. Default: the title in Latin letters." placeholder:"NAME"`
	Title string `help:"What it is called. Default: what the file's name says between sender and period."`
}

var nameRule = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// slug is a name of letters, digits and _ for a title.
func slug(w *roman.Writer, title, fallback string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(w.Name(title)) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "_"):
			b.WriteByte('_')
		}
	}
	s := strings.Trim(b.String(), "_")
	if len(s) > 40 {
		s = strings.TrimRight(s[:40], "_")
	}
	if s == "" || s[0] >= '0' && s[0] <= '9' {
		return fallback
	}
	return s
}

// drafted is what is written of a file.
type drafted struct {
	*draft.Draft
	name, title string
	en          *roman.Writer     // names in Latin letters
	terms       *glossary         // English of headings and titles
	blank       []string          // texts whose English nobody knows: they stand in Chinese
	day         string            // the column that tells the period, its name; empty: none
	value       string            // the column that takes what stands in the columns of months; empty: there are none
	names       map[string]string // header -> name of the column
	files       map[string]string
}

// Declare drafts declarations, writes them, and says what they are.
func (f *DeclareFlags) Declare(ctx context.Context, d *Desk) error {
	x, err := f.draft(ctx, d)
	if err != nil {
		return err
	}
	heads, rows := d.columns(x)
	w := d.Table(heads...)
	for _, r := range rows {
		cells := make([]any, len(r))
		for i, c := range r {
			cells[i] = c
		}
		w.Row(cells...)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(d.Out, d.say("看了 %d 行。起草了：\n", "%d rows were looked at. Drafted:\n"), x.Rows)
	for _, name := range sortedKeys(x.files) {
		fmt.Fprintln(d.Out, "  "+filepath.Join(d.Configs, filepath.FromSlash(name)))
	}
	for _, n := range d.lacks(x) {
		fmt.Fprintln(d.Out, n)
	}
	fmt.Fprintf(d.Out, d.say("下一步：把 %s 放进收件夹，或 yanzhen load。运行中的服务几秒后自己采用新的声明。\n", "next: put %s into the inbox, or yanzhen load it. A running server takes the new declarations up within seconds.\n"), filepath.Base(f.File))
	return nil
}

// draft drafts declarations and writes them.
func (f *DeclareFlags) draft(ctx context.Context, d *Desk) (*drafted, error) {
	if d.Configs == "" {
		return nil, d.Invalid(errors.New(d.say("用 --configs 指明声明目录（yanzhen init 建的那个）", "name the directory of declarations with --configs (the one that yanzhen init made)")))
	}
	d.Configs = kong.ExpandPath(d.Configs)
	fsys, err := d.Layers()
	if err != nil {
		return nil, err
	}
	catalog, err := dataset.Load(fsys)
	if err != nil {
		return nil, d.Invalid(err)
	}
	if d.Scan != nil {
		if err := d.Scan(ctx, f.File); err != nil {
			return nil, err
		}
	}
	look, err := draft.File(ctx, f.File, catalog.Lists)
	if err != nil {
		return nil, d.Invalid(err)
	}
	x := &drafted{Draft: look, en: roman.New(catalog.Lists), terms: newGlossary(catalog), files: map[string]string{}, names: map[string]string{}}
	base := filepath.Base(f.File)
	x.title = draft.Line(cmp.Or(strings.TrimSpace(f.Title), filename.Parse(base).Dataset, strings.TrimSuffix(base, filepath.Ext(base))))
	x.name = cmp.Or(f.Name, x.slug(x.title, "table"))
	if !nameRule.MatchString(x.name) {
		return nil, d.Invalid(fmt.Errorf(d.say("--name %q：要以小写字母开头，只含小写字母、数字和 _", "--name %q: want lower-case letters, digits and _, a letter first"), x.name))
	}
	if catalog.Datasets[x.name] != nil {
		return nil, d.Invalid(fmt.Errorf(d.say("已有数据集 %s：用 --name 另起一个名字", "there is a dataset %s: choose another name with --name"), x.name))
	}
	if x.Months != nil {
		x.Months.Call(x.title)
	}
	x.nameColumns()
	if err := x.dataset(); err != nil {
		return nil, err
	}
	x.metrics()
	x.job()
	for _, name := range sortedKeys(x.files) {
		// the office's layer would take the place of what the program has under the same path
		if _, err := fs.Stat(fsys, name); !errors.Is(err, fs.ErrNotExist) {
			return nil, d.Invalid(errors.Join(fmt.Errorf(d.say("%s 已经有了：用 --name 另起一个名字", "there is %s already: choose another name with --name"), name), err))
		}
	}
	if err := d.write(x.files, nil); err != nil {
		return nil, err
	}
	return x, nil
}

// nameColumns gives each declared column a name of its own.
func (x *drafted) nameColumns() {
	taken, said := map[string]bool{}, map[string]bool{}
	for _, w := range dataset.Reserved {
		taken[w] = true
	}
	for i := range x.Columns {
		c := &x.Columns[i]
		if c.Out != nil {
			continue
		}
		c.Title.En = x.english(c.Title.Zh)
		if said[codes.Key(c.Title.En)] { // 报到日期 and 到岗日期 are one in English
			c.Title.En += " " + strconv.Itoa(i+1)
		}
		said[codes.Key(c.Title.En)] = true
		base := x.slug(c.Title.Zh, "c"+strconv.Itoa(i+1))
		if c.Personal == dataset.PersonalID {
			base = "person"
		}
		name := base
		for n := 2; taken[name]; n++ {
			name = base + "_" + strconv.Itoa(n)
		}
		taken[name] = true
		x.names[c.Header] = name
	}
	x.day = x.names[x.Day]
	switch {
	case x.Named:
		for x.day = "period"; taken[x.day]; x.day = "reporting_" + x.day {
		}
	case x.Months != nil:
		for x.day = "month"; taken[x.day]; x.day = "reporting_" + x.day {
		}
		for x.value = "value"; taken[x.value]; x.value = "reported_" + x.value {
		}
	}
}

// every is how often there is a figure.
func (x *drafted) every() string {
	if x.Months != nil {
		return string(days.Month)
	}
	return x.Grain
}

// english is the English of a heading or a title. Where nobody declared it, it is the Chinese, for a person to fill in: pinyin
// says nothing to who reads no Chinese.
func (x *drafted) english(zh string) string {
	if en := x.terms.english(zh); en != "" {
		return en
	}
	if !slices.Contains(x.blank, zh) {
		x.blank = append(x.blank, zh)
	}
	return zh
}

// slug is a name of letters for a heading or a title: of its English where that is known, else of its pinyin.
func (x *drafted) slug(zh, fallback string) string {
	return slug(x.en, cmp.Or(x.terms.english(zh), zh), fallback)
}

// both is a text in both languages as YAML has it.
func both(zh, en string) string {
	return "{zh: " + strconv.Quote(zh) + ", en: " + strconv.Quote(en) + "}"
}

// named is a heading or a title in both languages.
func (x *drafted) named(zh string) string { return both(zh, x.english(zh)) }

// dataset writes the declaration of the table and its lists.
func (x *drafted) dataset() error {
	var b strings.Builder
	fmt.Fprintf(&b, "name: %s\ntitle: %s\nabout: %s\n", x.name, x.named(x.title), both(x.title+"，一行一条。由文件起草，请核对。", "One a row. Drafted from a file: check it."))
	switch {
	case x.day == "":
		b.WriteString("unit: [file]\n")
	case x.Whole:
		fmt.Fprintf(&b, "unit: [sender]\norder: [%s]\n", x.day)
	default:
		fmt.Fprintf(&b, "unit: [sender, period]\nperiod: {column: %s, grain: %s}\norder: [%[1]s]\n", x.day, x.Grain)
	}
	switch {
	case x.Key != "" && x.Months != nil:
		fmt.Fprintf(&b, "key: [%s, %s]\n", x.names[x.Key], x.day)
	case x.Key != "":
		fmt.Fprintf(&b, "key: [%s]\n", x.names[x.Key])
	}
	b.WriteString("totals: [合计, 总计, 小计, 注]\n")
	if x.Months != nil {
		fmt.Fprintf(&b, "unpivot: {columns: '%s', skip: '%s', values: [%s]}\n", strings.Replace(draft.MonthHeading, "<month>", "<"+x.day+">", 1), draft.AcrossHeading, x.value)
	}
	b.WriteString("columns:\n")
	if x.Months != nil {
		fmt.Fprintf(&b, "  - {name: %s, title: {zh: 月份, en: Month}, type: date, parse: month_start, required: true}\n  - {name: %s, title: %s, type: float64", x.day, x.value, x.named(x.title))
		if u := x.Months.Value.Unit; u != "" {
			fmt.Fprintf(&b, ", unit: %q", u)
		}
		b.WriteString("}\n")
	}
	if x.Named { // no heading reads like this one
		fmt.Fprintf(&b, "  - {name: %s, title: {zh: 报送期间, en: Reporting period}, type: date, of: %s, required: true}\n", x.day, dataset.OfPeriod)
	}
	for _, c := range x.Columns {
		if c.Out != nil {
			fmt.Fprintf(&b, "  # %s: %s / %s\n", draft.Line(c.Header), c.Out.Zh, c.Out.En)
			continue
		}
		name := x.names[c.Header]
		fmt.Fprintf(&b, "  - {name: %s, title: %s, type: %s", name, both(c.Title.Zh, c.Title.En), c.Type)
		if c.Title.Zh != c.Header {
			fmt.Fprintf(&b, ", aliases: [%q]", c.Header)
		}
		list := c.List
		if c.Own != nil {
			list = x.name + "_" + name
			text, err := x.list(c)
			if err != nil {
				return err
			}
			x.files["codes/"+list+".csv"] = text
		}
		for _, k := range [][2]string{{"list", list}, {"parse", c.Parse}, {"unit", c.Unit}, {"personal", string(c.Personal)}} {
			if k[1] != "" {
				fmt.Fprintf(&b, ", %s: %q", k[0], k[1])
			}
		}
		if c.Required {
			b.WriteString(", required: true")
		}
		b.WriteString("}\n")
	}
	x.files["datasets/"+x.name+".yaml"] = b.String()
	return nil
}

// list writes a code list of what stands in a column.
func (x *drafted) list(c draft.Column) (string, error) {
	var b strings.Builder
	bar := strings.NewReplacer("|", " ")
	fmt.Fprintf(&b, "# %s | %s\n", bar.Replace(c.Title.Zh), bar.Replace(c.Title.En))
	rows := [][]string{{"code", "zh", "en"}}
	taken := map[string]bool{}
	for i, v := range c.Own {
		code := x.slug(v, "v"+strconv.Itoa(i+1))
		if taken[code] {
			code += "_" + strconv.Itoa(i+1)
		}
		taken[code] = true
		en := x.english(v)
		if codes.Key(en) != codes.Key(v) && taken["en "+codes.Key(en)] {
			en += " " + strconv.Itoa(i+1)
		}
		taken["en "+codes.Key(en)] = true
		rows = append(rows, []string{code, v, strings.ReplaceAll(en, ",", "")})
	}
	err := csv.NewWriter(&b).WriteAll(rows)
	return b.String(), err
}

// metrics writes what can be counted and added up, by what it can be divided, and a page of both. Without a day or a period
// there is nothing for a figure to be of: then there is none.
func (x *drafted) metrics() {
	if x.day == "" {
		return
	}
	var dims, uses, list strings.Builder
	var shown, bars []titled
	for _, c := range x.Columns {
		if c.Out != nil || !c.Few {
			continue
		}
		name := x.names[c.Header]
		dim := x.name + "_" + name
		fmt.Fprintf(&dims, "  - {name: %s, title: %s, expr: %s", dim, x.named(c.Title.Zh), name)
		switch {
		case c.Own != nil:
			fmt.Fprintf(&dims, ", list: %s", dim)
		case c.List != "":
			fmt.Fprintf(&dims, ", list: %s", c.List)
		}
		dims.WriteString("}\n")
		if uses.Len() > 0 {
			uses.WriteString(", ")
		}
		uses.WriteString(dim)
		bars = append(bars, titled{dim, c.Title})
	}
	one := func(name string, short, title, definition codes.Text, unit, value string) {
		fmt.Fprintf(&list, "  - name: %s\n    title: %s\n    definition: %s\n    unit: %s\n    direction: context\n    every: %s\n%s    from: %s\n    value: %s\n    dims: [%s]\n",
			name, both(title.Zh, title.En), both(definition.Zh, definition.En), unit, x.every(), x.kind(), x.name, value, uses.String())
		shown = append(shown, titled{name, short})
	}
	count, person := x.count(), x.person()
	if x.Months == nil || x.People { // how many cells there are says nothing
		one(x.name+"_count", count.title, count.title, count.definition, count.unit, count.value)
	}
	columns := x.Columns
	if x.Months != nil {
		value := x.Months.Value
		value.Title.En, x.names[""] = x.english(value.Title.Zh), x.value
		columns = append(slices.Clip(columns), value)
	}
	for _, c := range columns {
		if c.Out != nil || !number(c) || x.People && person == "" {
			continue
		}
		name := x.names[c.Header]
		as, how, zh, en := "_sum", "sum(ifNull("+name+", 0))", "之和", "The sum over the rows of the period"
		if c.Mean {
			as, how, zh, en = "_mean", "avg("+name+")", "的平均", "The mean of the rows of the period"
		}
		if x.People { // the value names the person, so that the figures of few are guarded
			zh, en = zh+"，只算有证件号的", en+", of those with an identity number"
			how = "sumIf(ifNull(" + name + ", 0), isNotNull(" + person + "))"
			if c.Mean {
				how = "avgIf(" + name + ", isNotNull(" + person + "))"
			}
		}
		title := codes.Text{Zh: c.Title.Zh, En: c.Title.En}
		if c.Mean {
			title = codes.Text{Zh: title.Zh + "均值", En: title.En + ", mean"}
		}
		one(x.name+"_"+name+as, c.Title, title, codes.Text{Zh: "期内各条" + c.Title.Zh + zh + "。" + x.never().Zh, En: en + ". " + x.never().En}, unitOf(c), how)
	}
	text := "metrics:\n" + list.String()
	if dims.Len() > 0 {
		text = "dimensions:\n" + dims.String() + text
	}
	x.files["metrics/"+x.name+".yaml"] = text
	x.board(shown, bars)
}

// titled is a metric or a dimension of a page, with what it is called there.
type titled struct {
	name  string
	title codes.Text
}

// board writes a page of the first metrics and of what they can be divided by.
func (x *drafted) board(shown, bars []titled) {
	var panels strings.Builder
	main, of := shown[0], x.title
	if x.Named && len(shown) > 1 { // of a table of figures, how many rows it has says little
		main, of = shown[1], shown[1].title.Zh
	}
	shown = shown[:min(4, len(shown))]
	last, long := "last_12m", "24m"
	if x.every() != "month" {
		long = "60m"
	}
	if x.level() || x.every() == "year" {
		last = x.every()
	}
	for i, m := range shown {
		fmt.Fprintf(&panels, "  - {name: n%d, title: %s, kind: kpi, metrics: [%s], period: %s, span: %d}\n", i+1, both(m.title.Zh, m.title.En), m.name, last, 12/len(shown))
	}
	fmt.Fprintf(&panels, "  - {name: trend, title: %s, kind: trend, metrics: [%s], grain: %s, period: %s, span: 12}\n", both("各期"+of, "By period"), main.name, x.every(), long)
	for i, d := range bars[:min(4, len(bars))] {
		fmt.Fprintf(&panels, "  - {name: by%d, title: %s, kind: bar, metrics: [%s], by: [%s], period: %s, limit: 14, span: 6}\n", i+1, both("按"+d.title.Zh, "By "+lower(d.title.En)), main.name, d.name, last)
	}
	x.files["boards/"+x.name+".yaml"] = fmt.Sprintf("board: %s\ntitle: %s\norder: 1\nlead: %s\npanels:\n%s", x.name, x.named(x.title), both("由报表起草的页面，可在声明目录的 boards 里改。", "A page that was drafted from a file; change it in boards of the declarations."), panels.String())
}

// kind is how a metric of the table belongs to periods. Where the whole table is of one, each period has its own figure, which is
// not added to that of another: people at work in June are no more than those of May because of them.
func (x *drafted) kind() string {
	if !x.level() {
		return "    kind: flow\n    time: " + x.day + "\n"
	}
	return fmt.Sprintf("    kind: stock\n    valid: {from: %s, to: [\"addMonths(%[1]s, %d)\"]}\n", x.day, days.Grain(x.every()).Months())
}

// level says that what a period has is not added to what another has.
func (x *drafted) level() bool { return x.Named || x.Months != nil && x.Months.Level }

// never says that the figures of periods are not added up, where they are not.
func (x *drafted) never() codes.Text {
	if !x.level() {
		return codes.Text{}
	}
	return codes.Text{Zh: "每期一个数，不跨期相加。", En: "Each period has its own; they are not added up."}
}

// counting is how the rows of a table are counted.
type counting struct {
	title, definition codes.Text
	unit, value       string
}

// count counts rows; of a table of people it counts those, in a unit that keeps the numbers of few back.
func (x *drafted) count() counting {
	en := x.english(x.title)
	switch person := x.person(); {
	case person != "":
		return counting{codes.Text{Zh: x.title + "人数", En: en + ", people"}, codes.Text{Zh: "期内" + x.title + "的人数：按证件号去重，没有证件号的不计。", En: "People of the period, told apart by their identity numbers; rows without one do not count."}, "人", "uniqExact(" + person + ")"}
	case x.People:
		return counting{codes.Text{Zh: x.title + "人次", En: en + ", person-times"}, codes.Text{Zh: "期内的" + x.title + "，一行计一人次。", En: "Rows of the period, each of them a person once."}, "人次", "count()"}
	}
	return counting{codes.Text{Zh: x.title + "条数", En: en + ", rows"}, codes.Text{Zh: "期内的" + x.title + "条数。" + x.never().Zh, En: "Rows of the period. " + x.never().En}, "条", "count()"}
}

// person is the column that tells people apart; empty: none does.
func (x *drafted) person() string {
	for _, c := range x.Columns {
		if c.Out == nil && c.Type == dataset.Person {
			return x.names[c.Header]
		}
	}
	return ""
}

// number says that a column can be added up or averaged.
func number(c draft.Column) bool {
	return c.Type == dataset.Float64 || c.Type == dataset.Int32 || c.Type == dataset.Int64
}

// headcount is what columns are called that count people.
var headcount = regexp.MustCompile(`人数|人员数|员工数|职工数|人才数|工数`)

// unitOf is the unit of a metric over a column.
func unitOf(c draft.Column) string {
	switch _, known := unit.Named(c.Unit); {
	case known && c.Unit != "":
		return strconv.Quote(c.Unit)
	case c.Unit != "":
		return fmt.Sprintf("{zh: %q, en: %[1]q, decimals: 1}", c.Unit)
	case c.Mean, c.Type == dataset.Float64: // a sum whose unit nothing says is no number of things
		return `{zh: "", en: "", decimals: 1}`
	case headcount.MatchString(c.Title.Zh):
		return `{zh: 人, en: people, decimals: 0}` // of a table of enterprises: no figure of its own people
	}
	return "个"
}

// job writes when its files are loaded: they are seen in the inbox at once, and looked for every morning.
func (x *drafted) job() {
	x.files["jobs/"+x.name+".yaml"] = fmt.Sprintf(`name: %s
title: %s
about: %s
source:
  dir: inbox
  files: %s
dataset: %[1]s
schedule: "0 6 * * *"
zone: Asia/Shanghai
retries: {count: 3, backoff: 30s}
missed: run_once
overlap: skip
deadline: 1h
`, x.name, x.named(x.title), both("收件夹里文件名含“"+x.title+"”的文件。", "Files of the inbox whose name says so."), strconv.Quote("(?i)"+regexp.QuoteMeta(x.title)+"|"+x.name))
}

func sortedKeys[V any](m map[string]V) (out []string) {
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// holds reads everything that a server reads, up to the first fault.
func holds(fsys fs.FS) error {
	catalog, err := dataset.Load(fsys)
	if err != nil {
		return err
	}
	metrics, err := metric.LoadFS(fsys, catalog.Datasets, catalog.Lists)
	if err != nil {
		return err
	}
	boards, err := board.Load(fsys, "boards")
	if err != nil {
		return err
	}
	maps, err := board.LoadMaps(fsys, catalog.Lists)
	if err != nil {
		return err
	}
	if err := board.Check(metrics, boards, maps); err != nil {
		return err
	}
	if _, err := scene.Read(fsys, boards); err != nil {
		return err
	}
	briefs, err := brief.Read(fsys, metrics, boards)
	if err != nil {
		return err
	}
	if _, err := verified.Read(fsys, metrics); err != nil {
		return err
	}
	if err := alerts.Check(fsys, metrics, boards, briefs); err != nil {
		return err
	}
	if _, err := duty.Read(fsys, catalog.Names()); err != nil {
		return err
	}
	sources, err := fetch.Read(fsys, catalog.Datasets)
	if err != nil {
		return err
	}
	_, err = jobs.Read(fsys, "jobs", catalog.Names(), []string{"sweep", "declared", "verify"}, fetch.Datasets(sources))
	return err
}

// columns says what was made of each column, as a table.
func (d *Desk) columns(x *drafted) (heads []string, rows [][]string) {
	for _, c := range x.Columns {
		if c.Out != nil {
			rows = append(rows, []string{c.Header, "-", d.say("不要", "left out"), c.Out.In(d.Lang)})
			continue
		}
		as := string(c.Type)
		if c.Unit != "" {
			as += " " + c.Unit
		}
		var notes []string
		switch {
		case c.Header == x.Day && x.Whole:
			notes = append(notes, d.say("日期：图按它分期", "the day: charts go by it"))
		case c.Header == x.Day:
			notes = append(notes, d.say("日期：决定期间", "the day: it decides the period"))
		case c.Header == x.Key:
			notes = append(notes, d.say("主键", "the key"))
		case c.Personal == dataset.PersonalID:
			notes = append(notes, d.say("只存加密散列", "only a hash is kept"))
		}
		if c.Own != nil {
			notes = append(notes, fmt.Sprintf(d.say("新代码表，%d 个值", "a list of its own, %d values"), len(c.Own)))
		}
		if c.List != "" {
			notes = append(notes, d.say("代码表 ", "list ")+c.List)
		}
		rows = append(rows, []string{c.Header, x.names[c.Header], as, strings.Join(notes, "; ")})
	}
	if x.Months != nil {
		rows = append(rows, []string{x.Months.Header[0] + "…" + x.Months.Header[len(x.Months.Header)-1], x.value, string(dataset.Float64), d.say("每月一列：一格成一行，月份写入 "+x.day, "a column for each month: each cell becomes a row, its month goes into "+x.day)})
	}
	return strings.Fields(d.say("表头 列 读作 说明", "heading column as note")), rows
}

// lacks says what was not drafted, or holds back, and why, and what is left to a person.
func (d *Desk) lacks(x *drafted) (out []string) {
	says := func(zh, en string, args ...any) { out = append(out, fmt.Sprintf(d.say(zh, en), args...)) }
	grain := map[string]string{"month": "月", "quarter": "季", "half": "半年", "year": "年"}[x.Grain]
	if d.Lang == codes.En {
		grain = x.Grain
	}
	switch {
	case x.day == "":
		says("没有一列是每行都有的日期，文件名和标题也没有写期间：没有起草指标和页面。把期间写进文件名（如 %s_2026年6月.xlsx）再起草一次", "no column has a day in every row, and neither the file's name nor its title says a period: no metrics and no page were drafted. Write the period into the name, as in %s_2026年6月.xlsx, and draft it again", x.title)
	case x.Named:
		says("表里没有日期列：期间（按%s）取自文件名或标题，每期一份；没写期间的文件会被退回", "no column has a day: the period (by the %s) is taken from the file's name or title, a file for each; one that says none is refused", grain)
	case x.Months != nil && !x.Whole:
		says("每月一列，一份是一年的：文件名写年份（如 %s_2026年.xlsx），后面的月份填上后再报一份，替换这一年的全部", "it has a column for each month, and a file is of a year, which its name says (%s_2026年.xlsx): the next, with more months filled in, takes the place of all of that year", x.title)
	case x.Whole:
		says("日期分在许多期间：按整份名册，再报一份即替换全部", "its days lie in many periods: it is a list, and the next file takes the place of all of it")
	}
	if x.day != "" && x.Sender == "" {
		says("文件名里没有报送单位：写成 单位_%s_2026年6月.xlsx，或放进收件夹里以单位命名的文件夹", "the file's name says no sender: name it SENDER_%s_2026年6月.xlsx, or put it into a folder of the inbox that is named after the sender", x.title)
	}
	if x.day != "" && x.People {
		says("表里是人：指标按人计，少数人的数对无权者不显示", "its rows are of people: metrics count people, and figures of few are kept back from who may not see them")
		if x.person() == "" && slices.ContainsFunc(x.Columns, func(c draft.Column) bool { return c.Out == nil && number(c) }) {
			says("没有证件号，分不清几个人：没有起草数字列的合计与平均", "without identity numbers nothing tells how many people stand behind a number: no sums and no means were drafted")
		}
	}
	if n := len(x.blank); n > 0 {
		says("有 %d 处不知道英文，en 里先写着中文，请补：%s", "the English of %d texts is not known, and their en stands in Chinese; fill it in: %s", n, strings.Join(x.blank[:min(n, 8)], "、")+map[bool]string{true: " …"}[n > 8])
	}
	return out
}
