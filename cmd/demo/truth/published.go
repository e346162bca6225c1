package truth

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Published is a number that was published of the real zone and that the demo's story ends with.
type Published struct {
	Metric   string
	From, To time.Time // [From, To)
	Value    float64
}

// PublishedNumbers are those that the files must give, whatever the seed.
var PublishedNumbers = []Published{
	{"talent_stock", date(2026, 1), date(2026, 7), 473},
	{"talent_recognised", date(2025, 1), date(2026, 1), 193},
	{"talent_recognised", date(2024, 1), date(2025, 1), 39},
	{"graduates_introduced", date(2026, 1), date(2026, 7), 3016},
	{"skilled_added", date(2026, 1), date(2026, 7), 2016},
	{"high_skilled_added", date(2026, 1), date(2026, 7), 716},
}

func date(year int, month time.Month) time.Time {
	return time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
}

// The words that the published numbers turn on, as offices write them.
var (
	graduate = strings.Fields("11 14 17 21 28 31 博士研究生 博士 硕士研究生 硕士 研究生班 研究生班毕业 大学本科 本科 大学普通班 大学普通班毕业 大学专科 大专")
	skills   = []string{
		2: "2 初级工 五级 初级工（五级）", 3: "3 中级工 四级 中级工（四级）", 4: "4 高级工 三级 三级/高级工",
		5: "5 技师 二级 技师（二级）", 6: "6 高级技师 一级 一级/高级技师",
	}
)

func skill(s string) int {
	for level, words := range skills {
		if s != "" && slices.Contains(strings.Fields(words), s) {
			return level
		}
	}
	return 0
}

// Value counts one of the published numbers, or national_selections, over [from, to).
func (t *Truth) Value(metric string, from, to time.Time) (float64, error) {
	c := &counter{from: from, to: to, last: to.AddDate(0, 0, -1), people: map[string]bool{}}
	switch metric {
	case "talent_stock":
		c.each(t.Rows["talents"], func(r Row) bool {
			valid, left := c.day(r, "valid_to"), c.day(r, "left_on")
			return talent(r) && !c.day(r, "recognised_on").After(c.last) && (valid.IsZero() || valid.After(c.last)) && (left.IsZero() || left.After(c.last))
		})
	case "talent_recognised":
		c.each(t.Rows["talents"], func(r Row) bool { return talent(r) && c.in(r, "recognised_on") })
	case "graduates_introduced":
		c.each(t.Rows["arrivals"], func(r Row) bool {
			id := Person(r["person"])
			if !arrival(r) || !slices.Contains(graduate, r["education"]) || !c.in(r, "date") || len(id) != 18 {
				return false
			}
			born, err := time.Parse("20060102", id[6:14])
			return err == nil && c.day(r, "date").Before(born.AddDate(36, 0, 0)) // 35 until the day before the 36th birthday
		})
	case "skilled_added", "high_skilled_added":
		c.added(t, metric)
	case "national_selections":
		n := 0
		c.each(t.Rows["selections"], func(r Row) bool {
			if c.in(r, "selected_on") && slices.Contains([]string{"national", "国家级"}, r["level"]) {
				n++
			}
			return false
		})
		return float64(n), c.err
	default:
		return 0, fmt.Errorf("%s is no published number", metric)
	}
	return float64(len(c.people)), c.err
}

// counter counts persons; the first cell that cannot be read is its error.
type counter struct {
	from, to, last time.Time
	people         map[string]bool
	err            error
}

func (c *counter) each(rows []Row, counts func(Row) bool) {
	for _, r := range rows {
		if counts(r) {
			c.people[Person(r["person"])] = true
		}
	}
}

func (c *counter) day(r Row, field string) time.Time {
	if r[field] == "" {
		return time.Time{}
	}
	d, err := Day(r[field])
	if err != nil && c.err == nil {
		c.err = fmt.Errorf("%s: %w", field, err)
	}
	return d
}

func (c *counter) in(r Row, field string) bool {
	d := c.day(r, field)
	return !d.Before(c.from) && d.Before(c.to)
}

// added counts who came or was certified with a skill, once a person, with the highest level he has.
func (c *counter) added(t *Truth, metric string) {
	best := map[string]int{}
	for _, r := range t.Rows["arrivals"] {
		if arrival(r) && c.in(r, "date") {
			best[Person(r["person"])] = max(best[Person(r["person"])], skill(r["skill_level"]))
		}
	}
	for _, r := range t.Rows["certificates"] {
		if c.in(r, "certified_on") {
			best[Person(r["person"])] = max(best[Person(r["person"])], skill(r["skill_level"]))
		}
	}
	for person, level := range best {
		if level >= 4 || level >= 2 && metric == "skilled_added" {
			c.people[person] = true
		}
	}
}

// talent says that the row is of one of the classes A to E.
func talent(r Row) bool {
	return slices.Contains([]string{"A", "B", "C", "D", "E"}, strings.TrimSuffix(r["class"], "类"))
}

// arrival says that somebody comes to the zone for the first time.
func arrival(r Row) bool {
	first, err := Yes(r["first_local"])
	return err == nil && first && slices.Contains([]string{"in", "引进", "增员"}, r["direction"])
}
