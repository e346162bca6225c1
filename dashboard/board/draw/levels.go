package draw

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/go-echarts/go-echarts/v2/opts"
	"github.com/go-echarts/go-echarts/v2/types"

	"yanzhen/dashboard/board"
	"yanzhen/dashboard/board/panel"
)

// span says what a level reaches over: <0.8, 0.8–1, ≥2.
func span(levels []board.Level, i int) string {
	switch {
	case len(levels) == 1:
		return ""
	case i == 0:
		return "<" + plain(levels[1].From)
	case i == len(levels)-1:
		return "≥" + plain(levels[i].From)
	}
	return plain(levels[i].From) + "–" + plain(levels[i+1].From)
}

// diverging are the tokens of n levels from least to most: blue to orange through grey, which readers who confuse red
// and green tell apart, and light enough for a text in ink on every one of them.
func diverging(n int) []string {
	few := []string{"3", "3", "24", "135", "1345"}
	out := make([]string, max(1, n))
	for i := range out {
		if n < len(few) {
			out[i] = "__c:d" + few[n][i:i+1]
		} else {
			out[i] = fmt.Sprintf("__c:d%d", 1+int(math.Round(4*float64(i)/float64(n-1))))
		}
	}
	return out
}

// onMarks are those where no letter stands on them: in the dark what is short is as bright there as it is in the light.
func onMarks(n int) []string {
	return strings.Split(strings.NewReplacer("d4", "m4", "d5", "m5").Replace(strings.Join(diverging(n), " ")), " ")
}

// shapes go with the colours of levels, so that a print in grey or an eye without colour still tells them apart.
var shapes = []string{"circle", "circle", "circle", "diamond", "rect"}

// shape is that of level i of n.
func shape(n, i int) string {
	if n <= 1 {
		return shapes[0]
	}
	return shapes[int(math.Round(4*float64(i)/float64(n-1)))]
}

// layBands draws levels behind the first line: where each begins, with its name, as far as the values reach and one
// level more on each side, which shows how far it is to the next.
func (f drawing) layBands(o *option) {
	at := slices.IndexFunc(o.Series, func(s series) bool { return s.Type == types.ChartLine })
	lo, hi := panel.Extent(f.Results...)
	if at < 0 || lo > hi || len(f.Levels) < 2 {
		return
	}
	first, last := board.LevelOf(f.Levels, lo), board.LevelOf(f.Levels, hi)
	first, last = max(0, first-1), min(len(f.Levels)-1, last+1)
	var areas []any
	for i := first; i <= last; i++ {
		from, to := math.Min(0, lo), 0.0
		if i > 0 {
			from = f.Levels[i].From
		}
		if i+1 < len(f.Levels) {
			to = f.Levels[i+1].From
		} else {
			to = math.Max(hi, 2*f.Levels[i].From-f.Levels[i-1].From)
		}
		begin := edge{YAxis: from}
		begin.Name, begin.ItemStyle = f.Levels[i].Name.In(f.Lang), &opts.ItemStyle{Color: []string{"__c:raised", "__c:card"}[i%2]}
		areas = append(areas, []edge{begin, {YAxis: to}})
	}
	o.Series[at].MarkArea = &markArea{
		MarkAreas: opts.MarkAreas{Data: areas}, Silent: yes,
		Label: &label{Label: opts.Label{Show: yes, Color: "__c:mute", FontSize: 11}, Position: "insideTopRight", Distance: 4},
	}
	y := &o.YAxis[0]
	y.Min, y.Max = areas[0].([]edge)[0].YAxis, areas[len(areas)-1].([]edge)[1].YAxis
	y.SplitLine = &opts.SplitLine{Show: no}
}
