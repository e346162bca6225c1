// Package heavy says what becomes of a statement about metrics that needs more memory than the engine has left: it is asked
// once more when no other such statement runs, and then refused in words that say how to ask for less.
package heavy

import (
	"context"
	"errors"
	"log/slog"
	"sync"

	"yanzhen/dashboard/metric/refusal"
	"yanzhen/pipeline/warehouse"
)

// Turns lets statements that needed more memory than there was go one after another. The zero value is ready.
type Turns struct {
	made sync.Once
	one  chan struct{} // has room for who is at it
}

// outOfMemory is the database's number for a statement that may not have more memory.
const outOfMemory = 241

// Ask runs ask, and once more in its turn where memory was short: another statement may have had it. The second time it is
// refused; the operator is told which statement it was. ctx bounds both.
func (t *Turns) Ask(ctx context.Context, log *slog.Logger, statement string, ask func() error) error {
	err := ask()
	if !short(err) {
		return err
	}
	t.made.Do(func() { t.one = make(chan struct{}, 1) })
	select {
	case <-ctx.Done():
	case t.one <- struct{}{}:
		defer func() { <-t.one }()
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err = ask(); !short(err) {
		return err
	}
	if log == nil {
		log = slog.Default()
	}
	log.Warn("a question about metrics takes more memory than the engine may use (database.memory); it was refused", "statement", statement, "err", err)
	no := refusal.Refuse("要算的行和人太多，超过了数据库可用的内存：请少拆一个维度、取较长的周期（季、年），或缩短期间", "too many rows and people for the memory of the database: cut by one dimension less, ask by quarters or years, or for a shorter period")
	no.TooMuch = true
	return no
}

func short(err error) bool {
	var of *warehouse.Error
	return errors.As(err, &of) && of.Code == outOfMemory
}
