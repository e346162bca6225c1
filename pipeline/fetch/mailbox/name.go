package mailbox

import (
	"encoding/base64"
	"hash/crc32"
	"io"
	"mime/quotedprintable"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// The bounds of a header's parameters.
const (
	mostParams = 100
	mostName   = 200 // bytes of a file's name
	mostEnd    = 90  // of these that are the end of a longer one
)

// params reads a header that names a thing and says more of it: attachment; filename="x". It takes what mail programs write, not
// only what they should: letters of GBK without any mark, quotes that are missing, pieces of a name one after the other.
func params(raw string) (first string, of map[string]string) {
	of = map[string]string{}
	pieces := map[string]map[int]piece{}
	fields := split(raw)
	first = strings.ToLower(strings.TrimSpace(fields[0]))
	for _, f := range fields[1:min(len(fields), mostParams)] {
		key, value, ok := strings.Cut(f, "=")
		if !ok {
			continue
		}
		key, value = strings.ToLower(strings.TrimSpace(key)), unquoted(strings.TrimSpace(value))
		base, rest, starred := strings.Cut(key, "*")
		if !starred {
			if _, twice := of[key]; !twice {
				of[key] = plainName(value)
			}
			continue
		}
		nr, encoded := 0, strings.HasSuffix(key, "*")
		if rest = strings.TrimSuffix(rest, "*"); rest != "" {
			var err error
			if nr, err = strconv.Atoi(rest); err != nil || nr < 0 || nr >= mostParams {
				continue
			}
		}
		if pieces[base] == nil {
			pieces[base] = map[int]piece{}
		}
		pieces[base][nr] = piece{value, encoded}
	}
	for base, list := range pieces { // the marked form is the better one
		if s := joined(list); s != "" {
			of[base] = s
		}
	}
	return first, of
}

// piece is one of a value that is parted, as RFC 2231 has it.
type piece struct {
	text    string
	encoded bool
}

func joined(list map[int]piece) string {
	charset, bytes := "", ""
	for i := range mostParams {
		p, ok := list[i]
		if !ok {
			break
		}
		text := p.text
		if p.encoded {
			if parts := strings.SplitN(text, "'", 3); i == 0 && len(parts) == 3 {
				charset, text = parts[0], parts[2]
			}
			if plain, err := url.PathUnescape(text); err == nil {
				text = plain
			}
		}
		bytes += text
	}
	return letters(charset, bytes)
}

// split parts a header at its semicolons, but for those within quotes.
func split(s string) (out []string) {
	quoted, from := false, 0
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && quoted && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\'):
			i++
		case s[i] == '"':
			quoted = !quoted
		case s[i] == ';' && !quoted:
			out, from = append(out, s[from:i]), i+1
		}
	}
	return append(out, s[from:])
}

func unquoted(s string) string {
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return strings.Trim(s, `"`)
	}
	return strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(s[1 : len(s)-1])
}

// plainName reads a value in which letters may be marked as RFC 2047 has it, or not at all.
func plainName(s string) string {
	if s = words(s); !strings.Contains(s, "%") {
		return letters("", s)
	}
	if plain, err := url.PathUnescape(s); err == nil && utf8.ValidString(plain) && plain != s && !ascii(plain) {
		return plain
	}
	return letters("", s)
}

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}

var reWord = regexp.MustCompile(`=\?([^?\s]{1,40})\?([bBqQ])\?([^?]*)\?=`)

// words decodes the marked words of a header. A letter may be parted between two of them, so those that follow each other in one
// charset are read as one.
func words(s string) string {
	found := reWord.FindAllStringSubmatchIndex(s, mostParams)
	if found == nil {
		return s
	}
	var out strings.Builder
	at, open, charset := 0, "", ""
	flush := func() {
		out.WriteString(letters(charset, open))
		open = ""
	}
	for _, m := range found {
		between, of := s[at:m[0]], strings.ToLower(s[m[2]:m[3]])
		if strings.TrimSpace(between) != "" || at == 0 || of != charset {
			flush()
			if at == 0 || strings.TrimSpace(between) != "" {
				out.WriteString(letters("", between))
			}
		}
		charset = of
		open += wordBytes(s[m[4]:m[5]], s[m[6]:m[7]])
		at = m[1]
	}
	flush()
	out.WriteString(letters("", s[at:]))
	return out.String()
}

func wordBytes(how, text string) string {
	if strings.EqualFold(how, "q") {
		b, _ := io.ReadAll(quotedprintable.NewReader(strings.NewReader(strings.ReplaceAll(text, "_", " ")))) // what was read before a fault
		return string(b)
	}
	b, _ := base64.RawStdEncoding.DecodeString(strings.TrimRight(text, "= "))
	return string(b)
}

// letters makes UTF-8 of bytes in a charset; where none is said, or another one is meant than is said, they are tried as UTF-8 and
// as GB18030, which is what the mail programs of Chinese offices write.
func letters(charset, s string) string {
	charset = strings.ToLower(strings.TrimSpace(charset))
	switch {
	case slices.Contains([]string{"gb2312", "gbk", "gb18030", "cp936", "ms936", "x-gbk"}, charset):
		if out, err := simplifiedchinese.GB18030.NewDecoder().String(s); err == nil && !strings.ContainsRune(out, utf8.RuneError) {
			return out
		}
	case charset != "" && charset != "utf-8" && charset != "utf8" && charset != "us-ascii":
		if e, err := htmlindex.Get(charset); err == nil {
			if out, err := e.NewDecoder().String(s); err == nil {
				return out
			}
		}
	}
	if utf8.ValidString(s) {
		return s
	}
	if out, err := simplifiedchinese.GB18030.NewDecoder().String(s); err == nil && !strings.ContainsRune(out, utf8.RuneError) {
		return out
	}
	return strings.ToValidUTF8(s, "_")
}

// base is the name of a file that a name stands for: without folders, what cannot be seen, and what would hide it. Empty: none.
func base(name string) string {
	name = strings.ReplaceAll(name, `\`, "/")
	name = name[strings.LastIndexByte(name, '/')+1:]
	name = strings.Map(func(r rune) rune {
		switch {
		case r == ':':
			return '：'
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return -1
		}
		return r
	}, name)
	name = strings.TrimSpace(strings.TrimRight(strings.TrimLeft(name, ". "), ". "))
	if len(name) <= mostName {
		return name
	}
	return cut(name)
}

// cut takes the middle out of a name that is too long: who sends it stands at its beginning, the period and the form of the file at
// its end. In its place stand letters that tell it from another name that begins and ends alike.
func cut(name string) string {
	middle := []byte("abcdef")
	for i, sum := 0, crc32.ChecksumIEEE([]byte(name)); i < len(middle); i++ {
		middle[i] = 'a' + byte(sum&15)
		sum >>= 4
	}
	mark := "…" + string(middle) + "…"
	end := name[len(name)-mostEnd:]
	for end != "" && !utf8.RuneStart(end[0]) {
		end = end[1:]
	}
	begin := name[:mostName-len(mark)-len(end)]
	for begin != "" && !utf8.ValidString(begin) {
		begin = begin[:len(begin)-1]
	}
	return begin + mark + end
}
