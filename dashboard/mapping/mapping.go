// Package mapping keeps which heading of a sender's files is which column of a dataset, as somebody has confirmed it once, in one
// file of the zone. It is used the next time and told in the load; it stands behind all that is declared.
package mapping

import (
	"fmt"
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
func (b Book) Read() ([]Mapping, error) { return filed.ReadList[Mapping](b.file()) }

func same(a, b Mapping) bool {
	return a.Sender == b.Sender && a.Dataset == b.Dataset && dataset.HeaderKey(a.Heading) == dataset.HeaderKey(b.Heading)
}

// Confirm writes one down, in place of another of the same heading, which it returns. A heading that is read as something by what is
// declared stands for nothing else.
func (b Book) Confirm(ds *dataset.Dataset, m Mapping) (was Mapping, err error) {
	m.Dataset, m.Heading = ds.Name, strings.TrimSpace(m.Heading)
	c := ds.Column(m.Column)
	switch column, own := ds.Owner(m.Heading); {
	case c == nil:
		return was, refuse("数据集没有列 %s，可用 %s", "the dataset has no column %s, have %s", m.Column, columns(ds))
	case m.Sender == "":
		return was, refuse("不知道是哪个报送单位的表头", "it is not known whose heading this is")
	case dataset.HeaderKey(m.Heading) == "" || strings.HasPrefix(m.Heading, "~") || utf8.RuneCountInString(m.Heading) > longHeading:
		return was, refuse("这不是表头", "this is no heading")
	case column != "":
		return was, refuse("“%s”本来就读作列 %s，不能另作他用", "%q is read as column %s anyway and stands for nothing else", m.Heading, column)
	case own:
		return was, refuse("“%s”本来就按声明逐列转成行，不能另作他用", "%q becomes rows as is declared and stands for nothing else", m.Heading)
	}
	err = filed.ChangeList(b.file(), func(all []Mapping) ([]Mapping, error) {
		if i := slices.IndexFunc(all, func(o Mapping) bool { return same(o, m) }); i >= 0 {
			was = all[i]
			all = slices.Delete(all, i, i+1)
		}
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
	return was, err
}

// Withdraw takes one back and returns it.
func (b Book) Withdraw(m Mapping) (was Mapping, err error) {
	err = filed.ChangeList(b.file(), func(all []Mapping) ([]Mapping, error) {
		i := slices.IndexFunc(all, func(o Mapping) bool { return same(o, m) })
		if i < 0 {
			return nil, refuse("没有记住这个表头", "this heading is not remembered")
		}
		was = all[i]
		return slices.Delete(all, i, i+1), nil
	})
	return was, err
}

// State names all that is confirmed, so that a change of it is seen; empty: nothing is.
func (b Book) State() string {
	all, err := b.Read()
	if err != nil {
		return err.Error() // each load says so
	}
	var out strings.Builder
	for _, m := range all {
		fmt.Fprintf(&out, "\x00%s\x00%s\x00%s\x00%s", m.Sender, m.Dataset, dataset.HeaderKey(m.Heading), m.Column)
	}
	return out.String()
}

// Known is a dataset as a file of a sender calls its columns, and what is to be told of that. headers are those of the file's tables,
// each of which is bound by itself; what none of them has is neither told nor in the dataset. nil headers: they are not known yet.
func (b Book) Known(ds *dataset.Dataset, sender string, headers [][]string) (*dataset.Dataset, []codes.Text, error) {
	all, err := b.Read()
	if err != nil || sender == "" {
		return ds, nil, err
	}
	all = slices.DeleteFunc(all, func(m Mapping) bool { return m.Sender != sender || m.Dataset != ds.Name })
	var usable, used []dataset.Heading
	for _, m := range all {
		if _, own := ds.Owner(m.Heading); !own && ds.Column(m.Column) != nil {
			usable = append(usable, dataset.Heading{Text: m.Heading, Column: m.Column})
		}
	}
	if headers == nil {
		return ds.Confirmed(usable), nil, nil
	}
	var told []codes.Text
	bound := ds.Confirmed(usable)
	for _, m := range all {
		read, left := false, false
		for _, header := range headers {
			at := bound.Bind(header)
			for h, text := range header {
				if dataset.HeaderKey(text) != dataset.HeaderKey(m.Heading) {
					continue
				}
				i := slices.Index(at, h)
				mine := i >= 0 && ds.Columns[i].Name == m.Column && slices.Contains(usable, dataset.Heading{Text: m.Heading, Column: m.Column})
				read, left = read || mine, left || !mine
			}
		}
		if read {
			used = append(used, dataset.Heading{Text: m.Heading, Column: m.Column})
			told = append(told, said(ds, m))
		}
		if left {
			told = append(told, unused(ds, m))
		}
	}
	return ds.Confirmed(used), told, nil
}

// columns are the names of those that a dataset reads.
func columns(ds *dataset.Dataset) string {
	var names []string
	for _, c := range ds.Columns {
		names = append(names, c.Name)
	}
	return strings.Join(names, " ")
}

// said tells that a heading is read as was confirmed.
func said(ds *dataset.Dataset, m Mapping) codes.Text {
	day, c := m.At.Format(time.DateOnly), ds.Column(m.Column)
	return codes.Text{
		Zh: fmt.Sprintf("“%s”按 %s 在 %s 的确认读作“%s”", m.Heading, m.By, day, c.Title.Zh),
		En: fmt.Sprintf("%q read as %s, as confirmed by %s on %s", m.Heading, c.Title.In(codes.En), m.By, day),
	}
}

// unused tells why a heading of a table is not read as was confirmed.
func unused(ds *dataset.Dataset, m Mapping) codes.Text {
	c := ds.Column(m.Column)
	if c == nil {
		return codes.Text{
			Zh: fmt.Sprintf("“%s”未按 %s 的确认读作 %s：数据集已没有这一列；用 yanzhen mapping 改正或撤销", m.Heading, m.By, m.Column),
			En: fmt.Sprintf("%q not read as %s, as %s confirmed: the dataset has no such column any more; correct or withdraw it with yanzhen mapping", m.Heading, m.Column, m.By),
		}
	}
	if _, own := ds.Owner(m.Heading); own {
		return codes.Text{
			Zh: fmt.Sprintf("“%s”未按 %s 的确认读作“%s”：它现在按声明读取；用 yanzhen mapping 撤销", m.Heading, m.By, c.Title.Zh),
			En: fmt.Sprintf("%q not read as %s, as %s confirmed: it is now read as is declared; withdraw it with yanzhen mapping", m.Heading, c.Title.In(codes.En), m.By),
		}
	}
	return codes.Text{
		Zh: fmt.Sprintf("“%s”未按 %s 的确认读作“%s”：表里这一列另有表头", m.Heading, m.By, c.Title.Zh),
		En: fmt.Sprintf("%q not read as %s, as %s confirmed: the table has another heading of that column", m.Heading, c.Title.In(codes.En), m.By),
	}
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
