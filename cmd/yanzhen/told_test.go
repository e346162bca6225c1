package main

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"yanzhen/cmd/people"
	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
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

// A cell that was loaded as it stands, one that was set empty and one for which its row was refused are told apart.
func TestRejectLine(t *testing.T) {
	for want, r := range map[string]pipeline.RejectRow{
		"t.csv!B2  sex=\"女\"  [提示 person_sex] ": {File: "t.csv", Cell: "B2", Column: "sex", Raw: "女", Rule: "person_sex", Warn: true},
		"t.csv!B2  n=\"x\"  [置空 number] ":       {File: "t.csv", Cell: "B2", Column: "n", Raw: "x", Rule: "number", Warn: true},
		"t.csv!B2  n=\"x\"  [number] ":          {File: "t.csv", Cell: "B2", Column: "n", Raw: "x", Rule: "number"},
		"t.csv:2  [提示 short_row] ":              {File: "t.csv", Row: 2, Rule: "short_row", Warn: true},
	} {
		if got := rejectLine(codes.Zh, r); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
