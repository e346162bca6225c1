package draw

import (
	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
	"github.com/go-echarts/go-echarts/v2/types"
)

// What go-echarts cannot say. Each type is one of its own with the keys of ECharts that it lacks, or holds in a type that
// loses something; a field here hides the one of the same key there. Where a line gives no reason go-echarts has no such
// key at all. TestLibrary counts what comes from where, and finds a value that is hidden.

type legend struct {
	opts.Legend
	ItemGap      int        `json:"itemGap,omitempty"`
	SelectedMode types.Bool `json:"selectedMode,omitempty"` // a text there: only false switches it off
}

// legendItem is an entry with a mark of its own; go-echarts leaves the type open.
type legendItem struct {
	Name string `json:"name"`
	Icon string `json:"icon"`
}

type title struct {
	opts.Title
	ItemGap int `json:"itemGap,omitempty"`
}

type tooltip struct {
	opts.Tooltip
	RenderMode string `json:"renderMode"` // richText: in HTML a name from a sender's file could be a script
	Confine    bool   `json:"confine"`
}

type xAxis struct {
	opts.XAxis
	BoundaryGap types.Bool `json:"boundaryGap,omitempty"`
	AxisLabel   *axisLabel `json:"axisLabel,omitempty"`
}

type yAxis struct {
	opts.YAxis
	AxisTick      *opts.AxisTick  `json:"axisTick,omitempty"` // an x axis has it there
	NameTextStyle *opts.TextStyle `json:"nameTextStyle,omitempty"`
	AxisLabel     *axisLabel      `json:"axisLabel,omitempty"`
	Interval      int             `json:"interval,omitempty"` // an x axis has none there
}

type axisLabel struct {
	opts.AxisLabel
	Interval     types.Int  `json:"interval,omitempty"`     // a text there, and ECharts adds 1 to it
	LineHeight   int        `json:"lineHeight,omitempty"`   // a text there, and ECharts adds heights
	Height       int        `json:"height,omitempty"`       // for the script, which breaks names into lines
	ShowMinLabel types.Bool `json:"showMinLabel,omitempty"` // null there where nothing is said
	ShowMaxLabel types.Bool `json:"showMaxLabel,omitempty"` // the same
}

type visualMap struct {
	opts.VisualMap
	Min          *float64   `json:"min,omitempty"`        // a float32 there: 123456790 of 123456789.12, and no 0
	Max          *float64   `json:"max,omitempty"`        // the same
	Calculable   types.Bool `json:"calculable,omitempty"` // null there where nothing is said
	Pieces       []piece    `json:"pieces,omitempty"`
	SelectedMode types.Bool `json:"selectedMode,omitempty"`
	SeriesIndex  types.Int  `json:"seriesIndex,omitempty"`
	ItemWidth    int        `json:"itemWidth,omitempty"`
	ItemHeight   int        `json:"itemHeight,omitempty"`
	ItemGap      int        `json:"itemGap,omitempty"`
}

type piece struct {
	opts.Piece
	Gte   *float64 `json:"gte,omitempty"` // a float32 there
	Lt    *float64 `json:"lt,omitempty"`  // the same
	Value *float64 `json:"value,omitempty"`
	Label string   `json:"label"`
}

type series struct {
	charts.SingleSeries
	*ground
	Label           *label     `json:"label,omitempty"`
	ItemStyle       *itemStyle `json:"itemStyle,omitempty"`
	Emphasis        *emphasis  `json:"emphasis,omitempty"`
	MarkArea        *markArea  `json:"markArea,omitempty"`
	MarkLine        *markLine  `json:"markLine,omitempty"`
	BackgroundStyle *itemStyle `json:"backgroundStyle,omitempty"`
	Smooth          float64    `json:"smooth,omitempty"` // yes or no there: not how much
	PadAngle        int        `json:"padAngle,omitempty"`
	GeoIndex        types.Int  `json:"geoIndex,omitempty"`
	ZLevel          int        `json:"zlevel,omitempty"`
	LegendSymbol    types.Bool `json:"showLegendSymbol,omitempty"`
	AllSymbols      types.Bool `json:"showAllSymbol,omitempty"` // else only those whose labels would have room
}

// halo is how wide the ground stands about the letters of a name that lines or marks run below, in pixels.
const halo = 3

type label struct {
	opts.Label
	Position        any    `json:"position,omitempty"` // a text there: not a pair of pixels
	Distance        int    `json:"distance,omitempty"`
	Offset          []int  `json:"offset,omitempty"`
	Width           int    `json:"width,omitempty"`
	Height          int    `json:"height,omitempty"`
	Overflow        string `json:"overflow,omitempty"`
	TextBorderColor string `json:"textBorderColor,omitempty"`
	TextBorderWidth int    `json:"textBorderWidth,omitempty"`
}

type itemStyle struct {
	opts.ItemStyle
	BorderType   string    `json:"borderType,omitempty"`
	BorderRadius types.Int `json:"borderRadius,omitempty"` // a text there, which ECharts takes for no radius
}

type emphasis struct {
	opts.Emphasis
	LineStyle *opts.LineStyle `json:"lineStyle,omitempty"`
	Scale     float64         `json:"scale,omitempty"`
}

type markArea struct {
	opts.MarkAreas
	Label  *label     `json:"label,omitempty"` // for its distance
	Silent types.Bool `json:"silent,omitempty"`
}

// edge is one side of a marked area.
type edge struct {
	opts.MarkAreaData
	YAxis float64 `json:"yAxis"` // YAxis there, which ECharts does not know
}

type markLine struct {
	opts.MarkLines
	Silent types.Bool `json:"silent,omitempty"`
}

// ground is how an outline lies in its picture, of a map and of the ground under points alike.
type ground struct {
	BoundingCoords [][]float64 `json:"boundingCoords,omitempty"`
	PreserveAspect string      `json:"preserveAspect,omitempty"`
	AspectScale    float64     `json:"aspectScale,omitempty"`
	Clip           types.Bool  `json:"clip,omitempty"`
	LayoutCenter   []string    `json:"layoutCenter,omitempty"`
	LayoutSize     string      `json:"layoutSize,omitempty"`
}

type geo struct {
	opts.GeoComponent
	*ground
	Left         string     `json:"left,omitempty"`
	Right        string     `json:"right,omitempty"`
	Top          string     `json:"top,omitempty"`
	Bottom       string     `json:"bottom,omitempty"`
	Roam         types.Bool `json:"roam,omitempty"`
	SelectedMode types.Bool `json:"selectedMode,omitempty"`
	Label        *label     `json:"label,omitempty"`
	Emphasis     *emphasis  `json:"emphasis,omitempty"`
	Regions      []region   `json:"regions,omitempty"`
}

// region is an area that looks other than its ground.
type region struct {
	Name      string          `json:"name"`
	Label     *label          `json:"label,omitempty"`
	ItemStyle *opts.ItemStyle `json:"itemStyle,omitempty"`
}

// writing is a line of text in a corner of the picture.
type writing struct {
	Type   string       `json:"type"`
	Right  int          `json:"right"`
	Bottom int          `json:"bottom"`
	Z      int          `json:"z"`
	Silent bool         `json:"silent"`
	Style  writingStyle `json:"style"`
}

type writingStyle struct {
	Text     string `json:"text"`
	Fill     string `json:"fill"`
	FontSize int    `json:"fontSize"`
}

// The data of series. The loader's formatters read text (what is written at an panel.Item), tip (what a tooltip says), raw (its
// value, where the drawn one is another) and code.

type bar struct {
	opts.BarData
	Text string `json:"text,omitempty"`
}

type slice struct {
	opts.PieData
	Text string `json:"text,omitempty"`
}

type cell struct {
	opts.HeatMapData
	Text      string          `json:"text,omitempty"`
	Tip       string          `json:"tip,omitempty"`
	Raw       *float64        `json:"raw,omitempty"`
	VisualMap types.Bool      `json:"visualMap,omitempty"`
	ItemStyle *opts.ItemStyle `json:"itemStyle,omitempty"`
}

// waypoint is a point of a path.
type waypoint struct {
	opts.LineData
	Text      string          `json:"text,omitempty"`
	Tip       string          `json:"tip,omitempty"`
	Label     *label          `json:"label,omitempty"`
	ItemStyle *opts.ItemStyle `json:"itemStyle,omitempty"`
}

type node struct {
	opts.GraphNode
	Value []float64 `json:"value"` // one float32 there: not where it stands
	Raw   any       `json:"raw,omitempty"`
	Text  string    `json:"text,omitempty"`
	Tip   string    `json:"tip,omitempty"`
	Label *label    `json:"label,omitempty"`
}

// category is a level of a graph's nodes.
type category struct {
	opts.GraphCategory
	Symbol    string     `json:"symbol,omitempty"`
	ItemStyle *itemStyle `json:"itemStyle,omitempty"` // for the type of its border
}

// flowNode is a node of a sankey.
type flowNode struct {
	opts.SankeyNode
	Text  string `json:"text,omitempty"`
	Label *label `json:"label,omitempty"`
}

type flowLink struct {
	opts.SankeyLink
	Value float64 `json:"value"` // a float32 there
}

// area is a value drawn as an area of a map, spot one drawn as a point.
type area struct {
	opts.MapData
	Text      string          `json:"text,omitempty"`
	ItemStyle *opts.ItemStyle `json:"itemStyle,omitempty"`
}

type spot struct {
	opts.ScatterData
	Code      string     `json:"code,omitempty"`
	Text      string     `json:"text,omitempty"`
	Tip       string     `json:"tip,omitempty"`
	ItemStyle *itemStyle `json:"itemStyle,omitempty"`
	Label     *label     `json:"label,omitempty"`
}
