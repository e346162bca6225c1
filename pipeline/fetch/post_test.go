package fetch_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"

	"yanzhen/jobs"
	alerts "yanzhen/jobs/alert/source"
	"yanzhen/pipeline"
	"yanzhen/pipeline/fetch"
	"yanzhen/pipeline/fetch/fetchtest"
)

// attached is a part of a mail: the header that names it as the programs of offices do, and its bytes.
type attached struct{ header, text string }

func file(name, text string) attached {
	return attached{"Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=\"" + name + "\"", text}
}

func gbk(s string) string {
	out, err := simplifiedchinese.GBK.NewEncoder().String(s)
	if err != nil {
		panic(err)
	}
	return out
}

func letter(from, words string, parts ...attached) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "From: =?gbk?B?%s?= <%s>\r\nSubject: s3cr3t subject\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed;\r\n\tboundary=\"----=_Part_1\"\r\n\r\n", base64.StdEncoding.EncodeToString([]byte(gbk("李工"))), from)
	fmt.Fprintf(&b, "------=_Part_1\r\nContent-Type: text/html; charset=gbk\r\n\r\n<p>s3cr3t words %s</p>\r\n", gbk(words))
	for _, p := range parts {
		fmt.Fprintf(&b, "------=_Part_1\r\n%s\r\nContent-Transfer-Encoding: base64\r\n\r\n", p.header)
		text := base64.StdEncoding.EncodeToString([]byte(p.text))
		for len(text) > 76 {
			b.WriteString(text[:76] + "\r\n")
			text = text[76:]
		}
		b.WriteString(text + "\r\n")
	}
	b.WriteString("------=_Part_1--\r\n")
	return b.Bytes()
}

// post is a mail box with its server.
type post struct {
	*bench
	s      *fetchtest.IMAP
	source string
}

func newPost(t *testing.T, tls string) *post {
	ca, cert, key := authority(t, t.TempDir())
	s := fetchtest.NewIMAP(t, "s3cr3t", cert, key, tls)
	t.Setenv("YANZHEN_TEST_SECRET", "s3cr3t")
	b := newBench(t)
	b.Inbox = t.TempDir()
	p := &post{b, s, fmt.Sprintf(`name: moves
title: {zh: 报送邮箱, en: The mail box}
mailbox:
  host: 127.0.0.1
  port: %d
  tls: %s
  ca: %s
  user: yanzhen
  password: {env: YANZHEN_TEST_SECRET}
  most_mb: 1
  senders: {li@jia.example.cn: 甲局, "@yi.example.cn": 乙局}
`, s.Port, tls, ca)}
	b.declare(p.source)
	return p
}

// lie are the files of the inbox, with what they hold.
func (p *post) lie() map[string]string {
	p.t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(p.Inbox, func(at string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(p.Inbox, at)
		text, err := os.ReadFile(at)
		out[rel] = string(text)
		return err
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return out
}

func (p *post) gives(where string, want ...string) {
	p.t.Helper()
	states, _, err := p.fetch(false)
	if err != nil || strings.Join(states, "; ") != strings.Join(want, "; ") {
		p.t.Errorf("%s: got\n%s, %v, want\n%s", where, strings.Join(states, "\n"), err, strings.Join(want, "\n"))
	}
}

// Attachments of those who may send come into their folders, whole, under the names that they were sent by; what is not taken is told,
// and no word of a mail is kept.
func TestMailbox(t *testing.T) {
	p := newPost(t, "implicit")
	june, july, more := report(2), strings.ReplaceAll(report(2), "-06-", "-07-"), report(3)
	const jia, yi = "li@jia.example.cn", "Wang@YI.example.cn"
	name := base64.StdEncoding.EncodeToString([]byte(gbk("引进与流出_2026年6月.csv")))
	p.gives("an empty mail box")
	p.s.Put("INBOX", letter(jia, "您好", attached{"Content-Type: application/octet-stream;\r\n name=\"=?gb2312?B?" + name + "?=\"\r\nContent-Disposition: attachment;\r\n filename=\"=?gb2312?B?" + name + "?=\"", june}, file("logo.png", "x")))
	p.s.Put("INBOX", letter(yi, "您好", attached{"Content-Type: text/csv; charset=gbk\r\nContent-Disposition: attachment;\r\n filename*0*=gb18030''C%3A%5C" + url.PathEscape(gbk("引进与")) + ";\r\n filename*1*=" + url.PathEscape(gbk("流出_2026年7月.csv")), july}))
	p.s.Put("INBOX", letter(jia, "再发一次", file("=?utf-8?q?=E5=BC=95=E8=BF=9B?=.csv", june)))
	p.s.Put("INBOX", letter(jia, "改了一行", file(gbk("引进与流出_2026年6月.csv"), more)))
	p.s.Put("INBOX", letter("someone@else.example.cn", "您好", file("引进与流出_2026年8月.csv", june), file("引进与流出_2026年9月.csv", july)))
	p.s.Put("INBOX", letter("spam@else.example.cn", "您好"))
	p.s.Put("INBOX", letter(jia, "您好", attached{"Content-Type: application/ms-tnef; name=winmail.dat", "x"}))
	p.s.Put("INBOX", letter(jia, "请进入下载页面 https://wx.mail.qq.com/ftn/download?k=1 超大附件"))
	p.s.Put("INBOX", letter(jia, "您好", file("引进与流出_2026年9月.csv", strings.Repeat("x", 1<<20+1))))
	p.s.Put("INBOX", letter(jia, "您好", file("乙局_引进与流出_2026年9月.csv", june)))
	p.s.Put("INBOX", letter(jia, "您好", file("说明11010519491231002X.pdf", "x")))
	p.s.Put("INBOX", bytes.Replace(letter(jia, "您好", file("坏.csv", strings.Repeat("y", 100))), []byte("eXl5"), []byte("!!!!"), 1))
	at := "邮件 " + p.s.At.In(p.Office).Format("2006-01-02 15:04")
	list, _, err := p.Mails(t.Context(), "moves")
	if err != nil || len(list) < 10 || len(p.lie()) != 0 || strings.Contains(fmt.Sprint(list), "1949") {
		t.Fatalf("looked at: %v, %v, %v", list, err, p.lie())
	}
	p.gives("first",
		"甲局/引进与流出_2026年6月.csv delivered", "甲局/"+at+" skipped", "乙局/引进与流出_2026年7月.csv delivered", "甲局/引进.csv unchanged", "甲局/引进与流出_2026年6月（修订1）.csv delivered",
		"引进与流出_2026年8月.csv held mail_sender", at+" skipped", "甲局/winmail.dat failed mail_winmail", "甲局/"+at+" failed mail_cloud", "甲局/引进与流出_2026年9月.csv failed mail_large",
		"甲局/乙局_引进与流出_2026年9月.csv failed mail_other", "甲局/"+at+" skipped", "甲局/坏.csv failed mail_damaged")
	if got := p.lie(); len(got) != 3 || got["甲局/引进与流出_2026年6月.csv"] != june || got["乙局/引进与流出_2026年7月.csv"] != july || got["甲局/引进与流出_2026年6月（修订1）.csv"] != more {
		t.Errorf("the inbox holds %v", got)
	}
	p.gives("again")
	p.s.Put("INBOX", letter(jia, "两份", file("同名.csv", "a"), file("同名.csv", "b")))
	p.gives("two of one name", "甲局/同名.csv delivered", "甲局/同名 (1).csv delivered")
	alarms := func() (keys []string) {
		t.Helper()
		found, err := alerts.Zone{Ledger: p.Loader.Ledger}.All()[0].Look(t.Context(), time.Now())
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			keys = append(keys, f.Key)
		}
		return keys
	}
	if n := len(alarms()); n != 5 {
		t.Errorf("%d alerts, want one of each attachment that was refused, and none of the stranger's", n)
	}
	told := map[pipeline.ArrivalState]int{}
	for _, a := range p.Arrivals() {
		if told[a.State]++; a.Reason.Zh == "" || a.Reason.En == "" || a.State != pipeline.ArrivalPassed && (a.Run == "" || a.Remedy.En == "") {
			t.Errorf("an entry without words: %+v", a)
		}
	}
	if told[pipeline.ArrivalRefused] != 5 || told[pipeline.ArrivalHeld] != 1 || told[pipeline.ArrivalPassed] != 3 {
		t.Errorf("entries: %v", told)
	}
	runs, err := p.Loader.Runs(t.Context(), pipeline.RunFilter{Kind: "load", Job: "moves", Limit: 100})
	if err != nil || len(runs) != 6 {
		t.Errorf("runs: %+v, %v", runs, err)
	}
	kept, err := os.ReadFile(filepath.Join(p.Dir, "sources", "moves", "mail.json"))
	if all := fmt.Sprint(p.log, runs, string(kept), p.Arrivals()); err != nil || strings.Contains(all, "s3cr3t") || strings.Contains(all, "someone@") {
		t.Errorf("what is told or kept holds words of a mail, a password or an address: %s %v", all, err)
	}

	p.source = strings.Replace(p.source, "甲局, ", "甲局, someone@else.example.cn: 丙局, ", 1)
	p.declare(p.source)
	p.gives("one more may send", "甲局/引进与流出_2026年6月.csv unchanged", "丙局/引进与流出_2026年8月.csv delivered", "丙局/引进与流出_2026年9月.csv delivered")
	if n := len(p.Arrivals()); n != 8 {
		t.Errorf("%d entries, want 8", n)
	}
	p.declare(strings.Replace(p.source, "mailbox:\n", "mailbox:\n  proven: mx.example.cn\n", 1))
	p.s.Put("INBOX", append([]byte("Authentication-Results: mx.example.cn; spf=fail smtp.mailfrom=x@else.cn\r\n"), letter(jia, "超大附件", file("假.csv", "a"), file("a.rar", "x"))...))
	p.s.Put("INBOX", append([]byte("Authentication-Results: mx.example.cn; spf=pass smtp.mailfrom=li@jia.example.cn\r\n"), letter(jia, "您好", file("真.csv", "z"), file("a.rar", "x"))...))
	if states, _, err := p.fetch(false); err != nil || !strings.HasSuffix(strings.Join(states, "; "), "甲局/假.csv held mail_unproven; 甲局/"+at+" skipped; 甲局/真.csv delivered; 甲局/a.rar failed mail_closed") {
		t.Errorf("proven: %v, %v", states, err)
	}
	p.declare(p.source)
	if err := errors.Join(p.s.User.Delete("INBOX"), p.s.User.Create("INBOX", nil)); err != nil { // its numbers begin anew
		t.Fatal(err)
	}
	p.s.Put("INBOX", letter(jia, "您好", file("引进与流出_2026年6月.csv", june)))
	p.s.Put("INBOX", letter(jia, "两份", file("同名.csv", "a"), file("同名.csv", "b")))
	if err := os.Remove(filepath.Join(p.Inbox, "甲局", "同名 (1).csv")); err != nil {
		t.Fatal(err)
	}
	p.gives("numbers that begin anew", "甲局/引进与流出_2026年6月.csv unchanged", "甲局/同名.csv unchanged", "甲局/同名 (1).csv delivered")
	if a := p.Arrivals(); len(a) != 0 {
		t.Errorf("what is gone is still told: %+v", a)
	}
	if left := alarms(); len(left) != 0 {
		t.Errorf("alerts of what is gone: %v", left)
	}
	p.byTheClock()
}

// byTheClock lets a job fetch, and the job of the inbox load what came.
func (p *post) byTheClock() {
	p.t.Helper()
	declared := fstest.MapFS{
		"jobs/mail.yaml":  {Data: []byte("name: mail\ntitle: {zh: 取, en: Fetch}\nfetch: moves\nschedule: '@yearly'\n")},
		"jobs/inbox.yaml": {Data: []byte("name: inbox\ntitle: {zh: 收件夹, en: The inbox}\nsource: {dir: " + p.Inbox + "}\ndataset: moves\n")},
	}
	list, err := jobs.Read(declared, "jobs", p.Loader.Catalog.Names(), nil, fetch.Datasets(p.Sources))
	if err != nil {
		p.t.Fatal(err)
	}
	clock := &jobs.Scheduler{Jobs: list, Loader: p.Loader, Fetch: p.Job, Letters: p.Arrivals, Dir: p.Dir, Log: slog.New(slog.DiscardHandler), Poll: 20 * time.Millisecond, Still: 20 * time.Millisecond}
	if err := clock.Start(p.t.Context()); err != nil {
		p.t.Fatal(err)
	}
	defer clock.Stop(p.t.Context())
	p.s.Put("INBOX", letter("li@jia.example.cn", "您好", file("引进与流出_2026年10月.csv", strings.ReplaceAll(report(4), "-06-", "-10-")), file("logo.exe", "x")))
	id, err := clock.Run("mail")
	if err != nil {
		p.t.Fatal(err)
	}
	for p.t.Context().Err() == nil {
		r, _, err := p.Loader.Run(p.t.Context(), id)
		if err != nil {
			p.t.Fatal(err)
		}
		loads, err := p.Loader.Runs(p.t.Context(), pipeline.RunFilter{Kind: "load", Job: "inbox", States: []pipeline.State{pipeline.Published}, Limit: 10})
		if err != nil {
			p.t.Fatal(err)
		}
		i := slices.IndexFunc(loads, func(r pipeline.Run) bool { return r.File == "甲局/引进与流出_2026年10月.csv" })
		if i < 0 || r.Finished.IsZero() {
			time.Sleep(20 * time.Millisecond)
			continue
		}
		if i := slices.IndexFunc(loads, func(r pipeline.Run) bool { return r.File == "甲局/引进与流出_2026年6月（修订1）.csv" }); i < 0 || loads[i].Loaded != 3 {
			p.t.Errorf("the correction is not live: %+v", loads)
		}
		if r.State != pipeline.Published || r.MessageEn != "mail box: 1 attachments put into the inbox, 1 mails passed over" || loads[i].Sender != "甲局" || loads[i].Loaded != 4 {
			p.t.Errorf("the runs: %+v %+v", r, loads[i])
		}
		return
	}
}

// A line that breaks in the middle loses nothing and doubles nothing, wherever it breaks; a mail of which all was taken is moved as
// declared.
func TestMailboxCut(t *testing.T) {
	p := newPost(t, "starttls")
	p.s.Make("已取")
	p.declare(p.source + "  then: {move: 已取, seen: true}\n")
	for i := range 3 {
		p.s.Put("INBOX", letter("li@jia.example.cn", "您好", file(fmt.Sprintf("a%d.csv", i), strings.Repeat("a", 40_000)+fmt.Sprint(i)), file("同名.csv", strings.Repeat("b", 40_000)+fmt.Sprint(i))))
	}
	broke := 0
	for cut := int64(2_000); ; cut += 70_000 {
		p.s.Cut.Store(cut)
		_, _, err := p.fetch(false)
		for name, text := range p.lie() {
			if len(text) != 40_001 || strings.HasPrefix(name, ".") {
				t.Errorf("cut after %d bytes: %s has %d", cut, name, len(text))
			}
		}
		if err == nil {
			break
		}
		var needs *pipeline.Problem
		if broke++; errors.As(err, &needs) {
			t.Errorf("cut after %d bytes: %v", cut, err)
		}
		if broke > 10 {
			t.Fatal(err)
		}
	}
	if got := p.lie(); broke < 2 || len(got) != 6 || got["甲局/a2.csv"] == "" || got["甲局/同名（修订2）.csv"] == "" {
		t.Errorf("broken %d times, and the inbox holds %d files", broke, len(got))
	}
	p.s.Cut.Store(0)
	p.gives("afterwards")
	if in, moved := p.s.Holds("INBOX"), p.s.Holds("已取"); in != 0 || moved != 3 {
		t.Errorf("%d mails are left, %d were moved", in, moved)
	}

	p.s.Put("INBOX", letter("li@jia.example.cn", "您好", file("毒.csv", strings.Repeat("c", 200_000))))
	p.s.Put("INBOX", letter("li@jia.example.cn", "您好", file("好.csv", "c")))
	p.s.Put("INBOX", []byte("From: li@jia.example.cn\r\nContent-Disposition: attachment; filename=a.csv\r\n\r\n"+strings.Repeat(strings.Repeat("x", 98)+"\r\n", 200_000))) // 20 MB
	p.s.Cut.Store(100_000)
	for i := range 5 { // a mail in which the server breaks off each time
		states, _, err := p.fetch(false)
		if told := len(states) == 1 && strings.HasSuffix(states[0], "failed mail_unread"); err == nil || told != (i == 4) {
			t.Errorf("try %d: %v, %v", i, states, err)
		}
	}
	p.s.Cut.Store(0)
	p.declare(p.source + "  then: {move: 没有这个文件夹}\n")
	large := "甲局/邮件 " + p.s.At.In(p.Office).Format("2006-01-02 15:04") + " failed mail_large"
	p.gives("behind it", "甲局/好.csv delivered", large, "moves failed source_mailbox_then")
	p.declare(p.source + "  then: {seen: true}\n")
	p.gives("declared otherwise")

	p.s.Put("INBOX", letter("li@jia.example.cn", "您好", file("慢.csv", strings.Repeat("s", 200_000))))
	p.s.Put("INBOX", letter("li@jia.example.cn", "您好", file("后.csv", "s")))
	p.declare(p.source + "  timeout: 1s\n")
	p.s.Cut.Store(100_000)
	p.s.Stall.Store(true)
	for try := 0; ; try++ { // a mail that does not come in the time of a run
		states, _, err := p.fetch(false)
		if err == nil || try > 30 {
			t.Fatalf("try %d: %v, %v", try, states, err)
		}
		if len(states) == 1 && strings.HasSuffix(states[0], "failed mail_unread") {
			break
		}
	}
	p.s.Cut.Store(0)
	p.s.Stall.Store(false)
	p.declare(strings.Replace(p.source, "senders: {", "most: 1\n  senders: {yi@yi.example.cn: "+strings.Repeat("局", 33)+", ", 1))
	p.gives("who may send has changed: what was not taken, one a run", "甲局/毒.csv delivered", "甲局/后.csv delivered")
	p.gives("one that still is too large")
	p.gives("the last of them", "甲局/慢.csv delivered")

	p.s.Put("INBOX", []byte("X: "+strings.Repeat("x", 1<<20)+"\r\n\r\nx"))
	p.gives("a head without an end", strings.TrimSuffix(strings.TrimPrefix(large, "甲局/"), "failed mail_large")+"held mail_from")

	// Whatever may be meant as new is put; names that cannot be had keep nothing else from being taken.
	const june, july = "引进与流出_2026年6月.csv", "引进与流出_2026年7月.csv"
	long := "某某局_引进与流出" + strings.Repeat("长", 50) + "_2026年6月.csv"
	for i := range 99 {
		name := "满.csv"
		if i > 0 {
			name = fmt.Sprintf("满（修订%d）.csv", i)
		}
		if err := os.WriteFile(filepath.Join(p.Inbox, "甲局", name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(p.Inbox, "甲局", "只有.csv"), []byte("o"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct{ from, name, text, want string }{
		{"li@jia.example.cn", june, "A", "甲局/" + june + " delivered"},
		{"li@jia.example.cn", june, "B", "甲局/引进与流出_2026年6月（修订1）.csv delivered"},
		{"li@jia.example.cn", june, "A", "甲局/引进与流出_2026年6月（修订2）.csv delivered"},
		{"li@jia.example.cn", "引进.csv", "A", "甲局/引进.csv unchanged"},
		{"li@jia.example.cn", july, "A", "甲局/" + july + " delivered"},
		{"li@jia.example.cn", july, "A", "甲局/" + july + " unchanged"},
		{"li@jia.example.cn", "满.csv", "y", "甲局/满.csv failed mail_copies"},
		{"li@jia.example.cn", "只有.csv", "o", "甲局/只有.csv unchanged"}, // put there by hand
		{"li@jia.example.cn", "只有.csv", "p", "甲局/只有（修订1）.csv delivered"},
		{"li@jia.example.cn", "只有.csv", "o", "甲局/只有（修订2）.csv delivered"},
		{"yi@yi.example.cn", long, "l", strings.Repeat("局", 33) + "/" + strings.Repeat("局", 33) + "_某某局_引进与流出" + strings.Repeat("长", 29) + "_2026年6月.csv delivered"},
	} {
		p.s.Put("INBOX", letter(x.from, "您好", file(x.name, x.text)))
		p.gives(x.name+" "+x.text, x.want)
	}
	if states, _, err := p.fetch(true); err != nil || len(states) < 13 || strings.Contains(strings.Join(states, " "), "delivered") {
		t.Errorf("all once more: %v, %v", states, err)
	}
}

// What needs a person is told in plain words, without the password.
func TestMailboxRefused(t *testing.T) {
	p := newPost(t, "implicit")
	other, _, _ := authority(t, t.TempDir())
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	t.Setenv("YANZHEN_TEST_OTHER", "s3cr3t0")
	port := fmt.Sprintf("port: %d", p.s.Port)
	ca := p.source[strings.Index(p.source, "  ca: "):strings.Index(p.source, "  user: ")]
	for _, x := range []struct{ old, new, code, says string }{
		{"{env: YANZHEN_TEST_SECRET}", "{env: YANZHEN_TEST_OTHER}", "source_mailbox_refused", "授权码"},
		{"{env: YANZHEN_TEST_SECRET}", "{env: YANZHEN_TEST_NONE}", "source_mailbox_password", "口令"},
		{"  user: yanzhen", "  user: yanzhen\n  folder: 报送", "source_mailbox_folder", "INBOX"},
		{ca, "  ca: " + other + "\n", "source_mailbox_certificate", "签发机构不认识"},
		{"host: 127.0.0.1", "host: localhost", "source_mailbox_certificate", "主机名"},
		{port, fmt.Sprintf("port: %d", closed.Addr().(*net.TCPAddr).Port), "", "没有应答"},
	} {
		p.declare(strings.Replace(p.source, x.old, x.new, 1))
		_, _, err := p.fetch(false)
		var needs *pipeline.Problem
		code, all := "", fmt.Sprint(err)
		if errors.As(err, &needs) {
			code, all = needs.Code, all+needs.Remedy.Zh
		}
		if err == nil || code != x.code || !strings.Contains(all, x.says) || strings.Contains(all, "s3cr3t") {
			t.Errorf("%s: got %v", x.new, err)
		}
	}
}
