package model

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"

	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

// A toll is what the client knows of its proxy.
func toll(user, password string) wire.Field {
	return wire.Field{Name: "Proxy-Authorization", Value: "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))}
}

// tunnel gets through a proxy to the origin of an https URL and returns the
// address of an end of it on this machine, to which a peer can connect as if to
// the origin. RFC 9110 §9.3.6: a 2xx to CONNECT, whatever its fields say, means
// that what follows is the tunnel; anything else is an answer of the proxy's,
// which cannot speak for the origin.
func (s *session) tunnel(ctx context.Context, h *hop, host string) (*tunnelled, error) {
	proxy, err := url.Parse(h.order.Proxy)
	if err != nil {
		return nil, err
	}
	var fields wire.Fields
	for try := 0; ; try++ {
		conn, err := peer.Dial(ctx, peer.Target{Protocol: wire.H1, Address: proxy.Host})
		if err != nil {
			return nil, fmt.Errorf("connect to the proxy: %w", err)
		}
		x, err := conn.Do(ctx, &peer.Request{Method: "CONNECT", Path: host, Authority: host, Fields: fields})
		switch {
		case err != nil || x.Final == nil:
			conn.Close()
			return nil, errors.Join(errors.New("the proxy did not answer"), err)
		case x.Final.Status.Class() == 2:
			if s.has("connect-reads-length") && x.Final.Fields.Has("Content-Length") {
				if _, err := conn.Read(make([]byte, 5)); err != nil {
					conn.Close()
					return nil, fmt.Errorf("read the content of the answer to CONNECT: %w", err)
				}
			}
			return carry(conn)
		case x.Final.Status == 407 && try == 0 && h.order.ProxyUser != "" && !s.has("answers-no-proxy"):
			conn.Close()
			fields = wire.Fields{toll(h.order.ProxyUser, h.order.ProxyPassword)}
			continue
		}
		conn.Close()
		if s.has("follows-redirect-of-connect") && x.Final.Fields.Has("Location") {
			if u, err := url.Parse(x.Final.Fields.Get("Location")); err == nil {
				s.exchange(ctx, &hop{order: h.order, url: u, method: "GET", direct: true})
			}
		}
		return nil, fmt.Errorf("the proxy answered %d", x.Final.Status)
	}
}

// A tunnelled is a local port, open for one connection that goes on through a
// tunnel.
type tunnelled struct {
	address string
	ln      net.Listener
}

func carry(conn *peer.Conn) (*tunnelled, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		conn.Close()
		return nil, err
	}
	go func() {
		defer conn.Close()
		here, err := ln.Accept()
		ln.Close()
		if err != nil {
			return
		}
		defer here.Close()
		done := make(chan struct{}, 2)
		go func() { io.Copy(conn, here); done <- struct{}{} }()
		go func() { io.Copy(here, conn); done <- struct{}{} }()
		<-done
	}()
	return &tunnelled{ln.Addr().String(), ln}, nil
}

// secured is the target of a connection through the tunnel.
func (t *tunnelled) secured(config *tls.Config, host string) peer.Target {
	name, _, _ := net.SplitHostPort(host)
	return peer.Target{Protocol: wire.H1, Address: t.address, TLS: config, ServerName: name}
}
