package model

import (
	"fmt"

	"github.com/statute-http/statute/wire"
)

// redirect returns the hop that an answer leads to; nil if it leads nowhere.
func (s *session) redirect(h *hop, x *wire.Exchange) (*hop, error) {
	p := x.Final
	if !h.order.Follow || s.has("stays") || !p.Fields.Has("Location") {
		return nil, nil
	}
	// RFC 9110 §15.4: these lead on by themselves; 300 leaves the choice to the
	// user, 304 to the cache, and 305 and 306 are not to be used.
	switch p.Status {
	case 301, 302, 303, 307, 308:
	default:
		return nil, nil
	}
	to, err := h.url.Parse(p.Fields.Get("Location"))
	if err != nil {
		return nil, fmt.Errorf("the Location cannot be read: %w", err)
	}
	// RFC 9110 §4.2: what is no HTTP is not for an HTTP client to follow.
	if to.Scheme != "http" && to.Scheme != "https" {
		return nil, fmt.Errorf("redirected to another scheme: %s", to.Scheme)
	}
	next := &hop{order: h.order, url: to, method: h.method, fields: h.fields, content: h.content}
	// RFC 9110 §15.4.4: 303 is answered by GET, or HEAD; §15.4.2 and §15.4.3 let
	// POST become GET after 301 and 302, as all browsers do.
	if p.Status == 303 && h.method != "HEAD" || (p.Status == 301 || p.Status == 302) && h.method == "POST" {
		next.method, next.content = "GET", nil
	}
	return next, nil
}
