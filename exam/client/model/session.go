package model

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/statute-http/statute/exam/client"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

// A session is one user of the client: what it keeps from order to order.
type session struct {
	*Client
	idle        map[place][]*line // connections that can carry another exchange
	jar         http.CookieJar
	cache       map[string]*stored
	tickets     tls.ClientSessionCache
	unexpecting bool // an expectation was refused

	alternatives map[place]string // where else an origin's requests may go (RFC 7838)
}

func (s *session) close() {
	for _, lines := range s.idle {
		for _, l := range lines {
			l.conn.Close()
		}
	}
}

// A hop is one request of an order on its way: the first, or what a redirect, a
// challenge or a retry made of it.
type hop struct {
	order     *client.Order
	url       *url.URL
	method    string
	fields    wire.Fields
	content   []byte
	tries     int  // challenges that were answered
	repeats   int  // how often it was repeated
	expects   bool // waits for 100
	early     bool // in TLS early data, if there is a ticket for it
	elsewhere bool // on a new connection
	length    bool // says the length of its content whatever the order says
	direct    bool // not by way of the order's proxy
	tolled    bool // the proxy has asked for credentials
}

// first is the URL of the order.
func (h *hop) first() *url.URL {
	u, _ := url.Parse(h.order.URL) // was read before
	return u
}

// do carries one order out.
func (s *session) do(ctx context.Context, o *client.Order) client.Report {
	if s.has("silent") {
		return client.Report{}
	}
	time.Sleep(o.Pause)
	u, err := url.Parse(o.URL)
	if err != nil {
		return failed(client.ErrOther, err)
	}
	switch {
	case o.WebSocket && o.Over != wire.H1:
		return s.framedSocket(ctx, o, u)
	case o.WebSocket:
		return s.socket(ctx, o, u)
	}
	if o.Part != nil {
		return s.resume(ctx, o, u)
	}
	if o.Spans != nil {
		return s.several(ctx, o, u)
	}
	h := &hop{order: o, url: u, method: o.Method, fields: o.Fields, early: o.Early, expects: o.Expect && !(s.unexpecting && s.has("remembers-417"))}
	if s.has("drops-fields") {
		h.fields = nil
	}
	if h.method == "" || s.has("always-get") {
		h.method = "GET"
	}
	if o.User != "" && s.has("credentials-unasked") {
		h.fields = append(append(wire.Fields(nil), h.fields...), toll(o.User, o.Password))
		h.fields[len(h.fields)-1].Name = "Authorization"
	}
	if o.Content != nil && !s.has("empty-handed") {
		h.content = o.Content.Bytes()
	}
	for hops := 0; ; hops++ {
		x, report := s.exchange(ctx, h)
		if x == nil {
			return report
		}
		s.hints(ctx, h, x)
		if s.again(ctx, h, x) {
			continue
		}
		// RFC 9110 §10.1.1: after a 417 the request is sent again without.
		if x.Final.Status == 417 && h.expects && !s.has("gives-up-at-417") {
			h.expects, s.unexpecting = false, true
			continue
		}
		if x.Final.Status == 407 && h.order.ProxyUser != "" && h.url.Scheme == "http" && !h.tolled && !s.has("answers-no-proxy") {
			h.tolled = true
			continue
		}
		if next := s.authenticate(h, x); next != nil {
			h = next
			continue
		}
		next, err := s.redirect(h, x)
		report.Content = x.Final.Content.Data
		switch {
		case err != nil:
			return merge(report, client.ErrRedirect, err)
		case next == nil:
			return report
		case hops == mostHops && !s.has("redirects-without-end"), hops == 4 && s.has("four-redirects"):
			return merge(report, client.ErrLoop, errors.New("too many redirects"))
		}
		h = next
	}
}

// mostHops is how many redirects are followed.
const mostHops = 20

func failed(kind client.ErrorKind, err error) client.Report {
	return client.Report{Err: &client.Error{Kind: kind, Message: err.Error()}}
}

func merge(r client.Report, kind client.ErrorKind, err error) client.Report {
	r.Err = &client.Error{Kind: kind, Message: err.Error()}
	return r
}

// request writes a hop down for the peer.
func (s *session) request(h *hop) *peer.Request {
	q := &peer.Request{Method: h.method, Authority: h.url.Host, Path: s.target(h.url), Fields: h.fields, Content: h.content}
	proxied := h.proxied(s)
	if proxied && h.url.Scheme == "http" {
		q.Path = "http://" + h.url.Host + q.Path // RFC 9112 §3.2.2
	}
	// RFC 9110 §11.7.2: the field is for the next proxy alone; inside of a tunnel
	// there is none.
	if proxied && h.order.ProxyUser != "" && (h.url.Scheme == "http" && h.tolled || s.has("proxy-credentials-to-origin")) {
		q.Fields = append(append(wire.Fields(nil), q.Fields...), toll(h.order.ProxyUser, h.order.ProxyPassword))
	}
	if cookie, ok := s.cookies(h); ok {
		q.Fields = append(append(wire.Fields(nil), q.Fields...), cookie)
	}
	q.Fields = s.precondition(h, q.Fields)
	s.expect(h, q)
	if s.has("if-range-always") {
		q.Fields = append(append(wire.Fields(nil), q.Fields...), wire.Field{Name: "If-Range", Value: `"leaf"`})
	}
	if h.order.Content != nil && h.order.Content.Unlength && !h.length {
		q.Chunked, q.NoLength = h.order.Over == wire.H1, h.order.Over != wire.H1
	}
	return q
}

// target is the URL as the request writes it (RFC 9112 §3.2.1), encoded.
func (s *session) target(u *url.URL) string {
	switch {
	case s.has("sends-raw-octets"):
		return u.Path
	case s.has("decodes-location"):
		return strings.NewReplacer("\r", "%0A", "\n", "%0D").Replace(u.Path)
	}
	return u.RequestURI()
}
