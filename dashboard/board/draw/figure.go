// Package draw puts the results of a board's panel on the page: as an ECharts option, a table, a card, a CSV file or a
// sentence. It is the only importer of go-echarts.
package draw

import (
	"yanzhen/dashboard/board"
	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
)

// Figure is a panel with everything that its drawing needs: the results, the names from the catalog, the reader's
// language. Its methods only read it.
type Figure struct {
	board.Panel

	// Results are one per metric of the panel, in their order; a panel of kind spring has one per metric and year, as
	// metric.Engine.AroundEve gives them: the years of the first metric, latest first, then those of the next.
	Results []*metric.Result
	Lang    codes.Lang
	// Compact asks for the drawing made for a phone.
	Compact bool

	// Titles are the names of Metrics, DimTitles those of By.
	Titles, DimTitles []codes.Text
	// KeyOrder are the keys of By in the order people expect; an empty list means by value.
	KeyOrder [][]string
	// Chains are the industry chains that a graph draws.
	Chains []dataset.Chain
	// Outline is the map of a panel of kind map.
	Outline *board.Map
}

func figure(p Figure, rs []*metric.Result, loc codes.Lang) Figure {
	p.Results, p.Lang = rs, loc
	return p
}
