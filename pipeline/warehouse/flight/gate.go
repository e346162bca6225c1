package flight

import (
	"context"
	"encoding/base64"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	pb "github.com/apache/arrow/go/v17/arrow/flight/gen/flight"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	lang "yanzhen/pipeline/codes"
	"yanzhen/pipeline/warehouse/door"
)

// visitor is who asks, and how.
type visitor struct {
	guest   door.Guest
	caller  door.Caller
	address string
	lang    lang.Lang
	export  bool // more than an ordinary answer is asked for
}

type guestKey struct{}

// gate stands before every call. Who comes with a name and a password gets a token for an hour without use; that the
// account may still come in is asked with every call.
type gate struct {
	admit func(context.Context, door.Caller) (door.Guest, error)
	log   *slog.Logger

	mu     sync.Mutex
	tokens map[string]*session
}

type session struct {
	caller door.Caller
	used   time.Time
}

const (
	idle        = time.Hour
	maxSessions = 1000
)

// come finds out who calls.
func (g *gate) come(ctx context.Context) (context.Context, door.Caller, error) {
	md, _ := metadata.FromIncomingContext(ctx)
	v := visitor{lang: lang.Zh}
	v.export = slices.Contains(md.Get("x-yanzhen-export"), "1")
	if p, ok := peer.FromContext(ctx); ok {
		v.address = p.Addr.String()
	}
	if a := md.Get("accept-language"); len(a) > 0 && strings.HasPrefix(strings.ToLower(a[0]), "en") {
		v.lang = lang.En
	}
	wrong := status.Error(codes.Unauthenticated, lang.Text{Zh: "用户名、口令或令牌不对（令牌也可能已过期或撤销），或没有 SQL 权限", En: "the name, the password or the token is wrong (a token may be over or revoked), or may not ask in SQL"}.In(v.lang))
	auth := md.Get("authorization")
	if len(auth) != 1 || len(auth[0]) > 8192 {
		return ctx, door.Caller{}, wrong
	}
	c := door.Caller{Address: v.address}
	switch scheme, rest, _ := strings.Cut(auth[0], " "); strings.ToLower(scheme) {
	case "basic":
		b, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(rest, "="))
		if err != nil {
			return ctx, c, wrong
		}
		c.Name, c.Password, _ = strings.Cut(string(b), ":")
	case "bearer":
		if kept, ok := g.known(rest); ok {
			c.Name, c.Password = kept.Name, kept.Password
		} else {
			c.Token = rest
		}
	}
	if c.Token == "" && (c.Name == "" || c.Password == "") {
		return ctx, c, wrong
	}
	guest, err := g.admit(ctx, c)
	if errors.Is(err, door.ErrRefused) || err == nil && guest.Name == "" {
		return ctx, c, wrong
	}
	if due, ok := errors.AsType[*door.Due](err); ok {
		return ctx, c, status.Error(codes.Unauthenticated, due.Text.In(v.lang))
	}
	if err != nil {
		g.log.Error("flight cannot find out who comes", "err", err)
		return ctx, c, status.Error(codes.Unavailable, lang.Text{Zh: "暂时无法核对身份，请稍后再试", En: "who you are cannot be checked at the moment: try again later"}.In(v.lang))
	}
	v.guest, v.caller = guest, c
	return context.WithValue(ctx, guestKey{}, v), c, nil
}

// known is who a token was given to.
func (g *gate) known(token string) (door.Caller, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	s, ok := g.tokens[token]
	if !ok || time.Since(s.used) > idle {
		delete(g.tokens, token)
		return door.Caller{}, false
	}
	s.used = time.Now()
	return s.caller, true
}

// give makes a token. The one that was not used for longest goes where there are too many.
func (g *gate) give(c door.Caller) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.tokens) >= maxSessions {
		oldest := ""
		for t, s := range g.tokens {
			if oldest == "" || s.used.Before(g.tokens[oldest].used) {
				oldest = t
			}
		}
		delete(g.tokens, oldest)
	}
	token := newToken()
	g.tokens[token] = &session{c, time.Now()}
	return token
}

// come stands before every call, and before anything of it is read but its head.
func (s *Server) come(srv any, stream grpc.ServerStream, info *grpc.StreamServerInfo, next grpc.StreamHandler) error {
	ctx, c, err := s.gate.come(stream.Context())
	if err != nil {
		return err
	}
	if strings.HasSuffix(info.FullMethod, "/Handshake") {
		if c.Token != "" {
			return nil
		}
		given := metadata.Pairs("authorization", "Bearer "+s.gate.give(c))
		stream.SetTrailer(given)
		return stream.SendHeader(given)
	}
	return next(srv, through{stream, ctx, s})
}

// through is a stream whose context says who asks.
type through struct {
	grpc.ServerStream
	ctx context.Context
	s   *Server
}

// RecvMsg reads a message when there is room for it, and refuses one that is too large or too long in coming.
func (t through) RecvMsg(m any) error {
	who, _ := t.ctx.Value(guestKey{}).(visitor)
	late := time.NewTimer(t.s.cfg.Patience)
	defer late.Stop()
	slow := status.Error(codes.DeadlineExceeded, lang.Text{Zh: "语句太久没有到齐，请重试", En: "the statement took too long to come: try again"}.In(who.lang))
	select {
	case t.s.reading <- struct{}{}:
	case <-t.ctx.Done():
		return status.FromContextError(t.ctx.Err()).Err()
	case <-late.C:
		return slow
	}
	came := make(chan error, 1)
	go func() { // it ends with the stream at the latest, when the call is refused
		came <- t.ServerStream.RecvMsg(m)
		<-t.s.reading
	}()
	arrived := weight(t.ctx)
	begins := arrived()
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for {
		select {
		case err := <-came:
			if long, ok := m.(proto.Message); err == nil && ok && proto.Size(long) > door.MaxStatement+64<<10 {
				return t.s.tooLong(who, "-- > 1 MB")
			}
			return err
		case <-look.C:
			if arrived()-begins > mostRead {
				return t.s.tooLong(who, "-- > 1 MB")
			}
		case <-late.C:
			return slow
		}
	}
}

func (t through) Context() context.Context { return t.ctx }

// streams is the service with its calls of one message as streams of one, for the library reads these before anybody is
// asked who calls.
func streams() *grpc.ServiceDesc {
	all := pb.FlightService_ServiceDesc
	all.Methods = nil
	all.Streams = append(slices.Clone(all.Streams),
		one("GetFlightInfo", pb.FlightServiceServer.GetFlightInfo), one("PollFlightInfo", pb.FlightServiceServer.PollFlightInfo), one("GetSchema", pb.FlightServiceServer.GetSchema))
	return &all
}

func one[Out any](name string, call func(pb.FlightServiceServer, context.Context, *pb.FlightDescriptor) (Out, error)) grpc.StreamDesc {
	return grpc.StreamDesc{StreamName: name, ServerStreams: true, Handler: func(srv any, stream grpc.ServerStream) error {
		in := new(pb.FlightDescriptor)
		if err := stream.RecvMsg(in); err != nil {
			return err
		}
		out, err := call(srv.(pb.FlightServiceServer), stream.Context(), in)
		if err != nil {
			return err
		}
		return stream.SendMsg(out)
	}}
}
