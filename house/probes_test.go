package house_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/statute-http/statute/house"
	"github.com/statute-http/statute/serve"
	"github.com/statute-http/statute/wire"
)

// A probe is one message of the server brief's list (A01-A124) that needs no
// stored resource, with all the answers that the specifications allow, and the
// one among them that is ours.
type probe struct {
	id, name string
	octets   string
	lawful   []int // 0 is a close without an answer
	ours     int
	holds    func(*answers) error // what the first answer has to show besides
}

// answers are all that came back on the connection.
type answers struct {
	all    []wire.Response
	after  string // octets that were no answer
	closed bool
}

func (a *answers) first() wire.Response {
	if len(a.all) == 0 {
		return wire.Response{}
	}
	return a.all[0]
}

const get = "GET /lab/page HTTP/1.1\r\nHost: localhost\r\n"

var probes = []probe{
	{"A01", "HEAD", "HEAD /lab/page HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", codes(200), 200, nothingAfter},
	{"A02", "unknown method", "FOO /lab/page HTTP/1.1\r\nHost: localhost\r\n\r\n", codes(501, 405), 501, nil},
	{"A03", "method in lower case", "get /lab/page HTTP/1.1\r\nHost: localhost\r\n\r\n", codes(501, 400, 405), 501, nil},
	{"A04", "POST to a page", "POST /lab/page HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nab", codes(405, 501), 405, has("Allow")},
	{"A05", "PUT to a page", "PUT /lab/page HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nab", codes(405, 501), 405, has("Allow")},
	{"A06", "DELETE of a page", "DELETE /lab/page HTTP/1.1\r\nHost: localhost\r\n\r\n", codes(405, 501), 405, has("Allow")},
	{"A07", "TRACE", "TRACE /lab/page HTTP/1.1\r\nHost: localhost\r\n\r\n", codes(200, 405, 501), 405, has("Allow")},
	{"A07b", "TRACE of the book", "TRACE /lab/book HTTP/1.1\r\nHost: localhost\r\nCookie: secret\r\n\r\n", codes(200, 405, 501), 200, has("Content-Type")},
	{"A08", "OPTIONS", "OPTIONS /lab/page HTTP/1.1\r\nHost: localhost\r\n\r\n", codes(200, 204, 405), 204, has("Allow")},
	{"A09", "OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n", codes(200, 204, 405, 501), 204, has("Allow")},
	{"A10", "GET *", "GET * HTTP/1.1\r\nHost: localhost\r\n\r\n", codes(400), 400, nil},
	{"A11", "CONNECT to an origin", "CONNECT localhost:80 HTTP/1.1\r\nHost: localhost:80\r\n\r\n", codes(405, 501, 400), 501, nil},
	{"A12", "no Host", "GET /lab/page HTTP/1.1\r\n\r\n", codes(400), 400, nil},
	{"A13", "two Hosts", get + "Host: other\r\n\r\n", codes(400), 400, nil},
	{"A14", "two equal Hosts", get + "Host: localhost\r\n\r\n", codes(400), 400, nil},
	{"A15", "Host ###", "GET /lab/page HTTP/1.1\r\nHost: ###\r\n\r\n", codes(400), 400, nil},
	{"A16", "Host with userinfo", "GET /lab/page HTTP/1.1\r\nHost: u@localhost\r\n\r\n", codes(400), 400, nil},
	{"A17", "Host with path", "GET /lab/page HTTP/1.1\r\nHost: localhost/x\r\n\r\n", codes(400), 400, nil},
	{"A18", "Host with comma", "GET /lab/page HTTP/1.1\r\nHost: localhost, localhost\r\n\r\n", codes(400), 400, nil},
	{"A19", "empty Host", "GET /lab/page HTTP/1.1\r\nHost:\r\n\r\n", codes(200, 400), 400, nil},
	{"A20", "HTTP/1.0 without Host", "GET /lab/page HTTP/1.0\r\n\r\n", codes(200), 200, nil},
	{"A21", "absolute-form", "GET http://localhost/lab/page HTTP/1.1\r\nHost: localhost\r\n\r\n", codes(200), 200, nil},
	{"A22", "absolute-form, other Host", "GET http://localhost/lab/page HTTP/1.1\r\nHost: other\r\n\r\n", codes(200), 200, nil},
	{"A23", "HTTP/2.0 as text", "GET /lab/page HTTP/2.0\r\nHost: localhost\r\n\r\n", codes(505), 505, nil},
	{"A24", "HTTP/1.2", "GET /lab/page HTTP/1.2\r\nHost: localhost\r\n\r\n", codes(200, 505), 200, nil},
	{"A25", "HTTP/9.9", "GET /lab/page HTTP/9.9\r\nHost: localhost\r\n\r\n", codes(505, 400), 505, nil},
	{"A26", "http/1.1", "GET /lab/page http/1.1\r\nHost: localhost\r\n\r\n", codes(400), 400, nil},
	{"A27", "no version", "GET /lab/page\r\n\r\n", codes(400, 0), 400, nil},
	{"A28", "target of 9,000 octets", "GET /" + strings.Repeat("x", 8999) + " HTTP/1.1\r\nHost: localhost\r\n\r\n", codes(414, 404), 414, nil},
	{"A29", "target of 100,000 octets", "GET /" + strings.Repeat("x", 99_999) + " HTTP/1.1\r\nHost: localhost\r\n\r\n", codes(414), 414, nil},
	{"A30", "field of 100,000 octets", get + "X: " + strings.Repeat("y", 100_000) + "\r\n\r\n", codes(431, 400), 431, nil},
	{"A31", "field of 1,200,000 octets", get + "X: " + strings.Repeat("y", 1_200_000) + "\r\n\r\n", codes(431), 431, nil},
	{"A32", "5,000 fields", get + strings.Repeat("X: y\r\n", 5000) + "\r\n", codes(431, 400), 431, nil},
	{"A33", "Expect: foo", get + "Expect: foo\r\n\r\n", codes(417, 200), 417, nil},
	{"A34", "100-continue, content withheld", "POST /lab/page HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n", codes(100, 405), 405, nil},
	{"A34b", "100-continue, content wanted", "PUT /lab/depot/a34 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n", codes(100), 100, nil},
	{"A35", "100-continue in HTTP/1.0", "PUT /lab/depot/a35 HTTP/1.0\r\nHost: localhost\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\nab", codes(201, 204), 201, nil},
	{"A51", "length and coding", "POST /lab/page HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", codes(400), 400, closes},
	{"A52", "unknown coding", "POST /lab/page HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: foo\r\n\r\n", codes(501, 400), 501, closes},
	{"A53", "chunked not last", "POST /lab/page HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked, gzip\r\n\r\n", codes(400), 400, closes},
	{"A54", "coding in HTTP/1.0", "POST /lab/page HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", codes(400, 0), 400, closes},
	{"A55", "lengths differ", "POST /lab/page HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc", codes(400), 400, closes},
	{"A56", "length abc", "POST /lab/page HTTP/1.1\r\nHost: localhost\r\nContent-Length: abc\r\n\r\n", codes(400), 400, closes},
	{"A57", "length -1", "POST /lab/page HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", codes(400), 400, closes},
	{"A58", "length +2", "POST /lab/page HTTP/1.1\r\nHost: localhost\r\nContent-Length: +2\r\n\r\nab", codes(400), 400, closes},
	{"A59", "POST without length or coding", "POST /lab/page HTTP/1.1\r\nHost: localhost\r\n\r\n", codes(411, 405), 405, nil},
	{"A60", "lines end with LF", "GET /lab/page HTTP/1.1\nHost: localhost\n\n", codes(200, 400), 400, nil},
	{"A61", "CR in a value", get + "X: a\rb\r\n\r\n", codes(400), 400, nil},
	{"A62", "NUL in a value", get + "X: a\x00b\r\n\r\n", codes(400), 400, nil},
	{"A63", "obs-fold", get + "X: a\r\n b\r\n\r\n", codes(400, 200), 400, nil},
	{"A64", "space before colon", get + "X : a\r\n\r\n", codes(400), 400, nil},
	{"A65", "space before the first field", "GET /lab/page HTTP/1.1\r\n Host: localhost\r\n\r\n", codes(400), 400, nil},
	{"A66", "no colon", get + "X\r\n\r\n", codes(400), 400, nil},
	{"A67", "CRLF before", "\r\n" + get + "\r\n", codes(200), 200, nil},
	{"A68", "space in the target", "GET /lab/ page HTTP/1.1\r\nHost: localhost\r\n\r\n", codes(400), 400, nil},
	{"A69", "fragment in the target", "GET /lab/page#x HTTP/1.1\r\nHost: localhost\r\n\r\n", codes(400), 400, nil},
	{"A71", "Upgrade: foo/1", get + "Upgrade: foo/1\r\nConnection: upgrade\r\n\r\n", codes(200), 200, nil},
	{"A72", "Connection: close", get + "Connection: close\r\n\r\n", codes(200), 200, closes},
	{"A73", "garbage", "\x80\x00\xff\x17\r\n\r\n", codes(400, 0), 400, closes},
	{"A89", "Early-Data: 1", get + "Early-Data: 1\r\n\r\n", codes(200, 425), 200, nil},
	{"A107", "over the limit, announced", "PUT /lab/depot/a107 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999999\r\n\r\n", codes(413), 413, closes},
	{"A107b", "over the limit, expected", "PUT /lab/depot/a107 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999999\r\nExpect: 100-continue\r\n\r\n", codes(413), 413, closes},
	{"A108", "half a request", "GET /lab/page HTTP/1.1\r\nHost: loc", codes(408, 0), 408, closes},
	{"A112", "nothing acceptable", get + "Accept: application/none\r\n\r\n", codes(200, 406), 200, nil},
	{"A124", "forbidden trailer", "PUT /lab/depot/a124 HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ntea\r\n0\r\nHost: evil\r\nContent-Length: 99\r\n\r\n" + get + "Connection: close\r\n\r\n", codes(201, 400), 201, two(200)},
}

func codes(c ...int) []int { return c }

func has(name string) func(*answers) error {
	return func(a *answers) error {
		p := a.first()
		if !p.Fields.Has(name) {
			return fmt.Errorf("no %s", name)
		}
		return nil
	}
}

func closes(a *answers) error {
	p := a.first()
	if !a.closed || !p.Fields.HasMember("Connection", "close") {
		return fmt.Errorf("closed %v, Connection %q", a.closed, p.Fields.Get("Connection"))
	}
	return nil
}

func nothingAfter(a *answers) error {
	if a.after != "" || len(a.all) != 1 {
		return fmt.Errorf("%d answers, %q after", len(a.all), a.after)
	}
	return nil
}

func two(second int) func(*answers) error {
	return func(a *answers) error {
		if len(a.all) != 2 || int(a.all[1].Status) != second {
			return fmt.Errorf("%d answers", len(a.all))
		}
		return nil
	}
}

func TestProbes(t *testing.T) {
	h := open(t)
	dial := map[string]func() (net.Conn, error){
		"clear": func() (net.Conn, error) { return net.Dial("tcp", h.Address()) },
		"TLS": func() (net.Conn, error) {
			config := h.Trust()
			config.ServerName = "localhost"
			return tls.Dial("tcp", h.Address(), config)
		},
	}
	for how, dial := range dial {
		for _, p := range probes {
			if !slices.Contains(p.lawful, p.ours) {
				t.Fatalf("%s: ours is not lawful", p.id)
			}
			t.Run(how+"/"+p.id+" "+p.name, func(t *testing.T) {
				t.Parallel()
				c, err := dial()
				if err != nil {
					t.Fatal(err)
				}
				defer c.Close()
				c.SetDeadline(time.Now().Add(10 * time.Second))
				octets := strings.Replace(p.octets, "/depot/", "/depot/"+how, 1)
				io.WriteString(c, octets)
				a := hear(t, c, octets)
				got := int(a.first().Status)
				if got != p.ours {
					t.Errorf("got %d, want %d (lawful: %v)", got, p.ours, p.lawful)
				}
				if p.holds != nil {
					if err := p.holds(a); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
}

// hear reads answers until the server closes or says no more.
func hear(t *testing.T, c net.Conn, asked string) *answers {
	t.Helper()
	a := &answers{}
	r := wire.NewReader(bufio.NewReader(c), wire.Limits{})
	method, _, _ := strings.Cut(asked, " ")
	for {
		c.SetReadDeadline(time.Now().Add(2 * time.Second))
		var head wire.Head
		err := r.ReadResponse(&head)
		var fault *wire.Fault
		switch {
		case err == nil:
		case errors.As(err, &fault):
			a.after = string(r.Peek())
			return a
		default:
			a.closed = errors.Is(err, io.EOF)
			return a
		}
		p := head.Response(method)
		if _, err := io.Copy(io.Discard, r.Body(head.ResponseFraming(method))); err != nil {
			t.Errorf("content of %d: %v", p.Status, err)
			return a
		}
		a.all = append(a.all, p)
	}
}

func open(t *testing.T) *house.House {
	t.Helper()
	h, err := house.Open(house.Config{Limits: serve.Limits{
		First: time.Second, Head: time.Second, Stall: time.Second, Idle: 300 * time.Millisecond}})
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		h.Serve()
	}()
	t.Cleanup(func() {
		end, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		h.Shutdown(end)
		<-served
	})
	return h
}
