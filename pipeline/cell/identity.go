package cell

import (
	"strings"

	"yanzhen/pipeline/codes"
)

// TidyID reports whether s is an 18-character number as it should be written, so that nothing
// need be folded.
func TidyID(s string) bool { return codes.TidyID(s) }

// LooksLikeID reports whether s could be a person's identity number, so that it must not be shown.
func LooksLikeID(s string) bool {
	s = Document(s)
	if len(s) != 18 && len(s) != 15 {
		return false
	}
	for i := 0; i < len(s)-1; i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// Document is a number as it is compared: folded, upper case, without blanks and hyphens.
func Document(s string) string {
	if TidyID(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case Space(r), r == '-', r == '\'', r == '"', r == '`', r == '‘', r == '’':
			return -1
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		}
		return r
	}, Fold(s))
}

// Identify checks a number as Document writes it. f is nil for a sound GB 11643 number, and, with other set,
// for the number of a passport, a permit or another document. Nobody is born after today, in days since 1970.
func Identify(s string, today int32) (id codes.ID, other bool, f *Fault) {
	id = codes.CheckID(s)
	switch {
	case id.Valid():
		if id.On(today) == codes.Bad {
			return id, false, FaultIDMeaning
		}
		return id, false, nil
	case id.Format == codes.Good && id.Checksum == codes.Bad:
		return id, false, FaultIDCheck
	case id.Format == codes.Good:
		return id, false, FaultIDMeaning
	case id.Fault == codes.IDFloat:
		return id, false, FaultPrecision
	case id.Fault == codes.IDMasked:
		return id, false, FaultIDMasked
	case codes.IsOtherDocument(s):
		return id, true, nil
	case id.Fault == codes.IDLength && len(s) > 3 && allDigits(strings.TrimSuffix(s, "X")):
		return id, false, FaultIDShort
	}
	return id, false, FaultIDFormat
}

// Gone knows the hashes of persons who were deleted; nil: nobody was.
type Gone func() map[uint64]bool

// Now are those of this moment.
func (g Gone) Now() map[uint64]bool {
	if g == nil {
		return nil
	}
	return g()
}

// Since reports whether somebody was deleted who was not before.
func (g Gone) Since(before map[uint64]bool) bool {
	for k := range g.Now() {
		if !before[k] {
			return true
		}
	}
	return false
}
