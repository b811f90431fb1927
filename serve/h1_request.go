package serve

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/statute-http/statute/wire"
)

// An exchange is one request on an HTTP/1.1 connection and its answer: what the
// handler sees of it as *http.Request and http.ResponseWriter. It is made anew
// for each request, so that a handler that keeps a part of it cannot see, or
// disturb, another.
type exchange struct {
	c        *conn
	record   *record
	http     *http.Request
	url      url.URL
	ctx      requestContext
	body     *requestBody // nil if the request has no content
	close    bool         // the connection closes after the answer
	headless bool         // the head could not be read to its end
	response
}

// A record is what the tap gets of an exchange. It is apart from the exchange:
// whoever keeps it keeps neither the connection nor what the handler was given.
type record struct {
	wire.Exchange
	answer wire.Response // the final one
	room   [5]wire.Field // for its fields, if they are few
}

// newExchange makes the exchange for the head that was just read.
func (c *conn) newExchange() *exchange {
	x := &exchange{c: c, record: new(record)}
	x.record.Started = c.headStart
	x.record.Request = c.head.Request(c.scheme())
	x.ctx.x = x
	x.response.x = x
	x.close = c.wantsClose(&x.record.Request)
	framed, length := c.head.Framing()
	if framed != wire.FramedNone && !(framed == wire.FramedLength && length == 0) {
		x.body = &requestBody{
			refusal: tooLong(length, c.s.Limits.Content),
			x:       x, wire: c.r.Body(framed, length), left: c.s.Limits.Content,
			// RFC 9110 §10.1.1: the expectation of an HTTP/1.0 client is ignored.
			expected: c.head.HasExpect() && x.record.Request.Version.AtLeast(1, 1) &&
				x.record.Request.Fields.HasMember("Expect", "100-continue"),
			by: time.Now().Add(c.s.Limits.Upload),
		}
		c.contentBy = x.body.by
	}
	x.http = x.newHTTPRequest(framed, length)
	return x
}

// newRefused makes the exchange for a head that could not be read: for the tap,
// for the language that a refused request may still have named, and for its
// method: a HEAD is refused without content (RFC 9110 §9.3.2).
func (c *conn) newRefused() *exchange {
	x := &exchange{c: c, record: new(record), close: true, headless: true}
	x.record.Started = c.headStart
	x.record.Request.Message.Fields = wire.Fields{}
	if len(c.head.Octets()) > 0 {
		x.record.Request = c.head.Request(c.scheme())
	}
	x.ctx.x = x
	x.response.x = x
	header := http.Header{}
	if l := x.record.Request.Fields.Get("Accept-Language"); l != "" {
		header.Set("Accept-Language", l)
	}
	x.http = &http.Request{Method: x.record.Request.Method, Header: header, ProtoMajor: 1, ProtoMinor: 1}
	return x
}

func (c *conn) scheme() string {
	if c.tls != nil {
		return "https"
	}
	return "http"
}

// wantsClose says whether the request ends the connection (RFC 9112 §9.3):
// HTTP/1.1 goes on unless it says close, HTTP/1.0 ends unless it says keep-alive.
func (c *conn) wantsClose(q *wire.Request) bool {
	if !c.head.HasConnection() {
		return !q.Version.AtLeast(1, 1)
	}
	if q.Fields.HasMember("Connection", "close") {
		return true
	}
	return !q.Version.AtLeast(1, 1) && !q.Fields.HasMember("Connection", "keep-alive")
}

func (x *exchange) newHTTPRequest(framed wire.Framing, length int64) *http.Request {
	q := &x.record.Request
	r := http.Request{
		Method: q.Method, RequestURI: q.Target, Host: q.Authority, URL: &x.url,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: q.Version.Minor,
		Header: newHeader(q.Fields), RemoteAddr: x.c.facts.Peer, TLS: x.c.tls,
		Body: http.NoBody,
	}
	// RFC 9110 §2.5: a later minor version is handled as the latest one known.
	switch r.ProtoMinor {
	case 0:
		r.Proto = "HTTP/1.0"
	case 1:
	default:
		r.ProtoMinor = 1
	}
	if x.body != nil {
		r.Body = x.body
		r.ContentLength = length
		if framed == wire.FramedChunked {
			r.ContentLength = -1
			r.TransferEncoding = []string{"chunked"}
			delete(r.Header, "Transfer-Encoding")
			x.body.announce(&r)
		}
	}
	x.parseURL(q.Target)
	return r.WithContext(&x.ctx)
}

// newHeader makes an http.Header of the fields, Host left out as in net/http.
func newHeader(fields wire.Fields) http.Header {
	h := make(http.Header, len(fields))
	values := make([]string, len(fields))
	for i := range fields {
		name := http.CanonicalHeaderKey(fields[i].Name)
		if name == "Host" {
			continue
		}
		values[i] = fields[i].Value
		if earlier := h[name]; earlier != nil {
			h[name] = append(earlier, fields[i].Value)
		} else {
			h[name] = values[i : i+1 : i+1]
		}
	}
	return h
}

// parseURL reads the target, which the reader has found valid. The common form,
// a path without escapes, needs no copy.
func (x *exchange) parseURL(target string) {
	if target != "" && target[0] == '/' && !strings.ContainsAny(target, "%\"<>\\^`{|}") {
		x.url.Path, x.url.RawQuery, _ = strings.Cut(target, "?")
		x.url.ForceQuery = x.url.RawQuery == "" && strings.HasSuffix(target, "?")
		return
	}
	if x.record.Request.Method == "CONNECT" {
		x.url.Host = target
		return
	}
	if u, err := url.ParseRequestURI(target); err == nil {
		x.url = *u
		return
	}
	x.url.Path = target
}

// A requestBody is the content of a request as the handler reads it. One
// goroutine may read it while another writes the answer, as a proxy does: what
// both sides look at is guarded by mu, which is held while nothing is waited for.
type requestBody struct {
	x      *exchange
	wire   *wire.Body // the reader's alone until the handler has returned
	closed atomic.Bool
	done   atomic.Bool // it was read to its end

	mu       sync.Mutex
	left     int64         // octets that may still come
	by       time.Time     // when all of it has to be there
	expected bool          // the client waits for 100 before it sends
	total    int64         // octets that were read
	kept     []byte        // first octets, for the tap
	refusal  *wire.Refusal // why reading stopped, if it was the client's fault
}

// announce makes the trailers that the request names visible to the handler, as
// net/http does: the keys at once, the values once the content was read.
func (b *requestBody) announce(r *http.Request) {
	for name := range b.x.record.Request.Fields.Members("Trailer") {
		if r.Trailer == nil {
			r.Trailer = http.Header{}
		}
		r.Trailer[http.CanonicalHeaderKey(name)] = nil
	}
	if r.Trailer != nil {
		delete(r.Header, "Trailer")
	}
}

// Read reads content. Where the client is at fault the error is a
// *wire.Refusal: 408 if it came too slowly, 413 if it is too much, 400 if its
// framing is broken.
func (b *requestBody) Read(p []byte) (int, error) {
	p, err := b.begin(p)
	if err != nil {
		return 0, err
	}
	n, err := b.wire.Read(p)
	return b.took(p[:n], err)
}

// begin makes ready for a read: a client that waits for 100 gets it.
func (b *requestBody) begin(p []byte) ([]byte, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.closed.Load():
		return nil, http.ErrBodyReadAfterClose
	case b.refusal != nil:
		return nil, b.refusal
	}
	b.continues()
	b.x.c.waiting, b.x.c.contentBy = forContent, b.by
	return p[:min(int64(len(p)), b.left+1)], nil
}

// took notes what a read has brought.
func (b *requestBody) took(p []byte, err error) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	c, n := b.x.c, len(p)
	b.kept = c.s.keep(b.kept, p)
	b.total = b.wire.Total()
	b.done.Store(b.wire.Done())
	if b.left -= int64(n); b.left < 0 {
		b.refusal = tooLarge(c.s.Limits.Content)
	} else if err != nil && err != io.EOF {
		if b.closed.Load() {
			return n, http.ErrBodyReadAfterClose
		}
		b.refusal = b.blame(err)
		if b.refusal == nil {
			return n, err
		}
	} else if err == nil && time.Now().After(b.by) {
		b.refusal = contentTimeout()
	}
	if b.refusal != nil {
		b.x.close = true
		return n, b.refusal
	}
	if err == io.EOF {
		b.finish()
	}
	return n, err
}

// finish hands over the trailers and lets the context watch the connection.
func (b *requestBody) finish() {
	for _, f := range b.wire.Trailers {
		name := http.CanonicalHeaderKey(f.Name)
		// Only trailers that were announced reach the handler, and never into
		// the header: RFC 9110 §6.5.1.
		if _, ok := b.x.http.Trailer[name]; ok {
			b.x.http.Trailer[name] = append(b.x.http.Trailer[name], f.Value)
		}
	}
	b.x.ctx.watchIfAsked()
}

// Close makes later reads fail, and one that is waiting now. What is unread is
// seen to after the answer.
func (b *requestBody) Close() error {
	b.closed.Store(true)
	if !b.done.Load() { // else only the watch for the client's leaving reads, and is to go on
		b.x.c.interrupt()
	}
	return nil
}

// continues sends 100 to a client that waits for it, once somebody wants the
// content: RFC 9110 §10.1.1. After a final status it is too late.
func (b *requestBody) continues() {
	if b.expected && !b.x.wroteHead {
		b.expected = false
		b.x.interim(100, nil)
	}
}
