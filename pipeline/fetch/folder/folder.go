// Package folder lists and copies the files of a folder that lies on another machine: an SFTP server, or a bucket of a store
// that speaks S3. It writes nothing there, takes no longer and no more than was declared, and takes nothing of a name that
// leads out of the folder.
package folder

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/declare"
	"yanzhen/pipeline/fetch/answer"
	"yanzhen/pipeline/filename"
)

// The bounds that no declaration changes.
const (
	MostFiles = 5000     // that a folder may hold
	mostList  = 16 << 20 // bytes of a listing
	mostCalls = 100      // requests for a listing, or for a file
)

// idle is how long nobody is waited for who says nothing, and how long a sign-in and a listing may take. It is shorter in tests.
var idle = time.Minute

// Folder says where files lie and which of them are meant.
type Folder struct {
	SFTP    *SFTP         `yaml:"sftp"`
	S3      *S3           `yaml:"s3"`
	Files   string        `yaml:"files"`
	Still   time.Duration `yaml:"still"`
	MostMB  int           `yaml:"most_mb"`
	Timeout time.Duration `yaml:"timeout"`

	files *regexp.Regexp
}

// Entry is a file of it, as it was listed. Two that are equal hold the same bytes as far as its server tells.
type Entry struct {
	Name     string    `json:"name"`
	Size     int64     `json:"size"`
	Modified time.Time `json:"modified"`
	Tag      string    `json:"tag,omitempty"` // of S3: named by its content
}

// Listing is what a folder holds.
type Listing struct {
	Files []Entry // that are meant: first submissions before their revisions, then the oldest first
	Other int     // files that are not, and what is no file
	Bad   int     // names that lead elsewhere, or are none
}

// Door is the way to a folder; it may be left unused for any time. Close it.
type Door interface {
	List(ctx context.Context) (Listing, error)
	Copy(ctx context.Context, e Entry, to io.Writer) error
	Close() error
}

// Declared says what is declared of a folder.
func (Folder) Declared() declare.Keys {
	return declare.Keys{
		"sftp":    {Zh: "SFTP 服务器；或用 s3", En: "an SFTP server; or s3", Example: "{host: sftp.example.gov.cn, user: yanzhen, host_key: ssh-ed25519 AAAA…, password: {file: /etc/yanzhen/sftp.password}, dir: /out}"},
		"s3":      {Zh: "S3 兼容的对象存储", En: "a store that speaks S3", Example: "{endpoint: s3.example.gov.cn, bucket: reports, prefix: out/, access_key: yanzhen, secret_key: {file: /etc/yanzhen/s3.key}}"},
		"files":   {Zh: "取哪些文件：文件名的正则表达式；不写为全部", En: "which files are meant: a regular expression on their names; absent: all", Example: "(?i)引进与流出.*[.]xlsx$"},
		"still":   {Zh: "SFTP：新文件隔这么久再看一次，大小和时间都没变才取", En: "SFTP: a new file is looked at again after so long, and taken where neither size nor time has changed", Default: "10s", Example: "1m"},
		"most_mb": {Zh: "一个文件最多多少 MB", En: "how many MB a file may have", Default: "512", Example: "2048"},
		"timeout": {Zh: "全部取完最长多久", En: "how long all of it may take", Default: "30m", Example: "2h"},
	}
}

// Check tells what is wrong with a folder that was read.
func (d *Folder) Check(f *declare.File, at string) {
	switch {
	case d.SFTP == nil && d.S3 == nil:
		f.Fault(at+".sftp", "缺少，应有 sftp 或 s3", "is missing: sftp or s3")
	case d.SFTP != nil && d.S3 != nil:
		f.Fault(at+".s3", "sftp 与 s3 只能有一个", "either sftp or s3, not both")
	case d.SFTP != nil:
		d.SFTP.check(f, at+".sftp")
	default:
		d.S3.check(f, at+".s3")
	}
	var err error
	if d.files, err = regexp.Compile(d.Files); err != nil {
		f.Fault(at+".files", "不是正则表达式：%v", "is no regular expression: %v", err)
	}
	if d.Still < 0 || d.Still > time.Hour {
		f.Fault(at+".still", "应为 0 至 1h", "want 0 to 1h")
	}
	if d.MostMB < 1 || d.MostMB > 100_000 {
		f.Fault(at+".most_mb", "应为 1 至 100000", "want 1 to 100000")
	}
	if d.Timeout < time.Second || d.Timeout > 24*time.Hour {
		f.Fault(at+".timeout", "应为 1s 至 24h", "want 1s to 24h")
	}
}

// Open opens the folder. What needs a person is an *answer.Fault, any other error may pass.
func (d *Folder) Open(ctx context.Context) (Door, error) {
	if d.SFTP != nil {
		return d.SFTP.open(ctx, d)
	}
	return d.S3.open(ctx, d)
}

// Where names the folder, and as whom it is looked at.
func (d *Folder) Where() []string {
	if s := d.SFTP; s != nil {
		return []string{"sftp", s.Host, strconv.Itoa(s.Port), s.User, s.Dir}
	}
	return []string{"s3", d.S3.Endpoint, d.S3.Bucket, d.S3.AccessKey, d.S3.Prefix}
}

// Settles reports whether a file may be listed before all of it is there.
func (d *Folder) Settles() bool { return d.SFTP != nil && d.Still > 0 }

// kind is what a listing says that a name stands for.
type kind int

const (
	file  kind = iota
	other      // a folder, a link: it may lead anywhere
)

// take takes a name into a listing.
func (d *Folder) take(l *Listing, e Entry, k kind) error {
	switch {
	case k == other:
		l.Other++
	case e.Name == "" || e.Name == "." || e.Name == ".." || len(e.Name) > 255 || strings.ContainsAny(e.Name, "/\\\x00\n\r"):
		l.Bad++
	case filename.Ignored(e.Name) || d.files != nil && !d.files.MatchString(e.Name):
		l.Other++
	default:
		l.Files = append(l.Files, e)
	}
	if len(l.Files)+l.Other+l.Bad > MostFiles {
		return errMany()
	}
	return nil
}

func errMany() error {
	return answer.NewFault("folder_many", fmt.Sprintf("文件夹里超过 %d 个文件，或列表大得不合常理", MostFiles), fmt.Sprintf("the folder holds more than %d files, or its listing is larger than can be meant", MostFiles), "把取过的移走，或换一个文件夹", "move away what was taken, or name another folder")
}

// errSlow says that a sign-in or a listing took too long.
var errSlow = errors.New("对方太久没有答完 / the other side did not answer in time")

// sorted puts what corrects behind what it corrects, as an inbox does.
func (l *Listing) sorted() {
	slices.SortFunc(l.Files, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(filename.Parse(a.Name).Revision, filename.Parse(b.Name).Revision), a.Modified.Compare(b.Modified), cmp.Compare(a.Name, b.Name))
	})
}

// errMuch says that a file is larger than it may be.
func (d *Folder) errMuch() error {
	return answer.NewFault("folder_large", fmt.Sprintf("超过 %d MB", d.MostMB), fmt.Sprintf("has more than %d MB", d.MostMB), "分成几个文件，或调大 most_mb", "divide it, or raise most_mb")
}

// copy copies a file that may have no more bytes than were listed and allowed.
func (d *Folder) copy(ctx context.Context, e Entry, to io.Writer, from io.Reader) error {
	if e.Size > int64(d.MostMB)<<20 {
		return d.errMuch()
	}
	n, err := io.Copy(to, &stopped{ctx, io.LimitReader(from, e.Size+1)})
	switch {
	case err != nil:
		return err
	case n != e.Size:
		return ErrMoving
	}
	return nil
}

// stopped reads until the context ends.
type stopped struct {
	ctx context.Context
	r   io.Reader
}

func (s *stopped) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.r.Read(p)
}

// ErrMoving says that a file is no longer as it was listed, or no longer there.
var ErrMoving = errors.New("文件还在变化 / the file is still changing")

func absolute(f *declare.File, at, name string) {
	if name != "" && !filepath.IsAbs(name) {
		f.Fault(at, "应为绝对路径", "want an absolute path")
	}
}

func refused(zh, en string) error {
	return answer.NewFault("folder_refused", zh, en, "核对用户、口令或密钥，以及对方给的权限", "check the user, the password or key, and what the other side allows")
}

// Text is a listing in words.
func (l *Listing) Text() codes.Text {
	t := codes.Text{Zh: fmt.Sprintf("%d 个文件", len(l.Files)), En: fmt.Sprintf("%d files", len(l.Files))}
	if l.Other > 0 {
		t.Zh, t.En = t.Zh+fmt.Sprintf("，另有 %d 个不在约定之列", l.Other), t.En+fmt.Sprintf(", %d others that are not meant", l.Other)
	}
	if l.Bad > 0 {
		t.Zh, t.En = t.Zh+fmt.Sprintf("，%d 个名字不正常，不取", l.Bad), t.En+fmt.Sprintf(", %d with names that are none, not taken", l.Bad)
	}
	return t
}
