package account

import (
	"slices"
	"strings"

	"yanzhen/dashboard/access"
)

// ParseScopes reads scopes as people write them: park=A,B; sender=C.
func ParseScopes(text string) ([]access.Scope, error) {
	var out []access.Scope
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ';' || r == '；' || r == '\n' }) {
		if strings.TrimSpace(part) == "" {
			continue
		}
		dim, values, ok := strings.Cut(strings.ReplaceAll(part, "＝", "="), "=")
		if !ok {
			return nil, refuse("范围写作 park=园区代码; sender=单位名，%q 不是", "scopes are written park=CODE; sender=OFFICE, which %q is not", strings.TrimSpace(part))
		}
		s := access.Scope{Dim: strings.TrimSpace(dim)}
		for _, v := range strings.FieldsFunc(values, func(r rune) bool { return r == ',' || r == '，' || r == '、' }) {
			if v = strings.TrimSpace(v); v != "" && !slices.Contains(s.Values, v) {
				s.Values = append(s.Values, v)
			}
		}
		out = append(out, s)
	}
	return out, nil
}

// WriteScopes writes scopes as ParseScopes reads them.
func WriteScopes(scopes []access.Scope) string {
	var parts []string
	for _, s := range scopes {
		parts = append(parts, s.Dim+"="+strings.Join(s.Values, ","))
	}
	return strings.Join(parts, "; ")
}
