package mask

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Words are texts that name no person: what the declarations call things, and what offices call files.
type Words struct {
	known map[string]bool
	most  int // characters of the longest
}

// NewWords takes, beside the words of offices that it knows, those of the declarations.
func NewWords(declared []string) *Words {
	w := &Words{known: map[string]bool{}}
	for _, list := range [][]string{strings.Fields(officeWords), declared} {
		for _, s := range list {
			if n := utf8.RuneCountInString(s); n >= 2 && n <= 24 {
				w.known[s] = true
				w.most = max(w.most, n)
			}
		}
	}
	return w
}

// People finds what reads like the name of a person in the name of a file, a folder or a sheet: two or
// three Han characters that begin with one of about 200 frequent surnames (three or four with a double
// one), between characters of other kinds, known words and 的 and 与. What ends like an office, an enterprise or
// a place is none. So a rare surname is missed, and a word that nobody declared may be taken for a name.
func (w *Words) People(name string) []string {
	var out []string
	for _, piece := range w.rest(name) {
		if person(piece) {
			out = append(out, string(piece))
		}
	}
	return out
}

// Unknown reports whether characters are left in a name that no known word explains, so that it may hold
// the name of a person.
func (w *Words) Unknown(name string) bool {
	for _, piece := range w.rest(name) {
		if len(piece) >= 2 && !institution(piece) {
			return true
		}
	}
	return false
}

// Names reports whether a person is named in the name of a file, a folder or a sheet: word for word, and not as
// a part of what is called an office, an enterprise or a place.
func (w *Words) Names(name, person string) bool {
	if !strings.Contains(name, person) {
		return false
	}
	for _, r := range person {
		if !unicode.Is(unicode.Han, r) {
			return utf8.RuneCountInString(person) >= 5
		}
	}
	for _, piece := range w.rest(name) {
		if !institution(piece) && strings.Contains(string(piece), person) {
			return true
		}
	}
	return false
}

// rest cuts a name into the runs of Han characters that are left without the words that are known.
func (w *Words) rest(name string) [][]rune {
	r := []rune(name)
	var out [][]rune
	var piece []rune
	flush := func() {
		if len(piece) > 0 {
			out = append(out, piece)
		}
		piece = nil
	}
	for i := 0; i < len(r); {
		if !unicode.Is(unicode.Han, r[i]) {
			flush()
			i++
			continue
		}
		if n := w.at(r[i:]); n > 0 {
			if institutions[string(r[i:i+n])] {
				piece = nil // what it is called
			}
			flush()
			i += n
			continue
		}
		digit := i > 0 && r[i-1] < 0xff20 && unicode.IsDigit(r[i-1])
		if strings.ContainsRune("的与及由给之", r[i]) || digit && strings.ContainsRune("年月日号季份个人份次第届期", r[i]) {
			flush()
			i++
			continue
		}
		piece = append(piece, r[i])
		i++
	}
	flush()
	return out
}

// at is how many characters the longest known word has that r begins with.
func (w *Words) at(r []rune) int {
	for n := min(w.most, len(r)); n >= 2; n-- {
		if w.known[string(r[:n])] {
			return n
		}
	}
	return 0
}

// Personal reports whether a whole text reads like the name of a person, also a longer one with a double surname.
func Personal(s string) bool {
	r := []rune(strings.TrimSpace(s))
	for _, c := range r {
		if !unicode.Is(unicode.Han, c) {
			return false
		}
	}
	if len(r) > 4 && len(r) <= 8 && double(r) && !institution(r) {
		return true
	}
	return person(r) && !office.Unlike(r)
}

// office knows no declarations: the words of offices alone.
var office = NewWords(nil)

// Unlike reports whether a known word stands in r.
func (w *Words) Unlike(r []rune) bool {
	for i := range r {
		if w.at(r[i:]) > 0 {
			return true
		}
	}
	return false
}

func person(r []rune) bool {
	switch {
	case institution(r):
		return false
	case len(r) >= 3 && double(r):
		return len(r) <= 4
	}
	return (len(r) == 2 || len(r) == 3) && strings.ContainsRune(surnames, r[0])
}

func double(r []rune) bool { return len(r) > 2 && strings.Contains(doubles, " "+string(r[:2])+" ") }

// institution reports whether r ends like the name of an office, an enterprise, a place or a document.
func institution(r []rune) bool {
	if len(r) < 2 {
		return false
	}
	last := r[len(r)-1]
	return strings.ContainsRune("局办区市县镇乡部委院所站厂校店处科室组队司馆街厅署省州盟旗", last) ||
		len(r) > 2 && strings.ContainsRune("村园会社行路港表册单证书函稿版类型率数额费款", last)
}

// surnames are the most frequent single ones.
const surnames = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧肖程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎闫余潘杜戴夏钟锺汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱邵秦江史顾侯孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂焦向柳邢岳齐梅莫庄辛管祝左涂谷祁舒耿牟卜路詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂楼厉骆应虞杭麻裘竺胥诸储池喻解"

// doubles are the double ones, each between blanks.
const doubles = " 欧阳 上官 司马 诸葛 皇甫 尉迟 公孙 慕容 令狐 司徒 夏侯 端木 南宫 独孤 轩辕 长孙 宇文 澹台 闻人 申屠 呼延 钟离 鲜于 太史 赫连 濮阳 淳于 单于 东郭 西门 百里 "

// institutions are words that end what an office, an enterprise or a place is called.
var institutions = func() map[string]bool {
	m := map[string]bool{}
	for _, s := range strings.Fields("中心 机构 公司 集团 有限公司 有限责任公司 股份 分公司 学校 大学 学院 医院 协会 商会 园区 小镇 街道 开发区 高新区 管委会 企业 单位 人才办 专班") {
		m[s] = true
	}
	return m
}()

// officeWords are words of files' and sheets' names that begin with a surname, and those that stand beside names.
const officeWords = `工资 工资表 工资条 工资单 薪资 薪酬 简历 材料 资料 申请表 申请书 申请 申报表 申报 审批表 审批 登记表 登记 报名表 推荐表 汇总表 汇总
明细表 明细 名单 名册 花名册 台账 统计表 统计 报表 报告 附件 模板 样表 样例 示例 说明 备份 副本 修订 更正 补报 重报 更新 最新 最终 终稿 初稿 定稿 新版 旧版 正式
第一部分 第二部分 第三部分 第一批 第二批 第三批 第一季度 第二季度 第三季度 第四季度 上半年 下半年 全年 年度 季度 月度 一月 二月 三月 四月 五月 六月 七月 八月 九月 十月 十一月 十二月
人才 引进 流出 流入 引才 培训 考核 考勤 社保 住房 补贴 奖励 认定 证书 合同 协议 发票 凭证 通知 通报 公示 公告 信息 数据 情况 导出 导入 系统 平台 项目 计划 总结 部分 全部 合计 其他 其它
个人 本人 员工 职工 教师 学生 专家 博士 硕士 本科 企业 单位 公司 集团 有限公司 有限责任公司 股份 分公司 中心 机构 学校 大学 学院 医院 协会 商会 园区 小镇 街道 开发区 高新区 管委会 人才办 专班
高新 高校 高级 高层 高层次 高技能 高温 高端 高中 高职 高考 高铁 高管 高薪 高值 金额 金融 金属 金华 金东 江苏 江西 江北 江南 江山 江干 江夏 钱江 钱塘 文件 文化 文旅 文员 文档 文本 文字 文教 方案 方便 方式 方法 方向
石化 石油 石材 石墨 常用 常住 常规 常务 常见 常山 常州 武汉 武义 武进 武康 万元 万人 万名 任务 任职 任命 任免 任期 应届 应聘 应急 应付 应收 应用 应发 应到 程序 康养 康复 白名单 白领 白云 龙头 龙游 龙泉 龙湾 龙岗 雷达
严重 洪水 包装 包括 施工 施行 童装 章程 单项 单价 单据 单位名 周报 周末 周期 周边 周转 马上 马鞍山 马来 林业 林地 林木 许可 许可证 沈阳 苏州 苏南 夏季 夏令营 范围 范本 范例 陆续 陆地 毛坯 毛利 毛重 毛巾 史料 顾问 顾客 段落
黎明 易制 易地 易耗 贺信 曾经 余额 余杭 余姚 董事 董事会 董监高 萧山 萧县 陈述 陈列 黄金 黄山 黄岩 黄河 吴江 吴兴 徐州 孙子 何地 郑州 韩国 韩语 楼盘 楼宇 楼层 楼长 葛洲坝 鲁班 柯桥 柯城 麻将 虞城 温州 温岭 温度 温泉 安全 安徽 安装
安置 安吉 安排 安居 季报 季节 季末 申报人 申领 申诉 向上 向下 向导 左右 管理 管委 管道 关于 关键 关系 关联 路线 路径 路演 成果 成本 成绩 成效 成员 成交 成都 成人 游客 游戏 阳光 阳江 席位 卫生 卫健 查询 查验 查重 位置 位数 景区 景点 景观
司机 司法 宁波 宁海 宁夏 桂林 杭州 解除 解聘 解决 解释 储备 储能 项下 纪检 纪要 纪委 盛会 费用 费率 凌晨 兰州 兰溪 庄园 梅州 辛苦 齐全 向心 牛奶 尤其 毕业 毕业生 毕节 韦德 伍家岗 田间 田野 侯车 孔雀 白酒 白天 温室 路桥 施教 郊区 谷物 曲线 曲阜
丁类 丁班 甲类 乙类 丙类 叶片 汤溪 陶瓷 陶艺 段位 康桥 左侧 右侧 石料 方正 方圆 高低 高于 低于 等于 大于 小于 于都 文具 文凭 文献 易损 常态 龙门 程度 周年 周刊 马力 金牌 银牌 江湖 金工 金工园 金磁`

// signed is a name behind the word for whoever signs, fills in or may be asked.
var signed = regexp.MustCompile(`((?:制表|填表|填报|填写|经办|联系|审核|负责|复核|编制|审批|签字|签名|签章|报送|统计|录入|领导|姓名)(?:人员|人|员)?(?:[（(][^）)]{1,8}[）)])?\s*[:：]\s*)(\p{Han})[\p{Han}·]{1,7}`)

// Signed leaves of the names behind 填表人： and the like the first character.
func Signed(s string) string {
	if !strings.ContainsAny(s, ":：") {
		return s
	}
	return signed.ReplaceAllString(s, "$1$2*")
}
