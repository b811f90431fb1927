package serve_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/statute-http/statute/needs"
	"github.com/statute-http/statute/serve"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

// Shutdown lets what is under way end, on every lane, and takes nothing new.
func TestShutdownIsGraceful(t *testing.T) {
	for _, l := range lanes {
		t.Run(l.name, func(t *testing.T) {
			began, goOn := make(chan struct{}), make(chan struct{})
			s := startAll(t, &serve.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				io.WriteString(w, "begun")
				if r.URL.Path == "/flushed" {
					w.(http.Flusher).Flush()
				}
				began <- struct{}{}
				<-goOn
				io.WriteString(w, " and ended")
			}), Limits: serve.Limits{Linger: 300 * time.Millisecond}})
			idle := l.dial(t, s) // must not keep the server from stopping
			answers := make(chan *wire.Exchange, 2)
			for _, path := range []string{"/", "/flushed"} {
				c := l.dial(t, s)
				go func() {
					x, err := c.Do(context.Background(), &peer.Request{Path: path})
					if err != nil {
						t.Error(err)
					}
					answers <- x
				}()
				<-began
			}
			down := make(chan error)
			go func() {
				ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
				defer cancel()
				down <- s.Shutdown(ctx)
			}()
			if l.protocol != wire.H3 {
				eventually(t, "the port is closed", func() bool {
					c, err := net.Dial("tcp", s.Addr().String())
					if err == nil {
						c.Close()
					}
					return err != nil
				})
			}
			select {
			case err := <-down:
				t.Fatalf("Shutdown returned %v with requests under way", err)
			case <-time.After(100 * time.Millisecond):
			}
			close(goOn)
			for range 2 {
				x := <-answers
				if x == nil || x.Final == nil || string(x.Final.Content.Data) != "begun and ended" || !x.Final.Content.Complete {
					t.Errorf("a request under way got %+v", x)
				} else if l.protocol == wire.H1 && x.Final.Framing == wire.FramedLength && !x.Final.Fields.HasMember("Connection", "close") {
					t.Errorf("the answer does not announce the close: %+v", x.Final.Fields)
				}
			}
			if err := <-down; err != nil {
				t.Errorf("Shutdown: %v", err)
			}
			idle.Close()
			ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
			defer cancel()
			if c, err := peer.Dial(ctx, l.target(t, s)); err == nil {
				c.Close()
				t.Error("a connection after Shutdown")
			}
		})
	}
}

// A connection that was only just made does not keep the server from stopping.
func TestShutdownOfNewConnections(t *testing.T) {
	for _, l := range lanes {
		t.Run(l.name, func(t *testing.T) {
			t.Parallel()
			for range 10 {
				s := startAll(t, &serve.Server{Handler: hall(), Limits: serve.Limits{Linger: 50 * time.Millisecond}})
				c := l.dial(t, s)
				ctx, cancel := context.WithTimeout(t.Context(), 8*time.Second)
				defer cancel()
				if err := s.Shutdown(ctx); err != nil {
					t.Fatalf("Shutdown: %v", err)
				}
				c.Close()
			}
		})
	}
}

// When its time is up, Shutdown cuts what is left, and says so.
func TestShutdownCuts(t *testing.T) {
	for _, l := range lanes {
		t.Run(l.name, func(t *testing.T) {
			began := make(chan struct{})
			s := startAll(t, &serve.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				done := r.Context().Done()
				close(began)
				<-done
			})})
			c := l.dial(t, s)
			answer := make(chan *wire.Exchange, 1)
			go func() {
				x, _ := c.Do(context.Background(), &peer.Request{})
				answer <- x
			}()
			<-began
			ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
			defer cancel()
			if err := s.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("Shutdown: %v", err)
			}
			if x := <-answer; x == nil || x.Final != nil && x.Final.Content.Complete && x.Final.Status == 200 {
				t.Errorf("the request got %+v", x)
			}
		})
	}
}

// Connections over the limit are refused, and their places come free again.
func TestConnectionLimits(t *testing.T) {
	for name, limits := range map[string]serve.Limits{
		"in all":      {Connections: 2},
		"per address": {ConnectionsPerAddress: 2},
	} {
		for _, l := range lanes {
			t.Run(name+", "+l.name, func(t *testing.T) {
				t.Parallel()
				s := startAll(t, &serve.Server{Handler: hall(), Limits: limits})
				asks := func() (*peer.Conn, error) {
					c, err := peer.Dial(t.Context(), l.target(t, s))
					if err != nil {
						return nil, err
					}
					x, err := c.Do(t.Context(), &peer.Request{})
					if err != nil || x.Final == nil || x.Final.Status != 200 {
						c.Close()
						return nil, fmt.Errorf("%v, %+v", err, x)
					}
					return c, nil
				}
				var kept []*peer.Conn
				for range 2 {
					c, err := asks()
					if err != nil {
						t.Fatal(err)
					}
					defer c.Close()
					kept = append(kept, c)
				}
				if c, err := asks(); err == nil {
					c.Close()
					t.Error("a third connection")
				}
				if x := ask(t, kept[0], &peer.Request{}); x.Final == nil || x.Final.Status != 200 {
					t.Errorf("the first connection suffers: %+v", x)
				}
				kept[1].Close()
				eventually(t, "the place is free again", func() bool {
					c, err := asks()
					if err == nil {
						c.Close()
					}
					return err == nil
				})
			})
		}
	}
}

// Another address has places of its own.
func TestConnectionsOfAnotherAddress(t *testing.T) {
	s := start(t, &serve.Server{Handler: hall(), Limits: serve.Limits{ConnectionsPerAddress: 1}})
	first := lanes[0].dial(t, s)
	ask(t, first, &peer.Request{})
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}}
	c, err := d.Dial("tcp", s.Addr().String())
	if err != nil {
		needs.Missing(t, "a second loopback address: %v", err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(5 * time.Second))
	io.WriteString(c, "GET / HTTP/1.0\r\n\r\n")
	if got, _ := io.ReadAll(c); !strings.HasPrefix(string(got), "HTTP/1.1 200 ") {
		t.Errorf("got %q", got)
	}
}

// After Shutdown nothing of the server is left, whatever its connections were
// doing.
func TestGoroutinesSettle(t *testing.T) {
	if _, err := authority(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "quiet before", func() bool { // what earlier tests left ends first
		n := runtime.NumGoroutine()
		time.Sleep(100 * time.Millisecond)
		return runtime.NumGoroutine() == n
	})
	before := runtime.NumGoroutine()
	func() {
		s := startAll(t, &serve.Server{Handler: unruly(), Tap: func(*wire.Exchange) {}, Limits: serve.Limits{Linger: 300 * time.Millisecond}})
		var conns []*peer.Conn
		for _, l := range lanes {
			for _, q := range []peer.Request{
				{Path: "/echo"},
				{Path: "/panic"},
				{Path: "/panic-late"},
				{Method: "POST", Path: "/echo", Content: make([]byte, 100), Stop: peer.Stop{In: peer.InContent, After: 5, Then: peer.Reset}},
				{Method: "POST", Path: "/deaf", Content: make([]byte, 1<<19)},
			} {
				c, err := peer.Dial(t.Context(), l.target(t, s))
				if err != nil {
					t.Fatal(err)
				}
				c.Patience = time.Second
				if _, err := c.Do(t.Context(), &q); err != nil {
					t.Fatal(err)
				}
				conns = append(conns, c)
			}
		}
		silent, err := net.Dial("tcp", s.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer silent.Close()
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			t.Errorf("Shutdown: %v", err)
		}
		for _, c := range conns {
			c.Close()
		}
	}()
	eventually(t, "goroutines settle", func() bool { return runtime.NumGoroutine() <= before })
	if n := runtime.NumGoroutine(); n > before {
		stacks := make([]byte, 1<<20)
		t.Errorf("%d goroutines before, %d after\n%s", before, n, stacks[:runtime.Stack(stacks, true)])
	}
}

// eventually waits for what takes the time that it takes, ten seconds at most.
func eventually(t testing.TB, what string, done func() bool) {
	t.Helper()
	for by := time.Now().Add(10 * time.Second); !done(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(by) {
			t.Errorf("not in ten seconds: %s", what)
			return
		}
	}
}
