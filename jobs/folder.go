package jobs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/filename"
	"yanzhen/pipeline/trouble"
)

const (
	mostEntries = 200_000 // of one folder with all below it; what lies beyond is told, not looked at
	mostPassed  = 1_000   // entries passed over that are listed
	deepest     = 32      // folders within folders
)

// errSlow is the answer of a folder whose last walk has not come back.
var errSlow = errors.New("the folder does not answer")

// mark tells one state of a file from another.
type mark struct {
	size    int64
	mod     time.Time
	changed time.Time // by the file system's own clock, which no copy sets back
	inode   uint64
}

func markOf(info fs.FileInfo) mark {
	m := mark{size: info.Size(), mod: info.ModTime(), changed: info.ModTime()}
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		m.inode, m.changed = st.Ino, time.Unix(st.Ctim.Unix())
	}
	return m
}

// sight is a file as a walk saw it.
type sight struct {
	path string
	mark
}

// listing is what a walk of a folder found.
type listing struct {
	folders []string
	files   []sight
	passed  []pipeline.Arrival
	more    int // entries passed over that are not listed
	err     error
}

func (l *listing) pass(path string, m mark, zh, en string) {
	if len(l.passed) == mostPassed {
		l.more++
		return
	}
	l.passed = append(l.passed, pipeline.Arrival{
		Path: path, Size: m.size, Changed: m.mod, State: pipeline.ArrivalPassed, Reason: codes.Text{Zh: zh, En: en},
	})
}

// walk lists a folder and all below it. A folder or file that cannot be read is passed over and
// told; only where the folder itself cannot be read is there an error. The folder itself may be a
// link (a mount is often reached by one); links inside it are not followed.
func walk(dir string) (l listing) {
	root, err := filepath.EvalSymlinks(dir)
	if err != nil {
		l.err = err
		return l
	}
	entries, err := os.ReadDir(root)
	if err != nil {
		l.err = err
		return l
	}
	l.folders = append(l.folders, dir)
	l.visit(dir, entries, 0)
	return l
}

func (l *listing) visit(dir string, entries []os.DirEntry, depth int) {
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if len(l.files) >= mostEntries {
			l.pass(path, mark{}, "收件目录里的文件太多，超出部分没有看", "there are too many files in the folder; what is beyond was not looked at")
			return
		}
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // gone between the listing and the look
		}
		if err != nil {
			l.pass(path, mark{}, "看不到它："+trouble.Reason(err).Zh, "it cannot be looked at: "+trouble.Reason(err).En)
			continue
		}
		m := markOf(info)
		switch mode := e.Type(); {
		case mode.IsDir():
			if depth == deepest {
				l.pass(path, m, "文件夹套得太深，没有进去", "folders within folders are too deep; it was not entered")
				continue
			}
			below, err := os.ReadDir(path)
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				l.pass(path, mark{mod: m.mod}, "文件夹打不开："+trouble.Reason(err).Zh+"；请操作员改正权限", "the folder cannot be opened: "+trouble.Reason(err).En+"; have an operator correct its permissions")
				continue
			}
			l.folders = append(l.folders, path)
			l.visit(path, below, depth+1)
		case mode&fs.ModeSymlink != 0:
			l.pass(path, m, "是链接，不跟随；请放入文件本身", "a link, which is not followed; put the file itself here")
		case !mode.IsRegular():
			l.pass(path, m, "不是普通文件（管道、设备或套接字）", "not a regular file (a pipe, a device or a socket)")
		case filename.Ignored(e.Name()):
			l.pass(path, m, "是临时文件、锁文件或备份的名字，不是报送", "by its name a temporary file, a lock or a backup, no submission")
		default:
			l.files = append(l.files, sight{path, m})
		}
	}
}

// folder is a watched folder. One walk of it is under way at a time: a share that does not answer
// holds one goroutine and nothing else.
type folder struct {
	walking chan struct{} // holds a token while a walk is under way
	last    listing       // of the last walk that came back; guarded by the scheduler's mutex
	slow    time.Time     // since when a walk has not come back; zero: it has
}

// list walks a folder in a goroutine of its own and waits for it until ctx ends, then gives up with
// errSlow. inspect is called there for every file found, because reading a file may hang as well.
func (f *folder) list(ctx context.Context, dir string, inspect func(sight) *codes.Text) (listing, map[string]codes.Text, error) {
	select {
	case f.walking <- struct{}{}:
	case <-ctx.Done():
		return listing{}, nil, errSlow
	}
	type answer struct {
		listing
		open map[string]codes.Text
	}
	back := make(chan answer, 1)
	go func() {
		a := answer{open: map[string]codes.Text{}}
		defer func() {
			if v := recover(); v != nil {
				a.err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
			}
			back <- a
			<-f.walking
		}()
		a.listing = walk(dir)
		for _, s := range a.files {
			if why := inspect(s); why != nil {
				a.open[s.path] = *why
			}
		}
	}()
	select {
	case a := <-back:
		return a.listing, a.open, a.err
	case <-ctx.Done():
		return listing{}, nil, errSlow
	}
}
