package stage

import (
	"encoding/base64"
	"strings"

	"github.com/statute-http/statute/wire"
)

// Credentials are what Authorization holds (RFC 9110 §11.4): a scheme with a
// token68 or with parameters, whose names are in lower case here.
type credentials struct {
	scheme  string // in lower case
	token68 string
	params  map[string]string
}

// readCredentials reads the value of an Authorization field.
func readCredentials(value string) (credentials, bool) {
	scheme, rest, _ := strings.Cut(value, " ")
	c := credentials{scheme: strings.ToLower(scheme)}
	rest = strings.Trim(rest, " \t")
	if !wire.IsToken(scheme) {
		return c, false
	}
	if isToken68(rest) {
		c.token68 = rest
		return c, true
	}
	c.params = map[string]string{}
	for member := range wire.Members(rest) {
		name, value, ok := strings.Cut(member, "=")
		name = strings.ToLower(strings.TrimRight(name, " \t"))
		if ok {
			value, ok = unquoted(strings.TrimLeft(value, " \t"))
		}
		// RFC 9110 §11.2: each parameter occurs once.
		if _, again := c.params[name]; again || !ok || !wire.IsToken(name) {
			return c, false
		}
		c.params[name] = value
	}
	return c, true
}

// isToken68 reports whether s is a token68 (RFC 9110 §11.2).
func isToken68(s string) bool {
	s = strings.TrimRight(s, "=")
	return s != "" && !strings.ContainsFunc(s, func(c rune) bool {
		return !('0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || strings.ContainsRune("-._~+/", c))
	})
}

// unquoted returns what a token or a quoted string says (RFC 9110 §5.6.4).
func unquoted(s string) (string, bool) {
	if !strings.HasPrefix(s, `"`) {
		return s, wire.IsToken(s)
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return b.String(), i == len(s)-1
		case s[i] == '\\' && i+1 < len(s):
			i++
		}
		b.WriteByte(s[i])
	}
	return "", false
}

// userPass returns the user and the password of Basic credentials (RFC 7617
// §2): what stands before and after the first colon. Neither has control
// characters.
func (c credentials) userPass() (user, password string, ok bool) {
	octets, err := base64.StdEncoding.DecodeString(c.token68)
	if err != nil {
		return "", "", false
	}
	user, password, ok = strings.Cut(string(octets), ":")
	control := func(c rune) bool { return c < ' ' || c == 0x7f }
	return user, password, ok && !strings.ContainsFunc(user+password, control)
}
