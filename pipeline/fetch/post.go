package fetch

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"

	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/fetch/mailbox"
	"yanzhen/pipeline/filename"
	"yanzhen/pipeline/trouble"
)

// The attachments of a mail box are put into the inbox, where they go the way of any file. A mail is done with once everything that
// was to be taken of it lies there; what it held besides is told. Which mails are done with is known by their numbers; where these
// begin anew the latest mails are looked at again, and what lies in the inbox as it is, or was loaded before, is found the same.

// Bounds of what is known of a mail box.
const (
	mostMails   = 300   // that wait for a person, and of those that were passed over: the latest
	mostPut     = 5_000 // attachments that are known by content
	mostWait    = 5_000 // mails of which something was not taken, to be looked at once more
	mostRefused = 20    // attachments of a run that get a run of their own; the rest is counted
	mostTries   = 5     // of a mail that cannot be read, before it is passed over
	mostCopies  = 99    // of one name in the inbox
	longest     = 230   // bytes of a name there, with room for what tells copies apart
	openFor     = 31 * 24 * time.Hour
)

// postbook is what is known of a mail box. Nothing in it is a mail's words.
type postbook struct {
	name     string         // of the file that remembers it
	Of       string         `json:"of"`    // the question
	Rules    string         `json:"rules"` // by which it was decided what is taken
	At       time.Time      `json:"at"`    // when it was last looked into to the end
	Validity uint32         `json:"validity"`
	Last     uint32         `json:"last"`           // the highest number that is done with
	Anew     uint32         `json:"anew,omitempty"` // where numbers began anew: those up to this one may have been looked at before
	Refused  []entry        `json:"refused,omitempty"`
	Strange  []entry        `json:"strange,omitempty"` // as Refused, of nobody who may send: they push no others out
	Passed   []entry        `json:"passed,omitempty"`
	Wait     []uint32       `json:"wait,omitempty"`  // mails of which something was not taken, also where nothing is told of them any more
	Again    []uint32       `json:"again,omitempty"` // those of them that are still to be looked at once more
	Put      []attached     `json:"put,omitempty"`
	Tries    map[uint32]int `json:"tries,omitempty"`
	Then     []uint32       `json:"then,omitempty"` // mails with which it is still to be done what is declared
}

// entry is an attachment that was not taken, or a mail that was passed over.
type entry struct {
	UID    uint32     `json:"uid"`
	At     time.Time  `json:"at"` // when it came
	File   string     `json:"file"`
	Size   int64      `json:"size,omitempty"`
	Text   codes.Text `json:"text"`
	Remedy codes.Text `json:"remedy"`
	Run    string     `json:"run,omitempty"`
	Job    string     `json:"job,omitempty"`

	Stranger bool `json:"stranger,omitempty"` // it is nobody's who may send
}

// attached is an attachment that was put into the inbox.
type attached struct {
	UID    uint32    `json:"uid"` // of its mail
	Sum    string    `json:"sum"`
	Sender string    `json:"sender"`
	Path   string    `json:"path"` // in the inbox
	At     time.Time `json:"at"`
}

func readBook(dir string) (*postbook, error) {
	b := &postbook{name: filepath.Join(dir, "mail.json")}
	text, err := os.ReadFile(b.name)
	if errors.Is(err, fs.ErrNotExist) {
		return b, nil
	}
	if err != nil {
		return nil, err
	}
	if json.Unmarshal(text, b) != nil {
		return nil, problem("source_mailbox_book", "记着看过哪些邮件的文件 mail.json 损坏，没有去看", "mail.json, which remembers the mails that were looked at, is damaged: nothing was looked at",
			"从备份恢复它；没有的，把它移走：最近 days 天的邮件会重看一遍，收件夹里已有的不再放", "restore it from a backup, or move it away: the mails of the last days are looked at again, and what lies in the inbox is not put there twice")
	}
	return b, nil
}

// of makes a book that of a source as it is declared now.
func (b *postbook) of(s *Source, question string) {
	text, _ := json.Marshal(s.Mailbox.Rules())
	sum := sha256.Sum256(text)
	rules := hex.EncodeToString(sum[:8])
	if b.Of != question {
		*b = postbook{name: b.name, Of: question}
	}
	if b.Rules != rules { // what was not taken may be taken now
		b.Rules, b.Again = rules, b.told()
	}
	if b.Tries == nil {
		b.Tries = map[uint32]int{}
	}
}

// open is the book of a mail box whose numbers count as long as validity is the same.
func (b *postbook) open(validity, highest uint32) {
	if b.Validity == validity {
		return
	}
	if b.Validity != 0 {
		b.Anew = highest
	}
	b.Validity, b.Last, b.Tries, b.Refused, b.Strange, b.Passed, b.Wait, b.Again, b.Then = validity, 0, map[uint32]int{}, nil, nil, nil, nil, nil, nil
}

// keep writes the book to the disk: without it the mails of a month are new.
func (b *postbook) keep() error {
	b.Refused, b.Strange, b.Passed = latest(b.Refused, mostMails), latest(b.Strange, mostMails), latest(b.Passed, mostMails)
	b.Put, b.Wait = latest(b.Put, mostPut), latest(b.Wait, mostWait)
	text, err := json.Marshal(b)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(b.name+".new", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(b.name+".new", b.name); err != nil {
		return err
	}
	return synced(filepath.Dir(b.name))
}

func latest[T any](list []T, most int) []T { return list[max(0, len(list)-most):] }

// forget drops what was told of mails that are no longer there, and what was told long ago.
func (b *postbook) forget(there []uint32, now time.Time) {
	is := map[uint32]bool{}
	for _, uid := range there {
		is[uid] = true
	}
	b.drop(func(e entry) bool { return !e.open(now) || !is[e.UID] })
	gone := func(uid uint32) bool { return !is[uid] }
	b.Wait, b.Again = slices.DeleteFunc(b.Wait, gone), slices.DeleteFunc(b.Again, gone)
}

// open reports whether something is still to be told.
func (e entry) open(now time.Time) bool { return now.Sub(e.At) <= openFor }

func (b *postbook) drop(which func(entry) bool) {
	b.Refused, b.Strange, b.Passed = slices.DeleteFunc(b.Refused, which), slices.DeleteFunc(b.Strange, which), slices.DeleteFunc(b.Passed, which)
}

// told are the numbers of the mails of which something was not taken, in their order.
func (b *postbook) told() []uint32 {
	uids := slices.Clone(b.Wait)
	for _, e := range slices.Concat(b.Refused, b.Strange, b.Passed) {
		uids = append(uids, e.UID)
	}
	slices.Sort(uids)
	return slices.Compact(uids)
}

// verdict is what becomes of an attachment, or of a mail.
type verdict struct {
	part   *mailbox.Part // nil: the mail
	put    bool
	sender string
	code   string // of what is refused; empty: it is put or passed over
	text   codes.Text
	remedy codes.Text
}

func (v verdict) refused() bool { return v.code != "" }

// stranger reports whether what is refused is nobody's who may send: it waits in the mail box, and nobody is alarmed, for anybody may
// write to an address.
func (v verdict) stranger() bool {
	return v.code == "mail_sender" || v.code == "mail_from" || v.code == "mail_unproven"
}

// closed are attachments that hold others and are not opened.
var closed = map[string]codes.Text{
	".rar": {Zh: " rar 压缩包", En: "a rar archive"}, ".7z": {Zh: " 7z 压缩包", En: "a 7z archive"}, ".tar": {Zh: " tar 包", En: "a tar archive"}, ".tgz": {Zh: " tar 包", En: "a tar archive"},
	".eml": {Zh: "另一封邮件", En: "another mail"}, ".msg": {Zh: "另一封邮件", En: "another mail"},
}

// judge says what becomes of a mail and of each of its attachments. Nothing of it is left unsaid.
func judge(box *mailbox.Mailbox, m *mailbox.Mail) (out []verdict) {
	who, masked := box.Sender(m.From), mailbox.Masked(m.From)
	say := func(p *mailbox.Part, code, zh, en, todoZh, todoEn string) {
		out = append(out, verdict{part: p, sender: who, code: code, text: codes.Text{Zh: zh, En: en}, remedy: codes.Text{Zh: todoZh, En: todoEn}})
	}
	if m.Nobody {
		say(nil, "mail_from", "邮件的开头读不出，不知道是谁发的、有什么附件，没有取", "the head of the mail cannot be read: who sent it and what is attached is not known, and nothing was taken", "在网页邮箱里打开它；是报送的，请对方重发，或下载附件放入收件夹", "open it on the provider's pages; if it is a submission, have it sent again, or put its attachments into the inbox")
		return out
	}
	var others []string
	for i := range m.Parts {
		p := &m.Parts[i]
		name := path.Base(p.Name)
		switch {
		case p.Kind == mailbox.Other && who != "" && !m.Forged && closed[strings.ToLower(path.Ext(name))] != codes.Text{}:
			is := closed[strings.ToLower(path.Ext(name))]
			say(p, "mail_closed", "附件是"+is.Zh+"，没有打开", "the attachment is "+is.En+" and was not opened", "请对方把里面的文件直接作附件重发，或压缩成 zip", "have what is in it attached itself, or packed into a zip")
		case p.Kind == mailbox.Other:
			others = append(others, p.Name)
		case who == "" && p.Kind == mailbox.Winmail:
			others = append(others, p.Name)
		case m.From == "":
			say(p, "mail_from", "邮件没有写明一个发件人，附件没有取", "the mail does not say one sender: the attachment was not taken", "请对方用自己的邮箱重发", "have it sent again from a mail box of their own")
		case who == "":
			say(p, "mail_sender", "发件人 "+masked+" 不是登记的报送人，附件没有取", masked+" is nobody who may send: the attachment was not taken", "确是报送的：在数据源的 senders 里登记这个地址，附件下次取；不是的，把邮件移走或删掉", "if it is a submission, name the address in senders of the source, and it is taken next time; else move the mail away or delete it")
		case m.Forged:
			say(p, "mail_unproven", "邮件服务器没有证明这封信来自 "+masked+"，附件没有取", "the mail server has not proven that this mail comes from "+masked+": the attachment was not taken", "问对方是否发过；确是的，由收件人下载后放入收件夹", "ask whether they sent it; if so, download it and put it into the inbox")
		case p.Kind == mailbox.Winmail:
			say(p, "mail_winmail", "附件被 Outlook 打包成 winmail.dat，取不出", "Outlook packed the attachments into winmail.dat, which nothing else opens", "请对方在 Outlook 里把邮件格式改为 HTML 或纯文本后重发", "have it sent again from Outlook with the format HTML or plain text")
		case p.Kind == mailbox.Large:
			say(p, "mail_large", fmt.Sprintf("附件超过 %d MB，没有取", box.MostMB), fmt.Sprintf("the attachment has more than %d MB and was not taken", box.MostMB), "请对方分成几个文件，或调大 most_mb", "have it divided, or raise most_mb")
		case p.Kind == mailbox.Damaged:
			say(p, "mail_damaged", "附件损坏或不完整，没有取", "the attachment is damaged or cut off and was not taken", "请对方重发", "have it sent again")
		case filename.Ignored(name):
			say(p, "mail_name", "按文件名是临时文件、锁文件或备份，没有取", "by its name a temporary file, a lock or a backup: it was not taken", "请对方发正式文件", "have the file itself sent")
		case otherSender(box, who, name) != "":
			say(p, "mail_other", "“"+who+"”发来的附件，文件名却写着“"+otherSender(box, who, name)+"”，没有取", "the attachment comes from "+who+" and is named for "+otherSender(box, who, name)+": it was not taken", "请各单位分别发；或改了文件名重发", "let each send its own, or have it sent again under another name")
		case p.Size == 0:
			say(p, "mail_empty", "附件是空的（0 字节），没有取", "the attachment is empty (0 bytes) and was not taken", "请对方保存好文件后重发", "have it saved and sent again")
		default:
			out = append(out, verdict{part: p, put: true, sender: who})
		}
	}
	if n := len(out); n > 1 && out[0].stranger() { // so are all of them
		out[0].text.Zh += fmt.Sprintf("（共 %d 个附件）", n)
		out[0].text.En += fmt.Sprintf(" (%d attachments in all)", n)
		out = out[:1]
	}
	if who != "" && !m.Forged {
		switch {
		case m.Large:
			say(nil, "mail_large", "整封邮件太大，没有取", "the mail as a whole is too large and was not taken", "请对方分几封发，或调大 most_mb", "have it divided, or raise most_mb")
		case m.Many:
			say(nil, "mail_many", "附件太多，超出部分没有取", "the mail has more parts than are looked at: the rest was not taken", "请对方压缩成一个 zip 重发", "have them packed into one zip")
		case m.Broken:
			say(nil, "mail_broken", "邮件不完整，后面的附件取不到", "the mail ends early: what comes behind cannot be had", "请对方重发", "have it sent again")
		}
		if m.Cloud {
			say(nil, "mail_cloud", "正文里是超大附件（云附件）的下载链接，文件不在邮件里，没有取", "the mail leads to an attachment that lies on its provider's server: the file is not in the mail and was not taken", "请对方压缩后作普通附件重发，或由收件人下载后放入收件夹", "have it packed and attached, or download it and put it into the inbox")
		}
		if m.Inlined {
			say(nil, "mail_inlined", "文件写在正文里（uuencode），没有取", "a file stands among the words of the mail (uuencode) and was not taken", "请对方作附件重发", "have it attached")
		}
	}
	if len(out) > 0 && len(others) == 0 {
		return out
	}
	zh, en := "没有附件", "no attachment"
	if n := len(others); n > 0 {
		list := strings.Join(others[:min(n, mostNamed)], "、")
		zh, en = fmt.Sprintf("%d 个附件不在约定之列：%s", n, list), fmt.Sprintf("%d attachments that are not meant: %s", n, list)
	}
	if who == "" {
		zh, en = "发件人 "+masked+" 不是登记的报送人；"+zh, masked+" is nobody who may send; "+en
	}
	say(nil, "", zh+"，略过", en+"; passed over", "", "")
	return out
}

// otherSender is whose a file is by its name, where somebody else sends it and that one may send too; empty: nobody's else.
func otherSender(box *mailbox.Mailbox, who, name string) string {
	if said := filename.Parse(name).Sender; said != who && box.Knows(said) {
		return said
	}
	return ""
}

// asSent is the name under which an attachment lies in its sender's folder: its own, but where that would say another sender.
func asSent(sender, name string) string {
	if said := filename.Parse(name).Sender; said == "" || said == sender {
		return name
	}
	return fitting(sender + "_" + name)
}

// fitting is a name that a folder can hold: too long a one lacks something of its middle, for sender and period stand at its ends.
func fitting(name string) string {
	over := len(name) - longest
	if over <= 0 {
		return name
	}
	from := longest * 2 / 3
	to := from + over
	for !utf8.RuneStart(name[from]) {
		from--
	}
	for !utf8.RuneStart(name[to]) {
		to++
	}
	return name[:from] + name[to:]
}

// rounds are the mails of a run.
type rounds struct {
	f    *Fetcher
	s    *Source
	req  Request
	did  func(pipeline.Outcome, error)
	book *postbook
	box  *mailbox.Box
	tmp  int // files that were begun

	seen uint32      // mails up to this number may have been looked at before
	late func() bool // whether the time of the source has passed, and nothing else ended the run

	own    map[string]bool // names that were taken of the mail that is looked at
	before []entry         // what was told before of the mail that is looked at

	mails, put, refused, passed, same int
}

// empty takes the attachments of new mails into the inbox. What is wrong with one mail keeps no other from being looked at.
func (f *Fetcher) empty(ctx context.Context, s *Source, dir string, req Request, did func(pipeline.Outcome, error)) (sum Summary, err error) {
	sum.Folder = true
	whole := ctx
	ctx, cancel := context.WithTimeout(whole, s.Mailbox.Timeout)
	defer cancel()
	r := &rounds{f: f, s: s, req: req, did: did, late: func() bool { return ctx.Err() != nil && whole.Err() == nil }}
	if r.book, err = readBook(dir); err != nil {
		return sum, err
	}
	r.book.of(s, s.question(f.Office))
	if err := os.MkdirAll(f.Inbox, 0o750); err != nil {
		return sum, err
	}
	r.clear()
	defer r.clear()
	if r.box, err = s.Mailbox.Open(ctx); err != nil {
		return sum, err
	}
	defer r.box.Close()
	letters, more, notes, err := r.letters()
	if sum.Notes = notes; err != nil {
		return sum, err
	}
	for _, l := range letters {
		var gone bool
		if gone, err = r.letter(l); err != nil {
			break
		}
		if gone {
			continue
		}
		r.mails++
	}
	if err == nil {
		err = r.afterwards()
	}
	if err == nil {
		r.book.At = f.now()
		if more == 0 { // also where there was none
			r.book.Last = max(r.book.Last, r.box.Highest)
		}
		err = r.book.keep()
	}
	sum.Read, sum.Holds = uint64(r.put), r.text()
	return sum, err
}

// text is a run in words.
func (r *rounds) text() codes.Text {
	t := codes.Text{Zh: fmt.Sprintf("看了 %d 封新邮件，%d 个附件放入收件夹", r.mails, r.put), En: fmt.Sprintf("%d new mails, %d attachments put into the inbox", r.mails, r.put)}
	for _, x := range []struct {
		n      int
		zh, en string
	}{{r.same, "，%d 个与取过的相同", ", %d the same as before"}, {r.refused, "，%d 项没有取", ", %d not taken"}, {r.passed, "，%d 封略过", ", %d passed over"}} {
		if x.n > 0 {
			t.Zh, t.En = t.Zh+fmt.Sprintf(x.zh, x.n), t.En+fmt.Sprintf(x.en, x.n)
		}
	}
	return t
}

// letters are the mails that are to be looked at: those that are looked at once more, then the new ones.
func (r *rounds) letters() (list []mailbox.Letter, more int, notes []codes.Text, err error) {
	b := r.book
	before := slices.Clone(b.Refused)
	b.open(r.box.Validity, r.box.Highest)
	r.seen = max(b.Last, b.Anew)
	after, most := b.Last, r.s.Mailbox.Most
	if r.req.Full { // all of them: the next one would begin with the first again
		after, most = 0, math.MaxInt
	}
	there, err := r.box.There(b.told())
	if err != nil {
		return nil, 0, nil, err
	}
	b.forget(there, r.f.now())
	r.over(before)
	again, err := r.box.Letters(b.Again[:min(len(b.Again), r.s.Mailbox.Most)])
	if err != nil {
		return nil, 0, nil, err
	}
	since := r.f.now().AddDate(0, 0, -r.s.Mailbox.Days)
	list, more, older, err := r.box.List(after, since, most)
	if err != nil {
		return nil, 0, nil, err
	}
	if n := more + len(b.Again) - len(again); n > 0 {
		notes = append(notes, codes.Text{Zh: fmt.Sprintf("另有 %d 封邮件留到下次", n), En: fmt.Sprintf("%d more mails are left for the next time", n)})
	}
	if older > 0 {
		notes = append(notes, codes.Text{Zh: fmt.Sprintf("%d 封邮件早于 %d 天前，没有看（days）", older, r.s.Mailbox.Days), En: fmt.Sprintf("%d mails are older than %d days and were not looked at (days)", older, r.s.Mailbox.Days)})
	}
	return slices.Concat(again, slices.DeleteFunc(list, func(l mailbox.Letter) bool { return slices.Contains(b.Again, l.UID) })), more, notes, nil
}

// letter looks at a mail and does with it what is to be done. An error leaves it, and what comes behind it, for the next time.
func (r *rounds) letter(l mailbox.Letter) (gone bool, err error) {
	b := r.book
	m, err := r.box.Read(l, func(from, name string) (*os.File, error) {
		if r.s.Mailbox.Sender(from) == "" {
			return nil, nil
		}
		r.tmp++
		if err := os.MkdirAll(r.hidden(), 0o700); err != nil {
			return nil, err
		}
		return os.OpenFile(filepath.Join(r.hidden(), strconv.Itoa(r.tmp)), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o640)
	})
	defer r.clear()
	switch {
	case errors.Is(err, mailbox.ErrGone):
		return true, r.done(l)
	case err != nil && !ofLine(err) && (r.mails > 0 || !r.late()): // a mail that had all the time of a run and did not come may never
		return false, err
	case err != nil:
		if b.Tries[l.UID]++; b.Tries[l.UID] < mostTries {
			return false, errors.Join(err, b.keep())
		}
		r.refuse(l, verdict{code: "mail_unread", text: codes.Text{Zh: "邮件服务器几次都没有把这封邮件给完，没有取", En: "the mail server broke off several times while it gave this mail: it was not taken"}, remedy: codes.Text{Zh: "在网页邮箱里打开它，把附件下载后放入收件夹", En: "open it on the provider's pages and put its attachments into the inbox"}})
		return false, errors.Join(err, r.done(l))
	}
	r.before, r.own = nil, map[string]bool{}
	of := func(e entry) bool {
		if e.UID == l.UID {
			r.before = append(r.before, e)
		}
		return e.UID == l.UID
	}
	b.drop(of)
	b.Wait = slices.DeleteFunc(b.Wait, func(uid uint32) bool { return uid == l.UID })
	all := true
	for _, v := range judge(r.s.Mailbox, &m) {
		if v.put {
			no, err := r.place(l, v)
			if err != nil {
				return false, err
			}
			if no == nil {
				continue
			}
			v = *no
		}
		if v.refused() {
			all = false
			r.refuse(l, v)
		} else {
			r.pass(l, v)
		}
	}
	r.over(r.before)
	taken := slices.ContainsFunc(m.Parts, func(p mailbox.Part) bool { return p.Kind == mailbox.Meant })
	if all && taken && r.s.Mailbox.Then != (mailbox.Then{}) && !slices.Contains(b.Then, l.UID) {
		b.Then = append(b.Then, l.UID)
	}
	return false, r.done(l)
}

// ofLine reports whether an error is of the line or its server, not of our disk or our time.
func ofLine(err error) bool {
	var own trouble.Teller
	return errors.As(err, &own)
}

// done remembers that a mail is done with.
func (r *rounds) done(l mailbox.Letter) error {
	b := r.book
	b.Last = max(b.Last, l.UID)
	delete(b.Tries, l.UID)
	b.Again = slices.DeleteFunc(b.Again, func(uid uint32) bool { return uid == l.UID })
	return b.keep()
}

// afterwards does with the mails of which all was taken what is declared. Where the server does not let it, that is told, and they stay
// until it does.
func (r *rounds) afterwards() error {
	b := r.book
	if r.s.Mailbox.Then == (mailbox.Then{}) {
		b.Then = nil
		return nil
	}
	b.Then = b.Then[max(0, len(b.Then)-mostPut):]
	for len(b.Then) > 0 {
		err := r.box.After(b.Then[0])
		if p := ofFile("", err); p != nil {
			r.did(pipeline.Outcome{File: r.s.Name, State: pipeline.Failed, Problem: p}, p)
			return nil
		}
		if err != nil {
			return err
		}
		b.Then = b.Then[1:]
		if err := b.keep(); err != nil {
			return err
		}
	}
	return nil
}

// toldBefore is what was told of a mail when it was looked at before, where it still is so: nobody is told twice.
func (r *rounds) toldBefore(e entry) (entry, bool) {
	i := slices.IndexFunc(r.before, func(o entry) bool { return o.File == e.File && o.Text == e.Text })
	if i < 0 {
		return e, false
	}
	return r.before[i], true
}

// refuse tells of what was not taken: in a run of its own, so that it is found where loads are looked for, and on the page of the
// inbox until the mail is gone.
func (r *rounds) refuse(l mailbox.Letter, v verdict) {
	e := entry{UID: l.UID, At: l.At, Text: v.text, Remedy: v.remedy, File: r.file(l, v), Job: r.req.Job, Stranger: v.stranger()}
	list := &r.book.Refused
	if e.Stranger {
		list = &r.book.Strange
	}
	r.book.waits(l.UID)
	if v.part != nil {
		e.Size = v.part.Size
	}
	if old, told := r.toldBefore(e); told {
		*list = append(*list, old)
		return
	}
	r.refused++
	p := &pipeline.Problem{Code: v.code, Text: v.text, Remedy: v.remedy}
	state, run := pipeline.Failed, pipeline.Failed
	if e.Stranger {
		state, run = pipeline.Held, pipeline.Skipped
	}
	if r.refused <= mostRefused {
		now := r.f.now()
		x := pipeline.Run{
			ID: pipeline.NewRun(now), Kind: "load", Parent: r.req.Parent, Job: r.req.Job, Attempt: 1, Started: now, Finished: now, File: e.File, Sender: v.sender, Bytes: uint64(e.Size),
			Owner: r.f.Loader.Owner(), State: run, Code: v.code, MessageZh: v.text.Zh, MessageEn: v.text.En, RemedyZh: v.remedy.Zh, RemedyEn: v.remedy.En,
		}
		if err := r.f.Loader.PutRun(context.Background(), &x); err != nil {
			r.f.log().Error("run not recorded", "run", x.ID, "err", err)
		} else {
			e.Run = x.ID
		}
	}
	*list = append(*list, e)
	r.did(pipeline.Outcome{Run: e.Run, File: e.File, Sender: v.sender, State: state, Bytes: e.Size, Problem: p}, p)
}

// over records of what was refused before and is so no more that it needs nobody, so that no alert of it stays open.
func (r *rounds) over(before []entry) {
	for _, e := range before {
		still := slices.ContainsFunc(r.book.Refused, func(o entry) bool { return o.UID == e.UID && o.File == e.File })
		if still || e.Run == "" || e.Stranger || r.did == nil { // nobody was alarmed, or nothing is done but looking
			continue
		}
		now := r.f.now()
		run := pipeline.Run{
			ID: pipeline.NewRun(now), Kind: "load", Parent: r.req.Parent, Job: r.req.Job, Attempt: 1, Started: now, Finished: now, File: e.File, Owner: r.f.Loader.Owner(),
			State: pipeline.Unchanged, MessageZh: "邮件已移走、删除，或已取", MessageEn: "the mail was moved away, deleted, or taken",
		}
		if err := r.f.Loader.PutRun(context.Background(), &run); err != nil {
			r.f.log().Error("run not recorded", "run", run.ID, "err", err)
		}
	}
}

// waits remembers that something of a mail was not taken.
func (b *postbook) waits(uid uint32) {
	if !slices.Contains(b.Wait, uid) {
		b.Wait = append(b.Wait, uid)
	}
}

// pass tells of what was passed over.
func (r *rounds) pass(l mailbox.Letter, v verdict) {
	e := entry{UID: l.UID, At: l.At, File: r.file(l, v), Text: codes.Text{Zh: r.f.Loader.Shown(v.text.Zh), En: r.f.Loader.Shown(v.text.En)}, Job: r.req.Job}
	r.book.waits(l.UID)
	old, told := r.toldBefore(e)
	if r.book.Passed = append(r.book.Passed, old); told {
		return
	}
	r.passed++
	r.did(pipeline.Outcome{File: e.File, Sender: v.sender, State: pipeline.Skipped, Notes: []codes.Text{e.Text}}, nil)
}

// file names an attachment, or a mail by the day on which it came: its subject may say who a person is.
func (r *rounds) file(l mailbox.Letter, v verdict) string {
	name := "邮件 " + l.At.In(r.f.Office).Format("2006-01-02 15:04")
	if v.part != nil {
		name = r.f.Loader.Shown(v.part.Name)
	}
	return path.Join(v.sender, name)
}

// place moves an attachment into its sender's folder, under a name that nothing has. What lies there as it is stays as it is. Where no
// name can be had it says why.
func (r *rounds) place(l mailbox.Letter, v verdict) (no *verdict, err error) {
	b := r.book
	to := filepath.Join(r.f.Inbox, v.sender)
	if err := os.MkdirAll(to, 0o750); err != nil {
		return nil, err
	}
	name := asSent(v.sender, v.part.Name)
	if at := r.lying(l, v); at != "" {
		r.own[name] = true
		r.known(v, at)
		return nil, nil
	}
	no = &verdict{
		part: v.part, sender: v.sender, code: "mail_copies", text: codes.Text{Zh: fmt.Sprintf("收件夹里同名的文件已有 %d 个，没有取", mostCopies), En: fmt.Sprintf("the inbox holds %d files of this name: it was not taken", mostCopies)},
		remedy: codes.Text{Zh: "请对方在文件名里写明日期或期间后重发，或把收件夹里的旧文件移走", En: "have it sent again with the day or period in its name, or move the old files out of the inbox"},
	}
	for i := range mostCopies {
		own := r.copyOf(name, i)
		whole, at := filepath.Join(to, own), path.Join(v.sender, own)
		switch err := moved(v.part.Path, whole); {
		case errors.Is(err, fs.ErrExist):
			if !lies(whole, v.part) || slices.ContainsFunc(b.Put, func(a attached) bool { return a.Path == at }) {
				continue
			}
			r.own[name] = true // put there by a run that ended before it could remember it
			b.Put = append(b.Put, attached{l.UID, v.part.Sum, v.sender, at, r.f.now()})
			r.known(v, at)
			return nil, nil
		case errors.Is(err, syscall.ENAMETOOLONG), errors.Is(err, syscall.EINVAL), errors.Is(err, syscall.EILSEQ):
			no.code, no.text = "mail_name", codes.Text{Zh: "收件夹所在的磁盘不收这样的文件名，没有取", En: "the disk of the inbox takes no file of this name: it was not taken"}
			no.remedy = codes.Text{Zh: "请对方改一个短些的、没有特殊符号的文件名后重发", En: "have it sent again under a shorter name without special signs"}
			return no, nil
		case err != nil:
			return nil, fmt.Errorf("附件放不进收件夹 / an attachment cannot be put into the inbox: %w", err)
		}
		if err := synced(to); err != nil { // before it is remembered that it lies there
			return nil, err
		}
		r.put++
		r.own[name] = true
		b.Put = append(b.Put, attached{l.UID, v.part.Sum, v.sender, at, r.f.now()})
		o := pipeline.Outcome{File: r.f.Loader.Shown(at), Sender: v.sender, State: pipeline.Delivered, Bytes: v.part.Size}
		if shown := r.f.Loader.Shown(v.part.Name); own != v.part.Name {
			o.Notes = []codes.Text{{Zh: "邮件里叫 " + shown, En: "called " + shown + " in the mail"}}
		}
		r.did(o, nil)
		return nil, nil
	}
	return no, nil
}

// lying is where an attachment lies as it is, put there of a mail of the same sender, unless its name says another period; empty:
// nowhere. Where another mail has brought something else under that name since, a new mail takes that back: it is put once more.
func (r *rounds) lying(l mailbox.Letter, v verdict) string {
	period, put := filename.Parse(v.part.Name).Period, r.book.Put
	for i, a := range put {
		if a.Sum != v.part.Sum || a.Sender != v.sender || !lies(filepath.Join(r.f.Inbox, a.Path), v.part) {
			continue
		}
		if period != (days.Range{}) && period != filename.Parse(path.Base(a.Path)).Period {
			continue
		}
		since := func(o attached) bool {
			return o.Sender == a.Sender && o.UID != a.UID && filename.SamePart(o.Path) == filename.SamePart(a.Path)
		}
		if l.UID <= r.seen || !slices.ContainsFunc(put[i+1:], since) {
			return a.Path
		}
	}
	return ""
}

// moved moves a file to where nothing lies. Its error does not say the name, in which persons' numbers may stand.
func moved(from, to string) error {
	err := os.Link(from, to) // fails where the name is taken
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	_, there := os.Lstat(to) // a share without such links
	switch {
	case there == nil:
		return fs.ErrExist
	case errors.Is(there, fs.ErrNotExist):
		err = os.Rename(from, to)
	default:
		err = there
	}
	return errors.Unwrap(err)
}

// copyOf is the name of a file whose own name, and so many others, are taken. What a later mail sends under the same name corrects
// what came before; of two in one mail nobody knows which is meant, and the loader asks.
func (r *rounds) copyOf(name string, nth int) string {
	ext := filepath.Ext(name)
	switch {
	case nth == 0:
		return name
	case r.own[name]:
		return fmt.Sprintf("%s (%d)%s", strings.TrimSuffix(name, ext), nth, ext)
	}
	return fmt.Sprintf("%s（修订%d）%s", filename.SamePart(name), filename.Parse(name).Revision+nth, ext)
}

// synced has a folder written to the disk.
func synced(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// known tells of an attachment whose bytes lie in the inbox already.
func (r *rounds) known(v verdict, at string) {
	r.same++
	shown := r.f.Loader.Shown(at)
	r.did(pipeline.Outcome{File: path.Join(v.sender, r.f.Loader.Shown(v.part.Name)), Sender: v.sender, State: pipeline.Unchanged, Notes: []codes.Text{{Zh: "内容与收件夹里的 " + shown + " 相同", En: "the same content as " + shown + " of the inbox"}}}, nil)
}

// lies reports whether an attachment lies at a path as it is.
func lies(at string, p *mailbox.Part) bool {
	f, err := os.Open(at)
	if err != nil {
		return false
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() || info.Size() != p.Size {
		return false
	}
	sum := sha256.New()
	_, err = io.Copy(sum, f)
	return err == nil && hex.EncodeToString(sum.Sum(nil)) == p.Sum
}

// hidden is the folder of files that are not put yet: no job looks into it.
func (r *rounds) hidden() string { return filepath.Join(r.f.Inbox, ".mail-"+r.s.Name) }

// clear removes what was not put, also of a run that was killed: nobody else fetches this source meanwhile.
func (r *rounds) clear() {
	if err := os.RemoveAll(r.hidden()); err != nil {
		r.f.log().Warn("attachments that were not taken cannot be removed", "folder", r.hidden(), "err", err)
	}
}

// Seen says of a mail box when it was last looked into to the end, and how much of it waits for a person; a zero time: it never was.
func Seen(dir, name string) (at time.Time, waits int, err error) {
	b, err := readBook(filepath.Join(dir, "sources", name))
	if err != nil {
		return at, 0, err
	}
	return b.At, len(b.Refused) + len(b.Strange), nil
}

// Arrivals are the attachments that were not taken and the mails that were passed over, as entries of the inbox.
func (f *Fetcher) Arrivals() (out []pipeline.Arrival) {
	for _, s := range f.Sources {
		if s.Mailbox == nil {
			continue
		}
		b, err := readBook(filepath.Join(f.Dir, "sources", s.Name))
		if err != nil {
			f.log().Error("what is known of a mail box cannot be read", "source", s.Name, "err", err)
			continue
		}
		for state, list := range map[pipeline.ArrivalState][]entry{pipeline.ArrivalRefused: b.Refused, pipeline.ArrivalHeld: b.Strange, pipeline.ArrivalPassed: b.Passed} {
			for _, e := range list {
				if !e.open(f.now()) { // no run has come so far since
					continue
				}
				out = append(out, pipeline.Arrival{Path: "✉ " + e.File, Folder: s.Name, Job: e.Job, Size: e.Size, Changed: e.At, State: state, Reason: e.Text, Remedy: e.Remedy, Run: e.Run})
			}
		}
	}
	return out
}

// Glance is an attachment, or a mail without one, and what would become of it.
type Glance struct {
	At     time.Time
	From   string // masked
	Sender string // whose it would be; empty: nobody's
	File   string // empty: the mail
	Size   int64
	Would  codes.Text
}

// Mails looks at the new mails of a mail box and says what would become of them; more are not looked at. Nothing is put anywhere, and
// nothing of it is remembered.
func (f *Fetcher) Mails(ctx context.Context, name string) (out []Glance, more int, err error) {
	s, dir, release, err := f.named(name)
	if err != nil {
		return nil, 0, err
	}
	defer release()
	ctx, cancel := context.WithTimeout(ctx, s.Mailbox.Timeout)
	defer cancel()
	r := &rounds{f: f, s: s}
	if r.book, err = readBook(dir); err != nil {
		return nil, 0, err
	}
	r.book.of(s, s.question(f.Office))
	if r.box, err = s.Mailbox.Open(ctx); err != nil {
		return nil, 0, asProblem(s, err)
	}
	defer r.box.Close()
	letters, more, _, err := r.letters()
	if err != nil {
		return nil, 0, asProblem(s, err)
	}
	for _, l := range letters[:min(len(letters), mostGlanced)] {
		m, err := r.box.Read(l, nil)
		if errors.Is(err, mailbox.ErrGone) {
			continue
		}
		if err != nil {
			return out, more, asProblem(s, err)
		}
		for _, v := range judge(s.Mailbox, &m) {
			g := Glance{At: l.At, From: mailbox.Masked(m.From), Sender: v.sender, Would: codes.Text{Zh: f.Loader.Shown(v.text.Zh), En: f.Loader.Shown(v.text.En)}}
			if v.put {
				g.Would = codes.Text{Zh: "会取", En: "would be taken"}
			}
			if v.part != nil {
				g.File, g.Size = f.Loader.Shown(v.part.Name), v.part.Size
			}
			out = append(out, g)
		}
	}
	return out, more + max(0, len(letters)-mostGlanced), nil
}

const mostGlanced = 50 // mails
