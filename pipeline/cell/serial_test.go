package cell

import "testing"

// In either calendar of workbooks a zero or a count in a column of days is no day.
func TestCountsAreNoDays(t *testing.T) {
	for text, want := range map[string]string{"0": "date_serial", "12": "date_serial", "60": "date_serial", "44802": ""} {
		if _, f := StoredDate1904(text); (f == nil) != (want == "") || f != nil && f.Rule != want {
			t.Errorf("%s: got %+v, want %s", text, f, want)
		}
	}
}
