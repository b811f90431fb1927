package serve_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// What curl reports of each transfer: protocol, code, new connections.
const report = "%{http_version} %{response_code} %{num_connects}\n"

func TestConnectionsAreReused(t *testing.T) {
	c, program := open(t), tool(t, "curl")
	for _, test := range []struct {
		name, option, scheme string
		paths                [3]string
		content              string // sent with each request
		want                 string
	}{
		{"HTTP|1.1", "--http1.1", "http", [3]string{"/1", "/2", "/3"}, "", "1.1 200 1\n1.1 200 0\n1.1 200 0\n"},
		{"HTTP|1.1 over TLS", "--http1.1", "https", [3]string{"/1", "/2", "/3"}, "", "1.1 200 1\n1.1 200 0\n1.1 200 0\n"},
		// Not in the clear: curl 7.88 cannot reuse those (its issue 10634), nor
		// with nginx. TestStreamsOfOneConnection sees to them.
		{"HTTP|2", "--http2", "https", [3]string{"/1", "/2", "/3"}, "", "2 200 1\n2 200 0\n2 200 0\n"},
		// HTTP/2 in the clear has no upgrade from HTTP/1.1 (RFC 9113 §3.1): the
		// offer is ignored.
		{"h2c offered", "--http2", "http", [3]string{"/1", "/2", "/3"}, "", "1.1 200 1\n1.1 200 0\n1.1 200 0\n"},
		{"codes without content", "--http1.1", "http", [3]string{"/204", "/205", "/304"}, "", "1.1 204 1\n1.1 205 0\n1.1 304 0\n"},
		{"chunks and trailers", "--http1.1", "http", [3]string{"/trailers", "/hints", "/trailers"}, "", "1.1 200 1\n1.1 200 0\n1.1 200 0\n"},
		{"refused by a handler", "--http1.1", "http", [3]string{"/deaf", "/1", "/deaf"}, "few", "1.1 403 1\n1.1 200 0\n1.1 403 0\n"},
		{"refused by the engine", "--http1.1", "http", [3]string{"/" + long, "/1", "/" + long}, "", "1.1 414 1\n1.1 200 1\n1.1 414 0\n"},
		{"HTTP|1.0", "--http1.0", "http", [3]string{"/1", "/hints", "/trailers"}, "", "1.1 200 1\n1.1 200 1\n1.1 200 1\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			args := []string{"--disable", "--noproxy", "*", "--silent", "--show-error", "--max-time", "15",
				"--cacert", c.ca, "--write-out", report, test.option}
			if test.content != "" {
				args = append(args, "--data", test.content)
			}
			for _, path := range test.paths {
				args = append(args, "--output", "/dev/null", c.url(test.scheme, path))
			}
			if got, exit := run(t, "", program, args...); exit != 0 || got != test.want {
				t.Errorf("curl ended with %d and\n%s\nwant\n%s", exit, got, test.want)
			}
		})
	}
}

// An HTTP/1.0 client gets no interim answer and no chunks (RFC 9110 §15.2, RFC
// 9112 §6.1).
func TestHTTP10(t *testing.T) {
	c, program := open(t), tool(t, "curl")
	for _, test := range []struct{ path, want string }{
		{"/hints", "HTTP/1.1 200 OK\nContent-Type: text/plain\nContent-Length: 13\nConnection: close\n\nGET /hints 0\n"},
		{"/trailers", "HTTP/1.1 200 OK\nContent-Type: text/plain\nTrailer: Verdict\nConnection: close\n\ncontent\n"},
	} {
		t.Run(test.path[1:], func(t *testing.T) {
			got, exit := run(t, "", program, "--disable", "--noproxy", "*", "--silent", "--show-error",
				"--max-time", "15", "--http1.0", "--include", c.url("http", test.path))
			got = dateLine.ReplaceAllString(strings.ReplaceAll(got, "\r\n", "\n"), "")
			if exit != 0 || got != test.want {
				t.Errorf("curl ended with %d and\n%s\nwant\n%s", exit, got, test.want)
			}
		})
	}
}

var dateLine = regexp.MustCompile(`(?m)^Date: .*\n`)

// Twenty streams at once, and each with its own answer.
func TestStreamsOfOneConnection(t *testing.T) {
	c := open(t)
	nghttp := []string{"--verbose", "--null-out", "--timeout=10", "--no-verify-peer", "--multiply=10"}
	gtlsclient := []string{"--exit-on-all-streams-close", "--no-quic-dump", "--timeout=10s", "--nstreams=20", c.host, c.port}
	for _, test := range []struct {
		name, program string
		args          []string
		scheme        string
		want          map[string]int // how often a line's end comes
	}{
		{"HTTP|2 in the clear", "nghttp", nghttp, "http",
			map[string]int{"] Connected\n": 1, ") :status: 200\n": 10, ") :status: 204\n": 10}},
		{"HTTP|2", "nghttp", nghttp, "https",
			map[string]int{"] Connected\n": 1, ") :status: 200\n": 10, ") :status: 204\n": 10}},
		{"HTTP|3", "gtlsclient", gtlsclient, "https", map[string]int{
			"QUIC handshake has completed\n": 1, " [:status: 200]\n": 10, " [:status: 204]\n": 10,
			" closed with error code 256\n": 20}}, // H3_NO_ERROR
	} {
		t.Run(test.name, func(t *testing.T) {
			args := append(slices.Clip(test.args), c.url(test.scheme, "/page"), c.url(test.scheme, "/204"))
			out, exit := run(t, "", tool(t, test.program), args...)
			for line, want := range test.want {
				if got := strings.Count(out, line); exit != 0 || got != want {
					t.Errorf("%s ended with %d; %q came %d times, want %d:\n%s", test.program, exit, line, got, want, out)
				}
			}
		})
	}
}

// frame finds in nghttp's log the frames that concern the answer.
var frame = regexp.MustCompile(`recv (HEADERS|DATA|RST_STREAM|GOAWAY) frame <length=\d+, flags=0x(..), stream_id=\d+>(?:\n +\(error_code=([A-Z_]+))?`)

// HTTP/2 frame by frame: where the stream ends, and what becomes of content that
// nobody wants (RFC 9113 §8.1: a complete answer, then RST_STREAM with NO_ERROR).
func TestFrames(t *testing.T) {
	c, program := open(t), tool(t, "nghttp")
	for _, test := range []struct {
		path string
		args []string
		code string // of the last answer
		want string
	}{
		{"/page", nil, "200", "HEADERS DATA+END_STREAM"},
		{"/page", []string{"--header=:method: HEAD"}, "200", "HEADERS+END_STREAM"},
		{"/hints", nil, "200", "HEADERS HEADERS HEADERS DATA+END_STREAM"},
		{"/trailers", nil, "200", "HEADERS DATA HEADERS+END_STREAM"},
		{"/204", nil, "204", "HEADERS+END_STREAM"},
		{"/205", nil, "205", "HEADERS+END_STREAM"},
		{"/304", nil, "304", "HEADERS+END_STREAM"},
		{"/up", []string{"--data=" + c.small}, "200", "HEADERS DATA+END_STREAM"},
		{"/up", []string{"--data=" + c.small, "--trailer=a: b"}, "200", "HEADERS DATA+END_STREAM"},
		{"/up", []string{"--data=" + c.small, "--expect-continue"}, "200", "HEADERS HEADERS DATA+END_STREAM"},
		{"/deaf", []string{"--data=" + c.big, "--expect-continue"}, "403", "HEADERS+END_STREAM RST_STREAM(NO_ERROR)"},
		{"/deaf", []string{"--data=" + c.big}, "403", "HEADERS+END_STREAM RST_STREAM(NO_ERROR)"},
		{"/up", []string{"--data=" + c.big, "--expect-continue"}, "413", "HEADERS DATA+END_STREAM RST_STREAM(NO_ERROR)"},
		{"/up", []string{"--data=" + c.big}, "413", "HEADERS DATA+END_STREAM RST_STREAM(NO_ERROR)"},
	} {
		for _, scheme := range []string{"http", "https"} {
			t.Run(fmt.Sprint(scheme, " ", test.code, " ", test.want), func(t *testing.T) {
				t.Parallel()
				args := append([]string{"--verbose", "--null-out", "--timeout=10", "--no-verify-peer"}, test.args...)
				out, exit := run(t, "", program, append(args, c.url(scheme, test.path))...)
				var got []string
				for _, m := range frame.FindAllStringSubmatch(out, -1) {
					name := m[1]
					if flags := m[2]; name != "RST_STREAM" && flags[1]&1 == 1 {
						name += "+END_STREAM"
					}
					if m[3] != "" {
						name += "(" + m[3] + ")"
					}
					got = append(got, name)
				}
				if exit != 0 || strings.Join(got, " ") != test.want || !strings.Contains(out, ") :status: "+test.code+"\n") {
					t.Errorf("nghttp ended with %d; got %s, want %s with %s:\n%s", exit, got, test.code, test.want, out)
				}
			})
		}
	}
}

// openssl shakes hands: what ALPN agrees on (RFC 7301), and who is let in.
func TestHandshakes(t *testing.T) {
	c, program := open(t), tool(t, "openssl")
	for _, test := range []struct {
		name string
		args []string
		exit int
		want []string
	}{
		{"h2", []string{"-alpn", "h2"}, 0, []string{"ALPN protocol: h2\n", "Verify return code: 0 (ok)\n", "TLSv1.3"}},
		{"http|1.1", []string{"-alpn", "http/1.1"}, 0, []string{"ALPN protocol: http/1.1\n"}},
		{"the server's order", []string{"-alpn", "http/1.1,h2"}, 0, []string{"ALPN protocol: h2\n"}},
		{"no ALPN", nil, 0, []string{"No ALPN negotiated\n"}},
		{"unknown protocol", []string{"-alpn", "spdy/3"}, 1, []string{"tlsv1 alert no application protocol"}},
		{"h3 over TCP", []string{"-alpn", "h3"}, 1, []string{"tlsv1 alert no application protocol"}},
		{"TLS 1.2", []string{"-tls1_2", "-alpn", "h2"}, 0, []string{"ALPN protocol: h2\n", "TLSv1.2"}},
		{"TLS 1.1", []string{"-tls1_1"}, 1, []string{"tlsv1 alert protocol version"}},
		{"SNI", []string{"-servername", "localhost", "-verify_hostname", "localhost"}, 0, []string{"Verify return code: 0 (ok)\n"}},
		{"foreign name", []string{"-servername", "example.com"}, 1, []string{"tlsv1 unrecognized name"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			out, exit := run(t, "", program, append([]string{"s_client", "-connect", c.host + ":" + c.port,
				"-CAfile", c.ca, "-verify_return_error"}, test.args...)...)
			if exit != test.exit {
				t.Errorf("openssl ended with %d, want %d:\n%s", exit, test.exit, out)
			}
			for _, want := range test.want {
				if !strings.Contains(out, want) {
					t.Errorf("no %q in\n%s", want, out)
				}
			}
		})
	}
}

// An answer without a length of its own ends with close_notify (RFC 9112 §9.8),
// else openssl complains of an unexpected end: here the client asks for a close.
func TestCloseNotify(t *testing.T) {
	c, program := open(t), tool(t, "openssl")
	for _, version := range []string{"1.0", "1.1"} {
		out, exit := run(t, "GET /trailers HTTP/"+version+"\r\nHost: a\r\nConnection: close\r\n\r\n", program,
			"s_client", "-quiet", "-verify_quiet", "-connect", c.host+":"+c.port, "-CAfile", c.ca)
		if exit != 0 || !strings.HasPrefix(out[strings.Index(out, "HTTP/"):], "HTTP/1.1 200 OK\r\n") ||
			!strings.Contains(out, "content\n") || strings.Contains(out, "error") {
			t.Errorf("HTTP/%s: openssl ended with %d and\n%s", version, exit, out)
		}
	}
}

// A client that was not told of our root does not come in.
func TestUntrusted(t *testing.T) {
	c, program := open(t), tool(t, "curl")
	out, exit := run(t, "", program, "--disable", "--noproxy", "*", "--silent", "--max-time", "15", c.url("https", "/"))
	if exit != 60 || out != "" {
		t.Errorf("curl ended with %d, want 60, and %q", exit, out)
	}
}
