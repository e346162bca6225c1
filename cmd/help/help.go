// Package help holds the Chinese of the short help texts of yanzhen's own commands and flags. Those of the rooms beside
// cmd/yanzhen stand in these rooms.
package help

// Zh gives the Chinese of a help text by its English.
var Zh = map[string]string{
	"Show context-sensitive help.":                                                                   "显示帮助。",
	"Configuration file; see configs/yanzhen.yaml for every key.":                                    "配置文件；各项见 configs/yanzhen.yaml。",
	"Directory whose files replace the built-in declarations (datasets, metrics, boards, jobs ...).": "此目录里的文件覆盖内置的声明（数据集、指标、页面、任务等）。",
	"Data directory; overrides the configuration.":                                                   "数据目录；优先于配置文件。",
	"Language of messages: zh or en.":                                                                "界面语言：zh 或 en。",
	"Log more.":                                                                                      "记录更多日志。",
	"Load on a clock, watch the inbox and serve the pages.":                                          "定时装入、看守收件夹、提供页面。",
	"Write the files of a synthetic zone, as its offices would send them.":                           "生成一个合成开发区的报送文件。",
	"Show what loading a file would do. Loads nothing.":                                              "预演：装入这个文件会怎样。不装入任何数据。",
	"Fetch the rows of a declared source, a database for example.":                                   "取一个已声明的数据源（如数据库）的数据。",
	"Load files into a dataset.":                                                                     "把文件装入数据集。",
	"Ask a question in SQL over the mart views.":                                                     "用 SQL 查询 mart 的视图。",
	"Compute declared metrics; the numbers are those of the pages.":                                  "计算已声明的指标，数字与页面一致。",
	"Compare every control sum of every live batch too: reads the whole store.":                      "逐列核对每个现行批次的控制总和（读取全库）。",
	"Publish a load that is held, or answer what it asks.":                                           "发布暂缓的装入，或回答它的问题。",
	"Run that was held, as yanzhen runs --state held shows it.":                                      "暂缓的运行编号，见 yanzhen runs --state held。",
	"It is another part of its unit: it counts beside what is live.":                                 "它是该单元的另一部分，与现有数据并存。",
	"It replaces everything that is live of its unit.":                                               "它替换该单元现有的全部数据。",
	"List what lies in the inbox, its state and why.":                                                "列出收件夹里的每一项、它的状态和原因。",
	"Only entries in this state: refused, held, growing ...":                                         "只看某一状态的项：refused（拒收）、held（暂缓）、growing（仍在变化）……",
	"List load runs, or show one with its rejects.":                                                  "列出装入的运行，或查看其中一次及其拒收清单。",
	"List who owes which dataset and has not sent it.":                                               "列出谁应报哪个数据集而未报。",

	"Only this dataset.":                          "只看这个数据集。",
	"Also what has come and what is not due yet.": "连已报的、未到期的也列出。",

	"Put the table of a dataset that was declared wrong aside, so that it is made anew.":                 "把声明有误的数据集的表改名保留，以便重建。",
	"Dataset whose table is put aside.":                                                                  "要把表改名保留的数据集。",
	"Check the installation: engine, directory, declarations, data.":                                     "体检：引擎、目录、声明、数据。",
	"Validate every declaration; needs no database.":                                                     "校验全部声明；不需要数据库。",
	"Write the data dictionary, the list of indicators and the manual of declarations with its schemas.": "生成数据字典、指标清单、声明手册及其 schema。",
	"Run scripts of metrics: rows in, numbers out; touches no zone's data.":                              "运行指标的脚本：给出行，对数；不碰任何开发区的数据。",
	"Scripts to run; none: those of --configs, else the built-in ones.":                                  "要运行的脚本；不写则为 --configs 里的，再则为内置的。",
	"Folder to write dictionary.md, dictionary.en.md, indicators.md, declarations.md and schema/ into.":  "写入 dictionary.md、dictionary.en.md、indicators.md、declarations.md 与 schema/ 的目录。",
	"Dataset; default: by the file's name, else by its header.":                                          "数据集；缺省按文件名，其次按表头判断。",
	"Office that sends the file; default: from the file's name.":                                         "报送单位；缺省取自文件名。",

	"Period of the file: 2026-06, 2026H1, 2026年上半年 ...; default: from its name, else from its dates.": "期间：2026-06、2026H1、2026年上半年等；缺省取自文件名，其次取自日期。",

	"File that holds the password of an encrypted workbook.": "存有工作簿打开密码的文件。",
	"Files to load.": "要装入的文件。",
	"Load though the same content was published before, and publish though a limit would hold it.": "内容与已发布的相同也装入，超过上限也发布。",
	"File to look at.":                "要预演的文件。",
	"How many typed rows to show.":    "显示几行读出的数据。",
	"How many refused cells to show.": "显示几处拒收。",
	"One SELECT statement over the views of mart; - reads it from standard input.":                                                      "一条对 mart 视图的 SELECT 语句；- 表示从标准输入读取。",
	"A ClickHouse format: PrettyCompactMonoBlock, CSVWithNames, JSONEachRow, Parquet ...; or XLSX.":                                     "ClickHouse 的输出格式：PrettyCompactMonoBlock、CSVWithNames、JSONEachRow、Parquet 等；或 XLSX。",
	"As CSV with a header; the same as --format CSVWithNames.":                                                                          "输出带表头的 CSV，同 --format CSVWithNames。",
	"Of CSV: begin with a byte order mark, by which spreadsheets know UTF-8.":                                                           "CSV 以字节顺序标记开头，电子表格据此识别 UTF-8。",
	"A value for {name:Type} in the statement; may be given again.":                                                                     "语句中 {名称:类型} 的取值；可多次给出。",
	"The statement is stopped after this long, waiting for its turn included; 0 never. Default: 60s; with --out, database.export.time.": "超过这么久即停止语句，排队也算在内；0 为不限。缺省 60s；有 --out 时为 database.export.time。",
	"Read the statement from a file.":                                                                                                   "从文件读取语句。",
	"Write the answer to a file; its ending says the format: .csv, .xlsx, .parquet, .jsonl, .arrow.":                                    "把结果写入文件，按扩展名定格式：.csv、.xlsx、.parquet、.jsonl、.arrow。",
	"How to complete commands and flags with Tab in bash, zsh or fish.":                                                                 "在 bash、zsh 或 fish 里用 Tab 补全命令与选项的办法。",
	"The name of the shell you are using":                                                                                               "所用 shell 的名称",
	"Generate the initialization code":                                                                                                  "直接输出初始化代码",
	"Show the version.":                                                                                                                 "显示版本。",

	"Write a declared document, a report, a notice or an order, as a file for Word or PDF.":            "把声明的文件（报告、简报、通报、督办单）写成 Word 或 PDF 文件。",
	"Name of the document; none lists them.":                                                           "文件名称；不写则列出全部。",
	"The period it is of: 2026H1, 2026Q2, 2026-06. Default: the latest that the document is for.":      "文件的期间：2026H1、2026Q2、2026-06；缺省为该文件最近的一期。",
	"The figures of this report date.":                                                                 "用这次封账的数字。",
	"The figures as they were then: 2026-03-31 for the end of that day, or 2026-03-31T18:00:00+08:00.": "用当时的数字：2026-03-31 指当日终了，或 2026-03-31T18:00:00+08:00。",
	"Of a document for each unit or target: of this unit only.":                                        "按单位或按目标写的文件：只写这个单位。",
	"Of a document for each target: of this metric only.":                                              "按目标写的文件：只写这个指标。",
	"File to write; its ending is the form. Default: NAME_PERIOD.docx in this folder.":                 "写到哪个文件，后缀决定格式；缺省为当前目录的 名称_期间.docx。",
	"What the links of numbers stand on; overrides the configuration.":                                 "数字的链接以什么地址开头；优先于配置文件。",
	"Id of a run; none lists them.":                                                                    "运行的编号；不写则列出。",
	"Only runs of this dataset.":                                                                       "只看这个数据集。",
	"Only runs in this state: published, unchanged, held, failed ...":                                  "只看这种状态：published 已发布、unchanged 未变、held 暂缓、failed 失败等。",
	"How many, 1000 at most.":                                                                          "显示几次，最多 1000。",
	"Only runs whose file name has this part, in any case.":                                            "只列文件名含这几个字的运行，不分大小写。",
	"Only runs whose sender has this part.":                                                            "只列报送单位含这几个字的运行。",
	"Only runs begun on this day or later; an instant with its zone is exact.":                         "只列这一天起的运行；带时区的时刻按时刻算。",
	"Only runs begun by the end of this day.":                                                          "只列到这一天为止的运行，含当天。",
	"Go on after the place that the page before ended with.":                                           "接着上一页末尾给出的位置往下列。",
	"How many refused cells to show of one run.":                                                       "查看一次运行时显示几处拒收。",
	"Dataset.": "数据集。",
	"Address of the pages; overrides the configuration.":                                      "页面的地址；优先于配置文件。",
	"Serve the synthetic zone: writes its files into the inbox where they are not there yet.": "运行合成的开发区：收件夹里还没有时写入其文件。",
	"Serve the pages only: no clock, no inbox.":                                               "只提供页面：不定时、不看收件夹。",
	"Freeze the figures of a report date under a name.":                                       "给一个上报日的数字起名封账。",
	"Folder to write the files into.":                                                         "写入文件的目录。",
	"The same seed writes the same bytes.":                                                    "种子相同则文件逐字节相同。",
}

// The longer texts, by the command that they are of.
const (
	About = `雁阵 Yanzhen：开发区人才办的数据服务。

  yanzhen serve --demo                       先试一试：用内置引擎运行一个合成的开发区
  yanzhen plan  人社局_引进与流出_2026年7月.xlsx   装入这个文件会怎样？
  yanzhen load  人社局_引进与流出_2026年7月.xlsx   装入
  yanzhen query "select class, count() from talents group by class"

退出码：0 完成；1 失败；2 参数、配置或声明有误；3 文件被拒收或暂缓，没有发布；
4 数据库无应答，或目录被另一个进程占用；130 已取消。`

	Serve = `打开引擎（或所配置的服务器），建表并升级，启动各任务，提供页面，直到被中断。中断后，
正在进行的装入可在 stop_within 之内完成；未完成的放弃，其数据不可见。`

	Demo = `按各单位的实际报送方式，生成一个虚构开发区三年的文件：工作簿与多种编码的文本、不同的表头、
合计行、重报的月份，以及一批已知的坏单元格（列在 <out>.manifest.json）。装入由任务完成。`

	Plan = `像 load 一样把文件读到底，并显示：属于哪个数据集与单元、每列取自哪个表头、读出的头几行、
每处拒收及其位置，以及与现有数据相比会有什么变化。不写任何数据。若装入会被拒收，退出码为 3。`

	Load = `每个文件作为一批装入：清点和校验之前谁也看不见；同一单元（单位与期间）再次报送即替换。
合格的行照常装入，拒收的单元格逐一列出位置、规则与办法。有文件被拒收或暂缓时退出码为 3。`

	Query = `以分析员身份执行：只能对 mart 做 SELECT，看到的是已发布的数据，姓名已掩码。

  yanzhen query "select node, sum(needed) from vacancies group by node order by 2 desc"
  yanzhen query "select count() from arrivals where date >= {from:Date}" --param from=2026-01-01
  yanzhen query --file question.sql --out answer.xlsx
  yanzhen query --format Parquet "select * from arrivals" > arrivals.parquet
  yanzhen query --csv --bom "select * from arrivals" > arrivals.csv

CSV 与页面上的一样：NULL 为空；会被电子表格当成公式的文字前加一个撇号。`

	Brief = `把声明的文件（configs/briefings）写成文件。里面每个数字都是链接，到同一期间、同一封账的出处；
因此请写明读者打开页面的地址（配置里的 documents.address，或 --links）。

  yanzhen brief half_year --period 2026H1
  yanzhen brief half_year --period 2026H1 --freeze 2026-06 --out 半年报.docx
  yanzhen brief orders --unit 区教育局`

	Inbox = `问运行中的服务：任务看守的文件夹里有什么，每份文件怎样了、为什么、何时再试，略过了什么。
需要人处理的排在前面。`

	Duties = `列出近十二个月里谁应报哪个数据集的哪一期而未报，对照日历与工作日。报送任务声明在 configs/duties，
或作为工作簿报送；其余数据集按已收到的报表推断，并注明“推断”。`

	Aside = `用于起初声明有误的数据集：它的表改名保留，再按现在的声明重建。只在该数据集没有任何已发布的数据时可用，
请先停服务。不删除任何东西。`

	Test = `脚本写明若干行，以及指标对这些行应答的数。在临时目录里的独立引擎上运行，不读不写任何开发区的数据。
不符之处逐一列出文件、行号、应为与实为，退出码为 1。写法见 docs/analyst.md。

  yanzhen test --configs mine
  yanzhen test --configs mine mine/metrics/county_output.test`

	Doctor = `每项检查一行：ok、warn，或 fail 并说明怎么办。有未通过的项目时退出码为 1。`
)
