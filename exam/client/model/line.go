package model

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"

	"github.com/statute-http/statute/exam/client"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

// A place is what a connection is made to; one can be used again for the same
// place only.
type place struct {
	over   wire.Protocol
	secure bool
	host   string
}

// A line is a connection with what the client knows of it.
type line struct {
	place
	conn *peer.Conn
	late *wire.Exchange // of a faulty client: an answer that it still takes for one to come
}

// open returns a connection to the URL's origin: an idle one, or a new one.
func (s *session) open(ctx context.Context, h *hop) (l *line, reused bool, err error) {
	p := placeOf(h.order.Over, h.url)
	if lines := s.idle[p]; len(lines) > 0 && !s.has("new-connection-each") {
		s.idle[p] = lines[:len(lines)-1]
		return lines[len(lines)-1], true, nil
	}
	target := peer.Target{Protocol: p.over, Address: p.host}
	// RFC 6761 §6.3 (unverified): names below localhost are this machine's.
	if name, port, _ := net.SplitHostPort(p.host); strings.HasSuffix(name, ".localhost") {
		target.Address, target.ServerName = net.JoinHostPort("127.0.0.1", port), name
	}
	if p.secure {
		if target.TLS, err = trust(h.order.Authority); err != nil {
			return nil, false, err
		}
	}
	conn, err := peer.Dial(ctx, target)
	if err != nil {
		return nil, false, err
	}
	if h.order.Patience > 0 {
		conn.Patience = h.order.Patience
	}
	return &line{place: p, conn: conn}, false, nil
}

func placeOf(over wire.Protocol, u *url.URL) place {
	host := u.Host
	if u.Port() == "" {
		host += map[string]string{"http": ":80", "https": ":443"}[u.Scheme]
	}
	return place{over: over, secure: u.Scheme == "https", host: host}
}

func trust(file string) (*tls.Config, error) {
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read the authority to trust: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, errors.New("the authority to trust is no certificate")
	}
	return &tls.Config{RootCAs: pool}, nil
}

// keep gives a connection back for the next request to the same place.
func (s *session) keep(l *line, x *wire.Exchange) {
	// RFC 9112 §6.3: octets behind the answer are no answer to anything, and a
	// connection that has them is not to be trusted.
	if x.End == wire.EndKept && len(x.After) == 0 || l.late != nil {
		s.idle[l.place] = append(s.idle[l.place], l)
		return
	}
	l.conn.Close()
}

// exchange makes one exchange and reports it. The exchange is nil if the report
// is all there is to say.
func (s *session) exchange(ctx context.Context, h *hop) (*wire.Exchange, client.Report) {
	l, _, err := s.open(ctx, h)
	if err != nil {
		return nil, failed(client.ErrConnect, err)
	}
	x, err := l.conn.Do(ctx, s.request(h))
	if err != nil {
		l.conn.Close()
		return nil, failed(client.ErrOther, err)
	}
	x = s.misread(l, x)
	kind, err := s.judge(x)
	if err != nil {
		l.conn.Close()
		r := client.Report{}
		if x.Final != nil {
			r = said(h, x)
		}
		return nil, merge(r, kind, err)
	}
	s.takeCookies(h, x.Final)
	s.keep(l, x)
	return x, said(h, x)
}

// said reports an exchange.
func said(h *hop, x *wire.Exchange) client.Report {
	p := x.Final
	r := client.Report{Status: int(p.Status), Reason: p.Reason, Fields: p.Fields, Content: p.Content.Data, URL: h.url.String()}
	for i := range x.Interim {
		r.Interim = append(r.Interim, int(x.Interim[i].Status))
	}
	return r
}

// judge refuses what is no answer.
func (s *session) judge(x *wire.Exchange) (client.ErrorKind, error) {
	switch {
	case x.Final == nil && x.End == wire.EndSilent:
		return client.ErrTimeout, errors.New("no answer came in time")
	case x.Final == nil:
		// RFC 9112 §8: a message that ends in its head is incomplete.
		return client.ErrCut, fmt.Errorf("the exchange ended without an answer: %s", x.End)
	case len(x.Final.Faults) > 0:
		return client.ErrProtocol, &x.Final.Faults[0]
	case x.End == wire.EndSilent:
		return client.ErrTimeout, errors.New("the answer did not come to its end in time")
	case !x.Final.Content.Complete && x.Final.Framing != wire.FramedNone && x.Final.Framing != wire.FramedTunnel:
		// RFC 9112 §8: content that is shorter than its framing says is incomplete.
		return client.ErrCut, errors.New("the content was cut off")
	}
	for i := range x.Interim {
		if faults := x.Interim[i].Faults; len(faults) > 0 {
			return client.ErrProtocol, &faults[0]
		}
	}
	return "", nil
}
