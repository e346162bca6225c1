package source_test

import (
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"testing"

	"yanzhen/pipeline/source"
)

func TestRealXLS(t *testing.T) {
	golden := shared(t, "schools/moe_adult_heis_2025-06-20.golden.json")
	raw, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	var want []struct {
		Index      int
		Name       string
		Code       any
		Department string
		Remark     string
	}
	if err := json.Unmarshal(raw, &want); err != nil {
		t.Fatal(err)
	}
	f := open(t, shared(t, "schools/moe_adult_heis_2025-06-20.xls"), source.Options{Want: []source.Want{
		{Names: []string{"学校名称"}, Required: true}, {Names: []string{"学校标识码"}, Required: true}, {Names: []string{"主管部门"}},
	}})
	if f.Format != source.XLS {
		t.Errorf("got format %s, want xls", f.Format)
	}
	table := f.Tables()[0]
	t.Logf("%q", table.Header())
	if first, last := table.HeaderRows(); first != 3 || last != 3 || len(table.Header()) != 5 {
		t.Errorf("got header %q in rows %d to %d, want five names in row 3", table.Header(), first, last)
	}
	n, banners := 0, 0
	for _, r := range all(t, table) {
		if len(r.Cells) < 4 || r.Cells[1].Text == "" { // 浙江省（N所）
			if !strings.Contains(r.Cells[0].Text, "所）") {
				t.Errorf("%v: got %v, want a banner", r.Origin, r.Cells)
			}
			banners++
			continue
		}
		w := want[n]
		got := []string{r.Cells[0].Text, r.Cells[1].Text, r.Cells[2].Text, r.Cells[3].Text}
		if strings.Join(got, "|") != strings.Join([]string{strconv.Itoa(w.Index), w.Name, code(w.Code), w.Department}, "|") {
			t.Fatalf("%v: got %q, want %+v", r.Origin, got, w)
		}
		n++
	}
	if n != 248 || banners == 0 {
		t.Errorf("got %d schools and %d banners, want 248 and some", n, banners)
	}
}

// code is a code of the golden file, which has some as numbers.
func code(v any) string {
	if f, ok := v.(float64); ok {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	return v.(string)
}
