// Package measure is what `yanzhen metric` does: it reads what is asked of a metric, and prints the numbers with what is to be
// known of them, or writes them as CSV. It computes none. How the zone is opened stands in cmd/yanzhen.
package measure

import (
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"yanzhen/cmd/lines"
	"yanzhen/dashboard/access"
	"yanzhen/dashboard/board/period"
	"yanzhen/dashboard/grid"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/dashboard/metric/missing"
	"yanzhen/dashboard/metric/sqltext"
	"yanzhen/dashboard/statement"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/warehouse"
)

// Zone is the installation.
type Zone struct {
	Engine *compute.Engine
	Lists  *codes.Lists // nil: there are none
	Lang   codes.Lang
	Moment func(string) (time.Time, error)
	Out    io.Writer
}

func (z Zone) say(zh, en string) string { return codes.Text{Zh: zh, En: en}.In(z.Lang) }

// Fault is an error that who asks mends by asking otherwise.
type Fault struct{ error }

func (f Fault) Unwrap() error { return f.error }

// Flags are what may be asked.
type Flags struct {
	Name    string   `arg:"" optional:"" help:"Name of the metric; none lists them."`
	From    string   `help:"First day, 2026-01-01. Default: the first day of the data's year." placeholder:"DAY"`
	To      string   `help:"First day after, 2026-07-01. Default: the day after the date of the data." placeholder:"DAY"`
	Grain   string   `help:"ten (days), month, quarter, half, year or nothing for one number."`
	By      []string `help:"Dimensions to cut by."`
	Where   []string `help:"dimension=value; may be given again." placeholder:"DIM=VALUE"`
	Window  string   `help:"What each point tells of: ytd (the year so far), r3 or r12 (rolling months); default: its own period." placeholder:"WINDOW"`
	Compare string   `help:"yoy (same period a year before), pop (period before), ytd (the year so far against the same days of the last) or spring (a year before as the lunar new year fell)." enum:",yoy,pop,ytd,spring" default:""`
	Around  bool     `name:"around-spring" help:"Day by day around the eve of the lunar new year, counted up from the first of these days, this year beside the one before. --to chooses the year."`
	Days    int      `help:"Of --around-spring: how many days before the eve and after it." default:"30"`
	AsOf    string   `help:"Compute from the rows that were live then: 2026-03-31 for the end of that day, or 2026-03-31T18:00:00+08:00." placeholder:"TIME"`
	CSV     bool     `name:"csv" help:"As CSV, with the codes of the dimensions and numbers of full precision."`
	BOM     bool     `name:"bom" help:"Of --csv: begin with a byte order mark, by which spreadsheets know UTF-8."`
	SQL     bool     `help:"Print the statement."`
}

// Print answers what is asked.
func (f *Flags) Print(ctx context.Context, z Zone) error {
	q, err := f.query(ctx, z)
	if err != nil {
		return err
	}
	if f.Around {
		return f.around(ctx, z, q)
	}
	r, err := z.Engine.Run(ctx, q)
	var said *warehouse.Error
	switch {
	case errors.Is(err, metric.ErrInvalid):
		return Fault{err}
	case errors.As(err, &said) && said.Code == 60: // UNKNOWN_TABLE: declared since, and never loaded
		names := strings.Join(z.Engine.Catalog.Metric(f.Name).Datasets(), ", ")
		return Fault{fmt.Errorf("数据集 %s 还没有装入过数据，先 yanzhen load 文件 --dataset 名称 / dataset %s: nothing was ever loaded; yanzhen load FILE --dataset NAME first", names, names)}
	case err != nil:
		return err
	}
	if f.To != "" && q.To.After(r.DataDate) { // what is expected after the days asked for was not asked for
		r.Points = slices.DeleteFunc(slices.Clone(r.Points), func(p metric.Point) bool { return p.Forecast && !p.From.Before(q.To) })
	}
	access.Shown(ctx, len(r.Points))
	if f.SQL {
		fmt.Fprintf(z.Out, "%s\n\n", sqltext.Statements(r.Asked))
		z.way(r)
	}
	if f.CSV {
		return f.writeCSV(z.Out, r)
	}
	if err := z.points(r); err != nil {
		return err
	}
	if text := period.Listed(r, z.Lang); text != "" {
		fmt.Fprintln(z.Out, text)
	}
	for _, text := range period.Outputs(r, z.Lang) {
		fmt.Fprintln(z.Out, text)
	}
	if text := period.Damaged(r, z.Lang); text != "" {
		fmt.Fprintln(z.Out, z.say("数据不全：", "Incomplete data: ")+text)
	}
	if len(r.Points) == 0 && r.Metric.Kind == metric.Forecasting && r.DataDate.IsZero() {
		fmt.Fprintln(z.Out, z.say("没有预测：数据集没有说明数据截至何时，请在声明里写 period。", "No forecast: the dataset does not tell how far its data go; declare period."))
		return nil
	}
	if len(r.Points) == 0 && (len(q.Where) == 0 || r.Query.From.After(r.DataDate)) {
		fmt.Fprintln(z.Out, noPoints(r, z.Lang))
		return nil
	}
	if r.Rows == 0 && len(q.Where) > 0 {
		fmt.Fprintln(z.Out, z.say("没有符合 --where 的记录。", "No records meet --where."))
	}
	return nil
}

// way says from where figures come, beside a statement over the rows.
func (z Zone) way(r *metric.Result) {
	if r.Stated {
		fmt.Fprintf(z.Out, "-- %s\n\n", z.say("这些数由随每批数据保存的按日计数得出，与上面逐行计算的语句相同", "these figures come from counts by day kept with each batch, and are those of the statement above, which reads the rows"))
	}
}

// points prints a line a point: its period, its keys, the number, what it is compared with, and what is to be known of it.
func (z Zone) points(r *metric.Result) error {
	w := lines.New(z.Out)
	for _, p := range r.Points {
		from := p.From
		if !p.Since.IsZero() {
			from = p.Since // a window: the first day that is counted
		}
		cells := []any{from.Format("2006-01-02"), p.To.Format("2006-01-02")}
		for _, l := range p.Labels {
			cells = append(cells, l.In(z.Lang))
		}
		cells = append(cells, metric.Exact(p.Value, r.Unit, z.Lang))
		if r.Query.Compare != metric.NoCompare {
			cells = append(cells, metric.Exact(p.Base, r.Unit, z.Lang), metric.FormatChange(p.Change, r.Unit, z.Lang))
		}
		if p.Partial {
			cells = append(cells, z.say("未满期，计到 ", "unfinished, to ")+p.Until.AddDate(0, 0, -1).Format("2006-01-02"))
		}
		switch {
		case p.Why != "":
			cells = append(cells, missing.Text(p.Why, z.Lang))
		case r.Query.Compare != metric.NoCompare && p.WhyChange != "":
			cells = append(cells, missing.Text(p.WhyChange, z.Lang))
		}
		if open := period.WhyOpen(p, z.Lang); open != "" {
			cells = append(cells, open)
		}
		w.Row(cells...)
	}
	return w.Flush()
}

// noPoints says why an answer has no point at all: the period lies beyond the data, or nothing has
// been published yet.
func noPoints(r *metric.Result, lang codes.Lang) string {
	if r.DataDate.IsZero() {
		return missing.Text(metric.WhyNoData, lang)
	}
	last := r.DataDate.Format("2006-01-02")
	if lang == "en" {
		return "No number for this period: the data go to " + last + "."
	}
	return "该时段没有数：数据截至 " + last + "。"
}

// writeCSV prints a line a point: the period, for each dimension the code and its names, the number to
// the last digit (empty: none) and why there is none. A comparison adds the number compared with and the
// change in percent, or in points where the metric is a percentage. A last column, where any number needs it, says why
// one is not final, or what is damaged behind it.
func (f *Flags) writeCSV(out io.Writer, r *metric.Result) error {
	if f.BOM {
		io.WriteString(out, statement.ByteOrderMark)
	}
	w := csv.NewWriter(out)
	head := []string{"from", "to"}
	for _, dim := range r.Query.By {
		head = append(head, dim, dim+"_zh", dim+"_en")
	}
	head = append(head, "value", "why")
	compared := r.Query.Compare != metric.NoCompare
	if compared {
		head = append(head, "base", "change", "why_change")
	}
	bad := period.Damaged(r, codes.En)
	bad = cmp.Or(bad, period.Listed(r, codes.En))
	remarked := bad != "" || slices.ContainsFunc(r.Points, metric.Point.Open)
	if remarked {
		head = append(head, "remark")
	}
	w.Write(head)
	number := func(v *float64) string {
		if v == nil {
			return ""
		}
		return strconv.FormatFloat(*v, 'g', -1, 64)
	}
	for _, p := range r.Points {
		line := []string{p.From.Format("2006-01-02"), p.To.Format("2006-01-02")}
		for i, key := range p.Keys {
			line = append(line, grid.Harmless(key), grid.Harmless(p.Labels[i].Zh), grid.Harmless(p.Labels[i].En))
		}
		line = append(line, number(p.Value), p.Why)
		if compared {
			line = append(line, number(p.Base), number(p.Change), p.WhyChange)
		}
		if remarked {
			line = append(line, cmp.Or(bad, period.WhyOpen(p, codes.En)))
		}
		w.Write(line)
	}
	w.Flush()
	return w.Error()
}

// around prints the days around the eve of the lunar new year, the latest that has begun by q.To beside the one before.
func (f *Flags) around(ctx context.Context, z Zone, q metric.Query) error {
	if f.Grain != "" || f.Compare != "" || f.Window != "" || f.From != "" || len(f.By) > 0 {
		return Fault{errors.New(z.say("--around-spring 不与 --from、--grain、--by、--window、--compare 同用", "--around-spring goes without --from, --grain, --by, --window and --compare"))}
	}
	_, year := z.Engine.Catalog.NewYears().Years()
	for year = min(year, q.To.Year()+1); ; year-- {
		around, err := z.Engine.Catalog.AroundNewYear(year, f.Days, f.Days)
		if err != nil {
			return Fault{err}
		}
		if around.From.Before(q.To) {
			break
		}
	}
	var rs []*metric.Result
	for _, y := range []int{year, year - 1} {
		r, err := z.Engine.AroundEve(ctx, q, y, f.Days, f.Days)
		if errors.Is(err, metric.ErrInvalid) {
			return Fault{err}
		}
		if err != nil {
			return err
		}
		rs = append(rs, r)
	}
	if f.SQL {
		fmt.Fprintf(z.Out, "%s\n\n", sqltext.Statements(rs[0].Asked))
		z.way(rs[0])
	}
	eve := func(i int) string { return rs[i].Eve.Format("2006-01-02") }
	w := lines.New(z.Out, z.say("距除夕天数", "days from the eve"), z.say("除夕 ", "eve ")+eve(0), z.say("除夕 ", "eve ")+eve(1), "")
	shown := 0
	for n := -f.Days; n <= f.Days; n++ {
		cells, why := []any{n}, ""
		for _, r := range rs {
			text := metric.None
			for _, p := range r.Points {
				if p.From.Equal(r.Eve.AddDate(0, 0, n)) {
					if text = metric.Exact(p.Value, r.Unit, z.Lang); p.Value != nil {
						shown++
					} else if why == "" {
						why = fmt.Sprint(r.Eve.Year(), " ", missing.Text(p.Why, z.Lang))
					}
				}
			}
			cells = append(cells, text)
		}
		w.Row(append(cells, why)...)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if shown == 0 {
		fmt.Fprintln(z.Out, z.say("这些日子没有已发布的数据。", "Nothing is published for these days."))
	}
	return nil
}

// List lists the metrics.
func List(all *metric.Catalog, lang codes.Lang, out io.Writer) error {
	say := func(zh, en string) string { return codes.Text{Zh: zh, En: en}.In(lang) }
	w := lines.New(out, strings.Fields(say("名称 编号 指标 维度", "name id metric dimensions"))...)
	for _, x := range all.Metrics() {
		w.Row(x.Name, x.ID, x.Title.In(lang), strings.Join(x.Dims(), " "))
	}
	return w.Flush()
}

// keyOf is the code of a value of a dimension that is given by its name (node=精密铸造); the value itself where it is no
// name of one.
func (z Zone) keyOf(dim, value string) string {
	d := z.Engine.Catalog.Dimension(dim)
	if d == nil || z.Lists == nil || z.Engine.Catalog.CheckKey(dim, value) == nil {
		return value
	}
	for _, name := range append([]string{d.List}, d.Also...) {
		if list := z.Lists.Get(name); list != nil {
			if code, ok := list.Find(value); ok && z.Engine.Catalog.CheckKey(dim, code) == nil {
				return code
			}
		}
	}
	return value
}

// unknown says that there is no such metric, and which one is meant, by its name or its title.
func unknown(cat *metric.Catalog, name string, lang codes.Lang) string {
	var names []string
	meant := ""
	for _, x := range cat.Metrics() {
		names = append(names, x.Name)
		if x.Title.Zh == name || strings.EqualFold(x.Title.En, name) {
			meant = x.Name
		}
	}
	if meant == "" {
		meant = codes.Nearest(name, names)
	}
	did := codes.Text{}
	if meant != "" {
		did = codes.Text{Zh: "，是不是 " + meant + "？", En: "; did you mean " + meant + "?"}
	}
	return codes.Text{Zh: "没有指标 " + name + did.Zh + "；yanzhen metric 列出全部", En: "there is no metric " + name + did.En + "; yanzhen metric lists them"}.In(lang)
}

// query reads the flags; what is not given follows from the date of the data.
func (f *Flags) query(ctx context.Context, z Zone) (q metric.Query, err error) {
	cat := z.Engine.Catalog
	found := cat.Metric(f.Name)
	if found == nil {
		return q, Fault{errors.New(unknown(cat, f.Name, z.Lang))}
	}
	date, err := z.Engine.DataDate(ctx, found.Datasets()...)
	if err != nil {
		return q, err
	}
	q = metric.Query{Metric: f.Name, By: f.By, Compare: metric.Compare(f.Compare), From: days.Date(date.Year(), 1, 1), To: date.AddDate(0, 0, 1)}
	if q.Grain, err = metric.ParseGrain(f.Grain); err != nil {
		return q, Fault{err}
	}
	if q.Window, err = metric.ParseWindow(f.Window); err != nil {
		return q, Fault{err}
	}
	for text, day := range map[string]*days.Day{f.From: &q.From, f.To: &q.To} {
		if text == "" {
			continue
		}
		if *day, err = metric.ParseDay(text); err != nil {
			return q, Fault{err}
		}
	}
	if date.IsZero() && (f.From == "" || f.To == "") {
		names := strings.Join(found.Datasets(), ", ")
		return q, Fault{fmt.Errorf("数据集 %s 还没有已发布的数据，或没有说明数据截至何时：先装入（yanzhen load），或写 --from 和 --to，或在声明里写 period / dataset %s: nothing is published, or its declaration does not tell how far its data go; load it, give --from and --to, or declare period", names, names)}
	}
	for _, w := range f.Where {
		dim, value, ok := strings.Cut(w, "=")
		if !ok {
			return q, Fault{fmt.Errorf("--where %s: 应写成 维度=值 / want dimension=value", w)}
		}
		value = z.keyOf(dim, value)
		if i := slices.IndexFunc(q.Where, func(x metric.Filter) bool { return x.Dim == dim }); i >= 0 {
			q.Where[i].Values = append(q.Where[i].Values, value) // either of them
			continue
		}
		q.Where = append(q.Where, metric.Filter{Dim: dim, Values: []string{value}})
	}
	if f.AsOf != "" {
		if q.AsOf, err = z.Moment(f.AsOf); err != nil {
			return q, Fault{fmt.Errorf("--as-of %s: 应写成 2026-03-31 或 2026-03-31T18:00:00+08:00 / want 2026-03-31 or 2026-03-31T18:00:00+08:00", f.AsOf)}
		}
	}
	return q, nil
}
