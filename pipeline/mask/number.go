package mask

import (
	"strings"

	"yanzhen/pipeline/codes"
)

// Span is a piece of a text, in bytes, [From, To).
type Span struct{ From, To int }

// group is a run of digits.
type group struct {
	from, to int  // in the text
	at, n    int  // of its digits in finder.digits
	x        int  // where an X right behind it ends in the text; 0: there is none
	tied     bool // nothing but a few gaps lies between it and the group before
	point    bool // and that is a point, as in 3.14
}

type finder struct {
	digits []byte
	groups []group
}

// fewest is how many digits the shortest number has that is hidden: 010-12345678 and 0579-8655123.
const fewest = 11

// Suspect reports whether a text has so many digits that Numbers must look at it. It costs no more than a
// glance at every eight bytes.
func Suspect(s string) bool {
	if len(s) < fewest {
		return false
	}
	const ones = 0x0101010101010101
	n, i := 0, 0
	for ; i+8 <= len(s); i += 8 {
		w := s[i : i+8]
		t := uint64(w[0]) | uint64(w[1])<<8 | uint64(w[2])<<16 | uint64(w[3])<<24 | uint64(w[4])<<32 | uint64(w[5])<<40 | uint64(w[6])<<48 | uint64(w[7])<<56
		t ^= '0' * ones
		digits := ^(t&(0x7f*ones) + (0x7f-9)*ones | t) >> 7 & ones // the lowest bit of each byte that is one
		n += int(digits * ones >> 56)
	}
	for ; i < len(s); i++ {
		if s[i]-'0' <= 9 {
			n++
		}
	}
	for rest := s; n < fewest; { // ０ to ９
		i := strings.IndexByte(rest, 0xef)
		if i < 0 || i+2 >= len(rest) {
			break
		}
		if rest[i+1] == 0xbc && rest[i+2]-0x90 <= 9 {
			n++
		}
		rest = rest[i+1:]
	}
	return n >= fewest
}

// Numbers finds the identity numbers (GB 11643: 18 characters whose check character is right and whose date of
// birth exists, or 15 digits of a known division), the mobile numbers of the mainland (11 digits from 13 to 19,
// with or without 86) and the landlines with an area code that is written apart, also where they are
// full-width or parted by blanks, hyphens, points and slashes. Nil where there is none.
func Numbers(s string) []Span {
	if !Suspect(s) {
		return nil
	}
	f := finder{}
	f.read(s)
	var out []Span
	for i := 0; i < len(f.groups); {
		last, span := f.match(i)
		if last < 0 {
			out = append(out, f.inside(&f.groups[i])...)
			i++
			continue
		}
		out = append(out, span)
		i = last + 1
	}
	return out
}

// half is the ASCII character of a full-width one.
func half(r rune) rune {
	if 0xff01 <= r && r <= 0xff5e {
		return r - 0xfee0
	}
	return r
}

// gap reports whether people write r inside a number.
func gap(r rune) bool {
	switch r {
	case ' ', '\t', '\n', '\r', '\'', '`', '-', '.', '_', '/', '(', ')', 0xa0, 0x3000, 0xfeff, '·', 0x200b, 0x2018, 0x2019, 0x2212, 0x2500, 0xfe63, 0x3002, 0xad:
		return true
	}
	return 0x2000 <= r && r <= 0x2015
}

// mostGaps is how many of them may stand between two groups of one number.
const mostGaps = 3

// read cuts the text into groups.
func (f *finder) read(s string) {
	open, gaps, point := false, 0, false
	for i, r := range s {
		h := half(r)
		end := i + len(string(r))
		last := len(f.groups) - 1
		switch {
		case h >= '0' && h <= '9':
			if !open {
				f.groups = append(f.groups, group{from: i, at: len(f.digits), tied: last >= 0 && gaps > 0 && gaps <= mostGaps, point: gaps == 1 && point})
				open, last = true, last+1
			}
			f.digits = append(f.digits, byte(h))
			f.groups[last].n++
			f.groups[last].to = end
			gaps = 0
		case (h == 'X' || h == 'x') && last >= 0 && (open || gaps > 0 && gaps <= 1):
			f.groups[last].x = end
			open, gaps = false, mostGaps+1
		case gap(h):
			if !open && gaps == 0 && last >= 0 {
				gaps = mostGaps + 1 // a word lies between
			}
			if open || gaps > 0 {
				gaps++
			}
			open, point = false, h == '.'
		default:
			open, gaps = false, 0
		}
	}
}

// match finds the longest number that begins with group i: the group it ends with, -1: none, and where it stands.
func (f *finder) match(i int) (last int, span Span) {
	last = -1
	n := 0
	for j := i; j < len(f.groups) && (j == i || f.groups[j].tied); j++ {
		g := &f.groups[j]
		if n += g.n; n > 18 {
			break
		}
		d := f.digits[f.groups[i].at : f.groups[i].at+n]
		switch {
		case n == 17 && g.x > 0 && identity(string(d)+"X", codes.Doubtful):
			last, span = j, Span{f.groups[i].from, g.x}
		case n == 18 && identity(string(d), codes.Doubtful),
			n == 15 && f.shape(i, j, "663") && identity(string(d), codes.Good),
			n == 11 && mobile(d) && f.shape(i, j, "344", "38", "74", "335"),
			(n == 13 || n == 15) && i == j && abroad(d),
			f.landline(i, j, d):
			last, span = j, Span{f.groups[i].from, g.to}
		}
	}
	if last == i && last >= 0 && f.groups[i].n == 11 && f.fraction(i) {
		return -1, Span{} // 13912345678.50 is an amount
	}
	return last, span
}

// fraction reports whether a group is a part of a decimal number.
func (f *finder) fraction(i int) bool {
	return f.groups[i].tied && f.groups[i].point || i+1 < len(f.groups) && f.groups[i+1].tied && f.groups[i+1].point && f.groups[i+1].n <= 2
}

// shape reports whether groups i to j are one, all single digits, or cut as one of the forms says: the length of
// each group.
func (f *finder) shape(i, j int, forms ...string) bool {
	if i == j {
		return true
	}
	single := true
	b := make([]byte, 0, 8)
	for k := i; k <= j; k++ {
		n := f.groups[k].n
		single = single && n == 1
		b = append(b, "0123456789abcdefghi"[n])
	}
	if single {
		return true
	}
	for _, form := range forms {
		if form == string(b) {
			return true
		}
	}
	return false
}

// identity reports whether d is an identity number whose division is at least so well known.
func identity(d string, region codes.Verdict) bool {
	id := codes.CheckID(d)
	return id.Valid() && (region == codes.Doubtful || id.Semantics == codes.Good)
}

func mobile(d []byte) bool { return len(d) == 11 && d[0] == '1' && d[1] >= '3' }

// abroad is a mobile number with the number of the country before it.
func abroad(d []byte) bool {
	switch {
	case len(d) == 13 && string(d[:2]) == "86":
		return mobile(d[2:])
	case len(d) == 15 && string(d[:4]) == "0086":
		return mobile(d[4:])
	}
	return false
}

// landline reports whether groups i to j are an area code, written apart, and a number of it.
func (f *finder) landline(i, j int, d []byte) bool {
	code := f.groups[i].n
	rest := len(d) - code
	if i == j || d[0] != '0' || f.groups[i+1].point {
		return false
	}
	switch {
	case code == 3 && (d[1] == '1' && d[2] == '0' || d[1] == '2'):
		return rest == 8 && d[3] > '1' && !day(d[3:]) && f.shape(i, j, "38", "344")
	case code == 4 && d[1] >= '3':
		return d[4] > '1' && (rest == 8 && !day(d[4:]) && f.shape(i, j, "48", "444") || rest == 7 && f.shape(i, j, "47", "434"))
	}
	return false
}

// day reports whether eight digits may be a date.
func day(d []byte) bool {
	return (d[0] == '2' && d[1] == '0') && (d[4] == '0' || d[4] == '1' && d[5] <= '2') && d[6] <= '3'
}

// inside finds numbers in a run of digits that is longer than one: an identity number of a known division anywhere,
// a mobile number before or behind one, and two mobile numbers.
func (f *finder) inside(g *group) []Span {
	d := f.digits[g.at : g.at+g.n]
	hit := len(d) == 22 && mobile(d[:11]) && mobile(d[11:])
	for k := 0; k+18 <= len(d) && len(d) > 18 && !hit; k++ {
		hit = identity(string(d[k:k+18]), codes.Good)
	}
	if len(d) >= 17+11 && g.x == 0 {
		hit = hit || mobile(d[len(d)-11:]) && identity(string(d[:len(d)-11]), codes.Good)
	}
	if g.x > 0 && len(d) > 17 {
		hit = hit || identity(string(d[len(d)-17:])+"X", codes.Good)
	}
	switch {
	case hit && g.x > 0:
		return []Span{{g.from, g.x}}
	case hit:
		return []Span{{g.from, g.to}}
	}
	return nil
}
