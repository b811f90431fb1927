package capture_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/statute-http/statute/capture"
	"github.com/statute-http/statute/wire"
)

// What curl printed, told in a line each; with the content where it can be
// believed.
func TestCurl(t *testing.T) {
	ok := "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"
	for _, test := range []struct {
		name, printed string
		want          []string
	}{
		{"-i", ok + "ok", []string{`h1 [200] "ok" content`}},
		{"-i, two URLs", ok + "ok" + ok + "no", []string{`h1 [200] "ok" content`, `h1 [200] "no" content`}},
		{"-i -L", "HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 9\r\n\r\n" + ok + "ok", []string{`h1 [302] ""`, `h1 [200] "ok" content`}},
		{"-I", ok + "HTTP/1.1 404 Not Found\r\nContent-Length: 10\r\n\r\n", []string{`h1 [200] ""`, `h1 [404] ""`}},
		{"-i, interim", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n" + ok + "ok", []string{`h1 [100 103 200] "ok" content`}},
		{"-i, chunks taken apart", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nHTTP/1.1 is a protocol\n" + ok + "ok", []string{`h1 [200] "HTTP/1.1 is a protocol\n" content`, `h1 [200] "ok" content`}},
		{"-i --compressed", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nlonger than four", []string{`h1 [200] "longer than four" decoded content`}},
		{"-i, cut", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok", []string{`h1 [200] "ok"`}},
		{"-i, HTTP/2", "HTTP/2 200 \r\nContent-Length: 2\r\n\r\nok", []string{`h2 [200] "ok" content`}},
		{"-i, HTTP/3", "HTTP/3 404 \r\n\r\n", []string{`h3 [404] "" content`}},
		{"-i, no content", "HTTP/1.1 204 No Content\r\n\r\n" + ok + "ok", []string{`h1 [204] "" content`, `h1 [200] "ok" content`}},
		{"-v", "*   Trying 127.0.0.1:80...\n* Connected to a\n> GET /x HTTP/1.1\r\n> Host: a\r\n> \r\n< HTTP/1.1 200 OK\r\n< Content-Length: 0\r\n< \r\n* Connection #0 left intact\n",
			[]string{`h1 GET http://a/x [200] "" content`}},
		{"-v, TLS", "* Connected to a\n* SSL connection using TLSv1.3 / X\n> GET /x HTTP/2\r\n> Host: a\r\n> \r\n< HTTP/2 404 \r\n< a: b\r\n< \r\nGone < HTTP/1.1 200 OK\n> not a request\n< HTTP/1.1 500 x\n",
			[]string{`h2 GET https://a/x [404] ""`}},
		{"-v, 100 without an end", "> PUT / HTTP/1.1\r\n> Host: a\r\n> Content-Length: 2\r\n> \r\n< HTTP/1.1 100 Continue\r\n} [2 bytes data]\n< HTTP/1.1 201 Created\r\n< \r\n",
			[]string{`h1 PUT http://a/ [100 201] ""`}},
		{"-v, no answer", "* Connected to a\n> GET / HTTP/1.1\r\n> Host: a\r\n> \r\n* Empty reply from server\ncurl: (52) Empty reply from server\n",
			[]string{`h1 GET http://a/ []`}},
		{"-v, two", "> GET /1 HTTP/1.1\n> Host: a\n> \n< HTTP/1.1 200 OK\n< \n* again\n> HEAD /2 HTTP/1.1\n> Host: a\n> \n< HTTP/1.1 200 OK\n< Content-Length: 5\n< \n",
			[]string{`h1 GET http://a/1 [200] ""`, `h1 HEAD http://a/2 [200] "" content`}},
	} {
		entries, errs := all(t, test.printed, capture.Options{})
		var got []string
		for _, e := range entries {
			x := e.Exchange
			s := string(x.Conn.Protocol)
			if x.Shows(wire.ShowsRequest) {
				s += fmt.Sprintf(" %s %s://%s%s", x.Request.Method, x.Request.Scheme, x.Request.Authority, x.Request.Target)
			}
			s += fmt.Sprint(" ", x.Statuses())
			if p := x.Final; p != nil {
				s += fmt.Sprintf(" %q", p.Content.Data)
				if p.Content.Decoded {
					s += " decoded"
				}
			}
			if x.Shows(wire.ShowsContent) {
				s += " content"
			}
			if later := x.Conn.Protocol != wire.H1; later && x.Seen&(wire.ShowsOctets|wire.ShowsReason) != 0 {
				t.Errorf("%s: octets of a head that curl wrote", test.name)
			}
			if x.Final != nil && len(x.Final.Faults) > 0 {
				t.Errorf("%s: %+v", test.name, x.Final.Faults)
			}
			got = append(got, s)
		}
		if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", test.want) || errs != nil {
			t.Errorf("%s:\n got %q, %v\nwant %q", test.name, got, errs, test.want)
		}
	}
}

// A head that is cut has its place, and what stood before it was read.
func TestCurlBroken(t *testing.T) {
	entries, errs := all(t, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nA", capture.Options{})
	if len(entries) != 1 || len(errs) != 1 || errs[0].Error() != "curl, entry 2, octet 40: the head of a response cannot be read: unexpected EOF" {
		t.Errorf("%d, %v", len(entries), errs)
	}
}

// A content without a length ends where a head begins, and not before.
func TestCurlLongContent(t *testing.T) {
	body := strings.Repeat("HTTP/1.1 2000 no status line\r\nHTTP/", 10_000)
	entries, errs := all(t, "HTTP/1.1 200 OK\r\n\r\n"+body+"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno", capture.Options{})
	if len(entries) != 2 || errs != nil || entries[0].Exchange.Final.Content.Length != int64(len(body)) {
		t.Fatalf("%d, %v", len(entries), errs)
	}
}
