// Package metric says what a number is: metrics are declared and checked, a Query asks for one, and an answer is a
// Result. It is pure: no clock, no I/O. Package compile writes a question as SQL, compute asks the database.
package metric

import (
	"slices"
	"time"

	"yanzhen/dashboard/metric/method"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/duty"
	"yanzhen/pipeline/warehouse"
)

// Filter keeps rows whose dimension is one of Values. The empty string stands for "not stated".
type Filter struct {
	Dim    string
	Values []string
}

// Compare asks for a second value of each point.
type Compare string

// The comparisons.
const (
	NoCompare  Compare = ""
	YearOnYear Compare = "yoy" // 同比: the same period one year earlier
	Previous   Compare = "pop" // 环比: the period of the same width just before
	// Spring compares with a year earlier as the lunar new year fell: by month, January and
	// February are one period; by ten days, and in a total that begins or ends between them, the same
	// days counted from the eve; else the same days of the year before, which hold the festival too.
	Spring Compare = "spring"
	// YearToDateOnYear is short for Window YearToDate with YearOnYear: 年初至今 against the same
	// cut-off last year.
	YearToDateOnYear Compare = "ytd"
)

// Query asks for one metric over [From, To).
type Query struct {
	Metric string
	From   days.Day
	To     days.Day
	Grain  days.Grain // Total: one period, the whole of [From, To)
	By     []string
	Where  []Filter
	// Scope keeps whoever asks to a part of the rows. It holds in every part of a metric, also where Where does not, and an
	// Engine sets it from who looks.
	Scope []Filter
	// Window widens each period backwards. A flow counts the whole window anew (distinct people stay distinct). A stock
	// is not summed: its value under any window is that of the window's last day.
	Window  days.Window
	Compare Compare
	AsOf    time.Time // zero: the live rows; else the rows that were live at that moment
	Limit   int       // greatest first, by key over all periods; 0: all
	// DataDays are the greatest published business dates of the metric's datasets, what data_day
	// stands for in its expressions. An Engine fills them in, as of AsOf.
	DataDays map[string]days.Day
}

// The reasons for a missing number.
const (
	WhyNoData    = "no_data"   // nothing was published for this period
	WhyNoRows    = "no_rows"   // data were published, no row answers the question
	WhyZeroBase  = "zero_base" // the denominator, or the value compared with, is zero
	WhyUndefined = "undefined" // the method is not defined for these values

	WhyUnreported = "unreported" // other periods were published, and nobody sent this one
	WhySwept      = "swept"      // as of that moment: rows that were live then are gone
	WhyTrivial    = "trivial"    // a filter leaves a method one value to compare, so that it can only be what it is
	WhyUndated    = "undated"    // a list without dates is known as it is now, not as it was then
	WhyOpen       = "open"       // of a change: not everybody has reported
	WhyOpenBase   = "open_base"  // of a change: not everybody had reported what it is compared with
	WhyUnripe     = "unripe"     // of a change: the time in which the figure ripens is not over
	WhySmall      = "under "     // with the least number that is shown: fewer people, for a viewer who may not see so few
	WhyHidden     = "hidden"     // from it a number of fewer people could be reckoned
)

// Point is one number of a Result. Value is nil where the metric is undefined: Why says so.
type Point struct {
	From   days.Day     // start of the period
	To     days.Day     // end of the period, not clipped by the data date
	Since  days.Day     // first day that is counted, where Query.Window put it before From; else From
	Until  days.Day     // the day after the last that is counted: before To where the data end
	Keys   []string     // one per Query.By
	Labels []codes.Text // the keys as people read them
	Value  *float64
	Base   *float64 // the compared value; nil where there is none
	// BaseFrom and BaseTo are the days Base counts, half open; zero where nothing is compared.
	BaseFrom, BaseTo days.Day
	Change           *float64 // growth in percent for counts, in percentage points for percentages
	Why              string   // why Value is missing; empty where it is not
	// WhyChange says why Change is missing, where a comparison was asked for.
	WhyChange string
	// Partial: the data end inside the period. Value covers the part there is, and Base the same
	// part of the period compared with.
	Partial bool
	// Record: greater than in every period before it (metrics that declare record only).
	Record bool
	Rows   uint64 // rows behind the number
	// Forecast: Value is expected, not counted, between Lower and Upper (95 % unless the metric says
	// otherwise; nil where the method has no interval).
	Forecast     bool
	Lower, Upper *float64
	// Outputs are the further numbers that the method found on its way: of a line its residual, of an index its weights,
	// of a forecast its parameters.
	Outputs []Output
	// Cover is set where the number is not final: not everybody has reported, or the data begin within the period.
	Cover *duty.Coverage
	// Listed is set where the number counts a list whose rows have no dates: the day on which it was loaded.
	Listed days.Day
	// Ripe is set where the number still ripens: the day on which it has, see Metric.Ripens.
	Ripe days.Day
}

// What else package method says: a further number of a method, and how a forecast would have done.
type (
	Output   = method.Output
	Backtest = method.Backtest
)

// Weighs is the metric of m whose weight an output is; nil where it is another output.
func (m *Metric) Weighs(output string) *Metric {
	of, ok := method.WeightOf(output)
	if i := slices.IndexFunc(m.args, func(a *Metric) bool { return a.Name == of }); ok && i >= 0 {
		return m.args[i]
	}
	return nil
}

// Open says that a number is not final, and is held against no other.
func (p Point) Open() bool { return p.Cover != nil || !p.Ripe.IsZero() }

// Result answers a Query. Points are ordered by period, then by value, greatest first.
type Result struct {
	Query    Query
	Metric   *Metric
	Unit     Unit // that of the metric
	Points   []Point
	DataDate days.Day              // greatest published business date behind it; zero where the datasets have none
	SQL      string                // what was asked of the database
	Asked    []warehouse.Statement // the same, with the parameters of each
	Eve      days.Day              // of Engine.AroundEve: the day the points are counted from
	Rows     uint64                // rows behind the numbers
	Keys     int                   // how many there are where Query.Limit left some out; else 0
	Stated   bool                  // numbers come from what is kept beside the rows, which gives the same ones
	Damaged  []codes.Text          // what is known to be missing of the rows behind the numbers
	Guarded  bool                  // for who may not see few people: nor how many rows there are
	CellKeys bool                  // counts of people are changed by cell keys: they do not add up
	Backtest []Backtest            // of a forecast: how each series would have been forecast; none where it is too short
}
