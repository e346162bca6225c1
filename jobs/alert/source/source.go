// Package source finds what needs a person: in the ledger, in the watched folders, on the disk, among duties, saved statements and
// channels. It decides nothing of who is told.
package source

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/dashboard/shelf"
	"yanzhen/jobs/alert"
	"yanzhen/jobs/outbox"
	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/duty"
	"yanzhen/pipeline/trouble"
)

// Bounds.
const (
	loadsLooked  = 2000                // loads, the latest
	runsLooked   = 1000                // runs of jobs
	tellOf       = 30 * 24 * time.Hour // how old what failed may be
	freeWarn     = 5 << 30             // bytes free on the disk
	freeGrave    = 1 << 30
	answerIn     = 8 * time.Second // or the database is away
	oftenFailed  = 5               // runs of a job in a row that make it worse
	periodsNamed = 4
	lateWorse    = 10               // working days after which what is late is worse
	downFor      = 15 * time.Minute // that a channel fails before the others are told
)

// Zone is what is looked at.
type Zone struct {
	Ledger   *pipeline.Ledger
	Titles   map[string]codes.Text // of the datasets
	Dir      string
	WrongKey func() *pipeline.Problem
	Inbox    func() []pipeline.Arrival
	Engine   *compute.Engine
	Workdays duty.Workdays
	Shelf    shelf.Shelf
	Post     *outbox.Post
	Local    func(time.Time) time.Time
	Upkeep   func(now time.Time) []alert.Found // what else keeps the installation from its work; nil: nobody looks
}

// All are the sources of a zone.
func (z Zone) All() []alert.Source {
	low := &disk{}
	return []alert.Source{
		{Kinds: []string{"failed", "held"}, Look: z.loads},
		{Kinds: []string{"damaged"}, Look: z.damaged},
		{Kinds: []string{"degraded"}, Look: func(ctx context.Context, now time.Time) ([]alert.Found, error) { return z.degraded(ctx, now, low) }},
		{Kinds: []string{"job"}, Look: z.jobs},
		{Kinds: []string{"late"}, Look: z.late},
		{Kinds: []string{"statement"}, Look: z.statements},
		{Kinds: []string{"channel"}, Look: z.channels},
	}
}

func text(zh, en string, args ...any) codes.Text {
	of := func(lang codes.Lang, form string) string {
		list := make([]any, len(args))
		for i, a := range args {
			if t, ok := a.(codes.Text); ok {
				a = t.In(lang)
			}
			list[i] = a
		}
		return fmt.Sprintf(form, list...)
	}
	return codes.Text{Zh: of(codes.Zh, zh), En: of(codes.En, en)}
}

// Title is what people call a dataset.
func (z Zone) Title(name string) codes.Text {
	if t, ok := z.Titles[name]; ok {
		return t
	}
	return codes.Text{Zh: name, En: name}
}

// what is what a load was to bring: a dataset of a sender for a period, or of a unit.
type what struct{ dataset, of, period string }

// brought notes what came.
func brought(came map[what]bool, r pipeline.Run) {
	came[what{r.Dataset, r.Sender, r.Period}], came[what{r.Dataset, "unit " + r.Unit, ""}] = true, true
}

func has(came map[what]bool, r pipeline.Run) bool {
	return r.Sender != "" && r.Period != "" && came[what{r.Dataset, r.Sender, r.Period}] || r.Unit != "" && came[what{r.Dataset, "unit " + r.Unit, ""}]
}

// loads are the files whose last load failed or is held, unless what they were to bring has come otherwise. What failed is told of
// for some weeks, what is held until somebody has decided.
func (z Zone) loads(ctx context.Context, now time.Time) ([]alert.Found, error) {
	bad, err := z.Ledger.Runs(ctx, pipeline.RunFilter{Kind: "load", States: []pipeline.State{pipeline.Failed, pipeline.Held, pipeline.Submitted}, Limit: loadsLooked})
	if err != nil {
		return nil, err
	}
	good := pipeline.RunFilter{Kind: "load", States: []pipeline.State{pipeline.Published, pipeline.Unchanged}, Limit: loadsLooked}
	list, err := z.Ledger.Runs(ctx, good)
	if err != nil {
		return nil, err
	}
	var known time.Time // what came before is not in the list
	if len(list) == loadsLooked {
		known = list[len(list)-1].Started
	}
	list = append(list, bad...)
	slices.SortStableFunc(list, func(x, y pipeline.Run) int { return y.Started.Compare(x.Started) }) // the latest first
	var out []alert.Found
	file, came, older := map[string]bool{}, map[what]bool{}, map[string]map[what]bool{}
	for _, r := range list {
		if file[r.File] {
			continue
		}
		file[r.File] = true
		if r.State == pipeline.Published || r.State == pipeline.Unchanged {
			brought(came, r)
			continue
		}
		if has(came, r) {
			continue
		}
		f := z.load(r)
		if r.Started.Before(known) && r.State == pipeline.Failed {
			f.Until = now
		} else if r.Started.Before(known) {
			if older[r.Dataset] == nil {
				if older[r.Dataset], err = z.since(ctx, good, r); err != nil {
					return nil, err
				}
			}
			if has(older[r.Dataset], r) {
				continue
			}
		}
		out = append(out, f)
	}
	return out, nil
}

// since is what came of a dataset after a load that is long ago.
func (z Zone) since(ctx context.Context, good pipeline.RunFilter, r pipeline.Run) (map[what]bool, error) {
	good.Dataset = r.Dataset
	list, err := z.Ledger.Runs(ctx, good)
	came := map[what]bool{}
	for _, x := range list {
		if x.Started.After(r.Started) {
			brought(came, x)
		}
	}
	return came, err
}

// who is what a sender is called in either language.
func (z Zone) who(sender string) codes.Text {
	if z.Engine == nil || z.Engine.Catalog == nil || sender == "" {
		return codes.Text{Zh: sender, En: sender}
	}
	return z.Engine.Catalog.Label("", sender)
}

// load is what is to be told of one that failed or is held.
func (z Zone) load(r pipeline.Run) alert.Found {
	f := alert.Found{Kind: "failed", Level: 1, Since: r.Started, Page: "/data/runs/" + r.ID}
	f.Key = "failed/" + r.ID
	subject := text("一份文件", "a file")
	if r.Sender != "" && r.Dataset != "" { // the name of a file may say who a person is
		subject = text("%s 的《%s》%s", "%[2]s of %[1]s, %[3]s,", z.who(r.Sender), z.Title(r.Dataset), r.Period)
	} else if r.Sender != "" {
		subject = text("%s 的一份文件", "a file of %s", z.who(r.Sender))
	}
	if r.State == pipeline.Held {
		f.Kind, f.Key = "held", "held/"+r.ID
		f.What = text("%s已装入但未发布，等人确认", "%s is loaded and not published: it waits for a person", subject)
		return f
	}
	if r.State == pipeline.Submitted {
		f.Kind, f.Key, f.Page = "held", "held/"+r.ID, "/data/review/"+r.ID
		f.What = text("%s待审核", "%s waits for its review", subject)
		return f
	}
	f.Until = r.Started.Add(tellOf)
	f.What = text("%s没有装入", "%s was not loaded", subject)
	if r.Code == "malware" {
		f.Level = 2
		f.What = text("%s里发现恶意内容，没有读也没有装入", "malware was found in %s: it was neither read nor loaded", subject)
		f.Do = text("请网络安全人员检查发来它的电脑；不要打开收件夹里的这个文件", "have the computer that it came from checked; do not open the file in the inbox")
		return f
	}
	if r.Rejected > 0 {
		f.What = text("%s，有 %d 处不合格", "%s, %d cells are refused", f.What, r.Rejected)
	}
	return f
}

func (z Zone) damaged(ctx context.Context, _ time.Time) ([]alert.Found, error) {
	list, err := z.Ledger.Damages(ctx)
	if err != nil {
		return nil, err
	}
	worst := map[string]int{}
	since := map[string]time.Time{}
	for _, d := range list {
		worst[d.Dataset]++
		if at, ok := since[d.Dataset]; !ok || d.At.Before(at) {
			since[d.Dataset] = d.At
		}
	}
	var out []alert.Found
	for name, n := range worst {
		out = append(out, alert.Found{
			Key: "damaged/" + name, Kind: "damaged", Level: n, Since: since[name], Page: "/data/datasets/" + name,
			What: text("《%s》有 %d 个已发布的批次与账簿不符，页面上的数可能不对", "%d published batches of %[1]s differ from the ledger: figures may be wrong", z.Title(name), n),
		})
	}
	return out, nil
}

// disk remembers how low its room was: a level is left with a fifth more than that at which it is reached.
type disk struct{ was int }

func (d *disk) level(free uint64) (level int) {
	for i, at := range []uint64{freeWarn, freeGrave} {
		if d.was > i {
			at += at / 5
		}
		if free < at {
			level = i + 1
		}
	}
	d.was = level
	return level
}

// degraded is what keeps the installation from doing its work.
func (z Zone) degraded(ctx context.Context, now time.Time, low *disk) (out []alert.Found, err error) {
	add := func(key string, level int, what, do codes.Text) {
		out = append(out, alert.Found{Key: "degraded/" + key, Kind: "degraded", Level: level, Since: now, What: what, Do: do})
	}
	soon, cancel := context.WithTimeout(ctx, answerIn)
	defer cancel()
	if _, err := z.Ledger.Freshness(soon); err != nil && ctx.Err() == nil {
		add("database", 1, text("数据库没有应答，页面和装入都停着", "the database does not answer: pages and loading stand still"),
			text("看服务日志里 engine、database 两个词的行；内置引擎会自行重启，三分钟不恢复就重启 yanzhen", "read the lines of the log with engine or database; the embedded engine starts anew by itself, start yanzhen again where it does not within three minutes"))
	}
	if z.WrongKey != nil {
		if p := z.WrongKey(); p != nil {
			add("key", 1, p.Text, p.Remedy)
		}
	}
	var room unix.Statfs_t
	if err := unix.Statfs(z.Dir, &room); err == nil {
		free := room.Bavail * uint64(room.Bsize)
		if level := low.level(free); level > 0 {
			add("disk", level, text("数据目录所在的磁盘只剩 %.1f GiB", "%.1f GiB are free on the disk of the data directory", float64(free)/(1<<30)),
				text("腾出空间；一个文件要三倍于它的空间才能装入", "make room: a file needs three times its size to be loaded"))
		}
	}
	if z.Upkeep != nil {
		out = append(out, z.Upkeep(now)...)
	}
	if z.Inbox != nil {
		n := 0
		for _, a := range z.Inbox() {
			if a.State == pipeline.ArrivalPassed && a.Path == "." {
				n++
			}
		}
		if n > 0 {
			add("inbox", n, text("有 %d 个收件目录读不出", "%d watched folders cannot be read", n), text("检查目录是否还在、权限和网络盘", "check that the folder is there, its permissions and the network share"))
		}
	}
	return out, nil
}

// faults are the codes of runs of jobs that no load tells of.
var faults = append([]string{"deadline", "panic", "interrupted"}, trouble.Codes...)

// ofSource begins the codes of what a source needs a person for: a password that has ended, a certificate, a column that it lacks.
const ofSource = "source_"

// jobs are those whose last run failed for a reason of its own. What a run found damaged has its own alert.
func (z Zone) jobs(ctx context.Context, now time.Time) ([]alert.Found, error) {
	list, err := z.jobRuns(ctx)
	if err != nil {
		return nil, err
	}
	type row struct {
		last  pipeline.Run
		n     int
		since time.Time
		ended bool
	}
	rows := map[string]*row{}
	var names []string
	for _, r := range list { // the latest first
		x := rows[r.Job]
		if x == nil {
			x = &row{}
			rows[r.Job] = x
			names = append(names, r.Job)
		}
		bad := r.State == pipeline.Failed && r.Read == 0 && (slices.Contains(faults, r.Code) || strings.HasPrefix(r.Code, ofSource))
		switch {
		case x.ended || r.State == pipeline.Running || r.State == pipeline.Skipped || r.State == pipeline.Cancelled:
		case !bad:
			x.ended = true
		default:
			if x.n++; x.n == 1 {
				x.last = r
			}
			x.since = r.Started
		}
	}
	var out []alert.Found
	for _, name := range names {
		x := rows[name]
		if x.n == 0 {
			continue
		}
		level := 1
		if x.n >= oftenFailed {
			level = 2
		}
		f := alert.Found{Key: "job/" + name, Kind: "job", Level: level, Since: x.since, Page: "/data/runs/" + x.last.ID, Until: x.last.Started.Add(tellOf)}
		f.What = text("任务 %s 没有完成（%s），连续 %d 次", "the job %s was not done (%s), %d times in a row", name, x.last.Code, x.n)
		f.Do = codes.Text{Zh: x.last.RemedyZh, En: x.last.RemedyEn}
		out = append(out, f)
	}
	return out, nil
}

// jobRuns are the latest runs of jobs, and the latest of those that failed though others have run so often since that theirs are not
// among them.
func (z Zone) jobRuns(ctx context.Context) ([]pipeline.Run, error) {
	list, err := z.Ledger.Runs(ctx, pipeline.RunFilter{Kind: "job", Limit: runsLooked})
	if err != nil || len(list) < runsLooked {
		return list, err
	}
	bad, err := z.Ledger.Runs(ctx, pipeline.RunFilter{Kind: "job", States: []pipeline.State{pipeline.Failed}, Limit: runsLooked})
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, r := range list {
		seen[r.Job] = true
	}
	for _, r := range bad {
		if seen[r.Job] {
			continue
		}
		seen[r.Job] = true
		own, err := z.Ledger.Runs(ctx, pipeline.RunFilter{Kind: "job", Job: r.Job, Limit: 10 * oftenFailed})
		if err != nil {
			return nil, err
		}
		list = append(list, own...)
	}
	return list, nil
}

// Owed is every period of every duty that somebody may have to be told of, as it stands on a day: a year's.
func (z Zone) Owed(ctx context.Context, today days.Day) ([]duty.Owed, error) {
	live, err := z.Engine.Live(access.With(ctx, access.CommandLine("alerts")), time.Time{})
	if err != nil {
		return nil, err
	}
	to := days.Month.Next(today)
	var out []duty.Owed
	for name, c := range live.Covers() {
		if _, declared := z.Titles[name]; declared {
			out = append(out, c.Calendar(z.Workdays, today, days.Range{From: to.AddDate(-1, 0, 0), To: to})...)
		}
	}
	return out, nil
}

// Today is the day of a moment on the office's clock.
func (z Zone) Today(now time.Time) days.Day {
	if z.Local != nil {
		now = z.Local(now)
	}
	return days.Date(now.Year(), now.Month(), now.Day())
}

// unseen is the first day on which Owed, which looks a year back, does not see a period any more.
func unseen(p days.Range) days.Day { return days.Month.Start(p.To.AddDate(1, 0, -1)) }

// late is what is owed and has not come in time.
func (z Zone) late(ctx context.Context, now time.Time) ([]alert.Found, error) {
	today := z.Today(now)
	list, err := z.Owed(ctx, today)
	if err != nil {
		return nil, err
	}
	type of struct{ dataset, sender string }
	rows := map[of]*alert.Found{}
	named := map[of][]duty.Owed{}
	for _, o := range list {
		if !o.Overdue || o.State == duty.Complete {
			continue
		}
		key := of{o.Dataset, o.Sender}
		f, since := rows[key], o.DueOn.AddDate(0, 0, 1) // on the day itself it is not late
		if f == nil {
			f = &alert.Found{Key: "late/" + o.Dataset + "/" + o.Sender, Kind: "late", Since: since, Page: "/data/duties?dataset=" + o.Dataset}
			rows[key] = f
		}
		named[key] = append(named[key], o)
		if f.Level++; z.Workdays.After(o.DueOn, lateWorse).Before(today) {
			f.Level++
		}
		if since.Before(f.Since) {
			f.Since = since
		}
		if last := unseen(o.Period); last.After(f.Until) {
			f.Until = last
		}
	}
	var out []alert.Found
	for key, f := range rows {
		if z.Local != nil { // days of the office's
			for _, t := range []*time.Time{&f.Since, &f.Until} {
				*t = time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, z.Local(now).Location())
			}
		}
		f.What = z.lateText(key.dataset, key.sender, named[key])
		out = append(out, *f)
	}
	return out, nil
}

// lateText says which periods of a duty are late, the latest by name.
func (z Zone) lateText(dataset, sender string, list []duty.Owed) codes.Text {
	slices.SortFunc(list, func(x, y duty.Owed) int { return x.Period.From.Compare(y.Period.From) })
	var zh, en []string
	for _, o := range list[max(0, len(list)-periodsNamed):] {
		l := label(o.Period)
		if o.State == duty.Partial {
			l = text("%s（未报全）", "%s (in part)", l)
		}
		zh, en = append(zh, l.Zh), append(en, l.En)
	}
	periods := codes.Text{Zh: strings.Join(zh, "、"), En: strings.Join(en, ", ")}
	if len(list) > periodsNamed {
		periods = text("%s 等 %d 期", "%[1]s and others, %[2]d in all,", periods, len(list))
	}
	first := slices.MinFunc(list, func(x, y duty.Owed) int { return x.DueOn.Compare(y.DueOn) })
	return text("%s 的《%s》%s没有按时报送，最早的应于 %s 报", "%[2]s of %[1]s for %[3]s has not come in time, the first was due on %[4]s", z.who(sender), z.Title(dataset), periods, days.ISO(first.DueOn))
}

func label(r days.Range) codes.Text { return codes.Text{Zh: r.Label(codes.Zh), En: r.Label(codes.En)} }

// statements are those of the clock that gave an alert, or failed.
func (z Zone) statements(context.Context, time.Time) ([]alert.Found, error) {
	list, err := z.Shelf.Troubles()
	if err != nil {
		return nil, err
	}
	var out []alert.Found
	for _, t := range list {
		f := alert.Found{Key: "statement/" + strconv.Itoa(t.ID) + "/" + t.State, Kind: "statement", Level: 1, Since: t.First, Page: "/sql?saved=" + strconv.Itoa(t.ID)}
		if f.What = text("定时语句 %d 没有完成", "the saved statement %d was not done", t.ID); t.State == shelf.Alert { // its title and its error may hold anything
			f.What = text("定时语句 %d 有结果", "the saved statement %d has rows", t.ID)
		}
		out = append(out, f)
	}
	return out, nil
}

// channels are those that fail for a while, and those of which something was set aside. What the other side said stays on the page
// of alerts: it may name who a message was for.
func (z Zone) channels(_ context.Context, now time.Time) ([]alert.Found, error) {
	var out []alert.Found
	for _, s := range z.Post.Status() {
		if !s.Failing.IsZero() && now.Sub(s.Failing) > downFor {
			out = append(out, alert.Found{
				Key: "channel/" + s.Name, Kind: "channel", Level: 1, Since: s.Failing, Not: s.Name,
				What: text("渠道“%s”自 %s 起发不出去，%d 条在等：%s", "the channel %s fails since %s, and %d messages wait: %s", s.Title, z.local(s.Failing), s.Waiting, s.Fault.Text()),
			})
		}
		if s.Recent == 0 {
			continue
		}
		level := 1
		for n := s.Recent; n >= 10; n /= 10 {
			level++
		}
		out = append(out, alert.Found{
			Key: "channel/" + s.Name + "/aside", Kind: "channel", Level: level, Since: s.Recently, Until: s.Recently.Add(outbox.Recently),
			What: text("渠道“%s”近三天有 %d 条没有发出，已另存", "of the channel %s, %d messages of the last three days were not sent and are set aside", s.Title, s.Recent),
			Do:   text("在告警页看原因，核对联系人和收件人的地址；另存的在数据目录的 outbox/%s/aside", "see the page of alerts for the reason, and check the addresses of contacts and receivers; they lie in outbox/%s/aside of the data directory", s.Name),
		})
	}
	return out, nil
}

func (z Zone) local(t time.Time) string {
	if z.Local != nil {
		t = z.Local(t)
	}
	return t.Format("01-02 15:04")
}
