package wire_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/statute-http/statute/wire"
)

// answering gives one answer for all: fields of every kind that net/http hides.
var answering = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/chunked":
		w.Header().Set("Trailer", "Sum")
		io.WriteString(w, "abc")
		w.(http.Flusher).Flush()
		w.Header().Set("Sum", "6")
	case "/pragma":
		w.Header().Set("Pragma", "no-cache")
		w.Header().Set("Content-Length", "0")
	case "/close":
		w.Header().Set("Connection", "close")
		w.WriteHeader(http.StatusNoContent)
	case "/gzip":
		w.Header().Set("Content-Encoding", "gzip")
		// An empty gzip member.
		io.WriteString(w, "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\x01\x00\x00\xff\xff\x00\x00\x00\x00\x00\x00\x00\x00")
	default:
		w.Header().Set("Allow", "GET")
		w.WriteHeader(http.StatusMethodNotAllowed)
		io.WriteString(w, "abc")
	}
})

// What a client got is shown as it crossed the wire, and what net/http kept to
// itself is not observable.
func TestFromHTTPClient(t *testing.T) {
	s := httptest.NewUnstartedServer(answering)
	s.EnableHTTP2 = true
	s.StartTLS()
	defer s.Close()
	plain := httptest.NewServer(answering)
	defer plain.Close()
	for _, test := range []struct {
		method, path string
		want         string // status, framing, trailers
		hidden       string // a field of the answer that is not observable, if one
		shows, not   wire.Evidence
	}{
		{"GET", "/", "405 Method Not Allowed length", "Connection", wire.ShowsResponse | wire.ShowsContent | wire.ShowsVersion | wire.ShowsReason | wire.ShowsTrailers, wire.ShowsFraming | wire.ShowsInterim | wire.ShowsOctets},
		{"HEAD", "/", "405 Method Not Allowed none", "Connection", wire.ShowsContent, wire.ShowsAfter},
		{"GET", "/chunked", "200 OK chunked Sum=6", "Content-Length", wire.ShowsTrailers, wire.ShowsFraming},
		{"GET", "/pragma", "200 OK length", "Cache-Control", wire.ShowsContent, wire.ShowsFraming},
		{"GET", "/close", "204 No Content none", "Connection", wire.ShowsContent, wire.ShowsConnection | wire.ShowsEnd},
		{"GET", "/gzip", "200 OK ", "Content-Encoding", wire.ShowsResponse, wire.ShowsContent},
	} {
		req, err := http.NewRequest(test.method, plain.URL+test.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Length", "99") // which the Transport does not send
		req.Header.Set("X-A", "b")
		resp, err := plain.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		x := wire.FromHTTPContents(nil, resp, nil, &wire.Content{Length: int64(len(content)), Data: content, Complete: true})
		got := fmt.Sprintf("%d %s %s", x.Final.Status, x.Final.Reason, x.Final.Framing)
		for _, f := range x.Final.Trailers {
			got += " " + f.Name + "=" + f.Value
		}
		if got != test.want {
			t.Errorf("%s: got %q, want %q", test.path, got, test.want)
		}
		if x.Final.Has(test.hidden) != wire.Unobservable {
			t.Errorf("%s: %s is %v, want unobservable", test.path, test.hidden, x.Final.Has(test.hidden))
		}
		if !x.Shows(test.shows) || x.Seen&test.not != 0 {
			t.Errorf("%s: shows %b", test.path, x.Seen)
		}
		q := x.Request
		if q.Method != test.method || q.Target != test.path || "http://"+q.Authority != plain.URL || q.Scheme != "http" || q.Version != (wire.Version{Major: 1, Minor: 1}) {
			t.Errorf("%s: request %+v", test.path, q)
		}
		if q.Has("Content-Length") != wire.Unobservable || q.Has("Host") != wire.Unobservable || q.Has("X-A") != wire.Present || q.Has("X-B") != wire.Absent {
			t.Errorf("%s: request's fields %+v", test.path, q)
		}
	}
	resp, err := s.Client().Get(s.URL + "/chunked")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	x := wire.FromHTTP(nil, resp)
	if x.Conn.Protocol != wire.H2 || x.Conn.TLS == nil || x.Conn.TLS.ALPN != "h2" || x.Final.Framing != wire.FramedStream ||
		x.Final.Reason != "" || x.Shows(wire.ShowsReason) || x.Shows(wire.ShowsContent) || x.Request.Scheme != "https" {
		t.Errorf("over HTTP/2: %+v", x)
	}
	if content, _ := io.ReadAll(resp.Body); string(content) != "abc" {
		t.Errorf("FromHTTP took of the content: %q is left", content)
	}
}

// What a server got crossed the wire; what its handler said did not.
func TestFromHTTPServer(t *testing.T) {
	var seen []*wire.Exchange
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		recorder := httptest.NewRecorder()
		answering(recorder, r)
		seen = append(seen, wire.FromHTTP(r, recorder.Result()))
		if content, _ := io.ReadAll(r.Body); string(content) != r.Header.Get("Expected") {
			t.Errorf("FromHTTP took of the content: %q is left", content)
		}
		w.WriteHeader(http.StatusNoContent)
	}))
	defer s.Close()
	resp, err := http.Post(s.URL+"/a?b", "text/plain", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	req, _ := http.NewRequest("PUT", s.URL+"/a", io.MultiReader(strings.NewReader("abc")))
	req.Header.Set("Expected", "abc")
	if resp, err = http.DefaultClient.Do(req); err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	x := seen[0]
	if q := x.Request; q.Target != "/a?b" || q.Framing != wire.FramedLength || q.Has("Content-Length") != wire.Present ||
		q.Has("Host") != wire.Unobservable || q.Has("Expect") != wire.Unobservable || !x.Shows(wire.ShowsRequestContent) || x.Conn.Peer == "" {
		t.Errorf("%+v", x)
	}
	if p := x.Final; p.Status != 405 || p.Has("Allow") != wire.Present || p.Has("Date") != wire.Unobservable || p.Has("ETag") != wire.Absent {
		t.Errorf("%+v", p)
	}
	if x.Seen&(wire.ShowsVersion|wire.ShowsReason|wire.ShowsContent) != 0 {
		t.Errorf("a recorder's answer shows %b", x.Seen)
	}
	if x = seen[1]; x.Request.Framing != wire.FramedChunked || x.Request.Has("Content-Length") != wire.Unobservable || x.Shows(wire.ShowsRequestContent) {
		t.Errorf("%+v", x)
	}
}

// Fields are sorted by name, their own order within a name kept; what is missing
// is no panic.
func TestFromHTTPOddValues(t *testing.T) {
	if x := wire.FromHTTP(nil, nil); x.Final != nil || x.Shows(wire.ShowsResponse) || x.Request.Method != "GET" {
		t.Errorf("of nothing: %+v", x)
	}
	resp := &http.Response{StatusCode: 200, Header: http.Header{"B": {"1", "2"}, "A": {"3"}}}
	x := wire.FromHTTP(&http.Request{Method: "CONNECT", Host: "a:1"}, resp)
	if got := fmt.Sprint(x.Final.Fields); got != "[{A 3 false} {B 1 false} {B 2 false}]" {
		t.Errorf("fields %s", got)
	}
	if !slices.Equal(resp.Header["B"], []string{"1", "2"}) || x.Request.Authority != "a:1" {
		t.Errorf("%+v", x)
	}
}
