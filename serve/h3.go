package serve

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"

	"github.com/statute-http/statute/wire"
)

// An h3Server is quic-go's HTTP/3 server and the QUIC listener that feeds it.
type h3Server struct {
	s        *Server
	server   *http3.Server
	udp      net.PacketConn
	listener *quic.EarlyListener
	wg       sync.WaitGroup

	mu       sync.Mutex
	conns    map[*quic.Conn]struct{}
	requests int           // under way
	stopping bool          // GOAWAY is sent
	drained  chan struct{} // closed when it is and no request is under way
}

func (s *Server) listenH3() error {
	config := &quic.Config{
		HandshakeIdleTimeout: s.Limits.Head,
		// A request whose content has stalled is silent too, and gets its 408 first.
		MaxIdleTimeout:     max(s.Limits.Idle, 2*s.Limits.Stall),
		MaxIncomingStreams: int64(s.Limits.Streams),
		Allow0RTT:          s.EarlyData,
		Tracer:             watchScheme,
	}
	listener, err := quic.ListenEarly(s.udp, http3.ConfigureTLSConfig(s.TLS), config)
	if err != nil {
		return fmt.Errorf("listen for HTTP/3 on %s: %w", s.udp.LocalAddr(), err)
	}
	s.overH3 = &h3Server{s: s, udp: s.udp, listener: listener, conns: map[*quic.Conn]struct{}{}, drained: make(chan struct{})}
	s.overH3.server = &http3.Server{
		Handler:        s.overH3.counting(s.guard(wire.H3)),
		MaxHeaderBytes: maxFields,
		IdleTimeout:    s.Limits.Idle,
		Logger:         s.Log,
		ConnContext: func(ctx context.Context, c *quic.Conn) context.Context {
			state := c.ConnectionState()
			ctx = context.WithValue(ctx, handshakeKey{}, c.HandshakeComplete())
			ctx = context.WithValue(ctx, schemeKey{}, c.QlogTrace())
			return context.WithValue(ctx, wire.ConnKey, &wire.Conn{
				Protocol: wire.H3, Peer: c.RemoteAddr().String(), TLS: tlsFacts(state.TLS),
			})
		},
	}
	return nil
}

func (h *h3Server) accept() error {
	for {
		c, err := h.listener.Accept(context.Background())
		if errors.Is(err, quic.ErrServerClosed) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("accept HTTP/3 connections on %s: %w", h.udp.LocalAddr(), err)
		}
		h.mu.Lock()
		h.conns[c] = struct{}{}
		h.mu.Unlock()
		h.wg.Go(func() {
			h.serve(c)
			h.mu.Lock()
			delete(h.conns, c)
			h.mu.Unlock()
		})
	}
}

// serve serves a connection that takes a place. One without early data takes it
// when the handshake is complete: before that it can ask nothing, and its
// address may be forged (RFC 9000 §8.1).
func (h *h3Server) serve(c *quic.Conn) {
	if !c.ConnectionState().Used0RTT {
		select {
		case <-c.HandshakeComplete():
		case <-c.Context().Done():
			return
		}
	}
	release, ok := h.s.count.take(c.RemoteAddr())
	if !ok {
		// RFC 9114 §8.1: excessive load.
		c.CloseWithError(quic.ApplicationErrorCode(http3.ErrCodeExcessiveLoad), "too many connections")
		return
	}
	defer release()
	err := h.server.ServeQUICConn(c)
	if err != nil && !errors.Is(err, http.ErrServerClosed) {
		h.s.Log.Debug("HTTP/3 connection ended", "peer", c.RemoteAddr(), "err", err)
	}
}

// counting counts the requests that are under way.
func (h *h3Server) counting(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.count(1)
		defer h.count(-1)
		next.ServeHTTP(w, r)
	})
}

func (h *h3Server) count(n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.requests += n; h.requests == 0 && h.stopping {
		select {
		case <-h.drained:
		default:
			close(h.drained)
		}
	}
}

// shutdown sends GOAWAY, lets requests end, then closes the socket. quic-go
// waits for the clients to close their connections, as RFC 9114 §5.2 has it, but
// an idle one may not for a long time: once no request is under way, clients get
// the time to read their last answers and no more.
func (h *h3Server) shutdown(ctx context.Context) {
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		h.server.Shutdown(ctx)
	}()
	h.mu.Lock()
	h.stopping = true
	h.mu.Unlock()
	h.count(0)
	select {
	case <-h.drained:
		select {
		case <-gone:
		case <-time.After(h.s.Limits.Linger):
		}
	case <-gone:
	}
	h.close()
	<-gone
}

func (h *h3Server) close() {
	h.server.Close()
	h.mu.Lock()
	for c := range h.conns {
		c.CloseWithError(quic.ApplicationErrorCode(http3.ErrCodeNoError), "")
	}
	h.mu.Unlock()
	h.listener.Close()
	h.udp.Close()
	h.wg.Wait()
}
