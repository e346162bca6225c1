package grants_test

import (
	"context"
	"errors"
	"fmt"
	"html"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/embedded"
	"yanzhen/pipeline/warehouse/grants"
	"yanzhen/pipeline/warehouse/warehousetest"
)

var views = []grants.View{
	{Name: "arrivals", Columns: map[string]string{"id": "UInt32", "park": "LowCardinality(String)", "node": "LowCardinality(Nullable(String))", "enterprise": "String"}},
	{Name: "trainings", Columns: map[string]string{"id": "UInt32", "node": "LowCardinality(Nullable(String))"}},
	{Name: "labour", Columns: map[string]string{"id": "UInt32", "n": "Int32"}},
	{Name: "lists", Columns: map[string]string{"id": "UInt32", "park": "Array(LowCardinality(String))"}},
	{Name: "codes_parks", Columns: map[string]string{"code": "String"}, Open: true},
}

const chainExpr = "splitByChar('.', assumeNotNull(node))[1]"

// What is said to a server, for an account of each kind, on a server that has a user who is gone.
func TestStatements(t *testing.T) {
	p := grants.Plan{
		Views: views,
		Have:  grants.Have{Self: "admin", Users: []string{"li", "gone"}, Policies: []grants.Policy{{Name: "yanzhen/part/gone", View: "arrivals"}, {Name: "yanzhen/part/wang", View: "arrivals"}}},
		Accounts: []grants.Account{
			{Name: "li"},
			{Name: "wang", Parts: []grants.Part{{Dim: "park", Values: []string{"magnet"}}, {Dim: "chain", Expr: chainExpr, Values: []string{"a", "b"}}}},
			{Name: "zhao", Parts: []grants.Part{{Dim: "chain", Expr: chainExpr, Values: []string{"a"}}}, Shut: true},
		},
	}
	hash := regexp.MustCompile(`BY '[0-9A-F]{64}' SALT '[0-9a-f]{32}'`)
	got := hash.ReplaceAllString(strings.Join(p.Statements(), "\n"), "BY HASH")
	limits := "readonly = 2, priority = 10 CONST, allow_ddl = 0 CONST, allow_introspection_functions = 0 CONST, max_concurrent_queries_for_user = 4 MIN 1 MAX 4, " +
		"max_block_size = 65536 MIN 1 MAX 65536, max_execution_time = 60 MIN 1 MAX 60, max_memory_usage = 1073741824 MIN 1 MAX 1073741824, max_result_bytes = 1073741824 MIN 1 MAX 1073741824, " +
		"max_result_rows = 1000000 MIN 1 MAX 1000000, max_rows_to_read = 1000000000 MIN 1 MAX 1000000000, max_threads = 2 MIN 1 MAX 2"
	to := "`yanzhen/analyst`, `yanzhen.li`, `yanzhen.wang`, `yanzhen.zhao`"
	want := "CREATE ROLE IF NOT EXISTS `yanzhen/loader`\n" +
		"GRANT ALL ON store.*, ALL ON mart.*, ALL ON meta.*, SELECT ON system.*, SELECT ON INFORMATION_SCHEMA.*, KILL QUERY ON *.*, CREATE TEMPORARY TABLE ON *.*, SYSTEM RELOAD, SYSTEM DROP CACHE, SYSTEM FLUSH ON *.*, TABLE ENGINE ON *, SET DEFINER ON default TO `yanzhen/loader` WITH REPLACE OPTION\n" +
		"CREATE ROLE IF NOT EXISTS `yanzhen/reader`\n" +
		"GRANT SELECT ON store.*, SELECT ON mart.*, SELECT ON meta.*, SELECT ON system.*, SHOW ON store.*, SHOW ON mart.*, SHOW ON meta.* TO `yanzhen/reader` WITH REPLACE OPTION\n" +
		"CREATE ROLE IF NOT EXISTS `yanzhen/analyst`\n" +
		"GRANT SELECT ON mart.*, SHOW ON mart.* TO `yanzhen/analyst` WITH REPLACE OPTION\n" +
		"ALTER USER IF EXISTS `yanzhen.li` HOST ANY DEFAULT DATABASE mart GRANTEES NONE\n" +
		"CREATE USER IF NOT EXISTS `yanzhen.wang` IDENTIFIED WITH sha256_hash BY HASH HOST ANY DEFAULT DATABASE mart GRANTEES NONE\n" +
		"CREATE ROW POLICY OR REPLACE `yanzhen/part/wang` ON mart.`arrivals` FOR SELECT USING (`park`) IN ('magnet') AND (" + chainExpr + ") IN ('a', 'b') AS RESTRICTIVE TO `yanzhen.wang`\n" +
		"CREATE ROW POLICY OR REPLACE `yanzhen/part/wang` ON mart.`trainings` FOR SELECT USING 0 AS RESTRICTIVE TO `yanzhen.wang`\n" +
		"CREATE ROW POLICY OR REPLACE `yanzhen/part/wang` ON mart.`labour` FOR SELECT USING 0 AS RESTRICTIVE TO `yanzhen.wang`\n" +
		"CREATE ROW POLICY OR REPLACE `yanzhen/part/wang` ON mart.`lists` FOR SELECT USING 0 AS RESTRICTIVE TO `yanzhen.wang`\n" +
		"CREATE USER IF NOT EXISTS `yanzhen.zhao` IDENTIFIED WITH sha256_hash BY HASH HOST NONE DEFAULT DATABASE mart GRANTEES NONE\n" +
		"CREATE ROW POLICY OR REPLACE `yanzhen/part/zhao` ON mart.`arrivals` FOR SELECT USING (" + chainExpr + ") IN ('a') AS RESTRICTIVE TO `yanzhen.zhao`\n" +
		"CREATE ROW POLICY OR REPLACE `yanzhen/part/zhao` ON mart.`trainings` FOR SELECT USING (" + chainExpr + ") IN ('a') AS RESTRICTIVE TO `yanzhen.zhao`\n" +
		"CREATE ROW POLICY OR REPLACE `yanzhen/part/zhao` ON mart.`labour` FOR SELECT USING 0 AS RESTRICTIVE TO `yanzhen.zhao`\n" +
		"CREATE ROW POLICY OR REPLACE `yanzhen/part/zhao` ON mart.`lists` FOR SELECT USING 0 AS RESTRICTIVE TO `yanzhen.zhao`\n" +
		"CREATE ROW POLICY OR REPLACE `yanzhen/rows` ON mart.* FOR SELECT USING 1 AS PERMISSIVE TO `yanzhen/loader`, `yanzhen/reader`, `yanzhen/analyst`, `yanzhen.wang`, `yanzhen.zhao`\n" +
		"CREATE SETTINGS PROFILE OR REPLACE `yanzhen/analyst` SETTINGS " + limits + " TO " + to + "\n" +
		"CREATE QUOTA OR REPLACE `yanzhen/analyst` KEYED BY user_name FOR INTERVAL 15 minute MAX failed_sequential_authentications = 5, FOR INTERVAL 1 hour MAX queries = 10000, execution_time = 7200 TO " + to + "\n" +
		"REVOKE ALL ON *.* FROM `yanzhen.li`\n" +
		"GRANT `yanzhen/analyst` TO `yanzhen.li` WITH REPLACE OPTION\n" +
		"REVOKE `yanzhen/analyst` FROM `yanzhen.wang`\n" +
		"GRANT SELECT ON mart.`arrivals`, SELECT ON mart.`codes_parks` TO `yanzhen.wang` WITH REPLACE OPTION\n" +
		"REVOKE `yanzhen/analyst` FROM `yanzhen.zhao`\n" +
		"GRANT SELECT ON mart.`arrivals`, SELECT ON mart.`trainings`, SELECT ON mart.`codes_parks` TO `yanzhen.zhao` WITH REPLACE OPTION\n" +
		"DROP USER IF EXISTS `yanzhen.gone`\n" +
		"DROP ROW POLICY IF EXISTS `yanzhen/part/gone` ON mart.`arrivals`"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Statements with the most hostile names and values are each one statement to the engine's own parser, which writes them
// back with the same names, as it quotes them itself.
func TestParsed(t *testing.T) {
	db := warehousetest.Open(t)
	hostile := []string{"li", "o'brien", "a` TO default; DROP DATABASE mart; --", `back\slash\`, `\'; DROP USER default; --`, "雁阵 用户", "new\nline\tand \"quotes\"", "{x:Identifier}", "/* */ -- #", "$$", "\x00nul"}
	p := grants.Plan{Views: append([]grants.View{{Name: "a`b'c\\", Columns: map[string]string{"park": "String"}}}, views...)}
	for i, n := range hostile {
		a := grants.Account{Name: n, Secret: grants.Hash(n)}
		if i%2 == 1 {
			a.Parts = []grants.Part{{Dim: "park", Values: hostile}}
		}
		p.Accounts = append(p.Accounts, a)
		p.Have.Users = append(p.Have.Users, "gone"+n)
		p.Have.Policies = append(p.Have.Policies, grants.Policy{Name: "yanzhen/part/" + n + "x", View: "a`b"})
	}
	canonical := func(sql string) (out string) {
		t.Helper()
		if err := db.Row(t.Context(), warehouse.Statement{SQL: "select formatQuerySingleLine({q:String})", Params: map[string]string{"q": sql}}, &out); err != nil {
			t.Fatalf("%s\n%v", sql, err)
		}
		return out
	}
	read := map[string]bool{} // the names between quotes, as the engine understood them
	quotes := regexp.MustCompile("`((?:[^`\\\\]|\\\\.)*)`")
	plain := strings.NewReplacer(`\\`, `\`, "\\`", "`", `\'`, `'`, `\n`, "\n", `\t`, "\t", `\r`, "\r", `\0`, "\x00")
	for _, sql := range p.Statements() {
		if strings.ContainsAny(sql, "\n\r\t\x00") {
			t.Errorf("not one line: %q", sql)
		}
		c := canonical(sql)
		if again := canonical(c); again != c {
			t.Errorf("%s\nis read as\n%s\nand that as\n%s", sql, c, again)
		}
		words := func(s string) string { // without quotes, brackets, blanks and order, which the engine writes its own way
			w := regexp.MustCompile(`[A-Za-z0-9_*]+`).FindAllString(s, -1)
			slices.Sort(w)
			return strings.Join(slices.Compact(w), " ")
		}
		if words(c) != words(sql) {
			t.Errorf("%s\nis read as\n%s", sql, c)
		}
		for _, m := range quotes.FindAllStringSubmatch(c, -1) {
			read[plain.Replace(m[1])] = true
		}
	}
	for _, n := range hostile {
		for _, name := range []string{"yanzhen." + n, "yanzhen.gone" + n, "yanzhen/part/" + n + "x"} {
			if !read[name] {
				t.Errorf("%q is not there", name)
			}
		}
	}
}

// row is a row of every table of the test.
type row struct {
	id               int
	park, node, firm string
}

// world fills the tables and makes the views as the product makes them.
func world(t *testing.T, db *warehouse.DB, rows []row) {
	t.Helper()
	sql := []string{"create database if not exists store", "create database if not exists mart"}
	for _, v := range views {
		var columns []string
		for _, c := range []string{"id", "n", "code", "park", "node", "enterprise"} {
			if k, ok := v.Columns[c]; ok {
				columns = append(columns, c+" "+k)
			}
		}
		sql = append(sql, "create table store."+v.Name+" ("+strings.Join(columns, ", ")+") engine = MergeTree order by tuple()",
			"create or replace view mart."+v.Name+" definer = default sql security definer as select * from store."+v.Name)
	}
	lit := func(s string) string { return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'" }
	values := map[string][]string{}
	for _, r := range rows {
		node := "null"
		if r.node != "" {
			node = lit(r.node)
		}
		values["arrivals (id, park, node, enterprise)"] = append(values["arrivals (id, park, node, enterprise)"], fmt.Sprintf("(%d, %s, %s, %s)", r.id, lit(r.park), node, lit(r.firm)))
		values["trainings (id, node)"] = append(values["trainings (id, node)"], fmt.Sprintf("(%d, %s)", r.id, node))
		values["labour (id, n)"] = append(values["labour (id, n)"], fmt.Sprintf("(%d, 1)", r.id))
	}
	for table, v := range values {
		sql = append(sql, "insert into store."+table+" values "+strings.Join(v, ", "))
	}
	sql = append(sql, "insert into store.codes_parks values ('x'), ('y')")
	for _, s := range sql {
		if err := db.Exec(t.Context(), warehouse.SQL(s)); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

var (
	policyRe = regexp.MustCompile("(?s)^CREATE ROW POLICY OR REPLACE `[^`]*` ON mart.`([^`]*)` FOR SELECT USING (.*) AS RESTRICTIVE TO ")
	grantRe  = regexp.MustCompile("(?s)^GRANT (.*) TO `yanzhen\\.[^`]*` WITH REPLACE OPTION$")
)

// asUser starts an engine whose analyst is what the statements make of the one account of the plan: its grants and its
// row policies, taken from the statements and put where the engine reads them, which takes none by SQL.
func asUser(t *testing.T, p grants.Plan, rows []row) *warehouse.DB {
	t.Helper()
	policies, granted := "", ""
	for _, s := range p.Statements() {
		if m := policyRe.FindStringSubmatch(s); m != nil {
			policies += "<" + m[1] + "><filter>" + html.EscapeString(m[2]) + "</filter></" + m[1] + ">"
		}
		if m := grantRe.FindStringSubmatch(s); m != nil {
			granted += "<query>GRANT " + html.EscapeString(m[1]) + "</query>"
		}
	}
	if granted == "" {
		t.Fatal("nothing is granted")
	}
	db := engine(t, "<users><default><databases><mart>"+policies+"</mart></databases></default></users><roles><analyst replace=\"1\"><grants>"+granted+"</grants></analyst></roles>", rows)
	return db
}

func engine(t *testing.T, users string, rows []row) *warehouse.DB {
	t.Helper()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "users.d"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "users.d", "grants.xml"), []byte("<clickhouse>"+users+"</clickhouse>"), 0o600); err != nil {
		t.Fatal(err)
	}
	e, err := embedded.Start(t.Context(), embedded.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	open := func(role string) *warehouse.DB {
		db, err := warehouse.Open(t.Context(), warehouse.Options{Socket: e.Socket(), User: role})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		return db
	}
	loader := open(embedded.Loader)
	if rows == nil {
		return loader
	}
	world(t, loader, rows)
	return open(embedded.Analyst)
}

func ids(ctx context.Context, db *warehouse.DB, sql string) ([]int, error) {
	got, err := warehouse.Select[struct {
		ID uint32 `db:"id"`
	}](ctx, db, warehouse.SQL(sql))
	var out []int
	for _, r := range got {
		out = append(out, int(r.ID))
	}
	slices.Sort(out)
	return out, err
}

// Whatever somebody asks who is kept to a part, the rows of the part come, and none else: random parts, random rows with
// values that quoting could break, questions of every shape.
func TestRowsOfThePart(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 9))
	parks := []string{"magnet", "o'brien", `back\slash`, "雁`阵", ""}
	nodes := []string{"a.1", "a.2", "b.1", "c", ""}
	firms := []string{"x", "x'y", `z\`}
	var rows []row
	for i := range 60 {
		rows = append(rows, row{i + 1, parks[r.IntN(len(parks))], nodes[r.IntN(len(nodes))], firms[r.IntN(len(firms))]})
	}
	accounts := [][]grants.Part{
		{{Dim: "park", Values: parks[:1]}},
		{{Dim: "park", Values: parks[1:4]}, {Dim: "enterprise", Values: firms[1:]}},
		{{Dim: "chain", Expr: chainExpr, Values: []string{"a", "nothing"}}},
		{{Dim: "node", Values: []string{"b.1", "a.1"}}, {Dim: "park", Values: []string{parks[r.IntN(4)], parks[2]}}},
		{{Dim: "sender", Values: []string{"x"}}},
	}
	for i, parts := range accounts {
		p := grants.Plan{Views: views, Accounts: []grants.Account{{Name: "somebody", Parts: parts}}}
		db := asUser(t, p, rows)
		for _, v := range views {
			var want []int
			for _, x := range rows {
				if inside(x, parts) {
					want = append(want, x.id)
				}
			}
			may := slices.Contains(p.Reads(p.Accounts[0]), v.Name)
			if v.Open {
				var n uint64
				if err := db.Row(t.Context(), warehouse.SQL("select count() from mart."+v.Name), &n); err != nil || n != 2 {
					t.Errorf("account %d: %s: %d %v", i, v.Name, n, err)
				}
				continue
			}
			for range 12 {
				sql, keep := question(r, v.Name)
				got, err := ids(t.Context(), db, sql)
				var said *warehouse.Error
				if !may {
					if !errors.As(err, &said) || said.Code != 497 && said.Code != 636 { // 636: merge sees no view that it may read
						t.Errorf("account %d: %s: %v %v, want a refusal", i, sql, got, err)
					}
					continue
				}
				wanted := slices.DeleteFunc(slices.Clone(want), func(id int) bool { return !keep(id) })
				if err != nil || !slices.Equal(got, wanted) {
					t.Errorf("account %d: %s\n got %v, %v\nwant %v", i, sql, got, err, wanted)
				}
			}
		}
		for _, sql := range []string{"select * from store.arrivals", "select * from merge('store', '.*')"} {
			if err := db.Exec(t.Context(), warehouse.SQL(sql)); err == nil {
				t.Errorf("account %d: %s is answered", i, sql)
			}
		}
	}
}

// inside says whether a row belongs to all parts, without the code under test.
func inside(x row, parts []grants.Part) bool {
	for _, p := range parts {
		chain, _, _ := strings.Cut(x.node, ".")
		v, ok := map[string]string{"park": x.park, "node": x.node, "enterprise": x.firm, "chain": chain}[p.Dim]
		if !ok || (p.Dim == "node" || p.Dim == "chain") && x.node == "" || !slices.Contains(p.Values, v) {
			return false
		}
	}
	return true
}

// question is one of some shape about a view, and which ids its own conditions leave.
func question(r *rand.Rand, view string) (string, func(int) bool) {
	m, k := r.IntN(4)+2, r.IntN(2)
	mod := func(id int) bool { return id%m == k }
	all := func(int) bool { return true }
	v := "mart." + view
	switch r.IntN(11) {
	case 9:
		return "select id from merge('mart', '^" + view + "$')", all
	case 10:
		return "select * except (n) from (select id, 1 as n from " + v + " as x where x.id >= 0 or x.id < 0)", all
	case 0:
		return "select id from " + v, all
	case 1:
		return fmt.Sprintf("select id from %s where id %% %d = %d", v, m, k), mod
	case 2:
		return fmt.Sprintf("select id from %s where id %% %d = %d or 1 = 0 group by id having count() = 1", v, m, k), mod
	case 3:
		return "select toUInt32(arrayJoin(groupArray(id))) as id from (select id from " + v + " order by id limit 1000)", all
	case 4:
		return fmt.Sprintf("select a.id as id from %s a join %s b on a.id = b.id where b.id %% %d = %d", v, v, m, k), mod
	case 5:
		return fmt.Sprintf("with t as (select id from %s) select id from t where id in (select id from %s where id %% %d = %d)", v, v, m, k), mod
	case 6:
		return fmt.Sprintf("select distinct id from (select id from %s union all select id from %s) where id %% %d = %d", v, v, m, k), mod
	case 7:
		return "select id from " + v + " where not (1 = 0) order by id desc limit 100 offset 0", all
	default:
		return "select id from (select id, row_number() over (order by id) as n from " + v + ") where n > 0 or 1 = 1", all
	}
}

// The limits of the profile hold as they are written: none can be lifted, 0 included, and each can be lowered.
func TestLimitsHold(t *testing.T) {
	p := grants.Plan{Memory: 512 << 20}
	values, constraints := "", ""
	for _, s := range p.Settings() {
		values += fmt.Sprintf("<%s>%d</%[1]s>", s.Name, s.Value)
		switch {
		case s.Name == "readonly":
		case s.Fixed:
			constraints += "<" + s.Name + "><const/></" + s.Name + ">"
		default:
			constraints += fmt.Sprintf("<%s><min>1</min><max>%d</max></%[1]s>", s.Name, s.Value)
		}
	}
	// as it is written for a server: the same minimum and maximum
	for _, s := range p.Statements() {
		for name := range map[string]int{"max_memory_usage = 536870912 MIN 1 MAX 536870912": 0, "priority = 10 CONST": 0} {
			if strings.Contains(s, "SETTINGS PROFILE") && !strings.Contains(s, name) {
				t.Errorf("%s is not in %s", name, s)
			}
		}
	}
	db := engine(t, "<profiles><default>"+values+"<constraints>"+constraints+"</constraints></default></profiles><users><yanzhen.li><password/></yanzhen.li></users><roles><loader replace=\"1\"><grants><query>GRANT ALL ON *.*</query></grants></loader></roles>", nil)
	if have, err := grants.Read(t.Context(), db); err != nil || have.Self != "default" || !slices.Equal(have.Users, []string{"li"}) || len(have.Policies) > 0 {
		t.Errorf("%+v %v", have, err)
	}
	try := func(name string, v int64) int {
		t.Helper()
		err := db.Exec(t.Context(), warehouse.SQL("select 1 settings "+name+" = "+strconv.FormatInt(v, 10)))
		var said *warehouse.Error
		switch {
		case err == nil:
			return 0
		case errors.As(err, &said):
			return said.Code
		}
		t.Fatal(err)
		return -1
	}
	for _, s := range p.Settings() {
		if s.Name == "readonly" {
			if got := try(s.Name, 0); got == 0 {
				t.Error("readonly can be lifted")
			}
			continue
		}
		if got := try(s.Name, s.Value+1); got != 452 && got != 392 {
			t.Errorf("%s = %d: %d", s.Name, s.Value+1, got)
		}
		if s.Fixed {
			continue
		}
		// 0 threads are as many as the machine has
		if got := try(s.Name, 0); got == 0 && !(s.Name == "max_threads" && int64(runtime.NumCPU()) <= s.Value) {
			t.Errorf("%s = 0: %d", s.Name, got)
		}
		if got := try(s.Name, s.Value); got != 0 {
			t.Errorf("%s = %d: %d", s.Name, s.Value, got)
		}
	}
	if got := try("max_execution_time", 5); got != 0 {
		t.Errorf("less is refused: %d", got)
	}
	if err := db.Exec(t.Context(), warehouse.SQL("create database x")); err == nil {
		t.Error("writing is let through")
	}
}

// A server of one's own takes the statements, and holds what they say: YANZHEN_TEST_DSN names it by a user who may manage
// access and make databases.
func TestServer(t *testing.T) {
	dsn := os.Getenv("YANZHEN_TEST_DSN")
	if dsn == "" {
		t.Skip("opt-in: YANZHEN_TEST_DSN names no server")
	}
	admin, err := warehouse.Open(t.Context(), warehouse.Options{DSN: dsn})
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	warehousetest.Reset(t, admin)
	rows := []row{{1, "magnet", "a.1", "x"}, {2, "o'brien", "b.1", "x"}, {3, "magnet", "", "y"}}
	world(t, admin, rows)
	p := grants.Plan{Views: views, Accounts: []grants.Account{
		{Name: "whole", Secret: grants.Hash("松阳-9-katze-Fluss")},
		{Name: "part", Secret: grants.Hash("松阳-9-katze-Fluss"), Parts: []grants.Part{{Dim: "park", Values: []string{"o'brien"}}}},
		{Name: "shut", Secret: grants.Hash("松阳-9-katze-Fluss"), Shut: true},
	}}
	apply := func() {
		t.Helper()
		if p.Have, err = grants.Read(t.Context(), admin); err != nil {
			t.Fatal(err)
		}
		for _, s := range p.Statements() {
			if err := admin.Exec(t.Context(), warehouse.SQL(s)); err != nil {
				t.Fatalf("%s: %v", s, err)
			}
		}
	}
	as := func(name string) (*warehouse.DB, error) {
		u, err := url.Parse(dsn)
		if err != nil {
			t.Fatal(err)
		}
		u.User = url.UserPassword("yanzhen."+name, "松阳-9-katze-Fluss")
		return warehouse.Open(t.Context(), warehouse.Options{DSN: u.String(), Database: "mart"})
	}
	for range 2 { // the second time with everything there
		apply()
		for name, want := range map[string][]int{"whole": {1, 2, 3}, "part": {2}} {
			db, err := as(name)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if got, err := ids(t.Context(), db, "select id from arrivals"); err != nil || !slices.Equal(got, want) {
				t.Errorf("%s: %v %v", name, got, err)
			}
			_, err = ids(t.Context(), db, "select id from labour")
			if (err == nil) != (name == "whole") {
				t.Errorf("%s: labour: %v", name, err)
			}
			for _, x := range warehousetest.Refusals {
				if names(x.Name) {
					continue
				}
				if err := db.Exec(t.Context(), warehouse.SQL(x.SQL)); err == nil {
					t.Errorf("%s: %s is answered: %s", name, x.Name, x.SQL)
				}
			}
			for _, s := range p.Settings() {
				if err := db.Exec(t.Context(), warehouse.Statement{SQL: "select 1", Settings: map[string]string{s.Name: strconv.FormatInt(s.Value+1, 10)}}); err == nil {
					t.Errorf("%s: %s can be lifted", name, s.Name)
				}
			}
		}
		if db, err := as("shut"); err == nil {
			db.Close()
			t.Error("who is shut out comes in")
		}
	}
	p.Accounts = nil
	apply()
	if have, err := grants.Read(t.Context(), admin); err != nil || len(have.Users)+len(have.Policies) > 0 {
		t.Errorf("left behind: %+v %v", have, err)
	}
	if _, err := as("whole"); err == nil {
		t.Error("who is gone comes in")
	}
}

// names are the refusals that only the embedded engine has: a server tells its own name and how its views are made to
// whoever may ask it.
func names(refusal string) bool {
	return slices.ContainsFunc([]string{"definitions", "show create", "explain", "query tree", "getServerSetting", "hostName", "hostname", "FQDN", "buildId", "filesystem", "settings", "use", "set", "eval", "an identifier", "regular", "kill", "show processlist"}, func(p string) bool {
		return strings.HasPrefix(refusal, p)
	})
}
