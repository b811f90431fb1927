package linttest

import (
	"bufio"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// Handler returns a handler that answers as h does and fails the test for what
// its answers, or the requests to it, break. What the server adds to an answer
// (Date, Content-Length, a sniffed Content-Type) is not h's and is not judged.
func Handler(t TB, h http.Handler, options ...Option) http.Handler {
	t.Helper()
	j := newJudge(t, options)
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		answering := &writer{ResponseWriter: w, started: time.Now()}
		var sent *content
		passed := q
		if q.Body != nil && q.Body != http.NoBody {
			sent = &content{ReadCloser: q.Body}
			passed = q.WithContext(q.Context())
			passed.Body = sent
		}
		h.ServeHTTP(answering, passed)
		if x := answering.exchange(q, sent); x != nil {
			j.exchange(x)
		}
	})
}

// A writer notes what a handler answers.
type writer struct {
	http.ResponseWriter
	started  time.Time
	interims []wire.Response
	code     int
	header   http.Header // as it was sent
	content  wire.Content
	hijacked bool
}

func (w *writer) WriteHeader(code int) {
	switch {
	case w.code != 0:
	case code >= 100 && code < 200 && code != http.StatusSwitchingProtocols:
		p := wire.Response{Status: status.Code(code)}
		p.Framing = wire.FramedNone
		p.Fields = fieldsOf(w.Header())
		w.interims = append(w.interims, p)
	default:
		w.code, w.header = code, w.Header().Clone()
	}
	w.ResponseWriter.WriteHeader(code)
}

func fieldsOf(h http.Header) wire.Fields {
	var fields wire.Fields
	for _, name := range slices.Sorted(maps.Keys(h)) {
		for _, value := range h[name] {
			fields = append(fields, wire.Field{Name: name, Value: value})
		}
	}
	return fields
}

func (w *writer) Write(octets []byte) (int, error) {
	if w.code == 0 {
		w.WriteHeader(http.StatusOK)
	}
	n, err := w.ResponseWriter.Write(octets)
	take(&w.content, octets[:n])
	return n, err
}

// Flush sends what there is; the header too.
func (w *writer) Flush() {
	if w.code == 0 {
		w.WriteHeader(http.StatusOK)
	}
	http.NewResponseController(w.ResponseWriter).Flush()
}

// Hijack gives the connection away; what is said on it then is not judged.
func (w *writer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	c, rw, err := http.NewResponseController(w.ResponseWriter).Hijack()
	w.hijacked = w.hijacked || err == nil
	return c, rw, err
}

// Unwrap is for http.ResponseController.
func (w *writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// exchange returns what the handler made of the request; nil if it took the
// connection.
func (w *writer) exchange(q *http.Request, sent *content) *wire.Exchange {
	if w.hijacked {
		return nil
	}
	if w.code == 0 {
		w.code, w.header = http.StatusOK, w.Header().Clone()
	}
	header := w.header
	var trailer http.Header
	// A field that Trailer announced, or that has the prefix, comes after the
	// content.
	for name, values := range w.Header() {
		if after, ok := strings.CutPrefix(name, http.TrailerPrefix); ok {
			if trailer == nil {
				trailer = http.Header{}
			}
			trailer[after] = values
			delete(header, name)
		}
	}
	// RFC 9110 §9.3.2: what is written in answer to HEAD is not sent.
	w.content.Complete = true
	if q.Method == http.MethodHead || w.code == http.StatusNotModified || w.code == http.StatusNoContent {
		w.content = wire.Content{Complete: true}
	}
	var read *wire.Content
	if sent != nil {
		if c := sent.copy(); c.Complete {
			read = &c
		}
	}
	x := wire.FromHTTPContents(q, &http.Response{StatusCode: w.code, Header: header, Trailer: trailer}, read, &w.content)
	x.Interim = w.interims
	x.Seen |= wire.ShowsInterim | wire.ShowsTimes
	x.Started, x.Took = w.started, time.Since(w.started)
	return x
}
