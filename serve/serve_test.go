package serve_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/statute-http/statute/serve"
	"github.com/statute-http/statute/wire"
)

// short are limits that a test can wait for.
func short() serve.Limits {
	return serve.Limits{
		Content: 1 << 20,
		First:   150 * time.Millisecond,
		Head:    150 * time.Millisecond,
		Stall:   150 * time.Millisecond,
		Idle:    150 * time.Millisecond,
		Linger:  200 * time.Millisecond,
	}
}

// start serves h until the test ends.
func start(t testing.TB, s *serve.Server) *serve.Server {
	t.Helper()
	if err := s.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- s.Serve() }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		s.Shutdown(ctx)
		if err := <-done; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	return s
}

// hall answers the methods that the tests use, behind gate 5.
func hall() http.Handler {
	return serve.Language([]string{"GET", "HEAD", "POST", "PUT", "OPTIONS", "CONNECT"}, "en",
		http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/deaf" {
				io.WriteString(w, "not listening")
				return
			}
			content, err := io.ReadAll(r.Body)
			var refusal *wire.Refusal
			if errors.As(err, &refusal) {
				refusal.Answer(w, r, "en")
				return
			}
			w.Header().Set("Content-Type", "text/plain")
			fmt.Fprintf(w, "%s %s %d", r.Method, r.URL.Path, len(content))
		}))
}

// say writes octets to the server and returns everything that it answers until
// it closes, or until it is silent for a while.
func say(t testing.TB, addr net.Addr, octets string) string {
	t.Helper()
	c, err := net.Dial("tcp", addr.String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(3 * time.Second))
	if _, err := io.WriteString(c, octets); err != nil {
		t.Logf("write: %v", err)
	}
	all, err := io.ReadAll(c)
	if err != nil && !errors.Is(err, io.EOF) {
		t.Logf("read: %v", err)
	}
	return string(all)
}

// probes are messages with the status lines that have to answer them; an empty
// list means a close without a word.
var probes = []struct {
	name, octets string
	want         []int
	reason       string // that the last answer's problem has to state
}{
	{"plain", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", []int{200}, ""},
	{"HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", []int{200}, ""},
	{"HTTP/1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", []int{200}, ""},
	{"two pipelined", "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n", []int{200, 200}, ""},
	{"close in between", "GET /1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n", []int{200}, ""},
	{"length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", []int{200}, ""},
	{"chunked", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", []int{200}, ""},
	{"content left unread", "POST /deaf HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET / HTTP/1.1\r\nHost: a\r\n\r\n", []int{200, 200}, ""},
	{"100-continue", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\nabc", []int{100, 200}, ""},
	{"100-continue, HTTP/1.0", "POST / HTTP/1.0\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\nabc", []int{200}, ""},
	{"100-continue, not wanted", "POST /deaf HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n", []int{200}, ""},
	{"Expect: foo", "GET / HTTP/1.1\r\nHost: a\r\nExpect: foo\r\n\r\n", []int{417}, "expectation-unknown"},
	{"unknown method", "FOO / HTTP/1.1\r\nHost: a\r\n\r\n", []int{501}, "method-unknown"},
	{"lower-case method", "get / HTTP/1.1\r\nHost: a\r\n\r\n", []int{501}, "method-unknown"},
	{"unknown method and Expect", "FOO / HTTP/1.1\r\nHost: a\r\nExpect: foo\r\n\r\n", []int{501}, "method-unknown"},
	{"no Host", "GET / HTTP/1.1\r\n\r\n", []int{400}, "no-host"},
	{"good, then bad", "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\n\r\n", []int{200, 400}, "no-host"},
	{"bad, then good", "GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", []int{400}, "no-host"},
	{"505", "GET / HTTP/3.0\r\nHost: a\r\n\r\n", []int{505}, "version-not-supported"},
	{"414", "GET /" + strings.Repeat("x", 8000) + " HTTP/1.1\r\nHost: a\r\n\r\n", []int{414}, "target-too-long"},
	{"414, 100,000 octets", "GET /" + strings.Repeat("x", 100_000) + " HTTP/1.1\r\nHost: a\r\n\r\n", []int{414}, "target-too-long"},
	{"414 before 431", "GET /" + strings.Repeat("x", 9000) + " HTTP/1.1\r\nHost: a\r\nX: " + strings.Repeat("y", 100_000) + "\r\n\r\n", []int{414}, "target-too-long"},
	{"431, one field", "GET / HTTP/1.1\r\nHost: a\r\nX: " + strings.Repeat("y", 1_200_000) + "\r\n\r\n", []int{431}, "field-too-large"},
	{"431, 5,000 fields", "GET / HTTP/1.1\r\nHost: a\r\n" + strings.Repeat("X: y\r\n", 5000) + "\r\n", []int{431}, "too-many-fields"},
	{"TE with CL", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", []int{400}, "length-and-transfer-coding"},
	{"unknown coding", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", []int{501}, "unknown-transfer-coding"},
	{"bad chunk", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", []int{400}, "bad-chunk"},
	{"content too large", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n\r\n", []int{413}, "content-too-large"},
	{"content too large, expected", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\nExpect: 100-continue\r\n\r\n", []int{413}, "content-too-large"},
	{"chunked too large", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n200000\r\n" + strings.Repeat("x", 0x200000) + "\r\n0\r\n\r\n", []int{413}, "content-too-large"},
	{"408, silent from the start", "", []int{408}, "silent-connection"},
	{"408, half a head", "GET / HTTP/1.1\r\nHost: a\r\n", []int{408}, "head-timeout"},
	{"408, half a content", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc", []int{408}, "content-timeout"},
	{"408, half a chunk", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", []int{408}, "content-timeout"},
	{"half a second head", "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HT", []int{200, 408}, "head-timeout"},
	{"garbage", "\x00\x01\x02\x03", []int{400}, "bad-method"},
	{"HEAD", "HEAD / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", []int{200, 200}, ""},
	{"HTTP/1.0 keep-alive", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET / HTTP/1.0\r\n\r\n", []int{200, 200}, ""},
}

func TestProbes(t *testing.T) {
	s := start(t, &serve.Server{Handler: hall(), Limits: short()})
	for _, test := range probes {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := say(t, s.Addr(), test.octets)
			answers, err := read(got, test.octets)
			if err != nil {
				t.Fatalf("%v in %.300q", err, got)
			}
			var codes []int
			for _, a := range answers {
				codes = append(codes, int(a.Status))
			}
			if fmt.Sprint(codes) != fmt.Sprint(test.want) {
				t.Errorf("got %v, want %v: %.300q", codes, test.want, got)
			}
			if test.reason != "" && !strings.Contains(got, `"reason": "`+test.reason+`"`) {
				t.Errorf("no reason %s in %.600q", test.reason, got)
			}
		})
	}
}

// read takes the answers apart, strictly: each has to end where the next begins.
func read(all, asked string) ([]wire.Response, error) {
	method := "GET"
	if strings.HasPrefix(asked, "HEAD") {
		method = "HEAD"
	}
	r := wire.NewReader(strings.NewReader(all), wire.Limits{})
	var answers []wire.Response
	var h wire.Head
	for {
		err := r.ReadResponse(&h)
		if err == io.EOF {
			return answers, nil
		}
		if err != nil {
			return answers, err
		}
		answers = append(answers, h.Response(method))
		if _, err := io.Copy(io.Discard, r.Body(h.ResponseFraming(method))); err != nil {
			return answers, err
		}
		method = "GET"
	}
}

// The tap sees every exchange, with its content, without its secrets.
func TestTap(t *testing.T) {
	var mu sync.Mutex
	var seen []*wire.Exchange
	s := start(t, &serve.Server{Handler: hall(), Limits: short(), Tap: func(x *wire.Exchange) {
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, x)
	}})
	say(t, s.Addr(), "POST /1 HTTP/1.1\r\nHost: a\r\nCookie: secret\r\nauthorization: secret\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\nabcGET / HTTP/1.1\r\n\r\n")
	mu.Lock()
	defer mu.Unlock()
	if len(seen) != 2 {
		t.Fatalf("the tap saw %d exchanges, want 2", len(seen))
	}
	x := seen[0]
	if fmt.Sprint(x.Statuses()) != "[100 200]" || string(x.Request.Content.Data) != "abc" ||
		string(x.Final.Content.Data) != "POST /1 3" || x.End != wire.EndKept || x.Conn.Number != 1 {
		t.Errorf("got %+v", x)
	}
	if strings.Contains(fmt.Sprintf("%+v", x), "secret") {
		t.Errorf("a secret left the connection: %+v", x)
	}
	if x = seen[1]; x.Final.Status != 400 || x.Decision != (wire.Decision{Gate: 1, Reason: "no-host"}) || x.End != wire.EndClosed {
		t.Errorf("got %+v", x)
	}
}
