package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"yanzhen/pipeline/warehouse/embedded"
)

// TestFirstWeek does what the first week of docs/operations.md says, command by command, with a workbook as a county office has it:
// a title, no column of days, and a row of totals.
func TestFirstWeek(t *testing.T) {
	page, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	lib, err := embedded.FindLibrary("")
	if err != nil {
		t.Fatal(err)
	}
	_, week, ok := strings.Cut(string(page), "\n## The first week\n")
	if !ok {
		t.Fatal("there is no first week")
	}
	week, _, _ = strings.Cut(week, "\n## ")
	called := 0
	desk := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { called++ }))
	t.Cleanup(desk.Close)
	t.Chdir(t.TempDir())
	t.Setenv("YANZHEN_ENGINE_LIB", lib)
	t.Setenv("YANZHEN_DUTY_DESK", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	t.Setenv("YANZHEN_CONFIG", "")
	t.Setenv("YANZHEN_CONFIGS", "")
	report(t, "区人社局_企业用工月报_2026年6月.xlsx")
	said := map[string]string{}
	for _, b := range regexp.MustCompile("(?:`([^`\n]+)`\n\n)?```[a-z]*\n((?s:.*?))\n```").FindAllStringSubmatch(week, -1) {
		if b[1] != "" {
			text := strings.ReplaceAll(b[2], "https://oa.example.gov.cn/yanzhen", desk.URL)
			if err := os.MkdirAll(filepath.Dir(b[1]), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(b[1], []byte(text+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			continue
		}
		for _, line := range strings.Split("\n"+b[2], "\n$ ")[1:] {
			args := words(line)
			if args[0] == "export" {
				for _, set := range args[1:] {
					name, value, _ := strings.Cut(set, "=")
					t.Setenv(name, value)
				}
				continue
			}
			var out, errs bytes.Buffer
			if code := run(args[1:], &out, &errs); code != 0 {
				t.Errorf("%s: exit code %d\n%s%s", line, code, out.String(), errs.String())
			}
			said[args[1]] += out.String()
		}
	}
	if n := len(said); n != 16 {
		t.Errorf("%d commands were run", n)
	}
	for command, want := range map[string]string{"metric": "60 人", "template": "预填 2 行", "restore": "相符", "user": "区人社局报表员", "units": "2026-07", "runs": "published"} {
		if !strings.Contains(said[command], want) {
			t.Errorf("%s does not say %s:\n%s", command, want, said[command])
		}
	}
	if called != 1 {
		t.Errorf("the duty desk was called %d times", called)
	}
}

// report writes a monthly report of two enterprises.
func report(t *testing.T, name string) {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	rows := [][]any{{"青田经济开发区企业用工情况月报"}, {"序号", "企业名称", "所属园区", "在岗人数", "本月新招", "联系人", "联系电话"}, {1, "华南机械有限公司", "油竹园区", 20, 2, "王小明", "0578-6812345"}, {2, "瑞达阀门有限公司", "腊口园区", 40, 3, "陈海燕", "0578-6812346"}, {"合计", "", "", 60, 5}}
	for i, row := range rows {
		at, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.SetSheetRow("Sheet1", at, &row); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SaveAs(name); err != nil {
		t.Fatal(err)
	}
}
