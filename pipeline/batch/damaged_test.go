package batch_test

import (
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// Copies of tables are damaged in the ways that text files are, and loaded beside their clean twins,
// with their dialect declared and without. What comes in is compared cell by cell and place by place.
// The test wants so many cells right, and no cell wrong or missing of which nothing is told with its row.

// sheet is a clean table and how it is declared.
type sheet struct {
	name    string
	columns string
	header  []string
	rows    [][]string
}

// file is a text on its way to be damaged.
type file struct {
	delimiter, quote, escape string // escape: what stands before a quote inside a cell; empty: nothing
	always                   bool   // every cell stands between quotes
	encoding                 string // as declared
	enc                      encoding.Encoding
	eol                      string
	above                    []string // lines above the header
	head                     string
	lines                    []string
	below                    []string
	rng                      *rand.Rand
	sheet                    *sheet
}

func (f *file) cell(s string) string {
	needs := f.always || strings.Contains(s, f.delimiter) || strings.ContainsAny(s, "\r\n\"") || f.quote != "" && strings.Contains(s, f.quote)
	if !needs || f.quote == "" {
		return s
	}
	return f.quote + strings.ReplaceAll(s, f.quote, f.escape+f.quote) + f.quote
}

func (f *file) line(cells []string) string {
	out := make([]string, len(cells))
	for i, c := range cells {
		out[i] = f.cell(c)
	}
	return strings.Join(out, f.delimiter)
}

// write writes the lines of the sheet, after the dialect was set.
func (f *file) write() {
	f.head, f.lines = f.line(f.sheet.header), nil
	for _, r := range f.sheet.rows {
		f.lines = append(f.lines, f.line(r))
	}
}

func (f *file) bytes(t *testing.T) []byte {
	t.Helper()
	all := append(append(append(slices.Clone(f.above), f.head), f.lines...), f.below...)
	text := strings.Join(all, f.eol) + f.eol
	if f.enc == nil {
		return []byte(text)
	}
	b, err := f.enc.NewEncoder().Bytes([]byte(text))
	if err != nil {
		return nil // the encoding has not all of its characters
	}
	return b
}

// row is a line to be damaged.
func (f *file) row() int { return 5 + f.rng.IntN(len(f.lines)-6) }

// seps are the places of the delimiters of a line that stand outside quotes.
func (f *file) seps(line string) (at []int) {
	in := false
	for i := range line {
		switch {
		case f.escape == `\` && i > 0 && line[i-1] == '\\':
		case f.quote != "" && strings.HasPrefix(line[i:], f.quote):
			in = !in
		case !in && strings.HasPrefix(line[i:], f.delimiter):
			at = append(at, i)
		}
	}
	return at
}

// at is a random place where a cell begins.
func (f *file) at(line string) int {
	at := f.seps(line)
	if i := f.rng.IntN(len(at) + 1); i > 0 {
		return at[i-1] + len(f.delimiter)
	}
	return 0
}

func insert(s string, at int, what string) string { return s[:at] + what + s[at:] }

// dialects change how the whole file is written, before it is.
var dialects = map[string]func(*file){
	"plain":         func(*file) {},
	"semicolons":    func(f *file) { f.delimiter = ";" },
	"tabs":          func(f *file) { f.delimiter = "\t" },
	"bars":          func(f *file) { f.delimiter = "|" },
	"all quoted":    func(f *file) { f.always = true },
	"apostrophes":   func(f *file) { f.quote, f.escape, f.always = "'", "'", true },
	"backslashes":   func(f *file) { f.escape = `\` },
	"crlf":          func(f *file) { f.eol = "\r\n" },
	"cr":            func(f *file) { f.eol = "\r" },
	"gb18030":       func(f *file) { f.enc, f.encoding = simplifiedchinese.GB18030, "gb18030" },
	"utf-16":        func(f *file) { f.enc, f.encoding = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "utf-16le" },
	"western":       func(f *file) { f.enc, f.encoding = charmap.Windows1252, "windows-1252" },
	"comma, blank":  func(f *file) { f.delimiter = ", " },
	"bom":           func(f *file) { f.above = nil; f.enc = unicode.UTF8BOM },
	"quotes undone": func(f *file) { f.escape = "" },
}

// damages change a file that is written.
var damages = map[string]func(*file){
	"none": func(*file) {},
	"a separator more": func(f *file) {
		i := f.row()
		f.lines[i] = insert(f.lines[i], f.at(f.lines[i]), f.delimiter)
	},
	"a separator less": func(f *file) {
		i := f.row()
		if at := f.seps(f.lines[i]); len(at) > 0 {
			k := at[f.rng.IntN(len(at))]
			f.lines[i] = f.lines[i][:k] + f.lines[i][k+len(f.delimiter):]
		}
	},
	"a quote more": func(f *file) {
		i := f.row()
		f.lines[i] = insert(f.lines[i], f.at(f.lines[i]), f.quote)
	},
	"a quote inside": func(f *file) {
		i := f.row()
		at := f.at(f.lines[i])
		if end := at + 2; end < len(f.lines[i]) && f.lines[i][end] < 0x80 && f.lines[i][end-1] < 0x80 && f.lines[i][at] < 0x80 {
			f.lines[i] = insert(f.lines[i], end, f.quote)
		}
	},
	"a quote less": func(f *file) {
		for _, i := range f.rng.Perm(len(f.lines) - 6) {
			if at := strings.LastIndex(f.lines[i+5], f.quote); at > 0 {
				f.lines[i+5] = f.lines[i+5][:at] + f.lines[i+5][at+1:]
				return
			}
		}
	},
	"the first quote less": func(f *file) {
		for _, i := range f.rng.Perm(len(f.lines) - 6) {
			if at := strings.Index(f.lines[i+5], f.quote); at >= 0 {
				f.lines[i+5] = f.lines[i+5][:at] + f.lines[i+5][at+1:]
				return
			}
		}
	},
	"other separators": func(f *file) {
		i := f.row()
		f.lines[i] = strings.ReplaceAll(f.lines[i], f.delimiter, " ")
	},
	"cut off": func(f *file) {
		i := f.row()
		if at := f.seps(f.lines[i]); len(at) > 1 {
			f.lines[i] = f.lines[i][:at[len(at)/2]]
		}
	},
	"cells added": func(f *file) {
		i := f.row()
		f.lines[i] += f.delimiter + "x" + f.delimiter + "y"
	},
	"two rows joined": func(f *file) {
		i := f.row()
		f.lines[i] += f.delimiter + f.lines[i+1]
		f.lines = slices.Delete(f.lines, i+1, i+2)
	},
	"a row broken": func(f *file) {
		i := f.row()
		if at := f.seps(f.lines[i]); len(at) > 0 {
			f.lines[i] = insert(f.lines[i], at[len(at)/2], f.eol)
		}
	},
	"line ends mixed": func(f *file) {
		i := f.row()
		other := "\r"
		if f.eol == "\r" {
			other = "\n"
		}
		f.lines[i] += other + f.lines[i+1]
		f.lines = slices.Delete(f.lines, i+1, i+2)
	},
	"a control character": func(f *file) {
		i := f.row()
		f.lines[i] = insert(f.lines[i], f.at(f.lines[i]), "\x07")
	},
	"a control character inside": func(f *file) {
		i := f.row()
		if at := f.at(f.lines[i]) + 2; at < len(f.lines[i]) && f.lines[i][at] < 0x80 && f.lines[i][at-1] < 0x80 {
			f.lines[i] = insert(f.lines[i], at, "\x07")
		}
	},
	"a dash of Windows-1252": func(f *file) {
		i := f.row()
		f.lines[i] = insert(f.lines[i], f.at(f.lines[i]), "\u0096")
	},
	"lines above": func(f *file) { f.above = []string{"2026年6月台账", ""} },
	"rows above":  func(f *file) { f.above = []string{f.line([]string{"Report", "", ""}), f.line([]string{"", "", ""})} },
	"lines below": func(f *file) { f.below = []string{"", "Source: own survey"} },
	"empty lines": func(f *file) {
		i := f.row()
		f.lines[i] = f.eol + f.lines[i]
	},
	"separators at the ends": func(f *file) {
		for i := range f.lines {
			f.lines[i] += f.delimiter
		}
		f.head += f.delimiter
	},
	"separators at the ends of rows": func(f *file) {
		for i := range f.lines {
			f.lines[i] += f.delimiter
		}
	},
	"a separator more in the header": func(f *file) { f.head = insert(f.head, f.at(f.head), f.delimiter) },
	"a separator less in the header": func(f *file) {
		if at := f.seps(f.head); len(at) > 0 {
			k := at[f.rng.IntN(len(at))]
			f.head = f.head[:k] + f.head[k+len(f.delimiter):]
		}
	},
	"a quote more in the header": func(f *file) { f.head = insert(f.head, f.at(f.head), f.quote) },
	"the table again": func(f *file) {
		f.below = append([]string{"", f.head}, f.lines[:5]...)
	},
	"another table": func(f *file) {
		f.below = []string{"", f.line([]string{"name", "size", "weight", "colour"}), f.line([]string{"x", "1", "2", "red"}), f.line([]string{"y", "3", "4", "blue"})}
	},
}

func sheets(t *testing.T) []*sheet {
	rng := rand.New(rand.NewPCG(8, 15))
	pick := func(words ...string) string { return words[rng.IntN(len(words))] }
	people := &sheet{
		name: "people", header: []string{"编号", "姓名", "日期", "人数", "金额", "学历", "说明"},
		columns: "  - {name: code, title: {zh: 编号, en: Code}, type: string, required: true}\n  - {name: person, title: {zh: 姓名, en: Person}, type: string}\n  - {name: day, title: {zh: 日期, en: Day}, type: date}\n  - {name: n, title: {zh: 人数, en: N}, type: int64}\n  - {name: amount, title: {zh: 金额, en: Amount}, type: float64}\n  - {name: degree, title: {zh: 学历, en: Degree}, type: low}\n  - {name: memo, title: {zh: 说明, en: Memo}, type: string}\n",
	}
	products := &sheet{
		name: "products", header: []string{"code", "label", "size", "price", "about", "remark"},
		columns: "  - {name: code, title: {zh: 甲, en: Code}, type: string}\n  - {name: label, title: {zh: 乙, en: Label}, type: string}\n  - {name: size, title: {zh: 丙, en: Size}, type: string}\n  - {name: price, title: {zh: 丁, en: Price}, type: string}\n  - {name: about, title: {zh: 戊, en: About}, type: string}\n  - {name: remark, title: {zh: 己, en: Remark}, type: string}\n",
	}
	figures := &sheet{
		name: "figures", header: []string{"place", "y2023", "y2024", "y2025"},
		columns: "  - {name: place, title: {zh: 地方, en: Place}, type: string, required: true}\n  - {name: y2023, title: {zh: 一, en: Y1}, type: int64}\n  - {name: y2024, title: {zh: 二, en: Y2}, type: float64}\n  - {name: y2025, title: {zh: 三, en: Y3}, type: float64}\n",
	}
	for i := range 100 {
		people.rows = append(people.rows, []string{
			fmt.Sprintf("P%03d", i), pick("张三", "李四", "欧阳倩", "王建国") + pick("", "甲"), fmt.Sprintf("2026-%02d-%02d", 1+rng.IntN(12), 1+rng.IntN(28)), fmt.Sprint(rng.IntN(500)),
			fmt.Sprintf("%d.%d", rng.IntN(900), 1+rng.IntN(9)), pick("本科", "硕士", "博士"), pick("", "", "来自丽水, 青田", `称"青年人才"`, "引进"),
		})
		products.rows = append(products.rows, []string{
			fmt.Sprintf("MG-%04d", 1000+i), pick("Men's Boots", "Fleece, lined", "Rod 8 Wt.", `Table, round 48"`, "Café chair"), pick("S", "M", "L", "XL"), fmt.Sprintf("$%d.%02d", rng.IntN(90), rng.IntN(100)),
			pick("Light, warm and dry.", "Made in the USA to our standards, for years.", "Soft", `A "classic", again`), pick("", "", "new", "last of its kind"),
		})
		figures.rows = append(figures.rows, []string{fmt.Sprintf("Town %d", i), fmt.Sprint(rng.IntN(9000)), fmt.Sprintf("%d.%d", rng.IntN(900), 1+rng.IntN(9)), fmt.Sprintf("%d.%d", rng.IntN(90), 1+rng.IntN(9))})
	}
	out := []*sheet{people, products, figures}
	for _, name := range []string{"divisions/cities.csv", "codes/occupations_2022.csv"} {
		b, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "data", name))
		if err != nil {
			continue // the other tables are enough where the folder of real data is not there
		}
		all, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(b), "\ufeff"))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		s := &sheet{name: name, header: all[0], rows: all[1:101]}
		for i, h := range all[0] {
			s.columns += fmt.Sprintf("  - {name: z%d, title: {zh: 列%d, en: Col%d}, type: string, aliases: [%s]}\n", i, i, i, h)
		}
		out = append(out, s)
	}
	return out
}

// verdict is what became of damaged files.
type verdict struct {
	files        int
	right, cells float64
	silent       []string
	lost         []string // files of which less than nine cells in ten came in
}

// judge compares a loaded file with its twin.
func (v *verdict) judge(name string, want []string, got *loaded, width int) {
	v.files++
	v.cells += float64(len(want) * width)
	right, wrong, missing := held(want, got.rows, width)
	v.right += right
	if right < 0.9*float64(len(want)*width) {
		v.lost = append(v.lost, fmt.Sprintf("%s: %.0f of %d cells; told %q, %v", name, right, len(want)*width, got.told(), got.err))
	}
	if got.err != nil {
		return // the file is refused
	}
	said := map[int]bool{} // rows
	from := 1 << 30        // and all from this one on
	refused := 0
	for _, r := range got.rejects {
		said[r.Origin.Row] = true
		if r.Rule == "repeated_heading" {
			from = min(from, r.Origin.Row)
		}
		if !r.Warn {
			refused++
		}
	}
	for _, n := range got.notes {
		said[n.Row] = true
		if n.Rule == "heading_width" || n.Rule == "mended_quote" && n.Row == 1 {
			from = min(from, n.Row)
		}
	}
	for _, i := range wrong {
		if at := got.at[i]; !said[at] && at < from {
			v.silent = append(v.silent, fmt.Sprintf("%s: row %d is %q; told %q", name, at, got.rows[i], got.told()))
			return
		}
	}
	if missing > 0 && refused == 0 && len(wrong) == 0 {
		v.silent = append(v.silent, fmt.Sprintf("%s: %d rows are missing; told %q", name, missing, got.told()))
	}
}

// held holds rows against those of the twin: how many cells are right and in their place, which rows are
// none of the twin's, and how many of its rows are missing.
func held(want, got []string, width int) (right float64, wrong []int, missing int) {
	cells := func(a, b string) (n float64) {
		x, y := strings.Split(a, "|"), strings.Split(b, "|")
		for k := range x {
			if k < len(y) && x[k] == y[k] {
				n++
			}
		}
		return n * float64(width) / float64(len(x))
	}
	for at := 0; len(want) > 0 || len(got) > 0; {
		skipWant, skipGot := nearest(want, got)
		for k := range min(skipWant, skipGot) {
			right += cells(want[k], got[k])
		}
		for k := range skipGot {
			wrong = append(wrong, at+k)
		}
		missing += max(skipWant-skipGot, 0)
		want, got, at = want[skipWant:], got[skipGot:], at+skipGot
		if len(want) > 0 && len(got) > 0 {
			right += float64(width)
			want, got, at = want[1:], got[1:], at+1
		}
	}
	return right, wrong, missing
}

// nearest is how many rows of each to pass over to the next that is the same in both.
func nearest(want, got []string) (skipWant, skipGot int) {
	for d := range 24 {
		for a := range d + 1 {
			if b := d - a; a < len(want) && b < len(got) && want[a] == got[b] {
				return a, b
			}
		}
	}
	return len(want), len(got)
}

func TestDamagedTexts(t *testing.T) {
	kinds := map[string]*verdict{}
	total := map[bool]*verdict{true: {}, false: {}}
	rng := rand.New(rand.NewPCG(20, 26))
	for _, s := range sheets(t) {
		clean := map[string][]string{}
		for _, dialect := range sortedKeys(dialects) {
			for _, damage := range sortedKeys(damages) {
				// every damage to the plain file, every dialect undamaged, and one in five of the other pairs
				if draw := rng.IntN(5); dialect != "plain" && damage != "none" && draw > 0 {
					continue
				}
				for _, declared := range []bool{true, false} {
					f := &file{delimiter: ",", quote: `"`, escape: `"`, eol: "\n", rng: rand.New(rand.NewPCG(rng.Uint64(), 1)), sheet: s}
					dialects[dialect](f)
					f.write()
					damages[damage](f)
					content := f.bytes(t)
					if content == nil || s.name == "people" && dialect == "western" {
						continue
					}
					body := "columns:\n" + s.columns
					if declared {
						esc := f.escape
						if esc == f.quote || esc == "" {
							esc = "none"
						}
						text := fmt.Sprintf("text: {delimiter: %q, quote: %q, escape: %q", f.delimiter, f.quote, esc)
						if f.encoding != "" {
							text += ", encoding: " + f.encoding
						}
						body = text + "}\n" + body
					}
					if clean[s.name] == nil {
						g := &file{delimiter: ",", quote: `"`, escape: `"`, eol: "\n", rng: rng, sheet: s}
						g.write()
						twin := load(t, parse(t, "columns:\n"+s.columns), g.bytes(t))
						if twin.err != nil || len(twin.rows) != len(s.rows) || twin.told() != "" {
							t.Fatalf("%s: the clean twin: %v, %d rows, told %q", s.name, twin.err, len(twin.rows), twin.told())
						}
						clean[s.name] = twin.rows
					}
					got := load(t, parse(t, body), content)
					name := fmt.Sprintf("%s, %s, %s, declared %v", s.name, dialect, damage, declared)
					k := fmt.Sprintf("%-32s declared %v", damage, declared)
					if kinds[k] == nil {
						kinds[k] = &verdict{}
					}
					for _, v := range []*verdict{kinds[k], total[declared]} {
						v.judge(name, clean[s.name], &got, len(s.header))
					}
				}
			}
		}
	}
	for _, k := range sortedKeys(kinds) {
		t.Logf("%s: %3d files, %6.2f %% right", k, kinds[k].files, 100*kinds[k].right/kinds[k].cells)
	}
	for declared, least := range map[bool]float64{true: 98, false: 97} {
		v := total[declared]
		share := 100 * v.right / v.cells
		t.Logf("declared %v: %d files, %.2f %% of %.0f cells right and in their place, %d files with a deviation of which nothing is said", declared, v.files, share, v.cells, len(v.silent))
		for _, s := range v.lost {
			t.Logf("not read: %s", s)
		}
		if share < least {
			t.Errorf("declared %v: got %.2f %% right, want %v", declared, share, least)
		}
		for i, s := range v.silent {
			if i == 15 {
				break
			}
			t.Errorf("silent: %s", s)
		}
	}
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
