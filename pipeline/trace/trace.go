// Package trace sends what has run to a collector of OpenTelemetry: a job, each load of it, and the stages of that, with how long
// each took and what came of it. It tells of datasets, senders, periods and numbers of rows, never of files, cells or persons. Where
// the collector is away no run waits for it, and what it did not take in time is given up.
package trace

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	api "go.opentelemetry.io/otel/trace"

	"yanzhen/pipeline"
	"yanzhen/pipeline/declare"
	"yanzhen/pipeline/secret"
)

// Bounds: nobody waits for a collector.
const (
	mostWaiting = 2048 // spans; more are given up
	sendWithin  = 10 * time.Second
	stopWithin  = time.Second // at the end of the program
	news        = time.Minute // a run that ended earlier was sent before: something was said of it since
)

// Settings say where traces go; the zero value is nowhere.
type Settings struct {
	Endpoint string        `yaml:"endpoint"`
	Token    secret.Secret `yaml:"token"`
}

// Declared says what is declared of traces.
func (Settings) Declared() declare.Keys {
	return declare.Keys{
		"endpoint": {Zh: "收集器的地址（OTLP/HTTP）；不写则不送", En: "the address of the collector (OTLP over HTTP); absent: nothing is sent", Example: "https://otel.example.gov.cn:4318/v1/traces"},
		"token":    {Zh: "访问令牌放在哪里（Authorization: Bearer）", En: "where its token is found (Authorization: Bearer)", Example: "{file: /etc/yanzhen/otel.token}"},
	}
}

// Check tells of an address that is none.
func (s Settings) Check(f *declare.File, key string) {
	s.Token.Check(f, key+".token")
	if u, err := url.Parse(s.Endpoint); s.Endpoint != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || len(u.Path) < 2) {
		f.Fault(key+".endpoint", "应为 https://HOST:PORT/v1/traces", "want https://HOST:PORT/v1/traces")
	}
}

// Sender sends. A nil one sends nothing.
type Sender struct {
	provider *sdk.TracerProvider
	tracer   api.Tracer
	log      *slog.Logger
}

// Open makes a sender; nil where none is declared. It connects to nobody.
func Open(ctx context.Context, s Settings, build string, log *slog.Logger) (*Sender, error) {
	if s.Endpoint == "" {
		return nil, nil
	}
	options := []otlptracehttp.Option{otlptracehttp.WithEndpointURL(s.Endpoint), otlptracehttp.WithTimeout(sendWithin)}
	token, err := s.Token.Read()
	if err != nil {
		return nil, fmt.Errorf("traces.token: %w", err)
	}
	if token != "" {
		options = append(options, otlptracehttp.WithHeaders(map[string]string{"Authorization": "Bearer " + token}))
	}
	to, err := otlptracehttp.New(ctx, options...)
	if err != nil {
		return nil, err
	}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { log.Warn("traces are not taken", "err", err) }))
	p := sdk.NewTracerProvider(
		sdk.WithBatcher(to, sdk.WithMaxQueueSize(mostWaiting), sdk.WithExportTimeout(sendWithin)),
		sdk.WithIDGenerator(ids{}), sdk.WithSampler(sdk.AlwaysSample()),
		sdk.WithResource(resource.NewSchemaless(attribute.String("service.name", "yanzhen"), attribute.String("service.version", build))),
	)
	return &Sender{p, p.Tracer("yanzhen/pipeline/trace"), log}, nil
}

// Close sends what waits, within a second.
func (s *Sender) Close() {
	if s == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), stopWithin)
	defer cancel()
	if err := s.provider.Shutdown(ctx); err != nil {
		s.log.Warn("traces are given up", "err", err)
	}
}

// stages are those of a load, each with the point at which it ends.
var stages = []struct{ name, until string }{{"read", "staging"}, {"insert", "inserted"}, {"verify", "verified"}, {"publish", "published"}}

// Noted sends a run that has just ended, not what is written of one earlier or later. Its identity follows from its number, so that a load
// finds its job's.
func (s *Sender) Noted(r pipeline.Run) {
	if s == nil || r.Finished.IsZero() || time.Since(r.Finished) > news {
		return
	}
	top := r.ID
	if r.Parent != "" {
		top = r.Parent
	}
	ctx := context.Background()
	own := identity{traceOf(top), spanOf(r.ID)}
	if r.Parent != "" {
		ctx = api.ContextWithRemoteSpanContext(ctx, api.NewSpanContext(api.SpanContextConfig{TraceID: own.trace, SpanID: spanOf(r.Parent), TraceFlags: api.FlagsSampled, Remote: true}))
	}
	name := "job " + r.Job
	if r.Kind != "job" {
		name = strings.TrimSpace(r.Kind + " " + r.Dataset)
	}
	ctx, span := s.tracer.Start(context.WithValue(ctx, identity{}, own), name, api.WithTimestamp(r.Started), api.WithAttributes(
		attribute.String("yanzhen.run", r.ID), attribute.String("yanzhen.job", r.Job), attribute.String("yanzhen.dataset", r.Dataset), attribute.String("yanzhen.sender", r.Sender), attribute.String("yanzhen.period", r.Period), attribute.String("yanzhen.state", string(r.State)),
		attribute.String("yanzhen.code", r.Code), attribute.Int64("yanzhen.attempt", int64(r.Attempt)), attribute.Int64("yanzhen.rows.read", int64(r.Read)), attribute.Int64("yanzhen.rows.loaded", int64(r.Loaded)), attribute.Int64("yanzhen.rows.rejected", int64(r.Rejected)),
	))
	if r.State == pipeline.Failed {
		span.SetStatus(codes.Error, r.Code)
	}
	from := r.Started
	for _, x := range stages {
		at, ended := r.Points[x.until]
		if !ended {
			break // a load that was refused passed no further
		}
		_, stage := s.tracer.Start(context.WithValue(ctx, identity{}, identity{own.trace, spanOf(r.ID + " " + x.name)}), x.name, api.WithTimestamp(from))
		stage.End(api.WithTimestamp(at))
		from = at
	}
	span.End(api.WithTimestamp(r.Finished))
}

// identity is the trace and the span of what is sent next.
type identity struct {
	trace api.TraceID
	span  api.SpanID
}

func traceOf(run string) (t api.TraceID) {
	sum := sha256.Sum256([]byte("trace " + run))
	copy(t[:], sum[:])
	return t
}

func spanOf(run string) (s api.SpanID) {
	sum := sha256.Sum256([]byte("span " + run))
	copy(s[:], sum[:])
	return s
}

// ids gives the identities that are asked for.
type ids struct{}

// NewIDs is asked for the first span of a trace.
func (ids) NewIDs(ctx context.Context) (api.TraceID, api.SpanID) {
	i, _ := ctx.Value(identity{}).(identity)
	return i.trace, i.span
}

// NewSpanID is asked for the others.
func (ids) NewSpanID(ctx context.Context, _ api.TraceID) api.SpanID {
	i, _ := ctx.Value(identity{}).(identity)
	return i.span
}
