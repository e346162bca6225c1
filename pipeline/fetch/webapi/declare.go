// Package webapi reads rows out of the answers of a program that speaks HTTP and JSON, page after page. It takes an answer whole
// or not at all, waits as it is told, and takes nothing for a row that is not as declared.
package webapi

import (
	"net"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"yanzhen/pipeline/declare"
	"yanzhen/pipeline/secret"
)

// API says whom to ask, and what of the answer is a row.
type API struct {
	URL     string        `yaml:"url"`
	Token   secret.Secret `yaml:"token"`
	Header  string        `yaml:"header"`
	CA      string        `yaml:"ca"`
	Plain   bool          `yaml:"unencrypted"`
	Rows    string        `yaml:"rows"`
	Fields  []Field       `yaml:"fields"`
	Total   string        `yaml:"total"`
	Paging  *Paging       `yaml:"paging"`
	Timeout time.Duration `yaml:"timeout"`
}

// Field is a column and where its value stands.
type Field struct {
	Name     string `yaml:"name"`
	Path     string `yaml:"path"`
	Type     string `yaml:"type"`
	Optional bool   `yaml:"optional"`
}

// Paging says how the next page is asked for.
type Paging struct {
	By    string `yaml:"by"`
	Param string `yaml:"param"`
	Size  string `yaml:"size_param"`
	Rows  int    `yaml:"size"`
	First int    `yaml:"first"`
	Next  string `yaml:"next"`
}

// Declared says what is declared of a program that answers in JSON.
func (API) Declared() declare.Keys {
	return declare.Keys{
		"url":         {Zh: "地址，不含口令", En: "its address, without a secret", Example: "https://api.example.gov.cn/v1/moves?state=valid", Required: true},
		"token":       {Zh: "令牌放在哪里", En: "where the token is found", Example: "{file: /etc/yanzhen/api.token}"},
		"header":      {Zh: "令牌写进哪个请求头；不写为 Authorization: Bearer", En: "the header that the token goes into; absent: Authorization: Bearer", Example: "X-Api-Key"},
		"ca":          {Zh: "服务器证书由内部机构签发时，其根证书（PEM）", En: "the root certificate (PEM) where the server's is signed by the office's own authority", Example: "/etc/yanzhen/ca.pem"},
		"unencrypted": {Zh: "true 允许 http://：只用于专网", En: "true: http:// is allowed, on a network of one's own only", Default: "false", Example: "true"},
		"rows":        {Zh: "回答里哪个列表的每一项是一行；不写为回答本身就是列表", En: "the list in the answer whose items are the rows; absent: the answer is the list", Example: "data.items"},
		"fields":      {Zh: "列，依次", En: "the columns, in order", Example: "[{name: 姓名, path: person.name}, {name: 人数, path: n, type: number, optional: true}]", Required: true},
		"total":       {Zh: "回答里写明总行数的地方：取到的行数须与它相同", En: "where the answer says how many rows there are in all: as many must have come", Example: "data.total"},
		"paging":      {Zh: "怎样翻页；不写为只有一页", En: "how the next page is asked for; absent: there is one", Example: "{by: page, param: page, size_param: size, size: 200}"},
		"timeout":     {Zh: "全部取完最长多久", En: "how long all of it may take", Default: "30m", Example: "2h"},
	}
}

// Declared says what is declared of a field.
func (Field) Declared() declare.Keys {
	return declare.Keys{
		"name":     {Zh: "列名，按数据集的表头认", En: "the name of the column, bound as the headings of a file are", Example: "姓名", Required: true},
		"path":     {Zh: "值在一行里的位置", En: "where its value stands in a row", Example: "person.name", Required: true},
		"type":     {Zh: "值是什么：text 文本，number 数，bool 真假，time 时刻（换成本装置的时区），any 不论", En: "what the value is: text, number, bool, time (told in the zone of the installation), or any of them", OneOf: []string{"any", "text", "number", "bool", "time"}, Default: "any", Example: "number"},
		"optional": {Zh: "可以没有这一项；不然缺了就不取", En: "it may be missing; else nothing is fetched where it is", Default: "false", Example: "true"},
	}
}

// Declared says what is declared of paging.
func (Paging) Declared() declare.Keys {
	return declare.Keys{
		"by":         {Zh: "page 页号，offset 从第几行起，next 由回答给出下一页的标记或地址", En: "page: by number; offset: by the rows before it; next: the answer has a token or an address for the next", OneOf: []string{"page", "offset", "next"}, Example: "page", Required: true},
		"param":      {Zh: "写在地址里的参数名；next 给出地址时不用", En: "the parameter of the address; none where next is an address", Example: "page"},
		"size_param": {Zh: "每页行数的参数名", En: "the parameter that says how many rows a page has", Example: "size"},
		"size":       {Zh: "每页要多少行", En: "how many rows of a page are asked for", Default: "200", Example: "500"},
		"first":      {Zh: "第一页的页号", En: "the number of the first page", Default: "1", Example: "0"},
		"next":       {Zh: "下一页的标记或地址在回答里的位置；空或没有即为最后一页", En: "where the token or address of the next page stands in the answer; empty or missing: that was the last", Example: "links.next"},
	}
}

// Check tells what is wrong with an API that was read.
func (a *API) Check(f *declare.File, at string) {
	a.Token.Check(f, at+".token")
	u, err := url.Parse(a.URL)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		f.Fault(at+".url", "应为 https:// 开头的地址", "want an address that begins with https://")
	case u.Scheme == "http" && !a.Plain && !loopback(u.Hostname()):
		f.Fault(at+".url", "http:// 不加密：写 https://，专网上写明 unencrypted: true", "http:// is in the clear: want https://, or unencrypted: true on a network of one's own")
	case u.User != nil || u.Fragment != "" || strings.Contains(strings.ToLower(u.RawQuery), "token=") || strings.Contains(strings.ToLower(u.RawQuery), "key="):
		f.Fault(at+".url", "地址里不能有口令或令牌：写在 token 里", "no password or token may stand in an address: name it by token")
	}
	if a.CA != "" && !filepath.IsAbs(a.CA) {
		f.Fault(at+".ca", "应为绝对路径", "want an absolute path")
	}
	if n := len(a.Fields); n == 0 || n > 1000 {
		f.Fault(at+".fields", "应为 1 至 1000 列", "want 1 to 1000 columns")
	}
	seen := map[string]bool{}
	for _, x := range a.Fields {
		if seen[x.Name] {
			f.Fault(at+".fields", "有两列都叫 %q", "two columns are called %q", x.Name)
		}
		seen[x.Name] = true
	}
	if a.Timeout < time.Second || a.Timeout > 24*time.Hour {
		f.Fault(at+".timeout", "应为 1s 至 24h", "want 1s to 24h")
	}
	p := a.Paging
	switch {
	case p == nil:
	case p.By != "next" && p.Param == "":
		f.Fault(at+".paging.param", "缺少：页号或行号写在哪个参数里", "is missing: the parameter of the number")
	case p.By == "next" && p.Next == "":
		f.Fault(at+".paging.next", "缺少：下一页在回答的哪里", "is missing: where the answer tells the next page")
	case p.Rows < 1 || p.Rows > 100_000:
		f.Fault(at+".paging.size", "应为 1 至 100000", "want 1 to 100000")
	}
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
