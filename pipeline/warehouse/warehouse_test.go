package warehouse

import (
	"context"
	"errors"
	"strings"
	"testing"

	"yanzhen/pipeline/warehouse/cluster"
)

func TestWithoutData(t *testing.T) {
	for _, c := range []struct {
		code      int
		msg, want string
	}{
		{6, `Cannot parse string '欧阳小雁' as UInt8: syntax error at begin of string. (CANNOT_PARSE_TEXT)`, `Cannot parse string '…' as UInt8: syntax error at begin of string`},
		{27, "Cannot parse input: expected ',' before: '110101199003070017\\n': (at row 3)\nRow 2:\nColumn 0, name: n, parsed text: \"x\"", "Cannot parse input: expected '…' before: '…':"},
		{60, "Unknown table expression identifier 'store.x' in scope SELECT * FROM store.x WHERE name = '张三'. Maybe you meant: ['store.y']. (UNKNOWN_TABLE) (version 26.7.2.1)", "Unknown table expression identifier 'store.x'. Maybe you meant: ['store.y']"},
		{164, "Cannot modify 'readonly' setting in readonly mode: (in query: SELECT '张三' SETTINGS readonly=0). (READONLY)", "Cannot modify 'readonly' setting in readonly mode"},
		{62, "Syntax error: failed at position 8 ('FRM') (line 1, col 8): FRM x WHERE name = '张三'. Expected one of: token, Dot. (SYNTAX_ERROR)", "Syntax error: failed at position 8 (line 1, col 8). Expected one of: token, Dot"},
		{73, "Unknown format Nope. (UNKNOWN_FORMAT) (version 26.7.2.1). (UNKNOWN_FORMAT) (version 26.7.2.1). (UNKNOWN_FORMAT)", "Unknown format Nope"},
		{43, "number 13800138000 in it", "number … in it"},
	} {
		if got := withoutData(c.code, c.msg); got != c.want {
			t.Errorf("%s\ngot  %s\nwant %s", c.msg, got, c.want)
		}
	}
}

func TestTableName(t *testing.T) {
	for in, want := range map[string]string{"store.t": "`store`.`t`", "t": "`t`", "_a1.b": "`_a1`.`b`"} {
		if got, err := tableName(in); got != want || err != nil {
			t.Errorf("%s: %s %v", in, got, err)
		}
	}
	for _, in := range []string{"", ".", "a.", "a.b.c", "a b", "a;b", "a`b", "名.表", "1a"} {
		if got, err := tableName(in); err == nil {
			t.Errorf("%q: %s", in, got)
		}
	}
}

func FuzzParam(f *testing.F) {
	f.Add("a'b\\")
	f.Fuzz(func(t *testing.T, v string) {
		// a quote that ends the literal early would let a value become an expression
		lit := Strings([]string{v})
		body := lit[2 : len(lit)-2]
		for i := 0; i < len(body); i++ {
			if body[i] == '\\' {
				i++
			} else if body[i] == '\'' {
				t.Fatalf("%q: bare quote in %q", v, lit)
			}
		}
		if strings.ContainsAny(paramText("SELECT {x:String}", "x", v), "\t\n\r\x00") {
			t.Fatalf("%q: a separator stayed", v)
		}
	})
}

// On a cluster no two inserts into a table run at once; into two tables, or on one node, they do.
func TestTurn(t *testing.T) {
	one := &DB{cluster: cluster.Plan{Name: "office"}}
	other := &DB{cluster: cluster.Plan{Name: "office"}}
	done, err := one.turn(t.Context(), "meta.ledger")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := other.turn(ctx, "meta.ledger"); !errors.Is(err, context.Canceled) {
		t.Errorf("a second insert into the table: %v", err)
	}
	free, err := other.turn(t.Context(), "meta.runs")
	if err != nil {
		t.Fatal(err)
	}
	free()
	done()
	if done, err = other.turn(t.Context(), "meta.ledger"); err != nil {
		t.Fatal(err)
	}
	done()
	node := &DB{}
	for range 2 {
		if _, err := node.turn(ctx, "meta.ledger"); err != nil {
			t.Error(err)
		}
	}
}
