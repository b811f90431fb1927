package lint

import "strings"

// A challenge is one member of WWW-Authenticate or Proxy-Authenticate (RFC 9110
// §11.3): a scheme with a token68 or with parameters.
type challenge struct {
	scheme string
	params []authParam
}

type authParam struct {
	name, value string
	quoted      bool // written as a quoted string
}

// param returns the parameter with the name, its value unquoted.
func (c challenge) param(name string) (string, bool) {
	for _, p := range c.params {
		if strings.EqualFold(p.name, name) {
			return p.value, true
		}
	}
	return "", false
}

// challenges reads a list of challenges. A comma may stand between two
// challenges or between two parameters of one (RFC 9110 §11.6.1): what follows
// it is a parameter if it is a token, an equals sign and a value, and else a new
// scheme. It reports false where the list cannot be read, with what came before.
func challenges(s string) ([]challenge, bool) {
	var all []challenge
	for {
		s = strings.TrimLeft(s, ", \t")
		if s == "" {
			return all, len(all) > 0
		}
		name, rest := token(s)
		if name == "" {
			return all, false
		}
		if value, after, ok := paramValue(rest); ok && len(all) > 0 {
			last := &all[len(all)-1]
			last.params = append(last.params, authParam{name, value, isQuoted(rest)})
			s = after
		} else {
			all = append(all, challenge{scheme: name})
			s = rest
			if strings.HasPrefix(s, " ") {
				s = first(&all[len(all)-1], strings.TrimLeft(s, " "))
			}
		}
		s = strings.TrimLeft(s, " \t")
		if s != "" && s[0] != ',' {
			return all, false
		}
	}
}

// first reads what follows a scheme and its space: a parameter, a token68, or
// nothing.
func first(c *challenge, s string) (rest string) {
	if name, after := token(s); name != "" {
		if value, rest, ok := paramValue(after); ok {
			c.params = append(c.params, authParam{name, value, isQuoted(after)})
			return rest
		}
	}
	n := 0
	for n < len(s) && (tokenOctet(s[n]) || s[n] == '/') {
		n++
	}
	for n < len(s) && s[n] == '=' {
		n++
	}
	return s[n:]
}

// paramValue reads BWS "=" BWS and a token or quoted string.
func paramValue(s string) (value, rest string, ok bool) {
	s, ok = strings.CutPrefix(strings.TrimLeft(s, " \t"), "=")
	if !ok {
		return "", "", false
	}
	s = strings.TrimLeft(s, " \t")
	if strings.HasPrefix(s, `"`) {
		return quoted(s)
	}
	value, rest = token(s)
	return value, rest, value != ""
}

// isQuoted reports whether the value after BWS "=" BWS is a quoted string.
func isQuoted(s string) bool {
	return strings.HasPrefix(strings.TrimLeft(s, "= \t"), `"`)
}

// quoted reads a quoted string (RFC 9110 §5.6.4).
func quoted(s string) (value, rest string, ok bool) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return b.String(), s[i+1:], true
		case s[i] == '\\' && i+1 < len(s):
			i++
			fallthrough
		default:
			b.WriteByte(s[i])
		}
	}
	return "", "", false
}

// token splits s after the token that it begins with (RFC 9110 §5.6.2).
func token(s string) (name, rest string) {
	n := 0
	for n < len(s) && tokenOctet(s[n]) {
		n++
	}
	return s[:n], s[n:]
}

func isToken(s string) bool {
	name, rest := token(s)
	return name != "" && rest == ""
}

func tokenOctet(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z' || strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0
}
