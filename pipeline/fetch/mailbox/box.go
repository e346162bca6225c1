package mailbox

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"yanzhen/pipeline/fetch/answer"
	"yanzhen/pipeline/trouble"
)

// The bounds of what is asked of a server.
const (
	mostList  = 16 << 20 // bytes of a sign-in or a listing
	mostFound = 100_000  // mails that a search may find
	mostNamed = 10       // folders that are named where one is not there
	inOne     = 100      // mails whose sizes are asked for at once
	inSearch  = 500      // mails that are looked for at once, for the length of the line
)

// idle is how long nobody is waited for who says nothing. It is shorter in tests.
var idle = 2 * time.Minute

// Box is an open mail box. Close it.
type Box struct {
	Validity uint32 // numbers of mails count as long as it is the same
	Highest  uint32 // the number of the last mail when it was opened; 0 where the server does not say

	of    *Mailbox
	raw   net.Conn
	c     *imapclient.Client
	left  atomic.Int64 // bytes that may still come
	undo  func() bool
	whole context.Context
}

// Letter is a mail of a listing.
type Letter struct {
	UID  uint32
	Size int64
	At   time.Time // when it came to the server
}

// Open signs in and opens the folder of mails. What needs a person is an *answer.Fault, any other error may pass.
func (m *Mailbox) Open(ctx context.Context) (*Box, error) {
	password, err := m.Password.Read()
	if err != nil {
		return nil, answer.NewFault("mailbox_password", "口令读不出：检查 password 所指的文件或环境变量", "the password cannot be read: check the file or variable that password names", "把授权码写进那个文件，只让本程序的账号读", "write it into that file, readable by the program's account only")
	}
	b := &Box{of: m, whole: ctx}
	b.left.Store(mostList)
	if err := b.dial(ctx); err != nil {
		return nil, b.plain(err)
	}
	if err := b.begin(password); err != nil {
		b.Close()
		return nil, err
	}
	return b, nil
}

// dial connects, encrypted as declared.
func (b *Box) dial(ctx context.Context) error {
	raw, err := (&net.Dialer{Timeout: 15 * time.Second}).DialContext(ctx, "tcp", net.JoinHostPort(b.of.Host, strconv.Itoa(b.of.port())))
	if err != nil {
		return err
	}
	b.raw = raw
	b.undo = context.AfterFunc(ctx, func() { raw.Close() })
	line := &answer.Patient{Conn: raw, Left: &b.left, Idle: idle}
	trust := &tls.Config{ServerName: b.of.Host, MinVersion: tls.VersionTLS12}
	if b.of.CA != "" {
		pem, err := os.ReadFile(b.of.CA)
		if trust.RootCAs = x509.NewCertPool(); err != nil || !trust.RootCAs.AppendCertsFromPEM(pem) {
			b.hangUp()
			return answer.NewFault("mailbox_ca", "根证书读不出："+b.of.CA, "the root certificate cannot be read: "+b.of.CA, "核对 ca", "check ca")
		}
	}
	switch b.of.TLS {
	case none:
		b.c = imapclient.New(line, nil)
	case startTLS:
		b.c, err = imapclient.NewStartTLS(line, &imapclient.Options{TLSConfig: trust})
	default:
		trust.NextProtos = []string{"imap"}
		secure := tls.Client(line, trust)
		if err = secure.HandshakeContext(ctx); err == nil {
			b.c = imapclient.New(secure, nil)
		}
	}
	if err == nil {
		err = b.c.WaitGreeting()
	}
	if err != nil {
		b.Close()
	}
	return err
}

// begin signs in and opens the folder, to read only where nothing is to be changed.
func (b *Box) begin(password string) error {
	if err := b.c.Login(b.of.User, password).Wait(); err != nil {
		if _, said := errors.AsType[*imap.Error](err); said {
			return answer.NewFault("mailbox_refused", "邮件服务器不接受这个用户和口令", "the mail server does not accept this user and password",
				"核对 user；163、QQ、腾讯企业邮要用授权码而不是登录口令，并先在网页邮箱的设置里开通 IMAP", "check user; many providers want an authorisation code in place of the password, and IMAP switched on in their settings")
		}
		return b.plain(err)
	}
	if b.c.Caps().Has(imap.CapID) { // 163 and its kin let nobody into a folder who has not said what program it is
		if _, err := b.c.ID(&imap.IDData{Name: "yanzhen", Version: "1", Vendor: "yanzhen"}).Wait(); err != nil && !saidNo(err) {
			return b.plain(err)
		}
	}
	data, err := b.c.Select(b.of.Folder, &imap.SelectOptions{ReadOnly: b.of.Then == Then{}}).Wait()
	switch {
	case saidNo(err) && strings.Contains(strings.ToLower(err.Error()), "unsafe login"):
		return answer.NewFault("mailbox_unsafe", "邮件服务商认为这次登录不安全，不给看邮件", "the provider takes this sign-in for unsafe and shows no mails", "在网页邮箱里确认本机的登录，或换一个专用邮箱", "confirm the sign-in on its web pages, or use a mail box of its own")
	case saidNo(err):
		return b.noFolder(b.of.Folder)
	case err != nil:
		return b.plain(err)
	}
	b.Validity, b.Highest = data.UIDValidity, max(uint32(data.UIDNext), 1)-1
	return nil
}

func saidNo(err error) bool {
	_, said := errors.AsType[*imap.Error](err)
	return said
}

// noFolder says that a folder is not there, and which are.
func (b *Box) noFolder(name string) error {
	names := ""
	if list, err := b.c.List("", "*", nil).Collect(); err == nil {
		for i, l := range list {
			if i == mostNamed {
				names += "、…"
				break
			}
			names += "、" + strings.ToValidUTF8(l.Mailbox, "_")
		}
		names = strings.TrimPrefix(names, "、")
	}
	return answer.NewFault("mailbox_folder", "邮箱里没有文件夹“"+name+"”，或不让打开", "the mail box has no folder "+strconv.Quote(name)+", or does not open it", "核对 folder；有的是："+names, "check folder; there are: "+names)
}

// List gives the mails of higher numbers than after, in their order; where after is 0, of those days only. Of the others it says how
// many there are: more are beyond most, older before those days.
func (b *Box) List(after uint32, since time.Time, most int) (out []Letter, more, older int, err error) {
	b.left.Store(mostList)
	set := imap.UIDSet{}
	set.AddRange(imap.UID(after)+1, 0)
	what := &imap.SearchCriteria{UID: []imap.UIDSet{set}}
	if after == 0 {
		what.Since = since
	}
	found, err := b.search(what)
	if err != nil {
		return nil, 0, 0, err
	}
	found = slices.DeleteFunc(found, func(uid uint32) bool { return uid <= after }) // a range of none gives the last
	if sel := b.c.Mailbox(); after == 0 && sel != nil {
		older = max(0, int(sel.NumMessages)-len(found))
	}
	if more = max(0, len(found)-most); more > 0 {
		found = found[:most]
	}
	out, err = b.sizes(found)
	return out, more, older, err
}

// There says which of some mails still are in the folder.
func (b *Box) There(uids []uint32) (out []uint32, err error) {
	b.left.Store(mostList)
	for part := range slices.Chunk(uids, inSearch) {
		set := imap.UIDSet{}
		for _, uid := range part {
			set.AddNum(imap.UID(uid))
		}
		found, err := b.search(&imap.SearchCriteria{UID: []imap.UIDSet{set}})
		if err != nil {
			return nil, err
		}
		out = append(out, slices.DeleteFunc(found, func(uid uint32) bool { return !slices.Contains(part, uid) })...)
	}
	return out, nil
}

// Letters gives some mails, in their order.
func (b *Box) Letters(uids []uint32) ([]Letter, error) {
	b.left.Store(mostList)
	return b.sizes(uids)
}

func (b *Box) search(what *imap.SearchCriteria) ([]uint32, error) {
	data, err := b.c.UIDSearch(what, nil).Wait()
	if saidNo(err) {
		return nil, trouble.Own("邮件服务器不肯查找邮件，下次再取", "the mail server refuses to look for mails; it is asked again next time", nil)
	}
	if err != nil {
		return nil, b.plain(err)
	}
	var out []uint32
	for _, uid := range data.AllUIDs() {
		out = append(out, uint32(uid))
	}
	if len(out) > mostFound {
		return nil, answer.NewFault("mailbox_many", fmt.Sprintf("文件夹里超过 %d 封邮件", mostFound), fmt.Sprintf("the folder holds more than %d mails", mostFound), "为报送单设一个文件夹或邮箱", "have a folder or mail box of its own for submissions")
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// sizes asks what is to be known of mails before they are read. One that is gone meanwhile is not among them.
func (b *Box) sizes(uids []uint32) ([]Letter, error) {
	var out []Letter
	for part := range slices.Chunk(uids, inOne) {
		set := imap.UIDSet{}
		for _, uid := range part {
			set.AddNum(imap.UID(uid))
		}
		list, err := b.c.Fetch(set, &imap.FetchOptions{UID: true, RFC822Size: true, InternalDate: true}).Collect()
		if err != nil {
			return nil, b.plain(err)
		}
		for _, x := range list {
			if slices.Contains(part, uint32(x.UID)) {
				out = append(out, Letter{UID: uint32(x.UID), Size: x.RFC822Size, At: x.InternalDate})
			}
		}
	}
	slices.SortFunc(out, func(x, y Letter) int { return int(int64(x.UID) - int64(y.UID)) })
	return slices.CompactFunc(out, func(x, y Letter) bool { return x.UID == y.UID }), nil
}

// most is how many bytes a mail may have to be read: room for two of the largest attachments as they are sent.
func (m *Mailbox) most() int64 { return 3*int64(m.MostMB)<<20 + 16<<20 }

// ErrGone says that a mail is no longer there.
var ErrGone = errors.New("the mail is gone")

// Read reads a mail, of one that is larger than is read its head. Any error means that nothing is known of it; ErrGone that it is not
// there any more.
func (b *Box) Read(l Letter, put Put) (m Mail, err error) {
	section := &imap.FetchItemBodySection{Peek: true}
	large := l.Size > b.of.most()
	if large {
		section.Specifier = imap.PartSpecifierHeader
	}
	b.left.Store(b.of.most() + 4<<20)
	cmd := b.c.Fetch(imap.UIDSetNum(imap.UID(l.UID)), &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{section}})
	read, empty := false, false
	for msg := cmd.Next(); msg != nil; msg = cmd.Next() {
		for item := msg.Next(); item != nil; item = msg.Next() {
			body, ok := item.(imapclient.FetchItemDataBodySection)
			empty = empty || ok && body.Literal == nil
			if !ok || body.Literal == nil || read || err != nil {
				continue // what is not read here the library reads past
			}
			read = true
			m, err = b.parse(body.Literal, put)
		}
	}
	switch end := cmd.Close(); {
	case err != nil: // the first that went wrong
	case saidNo(end):
		err = trouble.Own("邮件服务器不给这封邮件", "the mail server does not give this mail", nil)
	case end != nil:
		err = end
	case !read && empty: // it is there, and the server cannot read it
		err = trouble.Own("邮件服务器没有给出这封邮件的内容", "the mail server gives nothing of this mail", nil)
	case !read:
		err = ErrGone
	}
	if m.Large = large; large {
		m.Broken, m.Parts = false, nil // these were not asked for
	}
	if err != nil && !errors.Is(err, ErrGone) {
		err = b.plain(err)
	}
	return m, err
}

// parse reads a mail off the line, to its end: a line that breaks is no mail that ends early.
func (b *Box) parse(from imap.LiteralReader, put Put) (Mail, error) {
	in := &counted{r: from}
	m, err := b.of.Parse(in, put)
	_, _ = io.Copy(io.Discard, in)
	if err == nil && (in.err != nil || in.n < from.Size()) {
		err = errors.Join(io.ErrUnexpectedEOF, in.err)
	}
	return m, err
}

// counted remembers how much was read, and what went wrong.
type counted struct {
	r   io.Reader
	n   int64
	err error
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if c.n += int64(n); err != nil && !errors.Is(err, io.EOF) {
		c.err = err
	}
	return n, err
}

// After does with a mail what is declared for one of which all was taken.
func (b *Box) After(uid uint32) error {
	b.left.Store(mostList)
	set := imap.UIDSetNum(imap.UID(uid))
	if b.of.Then.Seen {
		err := b.c.Store(set, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagSeen}}, nil).Close()
		if saidNo(err) {
			return answer.NewFault("mailbox_then", "邮件标不了已读：服务器不让改", "a mail cannot be marked as read: the server does not let it be changed", "核对邮箱的权限，或去掉 then.seen", "check what the account may do, or leave then.seen out")
		}
		if err != nil {
			return b.plain(err)
		}
	}
	if b.of.Then.Move == "" {
		return nil
	}
	if caps := b.c.Caps(); !caps.Has(imap.CapMove) && !caps.Has(imap.CapUIDPlus) { // without them others' deleted mails would go too
		return answer.NewFault("mailbox_then", "邮件服务器不能只移动一封邮件（没有 MOVE、UIDPLUS），邮件留在原处", "the mail server cannot move a single mail (neither MOVE nor UIDPLUS): it stays where it is", "改用 then: {seen: true}", "use then: {seen: true}")
	}
	_, err := b.c.Move(set, b.of.Then.Move).Wait()
	if saidNo(err) {
		return answer.NewFault("mailbox_then", "邮件移不到文件夹“"+b.of.Then.Move+"”，留在原处", "a mail cannot be moved to the folder "+strconv.Quote(b.of.Then.Move)+" and stays where it is", "先在邮箱里建好这个文件夹，核对名字", "make this folder in the mail box first, and check its name")
	}
	if err != nil {
		return b.plain(err)
	}
	return nil
}

// Close hangs up.
func (b *Box) Close() {
	b.hangUp()
	if b.c != nil {
		b.c.Close()
	}
}

func (b *Box) hangUp() {
	if b.raw != nil {
		b.undo()
		b.raw.Close()
	}
}

// plain tells an error without what a server says in it.
func (b *Box) plain(err error) error {
	var fault *answer.Fault
	var path *os.PathError
	var record tls.RecordHeaderError
	untrusted := answer.Untrusted("mailbox_certificate", "邮件服务器", "the mail server", err)
	switch {
	case errors.As(err, &fault), errors.As(err, &path): // ours, or our disk's
		return err
	case b.whole.Err() != nil:
		return context.Cause(b.whole)
	case untrusted != nil:
		return untrusted
	case errors.As(err, &record):
		return answer.NewFault("mailbox_tls", "这个端口不是一开始就加密的", "this port does not speak TLS from the start", "用 993 端口，或写 tls: starttls", "use port 993, or tls: starttls")
	case saidNo(err):
		return answer.NewFault("mailbox_said", "邮件服务器拒绝了请求", "the mail server refuses what it was asked", "核对 host、port、tls：它不支持 STARTTLS 时用 implicit", "check host, port and tls: where it knows no STARTTLS use implicit")
	}
	return trouble.Own("邮件服务器 "+b.of.Host+" 没有应答，或中途断开；没有取完的下次再取", "the mail server "+b.of.Host+" does not answer, or hung up; what was not taken is taken next time", err)
}
