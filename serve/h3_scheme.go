package serve

import (
	"context"
	"net/http"
	"sync"

	"github.com/quic-go/quic-go"
	h3qlog "github.com/quic-go/quic-go/http3/qlog"
	"github.com/quic-go/quic-go/qlogwriter"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// A schemeWatch finds out which requests of a connection have no :scheme. quic-go
// takes them, and its http.Request does not tell them apart; but what it writes
// to its log of events has the field lines as they came, and is written by the
// goroutine that calls the handler next.
type schemeWatch struct {
	mu      sync.Mutex
	asked   bool
	without map[quic.StreamID]struct{}
}

// maxSchemeless bounds what is remembered of one connection. An entry goes with
// its request; those of requests that quic-go itself refuses, for something else
// that is wrong with them, stay.
const maxSchemeless = 1000

func watchScheme(context.Context, bool, quic.ConnectionID) qlogwriter.Trace {
	return &schemeWatch{without: map[quic.StreamID]struct{}{}}
}

// AddProducer is asked for a log first by QUIC itself, whose packets are not
// looked at, and then by HTTP/3.
func (w *schemeWatch) AddProducer() qlogwriter.Recorder {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.asked {
		w.asked = true
		return nil
	}
	return w
}

// Close has nothing to end.
func (w *schemeWatch) Close() error { return nil }

func (w *schemeWatch) RecordEvent(e qlogwriter.Event) {
	parsed, ok := e.(h3qlog.FrameParsed)
	if !ok {
		return
	}
	head, ok := parsed.Frame.Frame.(h3qlog.HeadersFrame)
	if !ok {
		return
	}
	var method string
	for _, f := range head.HeaderFields {
		switch f.Name {
		case ":scheme":
			return
		case ":method":
			method = f.Value
		}
	}
	// RFC 9114 §4.4: CONNECT has none. A section without :method is that of
	// trailers.
	if method == "" || method == http.MethodConnect {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.without) < maxSchemeless {
		w.without[parsed.StreamID] = struct{}{}
	}
}

// lacks reports whether the request on a stream has no :scheme, once.
func (w *schemeWatch) lacks(stream quic.StreamID) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, ok := w.without[stream]
	delete(w.without, stream)
	return ok
}

type schemeKey struct{}

// schemeless refuses a request over HTTP/3 that has no :scheme. RFC 9114 §4.3.1,
// §4.1.2: it is malformed, and may be answered.
func schemeless(r *http.Request) *wire.Refusal {
	watch, ok := r.Context().Value(schemeKey{}).(*schemeWatch)
	if !ok {
		return nil
	}
	if stream, ok := r.Body.(interface{ StreamID() quic.StreamID }); !ok || !watch.lacks(stream.StreamID()) {
		return nil
	}
	return &wire.Refusal{
		Status: 400, Gate: 1, Reason: "no-scheme", Spec: "RFC 9114 §4.3.1",
		Detail: lang.Text{
			En:   "The request has no :scheme. Send it with https.",
			ZhTW: "請求沒有 :scheme。請送出 https。"},
	}
}
