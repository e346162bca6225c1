package main

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"yanzhen/cmd/lines"
	"yanzhen/cmd/people"
	"yanzhen/cmd/programs"
	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/scoped"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/filter"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/dashboard/shelf"
	"yanzhen/dashboard/statement"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/codetable"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/cluster"
	"yanzhen/pipeline/warehouse/door"
	"yanzhen/pipeline/warehouse/embedded"
	"yanzhen/pipeline/warehouse/grants"
	inwords "yanzhen/pipeline/warehouse/plain"
)

// doors are what the installation lets people in by.
func (c *config) doors() people.Installation {
	return people.Installation{
		Dir: c.Dir, Listen: c.Listen, Hosts: c.Hosts, Names: c.Zone, TLS: c.TLS, Proxies: c.Proxies, Access: c.Access,
		Invalid: func(err error) error { return invalid{err} },
	}
}

// desk is where the commands of accounts work.
func (c *cli) desk() *people.Desk {
	return &people.Desk{
		Out: c.out, Lang: c.Lang,
		Invalid: func(err error) error { return invalid{err} },
		Table:   func(heads ...string) people.Table { return lines.New(c.out, heads...) },
		Zone: func() (people.Zone, error) {
			cfg, err := c.settings()
			if err != nil {
				return people.Zone{}, err
			}
			return people.Zone{Dir: cfg.Dir, Policy: cfg.doors().Policy(), Base: cfg.doors().Base(cfg.address()), Local: cfg.local, Settle: c.settle(cfg), Server: cfg.Database.DSN != ""}, nil
		},
	}
}

// settle says what an account may be kept to, where no server of this process knows: the declarations are read when a scope
// is granted, and the data are opened for what only they know.
func (c *cli) settle(cfg *config) func([]access.Scope) ([]access.Scope, error) {
	return func(scopes []access.Scope) ([]access.Scope, error) {
		_, catalog, metrics, err := c.declarations()
		if err != nil {
			return nil, err
		}
		v := scoped.Values{Metrics: metrics, Lists: catalog.Lists, Known: func(ctx context.Context, dim string) ([]string, error) {
			o, err := c.open(ctx, cfg)
			if err != nil {
				return nil, err
			}
			defer o.Close()
			return o.known(ctx, dim)
		}}
		return v.Settle(scopes)
	}
}

// known are the values of a dimension that are declared or that the data know; none where there is no table yet.
func (o *office) known(ctx context.Context, dim string) (list []string, err error) {
	if err := o.ensure(ctx); err != nil {
		return nil, err
	}
	if dim == access.BySender {
		type sent struct {
			Sender string `db:"sender"`
		}
		rows, err := warehouse.Select[sent](ctx, o.loader.DB, warehouse.Statement{Tag: "senders", SQL: "select distinct sender from meta.ledger where sender != '' order by sender limit 2000"})
		if err != nil {
			return nil, err
		}
		list = slices.Clone(o.loader.Senders)
		for _, r := range rows {
			list = append(list, r.Sender)
		}
		return list, nil
	}
	from := filter.Source{Catalog: o.metrics, Engine: &compute.Engine{Catalog: o.metrics, DB: o.reader, For: access.CommandLine("scopes")}}
	for _, f := range address.Filters {
		if f.Param != dim {
			continue
		}
		have, err := from.Choices(ctx, f, codes.Zh, days.Date(time.Now().Date()))
		if err != nil {
			return nil, err
		}
		for _, x := range have {
			list = append(list, x.Key)
		}
	}
	return list, nil
}

// exports are the bounds of exports, which all doors share.
func (o *office) exports() *door.Exports {
	if o.bounds == nil {
		e := o.config.Database.Export
		o.bounds = &door.Exports{Rows: int64(e.Rows), Time: e.Time, AtOnce: e.AtOnce}
	}
	return o.bounds
}

// openDoors opens the ports by which programs come in, where the configuration asks for any.
func (o *office) openDoors(ctx context.Context, who *people.Admitted, log *slog.Logger) (*programs.Doors, error) {
	d, err := programs.Open(ctx, programs.Config{
		HTTP: o.config.Database.Listen, Flight: o.config.Database.Flight, Cert: o.config.TLS.Cert, Key: o.config.TLS.Key,
		Exports: o.exports(), Observe: o.queries.At,
		Socket: o.socket, Book: who.Book, Pace: &who.Door.Pace, Trail: who.Trail, Tokens: who.Door.Tokens, Log: log,
		Analyst: func(ctx context.Context) (*warehouse.DB, error) { return o.as(ctx, embedded.Analyst) },
		Names:   func(ctx context.Context) inwords.Names { return statement.Names(ctx, o.reader) },
		Write:   programs.Metrics(o.calls()), Shelf: shelf.Shelf{Dir: o.config.Dir},
	})
	if err != nil {
		return nil, invalid{err}
	}
	return d, nil
}

// site is where the commands about a server of one's own work.
func (c *cli) site() *programs.Site {
	return &programs.Site{Out: c.out, Err: c.err, Lang: c.Lang, Invalid: func(err error) error { return invalid{err} }, Zone: func() (programs.Zone, error) {
		cfg, err := c.settings()
		if err != nil {
			return programs.Zone{}, err
		}
		_, catalog, metrics, err := c.declarations()
		if err != nil {
			return programs.Zone{}, err
		}
		z := programs.Zone{Dir: cfg.Dir, Policy: cfg.doors().Policy(), Exprs: map[string]string{}, Cluster: cluster.Plan{Name: cfg.Database.Cluster}}
		for _, name := range catalog.Names() {
			v := grants.View{Name: name, Columns: map[string]string{}}
			for _, col := range catalog.Datasets[name].TableColumns() {
				v.Columns[col.Name] = col.Type
			}
			delete(v.Columns, "_batch") // the view has it not
			z.Views = append(z.Views, v)
		}
		for _, name := range codetable.Names(catalog) {
			z.Views = append(z.Views, grants.View{Name: name, Open: true})
		}
		for _, dim := range access.Dimensions {
			if d := metrics.Dimension(dim); d != nil {
				z.Exprs[dim] = d.Expr
			}
		}
		if cfg.Database.DSN != "" {
			z.Open = func(ctx context.Context, user, password string) (*warehouse.DB, error) {
				return (&office{config: cfg}).server(ctx, user, password)
			}
		}
		return z, nil
	}}
}
