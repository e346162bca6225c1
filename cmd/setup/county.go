package setup

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"

	"yanzhen/dashboard/roman"
	"yanzhen/pipeline/codes"
)

// counties are the outlines of all counties, packed, a line a prefecture.
const counties = "maps/counties.zst"

// mostCounties bounds what they unpack to.
const mostCounties = 64 << 20

// prefecture is a line of them.
type prefecture struct {
	Of       string `json:"of"` // Province/Prefecture
	Features []area `json:"features"`

	own []string // counties that the map is of
}

type area struct {
	Type       string          `json:"type"`
	Properties map[string]any  `json:"properties"`
	Geometry   json.RawMessage `json:"geometry"`
}

func (a area) name() string {
	s, _ := a.Properties["name"].(string)
	return s
}

// spot is a park whose place the office says: longitude and latitude.
type spot struct {
	park string
	at   [2]float64
}

// county makes the map of the zone: of the county that the office names and of those in which its parks lie, with the others of the
// prefecture around them. Where nothing says where the zone is, and where the office has a map of its own, none is made.
func (f *InitFlags) county(d *Desk, fsys fs.FS, o *office, bad *Faults) error {
	name := strings.TrimSpace(f.County)
	if f.drawn || name == "" && len(o.places) == 0 {
		return nil
	}
	found, all, err := located(fsys, name, o.places)
	if err != nil {
		return err
	}
	if name != "" && len(found) != 1 {
		bad.add("county", "%s", nowhere(d, name, found, all))
		return nil
	}
	if len(found) == 0 {
		for _, s := range o.places {
			bad.add("parks", d.say("园区 %s 的位置 %v,%v 不在任何县（市、区）里：核对经度、纬度，或不写位置", "the place of the park %s, %v,%v, lies in no county: check longitude and latitude, or leave it out"), s.park, s.at[0], s.at[1])
		}
		return nil
	}
	of := found[0]
	for _, s := range o.places {
		holds, inside, err := of.holds(s.at)
		if err != nil {
			return err
		}
		if !inside {
			bad.add("parks", d.say("园区 %s 在 %s 以外，本区地图画不下：不写它的位置，它的数字就写在地图下方", "the park %s lies outside of %s, which the map shows: leave its place out, and its figures stand below the map"), s.park, of.Of)
		}
		if holds != "" && !slices.Contains(of.own, holds) {
			of.own = append(of.own, holds)
		}
	}
	for _, a := range of.Features {
		a.Properties["en"] = latin(o.writer, a.name())
	}
	text, err := json.Marshal(map[string]any{"type": "FeatureCollection", "features": of.Features})
	if err != nil {
		return err
	}
	o.files["maps/zone.json"] = string(text)
	o.files["maps/zone.yaml"] = fmt.Sprintf("# 本区：%s，园区按经纬度画成点 | The zone, its parks as points\nmap: zone\ntitle: {zh: 本区, en: The zone}\norder: 1\nfile: zone.json\nlist: parks\nlabels: {zh: name, en: en}\nfocus: [%s]\napproval: \"\"\n", of.Of, strings.Join(of.own, ", "))
	return nil
}

// nowhere says why a name is not that of one county, and what to write.
func nowhere(d *Desk, name string, found, all []prefecture) string {
	var like []string
	if len(found) > 1 {
		for _, p := range found {
			like = append(like, p.Of+"/"+p.own[0])
		}
		return fmt.Sprintf(d.say("叫 %q 的有 %d 个，写明是哪一个：%s", "%q is the name of %d: say which, %s"), name, len(found), some(d, like))
	}
	for _, p := range all {
		if _, city, _ := strings.Cut(p.Of, "/"); city == name || strings.TrimSuffix(city, "市") == name { // its counties, and no others
			for _, a := range p.Features {
				like = append(like, a.name())
			}
		}
	}
	whole := len(like) > 0
	for _, p := range all {
		for _, a := range p.Features {
			if !whole && codes.Edits(name, a.name()) == 1 {
				like = append(like, p.Of+"/"+a.name())
			}
		}
	}
	text := fmt.Sprintf(d.say("没有县（市、区）%q：写全名，如 青田县；改过名的写旧名，或不写", "there is no county, city or district %q: write its whole name in Chinese, such as 青田县, the former one where it was renamed, or leave it out"), name)
	if len(like) > 0 {
		text += fmt.Sprintf(d.say("；可能是 %s", "; perhaps %s"), some(d, like))
	}
	return text
}

func some(d *Desk, names []string) string {
	return strings.Join(names[:min(len(names), 8)], d.say("、", ", "))
}

// holds is the county in which a place lies, empty where it is none of these, and whether it lies in the rectangle around them.
func (p prefecture) holds(at [2]float64) (county string, inside bool, err error) {
	west, south, east, north := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, a := range p.Features {
		rings, err := a.rings()
		if err != nil {
			return "", false, fmt.Errorf("%s/%s: %w", p.Of, a.name(), err)
		}
		for _, ring := range rings {
			for _, c := range ring {
				west, south, east, north = min(west, c[0]), min(south, c[1]), max(east, c[0]), max(north, c[1])
			}
		}
		if county == "" && within(rings, at) {
			county = a.name()
		}
	}
	return county, at[0] >= west && at[0] <= east && at[1] >= south && at[1] <= north, nil
}

// rings are those of all its polygons.
func (a area) rings() (all [][][2]float64, err error) {
	var of struct {
		Type        string
		Coordinates json.RawMessage
	}
	if err = json.Unmarshal(a.Geometry, &of); err != nil || of.Type == "Polygon" {
		return all, errors.Join(err, json.Unmarshal(of.Coordinates, &all))
	}
	var several [][][][2]float64
	err = json.Unmarshal(of.Coordinates, &several)
	return slices.Concat(several...), err
}

// within reports whether a place lies inside rings, those of holes among them.
func within(rings [][][2]float64, at [2]float64) (in bool) {
	for _, ring := range rings {
		for i := 1; i < len(ring); i++ {
			a, b := ring[i-1], ring[i]
			if (a[1] > at[1]) != (b[1] > at[1]) && at[0] < a[0]+(at[1]-a[1])/(b[1]-a[1])*(b[0]-a[0]) {
				in = !in
			}
		}
	}
	return in
}

// latin is the name of a county in Latin letters, without what it is: Qingtian.
func latin(w *roman.Writer, name string) string {
	for _, kind := range [...]string{"自治县", "自治旗", "县", "市", "区", "旗"} {
		if stem, ok := strings.CutSuffix(name, kind); ok && len([]rune(stem)) > 1 {
			return w.Name(stem)
		}
	}
	return w.Name(name)
}

// located finds the prefectures of a county by its name, with those of its province and prefecture before it where they are said (青田县,
// 丽水市青田县, 浙江省丽水市青田县), each with the county as its own; without a name the one in which the first place lies that lies in
// any. all are those of the country, where a name is of none.
func located(fsys fs.FS, name string, places []spot) (found, all []prefecture, err error) {
	asked := strings.NewReplacer("/", "", " ", "", "　", "", "直辖市", "", "维吾尔自治区", "", "壮族自治区", "", "回族自治区", "", "自治区", "", "省", "").Replace(name)
	best := len(places)
	err = each(fsys, func(p prefecture) error {
		province, city, _ := strings.Cut(p.Of, "/")
		if name == "" {
			for i, s := range places[:best] {
				county, _, err := p.holds(s.at)
				if err != nil {
					return err
				}
				if county != "" {
					best, found = i, []prefecture{p}
					break
				}
			}
			return nil
		}
		all = append(all, p)
		short := strings.TrimSuffix(city, "市")
		for _, a := range p.Features {
			own := a.name()
			if slices.Contains([]string{own, city + own, short + own, short + "市" + own, province + own, province + city + own, province + short + own}, asked) {
				p.own = []string{own}
				found = append(found, p)
			}
		}
		return nil
	})
	return found, all, err
}

// each hands over all prefectures, until take fails.
func each(fsys fs.FS, take func(prefecture) error) error {
	in, err := fsys.Open(counties)
	if err != nil {
		return fmt.Errorf("%s: 由 make setup 生成 / made by make setup: %w", counties, err)
	}
	defer in.Close()
	z, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1))
	if err != nil {
		return err
	}
	defer z.Close()
	for lines := json.NewDecoder(io.LimitReader(z, mostCounties)); ; {
		var p prefecture
		if err := lines.Decode(&p); err == io.EOF {
			return nil
		} else if err != nil {
			return fmt.Errorf("%s: %w", counties, err)
		}
		if err := take(p); err != nil {
			return err
		}
	}
}
