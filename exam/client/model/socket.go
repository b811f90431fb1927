package model

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/statute-http/statute/exam/client"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

const socketKey = "c3RhdHV0ZSdzIHNhbXBsZQ=="

// socket opens a WebSocket and closes it again.
func (s *session) socket(ctx context.Context, o *client.Order, u *url.URL) client.Report {
	if s.has("opens-no-socket") {
		return client.Report{Unsupported: "no WebSocket"}
	}
	h := &hop{order: o, url: u, method: "GET"}
	for range mostTries {
		h.fields = append(append(wire.Fields(nil), h.fields...),
			wire.Field{Name: "Connection", Value: "Upgrade"}, wire.Field{Name: "Upgrade", Value: "websocket"},
			wire.Field{Name: "Sec-WebSocket-Version", Value: "13"}, wire.Field{Name: "Sec-WebSocket-Key", Value: socketKey})
		l, _, err := s.open(ctx, h)
		if err != nil {
			return failed(client.ErrConnect, err)
		}
		x, err := l.conn.Do(ctx, s.request(h))
		if err != nil {
			l.conn.Close()
			return failed(client.ErrOther, err)
		}
		if next := s.afterHandshake(h, x); next != nil {
			l.conn.Close()
			h = next
			continue
		}
		defer l.conn.Close()
		if err := s.refused(x); err != nil {
			return failed(client.ErrProtocol, err)
		}
		if s.has("101-has-content") && x.Final.Fields.Has("Content-Length") {
			l.conn.Read(make([]byte, 5))
			return failed(client.ErrTimeout, errors.New("the content did not come"))
		}
		l.conn.Write([]byte("\x88\x82\x00\x00\x00\x00\x03\xe8")) // close, masked
		return client.Report{Status: 101, Fields: x.Final.Fields}
	}
	return failed(client.ErrLoop, errors.New("too many answers that are no 101"))
}

// afterHandshake is where a client goes that acts on answers to its handshake;
// RFC 6455 §4.1 leaves that open, and a right one may as well not.
func (s *session) afterHandshake(h *hop, x *wire.Exchange) *hop {
	if x.Final == nil {
		return nil
	}
	switch {
	case s.has("follows-handshake") && x.Final.Status == 302:
		next, _ := s.redirect(h, x)
		if next != nil {
			next.fields = nil
		}
		return next
	case s.has("handshake-with-credentials") && x.Final.Status == 401 && h.tries == 0:
		next := *h
		next.tries, next.fields = 1, wire.Fields{toll(h.order.User, h.order.Password)}
		next.fields[0].Name = "Authorization"
		return &next
	}
	return nil
}

// refused: RFC 6455 §4.1, what a client looks at before it takes a 101 for its
// WebSocket.
func (s *session) refused(x *wire.Exchange) error {
	if s.has("100-ends-handshake") && len(x.Interim) > 0 {
		return errors.New("the answer is 100")
	}
	if x.Final == nil || x.Final.Status != 101 {
		return errors.New("the answer is no 101")
	}
	f := x.Final.Fields
	switch {
	case !strings.EqualFold(f.Get("Upgrade"), "websocket") && !s.has("any-upgrade"):
		return fmt.Errorf("the connection went over to %s", f.Get("Upgrade"))
	case !f.HasMember("Connection", "upgrade") && !s.has("no-connection-needed"):
		return errors.New("there is no Connection: Upgrade")
	case f.Get("Sec-WebSocket-Accept") != client.SocketAccept(socketKey) && !s.has("any-accept"):
		return errors.New("Sec-WebSocket-Accept is wrong")
	case f.Has("Sec-WebSocket-Extensions") && !s.has("any-extension"):
		return errors.New("an extension was not offered")
	case f.Has("Sec-WebSocket-Protocol") && !s.has("any-subprotocol"):
		return errors.New("a subprotocol was not offered")
	}
	return nil
}

// framedSocket opens a WebSocket over HTTP/2 or HTTP/3 and closes it again.
// RFC 8441 §4, §5: the handshake is an extended CONNECT, without the fields that
// HTTP/1.1 needs. RFC 9110 §9.3.6: any 2xx opens the tunnel; §15.2.2's 101 is
// HTTP/1.1's alone.
func (s *session) framedSocket(ctx context.Context, o *client.Order, u *url.URL) client.Report {
	if s.has("opens-no-socket") {
		return client.Report{Unsupported: "no WebSocket"}
	}
	l, _, err := s.open(ctx, &hop{order: o, url: u, method: "CONNECT"})
	if err != nil {
		return failed(client.ErrConnect, err)
	}
	defer l.conn.Close()
	x, err := l.conn.Do(ctx, &peer.Request{
		Section: wire.Fields{
			{Name: ":method", Value: "CONNECT"}, {Name: ":protocol", Value: "websocket"}, {Name: ":scheme", Value: u.Scheme},
			{Name: ":authority", Value: u.Host}, {Name: ":path", Value: u.RequestURI()}, {Name: "sec-websocket-version", Value: "13"},
		},
		// Nothing goes out before the answer; then the socket is left to the server,
		// which closes it.
		Content: []byte("\x88\x82\x00\x00\x00\x00\x03\xe8"), Hold: true, HoldFor: longest,
	})
	switch {
	case err != nil:
		return failed(client.ErrOther, err)
	case x.Final == nil:
		return failed(client.ErrCut, errors.New("no answer came"))
	case x.Final.Status.Class() != status.Successful || s.has("waits-for-101"):
		return merge(client.Report{Status: int(x.Final.Status)}, client.ErrStatus, fmt.Errorf("the answer is %d", x.Final.Status))
	}
	return client.Report{Status: int(x.Final.Status), Fields: x.Final.Fields}
}
