package fetch

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/fetch/answer"
	"yanzhen/pipeline/fetch/mirror"
)

// Fetcher fetches. Its fields are set once; it may be used from any number of goroutines.
type Fetcher struct {
	Sources map[string]*Source
	Loader  *pipeline.Loader
	Dir     string         // data directory: what is known of a source lies in sources/NAME below it
	Inbox   string         // where the attachments of mail boxes are put
	Office  *time.Location // in which times are told
	Now     func() time.Time
	Log     *slog.Logger
}

// Request says what is fetched, and on whose behalf.
type Request struct {
	Source string
	Job    string
	Parent string // the job's run
	Full   bool   // everything is read, whatever the cursor says
	Force  bool   // as of pipeline.Request

	Only []days.Range // nothing of other periods is loaded; nil: all are
}

// Summary is what a fetch read, whatever became of it afterwards.
type Summary struct {
	Folder bool       // it is a folder or a mail box: Read counts files, Rows nothing
	Full   bool       // everything was read
	Read   uint64     // rows that the source gave
	Rows   uint64     // rows that it holds, as far as is known
	Holds  codes.Text // of a folder or a mail box
	Notes  []codes.Text
}

func problem(code, zh, en, todoZh, todoEn string) *pipeline.Problem {
	return &pipeline.Problem{Code: code, Text: codes.Text{Zh: zh, En: en}, Remedy: codes.Text{Zh: todoZh, En: todoEn}}
}

// ErrBusy is said where the source is being fetched already.
var ErrBusy = errors.New("正在取这个数据源 / this source is being fetched already")

// named finds a source and takes it: nobody else fetches it meanwhile, in this process or another.
func (f *Fetcher) named(name string) (s *Source, dir string, release func(), err error) {
	if s = f.Sources[name]; s == nil {
		var names []string
		for n := range f.Sources {
			names = append(names, n)
		}
		slices.Sort(names)
		zh, en := "可选：", "one of: "
		if len(names) == 0 {
			zh, en = "还没有声明任何数据源：写在声明目录的 sources/ 里，见 docs/sources.md", "no source is declared yet: they stand in sources/ of the directory of declarations, see docs/sources.md"
		}
		list := strings.Join(names, ", ")
		return nil, "", nil, problem("no_source", "没有声明数据源 "+name, "no source "+name+" is declared", zh+list, en+list)
	}
	dir = filepath.Join(f.Dir, "sources", name)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, "", nil, err
	}
	lock, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, "", nil, err
	}
	if err := unix.Flock(int(lock.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		lock.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			err = ErrBusy
		}
		return nil, "", nil, err
	}
	f.sweep(dir)
	return s, dir, func() { lock.Close() }, nil
}

// sweep removes first rows that nobody has removed, because the program ended before.
func (f *Fetcher) sweep(dir string) {
	looks, _ := filepath.Glob(filepath.Join(dir, "look-*"))
	for _, look := range looks {
		if at, err := os.Stat(look); err == nil && f.now().Sub(at.ModTime()) < oldLook {
			continue
		}
		if err := os.RemoveAll(look); err != nil {
			f.log().Warn("first rows of a source cannot be removed", "folder", look, "err", err)
		}
	}
}

const oldLook = 48 * time.Hour // nobody plans first rows for so long

// question names what is asked and how it is told: rows of another question are of no use.
func (s *Source) question(office *time.Location) string {
	if s.Folder != nil { // what was taken stays taken, whatever is declared of how
		text, _ := json.Marshal([]any{s.Folder.Where(), s.Dataset, s.Sender})
		sum := sha256.Sum256(text)
		return hex.EncodeToString(sum[:])
	}
	if s.Mailbox != nil {
		text, _ := json.Marshal(s.Mailbox.Where())
		sum := sha256.Sum256(text)
		return hex.EncodeToString(sum[:])
	}
	text, _ := json.Marshal([]any{s.Database, s.HTTP, s.Zone, office.String(), s.Key}) // of texts and numbers
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// Fetch asks a source and loads what it holds. did is told of every file; what is wrong with one keeps no other from being
// loaded. A *pipeline.Problem needs a person, any other error may pass; nothing was loaded then.
func (f *Fetcher) Fetch(ctx context.Context, req Request, did func(pipeline.Outcome, error)) (sum Summary, err error) {
	s, dir, release, err := f.named(req.Source)
	if err != nil {
		return sum, err
	}
	defer release()
	if s.Folder != nil {
		sum, err = f.collect(ctx, s, dir, req, did)
		return sum, asProblem(s, err)
	}
	if s.Mailbox != nil {
		sum, err = f.empty(ctx, s, dir, req, did)
		return sum, asProblem(s, err)
	}
	rows := filepath.Join(dir, "rows")
	parts, err := f.bring(ctx, s, dir, rows, reading(req), &sum)
	if err != nil {
		return sum, asProblem(s, err)
	}
	known := map[string]bool{}
	parts = slices.DeleteFunc(parts, func(p *part) bool {
		if req.Only == nil || slices.Contains(req.Only, p.period) {
			return false
		}
		os.Remove(p.path) // the next fetch brings it again
		return true
	})
	for i, p := range parts {
		q := s.request(p)
		q.Job, q.Parent, q.Force, q.Quiet = req.Job, req.Parent, req.Force, req.Job != ""
		out, err := f.Loader.Load(ctx, q)
		if err != nil && (pipeline.Away(err) || ctx.Err() != nil) {
			for _, left := range parts[i:] { // the next fetch brings them again
				os.Remove(left.path)
			}
			return sum, err
		}
		known[q.Display] = true
		if out.Period.IsZero() { // it was not read so far
			out.Period = p.period
		}
		did(out, err)
		if err == nil && out.Rejects == 0 && out.Problem == nil {
			os.Remove(p.path)
		}
	}
	return sum, f.gone(ctx, s, known, req.Only, did)
}

// Job is Fetch for a job of the clock; where only names periods, everything is read and what lies in them loaded.
func (f *Fetcher) Job(ctx context.Context, source, job, run string, only []days.Range, did func(pipeline.Outcome, error)) error {
	sum, err := f.Fetch(ctx, Request{Source: source, Job: job, Parent: run, Full: only != nil, Only: only}, did)
	if err == nil {
		f.log().Info("source fetched", "source", source, "run", run, "read", sum.Read, "rows", sum.Rows, "full", sum.Full, "holds", sum.Holds.En)
	}
	for _, n := range sum.Notes {
		f.log().Warn(n.En, "source", source, "run", run)
	}
	return err
}

func (s *Source) request(p *part) pipeline.Request {
	return pipeline.Request{Path: p.path, Display: s.display(p.period), Dataset: s.Dataset, Sender: s.Sender, Period: p.period}
}

// gone tells of live periods, those of only or all, of which the source has no row any more: nothing takes them away but a person.
func (f *Fetcher) gone(ctx context.Context, s *Source, known map[string]bool, only []days.Range, did func(pipeline.Outcome, error)) error {
	live, err := f.Loader.Live(ctx, s.Dataset)
	if err != nil {
		return err
	}
	for _, u := range live {
		own := u.File == s.Name+".csv" || u.File == s.Name+"_"+u.Period+".csv" // as display calls them
		if known[u.File] || !own || u.Sender != s.Sender {
			continue
		}
		if p, ok := days.Parse(u.Period); only != nil && (!ok || !slices.Contains(only, p)) {
			continue
		}
		did(pipeline.Outcome{
			Dataset: s.Dataset, Unit: u.Unit, File: u.File, Sender: u.Sender, State: pipeline.Held, Before: u.Loaded,
			Problem: problem("period_gone",
				fmt.Sprintf("数据源里已没有 %s 的任何行；已发布的 %d 行保留", u.Unit, u.Loaded), fmt.Sprintf("the source has no row of %s any more; the %d rows that are published stay", u.Unit, u.Loaded),
				"确属删除：yanzhen rollback 撤下这个单元；否则核对查询", "if they were meant to go, take the unit back by yanzhen rollback; else check the query"),
		}, nil)
	}
	return nil
}

// how much of a source is read.
type how int

const (
	asKnown    how = iota // what may be new, unless it is time for everything
	everything            // whatever the cursor says
)

func reading(req Request) how {
	if req.Full {
		return everything
	}
	return asKnown
}

// bring asks the source and leaves the files to be loaded. What is known of it afterwards is all of it, so what becomes of the
// files decides nothing of what is asked for next time. Where it fails nothing of the source is left in rows.
func (f *Fetcher) bring(ctx context.Context, s *Source, dir, rows string, how how, sum *Summary) ([]*part, error) {
	name := filepath.Join(dir, "mirror")
	parts, err := f.ask(ctx, s, name, rows, how, sum)
	if errors.Is(err, errOtherColumns) || errors.Is(err, mirror.ErrDamaged) {
		f.log().Warn("what was known of a source is of no use; everything is read again", "source", s.Name, "reason", err)
		os.Remove(name)
		parts, err = f.ask(ctx, s, name, rows, everything, sum)
	}
	if err != nil {
		if e := os.RemoveAll(rows); e != nil {
			f.log().Warn("rows of a source cannot be removed", "folder", rows, "err", e)
		}
	}
	return parts, err
}

// ask asks once. errOtherColumns or ErrDamaged: what is known is of no use.
func (f *Fetcher) ask(ctx context.Context, s *Source, name, rows string, how how, sum *Summary) ([]*part, error) {
	// of what was refused last time the file was kept, so that its addresses could be looked up
	if err := errors.Join(os.RemoveAll(rows), os.MkdirAll(rows, 0o700)); err != nil {
		return nil, err
	}
	now := f.now()
	head := mirror.Head{Of: s.question(f.Office), At: now, Full: now}
	old, err := s.known(name, head, how, f.log())
	if err != nil {
		return nil, err
	}
	defer old.Close()
	ask := answer.Ask{Zone: s.zone, Office: f.Office}
	if old != nil {
		ask.From, head.Full = old.Cursor, old.Full
	}
	*sum = Summary{Full: old == nil}
	r := receiver{source: s, dir: rows}
	if old != nil {
		r.known = old.Columns
	}
	defer r.close()
	a, err := s.reader().Read(ctx, ask, &r)
	if err != nil {
		return nil, err
	}
	sum.Read, sum.Notes = r.sorter.Rows(), notes(a)
	if head.Cursor = a.Cursor; head.Cursor == nil && old != nil {
		head.Cursor = old.Cursor
	}
	head.Columns = r.typed
	var w *mirror.Writer
	if s.cursor() != nil {
		if w, err = mirror.Create(name, head); err != nil {
			return nil, err
		}
		defer w.Close()
	}
	out := s.spool(rows, r.names)
	defer out.close()
	twice, err := r.sorter.Merge(old, func(row [][]byte) error {
		if sum.Rows++; sum.Rows > uint64(s.Most) {
			return s.tooMany()
		}
		if w != nil {
			if err := w.Add(row); err != nil {
				return err
			}
		}
		return out.add(row)
	})
	switch {
	case errors.Is(err, errAdrift):
		return nil, problem("source_period", fmt.Sprintf("超过 %d 行的 %s 不是日期", mostAdrift, s.Period), fmt.Sprintf("more than %d rows have no date in %s", mostAdrift, s.Period), "核对 period 所指的列", "check the column that period names")
	case err != nil:
		return nil, err
	case twice > 0:
		keys := strings.Join(s.Key, ", ")
		return nil, problem("source_key", fmt.Sprintf("有 %d 行与别的行的 %s 相同：它们认定不了一行", twice, keys), fmt.Sprintf("%d rows have the same %s as another: these columns do not name a row", twice, keys), "改正 key，或让 query 每个键只出一行", "correct key, or let query give one row for each")
	}
	parts, err := out.done()
	if err != nil {
		return nil, err
	}
	if len(parts) == 0 {
		return nil, problem("source_no_rows", "数据源一行也没有给出；没有替换任何数据", "the source gave no row at all; nothing was replaced", "核对查询和权限：多为源库的视图空了，或换了库", "check the query and the rights: mostly a view that is empty, or another database")
	}
	if w != nil {
		return parts, w.Commit()
	}
	return parts, nil
}

func (s *Source) tooMany() error {
	return problem("source_most", fmt.Sprintf("超过 %d 行", s.Most), fmt.Sprintf("more than %d rows", s.Most), "在 query 里限定范围，或调大 most", "narrow query, or raise most")
}

// known opens what is known of the source; nil where everything has to be read. now is the head of what is going to be known.
func (s *Source) known(name string, now mirror.Head, how how, log *slog.Logger) (*mirror.Reader, error) {
	if s.cursor() == nil || how == everything {
		return nil, nil
	}
	old, err := mirror.Open(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case errors.Is(err, mirror.ErrDamaged):
		log.Warn("what was known of a source is damaged; everything is read again", "source", s.Name)
		return nil, nil
	case err != nil:
		return nil, err
	}
	if age := now.At.Sub(old.Full); old.Of != now.Of || old.Cursor == nil || age >= s.cursor().Full || age < 0 {
		old.Close()
		return nil, nil
	}
	return old, nil
}

// errOtherColumns ends an answer that cannot be laid over what is known.
var errOtherColumns = errors.New("the answer has other columns, or other types of columns, than what is known of the source")

// receiver takes the rows of an answer.
type receiver struct {
	source *Source
	dir    string
	known  []string // the columns of what is known, as typed; nil: nothing is
	names  []string
	typed  []string // the names with their types
	key    []int
	sorter *mirror.Sorter
}

// Begin finds the columns of the key.
func (r *receiver) Begin(columns []answer.Column) error {
	for _, c := range columns {
		r.names = append(r.names, c.Name)
		r.typed = append(r.typed, fmt.Sprintf("%q %s %s", c.Name, c.Kind, c.Type)) // a key 7 may be 007 in another type
	}
	if r.known != nil && !slices.Equal(r.known, r.typed) {
		return errOtherColumns
	}
	for _, k := range append(slices.Clone(r.source.Key), r.source.Period) {
		at := slices.Index(r.names, k)
		switch {
		case at < 0 && k != "":
			return problem("source_columns", "查询的结果里没有列 "+k, "the answer of the query has no column "+k, "把它加进 query，或改正 key、period；有的列："+strings.Join(r.names, ", "), "add it to query, or correct key and period; it has "+strings.Join(r.names, ", "))
		case len(r.key) < len(r.source.Key):
			r.key = append(r.key, at)
		}
	}
	r.sorter = mirror.NewSorter(r.dir, r.key)
	return nil
}

// Row sorts a row in.
func (r *receiver) Row(cells [][]byte) error {
	for i, k := range r.key {
		if cells[k] == nil {
			return problem("source_key", "有一行的 "+r.source.Key[i]+" 是空的：认定不了一行", "a row has no value in "+r.source.Key[i]+", which is to name it", "改正 key，或在 query 里去掉这样的行", "correct key, or leave such rows out in query")
		}
	}
	if r.sorter.Rows() == uint64(r.source.Most) {
		return r.source.tooMany()
	}
	return r.sorter.Add(cells)
}

func (r *receiver) close() {
	if r.sorter != nil {
		r.sorter.Close()
	}
}

func notes(a answer.Answer) []codes.Text {
	var out []codes.Text
	if a.Zero > 0 {
		out = append(out, codes.Text{Zh: fmt.Sprintf("%d 格是 0000-00-00，按空格处理", a.Zero), En: fmt.Sprintf("%d cells are 0000-00-00 and were taken as empty", a.Zero)})
	}
	if a.Unplaced > 0 {
		out = append(out, codes.Text{Zh: fmt.Sprintf("%d 行的游标列是空的：它们的改动只有全取时才看得到", a.Unplaced), En: fmt.Sprintf("%d rows have no value in a column of the cursor: only a full reading sees them change", a.Unplaced)})
	}
	return out
}

// asProblem makes a problem of what needs a person.
func asProblem(s *Source, err error) error {
	var f *answer.Fault
	if errors.As(err, &f) {
		return &pipeline.Problem{Code: "source_" + f.Code, Text: codes.Text{Zh: s.Title.Zh + "：" + f.Text.Zh, En: s.Title.En + ": " + f.Text.En}, Remedy: f.Remedy, Err: err}
	}
	return err
}

func (f *Fetcher) now() time.Time {
	if f.Now != nil {
		return f.Now()
	}
	return time.Now()
}

func (f *Fetcher) log() *slog.Logger {
	if f.Log != nil {
		return f.Log
	}
	return slog.Default()
}

// Look reads the first rows of a source and leaves them as a file that can be planned. Of a source whose rows fall into several
// periods they are those of the first row's. Nothing is loaded, and nothing of it is remembered; done removes the file.
func (f *Fetcher) Look(ctx context.Context, name string, first int) (q pipeline.Request, columns []answer.Column, done func(), err error) {
	s, dir, release, err := f.named(name)
	if err != nil {
		return q, nil, nil, err
	}
	defer release()
	tmp, err := os.MkdirTemp(dir, "look-")
	if err != nil {
		return q, nil, nil, err
	}
	done = func() { os.RemoveAll(tmp) }
	defer func() {
		if err != nil { // done may be nil by now
			os.RemoveAll(tmp)
		}
	}()
	l := looker{receiver: receiver{source: s, dir: tmp}}
	a, err := s.reader().Read(ctx, answer.Ask{Zone: s.zone, Office: f.Office, First: first}, &l)
	if err != nil {
		return q, nil, nil, asProblem(s, err)
	}
	defer l.out.close()
	parts, err := l.out.done()
	if err != nil {
		return q, nil, nil, err
	}
	if len(parts) == 0 {
		return q, a.Columns, nil, problem("source_no_rows", "数据源一行也没有给出", "the source gave no row at all", "核对查询和权限", "check the query and the rights")
	}
	return s.request(parts[0]), a.Columns, done, nil
}

// looker takes first rows as they come.
type looker struct {
	receiver
	out    *spool
	period *days.Range
}

// Begin begins the file.
func (l *looker) Begin(columns []answer.Column) error {
	if err := l.receiver.Begin(columns); err != nil {
		return err
	}
	l.out = l.source.spool(l.dir, l.names)
	return nil
}

// Row writes a row of the first one's period.
func (l *looker) Row(cells [][]byte) error {
	p, ok := l.out.period(cells)
	if ok && l.period == nil {
		l.period = &p
	}
	if ok && *l.period != p {
		return nil
	}
	return l.out.add(cells)
}

// FirstRows takes out of a plan what says nothing where only first rows were read: that rows are missing. It returns what is left
// of its problems.
func FirstRows(p *pipeline.Plan) []*pipeline.Problem {
	p.Before, p.Months, p.Unchanged = nil, nil, false
	p.Problems = slices.DeleteFunc(p.Problems, func(x *pipeline.Problem) bool { return x.Code == "shrink_share" })
	return p.Problems
}
