package serve

import (
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// guardedBody is a request's content over HTTP/2 and HTTP/3, within our limits.
type guardedBody struct {
	w        *guarded
	lib      io.ReadCloser
	left     int64
	by       time.Time // when all of it has to be there
	set      time.Time // read deadline as last set
	total    int64
	kept     []byte
	done     bool
	expected bool
	refusal  *wire.Refusal
	tunnel   bool // not content, but octets of a tunnel, whose bounds its handler has

	announced http.Header // the request's trailers: names at once, values once the content was read
}

// isShort reports whether reading failed since the content ended before its
// content-length. quic-go says so by io.ErrUnexpectedEOF; net/http over HTTP/2
// has no type for it, only these words, which TestShortContent would miss if
// they changed.
func isShort(err error, over wire.Protocol) bool {
	if over == wire.H3 {
		return err == io.ErrUnexpectedEOF
	}
	return strings.Contains(err.Error(), "declared a Content-Length")
}

// shorterThanAnnounced: RFC 9113 §8.1.1, RFC 9114 §4.1.2. The request is
// malformed, and an answer may say so.
func shorterThanAnnounced(over wire.Protocol) *wire.Refusal {
	spec := "RFC 9113 §8.1.1"
	if over == wire.H3 {
		spec = "RFC 9114 §4.1.2"
	}
	return &wire.Refusal{
		Status: 400, Gate: 14, Reason: "content-length-mismatch", Spec: spec,
		Detail: lang.Text{
			En:   "The request's content ended before the length that it announced.",
			ZhTW: "請求的內容在達到所宣告的長度之前就結束了。"},
	}
}

// Read reads content. Where the client is at fault the error is a
// *wire.Refusal, as over HTTP/1.1.
func (b *guardedBody) Read(p []byte) (int, error) {
	switch {
	case b.tunnel:
		return b.lib.Read(p)
	case b.refusal != nil:
		return 0, b.refusal
	}
	b.continues()
	now, stall := time.Now(), b.w.s.Limits.Stall
	if due := now.Add(stall); b.set.Before(due) || b.set.After(due.Add(stall/8)) {
		b.set = due.Add(stall / 8)
		if b.set.After(b.by) {
			b.set = b.by
		}
		b.w.control.SetReadDeadline(b.set)
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.lib.Read(p)
	b.total += int64(n)
	b.kept = b.w.s.keep(b.kept, p[:n])
	switch b.left -= int64(n); {
	case b.left < 0:
		b.refusal = tooLarge(b.w.s.Limits.Content)
	case err != nil && isTimeout(err):
		b.refusal = contentTimeout()
	case err != nil && isShort(err, b.w.protocol):
		b.refusal = shorterThanAnnounced(b.w.protocol)
	default:
		if err == io.EOF && !b.done {
			b.done = true
			b.trailers()
		}
		return n, err
	}
	return n, b.refusal
}

// continues sends 100 to a client that waits for it, unless the answer was begun.
func (b *guardedBody) continues() {
	b.w.mu.Lock()
	defer b.w.mu.Unlock()
	if b.expected && !b.w.wroteHead {
		b.w.writeHeader(http.StatusContinue)
	}
	b.expected = false
}

func (b *guardedBody) Close() error { return b.lib.Close() }

// trailers puts the trailers that the request announced where the handler looks
// for them. quic-go sets the field Trailer of its own request anew, which copies
// of the request do not see; the map with the announced names they share.
func (b *guardedBody) trailers() {
	for name := range b.announced {
		b.announced[name] = b.w.r.Trailer[name]
	}
}

// tap hands over the finished exchange. The libraries keep some things from us:
// whether net/http sent a 100, octets, how the connection ended.
func (w *guarded) tap(end wire.End) {
	if w.s.Tap == nil {
		return
	}
	x := &w.record
	if facts := wire.ConnOf(w.r.Context()); facts != nil {
		x.Conn = *facts
	}
	x.Conn.EarlyData = w.early
	q := &x.Request
	q.Method, q.Target, q.Authority, q.Scheme = w.r.Method, w.r.RequestURI, w.r.Host, "http"
	if w.r.TLS != nil {
		q.Scheme = "https"
	}
	q.Version, q.Framing = versionOf(w.protocol), wire.FramedStream
	for _, name := range sortedNames(w.r.Header, nil) {
		for _, value := range w.r.Header[name] {
			q.Fields = append(q.Fields, wire.Field{Name: strings.ToLower(name), Value: value})
		}
	}
	for _, name := range sortedNames(w.r.Trailer, nil) {
		for _, value := range w.r.Trailer[name] {
			q.Trailers = append(q.Trailers, wire.Field{Name: strings.ToLower(name), Value: value})
		}
	}
	none := w.r.Body == nil || w.r.Body == http.NoBody
	q.Content = wire.Content{Length: w.body.total, Data: w.body.kept, Complete: none || w.body.done}
	if x.Final != nil && mayHaveContent(q.Method, w.code) {
		x.Final.Content = wire.Content{Length: w.written, Data: w.kept}
	}
	if x.Final != nil {
		x.Final.Content.Complete = end == wire.EndKept
	}
	x.End = end
	x.Seen = wire.ShowsAll &^ (wire.ShowsOctets | wire.ShowsInterim | wire.ShowsConnection | wire.ShowsReason | wire.ShowsAfter)
	// net/http takes Expect out of the header when it answers it.
	q.Hidden = []string{"Expect", "Connection", "Host"}
	// A length that the library computed is not among our fields.
	if x.Final != nil {
		x.Final.Hidden = []string{"Content-Length"}
	}
	x.Took = time.Since(x.Started)
	w.s.pour(x)
}

func versionOf(p wire.Protocol) wire.Version {
	switch p {
	case wire.H2:
		return wire.Version{Major: 2}
	case wire.H3:
		return wire.Version{Major: 3}
	}
	return wire.Version{Major: 1, Minor: 1}
}
