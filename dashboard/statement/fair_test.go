package statement

import (
	"context"
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
		if err == nil && (!strings.Contains(said, "my turn") || !strings.Contains(header.Get(door.Waited), "all 4 places are in use (0 by you, 4 by others)")) {
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
}
