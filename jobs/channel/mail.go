package channel

import (
	"bytes"
	"context"
	"errors"
	"regexp"
	"strings"

	gomail "github.com/wneessen/go-mail"

	"yanzhen/pipeline/codes"
)

// mail sends a message by the mail server. One that names an own receiver goes to that one alone.
func (c *Channel) mail(ctx context.Context, m Message, password string) error {
	msg := gomail.NewMsg(gomail.WithCharset(gomail.CharsetUTF8))
	if err := msg.From(c.Mail.From); err != nil {
		return err
	}
	to := c.Mail.To
	if m.To != "" {
		to = []string{m.To}
	}
	if len(to) == 0 {
		return &Refused{"没有写收件人 / nobody is named to receive it"}
	}
	if err := msg.To(to...); err != nil {
		return &Refused{"收件人不是邮件地址 / a receiver is no mail address"}
	}
	msg.Subject(strings.Join(strings.Fields(m.Subject), " "))
	msg.SetDateWithValue(m.At)
	from, _ := msg.GetSender(false)
	_, host, _ := strings.Cut(from, "@")
	msg.SetMessageIDWithValue(strings.Map(idRune, m.ID) + "@" + strings.Trim(host, "<> "))
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	body := Plain(Message{Text: m.Text, Link: m.Link, Again: m.Again}, codes.Lang(c.Lang), 1<<20)
	msg.SetBodyString(gomail.TypeTextPlain, strings.TrimLeft(body, "\n")+"\n")
	for _, f := range m.Files {
		if err := msg.AttachReader(f.Name, bytes.NewReader(f.Data), gomail.WithFileContentType(gomail.ContentType(f.Type))); err != nil {
			return err
		}
	}
	client, err := c.smtp(password)
	if err != nil {
		return err
	}
	err = client.DialAndSendWithContext(ctx, msg)
	if err == nil || msg.IsDelivered() { // what goes wrong after the server has taken it is of the connection only
		return nil
	}
	return posted(err)
}

// posted says what an error of the mail server is of: the message, its receiver, or the whole channel.
func posted(err error) error {
	x, ok := errors.AsType[*gomail.SendError](err)
	if !ok && reSignIn.MatchString(err.Error()) {
		return &Failed{Why: err.Error(), Fault: FaultDenied}
	}
	if !ok {
		return err
	}
	code, text := x.ErrorCode(), x.Error()
	switch at := x.Reason; {
	case at == gomail.ErrSMTPRcptTo && reRelay.MatchString(text), at == gomail.ErrSMTPMailFrom && code >= 500 && code != 552:
		return &Failed{Why: text, Fault: FaultDenied}
	case at == gomail.ErrSMTPRcptTo && code >= 550 && code <= 559 && code != 552:
		return &Refused{text}
	case at != gomail.ErrSMTPRcptTo && code == 552: // it is too large; of a receiver: the box is full
		return &Refused{text}
	case at == gomail.ErrSMTPRcptTo, (at == gomail.ErrSMTPData || at == gomail.ErrSMTPDataClose) && code != 0:
		return &Failed{Why: text, Fault: FaultMessage, Own: true}
	case at == gomail.ErrSMTPDataClose, at == gomail.ErrWriteContent: // it broke off when all was there, or much of it
		return &Failed{Why: text, Fault: FaultNetwork, Perhaps: true}
	}
	return &Failed{Why: text, Fault: FaultServer}
}

// What servers say to whom they let send nothing: 5.7 is policy.
var (
	reRelay  = regexp.MustCompile(`(?i)\brelay|\b5\.7\.\d+\b`)
	reSignIn = regexp.MustCompile(`(?i)\b53[0458]\b|\bauth`)
)

func (c *Channel) smtp(password string) (*gomail.Client, error) {
	cfg, err := c.tls()
	if err != nil {
		return nil, err
	}
	cfg.ServerName = c.Mail.Host
	options := []gomail.Option{gomail.WithTimeout(timeout), gomail.WithTLSConfig(cfg)}
	port := c.Mail.Port
	usual := 587
	switch c.Mail.TLS {
	case "tls":
		usual = 465
		options = append(options, gomail.WithSSL())
	case "none":
		usual = 25
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if port == 0 {
		port = usual
	}
	if c.Mail.User != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(c.Mail.User), gomail.WithPassword(password))
	}
	return gomail.NewClient(c.Mail.Host, append(options, gomail.WithPort(port))...)
}

// idRune keeps what may stand in a Message-ID.
func idRune(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' || r == '.' {
		return r
	}
	return '.'
}
