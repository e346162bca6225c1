package draft

import (
	"regexp"
	"slices"

	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/filename"
	"yanzhen/pipeline/source"
)

// Months are the columns of a table that has one for each month.
type Months struct {
	Header []string
	Value  Column // what stands in them; its title is that of the table
	Level  bool   // it is a state at the end of each month, and not added up over months
}

// fewMonths is how many columns of months make a table with a column for each.
const fewMonths = 3

// What headings look like, as a dataset declares it: those of months, and of sums over them.
const (
	MonthHeading  = `^(?P<month>(?:(?:19|20)[0-9]{2}年)?(?:0?[1-9]|1[0-2])月)份?$`
	AcrossHeading = `合计|总计|小计|累计|汇总`
)

var (
	reMonthHeading = regexp.MustCompile(MonthHeading)
	reAcross       = regexp.MustCompile(AcrossHeading)
	reLevel        = regexp.MustCompile(`[期月年]末|余额|存量|结存|在岗|在职|在册|用工|从业|保有`)
)

// Call gives the table's title to what stands in the columns.
func (m *Months) Call(title string) {
	m.Value.Title, m.Value.Mean, m.Level = codes.Text{Zh: title, En: title}, has(title, means), reLevel.MatchString(title)
}

// has reports whether a heading is that of a month.
func (m *Months) has(h string) bool { return m != nil && slices.Contains(m.Header, h) }

// years are those that the headings say.
func (m *Months) years() (out []string) {
	for _, h := range m.Header {
		if h = cell.Trim(h); len(h) > 4 && (h[:2] == "19" || h[:2] == "20") && !slices.Contains(out, h[:4]) {
			out = append(out, h[:4])
		}
	}
	return out
}

// wide finds the columns of months, in which numbers stand; nil: there are none, or nothing says of which year they are.
func wide(header []string, rows [][]source.Cell, name filename.Name, titles []string) *Months {
	m := &Months{}
	var have []source.Cell
	bare := false
	for i, h := range header {
		if reMonthHeading.MatchString(cell.Trim(h)) {
			m.Header = append(m.Header, h)
			have = append(have, cells(rows, i)...)
			bare = bare || len(cell.Trim(h)) < len("2026年")
		}
	}
	if len(m.Header) < fewMonths || !m.Value.number(have, nil) {
		return nil
	}
	m.Value.Type = dataset.Float64
	if p := days.Year.Of(name.Period.From); bare && (name.Period.IsZero() || name.Period.To.After(p.To)) && filename.Titled(days.Range{}, days.Year, titles).IsZero() {
		return nil
	}
	return m
}

// across makes the draft one of a table with a column for each month, of which each cell becomes a row: what else is a number or a
// day would stand in every month again, and sums are those of the months.
func (d *Draft) across(name filename.Name) {
	d.Sender, d.Day, d.Grain, d.Whole = name.Sender, "", string(days.Year), len(d.Months.years()) > 1
	for i := range d.Columns {
		c := &d.Columns[i]
		switch number := c.Type == dataset.Float64 || c.Type == dataset.Int32 || c.Type == dataset.Int64; {
		case c.Out != nil || !number && c.Type != dataset.Date:
		case reAcross.MatchString(c.Title.Zh):
			c.Out = &codes.Text{Zh: "由各月相加得出", En: "it is the sum of the months"}
		default:
			c.Out = &codes.Text{Zh: "各月一列的表里，它每月都会重复一次", En: "in a table with a column for each month it would stand in every month again"}
		}
	}
}
