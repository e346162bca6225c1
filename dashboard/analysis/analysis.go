// Package analysis holds the methods of regional and labour-market analysis as pure functions over
// slices. It imports nothing of ours. Where variants of a method exist under one name they are
// separate functions here, and each comment says which source it follows.
//
// Every function answers an error, and never a NaN, for what is undefined: an empty or constant
// vector, a zero total, a negative or non-finite number, vectors of different lengths.
package analysis

import (
	"errors"
	"fmt"
	"math"
)

// ErrUndefined: the method has no value for these numbers. The text says why.
var ErrUndefined = errors.New("undefined")

func undefined(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrUndefined}, args...)...)
}

// finite refuses NaN and infinities.
func finite(name string, x []float64) error {
	if len(x) == 0 {
		return undefined("%s is empty", name)
	}
	for i, v := range x {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return undefined("%s[%d] is %v", name, i, v)
		}
	}
	return nil
}

// notNegative refuses NaN, infinities and negative numbers.
func notNegative(name string, x []float64) error {
	if err := finite(name, x); err != nil {
		return err
	}
	for i, v := range x {
		if v < 0 {
			return undefined("%s[%d] is negative: %v", name, i, v)
		}
	}
	return nil
}

// Shares divides x by its sum.
func Shares(x []float64) ([]float64, error) { return shares("values", x) }

// shares divides x by its sum.
func shares(name string, x []float64) ([]float64, error) {
	if err := notNegative(name, x); err != nil {
		return nil, err
	}
	total := Sum(x)
	if total == 0 {
		return nil, undefined("the total of %s is zero", name)
	}
	if math.IsInf(total, 0) {
		return nil, undefined("the total of %s is too great", name)
	}
	s := make([]float64, len(x))
	for i, v := range x {
		s[i] = v / total
	}
	return s, nil
}

func twoShares(nameA string, a []float64, nameB string, b []float64) (p, q []float64, err error) {
	if len(a) != len(b) {
		return nil, nil, undefined("%s has %d values, %s has %d", nameA, len(a), nameB, len(b))
	}
	if p, err = shares(nameA, a); err == nil {
		q, err = shares(nameB, b)
	}
	return p, q, err
}

// Sum adds with compensation (Neumaier), so that the order of many numbers does not matter much.
func Sum(x []float64) float64 {
	var sum, lost float64
	for _, v := range x {
		t := sum + v
		if math.Abs(sum) >= math.Abs(v) {
			lost += (sum - t) + v
		} else {
			lost += (v - t) + sum
		}
		sum = t
	}
	if math.IsInf(sum, 0) || math.IsNaN(lost) {
		return sum
	}
	return sum + lost
}
