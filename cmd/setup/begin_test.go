package setup

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/drafting"
	"yanzhen/dashboard/frame/frametest"
	"yanzhen/pipeline/codes"
)

// A new office writes its zone, parks, chains and senders on the page, as yanzhen init does; what is wrong is told and keeps
// nothing, and what was written once is not written again.
func TestBegin(t *testing.T) {
	home := t.TempDir()
	dir, config := filepath.Join(home, "configs"), filepath.Join(home, "yanzhen.yaml")
	if err := errors.Join(os.Mkdir(dir, 0o700), os.WriteFile(config, []byte("# ours\nzone: {zh: 某区, en: Zone}\nlisten: 127.0.0.1:8090 # here\n"), 0o600)); err != nil {
		t.Fatal(err)
	}
	var seen frametest.Record
	var gate access.Gate
	gate.Refuse = func(w http.ResponseWriter, _ *http.Request, _ access.Verdict) { w.WriteHeader(http.StatusForbidden) }
	(&Desk{Configs: dir, Config: config}).Page(t.TempDir()).Register(&gate, seen.Frame(t))
	post := func(role access.Role, form url.Values) int {
		seen.Shown = ""
		r := httptest.NewRequest(http.MethodPost, "/data/begin?lang=zh", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		gate.ServeHTTP(w, r.WithContext(access.With(r.Context(), &access.Viewer{Name: "li", Role: role, May: role.May(access.Joint)})))
		return w.Code
	}
	right := url.Values{"zone": {"青田经济开发区"}, "contact": {"人才办 0578-1234567"}, "parks": {"东园：28.175，120.29\r\n\r\n西园"}, "chains": {"高温合金：冶炼，精密铸造，热端部件"}, "senders": {"区人社局：引进与流出"}}
	with := func(key, value string) url.Values {
		out := url.Values{}
		for k, v := range right {
			out[k] = v
		}
		out.Set(key, value)
		return out
	}
	if code := post(access.Analyst, right); code != http.StatusForbidden {
		t.Errorf("an analyst: %d", code)
	}
	for key, value := range map[string]string{"zone": " ", "contact": "=1+1", "chains": "高温合金", "senders": "区人社局=工资表", "parks": "东园\n东园"} {
		if code := post(access.Operator, with(key, value)); code != http.StatusUnprocessableEntity || strings.Contains(seen.Shown, "--") {
			t.Errorf("%s: %d %s", key, code, seen.Shown)
		}
	}
	for key, value := range map[string]string{"senders": "区人社局", "parks": strings.Repeat("园\n", most+1), "chains": "链=" + strings.Repeat("节,", most+1)} {
		if code := post(access.Operator, with(key, value)); code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", key, code, seen.Shown)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Fatalf("what was refused leaves %v %v", left, err)
	}
	if code := post(access.Operator, right); code != http.StatusOK {
		t.Fatalf("%d %s", code, seen.Shown)
	}
	for name, want := range map[string]string{"configs/codes/parks.csv": ",120.29,28.175\n", "configs/chains/*.yaml": "热端部件", "configs/duties/office.yaml": "dataset: arrivals", "yanzhen.yaml": "青田经济开发区"} {
		found, err := filepath.Glob(filepath.Join(home, name))
		var all []byte
		for _, file := range found {
			text, e := os.ReadFile(file)
			all, err = append(all, text...), errors.Join(err, e)
		}
		if err != nil || !strings.Contains(string(all), want) {
			t.Errorf("%s: %s %v", name, all, err)
		}
	}
	text, err := os.ReadFile(config)
	if err != nil || !strings.Contains(string(text), "# ours") || !strings.Contains(string(text), "listen: 127.0.0.1:8090 # here") || strings.Contains(string(text), "某区") {
		t.Errorf("%s %v", text, err)
	}
	if now, err := os.Stat(config); err != nil || now.Mode().Perm() != 0o600 {
		t.Errorf("who may read the configuration: %v %v", now.Mode(), err)
	}
	if code := post(access.Operator, right); code != http.StatusUnprocessableEntity || !strings.Contains(seen.Shown, "已在") {
		t.Errorf("again: %d %s", code, seen.Shown)
	}
	// all that is wrong is told at once, each beside its field, and what was typed stays
	if code := post(access.Operator, url.Values{"contact": {"=1+1"}, "parks": {"东园=120,x\n东园\n南园=-70.5,-33"}, "chains": {"高温合金\n磁材=磁粉,磁粉"}, "senders": {"区人社局=工资表"}}); code != http.StatusUnprocessableEntity {
		t.Errorf("much that is wrong: %d", code)
	}
	for _, want := range []string{`"zone":["写明开发区名称"]`, `"contact":[`, "位置写成", "园区 东园 写了两次", "产业链 \\\"高温合金\\\"", "写了两次或是空的", "没有数据集", `"Parks":"东园=120,x\n东园\n南园=-70.5,-33"`} {
		if !strings.Contains(seen.Shown, want) {
			t.Errorf("%s is not in %s", want, seen.Shown)
		}
	}
	if strings.Contains(seen.Shown, "南园=-70.5,-33\\\"：") || strings.Contains(seen.Shown, `名称 \"南园`) {
		t.Errorf("a place south and west is refused: %s", seen.Shown)
	}
	// where there is no configuration to write to, the lines are told
	got, err := (&Desk{Configs: t.TempDir()}).begin(context.Background(), drafting.Beginning{Zone: "甲区", Loc: codes.Zh})
	if err != nil || len(got.Lines) != 1 || !strings.HasPrefix(got.Lines[0], `zone: {zh: "甲区"`) || !strings.Contains(strings.Join(got.Notes, ""), "园区 甲区 没有写位置") {
		t.Errorf("%+v %v", got, err)
	}
}

// An office is written whole or not at all, wherever the program is killed: before all is decided nothing of it is there, and
// after that the rest follows by itself, the names of the zone too.
func TestBegunWhole(t *testing.T) {
	home := t.TempDir()
	dir, config := filepath.Join(home, "configs"), filepath.Join(home, "yanzhen.yaml")
	if err := errors.Join(os.Mkdir(dir, 0o700), os.WriteFile(config, []byte("zone: {zh: 某区, en: Zone}\n"), 0o600)); err != nil {
		t.Fatal(err)
	}
	d := &Desk{Configs: dir, Config: config}
	b := drafting.Beginning{Zone: "甲区", Parks: []string{"东园"}, Chains: []string{"高温合金=冶炼,铸造"}, Senders: []string{"区人社局=引进与流出"}, Loc: codes.Zh}
	if _, err := d.begin(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	var whole []string
	for _, pattern := range []string{"*/*.yaml", "*/*.csv"} {
		found, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		whole = append(whole, found...)
	}
	if len(whole) < 4 {
		t.Fatalf("written: %v", whole)
	}
	// killed once all was decided, after any number of files had come to their place
	for n := range len(whole) {
		if err := errors.Join(os.Mkdir(filepath.Join(dir, pending), 0o700), os.WriteFile(config, []byte("zone: {zh: 某区, en: Zone}\n"), 0o600)); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(os.WriteFile(filepath.Join(dir, pending, unnamed), fmt.Appendf(nil, `{"config":%q,"was":%q,"names":{"zone":{"Zh":"甲区","En":"A"}}}`, config, digest(config)), 0o600)); err != nil {
			t.Fatal(err)
		}
		for _, name := range whole[n:] {
			rel, _ := filepath.Rel(dir, name)
			to := filepath.Join(dir, pending, rel)
			if err := errors.Join(os.MkdirAll(filepath.Dir(to), 0o700), os.Rename(name, to)); err != nil {
				t.Fatal(err)
			}
		}
		if err := Finish(dir); err != nil {
			t.Fatal(err)
		}
		for _, name := range whole {
			if _, err := os.Stat(name); err != nil {
				t.Errorf("after %d files: %v", n, err)
			}
		}
		if text, err := os.ReadFile(config); err != nil || !strings.Contains(string(text), "甲区") {
			t.Errorf("after %d files the configuration says %s %v", n, text, err)
		}
		if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
			t.Errorf("after %d files: %v is left", n, left)
		}
	}
	// names wait for a configuration that cannot be written, and what somebody writes into it meanwhile stays
	for _, own := range []string{"", "zone: {zh: 乙区, en: B}\n"} {
		names := fmt.Appendf(nil, `{"config":%q,"was":"","names":{"zone":{"Zh":"甲区","En":"A"}}}`, config)
		if err := errors.Join(os.Remove(config), os.Mkdir(filepath.Join(dir, pending), 0o700), os.WriteFile(filepath.Join(dir, pending, unnamed), names, 0o600)); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := Finish(dir); err == nil {
				t.Error("written without a configuration")
			}
		}
		if _, err := os.Stat(filepath.Join(dir, owed)); err != nil {
			t.Errorf("the names are gone: %v", err)
		}
		if err := os.WriteFile(config, []byte(own), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := Finish(dir); err != nil {
			t.Error(err)
		}
		if text, err := os.ReadFile(config); err != nil || string(text) != own {
			t.Errorf("the configuration says %s %v", text, err)
		}
	}
	if _, err := d.begin(t.Context(), b); err == nil || !strings.Contains(err.Error(), "已在") {
		t.Errorf("again: %v", err)
	}
	// killed before
	other := t.TempDir()
	if err := errors.Join(os.Mkdir(filepath.Join(other, pending+"-1"), 0o700), os.WriteFile(filepath.Join(other, pending+"-1", "x"), nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	if _, err := (&Desk{Configs: other, Config: config}).begin(t.Context(), b); err != nil {
		t.Errorf("after one that was killed: %v", err)
	}
}
