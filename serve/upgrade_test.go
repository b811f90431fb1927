package serve_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/statute-http/statute/serve"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

const offer = "GET /echo-back HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket, echo/1\r\n\r\n"

// echoBack switches to a protocol in which every octet comes back.
func echoBack(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Upgrade", "echo/1")
	w.Header().Set("Connection", "upgrade")
	w.WriteHeader(http.StatusSwitchingProtocols)
	c, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(err)
	}
	if _, _, err := http.NewResponseController(w).Hijack(); !errors.Is(err, http.ErrHijacked) {
		panic("the connection was given away twice")
	}
	if _, err := w.Write([]byte("x")); !errors.Is(err, http.ErrHijacked) {
		panic("written to a connection that was given away")
	}
	go func() {
		defer c.Close()
		io.Copy(c, rw)
	}()
}

// 101, and then the other protocol, with what the client sent ahead of it.
func TestUpgrade(t *testing.T) {
	taps := make(chan *wire.Exchange, 1)
	s := startAll(t, &serve.Server{Handler: http.HandlerFunc(echoBack), Tap: func(x *wire.Exchange) { taps <- x }})
	for _, l := range lanes[:2] {
		t.Run(l.name, func(t *testing.T) {
			c := l.dial(t, s)
			if _, err := c.Write([]byte(offer + "sent ahead, ")); err != nil {
				t.Fatal(err)
			}
			x, err := c.ReadExchange(t.Context(), "GET")
			if err != nil || x.Final == nil || x.Final.Status != 101 || x.Final.Fields.Get("Upgrade") != "echo/1" || x.Final.Has("Content-Length") == wire.Present {
				t.Fatalf("%v %+v", err, x)
			}
			c.Write([]byte("sent after"))
			got := make([]byte, len("sent ahead, sent after"))
			if _, err := io.ReadFull(c, got); string(got) != "sent ahead, sent after" {
				t.Errorf("%q came back, %v", got, err)
			}
			if seen := <-taps; seen.End != wire.EndTunnel || seen.Final.Status != 101 {
				t.Errorf("the tap saw %+v", seen)
			}
		})
	}
}

// RFC 9110 §7.8: a protocol that was not offered cannot be switched to, and the
// offer of an HTTP/1.0 client is none.
func TestUpgradeNotOffered(t *testing.T) {
	s := start(t, &serve.Server{Handler: http.HandlerFunc(echoBack)})
	for name, request := range map[string]string{
		"nothing":             "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
		"something else":      "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
		"without Connection":  "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: echo/1\r\n\r\n",
		"another version":     "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: echo/2\r\n\r\n",
		"over HTTP/1.0":       "GET / HTTP/1.0\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: echo/1\r\n\r\n",
		"twice, the same end": "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
	} {
		got := say(t, s.Addr(), request)
		answers, err := read(got, request)
		if err != nil || len(answers) != 1 || answers[0].Status != 500 || answers[0].Has("Upgrade") == wire.Present || !strings.Contains(got, `"incident": "`) {
			t.Errorf("%s: %v %q", name, err, got)
		}
	}
}

// RFC 9110 §7.8: with Expect, 100 comes before 101.
func TestUpgradeExpected(t *testing.T) {
	s := start(t, &serve.Server{Handler: http.HandlerFunc(echoBack)})
	c := lanes[0].dial(t, s)
	c.Write([]byte(strings.Replace(offer, "\r\n\r\n", "\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n", 1)))
	x, err := c.ReadExchange(t.Context(), "GET")
	if err != nil || fmt.Sprint(x.Statuses()) != "[100 101]" {
		t.Errorf("%v %+v", err, x)
	}
}

// A tunnel: the connection taken over without an answer of ours.
func TestHijackWithoutAnswer(t *testing.T) {
	s := start(t, &serve.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		defer c.Close()
		ahead, _ := rw.Peek(rw.Reader.Buffered())
		io.WriteString(c, "HTTP/1.1 200 By Hand\r\n\r\nahead: "+string(ahead))
	})})
	if got := say(t, s.Addr(), "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\nhello"); got != "HTTP/1.1 200 By Hand\r\n\r\nahead: hello" {
		t.Errorf("got %q", got)
	}
}

// Once an answer is begun, the connection is not the handler's to take; over
// HTTP/2 and HTTP/3 it never is.
func TestHijackRefused(t *testing.T) {
	s := startAll(t, &serve.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/begun" {
			w.WriteHeader(http.StatusAccepted)
		}
		if _, _, err := http.NewResponseController(w).Hijack(); err == nil {
			panic("the connection was given away")
		}
		io.WriteString(w, "kept")
	})})
	for _, l := range lanes {
		path := "/begun"
		if l.protocol != wire.H1 {
			path = "/"
		}
		if x := ask(t, l.dial(t, s), &peer.Request{Path: path}); x.Final == nil || string(x.Final.Content.Data) != "kept" {
			t.Errorf("%s: %+v", l.name, x.Final)
		}
	}
}

// The request's context ends when the client leaves, and not before: neither a
// client that waits nor one that sends its next request ahead ends it.
func TestContextEndsWhenTheClientLeaves(t *testing.T) {
	began, ended := make(chan struct{}, 10), make(chan error, 10)
	s := startAll(t, &serve.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/next" {
			io.WriteString(w, "next")
			return
		}
		io.Copy(io.Discard, r.Body)
		done := r.Context().Done()
		r.Body.Close() // as many handlers do: the watch for the client goes on
		began <- struct{}{}
		wait := 10 * time.Second
		if r.URL.Path == "/brief" {
			wait = 100 * time.Millisecond
		}
		select {
		case <-done:
			ended <- r.Context().Err()
		case <-time.After(wait):
			ended <- nil
		}
	})})
	for _, l := range lanes {
		t.Run(l.name, func(t *testing.T) {
			ctx, leave := context.WithCancel(t.Context())
			go func() {
				<-began
				leave()
			}()
			c := l.dial(t, s)
			x, err := c.Do(ctx, &peer.Request{Method: "POST", Path: "/wait", Content: []byte("abc")})
			if err != nil || x.Final != nil {
				t.Fatalf("%v, %+v", err, x)
			}
			c.Close()
			select {
			case err := <-ended:
				if !errors.Is(err, context.Canceled) {
					t.Errorf("the context ended with %v", err)
				}
			case <-time.After(5 * time.Second):
				t.Error("the context went on")
			}

			x = ask(t, l.dial(t, s), &peer.Request{Path: "/brief"})
			<-began
			if err := <-ended; err != nil || x.Final == nil || x.Final.Status != 200 {
				t.Errorf("while the client waited the context ended: %v, %+v", err, x)
			}
		})
	}
	got := say(t, s.Addr(), "GET /brief HTTP/1.1\r\nHost: a\r\n\r\n"+
		"GET /next HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
	<-began
	if err := <-ended; err != nil || !strings.HasSuffix(got, "next") {
		t.Errorf("%v, %q", err, got)
	}
	// The next request comes while the handler waits: it stays for later.
	c, err := net.Dial("tcp", s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(5 * time.Second))
	io.WriteString(c, "GET /brief HTTP/1.1\r\nHost: a\r\n\r\n")
	<-began
	io.WriteString(c, "GET /next HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
	all, err := io.ReadAll(bufio.NewReader(c))
	if e := <-ended; e != nil || err != nil || !strings.HasSuffix(string(all), "next") {
		t.Errorf("%v, %v, %q", e, err, all)
	}
}
