package batch

import (
	"strings"
	"testing"
)

const places = `name: t
title: {zh: 场所, en: Places}
about: {zh: 一行一处。, en: One a row.}
unit: [file]
columns:
  - {name: title, title: {zh: 场所名称, en: Title}, type: string}
  - {name: owner, title: {zh: 主管单位, en: Owner}, type: string}
  - {name: place, title: {zh: 地址, en: Place}, type: string}
  - {name: memo, title: {zh: 备注, en: Memo}, type: string}
`

// In a table of texts a row is named whose last cells, or those before a blank that others have too, stand one column beside their own.
func TestSlippedTexts(t *testing.T) {
	rows := []string{
		"人才驿站甲,松茂园林有限公司,西郊创业园51号,周末开放", "招聘大厅乙,育英陶瓷公司,新桥园56号,%s", "实训中心丙,雍和粮油公司,青云园97号,需预约", "青年之家丁,民康照明经营部,石溪产业园57号,%s",
		"专家楼甲,松茂轴承有限公司,高新片区88号,周末开放", "共享厨房丁,驰骋轻纺公司,石溪产业园10号,%s", "健身馆丙,柏森数控经营部,青云园10号,需预约", "会议中心甲,麦禾轻纺公司,东区工业园49号,周末开放",
	}
	table := func(memo, row string) string {
		lines := append([]string{"场所名称,主管单位,地址,备注"}, rows[:4]...)
		lines = append(append(lines, row), rows[4:]...)
		return strings.ReplaceAll(strings.Join(lines, "\n")+"\n", "%s", memo)
	}
	for _, tt := range []struct{ name, memo, row, want string }{
		{"a cell lost, a blank too many", "", "图书角乙,大坪工业区77号,周末开放,", "B6 [moved_cells]"},
		{"a separator within a name, the last cell lost", "需预约", "青年,之家甲,旭隆光电有限公司,石溪产业园45号", "C6 [moved_cells]"},
		{"a cell too many, the last lost", "需预约", "图书角乙,,旭隆光电有限公司,石溪产业园45号", "[moved_cells]"},
		// as people fill such tables
		{"as the others", "", "图书角乙,旭隆光电有限公司,石溪产业园45号,需预约", ""},
		{"no number in the address", "", "图书角乙,旭隆光电有限公司,南湖软件园,", ""},
		{"no number, and a remark of its own", "", "图书角乙,旭隆光电有限公司,南湖软件园,3楼以上需预约", ""},
		{"words for what is not known", "", "图书角乙,旭隆光电有限公司,地址待定,", ""},
		{"words in two cells", "", "图书角乙,待定,待定,", ""},
		{"a number in the owner's name", "", "图书角乙,中建3局,石溪产业园45号,", ""},
		{"a number in the owner's name and none in the address", "", "图书角乙,中建3局,南湖软件园,", ""},
		{"no owner", "", "图书角乙,,石溪产业园45号,", ""},
		{"the remark gives an address", "需预约", "图书角乙,旭隆光电有限公司,石溪产业园45号,见青云园97号", ""},
		{"the remark gives an address, and the address none", "需预约", "图书角乙,旭隆光电有限公司,暂无,见青云园97号", ""},
		{"the name alone", "", "图书角乙,,,", ""},
	} {
		r := readText(t, places, table(tt.memo, tt.row))
		if told := r.told(); !strings.Contains(told, tt.want) || tt.want == "" && strings.Contains(told, "moved_cells") || len(r.rows) < 8 {
			t.Errorf("%s: %d rows, told\n%s\nwant %s", tt.name, len(r.rows), told, tt.want)
		}
	}
}

// Below a line of separators alone another table's heading is named; rows that go on are not.
func TestTableBelowSeparators(t *testing.T) {
	head := "场所名称,主管单位,地址,备注\n人才驿站甲,松茂园林有限公司,西郊创业园51号,周末开放\n招聘大厅乙,育英陶瓷公司,新桥园56号,\n实训中心丙,雍和粮油公司,青云园97号,需预约\n青年之家丁,民康照明经营部,石溪产业园57号,\n,,,\n"
	for below, want := range map[string]bool{
		"负责人,手机,邮箱,排班\n赵某,见名册,a@b.cn,早班\n":        true,
		"健身馆丙,柏森数控经营部,青云园10号,需预约\n":               false,
		",,,\n健身馆丙,柏森数控经营部,青云园10号,需预约\n":          false,
		"北片\n健身馆丙,柏森数控经营部,青云园10号,需预约\n":           false,
		"注：地址以备案为准,,,\n":                          false,
		"场所名称,主管单位,地址,备注\n健身馆丙,柏森数控经营部,青云园10号,\n": false,
	} {
		r := readText(t, places, head+below)
		told := ""
		for _, n := range r.notes {
			told += n.Rule + " " + n.Text.Zh + "\n"
		}
		if strings.Contains(told, "other_below") != want || strings.Contains(told, "empty_lines") {
			t.Errorf("%q: told\n%s", below, told)
		}
	}
}
