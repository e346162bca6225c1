// Package frozen keeps the report dates that have a name (封账), and which of them were withdrawn, when, by whom and why. A name
// is given once, also after it was withdrawn: what was signed under it goes on to mean that one. Which rows it means, and that
// they stay, is package pipeline's.
package frozen

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/mask"
	"yanzhen/pipeline/warehouse"
)

// Err marks what cannot be frozen or withdrawn: a date without a name or a moment, a name that is taken, or is not there.
var Err = errors.New("报告日 / report date")

// Fault says what cannot be done, in each language. It is an Err.
type Fault struct {
	codes.Text
	At time.Time // of what was frozen or withdrawn before, which whoever tells it writes by the office's clock; zero: of nothing
}

func (f *Fault) Error() string     { return f.Zh + " / " + f.En }
func (f *Fault) Is(err error) bool { return err == Err }

func cannot(at time.Time, zh, en string, args ...any) error {
	return &Fault{codes.Text{Zh: fmt.Sprintf(zh, args...), En: fmt.Sprintf(en, args...)}, at}
}

const (
	maxName   = 200 // bytes of the name of a report date
	maxReason = 300 // characters of why it was withdrawn
)

// Date is a report date with a name: the figures reported under it are those as of At.
type Date struct {
	Name string    `db:"name"` // 2026-06
	At   time.Time `db:"at" arrow:"us"`
	Note string    `db:"note"`
	By   string    `db:"by"`
}

// Freeze is a report date as it stands.
type Freeze struct {
	Date
	Withdrawn   time.Time `db:"withdrawn"` // zero: it stands
	WithdrawnBy string    `db:"withdrawn_by"`
	Reason      string    `db:"reason"` // why it was withdrawn
}

// Gone says whether it was withdrawn: no figure is given as of it any more.
func (f Freeze) Gone() bool { return !f.Withdrawn.IsZero() }

// List returns the report dates, latest first, with those withdrawn; none where nothing ever was frozen.
func List(ctx context.Context, db warehouse.Querier) ([]Freeze, error) {
	list, err := warehouse.Select[Freeze](ctx, db, warehouse.Statement{
		Tag: "ledger.freezes",
		SQL: `select f.name as name, f.at as at, f.note as note, f.by as by, w.at as withdrawn, w.by as withdrawn_by, w.reason as reason
from meta.freezes as f
left join (select * from meta.withdrawn_freezes order by at limit 1 by name) as w on w.name = f.name
order by at desc, name`,
	})
	for i := range list {
		if list[i].Withdrawn.Unix() == 0 { // what a join without a partner gives
			list[i].Withdrawn = time.Time{}
		}
		list[i].Note, _ = mask.Mask{}.Text(list[i].Note)
		list[i].Reason, _ = mask.Mask{}.Text(list[i].Reason)
	}
	return list, err
}

// Keep keeps a report date. Nothing is copied: the rows that were live at its moment stay.
func Keep(ctx context.Context, db *warehouse.DB, d Date, now time.Time) error {
	if strings.TrimSpace(d.Name) == "" || len(d.Name) > maxName || d.At.IsZero() {
		return cannot(time.Time{}, "不能封账：须有名称与时刻，名称不超过 %d 字节", "cannot freeze: a report date needs a moment and a name of at most %d bytes", maxName)
	}
	have, err := find(ctx, db, d.Name)
	switch {
	case err != nil:
		return err
	case have != nil && have.Gone():
		return cannot(have.Withdrawn, "不能封账：%s 已撤销，名称不再使用，请另起一个", "cannot freeze: %s was withdrawn and its name is used up; choose another", d.Name)
	case have != nil:
		return cannot(have.At, "不能封账：%s 已经封账", "cannot freeze: %s is frozen already", d.Name)
	}
	d.Note, _ = mask.Mask{}.Text(d.Note)
	return warehouse.Append(ctx, db, "meta.freezes", struct {
		Date
		Seq time.Time `db:"seq" arrow:"us"`
	}{d, now})
}

// Withdraw takes a report date back, once, for a reason.
func Withdraw(ctx context.Context, db *warehouse.DB, name, by, reason string, now time.Time) error {
	if reason = strings.TrimSpace(reason); reason == "" || utf8.RuneCountInString(reason) > maxReason {
		return cannot(time.Time{}, "不能撤销封账：须说明原因（--reason），不超过 %d 字", "cannot withdraw: give a reason (--reason) of at most %d characters", maxReason)
	}
	have, err := find(ctx, db, name)
	switch {
	case err != nil:
		return err
	case have == nil:
		return cannot(time.Time{}, "不能撤销封账：没有名为 %s 的封账；yanzhen freeze 列出全部", "cannot withdraw: nothing is frozen under the name %s; yanzhen freeze lists them", name)
	case have.Gone():
		return cannot(have.Withdrawn, "不能撤销封账：%s 已撤销过", "cannot withdraw: %s was withdrawn already", name)
	}
	reason, _ = mask.Mask{}.Text(reason)
	return warehouse.Append(ctx, db, "meta.withdrawn_freezes", struct {
		Name   string    `db:"name"`
		At     time.Time `db:"at" arrow:"us"`
		By     string    `db:"by"`
		Reason string    `db:"reason"`
	}{name, now, by, reason})
}

func find(ctx context.Context, db warehouse.Querier, name string) (*Freeze, error) {
	list, err := List(ctx, db)
	if i := slices.IndexFunc(list, func(f Freeze) bool { return f.Name == name }); i >= 0 {
		return &list[i], err
	}
	return nil, err
}
