package codes

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Load reads codes/*.csv of fsys. A file is one list: a first line `# 中文名 | English name`, a
// heading with code, zh, en and any of aliases (parted by |), parent, rank, from, to (2006-01-02), lon, lat (degrees),
// and one line a value. All faults of all files are returned together, each with file and line, and with them the lists
// as far as they could be read.
func Load(fsys fs.FS) (*Lists, error) {
	ls := &Lists{byName: map[string]*List{}}
	files, errs := listFiles(fsys)
	for _, file := range files {
		text, err := fs.ReadFile(fsys, file)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		l, err := parse(file, string(text))
		if err != nil {
			errs = append(errs, err)
		}
		if l != nil {
			ls.byName[l.Name] = l
		}
	}
	return ls, errors.Join(errs...)
}

// listFiles are codes/*.csv. A file there that was meant to be one and would not be read is an error.
func listFiles(fsys fs.FS) (files []string, errs []error) {
	entries, err := fs.ReadDir(fsys, "codes")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, []error{err}
	}
	for _, e := range entries {
		name := "codes/" + e.Name()
		switch ext := path.Ext(name); {
		case strings.HasPrefix(e.Name(), "."):
		case e.IsDir():
			errs = append(errs, fmt.Errorf("%s:1: 不读目录中的目录，把其中的文件移到 codes 里 / a folder inside of a folder is not read: move its files into codes", name))
		case ext == ".csv":
			files = append(files, name)
		case slices.Contains([]string{".csv", ".yaml", ".yml", ".tsv", ".xls", ".xlsx"}, strings.ToLower(ext)):
			errs = append(errs, fmt.Errorf("%s:1: 扩展名是 %s，不会被读；代码表是 .csv / the file ends in %s and would not be read: a code list is a .csv", name, ext, ext))
		}
	}
	return files, errs
}

// columns are those that a list may have.
var columns = []string{"code", "zh", "en", "aliases", "parent", "rank", "from", "to", "lon", "lat"}

// listFile is a code list being read.
type listFile struct {
	name string
	at   map[string]int // column -> its index
	errs []error
}

func (f *listFile) fault(line int, zh, en string, a ...any) {
	f.errs = append(f.errs, fmt.Errorf("%s:%d: %s / %s", f.name, line, fmt.Sprintf(zh, a...), fmt.Sprintf(en, a...)))
}

// parse reads a list. Where it has no columns there is no list; else it comes as far as it could be read, with the error.
func parse(file, text string) (*List, error) {
	l := &List{Name: strings.TrimSuffix(path.Base(file), ".csv")}
	f := &listFile{name: file, at: map[string]int{}}
	text = strings.TrimPrefix(text, "\ufeff")
	first, _, _ := strings.Cut(text, "\n")
	zh, en, ok := strings.Cut(strings.TrimPrefix(strings.TrimSpace(first), "#"), "|")
	l.Zh, l.En = strings.TrimSpace(zh), strings.TrimSpace(en)
	if !strings.HasPrefix(first, "#") || !ok || l.Zh == "" || l.En == "" {
		f.fault(1, "第一行是 %q，应为“# 中文名 | English name”", "the first line is %q, want \"# 中文名 | English name\"", strings.TrimSpace(first))
	}
	r := csv.NewReader(strings.NewReader(text))
	r.Comment = '#'
	head, err := r.Read()
	if err != nil {
		f.fault(1, "没有表头: %v", "no heading: %v", err)
		return nil, errors.Join(f.errs...)
	}
	f.heading(head)
	if f.errs != nil {
		return nil, errors.Join(f.errs...)
	}
	_, l.Ranked = f.at["rank"]
	var lines []int
	for {
		rec, err := r.Read()
		if err == io.EOF {
			break
		}
		var at *csv.ParseError
		if errors.As(err, &at) {
			f.fault(at.StartLine, "不是合法的 CSV：%v", "not CSV: %v", at.Err)
			break
		}
		if err != nil {
			f.fault(1, "读不出：%v", "cannot be read: %v", err)
			break
		}
		line, _ := r.FieldPos(0)
		l.Values = append(l.Values, f.value(rec, line))
		lines = append(lines, line)
	}
	if err := l.index(func(i int) string { return fmt.Sprintf("%s:%d", file, lines[i]) }); err != nil {
		f.errs = append(f.errs, err)
	}
	return l, errors.Join(f.errs...)
}

// heading finds the columns.
func (f *listFile) heading(head []string) {
	for i, h := range head {
		if !slices.Contains(columns, h) {
			near := ""
			if w := Nearest(h, columns); w != "" {
				near = " (" + w + "?)"
			}
			f.fault(2, "未知的列 %[1]q%[2]s，应为 %[3]s", "unknown column %[1]q%[2]s, want %[3]s", h, near, strings.Join(columns, " "))
			continue
		}
		if _, twice := f.at[h]; twice {
			f.fault(2, "列 %q 出现两次", "column %q occurs twice", h)
		}
		f.at[h] = i
	}
	for _, h := range columns[:3] {
		if _, ok := f.at[h]; !ok {
			f.fault(2, "缺少列 %q", "column %q is missing", h)
		}
	}
}

// value reads one line.
func (f *listFile) value(rec []string, line int) Value {
	get := func(h string) string {
		if i, ok := f.at[h]; ok {
			return strings.TrimSpace(rec[i])
		}
		return ""
	}
	v := Value{Code: get("code"), Zh: get("zh"), En: get("en"), Parent: get("parent")}
	for _, name := range columns[:3] {
		if get(name) == "" {
			f.fault(line, "%s 为空", "%s is blank", name)
		}
	}
	for a := range strings.SplitSeq(get("aliases"), "|") {
		if a = strings.TrimSpace(a); a != "" {
			v.Aliases = append(v.Aliases, a)
		}
	}
	if _, ranked := f.at["rank"]; ranked {
		var err error
		if v.Rank, err = strconv.Atoi(get("rank")); err != nil {
			f.fault(line, "rank 是 %q，应为整数", "rank is %q, want a whole number", get("rank"))
		}
	}
	v.From, v.To = f.day(get("from"), "from", line), f.day(get("to"), "to", line)
	if !v.From.IsZero() && !v.To.IsZero() && !v.From.Before(v.To) {
		f.fault(line, "from 不早于 to", "from is not before to")
	}
	if lon, lat := get("lon"), get("lat"); lon != "" || lat != "" {
		x, errLon := strconv.ParseFloat(lon, 64)
		y, errLat := strconv.ParseFloat(lat, 64)
		if errLon != nil || errLat != nil || !(math.Abs(x) <= 180 && math.Abs(y) <= 90) {
			f.fault(line, "lon、lat 是 %q、%q，应同为度数（经度 -180 至 180，纬度 -90 至 90），或都空着", "lon and lat are %q and %q, want degrees in both (-180 to 180, -90 to 90), or neither", lon, lat)
		} else {
			v.Place = &Place{Lon: x, Lat: y}
		}
	}
	return v
}

// day reads a date; the zero time where there is none.
func (f *listFile) day(text, column string, line int) time.Time {
	if text == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		f.fault(line, "%s 是 %q，应为 2006-01-02 样式的日期", "%s is %q, want a date like 2006-01-02", column, text)
	}
	return t
}
