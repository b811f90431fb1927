package serve

import (
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// run lets the handler answer and ends the exchange.
func (x *exchange) run() fate {
	whole := x.c.s.contain(&x.response, x.http, x.c.s.Handler)
	x.ctx.end()
	x.c.resume()
	switch {
	case x.hijacked:
		x.tap(wire.EndTunnel)
		return notOurs
	case !whole:
		x.tap(wire.EndCut)
		return hangUp
	}
	return x.complete()
}

// takeBack forgets an answer of which nothing was sent yet, so that another can
// take its place. It reports false if it is too late.
func (w *response) takeBack() bool {
	if w.sentHead || w.hijacked {
		return false
	}
	w.wroteHead, w.written, w.kept, w.fields = false, 0, nil, nil
	w.x.c.out = w.x.c.out[:0]
	return true
}

// refuse answers a request that no handler saw.
func (x *exchange) refuse(r *wire.Refusal) fate {
	r.Answer(&x.response, x.http, x.c.s.Lang)
	x.close = true
	return x.complete()
}

// complete sends what is left of the answer and decides what becomes of the
// connection.
func (x *exchange) complete() fate {
	if !x.wroteHead {
		// A handler that was stopped by what the client sent, and said
		// nothing, is spoken for.
		if x.body != nil && x.body.refusal != nil {
			x.body.refusal.Answer(&x.response, x.http, x.c.s.Lang)
		} else {
			x.WriteHeader(http.StatusOK)
		}
	}
	now := time.Now()
	if !x.sentHead {
		x.compose(!x.hasTrailers(), now)
	}
	if x.chunked {
		x.c.out = wire.AppendLastChunk(x.c.out, x.trailers())
	}
	x.flushOut(now)
	short := x.length >= 0 && x.written < x.length && mayHaveContent(x.record.Request.Method, x.code)
	switch {
	case x.err != nil, short:
		// RFC 9112 §8: the client has to see that the answer was cut.
		x.tap(wire.EndCut)
		return hangUp
	case x.close:
		x.tap(wire.EndClosed)
		return linger
	}
	end := x.drain()
	x.tap(end)
	if end != wire.EndKept {
		return linger
	}
	return goOn
}

// mayDrain is how much unread content is read away for the sake of the
// connection; more is left, and the connection closed (RFC 9112 §9.3). drain
// says what has become of the connection.
const mayDrain = 256 << 10

func (x *exchange) drain() wire.End {
	if x.body == nil || x.body.wire.Done() {
		return wire.EndKept
	}
	return x.readAway()
}

// readAway is apart from drain because its room would otherwise be on the stack
// of every connection, most of which never have anything to read away. A client
// that breaks off here, or falls silent, has ended the connection, not we.
func (x *exchange) readAway() wire.End {
	var scrap [4 << 10]byte
	x.c.waiting = forContent
	for left := mayDrain; left > 0; {
		n, err := x.body.wire.Read(scrap[:])
		left -= n
		switch {
		case err == nil:
		case x.body.wire.Done():
			return wire.EndKept
		case isTimeout(err):
			return wire.EndSilent
		default:
			return wire.EndCut
		}
	}
	return wire.EndClosed
}

// closesFor reports whether the answer's head has to announce that the
// connection closes, for the sake of content that nobody has read: a client
// that still waits for its 100 may send the content or not, and what is too
// long or of unknown length is not read away.
func (x *exchange) closesFor() bool {
	b := x.body
	if b == nil || b.done.Load() {
		return false
	}
	return b.expected || b.refusal != nil || x.http.ContentLength < 0 ||
		x.http.ContentLength-b.total > mayDrain
}

// compose writes the final answer's head before the content that has gathered.
// complete says that there will be no more content.
func (w *response) compose(complete bool, now time.Time) {
	x, c := w.x, w.x.c
	gathered := len(c.out)
	method := x.record.Request.Method
	w.sentHead = true
	if x.closesFor() {
		x.close = true
	}
	x.settleFraming(complete)
	if member(w.options, "close") {
		x.close = true
	}
	answer := &x.record.answer
	answer.Status = status.Code(w.code)
	answer.Reason = wire.ReasonPhrase(answer.Status)
	// RFC 9110 §6.2: the server's own highest version, whatever minor version
	// the client speaks.
	answer.Version = wire.Version{Major: 1, Minor: 1}
	answer.Framing = w.framing()
	fields := w.fields
	if len(fields) > 0 && fields[0].Name == "Date" && fields[0].Value == "" {
		fields[0].Value = date(now)
	}
	add := func(name, value string) {
		fields = append(fields, wire.Field{Name: name, Value: value})
	}
	if !w.typed && gathered > 0 {
		add("Content-Type", http.DetectContentType(c.out))
	}
	if w.length >= 0 && mayHaveLength(method, w.code) && w.code != http.StatusNotModified {
		add("Content-Length", strconv.FormatInt(w.length, 10))
	}
	if w.chunked {
		add("Transfer-Encoding", "chunked")
	}
	if c.tls != nil && c.s.overH3 != nil && w.code != http.StatusMisdirectedRequest {
		add("Alt-Svc", c.s.altSvc)
	}
	answer.Fields = w.appendConnection(fields, w.options)
	w.final = answer
	w.place(answer, gathered)
}

// settleFraming decides how the content's end will be found: by a length, by
// chunks, or, for HTTP/1.0, by the end of the connection (RFC 9112 §6.3).
func (x *exchange) settleFraming(complete bool) {
	w := &x.response
	switch {
	case w.code == http.StatusResetContent:
		// RFC 9110 §15.3.6 has no content, but RFC 9112 §6.3 still frames it.
		w.length = 0
	case !mayHaveContent(x.record.Request.Method, w.code):
		// To HEAD, a length that the handler states, or what it wrote if that
		// was all, is what GET would have (RFC 9110 §8.6).
		if complete && w.length < 0 && w.written > 0 {
			w.length = w.written
		}
	case w.length >= 0:
	case complete:
		w.length = w.written
	case x.record.Request.Version.AtLeast(1, 1):
		w.chunked = true
	default:
		x.close = true
	}
}

func (w *response) framing() wire.Framing {
	switch {
	case !mayHaveContent(w.x.record.Request.Method, w.code) && w.code != http.StatusResetContent:
		return wire.FramedNone
	case w.chunked:
		return wire.FramedChunked
	case w.length >= 0:
		return wire.FramedLength
	}
	return wire.FramedClose
}

// appendConnection adds the Connection field: what the handler put there, and
// whether the connection closes (RFC 9112 §9.6) or, for HTTP/1.0, stays (§9.3).
func (w *response) appendConnection(fields wire.Fields, given []string) wire.Fields {
	x := w.x
	for _, value := range given {
		for m := range wire.Members(value) {
			if m != "close" && m != "keep-alive" {
				fields = append(fields, wire.Field{Name: "Connection", Value: fieldText(m)})
			}
		}
	}
	switch {
	case x.close || x.c.isStopped():
		x.close = true
		fields = append(fields, wire.Field{Name: "Connection", Value: "close"})
	case !x.record.Request.Version.AtLeast(1, 1):
		fields = append(fields, wire.Field{Name: "Connection", Value: "keep-alive"})
	}
	return fields
}

// place writes the head in front of the content that has gathered in the
// connection's buffer, and that content as a first chunk if it is chunked.
func (w *response) place(answer *wire.Response, gathered int) {
	c := w.x.c
	var room [1 << 10]byte
	head := wire.AppendResponse(room[:0], answer)
	if w.chunked && gathered > 0 {
		head = strconv.AppendInt(head, int64(gathered), 16)
		head = append(head, '\r', '\n')
	}
	c.out = append(c.out, head...)
	copy(c.out[len(head):], c.out[:gathered])
	copy(c.out, head)
	if w.chunked && gathered > 0 {
		c.out = append(c.out, '\r', '\n')
	}
}

// hasTrailers reports whether there are trailers to be sent, which need chunks.
func (w *response) hasTrailers() bool {
	if !w.x.record.Request.Version.AtLeast(1, 1) || !mayHaveContent(w.x.record.Request.Method, w.code) {
		return false
	}
	if w.announced {
		return true
	}
	for name := range w.header {
		if strings.HasPrefix(name, http.TrailerPrefix) {
			return true
		}
	}
	return false
}

// trailers are the fields that the handler announced in Trailer, or named with
// http.TrailerPrefix, after it wrote the content.
func (w *response) trailers() wire.Fields {
	var fields wire.Fields
	for _, value := range w.header["Trailer"] {
		for name := range wire.Members(value) {
			for _, v := range w.header[http.CanonicalHeaderKey(name)] {
				fields = append(fields, wire.Field{Name: name, Value: fieldText(v)})
			}
		}
	}
	for name, values := range w.header {
		if len(name) > len(http.TrailerPrefix) && name[:len(http.TrailerPrefix)] == http.TrailerPrefix {
			for _, v := range values {
				fields = append(fields, wire.Field{Name: name[len(http.TrailerPrefix):], Value: fieldText(v)})
			}
		}
	}
	if w.final != nil {
		w.final.Trailers = fields
	}
	return fields
}

func member(values []string, want string) bool {
	for _, value := range values {
		for m := range wire.Members(value) {
			if m == want {
				return true
			}
		}
	}
	return false
}

// dates holds the Date field's value for the present second.
var dates atomic.Pointer[datestamp]

type datestamp struct {
	second int64
	text   string
}

func date(now time.Time) string {
	if d := dates.Load(); d != nil && d.second == now.Unix() {
		return d.text
	}
	d := &datestamp{now.Unix(), now.UTC().Format(http.TimeFormat)}
	dates.Store(d)
	return d.text
}
