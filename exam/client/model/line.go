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
	"time"

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
	road   string // the proxy, or the alternative service, if one is between
}

// A line is a connection with what the client knows of it.
type line struct {
	place
	conn *peer.Conn
	leaf *x509.Certificate // that the server has shown
	late *wire.Exchange    // of a faulty client: an answer that it still takes for one to come
	used bool              // of a faulty client: it goes on where a right one would not
}

// open returns a connection to the URL's origin: an idle one, or a new one.
func (s *session) open(ctx context.Context, h *hop) (l *line, reused bool, err error) {
	p := placeOf(h.order.Over, h.url)
	if h.proxied(s) {
		p.road = h.order.Proxy
	}
	if other := s.alternatives[p]; other != "" && h.order.Alternate {
		p.road = other
	}
	for lines := s.idle[p]; len(lines) > 0 && !s.has("new-connection-each"); {
		l = lines[len(lines)-1]
		lines = lines[:len(lines)-1]
		s.idle[p] = lines
		if h.elsewhere || h.early {
			l.conn.Close() // RFC 9110 §15.5.20: not on the connection that was refused
			continue
		}
		if s.fresh(l) {
			return l, true, nil
		}
		l.conn.Close()
	}
	if l := s.shared(h, p); l != nil {
		return l, true, nil
	}
	target := peer.Target{Protocol: p.over, Address: p.host}
	// RFC 6761 §6.3 (unverified): names below localhost are this machine's.
	if name, port, _ := net.SplitHostPort(p.host); strings.HasSuffix(name, ".localhost") {
		target.Address, target.ServerName = net.JoinHostPort("127.0.0.1", port), name
	}
	var leaf *x509.Certificate
	if p.secure {
		if target.TLS, err = trust(h.order.Authority); err != nil {
			return nil, false, err
		}
		target.TLS.ClientSessionCache = s.tickets
		if s.has("trusts-nobody") {
			target.TLS.RootCAs = x509.NewCertPool()
		}
		target.TLS.InsecureSkipVerify = s.has("trusts-anybody")
		target.TLS.VerifyConnection = func(state tls.ConnectionState) error {
			leaf = state.PeerCertificates[0]
			return nil
		}
		target.EarlyData = h.early
	}
	if h.proxied(s) {
		if target, err = s.proxied(ctx, h, target); err != nil {
			return nil, false, err
		}
	}
	if p.road != "" && p.road != h.order.Proxy {
		// RFC 7838 §2.1: the alternative has to be authoritative for the origin, so
		// it is asked for by the origin's name.
		target.ServerName, _, _ = net.SplitHostPort(p.host)
		target.Address = p.road
	}
	conn, err := peer.Dial(ctx, target)
	if err != nil {
		return nil, false, err
	}
	if h.order.Patience > 0 {
		conn.Patience = h.order.Patience
	}
	if s.has("205-has-no-content") {
		conn.Patience = client.Silence / 10
	}
	return &line{place: p, conn: conn, leaf: leaf}, false, nil
}

// proxied is where to connect to instead, on the way through the order's proxy.
func (s *session) proxied(ctx context.Context, h *hop, target peer.Target) (peer.Target, error) {
	if target.TLS == nil {
		proxy, err := url.Parse(h.order.Proxy)
		if err != nil {
			return target, err
		}
		target.Address = proxy.Host
		return target, nil
	}
	through, err := s.tunnel(ctx, h, target.Address)
	if err != nil {
		return target, err
	}
	return through.secured(target.TLS, target.Address), nil
}

// fresh reports whether an idle connection can carry a request. RFC 9112 §9.2:
// what came on it while nothing was asked is no answer to anything, and an
// unsolicited 408 says that it closes (§9.5).
func (s *session) fresh(l *line) bool {
	if l.over != wire.H1 || l.used {
		return true
	}
	octets, end, err := l.conn.Rest(time.Millisecond)
	if s.has("takes-early-408") && len(octets) > 0 {
		l.late, l.used = &wire.Exchange{Final: readBack(octets)}, true
		return true
	}
	return err == nil && len(octets) == 0 && end == wire.EndKept
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
	// RFC 9112 §9.6: after Connection: close nothing more goes out.
	closing := x.Final.Fields.HasMember("Connection", "close")
	if l.used && s.has("reuses-after-unsent-content") || closing && s.has("ignores-close") || l.late != nil {
		l.used = true
		s.idle[l.place] = append(s.idle[l.place], l)
		return
	}
	// RFC 9112 §6.3: octets behind the answer are no answer to anything, and a
	// connection that has them is not to be trusted.
	sent := x.Request.Framing == wire.FramedNone || x.Request.Content.Complete
	if x.End == wire.EndKept && len(x.After) == 0 && !closing && sent {
		s.idle[l.place] = append(s.idle[l.place], l)
		return
	}
	l.conn.Close()
}

// exchange makes one exchange and reports it. The exchange is nil if the report
// is all there is to say.
func (s *session) exchange(ctx context.Context, h *hop) (*wire.Exchange, client.Report) {
	l, reused, err := s.open(ctx, h)
	if err != nil {
		return nil, failed(client.ErrConnect, err)
	}
	x, err := s.send(ctx, l, s.request(h))
	if err != nil {
		l.conn.Close()
		return nil, failed(client.ErrOther, err)
	}
	// RFC 9110 §9.2.2: what broke on a connection that had been idle may be sent
	// again on a new one, if it is idempotent.
	// RFC 9113 §8.7, RFC 9114 §4.1.1: what the server says that it did not process
	// may be sent again, whatever the method.
	if x.End == wire.EndRefused && h.repeats == 0 && !s.has("leaves-refused") || x.End == wire.EndReset && h.repeats == 0 && s.has("repeats-at-http11-required") {
		l.conn.Close()
		h.repeats++
		return s.exchange(ctx, h)
	}
	if x.Final == nil && l.late == nil && reused && h.repeats == 0 && (h.method != "POST" || s.has("repeats-post")) && x.End != wire.EndSilent {
		l.conn.Close()
		h.repeats++
		return s.exchange(ctx, h)
	}
	// RFC 9112 §9.3: a connection whose content was not sent is out of step.
	if s.has("reuses-after-unsent-content") && h.expects && x.Final != nil && !x.Request.Content.Complete {
		l.used = true
	}
	if s.has("waits-for-100-for-ever") && h.expects && len(x.Interim) == 0 {
		x.Final, x.End = nil, wire.EndSilent
	}
	x = s.misread(l, x)
	kind, err := s.judge(h, x)
	if err != nil {
		l.conn.Close()
		if kind == client.ErrCut && x.Final != nil {
			if whole, ok := s.rest(ctx, h, x.Final); ok {
				return nil, whole
			}
		}
		r := client.Report{}
		if x.Final != nil {
			r = said(h, x)
		}
		return nil, merge(r, kind, err)
	}
	s.takeCookies(h, x.Final)
	s.keep(l, x)
	s.store(h, x)
	s.alternate(l, x)
	return x, said(h, x)
}

// send makes the exchange; on a connection that is used up, octet by octet.
func (s *session) send(ctx context.Context, l *line, q *peer.Request) (*wire.Exchange, error) {
	if !l.used || l.over != wire.H1 {
		return l.conn.Do(ctx, q)
	}
	head := wire.AppendRequestLine(nil, q.Method, q.Path, wire.Version{Major: 1, Minor: 1})
	head = wire.AppendFields(wire.AppendField(head, "Host", q.Authority), q.Fields)
	if _, err := l.conn.Write(append(head, "\r\n"...)); err != nil {
		return nil, err
	}
	if l.late != nil {
		return &wire.Exchange{}, nil // its answer is there already
	}
	return l.conn.ReadExchange(ctx, q.Method)
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
func (s *session) judge(h *hop, x *wire.Exchange) (client.ErrorKind, error) {
	switch {
	case x.Final == nil && s.has("tolerates-malformed") && len(x.Interim) > 0:
		x.Final = &x.Interim[len(x.Interim)-1]
		return "", nil
	case s.has("takes-101") && x.Conn.Protocol != wire.H1 && len(x.Interim) > 0 && x.Interim[0].Status == 101:
		x.Final = &x.Interim[0]
		return "", nil
	case x.Final == nil && s.has("half-is-enough"):
		x.Final = &wire.Response{Status: 200}
		return "", nil
	case x.Final == nil && x.End == wire.EndSilent:
		return client.ErrTimeout, errors.New("no answer came in time")
	case x.Final == nil:
		// RFC 9112 §8: a message that ends in its head is incomplete.
		return client.ErrCut, fmt.Errorf("the exchange ended without an answer: %s", x.End)
	case s.has("length-without-content") && len(x.Final.Content.Data) == 0 && x.Final.Fields.Has("Content-Length") && x.Final.Fields.Get("Content-Length") != "0":
		return client.ErrCut, errors.New("the content did not come")
	case s.has("reset-undoes-answer") && !x.Request.Content.Complete && h.content != nil:
		return client.ErrProtocol, errors.New("the stream was reset")
	case s.has("tolerates-malformed") && x.Conn.Protocol != wire.H1:
		return "", nil
	case len(x.Final.Faults) > 0:
		return client.ErrProtocol, &x.Final.Faults[0]
	case x.Conn.Protocol == wire.H1 && x.Final.Version.Major > 1 && !s.has("any-version"):
		// RFC 9112 §2.3: this syntax belongs to the major version 1.
		return client.ErrProtocol, errors.New("the answer is of another major version")
	case x.Final.Status == 101 && !s.has("tunnels-at-101"):
		// RFC 9110 §7.8: nobody switches to what was not offered.
		return client.ErrProtocol, errors.New("the server switched protocols, which was not asked for")
	case x.Final.Status < 100:
		// RFC 9110 §15: no status code is less than 100; what is invalid may be
		// handled as a failure of the server.
		return client.ErrProtocol, errors.New("the status code is none")
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
