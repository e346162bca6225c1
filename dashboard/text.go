package dashboard

import (
	"fmt"

	"yanzhen/dashboard/board"
)

// texts is every sentence of the pages that is not declared elsewhere.
var texts = map[string]board.Text{
	"product":        {Zh: "雁阵", En: "Yanzhen"},
	"data":           {Zh: "数据", En: "Data"},
	"demo":           {Zh: "演示数据 synthetic data", En: "synthetic data 演示数据"},
	"demo_long":      {Zh: "本页全部数字为程序生成的演示数据，不反映任何真实地区。", En: "Every figure on this page is generated for demonstration; none describes a real place."},
	"as_of":          {Zh: "数据截至", En: "Data to"},
	"no_data_yet":    {Zh: "尚未发布任何数据。把文件放进收件目录，或运行一次导入。", En: "Nothing has been published yet. Drop a file into the inbox or run a load."},
	"period":         {Zh: "期间", En: "Period"},
	"period_own":     {Zh: "各图默认", En: "Each figure's own"},
	"chain":          {Zh: "产业链", En: "Chain"},
	"node":           {Zh: "环节", En: "Chain link"},
	"enterprise":     {Zh: "企业", En: "Enterprise"},
	"province":       {Zh: "省份", En: "Province"},
	"country":        {Zh: "国家或地区", En: "Country"},
	"all":            {Zh: "全部", En: "All"},
	"grain":          {Zh: "粒度", En: "By"},
	"grain_ten":      {Zh: "旬", En: "Ten days"},
	"grain_month":    {Zh: "月", En: "Month"},
	"grain_quarter":  {Zh: "季度", En: "Quarter"},
	"grain_half":     {Zh: "半年", En: "Half-year"},
	"grain_year":     {Zh: "年", En: "Year"},
	"window":         {Zh: "累计", En: "Window"},
	"window_own":     {Zh: "各期", En: "Each period"},
	"window_ytd":     {Zh: "年初至今", En: "Year to date"},
	"window_r3":      {Zh: "滚动 3 个月", En: "Rolling 3 months"},
	"window_r12":     {Zh: "滚动 12 个月", En: "Rolling 12 months"},
	"compare":        {Zh: "对比", En: "Compare"},
	"compare_none":   {Zh: "不比较", En: "Nothing"},
	"compare_yoy":    {Zh: "同比", En: "Year on year"},
	"compare_pop":    {Zh: "环比", En: "Period on period"},
	"compare_spring": {Zh: "春节对齐", En: "Lunar year"},
	"against":        {Zh: "对比 %s", En: "against %s"},
	"spring_eves":    {Zh: "自除夕前逐日累计；除夕：%s；春节日期表 %s—%s 年", En: "Cumulative, day by day; the eve: %s; the table of lunar years has %s to %s"},
	"spring_years":   {Zh: "春节日期表只有 %s—%s 年", En: "The table of lunar years has %s to %s only"},
	"base_in_table":  {Zh: "对比见表格", En: "the comparison stands in the table"},
	"base_none":      {Zh: "此图不作对比", En: "this figure is not compared"},
	"base_forecast":  {Zh: "预测不作对比", En: "forecasts are not compared"},
	"base_ytd":       {Zh: "年初至今没有上期，不作环比", En: "a year to date has no period before: not compared"},
	"base_all":       {Zh: "从头算起的数没有上期，不作环比", En: "counted from the beginning: there is no period before"},
	"base_whole":     {Zh: "期间含有整个春节，按同比", En: "the period holds the whole festival: compared with the year before"},
	"base_years":     {Zh: "春节日期表只有 %d—%d 年，不作春节对齐", En: "the lunar new year is known for %d to %d: not aligned"},
	"from":           {Zh: "自", En: "From"},
	"until":          {Zh: "至", En: "to"},
	"apply":          {Zh: "筛选", En: "Apply"},
	"clear":          {Zh: "清除全部", En: "Clear all"},
	"remove":         {Zh: "去掉筛选", En: "Remove filter"},
	"filters":        {Zh: "筛选", En: "Filters"},
	"more":           {Zh: "更多筛选", En: "More filters"},
	"theme":          {Zh: "主题", En: "Theme"},
	"auto":           {Zh: "自动", En: "Auto"},
	"light":          {Zh: "浅色", En: "Light"},
	"dark":           {Zh: "深色", En: "Dark"},
	"other_lang":     {Zh: "English", En: "中文"},
	"skip":           {Zh: "跳到正文", En: "Skip to content"},
	"chart":          {Zh: "图", En: "Chart"},
	"table":          {Zh: "表格", En: "Table"},
	"png":            {Zh: "图片", En: "Image"},
	"definition":     {Zh: "口径", En: "Definition"},
	"close":          {Zh: "关闭", En: "Close"},
	"loading":        {Zh: "正在读取…", En: "Loading…"},
	"no_script":      {Zh: "此浏览器未运行脚本，图形不可用；表格内容相同。", En: "Scripts are off, so charts are not drawn; the tables say the same."},
	"no_vendor":      {Zh: "图形组件缺失：请先运行 make setup。表格内容相同。", En: "The chart library is missing: run make setup. The tables say the same."},
	"retry":          {Zh: "重试", En: "Try again"},
	"panel_failed":   {Zh: "这张图暂时取不到数据。", En: "This figure could not be read just now."},
	"unfiltered":     {Zh: "不按%s筛选", En: "not filtered by %s"},
	"record":         {Zh: "历年最高", En: "Record"},
	"partial":        {Zh: "未满期", En: "Unfinished period"},
	"map_choose":     {Zh: "换一张地图", En: "Another map"},
	"unit":           {Zh: "单位", En: "Unit"},
	"source":         {Zh: "来源", En: "Source"},
	"datasets":       {Zh: "数据集", En: "Datasets"},
	"dataset":        {Zh: "数据集", En: "Dataset"},
	"metrics":        {Zh: "指标", En: "Measures"},
	"runs":           {Zh: "导入记录", En: "Loads"},
	"run":            {Zh: "导入", En: "Load"},
	"rejects":        {Zh: "拒收明细", En: "Rejected cells"},
	"freshness":      {Zh: "新鲜度", En: "Freshness"},
	"footer":         {Zh: "数字由声明的口径计算，同一指标在页面、表格与查询中一致。", En: "Figures are computed from declared definitions; a measure is the same on pages, in tables and in queries."},
	"no_page":        {Zh: "没有这个页面：%s", En: "There is no such page: %s"},
	"no_board":       {Zh: "没有名为 %q 的页面。", En: "There is no board named %q."},
	"no_panel":       {Zh: "该页面没有名为 %q 的图。", En: "The board has no panel named %q."},
	"no_dataset":     {Zh: "没有名为 %q 的数据集。", En: "There is no dataset named %q."},
	"no_run":         {Zh: "没有编号为 %q 的导入。", En: "There is no load with the number %q."},
	"no_param":       {Zh: "不认识参数 %q。", En: "Unknown parameter %q."},
	"twice_param":    {Zh: "参数 %q 只能给一次。", En: "Parameter %q may be given once."},
	"bad_value":      {Zh: "%s 没有取值 %q。", En: "%s has no value %q."},
	"bad_day":        {Zh: "%s=%q 不是 2026-06-30 这样的日期。", En: "%s=%q is not a date like 2026-06-30."},
	"bad_range":      {Zh: "期间不成立：%s 不早于 %s（from 含当日，to 不含）。", En: "An impossible period: %s is not before %s (from is included, to is not)."},
	"far_range":      {Zh: "期间须在 1990 年至 2100 年之间。", En: "The period must lie between 1990 and 2100."},
	"half_range":     {Zh: "from 与 to 须同时给出。", En: "from and to must be given together."},
	"invalid":        {Zh: "无法回答：%s", En: "Cannot be answered: %s"},
	"slow":           {Zh: "数据库没有在规定时间内答复，请缩小范围或稍后再试。", En: "The database did not answer in time; narrow the range or try again later."},
	"cancelled":      {Zh: "请求已取消。", En: "The request was cancelled."},
	"no_database":    {Zh: "数据库无应答，请稍后再试。", En: "The database does not answer; try again later."},
	"failed":         {Zh: "服务器内部出错，已记录。", En: "Something failed inside; it has been logged."},
	"method":         {Zh: "这里只能读取，不接受 %s。", En: "Pages are read only; %s is not accepted."},
	"long_url":       {Zh: "地址过长。", En: "The address is too long."},
	"log_ref":        {Zh: "日志编号", En: "Log number"},
	"valid":          {Zh: "可用的有", En: "Valid are"},
	"back":           {Zh: "回到首页", En: "Back to the first page"},
	"rows_more":      {Zh: "共 %d 条，显示第 %d—%d 条", En: "%d in all, showing %d–%d"},
	"next":           {Zh: "下一页", En: "Next"},
	"previous":       {Zh: "上一页", En: "Previous"},
	"sql":            {Zh: "查询语句", En: "Query"},
	"formula":        {Zh: "算法", En: "Computed as"},
	"direction":      {Zh: "方向", En: "Direction"},
	"up":             {Zh: "越高越好", En: "Higher is better"},
	"down":           {Zh: "越低越好", En: "Lower is better"},
	"context":        {Zh: "背景指标，无好坏之分", En: "Context, neither good nor bad"},
	"published":      {Zh: "已发布", En: "Published"},
	"unchanged":      {Zh: "未变化", En: "Unchanged"},
	"held":           {Zh: "待确认", En: "Held"},
	"run_failed":     {Zh: "失败", En: "Failed"},
	"skipped":        {Zh: "跳过", En: "Skipped"},
	"running":        {Zh: "进行中", En: "Running"},
	"cancelled_st":   {Zh: "已取消", En: "Cancelled"},

	"bad_moment":  {Zh: "as_of=%q 不是 2026-06-05 这样的日期，也不是带时区的时刻。", En: "as_of=%q is neither a date like 2026-06-05 nor a moment with its zone."},
	"two_moments": {Zh: "as_of 与 freeze 只能给一个。", En: "Give either as_of or freeze."},
	"no_freeze":   {Zh: "没有名为 %q 的封账。", En: "Nothing is frozen under the name %q."},
	"freezes":     {Zh: "封账", En: "Report dates"},
	"freeze_at":   {Zh: "封账 %s", En: "Reported %s"},
	"as_reported": {Zh: "本页为 %s 已报的数字；卡片并列现值，并列出此后变动的报送。", En: "The figures of this page are as they were reported at %s; cards put today's beside them and name the submissions that came since."},
	"reported":    {Zh: "已报 %s，现 %s", En: "reported %s, now %s"},
	"not_moved":   {Zh: "与已报一致", En: "as reported"},
	"moved_by":    {Zh: "此后的报送 %d 份", En: "%d submissions since"},
	"withdrawn":   {Zh: "撤回", En: "withdrawn"},

	"responsibility":  {Zh: "目标责任", En: "Targets"},
	"target_of":       {Zh: "%s目标 %s", En: "Target of %s: %s"},
	"target_done":     {Zh: "完成 %s", En: "%s of it"},
	"no_targets":      {Zh: "这一期间没有已发布的目标。目标由《目标责任》工作簿报送。", En: "No target of this period is published. Targets come with the workbook of targets."},
	"no_target_unit":  {Zh: "没有名为 %q 的责任单位。", En: "There is no responsible unit named %q."},
	"tier_base":       {Zh: "保底", En: "base"},
	"tier_stretch":    {Zh: "奋斗", En: "stretch"},
	"how_season":      {Zh: "按去年同期后走势", En: "as the rest of last year went"},
	"how_linear":      {Zh: "按现有进度", En: "at the pace so far"},
	"how_hold":        {Zh: "按现有水平", En: "at its present level"},
	"scope_of_unit":   {Zh: "按单位默认范围", En: "the unit's own part"},
	"target_changed":  {Zh: "自 %s 起由 %s 调整：%s", En: "changed from %[2]s on %[1]s: %[3]s"},
	"target_replaced": {Zh: "自 %s 起由 %s 调整", En: "changed from %[2]s on %[1]s"},

	"whatif":        {Zh: "缺口推演", En: "What if"},
	"whatif_lead":   {Zh: "给一个环节增加培训名额、直接引进若干人，岗位缺口会剩多少。", En: "Add training seats to a link and hire people: how much of the gap is left."},
	"bad_number":    {Zh: "%s=%q 不是 0 到 100000 之间的整数。", En: "%s=%q is not a whole number from 0 to 100000."},
	"rate_of_node":  {Zh: "本环节课程，%s", En: "courses of this link, %s"},
	"rate_of_zone":  {Zh: "本环节没有足够记录，取全区课程，%s", En: "this link has too few records; all courses of the zone, %s"},
	"rate_unknown":  {Zh: "没有记录，按 0 计", En: "no records; taken as 0"},
	"missing_seats": {Zh: "若不再引进，补足余下缺口约需再增 %s 个培训名额。", En: "Without further hiring, about %s more seats would close what is left."},

	"coverage":    {Zh: "报送 %d/%d", En: "%d of %d senders"},
	"cov_missing": {Zh: "%s 未报：%s", En: "not yet for %s: %s"},
	"cov_refused": {Zh: "拒收 %s 行", En: "%s rows refused"},
	"cov_head":    {Zh: "最近一期报送", En: "Latest month reported by"},
}

// longest is how much of a text that came from outside a sentence repeats, in characters.
const longest = 200

func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}

// say fills a sentence in both languages. A text that is put in is cut where it is long.
func say(key string, args ...any) board.Text {
	t, ok := texts[key]
	if !ok {
		return board.Text{Zh: key, En: key}
	}
	for i, a := range args {
		if v, ok := a.(string); ok {
			n := longest
			if key == "invalid" {
				n = 4 * longest // it lists what is valid
			}
			args[i] = clip(v, n)
		}
	}
	if len(args) == 0 {
		return t
	}
	return board.Text{Zh: fmt.Sprintf(t.Zh, args...), En: fmt.Sprintf(t.En, args...)}
}
