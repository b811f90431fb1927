package model

import (
	"encoding/base64"
	"strings"

	"github.com/statute-http/statute/wire"
)

// authenticate returns the hop that answers a challenge; nil if there is none to
// be answered. RFC 9110 §15.5.2: credentials that were refused are not sent
// again.
func (s *session) authenticate(h *hop, x *wire.Exchange) *hop {
	if x.Final.Status != 401 || h.fields.Has("Authorization") || h.tries > 0 {
		return nil
	}
	user, password, ok := s.credentials(h)
	if !ok {
		return nil
	}
	for v := range x.Final.Fields.Values("WWW-Authenticate") {
		if scheme, _, _ := strings.Cut(v, " "); strings.EqualFold(scheme, "Basic") {
			next := *h
			next.tries++
			// RFC 7617 §2: user and password with a colon between, in base64.
			next.fields = append(append(wire.Fields(nil), h.fields...), wire.Field{Name: "Authorization",
				Value: "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))})
			return &next
		}
	}
	return nil
}

// credentials are those that the user gave for the host of the hop: in its URL,
// with the order for the host of the order, or in the netrc file.
func (s *session) credentials(h *hop) (user, password string, ok bool) {
	if u := h.url.User; u != nil && !s.has("ignores-userinfo") {
		password, _ = u.Password()
		return u.Username(), password, true
	}
	if first := origin(h.first()); h.order.User != "" && (first == origin(h.url) || s.has("user-for-every-host")) {
		return h.order.User, h.order.Password, true
	}
	words := strings.Fields(h.order.Netrc)
	for i := 0; i+5 < len(words); i += 6 {
		if words[i] == "machine" && words[i+1] == h.url.Hostname() {
			return words[i+3], words[i+5], true
		}
	}
	return "", "", false
}
