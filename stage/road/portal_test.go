package road_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/stage/road"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

func TestPortal(t *testing.T) {
	b := says(t, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ntea")
	reach := &road.Reach{Lab: []string{b.Addr()}, Names: []string{"tea.test"}}
	proxy := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusTeapot) })
	at := front(t, &road.Portal{Hop: &road.Hop{Name: "test-portal", Patience: patience}, Reach: reach, Proxy: proxy, Stay: 3 * time.Second, Lang: lang.En})
	ask := func(from, octets string) *wire.Exchange {
		t.Helper()
		c, err := peer.Dial(t.Context(), peer.Target{Protocol: wire.H1, Address: at, From: from})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		x, err := c.Do(t.Context(), &peer.Request{Octets: []byte(strings.ReplaceAll(octets, "{at}", at)), Method: strings.Fields(octets)[0]})
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	const (
		me, other = "127.0.9.1", "127.0.9.2"
		wanted    = "GET /a HTTP/1.1\r\nHost: tea.test\r\n\r\n"
		agree     = "POST /login HTTP/1.1\r\nHost: {at}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 38\r\n\r\nterms=agree&to=http%3A%2F%2Ftea.test/a"
	)
	for i, turn := range []struct {
		from, send string
		wait       time.Duration
		want       status.Code
		has        string // in the content, or as a field line
	}{
		{from: me, send: wanted, want: 511, has: "/login?to=http%3A%2F%2Ftea.test%2Fa"},
		{from: me, send: "GET /a HTTP/1.1\r\nHost: tea.test\r\nAccept: text/html\r\n\r\n", want: 511, has: `href="http://127.0.0.1`},
		{from: me, send: "GET /a HTTP/1.1\r\nHost: tea.test\r\nAccept: text/html\r\nAccept-Language: zh-TW\r\n\r\n", want: 511, has: "還沒有連上"},
		{from: me, send: "CONNECT tea.test:443 HTTP/1.1\r\nHost: x\r\n\r\n", want: 511},
		{from: me, send: "GET http://tea.test/a HTTP/1.1\r\nHost: x\r\n\r\n", want: 511},
		{from: me, send: "GET /login HTTP/1.1\r\nHost: tea.test\r\n\r\n", want: 511}, // somebody else's /login
		{from: me, send: "GET /login HTTP/1.1\r\nHost: {at}\r\n\r\n", want: 200, has: `<form method="post"`},
		{from: me, send: "GET /login?to=%22%3E%3Cscript%3E HTTP/1.1\r\nHost: {at}\r\n\r\n", want: 200, has: `value="&#34;&gt;&lt;script&gt;"`},
		{from: me, send: "GET /api HTTP/1.1\r\nHost: {at}\r\n\r\n", want: 200, has: `"captive":true`},
		{from: me, send: "GET /x HTTP/1.1\r\nHost: {at}\r\n\r\n", want: 404},
		{from: me, send: "DELETE /login HTTP/1.1\r\nHost: {at}\r\n\r\n", want: 405, has: "GET, HEAD, OPTIONS, POST"},
		{from: me, send: "POST /login HTTP/1.1\r\nHost: {at}\r\nContent-Length: 3\r\n\r\ntea", want: 422},
		{from: me, send: agree, want: 303, has: "Location: http://tea.test/a"},
		{from: me, send: "GET /api HTTP/1.1\r\nHost: {at}\r\n\r\n", want: 200, has: `"captive":false`},
		{from: me, send: wanted, want: 200, has: "tea"},
		{from: other, send: wanted, want: 511},
		{from: me, send: "GET http://tea.test/a HTTP/1.1\r\nHost: x\r\n\r\n", want: 418}, // the proxy's
		{from: me, send: "GET / HTTP/1.1\r\nHost: example.com\r\n\r\n", want: 403},
		{from: me, send: wanted, wait: 3100 * time.Millisecond, want: 511}, // its time is over
		// Nobody is sent to where we do not lead.
		{from: me, send: "POST /login HTTP/1.1\r\nHost: {at}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 36\r\n\r\nterms=agree&to=http%3A%2F%2Fevil.test", want: 303, has: "Location: /login"},
		{from: me, send: "POST /login HTTP/1.1\r\nHost: {at}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 11\r\n\r\nterms=leave", want: 303},
		{from: me, send: wanted, want: 511},
	} {
		time.Sleep(turn.wait)
		x := ask(turn.from, turn.send)
		if x.Final == nil || x.Final.Status != turn.want {
			t.Fatalf("turn %d: %q gets %v, want %d: %s", i+1, turn.send, x.Statuses(), turn.want, x.Answer().Content.Data)
		}
		name, value, _ := strings.Cut(turn.has, ": ")
		if !strings.Contains(string(x.Final.Content.Data), turn.has) && (value == "" || x.Final.Fields.Get(name) != value) {
			t.Errorf("turn %d: %q is nowhere in %v %s", i+1, turn.has, x.Final.Fields, x.Final.Content.Data)
		}
		// RFC 6585 §6: never stored.
		if x.Final.Status == 511 && x.Final.Fields.Get("Cache-Control") != "no-store" {
			t.Errorf("turn %d: Cache-Control is %q", i+1, x.Final.Fields.Get("Cache-Control"))
		}
	}
}
