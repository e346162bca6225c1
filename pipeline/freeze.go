package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"yanzhen/pipeline/warehouse"
)

// ErrFreeze marks a report date that cannot be frozen: it has no name or no moment, or the name is taken.
var ErrFreeze = errors.New("不能封账 / cannot freeze")

// maxFreezeName is the longest name of a report date, in bytes.
const maxFreezeName = 200

// Freeze is a report date with a name (封账): the figures reported under it are those as of At.
type Freeze struct {
	Name string    `db:"name"` // 2026-06
	At   time.Time `db:"at" arrow:"us"`
	Note string    `db:"note"`
	By   string    `db:"by"`
}

// Freeze keeps a report date. Nothing is copied: the rows that were live at its moment stay. A name that
// is there already is refused: what was reported does not move.
func (l *Ledger) Freeze(ctx context.Context, f Freeze) error {
	if strings.TrimSpace(f.Name) == "" || len(f.Name) > maxFreezeName || f.At.IsZero() {
		return fmt.Errorf("%w: 须有名称与时刻，名称不超过 %d 字节 / a freeze needs a moment and a name of at most %[2]d bytes", ErrFreeze, maxFreezeName)
	}
	have, err := l.Freezes(ctx)
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(have, func(o Freeze) bool { return o.Name == f.Name }); i >= 0 {
		return fmt.Errorf("%w: %s 已于 %s 封账 / %[2]s is frozen already, at %[3]s", ErrFreeze, f.Name, have[i].At.Format(time.RFC3339))
	}
	return warehouse.Append(ctx, l.DB, "meta.freezes", struct {
		Freeze
		Seq time.Time `db:"seq" arrow:"us"`
	}{f, l.now()})
}

// Freezes returns what is frozen, latest first; none where nothing ever was.
func (l *Ledger) Freezes(ctx context.Context) ([]Freeze, error) {
	return warehouse.Select[Freeze](ctx, l.DB, warehouse.Statement{
		Tag: "ledger.freezes",
		SQL: "select name, at, note, by from meta.freezes order by at desc, name",
	})
}
