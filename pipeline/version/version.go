// Package version keeps in the store by which version of its schema it was last brought up to date. A program that is
// older than its store leaves it alone: it would read rows wrong that it knows nothing of.
package version

import (
	"context"
	"fmt"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"yanzhen/pipeline/warehouse"
)

// Now is the version of the schema and of what the ledger's rows mean that this program writes. It is one more whenever
// pipeline/schema.sql or the meaning of a column changes so that an older program would go wrong; a test asks for the
// decision at every change of the file.
//
// 2: report dates can be withdrawn (meta.withdrawn_freezes), which an older program would go on giving figures of.
const Now = 2

// Newer says that the store was written by a newer program.
type Newer struct {
	Store   uint32
	Program string // the version that wrote it
	Known   uint32 // by the program that is refused
}

func (e *Newer) Error() string {
	return fmt.Sprintf("库是较新的版本写的（库的版本 %d，本版识得到 %d，写它的是 %s）：请用那一版或更新的雁阵；什么也没有改动 / the store was written by a newer version (store version %d, this program knows %d; written by %s): use that Yanzhen or a newer one; nothing was changed",
		e.Store, e.Known, e.Program, e.Store, e.Known, e.Program)
}

// row is a row of meta.versions.
type row struct {
	Version uint32    `db:"version"`
	Program string    `db:"program"`
	At      time.Time `db:"at" arrow:"us"`
}

// latest is the highest version that wrote the store; 0 where nobody said.
func latest(ctx context.Context, db *warehouse.DB) (row, error) {
	var n uint64
	if err := db.Row(ctx, warehouse.Statement{Tag: "version", SQL: "select count() from system.tables where database = 'meta' and name = 'versions'"}, &n); err != nil || n == 0 {
		return row{}, err
	}
	got, err := warehouse.Select[row](ctx, db, warehouse.Statement{Tag: "version", SQL: "select version, program, at from meta.versions order by version desc, at desc limit 1"})
	if err != nil || len(got) == 0 {
		return row{}, err
	}
	return got[0], nil
}

// Check returns a Newer where the store was written by a newer program than this.
func Check(ctx context.Context, db *warehouse.DB) error { return CheckAs(ctx, db, Now) }

// CheckAs is Check of a program that writes the given version.
func CheckAs(ctx context.Context, db *warehouse.DB, now uint32) error {
	have, err := latest(ctx, db)
	if err == nil && have.Version > now {
		return &Newer{have.Version, have.Program, now}
	}
	return err
}

// Mark writes down that this program has brought the store up to date, unless that is written down.
func Mark(ctx context.Context, db *warehouse.DB, at time.Time) error {
	have, err := latest(ctx, db)
	if err != nil || have.Version >= Now {
		return err
	}
	return warehouse.Append(ctx, db, "meta.versions", row{Now, Program(), at.UTC()})
}

// Program is the version of this build: a release's, else the commit that it was made of.
func Program() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "store " + strconv.Itoa(Now)
	}
	said := map[string]string{}
	for _, s := range info.Settings {
		said[s.Key] = s.Value
	}
	v := strings.TrimSuffix(info.Main.Version, "(devel)")
	if rev := said["vcs.revision"]; v == "" && rev != "" {
		v = rev[:min(len(rev), 12)] + " " + said["vcs.time"]
	}
	if said["vcs.modified"] == "true" && !strings.Contains(v, "dirty") {
		v += " (modified)"
	}
	return strings.TrimSpace("yanzhen " + v)
}
