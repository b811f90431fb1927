package client

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"strings"
)

// DigestResponse computes the response to a Digest challenge with qop=auth
// (RFC 7616 §3.4.1). The algorithm is "MD5" or "SHA-256".
func DigestResponse(algorithm, user, realm, password, method, uri, nonce, nc, cnonce string) string {
	h := func(s string) string {
		var sum hash.Hash = sha256.New()
		if algorithm == "MD5" {
			sum = md5.New()
		}
		sum.Write([]byte(s))
		return hex.EncodeToString(sum.Sum(nil))
	}
	a1 := h(user + ":" + realm + ":" + password)
	a2 := h(method + ":" + uri)
	return h(a1 + ":" + nonce + ":" + nc + ":" + cnonce + ":auth:" + a2)
}

// Params reads the parameters of credentials or of one challenge: name=value or
// name="value", with commas between. Names are put in lower case.
func Params(s string) map[string]string {
	p := map[string]string{}
	for s != "" {
		s = strings.TrimLeft(s, " \t,")
		name, rest, ok := strings.Cut(s, "=")
		if !ok {
			return p
		}
		rest = strings.TrimLeft(rest, " \t")
		var value strings.Builder
		if strings.HasPrefix(rest, `"`) {
			i := 1
			for ; i < len(rest) && rest[i] != '"'; i++ {
				if rest[i] == '\\' && i+1 < len(rest) {
					i++
				}
				value.WriteByte(rest[i])
			}
			rest = rest[min(i+1, len(rest)):]
		} else {
			token, after, _ := strings.Cut(rest, ",")
			value.WriteString(strings.TrimSpace(token))
			rest = after
		}
		p[strings.ToLower(strings.TrimSpace(name))] = value.String()
		s = rest
	}
	return p
}

// digestRight says what is wrong with Digest credentials; nothing if they are
// right.
func digestRight(credentials, method, target, nonce string, algorithms ...string) string {
	scheme, rest, _ := strings.Cut(credentials, " ")
	if !strings.EqualFold(scheme, "Digest") {
		return "the scheme is " + scheme
	}
	p := Params(rest)
	algorithm := strings.ToUpper(p["algorithm"])
	if algorithm == "" {
		algorithm = "MD5"
	}
	known := false
	for _, a := range algorithms {
		known = known || a == algorithm
	}
	switch {
	case !known:
		return "the algorithm is " + algorithm
	case p["nonce"] != nonce:
		return "the nonce is not the one that was given"
	case p["uri"] != target:
		return fmt.Sprintf("uri is %q", p["uri"])
	case p["response"] != DigestResponse(algorithm, "tea", p["realm"], "leaves", method, p["uri"], nonce, p["nc"], p["cnonce"]):
		return "the response is not the one that the password gives"
	}
	return ""
}
