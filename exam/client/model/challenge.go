package model

import (
	"iter"
	"strings"

	"github.com/statute-http/statute/exam/client"
	"github.com/statute-http/statute/wire"
)

// A challenge is one member of WWW-Authenticate or Proxy-Authenticate.
type challenge struct {
	scheme string
	params map[string]string
}

// challenges reads the challenges of a field. RFC 9110 §11.6.1: a line may have
// several, and the parameters of each are separated by commas as the challenges
// are: a member that begins with a scheme name begins a challenge, others go on
// with the one before.
func (s *session) challenges(fields wire.Fields, name string) iter.Seq[challenge] {
	return func(yield func(challenge) bool) {
		for line := range fields.Values(name) {
			if s.has("no-empty-members") && strings.HasPrefix(strings.TrimSpace(line), ",") {
				continue
			}
			var parts []string
			for member := range wire.Members(line) {
				first, _, more := strings.Cut(member, " ")
				if begins := !strings.Contains(first, "="); begins && (more || first != "") || len(parts) == 0 {
					parts = append(parts, member)
				} else {
					parts[len(parts)-1] += ", " + member
				}
			}
			for _, part := range parts {
				scheme, params, _ := strings.Cut(part, " ")
				if !yield(challenge{scheme, client.Params(params)}) || s.has("first-challenge-only") {
					return
				}
			}
		}
	}
}

// is compares a scheme: case does not matter (RFC 9110 §11.1).
func (s *session) is(c challenge, scheme string) bool {
	if s.has("exact-scheme-name") {
		return c.scheme == scheme
	}
	return strings.EqualFold(c.scheme, scheme)
}
