package embedded

import (
	"regexp"
	"strings"
)

// token is a piece of SQL outside comments: a word, a quoted thing or one other character.
type token struct {
	kind       byte // 'w' word or number, 's' string, 'i' quoted identifier, 'p' punctuation
	text       string
	start, end int
	depth      int // of parentheses
}

func (t token) is(word string) bool { return t.kind == 'w' && strings.EqualFold(t.text, word) }

// scan cuts sql into tokens. It never fails: what it cannot read is punctuation, and the engine's
// own parser has the last word.
func scan(sql string) []token { return tokens(sql, comment) }

// comment is the length of the comment that sql begins with, 0 where it begins with none.
func comment(sql string) int {
	end := ""
	switch {
	case strings.HasPrefix(sql, "--"), strings.HasPrefix(sql, "#!"), strings.HasPrefix(sql, "# "):
		end = "\n"
	case strings.HasPrefix(sql, "/*"):
		end = "*/"
	default:
		return 0
	}
	if n := strings.Index(sql[2:], end); n >= 0 {
		return 2 + n + len(end)
	}
	return len(sql)
}

// noComment is for text without comments, where two minus signs are two minus signs.
func noComment(string) int { return 0 }

// tokens cuts sql into tokens and leaves out what skip takes for a comment.
func tokens(sql string, skip func(string) int) []token {
	var out []token
	depth := 0
	for i := 0; i < len(sql); {
		if n := skip(sql[i:]); n > 0 {
			i += n
			continue
		}
		c := sql[i]
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v':
			i++
		case c == '\'' || c == '"' || c == '`':
			j := i + 1
			for j < len(sql) {
				if sql[j] == '\\' {
					j += 2
					continue
				}
				if sql[j] == c {
					if j+1 < len(sql) && sql[j+1] == c {
						j += 2
						continue
					}
					break
				}
				j++
			}
			j = min(j+1, len(sql))
			kind := byte('i')
			if c == '\'' {
				kind = 's'
			}
			out = append(out, token{kind, sql[i:j], i, j, depth})
			i = j
		case wordByte(c):
			j := i
			for j < len(sql) && wordByte(sql[j]) {
				j++
			}
			out = append(out, token{'w', sql[i:j], i, j, depth})
			i = j
		default:
			if c == ')' && depth > 0 {
				depth--
			}
			out = append(out, token{'p', sql[i : i+1], i, i + 1, depth})
			if c == '(' {
				depth++
			}
			i++
		}
	}
	return out
}

func wordByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

// splitFormat takes a FORMAT clause, and all that follows the last token, off a query: the format
// goes to the engine as an argument, so that the endpoint knows what it sends. format is "" where
// the query names none.
func splitFormat(sql string) (rest, format string) {
	toks := scan(sql)
	for len(toks) > 0 && toks[len(toks)-1].text == ";" {
		toks = toks[:len(toks)-1]
	}
	if len(toks) == 0 {
		return sql, ""
	}
	sql = sql[:toks[len(toks)-1].end]
	for i := len(toks) - 2; i > 0; i-- {
		f, name := toks[i], toks[i+1]
		if f.depth != 0 || !f.is("FORMAT") || name.kind != 'w' || name.is("ASC") || name.is("DESC") {
			continue
		}
		if i+2 < len(toks) && !toks[i+2].is("SETTINGS") {
			continue
		}
		return sql[:f.start] + sql[name.end:], name.text
	}
	return sql, ""
}

// splitInsert takes the FORMAT or VALUES at the end of an INSERT off, for data that come apart
// from the statement. ok is false where sql is no INSERT.
func splitInsert(sql string) (head, format string, ok bool) {
	toks := scan(sql)
	for len(toks) > 0 && toks[len(toks)-1].text == ";" {
		sql = sql[:toks[len(toks)-1].start]
		toks = toks[:len(toks)-1]
	}
	if len(toks) == 0 || !toks[0].is("INSERT") {
		return sql, "", false
	}
	last := toks[len(toks)-1]
	switch {
	case last.is("VALUES"):
		return sql[:last.start], "Values", true
	case len(toks) > 1 && last.kind == 'w' && toks[len(toks)-2].is("FORMAT"):
		return sql[:toks[len(toks)-2].start], last.text, true
	}
	return sql, "", true
}

var paramRe = regexp.MustCompile(`^\s*([A-Za-z_][A-Za-z0-9_]*)\s*:\s*String\s*$`)

// killTarget reads "KILL QUERY WHERE query_id = 'x' [SYNC|ASYNC|TEST]", whose x may be {name:String}.
func killTarget(sql string, params []param) (id string, ok bool) {
	toks := scan(sql)
	if len(toks) < 6 || !toks[0].is("KILL") || !toks[1].is("QUERY") || !toks[2].is("WHERE") ||
		!toks[3].is("query_id") || toks[4].text != "=" {
		return "", false
	}
	v := toks[5]
	if v.kind == 's' && len(v.text) >= 2 {
		return unescape(strings.ReplaceAll(v.text[1:len(v.text)-1], "''", "'")), true
	}
	if v.text != "{" {
		return "", false
	}
	rest := sql[v.end:]
	end := strings.IndexByte(rest, '}')
	if end < 0 {
		return "", false
	}
	m := paramRe.FindStringSubmatch(rest[:end])
	if m == nil {
		return "", false
	}
	for _, p := range params {
		if p.name == m[1] {
			return unescape(p.value), true
		}
	}
	return "", false
}

// unescape undoes backslashes before quotes and backslashes; a query id needs no others.
func unescape(s string) string {
	return strings.NewReplacer(`\\`, `\`, `\'`, `'`).Replace(s)
}

// quote writes s as a string literal of SQL.
func quote(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}

// backquote writes s as an identifier of SQL.
func backquote(s string) string {
	return "`" + strings.NewReplacer(`\`, `\\`, "`", "\\`").Replace(s) + "`"
}
