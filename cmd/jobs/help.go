package jobs

import "yanzhen/cmd/help"

// HelpZh gives the help texts of the commands in Chinese.
var HelpZh = map[string]string{
	"Jobs of the clock: when each runs, how it went; run now, pause, resume.":               "任务：何时运行、上次怎样；立即运行、暂停、恢复。",
	"List the jobs: when each runs, how it went last, when it is due next, what is paused.": "列出任务：何时运行、上次怎样、下次何时、哪些暂停了。",
	"Run a job now.": "立即运行一个任务。",
	"Keep a job from running until it is resumed, also over restarts.": "暂停一个任务，直到恢复；重启后仍暂停。",
	"Let a paused job run again.":                                      "恢复一个暂停的任务。",
	"Name of the job, as yanzhen jobs lists it.":                       "任务名，见 yanzhen jobs。",
	"Why; the page, yanzhen doctor and the audit trail show it.":       "原因；页面、yanzhen doctor 和审计记录都会显示。",

	(*InboxCommand)(nil).Help(): help.Inbox,
	(*Commands)(nil).Help(): `任务由运行中的 yanzhen serve 运行，列出和立即运行都经过它。暂停的任务既不按时运行，也不因来了文件而运行；该报的照常到期。
恢复时，暂停期间到期的按声明补一次（missed: run_once）。没有服务在运行时也能暂停和恢复。

  yanzhen jobs
  yanzhen jobs pause arrivals --reason 新口径未定
  yanzhen jobs run arrivals`,
}
