package dashboard

import (
	"cmp"
	"html/template"
	"strings"

	"yanzhen/dashboard/board"
)

// Heading is the title of a panel: what its figures amount to, or else what they are.
func (f *figure) Heading() string {
	if f.Shown == nil {
		return f.Title
	}
	return cmp.Or(f.Shown.Finding, f.Shown.Title)
}

// Sub is the period and the unit of a panel, and before them its measure where its title says something else.
func (f *figure) Sub() string {
	if f.Shown == nil {
		return ""
	}
	measure := ""
	if f.Shown.Finding != "" {
		measure = f.Shown.Title
	}
	return joined(measure, f.Shown.Period, cmp.Or(f.Shown.Scale, f.Shown.Unit))
}

// Sentence is what stands in the place of a picture.
func (f *figure) Sentence() string {
	switch {
	case f.Shown == nil:
		return ""
	case f.Shown.Sentence == "" && f.Shown.Table == "" && len(f.Pictures) == 0:
		return f.Shown.Summary // there is no chart library
	}
	return f.Shown.Sentence
}

// Tabled is the table of a panel that is one. It was written by a template.
func (f *figure) Tabled() template.HTML {
	if f.Shown == nil {
		return ""
	}
	return template.HTML(f.Shown.Table)
}

// State is what stands in the place: failed, empty, drawn as a table, or a picture.
func (f *figure) State() string {
	switch {
	case f.Failed != "":
		return "failed"
	case f.Tabled() != "":
		return "drawn"
	case f.Sentence() != "":
		return "empty"
	}
	return "picture"
}

// Says is what the picture says to a reader who does not see it; nothing where it repeats what is written beside it.
func (f *figure) Says() string {
	if f.Shown == nil {
		return ""
	}
	return f.Shown.Summary
}

// either is a text beside a picture, as it is at a desk and on a phone.
type either struct{ Desk, Phone string }

// Any says that there is a text.
func (e either) Any() bool { return e.Desk+e.Phone != "" }

// either is what pick finds in the answers of a figure.
func (f *figure) either(pick func(*panelAnswer) string) either {
	if f.Shown == nil {
		return either{}
	}
	e := either{Desk: pick(f.Shown)}
	if e.Phone = e.Desk; f.Phone != nil {
		e.Phone = pick(f.Phone)
	}
	return e
}

// Notes is what is to be known of the figures.
func (f *figure) Notes() either {
	return f.either(func(a *panelAnswer) string { return joined(a.Note, a.Since) })
}

// Caption is what a map cannot show.
func (f *figure) Caption() either { return f.either(func(a *panelAnswer) string { return a.Caption }) }

func joined(parts ...string) string {
	var have []string
	for _, p := range parts {
		if p != "" {
			have = append(have, p)
		}
	}
	return strings.Join(have, " · ")
}

// Touched says that a reader would not guess that the names of the picture can be touched.
func (f *figure) Touched() bool {
	return len(f.Pictures) > 0 && (f.Kind == string(board.Graph) || f.Kind == string(board.Sankey))
}
