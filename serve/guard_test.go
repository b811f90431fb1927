package serve_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/statute-http/statute/serve"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

// unruly is a handler that breaks the rules, or asks for what they allow.
func unruly() http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) {
		content, err := io.ReadAll(r.Body)
		var refusal *wire.Refusal
		if errors.As(err, &refusal) {
			refusal.Answer(w, r, "en")
			return
		}
		fmt.Fprintf(w, "%s %d %s", r.Method, len(content), r.Trailer.Get("X-Sum"))
	})
	m.HandleFunc("/deaf", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "not listening") })
	m.HandleFunc("/101", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Upgrade", "sth")
		w.Header().Set("Connection", "Upgrade")
		w.WriteHeader(http.StatusSwitchingProtocols)
	})
	m.HandleFunc("/fields", func(w http.ResponseWriter, r *http.Request) {
		for _, name := range []string{"Connection", "Keep-Alive", "Proxy-Connection", "Te", "Transfer-Encoding", "Upgrade"} {
			w.Header().Set(name, "x")
		}
		w.Header().Set("X-Kept", "y")
	})
	for _, code := range []int{204, 205, 304} {
		m.HandleFunc(fmt.Sprintf("/%d", code), func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "1")
			w.WriteHeader(code)
			if _, err := io.WriteString(w, "x"); !errors.Is(err, http.ErrBodyNotAllowed) {
				panic(fmt.Sprintf("content in a %d: %v", code, err))
			}
		})
	}
	m.HandleFunc("/hints", func(w http.ResponseWriter, r *http.Request) {
		for _, link := range []string{"</a>", "</b>"} {
			w.Header().Set("Link", link)
			w.Header().Set("Content-Length", "5")
			w.WriteHeader(http.StatusEarlyHints)
		}
		w.WriteHeader(http.StatusProcessing)
		w.Header().Del("Link")
		io.WriteString(w, "later")
	})
	m.HandleFunc("/trailers", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Trailer", "X-Announced")
		io.Copy(io.Discard, r.Body)
		io.WriteString(w, "content")
		w.(http.Flusher).Flush()
		w.Header().Set("X-Announced", "1")
		w.Header().Set(http.TrailerPrefix+"X-More", "2")
	})
	m.HandleFunc("/panic", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"not the error's"`)
		panic("the cause, for the log alone")
	})
	m.HandleFunc("/panic-late", func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "some")
		w.(http.Flusher).Flush()
		time.Sleep(50 * time.Millisecond) // a QUIC reset may overtake what was sent before it: RFC 9000 §3.2
		panic("the cause, for the log alone")
	})
	return serve.Language([]string{"GET", "HEAD", "POST", "PUT"}, "en", m)
}

var expects100 = wire.Fields{{Name: "expect", Value: "100-continue"}}

// What every lane has in common.
var guards = []struct {
	name    string
	request peer.Request
	codes   string // of all answers
	reason  string // that the answer's problem states
	check   func(t *testing.T, r lane, x *wire.Exchange)
}{
	{name: "plain", request: peer.Request{Path: "/echo"}, codes: "[200]"},
	{name: "content", request: peer.Request{Method: "POST", Path: "/echo", Content: []byte("abc")}, codes: "[200]",
		check: content("POST 3 ")},
	{name: "HEAD", request: peer.Request{Method: "HEAD", Path: "/echo"}, codes: "[200]", check: content("")},
	{name: "101", request: peer.Request{Path: "/101"}, codes: "[500]", reason: "fault", check: incident},
	{name: "connection fields", request: peer.Request{Path: "/fields"}, codes: "[200]",
		check: func(t *testing.T, r lane, x *wire.Exchange) {
			// RFC 9113 §8.2.2, RFC 9114 §4.2. Over HTTP/1.1 it is the framing
			// alone that the handler cannot spoil.
			for _, f := range x.Final.Fields {
				if (r.protocol != wire.H1 || strings.EqualFold(f.Name, "Transfer-Encoding")) && f.Value == "x" {
					t.Errorf("%s passed", f.Name)
				}
			}
			if x.Final.Fields.Get("X-Kept") != "y" {
				t.Errorf("X-Kept was lost: %+v", x.Final.Fields)
			}
		}},
	{name: "204", request: peer.Request{Path: "/204"}, codes: "[204]", check: barren("")},
	{name: "205", request: peer.Request{Path: "/205"}, codes: "[205]", check: barren("0")},
	{name: "304", request: peer.Request{Path: "/304"}, codes: "[304]", check: content("")},
	{name: "several 1xx", request: peer.Request{Path: "/hints"}, codes: "[103 103 102 200]",
		check: func(t *testing.T, r lane, x *wire.Exchange) {
			for i, want := range []string{"</a>", "</b>", "</b>"} {
				got := x.Interim[i].Fields
				if got.Get("Link") != want || got.Has("Content-Length") || got.Has("Content-Type") {
					t.Errorf("interim answer %d has %+v", i, got)
				}
			}
			if x.Final.Fields.Has("Link") || string(x.Final.Content.Data) != "later" {
				t.Errorf("final answer %+v", x.Final)
			}
		}},
	{name: "trailers of the answer", request: peer.Request{Path: "/trailers"}, codes: "[200]",
		check: func(t *testing.T, r lane, x *wire.Exchange) {
			if x.Final.Trailers.Get("X-Announced") != "1" || x.Final.Trailers.Get("X-More") != "2" || x.Final.Fields.Has("X-More") {
				t.Errorf("trailers %+v, fields %+v", x.Final.Trailers, x.Final.Fields)
			}
		}},
	{name: "trailers of the request", request: peer.Request{Method: "POST", Path: "/echo", Content: []byte("abc"), Chunked: true,
		NoLength: true, Fields: wire.Fields{{Name: "trailer", Value: "x-sum"}}, Trailers: wire.Fields{{Name: "x-sum", Value: "6"}}},
		codes: "[200]", check: content("POST 3 6")},
	{name: "trailers of both, for the tap", request: peer.Request{Method: "POST", Path: "/trailers", Content: []byte("abc"), Chunked: true,
		Fields: wire.Fields{{Name: "trailer", Value: "x-sum"}}, Trailers: wire.Fields{{Name: "x-sum", Value: "6"}}}, codes: "[200]"},
	{name: "417", request: peer.Request{Path: "/echo", Fields: wire.Fields{{Name: "expect", Value: "sense"}}},
		codes: "[417]", reason: "expectation-unknown"},
	{name: "501", request: peer.Request{Method: "BREW", Path: "/echo"}, codes: "[501]", reason: "method-unknown"},
	{name: "414", request: peer.Request{Path: "/" + strings.Repeat("t", 8000)}, codes: "[414]", reason: "target-too-long"},
	{name: "431, one field", request: peer.Request{Fields: wire.Fields{{Name: "x", Value: strings.Repeat("v", 17<<10)}}},
		codes: "[431]", reason: "field-too-large"},
	{name: "431, many fields", request: peer.Request{Fields: slicesOf(wire.Field{Name: "x", Value: "y"}, 300)},
		codes: "[431]", reason: "too-many-fields"},
	{name: "431, all fields", request: peer.Request{Fields: slicesOf(wire.Field{Name: "x", Value: strings.Repeat("v", 8<<10)}, 9)},
		codes: "[431]", reason: "head-too-large"},
	{name: "413, announced", request: peer.Request{Method: "POST", Path: "/echo", Content: make([]byte, 1<<20+1),
		Fields: expects100, Hold: true, HoldFor: 5 * time.Second}, codes: "[413]", reason: "content-too-large",
		check: func(t *testing.T, r lane, x *wire.Exchange) {
			if x.Request.Content.Length != 0 {
				t.Errorf("%d octets of content were asked for", x.Request.Content.Length)
			}
		}},
	{name: "413, not announced", request: peer.Request{Method: "POST", Path: "/echo", Content: make([]byte, 1<<20+1),
		Chunked: true, NoLength: true}, codes: "[413]", reason: "content-too-large"},
	{name: "100-continue", request: peer.Request{Method: "POST", Path: "/echo", Content: []byte("abc"),
		Fields: expects100, Hold: true, HoldFor: 5 * time.Second}, codes: "[100 200]", check: content("POST 3 ")},
	{name: "100-continue, not wanted", request: peer.Request{Method: "POST", Path: "/deaf", Content: []byte("abc"),
		Fields: expects100, Hold: true, HoldFor: 5 * time.Second}, codes: "[200]", check: content("not listening")},
	{name: "panic", request: peer.Request{Path: "/panic"}, codes: "[500]", reason: "fault", check: incident},
	{name: "panic, too late for a 500", request: peer.Request{Path: "/panic-late"}, codes: "[200]",
		check: func(t *testing.T, r lane, x *wire.Exchange) {
			want := wire.EndReset
			if r.protocol == wire.H1 {
				want = wire.EndCut
			}
			if x.End != want || x.Final.Content.Complete || string(x.Final.Content.Data) != "some" {
				t.Errorf("end %s, want %s; content %+v", x.End, want, x.Final.Content)
			}
		}},
}

func content(want string) func(*testing.T, lane, *wire.Exchange) {
	return func(t *testing.T, r lane, x *wire.Exchange) {
		if got := string(x.Final.Content.Data); got != want || !x.Final.Content.Complete {
			t.Errorf("content %q, want %q", got, want)
		}
	}
}

// barren: no content, and the length that the code may state.
func barren(length string) func(*testing.T, lane, *wire.Exchange) {
	return func(t *testing.T, r lane, x *wire.Exchange) {
		if x.Final.Content.Length != 0 || x.Final.Fields.Get("Content-Length") != length {
			t.Errorf("content %+v, Content-Length %q, want %q", x.Final.Content, x.Final.Fields.Get("Content-Length"), length)
		}
	}
}

// incident: the client gets an id and nothing of the cause.
func incident(t *testing.T, r lane, x *wire.Exchange) {
	got := string(x.Final.Content.Data)
	if !strings.Contains(got, `"incident": "`) || strings.Contains(got, "the cause") || x.Final.Fields.Has("ETag") || x.Final.Fields.Has("Upgrade") {
		t.Errorf("%+v %s", x.Final.Fields, got)
	}
}

func slicesOf(f wire.Field, n int) wire.Fields {
	fields := make(wire.Fields, n)
	for i := range fields {
		fields[i] = f
	}
	return fields
}

func TestGuard(t *testing.T) {
	taps := make(chan *wire.Exchange, 100)
	var log syncBuffer
	s := startAll(t, &serve.Server{Handler: unruly(), Limits: serve.Limits{Content: 1 << 20}, Log: log.logger(),
		Tap: func(x *wire.Exchange) { taps <- x }})
	for _, r := range lanes {
		t.Run(r.name, func(t *testing.T) {
			for _, test := range guards {
				t.Run(test.name, func(t *testing.T) {
					x := ask(t, r.dial(t, s), &test.request)
					if got := fmt.Sprint(x.Statuses()); got != test.codes {
						t.Fatalf("got %s, want %s; end %s", got, test.codes, x.End)
					}
					if test.reason != "" && !strings.Contains(string(x.Final.Content.Data), `"reason": "`+test.reason+`"`) {
						t.Errorf("no reason %s in %.600s", test.reason, x.Final.Content.Data)
					}
					if test.check != nil {
						test.check(t, r, x)
					}
					tapped(t, r, taps, x, test.reason)
				})
			}
		})
	}
	if !strings.Contains(log.String(), "the cause, for the log alone") {
		t.Error("the log has no cause of the panics")
	}
}

// RFC 9114 §4.3.1: no request but CONNECT comes without :scheme, whatever else is
// asked on the connection.
func TestNoScheme(t *testing.T) {
	s := startAll(t, &serve.Server{Handler: unruly()})
	for _, r := range lanes {
		if r.protocol != wire.H3 {
			continue
		}
		c := r.dial(t, s)
		for n := range 6 {
			section := wire.Fields{{Name: ":method", Value: "GET"}, {Name: ":authority", Value: "a.test"}, {Name: ":path", Value: "/echo"}}
			want := "[400]"
			if n%2 == 1 {
				section = append(section, wire.Field{Name: ":scheme", Value: "https"})
				want = "[200]"
			}
			x := ask(t, c, &peer.Request{Section: section})
			if got := fmt.Sprint(x.Statuses()); got != want {
				t.Fatalf("request %d: got %s, want %s; end %s", n, got, want, x.End)
			}
			if want == "[400]" && !bytes.Contains(x.Final.Content.Data, []byte(`"reason": "no-scheme"`)) {
				t.Errorf("%s", x.Final.Content.Data)
			}
		}
	}
}

// RFC 9113 §8.3.1, RFC 9114 §4.3.1: two names for one authority.
func TestHostDiffers(t *testing.T) {
	s := startAll(t, &serve.Server{Handler: unruly()})
	for _, r := range lanes[2:] {
		for host, want := range map[string]string{"a.test": "[200]", "A.TEST": "[200]", "b.test": "[400]"} {
			if r.protocol == wire.H3 && host != "a.test" {
				want = "[]" // quic-go: malformed, so a stream error (RFC 9114 §4.1.2)
			}
			t.Run(r.name+" "+host, func(t *testing.T) {
				scheme := "http"
				if r.secure {
					scheme = "https"
				}
				x := ask(t, r.dial(t, s), &peer.Request{Section: wire.Fields{
					{Name: ":method", Value: "GET"}, {Name: ":scheme", Value: scheme}, {Name: ":authority", Value: "a.test"},
					{Name: ":path", Value: "/echo"}, {Name: "host", Value: host}}})
				if got := fmt.Sprint(x.Statuses()); got != want {
					t.Fatalf("got %s, want %s; end %s", got, want, x.End)
				}
				if want == "[]" && x.End != wire.EndReset {
					t.Errorf("end %s", x.End)
				}
				if want == "[400]" && !bytes.Contains(x.Final.Content.Data, []byte(`"reason": "host-differs"`)) {
					t.Errorf("%s", x.Final.Content.Data)
				}
			})
		}
	}
}
