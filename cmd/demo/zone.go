package demo

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"strings"
	"time"
)

// zoneName is the zone that does not exist; it stands in titles of the source files.
const zoneName = "雁湖经济开发区"

// node is a place in one of the three chains, with how many people come to it and how well
// posts there find people.
type node struct {
	code, zh    string
	weight      float64 // share of arrivals and posts
	ratio       float64 // applicants per post when the story begins
	later       float64 // and when it ends
	industry    string  // GB/T 4754
	occupations []string
	brands      []string // an enterprise each
	trade       string   // what its enterprises' names say
}

var nodes = []node{
	{"superalloy.raw", "原料与母合金", 5, 1.45, 1.12, "3240", []string{"铁合金火法冶炼工", "化学检验员", "金属材料工程技术人员"}, []string{"瑞翎", "衡岳", "启元"}, "母合金"},
	{"superalloy.smelt", "高温合金冶炼", 9, 1.18, 1.04, "3240", []string{"炼钢工", "金属材料工程技术人员", "电工"}, []string{"天翎", "炬能", "恒岳", "金翼"}, "高温合金"},
	{"superalloy.cast", "精密铸造", 10, 0.42, 0.7, "3392", []string{"铸造工", "铸造工程技术人员", "无损检测员", "金属热处理工"}, []string{"精雁", "凌锋", "铸远", "华铸"}, "精密铸造"},
	{"superalloy.forge", "锻造与轧制", 7, 1.16, 1.02, "3393", []string{"锻造工", "金属轧制工", "金属材热处理工"}, []string{"锻恒", "力擎", "万锻"}, "锻造"},
	{"superalloy.part", "热端部件制造", 9, 0.46, 0.72, "3744", []string{"多工序数控机床操作调整工", "磨工", "喷涂喷焊工", "机械工程技术人员"}, []string{"翼擎", "远翔", "焰锋", "凌空"}, "热端部件"},
	{"superalloy.test", "检测服务", 3, 1.75, 1.15, "7452", []string{"物理性能检验员", "化学检验员", "质量管理工程技术人员"}, []string{"准衡", "明测"}, "检测技术"},
	{"magnetic.raw", "稀土分离与原料", 4, 1.08, 1.06, "3232", []string{"稀土冶炼工", "化学检验员"}, []string{"瑞磁", "稀宝"}, "稀土材料"},
	{"magnetic.powder", "磁粉制备", 5, 1.06, 1.05, "3985", []string{"稀土材料生产工", "粉末冶金制品制造工"}, []string{"微磁", "晶磁", "博磁"}, "磁粉"},
	{"magnetic.sinter", "烧结钕铁硼", 9, 0.96, 0.9, "3985", []string{"稀土材料生产工", "多工序数控机床操作调整工", "金属材料工程技术人员"}, []string{"永磁新", "中磁", "昊磁", "宏磁"}, "磁材"},
	{"magnetic.soft", "软磁铁氧体与非晶", 6, 1.07, 1.04, "3985", []string{"磁记录材料生产工", "电子工程技术人员"}, []string{"软芯", "非晶盛", "铁芯"}, "软磁"},
	{"magnetic.motor", "永磁电机", 7, 0.95, 0.88, "3813", []string{"电机制造工", "电工", "电气工程技术人员", "多工序数控机床操作调整工"}, []string{"擎电", "恒驱", "博驱", "智驱"}, "电机"},
	{"magnetic.device", "磁性器件与传感", 5, 1.05, 1.08, "3983", []string{"电子绝缘与介质材料制造工", "嵌入式系统设计工程技术人员"}, []string{"灵感", "芯磁", "敏芯"}, "传感技术"},
	{"molybdenum.mine", "钼精矿与采选", 3, 1.12, 1.75, "0931", []string{"选矿工", "采矿工程技术人员"}, []string{"钼源", "北岭"}, "矿业"},
	{"molybdenum.oxide", "氧化钼与钼酸盐", 4, 1.1, 1.55, "2613", []string{"钨钼冶炼工", "化学检验员"}, []string{"钼化", "辰钼"}, "钼化工"},
	{"molybdenum.powder", "钼粉冶金", 6, 0.88, 0.5, "3393", []string{"粉末冶金制品制造工", "钨钼冶炼工", "金属材料工程技术人员"}, []string{"金粉", "微粒", "聚粉"}, "粉末冶金"},
	{"molybdenum.sheet", "钼板钼丝与型材", 5, 1.02, 0.93, "3254", []string{"金属轧制工", "金属材丝拉拔工", "金属材热处理工"}, []string{"钼锋", "长丝", "坚材"}, "钼材"},
	{"molybdenum.target", "钼靶材与电子材料", 6, 0.84, 0.38, "3985", []string{"半导体辅料制备工", "真空设备装配调试工", "电子材料工程技术人员"}, []string{"靶源", "溅芯", "晶靶"}, "靶材"},
	{"molybdenum.catalyst", "钼系催化与润滑", 3, 1.06, 1.4, "2661", []string{"化工工程技术人员", "化学检验员"}, []string{"润钼", "催元"}, "催化材料"},
}

// turns says in which month of the story the supply of a chain turns, and how many months it takes:
// courses for casting and hot parts bear fruit from 2024 on, new lines for targets and powder find
// nobody from 2025 on.
var turns = map[string][2]float64{"superalloy": {16, 5}, "magnetic": {18, 6}, "molybdenum": {23, 3.5}}

// applicants are how many come for a post in month m of the story.
func (n node) applicants(m float64) float64 {
	t := turns[n.chain()]
	way := func(m float64) float64 { return 1 / (1 + math.Exp((t[0]-m)/t[1])) }
	done := (way(m) - way(0)) / (way(35) - way(0))
	return n.ratio * math.Pow(n.later/n.ratio, done)
}

func (n node) chain() string { return n.code[:strings.IndexByte(n.code, '.')] }

var chainZh = map[string]string{"superalloy": "高温合金", "magnetic": "磁性材料", "molybdenum": "钼新材料"}

// enterprise is a made-up company.
type enterprise struct {
	code, name, scale string
	park              string
	node              int
	employees         int
	registered        time.Time
	authorised        bool
}

// found makes the enterprises, every node's list in order.
func found(r *rand.Rand) []enterprise {
	var es []enterprise
	for i, n := range nodes {
		for k, b := range n.brands {
			e := enterprise{node: i}
			tail := "有限公司"
			switch {
			case k == 0 && n.weight >= 6:
				e.scale, e.employees, tail = "大型", 1000+r.IntN(1400), "股份有限公司"
			case k <= 1:
				e.scale, e.employees = "中型", 300+r.IntN(500)
			case r.IntN(5) == 0:
				e.scale, e.employees = "微型", 4+r.IntN(14)
			default:
				e.scale, e.employees = "小型", 40+r.IntN(240)
			}
			e.authorised = e.scale == "大型" || e.scale == "中型" && r.IntN(4) == 0
			e.name = "雁湖" + b + n.trade + tail
			e.code = creditCode("91331121", fmt.Sprintf("MA2H%04d", 100+len(es)*37+r.IntN(30)))
			e.park = parkOf(n, e.name)
			e.registered = day(2004+r.IntN(19), time.Month(1+r.IntN(12)), 1+r.IntN(28))
			es = append(es, e)
		}
	}
	return es
}

// parkOf settles an enterprise in a park (a code of the list), by its name: most are in the park of their chain, laboratories and
// makers of devices in the valley, and some elsewhere.
func parkOf(n node, name string) string {
	x := hash(name) % 100
	switch own := map[string]string{"superalloy": "alloy", "magnetic": "magnet", "molybdenum": "moly"}[n.chain()]; {
	case n.code == "superalloy.test" || n.code == "magnetic.device":
		if x < 70 {
			return "valley"
		}
		return own
	case x < 62:
		return own
	case x < 78:
		return "lake"
	case x < 94:
		return "port"
	}
	return "valley"
}

// hash is a number that belongs to a text, for what must not disturb the random sequences.
func hash(parts ...string) uint64 {
	h := fnv.New64a()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	x := h.Sum64() // fnv leaves the high bits of short texts alike
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	return x
}

func day(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }
