package serve

import (
	"math/rand/v2"
	"strings"
)

// bad makes a message that has to be refused, or that ends the connection. The
// id stands in it, so that an answer to what it hides would show.
func bad(p *rand.Rand, id string) step {
	hidden := "GET /echo/" + id + "-hidden HTTP/1.1\r\nHost: a\r\n\r\n"
	method := pick(p, "GET", "POST", "HEAD")
	target := "/" + pick(p, "echo", "flush", "watch") + "/" + id
	s := step{method: method, closes: must}
	head := func(code int, reason, octets string) step {
		s.code, s.content = code, reason
		s.octets = strings.NewReplacer("METHOD", method, "TARGET", target).Replace(octets)
		return s
	}
	switch n := p.IntN(len(badHeads) + 14); n {
	default:
		b := badHeads[n-14]
		if !strings.HasPrefix(b.octets, "METHOD ") {
			method, s.method = "GET", "GET"
		}
		return head(b.code, b.reason, b.octets+hidden)
	case 0, 1:
		s.then = shuts
		return s.cutHead(p, 400, "head-cut", good(p, id))
	case 2:
		s.then = falls
		return s.cutHead(p, 408, "head-timeout", good(p, id))
	case 3:
		s.then = shuts
		return head(400, "content-cut", "METHOD TARGET HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\n"+hidden)
	case 4:
		s.then = falls
		return head(408, "content-timeout", "METHOD TARGET HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\n"+hidden)
	case 5:
		s.then = shuts
		return head(400, "content-cut", "METHOD TARGET HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"+pick(p, "", "1", "5\r\n", "5\r\nab", "5\r\nabcde\r\n0\r\n", "0\r\nA: b\r\n"))
	case 6:
		s.then = falls
		return head(408, "content-timeout", "METHOD TARGET HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"+pick(p, "", "1", "5\r\n", "5\r\nab", "5\r\nabcde\r\n0\r\n", "0\r\nA: b\r\n"))
	case 7, 8:
		return head(400, "bad-chunk", "METHOD TARGET HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"+
			pick(p, "x\r\n", "3\r\nabcd\r\n", "3\nabc\r\n0\r\n\r\n", "-1\r\n", "0x3\r\nabc\r\n", "ffffffffffffffff\r\n", "3 \r\nabc\r\n0\r\n\r\n", "3\r\nabc0\r\n\r\n")+hidden)
	case 9:
		return head(400, "bad-trailer", "METHOD TARGET HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"+
			pick(p, "A : b\r\n\r\n", "A\r\n\r\n", "A: b\n\r\n", " A: b\r\n\r\n")+hidden)
	case 10, 11:
		return head(413, "content-too-large", "METHOD TARGET HTTP/1.1\r\nHost: a\r\nContent-Length: 5001\r\n"+pick(p, "", "Expect: 100-continue\r\n")+"\r\n"+hidden)
	case 12, 13:
		return head(413, "content-too-large", "METHOD TARGET HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1000\r\n"+
			strings.Repeat("x", 0x1000)+"\r\n389\r\n"+strings.Repeat("y", 0x389)+"\r\n0\r\n\r\n"+hidden)
	}
}

// cutHead ends a good head before its end.
func (s step) cutHead(p *rand.Rand, code int, reason string, whole step) step {
	n := 1 + p.IntN(whole.head-1)
	s.octets, s.code, s.content, s.method = whole.octets[:n], code, reason, "GET"
	if strings.Contains(s.octets, " ") {
		s.method = whole.method
	}
	return s
}

// badHeads are refused as soon as they are read. METHOD and TARGET are put in.
var badHeads = []struct {
	code   int
	reason string
	octets string
}{
	{400, "no-host", "METHOD TARGET HTTP/1.1\r\nX: y\r\n\r\n"},
	{400, "two-hosts", "METHOD TARGET HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"},
	{400, "bad-host", "METHOD TARGET HTTP/1.1\r\nHost: a/b\r\n\r\n"},
	{400, "bare-lf", "METHOD TARGET HTTP/1.1\nHost: a\r\n\r\n"},
	{400, "bare-lf", "METHOD TARGET HTTP/1.1\r\nHost: a\n\r\n"},
	{400, "bare-cr", "METHOD TARGET HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n"},
	{400, "obs-fold", "METHOD TARGET HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n"},
	{400, "space-before-first-field", "METHOD TARGET HTTP/1.1\r\n Host: a\r\n\r\n"},
	{400, "space-before-colon", "METHOD TARGET HTTP/1.1\r\nHost: a\r\nContent-Length : 3\r\n\r\nabc"},
	{400, "no-colon", "METHOD TARGET HTTP/1.1\r\nHost: a\r\nX\r\n\r\n"},
	{400, "bad-field-name", "METHOD TARGET HTTP/1.1\r\nHost: a\r\nX(): b\r\n\r\n"},
	{400, "bad-field-value", "METHOD TARGET HTTP/1.1\r\nHost: a\r\nX: \x00\r\n\r\n"},
	{400, "bad-version", "METHOD TARGET HTTP/1.10\r\nHost: a\r\n\r\n"},
	{505, "version-not-supported", "METHOD TARGET HTTP/3.0\r\nHost: a\r\n\r\n"},
	{400, "bad-target", "METHOD TARGET#x HTTP/1.1\r\nHost: a\r\n\r\n"},
	{400, "bad-method", "G@T TARGET HTTP/1.1\r\nHost: a\r\n\r\n"},
	{400, "bad-method", "\x16\x03\x01\x02\x00"},
	{400, "bad-request-line", "GET\r\nHost: a\r\n\r\n"},
	{400, "bad-request-line", "\r\n\r\n\r\n\r\n\r\nGET TARGET HTTP/1.1\r\nHost: a\r\n\r\n"},
	{501, "method-too-long", strings.Repeat("M", 65) + " TARGET HTTP/1.1\r\nHost: a\r\n\r\n"},
	{414, "target-too-long", "METHOD TARGET" + strings.Repeat("t", 200) + " HTTP/1.1\r\nHost: a\r\n\r\n"},
	{431, "field-too-large", "METHOD TARGET HTTP/1.1\r\nHost: a\r\nX: " + strings.Repeat("x", 300) + "\r\n\r\n"},
	{431, "too-many-fields", "METHOD TARGET HTTP/1.1\r\nHost: a\r\n" + strings.Repeat("X: y\r\n", 20) + "\r\n"},
	{431, "head-too-large", "METHOD TARGET HTTP/1.1\r\nHost: a\r\n" + strings.Repeat("X: "+strings.Repeat("y", 250)+"\r\n", 9) + "\r\n"},
	{400, "content-lengths-differ", "METHOD TARGET HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 0\r\n\r\nabc"},
	{400, "content-lengths-differ", "METHOD TARGET HTTP/1.1\r\nHost: a\r\nContent-Length: 0, 3\r\n\r\nabc"},
	{400, "bad-content-length", "METHOD TARGET HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\nabc"},
	{400, "bad-content-length", "METHOD TARGET HTTP/1.1\r\nHost: a\r\nContent-Length: 9223372036854775808\r\n\r\nabc"},
	{400, "length-and-transfer-coding", "METHOD TARGET HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
	{400, "length-and-transfer-coding", "METHOD TARGET HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"},
	{501, "unknown-transfer-coding", "METHOD TARGET HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"},
	{501, "unknown-transfer-coding", "METHOD TARGET HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"},
	{400, "chunked-not-last", "METHOD TARGET HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"},
	{400, "transfer-coding-in-http10", "METHOD TARGET HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
}
