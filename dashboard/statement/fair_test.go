package statement

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow/flight/flightsql"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/door"
	"yanzhen/pipeline/warehouse/flight"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// Whoever asks much, by whichever doors, leaves a place of the engine to others; what becomes free goes to who runs fewest; who
// waits is told why, and who gives up has left the queue.
func testFair(t *testing.T, d *Desk) {
	admit := func(_ context.Context, c door.Caller) (door.Guest, error) {
		return door.Guest{Name: c.Token}, map[bool]error{true: door.ErrRefused}[c.Token == ""]
	}
	port, err := door.New(door.Config{Socket: warehousetest.Engine(t).Socket(), Admit: admit})
	if err != nil {
		t.Fatal(err)
	}
	http1 := httptest.NewServer(port)
	defer http1.Close()
	analyst, err := d.Analyst(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer analyst.Close()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	wire, err := flight.Serve(l, flight.Config{DB: analyst, Admit: admit})
	if err != nil {
		t.Fatal(err)
	}
	defer wire.Close()
	client, err := flightsql.NewClient(l.Addr().String(), nil, nil, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()

	var all sync.WaitGroup
	defer all.Wait()
	sleeping := func(name string) string {
		return "select '" + name + "' as name, count() from numbers(900000000) where sleep(0.2) = 0"
	}
	byPort := func(ctx context.Context, who, sql string) (string, http.Header, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, http1.URL+"/?lang=en", strings.NewReader(sql))
		if err != nil {
			return "", nil, err
		}
		req.Header.Set("Authorization", "Bearer "+who)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return "", nil, err
		}
		defer res.Body.Close()
		b, err := io.ReadAll(res.Body)
		return string(b), res.Header, err
	}
	waits := make(chan codes.Text, 1)
	doors := map[string]func(ctx context.Context, who, sql string){
		"port": func(ctx context.Context, who, sql string) { _, _, _ = byPort(ctx, who, sql) },
		"wire": func(ctx context.Context, who, sql string) {
			ctx = metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+who)
			if info, err := client.Execute(ctx, sql); err == nil {
				if r, err := client.DoGet(ctx, info.Endpoint[0].Ticket); err == nil {
					for r.Next() {
					}
					r.Release()
				}
			}
		},
		"page": func(ctx context.Context, who, sql string) {
			_, _ = d.Run(ctx, Ask{Who: who, SQL: sql}, func(p Progress, _ *Result) {
				if p.Waits != nil {
					select {
					case waits <- *p.Waits:
					default:
					}
				}
			})
		},
	}
	stop := map[string]context.CancelFunc{}
	begin := func(by, who, name string) {
		ctx, cancel := context.WithCancel(t.Context())
		stop[name] = cancel
		all.Go(func() { doors[by](ctx, who, sleeping(name)) })
	}
	defer func() {
		for _, cancel := range stop {
			cancel()
		}
	}()
	runs := func() (names []string) {
		rows, err := warehouse.Select[struct {
			SQL string `db:"query"`
		}](t.Context(), d.Reader, warehouse.SQL("select query from system.processes where query like '%numbers(900000000)%' and query not like '%system.processes%'"))
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			_, name, _ := strings.Cut(r.SQL, "'")
			names = append(names, name[:strings.Index(name, "'")])
		}
		slices.Sort(names)
		return names
	}
	until := func(want ...string) {
		t.Helper()
		var got []string
		for range 600 {
			if got = runs(); slices.Equal(got, want) {
				return
			}
			time.Sleep(50 * time.Millisecond)
		}
		t.Fatalf("%v run, want %v", got, want)
	}

	// small questions that the program asks for people do not hinder each other
	for range 2 {
		all.Go(func() {
			if _, err := Small[struct {
				N uint8 `db:"n"`
			}](t.Context(), d, Ask{Who: "li", SQL: "select sleep(0.3) as n"}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()

	begin("port", "li", "li1")
	until("li1")
	begin("wire", "li", "li2")
	until("li1", "li2")
	begin("page", "li", "li3")
	until("li1", "li2", "li3")
	begin("page", "li", "li4") // there is a place, which is kept
	if why := <-waits; !strings.Contains(why.Zh, "您已有 3 条语句在运行") || !strings.Contains(why.En, "kept for somebody") {
		t.Error(why)
	}
	begin("wire", "wang", "wang1")
	until("li1", "li2", "li3", "wang1")
	answer := make(chan error, 1)
	all.Go(func() {
		said, header, err := byPort(t.Context(), "zhao", "select 'it is my turn'")
		if err == nil && (!strings.Contains(said, "my turn") || !strings.Contains(header.Get(door.Waited), "all 4 places were in use (0 by you, 4 by others)")) {
			err = errors.New(said + fmt.Sprint(header))
		}
		answer <- err
	})
	ctx, cancel := context.WithCancel(t.Context())
	gone := make(chan struct{})
	all.Go(func() {
		defer close(gone)
		_, _ = d.Run(ctx, Ask{Who: "zhao", SQL: sleeping("zhao2")}, func(p Progress, _ *Result) {
			if p.Waits != nil {
				cancel()
			}
		})
	})
	<-gone // who gives up while it waits does not run
	select {
	case err := <-answer:
		t.Fatal("zhao has a place that nobody gave back", err)
	default:
	}
	stop["li1"]() // li's fourth came first, and zhao runs nothing
	if err := <-answer; err != nil {
		t.Fatal(err)
	}
	until("li2", "li3", "wang1") // again one place is kept
	begin("port", "wang", "wang2")
	stop["li2"]()
	stop["li3"]()
	until("li4", "wang1", "wang2")
	begin("port", "zhao", "zhao3")
	until("li4", "wang1", "wang2", "zhao3")

	// what did not come to its turn says so, and that it did not run; what is not worth a wait is left out
	faulty := func(what string, err error, code int, parts ...string) {
		t.Helper()
		var f *Fault
		if !errors.As(err, &f) || f.Code != code || slices.ContainsFunc(parts, func(s string) bool { return !strings.Contains(f.Zh+f.En, s) }) {
			t.Errorf("%s: %#v", what, err)
		}
	}
	nothing := Take{Head: func([]Column) error { return nil }, Row: func(json.RawMessage) error { return nil }}
	_, _, err = d.Rows(t.Context(), Ask{Who: "li", SQL: "select 1"}, Bounds{Time: time.Second}, nothing)
	faulty("rows", err, 202, "没有运行", "and it was not run", "all 4 places were in use (1 by you, 3 by others)")
	if _, ok, err := d.Estimate(t.Context(), Ask{Who: "li", SQL: "select * from mart.arrivals"}); ok || err != nil {
		t.Error("an estimate that has no place:", ok, err)
	}
	brief, end := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer end()
	_, err = Small[struct{}](brief, d, Ask{Who: "li", SQL: "select 1"})
	faulty("a small question", err, 159, "超过时间上限")
	if names, err := Listed[struct {
		Name string `db:"name"`
	}](t.Context(), d, "select name from system.tables where database = 'mart'"); err != nil || len(names) == 0 {
		t.Error("what there is:", names, err)
	}

	// the time that a run may take is over
	r := &run{Desk: d, ask: &Ask{Who: "li", ID: NewID()}, began: time.Now(), tell: quiet}
	if r.result, err = d.open("li", r.ask.ID); err != nil {
		t.Fatal(err)
	}
	faulty("a run", r.fetch(brief, "select 1"), 159, "超过时间上限")
}
