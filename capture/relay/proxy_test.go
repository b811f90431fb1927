package relay

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/statute-http/statute/cert"
	"github.com/statute-http/statute/wire"
)

// world is a server for the forward proxy's tests.
func world(w http.ResponseWriter, q *http.Request) {
	content, _ := io.ReadAll(q.Body)
	w.Header().Set("Seen", q.Method+" "+q.RequestURI)
	switch q.URL.Path {
	case "/close":
		w.Header().Set("Connection", "close")
		w.(http.Flusher).Flush()
	case "/upgrade":
		c, rw, _ := w.(http.Hijacker).Hijack()
		defer c.Close()
		rw.WriteString("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n")
		rw.Flush()
		line, _ := rw.ReadString('\n')
		rw.WriteString(line)
		rw.Flush()
		return
	}
	fmt.Fprintf(w, "%d octets", len(content))
}

func proxyClient(address string, roots *tls.Config) *http.Client {
	through := &url.URL{Scheme: "http", Host: address}
	return &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{
		Proxy: http.ProxyURL(through), TLSClientConfig: roots, ForceAttemptHTTP2: roots != nil && len(roots.NextProtos) == 0,
	}}
}

func fetch(t *testing.T, client *http.Client, method, to, content string) (*http.Response, string) {
	t.Helper()
	var body io.Reader
	switch {
	case strings.HasPrefix(content, "chunked:"):
		body = io.MultiReader(strings.NewReader(content))
	case content != "":
		body = strings.NewReader(content)
	}
	q, err := http.NewRequest(method, to, body)
	if err != nil {
		t.Fatal(err)
	}
	p, err := client.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Body.Close()
	octets, err := io.ReadAll(p.Body)
	if err != nil {
		t.Fatal(err)
	}
	return p, string(octets)
}

func TestProxyInTheClear(t *testing.T) {
	a, b := httptest.NewServer(http.HandlerFunc(world)), httptest.NewServer(http.HandlerFunc(world))
	defer a.Close()
	defer b.Close()
	rec := newRecorder()
	r := &Relay{Record: rec.record}
	client := proxyClient(start(t, r, r.Proxy), nil)
	defer client.CloseIdleConnections()
	for i, tt := range []struct{ method, to, content, seen, want string }{
		{"GET", a.URL + "/x?y=1", "", "GET /x?y=1", "0 octets"},
		{"GET", a.URL, "", "GET /", "0 octets"},
		{"POST", a.URL + "/", strings.Repeat("a", 100_000), "POST /", "100000 octets"},
		{"POST", b.URL + "/", "chunked:" + strings.Repeat("b", 100_000), "POST /", "100008 octets"},
		{"GET", b.URL + "/close", "", "GET /close", "0 octets"},
		{"GET", b.URL + "/", "", "GET /", "0 octets"},
		{"HEAD", a.URL + "/", "", "HEAD /", ""},
	} {
		p, got := fetch(t, client, tt.method, tt.to, tt.content)
		if got != tt.want || p.Header.Get("Seen") != tt.seen {
			t.Errorf("%d: %q, the server saw %q", i, got, p.Header.Get("Seen"))
		}
	}
	client.CloseIdleConnections()
	all := rec.wait(t, 7)
	for _, x := range all {
		if !strings.HasPrefix(x.Request.Target, "/") || x.Request.Scheme != "http" || x.Request.Authority == "" {
			t.Errorf("%s %s of %s", x.Request.Method, x.Request.Target, x.Request.Authority)
		}
		if x.Request.Method == "POST" && !x.Request.Content.Complete {
			t.Errorf("the request's content is not whole: %d octets", x.Request.Content.Length)
		}
	}
}

func TestProxyRefuses(t *testing.T) {
	rec := newRecorder()
	told := make(chan error, 10)
	r := &Relay{Record: rec.record, Trouble: func(err error) { told <- err }}
	address := start(t, r, r.Proxy)
	nobody := listen(t)
	nobody.Close()
	for request, want := range map[string]string{
		"GET / HTTP/1.1\r\nHost: x\r\n\r\n": "HTTP/1.1 400 ",
		"\x16\x03\x01\r\n\r\n":              "HTTP/1.1 400 ",
		"GET http://" + nobody.Addr().String() + "/ HTTP/1.1\r\nHost: x\r\n\r\n": "HTTP/1.1 502 ",
		"CONNECT " + nobody.Addr().String() + " HTTP/1.1\r\nHost: x\r\n\r\n":     "HTTP/1.1 502 ",
		"GET http://" + address + "/ HTTP/1.1\r\nHost: x\r\n\r\n":                "HTTP/1.1 502 ",
	} {
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(c, request)
		got, _ := io.ReadAll(c)
		c.Close()
		if !strings.HasPrefix(string(got), want) {
			t.Errorf("%q: %q", request, got)
		}
	}
	if len(told) != 3 {
		t.Errorf("%d troubles told", len(told))
	}
	if len(rec.all) > 0 {
		t.Error("our own answers were recorded")
	}
}

func TestProxySwitchesProtocol(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(world))
	defer server.Close()
	rec := newRecorder()
	r := &Relay{Record: rec.record}
	c, err := net.Dial("tcp", start(t, r, r.Proxy))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprintf(c, "GET %s/upgrade HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n", server.URL)
	in := bufio.NewReader(c)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		if line == "\r\n" {
			break
		}
	}
	io.WriteString(c, "tea?\n")
	if line, err := in.ReadString('\n'); line != "tea?\n" {
		t.Errorf("%q, %v", line, err)
	}
	if x := rec.wait(t, 1)[0]; x.Final.Status != 101 || x.End != wire.EndTunnel {
		t.Errorf("%+v", x)
	}
}

// TLS in a tunnel is opened for a client that trusts the authority, in the
// protocol that server and client choose; else it stays closed.
func TestOpenTLS(t *testing.T) {
	authority, err := cert.Memory()
	if err != nil {
		t.Fatal(err)
	}
	for _, protocol := range []string{"h1", "h2"} {
		server := httptest.NewUnstartedServer(http.HandlerFunc(world))
		server.EnableHTTP2 = protocol == "h2"
		server.StartTLS()
		defer server.Close()
		rec := newRecorder()
		r := &Relay{Record: rec.record, Open: authority, TLS: &tls.Config{RootCAs: server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}}
		client := proxyClient(start(t, r, r.Proxy), &tls.Config{RootCAs: authority.Pool()})
		var running sync.WaitGroup
		for i := range 20 {
			running.Go(func() {
				_, got := fetch(t, client, "POST", server.URL+fmt.Sprintf("/%d", i), strings.Repeat("a", 50_000))
				if got != "50000 octets" {
					t.Errorf("%s: %q", protocol, got)
				}
			})
		}
		running.Wait()
		client.CloseIdleConnections()
		for _, x := range rec.wait(t, 20) {
			if string(x.Conn.Protocol) != protocol || x.Request.Scheme != "https" || x.Final.Status != 200 || x.Conn.TLS == nil ||
				x.Request.Content.Length != 50_000 || !x.Request.Content.Complete || !x.Final.Content.Complete {
				t.Errorf("%s: %+v", protocol, x)
			}
		}
	}
}

func TestTunnelStaysClosed(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(world))
	defer server.Close()
	rec := newRecorder()
	r := &Relay{Record: rec.record}
	client := proxyClient(start(t, r, r.Proxy), server.Client().Transport.(*http.Transport).TLSClientConfig)
	if _, got := fetch(t, client, "GET", server.URL, ""); got != "0 octets" {
		t.Errorf("%q", got)
	}
	client.CloseIdleConnections()
	if r.Tunnels() != 1 || len(rec.all) != 0 {
		t.Errorf("%d tunnels, %d exchanges", r.Tunnels(), len(rec.all))
	}
}

// A certificate that nobody vouches for is not hidden behind ours.
func TestUntrustedServer(t *testing.T) {
	authority, err := cert.Memory()
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewTLSServer(http.HandlerFunc(world))
	defer server.Close()
	told := make(chan error, 10)
	r := &Relay{Open: authority, Trouble: func(err error) { told <- err }}
	client := proxyClient(start(t, r, r.Proxy), &tls.Config{RootCAs: authority.Pool()})
	if _, err := client.Get(server.URL); err == nil {
		t.Error("the client was answered")
	}
	if err := <-told; !strings.Contains(err.Error(), "certificate") {
		t.Error(err)
	}
}
