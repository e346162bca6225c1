package units

// Help is printed by yanzhen units --help.
func (*ListFlags) Help() string {
	return `What the units of a dataset show, or which versions one unit has had: when each became live, from which file, who
did it and why, and how many rows it added, removed and changed against what was there.

  yanzhen units arrivals
  yanzhen units arrivals '人社局|2026-06'`
}

// Help is printed by yanzhen rollback --help.
func (*RollbackFlags) Help() string {
	return `Makes the version before the live one live again, and says which. Once more goes back one further, never to the same
one again; where there is none earlier nothing is changed. --batch returns to a certain version, --withdraw lets the unit
show nothing. Each is one row in the ledger with who did it and why, and can itself be taken back.

  yanzhen rollback arrivals '人社局|2026-06' --dry-run
  yanzhen rollback arrivals '人社局|2026-06' --reason '6月表填错，先用上一版'`
}

// Help is printed by yanzhen accept --help.
func (*AcceptFlags) Help() string {
	return `A load is held where a limit or a check wants a person to look. Accept publishes it as it is. Where
it asks whether a file is another part of its unit or replaces it, say --add or --replace.`
}

// Help is printed by yanzhen review --help.
func (*ReviewFlags) Help() string {
	return `What is sent for a dataset with review: true waits here, and no figure has any of it, until somebody who has not sent it
accepts it: yanzhen accept RUN. It may also go back to its sender, who then sees the reason and can take the marked file,
or its sender is asked something.

  yanzhen review
  yanzhen review 20260710-010203-1a2b3c4d --return --reason '6月缺第二产业'
  yanzhen review 20260710-010203-1a2b3c4d --ask --reason '人数比上月少一半，是否漏报？'`
}

// Help is printed by yanzhen freeze --help.
func (*FreezeFlags) Help() string {
	return `Fixes what was reported: the pages show the figures as of the moment with ?freeze=NAME, and beside
them what they are now and the submissions that moved them. Nothing is copied. A name is given once. A wrong one is
withdrawn: its links and documents then say by whom, when and why, and show no figure; its name stays used up.

  yanzhen freeze 2026H1 --at 2026-07-05 --note 半年总结
  yanzhen freeze 2026H1 --withdraw --reason '六月表未到齐，改用 2026H1-更正'`
}

// HelpZh gives the help texts of the commands in Chinese.
var HelpZh = map[string]string{
	"List what waits for its review; return it, ask, answer.":                     "列出待审核的报送；退回、询问、答复。",
	"Run that waits for its review; none lists them.":                             "待审核的运行编号；不写则列出全部。",
	"Return it to its sender, for the reason given.":                              "退回报送单位，说明原因。",
	"Ask its sender what the reason says.":                                        "询问报送单位，内容见 --reason。",
	"Publish it though it was returned, or though what is live arrived after it.": "虽已退回、或现行版本来得更晚，仍要发布。",
	"Answer for its sender what was asked.":                                       "代报送单位答复。",
	"Why it goes back, the question, or the answer.":                              "退回的原因、询问或答复的内容。",

	(*ReviewFlags)(nil).Help(): `数据集声明了 review: true 的，报送后在这里等候，任何数字里都没有它，直到一个不是报送人的人接受：yanzhen accept 编号。
也可以退回（报送单位看得到原因，并可下载标注后的文件），或询问报送单位。

  yanzhen review
  yanzhen review 20260710-010203-1a2b3c4d --return --reason '6月缺第二产业'
  yanzhen review 20260710-010203-1a2b3c4d --ask --reason '人数比上月少一半，是否漏报？'`,
	"Name of the report date, such as 2026-06; none lists them.":                                                                          "封账名称，如 2026-06；不写则列出。",
	"Moment of the report: 2026-07-05T18:00:00+08:00, or a day for its end. Default: now.":                                                "上报时刻：2026-07-05T18:00:00+08:00；只写日期则为当日终了；缺省为此刻。",
	"What was reported, and to whom.":                                                                                                     "报了什么、报给谁。",
	"Take the report date back, for the reason given: no figure is shown as of it any more, and its rows are kept no longer than others.": "撤销这次封账，须说明原因：不再按它显示任何数字，它的行不再额外保留。",
	"Why it is withdrawn; whoever follows a link of what was reported reads it.":                                                          "撤销的原因；循着已报数字的链接来看的人会读到。",

	(*FreezeFlags)(nil).Help(): `固定已报的数字：页面加 ?freeze=名称 即显示当时的数字，并列现值与此后变动的报送。不复制任何数据；
一个名称只能用一次。封错了可以撤销：它的链接和文件从此说明何时、由谁、为何撤销，不再给数字；名称不再使用。

  yanzhen freeze 2026H1 --at 2026-07-05 --note 半年总结
  yanzhen freeze 2026H1 --withdraw --reason '六月表未到齐，改用 2026H1-更正'`,
	"List what the units of a dataset show, or the versions of one.":                      "列出一个数据集各单元的现行版本，或一个单元的各版。",
	"Return to an earlier version of a unit, or let it show nothing.":                     "恢复一个单元此前的版本，或使它为空。",
	"Unit, whose versions are listed; none lists the live units.":                         "单元，列出它的各版；不写则列出现行单元。",
	"Unit, as yanzhen units shows it; none lists the live units.":                         "单元，见 yanzhen units；不写则列出现行单元。",
	"Return to this version of the dataset, earlier or later than the live one.":          "恢复该数据集的这一批，早于或晚于现行版本都可以。",
	"Let the unit show nothing.":                                                          "使该单元为空。",
	"Why; it stands in the history of the unit.":                                          "原因，记入该单元的历史。",
	"Who wants it. Default: who is logged in.":                                            "谁要求的；缺省为登录者。",
	"Say which version would become live and what that does to the rows; change nothing.": "只说明哪一版将成为现行、各行会怎样；不作改动。",

	(*ListFlags)(nil).Help(): `列出一个数据集各单元的现行版本；给出单元则列出它的各版：何时成为现行、来自哪个文件、谁做的、
为什么，比原有的新增、删除、改动多少行。

  yanzhen units arrivals
  yanzhen units arrivals '人社局|2026-06'`,
	(*RollbackFlags)(nil).Help(): `恢复现行版本之前的一版，并说明是哪一版。再做一次就再退一版，不会来回切换；之前没有版本时拒绝，
什么也不改。--batch 恢复某一版，--withdraw 使该单元为空。每次都是账簿中的一行，记明谁做的、为什么，
本身也可以再改回来。

  yanzhen rollback arrivals '人社局|2026-06' --dry-run
  yanzhen rollback arrivals '人社局|2026-06' --reason '6月表填错，先用上一版'`,
	(*AcceptFlags)(nil).Help(): `装入触及上限或检查时暂缓，等人看过。accept 按原样发布；如果问的是“追加还是替换”，
请给出 --add 或 --replace。`,
}
