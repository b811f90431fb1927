package serve

// fieldName returns the name as its specification spells it. Case does not
// matter to a recipient (RFC 9110 §5.1), but it matters to readers, and to the
// few clients that compare octets: http.Header knows only "Etag".
func fieldName(canonical string) string {
	switch canonical {
	case "Etag":
		return "ETag"
	case "Www-Authenticate":
		return "WWW-Authenticate"
	case "Dav":
		return "DAV"
	case "Im":
		return "IM"
	case "A-Im":
		return "A-IM"
	case "Tcn":
		return "TCN"
	case "Te":
		return "TE"
	case "Ratelimit":
		return "RateLimit"
	case "Ratelimit-Policy":
		return "RateLimit-Policy"
	case "Sec-Websocket-Accept":
		return "Sec-WebSocket-Accept"
	case "Sec-Websocket-Extensions":
		return "Sec-WebSocket-Extensions"
	case "Sec-Websocket-Protocol":
		return "Sec-WebSocket-Protocol"
	case "Sec-Websocket-Version":
		return "Sec-WebSocket-Version"
	}
	return canonical
}
