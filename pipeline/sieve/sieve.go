// Package sieve finds short texts of which a match of a regular expression must hold one, so that nearly every text that does
// not match is told at the cost of a look.
package sieve

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"unicode/utf8"
)

// Sieve lets pass what may match one of some regular expressions over keys (codes.Key).
type Sieve struct {
	all    bool
	digits bool                 // a digit is among the characters
	marks  [1 << 16]mark        // of the characters of a text as they stand there, before a key is made of it
	alone  map[rune]bool        // characters that alone may be a match
	pairs  [1 << 16 / 64]uint64 // characters and those behind them, by hash
	known  map[[2]rune]bool     // the same
}

// mark is what is known of a character.
type mark uint8

const (
	alone  mark = 1 << iota // it alone may be a match
	first                   // some match holds it before another
	second                  // some match holds it behind another
	none                    // a key has none
)

// New makes a sieve for some regular expressions.
func New(list ...*regexp.Regexp) *Sieve {
	s := &Sieve{alone: map[rune]bool{}, known: map[[2]rune]bool{}}
	marks := map[rune]mark{}
	for _, re := range list {
		tree, err := syntax.Parse(re.String(), syntax.Perl)
		if err != nil { // it was compiled
			s.all = true
			continue
		}
		atoms := look(tree).best()
		s.all = s.all || len(atoms) == 0
		for _, a := range atoms {
			one, size := utf8.DecodeRuneInString(a)
			if size == len(a) {
				s.alone[one] = true
				marks[one] |= alone
				continue
			}
			two, _ := utf8.DecodeRuneInString(a[size:])
			i := pair(one, two)
			s.pairs[i/64] |= 1 << (i % 64)
			s.known[[2]rune{one, two}] = true
			marks[one] |= first
			marks[two] |= second
		}
	}
	for r, m := range marks {
		if upright(r) != r {
			continue // no key holds it
		}
		s.mark(r, m)
		if 'A' <= r && r <= 'Z' {
			s.mark(r+'a'-'A', m)
		}
		s.digits = s.digits || '0' <= r && r <= '9'
	}
	for r := range rune(0x2010) {
		if upright(r) < 0 {
			s.mark(r, none)
		}
	}
	s.mark('\u3000', none)
	s.mark('\ufeff', none)
	return s
}

// mark marks a character, and its full-width form.
func (s *Sieve) mark(r rune, m mark) {
	if r < 1<<16 {
		s.marks[r] = m
	}
	if '!' <= r && r <= '~' {
		s.marks[r+0xfee0] = m
	}
}

func pair(a, b rune) uint32 { return (uint32(a)*2654435761 ^ uint32(b)*2246822519) >> 16 }

// upright is a character as it stands in a key; -1: a key has none.
func upright(r rune) rune {
	if 0xff01 <= r && r <= 0xff5e {
		r -= 0xfee0
	}
	switch {
	case r <= ' ' || r == 0x7f || r == '\u00a0' || r == '\u3000' || r == '\ufeff' || 0x2000 <= r && r <= 0x200f:
		return -1
	case 'a' <= r && r <= 'z':
		r += 'A' - 'a'
	}
	return r
}

// May reports whether the key of a text may match. The text need not be one.
func (s *Sieve) May(text string) bool {
	if s.all {
		return true
	}
	var before rune = -1 // begins a pair
	for i := 0; i < len(text); {
		c, r := text[i], rune(0)
		switch {
		case c < utf8.RuneSelf:
			r = rune(c)
			i++
		case c > 0xe0 && c != 0xed && c < 0xf0 && i+2 < len(text) && text[i+1]&0xc0 == 0x80 && text[i+2]&0xc0 == 0x80: // nearly all others
			r = rune(c&0xf)<<12 | rune(text[i+1]&0x3f)<<6 | rune(text[i+2]&0x3f)
			i += 3
		default:
			var size int
			r, size = utf8.DecodeRuneInString(text[i:])
			if i += size; r >= 1<<16 {
				if s.alone[r] || before >= 0 && s.known[[2]rune{before, r}] {
					return true
				}
				before = r
				continue
			}
		}
		switch m := s.marks[r]; {
		case m == 0:
			before = -1
		case m == none:
		case m&alone != 0:
			return true
		default:
			if r < utf8.RuneSelf || r > 0xff00 {
				r = upright(r)
			}
			if before >= 0 && m&second != 0 {
				if i := pair(before, r); s.pairs[i/64]&(1<<(i%64)) != 0 && s.known[[2]rune{before, r}] {
					return true
				}
			}
			if before = -1; m&first != 0 {
				before = r
			}
		}
	}
	return false
}

// Stops reports whether the sieve lets a text not pass of which something may be known. Where digits matter, nothing is.
func (s *Sieve) Stops(text string, told *Told) bool {
	if *told&NoRemark != 0 {
		return true
	}
	stops := !s.May(text)
	if stops && !s.digits {
		*told |= NoRemark
	}
	return stops
}

// most is how many texts an expression may have that are all put down.
const most = 2000

// seen is what is known of the texts that a part of an expression matches.
type seen struct {
	exact []string // all of them; nil: there are too many
	atoms []string // each holds one of these; nil: not known
}

// best are the atoms that tell most.
func (s seen) best() []string {
	if better(s.exact, s.atoms) {
		return s.exact
	}
	return s.atoms
}

// better reports whether one set of atoms tells more than another: three characters more than two or one, few more than many.
func better(a, b []string) bool {
	x, y := least(a), least(b)
	return x > y || x == y && x > 0 && len(a) < len(b)
}

// least is the length of the shortest, at most 3; 0: they tell nothing.
func least(atoms []string) int {
	n := 3
	for _, a := range atoms {
		n = min(n, utf8.RuneCountInString(a))
	}
	if len(atoms) == 0 {
		return 0
	}
	return n
}

func look(re *syntax.Regexp) seen {
	if re.Flags&syntax.FoldCase != 0 {
		return seen{}
	}
	switch re.Op {
	case syntax.OpLiteral:
		return seen{exact: []string{string(re.Rune)}}
	case syntax.OpEmptyMatch, syntax.OpBeginText, syntax.OpEndText, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return seen{exact: []string{""}}
	case syntax.OpCharClass:
		var s seen
		for i := 0; i+1 < len(re.Rune); i += 2 {
			if re.Rune[i+1]-re.Rune[i] > 64 || len(s.exact) > 64 {
				return seen{}
			}
			for r := re.Rune[i]; r <= re.Rune[i+1]; r++ {
				s.exact = append(s.exact, string(r))
			}
		}
		return s
	case syntax.OpCapture:
		return look(re.Sub[0])
	case syntax.OpPlus:
		return seen{atoms: look(re.Sub[0]).best()}
	case syntax.OpQuest:
		if s := look(re.Sub[0]); s.exact != nil {
			return seen{exact: append(slices.Clone(s.exact), "")}
		}
	case syntax.OpRepeat:
		if re.Min > 0 {
			return seen{atoms: look(re.Sub[0]).best()}
		}
	case syntax.OpAlternate:
		return alternate(re.Sub)
	case syntax.OpConcat:
		return concat(re.Sub)
	}
	return seen{}
}

func alternate(subs []*syntax.Regexp) seen {
	all := seen{exact: []string{}, atoms: []string{}}
	for _, sub := range subs {
		s := look(sub)
		if all.exact != nil && s.exact != nil && len(all.exact)+len(s.exact) <= most {
			all.exact = append(all.exact, s.exact...)
		} else {
			all.exact = nil
		}
		if best := s.best(); all.atoms != nil && least(best) > 0 {
			all.atoms = append(all.atoms, best...)
		} else {
			all.atoms = nil
		}
	}
	return all
}

func concat(subs []*syntax.Regexp) seen {
	var atoms []string
	take := func(set []string) {
		if better(set, atoms) {
			atoms = set
		}
	}
	whole, run := true, []string{""}
	for _, sub := range subs {
		s := look(sub)
		take(s.best())
		if s.exact == nil {
			take(run)
			whole, run = false, []string{""}
			continue
		}
		if len(run)*len(s.exact) > most {
			take(run)
			whole, run = false, []string{""}
		}
		var next []string
		for _, a := range run {
			for _, b := range s.exact {
				next = append(next, a+b)
			}
		}
		run = next
	}
	take(run)
	if whole {
		return seen{exact: run, atoms: atoms}
	}
	return seen{atoms: atoms}
}
