// Package unfinished tells of a file that has stopped growing whether it may still lack its end: who has it open for writing, and
// how it ends.
package unfinished

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"math"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"yanzhen/pipeline/codes"
)

// Open is what Says says of a file that a program has open for writing.
var Open = codes.Text{Zh: "有程序正打开它写入", En: "a program has it open for writing"}

// Says says why a file that has stopped growing may still lack its end: somebody has it open
// for writing, its zip has no directory, its gzip no sum, or its last line no end. It returns nil where nothing
// speaks against the file. A text without a final line end may be whole: ask again later, and then
// take it. On systems and shares that do not tell who writes, only the end is looked at.
func Says(path string) *codes.Text {
	f, err := os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil // whoever loads it says so
	}
	defer f.Close()
	if beingWritten(f) {
		return &Open
	}
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size() == 0 {
		return nil
	}
	head := make([]byte, 8)
	n, _ := f.ReadAt(head, 0)
	head = head[:n]
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")), bytes.HasPrefix(head, []byte("PK\x07\x08")): // the last two: of nothing, of parts
		if !zipEnds(f, info.Size()) {
			return &codes.Text{Zh: "文件没有结尾（压缩包目录还没有写到），可能还在复制", En: "its end is missing (the directory of the zip is not there): the copy may be under way"}
		}
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		return packed.says(path, info, f)
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")):
	case bytes.HasPrefix(head, []byte("PAR1")):
		if n, _ := f.ReadAt(head[:4], info.Size()-4); n < 4 || info.Size() < 12 || !bytes.HasPrefix(head, []byte("PAR1")) {
			return &codes.Text{Zh: "文件没有结尾，可能还在复制", En: "its end is missing: the copy may be under way"}
		}
	case !lineEnds(f, info.Size()):
		return &codes.Text{Zh: "最后一行没有换行，可能还在复制", En: "its last line has no end: the copy may be under way"}
	}
	return nil
}

// beingWritten reports whether any process of this machine has the file open for writing, as far as
// the system tells: a read lease is granted only where nobody has.
func beingWritten(f *os.File) bool {
	conn, err := f.SyscallConn()
	if err != nil {
		return false
	}
	busy := false
	err = conn.Control(func(fd uintptr) {
		switch _, err := unix.FcntlInt(fd, unix.F_SETLEASE, unix.F_RDLCK); {
		case err == nil:
			_, _ = unix.FcntlInt(fd, unix.F_SETLEASE, unix.F_UNLCK)
		case errors.Is(err, unix.EAGAIN):
			busy = true
		}
	})
	return err == nil && busy
}

// zipEnds reports whether a file ends with the end of a zip's directory. That of a zip within it is followed by more.
func zipEnds(f io.ReaderAt, size int64) bool {
	const record = 22 // bytes of it without its comment
	tail := make([]byte, min(size, 64<<10+record))
	if n, _ := f.ReadAt(tail, size-int64(len(tail))); n < len(tail) {
		return false
	}
	for rest := tail; ; {
		i := bytes.LastIndex(rest, []byte("PK\x05\x06"))
		if i < 0 {
			return false
		}
		if i+record <= len(tail) && i+record+int(binary.LittleEndian.Uint16(tail[i+20:])) == len(tail) {
			return true
		}
		rest = tail[:i]
	}
}

// Bounds of what is unpacked to learn whether the end of a gzip is there, and of what is remembered of that.
const (
	mostUnpacked = 256 << 20
	mostKnown    = 1000
)

// packed is what was found of gzips: a folder is walked again and again, and each walk would unpack them.
var packed known

type known struct {
	mu sync.Mutex
	of map[string]found
}

type found struct {
	size int64
	mod  time.Time
	why  *codes.Text
}

// says is what gzipLacks says of a file as it is now.
func (k *known) says(path string, info fs.FileInfo, f *os.File) *codes.Text {
	k.mu.Lock()
	was, ok := k.of[path]
	k.mu.Unlock()
	if ok && was.size == info.Size() && was.mod.Equal(info.ModTime()) {
		return was.why
	}
	why := gzipLacks(f)
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.of == nil || len(k.of) >= mostKnown {
		k.of = map[string]found{}
	}
	k.of[path] = found{info.Size(), info.ModTime(), why}
	return why
}

// gzipLacks says what may be missing of a gzip: it is unpacked, for only its last bytes, the sum of what it holds, tell. One that
// is damaged otherwise lacks nothing: whoever loads it says so.
func gzipLacks(f *os.File) *codes.Text {
	z, err := gzip.NewReader(io.NewSectionReader(f, 0, math.MaxInt64))
	if err == nil {
		_, err = io.CopyN(io.Discard, z, mostUnpacked)
	}
	switch {
	case err == nil:
		return &codes.Text{Zh: "压缩文件太大，看不出有没有结尾；再等一会儿不变就装入", En: "the packed file is too large to tell whether its end is there: it is loaded when it has been still for longer"}
	case errors.Is(err, io.ErrUnexpectedEOF):
		return &codes.Text{Zh: "压缩文件没有结尾，可能还在复制", En: "the end of the packed file is missing: the copy may be under way"}
	}
	return nil
}

// lineEnds reports whether the last bytes of a text are a line end, in any encoding that is read:
// in UTF-16 a zero stands beside it.
func lineEnds(f io.ReaderAt, size int64) bool {
	tail := make([]byte, min(size, 2))
	if n, _ := f.ReadAt(tail, size-int64(len(tail))); n < len(tail) {
		return false
	}
	last := tail[len(tail)-1]
	if last == 0 && len(tail) == 2 {
		last = tail[0]
	}
	return last == '\n' || last == '\r'
}

// Hollow reports whether a file ends in 64 KiB of NUL bytes, as one does whose room was reserved
// before its content came. Neither text nor a zipped workbook can; what an xls ends in says nothing.
func Hollow(f io.ReaderAt, size int64) bool {
	const look = 64 << 10
	var head [8]byte
	if size < 2*look {
		return false
	}
	if n, _ := f.ReadAt(head[:], 0); n < len(head) || string(head[:]) == "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" {
		return false
	}
	tail := make([]byte, look)
	if n, _ := f.ReadAt(tail, size-look); n < look {
		return false
	}
	for _, b := range tail {
		if b != 0 {
			return false
		}
	}
	return true
}
