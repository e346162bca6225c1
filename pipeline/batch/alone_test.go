package batch

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestAlone reads texts and a workbook of thousands of rows in one goroutine and in two, which readFile holds against each other:
// rows, rejects, notes, account, sums. They have tables below each other, banners, captions of units, totals that do and do not add
// up, ditto marks, remarks against rows, refused cells, warnings, damaged lines, numbers of persons, blanks to be filled, and breaks
// of every kind where a block of rows ends.
func TestAlone(t *testing.T) {
	yaml := strings.Replace(trial, "totals:", "banners: ['园区$']\ntotals:", 1) + "  - {name: park, title: {zh: 园区, en: Park}, type: low, of: _banner}\n" +
		"  - {name: who, title: {zh: 证件号, en: Document}, type: person, personal: id, nulls: [未办]}\n  - {name: boss, title: {zh: 负责人证件号, en: His}, type: person, personal: id, bad: 'null'}\n"
	const header = "编号,日期,名称,金额（万元）,人数,比率（%）,备注栏,证件号,负责人证件号"
	documents := []string{"330102199003077771", "330102199003077771", "330102199003077771", "330102199003077771", "330102 19900307 7771", "E12345678", "330102199003077775", "G87654321", "3301021990", "", "未办", "无", "#N/A", "3.30102E+17", "330102299003077771"}
	for _, seed := range []uint64{1, 2, 3} {
		rng := rand.New(rand.NewPCG(seed, 7))
		one := func(list ...string) string { return list[rng.IntN(len(list))] }
		b := []string{"2026年6月产值表", "单位：万元", header}
		sum := 0
		for i := range 2500 {
			switch rng.IntN(120) {
			case 0:
				b = append(b, one("东", "西")+"园区")
			case 1:
				b = append(b, fmt.Sprintf("小计,,,%d,,,", sum+rng.IntN(2)))
			case 2:
				b = append(b, "", "2026年"+one("5", "6")+"月产值表", "单位："+one("万元", "元"), header)
			case 3:
				b = append(b, header)
			case 4:
				b = append(b, fmt.Sprintf("c%d,2026-06-01,\"甲\"厂,5,1", i), "注：以上数据"+one("为快报数", "单位为元"))
			case 5:
				b = append(b, fmt.Sprintf("c%d,2026-06-01,张三 330102199003077774,5,1,1,电话13912345678", i))
			}
			v := rng.IntN(1000)
			if sum += v; rng.IntN(40) == 0 {
				v = -1
			}
			b = append(b, fmt.Sprintf("c%d,%s,%s,%s,%d,%s,%s,%s,%s", i, one("2026-06-01", "2026-06-31", "20260602", ""), one("甲厂", "乙厂（不计入）", "同上", "〃", "合计通软件", ""),
				one(fmt.Sprint(v), fmt.Sprint(v), "约5", "1,2"), rng.IntN(9), one("1", "0.5", "12%", "x"), one("", "", "已作废", "正常经营", "与上行重复", "登记编号"+fmt.Sprint(rng.IntN(1000))), one(documents...), one(documents...)))
		}
		r := readText(t, yaml, strings.Join(b, "\n")+"\n")
		if r.counts.Loaded < 300 || len(r.rejects) < 500 || r.counts.Excluded < 20 || len(r.account.Lines("zh")) < 5 || r.err != nil {
			t.Errorf("too little came of it to say anything: %v, %d rejects, %v\n%s", r.counts, len(r.rejects), r.err, r.account.Lines("zh"))
		}
	}
	var rows []string
	for i := range 1500 {
		rows = append(rows, fmt.Sprintf("c%d|2026-06-%02d|%s|%d|%d|0.5|%s|%s|%s", i, 1+i%40, [...]string{"甲厂", "乙厂", "", "同上"}[i%4], i, i%7, [...]string{"", "作废"}[i%500/499], documents[i%5*i%len(documents)], documents[i%len(documents)]))
	}
	name := sheet(t, "t.xlsx", []string{"C5:C260", "C700:C702"}, append([]string{strings.ReplaceAll(header, ",", "|")}, rows...)...)
	if r := readFile(t, yaml, name); r.counts.Loaded < 500 || len(r.rejects) < 100 || r.err != nil {
		t.Errorf("the workbook: %v, %d rejects, %v", r.counts, len(r.rejects), r.err)
	}
}
