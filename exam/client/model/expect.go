package model

import (
	"strconv"
	"time"

	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

// expect makes the request wait for a 100. RFC 9110 §10.1.1: only a request with
// content may say so, and nobody waits for ever.
func (s *session) expect(h *hop, q *peer.Request) {
	if s.has("always-expects") {
		q.Fields = append(append(wire.Fields(nil), q.Fields...), wire.Field{Name: "Expect", Value: "100-continue"})
		return
	}
	if !h.expects || h.content == nil {
		return
	}
	q.Fields = append(append(wire.Fields(nil), q.Fields...), wire.Field{Name: "Expect", Value: "100-continue"})
	q.Hold, q.HoldFor = !s.has("sends-at-once") && !s.has("sends-content-after-final"), time.Second
	if s.has("waits-for-100-for-ever") {
		q.HoldFor = longest
	}
	if s.has("sends-content-twice") {
		q.Content = append(append([]byte(nil), q.Content...), q.Content...)
		q.Fields = append(q.Fields, wire.Field{Name: "Content-Length", Value: strconv.Itoa(len(h.content))})
	}
}

// proxied reports whether the hop goes by way of the order's proxy.
func (h *hop) proxied(s *session) bool {
	return h.order.Proxy != "" && !h.direct && !s.has("goes-direct")
}
