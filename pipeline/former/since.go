package former

import (
	"context"
	"fmt"

	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
)

// Since is what became of what a run published: Published where it counts, Withdrawn where somebody took it back, Returned where
// its unit shows another version. Empty: the run published nothing.
type Since struct {
	Did   Did
	entry pipeline.Entry
}

// After looks what became of what a run has published.
func After(ctx context.Context, l *pipeline.Ledger, run pipeline.Run) (s Since, err error) {
	if run.Batch == 0 || run.State != pipeline.Published {
		return s, nil
	}
	rows, err := l.Entries(ctx, run.Batch)
	if err != nil {
		return s, err
	}
	for _, e := range rows {
		switch e.State {
		case pipeline.Published:
			s = Since{Published, e}
		case pipeline.Withdrawn:
			s = Since{Withdrawn, e}
		}
	}
	if s.Did != Published {
		return s, nil
	}
	if rows, err = l.History(ctx, s.entry.Dataset, s.entry.Unit); err != nil {
		return s, err
	}
	for _, e := range rows { // the latest first
		if e.State == pipeline.Published || e.State == pipeline.Withdrawn {
			if e.Batch != run.Batch {
				s = Since{Returned, e}
			}
			return s, nil
		}
	}
	return s, nil
}

// Text tells it to whoever looks, the sender too: no name and no reason, which stand in the history of the unit. It says nothing
// of what counts.
func (s Since) Text() codes.Text {
	e := s.entry
	switch s.Did {
	case Withdrawn:
		return codes.Text{Zh: "已由管理人员撤回，现在不计入任何数字", En: "An operator has taken it back: it counts in no figure now"}
	case Returned:
		if e.State == pipeline.Withdrawn {
			return codes.Text{Zh: "已被替换，此单元后来也撤回了：现在不计入任何数字", En: "It was replaced, and its unit taken back afterwards: it counts in no figure now"}
		}
		return codes.Text{Zh: fmt.Sprintf("已不是现行版本：现在计入的是第 %d 批 %s", e.Batch, e.File), En: fmt.Sprintf("It is not the live version: batch %d, %s, counts now", e.Batch, e.File)}
	}
	return codes.Text{}
}

// Lines is that, what the run said when it ended and what to do, a line each.
func (s Since) Lines(run pipeline.Run) (t codes.Text) {
	now := s.Text()
	for _, x := range [][3]string{{"", now.Zh, now.En}, {"", run.MessageZh, run.MessageEn}, {"-> ", run.RemedyZh, run.RemedyEn}} {
		if x[1] != "" {
			t.Zh, t.En = t.Zh+x[0]+x[1]+"\n", t.En+x[0]+x[2]+"\n"
		}
	}
	return t
}
