package finding

import (
	"testing"

	"yanzhen/dashboard/board"
	"yanzhen/dashboard/board/panel"
	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/duty"
)

func value(v float64) *float64 { return &v }

func text(s string) codes.Text { return codes.Text{Zh: s, En: s} }

// result has a point for each key; a missing number is one that nobody reported.
func result(unit metric.Unit, keys []string, values ...*float64) *metric.Result {
	r := &metric.Result{Unit: unit}
	for i, v := range values {
		pt := metric.Point{Keys: []string{keys[i]}, Labels: []codes.Text{text(keys[i])}, Value: v, Rows: 100}
		if v == nil {
			pt.Why = metric.WhyUnreported
		}
		r.Points = append(r.Points, pt)
	}
	return r
}

// course has a point for each quarter from the first of 2025 on.
func course(unit metric.Unit, values ...*float64) *metric.Result {
	r := &metric.Result{Unit: unit, Query: metric.Query{Grain: days.Quarter}}
	for i, v := range values {
		from := days.Date(2025, 1, 1).AddDate(0, 3*i, 0)
		pt := metric.Point{From: from, To: from.AddDate(0, 3, 0), Value: v, Rows: 100}
		if v == nil {
			pt.Why = metric.WhyUnreported
		}
		r.Points = append(r.Points, pt)
	}
	return r
}

func figure(kind board.Kind, finding board.Finding, rs ...*metric.Result) panel.Figure {
	f := panel.Figure{Panel: board.Panel{Kind: kind, Finding: finding}, Results: rs, Lang: codes.Zh}
	for i, r := range rs {
		f.Metrics = append(f.Metrics, []string{"a", "b", "c"}[i])
		f.Titles = append(f.Titles, codes.Text{Zh: []string{"缺口", "供给", "覆盖"}[i], En: []string{"Gap", "Supply", "Cover"}[i]})
		if r.Query.Grain != days.Total {
			f.Grain = r.Query.Grain
		} else if len(r.Points) > 0 && len(r.Points[0].Keys) > 0 {
			f.By = []string{"node"}
		}
	}
	return f
}

var three = []string{"甲", "乙", "丙"}

func TestSaid(t *testing.T) {
	levels := []board.Level{{Name: text("富余")}, {From: 1, Name: text("偏紧")}, {From: 1.5, Name: text("紧缺")}}
	ratio, _ := metric.UnitNamed("比")
	with := func(f panel.Figure, levels []board.Level) panel.Figure {
		f.Panel.Levels = levels
		return f
	}
	step := func(v float64) *metric.Result {
		return &metric.Result{Unit: metric.People, Points: []metric.Point{{Value: &v}}}
	}
	left := step(30)
	left.Metric = &metric.Metric{Direction: "down"}
	stack := course(metric.People)
	for i, v := range []float64{60, 30, 10} {
		stack.Points = append(stack.Points, metric.Point{From: days.Date(2025, 1, 1), To: days.Date(2025, 4, 1), Keys: three[i : i+1], Labels: []codes.Text{text(three[i])}, Value: &v})
	}
	stacked := figure(board.Stack, board.Finding{}, stack)
	stacked.By = []string{"class"}
	for name, c := range map[string]struct {
		f      panel.Figure
		zh, en string
	}{
		"most":       {figure(board.Bar, board.Finding{Word: codes.Text{Zh: "最大", En: "Largest"}}, result(metric.People, three, value(382), value(20), value(300))), "甲缺口最大：382 人", "Largest gap: 甲, 382 people"},
		"least":      {figure(board.Table, board.Finding{Say: board.Least, Of: "b"}, result(metric.People, three, value(382), value(20)), result(metric.Percent, three, value(90), value(38.94))), "乙供给最低：38.9%", "Lowest supply: 乙, 38.9%"},
		"difference": {figure(board.Balance, board.Finding{Name: codes.Text{Zh: "净流入", En: "net arrivals"}}, result(metric.People, three, value(50), value(80)), result(metric.People, three, value(10), value(60))), "甲净流入最多：40 人", "Most net arrivals: 甲, 40 people"},
		"share":      {figure(board.Pie, board.Finding{}, result(metric.People, three, value(60), value(30), value(10))), "甲占缺口的 60.0%", "甲, 60.0% of gap"},
		"stacked":    {stacked, "2025 年第 1 季度甲占缺口的 60.0%", "甲, 60.0% of gap, Q1 2025"},
		"up":         {figure(board.Trend, board.Finding{}, course(metric.People, value(80), value(0), value(0), value(0), value(100))), "缺口比上年同期增 25.0%：2026 年第 1 季度 100 人", "Gap up 25.0% on a year before: 100 people in Q1 2026"},
		"down":       {figure(board.Line, board.Finding{}, course(metric.Percent, value(80), value(0), value(0), value(0), value(75.5))), "缺口比上年同期降 4.5个百分点：2026 年第 1 季度 75.5%", "Gap down 4.5 pp on a year before: 75.5% in Q1 2026"},
		"level":      {figure(board.Line, board.Finding{}, course(metric.People, value(1000), value(0), value(0), value(0), value(1004))), "缺口与上年同期持平：2026 年第 1 季度 1,004 人", "Gap level with a year before: 1,004 people in Q1 2026"},
		"all":        {figure(board.Trend, board.Finding{Say: board.Crossing}, course(metric.People, value(80), value(70), value(60)), course(metric.People, value(8), value(7), value(6))), "近 3 个季度都是缺口多于供给", "Gap above supply in each of 3 quarters"},
		"since":      {figure(board.Trend, board.Finding{Say: board.Crossing}, course(metric.People, value(80), value(7), value(6)), course(metric.People, value(8), value(70), value(60))), "2025 年第 2 季度起缺口少于供给", "Gap below supply since Q2 2025"},
		"once":       {figure(board.Trend, board.Finding{Say: board.Crossing}, course(metric.People, value(80), value(7)), course(metric.People, value(8), value(70))), "2025 年第 2 季度缺口少于供给", "Gap below supply in Q2 2025"},
		"through":    {figure(board.Funnel, board.Finding{}, step(100), step(40), left), "缺口 100 人，供给 40 人（40.0%）", "Gap 100 people, supply 40 people (40.0%)"},
		"levels":     {with(figure(board.Graph, board.Finding{}, result(metric.People, three, value(9), value(9), value(9)), result(ratio, three, value(1.6), value(1.7), value(0.2))), levels), "3 个中 2 个紧缺：乙、甲", "紧缺: 2 of 3 (乙, 甲)"},
		"level is":   {with(figure(board.Line, board.Finding{}, course(ratio, value(0.4), value(1.2))), levels), "2025 年第 2 季度缺口 1.20：偏紧", "Gap 1.20 in Q2 2025: 偏紧"},
	} {
		for lang, want := range map[codes.Lang]string{codes.Zh: c.zh, codes.En: c.en} {
			f := c.f
			f.Lang = lang
			if got, why := Of(f); got != want || why != "" {
				t.Errorf("%s: %q (%s), want %q", name, got, why, want)
			}
		}
	}
}

// Of an unfinished end the last period that is final is told of, with its name.
func TestLastFinal(t *testing.T) {
	r := course(metric.People, value(80), value(0), value(0), value(0), value(100), value(3))
	r.Points[5].Cover = &duty.Coverage{Reported: 1, Due: 3}
	if got, _ := Of(figure(board.Trend, board.Finding{}, r)); got != "缺口比上年同期增 25.0%：2026 年第 1 季度 100 人" {
		t.Error(got)
	}
	r.Points[0].Ripe = days.Date(2030, 1, 1)
	if got, _ := Of(figure(board.Trend, board.Finding{}, r)); got != "" {
		t.Errorf("against a number that is not final: %s", got)
	}
	old := course(metric.People, value(80), value(0), value(0), value(0), value(100), nil, nil, nil, nil)
	if got, _ := Of(figure(board.Trend, board.Finding{}, old)); got != "" {
		t.Errorf("of a year ago: %s", got)
	}
}

// The days around the lunar new year, what is expected, and both measures of a path.
func TestSaidOfCourses(t *testing.T) {
	spring := func(year int, values ...float64) *metric.Result {
		eve := days.Date(year, 2, 10)
		r := &metric.Result{Unit: metric.People, Metric: &metric.Metric{Name: "a"}, Eve: eve}
		for i, v := range values {
			from := eve.AddDate(0, 0, i)
			r.Points = append(r.Points, metric.Point{From: from, To: from.AddDate(0, 0, 1), Value: &v, Rows: 100})
		}
		return r
	}
	around := func(rs ...*metric.Result) panel.Figure {
		f := figure(board.Spring, board.Finding{}, rs[0])
		f.Results, f.By = rs, nil
		return f
	}
	ahead := result(metric.People, three, value(90), value(20), value(10))
	for i, at := range []int{0, 1} {
		for j, v := range []float64{200, 120} {
			from := days.Date(2026, 7, 1).AddDate(0, 3*i, 0)
			low := v - 100
			ahead.Points = append(ahead.Points, metric.Point{From: from, To: from.AddDate(0, 3, 0), Keys: []string{three[(at+j)%2]}, Labels: []codes.Text{text(three[(at+j)%2])}, Value: &v, Lower: &low, Forecast: true})
		}
	}
	path := func(a, b float64) panel.Figure {
		return figure(board.Path, board.Finding{}, course(metric.Percent, value(4), value(0), value(0), value(0), &a), course(metric.Percent, value(2), value(0), value(0), value(0), &b))
	}
	for name, c := range map[string]struct {
		f      panel.Figure
		zh, en string
	}{
		"ahead":       {figure(board.Table, board.Finding{Say: board.Ahead, Word: codes.Text{Zh: "最大", En: "Largest"}}, ahead), "2026 年第 3 季度预计甲缺口最大：200 人", "Largest gap: 甲, 200 people (expected, Q3 2026)"},
		"both":        {path(3.5, 2), "2026 年第 1 季度比上年同期缺口降 0.5个百分点，供给持平", "Gap down 0.5 pp, supply level on a year before (Q1 2026)"},
		"neither":     {path(4, 2), "", ""},
		"eve, more":   {around(spring(2026, 10, 150), spring(2025, 20, 120)), "到除夕后第 1 天缺口 150 人，比上年农历同期增 25.0%", "Gap up 25.0% on the year before: 150 people by 1 days after the eve"},
		"eve, less":   {around(spring(2026, 10, 90), spring(2025, 20, 120)), "到除夕后第 1 天缺口 90 人，比上年农历同期减 25.0%", "Gap down 25.0% on the year before: 90 people by 1 days after the eve"},
		"eve, level":  {around(spring(2026, 10, 120), spring(2025, 20, 120)), "到除夕后第 1 天缺口 120 人，与上年农历同期持平（差 0.0%）", "Gap level with the year before (0.0% off): 120 people by 1 days after the eve"},
		"eve, few":    {around(spring(2026, 1, 2), spring(2025, 2, 120)), "", ""},
		"eve, before": {around(spring(2026, 100), spring(2025, 120)), "", ""},
		"eve, alone":  {around(spring(2026, 10, 120)), "", ""},
	} {
		for lang, want := range map[codes.Lang]string{codes.Zh: c.zh, codes.En: c.en} {
			f := c.f
			f.Lang = lang
			if got, why := Of(f); got != want || (why == "") != (want != "") {
				t.Errorf("%s: %q (%s), want %q", name, got, why, want)
			}
		}
	}
	for i := range ahead.Points {
		if ahead.Points[i].Lower != nil {
			ahead.Points[i].Lower = value(-1)
		}
	}
	if got, why := Of(figure(board.Table, board.Finding{Say: board.Ahead}, ahead)); got != "" || why != Unsure {
		t.Errorf("there may be no gap: %q (%s)", got, why)
	}
}

// Of few things their number is said, without an order or a percentage; of what still fills, how it stands; of two that are
// ahead together, both.
func TestSaidPlainly(t *testing.T) {
	stack := func(kinds ...[]float64) panel.Figure { // of the first quarters of 2025 and 2026
		r := course(metric.People)
		for k, values := range kinds {
			for year, v := range values {
				from := days.Date(2025+year, 1, 1)
				r.Points = append(r.Points, metric.Point{From: from, To: from.AddDate(0, 3, 0), Keys: three[k : k+1], Labels: []codes.Text{text(three[k])}, Value: &v})
			}
		}
		f := figure(board.Stack, board.Finding{}, r)
		f.By = []string{"kind"}
		return f
	}
	filling := result(metric.People, three, value(90), value(20))
	filling.Metric = &metric.Metric{}
	filling.Points[0].Ripe = days.Date(2030, 1, 1)
	step := func(v float64) *metric.Result {
		return &metric.Result{Unit: metric.People, Points: []metric.Point{{Value: &v}}}
	}
	certified := step(30)
	certified.Points[0].Ripe = days.Date(2030, 1, 1)
	course12 := course(metric.Percent, value(80), value(0), value(0), value(70), value(82), nil)
	course12.Points[5].Why = metric.WhyZeroBase
	square := result(metric.Percent, three, value(100), value(90), value(40))
	for i, keys := range [][]string{{"甲", "甲"}, {"甲", "乙"}, {"乙", "甲"}} {
		square.Points[i].Keys, square.Points[i].Labels = keys, []codes.Text{text(keys[0]), text(keys[1])}
	}
	named := figure(board.Graph, board.Finding{Name: codes.Text{Zh: "环节", En: "links"}}, result(metric.People, three, value(9), value(9), value(9)), result(metric.Percent, three, value(1.6), value(1.7), value(0.2)))
	named.Panel.Levels = []board.Level{{Name: text("富余")}, {From: 1.5, Name: text("紧缺")}}
	for name, c := range map[string]struct {
		f      panel.Figure
		zh, en string
	}{
		"a small base":     {figure(board.Trend, board.Finding{}, course(metric.People, value(7), value(0), value(0), value(0), value(9))), "2026 年第 1 季度缺口 9 人，上年同期 7 人", "Gap: 9 people in Q1 2026, 7 people a year before"},
		"small parts":      {stack([]float64{3, 5}, []float64{2, 2}), "2026 年第 1 季度缺口 7 人，上年同期 5 人", "Gap: 7 people in Q1 2026, 5 people a year before"},
		"kinds":            {figure(board.Pie, board.Finding{}, result(metric.People, three, value(8), value(7), value(6))), "缺口共 21 人，分 3 类", "Gap: 21 people, of 3 kinds"},
		"still filling":    {figure(board.Bar, board.Finding{}, filling), "到目前甲缺口最多：90 人", "Most gap: 甲, 90 people so far"},
		"a step fills":     {figure(board.Funnel, board.Finding{}, step(100), step(40), certified), "缺口 100 人，供给 40 人（40.0%）", "Gap 100 people, supply 40 people (40.0%)"},
		"nothing to count": {figure(board.Line, board.Finding{}, course12), "缺口比上年同期升 2.0个百分点：2026 年第 1 季度 82.0%", "Gap up 2.0 pp on a year before: 82.0% in Q1 2026"},
		"two ahead":        {figure(board.Bar, board.Finding{}, result(metric.People, three, value(90), value(90), value(20))), "甲、乙缺口并列最多：各 90 人", "Most gap: 甲, 乙, 90 people each"},
		"with itself":      {figure(board.Heatmap, board.Finding{}, square), "甲 · 乙缺口最高：90.0%", "Highest gap: 甲 · 乙, 90.0%"},
		"of what":          {named, "3 个环节中 2 个紧缺：乙、甲", "紧缺: 2 of 3 links (乙, 甲)"},
	} {
		for lang, want := range map[codes.Lang]string{codes.Zh: c.zh, codes.En: c.en} {
			f := c.f
			f.Lang = lang
			if got, why := Of(f); got != want || why != "" {
				t.Errorf("%s: %q (%s), want %q", name, got, why, want)
			}
		}
	}
	all := figure(board.Bar, board.Finding{}, result(metric.People, []string{"甲", "乙", "丙", "丁"}, value(90), value(90), value(90), value(1)))
	if got, why := Of(all); got != "" || why != Tied {
		t.Errorf("three are ahead: %q (%s)", got, why)
	}
	partial := result(metric.People, three, value(90), value(20))
	partial.Metric, partial.Points[0].Ripe = &metric.Metric{}, days.Date(2030, 1, 1)
	partial.Points[1].Cover = &duty.Coverage{Reported: 1, Due: 2}
	if got, why := Of(figure(board.Bar, board.Finding{}, partial)); got != "" || why != Unsure {
		t.Errorf("not all has come: %q (%s)", got, why)
	}
}

// Nothing is said where it would not be true, or would mean little.
func TestSilent(t *testing.T) {
	open := result(metric.People, three, value(90), value(20))
	open.Points[1].Cover = &duty.Coverage{Reported: 1, Due: 2}
	broken := result(metric.People, three, value(90), value(20))
	broken.Damaged = []codes.Text{text("x")}
	widened := result(metric.People, three, value(90), value(20))
	widened.Query.Window = days.YearToDate
	cut := result(metric.People, three, value(90), value(20))
	cut.Keys = 30
	handful := result(metric.Percent, three, value(100), value(40))
	handful.Points[0].Rows = 3
	by := board.Finding{}
	for name, f := range map[string]panel.Figure{
		"a tie":                      figure(board.Bar, by, result(metric.People, three, value(90), value(90))),
		"a tie as printed":           figure(board.Bar, by, result(metric.Percent, three, value(90.01), value(90.02))),
		"not reported":               figure(board.Bar, by, result(metric.People, three, value(90), nil)),
		"not final":                  figure(board.Bar, by, open),
		"damaged":                    figure(board.Bar, by, broken),
		"a window":                   figure(board.Bar, by, widened),
		"one key":                    figure(board.Bar, by, result(metric.People, three, value(90))),
		"no key":                     figure(board.Bar, by, &metric.Result{}),
		"no result":                  figure(board.Bar, by),
		"a handful":                  figure(board.Bar, by, result(metric.People, three, value(9), value(2))),
		"a share of a handful":       figure(board.Bar, by, handful),
		"not stated":                 figure(board.Bar, by, result(metric.People, []string{"", "乙"}, value(90), value(20))),
		"the least of the greatest":  figure(board.Bar, board.Finding{Say: board.Least}, cut),
		"a part of the greatest":     figure(board.Pie, by, cut),
		"none":                       figure(board.Bar, board.Finding{Say: board.Nothing}, result(metric.People, three, value(90), value(20))),
		"a number":                   figure(board.KPI, by, result(metric.People, three, value(90), value(20))),
		"a difference without name":  figure(board.Balance, by, result(metric.People, three, value(90), value(20)), result(metric.People, three, value(9), value(2))),
		"no year before":             figure(board.Trend, by, course(metric.People, value(90), value(100))),
		"a year before not reported": figure(board.Trend, by, course(metric.People, nil, value(0), value(0), value(0), value(100))),
		"level at the end":           figure(board.Trend, board.Finding{Say: board.Crossing}, course(metric.People, value(90)), course(metric.People, value(90))),
		"different units":            figure(board.Trend, board.Finding{Say: board.Crossing}, course(metric.People, value(90)), course(metric.Percent, value(9))),
	} {
		if got, why := Of(f); got != "" || why == "" {
			t.Errorf("%s: %q", name, got)
		}
	}
}
