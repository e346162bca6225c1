package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"time"

	"yanzhen/cmd/lines"
	"yanzhen/pipeline"
	"yanzhen/pipeline/account"
	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/filename"
	"yanzhen/pipeline/packed"
)

// destination is what load and plan have in common: which dataset and unit a file belongs to.
type destination struct {
	Dataset      string `help:"Dataset; default: by the file's name, else by its header." short:"d" placeholder:"NAME"`
	Sender       string `help:"Office that sends the file; default: from the file's name." placeholder:"NAME"`
	Period       string `help:"Period of the file: 2026-06, 2026H1, 2026年上半年 ...; default: from its name, else from its dates." placeholder:"PERIOD"`
	PasswordFile string `help:"File that holds the password of an encrypted workbook." type:"existingfile" placeholder:"FILE"`
}

func (t *destination) request(path string) (pipeline.Request, error) {
	req := pipeline.Request{Path: path, Dataset: t.Dataset, Sender: t.Sender}
	if t.Period != "" {
		p, ok := filename.Period(t.Period)
		if !ok {
			return req, invalid{fmt.Errorf("--period %s: 应写成 2026-06、2026Q2、2026H1、2026 或 2026年6月 / want 2026-06, 2026Q2, 2026H1, 2026 or 2026年6月", t.Period)}
		}
		req.Period = p
	}
	if t.PasswordFile != "" {
		b, err := os.ReadFile(t.PasswordFile)
		if err != nil {
			return req, invalid{err}
		}
		req.Password = strings.TrimRight(string(b), "\r\n")
	}
	return req, nil
}

type loadCmd struct {
	Files []string `arg:"" help:"Files to load." type:"existingfile"`
	destination
	Force bool `help:"Load though the same content was published before, and publish though a limit would hold it."`
}

// Help is printed by yanzhen load --help.
func (*loadCmd) Help() string {
	return `Loads each file as one batch: nothing is visible before it was counted and checked, and sending
the same unit (sender and period) again replaces it. Good rows load around refused cells, which are
listed with their address, the rule and what to do. Exit code 3 where a file was refused or held.`
}

func (l *loadCmd) Run(ctx context.Context, c *cli) error {
	requests := make([]pipeline.Request, len(l.Files))
	for i, path := range l.Files {
		var err error
		if requests[i], err = l.request(path); err != nil {
			return err
		}
	}
	o, err := c.office(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	if err := o.stand(ctx); err != nil {
		return err
	}
	var faults []error
	stopped := 0
	for n, path := range l.Files {
		req := requests[n]
		req.Force = l.Force
		bar := lines.NewBar(os.Stderr, filepath.Base(path), c.say("行", "rows"))
		req.Progress = bar.Rows
		_, err := packed.Load(ctx, o.loader, req, func(out pipeline.Outcome, err error) {
			bar.End()
			printOutcome(c, out)
			if out.Stored > 0 {
				if e := printRejects(ctx, c, o, out.Run, 20); e != nil {
					faults = append(faults, e)
				}
			}
			var no *pipeline.Problem
			switch {
			case errors.As(err, &no), err == nil && (out.State == pipeline.Returned || slices.Contains(pipeline.Waiting, out.State)):
				stopped++ // why was printed
			case err != nil:
				faults = append(faults, fmt.Errorf("%s: %w", lines.Plain(out.File), err))
			}
		})
		if err != nil && len(faults) == 0 && stopped == 0 {
			return err
		}
		if ctx.Err() != nil {
			break
		}
	}
	if len(faults) == 0 && stopped > 0 {
		return refused{fmt.Errorf("%d 个文件被拒收或暂缓，没有发布 / refused or held, not published: %d of %d", stopped, stopped, len(l.Files))}
	}
	return errors.Join(faults...)
}

func printOutcome(c *cli, o pipeline.Outcome) {
	parts := func(words ...string) string {
		return strings.Join(slices.DeleteFunc(words, func(s string) bool { return s == "" }), "  ")
	}
	fmt.Fprintln(c.out, parts(string(o.State), lines.Plain(o.File), o.Dataset, lines.Plain(o.Unit), o.Took.Round(time.Millisecond).String()))
	if o.State != pipeline.Unchanged && o.Run != "" {
		number := ""
		if o.Batch > 0 {
			number = fmt.Sprintf("%s %d", c.say("批次", "batch"), o.Batch)
		}
		fmt.Fprintf(c.out, "  %s\n", parts(c.say("运行", "run")+" "+o.Run, number, o.Encoding))
	}
	if o.Counts.Read > 0 {
		fmt.Fprintf(c.out, "  %s\n", o.Identity(c.Lang))
	}
	printAccount(c, o.Cells, "  ")
	if o.Problem != nil {
		fmt.Fprintf(c.out, "  %s\n", o.Problem.Text.In(c.Lang))
		if r := o.Problem.Remedy.In(c.Lang); r != "" {
			fmt.Fprintf(c.out, "  -> %s\n", r)
		}
	}
	if t := o.Replaced.Text(o.Before).In(c.Lang); t != "" && o.State != pipeline.Unchanged {
		fmt.Fprintf(c.out, "  %s\n", t)
	}
	for _, n := range o.Notes {
		fmt.Fprintf(c.out, "  %s\n", n.In(c.Lang))
	}
	var rules []string
	for rule := range o.Rules {
		rules = append(rules, rule)
	}
	sort.Slice(rules, func(i, j int) bool {
		return o.Rules[rules[i]] > o.Rules[rules[j]] || o.Rules[rules[i]] == o.Rules[rules[j]] && rules[i] < rules[j]
	})
	for _, rule := range rules {
		fmt.Fprintf(c.out, "  %6d  %s\n", o.Rules[rule], rule)
	}
}

// printAccount says where the cells of a file went; nothing where none was counted.
func printAccount(c *cli, a *account.Account, indent string) {
	for _, line := range a.Told(c.Lang) {
		fmt.Fprintf(c.out, "%s%s\n", indent, lines.Plain(line))
	}
}

func printRejects(ctx context.Context, c *cli, o *office, run string, most int) error {
	rows, err := o.loader.Rejects(ctx, run, most+1, 0)
	if err != nil {
		return err
	}
	for i, r := range rows {
		if i == most {
			fmt.Fprintf(c.out, "  ... yanzhen runs %s --rejects 1000\n", run)
			break
		}
		fmt.Fprintf(c.out, "  %s\n", rejectLine(c.Lang, r))
	}
	return nil
}

// rejectLine is a refused cell in one line: where, what stood there, why, what to do.
func rejectLine(lang codes.Lang, r pipeline.RejectRow) string {
	where := lines.Plain(r.File)
	if r.Sheet != "" {
		where += "!" + lines.Plain(r.Sheet)
	}
	if r.Cell != "" {
		where += "!" + r.Cell
	} else if r.Row > 0 {
		where += fmt.Sprintf(":%d", r.Row)
	}
	reason, remedy := r.ReasonZh, r.RemedyZh
	if lang == "en" {
		reason, remedy = r.ReasonEn, r.RemedyEn
	}
	line := where
	if r.Column != "" {
		line += fmt.Sprintf("  %s=%q", r.Column, r.Raw)
	}
	rule := r.Rule
	switch {
	case r.Warn && (r.Column == "" || cell.Kept(rule)): // of a row or a cell that was loaded as it stands
		rule = codes.Text{Zh: "提示 ", En: "warning "}.In(lang) + rule
	case r.Warn:
		rule = codes.Text{Zh: "置空 ", En: "set empty "}.In(lang) + rule
	}
	line += fmt.Sprintf("  [%s] %s", rule, reason)
	if remedy != "" {
		line += " -> " + remedy
	}
	return line
}
