package dataset

import (
	"slices"
	"strings"

	"yanzhen/pipeline/codes"
)

// writeJoins says what joins with what: columns of a code list with the table of its codes and with each other,
// persons, credit codes, and texts that bear the same name in several datasets.
func (c *Catalog) writeJoins(b *strings.Builder, lang codes.Lang) {
	say := func(zh, en string) string { return codes.Text{Zh: zh, En: en}.In(lang) }
	byCode, byText := map[string][]string{}, map[string][]string{}
	var persons, credit, ranked []string
	for _, name := range c.Names() {
		d := c.Datasets[name]
		for i := range d.Columns {
			col := &d.Columns[i]
			at := "`" + name + "." + col.Name + "`"
			switch {
			case col.Type == Person:
				persons = append(persons, at)
			case col.Type == CreditCode:
				credit = append(credit, at)
			case col.List != "" && col.Type == Code:
				byCode[col.List] = append(byCode[col.List], at)
			case col.List != "" && col.Type != Bool:
				ranked = append(ranked, at+" = `codes_"+col.List+".rank`")
			case (col.Type == String || col.Type == Low) && col.Personal == "" && !slices.Contains([]string{"name", "title", "code", "number"}, col.Name):
				byText[col.Name] = append(byText[col.Name], at)
			}
		}
	}
	sep := say("、", ", ")
	b.WriteString("## <a id=\"joins\"></a>" + say("怎样关联", "What joins with what") + "\n\n" +
		say("代码表也是表：`mart.codes`（list、code、zh、en、parent、rank、position）是全部，`mart.codes_` 加表名是其中一个。例如 `select c.zh, count() from arrivals a join codes_provinces c on c.code = a.origin_province group by 1`。",
			"Code lists are tables too: `mart.codes` (list, code, zh, en, parent, rank, position) holds all, `mart.codes_` and the name of a list holds one. For example `select c.en, count() from arrivals a join codes_provinces c on c.code = a.origin_province group by 1`.") + "\n\n" +
		say("同一行里的列可以互相关联。", "The columns of a line join with each other.") + "\n\n")
	b.WriteString("| " + say("凭什么", "By") + " | " + say("列", "Columns") + " |\n| --- | --- |\n")
	line := func(by string, cols []string) {
		if len(cols) > 0 {
			b.WriteString("| " + by + " | " + strings.Join(cols, sep) + " |\n")
		}
	}
	line(say("人（加密散列）", "person (keyed hash)"), persons)
	line(say("统一社会信用代码", "credit code"), credit)
	for _, list := range c.Lists.Names() {
		line("`codes_"+list+".code`", byCode[list])
	}
	line(say("技能等级等位次", "ranks"), ranked)
	for _, name := range sortedNames(byText) {
		if cols := byText[name]; len(cols) > 1 {
			line(say("文字 ", "text ")+"`"+name+"`"+say("（写法相同才对得上）", " (where it is written alike)"), cols)
		}
	}
	b.WriteByte('\n')
}

func sortedNames(m map[string][]string) []string {
	names := make([]string, 0, len(m))
	for n := range m {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}
