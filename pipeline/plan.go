package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sort"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"yanzhen/pipeline/account"
	"yanzhen/pipeline/batch"
	"yanzhen/pipeline/bind"
	"yanzhen/pipeline/check"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/hold"
	"yanzhen/pipeline/stream"
	"yanzhen/pipeline/warehouse"
)

// Plan says what a load of a file would do. It writes nothing anywhere but in the spool, and that is removed.
type Plan struct {
	File      string
	Bytes     int64
	Format    string
	Encoding  string
	Delimiter string // of a text file
	Dataset   *dataset.Dataset
	Sender    string
	Period    days.Range
	Unit      string // empty where the period could not be found out
	Tables    []PlanTable
	batch.Counts
	Warnings    uint64
	Rejects     []batch.Reject // the first 1,000
	RejectCells uint64         // all of them
	Rules       map[string]uint64
	Cells       *account.Account // where every cell of the file would go; nil where no row was read
	Rows        [][]string       // the first typed rows as they would be stored, in the order of the declared columns; personal values masked
	MinDate     time.Time
	MaxDate     time.Time
	Months      []MonthCount // rows by month of the business date, now and then
	Before      *Live        // what the unit shows now; nil where nothing
	Unchanged   bool         // the same content was published before: a load would do nothing
	Problems    []*Problem   // why a load would refuse or hold the file. Set checks run on the hidden rows only and are not among them
	Notes       []codes.Text
}

// PlanTable is one table of the file, and where its columns come from.
type PlanTable struct {
	Sheet     string
	HeaderRow int // the last row of the header; 0 where there is none
	Binding   *bind.Binding
}

// MonthCount compares one month of a unit.
type MonthCount struct {
	Month  string // 2026-06; empty: rows without a date
	Before uint64
	After  uint64
}

const planRows = 20

// Plan reads a file to its end as Load would and reports. A file that cannot be read at all gives
// a *Problem and a Plan as far as things got.
func (l *Loader) Plan(ctx context.Context, req Request) (p Plan, err error) {
	in := l.begin(ctx, req)
	p.File = in.display
	defer in.close()
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v", v)
		}
		if pr := asProblem(err); pr != nil {
			err = pr
		}
	}()
	if err := l.spool(ctx, in); err != nil {
		return p, err
	}
	p.Bytes = in.bytes
	err = l.identify(ctx, in)
	p.File, p.Dataset, p.Sender, p.Period, p.Notes = in.display, in.ds, in.sender, in.period, l.hiddenNames(in)
	if err != nil {
		return p, err
	}
	p.Format, p.Encoding, p.Delimiter = string(in.file.Format), in.file.Encoding(), in.file.Delimiter()
	if err := p.bind(ctx, in); err != nil {
		return p, err
	}
	if len(p.Problems) > 0 {
		return p, p.Problems[0]
	}

	months, err := l.read(ctx, in, &p)
	if err != nil {
		return p, err
	}
	if in.periodFromData() && !p.MinDate.IsZero() {
		if e := days.Grain(in.ds.Period.Grain).Of(p.MinDate); e.Holds(p.MaxDate) {
			in.period, p.Period = e, e
		}
	}
	if in.periodFromData() {
		p.Problems = append(p.Problems, in.noPeriod("文件名没有注明期间，数据又跨了多个期间", "the file's name gives no period, and its rows lie in several"))
	} else {
		p.Unit = in.unit()
	}
	if err := l.compare(ctx, in, &p, months); err != nil {
		return p, err
	}
	for _, m := range months {
		p.Months = append(p.Months, *m)
	}
	sort.Slice(p.Months, func(i, j int) bool { return p.Months[i].Month < p.Months[j].Month })
	return p, nil
}

// bind finds the columns of each table. A header that does not fit is one of p's problems.
func (p *Plan) bind(ctx context.Context, in *input) error {
	for _, t := range in.file.Tables() {
		_, last := t.HeaderRows()
		b, err := bind.Columns(in.ds, t.Header(), t.First(ctx, 20))
		if err == nil {
			err = b.Under(in.ds, t.File, t.Around())
		}
		if err != nil {
			pr := asProblem(err)
			if pr == nil {
				return err
			}
			if t.Sheet != "" {
				pr.Text.Zh, pr.Text.En = t.Sheet+"："+pr.Text.Zh, t.Sheet+": "+pr.Text.En
			}
			p.Problems = append(p.Problems, pr)
		}
		p.Tables = append(p.Tables, PlanTable{t.Sheet, last, b})
	}
	return nil
}

// read reads the rows as a load would and keeps what is shown of them. It returns the rows by month.
func (l *Loader) read(ctx context.Context, in *input, p *Plan) (map[string]*MonthCount, error) {
	var bad stream.Rejects
	months := map[string]*MonthCount{}
	s := stream.New(ctx, in.ds, in.file, l.batchOptions(in, 0, &bad))
	defer s.Release()
	s.Progress = in.req.Progress
	dateColumn := -1
	if c := check.BusinessDate(in.ds); c != nil {
		for i := range in.ds.Columns {
			if in.ds.Columns[i].Name == c.Name {
				dateColumn = i
			}
		}
	}
	for s.Next() {
		rec := s.Record()
		p.sample(in.ds, rec)
		if dateColumn >= 0 {
			p.count(rec.Column(dateColumn), months)
		}
	}
	p.Counts, p.Warnings, p.RejectCells, p.Rules = s.Counts, bad.Warnings, bad.Total, bad.Rules
	p.Cells = in.file.Aside(ctx)
	p.Cells.Add(&s.Cells)
	p.Rejects = bad.Kept[:min(len(bad.Kept), 1000)]
	for _, n := range in.file.Notes() {
		t := n.Text
		if n.Sheet != "" {
			t.Zh, t.En = n.Sheet+"："+t.Zh, n.Sheet+": "+t.En
		}
		p.Notes = append(p.Notes, t)
	}
	p.Notes = append(p.Notes, s.Hidden.Notes()...)
	if s.Err() != nil {
		return nil, s.Err()
	}
	for _, f := range hold.Sheets(in.ds, s.Options.Sheets.Tables(), p.Cells) {
		p.Problems = append(p.Problems, &Problem{Code: f.Name, Text: f.Reason, Remedy: f.Remedy})
	}
	return months, nil
}

// countYears takes the first and the last day of a business date that is a year.
func (p *Plan) countYears(col arrow.Array) {
	for i := range col.Len() {
		year := 0
		switch a := col.(type) {
		case *array.Int16:
			year = int(a.Value(i))
		case *array.Int32:
			year = int(a.Value(i))
		}
		if year == 0 || col.IsNull(i) {
			continue
		}
		whole := days.Months(year, 1, 12)
		if p.MinDate.IsZero() || whole.From.Before(p.MinDate) {
			p.MinDate = whole.From
		}
		if last := whole.Last(); last.After(p.MaxDate) {
			p.MaxDate = last
		}
	}
}

// sample keeps the first typed rows.
func (p *Plan) sample(ds *dataset.Dataset, rec arrow.Record) {
	for row := 0; row < int(rec.NumRows()) && len(p.Rows) < planRows; row++ {
		cells := make([]string, len(ds.Columns))
		for i := range ds.Columns {
			col := rec.Column(i)
			switch {
			case col.IsNull(row):
				cells[i] = "NULL"
			case ds.Columns[i].Personal == dataset.PersonalName:
				cells[i] = initial(col.ValueStr(row))
			case ds.Columns[i].Type == dataset.Person:
				cells[i] = "#…" // the hash helps nobody here
			default:
				cells[i] = col.ValueStr(row)
			}
		}
		p.Rows = append(p.Rows, cells)
	}
}

// initial leaves the first character of a name.
func initial(name string) string {
	for _, r := range name {
		return string(r) + "**"
	}
	return ""
}

// count adds a record's dates to the months.
func (p *Plan) count(col arrow.Array, months map[string]*MonthCount) {
	dates, ok := col.(*array.Date32)
	if !ok {
		p.countYears(col)
		return
	}
	// consecutive rows mostly share a month; formatting each of a million would be felt
	lastDay, last := arrow.Date32(-1<<31), (*MonthCount)(nil)
	for i := range dates.Len() {
		if dates.IsNull(i) {
			month(months, "").After++
			continue
		}
		if d := dates.Value(i); d != lastDay || last == nil {
			t := d.ToTime().UTC()
			if p.MinDate.IsZero() || t.Before(p.MinDate) {
				p.MinDate = t
			}
			if t.After(p.MaxDate) {
				p.MaxDate = t
			}
			lastDay, last = d, month(months, t.Format("2006-01"))
		}
		last.After++
	}
}

func month(months map[string]*MonthCount, name string) *MonthCount {
	m := months[name]
	if m == nil {
		m = &MonthCount{Month: name}
		months[name] = m
	}
	return m
}

// compare says what would change against the database. A database that was never set up shows nothing yet.
func (l *Loader) compare(ctx context.Context, in *input, p *Plan, months map[string]*MonthCount) error {
	add := func(pr *Problem) { p.Problems = append(p.Problems, pr) }
	if p.Read == p.Excluded {
		add(problem("no_rows", "表头下面没有数据行", "there is no row of data below the header"))
	} else if p.Loaded == 0 {
		add(problem("no_good_rows", fmt.Sprintf("%d 行全部被拒收", p.Rejected), fmt.Sprintf("all %d rows were refused", p.Rejected)))
	} else if in.ds.AllOrNothing && p.Rejected > 0 {
		add(problem("all_or_nothing", fmt.Sprintf("有 %d 行被拒收；本数据集要求整份文件全部正确", p.Rejected), fmt.Sprintf("%d rows were refused, and this dataset takes a file whole or not at all", p.Rejected)))
	}
	seen, live, err := l.past(ctx, in)
	var de *warehouse.Error
	if errors.As(err, &de) && (de.Code == 60 || de.Code == 81) { // no such table, no such database
		return nil
	}
	if err != nil {
		return err
	}
	out := Outcome{Unit: p.Unit}
	p.Unchanged = l.known(in, seen, live, &out) && out.State == Unchanged
	var before uint64
	if p.Unit != "" {
		for i := range live {
			if live[i].Unit == p.Unit {
				p.Before, before = &live[i], live[i].Loaded
			}
		}
		if pr := overlapping(in, live); pr != nil {
			add(pr)
		}
	}
	if c := check.BusinessDate(in.ds); c != nil && p.Before != nil {
		got, err := warehouse.Select[struct {
			Month string `db:"month"`
			N     uint64 `db:"n"`
		}](ctx, l.DB, warehouse.Statement{
			Tag:    "plan.months",
			SQL:    "select if(isNull(`" + c.Name + "`), '', substring(ifNull(toString(`" + c.Name + "`), ''), 1, 7)) as month, count() as n from " + in.ds.Table() + " where `_batch` = {batch:UInt32} group by month order by month",
			Params: map[string]string{"batch": itoa(p.Before.Batch)},
		})
		if err != nil {
			return err
		}
		for _, g := range got {
			month(months, g.Month).Before = g.N
		}
	}
	out.Before = before
	for _, f := range slices.Concat(check.Limits(in.ds, p.Read, p.Loaded, p.Rejected, before), hold.File(ctx, in.file, in.bytes, p.Cells, p.Rules), hold.Titled(in.ds, in.period, in.file), in.questions(p.Before, live, &out)) {
		add(&Problem{Code: f.Name, Text: f.Reason, Remedy: f.Remedy})
	}
	return nil
}
