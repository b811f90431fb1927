package store

import (
	"fmt"
	"strings"
)

// A key is any octets; "/" divides it. In NATS it is a subject whose tokens are
// the segments: letters, digits, "-" and "_" stand for themselves, every other
// octet is "=" and two hexadecimal digits, and an empty segment is "=" alone.
// So a prefix that ends with "/" is found by the server, not by looking at all.

func subjectOf(key string) (string, error) {
	if key == "" || len(key) > MaxKey {
		return "", fmt.Errorf("key of %d octets: %w", len(key), ErrKey)
	}
	var b strings.Builder
	b.WriteString(documents.prefix)
	for i, segment := range strings.Split(key, "/") {
		if i > 0 {
			b.WriteByte('.')
		}
		writeToken(&b, segment)
	}
	return b.String(), nil
}

func writeToken(b *strings.Builder, segment string) {
	if segment == "" {
		b.WriteByte('=')
	}
	for i := range len(segment) {
		switch c := segment[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_':
			b.WriteByte(c)
		default:
			fmt.Fprintf(b, "=%02X", c)
		}
	}
}

func keyOf(subject string) (string, bool) {
	tokens, ok := strings.CutPrefix(subject, documents.prefix)
	if !ok || tokens == "" {
		return "", false
	}
	var b strings.Builder
	for i, token := range strings.Split(tokens, ".") {
		if i > 0 {
			b.WriteByte('/')
		}
		if token == "=" {
			continue
		}
		for token != "" {
			if token[0] != '=' {
				b.WriteByte(token[0])
				token = token[1:]
				continue
			}
			var c byte
			if n, err := fmt.Sscanf(token, "=%02X", &c); n != 1 || err != nil || len(token) < 3 {
				return "", false
			}
			b.WriteByte(c)
			token = token[3:]
		}
	}
	return b.String(), true
}

// filterOf is the subject filter that every key with the prefix passes.
func filterOf(prefix string) string {
	segments := strings.Split(prefix, "/")
	var b strings.Builder
	b.WriteString(documents.prefix)
	for _, segment := range segments[:len(segments)-1] {
		writeToken(&b, segment)
		b.WriteByte('.')
	}
	b.WriteByte('>')
	return b.String()
}
