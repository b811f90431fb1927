package model

import (
	"net"
	"net/url"
	"strings"

	"github.com/statute-http/statute/wire"
)

// shared returns an idle connection to another host that can carry the request:
// RFC 9113 §9.1.1, one to the same address whose certificate is good for this
// host too.
func (s *session) shared(h *hop, p place) *line {
	if p.over != wire.H2 || !p.secure || p.road != "" || h.elsewhere || s.has("new-connection-each") {
		return nil
	}
	name, _, _ := net.SplitHostPort(p.host)
	for at, lines := range s.idle {
		if at.over != p.over || !at.secure || at.road != "" || address(at.host) != address(p.host) {
			continue
		}
		for i, l := range lines {
			if l.leaf != nil && l.leaf.VerifyHostname(name) == nil {
				s.idle[at] = append(lines[:i:i], lines[i+1:]...)
				return l
			}
		}
	}
	return nil
}

// address is where a host of this machine is; others are where they are called.
func address(host string) string {
	name, port, _ := net.SplitHostPort(host)
	if name == "localhost" || strings.HasSuffix(name, ".localhost") {
		return net.JoinHostPort("127.0.0.1", port)
	}
	return host
}

// alternate takes down what an answer says of alternative services: RFC 7838 §3,
// one that speaks HTTP/2, on the origin's own host. §6: one that answers 421 is
// forgotten, and such an answer names no others.
func (s *session) alternate(l *line, x *wire.Exchange) {
	origin := l.place
	origin.road = ""
	if x.Final.Status == 421 {
		if !s.has("keeps-alternative") {
			delete(s.alternatives, origin)
		}
		return
	}
	if l.over != wire.H2 || !l.secure || s.has("ignores-alternatives") {
		return
	}
	_, rest, ok := strings.Cut(x.Final.Fields.Get("Alt-Svc"), `h2=":`)
	port, _, closed := strings.Cut(rest, `"`)
	if !ok || !closed {
		return
	}
	u := url.URL{Host: origin.host}
	s.alternatives[origin] = net.JoinHostPort(u.Hostname(), port)
}
