package main

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
	completion "github.com/jotaen/kong-completion"
)

// completeCmd is the library's command, whose own words are in English only.
type completeCmd struct {
	completion.Completion `embed:""`
}

// errShell: nobody said which shell is meant, and it cannot be told.
var errShell = errors.New("认不出正在用的 shell：写明 bash、zsh 或 fish / the shell in use cannot be told: name bash, zsh or fish")

// Run says what to type so that Tab completes, or with --code writes the code itself.
func (x *completeCmd) Run(k *kong.Context, c *cli) error {
	var said bytes.Buffer
	out := k.Stdout
	k.Stdout = &said
	err := x.Completion.Run(k)
	k.Stdout = out
	if err != nil && x.Shell == "" {
		return invalid{errShell}
	}
	if err != nil || x.Code {
		fmt.Fprint(out, said.String())
		return err
	}
	command, file := "", ""
	for line := range strings.Lines(said.String()) { // the command is set in, the file of the shell comes last
		if rest, ok := strings.CutPrefix(line, "    "); ok {
			command = strings.TrimSpace(rest)
		}
		if i := strings.LastIndex(line, ": "); i >= 0 {
			file = strings.TrimSpace(line[i+2:])
		}
	}
	if command == "" || file == "" {
		return fmt.Errorf("completion: %q", said.String())
	}
	fmt.Fprintf(out, c.say("运行下面的命令，本次登录即可用 Tab 补全：\n\n    %s\n\n要长期启用，写进 %s。\n",
		"Run this, and Tab completes in this session:\n\n    %s\n\nTo keep it, put the line into %s.\n"), command, file)
	return nil
}
