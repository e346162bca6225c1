package duty

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/declare"
)

// file is a file of duties.
type file struct {
	Duties []declared `yaml:"duties"`
}

// declared is a duty as it is written: of several senders at once.
type declared struct {
	Dataset string   `yaml:"dataset"`
	Senders []string `yaml:"senders"`
	Every   string   `yaml:"every"`
	By      int      `yaml:"by"`
	From    string   `yaml:"from"`
	To      string   `yaml:"to"`
}

// grains are the words for how often something is owed.
var grains = []string{string(days.Month), string(days.Quarter), string(days.Half), string(days.Year)}

// Declared is the kind of file this room reads, for the manual and the schema.
var Declared = declare.KindOf[file]("duties", "duties", codes.Text{Zh: "报送任务", En: "Duties"},
	codes.Text{Zh: "谁应报哪个数据集、多久一次、期满后第几个工作日前。没有声明的数据集按已收到的报表推断。同样的表也可作为工作簿报送（数据集 duties），同一单位以工作簿为准", En: "Who owes which dataset, how often, and by which working day after the period. Of a dataset without any, duties are inferred from what came. The same may be sent as a workbook (dataset duties), which goes before the files for the same sender"})

// Declared says what is declared in a file.
func (file) Declared() declare.Keys {
	return declare.Keys{"duties": {Zh: "报送任务", En: "the duties", Required: true, Example: `[{dataset: arrivals, senders: [区人社局], every: month, from: "2026-01-01"}]`}}
}

// Declared says what is declared of a duty.
func (declared) Declared() declare.Keys {
	return declare.Keys{
		"dataset": {Zh: "数据集", En: "the dataset", Example: "arrivals", Required: true},
		"senders": {Zh: "应报单位，写法与文件名中的一致", En: "who owes it, as their files' names have it", Example: "[区人社局, 社保中心]", Required: true},
		"every":   {Zh: "多久一次", En: "how often", OneOf: grains, Example: "month", Required: true},
		"by":      {Zh: "期满后第几个工作日前报送，0 至 250", En: "the working day after the period by which it is due, 0 to 250", Default: "10", Example: "5"},
		"from":    {Zh: "自哪天的数据起应报", En: "the first day it is owed for", Example: `"2026-01-01"`, Required: true},
		"to":      {Zh: "自哪天起不再应报；不写为一直应报", En: "the first day it is owed for no more; absent: for good", Example: `"2027-01-01"`},
	}
}

// Read reads every duties/*.yaml. All faults of all files are told at once; datasets are the names there are.
func Read(fsys fs.FS, datasets []string) ([]Duty, error) {
	files := declare.Read[file](fsys, "duties")
	var out []Duty
	for _, doc := range files.Docs {
		for i, d := range doc.Value.Duties {
			out = append(out, d.check(doc.File, fmt.Sprintf("duties[%d]", i+1), datasets)...)
		}
	}
	return out, files.Err()
}

// check tells what is wrong with a duty, and makes one for each of its senders.
func (d declared) check(f *declare.File, at string, datasets []string) []Duty {
	if d.Dataset != "" && !slices.Contains(datasets, d.Dataset) {
		f.Fault(at+".dataset", "没有数据集 %q%s", "unknown dataset %q%s", d.Dataset, declare.Known(d.Dataset, datasets))
	}
	if d.By < 0 || d.By > 250 {
		f.Fault(at+".by", "是 %d，应为 0 至 250", "is %d, want 0 to 250", d.By)
	}
	day := func(key, text string) days.Day {
		v, ok := days.ParseDay(text)
		if text != "" && !ok {
			f.Fault(at+"."+key, "%q 不是 2026-01-01 这样的日期", "%q is not a day like 2026-01-01", text)
		}
		return v
	}
	one := Duty{Dataset: d.Dataset, Every: days.Grain(d.Every), By: d.By, From: day("from", d.From), To: day("to", d.To)}
	if !one.To.IsZero() && !one.From.Before(one.To) {
		f.Fault(at+".to", "%s 不在 from 之后", "%s does not come after from", d.To)
	}
	if len(d.Senders) == 0 && f.Given(at+".senders") {
		f.Fault(at+".senders", "一个单位也没有", "there is no sender")
	}
	var out []Duty
	for i, s := range d.Senders {
		if s = strings.TrimSpace(s); s == "" || slices.Contains(d.Senders[:i], s) {
			f.Fault(fmt.Sprintf("%s.senders[%d]", at, i+1), "%q 是空的或写了两次", "%q is blank or stands twice", s)
			continue
		}
		one.Sender = s
		out = append(out, one)
	}
	return out
}
