package peer

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"
	"github.com/statute-http/statute/cert"
	"github.com/statute-http/statute/wire"
)

var memory = sync.OnceValues(cert.Memory)

// authority vouches for all servers of the tests.
func authority(t *testing.T) *cert.Authority {
	t.Helper()
	a, err := memory()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// settles fails the test if goroutines are left over when all else is cleaned
// up. It has to be called before anything is started.
func settles(t *testing.T) {
	t.Helper()
	before := runtime.NumGoroutine()
	t.Cleanup(func() {
		deadline := time.Now().Add(5 * time.Second)
		for runtime.NumGoroutine() > before {
			if time.Now().After(deadline) {
				stacks := make([]byte, 1<<20)
				stacks = stacks[:runtime.Stack(stacks, true)]
				t.Errorf("%d goroutines before, %d after:\n%s", before, runtime.NumGoroutine(), stacks)
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
	})
}

// kinds of connection that every test body over real servers is run on.
var kinds = []struct {
	name     string
	protocol wire.Protocol
	secure   bool
}{
	{"h1", wire.H1, false},
	{"h1 TLS", wire.H1, true},
	{"h2 clear", wire.H2, false},
	{"h2 TLS", wire.H2, true},
	{"h3", wire.H3, true},
}

// serveHTTP runs a handler under net/http or quic-go and returns how to reach it.
func serveHTTP(t *testing.T, protocol wire.Protocol, secure bool, handler http.Handler) Target {
	t.Helper()
	target := Target{Protocol: protocol}
	var config *tls.Config
	if secure {
		a := authority(t)
		config = &tls.Config{GetCertificate: a.GetCertificate}
		target.TLS = &tls.Config{RootCAs: a.Pool()}
	}
	if protocol == wire.H3 {
		pc, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		target.Address = pc.LocalAddr().String()
		tr := &quic.Transport{Conn: pc}
		ln, err := tr.ListenEarly(http3.ConfigureTLSConfig(config), &quic.Config{Allow0RTT: true})
		if err != nil {
			t.Fatal(err)
		}
		server := &http3.Server{Handler: handler}
		go server.ServeListener(ln)
		t.Cleanup(func() {
			server.Close()
			ln.Close()
			tr.Close()
			pc.Close()
		})
		return target
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	target.Address = ln.Addr().String()
	server := &http.Server{Handler: handler, ErrorLog: log.New(io.Discard, "", 0)}
	server.Protocols = new(http.Protocols)
	server.Protocols.SetHTTP1(true)
	server.Protocols.SetHTTP2(true)
	server.Protocols.SetUnencryptedHTTP2(true)
	if secure {
		server.TLSConfig = config
		go server.ServeTLS(ln, "", "")
	} else {
		go server.Serve(ln)
	}
	t.Cleanup(func() { server.Close() })
	return target
}

func dial(t *testing.T, target Target) *Conn {
	t.Helper()
	c, err := Dial(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	c.Patience = 5 * time.Second
	t.Cleanup(func() { c.Close() })
	return c
}

func do(t *testing.T, c *Conn, q *Request) *wire.Exchange {
	t.Helper()
	x, err := c.Do(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// handler answers what the tests over real servers ask.
func handler(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/echo":
		content, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		w.Header().Set("Trailer", "X-Sum")
		w.Header().Set("X-Length", fmt.Sprint(r.ContentLength))
		w.Write(content)
		w.Header().Set("X-Sum", fmt.Sprint(len(content), r.Trailer.Get("X-Mine")))
	case "/interim":
		w.Header().Set("Link", "</a.css>; rel=preload")
		w.WriteHeader(103)
		w.WriteHeader(103)
		io.WriteString(w, "late")
	case "/large":
		piece := bytes.Repeat([]byte("statute\n"), 1024)
		for range 3 << 20 / len(piece) {
			w.Write(piece)
		}
	case "/nothing":
		w.WriteHeader(204)
	case "/length":
		w.Header().Set("Content-Length", "5")
		io.WriteString(w, "hello")
	case "/break":
		io.WriteString(w, "some")
		http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	case "/refuse":
		w.WriteHeader(413)
	}
}

func TestRealServers(t *testing.T) {
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			settles(t)
			target := serveHTTP(t, kind.protocol, kind.secure, http.HandlerFunc(handler))
			c := dial(t, target)

			x := do(t, c, &Request{Path: "/length", Authority: "statute.test"})
			if x.Final == nil || x.Final.Status != 200 || string(x.Final.Content.Data) != "hello" || !x.Final.Content.Whole() || x.End != wire.EndKept {
				t.Fatalf("GET: %+v, end %s", x.Final, x.End)
			}
			if x.Conn.Protocol != kind.protocol || (x.Conn.TLS != nil) != kind.secure || x.Conn.Number != 1 || x.Took <= 0 {
				t.Errorf("of the connection: %+v, took %s", x.Conn, x.Took)
			}
			if x.Request.Authority != "statute.test" || x.Request.Method != "GET" || x.Request.Target != "/length" {
				t.Errorf("of the request: %+v", x.Request)
			}

			x = do(t, c, &Request{Method: "HEAD", Path: "/length"})
			if x.Final.Content.Length != 0 || !x.Final.Content.Complete || len(x.Final.Faults) > 0 || x.Conn.Number != 2 {
				t.Errorf("HEAD: %+v", x.Final)
			}

			x = do(t, c, &Request{Method: "POST", Path: "/echo", Content: []byte("ping"), Linger: 20 * time.Millisecond})
			if string(x.Final.Content.Data) != "ping" || x.Final.Fields.Get("X-Length") != "4" || x.Final.Trailers.Get("X-Sum") != "4" || x.End != wire.EndKept {
				t.Errorf("POST: %+v, end %s", x.Final, x.End)
			}
			if !x.Request.Content.Complete || x.Request.Content.Length != 4 || !x.Shows(wire.ShowsAfter) {
				t.Errorf("POST as sent: %+v, seen %b", x.Request, x.Seen)
			}

			x = do(t, c, &Request{Method: "POST", Path: "/echo", Content: []byte("pong"), Chunked: true, NoLength: true,
				Trailers: wire.Fields{{Name: "X-Mine", Value: "y"}}, Fields: wire.Fields{{Name: "Trailer", Value: "X-Mine"}}})
			if string(x.Final.Content.Data) != "pong" || x.Final.Fields.Get("X-Length") != "-1" || x.Final.Trailers.Get("X-Sum") != "4y" {
				t.Errorf("POST with trailers: %+v", x.Final)
			}

			x = do(t, c, &Request{Path: "/interim"})
			if len(x.Interim) != 2 || x.Interim[0].Status != 103 || x.Interim[1].Fields.Get("link") == "" || string(x.Final.Content.Data) != "late" {
				t.Errorf("interim: %+v, %+v", x.Interim, x.Final)
			}

			x = do(t, c, &Request{Path: "/large"})
			if x.Final.Content.Length != 3<<20 || len(x.Final.Content.Data) != DefaultKeep || !x.Final.Content.Complete {
				t.Errorf("large: %d octets, %d kept", x.Final.Content.Length, len(x.Final.Content.Data))
			}

			big := bytes.Repeat([]byte("0123456789abcdef"), 200<<10/16)
			x = do(t, c, &Request{Method: "PUT", Path: "/echo", Content: big})
			if !bytes.Equal(x.Final.Content.Data, big) || !x.Request.Content.Complete {
				t.Errorf("big upload: %d octets came back, end %s", x.Final.Content.Length, x.End)
			}

			x = do(t, c, &Request{Path: "/nothing"})
			if x.Final.Status != 204 || x.Final.Content.Length != 0 || !x.Final.Content.Complete {
				t.Errorf("204: %+v", x.Final)
			}

			// quic-go sends no 100 by itself: there the content goes after HoldFor.
			wait := 4 * time.Second
			if kind.protocol == wire.H3 {
				wait = 100 * time.Millisecond
			}
			x = do(t, c, &Request{Method: "POST", Path: "/echo", Content: []byte("held"), Hold: true, HoldFor: wait,
				Fields: wire.Fields{{Name: "Expect", Value: "100-continue"}}})
			if kind.protocol != wire.H3 && (len(x.Interim) != 1 || x.Interim[0].Status != 100 || x.Took > 3*time.Second) {
				t.Errorf("hold: interim %+v after %s", x.Interim, x.Took)
			}
			if string(x.Final.Content.Data) != "held" {
				t.Errorf("hold: %+v", x.Final)
			}

			// RFC 9000 §3.2: a QUIC reset may overtake what was sent before it.
			x = do(t, c, &Request{Path: "/break"})
			if got := x.Final; kind.protocol != wire.H3 && (got == nil || string(got.Content.Data) != "some") || got != nil && got.Content.Complete {
				t.Fatalf("break: %+v", got)
			}
			if want := map[wire.Protocol]wire.End{wire.H1: wire.EndCut, wire.H2: wire.EndReset, wire.H3: wire.EndReset}[kind.protocol]; x.End != want {
				t.Errorf("break: end %s, want %s, events %+v", x.End, want, c.Events())
			}
			if kind.protocol != wire.H1 {
				if events := c.Events(); len(events) == 0 || events[0].Exchange != x.Conn.Number || events[0].Code == 0 {
					t.Errorf("break: events %+v", events)
				}
			}
		})
	}
}

func TestRealServersRefuseBeforeContent(t *testing.T) {
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			settles(t)
			c := dial(t, serveHTTP(t, kind.protocol, kind.secure, http.HandlerFunc(handler)))
			x := do(t, c, &Request{Method: "POST", Path: "/refuse", Content: []byte("held"), Hold: true, HoldFor: 4 * time.Second,
				Fields: wire.Fields{{Name: "Expect", Value: "100-continue"}}})
			if x.Final == nil || x.Final.Status != 413 || x.Request.Content.Length != 0 || x.Request.Content.Complete || x.Took > 3*time.Second {
				t.Errorf("final %+v, request content %+v, took %s", x.Final, x.Request.Content, x.Took)
			}
		})
	}
}

func TestConcurrentExchanges(t *testing.T) {
	for _, kind := range kinds {
		if kind.protocol == wire.H1 {
			continue
		}
		t.Run(kind.name, func(t *testing.T) {
			settles(t)
			c := dial(t, serveHTTP(t, kind.protocol, kind.secure, http.HandlerFunc(handler)))
			errs := make(chan error, 8)
			for i := range cap(errs) {
				go func() {
					content := strings.Repeat(fmt.Sprint(i), 50_000)
					x, err := c.Do(t.Context(), &Request{Method: "POST", Path: "/echo", Content: []byte(content)})
					if err == nil && (x.Final == nil || string(x.Final.Content.Data) != content) {
						err = fmt.Errorf("exchange %d: end %s, %+v", i, x.End, x.Final)
					}
					errs <- err
				}()
			}
			for range cap(errs) {
				if err := <-errs; err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func TestContextEndsAnExchange(t *testing.T) {
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			settles(t)
			release := make(chan struct{})
			c := dial(t, serveHTTP(t, kind.protocol, kind.secure, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { <-release })))
			t.Cleanup(func() { close(release) })
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			x, err := c.Do(ctx, &Request{})
			if err != nil || x.End != wire.EndSilent || x.Final != nil {
				t.Errorf("the context's end: %v, %+v", err, x)
			}
			c.Patience = 50 * time.Millisecond
			if kind.protocol == wire.H1 {
				if _, err := c.Do(t.Context(), &Request{}); err == nil {
					t.Error("a connection with an open answer took another request")
				}
				return
			}
			if x := do(t, c, &Request{}); x.End != wire.EndSilent {
				t.Errorf("the end of patience: %+v", x)
			}
		})
	}
}

func TestRequestsThatMakeNoSense(t *testing.T) {
	c1 := dial(t, serveHTTP(t, wire.H1, false, http.HandlerFunc(handler)))
	c2 := dial(t, serveHTTP(t, wire.H2, false, http.HandlerFunc(handler)))
	for _, test := range []struct {
		c    *Conn
		q    Request
		says string
	}{
		{c1, Request{Section: wire.Fields{{Name: ":method", Value: "GET"}}}, "give Octets"},
		{c2, Request{Octets: []byte("GET / HTTP/1.1\r\n\r\n")}, "give Section"},
		{c1, Request{Trailers: wire.Fields{{Name: "a", Value: "b"}}}, "set Chunked"},
		{c1, Request{Drip: Drip{Octets: 1}}, "more than zero"},
		{c1, Request{Stop: Stop{In: 3}}, "no such place"},
	} {
		if _, err := test.c.Do(t.Context(), &test.q); err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("Do(%+v): %v, want %q", test.q, err, test.says)
		}
	}
}
