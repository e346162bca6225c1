// Package delimited reads text whose lines are rows: it finds out encoding, delimiter, quote and
// escape where they are not declared, and gives the records with the numbers of their rows and
// lines, and with what speaks against a record being the row it seems to be. It knows nothing of
// headers, columns or types.
package delimited

import (
	"bytes"
	"context"
	"io"
	"strings"

	"golang.org/x/text/transform"

	"yanzhen/pipeline/codes"
)

// Options say what is known of a text before it is read.
type Options struct {
	Dialect                          // what is declared; an empty field is found out
	Names   func(cells []string) int // how many of the names that are looked for a row holds; nil: none are
	Limits  Limits
}

// Dialect is how a text is written.
type Dialect struct {
	Encoding  string // one of Encodings when declared; as found: "UTF-8", "UTF-8 BOM", "GB18030", "UTF-16LE" ...
	Delimiter string
	Quote     string // one ASCII character; "none": quotes are text like any other
	Escape    string // what stands before a quote that is text, besides another quote; "none" or empty: nothing does
}

// Limits bound what a record may cost.
type Limits struct {
	Columns     int
	RecordBytes int
}

// Refusal says why a text cannot be read, and what its sender can do.
type Refusal struct {
	Row    int // 0: no row in particular
	Rule   string
	Text   codes.Text
	Remedy codes.Text
}

// Error is the refusal in Chinese.
func (r *Refusal) Error() string { return r.Text.Zh + "；" + r.Remedy.Zh }

func refuse(rule string, row int, text, remedy codes.Text) *Refusal {
	return &Refusal{Row: row, Rule: rule, Text: text, Remedy: remedy}
}

// Record is one record of a text. It is valid until the next one is asked for; the strings in Cells
// stay valid.
type Record struct {
	Row   int // as Excel numbers the rows of the file: empty ones count, a line end inside quotes does not
	Line  int // its first line in the file
	Cells []string
	Doubt *Doubt // nil: nothing speaks against it
	Gap   bool   // a line without any text stands above it
}

// Note is something worth saying about a text that was read all the same.
type Note struct {
	Rule  string
	Count int
	Rows  []int // the first of those it is about
	Text  codes.Text
}

// Text is an open text. Its methods may be called one after the other only.
type Text struct {
	r       io.ReaderAt
	size    int64
	set     charset
	strict  bool // the encoding is declared: what cannot be decoded is refused
	clean   bool // all of it was seen to be valid UTF-8
	dialect Dialect
	comma   string
	quote   byte // 0: none
	escape  byte // 0: none
	told    bool // the quote is declared
	nl      byte // '\n', or '\r' in texts that have no other line end
	skip    int  // rows above the table: the sep= line
	divided bool // the delimiter was found, or declared
	widths  []int
	usual   int // number of cells of a row; 0: not known
	limits  Limits
	chunk   int // bytes read at once; 0: chunkBytes
	notes   []Note
}

// Open finds out what is not declared. It reads as much as that needs.
func Open(ctx context.Context, r io.ReaderAt, size int64, o Options) (*Text, error) {
	t := &Text{r: r, size: size, limits: o.Limits}
	tail := make([]byte, min(size, 4096))
	if _, err := r.ReadAt(tail, size-int64(len(tail))); err != nil && err != io.EOF {
		return nil, err
	}
	if len(tail) == 4096 && len(bytes.Trim(tail, "\x00")) == 0 { // space was set aside for a copy that did not end
		return nil, refuse("half_written", 0,
			codes.Text{Zh: "文件不完整，可能还没有复制或下载完", En: "the file is cut off: perhaps the copy or download is not finished"},
			codes.Text{Zh: "请等复制完成，或重新复制、重新下载后再上报", En: "wait for the copy to finish, or copy it again"})
	}
	if err := t.decide(ctx, o); err != nil {
		return nil, err
	}
	sample := make([]byte, sniffBytes)
	n, err := io.ReadFull(t.reader(), sample)
	if err != nil && err != io.ErrUnexpectedEOF && err != io.EOF {
		return nil, err
	}
	sample = sample[:n]
	t.nl = '\n'
	if bytes.IndexByte(sample, '\n') < 0 && bytes.IndexByte(sample, '\r') >= 0 {
		t.nl = '\r'
	}
	t.sniff(parser{nl: t.nl, mixed: mixed(sample, t.nl), last: int64(n)+int64(t.set.bom) >= size || n < sniffBytes}, string(sample), o)
	return t, nil
}

// Dialect is how the text is written, as declared or as found.
func (t *Text) Dialect() Dialect { return t.dialect }

// Skip is how many rows stand above everything else to say how the text is to be read: a line sep=.
func (t *Text) Skip() int { return t.skip }

// Divided reports whether a delimiter was declared or found: without one every line is one cell.
func (t *Text) Divided() bool { return t.divided }

// Usual is the number of cells that most rows below a row have, as far as the beginning of the text
// shows, and how many have it. heading decides between equals. 0: no row is there.
func (t *Text) Usual(after, heading int) (width, rows int) {
	counts := map[int]int{}
	for row, n := range t.widths {
		if row+1 > after && n > 0 {
			counts[n]++
		}
	}
	for w, n := range counts {
		if n > rows || n == rows && (w == heading || width != heading && w > width) {
			width, rows = w, n
		}
	}
	return width, rows
}

// Expect sets the number of cells that a row has: others are in doubt. 0: any number may be.
func (t *Text) Expect(width int) { t.usual = width }

// Notes may be read once Scan has ended.
func (t *Text) Notes() []Note { return t.notes }

// reader gives the text as UTF-8, from behind the BOM.
func (t *Text) reader() io.Reader {
	r := io.Reader(io.NewSectionReader(t.r, int64(t.set.bom), t.size-int64(t.set.bom)))
	if t.set.table != nil {
		r = transform.NewReader(r, t.set.table.NewDecoder())
	}
	return r
}

func blank(cells []string) bool {
	for _, c := range cells {
		if c != "" && strings.TrimSpace(c) != "" {
			return false
		}
	}
	return true
}
