// Package demo plays the offices that send files: it writes three years of submissions of a
// development zone that does not exist, as workbooks and text files with the habits and mistakes
// of real ones, and tells where the mistakes are.
package demo

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Options of Write. The same options give the same bytes.
type Options struct {
	Seed  uint64
	Until time.Time // last day known; zero: 2026-06-30. Submissions whose period ends later are not written
}

// Manifest tells what was written, where the spoilt cells are and which file replaces which. It
// describes the story in Dir and does not belong in Dir: a loader must not see it.
type Manifest struct {
	Zone      string    `json:"zone"`
	Synthetic bool      `json:"synthetic"`
	Seed      uint64    `json:"seed"`
	Until     time.Time `json:"until"`
	Dir       string    `json:"-"`
	Files     []File    `json:"files"`
	Planted   []Planted `json:"planted"`
}

// File is one submission.
type File struct {
	Name     string    `json:"name"`
	Dataset  string    `json:"dataset"`
	Sender   string    `json:"sender"`
	Period   string    `json:"period"` // as in the name: 2026年上半年
	From     time.Time `json:"from"`
	To       time.Time `json:"to"` // exclusive
	Format   string    `json:"format"`
	Encoding string    `json:"encoding,omitempty"`
	Replaces string    `json:"replaces,omitempty"` // this is a resubmission of that file
	Bytes    int64     `json:"bytes"`
	Sheets   []Sheet   `json:"sheets"`
}

// Sheet tells where the rows are. Row numbers count from 1.
type Sheet struct {
	Name     string   `json:"name"` // empty in text files
	Hidden   bool     `json:"hidden,omitempty"`
	Width    int      `json:"width"`
	Fields   []string `json:"fields"` // column of the dataset by position, "" where it is none
	Headers  []string `json:"headers"`
	Header   int      `json:"header"` // last row of the header; 0: none
	First    int      `json:"first"`  // first and last data row
	Last     int      `json:"last"`
	Planted  int      `json:"planted"`  // rows with a spoilt cell: to be rejected
	Excluded int      `json:"excluded"` // totals and notes behind the rows
	Copies   int      `json:"copies"`   // exact copies of earlier rows, in datasets that drop them
}

// Planted is a cell that was spoilt on purpose. Its whole row must be rejected under this rule; or,
// with Warn, the row must be loaded without the cell, and the rule reported.
type Planted struct {
	Dataset string `json:"dataset"`
	File    string `json:"file"`
	Sheet   string `json:"sheet,omitempty"`
	Row     int    `json:"row"`
	Cell    string `json:"cell"`   // C17
	Column  string `json:"column"` // of the dataset
	Header  string `json:"header"`
	Raw     string `json:"raw,omitempty"` // left out of identity numbers
	Rule    string `json:"rule"`
	Warn    bool   `json:"warn,omitempty"`
}

// Counts are what a loader must report for a file.
type Counts struct{ Read, Loaded, Rejected, Excluded, Duplicates int }

// Counts of the visible sheets.
func (f *File) Counts() Counts {
	var c Counts
	for _, s := range f.Sheets {
		if s.Hidden {
			continue
		}
		rows := s.Last - s.First + 1
		c.Read += rows + s.Excluded
		c.Loaded += rows - s.Planted - s.Copies
		c.Rejected += s.Planted
		c.Excluded += s.Excluded
		c.Duplicates += s.Copies
	}
	return c
}

// Superseded reports whether a later file replaces this one.
func (m *Manifest) Superseded(name string) bool {
	for _, f := range m.Files {
		if f.Replaces == name {
			return true
		}
	}
	return false
}

// Save writes the manifest as JSON to a file, which must lie outside Dir.
func (m *Manifest) Save(file string) error {
	dir, err := filepath.Abs(m.Dir)
	if err != nil {
		return err
	}
	if at, err := filepath.Abs(filepath.Dir(file)); err != nil || at == dir {
		return fmt.Errorf("demo: the manifest %s would lie among the submissions", file)
	}
	b, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(b, '\n'), 0o644)
}

// Write writes the submissions into dir, which is made if need be; files of other names in it
// stay as they are. Each file's time is the day it would have been sent.
func Write(dir string, o Options) (*Manifest, error) {
	if o.Until.IsZero() {
		o.Until = end
	}
	if o.Until.Before(begin) || o.Until.After(end) {
		return nil, fmt.Errorf("demo: until %s: the story runs from %s to %s", o.Until.Format(time.DateOnly), begin.Format(time.DateOnly), end.Format(time.DateOnly))
	}
	s, err := tell(o.Seed)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	m := &Manifest{Zone: zoneName, Synthetic: true, Seed: o.Seed, Until: o.Until, Dir: dir}
	for _, f := range s.files(o.Seed) {
		if f.due.After(o.Until) {
			continue
		}
		b, err := f.put(m)
		if err != nil {
			return nil, err
		}
		at := filepath.Join(dir, f.name)
		if err := os.WriteFile(at, b, 0o644); err != nil {
			return nil, err
		}
		if err := os.Chtimes(at, f.sent, f.sent); err != nil {
			return nil, err
		}
	}
	return m, nil
}
