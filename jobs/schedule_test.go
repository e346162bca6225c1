package jobs

import (
	"strings"
	"testing"
	"time"
)

func TestParseScheduleRefuses(t *testing.T) {
	for _, c := range []struct{ spec, zone, want string }{
		{"", "", "empty"},
		{"TZ=Asia/Shanghai", "", "zone"},
		{"CRON_TZ=Asia/Shanghai", "", "zone"},
		{"TZ=", "", "zone"},
		{"CRON_TZ=Asia/Shanghai 0 7 * * *", "", "zone"},
		{"@every -5s", "", "one second"},
		{"@every 0s", "", "one second"},
		{"@every soon", "", "duration"},
		{"0 0 31 2 *", "", "no such day"},
		{"0 0 7 * * *", "", "5 fields"},
		{"61 * * * *", "", "61"},
		{"@reboot", "", "@reboot"},
		{"0 7 * * *", "Asia/Beijing", "time zone"},
		{"0 7 * * *", "Local", "time zone"},
		{"* * * *", "", "5 fields"},
		{"*/90 * * * *", "", "@every 90m"},
		{"*/45 * * * *", "", "@every 45m"},
		{"0-30/40 * * * *", "", "@every 40m"},
		{"0 */13 * * *", "", "@every 13h"},
		{"15 */9 * * *", "", "@every 9h"},
		{"*/25 * * * *", "", "@every 25m"},
		{"0-59/25 * * * *", "", "@every 25m"},
		{"7-59/13 * * * *", "", "@every 13m"},
		{"0 2-23/5 * * *", "", "@every 5h"},
		{"5/25 8-18 * * *", "", "@every 25m"},
		{"0 0-23/9 * * *", "", "@every 9h"},
		{"*/90 9 * * *", "", "@every 90m"},
		{"0,10-50/60 * * * *", "", "@every 60m"},
		{"0 */36 * * *", "", "@every 36h"},
		{"0 7 * * 1-7/2", "", "Sunday is 0"},
		{"0 7 * * 8", "", "above maximum"},
		{"0 9 L * *", "", "0 9 1 * *"},
		{"0 9 * * 5#2", "", "there is no L, W or #"},
		{"0 0 */10 * *", "", "1,11,21"},
		{"0 0 1-31/15 * *", "", "write 1,16, or @every 360h"},
		{"0 7 */3 * *", "", "write 1,4,7,10,13,16,19,22,25,28, or @every 72h"},
		{"0 7 */2 * *", "", "@every 48h"},
		{"0 7 */9 * *", "", "write 1,10,19,28"},
		{"0 7 5/8 * *", "", "write 5,13,21"},
		{"0 7 2-31/3 * *", "", "write 2,5,8"},
		{"0 8/4 * * *", "", "write 8,12,16,20"},
		{"0 0 */20 * *", "", "write 1,21"},
		{"0 8 1 2-12/5 *", "", "such as 2,7,12"},
		{"0 8 1 2/5 *", "", "such as 2,7,12"},
		{"0 8 1 FEB-DEC/5 *", "", "such as 2,7,12"},
		{"0 8 * * 1/2", "", "such as 1,3,5"},
		{"0 8 1 */5 *", "", "such as 1,6,11"},
		{"0 8 1 1-12/7 *", "", "such as 1,8"},
		{"0 8 * * */2", "", "such as 0,2,4,6"},
		{"0 8 1 JAN-DEC/5 *", "", "such as 1,6,11"},
		{"0 8 1 ?/5 *", "", "such as 1,6,11"},
		{"0 8 * * SUN-sat/2", "", "such as 0,2,4,6"},
	} {
		_, err := ParseSchedule(c.spec, c.zone)
		if err == nil {
			t.Errorf("ParseSchedule(%q, %q): accepted", c.spec, c.zone)
		} else if !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "strconv") {
			t.Errorf("ParseSchedule(%q, %q): got %v, want something with %q", c.spec, c.zone, err, c.want)
		}
	}
}

// What was saved when less was refused goes on, and steps within one hour are no question.
func TestSavedSchedule(t *testing.T) {
	for _, spec := range []string{"0 */5 * * *", "*/25 * * * *"} {
		if _, err := SavedSchedule(spec, ""); err != nil {
			t.Errorf("%s: %v", spec, err)
		}
		if _, err := ParseSchedule(spec, ""); err == nil {
			t.Errorf("%s: accepted", spec)
		}
	}
	for _, spec := range []string{"0 8 1 */3 *", "0 8 1 */6 *", "0 8 * * 1-5/2", "0 8 * * 1-6/2", "0 7 20-31/2 * *", "*/25 9 * * *", "0 0 1-21/10 * *", "0 8-20/4 * * *", "5/15 * * * *", "*/20 */6 * * *", "10-50/20 * * * *", "7-59/12 * * * *", "0 8-23/3 * * *", "0 8-23/9 * * *", "30-59/7 9-17 * * *"} {
		if _, err := ParseSchedule(spec, ""); err != nil {
			t.Errorf("%s: %v", spec, err)
		}
	}
}

func at(t *testing.T, s string) time.Time {
	t.Helper()
	v, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestNext(t *testing.T) {
	for _, c := range []struct{ spec, zone, from, want string }{
		{"0 7 * * *", "", "2026-07-01T00:00:00+08:00", "2026-07-01T07:00:00+08:00"},
		{"0 7 * * *", "", "2026-07-01T07:00:00+08:00", "2026-07-02T07:00:00+08:00"},
		{"30 8 5 * *", "", "2026-06-05T08:30:00+08:00", "2026-07-05T08:30:00+08:00"},
		{"@every 15m", "", "2026-07-01T07:01:00Z", "2026-07-01T07:15:00Z"},
		// summer time begins 2026-03-08 and ends 2026-11-01 in New York
		{"30 2 * * *", "America/New_York", "2026-03-08T00:00:00-05:00", "2026-03-08T03:00:00-04:00"},
		{"30 2 * * *", "America/New_York", "2026-03-08T03:00:00-04:00", "2026-03-09T02:30:00-04:00"},
		{"30 1 * * *", "America/New_York", "2026-11-01T00:00:00-04:00", "2026-11-01T01:30:00-04:00"},
		{"30 1 * * *", "America/New_York", "2026-11-01T01:30:00-04:00", "2026-11-02T01:30:00-05:00"},
		{"30 1 * * *", "America/New_York", "2026-11-01T01:10:00-05:00", "2026-11-02T01:30:00-05:00"},
	} {
		s, err := ParseSchedule(c.spec, c.zone)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Next(at(t, c.from)); !got.Equal(at(t, c.want)) {
			t.Errorf("%s %s after %s: got %s, want %s", c.spec, c.zone, c.from, got.Format(time.RFC3339), c.want)
		}
	}
}

func TestDue(t *testing.T) {
	daily, err := ParseSchedule("0 7 * * *", "")
	if err != nil {
		t.Fatal(err)
	}
	quarter, _ := ParseSchedule("@every 15m", "")
	minutely, _ := ParseSchedule("* * * * *", "")
	for _, c := range []struct {
		s               Schedule
		last, now, want string
		n               int
	}{
		{daily, "2026-07-01T07:00:00+08:00", "2026-07-01T23:00:00+08:00", "", 0},
		{daily, "2026-07-01T07:00:00+08:00", "2026-07-02T07:00:00+08:00", "2026-07-02T07:00:00+08:00", 1},
		{daily, "2026-07-01T07:00:00+08:00", "2026-07-05T08:00:00+08:00", "2026-07-05T07:00:00+08:00", 4},
		{daily, "2026-07-02T07:00:00+08:00", "2026-07-01T08:00:00+08:00", "", 0},                          // the clock was set back by a day
		{daily, "2027-09-01T07:00:00+08:00", "2026-07-01T08:00:00+08:00", "2026-07-01T07:00:00+08:00", 1}, // it was a year ahead
		{daily, "2026-07-05T07:00:00+08:00", "2026-07-01T06:00:00+08:00", "2026-06-30T07:00:00+08:00", 1},
		{quarter, "2030-01-01T00:00:00Z", "2026-07-01T07:50:00Z", "2026-07-01T07:45:00Z", 1},
		{quarter, "2026-07-01T07:00:00Z", "2026-07-01T07:50:00Z", "2026-07-01T07:45:00Z", 3},
		{quarter, "2026-07-01T07:45:00Z", "2026-07-01T07:50:00Z", "", 0},
		{minutely, "2026-01-01T00:00:00Z", "2026-07-01T00:00:30Z", "2026-07-01T00:00:00Z", 100_000},
	} {
		slot, n := c.s.Due(at(t, c.last), at(t, c.now))
		if n != c.n || (c.want == "" != slot.IsZero()) || (c.want != "" && !slot.Equal(at(t, c.want))) {
			t.Errorf("%s due in (%s, %s]: got %s, %d; want %s, %d", c.s, c.last, c.now, slot, n, c.want, c.n)
		}
	}
}

func TestSunday(t *testing.T) {
	for _, spec := range []string{"0 7 * * 7", "0 7 * * 0", "0 7 * * 7-7", "0 7 * * SUN"} {
		s, err := ParseSchedule(spec, "")
		if err != nil {
			t.Errorf("%s: %v", spec, err)
			continue
		}
		if got, want := s.Next(at(t, "2026-07-01T00:00:00+08:00")), at(t, "2026-07-05T07:00:00+08:00"); !got.Equal(want) {
			t.Errorf("%s: next is %s, want %s, a Sunday", spec, got, want)
		}
	}
	s, err := ParseSchedule("0 7 * * 6-7", "")
	if err != nil {
		t.Fatal(err)
	}
	var days []string
	for at, n := s.Next(at(t, "2026-07-01T00:00:00+08:00")), 0; n < 3; at, n = s.Next(at), n+1 {
		days = append(days, at.Format("01-02"))
	}
	if got := strings.Join(days, " "); got != "07-04 07-05 07-11" {
		t.Errorf("6-7: got %s, want the Saturdays and Sundays", got)
	}
}
