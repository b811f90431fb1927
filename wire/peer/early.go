package peer

import (
	"context"
	"encoding/binary"
	"errors"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/qlog"
	"github.com/quic-go/quic-go/qlogwriter"
	"github.com/quic-go/quic-go/quicvarint"
)

// A holder makes it certain that a request is in early data and is answered
// while the handshake is under way. It stands between a client and its socket
// and keeps two things back: what the server says, until the whole request has
// left in 0-RTT packets, since the keys that come with it would end early data;
// and the client's own part of the handshake, until there is an answer, since
// with it the server would know that the request is no replay.
type holder struct {
	net.PacketConn
	buffers // all that quic-go is to see of the socket besides: not its ways past ReadFrom and WriteTo

	sent chan struct{} // closed when the request has left
	once sync.Once

	mu   sync.Mutex
	free bool
	kept []heldDatagram
}

type buffers interface {
	SetReadBuffer(octets int) error
	SetWriteBuffer(octets int) error
}

type heldDatagram struct {
	octets []byte
	to     net.Addr
}

// maxHeld bounds how many datagrams are kept; what is more is lost, as datagrams
// may be, and QUIC sends it again.
const maxHeld = 64

func newHolder(c *net.UDPConn) *holder {
	return &holder{PacketConn: c, buffers: c, sent: make(chan struct{})}
}

// hear lets through what the server says.
func (h *holder) hear() { h.once.Do(func() { close(h.sent) }) }

// release lets everything through, in both directions.
func (h *holder) release() {
	h.hear()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.free = true
	for _, d := range h.kept {
		h.PacketConn.WriteTo(d.octets, d.to)
	}
	h.kept = nil
}

func (h *holder) ReadFrom(p []byte) (int, net.Addr, error) {
	n, from, err := h.PacketConn.ReadFrom(p)
	<-h.sent
	return n, from, err
}

// SetReadDeadline is how quic-go has a reader come back when it is done.
func (h *holder) SetReadDeadline(t time.Time) error {
	if !t.IsZero() {
		h.hear()
	}
	return h.PacketConn.SetReadDeadline(t)
}

// WriteTo sends a datagram without the packets that complete the handshake.
func (h *holder) WriteTo(p []byte, to net.Addr) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.free {
		return h.PacketConn.WriteTo(p, to)
	}
	pass, keep := splitDatagram(p)
	if len(keep) > 0 && len(h.kept) < maxHeld {
		h.kept = append(h.kept, heldDatagram{keep, to})
	}
	if len(pass) > 0 {
		if _, err := h.PacketConn.WriteTo(pass, to); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

// splitDatagram takes the packets of a datagram apart (RFC 9000 §12.2): Initial
// and 0-RTT pass; Handshake, which has the client's Finished, and 1-RTT, which
// comes after it, are kept. What cannot be read passes as it is.
func splitDatagram(p []byte) (pass, keep []byte) {
	for len(p) > 0 {
		size := packetSize(p)
		const handshake = 0b10 // RFC 9000 §17.2.4
		if long := p[0]&0x80 != 0; !long || p[0]>>4&0b11 == handshake {
			keep = append(keep, p[:size]...)
		} else {
			pass = append(pass, p[:size]...)
		}
		p = p[size:]
	}
	return pass, keep
}

// packetSize returns the octets of the datagram's first packet: RFC 9000 §17.2,
// one with a long header says its length, any other goes to the datagram's end.
func packetSize(p []byte) int {
	if p[0]&0x80 == 0 || len(p) < 6 || binary.BigEndian.Uint32(p[1:]) != uint32(quic.Version1) {
		return len(p)
	}
	rest := p[5:]
	for range 2 { // the connection IDs
		if len(rest) == 0 || len(rest) < 1+int(rest[0]) {
			return len(p)
		}
		rest = rest[1+int(rest[0]):]
	}
	if p[0]>>4&0b11 == 0 { // Initial has a token
		length, n, err := quicvarint.Parse(rest)
		if err != nil || length > uint64(len(rest)-n) {
			return len(p)
		}
		rest = rest[n+int(length):]
	}
	length, n, err := quicvarint.Parse(rest)
	if err != nil || length > uint64(len(rest)-n) {
		return len(p)
	}
	return len(p) - len(rest) + n + int(length)
}

// watch has quic-go tell when the end of the first request is in a 0-RTT packet.
func (h *holder) watch(context.Context, bool, quic.ConnectionID) qlogwriter.Trace {
	return &sentWatch{h}
}

type sentWatch struct{ h *holder }

func (w *sentWatch) AddProducer() qlogwriter.Recorder { return w }
func (w *sentWatch) SupportsSchemas(string) bool      { return true }
func (w *sentWatch) Close() error                     { return nil }

func (w *sentWatch) RecordEvent(e qlogwriter.Event) {
	p, ok := e.(qlog.PacketSent)
	if !ok || p.Header.PacketType != qlog.PacketType0RTT {
		return
	}
	if slices.ContainsFunc(p.Frames, func(f qlog.Frame) bool {
		s, ok := f.Frame.(*qlog.StreamFrame)
		return ok && s.StreamID == 0 && s.Fin
	}) {
		w.h.hear()
	}
}

// dialHeld makes a connection behind a holder. It needs a session that allows
// early data: without one there would be nothing to send before the server has
// spoken.
func (h *h3) dialHeld(ctx context.Context, from net.IP, to *net.UDPAddr) (*quic.Conn, error) {
	if session, ok := h.config.ClientSessionCache.Get(h.config.ServerName); !ok || session == nil {
		return nil, errNoSession
	}
	socket, err := net.ListenUDP("udp", &net.UDPAddr{IP: from})
	if err != nil {
		return nil, err
	}
	h.socket, h.holder = socket, newHolder(socket)
	config := configQUIC()
	config.Versions = []quic.Version{quic.Version1} // whose packets we can tell apart
	config.Tracer = h.holder.watch
	return quic.DialEarly(ctx, h.holder, to, h.config, config)
}

var errNoSession = errors.New("early data needs a session that was kept from an earlier connection, and there is none")
