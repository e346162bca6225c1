package setup

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
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

// county makes the map of the zone: of the county that the office names, or of those in which its parks lie, with the others of the
// prefecture around it. Where nothing says where the zone is, there is no map of its own.
func (f *InitFlags) county(d *Desk, fsys fs.FS, o *office, bad *Faults) error {
	of, own, err := prefecture{}, []string(nil), error(nil)
	if name := strings.TrimSpace(f.County); name != "" {
		of, own, err = f.named(d, fsys, name, bad)
	} else {
		of, own, err = holding(fsys, o.places)
	}
	if err != nil || len(own) == 0 {
		return err
	}
	for _, a := range of.Features {
		a.Properties["en"] = latin(o.writer, a.name())
	}
	text, err := json.Marshal(map[string]any{"type": "FeatureCollection", "features": of.Features})
	if err != nil {
		return err
	}
	o.files["maps/zone.json"] = string(text)
	o.files["maps/zone.yaml"] = fmt.Sprintf("# 本区：%s，园区按经纬度画成点 | The zone, its parks as points\nmap: zone\ntitle: {zh: 本区, en: The zone}\norder: 1\nfile: zone.json\nlist: parks\nlabels: {zh: name, en: en}\nfocus: [%s]\napproval: \"\"\n", of.Of, strings.Join(own, ", "))
	return nil
}

// named is the county that the office names; none where that is at fault.
func (f *InitFlags) named(d *Desk, fsys fs.FS, name string, bad *Faults) (prefecture, []string, error) {
	of, found, all, err := located(fsys, name)
	switch {
	case err != nil:
	case len(found) == 0:
		meant := codes.Nearest(name, all)
		if meant != "" {
			meant = fmt.Sprintf(d.say("（%s？）", " (%s?)"), meant)
		}
		bad.add("county", d.say("没有县（市、区）%q%s：写全名，如 青田县；改过名的写旧名，或不写", "there is no county, city or district %q%s: write its whole name in Chinese, such as 青田县, the former one where it was renamed, or leave it out"), name, meant)
	case len(found) > 1:
		bad.add("county", d.say("叫 %q 的有 %d 个，写明是哪一个：%s", "%q is the name of %d: say which, %s"), name, len(found), strings.Join(found[:min(len(found), 8)], d.say("、", ", ")))
	default:
		return of, []string{found[0][strings.LastIndex(found[0], "/")+1:]}, nil
	}
	return of, nil, err
}

// holding are the counties of one prefecture in which places lie, the prefecture that of the first place that lies in any.
func holding(fsys fs.FS, places [][2]float64) (of prefecture, own []string, err error) {
	if len(places) == 0 {
		return of, nil, nil
	}
	best := len(places)
	err = each(fsys, func(p prefecture) error {
		first := best
		var inside []string
		for _, a := range p.Features {
			rings, err := a.rings()
			if err != nil {
				return fmt.Errorf("%s/%s: %w", p.Of, a.name(), err)
			}
			for i, at := range places {
				if within(rings, at) {
					if first = min(first, i); !slices.Contains(inside, a.name()) {
						inside = append(inside, a.name())
					}
				}
			}
		}
		if first < best {
			best, of, own = first, p, inside
		}
		return nil
	})
	return of, own, err
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
	for _, kind := range [...]string{"自治县", "县", "市", "区", "旗"} {
		if stem, ok := strings.CutSuffix(name, kind); ok && len([]rune(stem)) > 1 {
			return w.Name(stem)
		}
	}
	return w.Name(name)
}

// located finds a county by its name, with those of its province and prefecture before it where they are said: 青田县, 丽水市青田县,
// 浙江省丽水市青田县. found are all that it may be, as Province/Prefecture/County, of the last; all are the names of all.
func located(fsys fs.FS, name string) (of prefecture, found, all []string, err error) {
	asked := short(name)
	err = each(fsys, func(p prefecture) error {
		province, city, _ := strings.Cut(p.Of, "/")
		for _, a := range p.Features {
			own := short(a.name())
			all = append(all, a.name())
			if slices.Contains([]string{own, short(city) + own, short(province) + short(city) + own, short(province) + own}, asked) {
				of, found = p, append(found, p.Of+"/"+a.name())
			}
		}
		return nil
	})
	return of, found, all, err
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

// short is a name without what parts a name from the next, and without what a province or a prefecture is.
func short(name string) string {
	return strings.NewReplacer("/", "", " ", "", "　", "", "直辖市", "", "维吾尔自治区", "", "壮族自治区", "", "回族自治区", "", "自治区", "", "省", "", "市", "").Replace(name)
}
