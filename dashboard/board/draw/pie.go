package draw

import (
	"fmt"
	"strings"

	"yanzhen/dashboard/metric"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
	"github.com/go-echarts/go-echarts/v2/types"
)

// pieRing is how high the ring of a pie is; its list comes below.
const pieRing = 216

// sliceLimit is how many parts a pie has where the panel has no limit; the others are one more.
const sliceLimit = 7

func (f drawing) pieHeight() int { return pieRing + 24*min(f.keyed(), f.AtMost(sliceLimit)+1) + 8 }

// pie draws a ring, and its parts as a list below: no label can be cut off.
func (f drawing) pie() *option {
	r := f.Results[0]
	total, slices := f.slices()
	whole, unit := metric.Said(&total, r.Unit, f.Lang)
	o := f.begin("item", r.Unit)
	o.Color = keyColours(f.By[0])
	o.Tooltip.Formatter = "__fmt:text"
	o.Title = &title{
		Title: opts.Title{
			Title: whole, Subtitle: unit, Left: "50%", Top: "78", TextAlign: "center",
			TitleStyle:    &opts.TextStyle{FontSize: 24, FontWeight: "600", Color: "__c:ink"},
			SubtitleStyle: &opts.TextStyle{FontSize: 12, Color: "__c:mute"},
		},
		ItemGap: 2,
	}
	o.Legend = legend{
		Legend: opts.Legend{
			Show: yes, Type: "plain", Orient: "vertical", Left: "center", Top: px(pieRing),
			ItemWidth: o.Legend.ItemWidth, ItemHeight: o.Legend.ItemHeight, Icon: o.Legend.Icon, Formatter: "__fmt:name",
		},
		ItemGap: 7,
	}
	o.Series = []series{{
		SingleSeries: charts.SingleSeries{
			Name: f.NameOf(0), Type: types.ChartPie, Data: slices, Radius: []int{66, 94}, Center: []any{"50%", 106}, StartAngle: 90,
			LabelLine: &opts.LabelLine{Show: no},
		},
		Label: &label{Label: opts.Label{Show: no}}, PadAngle: 1,
	}}
	return o
}

// slices are the parts of a pie and what they add up to; the smallest are put together.
func (f drawing) slices() (total float64, out []slice) {
	out = []slice{}
	its := f.Items(0)
	if f.Sort == "" && f.hasOrder(0) {
		its = f.InOrder(0)
	}
	for _, it := range its {
		total += it.Sum
	}
	add := func(name string, v float64) {
		out = append(out, slice{PieData: opts.PieData{Name: name, Value: v}, Text: share(name, v, total)})
	}
	rest := 0.0
	for i, it := range its {
		if i >= f.AtMost(sliceLimit) {
			rest += it.Sum
			continue
		}
		add(brief(it.Name), it.Sum)
	}
	if rest > 0 {
		add(f.say("other_keys"), rest)
	}
	return total, out
}

// brief is the beginning of a label that explains itself: "A类 国内外顶尖人才" is "A类", "Class A: top talent" is "Class A".
func brief(s string) string {
	if head, _, ok := strings.Cut(s, ": "); ok {
		return head
	}
	if head, tail, ok := strings.Cut(s, " "); ok && len([]rune(head)) <= 3 && strings.IndexFunc(tail, func(r rune) bool { return r > 0x2e80 }) >= 0 {
		return head
	}
	return s
}

// share is a part in words: its name, its value and how much of the whole it is.
func share(name string, v, total float64) string {
	if total == 0 {
		return name
	}
	return fmt.Sprintf("%s   %s   %.1f%%", name, plain(v), 100*v/total)
}
