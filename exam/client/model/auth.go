package model

import (
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/statute-http/statute/exam/client"
	"github.com/statute-http/statute/wire"
)

// authenticate returns the hop that answers a challenge; nil if there is none to
// be answered. RFC 9110 §15.5.2: credentials that were refused are not sent
// again.
func (s *session) authenticate(h *hop, x *wire.Exchange) *hop {
	code := x.Final.Status
	if code == 403 && s.has("repeats-at-403") && h.repeats == 0 {
		again := *h
		again.repeats++
		return &again
	}
	if code != 401 || s.has("answers-no-challenge") {
		return nil
	}
	user, password, ok := s.credentials(h)
	if !ok {
		return nil
	}
	credentials := s.answer(h, x, user, password)
	if credentials == "" {
		return nil
	}
	next := *h
	next.tries++
	next.fields = nil
	for _, f := range h.fields {
		if !strings.EqualFold(f.Name, "Authorization") {
			next.fields = append(next.fields, f)
		}
	}
	next.fields = append(next.fields, wire.Field{Name: "Authorization", Value: credentials})
	if s.has("retries-empty-handed") {
		next.content = nil
	}
	return &next
}

// mostTries bounds what a faulty client repeats.
const mostTries = 3

// answer returns the credentials for the best challenge that is understood:
// Digest before Basic, SHA-256 or MD5, whichever comes first.
func (s *session) answer(h *hop, x *wire.Exchange, user, password string) string {
	refused := h.fields.Has("Authorization")
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password)) // RFC 7617 §2
	if s.has("repeats-refused-credentials") && h.tries < mostTries {
		refused = false
	}
	best, any := "", false
	for c := range s.challenges(x.Final.Fields, "WWW-Authenticate") {
		any = true
		switch {
		case s.is(c, "Digest") && best == "":
			// RFC 7616 §3.3: stale says that user and password were right.
			stale := strings.EqualFold(c.params["stale"], "true") && !s.has("ignores-stale") && h.tries < mostTries
			if (!refused || stale) && !s.has("prefers-basic") {
				best = s.digest(h, c, user, password)
			}
		case s.is(c, "Basic") && best == "" && !refused, s.has("basic-for-any-scheme") && !refused:
			best = basic
		}
	}
	if !any && s.has("basic-without-challenge") && !refused {
		return basic
	}
	return best
}

// digest: RFC 7616 §3.4, with qop=auth; empty if the challenge asks for more.
func (s *session) digest(h *hop, c challenge, user, password string) string {
	algorithm := strings.ToUpper(c.params["algorithm"])
	if algorithm == "" {
		algorithm = "MD5"
	}
	if algorithm != "MD5" && algorithm != "SHA-256" || !strings.Contains(c.params["qop"], "auth") {
		return ""
	}
	method := h.method
	if s.has("wrong-digest") {
		method = ""
	}
	const nc = "00000001"
	target, cnonce := h.url.RequestURI(), "of-the-model"
	response := client.DigestResponse(algorithm, user, c.params["realm"], password, method, target, c.params["nonce"], nc, cnonce)
	return fmt.Sprintf(`Digest username="%s", realm="%s", uri="%s", algorithm=%s, nonce="%s", nc=%s, cnonce="%s", qop=auth, response="%s"`,
		user, c.params["realm"], target, algorithm, c.params["nonce"], nc, cnonce, response)
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
