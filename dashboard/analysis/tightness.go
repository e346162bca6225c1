package analysis

import "math"

// EfficientUnemployment is u* = sqrt(u v) of Michaillat and Saez, "u* = sqrt(uv)", 2022, for the
// unemployment and vacancy rates u and v.
func EfficientUnemployment(u, v float64) (float64, error) {
	if err := notNegative("rates", []float64{u, v}); err != nil {
		return 0, err
	}
	return math.Sqrt(u) * math.Sqrt(v), nil
}

// Line is a least-squares line.
type Line struct {
	Slope, Intercept, R2 float64
	SSE                  float64 // sum of squared residuals
	N                    int
}

// RMSE is the root of the mean squared residual, sqrt(SSE/n).
func (l Line) RMSE() float64 { return math.Sqrt(l.SSE / float64(l.N)) }

// Beveridge fits ln v = intercept + slope ln u: the elasticity of the Beveridge curve. All rates
// must be positive, and u must vary.
func Beveridge(u, v []float64) (Line, error) {
	if len(u) != len(v) {
		return Line{}, undefined("unemployment has %d values, vacancies has %d", len(u), len(v))
	}
	lu, lv := make([]float64, len(u)), make([]float64, len(v))
	for i := range u {
		if !(u[i] > 0) || !(v[i] > 0) {
			return Line{}, undefined("value %d is not positive: u %v, v %v", i, u[i], v[i])
		}
		lu[i], lv[i] = math.Log(u[i]), math.Log(v[i])
	}
	return LeastSquares(lu, lv)
}

// LeastSquares fits y = intercept + slope x. X must vary; R2 is 1 where y does not.
func LeastSquares(x, y []float64) (Line, error) {
	if len(x) != len(y) {
		return Line{}, undefined("x has %d values, y has %d", len(x), len(y))
	}
	if len(x) < 2 {
		return Line{}, undefined("a line needs two points, not %d", len(x))
	}
	if err := finite("x", x); err != nil {
		return Line{}, err
	}
	if err := finite("y", y); err != nil {
		return Line{}, err
	}
	n := float64(len(x))
	mx, my := Sum(x)/n, Sum(y)/n
	xx, xy, yy := make([]float64, len(x)), make([]float64, len(x)), make([]float64, len(x))
	for i := range x {
		dx, dy := x[i]-mx, y[i]-my
		xx[i], xy[i], yy[i] = dx*dx, dx*dy, dy*dy
	}
	sxx, sxy, syy := Sum(xx), Sum(xy), Sum(yy)
	if sxx == 0 {
		return Line{}, undefined("x is constant")
	}
	l := Line{Slope: sxy / sxx, R2: 1, N: len(x)}
	l.Intercept = my - l.Slope*mx
	if syy > 0 {
		l.R2 = unit(sxy * sxy / (sxx * syy))
	}
	for i := range x {
		yy[i] = y[i] - my - l.Slope*(x[i]-mx)
	}
	l.SSE = squares(yy)
	return l, nil
}
