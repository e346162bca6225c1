package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/evanw/esbuild/pkg/api"
)

// script is a bundle: a module with all that it imports, as one plain script that sets one global name.
type script struct {
	from, to, name string
	left           []string // imports that are answered where the script runs, by its function require
}

var bundles = []script{
	{from: "cmd/web/echarts.js", to: "echarts.min.js", name: "echarts"},
	{from: "cmd/web/codemirror.js", to: "codemirror.js", name: "codemirror"},
	{from: "dashboard/static/js/drawing.js", to: "drawing.js", name: "drawing", left: []string{"./digits.js"}},
}

// bundle writes a script in the language of ten years ago: the newest browsers and the program's own engine read it alike.
func bundle(modules string, s script) ([]byte, error) {
	if _, err := part(modules, "echarts/package.json"); err != nil {
		return nil, err
	}
	dir, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	r := api.Build(api.BuildOptions{
		AbsWorkingDir: dir, EntryPoints: []string{s.from}, NodePaths: []string{filepath.Join(dir, modules)}, External: s.left,
		Bundle: true, Format: api.FormatIIFE, GlobalName: s.name, Target: api.ES2017, Charset: api.CharsetUTF8,
		MinifyWhitespace: true, MinifyIdentifiers: true, MinifySyntax: true, LegalComments: api.LegalCommentsEndOfFile,
		Define: map[string]string{"process.env.NODE_ENV": `"production"`},
	})
	var faults []error
	for _, e := range r.Errors {
		at := s.from
		if e.Location != nil {
			at = fmt.Sprintf("%s:%d", e.Location.File, e.Location.Line)
		}
		faults = append(faults, fmt.Errorf("%s: %s", at, e.Text))
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return r.OutputFiles[0].Contents, nil
}
