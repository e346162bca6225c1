package states

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"yanzhen/pipeline/dataset"
)

// Crowd says which people occur in the rows of some datasets that are read as one table: of each batch, month and keys, how many
// rows there are, and who they are of, as a bitmap of the people's numbers (see Numbers). Who is in several rows, batches or
// datasets is one bit where bitmaps are laid over one another.
type Crowd struct {
	Keys  []string // by what can be cut
	Parts []Part
}

// Part is the rows of a dataset. All texts are SQL over its columns, checked by whoever declares them.
type Part struct {
	Dataset string
	Where   string   // empty: every row
	Person  string   // a column of persons
	Day     string   // a column of days; rows without one are of no month
	Keys    []string // as texts, never null
}

// Name is that of the table; another crowd has another.
func (c *Crowd) Name() string { return "crowd_" + hashed(c) }

// Counts is the table.
func (c *Crowd) Counts() string { return "meta." + c.Name() }

func (c *Crowd) datasets() (names []string) {
	for _, p := range c.Parts {
		names = append(names, p.Dataset)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (c *Crowd) ddl() []string {
	columns := []string{"_state UInt64", "_part UInt16", "_on Date32"}
	for i := range c.Keys {
		columns = append(columns, Key(i)+" LowCardinality(String)")
	}
	columns = append(columns, "_rows UInt64", "_who AggregateFunction(groupBitmap, UInt32)")
	return append(numbersDDL(), "create table if not exists "+c.Counts()+"\n(\n    "+strings.Join(columns, ",\n    ")+"\n)\nengine = MergeTree\norder by (_state, _part, _on)"+durable(""))
}

// durable are the settings of a table that outlasts a fall of the power.
func durable(more string) string {
	var list []string
	for _, s := range dataset.Durable {
		list = append(list, s[0]+" = "+s[1])
	}
	return "\nsettings " + strings.Join(list, ", ") + more
}

// nobody stands for the month of rows without a day: no period has it.
const nobody = "2299-12-31"

// fill numbers the people of a batch and writes their bitmaps.
func (c *Crowd) fill(ctx context.Context, k *Keeper, w writing) error {
	parts := k.parts(w.loaded)
	for n, p := range c.Parts {
		if p.Dataset != w.dataset {
			continue
		}
		for i := range parts {
			of := slice{Part: p, params: maps.Clone(w.params), null: i == 0}
			step := ^uint64(0)/uint64(parts) + 1 // 0 where there is one part
			of.params["low"], of.params["high"] = strconv.FormatUint(uint64(i)*step, 10), strconv.FormatUint(uint64(i+1)*step-1, 10)
			if i == parts-1 {
				of.params["high"] = strconv.FormatUint(^uint64(0), 10)
			}
			if err := k.number(ctx, of, w); err != nil {
				return err
			}
			if err := w.exec(ctx, c.gathering(n, of), of.params); err != nil {
				return err
			}
		}
	}
	return nil
}

// slice is the rows of a batch whose people are written at once: who they are is held in memory.
type slice struct {
	Part
	params map[string]string
	null   bool // those of nobody too
}

// within is a condition on a column of persons.
func within(column string) string {
	return column + " >= {low:UInt64} and " + column + " <= {high:UInt64}"
}

// rows reads some of the rows.
func (s slice) rows(columns ...string) string {
	conds := []string{"_batch = {batch:UInt32}"}
	if s.Where != "" {
		conds = append(conds, "("+s.Where+")")
	}
	who := within("`" + s.Person + "`")
	if s.null {
		who = "(`" + s.Person + "` is null or " + who + ")"
	}
	return "select " + strings.Join(columns, ", ") + " from store." + s.Dataset + " where " + strings.Join(append(conds, who), " and ")
}

// people reads who they are, each once.
func (s slice) people() string {
	s.null = false
	return s.rows("distinct assumeNotNull(`" + s.Person + "`) as _p")
}

// gathering writes the bitmaps of a slice. A person without a number, who can only be one that is just being forgotten, ends it.
func (c *Crowd) gathering(part int, s slice) string {
	own := []string{"if(`" + s.Day + "` is null, toDate32('" + nobody + "'), makeDate32(toYear(assumeNotNull(`" + s.Day + "`)), toMonth(assumeNotNull(`" + s.Day + "`)), 1)) as _on"}
	by := []string{"_on"}
	for i, text := range s.Keys {
		own, by = append(own, "toLowCardinality(toString("+text+")) as "+Key(i)), append(by, Key(i))
	}
	own = append(own, "`"+s.Person+"` is not null as _known", "ifNull(`"+s.Person+"`, 0) as _p")
	return "insert into " + c.Counts() + " (" + strings.Join(slices.Concat([]string{"_state", "_part"}, by, []string{"_rows", "_who"}), ", ") + ")\n" +
		"select {state:UInt64}, " + strconv.Itoa(part) + ", " + strings.Join(by, ", ") + ", count(), groupBitmapStateIf(toUInt32(_number + throwIf(_known and not _found, 'a person has no number')), _known)\n" +
		"from (" + s.rows(own...) + ") as _own\n" +
		"left any join (select person as _p, min(number) as _number, true as _found from meta.numbers where " + within("person") + " and person in (" + s.people() + ") group by person) as _numbers using (_p)\n" +
		"group by " + strings.Join(by, ", ")
}

// Source writes what is read in place of the rows, for a question by some of the keys. Its columns are _on, the first day of a
// month, the keys, _rows and _who. Live.Put fills in what is live.
func (c *Crowd) Source(keys []int) string {
	cols := []string{"_on"}
	for _, k := range keys {
		cols = append(cols, Key(k))
	}
	return "select " + strings.Join(append(cols, "_rows", "_who"), ", ") + "\nfrom " + c.Counts() + "\nwhere _state in (@states " + c.Name() + ")"
}

// Merged lays bitmaps of Source over one another: who occurs in any of them. Who has two numbers has one in it.
func (c *Crowd) Merged() string {
	return fmt.Sprintf("bitmapTransform(groupBitmapMergeState(_who), @twins %s, @least %[1]s)", c.Name())
}
