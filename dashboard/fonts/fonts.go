// Package fonts holds the letters that the program itself draws with: the free ones that are built in, and the files of an
// office's own. It knows which font has a character, how wide it is and what it looks like; where no font has it, a mark
// stands for it, and that is said.
package fonts

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/unicode/norm"
)

// Role is what a font is for.
type Role string

// The roles: those of an official document, and the two of charts.
const (
	Song     Role = "song"     // page numbers, tables
	Hei      Role = "hei"      // first headings
	FangSong Role = "fangsong" // running text
	Kai      Role = "kai"      // second headings
	Title    Role = "title"    // the title, 小标宋
	Strong   Role = "strong"   // third headings
	Sans     Role = "sans"     // charts
	SansBold Role = "sans_bold"
)

// Roles are those an office may name a file for.
var Roles = []Role{Song, Hei, FangSong, Kai, Title}

// The vendor directory is written by cmd/web from the npm parts and is not kept in the repository; without it the
// program builds and draws no letters.
//
//go:embed *
var embedded embed.FS

// The built-in files. The regular ones have every character of the family, the bold ones those of GB 2312: a rare
// character of a bold name is taken from the regular one. The last two have the letters of the Latin, Greek and Cyrillic
// alphabets that those lack: Şahin, Łukasz.
const (
	sansRegular, sansBold   = "NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf"
	serifRegular, serifBold = "NotoSerifSC-Regular.ttf", "NotoSerifSC-Bold.ttf"
	sansLatin, serifLatin   = "NotoSans-Regular.ttf", "NotoSerif-Regular.ttf"
)

// The built-in files in the order in which a character is looked for where the font of its role lacks it.
var (
	serifs = []string{serifRegular, serifLatin, sansRegular, sansLatin}
	sanses = []string{sansRegular, sansLatin, serifRegular, serifLatin}
)

var free = map[Role]string{
	Song: serifRegular, FangSong: serifRegular, Title: serifBold, Strong: serifBold,
	Hei: sansBold, Kai: sansRegular, Sans: sansRegular, SansBold: sansBold,
}

// ErrNone is returned where the program was built without fonts.
var ErrNone = errors.New("fonts: the program was built without fonts: run make setup, then build it anew")

// Set is a font for each role, and those that help out. It is safe for concurrent use.
type Set struct {
	roles          map[Role]lazy
	serifs, sanses []lazy // those that help out
}

// lazy is a font that is read when something is first drawn with it: the built-in ones have 31 MB, and few are used.
type lazy func() *Face

// Free is the set of the built-in fonts.
var Free = sync.OnceValues(builtIns)

func builtIns() (*Set, error) {
	s := &Set{roles: map[Role]lazy{}}
	files := map[string]lazy{}
	for _, name := range append(slices.Clone(serifs), serifBold, sansBold) {
		if _, err := fs.Stat(embedded, "vendor/"+name); errors.Is(err, fs.ErrNotExist) {
			return nil, ErrNone
		} else if err != nil {
			return nil, fmt.Errorf("fonts: %w", err)
		}
		files[name] = sync.OnceValue(func() *Face { return builtIn(name) })
	}
	for i := range serifs {
		s.serifs, s.sanses = append(s.serifs, files[serifs[i]]), append(s.sanses, files[sanses[i]])
	}
	for role, name := range free {
		s.roles[role] = files[name]
	}
	return s, nil
}

// builtIn reads a font that the program was built with; make setup has looked whether it is one.
func builtIn(name string) *Face {
	data, err := embedded.ReadFile("vendor/" + name)
	if err != nil {
		panic(fmt.Errorf("fonts: %w", err))
	}
	f, err := Parse(data)
	if err != nil {
		panic(fmt.Errorf("fonts: %s: %w", name, err))
	}
	return f
}

// mostFile bounds the file of a font: the largest collections of Chinese fonts have some 30 MB.
const mostFile = 64 << 20

// Open is the free set with an office's own files in the roles that it names. A role whose file is empty keeps the free
// font.
func Open(files map[Role]string) (*Set, error) {
	base, err := Free()
	if err != nil {
		return nil, err
	}
	s := &Set{roles: map[Role]lazy{}, serifs: base.serifs, sanses: base.sanses}
	for role, f := range base.roles {
		s.roles[role] = f
	}
	for role, name := range files {
		if name == "" {
			continue
		}
		if !slices.Contains(Roles, role) {
			return nil, fmt.Errorf("fonts: there is no role %q: there are %v", role, Roles)
		}
		info, err := os.Stat(name)
		if err != nil {
			return nil, fmt.Errorf("fonts: %s: %w", role, err)
		}
		if info.Size() > mostFile {
			return nil, fmt.Errorf("fonts: %s: %s has %d bytes, more than the %d that a font may have", role, name, info.Size(), mostFile)
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("fonts: %s: %w", role, err)
		}
		f, err := Parse(data)
		if err != nil {
			return nil, fmt.Errorf("fonts: %s: %s: %w", role, name, err)
		}
		own := func() *Face { return f }
		s.roles[role] = own
		if role == FangSong && files[Strong] == "" {
			s.roles[Strong] = own // a third heading stands in the letters of the text
		}
	}
	return s, nil
}

// Face is the font of a role.
func (s *Set) Face(r Role) *Face {
	if f := s.roles[r]; f != nil {
		return f()
	}
	return nil
}

// Span is a stretch of text in one font.
type Span struct {
	Face *Face
	Text string
}

// Mark stands for a character that no font has, as printers put it: every built-in font has it.
const Mark = '〓'

// Split divides a text by the fonts that have its characters: that of the role where it can be, else the first that
// helps. A letter and a sign above it are one character where there is one. It tells the characters for which Mark stands. Characters that are never seen are left out.
func (s *Set) Split(role Role, text string) (spans []Span, missing []rune) {
	order := s.serifs
	if role == Sans || role == SansBold || role == Hei {
		order = s.sanses
	}
	if first := s.roles[role]; first != nil {
		order = append([]lazy{first}, order...)
	}
	var at *Face
	var b strings.Builder
	flush := func() {
		if b.Len() > 0 {
			spans = append(spans, Span{at, b.String()})
			b.Reset()
		}
	}
	for _, r := range norm.NFC.String(text) {
		if unseen(r) {
			continue
		}
		if r < ' ' || r == 0x7f || r == 0x2028 || r == 0x2029 {
			r = ' '
		}
		f := having(order, r)
		if f == nil {
			missing = append(missing, r)
			r = Mark
			f = having(order, r)
		}
		if f != at {
			flush()
			at = f
		}
		b.WriteRune(r)
	}
	flush()
	return spans, missing
}

func having(order []lazy, r rune) *Face {
	for _, load := range order {
		if f := load(); f.Has(r) {
			return f
		}
	}
	return nil
}

// unseen says whether a character has no picture of its own: it joins, divides or varies others.
func unseen(r rune) bool {
	switch {
	case r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2060 && r <= 0x2064, r == 0xfeff, r == 0xad,
		r >= 0xfe00 && r <= 0xfe0f, r >= 0xe0100 && r <= 0xe01ef:
		return true
	}
	return false
}

// Width is how wide a text is in the letters of a role, in parts of their size.
func (s *Set) Width(role Role, text string) float64 {
	spans, _ := s.Split(role, text)
	w := 0.0
	for _, p := range spans {
		w += p.Face.Width(p.Text)
	}
	return w
}
