package peer

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"time"

	"github.com/statute-http/statute/wire"
)

// Limits of scripted servers.
const (
	maxConns   = 64               // connections at a time; further ones wait
	scriptTime = 30 * time.Second // the life of a connection
	scriptKeep = 4 << 20          // octets of a request's content
)

// A Server gives connections to a script. It has h1 and h2 from [Serve], h3 from
// [ServeH3].
type Server struct {
	addr   net.Addr
	stop   func() error // stops accepting
	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup
	slots  chan struct{}
}

func newServer(addr net.Addr, stop func() error) *Server {
	s := &Server{addr: addr, stop: stop, slots: make(chan struct{}, maxConns)}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s
}

// Addr returns the address that the server listens on.
func (s *Server) Addr() string { return s.addr.String() }

// Close stops listening, closes every connection, and waits for the scripts.
func (s *Server) Close() error {
	s.cancel()
	err := s.stop()
	s.wg.Wait()
	return err
}

// Serve accepts connections and runs do on each, in a goroutine of its own. When
// do returns, the connection is closed. The listener is the server's from now
// on; one of package tls makes it a TLS server.
func Serve(ln net.Listener, do func(*ServerConn)) *Server {
	s := newServer(ln.Addr(), ln.Close)
	s.wg.Go(func() {
		for {
			select {
			case s.slots <- struct{}{}:
			case <-s.ctx.Done():
				return
			}
			nc, err := ln.Accept()
			if err != nil {
				return
			}
			s.wg.Go(func() {
				defer func() { <-s.slots }()
				s.run(nc, do)
			})
		}
	})
	return s
}

func (s *Server) run(nc net.Conn, do func(*ServerConn)) {
	defer nc.Close()
	defer context.AfterFunc(s.ctx, func() { nc.Close() })()
	if nc.SetDeadline(time.Now().Add(scriptTime)) != nil {
		return
	}
	if secure, ok := nc.(*tls.Conn); ok && secure.HandshakeContext(s.ctx) != nil {
		return
	}
	do(&ServerConn{Conn: nc, Done: s.ctx.Done(), r: wire.NewReader(nc, wire.Limits{})})
}

// A ServerConn is the server's end of a connection, for a script to use as it
// likes. Its methods are for one goroutine.
type ServerConn struct {
	net.Conn
	Done <-chan struct{} // closed when the server closes

	r       *wire.Reader
	head    wire.Head
	framing wire.Framing
	length  int64
}

// ReadHead reads an HTTP/1.1 request's head, strictly.
func (c *ServerConn) ReadHead() (*wire.Request, error) {
	if err := c.r.ReadRequest(&c.head); err != nil {
		return nil, fmt.Errorf("read a request: %w", err)
	}
	q := c.head.Request("http")
	if _, ok := c.Conn.(*tls.Conn); ok {
		q.Scheme = "https"
	}
	q.Octets = append([]byte(nil), c.head.Octets()...)
	c.framing, c.length = c.head.Framing()
	return &q, nil
}

// ReadContent reads the content that follows the head read last into q, at most
// four megabytes of it.
func (c *ServerConn) ReadContent(q *wire.Request) error {
	body := c.r.Body(c.framing, c.length)
	data, err := io.ReadAll(io.LimitReader(body, scriptKeep))
	q.Content = wire.Content{Length: body.Total(), Data: data, Complete: body.Done()}
	q.Trailers = body.Trailers
	if err != nil {
		return fmt.Errorf("read a request's content: %w", err)
	}
	if len(data) == scriptKeep && !body.Done() {
		return fmt.Errorf("read a request's content: it is larger than %d octets", scriptKeep)
	}
	return nil
}

// ReadRequest reads an HTTP/1.1 request with its content, strictly.
func (c *ServerConn) ReadRequest() (*wire.Request, error) {
	q, err := c.ReadHead()
	if err != nil {
		return nil, err
	}
	return q, c.ReadContent(q)
}

// Send writes octets as they are.
func (c *ServerConn) Send(octets string) error {
	_, err := io.WriteString(c.Conn, octets)
	return err
}

// CloseWrite ends our direction of the connection.
func (c *ServerConn) CloseWrite() error { return closeWrite(c.Conn) }

// Reset closes the connection with a TCP reset.
func (c *ServerConn) Reset() error { return reset(c.Conn) }

// Rest reads what comes from now on as it is, what was read ahead first.
func (c *ServerConn) Rest() io.Reader { return c.r }

// CloseTCP ends our direction of a TLS connection without saying so: a FIN and
// no close_notify.
func (c *ServerConn) CloseTCP() error {
	if secure, ok := c.Conn.(*tls.Conn); ok {
		return secure.NetConn().Close()
	}
	return c.Conn.Close()
}

// Await waits until octets come or the connection ends, at most for d or until
// stop is closed, and reports whether one of the two happened. The octets stay
// for the next read.
func (c *ServerConn) Await(d time.Duration, stop <-chan struct{}) bool {
	if c.r.Buffered() > 0 {
		return true
	}
	c.SetReadDeadline(time.Now().Add(d))
	done := make(chan struct{})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		select {
		case <-stop:
			c.SetReadDeadline(time.Unix(1, 0))
		case <-done:
		}
	}()
	err := c.r.Fill()
	close(done)
	<-ended
	c.SetReadDeadline(time.Now().Add(scriptTime))
	return err == nil || !errors.Is(err, os.ErrDeadlineExceeded)
}

// Wait waits until the client closes, the server closes or the time is over,
// dropping what comes: the way to be silent.
func (c *ServerConn) Wait(d time.Duration) {
	if c.SetReadDeadline(time.Now().Add(d)) != nil {
		return
	}
	io.Copy(io.Discard, c.Conn)
	c.SetReadDeadline(time.Now().Add(scriptTime))
}
