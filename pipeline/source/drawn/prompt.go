package drawn

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"yanzhen/pipeline/account"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/source/xmlscan"
	"yanzhen/pipeline/units"
)

// Prompt is what a sheet says to whoever fills in cells of a range (data validation). Columns count from 0; of a range all
// columns and rows are its.
type Prompt struct {
	Left, Right, Top, Bottom int
	Says                     string
}

// Measures reports whether a prompt gives a unit, which is all that is heard in it: the rest tells how cells are to be filled in.
func Measures(says string) bool {
	found, _ := units.Line(says)
	return len(found) > 0
}

// reRange is a range: D2:D50, $D$2, D:D.
var reRange = regexp.MustCompile(`^\$?([A-Z]{1,3})\$?([0-9]{0,7})(?::\$?([A-Z]{1,3})\$?([0-9]{0,7}))?$`)

// prompts are those of one validation, a range each.
func prompts(says, ranges string) (list []Prompt) {
	if !Measures(says) {
		return nil
	}
	for _, r := range strings.Fields(ranges) {
		m := reRange.FindStringSubmatch(strings.ToUpper(r))
		if m == nil || len(list) == Most {
			continue
		}
		p := Prompt{Left: columnOf(m[1]), Says: says}
		p.Top, _ = strconv.Atoi(m[2])
		if p.Right, p.Bottom = p.Left, p.Top; m[3] != "" {
			p.Right = columnOf(m[3])
			p.Bottom, _ = strconv.Atoi(m[4])
		}
		if p.Bottom == 0 { // whole columns
			p.Bottom = 1 << 20
		}
		list = append(list, p)
	}
	return list
}

func columnOf(letters string) (n int) {
	for _, c := range letters {
		n = n*26 + int(c-'A') + 1
	}
	return n - 1
}

// Prompts follows the part of a sheet behind its rows, for the prompts that give a unit. The zero value is ready.
type Prompts struct {
	List []Prompt

	says, ranges string
	inRanges     bool
}

// Take looks at a token.
func (s *Prompts) Take(token xmlscan.Token, x *xmlscan.Reader) {
	switch name := string(x.Name); {
	case name == "dataValidation" && token == xmlscan.Start:
		s.says, s.ranges = "", x.AttrString("sqref")
		if on := x.AttrString("showInputMessage"); on == "1" || on == "true" { // else nobody is shown it
			s.says = strings.TrimSpace(string(xmlscan.Escapes([]byte(x.AttrString("promptTitle") + "\n" + x.AttrString("prompt")))))
		}
	case name == "dataValidation" && token == xmlscan.End:
		if s.says != "" && len(s.List) < Most {
			s.List = append(s.List, prompts(s.says, s.ranges)...)
		}
		s.says, s.ranges, s.inRanges = "", "", false
	case name == "sqref" && token != xmlscan.Text: // of the newer form
		s.inRanges = token == xmlscan.Start && s.says != ""
	case s.inRanges && token == xmlscan.Text && len(s.ranges) < 1<<12:
		s.ranges += string(x.Text)
	}
}

// reAgainst is a unit that a prompt warns of: 请勿以万元填写, 不要写“元”.
var reAgainst = regexp.MustCompile(`(勿|(?:^|[，,。；;、\n请])别|不[要能得可应是以按用]|无需|不必|禁止|而非)[^，,。；;、\n]*$`)

func warned(says, unit string) bool {
	before, _, ok := strings.Cut(says, unit)
	return !ok || reAgainst.MatchString(before)
}

// Ask hears the prompts of a sheet, whose header begins in row first and ends in row last. A unit that changes numbers and is said of one
// column whose heading gives none becomes a part of that heading; one that is said of several columns is a line beside the table. Units
// that are not said of a column as a whole, from its first rows on, or by two prompts otherwise, are not followed. That is told.
func Ask(list []Prompt, header []string, first, last int, letters func(column int) string) (notes []Note, lines []string) {
	several := func(p Prompt) bool {
		return p.Right > p.Left || slices.ContainsFunc(list, func(o Prompt) bool { return o.Says == p.Says && o.Left != p.Left })
	}
	part := func(p Prompt, unit string) bool {
		return p.Top > last+2 || slices.ContainsFunc(list, func(o Prompt) bool {
			other, _ := units.Line(o.Says)
			return o.Left <= p.Right && p.Left <= o.Right && o.Bottom >= first && !slices.Equal(other, []string{unit})
		})
	}
	for _, p := range list {
		found, odd := units.Line(p.Says)
		if p.Bottom < first || len(found) == 0 || p.Left >= len(header) {
			continue
		}
		at := letters(p.Left)
		note := func(rule, zh, en string) {
			said := account.Shown(p.Says)
			notes = append(notes, Note{rule, max(p.Top, first), 1, codes.Text{Zh: at + " 列的输入提示“" + said + "”" + zh, En: "the prompt of column " + at + " (" + said + ") " + en}})
		}
		u, _ := units.Parse(found[0])
		changes := u.Money() || u.Exp != 0 || u.Share()
		_, own, _ := units.Heading(header[p.Left])
		is, _ := units.Parse(strings.Join(own, ""))
		switch {
		case len(found) > 1 || len(odd) > 0 || warned(p.Says, found[0]) || part(p, found[0]):
			if changes && (len(own) == 0 || is != u) {
				note("prompt_unit", "提到单位，没有按它读取；请核对这一列以什么计，写进表头", "mentions a unit that was not followed: check what the column counts in, and write it into the heading")
			}
		case several(p):
			if line := "单位：" + found[0]; !slices.Contains(lines, line) {
				lines = append(lines, line)
			}
		case header[p.Left] == "" || !changes:
		case len(own) == 0:
			header[p.Left] += "（" + found[0] + "）"
			note("prompt_unit", "给出了这一列的单位，按它读取", "gives the unit of its column, which was read by it")
		case is != u:
			note("prompt_unit", "与表头写的单位不同，按表头读取；请核对", "gives another unit than the heading, which was followed: check it")
		}
	}
	return notes, lines
}
