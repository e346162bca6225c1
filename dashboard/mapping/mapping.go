// Package mapping keeps which heading of a sender's files is which column of a dataset, as somebody has confirmed it once, in one
// file of the zone. It is used the next time and told in the load; it never stands against a heading that is a column's own.
package mapping

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"yanzhen/dashboard/access/filed"
	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
)

// Bounds.
const (
	mostOf      = 50    // of a sender and dataset
	most        = 5_000 // of all
	longHeading = 200   // runes
	longest     = 4 << 20
)

// Mapping is one that was confirmed.
type Mapping struct {
	Sender  string    `json:"sender"`
	Dataset string    `json:"dataset"`
	Heading string    `json:"heading"`
	Column  string    `json:"column"`
	By      string    `json:"by"`
	At      time.Time `json:"at"`
}

// Refusal is what is wrong with what was asked for.
type Refusal struct{ Text codes.Text }

// Error has both languages.
func (r *Refusal) Error() string { return r.Text.Zh + " / " + r.Text.En }

func refuse(zh, en string, args ...any) error {
	return &Refusal{codes.Text{Zh: fmt.Sprintf(zh, args...), En: fmt.Sprintf(en, args...)}}
}

// Book is the file. Several processes may change it, one at a time.
type Book struct{ Dir string }

func (b Book) file() string { return filepath.Join(b.Dir, "mappings.json") }

// Read returns all of them, in the order in which they were confirmed.
func (b Book) Read() ([]Mapping, error) {
	info, err := os.Stat(b.file())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err == nil && info.Size() > longest {
		err = fmt.Errorf("%d bytes", info.Size())
	}
	var text []byte
	if err == nil {
		text, err = os.ReadFile(b.file())
	}
	var out []Mapping
	if err == nil {
		err = json.Unmarshal(text, &out)
	}
	if err != nil {
		return nil, fmt.Errorf("mappings.json: %w", err)
	}
	return out, nil
}

func same(a, b Mapping) bool {
	return a.Sender == b.Sender && a.Dataset == b.Dataset && dataset.HeaderKey(a.Heading) == dataset.HeaderKey(b.Heading)
}

// Confirm writes one down, in place of another of the same heading.
func (b Book) Confirm(ds *dataset.Dataset, m Mapping) error {
	m.Dataset, m.Heading = ds.Name, strings.TrimSpace(m.Heading)
	c := ds.Column(m.Column)
	switch own := owner(ds, m.Heading); {
	case c == nil:
		return refuse("数据集没有列 %s", "the dataset has no column %s", m.Column)
	case m.Sender == "":
		return refuse("不知道是哪个报送单位的表头", "it is not known whose heading this is")
	case dataset.HeaderKey(m.Heading) == "" || strings.HasPrefix(m.Heading, "~") || utf8.RuneCountInString(m.Heading) > longHeading:
		return refuse("这不是表头", "this is no heading")
	case own != "":
		return refuse("“%s”本来就是一列的名称，不能另作他用", "%q is a column's own name and stands for nothing else", m.Heading)
	}
	return b.change(func(all []Mapping) ([]Mapping, error) {
		all = slices.DeleteFunc(all, func(o Mapping) bool { return same(o, m) })
		n := 0
		for _, o := range all {
			if o.Sender == m.Sender && o.Dataset == m.Dataset {
				n++
			}
		}
		if n >= mostOf || len(all) >= most {
			return nil, refuse("记住的对应已有 %d 条，先撤销不用的", "%d are remembered already: withdraw what is not used", n)
		}
		return append(all, m), nil
	})
}

// Withdraw takes one back.
func (b Book) Withdraw(m Mapping) error {
	return b.change(func(all []Mapping) ([]Mapping, error) {
		left := slices.DeleteFunc(slices.Clone(all), func(o Mapping) bool { return same(o, m) })
		if len(left) == len(all) {
			return nil, refuse("没有记住这个表头", "this heading is not remembered")
		}
		return left, nil
	})
}

func (b Book) change(f func([]Mapping) ([]Mapping, error)) error {
	return filed.Change(b.file(), func() ([]byte, error) {
		all, err := b.Read()
		if err != nil {
			return nil, err
		}
		if all, err = f(all); err != nil {
			return nil, err
		}
		return json.MarshalIndent(all, "", " ")
	})
}

// owner is the column whose own name a heading is; empty: of none.
func owner(ds *dataset.Dataset, heading string) string {
	for i := range ds.Columns {
		for _, n := range append(ds.Columns[i].Names(), ds.Columns[i].Title.Zh) {
			if n != "" && dataset.HeaderKey(n) == dataset.HeaderKey(heading) {
				return ds.Columns[i].Name
			}
		}
	}
	return ""
}

// Known is a dataset as the files of a sender call its columns, and what is to be told of that. headers are those of the file's
// tables: what none of them has is not told, and a column that one of them calls by its own name is called by nothing else. nil
// headers: they are not known yet.
func (b Book) Known(ds *dataset.Dataset, sender string, headers [][]string) (*dataset.Dataset, []codes.Text, error) {
	all, err := b.Read()
	if err != nil || sender == "" {
		return ds, nil, err
	}
	there, own := map[string]bool{}, map[string]bool{}
	for _, header := range headers {
		for _, h := range header {
			there[dataset.HeaderKey(h)], own[owner(ds, h)] = true, true
		}
	}
	out, told, taken := *ds, []codes.Text(nil), map[string]bool{}
	for _, m := range all {
		c := ds.Column(m.Column)
		if m.Sender != sender || m.Dataset != ds.Name || c == nil || owner(ds, m.Heading) != "" || headers != nil && (!there[dataset.HeaderKey(m.Heading)] || own[c.Name] || taken[c.Name]) {
			continue
		}
		if &out.Columns[0] == &ds.Columns[0] {
			out.Columns = slices.Clone(ds.Columns)
		}
		taken[c.Name] = true
		to := out.Column(c.Name)
		to.Aliases = append(slices.Clone(to.Aliases), m.Heading)
		day := m.At.Format(time.DateOnly)
		told = append(told, codes.Text{
			Zh: fmt.Sprintf("“%s”按 %s 在 %s 的确认读作“%s”", m.Heading, m.By, day, c.Title.Zh),
			En: fmt.Sprintf("%q read as %s, as confirmed by %s on %s", m.Heading, c.Title.In(codes.En), m.By, day),
		})
	}
	return &out, told, nil
}

// Suggest is the column among some that a heading reads most like; empty: like none.
func Suggest(ds *dataset.Dataset, heading string, among []string) string {
	best, found := 0.7, ""
	for _, name := range among {
		for _, n := range append(ds.Column(name).Names(), ds.Column(name).Title.Zh) {
			if d := cell.Distance(dataset.HeaderKey(heading), dataset.HeaderKey(n)); n != "" && d < best {
				best, found = d, name
			}
		}
	}
	return found
}
