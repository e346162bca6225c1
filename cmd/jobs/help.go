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

	"Do a job's work again for periods that are past.":                                         "把任务过去若干期间的工作再做一遍。",
	"Name of the job; without one the backfills of all jobs are listed, with how far each is.": "任务名；不写则列出所有任务的回填和进度。",
	"First period: 2025-01, 2025Q1, 2025 ...":                                                  "起始期间：2025-01、2025Q1、2025 等。",
	"Last period.": "最后一个期间。",
	"List the periods and what each would do. Changes nothing.": "预演：列出各期间会怎样。不改动任何数据。",
	"Stop the job's backfill after the period at work.":         "做完正在做的期间后停止该任务的回填。",
	"Why; the page, the list and the audit trail show it.":      "原因；页面、清单和审计记录都会显示。",

	(*InboxCommand)(nil).Help(): help.Inbox,
	(*BackfillCommand)(nil).Help(): `由运行中的服务把任务过去若干期间的工作再做一遍：按文件的任务，重新读入收件目录里这些期间的文件（已被别的文件替换的、已撤回、
暂缓或退回的不动）；取数据源的任务，整份重取、只装入这些期间；数据源是文件夹（SFTP、S3）的不能回填。已暂停的任务先恢复。
逐个期间进行，重启后接着做；一个期间失败不影响其他期间，也不妨碍按时的运行。

  yanzhen backfill arrivals --from 2025-01 --to 2025-12 --dry-run
  yanzhen backfill arrivals --from 2025-01 --to 2025-12 --reason 新版程序重读
  yanzhen backfill
  yanzhen backfill arrivals --stop --reason 数据源有误`,
	(*Commands)(nil).Help(): `任务由运行中的 yanzhen serve 运行，列出和立即运行都经过它。暂停的任务既不按时运行，也不因来了文件而运行；该报的照常到期。
恢复时，暂停期间到期的按声明补一次（missed: run_once）。没有服务在运行时也能暂停和恢复。

  yanzhen jobs
  yanzhen jobs pause arrivals --reason 新口径未定
  yanzhen jobs run arrivals`,
}
