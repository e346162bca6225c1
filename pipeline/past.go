package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"yanzhen/pipeline/check"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/filename"
	"yanzhen/pipeline/hold"
	"yanzhen/pipeline/saying"
	"yanzhen/pipeline/warehouse"
)

// What is known of a submission is decided by the ledger's own order, by first arrival: never by a
// file's date, which a copy, a mail or a restored backup changes.

// past reads what the ledger knows of a file before its rows are read: every completed load of the
// same bytes, of a file of the same name, and of the units that had these bytes, the earliest
// arrival first; and the live units of the dataset.
func (l *Loader) past(ctx context.Context, in *input) (seen []Entry, live []Live, err error) {
	asked := make(chan error, 1)
	go func() { // beside the other question
		var err error
		live, err = l.standing(ctx, in.ds.Name)
		asked <- err
	}()
	params := map[string]string{"dataset": in.ds.Name, "content": in.content(), "fp": in.fingerprint, "file": in.display, "bytes": fmt.Sprint(in.bytes)}
	// most files are new, and to count costs a tenth of the question below
	known, err := l.count(ctx, "ledger.new", "meta.ledger where dataset = {dataset:String} and (content = {content:String} or fingerprint = {fp:String} or file = {file:String})", params)
	if err = errors.Join(err, <-asked); err != nil || known == 0 {
		return nil, live, err
	}
	in.joinPart(live)
	if u := l.stands(in, live); u != nil { // as nearly every file does after a start: nothing that came before it decides anything
		seen, err = warehouse.Select[Entry](ctx, l.DB, warehouse.Statement{Tag: "ledger.batch", Params: map[string]string{"batch": fmt.Sprint(u.Batch)}, SQL: `select seq, at, batch, unit, state, file, sender,
    read, loaded, rejected, excluded, duplicates, min_date, max_date, run from meta.ledger where batch = {batch:UInt32} and state = 'published' order by seq desc limit 1`})
		return seen, live, err
	}
	seen, err = warehouse.Select[Entry](ctx, l.DB, warehouse.Statement{
		Tag: "ledger.past",
		// the staging row of a batch stands where it arrived; what became of it stands in later rows.
		// Rows of earlier builds know their bytes by the size in the run only
		SQL: `select a.seq as seq, b.at as at, batch, '` + in.ds.Name + `' as dataset, b.unit as unit, b.state as state, b.fingerprint as fingerprint,
    if(b.fingerprint = {fp:String} or b.content = '' and ( b.file = {file:String} and b.run in (select run from meta.runs where bytes = {bytes:UInt64})), {content:String}, b.content) as content,
    b.file as file, b.sender as sender, b.period as period, b.read as read, b.loaded as loaded, b.rejected as rejected, b.excluded as excluded,
    b.duplicates as duplicates, b.sums as sums, b.min_date as min_date, b.max_date as max_date, b.run as run, b.note as note
from (select batch, min(seq) as seq from meta.ledger where dataset = {dataset:String} group by batch) as a
inner join
(
    select * from meta.ledger
    where dataset = {dataset:String} and state in ('published', 'held', 'submitted', 'asked', 'returned') and (content = {content:String} or fingerprint = {fp:String} or file = {file:String}
          or unit in (select unit from meta.ledger where dataset = {dataset:String} and (content = {content:String} or fingerprint = {fp:String})))
    order by seq desc limit 1 by batch
) as b using (batch)
where b.state = 'returned' or batch not in (select batch from meta.ledger where dataset = {dataset:String} and state in ('swept', 'abandoned'))
order by seq limit 10000`,
		Params: params,
	})
	return seen, live, err
}

// stands is the live batch of a file whose bytes and declaration are as they were, undamaged; nil where there is none.
func (l *Loader) stands(in *input, live []Live) *Live {
	for i, u := range live {
		if in.own(&u) && u.Fingerprint == in.fingerprint && !in.req.Again && !l.damaged(u.Batch) {
			return &live[i]
		}
	}
	return nil
}

// own reports whether a live batch is of the file's own unit.
func (in *input) own(u *Live) bool {
	if in.periodFromData() {
		return u.Sender == in.sender
	}
	return u.Unit == in.unit()
}

// known reports whether nothing is to be done with a file, and says in out why:
//   - its bytes are what is live of its unit, under the same declaration and undamaged, and nobody asks for it Again;
//   - or they are the last that arrived for its unit, or under its name in a watched folder: then a
//     correction, a rollback or a question that is still open stands, whatever the declarations say
//     now;
//   - or its name says that it is a copy of a file of the same folder, sender and period with the same bytes.
//
// The same bytes, live under another sender or another name, are remembered in in.twin. Everything else is a
// new submission, also the bytes of an earlier one that another has replaced in between.
func (l *Loader) known(in *input, seen []Entry, live []Live, out *Outcome) bool {
	same := slices.DeleteFunc(slices.Clone(live), func(u Live) bool { return u.content != in.content() && u.Fingerprint != in.fingerprint })
	again := func(batch uint32) bool {
		for _, e := range seen {
			if e.Batch == batch {
				in.repeat(e, live, out)
			}
		}
		return out.State == Unchanged
	}
	for _, u := range same { // its own unit first: another part may have the same bytes
		if in.own(&u) {
			if u.Fingerprint != in.fingerprint || in.req.Again || l.damaged(u.Batch) {
				in.accepted, in.twin = u.Unit, nil
				return false // the live batch's own file: read anew by what is declared now, or made whole, or as asked
			}
			return again(u.Batch)
		}
	}
	for i, u := range same {
		if whole := strings.TrimSuffix(in.unit(), "|"+in.part); in.has("part") && strings.HasPrefix(u.Unit+"|", whole+"|") {
			return again(u.Batch) // a part is not another because its file is called otherwise
		}
		another := in.has("file") && u.File != in.display && !in.ds.ReadsNames() && !filename.OtherMonth(u.File, in.display)
		if another && filename.Copy(u.File, in.display) && u.Sender == in.sender && u.Period == in.period.String() && !l.damaged(u.Batch) && again(u.Batch) {
			return true
		}
		if in.has("sender") && u.Sender != in.sender || another {
			in.twin = &same[i]
		}
	}
	last := map[string]Entry{} // by unit, and by name: the last that arrived
	for _, e := range seen {
		last["unit "+e.Unit] = e
		if in.req.Quiet {
			last["file "+e.File] = e
		}
	}
	for _, e := range last {
		if e.Content != in.content() || e.Sender != in.sender && in.has("sender") {
			continue
		}
		if !in.periodFromData() && e.Unit != in.unit() && !strings.HasPrefix(e.Unit, in.unit()+"|") {
			// the same bytes under another period: not a copy but a mistake that the checks must see
			continue
		}
		if e.File != in.display && last["unit "+e.Unit].Batch != e.Batch {
			continue
		}
		in.repeat(e, live, out)
		return true
	}
	return false
}

// repeat says of a file what became of the batch that was loaded of it before.
func (in *input) repeat(e Entry, live []Live, out *Outcome) {
	out.Batch, out.Unit, out.Period = e.Batch, e.Unit, in.period
	out.Counts, out.MinDate, out.MaxDate = e.Counts, e.MinDate, e.MaxDate
	when := e.At.In(cmp.Or(in.zone, zone)).Format("2006-01-02 15:04")
	if e.State != Published {
		out.State, out.Run, out.Problem = e.State, e.Run, stillOpen(e, when)
		return
	}
	out.State = Unchanged
	out.Notes = append(out.Notes, saying.Same(e.Batch, e.File, when, slices.ContainsFunc(live, func(u Live) bool { return u.Batch == e.Batch })))
}

// joinPart finds out whether the file is one part of a unit that comes in parts: the dataset says
// so, or somebody answered so when it first came.
func (in *input) joinPart(live []Live) {
	if in.periodFromData() || in.part != "" {
		return
	}
	whole := in.unit()
	if in.has("part") {
		// a file that is live as the whole, since before it was declared that there are parts, stays the whole
		own := filename.SamePart(in.display)
		if !slices.ContainsFunc(live, func(u Live) bool { return u.Unit == whole && filename.SamePart(u.File) == own }) {
			in.part = own
		}
		return
	}
	for _, u := range live {
		if part, ok := strings.CutPrefix(u.Unit, whole+"|"); ok && u.File == in.display {
			in.part = part
			return
		}
	}
}

// questions are what a person has to answer before a submission counts: is it a part of a unit or
// does it replace what is there; do two senders really report the same, or is it the same file twice.
func (in *input) questions(old *Live, live []Live, out *Outcome) []check.Failure {
	var asked []check.Failure
	ask := func(name string, reason, remedy codes.Text) {
		asked = append(asked, check.Failure{Name: name, Hold: true, Reason: reason, Remedy: remedy})
	}
	if in.twin != nil {
		reason, remedy := saying.Copy(in.twin.File)
		if in.has("sender") && in.twin.Sender != in.sender {
			reason, remedy = saying.Twin(in.twin.Sender, in.twin.File)
		}
		ask("same_bytes", reason, remedy)
	}
	if old != nil && !in.has("period") && !in.has("file") {
		asked = append(asked, hold.Older(in.display, old.File)...)
	}
	if old != nil && in.has("sender") {
		asked = append(asked, hold.Another(in.ds.Title.Zh, in.sender, in.display, old.File)...)
	}
	parts := 0
	for _, u := range live {
		if in.part == "" && strings.HasPrefix(u.Unit, out.Unit+"|") {
			parts++
		}
	}
	switch {
	case old == nil && parts == 0, in.has("part"):
	case parts > 0 && (old == nil || old.File != in.display):
		ask("part", saying.Parts(out.Unit, parts+min(1, int(out.Before))), saying.Either(in.req.Run))
	case old != nil && old.File != in.display && (filename.Parse(in.display).Revision == 0 || filename.Rest(in.display) != "") && in.seemsPart(old, out):
		ask("part", saying.Part(out.Unit, out.Before, old.File), saying.Either(in.req.Run))
	}
	return asked
}

// seemsPart reports whether a file for a live unit looks like another part of it: by a word in one
// of the two names, by what one name says and the other does not, or because no key of the one is
// in the other.
func (in *input) seemsPart(old *Live, out *Outcome) bool {
	if filename.Part(in.display) == filename.Part(old.File) {
		return false
	}
	if filename.IsPart(in.display) || filename.IsPart(old.File) || filename.Rest(in.display) != filename.Rest(old.File) {
		return true
	}
	r := out.Replaced
	return len(in.ds.Key) > 0 && filename.Parse(in.display).Revision == 0 && r.Kept == 0 && r.Changed == 0 && r.Added > 0 && r.Removed > 0
}
