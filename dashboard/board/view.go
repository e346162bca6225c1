package board

import (
	"fmt"
	"strings"

	"yanzhen/pipeline/codes"
)

// View is another map of the same panel, that a reader may choose instead.
type View struct {
	Map     string     `yaml:"map"`
	By      []string   `yaml:"by"`
	Metrics []string   `yaml:"metrics"` // instead of the panel's
	Title   codes.Text `yaml:"title"`   // instead of the panel's
	Note    codes.Text `yaml:"note"`    // instead of the panel's, which told of another drawing
}

// Views are the names of the maps a panel may be drawn on, its own first.
func (p Panel) Views() []string {
	if p.Kind != OnMap {
		return nil
	}
	out := []string{p.Map}
	for _, v := range p.Also {
		out = append(out, v.Map)
	}
	return out
}

// View is the panel on another of its maps; itself where it has no such map.
func (p Panel) View(name string) Panel {
	for _, v := range p.Also {
		if v.Map != name || p.Kind != OnMap {
			continue
		}
		p.Map, p.By = v.Map, v.By
		if len(v.Metrics) > 0 {
			p.Metrics, p.Names = v.Metrics, nil
		}
		if v.Title.Zh != "" {
			p.Title = v.Title
		}
		p.Note = v.Note
		break
	}
	return p
}

// CheckMaps holds the maps of a board's panels against those declared: the map must be there, and the panel's dimension
// have the values of the map's list. list is the code list of a dimension, "" where it has none.
func (b *Board) CheckMaps(all []*Map, list func(dim string) string) []error {
	var names []string
	for _, o := range all {
		names = append(names, o.Name)
	}
	var faults []error
	for _, p := range b.Panels {
		for _, name := range p.Views() {
			v, o := p.View(name), FindMap(all, name)
			if o == nil {
				faults = append(faults, fmt.Errorf("%s:%d: panel %s: there is no map %q (have %s)", b.File, p.Line, p.Name, name, strings.Join(names, ", ")))
				continue
			}
			if len(v.By) != 1 {
				continue
			}
			if have := list(v.By[0]); have != "" && have != o.List {
				faults = append(faults, fmt.Errorf("%s:%d: panel %s: map %s shows values of list %s, but dimension %s has those of %s", b.File, p.Line, p.Name, name, o.List, v.By[0], have))
			}
		}
	}
	return faults
}
