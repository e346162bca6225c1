package cell

import "testing"

// A sum in capitals says one number, or none: where a place is passed over without 零, people mean different ones.
func TestCapitals(t *testing.T) {
	for text, want := range map[string]string{
		"人民币壹万贰仟元整": "12000", "壹仟零贰元": "1002", "壹仟贰佰元": "1200", "壹万零贰元": "10002", "壹万零贰佰元": "10200", "壹拾万伍仟元": "105000",
		"壹拾万零伍仟元": "105000", "拾万元": "100000", "拾贰元": "12", "伍元": "5", "壹亿贰仟万元": "120000000", "壹亿零贰佰万元": "102000000", "壹亿零叁拾元": "100000030",
		"壹佰零贰万元": "1020000", "叁仟零伍拾元贰角伍分": "3050.25", "贰仟零壹拾万零叁佰元": "20100300", "玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元": "99999999",
		"壹仟贰元": "", "壹万贰元": "", "壹万拾元": "", "壹万贰佰元": "", "壹佰贰万元": "", "壹亿贰万元": "", "壹亿贰仟元": "", "壹仟贰拾元": "", "壹仟贰佰叁元": "", "壹佰贰元": "",
	} {
		if got, ok := capitals(text); got != want || ok != (want != "") {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}
