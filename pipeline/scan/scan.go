// Package scan has the office's own scanner for malware look at every file before anything of it is read: clamd over its socket,
// or a program that is given the file on its standard input. What it finds something in is refused; what it could not look at
// waits, and is never read unseen.
package scan

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"time"

	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/declare"
)

// Settings say which scanner there is; the zero value is none.
type Settings struct {
	Clamd     string        `yaml:"clamd"`
	Command   []string      `yaml:"command"`
	Timeout   time.Duration `yaml:"timeout"`
	Megabytes int           `yaml:"megabytes"`
}

// Declared says what is declared of a scanner.
func (Settings) Declared() declare.Keys {
	return declare.Keys{
		"clamd":     {Zh: "clamd 的套接字：文件，或 HOST:PORT；文件以 INSTREAM 交给它", En: "the socket of clamd, a file or HOST:PORT; files are handed to it by INSTREAM", Example: "/run/clamav/clamd.ctl"},
		"command":   {Zh: "或一个从标准输入读文件的扫描程序：退出码 0 干净，1 有发现，其他是没有扫成", En: "or a program that reads the file from its standard input: exit code 0 is clean, 1 found something, any other did not scan", Example: `[clamdscan, --no-summary, --fdpass, "-"]`},
		"timeout":   {Zh: "一个文件最多扫多久", En: "how long one file may take", Default: "2m", Example: "30s"},
		"megabytes": {Zh: "最大多少 MB 的文件交给它，更大的退回；不超过 clamd 的 StreamMaxLength", En: "files of up to so many MB are handed to it, larger ones are refused; not above clamd's StreamMaxLength", Default: "100", Example: "25"},
	}
}

// Check tells of a scanner that is named by halves.
func (s Settings) Check(f *declare.File, key string) {
	switch {
	case s.Clamd != "" && len(s.Command) > 0:
		f.Fault(key, "clamd 与 command 只能有一个", "either clamd or command, not both")
	case len(s.Command) > 0 && s.Command[0] == "":
		f.Fault(key+".command", "没有程序名", "names no program")
	case s.Timeout < time.Second || s.Timeout > 15*time.Minute:
		f.Fault(key+".timeout", "要在 1s 至 15m 之间", "want 1s to 15m")
	case s.Megabytes < 1 || s.Megabytes > 4095:
		f.Fault(key+".megabytes", "要在 1 至 4095 之间", "want 1 to 4095")
	}
}

// atOnce bounds how many files are scanned at the same time; more wait.
const atOnce = 2

// Scanner has files looked at. It is used from any number of goroutines.
type Scanner struct {
	settings Settings
	places   chan struct{}
}

// By is File of the scanner that the settings name; nil where they name none.
func By(s Settings) func(ctx context.Context, path string) error {
	if by := New(s); by != nil {
		return by.File
	}
	return nil
}

// New makes a scanner; nil where none is declared.
func New(s Settings) *Scanner {
	if s.Clamd == "" && len(s.Command) == 0 {
		return nil
	}
	return &Scanner{s, make(chan struct{}, atOnce)}
}

// Waiting is why a file could not be looked at this time.
type Waiting struct{ Why string }

// Error tells the operator; the file's name and content are not in it.
func (w *Waiting) Error() string {
	return "等待扫描程序：" + w.Why + "；文件还没有读，稍后自动再试 / waiting for the scanner: " + w.Why + "; the file has not been read and is tried again by itself"
}

// Tell is for whoever waits for the file: why the scanner did not say is the operator's to know.
func (w *Waiting) Tell() codes.Text {
	return codes.Text{Zh: "等待扫描程序，文件还没有读", En: "it waits for the scanner: the file has not been read"}
}

// File has a file looked at: nil where nothing was found, a *pipeline.Problem where something was or the file is too large, and
// a *Waiting where the scanner did not say.
func (s *Scanner) File(ctx context.Context, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.Size() > int64(s.settings.Megabytes)<<20 {
		return s.large(info.Size())
	}
	select {
	case s.places <- struct{}{}:
		defer func() { <-s.places }()
	case <-ctx.Done():
		return ctx.Err()
	}
	within, cancel := context.WithTimeout(ctx, s.settings.Timeout)
	defer cancel()
	ask := s.clamd
	if s.settings.Clamd == "" {
		ask = s.run
	}
	found, err := ask(within, f)
	var problem *pipeline.Problem
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case within.Err() != nil && err != nil:
		return &Waiting{"超过 " + s.settings.Timeout.String() + " 没有结果 (no answer in that time)"}
	case errors.As(err, &problem):
		return problem
	case err != nil:
		return &Waiting{err.Error()}
	case found == nil:
		return nil
	}
	name := ""
	if *found != "" {
		name = "（" + *found + "）"
	}
	return &pipeline.Problem{
		Code:   "malware",
		Text:   codes.Text{Zh: "扫描程序在这个文件里发现恶意内容" + name + "，没有读它", En: "the scanner found malware in this file" + strings.NewReplacer("（", " (", "）", ")").Replace(name) + ", and nothing of it was read"},
		Remedy: codes.Text{Zh: "不要再打开这个文件；请单位的网络安全人员检查发来它的电脑，清除后重新导出再报送", En: "do not open the file again; have the computer that it came from checked, then export and send it anew"},
	}
}

func (s *Scanner) large(size int64) error {
	return &pipeline.Problem{
		Code:   "not_scanned",
		Text:   codes.Text{Zh: fmt.Sprintf("文件有 %d MB，超过扫描程序能看的 %d MB", size>>20, s.settings.Megabytes), En: fmt.Sprintf("the file has %d MB, more than the %d MB that the scanner looks at", size>>20, s.settings.Megabytes)},
		Remedy: codes.Text{Zh: "把文件分成几份再报送；或请运维人员调高 scan.megabytes，重启后再放一次", En: "send it in parts; or have scan.megabytes raised, and after a restart put it in once more"},
	}
}

// mostSaid bounds what is read of a scanner's answer.
const mostSaid = 4 << 10

// clamd asks by INSTREAM. What was found is a name; nil is nothing.
func (s *Scanner) clamd(ctx context.Context, f *os.File) (found *string, err error) {
	network := "tcp"
	if strings.HasPrefix(s.settings.Clamd, "/") {
		network = "unix"
	}
	c, err := new(net.Dialer).DialContext(ctx, network, s.settings.Clamd)
	if err != nil {
		return nil, errors.New("clamd 没有应答 (clamd cannot be reached)")
	}
	defer c.Close()
	if end, ok := ctx.Deadline(); ok {
		_ = c.SetDeadline(end)
	}
	defer context.AfterFunc(ctx, func() { _ = c.SetDeadline(time.Unix(1, 0)) })()
	_, sent := io.WriteString(c, "zINSTREAM\x00")
	chunk := make([]byte, 4+64<<10)
	for sent == nil {
		n, e := io.ReadFull(f, chunk[4:])
		binary.BigEndian.PutUint32(chunk, uint32(n)) // the last one is empty
		_, sent = c.Write(chunk[:4+n])
		if n == 0 {
			break
		}
		if e != nil && e != io.EOF && e != io.ErrUnexpectedEOF {
			return nil, e
		}
	}
	// clamd may have answered, and closed, before everything was sent
	b, err := io.ReadAll(io.LimitReader(c, mostSaid))
	said := strings.Trim(string(b), "\x00\r\n ")
	switch {
	case said == "stream: OK" && sent == nil:
		return nil, nil
	case strings.HasPrefix(said, "stream: ") && strings.HasSuffix(said, " FOUND"):
		return named(said), nil
	case strings.HasPrefix(said, "INSTREAM size limit exceeded"):
		info, err := f.Stat()
		if err != nil {
			return nil, err
		}
		return nil, s.beyond(info.Size())
	case err == nil && said != "":
		return nil, fmt.Errorf("clamd: %.200q", said)
	}
	return nil, errors.New("clamd 没有说完 (clamd gave no whole answer)")
}

func (s *Scanner) beyond(size int64) error {
	p := s.large(size).(*pipeline.Problem)
	p.Text = codes.Text{Zh: fmt.Sprintf("文件有 %d MB，超过 clamd 的 StreamMaxLength", size>>20), En: fmt.Sprintf("the file has %d MB, more than clamd's StreamMaxLength", size>>20)}
	p.Remedy = codes.Text{Zh: "把文件分成几份再报送，或请运维人员调高 StreamMaxLength", En: "send it in parts, or have StreamMaxLength raised"}
	return p
}

// run starts the program with the file as its standard input. It is told no name, and nothing of this process's environment but
// where programs are.
func (s *Scanner) run(ctx context.Context, f *os.File) (found *string, err error) {
	cmd := exec.CommandContext(ctx, s.settings.Command[0], s.settings.Command[1:]...)
	said := &bounded{most: mostSaid}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = f, said, said
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C"}
	cmd.WaitDelay = 2 * time.Second
	err = cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return nil, nil
	case ctx.Err() == nil && errors.As(err, &exit) && exit.ExitCode() == 1:
		return named(said.String()), nil
	case errors.As(err, &exit):
		return nil, fmt.Errorf("退出码 %d (exit code %[1]d)", exit.ExitCode())
	}
	return nil, errors.New("扫描程序起不来 (the scanner cannot be started)")
}

// bounded keeps the begin of what is written and takes the rest for written.
type bounded struct {
	bytes.Buffer
	most int
}

func (b *bounded) Write(p []byte) (int, error) {
	_, _ = b.Buffer.Write(p[:min(len(p), max(0, b.most-b.Len()))])
	return len(p), nil
}

var reFound = regexp.MustCompile(`: ([A-Za-z0-9._:/()!-]{1,100}) FOUND`)

// named is what was found by its name, as ClamAV says it; empty where the answer is in other words.
func named(said string) *string {
	name := ""
	if m := reFound.FindStringSubmatch(said); m != nil {
		name = m[1]
	}
	return &name
}
