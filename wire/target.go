package wire

import "bytes"

// badTarget returns the index of the first octet at which the target cannot be
// one of the four forms (RFC 9112 §3.2) for this method, or -1.
func badTarget(method, target []byte) int {
	if len(target) == 0 {
		return 0
	}
	if i := firstNot(target, uchar); i >= 0 {
		return i
	}
	if i := badEscape(target); i >= 0 {
		return i
	}
	switch {
	case string(method) == "CONNECT": // authority-form, §3.2.3: the port is not optional
		if !validAuthority(target) || !hasPort(target) {
			return 0
		}
		return -1
	case target[0] == '/': // origin-form, §3.2.1
		return -1
	case len(target) == 1 && target[0] == '*': // asterisk-form, §3.2.4: OPTIONS alone
		if string(method) != "OPTIONS" {
			return 0
		}
		return -1
	}
	_, authority, _, ok := splitAbsolute(target) // absolute-form, §3.2.2
	// RFC 9110 §4.2.1 and §4.2.4: an http URI with an empty host is invalid;
	// userinfo is to be treated as an error.
	if !ok || !validAuthority(authority) {
		return 0
	}
	return -1
}

// badEscape returns the index of the first % without two hexadecimal digits. A
// query is not looked at: browsers send a % there that people typed, and it reads
// the same to everybody.
func badEscape(target []byte) int {
	for i := 0; i < len(target) && target[i] != '?'; i++ {
		if target[i] == '%' {
			if i+2 >= len(target) || !isHex(target[i+1]) || !isHex(target[i+2]) {
				return i
			}
			i += 2
		}
	}
	return -1
}

// splitAbsolute splits "http://host:port/path?query" into its scheme, authority
// and the rest. ok is false for any scheme but http and https.
func splitAbsolute(target []byte) (scheme, authority, rest []byte, ok bool) {
	i := bytes.Index(target, []byte("://"))
	if i < 0 || !foldEqual(target[:i], "http") && !foldEqual(target[:i], "https") {
		return nil, nil, nil, false
	}
	scheme, rest = target[:i], target[i+3:]
	end := bytes.IndexAny(rest, "/?")
	if end < 0 {
		end = len(rest)
	}
	return scheme, rest[:end], rest[end:], true
}

// validAuthority reports whether b is a host with an optional port: a name, an
// IPv4 address or a bracketed IPv6 address (RFC 3986 §3.2.2, §3.2.3), without
// userinfo and not empty.
func validAuthority(b []byte) bool {
	host, port := b, []byte(nil)
	if len(b) > 0 && b[0] == '[' {
		end := bytes.IndexByte(b, ']')
		if end < 2 || firstNotIPv6(b[1:end]) >= 0 {
			return false
		}
		host, port = nil, b[end+1:]
		if len(port) > 0 && port[0] != ':' {
			return false
		}
	} else {
		if i := bytes.IndexByte(b, ':'); i >= 0 {
			host, port = b[:i], b[i:]
		}
		// A comma is a legal octet of a name, but in a Host field it is the
		// sign of two fields joined on the way: nobody's real host has one.
		if len(host) == 0 || firstNot(host, hostchr) >= 0 || bytes.IndexByte(host, ',') >= 0 || badEscape(host) >= 0 {
			return false
		}
	}
	for _, c := range port[min(1, len(port)):] {
		if !isDigit(c) {
			return false
		}
	}
	return len(port) <= 6
}

func firstNotIPv6(b []byte) int {
	for i, c := range b {
		if !isHex(c) && c != ':' && c != '.' {
			return i
		}
	}
	return -1
}

func hasPort(authority []byte) bool {
	i := bytes.LastIndexByte(authority, ':')
	return i >= 0 && i < len(authority)-1 && isDigit(authority[len(authority)-1])
}

func isHex(c byte) bool {
	return isDigit(c) || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}
