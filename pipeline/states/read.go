package states

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"yanzhen/pipeline/warehouse"
)

// Source writes what is read in place of the rows of a family, for a question by some of its keys of somebody told apart in
// some ways; false where that is not kept. Its columns are _on, the keys, _rows, what was told, and of a row of those who
// occur more than once _of (1 and on; 0: a count), _id and by what they are told apart. Live.Put fills in what is live.
func (d *Definition) Source(family int, keys, ways []int) (string, bool) {
	f := d.Families[family]
	set := slices.IndexFunc(f.Sets, func(set []int) bool {
		return !slices.ContainsFunc(keys, func(k int) bool { return !slices.Contains(set, k) })
	})
	if set < 0 || slices.ContainsFunc(ways, func(w int) bool { return !slices.Contains(f.Distinct, w) }) {
		return "", false
	}
	var apart []string
	for _, w := range ways {
		apart = append(apart, d.Distinct[w]...)
	}
	slices.Sort(apart)
	apart = slices.Compact(apart)
	columns := func(list []string, told string, of int, is string) string {
		out := []string{"_on"}
		for _, k := range keys {
			out = append(out, Key(k))
		}
		out = append(out, list...)
		for _, w := range ways {
			out = append(out, strings.ReplaceAll(told, "?", Told(w)))
		}
		out = append(out, fmt.Sprintf("toUInt16(%d) as _of", of))
		for _, c := range apart {
			text := "`" + Column(c) + "`"
			if is == "" {
				text = "defaultValueOfTypeName('" + d.Types[c] + "') as " + text
			}
			out = append(out, text)
		}
		return strings.Join(out, ", ")
	}
	text := "select " + columns([]string{"_rows", "toFixedString('', 16) as _id"}, "?", 0, "") + "\nfrom " + d.Counts() +
		fmt.Sprintf("\nwhere _family = %d and _set = %d and _state in (@states %s)", family, set, d.Name())
	for _, w := range ways {
		text += "\nunion all\nselect " + columns([]string{"toUInt64(0) as _rows", "_id"}, "toUInt64(0) as ?", w+1, "own") + "\nfrom " + d.Several() +
			fmt.Sprintf("\nwhere _family = %d and _way = %d and _batch in (@batches %s)", family, w, d.Name())
	}
	return text, true
}

// Rows and Apart write aggregates over Source: how many rows there are, and how many are distinct in a way.
func Rows() string { return "sumIf(_rows, _of = 0)" }

// Apart is how many are distinct: see the comment of the package.
func (d *Definition) Apart(way int) string {
	var list []string
	for _, c := range d.Distinct[way] {
		list = append(list, "`"+Column(c)+"`")
	}
	return fmt.Sprintf("(sumIf(%s, _of = 0) - uniqExactIf(_id, _of = %d) + uniqExactIf(%s, _of = %[2]d))", Told(way), way+1, strings.Join(list, ", "))
}

// mostBatches and mostText bound the numbers that a statement lists, and the statement with them, of which the engine reads
// 256 KiB; with more rows are read.
const (
	mostBatches = 4000
	mostText    = 200_000
)

// Live is what is kept of the batches that are live at a moment, by the name of a definition.
type Live struct{ kept map[string]kept }

type kept struct{ states, batches string }

// Read says what is kept of all batches that are live at a moment; the zero moment means now. What is kept of some of them
// only, or of other rows than were loaded, or of a dataset with fewer rows than least, is left out.
func Read(ctx context.Context, db warehouse.Querier, of map[string]*Definition, least uint64, asOf time.Time) (Live, error) {
	out := Live{map[string]kept{}}
	if least == 0 || len(of) == 0 {
		return out, nil
	}
	s, from := warehouse.Statement{Tag: "metric.live"}, "meta.live"
	if !asOf.IsZero() {
		from = "meta.live_at(as_of = {as_of:DateTime64(6, 'UTC')})"
		s.Params = map[string]string{"as_of": asOf.UTC().Format("2006-01-02 15:04:05.000000")}
	}
	var names []string
	for _, d := range of {
		names = append(names, "'"+d.Name()+"'")
	}
	slices.Sort(names)
	s.SQL = fmt.Sprintf(liveSQL, from, strings.Join(names, ", "))
	rows, err := warehouse.Select[struct {
		Dataset    string `db:"dataset"`
		Batch      uint32 `db:"batch"`
		Loaded     uint64 `db:"loaded"`
		Definition string `db:"definition"`
		State      uint64 `db:"state"`
		Rows       uint64 `db:"rows"`
	}](ctx, db, s)
	if err != nil {
		return out, err
	}
	type sum struct {
		states, batches []string
		rows            uint64
		lacks           bool
	}
	sums := map[string]*sum{}
	for _, r := range rows {
		d := of[r.Dataset]
		if d == nil {
			continue
		}
		name := d.Name()
		if sums[name] == nil {
			sums[name] = &sum{}
		}
		one := sums[name]
		one.lacks = one.lacks || r.Definition != name || r.Rows != r.Loaded
		one.rows += r.Rows
		one.states, one.batches = append(one.states, strconv.FormatUint(r.State, 10)), append(one.batches, strconv.FormatUint(uint64(r.Batch), 10))
	}
	for name, one := range sums {
		if !one.lacks && one.rows >= least && len(one.states) <= mostBatches {
			out.kept[name] = kept{strings.Join(one.states, ","), strings.Join(one.batches, ",")}
		}
	}
	return out, nil
}

// liveSQL is a row for each live batch, with what is kept of it.
const liveSQL = `select a.dataset as dataset, a.batch as batch, a.loaded as loaded, b.definition as definition, b.state as state, b.rows as rows
from (select dataset, batch, loaded from %s) as a
left join (
    select definition, batch, argMax(state, at) as state, argMax(rows, at) as rows
    from meta.states
    where definition in (%s)
    group by definition, batch
) as b on a.batch = b.batch and startsWith(b.definition, concat('state_', a.dataset, '_'))
order by dataset, batch`

var placeRe = regexp.MustCompile(`@(states|batches) (state_[a-z0-9_]+)`)

// Put writes the numbers of what is live where Source left a place; false where not all is kept that a statement reads.
func (l Live) Put(sql string) (string, bool) {
	ok := sql != ""
	text := placeRe.ReplaceAllStringFunc(sql, func(place string) string {
		m := placeRe.FindStringSubmatch(place)
		k, there := l.kept[m[2]]
		ok = ok && there
		if m[1] == "states" {
			return k.states
		}
		return k.batches
	})
	return text, ok && len(text) <= mostText
}
