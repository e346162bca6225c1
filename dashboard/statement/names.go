package statement

import (
	"cmp"
	"context"
	"sync"
	"time"

	"yanzhen/dashboard/metric/called"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/plain"
)

// known keeps names for a while.
type known struct {
	sync.Mutex
	names plain.Names
	until time.Time
}

// Names are the views of mart and the functions of the engine, of a minute ago at most; as many as could be had.
func (d *Desk) Names(ctx context.Context) plain.Names {
	d.names.Lock()
	defer d.names.Unlock()
	if time.Now().Before(d.names.until) {
		return d.names.names
	}
	n := Names(ctx, d.Reader)
	if len(n.Tables) > 0 {
		d.names.names, d.names.until = n, time.Now().Add(time.Minute)
	}
	return n
}

// Names are the views of mart and the functions of the engine; as many as could be had.
func Names(ctx context.Context, db *warehouse.DB) (n plain.Names) {
	type row struct {
		Name string `db:"name"`
	}
	for sql, to := range map[string]*[]string{
		"select name from system.tables where database = 'mart' order by name":            &n.Tables,
		"select name from system.functions where not startsWith(name, '_') order by name": &n.Functions,
	} {
		rows, err := warehouse.Select[row](ctx, db, warehouse.Statement{SQL: sql, Tag: "names"})
		if err != nil {
			continue // a suggestion is a courtesy
		}
		for _, r := range rows {
			*to = append(*to, r.Name)
		}
	}
	return n
}

// Listed asks as the program, which waits behind nobody's statements, for what there is. The statement is the program's own.
func Listed[T any](ctx context.Context, d *Desk, sql string) ([]T, error) {
	return warehouse.Select[T](ctx, d.Reader, warehouse.Statement{SQL: sql, Tag: "names"})
}

// Small asks as the analyst and returns all rows: for answers that are known to be small.
func Small[T any](ctx context.Context, d *Desk, a Ask) ([]T, error) {
	a.ID = cmp.Or(a.ID, NewID())
	db, err := d.analyst(ctx, &a)
	if err != nil {
		return nil, d.said(ctx, &a, called.Text{}, err)
	}
	sending, s := d.sent(ctx, &a, a.SQL, nil, nil)
	rows, err := warehouse.Select[T](sending, db, s)
	return rows, d.said(ctx, &a, called.Text{}, err)
}

// countWithin is how long the rows of an answer that was cut are counted.
const countWithin = 3 * time.Second

// Count is how many rows a statement has in all; 0 where they could not be counted at once and quickly.
func (d *Desk) Count(ctx context.Context, a Ask) uint64 {
	ctx, end := context.WithTimeout(ctx, countWithin)
	defer end()
	text, err := d.written(ctx, &a)
	if err != nil {
		return 0
	}
	rows, err := Small[struct {
		N uint64 `db:"n"`
	}](ctx, d, Ask{Who: a.Who, SQL: "select count() as n from (\n" + text.SQL + "\n)", Params: a.Params, Within: atOnce})
	if err != nil || len(rows) != 1 {
		return 0
	}
	return rows[0].N
}
