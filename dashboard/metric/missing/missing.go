// Package missing says why a figure is not there: in a sentence, and as the mark that stands in its place.
package missing

import (
	"strconv"
	"strings"

	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/codes"
)

// whys says in a sentence why a number is missing.
var whys = map[string]codes.Text{
	metric.WhyNoData:     {Zh: "该时段尚无已发布的数据", En: "No data published for this period"},
	metric.WhyNoRows:     {Zh: "该时段没有符合条件的记录", En: "No records in this range"},
	metric.WhyZeroBase:   {Zh: "基数为零，不作比较", En: "The base is zero: no ratio"},
	metric.WhyUndefined:  {Zh: "数据不足以计算该方法", En: "The method is not defined for these data"},
	metric.WhyUnreported: {Zh: "未报", En: "Not reported"},
	metric.WhySwept:      {Zh: "当时的数据已按保留期清理，无法再算", En: "The rows of that time have been swept: the figure cannot be computed any more"},
	metric.WhyTrivial:    {Zh: "筛选只剩一项，此指标无从比较（必然为定值）", En: "The filter leaves one value: the measure could only be what it is"},
	metric.WhyUndated:    {Zh: "名单没有日期，只知道现在的数", En: "The list has no dates: it is known as it is, not as it was"},
	metric.WhyOpen:       {Zh: "初步数，不作比较", En: "Provisional: not compared"},
	metric.WhyOpenBase:   {Zh: "基期报送不全，不作比较", En: "What it would be compared with is incomplete"},
	metric.WhyUnripe:     {Zh: "未满观察期，不作比较", En: "Not ripe yet: not compared"},
	metric.WhyHidden:     {Zh: "不显示：由它可以推算出少数几个人", En: "Not shown: from it a number of few people could be reckoned"},
}

// Text says in a sentence why a number is missing; empty where it is not.
func Text(why string, lang codes.Lang) string {
	if k, ok := Small(why); ok {
		return codes.Text{
			Zh: "小于 " + k + "：人数少于 " + k + "，不显示",
			En: "under " + k + ": fewer than " + k + " people, not shown",
		}.In(lang)
	}
	return whys[why].In(lang)
}

// Mark is what is printed where the number would stand: <5 of a few people, * of what would tell of them; none of what is
// missing for another reason.
func Mark(why string) (string, bool) {
	if k, ok := Small(why); ok {
		return "<" + k, true
	}
	return "*", why == metric.WhyHidden
}

// Small is the least number of people that is shown, where fewer stand behind a number.
func Small(why string) (k string, ok bool) {
	k, ok = strings.CutPrefix(why, metric.WhySmall)
	if _, err := strconv.Atoi(k); err != nil {
		return "", false
	}
	return k, ok
}
