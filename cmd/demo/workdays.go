package demo

import (
	"strings"
	"time"
)

// The days off and the working weekends of the yearly notices, as the senders know them: they have
// nothing of the product's, and a test compares the two lists.
const (
	daysOff = `20200101 20200124-20200202 20200404-20200406 20200501-20200505 20200625-20200627 20201001-20201008
20210101-20210103 20210211-20210217 20210403-20210405 20210501-20210505 20210612-20210614 20210919-20210921 20211001-20211007
20220101-20220103 20220131-20220206 20220403-20220405 20220430-20220504 20220603-20220605 20220910-20220912 20221001-20221007 20221231-20230102
20230121-20230127 20230405 20230429-20230503 20230622-20230624 20230929-20231006 20231230-20240101
20240210-20240217 20240404-20240406 20240501-20240505 20240608-20240610 20240915-20240917 20241001-20241007
20250101 20250128-20250204 20250404-20250406 20250501-20250505 20250531-20250602 20251001-20251008
20260101-20260103 20260215-20260223 20260404-20260406 20260501-20260505 20260619-20260621 20260925-20260927 20261001-20261007`
	madeUp = `20200119 20200426 20200509 20200628 20200927 20201010 20210207 20210220 20210425 20210508 20210918 20210926 20211009
20220129 20220130 20220402 20220424 20220507 20221008 20221009 20230128 20230129 20230423 20230506 20230625 20231007 20231008
20240204 20240218 20240407 20240428 20240511 20240914 20240929 20241012 20250126 20250208 20250427 20250928 20251011
20260104 20260214 20260228 20260509 20260920 20261010`
)

// worked holds for each day of 2020 to 2026 the number of working days since 2020 up to and with it.
var worked = func() map[time.Time]int {
	parse := func(s string) time.Time {
		t, err := time.Parse("20060102", s)
		if err != nil {
			panic(err)
		}
		return t
	}
	special := map[time.Time]bool{}
	for _, f := range strings.Fields(daysOff) {
		a, b, ok := strings.Cut(f, "-")
		if !ok {
			b = a
		}
		for d := parse(a); !d.After(parse(b)); d = d.AddDate(0, 0, 1) {
			special[d] = false
		}
	}
	for _, f := range strings.Fields(madeUp) {
		special[parse(f)] = true
	}
	m := map[time.Time]int{}
	n := 0
	for d := day(2020, 1, 1); d.Year() < 2027; d = d.AddDate(0, 0, 1) {
		work, listed := special[d]
		if !listed {
			work = d.Weekday() != time.Saturday && d.Weekday() != time.Sunday
		}
		if work {
			n++
		}
		m[d] = n
	}
	return m
}()

// workdays from a to b: a's own day does not count, b's does.
func workdays(a, b time.Time) int { return worked[b] - worked[a] }

// afterWorkdays is the first day that lies n working days after d.
func afterWorkdays(d time.Time, n int) time.Time {
	e := d
	for workdays(d, e) < n {
		e = e.AddDate(0, 0, 1)
	}
	return e
}
