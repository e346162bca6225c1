package contrary

import "regexp"

// This file is the grammar of remarks: whom they speak of, since when, and what became of it. 该笔 已于5月 退回; 重报，以上月为准.

// subject is whom a remark speaks of; there may be none.
const subject = `((该|此|这)[^\P{Han}未不没无非勿免拟前曾]{1,3}|(本|该|此|这|上述)?(合同|协议|认定|榜单|称号|立项|项目|人员?|员工|企业|公司|单位|证书|申请|活动|培训|奖励|岗位|学员|手续|资格|名额|人才|场次?|次|期|批次?|家|户|笔|条|行|项|名|个|份|单|票|张|同志|职工|款项?|资金|补[助贴](资金|款)?|奖[金补](资金)?|经费|费用|拨款){1,2}|本人|因故|后|现因.{1,8})`

// dated and lately are since when: 5月, 2026-05-03; 上月底.
const (
	dated  = `(20)?[0-9]{1,4}[年月日号./-][0-9年月日号./-]{0,10}(份|底|初|末|[上中下]旬)?`
	lately = `[上本当去今](年|月|季度?)`
	when   = `(` + dated + `|` + lately + `(底|初|末|[上中下]旬)?)`
)

// already stands between the two, in any order.
const already = `(原|已|已经|现已?|均已?|早已|被|申请|予以|(于?` + dated + `|于` + lately + `|于?` + lately + `(底|初|末|[上中下]旬))(已|起)?|因.{1,6})`

// phrase is what a cell may say beside words, and they in it.
func phrase(words string) *regexp.Regexp {
	return regexp.MustCompile(`^` + subject + `?` + already + `{0,3}(` + words + `)(了|人员|状态|手续|办理|处理|件|的)?([(,;，；（].*)?$`)
}

const (
	back   = `(退[回还缴]|收回|追[回缴]|[缴交]回|退[款费货])` // what was paid comes back; 返还 and 收缴 may be what the list is of
	purse  = `([至到给]|并?上[缴交]|入)*(国库|金库|(省|市|县|区)?财政(局|厅|部门|专户)?|专户|原(账户|渠道|路|单位)|银行|主管部门|上级(部门|财政)?|(我|本)(局|办|单位))`
	really = `(已经?|被|均|全[额部]|部分|如数)`
)

// reversal are words that take a payment back that was entered before. Beside a figure below 0 they say what that is. 已退还保证金 and
// 退回补正 take none back.
const reversal = `退国?库|[待应](退款?|收回|追回|追缴|退还)|冲红|已红冲|红冲(发票|单)|红字冲[销账]|冲[销账帐回正]([原上前第].{1,8})?|退[款费货]成功|` +
	really + `+` + when + `?(由.{1,8})?` + back + `(` + purse + `)?|于?` + when + `(由.{1,8})?` + back + `(` + purse + `)?|` + back + purse + `|` +
	really + `*(返还|收缴|退付)([至到给]|并?上[缴交]|入)*(国库|金库|(省|市|县|区)?财政(局|厅|部门|专户)?)|被` + really + `?(返还|收缴|退付)|` +
	`被[^,，]{0,8}([农工建中商]行|银行|信用社|财政局?)退[回还]|` + really + `?原(路|渠道|途径|账户)径?退[回还]`

const (
	// others are who else entered the same, and entered that they did
	others  = `([^本我该第代,，]{0,4}(母公司|总公司|总部|总行|总厂|集团|分公司|子公司)|[^本我该第代,，]{2,10}公司|(另|其他)(一|外)*(家|个|单位|公司|企业|县|区|市)|外(县|区|市|省)|(上|前)(个)?(月|期|季度?|批次?))`
	entered = `(申报|填报|上报|报送|统计|列报|计入)(过|了)?`
)

// twice are words for a row that stands elsewhere too, or counts as another says: 重报，以上月为准, 已由总公司申报. 以上报数据为准 names no other,
// and 由分公司上报 says only how it came.
const twice = `(与|同|和)(上|前)(一|个)*(月|期|次|季度?|批次?|年).{0,4}重复(报送|申报)?|(重复?|复)(填|录|计|统|列|申)?报(了|过)?|重(填|录|计|统|列)(了|过)?|报重(复)?|` +
	`(系|属|为)?重复(录入?|登记|填写|上传|提交|导入|登录)|多(录|填|报|列|登)了?[一1两2](次|遍|条|行|笔)|录入?了?[两2二](次|遍)|(与|同|和)[A-Z]{0,6}[0-9][A-Z0-9-]{1,20}(号|行|条|项)?(为|系|是|属)?重复(录入?|登记|填写|填报|报送|申报)?|` +
	`以((上|下|前|后)(一|个)*(月|期|次|行|条|项|笔|份|版)|(首|末|另一?|最[新后]一?|第[0-9一二三四五六七八九十]{1,4})(月|期|次|份|行|条|项|笔)|[0-9]{1,2}月份?|[0-9]{1,4}(行|条|项|笔)|[A-Z]{1,2}[0-9]{1,5}行?)(的|数据?|金额|申报|填报|报送)?为准|` +
	`已(由|在)` + others + `(统一|合并|一并|重复)?` + entered + `|(由|在)` + others + `(另行?|统一|合并|一并|重复)` + entered

// reHonest is what went back that is no payment, 合同已收回, and who enters for others: 已由人力资源公司申报.
var reHonest = regexp.MustCompile(`^(该|此|本|这)?(份|张|个)?(旧|原)?(合同|协议|证书?|证件|手续|申请|档案|材料)[^,，;；]{0,12}(退[回还缴付]|收[回缴]|追[回缴]|[缴交]回|返还)|^被.{0,8}退[回还]的|(由|在)[^,，;；]{0,10}(第三方|人力资源|劳务|会计|代理|中介|咨询|事务所|代为)`)

// disqualified are words for who no longer may take part: 已被取消资格.
const disqualified = `(取消|撤销|终止|中止|丧失|失去)了?(其|参[评加选保赛]|申[报请]|入选|享受|补[助贴]|奖[励补]|认定|评选|补助对象)*的?资格|资格(已|被)*(取消|撤销|终止)|(取消|撤销)(申报|补[助贴]|奖励|奖补|认定|入选|立项|拨付|发放)`

var (
	reReversal = phrase(reversal)
	reBack     = regexp.MustCompile(back)
	reTwice    = regexp.MustCompile(`重复(录|登|填写|上传|提交|导入)|多[录填登列]`)
	// what was put right after it was sent back, and who left another place before coming here
	reAgain  = regexp.MustCompile(`(已|现|后|并|又|经复[审核]|复[审核]|二审|最终|再次|[月日])(已|又|再|经.{1,4})?((重新|再次|二次|补充)(报送|提交|申报|上报|报批)|((重新|再次|二次|补充)?(审[核批]|评审|认定|公示))?(通过|合格)|(重新)?(发放|拨付|支付|兑付|打款|汇款|到账|更正|修改|整改|补正)|补[发付拨正齐]|重[发付拨汇])`)
	reFormer = regexp.MustCompile(`(^|[,，;；(（])(人员|本人|该(员|同志)|其)?(此前|之前|以前|曾)?(原(在[^本我该此岗职]{1,12}[^岗职部组科间](工作|任职|就职|上班|务工|打工|从业|就业)|(工作|用人|就职|任职|所在)?(单位|公司)|就职于|任职于|供职于)|(前|上)(一|家|份|个)*(单位|公司|雇主|东家|工作)|已?(从|自|由)[^本我该此]{1,12}(离职|辞职|离开|退休|调出|转出|离境|退役|出站|流出|迁出))|(离职|辞职|退休|期满|出站)后(再|又|来|到|入|引|加入|就业|受聘|返聘|被聘)`)
)

// drafts are words of titles, and of names of sheets and files, for what is not the version to count: 草案, 旧版勿用, （未报）.
const drafts = `\S(草案|送审稿|讨论稿|报批稿|报审稿|测算稿|过程稿|校对稿|意见稿|初稿)[0-9]*([)）\]】]|$)|(旧版|旧表|错版)|(请?勿|禁止|停止|不再)使用|勿用([)）]|$)|[(（](未报|未上报|弃用|停用|待核|未定稿|未审)[)）]|^(待核|未定稿|废表)$`

// taken are words of titles of lists of what was taken back, or of whom: 已收回资金明细, 撤销立项企业名单. They begin the title, or what it is
// of: 资金拨付与收回台账 is of both.
const taken = `(^|[年月区县市镇园级]|关于)已?(收回|追回|追缴|扣回|退回|核减|核销|[调审]减|审计[核调]减|冲销|撤销|撤回|取消|停发|止付|(停止|暂停)(发放|拨付|支付))((的)?(立项|认定|资格|入选|称号|备案|授牌|拨付|支持|补[助贴]|资金|款项?|奖[励补]|经费|待遇|项目|企业|单位|人员|对象)){0,3}(的)?(情况|明细|名单|清单|台账|一览|花名册|汇总)`
