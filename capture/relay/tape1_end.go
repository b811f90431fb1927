package relay

import (
	"io"
	"time"

	"github.com/statute-http/statute/wire"
)

func (t *tape1) clientEnded() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.asking.feed.end = io.EOF
	for !t.off && !t.asking.off && t.request() {
	}
	t.left = t.left || len(t.waiting) > 0
	t.gone = t.gone || !t.ended
}

func (t *tape1) serverEnded(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ended = true
	end := endOf(err)
	if t.held != nil {
		t.closes(end)
	}
	if t.off {
		t.turn.Broadcast()
		return
	}
	if end == wire.EndReset {
		t.answers.feed.end = err
	} else {
		t.answers.feed.end = io.EOF
	}
	t.listen()
	if t.held != nil {
		t.closes(end)
	}
	t.owed = len(t.waiting)
	for _, x := range t.waiting {
		switch {
		// Whoever leaves early does not see how the answer would have ended.
		case t.left || end == wire.EndUnknown:
			x.Seen &^= wire.ShowsEnd | wire.ShowsContent | wire.ShowsFraming | wire.ShowsTrailers | wire.ShowsAfter | wire.ShowsInterim
			if x.Final == nil {
				x.Seen &^= wire.ShowsResponse
			}
		case end == wire.EndClosed:
			x.End = wire.EndCut
		default:
			x.End = end
		}
		x.Took = time.Since(x.Started)
		t.relay.record(x.Exchange)
	}
	t.waiting, t.off = nil, true
	t.turn.Broadcast()
}

// closes records the exchange that is held once the server has ended. Where the
// client went first, the server did not close but followed.
func (t *tape1) closes(end wire.End) {
	switch {
	case t.gone && t.held.Final.Framing != wire.FramedClose:
		t.held.End = wire.EndKept
	case t.gone || end == wire.EndUnknown:
		t.held.Seen &^= wire.ShowsEnd
	default:
		t.held.End = end
	}
	t.give()
}

func (t *tape1) over() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.held != nil {
		t.give()
	}
}

// The forward proxy sends one request after the other and needs to know where
// each ends.

// wantsContent reports whether more of the last request is to come.
func (t *tape1) wantsContent() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return !t.off && !t.asking.off && t.asking.body != nil
}

// content takes octets of the last request's content and returns how many of
// them are that.
func (t *tape1) content(octets []byte) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.off || t.asking.body == nil {
		return len(octets)
	}
	h := &t.asking
	h.feed.data = octets
	if !h.read() {
		return len(octets)
	}
	t.askedAll()
	rest := len(h.feed.data) + h.r.Buffered()
	h.feed.data = nil
	h.r.Discard(h.r.Buffered())
	return len(octets) - rest
}

// await waits until all that was asked is answered, and reports whether the
// server goes on and speaks something else than HTTP.
func (t *tape1) await() (other bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for len(t.waiting) > 0 && !t.off {
		t.turn.Wait()
	}
	return t.off && !t.ended
}

// settled reports whether HTTP is still spoken.
func (t *tape1) settled() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return !t.off
}

// complete reports whether the client can tell, without the connection's end,
// that it got all its answers.
func (t *tape1) complete() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.owed == 0 && !t.byClose
}
