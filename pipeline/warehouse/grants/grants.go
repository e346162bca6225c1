// Package grants says to a ClickHouse server of an installation's own what the embedded engine keeps to by itself: the
// roles of the program, who may ask in SQL, of which part of the zone, and how much a statement may use. It makes
// statements and reads what a server has; nobody's password is here, only what becomes of one.
//
// Whoever is kept to a part of the zone is granted the views that can be kept to it, by name, with a restrictive row
// policy on each: a view that comes later, or has no such column, stays closed. Objects whose names begin otherwise than
// ours are not touched.
package grants

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/door"
	"yanzhen/pipeline/warehouse/embedded"
)

// What is ours begins like this. A name of an account has no slash, so no user is taken for a role.
const (
	userPrefix = "yanzhen."
	prefix     = "yanzhen/"
	analyst    = prefix + embedded.Analyst // the role, the settings profile and the quota
	everyRow   = prefix + "rows"
	partPrefix = prefix + "part/"
)

// Account is somebody who may ask in SQL.
type Account struct {
	Name   string
	Parts  []Part  // what the account is kept to, all of them at once; none: the whole zone
	Secret *Secret // the password it gets; nil: a user that is there keeps its own, a new one gets one that nobody knows
	Shut   bool    // may not come in at the moment: a password or a second factor is due
}

// Part keeps an account to some values of a dimension.
type Part struct {
	Dim    string
	Expr   string // over the columns of a view, where no column has the name of the dimension; empty: there is none
	Values []string
}

// View is a view of mart.
type View struct {
	Name    string
	Columns map[string]string // name and type
	Open    bool              // a code list: it holds nothing of the zone, and everybody may read it
}

// Secret is a password as the server keeps it.
type Secret struct{ hash, salt string }

// Hash makes a Secret of a password, with a salt of its own.
func Hash(password string) *Secret {
	var b [16]byte
	_, _ = rand.Read(b[:])
	salt := hex.EncodeToString(b[:])
	sum := sha256.Sum256([]byte(password + salt))
	return &Secret{strings.ToUpper(hex.EncodeToString(sum[:])), salt}
}

// Password makes one of 130 random bits that people can type.
func Password() string { return rand.Text() }

// Have is what a server has of ours.
type Have struct {
	Self     string   // the user who asks, who is not touched
	Users    []string // names of accounts, without our prefix
	Policies []Policy
}

// Policy is a row policy of ours, on a view of mart.
type Policy struct{ Name, View string }

// Plan is what a server is to be brought to.
type Plan struct {
	Accounts []Account
	Views    []View
	Have     Have
	Memory   int64 // bytes of a statement; 0: 1 GiB
}

// Read asks a server what it has of ours.
func Read(ctx context.Context, db *warehouse.DB) (h Have, err error) {
	if err := db.Row(ctx, warehouse.Statement{SQL: "select currentUser()", Tag: "grants"}, &h.Self); err != nil {
		return h, err
	}
	users, err := warehouse.Select[struct {
		Name string `db:"name"`
	}](ctx, db, warehouse.Statement{SQL: "select name from system.users where startsWith(name, {p:String}) order by name", Params: map[string]string{"p": userPrefix}, Tag: "grants"})
	if err != nil {
		return h, err
	}
	for _, u := range users {
		h.Users = append(h.Users, strings.TrimPrefix(u.Name, userPrefix))
	}
	policies, err := warehouse.Select[struct {
		Name string `db:"short_name"`
		View string `db:"view"`
	}](ctx, db, warehouse.Statement{SQL: "select short_name, table as view from system.row_policies where startsWith(short_name, {p:String}) and database = 'mart' order by short_name, table", Params: map[string]string{"p": partPrefix}, Tag: "grants"})
	for _, p := range policies {
		h.Policies = append(h.Policies, Policy(p))
	}
	return h, err
}

// Statements bring a server from what it has to the plan. They may run again, and may be stopped between any two: an
// account is given its rights after what keeps it to its part, and what kept it goes after them.
func (p Plan) Statements() []string {
	p.Accounts = slices.DeleteFunc(slices.Clone(p.Accounts), func(a Account) bool { return userPrefix+a.Name == p.Have.Self })
	var out, late []string
	for _, role := range []string{embedded.Loader, embedded.Reader, embedded.Analyst} {
		out = append(out, "CREATE ROLE IF NOT EXISTS "+name(prefix+role),
			"GRANT "+strings.Join(embedded.Grants(role), ", ")+" TO "+name(prefix+role)+" WITH REPLACE OPTION")
	}
	wanted := map[string]bool{}
	kept := map[Policy]bool{}
	var parts []string // users who are kept to a part
	for _, a := range p.Accounts {
		wanted[a.Name] = true
		out = append(out, p.user(a))
		if len(a.Parts) == 0 {
			continue
		}
		parts = append(parts, name(userPrefix+a.Name))
		for _, v := range p.Views {
			if v.Open {
				continue
			}
			kept[Policy{partPrefix + a.Name, v.Name}] = true
			filter, _ := v.filter(a.Parts)
			out = append(out, fmt.Sprintf("CREATE ROW POLICY OR REPLACE %s ON mart.%s FOR SELECT USING %s AS RESTRICTIVE TO %s",
				name(partPrefix+a.Name), name(v.Name), filter, name(userPrefix+a.Name)))
		}
	}
	out = append(out, p.everywhere(parts)...)
	for _, a := range p.Accounts {
		out = append(out, p.rights(a)...)
	}
	for _, u := range p.Have.Users {
		if !wanted[u] && userPrefix+u != p.Have.Self {
			out = append(out, "DROP USER IF EXISTS "+name(userPrefix+u))
		}
	}
	for _, have := range p.Have.Policies {
		if !kept[have] {
			late = append(late, "DROP ROW POLICY IF EXISTS "+name(have.Name)+" ON mart."+name(have.View))
		}
	}
	return append(out, late...)
}

// user makes a user, or brings one that is there to what its account is. A new one has no right yet.
func (p Plan) user(a Account) string {
	there := slices.Contains(p.Have.Users, a.Name)
	sql := "CREATE USER IF NOT EXISTS "
	if there {
		sql = "ALTER USER IF EXISTS "
	}
	sql += name(userPrefix + a.Name)
	secret := a.Secret
	if secret == nil && !there {
		secret = Hash(Password())
	}
	if secret != nil {
		sql += " IDENTIFIED WITH sha256_hash BY " + text(secret.hash) + " SALT " + text(secret.salt)
	}
	host := " HOST ANY"
	if a.Shut {
		host = " HOST NONE"
	}
	return sql + host + " DEFAULT DATABASE mart GRANTEES NONE"
}

// everywhere is what holds for everybody who asks in SQL: rows that no other policy keeps back, limits, a quota.
func (p Plan) everywhere(parts []string) []string {
	to := []string{name(analyst)}
	for _, a := range p.Accounts {
		to = append(to, name(userPrefix+a.Name))
	}
	// a server may be told that without a policy nobody sees a row
	seeing := append([]string{name(prefix + embedded.Loader), name(prefix + embedded.Reader), name(analyst)}, parts...)
	return []string{
		"CREATE ROW POLICY OR REPLACE " + name(everyRow) + " ON mart.* FOR SELECT USING 1 AS PERMISSIVE TO " + strings.Join(seeing, ", "),
		"CREATE SETTINGS PROFILE OR REPLACE " + name(analyst) + " SETTINGS " + strings.Join(p.settings(), ", ") + " TO " + strings.Join(to, ", "),
		"CREATE QUOTA OR REPLACE " + name(analyst) + " KEYED BY user_name FOR INTERVAL 15 minute MAX failed_sequential_authentications = 5, FOR INTERVAL 1 hour MAX queries = 10000, execution_time = 7200 TO " + strings.Join(to, ", "),
	}
}

// Setting is one of the profile of those who ask in SQL.
type Setting struct {
	Name  string
	Value int64
	Fixed bool // else it may be chosen lower, but for 0, which would be no limit
}

// Settings are those of the profile, which are the limits of the embedded engine's port.
func (p Plan) Settings() []Setting {
	out := []Setting{
		{"readonly", 2, false}, // clients may choose how an answer looks
		{"priority", 10, true},
		{"allow_ddl", 0, true},
		{"allow_introspection_functions", 0, true},
		{"max_concurrent_queries_for_user", door.Each, false},
	}
	limits := door.Limits(p.Memory)
	for _, n := range slices.Sorted(maps.Keys(limits)) {
		v, _ := strconv.ParseInt(limits[n], 10, 64)
		out = append(out, Setting{n, v, false})
	}
	return out
}

func (p Plan) settings() (out []string) {
	for _, s := range p.Settings() {
		switch {
		case s.Name == "readonly":
			out = append(out, "readonly = 2")
		case s.Fixed:
			out = append(out, fmt.Sprintf("%s = %d CONST", s.Name, s.Value))
		default:
			out = append(out, fmt.Sprintf("%s = %d MIN 1 MAX %d", s.Name, s.Value, s.Value))
		}
	}
	return out
}

// rights gives an account what it may read and takes what it had.
func (p Plan) rights(a Account) []string {
	user := name(userPrefix + a.Name)
	if len(a.Parts) == 0 {
		return []string{"REVOKE ALL ON *.* FROM " + user, "GRANT " + name(analyst) + " TO " + user + " WITH REPLACE OPTION"}
	}
	var may []string
	for _, v := range p.Views {
		if _, ok := v.filter(a.Parts); ok || v.Open {
			may = append(may, "SELECT ON mart."+name(v.Name))
		}
	}
	out := []string{"REVOKE " + name(analyst) + " FROM " + user}
	if len(may) == 0 {
		return append(out, "REVOKE ALL ON *.* FROM "+user)
	}
	return append(out, "GRANT "+strings.Join(may, ", ")+" TO "+user+" WITH REPLACE OPTION")
}

// Reads are the views that an account may read, by name.
func (p Plan) Reads(a Account) (out []string) {
	for _, v := range p.Views {
		if _, ok := v.filter(a.Parts); ok || v.Open || len(a.Parts) == 0 {
			out = append(out, v.Name)
		}
	}
	return out
}

// filter is what a row of the view must meet; 0 and false where the view cannot be kept to the parts.
func (v View) filter(parts []Part) (string, bool) {
	var all []string
	for _, part := range parts {
		expr, ok := v.expr(part)
		if !ok || len(part.Values) == 0 {
			return "0", false
		}
		values := make([]string, len(part.Values))
		for i, x := range part.Values {
			values[i] = text(x)
		}
		all = append(all, "("+expr+") IN ("+strings.Join(values, ", ")+")")
	}
	return strings.Join(all, " AND "), len(all) > 0
}

// wordRe finds what an expression is made of: texts, and names with what stands behind them.
var wordRe = regexp.MustCompile(`'(?:[^'\\]|\\.)*'|([A-Za-z_][A-Za-z0-9_]*)(\s*\()?`)

// expr is the dimension of a part over the columns of the view; false where they do not give it.
func (v View) expr(part Part) (string, bool) {
	if v.single(part.Dim) {
		return name(part.Dim), true
	}
	columns := 0
	for _, m := range wordRe.FindAllStringSubmatch(part.Expr, -1) {
		if m[1] == "" || m[2] != "" { // a text, a function
			continue
		}
		if !v.single(m[1]) {
			return "", false
		}
		columns++
	}
	return part.Expr, columns > 0
}

// single says whether the view has a column of one value a row.
func (v View) single(column string) bool {
	kind, ok := v.Columns[column]
	return ok && !strings.HasPrefix(kind, "Array(") && !strings.HasPrefix(kind, "Map(") && !strings.HasPrefix(kind, "Tuple(")
}

// escapes keep a statement on one line, whatever stands in a name or a value.
var escapes = []string{`\`, `\\`, "\n", `\n`, "\r", `\r`, "\t", `\t`, "\x00", `\0`}

var (
	nameEscaper = strings.NewReplacer(append([]string{"`", "\\`"}, escapes...)...)
	textEscaper = strings.NewReplacer(append([]string{`'`, `\'`}, escapes...)...)
)

// name quotes an identifier.
func name(s string) string { return "`" + nameEscaper.Replace(s) + "`" }

// text quotes a value.
func text(s string) string { return "'" + textEscaper.Replace(s) + "'" }
