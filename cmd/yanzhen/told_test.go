package main

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"yanzhen/cmd/people"
)

// The audit trail keeps every command but those that neither change an installation nor show its rows, and those that keep a trail of
// their own while they serve.
func TestCommandsAreTold(t *testing.T) {
	parser, err := kong.New(&cli{}, kong.Name("yanzhen"), kong.Description(about), kong.BindTo(t.Context(), (*context.Context)(nil)))
	if err != nil {
		t.Fatal(err)
	}
	reading := []string{"demo", "plan", "inbox", "duties", "doctor", "check", "test", "docs", "completion", "serve", "mcp"}
	for _, n := range parser.Model.Leaves(true) {
		command := strings.TrimPrefix(n.FullPath(), "yanzhen ")
		name, _, _ := strings.Cut(command, " ")
		if people.Told(command) == slices.Contains(reading, name) {
			t.Errorf("%s: in the trail %v; it belongs either there or among those that only read", command, people.Told(command))
		}
	}
}
