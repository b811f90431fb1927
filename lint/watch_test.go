package lint_test

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/statute-http/statute/lint"
	"github.com/statute-http/statute/wire"
)

// follower is a rule that hands over what it is given.
func follower(see func(*lint.History, *wire.Exchange)) lint.Rule {
	return lint.Rule{Name: "a-b", About: lint.OfSequence,
		Follow: func(h *lint.History, x *wire.Exchange, r *lint.Report) { see(h, x) }}
}

func asked(t testing.TB, method, path, responses string, fields ...string) *wire.Exchange {
	t.Helper()
	request := method + " " + path + " HTTP/1.1\r\nHost: Example.org\r\n"
	for _, f := range fields {
		request += f + "\r\n"
	}
	return parse(t, request+"\r\n", responses)
}

const bare200 = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

func numbers(pasts []*lint.Past) string {
	s := ""
	for _, p := range pasts {
		s += fmt.Sprintf(" %d", p.Number)
	}
	return s
}

// The newest comes first; of a resource the newest with each method, code,
// entity tag and credentials; of an origin the newest with each method and code.
func TestWatchRemembers(t *testing.T) {
	var got string
	w := lint.New(follower(func(h *lint.History, _ *wire.Exchange) {
		got = numbers(h.Resource) + " |" + numbers(h.Client) + " |" + numbers(h.Origin)
	})).Watch(lint.Memory{})
	tagged := "HTTP/1.1 200 OK\r\nETag: \"a\"\r\nContent-Length: 0\r\n\r\n"
	for i, step := range []struct {
		x    *wire.Exchange
		want string
	}{
		{asked(t, "GET", "/a", bare200), " | |"},
		{asked(t, "GET", "/a", bare200), " 1 | 1 | 1"},
		{asked(t, "GET", "/b", bare200), " | 2 1 | 2"},
		{asked(t, "GET", "/a", tagged), " 2 | 3 2 1 | 3"},
		{asked(t, "HEAD", "/a", bare200), " 4 2 | 4 3 2 1 | 4"},
		{asked(t, "GET", "/a", bare200, "Authorization: Basic eDp5"), " 5 4 2 | 5 4 3 2 1 | 5 4"},
		{asked(t, "GET", "/a", bare200, "User-Agent: other"), " 6 5 4 2 | | 6 5"},
		{asked(t, "GET", "http://EXAMPLE.org:80/c#part", bare200), " | 6 5 4 3 2 1 |"},
	} {
		if w.Check(step.x); got != step.want {
			t.Errorf("exchange %d is given%q, want%q", i+1, got, step.want)
		}
	}
}

// Nothing of an exchange that may be a secret is kept, and no content.
func TestWatchKeepsNoSecret(t *testing.T) {
	var past *lint.Past
	w := lint.New(follower(func(h *lint.History, _ *wire.Exchange) {
		if len(h.Client) > 0 {
			past = h.Client[0]
		}
	})).Watch(lint.Memory{})
	secret := "Authorization: Bearer s3cret"
	first := asked(t, "GET", "/", "HTTP/1.1 200 OK\r\nSet-Cookie: s3cret\r\nContent-Length: 6\r\n\r\ns3cret", secret, "Cookie: s3cret")
	w.Check(first)
	w.Check(asked(t, "GET", "/", bare200))
	if len(past.Request.Fields) > 0 || past.Final.Fields.Has("Set-Cookie") || past.Final.Content.Data != nil {
		t.Errorf("remembered: %v, %v, %q", past.Request.Fields, past.Final.Fields, past.Final.Content.Data)
	}
	if past.Credentials != lint.Digest("Bearer s3cret") || past.Got != lint.Digest("s3cret") || past.Cookie == 0 {
		t.Error("the digests are not those of what was there")
	}
	if !past.Alike(first) || past.Alike(asked(t, "GET", "/", bare200)) {
		t.Error("Alike does not tell who asks")
	}
	first.Request.Fields[1].Value, first.Request.Fields[1].Redacted = "", true
	if past.Alike(first) {
		t.Error("Alike takes withheld credentials for the same")
	}
}

func TestWatchForgets(t *testing.T) {
	var resource, client, origin int
	w := lint.New(follower(func(h *lint.History, _ *wire.Exchange) {
		resource, client, origin = len(h.Resource), len(h.Client), len(h.Origin)
	})).Watch(lint.Memory{Resources: 2})
	for i := range 100 {
		w.Check(asked(t, "GET", "/a", fmt.Sprintf("HTTP/1.1 200 OK\r\nETag: \"%d\"\r\nContent-Length: 0\r\n\r\n", i)))
	}
	if resource != 12 || client != 32 || origin != 1 {
		t.Errorf("got %d of the resource, %d of the client, %d of the origin; want 12, 32, 1", resource, client, origin)
	}
	w.Check(asked(t, "GET", "/b", bare200))
	w.Check(asked(t, "GET", "/a", bare200))
	if resource != 12 {
		t.Errorf("of two resources one is forgotten: %d exchanges left", resource)
	}
	w.Check(asked(t, "GET", "/c", bare200)) // pushes out /b, which was looked at longest ago
	w.Check(asked(t, "GET", "/b", bare200))
	if resource != 0 {
		t.Errorf("of three resources the oldest is remembered: %d exchanges", resource)
	}
}

// Where the origin was forgotten, nobody knows what has changed since.
func TestChanged(t *testing.T) {
	changed := false
	w := lint.New(follower(func(h *lint.History, _ *wire.Exchange) {
		changed = len(h.Resource) > 0 && h.Changed(h.Resource[len(h.Resource)-1])
	})).Watch(lint.Memory{Origins: 1})
	get := asked(t, "GET", "/a", bare200)
	refused := "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
	for i, step := range []struct {
		x    *wire.Exchange
		want bool
	}{
		{get, false},
		{asked(t, "HEAD", "/a", bare200), false},
		{asked(t, "PUT", "/a", refused), false},
		{asked(t, "HEAD", "/a", bare200), false},
		{asked(t, "PUT", "/b", bare200), false},
		{asked(t, "HEAD", "/a", bare200), true},
		{asked(t, "GET", "http://other.example/", bare200), false},
		{asked(t, "HEAD", "/a", bare200), true},
	} {
		if w.Check(step.x); changed != step.want {
			t.Errorf("exchange %d: changed is %v, want %v", i+1, changed, step.want)
		}
	}
}

// Whatever crosses the wire, what is remembered has a bound.
func TestWatchIsBounded(t *testing.T) {
	w := lint.New(lint.All...).Watch(lint.Memory{})
	long := strings.Repeat("x", 900)
	x := asked(t, "GET", "/", fmt.Sprintf("HTTP/1.1 200 OK\r\nVary: %[1]s\r\nETag: \"%[1]s\"\r\nContent-Type: %[1]s\r\n"+
		"Via: %[1]s\r\nAllow: %[1]s\r\nCache-Control: %[1]s\r\nContent-Location: %[1]s\r\nContent-Length: 0\r\n\r\n", long))
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for i := range 20_000 {
		x.Conn.Peer = fmt.Sprintf("192.0.2.%d:1", i%200)
		x.Request.Authority = fmt.Sprintf("%d.example.org", i%1000)
		x.Request.Target = fmt.Sprintf("/%d", i%2000)
		x.Final.Fields[1].Value = fmt.Sprintf("\"%d\"", i)
		w.Check(x)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 64<<20 {
		t.Errorf("20,000 exchanges of 7 kB leave %d MB behind", grown>>20)
	}
	runtime.KeepAlive(w)
	huge := asked(t, "GET", "/", bare200)
	huge.Request.Target = "/" + strings.Repeat("x", 1<<20)
	w.Check(huge)
}

func TestPastTells(t *testing.T) {
	var past *lint.Past
	w := lint.New(follower(func(h *lint.History, _ *wire.Exchange) {
		if len(h.Client) > 0 {
			past = h.Client[0]
		}
	})).Watch(lint.Memory{})
	moved := asked(t, "GET", "/a/b?c", "HTTP/1.1 302 Found\r\nLocation: ../d\r\nContent-Length: 0\r\n\r\n")
	moved.Request.Scheme = "https"
	moved.Started, moved.Took = time.Unix(100, 0), time.Second
	moved.Seen |= wire.ShowsTimes
	w.Check(moved)
	next := asked(t, "GET", "/d", bare200)
	w.Check(next)
	if got := past.Next(); got != "https://example.org/d" {
		t.Errorf("Next is %q", got)
	}
	if !past.LeadsTo(next) {
		t.Error("the redirect does not lead to a target whose scheme is not known")
	}
	if next.Request.Scheme = "http"; past.LeadsTo(next) {
		t.Error("the redirect leads to another scheme")
	}
	if !past.Before(next) {
		t.Error("without times, the order does not count")
	}
	next.Seen, next.Started = next.Seen|wire.ShowsTimes, time.Unix(100, 5e8)
	if past.Before(next) {
		t.Error("an answer that came after the request counts as known before")
	}
	next.Started = time.Unix(103, 0)
	if d, ok := past.Elapsed(next); !ok || d != 2*time.Second {
		t.Errorf("Elapsed: got %s, %v; want 2s", d, ok)
	}
}

// Goroutines take turns: every exchange has a number of its own.
func TestWatchByManyGoroutines(t *testing.T) {
	var seen sync.Map
	w := lint.New(follower(func(h *lint.History, _ *wire.Exchange) {
		if len(h.Client) > 0 {
			seen.Store(h.Client[0].Number, true)
		}
	})).Watch(lint.Memory{})
	var wg sync.WaitGroup
	x := asked(t, "GET", "/", bare200)
	for range 8 {
		wg.Go(func() {
			for range 50 {
				w.Check(x)
			}
		})
	}
	wg.Wait()
	n := 0
	seen.Range(func(any, any) bool { n++; return true })
	if n != 399 {
		t.Errorf("%d exchanges followed another, want 399", n)
	}
}

// Where a recording shows coded content decoded, its octets do not tell how long
// the representation is.
func TestDecodedContentHasNotTheLengthOfTheRepresentation(t *testing.T) {
	const fields = "Date: Tue, 03 Mar 2026 08:00:00 GMT\r\nETag: \"a\"\r\nVary: Accept-Encoding\r\nContent-Type: text/plain\r\nContent-Encoding: gzip\r\n"
	whole := "HTTP/1.1 200 OK\r\n" + fields + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
	for _, earlier := range []struct{ method, answer string }{
		{"GET", "HTTP/1.1 200 OK\r\n" + fields + "Content-Length: 3\r\n\r\nabc"},
		{"HEAD", "HTTP/1.1 200 OK\r\n" + fields + "Content-Length: 3\r\n\r\n"},
	} {
		w := checker.Watch(lint.Memory{})
		before, x := asked(t, earlier.method, "/", earlier.answer), asked(t, "GET", "/", whole)
		x.Final.Content.Decoded = true
		for _, x := range []*wire.Exchange{before, x} {
			for _, f := range grave(w.Check(x).Findings) {
				t.Errorf("after %s, %s: %s", earlier.method, f.Rule.Name, f.Message.En)
			}
		}
	}
}

func BenchmarkWatchClean(b *testing.B) {
	var all []*wire.Exchange
	for i := range 5000 {
		all = append(all, asked(b, "GET", fmt.Sprintf("/%d", i), clean200, "Accept: */*", "User-Agent: bench"))
	}
	w := lint.New(lint.All...).Watch(lint.Memory{})
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		w.Check(all[i%len(all)])
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "exchanges/s")
}
