package audit

import (
	"encoding/json"
	"fmt"
	"path/filepath"

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
	unlock, err := filed.Lock(filepath.Join(dir, "lock")) // half a line would be a broken one
	if err != nil {
		return Report{}, err
	}
	defer unlock()
	r := Report{Held: head == ""}
	broken := func(day string, line int, zh, en string, args ...any) {
		if len(r.Breaks) < mostBreaks {
			r.Breaks = append(r.Breaks, Break{day, line, codes.Text{Zh: fmt.Sprintf(zh, args...), En: fmt.Sprintf(en, args...)}})
		}
	}
	for _, day := range days {
		if r.First == "" {
			r.First = day
		}
		r.Last = day
		n := 0
		err := each(filepath.Join(dir, day+suffix), func(at int, line []byte) bool {
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
		if err != nil {
			broken(day, n+1, "读不下去：%v", "it cannot be read further: %v", err)
		}
	}
	return r, nil
}
