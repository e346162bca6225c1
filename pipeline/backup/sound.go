package backup

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// sound says what of a list of contents cannot be: its names become paths, and its tables statements that the role runs
// which may do most.
func (m *Manifest) sound() error {
	for _, t := range m.Tables {
		if (t.Database != "store" && t.Database != "meta") || !plainName(t.Name) {
			return &Damage{[]string{fmt.Sprintf("%.60q.%.60q", t.Database, t.Name)}}
		}
		rest, ok := strings.CutPrefix(t.Create, "CREATE TABLE "+t.Database+"."+t.Name)
		if why := defines(rest); !ok || why != "" {
			return &Damage{[]string{fmt.Sprintf("%s.%s: 不是一张表的定义 / is not the definition of a table: %.60q", t.Database, t.Name, why)}}
		}
		for _, p := range t.Parts {
			if !plainName(p.Name) {
				return &Damage{[]string{fmt.Sprintf("%.60q", p.Name)}}
			}
		}
	}
	for _, f := range m.Files {
		if !filepath.IsLocal(filepath.FromSlash(f.Name)) || filepath.Clean(f.Name) != f.Name {
			return &Damage{[]string{fmt.Sprintf("%.60q", f.Name)}}
		}
	}
	var bad error
	m.Objects(func(what string, o Object) {
		if !named(o.Sum) {
			bad = &Damage{[]string{what}}
		}
	})
	return bad
}

// named reports whether a text is the name of an object.
func named(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == sha256.Size && strings.ToLower(s) == s
}

// plainName reports whether a name is one of letters, digits, _ and -.
func plainName(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool { return !letter(r) && r != '-' }) < 0
}

func letter(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_'
}

// reading are the functions that have no place in the definition of a table that holds rows: they take something from
// elsewhere, or wait. A column may be called as one of them is.
var reading = []string{
	"executable", "file", "filecluster", "url", "urlcluster", "s3", "s3cluster", "gcs", "oss", "cosn", "azureblobstorage", "hdfs", "hdfscluster", "remote", "remotesecure", "cluster", "clusterallreplicas", "mysql", "postgresql",
	"mongodb", "redis", "sqlite", "odbc", "jdbc", "input", "merge", "view", "viewifpermitted", "loop", "deltalake", "iceberg", "hudi", "dictionary", "joinget", "joingetornull", "catboostevaluate", "evalmlmethod", "getsetting",
	"getmacro", "sleep", "sleepeachrow", "python", "arrowflight", "ytsaurus", "mergetreeindex", "mergetreeprojection", "disk",
}

// engines are those of tables that hold their rows themselves.
var engines = []string{"MergeTree", "ReplacingMergeTree", "SummingMergeTree", "AggregatingMergeTree", "CollapsingMergeTree", "VersionedCollapsingMergeTree"}

// defines says what keeps the rest of a statement, from the name of the table on, from being the definition of a table of
// the MergeTree family and nothing else; empty: nothing.
func defines(rest string) string {
	words, why := split(rest)
	if why != "" {
		return why
	}
	if len(words) == 0 || words[0] != "(" {
		return "no columns"
	}
	depth, end, named := 0, 0, 0
	for i, w := range words {
		next := ""
		if i+1 < len(words) {
			next = words[i+1]
		}
		low := strings.ToLower(w)
		switch {
		case w == "(":
			depth++
		case w == ")":
			if depth--; depth == 0 && end == 0 {
				end = i
			}
		case low == "engine" && next == "=":
			named++
		case low == "select",
			next == "(" && (slices.Contains(reading, low) || strings.HasPrefix(low, "dictget") || strings.HasPrefix(low, "dicthas")),
			(low == "disk" || low == "volume" || low == "storage_policy") && (next == "=" || next == quoted):
			return w
		}
		if depth < 0 {
			return w
		}
	}
	if depth != 0 || end == 0 || named != 1 || len(words) < end+4 || words[end+1] != "ENGINE" || words[end+2] != "=" {
		return "no engine"
	}
	if kind := words[end+3]; !slices.Contains(engines, kind) {
		return kind
	}
	return ""
}

// quoted stands for what is in quotes.
const quoted = "''"

// split takes a statement apart into words and signs, with quoted for what stands in quotes. why says what of it stands in no
// statement that the engine itself writes down: a second statement, a comment, quotes that do not end.
func split(text string) (words []string, why string) {
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case c == ' ' || c == '\n' || c == '\t':
			i++
		case c == '\'' || c == '`' || c == '"':
			end := closing(text, i)
			if end < 0 {
				return nil, "quotes"
			}
			words = append(words, quoted)
			i = end + 1
		case c == ';' || c == '#' || c == '$' || c == '{' || strings.HasPrefix(text[i:], "--") || strings.HasPrefix(text[i:], "/*"):
			return nil, text[i:min(len(text), i+2)]
		case letter(rune(c)):
			end := i
			for end < len(text) && letter(rune(text[end])) {
				end++
			}
			words = append(words, text[i:end])
			i = end
		default:
			words = append(words, text[i:i+1])
			i++
		}
	}
	return words, ""
}

// closing is where the quotes end that begin at i; -1: nowhere.
func closing(text string, i int) int {
	for k := i + 1; k < len(text); k++ {
		switch text[k] {
		case '\\':
			k++
		case text[i]:
			return k
		}
	}
	return -1
}
