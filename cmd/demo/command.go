package demo

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
)

// Command is yanzhen demo.
type Command struct {
	Out  string `arg:"" help:"Folder to write the files into." type:"path"`
	Seed uint64 `help:"The same seed writes the same bytes." default:"1"`
}

// Help is printed by yanzhen demo --help.
func (*Command) Help() string {
	return `Writes three years of files of a zone that does not exist, as some fifteen offices would send
them: workbooks and text files in several encodings, header variants, totals, a resubmitted month,
and a known list of spoilt cells (in <out>.manifest.json). Nothing else: loading them is the jobs' work.`
}

// Run writes the files.
func (c *Command) Run(_ context.Context, out io.Writer) error {
	m, err := Write(c.Out, Options{Seed: c.Seed})
	if err != nil {
		return err
	}
	list := filepath.Clean(c.Out) + ".manifest.json"
	if err := m.Save(list); err != nil {
		return err
	}
	fmt.Fprintf(out, "%d 个文件 files -> %s\n%d 个坏单元格 spoilt cells -> %s\n", len(m.Files), c.Out, len(m.Planted), list)
	return nil
}
