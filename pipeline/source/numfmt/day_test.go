package numfmt

import "testing"

func TestShowDay(t *testing.T) {
	for code, want := range map[string]string{
		`yyyy"年"m"月"`: "2026年2月", `yyyy年mm月`: "2026年02月", "yyyy/m/d": "2026/2/1", `[$-804]yyyy\-mm;@`: "2026-02", "mmm-yy": "Feb-26", "d mmmm": "1 February", "": "2026/2/1",
		"m/d": "2/1", `m"月"`: "2月", "yyyy-mm-dd hh:mm": "2026-02-01 14:05", "h:mm AM/PM": "2:05 PM", "mm:ss": "05:09", "aaaa": "星期日", `yy.m`: "26.2", `"第"m"月"`: "第2月", "\\": "", `yyyy\`: "2026",
	} {
		if got := showDay(code, "2026-02-01 14:05:09"); got != want {
			t.Errorf("%s: got %q, want %q", code, got, want)
		}
	}
	if got := showDay("yyyy", "no day"); got != "no day" {
		t.Errorf("got %q", got)
	}
}

func FuzzShowDay(f *testing.F) {
	f.Add(`yyyy"年"m"月"[$-804]\`)
	f.Add("[")
	f.Add("AM/PM_")
	f.Fuzz(func(t *testing.T, code string) { showDay(code, "2026-02-01") })
}
