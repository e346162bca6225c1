// Package metric is the only place where a number is computed: a metric query compiles to SQL
// (pure: no clock, no I/O) and its answer is a Result.
package metric

import "time"

// Day is a calendar date at midnight UTC.
type Day = time.Time

// Grain is the width of a period.
type Grain string

// The grains.
const (
	Total   Grain = ""
	Month   Grain = "month"
	Quarter Grain = "quarter"
	Half    Grain = "half"
	Year    Grain = "year"
)

// Filter keeps rows whose dimension is one of Values.
type Filter struct {
	Dim    string
	Values []string
}

// Compare asks for a second value of each point.
type Compare string

// The comparisons.
const (
	NoCompare  Compare = ""
	YearOnYear Compare = "yoy" // 同比
	Previous   Compare = "pop" // 环比
)

// Query asks for one metric over [From, To).
type Query struct {
	Metric  string
	From    Day
	To      Day
	Grain   Grain
	By      []string
	Where   []Filter
	Compare Compare
	AsOf    time.Time // zero: the live rows
	Limit   int       // greatest first; 0: all
}

// Point is one number of a Result. Value is nil where the metric is undefined (base 0, no rows):
// Why says so.
type Point struct {
	From   Day // start of the period
	To     Day
	Keys   []string // one per Query.By
	Labels []Label  // the keys as people read them
	Value  *float64
	Base   *float64 // the compared value
	Change *float64 // growth in percent for counts, in percentage points for percentages
	Why    string   // reason code of a missing value: no_rows, zero_base, undefined
}

// Label is a key in both languages.
type Label struct{ Zh, En string }

// Result answers a Query.
type Result struct {
	Query    Query
	Unit     string
	Points   []Point
	DataDate Day    // greatest business date behind it
	SQL      string // what was asked of the database
	Rows     uint64 // rows behind the number
}
