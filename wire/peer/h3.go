package peer

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/quicvarint"

	"github.com/statute-http/statute/wire"
)

// h3 is a client's HTTP/3 connection. A goroutine accepts the server's
// unidirectional streams, one more reads each of them; exchanges read and write
// their own stream.
type h3 struct {
	c      *Conn
	config *tls.Config
	socket *net.UDPConn   // ours, bound to Target.From or behind a holder; nil if quic-go made one
	holder *holder        // keeps the handshake back until the first answer; nil if nothing does
	wg     sync.WaitGroup // the goroutines of the connection

	mu     sync.Mutex // guards what follows
	qc     *quic.Conn // another one after early data was rejected
	goAway uint64     // the first stream that will not be processed
	limits bool       // whether goAway has been set
	first  *quic.Stream
}

func dialH3(ctx context.Context, c *Conn) (*h3, error) {
	t := &c.target
	if t.TLS == nil {
		return nil, errors.New("HTTP/3 has no clear form: set Target.TLS")
	}
	config := t.config("h3")
	if t.EarlyData {
		if config.ClientSessionCache == nil {
			return nil, errors.New("early data needs a session: give Target.TLS a ClientSessionCache that an earlier connection has used")
		}
	}
	h := &h3{c: c, config: config}
	qc, err := h.dial(ctx)
	if err == nil {
		if err = h.use(qc); err == nil {
			return h, nil
		}
		qc.CloseWithError(H3InternalError, "")
		err = fmt.Errorf("open the control stream: %w", err)
	}
	h.release()
	if h.socket != nil {
		h.socket.Close()
	}
	return nil, err
}

// dial makes the QUIC connection, from an address of the target's choice if it
// has one.
func (h *h3) dial(ctx context.Context) (*quic.Conn, error) {
	t := &h.c.target
	hold := t.EarlyData && t.HoldHandshake
	if t.From == "" && !hold {
		if t.EarlyData {
			return quic.DialAddrEarly(ctx, t.Address, h.config, configQUIC())
		}
		return quic.DialAddr(ctx, t.Address, h.config, configQUIC())
	}
	from := net.ParseIP(t.From)
	if from == nil && t.From != "" {
		return nil, fmt.Errorf("the local address %q is no IP address", t.From)
	}
	to, err := net.ResolveUDPAddr("udp", t.Address)
	if err != nil {
		return nil, err
	}
	if hold {
		return h.dialHeld(ctx, from, to)
	}
	if h.socket, err = net.ListenUDP("udp", &net.UDPAddr{IP: from}); err != nil {
		return nil, err
	}
	if t.EarlyData {
		return quic.DialEarly(ctx, h.socket, to, h.config, configQUIC())
	}
	return quic.Dial(ctx, h.socket, to, h.config, configQUIC())
}

func configQUIC() *quic.Config {
	return &quic.Config{
		HandshakeIdleTimeout:           dialTime / 2,
		MaxIdleTimeout:                 time.Minute,
		InitialStreamReceiveWindow:     streamWindow,
		InitialConnectionReceiveWindow: 16 * streamWindow,
		MaxIncomingStreams:             -1, // RFC 9114 §6.1: servers open none
		MaxIncomingUniStreams:          16,
	}
}

// use makes qc the connection: it opens our control stream (RFC 9114 §6.2.1)
// and reads the server's streams. Streams for QPACK are left out, since a
// dynamic table of no octets needs none (RFC 9204 §4.2).
func (h *h3) use(qc *quic.Conn) error {
	control, err := qc.OpenUniStream()
	if err != nil {
		return err
	}
	// quic-go reads the server's parameters without a lock when a stream is
	// opened, and sets them when the handshake goes on (its issue 4303). So with
	// early data the first request's stream is opened here, before anything is
	// sent that the server could answer.
	var first *quic.Stream
	if h.c.target.EarlyData {
		if first, err = qc.OpenStream(); err != nil {
			return err
		}
	}
	settings := quicvarint.Append(nil, settingMaxFieldSection)
	settings = quicvarint.Append(settings, maxSection)
	_, err = control.Write(AppendFrameH3([]byte{streamControl}, FrameSettings, settings))
	if err != nil {
		return err
	}
	h.mu.Lock()
	h.qc, h.limits, h.first = qc, false, first
	h.mu.Unlock()
	h.wg.Go(func() { h.accept(qc) })
	return nil
}

func (h *h3) current() *quic.Conn {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.qc
}

func (h *h3) conn() wire.Conn {
	qc := h.current()
	state := qc.ConnectionState()
	return wire.Conn{Protocol: wire.H3, TLS: seenTLS(state.TLS, h.config), Peer: qc.LocalAddr().String()}
}

func (h *h3) close() error {
	h.release()
	err := h.current().CloseWithError(H3NoError, "")
	h.wg.Wait()
	if h.socket != nil {
		h.socket.Close()
	}
	return err
}

// release ends what a holder keeps back.
func (h *h3) release() {
	if h.holder != nil {
		h.holder.release()
	}
}

// accept reads the streams that the server opens.
func (h *h3) accept(qc *quic.Conn) {
	for {
		s, err := qc.AcceptUniStream(qc.Context())
		if err != nil {
			return
		}
		h.wg.Go(func() {
			kind, err := readVarint(s, true)
			switch {
			case err != nil:
			case kind == streamControl:
				h.control(s)
			// Nothing can come on these that matters to a table of no octets.
			case kind == streamEncoder, kind == streamDecoder:
				io.Copy(io.Discard, io.LimitReader(s, maxRest))
			}
			// RFC 9114 §6.2: streams of unknown types are not read.
			s.CancelRead(H3StreamCreation)
		})
	}
}

// control reads the server's control stream. Frames that it does not know are
// skipped (RFC 9114 §9); SETTINGS change nothing for us.
func (h *h3) control(s *quic.ReceiveStream) {
	r := bufio.NewReader(s)
	for {
		f, err := readFrame3(r)
		if err != nil {
			return
		}
		octets, err := payload(r, f, maxRest)
		if err != nil {
			return
		}
		if f.kind != FrameGoAway {
			continue
		}
		id, _, err := quicvarint.Parse(octets)
		if err != nil {
			return
		}
		h.c.note(Event{What: "GOAWAY", Text: fmt.Sprintf("no stream from %d on", id)})
		h.mu.Lock()
		h.goAway, h.limits = id, true
		h.mu.Unlock()
	}
}

// refuses reports whether GOAWAY excludes the stream (RFC 9114 §5.2).
func (h *h3) refuses(id quic.StreamID) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.limits && uint64(id) >= h.goAway
}

func (h *h3) going() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.limits || h.qc.Context().Err() != nil
}

func (h *h3) do(ctx context.Context, q *Request, x *wire.Exchange) error {
	qc := h.current()
	if h.going() {
		return ErrOver
	}
	s, err := h.openStream(ctx, qc)
	if err != nil {
		return err
	}
	in := &patient{src: s}
	defer in.begin(ctx, h.c.patience())()
	out := &outletH3{h: h, q: q, s: s, lines: q.section(&h.c.target)}
	u := newUpload(q, out, in.touch)
	out.u = u
	a := newAnswering(x, q, u, 3)
	x.Request = RequestOf(a.version, out.lines)
	x.Started = time.Now()
	go u.run()
	err = h.receive(in, a, x)
	h.release()
	u.finish(finishWait, func() { s.SetWriteDeadline(time.Unix(1, 0)) })
	h.leave(s, a, u)

	if errors.Is(err, quic.Err0RTTRejected) || errors.Is(u.err, quic.Err0RTTRejected) {
		// RFC 8446 §4.2.10, RFC 9001 §4.6.2 (unverified): none of it was processed.
		x.End = wire.EndRefused
		h.c.note(Event{Exchange: x.Conn.Number, What: "error", Text: quic.Err0RTTRejected.Error()})
		if err := h.again(ctx, qc); err != nil {
			h.c.note(Event{What: "error", Text: err.Error()})
		}
	}
	h.linger(ctx, qc, q.Linger, x)
	if x.End == wire.EndSilent && h.refuses(s.StreamID()) {
		x.End = wire.EndRefused
	}
	a.finish()
	if x.End == wire.EndKept && h.going() {
		x.End = wire.EndClosed
	}
	h.writeError(u.err, x.Conn.Number)
	u.record(x)
	early := x.Conn.Number == 1 && h.c.target.EarlyData && qc.ConnectionState().Used0RTT
	number := x.Conn.Number
	x.Conn = h.conn()
	x.Conn.Number, x.Conn.EarlyData = number, early
	return nil
}

// openStream waits for the server to allow one more stream, but not for ever.
func (h *h3) openStream(ctx context.Context, qc *quic.Conn) (*quic.Stream, error) {
	h.mu.Lock()
	first := h.first
	h.first = nil
	h.mu.Unlock()
	if first != nil {
		return first, nil
	}
	ctx, cancel := context.WithTimeout(ctx, h.c.patience())
	defer cancel()
	s, err := qc.OpenStreamSync(ctx)
	if err != nil {
		return nil, fmt.Errorf("open a stream: %w", err)
	}
	return s, nil
}

// again goes on with the connection that comes after rejected early data.
func (h *h3) again(ctx context.Context, qc *quic.Conn) error {
	next, err := qc.NextConnection(ctx)
	if err != nil {
		return fmt.Errorf("go on without early data: %w", err)
	}
	return h.use(next)
}

// leave ends what is still open of a stream.
func (h *h3) leave(s *quic.Stream, a *answering, u *upload) {
	if !a.whole {
		s.CancelRead(H3RequestCancelled)
	}
	if !u.complete {
		s.CancelWrite(H3RequestCancelled)
	}
}

// linger looks for a close of the connection after the answer.
func (h *h3) linger(ctx context.Context, qc *quic.Conn, wait time.Duration, x *wire.Exchange) {
	if wait <= 0 {
		return
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-qc.Context().Done():
	case <-timer.C:
	case <-ctx.Done():
	}
	x.Seen |= wire.ShowsAfter
}
