package demo

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// The demo of seed 1 is written once, for all tests that only read it.
var one struct {
	once sync.Once
	m    *Manifest
	err  error
}

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "demo")
	if err != nil {
		panic(err)
	}
	one.m = &Manifest{Dir: dir}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

func written(t *testing.T) *Manifest {
	t.Helper()
	one.once.Do(func() { one.m, one.err = Write(one.m.Dir, Options{Seed: 1}) })
	if one.err != nil {
		t.Fatal(one.err)
	}
	return one.m
}

var read struct {
	once  sync.Once
	truth *Truth
	err   error
}

// truthWritten is the truth of the demo of seed 1, read once.
func truthWritten(t *testing.T) *Truth {
	t.Helper()
	m := written(t)
	read.once.Do(func() { read.truth, read.err = ReadTruth(m) })
	if read.err != nil {
		t.Fatal(read.err)
	}
	return read.truth
}

func writtenAnew(t *testing.T, o Options) *Manifest {
	t.Helper()
	m, err := Write(t.TempDir(), o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func bytesOf(t *testing.T, m *Manifest, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(m.Dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestSameSeedSameBytes(t *testing.T) {
	t.Parallel()
	a, b := written(t), writtenAnew(t, Options{Seed: 1, Until: day(2026, 5, 31)})
	have := map[string]bool{}
	for _, f := range b.Files {
		have[f.Name] = true
		if f.From.After(b.Until) {
			t.Errorf("%s speaks of days after %s", f.Name, b.Until.Format(time.DateOnly))
		}
		if !bytes.Equal(bytesOf(t, a, f.Name), bytesOf(t, b, f.Name)) {
			t.Errorf("%s differs between two runs of one seed", f.Name)
		}
	}
	june := 0
	for _, f := range a.Files {
		if !have[f.Name] {
			june++
			if f.To.Before(day(2026, 6, 2)) {
				t.Errorf("%s is missing from a story that ends on 31 May", f.Name)
			}
		}
	}
	if june < 6 || len(a.Files) != len(b.Files)+june {
		t.Errorf("%d files, %d of them June's, %d until May", len(a.Files), june, len(b.Files))
	}
	if _, err := Write(t.TempDir(), Options{Until: day(2031, 1, 1)}); err == nil || !strings.Contains(err.Error(), "2026-06-30") {
		t.Errorf("a day after the story: %v", err)
	}
}

var (
	h1     = day(2026, 1, 1)
	h1Ends = day(2026, 7, 1)
)

// The published numbers, from the files as they were written, whatever the seed.
func TestPublishedNumbers(t *testing.T) {
	t.Parallel()
	other := writtenAnew(t, Options{Seed: 0})
	if name := other.Files[20].Name; bytes.Equal(bytesOf(t, other, name), bytesOf(t, written(t), name)) {
		t.Errorf("%s is the same under two seeds", name)
	}
	for seed, m := range map[uint64]*Manifest{1: written(t), other.Seed: other} {
		for _, f := range m.Files { // no file is refused as a whole
			if c := f.Counts(); c.Loaded == 0 || float64(c.Rejected) > 0.2*float64(c.Loaded+c.Rejected) {
				t.Errorf("seed %d, %s: %d rows are loaded and %d refused", seed, f.Name, c.Loaded, c.Rejected)
			}
		}
		truth := truthWritten(t)
		if seed != 1 {
			var err error
			if truth, err = ReadTruth(m); err != nil {
				t.Fatal(err)
			}
		}
		check := func(metric string, from, to time.Time, want float64) {
			t.Helper()
			if got, ok := truth.Value(metric, from, to, "", ""); !ok || got != want {
				t.Errorf("seed %d: %s in [%s, %s): got %v (%v), want %v", seed, metric, from.Format(time.DateOnly), to.Format(time.DateOnly), got, ok, want)
			}
		}
		check("talent_stock", h1, h1Ends, 473)
		check("talent_recognised", day(2025, 1, 1), h1, 193)
		check("talent_recognised", day(2024, 1, 1), day(2025, 1, 1), 39)
		check("graduates_introduced", h1, h1Ends, 3016)
		check("skilled_added", h1, h1Ends, 2016)
		check("high_skilled_added", h1, h1Ends, 716)
		last, _ := truth.Value("national_selections", h1, h1Ends, "", "")
		for y := 2022; y < 2026; y++ {
			if n, _ := truth.Value("national_selections", day(y, 1, 1), day(y+1, 1, 1), "", ""); n >= last || n == 0 {
				t.Errorf("seed %d: %v national selections in %d, %v in 2026: no record", seed, n, y, last)
			}
		}
		if seed != 1 {
			continue
		}
		sum := 0.0
		for _, c := range []string{"A", "B", "C", "D", "E"} {
			n, _ := truth.Value("talent_stock", h1, h1Ends, "class", c)
			if n == 0 {
				t.Errorf("nobody of class %s in stock", c)
			}
			sum += n
		}
		if sum != 473 {
			t.Errorf("the classes add up to %v", sum)
		}
		recognised, _ := truth.Value("talent_recognised", h1, h1Ends, "", "")
		left, _ := truth.Value("talent_left", h1, h1Ends, "", "")
		expired, _ := truth.Value("talent_expired", h1, h1Ends, "", "")
		if net, _ := truth.Value("talent_new_net", h1, h1Ends, "", ""); net != recognised-left-expired || expired == 0 {
			t.Errorf("net new %v, recognised %v, left %v, expired %v", net, recognised, left, expired)
		}
		traps(t, truth)
		shape(t, truth)
	}
}

// A number that Truth cannot cut is not given, rather than given as 0.
func TestUnknownCuts(t *testing.T) {
	t.Parallel()
	truth := &Truth{Moves: []Move{{Person: "p", In: true, Date: h1}}, Talents: []Talent{{Person: "q", Class: "E", Recognised: h1}}, Vacancies: []Vacancy{{Node: "superalloy.cast", Needed: 2, Applicants: 1, Posted: h1}}}
	for _, c := range []struct {
		metric, by string
		want       bool
	}{
		{"inflow", "", true},
		{"inflow", "node", true},
		{"net_inflow", "node", true},
		{"inflow", "weather", false},
		{"net_inflow", "weather", false},
		{"talent_stock_mean", "sex", false},
		{"nothing", "", false},
		{"post_gap", "node", true},
		{"mismatch", "", true},
		{"mismatch", "node", false},
		{"authorised_share", "", false},
	} {
		if _, ok := truth.Value(c.metric, h1, h1Ends, c.by, "x"); ok != c.want {
			t.Errorf("%s by %q: got %v, want %v", c.metric, c.by, ok, c.want)
		}
	}
}

// traps: what a careless count would get wrong is really in the files.
func traps(t *testing.T, truth *Truth) {
	t.Helper()
	seen := map[string]int{}
	senders := map[string]int{}
	arrived := map[string]bool{}
	for _, m := range truth.Moves {
		if m.Date.Before(h1) || !m.In {
			continue
		}
		arrived[m.Person] = true
		senders[m.Person+m.Date.String()]++
		switch graduate := strings.Contains("11 14 17 21 28 31", m.Education) && m.Education != ""; {
		case m.Birth.IsZero():
			seen["without birth date"]++
		case graduate && m.First && m.Birth.AddDate(36, 0, -1).Equal(m.Date):
			seen["35 years and 364 days"]++
		case graduate && m.First && m.Birth.AddDate(36, 0, 0).Equal(m.Date):
			seen["36 years to the day"]++
		case graduate && !m.First:
			seen["not first in the zone"]++
		case strings.Contains("12 15 22 23 32 33", m.Education) && fullYears(m.Birth, m.Date) <= 35:
			seen["unfinished studies"]++
		case m.Skill == 1:
			seen["apprentice"]++
		}
	}
	for _, n := range senders {
		if n > 1 {
			seen["move sent by two offices"]++
		}
	}
	for _, c := range truth.Certificates {
		if !c.On.Before(h1) && arrived[c.Person] {
			seen["arrived and certified"]++
		}
	}
	recognised := map[string]int{}
	for _, p := range truth.Talents {
		recognised[p.Person+p.Class]++
		switch {
		case p.Class == "F" && p.ValidTo.IsZero():
			seen["class F"]++
		case p.Class != "F" && !p.Left.IsZero():
			seen["left"]++
		case p.Class != "F" && !p.ValidTo.IsZero() && p.ValidTo.Before(h1Ends):
			seen["expired"]++
		}
	}
	for _, n := range recognised {
		if n > 1 {
			seen["talent sent by two offices"]++
		}
	}
	for _, s := range truth.Selections {
		if s.Level == "provincial" {
			seen["provincial selection"]++
		}
	}
	for _, what := range []string{
		"without birth date", "35 years and 364 days", "36 years to the day", "not first in the zone", "unfinished studies", "apprentice", "move sent by two offices",
		"arrived and certified", "class F", "left", "expired", "talent sent by two offices", "provincial selection",
	} {
		if seen[what] == 0 {
			t.Errorf("no %s in the files", what)
		}
	}
}

// shape: the story can be believed.
func shape(t *testing.T, truth *Truth) {
	t.Helper()
	v := func(metric string, from, to time.Time, by, key string) float64 {
		x, ok := truth.Value(metric, from, to, by, key)
		if !ok {
			t.Errorf("%s by %s %s has no value", metric, by, key)
		}
		return x
	}
	for y := 2024; y <= 2025; y++ {
		if x := v("net_inflow", day(y, 1, 1), day(y+1, 1, 1), "", ""); x <= 0 {
			t.Errorf("net inflow of %d is %v", y, x)
		}
		if july, feb := v("inflow", day(y, 7, 1), day(y, 8, 1), "", ""), v("inflow", day(y, 2, 1), day(y, 3, 1), "", ""); july < 2*feb {
			t.Errorf("%v came in July %d, %v in February: graduation is in July", july, y, feb)
		}
	}
	year := func(metric, by, key string) float64 { return v(metric, day(2025, 7, 1), h1Ends, by, key) }
	short := map[string]bool{"superalloy.cast": true, "superalloy.part": true, "molybdenum.powder": true, "molybdenum.target": true}
	for _, n := range nodes {
		if θ := year("tightness", "node", n.code); (θ > 1.3) != short[n.code] {
			t.Errorf("%s: %.2f posts a candidate", n.code, θ)
		}
	}
	// One chain falls apart, another mends; posts and seekers first go opposite ways, then both grow.
	quarterly := func(metric, chain string, from time.Time) float64 {
		return v(metric, from, from.AddDate(0, 3, 0), "chain", chain)
	}
	first, last := begin, day(2026, 4, 1)
	if a, b := quarterly("mismatch", "superalloy", first), quarterly("mismatch", "superalloy", last); b > a/2 {
		t.Errorf("mismatch of superalloy was %v and is %v", a, b)
	}
	if a, b := quarterly("mismatch", "molybdenum", first), quarterly("mismatch", "molybdenum", last); b < 3*a || b < 0.02 {
		t.Errorf("mismatch of molybdenum was %v and is %v", a, b)
	}
	stock := func(month time.Time, field string) (x float64) {
		for _, r := range truth.Rows["labour"] {
			if r.text["area"] == "zone" && r.days["month"].Equal(month) {
				x += r.nums[field]
			}
		}
		return x
	}
	before, slump, now := day(2023, 9, 1), day(2025, 3, 1), day(2026, 6, 1)
	if stock(slump, "vacancies") > stock(before, "vacancies") || stock(slump, "seekers") < 1.3*stock(before, "seekers") {
		t.Error("no slump: fewer posts and more seekers")
	}
	if stock(now, "vacancies") < 1.1*stock(before, "vacancies") || stock(now, "seekers") < 1.1*stock(before, "seekers") {
		t.Error("the Beveridge curve has not shifted")
	}
	magnetic, molybdenum := year("mismatch", "chain", "magnetic"), year("mismatch", "chain", "molybdenum")
	if magnetic > 0.005 || molybdenum < 4*magnetic {
		t.Errorf("mismatch %v of magnetic, %v of molybdenum", magnetic, molybdenum)
	}
	enrolled, examined, passed, certified := year("training_enrolments", "", ""), year("training_examined", "", ""), year("training_passed", "", ""), year("training_certified", "", "")
	if !(enrolled > examined && examined > passed && passed > certified && certified > 0) {
		t.Errorf("no funnel: %v enrolled, %v examined, %v passed, %v certified", enrolled, examined, passed, certified)
	}
	if x := year("training_placement", "", ""); x < 40 || x > 90 {
		t.Errorf("placement %v", x)
	}
	for metric, least := range map[string]float64{"foreign_experts": 30, "joint_platforms": 20, "overseas_rd": 3, "standards": 2, "cooperation_projects": 40, "enterprises_count": 50, "postings_count": 700} {
		if x := year(metric, "", ""); x < least {
			t.Errorf("%s is %v, want at least %v", metric, x, least)
		}
	}
	if zj := year("inflow", "origin_province", "浙江"); zj < year("inflow", "origin_province", "江西") || zj == 0 {
		t.Errorf("%v from 浙江", zj)
	}
}

// The first version of a resubmitted month tells other numbers.
func TestResubmissionMatters(t *testing.T) {
	t.Parallel()
	m := *written(t)
	var revised, first []File // the half-year with its resubmissions, and without
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
	numbers := func(files []File) (n [3]float64) {
		m.Files = files
		truth, err := ReadTruth(&m)
		if err != nil {
			t.Fatal(err)
		}
		for i, metric := range []string{"graduates_introduced", "skilled_added", "high_skilled_added"} {
			n[i], _ = truth.Value(metric, h1, h1Ends, "", "")
		}
		return n
	}
	published := [3]float64{3016, 2016, 716}
	if got := numbers(revised); got != published {
		t.Errorf("with the resubmissions %v, want %v", got, published)
	}
	for i, got := range numbers(first) {
		if got == published[i] {
			t.Errorf("%v is the same without the resubmissions", got)
		}
	}
}

func TestManifestStaysOutside(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	m := &Manifest{Dir: filepath.Join(dir, "inbox")}
	if err := os.Mkdir(m.Dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := m.Save(filepath.Join(m.Dir, "manifest.json")); err == nil {
		t.Error("the manifest was saved among the submissions")
	}
	if err := m.Save(filepath.Join(dir, "manifest.json")); err != nil {
		t.Error(err)
	}
}
