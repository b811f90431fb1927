package serve

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// A response is the answer to an HTTP/1.1 request as the handler writes it.
// Octets gather in the connection's buffer, head and content together, and
// leave when the handler is done, flushes, or has written a bufferful: then a
// small answer is one write and has its true Content-Length.
type response struct {
	x         *exchange
	header    http.Header
	code      int         // of the final answer
	wroteHead bool        // WriteHeader was called with it
	sentHead  bool        // its head was composed; the fields are settled
	fields    wire.Fields // of the final answer, as settled by WriteHeader
	options   []string    // the handler's Connection field
	typed     bool        // the handler has seen to Content-Type
	announced bool        // the handler has announced trailers
	chunked   bool
	length    int64 // announced Content-Length, -1 if none
	written   int64 // octets of content that the handler wrote
	err       error // from sending
	hijacked  bool

	final *wire.Response // as composed
	kept  []byte         // first octets of the content, for the tap
}

// bufferSize is how much content may gather before it has to leave.
const bufferSize = 8 << 10

func (w *response) Header() http.Header {
	if w.header == nil {
		w.header = make(http.Header, 8)
	}
	return w.header
}

// Decide keeps gate and reason for the tap (see wire.Decide).
func (w *response) Decide(d wire.Decision) { w.x.record.Decision = d }

// lock keeps the reader of the request's content, which may be another
// goroutine, from sending its 100 in the middle of an answer.
func (w *response) lock() {
	if w.x.body != nil {
		w.x.body.mu.Lock()
	}
}

func (w *response) unlock() {
	if w.x.body != nil {
		w.x.body.mu.Unlock()
	}
}

func (w *response) WriteHeader(code int) {
	w.lock()
	defer w.unlock()
	w.writeHeader(code)
}

func (w *response) writeHeader(code int) {
	if code < 100 || code > 999 {
		panic(fmt.Sprintf("invalid status code %d: codes have three digits", code))
	}
	if w.wroteHead || w.hijacked {
		return
	}
	if status.Code(code).Interim() && code != http.StatusSwitchingProtocols {
		w.x.interim(code, w.header)
		return
	}
	if code == http.StatusSwitchingProtocols {
		w.switchProtocols()
		return
	}
	if code/100 == 2 && w.x.record.Request.Method == http.MethodConnect {
		w.openTunnel(code)
		return
	}
	w.wroteHead = true
	w.code = code
	w.settle()
}

// settle takes the handler's fields down as they are at WriteHeader: what the
// handler does to its header afterwards changes the answer no more, but for
// trailers. The framing is decided later, when it is known how much content
// there is.
func (w *response) settle() {
	w.length, w.options, w.typed, w.announced = -1, nil, false, false
	dated := false
	var few [12]headerLine
	lines := few[:0]
	// One walk over the header, in place of a look-up for each name that matters.
	for name, values := range w.header {
		switch name {
		case "Content-Length":
			if len(values) == 1 {
				if n, err := strconv.ParseInt(values[0], 10, 64); err == nil && n >= 0 {
					w.length = n
				}
			}
			continue // compose writes it
		case "Connection":
			w.options = values
			continue // compose writes it
		case "Transfer-Encoding":
			continue // compose writes it
		case "Content-Type":
			w.typed = true
		case "Content-Encoding":
			w.typed = w.typed || values != nil
		case "Date":
			dated = true
		case "Trailer":
			w.announced = true
		}
		if strings.HasPrefix(name, http.TrailerPrefix) || !wire.IsToken(name) {
			continue
		}
		i := len(lines)
		lines = append(lines, headerLine{name, values})
		for ; i > 0 && lines[i-1].name > name; i-- {
			lines[i] = lines[i-1]
		}
		lines[i] = headerLine{name, values}
	}
	room := &w.x.record.room
	fields := wire.Fields(room[:0])
	if len(lines) >= len(room) {
		fields = make(wire.Fields, 0, len(lines)+4)
	}
	// RFC 9110 §6.6.1: an origin server with a clock sends Date; compose fills
	// it in.
	if !dated {
		fields = append(fields, wire.Field{Name: "Date"})
	}
	for _, line := range lines {
		if w.announced && w.isTrailer(line.name) {
			continue
		}
		written := fieldName(line.name)
		for _, value := range line.values {
			fields = append(fields, wire.Field{Name: written, Value: fieldText(value)})
		}
	}
	w.fields = fields
}

// A headerLine is one entry of an http.Header.
type headerLine struct {
	name   string
	values []string
}

// isTrailer reports whether the handler has announced the field as a trailer.
func (w *response) isTrailer(name string) bool {
	for _, value := range w.header["Trailer"] {
		for member := range wire.Members(value) {
			if http.CanonicalHeaderKey(member) == name {
				return true
			}
		}
	}
	return false
}

// interim sends a 1xx answer at once. An HTTP/1.0 client gets none: RFC 9110
// §15.2 forbids it.
func (x *exchange) interim(code int, header http.Header) {
	if !x.record.Request.Version.AtLeast(1, 1) || x.hijacked || x.wroteHead {
		return
	}
	if code == http.StatusContinue && x.body != nil {
		x.body.expected = false
	}
	answer := wire.Response{Status: status.Code(code), Reason: wire.ReasonPhrase(status.Code(code))}
	answer.Version = wire.Version{Major: 1, Minor: 1}
	answer.Framing = wire.FramedNone
	for _, name := range sortedNames(header, nil) {
		switch name {
		// RFC 9110 §15.2 and §8.6: an interim answer has no content and so no
		// framing; connection fields wait for the final answer.
		case "Content-Length", "Transfer-Encoding", "Connection", "Trailer", "Content-Type":
			continue
		}
		for _, value := range header[name] {
			answer.Fields = append(answer.Fields, wire.Field{Name: fieldName(name), Value: fieldText(value)})
		}
	}
	x.c.out = wire.AppendResponse(x.c.out, &answer)
	x.record.Interim = append(x.record.Interim, answer)
	x.flushOut(time.Now())
}

// Write buffers content. Writing more than was announced, or anything where no
// content may be, is an error and is not sent.
func (w *response) Write(p []byte) (int, error) {
	w.lock()
	defer w.unlock()
	if w.hijacked {
		return 0, http.ErrHijacked
	}
	if !w.wroteHead {
		w.writeHeader(http.StatusOK)
	}
	if noContent(w.code) {
		return 0, http.ErrBodyNotAllowed
	}
	if w.length >= 0 && w.written+int64(len(p)) > w.length {
		return 0, http.ErrContentLength
	}
	w.written += int64(len(p))
	w.kept = w.x.c.s.keep(w.kept, p)
	if w.x.record.Request.Method == http.MethodHead {
		return len(p), w.err
	}
	w.content(p)
	return len(p), w.err
}

// WriteString is Write for strings.
func (w *response) WriteString(s string) (int, error) { return w.Write([]byte(s)) }

// Unflushed content waits behind room for the head that is not composed yet.
func (w *response) content(p []byte) {
	c := w.x.c
	if !w.sentHead && len(c.out)+len(p) > bufferSize {
		w.compose(false, time.Now())
	}
	switch {
	case !w.sentHead:
		c.out = append(c.out, p...)
	case w.chunked && len(p) > 0:
		c.out = wire.AppendChunk(c.out, p)
	default:
		c.out = append(c.out, p...)
	}
	if w.sentHead && len(c.out) > bufferSize {
		w.x.flushOut(time.Now())
	}
}

// FlushError sends what was written so far.
func (w *response) FlushError() error {
	w.lock()
	defer w.unlock()
	if w.hijacked {
		return http.ErrHijacked
	}
	if !w.wroteHead {
		w.writeHeader(http.StatusOK)
	}
	now := time.Now()
	if !w.sentHead {
		w.compose(false, now)
	}
	w.x.flushOut(now)
	return w.err
}

// Flush sends what was written so far.
func (w *response) Flush() { w.FlushError() }

// flushOut sends what has gathered. A look at the clock costs as much as a small
// allocation, so callers that have looked already pass what they saw.
func (x *exchange) flushOut(now time.Time) {
	if len(x.c.out) > 0 && x.err == nil {
		x.err = x.c.write(x.c.out, now)
		if x.err != nil {
			x.close = true
		}
	}
	x.c.out = x.c.out[:0]
}

// SetReadDeadline bounds the handler's reading of content; the server's own
// limits hold as well.
func (w *response) SetReadDeadline(t time.Time) error {
	w.lock()
	defer w.unlock()
	if w.x.body != nil && (t.Before(w.x.body.by) && !t.IsZero()) {
		w.x.body.by = t
	}
	return nil
}

// SetWriteDeadline bounds the sending of the answer.
func (w *response) SetWriteDeadline(t time.Time) error {
	w.x.c.writeBy = t
	return w.x.c.raw.SetWriteDeadline(t)
}

// EnableFullDuplex does nothing: content may always be read while the answer is
// written, by one goroutine or by two.
func (w *response) EnableFullDuplex() error { return nil }

// switchProtocols sends 101. It is lawful only where the request offered the
// protocol, over HTTP/1.1 (RFC 9110 §7.8); the handler takes the connection over
// with Hijack.
func (w *response) switchProtocols() {
	x := w.x
	upgrade := w.header.Get("Upgrade")
	if !x.record.Request.Version.AtLeast(1, 1) || upgrade == "" || !offered(x.record.Request.Fields, upgrade) {
		panic("101 for a protocol that the request did not offer")
	}
	// RFC 9110 §7.8: a client that waits for 100 gets it before the 101.
	if x.body != nil {
		x.body.continues()
	}
	w.goOver(http.StatusSwitchingProtocols, nil)
}

// openTunnel sends the 2xx to CONNECT, after which the connection carries what
// it likes; the handler takes it over with Hijack.
func (w *response) openTunnel(code int) {
	// RFC 9110 §9.3.6: neither Content-Length nor Transfer-Encoding.
	delete(w.Header(), "Content-Length")
	delete(w.Header(), "Transfer-Encoding")
	w.goOver(code, wire.Fields{{Name: "Date", Value: date(time.Now())}})
}

// goOver sends the last head that is HTTP on the connection.
func (w *response) goOver(code int, fields wire.Fields) {
	x := w.x
	w.wroteHead, w.code, w.length = true, code, -1
	answer := wire.Response{Status: status.Code(code), Reason: wire.ReasonPhrase(status.Code(code))}
	answer.Version = wire.Version{Major: 1, Minor: 1}
	answer.Framing = wire.FramedTunnel
	answer.Fields = fields
	for _, name := range sortedNames(w.header, nil) {
		for _, value := range w.header[name] {
			answer.Fields = append(answer.Fields, wire.Field{Name: fieldName(name), Value: fieldText(value)})
		}
	}
	x.c.out = wire.AppendResponse(x.c.out, &answer)
	w.final = &answer
	w.sentHead = true
	x.close = true
	x.flushOut(time.Now())
}

func offered(fields wire.Fields, upgrade string) bool {
	for protocol := range wire.Members(upgrade) {
		if !fields.HasMember("Upgrade", protocol) {
			return false
		}
	}
	return fields.HasMember("Connection", "upgrade")
}

// Hijack hands the connection to the handler: after a 101, or for a tunnel.
func (w *response) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	x := w.x
	if w.hijacked {
		return nil, nil, http.ErrHijacked
	}
	if w.wroteHead && (w.final == nil || w.final.Framing != wire.FramedTunnel) {
		return nil, nil, errors.New("hijack: the answer was begun already")
	}
	x.ctx.end()
	w.hijacked = true
	x.c.waiting = forNothing
	x.c.readBy = time.Time{}
	x.c.raw.SetDeadline(time.Time{})
	rw := bufio.NewReadWriter(bufio.NewReaderSize(x.c.r, max(4<<10, x.c.r.Buffered())), bufio.NewWriter(x.c.raw))
	if n := x.c.r.Buffered(); n > 0 {
		rw.Reader.Peek(n) // net/http's promise: what was read ahead is buffered here
	}
	return x.c.raw, rw, nil
}

// sortedNames returns the header's names in order, appended to names.
func sortedNames(h http.Header, names []string) []string {
	for name := range h {
		if !wire.IsToken(name) {
			continue // nor is a name with http.TrailerPrefix
		}
		i := len(names)
		names = append(names, name)
		for ; i > 0 && names[i-1] > name; i-- {
			names[i] = names[i-1]
		}
		names[i] = name
	}
	return names
}
