package relay

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// proxy serves one client of the forward proxy.
func (r *Relay) proxy(client net.Conn, self string) {
	p := &proxied{relay: r, client: client, self: self, in: wire.NewTolerantReader(client, wire.Limits{})}
	defer p.leave()
	for {
		client.SetReadDeadline(time.Now().Add(idleTime))
		if p.in.Buffered() == 0 && p.in.Fill() != nil {
			return
		}
		client.SetReadDeadline(time.Now().Add(headTime))
		var h wire.Head
		if err := p.in.ReadRequest(&h); err != nil {
			p.answer(400, "The request cannot be read: "+err.Error())
			return
		}
		target, ok := strings.CutPrefix(strings.ToLower(string(h.Target())), "http://")
		switch {
		case string(h.Method()) == "CONNECT":
			p.tunnel(string(h.Target()))
			return
		case !ok:
			p.answer(400, "This is a proxy: send a request in absolute-form, or CONNECT.")
			return
		}
		end := strings.IndexAny(target, "/?#")
		if end < 0 {
			end = len(target)
		}
		if !p.forward(&h, target[:end]) {
			return
		}
	}
}

// proxied is one client's connection to the forward proxy, and the connection to
// the server that its requests in absolute-form go to. Another server is turned
// to only when the one before has answered.
type proxied struct {
	relay  *Relay
	client net.Conn
	self   string // the proxy's own address
	in     *wire.Reader

	authority string
	server    net.Conn
	tape      *tape1
	back      sync.WaitGroup // the answers' way
}

// answer refuses a request in our own name. Such answers are not recorded: they
// are nobody's traffic but ours.
func (p *proxied) answer(code status.Code, says string) {
	says += "\n"
	b := wire.AppendStatusLine(nil, wire.Version{Major: 1, Minor: 1}, code, wire.ReasonPhrase(code))
	b = wire.AppendFields(b, wire.Fields{
		{Name: "Date", Value: time.Now().UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")},
		{Name: "Content-Type", Value: "text/plain; charset=utf-8"},
		{Name: "Content-Length", Value: fmt.Sprint(len(says))},
		{Name: "Connection", Value: "close"},
	})
	write(p.client, append(append(b, "\r\n"...), says...))
}

// refuse answers for a server that was not reached.
func (p *proxied) refuse(authority string, err error) {
	p.relay.trouble(fmt.Errorf("reach %s: %w", authority, err))
	code := status.Code(502)
	var late net.Error
	if errors.As(err, &late) && late.Timeout() {
		code = 504
	}
	p.answer(code, "statute lint --proxy cannot reach "+authority+": "+err.Error())
}

var errLoop = errors.New("it is the proxy itself")

// reach connects to a server, which must not be the proxy itself.
func (p *proxied) reach(authority, port string) (string, error) {
	host, given, err := net.SplitHostPort(authority)
	if err != nil {
		host, given = strings.Trim(authority, "[]"), port
	}
	address := net.JoinHostPort(host, given)
	if address == p.self {
		return "", errLoop
	}
	return address, nil
}

// forward passes one request on in origin-form; false if the connection is over.
func (p *proxied) forward(h *wire.Head, authority string) bool {
	if p.server == nil || p.authority != authority || !p.tape.settled() {
		p.leave()
		if err := p.turn(authority); err != nil {
			p.refuse(authority, err)
			return false
		}
	}
	head := originForm(h)
	p.tape.fromClient(head)
	if !write(p.server, head) {
		return false
	}
	// The content, as it comes: the tape knows where it ends.
	for p.tape.wantsContent() {
		if p.in.Buffered() == 0 {
			p.client.SetReadDeadline(time.Now().Add(idleTime))
			if p.in.Fill() != nil {
				return false
			}
		}
		octets := p.in.Peek()
		n := p.tape.content(octets)
		if !write(p.server, octets[:n]) {
			return false
		}
		p.in.Discard(n)
	}
	if p.tape.await() {
		return p.raw()
	}
	return p.tape.complete()
}

// raw passes on what follows a switch to another protocol, or an answer after
// which nothing can be told apart.
func (p *proxied) raw() bool {
	if !write(p.server, p.in.Peek()) {
		return false
	}
	copyPieces(p.client, p.server, func() bool { return true }, func([]byte) {})
	closeWrite(p.server)
	p.back.Wait()
	return false
}

// turn connects to another server and lets its answers through.
func (p *proxied) turn(authority string) error {
	address, err := p.reach(authority, "80")
	if err != nil {
		return err
	}
	server, _, err := p.relay.dial(Upstream{Address: address})
	if err != nil {
		return err
	}
	p.authority, p.server = authority, server
	p.tape = newTape1(p.relay, wire.Conn{Peer: p.client.RemoteAddr().String()}, "http")
	tape := p.tape
	p.back.Go(func() {
		err := copyPieces(server, p.client, func() bool { return true }, tape.fromServer)
		left := errors.As(err, new(*writeError))
		if left {
			tape.clientEnded()
		}
		tape.serverEnded(err)
		// Who waits for the rest of an answer has to learn that none comes; who
		// waits for nothing may go on with another request.
		if left || !tape.complete() {
			p.client.Close()
		}
	})
	return nil
}

// leave turns away from a server.
func (p *proxied) leave() {
	if p.server == nil {
		return
	}
	p.tape.clientEnded()
	closeWrite(p.server)
	done := make(chan struct{})
	go func() {
		p.back.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(lingerTime):
		p.server.Close()
		<-done
	}
	p.tape.over()
	p.relay.release(p.server)
	p.server = nil
}

// originForm returns the head with its target in origin-form (RFC 9112 §3.2.1),
// every other octet as it was.
func originForm(h *wire.Head) []byte {
	octets, target := h.Octets(), h.Target()
	at := bytes.Index(octets, target)
	rest := target[len("http://"):]
	if i := bytes.IndexAny(rest, "/?#"); i >= 0 {
		rest = rest[i:]
	} else {
		rest = nil
	}
	head := append([]byte(nil), octets[:at]...)
	if len(rest) == 0 || rest[0] != '/' {
		// RFC 9112 §3.2.1: an empty path is written as "/".
		head = append(head, '/')
	}
	head = append(head, rest...)
	return append(head, octets[at+len(target):]...)
}

// tunnel answers a CONNECT and passes on what follows: opened, if it is TLS that
// may be opened, recorded where it is HTTP.
func (p *proxied) tunnel(authority string) {
	address, err := p.reach(authority, "443")
	if err != nil {
		p.refuse(authority, err)
		return
	}
	opening := p.relay.Open != nil
	var server net.Conn
	if !opening {
		if server, _, err = p.relay.dial(Upstream{Address: address}); err != nil {
			p.refuse(authority, err)
			return
		}
		defer p.relay.release(server)
	}
	if !write(p.client, []byte("HTTP/1.1 200 Connection established\r\n\r\n")) {
		return
	}
	first := p.first()
	if opening && len(first) > 0 && first[0] == recordHandshake {
		p.open(address, first)
		return
	}
	if server == nil {
		if server, _, err = p.relay.dial(Upstream{Address: address}); err != nil {
			p.relay.trouble(err)
			return
		}
		defer p.relay.release(server)
	}
	p.relay.pass(p.client, server, first, p.relay.tapeFor(first, wire.Conn{Peer: p.client.RemoteAddr().String()}, "http", nil))
}

// first returns the first octets in a tunnel; none if the client waits for the
// server to speak.
func (p *proxied) first() []byte {
	if p.in.Buffered() == 0 {
		p.client.SetReadDeadline(time.Now().Add(sniffTime))
		p.in.Fill()
	}
	first := bytes.Clone(p.in.Peek())
	p.in.Discard(len(first))
	return first
}

// recordHandshake begins the first record of TLS (RFC 8446 §5.1, unverified).
const recordHandshake = 22
