package relay

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/statute-http/statute/wire"
)

// open ends TLS with the client under a certificate of our authority and begins
// it anew with the server. The protocol is the one that the server chooses of
// those that the client offers, so that both speak the same.
func (p *proxied) open(address string, first []byte) {
	r := p.relay
	var (
		server net.Conn
		facts  *wire.TLS
	)
	config := &tls.Config{GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		name := hello.ServerName
		if name == "" {
			name, _, _ = net.SplitHostPort(address)
		}
		offered := []string{"http/1.1"}
		if slices.Contains(hello.SupportedProtos, "h2") {
			offered = []string{"h2", "http/1.1"}
		}
		var err error
		if server, facts, err = r.dialALPN(Upstream{Address: address, TLS: true}, name, offered); err != nil {
			return nil, err
		}
		leaf, err := r.Open.Leaf(name)
		if err != nil {
			return nil, err
		}
		chosen := &tls.Config{Certificates: []tls.Certificate{*leaf}}
		if facts.ALPN != "" && len(hello.SupportedProtos) > 0 {
			chosen.NextProtos = []string{facts.ALPN}
		}
		return chosen, nil
	}}
	client := tls.Server(&begun{Conn: p.client, first: bytes.NewReader(first)}, config)
	p.client.SetDeadline(time.Now().Add(2 * dialTime))
	err := client.Handshake()
	p.client.SetDeadline(time.Time{})
	if server != nil {
		defer r.release(server)
	}
	if err != nil {
		r.trouble(fmt.Errorf("open TLS between %s and %s: %w", p.client.RemoteAddr(), address, err))
		return
	}
	conn := wire.Conn{Peer: p.client.RemoteAddr().String(), TLS: facts}
	var t tape = newTape1(r, conn, "https")
	if facts.ALPN == "h2" {
		t = newTape2(r, conn, "https")
	}
	r.pass(client, server, nil, t)
}

// A begun connection is one of which some octets were read already.
type begun struct {
	net.Conn
	first *bytes.Reader
}

func (b *begun) Read(p []byte) (int, error) {
	if n, err := b.first.Read(p); err != io.EOF {
		return n, err
	}
	return b.Conn.Read(p)
}

// tapeFor returns what records a connection that begins so.
func (r *Relay) tapeFor(first []byte, conn wire.Conn, scheme string, facts *wire.TLS) tape {
	conn.TLS = facts
	if facts != nil {
		scheme = "https"
	}
	switch {
	case strings.HasPrefix(string(first), preface[:min(len(first), len(preface))]) && len(first) > 3:
		return newTape2(r, conn, scheme)
	case begins(first):
		return newTape1(r, conn, scheme)
	}
	r.closed.Add(1)
	return deaf{}
}

// begins reports whether octets may begin a request: a method, a space.
func begins(first []byte) bool {
	for i, c := range first {
		switch {
		case c == ' ':
			return i > 0
		case i > 64, c <= ' ', c >= 0x7f, strings.IndexByte(`"(),/:;<=>?@[\]{}`, c) >= 0:
			return false
		}
	}
	return len(first) > 0
}
