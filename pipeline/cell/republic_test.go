package cell

import (
	"testing"

	"yanzhen/pipeline/codes"
)

func TestRepublic(t *testing.T) {
	day := func(y, m, d int) int32 { return codes.Days(y, m, d) }
	for s, want := range map[string]struct {
		n int32
		f *Fault
	}{
		"民国113年7月1日": {day(2024, 7, 1), nil}, "中华民国113年7月1日": {day(2024, 7, 1), nil}, "民国113/07/01": {day(2024, 7, 1), nil}, "民国1130701": {day(2024, 7, 1), nil}, "民国元年1月1日": {day(1912, 1, 1), nil}, "民国38年10月1日": {day(1949, 10, 1), nil},
		"113/07/01": {0, FaultRepublic}, "113.7.2": {0, FaultRepublic}, "113年7月2日": {0, FaultRepublic}, "1130703": {0, FaultRepublic}, "113年7月": {0, FaultRepublic}, "民国113年2月30日": {0, FaultNoSuchDay},
		"民国2024年7月1日": {0, FaultDate}, "202/07/01": {0, FaultYear}, "026/07/01": {0, FaultYear}, "113/13/01": {0, FaultYear}, "20260/7/1": {0, FaultYear}, "30-Jun-2025": {0, FaultDate},
	} {
		if n, f := Date(s); n != want.n || f != want.f {
			t.Errorf("%s: got %d %v, want %d %v", s, n, f, want.n, want.f)
		}
	}
	if y, f := Year("民国113年"); y != 2024 || f != nil {
		t.Errorf("a year: got %d %v", y, f)
	}
	if n, f, ok := PeriodStart("民国113年7月"); n != day(2024, 7, 1) || f != nil || !ok {
		t.Errorf("a month: got %d %v %v", n, f, ok)
	}
}
