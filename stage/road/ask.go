package road

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/statute-http/statute/wire"
)

// Limits of an answer from a server ahead.
var ahead = wire.Limits{Field: 64 << 10, Fields: 512, Head: 256 << 10, Chunk: 4 << 10}

const (
	mostInterim = 32          // interim answers that are passed on
	holdFor     = time.Second // how long content waits for a 100 that does not come (RFC 9110 §10.1.1)
	pieceOctets = 32 << 10    // that are passed on at a time
)

// forgiven are faults of an answer that a hop mends by writing it anew; all
// others make it invalid. RFC 9112 §5.1: space before a colon is removed; §5.2:
// a fold becomes a space; §6.3: Transfer-Encoding goes before Content-Length,
// which is removed. A missing space after the code does not change its meaning.
var forgiven = []wire.FaultKind{wire.SpaceBeforeColon, wire.ObsFold, wire.LengthAndCoding, wire.NoReasonSpace}

// A leg is the connection to the server ahead that carries one exchange.
type leg struct {
	hop    *Hop
	conn   net.Conn
	r      *wire.Reader
	ctx    context.Context
	cancel context.CancelFunc
	head   wire.Head

	wrote   atomic.Int64 // when octets last went to the server, in Unix nanoseconds
	sending atomic.Bool  // the client's content is on its way

	request io.ReadCloser // the client's content, if there is any
	go100   chan struct{} // closed when content need not wait any longer
	failed  chan error    // holds why the client's content did not come, if it did not
	sent    chan struct{} // closed when nobody sends it any more
}

// Read reads from the server ahead, with patience. While the client still sends,
// nobody can say that the server is silent; how long that may take is bounded by
// the server in front.
func (l *leg) Read(p []byte) (int, error) {
	since := time.Now()
	for {
		l.conn.SetReadDeadline(since.Add(l.hop.patience()))
		n, err := l.conn.Read(p)
		if n > 0 || !isTimeout(err) {
			return n, err
		}
		wrote := time.Unix(0, l.wrote.Load())
		switch {
		case l.sending.Load():
			since = time.Now()
		case wrote.After(since):
			since = wrote
		default:
			return n, err
		}
	}
}

// Write sends to the server ahead, with patience.
func (l *leg) Write(p []byte) (int, error) {
	l.conn.SetWriteDeadline(time.Now().Add(l.hop.patience()))
	n, err := l.conn.Write(p)
	l.wrote.Store(time.Now().UnixNano())
	return n, err
}

// ask sends the request on, passes interim answers back, and returns with the
// final one; close has to follow. Edit, if there is one, has the last word on the
// request's fields.
func (h *Hop) ask(w http.ResponseWriter, r *http.Request, to Onward, edit func(wire.Fields) wire.Fields) (*answer, error) {
	if err := h.enter(); err != nil {
		return nil, err
	}
	l := &leg{hop: h}
	l.ctx, l.cancel = h.context(r.Context())
	conn, err := h.dial(l.ctx, to)
	if err != nil {
		l.cancel()
		h.leave()
		return nil, h.notConnected(err)
	}
	l.conn = conn
	l.r = wire.NewTolerantReader(l, ahead)
	// The client has left, the hop closes, or the time is over.
	context.AfterFunc(l.ctx, func() { conn.Close() })
	answered := false
	defer func() {
		if !answered { // with an error, or given up in a panic
			l.close()
		}
	}()
	a, err := l.exchange(w, r, to, edit)
	answered = err == nil
	return a, err
}

// close ends the leg. Whoever sends the client's content is waited for.
func (l *leg) close() {
	l.cancel()
	l.conn.Close()
	if l.request != nil {
		l.request.Close()
		<-l.sent
		l.request = nil
	}
	l.hop.leave()
}

func (l *leg) exchange(w http.ResponseWriter, r *http.Request, to Onward, edit func(wire.Fields) wire.Fields) (*answer, error) {
	q := &wire.Request{Method: r.Method, Target: to.Target}
	q.Fields = l.hop.onward(r, to)
	if edit != nil {
		q.Fields = edit(q.Fields)
	}
	chunked := l.frame(r, &q.Fields)
	_, err := l.Write(wire.AppendRequest(nil, q))
	if err != nil && isTimeout(err) {
		return nil, l.hop.failed(writeTimeout, "")
	}
	// One that would not hear the request may have answered all the same.
	if err == nil && r.Body != nil && r.Body != http.NoBody {
		l.request, l.go100 = r.Body, make(chan struct{})
		l.failed, l.sent = make(chan error, 1), make(chan struct{})
		if !q.Fields.HasMember("Expect", "100-continue") {
			close(l.go100)
		}
		l.sending.Store(true)
		go l.upload(r, chunked)
	}
	return l.receive(w, r)
}

// frame adds the framing of the request's content to its fields.
func (l *leg) frame(r *http.Request, fields *wire.Fields) (chunked bool) {
	if r.Body == nil || r.Body == http.NoBody {
		// RFC 9110 §10.1.1: without content there is nothing to wait with.
		*fields = slices.DeleteFunc(*fields, func(f wire.Field) bool { return f.Name == "Expect" })
	}
	if len(r.Trailer) > 0 {
		for _, name := range sortedNames(r.Trailer) {
			*fields = append(*fields, wire.Field{Name: "Trailer", Value: name})
		}
	}
	switch {
	case r.ContentLength < 0 || r.ContentLength > 0 && len(r.Trailer) > 0:
		*fields = append(*fields, wire.Field{Name: "Transfer-Encoding", Value: "chunked"})
		return true
	case r.ContentLength > 0 || r.Header.Get("Content-Length") != "":
		*fields = append(*fields, wire.Field{Name: "Content-Length", Value: strconv.FormatInt(r.ContentLength, 10)})
	}
	return false
}

// upload sends the client's content on.
func (l *leg) upload(r *http.Request, chunked bool) {
	defer close(l.sent)
	defer func() {
		l.wrote.Store(time.Now().UnixNano())
		l.sending.Store(false)
	}()
	// RFC 9110 §10.1.1: a client that waits for 100 may wait for the server ahead;
	// but a server that knows no 100 is not to be waited for.
	select {
	case <-l.go100:
	case <-time.After(min(holdFor, l.hop.patience()/2)):
	case <-l.ctx.Done():
		return
	}
	buf := make([]byte, pieceOctets)
	for {
		n, err := l.request.Read(buf)
		out := buf[:n]
		if chunked && n > 0 {
			out = wire.AppendChunk(nil, buf[:n])
		}
		if chunked && err == io.EOF {
			out = wire.AppendLastChunk(out, trailersOf(r))
		}
		if len(out) > 0 {
			if _, err := l.Write(out); err != nil {
				return // what the server ahead says counts, not that it would not hear
			}
		}
		switch {
		case err == io.EOF:
			return
		case err != nil:
			// The request cannot be completed, and no answer to it is wanted.
			l.failed <- err
			l.conn.Close()
			return
		}
	}
}

func trailersOf(r *http.Request) wire.Fields {
	var trailers wire.Fields
	for _, name := range sortedNames(r.Trailer) {
		for _, value := range r.Trailer[name] {
			trailers = append(trailers, wire.Field{Name: name, Value: value})
		}
	}
	return trailers
}

// receive reads heads until the final one.
func (l *leg) receive(w http.ResponseWriter, r *http.Request) (*answer, error) {
	for seen := 0; ; seen++ {
		if err := l.r.ReadResponse(&l.head); err != nil {
			return nil, l.blame(err)
		}
		p := l.head.Response(r.Method)
		if refusal := l.judge(&p); refusal != nil {
			return nil, refusal
		}
		switch {
		case !p.Status.Interim():
			return l.final(r, p), nil
		case seen == mostInterim:
			return nil, l.hop.failed(notHTTP, "too many interim answers")
		case p.Status == 101:
			// RFC 9110 §7.8: Upgrade is of one connection and was not passed on, so
			// this one was never offered.
			return nil, l.hop.failed(badUpgrade, "")
		case p.Status == 100 && l.request != nil && !closed(l.go100):
			// Our reading of the content has the server in front send its own 100 to
			// the client that waits for it.
			close(l.go100)
		default:
			// RFC 9110 §15.2: interim answers are passed on.
			l.passInterim(w, &p)
		}
	}
}

func closed(c chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// blame finds out why no head came: the client, who did not send its content, or
// the server ahead.
func (l *leg) blame(err error) error {
	select {
	case failed := <-l.failed: // nil, and so never, without content
		var refusal *wire.Refusal
		if errors.As(failed, &refusal) {
			return refusal
		}
		panic(http.ErrAbortHandler) // the client is gone
	default:
	}
	switch l.ctx.Err() {
	case context.Canceled:
		panic(http.ErrAbortHandler)
	case context.DeadlineExceeded:
		return l.hop.failed(answerTimeout, "")
	}
	return l.hop.noAnswer(err, l.r.Buffered() > 0)
}

// judge finds what makes an answer invalid.
func (l *leg) judge(p *wire.Response) error {
	for i := range p.Faults {
		if !slices.Contains(forgiven, p.Faults[i].Kind) {
			return l.hop.garbled(&p.Faults[i])
		}
	}
	// RFC 9110 §2.5: another major version is another syntax. §15: a code has a
	// class, or it means nothing.
	if p.Version.Major != 1 || p.Status < 100 {
		return l.hop.failed(notHTTP, "HTTP/"+strconv.Itoa(p.Version.Major)+" "+p.Status.String())
	}
	return nil
}
