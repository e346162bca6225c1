package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"yanzhen/pipeline"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/warehouse"
)

// What loading costs is told by a model of few terms: so much for each file, so much for each row, so much for each cell. It is
// fitted to loads that were measured and then asked for loads that it has not seen.

// point is a number of senders who each send one file of so many rows and columns.
type point struct{ senders, rows, columns int }

func (p point) cells() float64 { return float64(p.senders) * float64(p.rows) * float64(p.columns) }

// terms are what the model multiplies: files, rows, cells.
func (p point) terms() [3]float64 {
	return [3]float64{float64(p.senders), float64(p.senders) * float64(p.rows), p.cells()}
}

var (
	fitted = []point{{4, 500, 4}, {4, 500, 16}, {40, 500, 10}, {8, 5_000, 10}, {4, 20_000, 4}, {4, 20_000, 16}, {1, 200_000, 4}, {1, 200_000, 16}, {1, 50_000, 10}}
	unseen = []point{{20, 2_000, 7}, {2, 60_000, 12}, {1, 400_000, 10}}
)

// load is what the loads of a point took.
type load struct {
	point
	cpu    float64 // seconds of both processes
	disk   float64 // bytes of the rows' parts
	heap   float64 // bytes, the loader's greatest
	engine float64 // bytes, the engine's resident memory afterwards
}

// inOrder are the columns of bench.yaml in the order in which a narrow table has them: of every kind soon.
var inOrder = []string{
	"person", "date", "direction", "node", "salary", "enterprise", "education", "headcount", "note", "province", "occupation", "birth_year", "skill_level",
	"country", "channel", "employment",
}

// costs measures every point, fits the model, and says how far it is off where it was not fitted; then it answers for sizes.
func (b *bench) costs(ctx context.Context, ask string) error {
	var asked []point
	for _, s := range strings.Fields(ask) {
		var p point
		if _, err := fmt.Sscanf(s, "%dx%dx%d", &p.senders, &p.rows, &p.columns); err != nil || p.senders < 1 || p.rows < 1 || p.columns < 1 {
			return fmt.Errorf("-cost-of %q: want SENDERSxROWSxCOLUMNS, such as 40x2000x12", s)
		}
		asked = append(asked, p)
	}
	wide := filepath.Join(b.dir, "bench.csv")
	if _, err := writeLoadFile(wide, slices.MaxFunc(slices.Concat(fitted, unseen), func(a, c point) int { return a.rows - c.rows }).rows); err != nil {
		return err
	}
	var seen []load
	for _, p := range fitted {
		c, err := b.costOf(ctx, wide, p)
		if err != nil {
			return err
		}
		seen = append(seen, c)
	}
	cpu, err := fit(seen, func(c load) float64 { return c.cpu })
	if err != nil {
		return err
	}
	disk, err := fit(seen, func(c load) float64 { return c.disk })
	if err != nil {
		return err
	}
	fmt.Printf("## What a load costs\n\nCPU: %.1f ms a file + %.2f µs a row + %.3f µs a cell. Disk: %.1f KiB a file + %.1f bytes a row + %.2f bytes a cell.\n\n",
		cpu[0]*1e3, cpu[1]*1e6, cpu[2]*1e6, disk[0]/1024, disk[1], disk[2])
	fmt.Println("| senders x rows x columns | | CPU s | model | off | MB on disk | model | off | loader's heap MiB | engine's memory MiB |")
	fmt.Println("|---|---|---|---|---|---|---|---|---|---|")
	line := func(c load, as string) {
		sec, bytes := told(cpu, c.point), told(disk, c.point)
		fmt.Printf("| %d x %d x %d | %s | %.2f | %.2f | %+.0f %% | %.2f | %.2f | %+.0f %% | %.0f | %.0f |\n", c.senders, c.rows, c.columns, as,
			c.cpu, sec, 100*(sec/c.cpu-1), c.disk/1e6, bytes/1e6, 100*(bytes/c.disk-1), c.heap/(1<<20), c.engine/(1<<20))
	}
	for _, c := range seen {
		line(c, "fitted")
	}
	for _, p := range unseen {
		c, err := b.costOf(ctx, wide, p)
		if err != nil {
			return err
		}
		line(c, "not seen")
	}
	for _, p := range asked {
		fmt.Printf("| %d x %d x %d | asked | | %.2f | | | %.2f | | | |\n", p.senders, p.rows, p.columns, told(cpu, p), told(disk, p)/1e6)
	}
	fmt.Println()
	return nil
}

// costOf loads the files of a point into a table of its own, twice, and keeps the cheaper time: the first one makes the table warm.
func (b *bench) costOf(ctx context.Context, wide string, p point) (load, error) {
	name, err := b.narrowed(ctx, p.columns)
	if err != nil {
		return load{}, err
	}
	var files []string
	for i := range p.senders {
		path := filepath.Join(b.dir, fmt.Sprintf("S%02d_%s_%d.csv", i, name, p.rows))
		if err := cut(wide, path, inOrder[:p.columns], i*p.rows/4, p.rows); err != nil {
			return load{}, err
		}
		defer os.Remove(path)
		files = append(files, path)
	}
	out := load{point: p, cpu: math.Inf(1)}
	for range 2 {
		if err := b.loader.DB.Exec(ctx, warehouse.SQL("truncate table store."+name)); err != nil {
			return out, err
		}
		t, err := b.measure(func() error {
			for _, path := range files {
				got, err := b.loader.Load(ctx, pipeline.Request{Path: path, Dataset: name, Force: true})
				if err != nil {
					return err
				}
				if got.State != pipeline.Published || got.Counts.Loaded != uint64(p.rows) {
					return fmt.Errorf("load of %s ended %s with %s: %v", filepath.Base(path), got.State, got.Identity("en"), got.Rules)
				}
			}
			return nil
		})
		if err != nil {
			return out, err
		}
		out.cpu, out.heap, out.engine = min(out.cpu, t.cpu.Seconds()), max(out.heap, float64(t.heap)), max(out.engine, float64(t.rss))
		var bytes uint64
		if err := b.loader.DB.Row(ctx, warehouse.Statement{SQL: "select sum(bytes_on_disk) from system.parts where active and database = {rows:String} and table = {t:String}", Params: map[string]string{"t": name, "rows": b.loader.DB.Rows()}}, &bytes); err != nil {
			return out, err
		}
		out.disk = float64(bytes)
	}
	return out, nil
}

// narrowed makes the table of the first so many columns, once, and says its name.
func (b *bench) narrowed(ctx context.Context, columns int) (string, error) {
	name := "bench_" + strconv.Itoa(columns)
	if b.catalog.Datasets[name] != nil {
		return name, nil
	}
	text, err := narrow(name, inOrder[:columns])
	if err != nil {
		return "", err
	}
	if b.catalog.Datasets[name], err = dataset.Parse(name+".yaml", text, b.catalog.Lists); err != nil {
		return "", err
	}
	return name, b.loader.EnsureTables(ctx)
}

// narrow is the declaration of a table that has some of the columns of bench.yaml.
func narrow(name string, columns []string) ([]byte, error) {
	var out []string
	for line := range strings.Lines(string(benchYAML)) {
		if strings.HasPrefix(line, "checks:") {
			break // they name columns that a narrow table has not
		}
		if column, ok := strings.CutPrefix(strings.TrimSpace(line), "- {name: "); ok {
			if column, _, _ = strings.Cut(column, ","); !slices.Contains(columns, column) {
				continue
			}
		}
		out = append(out, strings.Replace(line, "name: bench\n", "name: "+name+"\n", 1))
	}
	if len(out) < len(columns) {
		return nil, fmt.Errorf("bench.yaml has %d lines for %d columns", len(out), len(columns))
	}
	return []byte(strings.Join(out, "")), nil
}

// places reads the head of a text and says where its columns stand, each of which must be there.
func places(r *csv.Reader, columns []string) (at []int, err error) {
	r.ReuseRecord = true
	head, err := r.Read()
	if err != nil {
		return nil, err
	}
	for _, c := range columns {
		i := slices.Index(head, c)
		if i < 0 {
			return nil, fmt.Errorf("there is no column %s in %v", c, head)
		}
		at = append(at, i)
	}
	return at, nil
}

// cut writes some columns of so many rows of a file, from a row on.
func cut(from, to string, columns []string, skip, rows int) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	r, w := csv.NewReader(bufio.NewReaderSize(in, 1<<20)), csv.NewWriter(out)
	at, err := places(r, columns)
	if err != nil {
		return err
	}
	row := slices.Clone(columns)
	if err := w.Write(row); err != nil {
		return err
	}
	for n := range skip + rows {
		rec, err := r.Read()
		if err == io.EOF {
			return fmt.Errorf("%s has fewer than %d rows", filepath.Base(from), skip+rows)
		}
		if err != nil {
			return err
		}
		if n < skip {
			continue
		}
		for i, j := range at {
			row[i] = rec[j]
		}
		if err := w.Write(row); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

// fit finds the factors of the terms with the least squares of what it is off by as a share of what was measured, none below 0: a
// factor that would be is left out and the others are fitted again.
func fit(seen []load, of func(load) float64) (factors [3]float64, err error) {
	use := []int{0, 1, 2}
	for len(use) > 0 {
		n := len(use)
		a := make([][]float64, n) // the normal equations, with their right side
		for i := range a {
			a[i] = make([]float64, n+1)
		}
		for _, c := range seen {
			t := c.terms()
			for i, p := range use {
				for j, q := range use {
					a[i][j] += t[p] / of(c) * t[q] / of(c)
				}
				a[i][n] += t[p] / of(c)
			}
		}
		got, err := solve(a)
		if err != nil {
			return factors, err
		}
		if low := slices.Min(got); low >= 0 {
			for i, p := range use {
				factors[p] = got[i]
			}
			return factors, nil
		} else {
			i := slices.Index(got, low)
			use = slices.Delete(use, i, i+1)
		}
	}
	return factors, errors.New("no factor of the model is above 0")
}

// solve solves linear equations by elimination with the greatest pivot; the last column is the right side.
func solve(a [][]float64) ([]float64, error) {
	n := len(a)
	for i := range n {
		p := i
		for r := i + 1; r < n; r++ {
			if math.Abs(a[r][i]) > math.Abs(a[p][i]) {
				p = r
			}
		}
		if a[p][i] == 0 {
			return nil, errors.New("the measured loads do not tell the terms of the model apart")
		}
		a[i], a[p] = a[p], a[i]
		for r := range n {
			if f := a[r][i] / a[i][i]; r != i {
				for k := i; k <= n; k++ {
					a[r][k] -= f * a[i][k]
				}
			}
		}
	}
	out := make([]float64, n)
	for i := range n {
		out[i] = a[i][n] / a[i][i]
	}
	return out, nil
}

// told is what the model says of a point.
func told(factors [3]float64, p point) (v float64) {
	for i, t := range p.terms() {
		v += factors[i] * t
	}
	return v
}
