package serve

import (
	"net/http"
	"strings"

	"github.com/statute-http/statute/status"
)

// What the specifications say of every answer, whatever protocol carries it.

// mayHaveContent reports whether an answer to the method may carry content: not
// with 1xx, 204 or 304, not to HEAD (RFC 9110 §6.4.1). 205 is no such case by
// the grammar, but RFC 9110 §15.3.6 forbids its server to generate content.
func mayHaveContent(method string, code int) bool {
	return method != http.MethodHead && !noContent(code)
}

func noContent(code int) bool {
	return status.Code(code).Interim() || code == 204 || code == 205 || code == 304
}

// mayHaveLength reports whether an answer may carry Content-Length: not with 1xx
// or 204, nor with 2xx to CONNECT (RFC 9110 §8.6).
func mayHaveLength(method string, code int) bool {
	return !status.Code(code).Interim() && code != 204 && !(method == http.MethodConnect && code/100 == 2)
}

// connectionFields concern one connection and its framing. HTTP/2 and HTTP/3
// have no place for them: RFC 9113 §8.2.2, RFC 9114 §4.2.
var connectionFields = []string{
	"Connection", "Keep-Alive", "Proxy-Connection", "Te", "Transfer-Encoding", "Upgrade",
}

// fieldText makes a value safe to write as one line: CR, LF and NUL, which
// would end it or the message, become spaces (RFC 9110 §5.5).
func fieldText(value string) string {
	for i := range len(value) {
		if c := value[i]; c == '\r' || c == '\n' || c == 0 {
			return strings.NewReplacer("\r", " ", "\n", " ", "\x00", " ").Replace(value)
		}
	}
	return value
}
