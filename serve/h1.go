package serve

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// A conn is one HTTP/1.1 connection. Its goroutine reads a request, runs the
// handler and sends the answer, one after the other; pipelined requests wait in
// the reader's buffer.
type conn struct {
	s     *Server
	raw   net.Conn
	tls   *tls.ConnectionState
	r     *wire.Reader
	head  wire.Head
	out   []byte // an answer on its way, reused for the next
	facts wire.Conn
	local net.Addr

	waiting   waiting
	headStart time.Time
	ended     time.Time // when the last answer had left
	readBy    time.Time // deadlines as last set, zero for none
	writeBy   time.Time
	contentBy time.Time // when all of the present request's content has to be there

	state       atomic.Uint32 // idle and stopped
	interrupted atomic.Bool   // content is not to be waited for
}

// Bits of a connection's state, which its own goroutine and Shutdown share.
const (
	idle    uint32 = 1 << iota // between requests: may be closed at once
	stopped                    // to be closed after the answer that is under way
)

// waiting says what the connection waits for when it reads, which decides how
// long it may take.
type waiting int

const (
	forFirst   waiting = iota // the first octet of all
	forNext                   // the next request
	forHead                   // the rest of a head
	forContent                // content
	forNothing                // the peer to leave, or a protocol that is not ours
)

func (s *Server) newConn(raw net.Conn) *conn {
	c := &conn{s: s, raw: raw, local: raw.LocalAddr()}
	c.r = wire.NewReader(c, s.Limits.Message)
	c.facts = wire.Conn{Protocol: wire.H1, Peer: raw.RemoteAddr().String()}
	if t, ok := raw.(*tls.Conn); ok {
		state := t.ConnectionState()
		c.tls = &state
		c.facts.TLS = tlsFacts(state)
	}
	return c
}

// serve speaks HTTP/1.1 until the connection ends.
func (c *conn) serve() {
	if !c.s.enter(c) {
		c.raw.Close()
		return
	}
	defer c.s.leave(c)
	for {
		switch c.next() {
		case goOn:
		case hangUp:
			c.raw.Close()
			return
		case linger:
			c.linger()
			return
		case notOurs:
			return
		}
	}
}

// enter and leave keep the list of connections that Shutdown stops.
func (s *Server) enter(c *conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopping {
		return false
	}
	s.conns[c] = struct{}{}
	return true
}

func (s *Server) leave(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, c)
}

// stop closes an idle connection and lets a busy one finish its answer. A
// connection that becomes idle at this moment is closed by one of the two sides:
// whichever changes the state second sees what the other has set.
func (c *conn) stop() {
	if c.state.Or(stopped)&idle != 0 {
		c.raw.Close()
	}
}

// setIdle says whether the connection is between requests. It reports false if
// the server is stopping.
func (c *conn) setIdle(is bool) bool {
	if is {
		return c.state.Or(idle)&stopped == 0
	}
	return c.state.And(^idle)&stopped == 0
}

func (c *conn) isStopped() bool { return c.state.Load()&stopped != 0 }

// What becomes of the connection after an exchange.
type fate int

const (
	goOn    fate = iota
	hangUp       // close at once
	linger       // close once the peer had time to read the answer
	notOurs      // a handler took the connection over
)

// next reads one request and sees to its answer.
func (c *conn) next() fate {
	if c.facts.Number == 0 {
		c.waiting = forFirst
	} else {
		c.waiting = forNext
	}
	if c.r.Buffered() > 0 {
		c.beginHead()
	} else {
		if !c.setIdle(true) {
			return hangUp
		}
		if c.waiting == forNext {
			// A client that was just answered needs a moment to ask again. Let
			// connections that have work do it first: on a busy server the next
			// request is then here when it is read, and the two system calls and
			// the parking that waiting costs, an eighth of all time, are saved.
			// On one that is not busy this does nothing.
			runtime.Gosched()
		}
	}
	err := c.r.ReadRequest(&c.head)
	c.setIdle(false)
	if err != nil {
		return c.refuseHead(err)
	}
	if c.waiting != forHead {
		c.beginHead()
	}
	c.facts.Number++
	x := c.newExchange()
	return x.run()
}

func (c *conn) beginHead() {
	c.waiting = forHead
	c.headStart = time.Now()
}

// Read reads from the peer within the time that what is waited for may take.
func (c *conn) Read(p []byte) (int, error) {
	limits := &c.s.Limits
	switch c.waiting {
	case forFirst:
		c.readWithin(time.Now(), limits.First)
	case forNext:
		c.readWithin(c.ended, limits.Idle)
	case forHead:
		c.setReadDeadline(c.headStart.Add(limits.Head))
	case forContent:
		c.readWithin(time.Now(), limits.Stall)
		if c.readBy.After(c.contentBy) {
			c.setReadDeadline(c.contentBy)
		}
		// Looked at after the deadline was set: interrupt sets its own after it
		// has said so, and one of the two comes second.
		if c.interrupted.Load() {
			return 0, os.ErrDeadlineExceeded
		}
	case forNothing:
		c.setReadDeadline(time.Time{})
	}
	n, err := c.raw.Read(p)
	if n > 0 && (c.waiting == forFirst || c.waiting == forNext) {
		c.beginHead()
		c.setIdle(false)
	}
	return n, err
}

// readWithin sets a read deadline of at least d and at most an eighth more from
// now. A deadline that is right already stays: setting one costs a timer, and a
// busy connection would set two for each request.
func (c *conn) readWithin(now time.Time, d time.Duration) {
	if due := now.Add(d); c.readBy.Before(due) || c.readBy.After(due.Add(d/8)) {
		c.setReadDeadline(due.Add(d / 8))
	}
}

// interrupt ends a read of content that another goroutine may be waiting in.
func (c *conn) interrupt() {
	c.interrupted.Store(true)
	c.raw.SetReadDeadline(time.Unix(1, 0))
}

// resume lets content be read again once nobody else reads.
func (c *conn) resume() {
	if c.interrupted.CompareAndSwap(true, false) {
		c.readBy = time.Unix(1, 0)
	}
}

func (c *conn) setReadDeadline(t time.Time) {
	if !c.readBy.Equal(t) {
		c.readBy = t
		c.raw.SetReadDeadline(t)
	}
}

// write sends octets, each piece of them within the time that the peer may take
// to receive it: the first from now.
func (c *conn) write(octets []byte, now time.Time) error {
	d := c.s.Limits.Write
	for {
		if due := now.Add(d); c.writeBy.Before(due) || c.writeBy.After(due.Add(d/8)) {
			c.writeBy = due.Add(d / 8)
			c.raw.SetWriteDeadline(c.writeBy)
		}
		n, err := c.raw.Write(octets[:min(stallPiece, len(octets))])
		if octets = octets[n:]; err != nil || len(octets) == 0 {
			return err
		}
		now = time.Now()
	}
}

// refuseHead ends a connection on which no good head came: in silence if
// nothing came at all after an answer, else with the refusal that fits.
func (c *conn) refuseHead(err error) fate {
	var fault *wire.Fault
	var refusal *wire.Refusal
	switch {
	case errors.As(err, &fault):
		refusal = fault.Refusal()
	case errors.Is(err, os.ErrDeadlineExceeded) && c.waiting == forNext:
		// A 408 here could be taken for the answer to a request that crosses
		// it: between requests a close says as much and cannot be mistaken
		// (RFC 9112 §9.5).
		return hangUp
	case errors.Is(err, os.ErrDeadlineExceeded) && c.waiting == forFirst:
		refusal = tooSlow("silent-connection", lang.Text{
			En:   "Nothing came on this connection in the time that the server waits for a first request.",
			ZhTW: "在伺服器等待第一個請求的時間內，這條連線上什麼也沒送來。"})
	case errors.Is(err, os.ErrDeadlineExceeded):
		refusal = tooSlow("head-timeout", lang.Text{
			En:   "The request's head did not end in the time that the server waits for it. Send it in one go, on a new connection.",
			ZhTW: "請求的標頭區段沒有在伺服器等待的時間內結束。請換一條新連線，一次送完。"})
	case errors.Is(err, io.ErrUnexpectedEOF):
		refusal = cut("head-cut", lang.Text{
			En:   "The request's head ended before its empty line.",
			ZhTW: "請求的標頭區段在空行之前就結束了。"})
	default:
		return hangUp
	}
	c.facts.Number++
	return c.newRefused().refuse(refusal)
}

// tooSlow is a 408: RFC 9110 §15.5.9, a message that was not complete within
// the time that the server was prepared to wait.
func tooSlow(reason string, detail lang.Text) *wire.Refusal {
	return &wire.Refusal{
		Status: 408, Gate: 1, Reason: reason, Spec: "RFC 9110 §15.5.9", Detail: detail, Close: true,
	}
}

// linger closes in two steps: the sending side first, then, once the peer has
// closed or had its time, all. Closing at once while octets of the peer are
// still on their way would reset the connection and could destroy the answer
// before the peer has read it (RFC 9112 §9.6).
func (c *conn) linger() {
	defer c.raw.Close()
	half, ok := c.raw.(interface{ CloseWrite() error })
	if !ok || half.CloseWrite() != nil {
		return
	}
	c.raw.SetReadDeadline(time.Now().Add(c.s.Limits.Linger))
	io.Copy(io.Discard, io.LimitReader(c.raw, 4<<20))
}
