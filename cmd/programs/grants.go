package programs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"yanzhen/dashboard/access/account"
	"yanzhen/dashboard/asking"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/cluster"
	"yanzhen/pipeline/warehouse/grants"
)

// Commands are about a ClickHouse server of an installation's own.
type Commands struct {
	Grants grantsCmd `cmd:"" help:"Print, or apply, who may ask the ClickHouse server what."`
}

// Site is where the commands work.
type Site struct {
	Out, Err io.Writer
	Lang     codes.Lang
	Invalid  func(error) error // marks an error that is mended by other arguments
	// Zone reads what is configured and declared when a command needs it.
	Zone func() (Zone, error)
}

// Zone is the installation.
type Zone struct {
	Dir     string
	Policy  account.Policy
	Views   []grants.View
	Exprs   map[string]string // of dimensions, over the columns of a view
	Memory  int64             // bytes of a statement
	Cluster cluster.Plan      // of which the server is a part
	// Open connects to the server; empty: by the program's own user. nil: the database is the embedded engine.
	Open func(ctx context.Context, user, password string) (*warehouse.DB, error)
}

func (s *Site) say(zh, en string) string { return codes.Text{Zh: zh, En: en}.In(s.Lang) }

func (s *Site) invalid(zh, en string, args ...any) error {
	return s.Invalid(fmt.Errorf(s.say(zh, en), args...))
}

type grantsCmd struct {
	Apply        bool   `help:"Run the statements on the server of database.dsn instead of printing them."`
	Passwords    string `help:"Folder with a file for each account that is to get a password: its name is the account's, its content the password. For new accounts without one a password is made and written there." placeholder:"DIR"`
	User         string `help:"User of the server that may manage access; default: that of database.dsn." placeholder:"NAME"`
	PasswordFile string `help:"File that holds the password of --user." placeholder:"FILE"`
}

// Help is printed by yanzhen warehouse grants --help.
func (*grantsCmd) Help() string {
	return `Says to a ClickHouse server what the embedded engine keeps to by itself: roles, limits, a quota, a user for
every account with the rights of SQL, rows and figures of few people, named yanzhen.ACCOUNT, and row policies for accounts that are kept to a
part of the zone. Accounts that are gone, disabled or without the right are dropped. Nothing else of the server is
touched, and a second run changes nothing. Run it again when accounts or datasets change.

  yanzhen warehouse grants                                   what would be said
  yanzhen warehouse grants --apply --passwords /root/given --user admin --password-file /root/admin.password

Nobody is given what masks hide: the right of unmasking is for one statement whose reason is in the audit trail before it
runs, and statements to a server do not pass through this program.

The passwords of the pages cannot be carried over: they are kept as hashes of another kind. A new user without a
password in the folder of --passwords cannot come in. What is printed and sent holds salted hashes, never a password;
hand the files over and delete them.`
}

// Run is called by the command line.
func (g *grantsCmd) Run(ctx context.Context, s *Site) error {
	z, err := s.Zone()
	if err != nil {
		return err
	}
	if z.Open == nil {
		return s.invalid("数据库是内置引擎，程序经 database.listen 进来，权限由本程序把守；这个命令用于 database.dsn 所指的 ClickHouse 服务器",
			"the database is the embedded engine: programs come in by database.listen and this program keeps the gate; this command is for the ClickHouse server of database.dsn")
	}
	plan := grants.Plan{Views: z.Views, Memory: z.Memory}
	if plan.Accounts, err = z.accounts(); err != nil {
		return s.Invalid(err)
	}
	password := ""
	if g.PasswordFile != "" {
		b, err := os.ReadFile(g.PasswordFile)
		if err != nil {
			return s.Invalid(err)
		}
		password = strings.TrimSpace(string(b))
	}
	db, err := z.Open(ctx, g.User, password)
	if err != nil {
		if g.Apply {
			return err
		}
		fmt.Fprintln(s.Out, s.say("-- 连不上服务器，以下不含对已有对象的清理", "-- the server does not answer: what is gone is not dropped below"))
	} else {
		defer db.Close()
		if plan.Have, err = grants.Read(ctx, db); err != nil {
			return err
		}
	}
	given, err := s.passwords(g.Passwords, &plan)
	if err != nil {
		return err
	}
	if !g.Apply {
		for _, sql := range plan.Statements() {
			for _, each := range z.Cluster.Statements(sql) {
				fmt.Fprintln(s.Out, each+";")
			}
		}
	} else if err := apply(ctx, db, plan.Statements()); err != nil {
		return err
	}
	return s.told(plan, given, g)
}

// apply runs the statements in order. An error names the object and no hash.
func apply(ctx context.Context, db *warehouse.DB, statements []string) error {
	for i, sql := range statements {
		if err := db.Exec(ctx, warehouse.Statement{SQL: sql, Tag: "grants"}); err != nil {
			head, _, _ := strings.Cut(sql, " IDENTIFIED WITH ")
			var said *warehouse.Error
			if errors.As(err, &said) { // its text repeats the statement
				return fmt.Errorf("%d/%d: %.300s: %s (%d)", i+1, len(statements), head, said.Name, said.Code)
			}
			return fmt.Errorf("%d/%d: %.300s: %w", i+1, len(statements), head, err)
		}
	}
	return nil
}

// accounts are those who may ask in SQL and are not disabled.
func (z Zone) accounts() (out []grants.Account, err error) {
	book, err := account.Open(z.Dir, z.Policy)
	if err != nil {
		return nil, err
	}
	list, err := book.All()
	for _, a := range list {
		v := book.Viewer(a)
		if a.Disabled || a.Name == account.Local || !v.Can(asking.Rights) {
			continue
		}
		to := grants.Account{Name: a.Name, Shut: v.Owes}
		for _, x := range a.Scopes {
			to.Parts = append(to.Parts, grants.Part{Dim: x.Dim, Expr: z.Exprs[x.Dim], Values: x.Values})
		}
		out = append(out, to)
	}
	return out, err
}

const maxPassword = 1024

// passwords reads the passwords of a folder into the plan, and makes those that new accounts lack; given are the
// accounts for whom one was made.
func (s *Site) passwords(dir string, plan *grants.Plan) (given []string, err error) {
	if dir == "" {
		return nil, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, s.Invalid(err)
	}
	root, err := os.OpenRoot(dir) // no name of an account leads elsewhere
	if err != nil {
		return nil, s.Invalid(err)
	}
	defer root.Close()
	for i, a := range plan.Accounts {
		f, err := root.Open(a.Name)
		switch {
		case err == nil:
			b, err := io.ReadAll(io.LimitReader(f, maxPassword+1))
			if err := errors.Join(err, f.Close()); err != nil {
				return nil, err
			}
			password := strings.TrimRight(string(b), "\r\n")
			if len([]rune(password)) < 12 || len(password) > maxPassword {
				return nil, s.invalid("%s：密码要有 12 个字符以上，写在一行里", "%s: a password has 12 characters or more, on one line", filepath.Join(dir, a.Name))
			}
			plan.Accounts[i].Secret = grants.Hash(password)
		case !errors.Is(err, fs.ErrNotExist):
			return nil, s.Invalid(err)
		case !slices.Contains(plan.Have.Users, a.Name):
			password := grants.Password()
			f, err := root.OpenFile(a.Name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
			if err != nil {
				return nil, s.Invalid(err)
			}
			_, err = f.WriteString(password + "\n")
			if err := errors.Join(err, f.Close()); err != nil {
				return nil, err
			}
			plan.Accounts[i].Secret = grants.Hash(password)
			given = append(given, a.Name)
		}
	}
	return given, nil
}

// told says what came of it, to standard error, so that what is printed can be sent to a server as it is.
func (s *Site) told(plan grants.Plan, given []string, g *grantsCmd) error {
	if len(given) > 0 {
		fmt.Fprintf(s.Err, s.say("已为 %s 生成密码，放在 %s：交给本人后删除\n", "passwords were made for %s, in %s: hand them over and delete the files\n"), strings.Join(given, ", "), g.Passwords)
	}
	var without, closed []string
	for _, a := range plan.Accounts {
		if a.Secret == nil && !slices.Contains(plan.Have.Users, a.Name) {
			without = append(without, a.Name)
		}
		if len(a.Parts) > 0 {
			closed = append(closed, fmt.Sprintf("%s %d/%d", a.Name, len(plan.Reads(a)), len(plan.Views)))
		}
	}
	if len(without) > 0 {
		fmt.Fprintf(s.Err, s.say("还没有密码、进不来：%s；用 --passwords 目录 给出\n", "without a password, and so kept out: %s; --passwords DIR gives one\n"), strings.Join(without, ", "))
	}
	if len(closed) > 0 {
		fmt.Fprintf(s.Err, s.say("只看一部分的账号可读的视图：%s\n", "views that accounts of a part may read: %s\n"), strings.Join(closed, ", "))
	}
	fmt.Fprintln(s.Err, s.say("姓名对所有人掩码：服务器上没有一处能先问理由、先记审计，所以没有去除脱敏的角色", "names are masked for everybody: nothing on a server asks why and writes it down first, so there is no role of unmasking"))
	if g.Apply {
		fmt.Fprintf(s.Err, s.say("已对 %d 个账号生效\n", "applied for %d accounts\n"), len(plan.Accounts))
	}
	return nil
}
