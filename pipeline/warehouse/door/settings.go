package door

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// meaning are settings that change what a statement means, each with the values that change nothing here. They are neither
// honoured, for the views and the metrics that a statement reads are written for the engine's defaults, nor left out: a client
// would take the answer for another.
var meaning = map[string][]string{
	"join_use_nulls": {"0", "false"}, "group_by_use_nulls": {"0", "false"}, "transform_null_in": {"0", "false"},
	"aggregate_functions_null_for_empty": {"0", "false"}, "empty_result_for_aggregation_by_empty_set": {"0", "false"},
	"prefer_column_name_to_alias": {"0", "false"}, "cast_keep_nullable": {"0", "false"}, "data_type_default_nullable": {"0", "false"},
	"any_join_distinct_right_table_keys": {"0", "false"}, "enable_positional_arguments": {"1", "true"}, "final": {"0", "false"},
	"union_default_mode": {""}, "except_default_mode": {"ALL"}, "intersect_default_mode": {"ALL"}, "join_default_strictness": {"ALL"},
	"totals_mode": {"after_having_exclusive"}, "count_distinct_implementation": {"uniqExact"}, "date_time_overflow_behavior": {"ignore"},
	"session_timezone": {"", "UTC"}, "dialect": {"clickhouse"}, "limit": {"0"}, "offset": {"0"},
	"additional_table_filters": {"", "{}"}, "additional_result_filter": {""},
}

// means refuses a setting that would change what the statement means.
func means(q url.Values) error {
	for _, name := range slices.Sorted(maps.Keys(q)) {
		harmless, ok := meaning[name]
		if ok && !slices.Contains(harmless, q[name][len(q[name])-1]) {
			return no(http.StatusForbidden, 164, "READONLY", fmt.Sprintf("设置 %s 会改变结果，这里一律按缺省：去掉它，在语句里写明", name),
				fmt.Sprintf("the setting %s changes what an answer means, and is the default here: leave it out and say it in the statement", name))
		}
	}
	return nil
}

// offered is how clients ask which settings they may choose, before they send any.
var offered = regexp.MustCompile(`(?is)^\s*SELECT\s+name\s*,\s*value\s*,\s*readonly(?:\s+AS\s+readonly)?\s+FROM\s+system\.settings(\s+LIMIT\s+\d+)?(\s+FORMAT\s+\w+)?\s*;?\s*$`)

// choosable is the same statement with the settings that a request may choose said to be so: the engine has all of them read-only,
// for it is this door that takes them from a request.
func choosable(sql string) string {
	m := offered.FindStringSubmatch(sql)
	if m == nil {
		return sql
	}
	names := append(slices.Sorted(maps.Keys(limits)), "max_memory_usage", "result_overflow_mode", "date_time_output_format", "extremes", "use_client_time_zone")
	return "SELECT s.name AS name, s.value AS value, toUInt8(s.readonly AND NOT (s.name IN ('" + strings.Join(names, "', '") +
		"') OR match(s.name, '^(output_format_|format_)') AND NOT match(s.name, 'schema|template|path'))) AS readonly FROM system.settings AS s" + m[1] + m[2]
}
