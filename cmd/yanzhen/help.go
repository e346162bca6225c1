package main

import (
	"os"
	"strings"

	"github.com/alecthomas/kong"
	completion "github.com/jotaen/kong-completion"

	"yanzhen/cmd/alerts"
	"yanzhen/cmd/bridge"
	"yanzhen/cmd/help"
	"yanzhen/cmd/keep"
	"yanzhen/cmd/people"
	"yanzhen/cmd/programs"
	"yanzhen/cmd/reload"
	"yanzhen/cmd/saved"
	"yanzhen/cmd/senders"
)

// language is the language that the arguments or the environment ask for. It is wanted before they
// are parsed: their help is printed while parsing.
func language(args []string) string {
	for i, a := range args {
		if v, ok := strings.CutPrefix(a, "--lang="); ok {
			return v
		}
		if a == "--lang" && i+1 < len(args) {
			return args[i+1]
		}
	}
	return os.Getenv("YANZHEN_LANG")
}

// translate puts the Chinese help in place of the English one that stands in the tags.
func translate(n *kong.Node) {
	put := func(s *string) {
		if zh := inChinese(*s); zh != "" {
			*s = zh
		}
	}
	put(&n.Help)
	put(&n.Detail)
	for _, f := range n.Flags {
		put(&f.Help)
	}
	for _, p := range n.Positional {
		put(&p.Help)
	}
	for _, c := range n.Children {
		translate(c)
	}
}

const aboutZh = `雁阵 Yanzhen：开发区人才办的数据服务。

  yanzhen serve --demo                       先试一试：用内置引擎运行一个合成的开发区
  yanzhen plan  人社局_引进与流出_2026年7月.xlsx   装入这个文件会怎样？
  yanzhen load  人社局_引进与流出_2026年7月.xlsx   装入
  yanzhen query "select class, count() from talents group by class"

退出码：0 完成；1 失败；2 参数、配置或声明有误；3 文件被拒收或暂缓，没有发布；
4 数据库无应答，或目录被另一个进程占用；130 已取消。`

// helps give every help text in Chinese; a test finds the ones that are missing.
var helps = []map[string]string{helpZh, help.Zh, keep.HelpZh, reload.HelpZh, people.HelpZh, programs.HelpZh, bridge.HelpZh, senders.HelpZh, saved.HelpZh, alerts.HelpZh}

func inChinese(en string) string {
	for _, texts := range helps {
		if zh := texts[en]; zh != "" {
			return zh
		}
	}
	return ""
}

// helpZh are those that are methods of the commands here.
var helpZh = map[string]string{
	about:                                aboutZh,
	(*completion.Completion)(nil).Help(): `显示启用 Tab 补全要运行的命令；要长期启用，写进 shell 的初始化文件。不写 shell 时自动判断。`,
	(*serveCmd)(nil).Help(): `打开引擎（或所配置的服务器），建表并升级，启动各任务，提供页面，直到被中断。中断后，
正在进行的装入可在 stop_within 之内完成；未完成的放弃，其数据不可见。`,
	(*demoCmd)(nil).Help(): `按各单位的实际报送方式，生成一个虚构开发区三年的文件：工作簿与多种编码的文本、不同的表头、
合计行、重报的月份，以及一批已知的坏单元格（列在 <out>.manifest.json）。装入由任务完成。`,
	(*planCmd)(nil).Help(): `像 load 一样把文件读到底，并显示：属于哪个数据集与单元、每列取自哪个表头、读出的头几行、
每处拒收及其位置，以及与现有数据相比会有什么变化。不写任何数据。若装入会被拒收，退出码为 3。`,
	(*loadCmd)(nil).Help(): `每个文件作为一批装入：清点和校验之前谁也看不见；同一单元（单位与期间）再次报送即替换。
合格的行照常装入，拒收的单元格逐一列出位置、规则与办法。有文件被拒收或暂缓时退出码为 3。`,
	(*queryCmd)(nil).Help(): `以分析员身份执行：只能对 mart 做 SELECT，看到的是已发布的数据，姓名已掩码。

  yanzhen query "select node, sum(needed) from vacancies group by node order by 2 desc"
  yanzhen query "select count() from arrivals where date >= {from:Date}" --param from=2026-01-01
  yanzhen query --file question.sql --out answer.xlsx
  yanzhen query --format Parquet "select * from arrivals" > arrivals.parquet
  yanzhen query --csv --bom "select * from arrivals" > arrivals.csv

CSV 与页面上的一样：NULL 为空；会被电子表格当成公式的文字前加一个撇号。`,
	(*briefCmd)(nil).Help(): `把声明的文件（configs/briefings）写成文件。里面每个数字都是链接，到同一期间、同一封账的出处；
因此请写明读者打开页面的地址（配置里的 documents.address，或 --links）。

  yanzhen brief half_year --period 2026H1
  yanzhen brief half_year --period 2026H1 --freeze 2026-06 --out 半年报.docx
  yanzhen brief orders --unit 区教育局`,
	(*inboxCmd)(nil).Help(): `问运行中的服务：任务看守的文件夹里有什么，每份文件怎样了、为什么、何时再试，略过了什么。
需要人处理的排在前面。`,
	(*dutiesCmd)(nil).Help(): `列出近十二个月里谁应报哪个数据集的哪一期而未报，对照日历与工作日。报送任务声明在 configs/duties，
或作为工作簿报送；其余数据集按已收到的报表推断，并注明“推断”。`,
	(*asideCmd)(nil).Help(): `用于起初声明有误的数据集：它的表改名保留，再按现在的声明重建。只在该数据集没有任何已发布的数据时可用，
请先停服务。不删除任何东西。`,
	(*acceptCmd)(nil).Help(): `有一项限额或检查要人看一眼时，装入会暂缓。accept 按原样发布它。如果问的是“追加还是替换”，
请给出 --add 或 --replace。`,
	(*testCmd)(nil).Help(): `脚本写明若干行，以及指标对这些行应答的数。在临时目录里的独立引擎上运行，不读不写任何开发区的数据。
不符之处逐一列出文件、行号、应为与实为，退出码为 1。写法见 docs/analyst.md。

  yanzhen test --configs mine
  yanzhen test --configs mine mine/metrics/county_output.test`,
	(*rollbackCmd)(nil).Help(): `撤回单元的现行批次：此前的一批重新生效，没有则该单元为空。这只是账簿中的一行，
可用 --batch 再改回来。`,
	(*freezeCmd)(nil).Help(): `固定已报的数字：页面加 ?freeze=名称 即显示当时的数字，并列现值与此后变动的报送。不复制任何数据；
一个名称只能用一次。`,
	(*doctorCmd)(nil).Help(): `每项检查一行：ok、warn，或 fail 并说明怎么办。有未通过的项目时退出码为 1。`,
}
