package bind

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/units"
)

const otherwise = `(20[0-9]{2}年)?((上|去|前)(一|个)*(年度?|月|季度?|期|周|旬)(度|末|底)?(同期|同月)?|同期|(本年|全年|当年|年初|年内|历年|自年初)?累计|[0-9]{1,2}月?[-~至到—–]([0-9]{1,2}|本|当)月|年初至.{1,4}|截至.{1,8}|(年度|全年|月度|季度|本年|当年)?(计划|目标|任务|预算|指标)|预计|预测|预期|预估|(年|期|月|季)初|基期|增[减长幅]|增速|升降|净增|同比|环比|平均|均值|人均|户均|占比|比重|排名|差额|缺口|完成率|其中)`

var (
	// a part of a heading that says that its figures are others than the column's: （上年同期）, 计划/产值
	reOther = regexp.MustCompile(`^` + otherwise + `|` + otherwise + `(数|值|额|情况)?$`)
	// an upper row of a merged heading is often a title: only what is nothing else counts
	reOtherAbove = regexp.MustCompile(`^` + otherwise + `(数|值|额|情况)?$`)
	rePlanned    = regexp.MustCompile(`^(预计|计划|拟|目标|预期|预估|估计|暂定)`)
	// what in brackets narrows nothing
	reWhole  = regexp.MustCompile(`^([当本]?[月期年季日次]|当月数|本月数|本期数|期末|月末|年末|季末|报告期.{0,4}|合计|总[数计]|数值?|个数|实[际有]?数?|现价|当年价)$|必填|选填|可填|填|单位|示例|^如|可空|请|数字|整数|小数|保留|精确|盖章|格式|位$|系统|自动|公式|元|^\*|[0-9]+`)
	reCore   = regexp.MustCompile(`累计|计划|目标|任务|预算|同期|平均|增速|占比|同比|环比`)
	reSquare = regexp.MustCompile(`^[A-Z]{1,3}[23]$`) // DM2
	reTax    = regexp.MustCompile(`^不?含(增值)?税$|^含本数`)
)

// qualified hears the rest of a bound heading: 产值（上年同期） gives other figures than 产值 and is a fault, 人数（不含劳务派遣） is
// told. What the column's own names say is no contradiction.
func (b *Binding) qualified(c *dataset.Column, bound *Bound, e *Error) {
	if !c.Measures() && c.Type != dataset.Date {
		return
	}
	header := strings.TrimSpace(repeated.ReplaceAllString(bound.Header, ""))
	if slices.ContainsFunc(c.Names(), func(n string) bool { return dataset.HeaderKey(n) == dataset.HeaderKey(header) }) {
		return
	}
	own := codes.Key(strings.Join(c.Names(), " ") + " " + c.Unit)
	outside, inside := units.Brackets(header)
	above := ""
	if i := strings.LastIndexByte(outside, '/'); i > 0 {
		above = outside[:i]
	}
	for k, text := range append(inside, strings.Split(above, "/")...) {
		for _, p := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("，,、;；|", r) }) {
			key := codes.Key(p)
			re := reOther
			switch {
			case c.Type == dataset.Date:
				re = rePlanned
			case k >= len(inside):
				re = reOtherAbove
			}
			said := re.FindString(key)
			switch {
			case said != "" && !strings.Contains(own, said) && !contains(own, reCore.FindString(said)):
				e.add(fmt.Sprintf("列“%s”的表头“%s”里的“%s”说的是另一种数，不是“%s”；请改填“%s”，或改用别的列名", c.Title.Zh, cell.Scrub(header), cell.Scrub(p), c.Title.Zh, write(c)),
					fmt.Sprintf("%q in the header %q says that the column holds something else than %s: send %s, or give the column another name", cell.Scrub(p), cell.Scrub(header), c.Name, write(c)))
				return
			case c.Type != dataset.Date && k < len(inside) && key != "" && (!reWhole.MatchString(key) || reSquare.MatchString(key)) && (!isUnit(p) || key == "百分点") && !reTax.MatchString(key) && !strings.Contains(own, key):
				b.Said = append(b.Said, codes.Text{
					Zh: fmt.Sprintf("表头“%s”限定了“%s”，仍按“%s”读取", cell.Scrub(header), cell.Scrub(p), c.Title.Zh),
					En: fmt.Sprintf("the header %q narrows the figures (%s); they were read as %s all the same", cell.Scrub(header), cell.Scrub(p), c.Name),
				})
			}
		}
	}
}

// contains reports whether a word that is one stands in a text.
func contains(text, word string) bool { return word != "" && strings.Contains(text, word) }

// isUnit reports whether a part of a heading says what its figures count in.
func isUnit(text string) bool {
	if _, ok := units.Parse(text); ok {
		return true
	}
	found, odd := units.Line("（" + text + "）")
	return len(found)+len(odd) > 0 || units.Looks(text)
}
