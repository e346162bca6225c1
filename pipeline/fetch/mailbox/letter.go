package mailbox

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"math"
	"mime/multipart"
	"net/mail"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/emersion/go-message"
	"github.com/emersion/go-msgauth/authres"
)

// The bounds of a mail, whatever is declared.
const (
	mostHeader = 1 << 20 // bytes of the headers of a mail, or of a part
	mostParts  = 300     // with those that hold others
	deepest    = 8       // parts within parts
	mostText   = 1 << 20 // bytes of its words that are looked at
)

// Kind is what an attachment is.
type Kind int

// The kinds.
const (
	Other   Kind = iota // not meant by its name
	Meant               // its bytes were read to their end
	Large               // meant, with more bytes than it may have
	Damaged             // meant, and its bytes cannot be decoded to their end
	Winmail             // what Outlook packs attachments into that nothing else opens
)

// Part is an attachment of a mail.
type Part struct {
	Name string // of a file, without folders
	Kind Kind
	Size int64  // as far as it was read
	Sum  string // SHA-256, of one that is meant
	Path string // where it was put; empty: nowhere
}

// Mail is what is known of one. Its words and its subject are not.
type Mail struct {
	From    string // in small letters; empty: there is none, or several
	Forged  bool   // From may not be who sent it: the declared server has not proven it
	Parts   []Part
	Cloud   bool // its words lead to an attachment that lies elsewhere
	Inlined bool // a file stands among its words (uuencode)
	Broken  bool // it ends early, or is no mail
	Nobody  bool // its head has no end that is looked for: whose it is, and what it holds, is not known
	Many    bool // it has more parts than are looked at
	Large   bool // it is larger than is read: its parts are not known
}

// Put gives the file into which an attachment is written; nil: it is read and not kept.
type Put func(from, name string) (*os.File, error)

// Parse reads a mail to its end. An error is one of put or of its file; what is wrong with the mail itself stands in it.
func (m *Mailbox) Parse(r io.Reader, put Put) (Mail, error) {
	p := parser{of: m, put: put}
	bound := &headed{r, mostHeader}
	in := bufio.NewReader(bound)
	top, err := head(in)
	if err != nil {
		p.mail.Nobody = true
		return p.mail, nil
	}
	bound.left = math.MaxInt // of the rest each part is bounded
	letter, err := mail.ReadMessage(io.MultiReader(bytes.NewReader(top), in))
	if err != nil {
		p.mail.Nobody = true
		return p.mail, nil
	}
	p.mail.From = from(letter.Header)
	p.mail.Forged = m.Proven != "" && !proven(m.Proven, p.mail.From, letter.Header["Authentication-Results"])
	err = p.part(header(letter.Header), letter.Body, 0)
	if errors.Is(err, errMany) {
		p.mail.Many, err = true, nil
	}
	return p.mail, err
}

// head reads the head of a mail with the line that ends it. Lines that are none of a head, such as one that a filter or an archive has
// put there, are left out with what continues them.
func head(r *bufio.Reader) (out []byte, err error) {
	ours := false
	for {
		line, err := r.ReadBytes('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 { // or the mail ends with its head
			return append(out, "\r\n"...), nil
		}
		if line[0] != ' ' && line[0] != '\t' {
			name, value, colon := bytes.Cut(line, []byte(":"))
			name = bytes.TrimRight(name, " \t")
			ours = colon && len(name) > 0 && !bytes.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' })
			line = slices.Concat(name, []byte(":"), value)
		}
		if ours {
			out = append(append(out, line...), "\r\n"...)
		}
	}
}

// headed reads so many bytes and no more.
type headed struct {
	r    io.Reader
	left int
}

func (h *headed) Read(b []byte) (int, error) {
	if h.left == 0 {
		return 0, errors.New("the header has no end")
	}
	n, err := h.r.Read(b[:min(len(b), h.left)])
	h.left -= n
	return n, err
}

// header is that of a mail or of a part.
type header map[string][]string

func (h header) get(name string) string {
	if list := h[name]; len(list) > 0 {
		return list[0]
	}
	return ""
}

// from is the one address that a mail says it comes from. What stands in front of it may be written anyhow.
func from(h mail.Header) string {
	if len(h["From"]) != 1 {
		return ""
	}
	text := strings.TrimSpace(h.Get("From"))
	if list, err := mail.ParseAddressList(text); err == nil {
		if len(list) != 1 {
			return ""
		}
		return strings.ToLower(list[0].Address)
	}
	open, end := strings.LastIndexByte(text, '<'), strings.LastIndexByte(text, '>')
	if strings.Count(text, "<") != 1 || strings.Count(text, ">") != 1 || end != len(text)-1 || open > end {
		return ""
	}
	if a := strings.ToLower(strings.TrimSpace(text[open+1 : end])); reAddress.MatchString(a) && a[0] != '@' {
		return a
	}
	return ""
}

// proven reports whether a server says that a mail comes from the domain that it says it comes from. Of several words of that name the
// first counts, which is the last that was put there: what lies below may have come with the mail. One that cannot be read for certain
// proves nothing.
func proven(by, from string, said []string) bool {
	_, domain, ok := strings.Cut(from, "@")
	for _, text := range said {
		text, plain := uncommented(text)
		top, rest, _ := strings.Cut(text, ";")
		id := strings.Fields(top)
		if len(id) == 0 || !strings.EqualFold(strings.Trim(id[0], `"`), by) {
			continue
		}
		_, list, err := authres.Parse(strings.Join(id, " ") + ";" + rest)
		return ok && plain && err == nil && slices.ContainsFunc(list, func(r authres.Result) bool {
			switch r := r.(type) {
			case *authres.DMARCResult:
				return r.Value == authres.ResultPass && strings.EqualFold(r.From, domain)
			case *authres.DKIMResult:
				return r.Value == authres.ResultPass && strings.EqualFold(r.Domain, domain)
			case *authres.SPFResult:
				return r.Value == authres.ResultPass && strings.EqualFold(r.From[strings.LastIndexByte(r.From, '@')+1:], domain)
			}
			return false
		})
	}
	return false
}

// uncommented is a header without what stands in brackets; not plain where these do not close, or where anything is quoted: the library
// that reads the rest knows neither.
func uncommented(text string) (out string, plain bool) {
	var b strings.Builder
	depth := 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && depth > 0:
			i++
		case c == '(':
			depth++
			b.WriteByte(' ')
		case c == ')' && depth > 0:
			depth--
		case c == ')':
			return b.String(), false
		case depth == 0:
			b.WriteByte(c)
		}
	}
	return b.String(), depth == 0 && !strings.Contains(b.String(), `"`)
}

var errMany = errors.New("too many parts")

type parser struct {
	of   *Mailbox
	put  Put
	mail Mail
	seen int // parts
	text int // bytes of words that were looked at
}

// part reads a part of a mail, with those that it holds.
func (p *parser) part(h header, body io.Reader, depth int) error {
	if p.seen++; p.seen > mostParts || depth > deepest {
		return errMany
	}
	kind, said := params(h.get("Content-Type"))
	if strings.HasPrefix(kind, "multipart/") {
		return p.parts(said["boundary"], body, depth)
	}
	place, disposed := params(h.get("Content-Disposition"))
	name := base(disposed["filename"])
	if other := base(said["name"]); name == "" || strings.Contains(name, "_") && other != "" && !strings.Contains(other, "_") && !p.of.Meant(name) {
		name = other
	}
	plain := message.Header{}
	plain.Set("Content-Transfer-Encoding", strings.TrimSpace(h.get("Content-Transfer-Encoding"))) // without a charset: bytes stay as they are
	e, err := message.New(plain, body)
	switch {
	case kind == "application/ms-tnef" || strings.EqualFold(name, "winmail.dat"):
		n, _, _ := copied(nil, e.Body, p.most())
		p.mail.Parts = append(p.mail.Parts, Part{Name: "winmail.dat", Kind: Winmail, Size: n})
		return nil
	case name == "" && kind == "message/rfc822":
		name = "attached.eml"
	case name == "" && place != "attachment" && (kind == "" || strings.HasPrefix(kind, "text/")):
		p.words(e.Body)
		return nil
	case name == "" && place != "attachment" && !strings.HasPrefix(kind, "application/"):
		return nil // a picture among its words
	case name == "":
		name = "attached"
	}
	if !p.of.Meant(name) {
		if place != "attachment" && strings.HasPrefix(kind, "image/") && h.get("Content-Id") != "" {
			return nil
		}
		p.mail.Parts = append(p.mail.Parts, Part{Name: name, Kind: Other})
		return nil
	}
	return p.attachment(name, e.Body, err)
}

// parts reads the parts that a part holds.
func (p *parser) parts(boundary string, body io.Reader, depth int) error {
	if boundary == "" {
		p.mail.Broken = true
		return nil
	}
	r := multipart.NewReader(body, boundary)
	for {
		next, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			p.mail.Broken = true
			return nil
		}
		if err := p.part(header(next.Header), next, depth+1); err != nil {
			return err
		}
	}
}

func (p *parser) most() int64 { return int64(p.of.MostMB) << 20 }

// attachment reads one that is meant.
func (p *parser) attachment(name string, body io.Reader, undecoded error) error {
	var to *os.File
	if p.put != nil {
		var err error
		if to, err = p.put(p.mail.From, name); err != nil {
			return err
		}
	}
	part := Part{Name: name, Kind: Meant}
	sum := sha256.New()
	var out io.Writer = sum
	if to != nil {
		part.Path, out = to.Name(), io.MultiWriter(sum, to)
	}
	n, rerr, werr := copied(out, body, p.most()+1)
	if to != nil {
		if werr == nil {
			werr = to.Sync()
		}
		werr = errors.Join(werr, to.Close())
	}
	if werr != nil {
		return werr
	}
	switch part.Size, part.Sum = n, hex.EncodeToString(sum.Sum(nil)); {
	case n > p.most():
		part.Kind = Large
	case rerr != nil || undecoded != nil:
		part.Kind = Damaged
	}
	if part.Kind != Meant && part.Path != "" {
		if err := os.Remove(part.Path); err != nil {
			return err
		}
		part.Path = ""
	}
	p.mail.Parts = append(p.mail.Parts, part)
	return nil
}

// copied copies at most so many bytes and tells a fault of what is read from one of what is written.
func copied(to io.Writer, from io.Reader, most int64) (n int64, read, written error) {
	buf := make([]byte, 32<<10)
	for n < most {
		k, err := from.Read(buf[:min(int64(len(buf)), most-n)])
		n += int64(k)
		if to != nil {
			if _, werr := to.Write(buf[:k]); werr != nil {
				return n, nil, werr
			}
		}
		if errors.Is(err, io.EOF) {
			return n, nil, nil
		}
		if err != nil {
			return n, err, nil
		}
	}
	return n, nil, nil
}

// elsewhere are what leads to an attachment that lies on a server of the sender's provider, with the words that they put there in
// UTF-8 and in GBK.
var elsewhere = [][]byte{
	[]byte("ftnExs_download"), []byte("/ftn/download"), []byte("large-attachment-download"), []byte("cloud-attachment-download"), []byte("fs.163.com/fs/"),
	[]byte("超大附件"), []byte("云附件"),
	{0xb3, 0xac, 0xb4, 0xf3, 0xb8, 0xbd, 0xbc, 0xfe},
	{0xd4, 0xc6, 0xb8, 0xbd, 0xbc, 0xfe},
}

var reInlined = regexp.MustCompile(`(?m)^begin [0-7]{3,4} \S`)

// words looks at the words of a mail and keeps nothing of them.
func (p *parser) words(body io.Reader) {
	var b bytes.Buffer
	_, _ = io.Copy(&b, io.LimitReader(body, int64(mostText-p.text))) // what cannot be decoded says nothing
	p.text += b.Len()
	for _, s := range elsewhere {
		p.mail.Cloud = p.mail.Cloud || bytes.Contains(b.Bytes(), s)
	}
	p.mail.Inlined = p.mail.Inlined || reInlined.Match(b.Bytes())
}
