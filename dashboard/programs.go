package dashboard

import (
	"yanzhen/dashboard/agent"
	"yanzhen/dashboard/answer"
	"yanzhen/dashboard/api"
	"yanzhen/dashboard/frame"
	"yanzhen/dashboard/quality"
	"yanzhen/dashboard/typing"
)

// programs puts the addresses for senders, for programs and for agents at the gate.
func (s *Server) programs() error {
	f := frame.Frame{Record: s.record, Show: s.show, Fail: s.fail}
	how := &quality.Page{DB: s.Pipeline.DB, Engine: s.Engine, Datasets: s.Datasets, Workdays: s.workdays, Now: s.Now}
	how.Register(&s.gate, f)
	s.Counter.Register(&s.gate, f, how.Mine)
	typing.At(&s.gate, f, s.Counter, s.Catalog.List)
	s.Alerts.Register(&s.gate, f)
	s.Jobs.Register(&s.gate, f)
	s.Units.Register(&s.gate, f)
	s.Review.Register(&s.gate, f)
	s.Drafting.Register(&s.gate, f)
	s.Monitor.Register(&s.gate)
	desk := answer.Desk{Catalog: s.Catalog, Engine: s.Engine, Demo: s.Demo}
	api.Register(&s.gate, api.Config{
		Desk: desk, Ledger: s.Pipeline, Datasets: s.Datasets, Boards: s.Boards, Inlet: s.Inlet, Reviews: s.Review.At(), SQL: s.SQL,
		Thaw: s.thaw, Record: s.record, Fail: s.fail, Show: s.show, Base: s.Links,
	})
	return agent.Register(&s.gate, agent.Config{
		Desk: desk, Ledger: s.Pipeline, Answers: s.Answers, SQL: s.SQL, Thaw: s.thaw, Settings: s.Agents, Datasets: s.Datasets, Record: s.record, Base: s.Links, Log: s.Log,
	})
}
