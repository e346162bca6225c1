package dashboard

import (
	"net/http"
	"slices"
	"strconv"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/account"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/former"
)

type runPage struct {
	layout
	Run     runRow
	Covered string   // who has reported its period, and who has not
	Cells   []string // where the cells of the file went, and which were not used; empty: not known
	Rules   []ruleRow
	Rejects []rejectRow
	Pager   string
	Next    string
	Prev    string
}

type ruleRow struct {
	Rule, Column, Reason string
	Cells                uint64
	Warn                 bool
}

type rejectRow struct {
	Where, Sheet, Column, Raw, Reason, Remedy string
	Row                                       uint32
	Warn                                      bool
}

const rejectsPerPage = 200

func (s *Server) run(a *ask) (http.HandlerFunc, error) {
	number, err := 1, error(nil)
	if v := a.value("page"); v != "" {
		if number, err = strconv.Atoi(v); err != nil || number < 1 || number > 100000 {
			return nil, address.Bad(words.Get("bad_value", "page", v), "1", "2", "…")
		}
	}
	id := a.r.PathValue("run")
	x, ok, err := s.Pipeline.Run(a.ctx, id)
	if err != nil {
		return nil, err
	}
	if senders, all := access.From(a.ctx).Senders(); !ok || !all && !slices.Contains(senders, x.Sender) {
		return nil, address.Missing(words.Get("no_run", id))
	}
	cov, err := s.coverage(a.ctx, a.st)
	if err != nil {
		return nil, err
	}
	rules, err := s.Pipeline.RejectRules(a.ctx, id)
	if err != nil {
		return nil, err
	}
	rejects, err := s.Pipeline.Rejects(a.ctx, id, rejectsPerPage, (number-1)*rejectsPerPage)
	if err != nil {
		return nil, err
	}
	access.Shown(a.ctx, len(rejects))
	loc := a.st.Loc
	p := runPage{layout: s.layout(a.r, words.Get("run")), Run: s.runRow(x, loc)}
	p.Run.History, p.Run.Accept = s.Units.At(a.ctx, x.Dataset, x.Unit), s.Units.Question(a.ctx, x)
	since, err := former.After(a.ctx, s.Pipeline, x)
	if err != nil {
		return nil, err
	}
	if text := since.Text().In(loc); text != "" {
		p.Run.Message = text + words.In(loc, "sep_clause") + p.Run.Message
	}
	p.Covered = cov.Of(x.Dataset, x.Period, s.who(loc), loc)
	p.Cells = account.Decode(x.Account).Told(loc)
	titles := map[string]string{}
	if d := s.declared(x.Dataset); d != nil {
		for _, c := range d.Columns {
			titles[c.Name] = c.Title.In(loc)
		}
	}
	title := func(c string) string {
		if t := titles[c]; t != "" {
			return t
		}
		return c
	}
	var total uint64
	for _, x := range rules {
		total += x.Cells
		p.Rules = append(p.Rules, ruleRow{x.Rule, title(x.Column), codes.Text{Zh: x.ReasonZh, En: x.ReasonEn}.In(loc), x.Cells, x.Warn})
	}
	for _, x := range rejects {
		p.Rejects = append(p.Rejects, rejectRow{
			Where: x.Cell, Sheet: x.Sheet, Row: x.Row, Column: title(x.Column), Raw: x.Raw, Warn: x.Warn,
			Reason: codes.Text{Zh: x.ReasonZh, En: x.ReasonEn}.In(loc), Remedy: codes.Text{Zh: x.RemedyZh, En: x.RemedyEn}.In(loc),
		})
	}
	if total > rejectsPerPage {
		first := (number-1)*rejectsPerPage + 1
		p.Pager = words.In(loc, "rows_more", total, first, first+len(rejects)-1)
		if uint64(first+len(rejects)-1) < total && len(rejects) > 0 {
			p.Next = a.r.URL.Path + "?page=" + strconv.Itoa(number+1)
		}
		if number > 1 {
			p.Prev = a.r.URL.Path + "?page=" + strconv.Itoa(number-1)
		}
	}
	return s.html("run.html", p), nil
}
