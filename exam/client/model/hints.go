package model

import (
	"context"
	"net/url"
	"strings"

	"github.com/statute-http/statute/exam/client"
	"github.com/statute-http/statute/wire"
)

// hints loads what the 103s of a page that was opened say will be needed (RFC
// 8297 §2), as far as their own policy lets it.
func (s *session) hints(ctx context.Context, h *hop, x *wire.Exchange) {
	if !h.order.Navigate || s.has("hints-for-nothing") {
		return
	}
	for i := range x.Interim {
		p := &x.Interim[i]
		forbidden := strings.Contains(p.Fields.Get("Content-Security-Policy"), "img-src 'none'") && !s.has("hints-despite-policy")
		link := p.Fields.Get("Link")
		target, _, ok := strings.Cut(strings.TrimPrefix(link, "<"), ">")
		u, err := h.url.Parse(target)
		if p.Status != 103 || !ok || !strings.Contains(link, "rel=preload") || err != nil || forbidden {
			continue
		}
		s.load(ctx, h, u)
	}
}

// load asks for something and lets it be.
func (s *session) load(ctx context.Context, h *hop, u *url.URL) {
	order := &client.Order{Over: h.order.Over, Method: "GET", URL: u.String(), Authority: h.order.Authority, Patience: h.order.Patience}
	s.exchange(ctx, &hop{order: order, url: u, method: "GET"})
}
