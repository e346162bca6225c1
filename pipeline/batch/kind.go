package batch

import (
	"math"

	"github.com/apache/arrow/go/v17/arrow"

	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/source"
)

// value is what a cell was found to say. It is of four words and four fields, so that it travels in registers:
// with a fifth field a row takes a third longer.
type value struct {
	i    int64  // a whole number, a day, a hash, 0 and 1, the place of a word in the dictionary, or a decimal's bits
	s    string // a text
	none bool   // blank, or a word for "no value"
	told notice
}

// notice says what is to be told of a cell that is loaded.
type notice uint8

const (
	hidden      notice = 1 << iota // the number of a person stood in the text and was hidden
	monthDay                       // 3月1日, which may be a code that a spreadsheet took for a day
	unprintable                    // control characters stood in the text and were left out
	zeros                          // a long number ends in zeros, as account.Cut says
	escaped                        // &amp; and the like stand in it
	monthOnly                      // of a day the cell shows the month alone
)

func decimal(f float64) value  { return value{i: int64(math.Float64bits(f))} }
func (v value) float() float64 { return math.Float64frombits(uint64(v.i)) }

// reading reads a cell that is neither blank nor broken.
type reading func(*rule, *source.Cell) (value, *cell.Fault)

// kind is what a declared type needs.
type kind struct {
	read   reading
	listed reading                     // where the column has a code list; nil: a list changes nothing
	mean   func(*rule, string) meaning // nil: texts are not looked up
	build  func(arrow.Field, *dictionary) builder
	lo, hi int64 // of whole numbers
}

// kinds holds every type. A new one is a line here, a reading in read.go and a builder in builder.go.
var kinds = map[dataset.Type]kind{
	dataset.String:     {read: (*rule).string, build: newTexts},
	dataset.CreditCode: {read: (*rule).credit, build: newTexts},
	dataset.Low:        {read: (*rule).word, listed: (*rule).word, mean: (*rule).lowMeaning, build: newWords},
	dataset.Code:       {read: (*rule).word, listed: (*rule).word, mean: (*rule).lowMeaning, build: newWords},
	dataset.Strings:    {read: (*rule).strings, build: newLists},
	dataset.Int8:       {read: (*rule).whole, listed: (*rule).rank, build: newWholes[int8], lo: math.MinInt8, hi: math.MaxInt8},
	dataset.Int16:      {read: (*rule).whole, listed: (*rule).rank, build: newWholes[int16], lo: math.MinInt16, hi: math.MaxInt16},
	dataset.Int32:      {read: (*rule).whole, listed: (*rule).rank, build: newWholes[int32], lo: math.MinInt32, hi: math.MaxInt32},
	dataset.Int64:      {read: (*rule).whole, listed: (*rule).rank, build: newWholes[int64], lo: math.MinInt64, hi: math.MaxInt64},
	dataset.Float64:    {read: (*rule).float, build: newFloats},
	dataset.Bool:       {read: (*rule).word, listed: (*rule).word, mean: (*rule).boolMeaning, build: newBools},
	dataset.Date:       {read: (*rule).day, build: newDays},
	dataset.Person:     {read: (*rule).who, build: newHashes},
}
