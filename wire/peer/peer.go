// Package peer holds exact ends of HTTP connections: a client that sends
// precisely what it is told and tells precisely what came, and servers that
// follow a script, octet by octet or frame by frame. statute play, lint's live
// reading and every exam speak with them.
//
// # The client
//
// [Dial] makes a connection in HTTP/1.1, HTTP/2 or HTTP/3, [Conn.Do] sends one
// [Request] and returns the [wire.Exchange] that came of it. One request body
// serves all three protocols: [Request] says what is meant, and where a
// protocol can say it in several ways, which of them.
//
// This client judges nothing and repairs nothing. Whatever the other side does
// is recorded: a malformed answer in the faults of its message, a missing one
// as a nil Final, the way in which it ended as the exchange's End. An error of
// Do is one of our own side only: an argument that makes no sense, a connection
// that an earlier exchange used up. How ends are told apart:
//
//   - kept: the answer is whole, and the connection did not close while we looked
//   - closed: the answer is whole, then the connection closed, or GOAWAY came
//   - cut: the connection or the stream ended before the answer was whole
//   - reset: the stream (RST_STREAM, RESET_STREAM) or the connection was reset
//   - refused: the server said that it did not process the request at all
//     (REFUSED_STREAM, H3_REQUEST_REJECTED, GOAWAY below its stream, early data
//     not accepted)
//   - silent: nothing came for [Conn.Patience], or the context ended
//   - tunnel: the connection went over to something else (101, CONNECT)
//
// What the other side says outside of messages (error codes, GOAWAY) is in
// [Conn.Events], with the number of the exchange that it belongs to.
//
// # The server
//
// [Serve] gives each connection that comes to a script. [ServerConn] speaks
// octets; [ServerConn.H2] gives frames, and [ServeH3] streams. Scripts read
// requests strictly and send whatever they like.
//
// # Limits
//
// Every read and write has a time, every buffer a size: see the constants in
// this file. Close ends whatever goroutines a connection has.
package peer

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/statute-http/statute/wire"
)

// Limits that hold where nothing else is asked for.
const (
	DefaultPatience = 10 * time.Second // silence after which an exchange is given up
	DefaultKeep     = 1 << 20          // octets of content kept; the rest is counted
	DefaultHoldFor  = time.Second      // how long held content waits for a 100

	longest     = 2 * time.Minute // an exchange, if its context sets no deadline
	dialTime    = 10 * time.Second
	writeTime   = 10 * time.Second       // one frame of h2
	closeWait   = time.Second            // how long we look for the close that an answer announced
	finishWait  = 250 * time.Millisecond // what a sender gets after the answer is there
	maxAfter    = 4 << 10                // octets kept of what follows the answer
	maxRest     = 64 << 10               // octets read of it
	maxInterim  = 100                    // 1xx answers to one request
	maxEvents   = 100
	maxSection  = 256 << 10 // octets of one field section, in h2 and h3
	pieceOctets = 64 << 10  // the most that one write takes of the content
)

// A Target is where to connect and how.
type Target struct {
	Protocol wire.Protocol
	Address  string // host and port of the socket: "127.0.0.1:8080"
	From     string // local address to connect from, without a port; empty: as the system chooses

	// TLS is nil for a clear connection: HTTP/1.1 as it is, HTTP/2 with prior
	// knowledge (RFC 9113 §3.3). HTTP/3 has no clear form. NextProtos is set to
	// the protocol's ALPN name unless the configuration brings its own. Give a
	// ClientSessionCache that several connections share to have them resumed.
	TLS        *tls.Config
	ServerName string // asked for in TLS; if empty that of TLS, else Address's host

	// EarlyData sends the first request in TLS early data (RFC 8470) if the
	// session cache holds a ticket that allows it: one of a connection that had
	// EarlyData set as well. HTTP/3 only, since crypto/tls offers no early data
	// over TCP; elsewhere it is an error.
	EarlyData bool

	// HoldHandshake, with EarlyData, makes certain what is else a matter of luck:
	// that the whole first request is in early data, and that it is answered
	// before the server can know that it is no replay. Until then the client's
	// part of the handshake is kept back. The request has to have an end, and no
	// part that waits for an interim answer.
	HoldHandshake bool
}

// A Conn is a client's connection. Over h1, exchanges are made one after the
// other; over h2 and h3, Do may be called from several goroutines at once.
type Conn struct {
	// Patience is how long the other side may be silent, while we are too,
	// before an exchange is given up. Set it before the first exchange, longer
	// than what a request's HoldFor and Drip.Every ask for.
	Patience time.Duration

	target Target
	way    way

	mu     sync.Mutex // guards number and events
	number int
	events []Event
}

// A way is how exchanges are made in one protocol.
type way interface {
	do(context.Context, *Request, *wire.Exchange) error
	conn() wire.Conn // what is known of the connection
	close() error
}

// An Event is something that happened on a connection outside of messages.
type Event struct {
	Exchange int    // number of the exchange that it belongs to; 0 for the connection as a whole
	What     string // "RST_STREAM", "RESET_STREAM", "STOP_SENDING", "GOAWAY", "CONNECTION_CLOSE", "error"
	Code     uint64 // the protocol's error code
	Text     string // the code's name, and what was said besides
}

// Dial makes a connection. The context bounds the making of it only.
func Dial(ctx context.Context, target Target) (*Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	c := &Conn{Patience: DefaultPatience, target: target}
	var err error
	switch target.Protocol {
	case wire.H1:
		c.way, err = dialH1(ctx, c)
	case wire.H2:
		c.way, err = dialH2(ctx, c)
	case wire.H3:
		c.way, err = dialH3(ctx, c)
	default:
		err = fmt.Errorf("protocol %q is not one of %v", target.Protocol, wire.Protocols)
	}
	if err != nil {
		return nil, fmt.Errorf("connect to %s over %s: %w", target.Address, target.Protocol, err)
	}
	return c, nil
}

// ErrOver is returned for an exchange on a connection that cannot carry another
// one: dial a new connection.
var ErrOver = errors.New("the connection cannot carry another exchange: dial again")

// Do makes one exchange.
func (c *Conn) Do(ctx context.Context, q *Request) (*wire.Exchange, error) {
	if err := q.check(c.target.Protocol); err != nil {
		return nil, fmt.Errorf("send a request: %w", err)
	}
	x := c.exchange()
	if err := c.way.do(ctx, q, x); err != nil {
		return nil, fmt.Errorf("make an exchange with %s over %s: %w", c.target.Address, c.target.Protocol, err)
	}
	return x, nil
}

// exchange begins the record of the connection's next exchange.
func (c *Conn) exchange() *wire.Exchange {
	c.mu.Lock()
	c.number++
	number := c.number
	c.mu.Unlock()
	x := &wire.Exchange{Conn: c.way.conn(), Started: time.Now()}
	x.Conn.Number = number
	x.Seen = wire.ShowsAll &^ wire.ShowsAfter // seen only where we looked for it
	if c.target.Protocol != wire.H1 {
		x.Seen &^= wire.ShowsReason | wire.ShowsOctets // there are none
	}
	return x
}

func (c *Conn) patience() time.Duration {
	if c.Patience <= 0 {
		return DefaultPatience
	}
	return c.Patience
}

// Close ends the connection and waits for its goroutines.
func (c *Conn) Close() error { return c.way.close() }

// Events returns what happened outside of messages, oldest first, the first
// hundred of it.
func (c *Conn) Events() []Event {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]Event(nil), c.events...)
}

func (c *Conn) note(e Event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.events) < maxEvents {
		c.events = append(c.events, e)
	}
}

// dialTCP connects, and makes the TLS handshake if the target asks for one.
func (t *Target) dialTCP(ctx context.Context, alpn string) (net.Conn, *wire.TLS, error) {
	if t.EarlyData {
		return nil, nil, errors.New("early data is sent over h3 only")
	}
	var dialer net.Dialer
	if t.From != "" {
		from := net.ParseIP(t.From)
		if from == nil {
			return nil, nil, fmt.Errorf("the local address %q is no IP address", t.From)
		}
		dialer.LocalAddr = &net.TCPAddr{IP: from}
	}
	nc, err := dialer.DialContext(ctx, "tcp", t.Address)
	if err != nil || t.TLS == nil {
		return nc, nil, err
	}
	config := t.config(alpn)
	nc = &notified{Conn: nc}
	secure := tls.Client(nc, config)
	if err := secure.HandshakeContext(ctx); err != nil {
		nc.Close()
		return nil, nil, fmt.Errorf("TLS handshake as %s: %w", config.ServerName, err)
	}
	return secure, seenTLS(secure.ConnectionState(), config), nil
}

// config returns the TLS configuration for a connection.
func (t *Target) config(alpn string) *tls.Config {
	config := t.TLS.Clone()
	if t.ServerName != "" {
		config.ServerName = t.ServerName
	}
	if config.ServerName == "" {
		config.ServerName, _, _ = net.SplitHostPort(t.Address)
	}
	if len(config.NextProtos) == 0 {
		config.NextProtos = []string{alpn}
	}
	return config
}

func seenTLS(state tls.ConnectionState, config *tls.Config) *wire.TLS {
	seen := &wire.TLS{
		Version:    state.Version,
		ServerName: config.ServerName,
		ALPN:       state.NegotiatedProtocol,
		Resumed:    state.DidResume,
	}
	// An address is not asked for by SNI (RFC 6066 §3, unverified).
	if net.ParseIP(seen.ServerName) != nil {
		seen.ServerName = ""
	}
	return seen
}
