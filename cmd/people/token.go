package people

import (
	"context"
	"fmt"
	"strings"

	"yanzhen/dashboard/access/account"
	"yanzhen/dashboard/access/token"
)

// tokenCommands manage the tokens of accounts.
type tokenCommands struct {
	Add    tokenAddCmd    `cmd:"" help:"Make a token and print it, once."`
	List   tokenListCmd   `cmd:"" help:"List the tokens: of an account, or all."`
	Revoke tokenRevokeCmd `cmd:"" help:"Take a token back at once."`
}

// shelf opens the tokens of the directory.
func (d *Desk) shelf() (Zone, *token.Shelf, error) {
	z, b, err := d.book()
	if err != nil {
		return z, nil, err
	}
	s, err := token.Open(z.Dir, b)
	if err != nil {
		return z, nil, d.Invalid(err)
	}
	return z, s, nil
}

// withoutTokens takes back every token of an account.
func (d *Desk) withoutTokens(b *account.Book, name string) error {
	z, err := d.Zone()
	if err != nil {
		return err
	}
	s, err := token.Open(z.Dir, b)
	if err != nil {
		return err
	}
	return s.RevokeAll(name)
}

type tokenAddCmd struct {
	ofName
	For   string   `help:"What it is for, as lists show it." default:"program" placeholder:"TEXT"`
	Right []string `help:"Only these rights of the account: view, rows, export, sql, submit ...; none: all it has." placeholder:"RIGHT"`
	Days  int      `help:"How many days it lasts, 365 at most." default:"90"`
	granted
}

func (t *tokenAddCmd) Run(_ context.Context, d *Desk) error {
	z, s, err := d.shelf()
	if err != nil {
		return err
	}
	scopes, err := t.scopes()
	if err != nil {
		return d.told(err)
	}
	secret, made, err := s.Make(token.New{Account: t.Name, Name: t.For, Rights: t.Right, Scopes: scopes, Days: t.Days, By: Whoami()})
	if err != nil {
		return d.told(err)
	}
	fmt.Fprintln(d.Out, secret)
	fmt.Fprintf(d.Out, d.say("只显示这一次。编号 %s，到 %s，权限 %s\n", "shown this once. Its id is %s, it lasts until %s and may %s\n"),
		made.ID, z.Local(made.Until).Format("2006-01-02 15:04"), strings.Join(made.Rights, ", "))
	return nil
}

type tokenListCmd struct {
	Name string `arg:"" optional:"" help:"Name of the account; none: all."`
}

func (t *tokenListCmd) Run(_ context.Context, d *Desk) error {
	z, s, err := d.shelf()
	if err != nil {
		return err
	}
	list, err := s.All()
	if err != nil {
		return err
	}
	w, n := d.Table(strings.Fields(d.say("编号 账号 用途 权限 范围 到期 上次使用", "id account for rights scopes until used"))...), 0
	for _, x := range list {
		if t.Name != "" && x.Account != t.Name {
			continue
		}
		n++
		until, used := z.Local(x.Until).Format("2006-01-02"), "-"
		if s.Over(x) {
			until += d.say("，已过期", ", over")
		}
		if !x.Used.IsZero() {
			used = z.Local(x.Used).Format("2006-01-02 15:04") + " " + x.From
		}
		w.Row(x.ID, x.Account, x.Name, strings.Join(x.Rights, ","), account.WriteScopes(x.Scopes), until, used)
	}
	if _, b, err := d.book(); n == 0 && t.Name != "" && err == nil {
		if _, ok, err := b.Find(t.Name); err == nil && !ok {
			return d.Invalid(fmt.Errorf(d.say("没有账号 %s；yanzhen user list 列出全部", "there is no account %s; yanzhen user list lists them"), t.Name))
		}
	}
	if n == 0 {
		fmt.Fprintln(d.Out, d.say("没有令牌", "there is no token"))
		return nil
	}
	return w.Flush()
}

type tokenRevokeCmd struct {
	ID string `arg:"" help:"Id of the token, see yanzhen user token list."`
}

func (t *tokenRevokeCmd) Run(_ context.Context, d *Desk) error {
	_, s, err := d.shelf()
	if err != nil {
		return err
	}
	was, err := s.Revoke(t.ID, "")
	if err != nil {
		return d.told(err)
	}
	fmt.Fprintf(d.Out, d.say("%s 的令牌 %s（%s）已撤销\n", "%s: the token %s (%s) is taken back\n"), was.Account, was.ID, was.Name)
	return nil
}
