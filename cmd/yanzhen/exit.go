package main

import (
	"context"
	"errors"

	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/embedded"
)

// errServed: one process serves a directory, and another does already.
var errServed = errors.New("另一个 yanzhen 正在使用这个目录，先停下它，或用 --dir 指另一个 / another yanzhen serves this directory: stop it first, or name another one by --dir")

// Exit codes, also printed by `yanzhen --help`.
const (
	exitOK          = 0 // done
	exitFailed      = 1 // something went wrong inside
	exitUsage       = 2 // wrong arguments, configuration or declaration
	exitRefused     = 3 // the file was read and refused or held: nothing was published
	exitUnavailable = 4 // the database does not answer, or another process owns the directory
	exitCancelled   = 130
)

// invalid marks an error that the user mends by changing arguments or configuration.
type invalid struct{ error }

func (e invalid) Unwrap() error { return e.error }

// refused marks a load that was read and not published.
type refused struct{ error }

func (e refused) Unwrap() error { return e.error }

// exitCode is the one table from errors to exit codes.
func exitCode(err error) int {
	var bad invalid
	var no refused
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, context.Canceled):
		return exitCancelled
	case errors.As(err, &bad):
		return exitUsage
	case errors.As(err, &no):
		return exitRefused
	case errors.Is(err, warehouse.ErrUnavailable), errors.Is(err, errServed), errors.Is(err, embedded.ErrBusy):
		return exitUnavailable
	}
	return exitFailed
}
