package site

import (
	"net/http"
	"strings"

	"github.com/statute-http/statute/wire"
)

// wantsJSON reports whether a request would rather have JSON than HTML.
func wantsJSON(r *http.Request) bool {
	return prefersJSON(strings.Join(r.Header.Values("Accept"), ","))
}

// prefersJSON reports whether an Accept field value (RFC 9110 §12.5.1) would
// rather have JSON than HTML. Where both weigh the same, the one that is named
// more exactly wins, and HTML where nothing tells them apart. What is neither is
// answered in HTML, as the field allows.
func prefersJSON(accept string) bool {
	html, htmlExact := wire.Weight(accept, "text", "html")
	json, jsonExact := wire.Weight(accept, "application", "json")
	if json != html {
		return json > html
	}
	return json > 0 && jsonExact > htmlExact
}
