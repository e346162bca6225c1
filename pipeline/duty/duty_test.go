package duty

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"yanzhen/configs"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

func d(s string) days.Day {
	v, _ := days.ParseDay(s)
	return v
}

func r(from, to string) days.Range { return days.Range{From: d(from), To: d(to)} }

// sub is a submission of a period that came on the fifth day after it.
func sub(dataset, sender, period string) Submission {
	p, ok := days.Parse(period)
	if !ok {
		panic(period)
	}
	return Submission{Dataset: dataset, Sender: sender, Period: p, First: p.From.AddDate(0, 0, 2), Last: p.To.AddDate(0, 0, -4), At: p.To.AddDate(0, 0, 5)}
}

var (
	monthly  = func(string) Sent { return Sent{Grain: days.Month} }
	register = func(name string) Sent {
		switch name {
		case "talents":
			return Sent{Register: true}
		case "list":
			return Sent{}
		}
		return Sent{Grain: days.Month, Register: true}
	}
)

// Of three senders, one by the month, one by the quarter and one by the half, all have reported the half; then the first
// sends July.
func TestEarlyFile(t *testing.T) {
	subs := []Submission{sub("arrivals", "丙", "2025H2"), sub("arrivals", "丙", "2026H1"), sub("arrivals", "乙", "2025Q4"), sub("arrivals", "乙", "2026Q1"), sub("arrivals", "乙", "2026Q2")}
	for _, m := range []string{"2025-12", "2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06"} {
		subs = append(subs, sub("arrivals", "甲", m))
	}
	before, reached := Covers(nil, monthly, subs, nil)
	if c := before["arrivals"]; !c.Whole.Equal(d("2026-07-01")) || !c.End.Equal(c.Whole) || !reached.Equal(c.Whole) || !c.Dated {
		t.Fatalf("before: %+v, reached %s", c, days.ISO(reached))
	}
	after, reached := Covers(nil, monthly, append(subs, sub("arrivals", "甲", "2026-07")), nil)
	c := after["arrivals"]
	if !c.Whole.Equal(d("2026-07-01")) || !c.End.Equal(d("2026-08-01")) || !reached.Equal(d("2026-07-01")) {
		t.Fatalf("after: whole to %s, end %s, reached %s", days.ISO(c.Whole), days.ISO(c.End), days.ISO(reached))
	}
	july := c.Over(r("2026-07-01", "2026-08-01"))
	if july.Reported != 1 || july.Due != 3 || !july.Open() || july.None() || strings.Join(july.Missing, " ") != "丙 乙" {
		t.Errorf("July: %+v", july)
	}
	if half := c.Over(r("2026-01-01", "2026-07-01")); half.Open() || half.None() || half.Reported != 3 {
		t.Errorf("the half: %+v", half)
	}
	if aug := c.Over(r("2026-08-01", "2026-09-01")); !aug.None() || aug.Open() {
		t.Errorf("August: %+v", aug)
	}
	if early := c.Over(r("2025-01-01", "2026-01-01")); !early.Open() || !early.Begins.Equal(d("2025-07-01")) {
		t.Errorf("the year in which it begins: %+v", early)
	}
}

// A month that nobody sent is none, though the months beside it are there.
func TestGap(t *testing.T) {
	c, _ := Covers(nil, monthly, []Submission{sub("trainings", "甲", "2026-01"), sub("trainings", "甲", "2026-03")}, nil)
	of := c["trainings"]
	if feb := of.Over(r("2026-02-01", "2026-03-01")); !feb.None() {
		t.Errorf("February: %+v", feb)
	}
	if q := of.Over(r("2026-01-01", "2026-04-01")); q.None() || !q.Open() || q.Reported != 0 || q.Due != 1 {
		t.Errorf("the quarter: %+v", q)
	}
	if !of.Whole.Equal(d("2026-04-01")) {
		t.Errorf("whole to %s", days.ISO(of.Whole))
	}
	if feb := of.On(d("2026-02-28")); feb.None() || !feb.Open() {
		t.Errorf("a state in February: %+v", feb)
	}
}

// One that sent once owes nothing more where the others have a habit; one that used to send by the half only after a year
// and a half.
func TestSilent(t *testing.T) {
	subs := []Submission{sub("c", "甲", "2025H1"), sub("c", "甲", "2025H2"), sub("c", "甲", "2026H1"), sub("c", "乙", "2025"), sub("c", "丙", "2024H2"), sub("c", "丙", "2025H1")}
	all, _ := Covers(nil, monthly, subs, nil)
	got := map[string]bool{}
	for _, x := range all["c"].Duties {
		got[x.Sender] = x.Lapsed
	}
	if got["甲"] || !got["乙"] || got["丙"] {
		t.Errorf("lapsed: %v", got)
	}
	if h := all["c"].Over(r("2026-01-01", "2026-07-01")); h.Reported != 1 || h.Due != 2 {
		t.Errorf("the half: %+v", h)
	}
}

// A dataset is young: three senders began with June, and one sends July. A fourth that joins with one file owes no other.
func TestYoung(t *testing.T) {
	subs := []Submission{sub("a", "甲", "2026-06"), sub("a", "乙", "2026-06"), sub("a", "丙", "2026-06"), sub("a", "甲", "2026-07")}
	all, _ := Covers(nil, monthly, subs, nil)
	if july := all["a"].Over(r("2026-07-01", "2026-08-01")); july.Reported != 1 || july.Due != 3 {
		t.Errorf("July: %+v", july)
	}
	all, _ = Covers(nil, monthly, append(subs, sub("a", "乙", "2026-07"), sub("a", "丙", "2026-07"), sub("a", "丁", "2026-07"), sub("a", "甲", "2026-08"), sub("a", "乙", "2026-08"), sub("a", "丙", "2026-08")), nil)
	if !all["a"].Whole.Equal(d("2026-09-01")) {
		t.Errorf("one who sent once holds the others up: whole to %s", days.ISO(all["a"].Whole))
	}
}

// A register of the year is filled as the year goes: it tells of what most datasets have come to, and no early file of
// another moves that. A file without a period tells of its rows.
func TestRegister(t *testing.T) {
	subs := []Submission{
		sub("a", "甲", "2026-06"), sub("b", "甲", "2026-06"), sub("c", "甲", "2026-06"),
		{Dataset: "plans", Sender: "甲", Period: r("2026-01-01", "2027-01-01"), First: d("2026-01-09"), Last: d("2026-05-12"), At: d("2026-08-20")},
		{Dataset: "talents", Sender: "甲", First: d("2019-03-05"), Last: d("2026-04-02"), At: d("2026-08-20")},
		{Dataset: "list", Sender: "甲", Period: r("2026-01-01", "2027-01-01"), First: d("2019-03-05"), Last: d("2026-04-02"), At: d("2026-08-20")},
	}
	for _, early := range [][]Submission{nil, {sub("a", "甲", "2026-07")}} {
		all, reached := Covers(nil, register, append(subs, early...), nil)
		if !reached.Equal(d("2026-07-01")) {
			t.Errorf("reached %s", days.ISO(reached))
		}
		for name, want := range map[string]string{"plans": "2026-07-01", "talents": "2026-07-01", "list": "2026-04-03"} {
			if got := all[name].End; !got.Equal(d(want)) {
				t.Errorf("%s tells of days to %s, want %s", name, days.ISO(got), want)
			}
		}
	}
	// sent in June, for June and by its 25th: of all June; in July for the half to come: only of July
	june := sub("a", "甲", "2026-06")
	june.At = d("2026-06-25")
	if got := june.told(Sent{Grain: days.Month}, days.Day{}); got != june.Period {
		t.Errorf("June: %v", got)
	}
	half := Submission{Period: r("2026-07-01", "2027-01-01"), First: d("2026-07-02"), Last: d("2026-07-15"), At: d("2026-07-16")}
	if got := half.told(Sent{Grain: days.Half}, days.Day{}); got != r("2026-07-01", "2026-07-17") {
		t.Errorf("the half to come: %v", got)
	}
}

// What is declared goes before what is inferred, and a workbook before a file.
func TestDeclared(t *testing.T) {
	fsys := fstest.MapFS{"duties/a.yaml": {Data: []byte(`duties:
  - {dataset: a, senders: [甲, 乙], every: month, by: 5, from: "2026-01-01"}
`)}}
	list, err := Read(fsys, []string{"a"})
	if err != nil || len(list) != 2 || list[1].Sender != "乙" || list[1].By != 5 || list[1].Every != days.Month {
		t.Fatalf("got %+v, %v", list, err)
	}
	book := NewBook(list, []Duty{{Dataset: "a", Sender: "乙", Every: days.Quarter, By: 3, From: d("2026-04-01")}})
	all, _ := Covers(book, monthly, []Submission{sub("a", "甲", "2026-01"), sub("a", "丙", "2026-01")}, nil)
	if jan := all["a"].Over(r("2026-01-01", "2026-02-01")); jan.Reported != 1 || jan.Due != 1 {
		t.Errorf("January: %+v", jan)
	}
	if apr := all["a"].Over(r("2026-04-01", "2026-05-01")); !apr.None() || apr.Due != 2 {
		t.Errorf("April: %+v", apr)
	}
	for text, want := range map[string]string{
		"{dataset: b, senders: [甲], every: month, from: \"2026-01-01\"}":                     "数据集",
		"{dataset: a, senders: [甲, 甲], every: month, from: \"2026-01-01\"}":                  "两次",
		"{dataset: a, senders: [甲], every: week, from: \"2026-01-01\"}":                      "month",
		"{dataset: a, senders: [甲], every: month, by: 300, from: \"2026-01-01\"}":            "250",
		"{dataset: a, senders: [甲], every: month, from: \"2026-02-30\"}":                     "2026-02-30",
		"{dataset: a, senders: [甲], every: month, from: \"2026-01-01\", to: \"2025-01-01\"}": "from",
		"{dataset: a, senders: [], every: month, from: \"2026-01-01\"}":                      "单位",
		"{dataset: a, sender: 甲, senders: [甲], every: month, from: \"2026-01-01\"}":          "sender",
	} {
		fsys := fstest.MapFS{"duties/a.yaml": {Data: []byte("duties:\n  - " + text + "\n")}}
		if _, err := Read(fsys, []string{"a"}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", text, err, want)
		}
	}
}

// Late is told against the calendar, over a festival and a make-up day.
func TestCalendar(t *testing.T) {
	lists, err := codes.Load(configs.FS)
	if err != nil {
		t.Fatal(err)
	}
	w := NewWorkdays(lists.Get("holidays"))
	// the first working day after the Spring Festival of 2026 is Tuesday 24 February, and Saturday the 28th is made up
	for n, want := range map[int]string{0: "2026-02-13", 1: "2026-02-14", 2: "2026-02-24", 5: "2026-02-27", 6: "2026-02-28", 7: "2026-03-02"} {
		if got := w.After(d("2026-02-13"), n); !got.Equal(d(want)) {
			t.Errorf("working day %d: got %s, want %s", n, days.ISO(got), want)
		}
	}
	if got := (Workdays{}).After(d("2026-07-03"), 1); !got.Equal(d("2026-07-06")) {
		t.Errorf("without a list: %s", days.ISO(got))
	}
	book := NewBook([]Duty{{Dataset: "a", Sender: "甲", Every: days.Month, By: 3, From: d("2026-01-01")}, {Dataset: "a", Sender: "乙", Every: days.Quarter, By: 3, From: d("2026-01-01")}})
	all, _ := Covers(book, monthly, []Submission{sub("a", "甲", "2026-05"), sub("a", "乙", "2026-04")}, nil)
	state := func(today string) string {
		var out []string
		for _, o := range all["a"].Calendar(w, d(today), r("2026-05-01", "2026-08-01")) {
			out = append(out, o.Sender+o.Period.String()+" "+string(o.State))
		}
		return strings.Join(out, "; ")
	}
	for today, want := range map[string]string{
		"2026-06-30": "乙2026-Q2 running; 甲2026-06 running; 甲2026-05 complete",
		"2026-07-02": "乙2026-Q3 running; 乙2026-Q2 partial; 甲2026-07 running; 甲2026-06 due; 甲2026-05 complete",
		"2026-07-04": "乙2026-Q3 running; 乙2026-Q2 partial; 甲2026-07 running; 甲2026-06 late; 甲2026-05 complete",
	} {
		if got := state(today); got != want {
			t.Errorf("%s: got %s, want %s", today, got, want)
		}
	}
	// what waits for its review is neither missing nor there; a part of what is owed is not all of it
	told, waits := []Submission{sub("a", "甲", "2026-05"), sub("a", "乙", "2026-04")}, []Submission{sub("a", "甲", "2026-06"), sub("a", "乙", "2026-05")}
	all, _ = Covers(book, monthly, told, waits)
	if got, want := state("2026-07-04"), "乙2026-Q3 running; 乙2026-Q2 partial; 甲2026-07 running; 甲2026-06 review; 甲2026-05 complete"; got != want {
		t.Errorf("under review: got %s, want %s", got, want)
	}
	if all, _ = Covers(book, monthly, told, append(waits, sub("a", "乙", "2026-06"))); !strings.Contains(state("2026-07-04"), "乙2026-Q2 review") {
		t.Errorf("the rest under review: %s", state("2026-07-04"))
	}
	all, _ = Covers(book, monthly, nil, waits) // the first that is ever sent of a dataset
	if got := state("2026-07-04"); !strings.Contains(got, "甲2026-06 review") || !strings.Contains(got, "甲2026-05 late") || all["a"].Dated {
		t.Errorf("the first under review: %s", got)
	}
}

// Whatever came, in whichever order, no month is more than whole and no day is both told of and not.
func FuzzCovers(f *testing.F) {
	f.Add([]byte{1, 2, 3, 40, 5, 6, 70, 8, 9})
	f.Fuzz(func(t *testing.T, data []byte) {
		var subs []Submission
		for i := 0; i+3 < len(data) && i < 400; i += 4 {
			g := []days.Grain{days.Month, days.Quarter, days.Half, days.Year}[data[i]%4]
			p := g.Of(days.Date(2020+int(data[i+1]%7), time.Month(1+data[i+2]%12), 1))
			s := Submission{Dataset: string('a' + rune(data[i+3]%3)), Sender: string('甲' + rune(data[i+3]%5)), Period: p, First: p.From, Last: p.From.AddDate(0, 0, int(data[i+1])%28), At: p.From.AddDate(0, 0, int(data[i+2])*3)}
			if data[i]%16 == 0 {
				s.Period = days.Range{}
			}
			subs = append(subs, s)
		}
		all, _ := Covers(nil, monthly, subs, nil)
		for _, c := range all {
			if c.Whole.After(c.End) {
				t.Fatalf("whole to %s, end %s", days.ISO(c.Whole), days.ISO(c.End))
			}
			for m := d("2019-12-01"); m.Before(d("2028-01-01")); m = m.AddDate(0, 1, 0) {
				o := c.Over(days.Month.Of(m))
				if o.Reported > o.Due || o.None() && o.Open() || len(o.Missing) != o.Due-o.Reported {
					t.Fatalf("%s: %+v", days.ISO(m), o)
				}
			}
		}
	})
}

// How often a sender sends is inferred from what it did again and again: one early file, one of another width and a gap change
// nothing, and a new rhythm is one after three periods.
func TestRhythm(t *testing.T) {
	for _, c := range []struct {
		sent string
		want days.Grain
	}{
		{"2025H1 2025H2 2026H1 2026-07", days.Half},
		{"2025H2 2026H1 2026-07", days.Half},
		{"2026H1 2026-07", days.Half},
		{"2025H2 2026-07", days.Half},
		{"2026-06 2026H2", days.Month},
		{"2025H1 2025H2 2026H1 2026-07 2026-08", days.Half},
		{"2025H1 2025H2 2026H1 2026-07 2026-08 2026-09", days.Month},
		{"2025H1 2026-03 2025H2 2026H1", days.Half},
		{"2025Q1 2025Q2 2025Q4", days.Quarter},
		{"2025Q1 2025Q3 2026-01 2026Q2", days.Quarter},
		{"2026-01 2026-02 2026-04 2026-06", days.Month},
		{"2026-01 2026-02 2026-03 2026", days.Month},
		{"2026-01 2026-02 2026-02", days.Month},
		{"2026-06", days.Month},
		{"2026H1", days.Half},
		{"2025-Q4 2026-01 2026-02 2026-03 2026Q2 2026Q3", days.Month},
		{"", days.Month},
	} {
		var subs []Submission
		for _, p := range strings.Fields(c.sent) {
			subs = append(subs, sub("a", "甲", p), sub("a", "乙", "2026-05"))
		}
		if got := rhythm("甲", days.Month, subs); got != c.want {
			t.Errorf("%s: every %s, want %s", c.sent, got, c.want)
		}
	}
	// the half-year and one July: in October nothing is late
	all, _ := Covers(nil, monthly, []Submission{sub("a", "丙", "2025H2"), sub("a", "丙", "2026H1"), sub("a", "丙", "2026-07")}, nil)
	for _, o := range all["a"].Calendar(Workdays{}, d("2026-10-28"), r("2025-07-01", "2026-11-01")) {
		if o.Overdue || o.Every != days.Half {
			t.Errorf("%s of every %s is %s", o.Period, o.Every, o.State)
		}
	}
}

// The first file of an office makes nobody late: a rhythm takes two.
func TestFirst(t *testing.T) {
	late := func(periods ...string) (n int) {
		var subs []Submission
		for _, p := range periods {
			subs = append(subs, sub("a", "甲", p))
		}
		all, _ := Covers(nil, monthly, subs, nil)
		for _, o := range all["a"].Calendar(Workdays{}, d("2026-11-28"), r("2026-01-01", "2026-12-01")) {
			if o.Overdue {
				n++
			}
		}
		return n
	}
	if one, two := late("2026-06"), late("2026-06", "2026-07"); one != 0 || two != 3 {
		t.Errorf("late after one file: %d periods, after two: %d", one, two)
	}
}
