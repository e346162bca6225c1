package embedded

import (
	"bytes"
	"encoding/binary"
)

// The library formats each piece of a streamed result as a document of its own: a header before
// each piece of CSVWithNames, a schema and an end mark in each piece of ArrowStream. A joiner makes
// one document of the pieces.

// joiner takes the pieces of one result in turn and gives back what is to be sent of each.
type joiner struct {
	head  func(piece []byte) int // length of the header that a later piece repeats
	tail  []byte                 // what ends each piece and may stand only at the very end
	begun bool
}

func (j *joiner) piece(p []byte) []byte {
	if j.begun && j.head != nil {
		p = p[min(j.head(p), len(p)):]
	}
	j.begun = true
	return bytes.TrimSuffix(p, j.tail)
}

// end is what closes the document; nothing where no piece came.
func (j *joiner) end() []byte {
	if j.begun {
		return j.tail
	}
	return nil
}

// newJoiner returns nil for formats whose pieces cannot be joined: their result is made whole.
func newJoiner(format string) *joiner {
	switch format {
	case "Native", "TabSeparated", "TSV", "TabSeparatedRaw", "TSVRaw", "CSV", "TSKV", "RowBinary", "MsgPack",
		"JSONEachRow", "JSONLines", "NDJSON", "JSONStringsEachRow", "JSONCompactEachRow", "JSONCompactStringsEachRow",
		"LineAsString", "RawBLOB", "Null":
		return &joiner{}
	case "CSVWithNames":
		return &joiner{head: func(p []byte) int { return csvLines(p, 1) }}
	case "CSVWithNamesAndTypes":
		return &joiner{head: func(p []byte) int { return csvLines(p, 2) }}
	case "TabSeparatedWithNames", "TSVWithNames", "JSONCompactEachRowWithNames", "JSONCompactStringsEachRowWithNames":
		return &joiner{head: func(p []byte) int { return lines(p, 1) }}
	case "TabSeparatedWithNamesAndTypes", "TSVWithNamesAndTypes", "JSONCompactEachRowWithNamesAndTypes", "JSONCompactStringsEachRowWithNamesAndTypes":
		return &joiner{head: func(p []byte) int { return lines(p, 2) }}
	case "RowBinaryWithNames":
		return &joiner{head: func(p []byte) int { return binaryNames(p, 1) }}
	case "RowBinaryWithNamesAndTypes":
		return &joiner{head: func(p []byte) int { return binaryNames(p, 2) }}
	case "ArrowStream":
		return &joiner{head: arrowSchema, tail: arrowEnd}
	}
	return nil
}

// lines is the length of the first n lines.
func lines(p []byte, n int) int {
	at := 0
	for ; n > 0; n-- {
		i := bytes.IndexByte(p[at:], '\n')
		if i < 0 {
			return len(p)
		}
		at += i + 1
	}
	return at
}

// csvLines is the length of the first n records of CSV; a quoted name may hold a line end.
func csvLines(p []byte, n int) int {
	quoted := false
	for i, c := range p {
		switch {
		case c == '"':
			quoted = !quoted
		case c == '\n' && !quoted:
			if n--; n == 0 {
				return i + 1
			}
		}
	}
	return len(p)
}

// binaryNames is the length of a count and so many strings, per set of names.
func binaryNames(p []byte, sets int) int {
	count, at := binary.Uvarint(p)
	if at <= 0 {
		return len(p)
	}
	for range count * uint64(sets) {
		n, k := binary.Uvarint(p[at:])
		if k <= 0 || uint64(len(p)-at-k) < n {
			return len(p)
		}
		at += k + int(n)
	}
	return at
}

// arrowSchema is the length of the first message of an Arrow stream, which has no body.
func arrowSchema(p []byte) int {
	if len(p) < 8 {
		return len(p)
	}
	return 8 + int(binary.LittleEndian.Uint32(p[4:8]))
}
