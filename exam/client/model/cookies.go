package model

import (
	"net/http"

	"github.com/statute-http/statute/wire"
)

// cookies returns the Cookie field for a hop, and takes those of an answer. The
// jar is the standard library's: what cookies are is not ours to examine.
func (s *session) cookies(h *hop) (wire.Field, bool) {
	value := ""
	for _, c := range s.jar.Cookies(h.url) {
		if value != "" {
			value += "; "
		}
		value += c.Name + "=" + c.Value
	}
	return wire.Field{Name: "Cookie", Value: value}, value != ""
}

func (s *session) takeCookies(h *hop, p *wire.Response) {
	if s.has("drops-cookie-of-redirect") && p.Status.Class() == 3 || s.has("keeps-no-cookies") {
		return
	}
	header := http.Header{}
	for v := range p.Fields.Values("Set-Cookie") {
		header.Add("Set-Cookie", v)
	}
	s.jar.SetCookies(h.url, (&http.Response{Header: header}).Cookies())
}
