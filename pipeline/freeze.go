package pipeline

import (
	"context"

	"yanzhen/pipeline/frozen"
)

// Freeze keeps a report date (封账): from then on the rows that were live at its moment stay.
func (l *Ledger) Freeze(ctx context.Context, d frozen.Date) error {
	return frozen.Keep(ctx, l.DB, d, l.now())
}

// Unfreeze withdraws a report date: its rows stay no longer than others, and no figure is given as of it.
func (l *Ledger) Unfreeze(ctx context.Context, name string, why Why) error {
	err := frozen.Withdraw(ctx, l.DB, name, why.By, why.Reason, l.now())
	if err == nil && l.Told != nil {
		l.Told()
	}
	return err
}

// Freezes returns the report dates, latest first, with those withdrawn; none where nothing ever was frozen.
func (l *Ledger) Freezes(ctx context.Context) ([]frozen.Freeze, error) {
	return frozen.List(ctx, l.DB)
}
