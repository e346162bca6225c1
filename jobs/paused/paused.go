// Package paused keeps which jobs an operator has paused, who did so and why, in one file of the zone. It runs and stops
// nothing: package jobs asks it before anything of a job begins.
package paused

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"yanzhen/dashboard/access/filed"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/mask"
)

// mostReason is the runes of a reason that are kept.
const mostReason = 300

// Pause is why a job does not run.
type Pause struct {
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
}

// Refusal is what is wrong with what was asked for.
type Refusal struct{ Text codes.Text }

// Error has both languages.
func (r *Refusal) Error() string { return r.Text.Zh + " / " + r.Text.En }

// Refuse makes one; zh and en take the same arguments.
func Refuse(zh, en string, args ...any) error {
	return &Refusal{codes.Text{Zh: fmt.Sprintf(zh, args...), En: fmt.Sprintf(en, args...)}}
}

// Book is the file, jobs by their names. Several processes may change it, one at a time.
type Book struct{ Dir string }

func (b Book) file() string { return filepath.Join(b.Dir, "paused.json") }

// Read returns the jobs that are paused.
func (b Book) Read() (map[string]Pause, error) {
	out := map[string]Pause{}
	text, err := os.ReadFile(b.file())
	if errors.Is(err, fs.ErrNotExist) {
		return out, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &out)
		if out == nil { // null
			out = map[string]Pause{}
		}
	}
	if err != nil {
		return nil, fmt.Errorf("paused.json: %w", err)
	}
	return out, nil
}

// Pause writes down that a job is paused. One that is paused already keeps who paused it.
func (b Book) Pause(job string, p Pause) error {
	if err := reasoned(&p.Reason); err != nil {
		return err
	}
	return b.change(func(all map[string]Pause) error {
		if was, ok := all[job]; ok {
			return Refuse("任务 %s 已被 %s 暂停：%s", "job %s is paused already, by %s: %s", job, was.By, was.Reason)
		}
		all[job] = p
		return nil
	})
}

// Resume takes a pause back. Why is for whoever records it.
func (b Book) Resume(job, reason string) error {
	if err := reasoned(&reason); err != nil {
		return err
	}
	return b.change(func(all map[string]Pause) error {
		if _, ok := all[job]; !ok {
			return Refuse("任务 %s 没有暂停", "job %s is not paused", job)
		}
		delete(all, job)
		return nil
	})
}

// reasoned makes a reason one line of bounded length without numbers of persons, and refuses an empty one.
func reasoned(text *string) error {
	*text, _ = mask.Mask{}.Text(strings.Join(strings.Fields(*text), " "))
	if *text == "" {
		return Refuse("请写明原因", "say why: a reason is missing")
	}
	if utf8.RuneCountInString(*text) > mostReason {
		return Refuse("原因太长，最多 %d 字", "the reason is too long: at most %d characters", mostReason)
	}
	return nil
}

func (b Book) change(f func(map[string]Pause) error) error {
	return filed.Change(b.file(), func() ([]byte, error) {
		all, err := b.Read()
		if err != nil {
			return nil, err
		}
		if err := f(all); err != nil {
			return nil, err
		}
		return json.MarshalIndent(all, "", "  ")
	})
}
