package states

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

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

// Batch is one that is live, of so many rows.
type Batch struct {
	Number uint32
	Loaded uint64
}

// Read says what is kept of the batches that are live at a moment, by dataset. What is kept of some of them only, or of other
// rows than were loaded, or of a dataset with fewer rows than least, is left out.
func Read(ctx context.Context, db warehouse.Querier, of map[string]*Definition, least uint64, live map[string][]Batch) (Live, error) {
	out := Live{map[string]kept{}}
	if least == 0 || len(of) == 0 {
		return out, nil
	}
	var names []string
	for _, d := range of {
		names = append(names, "'"+d.Name()+"'")
	}
	slices.Sort(names)
	rows, err := warehouse.Select[struct {
		Definition string `db:"definition"`
		Batch      uint32 `db:"batch"`
		State      uint64 `db:"state"`
		Rows       uint64 `db:"rows"`
	}](ctx, db, warehouse.Statement{Tag: "metric.live", SQL: `select s.definition as definition, s.batch as batch, argMax(s.state, s.at) as state, argMax(s.rows, s.at) as rows
from ` + good + ` and s.definition in (` + strings.Join(names, ", ") + `)
group by definition, batch`})
	if err != nil {
		return out, err
	}
	type one struct{ state, rows uint64 }
	have := map[string]map[uint32]one{}
	for _, r := range rows {
		if have[r.Definition] == nil {
			have[r.Definition] = map[uint32]one{}
		}
		have[r.Definition][r.Batch] = one{r.State, r.Rows}
	}
	for dataset, d := range of {
		var states, batches []string
		var sum uint64
		whole := len(live[dataset]) <= mostBatches
		for _, b := range live[dataset] {
			k, ok := have[d.Name()][b.Number]
			whole = whole && ok && k.rows == b.Loaded
			sum += k.rows
			states, batches = append(states, strconv.FormatUint(k.state, 10)), append(batches, strconv.FormatUint(uint64(b.Number), 10))
		}
		if whole && len(states) > 0 && sum >= least {
			out.kept[d.Name()] = kept{strings.Join(states, ","), strings.Join(batches, ",")}
		}
	}
	return out, nil
}

// good is what is kept, without what was kept of a batch before it was last found damaged or healed: of rows that were not
// those that are there now, perhaps. A condition may follow.
const good = `meta.states as s
left join (select batch, max(at) as last from meta.damage group by batch) as d on s.batch = d.batch
where s.at > ifNull(d.last, toDateTime64(0, 6, 'UTC'))`

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
