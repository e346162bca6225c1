// Package cluster says on every node of a ClickHouse cluster what the program says on one. Its statements that make, change or
// remove something are written anew with ON CLUSTER; the rows of a dataset lie in a table of each node's own, replicated within
// its shard, which the table that everybody names reads and writes through (Distributed); what the loader keeps about its work,
// database meta, is replicated to every node, so that each shard knows by itself which batches are live. Statements that ask or
// insert stay as they are.
package cluster

import (
	"fmt"
	"maps"
	"regexp"
	"strings"
)

// Plan says where things lie. The zero value is a database of one node: nothing is written anew.
type Plan struct {
	Name string // as in the servers' remote_servers
	// Alone is a cluster of one node that nothing is replicated to and that asks no other: for trying how statements fare over
	// distributed tables where there is no server.
	Alone bool
}

// Name is what a cluster may be called.
var Name = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{0,63}$`)

// Rows is the database of the tables that hold the rows of a node, as the catalog of the database names them.
func (p Plan) Rows() string {
	if p.Name == "" {
		return store
	}
	return own
}

const (
	store = "store" // the tables that everybody names
	own   = "shard" // the tables of each node
)

// Settings go with every statement. A statement is answered when every node has done it. A subquery is answered once, where the
// statement came in, not on every shard: all of them see the same batches as live. What is written is on most replicas before
// it is acknowledged, one insert after the other, and who reads gets all that was acknowledged or an error.
func (p Plan) Settings() map[string]string {
	if p.Name == "" {
		return nil
	}
	out := map[string]string{
		"prefer_global_in_and_join": "1", "distributed_product_mode": "global", "distributed_foreground_insert": "1", "insert_deduplicate": "0",
	}
	if !p.Alone {
		maps.Copy(out, map[string]string{
			"insert_quorum": "auto", "insert_quorum_parallel": "0", "select_sequential_consistency": "1", "alter_sync": "2", "mutations_sync": "2",
			"distributed_ddl_task_timeout": "600", "distributed_ddl_output_mode": "throw",
		})
	}
	return out
}

const name = "((?:\\w+|`[^`]+`)(?:\\.(?:\\w+|`[^`]+`|\\*))?)"

var (
	reDatabase = regexp.MustCompile(`(?is)^(create database (?:if not exists )?|drop database (?:if exists )?)` + name + `(.*)$`)
	reTable    = regexp.MustCompile(`(?is)^create (or replace )?table (?:if not exists )?` + name + `(.*)$`)
	reEngine   = regexp.MustCompile(`(?i)\bengine\s*=\s*(\w*MergeTree)\b(?:\s*\(([^()]*)\))?`)
	reView     = regexp.MustCompile(`(?is)^(create (?:or replace )?view (?:if not exists )?)` + name + `(.*)$`)
	reAlter    = regexp.MustCompile(`(?is)^alter table ` + name + `\s+(.*)$`)
	reColumns  = regexp.MustCompile(`(?i)^(?:add|drop|modify|rename|comment) column\b`)
	reGone     = regexp.MustCompile(`(?is)^((?:drop table|drop view|truncate table) (?:if exists )?)` + name + `(.*)$`)
	reMoved    = regexp.MustCompile(`(?is)^(rename|exchange) (tables?) ` + name + ` (to|and) ` + name + `$`)
	reKill     = regexp.MustCompile(`(?is)^(kill query)( where .*)$`)
	reGrant    = regexp.MustCompile(`(?is)^(grant|revoke) (.*)$`)
	reOnStore  = regexp.MustCompile(`(?i)\b(all|select|show|insert) on store\.\*`)
	rePolicyGo = regexp.MustCompile(`(?is)^drop row policy .*$`)
	reWho      = regexp.MustCompile(`(?is)^((?:create|alter|drop) (?:user|role|row policy|quota|settings profile) (?:if not exists |if exists |or replace )?)` + name + `(.*)$`)
)

// Statements are what is to be run, in order, in the place of a statement of this program.
func (p Plan) Statements(sql string) []string {
	if p.Name == "" {
		return []string{sql}
	}
	sql = strings.TrimSpace(sql)
	if m := reDatabase.FindStringSubmatch(sql); m != nil {
		out := []string{m[1] + m[2] + p.everywhere() + m[3]}
		if strings.Trim(m[2], "`") == store {
			out = append(out, m[1]+own+p.everywhere()+m[3])
		}
		return out
	}
	if m := reTable.FindStringSubmatch(sql); m != nil {
		return p.table(m[1], m[2], m[3])
	}
	if m := reAlter.FindStringSubmatch(sql); m != nil {
		return p.alter(m[1], m[2])
	}
	if m := reGone.FindStringSubmatch(sql); m != nil {
		rows := behind(m[2])
		switch {
		case rows == "":
			return []string{m[1] + m[2] + p.everywhere() + m[3]}
		case strings.HasPrefix(strings.ToLower(m[1]), "truncate"): // the table in front holds no rows
			return []string{m[1] + rows + p.everywhere() + m[3]}
		}
		return []string{m[1] + m[2] + p.everywhere() + m[3], m[1] + rows + p.everywhere() + m[3]}
	}
	if m := reMoved.FindStringSubmatch(sql); m != nil {
		return p.move(m[1]+" "+m[2]+" ", m[3], " "+m[4]+" ", m[5])
	}
	for _, re := range []*regexp.Regexp{reView, reWho} {
		if m := re.FindStringSubmatch(sql); m != nil && !rePolicyGo.MatchString(sql) {
			return []string{m[1] + m[2] + p.everywhere() + m[3]}
		}
	}
	if m := reKill.FindStringSubmatch(sql); m != nil {
		return []string{m[1] + p.everywhere() + m[2]}
	}
	if m := reGrant.FindStringSubmatch(sql); m != nil {
		return []string{m[1] + p.everywhere() + " " + reOnStore.ReplaceAllStringFunc(m[2], func(s string) string {
			right := s[:strings.IndexByte(s, ' ')]
			s += ", " + right + " ON " + own + ".*"
			if strings.EqualFold(right, "all") { // who makes tables on every node, and such as read and write through to them
				s += ", CLUSTER ON *.*, REMOTE ON *.*"
			}
			return s
		})}
	}
	if rePolicyGo.MatchString(sql) {
		return []string{sql + p.everywhere()}
	}
	return []string{sql}
}

// everywhere says that all nodes do it.
func (p Plan) everywhere() string {
	if p.Alone {
		return ""
	}
	return " on cluster `" + p.Name + "`"
}

// behind is the table of the nodes' own behind a table of rows; empty for any other.
func behind(full string) string {
	if table, ok := strings.CutPrefix(full, store+"."); ok {
		return own + "." + table
	}
	return ""
}

// table makes a table. Replicas of a table of rows are those of a shard; of any other, all nodes.
func (p Plan) table(replace, full, rest string) []string {
	rows, head := behind(full), "create "+replace+"table "
	if replace == "" {
		head += "if not exists "
	}
	if !p.Alone {
		group, replica := "all", "{shard}_{replica}"
		if rows != "" {
			group, replica = "{shard}", "{replica}"
		}
		if m := reEngine.FindStringSubmatchIndex(rest); m != nil { // the first: a comment may hold such words
			args := fmt.Sprintf("'/clickhouse/tables/{uuid}/%s', '%s'", group, replica)
			if m[4] >= 0 && m[4] < m[5] {
				args += ", " + rest[m[4]:m[5]]
			}
			rest = rest[:m[0]] + "engine = Replicated" + rest[m[2]:m[3]] + "(" + args + ")" + rest[m[1]:]
		}
	}
	if rows == "" {
		return []string{head + full + p.everywhere() + rest}
	}
	return []string{head + rows + p.everywhere() + rest, p.front(head, full)}
}

// front makes the table that reads and writes through to those of the nodes. A batch lies on one shard.
func (p Plan) front(head, full string) string {
	rows := behind(full)
	_, table, _ := strings.Cut(rows, ".")
	return fmt.Sprintf("%s%s%s as %s engine = Distributed(`%s`, '%s', '%s', cityHash64(_batch))", head, full, p.everywhere(), rows, p.Name, own, strings.Trim(table, "`"))
}

// alter changes a table. What concerns columns concerns the table in front too, after the nodes: it must find the column there.
// Rows and settings lie behind it.
func (p Plan) alter(full, rest string) []string {
	rows := behind(full)
	switch {
	case rows == "":
		return []string{"alter table " + full + p.everywhere() + " " + rest}
	case !reColumns.MatchString(rest):
		return []string{"alter table " + rows + p.everywhere() + " " + rest}
	}
	return []string{"alter table " + rows + p.everywhere() + " " + rest, "alter table " + full + p.everywhere() + " " + rest}
}

// move gives tables other names.
func (p Plan) move(verb, from, between, to string) []string {
	a, b := behind(from), behind(to)
	if a == "" || b == "" {
		return []string{verb + from + between + to + p.everywhere()}
	}
	if strings.HasPrefix(strings.ToLower(verb), "exchange") {
		return []string{verb + a + between + b + p.everywhere()} // the tables in front stay before those of their names
	}
	// each may have been done before, by a try that did not come to its end
	return []string{"drop table if exists " + from + p.everywhere(), verb + "if exists " + a + between + b + p.everywhere(), p.front("create table if not exists ", to)}
}
