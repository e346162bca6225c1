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

// Tables is how many tables are made of one reading of what is kept: One, or Many that cut the same in several ways.
type Tables byte

// The ways to read.
const (
	One Tables = iota
	Many
)

// Source writes what is read in place of the rows of a family, for a question by some of its keys of somebody told apart in
// some ways; false where that is not kept. Its columns are _on, the keys, _rows, what was told, and of a row of those who
// occur more than once _of (1 and on; 0: a count), _id and by what they are told apart. Live.Put fills in what is live.
//
// Where Many tables are made of one reading, those who occur several times on one day and with one key are counts too: what
// they are told too often is taken off once, and not looked for in each of the tables.
func (d *Definition) Source(family int, keys, ways []int, tables Tables) (string, bool) {
	f := d.Families[family]
	set := slices.IndexFunc(f.Sets, func(set []int) bool {
		return !slices.ContainsFunc(keys, func(k int) bool { return !slices.Contains(set, k) })
	})
	if set < 0 || slices.ContainsFunc(ways, func(w int) bool { return !slices.Contains(f.Distinct, w) }) {
		return "", false
	}
	q := reading{d, f, keys, ways, nil}
	for _, w := range ways {
		q.apart = append(q.apart, d.Distinct[w]...)
	}
	slices.Sort(q.apart)
	q.apart = slices.Compact(q.apart)
	text := "select " + q.columns("_rows", "toFixedString('', 16)", "0", func(w int) string { return "toInt64(" + Told(w) + ")" }, nil) + "\nfrom " + d.Counts() +
		fmt.Sprintf("\nwhere _family = %d and _set = %d and _state in (@states %s)", family, set, d.Name())
	for _, w := range ways {
		from := d.Several()
		where := fmt.Sprintf("\nwhere _family = %d and _way = %d and _batch in (@batches %s)", family, w, d.Name())
		if tables == Many {
			text += "\nunion all\n" + q.units(w, from+" final"+where)
			continue
		}
		text += "\nunion all\nselect " + q.columns("toUInt64(0) as _rows", "_id", strconv.Itoa(w+1), func(int) string { return "toInt64(0)" }, q.apart) + "\nfrom " + from + where
	}
	return text, true
}

// reading is a question on its way to Source.
type reading struct {
	*Definition
	f          Family
	keys, ways []int
	apart      []string // by what somebody is told apart in any of the ways
}

// columns writes those of a part of Source; of what is not among is, they are empty.
func (q *reading) columns(rows, id, of string, told func(way int) string, is []string) string {
	out := []string{"_on"}
	for _, k := range q.keys {
		out = append(out, Key(k))
	}
	out = append(out, rows, id+" as _id")
	for _, w := range q.ways {
		out = append(out, told(w)+" as "+Told(w))
	}
	out = append(out, "toUInt16("+of+") as _of")
	for _, c := range q.apart {
		text := "`" + Column(c) + "`"
		if !slices.Contains(is, c) {
			text = "defaultValueOfTypeName('" + q.Types[c] + "') as " + text
		}
		out = append(out, text)
	}
	return strings.Join(out, ", ")
}

// units writes those who occur more than once, each once for a day and keys, and how many rows of theirs were counted: who has
// one such unit alone is one in every table that has it.
func (q *reading) units(way int, from string) string {
	var cells, who, out []string
	cells = append(cells, "_on")
	for _, k := range q.keys {
		cells = append(cells, Key(k))
	}
	for _, c := range q.Distinct[way] {
		who = append(who, "`"+Column(c)+"`")
	}
	one := strings.Join(slices.Concat(who, cells), ", ")
	text := "select " + one + ", count() as _many from " + from + "\ngroup by " + one
	text = "select " + strings.Join(who, ", ") + ", groupArray(tuple(" + strings.Join(cells, ", ") + ", _many)) as _units\nfrom (" + text + ")\ngroup by " + strings.Join(who, ", ")
	for i, c := range cells {
		out = append(out, fmt.Sprintf("_unit.%d as %s", i+1, c))
	}
	text = "select " + strings.Join(slices.Concat(who, out), ", ") + fmt.Sprintf(", toInt64(_unit.%d) as _many, length(_units) = 1 as _one", len(cells)+1) +
		"\nfrom (" + text + ")\narray join _units as _unit"
	told := func(w int) string {
		if w != way {
			return "toInt64(0)"
		}
		return "toInt64(_one) - _many"
	}
	return "select " + q.columns("toUInt64(0) as _rows", "toFixedString('', 16)", fmt.Sprintf("if(_one, 0, %d)", way+1), told, q.Distinct[way]) + "\nfrom (" + text + ")"
}

// Rows and Apart write aggregates over Source: how many rows there are, and how many are distinct in a way.
func Rows() string { return "sum(_rows)" }

// Apart is how many are distinct: see the comment of the package. tables is that of Source. Where there is a condition on _on, it
// is asked of rows that meet it.
func (d *Definition) Apart(way int, tables Tables, only string) string {
	var list []string
	for _, c := range d.Distinct[way] {
		list = append(list, "`"+Column(c)+"`")
	}
	told, of := "sum("+Told(way)+")", fmt.Sprintf("_of = %d", way+1)
	if only != "" {
		told, of = "sumIf("+Told(way)+", "+only+")", of+" and "+only
	}
	rows := " - uniqExactIf(_id, " + of + ")"
	if tables == Many {
		rows = ""
	}
	return fmt.Sprintf("(%s%s + uniqExactIf(%s, %s))", told, rows, strings.Join(list, ", "), of)
}

// mostBatches and mostText bound the numbers that a statement lists, and the statement with them, of which the engine reads
// 256 KiB; with more rows are read.
const (
	mostBatches = 4000
	mostText    = 200_000
)

// Live is what is kept of the batches that are live at a moment, by the name of what is kept.
type Live struct{ kept map[string]kept }

type kept struct{ states, batches, twins, least string }

// Batch is one that is live, of so many rows.
type Batch struct {
	Number uint32
	Loaded uint64
}

// Read says what is kept of the batches that are live at a moment, by dataset. What is kept of some of them only, or of other
// rows than were loaded, or of datasets with fewer rows than least, is left out.
func Read(ctx context.Context, db warehouse.Querier, of []Kept, least uint64, live map[string][]Batch) (Live, error) {
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
	have := map[string]map[uint32]stateOf{}
	for _, r := range rows {
		if have[r.Definition] == nil {
			have[r.Definition] = map[uint32]stateOf{}
		}
		have[r.Definition][r.Batch] = stateOf{r.State, r.Rows}
	}
	crowds := false
	for _, d := range of {
		var batches []Batch
		for _, name := range d.datasets() {
			batches = append(batches, live[name]...)
		}
		if k, ok := whole(batches, have[d.Name()], least); ok {
			out.kept[d.Name()] = k
			_, crowd := d.(*Crowd)
			crowds = crowds || crowd
		}
	}
	if crowds {
		err = out.twins(ctx, db, of)
	}
	return out, err
}

// stateOf is what is kept of a batch: under which number, and of how many rows.
type stateOf struct{ state, rows uint64 }

// whole lists what is kept of some batches; false where that is not all of them, or they are too few.
func whole(batches []Batch, have map[uint32]stateOf, least uint64) (kept, bool) {
	if len(batches) == 0 || len(batches) > mostBatches {
		return kept{}, false
	}
	var states, numbers []string
	var sum uint64
	for _, b := range batches {
		k, ok := have[b.Number]
		if !ok || k.rows != b.Loaded {
			return kept{}, false
		}
		sum += k.rows
		states, numbers = append(states, strconv.FormatUint(k.state, 10)), append(numbers, strconv.FormatUint(uint64(b.Number), 10))
	}
	return kept{states: strings.Join(states, ","), batches: strings.Join(numbers, ",")}, sum >= least
}

// twins adds who has two numbers, which is asked after what is kept: whoever has kept something has said so before. With too many
// of them crowds are not read.
func (l Live) twins(ctx context.Context, db warehouse.Querier, of []Kept) error {
	number, least, err := twins(ctx, db)
	if err != nil {
		return err
	}
	list := func(numbers []uint32) string {
		return "cast(" + strings.ReplaceAll(fmt.Sprint(numbers), " ", ",") + ", 'Array(UInt32)')"
	}
	for _, d := range of {
		k, ok := l.kept[d.Name()]
		if _, crowd := d.(*Crowd); !ok || !crowd {
			continue
		}
		if k.twins, k.least = list(number), list(least); len(number) > mostTwins {
			delete(l.kept, d.Name())
			continue
		}
		l.kept[d.Name()] = k
	}
	return nil
}

// good is what is kept, without what was kept of a batch before it was last found damaged or healed: of rows that were not
// those that are there now, perhaps. A condition may follow.
const good = `meta.states as s
left join (select batch, max(at) as last from meta.damage group by batch) as d on s.batch = d.batch
where s.at > ifNull(d.last, toDateTime64(0, 6, 'UTC'))`

var placeRe = regexp.MustCompile(`@(states|batches|twins|least) ((?:state|crowd)_[a-z0-9_]+)`)

// Put writes the numbers of what is live where Source left a place; false where not all is kept that a statement reads.
func (l Live) Put(sql string) (string, bool) {
	ok := sql != ""
	text := placeRe.ReplaceAllStringFunc(sql, func(place string) string {
		m := placeRe.FindStringSubmatch(place)
		k, there := l.kept[m[2]]
		ok = ok && there
		switch m[1] {
		case "states":
			return k.states
		case "batches":
			return k.batches
		case "twins":
			return k.twins
		}
		return k.least
	})
	return text, ok && len(text) <= mostText
}
