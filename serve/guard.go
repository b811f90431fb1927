package serve

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// guard stands between the libraries that speak HTTP/2 and HTTP/3 and our
// handler. It refuses what our engine refuses over HTTP/1.1 and the libraries
// let in, keeps back what they let out, contains panics and feeds the tap.
func (s *Server) guard(protocol wire.Protocol) http.Handler {
	return http.HandlerFunc(func(lib http.ResponseWriter, r *http.Request) {
		w := newGuarded(s, protocol, lib, r)
		inner := r
		if w.early {
			inner = asEarly(r)
		}
		if r.Body != nil && r.Body != http.NoBody {
			copied := *inner
			copied.Body = w.body
			inner = &copied
		}
		whole := true
		if refusal := s.judge(r); refusal != nil {
			refusal.Answer(w, r, s.Lang)
		} else {
			whole = s.contain(w, inner, s.Handler)
		}
		if !whole || w.stall.happened() {
			w.tap(wire.EndReset)
			panic(http.ErrAbortHandler) // the library resets the stream
		}
		w.complete()
		w.tap(wire.EndKept)
	})
}

// judge is gate 1 as far as HTTP/2 and HTTP/3 leave it open: limits of the
// target and of the fields, and two names for one authority. Grammar and framing
// are the libraries' and end the stream, not with an answer.
func (s *Server) judge(r *http.Request) *wire.Refusal {
	if refusal := schemeless(r); refusal != nil {
		return refusal
	}
	limits := &s.Limits.Message
	if n := len(r.RequestURI); n > limits.Target {
		return fault1(wire.TargetTooLong, "")
	}
	fields, size := 0, 0
	for name, values := range r.Header {
		fields += len(values)
		for _, value := range values {
			line := len(name) + len(value) + 2
			if line > limits.Field {
				return fault1(wire.FieldTooLarge, name)
			}
			size += line
		}
	}
	switch {
	case fields > limits.Fields:
		return fault1(wire.TooManyFields, "")
	case size > limits.Head:
		return fault1(wire.HeadTooLarge, "")
	}
	// RFC 9113 §8.3.1, RFC 9114 §4.3.1: Host, if it is there at all, says the
	// same as :authority.
	if host := r.Header.Get("Host"); host != "" && !strings.EqualFold(host, r.Host) {
		return &wire.Refusal{
			Status: 400, Gate: 1, Reason: "host-differs", Spec: "RFC 9113 §8.3.1",
			Detail: lang.Text{
				En:   "Host and :authority name different authorities. Send :authority alone.",
				ZhTW: "Host 與 :authority 指的不是同一個主機。請只送 :authority。"},
		}
	}
	return nil
}

func fault1(kind wire.FaultKind, field string) *wire.Refusal {
	r := (&wire.Fault{Kind: kind, Field: field}).Refusal()
	e := kind.Entry()
	r.Detail = e.Says
	if field != "" {
		r.Detail.En += fmt.Sprintf(" Field: %s.", field)
		r.Detail.ZhTW += fmt.Sprintf("欄位：%s。", field)
	}
	return r
}

// guarded is the response as a handler sees it over HTTP/2 and HTTP/3.
type guarded struct {
	s        *Server
	protocol wire.Protocol
	lib      http.ResponseWriter
	control  *http.ResponseController
	r        *http.Request
	body     *guardedBody
	header   http.Header
	early    bool // the request came in TLS early data
	stall    stall

	mu        sync.Mutex // guards the answer: a 100 may come from whoever reads the content
	code      int
	wroteHead bool // WriteHeader was called with the final code
	sentHead  bool // and passed on to the library
	written   int64
	kept      []byte
	record    wire.Exchange
}

func newGuarded(s *Server, protocol wire.Protocol, lib http.ResponseWriter, r *http.Request) *guarded {
	w := &guarded{
		s: s, protocol: protocol, lib: lib, r: r,
		control: http.NewResponseController(lib), header: http.Header{}, early: isEarly(r.Context()),
	}
	w.stall.init(s.Limits.Write, w.control)
	w.record.Started = time.Now()
	w.body = &guardedBody{
		w: w, lib: r.Body, left: s.Limits.Content, by: w.record.Started.Add(s.Limits.Upload),
		refusal: tooLong(r.ContentLength, s.Limits.Content), announced: r.Trailer,
		tunnel: r.Method == http.MethodConnect,
	}
	if protocol == wire.H3 {
		// net/http sends 100 over HTTP/2 by itself, quic-go does not.
		w.body.expected = expects100(r.Header["Expect"])
	}
	return w
}

func expects100(expect []string) bool {
	for _, value := range expect {
		for m := range wire.Members(value) {
			if strings.EqualFold(m, "100-continue") {
				return true
			}
		}
	}
	return false
}

func (w *guarded) Header() http.Header                { return w.header }
func (w *guarded) Decide(d wire.Decision)             { w.record.Decision = d }
func (w *guarded) EnableFullDuplex() error            { return nil }
func (w *guarded) SetWriteDeadline(t time.Time) error { return w.control.SetWriteDeadline(t) }

// SetReadDeadline bounds the handler's reading; the server's limits hold too.
func (w *guarded) SetReadDeadline(t time.Time) error {
	if !t.IsZero() && t.Before(w.body.by) {
		w.body.by = t
	}
	return nil
}

// takeBack forgets an answer of which nothing was sent yet.
func (w *guarded) takeBack() bool {
	if w.sentHead {
		return false
	}
	w.wroteHead, w.record.Final = false, nil
	clear(w.lib.Header())
	return true
}

// WriteHeader takes down what the protocol allows of the answer; it is sent with
// the first content, or at the end. 101 has no place here: RFC 9113 §8.6, RFC
// 9114 §4.5.
func (w *guarded) WriteHeader(code int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.writeHeader(code)
}

func (w *guarded) writeHeader(code int) {
	if w.wroteHead {
		return
	}
	if code == http.StatusSwitchingProtocols {
		panic("101 over " + string(w.protocol) + ", which has no upgrade")
	}
	interim := code >= 100 && code <= 199
	answer := w.pass(code, interim)
	if interim {
		w.record.Interim = append(w.record.Interim, answer)
		if code == http.StatusContinue {
			w.body.expected = false
		}
		w.stall.watch(func() { w.lib.WriteHeader(code) })
		clear(w.lib.Header())
		return
	}
	w.wroteHead, w.code = true, code
	w.record.Final = &answer
}

// send sends the head, once.
func (w *guarded) send() {
	if !w.wroteHead {
		w.writeHeader(http.StatusOK)
	}
	if !w.sentHead {
		w.sentHead = true
		w.lib.WriteHeader(w.code)
	}
}

// pass copies the handler's fields to the library's response, but for those
// that the protocol or the code forbids.
func (w *guarded) pass(code int, interim bool) wire.Response {
	answer := wire.Response{Status: status.Code(code)}
	answer.Version = versionOf(w.protocol)
	answer.Framing = wire.FramedStream
	out := w.lib.Header()
	for _, name := range sortedNames(w.header, nil) {
		if slices.Contains(connectionFields, name) {
			continue
		}
		if name == "Content-Length" && (interim || !mayHaveLength(w.r.Method, code)) ||
			name == "Content-Type" && interim {
			continue
		}
		for _, value := range w.header[name] {
			answer.Fields = append(answer.Fields, wire.Field{Name: strings.ToLower(name), Value: fieldText(value)})
		}
		out[name] = w.header[name]
	}
	for name, values := range w.header {
		if strings.HasPrefix(name, http.TrailerPrefix) {
			out[name] = values
		}
	}
	if interim {
		return answer
	}
	set := func(name, value string) {
		if _, ok := out[name]; !ok {
			out.Set(name, value)
			answer.Fields = append(answer.Fields, wire.Field{Name: strings.ToLower(name), Value: value})
		}
	}
	set("Date", date(time.Now()))
	if code == http.StatusResetContent {
		out.Del("Content-Length")
		set("Content-Length", "0")
	}
	if w.protocol == wire.H2 && w.r.TLS != nil && w.s.overH3 != nil && code != http.StatusMisdirectedRequest {
		set("Alt-Svc", w.s.altSvc)
	}
	return answer
}

// Write passes content on where the code allows content.
func (w *guarded) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.wroteHead {
		if _, set := w.header["Content-Type"]; !set && w.header["Content-Encoding"] == nil && len(p) > 0 {
			w.header.Set("Content-Type", http.DetectContentType(p))
		}
		w.writeHeader(http.StatusOK)
	}
	if noContent(w.code) {
		return 0, http.ErrBodyNotAllowed
	}
	w.send()
	n := 0
	for {
		piece := p[n:min(n+stallPiece, len(p))]
		var taken int
		var err error
		w.stall.watch(func() { taken, err = w.lib.Write(piece) })
		n += taken
		w.written += int64(taken)
		w.kept = w.s.keep(w.kept, piece[:taken])
		if err != nil || n == len(p) {
			return n, err
		}
	}
}

// FlushError sends what was written so far.
func (w *guarded) FlushError() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.send()
	var err error
	w.stall.watch(func() { err = w.control.Flush() })
	return err
}

// Flush sends what was written so far.
func (w *guarded) Flush() { w.FlushError() }

// complete answers for a handler that did not, and passes trailers on.
func (w *guarded) complete() {
	if !w.wroteHead {
		if refusal := w.body.refusal; refusal != nil {
			refusal.Answer(w, w.r, w.s.Lang)
		} else {
			w.WriteHeader(http.StatusOK)
		}
	}
	w.send()
	if w.written > 0 {
		// What the library has gathered it sends once we are gone: it has to watch
		// the time itself.
		w.control.SetWriteDeadline(time.Now().Add(w.s.Limits.Write))
	}
	out := w.lib.Header()
	keep := func(key, name string, values []string) {
		out[key] = values
		for _, value := range values {
			w.record.Final.Trailers = append(w.record.Final.Trailers, wire.Field{Name: strings.ToLower(name), Value: fieldText(value)})
		}
	}
	for _, value := range w.header["Trailer"] {
		for name := range wire.Members(value) {
			key := http.CanonicalHeaderKey(name)
			if values := w.header[key]; values != nil {
				keep(key, key, values)
			}
		}
	}
	for name, values := range w.header {
		if strings.HasPrefix(name, http.TrailerPrefix) {
			keep(name, strings.TrimPrefix(name, http.TrailerPrefix), values)
		}
	}
}
