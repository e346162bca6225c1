package delimited

import (
	"fmt"
	"strings"

	"yanzhen/pipeline/codes"
)

// delimiters in the order they are believed when several fit equally.
var delimiters = []string{"\t", ",", ";", "|", "、", " "}

// rare are those that are looked for where no other parts the names that are wanted.
var rare = []string{"~", "^", "，", "；", "｜", "¦", "\x1f", "\x01"}

const (
	sampleRows = 5000
	headerRows = 30 // names are looked for in this many rows that are not empty
)

// none declares that there is no such character.
const none = "none"

// character is the byte of a declared quote or escape.
func character(declared string, otherwise byte) byte {
	switch declared {
	case "":
		return otherwise
	case none:
		return 0
	}
	return declared[0]
}

// sniff chooses the delimiter, the quote and the escape that divide most rows of the sample into the
// same number of columns, all quotes in place; those under which a row holds more wanted names go
// first. The parser knows the line ends, and whether the sample is all there is.
func (t *Text) sniff(p parser, sample string, o Options) {
	d := o.Dialect
	t.told = d.Quote != ""
	p.maxColumns, p.told = 1<<16, true
	t.comma, t.quote, t.escape = ",", character(d.Quote, '"'), character(d.Escape, 0)
	if rest, ok := strings.CutPrefix(sample, "sep="); ok && len(rest) > 1 && (rest[1] == '\r' || rest[1] == '\n') {
		t.skip = 1
		if d.Delimiter == "" {
			d.Delimiter = rest[:1]
		}
	}
	commas := delimiters
	if d.Delimiter != "" {
		commas = []string{d.Delimiter}
		t.comma, t.divided = d.Delimiter, true
	}
	quotes, escapes := []byte{t.quote}, []byte{t.escape}
	if d.Quote == "" && strings.Count(sample, "'") > 3 {
		quotes = append(quotes, '\'')
	}
	if d.Escape == "" && strings.Contains(sample, `\"`) {
		escapes = append(escapes, '\\')
	}
	best := -1.0
	for qi, quote := range quotes {
		for ei, escape := range escapes {
			for i, comma := range commas {
				p.comma, p.quote, p.escape = comma, quote, escape
				f := fitOf(&p, sample, o.Names)
				if f.mode < 2 && d.Delimiter == "" {
					continue
				}
				score := f.share - 0.01*float64(i) - 0.02*float64(qi) - 0.02*float64(ei)
				if qi > 0 && enclosed(sample, comma, quote) > enclosed(sample, comma, quotes[0]) {
					score += 0.05
				}
				if comma == " " {
					score -= 0.1 // words are divided by blanks too
				}
				if f.names > 1 {
					score += float64(f.names)
				}
				if score > best {
					best, t.comma, t.quote, t.escape, t.widths, t.divided = score, comma, quote, escape, f.widths, true
				}
			}
		}
	}
	if best < 1 && d.Delimiter == "" && o.Names != nil {
		for _, comma := range rare {
			if strings.Count(sample[:min(len(sample), 4<<10)], comma) < 2 {
				continue
			}
			p.comma, p.quote, p.escape = comma, quotes[0], escapes[0]
			if f := fitOf(&p, sample, o.Names); f.mode > 1 && f.names > 1 && 2*f.share > 1 {
				best, t.comma, t.quote, t.escape, t.widths, t.divided = 1, comma, quotes[0], escapes[0], f.widths, true
				break
			}
		}
	}
	if best < 0 {
		p.comma, p.quote, p.escape = t.comma, t.quote, t.escape
		t.widths = fitOf(&p, sample, nil).widths
	}
	t.usual, _ = t.Usual(t.skip, 0)
	t.dialect = Dialect{Encoding: t.set.name, Delimiter: t.comma, Quote: spoken(t.quote), Escape: spoken(t.escape)}
}

// enclosed counts the quotes in a text that stand where cells begin, 0 where they are not about as many
// as those where cells end.
func enclosed(s, comma string, quote byte) int {
	q := string(rune(quote))
	begin := strings.Count(s, comma+q) + strings.Count(s, "\n"+q)
	end := strings.Count(s, q+comma) + strings.Count(s, q+"\n") + strings.Count(s, q+"\r")
	if begin < 4 || begin > end+1+end/10 || end > begin+1+begin/10 {
		return 0
	}
	return begin
}

func spoken(c byte) string {
	if c == 0 {
		return none
	}
	return string(rune(c))
}

// fit is how well a dialect suits a sample.
type fit struct {
	mode   int // the number of cells that most rows have, of those with more than one
	share  float64
	names  int   // wanted names that the best of the first rows holds
	widths []int // number of cells of each row; 0: an empty one
}

func fitOf(p *parser, sample string, names func([]string) int) (f fit) {
	counts := map[int]int{}
	rows := 0
	for s := sample; s != "" && len(f.widths) < sampleRows; {
		n, err := p.record(s)
		if err == nil && n == 0 {
			break
		}
		odd := err != nil || p.stray >= 0
		if err != nil || p.broken { // what the quote swallows is looked at line by line
			q := *p
			q.last = true
			line, k := q.line(s)
			if k == 0 {
				break
			}
			if rows < headerRows && names != nil {
				f.names = max(f.names, names(strings.Split(line, p.comma)))
			}
			if err != nil {
				n = k
			}
		}
		s = s[n:]
		switch {
		case odd:
			f.widths = append(f.widths, 0)
		case blank(p.cells):
			f.widths = append(f.widths, 0)
			continue
		default:
			f.widths = append(f.widths, len(p.cells))
			counts[len(p.cells)]++
		}
		if rows++; rows <= headerRows && names != nil && err == nil {
			f.names = max(f.names, names(p.cells))
		}
	}
	most := 0
	for width, n := range counts {
		if width > 1 && (n > most || n == most && width > f.mode) {
			f.mode, most = width, n
		}
	}
	if rows > 0 {
		f.share = float64(most) / float64(rows)
	}
	return f
}

// tooLong refuses a record longer than the limit, which is no text at all.
func tooLong(limit, row int) *Refusal {
	most := fmt.Sprintf("%d B", limit)
	if limit >= 1<<20 {
		most = fmt.Sprintf("%d MiB", limit>>20)
	}
	return refuse("record_size", row, codes.Text{
		Zh: fmt.Sprintf("第 %d 行超过上限 %s", row, most), En: fmt.Sprintf("row %d is longer than %s", row, most),
	}, codes.Text{Zh: "请检查换行符是否丢失，或文件是否为文本表格", En: "check whether the line ends were lost, or whether this is a text table at all"})
}
