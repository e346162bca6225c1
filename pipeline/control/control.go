// Package control holds the sums that are taken of a column's values while they are sent and, in SQL, of what the
// table holds then: what differs was lost or changed on the way.
package control

import (
	"math"
	"math/bits"
	"strconv"

	"yanzhen/pipeline/dataset"
)

// Exact is the control sum of whole numbers, dates, booleans and hashes: 128 bits, two's complement.
type Exact struct{ hi, lo uint64 }

// Add adds v × 2^shift.
func (s *Exact) Add(v int64, shift uint) {
	hi, lo := uint64(v>>63), uint64(v)
	if shift > 0 {
		hi, lo = hi<<shift|lo>>(64-shift), lo<<shift
	}
	var carry uint64
	s.lo, carry = bits.Add64(s.lo, lo, 0)
	s.hi, _ = bits.Add64(s.hi, hi, carry)
}

// Float is the sum rounded once.
func (s *Exact) Float() float64 {
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

// Close is the control sum of decimal numbers: Neumaier's compensated sum.
type Close struct{ sum, rest float64 }

// Add adds v.
func (s *Close) Add(v float64) {
	t := s.sum + v
	if math.Abs(s.sum) >= math.Abs(v) {
		s.rest += (s.sum - t) + v
	} else {
		s.rest += (v - t) + s.sum
	}
	s.sum = t
}

// Float is the sum.
func (s *Close) Float() float64 { return s.sum + s.rest }

// PersonBits of an identity hash go into the control sum: with 24 the sum of 500 million rows is
// still exact in a float64.
const PersonBits = 24

// SQL is the SQL expression (Float64, 0 for no rows) whose value over a batch's rows is the
// column's control sum; empty for a column that has none. Dates count as days since 1970-01-01,
// booleans as 0 and 1, identity hashes by their low 24 bits, NULL as nothing. All but floats are
// exact up to 2^53; floats depend on their order in the last places: check.Run allows for that.
func SQL(c *dataset.Column) string {
	name := "`" + c.Name + "`"
	switch c.Type {
	case dataset.Int8, dataset.Int16, dataset.Int32, dataset.Int64, dataset.Bool:
		return "toFloat64(ifNull(sum(toInt128(" + name + ")), 0))"
	case dataset.Date:
		return "toFloat64(ifNull(sum(toInt64(toInt32(" + name + "))), 0))"
	case dataset.Person:
		return "toFloat64(ifNull(sum(bitAnd(" + name + ", " + strconv.Itoa(1<<PersonBits-1) + ")), 0))"
	case dataset.Float64:
		return "toFloat64(ifNull(sumKahan(" + name + "), 0))"
	}
	return ""
}
