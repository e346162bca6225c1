package jobs

import (
	"cmp"
	"errors"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/declare"
)

// Job is one declared job: configs/jobs/<name>.yaml.
type Job struct {
	Name     string        `yaml:"name"`
	Title    codes.Text    `yaml:"title"`
	About    codes.Text    `yaml:"about"`
	Source   *Source       `yaml:"source"`   // files to load; or
	Fetch    string        `yaml:"fetch"`    // a declared source that is fetched; or
	Builtin  string        `yaml:"builtin"`  // work of the program's own
	Dataset  string        `yaml:"dataset"`  // auto (default): by the name of the file, else by its header
	Schedule string        `yaml:"schedule"` // five fields of cron, @daily ..., @every 15m; empty: by the watcher or by hand only
	Zone     string        `yaml:"zone"`     // time zone of the schedule; Asia/Shanghai where empty
	Retries  Retries       `yaml:"retries"`
	Missed   string        `yaml:"missed"`   // run_once (default): one run makes up for all slots missed; skip
	Overlap  string        `yaml:"overlap"`  // skip (default): no second run while one is at work; queue: one waits
	Deadline time.Duration `yaml:"deadline"` // of a run with all its retries; 1h where empty
	Enabled  *bool         `yaml:"enabled"`  // true where absent

	File     string         `yaml:"-"` // where it is declared
	Whole    bool           `yaml:"-"` // what it fetches is a folder elsewhere or a mail box, which is not read by period
	schedule *Schedule      // nil: none
	files    *regexp.Regexp // nil: every file that is not of another job
}

// Source says which files of which folder a job loads.
type Source struct {
	Dir   string `yaml:"dir"`   // under the data directory; absolute paths as they are
	Files string `yaml:"files"` // regular expression on the base name; groups (?P<sender>) and (?P<period>) fill the request
	Watch *bool  `yaml:"watch"` // load a file as soon as it has stopped growing; true where absent
}

// Retries says how often a run is tried again after a fault that may pass (the database was away,
// the disk was full). A refused file is never retried by itself.
type Retries struct {
	Count   int           `yaml:"count"`
	Backoff time.Duration `yaml:"backoff"` // before the first retry; doubled for each further one, to a minute at most, with jitter
}

// On reports whether the job runs at all.
func (j *Job) On() bool { return j.Enabled == nil || *j.Enabled }

// Watched reports whether the job's folder is watched.
func (j *Job) Watched() bool { return j.Source != nil && (j.Source.Watch == nil || *j.Source.Watch) }

func (j *Job) deadline() time.Duration {
	if j.Deadline > 0 {
		return j.Deadline
	}
	return time.Hour
}

var reName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// Declared is the kind of file this room reads, for the manual and the schema.
var Declared = declare.KindOf[Job]("job", "jobs", codes.Text{Zh: "任务", En: "Job"},
	codes.Text{Zh: "何时装入哪些文件，或何时做程序自带的工作", En: "When which files are loaded, or when the program does work of its own"})

// Declared says what is declared of a job.
func (Job) Declared() declare.Keys {
	return declare.Keys{
		"name":     {Zh: "文件名", En: "the file's name", Example: "arrivals", Required: true},
		"title":    {Zh: "名称", En: "what it is called", Example: "{zh: 引进与流出报表, en: Arrivals and departures}", Required: true},
		"about":    {Zh: "说明，与运行记录一同显示", En: "shown with the job's runs", Example: "{zh: 人社部门每月报送。, en: Sent monthly.}"},
		"source":   {Zh: "装入哪个目录的哪些文件；或用 fetch、builtin", En: "which files of which folder it loads; or fetch, or builtin", Example: "{dir: inbox, files: (?i)引进与流出|arrivals}"},
		"fetch":    {Zh: "取哪个数据源（configs/sources）", En: "the source that it fetches (configs/sources)", Example: "hr_talents"},
		"builtin":  {Zh: "程序自带的工作，如 sweep 清理、declared 装入声明、verify 核对", En: "work of the program's own, such as sweep, declared and verify", Example: "sweep"},
		"dataset":  {Zh: "装入哪个数据集；auto 按文件名，其次按表头判断", En: "the dataset it loads; auto: by the name of the file, else by its header", Default: "auto", Example: "arrivals"},
		"schedule": {Zh: "何时运行：cron 五段、@hourly、@daily、@every 15m；目录被看守时可省", En: "when it runs: five fields of cron, @hourly, @daily, @every 15m; may be left out where the folder is watched", Example: `"10 8-18 * * 1-5"`},
		"zone":     {Zh: "schedule 的时区", En: "the time zone of the schedule", Default: "Asia/Shanghai", Example: "UTC"},
		"retries":  {Zh: "可能自愈的故障（数据库断开、磁盘满）之后重试；被退回的文件不重试", En: "tries again after a fault that may pass (the database away, the disk full); a refused file is never tried again", Example: "{count: 3, backoff: 30s}"},
		"missed":   {Zh: "停机错过的：run_once 补一次，skip 不补", En: "slots missed during a standstill: run_once makes up for all, skip for none", OneOf: []string{"run_once", "skip"}, Default: "run_once", Example: "skip"},
		"overlap":  {Zh: "上一次还在运行：skip 略过，queue 等一次", En: "while a run is at work: skip the next, or queue one", OneOf: []string{"skip", "queue"}, Default: "skip", Example: "queue"},
		"deadline": {Zh: "一次运行连同重试最长多久", En: "how long a run with all its retries may take", Default: "1h", Example: "30m"},
		"enabled":  {Zh: "是否运行", En: "whether it runs at all", Default: "true", Example: "false"},
	}
}

// Declared says what is declared of the files a job loads.
func (Source) Declared() declare.Keys {
	return declare.Keys{
		"dir":   {Zh: "目录，相对于数据目录；inbox 是收件夹", En: "the folder, under the data directory; inbox is the watched one", Example: "inbox", Required: true},
		"files": {Zh: "对文件名的正则；组 (?P<sender>…)、(?P<period>…) 给出报送单位与期间；不写则收其他任务不收的", En: "a regular expression on the base name; groups (?P<sender>…) and (?P<period>…) fill what they name; absent: what no other job takes", Example: "(?i)引进与流出|arrivals"},
		"watch": {Zh: "文件不再变大即装入", En: "a file is loaded as soon as it has stopped growing", Default: "true", Example: "false"},
	}
}

// Declared says what is declared of retries.
func (Retries) Declared() declare.Keys {
	return declare.Keys{
		"count":   {Zh: "几次，0 至 20", En: "how often, 0 to 20", Default: "0", Example: "3"},
		"backoff": {Zh: "第一次重试前等多久，此后加倍，最多一分钟", En: "the wait before the first; doubled for each further one, to a minute at most", Default: "1s", Example: "30s"},
	}
}

// Read reads every .yaml file of a directory as a job. It returns all faults of all files at
// once, each with file and line; datasets and builtins are the names a job may give, fetched those of sources with their datasets.
func Read(fsys fs.FS, dir string, datasets, builtins []string, fetched map[string]string) ([]*Job, error) {
	files := declare.Read[Job](fsys, dir)
	var out []*Job
	for _, doc := range files.Docs {
		doc.Value.check(doc.File, datasets, builtins, fetched)
		if doc.Sound() { // of each name there is one: it is that of the file
			out = append(out, doc.Value)
		}
	}
	return out, files.Err()
}

// check tells what is wrong with a job that was read, and makes it ready for use.
func (j *Job) check(f *declare.File, datasets, builtins []string, fetched map[string]string) {
	j.File = f.Name
	if want := strings.TrimSuffix(path.Base(f.Name), ".yaml"); !reName.MatchString(j.Name) {
		f.Fault("name", "是 %q，应为小写字母、数字和 _，字母开头", "is %q, want small letters, digits and _, a letter first", j.Name)
	} else if j.Name != want {
		f.Fault("name", "是 %q，应与文件名 %q 相同", "is %q, want the file's name %q", j.Name, want)
	}
	work := 0
	for _, is := range []bool{j.Source != nil, j.Fetch != "", j.Builtin != ""} {
		if is {
			work++
		}
	}
	switch {
	case work == 0:
		f.Fault("source", "缺少，应有 source {dir, files}、fetch 或 builtin", "is missing: source {dir, files}, fetch or builtin")
	case work > 1:
		f.Fault("builtin", "source、fetch、builtin 只能有一个", "one of source, fetch and builtin, not several")
	case j.Builtin != "":
		f.OneOf("builtin", j.Builtin, slices.Sorted(slices.Values(builtins))...)
	case j.Fetch != "" && f.OneOf("fetch", j.Fetch, slices.Sorted(maps.Keys(fetched))...):
		if j.Dataset != "auto" && j.Dataset != "" && fetched[j.Fetch] == "" {
			f.Fault("dataset", "是 %q，而数据源 %s 是邮箱，附件由收件夹的任务装入", "is %q, but the source %s is a mail box: the jobs of the inbox load its attachments", j.Dataset, j.Fetch)
		} else if j.Dataset != "auto" && j.Dataset != "" && j.Dataset != fetched[j.Fetch] {
			f.Fault("dataset", "是 %q，而数据源 %s 取进 %s", "is %q, but the source %s goes into %s", j.Dataset, j.Fetch, fetched[j.Fetch])
		}
		j.Dataset = cmp.Or(fetched[j.Fetch], "auto")
	}
	if s := j.Source; s != nil && s.Files != "" {
		if j.files = f.Pattern("source.files", s.Files); j.files != nil {
			for _, g := range j.files.SubexpNames() {
				if g != "" && g != "sender" && g != "period" {
					f.Fault("source.files", "组名 %q 应为 sender 或 period", "group %q is none of sender, period", g)
				}
			}
		}
	}
	if j.Dataset == "auto" {
		j.Dataset = ""
	} else {
		f.OneOf("dataset", j.Dataset, append([]string{"auto"}, datasets...)...)
	}
	if j.Schedule != "" || j.Source == nil {
		s, err := ParseSchedule(j.Schedule, j.Zone)
		if x, ok := errors.AsType[*ScheduleFault](err); ok {
			f.Fault(x.Key, "%s", "%s", x.Text)
		} else {
			j.schedule = &s
		}
	} else if j.Source != nil && !j.Watched() {
		f.Fault("schedule", "缺少，而目录也不看守（watch: false），任务永远不会运行", "is missing, and the folder is not watched: the job would never run")
	}
	if j.Retries.Count < 0 || j.Retries.Count > 20 {
		f.Fault("retries.count", "是 %d，应为 0 至 20", "is %d, want 0 to 20", j.Retries.Count)
	}
}
