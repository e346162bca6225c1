package fetch_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"yanzhen/pipeline"
	"yanzhen/pipeline/fetch"
	"yanzhen/pipeline/fetch/fetchtest"
)

// endless is a query that never ends, with the columns of the source.
const endless = "  timeout: 3s\n  query: select generate_series(1, 2000000000) as id, '11010519491231002X' as person, 'n' as name, timestamptz '2026-01-31' as date, 'node' as node, 1 as people\n"

// Whatever goes astray at the source or on the disk, rows told in another way are not mixed with those that are known, a change is
// not missed for long, nothing is left in the clear, and what is said needs a person where it does and tells no secret.
func TestAstray(t *testing.T) {
	t.Setenv("YANZHEN_TEST_SECRET", fetchtest.Password)
	s, c := fetchtest.Postgres(t)
	b := newBench(t)
	exec := func(sql string) {
		t.Helper()
		if _, err := c.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	fetched := func(where string, full bool) fetch.Summary {
		t.Helper()
		states, sum, err := b.fetch(false)
		if err != nil || sum.Full != full || len(states) != 5 {
			t.Errorf("%s: %v, %+v, %v; want full %v", where, states, sum, err, full)
		}
		return sum
	}
	refused := func(where, code, secret string) {
		t.Helper()
		var p *pipeline.Problem
		if _, _, err := b.fetch(false); !errors.As(err, &p) || p.Code != code || secret != "" && strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v; want %s", where, err, code)
		}
	}
	exec(tables)
	if err := insert(t.Context(), c, 1, 4000); err != nil {
		t.Fatal(err)
	}
	b.declare(source(s, cursor))

	// a row of another century does not keep ordinary changes from being read
	exec("update moved set changed = '2099-01-01' where id = 3")
	fetched("first", true)
	exec("update moved set people = people + 1, changed = clock_timestamp() where id = 5")
	fetched("a change beside a row of 2099", false)
	b.same(c, "a change beside a row of 2099")
	exec("update moved set changed = clock_timestamp() where id = 3")

	// a mirror that is damaged is made anew, and stands then
	name := filepath.Join(b.Dir, "sources", "moves", "mirror")
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, text[:len(text)-1], 0o600); err != nil {
		t.Fatal(err)
	}
	fetched("damaged", true)
	fetched("after the damage", false)
	if n := strings.Count(b.log.String(), "damaged"); n != 1 {
		t.Errorf("damage is told %d times: %s", n, b.log)
	}

	// what is known was told in another zone, or came as another type
	office := b.Office
	b.Office = time.UTC
	if _, sum, err := b.fetch(false); err != nil || !sum.Full {
		t.Errorf("another office: %+v, %v", sum, err)
	}
	b.Office = office
	fetched("the office again", true)
	exec("alter table moved alter id type varchar using lpad(id::text, 6, '0')")
	if sum := fetched("another type", true); sum.Rows != 4000 {
		t.Errorf("another type: %+v", sum)
	}
	b.same(c, "another type")
	exec("alter table moved alter id type bigint using id::bigint")

	// periods of a source whose name begins alike are not missed
	other := strings.NewReplacer("name: moves\n", "name: moves_2\n", "moved as date", "moved + interval '1 year' as date").Replace(source(s, cursor))
	if b.Sources, err = fetch.Read(fstest.MapFS{"sources/moves.yaml": {Data: []byte(source(s, cursor))}, "sources/moves_2.yaml": {Data: []byte(other)}}, b.Loader.Catalog.Datasets); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Fetch(t.Context(), fetch.Request{Source: "moves_2"}, func(o pipeline.Outcome, err error) {
		if err != nil || o.State != pipeline.Published {
			t.Errorf("%+v, %v", o, err)
		}
	}); err != nil {
		t.Fatal(err)
	}
	fetched("beside another", true)
	exec("create table aside as select * from moved; delete from moved where id % 5 = 4")
	if states, _, err := b.fetch(true); err != nil || strings.Count(strings.Join(states, "; "), "period_gone") != 1 {
		t.Errorf("a period is gone beside another source: %v, %v", states, err)
	}
	exec("insert into moved select * from aside where id % 5 = 4")

	// what is refused is not read to its end, and is not called a timeout
	b.declare(strings.Replace(source(s, endless), "  query: select id, card as person, name, moved as date, node, people, changed from moved -- all\n", "", 1) + "most: 100\n")
	refused("endless", "source_most", "")
	if _, _, done, err := b.Look(t.Context(), "moves", 100); err != nil {
		t.Errorf("the first rows of what has no end: %v", err)
	} else {
		done()
	}

	// a fetch that fails leaves nothing of the source, nor does a look that was broken off days ago
	old, young := filepath.Join(b.Dir, "sources", "moves", "look-1"), filepath.Join(b.Dir, "sources", "moves", "look-2")
	for _, dir := range []string{old, young} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chtimes(old, time.Time{}, time.Now().Add(-49*time.Hour)); err != nil {
		t.Fatal(err)
	}
	b.declare(strings.Replace(source(s, cursor), "key: [id]", "key: [node]", 1))
	refused("a key that is none", "source_key", "")
	if left, _ := filepath.Glob(filepath.Join(b.Dir, "sources", "moves", "*")); len(left) != 3 {
		t.Errorf("left: %v; want lock, mirror and the young look", left)
	}

	b.declare(source(s, strings.Replace(cursor, "[changed, id], lag: 1m", "[id], ceiling: 1m", 1)))
	refused("a ceiling on a number", "source_cursor", "")

	// what a server quotes may be a value
	exec("create function refuse() returns int language plpgsql as $$ begin raise exception '雁小明 is refused'; end $$")
	b.declare(strings.Replace(source(s, cursor), "people, changed", "refuse() as people, changed", 1))
	if _, _, err := b.fetch(false); err == nil || !strings.Contains(err.Error(), "P0001") || strings.Contains(err.Error(), "雁") {
		t.Errorf("raised: %v", err)
	}

	// a password that stands in what is said is hidden there, and the rest stays what it was
	exec("alter role owner password 'no'")
	t.Setenv("YANZHEN_TEST_SECRET", "no")
	b.declare(strings.Replace(source(s, cursor), "from moved", "from no_moves", 1))
	refused("no table", "source_query", `"no_moves"`)
	b.declare(strings.Replace(source(s, cursor), "key: [id]", "key: [nothing]", 1))
	refused("no key", "source_columns", "")
}
