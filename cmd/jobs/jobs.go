// Package jobs is the commands of yanzhen jobs and yanzhen inbox: what the clock loads when, how it went, what lies in the
// folders, and what starts, pauses and resumes a job. A running server does it; a pause can be made and taken back without one.
package jobs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"yanzhen/cmd/alerts"
	"yanzhen/cmd/people"
	page "yanzhen/dashboard/jobs"
	clock "yanzhen/jobs"
	"yanzhen/jobs/paused"
	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
)

// Page is the operator's page of a server's jobs; none where no folder is watched and no clock could run.
func Page(s *clock.Scheduler, l *pipeline.Ledger) *page.Page {
	if s == nil {
		return nil
	}
	return &page.Page{Clock: s, Ledger: l}
}

// Doctor tells of the jobs that are paused.
func Doctor(dir string, local func(time.Time) time.Time, say func(zh, en string) string, line func(state, what, detail string)) {
	all, err := paused.Book{Dir: dir}.Read()
	if err != nil {
		line("fail", "jobs", say("哪些任务暂停了读不出（paused.json）；从备份取回它，或删除后重新暂停", "which jobs are paused cannot be read (paused.json); take it back from a backup, or delete it and pause them anew"))
		return
	}
	if len(all) == 0 {
		line("ok", "jobs", say("没有暂停的任务", "none is paused"))
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		x := all[name]
		line("warn", "jobs", fmt.Sprintf(say("%s 已暂停（%s，%s）：%s；恢复用 yanzhen jobs resume", "%s is paused (%s, %s): %s; yanzhen jobs resume takes it back"), name, x.By, local(x.At).Format("2006-01-02 15:04"), x.Reason))
	}
}

// Commands are what the operator can ask of jobs.
type Commands struct {
	List   listCmd   `cmd:"" default:"1" help:"List the jobs: when each runs, how it went last, when it is due next, what is paused."`
	Run    runCmd    `cmd:"" help:"Run a job now."`
	Pause  pauseCmd  `cmd:"" help:"Keep a job from running until it is resumed, also over restarts."`
	Resume resumeCmd `cmd:"" help:"Let a paused job run again."`
}

// Help is printed by yanzhen jobs --help.
func (*Commands) Help() string {
	return `Jobs are run by a running yanzhen serve, and listed and started through it. A paused job runs neither by the clock nor
for a file; what it should have loaded falls due all the same. Resumed, it makes up once for what was due meanwhile, where
it is declared so (missed: run_once). Pausing and resuming also work while no server runs.

  yanzhen jobs
  yanzhen jobs pause arrivals --reason "the new form is not agreed"
  yanzhen jobs run arrivals`
}

func say(d *alerts.Desk, zh, en string) string { return codes.Text{Zh: zh, En: en}.In(d.Lang) }

type listCmd struct{}

// Run asks the server.
func (*listCmd) Run(ctx context.Context, d *alerts.Desk) error {
	z, err := d.Zone()
	if err != nil {
		return err
	}
	var a page.Answer
	_, host, _ := strings.Cut(z.Base, "://")
	answered, ok := people.Ask(ctx, z.Dir, host, "/api/v1/jobs", &a)
	switch {
	case !answered:
		return d.Invalid(errors.New(say(d, "没有运行中的服务；任务由 yanzhen serve 运行", "no server runs; jobs are run by yanzhen serve")))
	case !ok:
		return d.Invalid(errors.New(say(d, "运行中的不是本版雁阵的服务", "what runs is no server of this build")))
	}
	if !a.Clocked {
		fmt.Fprintln(d.Out, say(d, "此服务现在不按时运行任务。", "This server runs no jobs by the clock now."))
	}
	at := func(t *time.Time) string {
		if t == nil {
			return "-"
		}
		return z.Local(*t).Format("2006-01-02 15:04")
	}
	w := d.Table(strings.Fields(say(d, "任务 何时运行 上次 状态 下次 结果", "job when last state next result"))...)
	for _, j := range a.Jobs {
		last, state, message, next := "-", "-", "", at(j.Next)
		if j.Last != nil {
			last, state, message = at(&j.Last.Started), j.Last.State, j.Last.Message.In(d.Lang)
		}
		switch {
		case j.Paused != nil:
			next = fmt.Sprintf(say(d, "已暂停（%s：%s）", "paused (%s: %s)"), j.Paused.By, j.Paused.Reason)
		case j.Off:
			next = say(d, "已关闭", "off")
		}
		if j.Running != "" {
			state = say(d, "运行中", "running")
		}
		w.Row(j.Job, j.When.In(d.Lang), last, state, next, message)
	}
	return w.Flush()
}

type ofJob struct {
	Job string `arg:"" help:"Name of the job, as yanzhen jobs lists it."`
}

type why struct {
	Reason string `help:"Why; the page, yanzhen doctor and the audit trail show it." required:"" placeholder:"TEXT"`
}

type runCmd struct{ ofJob }

// Run has the server begin it.
func (r *runCmd) Run(ctx context.Context, d *alerts.Desk) error {
	a, err := tell(ctx, d, r.Job, "run", nil)
	if errors.Is(err, people.ErrNoServer) {
		return d.Invalid(errors.New(say(d, "没有运行中的服务；任务由 yanzhen serve 运行", "no server runs; jobs are run by yanzhen serve")))
	}
	if err != nil {
		return err
	}
	fmt.Fprintln(d.Out, say(d, "已开始，运行", "begun: run"), a.Run)
	return nil
}

type pauseCmd struct {
	ofJob
	why
}

// Run pauses it.
func (p *pauseCmd) Run(ctx context.Context, d *alerts.Desk) error {
	_, err := tell(ctx, d, p.Job, "pause", url.Values{"reason": {p.Reason}})
	if errors.Is(err, people.ErrNoServer) {
		if err = declared(d, p.Job); err == nil {
			err = alone(d, func(b paused.Book) error {
				return b.Pause(p.Job, paused.Pause{By: people.Whoami(), At: time.Now(), Reason: p.Reason})
			})
		}
	}
	if err != nil {
		return err
	}
	fmt.Fprintln(d.Out, say(d, "已暂停：", "paused:"), p.Job)
	return nil
}

type resumeCmd struct {
	ofJob
	why
}

// Run resumes it.
func (r *resumeCmd) Run(ctx context.Context, d *alerts.Desk) error {
	_, err := tell(ctx, d, r.Job, "resume", url.Values{"reason": {r.Reason}})
	if errors.Is(err, people.ErrNoServer) {
		err = alone(d, func(b paused.Book) error { return b.Resume(r.Job, r.Reason) })
	}
	if err != nil {
		return err
	}
	fmt.Fprintln(d.Out, say(d, "已恢复：", "resumed:"), r.Job)
	return nil
}

// tell asks the server to do something with a job.
func tell(ctx context.Context, d *alerts.Desk, job, what string, form url.Values) (page.Answer, error) {
	var a page.Answer
	z, err := d.Zone()
	if err != nil {
		return a, err
	}
	if err := people.Tell(ctx, z.Dir, "/data/jobs/"+url.PathEscape(job)+"/"+what, form, &a); err != nil {
		return a, err
	}
	if a.Refused.Zh != "" {
		if strings.HasPrefix(a.Refused.Zh, "没有任务 ") {
			return a, unknown(d, job)
		}
		return a, d.Invalid(errors.New(a.Refused.In(d.Lang)))
	}
	return a, nil
}

// declared refuses a job that is not; one that is declared no more can still be resumed.
func declared(d *alerts.Desk, job string) error {
	fsys, err := d.Declared()
	if err != nil {
		return err
	}
	if _, err := fs.Stat(fsys, "jobs/"+job+".yaml"); err != nil {
		return unknown(d, job)
	}
	return nil
}

func unknown(d *alerts.Desk, job string) error {
	return d.Invalid(fmt.Errorf(say(d, "没有任务 %s；yanzhen jobs 列出全部", "there is no job %s; yanzhen jobs lists them"), job))
}

// alone changes the book where no server runs.
func alone(d *alerts.Desk, change func(paused.Book) error) error {
	z, err := d.Zone()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(z.Dir, 0o700); err != nil {
		return err
	}
	err = change(paused.Book{Dir: z.Dir})
	if no, ok := errors.AsType[*paused.Refusal](err); ok {
		return d.Invalid(errors.New(no.Text.In(d.Lang)))
	}
	return err
}
