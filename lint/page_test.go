package lint

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/statute-http/statute/wire"
)

const examplePage = `A remark.
-- en.md --
Wrong.
-- zh-TW.md --
錯了。
-- request --
GET / HTTP/1.1
Host: a

-- request2 --
HEAD / HTTP/1.1
Host: a

-- facts2 --
protocol: h3
-- bad --
HTTP/1.1 200 OK
Content-Length: 2

hi
-- good2 --
HTTP/1.1 204 No Content

-- also --
one
two
`

func TestReadPage(t *testing.T) {
	got, err := readPage("x", []byte(examplePage))
	if err != nil {
		t.Fatal(err)
	}
	want := Page{
		Bad: []Example{{Name: "bad",
			Request:   []byte("GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
			Responses: []byte("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")}},
		Good: []Example{{Name: "good2",
			Request:   []byte("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n"),
			Responses: []byte("HTTP/1.1 204 No Content\r\n\r\n"),
			Facts:     "protocol: h3\n"}},
		Also: []string{"one", "two"},
	}
	want.Text.En, want.Text.ZhTW = "Wrong.\n", "錯了。\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("readPage (-want +got):\n%s", diff)
	}
	x, err := got.Good[0].Exchange()
	if err != nil {
		t.Fatal(err)
	}
	if x.Conn.Protocol != wire.H3 || x.Final.Version.Major != 3 || x.Final.Reason != "" {
		t.Errorf("the fact protocol: h3 gave %s, version %d, reason %q", x.Conn.Protocol, x.Final.Version.Major, x.Final.Reason)
	}
}

const sequencePage = `-- facts --
scheme: https
-- bad --
>>> started: 08:00:00; peer: a
PUT /a HTTP/1.1
Host: a
Content-Length: 2

hi
<<<
HTTP/1.1 204 No Content

>>>
GET /a HTTP/1.1
Host: a

<<<
HTTP/1.1 200 OK
Content-Length: 2

hi
`

func TestReadSequence(t *testing.T) {
	page, err := readPage("x", []byte(sequencePage))
	if err != nil {
		t.Fatal(err)
	}
	want := Example{
		Name:      "bad",
		Request:   []byte("GET /a HTTP/1.1\r\nHost: a\r\n\r\n"),
		Responses: []byte("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"),
		Facts:     "scheme: https\n\n",
		Earlier: []Example{{
			Request:   []byte("PUT /a HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi"),
			Responses: []byte("HTTP/1.1 204 No Content\r\n\r\n"),
			Facts:     "scheme: https\nstarted: 08:00:00\npeer: a\n",
		}},
	}
	if diff := cmp.Diff(want, page.Bad[0]); diff != "" {
		t.Errorf("readPage (-want +got):\n%s", diff)
	}
	all, err := page.Bad[0].Exchanges()
	if err != nil {
		t.Fatal(err)
	}
	if x := all[0]; len(all) != 2 || x.Started.Hour() != 8 || x.Conn.Peer != "a" || x.Request.Scheme != "https" {
		t.Errorf("got %d exchanges, the first started %s, peer %q, scheme %q", len(all), x.Started, x.Conn.Peer, x.Request.Scheme)
	}
}

func TestReadPageErrors(t *testing.T) {
	for _, test := range []struct{ page, want string }{
		{"-- en.md --\n-- en.md --\n", "twice"},
		{"-- goood --\n", `no section is called "goood"`},
	} {
		if _, err := readPage("x", []byte(test.page)); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("readPage(%q): got %v, want an error with %q", test.page, err, test.want)
		}
	}
	for _, fact := range []string{"protocol: h9", "number: many", "started: soon", "colour: red"} {
		e := Example{Request: []byte("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), Facts: fact}
		if _, err := e.Exchange(); err == nil {
			t.Errorf("the fact %q is taken", fact)
		}
	}
	if _, err := PageOf("no-such-rule"); err == nil || !strings.Contains(err.Error(), "lint/rules/no-such-rule.txt") {
		t.Errorf("PageOf of no rule: got %v, want the name of the file to write", err)
	}
}
