package senders

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"strings"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/counter"
	"yanzhen/dashboard/inlet"
	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/marked"
	"yanzhen/pipeline/packed"
	"yanzhen/pipeline/template"
)

// in is the installation in another language.
func (z Zone) in(lang codes.Lang) Zone {
	z.Lang = lang
	return z
}

// Counter is the page of those who send files; nil where no folder is watched. drafts is where files lie that were looked at.
func (z Zone) Counter(taken *inlet.Inlet, sets []*dataset.Dataset, drafts string) *counter.Counter {
	if taken == nil {
		return nil
	}
	return &counter.Counter{
		Inlet: taken, Ledger: z.Loader.Ledger, Datasets: sets, Drafts: drafts,
		Plan: func(ctx context.Context, path, sender string) (pipeline.Plan, error) {
			req := pipeline.Request{Path: path, Display: inlet.Named(filepath.Base(path), sender), Sender: sender}
			if packed.Is(path) { // as it will lie in the inbox: a file inside may name an office of its own
				req.Display, req.Sender = filepath.Join(sender, req.Display), ""
			}
			return packed.Look(ctx, z.Loader, req)
		},
		Before: func(ctx context.Context, ds *dataset.Dataset, sender string, loc codes.Lang) ([][]string, string, error) {
			rows, notes, err := z.in(loc).before(ctx, ds, sender, nil)
			access.Shown(ctx, len(rows))
			return rows, strings.Join(notes, " "), err
		},
		Answer: func(ctx context.Context, run string, why pipeline.Why) error {
			_, err := z.Loader.Say(ctx, run, pipeline.Submitted, why)
			return err
		},
		Template: func(ctx context.Context, name, sender string, loc codes.Lang, w io.Writer) error {
			t, err := z.in(loc).Template(ctx, z.Catalog.Datasets[name], sender)
			if err != nil {
				return err
			}
			if err = t.Write(w); errors.Is(err, template.ErrNone) {
				err = counter.ErrNotWritten
			} else if err == nil {
				access.Shown(ctx, len(t.Rows))
			}
			return err
		},
		Return: func(ctx context.Context, run pipeline.Run, loc codes.Lang, w io.Writer) (string, error) {
			z := z.in(loc)
			path, err := z.Original(run)
			if err != nil {
				return "", err
			}
			back, err := z.Return(ctx, run, path)
			if err != nil {
				return "", err
			}
			if _, err = back.Write(ctx, w); errors.Is(err, marked.ErrTooLarge) || errors.Is(err, marked.ErrProgram) {
				err = counter.ErrNotWritten
			} else if err == nil {
				access.Shown(ctx, int(run.Read)) // the sender's own rows go back whole
			}
			return marked.FileName(path), err
		},
	}
}
