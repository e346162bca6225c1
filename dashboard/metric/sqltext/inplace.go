package sqltext

import (
	"fmt"
	"strings"
)

// mostInPlace bounds the rows that stand in a statement, in bytes.
const mostInPlace = 64 << 10

// InPlace writes a table of few rows with {rows} in place of them: asks is made the statement that answers with these as one
// text (_why, which is empty where they are too many, and _n of them). It is the table itself where asks is nil or asks for
// another one.
func InPlace(asks *string, table string, columns, types []string) string {
	if asks == nil {
		return table
	}
	own := "select\n    toDate32('1970-01-01') as _period,\n    if(sum(length(_row)) > " + fmt.Sprint(mostInPlace) + ", '', arrayStringConcat(groupArray(_row), ', ')) as _why,\n    count() as _n\nfrom (\n    select formatRowNoNewline('Values', " + strings.Join(columns, ", ") + ") as _row\n    from " + table + "\n)"
	if *asks == "" {
		*asks = own
	}
	if *asks != own {
		return table
	}
	var structure []string
	for i, c := range columns {
		structure = append(structure, c+" "+types[i])
	}
	return "values('" + strings.Join(structure, ", ") + "', {rows})"
}
