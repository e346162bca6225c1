package missing

import (
	"testing"

	"yanzhen/dashboard/metric"
)

// Every reason has a sentence; what is small or hidden has a mark, and the mark is never a number.
func TestText(t *testing.T) {
	for _, why := range []string{metric.WhyNoData, metric.WhyNoRows, metric.WhyZeroBase, metric.WhyUndefined, metric.WhyUnreported, metric.WhyHidden, metric.WhySmall + "5"} {
		if Text(why, "zh") == "" || Text(why, "en") == "" {
			t.Errorf("no sentence for %s", why)
		}
	}
	for why, want := range map[string]string{metric.WhySmall + "5": "<5", metric.WhySmall + "10": "<10", metric.WhyHidden: "*"} {
		if mark, ok := Mark(why); mark != want || !ok {
			t.Errorf("%s: %q", why, mark)
		}
	}
	for _, why := range []string{"", metric.WhyNoRows, metric.WhySmall, metric.WhySmall + "x"} {
		if _, ok := Mark(why); ok {
			t.Errorf("%q has a mark", why)
		}
	}
}
