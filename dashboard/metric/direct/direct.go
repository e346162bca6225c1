// Package direct writes a statement of a metric as it is asked of the database: past the views that its text names, with persons
// as the whole numbers that they are, and with the live batches as stretches of numbers. The answer is the same.
package direct

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"yanzhen/pipeline/dataset"
)

var (
	martRe    = regexp.MustCompile(`\bmart\.([a-z][a-z0-9_]*)`)
	countedRe = regexp.MustCompile(`\b(?:uniqExact(?:If)?\(|using \()([a-z][a-z0-9_]*)\b`)
	wordRe    = regexp.MustCompile(`[a-z_][a-z0-9_]*`)
	amongRe   = regexp.MustCompile(`\b([a-z][a-z0-9_]*) in \(\n`) // what a statement selects, as the compiler writes it
	nullRe    = regexp.MustCompile(`\b([a-z][a-z0-9_]*) is not null\b`)
	plainRe   = regexp.MustCompile(`^\s*(?:(?:select|group by) )?([a-z][a-z0-9_]*)(?: as ([a-z][a-z0-9_]*))?,?$`)
	limitRe   = regexp.MustCompile(`^\s*(?:limit 1|partition) by [a-z0-9_, ]+$`)
)

// Read reads the tables of a statement's views where persons are told apart and nothing else is asked of them: as whole
// numbers they are counted in a third of the time of the views' texts. What is shown of a statement names the views,
// which an analyst may read. visible are the conditions under which the rows of datasets are seen, where they are known: then
// the other views are read past as well.
func Read(sets func(string) *dataset.Dataset, visible map[string]string, sql string) string {
	sql = liveAtRe.ReplaceAllStringFunc(sql, func(text string) string {
		if cond := visible[liveAtRe.FindStringSubmatch(text)[1]]; cond != "" {
			return "(" + cond + ")"
		}
		return text
	})
	if !strings.Contains(sql, "mart.") {
		return sql
	}
	other, called := asked(sql)
	return martRe.ReplaceAllStringFunc(sql, func(view string) string {
		name := strings.TrimPrefix(view, "mart.")
		ds := sets(name)
		if ds == nil {
			return view
		}
		persons, texts := 0, []string(nil)
		for i := range ds.Columns {
			if col := &ds.Columns[i]; col.Type == dataset.Person {
				if persons++; other[col.Name] || mixed(sets, sql, other, called, col.Name) {
					texts = append(texts, dataset.PersonSQL(col.Name)+" as "+col.Name)
				}
			}
		}
		cond := visible[name]
		switch {
		case cond == "" && persons == len(texts):
			return view
		case cond == "":
			cond = "_batch in (select batch from meta.live where dataset = '" + name + "')"
		}
		if len(texts) > 0 {
			return "(select * replace (" + strings.Join(texts, ", ") + ") from store." + name + " where " + cond + ")"
		}
		return "(select * from store." + name + " where " + cond + ")"
	})
}

// asked finds the words of which more is asked in a statement than whether two are the same, and what columns are called in
// it beside their own names: a column that is selected or grouped by, as the compiler writes them, stands on a line alone.
func asked(sql string) (other map[string]bool, called map[string][]string) {
	other, called = map[string]bool{}, map[string][]string{}
	var rest strings.Builder
	list, depth := -1, 0 // of a select or group by whose lines these are: how deep in brackets it stands
	for line := range strings.Lines(sql) {
		line = strings.TrimSuffix(line, "\n")
		text := strings.TrimSpace(line)
		begins := strings.HasPrefix(text, "select") || strings.HasPrefix(text, "group by")
		if begins {
			list = depth
		}
		m := plainRe.FindStringSubmatch(line)
		switch {
		case m != nil && list == depth && !(begins && m[1] == text):
			if m[2] != "" {
				called[m[1]] = append(called[m[1]], m[2])
			}
		case limitRe.MatchString(line):
		default:
			if !begins && list == depth && !strings.HasSuffix(text, ",") && !strings.HasSuffix(text, "(") {
				list = -1 // from, where and what follows
			}
			rest.WriteString(line + "\n")
		}
		depth += strings.Count(line, "(") - strings.Count(line, ")")
	}
	for _, w := range wordRe.FindAllString(nullRe.ReplaceAllString(amongRe.ReplaceAllString(countedRe.ReplaceAllString(rest.String(), ""), ""), ""), -1) {
		other[w] = true
	}
	return other, called
}

// mixed says that a column is called by a name of which more is asked, or by one that other views have for what is read as a
// text all the same: then one column of the statement would hold numbers and texts.
func mixed(sets func(string) *dataset.Dataset, sql string, other map[string]bool, called map[string][]string, column string) bool {
	names := append([]string{column}, called[column]...)
	for _, name := range names {
		if other[name] {
			return true
		}
	}
	for _, m := range martRe.FindAllStringSubmatch(sql, -1) {
		ds := sets(m[1])
		if ds == nil {
			continue
		}
		for i := range ds.Columns {
			col := &ds.Columns[i]
			if col.Type != dataset.Person || !other[col.Name] {
				continue
			}
			if slices.Contains(names, col.Name) || slices.ContainsFunc(called[col.Name], func(n string) bool { return slices.Contains(names, n) }) {
				return true
			}
		}
	}
	return false
}

// mostStretches bounds what a condition lists; of more the engine finds the live batches itself.
const mostStretches = 500

// Stretches writes which batches are live as stretches of numbers. A stretch may reach over the batches of others, which
// are not in the table; it does not reach over a number that nobody knows, under which rows may be on their way. False where
// there is none or there are too many.
func Stretches(live, others []uint32) (cond string, ok bool) {
	slices.Sort(live)
	slices.Sort(others)
	live = slices.Compact(live)
	var parts, single []string
	for i := 0; i < len(live); {
		j := i
		for j+1 < len(live) {
			from, _ := slices.BinarySearch(others, live[j]+1)
			to, _ := slices.BinarySearch(others, live[j+1])
			if uint32(to-from) != live[j+1]-live[j]-1 {
				break
			}
			j++
		}
		if i == j {
			single = append(single, fmt.Sprint(live[i]))
		} else {
			parts = append(parts, fmt.Sprintf("_batch between %d and %d", live[i], live[j]))
		}
		i = j + 1
	}
	switch {
	case len(single) == 1:
		parts = append(parts, "_batch = "+single[0])
	case len(single) > 1:
		parts = append(parts, "_batch in ("+strings.Join(single, ", ")+")")
	}
	return strings.Join(parts, " or "), len(parts) > 0 && len(parts)+len(single) <= mostStretches
}

// Batches are those of a dataset: which are live, and all that are known.
type Batches struct{ Live, Known []uint32 }

// Visible writes the conditions under which the rows of each dataset are seen; none where the engine is to find them.
func Visible(of map[string]Batches) map[string]string {
	known := map[uint32]bool{}
	for _, b := range of {
		for _, n := range b.Known {
			known[n] = true
		}
	}
	visible := map[string]string{}
	for name, b := range of {
		own := map[uint32]bool{}
		for _, n := range b.Known {
			own[n] = true
		}
		var others []uint32
		for n := range known {
			if !own[n] {
				others = append(others, n)
			}
		}
		if cond, ok := Stretches(b.Live, others); ok {
			visible[name] = cond
		}
	}
	return visible
}

// liveAtRe finds the condition that the compiler writes for a moment.
var liveAtRe = regexp.MustCompile(`_batch in \(select batch from meta\.live_at\(as_of = \{as_of:DateTime64\(6, 'UTC'\)\}\) where dataset = '([a-z][a-z0-9_]*)'\)`)
