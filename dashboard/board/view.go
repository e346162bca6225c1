package board

import (
	"fmt"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/declare"
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
func (b *Board) CheckMaps(all []*Map, list func(dim string) string) error {
	var names []string
	for _, o := range all {
		names = append(names, o.Name)
	}
	f := b.file.Again()
	for _, p := range b.Panels {
		for i, name := range p.Views() {
			at := p.at
			if i > 0 {
				at = fmt.Sprintf("%s.also[%d]", p.at, i)
			}
			v, o := p.View(name), FindMap(all, name)
			if o == nil {
				f.Fault(at+".map", "没有地图 %q%s", "there is no map %q%s", name, declare.Known(name, names))
				continue
			}
			if len(v.By) != 1 {
				continue
			}
			if have := list(v.By[0]); have != "" && have != o.List {
				f.Fault(at+".by", "地图 %s 画的是代码表 %s 的取值，而维度 %s 的取值在 %s", "map %s shows values of list %s, but dimension %s has those of %s", name, o.List, v.By[0], have)
			}
		}
	}
	return f.Err()
}
