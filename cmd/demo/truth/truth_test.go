package truth_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"yanzhen/cmd/demo"
	"yanzhen/cmd/demo/truth"
)

var (
	h1     = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	h1Ends = time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
)

func write(t *testing.T, seed uint64) *demo.Manifest {
	t.Helper()
	m, err := demo.Write(t.TempDir(), demo.Options{Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func read(t *testing.T, m *demo.Manifest) *truth.Truth {
	t.Helper()
	tr, err := truth.Read(m)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func value(t *testing.T, tr *truth.Truth, metric string, from, to time.Time) float64 {
	t.Helper()
	v, err := tr.Value(metric, from, to)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// The published numbers, from the files as they were written, whatever the seed.
func TestPublishedNumbers(t *testing.T) {
	for _, seed := range []uint64{0, 1} {
		m := write(t, seed)
		for _, f := range m.Files { // no file is refused as a whole
			if c := f.Counts(); c.Loaded == 0 || float64(c.Rejected) > 0.2*float64(c.Loaded+c.Rejected) {
				t.Errorf("seed %d, %s: %d rows are loaded and %d refused", seed, f.Name, c.Loaded, c.Rejected)
			}
		}
		tr := read(t, m)
		for _, p := range truth.PublishedNumbers {
			if got := value(t, tr, p.Metric, p.From, p.To); got != p.Value {
				t.Errorf("seed %d: %s in [%s, %s): got %v, want %v", seed, p.Metric, p.From.Format(time.DateOnly), p.To.Format(time.DateOnly), got, p.Value)
			}
		}
		last := value(t, tr, "national_selections", h1, h1Ends)
		for y := 2022; y < 2026; y++ {
			if n := value(t, tr, "national_selections", time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(y+1, 1, 1, 0, 0, 0, 0, time.UTC)); n >= last || n == 0 {
				t.Errorf("seed %d: %v national selections in %d, %v in 2026: no record", seed, n, y, last)
			}
		}
		if seed == 1 {
			traps(t, tr)
			resubmitted(t, m)
		}
	}
}

// traps: what a careless count would get wrong is really in the files.
func traps(t *testing.T, tr *truth.Truth) {
	t.Helper()
	day := func(r truth.Row, field string) time.Time {
		if r[field] == "" {
			return time.Time{}
		}
		d, err := truth.Day(r[field])
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	seen := map[string]int{}
	twice := func(what string, rows []truth.Row, key func(truth.Row) string) {
		n := map[string]int{}
		for _, r := range rows {
			if k := key(r); k != "" {
				if n[k]++; n[k] == 2 {
					seen[what]++
				}
			}
		}
	}
	in := func(r truth.Row) bool { return slices.Contains([]string{"in", "引进", "增员"}, r["direction"]) }
	arrived := map[string]bool{}
	for _, r := range tr.Rows["arrivals"] {
		id, on := truth.Person(r["person"]), day(r, "date")
		if on.Before(h1) || !in(r) {
			continue
		}
		arrived[id] = true
		first, _ := truth.Yes(r["first_local"])
		graduate := slices.Contains([]string{"博士", "博士研究生", "硕士", "硕士研究生", "本科", "大学本科", "大专", "大学专科"}, r["education"])
		unfinished := strings.HasSuffix(r["education"], "结业") || strings.HasSuffix(r["education"], "肄业")
		if len(id) != 18 {
			seen["without birth date"]++
			continue
		}
		born, err := time.Parse("20060102", id[6:14])
		switch {
		case err != nil:
			t.Fatal(err)
		case graduate && first && born.AddDate(36, 0, -1).Equal(on):
			seen["35 years and 364 days"]++
		case graduate && first && born.AddDate(36, 0, 0).Equal(on):
			seen["36 years to the day"]++
		case graduate && !first:
			seen["not first in the zone"]++
		case unfinished && on.Before(born.AddDate(36, 0, 0)):
			seen["unfinished studies"]++
		case r["skill_level"] == "学徒工" || r["skill_level"] == "1":
			seen["apprentice"]++
		}
	}
	twice("move sent by two offices", tr.Rows["arrivals"], func(r truth.Row) string {
		if !in(r) {
			return ""
		}
		return truth.Person(r["person"]) + day(r, "date").String()
	})
	for _, r := range tr.Rows["certificates"] {
		if !day(r, "certified_on").Before(h1) && arrived[truth.Person(r["person"])] {
			seen["arrived and certified"]++
		}
	}
	for _, r := range tr.Rows["talents"] {
		valid, f := day(r, "valid_to"), strings.HasPrefix(r["class"], "F")
		switch {
		case f && valid.IsZero():
			seen["class F"]++
		case !f && r["left_on"] != "":
			seen["left"]++
		case !f && !valid.IsZero() && valid.Before(h1Ends):
			seen["expired"]++
		}
	}
	twice("talent sent by two offices", tr.Rows["talents"], func(r truth.Row) string {
		return truth.Person(r["person"]) + strings.TrimSuffix(r["class"], "类")
	})
	for _, r := range tr.Rows["selections"] {
		if r["level"] == "省级" || r["level"] == "provincial" {
			seen["provincial selection"]++
		}
	}
	twice("contract sent by two offices", tr.Rows["contracts"], func(r truth.Row) string { return r["number"] })
	for _, r := range tr.Rows["services"] {
		if r["closed_on"] == "" && r["promised_days"] != "" {
			seen["case that lies about"]++
		}
	}
	for what, least := range map[string]int{
		"without birth date": 1, "35 years and 364 days": 1, "36 years to the day": 1, "not first in the zone": 1, "unfinished studies": 1, "apprentice": 1, "move sent by two offices": 1,
		"arrived and certified": 1, "class F": 1, "left": 1, "expired": 1, "talent sent by two offices": 1, "provincial selection": 1, "contract sent by two offices": 3, "case that lies about": 3,
	} {
		if seen[what] < least {
			t.Errorf("%d of %q in the files, want %d", seen[what], what, least)
		}
	}
	if n := len(tr.Rows["targets"]); n != 26 {
		t.Errorf("%d targets", n)
	}
}

// resubmitted: the first version of a resubmitted month tells other numbers.
func resubmitted(t *testing.T, m *demo.Manifest) {
	t.Helper()
	var revised, first []demo.File // the half-year with its resubmissions, and without
	for _, f := range m.Files {
		if f.To.Before(h1) || f.From.Before(h1) || f.Dataset != "arrivals" && f.Dataset != "certificates" {
			continue
		}
		revised = append(revised, f)
		if f.Replaces == "" {
			first = append(first, f)
		}
	}
	if len(first) != len(revised)-2 {
		t.Fatalf("%d files, %d without resubmissions", len(revised), len(first))
	}
	with, without := *m, *m
	with.Files, without.Files = revised, first
	a, b := read(t, &with), read(t, &without)
	for metric, want := range map[string]float64{"graduates_introduced": 3016, "skilled_added": 2016, "high_skilled_added": 716} {
		if got := value(t, a, metric, h1, h1Ends); got != want {
			t.Errorf("%s with the resubmissions: %v, want %v", metric, got, want)
		}
		if got := value(t, b, metric, h1, h1Ends); got == want {
			t.Errorf("%s is %v without the resubmissions too", metric, got)
		}
	}
}
