package rows

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"yanzhen/pipeline/account"
	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/source"
)

// Alike finds texts of a column that read alike and are two values: 第3期 and 第三期, 1,234.50 and 1234.5. Only the sender knows
// whether one thing is meant, so it is told.
type Alike struct {
	columns []*alike
	sheet   string
	rows    int
}

// alike is a column, and its different texts in their order.
type alike struct {
	at    int
	title codes.Text
	met   map[string]bool
	texts []spelt
	odd   bool // one of them may read like another that is written differently
}

// spelt is a text, and the row in which it stands first.
type spelt struct {
	text string
	row  int
}

// mostAlike is in how many rows of a table texts are held against each other, and mostTold how many pairs of a column are told.
const (
	mostAlike = 2000
	mostTold  = 5
)

// NewAlike looks at the columns of texts of a table that are read from some cells, by column; -1: from none. Texts of a list have one
// meaning each, and names of people are their own.
func NewAlike(ds *dataset.Dataset, at []int) (a Alike) {
	for i := range ds.Columns {
		c := &ds.Columns[i]
		words := c.Type == dataset.String || c.Type == dataset.Low || c.Type == dataset.Code
		if at[i] >= 0 && words && c.List == "" && c.Personal == "" && (c.Parse == "" || c.Parse == "trim") && !reRemark.MatchString(c.Title.Zh) {
			a.columns = append(a.columns, &alike{at: at[i], title: c.Title, met: map[string]bool{}})
		}
	}
	return a
}

// See looks at a row that was loaded.
func (a *Alike) See(row *source.Row) {
	if a.rows++; a.rows > mostAlike {
		return
	}
	a.sheet = row.Origin.Sheet
	for _, c := range a.columns {
		if c.at >= len(row.Cells) {
			continue
		}
		text, ok := row.Cells[c.at].Shown()
		if !ok || text == "" || len(text) > 60 || c.met[text] {
			continue
		}
		c.met[text] = true
		c.texts = append(c.texts, spelt{text, row.Origin.Row})
		c.odd = c.odd || !even(text)
	}
}

// even reports whether a text reads as it is written and no other way: without blanks, small letters, points and commas, Chinese
// numerals and wide characters.
func even(text string) bool {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c == '-' || c == '/' || c == '(' || c == ')':
		case c < 0xe4 || c > 0xe9:
			return false
		default:
			r, n := utf8.DecodeRuneInString(text[i:])
			if strings.ContainsRune("零〇一二三四五六七八九十百", r) {
				return false
			}
			i += n - 1
		}
	}
	return true
}

// pairs are the texts that read alike, and how many more there are.
func (c *alike) pairs(sheet string) (told []string, more int) {
	first := map[string]spelt{}
	place := func(s spelt) string {
		return account.Place(sheet, (source.Origin{Row: s.row}).Cell(c.at), "“"+account.Shown(s.text)+"”")
	}
	for _, s := range c.texts {
		key := s.text
		if !even(key) {
			key = reads(key)
		}
		was, ok := first[key]
		switch {
		case !ok:
			first[key] = s
		case cell.Trim(was.text) == cell.Trim(s.text):
		case len(told) == mostTold:
			more++
		default:
			told = append(told, place(was)+" / "+place(s))
		}
	}
	return told, more
}

// Tell tells of them.
func (a *Alike) Tell(say func(codes.Text)) {
	for _, c := range a.columns {
		if !c.odd {
			continue
		}
		odd, more := c.pairs(a.sheet)
		if len(odd) == 0 {
			continue
		}
		pairs := strings.Join(odd, "; ")
		t := codes.Text{
			Zh: fmt.Sprintf("“%s”列有的文字读来一样、写法不同，按两个值读取：%s", c.title.Zh, strings.ReplaceAll(pairs, "; ", "；")),
			En: fmt.Sprintf("texts of the column %s read alike and are written differently; they were read as two values: %s", c.title.En, pairs),
		}
		if more > 0 {
			t.Zh += fmt.Sprintf("；另有 %d 处", more)
			t.En += fmt.Sprintf("; and %d more", more)
		}
		say(t)
	}
}

// numerals are the Chinese digits, and tens the units that multiply them.
var (
	numerals = map[rune]int{'零': 0, '〇': 0, '一': 1, '二': 2, '三': 3, '四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9}
	tens     = map[rune]int{'十': 10, '百': 100}
)

// reads is a text as it is read aloud: Chinese numerals are digits, letters have one case, blanks do not count, nor do the commas and
// last zeros of a number.
func reads(text string) string {
	var b strings.Builder
	n, digit, more := 0, 0, false // the numeral so far, its last digit, which a unit may multiply, and whether there is one
	behind := false               // a digit is what stands before
	for _, r := range strings.ToUpper(cell.Squeeze(cell.Fold(text))) {
		v, is := numerals[r]
		by := tens[r]
		switch {
		case is && more && !behind && v == 0: // 一百零三
		case is && behind: // 二〇二六
			n, digit = 10*(n+digit)%1e9, v
		case is:
			digit, more, behind = v, true, true
		case by > 0 && (more || by == 10):
			if !more {
				digit = 1
			}
			n, digit, more, behind = n+by*digit, 0, true, false
		default:
			if more {
				b.WriteString(strconv.Itoa(n + digit))
			}
			n, digit, more, behind = 0, 0, false, false
			b.WriteRune(r)
		}
	}
	if more {
		b.WriteString(strconv.Itoa(n + digit))
	}
	s := b.String()
	if strings.ContainsAny(s, ".,") && strings.Trim(s, "0123456789.,") == "" {
		if s = strings.ReplaceAll(s, ",", ""); strings.Count(s, ".") == 1 {
			s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
		}
	}
	return s
}

// Looks are what is looked at of the rows of a table, and told once all were read.
type Looks struct {
	groups Groups
	alike  Alike
	apart  apart
}

// NewLooks looks at the columns of a table that are read from some cells, by column; -1: from none.
func NewLooks(ds *dataset.Dataset, at []int) Looks {
	return Looks{groups: NewGroups(ds, at), alike: NewAlike(ds, at)}
}

// Pass takes a row that says something, whatever becomes of it.
func (l *Looks) Pass(row *source.Row) { l.apart.pass(row) }

// See looks at a row that was passed and loaded.
func (l *Looks) See(row *source.Row) {
	l.apart.see(row)
	l.groups.See(row)
	l.alike.See(row)
}

// Tell asks about and tells of what was seen.
func (l *Looks) Tell(ask, say func(codes.Text)) {
	l.groups.Tell(say)
	l.alike.Tell(say)
	l.apart.tell(ask, say)
}
