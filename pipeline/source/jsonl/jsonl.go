// Package jsonl reads JSON Lines, as programs write them: text of which every line is an object, and a row. The keys name
// the columns; those of an object within are put behind its own, with a dot between them.
package jsonl

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/source/grid"
)

// Limits bound what a file may cost.
type Limits struct {
	Columns     int
	RecordBytes int // of a line
}

// deepest is how many objects may stand within each other.
const deepest = 8

// longestKey is how many bytes of a key a fault quotes.
const longestKey = 200

// Text is a file of JSON Lines.
type Text struct {
	Columns []string // in the order in which they first occur

	r      io.ReaderAt
	size   int64
	limits Limits
	at     map[string]int
}

// Row is a line. Its cells stay as they are for one row more.
type Row struct {
	Line  int
	Cells []grid.Cell
	Fault *Fault // why it is no row; its cells are then the line as one text
}

// Fault says what is wrong with a line.
type Fault struct {
	Rule         string
	Text, Remedy codes.Text
}

var mark = []byte("\xef\xbb\xbf")

// Is reports whether the first bytes of a file are those of JSON Lines: an object that ends in its line, or one that goes on
// beyond them.
func Is(head []byte) bool {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, mark), " \t\r\n")
	line, _, ended := bytes.Cut(head, []byte("\n"))
	line = bytes.TrimRight(line, " \t\r")
	if len(line) < 2 || line[0] != '{' {
		return false
	}
	inner := bytes.TrimLeft(line[1:], " \t")
	return len(inner) > 0 && (inner[0] == '"' || inner[0] == '}') && (!ended || line[len(line)-1] == '}')
}

// Open reads a file once, for its columns: a key may occur first in its last line. What it returns of a file that cannot be
// read is a *grid.Refusal.
func Open(ctx context.Context, r io.ReaderAt, size int64, limits Limits) (*Text, error) {
	t := &Text{r: r, size: size, limits: limits, at: map[string]int{}}
	whole, broken, first := 0, 0, 0
	err := t.Rows(ctx, 0, func(row Row) bool {
		if row.Fault == nil {
			whole++
		} else if broken++; broken == 1 {
			first = row.Line
		}
		return true
	})
	if err != nil {
		return nil, err
	}
	if whole == 0 {
		r := grid.Refuse("json_lines", codes.Text{
			Zh: "像是 JSON，但没有一行是完整的 JSON 对象", En: "it looks like JSON, but no line is a whole object",
		}, codes.Text{Zh: "导出为 JSON Lines：一行一个对象；或导出为 csv", En: "export it as JSON Lines, an object a line, or as csv"})
		r.Row = first
		return nil, r
	}
	return t, nil
}

// Rows reads the lines with a number above after, empty ones left out.
func (t *Text) Rows(ctx context.Context, after int, yield func(Row) bool) error {
	lines := bufio.NewReaderSize(io.NewSectionReader(t.r, 0, t.size), 64<<10)
	p := parser{t: t}
	line, cellsBefore := []byte(nil), []grid.Cell(nil)
	for n := 1; ; n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		line = line[:0]
		for {
			piece, err := lines.ReadSlice('\n')
			if line = append(line, piece...); len(line) > t.limits.RecordBytes {
				r := grid.Refuse("record_size", codes.Text{
					Zh: fmt.Sprintf("一行超过 %d MiB", t.limits.RecordBytes>>20), En: fmt.Sprintf("a line is longer than %d MiB", t.limits.RecordBytes>>20),
				}, codes.Text{Zh: "导出为 JSON Lines：一行一个对象", En: "export it as JSON Lines, an object a line"})
				r.Row = n
				return r
			}
			if errors.Is(err, bufio.ErrBufferFull) {
				continue
			}
			if err == io.EOF && len(line) == 0 {
				return nil
			}
			if err != nil && err != io.EOF {
				return err
			}
			break
		}
		text := line
		if n == 1 {
			text = bytes.TrimPrefix(text, mark)
		}
		if text = bytes.TrimSpace(text); len(text) == 0 || n <= after {
			continue
		}
		row := Row{Line: n}
		p.cells, cellsBefore = cellsBefore[:0], p.cells
		var err error
		if row.Fault, err = p.parse(text); err != nil {
			r := err.(*grid.Refusal)
			r.Row = n
			return r
		}
		if row.Cells = p.cells; row.Fault != nil {
			row.Cells = append(p.cells[:0], grid.Cell{Kind: grid.Text, Text: strings.ToValidUTF8(string(text[:min(len(text), 1000)]), "\ufffd")})
		}
		if !yield(row) {
			return nil
		}
	}
}

// parser makes cells of a line.
type parser struct {
	t     *Text
	cells []grid.Cell
	line  bytes.Reader
	dec   jsontext.Decoder
	seen  []bool // by column, of the object that is read
}

func (p *parser) parse(line []byte) (*Fault, error) {
	p.line.Reset(line)
	p.dec.Reset(&p.line)
	clear(p.seen)
	if p.dec.PeekKind() != '{' {
		return broken("这一行不是 JSON 对象", "the line is no JSON object"), nil
	}
	f, err := p.object("", 1)
	if f != nil || err != nil {
		return f, err
	}
	if _, err := p.dec.ReadToken(); err != io.EOF {
		return broken("一行里不止一个 JSON 对象", "more than one JSON object in the line"), nil
	}
	return nil, nil
}

// object reads an object whose keys are put behind prefix.
func (p *parser) object(prefix string, depth int) (*Fault, error) {
	if _, err := p.dec.ReadToken(); err != nil {
		return p.fault(err), nil
	}
	for {
		key, err := p.dec.ReadToken()
		if err != nil {
			return p.fault(err), nil
		}
		if key.Kind() == '}' {
			return nil, nil
		}
		name := prefix + key.String()
		kind := p.dec.PeekKind()
		if kind == '{' && depth < deepest {
			if f, err := p.object(name+".", depth+1); f != nil || err != nil {
				return f, err
			}
			continue
		}
		c := grid.Cell{Kind: grid.Nested}
		if kind == '{' || kind == '[' {
			v, err := p.dec.ReadValue()
			if err != nil {
				return p.fault(err), nil
			}
			c.Text = string(v)
		} else {
			v, err := p.dec.ReadToken()
			if err != nil {
				return p.fault(err), nil
			}
			c = cellOf(v)
		}
		if f, err := p.put(name, c); f != nil || err != nil {
			return f, err
		}
	}
}

func cellOf(v jsontext.Token) grid.Cell {
	text := v.String()
	switch v.Kind() {
	case '"':
		if text == "" {
			return grid.Cell{}
		}
		return grid.Cell{Text: text, Kind: grid.Text}
	case '0':
		return grid.Cell{Text: text, Kind: grid.Number}
	case 't', 'f':
		return grid.Cell{Text: strings.ToUpper(text), Kind: grid.Bool}
	}
	return grid.Cell{}
}

// put puts a cell into its column.
func (p *parser) put(name string, c grid.Cell) (*Fault, error) {
	at, ok := p.t.at[name]
	if !ok {
		if c.Kind == grid.Blank && len(p.t.Columns) >= p.t.limits.Columns {
			return nil, nil
		}
		if len(p.t.Columns) >= p.t.limits.Columns || len(name) > 1000 {
			return nil, grid.Refuse("columns", codes.Text{
				Zh: fmt.Sprintf("超过 %d 个不同的键，或有键长得不合常理", p.t.limits.Columns), En: fmt.Sprintf("more than %d keys, or one that is too long to be meant", p.t.limits.Columns),
			}, codes.Text{Zh: "键是列名，不要把数据写成键", En: "keys are names of columns: do not write data as keys"})
		}
		at = len(p.t.Columns)
		p.t.at[name], p.t.Columns = at, append(p.t.Columns, name)
	}
	for len(p.seen) <= at {
		p.seen = append(p.seen, false)
	}
	if p.seen[at] {
		return twice(name), nil
	}
	p.seen[at] = true
	if c.Kind == grid.Blank {
		return nil, nil
	}
	for len(p.cells) <= at {
		p.cells = append(p.cells, grid.Cell{})
	}
	p.cells[at] = c
	return nil, nil
}

// fault says why a line is no JSON.
func (p *parser) fault(err error) *Fault {
	var s *jsontext.SyntacticError
	key := ""
	if errors.As(err, &s) {
		key = strings.ReplaceAll(strings.TrimPrefix(string(s.JSONPointer), "/"), "/", ".")
	}
	if len(key) > longestKey {
		key = strings.ToValidUTF8(key[:longestKey], "") + "…"
	}
	if errors.Is(err, jsontext.ErrDuplicateName) {
		return twice(key)
	}
	if key == "" {
		return broken("这一行不是完整的 JSON", "the line is no whole JSON")
	}
	return broken("这一行不是完整的 JSON（键“"+key+"”处）", "the line is no whole JSON (at the key "+key+")")
}

func broken(zh, en string) *Fault {
	return &Fault{"json_line", codes.Text{Zh: zh, En: en}, codes.Text{Zh: "重新导出：一行一个 JSON 对象，UTF-8 编码", En: "export it again: a JSON object a line, in UTF-8"}}
}

func twice(key string) *Fault {
	return &Fault{
		"json_twice",
		codes.Text{Zh: "键“" + key + "”在这一行里写了两次，不知道哪个算数", En: "the key " + key + " stands twice in the line: it cannot be told which counts"},
		codes.Text{Zh: "同一行里每个键只写一次", En: "write each key once a line"},
	}
}
