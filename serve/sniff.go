package serve

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"sync"
	"time"

	"github.com/statute-http/statute/wire"
)

// preface begins every HTTP/2 connection (RFC 9113 §3.4). In the clear it is
// how a client with prior knowledge is told from one that speaks HTTP/1.1.
const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

// welcome learns what a new connection speaks, by its first octets, and lets
// that be spoken. It returns when the connection is over or handed over.
func (s *Server) welcome(raw net.Conn, release func()) {
	c := s.newConn(raw)
	if !s.enter(c) {
		raw.Close()
		release()
		return
	}
	c.setIdle(true)
	err := c.r.Fill()
	c.setIdle(false)
	for err == nil && isPrefix(c.r.Peek()) {
		err = c.r.Fill()
	}
	s.leave(c)
	first := c.r.Peek()
	switch {
	case err == nil && len(first) > 0 && first[0] == 0x16 && s.TLS != nil:
		s.welcomeTLS(&prefixed{Conn: raw, r: c.r}, release)
	case bytes.HasPrefix(first, []byte(preface)):
		raw.SetDeadline(time.Time{})
		s.handOver.give(&counted{Conn: &prefixed{Conn: raw, r: c.r}, release: release})
	case err != nil && len(first) == 0 && !isTimeout(err):
		raw.Close()
		release()
	default:
		if err != nil && len(first) == 0 {
			c.refuseHead(err)
			c.linger()
		} else {
			c.serve()
		}
		release()
	}
}

// isPrefix reports whether more octets could make this the HTTP/2 preface.
func isPrefix(b []byte) bool {
	return len(b) < len(preface) && len(b) >= len("PRI * H") && string(b) == preface[:len(b)]
}

// welcomeTLS shakes hands; ALPN says whether HTTP/2 or HTTP/1.1 follows.
func (s *Server) welcomeTLS(raw net.Conn, release func()) {
	t := tls.Server(raw, s.TLS)
	ctx, cancel := context.WithTimeout(context.Background(), s.Limits.Head)
	defer cancel()
	raw.SetDeadline(time.Time{})
	if err := t.HandshakeContext(ctx); err != nil {
		s.Log.Debug("TLS handshake failed", "peer", raw.RemoteAddr(), "err", err)
		t.Close()
		release()
		return
	}
	if t.ConnectionState().NegotiatedProtocol == "h2" {
		s.handOver.giveTLS(t, release)
		return
	}
	defer release()
	s.newConn(t).serve()
}

// prefixed is a connection of which the first octets were read already.
type prefixed struct {
	net.Conn
	r *wire.Reader // holds them; its source is not read any more
}

func (p *prefixed) Read(b []byte) (int, error) {
	if p.r != nil {
		n := copy(b, p.r.Peek())
		p.r.Discard(n)
		if p.r.Buffered() == 0 {
			p.r = nil
		}
		if n > 0 {
			return n, nil
		}
	}
	return p.Conn.Read(b)
}

func (p *prefixed) CloseWrite() error {
	if half, ok := p.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return errors.ErrUnsupported
}

// counted gives its place back when it closes.
type counted struct {
	net.Conn
	release func()
}

func (c *counted) Close() error {
	defer c.release()
	return c.Conn.Close()
}

// A handOver is the listener through which net/http gets the connections that
// speak HTTP/2.
type handOver struct {
	addr   net.Addr
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newHandOver(addr net.Addr) *handOver {
	return &handOver{addr: addr, conns: make(chan net.Conn), closed: make(chan struct{})}
}

func (h *handOver) give(c net.Conn) {
	select {
	case h.conns <- c:
	case <-h.closed:
		c.Close()
	}
}

// giveTLS hands over a TLS connection. net/http asks for the very *tls.Conn, so
// its place is given back when the TCP connection below it closes.
func (h *handOver) giveTLS(t *tls.Conn, release func()) {
	if p, ok := t.NetConn().(*prefixed); ok {
		p.Conn = &counted{Conn: p.Conn, release: release}
	}
	h.give(t)
}

func (h *handOver) Accept() (net.Conn, error) {
	select {
	case c := <-h.conns:
		return c, nil
	case <-h.closed:
		return nil, net.ErrClosed
	}
}

func (h *handOver) Close() error {
	h.once.Do(func() { close(h.closed) })
	return nil
}

func (h *handOver) Addr() net.Addr { return h.addr }
