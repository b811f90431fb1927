package relay

import (
	"bytes"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/statute-http/statute/wire"
)

// tape1 records HTTP/1.1. It is pushed: each piece of octets is read as far as
// it goes, and where it ends the readers stop as they do after a timeout, to go
// on with the next piece.
type tape1 struct {
	relay  *Relay
	conn   wire.Conn
	scheme string

	mu      sync.Mutex
	turn    sync.Cond // an answer is over, or all of it
	asking  half
	answers half
	waiting []*exchange1 // whose answers have not come to their end, oldest first
	held    *wire.Exchange
	release *time.Timer
	number  int
	owed    int  // answers that had not come when the server ended
	byClose bool // the last answer goes on until the connection's end
	off     bool // no HTTP/1.1 any more: a tunnel, or out of step
	ended   bool // the server did
	gone    bool // the client did, before it
	left    bool // the client went while it was owed an answer
}

// maxWaiting bounds the requests that a client may send ahead.
const maxWaiting = 64

// holdTime is how long an exchange that is over is held back, to see what
// follows it: octets that belong to no answer, or the end of the connection.
const holdTime = 200 * time.Millisecond

// An exchange1 is an exchange whose answer is not over yet.
type exchange1 struct {
	*wire.Exchange
	asked bool // the request came to its end
}

func newTape1(r *Relay, conn wire.Conn, scheme string) *tape1 {
	conn.Protocol = wire.H1
	t := &tape1{relay: r, conn: conn, scheme: scheme}
	t.turn.L = &t.mu
	t.asking.r = wire.NewTolerantReader(&t.asking.feed, wire.Limits{})
	t.answers.r = wire.NewTolerantReader(&t.answers.feed, wire.Limits{})
	return t
}

func (t *tape1) fromClient(octets []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.asking.feed.data = octets
	for !t.off && !t.asking.off && t.request() {
	}
	t.asking.feed.data = nil
}

// request reads on in the request that is coming; false if it has to wait.
func (t *tape1) request() bool {
	h := &t.asking
	if h.body == nil {
		err := h.r.ReadRequest(&h.head)
		var fault *wire.Fault
		switch {
		case errors.Is(err, errMore):
			return false
		case errors.As(err, &fault):
			// The server's answer to what no reader understands is worth judging;
			// what follows is not to be told apart.
			t.ask(&wire.Exchange{Seen: wire.ShowsAll &^ (wire.ShowsRequest | wire.ShowsRequestContent)}, true)
			h.off = true
			return false
		case err != nil:
			h.off = true
			return false
		}
		x := &wire.Exchange{Seen: wire.ShowsAll, Request: h.head.Request(t.scheme)}
		t.ask(x, false)
		h.message = &x.Request.Message
		h.body = h.r.Body(h.head.Framing())
	}
	if !h.read() {
		return false
	}
	t.askedAll()
	return true
}

// askedAll takes the end of the request that was coming.
func (t *tape1) askedAll() {
	if n := len(t.waiting); n > 0 && &t.waiting[n-1].Request.Message == t.asking.message {
		t.waiting[n-1].asked = true
	}
	t.asking.message = nil
}

// ask begins an exchange.
func (t *tape1) ask(x *wire.Exchange, asked bool) {
	if t.held != nil {
		t.held.End = wire.EndKept
		t.give()
	}
	t.number++
	x.Conn, x.Started = t.conn, time.Now()
	x.Conn.Number = t.number
	if len(t.waiting) == maxWaiting {
		t.lose()
		return
	}
	t.waiting = append(t.waiting, &exchange1{x, asked})
}

func (t *tape1) fromServer(octets []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.answers.feed.data = octets
	t.listen()
	t.answers.feed.data = nil
}

func (t *tape1) listen() {
	for !t.off && !t.answers.off && t.answer() {
	}
}

// answer reads on in the answer that is coming; false if it has to wait.
func (t *tape1) answer() bool {
	h := &t.answers
	if h.body == nil {
		if t.after() {
			return false
		}
		err := h.r.ReadResponse(&h.head)
		switch {
		case errors.Is(err, errMore):
			return false
		case errors.Is(err, io.EOF):
			h.off = true
			return false
		case err != nil:
			t.unreadable(err)
			return false
		}
		x := t.answered()
		p := h.head.Response(x.Request.Method)
		if p.Status.Interim() && p.Status != 101 {
			if len(x.Interim) < mostInterim {
				x.Interim = append(x.Interim, p)
			}
			return true
		}
		x.Final = &p
		if p.Framing == wire.FramedTunnel {
			t.tunnel(x.Exchange)
			return false
		}
		h.message = &p.Message
		t.byClose = p.Framing == wire.FramedClose
		h.body = h.r.Body(h.head.ResponseFraming(x.Request.Method))
	}
	if !h.read() {
		return false
	}
	if c := &h.message.Content; !c.Complete {
		if !h.broken {
			return false // the end of the connection says how it ended
		}
		t.lose()
		return false
	}
	x := t.waiting[0]
	t.waiting = t.waiting[1:]
	t.turn.Broadcast()
	if !x.asked {
		// The answer came before the request was whole: what more comes of that
		// is read over, and belongs to no exchange that was recorded.
		t.asking.orphan()
		x.Request.Content.Complete = false
	}
	x.Took = time.Since(x.Started)
	h.message = nil
	t.hold(x.Exchange)
	return true
}

// answered returns the exchange that the answer belongs to: the oldest that
// waits, or one without a request, for a server that speaks first.
func (t *tape1) answered() *exchange1 {
	if len(t.waiting) == 0 {
		t.ask(&wire.Exchange{Seen: wire.ShowsAll &^ (wire.ShowsRequest | wire.ShowsRequestContent)}, true)
	}
	return t.waiting[0]
}

// after takes octets that follow an answer and begin no other: they are that
// answer's, and after them nothing can be told apart.
func (t *tape1) after() bool {
	if t.held == nil {
		return false
	}
	const begins = "HTTP/"
	h := &t.answers
	if h.r.Buffered() == 0 && h.r.Fill() != nil {
		return false
	}
	octets := h.r.Peek()
	if n := min(len(octets), len(begins)); string(octets[:n]) == begins[:n] {
		t.held.End = wire.EndKept
		t.give()
		return false
	}
	t.held.After = bytes.Clone(octets[:min(len(octets), 4<<10)])
	t.give()
	t.lose()
	return true
}

// unreadable takes an answer that no reader understands.
func (t *tape1) unreadable(err error) {
	x := t.answered()
	var fault *wire.Fault
	switch octets := t.answers.head.Octets(); {
	case !errors.As(err, &fault):
		x.End = wire.EndCut
	case !x.Shows(wire.ShowsRequest):
		// Neither is HTTP/1: a simple request of HTTP/0.9, say, and its answer.
		t.waiting = nil
	default:
		x.Final = &wire.Response{Message: wire.Message{
			Faults: []wire.Fault{*fault}, Octets: bytes.Clone(octets[:min(4<<10, len(octets))])}}
	}
	t.lose()
}

// tunnel takes the answer after which another protocol is spoken.
func (t *tape1) tunnel(x *wire.Exchange) {
	x.End, x.Took = wire.EndTunnel, time.Since(x.Started)
	t.waiting = t.waiting[1:]
	t.relay.record(x)
	t.off = true
	t.turn.Broadcast()
}

// hold keeps an exchange back for a moment.
func (t *tape1) hold(x *wire.Exchange) {
	t.held = x
	t.release = time.AfterFunc(holdTime, func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.held == x {
			x.End = wire.EndKept
			t.give()
		}
	})
}

// give records the exchange that is held.
func (t *tape1) give() {
	t.release.Stop()
	x := t.held
	t.held = nil
	t.relay.record(x)
}

// lose gives up: requests and answers cannot be told apart any more. What waits
// for an answer shows none.
func (t *tape1) lose() {
	t.off = true
	t.turn.Broadcast()
	for _, x := range t.waiting {
		if x.Final == nil && len(x.Interim) == 0 && x.End == wire.EndUnknown {
			continue
		}
		x.Took = time.Since(x.Started)
		t.relay.record(x.Exchange)
	}
	t.waiting = nil
}
