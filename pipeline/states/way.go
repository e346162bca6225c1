package states

import (
	"log/slog"
	"sync"
	"time"
)

// Way is whether what is kept is asked: for a minute after a statement over it has failed only the rows are. It is safe for
// concurrent use; the zero value is open.
type Way struct {
	mu     sync.Mutex
	failed time.Time
}

const rest = time.Minute

// Open says that what is kept may be asked.
func (w *Way) Open() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Since(w.failed) >= rest
}

// Failed closes the way, and tells the operator once.
func (w *Way) Failed(log *slog.Logger, statement string, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if time.Since(w.failed) >= rest {
		if log == nil {
			log = slog.Default()
		}
		log.Warn("what is kept beside the rows cannot be asked; figures come from the rows for a minute", "statement", statement, "err", err)
	}
	w.failed = time.Now()
}
