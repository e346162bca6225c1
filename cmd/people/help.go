package people

// HelpZh gives the help texts of these commands in Chinese.
var HelpZh = map[string]string{
	(*Commands)(nil).Help(): `谁可以进来看页面。有没有服务在运行都可以用；运行中的服务立即看到改动。
角色：leader 领导、analyst 分析员、operator 操作员、sender 报送人、display 大屏、agent 智能体、auditor 审计员、security 安全管理员、
administrator 系统管理员（各能做什么见 yanzhen access matrix）。大屏没有人：它的链接一直有效，直到撤回。智能体是程序，只凭令牌进来。`,
	"What the roles may see and do.":                                                            "各角色能看什么、做什么。",
	"The audit trail: its head, whether it is whole, its latest entries.":                       "审计记录：链头、是否完好、最近的记录。",
	"Print the head of the trail: keep it elsewhere, and verify finds whether the end was cut.": "打印链头：另存一份，以后能查出结尾是否被截去。",
	"Follow the trail from its first entry to its last: finds what was changed or taken out.":   "从第一条查到最后一条：哪里被改过、删过都查得出。",

	"List the latest entries.":                                  "列出最近的记录。",
	"A head that was printed earlier: it must be in the trail.": "以前打印的链头：必须还在记录里。",

	"A part of the name.": "账号名的一部分。",
	"What was done: signin, view, drill, file, user_add, load, command ...": "做了什么：signin 登录、view 看页面、drill 看明细、file 下载、user_add 添加账号、load 装入、command 命令行……",

	"At most so many.": "最多这么多条。",

	"Write it as a workbook.":                                    "写成工作簿。",
	"Print the matrix of roles and rights, as it is configured.": "按现在的配置打印角色与权限表。",
	"Let an account see figures of few people, or names as they were sent, for a time, with a reason.":                                "让一个账号在一段时间里看少数人的数，或姓名的原文，要写理由。",
	"What is given: small (figures of few people) or unmask (names as they were sent, in statements for which the account says why).": "给什么：small（少数人的数）或 unmask（姓名原文，限写明理由的语句）。",
	"Why: it stands in the audit trail.":      "理由：记入审计。",
	"Its last day, 31 days from now at most.": "最后一天，最多 31 天。",

	"End that.":                 "提前结束。",
	"As a table of a document.": "写成文档里的表格。",

	"Who may come in: accounts, roles, links.":                                                             "谁可以进来：账号、角色、链接。",
	"Make an account and print its link.":                                                                  "添加账号，并给出它的链接。",
	"List the accounts.":                                                                                   "列出账号。",
	"Print a new link: of an account, or of this console.":                                                 "给出一个新链接：某个账号的，或本机控制台的。",
	"Take the links of an account back and sign it out.":                                                   "撤回账号的链接，并退出它的登录。",
	"Set a password, read from standard input; its owner changes it at the first sign-in.":                 "设一个密码（从标准输入读）；本人第一次登录时要改。",
	"Give an account another role and other scopes.":                                                       "改账号的角色与范围。",
	"Take the second factor from an account whose device is lost.":                                         "账号的手机丢了：取消它的动态码。",
	"Keep an account out and sign it out at once.":                                                         "停用账号，立即退出它的登录。",
	"Let a disabled account in again.":                                                                     "重新启用账号。",
	"Take an account away.":                                                                                "删除账号。",
	"Name of the account.":                                                                                 "账号名。",
	"Name of the account; none: whoever sits at this console, as administrator.":                           "账号名；不写则是本机控制台，身份为系统管理员。",
	"Keep it to a part of the zone: park=CODE,CODE or sender=OFFICE; may be repeated.":                     "限制在全区的一部分：park=代码,代码 或 sender=单位名；可写多次。",
	"What it is for: leader, analyst, operator, sender, display, agent, auditor, security, administrator.": "角色：leader 领导、analyst 分析员、operator 操作员、sender 报送人、display 大屏、agent 智能体、auditor 审计员、security 安全管理员、administrator 系统管理员。",
	"Tokens by which programs come in for an account: the API, agents, ClickHouse-HTTP and Flight.":        "账号给程序用的令牌：接口、智能体、ClickHouse-HTTP、Flight。",
	"Make a token and print it, once.":                                                                     "建一个令牌，只显示这一次。",
	"List the tokens: of an account, or all.":                                                              "列出令牌：某个账号的，或全部。",
	"Take a token back at once.":                                                                           "撤销令牌，立即生效。",
	"What it is for, as lists show it.":                                                                    "给什么程序用，列表里这样显示。",
	"Only these rights of the account: view, rows, export, sql, submit ...; none: all it has.":             "只要账号的这些权限：view 看数、rows 明细、export 下载、sql、submit 报送……；不写则全部。",
	"How many days it lasts, 365 at most.":                                                                 "有效多少天，最多 365。",
	"Name of the account; none: all.":                                                                      "账号名；不写则全部。",
	"Id of the token, see yanzhen user token list.":                                                        "令牌的编号，见 yanzhen user token list。",

	"Name of the person or the screen, as pages show it.":                                               "人或大屏的称呼，页面上这样显示。",
	"Write what GB/T 22239 (等保), level 3, asks of the software, with what answers it, for an assessor.": "写出等保三级对软件的要求与本软件的回答，供测评。",
	"The workbook to write.":                           "写到哪个工作簿。",
	"End the sessions of an account, or of everybody.": "结束一个账号、或所有人的登录。",
	"Everybody.": "所有人。",
}
