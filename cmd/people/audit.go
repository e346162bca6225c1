package people

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"yanzhen/cmd/assess"
	"yanzhen/cmd/spoken"
	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/account"
	"yanzhen/dashboard/access/audit"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/mask"
)

// AuditCommands look at the audit trail.
type AuditCommands struct {
	Head   auditHeadCmd   `cmd:"" help:"Print the head of the trail: keep it elsewhere, and verify finds whether the end was cut."`
	Verify auditVerifyCmd `cmd:"" help:"Follow the trail from its first entry to its last: finds what was changed or taken out."`
	List   auditListCmd   `cmd:"" help:"List the latest entries."`
}

type auditHeadCmd struct{}

func (*auditHeadCmd) Run(_ context.Context, d *Desk) error {
	z, err := d.Zone()
	if err != nil {
		return err
	}
	r, err := audit.Verify(z.Dir, "")
	if err != nil {
		return err
	}
	fmt.Fprintln(d.Out, r.Head.String())
	return d.broken(r)
}

type auditVerifyCmd struct {
	Head string `help:"A head that was printed earlier: it must be in the trail." placeholder:"\"SEQ HASH\""`
}

func (v *auditVerifyCmd) Run(_ context.Context, d *Desk) error {
	z, err := d.Zone()
	if err != nil {
		return err
	}
	r, err := audit.Verify(z.Dir, strings.TrimSpace(v.Head))
	if err != nil {
		return err
	}
	if err := d.broken(r); err != nil {
		return err
	}
	fmt.Fprintf(d.Out, d.say("完好：%d 条，%s 至 %s，自第 %d 条起\n%s\n", "whole: %d entries, %s to %s, from entry %d on\n%s\n"), r.Entries, r.First, r.Last, r.Cut, r.Head)
	return nil
}

// broken tells where a chain is broken.
func (d *Desk) broken(r audit.Report) error {
	for _, b := range r.Breaks {
		fmt.Fprintf(d.Out, "%s:%d  %s\n", b.Day, b.Line, b.Text.In(d.Lang))
	}
	switch {
	case len(r.Breaks) > 0:
		return fmt.Errorf(d.say("审计记录被改动过：%d 处", "the audit trail was changed: %d places"), len(r.Breaks))
	case !r.Held:
		return errors.New(d.say("审计记录里没有这个链头：结尾被截去，或换成了另一份", "the head is not in the trail: its end was cut, or another stands in its place"))
	}
	return nil
}

type auditListCmd struct {
	Who   string `help:"A part of the name."`
	Did   string `help:"What was done: signin, view, drill, file, user_add, load, command ..."`
	Limit int    `help:"At most so many." default:"50"`
}

func (l *auditListCmd) Run(ctx context.Context, d *Desk) error {
	z, err := d.Zone()
	if err != nil {
		return err
	}
	list, _, err := audit.Find(z.Dir, audit.Query{Who: l.Who, Did: l.Did, Most: min(max(l.Limit, 1), 10_000)})
	if err != nil {
		return err
	}
	access.Shown(ctx, len(list))
	w := d.Table(strings.Fields(d.say("时间 谁 从哪里 做了什么 对象 行数 结果", "time who from did what rows result"))...)
	for _, e := range list {
		w.Row(z.Local(e.At).Format("2006-01-02 15:04:05"), e.Who, e.From, e.Did, e.What, e.Rows, e.Result)
	}
	return w.Flush()
}

// Told says whether a command is one that the audit trail keeps: those that show rows or figures, or change something.
func Told(command string) bool {
	name, _, _ := strings.Cut(command, " ")
	return slices.Contains([]string{
		"load", "accept", "rollback", "units", "aside", "freeze", "query", "metric", "brief", "user", "runs", "audit", "warehouse", "saved", "backup", "restore", "reload", "jobs", "forget",
		"review", "mapping", "access", "alerts", "fetch", "backfill", "template", "return", "declare", "init",
	}, name)
}

// Record writes a command of the command line, as it was typed, with how many rows or figures it showed, into the audit trail of a directory that has one. Numbers of
// persons in it are masked.
func Record(dir, command string, args []string, rows uint64, exit int, log *slog.Logger) {
	if _, err := os.Stat(filepath.Join(dir, "audit")); err != nil || !Told(command) {
		return // nobody has served this zone yet, or it is none
	}
	what, _ := mask.Mask{}.Text(strings.Join(args, " "))
	t, err := audit.Open(dir, 0, log)
	if err == nil {
		err = t.Sure(audit.Entry{Who: Whoami(), Role: "console", From: "local", Did: "command", What: what, Rows: rows, Result: "exit " + strconv.Itoa(exit)})
		t.Close()
	}
	if err != nil {
		log.Error("the command is not in the audit trail", "error", err)
	}
}

// Check says in a line whether the trail is whole, for yanzhen doctor; ok is false where it is not.
func Check(dir string, say func(zh, en string) string) (text string, ok bool) {
	r, err := audit.Verify(dir, "")
	switch {
	case err != nil:
		return spoken.By(err, say), false
	case len(r.Breaks) > 0:
		b := r.Breaks[0]
		return fmt.Sprintf(say("被改动过，共 %d 处，先看 %s 第 %d 行：", "changed in %d places, the first at %s line %d: "), len(r.Breaks), b.Day, b.Line) + say(b.Text.Zh, b.Text.En), false
	case r.Entries == 0:
		return say("尚无记录", "no entry yet"), true
	}
	return fmt.Sprintf(say("%d 条，链完好，自 %s", "%d entries, the chain is whole, since %s"), r.Entries, r.First), true
}

// Doctor tells of the accounts by which one person has two of the duties that the configuration separates.
func Doctor(z Zone, say func(zh, en string) string, tell func(state, what, detail string)) {
	if z.Policy.Duties != access.Separate {
		return
	}
	b, err := account.Open(z.Dir, z.Policy)
	var list []account.Account
	if err == nil {
		list, err = b.All()
	}
	switch mixed := account.Mixed(list); {
	case err != nil:
		tell("fail", "duties", spoken.By(err, say))
	case len(mixed) > 0:
		tell("warn", "duties", fmt.Sprintf(say("三员分立，但这些账号（或同称呼的另一个）是或曾是三员中的两个：%s。请由不同的人担任，停用多余的账号", "duties are separate, but these accounts, alone or with another of the same title, are or were two of the three: %s; let different persons take them and disable the accounts that are left over"), words.Clip(strings.Join(mixed, ", "), 300)))
	default:
		tell("ok", "duties", say("三员分立，没有账号兼两个", "separate; no account has two"))
	}
}

// AccessCommands show what roles may do, and let accounts see figures of few people.
type AccessCommands struct {
	Matrix  matrixCmd      `cmd:"" help:"Print the matrix of roles and rights, as it is configured."`
	Lift    accessLiftCmd  `cmd:"" help:"Let an account see figures of few people, or names as they were sent, for a time, with a reason."`
	Lower   accessLowerCmd `cmd:"" help:"End that."`
	Dengbao dengbaoCmd     `cmd:"" help:"Write what GB/T 22239 (等保), level 3, asks of the software, with what answers it, for an assessor."`
}

type dengbaoCmd struct {
	Out      string `help:"The workbook to write." type:"path" placeholder:"FILE.xlsx" default:"dengbao.xlsx"`
	Markdown bool   `help:"As a table of a document."`
}

func (c *dengbaoCmd) Run(_ context.Context, d *Desk) error {
	if c.Markdown {
		text, err := assess.Markdown()
		fmt.Fprint(d.Out, text)
		return err
	}
	z, err := d.Zone()
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := assess.Workbook(&out, z.Policy.Duties); err != nil {
		return err
	}
	if err := os.WriteFile(c.Out, out.Bytes(), 0o644); err != nil {
		return err
	}
	fmt.Fprintln(d.Out, c.Out)
	return nil
}

type matrixCmd struct {
	Markdown bool   `help:"As a table of a document."`
	Out      string `help:"Write it as a workbook." type:"path" placeholder:"FILE.xlsx"`
}

func (m *matrixCmd) Run(_ context.Context, d *Desk) error {
	z, err := d.Zone()
	if err != nil {
		return err
	}
	if m.Markdown {
		fmt.Fprint(d.Out, Matrix())
		return nil
	}
	if m.Out != "" {
		var out bytes.Buffer
		if err := assess.Matrix(&out, z.Policy.Duties, d.Lang); err != nil {
			return err
		}
		if err := os.WriteFile(m.Out, out.Bytes(), 0o644); err != nil {
			return err
		}
		fmt.Fprintln(d.Out, m.Out)
		return nil
	}
	heads := []string{d.say("角色", "role")}
	for _, r := range access.Rights {
		heads = append(heads, r.Name)
	}
	w := d.Table(heads...)
	for _, role := range access.Roles {
		cells := []any{string(role.Role) + " " + role.Text.In(d.Lang)}
		for _, r := range access.Rights {
			cells = append(cells, mark(role.Role.May(z.Policy.Duties)&r.Right))
		}
		w.Row(cells...)
	}
	return w.Flush()
}

func mark(may access.Right) string {
	if may != 0 {
		return "✓"
	}
	return "-"
}

// Matrix is the table of roles and rights for docs/security.md, in both ways of spreading the duties.
func Matrix() string {
	var b strings.Builder
	b.WriteString("| 角色 role |")
	for _, r := range access.Rights {
		fmt.Fprintf(&b, " %s %s |", r.Name, r.Text.Zh)
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(access.Rights)) + "\n")
	for _, role := range access.Roles {
		fmt.Fprintf(&b, "| %s %s |", role.Role, role.Text.Zh)
		for _, r := range access.Rights {
			joint, apart := role.Role.May(access.Joint)&r.Right, role.Role.May(access.Separate)&r.Right
			if joint != apart {
				b.WriteString(" ✓ (not where duties are separate) |")
				continue
			}
			b.WriteString(" " + mark(joint) + " |")
		}
		b.WriteString("\n")
	}
	return b.String()
}
