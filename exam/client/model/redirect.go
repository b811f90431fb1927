package model

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/statute-http/statute/wire"
)

// redirect returns the hop that an answer leads to; nil if it leads nowhere.
func (s *session) redirect(h *hop, x *wire.Exchange) (*hop, error) {
	p := x.Final
	location, ok := s.location(p)
	if _, link, found := strings.Cut(string(p.Content.Data), `href="`); found && p.Status == 300 && s.has("follows-first-link") {
		location, _, _ = strings.Cut(link, `"`)
		p.Status, ok = 302, true
	}
	if p.Status == 305 && ok && s.has("obeys-305") {
		road := *h.order
		road.Proxy = location
		return &hop{order: &road, url: h.url, method: h.method, fields: h.fields}, nil
	}
	if s.has("follows-300") && ok && p.Status.Class() == 3 {
		p.Status = 302
	}
	if !h.order.Follow || s.has("stays") || !ok {
		return nil, nil
	}
	// RFC 9110 §15.4: these lead on by themselves; 300 leaves the choice to the
	// user, 304 to the cache, and 305 and 306 are not to be used.
	switch p.Status {
	case 301, 302, 303, 307, 308:
	default:
		if p.Status != 201 || !s.has("follows-201") {
			return nil, nil
		}
	}
	to, err := s.resolve(h.url, location)
	if err != nil {
		return nil, err
	}
	if to.Scheme == "file" && s.has("follows-any-scheme") {
		p.Content.Data, _ = os.ReadFile(to.Path)
		return nil, nil
	}
	// RFC 9110 §15.4 leads to other HTTP resources; what has no HTTP scheme is not
	// for this client to open.
	if to.Scheme != "http" && to.Scheme != "https" {
		return nil, fmt.Errorf("redirected to another scheme: %s", to.Scheme)
	}
	if s.has("refuses-downgrade") && h.url.Scheme == "https" && to.Scheme == "http" {
		return nil, errors.New("redirected from https to http")
	}
	if seconds, err := strconv.Atoi(p.Fields.Get("Retry-After")); err == nil && s.has("waits-before-redirect") {
		time.Sleep(time.Duration(seconds) * time.Second)
	}
	next := &hop{order: h.order, url: to, method: h.method, content: h.content}
	s.turn(h, next, int(p.Status))
	next.fields = s.carry(h, next, int(p.Status))
	if h.content != nil && next.content != nil && h.order.Content.Once && !s.has("replays-nothing") {
		return nil, errors.New("the content cannot be read a second time")
	}
	if h.content != nil && next.content != nil && h.order.Content.Once {
		next.content = []byte{}
	}
	return next, nil
}

func (s *session) location(p *wire.Response) (string, bool) {
	var all []string
	for v := range p.Fields.Values("Location") {
		all = append(all, v)
	}
	switch {
	case len(all) > 0 && s.has("last-location"):
		return all[len(all)-1], true
	case len(all) > 0:
		return all[0], true
	}
	return "mark", s.has("guesses-location")
}

// resolve: RFC 9110 §10.2.2, a relative reference is resolved against the target
// URI of the request, and the fragment is taken along where Location has none.
func (s *session) resolve(base *url.URL, location string) (*url.URL, error) {
	if s.has("relative-to-root") {
		base = &url.URL{Scheme: base.Scheme, Host: base.Host, Path: "/", Fragment: base.Fragment}
	}
	to, err := base.Parse(location)
	if err != nil {
		return nil, fmt.Errorf("the Location cannot be read: %w", err)
	}
	if to.Fragment == "" && !s.has("forgets-fragment") {
		to.Fragment = base.Fragment
	}
	return to, nil
}

// turn makes the method and the content of the next request. RFC 9110 §15.4.4:
// 303 is followed by GET, or HEAD; §15.4.2 and §15.4.3 let POST become GET after
// 301 and 302, as all browsers do; nothing else changes.
func (s *session) turn(h, next *hop, code int) {
	moved := code == 301 || code == 302
	switch {
	case moved && h.method == "POST" && s.has("redirect-post-without-content"):
		next.content = nil
	case code == 303 && h.method == "HEAD" && s.has("303-head-becomes-post"):
		next.method = "POST"
	case code == 303 && s.has("303-keeps-method"):
	case code == 303 && h.method != "HEAD", moved && (h.method == "POST" || s.has("302-becomes-get")),
		code >= 307 && s.has("307-becomes-get"):
		next.method, next.content = "GET", nil
	}
}

// contentFields describe content (RFC 9110 §8).
var contentFields = []string{"Content-Type", "Content-Length", "Content-Encoding", "Content-Language", "Content-Location", "Digest", "Last-Modified"}

// carry returns the caller's fields that go on. RFC 9110 §15.4: those that
// describe content go where it goes; what is meant for one origin, for a proxy
// or for one connection stays behind when the origin changes.
func (s *session) carry(h, next *hop, code int) wire.Fields {
	elsewhere := origin(h.url) != origin(next.url)
	if s.has("keeps-auth-on-other-port") && h.url.Hostname() == next.url.Hostname() {
		elsewhere = false
	}
	source := h.fields
	if s.has("restores-auth") && !elsewhere {
		source = h.order.Fields
	}
	var kept wire.Fields
	first := true
	for _, f := range source {
		is := func(names ...string) bool {
			for _, n := range names {
				if strings.EqualFold(n, f.Name) {
					return true
				}
			}
			return false
		}
		drop := false
		switch {
		case is(contentFields...):
			drop = next.content == nil && !s.has("keeps-content-fields")
		case is("Referer"):
			drop = true
		case !elsewhere:
		case is("Authorization"):
			drop = !s.has("keeps-auth-on-other-host") && !(code == 307 && s.has("keeps-auth-on-307")) &&
				(first || !s.has("drops-first-line-only"))
			first = false
		case is("Cookie"):
			drop = !s.has("keeps-cookie-on-other-host")
		case is("Proxy-Authorization"):
			drop = !s.has("keeps-proxy-auth")
		default:
			drop = s.has("drops-every-field")
		}
		if !drop {
			kept = append(kept, f)
		}
	}
	if s.has("sends-referer") {
		kept = append(kept, wire.Field{Name: "Referer", Value: h.url.String()})
	}
	return kept
}

// origin is scheme, host and port (RFC 9110 §4.3.1).
func origin(u *url.URL) string { return u.Scheme + "://" + placeOf("", u).host }
