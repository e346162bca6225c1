// Command bench measures the product beside the engine itself, in one run on one machine: loading
// a file, and the data of every page. `make bench` runs it; docs/performance.md keeps a record.
package main

import (
	"context"
	_ "embed"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"yanzhen/configs"
	"yanzhen/pipeline"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/embedded"
)

//go:embed bench.yaml
var benchYAML []byte

func main() {
	rows := flag.Int("rows", 2_000_000, "rows of the text to load, and of a workbook half as many; 0 leaves the loads out")
	pageRows := flag.Int("page-rows", 5_000_000, "rows of arrivals behind the pages; 0 leaves the pages out, 1 stops after the small files")
	beside := flag.Int("beside", 0, "rows of arrivals behind pages that are asked for beside analysts; 0 leaves that out")
	states := flag.Int("states", 0, "rows of arrivals of which questions are asked by the rows and by what is kept beside them; 0 leaves that out")
	export := flag.Int("export", 0, "rows that are taken out in each format by each door; 0 leaves that out")
	format := flag.String("format", "", "of -export: only formats that have this in their name, such as CSV")
	cost := flag.Bool("cost", false, "only: load files of many sizes, fit what a file, a row and a cell cost, and ask the model of sizes it has not seen")
	costOf := flag.String("cost-of", "", "of -cost: further sizes that the model is asked of, SENDERSxROWSxCOLUMNS, apart by blanks")
	first := flag.Int("first", 0, "rows of arrivals behind the overview that somebody opens first after a publication, with nothing made ready and after a round; 0 leaves that out")
	leaders := flag.Int("leaders", 64, "leaders of -beside")
	boards := flag.String("boards", "", "of the pages: only these boards, such as overview,inflow")
	dear := flag.Int("dear", 0, "of the pages: in place of the table, each panel's CPU, and so many of each board's dearest statements with their text; by who may see all and by a leader")
	analysts := flag.Int("analysts", 0, "statements of analysts that the engine runs at once (database.analysts); 0: as it is by default")
	times := flag.Int("times", 3, "times each side is measured; they take turns")
	dir := flag.String("dir", "", "where to work; default: a temporary directory")
	readers := flag.Duration("readers", 0, "how long each crowd of readers asks for pages, of what stands behind the pages by then; 0 leaves that out")
	starts := flag.Int("starts", 0, "times a server is started on an empty directory and on the demo zone; 0 leaves that out")
	python := flag.String("peers", "", "only: a Python that has other programs which load tables (make bench-peers), to load the same files by them and by us")
	figures := flag.String("json", "", "write the figures to the file")
	against := flag.String("against", "", "a file of -json, to compare with")
	profile := flag.String("cpuprofile", "", "write a profile of this process, not the engine's, to the file")
	flag.Parse()
	if *profile != "" {
		f, err := os.Create(*profile)
		if err == nil {
			err = pprof.StartCPUProfile(f)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(1)
		}
		defer pprof.StopCPUProfile()
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	size := sizes{*rows, *pageRows, *beside, *leaders, *export, *analysts, *states, *dear, *first, *starts, *times, *readers, *format, *boards}
	do := func(ctx context.Context, b *bench) error { return b.parts(ctx, size) }
	if *cost {
		do = func(ctx context.Context, b *bench) error { return b.costs(ctx, *costOf) }
	}
	if *python != "" {
		do = func(ctx context.Context, b *bench) error { return b.peers(ctx, *python, size.rows, size.times) }
	}
	if err := run(ctx, *dir, size.analysts, do, *figures, *against); err != nil {
		pprof.StopCPUProfile()
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// bench is an engine with the product's tables and one more.
type bench struct {
	dir     string
	engine  *embedded.Engine
	loader  *pipeline.Loader
	reader  *warehouse.DB
	log     *slog.Logger
	catalog *dataset.Catalog
	loads   int // so far
	*record
}

// sizes say how much each part works on; 0 leaves it out. analysts is of the engine, format of the exports, boards and dear are
// of the pages.
type sizes struct {
	rows, pages, beside, leaders, export, analysts, states, dear, first, starts, times int
	readers                                                                            time.Duration
	format, boards                                                                     string
}

// run opens what is measured, has it measured, writes the figures to a file and compares them with those of another.
func run(ctx context.Context, dir string, analysts int, do func(context.Context, *bench) error, figures, against string) error {
	if dir == "" {
		var err error
		if dir, err = os.MkdirTemp("", "yanzhen-bench-"); err != nil {
			return err
		}
		defer os.RemoveAll(dir)
	}
	b, err := open(ctx, dir, analysts)
	if err != nil {
		return err
	}
	defer b.close()
	fmt.Printf("%s, %d cores, %s, load average %.1f\n\n", b.CPU, b.Cores, b.Go, b.Load)
	if err := do(ctx, b); err != nil {
		return err
	}
	if figures != "" {
		if err := b.write(figures); err != nil {
			return err
		}
	}
	if against != "" {
		return b.compare(against)
	}
	return nil
}

// parts measures each part that has a size.
func (b *bench) parts(ctx context.Context, size sizes) error {
	for _, part := range []struct {
		wanted bool
		do     func() error
	}{
		{size.starts > 0, func() error { return b.starts(ctx, size.starts) }},
		{size.rows > 0, func() error { return b.load(ctx, size.rows, size.times) }},
		{size.rows > 0, func() error { return b.book(ctx, size.rows/2, size.times) }},
		{size.pages > 0, func() error { return b.pages(ctx, size) }},
		{size.readers > 0, func() error { return b.readers(ctx, size.readers) }},
		{size.first > 0, func() error { return b.first(ctx, size) }},
		{size.states > 0, func() error { return b.states(ctx, size.states) }},
		{size.export > 0, func() error { return b.exports(ctx, size.export, size.times, size.format) }},
		{size.beside > 0, func() error { return b.beside(ctx, size.beside, max(size.leaders, 1)) }},
	} {
		if !part.wanted {
			continue
		}
		if err := part.do(); err != nil {
			return err
		}
	}
	return nil
}

// memory is what the engine may use, as a server has it by default.
const memory = 4 << 30

func open(ctx context.Context, dir string, analysts int) (*bench, error) {
	b := &bench{dir: dir, record: newRecord(), log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))}
	var err error
	if b.catalog, err = dataset.Load(configs.FS); err != nil {
		return nil, err
	}
	ds, err := dataset.Parse("bench.yaml", benchYAML, b.catalog.Lists)
	if err != nil {
		return nil, err
	}
	b.catalog.Datasets[ds.Name] = ds
	if b.engine, err = embedded.Start(ctx, embedded.Config{Dir: filepath.Join(dir, "engine"), MemoryLimit: memory, Log: b.log, ReadFiles: true, Analysts: analysts}); err != nil {
		return nil, err
	}
	db, err := warehouse.Open(ctx, warehouse.Options{Socket: b.engine.Socket(), User: embedded.Loader})
	if err != nil {
		return nil, err
	}
	if b.reader, err = warehouse.Open(ctx, warehouse.Options{Socket: b.engine.Socket(), User: embedded.Reader}); err != nil {
		return nil, err
	}
	b.loader = &pipeline.Loader{
		Ledger: &pipeline.Ledger{DB: db}, Catalog: b.catalog, Key: []byte(strings.Repeat("k", 32)),
		Spool: filepath.Join(dir, "spool"), Log: b.log,
	}
	return b, b.loader.Ensure(ctx)
}

func (b *bench) close() {
	b.reader.Close()
	b.loader.DB.Close()
	b.engine.Close()
}

// took is what one measured piece of work cost: both processes, the engine's and ours.
type took struct {
	wall, cpu time.Duration // cpu of both processes
	own       time.Duration // of which this process, the loader
	heap      uint64        // greatest Go heap in use, bytes
	engine    uint64        // greatest resident memory of the engine's process, bytes
	both      uint64        // greatest resident memory of both processes together, bytes
	anon      uint64        // the same without pages of files, most of which are the engine's library
	rss       uint64        // resident memory of the engine's process afterwards, bytes
}

// measure runs work and says what it cost.
func (b *bench) measure(work func() error) (took, error) {
	runtime.GC()
	debug.FreeOSMemory()
	stop, peak := make(chan struct{}), make(chan took)
	go b.watch(stop, peak)
	own, engine, began := cpuOf(os.Getpid()), cpuOf(b.engine.PID()), time.Now()
	err := work()
	wall, ours, theirs := time.Since(began), cpuOf(os.Getpid())-own, cpuOf(b.engine.PID())-engine
	close(stop)
	t := <-peak
	t.wall, t.own, t.cpu, t.rss = wall, ours, ours+theirs, residentOf(b.engine.PID())
	return t, err
}

// watch sends the greatest memory that it saw, sampled every 10 ms: of the heap live objects and those not yet collected.
func (b *bench) watch(stop <-chan struct{}, peak chan<- took) {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	var most took
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		metrics.Read(sample)
		engine := residentOf(b.engine.PID())
		most.heap = max(most.heap, sample[0].Value.Uint64())
		most.engine = max(most.engine, engine)
		most.both = max(most.both, engine+residentOf(os.Getpid()))
		most.anon = max(most.anon, anonymousOf(b.engine.PID())+anonymousOf(os.Getpid()))
		select {
		case <-stop:
			peak <- most
			return
		case <-tick.C:
		}
	}
}

// The head of a table of loads; line has its rows.
const (
	loadHead = "| load | wall s | CPU s | of which loader | rows/s | loader's heap MiB | engine's peak MiB | both processes' peak MiB | without pages of files MiB |\n"
	loadRule = "|---|---|---|---|---|---|---|---|---|\n"
)

func (t took) line(name string, rows int) {
	fmt.Printf("| %s | %.2f | %.2f | %.2f | %.0f | %d | %d | %d | %d |\n", name, t.wall.Seconds(), t.cpu.Seconds(), t.own.Seconds(), float64(rows)/t.wall.Seconds(), t.heap>>20, t.engine>>20, t.both>>20, t.anon>>20)
}

// load compares the product's whole load of a file with the engine's own.
func (b *bench) load(ctx context.Context, rows, times int) error {
	file := filepath.Join(b.dir, "bench.csv")
	size, err := writeLoadFile(file, rows)
	if err != nil {
		return err
	}
	fmt.Printf("## Load: %d rows, 16 columns, %.0f MB of CSV\n\n", rows, float64(size)/1e6)
	fmt.Print(loadHead, loadRule)
	var own, ours []took
	for i := range times {
		// the engine's own way into the same table: no check, no hash with a key, nothing verified
		t, err := b.measure(func() error { return b.engineLoad(ctx, file, uint32(4_000_000_000+i)) })
		if err != nil {
			return err
		}
		t.line("engine: insert select from file()", rows)
		own = append(own, t)
		if i == 0 {
			if err := b.same(ctx, rows, 4_000_000_000); err != nil {
				return err
			}
		}
		var out pipeline.Outcome
		t, err = b.measure(func() error {
			out, err = b.loader.Load(ctx, b.request(file, "bench"))
			return err
		})
		if err != nil {
			return err
		}
		if out.State != pipeline.Published || out.Counts.Loaded != uint64(rows) {
			return fmt.Errorf("load ended %s with %s: %v", out.State, out.Identity("en"), out.Rules)
		}
		t.line("yanzhen: parse, check, hash, insert, verify, publish", rows)
		ours = append(ours, t)
		if i == 0 {
			if err := b.same(ctx, rows, out.Batch); err != nil {
				return err
			}
		}
		if err := b.loader.DB.Exec(ctx, warehouse.SQL("truncate table store.bench")); err != nil {
			return err
		}
	}
	a, z := best(own), best(ours)
	wall, cpu := median(own, ours, func(t took) time.Duration { return t.wall }), median(own, ours, func(t took) time.Duration { return t.cpu })
	fmt.Printf("\nBest of %d: engine %.2f s, yanzhen %.2f s. Yanzhen by the engine, medians of %d turns: **%.2f** (wall), **%.2f** (CPU). Both processes at most %d MiB while yanzhen loads.\n\n",
		times, a.wall.Seconds(), z.wall.Seconds(), times, wall, cpu, mostBoth(ours)>>20)
	b.note("load.csv.wall ÷ engine's", wall, "ratio")
	b.note("load.csv.cpu ÷ engine's", cpu, "ratio")
	b.note("load.csv.rate", float64(rows)/z.wall.Seconds(), "rows/s")
	b.note("load.csv.peak", float64(mostBoth(ours)>>20), "MiB")
	return nil
}

// request asks for a load under a name that no file had before: it replaces nothing, for what it would replace is compared row by
// row, which the engine's own load has no part in.
func (b *bench) request(file, dataset string) pipeline.Request {
	b.loads++
	return pipeline.Request{Path: file, Display: fmt.Sprintf("%d/%s", b.loads, filepath.Base(file)), Dataset: dataset, Force: true}
}

// median is the middle one of the ratios of turns.
func median(own, ours []took, of func(took) time.Duration) float64 {
	var all []float64
	for i := range ours {
		all = append(all, of(ours[i]).Seconds()/of(own[i]).Seconds())
	}
	slices.Sort(all)
	return all[len(all)/2]
}

const columns = "date, direction, province, country, education, channel, employment, enterprise, node, occupation, skill_level, salary, headcount, birth_year, note"

func (b *bench) engineLoad(ctx context.Context, file string, batch uint32) error {
	return b.loader.DB.Exec(ctx, warehouse.Statement{
		SQL: "insert into store.bench (person, " + columns + ", _batch, _file, _sheet, _row) select sipHash64(person), " + columns +
			", {batch:UInt32}, 'bench.csv', '', rowNumberInAllBlocks() from file({file:String}, 'CSVWithNames', 'person String, date Date32, direction LowCardinality(String), province LowCardinality(String), country LowCardinality(String), education LowCardinality(String), channel LowCardinality(String), employment LowCardinality(String), enterprise LowCardinality(String), node LowCardinality(String), occupation LowCardinality(String), skill_level Int8, salary Float64, headcount Int32, birth_year Int16, note String')",
		Params:   map[string]string{"batch": strconv.FormatUint(uint64(batch), 10), "file": file},
		Settings: map[string]string{"max_execution_time": "600"},
	})
}

// same checks that a load gave the table what the file says, so that nobody wins by losing rows.
func (b *bench) same(ctx context.Context, rows int, batch uint32) error {
	var n, people, sum uint64
	var pay float64
	err := b.loader.DB.Row(ctx, warehouse.Statement{
		SQL:    "select count(), uniqExact(note), toUInt64(sum(headcount)), round(sum(salary)) from store.bench where _batch = {batch:UInt32}",
		Params: map[string]string{"batch": strconv.FormatUint(uint64(batch), 10)},
	}, &n, &people, &sum, &pay)
	if err != nil {
		return err
	}
	if n != uint64(rows) {
		return fmt.Errorf("batch %d has %d rows, want %d", batch, n, rows)
	}
	fmt.Fprintf(os.Stderr, "batch %d: %d rows, %d notes, headcount %d, pay %.0f\n", batch, n, people, sum, pay)
	return nil
}

func best(all []took) took {
	b := all[0]
	for _, t := range all {
		if t.wall < b.wall {
			b = t
		}
	}
	return b
}

// mostBoth is the greatest memory of both processes in any of them.
func mostBoth(all []took) (most uint64) {
	for _, t := range all {
		most = max(most, t.both)
	}
	return most
}

// cpuOf is the CPU time a process has used.
func cpuOf(pid int) time.Duration {
	f := statOf(pid)
	if len(f) < 13 {
		return 0
	}
	user, _ := strconv.ParseInt(f[11], 10, 64)
	system, _ := strconv.ParseInt(f[12], 10, 64)
	return time.Duration(user+system) * (time.Second / 100) // the kernel counts in hundredths
}

// residentOf is the resident memory of a process.
func residentOf(pid int) uint64 {
	f := statOf(pid)
	if len(f) < 22 {
		return 0
	}
	pages, _ := strconv.ParseUint(f[21], 10, 64)
	return pages * uint64(os.Getpagesize())
}

func statOf(pid int) []string {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return nil
	}
	s := string(b)
	return strings.Fields(s[strings.LastIndexByte(s, ')')+1:])
}

func cpuName() string {
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	defer f.Close()
	b, _ := io.ReadAll(io.LimitReader(f, 4096))
	for line := range strings.Lines(string(b)) {
		if name, ok := strings.CutPrefix(line, "model name"); ok {
			return strings.TrimSpace(strings.TrimLeft(name, "\t: "))
		}
	}
	return runtime.GOARCH
}
