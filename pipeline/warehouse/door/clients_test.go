package door_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// snippet is what docs/connect.md says of a client, for the door of this test.
func snippet(t *testing.T, o *opened, name string) string {
	t.Helper()
	text, err := os.ReadFile("../../../docs/connect.md")
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile("(?s)\\*\\*" + regexp.QuoteMeta(name) + "\\*\\*[^\n]*\n\n```[a-z]+\n(.*?)```").FindStringSubmatch(string(text))
	if m == nil {
		t.Fatalf("docs/connect.md has no snippet of %s", name)
	}
	if n := strings.Count(m[1], "\n"); n > 5 {
		t.Errorf("%s: %d lines, at most 5", name, n)
	}
	host, port, _ := strings.Cut(o.address, ":")
	return strings.NewReplacer("HOST", host, "8123", port, `"li"`, `"wang"`, "'li'", "'wang'", "li:", "wang:", "user=li", "user=wang", "SECRET", "p2", "TOKEN", "t-li").Replace(m[1])
}

// nodes adds a column of chain nodes, which the snippets ask for.
func nodes(t *testing.T) {
	t.Helper()
	db := warehousetest.OpenAs(t, "loader")
	for _, sql := range []string{
		"CREATE OR REPLACE VIEW mart.arrivals (node LowCardinality(String) COMMENT '节点 / Node', person String COMMENT '人 / Person', level Nullable(Int8) COMMENT '级 / Level', date Date32 COMMENT '日期 / Date') " +
			"DEFINER = default SQL SECURITY DEFINER AS SELECT if(n < 600, '精密铸造', 'mining') AS node, lower(hex(n)) AS person, level, date FROM store.arrivals COMMENT '引进 / Arrivals'",
	} {
		if err := db.Exec(t.Context(), warehouse.SQL(sql)); err != nil {
			t.Fatal(err)
		}
	}
}

// tool runs a client and returns what it printed; where the client is not there, the test is skipped with the reason.
func tool(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Skip(name + " is not on this machine")
	}
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "NO_PROXY=*", "no_proxy=*")
	out, err := cmd.CombinedOutput()
	t.Logf("$ %s\n%s", strings.Join(append([]string{filepath.Base(cmd.Args[0])}, cmd.Args[1:]...), " "), out) // the transcript, by -v
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	return string(out)
}

func want(t *testing.T, got string) {
	t.Helper()
	if !strings.Contains(strings.ReplaceAll(got, `"`, ""), "mining,400") || !strings.Contains(got, "600") || !strings.Contains(got, "精密铸造") {
		t.Errorf("the client printed\n%s", got)
	}
}

// The snippets of docs/connect.md whose clients are at hand in a minute.
func TestQuickClients(t *testing.T) {
	o := open(t, nil)
	nodes(t)
	t.Run("curl", func(t *testing.T) {
		want(t, tool(t, t.TempDir(), "sh", "-c", snippet(t, o, "curl")))
		want(t, tool(t, t.TempDir(), "sh", "-c", snippet(t, o, "curl, token")))
	})
	t.Run("node", func(t *testing.T) {
		root, err := filepath.Abs("../../..")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(filepath.Join(root, "node_modules/@clickhouse/client")); err != nil {
			t.Skip("@clickhouse/client is not there: npm ci")
		}
		want(t, tool(t, root, "node", "--input-type=module", "-e", snippet(t, o, "Node.js, @clickhouse/client")))
		want(t, tool(t, root, "node", "--input-type=module", "-e", snippet(t, o, "Node.js, @clickhouse/client, token")))
		got := tool(t, root, "node", "--input-type=module", "-e", strings.ReplaceAll(nodeMore, "URL", "http://"+o.address))
		if !strings.HasSuffix(got, "1000 true ok 497 ok\n") {
			t.Errorf("node: %s", got)
		}
	})
	t.Run("go", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "main.go")
		if err := os.WriteFile(file, []byte(strings.Replace(goAround, "SNIPPET", snippet(t, o, "Go, clickhouse-go"), 1)), 0o600); err != nil {
			t.Fatal(err)
		}
		want(t, tool(t, ".", "go", "run", file)) // within this module, whose version of the client it is
	})
}

// goAround is what stands around the snippet of Go: it prints what came.
const goAround = `package main

import (
	"fmt"

	"github.com/ClickHouse/clickhouse-go/v2"
)

func main() {
	SNIPPET
	if err != nil {
		panic(err)
	}
	for rows.Next() {
		var node string
		var n uint64
		if err := rows.Scan(&node, &n); err != nil {
			panic(err)
		}
		fmt.Printf("%s,%d\n", node, n)
	}
	if err := rows.Err(); err != nil {
		panic(err)
	}
}
`

// nodeMore: rows as a stream, typed parameters, settings and a session, a refusal, a stop.
const nodeMore = `import { createClient } from '@clickhouse/client'
const client = createClient({ url: 'URL', username: 'wang', password: 'p2', session_id: 'abc', clickhouse_settings: { max_threads: 8, async_insert: 1 }, compression: { response: true } })
let n = 0
for await (const part of (await client.query({ query: 'select * from arrivals where date >= {from: Date}', query_params: { from: '2025-01-01' }, format: 'JSONEachRow' })).stream()) n += part.length
const ping = (await client.ping()).success
let refused = ''
try { await client.query({ query: "select * from file('/etc/passwd', 'LineAsString')" }) } catch (e) { refused = e.code }
const stop = new AbortController()
const slow = client.query({ query: 'select sum(sleepEachRow(0.5)) from numbers(100)', abort_signal: stop.signal, clickhouse_settings: { max_block_size: '1' } }).then(() => 'ran', () => 'ok')
setTimeout(() => stop.abort(), 200)
console.log(n, ping, 'ok', refused, await slow)
await client.close()
`

// heavy are the clients that make clients fetches from their registries into .cache/clients.
func heavy(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../../../.cache/clients")
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv("YANZHEN_CLIENTS") == "" {
		t.Skip("opt-in: make clients fetches the clients of Python and Java and runs them")
	}
	return dir
}

func TestPythonClients(t *testing.T) {
	python := filepath.Join(heavy(t), "venv/bin/python")
	o := open(t, nil)
	nodes(t)
	for _, name := range []string{"Python, clickhouse-connect", "Python, clickhouse-connect, token", "Python, SQLAlchemy", "pandas", "polars", "DuckDB"} {
		t.Run(name, func(t *testing.T) {
			want(t, tool(t, t.TempDir(), python, "-c", snippet(t, o, name)))
		})
	}
	host, port, _ := strings.Cut(o.address, ":")
	fill := strings.NewReplacer("HOST", host, "PORT", port)
	for name, script := range map[string]string{"connect": connectMore, "sqlalchemy": sqlalchemyMore, "frames": framesMore, "native": nativeMore} {
		t.Run(name, func(t *testing.T) {
			if got := tool(t, t.TempDir(), python, "-W", "ignore", "-c", fill.Replace(script)); !strings.HasSuffix(strings.TrimSpace(got), "ok") {
				t.Errorf("%s", got)
			}
		})
	}
}

// connectMore: every way of reading, parameters, comments, a refusal that is told.
const connectMore = `
import clickhouse_connect
c = clickhouse_connect.get_client(host="HOST", port=PORT, username="wang", password="p2")
assert c.query("select count() from arrivals").result_rows == [(1000,)]
assert c.query("select level from arrivals where date >= {d:Date} limit 3", parameters={"d": "2025-01-01"}).row_count == 3
assert c.query("select %(x)s", parameters={"x": "it's"}).result_rows == [("it's",)]
assert len(c.query_df("select * from arrivals")) == 1000
assert c.query_df("select level from arrivals")["level"].isna().sum() == 500
assert c.query_arrow("select * from arrivals").num_rows == 1000
assert c.query_np("select level from arrivals where level is not null").shape[0] == 500
assert c.raw_query("select 1", fmt="CSV") == b"1\n"
with c.query_rows_stream("select * from arrivals") as s:
    assert sum(1 for _ in s) == 1000
with c.query_df_stream("select * from arrivals") as s:
    assert sum(len(d) for d in s) == 1000
assert c.command("select 5") == 5
assert c.query("select getSetting('max_execution_time')", settings={"max_threads": 1, "max_execution_time": 5, "output_format_json_quote_64bit_integers": 1}).result_rows == [(5,)]
try:
    c.query("select 1", settings={"join_use_nulls": 1})
    raise SystemExit("a setting that changes the answer")
except clickhouse_connect.driver.exceptions.ProgrammingError as e:
    assert "readonly" in str(e), e
assert "节点" in str(c.query("describe arrivals").result_rows)
for bad in ["select * from store.arrivals", "insert into arrivals values (1)", "select * from url('http://127.0.0.1:1/', 'CSV', 'a Int8')"]:
    try:
        c.query(bad)
        raise SystemExit("ran: " + bad)
    except clickhouse_connect.driver.exceptions.DatabaseError as e:
        assert "497" in str(e), e
print("ok")
`

const sqlalchemyMore = `
import sqlalchemy, pandas
e = sqlalchemy.create_engine("clickhousedb://wang:p2@HOST:PORT/mart")
i = sqlalchemy.inspect(e)
assert "mart" in i.get_schema_names(), i.get_schema_names()
names = set(i.get_table_names(schema="mart")) | set(i.get_view_names(schema="mart"))
assert "arrivals" in names, names
cols = {c["name"]: c for c in i.get_columns("arrivals", schema="mart")}
assert set(cols) == {"node", "person", "level", "date"}, cols
t = sqlalchemy.Table("arrivals", sqlalchemy.MetaData(), autoload_with=e, schema="mart")
with e.connect() as c:
    assert c.execute(sqlalchemy.select(sqlalchemy.func.count()).select_from(t)).scalar() == 1000
assert len(pandas.read_sql("select * from arrivals", e)) == 1000
print("ok")
`

const framesMore = `
import io, pandas, polars, urllib.parse, urllib.request
def url(sql): return "http://HOST:PORT/?user=wang&password=p2&query=" + urllib.parse.quote(sql)
d = pandas.read_csv(url("select level, date from arrivals format CSVWithNames"))
assert d["level"].isna().sum() == 500 and d["level"].dtype.kind == "f", d.dtypes
assert len(pandas.read_parquet(io.BytesIO(urllib.request.urlopen(url("select * from arrivals format Parquet")).read()))) == 1000
p = polars.read_csv(url("select level, date from arrivals format CSVWithNames"))
assert p["level"].null_count() == 500, p
lazy = polars.scan_parquet(url("select level, node from arrivals order by person format Parquet")).filter(polars.col("level") == 3).collect()
assert len(lazy) == 500, lazy
print("ok")
`

// nativeMore: a client of the native protocol learns what is wrong.
const nativeMore = `
from clickhouse_driver import Client
try:
    Client("HOST", port=PORT, user="wang", password="p2").execute("select 1")
    raise SystemExit("it ran")
except Exception as e:
    assert "native protocol" in str(e), e
print("ok")
`

func TestJavaClient(t *testing.T) {
	jars, err := filepath.Glob(filepath.Join(heavy(t), "*.jar"))
	if err != nil || len(jars) < 2 {
		t.Fatal("no driver: make clients fetches it")
	}
	o := open(t, nil)
	nodes(t)
	dir := t.TempDir()
	for name, body := range map[string]string{"Snippet": snippet(t, o, "Java, clickhouse-jdbc"), "More": strings.ReplaceAll(javaMore, "ADDRESS", o.address)} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(dir, name+".java")
			if err := os.WriteFile(file, []byte("public class "+name+" { public static void main(String[] a) throws Exception {\n"+body+"\n} }\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			jar := strings.Join(jars, string(os.PathListSeparator))
			tool(t, dir, "javac", "-encoding", "UTF-8", "-cp", jar, file)
			got := tool(t, dir, "java", "-Dfile.encoding=UTF-8", "-Dorg.slf4j.simpleLogger.defaultLogLevel=off", "-cp", jar+string(os.PathListSeparator)+dir, name)
			if name == "Snippet" {
				want(t, got)
			} else if !strings.HasSuffix(strings.TrimSpace(got), "ok") {
				t.Errorf("%s", got)
			}
		})
	}
}

// javaMore: what DBeaver and Metabase do: metadata, prepared statements, limits, a stop that stops.
const javaMore = `
var db = java.sql.DriverManager.getConnection("jdbc:ch://ADDRESS/mart", "wang", "p2");
if (!db.isValid(5)) throw new Exception("not valid");
var meta = db.getMetaData();
int schemas = 0, tables = 0, columns = 0, kinds = 0;
boolean told = false;
for (var r = meta.getSchemas(); r.next();) schemas++;
for (var r = meta.getTables(null, "mart", "%", null); r.next();) { tables++; if (r.getString("TABLE_NAME").equals("arrivals")) told = String.valueOf(r.getString("REMARKS")).contains("引进"); }
for (var r = meta.getColumns(null, "mart", "arrivals", "%"); r.next();) columns++;
for (var r = meta.getTypeInfo(); r.next();) kinds++;
meta.getPrimaryKeys(null, "mart", "arrivals").close();
meta.getImportedKeys(null, "mart", "arrivals").close();
meta.getIndexInfo(null, "mart", "arrivals", false, true).close();
if (schemas < 1 || tables < 1 || columns != 4 || kinds < 10 || !told) throw new Exception(schemas + " " + tables + " " + columns + " " + kinds + " " + told);
var p = db.prepareStatement("select count() from arrivals where date >= ? and node = ?");
p.setObject(1, java.time.LocalDate.of(2025, 1, 1));
p.setString(2, "mining");
var r = p.executeQuery();
r.next();
if (r.getLong(1) != 400) throw new Exception("prepared: " + r.getLong(1));
var s = db.createStatement();
s.setMaxRows(7);
s.setQueryTimeout(20);
int n = 0;
for (r = s.executeQuery("select * from arrivals"); r.next();) n++;
if (n != 7) throw new Exception("maxRows: " + n);
try { db.createStatement().executeQuery("select * from store.arrivals"); throw new Exception("it ran"); } catch (java.sql.SQLException e) { if (e.getErrorCode() != 497) throw e; }
var slow = db.createStatement();
var began = System.nanoTime();
var stopper = new Thread(() -> { try { Thread.sleep(700); slow.cancel(); } catch (Exception e) { e.printStackTrace(); } });
stopper.start();
try { slow.executeQuery("select sum(cityHash64(number)) from numbers(900000000) where cityHash64(number, number) % 3 = 0"); throw new Exception("it ran to its end"); } catch (java.sql.SQLException e) { if (!String.valueOf(e).contains("394")) throw e; }
stopper.join();
System.out.println("ok");
`
