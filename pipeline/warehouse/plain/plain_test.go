package plain

import (
	"strings"
	"testing"
	"unicode/utf8"

	"yanzhen/pipeline/codes"
)

// Each row is what the engine (26.7) says, and what is made of it.
func TestError(t *testing.T) {
	names := Names{Tables: []string{"arrivals", "codes_provinces"}, Functions: []string{"count", "uniqExact"}}
	for _, c := range []struct {
		code              int
		message, sql      string
		zh, en, zhNot, to string
	}{
		{62, "Code: 62. DB::Exception: Syntax error: failed at position 18 ((): () form arrivals. Expected one of: token, Comma. (SYNTAX_ERROR)", "select node count() form arrivals", "第 1 行第 18 个字符；是不是 FROM？", "line 1, character 18; did you mean FROM?", "position", ""},
		{62, "Syntax error: failed at position 25 (line 2, col 8)", "select '人才',\n  a b c from x", "语法错误，第 2 行第 8 个字符\n    a b c from x", "in line 2, character 8", "SELECT", ""},
		{62, "Code: 62. DB::Exception: Empty query. (SYNTAX_ERROR)", "", "语句是空的", "the statement is empty", "", ""},
		{47, "Unknown expression identifier `nod` in scope SELECT nod FROM arrivals. Maybe you meant: ['node']", "", "没有列 nod；是不是 node？", "no column nod; did you mean node?", "scope", ""},
		{60, "Unknown table expression identifier 'arrival' in scope SELECT * FROM arrival. Maybe you meant mart.arrivals?. (UNKNOWN_TABLE)", "", "没有表 arrival；是不是 arrivals？", "no table arrival; did you mean arrivals?", "scope", ""},
		{60, "Unknown table expression identifier 'provinces'", "", "是不是 codes_provinces？", "did you mean codes_provinces?", "", ""},
		{46, "Function with name `cnt` does not exist. In scope SELECT cnt(1). (UNKNOWN_FUNCTION)", "", "没有函数 cnt", "there is no function cnt", "scope", ""},
		{46, "Function with name `uniqExac` does not exist", "", "是不是 uniqExact？", "did you mean uniqExact?", "", ""},
		{241, "(total) memory limit exceeded: would use 4.00 GiB", "", "内存超过上限", "more memory than it may", "GiB", ""},
		{159, "Timeout exceeded: elapsed 60058 ms, maximum: 60000 ms", "", "时间上限", "longer than it may", "ms", ""},
		{497, "Code: 497. DB::Exception: 不允许使用 file / not allowed: file. (ACCESS_DENIED)", "", "不允许使用 file", "not allowed: file", "not allowed", ""},
		{497, "default: Not enough privileges. To execute this query, it's necessary to have the grant SELECT(n) ON store.arrivals", "", "只能读 mart 里的视图", "only the views of mart", "store", ""},
		{202, "Code: 202. DB::Exception: 您排队的语句太多，请等其中一条完成，或停止一条 / too many of your statements wait for their turn: wait for one to end, or stop one. (TOO_MANY_SIMULTANEOUS_QUERIES)", "", "您排队的语句太多", "too many of your statements wait for their turn: wait for one to end, or stop one", "too many", ""},
		{202, "Code: 202. DB::Exception: Too many simultaneous queries. Maximum: 100. (TOO_MANY_SIMULTANEOUS_QUERIES)", "", "同时运行的语句太多", "too many statements run at once", "100", ""},
		{457, "Value abc cannot be parsed as UInt8 for query parameter 'n' because it isn't parsed completely: only 0 of 3 bytes was parsed. (BAD_QUERY_PARAMETER)", "", "参数 n 的值 abc 不是 UInt8：改成这种类型的值", "the value abc of the parameter n is no UInt8: give one of that type", "parsed", ""},
		{999, "Something new. (version 26.7.2.1)", "", "Something new", "Something new", "version", ""},
	} {
		zh, en := Error(c.code, c.message, c.sql, codes.Zh, names), Error(c.code, c.message, c.sql, codes.En, names)
		if !strings.Contains(zh, c.zh) || !strings.Contains(en, c.en) || c.zhNot != "" && strings.Contains(zh, c.zhNot) {
			t.Errorf("%d %s:\n%s\n%s", c.code, c.message, zh, en)
		}
	}
}

// Words of the language are suggested for what is nearly one, not for names.
func TestMistyped(t *testing.T) {
	for sql, want := range map[string]string{
		"select 1 form x": "FROM", "selct 1": "SELECT", "select a from t were a = 1": "WHERE", "select a from t gruop by a": "GROUP",
		"select form(1)": "", "select 'form'": "", "select t.form from t": "", "select 1 -- form": "", "select a from b": "", "select origin from t": "",
	} {
		if got := mistyped(sql); got != want {
			t.Errorf("%s: %q, want %q", sql, got, want)
		}
	}
}

// The place of an error is marked: the word that is mistyped, the name that is not there, else where the engine stopped.
func TestPlace(t *testing.T) {
	for _, x := range []struct {
		code               int
		message, sql, want string
	}{
		{62, "Syntax error: failed at position 18 ((): () form arrivals", "select node count() form arrivals", "form"},
		{62, "Syntax error: failed at position 17 (]) (line 2)", "select '人'\n 1 ] 2", "]"},
		{62, "Syntax error: failed at position 999", "select (", ""},
		{47, "Unknown expression identifier `nod` in scope SELECT nod FROM arrivals. Maybe you meant: ['node']", "select node, 'nod', nod from arrivals", "nod"},
		{60, "Unknown table expression identifier 'mart.arrival'", "select * from arrival", "arrival"},
		{46, "Function with name `cnt` does not exist", "select cnt(1)", "cnt"},
		{241, "(total) memory limit exceeded", "select 1", "none"},
	} {
		from, to, ok := Place(x.code, x.message, x.sql)
		if got := x.sql[from:to]; !ok && x.want != "none" || ok && got != x.want {
			t.Errorf("%s: marked %q, %v", x.sql, got, ok)
		}
	}
	if got := Moved("Syntax error: failed at position 18 (x)", func(at int) int { return at - 10 }); got != "Syntax error: failed at position 8 (x)" {
		t.Error(got)
	}
}

func FuzzError(f *testing.F) {
	f.Add(62, "Syntax error: failed at position 18 (x)", "select 人才\n form")
	f.Add(60, "Unknown table expression identifier 'a'. Maybe you meant: ['b']", "")
	f.Fuzz(func(t *testing.T, code int, message, sql string) {
		if utf8.ValidString(message) && utf8.ValidString(sql) {
			if from, to, _ := Place(code, message, sql); from < 0 || to < from || to > len(sql) {
				t.Errorf("marked %d to %d of %q", from, to, sql)
			}
			for _, l := range []codes.Lang{codes.Zh, codes.En} {
				if got := Error(code, message, sql, l, Names{Tables: []string{"a"}, Functions: []string{"b"}}); !utf8.ValidString(got) {
					t.Errorf("not UTF-8: %q", got)
				}
			}
		}
	})
}
