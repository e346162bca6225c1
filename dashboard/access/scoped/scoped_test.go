package scoped

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"yanzhen/configs"
	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/account"
	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/dataset"
)

// What an account is kept to is there, by its code or its name; what is not is refused with what was meant, when an account
// is made, when it is granted, and when somebody else's sign-in says it.
func TestSettle(t *testing.T) {
	catalog, err := dataset.Load(configs.FS)
	if err != nil {
		t.Fatal(err)
	}
	metrics, err := metric.LoadFS(configs.FS, catalog.Datasets, catalog.Lists)
	if err != nil {
		t.Fatal(err)
	}
	v := Values{Metrics: metrics, Lists: catalog.Lists, Known: func(_ context.Context, dim string) ([]string, error) {
		return map[string][]string{"enterprise": {"青田磁材有限公司", "合金股份"}, access.BySender: {"区人社局", "社保中心"}}[dim], nil
	}}
	b, err := account.Open(t.TempDir(), account.Policy{Length: 12})
	if err != nil {
		t.Fatal(err)
	}
	b.Settle = v.Settle
	park := catalog.Lists.Get("parks").Values[0]
	node := catalog.Lists.Get("nodes").Values[0]
	for text, want := range map[string]string{
		"park=" + park.Code:                 "park=" + park.Code,
		"park=" + park.Zh:                   "park=" + park.Code,
		"park=" + park.Zh + "," + park.Code: "park=" + park.Code,
		"node=" + node.Zh:                   "node=" + node.Code,
		"enterprise=合金股份":                   "enterprise=合金股份",
		"sender=区人社局; park=" + park.Code:    "sender=区人社局; park=" + park.Code,
	} {
		scopes, err := account.ParseScopes(text)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := v.Settle(scopes); err != nil || account.WriteScopes(got) != want {
			t.Errorf("%s: %s %v, want %s", text, account.WriteScopes(got), err, want)
		}
	}
	for text, want := range map[string]string{
		"park=" + park.Code + "x":   park.Code + " 吗",
		"park=月球":                   park.Code,
		"chain=nothing-like-it":     "可用",
		"node=" + node.Code + "zzz": "范围 node",
		"enterprise=合金股分":           "合金股份 吗",
		"sender=区人社":                "区人社局 吗",
		"sender=省人社厅外派办公室":          "configs/duties",
	} {
		scopes, err := account.ParseScopes(text)
		if err != nil {
			t.Fatal(err)
		}
		name := "n" + strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' {
				return r
			}
			return -1
		}, text)
		for how, grant := range map[string]func() error{
			"add": func() error { return b.Add(account.New{Name: name, Role: access.Leader, Scopes: scopes}) },
			"vouched": func() error {
				_, err := b.Vouched(account.Identity{Issuer: "i", Subject: text}, account.New{Name: name, Role: access.Leader, Scopes: scopes})
				return err
			},
		} {
			var no *account.Refusal
			if err := grant(); !errors.As(err, &no) || !strings.Contains(no.Text.Zh, want) || no.Text.En == "" {
				t.Errorf("%s %s: %v, want %q", how, text, err, want)
			}
		}
	}
	if err := b.Add(account.New{Name: "wang", Role: access.Leader}); err != nil {
		t.Fatal(err)
	}
	if err := b.Grant("wang", access.Leader, []access.Scope{{Dim: "park", Values: []string{"月球"}}}); err == nil {
		t.Error("granted")
	}
	if err := b.Grant("wang", access.Leader, []access.Scope{{Dim: "park", Values: []string{park.Zh}}}); err != nil {
		t.Error(err)
	}
	if a, _, _ := b.Find("wang"); !slices.Equal(a.Scopes[0].Values, []string{park.Code}) {
		t.Errorf("%+v", a.Scopes)
	}
	// what cannot be asked is not granted; a zone that knows nobody yet takes any
	one := []access.Scope{{Dim: access.BySender, Values: []string{"新单位"}}}
	v.Known = func(context.Context, string) ([]string, error) { return nil, nil }
	if got, err := v.Settle(one); err != nil || got[0].Values[0] != "新单位" {
		t.Error(got, err)
	}
	v.Known = func(context.Context, string) ([]string, error) { return nil, errors.New("away") }
	if _, err := v.Settle(one); err == nil {
		t.Error("granted without asking")
	}
}
