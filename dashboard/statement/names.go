package statement

import (
	"context"
	"sync"
	"time"

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
