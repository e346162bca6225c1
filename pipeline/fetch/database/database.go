package database

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"yanzhen/pipeline/fetch/answer"
	"yanzhen/pipeline/mask"
	"yanzhen/pipeline/trouble"
)

type (
	// Column, Kind, Ask, Answer and Taker are what every way of fetching has in common.
	Column = answer.Column
	Kind   = answer.Kind
	Ask    = answer.Ask
	Answer = answer.Answer
	Taker  = answer.Taker
)

const (
	Text    = answer.Text
	Number  = answer.Number
	Whole   = answer.Whole
	Bool    = answer.Bool
	Day     = answer.Day
	Wall    = answer.Wall
	Instant = answer.Instant
)

func fault(code, zh, en, todoZh, todoEn string) *answer.Fault {
	return answer.NewFault(code, zh, en, todoZh, todoEn)
}

const mostColumns = 1000

// session is one read-only snapshot of a database.
type session interface {
	now(ctx context.Context) (time.Time, error)
	describe(ctx context.Context, sql string) ([]Column, error)
	// rows calls f for every row; what f is handed is written over afterwards. A nil cell has no value. Where f refuses a row the
	// rest is not read, and nothing more can be asked.
	rows(ctx context.Context, sql string, args []string, f func([][]byte) error) error
	quote(name string) string
	param(n int, c Column) string // a place for argument n, from 1, of a column's type
	moment(t time.Time, c Column, zone *time.Location) string
	close()
}

// Read asks the query and hands on its answer, times told in the office's zone. A *Fault needs a person; any other error may pass,
// unless it is the taker's own.
func (d *Database) Read(ctx context.Context, ask Ask, to Taker) (a Answer, err error) {
	ctx, cancel := context.WithTimeout(ctx, d.Timeout)
	defer cancel()
	password, err := d.Password.Read()
	if err != nil {
		return a, fault("secret", "口令读不出："+trouble.Beneath(err), "the password cannot be read: "+trouble.Beneath(err), "核对 password 所指的文件或环境变量", "check the file or variable that password names")
	}
	s, err := d.open(ctx, password)
	if err != nil {
		return a, told(err, password)
	}
	defer s.close()
	t := &taker{Taker: to}
	a, err = d.read(ctx, s, ask, t)
	var f *answer.Fault
	switch {
	case t.err != nil:
		return a, t.err
	case err != nil && !errors.As(err, &f) && errors.Is(ctx.Err(), context.DeadlineExceeded):
		err = fmt.Errorf("查询超过 %s / the query took longer than %[1]s", d.Timeout)
	}
	return a, told(err, password)
}

// taker keeps what the taker refuses: that is told as it is, whatever becomes of the query.
type taker struct {
	Taker
	err error
}

// Begin hands on the columns.
func (t *taker) Begin(columns []Column) error {
	t.err = t.Taker.Begin(columns)
	return t.err
}

// Row hands on a row.
func (t *taker) Row(cells [][]byte) error {
	t.err = t.Taker.Row(cells)
	return t.err
}

func (d *Database) open(ctx context.Context, password string) (session, error) {
	if d.Kind == "postgres" {
		return d.postgres(ctx, password)
	}
	return d.mysql(ctx, password)
}

// told is an error without the password; a fault stays one.
func told(err error, password string) error {
	if err == nil || password == "" || !strings.Contains(err.Error(), password) {
		return err
	}
	hide := strings.NewReplacer(password, "***").Replace
	var f *answer.Fault
	if errors.As(err, &f) {
		return fault(f.Code, hide(f.Text.Zh), hide(f.Text.En), f.Remedy.Zh, f.Remedy.En)
	}
	return errors.New(hide(err.Error()))
}

func (d *Database) read(ctx context.Context, s session, ask Ask, to Taker) (a Answer, err error) {
	now, err := s.now(ctx)
	if err != nil {
		return a, err
	}
	from := "(" + d.Query + "\n) q"
	if a.Columns, err = s.describe(ctx, "select q.* from "+from); err != nil {
		return a, err
	}
	if err := sound(a.Columns); err != nil {
		return a, err
	}
	var cursor []Column
	var at []int
	if d.Cursor != nil {
		for _, name := range d.Cursor.Columns {
			i := slices.IndexFunc(a.Columns, func(c Column) bool { return c.Name == name })
			if i < 0 {
				return a, fault("cursor", "查询的结果里没有游标列 "+name, "the answer of the query has no column "+name+" of the cursor", "把它加进 query，或改正 cursor.columns", "add it to query, or correct cursor.columns")
			}
			if k := a.Columns[i].Kind; k == Bool || k == Number {
				return a, fault("cursor", "游标列 "+name+" 的类型（"+a.Columns[i].Type+"）不能作游标", "a column of the type "+a.Columns[i].Type+" ("+name+") is no cursor", "用时刻、日期、整数或文本列", "take a time, a date, a whole number or a text")
			}
			cursor, at = append(cursor, a.Columns[i]), append(at, i)
		}
	}
	q := asked{session: s, cursor: cursor, declared: d.Cursor, zone: ask.Zone, now: now}
	if err := q.sound(); err != nil {
		return a, err
	}
	if err := to.Begin(a.Columns); err != nil {
		return a, err
	}
	where, args, err := q.since(ask.From)
	if err != nil {
		return a, err
	}
	if cursor != nil && ask.First == 0 {
		if a.Cursor, err = q.last(ctx, from); err != nil {
			return a, err
		}
	}
	if ask.First > 0 {
		where += fmt.Sprintf(" limit %d", ask.First)
	}
	t := answer.Teller{Columns: a.Columns, Ask: ask}
	err = s.rows(ctx, "select q.* from "+from+where, args, func(cells [][]byte) error {
		for _, i := range at {
			if cells[i] == nil {
				a.Unplaced++
				break
			}
		}
		if err := t.Tell(cells); err != nil {
			return err
		}
		return to.Row(cells)
	})
	a.Zero = t.Zero
	return a, err
}

// sound refuses columns that cannot be told apart or written.
func sound(columns []Column) error {
	if len(columns) > mostColumns {
		return fault("columns", fmt.Sprintf("查询的结果有 %d 列，最多 %d", len(columns), mostColumns), fmt.Sprintf("the answer has %d columns, %d at most", len(columns), mostColumns), "在 query 里只写需要的列", "name the columns that are needed in query")
	}
	seen := map[string]bool{}
	for _, c := range columns {
		switch {
		case c.Kind == "":
			return fault("type", "列 "+c.Name+" 的类型 "+c.Type+" 读不了", "column "+c.Name+" has a type that is not read: "+c.Type, "在 query 里把它转成文本，或不取它", "make a text of it in query, or leave it out")
		case seen[c.Name]:
			return fault("columns", "查询的结果有两列都叫 "+c.Name, "two columns of the answer are called "+c.Name, "用 as 给它们不同的名字", "give them different names with as")
		}
		seen[c.Name] = true
	}
	return nil
}

// asked is a question about what lies at and after a cursor.
type asked struct {
	session
	cursor   []Column
	declared *Cursor
	zone     *time.Location
	now      time.Time
}

func (q asked) names(suffix string) string {
	var b strings.Builder
	for i, c := range q.cursor {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("q." + q.quote(c.Name) + suffix)
	}
	return b.String()
}

func (q asked) timed() bool {
	k := q.cursor[0].Kind
	return k == Wall || k == Instant || k == Day
}

// sound refuses stretches of time where the first column holds none.
func (q asked) sound() error {
	if q.cursor == nil || q.timed() {
		return nil
	}
	for key, v := range map[string]time.Duration{"lag": q.declared.Lag, "ceiling": q.declared.Ceiling} {
		if v > 0 {
			return fault("cursor", "cursor."+key+" 要求第一列是时刻或日期", "cursor."+key+" wants a time or a date as the first column", "去掉 "+key+"，或把时刻列放在第一", "drop "+key+", or put a column of times first")
		}
	}
	return nil
}

// before is the condition that a row lies before now, less the ceiling.
func (q asked) before(args []string) (string, []string) {
	args = append(args, q.moment(q.now.Add(-q.declared.Ceiling), q.cursor[0], q.zone))
	return " and q." + q.quote(q.cursor[0].Name) + " < " + q.param(len(args), q.cursor[0]), args
}

// since is the condition on rows that may be new. A full reading has none: what has no cursor, or lies above the ceiling, is
// part of everything.
func (q asked) since(from []string) (where string, args []string, err error) {
	if q.cursor == nil || from == nil {
		return "", nil, nil
	}
	if q.declared.Lag > 0 {
		t, err := answer.Parse(from[0], q.cursor[0].Kind, q.zone)
		if err != nil {
			return "", nil, err
		}
		args = append(args, q.moment(t.Add(-q.declared.Lag), q.cursor[0], q.zone))
		where = " where q." + q.quote(q.cursor[0].Name) + " >= " + q.param(1, q.cursor[0])
	} else {
		var places []string
		for i, c := range q.cursor {
			args = append(args, from[i])
			places = append(places, q.param(i+1, c))
		}
		where = " where (" + q.names("") + ") >= (" + strings.Join(places, ", ") + ")"
	}
	if q.declared.Ceiling == 0 {
		return where, args, nil
	}
	more, args := q.before(args)
	return where + more, args, nil
}

// last is the greatest cursor that there is below the ceiling; nil: none. Times to come are none: past them nothing that changes
// would be seen. Their rows are read each time.
func (q asked) last(ctx context.Context, from string) (last []string, err error) {
	where := ""
	for i, c := range q.cursor {
		where += []string{" where", " and"}[min(i, 1)] + " q." + q.quote(c.Name) + " is not null"
	}
	var args []string
	if q.timed() {
		var more string
		more, args = q.before(nil)
		where += more
	}
	sql := "select " + q.names("") + " from " + from + where + " order by " + q.names(" desc") + " limit 1"
	err = q.rows(ctx, sql, args, func(cells [][]byte) error {
		for i, c := range cells {
			text := string(c)
			if k := q.cursor[i].Kind; k == Wall || k == Instant || k == Day {
				t, err := answer.Parse(text, k, q.zone)
				if err != nil {
					return err
				}
				text = q.moment(t, q.cursor[i], q.zone)
			}
			last = append(last, text)
		}
		return nil
	})
	return last, err
}

// hidden is what a server says, without numbers of persons.
func hidden(text string) string {
	s, _ := mask.Mask{}.Text(text)
	return s
}

// unquoted is an error that is not the server's own, without numbers of persons. That somebody stopped the query stays to be known:
// it is not tried again.
func unquoted(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled):
		return context.Canceled
	}
	var no *answer.Fault
	if errors.As(err, &no) {
		return no
	}
	if no := answer.Untrusted("certificate", "数据库", "the database", err); no != nil {
		return no
	}
	return errors.New(hidden(err.Error()))
}
