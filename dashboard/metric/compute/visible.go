package compute

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"yanzhen/pipeline/warehouse"
)

// A row is seen where its batch is live. The engine would find the live batches anew for every table of every statement,
// and look each row's batch up among them; here they are known, and numbers one behind the other are a stretch that is
// compared with two numbers. What is shown of a statement names the views.

// mostStretches bounds what a condition lists; of more the engine finds the live batches itself.
const mostStretches = 500

// batchesSQL asks for the batches of each dataset: those that are live, and all that the ledger knows.
const batchesSQL = `select
    dataset,
    groupUniqArrayIf(batch, live) as live,
    groupUniqArray(batch) as known
from (
    select dataset, batch, false as live
    from meta.ledger
    union all
    select dataset, batch, true as live
    from %s
)
group by dataset`

// readVisible finds the conditions under which the rows of each dataset are seen.
func (e *Engine) readVisible(ctx context.Context, live *Live, asOf time.Time) error {
	s := warehouse.Statement{SQL: fmt.Sprintf(batchesSQL, "meta.live"), Tag: "metric.live"}
	if !asOf.IsZero() {
		s.SQL = fmt.Sprintf(batchesSQL, "meta.live_at(as_of = {as_of:DateTime64(6, 'UTC')})")
		s.Params = map[string]string{"as_of": asOf.UTC().Format("2006-01-02 15:04:05.000000")}
	}
	rows, err := warehouse.Select[struct {
		Dataset string   `db:"dataset"`
		Live    []uint32 `db:"live"`
		Known   []uint32 `db:"known"`
	}](ctx, e.DB, s)
	if err != nil {
		return err
	}
	of := map[uint32]int{} // in how many datasets a batch is known
	for _, r := range rows {
		for _, n := range r.Known {
			of[n]++
		}
	}
	live.visible = map[string]string{}
	for _, r := range rows {
		own := map[uint32]bool{}
		for _, n := range r.Known {
			own[n] = true
		}
		var others []uint32
		for n := range of {
			if !own[n] {
				others = append(others, n)
			}
		}
		if cond, ok := stretches(r.Live, others); ok {
			live.visible[r.Dataset] = cond
		}
	}
	return nil
}

// stretches writes which batches are live as stretches of numbers. A stretch may reach over the batches of others, which
// are not in the table; it does not reach over a number that nobody knows, under which rows may be on their way. False where
// there is none or there are too many.
func stretches(live, others []uint32) (cond string, ok bool) {
	slices.Sort(live)
	slices.Sort(others)
	live = slices.Compact(live)
	var parts, single []string
	for i := 0; i < len(live); {
		j := i
		for j+1 < len(live) {
			from, _ := slices.BinarySearch(others, live[j]+1)
			to, _ := slices.BinarySearch(others, live[j+1])
			if uint32(to-from) != live[j+1]-live[j]-1 {
				break
			}
			j++
		}
		if i == j {
			single = append(single, fmt.Sprint(live[i]))
		} else {
			parts = append(parts, fmt.Sprintf("_batch between %d and %d", live[i], live[j]))
		}
		i = j + 1
	}
	switch {
	case len(single) == 1:
		parts = append(parts, "_batch = "+single[0])
	case len(single) > 1:
		parts = append(parts, "_batch in ("+strings.Join(single, ", ")+")")
	}
	return strings.Join(parts, " or "), len(parts) > 0 && len(parts)+len(single) <= mostStretches
}

// liveAtRe finds the condition that the compiler writes for a moment.
var liveAtRe = regexp.MustCompile(`_batch in \(select batch from meta\.live_at\(as_of = \{as_of:DateTime64\(6, 'UTC'\)\}\) where dataset = '([a-z][a-z0-9_]*)'\)`)

// seen writes a statement as it is asked, with the batches that are live.
func (l Live) seen(sql string) string {
	sql = liveAtRe.ReplaceAllStringFunc(sql, func(text string) string {
		if cond := l.visible[liveAtRe.FindStringSubmatch(text)[1]]; cond != "" {
			return "(" + cond + ")"
		}
		return text
	})
	return direct(l.of.Dataset, l.visible, sql)
}
