package federated

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/account"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/declare"
)

// Settings is what is declared of the office's own sign-in.
type Settings struct {
	Issuer  string        `yaml:"issuer"`
	Client  string        `yaml:"client_id"`
	File    string        `yaml:"secret_file"`
	Env     string        `yaml:"secret_env"`
	Title   codes.Text    `yaml:"title"`
	Account string        `yaml:"account_claim"`
	Person  string        `yaml:"title_claim"`
	Ask     []string      `yaml:"ask"`
	Grants  []Grant       `yaml:"grants"`
	Local   []string      `yaml:"local"`
	Age     time.Duration `yaml:"max_age"`
	Strong  []string      `yaml:"strong"`
	CA      string        `yaml:"ca_file"`
}

// Grant says which role whoever has a value in a claim comes in as. The first that fits decides; where none fits nobody
// comes in.
type Grant struct {
	Claim string            `yaml:"claim"`
	Value string            `yaml:"value"`
	Role  string            `yaml:"role"`
	Scope string            `yaml:"scope"`
	From  map[string]string `yaml:"scope_claims"`
}

// Declared says what is declared of the office's own sign-in.
func (Settings) Declared() declare.Keys {
	return declare.Keys{
		"issuer":        {Zh: "统一登录（OpenID Connect）的签发者；不写则没有统一登录", En: "the issuer of the office's own sign-in (OpenID Connect); absent: there is none", Example: "https://sso.example.gov.cn"},
		"client_id":     {Zh: "在那里登记的应用名", En: "the name by which it knows this program", Example: "yanzhen"},
		"secret_file":   {Zh: "存有应用密钥的文件", En: "the file that holds the secret of this program", Example: "/etc/yanzhen/oidc.secret"},
		"secret_env":    {Zh: "存有应用密钥的环境变量；与 secret_file 二选一，都不写则只凭 PKCE", En: "the environment variable that holds it, instead of a file; neither: by PKCE alone", Example: "YANZHEN_OIDC_SECRET"},
		"title":         {Zh: "登录按钮上的字", En: "what the button of the sign-in says", Default: "{zh: 用统一登录进入, en: Sign in with the office account}", Example: "{zh: 用政务网账号登录, en: Sign in with the government account}"},
		"account_claim": {Zh: "哪个声明（claim）是账号名", En: "the claim that is the name of the account", Default: "preferred_username", Example: "email"},
		"title_claim":   {Zh: "哪个声明是称呼", En: "the claim that is the name of the person", Default: "name", Example: "nickname"},
		"ask":           {Zh: "除 openid 外还要求的 scope；不写则为 profile", En: "the OAuth scopes that are asked for beside openid; absent: profile", Example: "[profile, groups]"},
		"grants":        {Zh: "谁以什么角色进来：自上而下第一条符合的；都不符合则不让进", En: "who comes in as what: the first that fits; whom none fits does not come in", Example: "[{claim: groups, value: zone-leaders, role: leader}]"},
		"local":         {Zh: "还可以用本地密码登录的账号；不写则有密码的都可以", En: "the accounts that may still sign in by a password of their own; absent: all that have one", Example: "[root-a, root-b]"},
		"max_age":       {Zh: "在统一登录处登录后最多多久，超过要重新登录；不写则不限", En: "how long ago a person signed in there at most, else signs in again; absent: any time", Example: "8h"},
		"ca_file":       {Zh: "签发统一登录证书的机构（PEM）；不写则用系统信任的", En: "the authority of its certificate (PEM); absent: those that the system trusts", Example: "/etc/yanzhen/office-ca.pem"},
		"strong":        {Zh: "声明 amr 或 acr 里哪些值算第二因素；second_factor 里的角色没有其一则不让进；不写则为 mfa、otp、hwk、swk", En: "the values of the claims amr or acr that mean a second factor; a role of second_factor comes in with one of them only; absent: mfa, otp, hwk, swk", Example: "[mfa]"},
	}
}

// Declared says what is declared of a grant.
func (Grant) Declared() declare.Keys {
	return declare.Keys{
		"claim":        {Zh: "看哪个声明", En: "the claim that is looked at", Required: true, Example: "groups"},
		"value":        {Zh: "它等于或包含什么", En: "the value that it is or holds", Required: true, Example: "zone-leaders"},
		"role":         {Zh: "以什么角色进来", En: "the role", Required: true, OneOf: slices.DeleteFunc(access.RoleNames(), func(r string) bool { return r == string(access.Display) || access.Role(r).Tokened() }), Example: "leader"},
		"scope":        {Zh: "限制在全区的一部分", En: "the part of the zone that it is kept to", Example: "park=MAG"},
		"scope_claims": {Zh: "由声明决定的范围；没有这个声明就不让进", En: "scopes whose values a claim says; who lacks the claim does not come in", Example: "{park: park_codes}"},
	}
}

// Check notes the faults of the settings, which stand at path.
func (s Settings) Check(f *declare.File, path string) {
	if s.Issuer == "" {
		return
	}
	if u, err := url.Parse(s.Issuer); err != nil || u.Host == "" || u.Scheme != "https" && !(u.Scheme == "http" && loopback(u)) {
		f.Fault(path+".issuer", "%q 要以 https:// 开头（http 只用于本机）", "%q must begin with https:// (http is for this machine only)", s.Issuer)
	}
	if s.Client == "" {
		f.Fault(path+".client_id", "没有写 client_id", "client_id is missing")
	}
	if s.File != "" && s.Env != "" {
		f.Fault(path+".secret_env", "secret_file 与 secret_env 只写一个", "one of secret_file and secret_env, not both")
	}
	if len(s.Grants) == 0 {
		f.Fault(path+".grants", "没有写 grants，谁也进不来", "grants is missing: nobody would come in")
	}
	for i, g := range s.Grants {
		at := path + ".grants." + strconv.Itoa(i)
		scopes, err := account.ParseScopes(g.Scope)
		if err != nil {
			f.Fault(at+".scope", "%s", "%s", err)
			continue
		}
		for dim := range g.From {
			scopes = append(scopes, access.Scope{Dim: dim, Values: []string{"x"}})
		}
		if err := account.CheckRole(access.Role(g.Role), scopes); err != nil {
			f.Fault(at, "%s", "%s", err)
		}
	}
}

func loopback(u *url.URL) bool {
	return u.Hostname() == "localhost" || strings.HasPrefix(u.Hostname(), "127.") || u.Hostname() == "::1"
}

// usual fills what is not declared.
func (s Settings) usual() Settings {
	if s.Ask == nil {
		s.Ask = []string{"profile"}
	}
	if s.Strong == nil {
		s.Strong = []string{"mfa", "otp", "hwk", "swk"}
	}
	return s
}

// granted is what the claims of a person let it come in as; false: nothing does.
func (s Settings) granted(claims map[string]any) (access.Role, []access.Scope, bool) {
	for _, g := range s.Grants {
		if !slices.Contains(values(claims[g.Claim]), g.Value) {
			continue
		}
		scopes, err := account.ParseScopes(g.Scope)
		if err != nil {
			return "", nil, false
		}
		for _, dim := range access.Dimensions {
			claim, ok := g.From[dim]
			if !ok {
				continue
			}
			list := values(claims[claim])
			if len(list) == 0 {
				return "", nil, false
			}
			scopes = append(scopes, access.Scope{Dim: dim, Values: list})
		}
		return access.Role(g.Role), scopes, true
	}
	return "", nil, false
}

// duties are those of the roles that are kept apart (access.Role.Duty) which the claims of a person let them come in as, whichever
// of the grants would count.
func (s Settings) duties(claims map[string]any) (out []access.Role) {
	for _, g := range s.Grants {
		if r := access.Role(g.Role); r.Duty() && !slices.Contains(out, r) && slices.Contains(values(claims[g.Claim]), g.Value) {
			out = append(out, r)
		}
	}
	return out
}

// values are the texts of a claim: one, or those of a list.
func values(claim any) (out []string) {
	switch x := claim.(type) {
	case string:
		if x != "" {
			out = append(out, x)
		}
	case bool:
		out = append(out, strconv.FormatBool(x))
	case []any:
		for _, v := range x {
			if s, ok := v.(string); ok && s != "" {
				out = append(out, s)
			}
		}
	}
	return out
}

// strong says whether the claims tell of a second factor.
func (s Settings) strong(claims map[string]any) bool {
	return slices.ContainsFunc(append(values(claims["amr"]), values(claims["acr"])...), func(v string) bool { return slices.Contains(s.Strong, v) })
}
