package bind

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"yanzhen/pipeline/account"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/source"
)

func TestBind(t *testing.T) {
	ds := people()
	ds.Columns[4].Aliases = []string{"学校", "毕业学校"}
	for _, tt := range []struct {
		name   string
		header string
		want   string // column=index of those bound
		extra  string
		err    string // part of the message
	}{
		{"zh titles", "身份证号~姓名~入职日期", "person=0 name=1 date=2", "", ""},
		{"en titles and names", "Identity number~name~DATE~age", "person=0 name=1 date=2 age=3", "", ""},
		{"any order, an alias", "入职日期~毕业学校~身份证号", "person=2 date=0 school=1", "", ""},
		{"full width, blanks, line breaks", "身 份 证 号~姓\n名~入职日期　~Ａｇｅ", "person=0 name=1 date=2 age=3", "", ""},
		{"brackets and marks", "*身份证号（18位）~姓名：~入职日期(年-月-日)", "person=0 name=1 date=2", "", ""},
		{"merged header rows", "基本信息/身份证号~基本信息/姓名~引进情况/入职日期", "person=0 name=1 date=2", "", ""},
		{"unit in the header", "身份证号~入职日期~金额（万元）", "person=0 date=1 amount=2万元", "", ""},
		{"extra columns", "身份证号~入职日期~备注~籍贯", "person=0 date=1", "备注@2 籍贯@3", ""},
		{"another header for a bound column", "身份证号~入职日期~毕业院校~学校", "person=0 date=1 school=2", "学校@3=school", ""},
		{"required columns missing", "身份正号~入职时间~姓名", "", "", "缺少必填列“身份证号”，最接近的表头是“身份正号”"},
		{"missing without a near header", "甲~乙~丙", "", "", "required column person (Identity number) is missing; required column date"},
		{"a name twice", "身份证号~入职日期~入职日期#2", "", "", "对应了两个表头"},
		{"a merged name twice", "身份证号~上半年/入职日期~下半年/入职日期", "", "", "对应了两个表头"},
		{"in two languages", "身份证号\nNumber of the card~入职日期~毕业院校\nCollege", "person=0 date=1 school=2", "", ""},
		{"another figure in English", "身份证号~入职日期~金额\nNet", "person=0 date=1", "金额\nNet@2", ""},
		{"a part of it in English", "身份证号~入职日期~金额\nMale~金额\nFemale", "person=0 date=1", "金额\nMale@2 金额\nFemale@3", ""},
		{"two translations", "身份证号~入职日期~毕业院校\nCollege~毕业院校\nAcademy", "", "", "对应了两个表头"},
		{"another currency", "身份证号~入职日期~金额（美元）", "", "", "单位是元"},
		{"no header", "", "", "", "没有表头"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var header []string
			if tt.header != "" {
				header = strings.Split(tt.header, "~")
			}
			b, err := Columns(ds, header, nil)
			if tt.err != "" {
				var be *Error
				if err == nil || !strings.Contains(err.Error(), tt.err) || !errors.As(err, &be) {
					t.Fatalf("got %v, want %q", err, tt.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var bound, extra []string
			for _, c := range b.Columns {
				if c.At >= 0 {
					bound = append(bound, fmt.Sprint(c.Column, "=", c.At, c.Unit))
				}
			}
			for _, x := range b.Extra {
				s := fmt.Sprint(x.Header, "@", x.At)
				if x.Fits != "" {
					s += "=" + x.Fits
				}
				extra = append(extra, s)
			}
			if got := strings.Join(bound, " "); got != tt.want {
				t.Errorf("bound %s, want %s", got, tt.want)
			}
			if got := strings.Join(extra, " "); got != tt.extra {
				t.Errorf("extra %s, want %s", got, tt.extra)
			}
		})
	}
	// every missing column is named at once, and a header that holds an identity number hides it
	_, err := Columns(ds, []string{"331121200002290015", "张三", "2026-06-01"}, nil)
	if err == nil || strings.Contains(err.Error(), "331121200002290015") || !strings.Contains(err.Error(), "person") || !strings.Contains(err.Error(), "date") {
		t.Errorf("got %v", err)
	}
}

// What was taken for a header may be a row of data: nothing that a binding tells names a person.
func TestBindHidesPersons(t *testing.T) {
	const number, phone = "332522197903120015", "13905781234"
	for _, header := range [][]string{
		{"身份证号（" + number + "）", "入职日期", number, "备注" + phone},
		{number, phone, "张三" + number},
		{"身份证号", "入职日期", number, number + "#2"},
	} {
		b, err := Columns(people(), header, nil)
		if text := fmt.Sprintf("%+v %v", b, err); strings.Contains(text, number) || strings.Contains(text, phone) {
			t.Errorf("%q: got %s", header, text)
		}
	}
}

// What the header and the lines above the table say of units, in columns of 万元, 元, % and none.
func TestUnits(t *testing.T) {
	ds := people()
	for i, c := range []dataset.Column{
		{Name: "value", Type: dataset.Float64, Unit: "万元"},
		{Name: "paid", Type: dataset.Float64, Unit: "元"},
		{Name: "rate", Type: dataset.Float64, Unit: "%"},
		{Name: "share", Type: dataset.Float64},
		{Name: "wage", Type: dataset.Float64, Unit: "元"},
		{Name: "staff", Type: dataset.Int64, Unit: "人"},
		{Name: "dust", Type: dataset.Float64, Unit: "微克/立方米"},
		{Name: "wind", Type: dataset.Float64, Unit: "米/秒"},
		{Name: "land", Type: dataset.Float64, Unit: "亩"},
		{Name: "crop", Type: dataset.Float64, Unit: "公斤"},
		{Name: "floor", Type: dataset.Float64, Unit: "平方米"},
		{Name: "growth", Type: dataset.Float64},
		{Name: "old", Type: dataset.Int64},
		{Name: "room", Type: dataset.Float64},
		{Name: "talent", Type: dataset.Float64},
		{Name: "locals", Type: dataset.Float64},
		{Name: "drawn", Type: dataset.Int64},
		{Name: "pupils", Type: dataset.Int64},
		{Name: "more", Type: dataset.Float64},
		{Name: "limit", Type: dataset.Int16, Unit: "工作日", Bad: "null"},
		{Name: "term", Type: dataset.Int16, Unit: "工作日"},
		{Name: "staffed", Type: dataset.Float64},
		{Name: "wanting", Type: dataset.Int64},
	} {
		c.Title.Zh = []string{"产值", "补贴", "合格率", "占比", "月薪", "职工", "浓度", "风速", "用地", "产量", "建筑面积", "人口增长率", "负责人年龄", "人均面积", "人才占比", "常住人口（年末）", "人才引进数", "适龄人口合计", "参训人数（增长率）", "承诺时限", "宽限", "年平均从业人数", "人才缺口"}[i]
		c.Title.En = c.Name
		ds.Columns = append(ds.Columns, c)
	}
	for _, tt := range []struct{ above, header, want, err string }{
		{"", "产值（不含税，亿元）", "value=亿元", ""},
		{"", "产值/亿元", "value=亿元", ""},
		{"", "产值，亿元", "value=亿元", ""},
		{"", "产值亿元", "value=亿元", ""},
		{"", "规上/产值/亿元", "value=亿元", ""},
		{"", "合格率（‰）", "rate=‰", ""},
		{"", "占比（%）", "share=%", ""},
		{"", "月薪（元/月）", "wage=元/月", ""},
		{"", "补贴（元/人）", "", "写成“补贴（元）”"},
		{"", "产值（万把元）", "", "“万把元”不是认识的单位"},
		{"", "产值（万美元）", "", "写成“产值（万元）”"},
		{"", "产值（万元）/亿元", "", "写了两个单位"},
		{"", "资金情况（元）/产值", "value=元", ""},
		{"", "资金情况（元）/职工~资金情况（元）/占比~资金情况（元）/补贴", "paid=元", ""},
		{"", "资金情况（元）/产值（亿元）", "", "写了两个单位"},
		{"", "出口情况（万美元）/产值", "", "写明单位"},
		{"", "就业情况（万人）/职工", "staff=万人", ""},
		{"", "就业情况（万人）/占比", "", "写明单位"},
		{"", "情况（%）/占比", "", "写明单位"},
		{"单位：元", "产值~补贴", "value=元 paid=元", ""},
		{"2026年产值一览表（亿元）", "产值~职工", "value=亿元", ""},
		{"（单位：亿元、万人）", "产值~职工", "value=亿元 staff=万人", ""},
		{"金额单位：万元", "产值~补贴（元）", "value=万元 paid=元", ""},
		{"单位：万元", "补贴（元）", "", "不知道以哪个为准"},
		{"单位：万美元", "产值", "", "请换算后写“单位：万元”"},
		{"单位：万把元", "产值", "", "不是认识的单位"},
		{"填报单位：万丰集团", "产值", "", ""},
		{"单位：‰", "合格率~产值", "rate=‰", ""},
		{"", "合格率，%", "rate=%", ""},
		{"单位：公顷、吨", "建筑面积~产量", "crop=吨 floor=公顷", ""},
		{"单位：公顷、吨", "用地~产量", "", "单位是亩"},
		{"单位：平方米、亩", "用地~建筑面积", "land=亩 floor=平方米", ""},
		{"单位：万人", "职工~人口增长率~负责人年龄~人均面积~人才占比", "staff=万人", ""},
		{"单位：万人", "年平均从业人数~人才缺口~人均面积", "staffed=万人 wanting=万人", ""},
		{"单位：万人", "常住人口（年末）~人才引进数~适龄人口合计~参训人数（增长率）", "locals=万人 drawn=万人 pupils=万人", ""},
		{"（十）职工情况", "（十）职工~产值", "", ""},
		{"", "（十）产值（亿元）", "value=亿元", ""},
		{"", "承诺时限（天）", "ask limit", ""},
		{"承诺时限：天", "承诺时限", "ask limit", ""},
		{"承诺时限：天", "承诺时限（天）", "ask limit", ""},
		{"", "承诺时限（人）", "limit=人", ""},
		{"", "承诺时限（元）", "", "单位是工作日"},
		{"", "宽限（天）", "", "单位是工作日"},
		{"", "用地（斤）", "", "单位是亩"},
		{"单位：斤", "产量", "", "单位是公斤"},
		{"", "浓度（微克/立方米）~风速（单位：米/秒）", "", ""},
		{"", "浓度（标况，微克/立方米）~风速/米/秒", "", ""},
		{"", "浓度（毫克/立方米）", "", "“毫克/立方米”不是认识的单位"},
		{"", "风速（公里/小时）", "", "单位是米/秒"},
	} {
		b, err := Columns(ds, append([]string{"身份证号", "入职日期"}, strings.Split(tt.header, "~")...), nil)
		if err == nil {
			err = b.Under(ds, "t.csv", []string{tt.above})
		}
		if tt.err != "" {
			if err == nil || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("%s / %s: got %v, want %q", tt.above, tt.header, err, tt.err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s / %s: %v", tt.above, tt.header, err)
			continue
		}
		var got []string
		for _, c := range b.Columns {
			if c.Unit != "" {
				got = append(got, c.Column+"="+c.Unit)
			}
		}
		for _, q := range b.Asked {
			got = append(got, "ask "+b.Columns[slices.IndexFunc(b.Columns, func(c Bound) bool { return c.At == q.At })].Column)
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%s / %s: got %s, want %s", tt.above, tt.header, s, tt.want)
		}
	}
}

func both(zh, en string) codes.Text { return codes.Text{Zh: zh, En: en} }

func people() *dataset.Dataset {
	return &dataset.Dataset{Name: "people", Title: both("人", "People"), Totals: []string{"合计", "注"}, Columns: []dataset.Column{
		{Name: "person", Title: both("身份证号", "Identity number"), Type: dataset.Person, Required: true, Personal: dataset.PersonalID},
		{Name: "name", Title: both("姓名", "Name"), Type: dataset.String, Personal: dataset.PersonalName},
		{Name: "date", Title: both("入职日期", "Date"), Type: dataset.Date, Required: true},
		{Name: "education", Title: both("学历", "Education"), Type: dataset.Code, List: "education"},
		{Name: "school", Title: both("毕业院校", "School"), Type: dataset.Low},
		{Name: "age", Title: both("年龄", "Age"), Type: dataset.Int8},
		{Name: "amount", Title: both("金额", "Amount"), Type: dataset.Float64, Unit: "元"},
		{Name: "flexible", Title: both("柔性", "Flexible"), Type: dataset.Bool},
		{Name: "skills", Title: both("技能", "Skills"), Type: dataset.Strings},
		{Name: "country", Title: both("国别", "Country"), Type: dataset.Code, List: "countries", Default: "CN"},
	}}
}

// A unit in the name of a file is heard as one above the table is, which wins.
func TestUnitInTheFilesName(t *testing.T) {
	ds := people()
	c := dataset.Column{Name: "value", Type: dataset.Float64, Unit: "万元"}
	c.Title.Zh, c.Title.En = "产值", "value"
	ds.Columns = append(ds.Columns, c)
	unit := func(name, above string) string {
		b, err := Columns(ds, []string{"身份证号", "入职日期", "产值"}, nil)
		if err == nil {
			err = b.Under(ds, name, []string{above})
		}
		if err != nil {
			t.Fatal(err)
		}
		return b.Columns[len(b.Columns)-1].Unit
	}
	for name, want := range map[string]string{"投资表（单位：元）.csv": "元", "甲局_投资表（元）.csv": "元", "单元房.csv": "", "t.csv": ""} {
		if got := unit(name, ""); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
		if got := unit(name, "单位：亿元"); got != "亿元" {
			t.Errorf("%s below a line: got %q", name, got)
		}
	}
}

// A note that gives a column's unit by its name asks where the numbers would be others by it.
func TestNamedInANote(t *testing.T) {
	for _, tt := range []struct {
		unit, header, note string
		ask                bool
	}{
		{"", "年龄", "注：年龄单位：岁", false},
		{"", "年龄", "注：年龄单位：万", true},
		{"", "年龄（岁）", "注：年龄单位：月", true},
		{"岁", "年龄", "注：年龄单位：月", true},
		{"岁", "年龄", "注：年龄单位：岁", false},
	} {
		ds := people()
		ds.Columns[5].Unit = tt.unit
		b, err := Columns(ds, []string{"身份证号", "入职日期", tt.header}, nil)
		if err != nil {
			t.Fatal(err)
		}
		var a account.Account
		if b.Footnote(ds, source.Origin{}, 0, tt.note, &a); len(a.Asked) > 0 != tt.ask {
			t.Errorf("%v: asked %v", tt, a.Asked)
		}
	}
}

// A column of figures whose name stands over several columns that nothing takes is asked about; one that something is read from, texts and
// a single column are not.
func TestParted(t *testing.T) {
	col := func(name, zh string, as dataset.Type) dataset.Column {
		return dataset.Column{Name: name, Title: codes.Text{Zh: zh, En: name}, Type: as}
	}
	ds := &dataset.Dataset{Name: "t", Columns: []dataset.Column{
		col("park", "园区", dataset.String), col("output", "产值", dataset.Float64), col("heads", "人数", dataset.Int64),
		col("place", "地址", dataset.String), col("men", "男", dataset.Int64), col("women", "女", dataset.Int64),
	}}
	ds.Columns[1].Unit, ds.Columns[1].Aliases = "万元", []string{"工业产值"}
	for _, tt := range []struct {
		header []string
		want   string
	}{
		{[]string{"园区", "产值/上年", "产值/本年"}, "“产值”下面分成了2列（上年、本年）"},
		{[]string{"园区", "经济/产值（万元）/上年", "经济/产值（万元）/本年", "人数"}, "“产值”下面分成了2列（上年、本年）"},
		{[]string{"园区", "工业产值/计划", "工业产值/实际"}, "计划、实际"},
		{[]string{"园区", "产值/上年", "产值/空"}, ""}, // nothing stands below the second
		{[]string{"园区", "产值/上年", "产值"}, ""},
		{[]string{"园区", "产值", "产值比较/上年", "产值比较/本年"}, ""},
		{[]string{"园区", "人数/男", "人数/女"}, ""},
		{[]string{"园区", "地址/省", "地址/市"}, ""},
		{[]string{"园区", "产值/本年"}, ""},
	} {
		b, err := Columns(ds, tt.header, nil)
		if err != nil {
			t.Errorf("%v: %v", tt.header, err)
			continue
		}
		left := make([]uint64, len(tt.header))
		for i, h := range tt.header {
			if !strings.HasSuffix(h, "空") {
				left[i] = 4
			}
		}
		var a account.Account
		b.Account(ds, source.Origin{}, left, nil, &a)
		if said := fmt.Sprint(a.Asked); tt.want == "" && len(a.Asked) > 0 || !strings.Contains(said, tt.want) {
			t.Errorf("%v: asked %s, want %s", tt.header, said, tt.want)
		}
	}
}
