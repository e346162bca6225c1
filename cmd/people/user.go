// Package people is the accounts of an installation as whoever owns its directory manages them: the commands of yanzhen
// user, the link of the console, and the operator's door beside a running server.
package people

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/account"
	"yanzhen/pipeline/codes"
)

// Desk is where the commands work.
type Desk struct {
	Out  io.Writer
	Lang codes.Lang
	// Zone reads the configuration when a command needs it.
	Zone func() (Zone, error)
	// Invalid marks an error that is mended by other arguments.
	Invalid func(error) error
	// Table begins a table with these headings.
	Table func(heads ...string) Table
}

// Table is what rows are written to.
type Table interface {
	Row(cells ...any)
	Flush() error
}

// Zone is the installation.
type Zone struct {
	Dir    string
	Policy account.Policy
	Settle func([]access.Scope) ([]access.Scope, error) // what accounts may be kept to
	Base   string                                       // of the addresses of its pages
	Server bool                                         // the database is a server of its own
	Local  func(time.Time) time.Time
}

func (d *Desk) say(zh, en string) string { return codes.Text{Zh: zh, En: en}.In(d.Lang) }

// Commands manage accounts, beside a running server and without one: both work on the same files, one at a time.
type Commands struct {
	Add      userAddCmd      `cmd:"" help:"Make an account and print its link."`
	List     userListCmd     `cmd:"" help:"List the accounts."`
	Link     userLinkCmd     `cmd:"" help:"Print a new link: of an account, or of this console."`
	Withdraw userWithdrawCmd `cmd:"" help:"Take the links of an account back and sign it out."`
	Signout  userSignoutCmd  `cmd:"" help:"End the sessions of an account, or of everybody."`
	Passwd   userPasswdCmd   `cmd:"" help:"Set a password, read from standard input; its owner changes it at the first sign-in."`
	Role     userRoleCmd     `cmd:"" help:"Give an account another role and other scopes."`
	Token    tokenCommands   `cmd:"" help:"Tokens by which programs come in for an account: the API, agents, ClickHouse-HTTP and Flight."`
	Factor   userFactorCmd   `cmd:"" help:"Take the second factor from an account whose device is lost."`
	Disable  userDisableCmd  `cmd:"" help:"Keep an account out and sign it out at once."`
	Enable   userEnableCmd   `cmd:"" help:"Let a disabled account in again."`
	Remove   userRemoveCmd   `cmd:"" help:"Take an account away."`
}

// ofName is the account that a command is about.
type ofName struct {
	Name string `arg:"" help:"Name of the account."`
}

// granted is what an account may see.
type granted struct {
	Scope []string `help:"Keep it to a part of the zone: park=CODE,CODE or sender=OFFICE; may be repeated." placeholder:"DIM=VALUES" sep:"none"`
}

func (g granted) scopes() ([]access.Scope, error) {
	return account.ParseScopes(strings.Join(g.Scope, ";"))
}

// Help is printed by yanzhen user --help.
func (*Commands) Help() string {
	return `Who may come in to the pages. Works beside a running server, which sees a change at once, and without one.
Roles: leader, analyst, operator, sender, display, agent, auditor, security, administrator (yanzhen access matrix shows what
each may do). A display is a screen without a person: its link holds until it is withdrawn. An agent is a
program: it comes in by tokens only.`
}

// book opens the accounts of the directory.
func (d *Desk) book() (Zone, *account.Book, error) {
	z, err := d.Zone()
	if err != nil {
		return z, nil, err
	}
	if err := os.MkdirAll(z.Dir, 0o700); err != nil {
		return z, nil, err
	}
	b, err := account.Open(z.Dir, z.Policy)
	if err != nil {
		return z, nil, d.Invalid(err)
	}
	b.Settle = z.Settle
	return z, b, nil
}

// told is a refusal in the language of the command line.
func (d *Desk) told(err error) error {
	var no *account.Refusal
	if errors.As(err, &no) {
		return d.Invalid(errors.New(no.Text.In(d.Lang) + d.list(no)))
	}
	return err
}

// list says which command lists what a refusal has not found.
func (d *Desk) list(no *account.Refusal) string {
	switch {
	case strings.HasPrefix(no.Text.Zh, "没有账号 "):
		return d.say("；yanzhen user list 列出全部", "; yanzhen user list lists them")
	case strings.HasPrefix(no.Text.Zh, "没有令牌 "):
		return d.say("；yanzhen user token list 列出全部", "; yanzhen user token list lists them")
	}
	return ""
}

// link makes a link and prints it with what it is for.
func (d *Desk) link(z Zone, b *account.Book, name string) error {
	secret, kind, err := b.MakeLink(name, Whoami())
	if err != nil {
		return d.told(err)
	}
	fmt.Fprintf(d.Out, "%s/signin/link/%s\n", z.Base, secret)
	switch kind {
	case account.Invite:
		fmt.Fprintln(d.Out, d.say("交给本人：72 小时内打开一次并设密码", "for that person: opened once within 72 hours, it sets the password"))
	case account.Screen:
		fmt.Fprintln(d.Out, d.say("在大屏的浏览器里打开；一直有效，直到 yanzhen user withdraw", "for the browser of the screen; it holds until yanzhen user withdraw"))
	default:
		fmt.Fprintln(d.Out, d.say("15 分钟内可用一次，以本机控制台的身份登录", "signs in as this console, once within 15 minutes"))
	}
	return nil
}

type userAddCmd struct {
	ofName
	Role  string `help:"What it is for: leader, analyst, operator, sender, display, agent, auditor, security, administrator." required:""`
	Title string `help:"Name of the person or the screen, as pages show it."`
	granted
}

func (u *userAddCmd) Run(_ context.Context, d *Desk) error {
	z, b, err := d.book()
	if err != nil {
		return err
	}
	scopes, err := u.scopes()
	if err == nil {
		err = b.Add(account.New{Name: u.Name, Title: u.Title, Role: access.Role(u.Role), Scopes: scopes, By: Whoami()})
	}
	if err != nil {
		return d.told(err)
	}
	if access.Role(u.Role).Tokened() {
		fmt.Fprintln(d.Out, d.say("已建账号；给它令牌：yanzhen user token add ", "the account is made; give it a token: yanzhen user token add ")+u.Name)
		return nil
	}
	return d.link(z, b, u.Name)
}

type userListCmd struct{}

func (*userListCmd) Run(_ context.Context, d *Desk) error {
	z, b, err := d.book()
	if err != nil {
		return err
	}
	list, err := b.All()
	if err != nil {
		return err
	}
	if len(list) == 0 {
		fmt.Fprintln(d.Out, d.say("还没有账号", "there is no account yet"))
		return nil
	}
	w := d.Table(strings.Fields(d.say("账号 称呼 角色 范围 状态 上次登录", "name title role scopes state signed-in"))...)
	for _, a := range list {
		state := d.say("可用", "active")
		switch {
		case a.Disabled:
			state = d.say("停用", "disabled")
		case a.Identity != nil:
			state = d.say("统一登录", "by the office")
		case a.Password == "" && a.Name != account.Local && a.Role != access.Display && !a.Role.Tokened():
			state = d.say("待设密码", "invited")
		case a.Factor != nil || len(a.Keys) > 0:
			state += d.say("，第二因素", ", second factor")
		}
		if a.Lift != nil && time.Now().Before(a.Lift.Until) {
			state += d.say("，可看少数人到 ", ", sees few people until ") + z.Local(a.Lift.Until.Add(-time.Second)).Format(time.DateOnly)
		}
		if a.Unmask != nil && time.Now().Before(a.Unmask.Until) {
			state += d.say("，可去除脱敏到 ", ", unmasks until ") + z.Local(a.Unmask.Until.Add(-time.Second)).Format(time.DateOnly)
		}
		last := "-"
		if !a.SignedIn.IsZero() {
			last = z.Local(a.SignedIn).Format("2006-01-02 15:04")
		}
		w.Row(a.Name, a.Title, string(a.Role), account.WriteScopes(a.Scopes), state, last)
	}
	return w.Flush()
}

type userLinkCmd struct {
	Name string `arg:"" optional:"" help:"Name of the account; none: whoever sits at this console, as administrator."`
}

func (u *userLinkCmd) Run(_ context.Context, d *Desk) error {
	z, b, err := d.book()
	if err != nil {
		return err
	}
	if u.Name == "" {
		u.Name = account.Local
	}
	return d.link(z, b, u.Name)
}

type userPasswdCmd struct{ ofName }

func (u *userPasswdCmd) Run(_ context.Context, d *Desk) error {
	_, b, err := d.book()
	if err != nil {
		return err
	}
	if a, ok, err := b.Find(u.Name); err != nil || ok && (a.Role == access.Display || a.Role.Tokened()) {
		return errors.Join(err, d.Invalid(errors.New(d.say("大屏和智能体没有密码：yanzhen user link、yanzhen user token add", "displays and agents have no password: yanzhen user link, yanzhen user token add"))))
	}
	hidden := hide(int(os.Stdin.Fd()))
	if hidden != nil {
		fmt.Fprint(os.Stderr, d.say("新密码：", "new password: "))
	}
	text, _ := bufio.NewReader(os.Stdin).ReadString('\n') // the last line may lack its end
	if hidden != nil {
		hidden()
		fmt.Fprintln(os.Stderr)
	}
	if text = strings.TrimRight(text, "\r\n"); text == "" {
		return d.Invalid(errors.New(d.say("没有读到密码：在标准输入里给一行", "no password was read: give it as a line of standard input")))
	}
	if err := b.LendPassword(u.Name, text); err != nil {
		return d.told(err)
	}
	fmt.Fprintln(d.Out, d.say("密码已设；本人第一次登录时要改", "the password is set; its owner changes it at the first sign-in"))
	return nil
}

// hide keeps a terminal from showing what is typed; nil where standard input is none.
func hide(fd int) (show func()) {
	was, err := unix.IoctlGetTermios(fd, termiosGet)
	if err != nil {
		return nil
	}
	silent := *was
	silent.Lflag &^= unix.ECHO
	if unix.IoctlSetTermios(fd, termiosSet, &silent) != nil {
		return nil
	}
	return func() { _ = unix.IoctlSetTermios(fd, termiosSet, was) }
}

type userRoleCmd struct {
	ofName
	To string `arg:"" name:"role" help:"What it is for: leader, analyst, operator, sender, display, agent, auditor, security, administrator."`
	granted
}

func (u *userRoleCmd) Run(_ context.Context, d *Desk) error {
	scopes, err := u.scopes()
	if err != nil {
		return d.told(err)
	}
	return d.amend(u.Name, func(b *account.Book) error { return b.Grant(u.Name, access.Role(u.To), scopes) })
}

// amend changes an account and says that it is done.
func (d *Desk) amend(name string, change func(b *account.Book) error) error {
	_, b, err := d.book()
	if err != nil {
		return err
	}
	if err := change(b); err != nil {
		return d.told(err)
	}
	fmt.Fprintln(d.Out, name+d.say("：已改", ": changed"))
	return nil
}

type userSignoutCmd struct {
	Name string `arg:"" optional:"" help:"Name of the account."`
	All  bool   `help:"Everybody."`
}

func (u *userSignoutCmd) Run(_ context.Context, d *Desk) error {
	if u.All == (u.Name != "") {
		return d.Invalid(errors.New(d.say("写账号名，或 --all", "name an account, or --all")))
	}
	return d.amend(u.Name+map[bool]string{true: "*"}[u.All], func(b *account.Book) error { return b.SignOut(u.Name) })
}

type (
	userWithdrawCmd struct{ ofName }
	userFactorCmd   struct{ ofName }
	userDisableCmd  struct{ ofName }
	userEnableCmd   struct{ ofName }
	userRemoveCmd   struct{ ofName }
)

func (u *userWithdrawCmd) Run(_ context.Context, d *Desk) error {
	return d.amend(u.Name, func(b *account.Book) error { return errors.Join(b.Withdraw(u.Name), d.withoutTokens(b, u.Name)) })
}

func (u *userFactorCmd) Run(_ context.Context, d *Desk) error {
	return d.amend(u.Name, func(b *account.Book) error { return b.DropFactors(u.Name) })
}

func (u *userDisableCmd) Run(_ context.Context, d *Desk) error {
	return d.amend(u.Name, func(b *account.Book) error { return b.Disable(u.Name) })
}

func (u *userEnableCmd) Run(_ context.Context, d *Desk) error {
	return d.amend(u.Name, func(b *account.Book) error { return b.Enable(u.Name) })
}

func (u *userRemoveCmd) Run(_ context.Context, d *Desk) error {
	return d.amend(u.Name, func(b *account.Book) error {
		if err := b.Remove(u.Name); err != nil {
			return err
		}
		return d.withoutTokens(b, u.Name)
	})
}

// Whoami is the name of the user at the command line.
func Whoami() string {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	return "console"
}
