package dataset

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"yanzhen/pipeline/codes"
)

// CalendarCSV is the source text of dataset calendar: every day of the years that the code list
// holidays knows, whether it is a working day, and the number of working days up to and with it.
// Saturdays and Sundays are days off and the others working days, unless the list says otherwise
// (rank 0 a day off, 1 a make-up working day). An error where the list is missing, where a code is
// no date, or where a year between its first and its last has no entry: its notice was forgotten.
func CalendarCSV(lists *codes.Lists) (string, error) {
	l := lists.Get("holidays")
	if l == nil || len(l.Values) == 0 {
		return "", errors.New("工作日历：没有代码表 holidays / calendar: there is no code list holidays")
	}
	first, last := 9999, 0
	years := map[int]bool{}
	for _, v := range l.Values {
		d, err := time.Parse(time.DateOnly, v.Code)
		if err != nil {
			return "", fmt.Errorf("工作日历：holidays 的代码 %q 不是日期 / calendar: code %q of holidays is not a date", v.Code, v.Code)
		}
		first, last = min(first, d.Year()), max(last, d.Year())
		years[d.Year()] = true
	}
	for y := first; y <= last; y++ {
		if !years[y] {
			return "", fmt.Errorf("工作日历：holidays 缺 %d 年 / calendar: holidays has nothing of %d", y, y)
		}
	}
	var b strings.Builder
	b.WriteString("date,workday,name,nth\n")
	nth := 0
	for d := time.Date(first, 1, 1, 0, 0, 0, 0, time.UTC); d.Year() <= last; d = d.AddDate(0, 0, 1) {
		work, name := d.Weekday() != time.Saturday && d.Weekday() != time.Sunday, ""
		day := d.Format(time.DateOnly)
		if v, ok := l.Value(day); ok {
			work = v.Rank > 0
			name = strings.TrimPrefix(v.Zh, day+" ")
		}
		w := "0"
		if work {
			w = "1"
			nth++
		}
		b.WriteString(day + "," + w + "," + name + "," + strconv.Itoa(nth) + "\n")
	}
	return b.String(), nil
}
