package peer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/statute-http/statute/wire"
)

// errOctets is returned where octets are asked of a connection that has frames.
var errOctets = errors.New("raw octets are for h1 only")

// Write sends octets on an h1 connection as they are: several requests at once,
// or what follows a switch of protocols. Read the answers to requests with
// [Conn.ReadExchange].
func (c *Conn) Write(octets []byte) (int, error) {
	h, ok := c.way.(*h1)
	if !ok {
		return 0, errOctets
	}
	if err := h.nc.SetWriteDeadline(time.Now().Add(c.patience())); err != nil {
		return 0, err
	}
	return h.nc.Write(octets)
}

// CloseWrite ends our direction of an h1 connection; the other stays open.
func (c *Conn) CloseWrite() error {
	h, ok := c.way.(*h1)
	if !ok {
		return errOctets
	}
	return closeWrite(h.nc)
}

// Read reads octets from an h1 connection as they are, those first that came
// together with an answer. It waits no longer than Patience.
func (c *Conn) Read(p []byte) (int, error) {
	h, ok := c.way.(*h1)
	if !ok {
		return 0, errOctets
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.in.wait(c.patience(), time.Now().Add(longest))
	return h.r.Read(p)
}

// ReadExchange reads the answer to a request with the given method that Write
// has sent on an h1 connection. The exchange says nothing of the request but
// the method, and octets that follow the answer are left for the next call.
func (c *Conn) ReadExchange(ctx context.Context, method string) (*wire.Exchange, error) {
	h, ok := c.way.(*h1)
	if !ok {
		return nil, fmt.Errorf("read an answer: %w", errOctets)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	defer h.in.begin(ctx, c.patience())()
	x := c.exchange()
	x.Seen &^= wire.ShowsRequest | wire.ShowsRequestContent
	x.Request.Method = method
	whole := h.receive(x, method, DefaultKeep, nil)
	x.Took = h.took(x)
	switch {
	case !whole:
		h.over = true
	case x.Final.Framing == wire.FramedTunnel:
		x.End = wire.EndTunnel
	case x.End == wire.EndUnknown:
		x.End = wire.EndKept
	}
	return x, nil
}

// Rest waits for so long and returns the octets that come on an h1 connection
// meanwhile, the first 4 kB, and how the connection is then: kept, closed or
// reset.
func (c *Conn) Rest(wait time.Duration) ([]byte, wire.End, error) {
	h, ok := c.way.(*h1)
	if !ok {
		return nil, wire.EndUnknown, errOctets
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	octets, end := h.rest(&wire.Exchange{}, wait)
	return octets, end, nil
}
