package quality

import "yanzhen/pipeline/quality"

// trend is the part of the rows that was refused month by month, drawn as bars.
type trend struct {
	Width, Height int
	Bars          []bar
}

type bar struct {
	X, Y, H int
	Kind    string // none: nothing was owed and nothing came; missing: owed and not there; else empty
}

// The measures of the bars, and the least part at which one is as high as it gets: a row in a thousand is no tower.
const (
	barStep   = 8
	barHeight = 20
	leastFull = 0.02
)

// fullOf is the part at which the bars of some senders are as high as they get.
func fullOf(senders []quality.Sender) float64 {
	full := leastFull
	for _, s := range senders {
		for _, m := range s.Months {
			if part, ok := m.Share(); ok {
				full = max(full, part)
			}
		}
	}
	return full
}

func trendOf(months []quality.Month, full float64) trend {
	t := trend{Width: barStep * len(months), Height: barHeight}
	for i, m := range months {
		b := bar{X: i * barStep, H: 1}
		part, _ := m.Share()
		switch {
		case m.Missing > 0:
			b.Kind, b.H = "missing", barHeight
		case m.Files == 0:
			b.Kind = "none"
		case part > 0:
			b.H = max(2, int(min(part/full, 1)*barHeight))
		}
		b.Y = barHeight - b.H
		t.Bars = append(t.Bars, b)
	}
	return t
}
