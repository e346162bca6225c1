// Package render draws ECharts options inside the program: the unmodified chart library runs in a JavaScript engine written
// in Go, so that a page has its pictures before any script runs, and paper and documents need no browser. It knows
// nothing of what is drawn.
package render

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/dop251/goja"
)

// The bounds of a drawing. A larger option or picture is refused, a longer drawing is broken off.
const (
	MostOption = 8 << 20  // bytes of an option
	MostSize   = 8192     // pixels either way
	MostKept   = 32 << 20 // bytes of pictures that are kept
	MostTime   = 20 * time.Second
)

// grace is for how long a drawing goes on that nobody waits for any more. Nearly every one ends within it and is kept, and its
// runtime with it: one that was broken off cannot be used again, and to make another takes longer than most drawings.
const grace = time.Second

// ErrLarge is returned for what exceeds the bounds.
var ErrLarge = errors.New("render: the chart is too large to draw")

// Scripts is what runs: the chart library and the page's own drawing script, as cmd/web bundles them, and the module that
// the latter asks for at run time.
type Scripts struct {
	Library, Drawing, Digits []byte
}

// Outline is the shapes of a map, GeoJSON, and the name under which options speak of it.
type Outline struct {
	Name  string
	Shape []byte
}

// Chart is what to draw: an option as board/draw writes it, a size in pixels, a language, the variables of a theme.
type Chart struct {
	Option        json.RawMessage
	Width, Height int
	Lang          string
	Theme         string // names Variables; pictures are kept by it
	Variables     map[string]string
	Outline       *Outline // nil: no map
}

// Drawer draws charts. One runtime draws one chart at a time; as many are made as charts are drawn at once, up to a limit.
// It is safe for concurrent use.
type Drawer struct {
	scripts Scripts
	compile func() (*programs, error)
	idle    chan *runtime // of those made, the ones that draw nothing now
	room    chan struct{} // as many tokens as runtimes may still be made

	mu   sync.Mutex
	kept map[key]*entry
	held int // bytes
	tick uint64
}

type key [sha256.Size]byte

type entry struct {
	svg  []byte
	used uint64
}

type programs struct{ library, drawing *goja.Program }

// runtime is one engine with the scripts loaded, some 40 MB.
type runtime struct {
	vm       *goja.Runtime
	svg      goja.Callable
	outline  goja.Callable
	outlines map[string]*Outline
}

// New makes a Drawer that draws as many charts at once as workers says. The scripts are compiled when the first chart is
// drawn, which takes half a second: Warm does it before.
func New(s Scripts, workers int) *Drawer {
	d := &Drawer{scripts: s, idle: make(chan *runtime, workers), room: make(chan struct{}, workers), kept: map[key]*entry{}}
	for range workers {
		d.room <- struct{}{}
	}
	d.compile = sync.OnceValues(func() (*programs, error) {
		library, err := goja.Compile("echarts.js", string(s.Library), false)
		if err != nil {
			return nil, fmt.Errorf("render: %w", err)
		}
		drawing, err := goja.Compile("drawing.js", string(s.Drawing), false)
		if err != nil {
			return nil, fmt.Errorf("render: %w", err)
		}
		return &programs{library, drawing}, nil
	})
	return d
}

// Warm makes the first runtime ready.
func (d *Drawer) Warm(ctx context.Context) error {
	r, err := d.take(ctx)
	if err == nil {
		d.idle <- r
	}
	return err
}

// SVG draws a chart. What was drawn before is answered from what is kept. The answer must not be changed.
func (d *Drawer) SVG(ctx context.Context, c Chart) ([]byte, error) {
	if len(c.Option) > MostOption || c.Width < 1 || c.Height < 1 || c.Width > MostSize || c.Height > MostSize {
		return nil, ErrLarge
	}
	k := c.key()
	if svg := d.find(k); svg != nil {
		return svg, nil
	}
	ctx, stop := context.WithTimeout(ctx, MostTime)
	defer stop()
	r, err := d.take(ctx)
	if err != nil {
		return nil, err
	}
	over := make(chan drawn, 1)
	go func() { over <- d.finish(ctx, r, c, k) }()
	select {
	case x := <-over:
		return x.svg, x.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

type drawn struct {
	svg []byte
	err error
}

// finish draws a chart, also where ctx ends meanwhile, within grace. It gives the runtime back or makes room for another.
func (d *Drawer) finish(ctx context.Context, r *runtime, c Chart, k key) (x drawn) {
	own, stop := context.WithTimeout(context.WithoutCancel(ctx), MostTime)
	defer stop()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(grace, stop) })()
	defer func() {
		if p := recover(); p != nil { // nobody above this would catch it
			x.err = fmt.Errorf("render: panic: %v\n%s", p, debug.Stack())
		}
		if x.err != nil {
			d.room <- struct{}{} // a runtime that was broken off, or threw, is not used again
			return
		}
		d.idle <- r
		d.keep(k, x.svg)
	}()
	x.svg, x.err = r.draw(own, c)
	return x
}

func (c Chart) key() key {
	h := sha256.New()
	name := ""
	if c.Outline != nil {
		name = c.Outline.Name
	}
	fmt.Fprintf(h, "%d %d %s %s %s\n", c.Width, c.Height, c.Lang, c.Theme, name)
	h.Write(c.Option)
	return key(h.Sum(nil))
}

// find answers what is kept, nil where nothing is.
func (d *Drawer) find(k key) []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	e := d.kept[k]
	if e == nil {
		return nil
	}
	d.tick++
	e.used = d.tick
	return e.svg
}

// keep remembers a picture; where there are too many, those that were asked for longest ago go.
func (d *Drawer) keep(k key, svg []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.kept[k] != nil || len(svg) > MostKept/4 {
		return
	}
	d.tick++
	d.kept[k] = &entry{svg, d.tick}
	d.held += len(svg)
	for d.held > MostKept {
		var oldest key
		last := d.tick + 1
		for k, e := range d.kept {
			if e.used < last {
				oldest, last = k, e.used
			}
		}
		d.held -= len(d.kept[oldest].svg)
		delete(d.kept, oldest)
	}
}

// take waits for a runtime that draws nothing, or makes one.
func (d *Drawer) take(ctx context.Context) (*runtime, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case r := <-d.idle:
		return r, nil
	default:
	}
	select {
	case r := <-d.idle:
		return r, nil
	case <-d.room:
		r, err := d.make()
		if err != nil {
			d.room <- struct{}{}
		}
		return r, err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// make loads the scripts into a new engine. There is no clock, no network and no file in it.
func (d *Drawer) make() (*runtime, error) {
	p, err := d.compile()
	if err != nil {
		return nil, err
	}
	r := &runtime{vm: goja.New(), outlines: map[string]*Outline{}}
	nothing := func(goja.FunctionCall) goja.Value { return goja.Undefined() }
	console := r.vm.NewObject()
	for _, name := range []string{"log", "warn", "error"} {
		if err := console.Set(name, nothing); err != nil {
			return nil, err
		}
	}
	digits := r.vm.NewObject()
	if err := digits.Set("digits", json.RawMessage(nil)); err != nil {
		return nil, err
	}
	for name, v := range map[string]any{
		"console": console, "setTimeout": nothing, "clearTimeout": nothing,
		"require": func(goja.FunctionCall) goja.Value { return digits },
	} {
		if err := r.vm.Set(name, v); err != nil {
			return nil, err
		}
	}
	parsed, err := r.vm.RunString("(" + string(d.scripts.Digits) + ")")
	if err != nil {
		return nil, fmt.Errorf("render: digits: %w", err)
	}
	if err := digits.Set("digits", parsed); err != nil {
		return nil, err
	}
	for _, program := range []*goja.Program{p.library, p.drawing} {
		if _, err := r.vm.RunProgram(program); err != nil {
			return nil, fmt.Errorf("render: %w", err)
		}
	}
	drawing := r.vm.Get("drawing")
	if drawing == nil {
		return nil, errors.New("render: the drawing script sets no name")
	}
	of := drawing.ToObject(r.vm)
	var ok, also bool
	r.svg, ok = goja.AssertFunction(of.Get("svg"))
	r.outline, also = goja.AssertFunction(of.Get("outline"))
	if !ok || !also {
		return nil, errors.New("render: the drawing script lacks a function")
	}
	return r, nil
}

// draw runs the scripts for one chart and breaks them off when ctx ends.
func (r *runtime) draw(ctx context.Context, c Chart) ([]byte, error) {
	broken := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		r.vm.Interrupt(ctx.Err())
		close(broken)
	})
	defer func() {
		if !stop() { // what comes after the last line of this chart would break off the next one, of somebody else
			<-broken
			r.vm.ClearInterrupt()
		}
	}()
	if o := c.Outline; o != nil && r.outlines[o.Name] != o {
		if _, err := r.outline(goja.Undefined(), r.vm.ToValue(o.Name), r.vm.ToValue(string(o.Shape))); err != nil {
			return nil, fmt.Errorf("render: outline %s: %w", o.Name, err)
		}
		r.outlines[o.Name] = o
	}
	v, err := r.svg(goja.Undefined(), r.vm.ToValue(string(c.Option)), r.vm.ToValue(map[string]any{
		"width": c.Width, "height": c.Height, "lang": c.Lang, "variables": c.Variables,
	}))
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("render: %w", err)
	}
	return []byte(v.String()), nil
}
