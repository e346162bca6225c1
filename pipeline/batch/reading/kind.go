package reading

import (
	"math"

	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/source"
)

// Value is what a cell was found to say. It is of four words and four fields, so that it travels in registers:
// with a fifth field a row takes a third longer.
type Value struct {
	I    int64  // a whole number, a day, a hash, 0 and 1, the place of a word in the dictionary, or a decimal's bits
	S    string // a text
	None bool   // blank, or a word for "no value"
	Told Notice
}

// Notice says what is to be told of a cell that is loaded.
type Notice uint8

// What is told.
const (
	Hidden      Notice = 1 << iota // the number of a person stood in the text and was hidden
	MonthDay                       // 3月1日, which may be a code that a spreadsheet took for a day
	Unprintable                    // control characters stood in the text and were left out
	Zeros                          // a long number ends in zeros, as account.Cut says
	Escaped                        // &amp; and the like stand in it
	MonthOnly                      // of a day the cell shows the month alone
)

func decimal(f float64) Value { return Value{I: int64(math.Float64bits(f))} }

// Float is a decimal number.
func (v Value) Float() float64 { return math.Float64frombits(uint64(v.I)) }

// reading reads a cell that is neither blank nor broken.
type reading func(*Rule, *source.Cell) (Value, *cell.Fault)

// kind is what a declared type needs.
type kind struct {
	read   reading
	listed reading                     // where the column has a code list; nil: a list changes nothing
	mean   func(*Rule, string) meaning // nil: texts are not looked up
	lo, hi int64                       // of whole numbers
}

// kinds holds every type. A new one is a line here, a reading in read.go, and a builder in package batch.
var kinds = map[dataset.Type]kind{
	dataset.String:     {read: (*Rule).string},
	dataset.CreditCode: {read: (*Rule).credit},
	dataset.Low:        {read: (*Rule).word, listed: (*Rule).word, mean: (*Rule).lowMeaning},
	dataset.Code:       {read: (*Rule).word, listed: (*Rule).word, mean: (*Rule).lowMeaning},
	dataset.Strings:    {read: (*Rule).strings},
	dataset.Int8:       {read: (*Rule).whole, listed: (*Rule).rank, lo: math.MinInt8, hi: math.MaxInt8},
	dataset.Int16:      {read: (*Rule).whole, listed: (*Rule).rank, lo: math.MinInt16, hi: math.MaxInt16},
	dataset.Int32:      {read: (*Rule).whole, listed: (*Rule).rank, lo: math.MinInt32, hi: math.MaxInt32},
	dataset.Int64:      {read: (*Rule).whole, listed: (*Rule).rank, lo: math.MinInt64, hi: math.MaxInt64},
	dataset.Float64:    {read: (*Rule).float},
	dataset.Bool:       {read: (*Rule).word, listed: (*Rule).word, mean: (*Rule).boolMeaning},
	dataset.Date:       {read: (*Rule).day},
	dataset.Person:     {read: (*Rule).who},
}
