package forget

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"yanzhen/cmd/spoken"
	"yanzhen/jobs/outbox"
	"yanzhen/pipeline"
	"yanzhen/pipeline/forget"
)

// Resume goes on with deletions that were not done, and tells the log. What fails is told and tried again by Follow: it keeps
// nobody from reading. The error says that the book cannot be read: then nobody knows whose rows to refuse.
func Resume(ctx context.Context, l *pipeline.Loader, dir string, log *slog.Logger) error {
	book := forget.Book{Dir: dir, Also: mails(dir, new(int))}
	if _, err := book.Read(); err != nil {
		return err
	}
	n, rows, err := forget.Resume(ctx, l, book)
	if n > 0 && err == nil {
		log.Info("deletions of persons were gone on with", "deletions", n, "rows", rows)
	}
	if err != nil && ctx.Err() == nil {
		log.Error("a deletion of a person is not done; it is tried again every few minutes, and yanzhen doctor tells of it", "err", err)
	}
	return ctx.Err()
}

// mails takes their files off mails that wait or were not sent, and counts them.
func mails(dir string, n *int) func() error {
	return func() error {
		got, err := outbox.Strip(dir, time.Now(), "附件已取走：写好之后有个人被删除，下次再发 / The attachments were taken away: a person was deleted since; they come again next time.")
		*n += got
		return err
	}
}

// between is how long Follow waits between two looks.
const between = 3 * time.Minute

// Follow resumes every few minutes what is not done, until the context ends.
func Follow(ctx context.Context, loader func() *pipeline.Loader, dir string, log *slog.Logger) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(between):
		}
		if err := Resume(ctx, loader(), dir, log); err != nil && ctx.Err() == nil {
			log.Error("the deletions of persons cannot be read", "err", err)
		}
	}
}

// Doctor tells of deletions that are not done, and of batches that were damaged before one.
func Doctor(dir string, in func(zh, en string) string, say func(state, what, detail string)) {
	all, err := forget.Book{Dir: dir}.Read()
	if err != nil {
		say("fail", "deletions", spoken.By(err, in))
		return
	}
	var open, damaged int
	for _, e := range all {
		if !e.Done {
			open++
		}
		damaged += len(e.Damaged)
	}
	switch {
	case open > 0:
		say("warn", "deletions", fmt.Sprintf(in("%d 次删除个人还没有做完：yanzhen forget --list", "%d deletions of persons are not done: yanzhen forget --list"), open))
	case damaged > 0:
		say("warn", "deletions", fmt.Sprintf(in("%d 个批次在删除个人之前就已受损：yanzhen forget --list；请重新装入原文件", "%d batches were damaged before a person was deleted from them: yanzhen forget --list; load the original files again"), damaged))
	case len(all) > 0:
		say("ok", "deletions", fmt.Sprintf(in("%d 次，均已完成", "%d, all done"), len(all)))
	}
}
