// Package sent reads from the ledger which submissions are live, and which wait for their review, as of a moment.
package sent

import (
	"context"
	"fmt"
	"maps"
	"time"

	"yanzhen/pipeline/days"
	"yanzhen/pipeline/duty"
	"yanzhen/pipeline/warehouse"
)

const columns = `
    dataset,
    unit,
    file,
    sender,
    period,
    min_date as first,
    max_date as last,
    toDate32(toTimezone(at, {office:String})) as came`

const liveSQL = `-- Which submissions are live, for which periods, and who sent them?
select` + columns + `
from %s
order by
    dataset,
    unit`

const waitingSQL = `-- Which submissions wait for their review?
select` + columns + `
from
(
    select *
    from meta.ledger
    where batch in (select batch from meta.ledger where state = 'submitted')%s
    order by seq desc
    limit 1 by batch
)
where state = 'submitted'
order by
    dataset,
    unit`

// Table is where the ledger tells what is live, with its parameters; of the zero moment, now.
func Table(asOf time.Time) (from string, params map[string]string) {
	if asOf.IsZero() {
		return "meta.live", nil
	}
	return "meta.live_at(as_of = {as_of:DateTime64(6, 'UTC')})", moment(asOf)
}

// Live are the submissions that are live; of the zero moment, now. The day on which one came is told by the clock of the office;
// nil: eight hours ahead of UTC.
func Live(ctx context.Context, db warehouse.Querier, asOf time.Time, office *time.Location) ([]duty.Submission, error) {
	from, params := Table(asOf)
	return read(ctx, db, fmt.Sprintf(liveSQL, from), params, office)
}

// Waiting are the submissions that wait for their review; of the zero moment, now. Of what its sender was asked the answer is still
// owed: it waits for the sender. office is as for Live.
func Waiting(ctx context.Context, db warehouse.Querier, asOf time.Time, office *time.Location) ([]duty.Submission, error) {
	until, params := "", map[string]string(nil)
	if !asOf.IsZero() {
		until, params = " and at <= {as_of:DateTime64(6, 'UTC')}", moment(asOf)
	}
	return read(ctx, db, fmt.Sprintf(waitingSQL, until), params, office)
}

func moment(t time.Time) map[string]string {
	return map[string]string{"as_of": t.UTC().Format("2006-01-02 15:04:05.000000")}
}

func read(ctx context.Context, db warehouse.Querier, sql string, params map[string]string, office *time.Location) ([]duty.Submission, error) {
	all := map[string]string{"office": "Asia/Shanghai"}
	if office != nil {
		all["office"] = office.String()
	}
	maps.Copy(all, params)
	got, err := warehouse.Select[struct {
		Dataset string   `db:"dataset"`
		Unit    string   `db:"unit"`
		File    string   `db:"file"`
		Sender  string   `db:"sender"`
		Period  string   `db:"period"`
		First   days.Day `db:"first"`
		Last    days.Day `db:"last"`
		Came    days.Day `db:"came"`
	}](ctx, db, warehouse.Statement{SQL: sql, Params: all, Tag: "metric.live"})
	var out []duty.Submission
	for _, u := range got {
		s := duty.Submission{Dataset: u.Dataset, Sender: u.Sender, Unit: u.Unit, File: u.File, First: u.First, Last: u.Last, At: Day(u.Came)}
		s.Period, _ = days.Parse(u.Period)
		out = append(out, s)
	}
	return out, err
}

// Day is a day as the ledger has it: the first of 1970 stands for none.
func Day(d days.Day) days.Day {
	if d.Unix() == 0 {
		return days.Day{}
	}
	return d
}
