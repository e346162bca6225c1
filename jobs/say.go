package jobs

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"yanzhen/pipeline/codes"
)

// When is the schedule in plain words; what these do not know is told as it is written. A job without one has none.
func (j *Job) When() codes.Text {
	if j.schedule == nil {
		return codes.Text{Zh: "文件一到就运行，没有定时", En: "when a file comes; by no clock"}
	}
	return j.schedule.words()
}

// Cron is the schedule as it is declared, with its time zone; empty where there is none.
func (j *Job) Cron() string {
	if j.schedule == nil {
		return ""
	}
	return j.schedule.spec + " " + j.schedule.Zone()
}

// Limit is how long a run may take with all its retries.
func (j *Job) Limit() time.Duration { return j.deadline() }

var (
	weekdaysZh = []string{"日", "一", "二", "三", "四", "五", "六"}
	weekdaysEn = []string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}
	named      = map[string]string{
		"@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0", "@monthly": "0 0 1 * *", "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *",
	}
)

// words says the usual shapes of cron: a minute and one hour, all hours or a span of them, on all days, working days, days of
// the week or one day of the month.
func (s Schedule) words() codes.Text {
	if s.every > 0 {
		return codes.Text{Zh: "每隔 " + spell(s.every, "小时", "分钟", "秒"), En: "every " + spell(s.every, " h", " min", " s")}
	}
	spec := s.spec
	if long, ok := named[spec]; ok {
		spec = long
	}
	plain := codes.Text{Zh: "按 cron：" + s.spec, En: "by cron: " + s.spec}
	f := strings.Fields(spec)
	if len(f) != 5 {
		return plain
	}
	day, ok := onDays(f[2], f[3], f[4])
	if !ok {
		return plain
	}
	at, ok := atTimes(f[0], f[1])
	if !ok {
		return plain
	}
	return codes.Text{Zh: day.Zh + " " + at.Zh, En: day.En + " " + at.En}
}

// spell writes a duration in whole units, as many as it takes.
func spell(d time.Duration, h, m, sec string) string {
	var out []string
	for _, x := range []struct {
		n    int
		unit string
	}{{int(d.Hours()), h}, {int(d.Minutes()) % 60, m}, {int(d.Seconds()) % 60, sec}} {
		if x.n > 0 {
			out = append(out, strconv.Itoa(x.n)+" "+strings.TrimSpace(x.unit))
		}
	}
	return strings.Join(out, " ")
}

func onDays(dom, month, dow string) (codes.Text, bool) {
	n, err := strconv.Atoi(dom)
	switch {
	case month != "*" && err == nil && dow == "*":
		m, err := strconv.Atoi(month)
		if err != nil || m < 1 || m > 12 {
			return codes.Text{}, false
		}
		return codes.Text{Zh: fmt.Sprintf("每年 %d 月 %d 日", m, n), En: fmt.Sprintf("each year on %d %s", n, time.Month(m))}, true
	case month != "*":
		return codes.Text{}, false
	case dom == "*" && dow == "*":
		return codes.Text{Zh: "每日", En: "daily"}, true
	case dom == "*" && (dow == "1-5" || strings.EqualFold(dow, "mon-fri")):
		return codes.Text{Zh: "周一至周五", En: "Monday to Friday"}, true
	case dom != "*" && err == nil && dow == "*":
		return codes.Text{Zh: fmt.Sprintf("每月 %d 日", n), En: fmt.Sprintf("on day %d of each month", n)}, true
	case dom != "*":
		return codes.Text{}, false
	}
	var zh, en []string
	for _, d := range strings.Split(dow, ",") {
		i, err := strconv.Atoi(d)
		if err != nil {
			i = slices.IndexFunc(weekdaysEn, func(w string) bool { return len(d) == 3 && strings.EqualFold(w[:3], d) })
		}
		if i < 0 || i > 7 {
			return codes.Text{}, false
		}
		zh, en = append(zh, "周"+weekdaysZh[i%7]), append(en, weekdaysEn[i%7])
	}
	return codes.Text{Zh: "每" + strings.Join(zh, "、"), En: "each " + strings.Join(en, ", ")}, true
}

func atTimes(minute, hour string) (codes.Text, bool) {
	if n, ok := strings.CutPrefix(minute, "*/"); ok && hour == "*" {
		return codes.Text{Zh: "每 " + n + " 分钟", En: "every " + n + " minutes"}, true
	}
	m, err := strconv.Atoi(minute)
	if err != nil {
		return codes.Text{}, false
	}
	if hour == "*" {
		return codes.Text{Zh: fmt.Sprintf("每小时第 %d 分", m), En: fmt.Sprintf("every hour at minute %d", m)}, true
	}
	var times []string
	for _, h := range strings.Split(hour, ",") {
		from, to, span := strings.Cut(h, "-")
		a, bad := strconv.Atoi(from)
		if bad != nil {
			return codes.Text{}, false
		}
		if !span {
			times = append(times, fmt.Sprintf("%02d:%02d", a, m))
			continue
		}
		b, bad := strconv.Atoi(to)
		if bad != nil || strings.Contains(hour, ",") {
			return codes.Text{}, false
		}
		return codes.Text{Zh: fmt.Sprintf("%02d:%02d 至 %02d:%02d 每小时", a, m, b, m), En: fmt.Sprintf("every hour from %02d:%02d to %02d:%02d", a, m, b, m)}, true
	}
	return codes.Text{Zh: strings.Join(times, "、"), En: "at " + strings.Join(times, ", ")}, true
}
