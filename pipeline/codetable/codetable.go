// Package codetable makes the code lists tables of mart, so that a statement can name what a code means: mart.codes
// holds all of them, mart.codes_LIST one.
package codetable

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/warehouse"
)

// value is a row of meta.codes, on which mart.codes stands.
type value struct {
	List     string `db:"list"`
	Code     string `db:"code"`
	Zh       string `db:"zh"`
	En       string `db:"en"`
	Parent   string `db:"parent" null:"1"`
	Rank     uint32 `db:"rank"`
	Ranked   bool   `db:"ranked"` // else the rank says nothing
	Position uint32 `db:"position"`
}

// gathering begins the names of the tables in which rows are gathered. One that is an hour old is of a process that was killed.
const gathering = "codes_next"

// about says of each column of mart.codes what it is.
var about = map[string]codes.Text{
	"list":     {Zh: "代码表的名称，如 provinces", En: "name of the code list, such as provinces"},
	"code":     {Zh: "代码，各数据集的列里存的就是它", En: "the code, as the columns of the datasets hold it"},
	"zh":       {Zh: "中文名称", En: "name in Chinese"},
	"en":       {Zh: "英文名称", En: "name in English"},
	"parent":   {Zh: "上级的代码：节点的上级是产业链，市的上级是省；没有则为空", En: "code of the wider value: of a node its chain, of a city its province; empty where there is none"},
	"rank":     {Zh: "位次，大者为高；不分高低的代码表为空", En: "rank, greater is higher; empty where the list has none"},
	"position": {Zh: "在代码表中的次序", En: "place in the list"},
}

var columns = [][2]string{
	{"list", "LowCardinality(String)"},
	{"code", "String"},
	{"zh", "String"},
	{"en", "String"},
	{"parent", "Nullable(String)"},
	{"rank", "Nullable(UInt32)"},
	{"position", "UInt32"},
}

// Publish brings mart.codes and its views to what the catalog declares, with the rights of definer. Where they are so
// already nothing is changed; else the rows are replaced at once, and views of lists that are gone go. A list whose
// view would bear the name of a dataset has none: the dataset's stands.
func Publish(ctx context.Context, db *warehouse.DB, c *dataset.Catalog, definer string) error {
	if c.Lists == nil {
		return nil
	}
	rows := values(c.Lists)
	views := map[string]string{}
	for _, v := range Names(c) {
		list, one := strings.CutPrefix(v, "codes_")
		if !one {
			views[v] = view("", nil, definer)
			continue
		}
		views[v] = view(list, c.Lists.Get(list), definer)
	}
	digest := digestOf(rows, views)
	stale, err := outdated(ctx, db, c, views, digest)
	if err != nil || stale == nil {
		return err
	}
	if err := replace(ctx, db, rows, digest); err != nil {
		return err
	}
	for _, sql := range stale {
		if err := db.Exec(ctx, warehouse.Statement{SQL: sql, Tag: "codes"}); err != nil {
			return err
		}
	}
	return nil
}

// Names are the views of mart that the code lists of a catalog are: codes, and codes_LIST for each.
func Names(c *dataset.Catalog) (out []string) {
	if c.Lists == nil {
		return nil
	}
	for _, list := range c.Lists.Names() {
		out = append(out, "codes_"+list)
	}
	return slices.DeleteFunc(append([]string{"codes"}, out...), func(name string) bool { return c.Datasets[name] != nil })
}

// outdated says which statements bring the views to what is declared; nil where rows and views are so already.
func outdated(ctx context.Context, db *warehouse.DB, c *dataset.Catalog, views map[string]string, digest string) ([]string, error) {
	have, err := warehouse.Select[struct {
		Database string `db:"database"`
		Name     string `db:"name"`
		Comment  string `db:"comment"`
	}](ctx, db, warehouse.Statement{Tag: "codes", SQL: `select database, name, comment from system.tables
where database = 'meta' and (name = 'codes' or startsWith(name, '` + gathering + `') and metadata_modification_time < now() - interval 1 hour) or database = 'mart' and (name = 'codes' or startsWith(name, 'codes_'))`})
	if err != nil {
		return nil, err
	}
	same, found := false, 0
	sql := []string{}
	for _, t := range have {
		_, wanted := views[t.Name]
		switch {
		case t.Database == "meta" && t.Name != "codes":
			sql = append(sql, "drop table if exists meta."+t.Name)
		case t.Database == "meta":
			same = t.Comment == digest
		case wanted:
			found++
		case c.Datasets[t.Name] == nil:
			sql = append(sql, "drop view if exists mart.`"+t.Name+"`")
		}
	}
	if same && found == len(views) && len(sql) == 0 {
		return nil, nil
	}
	for _, name := range sorted(views) {
		sql = append(sql, views[name])
	}
	return sql, nil
}

// replace puts rows in the place of those that meta.codes holds, in one step. They are gathered in a table of this process's own:
// of a server of its own several programs may do the same at once.
func replace(ctx context.Context, db *warehouse.DB, rows []value, digest string) (err error) {
	var cols []string
	for _, c := range columns {
		cols = append(cols, c[0]+" "+strings.Replace(c[1], "Nullable(UInt32)", "UInt32, ranked Bool", 1))
	}
	shape := " (" + strings.Join(cols, ", ") + ")\nengine = MergeTree order by (list, position)\ncomment " + dataset.Literal(digest)
	next := "meta." + strings.ReplaceAll(warehouse.NewID(gathering), "-", "_")
	defer func() { // what was live is not needed, and a table that was not finished neither
		done, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		err = errors.Join(err, db.Exec(done, warehouse.Statement{SQL: "drop table if exists " + next, Tag: "codes"}))
	}()
	if err := db.Exec(ctx, warehouse.Statement{SQL: "create table " + next + shape, Tag: "codes"}); err != nil {
		return err
	}
	if err := warehouse.Append(ctx, db, next, rows...); err != nil {
		return err
	}
	if err := db.Exec(ctx, warehouse.Statement{SQL: "create table if not exists meta.codes" + shape, Tag: "codes"}); err != nil {
		return err
	}
	return db.Exec(ctx, warehouse.Statement{SQL: "exchange tables meta.codes and " + next, Tag: "codes"})
}

// view is the statement that makes mart.codes, or the view of one list.
func view(list string, l *codes.List, definer string) string {
	name, title, where := "codes", codes.Text{Zh: "代码表：全部代码与名称", En: "Code lists: every code and its names"}, ""
	cols := columns
	if l != nil {
		name, title = "codes_"+list, codes.Text{Zh: "代码表：" + l.Zh, En: "Code list: " + l.En}
		where = "\nwhere list = " + dataset.Literal(list)
		cols = columns[1:]
	}
	var declared, selected []string
	for _, c := range cols {
		declared = append(declared, fmt.Sprintf("%s %s comment %s", c[0], c[1], dataset.Literal(dataset.Both(about[c[0]]))))
		selected = append(selected, strings.Replace(c[0], "rank", "if(ranked, meta.codes.rank, null) as rank", 1))
	}
	return "create or replace view mart.`" + name + "`\n(\n    " + strings.Join(declared, ",\n    ") + "\n)\ndefiner = " + definer +
		" sql security definer\nas select " + strings.Join(selected, ", ") + "\nfrom meta.codes" + where + "\ncomment " + dataset.Literal(dataset.Both(title))
}

func values(lists *codes.Lists) []value {
	var rows []value
	for _, name := range lists.Names() {
		l := lists.Get(name)
		for i, v := range l.Values {
			r := value{List: name, Code: v.Code, Zh: v.Zh, En: v.En, Parent: v.Parent, Position: uint32(i + 1)}
			if l.Ranked && v.Rank >= 0 {
				r.Rank, r.Ranked = uint32(v.Rank), true
			}
			rows = append(rows, r)
		}
	}
	return rows
}

func digestOf(rows []value, views map[string]string) string {
	h := sha256.New()
	for _, r := range rows {
		fmt.Fprintf(h, "%q\n", []any{r.List, r.Code, r.Zh, r.En, r.Parent, r.Rank, r.Ranked, r.Position})
	}
	for _, name := range sorted(views) {
		fmt.Fprintf(h, "%q\n", views[name])
	}
	return hex.EncodeToString(h.Sum(nil))
}

func sorted(m map[string]string) []string {
	names := make([]string, 0, len(m))
	for n := range m {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}
