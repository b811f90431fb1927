package client

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

// A Place says where an origin is to be.
type Place struct {
	IP       string        // "127.0.0.1" if empty; "127.0.0.2", "::1"
	Host     string        // in URLs, instead of the address: "localhost"
	Also     string        // another host that the certificate is good for, beside Host
	Sockets  bool          // h2 and h3: takes extended CONNECT (RFC 8441 §3, RFC 9220 §3)
	Secure   bool          // https; over h3 always
	Stranger bool          // with a certificate of an authority that nobody trusts
	Over     wire.Protocol // the trial's if empty
}

// An Origin is a port with a scripted server behind it.
type Origin struct {
	Name   string // "A", "B" ... in the transcript
	s      *Setting
	place  Place
	raw    func(*peer.ServerConn) // takes each connection over instead of the scripts
	server *peer.Server
	conns  int // guarded by s.mu
}

// Open opens an origin for the length of the trial.
func (s *Setting) Open(p Place) *Origin { return s.OpenRaw(p, nil) }

// OpenRaw opens an origin that gives each connection to a function instead of
// the scripts (HTTP/1.1 and HTTP/2, behind TLS if Secure).
func (s *Setting) OpenRaw(p Place, raw func(*peer.ServerConn)) *Origin {
	if p.IP == "" {
		p.IP = "127.0.0.1"
	}
	if p.Over == "" {
		p.Over = s.trial.Over
	}
	o := &Origin{Name: string(rune('A' + len(s.origins))), s: s, place: p, raw: raw}
	s.origins = append(s.origins, o)
	if err := o.listen(); err != nil {
		s.fail("open origin "+o.Name, err)
		o.server = peer.Serve(nowhere{}, nil)
	}
	return o
}

func (o *Origin) listen() error {
	if o.place.Over == wire.H3 {
		return o.listenH3()
	}
	ln, err := net.Listen("tcp", net.JoinHostPort(o.place.IP, "0"))
	if err != nil {
		return err
	}
	if o.place.Secure {
		of := authority
		if o.place.Stranger {
			of = stranger
		}
		a, err := of()
		if err != nil {
			ln.Close()
			return err
		}
		next := []string{"http/1.1"}
		if o.place.Over == wire.H2 {
			next = []string{"h2"}
		}
		config := &tls.Config{GetCertificate: a.GetCertificate, NextProtos: next}
		if o.place.Also != "" {
			both, err := a.Leaf(o.place.Host, o.place.Also)
			if err != nil {
				ln.Close()
				return err
			}
			config.GetCertificate = func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return both, nil }
		}
		ln = tls.NewListener(ln, config)
	}
	serve := o.serveH1
	switch {
	case o.raw != nil:
		serve = func(c *peer.ServerConn) { o.enter(); o.raw(c) }
	case o.place.Over == wire.H2:
		serve = o.serveH2
	}
	o.server = peer.Serve(ln, serve)
	return nil
}

// nowhere is the listener of an origin that could not be opened.
type nowhere struct{}

func (nowhere) Accept() (net.Conn, error) { return nil, net.ErrClosed }
func (nowhere) Close() error              { return nil }
func (nowhere) Addr() net.Addr            { return &net.TCPAddr{} }

// Host is host and port as they stand in the origin's URLs.
func (o *Origin) Host() string {
	_, port, _ := net.SplitHostPort(o.server.Addr())
	host := o.place.Host
	if host == "" {
		host = o.place.IP
	}
	return net.JoinHostPort(host, port)
}

// URL is that of a path here, with the trial's nonce in it.
func (o *Origin) URL(path string) string {
	scheme := "http"
	if o.secure() {
		scheme = "https"
	}
	return scheme + "://" + o.Host() + "/" + o.s.trial.Nonce + path
}

// secure reports whether the origin is behind TLS; HTTP/3 always is.
func (o *Origin) secure() bool { return o.place.Secure || o.place.Over == wire.H3 }

// asked takes a request down. The nonce is taken off the path: what does not
// have it was meant for nobody here, and is kept as it is.
func (o *Origin) asked(conn, number int, q *wire.Request, fault error) *Asked {
	target := q.Target
	if u, err := url.Parse(target); err == nil && u.Host != "" {
		target = u.RequestURI()
	}
	path := strings.TrimPrefix(target, "/"+o.s.trial.Nonce)
	if q.Method == "CONNECT" && !q.Fields.Has(":protocol") {
		path = connect
	}
	a := &Asked{Origin: o, Conn: conn, Number: number, Path: path, Request: q, At: time.Now(), Fault: fault}
	text := string(q.Octets)
	if text == "" {
		text = fmt.Sprintf("%s %s\n%v", q.Method, q.Target, q.Fields)
	}
	o.s.trial.Record.Note(fmt.Sprintf("%s%d", o.Name, conn), ">", "%s", text)
	if fault != nil {
		o.s.trial.Record.Note(fmt.Sprintf("%s%d", o.Name, conn), "*", "not a request: %v", fault)
	}
	o.s.act(a)
	return a
}

// enter counts a connection.
func (o *Origin) enter() int {
	o.s.mu.Lock()
	defer o.s.mu.Unlock()
	o.conns++
	return o.conns
}

// Conns returns how many connections were made to the origin.
func (o *Origin) Conns() int {
	o.s.mu.Lock()
	defer o.s.mu.Unlock()
	return o.conns
}

// serveH1 answers the requests of one HTTP/1.1 connection by their scripts.
func (o *Origin) serveH1(c *peer.ServerConn) {
	conn := 0
	for number := 1; ; number++ {
		q, err := c.ReadHead()
		w := &wayH1{c}
		if err == nil && o.aside(q, w) {
			return
		}
		if conn == 0 {
			conn = o.enter()
		}
		if o.s.full() {
			return
		}
		if err != nil {
			var fault *wire.Fault
			if errors.As(err, &fault) {
				o.asked(conn, number, &wire.Request{}, err)
			}
			return
		}
		bare := q.Framing == wire.FramedNone
		q.Content.Complete = bare
		t := &Turn{Asked: o.asked(conn, number, q, nil), s: o.s, way: w, content: bare}
		o.s.script(t.Path)(t)
		// What the script left of the content is not the next request.
		if !t.over && !t.content {
			t.Content()
		}
		if t.over || q.Fields.HasMember("Connection", "close") {
			return
		}
	}
}

// wayH1 is HTTP/1.1's.
type wayH1 struct{ c *peer.ServerConn }

func (w *wayH1) octets(s string) error { return w.c.Send(s) }

func (w *wayH1) head(code status.Code, fields wire.Fields, _ bool) error {
	reason := "Status"
	if e, ok := status.Get(code); ok {
		reason = e.Name
	}
	head := wire.AppendStatusLine(nil, wire.Version{Major: 1, Minor: 1}, code, reason)
	head = wire.AppendFields(head, fields)
	return w.c.Send(string(head) + "\r\n")
}

func (w *wayH1) data(content string, _ bool) error { return w.c.Send(content) }

func (w *wayH1) read(q *wire.Request) error { return w.c.ReadContent(q) }

func (w *wayH1) stir(d time.Duration, stop <-chan struct{}) bool { return w.c.Await(d, stop) }

// drain reads and drops what the client sends until it stops, and returns how
// much that was.
func drain(w *wayH1, most int64) int64 {
	w.c.SetReadDeadline(time.Now().Add(Silence))
	n, _ := io.Copy(io.Discard, io.LimitReader(w.c.Rest(), most))
	return n
}

func (w *wayH1) close() {
	w.c.CloseWrite()
	// The client gets the time to read before a reset could reach it.
	w.c.SetReadDeadline(time.Now().Add(time.Second))
	io.Copy(io.Discard, io.LimitReader(w.c.Conn, 1<<20))
	w.c.Close()
}

func (w *wayH1) reset() { w.c.Reset() }
