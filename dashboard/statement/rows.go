package statement

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"time"

	"yanzhen/pipeline/codes"
)

// Bounds say how much of an answer is wanted.
type Bounds struct {
	Rows  int           // 0: MostRows, which is also the most
	Bytes int64         // of rows as JSON; 0: as many as a result that is kept
	Time  time.Duration // waiting included; 0, and at most: a minute
}

const usualTime = time.Minute

// settled are bounds that are kept to.
func (b Bounds) settled() Bounds {
	b.Rows = min(cmp.Or(max(b.Rows, 0), MostRows), MostRows)
	b.Bytes = min(cmp.Or(max(b.Bytes, 0), mostBytes), mostBytes)
	b.Time = min(cmp.Or(max(b.Time, 0), usualTime), usualTime)
	return b
}

// Take is who takes rows: first the columns, then each row as a JSON array, whose numbers are numbers. It must not keep a row.
type Take struct {
	Head func([]Column) error
	Row  func(json.RawMessage) error
	// Waited hears before the columns why the statement had to wait for its turn, where it had to; nil: nobody does.
	Waited func(codes.Text)
}

// Rows runs a statement and hands its rows over as they come, so many as are wanted. n is how many there were; cut says that
// the statement has more.
func (d *Desk) Rows(ctx context.Context, a Ask, b Bounds, to Take) (n int, cut bool, err error) {
	b = b.settled()
	ctx, leave, err := d.enter(ctx, &a)
	if err != nil {
		return 0, false, err
	}
	defer leave()
	ctx, end := context.WithTimeoutCause(ctx, b.Time+toSay, context.DeadlineExceeded)
	defer end()
	text, err := d.written(ctx, &a)
	if err != nil {
		return 0, false, d.said(ctx, &a, text, err)
	}
	db, err := d.analyst(ctx, &a)
	if err != nil {
		return 0, false, d.said(ctx, &a, text, err)
	}
	sending, s := d.sent(ctx, &a, text.SQL, map[string]string{
		"max_result_rows": strconv.Itoa(b.Rows + 1), "result_overflow_mode": "break", "max_execution_time": fmt.Sprint(b.Time.Seconds()),
		"output_format_json_quote_64bit_integers": "0", "output_format_json_quote_decimals": "0", "output_format_json_quote_denormals": "0",
	}, nil)
	answer, err := db.Stream(sending, compact, s)
	if err != nil {
		return 0, false, d.said(ctx, &a, text, err)
	}
	if w := a.waited(); w != nil && to.Waited != nil {
		to.Waited(w.Past())
	}
	n, cut, err = handed(answer, b, to)
	if err == nil && cut {
		end() // the engine has more, which nobody wants
	}
	_ = ignored(answer.Close())
	return n, cut, d.said(ctx, &a, text, err)
}

// handed hands the lines of an answer over.
func handed(answer io.Reader, b Bounds, to Take) (n int, cut bool, err error) {
	lines := bufio.NewReaderSize(answer, pieceBytes)
	var names, types []string
	for _, into := range []*[]string{&names, &types} {
		line, err := whole(lines)
		if err == io.EOF {
			return 0, false, to.Head(nil)
		}
		if err != nil {
			return 0, false, err
		}
		if err := json.Unmarshal(line, into); err != nil {
			return 0, false, err
		}
	}
	if err := tooWide(len(names)); err != nil {
		return 0, false, err
	}
	columns := make([]Column, len(names))
	for i, name := range names {
		columns[i] = Column{name, types[min(i, len(types)-1)]}
	}
	if err := to.Head(columns); err != nil {
		return 0, false, err
	}
	for size := int64(0); ; {
		line, err := whole(lines)
		if err == io.EOF {
			return n, false, nil
		}
		if err != nil {
			return n, false, err
		}
		if size += int64(len(line)) + 1; n >= b.Rows || size > b.Bytes && n > 0 {
			return n, true, nil
		}
		if err := to.Row(line); err != nil {
			return n, false, err
		}
		n++
	}
}

func tooWide(columns int) error {
	if columns <= mostWidth {
		return nil
	}
	return fault(0, fmt.Sprintf("结果有 %d 列，最多 %d 列", columns, mostWidth), fmt.Sprintf("the result has %d columns, %d at most", columns, mostWidth))
}
