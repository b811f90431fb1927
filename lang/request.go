package lang

import "net/http"

// Cookie is the name of the cookie in which the site's switch is kept.
const Cookie = "statute-lang"

// OfRequest chooses the language of the answer to a request: by ?lang=, then by
// the switch's cookie, then by Accept-Language, then otherwise.
func OfRequest(r *http.Request, otherwise Tag) Tag {
	if r.URL != nil && r.URL.RawQuery != "" {
		if l, ok := Parse(r.URL.Query().Get("lang")); ok {
			return l
		}
	}
	if c, err := r.Cookie(Cookie); err == nil {
		if l, ok := Parse(c.Value); ok {
			return l
		}
	}
	return FromAccept(r.Header.Get("Accept-Language"), otherwise)
}
