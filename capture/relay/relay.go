// Package relay passes HTTP traffic on, octet by octet, and records it as it
// passes: lint's live proxies.
//
// A [Relay] listens in two ways. [Relay.Reverse] stands in for one server: every
// octet goes through unchanged in both directions. [Relay.Proxy] is a forward
// proxy: a CONNECT becomes a tunnel, which is opened where an authority is given
// that the client trusts, and stays closed otherwise; a request in absolute-form
// goes on in origin-form, because many servers take no other, and that is the
// only thing that is changed. No Via is added and no field taken out: what is
// recorded is to be what client and server would have said to one another.
//
// Both legs are watched by tolerant readers (a tape), which are fed with the
// octets before these are passed on and never slow or change them: what they
// cannot read, they give up, and the octets pass all the same. HTTP/1.1 is
// recorded in the clear and in opened TLS, HTTP/2 too. HTTP/3 is not relayed:
// QUIC has no octets to watch without ending it.
//
// Each connection has two goroutines, each of which ends with its connection;
// connections end when one side does, when both are silent for the idle time, or
// with the Relay. What a tape holds is bounded by [wire.Limits] and the octets
// of content that are kept.
package relay

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/statute-http/statute/cert"
	"github.com/statute-http/statute/wire"
)

// Times and sizes.
const (
	idleTime       = 5 * time.Minute // without an octet in either direction
	headTime       = time.Minute     // for a request to the proxy to begin and its head to end
	dialTime       = 10 * time.Second
	writeTime      = time.Minute
	sniffTime      = 2 * time.Second // for a client to speak first in a tunnel
	lingerTime     = 2 * time.Second // for one side once the other has ended
	pieceOctets    = 16 << 10
	keptContent    = 256 << 10 // of each message
	maxConnections = 1024
	mostInterim    = 100 // of the answers to one request; more are passed on and not kept
)

// A Relay passes traffic on and records it. Set its fields before the first
// connection comes.
type Relay struct {
	// Record gets each exchange once it is over. It is called by the goroutines
	// of the connections, several at a time, and while it runs its connection
	// waits.
	Record func(*wire.Exchange)

	// Open, if not nil, issues the certificates with which TLS in tunnels is
	// opened.
	Open *cert.Authority

	// TLS is for connections to servers; nil for the system's authorities.
	TLS *tls.Config

	// Trouble, if not nil, is told why a connection to a server, or opened TLS
	// with a client, did not come about.
	Trouble func(error)

	closed atomic.Int64 // tunnels that were not opened

	mu        sync.Mutex // guards the rest
	ended     bool
	listeners map[net.Listener]bool
	conns     map[net.Conn]bool
	running   sync.WaitGroup
}

// An Upstream is the server that a reverse relay stands in for.
type Upstream struct {
	Address string // host and port
	TLS     bool
}

// ErrEnded is returned by a listener's loop after [Relay.Shutdown].
var ErrEnded = errors.New("the relay has ended")

// Tunnels returns how many tunnels were passed on unopened, so that nothing in
// them was recorded.
func (r *Relay) Tunnels() int { return int(r.closed.Load()) }

// Reverse passes the connections that come to l on to the upstream.
func (r *Relay) Reverse(l net.Listener, to Upstream) error {
	return r.serve(l, func(c net.Conn) {
		up, facts, err := r.dial(to)
		if err != nil {
			r.trouble(err)
			return
		}
		defer r.release(up)
		first := make([]byte, pieceOctets)
		c.SetReadDeadline(time.Now().Add(idleTime))
		n, err := c.Read(first)
		if n == 0 && err != nil {
			return
		}
		r.pass(c, up, first[:n], r.tapeFor(first[:n], wire.Conn{Peer: c.RemoteAddr().String()}, "http", facts))
	})
}

// Proxy serves clients that use the relay as their proxy.
func (r *Relay) Proxy(l net.Listener) error {
	return r.serve(l, func(c net.Conn) { r.proxy(c, l.Addr().String()) })
}

// serve gives each connection a goroutine.
func (r *Relay) serve(l net.Listener, handle func(net.Conn)) error {
	r.mu.Lock()
	if r.ended {
		r.mu.Unlock()
		l.Close()
		return ErrEnded
	}
	if r.listeners == nil {
		r.listeners, r.conns = map[net.Listener]bool{}, map[net.Conn]bool{}
	}
	r.listeners[l] = true
	r.mu.Unlock()
	places := make(chan struct{}, maxConnections)
	for {
		c, err := l.Accept()
		if err != nil {
			r.mu.Lock()
			ended := r.ended
			r.mu.Unlock()
			if ended {
				return ErrEnded
			}
			var passing interface{ Temporary() bool }
			if errors.As(err, &passing) && passing.Temporary() {
				time.Sleep(10 * time.Millisecond)
				continue
			}
			return fmt.Errorf("accept connections at %s: %w", l.Addr(), err)
		}
		if !r.hold(c) {
			continue
		}
		places <- struct{}{}
		r.running.Go(func() {
			defer func() { <-places }()
			defer r.release(c)
			handle(c)
		})
	}
}

// hold notes an open connection, so that Shutdown finds it; it closes one that
// came too late.
func (r *Relay) hold(c net.Conn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended {
		c.Close()
		return false
	}
	r.conns[c] = true
	return true
}

func (r *Relay) release(c net.Conn) {
	r.mu.Lock()
	delete(r.conns, c)
	r.mu.Unlock()
	c.Close()
}

// Shutdown ends the listeners and, once the context is over, the connections
// that are left. It returns when nothing runs any more; every exchange that was
// seen has been recorded then.
func (r *Relay) Shutdown(ctx context.Context) {
	r.mu.Lock()
	r.ended = true
	for l := range r.listeners {
		l.Close()
	}
	r.mu.Unlock()
	stop := context.AfterFunc(ctx, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		for c := range r.conns {
			c.Close()
		}
	})
	defer stop()
	r.running.Wait()
}

func (r *Relay) trouble(err error) {
	if r.Trouble != nil {
		r.Trouble(err)
	}
}

// dial connects to a server.
func (r *Relay) dial(to Upstream) (net.Conn, *wire.TLS, error) {
	return r.dialALPN(to, "", []string{"http/1.1"})
}

// dialALPN connects to a server, over TLS with the name and the protocols given
// where the upstream has TLS.
func (r *Relay) dialALPN(to Upstream, name string, protocols []string) (net.Conn, *wire.TLS, error) {
	ctx, cancel := context.WithTimeout(context.Background(), dialTime)
	defer cancel()
	c, err := new(net.Dialer).DialContext(ctx, "tcp", to.Address)
	if err != nil {
		return nil, nil, err
	}
	if !to.TLS {
		if !r.hold(c) {
			return nil, nil, ErrEnded
		}
		return c, nil, nil
	}
	config := r.TLS.Clone()
	if config == nil {
		config = &tls.Config{}
	}
	if config.ServerName = name; name == "" {
		config.ServerName, _, _ = net.SplitHostPort(to.Address)
	}
	config.NextProtos = protocols
	secure := tls.Client(c, config)
	if err := secure.HandshakeContext(ctx); err != nil {
		c.Close()
		return nil, nil, fmt.Errorf("speak TLS with %s: %w", to.Address, err)
	}
	if !r.hold(secure) {
		return nil, nil, ErrEnded
	}
	state := secure.ConnectionState()
	return secure, &wire.TLS{Version: state.Version, ServerName: name, ALPN: state.NegotiatedProtocol, Resumed: state.DidResume}, nil
}

func (r *Relay) record(x *wire.Exchange) {
	if r.Record != nil {
		r.Record(x)
	}
}
