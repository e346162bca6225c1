package pipeline

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"
)

// What a process that has ended left in the spool is removed at the next start, what a living one
// is at stays.
func TestClearSpool(t *testing.T) {
	l := &Loader{Spool: t.TempDir(), Log: slog.New(slog.DiscardHandler)}
	mine, err := os.CreateTemp(l.Spool, spoolName()+".csv")
	if err != nil {
		t.Fatal(err)
	}
	mine.Close()
	for _, name := range []string{"load-1234567.99-x.csv", "load-abc.xlsx", "load-20261128.csv", filepath.Base(mine.Name())} {
		os.WriteFile(filepath.Join(l.Spool, name), []byte("11010519491231002X"), 0o600)
	}
	l.clearSpool()
	left, err := filepath.Glob(filepath.Join(l.Spool, "*"))
	if err != nil || len(left) != 1 || left[0] != mine.Name() {
		t.Errorf("left in the spool: %v, %v; want only %s", left, err, mine.Name())
	}
}
