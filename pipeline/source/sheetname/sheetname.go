// Package sheetname knows what the name of a sheet says against reading it beside others of its workbook.
package sheetname

import (
	"regexp"

	"yanzhen/pipeline/codes"
)

var (
	reExample = regexp.MustCompile(`(?i)示例|样例|样表|范例|^(填报|填表|编制|指标)?说明$|^(填报|填表)(须知|要求|指南)$|^(example|sample)s?$`)
	reEarlier = regexp.MustCompile(`^(上|去|前|同)(一|个)*(年|月|季度?|期|周)度?(末|底)?(同期|同月)?(数|数据|表|报表)?$|^(计划|目标|预计|预算|累计|本年累计|年累计)(数|数据|表)?$|^(外区|区外|外地|外县|县外|市外)(企业|单位|数据)?$`)
	reVoid    = regexp.MustCompile(`(?i)模板|模版|错误|有误|弃用|勿用|不要|垃圾|作废|废止|停用|草稿|^旧|旧表|[(（]旧[)）]|^template$|^(draft|void|old)$`)
)

// What a name says.
var (
	Example = codes.Text{Zh: "按名称是填表示例", En: "by its name it is an example"}
	other   = codes.Text{Zh: "按名称是别的期间或范围，或是计划数", En: "by its name it is of another period or place, or a plan"}
	void    = codes.Text{Zh: "按名称是模板、草稿或已作废", En: "by its name it is a template, a draft or void"}
)

// Against is what a name says; nothing for nearly all.
func Against(name string) codes.Text {
	switch {
	case reExample.MatchString(name):
		return Example
	case reEarlier.MatchString(name):
		return other
	case reVoid.MatchString(name):
		return void
	}
	return codes.Text{}
}
