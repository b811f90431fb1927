package model

import (
	"context"
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
	idle map[place][]*line // connections that can carry another exchange
	jar  http.CookieJar
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
	order   *client.Order
	url     *url.URL
	method  string
	fields  wire.Fields
	content []byte
	tries   int // challenges that were answered
	repeats int // how often it was repeated
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
	h := &hop{order: o, url: u, method: o.Method, fields: o.Fields}
	if h.method == "" || s.has("always-get") {
		h.method = "GET"
	}
	if o.Content != nil && !s.has("empty-handed") {
		h.content = o.Content.Bytes()
	}
	for hops := 0; ; hops++ {
		x, report := s.exchange(ctx, h)
		if x == nil {
			return report
		}
		if s.again(ctx, h, x) {
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
	if cookie, ok := s.cookies(h); ok {
		q.Fields = append(append(wire.Fields(nil), q.Fields...), cookie)
	}
	if h.order.Content != nil && h.order.Content.Unlength {
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
