package compute

import (
	"regexp"
	"slices"
	"strings"

	"yanzhen/pipeline/dataset"
)

var (
	martRe    = regexp.MustCompile(`\bmart\.([a-z][a-z0-9_]*)`)
	countedRe = regexp.MustCompile(`\b(?:uniqExact(?:If)?\(|using \()([a-z][a-z0-9_]*)\b`)
	wordRe    = regexp.MustCompile(`[a-z_][a-z0-9_]*`)
	nullRe    = regexp.MustCompile(`\b([a-z][a-z0-9_]*) is not null\b`)
	plainRe   = regexp.MustCompile(`^\s*(?:(?:select|group by) )?([a-z][a-z0-9_]*)(?: as ([a-z][a-z0-9_]*))?,?$`)
	limitRe   = regexp.MustCompile(`^\s*limit 1 by [a-z0-9_, ]+$`)
)

// direct reads the tables of a statement's views where persons are told apart and nothing else is asked of them: as whole
// numbers they are counted in a third of the time of the views' texts. What is shown of a statement names the views,
// which an analyst may read. visible are the conditions under which the rows of datasets are seen, where they are known: then
// the other views are read past as well.
func direct(sets func(string) *dataset.Dataset, visible map[string]string, sql string) string {
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
	for _, w := range wordRe.FindAllString(nullRe.ReplaceAllString(countedRe.ReplaceAllString(rest.String(), ""), ""), -1) {
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
