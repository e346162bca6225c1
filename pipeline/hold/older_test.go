package hold

import "testing"

// Where a list replaces the one before, that of an earlier period is asked about; one that says no period, or a longer one, is not.
func TestOlder(t *testing.T) {
	for _, x := range []struct {
		file, live string
		held       bool
	}{
		{"县人社局_花名册_2026年5月（修订）.xlsx", "县人社局_花名册_2026年6月.xlsx", true},
		{"送/县人社局_花名册_2025年.xlsx", "县人社局_花名册_2026年6月.xlsx", true},
		{"县人社局_花名册_2026年6月（修订）.xlsx", "县人社局_花名册_2026年6月.xlsx", false},
		{"县人社局_花名册_2026年7月.xlsx", "县人社局_花名册_2026年6月.xlsx", false},
		{"县人社局_花名册_2026年6月.xlsx", "县人社局_花名册_2026年.xlsx", false},
		{"县人社局_花名册_2026年.xlsx", "县人社局_花名册_2026年6月.xlsx", false},
		{"县人社局_花名册.xlsx", "县人社局_花名册_2026年6月.xlsx", false},
		{"县人社局_花名册_2026年5月.xlsx", "县人社局_花名册.xlsx", false},
	} {
		if got := Older(x.file, x.live); (len(got) == 1 && got[0].Hold) != x.held {
			t.Errorf("%s for %s: %+v", x.file, x.live, got)
		}
	}
}
