// Package bridge hands the messages of an agent's program, which speaks the Model Context Protocol over standard input and
// output, to a running server, and its answers back. It understands no message: the server does.
package bridge

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"yanzhen/cmd/people"
	"yanzhen/pipeline/codes"
)

// Command is yanzhen mcp.
type Command struct {
	URL   string `help:"Address of the server, https://talent.example.gov.cn; absent: the one that serves this directory, as its operator." placeholder:"URL"`
	Token string `help:"Token of the account that asks; see yanzhen user token." env:"YANZHEN_TOKEN" placeholder:"TOKEN"`
}

// HelpZh gives the help texts in Chinese.
var HelpZh = map[string]string{
	"Address of the server, https://talent.example.gov.cn; absent: the one that serves this directory, as its operator.": "服务的网址，https://talent.example.gov.cn；不写则是本目录的服务，身份为操作员本人。",
	"Token of the account that asks; see yanzhen user token.":                                                            "提问账号的令牌，见 yanzhen user token。",
	"Speak the Model Context Protocol over standard input and output, for a program of an agent.":                        "在标准输入输出上说 MCP 协议，供智能体的程序使用。",
}

// Bounds of a message.
const (
	mostMessage = 1 << 20
	mostAnswer  = 4 << 20
	timeout     = 2 * time.Minute
)

// Run hands messages on until the input ends.
func (c *Command) Run(ctx context.Context, d *people.Desk) error {
	server := Server{Client: http.DefaultClient, URL: strings.TrimSuffix(c.URL, "/"), Token: c.Token}
	if c.URL == "" {
		z, err := d.Zone()
		if err != nil {
			return err
		}
		server.URL = z.Base
		if c.Token == "" {
			socket, err := os.ReadFile(people.Operated(z.Dir))
			if err != nil {
				return errors.New(codes.Text{Zh: "没有运行中的服务：先 yanzhen serve，或给 --url 与 --token", En: "no server is running: yanzhen serve first, or give --url and --token"}.In(d.Lang))
			}
			server.Client = &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
				return new(net.Dialer).DialContext(ctx, "unix", strings.TrimSpace(string(socket)))
			}}}
			server.URL = "http://" + strings.TrimPrefix(strings.TrimPrefix(z.Base, "https://"), "http://") // the socket speaks no TLS
		}
	}
	return server.Pipe(ctx, os.Stdin, d.Out)
}

// Server is who answers.
type Server struct {
	Client *http.Client
	URL    string
	Token  string
}

// Pipe hands each line of in to the server and writes each answer as a line of out, until in ends.
func (s Server) Pipe(ctx context.Context, in io.Reader, out io.Writer) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 64<<10), mostMessage)
	for lines.Scan() {
		message := bytes.TrimSpace(lines.Bytes())
		if len(message) == 0 {
			continue
		}
		answer, err := s.ask(ctx, message)
		if err != nil {
			answer = failed(message, err)
		}
		if len(answer) == 0 {
			continue // nothing is answered to a notification
		}
		if _, err := out.Write(append(answer, '\n')); err != nil {
			return err
		}
	}
	return lines.Err()
}

// ask is the answer to one message; empty: there is none.
func (s Server) ask(ctx context.Context, message []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL+"/mcp", bytes.NewReader(message))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json, text/event-stream")
	if s.Token != "" {
		r.Header.Set("Authorization", "Bearer "+s.Token)
	}
	res, err := s.Client.Do(r)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, mostAnswer))
	if err != nil {
		return nil, err
	}
	if res.StatusCode >= 300 {
		var told struct{ Detail string }
		if json.Unmarshal(body, &told) != nil || told.Detail == "" {
			told.Detail = res.Status
		}
		return nil, errors.New(told.Detail)
	}
	var line bytes.Buffer
	if len(bytes.TrimSpace(body)) > 0 {
		err = json.Compact(&line, body) // one message, one line
	}
	return line.Bytes(), err
}

// failed answers a message that the server did not; nothing where it is a notification.
func failed(message []byte, err error) []byte {
	var m struct {
		ID json.RawMessage `json:"id"`
	}
	if json.Unmarshal(message, &m) != nil || len(m.ID) == 0 {
		return nil
	}
	text, _ := json.Marshal(err.Error())
	return fmt.Appendf(nil, `{"jsonrpc":"2.0","id":%s,"error":{"code":-32000,"message":%s}}`, m.ID, text)
}
