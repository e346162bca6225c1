package dataset

import (
	"encoding/csv"
	"strings"
	"testing"
	"testing/fstest"

	"yanzhen/configs"
	"yanzhen/pipeline/codes"
)

// Working days by the notices, counted by hand: 2025 had 248 of them and 2026 has 248.
func TestCalendarCSV(t *testing.T) {
	ls, err := codes.Load(configs.FS)
	if err != nil {
		t.Fatal(err)
	}
	text, err := CalendarCSV(ls)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(rows) != 1+366+365*3+366+365*2 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	year := map[string]int{}
	for _, r := range rows[1:] {
		if r[1] == "1" {
			year[r[0][:4]]++
		}
		for day, want := range map[string]string{"2026-02-14": "1", "2026-02-16": "0", "2026-02-28": "1", "2026-05-09": "1", "2026-06-19": "0", "2025-09-28": "1", "2025-10-08": "0", "2020-02-01": "0", "2020-01-02": "1"} {
			if r[0] == day && r[1] != want {
				t.Errorf("%s: workday %s, want %s", day, r[1], want)
			}
		}
		if r[0] == "2020-01-03" && r[3] != "2" {
			t.Errorf("the second working day of 2020 is number %s", r[3])
		}
	}
	t.Log(year)
	for y, want := range map[string]int{"2025": 248, "2026": 248} {
		if year[y] != want {
			t.Errorf("%s has %d working days, want %d", y, year[y], want)
		}
	}
	for _, bad := range []string{"", "# 甲 | A\ncode,zh,en,aliases,rank\n2020-13-01,元旦,New Year,,0\n", "# 甲 | A\ncode,zh,en,aliases,rank\n2020-01-01,元旦,New Year,,0\n2022-01-01,元旦二,New Year 2,,0\n"} {
		fsys := fstest.MapFS{}
		if bad != "" {
			fsys["codes/holidays.csv"] = &fstest.MapFile{Data: []byte(bad)}
		}
		ls, err := codes.Load(fsys)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := CalendarCSV(ls); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}
