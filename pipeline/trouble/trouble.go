// Package trouble says in a plain sentence, to who has sent a file or waits for one, that something beneath went wrong for which
// no file is to blame, and what to do. The words of the database, of a parser or of the system are for the operator's log
// (Beneath): nobody else can do anything with them, and they may quote what others have sent.
package trouble

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"syscall"

	"yanzhen/pipeline/check"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/warehouse"
)

// Codes are those that a fault may have.
var Codes = []string{"failed", "torn", "unavailable", "disk", "memory", "late"}

// Said is what is told of a fault.
type Said struct {
	Code         string // one of Codes
	Text, Remedy codes.Text
}

// Teller is an error that can be told as it is: by words of its own, which quote nobody.
type Teller interface{ Tell() codes.Text }

// own is an error of words of its own.
type own struct {
	text  codes.Text
	cause error // for the log
}

// Own is an error that is told in these words; what lies beneath it, if anything does, is for the log.
func Own(zh, en string, cause error) error { return &own{codes.Text{Zh: zh, En: en}, cause} }

func (e *own) Tell() codes.Text { return e.text }
func (e *own) Unwrap() error    { return e.cause }
func (e *own) Error() string {
	if e.cause == nil {
		return e.text.Zh + " / " + e.text.En
	}
	return e.text.Zh + " / " + e.text.En + ": " + e.cause.Error()
}

var byHand = codes.Text{Zh: "文件没有问题：请稍后再装入一次；若持续出现，请操作员运行 yanzhen doctor", En: "the file is not to blame: load it once more later; if this goes on, have an operator run yanzhen doctor"}

var (
	waits   = codes.Text{Zh: "文件没有问题，不必重新报送：稍后会自动再试；若持续出现，请操作员运行 yanzhen doctor", En: "the file is not to blame and need not be sent again: it is tried again later; if this goes on, have an operator run yanzhen doctor"}
	roomFor = codes.Text{Zh: "文件没有问题，不必重新报送：请操作员腾出磁盘空间，之后会自动继续", En: "the file is not to blame and need not be sent again: have an operator make room on the disk, and it goes on by itself"}
	asks    = codes.Text{Zh: "文件没有问题，不必重新报送：稍后会自动再试；若持续出现，请操作员按运行编号在日志里查原因", En: "the file is not to blame and need not be sent again: it is tried again later; if this goes on, have an operator look in the log for the number of the run"}
)

// ByHand is what is told of a load that no job tries again.
func (s Said) ByHand() Said {
	if s.Remedy == waits || s.Remedy == asks {
		s.Remedy = byHand
	}
	return s
}

// Of says what went wrong; an error that it does not know is told as a fault of program or database.
func Of(err error) Said {
	if s, ok := Known(err); ok {
		return s
	}
	return Said{"failed", codes.Text{Zh: "程序或数据库出错，没有装入，也没有改变任何数据", En: "the program or the database failed: nothing was loaded and no data have changed"}, asks}
}

// Known is Of for what is of the database or the system; the rest is not known.
func Known(err error) (Said, bool) {
	var torn *check.Torn
	var said *warehouse.Error
	var teller Teller
	switch {
	case errors.As(err, &teller):
		return Said{"failed", teller.Tell(), asks}, true
	case errors.As(err, &torn):
		return Said{"torn", codes.Text{Zh: "写进库里的行与送出的不符，没有发布", En: "the rows in the database are not those that were sent; nothing was published"}, asks}, true
	case errors.Is(err, warehouse.ErrUnavailable):
		return Said{"unavailable", codes.Text{Zh: "数据库没有应答，这次没有做成", En: "the database does not answer; nothing was done"}, waits}, true
	case errors.As(err, &said):
		s := Said{"failed", codes.Text{Zh: "数据库出错，这次没有做成，没有发布任何数据", En: "the database failed; nothing was done and nothing published"}, asks}
		if said.Code == full {
			return disk(), true
		}
		if zh, en := said.Remedy(); zh != "" {
			s.Remedy = codes.Text{Zh: zh, En: en}
		}
		if said.Code == memory {
			s.Code, s.Text = "memory", codes.Text{Zh: "数据库的内存不够，这次没有做成", En: "the database has not enough memory; nothing was done"}
		}
		return s, true
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return disk(), true
	case errors.Is(err, context.DeadlineExceeded):
		return Said{"late", codes.Text{Zh: "超过时限还没有做完，没有发布任何数据", En: "it took longer than it may; nothing was published"}, asks}, true
	}
	var at *fs.PathError
	var link *os.LinkError
	var call *os.SyscallError
	if errors.As(err, &at) || errors.As(err, &link) || errors.As(err, &call) {
		t := Reason(err)
		return Said{"failed", codes.Text{Zh: "文件或目录读写不了（" + t.Zh + "），这次没有做成", En: "a file or folder cannot be read or written (" + t.En + "); nothing was done"}, asks}, true
	}
	return Said{}, false
}

// Numbers that ClickHouse gives to what it ran short of.
const (
	memory = 241 // MEMORY_LIMIT_EXCEEDED
	full   = 243 // NOT_ENOUGH_SPACE
)

func disk() Said {
	return Said{"disk", codes.Text{Zh: "磁盘空间不足，这次没有做成", En: "the disk has not enough room; nothing was done"}, roomFor}
}

// Reason is why the system does not let a file be read or written.
func Reason(err error) codes.Text {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return codes.Text{Zh: "没有权限", En: "no permission"}
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ESTALE):
		return codes.Text{Zh: "已经不在", En: "it is not there any more"}
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return codes.Text{Zh: "磁盘已满", En: "the disk is full"}
	case errors.Is(err, syscall.EROFS):
		return codes.Text{Zh: "磁盘是只读的", En: "the disk is read-only"}
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		return codes.Text{Zh: "打开的文件太多", En: "too many files are open"}
	case errors.Is(err, syscall.EBUSY), errors.Is(err, syscall.ETXTBSY), errors.Is(err, syscall.EAGAIN):
		return codes.Text{Zh: "被别的程序占用", En: "another program holds it"}
	case errors.Is(err, syscall.ENAMETOOLONG):
		return codes.Text{Zh: "名字太长", En: "its name is too long"}
	case errors.Is(err, syscall.ELOOP):
		return codes.Text{Zh: "链接指来指去", En: "links that lead in a circle"}
	case errors.Is(err, syscall.ENOTDIR):
		return codes.Text{Zh: "不是文件夹", En: "it is no folder"}
	case errors.Is(err, syscall.ETIMEDOUT), errors.Is(err, syscall.EHOSTDOWN), errors.Is(err, syscall.ENOTCONN), errors.Is(err, syscall.EHOSTUNREACH):
		return codes.Text{Zh: "网络盘没有应答", En: "the network share does not answer"}
	case errors.Is(err, syscall.EIO), errors.Is(err, io.ErrUnexpectedEOF):
		return codes.Text{Zh: "磁盘读写出错", En: "the disk fails"}
	}
	return codes.Text{Zh: "系统不允许", En: "the system does not allow it"}
}

// Beneath is an error for the log, as it was said, but for the path in it: names of files may be those of persons.
func Beneath(err error) string {
	if err == nil {
		return ""
	}
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Op + ": " + at.Err.Error()
	}
	var link *os.LinkError
	if errors.As(err, &link) {
		return link.Op + ": " + link.Err.Error()
	}
	return err.Error()
}
