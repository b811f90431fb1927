package model

import (
	"strings"

	"github.com/statute-http/statute/wire"
)

// A stored answer is a 200 that can be revalidated. The cache keeps nothing
// fresh: it asks each time, with a condition.
type stored struct {
	status  *wire.Response
	etag    string
	changed string // Last-Modified
}

// precondition adds what a stored answer can be asked with. RFC 9111 §4.3.1: the
// tag, or the date where there is no tag.
func (s *session) precondition(h *hop, fields wire.Fields) wire.Fields {
	kept := s.cache[h.url.String()]
	if kept == nil || h.method != "GET" || h.order.Part != nil || fields.Has("Range") || fields.Has("If-None-Match") {
		return fields
	}
	fields = append(wire.Fields(nil), fields...)
	switch {
	case kept.etag != "":
		fields = append(fields, wire.Field{Name: "If-None-Match", Value: kept.etag})
	case kept.changed != "" && !s.has("etags-only"):
		fields = append(fields, wire.Field{Name: "If-Modified-Since", Value: kept.changed})
	}
	return fields
}

// store keeps a 200, or puts in place of a 304 what it says is still good.
func (s *session) store(h *hop, x *wire.Exchange) {
	p := x.Final
	key := h.url.String()
	kept := s.cache[key]
	switch {
	case h.method != "GET" || h.fields.Has("If-None-Match"):
	case p.Status == 200 && !p.Fields.HasMember("Cache-Control", "no-store") && (p.Fields.Has("ETag") || p.Fields.Has("Last-Modified")):
		copied := *p
		s.cache[key] = &stored{&copied, p.Fields.Get("ETag"), p.Fields.Get("Last-Modified")}
	case p.Status == 304 && kept != nil && !s.has("hands-304-over"):
		// RFC 9111 §4.3.4: a 304 with another strong tag is about something else.
		tag := p.Fields.Get("ETag")
		if tag != "" && !strings.HasPrefix(tag, "W/") && tag != kept.etag && !s.has("304-of-anything") {
			delete(s.cache, key)
			return
		}
		if !s.has("304-updates-nothing") {
			kept.update(p.Fields)
		}
		x.Final = kept.status
	}
}

// update: RFC 9111 §3.2, the fields of the 304 take the place of those stored,
// but for those that describe the message.
func (k *stored) update(fields wire.Fields) {
	merged := append(wire.Fields(nil), fields...)
	for _, f := range k.status.Fields {
		if !fields.Has(f.Name) || strings.EqualFold(f.Name, "Content-Length") {
			merged = append(merged, f)
		}
	}
	k.status.Fields = merged
}
