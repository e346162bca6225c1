package batch

import (
	"math"
	"math/bits"
	"strconv"

	"github.com/apache/arrow/go/v17/arrow/bitutil"

	"yanzhen/pipeline/dataset"
)

// sums is the control sum of a column: exact for integers, dates, booleans and identity hashes,
// compensated for floats.
type sums struct {
	hi, lo uint64 // two's complement, 128 bits
	f, fc  float64
	any    bool
	min    int64 // of dates
	max    int64
}

func (s *sums) addInt(v int64) {
	var carry uint64
	s.lo, carry = bits.Add64(s.lo, uint64(v), 0)
	s.hi += uint64(v>>63) + carry
}

// float is the exact sum rounded once.
func (s *sums) float() float64 {
	if s.f != 0 || s.fc != 0 {
		return s.f + s.fc
	}
	hi, lo, neg := s.hi, s.lo, false
	if int64(hi) < 0 {
		neg = true
		var borrow uint64
		lo, borrow = bits.Sub64(0, lo, 0)
		hi, _ = bits.Sub64(0, hi, borrow)
	}
	var v float64
	if hi == 0 {
		v = float64(lo)
	} else {
		n := bits.LeadingZeros64(hi)
		top := hi<<n | lo>>(64-n)
		if lo<<n != 0 {
			top |= 1 // sticky bit: the rest is not nothing
		}
		v = math.Ldexp(float64(top), 64-n)
	}
	if neg {
		return -v
	}
	return v
}

// personBits of an identity hash go into the control sum: with 24 the sum of 500 million rows is
// still exact in a float64.
const personBits = 24

// add takes in the first n rows of the column. NULLs are stored as zero and add nothing.
func (s *sums) add(c *column, n int) {
	switch c.kind {
	case kindInt:
		var t int64
		switch c.width {
		case 1:
			for _, v := range c.i8[:n] {
				t += int64(v)
			}
		case 2:
			for _, v := range c.i16[:n] {
				t += int64(v)
			}
		case 4:
			for _, v := range c.i32[:n] {
				t += int64(v)
			}
		case 8:
			for _, v := range c.i64[:n] {
				s.addInt(v)
			}
		}
		s.addInt(t)
		if c.decl != nil && c.decl.Type == dataset.Date {
			for i, v := range c.i32[:n] {
				if c.null && !bitutil.BitIsSet(c.bits, i) {
					continue
				}
				if v := int64(v); !s.any {
					s.min, s.max, s.any = v, v, true
				} else {
					s.min, s.max = min(s.min, v), max(s.max, v)
				}
			}
		}
	case kindFloat:
		for _, v := range c.f64[:n] { // Neumaier's compensated sum
			t := s.f + v
			if math.Abs(s.f) >= math.Abs(v) {
				s.fc += (s.f - t) + v
			} else {
				s.fc += (v - t) + s.f
			}
			s.f = t
		}
	case kindBool:
		s.addInt(int64(bitutil.CountSetBits(c.fixed.Bytes(), 0, n)))
	case kindUint:
		var t int64
		for _, v := range c.u64[:n] {
			t += int64(v & (1<<personBits - 1))
		}
		s.addInt(t)
	}
}

// ControlSQL is the SQL expression (Float64, 0 for no rows) whose value over a batch's rows is the
// column's control sum; empty for a column that has none. Dates count as days since 1970-01-01,
// booleans as 0 and 1, identity hashes by their low 24 bits, NULL as nothing. All but floats are
// exact up to 2^53; floats depend on their order in the last places: check.Run allows for that.
func ControlSQL(c *dataset.Column) string {
	name := "`" + c.Name + "`"
	switch c.Type {
	case dataset.Int8, dataset.Int16, dataset.Int32, dataset.Int64, dataset.Bool:
		return "toFloat64(ifNull(sum(toInt128(" + name + ")), 0))"
	case dataset.Date:
		return "toFloat64(ifNull(sum(toInt64(toInt32(" + name + "))), 0))"
	case dataset.Person:
		return "toFloat64(ifNull(sum(bitAnd(" + name + ", " + strconv.Itoa(1<<personBits-1) + ")), 0))"
	case dataset.Float64:
		return "toFloat64(ifNull(sumKahan(" + name + "), 0))"
	}
	return ""
}
