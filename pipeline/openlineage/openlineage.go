// Package openlineage tells a catalogue of data, by the events of OpenLineage, what has run: a job or a load that begins, and how
// it ended; of a load which dataset it wrote, from which submissions, by which columns and how many rows. It tells of datasets,
// declared senders, periods and numbers of rows, never of files, sheets, cells or persons. Where the catalogue is away no run
// waits for it.
package openlineage

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"sync"
	"time"

	"yanzhen/pipeline"
	"yanzhen/pipeline/declare"
	"yanzhen/pipeline/secret"
)

// Bounds: nobody waits for a catalogue, and what it does not take is not kept for ever.
const (
	mostWaiting = 4096             // events, of some hundred bytes each; more are given up
	mostKnown   = 2 * mostWaiting  // runs of which it is known how far they were told
	keptFor     = time.Hour        // an event that is not taken
	sendWithin  = 10 * time.Second // one attempt
	stopWithin  = time.Second      // at the end of the program
	pauseLeast  = time.Second      // after an attempt that failed; twice as long after each
	pauseMost   = time.Minute
	news        = time.Minute // a run that ended earlier was told before: something was said of it since
)

// Settings say where events go; the zero value is nowhere.
type Settings struct {
	Endpoint  string        `yaml:"endpoint"`
	Token     secret.Secret `yaml:"token"`
	CA        string        `yaml:"ca"`
	Namespace string        `yaml:"namespace"`
}

// Declared says what is declared of lineage.
func (Settings) Declared() declare.Keys {
	return declare.Keys{
		"endpoint":  {Zh: "接收 OpenLineage 事件的地址（POST）；不写则不送", En: "the address that takes events of OpenLineage (POST); absent: nothing is sent", Example: "https://marquez.example.gov.cn/api/v1/lineage"},
		"token":     {Zh: "访问令牌放在哪里（Authorization: Bearer）", En: "where its token is found (Authorization: Bearer)", Example: "{file: /etc/yanzhen/lineage.token}"},
		"ca":        {Zh: "服务器证书由内部机构签发时，其根证书（PEM）", En: "the root certificate (PEM) where the server's is signed by the office's own authority", Example: "/etc/yanzhen/ca.pem"},
		"namespace": {Zh: "作业和数据集在目录里的命名空间", En: "the namespace of jobs and datasets in the catalogue", Default: "yanzhen", Example: "qingtian.talent"},
	}
}

// Check tells of an address that is none, and of one to which the token would go in the clear.
func (s Settings) Check(f *declare.File, key string) {
	s.Token.Check(f, key+".token")
	if s.Endpoint == "" {
		return
	}
	u, err := url.Parse(s.Endpoint)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || len(u.Path) < 2 || u.Scheme != "https" && (u.Scheme != "http" || !here(u.Hostname())) {
		f.Fault(key+".endpoint", "应为 https://HOST/api/v1/lineage（本机可以用 http://）", "want https://HOST/api/v1/lineage (http:// on this machine only)")
	}
}

func here(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Sender sends. A nil one sends nothing.
type Sender struct {
	to, token, namespace, producer string
	client                         *http.Client
	log                            *slog.Logger
	now                            func() time.Time

	queue  chan event
	stop   chan struct{}
	done   chan struct{}
	ctx    context.Context // of attempts
	cancel context.CancelFunc

	mu     sync.Mutex
	loader func() *pipeline.Loader // whose declarations hold now; nil: none are known
	told   map[string]string       // run -> what of it was told last
	status Status
}

// Status is how sending does.
type Status struct {
	Waiting int       // events
	Sent    uint64    // since the start
	Lost    uint64    // refused, too old or too many; since the start
	Failing time.Time // since when none is taken; zero: they are
}

// event is what is to be told of a run. Its JSON is made when it is sent: what waits is small.
type event struct {
	kind string
	at   time.Time // when it happened
	put  time.Time // since when it waits
	run  pipeline.Run
}

// The kinds of events.
const (
	start    = "START"
	complete = "COMPLETE"
	fail     = "FAIL"
	abort    = "ABORT"
	other    = "OTHER"
)

// Open makes a sender; nil where none is declared. It connects to nobody.
func Open(s Settings, build string, log *slog.Logger) (*Sender, error) {
	if s.Endpoint == "" {
		return nil, nil
	}
	token, err := s.Token.Read()
	if err != nil {
		return nil, fmt.Errorf("lineage.token: %w", err)
	}
	client, err := s.client()
	if err != nil {
		return nil, err
	}
	x := &Sender{
		to: s.Endpoint, token: token, namespace: cmp.Or(s.Namespace, "yanzhen"), producer: "urn:yanzhen:program:" + url.PathEscape(build), client: client, log: log, now: time.Now,
		queue: make(chan event, mostWaiting), stop: make(chan struct{}), done: make(chan struct{}), told: map[string]string{},
	}
	x.ctx, x.cancel = context.WithCancel(context.Background())
	go x.work()
	return x, nil
}

// client follows no redirect: what is sent goes where it was declared to go, and nowhere else.
func (s Settings) client() (*http.Client, error) {
	t := http.DefaultTransport.(*http.Transport).Clone()
	if s.CA != "" {
		text, err := os.ReadFile(s.CA)
		if err != nil {
			return nil, fmt.Errorf("lineage.ca: 读不出 / cannot be read: %w", err)
		}
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("lineage.ca: %s 里没有证书（PEM） / %[1]s holds no certificate (PEM)", s.CA)
		}
		t.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	}
	return &http.Client{Transport: t, Timeout: sendWithin, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, nil
}

// Of says whose datasets and senders are declared: no others are named to anybody.
func (s *Sender) Of(loader func() *pipeline.Loader) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.loader = loader
}

// Noted tells that a run has begun, or how it ended, and that it began where that was not told. Of what is written of a run later
// only that its rows were accepted is told. It waits for nobody.
func (s *Sender) Noted(r pipeline.Run) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	last := s.told[r.ID]
	if r.Finished.IsZero() {
		if last == "" {
			s.put(start, cmp.Or(r.Started, s.now()), r)
		}
		return
	}
	if last == "" && s.now().Sub(r.Finished) > news || last != "" && last != start {
		if r.State == pipeline.Published && r.Code == "accepted" && last != other {
			s.put(other, s.now(), r)
		}
		return
	}
	if last == "" {
		s.put(start, cmp.Or(r.Started, r.Finished), r)
	}
	kind := complete
	switch r.State {
	case pipeline.Failed:
		kind = fail
	case pipeline.Cancelled, pipeline.Skipped:
		kind = abort
	}
	s.put(kind, r.Finished, r)
}

// put lets an event wait. Nothing of a run is kept but what may be told.
func (s *Sender) put(kind string, at time.Time, r pipeline.Run) {
	if len(s.told) >= mostKnown {
		clear(s.told) // at worst a beginning is told twice
	}
	s.told[r.ID] = kind
	kept := pipeline.Run{
		ID: r.ID, Kind: r.Kind, Parent: r.Parent, Job: r.Job, Slot: r.Slot, Attempt: r.Attempt, Dataset: r.Dataset, Sender: r.Sender, Period: r.Period,
		State: r.State, Code: r.Code, Counts: r.Counts,
	}
	select {
	case s.queue <- event{kind, at.UTC(), s.now(), kept}:
	default:
		s.status.Lost++
	}
}

// Status is how sending does now; of no sender zero.
func (s *Sender) Status() Status {
	if s == nil {
		return Status{}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.status
	out.Waiting += len(s.queue)
	return out
}

// Close sends what waits, within a second; what is not taken by then is lost, and the log says so.
func (s *Sender) Close() {
	if s == nil {
		return
	}
	close(s.stop)
	timer := time.AfterFunc(stopWithin, s.cancel)
	defer timer.Stop()
	<-s.done
	s.cancel()
	if st := s.Status(); st.Waiting > 0 {
		s.log.Warn("lineage events are given up at the end of the program", "events", st.Waiting)
	}
}

// work sends one event after the other, in the order in which they came.
func (s *Sender) work() {
	defer close(s.done)
	for {
		select {
		case e := <-s.queue:
			if !s.deliver(e) {
				return
			}
		case <-s.stop:
			for {
				select {
				case e := <-s.queue:
					if !s.deliver(e) {
						return
					}
				default:
					return
				}
			}
		}
	}
}

// deliver sends an event until it is taken, refused for good, or too old. False: the program ends and the event was not taken.
func (s *Sender) deliver(e event) bool {
	s.waits(1)
	body := s.body(e)
	pause := pauseLeast
	for {
		final, err := s.post(body)
		if err == nil {
			s.waits(-1)
			s.taken()
			return true
		}
		if final { // this event alone: the next may well be taken
			s.log.Warn("a lineage event is refused and will not be sent again; no run waits for that", "err", err)
		} else {
			s.failed(err)
		}
		select {
		case <-s.stop:
			return false
		default:
		}
		if !final {
			select {
			case <-time.After(pause):
			case <-s.stop:
				return false
			}
			pause = min(2*pause, pauseMost)
		}
		if final || s.now().Sub(e.put) > keptFor {
			s.waits(-1)
			s.mu.Lock()
			s.status.Lost++
			s.mu.Unlock()
			return true
		}
	}
}

// post is one attempt. What is final would be refused again.
func (s *Sender) post(body []byte) (final bool, err error) {
	req, err := http.NewRequestWithContext(s.ctx, http.MethodPost, s.to, bytes.NewReader(body))
	if err != nil {
		return true, err
	}
	req.Header.Set("Content-Type", "application/json")
	if s.token != "" {
		req.Header.Set("Authorization", "Bearer "+s.token)
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return false, err
	}
	defer resp.Body.Close()
	io.CopyN(io.Discard, resp.Body, 64<<10) // so that the connection serves again
	switch c := resp.StatusCode; {
	case c < 300:
		return false, nil
	case c == http.StatusBadRequest, c == http.StatusConflict, c == http.StatusRequestEntityTooLarge, c == http.StatusUnprocessableEntity:
		return true, fmt.Errorf("the event is refused: HTTP %d", c)
	default: // of the address, the token or the server, which somebody mends
		return false, fmt.Errorf("HTTP %d", c)
	}
}

func (s *Sender) waits(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status.Waiting += n
}

// taken and failed tell the log where that changes, and not of every event.
func (s *Sender) taken() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status.Sent++
	if !s.status.Failing.IsZero() {
		s.log.Info("lineage events are taken again", "waiting", s.status.Waiting+len(s.queue), "lost", s.status.Lost)
	}
	s.status.Failing = time.Time{}
}

func (s *Sender) failed(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.status.Failing.IsZero() {
		s.status.Failing = s.now()
		s.log.Warn("lineage events are not taken; no run waits for that", "err", err)
	}
}

// Doctor asks whether somebody answers at the address and takes the token; no event is sent.
func Doctor(ctx context.Context, s Settings, in func(zh, en string) string, say func(state, what, detail string)) {
	if s.Endpoint == "" {
		return
	}
	warn := func(zh, en string, err any) { say("warn", "lineage", fmt.Sprintf(in(zh, en), err)) }
	x := Sender{to: s.Endpoint}
	var err error
	if x.token, err = s.Token.Read(); err != nil {
		warn("令牌读不出：核对 lineage.token（%v）", "its token cannot be read: check lineage.token (%v)", err)
		return
	}
	if x.client, err = s.client(); err != nil {
		warn("%v", "%v", err)
		return
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, x.to, nil)
	if err != nil {
		warn("%v", "%v", err)
		return
	}
	if x.token != "" {
		req.Header.Set("Authorization", "Bearer "+x.token)
	}
	resp, err := x.client.Do(req)
	if err != nil {
		warn("目录不应答，装入不受影响；核对地址、网络和证书（%v）", "the catalogue does not answer; loads go on. Check its address, the network and the certificate (%v)", err)
		return
	}
	resp.Body.Close()
	switch c := resp.StatusCode; {
	case c == http.StatusUnauthorized || c == http.StatusForbidden:
		warn("目录不认令牌（HTTP %d）：核对 lineage.token", "the catalogue refuses the token (HTTP %d): check lineage.token", c)
	case c == http.StatusNotFound || c >= 300 && c < 400:
		warn("这个地址不收（HTTP %d）：核对 lineage.endpoint，多为 …/api/v1/lineage", "nothing is taken at this address (HTTP %d): check lineage.endpoint, mostly …/api/v1/lineage", c)
	case c >= 500:
		warn("目录出错（HTTP %d），装入不受影响", "the catalogue is in trouble (HTTP %d); loads go on", c)
	default:
		say("ok", "lineage", s.Endpoint)
	}
}
