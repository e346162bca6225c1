package setup

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"yanzhen/configs"
	"yanzhen/dashboard/board"
	"yanzhen/dashboard/drafting"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
)

// The zone's map is of the county that an office names, wherever it is; a name of several, or of none, is told with what to write.
func TestCounty(t *testing.T) {
	for _, tt := range []struct {
		name, park string
		want       string // the county and where it is, or what is told
	}{
		{"青田县", "东园=120.29,28.17", "青田县 120.1 28.2"},
		{"浙江省 丽水市 青田县", "东园", "青田县 120.1 28.2"},
		{"南京市鼓楼区", "东园=32.06,118.77", "鼓楼区 118.8 32.1"},
		{"重庆市渝北区", "东园", "渝北区 106.7 29.8"},
		{"昌吉回族自治州玛纳斯县", "东园", "玛纳斯县 86.1 44.4"},
		{"", "东园=106.6,29.7", "渝北区 106.7 29.8"}, // where its parks are says it too
		{"", "东园=120.29,28.17", "青田县 120.1 28.2"},
		{"市南区", "东园", "市南区 120.4 36.1"},
		{"青田县", "东园=119.57,28.11", "青田县 云和县 119.9 28.2"}, // a park beside the county is on the map too
		{"鼓楼区", "东园", "叫 \"鼓楼区\" 的有 4 个，写明是哪一个："},
		{"青天县", "东园", "浙江/丽水市/青田县"},
		{"丽水市", "东园", "可能是 云和县、"},
		{"青田县", "东园=106.6,29.7", "园区 东园 在 浙江/丽水市 以外"},
		{"", "东园=125.5,30.2", "不在任何县（市、区）里"},
		{"Qingtian", "东园", "没有县（市、区）\"Qingtian\"：写全名"},
	} {
		dir := t.TempDir()
		got, err := (&Desk{Configs: dir}).begin(t.Context(), drafting.Beginning{Zone: "甲区", County: tt.name, Parks: []string{tt.park}, Loc: codes.Zh})
		if no, ok := err.(drafting.Fault); ok {
			if told := fmt.Sprint(no.Of["county"], no.Of["parks"]); !strings.Contains(told, tt.want) {
				t.Errorf("%s: told %s (%s), want %s", tt.name, told, no.Text, tt.want)
			}
			continue
		}
		if err != nil || !strings.Contains(strings.Join(got.Notes, ""), "示意轮廓") {
			t.Fatalf("%s: %v %v", tt.name, got.Notes, err)
		}
		own := configs.Laid(dir, configs.FS)
		catalog, err := dataset.Load(own)
		if err != nil {
			t.Fatal(err)
		}
		maps, err := board.LoadMaps(own, catalog.Lists)
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		m := board.FindMap(maps, "zone")
		box := m.Box()
		if s := fmt.Sprintf("%s %.1f %.1f", strings.Join(m.Focus, " "), (box.West+box.East)/2, (box.South+box.North)/2); s != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, s, tt.want)
		}
		if written := m.Written(); len(written) == 0 {
			t.Errorf("%s: %v is written on the map", tt.name, written)
		}
		if info, err := os.Stat(filepath.Join(dir, "maps/zone.json")); err != nil || info.Size() > 200<<10 {
			t.Errorf("%s: %v %v", tt.name, info, err)
		}
	}
}

// An office that has made a map of its own keeps it.
func TestOwnMap(t *testing.T) {
	dir := t.TempDir()
	if err := errors.Join(os.Mkdir(filepath.Join(dir, "maps"), 0o700), os.WriteFile(filepath.Join(dir, "maps/zone.yaml"), []byte("map: zone\ntitle: {zh: 我们, en: Ours}\nfile: lishui.json\nlist: parks\n"), 0o600)); err != nil {
		t.Fatal(err)
	}
	got, err := (&Desk{Configs: dir}).begin(t.Context(), drafting.Beginning{Zone: "甲区", County: "南京市鼓楼区", Parks: []string{"东园=120.29,28.17"}, Loc: codes.Zh})
	if err != nil || strings.Contains(strings.Join(got.Notes, ""), "轮廓") {
		t.Fatal(got.Notes, err)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "maps/zone.yaml")); err != nil || !strings.Contains(string(text), "我们") {
		t.Errorf("%s %v", text, err)
	}
}
