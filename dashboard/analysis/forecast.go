package analysis

import "math"

// Cohort describes a post as a stock of people: Stock S_0 and Demand D_0 now, the shares that quit
// and retire each year, the Inflow of people each year, and the Growth of demand.
type Cohort struct {
	Stock, Quit, Retire, Inflow float64
	Demand, Growth              float64
}

// CohortYear is one year of a cohort forecast.
type CohortYear struct {
	Supply, Demand float64
	Gap            float64 // demand less supply; negative: a surplus
	Share          float64 // the gap as a share of demand
}

// Forecast rolls the cohort on: S_{t+1} = S_t (1-q-r) + I, D_{t+1} = D_t (1+g).
func (c Cohort) Forecast(years int) ([]CohortYear, error) {
	if err := notNegative("cohort", []float64{c.Stock, c.Quit, c.Retire, c.Inflow, c.Demand}); err != nil {
		return nil, err
	}
	if math.IsNaN(c.Growth) || c.Growth <= -1 || math.IsInf(c.Growth, 0) {
		return nil, undefined("growth of demand %v", c.Growth)
	}
	if c.Quit+c.Retire > 1 {
		return nil, undefined("more leave than there are: quit %v, retire %v", c.Quit, c.Retire)
	}
	if years < 1 || years > 100 {
		return nil, undefined("a forecast of %d years", years)
	}
	s, d := c.Stock, c.Demand
	out := make([]CohortYear, years)
	for t := range out {
		s = s*(1-c.Quit-c.Retire) + c.Inflow
		d *= 1 + c.Growth
		y := CohortYear{Supply: s, Demand: d, Gap: d - s}
		if d == 0 {
			return nil, undefined("demand is zero")
		}
		y.Share = y.Gap / d
		out[t] = y
	}
	return out, nil
}

// Forecast is a series carried on, with its interval and how it would have done before.
type Forecast struct {
	Level, Trend float64   // at the end of the series
	Season       []float64 // of the periods that follow; nil without seasons
	SSE          float64   // sum of squared one-step errors
	Errors       int       // how many these are
	Values       []float64
	Low, High    []float64 // interval of Values
}

// Smoothing holds the parameters of exponential smoothing, each in [0, 1].
type Smoothing struct {
	Alpha, Beta, Gamma float64
	Z                  float64 // normal quantile of the interval; 0: 1.96
}

func (s Smoothing) check() error {
	for _, p := range []float64{s.Alpha, s.Beta, s.Gamma} {
		if !(p >= 0 && p <= 1) {
			return undefined("smoothing parameter %v is not in [0, 1]", p)
		}
	}
	if s.Z < 0 || math.IsNaN(s.Z) || math.IsInf(s.Z, 0) {
		return undefined("quantile %v", s.Z)
	}
	return nil
}

func (s Smoothing) z() float64 {
	if s.Z == 0 {
		return 1.96
	}
	return s.Z
}

// Holt is double exponential smoothing (Holt 1957), begun with level x_2 and trend x_2-x_1 as R's
// HoltWinters(gamma = FALSE) does. It needs at least four values.
func Holt(x []float64, p Smoothing, horizon int) (Forecast, error) {
	if err := p.check(); err != nil {
		return Forecast{}, err
	}
	if err := series(x, 4, horizon); err != nil {
		return Forecast{}, err
	}
	f := Forecast{Level: x[1], Trend: x[1] - x[0]}
	var errs []float64
	for _, v := range x[2:] {
		before := f.Level
		errs = append(errs, v-(before+f.Trend))
		f.Level = p.Alpha*v + (1-p.Alpha)*(before+f.Trend)
		f.Trend = p.Beta*(f.Level-before) + (1-p.Beta)*f.Trend
	}
	f.SSE, f.Errors = squares(errs), len(errs)
	for h := 1; h <= horizon; h++ {
		f.Values = append(f.Values, f.Level+float64(h)*f.Trend)
	}
	f.interval(p, errs, 0, nil)
	return f, nil
}

// Seasonal says how a season acts: added to the level, or multiplied with it.
type Seasonal string

// The kinds of season.
const (
	Additive       Seasonal = "additive"
	Multiplicative Seasonal = "multiplicative"
)

// HoltWinters is triple exponential smoothing (Winters 1960) of a series with the given periods per
// season cycle (4 quarters, 12 months), begun from a classical decomposition of the first two cycles
// as R's HoltWinters(start.periods = 2) does. Fewer than two cycles are refused: a season seen once
// cannot be told from chance.
func HoltWinters(x []float64, cycle int, kind Seasonal, p Smoothing, horizon int) (Forecast, error) {
	if err := p.check(); err != nil {
		return Forecast{}, err
	}
	if kind != Additive && kind != Multiplicative {
		return Forecast{}, undefined("season %q (have additive, multiplicative)", kind)
	}
	if cycle < 2 {
		return Forecast{}, undefined("a cycle of %d periods", cycle)
	}
	if len(x) < 2*cycle {
		return Forecast{}, undefined("%d values are fewer than two full seasons of %d", len(x), cycle)
	}
	if err := series(x, 2*cycle, horizon); err != nil {
		return Forecast{}, err
	}
	multiply := kind == Multiplicative
	if multiply {
		for i, v := range x {
			if v <= 0 {
				return Forecast{}, undefined("a multiplicative season needs positive values; value %d is %v", i, v)
			}
		}
	}
	level, trend, season, err := decompose(x[:2*cycle], cycle, kind)
	if err != nil {
		return Forecast{}, err
	}
	f := Forecast{Level: level, Trend: trend}
	var errs, relative []float64
	for i, v := range x[cycle:] {
		s := season[i]
		before, expected := f.Level, f.Level+f.Trend
		if multiply {
			if s == 0 {
				return Forecast{}, undefined("a season became zero")
			}
			errs = append(errs, v-expected*s)
			if expected*s != 0 {
				relative = append(relative, v/(expected*s)-1)
			}
			f.Level = p.Alpha*(v/s) + (1-p.Alpha)*expected
			if f.Level == 0 {
				return Forecast{}, undefined("the level became zero")
			}
			season = append(season, p.Gamma*(v/f.Level)+(1-p.Gamma)*s)
		} else {
			errs = append(errs, v-(expected+s))
			f.Level = p.Alpha*(v-s) + (1-p.Alpha)*expected
			season = append(season, p.Gamma*(v-f.Level)+(1-p.Gamma)*s)
		}
		f.Trend = p.Beta*(f.Level-before) + (1-p.Beta)*f.Trend
	}
	f.SSE, f.Errors = squares(errs), len(errs)
	f.Season = season[len(season)-cycle:]
	for h := 1; h <= horizon; h++ {
		value, s := f.Level+float64(h)*f.Trend, f.Season[(h-1)%cycle]
		if multiply {
			value *= s
		} else {
			value += s
		}
		f.Values = append(f.Values, value)
	}
	if multiply {
		errs = relative
	}
	scale := f.Values
	if !multiply {
		scale = nil
	}
	f.interval(p, errs, cycle, scale)
	return f, nil
}

// interval sets Low and High: z times the root of var(errors) (1 + sum psi_j^2), with psi_j =
// alpha (1 + j beta), plus gamma (1-alpha) at each full cycle. With scale the errors are relative to
// the values; that is an approximation.
func (f *Forecast) interval(p Smoothing, errs []float64, cycle int, scale []float64) {
	mean := Sum(errs) / float64(len(errs))
	deviations := make([]float64, len(errs))
	for i, e := range errs {
		deviations[i] = e - mean
	}
	variance := 0.0
	if len(errs) > 1 {
		variance = squares(deviations) / float64(len(errs)-1)
	}
	spread := 1.0
	for h := range f.Values {
		if h > 0 {
			psi := p.Alpha * (1 + float64(h)*p.Beta)
			if cycle > 0 && h%cycle == 0 {
				psi += p.Gamma * (1 - p.Alpha)
			}
			spread += psi * psi
		}
		half := p.z() * math.Sqrt(variance*spread)
		if scale != nil {
			half *= math.Abs(scale[h])
		}
		f.Low, f.High = append(f.Low, f.Values[h]-half), append(f.High, f.Values[h]+half)
	}
}

// decompose is the classical decomposition by a centred moving average of one cycle: the line
// through the trend gives level and trend at its beginning, the mean deviations give the season.
func decompose(x []float64, cycle int, kind Seasonal) (level, trend float64, season []float64, err error) {
	half := cycle / 2
	var line, at []float64
	sums, counts := make([]float64, cycle), make([]float64, cycle)
	for i := half; i < len(x)-half; i++ {
		var window []float64
		if cycle%2 == 0 {
			window = append(window, x[i-half]/2, x[i+half]/2)
			window = append(window, x[i-half+1:i+half]...)
		} else {
			window = append(window, x[i-half:i+half+1]...)
		}
		m := Sum(window) / float64(cycle)
		line, at = append(line, m), append(at, float64(len(line)+1))
		if kind == Multiplicative {
			sums[i%cycle] += x[i] / m
		} else {
			sums[i%cycle] += x[i] - m
		}
		counts[i%cycle]++
	}
	l, err := LeastSquares(at, line)
	if err != nil {
		return 0, 0, nil, err
	}
	for i := range sums {
		if counts[i] == 0 {
			return 0, 0, nil, undefined("season %d was not seen", i)
		}
		sums[i] /= counts[i]
	}
	mean := Sum(sums) / float64(cycle)
	for i := range sums {
		if kind == Multiplicative {
			sums[i] /= mean
		} else {
			sums[i] -= mean
		}
	}
	return l.Intercept, l.Slope, sums, nil
}

func series(x []float64, least, horizon int) error {
	if len(x) < least {
		return undefined("%d values are too few (at least %d)", len(x), least)
	}
	if horizon < 1 || horizon > 1000 {
		return undefined("a forecast of %d periods", horizon)
	}
	return finite("series", x)
}

func squares(x []float64) float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = v * v
	}
	return Sum(y)
}

// Backtest is how a forecast would have done: the mean absolute percentage error of one-step
// forecasts from ever later origins, beside that of the naive forecast (the value one cycle before;
// with cycle 1 the last value). A method that does not beat Naive should not be shown.
type Backtest struct {
	MAPE, Naive float64 // in percent
	N           int     // forecasts made
}

// BackTest back-tests f, which is given the series up to an origin and answers the next value,
// from the origin least on. Values of zero cannot be a base and are passed over.
func BackTest(x []float64, least, cycle int, f func(past []float64) (float64, error)) (Backtest, error) {
	if err := finite("series", x); err != nil {
		return Backtest{}, err
	}
	if cycle < 1 || least < cycle || least >= len(x) {
		return Backtest{}, undefined("a back-test of %d values from %d on with a cycle of %d", len(x), least, cycle)
	}
	var own, naive []float64
	for i := least; i < len(x); i++ {
		if x[i] == 0 {
			continue
		}
		v, err := f(x[:i:i])
		if err != nil {
			return Backtest{}, err
		}
		own = append(own, math.Abs(v/x[i]-1))
		naive = append(naive, math.Abs(x[i-cycle]/x[i]-1))
	}
	if len(own) == 0 {
		return Backtest{}, undefined("every value to forecast is zero")
	}
	n := float64(len(own))
	return Backtest{Sum(own) / n * 100, Sum(naive) / n * 100, len(own)}, nil
}
