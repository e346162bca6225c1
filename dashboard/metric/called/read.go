package called

import (
	"fmt"
	"slices"
	"strings"

	"yanzhen/pipeline/codes"
)

// word is what a call begins with.
const word = "metric"

// find is where a statement calls metrics: the word before a parenthesis and a text, outside comments, texts and quoted names.
func find(sql string) (list []int) {
	for i := 0; i < len(sql); {
		n := skipped(sql[i:])
		switch {
		case n > 0:
		case letter(sql[i]):
			for n = 1; i+n < len(sql) && (letter(sql[i+n]) || digit(sql[i+n])); n++ {
			}
			if strings.EqualFold(sql[i:i+n], word) && (i == 0 || sql[i-1] != '.') {
				rest := strings.TrimLeft(sql[i+n:], " \t\r\n")
				if strings.HasPrefix(rest, "(") && strings.HasPrefix(strings.TrimLeft(rest[1:], " \t\r\n"), "'") {
					list = append(list, i)
				}
			}
		default:
			n = 1
		}
		i += n
	}
	return list
}

func letter(c byte) bool {
	return c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= 0x80
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// skipped is the length of the comment, text or quoted name that sql begins with; 0 where it begins with none.
func skipped(sql string) int {
	switch {
	case strings.HasPrefix(sql, "--"), strings.HasPrefix(sql, "#!"), strings.HasPrefix(sql, "# "):
		if n := strings.IndexByte(sql, '\n'); n >= 0 {
			return n + 1
		}
		return len(sql)
	case strings.HasPrefix(sql, "/*"):
		if n := strings.Index(sql[2:], "*/"); n >= 0 {
			return n + 4
		}
		return len(sql)
	case sql[0] == '\'' || sql[0] == '"' || sql[0] == '`':
		for i := 1; i < len(sql); i++ {
			switch {
			case sql[i] == '\\':
				i++
			case sql[i] == sql[0] && i+1 < len(sql) && sql[i+1] == sql[0]:
				i++
			case sql[i] == sql[0]:
				return i + 1
			}
		}
		return len(sql)
	}
	return 0
}

// reader reads one call.
type reader struct {
	sql    string
	at     int
	params map[string]string
}

func fault(from, to int, zh, en string, args ...any) *Fault {
	return &Fault{codes.Text{Zh: fmt.Sprintf(zh, args...), En: fmt.Sprintf(en, args...)}, from, to}
}

// blank passes over blanks and comments.
func (r *reader) blank() {
	for r.at < len(r.sql) {
		switch c := r.sql[r.at]; {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
			r.at++
		case strings.HasPrefix(r.sql[r.at:], "--") || strings.HasPrefix(r.sql[r.at:], "/*"):
			r.at += skipped(r.sql[r.at:])
		default:
			return
		}
	}
}

// take passes over a sign, where it stands there.
func (r *reader) take(sign string) bool {
	if r.blank(); strings.HasPrefix(r.sql[r.at:], sign) {
		r.at += len(sign)
		return true
	}
	return false
}

// wrong says what should stand where the reader is.
func (r *reader) wrong(zh, en string) error {
	const example = "metric('inflow', by := ['node'], grain := 'month', from := '2026-01-01')"
	return &Fault{codes.Text{Zh: "metric(…) 里此处应是" + zh + "，例如 " + example, En: "within metric(…) " + en + " is wanted here, as in " + example}, r.at, min(r.at+1, len(r.sql))}
}

// call reads metric('name', argument := value, ...), from the word to the closing parenthesis.
func (r *reader) call() (a asked, err error) {
	r.at += len(word)
	r.take("(")
	r.blank()
	if a.name, err = r.text(); err != nil {
		return a, err
	}
	for !r.take(")") {
		if !r.take(",") {
			return a, r.wrong("逗号或右括号", "a comma or a parenthesis")
		}
		r.blank()
		from := r.at
		for r.at < len(r.sql) && (letter(r.sql[r.at]) || digit(r.sql[r.at])) {
			r.at++
		}
		name := strings.ToLower(r.sql[from:r.at])
		if name == "" {
			return a, r.wrong("参数名", "the name of an argument")
		}
		if !slices.Contains(names, name) {
			near := codes.Text{}
			if n := codes.Nearest(name, names); n != "" {
				near = codes.Text{Zh: "，是不是 " + n + "？", En: "; did you mean " + n + "?"}
			}
			have := strings.Join(names, ", ")
			return a, &Fault{codes.Text{Zh: "metric 没有参数 " + name + near.Zh + "；可用的有 " + have, En: "metric has no argument " + name + near.En + "; it has " + have}, from, r.at}
		}
		if !r.take(":=") && !r.take("=") {
			return a, r.wrong("“:=”", "“:=”")
		}
		values, err := r.values()
		if err != nil {
			return a, err
		}
		if name == "where" && slices.ContainsFunc(values, func(v string) bool { return !strings.Contains(v, "=") }) {
			return a, fault(from, r.at, "where 写成 ['维度=值']", "where is written as ['dimension=value']")
		}
		a.set(name, values)
	}
	return a, nil
}

// values reads a text, a number, a parameter, or a list of these.
func (r *reader) values() (list []string, err error) {
	if !r.take("[") {
		v, err := r.value()
		return []string{v}, err
	}
	for !r.take("]") {
		if len(list) > 0 && !r.take(",") {
			return nil, r.wrong("逗号或右方括号", "a comma or a bracket")
		}
		v, err := r.value()
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, nil
}

func (r *reader) value() (string, error) {
	r.blank()
	switch {
	case r.at >= len(r.sql):
		return "", r.wrong("值", "a value")
	case r.sql[r.at] == '{':
		from := r.at
		end := strings.IndexByte(r.sql[r.at:], '}')
		name, _, ok := strings.Cut(r.sql[r.at+1:max(r.at+1, r.at+end)], ":")
		if end < 0 || !ok {
			return "", r.wrong("参数 {名:类型}", "a parameter {name:Type}")
		}
		r.at += end + 1
		name = strings.TrimSpace(name)
		v, ok := r.params[name]
		if !ok {
			return "", fault(from, r.at, "参数 %s 没有给值", "the parameter %s has no value", name)
		}
		return v, nil
	case digit(r.sql[r.at]):
		from := r.at
		for r.at < len(r.sql) && (digit(r.sql[r.at]) || r.sql[r.at] == '.' || r.sql[r.at] == '-') {
			r.at++
		}
		return r.sql[from:r.at], nil
	}
	return r.text()
}

// text reads a text in quotes.
func (r *reader) text() (string, error) {
	if r.at >= len(r.sql) || r.sql[r.at] != '\'' {
		return "", r.wrong("引号里的文字", "a text in quotes")
	}
	n := skipped(r.sql[r.at:])
	in := r.sql[r.at : r.at+n]
	if n < 2 || in[n-1] != '\'' {
		return "", r.wrong("引号里的文字", "a text in quotes")
	}
	r.at += n
	return strings.NewReplacer(`''`, `'`, `\'`, `'`, `\\`, `\`).Replace(in[1 : n-1]), nil
}
