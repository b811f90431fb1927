package road_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/statute-http/statute/stage/road"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

// proxyTo is a forward proxy whose lab is one server.
func proxyTo(t *testing.T, lab string, more ...string) (at string) {
	t.Helper()
	p := &road.Proxy{
		Hop: &road.Hop{Name: "test-hop", Patience: patience, Idle: time.Second}, Reach: &road.Reach{Lab: []string{lab}, Names: []string{"tea.test"}},
		Users: map[string]road.User{"guest": {Password: "guest"}, "thrifty": {Password: "thrifty", Transform: true}},
	}
	for _, text := range more {
		pattern, err := road.ParsePattern(text)
		if err != nil {
			t.Fatal(err)
		}
		p.Reach.More = append(p.Reach.More, pattern)
	}
	at = front(t, p)
	p.Self = at
	p.Reach.Lab = append(p.Reach.Lab, at)
	return at
}

func TestProxy(t *testing.T) {
	b := script(t, func(c *peer.ServerConn, q *wire.Request) {
		if c.ReadContent(q) == nil {
			c.Send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ntea")
		}
	})
	lab := b.Addr()
	_, port, _ := net.SplitHostPort(lab)
	at := proxyTo(t, lab)
	const login = "Proxy-Authorization: Basic Z3Vlc3Q6Z3Vlc3Q=\r\n"
	for _, test := range []struct {
		name, line, fields string
		want               status.Code
		reason             string
	}{
		{"no login", "GET http://" + lab + "/ HTTP/1.1", "", 407, "proxy-credentials-missing"},
		{"P50 CONNECT without login", "CONNECT " + lab + " HTTP/1.1", "", 407, "proxy-credentials-missing"},
		{"wrong password", "GET http://" + lab + "/ HTTP/1.1", "Proxy-Authorization: Basic Z3Vlc3Q6dGVh\r\n", 407, "proxy-credentials-wrong"},
		{"another scheme", "GET http://" + lab + "/ HTTP/1.1", "Proxy-Authorization: Bearer x\r\n", 407, "proxy-credentials-wrong"},
		{"two logins", "GET http://" + lab + "/ HTTP/1.1", login + login, 407, "proxy-credentials-wrong"},
		{"the login of an origin", "GET http://" + lab + "/ HTTP/1.1", "Authorization: Basic Z3Vlc3Q6Z3Vlc3Q=\r\n", 407, "proxy-credentials-missing"},
		{"no proxy request", "GET / HTTP/1.1", login, 400, "no-proxy-request"},
		{"asterisk", "OPTIONS * HTTP/1.1", login, 400, "no-proxy-request"},
		{"P48 the whole URI", "GET http://" + lab + "/a?b HTTP/1.1", login, 200, ""},
		{"another name of the lab", "GET http://localhost:" + port + "/ HTTP/1.1", login, 200, ""},
		{"a name that only the lab has", "GET http://tea.test/ HTTP/1.1", login, 200, ""},
		{"such a name with a dot", "GET http://TEA.test./ HTTP/1.1", login, 200, ""},
		{"elsewhere", "GET http://example.com/ HTTP/1.1", login, 403, "not-through-here"},
		{"another port of this machine", "GET http://127.0.0.1:22/ HTTP/1.1", login, 403, "not-through-here"},
		{"P49 CONNECT elsewhere", "CONNECT example.com:443 HTTP/1.1", login, 403, "not-through-here"},
		{"CONNECT to another port of this machine", "CONNECT localhost:22 HTTP/1.1", login, 403, "not-through-here"},
		{"CONNECT to an address in another form", "CONNECT 2130706433:22 HTTP/1.1", login, 403, "not-through-here"},
		{"P51 CONNECT without a port", "CONNECT example.com HTTP/1.1", login, 400, "bad-target"},
		{"P51 CONNECT to port 0", "CONNECT tea.test:0 HTTP/1.1", login, 400, "no-such-port"},
		{"CONNECT to port 65536", "CONNECT tea.test:65536 HTTP/1.1", login, 400, "no-such-port"},
		{"https", "GET https://tea.test/ HTTP/1.1", login, 501, "https-needs-tunnel"},
		{"a circle through the proxy itself", "GET http://" + at + "/ HTTP/1.1", login, 502, "loop"},
		{"a tunnel into the proxy itself", "CONNECT " + at + " HTTP/1.1", login + "Via: 1.1 test-hop\r\n", 502, "loop"},
		{"OPTIONS of the whole server", "OPTIONS http://" + lab + " HTTP/1.1", login, 200, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			host := "x"
			x := do(t, wire.H1, at, &peer.Request{Octets: []byte(test.line + "\r\nHost: " + host + "\r\n" + test.fields + "\r\n"), Method: strings.Fields(test.line)[0]})
			if x.Final == nil || x.Final.Status != test.want || !strings.Contains(string(x.Final.Content.Data), test.reason) {
				t.Errorf("got %v, want %d %s: %s", x.Statuses(), test.want, test.reason, x.Answer().Content.Data)
			}
			if has := x.Answer().Fields.Has("Proxy-Authenticate"); has != (test.want == 407) {
				t.Errorf("Proxy-Authenticate is there: %t", has)
			}
		})
	}
}

// What the origin sees of a request through the proxy: P48, and nothing of the
// login.
func TestProxyForwards(t *testing.T) {
	b := says(t, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
	at := proxyTo(t, b.Addr())
	for target, want := range map[string]string{
		"GET http://" + b.Addr() + "/a?b":        "GET /a?b",
		"GET http://" + b.Addr():                 "GET /",
		"GET http://" + b.Addr() + "?q":          "GET /?q",
		"OPTIONS http://" + b.Addr():             "OPTIONS *",
		"GET http://" + b.Addr() + "//x/../y%2f": "GET //x/../y%2f",
	} {
		x := do(t, wire.H1, at, &peer.Request{Octets: []byte(target + " HTTP/1.1\r\nHost: other.test\r\nProxy-Authorization: Basic Z3Vlc3Q6Z3Vlc3Q=\r\n\r\n"), Method: strings.Fields(target)[0]})
		if x.Final == nil || x.Final.Status != 200 {
			t.Fatalf("%s: got %v", target, x.Statuses())
		}
		q := <-b.asked
		if got := q.Method + " " + q.Target; got != want || q.Fields.Get("Host") != b.Addr() || q.Fields.Has("Proxy-Authorization") {
			t.Errorf("%s goes on as %s with %v", target, got, q.Fields)
		}
	}
}

// echo sends back what comes until it ends, then says so.
func echo(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				io.Copy(c, c)
				io.WriteString(c, "bye")
			}()
		}
	}()
	return ln.Addr().String()
}

// A tunnel over HTTP/1.1 carries octets both ways, those that came with the
// request first, and passes on that one side has ended. P52: the 2xx has no
// framing.
func TestTunnel(t *testing.T) {
	lab := echo(t)
	c, err := net.Dial("tcp", proxyTo(t, lab))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(10 * time.Second))
	fmt.Fprintf(c, "CONNECT %s HTTP/1.1\r\nHost: %s\r\nProxy-Authorization: Basic Z3Vlc3Q6Z3Vlc3Q=\r\n\r\nearly ", lab, lab)
	r := bufio.NewReader(c)
	answer, err := http.ReadResponse(r, &http.Request{Method: "CONNECT"})
	if err != nil || answer.StatusCode != 200 || answer.ContentLength > 0 || len(answer.TransferEncoding) > 0 || answer.Header.Get("Content-Length") != "" {
		t.Fatal(answer, err)
	}
	io.WriteString(c, "late")
	c.(*net.TCPConn).CloseWrite()
	if got, err := io.ReadAll(r); string(got) != "early latebye" || err != nil {
		t.Errorf("%q came back (%v)", got, err)
	}
}

// A tunnel over HTTP/2 is a stream (RFC 9113 §8.5).
func TestTunnelOverH2(t *testing.T) {
	lab := echo(t)
	at := proxyTo(t, lab)
	var protocols http.Protocols
	protocols.SetUnencryptedHTTP2(true)
	transport := &http.Transport{Protocols: &protocols}
	defer transport.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for login, want := range map[string]int{"": 407, "Basic Z3Vlc3Q6Z3Vlc3Q=": 200} {
		content, send := io.Pipe()
		q := (&http.Request{Method: "CONNECT", URL: &url.URL{Scheme: "http", Host: at}, Host: lab, Header: http.Header{}, Body: content}).WithContext(ctx)
		if login != "" {
			q.Header.Set("Proxy-Authorization", login)
		}
		answer, err := transport.RoundTrip(q)
		if err != nil || answer.StatusCode != want || answer.ProtoMajor != 2 {
			t.Fatal(answer, err)
		}
		if want == 200 {
			got := make([]byte, 3)
			for _, text := range []string{"tea", "cup"} {
				io.WriteString(send, text)
				if _, err := io.ReadFull(answer.Body, got); err != nil || string(got) != text {
					t.Errorf("%q came back (%v), want %q", got, err, text)
				}
			}
			send.Close()
			if rest, err := io.ReadAll(answer.Body); err != nil || string(rest) != "bye" {
				t.Errorf("%q came at the end (%v)", rest, err)
			}
		}
		answer.Body.Close()
	}
}

// A tunnel in which nothing moves is cut, and so is one whose hop ends.
func TestTunnelEnds(t *testing.T) {
	lab := echo(t)
	over, end := context.WithCancel(t.Context())
	defer end()
	open := func(idle time.Duration) net.Conn {
		at := front(t, &road.Proxy{
			Hop:   &road.Hop{Name: "test-hop", Idle: idle, Over: over},
			Reach: &road.Reach{Lab: []string{lab}}, Users: map[string]road.User{"guest": {Password: "guest"}},
		})
		c, err := net.Dial("tcp", at)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		c.SetDeadline(time.Now().Add(10 * time.Second))
		fmt.Fprintf(c, "CONNECT %s HTTP/1.1\r\nHost: x\r\nProxy-Authorization: Basic Z3Vlc3Q6Z3Vlc3Q=\r\n\r\n", lab)
		if _, err := http.ReadResponse(bufio.NewReader(c), &http.Request{Method: "CONNECT"}); err != nil {
			t.Fatal(err)
		}
		return c
	}
	idle := open(300 * time.Millisecond)
	if _, err := idle.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("an idle tunnel is open (%v)", err)
	}
	other := open(time.Minute)
	end()
	if _, err := other.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a tunnel is open after its hop's end (%v)", err)
	}
}

// What an operator allows.
func TestAllowed(t *testing.T) {
	b := says(t, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
	_, port, _ := net.SplitHostPort(b.Addr())
	for _, test := range []struct {
		pattern string
		want    status.Code
	}{
		{"127.0.0.1:" + port, 200}, // as it stands
		{"127.0.0.1:*", 200},
		{"*:" + port, 502}, // a pattern does not open the operator's own network
		{"*:1", 403},
		{"*.test:*", 403},
	} {
		x := do(t, wire.H1, proxyTo(t, "192.0.2.1:80", test.pattern), &peer.Request{Path: "http://" + b.Addr() + "/", Fields: basic("guest")})
		if x.Final == nil || x.Final.Status != test.want {
			t.Errorf("%s: got %v, want %d: %s", test.pattern, x.Statuses(), test.want, x.Answer().Content.Data)
		}
		if test.want == 502 && x.Final.Fields.Get("Proxy-Status") != "test-hop;error=destination_ip_prohibited" {
			t.Errorf("Proxy-Status is %q", x.Final.Fields.Get("Proxy-Status"))
		}
	}
}

func TestPatterns(t *testing.T) {
	for _, bad := range []string{"", "example.com", "example.com:", "example.com:0", "example.com:65536", "example.com:http", ":80", "a*b:80", "*.*:80", "*.:80", "**:80", "a.*.b:80"} {
		if p, err := road.ParsePattern(bad); err == nil {
			t.Errorf("%q is read as %+v", bad, p)
		}
	}
	for _, good := range []string{"example.com:443", "*.example.com:*", "*:443", "*:*", "[::1]:80", "192.0.2.1:8080"} {
		if _, err := road.ParsePattern(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
}

func FuzzParsePattern(f *testing.F) {
	for _, text := range []string{"example.com:443", "*.example.com:*", "*:443", "[::1]:80", "", "a:b:c"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) { road.ParsePattern(text) })
}

const page = "<!doctype html>\n<title>Tea</title>\n<!-- secret -->\n<p>Hot    tea.\n<pre>a   b\n</pre>\n"

// P71 and the like: what the filter changes and what it must not.
func TestFilter(t *testing.T) {
	for _, test := range []struct {
		name, fields, ask, method, content string
		want                               status.Code
		changed                            bool
	}{
		{name: "a page", fields: "Content-Type: text/html\r\nETag: \"a\"\r\nContent-Digest: sha-256=:x:\r\nAccept-Ranges: bytes\r\n", content: page, want: 203, changed: true},
		{name: "no-transform of the origin", fields: "Content-Type: text/html\r\nCache-Control: max-age=1, No-Transform\r\n", content: page, want: 200},
		{name: "no-transform of the client", fields: "Content-Type: text/html\r\n", ask: "no-transform", content: page, want: 200},
		{name: "no page", fields: "Content-Type: text/plain\r\n", content: page, want: 200},
		{name: "coded", fields: "Content-Type: text/html\r\nContent-Encoding: gzip\r\n", content: page, want: 200},
		{name: "nothing to leave out", fields: "Content-Type: text/html\r\n", content: "<p>x", want: 200},
		{name: "too large to hold", fields: "Content-Type: text/html\r\n", content: strings.Repeat("<p>  x", 200_000), want: 200},
		{name: "to a POST", fields: "Content-Type: text/html\r\n", content: page, method: "POST", want: 200},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := says(t, fmt.Sprintf("HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n%s", test.fields, len(test.content), test.content))
			q := &peer.Request{Method: test.method, Path: "http://" + b.Addr() + "/", Fields: basic("thrifty"), Keep: 4 << 20}
			if test.ask != "" {
				q.Fields = append(q.Fields, wire.Field{Name: "Cache-Control", Value: test.ask})
			}
			x := do(t, wire.H1, proxyTo(t, b.Addr()), q)
			if x.Final == nil || x.Final.Status != test.want {
				t.Fatalf("got %v, want %d", x.Statuses(), test.want)
			}
			got := string(x.Final.Content.Data)
			if !test.changed {
				if got != test.content {
					t.Errorf("the content was changed: %d octets, not %d", len(got), len(test.content))
				}
				return
			}
			if want := "<!doctype html> <title>Tea</title> <p>Hot tea. <pre>a   b\n</pre>"; got != want {
				t.Errorf("the page is now %q, want %q", got, want)
			}
			f := x.Final.Fields
			if f.Get("ETag") != `W/"a"` || f.Has("Content-Digest") || f.Has("Accept-Ranges") || f.Get("Content-Length") != fmt.Sprint(len(got)) {
				t.Errorf("the fields are %v", f)
			}
		})
	}
}
