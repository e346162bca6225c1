package setup

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"yanzhen/cmd/people"
	"yanzhen/configs"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/roman"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
)

// InitFlags are the arguments of yanzhen init.
type InitFlags struct {
	Folder  string   `arg:"" help:"Folder to make: configuration, declarations and data of the installation." type:"path"`
	Zone    string   `help:"Name of the zone, as every page shows it; asked for where it is absent." placeholder:"NAME"`
	ZoneEn  string   `help:"The same in English." placeholder:"NAME"`
	Contact string   `help:"Whom to ask about the figures: an office, a telephone number." placeholder:"TEXT"`
	County  string   `help:"County, city or district that the map of the zone shows, by its Chinese name: 青田县, or 丽水市青田县 where several have it." placeholder:"NAME"`
	Park    []string `help:"A park of the zone, and where it is for the map: NAME or NAME=LONGITUDE,LATITUDE in degrees; may be repeated." placeholder:"NAME" sep:"none"`
	Chain   []string `help:"An industry chain and its nodes, from upstream to downstream: NAME=NODE,NODE; may be repeated." placeholder:"NAME=NODES" sep:"none"`
	Sender  []string `help:"An office and what it owes each month: NAME=DATASET,DATASET; may be repeated." placeholder:"NAME=DATASETS" sep:"none"`

	drawn bool // the office has a map of the zone of its own
}

// ask fills what no flag says, where somebody sits at a terminal.
func (f *InitFlags) ask(d *Desk, in io.Reader) {
	r := bufio.NewReader(in)
	line := func(zh, en string) string {
		fmt.Fprint(d.Out, d.say(zh, en))
		text, _ := r.ReadString('\n')
		return strings.TrimSpace(text)
	}
	list := func(into *[]string, zh, en string) {
		for len(*into) < most {
			text := line(zh, en)
			if text == "" {
				return
			}
			*into = append(*into, text)
		}
	}
	f.Zone = line("开发区名称：", "name of the zone: ")
	f.Contact = line("数字有疑问问谁（处室、电话，可空）：", "whom to ask about figures (may be empty): ")
	f.County = line("所在县（市、区），画本区地图用（可空）：", "county, city or district for the map, in Chinese (may be empty): ")
	list(&f.Park, "园区，一行一个，空行结束：", "a park, an empty line ends: ")
	list(&f.Chain, "产业链，名称=节点,节点（从上游到下游），空行结束：", "a chain, NAME=NODE,NODE from upstream on, an empty line ends: ")
	list(&f.Sender, "报送单位，名称=数据集,数据集，空行结束：", "a sender, NAME=DATASET,DATASET, an empty line ends: ")
}

// most bounds how many parks, chains and senders are named at once.
const most = 500

// Init writes the files of a new installation. in is where answers come from, nil where nobody can be asked.
// Where it fails, nothing of it stays, so that the mended command can be given again.
func (f *InitFlags) Init(d *Desk, in io.Reader) (err error) {
	if f.Zone == "" && in != nil {
		f.ask(d, in)
	}
	if strings.TrimSpace(f.Zone) == "" {
		return d.Invalid(errors.New(d.say("写明开发区名称：--zone", "name the zone: --zone")))
	}
	entries, err := os.ReadDir(f.Folder)
	if err == nil && len(entries) > 0 {
		return d.Invalid(fmt.Errorf(d.say("%s 不是空的：换一个目录", "%s is not empty: choose another folder"), f.Folder))
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	o, err := f.declarations(d)
	if err != nil {
		return err
	}
	own := filepath.Join(f.Folder, "configs")
	made := absent(f.Folder)
	defer func() {
		if err != nil {
			err = errors.Join(err, f.undo(own, made))
		}
	}()
	if err := os.MkdirAll(own, 0o750); err != nil {
		return err
	}
	there := &Desk{Out: d.Out, Lang: d.Lang, Invalid: d.Invalid, Configs: own, Layers: func() (fs.FS, error) { return configs.Over(own) }}
	if err := there.write(o.files, nil); err != nil {
		return err
	}
	return f.configuration(d, o, own)
}

// Wrong is a fault of what an office says of itself.
type Wrong struct{ Of, Text string }

// Faults are all of them, each with what it is of: zone, zone_en, contact, county, parks, chains or senders.
type Faults []Wrong

// Error tells them a line each.
func (f Faults) Error() string {
	var lines []string
	for _, x := range f {
		lines = append(lines, x.Text)
	}
	return strings.Join(lines, "\n")
}

func (f *Faults) add(of, format string, args ...any) {
	*f = append(*f, Wrong{of, fmt.Sprintf(format, args...)})
}

// office is what becomes of what an office says of itself.
type office struct {
	writer *roman.Writer // of its names in Latin letters
	files  map[string]string
	nobody []string // parks of which nobody said where they are
	places []spot   // of the others
	drawn  bool     // it has a map of its own
}

// declarations are the files of the office's own declarations. What is wrong is told at once, as Faults.
func (f *InitFlags) declarations(d *Desk) (*office, error) {
	var bad Faults
	if strings.TrimSpace(f.Zone) == "" {
		bad.add("zone", "%s", d.say("写明开发区名称", "name the zone"))
	}
	for _, x := range []struct {
		of    string
		names []string
	}{{"zone", []string{f.Zone}}, {"zone_en", []string{f.ZoneEn}}, {"contact", []string{f.Contact}}, {"county", []string{f.County}}, {"parks", f.Park}, {"chains", f.Chain}, {"senders", f.Sender}} {
		if len(x.names) > most {
			bad.add(x.of, d.say("超过 %d 个", "more than %d"), most)
		}
		for _, name := range x.names {
			if x.of == "parks" { // its place is looked at below
				name, _, _ = strings.Cut(name, "=")
			}
			formula := x.of != "contact" && slices.ContainsFunc(strings.FieldsFunc(name, func(r rune) bool { return strings.ContainsRune("=,，、", r) }), func(s string) bool {
				return strings.IndexAny(strings.TrimSpace(s), "+-@") == 0
			})
			if strings.ContainsAny(name, "\"\\|\n\r\t") || formula || strings.HasPrefix(name, "=") {
				bad.add(x.of, d.say("名称 %q：不能有引号、反斜线、竖线或换行，也不能以 = + - @ 开头", "the name %q: no quotes, backslashes, bars or line ends, and no = + - @ at its beginning"), name)
			}
		}
	}
	catalog, err := dataset.Load(configs.FS)
	if err != nil {
		return nil, err
	}
	o := &office{writer: roman.New(catalog.Lists), files: map[string]string{}, drawn: f.drawn}
	if err := f.chains(d, o, &bad); err != nil {
		return nil, err
	}
	f.parks(d, o, &bad)
	if err := f.county(d, configs.FS, o, &bad); err != nil {
		return nil, err
	}
	f.duties(d, catalog, o.files, &bad)
	if len(bad) > 0 {
		return nil, d.Invalid(bad)
	}
	return o, nil
}

// absent are the folders of a path that are not there, the innermost first.
func absent(path string) (out []string) {
	for {
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
			return out
		}
		out = append(out, path)
		up := filepath.Dir(path)
		if up == path {
			return out
		}
		path = up
	}
}

// undo takes away what was written into a folder that was empty, and the folders that were made for it. What others put
// there meanwhile stays.
func (f *InitFlags) undo(own string, made []string) error {
	err := os.RemoveAll(own)
	for _, path := range append([]string{filepath.Join(f.Folder, "yanzhen.yaml")}, made...) {
		if e := os.Remove(path); e != nil && !errors.Is(e, fs.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}
	return err
}

// configuration writes yanzhen.yaml, and says what comes next.
func (f *InitFlags) configuration(d *Desk, o *office, own string) error {
	dir, err := filepath.Abs(filepath.Join(f.Folder, "data"))
	if err != nil {
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# 每一项见 docs/declarations.md 与 configs/yanzhen.yaml / every key: docs/declarations.md, configs/yanzhen.yaml\nzone: {zh: %q, en: %q}\n", f.Zone, cmp.Or(f.ZoneEn, o.writer.Name(f.Zone)))
	if f.Contact != "" {
		fmt.Fprintf(&b, "contact: {zh: %q, en: %[1]q}\n", f.Contact)
	}
	fmt.Fprintf(&b, "dir: %q\n", dir)
	name := filepath.Join(f.Folder, "yanzhen.yaml")
	if err := os.WriteFile(name, []byte(b.String()), 0o640); err != nil {
		return err
	}
	fmt.Fprintf(d.Out, d.say(`已写好 %s 与 %s：园区 %d、产业链 %d、报送单位 %d；自带的演示园区与产业链不在其中。
接下来：
  1. yanzhen --configs %[8]s declare 一份报表.xlsx      起草它的数据集、指标和页面
  2. yanzhen --config %[7]s --configs %[8]s serve       启动，打开它给出的链接
  3. 把报表放进 %[6]s
`, `%s and %s are written: %d parks, %d chains, %d senders; the parks and chains of the demonstration are not among them.
next:
  1. yanzhen --configs %[8]s declare FILE.xlsx          drafts its dataset, metrics and a page
  2. yanzhen --config %[7]s --configs %[8]s serve       starts; open the link that it prints
  3. put files into %[6]s
`), name, own, len(f.Park), len(f.Chain), len(f.Sender), filepath.Join(dir, "inbox"), people.Argument(name), people.Argument(own))
	for _, note := range o.placed(d, own) {
		fmt.Fprintln(d.Out, note)
	}
	return nil
}

// chains takes the shipped chains away and writes the office's own: a node needs no more than its name.
func (f *InitFlags) chains(d *Desk, o *office, bad *Faults) error {
	w, files := o.writer, o.files
	shipped, err := fs.Glob(configs.FS, "chains/*.yaml")
	if err != nil {
		return err
	}
	for _, name := range shipped {
		files[name] = ""
	}
	for i, text := range f.Chain {
		name, nodes, ok := strings.Cut(text, "=")
		if name = strings.TrimSpace(name); !ok || name == "" {
			bad.add("chains", d.say("产业链 %q：写成 名称=节点,节点", "chain %q: want NAME=NODE,NODE"), text)
			continue
		}
		code := slug(w, name, "chain"+strconv.Itoa(i+1))
		file := path.Join("chains", code+".yaml")
		if files[file] != "" {
			bad.add("chains", d.say("产业链 %s 写了两次", "the chain %s is given twice"), name)
			continue
		}
		var b strings.Builder
		fmt.Fprintf(&b, "chain: %s\ntitle: {zh: %q, en: %q}\nabout: {zh: %q, en: %q}\nnodes:\n", code, name, w.Name(name), name+"产业链。", "The chain of "+w.Name(name)+".")
		list := strings.FieldsFunc(nodes, func(r rune) bool { return strings.ContainsRune(",，、", r) })
		if len(list) > most {
			bad.add("chains", d.say("产业链 %s 的节点超过 %d 个", "the chain %s has more than %d nodes"), name, most)
			continue
		}
		if len(list) == 0 {
			bad.add("chains", d.say("产业链 %s 一个节点也没有", "the chain %s has no node"), name)
			continue
		}
		parts, taken := make([]string, len(list)), map[string]bool{}
		for k := range list {
			list[k] = strings.TrimSpace(list[k])
			if list[k] == "" || slices.Contains(list[:k], list[k]) {
				bad.add("chains", d.say("产业链 %s 的节点 %q 写了两次或是空的", "the chain %s has the node %q twice, or it is empty"), name, list[k])
			}
			parts[k] = slug(w, list[k], "node"+strconv.Itoa(k+1))
			if taken[parts[k]] { // 铸造 and 铸灶 are one in Latin letters
				parts[k] += "_" + strconv.Itoa(k+1)
			}
			taken[parts[k]] = true
		}
		at := func(k int) string { return code + "." + parts[k] }
		for k, node := range list {
			segment := "mid"
			switch {
			case k == 0:
				segment = "up"
			case k == len(list)-1:
				segment = "down"
			}
			fmt.Fprintf(&b, "  - {code: %s, title: {zh: %q, en: %q}, segment: %s", at(k), node, w.Name(node), segment)
			if k+1 < len(list) {
				fmt.Fprintf(&b, ", feeds: [%s]", at(k+1))
			}
			b.WriteString("}\n")
		}
		files[file] = b.String()
	}
	return nil
}

// parks writes the list of parks; where none is named, the zone is one.
func (f *InitFlags) parks(d *Desk, o *office, bad *Faults) {
	w, files := o.writer, o.files
	var b strings.Builder
	b.WriteString("# 园区 | Parks\ncode,zh,en,aliases,lon,lat\n")
	list := f.Park
	if len(list) == 0 {
		list = []string{f.Zone}
	}
	taken := map[string]bool{}
	for i, text := range list {
		name, where, said := strings.Cut(text, "=")
		at, ok := place(where)
		if said && !ok {
			bad.add("parks", d.say("园区 %q：位置写成 名称=经度,纬度，以度计，如 东园=120.29,28.17", "park %q: want its place as NAME=LONGITUDE,LATITUDE in degrees, such as East Park=120.29,28.17"), text)
		}
		name = strings.TrimSpace(strings.ReplaceAll(name, ",", " "))
		if slices.Contains(list[:i], name) {
			bad.add("parks", d.say("园区 %s 写了两次", "the park %s is given twice"), name)
		}
		if list[i] = name; !said {
			o.nobody = append(o.nobody, name)
		} else if ok {
			o.places = append(o.places, spot{name, at})
		}
		code := slug(w, name, "park"+strconv.Itoa(i+1))
		if taken[code] {
			code += "_" + strconv.Itoa(i+1)
		}
		taken[code] = true
		lon, lat := "", ""
		if said && ok {
			lon, lat = strconv.FormatFloat(at[0], 'f', -1, 64), strconv.FormatFloat(at[1], 'f', -1, 64)
		}
		fmt.Fprintf(&b, "%s,%s,%s,,%s,%s\n", code, name, strings.ReplaceAll(w.Name(name), ",", ""), lon, lat)
	}
	files["codes/parks.csv"] = b.String()
}

// place reads where a park is: longitude and latitude. China's, told apart, may come in either order, as maps give them.
func place(text string) (at [2]float64, ok bool) {
	two := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",，、 ", r) })
	if len(two) != 2 {
		return at, false
	}
	x, errX := strconv.ParseFloat(two[0], 64)
	y, errY := strconv.ParseFloat(two[1], 64)
	china := func(lon, lat float64) bool { return lon >= 73 && lon <= 136 && lat >= 3 && lat <= 54 }
	if !china(x, y) && china(y, x) {
		x, y = y, x
	}
	ok = errX == nil && errY == nil && x >= -180 && x <= 180 && y >= -90 && y <= 90
	return [2]float64{x, y}, ok
}

func placeable(text string) bool {
	_, ok := place(text)
	return ok
}

// placed says what is left to do so that the parks stand on the map.
func (o *office) placed(d *Desk, own string) (out []string) {
	if len(o.nobody) > 0 {
		out = append(out, fmt.Sprintf(d.say("园区 %s 没有写位置，地图上没有它，数字写在地图下方：在 %s 里写上 lon、lat（经度、纬度，以度计），几秒后采用",
			"of the parks %s nobody has said where they are: they are not on the map, their figures stand below it. Write lon and lat in degrees into %s; it is taken up within seconds"),
			strings.Join(o.nobody, d.say("、", ", ")), filepath.Join(own, "codes", "parks.csv")))
	}
	if o.drawn {
		return out
	}
	if o.files["maps/zone.yaml"] != "" {
		return append(out, d.say("“本区”地图是所在县（市、区）的示意轮廓，对外使用前须有审图号（maps/zone.yaml 的 approval）", "the map The zone is a sketch of the county: before others see it, it needs its approval number (approval in maps/zone.yaml)"))
	}
	return append(out, fmt.Sprintf(d.say("“本区”地图的轮廓是演示开发区的：写上所在县（市、区），或把自己的边界（GeoJSON）和 zone.yaml 放进 %s，写法见 docs/declarations.md 的“地图”",
		"the outline of the map The zone is that of the demonstration: name the county, or put your own boundary (GeoJSON) and a zone.yaml into %s, as docs/declarations.md (Map) says"), filepath.Join(own, "maps")))
}

// duties writes who owes which dataset each month.
func (f *InitFlags) duties(d *Desk, catalog *dataset.Catalog, files map[string]string, bad *Faults) {
	var b strings.Builder
	owed := map[string]bool{}
	for _, text := range f.Sender {
		name, sets, ok := strings.Cut(text, "=")
		if name, sets = strings.TrimSpace(name), strings.TrimSpace(sets); !ok || name == "" || sets == "" {
			bad.add("senders", d.say("报送单位 %q：写成 名称=数据集,数据集", "sender %q: want NAME=DATASET,DATASET"), text)
			continue
		}
		for _, set := range strings.FieldsFunc(sets, func(r rune) bool { return strings.ContainsRune(",，、 ", r) }) {
			for _, ds := range catalog.Datasets {
				if ds.Title.Zh == set || ds.Title.En == set {
					set = ds.Name
				}
			}
			if catalog.Datasets[set] == nil {
				meant := codes.Nearest(set, catalog.Names())
				if meant != "" {
					meant = fmt.Sprintf(d.say("（%s？）", " (%s?)"), meant)
				}
				bad.add("senders", d.say("报送单位 %q：没有数据集 %q%s，见 yanzhen docs", "sender %q: there is no dataset %q%s, see yanzhen docs"), text, set, meant)
				continue
			}
			if owed[set+"|"+name] {
				continue // said twice
			}
			owed[set+"|"+name] = true
			fmt.Fprintf(&b, "  - {dataset: %s, senders: [%q], every: month, from: %q}\n", set, name, time.Now().In(address.Office).Format("2006-01")+"-01")
		}
	}
	if b.Len() > 0 {
		files["duties/office.yaml"] = "duties:\n" + b.String()
	}
}

// Help is printed by yanzhen init --help.
func (*InitFlags) Help() string {
	return `Writes yanzhen.yaml and a directory of declarations for an office of its own: its zone, parks, chains and who owes which
dataset. Without --zone it asks, one question a line. The parks and chains of the demonstration are taken out; the datasets,
metrics and pages that the program has stay, and show what there is data for.

  yanzhen init office --zone 青田经济开发区 --park 东园 --park 西园 --chain 高温合金=冶炼,精密铸造,热端部件 --sender 人社局=arrivals`
}

// Help is printed by yanzhen declare --help.
func (*DeclareFlags) Help() string {
	return `Reads a file as senders send it and writes, below --configs, a dataset (columns, types, units, code lists, key and period),
its metrics, a page and a job; then reads all declarations, and keeps none of it where they do not hold. Names, telephone
numbers and addresses are left out, of identity numbers only hashes are kept. Nothing is loaded.

  yanzhen --configs office/configs declare 经发局_企业走访_2026年7月.xlsx`
}

// HelpZh gives the help texts of the commands in Chinese.
var HelpZh = map[string]string{
	"Write the configuration and the lists of an office of its own.":            "为一个新单位写好配置与代码表。",
	"Draft a dataset, its metrics and a page from a workbook.":                  "由一份报表起草数据集、指标和页面。",
	"Folder to make: configuration, declarations and data of the installation.": "要建的目录：配置、声明与数据。",
	"Name of the zone, as every page shows it; asked for where it is absent.":   "开发区名称，显示在每个页面；不写则询问。",
	"The same in English.": "英文名称。",
	"Whom to ask about the figures: an office, a telephone number.":                                                       "数字有疑问问谁：处室、电话。",
	"County, city or district that the map of the zone shows, by its Chinese name: 青田县, or 丽水市青田县 where several have it.": "所在县（市、区），画本区地图用：青田县；重名的写 丽水市青田县。",
	"A park of the zone, and where it is for the map: NAME or NAME=LONGITUDE,LATITUDE in degrees; may be repeated.":       "一个园区，可写它在地图上的位置：名称 或 名称=经度,纬度（度）；可写多次。",
	"An industry chain and its nodes, from upstream to downstream: NAME=NODE,NODE; may be repeated.":                      "一条产业链及其节点，从上游到下游：名称=节点,节点；可写多次。",
	"An office and what it owes each month: NAME=DATASET,DATASET; may be repeated.":                                       "一个报送单位每月应报什么：名称=数据集,数据集；可写多次。",
	"A workbook or text file as senders send it.":                                                                         "报送的工作簿或文本文件。",
	"Name of the dataset: lower-case letters, digits and _. Default: the title in Latin letters.":                         "数据集名称：小写字母、数字与 _；缺省为标题的拉丁写法。",
	"What it is called. Default: what the file's name says between sender and period.":                                    "标题；缺省为文件名里单位与期间之间的部分。",

	(*InitFlags)(nil).Help(): `为一个新单位写好 yanzhen.yaml 和声明目录：开发区、园区、产业链、谁每月报什么。不写 --zone 则逐行询问。
自带的演示园区与产业链被去掉；自带的数据集、指标与页面保留，有数据的才显示。

  yanzhen init office --zone 青田经济开发区 --park 东园 --park 西园 --chain 高温合金=冶炼,精密铸造,热端部件 --sender 人社局=arrivals`,
	(*DeclareFlags)(nil).Help(): `读一份报送文件，在 --configs 目录里写出数据集（列、类型、单位、代码表、主键、期间）、指标、页面和任务，
再把全部声明读一遍，合不上就一份不留。姓名、电话、地址不要，证件号只存加密散列。不装入任何数据。

  yanzhen --configs office/configs declare 经发局_企业走访_2026年7月.xlsx`,
}
