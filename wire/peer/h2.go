package peer

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"github.com/statute-http/statute/wire"
	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// h2 is a client's HTTP/2 connection. One goroutine reads it for as long as it
// lives; exchanges write to it themselves, under one lock.
type h2 struct {
	c    *Conn
	nc   net.Conn
	tls  *wire.TLS
	in   *http2.Framer  // the reader's alone
	dec  *hpack.Decoder // the reader's alone
	seen uint32         // DATA octets not yet given back to the connection's window; the reader's alone
	done chan struct{}  // closed when reading has ended

	wmu   sync.Mutex // held while writing; guards out, enc and block
	out   *http2.Framer
	enc   *hpack.Encoder
	block bytes.Buffer

	mu       sync.Mutex // guards what follows
	open     map[uint32]*streamH2
	next     uint32 // number of the next stream
	window   int64  // octets of content that the connection may still carry
	initial  int64  // window of a new stream
	maxFrame int
	grown    chan struct{} // closed, and made anew, when a window grows or a stream ends
	goAway   bool
	over     bool // reading has ended
}

// streamH2 is one exchange's stream. h2.mu guards it.
type streamH2 struct {
	a      *answering
	number int // of the exchange
	window int64
	seen   uint32 // DATA octets not yet given back to the stream's window
	left   bool   // the server has reset the stream
	ended  signal
	wake   chan struct{} // something came
}

const (
	streamWindow = 1 << 20
	connWindow   = 1 << 30
	giveBack     = 256 << 10 // octets after which a window is opened again
	idle         = 10 * time.Minute
)

func dialH2(ctx context.Context, c *Conn) (*h2, error) {
	nc, secure, err := c.target.dialTCP(ctx, "h2")
	if err != nil {
		return nil, err
	}
	if secure != nil && secure.ALPN != "h2" && len(c.target.TLS.NextProtos) == 0 {
		nc.Close()
		return nil, fmt.Errorf("the server did not choose h2 by ALPN but %q", secure.ALPN)
	}
	h := &h2{
		c: c, nc: nc, tls: secure,
		in:   http2.NewFramer(nil, nc),
		out:  http2.NewFramer(nc, nil),
		dec:  hpack.NewDecoder(4096, nil),
		done: make(chan struct{}),
		open: make(map[uint32]*streamH2),
		next: 1, window: 65535, initial: 65535, maxFrame: 16384,
		grown: make(chan struct{}),
	}
	h.dec.SetMaxStringLength(maxSection)
	h.in.SetMaxReadFrameSize(16384) // what holds where SETTINGS says nothing (RFC 9113 §6.5.2)
	h.out.AllowIllegalWrites = true
	h.enc = hpack.NewEncoder(&h.block)
	if err := h.preface(); err != nil {
		nc.Close()
		return nil, fmt.Errorf("send the preface: %w", err)
	}
	go h.read()
	return h, nil
}

// preface sends what RFC 9113 §3.4 asks a client to begin with.
func (h *h2) preface() error {
	return h.write(func() error {
		if _, err := io.WriteString(h.nc, http2.ClientPreface); err != nil {
			return err
		}
		err := h.out.WriteSettings(
			http2.Setting{ID: http2.SettingEnablePush, Val: 0},
			http2.Setting{ID: http2.SettingInitialWindowSize, Val: streamWindow},
			http2.Setting{ID: http2.SettingMaxHeaderListSize, Val: maxSection})
		if err != nil {
			return err
		}
		return h.out.WriteWindowUpdate(0, connWindow)
	})
}

// write calls f with the right to write, and a time for it.
func (h *h2) write(f func() error) error {
	h.wmu.Lock()
	defer h.wmu.Unlock()
	if err := h.nc.SetWriteDeadline(time.Now().Add(writeTime)); err != nil {
		return err
	}
	return f()
}

func (h *h2) conn() wire.Conn {
	return wire.Conn{Protocol: wire.H2, TLS: h.tls, Peer: h.nc.LocalAddr().String()}
}

func (h *h2) close() error {
	const brief = 100 * time.Millisecond
	h.nc.SetWriteDeadline(time.Now().Add(brief)) // for who holds the lock
	h.wmu.Lock()
	h.nc.SetWriteDeadline(time.Now().Add(brief))
	h.out.WriteGoAway(0, http2.ErrCodeNo, nil)
	h.wmu.Unlock()
	err := h.nc.Close()
	<-h.done
	return err
}

func (h *h2) do(ctx context.Context, q *Request, x *wire.Exchange) error {
	out := &outletH2{h: h, q: q, lines: q.section(&h.c.target)}
	s := &streamH2{number: x.Conn.Number, ended: newSignal(), wake: make(chan struct{}, 1)}
	u := newUpload(q, out, s.stir)
	s.a = newAnswering(x, q, u, 2)
	out.s, out.u = s, u
	x.Request = RequestOf(s.a.version, out.lines)
	x.Started = time.Now()

	// Streams are opened in the order of their numbers (RFC 9113 §5.1.1), so the
	// number is taken with the right to write.
	go u.run()
	h.await(ctx, s, h.c.patience())
	u.finish(finishWait, func() { h.stir() })
	h.linger(ctx, s, q.Linger)

	h.mu.Lock()
	delete(h.open, out.id)
	reset := out.id != 0 && !h.over && (!s.ended.given() || !u.complete) && q.Stop.Then != Reset
	if !s.a.over() && x.End == wire.EndUnknown {
		x.End = wire.EndSilent
	}
	s.a.finish()
	if x.End == wire.EndKept && (h.goAway || h.over) {
		x.End = wire.EndClosed
	}
	h.mu.Unlock()
	u.record(x)
	if reset {
		h.write(func() error { return h.out.WriteRSTStream(out.id, http2.ErrCodeCancel) })
	}
	if out.refused {
		return ErrOver
	}
	if u.err != nil {
		h.c.note(Event{Exchange: s.number, What: "error", Text: u.err.Error()})
	}
	return nil
}

// await waits until the stream has ended, or nothing has happened for too long.
func (h *h2) await(ctx context.Context, s *streamH2, patience time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for {
		select {
		case <-s.ended.ch:
			return
		case <-s.wake:
			timer.Reset(patience)
		case <-timer.C:
			return
		case <-ctx.Done():
			return
		}
	}
}

// linger looks for what comes on the connection after the answer.
func (h *h2) linger(ctx context.Context, s *streamH2, wait time.Duration) {
	if wait <= 0 {
		return
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-h.done:
	case <-timer.C:
	case <-ctx.Done():
	}
	h.mu.Lock()
	s.a.x.Seen |= wire.ShowsAfter
	h.mu.Unlock()
}

// stir says that something happened on the stream.
func (s *streamH2) stir() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// stir wakes those that wait for a window.
func (h *h2) stir() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.stirLocked()
}

func (h *h2) stirLocked() {
	close(h.grown)
	h.grown = make(chan struct{})
}

// outletH2 writes a request on a stream of its own.
type outletH2 struct {
	h       *h2
	q       *Request
	u       *upload
	s       *streamH2
	lines   wire.Fields
	id      uint32 // guarded by h.mu until the upload is done
	refused bool   // the connection carries no more streams
}

func (o *outletH2) head(after int) error {
	h := o.h
	return h.write(func() error {
		h.mu.Lock()
		if h.over || h.goAway || h.next > 1<<31-1 {
			h.mu.Unlock()
			o.refused = true
			o.s.ended.give()
			return errHalted
		}
		o.id = h.next
		h.next += 2
		o.s.window = h.initial
		h.open[o.id] = o.s
		size := h.maxFrame
		h.mu.Unlock()
		return h.writeSection(o.id, o.lines, after, size, !o.q.hasContent())
	})
}

// writeSection writes HEADERS and as many CONTINUATION frames as it takes; with
// after >= 0 so many octets of the block only, and no frame that ends it. The
// caller holds wmu.
func (h *h2) writeSection(id uint32, lines wire.Fields, after, size int, ends bool) error {
	h.block.Reset()
	for _, f := range lines {
		if err := h.enc.WriteField(hpack.HeaderField{Name: f.Name, Value: f.Value}); err != nil {
			return err
		}
	}
	block := h.block.Bytes()
	if after >= 0 {
		block = block[:min(after, len(block))]
	}
	for first := true; first || len(block) > 0; first = false {
		part := block[:min(size, len(block))]
		block = block[len(part):]
		var err error
		if final := len(block) == 0 && after < 0; first {
			err = h.out.WriteHeaders(http2.HeadersFrameParam{
				StreamID: id, BlockFragment: part, EndStream: ends, EndHeaders: final})
		} else {
			err = h.out.WriteContinuation(id, final, part)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// content writes DATA frames as the windows allow (RFC 9113 §6.9.1). The last
// frame does not end the stream: end does.
func (o *outletH2) content(p []byte) error {
	for len(p) > 0 {
		n, err := o.reserve(len(p))
		if err != nil {
			return err
		}
		if err := o.h.write(func() error { return o.h.out.WriteData(o.id, false, p[:n]) }); err != nil {
			return err
		}
		p = p[n:]
	}
	return nil
}

// reserve waits until the windows of connection and stream let some octets
// through, and takes at most want of them.
func (o *outletH2) reserve(want int) (int, error) {
	h := o.h
	for {
		h.mu.Lock()
		n := min(int64(want), int64(h.maxFrame), h.window, o.s.window)
		grown, over := h.grown, h.over || o.s.left || o.s.a.broken
		if n > 0 && !over {
			h.window -= n
			o.s.window -= n
		}
		h.mu.Unlock()
		if over || o.u.halt.given() {
			return 0, errHalted
		}
		if n > 0 {
			return int(n), nil
		}
		select {
		case <-grown:
		case <-o.u.halt.ch:
		case <-h.done:
		}
	}
}

func (o *outletH2) end() error {
	if !o.q.hasContent() {
		return nil // HEADERS ended the stream
	}
	return o.h.write(func() error {
		if len(o.q.Trailers) > 0 {
			return o.h.writeSection(o.id, lower(o.q.Trailers), -1, 16384, true)
		}
		return o.h.out.WriteData(o.id, true, nil)
	})
}

func (o *outletH2) stop(then Then) error {
	return o.h.write(func() error {
		switch then {
		case CloseWrite:
			return o.h.out.WriteData(o.id, true, nil)
		case Reset:
			return o.h.out.WriteRSTStream(o.id, http2.ErrCodeCancel)
		}
		return nil
	})
}
