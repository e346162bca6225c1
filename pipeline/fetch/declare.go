// Package fetch brings the rows of a dataset from where they lie when nobody sends them: a declared source is asked, what came is
// laid over what was known of it, and the whole of it, a file a period, goes through the loader as any file does. So a fetched
// dataset has the units, promises, refusals and history of a sent one. What could not be had whole is not loaded.
package fetch

import (
	"context"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/declare"
	"yanzhen/pipeline/fetch/answer"
	"yanzhen/pipeline/fetch/database"
	"yanzhen/pipeline/fetch/folder"
	"yanzhen/pipeline/fetch/mailbox"
	"yanzhen/pipeline/fetch/webapi"
)

// Source is one declared place where rows lie: configs/sources/<name>.yaml.
type Source struct {
	Name     string             `yaml:"name"`
	Title    codes.Text         `yaml:"title"`
	About    codes.Text         `yaml:"about"`
	Dataset  string             `yaml:"dataset"`
	Sender   string             `yaml:"sender"`
	Zone     string             `yaml:"zone"`
	Key      []string           `yaml:"key"`
	Period   string             `yaml:"period"`
	Most     int                `yaml:"most"`
	Database *database.Database `yaml:"database"`
	HTTP     *webapi.API        `yaml:"http"`
	Folder   *folder.Folder     `yaml:"folder"`
	Mailbox  *mailbox.Mailbox   `yaml:"mailbox"`

	File string           `yaml:"-"` // where it is declared
	ds   *dataset.Dataset // its dataset
	zone *time.Location   // its zone
}

var reName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

// Declared is the kind of file this room reads, for the manual and the schema.
var Declared = declare.KindOf[Source]("source", "sources", codes.Text{Zh: "数据源", En: "Source"},
	codes.Text{Zh: "不靠人报送、到所在系统里去取的数据：哪个库的哪条查询，取进哪个数据集。由任务（fetch）按时取，或 yanzhen fetch", En: "Rows that nobody sends and that are fetched from the system where they lie: which query of which database, into which dataset. A job fetches them by the clock (fetch), or yanzhen fetch does"})

// Declared says what is declared of a source.
func (Source) Declared() declare.Keys {
	return declare.Keys{
		"name":     {Zh: "文件名", En: "the file's name", Example: "hr_talents", Required: true},
		"title":    {Zh: "名称", En: "what it is called", Example: "{zh: 人社业务库的引进台账, en: Arrivals in the HR database}", Required: true},
		"about":    {Zh: "说明", En: "what a reader should know", Example: "{zh: 视图由人社信息中心维护。, en: The view is kept by the HR information centre.}"},
		"dataset":  {Zh: "取进哪个数据集；mailbox 不写，其余必写", En: "the dataset that its rows go into; absent with mailbox, needed else", Example: "arrivals"},
		"sender":   {Zh: "算作哪个单位报送的", En: "whose submission it counts as", Example: "区人社局"},
		"zone":     {Zh: "源库的时区：没有时区的时刻按它理解；时刻一律按本装置的时区写入。database、http 必写", En: "the time zone of the source: its times without a zone are meant in it; all times are told in the zone of the installation. Needed with database and http", Example: "Asia/Shanghai"},
		"key":      {Zh: "哪几列合起来认定一行：新的值盖旧的值，按它对出删除的行。database、http 必写", En: "the columns that together name a row: a new version takes the place of the old one, and what was deleted is found by them. Needed with database and http", Example: "[id]"},
		"period":   {Zh: "数据集按期间替换时：按哪一列的日期分到各期间", En: "where the dataset is replaced by period: the column whose date says to which one a row belongs", Example: "日期"},
		"most":     {Zh: "最多多少行，再多就不取并说明", En: "how many rows at most; with more nothing is fetched, and that is told", Default: "5000000", Example: "200000"},
		"database": {Zh: "数据库与查询；或用 http", En: "the database, and the query; or http", Example: "{kind: postgres, host: hr-db, name: hr, user: yanzhen_read, password: {file: /etc/yanzhen/hr.password}, query: select * from v_talents}"},
		"http":     {Zh: "返回 JSON 的接口", En: "a program that answers in JSON", Example: "{url: https://api.example.gov.cn/moves, rows: data.items, fields: [{name: id, path: id}]}"},
		"folder":   {Zh: "别的机器上的文件夹，里面是报表文件：不写 zone、key、period", En: "a folder of files on another machine, without zone, key and period", Example: "{sftp: {host: sftp.example.gov.cn, user: yanzhen, host_key: ssh-ed25519 AAAA…, password: {file: /etc/yanzhen/sftp.password}}}"},
		"mailbox":  {Zh: "邮箱：附件放进收件夹里报送单位的文件夹，此后与别的来文一样。不写 dataset、sender、zone、key、period", En: "a mail box: attachments are put into the inbox, into the folder of their sender, and go the way of any file there; without dataset, sender, zone, key and period", Example: "{host: imap.example.gov.cn, user: baosong@example.gov.cn, password: {file: /etc/yanzhen/mail.password}, senders: {li@rsj.example.gov.cn: 区人社局}}"},
	}
}

// Read reads every source that is declared, all faults at once.
func Read(fsys fs.FS, datasets map[string]*dataset.Dataset) (map[string]*Source, error) {
	files := declare.Read[Source](fsys, "sources")
	out := map[string]*Source{}
	for _, doc := range files.Docs {
		doc.Value.check(doc.File, datasets)
		if doc.Sound() {
			out[doc.Value.Name] = doc.Value
		}
	}
	return out, files.Err()
}

// Datasets are the datasets of sources, by the names of these: what a job may fetch.
func Datasets(sources map[string]*Source) map[string]string {
	out := map[string]string{}
	for name, s := range sources {
		out[name] = s.Dataset
	}
	return out
}

func (s *Source) check(f *declare.File, datasets map[string]*dataset.Dataset) {
	s.File = f.Name
	if want := strings.TrimSuffix(path.Base(f.Name), ".yaml"); !reName.MatchString(s.Name) {
		f.Fault("name", "是 %q，应为小写字母、数字和 _，字母开头，最多 40 个", "is %q, want up to 40 small letters, digits and _, a letter first", s.Name)
	} else if s.Name != want {
		f.Fault("name", "是 %q，应与文件名 %q 相同", "is %q, want the file's name %q", s.Name, want)
	}
	if s.Mailbox != nil {
		s.checkMailbox(f)
		return
	}
	known := f.OneOf("dataset", s.Dataset, slices.Sorted(maps.Keys(datasets))...)
	if known {
		s.ds = datasets[s.Dataset]
	}
	if s.Folder != nil {
		s.checkFolder(f)
		return
	}
	var err error
	if s.zone, err = time.LoadLocation(s.Zone); err != nil || s.Zone == "Local" || s.Zone == "" {
		f.Fault("zone", "没有时区 %q，例如 Asia/Shanghai", "%q is not a time zone of the IANA list, such as Asia/Shanghai", s.Zone)
	}
	if len(s.Key) == 0 || slices.Contains(s.Key, "") {
		f.Fault("key", "应至少有一列", "want one column at least")
	}
	if s.Most < 1 || s.Most > 50_000_000 {
		f.Fault("most", "是 %d，应为 1 至 50000000", "is %d, want 1 to 50000000", s.Most)
	}
	if known {
		s.checkDataset(f)
	}
	switch {
	case s.Database == nil && s.HTTP == nil:
		f.Fault("database", "缺少，应有 database、http、folder 或 mailbox", "is missing: database, http, folder or mailbox")
	case s.Database != nil && s.HTTP != nil:
		f.Fault("http", "database 与 http 只能有一个", "either database or http, not both")
	case s.Database != nil:
		s.Database.Check(f, "database")
	default:
		s.HTTP.Check(f, "http")
	}
}

// checkFolder tells what a source of files has that only one of rows may have.
func (s *Source) checkFolder(f *declare.File) {
	switch {
	case s.Database != nil || s.HTTP != nil:
		f.Fault("folder", "database、http、folder 只能有一个", "one of database, http and folder, not several")
	case s.Zone != "" || len(s.Key) > 0 || s.Period != "":
		f.Fault("folder", "取文件的数据源不写 zone、key、period：文件里有什么，与收件夹里的一样认", "a source of files has no zone, key or period: its files are read as those of the inbox are")
	}
	s.Folder.Check(f, "folder")
}

// checkMailbox tells what a mail box has that only another source may have.
func (s *Source) checkMailbox(f *declare.File) {
	switch {
	case s.Database != nil || s.HTTP != nil || s.Folder != nil:
		f.Fault("mailbox", "database、http、folder、mailbox 只能有一个", "one of database, http, folder and mailbox, not several")
	case s.Dataset != "" || s.Sender != "" || s.Zone != "" || len(s.Key) > 0 || s.Period != "":
		f.Fault("mailbox", "邮箱不写 dataset、sender、zone、key、period：发件人决定报送单位，其余与收件夹里的文件一样认", "a mail box has no dataset, sender, zone, key or period: senders says whose an attachment is, and it is read as the files of the inbox are")
	}
	s.Mailbox.Check(f, "mailbox")
}

// Whole reports whether a source gives files, which are not asked for by period.
func (s *Source) Whole() bool { return s.Folder != nil || s.Mailbox != nil }

// reader is what is asked.
func (s *Source) reader() interface {
	Read(context.Context, answer.Ask, answer.Taker) (answer.Answer, error)
} {
	if s.Database != nil {
		return s.Database
	}
	return s.HTTP
}

// cursor says how it is known what is new; nil: everything is read each time.
func (s *Source) cursor() *database.Cursor {
	if s.Database != nil {
		return s.Database.Cursor
	}
	return nil
}

// checkDataset holds a source against the dataset that its rows go into.
func (s *Source) checkDataset(f *declare.File) {
	has := func(part string) bool { return slices.Contains(s.ds.Unit, part) }
	switch {
	case has("sender") && s.Sender == "":
		f.Fault("sender", "数据集 %s 按报送单位替换，须写明", "is needed: the dataset %s is replaced by sender", s.Dataset)
	case has("period") && s.Period == "":
		f.Fault("period", "数据集 %s 按期间替换，须写明按哪一列的日期", "is needed: the dataset %s is replaced by period; name the column of the date", s.Dataset)
	case !has("period") && s.Period != "":
		f.Fault("period", "数据集 %s 不按期间替换", "the dataset %s is not replaced by period", s.Dataset)
	case has("period") && s.ds.Period == nil:
		f.Fault("dataset", "数据集 %s 没有声明期间多长（period.grain）", "the dataset %s does not declare how long its periods are (period.grain)", s.Dataset)
	case s.ds.Header == "none":
		f.Fault("dataset", "数据集 %s 按位置认列（header: none）；取来的行按列名", "the dataset %s knows its columns by position (header: none); fetched rows have names", s.Dataset)
	}
	if t := s.ds.Text; len(t.Delimiter) > 1 || t.Quote != "" && t.Quote != `"` || t.Escape != "" || t.Encoding != "" && t.Encoding != "utf-8" {
		f.Fault("dataset", "数据集 %s 声明了自己的文本写法（text），取来的行写不成那样", "the dataset %s declares how its texts are written (text); fetched rows cannot be written so", s.Dataset)
	}
}
