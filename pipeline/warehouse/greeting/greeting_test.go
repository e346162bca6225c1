package greeting_test

import (
	"bufio"
	"crypto/tls"
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

	"google.golang.org/grpc"
	grpccodes "google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/warehouse/greeting"
)

// A port of pages, with and without TLS, as yanzhen serve opens it: browsers are served, strangers are told in their protocol.
// The ports of programs are tried by packages door and flight.
func TestPages(t *testing.T) {
	var mu sync.Mutex
	var told []string
	p := greeting.Port{Says: codes.Text{Zh: "这里是网页", En: "here are pages"}, Told: func(from net.Addr, protocol string) {
		mu.Lock()
		defer mu.Unlock()
		if from.(*net.TCPAddr).IP.IsLoopback() {
			told = append(told, protocol)
		}
	}}
	lent := httptest.NewUnstartedServer(nil)
	lent.StartTLS()
	certificates, roots := lent.TLS.Certificates, lent.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	lent.Close()
	for _, secure := range []bool{false, true} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				_, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
				http.Error(w, fmt.Sprint(err != nil), http.StatusRequestEntityTooLarge)
				return
			}
			_, _ = fmt.Fprintf(w, "a page by %s, TLS %t", r.Proto, r.TLS != nil)
		})}
		p.Before(server)
		scheme, cred := "http://", insecure.NewCredentials()
		conf := &tls.Config{RootCAs: roots, ServerName: "example.com"}
		if secure {
			scheme, cred = "https://", credentials.NewTLS(conf)
			go func() {
				_ = server.Serve(p.Listener(l, &tls.Config{Certificates: certificates, NextProtos: []string{"h2", "http/1.1"}}))
			}()
		} else {
			go func() { _ = server.Serve(p.Listener(l, nil)) }()
		}
		defer server.Close()
		browser := &http.Client{Transport: &http.Transport{TLSClientConfig: conf, ForceAttemptHTTP2: true}}
		res, err := browser.Get(scheme + l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		b, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if want := map[bool]string{false: "a page by HTTP/1.1, TLS false", true: "a page by HTTP/2.0, TLS true"}[secure]; string(b) != want {
			t.Errorf("TLS %t: %s, want %s", secure, b, want)
		}
		plain := &http.Client{Transport: &http.Transport{TLSClientConfig: conf.Clone()}}
		// sent to its end before the answer is read, as most programs do
		slow := io.MultiReader(strings.NewReader(strings.Repeat("x", 10<<20)), strings.NewReader(strings.Repeat("x", 30<<20)))
		if res, err = plain.Post(scheme+l.Addr().String(), "text/plain", slow); err != nil {
			t.Errorf("TLS %t, 40 MB: %v", secure, err)
		} else if b, _ := io.ReadAll(res.Body); res.StatusCode != 413 || string(b) != "true\n" {
			t.Errorf("TLS %t, 40 MB: %d %s", secure, res.StatusCode, b)
		}
		// who says that much comes and sends nothing is answered, and waited for a while only
		silent, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if secure {
			silent = tls.Client(silent, conf)
		}
		_ = silent.SetDeadline(time.Now().Add(8 * time.Second)) // less than the server waits
		_, _ = io.WriteString(silent, "PUT / HTTP/1.1\r\nHost: example.com\r\nContent-Length: 1000000\r\n\r\n")
		if res, err := http.ReadResponse(bufio.NewReader(silent), nil); err != nil || res.StatusCode != 200 {
			t.Errorf("TLS %t, nothing sent: %v", secure, err)
		}
		silent.Close()
		natives := []func() (net.Conn, error){func() (net.Conn, error) { return net.Dial("tcp", l.Addr().String()) }}
		if secure {
			natives = append(natives, func() (net.Conn, error) { return tls.Dial("tcp", l.Addr().String(), conf) })
		}
		for _, dial := range natives {
			c, err := dial()
			if err != nil {
				t.Fatal(err)
			}
			_, _ = c.Write([]byte("\x00\x11ClickHouse client"))
			b, _ = io.ReadAll(c)
			c.Close()
			if len(b) < 5 || b[0] != 2 || !strings.Contains(string(b), "这里是网页 / here are pages") {
				t.Errorf("TLS %t, native: %q", secure, b)
			}
		}
		conn, err := grpc.NewClient(l.Addr().String(), grpc.WithTransportCredentials(cred))
		if err != nil {
			t.Fatal(err)
		}
		err = conn.Invoke(t.Context(), "/arrow.flight.protocol.FlightService/GetFlightInfo", &emptypb.Empty{}, &emptypb.Empty{})
		conn.Close()
		if status.Code(err) != grpccodes.Unimplemented || !strings.Contains(err.Error(), "这里是网页 / here are pages") {
			t.Errorf("TLS %t, gRPC: %v", secure, err)
		}
		if !secure {
			if _, err := tls.Dial("tcp", l.Addr().String(), conf); err == nil || !strings.Contains(err.Error(), "handshake failure") {
				t.Errorf("TLS at a port that has none: %v", err)
			}
			continue
		}
		res, err = http.Get("http://" + l.Addr().String() + "/?secret=1")
		if err != nil {
			t.Fatal(err)
		}
		b, _ = io.ReadAll(res.Body)
		res.Body.Close()
		if res.StatusCode != 400 || !strings.Contains(string(b), "以 https:// 开头") || !strings.Contains(string(b), "grpc+tls://") || strings.Contains(string(b), "secret") {
			t.Errorf("HTTP without TLS: %d %s", res.StatusCode, b)
		}
		open, err := grpc.NewClient(l.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
		if err != nil {
			t.Fatal(err)
		}
		err = open.Invoke(t.Context(), "/arrow.flight.protocol.FlightService/GetFlightInfo", &emptypb.Empty{}, &emptypb.Empty{})
		open.Close()
		if status.Code(err) != grpccodes.Unimplemented || !strings.Contains(err.Error(), "grpc+tls://") {
			t.Errorf("gRPC without TLS: %v", err)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if want := []string{greeting.Native, greeting.GRPC, greeting.TLS, greeting.Native, greeting.Native, greeting.GRPC, greeting.Open, greeting.Open}; !slices.Equal(told, want) {
		t.Errorf("told of %v, want %v", told, want)
	}
}
