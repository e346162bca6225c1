// Package spoken says an error in one language. Errors of ours say what is wrong in both, "中文 / English", behind what they are
// about and before what they wrap, so that a log serves whoever reads it; a command line has one reader.
package spoken

import (
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"unicode"
	"unicode/utf8"

	"yanzhen/pipeline/codes"
)

// mark stands for an error that another wraps while its own words are looked at.
const mark = "\x00"

// mostDeep bounds how far wrapped errors are followed.
const mostDeep = 20

// Error is what an error says in a language. What it says in one only stays as it is.
func Error(err error, lang codes.Lang) string { return in(err, lang, mostDeep) }

// By is Error for who has a way to say a text that is in both.
func By(err error, say func(zh, en string) string) string {
	return say(Error(err, codes.Zh), Error(err, codes.En))
}

// Text is what a line says in a language: one that has both is cut, one that has one only stays as it is.
func Text(text string, lang codes.Lang) string { return both(text, lang) }

func in(err error, lang codes.Lang, deep int) string {
	if err == nil {
		return ""
	}
	if said, ok := ofSystem(err, lang); ok {
		return said
	}
	if said, ok := err.(interface{ In(codes.Lang) string }); ok {
		return said.In(lang)
	}
	text := err.Error()
	var inner []error
	switch x := err.(type) {
	case interface{ Unwrap() error }:
		inner = []error{x.Unwrap()}
	case interface{ Unwrap() []error }:
		inner = x.Unwrap()
	}
	var said []string
	for _, e := range inner {
		if e == nil || deep == 0 || e.Error() == "" {
			continue
		}
		before, after, ok := strings.Cut(text, e.Error())
		if !ok || strings.Contains(before, mark) != (len(said) > 0) {
			continue // it stands there in other words
		}
		text = before + mark + after
		said = append(said, in(e, lang, deep-1))
	}
	text = both(text, lang)
	for _, s := range said {
		text = strings.Replace(text, mark, s, 1)
	}
	return text
}

// parsed are sentences of the library that reads command lines, and what they say in Chinese and, where it is not plain, in English.
var parsed = []struct {
	said   *regexp.Regexp
	zh, en string
}{
	{regexp.MustCompile(`^expected one of (.*)$`), "应为以下之一：$1", ""},
	{regexp.MustCompile(`^unexpected argument (.*), did you mean "(.*)"\?$`), "没有 $1，是不是 $2？", ""},
	{regexp.MustCompile(`^unexpected argument (.*), did you mean one of (.*)\?$`), "没有 $1，是不是其中之一：$2？", ""},
	{regexp.MustCompile(`^unexpected argument (.*)$`), "多出的参数：$1", ""},
	{regexp.MustCompile(`^unknown flag (.*), did you mean "(.*)"\?$`), "没有选项 $1，是不是 $2？", ""},
	{regexp.MustCompile(`^unknown flag (.*), did you mean one of (.*)\?$`), "没有选项 $1，是不是其中之一：$2？", ""},
	{regexp.MustCompile(`^unknown flag (.*)$`), "没有选项 $1", ""},
	{regexp.MustCompile(`^missing flags?: (.*)$`), "缺少选项：$1", ""},
	{regexp.MustCompile(`^expected "(.*)"$`), "缺少：$1", "missing: $1"},
	{regexp.MustCompile(`^expected (.*)$`), "缺少：$1", ""},
	{regexp.MustCompile(`^(.*) must be one of (.*) but got (.*)$`), "$1：应为 $2 之一，不是 $3", ""},
	{regexp.MustCompile(`^(.*): expected a valid [0-9]+ bit u?int but got (.*?)(?: \(.*\))?$`), "$1：应为整数，不是 $2", "$1: want a whole number, not $2"},
	{regexp.MustCompile(`^(.*): expected duration but got (.*?)(?: \(.*\))?$`), "$1：应为时长，如 30s、5m，不是 $2", "$1: want a time such as 30s or 5m, not $2"},
	{regexp.MustCompile(`^(.*): expected a valid (.*) but got (.*?)(?: \(.*\))?$`), "$1：应为 $2，不是 $3", ""},
	{regexp.MustCompile(`^(.*): expected (.*) but got (.*?)(?: \(.*\))?$`), "$1：应为 $2，不是 $3", ""},
	{regexp.MustCompile(`^(.*): stat (.*): no such file or directory$`), "$1：没有文件 $2", "$1: there is no file $2"},
	{regexp.MustCompile(`^(.*): "(.*)" exists but is a directory$`), "$1：$2 是目录，应为文件", "$1: $2 is a folder, want a file"},
	{regexp.MustCompile(`^(.*): "(.*)" exists but is not a directory$`), "$1：$2 是文件，应为目录", "$1: $2 is a file, want a folder"},
}

// Parsed is what the library that reads command lines says of one, in a language; what is not known stays in English.
func Parsed(err error, lang codes.Lang) string {
	text := err.Error() // of the library's own making, whatever it wraps
	for _, p := range parsed {
		switch {
		case !p.said.MatchString(text):
		case lang != codes.En:
			return p.said.ReplaceAllString(text, p.zh)
		case p.en != "":
			return p.said.ReplaceAllString(text, p.en)
		}
	}
	return Error(err, lang)
}

// system is what the operating system says, in Chinese.
var system = map[error]string{
	syscall.ENOENT: "没有这个文件或目录", syscall.EACCES: "没有权限", syscall.EPERM: "不允许", syscall.EISDIR: "是目录", syscall.ENOTDIR: "路径里有一段不是目录",
	syscall.EEXIST: "已经有了", syscall.ENOSPC: "磁盘满了", syscall.EROFS: "磁盘只读", syscall.EDQUOT: "超过了磁盘配额", syscall.ENAMETOOLONG: "名称太长", syscall.EMFILE: "打开的文件太多",
	syscall.EADDRINUSE: "已被别的程序占用", syscall.ECONNREFUSED: "对方拒绝连接", syscall.EIO: "磁盘读写出错",
}

// ofSystem is what the operating system says of a file, in Chinese; false of what it does not, and in English, which it speaks.
func ofSystem(err error, lang codes.Lang) (string, bool) {
	if lang == codes.En {
		return "", false
	}
	if x, ok := err.(*fs.PathError); ok {
		if said, ok := ofSystem(x.Err, lang); ok {
			return x.Path + "：" + said, true
		}
		return "", false
	}
	if no, ok := err.(syscall.Errno); ok {
		said, ok := system[no]
		return said, ok
	}
	return "", false
}

// both is what the lines of a text say in a language.
func both(text string, lang codes.Lang) string {
	lines := strings.Split(text, "\n")
	for i, one := range lines {
		lines[i] = line(one, lang)
	}
	return strings.Join(lines, "\n")
}

// line is one language of a line that has both: ABOUT: 中文 / English: what is wrapped.
func line(line string, lang codes.Lang) string {
	zh, en, ok := halves(line)
	if !ok {
		return line
	}
	tail := ""
	if i := strings.Index(en, mark); i >= 0 { // what is wrapped belongs to both
		for _, sep := range []string{": ", "; ", " ("} {
			if strings.HasSuffix(en[:i], sep) {
				i -= len(sep)
				break
			}
		}
		en, tail = en[:i], en[i:]
	}
	about, zh := about(zh)
	if lang == codes.En {
		return about + en + tail
	}
	return about + zh + tail
}

// words are what of a text is in Chinese and no unit of something else, such as 2026年6月.
var words = regexp.MustCompile(`\p{Han}{2,}`)

// halves cuts a line at the first " / " that stands in no quotes and has Han characters before it and something else behind: what
// is Chinese there stands before it too. Another " / " belongs to a name.
func halves(line string) (zh, en string, ok bool) {
	const sep = " / "
	for from := 0; ; {
		i := strings.Index(line[from:], sep)
		if i < 0 {
			return "", "", false
		}
		from += i
		zh, en = line[:from], line[from+len(sep):]
		if next, _ := utf8.DecodeRuneInString(en); strings.Count(zh, `"`)%2 == 0 && han(zh) && !unicode.Is(unicode.Han, next) && !slices.ContainsFunc(words.FindAllString(en, -1), func(w string) bool { return !strings.Contains(zh, w) }) {
			return zh, en, true
		}
		from += len(sep)
	}
}

// longest is how many characters what a line is about has at most, where there are Han characters among them.
const longest = 24

// about takes off a line what it is about: names of files, keys and options, each behind ": ". What it says has Han characters.
func about(line string) (about, says string) {
	for _, sep := range []string{"; ", "；"} { // what is wrapped stands before it
		if strings.HasPrefix(line, mark+sep) {
			return mark + sep, line[len(mark+sep):]
		}
	}
	for says = line; ; {
		i := strings.Index(says, ": ")
		if i < 0 || !han(says[i:]) && !strings.Contains(says[:i], mark) || strings.Count(says[:i], `"`)%2 != 0 {
			return line[:len(line)-len(says)], says
		}
		if part := says[:i]; han(part) && (utf8.RuneCountInString(part) > longest || strings.ContainsAny(part, "，；。、：（")) {
			return line[:len(line)-len(says)], says
		}
		says = says[i+len(": "):]
	}
}

func han(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}
