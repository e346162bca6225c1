package audit

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"yanzhen/dashboard/access/filed"
)

// copied is up to where the trail went into the log: the next line begins at At of the file of Day.
type copied struct {
	Day string `json:"day"`
	At  int64  `json:"at"`
}

const (
	copyEvery = 2 * time.Second
	copyFile  = "copied.json"
)

// Copy puts every entry into the log until the trail is closed, those of commands beside the server too. What was written while
// nobody copied follows at the next start; after a crash a few come twice. The first time it begins with what comes then.
func (t *Trail) Copy(log *slog.Logger) {
	c := &copier{t: t, log: log}
	if err := c.start(); err != nil {
		log.Error("the audit trail is not copied into the log", "error", err)
		return
	}
	t.copying.Add(1)
	go func() {
		defer t.copying.Done()
		tick := time.NewTicker(copyEvery)
		defer tick.Stop()
		for {
			if err := c.pass(); err != nil {
				log.Error("the audit trail is not copied into the log at the moment", "error", err)
			}
			select {
			case <-tick.C:
			case <-t.closed:
				_ = c.pass()
				return
			}
		}
	}()
}

type copier struct {
	t   *Trail
	log *slog.Logger
	at  copied
}

func (c *copier) file() string { return filepath.Join(c.t.dir, copyFile) }

// start reads where the last copy ended.
func (c *copier) start() error {
	b, err := os.ReadFile(c.file())
	if err == nil {
		return json.Unmarshal(b, &c.at)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	days, err := c.t.list()
	if err != nil || len(days) == 0 {
		return err
	}
	c.at.Day = days[len(days)-1]
	info, err := os.Stat(filepath.Join(c.t.dir, c.at.Day+suffix))
	if err != nil {
		return err
	}
	c.at.At = info.Size()
	return nil
}

// pass copies what is there and was not copied.
func (c *copier) pass() error {
	days, err := c.t.list()
	if err != nil {
		return err
	}
	was := c.at
	for _, day := range days {
		if day < c.at.Day {
			continue
		}
		if day > c.at.Day {
			c.at = copied{Day: day}
		}
		if err := c.copy(); err != nil {
			return err
		}
	}
	if c.at == was {
		return nil
	}
	b, err := json.Marshal(c.at)
	if err != nil {
		return err
	}
	return filed.Replace(c.file(), b)
}

// copy copies the whole lines of the day.
func (c *copier) copy() error {
	f, err := os.Open(filepath.Join(c.t.dir, c.at.Day+suffix))
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := f.Seek(c.at.At, io.SeekStart); err != nil {
		return err
	}
	in := bufio.NewReaderSize(f, longestLine)
	for {
		line, err := in.ReadBytes('\n')
		if err == io.EOF {
			return nil // what is half a line comes whole the next time
		}
		if err != nil {
			return err
		}
		c.at.At += int64(len(line))
		var e Entry
		if err := json.Unmarshal(line, &e); err != nil {
			c.log.Error("audit: a line cannot be read", "day", c.at.Day, "at", c.at.At)
			continue
		}
		c.log.Info("audit", "seq", e.Seq, "time", e.At, "who", e.Who, "role", e.Role, "from", e.From, "did", e.Did, "what", e.What, "rows", e.Rows, "result", e.Result, "hash", hashOf(line[:len(line)-1]))
	}
}
