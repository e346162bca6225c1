package days

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/width"
)

// A form is one way in which people write a period. Years are 19xx to 21xx: a longer run of digits is something else,
// a date of printing or a serial number.
type form struct {
	// whole is what a text is that names a period and nothing else; nil where another form says so already.
	whole *regexp.Regexp
	// within is what is looked for inside a text, such as a file's name; nil where that would find periods in other
	// words. It has the groups of whole.
	within *regexp.Regexp
	// read makes the range of the groups, those that took no part left out. The zero Range says that there is no such
	// period; ok is false where the text may still be another form.
	read func(groups []string) (r Range, ok bool)
}

// The parts that the patterns of forms are made of.
var parts = strings.NewReplacer(
	"{year}", `((?:19|20|21)\d\d)`,
	"{day}", `((?:19|20|21|22)\d\d-\d\d-\d\d)`,
	"{month}", `(0?[1-9]|1[0-2])`,
	"{mm}", `(0[1-9]|1[0-2])`,
	"{name}", `(jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*`,
	"{to}", `[-—–~至到]+`,
	"{sep}", `[-_/., ]{0,2}`,
)

func newForm(whole, within string, read func([]string) (Range, bool)) form {
	f := form{read: read}
	if whole != "" {
		f.whole = regexp.MustCompile(`(?i)^(?:` + parts.Replace(whole) + `)$`)
	}
	if within != "" {
		f.within = regexp.MustCompile(`(?i)` + parts.Replace(within))
	}
	return f
}

// stretches counts the forms that go from one day, year or month to another; they come first.
const stretches = 3

// forms are tried in this order, which matters inside a text: 2026年1-6月 has a year in it, 2026年6月上旬 a month. Five
// digits are none of them: 20266 may be June 2026, and is a day of 1955 in a workbook.
var forms = []form{
	newForm(`{day}/{day}`, `{day}/{day}`, fromTo),
	newForm(`{year}年?(?:{to}|_)+{year}(?:年度?)?`, `(?:^|\D){year}年?(?:{to}|_)+{year}(?:年度?|[_ ()\[\]]|\.\D|$)`, years),
	newForm(`{year}年?[.\-]?(\d{1,2})月?{to}(\d{1,2})月`, `{year}年?[.\-]?(\d{1,2})月?{to}(\d{1,2})月`, monthToMonth),
	newForm(`{year}(?:年度?|[-_/. ])?{month}月?([上中下])旬`, `{year}(?:年|-){month}月?([上中下])旬`, tenDays),
	newForm(``, `{year}年{month}月`, oneMonth),
	newForm(`{year}年?度?[-_/ ]?(上半年|下半年|[HS][12])`, `{year}年?度?(上半年|下半年)`, half),
	newForm(`([HS][12]){sep}{year}`, ``, half),
	newForm(``, `{year}[-_ ]?(H[12])(?:\D|$)`, half),
	newForm(`{year}年?度?[-_/.: ]?第?(Q[1-4]|[1-4]Q|[一二三四1-4]季度?|K[1-4])`, `{year}年?第?([一二三四1-4]季度?)`, quarter),
	newForm(`(Q[1-4]|[1-4]Q){sep}{year}`, ``, quarter),
	newForm(``, `{year}[-_ ]?(Q[1-4])(?:\D|$)`, quarter),
	newForm(`{year}(?:年度?[-_/. ]?-?|[-_/. ]-?|-?M){month}(?:月份?)?`, `(?:^|\D){year}[-.]{month}(?:[^\d\-.]|$|\.[a-z])`, oneMonth),
	newForm(`{year}{mm}(?:月份?)?|{year}([1-9])月份?`, `(?:^|\D){year}{mm}(?:\D|$)`, oneMonth),
	newForm(`{year}{sep}{name}{sep}|{name}{sep}{year}`, ``, namedMonth),
	newForm(`{year}(?:年度?|全年|年全年)?`, `{year}年(?:度|$|[^0-9])`, oneYear),
	newForm(``, `(?:^|[_\- ]){year}(?:[_ (]|$|[.\-](?:\D|$))`, oneYear),
}

// Parse reads a text that names a period and nothing else: 2026年6月, 2026-06, 202606, Jun 2026, 2026年6月上旬,
// 2026年上半年, 2026H1, 2026年第二季度, 2026Q2, Q2 2026, 2026年, 2026, 2026年1-6月, 2015-2019年, 2026-01-01/2026-07-01.
// ok is false where it names none, and where there is no such month or day.
func Parse(text string) (r Range, ok bool) { return parse(text, forms) }

// ParseNamed is Parse of what has a name of its own: a year, half, quarter, month or ten days. It refuses a stretch
// from one to another, for a table that has 2026年1-6月 in a cell may mean a sum so far.
func ParseNamed(text string) (r Range, ok bool) { return parse(text, forms[stretches:]) }

func parse(text string, forms []form) (r Range, ok bool) {
	s := strings.TrimSpace(width.Narrow.String(text))
	if strings.Contains(s, " ") {
		s = besideHan.ReplaceAllString(s, "$1") // 2026 年 6 月, as pages have it
	}
	for _, f := range forms {
		if f.whole == nil {
			continue
		}
		if m := f.whole.FindStringSubmatch(s); m != nil {
			if r, ok := f.read(took(m)); ok {
				return r, !r.IsZero()
			}
		}
	}
	return Range{}, false
}

var besideHan = regexp.MustCompile(` *(\p{Han}) *`)

// Find looks for the one period that is named inside a text, such as a file's name, and returns also the words that
// name it, as they stand in the text with its full-width characters made narrow. The forms are those that cannot be part
// of other words.
func Find(text string) (r Range, words string, ok bool) {
	s := width.Narrow.String(text)
	for _, f := range forms {
		if f.within == nil {
			continue
		}
		if m := f.within.FindStringSubmatch(s); m != nil {
			if r, ok := f.read(took(m)); ok {
				return r, m[0], !r.IsZero()
			}
		}
	}
	return Range{}, "", false
}

// took leaves out the groups that took no part in a match.
func took(m []string) []string {
	return slices.DeleteFunc(slices.Clone(m[1:]), func(g string) bool { return g == "" })
}

func number(s string) int { n, _ := strconv.Atoi(s); return n }

func isYear(s string) bool { return len(s) == 4 && number(s) > 0 }

// yearFirst puts the year of two groups first.
func yearFirst(g []string) (year int, other string) {
	if isYear(g[0]) {
		return number(g[0]), g[1]
	}
	return number(g[1]), g[0]
}

// ordinal is the number that stands in words such as 第二季度, H2 and 下半年.
func ordinal(words string) int {
	for _, r := range words {
		switch {
		case r >= '1' && r <= '9':
			return int(r - '0')
		case r == '一' || r == '上':
			return 1
		case r == '二' || r == '下':
			return 2
		case r == '三':
			return 3
		case r == '四':
			return 4
		}
	}
	return 0
}

func fromTo(g []string) (Range, bool) {
	from, ok1 := ParseDay(g[0])
	to, ok2 := ParseDay(g[1])
	if !ok1 || !ok2 || !from.Before(to) {
		return Range{}, true
	}
	return Range{from, to}, true
}

func years(g []string) (Range, bool) {
	first, last := number(g[0]), number(g[1])
	return Months(first, 1, 12*(last-first+1)), first < last
}

func monthToMonth(g []string) (Range, bool) {
	year, first, last := number(g[0]), number(g[1]), number(g[2])
	if first < 1 || last > 12 || first > last {
		return Range{}, true
	}
	return Months(year, time.Month(first), last-first+1), true
}

func tenDays(g []string) (Range, bool) {
	third := slices.Index(thirds, g[2])
	return Ten.Of(Date(number(g[0]), time.Month(number(g[1])), third*10+1)), true
}

func oneMonth(g []string) (Range, bool) {
	return Month.Of(Date(number(g[0]), time.Month(number(g[1])), 1)), true
}

func namedMonth(g []string) (Range, bool) {
	year, name := yearFirst(g)
	const names = "janfebmaraprmayjunjulaugsepoctnovdec"
	return Months(year, time.Month(strings.Index(names, strings.ToLower(name[:3]))/3+1), 1), true
}

func half(g []string) (Range, bool) {
	year, words := yearFirst(g)
	return Months(year, time.Month(ordinal(words)*6-5), 6), true
}

func quarter(g []string) (Range, bool) {
	year, words := yearFirst(g)
	return Months(year, time.Month(ordinal(words)*3-2), 3), true
}

func oneYear(g []string) (Range, bool) { return Months(number(g[0]), 1, 12), true }
