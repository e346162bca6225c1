// Package parquet reads Parquet files, whose columns have names and types of their own, row group by row group: each value
// becomes the text that says it exactly.
package parquet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/apache/arrow/go/v17/arrow/memory"
	pq "github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/file"
	"github.com/apache/arrow/go/v17/parquet/schema"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/source/grid"
)

// Limits bound what a file may cost.
type Limits struct {
	Columns     int
	RecordBytes int            // of a row
	MemoryBytes int64          // of the pages and the texts that are held at one time
	Zone        *time.Location // in which moments are told; nil: eight hours ahead of UTC
}

// The bounds that no declaration changes.
const (
	maxFooter = 16 << 20
	fewCells  = 1 << 22 // any file may have so many cells
	ratio     = 1 << 10 // and a large one so many for each of its bytes
	rowsOnce  = 1024
	cellsOnce = 1 << 18 // and fewer rows of many columns
	textOnce  = 16 << 20
	maxChunks = 1 << 18 // row groups, times columns
)

// Table is the one table of a file.
type Table struct {
	Columns []string

	r      io.ReaderAt
	size   int64
	limits Limits
	leaves []*schema.Column
}

var (
	errBroken = errors.New("a page does not hold what it says")
	errMuch   = errors.New("more memory than is given")
)

// Is reports whether the first bytes of a file are those of Parquet.
func Is(head []byte) bool {
	return len(head) >= 4 && (string(head[:4]) == "PAR1" || string(head[:4]) == "PARE")
}

// Open reads what a file says of its columns. What it returns of a file that cannot be read is a *grid.Refusal.
func Open(r io.ReaderAt, size int64, limits Limits) (t *Table, err error) {
	defer func() { err = caught(recover(), err) }()
	if limits.Zone == nil {
		limits.Zone = time.FixedZone("UTC+8", 8*3600)
	}
	tail := make([]byte, 8)
	if size < 12 {
		return nil, half()
	}
	if n, err := r.ReadAt(tail, size-8); n < 8 {
		return nil, fmt.Errorf("reading: %w", err)
	}
	switch footer := int64(uint32(tail[0]) | uint32(tail[1])<<8 | uint32(tail[2])<<16 | uint32(tail[3])<<24); {
	case string(tail[4:]) == "PARE":
		return nil, locked()
	case string(tail[4:]) != "PAR1":
		return nil, half()
	case footer > maxFooter || footer+12 > size:
		return nil, damaged()
	}
	t = &Table{r: r, size: size, limits: limits}
	f, err := t.open()
	if err != nil {
		return nil, damaged()
	}
	m := f.MetaData()
	if m.IsSetEncryptionAlgorithm() {
		return nil, locked()
	}
	root := m.Schema.Root()
	if n := root.NumFields(); n > limits.Columns {
		return nil, grid.Refuse("columns", codes.Text{Zh: fmt.Sprintf("超过 %d 列", limits.Columns), En: fmt.Sprintf("more than %d columns", limits.Columns)},
			codes.Text{Zh: "只导出需要的列", En: "export the columns that are needed"})
	}
	for i := range root.NumFields() {
		field := root.Field(i)
		if leaf, ok := field.(*schema.PrimitiveNode); !ok || leaf.RepetitionType() == pq.Repetitions.Repeated {
			return nil, grid.Refuse("nested", codes.Text{
				Zh: "列“" + field.Name() + "”是嵌套的（列表、映射或结构），一格里不止一个值", En: "the column " + field.Name() + " is nested (a list, a map or a struct): more than one value a cell",
			}, codes.Text{Zh: "导出时去掉这一列，或展开成普通的列", En: "leave the column out of the export, or spread it into plain ones"})
		}
		t.Columns = append(t.Columns, field.Name())
		t.leaves = append(t.leaves, m.Schema.Column(i))
	}
	rows, cells := m.GetNumRows(), int64(0)
	if n := int64(max(len(t.leaves), 1)); rows > 1<<40/n {
		cells = 1 << 40
	} else {
		cells = rows * n
	}
	if int64(f.NumRowGroups())*int64(max(len(t.leaves), 1)) > maxChunks {
		return nil, grid.Refuse("row_groups", codes.Text{Zh: fmt.Sprintf("文件分成 %d 个行组，太碎了", f.NumRowGroups()), En: fmt.Sprintf("the file is cut into %d row groups: too many", f.NumRowGroups())},
			codes.Text{Zh: "用较大的行组重新导出，或改用 csv", En: "export it again with larger row groups, or use csv"})
	}
	sum := int64(0)
	for i := range f.NumRowGroups() {
		n := f.RowGroup(i).NumRows()
		if n < 0 || n > rows-sum {
			return nil, uneven(rows)
		}
		sum += n
	}
	if sum != rows {
		return nil, uneven(rows)
	}
	if rows < 0 || cells > fewCells && cells/ratio > size {
		return nil, grid.Refuse("rows", codes.Text{Zh: fmt.Sprintf("%d 字节的文件自称有 %d 行，大得不合常理", size, rows), En: fmt.Sprintf("a file of %d bytes claims %d rows: more than can be meant", size, rows)},
			codes.Text{Zh: "核对导出，或改用 csv", En: "check the export, or use csv"})
	}
	return t, nil
}

// open opens the file for one reading.
func (t *Table) open() (*file.Reader, error) {
	return file.NewParquetReader(io.NewSectionReader(t.r, 0, t.size))
}

// Rows reads the rows with a number above after, of which the first is 1. The cells of one stay as they are for one row more.
func (t *Table) Rows(ctx context.Context, after int, yield func(number int, cells []grid.Cell) bool) (err error) {
	number, away := 0, false
	defer func() {
		if away { // a panic of who takes the rows is no fault of the file
			return
		}
		err = caught(recover(), err)
		var r *grid.Refusal
		if errors.As(err, &r) {
			r.Row = number + 1
		}
	}()
	f, err := t.open()
	if err != nil {
		return damaged()
	}
	budget := &bounded{left: t.limits.MemoryBytes}
	for g := range f.NumRowGroups() {
		group := f.RowGroup(g)
		left := group.NumRows()
		if left == 0 {
			continue
		}
		once := t.once(group)
		columns, chunks := make([]*column, len(t.leaves)), make([]*pages, len(t.leaves))
		for i, leaf := range t.leaves {
			if chunks[i], err = t.pagesOf(group, i, budget); err != nil {
				return as(err)
			}
			r := file.NewColumnReader(leaf, chunks[i], budget, f.BufferPool())
			if columns[i], err = newColumn(r, leaf, t.limits.Zone, once); err != nil {
				return as(err)
			}
			columns[i].most, columns[i].budget = t.limits.RecordBytes, budget
		}
		held := int64(0) // bytes of the texts that were read last
		for left > 0 {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			budget.give(held)
			held = 0
			n := int(min(left, int64(once)))
			for _, c := range columns {
				if err := c.read(n); err != nil {
					return as(err)
				}
				held += c.bytes
			}
			cells := make([]grid.Cell, n*len(columns)) // of their own: the rows before stay as they are
			for i := range n {
				row := cells[i*len(columns) : (i+1)*len(columns) : (i+1)*len(columns)]
				size := 0
				for c := range columns {
					row[c] = columns[c].cells[i]
					size += len(row[c].Text)
				}
				if size > t.limits.RecordBytes {
					return long(t.limits.RecordBytes)
				}
				if number++; number > after {
					away = true
					more := yield(number, row)
					if away = false; !more {
						return nil
					}
				}
			}
			left -= int64(n)
		}
		budget.give(held)
		for _, p := range chunks {
			p.close()
		}
	}
	return nil
}

// once is how many rows of a group are read at once: fewer where they are wide or long, as the group says.
func (t *Table) once(group *file.RowGroupReader) int {
	n := min(group.NumRows(), rowsOnce, int64(max(16, cellsOnce/max(len(t.leaves), 1))))
	if size := group.MetaData().TotalByteSize(); size > 0 {
		n = min(n, max(1, textOnce/max(1, size/group.NumRows())))
	}
	return int(n)
}

// bounded gives so much memory, and panics where more is asked for: what a page claims to unpack to, nobody has looked at.
type bounded struct {
	memory.GoAllocator
	left int64
}

func (b *bounded) Allocate(size int) []byte {
	b.take(int64(size))
	return b.GoAllocator.Allocate(size)
}

func (b *bounded) Reallocate(size int, old []byte) []byte {
	b.take(int64(size - len(old)))
	return b.GoAllocator.Reallocate(size, old)
}

func (b *bounded) Free(old []byte) {
	b.give(int64(len(old)))
	b.GoAllocator.Free(old)
}

func (b *bounded) give(size int64) { b.left += size }

func (b *bounded) take(size int64) {
	if b.left -= size; b.left < 0 {
		panic(errMuch)
	}
}

// caught makes a refusal of a panic: the library indexes what a file claims without a look.
func caught(p any, err error) error {
	if p == nil {
		return err
	}
	if e, ok := p.(error); ok && errors.Is(e, errMuch) {
		return grid.Refuse("pages", codes.Text{Zh: "文件里有的页解开后大得不合常理", En: "pages of the file unpack to more than can be meant"},
			codes.Text{Zh: "用较小的页或行组重新导出，或改用 csv", En: "export it again with smaller pages or row groups, or use csv"})
	}
	return damaged()
}

// as is a refusal for an error of the library or of ours.
func as(err error) error {
	var r *grid.Refusal
	if errors.As(err, &r) {
		return r
	}
	return damaged()
}

// uneven says that a file contradicts itself.
func uneven(rows int64) *grid.Refusal {
	return grid.Refuse("damaged", codes.Text{
		Zh: fmt.Sprintf("Parquet 文件自称有 %d 行，各行组的行数加起来却不是", rows), En: fmt.Sprintf("the Parquet file says that it has %d rows, but its row groups do not add up to that", rows),
	}, codes.Text{Zh: "重新导出、重新复制后再报送", En: "export it again, copy it again, and send it again"})
}

func long(most int) *grid.Refusal {
	return grid.Refuse("record_size", codes.Text{
		Zh: "有一行超过上限 " + grid.Size(int64(most)), En: "a row is larger than " + grid.Size(int64(most)),
	}, codes.Text{Zh: "请检查是否把整个文件的内容放进了一格", En: "check whether a whole file was put into one cell"})
}

func damaged() *grid.Refusal {
	return grid.Refuse("damaged", codes.Text{Zh: "Parquet 文件损坏，无法读完", En: "the Parquet file is damaged and cannot be read to its end"},
		codes.Text{Zh: "重新导出、重新复制后再报送", En: "export it again, copy it again, and send it again"})
}

func half() *grid.Refusal {
	return grid.Refuse("half_written", codes.Text{Zh: "文件不完整，可能还没有复制或下载完", En: "the file is cut off: perhaps the copy or download is not finished"},
		codes.Text{Zh: "请等复制完成，或重新复制、重新下载后再上报", En: "wait for the copy to finish, or copy it again"})
}

func locked() *grid.Refusal {
	return grid.Refuse("password", codes.Text{Zh: "Parquet 文件是加密的", En: "the Parquet file is encrypted"},
		codes.Text{Zh: "不加密重新导出", En: "export it again without encryption"})
}
