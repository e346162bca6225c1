package embedded

import (
	"strings"
)

// Roles keep a query away from other databases, from the table functions that reach files and
// networks, and from writing. Three things they do not keep it from, all tried: the scalar function
// file('/etc/passwd'), which in a library reads any file, also as arrayMap(file, ...) or APPLY file;
// eval('...'), which runs a statement out of a string; and the statements of other users in
// system.processes. guard refuses those, by the names in the statement as the engine's own parser
// writes it back: no comment, escape or quoting can hide a name there.

// systemTables are those of system that tell nothing about other users or the machine.
var systemTables = map[string]bool{
	"one": true, "numbers": true, "numbers_mt": true, "zeros": true, "zeros_mt": true,
	"columns": true, "tables": true, "databases": true, "functions": true, "table_functions": true,
	"data_type_families": true, "formats": true, "settings": true, "aggregate_function_combinators": true,
	"keywords": true, "time_zones": true, "contributors": true, "licenses": true,
}

// guard refuses a query of someone who is not trusted. The query has been classified before: it is
// one statement that reads.
func guard(c *connection, sql string, params []param) error {
	var canonical string
	_, err := c.run("SELECT formatQuerySingleLine({q:String})", "TabSeparatedRaw", []param{{"q", escapeParam(sql)}},
		func(b []byte) { canonical = string(b) })
	if err != nil {
		return err
	}
	toks := tokens(canonical, noComment)
	deny := func(what string) error {
		return &exception{497, "Code: 497. DB::Exception: 不允许使用 / not allowed: " + what + ". (ACCESS_DENIED)"}
	}
	for i, t := range toks {
		var next token
		if i+1 < len(toks) {
			next = toks[i+1]
		}
		switch name := strings.ToLower(bare(t)); {
		case t.kind == 's' || t.kind == 'p' && t.text != "{":
		case t.text == "{":
			// a parameter of type Identifier puts a name where guard cannot see it
			if end := strings.IndexByte(canonical[t.end:], '}'); end >= 0 &&
				strings.Contains(strings.ToLower(canonical[t.end:t.end+end]), "identifier") {
				return deny("Identifier")
			}
		case name == "file" || name == "eval":
			return deny(name)
		case name == "processlist" && i == 1 && toks[0].is("SHOW"):
			return deny("SHOW PROCESSLIST")
		case name == "system" && next.text == ".":
			if i+2 >= len(toks) || !systemTables[strings.ToLower(bare(toks[i+2]))] {
				return deny("system")
			}
		}
	}
	return nil
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
