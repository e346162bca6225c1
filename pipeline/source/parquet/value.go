package parquet

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	pq "github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/file"
	"github.com/apache/arrow/go/v17/parquet/schema"

	"yanzhen/pipeline/source/grid"
)

// column reads a column of a row group.
type column struct {
	cells  []grid.Cell
	read   func(n int) error // the next n values, into cells
	bytes  int64             // of their texts
	most   int               // that one may have
	budget *bounded
}

// newColumn finds out by the type of a column how its values are told.
func newColumn(r file.ColumnChunkReader, leaf *schema.Column, zone *time.Location, once int) (*column, error) {
	c := &column{cells: make([]grid.Cell, once)}
	as := meaning{of: leaf.LogicalType(), zone: zone, length: leaf.TypeLength()}
	deep := leaf.MaxDefinitionLevel()
	switch r := r.(type) {
	case *file.BooleanColumnChunkReader:
		c.read = reading(c, deep, r.ReadBatch, func(v bool) grid.Cell {
			return grid.Cell{Text: strings.ToUpper(strconv.FormatBool(v)), Kind: grid.Bool}
		})
	case *file.Int32ColumnChunkReader:
		c.read = reading(c, deep, r.ReadBatch, func(v int32) grid.Cell { return as.whole(int64(v), 32) })
	case *file.Int64ColumnChunkReader:
		c.read = reading(c, deep, r.ReadBatch, func(v int64) grid.Cell { return as.whole(v, 64) })
	case *file.Int96ColumnChunkReader:
		c.read = reading(c, deep, r.ReadBatch, func(v pq.Int96) grid.Cell { return instant(v, zone) })
	case *file.Float32ColumnChunkReader:
		c.read = reading(c, deep, r.ReadBatch, func(v float32) grid.Cell { return float(float64(v), 32) })
	case *file.Float64ColumnChunkReader:
		c.read = reading(c, deep, r.ReadBatch, func(v float64) grid.Cell { return float(v, 64) })
	case *file.ByteArrayColumnChunkReader:
		c.read = reading(c, deep, r.ReadBatch, func(v pq.ByteArray) grid.Cell { return as.bytes(v) })
	case *file.FixedLenByteArrayColumnChunkReader:
		c.read = reading(c, deep, r.ReadBatch, func(v pq.FixedLenByteArray) grid.Cell { return as.bytes(v) })
	default:
		return nil, errBroken
	}
	return c, nil
}

// reading reads values of one type; deep is the level at which a value is one, below it stands none.
func reading[T any](c *column, deep int16, batch func(int64, []T, []int16, []int16) (int64, int, error), cell func(T) grid.Cell) func(n int) error {
	values, levels := make([]T, len(c.cells)), make([]int16, len(c.cells))
	return func(n int) error {
		c.bytes = 0
		for done := 0; done < n; {
			total, some, err := batch(int64(n-done), values, levels, nil)
			if err != nil {
				return err
			}
			if total <= 0 || total > int64(n-done) || some > len(values) {
				return errBroken
			}
			v := 0
			for i := range int(total) {
				if deep > 0 && levels[i] < deep {
					c.cells[done+i] = grid.Cell{}
					continue
				}
				if v >= some {
					return errBroken
				}
				c.cells[done+i] = cell(values[v])
				v++
				size := len(c.cells[done+i].Text)
				if size > c.most {
					return long(c.most)
				}
				c.bytes += int64(size)
				c.budget.take(int64(size))
			}
			done += int(total)
		}
		return nil
	}
}

// meaning is what the values of a column stand for.
type meaning struct {
	of     schema.LogicalType
	zone   *time.Location
	length int
}

// whole tells a stored whole number.
func (m *meaning) whole(v int64, bits int) grid.Cell {
	switch of := m.of.(type) {
	case schema.DateLogicalType:
		return day(time.Unix(0, 0).UTC().AddDate(0, 0, int(v)))
	case *schema.DateLogicalType:
		return day(time.Unix(0, 0).UTC().AddDate(0, 0, int(v)))
	case schema.DecimalLogicalType:
		return number(decimal(big.NewInt(v), int(of.Scale())))
	case *schema.DecimalLogicalType:
		return number(decimal(big.NewInt(v), int(of.Scale())))
	case schema.TimestampLogicalType:
		return m.stamp(v, &of)
	case *schema.TimestampLogicalType:
		return m.stamp(v, of)
	case schema.TimeLogicalType:
		return clock(v, of.TimeUnit())
	case *schema.TimeLogicalType:
		return clock(v, of.TimeUnit())
	case schema.IntLogicalType:
		return integer(v, bits, &of)
	case *schema.IntLogicalType:
		return integer(v, bits, of)
	}
	return number(strconv.FormatInt(v, 10))
}

func integer(v int64, bits int, of *schema.IntLogicalType) grid.Cell {
	if of.IsSigned() {
		return number(strconv.FormatInt(v, 10))
	}
	if bits == 32 {
		v &= math.MaxUint32
	}
	return number(strconv.FormatUint(uint64(v), 10))
}

// number is a number: with as many digits as a workbook keeps of one, or a text that says it exactly.
func number(digits string) grid.Cell {
	if n := len(strings.TrimLeft(strings.ReplaceAll(digits, ".", ""), "-0")); n > 15 {
		return grid.Cell{Text: digits, Kind: grid.Text}
	}
	return grid.Cell{Text: digits, Kind: grid.Number}
}

func float(v float64, bits int) grid.Cell {
	switch a := math.Abs(v); {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return grid.Cell{Text: "#NUM!", Kind: grid.Error}
	case a >= 1e21 || a > 0 && a < 1e-15:
		return grid.Cell{Text: strconv.FormatFloat(v, 'E', -1, bits), Kind: grid.Number}
	}
	return grid.Cell{Text: strconv.FormatFloat(v, 'f', -1, bits), Kind: grid.Number}
}

// decimal writes a number with its decimals.
func decimal(v *big.Int, scale int) string {
	digits := new(big.Int).Abs(v).String()
	if scale = min(max(scale, 0), 100); scale > 0 {
		if n := scale + 1 - len(digits); n > 0 {
			digits = strings.Repeat("0", n) + digits
		}
		digits = digits[:len(digits)-scale] + "." + digits[len(digits)-scale:]
	}
	if v.Sign() < 0 {
		digits = "-" + digits
	}
	return digits
}

func day(t time.Time) grid.Cell {
	if t.Year() < 1 || t.Year() > 9999 {
		return grid.Cell{Text: "#NUM!", Kind: grid.Error}
	}
	return grid.Cell{Text: t.Format("2006-01-02"), Kind: grid.Date}
}

// moment tells a day with its time, where it has one.
func moment(t time.Time) grid.Cell {
	c := day(t)
	if h, m, s := t.Clock(); c.Kind != grid.Date || h+m+s == 0 && t.Nanosecond() == 0 {
		return c
	}
	c.Text = t.Format("2006-01-02 15:04:05.999999999")
	if t.Nanosecond() != 0 {
		c.Kind = grid.Text
	}
	return c
}

// instant tells a moment as old programs write it: a Julian day and the nanoseconds since its midnight, which is taken as that of UTC.
func instant(v pq.Int96, zone *time.Location) grid.Cell {
	nanos, julian := binary.LittleEndian.Uint64(v[:8]), binary.LittleEndian.Uint32(v[8:])
	if nanos >= uint64(24*time.Hour) {
		return grid.Cell{Text: "#NUM!", Kind: grid.Error}
	}
	return moment(time.Unix((int64(julian)-2440588)*86400, int64(nanos)).In(zone))
}

// stamp tells a moment in the office's zone, and what has none as it stands there.
func (m *meaning) stamp(v int64, of *schema.TimestampLogicalType) grid.Cell {
	var t time.Time
	switch of.TimeUnit() {
	case schema.TimeUnitMillis:
		t = time.UnixMilli(v)
	case schema.TimeUnitMicros:
		t = time.UnixMicro(v)
	default:
		t = time.Unix(v/1e9, v%1e9)
	}
	if of.IsAdjustedToUTC() {
		return moment(t.In(m.zone))
	}
	return moment(t.UTC())
}

// clock tells a time of day, which is no number.
func clock(v int64, unit schema.TimeUnitType) grid.Cell {
	by := time.Nanosecond
	switch unit {
	case schema.TimeUnitMillis:
		by = time.Millisecond
	case schema.TimeUnitMicros:
		by = time.Microsecond
	}
	if v < 0 || v > int64(24*time.Hour/by) {
		return grid.Cell{Text: "#NUM!", Kind: grid.Error}
	}
	return grid.Cell{Text: time.Unix(0, 0).UTC().Add(time.Duration(v) * by).Format("15:04:05.999999999"), Kind: grid.Text}
}

// bytes tells a stored text, a decimal, or what is none.
func (m *meaning) bytes(b []byte) grid.Cell {
	switch of := m.of.(type) {
	case schema.DecimalLogicalType:
		return bytesDecimal(b, int(of.Scale()))
	case *schema.DecimalLogicalType:
		return bytesDecimal(b, int(of.Scale()))
	case schema.UUIDLogicalType, *schema.UUIDLogicalType:
		if len(b) == 16 {
			return grid.Cell{Text: fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:]), Kind: grid.Text}
		}
	case schema.IntervalLogicalType, *schema.IntervalLogicalType, schema.Float16LogicalType, *schema.Float16LogicalType:
	default:
		if text := string(b); utf8.ValidString(text) {
			if text == "" {
				return grid.Cell{}
			}
			return grid.Cell{Text: text, Kind: grid.Text}
		}
	}
	return grid.Cell{Text: "0x" + hex.EncodeToString(b[:min(len(b), 32)]), Kind: grid.Nested}
}

// bytesDecimal is a decimal of any length: a whole number, its highest byte first.
func bytesDecimal(b []byte, scale int) grid.Cell {
	if len(b) == 0 || len(b) > 64 {
		return grid.Cell{Text: "#NUM!", Kind: grid.Error}
	}
	v := new(big.Int).SetBytes(b)
	if b[0]&0x80 != 0 {
		v.Sub(v, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
	return number(decimal(v, scale))
}
