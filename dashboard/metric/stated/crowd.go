package stated

import (
	"maps"
	"slices"

	"yanzhen/dashboard/metric/sqltext"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/states"
)

// Union is rows of several datasets that are read as one table, in which a metric tells people apart.
type Union struct {
	Parts  []UnionPart
	Person string   // a column of the table: who it is
	Day    string   // when
	Keys   []string // its columns by which is cut
}

// UnionPart is one of the datasets: Select gives each column of the table as an expression over the dataset's columns.
type UnionPart struct {
	Dataset *dataset.Dataset
	Where   string
	Select  map[string]string
}

// text says that a column of the table is one of texts that are never null.
func (u Union) text(name string) bool {
	return !slices.ContainsFunc(u.Parts, func(p UnionPart) bool {
		c := p.Dataset.Column(p.Select[name])
		return !sqltext.NeverNullText(p.Select[name], c)
	})
}

// crowd is what is kept of the table by some of its columns; nil where nobody is told apart in it.
func (u Union) crowd(keys []string) *states.Crowd {
	c := &states.Crowd{Keys: keys}
	for _, p := range u.Parts {
		who, when := p.Dataset.Column(p.Select[u.Person]), p.Dataset.Column(p.Select[u.Day])
		if who == nil || who.Type != dataset.Person || when == nil || when.Type != dataset.Date {
			return nil
		}
		part := states.Part{Dataset: p.Dataset.Name, Where: p.Where, Person: who.Name, Day: when.Name}
		for _, key := range keys {
			part.Keys = append(part.Keys, p.Select[key])
		}
		c.Parts = append(c.Parts, part)
	}
	return c
}

// Crowds adds what is kept so that people are told apart in some tables, by all columns that any of them is cut by.
func (p *Plan) Crowds(unions []Union) {
	keys := map[string]map[string]bool{}
	of := map[string]Union{}
	for _, u := range unions {
		bare := u.crowd(nil)
		if bare == nil || !slices.ContainsFunc(u.Keys, u.text) {
			continue
		}
		name := bare.Name()
		if of[name] = u; keys[name] == nil {
			keys[name] = map[string]bool{}
		}
		for _, key := range u.Keys {
			if u.text(key) {
				keys[name][key] = true
			}
		}
	}
	p.crowds = map[string]crowd{}
	for _, name := range slices.Sorted(maps.Keys(of)) {
		list := slices.Sorted(maps.Keys(keys[name]))
		p.crowds[name] = crowd{of[name].crowd(list), list}
	}
}

// crowd is what is kept of a table, and by which of its columns.
type crowd struct {
	*states.Crowd
	keys []string
}

// People is how people of a table are asked of what is kept: what is read, whose column Day is the first day of a month, and
// what columns are called there.
type People struct {
	Source string
	Keys   map[string]string
	Merged string // who they are: a bitmap, of what is read
}

// Who asks who is in a table, by some of its columns; false where that is not kept.
func (p *Plan) Who(u Union) (a People, ok bool) {
	if p == nil {
		return a, false
	}
	bare := u.crowd(nil)
	if bare == nil {
		return a, false
	}
	c, ok := p.crowds[bare.Name()]
	if !ok {
		return a, false
	}
	a.Keys = map[string]string{}
	var keys []int
	for _, key := range u.Keys {
		i := slices.Index(c.keys, key)
		if i < 0 {
			return a, false
		}
		a.Keys[key], keys = states.Key(i), append(keys, i)
	}
	a.Source, a.Merged = c.Source(keys), c.Merged()
	return a, true
}

// Kept is all that is kept.
func (p *Plan) Kept() (list []states.Kept) {
	for _, name := range slices.Sorted(maps.Keys(p.Of)) {
		list = append(list, p.Of[name])
	}
	for _, c := range p.Crowd() {
		list = append(list, c)
	}
	return list
}

// Crowd is what is kept of tables in which people are told apart.
func (p *Plan) Crowd() (list []*states.Crowd) {
	for _, name := range slices.Sorted(maps.Keys(p.crowds)) {
		list = append(list, p.crowds[name].Crowd)
	}
	return list
}
