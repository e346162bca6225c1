package audit

import (
	"encoding/json"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Query says which entries are wanted; empty fields mean all.
type Query struct {
	Who  string // a part of the name
	Did  string
	What string    // a part of the text
	From time.Time // the first moment
	To   time.Time // the moment after the last
	Most int
}

// mostRead bounds the lines that one search reads.
const mostRead = 2_000_000

// Find lists entries, the latest first; more says that there are others, older ones.
func Find(dir string, q Query) (list []Entry, more bool, err error) {
	dir = filepath.Join(dir, "audit")
	days, err := daysOf(dir)
	if err != nil {
		return nil, false, err
	}
	read := 0
	for _, day := range slices.Backward(days) {
		if !q.From.IsZero() && day < q.From.UTC().Format(time.DateOnly) || !q.To.IsZero() && day > q.To.UTC().Format(time.DateOnly) {
			continue
		}
		if len(list) >= q.Most || read > mostRead {
			return list[:min(len(list), q.Most)], true, nil
		}
		var own []Entry
		err := each(filepath.Join(dir, day+suffix), math.MaxInt64, func(_ int, line []byte) bool {
			read++
			var e Entry
			if json.Unmarshal(line, &e) == nil && q.wants(e) {
				if own = append(own, e); len(own) > 2*q.Most { // the latest of the day stay
					own = slices.Delete(own, 0, len(own)-q.Most)
					more = true
				}
			}
			return read <= mostRead
		})
		if err != nil {
			return nil, false, err
		}
		slices.Reverse(own)
		list = append(list, own...)
	}
	if len(list) > q.Most {
		list, more = list[:q.Most], true
	}
	return list, more, nil
}

func (q Query) wants(e Entry) bool {
	return (q.Who == "" || strings.Contains(e.Who, q.Who)) && (q.Did == "" || e.Did == q.Did) &&
		(q.What == "" || strings.Contains(strings.ToLower(e.What), strings.ToLower(q.What))) &&
		(q.From.IsZero() || !e.At.Before(q.From)) && (q.To.IsZero() || e.At.Before(q.To))
}
