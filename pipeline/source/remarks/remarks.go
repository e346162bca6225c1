// Package remarks reads the comments that people wrote on cells of a workbook, in their old and their new form.
package remarks

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"yanzhen/pipeline/source/xmlscan"
)

// Remark is what somebody wrote on a cell.
type Remark struct{ At, Text string }

// Most is how many of them a sheet may have that are read, and longest how many bytes of each.
const (
	Most    = 1000
	longest = 2000
)

// ErrMany says that a sheet has more than Most.
var ErrMany = errors.New("more remarks than are read")

// Own is who has written the comments of a file that went back with what is wrong marked in it: they are none of its sender's.
const Own = "雁阵"

// Read reads the remarks of a part. Those of Own are passed over. Who wrote one is left out: the bold name before the text, and the program's own words of
// a remark in the new form.
func Read(x *xmlscan.Reader) (list []Remark, err error) {
	var one *Remark
	runs, inText := []string{}, false
	var authors []string
	inAuthor := false
	for {
		token, err := x.Next()
		if err != nil || token == xmlscan.EOF {
			return list, err
		}
		switch name := string(x.Name); {
		case token == xmlscan.Start && (name == "comment" || name == "threadedComment"):
			if by, err := strconv.Atoi(x.AttrString("authorId")); err == nil && by >= 0 && by < len(authors) && authors[by] == Own {
				continue
			}
			if len(list) == Most {
				return list, ErrMany
			}
			one, runs = &Remark{At: strings.ToUpper(x.AttrString("ref"))}, runs[:0]
		case name == "author" && token != xmlscan.Text:
			if inAuthor = token == xmlscan.Start && len(authors) < Most; inAuthor {
				authors = append(authors, "")
			}
		case token == xmlscan.Text && inAuthor:
			if last := &authors[len(authors)-1]; len(*last) < longest {
				*last += string(x.Text)
			}
		case token == xmlscan.Start && (name == "t" || one != nil && name == "text"):
			inText = one != nil
			runs = append(runs, "")
		case token == xmlscan.Text && inText && len(runs) > 0:
			if last := &runs[len(runs)-1]; len(*last) < longest {
				*last += string(x.Text)
			}
		case token == xmlscan.End && (name == "t" || name == "text"):
			inText = false
		case token == xmlscan.End && (name == "comment" || name == "threadedComment") && one != nil:
			if one.Text = text(runs); one.Text != "" {
				list = append(list, *one)
			}
			one = nil
		}
	}
}

// text joins the runs of a remark without the name of its writer.
func text(runs []string) string {
	var said []string
	for _, r := range runs {
		if strings.TrimSpace(r) != "" {
			said = append(said, r)
		}
	}
	if len(said) > 1 {
		if name := strings.TrimSpace(said[0]); utf8.RuneCountInString(name) <= 24 && (strings.HasSuffix(name, ":") || strings.HasSuffix(name, "：")) {
			said = said[1:]
		}
	}
	all := strings.TrimSpace(strings.Join(said, ""))
	if strings.HasPrefix(all, "[") { // [Threaded comment] Your version of Excel allows you to read it ... Comment:
		for _, mark := range [...]string{"Comment:", "注释:", "批注:", "注释：", "批注："} {
			if i := strings.LastIndex(all, mark); i >= 0 {
				all = strings.TrimSpace(all[i+len(mark):])
				break
			}
		}
	}
	if len(all) > longest {
		all = strings.ToValidUTF8(all[:longest], "") + "…"
	}
	return all
}
