package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"yanzhen/cmd/compare"
	"yanzhen/cmd/lines"
	"yanzhen/cmd/people"
	"yanzhen/pipeline"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/warehouse/embedded"
)

// served is where a server of this directory serves its pages; it is written when it starts.
func served(cfg *config) string { return filepath.Join(cfg.Dir, "address") }

// address is where the server of this directory serves its pages, as far as anybody wrote it down;
// the configured one else.
func (c *config) address() string {
	if text, err := os.ReadFile(served(c)); err == nil {
		return strings.TrimSpace(string(text))
	}
	return c.Listen
}

// compare says what a server that runs on the directory was started with and is declared otherwise
// now, and what starting it again would change in the database. The error holds the changes that
// would be refused.
func (c *cli) compare(ctx context.Context, cfg *config, catalog *dataset.Catalog, here compare.All) error {
	address := cfg.address()
	there, answered := askDeclared(ctx, cfg)
	switch {
	case !answered:
		fmt.Fprintln(c.out, c.say("没有运行中的服务，只核对了声明", "no server runs; only the declarations were checked"))
	case there == nil:
		fmt.Fprintf(c.out, c.say("%s 不是本版雁阵的服务，未作比较\n", "%s is no server of this build; nothing was compared\n"), address)
	case compare.Differences(c.out, c.Lang, lines.Plain, here, there):
		fmt.Fprintln(c.out, c.say("以上与运行中的服务不同，yanzhen reload 或重启后生效：", "the above differ from the running server and take effect by yanzhen reload or when it is started again:"), address)
	default:
		fmt.Fprintln(c.out, c.say("与运行中的服务一致", "the same as the running server:"), address)
	}
	return c.migrations(ctx, cfg, catalog)
}

// askDeclared asks a server for its declarations. answered is false where nothing listens; the
// declarations are nil where what answers is something else.
func askDeclared(ctx context.Context, cfg *config) (there compare.All, answered bool) {
	answered, ok := people.Ask(ctx, cfg.Dir, cfg.address(), "/api/v1/declared", &there)
	if !ok {
		return nil, answered
	}
	return there, true
}

// migrations says what a start with these declarations would change in the database; nothing where
// no database answers. The error holds what would be refused.
func (c *cli) migrations(ctx context.Context, cfg *config, catalog *dataset.Catalog) error {
	o := &office{config: cfg}
	if cfg.Database.DSN == "" {
		var ok bool
		if o.socket, ok = embedded.Find(filepath.Join(cfg.Dir, "engine")); !ok {
			return nil
		}
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	db, err := o.as(ctx, embedded.Reader)
	if err != nil {
		return fmt.Errorf("%s: %w", c.say("未能与数据库比较", "the database could not be compared"), err)
	}
	defer db.Close()
	changes, err := (&pipeline.Loader{Ledger: &pipeline.Ledger{DB: db}, Catalog: catalog}).Changes(ctx)
	if err != nil {
		return fmt.Errorf("%s: %w", c.say("未能与数据库比较", "the database could not be compared"), err)
	}
	var refused []error
	same := true
	for _, ch := range changes {
		table := c.say("表", "table") + " store." + ch.Dataset
		switch {
		case ch.Refused != nil:
			refused = append(refused, ch.Refused)
		case ch.Gone:
			fmt.Fprintf(c.out, "%s  %s\n", table, c.say("不再声明：表与数据保留，不再显示", "no longer declared: the table and its rows stay and are not shown"))
		case ch.New:
			fmt.Fprintf(c.out, "%s  %s\n", table, c.say("将新建", "would be made"))
		}
		for _, col := range ch.Columns {
			fmt.Fprintf(c.out, "%s  %s %s %s\n", table, c.say("将增加列", "would get the column"), col[0], col[1])
		}
		same = same && ch.Idle()
	}
	if len(refused) > 0 {
		fmt.Fprintln(c.out, c.say("有不能原地更改的表：以此声明启动会被拒绝", "some tables cannot be changed in place: a start with these declarations would be refused"))
		return invalid{errors.Join(refused...)}
	}
	if same {
		fmt.Fprintln(c.out, c.say("数据库的表与声明一致", "the tables of the database are as declared"))
	}
	return nil
}
