package jobs

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"yanzhen/cmd/alerts"
	"yanzhen/cmd/people"
	page "yanzhen/dashboard/jobs"
	"yanzhen/jobs/backfill"
)

// BackfillCommand runs a job again over periods that are past.
type BackfillCommand struct {
	Job    string `arg:"" optional:"" help:"Name of the job; without one the backfills of all jobs are listed, with how far each is."`
	From   string `help:"First period: 2025-01, 2025Q1, 2025 ..." placeholder:"PERIOD"`
	To     string `help:"Last period." placeholder:"PERIOD"`
	DryRun bool   `help:"List the periods and what each would do. Changes nothing." short:"n"`
	Stop   bool   `help:"Stop the job's backfill after the period at work."`
	Reason string `help:"Why; the page, the list and the audit trail show it." placeholder:"TEXT"`
}

// Help is printed by yanzhen backfill --help.
func (*BackfillCommand) Help() string {
	return `Has the running server do a job's work again for periods that are past: of a job over files the files of these periods
that lie in its folder are read again (what another file has replaced, and what was withdrawn, held or returned, stays as
it is), of one that fetches a source that is read whole and loaded for these periods only; of a source that is a folder
elsewhere (SFTP, S3) there is none. A paused job is resumed first. It goes on over restarts, one period after the other; one that
fails keeps no other back, and the clock's own runs go on.

  yanzhen backfill arrivals --from 2025-01 --to 2025-12 --dry-run
  yanzhen backfill arrivals --from 2025-01 --to 2025-12 --reason "read again by the new program"
  yanzhen backfill
  yanzhen backfill arrivals --stop --reason "the source is wrong"`
}

// Run asks the server.
func (b *BackfillCommand) Run(ctx context.Context, d *alerts.Desk) error {
	switch {
	case b.Job == "":
		return b.list(ctx, d, "")
	case b.Stop:
		if b.Reason == "" {
			return d.Invalid(errors.New(say(d, "请用 --reason 写明原因", "say why: --reason")))
		}
		if _, err := tell(ctx, d, b.Job, "backfill/stop", url.Values{"reason": {b.Reason}}); err != nil {
			return noServer(d, err)
		}
		fmt.Fprintln(d.Out, say(d, "已停止；正在做的期间会做完。", "Stopped; the period at work is finished."))
		return nil
	case b.From == "" && b.To == "":
		if err := declared(d, b.Job); err != nil {
			return err
		}
		return b.list(ctx, d, b.Job)
	case b.From == "" || b.To == "":
		return d.Invalid(errors.New(say(d, "--from 与 --to 都要写", "--from and --to go together")))
	case b.Reason == "" && !b.DryRun:
		return d.Invalid(errors.New(say(d, "请用 --reason 写明原因；先看会怎样用 --dry-run", "say why: --reason; --dry-run shows first what it would do")))
	}
	form := url.Values{"from": {b.From}, "to": {b.To}, "reason": {b.Reason}}
	if b.DryRun {
		form.Set("look", "1")
	}
	a, err := tell(ctx, d, b.Job, "backfill", form)
	if err != nil {
		return noServer(d, err)
	}
	for _, x := range a.Backfills {
		if err := periods(d, x); err != nil {
			return err
		}
	}
	if b.DryRun {
		fmt.Fprintln(d.Out, say(d, "预演：没有改动任何数据。", "A dry run: nothing was changed."))
	} else {
		fmt.Fprintln(d.Out, say(d, "已开始；进度：yanzhen backfill "+b.Job, "Begun; how far it is: yanzhen backfill "+b.Job))
	}
	return nil
}

func noServer(d *alerts.Desk, err error) error {
	if errors.Is(err, people.ErrNoServer) {
		return d.Invalid(errors.New(say(d, "没有运行中的服务；回填由 yanzhen serve 做", "no server runs; yanzhen serve does backfills")))
	}
	return err
}

// list tells how far the backfills are; of one job with the periods of the latest.
func (b *BackfillCommand) list(ctx context.Context, d *alerts.Desk, job string) error {
	z, err := d.Zone()
	if err != nil {
		return err
	}
	var a page.Answer
	_, host, _ := strings.Cut(z.Base, "://")
	if answered, ok := people.Ask(ctx, z.Dir, host, "/api/v1/jobs", &a); !answered || !ok {
		return noServer(d, people.ErrNoServer)
	}
	w := d.Table(strings.Fields(say(d, "任务 自 至 进度 未成 正在做 开始 谁 原因", "job from to done failed now begun by why"))...)
	var latest *backfill.Backfill
	for i, x := range a.Backfills {
		if job != "" && x.Job != job {
			continue
		}
		if latest == nil {
			latest = &a.Backfills[i]
		}
		why := x.Reason
		if x.Stopped != "" {
			why += say(d, "；已停止：", "; stopped: ") + x.Stopped
		}
		if x.Fault != "" {
			why += "; " + x.Fault
		}
		w.Row(x.Job, x.From, x.To, fmt.Sprintf("%d/%d", x.Count(backfill.Done, backfill.None, backfill.Failed), len(x.Periods)), x.Count(backfill.Failed), x.Now(), z.Local(x.At).Format("2006-01-02 15:04"), x.By, why)
	}
	if latest == nil {
		fmt.Fprintln(d.Out, say(d, "还没有回填过", "there was no backfill yet"))
		return nil
	}
	if err := w.Flush(); err != nil || job == "" {
		return err
	}
	fmt.Fprintln(d.Out)
	return periods(d, *latest)
}

func periods(d *alerts.Desk, b backfill.Backfill) error {
	w := d.Table(strings.Fields(say(d, "期间 状态 运行 说明", "period state run what"))...)
	for _, p := range b.Periods {
		w.Row(p.Period, p.State, p.Run, p.Text.In(d.Lang))
	}
	return w.Flush()
}
