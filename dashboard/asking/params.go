package asking

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/words"
)

// deepest is how many lists a value may stand in.
const deepest = 4

// Params are values of parameters as the database reads them: texts as they are, lists as it writes lists. A value of another
// kind is refused; whether one fits its type the database says.
func Params(values map[string]any) (map[string]string, error) {
	if len(values) == 0 {
		return nil, nil
	}
	out := make(map[string]string, len(values))
	for name, v := range values {
		text, ok := written(v, 0)
		if !ok {
			return nil, address.Coded(http.StatusBadRequest, "sql_parameter", words.Get("sql_param", words.Clip(name, 60)))
		}
		out[name] = text
	}
	return out, nil
}

func written(v any, depth int) (string, bool) {
	switch x := v.(type) {
	case nil:
		if depth > 0 {
			return "NULL", true
		}
		return "", false // the database takes no NULL for a parameter by itself
	case string:
		if depth > 0 {
			return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(x) + "'", true
		}
		return x, true
	case bool:
		return strconv.FormatBool(x), true
	case json.Number:
		return x.String(), true
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64), true
	case []any:
		if depth == deepest {
			return "", false
		}
		list := make([]string, len(x))
		for i, y := range x {
			text, ok := written(y, depth+1)
			if !ok {
				return "", false
			}
			list[i] = text
		}
		return "[" + strings.Join(list, ",") + "]", true
	}
	return "", false
}
