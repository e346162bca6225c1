package ods

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/source/drawn"
	"yanzhen/pipeline/source/grid"
	"yanzhen/pipeline/source/xmlscan"
)

// row is what the start of a row says of it.
type row struct {
	copies int
	style  string
	hidden bool
}

func rowOf(x *xmlscan.Reader) row {
	r := row{copies: count(x, "number-rows-repeated", maxRow+1), style: x.AttrString("default-cell-style-name")}
	v := x.AttrString("visibility")
	r.hidden = v == "collapse" || v == "filter"
	return r
}

// cells reads to the end of a row that was just started.
func (b *Book) cells(x *xmlscan.Reader, c *found, each func(column int) error) error {
	for column := 0; ; {
		token, err := x.Next()
		switch {
		case err != nil:
			return err
		case token == xmlscan.EOF:
			return xmlscan.ErrBroken
		case token == xmlscan.End:
			return nil
		case token != xmlscan.Start:
			continue
		}
		if name := string(x.Name); name != "table-cell" && name != "covered-table-cell" {
			if _, err := within(x); err != nil {
				return err
			}
			continue
		}
		if err := c.read(b, x); err != nil {
			return err
		}
		if err := each(column); err != nil {
			return err
		}
		column = min(column+c.repeated, maxColumn)
	}
}

// look reads the workbook once, for its sheets and for what stands beside their cells.
func (b *Book) look(ctx context.Context) error {
	var s *Sheet // that is read
	var c found
	number, merges, body, ended := 0, 0, false, false
	err := b.walk(ctx, b.content, func(token xmlscan.Token, x *xmlscan.Reader) error {
		name := string(x.Name)
		switch {
		case !body:
			if body = token == xmlscan.Start && name == "body"; !body {
				b.styles.take(token, x)
			}
		case token == xmlscan.End && name == "table":
			if s != nil {
				s.styled()
			}
			s = nil
		case token == xmlscan.End:
			ended = ended || name == "body"
		case token != xmlscan.Start:
		case name == "tracked-changes" || name == "dde-links":
			_, err := within(x)
			return err
		case name == "null-date":
			if zero, err := time.Parse(time.DateOnly, x.AttrString("date-value")); err == nil && zero.Year() >= 1800 && zero.Year() < 2100 {
				b.Epoch.Ahead = int(zero.Sub(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)).Hours() / 24)
			}
		case name == "content-validation":
			return b.validation(x)
		case name == "table" && s == nil:
			if len(b.Sheets) == maxSheets {
				return grid.Refuse("sheets", codes.Text{Zh: fmt.Sprintf("超过 %d 张工作表", maxSheets), En: fmt.Sprintf("more than %d sheets", maxSheets)},
					codes.Text{Zh: "请分成几个文件", En: "divide it into several files"})
			}
			s, number = b.sheet(x), 0
		case s == nil:
		case name == "table-column":
			s.column(x)
		case name == "shapes":
			return s.shapes(b, x)
		case name == "conditional-format":
			s.ranged(x)
		case name == "condition":
			s.condition(s.area, s.last, when{asked(x.AttrString("value")), x.AttrString("apply-style-name")})
		case name == "table-row":
			r := rowOf(x)
			err := b.cells(x, &c, func(column int) error {
				s.keep(&c, number+1, column)
				if b.styles.mapped && strings.TrimSpace(c.cell.Text) != "" {
					if st := s.styleOf(&c, &r, column); len(st.when) > 0 {
						s.reach(st, number+1, number+r.copies, column)
					}
				}
				if c.prompt != "" {
					s.prompted(&c, number+1, number+r.copies, column)
				}
				if (c.down > 1 || c.across > 1) && merges < maxMerges {
					merges++
					s.Merges = append(s.Merges, grid.Merge{Top: number + 1, Left: column, Bottom: number + c.down, Right: column + c.across - 1})
				}
				return nil
			})
			number = min(number+r.copies, maxRow+1)
			return err
		}
		return nil
	})
	if err == nil && (!ended || s != nil) {
		return xmlscan.ErrBroken
	}
	return err
}

// sheet begins a sheet.
func (b *Book) sheet(x *xmlscan.Reader) *Sheet {
	st := b.styles.of("table", x.AttrString("style-name"))
	s := &Sheet{Name: x.AttrString("name"), Hidden: st.hidden || x.AttrString("display") == "false", book: b, at: len(b.Sheets)}
	if lines := b.pages[st.page]; len(lines) > 0 {
		if text := drawn.Page(strings.Join(lines, " ")); text != "" {
			s.Drawing.Texts = append(s.Drawing.Texts, drawn.Text{Says: text})
		}
	}
	b.Sheets = append(b.Sheets, s)
	return s
}

// column takes in what a sheet says of some of its columns.
func (s *Sheet) column(x *xmlscan.Reader) {
	from := 0
	if len(s.columns) > 0 {
		from = s.columns[len(s.columns)-1].to
	}
	v := x.AttrString("visibility")
	c := column{from: from, to: min(from+count(x, "number-columns-repeated", maxColumn), maxColumn), style: x.AttrString("default-cell-style-name"), hidden: v == "collapse" || v == "filter"}
	if len(s.columns) < 1<<12 {
		s.columns = append(s.columns, c)
	}
}

// shapes reads what lies on a sheet.
func (s *Sheet) shapes(b *Book, x *xmlscan.Reader) error {
	for {
		token, err := x.Next()
		switch {
		case err != nil:
			return err
		case token == xmlscan.EOF:
			return xmlscan.ErrBroken
		case token == xmlscan.End:
			return nil
		case token == xmlscan.Start:
			shape := found{}
			if err := shape.lying(x); err != nil {
				return err
			}
			s.keep(&shape, 0, 0)
		}
	}
}

// styleOf is the style of a cell: its own, or that of its row or column.
func (s *Sheet) styleOf(c *found, r *row, at int) *style {
	name := c.style
	if name == "" {
		name = r.style
	}
	if name == "" {
		i, ok := slices.BinarySearchFunc(s.columns, at, func(c column, at int) int {
			switch {
			case c.to <= at:
				return -1
			case c.from > at:
				return 1
			}
			return 0
		})
		if ok {
			name = s.columns[i].style
		}
	}
	return s.book.styles.of("table-cell", name)
}

// line is a row while it is read.
type line struct {
	cells             []grid.Cell
	bytes             int
	said              bool // a cell says something that is no blank
	odd, struck, void bool // letters that nobody sees; that are struck through: all of a cell, a part of it
}

// add adds a cell, as often as it is repeated. Blank ones make no row wider.
func (l *line) add(b *Book, c *found, st *style, column int) error {
	if c.cell.Kind == grid.Blank {
		return nil
	}
	if column+c.repeated > b.limits.Columns {
		return grid.Refuse("columns", codes.Text{Zh: fmt.Sprintf("超过 %d 列", b.limits.Columns), En: fmt.Sprintf("more than %d columns", b.limits.Columns)},
			codes.Text{Zh: "请检查行列是否颠倒，删除多余的列", En: "check whether rows and columns are swapped; delete what is not data"})
	}
	if l.bytes += len(c.cell.Text) * c.repeated; l.bytes > b.limits.RecordBytes {
		return xmlscan.ErrLong
	}
	for len(l.cells) < column {
		l.cells = append(l.cells, grid.Cell{})
	}
	for range c.repeated {
		l.cells = append(l.cells, c.cell)
	}
	l.said = l.said || c.cell.Kind != grid.Text || strings.TrimSpace(c.cell.Text) != ""
	l.odd, l.struck, l.void = l.odd || st.faint, l.struck || st.struck || c.all, l.void || c.part
	return nil
}

// Rows reads the rows of a sheet with a number above after, empty ones left out. The cells of one stay as they are for one row
// more. width is how many columns the table has.
func (s *Sheet) Rows(ctx context.Context, after, width int, odd *drawn.Odd, yield func(number int, cells []grid.Cell, err error) bool) {
	x, closer, err := s.book.part(ctx, s.book.content)
	if err != nil {
		yield(0, nil, s.book.refuse(err))
		return
	}
	defer closer.Close()
	number, err := s.rows(ctx, x, after, odd, func(number int, cells []grid.Cell) bool { return yield(number, cells, nil) })
	switch {
	case err == errEnough:
		return
	case ctx.Err() != nil:
		yield(0, nil, ctx.Err())
		return
	case err != nil:
		r := s.book.refuse(err)
		r.Row = number
		yield(number, nil, r)
		return
	}
	for _, c := range s.columns {
		if c.hidden {
			odd.Columns(c.from, c.to-1, width, grid.Letters)
		}
	}
	for _, m := range s.Merges {
		if m.Bottom > m.Top && m.Top > after {
			odd.Merged.Add(m.Top)
		}
	}
}

var errEnough = fmt.Errorf("nobody wants more")

// rows reads them; number is where an error stands.
func (s *Sheet) rows(ctx context.Context, x *xmlscan.Reader, after int, odd *drawn.Odd, yield func(int, []grid.Cell) bool) (number int, err error) {
	var c found
	var now, before line
	at, copied, copiedBytes, body, inside := -1, 0, 0, false, false
	for {
		token, err := x.Next()
		if err != nil {
			return number, err
		}
		name := string(x.Name)
		switch {
		case token == xmlscan.EOF && inside:
			return number, xmlscan.ErrBroken
		case token == xmlscan.EOF:
			return number, nil // the checksum stands there
		case token == xmlscan.End && name == "table" && inside:
			inside = false
		case token != xmlscan.Start:
		case !body:
			body = name == "body"
		case name == "tracked-changes" || name == "dde-links":
			_, err = within(x)
		case name == "table" && !inside:
			if at++; at == s.at {
				inside = true
				continue
			}
			_, err = within(x)
		case !inside:
		case name == "shapes":
			_, err = within(x)
		case name == "table-row":
			if ctx.Err() != nil {
				return number, ctx.Err()
			}
			r := rowOf(x)
			if now.said { // one that was handed over stays as it is for one row more
				now, before = before, now
			}
			now = line{cells: now.cells[:0]}
			err = s.book.cells(x, &c, func(column int) error {
				st := s.styleOf(&c, &r, column)
				c.mean(s.book, st)
				return now.add(s.book, &c, st, column)
			})
			if err == nil && now.said {
				copied, copiedBytes = copied+(r.copies-1)*len(now.cells), copiedBytes+(r.copies-1)*now.bytes
				if copied > maxCopies || copiedBytes > maxCopied {
					err = grid.Refuse("repeated", codes.Text{Zh: "有成片重复填写的行，超出能读取的上限", En: "rows are repeated more often than is read"},
						codes.Text{Zh: "请删去向下填充多出的行后上报", En: "delete the rows that were filled down too far"})
				}
				for i := 1; i <= r.copies && err == nil; i++ {
					if number+i > maxRow {
						err = grid.Refuse("row_order", codes.Text{Zh: fmt.Sprintf("超过 %d 行", maxRow), En: fmt.Sprintf("more than %d rows", maxRow)},
							codes.Text{Zh: "请分成几个文件", En: "divide it into several files"})
					} else if number+i > after {
						err = now.tell(&r, number, i, odd, yield)
					}
				}
			}
			if err == nil {
				number = min(number+r.copies, maxRow)
			} else {
				number++
			}
		}
		if err != nil {
			return number, err
		}
	}
}

// tell hands over the row after number, or one further down that repeats it.
func (l *line) tell(r *row, number, nth int, odd *drawn.Odd, yield func(int, []grid.Cell) bool) error {
	cells := l.cells
	if number += nth; nth > 1 {
		cells = slices.Clone(cells)
	}
	if r.hidden {
		odd.Hidden.Add(number)
	}
	if l.struck {
		odd.Struck.Add(number)
	}
	if l.void {
		odd.Void.Add(number)
	}
	if l.odd {
		odd.Faint.Add(number)
	}
	if !yield(number, cells) {
		return errEnough
	}
	return nil
}
