// Package scoped says whether there is what an account is kept to: a park, a chain or a node by its code or its name, an
// employer or a sender that the data know. A scope that names nothing would show nothing, or, once the name comes up, the
// wrong rows: it is refused when it is granted.
package scoped

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/account"
	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/codes"
)

// patience is how long the data are asked what they know.
const patience = 20 * time.Second

// Values are those there are.
type Values struct {
	Metrics *metric.Catalog
	Lists   *codes.Lists
	// Known are the values of a dimension without a code list that the data know, or that are declared. None at all: the
	// zone is new, and any will do.
	Known func(ctx context.Context, dim string) ([]string, error)
}

// Settle turns names into codes, and refuses what is neither.
func (v Values) Settle(scopes []access.Scope) ([]access.Scope, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var out []access.Scope
	for _, s := range scopes {
		one := access.Scope{Dim: s.Dim}
		known, err := []string(nil), error(nil)
		list := v.list(s.Dim)
		if list == nil && slices.Contains(access.Dimensions, s.Dim) {
			if known, err = v.Known(ctx, s.Dim); err != nil {
				return nil, fmt.Errorf("the values of %s cannot be read: %w", s.Dim, err)
			}
		}
		for _, text := range s.Values {
			code, no := text, error(nil)
			switch {
			case list != nil:
				code, no = ofList(list, s.Dim, text)
			case len(known) > 0 && !slices.Contains(known, text):
				no = unknown(s.Dim, text, known)
			}
			if no != nil {
				return nil, no
			}
			if !slices.Contains(one.Values, code) {
				one.Values = append(one.Values, code)
			}
		}
		out = append(out, one)
	}
	return out, nil
}

// list is the code list of a dimension; nil: it has none.
func (v Values) list(dim string) *codes.List {
	d := v.Metrics.Dimension(dim)
	if d == nil || d.List == "" || v.Lists == nil {
		return nil
	}
	return v.Lists.Get(d.List)
}

func ofList(list *codes.List, dim, text string) (string, error) {
	if _, ok := list.Value(text); ok {
		return text, nil
	}
	if code, ok := list.Find(text); ok {
		return code, nil
	}
	var names []string
	for _, x := range list.Values {
		names = append(names, x.Code, x.Zh)
	}
	return "", unknown(dim, text, names)
}

// most is how many values a refusal lists.
const most = 12

func unknown(dim, text string, have []string) error {
	zh, en := "", ""
	if near := codes.Nearest(text, have); near != "" {
		zh, en = "，是 "+near+" 吗", ": did you mean "+near
	} else {
		some := strings.Join(have[:min(len(have), most)], " ")
		if len(have) > most {
			some += " …"
		}
		zh, en = "，可用 "+some, "; there are "+some
	}
	if dim == access.BySender {
		zh += "；新单位先写进 configs/duties"
		en += "; a new office is declared in configs/duties first"
	}
	return &account.Refusal{Text: codes.Text{Zh: fmt.Sprintf("范围 %s 没有 %q%s", dim, text, zh), En: fmt.Sprintf("the scope %s has no %q%s", dim, text, en)}}
}
