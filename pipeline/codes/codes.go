// Package codes holds code lists (configs/codes/*.csv) and the check digits of identity numbers
// (GB 11643) and unified social credit codes (GB 32100).
package codes

import (
	"errors"
	"fmt"
	"sort"
	"strings"
	"time"

	"golang.org/x/text/width"
)

// Value is one value of a list.
type Value struct {
	Code    string
	Zh      string
	En      string
	Aliases []string
	Parent  string    // code of the wider value in the same list or in the list it names; empty: none
	Rank    int       // greater is higher; meaningful only where the list is Ranked
	From    time.Time // first day the value may be used; zero: always
	To      time.Time // first day it may no longer be used; zero: for good
	Place   *Place    // where it lies; nil: not said
}

// Place is a point on the earth in degrees, east and north positive.
type Place struct{ Lon, Lat float64 }

// Valid says whether the value may be used on the day.
func (v Value) Valid(day time.Time) bool {
	return (v.From.IsZero() || !day.Before(v.From)) && (v.To.IsZero() || day.Before(v.To))
}

// List is one code list. It is read-only once loaded and safe for concurrent use.
type List struct {
	Name   string
	Zh     string
	En     string
	Ranked bool
	Values []Value // in the order of the file

	byCode map[string]int
	byText map[string]int // Key of every code, name and alias
}

// Lists is every list by name.
type Lists struct {
	byName map[string]*List
}

// Get returns the list of that name, nil where there is none.
func (ls *Lists) Get(name string) *List { return ls.byName[name] }

// Names returns the names of all lists in order.
func (ls *Lists) Names() []string {
	names := make([]string, 0, len(ls.byName))
	for n := range ls.byName {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}

// Add puts a list built elsewhere (the nodes of the chains) beside the loaded ones. An error where
// the name is taken or two values share a name.
func (ls *Lists) Add(l *List) error {
	if ls.byName[l.Name] != nil {
		return fmt.Errorf("code list %s: 已存在 / there is one already", l.Name)
	}
	if err := l.index(nil); err != nil {
		return err
	}
	ls.byName[l.Name] = l
	return nil
}

// index builds the look-ups; where names the place of value i in an error, nil: its code does.
func (l *List) index(where func(i int) string) error {
	if where == nil {
		where = func(i int) string { return "code list " + l.Name + ": " + l.Values[i].Code }
	}
	l.byCode = make(map[string]int, len(l.Values))
	l.byText = make(map[string]int, 4*len(l.Values))
	var errs []error
	for i, v := range l.Values {
		if j, taken := l.byCode[v.Code]; taken {
			errs = append(errs, fmt.Errorf("%s: 代码 %q 重复，先见于 %s / code %q is used twice, first at %s", where(i), v.Code, where(j), v.Code, where(j)))
			continue
		}
		l.byCode[v.Code] = i
	}
	for i, v := range l.Values {
		for _, t := range append([]string{v.Code, v.Zh, v.En}, v.Aliases...) {
			k := Key(t)
			if j, taken := l.byText[k]; taken && j != i {
				errs = append(errs, fmt.Errorf("%s: 名称 %q 同时指向 %q 和 %q / name %q means both %q and %q", where(i), t, l.Values[j].Code, v.Code, t, l.Values[j].Code, v.Code))
				continue
			}
			l.byText[k] = i
		}
	}
	return errors.Join(errs...)
}

// Key is the form in which texts are compared: full-width as half-width, no spaces of any kind,
// ASCII letters in upper case.
func Key(text string) string {
	plain := true
	for i := 0; i < len(text); i++ {
		if c := text[i]; c <= ' ' || c >= 0x7f || 'a' <= c && c <= 'z' {
			plain = false
			break
		}
	}
	if plain {
		return text
	}
	var b strings.Builder
	b.Grow(len(text))
	for _, r := range width.Fold.String(text) {
		switch {
		case r <= ' ' || r == '\u00a0' || r == '\u3000' || r == '\ufeff' || 0x2000 <= r && r <= 0x200f || r == 0x7f:
		case 'a' <= r && r <= 'z':
			b.WriteRune(r - 'a' + 'A')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Find returns the code a text means: a code, a name in either language or an alias, in full or
// half width, in any case, with or without spaces. A text of several parts (高级工（三级），
// 三级/高级工) is found where every part means the same value; anything else is not found.
func (l *List) Find(text string) (code string, ok bool) {
	i, ok := l.find(text)
	if !ok {
		return "", false
	}
	return l.Values[i].Code, true
}

func (l *List) find(text string) (int, bool) {
	if i, ok := l.byText[text]; ok {
		return i, true
	}
	k := Key(text)
	if k == "" {
		return 0, false
	}
	if i, ok := l.byText[k]; ok {
		return i, true
	}
	found := -1
	for part := range strings.FieldsFuncSeq(k, func(r rune) bool { return strings.ContainsRune("()[]【】/、,;:-—·", r) }) {
		i, ok := l.byText[part]
		if !ok || found >= 0 && found != i {
			return 0, false
		}
		found = i
	}
	return found, found >= 0
}

// FindRank is Find for ranked lists, returning the rank.
func (l *List) FindRank(text string) (rank int, ok bool) {
	i, ok := l.find(text)
	if !ok || !l.Ranked {
		return 0, false
	}
	return l.Values[i].Rank, true
}

// Value returns the value of that exact code.
func (l *List) Value(code string) (Value, bool) {
	i, ok := l.byCode[code]
	if !ok {
		return Value{}, false
	}
	return l.Values[i], true
}

// Label returns the name of a code in "zh" or "en"; the code itself where the list lacks it.
func (l *List) Label(code string, lang Lang) string {
	v, ok := l.Value(code)
	switch {
	case !ok:
		return code
	case lang == "en":
		return v.En
	}
	return v.Zh
}

// Codes returns all codes in the order of the file.
func (l *List) Codes() []string {
	cs := make([]string, len(l.Values))
	for i, v := range l.Values {
		cs[i] = v.Code
	}
	return cs
}

// Rank returns the rank of a code; false where the list has no ranks or no such code.
func (l *List) Rank(code string) (int, bool) {
	v, ok := l.Value(code)
	return v.Rank, ok && l.Ranked
}

// OfRank returns the value of that rank; false where there is none.
func (l *List) OfRank(rank int) (Value, bool) {
	if l.Ranked {
		for _, v := range l.Values {
			if v.Rank == rank {
				return v, true
			}
		}
	}
	return Value{}, false
}

// AtLeast returns the codes whose rank is that of code or higher: "E类及以上" is A, B, C, D, E.
func (l *List) AtLeast(code string) []string {
	r, ok := l.Rank(code)
	if !ok {
		return nil
	}
	var cs []string
	for _, v := range l.Values {
		if v.Rank >= r {
			cs = append(cs, v.Code)
		}
	}
	return cs
}

// City finds a city of list "cities" by its name with or without 市, 地区, 盟 or 州, and the
// province it lies in. A text that names only a province is not a city, but for the four
// municipalities, Hong Kong and Macao.
func (ls *Lists) City(text string) (city, province string, ok bool) {
	l := ls.byName["cities"]
	if l == nil {
		return "", "", false
	}
	i, ok := l.byText[text]
	if !ok {
		k := Key(text)
		if i, ok = l.byText[k]; !ok {
			for _, suffix := range []string{"市", "地区", "盟", "州", "特别行政区"} {
				if short, cut := strings.CutSuffix(k, suffix); cut {
					if i, ok = l.byText[short]; ok {
						break
					}
				}
			}
		}
	}
	if !ok {
		return "", "", false
	}
	return l.Values[i].Code, l.Values[i].Parent, true
}
