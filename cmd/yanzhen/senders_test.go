package main

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"yanzhen/cmd/reload"
	"yanzhen/configs"
	"yanzhen/pipeline/warehouse/embedded"
)

// A sender's month: a template goes out, comes in with two bad cells, goes back marked, is mended and is published. The next
// template holds what was sent.
func TestSendersMonth(t *testing.T) {
	dir := t.TempDir()
	if err := begun(dir); err != nil {
		t.Fatal(err)
	}
	do := func(want int, args ...string) string {
		t.Helper()
		var o, e bytes.Buffer
		if code := run(append([]string{"--dir", dir}, args...), &o, &e); code != want {
			t.Fatalf("%q: %d, want %d\n%s%s", args, code, want, o.String(), e.String())
		}
		return o.String() + e.String()
	}
	e, err := embedded.Start(t.Context(), embedded.Config{Dir: filepath.Join(dir, "engine")})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	reload.Leave(snapshot(&config{Dir: dir}), configs.FS, slog.New(slog.DiscardHandler))
	inbox := filepath.Join(dir, "inbox")
	if err := os.MkdirAll(inbox, 0o700); err != nil {
		t.Fatal(err)
	}
	book := filepath.Join(inbox, "乙局_劳动力资源_2026年6月.xlsx")
	do(exitOK, "template", "labour", "--sender", "乙局", "--period", "2026-06", "--out", book)
	fill := func(path string, cells map[string]any) {
		t.Helper()
		f, err := excelize.OpenFile(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		heads, err := f.GetRows(f.GetSheetName(0))
		if err != nil {
			t.Fatal(err)
		}
		for at, v := range cells {
			name, row, _ := strings.Cut(at, "!")
			i := -1
			for k, h := range heads[0] {
				if strings.HasPrefix(h, name) {
					i = k
					break
				}
			}
			cell, err := excelize.CoordinatesToCellName(i+1, int(row[0]-'0'))
			if err != nil {
				t.Fatalf("%s: %q has no such heading", at, heads[0])
			}
			if err := f.SetCellValue(f.GetSheetName(0), cell, v); err != nil {
				t.Fatal(err)
			}
		}
		if err := f.Save(); err != nil {
			t.Fatal(err)
		}
	}
	fill(book, map[string]any{
		"统计月份!2": "2026-06-01", "统计区域!2": "开发区", "产业链节点!2": "精密铸造", "从业人数!2": 120, "新招人数!2": 12, "求职人数!2": "七八个",
		"统计月份!3": "2026-06-01", "统计区域!3": "开发区", "产业链节点!3": "铸造厂", "从业人数!3": 77, "新招人数!3": 5, "求职人数!3": 9,
	})
	said := do(exitRefused, "load", book)
	_, id, _ := strings.Cut(said, "运行 ")
	id, _, _ = strings.Cut(id, " ")
	if said := do(exitOK, "return", strings.TrimSpace(id)); !strings.Contains(said, "标出 2 处") {
		t.Error(said)
	}
	back := filepath.Join(dir, "returns", id, filepath.Base(book))
	fill(back, map[string]any{"求职人数!2": 8, "产业链节点!3": "锻造与轧制"})
	if err := os.Rename(back, book); err != nil {
		t.Fatal(err)
	}
	if said := do(exitOK, "load", book); !strings.Contains(said, "装入 2 + 拒收 0") || strings.Contains(said, "未读取：") {
		t.Error(said)
	}
	if said := do(exitUsage, "return", id); !strings.Contains(said, "--file") { // the file is another now
		t.Error(said)
	}
	next := filepath.Join(dir, "next.xlsx")
	if said := do(exitOK, "template", "labour", "--sender", "乙局", "--out", next); !strings.Contains(said, "预填 2 行") {
		t.Error(said)
	}
	f, err := excelize.OpenFile(next)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows(f.GetSheetName(0))
	if text := strings.Join(rows[2], "|"); err != nil || !strings.Contains(text, "锻造与轧制") || !strings.Contains(text, "9") {
		t.Errorf("%v %q", err, rows)
	}
	// a heading that is remembered, changed and withdrawn leaves who did what
	do(exitOK, "mapping", "乙局", "labour", "求职数", "--column", "hires", "--by", "wang")
	do(exitOK, "mapping", "乙局", "labour", "求职数", "--column", "seekers", "--by", "li")
	do(exitOK, "mapping", "乙局", "labour", "求职数", "--withdraw", "--by", "zhao")
	list := do(exitOK, "audit", "list", "--did", "mapping")
	for _, want := range []string{"“求职数”: - → hires (wang 2", "“求职数”: hires (wang 2", "→ seekers (li 2", "“求职数”: seekers (li 2", "→ - zhao"} {
		if !strings.Contains(list, want) {
			t.Errorf("no %q in the trail:\n%s", want, list)
		}
	}
	for _, bad := range [][]string{{"mapping", "乙局", "labour", "求职人数（人）", "--column", "hires"}, {"template", "labor"}, {"template", "labour", "--period", "x"}, {"template", "labour", "--sender", "../a"}, {"return", "x"}, {"return", id, "--file", filepath.Join(dir, "none")}} {
		do(exitUsage, bad...)
	}
}
