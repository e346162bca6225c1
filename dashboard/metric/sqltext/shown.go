package sqltext

import (
	"maps"
	"slices"
	"strings"

	"yanzhen/pipeline/warehouse"
)

// Statements writes what was asked of the database, each statement once, and below it the values of its
// parameters as yanzhen query takes them.
func Statements(asked []warehouse.Statement) string {
	var out []string
	seen := map[string]bool{}
	for _, st := range asked {
		if seen[st.SQL] {
			continue
		}
		seen[st.SQL] = true
		text := st.SQL
		for _, name := range slices.Sorted(maps.Keys(st.Params)) {
			v := st.Params[name]
			if strings.Trim(v, "0123456789-.") != "" {
				v = "'" + strings.ReplaceAll(v, "'", `'\''`) + "'"
			}
			text += "\n-- --param " + name + "=" + v
		}
		out = append(out, text)
	}
	return strings.Join(out, "\n;\n\n")
}
