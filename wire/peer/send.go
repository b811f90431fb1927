package peer

import (
	"errors"
	"time"

	"github.com/statute-http/statute/wire"
)

// An outlet writes the parts of a request in one protocol. Its methods are
// called in the order head, content, end; stop can stand in place of any.
type outlet interface {
	head(after int) error // the header section, only so many octets of it unless after < 0
	content(p []byte) error
	end() error // the end of the content, trailers before it
	stop(Then) error
}

// An upload is the sending of one request, and what the receiving side tells it
// meanwhile.
type upload struct {
	q       *Request
	content []byte // what to send after the head
	out     outlet
	active  func() // called when octets went out

	continued signal // a 100 came
	answered  signal // a final answer came
	halt      signal // nothing more is to be sent
	done      chan struct{}

	// Valid once done is closed.
	headSent bool
	sent     int64 // octets of content
	complete bool  // all was sent that the request wants, to its end
	stopped  bool  // the request wanted to be broken off, and was
	err      error // of writing
}

func newUpload(q *Request, out outlet, active func()) *upload {
	return &upload{
		q: q, content: q.Content, out: out, active: active,
		continued: newSignal(), answered: newSignal(), halt: newSignal(),
		done: make(chan struct{}),
	}
}

var errHalted = errors.New("nothing more is to be sent")

// run sends the request, and closes done.
func (u *upload) run() {
	defer close(u.done)
	u.err = u.all()
	if errors.Is(u.err, errHalted) || u.halt.given() && timedOut(u.err) {
		u.err = nil
	}
}

func (u *upload) all() error {
	q := u.q
	if q.Stop.In == InHead {
		u.stopped = true
		return errors.Join(u.out.head(q.Stop.After), u.out.stop(q.Stop.Then))
	}
	if err := u.out.head(-1); err != nil {
		return err
	}
	u.headSent = true
	u.active()
	if q.Hold && !u.held() {
		return errHalted
	}
	content := u.content
	if q.Stop.In == InContent {
		content = content[:min(q.Stop.After, len(content))]
	}
	err := u.pieces(content, q.Drip, func(p []byte) error {
		if err := u.out.content(p); err != nil {
			return err
		}
		u.sent += int64(len(p))
		return nil
	})
	if err != nil {
		return err
	}
	if q.Stop.In == InContent {
		u.stopped = true
		return u.out.stop(q.Stop.Then)
	}
	if err := u.out.end(); err != nil {
		return err
	}
	u.complete = true
	return nil
}

// held waits for leave to send the content. RFC 9110 §10.1.1: a client that
// waits for a 100 is not to wait for ever, and may leave the content out once a
// final answer is there.
func (u *upload) held() bool {
	wait := u.q.HoldFor
	if wait == 0 {
		wait = DefaultHoldFor
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-u.continued.ch:
		return true
	case <-timer.C:
		u.active()
		return true
	case <-u.answered.ch:
	case <-u.halt.ch:
	}
	return false
}

// pieces writes p in pieces: those of the drip, or as many as one write takes.
func (u *upload) pieces(p []byte, drip Drip, write func([]byte) error) error {
	size := pieceOctets
	if drip.Octets > 0 {
		size = drip.Octets
	}
	for first := true; len(p) > 0; first = false {
		if !first && drip.Octets > 0 {
			select {
			case <-time.After(drip.Every):
			case <-u.halt.ch:
			case <-u.answered.ch:
				return errHalted // the drip has had its answer
			}
		}
		if u.halt.given() {
			return errHalted
		}
		n := min(size, len(p))
		if err := write(p[:n]); err != nil {
			return err
		}
		u.active()
		p = p[n:]
	}
	return nil
}

// finish gives the sender a moment to end by itself once the answer is there,
// then makes it end: unblock has to let go a write that hangs.
func (u *upload) finish(wait time.Duration, unblock func()) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-u.done:
		return
	case <-timer.C:
	}
	u.halt.give()
	unblock()
	<-u.done
}

// record puts what was sent of the content into the exchange.
func (u *upload) record(x *wire.Exchange) {
	content := u.content
	x.Request.Content = wire.Content{
		Length:   u.sent,
		Data:     content[:min(u.sent, int64(len(content)), int64(u.q.keep()))],
		Complete: u.complete,
	}
	if u.complete {
		x.Request.Trailers = u.q.Trailers
	}
}
