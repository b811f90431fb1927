package road

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// tunnel connects the client with the server that CONNECT names (RFC 9110
// §9.3.6), and carries octets both ways until both sides have ended, nothing has
// moved for a while, or the tunnel has been open for too long.
func (h *Hop) tunnel(w http.ResponseWriter, r *http.Request, to Onward) error {
	if err := h.enter(); err != nil {
		return err
	}
	defer h.leave()
	ctx, cancel := h.context(r.Context())
	defer cancel()
	server, err := h.dial(ctx, to)
	if err != nil {
		return h.notConnected(err)
	}
	defer server.Close()
	w.Header()["Content-Type"] = nil
	w.WriteHeader(http.StatusOK)
	if r.ProtoMajor > 1 {
		client := h.patiently(w)
		if client.FlushError() == nil {
			h.carry(ctx, &streamEnd{client, r.Body}, &connEnd{server, server})
		}
		return nil
	}
	client, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(err) // a server that hands over no connections is wired to no proxy
	}
	defer client.Close()
	// The request's context ended with HTTP on the connection.
	ctx, cancel = h.context(context.Background())
	defer cancel()
	h.carry(ctx, &connEnd{client, buffered.Reader}, &connEnd{server, server})
	return nil
}

// A tunnelEnd is one end of a tunnel. Close lets go whoever reads or writes.
type tunnelEnd interface {
	io.ReadWriteCloser
	CloseWrite() error // tells the other side that no more comes
}

// carry carries octets both ways.
func (h *Hop) carry(ctx context.Context, client, server tunnelEnd) {
	ctx, cut := context.WithCancel(ctx)
	defer cut()
	defer context.AfterFunc(ctx, func() { client.Close(); server.Close() })()
	var moved atomic.Int64
	touch := func() { moved.Store(time.Now().UnixNano()) }
	touch()
	go h.watch(ctx, &moved, cut)
	up := make(chan struct{})
	go func() {
		defer close(up)
		if copyTouching(server, client, touch) != nil || server.CloseWrite() != nil {
			cut()
		}
	}()
	if copyTouching(client, server, touch) != nil || client.CloseWrite() != nil {
		cut()
	}
	<-up
}

// watch cuts a tunnel in which nothing has moved for a while.
func (h *Hop) watch(ctx context.Context, moved *atomic.Int64, cut func()) {
	left := h.idle()
	for left > 0 {
		select {
		case <-time.After(left):
			left = h.idle() - time.Since(time.Unix(0, moved.Load()))
		case <-ctx.Done():
			return
		}
	}
	cut()
}

// copyTouching copies until the source ends.
func copyTouching(to io.Writer, from io.Reader, touch func()) error {
	buf := make([]byte, pieceOctets)
	for {
		n, err := from.Read(buf)
		touch()
		if n > 0 {
			if _, err := to.Write(buf[:n]); err != nil {
				return err
			}
		}
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
	}
}

// connEnd is an end on a connection, with what was read of it already.
type connEnd struct {
	net.Conn
	r io.Reader
}

func (c *connEnd) Read(p []byte) (int, error) { return c.r.Read(p) }

func (c *connEnd) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return errors.ErrUnsupported
}

// streamEnd is the client's end over HTTP/2: DATA frames of one stream (RFC 9113
// §8.5).
type streamEnd struct {
	w       *patient
	content io.ReadCloser
}

func (s *streamEnd) Read(p []byte) (int, error) { return s.content.Read(p) }
func (s *streamEnd) Close() error               { return s.content.Close() }

func (s *streamEnd) Write(p []byte) (int, error) {
	n, err := s.w.Write(p)
	if err == nil {
		err = s.w.FlushError()
	}
	return n, err
}

// CloseWrite cannot end our direction alone: the stream ends with its handler.
func (s *streamEnd) CloseWrite() error { return errors.ErrUnsupported }
