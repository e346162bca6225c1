package audit

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"yanzhen/dashboard/access/filed"
	"yanzhen/pipeline/codes"
)

// Report is what was found of a chain.
type Report struct {
	Entries     uint64
	First, Last string // days
	Head        Head
	Cut         uint64 // the number of the first entry, where earlier days are not kept any more; 1 where all are there
	Breaks      []Break
	Held        bool // a head that was asked for is in the chain
}

// Break is a place where the chain is broken.
type Break struct {
	Day  string
	Line int
	Text codes.Text
}

// mostBreaks is how many places are told.
const mostBreaks = 20

// Verify follows the chain of a zone's directory from its first line to its last. head is one that was printed or sent away
// earlier, as Head.String writes it; empty: none is looked for.
func Verify(dir, head string) (Report, error) {
	dir = filepath.Join(dir, "audit")
	days, err := daysOf(dir)
	if err != nil || len(days) == 0 {
		return Report{Held: head == ""}, err
	}
	days, sizes, err := sizesOf(dir)
	if err != nil {
		return Report{}, err
	}
	r := Report{Held: head == ""}
	broken := func(day string, line int, zh, en string, args ...any) {
		if len(r.Breaks) < mostBreaks {
			r.Breaks = append(r.Breaks, Break{day, line, codes.Text{Zh: fmt.Sprintf(zh, args...), En: fmt.Sprintf(en, args...)}})
		}
	}
	for i, day := range days {
		if r.First == "" {
			r.First = day
		}
		r.Last = day
		n := 0
		err := each(filepath.Join(dir, day+suffix), sizes[i], func(at int, line []byte) bool {
			n = at
			var e Entry
			if err := json.Unmarshal(line, &e); err != nil {
				broken(day, at, "这一行不是审计记录", "this line is no entry")
				r.Head.Hash = hashOf(line)
				return true
			}
			switch {
			case r.Entries == 0:
				r.Cut = e.Seq
			case e.Before != r.Head.Hash && e.Seq == r.Head.Seq+1:
				broken(day, at, "前一行（第 %d 条）被改过", "the line before (entry %d) was changed", r.Head.Seq)
			case e.Before != r.Head.Hash:
				broken(day, at, "第 %d 条之前有记录被删或换过（前一条是第 %d 条）", "entries before %d were taken out or replaced (the one before is %d)", e.Seq, r.Head.Seq)
			}
			r.Entries++
			r.Head = Head{e.Seq, hashOf(line)}
			r.Held = r.Held || r.Head.String() == head || r.Head.Hash == head
			return true
		})
		if errors.Is(err, fs.ErrNotExist) && r.Entries == 0 && i+1 < len(days) {
			r.First = "" // it grew too old meanwhile
			continue
		}
		if err != nil {
			broken(day, n+1, "读不下去：%v", "it cannot be read further: %v", err)
		}
	}
	return r, nil
}

// sizesOf is which days there are now and how long the file of each is, in whole lines: what is written while they are read is
// not looked at, and nobody who writes has to wait.
func sizesOf(dir string) (days []string, sizes []int64, err error) {
	unlock, err := filed.Lock(filepath.Join(dir, "lock")) // half a line would be a broken one
	if err != nil {
		return nil, nil, err
	}
	defer unlock()
	if days, err = daysOf(dir); err != nil {
		return nil, nil, err
	}
	for _, day := range days {
		info, err := os.Stat(filepath.Join(dir, day+suffix))
		if err != nil {
			return nil, nil, err
		}
		sizes = append(sizes, info.Size())
	}
	return days, sizes, nil
}

// End is the head of the chain of a zone's directory as it is now; of one without entries, none.
func End(dir string) (Head, error) {
	dir = filepath.Join(dir, "audit")
	days, err := daysOf(dir)
	if err != nil || len(days) == 0 {
		return Head{}, err
	}
	unlock, err := filed.Lock(filepath.Join(dir, "lock"))
	if err != nil {
		return Head{}, err
	}
	defer unlock()
	for _, day := range slices.Backward(days) {
		if h, err := last(filepath.Join(dir, day+suffix)); err != nil || h.Hash != "" {
			return h, err
		}
	}
	return Head{}, nil
}
