package jobs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/filename"
	"yanzhen/pipeline/packed"
	"yanzhen/pipeline/trouble"
)

// summary adds up the loads of a run.
type summary struct {
	files, published, unchanged, held, failed int
	delivered, passed                         int // of a mail box: attachments put into the inbox, and mails that were passed over
	before                                    int // refused before, and as they were: no new failure, but not unchanged either
	bytes, warnings                           uint64
	counts                                    pipeline.Counts
	first                                     *pipeline.Problem // of the first file that was refused, or held where none was
	firstFile                                 string
}

// add counts what became of a file; one that is still being written has not come yet.
func (m *summary) add(o pipeline.Outcome, err error) {
	if errors.Is(err, pipeline.ErrMoving) {
		return
	}
	switch o.State {
	case pipeline.Delivered:
		m.delivered++
		m.bytes += uint64(o.Bytes)
		return
	case pipeline.Skipped:
		m.passed++
		return
	}
	m.files++
	switch {
	case o.State == pipeline.Published:
		m.published++
	case o.State == pipeline.Unchanged && o.Problem != nil:
		m.before++
	case o.State == pipeline.Unchanged:
		m.unchanged++
	case o.State == pipeline.Held, o.State == pipeline.Submitted, o.State == pipeline.Asked, o.State == pipeline.Returned:
		m.held++
	default:
		m.failed++
		if o.Problem == nil && err != nil && m.first == nil {
			s := trouble.Of(err)
			m.first, m.firstFile = &pipeline.Problem{Code: s.Code, Text: s.Text, Remedy: s.Remedy}, o.File
		}
	}
	if o.State == pipeline.Unchanged {
		return
	}
	m.bytes += uint64(o.Bytes)
	m.counts.Add(o.Counts)
	m.warnings += o.Warnings
	if worst := m.failed == 1 && o.State == pipeline.Failed; o.Problem != nil && (m.first == nil || worst) && o.State != pipeline.Published {
		m.first, m.firstFile = o.Problem, o.File
	}
}

// fill writes the sums into the job's run. A run is failed if one file failed, held if one is held:
// green means that everything was published and verified.
func (m *summary) fill(r *pipeline.Run) {
	r.Bytes, r.Counts, r.Warnings = m.bytes, m.counts, m.warnings
	switch {
	case m.failed > 0:
		r.State = pipeline.Failed
	case m.held > 0:
		r.State = pipeline.Held
	case m.published > 0, m.delivered > 0:
		r.State = pipeline.Published
	default:
		r.State = pipeline.Unchanged
	}
	if m.delivered+m.passed > 0 {
		m.letters(r)
		return
	}
	if m.files == 0 {
		r.MessageZh, r.MessageEn = "没有新文件", "no new file"
		return
	}
	r.MessageZh = fmt.Sprintf("%d 个文件：发布 %d，未变 %d，暂缓 %d，拒绝 %d", m.files, m.published, m.unchanged, m.held, m.failed)
	r.MessageEn = fmt.Sprintf("%d files: %d published, %d unchanged, %d held, %d refused", m.files, m.published, m.unchanged, m.held, m.failed)
	if m.before > 0 {
		r.MessageZh += fmt.Sprintf("，先前已拒绝、没有改动 %d", m.before)
		r.MessageEn += fmt.Sprintf(", %d refused before and as they were", m.before)
	}
	m.why(r)
}

// letters says of a run how the mails of a mail box were gone through.
func (m *summary) letters(r *pipeline.Run) {
	r.MessageZh = fmt.Sprintf("邮箱：%d 个附件放入收件夹", m.delivered)
	r.MessageEn = fmt.Sprintf("mail box: %d attachments put into the inbox", m.delivered)
	for _, x := range []struct {
		n      int
		zh, en string
	}{{m.unchanged, "，%d 个与收件夹里的相同", ", %d the same as in the inbox"}, {m.held, "，%d 个不知谁发来的", ", %d of nobody who may send"}, {m.failed, "，%d 项没有取", ", %d not taken"}, {m.passed, "，%d 封略过", ", %d mails passed over"}} {
		if x.n > 0 {
			r.MessageZh, r.MessageEn = r.MessageZh+fmt.Sprintf(x.zh, x.n), r.MessageEn+fmt.Sprintf(x.en, x.n)
		}
	}
	m.why(r)
}

// why says of a run what became of the first file that was held or refused.
func (m *summary) why(r *pipeline.Run) {
	if m.first != nil {
		r.Code = m.first.Code
		r.MessageZh += "；" + m.firstFile + "：" + m.first.Text.Zh
		r.MessageEn += "; " + m.firstFile + ": " + m.first.Text.En
		r.RemedyZh, r.RemedyEn = m.first.Remedy.Zh, m.first.Remedy.En
	}
}

// loadFiles loads the files of a job one after the other. What is wrong with one file keeps no
// other from being loaded: a refused one is told, a fault that may pass makes it wait for its next
// try. Only where nothing could be loaded (the database is away, the deadline has come) does the
// attempt end with an error; the files not yet done are tried again with the next one.
func (s *Scheduler) loadFiles(ctx context.Context, j *Job, files []found, run string, did func(pipeline.Outcome, error)) error {
	for _, file := range files {
		if s.draining() {
			return nil // the rest is loaded after the next start
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, err := os.Lstat(file.path); errors.Is(err, fs.ErrNotExist) {
			continue // taken away again before its turn
		}
		s.settle(j, file, func(k *seen) { k.state, k.run, k.runs = pipeline.ArrivalLoading, "", nil })
		var waits []string
		o, err := packed.Load(ctx, s.Loader, s.request(j, file, run), func(o pipeline.Outcome, err error) {
			if err == nil || !pipeline.Away(err) && ctx.Err() == nil {
				did(o, err)
			}
			if waiting[pipeline.ArrivalState(o.State)] && o.Run != "" {
				waits = append(waits, o.Run)
			}
		})
		if err != nil && (pipeline.Away(err) || ctx.Err() != nil) {
			s.settle(j, file, func(k *seen) { k.state = pipeline.ArrivalWaiting })
			return fmt.Errorf("%s: %w", o.File, err)
		}
		s.settle(j, file, func(k *seen) {
			if s.became(k, o, err); packed.Is(file.path) {
				k.runs = waits
			}
		})
	}
	return nil
}

// request is what a job asks the loader for a file.
func (s *Scheduler) request(j *Job, file found, run string) pipeline.Request {
	q := pipeline.Request{Path: file.path, Display: file.display, Dataset: j.Dataset, Job: j.Name, Parent: run, Again: file.again, Quiet: true}
	if j.files == nil {
		return q
	}
	m := j.files.FindStringSubmatch(filepath.Base(file.path))
	for i, g := range j.files.SubexpNames() {
		switch {
		case m == nil || m[i] == "":
		case g == "sender":
			q.Sender = s.Loader.Shown(m[i])
		case g == "period":
			q.Period, _ = filename.Period(m[i])
		}
	}
	return q
}

// became writes down what became of a file.
func (s *Scheduler) became(k *seen, o pipeline.Outcome, err error) {
	k.run, k.reason, k.remedy, k.next = o.Run, codes.Text{}, codes.Text{}, time.Time{}
	if o.Problem != nil {
		k.reason, k.remedy = o.Problem.Text, o.Problem.Remedy
	}
	switch {
	case errors.Is(err, pipeline.ErrMoving):
		k.state, k.since = pipeline.ArrivalGrowing, time.Now()
	case err != nil && pipeline.Temporary(err):
		wait := min(30*s.poll()<<min(k.tries, 10), max(time.Hour, s.poll()))
		k.state, k.tries, k.next = pipeline.ArrivalAgain, k.tries+1, time.Now().Add(wait)
		s := trouble.Of(err)
		k.reason, k.remedy = s.Text, s.Remedy
	case o.State == pipeline.Published:
		k.state, k.reason, k.remedy = pipeline.ArrivalPublished, codes.Text{}, codes.Text{}
	case o.State == pipeline.Unchanged && o.Problem != nil: // refused before, as it is now
		k.state = pipeline.ArrivalRefused
	case o.State == pipeline.Unchanged:
		k.state = pipeline.ArrivalUnchanged
		if len(o.Notes) > 0 {
			k.reason = o.Notes[0]
		}
	case o.State == pipeline.Held:
		k.state = pipeline.ArrivalHeld
	case o.State == pipeline.Submitted, o.State == pipeline.Asked, o.State == pipeline.Returned:
		k.state = pipeline.ArrivalState(o.State)
	default:
		k.state = pipeline.ArrivalRefused
	}
}
