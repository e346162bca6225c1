// Package states keeps small tables beside the rows of a dataset, from which a question is answered exactly at a cost that
// does not grow with the rows: how many rows of each batch, day and key meet a condition, and, so that people can be told
// apart, the rows of those who occur more than once. They are written with the batch, before the ledger says that it is
// published; whoever reads adds up the batches that are live at that moment.
//
// How many are distinct is the number of rows, less what those who occur several times have too many. Only these rows are
// kept one by one; one more than is needed takes nothing away. Who occurs in the rows of several datasets is kept otherwise, as
// bitmaps of numbers of people by batch, month and key (Crowd), which are laid over one another.
package states

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Definition says what is kept of a dataset. All texts are SQL over its columns, checked by whoever declares them.
type Definition struct {
	Dataset  string
	Keys     []string          // by what can be cut: texts, never null
	Distinct [][]string        // the columns by which somebody is told from others
	Types    map[string]string // of these columns, as the engine has them, without Nullable
	Families []Family
}

// Family is the rows that one condition keeps, counted on a day of theirs.
type Family struct {
	Where    string  // the conditions, joined; empty: every row
	Day      string  // rows without one are not counted
	Sets     [][]int // of keys, by which rows are counted together; sorted, the smallest first
	Distinct []int   // of Definition.Distinct
}

// Name is that of the table; another definition has another.
func (d *Definition) Name() string { return "state_" + d.Dataset + "_" + hashed(d) }

// hashed tells definitions apart in the names of tables.
func hashed(definition any) string {
	text, err := json.Marshal(definition)
	if err != nil {
		panic(err) // texts and numbers
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:6])
}

// Counts is the table of counts.
func (d *Definition) Counts() string { return "meta." + d.Name() }

// Several is the table of the rows of those who occur more than once.
func (d *Definition) Several() string {
	return "meta." + strings.Replace(d.Name(), "state_", "several_", 1)
}

// Key, Told and Column name the columns of the tables: a key, how many rows have somebody who can be told from others, and
// one by which he is.
func Key(i int) string          { return fmt.Sprintf("_key%d", i) }
func Told(i int) string         { return fmt.Sprintf("_told%d", i) }
func Column(name string) string { return "_is_" + name }

func (d *Definition) told() []string {
	var out []string
	for i := range d.Distinct {
		out = append(out, Told(i))
	}
	return out
}

func (d *Definition) keys() (names []string) {
	for i := range d.Keys {
		names = append(names, Key(i))
	}
	return names
}

// apart are the columns of all that is told apart.
func (d *Definition) apart() (columns []string) {
	for _, list := range d.Distinct {
		columns = append(columns, list...)
	}
	slices.Sort(columns)
	return slices.Compact(columns)
}

// ddl makes the tables.
func (d *Definition) ddl() []string {
	settings := durable("")
	counts := []string{"_state UInt64", "_family UInt16", "_set UInt16", "_on Date32"}
	several := []string{"_batch UInt32", "_family UInt16", "_way UInt16", "_on Date32"}
	for _, name := range d.keys() {
		counts, several = append(counts, name+" LowCardinality(String)"), append(several, name+" LowCardinality(String)")
	}
	counts = append(counts, "_rows UInt64")
	for _, name := range d.told() {
		counts = append(counts, name+" UInt64")
	}
	for _, name := range d.apart() {
		several = append(several, "`"+Column(name)+"` "+d.Types[name])
	}
	several = append(several, "_id FixedString(16)")
	return []string{
		"create table if not exists " + d.Counts() + "\n(\n    " + strings.Join(counts, ",\n    ") + "\n)\nengine = MergeTree\norder by (_family, _set, _on, _state)" + settings,
		"create table if not exists " + d.Several() + "\n(\n    " + strings.Join(several, ",\n    ") + "\n)\nengine = ReplacingMergeTree\norder by (_family, _way, _batch, _id)" + settings,
	}
}

// groups are the families that are counted on the same day by the same keys, by number.
func (d *Definition) groups() (groups [][]int) {
	for i, f := range d.Families {
		at := slices.IndexFunc(groups, func(g []int) bool {
			o := d.Families[g[0]]
			return o.Day == f.Day && slices.EqualFunc(o.Sets, f.Sets, slices.Equal) && slices.Equal(o.Distinct, f.Distinct)
		})
		if at < 0 {
			groups = append(groups, nil)
			at = len(groups) - 1
		}
		groups[at] = append(groups[at], i)
	}
	return groups
}

// families writes the numbers of those of a group that keep a row, as an array.
func (d *Definition) families(group []int) string {
	var numbers, conds []string
	for _, i := range group {
		numbers = append(numbers, fmt.Sprintf("toUInt16(%d)", i))
		cond := "1"
		if d.Families[i].Where != "" {
			cond = d.Families[i].Where
		}
		conds = append(conds, "toUInt8(ifNull(("+cond+"), 0) != 0)")
	}
	return "arrayFilter((_f, _keeps) -> _keeps, [" + strings.Join(numbers, ", ") + "], [" + strings.Join(conds, ", ") + "])"
}

// known writes that none of some columns is null.
func known(columns []string) string {
	var parts []string
	for _, c := range columns {
		parts = append(parts, "isNotNull(`"+c+"`)")
	}
	return strings.Join(parts, " and ")
}

// counting writes the rows of the table of counts that a batch has, of a group of families, in one pass over its rows.
func (d *Definition) counting(group []int) string {
	f := d.Families[group[0]]
	own := []string{"toDate32(assumeNotNull(" + f.Day + ")) as _on", d.families(group) + " as _families"}
	var used []int
	var keys, out []string
	for i, text := range d.Keys {
		if !slices.ContainsFunc(f.Sets, func(set []int) bool { return slices.Contains(set, i) }) {
			out = append(out, "'' as "+Key(i))
			continue
		}
		used, keys, out = append(used, i), append(keys, Key(i)), append(out, Key(i))
		own = append(own, "toLowCardinality(toString("+text+")) as "+Key(i))
	}
	cols := []string{"_rows"}
	counts := []string{"count() as _rows"}
	for i, list := range d.Distinct {
		own = append(own, "toUInt8("+known(list)+") as _known"+fmt.Sprint(i))
		cols, counts = append(cols, Told(i)), append(counts, fmt.Sprintf("countIf(_known%d) as %s", i, Told(i)))
	}
	var sets, which []string
	for n, set := range f.Sets {
		by, mask := []string{"_family", "_on"}, uint64(0)
		for n, i := range used {
			if slices.Contains(set, i) {
				by = append(by, Key(i))
			} else {
				mask |= 1 << (len(used) - 1 - n) // grouping() has a bit for each key that is not in the set, the first one highest
			}
		}
		sets, which = append(sets, "("+strings.Join(by, ", ")+")"), append(which, fmt.Sprintf("_mask = %d, %d", mask, n))
	}
	mask := "0"
	if len(keys) > 0 {
		mask = "grouping(" + strings.Join(keys, ", ") + ")"
	}
	return "insert into " + d.Counts() + " (" + strings.Join(slices.Concat([]string{"_state", "_family", "_set", "_on"}, d.keys(), cols), ", ") + ")\n" +
		"select {state:UInt64}, _family, multiIf(" + strings.Join(which, ", ") + ", 65535), _on, " + strings.Join(append(out, cols...), ", ") + "\n" +
		"from (select _family, _on, " + strings.Join(append(keys, counts...), ", ") + ", " + mask + " as _mask\n" +
		"from (select " + strings.Join(own, ", ") + " from store." + d.Dataset + " where _batch = {batch:UInt32} and isNotNull(" + f.Day + "))\n" +
		"array join _families as _family\ngroup by grouping sets (" + strings.Join(sets, ", ") + "))"
}

// recurring writes the rows of those who occur in a batch and more than once, in it or together with other batches that may
// be live when it is. of is what they are told apart by. Of several parts it writes those of one: who they are is held in memory.
func (d *Definition) recurring(group []int, of, parts int) string {
	f, apart := d.Families[group[0]], d.Distinct[of]
	// texts of keys may name columns like those selected, so that all columns are named apart
	own := []string{"_batch", "toDate32(assumeNotNull(" + f.Day + ")) as _on", d.families(group) + " as _families"}
	for i, text := range d.Keys {
		own = append(own, "toString("+text+") as "+Key(i))
	}
	var told, names, tuple []string
	for _, c := range d.apart() { // one that this does not tell by is left empty
		if slices.Contains(apart, c) {
			own, told = append(own, "assumeNotNull(`"+c+"`) as `"+Column(c)+"`"), append(told, "`"+Column(c)+"`")
		}
		names = append(names, "`"+Column(c)+"`")
	}
	for _, c := range apart {
		tuple = append(tuple, "`"+c+"`")
	}
	same := strings.Join(tuple, ", ")
	whose := "isNotNull(" + f.Day + ") and " + known(apart) + " and (_batch = {batch:UInt32} or _batch not in ({others:Array(UInt32)}))"
	if slices.Contains(apart, f.Day) { // the others' days need not be looked at
		for _, end := range [][2]string{{">=", "min"}, {"<=", "max"}} {
			whose += fmt.Sprintf(" and `%s` %s (select %s(`%s`) from store.%s where _batch = {batch:UInt32})", f.Day, end[0], end[1], f.Day, d.Dataset)
		}
	}
	part := ""
	if parts > 1 {
		part = " and cityHash64(" + same + ") % {parts:UInt64} = {part:UInt64}"
		whose += part
	}
	// who occurs again, whatever for, is found in the columns that tell him; the others are read of his rows alone
	again := "select " + same + " from store." + d.Dataset + " where " + whose + " and (" + same + ") in (select " + same + " from store." + d.Dataset +
		" where _batch = {batch:UInt32} and " + known(apart) + part + ") group by " + same + " having count() > 1"
	rows := "select " + strings.Join(own, ", ") + " from store." + d.Dataset + " where " + whose + " and (" + same + ") in (" + again + ")"
	lone := slices.Concat([]string{"_family"}, told)
	each := slices.Concat([]string{"_batch", "_on"}, d.keys())
	several := "select " + strings.Join(lone, ", ") + ", groupArray(tuple(" + strings.Join(each, ", ") + ")) as _list from (" + rows + ") array join _families as _family group by " + strings.Join(lone, ", ") + " having length(_list) > 1"
	flat := slices.Clone(lone)
	for i, name := range each {
		flat = append(flat, fmt.Sprintf("_row.%d as %s", i+1, name))
	}
	all := slices.Concat(each, lone)
	var cols []string
	for _, c := range names {
		if slices.Contains(told, c) {
			cols = append(cols, c)
		} else {
			cols = append(cols, "defaultValueOfTypeName('"+d.Types[strings.TrimPrefix(strings.Trim(c, "`"), Column(""))]+"') as "+c)
		}
	}
	target := slices.Concat([]string{"_batch", "_family", "_way", "_on"}, d.keys(), names, []string{"_id"})
	return "insert into " + d.Several() + " (" + strings.Join(target, ", ") + ")\nselect _batch, _family, " + fmt.Sprintf("toUInt16(%d) as _way", of) + ", _on, " +
		strings.Join(slices.Concat(d.keys(), cols), ", ") + ", sipHash128(_family, _n, " + strings.Join(slices.Concat([]string{"_batch", "_on"}, d.keys(), told), ", ") + ") as _id\n" +
		"from (select " + strings.Join(all, ", ") + ", count() as _many from (select " + strings.Join(flat, ", ") + " from (" + several + ") array join _list as _row)\n" +
		"group by " + strings.Join(all, ", ") + ")\narray join range(_many) as _n"
}
