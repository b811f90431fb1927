package peer

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"sync"
	"syscall"
	"time"

	"github.com/statute-http/statute/wire"
)

// h1 is a client's HTTP/1.1 connection.
type h1 struct {
	c    *Conn
	nc   net.Conn
	tls  *wire.TLS
	in   *patient
	r    *wire.Reader
	head wire.Head

	notified *notified // over TLS

	mu   sync.Mutex // held through an exchange; guards all but nc
	over bool
}

// ample are limits for reading: what a peer sends is to be seen, not refused.
var ample = wire.Limits{Method: 64 << 10, Target: 256 << 10, Field: 256 << 10, Fields: 10000, Head: 1 << 20, Chunk: 16 << 10}

func dialH1(ctx context.Context, c *Conn) (*h1, error) {
	nc, secure, err := c.target.dialTCP(ctx, "http/1.1")
	if err != nil {
		return nil, err
	}
	in := &patient{src: nc}
	h := &h1{c: c, nc: nc, tls: secure, in: in, r: wire.NewTolerantReader(in, ample)}
	if t, ok := nc.(*tls.Conn); ok {
		h.notified, _ = t.NetConn().(*notified)
	}
	return h, nil
}

func (h *h1) conn() wire.Conn {
	return wire.Conn{Protocol: wire.H1, TLS: h.tls, Peer: h.nc.LocalAddr().String()}
}

func (h *h1) close() error { return h.nc.Close() }

func (h *h1) do(ctx context.Context, q *Request, x *wire.Exchange) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.over {
		return ErrOver
	}
	defer h.in.begin(ctx, h.c.patience())()

	out := &outletH1{h: h, q: q}
	out.octets, out.rest = q.headH1(&h.c.target)
	u := newUpload(q, out, h.in.touch)
	if q.Octets != nil {
		u.content = out.rest
	}
	out.u = u
	x.Started = time.Now()
	go u.run()

	method := q.method()
	whole := h.receive(x, method, q.keep(), u)
	u.finish(finishWait, func() { h.nc.SetWriteDeadline(time.Unix(1, 0)) })
	if u.err != nil {
		h.c.note(Event{Exchange: x.Conn.Number, What: "error", Text: u.err.Error()})
	}
	sent := out.octets[:out.n]
	x.Request = h.parse(sent, q)
	u.record(x)
	if x.Request.Framing == wire.Unframed { // the head was sent in part only
		x.Request.Content.Complete = false
	}
	x.Took = h.took(x)
	h.over = h.over || !u.complete
	if whole {
		h.ending(x, q.Linger, x.Request.Fields.HasMember("Connection", "close"))
	} else {
		h.over = true
	}
	return nil
}

// took returns the time until the last octet came; what was never answered took
// until now.
func (h *h1) took(x *wire.Exchange) time.Duration {
	if last := h.in.lastOctet(); last.After(x.Started) {
		return last.Sub(x.Started)
	}
	return time.Since(x.Started)
}

// parse reads our own request back from the octets that went out, so that the
// record says what a tolerant reader at the other end could have seen.
func (h *h1) parse(octets []byte, q *Request) wire.Request {
	scheme := "http"
	if h.tls != nil {
		scheme = "https"
	}
	var head wire.Head
	err := wire.NewTolerantReader(&once{octets}, ample).ReadRequest(&head)
	if err == nil {
		return head.Request(scheme)
	}
	request := wire.Request{Method: q.method(), Scheme: scheme, Authority: q.authority(&h.c.target), Target: q.path(&h.c.target)}
	request.Octets = octets
	var fault *wire.Fault
	if errors.As(err, &fault) {
		request.Faults = []wire.Fault{*fault}
	}
	return request
}

// once reads some octets once.
type once struct{ octets []byte }

func (o *once) Read(p []byte) (int, error) {
	if len(o.octets) == 0 {
		return 0, io.EOF
	}
	n := copy(p, o.octets)
	o.octets = o.octets[n:]
	return n, nil
}

// receive reads interim answers and the final one with its content. It reports
// whether the answer came to its end, and sets x.End if it did not.
func (h *h1) receive(x *wire.Exchange, method string, keep int, u *upload) (whole bool) {
	for {
		if err := h.r.ReadResponse(&h.head); err != nil {
			return h.noHead(x, err, keep)
		}
		answer := h.head.Response(method)
		// RFC 9110 §15.2: any number of interim answers may come first. 101 is
		// the last that is HTTP/1.1 on its connection, so it counts as final.
		if answer.Status.Interim() && answer.Status != 101 {
			if len(x.Interim) == maxInterim {
				last := &x.Interim[maxInterim-1]
				last.Faults = append(last.Faults, wire.Fault{Kind: ManyInterim})
				return false
			}
			x.Interim = append(x.Interim, answer)
			if u != nil && answer.Status == 100 {
				u.continued.give()
			}
			continue
		}
		x.Final = &answer
		if u != nil {
			u.answered.give()
		}
		framed, length := h.head.ResponseFraming(method)
		return h.content(x, h.r.Body(framed, length), keep)
	}
}

// noHead records that no head could be read: nothing came, or something that is
// no HTTP, which is then kept as an answer without a status.
func (h *h1) noHead(x *wire.Exchange, err error, keep int) bool {
	var fault *wire.Fault
	if !errors.As(err, &fault) {
		x.End = h.endOf(x, err)
		if n := h.r.Buffered(); n > 0 && x.End != wire.EndSilent {
			x.After = append(x.After, h.r.Peek()[:min(n, maxAfter)]...)
			x.Seen |= wire.ShowsAfter
		}
		return false
	}
	x.Final = &wire.Response{}
	x.Final.Faults = []wire.Fault{*fault}
	x.Final.Framing = wire.FramedClose
	h.content(x, h.r.Body(wire.FramedClose, 0), keep)
	return false
}

// content reads the final answer's content.
func (h *h1) content(x *wire.Exchange, body *wire.Body, keep int) (whole bool) {
	p := x.Final
	buf := make([]byte, 32<<10)
	for body.Err() == nil {
		n, err := body.Read(buf)
		p.Content.Data = append(p.Content.Data, buf[:min(n, keep-len(p.Content.Data))]...)
		if err != nil && timedOut(err) {
			break
		}
	}
	p.Content.Length = body.Total()
	p.Trailers = body.Trailers
	var fault *wire.Fault
	switch err := body.Err(); {
	// RFC 9112 §9.8: what only the close ends is complete if TLS said that it
	// closes.
	case err == io.EOF && p.Framing == wire.FramedClose && h.ended(err) != io.EOF:
		x.End = wire.EndCut
	case err == io.EOF:
		p.Content.Complete = true
		if p.Framing == wire.FramedClose {
			x.End = wire.EndClosed
			x.Seen |= wire.ShowsAfter
		}
		return true
	case errors.As(err, &fault):
		// Where the next message begins is unknown now; what follows shows as
		// octets after the answer.
		p.Faults = append(p.Faults, *fault)
		h.over = true
		return true
	case err == nil:
		x.End = wire.EndSilent
	default:
		x.End = h.endOf(x, err)
	}
	return false
}

// ending looks at what follows a whole answer: a close, or octets that are
// nobody's.
func (h *h1) ending(x *wire.Exchange, linger time.Duration, asked bool) {
	switch p := x.Final; {
	case x.End != wire.EndUnknown:
		h.over = true
		return
	case p.Framing == wire.FramedTunnel:
		x.End = wire.EndTunnel
		h.over = true
		return
	// RFC 9112 §9.3: after these the server is to close.
	case asked, p.Fields.HasMember("Connection", "close"),
		!p.Version.AtLeast(1, 1) && !p.Fields.HasMember("Connection", "keep-alive"):
		linger = max(linger, closeWait)
		h.over = true
	}
	if linger == 0 && h.r.Buffered() == 0 {
		x.End = wire.EndKept
		return
	}
	x.Seen |= wire.ShowsAfter
	x.After, x.End = h.rest(x, linger)
	if len(x.After) > 0 || x.End != wire.EndKept {
		h.over = true
	}
}

// rest reads what comes within the time, and says how the connection is then.
func (h *h1) rest(x *wire.Exchange, linger time.Duration) (octets []byte, end wire.End) {
	h.in.wait(linger, time.Now().Add(linger))
	buf := make([]byte, 4<<10)
	for total := 0; total < maxRest; {
		n, err := h.r.Read(buf)
		total += n
		octets = append(octets, buf[:min(n, maxAfter-len(octets))]...)
		switch {
		case err == nil:
		case errors.Is(err, io.EOF):
			return octets, wire.EndClosed
		case timedOut(err):
			return octets, wire.EndKept
		default:
			return octets, h.endOf(x, err)
		}
	}
	return octets, wire.EndKept
}

// endOf says how an exchange ended whose reading stopped with an error.
func (h *h1) endOf(x *wire.Exchange, err error) wire.End {
	switch {
	case timedOut(err):
		return wire.EndSilent
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return wire.EndCut
	}
	h.c.note(Event{Exchange: x.Conn.Number, What: "error", Text: err.Error()})
	return endOfTCP(err)
}

// endOfTCP says how a connection ended that could not be read on.
func endOfTCP(err error) wire.End {
	var alert tls.AlertError
	if errors.Is(err, syscall.ECONNRESET) || errors.As(err, &alert) {
		return wire.EndReset
	}
	return wire.EndCut
}

// outletH1 writes a request on an HTTP/1.1 connection.
type outletH1 struct {
	h      *h1
	q      *Request
	u      *upload
	octets []byte // the head
	rest   []byte // what follows the head in given Octets
	n      int    // octets of the head that were written
}

func (o *outletH1) write(p []byte) error {
	if err := o.h.nc.SetWriteDeadline(time.Now().Add(o.h.c.patience())); err != nil {
		return err
	}
	if o.u.halt.given() { // and so perhaps a deadline that we have just put off
		return errHalted
	}
	_, err := o.h.nc.Write(p)
	return err
}

func (o *outletH1) head(after int) error {
	octets := o.octets
	if after >= 0 {
		octets = octets[:min(after, len(octets))]
	}
	drip := o.q.Drip
	if !drip.Head {
		drip = Drip{}
	}
	return o.u.pieces(octets, drip, func(p []byte) error {
		o.n += len(p)
		return o.write(p)
	})
}

func (o *outletH1) content(p []byte) error {
	if o.q.Chunked && o.q.Octets == nil {
		p = wire.AppendChunk(nil, p)
	}
	return o.write(p)
}

func (o *outletH1) end() error {
	if o.q.Chunked && o.q.Octets == nil {
		return o.write(wire.AppendLastChunk(nil, o.q.Trailers))
	}
	return nil
}

func (o *outletH1) stop(then Then) error {
	switch then {
	case CloseWrite:
		return closeWrite(o.h.nc)
	case Reset:
		reset(o.h.nc)
	}
	return nil
}

func closeWrite(nc net.Conn) error {
	if half, ok := nc.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return errors.New("this connection cannot be closed in one direction")
}

// reset closes a connection with a TCP reset, dropping what is on its way.
func reset(nc net.Conn) error {
	inner := nc
	if secure, ok := nc.(*tls.Conn); ok {
		inner = secure.NetConn()
	}
	if watched, ok := inner.(*notified); ok {
		inner = watched.Conn
	}
	if tcp, ok := inner.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	return inner.Close()
}
