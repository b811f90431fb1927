package road_test

import (
	"context"
	"encoding/base64"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/serve"
	"github.com/statute-http/statute/stage/road"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

// patience of the hops in these tests: long enough for a busy machine, short
// enough to be waited for.
const patience = 700 * time.Millisecond

// front serves a handler over all that serve speaks over TCP.
func front(t *testing.T, h http.Handler) string {
	t.Helper()
	s := &serve.Server{Handler: h, Limits: serve.Limits{Stall: 2 * time.Second, Linger: 50 * time.Millisecond}}
	if err := s.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve() }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			t.Errorf("the front did not come to rest: %v", err)
		}
		<-served
	})
	return s.Addr().String()
}

// behind is a server that follows a script, and counts its connections.
type behind struct {
	*peer.Server
	conns atomic.Int64
	asked chan *wire.Request // what came, as far as there is room
}

func script(t *testing.T, do func(*peer.ServerConn, *wire.Request)) *behind {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b := &behind{asked: make(chan *wire.Request, 16)}
	b.Server = peer.Serve(ln, func(c *peer.ServerConn) {
		b.conns.Add(1)
		q, err := c.ReadHead()
		if err != nil {
			return
		}
		select {
		case b.asked <- q:
		default:
		}
		do(c, q)
	})
	t.Cleanup(func() { b.Close() })
	return b
}

// says answers with these octets, then closes.
func says(t *testing.T, octets string) *behind {
	return script(t, func(c *peer.ServerConn, q *wire.Request) {
		if c.ReadContent(q) == nil {
			c.Send(octets)
		}
	})
}

func hop() *road.Hop { return &road.Hop{Name: "test-hop", Patience: patience} }

// gateway passes everything on to one server.
func gateway(t *testing.T, address string) string {
	h := hop()
	return front(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := h.Pass(w, r, road.Onward{Address: address, Authority: "origin.test", Target: r.RequestURI}); err != nil {
			err.(*wire.Refusal).Answer(w, r, lang.En)
		}
	}))
}

func dial(t *testing.T, over wire.Protocol, address string) *peer.Conn {
	t.Helper()
	c, err := peer.Dial(t.Context(), peer.Target{Protocol: over, Address: address})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func do(t *testing.T, over wire.Protocol, address string, q *peer.Request) *wire.Exchange {
	t.Helper()
	x, err := dial(t, over, address).Do(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// What a server behind says, and what a hop makes of it (server-cases.md 2.3).
var answers = []struct {
	name    string
	says    string
	method  string // GET if empty
	interim []status.Code
	want    status.Code
	content string
	has     string // "Name: value" lines
	lacks   string // names
	cut     bool
}{
	{name: "P01 103", says: "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\nConnection: X-Hop\r\nX-Hop: 1\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", interim: []status.Code{103}, want: 200, content: "x"},
	{name: "P02 102", says: "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n", interim: []status.Code{102}, want: 204},
	{name: "P03 199", says: "HTTP/1.1 199 Odd\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", interim: []status.Code{199}, want: 200},
	{name: "P04 unasked 100", says: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", interim: []status.Code{100}, want: 200},
	{name: "P06 garbage", says: "garbage\r\n\r\n", want: 502, has: "Proxy-Status: test-hop;error=http_protocol_error;details=\"bad-status-line\""},
	{name: "P07 not an octet", says: "", want: 502, has: "Proxy-Status: test-hop;error=connection_terminated"},
	{name: "half a head", says: "HTTP/1.1 200 OK\r\nX", want: 502, has: "Proxy-Status: test-hop;error=http_response_incomplete"},
	{name: "a head but for its end", says: "HTTP/1.1 200 OK\r\n", want: 502, has: "Proxy-Status: test-hop;error=http_response_incomplete"},
	{name: "P10 204 with content", says: "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n12345", want: 204, lacks: "Content-Length"},
	{name: "P11 204 with length 0", says: "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n", want: 204, lacks: "Content-Length"},
	{name: "P12 304 with content", says: "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n12345", want: 304, has: "ETag: \"a\""},
	{name: "P13 205 with content", says: "HTTP/1.1 205 Reset Content\r\nContent-Length: 5\r\n\r\n12345", want: 205},
	{name: "P14 length and coding", says: "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n", want: 200, content: "abcde"},
	{name: "P15 two lengths", says: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc", want: 502},
	{name: "P15 a length that is none", says: "HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nab", want: 502},
	{name: "P16 unknown coding", says: "HTTP/1.1 200 OK\r\nTransfer-Encoding: foo\r\n\r\nabc", want: 502, has: "Proxy-Status: test-hop;error=http_response_transfer_coding;details=\"unknown-transfer-coding\""},
	{name: "P17 space before colon", says: "HTTP/1.1 200 OK\r\nX-A : 1\r\nContent-Length: 0\r\n\r\n", want: 200, has: "X-A: 1"},
	{name: "P18 fold", says: "HTTP/1.1 200 OK\r\nX-A: 1\r\n 2\r\nContent-Length: 0\r\n\r\n", want: 200, has: "X-A: 1 2"},
	{name: "P19 99", says: "HTTP/1.1 99 Odd\r\nContent-Length: 0\r\n\r\n", want: 502},
	{name: "P19 099", says: "HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n", want: 502},
	{name: "P20 1000", says: "HTTP/1.1 1000 Odd\r\nContent-Length: 0\r\n\r\n", want: 502},
	{name: "P21 600", says: "HTTP/1.1 600 Odd\r\nContent-Length: 0\r\n\r\n", want: 600},
	{name: "P22 299", says: "HTTP/1.1 299 Odd\r\nContent-Length: 0\r\n\r\n", want: 299},
	{name: "P23 cut before its length", says: "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", want: 200, content: "abc", cut: true},
	{name: "P24 cut before the last chunk", says: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", want: 200, content: "abc", cut: true},
	{name: "a bad chunk", says: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nq\r\n", want: 200, content: "abc", cut: true},
	{name: "P25 101 unasked", says: "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n", want: 502, has: "Proxy-Status: test-hop;error=http_upgrade_failed"},
	{name: "P26 no Date", says: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", want: 200, has: "Date:"},
	{name: "Date stays", says: "HTTP/1.1 200 OK\r\nDate: Tue, 15 Nov 1994 08:12:31 GMT\r\nContent-Length: 0\r\n\r\n", want: 200, has: "Date: Tue, 15 Nov 1994 08:12:31 GMT"},
	{name: "P27 a field of 100,000 octets", says: "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 100_000) + "\r\n\r\n", want: 502, has: "Proxy-Status: test-hop;error=http_response_header_size;details=\"field-too-large\""},
	{name: "P29 nominated", says: "HTTP/1.1 200 OK\r\nConnection: X-Foo, close\r\nX-Foo: 1\r\nContent-Length: 0\r\n\r\n", want: 200, lacks: "X-Foo Connection"},
	{name: "P30 of the connection", says: "HTTP/1.1 200 OK\r\nProxy-Connection: keep-alive\r\nKeep-Alive: timeout=5\r\nTE: trailers\r\nUpgrade: h2c\r\nContent-Length: 0\r\n\r\n", want: 200, lacks: "Proxy-Connection Keep-Alive TE Upgrade"},
	{name: "P33 Via", says: "HTTP/1.0 200 OK\r\nVia: 1.1 other\r\nContent-Length: 0\r\n\r\n", want: 200, has: "Via: 1.1 other, 1.0 test-hop"},
	{name: "until it closes", says: "HTTP/1.0 200 OK\r\n\r\nabc", want: 200, content: "abc"},
	{name: "the length of HEAD", method: "HEAD", says: "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n", want: 200, has: "Content-Length: 7"},
	{name: "P47 a 503 of its own", says: "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n", want: 503, has: "Retry-After: 7"},
	{name: "P47 a 421 of its own", says: "HTTP/1.1 421 Misdirected Request\r\nContent-Length: 0\r\n\r\n", want: 421},
	{name: "P74 endless interim", says: strings.Repeat("HTTP/1.1 102 Processing\r\n\r\n", 50), want: 502, interim: slices.Repeat([]status.Code{102}, 32)},
	{name: "P74 many fields", says: "HTTP/1.1 200 OK\r\n" + strings.Repeat("X: y\r\n", 2000) + "\r\n", want: 502},
	{name: "HTTP/2 in its status line", says: "HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n", want: 502},
	{name: "LF alone", says: "HTTP/1.1 200 OK\nX-A: 1\nContent-Length: 0\n\n", want: 502},
	{name: "CR within a field", says: "HTTP/1.1 200 OK\r\nX-A: 1\rSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n", want: 502},
	{name: "NUL within a field", says: "HTTP/1.1 200 OK\r\nX-A: 1\x00\r\nContent-Length: 0\r\n\r\n", want: 502},
	{name: "a second answer behind the first", says: "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil", want: 200, content: "abc"},
	{name: "no type", says: "HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n<!doctype html>", want: 200, content: "<!doctype html>", lacks: "Content-Type"},
}

func TestAnswers(t *testing.T) {
	for _, over := range []wire.Protocol{wire.H1, wire.H2} {
		for _, test := range answers {
			t.Run(string(over)+"/"+test.name, func(t *testing.T) {
				t.Parallel()
				b := says(t, test.says)
				x := do(t, over, gateway(t, b.Addr()), &peer.Request{Method: test.method, Linger: 30 * time.Millisecond})
				if x.Final == nil {
					t.Fatalf("no answer; the exchange ended %s", x.End)
				}
				var interim []status.Code
				for _, p := range x.Interim {
					interim = append(interim, p.Status)
					if p.Fields.Has("X-Hop") || p.Fields.Has("Connection") {
						t.Errorf("an interim answer has fields of the connection: %v", p.Fields)
					}
				}
				if x.Final.Status != test.want || !slices.Equal(interim, test.interim) {
					t.Errorf("got %v, want %v %d: %s", x.Statuses(), test.interim, test.want, x.Final.Content.Data)
				}
				if got := string(x.Final.Content.Data); got != test.content && test.want != 502 {
					t.Errorf("the content is %q, want %q", got, test.content)
				}
				if whole := x.Final.Content.Complete; whole == test.cut {
					t.Errorf("the content is whole: %t; the exchange ended %s", whole, x.End)
				}
				if len(x.After) > 0 {
					t.Errorf("after the answer comes %q", x.After)
				}
				for line := range strings.Lines(test.has) {
					name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
					value = strings.TrimSpace(value)
					if got := x.Final.Fields.Get(name); !x.Final.Fields.Has(name) || value != "" && got != value {
						t.Errorf("%s is %q, want %q", name, got, value)
					}
				}
				for _, name := range strings.Fields(test.lacks) {
					if x.Final.Fields.Has(name) {
						t.Errorf("%s is there: %q", name, x.Final.Fields.Get(name))
					}
				}
				if n := b.conns.Load(); n != 1 {
					t.Errorf("the server behind was asked %d times", n)
				}
			})
		}
	}
}

// P05, P28: an HTTP/1.0 client gets no interim answer and no chunks.
func TestOldClient(t *testing.T) {
	b := says(t, "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
	x := do(t, wire.H1, gateway(t, b.Addr()), &peer.Request{Octets: []byte("GET / HTTP/1.0\r\n\r\n")})
	if len(x.Interim) > 0 || x.Final.Fields.Has("Transfer-Encoding") || string(x.Final.Content.Data) != "abc" || x.End != wire.EndClosed {
		t.Errorf("got %v, %v %q, ended %s", x.Statuses(), x.Final.Fields, x.Final.Content.Data, x.End)
	}
	if q := <-b.asked; q.Fields.Get("Via") != "1.0 test-hop" {
		t.Errorf("Via is %q", q.Fields.Get("Via"))
	}
}

// P09 and its like: what takes too long is 504, and how long is the hop's say.
func TestSilence(t *testing.T) {
	for name, do1 := range map[string]func(*peer.ServerConn){
		"nothing":     func(c *peer.ServerConn) { c.Wait(10 * time.Second) },
		"half a head": func(c *peer.ServerConn) { c.Send("HTTP/1.1 200 OK\r\nX: "); c.Wait(10 * time.Second) },
		"a 103 only":  func(c *peer.ServerConn) { c.Send("HTTP/1.1 103 Early Hints\r\n\r\n"); c.Wait(10 * time.Second) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := script(t, func(c *peer.ServerConn, _ *wire.Request) { do1(c) })
			x := do(t, wire.H1, gateway(t, b.Addr()), &peer.Request{})
			if x.Final == nil || x.Final.Status != 504 || x.Final.Fields.Get("Proxy-Status") != "test-hop;error=http_response_timeout" {
				t.Errorf("got %v: %v", x.Statuses(), x.Answer().Fields)
			}
		})
	}
}

// P75: a client that leaves takes the connection to the server behind with it.
func TestClientLeaves(t *testing.T) {
	left := make(chan struct{})
	b := script(t, func(c *peer.ServerConn, _ *wire.Request) {
		c.Wait(20 * time.Second)
		close(left)
	})
	h := &road.Hop{Name: "test-hop", Patience: time.Minute}
	at := front(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.Pass(w, r, road.Onward{Address: b.Addr(), Authority: "origin.test", Target: "/"})
	}))
	c := dial(t, wire.H1, at)
	if _, err := c.Write([]byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	<-b.asked
	c.Close()
	select {
	case <-left:
	case <-time.After(10 * time.Second):
		t.Error("the server behind is still waited for")
	}
}

// A client at fault is told so by the front, and the server behind gets no whole
// request.
func TestClientStalls(t *testing.T) {
	b := says(t, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
	x := do(t, wire.H1, gateway(t, b.Addr()), &peer.Request{Method: "PUT", Content: []byte("tea and more"), Stop: peer.Stop{In: peer.InContent, After: 3}})
	if x.Final == nil || x.Final.Status != 408 {
		t.Errorf("got %v, ended %s", x.Statuses(), x.End)
	}
}

func TestNobodyListens(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ln.Close()
	x := do(t, wire.H1, gateway(t, ln.Addr().String()), &peer.Request{})
	if x.Final.Status != 502 || x.Final.Fields.Get("Proxy-Status") != "test-hop;error=connection_refused" {
		t.Errorf("got %v: %v", x.Statuses(), x.Final.Fields)
	}
}

// No more pass at a time than may.
func TestRoadIsFull(t *testing.T) {
	b := script(t, func(c *peer.ServerConn, _ *wire.Request) { c.Wait(10 * time.Second) })
	h := &road.Hop{Name: "test-hop", Patience: 20 * time.Second, Most: 1}
	at := front(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := h.Pass(w, r, road.Onward{Address: b.Addr(), Authority: "origin.test", Target: "/"}); err != nil {
			err.(*wire.Refusal).Answer(w, r, lang.En)
		}
	}))
	first := dial(t, wire.H1, at)
	if _, err := first.Write([]byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	<-b.asked
	if x := do(t, wire.H1, at, &peer.Request{}); x.Final == nil || x.Final.Status != 503 || x.Final.Fields.Get("Retry-After") == "" {
		t.Errorf("got %v", x.Statuses())
	}
	first.Close()
}

func basic(name string) wire.Fields {
	return wire.Fields{{Name: "Proxy-Authorization", Value: "Basic " + base64.StdEncoding.EncodeToString([]byte(name+":"+name))}}
}
