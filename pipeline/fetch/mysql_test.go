package fetch_test

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"yanzhen/pipeline"
	"yanzhen/pipeline/fetch/fetchtest"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// Of MySQL and MariaDB: times without a zone are meant in the source's, a day that is none is counted as empty, what is new is
// found by two columns without a lag, and numbers and texts come as they stand.
func TestMariaDB(t *testing.T) {
	t.Setenv("YANZHEN_TEST_SECRET", fetchtest.Password)
	t.Setenv("YANZHEN_TEST_WRONG", "not-the-password")
	s, db := fetchtest.MariaDB(t)
	exec := func(sql string) {
		t.Helper()
		if _, err := db.ExecContext(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	exec("set sql_mode = ''; create table moved (id int unsigned primary key, card varchar(18), name varchar(40), moved datetime, at timestamp(6) null, node enum('上游', '下游'), people tinyint, pay decimal(12, 2), born date, day date, n int) character set utf8mb4;" +
		`insert into moved values (1, '11010519491231002X', '雁"阵\\', '2026-01-31 23:30:00', '2026-01-31 14:30:00.5', '上游', 3, 12345.60, '0000-00-00', '2026-03-01', 1),
			(2, '110101199003070054', 'a,b', '2026-01-31 22:59:59', '2026-01-31 18:00:00', '下游', null, null, '1990-03-07', '2026-03-01', 2)`)
	b := newBench(t)
	declared := `name: moves
title: {zh: 业务库, en: HR}
dataset: moves
sender: 人社局
zone: Asia/Tokyo
key: [id]
period: date
database:
  kind: mysql
  host: 127.0.0.1
  port: ` + strconv.Itoa(s.Port) + `
  name: hr
  user: owner
  tls: none
  password: {env: YANZHEN_TEST_SECRET}
  query: select id, card as person, name, moved as date, node, people, pay, born, at, day, n from moved -- all
  cursor: {columns: [day, n]}
`
	b.declare(declared)
	states, sum, err := b.fetch(false)
	// 23:30 in Tokyo is 22:30 in the office: both rows are of January
	if err != nil || strings.Join(states, "; ") != "moves_2026-01.csv published" || len(sum.Notes) != 1 || !strings.HasPrefix(sum.Notes[0].En, "1 cells are 0000-00-00") {
		t.Fatal(states, sum, err)
	}
	rows := func() string {
		return warehousetest.TSV(t, b.Loader.DB, warehouse.SQL("select concat_ws(' ', name, toString(date), node, ifNull(toString(people), '-'), ifNull(toString(pay), '-')) from store.moves where _batch in ("+live+") order by store.moves.pay desc nulls last, name"))
	}
	if got, want := rows(), "雁\"阵\\\\ 2026-01-31 上游 3 12345.6\na,b 2026-01-31 下游 - -"; got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	// the tie of the cursor is read again, what lies before it is not
	exec("update moved set people = 9 where id = 1; update moved set people = 5 where id = 2;" +
		"insert into moved values (3, '110101199003070134', 'c', '2026-02-01 00:59:59', null, '下游', 7, 1, null, '2026-03-01', 3), (4, '110101199003070177', 'd', '2026-02-01 01:00:00', null, '下游', 8, 0, null, '2026-03-02', 1)")
	states, sum, err = b.fetch(false)
	if err != nil || strings.Join(states, "; ") != "moves_2026-01.csv published; moves_2026-02.csv published" || sum.Read != 3 || sum.Rows != 4 {
		t.Error(states, sum, err)
	}
	if got, want := rows(), "雁\"阵\\\\ 2026-01-31 上游 3 12345.6\nc 2026-01-31 下游 7 1\nd 2026-02-01 下游 8 0\na,b 2026-01-31 下游 5 -"; got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	b.Now = func() time.Time { return time.Now().Add(25 * time.Hour) }
	if states, sum, err = b.fetch(false); err != nil || !sum.Full || !strings.Contains(rows(), "上游 9") {
		t.Error(states, sum, err)
	}
	// a column that changes by a lag of time
	b.declare(strings.Replace(declared, "columns: [day, n]", "columns: [at, id], lag: 10h", 1))
	for _, full := range []bool{true, false} {
		if states, sum, err = b.fetch(full); err != nil || sum.Full != full || sum.Rows != 4 || sum.Read != map[bool]uint64{true: 4, false: 2}[full] {
			t.Error(states, sum, err)
		}
	}
	var p *pipeline.Problem
	for name, bad := range map[string]struct{ old, new, code string }{
		"password":    {"YANZHEN_TEST_SECRET", "YANZHEN_TEST_WRONG", "source_sign_in"},
		"no table":    {"from moved", "from moved_no_more", "source_query"},
		"no column":   {"people, pay", "peuple as people, pay", "source_query"},
		"no database": {"name: hr", "name: nowhere", "source_database"},
		"two columns": {"people, pay", "people, people, pay", "source_query"},
		"a type":      {"people, pay", "point(1, 1) as people, pay", "source_type"},
	} {
		b.declare(strings.Replace(declared, bad.old, bad.new, 1))
		_, _, err := b.fetch(false)
		if !errors.As(err, &p) || p.Code != bad.code || strings.Contains(fmt.Sprint(err), "not-the-password") {
			t.Errorf("%s: %v", name, err)
		}
	}
	// what is refused is not read to its end, and is not called a timeout
	b.declare(strings.NewReplacer("from moved -- all\n  cursor: {columns: [day, n]}\n", "from moved, seq_1_to_2000000000\n  timeout: 3s\nmost: 100\n", "select id", "select seq as id").Replace(declared))
	if _, _, err := b.fetch(false); !errors.As(err, &p) || p.Code != "source_most" {
		t.Errorf("endless: %v", err)
	}
	if _, _, done, err := b.Look(t.Context(), "moves", 100); err != nil {
		t.Errorf("the first rows of what has no end: %v", err)
	} else {
		done()
	}
	if strings.Contains(b.log.String(), fetchtest.Password) {
		t.Errorf("the log holds the password: %s", b.log)
	}
}
