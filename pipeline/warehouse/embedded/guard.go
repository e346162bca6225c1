package embedded

import (
	"errors"
	"slices"
	"strings"
)

// Roles keep a query away from other databases, from the table functions that reach files and
// networks, and from writing. Three things they do not keep it from, all tried: the scalar function
// file('/etc/passwd'), which in a library reads any file, also as arrayMap(file, ...) or APPLY file;
// eval('...'), which runs a statement out of a string; and the statements of other users in
// system.processes. A fourth comes before they are asked: a table function looks at what it is to read while the statement is
// analysed, and sqlite('/any/path', 't') makes that file. guard refuses those, by the names in the statement as the engine's own
// parser writes it back: no comment, escape or quoting can hide a name there.

// within are the table functions that reach nothing outside a statement but what its role may read.
var within = []string{
	"values", "sqlstandardvalues", "numbers", "numbers_mt", "zeros", "zeros_mt", "generaterandom", "generateseries", "generate_series",
	"primes", "null", "view", "merge", "format",
}

// outward are the names of all other table functions of an engine: none of them is let through, one that a later engine has neither.
func outward(c *connection) (map[string]bool, error) {
	var names []string
	_, err := c.run("SELECT DISTINCT lower(name) FROM system.table_functions", "TabSeparatedRaw", nil, func(b []byte) {
		names = append(names, strings.Fields(string(b))...)
	})
	out := map[string]bool{}
	for _, n := range names {
		out[n] = !slices.Contains(within, n)
	}
	if err == nil && !out["sqlite"] {
		err = errors.New("the engine does not tell its table functions")
	}
	return out, err
}

// machineFunctions are functions that tell of the machine, of the engine's settings or of its directories, or write a log.
var machineFunctions = map[string]bool{
	"getserversetting": true, "getserverport": true, "getmacro": true, "hostname": true, "fullhostname": true, "fqdn": true,
	"displayname": true, "buildid": true, "uptime": true, "serveruuid": true, "getoskernelversion": true, "showcertificate": true,
	"filesystemavailable": true, "filesystemcapacity": true, "filesystemunreserved": true, "zookeepersessionuptime": true,
	"catboostevaluate": true, "icebergtruncate": true, "logtrace": true, "tcpport": true,
}

// definitions are the columns of system tables that show how a view is made, of which tables, and where these lie.
var definitions = map[string]bool{
	"create_table_query": true, "as_select": true, "data_paths": true, "data_path": true, "metadata_path": true,
	"dependencies_database": true, "dependencies_table": true, "loading_dependencies_database": true, "loading_dependencies_table": true,
	"view_definition": true,
}

// systemTables are those of system that tell nothing about other users or the machine.
var systemTables = map[string]bool{
	"one": true, "numbers": true, "numbers_mt": true, "zeros": true, "zeros_mt": true,
	"columns": true, "tables": true, "databases": true, "functions": true, "table_functions": true,
	"data_type_families": true, "formats": true, "settings": true, "aggregate_function_combinators": true,
	"keywords": true, "time_zones": true, "contributors": true, "licenses": true,
}

// guard refuses a query of someone who is not trusted. The query has been classified before: it is
// one statement that reads.
func (e *engine) guard(c *connection, sql string) error {
	var canonical string
	_, err := c.run("SELECT formatQuerySingleLine({q:String})", "TabSeparatedRaw", []param{{"q", escapeParam(sql)}},
		func(b []byte) { canonical = string(b) })
	if err != nil {
		return err
	}
	toks := tokens(canonical, noComment)
	deny := func(what string) error {
		return &exception{497, "Code: 497. DB::Exception: 不允许使用 " + what + " / not allowed: " + what + ". (ACCESS_DENIED)"}
	}
	if what := shows(toks); what != "" {
		return deny(what)
	}
	catalogue := false // a table of system is read that has definitions among its columns
	for _, t := range toks {
		name := strings.ToLower(bare(t))
		catalogue = catalogue || t.kind != 's' && (name == "tables" || name == "databases" || name == "views" || name == "information_schema")
	}
	for i, t := range toks {
		var next token
		if i+1 < len(toks) {
			next = toks[i+1]
		}
		switch name := strings.ToLower(bare(t)); {
		case catalogue && t.text == "*" && !(i > 1 && toks[i-1].text == "(" && toks[i-2].is("count")):
			return deny("*")
		case t.kind == 's' || t.kind == 'p' && t.text != "{":
		case t.text == "{":
			// a parameter of type Identifier puts a name where guard cannot see it
			if end := strings.IndexByte(canonical[t.end:], '}'); end >= 0 &&
				strings.Contains(strings.ToLower(canonical[t.end:t.end+end]), "identifier") {
				return deny("Identifier")
			}
		case t.is("SETTINGS") && next.kind != 'p' && i+2 < len(toks) && toks[i+2].text == "=": // one in a subquery would hold
			return &exception{164, "Code: 164. DB::Exception: 语句里不能有 SETTINGS / SETTINGS may not stand in a statement. (READONLY)"}
		case name == "file" || name == "eval" || machineFunctions[name]:
			return deny(name)
		case next.text == "(" && e.outward[name] && !(i > 0 && toks[i-1].text == "."): // behind a point a name is that of a view
			return deny(name)
		case catalogue && (definitions[name] || name == "columns" && next.text == "("):
			return deny(name)
		case name == "system" && next.text == ".":
			if i+2 >= len(toks) || !systemTables[strings.ToLower(bare(toks[i+2]))] {
				return deny("system")
			}
		}
	}
	return nil
}

// shows says what a SHOW or EXPLAIN would tell that is not the asker's to know: how the views of mart are made; empty
// where it tells nothing of the kind.
func shows(toks []token) string {
	if len(toks) < 2 {
		return ""
	}
	second := strings.ToUpper(toks[1].text)
	switch {
	case toks[0].is("EXPLAIN") && second != "AST" && second != "SYNTAX" && second != "ESTIMATE":
		return "EXPLAIN " + second
	case toks[0].is("SHOW") && (second == "CREATE" || second == "PROCESSLIST" || second == "ACCESS" || second == "GRANTS" || second == "USERS" || second == "ROLES"):
		return "SHOW " + second
	}
	for _, t := range toks[1:] { // EXPLAIN AST EXPLAIN PLAN ...
		if t.is("EXPLAIN") && toks[0].is("EXPLAIN") {
			return "EXPLAIN EXPLAIN"
		}
	}
	return ""
}

// bare is a token's text without the quotes of an identifier.
func bare(t token) string {
	if t.kind == 'i' && len(t.text) >= 2 {
		return unescape(t.text[1 : len(t.text)-1])
	}
	return t.text
}

// escapeParam writes a value as the engine reads a parameter of type String.
func escapeParam(s string) string {
	return strings.NewReplacer(`\`, `\\`, "\t", `\t`, "\n", `\n`, "\r", `\r`, "\x00", `\0`).Replace(s)
}
