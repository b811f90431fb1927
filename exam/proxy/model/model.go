// Package model is a proxy of our own for the exam to examine: without a fault it
// passes every case of HTTP/1.1 in its mode, which shows that each can be passed;
// with one of its [Faults] it makes that one mistake, and the case that looks for
// it fails.
//
// It is small rather than fast. It reads a request and its content, sends it on,
// and hands the answer over as it comes; it keeps connections to the origin, and
// stores answers. Each mistake is made in the place at which the right thing is
// done otherwise.
package model

import (
	"net"
	"sync"
	"time"

	"github.com/statute-http/statute/wire"
)

// A Proxy is a running model.
type Proxy struct {
	To    string // the origin; empty: a forward proxy
	Login string // Proxy-Authorization that a forward proxy wants
	fault string

	ln    net.Listener
	conns sync.WaitGroup
	mu    sync.Mutex
	open  map[net.Conn]bool
	idle  []*line
	store map[string]*stored
}

// Open starts a proxy with a fault, or with none. It panics if there is no such
// fault.
func Open(to, login, fault string) (*Proxy, error) {
	if fault != "" && !Known(fault) {
		panic("there is no fault " + fault + ": add it to exam/proxy/model/faults.go")
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &Proxy{To: to, Login: login, fault: fault, ln: ln, open: map[net.Conn]bool{}, store: map[string]*stored{}}
	p.conns.Go(p.accept)
	return p, nil
}

// Addr returns where it listens.
func (p *Proxy) Addr() string { return p.ln.Addr().String() }

// Close ends it and all its connections.
func (p *Proxy) Close() {
	p.ln.Close()
	p.mu.Lock()
	for c := range p.open {
		c.Close()
	}
	p.mu.Unlock()
	p.conns.Wait()
}

func (p *Proxy) has(fault string) bool { return p.fault == fault }

// hold keeps a connection for Close.
func (p *Proxy) hold(c net.Conn) net.Conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open[c] = true
	return c
}

func (p *Proxy) drop(c net.Conn) {
	c.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.open, c)
}

func (p *Proxy) accept() {
	for {
		c, err := p.ln.Accept()
		if err != nil {
			return
		}
		p.hold(c)
		p.conns.Go(func() {
			defer p.drop(c)
			p.serve(c)
		})
	}
}

// A line is a connection to an origin.
type line struct {
	net.Conn
	to   string
	r    *wire.Reader
	used bool
}

// line returns a connection that was kept, or a new one.
func (p *Proxy) line(to string, fresh bool) (*line, error) {
	for !fresh && !p.has("reuses-no-connection") {
		p.mu.Lock()
		var l *line
		for i, one := range p.idle {
			if one.to == to {
				l = one
				p.idle = append(p.idle[:i:i], p.idle[i+1:]...)
				break
			}
		}
		p.mu.Unlock()
		if l == nil {
			break
		}
		// RFC 9112 §9.2: what came on it while nothing was asked answers nothing.
		if p.has("passes-surplus") || l.quiet() {
			l.used = true
			return l, nil
		}
		p.drop(l.Conn)
	}
	c, err := net.DialTimeout("tcp", to, patience)
	if err != nil {
		return nil, err
	}
	p.hold(c)
	return &line{Conn: c, to: to, r: wire.NewTolerantReader(c, p.limits())}, nil
}

func (p *Proxy) limits() wire.Limits {
	if p.has("small-fields") {
		return wire.Limits{Field: 8 << 10}
	}
	if p.has("passes-malformed") {
		return wire.Limits{Field: 8 << 20, Fields: 1 << 20, Head: 8 << 20}
	}
	return wire.Limits{Field: 128 << 10, Head: 256 << 10}
}

// quiet reports whether nothing came on the connection and it is still open.
func (l *line) quiet() bool {
	if l.r.Buffered() > 0 {
		return false
	}
	l.SetReadDeadline(time.Now().Add(time.Millisecond))
	err := l.r.Fill()
	l.SetReadDeadline(time.Time{})
	timeout, ok := err.(net.Error)
	return ok && timeout.Timeout()
}

func (p *Proxy) keep(l *line) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.idle = append(p.idle, l)
}

// patience is how long an origin may be silent.
const patience = 2 * time.Second
