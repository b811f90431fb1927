package road_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

// What goes on to the server behind.
func TestRequests(t *testing.T) {
	const fine = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
	for _, test := range []struct {
		name, send string
		want       status.Code
		line       string // "METHOD target"
		has, lacks string
		content    string
	}{
		{name: "P31 nominated", send: "GET /a HTTP/1.1\r\nHost: x\r\nConnection: X-Bar, close\r\nX-Bar: 1\r\nX-Foo: 2\r\n\r\n", want: 200, line: "GET /a", has: "X-Foo: 2\nHost: origin.test\nConnection: close", lacks: "X-Bar"},
		{name: "of the connection", send: "GET / HTTP/1.1\r\nHost: x\r\nProxy-Connection: keep-alive\r\nKeep-Alive: x\r\nTE: gzip\r\nUpgrade: websocket\r\nProxy-Authorization: Basic x\r\n\r\n", want: 200, lacks: "Proxy-Connection Keep-Alive TE Upgrade Proxy-Authorization"},
		{name: "trailers are welcome", send: "GET / HTTP/1.1\r\nHost: x\r\nTE: trailers\r\nConnection: TE\r\n\r\n", want: 200, has: "TE: trailers\nConnection: close, TE"},
		{name: "P32 Via", send: "GET / HTTP/1.1\r\nHost: x\r\nVia: 1.0 fred\r\n\r\n", want: 200, has: "Via: 1.0 fred, 1.1 test-hop"},
		{name: "Via cannot be nominated away", send: "GET / HTTP/1.1\r\nHost: x\r\nConnection: Via\r\nVia: 1.0 fred\r\n\r\n", want: 200, has: "Via: 1.0 fred, 1.1 test-hop"},
		{name: "P34 TRACE, the last hop", send: "TRACE /a HTTP/1.1\r\nHost: x\r\nMax-Forwards: 0\r\nCookie: a\r\n\r\n", want: 200},
		{name: "P35 OPTIONS, the last hop", send: "OPTIONS /a HTTP/1.1\r\nHost: x\r\nMax-Forwards: 0\r\n\r\n", want: 204},
		{name: "P36 OPTIONS, five more", send: "OPTIONS /a HTTP/1.1\r\nHost: x\r\nMax-Forwards: 5\r\n\r\n", want: 200, line: "OPTIONS /a", has: "Max-Forwards: 4"},
		{name: "Max-Forwards of another method", send: "GET /a HTTP/1.1\r\nHost: x\r\nMax-Forwards: 0\r\n\r\n", want: 200, has: "Max-Forwards: 0"},
		{name: "P37 an unknown method", send: "FOO /a HTTP/1.1\r\nHost: x\r\n\r\n", want: 200, line: "FOO /a"},
		{name: "P40 length and coding", send: "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", want: 400},
		{name: "P43 another expectation", send: "POST / HTTP/1.1\r\nHost: x\r\nExpect: foo\r\nContent-Length: 1\r\n\r\nx", want: 200, has: "Expect: foo", content: "x"},
		{name: "P45 HTTP/1.2", send: "GET / HTTP/1.2\r\nHost: x\r\n\r\n", want: 200},
		{name: "P53 a loop by Via", send: "GET / HTTP/1.1\r\nHost: x\r\nVia: 1.1 a, 1.1 Test-Hop (again)\r\n\r\n", want: 502},
		{name: "a name that is like ours", send: "GET / HTTP/1.1\r\nHost: x\r\nVia: 1.1 test-hop-2\r\n\r\n", want: 200},
		{name: "content of a length", send: "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\ntea", want: 200, has: "Content-Length: 3", content: "tea"},
		{name: "content of no octets", send: "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", want: 200, has: "Content-Length: 0"},
		{name: "chunked content with trailers", send: "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n3\r\ntea\r\n0\r\nX-T: 1\r\n\r\n", want: 200, has: "Transfer-Encoding: chunked\nTrailer: X-T", lacks: "Content-Length", content: "tea"},
		{name: "Early-Data goes on", send: "GET / HTTP/1.1\r\nHost: x\r\nEarly-Data: 1\r\n\r\n", want: 200, has: "Early-Data: 1"},
		{name: "CONNECT is not for a gateway", send: "CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n", want: 501},
		{name: "a query", send: "GET /a?b=%20c&d HTTP/1.1\r\nHost: x\r\n\r\n", want: 200, line: "GET /a?b=%20c&d"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := says(t, fine)
			x := do(t, wire.H1, gateway(t, b.Addr()), &peer.Request{Octets: []byte(test.send), Method: strings.Fields(test.send)[0]})
			if x.Final == nil || x.Final.Status != test.want {
				t.Fatalf("got %v, want %d: %s", x.Statuses(), test.want, x.Answer().Content.Data)
			}
			var q *wire.Request
			select {
			case q = <-b.asked:
			default:
				if test.line+test.has+test.content != "" {
					t.Fatal("nothing went on")
				}
				return
			}
			if test.want >= 400 || strings.Contains(test.name, "last hop") {
				t.Fatalf("it went on: %s %s", q.Method, q.Target)
			}
			if line := q.Method + " " + q.Target; test.line != "" && line != test.line {
				t.Errorf("the request line is %q, want %q", line, test.line)
			}
			for line := range strings.Lines(test.has) {
				name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
				if got := q.Fields.Get(name); got != value {
					t.Errorf("%s is %q, want %q", name, got, value)
				}
			}
			for _, name := range strings.Fields(test.lacks) {
				if q.Fields.Has(name) {
					t.Errorf("%s went on: %q", name, q.Fields.Get(name))
				}
			}
			if got := string(q.Content.Data); got != test.content {
				t.Errorf("the content is %q, want %q", got, test.content)
			}
		})
	}
}

// P42, P67: one 100, when the server behind has said it, or when it says nothing
// for a while; none if it refuses first.
func TestExpect(t *testing.T) {
	for name, test := range map[string]struct {
		do       func(*peer.ServerConn, *wire.Request)
		statuses []status.Code
		sent     int64
	}{
		"it says 100": {func(c *peer.ServerConn, q *wire.Request) {
			c.Send("HTTP/1.1 100 Continue\r\n\r\n")
			c.ReadContent(q)
			c.Send("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")
		}, []status.Code{100, 201}, 3},
		"it knows no 100": {func(c *peer.ServerConn, q *wire.Request) {
			c.ReadContent(q)
			c.Send("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n")
		}, []status.Code{100, 200}, 3},
		"it refuses": {func(c *peer.ServerConn, q *wire.Request) {
			c.Send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n")
		}, []status.Code{413}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := script(t, test.do)
			x := do(t, wire.H1, gateway(t, b.Addr()), &peer.Request{
				Method: "PUT", Fields: wire.Fields{{Name: "Expect", Value: "100-continue"}}, Content: []byte("tea"), Hold: true, HoldFor: 10 * time.Second})
			if !slices.Equal(x.Statuses(), test.statuses) || x.Request.Content.Length != test.sent {
				t.Errorf("got %v after %d octets, want %v after %d", x.Statuses(), x.Request.Content.Length, test.statuses, test.sent)
			}
		})
	}
}

// P68: an answer that comes while content is still being sent is passed on at
// once, over each protocol.
func TestAnswerBeforeContent(t *testing.T) {
	for _, over := range []wire.Protocol{wire.H1, wire.H2} {
		t.Run(string(over), func(t *testing.T) {
			t.Parallel()
			b := script(t, func(c *peer.ServerConn, _ *wire.Request) {
				c.Send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 4\r\n\r\nfull")
				c.Wait(5 * time.Second)
			})
			x := do(t, over, gateway(t, b.Addr()), &peer.Request{Method: "PUT", Content: []byte(strings.Repeat("x", 100)), Drip: peer.Drip{Octets: 1, Every: time.Second}})
			if x.Final == nil || x.Final.Status != 413 || string(x.Final.Content.Data) != "full" {
				t.Fatalf("got %v, ended %s", x.Statuses(), x.End)
			}
			if x.Request.Content.Complete {
				t.Error("it came when all the content was sent")
			}
		})
	}
}

// An answer that begins while the client still sends, and goes on with what it
// sends: both directions flow at once.
func TestBothWaysAtOnce(t *testing.T) {
	for _, over := range []wire.Protocol{wire.H1, wire.H2} {
		t.Run(string(over), func(t *testing.T) {
			t.Parallel()
			b := script(t, func(c *peer.ServerConn, q *wire.Request) {
				c.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n")
				if c.ReadContent(q) == nil {
					c.Send("3\r\ntwo\r\n0\r\n\r\n")
				}
			})
			x := do(t, over, gateway(t, b.Addr()), &peer.Request{Method: "POST", Content: []byte("slowly"), Chunked: over == wire.H1})
			if x.Final == nil || string(x.Final.Content.Data) != "onetwo" || !x.Final.Content.Complete {
				t.Errorf("got %v, %q, ended %s", x.Statuses(), x.Answer().Content.Data, x.End)
			}
		})
	}
}

// Trailers reach a client that takes them, but for those that no trailer may be.
func TestTrailers(t *testing.T) {
	for _, over := range []wire.Protocol{wire.H1, wire.H2} {
		for _, takes := range []bool{true, false} {
			b := says(t, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ntea\r\n0\r\nX-T: 1\r\nSet-Cookie: a=b\r\nContent-Length: 9\r\n\r\n")
			q := &peer.Request{}
			if takes {
				q.Fields = wire.Fields{{Name: "TE", Value: "trailers"}}
			}
			x := do(t, over, gateway(t, b.Addr()), q)
			if x.Final == nil || string(x.Final.Content.Data) != "tea" || !x.Final.Content.Complete {
				t.Fatalf("over %s: got %v, ended %s", over, x.Statuses(), x.End)
			}
			var names []string
			for _, f := range x.Final.Trailers {
				names = append(names, strings.ToLower(f.Name))
			}
			if want := map[bool][]string{true: {"x-t"}}[takes]; !slices.Equal(names, want) {
				t.Errorf("over %s, taken: %t: the trailers are %v", over, takes, names)
			}
		}
	}
}
