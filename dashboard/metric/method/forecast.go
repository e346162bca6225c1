package method

import (
	"errors"
	"maps"
	"math"
	"slices"

	"yanzhen/dashboard/analysis"
)

// forecasts are the ways to carry a metric on, with their options.
var forecasts = map[string]map[string]string{
	"holt":         {"alpha": "number", "beta": "number", "z": "number", "horizon": "number"},
	"holt_winters": {"alpha": "number", "beta": "number", "gamma": "number", "z": "number", "horizon": "number", "cycle": "number", "season": "additive|multiplicative"},
	"cohort":       {"quit": "number", "retire": "number", "inflow": "number", "growth": "number", "horizon": "number"},
}

// Cohort is the forecast that rolls a stock and its demand on; every other carries a series on.
const Cohort = "cohort"

// MaxHorizon bounds how many periods a forecast goes on.
const MaxHorizon = 36

// ForecastNamed finds the options of a forecast; false where there is none of that name.
func ForecastNamed(name string) (options map[string]string, ok bool) {
	options, ok = forecasts[name]
	return options, ok
}

// ForecastNames are the names of the forecasts, sorted.
func ForecastNames() []string { return slices.Sorted(maps.Keys(forecasts)) }

// Horizon is how many periods a forecast goes on.
func (o Options) Horizon() float64 { return o.Number("horizon", 4) }

// Carried is a series that was carried on, with the parameters used and how it would have done on the past.
type Carried struct {
	analysis.Forecast
	Used analysis.Smoothing
	Test analysis.Backtest // of nothing where the past is too short
	by   string            // the forecast's name
	n    int               // values of the series
}

// CarryOn forecasts a series by the forecast of that name, in periods of which a year has so many. A parameter that is
// not given is fitted to the series, and in the test on the past to what was known then.
func (o Options) CarryOn(name string, x []float64, perYear, horizon int) (Carried, error) {
	given := analysis.Smoothing{Alpha: o.Number("alpha", math.NaN()), Beta: o.Number("beta", math.NaN()), Gamma: o.Number("gamma", math.NaN()), Z: o.Number("z", 0)}
	season := analysis.Seasonal(o.Word("season", string(analysis.Additive)))
	cycle, least, naive := 0, 4, 1
	f := func(x []float64, p analysis.Smoothing, horizon int) (analysis.Forecast, error) {
		return analysis.Holt(x, p, horizon)
	}
	if name == "holt_winters" {
		cycle = int(o.Number("cycle", float64(perYear)))
		least, naive = 2*cycle, cycle
		f = func(x []float64, p analysis.Smoothing, horizon int) (analysis.Forecast, error) {
			return analysis.HoltWinters(x, cycle, season, p, horizon)
		}
		if cycle < 2 {
			_, err := f(x, analysis.Smoothing{}, horizon)
			return Carried{}, err
		}
	}
	out := Carried{by: name, n: len(x)}
	var err error
	if out.Used, err = analysis.Fit(x, cycle, season, given, nil); err != nil {
		return out, err
	}
	if out.Forecast, err = f(x, out.Used, horizon); err != nil {
		return out, err
	}
	var before *analysis.Smoothing // the fit of the series without its last value
	test, err := analysis.BackTest(x, least, naive, func(past []float64) (float64, error) {
		p, err := analysis.Fit(past, cycle, season, given, before)
		if err != nil {
			return 0, err
		}
		before = &p
		g, err := f(past, p, 1)
		if err != nil {
			return 0, err
		}
		return g.Values[0], nil
	})
	if errors.Is(err, analysis.ErrUndefined) {
		return out, nil
	}
	out.Test = test
	return out, err
}

// RollOn is what a stock and its demand come to in so many years; nil of either is none.
func (o Options) RollOn(stock, demand *float64, years int) ([]analysis.CohortYear, error) {
	c := analysis.Cohort{Quit: o.Number("quit", 0), Retire: o.Number("retire", 0), Inflow: o.Number("inflow", 0), Growth: o.Number("growth", 0)}
	if stock != nil {
		c.Stock = *stock
	}
	if demand != nil {
		c.Demand = *demand
	}
	return c.Forecast(years)
}
