package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/jsonschema-go/jsonschema"

	"yanzhen/pipeline/declare"
)

// configs/yanzhen.yaml, which offices copy, lists every key with its default.
func TestTemplateIsTheDefaults(t *testing.T) {
	text, err := os.ReadFile("../../configs/yanzhen.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var c config
	f := declare.Parse("yanzhen.yaml", text, &c)
	if err := f.Err(); err != nil {
		t.Fatal(err)
	}
	defaults, err := readConfig("")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(*defaults, c, cmpopts.EquateEmpty()); d != "" {
		t.Errorf("-defaults +configs/yanzhen.yaml\n%s", d)
	}
	text, err = configKind.Schema()
	if err != nil {
		t.Fatal(err)
	}
	var s jsonschema.Schema
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	for key, p := range s.Properties {
		if !f.Given(key) {
			t.Errorf("configs/yanzhen.yaml does not list %s", key)
		}
		for inside := range p.Properties {
			if !f.Given(key + "." + inside) {
				t.Errorf("configs/yanzhen.yaml does not list %s.%s", key, inside)
			}
		}
	}
}

// What the file does not say is as by default, and every fault is told at once with its line.
func TestReadConfig(t *testing.T) {
	file := filepath.Join(t.TempDir(), "zone.yaml")
	write := func(text string) string {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	c, err := readConfig(write("zone: {zh: 甲区, en: Zone A}\ndatabase: {memory: 512MiB}\nmap: {approval: GS(2024)0650号}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if c.Zone.Zh != "甲区" || c.Database.Memory != "512MiB" || c.Database.Patience.String() != "15m0s" || c.Listen != "127.0.0.1:8086" || c.Ranking != "show" || c.Map.Approval.Numbers()[""] != "GS(2024)0650号" {
		t.Errorf("got %+v", c)
	}
	if c, err = readConfig(write("map: {approval: {china: 一号}}\n")); err != nil || c.Map.Approval.Numbers()["china"] != "一号" {
		t.Errorf("got %+v %v", c, err)
	}
	if _, err = readConfig(write("time_zone: Local\n")); err == nil || !strings.Contains(err.Error(), ":1: time_zone: ") {
		t.Errorf("a zone of no place: %v", err)
	}
	_, err = readConfig(write("time_zone: Mars/Base\ndatabase:\n  memory: much\n  patience: 0s\nranking: maybe\nlisten: [a]\n"))
	for _, want := range []string{":1: time_zone: ", ":3: database.memory: ", ":4: database.patience: ", ":5: ranking: ", ":6: listen: "} {
		if err == nil || !strings.Contains(err.Error(), file+want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	for dsn, ok := range map[string]bool{"dsn: http://u@10.0.0.5:8123": false, "dsn: http://u@10.0.0.5:8123, unencrypted: true": true, "dsn: https://u@10.0.0.5:8443": true, "dsn: http://u@127.0.0.1:8123": true, "dsn: http://u@localhost:8123": true} {
		if _, err := readConfig(write("database: {" + dsn + "}\n")); (err == nil) != ok || !ok && !strings.Contains(err.Error(), "database.dsn: ") {
			t.Errorf("%s: %v", dsn, err)
		}
	}
	c, err = readConfig(write("documents:\n  fonts:\n    kai: " + file + "\n"))
	if err != nil {
		t.Errorf("what is no font keeps commands from their work that write no document: %v", err)
	} else if err = c.papers(file); err == nil || !strings.Contains(err.Error(), file+":3: documents.fonts.kai: ") {
		t.Errorf("what is no font: %v", err)
	}
	if _, err := readConfig(file + ".none"); err == nil || exitCode(err) != exitUsage {
		t.Errorf("no file: got %v", err)
	}
}
