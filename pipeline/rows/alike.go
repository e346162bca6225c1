package rows

import (
	"fmt"
	"strconv"
	"strings"

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
	rows    int
}

type alike struct {
	at    int
	title codes.Text
	met   map[string]bool  // texts as they stand
	first map[string]spelt // by what they read like
	odd   []string         // pairs, as they are told
	more  int
}

// spelt is a text and where it stands.
type spelt struct{ text, at string }

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
			a.columns = append(a.columns, &alike{at: at[i], title: c.Title, met: map[string]bool{}, first: map[string]spelt{}})
		}
	}
	return a
}

// See looks at a row that was loaded.
func (a *Alike) See(row *source.Row) {
	if a.rows++; a.rows > mostAlike {
		return
	}
	for _, c := range a.columns {
		if c.at >= len(row.Cells) {
			continue
		}
		text, ok := row.Cells[c.at].Shown()
		if text = cell.Trim(text); !ok || text == "" || len(text) > 60 || c.met[text] {
			continue
		}
		c.met[text] = true
		c.see(text, strings.TrimSpace(account.Place(row.Origin.Sheet, row.Origin.Cell(c.at), "")))
	}
}

// see takes a text that was not met before.
func (c *alike) see(text, at string) {
	key := reads(text)
	if key == "" {
		return
	}
	was, ok := c.first[key]
	switch {
	case !ok:
		c.first[key] = spelt{text, at}
	case len(c.odd) == mostTold:
		c.more++
	default:
		c.odd = append(c.odd, fmt.Sprintf("%s “%s” / %s “%s”", was.at, account.Shown(was.text), at, account.Shown(text)))
	}
}

// Tell tells of them.
func (a *Alike) Tell(say func(codes.Text)) {
	for _, c := range a.columns {
		if len(c.odd) == 0 {
			continue
		}
		pairs := strings.Join(c.odd, "; ")
		t := codes.Text{
			Zh: fmt.Sprintf("“%s”列有的文字读来一样、写法不同，按两个值读取：%s", c.title.Zh, strings.ReplaceAll(pairs, "; ", "；")),
			En: fmt.Sprintf("texts of the column %s read alike and are written differently; they were read as two values: %s", c.title.En, pairs),
		}
		if c.more > 0 {
			t.Zh += fmt.Sprintf("；另有 %d 处", c.more)
			t.En += fmt.Sprintf("; and %d more", c.more)
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

// Looks are what is looked at of the rows that are loaded, and told once all were read.
type Looks struct {
	groups Groups
	alike  Alike
}

// NewLooks looks at the columns of a table that are read from some cells, by column; -1: from none.
func NewLooks(ds *dataset.Dataset, at []int) Looks { return Looks{NewGroups(ds, at), NewAlike(ds, at)} }

// See looks at a row.
func (l *Looks) See(row *source.Row) {
	l.groups.See(row)
	l.alike.See(row)
}

// Tell tells of what was seen.
func (l *Looks) Tell(say func(codes.Text)) {
	l.groups.Tell(say)
	l.alike.Tell(say)
}
