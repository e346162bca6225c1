package method

import (
	"errors"
	"maps"
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

// CarryOn forecasts a series by the forecast of that name, and says how it would have done on the past, in periods
// of which a year has so many. A past too short to be tested on has a test of nothing.
func (o Options) CarryOn(name string, x []float64, perYear, horizon int) (analysis.Forecast, analysis.Backtest, error) {
	p := analysis.Smoothing{Alpha: o.Number("alpha", 0.5), Beta: o.Number("beta", 0.1), Gamma: o.Number("gamma", 0.3), Z: o.Number("z", 0)}
	cycle, least := 1, 4
	f := func(x []float64, horizon int) (analysis.Forecast, error) { return analysis.Holt(x, p, horizon) }
	if name == "holt_winters" {
		cycle = int(o.Number("cycle", float64(perYear)))
		least = 2 * cycle
		f = func(x []float64, horizon int) (analysis.Forecast, error) {
			return analysis.HoltWinters(x, cycle, analysis.Seasonal(o.Word("season", string(analysis.Additive))), p, horizon)
		}
	}
	got, err := f(x, horizon)
	if err != nil {
		return got, analysis.Backtest{}, err
	}
	test, err := analysis.BackTest(x, least, cycle, func(past []float64) (float64, error) {
		g, err := f(past, 1)
		if err != nil {
			return 0, err
		}
		return g.Values[0], nil
	})
	if errors.Is(err, analysis.ErrUndefined) {
		return got, analysis.Backtest{}, nil
	}
	return got, test, err
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
