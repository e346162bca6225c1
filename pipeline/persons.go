package pipeline

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"yanzhen/pipeline/bind"
	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/mask"
	"yanzhen/pipeline/source"
	"yanzhen/pipeline/warehouse"
)

// Persons who are named by a file's, a folder's or a sheet's name are found in two ways: by what reads like a name
// (mask.People), and word for word among the names in the file's own personal columns. In place of both stands a
// mark, before anything is written. What the declarations know, who has sent before, and a file that is in the
// ledger under the name it has, are no persons: a unit that was published keeps its name.

// familiar is what Loader knows about names that name no person.
type familiar struct {
	words *mask.Words
	files map[string]bool
}

// learnNames reads from the declarations and the ledger what names no person.
func (l *Loader) learnNames(ctx context.Context) error {
	declared := append(l.Catalog.Words(), l.Senders...)
	files := map[string]bool{}
	got, err := warehouse.Select[struct {
		File   string `db:"file"`
		Sender string `db:"sender"`
	}](ctx, l.DB, warehouse.Statement{Tag: "ledger.names", SQL: "select distinct file, sender from meta.ledger where state = 'published' order by file limit 200000"})
	for _, g := range got {
		files[g.File] = true
		declared = append(declared, g.Sender)
	}
	l.familiar.Store(&familiar{mask.NewWords(declared), files})
	return err
}

// names is what is known about names; before learnNames, what the declarations say.
func (l *Loader) names() *familiar {
	if f := l.familiar.Load(); f != nil {
		return f
	}
	f := &familiar{mask.NewWords(l.Catalog.Words()), nil}
	l.familiar.CompareAndSwap(nil, f)
	return f
}

// masked hides the numbers and the names of persons in the name that a sender gave to a file, a folder or a sheet.
// persons are names that are known to stand in it.
func (l *Loader) masked(name string, persons ...string) string {
	m := mask.Mask{Key: l.Key}
	known := l.names()
	if numbers := m.Name(name); known.files[numbers] && len(persons) == 0 {
		return numbers
	}
	found := append(slices.Clone(persons), known.words.People(name)...)
	slices.SortFunc(found, func(a, b string) int { return len(b) - len(a) }) // 王小明 before 王小
	return m.Name(name, found...)
}

// display is the masked name by which the file is called from here on; the one it came with is written nowhere.
func (l *Loader) display(req Request, persons ...string) string {
	return l.masked(plainName(req), persons...)
}

// plainName is the name that the sender gave to the file, with its folders.
func plainName(req Request) string {
	if req.Display != "" {
		return filepath.ToSlash(req.Display)
	}
	return filepath.Base(req.Path)
}

// numbersHidden is that name without the numbers of persons alone.
func (l *Loader) numbersHidden(req Request) string {
	return mask.Mask{Key: l.Key}.Name(plainName(req))
}

// begin is what is known of a request before its file was looked at. Where a name reads like a person's, the ledger
// is asked again: it may be a sender that another process has loaded by now.
func (l *Loader) begin(ctx context.Context, req Request) *input {
	in := &input{req: req, display: l.display(req), zone: l.Zone, points: map[string]time.Time{}}
	if numbers := l.numbersHidden(req); l.familiar.Load() == nil || numbers != in.display {
		if err := l.learnNames(ctx); err != nil {
			l.log().Debug("what the ledger knows about names could not be read", "err", err)
		}
		in.display = l.display(req)
	}
	in.known = func(sheet string) string { return l.sheet(in, sheet) }
	return in
}

// sheet is the name under which a sheet is known. It remembers the one it came with until the file is closed.
func (l *Loader) sheet(in *input, name string) string {
	if !slices.Contains(in.sheets, name) {
		in.sheets = append(in.sheets, name)
	}
	return l.masked(name, in.persons...)
}

// How much of a file is read for the names of the persons in it.
const (
	personRows   = 2000 // of each sheet
	personSheets = 50
)

// findPersons looks whether a person of the file's own personal columns is named by the name of the file, of a
// folder or of a sheet. Where one is, these names are masked and the file is opened anew.
func (l *Loader) findPersons(ctx context.Context, in *input) error {
	if !slices.ContainsFunc(in.ds.Columns, func(c dataset.Column) bool { return c.Personal == dataset.PersonalName }) {
		return nil
	}
	names := append([]string{in.display}, in.sheets...)
	words := l.names().words
	if l.names().files[in.display] {
		return nil // it has its name since before
	}
	if !slices.ContainsFunc(names, words.Unknown) && !slices.ContainsFunc(names, latin) {
		return nil
	}
	for i, t := range in.file.Tables() {
		if i == personSheets {
			break
		}
		for _, person := range persons(ctx, in.ds, t) {
			named := slices.ContainsFunc(names, func(name string) bool { return words.Names(name, person) })
			if named && !slices.Contains(in.persons, person) {
				in.persons = append(in.persons, person)
			}
		}
	}
	if len(in.persons) == 0 {
		return nil
	}
	in.display = l.display(in.req, in.persons...)
	f, err := source.Open(ctx, in.path, options(in.ds, in))
	if err != nil {
		return asProblem(err)
	}
	in.file.Close()
	in.file = f
	return nil
}

// latin reports whether a name may hold a person's name in Latin letters: Zhang Wei.
func latin(name string) bool {
	letters := 0
	for _, r := range strings.TrimSuffix(name, filepath.Ext(name)) {
		if r|0x20 >= 'a' && r|0x20 <= 'z' {
			letters++
		}
	}
	return letters >= 5
}

// persons are the names in the personal columns of the first rows of a table.
func persons(ctx context.Context, ds *dataset.Dataset, t *source.Table) []string {
	rows := t.First(ctx, personRows)
	b, err := bind.Columns(ds, t.Header(), rows[:min(len(rows), 20)])
	if err != nil {
		return nil
	}
	var out []string
	for i := range ds.Columns {
		at := b.Columns[i].At
		if ds.Columns[i].Personal != dataset.PersonalName || at < 0 {
			continue
		}
		for _, row := range rows {
			if at >= len(row) {
				continue
			}
			if name := cell.Trim(row[at]); utf8.RuneCountInString(name) >= 2 && len(name) <= 60 && !onlyDigits(name) {
				out = append(out, name)
			}
		}
	}
	return out
}

func onlyDigits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// hiddenNames tells that the file, or a column of it, is not called what it was called by its sender; empty where it is.
func (l *Loader) hiddenNames(in *input) (notes []codes.Text) {
	notes = slices.Clone(in.told)
	if plainName(in.req) != in.display {
		notes = append(notes, codes.Text{
			Zh: "文件名或文件夹名中的人名、证件号或电话号码已遮盖为 " + in.display,
			En: "names of persons or their numbers in the name of the file or a folder are hidden: " + in.display,
		})
	}
	for _, s := range in.sheets {
		if shown := l.masked(s, in.persons...); shown != s {
			notes = append(notes, codes.Text{Zh: "工作表名中的人名、证件号或电话号码已遮盖为“" + shown + "”", En: "names of persons or their numbers in the name of a sheet are hidden: " + shown})
		}
		if len(notes) == 6+len(in.told) {
			break
		}
	}
	return notes
}

// discreet is an error of a deeper layer, which may quote what stood in the file, as it may be told.
type discreet struct{ error }

// Error hides the numbers of persons.
func (e discreet) Error() string { return cell.Scrub(e.error.Error()) }

func (e discreet) Unwrap() error { return e.error }
