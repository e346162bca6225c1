// Package press is what `yanzhen brief` does with a document: which one is asked for, of when, and the file it is written to. The
// command itself, and how the zone is opened, stand in cmd/yanzhen.
package press

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/brief"
	"yanzhen/dashboard/document"
	"yanzhen/dashboard/document/form"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

// Flags are what may be asked.
type Flags struct {
	Name   string `arg:"" optional:"" help:"Name of the document; none lists them."`
	Period string `help:"The period it is of: 2026H1, 2026Q2, 2026-06. Default: the latest that the document is for." placeholder:"PERIOD"`
	Freeze string `help:"The figures of this report date." placeholder:"NAME"`
	AsOf   string `help:"The figures as they were then: 2026-03-31 for the end of that day, or 2026-03-31T18:00:00+08:00." placeholder:"TIME"`
	Unit   string `help:"Of a document for each unit or target: of this unit only."`
	Target string `help:"Of a document for each target: of this metric only." placeholder:"METRIC"`
	Out    string `help:"File to write; its ending is the form. Default: NAME_PERIOD.docx in this folder." placeholder:"FILE"`
	Links  string `help:"What the links of numbers stand on; overrides the configuration." placeholder:"URL"`
}

// Zone is where documents are made.
type Zone struct {
	Lang    codes.Lang
	Briefs  []*brief.Brief
	Style   *form.Style
	Links   string // what links stand on where nobody says
	Edition func(ctx context.Context, name string, st address.State, unit, target, base string) (*document.Document, error)
	Moment  func(text string) (time.Time, error) // as the office's clock has it
	Invalid func(error) error                    // marks what the asker does otherwise
}

func (z Zone) say(zh, en string) string { return codes.Text{Zh: zh, En: en}.In(z.Lang) }

// Documents are the names and titles of the documents that there are.
func Documents(z Zone) (out [][2]string) {
	for _, b := range brief.Documents(z.Briefs) {
		out = append(out, [2]string{b.Name, b.Title.In(z.Lang)})
	}
	return out
}

// Write makes a document, writes it and says the name of the file.
func (b *Flags) Write(ctx context.Context, z Zone) (string, error) {
	st, err := b.state(z)
	if err != nil {
		return "", err
	}
	f, err := b.form(z)
	if err != nil {
		return "", err
	}
	links := z.Links
	if b.Links != "" {
		links = strings.TrimSuffix(b.Links, "/")
	}
	doc, err := z.Edition(ctx, b.Name, st, b.Unit, b.Target, links)
	if said := new(address.Refusal); errors.As(err, &said) {
		return "", z.Invalid(fmt.Errorf("%s%s", strings.TrimRight(said.Text.In(z.Lang), "。."), z.offered(b, said.Valid)))
	}
	if err != nil {
		return "", err
	}
	body, err := f.Write(doc, z.Style)
	if err != nil {
		return "", err
	}
	name := b.Out
	if name == "" {
		name = b.Name + "_" + strings.NewReplacer(" ", "", "/", "-").Replace(doc.Subtitle) + "." + f.Name
	}
	return name, os.WriteFile(name, body, 0o644)
}

// offered says what would have been valid, and where it is listed.
func (z Zone) offered(b *Flags, valid []string) string {
	switch {
	case len(valid) > 0:
		return z.say("；可选：", "; there are: ") + strings.Join(valid, " ")
	case b.Freeze != "":
		return z.say("；yanzhen freeze 列出全部", "; yanzhen freeze lists them")
	}
	return ""
}

// state is what the flags ask for, as the address of a page would say it.
func (b *Flags) state(z Zone) (st address.State, err error) {
	st = address.State{Loc: z.Lang, Theme: "light", Freeze: b.Freeze, Where: map[string][]string{}}
	if b.Period != "" {
		var ok bool
		if st.Range, ok = days.Parse(b.Period); !ok {
			return st, z.Invalid(fmt.Errorf("--period %s: 应写成 2026H1、2026Q2、2026-06 / want 2026H1, 2026Q2, 2026-06", b.Period))
		}
	}
	if b.Freeze != "" && b.AsOf != "" {
		return st, z.Invalid(errors.New(z.say("--freeze 与 --as-of 只能用一个", "--freeze and --as-of do not go together")))
	}
	if b.AsOf != "" {
		if st.AsOf, err = z.Moment(b.AsOf); err != nil {
			return st, z.Invalid(fmt.Errorf("--as-of %s: 应写成 2026-03-31 或 2026-03-31T18:00:00+08:00 / want 2026-03-31 or 2026-03-31T18:00:00+08:00", b.AsOf))
		}
	}
	return st, nil
}

// form is that of the file's ending.
func (b *Flags) form(z Zone) (form.Form, error) {
	if b.Out == "" {
		return form.Forms[0], nil
	}
	ending := strings.ToLower(strings.TrimPrefix(filepath.Ext(b.Out), "."))
	f, ok := form.Named(ending)
	if !ok {
		return f, z.Invalid(fmt.Errorf("--out %s: 后缀应为 %s 之一 / want an ending of: %[2]s", b.Out, strings.Join(form.Names(), " ")))
	}
	return f, nil
}
