package people

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/account"
	"yanzhen/dashboard/access/audit"
)

type accessLiftCmd struct {
	ofName
	Right  string `help:"What is given: small (figures of few people) or unmask (names as they were sent, in statements for which the account says why)." enum:"small,unmask" default:"small"`
	Reason string `help:"Why: it stands in the audit trail." required:""`
	Until  string `help:"Its last day, 31 days from now at most." required:"" placeholder:"2026-06-30"`
}

func (l *accessLiftCmd) Run(_ context.Context, d *Desk) error {
	z, b, err := d.book()
	if err != nil {
		return err
	}
	day, err := time.ParseInLocation(time.DateOnly, l.Until, z.Local(time.Now()).Location())
	if err != nil {
		return d.Invalid(fmt.Errorf(d.say("%q 不是 2026-06-30 这样的日期", "%q is not a day like 2026-06-30"), l.Until))
	}
	if l.Right == "unmask" && z.Server {
		return d.Invalid(errors.New(d.say("数据库是自己的 ClickHouse 服务器（database.dsn）：语句直接到那台服务器，没有一处能先问理由、先记审计，所以那里什么都不去除脱敏；需要原文的，由系统管理员按单位的手续从 store 取出",
			"the database is a ClickHouse server of its own (database.dsn): statements go straight to it, and nothing stands between that asks why and writes it down first, so nothing is unmasked there; where names are needed, the administrator takes them from store by the office's own procedure")))
	}
	right := map[string]access.Right{"small": access.Small, "unmask": access.Unmask}[l.Right]
	lift := account.Lift{Right: right, Until: day.AddDate(0, 0, 1), Reason: l.Reason, By: Whoami()}
	if err := b.CheckLift(l.Name, lift); err != nil {
		return d.told(err)
	}
	if err := record(z, "lift", l.Name+" "+l.Right+" "+d.say("至", "until")+" "+l.Until+": "+l.Reason); err != nil {
		return err
	}
	if err := b.Raise(l.Name, lift); err != nil {
		return d.told(err)
	}
	if right == access.Unmask {
		fmt.Fprintf(d.Out, d.say("%s 到 %s 为止可在写明理由的语句里看姓名原文；已记入审计\n", "%s sees names as they were sent until %s, the day included, in statements for which it says why; it is in the audit trail\n"), l.Name, l.Until)
		return nil
	}
	fmt.Fprintf(d.Out, d.say("%s 到 %s 为止看得到少数人的数；已记入审计\n", "%s sees figures of few people until %s, the day included; it is in the audit trail\n"), l.Name, l.Until)
	return nil
}

type accessLowerCmd struct{ ofName }

func (l *accessLowerCmd) Run(_ context.Context, d *Desk) error {
	z, err := d.Zone()
	if err != nil {
		return err
	}
	return errors.Join(d.amend(l.Name, func(b *account.Book) error { return b.Lower(l.Name) }), record(z, "lower", l.Name))
}

// record writes into the audit trail before what it tells of is done: what cannot be recorded is not done.
func record(z Zone, did, what string) error {
	t, err := audit.Open(z.Dir, 0, slog.Default())
	if err != nil {
		return err
	}
	defer t.Close()
	return t.Sure(audit.Entry{Who: Whoami(), Role: "console", From: "local", Did: did, What: what, Result: "ok"})
}
