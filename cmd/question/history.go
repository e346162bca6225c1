package question

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"yanzhen/dashboard/metric/called"
	"yanzhen/dashboard/shelf"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/plain"
)

// Asking is a statement of the command line under way.
type Asking struct {
	dir   string
	asked shelf.Asked
}

// Begin notes who asks.
func Begin(dir, who, sql string) *Asking {
	return &Asking{dir, shelf.Asked{At: time.Now(), Who: who, Door: "console", From: "local", SQL: sql, State: "done"}}
}

// End writes down how it ended and how many rows were answered, in the history of a zone that has been served.
func (a *Asking) End(rows uint64, err error, log *slog.Logger) {
	a.asked.Rows = rows
	if _, none := os.Stat(filepath.Join(a.dir, "audit")); none != nil {
		return
	}
	if err != nil {
		a.asked.State = "failed"
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		a.asked.State = "stopped"
	}
	var said *warehouse.Error
	if errors.As(err, &said) {
		a.asked.Code = said.Code
	}
	a.asked.Millis = time.Since(a.asked.At).Milliseconds()
	if err := (shelf.Shelf{Dir: a.dir}).Add(a.asked); err != nil {
		log.Error("a statement is not in the history", "err", err)
	}
}

// Back is an error of a statement that was written out, with its place in the statement as it was asked.
func Back(err error, t called.Text) error {
	var said *warehouse.Error
	if len(t.Calls) == 0 || !errors.As(err, &said) {
		return err
	}
	moved := *said
	moved.Message = plain.Moved(said.Message, t.Back)
	return &moved
}
