package method

// Backtest is how a forecast would have done on the periods there are: the mean absolute percentage
// error of forecasts one period ahead, beside that of the naive forecast (the value one season, or
// without a season one period, before).
type Backtest struct {
	Keys        []string
	MAPE, Naive float64 // percent
	N           int     // forecasts made
}

// Beats says whether the forecast is worth showing.
func (b Backtest) Beats() bool { return b.N > 0 && b.MAPE < b.Naive }
