// Package answer is what every way of fetching rows has in common: what is asked for, what comes, in which form texts and times
// are handed on, and what is said where a person is needed.
package answer

import (
	"fmt"
	"strings"
	"time"

	"yanzhen/pipeline/codes"
)

// Kind is what a column of an answer holds, as far as its texts differ.
type Kind string

// The kinds. A column of another type is refused: its query has to make a text of it.
const (
	Text    Kind = "text"
	Number  Kind = "number"
	Whole   Kind = "whole"
	Bool    Kind = "bool"
	Day     Kind = "date"
	Wall    Kind = "time without zone" // as a clock on the wall of the source's zone shows it
	Instant Kind = "time"
)

// Column is one of an answer.
type Column struct {
	Name string
	Kind Kind
	Type string // as the database calls it
}

// Ask is what is wanted.
type Ask struct {
	Zone   *time.Location // of the source: of its times without a zone
	Office *time.Location // in which times are told
	From   []string       // the cursor of the last answer; nil: everything
	First  int            // so many rows and no more; 0: all
}

// Answer is what came besides the rows.
type Answer struct {
	Columns  []Column
	Cursor   []string // how far it goes; nil where no row has one
	Zero     uint64   // days that are none (0000-00-00), given as no value
	Unplaced uint64   // rows without a value in a column of the cursor: only a full reading sees them change
}

// Fault is why an answer cannot be had however often it is asked for: somebody has to do something.
type Fault struct {
	Code         string
	Text, Remedy codes.Text
}

// Error is both languages.
func (f *Fault) Error() string { return f.Text.Zh + " / " + f.Text.En }

// NewFault makes one.
func NewFault(code, zh, en, todoZh, todoEn string) *Fault {
	return &Fault{code, codes.Text{Zh: zh, En: en}, codes.Text{Zh: todoZh, En: todoEn}}
}

// Taker takes an answer: first its columns, then every row. What Row is handed is written over afterwards.
type Taker interface {
	Begin(columns []Column) error
	Row(cells [][]byte) error
}

const mostText = 1 << 20 // bytes of a cell

var layouts = []string{
	"2006-01-02 15:04:05.999999999Z07", "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999Z07:00:00", "2006-01-02 15:04:05.999999999Z0700", "2006-01-02 15:04:05.999999999",
	time.DateOnly, time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04:05.999999999", "2006-01-02T15:04Z07:00", "2006-01-02T15:04Z0700", "2006-01-02T15:04", "2006-01-02 15:04",
}

// Parse reads a time as databases write it.
func Parse(text string, k Kind, zone *time.Location) (time.Time, error) {
	for _, l := range layouts {
		if t, err := time.ParseInLocation(l, text, zone); err == nil {
			return t, nil
		}
	}
	return time.Time{}, NewFault("cursor", "游标列里有不是"+string(k)+"的值", "a column of the cursor holds what is no "+string(k), "在 query 里去掉 infinity、公元前的日期这样的值", "leave values such as infinity or years BC out in query")
}

// Teller makes of the texts of an answer those of a file.
type Teller struct {
	Columns []Column
	Ask
	Zero uint64 // days that are none, which it has taken out
}

// Tell changes the texts of a row in their place.
func (t *Teller) Tell(cells [][]byte) error {
	for i, c := range cells {
		if c == nil {
			continue
		}
		if len(c) > mostText {
			return NewFault("large", fmt.Sprintf("列 %s 有超过 %d 字节的值", t.Columns[i].Name, mostText), fmt.Sprintf("column %s has a value of more than %d bytes", t.Columns[i].Name, mostText), "在 query 里截短它，或不取它", "shorten it in query, or leave it out")
		}
		switch k := t.Columns[i].Kind; k {
		case Day, Wall, Instant:
			if strings.HasPrefix(string(c), "0000-00-00") {
				cells[i] = nil
				t.Zero++
				continue
			}
			if k == Day || k == Wall && t.Zone.String() == t.Office.String() {
				continue
			}
			for _, l := range layouts { // what is none (infinity) is left to the loader, which says so at its place
				if at, err := time.ParseInLocation(l, string(c), t.Zone); err == nil {
					if l == time.DateOnly {
						break // a day has no zone, and stays what it is
					}
					cells[i] = at.In(t.Office).AppendFormat(c[:0], "2006-01-02 15:04:05.999999999")
					break
				}
			}
		}
	}
	return nil
}
