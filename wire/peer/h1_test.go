package peer

import (
	"crypto/tls"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/statute-http/statute/wire"
)

// scripted runs a script on every connection and connects to it.
func scripted(t *testing.T, protocol wire.Protocol, do func(*ServerConn)) *Conn {
	t.Helper()
	settles(t)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := Serve(ln, do)
	t.Cleanup(func() { s.Close() })
	c := dial(t, Target{Protocol: protocol, Address: s.Addr()})
	c.Patience = time.Second
	return c
}

// answers returns a script that answers the first request with some octets.
func answers(octets string, then func(*ServerConn)) func(*ServerConn) {
	return func(c *ServerConn) {
		if _, err := c.ReadRequest(); err != nil {
			return
		}
		c.Send(octets)
		then(c)
	}
}

func closes(*ServerConn)   {}
func resets(c *ServerConn) { c.Reset() }
func waits(c *ServerConn)  { c.Wait(scriptTime) }

func TestOddAnswersH1(t *testing.T) {
	const quick = 50 * time.Millisecond
	for _, test := range []struct {
		name     string
		method   string
		octets   string
		then     func(*ServerConn)
		patience time.Duration
		linger   time.Duration

		interim  int
		status   int // 0: no final answer
		content  string
		complete bool
		after    string
		faults   string
		end      wire.End
	}{
		{name: "kept", octets: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", then: waits,
			status: 200, content: "hi", complete: true, end: wire.EndKept},
		{name: "several interim", octets: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", then: waits,
			interim: 3, status: 200, complete: true, end: wire.EndKept},
		{name: "interim only", octets: "HTTP/1.1 103 Early Hints\r\n\r\n", then: closes, interim: 1, end: wire.EndCut},
		{name: "endless interim", octets: strings.Repeat("HTTP/1.1 102 Processing\r\n\r\n", maxInterim+1), then: closes,
			interim: maxInterim, faults: "too-many-interim"},
		{name: "cut content", octets: "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", then: closes,
			status: 200, content: "half", end: wire.EndCut},
		{name: "cut chunk", octets: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n", then: closes,
			status: 200, content: "half", end: wire.EndCut},
		{name: "bad chunk", octets: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nxyz\r\nrest", then: waits, linger: quick,
			status: 200, content: "half", after: "rest", faults: "bad-chunk", end: wire.EndKept},
		{name: "cut head", octets: "HTTP/1.1 200 OK\r\nContent-", then: closes, after: "HTTP/1.1 200 OK\r\nContent-", end: wire.EndCut},
		{name: "nothing", then: closes, end: wire.EndCut},
		{name: "silent", then: waits, patience: quick, end: wire.EndSilent},
		{name: "silent in the content", octets: "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", then: waits, patience: quick,
			status: 200, content: "half", end: wire.EndSilent},
		{name: "reset", octets: "", then: resets, end: wire.EndReset},
		{name: "204 with content", octets: "HTTP/1.1 204 No Content\r\n\r\noops", then: waits, linger: quick,
			status: 204, complete: true, after: "oops", end: wire.EndKept},
		{name: "HEAD with content", method: "HEAD", octets: "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\noops", then: closes, linger: quick,
			status: 200, complete: true, after: "oops", end: wire.EndClosed},
		{name: "leftover without looking", octets: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi!!", then: waits,
			status: 200, content: "hi", complete: true, after: "!!", end: wire.EndKept},
		{name: "until close", octets: "HTTP/1.1 200 OK\r\n\r\nall", then: closes, status: 200, content: "all", complete: true, end: wire.EndClosed},
		{name: "closes as announced", octets: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi", then: closes,
			status: 200, content: "hi", complete: true, end: wire.EndClosed},
		{name: "announces a close and stays", octets: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi", then: waits,
			status: 200, content: "hi", complete: true, end: wire.EndKept},
		{name: "HTTP/1.0", octets: "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi", then: closes,
			status: 200, content: "hi", complete: true, end: wire.EndClosed},
		{name: "tunnel", octets: "HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\n\r\nraw", then: waits,
			status: 101, complete: true, end: wire.EndTunnel},
		{name: "no HTTP", octets: "SSH-2.0-Open\r\n", then: closes, content: "SSH-2.0-Open\r\n", complete: true, faults: "bad-status-line", end: wire.EndClosed},
		{name: "odd status", octets: "HTTP/1.1 0200 OK\r\nContent-Length: 0\r\n\r\n", then: waits, status: 200, complete: true, faults: "bad-status-code", end: wire.EndKept},
		{name: "bare LF", octets: "HTTP/1.1 200 OK\nContent-Length: 2\n\nhi", then: waits,
			status: 200, content: "hi", complete: true, faults: "bare-lf bare-lf bare-lf", end: wire.EndKept},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := scripted(t, wire.H1, answers(test.octets, test.then))
			if test.patience > 0 {
				c.Patience = test.patience
			}
			x := do(t, c, &Request{Method: test.method, Linger: test.linger})
			if len(x.Interim) != test.interim || x.End != test.end || string(x.After) != test.after {
				t.Errorf("%d interim, end %q, after %q, want %d, %q, %q", len(x.Interim), x.End, x.After, test.interim, test.end, test.after)
			}
			if len(test.after) > 0 && !x.Shows(wire.ShowsAfter) {
				t.Error("octets after the answer, but not said to be observed")
			}
			final := x.Final
			if final == nil {
				final = &wire.Response{}
				if len(x.Interim) > 0 {
					final.Faults = x.Interim[len(x.Interim)-1].Faults
				}
			}
			var faults []string
			for _, f := range final.Faults {
				faults = append(faults, string(f.Kind))
			}
			if int(final.Status) != test.status || string(final.Content.Data) != test.content || final.Content.Complete != test.complete || strings.Join(faults, " ") != test.faults {
				t.Errorf("final: %d %q complete %v, faults %v", final.Status, final.Content.Data, final.Content.Complete, faults)
			}
			for _, r := range x.Interim {
				if len(r.Octets) == 0 {
					t.Error("an interim answer without its octets")
				}
			}
			c.Patience = quick // nobody will answer
			_, err := c.Do(t.Context(), &Request{})
			if usable := test.end == wire.EndKept && test.after == "" && test.linger == 0 && !strings.Contains(test.octets, "close"); usable != (err == nil) {
				t.Errorf("another exchange: %v", err)
			}
		})
	}
}

func TestWhatIsSentH1(t *testing.T) {
	for _, test := range []struct {
		name string
		q    Request
		want string
	}{
		{"plain", Request{Path: "/a?b"}, "GET /a?b HTTP/1.1\r\nHost: $A\r\n\r\n"},
		{"own Host", Request{Fields: wire.Fields{{Name: "host", Value: "x"}}}, "GET / HTTP/1.1\r\nhost: x\r\n\r\n"},
		{"CONNECT", Request{Method: "CONNECT", Authority: "a.test:1"}, "CONNECT a.test:1 HTTP/1.1\r\nHost: a.test:1\r\n\r\n"},
		{"content", Request{Method: "PUT", Authority: "a", Content: []byte("hi")}, "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi"},
		{"empty content", Request{Method: "PUT", Authority: "a", Content: []byte{}}, "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"},
		{"a lie", Request{Authority: "a", Content: []byte("hi"), Fields: wire.Fields{{Name: "Content-Length", Value: "9"}}}, "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhi"},
		{"no length", Request{Authority: "a", Content: []byte("hi"), NoLength: true}, "GET / HTTP/1.1\r\nHost: a\r\n\r\nhi"},
		{"chunked", Request{Authority: "a", Content: []byte("hi"), Chunked: true, Trailers: wire.Fields{{Name: "T", Value: "1"}}},
			"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nT: 1\r\n\r\n"},
		{"dripped chunks", Request{Authority: "a", Content: []byte("abc"), Chunked: true, Drip: Drip{Octets: 2, Every: time.Millisecond}},
			"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"},
		{"dripped head", Request{Authority: "a", Drip: Drip{Octets: 7, Every: time.Millisecond, Head: true}}, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"},
		{"octets", Request{Octets: []byte("get\n\nrest")}, "get\n\nrest"},
		{"octets with content", Request{Octets: []byte("X / HTTP/1.1\r\nA : b\r\n\r\nrest"), Chunked: true}, "X / HTTP/1.1\r\nA : b\r\n\r\nrest"},
		{"stopped head", Request{Authority: "a", Stop: Stop{In: InHead, After: 5, Then: CloseWrite}}, "GET /"},
		{"stopped content", Request{Authority: "a", Content: []byte("abcdef"), Stop: Stop{In: InContent, After: 3, Then: CloseWrite}},
			"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabc"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := make(chan string, 1)
			c := scripted(t, wire.H1, func(c *ServerConn) {
				// All that comes until the client is silent for a while.
				var all strings.Builder
				buf := make([]byte, 1024)
				for {
					c.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
					n, err := c.Conn.Read(buf)
					all.Write(buf[:n])
					if err != nil {
						break
					}
				}
				got <- all.String()
				c.Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
			})
			x := do(t, c, &test.q)
			want := strings.ReplaceAll(test.want, "$A", c.target.Address)
			if octets := <-got; octets != want {
				t.Errorf("sent %q, want %q", octets, want)
			}
			if !strings.HasPrefix(want, string(x.Request.Octets)) || len(x.Request.Octets) == 0 {
				t.Errorf("recorded head %q", x.Request.Octets)
			}
			if x.Final == nil || x.Final.Status != 200 {
				t.Errorf("final: %+v, end %s", x.Final, x.End)
			}
			if x.Request.Content.Complete != (test.q.Stop.In == 0) {
				t.Errorf("recorded content: %+v", x.Request.Content)
			}
		})
	}
}

func TestStopWithResetH1(t *testing.T) {
	ended := make(chan error, 1)
	c := scripted(t, wire.H1, func(c *ServerConn) {
		_, err := c.ReadRequest()
		ended <- err
	})
	x := do(t, c, &Request{Content: []byte("abcdef"), Stop: Stop{In: InContent, After: 3, Then: Reset}})
	if err := <-ended; err == nil || !strings.Contains(err.Error(), "reset") {
		t.Errorf("the server saw %v", err)
	}
	if x.Final != nil || x.Request.Content.Length != 3 || string(x.Request.Content.Data) != "abc" {
		t.Errorf("%+v", x)
	}
}

func TestPipeline(t *testing.T) {
	c := scripted(t, wire.H1, func(c *ServerConn) {
		for range 2 {
			if _, err := c.ReadRequest(); err != nil {
				return
			}
		}
		c.Send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\nrest")
	})
	if _, err := c.Write([]byte("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nHEAD /2 HTTP/1.1\r\nHost: a\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct {
		method  string
		status  int
		content string
		interim int
	}{{"GET", 200, "1", 0}, {"HEAD", 200, "", 0}, {"GET", 404, "", 1}} {
		x, err := c.ReadExchange(t.Context(), want.method)
		if err != nil {
			t.Fatal(err)
		}
		if x.Final == nil || int(x.Final.Status) != want.status || string(x.Final.Content.Data) != want.content || len(x.Interim) != want.interim || x.Conn.Number != i+1 {
			t.Errorf("answer %d: %+v, final %+v", i, x, x.Final)
		}
		if x.Shows(wire.ShowsRequest) {
			t.Error("it says that it shows the request")
		}
	}
	if octets, end, err := c.Rest(time.Second); string(octets) != "rest" || end != wire.EndClosed || err != nil {
		t.Errorf("rest: %q, %s, %v", octets, end, err)
	}
}

func TestTunnel(t *testing.T) {
	c := scripted(t, wire.H1, func(c *ServerConn) {
		if _, err := c.ReadRequest(); err != nil {
			return
		}
		c.Send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nfirst")
		buf := make([]byte, 5)
		c.Read(buf)
		c.Send(string(buf))
	})
	if x := do(t, c, &Request{}); x.End != wire.EndTunnel {
		t.Fatalf("end %s", x.End)
	}
	c.Write([]byte("hello"))
	var got strings.Builder
	buf := make([]byte, 64)
	for {
		n, err := c.Read(buf)
		got.Write(buf[:n])
		if err != nil {
			break
		}
	}
	if got.String() != "firsthello" {
		t.Errorf("through the tunnel: %q", got.String())
	}
}

func TestOctetsAreForH1(t *testing.T) {
	c := dial(t, serveHTTP(t, wire.H2, false, http.HandlerFunc(handler)))
	_, write := c.Write(nil)
	_, read := c.Read(nil)
	_, exchange := c.ReadExchange(t.Context(), "GET")
	_, _, rest := c.Rest(0)
	for _, err := range []error{write, read, exchange, rest, c.CloseWrite()} {
		if err == nil || !strings.Contains(err.Error(), "h1 only") {
			t.Errorf("over h2: %v", err)
		}
	}
}

func TestResumedTLS(t *testing.T) {
	settles(t)
	target := serveHTTP(t, wire.H1, true, http.HandlerFunc(handler))
	target.ServerName = "statute.test"
	target.TLS.ClientSessionCache = tls.NewLRUClientSessionCache(1)
	for _, resumed := range []bool{false, true} {
		x := do(t, dial(t, target), &Request{Path: "/length", Linger: 20 * time.Millisecond})
		if x.Conn.TLS.Resumed != resumed || x.Conn.TLS.ServerName != "statute.test" || x.Conn.TLS.Version != tls.VersionTLS13 {
			t.Errorf("TLS: %+v, want resumed = %v", x.Conn.TLS, resumed)
		}
	}
}

// An answer that comes while the content is still being sent is recorded, and
// the sending ends.
func TestEarlyAnswer(t *testing.T) {
	c := scripted(t, wire.H1, func(c *ServerConn) {
		if _, err := c.ReadHead(); err != nil {
			return
		}
		c.Send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n")
		<-c.Done // reads nothing more
	})
	x := do(t, c, &Request{Method: "PUT", Content: make([]byte, 64<<20)})
	if x.Final == nil || x.Final.Status != 413 || x.Request.Content.Complete {
		t.Errorf("final %+v, request content %d complete %v", x.Final, x.Request.Content.Length, x.Request.Content.Complete)
	}
	if x.Took > time.Second {
		t.Errorf("took %s", x.Took)
	}
}
