package assess

import (
	"bytes"
	"flag"
	"os"
	"regexp"
	"testing"

	"github.com/xuri/excelize/v2"

	"yanzhen/dashboard/access"
	"yanzhen/pipeline/codes"
)

var update = flag.Bool("update", false, "write docs/dengbao.md")

// The manual and the workbook say the same, clause by clause, and each clause stands once.
func TestDengbao(t *testing.T) {
	const manual = "../../docs/dengbao.md"
	want, err := Markdown()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(manual, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(manual); err != nil || string(got) != want {
		t.Errorf("docs/dengbao.md is not what cmd/assess/dengbao.yaml says: go test ./cmd/assess -update (%v)", err)
	}
	list, err := Clauses()
	if err != nil {
		t.Fatal(err)
	}
	seen, groups := map[string]bool{}, map[string]int{}
	for _, c := range list {
		if seen[c.Number] || !regexp.MustCompile(`^8\.1\.[45]\.\d+( [a-g])?$`).MatchString(c.Number) {
			t.Errorf("%s stands twice or is no number", c.Number)
		}
		seen[c.Number] = true
		groups[c.Group]++
		if len(c.Tests)+len(c.Commands) == 0 && c.State != "office" && c.State != "na" {
			t.Errorf("%s has no evidence", c.Number)
		}
	}
	for group, n := range map[string]int{
		"身份鉴别": 4, "访问控制": 7, "安全审计": 4, "入侵防范": 6, "恶意代码防范": 1, "可信验证": 1, "数据完整性": 2, "数据保密性": 2, "数据备份恢复": 3,
		"剩余信息保护": 2, "个人信息保护": 2, "系统管理": 2, "审计管理": 2, "安全管理": 2,
	} {
		if groups[group] != n {
			t.Errorf("%s has %d clauses, want %d", group, groups[group], n)
		}
	}
	var out bytes.Buffer
	if err := Workbook(&out, access.Separate); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows("等保三级")
	if err != nil || len(rows) != len(list)+1 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for i, c := range list {
		for j, cell := range c.cells("\n", "") {
			if j < len(rows[i+1]) && rows[i+1][j] != cell || j >= len(rows[i+1]) && cell != "" {
				t.Errorf("%s: the workbook differs in column %d", c.Number, j+1)
			}
		}
	}
	if matrix, err := f.GetRows("角色与权限"); err != nil || len(matrix) != len(access.Roles)+1 {
		t.Errorf("%v %v", matrix, err)
	}
}

// The matrix of roles and rights is a workbook of its own in either language: a tick is a right that the program gives.
func TestMatrix(t *testing.T) {
	for lang, sheets := range map[codes.Lang][2]string{codes.Zh: {"角色与权限", "三员合一时"}, codes.En: {"Roles and rights", "Where duties are joint"}} {
		var out bytes.Buffer
		if err := Matrix(&out, access.Separate, lang); err != nil {
			t.Fatal(err)
		}
		f, err := excelize.OpenReader(&out)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for i, d := range []access.Duties{access.Separate, access.Joint} {
			rows, err := f.GetRows(sheets[i])
			if err != nil || len(rows) != len(access.Roles)+1 {
				t.Fatalf("%s: %d rows of %s, %v", lang, len(rows), f.GetSheetList(), err)
			}
			for j, x := range access.Roles {
				if want := string(x.Role) + " " + x.Text.In(lang); rows[j+1][0] != want {
					t.Errorf("%s: %q, want %q", lang, rows[j+1][0], want)
				}
				for k, r := range access.Rights {
					if want := r.Name + "\n" + r.Text.In(lang); rows[0][k+1] != want {
						t.Errorf("%s: %q, want %q", lang, rows[0][k+1], want)
					}
					if may := x.Role.May(d).Has(r.Right); (rows[j+1][k+1] == "✓") != may {
						t.Errorf("%s %q: %s has %s: %v", lang, d, x.Role, r.Name, may)
					}
				}
			}
		}
	}
}
