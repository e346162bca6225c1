package channel_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"yanzhen/jobs/channel"
)

const (
	token  = "T0ken-693a91f6"
	secret = "SECabc/def+123="
)

// declared reads one channel as an installation does.
func declared(t *testing.T, name, text string) *channel.Channel {
	t.Helper()
	list, err := channel.Read(fstest.MapFS{"channels/" + name + ".yaml": {Data: []byte("name: " + name + "\ntitle: {zh: 渠道, en: Channel}\n" + text)}}, []string{"late", "damaged"})
	if err != nil || len(list) != 1 {
		t.Fatalf("%v %v", list, err)
	}
	return list[0]
}

// secrets writes the token and the secret into files, and gives the keys that name them.
func secrets(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"key": token, "secret": secret} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return fmt.Sprintf("key: {file: %s/key}\nsecret: {file: %[1]s/secret}\n", dir)
}

func sum(key, text string) string {
	h := hmac.New(sha256.New, []byte(key))
	h.Write([]byte(text))
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

var message = channel.Message{ID: "alert-7", At: time.Now(), Kind: "alert", Subject: "区人社局 迟报", Text: "引进与流出 2026年7月 应于 8月7日报送。", Link: "https://talent.example.gov.cn/data/duties"}

// fresh says whether a moment is now.
func fresh(at time.Time) bool { return time.Since(at).Abs() < time.Minute }

// Each robot gets the body its server wants, signed as that server checks it; a webhook is signed so that nothing in it can be
// changed and nothing sent twice.
func TestCalls(t *testing.T) {
	var faults []string
	content := func(body []byte, path ...string) string {
		var v any
		if err := json.Unmarshal(body, &v); err != nil {
			faults = append(faults, err.Error())
		}
		for _, k := range path {
			m, _ := v.(map[string]any)
			v = m[k]
		}
		s, _ := v.(string)
		return s
	}
	checks := map[string]func(r *http.Request, body []byte) (string, string){
		"wecom": func(r *http.Request, body []byte) (string, string) {
			if r.URL.Path != "/cgi-bin/webhook/send" || r.URL.Query().Get("key") != token || content(body, "msgtype") != "text" {
				faults = append(faults, "wecom: "+r.URL.String())
			}
			return content(body, "text", "content"), `{"errcode":0,"errmsg":"ok"}`
		},
		"dingtalk": func(r *http.Request, body []byte) (string, string) {
			q := r.URL.Query()
			ms, _ := strconv.ParseInt(q.Get("timestamp"), 10, 64)
			if r.URL.Path != "/robot/send" || q.Get("access_token") != token || !fresh(time.UnixMilli(ms)) || q.Get("sign") != sum(secret, q.Get("timestamp")+"\n"+secret) {
				faults = append(faults, "dingtalk: "+r.URL.String())
			}
			return content(body, "text", "content"), `{"errcode":0,"errmsg":"ok"}`
		},
		"feishu": func(r *http.Request, body []byte) (string, string) {
			at := content(body, "timestamp")
			s, _ := strconv.ParseInt(at, 10, 64)
			if r.URL.Path != "/open-apis/bot/v2/hook/"+token || !fresh(time.Unix(s, 0)) || content(body, "sign") != sum(at+"\n"+secret, "") || content(body, "msg_type") != "text" {
				faults = append(faults, "feishu: "+string(body))
			}
			return content(body, "content", "text"), `{"code":0,"msg":"success"}`
		},
		"webhook": func(r *http.Request, body []byte) (string, string) {
			id, at := r.Header.Get("Webhook-Id"), r.Header.Get("Webhook-Timestamp")
			s, _ := strconv.ParseInt(at, 10, 64)
			if id != message.ID || !fresh(time.Unix(s, 0)) || r.Header.Get("Webhook-Signature") != "v1,"+sum(secret, id+"."+at+"."+string(body)) {
				faults = append(faults, "webhook: "+fmt.Sprint(r.Header))
			}
			return content(body, "subject") + "\n" + content(body, "text") + "\n" + content(body, "link"), ""
		},
	}
	elsewhere := 0
	thief := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere++ }))
	defer thief.Close()
	for kind, check := range checks {
		var got, answer string
		status := 200
		cut := false
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			var ok string
			if got, ok = check(r, body); answer != "" {
				ok = answer
			}
			if cut { // it was taken, and nobody hears of it
				panic(http.ErrAbortHandler)
			}
			w.Header().Set("Location", thief.URL)
			w.WriteHeader(status)
			io.WriteString(w, ok)
		}))
		c := declared(t, kind, "kind: "+kind+"\naddress: "+server.URL+"\n"+secrets(t))
		if err := c.Send(t.Context(), message); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
		for _, want := range []string{message.Subject, message.Text, message.Link} {
			if !strings.Contains(got, want) {
				t.Errorf("%s: %q lacks %q", kind, got, want)
			}
		}
		if kind != "webhook" {
			long := message
			long.Text, long.Again = strings.Repeat("迟报", 20_000), true
			if err := c.Send(t.Context(), long); err != nil || len(got) > 18_000 || kind == "wecom" && len(got) > 2000 || !strings.Contains(got, message.Link) || !strings.Contains(got, "可能重复") {
				t.Errorf("%s: %d bytes, %v", kind, len(got), err)
			}
			for _, bad := range []string{`{"errcode":310000,"code":19021,"errmsg":"sign not match ` + secret + `"}`, "<html>", "{}"} {
				answer = bad
				if err := c.Send(t.Context(), message); err == nil || strings.Contains(err.Error(), secret) {
					t.Errorf("%s answers %s: %v", kind, bad, err)
				}
			}
		}
		answer, status = "x", 413
		var no *channel.Refused
		if err := c.Send(t.Context(), message); !errors.As(err, &no) {
			t.Errorf("%s: %v is no refusal", kind, err)
		}
		var failed *channel.Failed
		for _, x := range []struct {
			status       int
			fault        channel.Fault
			own, perhaps bool
		}{
			{302, channel.FaultServer, false, false},
			{307, channel.FaultServer, false, false},
			{400, channel.FaultMessage, true, false}, // a signature that is wrong, a clock that is: it is tried again
			{401, channel.FaultDenied, false, false},
			{500, channel.FaultServer, false, false},
			{502, channel.FaultServer, false, true},
		} {
			status = x.status
			if err := c.Send(t.Context(), message); errors.As(err, &no) || !errors.As(err, &failed) || failed.Fault != x.fault || failed.Own != x.own || failed.Perhaps != x.perhaps {
				t.Errorf("%s answers %d: %+v", kind, x.status, err)
			}
		}
		if status, answer = 400, `{"errcode":93000,"code":19001,"msg":"no such robot"}`; kind != "webhook" {
			if err := c.Send(t.Context(), message); !errors.As(err, &failed) || !strings.Contains(err.Error(), "no such robot") && !strings.Contains(err.Error(), "93000") {
				t.Errorf("%s: what it says is to be read: %v", kind, err)
			}
		}
		cut = true
		if err := c.Send(t.Context(), message); !errors.As(err, &failed) || !failed.Perhaps {
			t.Errorf("%s: it may have been taken: %+v", kind, err)
		}
		server.Close()
		if err := c.Send(t.Context(), message); !errors.As(err, &failed) || failed.Perhaps || failed.Fault != channel.FaultNetwork {
			t.Errorf("%s: nobody was there: %+v", kind, err)
		}
		if err := c.Send(t.Context(), message); err == nil || strings.Contains(err.Error(), token) || strings.Contains(err.Error(), url.QueryEscape(secret)) {
			t.Errorf("%s: an error is to tell no token: %v", kind, err)
		}
	}
	if elsewhere > 0 {
		t.Errorf("a redirect was followed %d times", elsewhere)
	}
	for _, f := range faults {
		t.Error(f)
	}
}

// A webhook is signed as Standard Webhooks has it, by the example of its specification too; what is sent again has the same body.
func TestWebhook(t *testing.T) {
	const key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	var bodies, heads []string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		raw, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(key, "whsec_"))
		if h := r.Header; h.Get("Webhook-Signature") != "v1,"+sum(string(raw), h.Get("Webhook-Id")+"."+h.Get("Webhook-Timestamp")+"."+string(body)) {
			t.Errorf("signed otherwise: %v", h)
		}
		bodies, heads = append(bodies, string(body)), append(heads, r.Header.Get("Yanzhen-Again"))
	}))
	defer server.Close()
	c := declared(t, "hook", "kind: webhook\nsecret: {env: YANZHEN_TEST_KEY}\naddress: "+server.URL+"\n")
	t.Setenv("YANZHEN_TEST_KEY", key)
	again := message
	again.Again = true
	for _, m := range []channel.Message{message, again} {
		if err := c.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	if bodies[0] != bodies[1] || heads[0] != "" || heads[1] != "1" {
		t.Errorf("%q %q", bodies, heads)
	}
	t.Setenv("YANZHEN_TEST_KEY", "whsec_*")
	var failed *channel.Failed
	if err := c.Send(t.Context(), message); !errors.As(err, &failed) || failed.Fault != channel.FaultSecret {
		t.Errorf("%v", err)
	}
}

// post is a mail server that keeps what it takes.
type post struct {
	mu   sync.Mutex
	got  [][]byte
	to   []string
	deny string                     // a receiver who does not exist
	says map[string]*smtp.SMTPError // of a receiver
	from *smtp.SMTPError            // of the sender
	data *smtp.SMTPError            // of what is sent
	cut  bool                       // the connection ends when all is taken
	user string
}

type session struct {
	*post
	conn *smtp.Conn
	in   bool
}

func (p *post) NewSession(c *smtp.Conn) (smtp.Session, error) { return &session{post: p, conn: c}, nil }
func (s *session) AuthMechanisms() []string                   { return []string{sasl.Plain} }
func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if password != secret {
			return errors.New("wrong password")
		}
		s.in, s.user = true, user
		return nil
	}), nil
}

func (s *session) Mail(string, *smtp.MailOptions) error {
	if !s.in {
		return smtp.ErrAuthRequired
	}
	if s.from != nil {
		return s.from
	}
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if to == s.deny {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
	}
	if no := s.says[to]; no != nil {
		return no
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.to = append(s.to, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.data != nil {
		return s.data
	}
	s.got = append(s.got, text)
	return err
}

// Reset comes after what was sent was taken.
func (s *session) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cut {
		s.conn.Conn().Close()
	}
}
func (s *session) Logout() error { return nil }

// Mail goes to a real server, encrypted, signed in, with its files, and says who is not there.
func TestMail(t *testing.T) {
	certified := httptest.NewTLSServer(nil) // lends its certificate, which is of 127.0.0.1
	defer certified.Close()
	dir := t.TempDir()
	ca := filepath.Join(dir, "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certified.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	p := &post{deny: "gone@example.cn"}
	server := smtp.NewServer(p)
	server.TLSConfig = &tls.Config{Certificates: certified.TLS.Certificates}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go server.Serve(l)
	defer server.Close()
	t.Setenv("YANZHEN_TEST_SMTP", secret)
	port := l.Addr().(*net.TCPAddr).Port
	text := func(tail string) string {
		return fmt.Sprintf("kind: mail\nca: %s\nmail: {host: 127.0.0.1, port: %d, user: yanzhen, password: {env: YANZHEN_TEST_SMTP}, from: 雁阵 <yanzhen@example.cn>%s}\n", ca, port, tail)
	}
	c := declared(t, "post", text(", to: [office@example.cn]"))
	m := message
	m.Files = []channel.File{{Name: "月报.pdf", Type: "application/pdf", Data: []byte("%PDF-1.7 …")}}
	if err := c.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	got, err := mail.ReadMessage(bytes.NewReader(p.got[0]))
	if err != nil {
		t.Fatal(err)
	}
	subject, _ := new(mime.WordDecoder).DecodeHeader(got.Header.Get("Subject"))
	if subject != m.Subject || p.user != "yanzhen" || got.Header.Get("Message-Id") != "<alert-7@example.cn>" || p.to[0] != "office@example.cn" || !strings.Contains(string(p.got[0]), "application/pdf") {
		t.Errorf("%s", p.got[0])
	}
	m.To, m.Files = "gone@example.cn", nil
	var no *channel.Refused
	if err := c.Send(t.Context(), m); !errors.As(err, &no) {
		t.Errorf("who is not there: %v", err)
	}
	m.To = "li@example.cn"
	if err := c.Send(t.Context(), m); err != nil || p.to[len(p.to)-1] != "li@example.cn" {
		t.Errorf("one receiver: %v %v", p.to, err)
	}
	p.cut = true
	n := len(p.got)
	if err := c.Send(t.Context(), m); err != nil || len(p.got) != n+1 {
		t.Errorf("it was taken, and the connection broke after: %v", err)
	}
	p.cut = false
	says := func(code int, text string, enhanced ...int) *smtp.SMTPError {
		e := &smtp.SMTPError{Code: code, Message: text, EnhancedCode: smtp.EnhancedCode{code / 100, 0, 0}}
		copy(e.EnhancedCode[:], enhanced)
		return e
	}
	var failed *channel.Failed
	for what, x := range map[string]struct {
		from, to, data *smtp.SMTPError
		refused, own   bool
		fault          channel.Fault
	}{
		"a sender it does not know": {from: says(553, "sender rejected"), fault: channel.FaultDenied},
		"relaying":                  {to: says(550, "Relaying denied"), fault: channel.FaultDenied},
		"policy":                    {to: says(554, "denied", 5, 7, 1), fault: channel.FaultDenied},
		"a full box":                {to: says(452, "box full", 4, 2, 2), own: true, fault: channel.FaultMessage},
		"grey":                      {to: says(450, "later", 4, 2, 0), own: true, fault: channel.FaultMessage},
		"a text it does not like":   {data: says(554, "spam", 5, 7, 1), own: true, fault: channel.FaultMessage},
		"too large":                 {data: says(552, "too large", 5, 3, 4), refused: true},
	} {
		p.from, p.says, p.data = x.from, map[string]*smtp.SMTPError{m.To: x.to}, x.data
		err := c.Send(t.Context(), m)
		if x.refused != errors.As(err, &no) || !x.refused && (!errors.As(err, &failed) || failed.Own != x.own || failed.Fault != x.fault || failed.Perhaps) {
			t.Errorf("%s: %+v", what, err)
		}
		if err == nil || strings.Contains(err.Error(), m.To) || strings.Contains(err.Error(), "yanzhen@") {
			t.Errorf("%s: an error names nobody: %v", what, err)
		}
	}
	p.from, p.says, p.data = nil, nil, nil
	t.Setenv("YANZHEN_TEST_SMTP", "not-the-password")
	if err := c.Send(t.Context(), m); !errors.As(err, &failed) || failed.Fault != channel.FaultDenied || strings.Contains(err.Error(), "not-the-password") {
		t.Errorf("a wrong password: %v", err)
	}
	t.Setenv("YANZHEN_TEST_SMTP", "")
	if err := c.Send(t.Context(), m); err == nil || !strings.Contains(err.Error(), "YANZHEN_TEST_SMTP") {
		t.Errorf("no password: %v", err)
	}
	t.Setenv("YANZHEN_TEST_SMTP", secret)
	stranger := declared(t, "post", strings.Replace(text(""), "ca: "+ca+"\n", "", 1))
	if err := stranger.Send(t.Context(), m); err == nil || !strings.Contains(fmt.Sprint(err), "certificate") {
		t.Errorf("a server that nobody vouches for: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.Send(ctx, m); err == nil {
		t.Error("cancelled")
	}
}

// What is declared wrong is told with its line; a secret is never declared.
func TestDeclared(t *testing.T) {
	for text, want := range map[string]string{
		"kind: pigeon": "pigeon", "kind: wecom": "key", "kind: webhook\naddress: https://x.example.cn": "secret", "kind: mail": "mail",
		"kind: dingtalk\nkey: {file: a, env: B}":                            "file",
		"kind: webhook\nsecret: {env: A}\naddress: http://hooks.example.cn": "https",
		"kind: wecom\nkey: {env: A}\naddress: https://x.cn/?key=abc":        "令牌",
		"kind: webhook\nsecret: {env: A}\naddress: https://x.cn/?token=abc": "口令",
		"kind: feishu\nkey: {env: A}\naddress: https://x.cn/hook/T0ken":     "令牌",
		"kind: feishu\nkey: {env: A}\naddress: https://x.cn#T0ken":          "令牌",
		"kind: wecom\nkey: {env: A}\ntakes: [lates]":                        "lates",
		"kind: wecom\nkey: {env: A}\nquiet: 8-9":                            "20:00",
		"kind: wecom\nkey: {env: A}\nmost: 0":                               "most",
		"kind: mail\nmail: {host: h, from: nobody}":                         "nobody",
		"kind: mail\nmail: {host: h, from: a@b.cn, user: u, tls: none}":     "starttls",
		"kind: wecom\nkey: secret-itself":                                   "key",
		"kind: feishu\nkey: {env: A}\nsecret: {file: /x}\nlang: fr":         "fr",
	} {
		_, err := channel.Read(fstest.MapFS{"channels/x.yaml": {Data: []byte("name: x\ntitle: {zh: 渠道, en: Channel}\n" + text)}}, []string{"late", "damaged"})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
	c := declared(t, "x", "kind: wecom\nkey: {env: A}\nquiet: \"20:00-07:30\"\nurgent: [damaged]\ntakes: [late]")
	at := func(hour, minute int) time.Time { return time.Date(2026, 8, 1, hour, minute, 0, 0, time.UTC) }
	if !c.Silent("late", at(20, 0)) || !c.Silent("late", at(7, 29)) || c.Silent("late", at(7, 30)) || c.Silent("damaged", at(3, 0)) || !c.Wants("late") || c.Wants("held") {
		t.Error("quiet hours")
	}
}
