package cluster_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/cluster"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// said are statements as this program writes them, and what a cluster is told in their place.
var said = [][]string{
	{"create database if not exists store engine = Atomic", "create database if not exists store on cluster `office` engine = Atomic", "create database if not exists shard on cluster `office` engine = Atomic"},
	{"create database if not exists meta engine = Atomic", "create database if not exists meta on cluster `office` engine = Atomic"},
	{
		"create table if not exists meta.runs (run String, version UInt64) engine = ReplacingMergeTree(version) order by run",
		"create table if not exists meta.runs on cluster `office` (run String, version UInt64) engine = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/all', '{shard}_{replica}', version) order by run",
	},
	{
		"create or replace table meta.codes_next (list String)\nengine = MergeTree order by list\ncomment 'engine = MergeTree'",
		"create or replace table meta.codes_next on cluster `office` (list String)\nengine = ReplicatedMergeTree('/clickhouse/tables/{uuid}/all', '{shard}_{replica}') order by list\ncomment 'engine = MergeTree'",
	},
	{
		"create table if not exists store.moves\n(\n    `day` Date32,\n    `_batch` UInt32\n)\nengine = MergeTree\npartition by toYear(`day`)\norder by (`day`, `_batch`)\nsettings fsync_after_insert = 1\n",
		"create table if not exists shard.moves on cluster `office`\n(\n    `day` Date32,\n    `_batch` UInt32\n)\nengine = ReplicatedMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}')\npartition by toYear(`day`)\norder by (`day`, `_batch`)\nsettings fsync_after_insert = 1",
		"create table if not exists store.moves on cluster `office` as shard.moves engine = Distributed(`office`, 'shard', 'moves', cityHash64(_batch))",
	},
	{
		"create or replace view mart.moves\n(\n    `day` Date32 comment '日期'\n)\ndefiner = default sql security definer\nas select day from store.moves where _batch in (select batch from meta.live)",
		"create or replace view mart.moves on cluster `office`\n(\n    `day` Date32 comment '日期'\n)\ndefiner = default sql security definer\nas select day from store.moves where _batch in (select batch from meta.live)",
	},
	{
		"alter table store.moves add column if not exists `park` String after `day`",
		"alter table shard.moves on cluster `office` add column if not exists `park` String after `day`",
		"alter table store.moves on cluster `office` add column if not exists `park` String after `day`",
	},
	{"alter table store.moves modify setting fsync_after_insert = 1", "alter table shard.moves on cluster `office` modify setting fsync_after_insert = 1"},
	{"alter table store.moves delete where `_batch` in (1, 2) settings mutations_sync = 2", "alter table shard.moves on cluster `office` delete where `_batch` in (1, 2) settings mutations_sync = 2"},
	{"alter table meta.ledger add column if not exists `by` String", "alter table meta.ledger on cluster `office` add column if not exists `by` String"},
	{"alter table meta.rejects drop partition 202606", "alter table meta.rejects on cluster `office` drop partition 202606"},
	{
		"rename table store.moves to store.moves_aside_1", "drop table if exists store.moves on cluster `office`", "rename table if exists shard.moves to shard.moves_aside_1 on cluster `office`",
		"create table if not exists store.moves_aside_1 on cluster `office` as shard.moves_aside_1 engine = Distributed(`office`, 'shard', 'moves_aside_1', cityHash64(_batch))",
	},
	{"exchange tables meta.codes and meta.codes_next", "exchange tables meta.codes and meta.codes_next on cluster `office`"},
	{"drop table if exists meta.codes_next", "drop table if exists meta.codes_next on cluster `office`"},
	{"drop table if exists store.old", "drop table if exists store.old on cluster `office`", "drop table if exists shard.old on cluster `office`"},
	{"drop database if exists past", "drop database if exists past on cluster `office`"},
	{"drop view if exists mart.`codes_parks`", "drop view if exists mart.`codes_parks` on cluster `office`"},
	{"truncate table if exists meta.states", "truncate table if exists meta.states on cluster `office`"},
	{"truncate table store.bench", "truncate table shard.bench on cluster `office`"},
	{"KILL QUERY WHERE query_id = 'a' ASYNC", "KILL QUERY on cluster `office` WHERE query_id = 'a' ASYNC"},
	{"DROP USER IF EXISTS `yanzhen.li`", "DROP USER IF EXISTS `yanzhen.li` on cluster `office`"},
	{"ALTER USER IF EXISTS `yanzhen.li` HOST ANY DEFAULT DATABASE mart GRANTEES NONE", "ALTER USER IF EXISTS `yanzhen.li` on cluster `office` HOST ANY DEFAULT DATABASE mart GRANTEES NONE"},
	{"CREATE ROW POLICY OR REPLACE `p/li` ON mart.* FOR SELECT USING 1 AS PERMISSIVE TO `li`", "CREATE ROW POLICY OR REPLACE `p/li` on cluster `office` ON mart.* FOR SELECT USING 1 AS PERMISSIVE TO `li`"},
	{"DROP ROW POLICY IF EXISTS `p/li` ON mart.`moves`", "DROP ROW POLICY IF EXISTS `p/li` ON mart.`moves` on cluster `office`"},
	{"CREATE SETTINGS PROFILE OR REPLACE `a` SETTINGS max_threads = 2 TO `li`", "CREATE SETTINGS PROFILE OR REPLACE `a` on cluster `office` SETTINGS max_threads = 2 TO `li`"},
	{"GRANT SELECT ON mart.* TO `li` WITH REPLACE OPTION", "GRANT on cluster `office` SELECT ON mart.* TO `li` WITH REPLACE OPTION"},
	{"GRANT ALL ON store.*, ALL ON mart.* TO `yanzhen/loader`", "GRANT on cluster `office` ALL ON store.*, ALL ON shard.*, CLUSTER ON *.*, REMOTE ON *.*, ALL ON mart.* TO `yanzhen/loader`"},
	{"CREATE USER IF NOT EXISTS `li` IDENTIFIED WITH no_password HOST ANY", "CREATE USER IF NOT EXISTS `li` on cluster `office` IDENTIFIED WITH no_password HOST ANY"},
	{"CREATE ROLE IF NOT EXISTS `yanzhen/reader`", "CREATE ROLE IF NOT EXISTS `yanzhen/reader` on cluster `office`"},
	{
		"CREATE QUOTA OR REPLACE `a` KEYED BY user_name FOR INTERVAL 1 hour MAX queries = 10000 TO `li`",
		"CREATE QUOTA OR REPLACE `a` on cluster `office` KEYED BY user_name FOR INTERVAL 1 hour MAX queries = 10000 TO `li`",
	},
	{"REVOKE ALL ON *.* FROM `li`", "REVOKE on cluster `office` ALL ON *.* FROM `li`"},
	{"insert into store.moves (day) values ('2026-07-01')", "insert into store.moves (day) values ('2026-07-01')"},
	{"select count() from store.moves", "select count() from store.moves"},
}

// What is written anew is what was meant, the engine's own parser takes it, and it names the cluster.
func TestStatements(t *testing.T) {
	db := warehousetest.Open(t)
	p := cluster.Plan{Name: "office"}
	for _, s := range said {
		got := p.Statements(s[0])
		if !slices.Equal(got, s[1:]) {
			t.Errorf("%s:\ngot  %q\nwant %q", s[0], got, s[1:])
		}
		if got := (cluster.Plan{}).Statements(s[0]); !slices.Equal(got, s[:1]) {
			t.Errorf("%s: a database of one node is told %q", s[0], got)
		}
		for _, sql := range got {
			read := warehousetest.TSV(t, db, warehouse.Statement{SQL: "select formatQuerySingleLine({sql:String})", Params: map[string]string{"sql": sql}})
			if sql != s[0] && !regexp.MustCompile("ON CLUSTER `?office`?").MatchString(read) {
				t.Errorf("%s: the engine reads %s", sql, read)
			}
		}
	}
}

// A statement of a form that nobody wrote down here would be done on one node only.
func TestEveryFormIsKnown(t *testing.T) {
	verb := regexp.MustCompile(`(?i)^(create|alter|drop|truncate|rename|exchange|grant|revoke|kill|optimize|detach|attach|undrop) (or replace |temporary )?([a-z]+)`)
	known := map[string]bool{}
	for _, s := range said {
		if m := verb.FindStringSubmatch(s[0]); m != nil {
			known[strings.ToLower(m[1]+" "+m[3])] = true
		}
	}
	files := 0
	root := "../../.."
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if d != nil && d.IsDir() && (d.Name() == "node_modules" || strings.HasPrefix(d.Name(), ".") && d.Name() != "." && d.Name() != "..") {
				return fs.SkipDir
			}
			return err
		}
		rel := strings.TrimPrefix(filepath.ToSlash(path), root+"/")
		if !strings.HasSuffix(rel, ".go") || strings.HasSuffix(rel, "_test.go") || elsewhere.MatchString(rel) {
			return nil
		}
		files++
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			text, _ := strconv.Unquote(lit.Value)
			m := verb.FindStringSubmatch(strings.TrimSpace(text))
			if m == nil {
				return true
			}
			form := strings.ToLower(m[1] + " " + m[3])
			if m[2] == "temporary " || strings.HasPrefix(form, "grant ") || strings.HasPrefix(form, "revoke ") {
				return true // all that follows is taken as it is
			}
			if !known[form] && objects.MatchString(m[3]) {
				t.Errorf("%s: %q: what a cluster is told in its place is not in the list above", rel, text)
			}
			return true
		})
		return nil
	})
	if err != nil || files < 300 {
		t.Fatal(files, err)
	}
}

var (
	// objects are what a database is made of; other words after such a verb are prose.
	objects = regexp.MustCompile(`(?i)^(database|table|tables|view|materialized|dictionary|function|user|role|row|policy|quota|settings|query|mutation|index|named)$`)
	// elsewhere are statements to other databases than the warehouse, and tests' own.
	elsewhere = regexp.MustCompile(`^(pipeline/fetch/|pipeline/warehouse/warehousetest/|pipeline/backup/|pipeline/warehouse/embedded/|vendor/)`)
)
