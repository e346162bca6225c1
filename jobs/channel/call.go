package channel

import (
	"bytes"
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"yanzhen/pipeline/codes"
)

// robot is what the servers of a robot want.
type robot struct {
	address string // where its server is, unless another is declared
	most    int    // bytes of a text
}

var robots = map[Kind]robot{
	WeCom:    {"https://qyapi.weixin.qq.com", 2000},
	DingTalk: {"https://oapi.dingtalk.com", 18_000},
	Feishu:   {"https://open.feishu.cn", 18_000},
}

// Plain is a message as one text of at most so many bytes: the subject, what it says, and the link, which is never cut.
func Plain(m Message, lang codes.Lang, most int) string {
	text := m.Subject
	if m.Text != "" {
		text += "\n" + m.Text
	}
	var end string
	if m.Link != "" {
		end = "\n" + m.Link
	}
	if m.Again {
		end += "\n" + codes.Text{Zh: "（可能重复：上次发送没有等到回音）", En: "(may be a repetition: nobody knows whether it was taken the last time)"}.In(lang)
	}
	if room := most - len(end); len(text) > room {
		text = text[:max(0, room-len("…"))]
		for !utf8.ValidString(text) {
			text = text[:len(text)-1]
		}
		text += "…"
	}
	return text + end
}

// call sends a message to a robot or a webhook.
func (c *Channel) call(ctx context.Context, m Message, key, secret string) error {
	now := time.Now()
	head := http.Header{"Content-Type": {"application/json; charset=utf-8"}, "User-Agent": {"yanzhen"}}
	to, body, err := c.request(m, key, secret, now, head)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		return errors.New("the address cannot be used")
	}
	r.Header = head
	client, err := c.client()
	if err != nil {
		return err
	}
	defer client.CloseIdleConnections()
	reached := false // from here on nobody knows what the other side has heard
	r = r.WithContext(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { reached = true }}))
	res, err := client.Do(r)
	if err != nil {
		return &Failed{Why: called(err), Fault: faultOf(err), Perhaps: reached}
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, mostReply))
	if err != nil && (c.Kind != string(Webhook) || res.StatusCode < 200 || res.StatusCode > 299) {
		return &Failed{Why: called(err), Fault: FaultNetwork, Perhaps: true}
	}
	if c.Kind != string(Webhook) { // its code says more than the status
		if err := answered(text, res.StatusCode); err != nil || res.StatusCode < 300 {
			return err
		}
	}
	return status(res)
}

// status says what a status is of: the message, or the whole channel.
func status(res *http.Response) error {
	why := "HTTP " + res.Status
	switch code := res.StatusCode; {
	case code >= 200 && code <= 299:
		return nil
	case code == http.StatusRequestEntityTooLarge, code == http.StatusUnprocessableEntity:
		return &Refused{why}
	case code == http.StatusBadRequest, code == http.StatusConflict, code == http.StatusUnsupportedMediaType:
		return &Failed{Why: why, Fault: FaultMessage, Own: true}
	case code == http.StatusUnauthorized, code == http.StatusForbidden, code == http.StatusNotFound, code == http.StatusGone:
		return &Failed{Why: why, Fault: FaultDenied}
	case code == http.StatusBadGateway, code == http.StatusGatewayTimeout: // what stands between does not know what became of it
		return &Failed{Why: why, Fault: FaultServer, Perhaps: true}
	}
	return &Failed{Why: why, Fault: FaultServer}
}

// answered reads what a robot's server says: HTTP 200 is no more than that it was heard. Of another status an answer without a
// code says nothing.
func answered(text []byte, code int) error {
	well := code >= 200 && code <= 299
	var a struct {
		ErrCode *int   `json:"errcode"`
		ErrMsg  string `json:"errmsg"`
		Code    *int   `json:"code"`
		Msg     string `json:"msg"`
		Status  *int   `json:"StatusCode"`
	}
	if err := json.Unmarshal(text, &a); err != nil {
		if !well {
			return nil
		}
		return &Failed{Why: "the answer is no JSON: is this the robot's server?", Fault: FaultServer, Perhaps: true}
	}
	for _, code := range []*int{a.ErrCode, a.Code, a.Status} {
		if code != nil && *code != 0 { // of the text, of the token, of too many: no list of codes is whole
			return &Failed{Why: fmt.Sprintf("%d %s", *code, cmp.Or(a.ErrMsg, a.Msg)), Fault: FaultMessage, Own: true}
		}
	}
	if well && a.ErrCode == nil && a.Code == nil && a.Status == nil {
		return &Failed{Why: "the answer has no code: is this the robot's server?", Fault: FaultServer, Perhaps: true}
	}
	return nil
}

// request is where a message is posted and what; it fills the header.
func (c *Channel) request(m Message, key, secret string, now time.Time, head http.Header) (to string, body []byte, err error) {
	kind := Kind(c.Kind)
	base := strings.TrimSuffix(cmp.Or(c.Address, robots[kind].address), "/")
	text := Plain(m, c.Language(), robots[kind].most)
	again := m.Again
	var what any
	switch kind {
	case WeCom:
		to = base + "/cgi-bin/webhook/send?key=" + url.QueryEscape(key)
		what = map[string]any{"msgtype": "text", "text": map[string]string{"content": text}}
	case DingTalk:
		to = base + "/robot/send?access_token=" + url.QueryEscape(key)
		if secret != "" {
			at := strconv.FormatInt(now.UnixMilli(), 10)
			to += "&timestamp=" + at + "&sign=" + url.QueryEscape(signed(secret, at+"\n"+secret))
		}
		what = map[string]any{"msgtype": "text", "text": map[string]string{"content": text}}
	case Feishu:
		to = base + "/open-apis/bot/v2/hook/" + url.PathEscape(key)
		asked := map[string]any{"msg_type": "text", "content": map[string]string{"text": text}}
		if secret != "" {
			at := strconv.FormatInt(now.Unix(), 10)
			asked["timestamp"], asked["sign"] = at, signed(at+"\n"+secret, "")
		}
		what = asked
	default:
		m.Again = false // the body of an id is always the same; that it is sent again stands in the header
		to, what = c.Address, m
	}
	if body, err = json.Marshal(what); err != nil || kind != Webhook {
		return to, body, err
	}
	// as Standard Webhooks has it: what is signed names the message and the moment, so that a receiver can refuse what is old
	// or was seen before
	at := strconv.FormatInt(now.Unix(), 10)
	head.Set("Webhook-Id", m.ID)
	head.Set("Webhook-Timestamp", at)
	if again {
		head.Set("Yanzhen-Again", "1")
	}
	if encoded, ok := strings.CutPrefix(secret, "whsec_"); ok {
		decoded, err := base64.StdEncoding.DecodeString(encoded)
		if err != nil {
			return to, nil, &Failed{Why: "密钥以 whsec_ 开头，其后却不是 base64 / the secret begins with whsec_, and what follows is no base64", Fault: FaultSecret}
		}
		secret = string(decoded)
	}
	head.Set("Webhook-Signature", "v1,"+signed(secret, m.ID+"."+at+"."+string(body)))
	return to, body, nil
}

// called is an error of a call without the address, of which a token is a part.
func called(err error) string {
	if x, ok := errors.AsType[*url.Error](err); ok {
		return cmp.Or(x.Op, "call") + ": " + x.Err.Error()
	}
	return err.Error()
}

// faultOf says what keeps a call or a dial from getting through.
func faultOf(err error) Fault {
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return FaultCertificate
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return FaultCertificate
	}
	return FaultNetwork
}

func signed(key, text string) string {
	h := hmac.New(sha256.New, []byte(key))
	h.Write([]byte(text))
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

// client follows nobody to another place: what is sent is for the declared one.
func (c *Channel) client() (*http.Client, error) {
	t := http.DefaultTransport.(*http.Transport).Clone()
	var err error
	if t.TLSClientConfig, err = c.tls(); err != nil {
		return nil, err
	}
	return &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, nil
}

func (c *Channel) tls() (*tls.Config, error) {
	cfg := &tls.Config{MinVersion: tls.VersionTLS12}
	if c.CA == "" {
		return cfg, nil
	}
	text, err := os.ReadFile(c.CA)
	if err != nil {
		return nil, err
	}
	if cfg.RootCAs, err = x509.SystemCertPool(); err != nil {
		cfg.RootCAs = x509.NewCertPool()
	}
	if !cfg.RootCAs.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("%s 里没有证书（PEM） / %[1]s holds no certificate (PEM)", c.CA)
	}
	return cfg, nil
}
