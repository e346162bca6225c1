package dashboard

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/account"
	"yanzhen/dashboard/access/audit"
)

// A person registers security keys, comes in by a password and one of them, and removes it again, in a browser with a virtual
// authenticator. Without the key, with another answer, with the same answer twice or with a copy of the key nobody comes in.
func TestKeys(t *testing.T) {
	h := openHouse(t)
	h.book.Policy.Factor = []access.Role{access.Leader}
	h.add("mi", access.Leader)
	ctx, said := browser(t)()
	ctx, cancel := context.WithTimeout(ctx, 180*time.Second)
	defer cancel()
	home := strings.Replace(h.http.URL, "127.0.0.1", "localhost", 1)
	var device webauthn.AuthenticatorID
	run := func(what string, do ...chromedp.Action) {
		t.Helper()
		if err := chromedp.Run(ctx, do...); err != nil {
			t.Fatalf("%s: %v; the console says %v", what, err, said())
		}
	}
	plug := func() {
		run("a virtual authenticator", webauthn.Enable(), chromedp.ActionFunc(func(ctx context.Context) (err error) {
			device, err = webauthn.AddVirtualAuthenticator(&webauthn.VirtualAuthenticatorOptions{Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportUsb, AutomaticPresenceSimulation: true}).Do(ctx)
			return err
		}))
	}
	password := func(next string) {
		t.Helper()
		run("the password", chromedp.Navigate(home+"/signin?lang=zh&next="+next), chromedp.SendKeys(`input[name="name"]`, "mi"), chromedp.SendKeys(`input[name="password"]`, secretWords), chromedp.Click(`form button`))
	}
	register := func(name string) {
		t.Helper()
		run("registering "+name, chromedp.Navigate(home+"/account?lang=zh"), chromedp.SendKeys(`input[name="called"]`, name),
			chromedp.SendKeys(`form:has(input[name="called"]) input[name="current"]`, secretWords), chromedp.Click(`button[value="offer"][name="do"]:is(form:has(input[name="called"]) button)`),
			chromedp.WaitVisible(`form[data-passkey] button:enabled`))
		shoot(t, ctx, "key-register", 390)
		run("the key "+name, chromedp.Click(`form[data-passkey] button:enabled`), chromedp.WaitVisible(`//b[text()="`+name+`"]`))
	}
	plug()
	password("/data/metrics")
	// the role needs a second factor: nothing is seen before a key is there
	run("what is due", chromedp.WaitVisible(`input[name="called"]`))
	register("办公桌的")
	first := device
	// nobody touches the first while the second is registered: it would say that it is known already, and which of them
	// answers before the other is chance
	run("the first is left alone", webauthn.SetAutomaticPresenceSimulation(first, false))
	plug()
	register("钥匙串上的")
	run("the first is touched again", webauthn.SetAutomaticPresenceSimulation(first, true))
	shoot(t, ctx, "keys", 390)
	a, _, _ := h.book.Find("mi")
	if len(a.Keys) != 2 || a.Keys[0].Host != "localhost" || h.book.Owes(a) != "" {
		t.Fatalf("%+v", a.Keys)
	}
	signOut := func() {
		run("signing out", chromedp.Navigate(home+"/account?lang=zh"), chromedp.Click(`main form[action="/signout"] button`), chromedp.WaitVisible(`form[action="/signin"]`))
	}
	signOut()
	password("/data/metrics?x=1")
	run("the page that asks for the key", chromedp.WaitVisible(`form[data-passkey] button:enabled`))
	shoot(t, ctx, "key", 390)
	shoot(t, ctx, "key", 1440)
	var at string
	run("the key", chromedp.Click(`form[data-passkey] button:enabled`), chromedp.WaitVisible(`a[href="/account"]`), chromedp.Location(&at))
	if at != home+"/data/metrics?x=1" {
		t.Errorf("the key leads to %s", at)
	}
	signOut()

	// the same copied: its counter has not moved on, which the server sees
	var keys []*webauthn.Credential
	run("the copy", chromedp.ActionFunc(func(ctx context.Context) (err error) {
		for _, id := range []webauthn.AuthenticatorID{first, device} {
			list, err := webauthn.GetCredentials(id).Do(ctx)
			if err != nil {
				return err
			}
			for _, k := range list {
				keys = append(keys, k)
				if err := webauthn.RemoveCredential(id, k.CredentialID).Do(ctx); err != nil {
					return err
				}
				k.SignCount = 0
				if err := webauthn.AddCredential(id, k).Do(ctx); err != nil {
					return err
				}
			}
		}
		return nil
	}))
	if len(keys) != 2 {
		t.Fatalf("%d keys", len(keys))
	}
	used := 0
	for _, k := range a.Keys {
		if now, _, _ := h.book.Find("mi"); now.Keys[0].Used.After(k.Since) || now.Keys[1].Used.After(k.Since) {
			used++
		}
	}
	if used == 0 {
		t.Error("no key was used")
	}
	password("/data/metrics")
	run("the copy", chromedp.WaitVisible(`form[data-passkey] button:enabled`), chromedp.Click(`form[data-passkey] button:enabled`), chromedp.WaitVisible(`.message`))

	// no key at all: the browser says so, and the page does
	run("no key", webauthn.RemoveVirtualAuthenticator(device), webauthn.RemoveVirtualAuthenticator(first))
	plug()
	password("/data/metrics")
	run("another key", chromedp.WaitVisible(`form[data-passkey] button:enabled`), chromedp.Click(`form[data-passkey] button:enabled`), chromedp.WaitVisible(`[data-told]`))

	// without a browser: a ticket is worth one answer, and no answer of one's own making is one
	post := func(path string, form url.Values) (*http.Response, string) {
		r, err := http.NewRequest("POST", home+path, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		res, err := h.browser().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if len(res.Cookies()) > 0 {
			t.Errorf("a session: %v", res.Cookies())
		}
		text, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res, string(text)
	}
	ticket := func() string {
		_, text := post("/signin", url.Values{"name": {"mi"}, "password": {secretWords}})
		m := regexp.MustCompile(`name="ticket" value="([\w-]+)"`).FindStringSubmatch(text)
		if m == nil {
			t.Fatalf("no ticket: %s", text)
		}
		return m[1]
	}
	one := ticket()
	for name, form := range map[string]url.Values{
		"no ticket": {"answer": {"{}"}}, "no answer": {"ticket": {ticket()}}, "junk": {"ticket": {ticket()}, "answer": {`{"id":"x","rawId":"x","type":"public-key","response":{}}`}},
		"large": {"ticket": {ticket()}, "answer": {strings.Repeat("x", 15<<10)}}, "one": {"ticket": {one}, "answer": {"{}"}}, "one again": {"ticket": {one}, "answer": {"{}"}},
	} {
		if res, _ := post("/signin/key", form); res.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s: %d", name, res.StatusCode)
		}
	}
	if res, _ := h.ask(h.browser(), "POST", "/signin/key", url.Values{"ticket": {ticket()}, "answer": {"{}"}}); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("by an address where no key answers: %d", res.StatusCode)
	}
	if res, body := h.ask(h.browser(), "POST", "/signin", url.Values{"name": {"mi"}, "password": {secretWords}}, "Accept-Language", "zh"); res.StatusCode != http.StatusUnauthorized || !strings.Contains(body, "localhost") {
		t.Errorf("by an address where no key answers: %d", res.StatusCode)
	}
	if _, how, _, err := h.book.SignIn(&account.Pace{}, account.Try{Name: "mi", Password: secretWords, Code: "123456"}); err != nil || how != account.Keyed {
		t.Errorf("a code that is none: %v %v", how, err)
	}
	// the security administrator takes the factors of who has lost them
	if err := h.book.DropFactors("mi"); err != nil {
		t.Fatal(err)
	}
	if a, _, _ := h.book.Find("mi"); len(a.Keys) != 0 || h.book.Owes(a) != account.Factored {
		t.Errorf("%+v", a)
	}
	var told []string
	list, _, err := audit.Find(h.dir, audit.Query{Who: "mi", Most: 100})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		told = append(told, e.Did+" "+e.What+" "+e.Result)
	}
	for _, want := range []string{"key  ok", "signin password keyed", "signin password+key in", "signin password+key wrong"} {
		if !strings.Contains(strings.Join(told, ";"), want) {
			t.Errorf("the trail lacks %q: %v", want, told)
		}
	}
}
