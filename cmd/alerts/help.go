package alerts

// HelpZh gives the help texts of the commands in Chinese.
var HelpZh = map[string]string{
	"What needs a person: alerts, who was told, channels.":          "需要人处理的事：告警、通知了谁、通知渠道。",
	"List what needs a person, since when, and who was told.":       "列出需要人处理的事：自何时、通知了谁。",
	"Say that somebody deals with an alert: it is not repeated.":    "记下有人在处理一条告警：不再重复。",
	"Send a message by a channel, and say how it ended.":            "由一个渠道发一条测试消息，并说明结果。",
	"List the channels that are declared, and how each does.":       "列出声明的渠道及其状况。",
	"Key of the alert, as yanzhen alerts lists it.":                 "告警的编号，见 yanzhen alerts。",
	"Who does what about it.":                                       "谁在处理、怎么处理。",
	"Name of a declared channel.":                                   "声明的渠道名。",
	"Of mail: whom to send to, in place of those who are declared.": "邮件：发给谁，代替声明的收件人。",

	(*Commands)(nil).Help(): `告警由运行中的 yanzhen serve 发现并通知，每件一次：变糟了再说一次，好了说一声。
这些命令读写同样的文件，服务在不在运行都可以。每种告警及其办法见 docs/operations.md。

  yanzhen alerts
  yanzhen alerts ack late/arrivals/区人社局 --note 已打电话
  yanzhen alerts test duty_group`,
}
