// Package check asks the database about a batch before anybody can see it: are all rows there, do
// the control sums agree, do the dates lie in the period, do the declared set checks hold? All of
// it is one query over the hidden rows; only a broken uniqueness is asked for a second time.
package check

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/warehouse"
)

// Scope is the hidden batch and what is known of it.
type Scope struct {
	Batch    uint32
	From, To time.Time // the unit's period, half-open; zero: not known
	Rows     uint64    // rows sent
	Sums     []Sum     // control sums of the rows sent
}

// Sum is the control sum of a column.
type Sum struct {
	Column string
	SQL    string  // the same sum over the table, a Float64
	Sent   float64 // over the rows sent
}

// Failure is a check that did not hold.
type Failure struct {
	Name     string
	Hold     bool // false: worth saying, no reason to hold the batch back
	Reason   codes.Text
	Remedy   codes.Text
	Measured string   // what was found, in figures
	Examples []string // up to five rows: file!sheet:row
}

// Result is what the database says of the batch.
type Result struct {
	Rows     uint64
	MinDate  time.Time // of the business date; zero where the dataset has none or no row has one
	MaxDate  time.Time
	Failures []Failure
}

// Torn means that the table does not hold what was sent. No limit and no person can wave it
// through: the batch is given up.
type Torn struct {
	Column     string // empty: the count
	Sent, Held string
}

func (t *Torn) Error() string {
	if t.Column == "" {
		return fmt.Sprintf("入库行数不符：送出 %s 行，库中 %s 行 / rows sent %s, rows in the table %s", t.Sent, t.Held, t.Sent, t.Held)
	}
	return fmt.Sprintf("列 %s 的控制总和不符：送出 %s，库中 %s / control sum of %s: sent %s, in the table %s", t.Column, t.Sent, t.Held, t.Column, t.Sent, t.Held)
}

// BusinessDate is the column whose greatest value is a dataset's data date; nil where it has none.
func BusinessDate(ds *dataset.Dataset) *dataset.Column { return ds.BusinessDate() }

// lastDay writes the last day that the batch tells of: the greatest business date or, where every
// date is the first day of a period, the last of that period as far as it has come: of the declared
// grain, else of the widest that all dates fit. A single date is a day unless it is read as a period.
func lastDay(ds *dataset.Dataset, c *dataset.Column) string {
	d := quote(c.Name)
	last := "maxOrNull(" + d + ")"
	series := c.Parse == "period_start"
	if !series && (len(ds.Unit) != 1 || ds.Unit[0] != "file") {
		return last
	}
	starts := func(months string) string {
		return "countIf(toDayOfMonth(" + d + ") != 1 or (toMonth(" + d + ") - 1) % " + months + " != 0) = 0"
	}
	months := "multiIf(" + starts("12") + ", 12, " + starts("6") + ", 6, " + starts("3") + ", 3, " + starts("1") + ", 1, 0)"
	if ds.Period != nil {
		n := map[string]string{"month": "1", "quarter": "3", "half": "6", "year": "12"}[ds.Period.Grain]
		months = "if(" + starts(n) + ", " + n + ", 0)"
	}
	if !series {
		months = "if(uniqExact(" + d + ") < 2, 0, " + months + ")"
	}
	return "greatest(" + last + ", least(addDays(addMonths(" + last + ", " + months + "), -1), toDate32(today())))"
}

const where = "`_batch` = {batch:UInt32}"

// origin is a row's place as people quote it.
const origin = "concat(_file, if(_sheet = '', '', concat('!', _sheet)), ':', toString(_row))"

func quote(name string) string { return "`" + name + "`" }

// keyOf hashes the columns of a uniqueness. NULL is a value like any other.
func keyOf(ds *dataset.Dataset, columns []string) string {
	parts := make([]string, 0, 2*len(columns))
	for _, name := range columns {
		if c := ds.Column(name); c != nil && c.Nullable() {
			parts = append(parts, "isNull("+quote(name)+")", "ifNull(toString("+quote(name)+"), '')")
		} else {
			parts = append(parts, quote(name))
		}
	}
	return "cityHash64(" + strings.Join(parts, ", ") + ")"
}

// unique is a uniqueness that was asked for, by a set check or by the dataset's key.
type unique struct {
	check   *dataset.SetCheck // nil: the key
	columns []string
	at      int // index of its result
}

// plan is a query and what its results mean.
type plan struct {
	statement warehouse.Statement
	dates     int // index of min, max, number outside and examples; 0: none
	uniques   []unique
	exprs     []expr
}

// expr is a declared aggregate condition.
type expr struct {
	check *dataset.SetCheck
	at    int // index of its result
}

// compile writes the question as SQL. It is pure.
func compile(ds *dataset.Dataset, s Scope) plan {
	var p plan
	cols := []string{"toString(count())"}
	for _, sum := range s.Sums { // results 1, 2, ...
		cols = append(cols, "toString("+sum.SQL+")")
	}
	params := map[string]string{"batch": strconv.FormatUint(uint64(s.Batch), 10)}
	if c := BusinessDate(ds); c != nil {
		p.dates = len(cols)
		d := quote(c.Name)
		first, last := d, lastDay(ds, c)
		if c.Type != dataset.Date { // a year tells of all of it
			first = "makeDate32(" + d + ", 1, 1)"
			last = "greatest(maxOrNull(" + first + "), least(maxOrNull(makeDate32(" + d + ", 12, 31)), toDate32(today())))"
		}
		cols = append(cols, "ifNull(toString(minOrNull("+first+")), '')", "ifNull(toString("+last+"), '')")
		if !s.From.IsZero() && ds.Period != nil {
			params["from"], params["to"] = s.From.Format(time.DateOnly), s.To.Format(time.DateOnly)
			out := "(" + first + " < {from:Date32} or " + first + " >= {to:Date32})"
			cols = append(cols, "toString(countIf("+out+"))", "arrayStringConcat(groupArrayIf(5)("+origin+", "+out+"), '\\n')")
		} else {
			cols = append(cols, "'0'", "''")
		}
	}
	add := func(u unique) {
		u.at = len(cols)
		p.uniques = append(p.uniques, u)
		cols = append(cols, "toString(uniqExact("+keyOf(ds, u.columns)+"))")
	}
	declared := false
	for i := range ds.SetChecks {
		c := &ds.SetChecks[i]
		if len(c.Totals) > 0 {
			continue // they are not among the rows: package hold looks at what the reading found
		}
		if len(c.Unique) > 0 {
			add(unique{check: c, columns: c.Unique})
			declared = declared || same(c.Unique, ds.Key)
			continue
		}
		p.exprs = append(p.exprs, expr{c, len(cols)})
		cols = append(cols, "toString(toUInt8(ifNull(("+c.Expr+"), 1)))")
	}
	if len(ds.Key) > 0 && !declared {
		add(unique{columns: ds.Key})
	}
	for i := range cols { // no declared column begins with _
		cols[i] += " as _r" + strconv.Itoa(i)
	}
	p.statement = warehouse.Statement{
		SQL:    "select\n    " + strings.Join(cols, ",\n    ") + "\nfrom " + ds.Table() + "\nwhere " + where,
		Params: params,
		Tag:    "check." + ds.Name,
	}
	return p
}

func same(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	set := map[string]bool{}
	for _, x := range a {
		set[x] = true
	}
	for _, x := range b {
		if !set[x] {
			return false
		}
	}
	return true
}

// Run asks about the hidden batch. The error is a *Torn where the table does not hold what was
// sent; failed checks are in the Result.
func Run(ctx context.Context, db *warehouse.DB, ds *dataset.Dataset, s Scope) (Result, error) {
	p := compile(ds, s)
	rows, err := ask(ctx, db, p.statement)
	if err != nil {
		return Result{}, fmt.Errorf("checks of %s: %w", ds.Name, err)
	}
	if len(rows) != 1 {
		return Result{}, fmt.Errorf("checks of %s: got %d rows, want 1", ds.Name, len(rows))
	}
	got := rows[0]
	var res Result
	if res.Rows, err = strconv.ParseUint(got[0], 10, 64); err != nil {
		return res, fmt.Errorf("checks of %s: count %q", ds.Name, got[0])
	}
	if res.Rows != s.Rows {
		return res, &Torn{"", strconv.FormatUint(s.Rows, 10), got[0]}
	}
	for i, sum := range s.Sums {
		held, err := strconv.ParseFloat(got[1+i], 64)
		if err != nil {
			return res, fmt.Errorf("checks of %s: sum of %s is %q", ds.Name, sum.Column, got[1+i])
		}
		if !Agree(ds.Column(sum.Column), sum.Sent, held, res.Rows) {
			return res, &Torn{sum.Column, strconv.FormatFloat(sum.Sent, 'f', -1, 64), got[1+i]}
		}
	}
	if p.dates > 0 {
		d := got[p.dates:]
		res.MinDate, _ = time.Parse(time.DateOnly, d[0])
		res.MaxDate, _ = time.Parse(time.DateOnly, d[1])
		if d[2] != "0" {
			res.Failures = append(res.Failures, Failure{
				Name: "period", Hold: true, Measured: d[2], Examples: examples(d[3]),
				Reason: codes.Text{
					Zh: fmt.Sprintf("%s 行的日期不在 %s 至 %s（不含）之间", d[2], s.From.Format(time.DateOnly), s.To.Format(time.DateOnly)),
					En: fmt.Sprintf("%s rows have a date outside %s to %s (exclusive)", d[2], s.From.Format(time.DateOnly), s.To.Format(time.DateOnly)),
				},
				Remedy: codes.Text{Zh: "核对日期；若属于别的期间，请放进那个期间的报表", En: "check the dates; send rows of another period with that period"},
			})
		}
	}
	for _, e := range p.exprs {
		if c := e.check; got[e.at] == "0" {
			res.Failures = append(res.Failures, Failure{Name: c.Name, Hold: c.Action != "warn", Reason: c.Reason, Measured: c.Expr})
		}
	}
	for _, u := range p.uniques {
		if got[u.at] == got[0] {
			continue
		}
		// fewer hashes than rows: rows repeat, or two of them share a hash. Only now is it worth grouping.
		f, err := repeated(ctx, db, ds, s.Batch, u)
		if err != nil {
			return res, err
		}
		if f != nil {
			res.Failures = append(res.Failures, *f)
		}
	}
	return res, nil
}

// repeated finds the rows that share the columns of a uniqueness; nil where none do.
func repeated(ctx context.Context, db *warehouse.DB, ds *dataset.Dataset, batch uint32, u unique) (*Failure, error) {
	quoted := make([]string, len(u.columns))
	titles := [2][]string{}
	for i, name := range u.columns {
		quoted[i] = quote(name)
		c := ds.Column(name)
		titles[0], titles[1] = append(titles[0], c.Title.Zh), append(titles[1], c.Title.En)
	}
	by, differ := strings.Join(quoted, ", "), "0"
	if rest := others(ds, u.columns); len(rest) > 0 {
		differ = "uniqExact(" + keyOf(ds, rest) + ") > 1"
	}
	rows, err := ask(ctx, db, warehouse.Statement{
		SQL:    "select toString(sum(n)) as _r0, toString(count()) as _r1, arrayStringConcat(groupArray(5)(o), '\\n') as _r2, toString(sumIf(n, d)) as _r3\nfrom (\n    select count() - 1 as n, " + differ + " as d, concat(argMin(" + origin + ", (_file, _sheet, _row)), ' = ', argMax(" + origin + ", (_file, _sheet, _row))) as o\n    from " + ds.Table() + "\n    where " + where + "\n    group by " + by + "\n    having count() > 1\n    order by d desc, min(_row)\n)",
		Params: map[string]string{"batch": strconv.FormatUint(uint64(batch), 10)},
		Tag:    "check.repeated." + ds.Name,
	})
	if err != nil {
		return nil, fmt.Errorf("checks of %s: %w", ds.Name, err)
	}
	if len(rows) != 1 || rows[0][1] == "0" {
		return nil, nil
	}
	f := &Failure{Name: "key", Measured: rows[0][0], Examples: examples(rows[0][2])}
	f.Reason = codes.Text{
		Zh: fmt.Sprintf("%s 行与前面的行在“%s”上重复", rows[0][0], strings.Join(titles[0], "、")),
		En: fmt.Sprintf("%s rows repeat an earlier row in %s", rows[0][0], strings.Join(titles[1], ", ")),
	}
	f.Remedy = codes.Text{Zh: "核对并删去重复的行", En: "check and remove the repeated rows"}
	if n := rows[0][3]; n != "0" {
		f.Reason.Zh += fmt.Sprintf("，其中 %s 行其余各列不全相同，互相矛盾", n)
		f.Reason.En += fmt.Sprintf(", and %s of them say something else in the other columns", n)
	}
	if u.check != nil {
		f.Name, f.Hold = u.check.Name, u.check.Action != "warn"
		f.Reason.Zh = u.check.Reason.Zh + "：" + f.Reason.Zh
		if u.check.Reason.En != "" {
			f.Reason.En = u.check.Reason.En + ": " + f.Reason.En
		}
	}
	return f, nil
}

// others are the declared columns that are none of those.
func others(ds *dataset.Dataset, columns []string) (rest []string) {
	for i := range ds.Columns {
		if name := ds.Columns[i].Name; !slices.Contains(columns, name) {
			rest = append(rest, name)
		}
	}
	return rest
}

func examples(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}

// Agree compares a control sum. Whole numbers agree to the last digit as long as a float64 holds
// them; sums of fractions depend on the order of adding, within a few units of the last place a row.
func Agree(c *dataset.Column, sent, held float64, rows uint64) bool {
	if sent == held {
		return true
	}
	if c.Type != dataset.Float64 && math.Abs(sent) < 1<<53 {
		return false
	}
	size := math.Max(math.Abs(sent), math.Abs(held))
	return math.Abs(sent-held) <= 1e-9*size+1e-12*float64(rows)
}

// ask runs a query whose columns _r0, _r1, ... are all text, and returns its rows.
func ask(ctx context.Context, db *warehouse.DB, s warehouse.Statement) ([][]string, error) {
	rows, err := warehouse.Select[struct {
		Cells []string `db:"_r*"`
	}](ctx, db, s)
	cells := make([][]string, len(rows))
	for i, r := range rows {
		cells[i] = r.Cells
	}
	return cells, err
}

// defaultRejected is how many rows must be refused for the limit that holds where none is declared: a third of
// those read. Fewer are read in the list of what was refused.
const defaultRejected = 10

// Limits compares a load with the dataset's declared limits: the share of refused rows, and how
// far the unit shrinks against what it showed before.
func Limits(ds *dataset.Dataset, read, loaded, rejected, before uint64) []Failure {
	var out []Failure
	percent := func(part, of uint64) string {
		return strconv.FormatFloat(100*float64(part)/float64(of), 'f', 1, 64) + " %"
	}
	max := ds.Limits.RejectedShare
	if max == nil && rejected >= defaultRejected {
		third := 1.0 / 3
		max = &third
	}
	if max != nil && read > 0 && float64(rejected) > *max*float64(read) {
		limit := strconv.FormatFloat(math.Round(1000**max)/10, 'f', -1, 64) + " %"
		out = append(out, Failure{
			Name: "rejected_share", Hold: true, Measured: percent(rejected, read),
			Reason: codes.Text{
				Zh: fmt.Sprintf("%d 行中拒收 %d 行（%s），超过上限 %s", read, rejected, percent(rejected, read), limit),
				En: fmt.Sprintf("%d of %d rows were refused (%s), more than the limit of %s", rejected, read, percent(rejected, read), limit),
			},
			Remedy: codes.Text{Zh: "按拒收清单改正后重新报送；确认无误，请操作员用 yanzhen accept 发布", En: "correct the listed rows and send the file again, or have an operator publish it (yanzhen accept)"},
		})
	}
	if max = ds.Limits.ShrinkShare; max != nil && before > 0 && loaded < before && float64(before-loaded) > *max*float64(before) {
		limit := strconv.FormatFloat(100**max, 'f', -1, 64) + " %"
		out = append(out, Failure{
			Name: "shrink_share", Hold: true, Measured: percent(before-loaded, before),
			Reason: codes.Text{
				Zh: fmt.Sprintf("行数由 %d 减至 %d（减少 %s），超过上限 %s", before, loaded, percent(before-loaded, before), limit),
				En: fmt.Sprintf("rows fall from %d to %d (by %s), more than the limit of %s", before, loaded, percent(before-loaded, before), limit),
			},
			Remedy: codes.Text{Zh: "核对是否漏报；确认无误，请操作员用 yanzhen accept 发布", En: "check that nothing is missing, or have an operator publish it (yanzhen accept)"},
		})
	}
	return out
}
