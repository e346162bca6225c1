// Package access says who looks and what that person may see: roles, rights and row scopes, the viewer that a context
// carries, and the gate that every address passes. It knows nothing of pages, of passwords or of figures. Where it is not
// said who looks, nobody does, and nothing is shown.
package access

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"

	"yanzhen/pipeline/codes"
)

// Right is something that a viewer may do. Rights are a set of bits.
type Right uint16

// The rights. Each address needs one of them.
const (
	View     Right = 1 << iota // pages and their figures
	Rows                       // what stands on record level: files, refused cells, rows left out
	Export                     // figures as files: CSV, workbooks, pictures
	SQL                        // statements of one's own
	Operate                    // how the installation does: health in detail, what is declared
	Audit                      // who has done what
	Accounts                   // who may come in
	Unmask                     // what masks hide
	Submit                     // files into the inbox
	Small                      // figures of few people
)

// Has says whether all of some rights are among these.
func (r Right) Has(some Right) bool { return some != 0 && r&some == some }

// Rights are all rights there are, in the order of the matrix.
var Rights = []struct {
	Right Right
	Name  string
	Text  codes.Text
}{
	{View, "view", codes.Text{Zh: "看页面与数字", En: "pages and figures"}},
	{Rows, "rows", codes.Text{Zh: "看明细：文件、拒收、剔除", En: "record level: files, refused and excluded rows"}},
	{Export, "export", codes.Text{Zh: "下载文件", En: "figures as files"}},
	{SQL, "sql", codes.Text{Zh: "自己写 SQL", En: "statements of one's own"}},
	{Operate, "operate", codes.Text{Zh: "运行情况", En: "how the installation does"}},
	{Audit, "audit", codes.Text{Zh: "审计记录", En: "the audit trail"}},
	{Accounts, "accounts", codes.Text{Zh: "管理账号", En: "accounts"}},
	{Small, "small", codes.Text{Zh: "看少数人的数", En: "figures of few people"}},
	{Unmask, "unmask", codes.Text{Zh: "去除脱敏", En: "what masks hide"}},
	{Submit, "submit", codes.Text{Zh: "报送文件", En: "files into the inbox"}},
}

// Role is what an account is for. An account has one.
type Role string

// The roles.
const (
	Leader        Role = "leader"
	Analyst       Role = "analyst"
	Operator      Role = "operator"
	Sender        Role = "sender"
	Auditor       Role = "auditor"
	Security      Role = "security"
	Administrator Role = "administrator"
	Display       Role = "display"
	Agent         Role = "agent"
)

// Roles are all roles there are, in the order of the matrix, with what each may do.
var Roles = []struct {
	Role Role
	Text codes.Text
	may  Right
	// apart is what the role may do where duties are separate.
	apart Right
}{
	{Leader, codes.Text{Zh: "领导", En: "Leader"}, View | Export, View | Export},
	{Analyst, codes.Text{Zh: "分析员", En: "Analyst"}, View | Export | Rows | SQL | Small, View | Export | Rows | SQL | Small},
	{Operator, codes.Text{Zh: "操作员", En: "Operator"}, View | Export | Rows | Operate | Submit | Small, View | Export | Rows | Operate | Submit | Small},
	{Sender, codes.Text{Zh: "报送人", En: "Sender"}, Rows | Submit, Rows | Submit},
	{Display, codes.Text{Zh: "大屏", En: "Display"}, View, View},
	{Agent, codes.Text{Zh: "智能体", En: "Agent"}, View | Rows, View | Rows},
	{Auditor, codes.Text{Zh: "审计员", En: "Auditor"}, Audit, Audit},
	{Security, codes.Text{Zh: "安全管理员", En: "Security administrator"}, Accounts, Accounts},
	{Administrator, codes.Text{Zh: "系统管理员", En: "Administrator"}, View | Rows | Export | SQL | Operate | Audit | Accounts | Unmask | Submit | Small, View | Rows | Export | Operate | Submit | Small},
}

// Known says whether there is such a role.
func (r Role) Known() bool { return r.Title().Zh != "" }

// Duty says whether the role is one of the three that are kept apart where duties are separate.
func (r Role) Duty() bool { return r == Auditor || r == Security || r == Administrator }

// Console is the name of the account of whoever sits at the server's console.
const Console = "local"

// Called is what an account is called on a page: the console's in its language, any other as who made it wrote.
func Called(name, title string, loc codes.Lang) string {
	if name == Console {
		return codes.Text{Zh: "控制台", En: "Console"}.In(loc)
	}
	return title
}

// Title is what people call the role; empty: there is none of this name.
func (r Role) Title() codes.Text {
	for _, x := range Roles {
		if x.Role == r {
			return x.Text
		}
	}
	return codes.Text{}
}

// Duties says how the duties of the installation are spread over its roles.
type Duties string

// Separate: who runs the installation, who lets people in and who audits are three (三员分立). Joint: the administrator may
// do all of it.
const (
	Joint    Duties = ""
	Separate Duties = "separate"
)

// May is what the role may do; a role that is not known may do nothing.
func (r Role) May(d Duties) Right {
	for _, x := range Roles {
		switch {
		case x.Role != r:
		case d == Joint:
			return x.may
		default:
			return x.apart
		}
	}
	return 0
}

// RoleNames are the names of all roles.
func RoleNames() []string {
	var names []string
	for _, x := range Roles {
		names = append(names, string(x.Role))
	}
	return names
}

// Scope keeps a viewer to some values of a dimension.
type Scope struct {
	Dim    string   `json:"dim"`
	Values []string `json:"values"`
}

// Dimensions are those that an account may be kept to. BySender keeps to what somebody sent, and is no dimension of a metric.
var Dimensions = []string{"park", "chain", "node", "enterprise", BySender}

// BySender is the scope of who reports.
const BySender = "sender"

// Viewer is who looks.
type Viewer struct {
	Name   string // of the account; of the command line and of tests, what they are
	Title  string // as people call the account
	Role   Role
	May    Right
	Scopes []Scope
	From   string // the address that the request came from
	Owes   bool   // a password or a second factor is due before anything else may be looked at
	Token  string // the token by which a program looks; empty: a person's session
}

// Can says whether the viewer may do something; nobody may do nothing.
func (v *Viewer) Can(r Right) bool { return v != nil && r != 0 && v.May&r == r }

// Whole says whether the viewer is kept to no part of the rows.
func (v *Viewer) Whole() bool { return v != nil && len(v.Scopes) == 0 }

// First is the first page that a viewer may see, where home is that of all figures.
func First(v *Viewer, home string) string {
	switch {
	case v.Can(View):
		return home
	case v.Can(Submit):
		return "/send"
	case v.Can(Rows):
		return "/data/runs"
	case v.Can(Accounts):
		return "/users"
	case v.Can(Audit):
		return "/audit"
	}
	return "/account"
}

// Tokened says that a role comes in by tokens only: no person signs in by it.
func (r Role) Tokened() bool { return r == Agent }

// Part is a text that differs where viewers see different figures: of parts of the rows, of few people or not; empty: all of
// them.
func (v *Viewer) Part() string {
	switch {
	case v == nil || len(v.Scopes) == 0 && v.Can(Small):
		return ""
	case v.Can(Small):
		return fmt.Sprintf("%q", v.Scopes)
	}
	return fmt.Sprintf("%q few", v.Scopes)
}

// Senders are those whose submissions the viewer may see; all is true where these are everybody's.
func (v *Viewer) Senders() (list []string, all bool) {
	if v == nil {
		return nil, false
	}
	i := slices.IndexFunc(v.Scopes, func(s Scope) bool { return s.Dim == BySender })
	if i >= 0 {
		return v.Scopes[i].Values, false
	}
	return nil, len(v.Scopes) == 0 && v.Role != Sender
}

type key struct{}

// With is a context in which v looks.
func With(ctx context.Context, v *Viewer) context.Context { return context.WithValue(ctx, key{}, v) }

// From is who looks in a context; nil: it is not said.
func From(ctx context.Context) *Viewer {
	v, _ := ctx.Value(key{}).(*Viewer)
	return v
}

type counted struct{}

// Counting is a context in which what is shown is counted.
func Counting(ctx context.Context) (context.Context, *atomic.Uint64) {
	var n atomic.Uint64
	return context.WithValue(ctx, counted{}, &n), &n
}

// Shown counts rows that are answered to who looks, for the audit trail.
func Shown(ctx context.Context, rows int) {
	if n, ok := ctx.Value(counted{}).(*atomic.Uint64); ok && rows > 0 {
		n.Add(uint64(rows))
	}
}

// Counted is how many were shown in a context so far.
func Counted(ctx context.Context) uint64 {
	if n, ok := ctx.Value(counted{}).(*atomic.Uint64); ok {
		return n.Load()
	}
	return 0
}

// CommandLine is the operator at the server's own command line, who owns its files: nothing is kept from that person.
func CommandLine(name string) *Viewer {
	return &Viewer{Name: name, Title: name, Role: Administrator, May: everything(), From: "local"}
}

func everything() (all Right) {
	for _, r := range Rights {
		all |= r.Right
	}
	return all
}
