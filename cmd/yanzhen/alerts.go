package main

import (
	"context"
	"strings"

	"yanzhen/cmd/alerts"
	"yanzhen/dashboard/monitor"
	"yanzhen/dashboard/shelf"
	"yanzhen/jobs"
	"yanzhen/jobs/alert/source"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/duty"
)

// bells is what the commands of alerts work on.
func (c *cli) bells() *alerts.Desk {
	return &alerts.Desk{Desk: c.desk(), Declared: c.layers}
}

// ring makes what tells people; it is begun with the jobs.
func (o *office) ring(c *cli, site alerts.Site, s *jobs.Scheduler) (err error) {
	z := source.Zone{
		Ledger: o.loader.Ledger, Titles: map[string]codes.Text{}, Dir: o.config.Dir, WrongKey: o.loader.WrongKey, Engine: site.Targets.Engine,
		Workdays: duty.NewWorkdays(o.catalog.Lists.Get("holidays")), Shelf: shelf.Shelf{Dir: o.config.Dir}, Local: o.config.local,
	}
	for name, d := range o.catalog.Datasets {
		z.Titles[name] = d.Title
	}
	keeps := alerts.Upkeep{Dir: o.config.Dir, Within: o.config.BackupWithin, Cert: o.config.TLS.Cert, Local: o.config.local, Refused: o.takes.Since}
	if s != nil {
		z.Inbox, keeps.Overdue = s.Inbox, s.Overdue
	}
	z.Upkeep = keeps.Look
	site.Declared, site.Zone, site.Catalog, site.Contact, site.Base, site.Log = o.declare, z, o.metrics, o.config.Contact, o.config.links(), c.log
	o.bells, err = alerts.Open(site)
	return err
}

// links is what links to the pages begin with, where a reader is elsewhere.
func (c *config) links() string {
	if c.Documents.Address != "" {
		return strings.TrimSuffix(c.Documents.Address, "/")
	}
	return c.doors().Base(c.address())
}

// begin starts what happens by the clock.
func (o *office) begin(ctx context.Context, s *jobs.Scheduler) error {
	if err := s.Start(ctx); err != nil {
		return err
	}
	o.clock.Start(ctx)
	return o.bells.Start(ctx)
}

// watched is what watches the installation from outside asks for.
func (o *office) watched(s *jobs.Scheduler) *monitor.Monitor {
	m := o.bells.Monitor()
	m.Queries, m.Proxied, m.Lineage = o.queries, len(o.config.Proxies) > 0, o.lineage
	if o.rounds != nil {
		m.Ready = o.rounds.Last
	}
	if o.engine != nil {
		m.Engine = o.engine.PID
	}
	if s != nil {
		m.Inbox = s.Inbox
	}
	return m
}
