package spoken

import (
	"errors"
	"fmt"
	"os"
	"testing"
	"unicode"

	"yanzhen/dashboard/access/account"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/declare"
)

type invalid struct{ error }

func (i invalid) Unwrap() error { return i.error }

// Of what an error says in two languages one is said, with what it is about and what it wraps; nothing is lost that both have.
func TestError(t *testing.T) {
	away := errors.New("no such file")
	for _, x := range []struct {
		err    error
		zh, en string
	}{
		{away, "no such file", "no such file"},
		{errors.New("没有运行中的服务 / no server runs"), "没有运行中的服务", "no server runs"},
		{fmt.Errorf("--period %s: 应写成 / want 2026-06 or 2026年6月", "某月"), "--period 某月: 应写成", "--period 某月: want 2026-06 or 2026年6月"},
		{invalid{fmt.Errorf("--configs: 打不开 / cannot be opened: %w", away)}, "--configs: 打不开: no such file", "--configs: cannot be opened: no such file"},
		{fmt.Errorf("%w; 换一个地址用 --listen / another address: --listen", away), "no such file; 换一个地址用 --listen", "no such file; another address: --listen"},
		{fmt.Errorf("%w: %s: 版本不符 / wrong version: %w", errors.New("找不到数据库引擎 / the engine was not found"), "/lib/x.so", away), "找不到数据库引擎: /lib/x.so: 版本不符: no such file", "the engine was not found: /lib/x.so: wrong version: no such file"},
		{errors.Join(errors.New("a.yaml:3: x: 未知的键 / unknown key"), errors.New("甲.yaml:1: 空的 / is empty")), "a.yaml:3: x: 未知的键\n甲.yaml:1: 空的", "a.yaml:3: x: unknown key\n甲.yaml:1: is empty"},
		{errors.New(`x.yaml:2: formula: "a / b" 读不出 / "a / b" cannot be read`), `x.yaml:2: formula: "a / b" 读不出`, `x.yaml:2: formula: "a / b" cannot be read`},
		{errors.New("scopes 磁材办: 没有园区 月球 / there is no park 月球"), "scopes 磁材办: 没有园区 月球", "scopes 磁材办: there is no park 月球"},
		{errors.New("先装入，或在声明里写 period: {column: 月份} / load it, or declare period: {column: month}"), "先装入，或在声明里写 period: {column: 月份}", "load it, or declare period: {column: month}"},
		{fmt.Errorf("user add: %w", &account.Refusal{Text: codes.Text{Zh: "已经有了", En: "there is one"}}), "user add: 已经有了", "user add: there is one"},
		{errors.New("甲 / A: 打不开 / cannot be opened"), "甲 / A: 打不开", "甲 / A: cannot be opened"},
		{errors.New("税务 / tax 的语句没有写出"), "税务 / tax 的语句没有写出", "税务 / tax 的语句没有写出"},
		{errors.New("/srv/a / b"), "/srv/a / b", "/srv/a / b"},
		{errors.New("人才 / 产业"), "人才 / 产业", "人才 / 产业"},
	} {
		if zh, en := Error(x.err, codes.Zh), Error(x.err, codes.En); zh != x.zh || en != x.en {
			t.Errorf("%q:\nzh %q, want %q\nen %q, want %q", x.err, zh, x.zh, en, x.en)
		}
	}
}

// The faults of declarations, which come many at once, are each told in one language.
func TestFaults(t *testing.T) {
	var s struct {
		Name string `yaml:"name"`
	}
	f := declare.Parse("datasets/mine.yaml", []byte("name: x\ncolour: red\nname: y\n"), &s)
	f.Fault("name", "要写全", "is to be whole")
	err := f.Err()
	if err == nil {
		t.Fatal("no fault")
	}
	for _, r := range Error(fmt.Errorf("config %w", err), codes.En) {
		if unicode.Is(unicode.Han, r) {
			t.Errorf("in English: %s", Error(err, codes.En))
			break
		}
	}
}

// A line that others have written in both languages, such as what a channel said, is told in one.
func TestText(t *testing.T) {
	const both = "库: 表 x 的列没有了 / the column of x is gone"
	for lang, want := range map[codes.Lang]string{codes.Zh: "库: 表 x 的列没有了", codes.En: "库: the column of x is gone"} {
		if got := Text(both, lang); got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
	for _, one := range []string{"10.0.0.1 / 8", "甲局 / 乙局", "三员分立，没有账号兼两个"} {
		if got := Text(one, codes.Zh); got != one {
			t.Errorf("%q became %q", one, got)
		}
	}
}

// What the reader of command lines and the operating system say is told in the language of the reader.
func TestForeignWords(t *testing.T) {
	for _, x := range []struct{ said, zh, en string }{
		{`expected "<file>"`, "缺少：<file>", "missing: <file>"},
		{`unknown flag --at, did you mean one of "--to", "--by"?`, `没有选项 --at，是不是其中之一："--to", "--by"？`, `unknown flag --at, did you mean one of "--to", "--by"?`},
		{`<id>: expected a valid 64 bit int but got "x"`, `<id>：应为整数，不是 "x"`, `<id>: want a whole number, not "x"`},
		{`<file>: stat /tmp/none.xlsx: no such file or directory`, "<file>：没有文件 /tmp/none.xlsx", "<file>: there is no file /tmp/none.xlsx"},
		{`<files> ...: "/tmp" exists but is a directory`, "<files> ...：/tmp 是目录，应为文件", "<files> ...: /tmp is a folder, want a file"},
	} {
		if zh, en := Parsed(errors.New(x.said), codes.Zh), Parsed(errors.New(x.said), codes.En); zh != x.zh || en != x.en {
			t.Errorf("%q:\nzh %q, want %q\nen %q, want %q", x.said, zh, x.zh, en, x.en)
		}
	}
	_, err := os.Open("/nowhere/at/all")
	err = fmt.Errorf("--config: 打不开 / cannot be opened: %w", err)
	if zh, en := Error(err, codes.Zh), Error(err, codes.En); zh != "--config: 打不开: /nowhere/at/all：没有这个文件或目录" || en != "--config: cannot be opened: open /nowhere/at/all: no such file or directory" {
		t.Errorf("zh %q\nen %q", zh, en)
	}
}
