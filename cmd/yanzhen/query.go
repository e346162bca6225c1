package main

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

type metricCmd struct {
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

func (m *metricCmd) Run(ctx context.Context, c *cli) error {
	cfg, err := c.settings()
	if err != nil {
		return err
	}
	if m.Name == "" {
		return m.list(c)
	}
	o, err := c.open(ctx, cfg)
	if err != nil {
		return err
	}
	defer o.Close()
	if err := o.ensure(ctx); err != nil { // figures may come from tables that an older program did not make
		return err
	}
	engine := &compute.Engine{For: access.CommandLine("command line"), Catalog: o.metrics, DB: o.reader, Duties: o.duties}
	q, err := m.query(ctx, engine, o, c.Lang)
	if err != nil {
		return err
	}
	if m.Around {
		return m.around(ctx, c, engine, q)
	}
	r, err := engine.Run(ctx, q)
	var said *warehouse.Error
	switch {
	case errors.Is(err, metric.ErrInvalid):
		return invalid{err}
	case errors.As(err, &said) && said.Code == 60: // UNKNOWN_TABLE: declared since, and never loaded
		names := strings.Join(o.metrics.Metric(m.Name).Datasets(), ", ")
		return invalid{fmt.Errorf("数据集 %s 还没有装入过数据，先 yanzhen load 文件 --dataset 名称 / dataset %s: nothing was ever loaded; yanzhen load FILE --dataset NAME first", names, names)}
	case err != nil:
		return err
	}
	if m.To != "" && q.To.After(r.DataDate) { // what is expected after the days asked for was not asked for
		r.Points = slices.DeleteFunc(slices.Clone(r.Points), func(p metric.Point) bool { return p.Forecast && !p.From.Before(q.To) })
	}
	access.Shown(ctx, len(r.Points))
	if m.SQL {
		fmt.Fprintf(c.out, "%s\n\n", sqltext.Statements(r.Asked))
		c.way(r)
	}
	if m.CSV {
		return m.writeCSV(c.out, r)
	}
	if err := c.points(r); err != nil {
		return err
	}
	if text := period.Listed(r, c.Lang); text != "" {
		fmt.Fprintln(c.out, text)
	}
	for _, text := range period.Outputs(r, c.Lang) {
		fmt.Fprintln(c.out, text)
	}
	if text := period.Damaged(r, c.Lang); text != "" {
		fmt.Fprintln(c.out, c.say("数据不全：", "Incomplete data: ")+text)
	}
	if len(r.Points) == 0 && r.Metric.Kind == metric.Forecasting && r.DataDate.IsZero() {
		fmt.Fprintln(c.out, c.say("没有预测：数据集没有说明数据截至何时，请在声明里写 period。", "No forecast: the dataset does not tell how far its data go; declare period."))
		return nil
	}
	if len(r.Points) == 0 && (len(q.Where) == 0 || r.Query.From.After(r.DataDate)) {
		fmt.Fprintln(c.out, noPoints(r, c.Lang))
		return nil
	}
	if r.Rows == 0 && len(q.Where) > 0 {
		fmt.Fprintln(c.out, c.say("没有符合 --where 的记录。", "No records meet --where."))
	}
	return nil
}

// way says from where figures come, beside a statement over the rows.
func (c *cli) way(r *metric.Result) {
	if r.Stated {
		fmt.Fprintf(c.out, "-- %s\n\n", c.say("这些数由随每批数据保存的按日计数得出，与上面逐行计算的语句相同", "these figures come from counts by day kept with each batch, and are those of the statement above, which reads the rows"))
	}
}

// points prints a line a point: its period, its keys, the number, what it is compared with, and what is to be known of it.
func (c *cli) points(r *metric.Result) error {
	w := lines.New(c.out)
	for _, p := range r.Points {
		from := p.From
		if !p.Since.IsZero() {
			from = p.Since // a window: the first day that is counted
		}
		cells := []any{from.Format("2006-01-02"), p.To.Format("2006-01-02")}
		for _, l := range p.Labels {
			cells = append(cells, l.In(c.Lang))
		}
		cells = append(cells, metric.Exact(p.Value, r.Unit, c.Lang))
		if r.Query.Compare != metric.NoCompare {
			cells = append(cells, metric.Exact(p.Base, r.Unit, c.Lang), metric.FormatChange(p.Change, r.Unit, c.Lang))
		}
		if p.Partial {
			cells = append(cells, c.say("未满期，计到 ", "unfinished, to ")+p.Until.AddDate(0, 0, -1).Format("2006-01-02"))
		}
		switch {
		case p.Why != "":
			cells = append(cells, missing.Text(p.Why, c.Lang))
		case r.Query.Compare != metric.NoCompare && p.WhyChange != "":
			cells = append(cells, missing.Text(p.WhyChange, c.Lang))
		}
		if open := period.WhyOpen(p, c.Lang); open != "" {
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
func (m *metricCmd) writeCSV(out io.Writer, r *metric.Result) error {
	if m.BOM {
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
func (m *metricCmd) around(ctx context.Context, c *cli, engine *compute.Engine, q metric.Query) error {
	if m.Grain != "" || m.Compare != "" || m.Window != "" || m.From != "" || len(m.By) > 0 {
		return invalid{errors.New(c.say("--around-spring 不与 --from、--grain、--by、--window、--compare 同用", "--around-spring goes without --from, --grain, --by, --window and --compare"))}
	}
	_, year := engine.Catalog.NewYears().Years()
	for year = min(year, q.To.Year()+1); ; year-- {
		around, err := engine.Catalog.AroundNewYear(year, m.Days, m.Days)
		if err != nil {
			return invalid{err}
		}
		if around.From.Before(q.To) {
			break
		}
	}
	var rs []*metric.Result
	for _, y := range []int{year, year - 1} {
		r, err := engine.AroundEve(ctx, q, y, m.Days, m.Days)
		if errors.Is(err, metric.ErrInvalid) {
			return invalid{err}
		}
		if err != nil {
			return err
		}
		rs = append(rs, r)
	}
	if m.SQL {
		fmt.Fprintf(c.out, "%s\n\n", sqltext.Statements(rs[0].Asked))
		c.way(rs[0])
	}
	eve := func(i int) string { return rs[i].Eve.Format("2006-01-02") }
	w := lines.New(c.out, c.say("距除夕天数", "days from the eve"), c.say("除夕 ", "eve ")+eve(0), c.say("除夕 ", "eve ")+eve(1), "")
	shown := 0
	for n := -m.Days; n <= m.Days; n++ {
		cells, why := []any{n}, ""
		for _, r := range rs {
			text := metric.None
			for _, p := range r.Points {
				if p.From.Equal(r.Eve.AddDate(0, 0, n)) {
					if text = metric.Exact(p.Value, r.Unit, c.Lang); p.Value != nil {
						shown++
					} else if why == "" {
						why = fmt.Sprint(r.Eve.Year(), " ", missing.Text(p.Why, c.Lang))
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
		fmt.Fprintln(c.out, c.say("这些日子没有已发布的数据。", "Nothing is published for these days."))
	}
	return nil
}

func (m *metricCmd) list(c *cli) error {
	_, _, metrics, err := c.declarations()
	if err != nil {
		return err
	}
	w := lines.New(c.out, strings.Fields(c.say("名称 编号 指标 维度", "name id metric dimensions"))...)
	for _, x := range metrics.Metrics() {
		w.Row(x.Name, x.ID, x.Title.In(c.Lang), strings.Join(x.Dims(), " "))
	}
	return w.Flush()
}

// keyOf is the code of a value of a dimension that is given by its name (node=精密铸造); the value itself where it is no
// name of one.
func (o *office) keyOf(dim, value string) string {
	d := o.metrics.Dimension(dim)
	if d == nil || o.catalog.Lists == nil || o.metrics.CheckKey(dim, value) == nil {
		return value
	}
	for _, name := range append([]string{d.List}, d.Also...) {
		if list := o.catalog.Lists.Get(name); list != nil {
			if code, ok := list.Find(value); ok && o.metrics.CheckKey(dim, code) == nil {
				return code
			}
		}
	}
	return value
}

// unknownMetric says that there is no such metric, and which one is meant, by its name or its title.
func unknownMetric(cat *metric.Catalog, name string, lang codes.Lang) string {
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
func (m *metricCmd) query(ctx context.Context, engine *compute.Engine, o *office, lang codes.Lang) (q metric.Query, err error) {
	cat := o.metrics
	found := cat.Metric(m.Name)
	if found == nil {
		return q, invalid{errors.New(unknownMetric(cat, m.Name, lang))}
	}
	date, err := engine.DataDate(ctx, found.Datasets()...)
	if err != nil {
		return q, err
	}
	q = metric.Query{Metric: m.Name, By: m.By, Compare: metric.Compare(m.Compare), From: days.Date(date.Year(), 1, 1), To: date.AddDate(0, 0, 1)}
	if q.Grain, err = metric.ParseGrain(m.Grain); err != nil {
		return q, invalid{err}
	}
	if q.Window, err = metric.ParseWindow(m.Window); err != nil {
		return q, invalid{err}
	}
	for text, day := range map[string]*days.Day{m.From: &q.From, m.To: &q.To} {
		if text == "" {
			continue
		}
		if *day, err = metric.ParseDay(text); err != nil {
			return q, invalid{err}
		}
	}
	if date.IsZero() && (m.From == "" || m.To == "") {
		names := strings.Join(found.Datasets(), ", ")
		return q, invalid{fmt.Errorf("数据集 %s 还没有已发布的数据，或没有说明数据截至何时：先装入（yanzhen load），或写 --from 和 --to，或在声明里写 period / dataset %s: nothing is published, or its declaration does not tell how far its data go; load it, give --from and --to, or declare period", names, names)}
	}
	for _, w := range m.Where {
		dim, value, ok := strings.Cut(w, "=")
		if !ok {
			return q, invalid{fmt.Errorf("--where %s: 应写成 维度=值 / want dimension=value", w)}
		}
		value = o.keyOf(dim, value)
		if i := slices.IndexFunc(q.Where, func(f metric.Filter) bool { return f.Dim == dim }); i >= 0 {
			q.Where[i].Values = append(q.Where[i].Values, value) // either of them
			continue
		}
		q.Where = append(q.Where, metric.Filter{Dim: dim, Values: []string{value}})
	}
	if m.AsOf != "" {
		if q.AsOf, err = o.config.moment(m.AsOf); err != nil {
			return q, invalid{fmt.Errorf("--as-of %s: 应写成 2026-03-31 或 2026-03-31T18:00:00+08:00 / want 2026-03-31 or 2026-03-31T18:00:00+08:00", m.AsOf)}
		}
	}
	return q, nil
}
