package wire_test

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/statute-http/statute/wire"
)

// What our strict reader and net/http make of the same octets, as one line: each
// request that is taken, with "bad" or "cut" where its content is, then the code
// of a refusal.
//
// The corpus is the table of heads, that of chunked contents, and the messages
// of testdata/corpus.txt. A difference that differences does not explain fails,
// and so does an explanation for which there is no difference any more.
func TestBesideNetHTTP(t *testing.T) {
	theirs := newTheirs(t)
	var wg sync.WaitGroup
	room := make(chan struct{}, 64)
	corpus := corpus(t)
	results := make([]string, len(corpus))
	for i, m := range corpus {
		wg.Go(func() {
			room <- struct{}{}
			defer func() { <-room }()
			results[i] = theirs.judge(t, m.octets)
		})
	}
	wg.Wait()
	explained := map[string]difference{}
	for _, d := range differences {
		if explained[d.name].name != "" || !strings.Contains(d.why, "§") && !strings.HasPrefix(d.why, "limit: ") {
			t.Errorf("differences: %q stands twice, or has no section", d.name)
		}
		explained[d.name] = d
	}
	for i, m := range corpus {
		d, ok := explained[m.name]
		delete(explained, m.name)
		got := ours(m.octets)
		switch {
		case got == results[i] && ok:
			t.Errorf("%s: stale explanation: both say %q", m.name, got)
		case got != results[i] && !ok:
			t.Errorf("unexplained difference:\n{%q, %q, %q, \"\"},\n%.200q", m.name, got, results[i], m.octets)
		case ok && (got != d.ours || results[i] != d.theirs):
			t.Errorf("%s:\nours     %q\nexpected %q\nnet/http %q\nexpected %q", m.name, got, d.ours, results[i], d.theirs)
		}
	}
	for name := range explained {
		t.Errorf("differences: %q is not in the corpus", name)
	}
	t.Logf("%d messages, %d differences", len(corpus), len(differences))
}

// ours is what the strict reader makes of the octets.
func ours(octets string) string {
	r := wire.NewReader(strings.NewReader(octets), wire.Limits{})
	var said []string
	for {
		var h wire.Head
		err := r.ReadRequest(&h)
		var fault *wire.Fault
		switch {
		case err == io.EOF:
			return strings.Join(said, " | ")
		case errors.As(err, &fault):
			return strings.Join(append(said, fault.Kind.Entry().Status.String()), " | ")
		case err != nil:
			return strings.Join(append(said, "400"), " | ") // as serve answers it: RFC 9112 §8
		}
		q := h.Request("http")
		b := r.Body(h.Framing())
		content, err := io.ReadAll(b)
		var fields []string
		for _, f := range q.Fields {
			fields = append(fields, http.CanonicalHeaderKey(f.Name)+"="+f.Value)
		}
		var trailers []string
		for _, f := range b.Trailers {
			trailers = append(trailers, http.CanonicalHeaderKey(f.Name)+"="+f.Value)
		}
		line, whole := describe(q.Method, q.Target, q.Authority, fields, trailers, content, err)
		if said = append(said, line); !whole || q.Fields.HasMember("Connection", "close") || q.Version == (wire.Version{Major: 1}) {
			return strings.Join(said, " | ")
		}
	}
}

// describe is a request as one line, and whether it came whole.
func describe(method, target, authority string, fields, trailers []string, content []byte, err error) (string, bool) {
	fields = slices.DeleteFunc(fields, func(f string) bool {
		name, _, _ := strings.Cut(f, "=")
		return slices.Contains([]string{"Host", "Content-Length", "Transfer-Encoding", "Trailer"}, name)
	})
	slices.Sort(fields)
	line := short(method) + " " + short(target) + " " + authority
	line += listed(" ", fields)
	if len(content) > 0 {
		line += fmt.Sprintf(" (%.40s)", content)
	}
	var fault *wire.Fault
	switch {
	case err == nil:
		slices.Sort(trailers)
		return line + listed(" +", trailers), true
	case errors.Is(err, io.ErrUnexpectedEOF):
		return line + " cut", false
	case errors.As(err, &fault):
		return line + " bad", false
	}
	return line + " bad", false
}

func short(s string) string {
	if len(s) > 40 {
		return fmt.Sprintf("%.10s...%d", s, len(s))
	}
	return s
}

func listed(mark string, fields []string) (line string) {
	if len(fields) > 3 {
		return fmt.Sprintf("%s%d fields", mark, len(fields))
	}
	for _, f := range fields {
		line += mark + strconv.Quote(short(f))
	}
	return line
}

// theirs is a server of net/http whose handler notes what it gets.
type theirs struct {
	server *httptest.Server
	mu     sync.Mutex
	said   map[string][]string // by the client's address
}

func newTheirs(t *testing.T) *theirs {
	n := &theirs{said: map[string][]string{}}
	n.server = httptest.NewUnstartedServer(n)
	n.server.Config.ErrorLog = log.New(io.Discard, "", 0)
	n.server.Config.DisableGeneralOptionsHandler = true
	n.server.Start()
	t.Cleanup(n.server.Close)
	return n
}

func (n *theirs) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	content, err := io.ReadAll(r.Body)
	var fields, trailers []string
	for name, values := range r.Header {
		for _, value := range values {
			fields = append(fields, name+"="+value)
		}
	}
	for name, values := range r.Trailer {
		for _, value := range values {
			trailers = append(trailers, name+"="+value)
		}
	}
	line, whole := describe(r.Method, r.RequestURI, r.Host, fields, trailers, content, err)
	n.mu.Lock()
	n.said[r.RemoteAddr] = append(n.said[r.RemoteAddr], line)
	n.mu.Unlock()
	if !whole {
		w.Header().Set("Connection", "close")
	}
	w.WriteHeader(http.StatusNoContent)
}

// judge is what net/http makes of the octets: what its handler noted, and the
// code of an answer that its handler did not give.
func (n *theirs) judge(t *testing.T, octets string) string {
	c, err := net.Dial("tcp", n.server.Listener.Addr().String())
	if err != nil {
		t.Error(err)
		return ""
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(20 * time.Second))
	go func() {
		io.WriteString(c, octets)
		c.(*net.TCPConn).CloseWrite()
	}()
	all, _ := io.ReadAll(c) // a reset after the refusal is no matter
	n.mu.Lock()
	said := n.said[c.LocalAddr().String()]
	n.mu.Unlock()
	var codes []string
	r := wire.NewTolerantReader(strings.NewReader(string(all)), wire.Limits{})
	var h wire.Head
	for r.ReadResponse(&h) == nil {
		if h.Status >= 200 {
			codes = append(codes, fmt.Sprint(h.Status))
		}
		io.Copy(io.Discard, r.Body(h.ResponseFraming("GET")))
	}
	if len(codes) > len(said) {
		said = append(said, codes[len(said):]...)
	}
	return strings.Join(said, " | ")
}

// A message of the corpus.
type message struct{ name, octets string }

func corpus(t *testing.T) []message {
	var all []message
	for _, test := range heads {
		all = append(all, message{test.name, test.octets})
	}
	for _, test := range contents {
		all = append(all, message{"chunked: " + test.name,
			"POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + test.octets + "GET /next HTTP/1.1\r\nHost: a\r\n\r\n"})
	}
	return append(all, more(t)...)
}

// more reads testdata/corpus.txt.
func more(t *testing.T) []message {
	text, err := os.ReadFile("testdata/corpus.txt")
	if err != nil {
		t.Fatal(err)
	}
	var all []message
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		if name, ok := strings.CutPrefix(line, "-- "); ok {
			all = append(all, message{name: strings.TrimSuffix(name, " --")})
			continue
		}
		if len(all) == 0 {
			continue // the words at the top
		}
		end := "\r\n"
		if strings.HasSuffix(line, "\\") && !strings.HasSuffix(line, "\\\\") {
			line, end = line[:len(line)-1], ""
		}
		octets, err := strconv.Unquote("\"" + strings.ReplaceAll(line, "\"", "\\\"") + "\"")
		if err != nil {
			t.Fatalf("testdata/corpus.txt, %s: %q: %v", all[len(all)-1].name, line, err)
		}
		all[len(all)-1].octets += octets + end
	}
	return all
}

// A difference is one that we mean. The line says why, with the section that
// asks for it or allows it; "limit: " is a limit that each sets for itself.
type difference struct{ name, ours, theirs, why string }

var differences = []difference{
	{"empty lines before", "GET / a", "400",
		"RFC 9112 §2.2: a server should ignore at least one empty line before a request"},
	{"absolute-form without host", "400", "GET http:///x a",
		"RFC 9110 §4.2.1: an http URI with an empty host has to be rejected"},
	{"absolute-form with userinfo", "400", "GET http://u@b/x b",
		"RFC 9110 §4.2.4: userinfo should be treated as an error"},
	{"another scheme", "400", "GET ftp://b/x b",
		"RFC 9112 §3.2.2: we are no proxy to other schemes; their authority would be taken for ours"},
	{"authority-form without port", "400", "CONNECT b b",
		"RFC 9112 §3.2.3: authority-form has a port"},
	{"asterisk-form with GET", "400", "GET * a",
		"RFC 9112 §3.2.4: the asterisk is for OPTIONS alone"},
	{"fragment", "400", "GET /#f a",
		"RFC 9112 §3.2: no form of target has a fragment"},
	{"octets above ASCII", "400", "GET /é a",
		"RFC 3986 §2.1: octets outside ASCII are escaped in a URI"},
	{"long method", "501", "MMMMMMMMMM...65 / a",
		"RFC 9112 §3: 501 for a method longer than any that is implemented"},
	{"endless method", "501", "400",
		"RFC 9112 §3: 501 for a method longer than any that is implemented"},
	{"long target", "414", "GET /ttttttttt...8001 a",
		"RFC 9112 §3: 414 for a target longer than the server wishes to parse; limit 8,000"},
	{"endless target", "414", "400",
		"RFC 9112 §3: 414 as soon as the limit is passed; net/http waits for the end and says 400"},
	{"LF after the request line", "400", "GET / a",
		"RFC 9112 §2.2: LF alone may be taken for a line end; we do not, smuggling lives on it"},
	{"LF after a field", "400", "GET / a",
		"RFC 9112 §2.2: as above"},
	{"LF as the empty line", "400", "GET / a",
		"RFC 9112 §2.2: as above"},
	{"fold", "400", "GET / a \"X=b c\"",
		"RFC 9112 §5.2: a server refuses a fold or replaces it; we refuse"},
	{"empty Host", "400", "GET / ",
		"RFC 9110 §4.2.1: a target URI made of an empty Host has an empty host"},
	{"IPv6 Host, broken", "400", "GET / [::1",
		"RFC 9112 §3.2: 400 for an invalid Host; net/http looks at each octet, not at the form"},
	{"port no number", "400", "GET / a:b",
		"RFC 3986 §3.2.3: a port is digits"},
	{"Chunked, empty members", "POST / a cut", "501",
		"RFC 9110 §5.6.1.2: empty members of a list are ignored"},
	{"both", "400", "POST / a cut",
		"RFC 9112 §6.3: both fields together ought to be an error; net/http lets the coding win"},
	{"chunked, gzip", "400", "501",
		"RFC 9112 §6.3: 400 where chunked is not the final coding"},
	{"chunked twice", "400", "501",
		"RFC 9112 §6.1: chunked may not be applied twice, so the length cannot be known: 400"},
	{"coding in HTTP/1.0", "400", "POST / ",
		"RFC 9112 §6.1: a coding in HTTP/1.0 makes the framing faulty; net/http ignores the field"},
	{"large field", "431", "GET / a \"Cookie=ccc...16391\"",
		"limit: 16 KiB a field; net/http has 1 MiB for all"},
	{"endless field", "431", "400",
		"RFC 6585 §5: 431 as soon as the limit is passed; net/http finds the end of input first"},
	{"many fields", "431", "GET / a 256 fields",
		"limit: 256 fields; net/http counts octets alone"},
	{"large fields together", "431", "GET / a 8 fields",
		"limit: 64 KiB for all fields; net/http has 1 MiB"},
	{"chunked: size too great", "POST /c a bad", "POST /c a (abGET /next HTTP/1.1\r\nHost: a\r\n\r\n) cut",
		"RFC 9112 §7.1: overflow has to be prevented; we refuse what no int64 holds, net/http reads an unsigned number"},
	{"chunked: trailer folded", "POST /c a bad", "POST /c a +\"A=1 b\" | GET /next a",
		"RFC 9112 §5.2: a fold is refused in trailers as in heads"},
	{"chunked: too many trailers", "POST /c a bad", "POST /c a +257 fields | GET /next a",
		"limit: 256 trailers; net/http counts octets alone"},
	{"target: absolute, no slashes", "400", "GET http:b/x b",
		"RFC 9112 §3.2.2: an http URI has an authority"},
	{"target: absolute, mailto", "400", "GET mailto:b b",
		"RFC 9112 §3.2.2: none of the four forms; net/http takes it for the authority b"},
	{"target: CONNECT to a path", "400", "CONNECT /path a",
		"RFC 9112 §3.2.3: CONNECT has authority-form alone; net/http lets paths pass for net/rpc"},
	{"target: CONNECT, absolute", "400", "CONNECT http://a:1/ http:",
		"RFC 9112 §3.2.3: CONNECT has authority-form alone"},
	{"target: CONNECT, port empty", "400", "CONNECT a: a:",
		"RFC 9110 §9.3.6: 400 for an empty port"},
	{"method: PRI, as HTTP/1.1", "400", "PRI * a",
		"RFC 9112 §3.2.4: the asterisk is for OPTIONS alone"},
	{"version: 2.0 and empty lines", "505", "PRI * ",
		"RFC 9113 §3.4: the preface is no request; our server tells it apart before the reader, net/http within"},
	{"field: Pragma", "GET / a \"Pragma=no-cache\"", "GET / a \"Cache-Control=no-cache\" \"Pragma=no-cache\"",
		"RFC 9111 §5.4: Pragma is deprecated; net/http adds a Cache-Control that nobody sent"},
	{"field: LF within a value", "400", "GET / a \"X=a\" \"Y=b\"",
		"RFC 9112 §2.2: LF alone is no line end here"},
	{"field: fold with a tab", "400", "GET / a \"X=b c\"",
		"RFC 9112 §5.2: a fold is refused"},
	{"field: fold of nothing", "400", "GET / a \"X=b \" \"Y=c\"",
		"RFC 9112 §5.2: a fold is refused"},
	{"Host: port of six digits", "400", "GET / a:123456",
		"limit: five digits hold every TCP port"},
	{"Host: two colons", "400", "GET / a:1:2",
		"RFC 3986 §3.2.3: a port is digits"},
	{"Host: IPv6 without brackets", "400", "GET / ::1",
		"RFC 3986 §3.2.2: an IPv6 address stands in brackets"},
	{"Host: IPv6 with a zone", "400", "GET / [fe80::1%25en0]",
		"RFC 3986 §3.2.2: an IPv6 address in a URI has no zone"},
	{"Host: IPvFuture", "400", "GET / [v1.a:b]",
		"RFC 3986 §3.2.2: no such version is known, so the address cannot be ours"},
	{"Host: brackets empty", "400", "GET / []",
		"RFC 3986 §3.2.2: brackets hold an address"},
	{"Host: broken escape", "400", "GET / a%zz",
		"RFC 3986 §2.1: % is followed by two hexadecimal digits"},
	{"Host: port alone", "400", "GET / :80",
		"RFC 9110 §4.2.1: an http URI with an empty host has to be rejected"},
	{"Host: empty, HTTP/1.0", "400", "GET / ",
		"RFC 9110 §4.2.1: an http URI with an empty host has to be rejected"},
	{"length: equal members", "POST / a (abc)", "400",
		"RFC 9112 §6.3: a list of equal lengths counts as one"},
	{"coding: identity", "400", "501",
		"RFC 9112 §6.3: both fields together ought to be an error"},
	{"coding: chunked, identity", "400", "501",
		"RFC 9112 §6.3: 400 where chunked is not the final coding"},
	{"coding: twice in one line", "400", "501",
		"RFC 9112 §6.1: chunked may not be applied twice, so the length cannot be known: 400"},
	{"coding: empty", "400", "501",
		"RFC 9112 §6.3: 400 where chunked is not the final coding"},
	{"coding: before the length", "400", "POST / a",
		"RFC 9112 §6.3: both fields together ought to be an error"},
	{"coding: folded", "400", "POST / a",
		"RFC 9112 §5.2: a fold is refused; net/http reads a coding that others do not see"},
	{"coding: HTTP/1.0 with a length", "400", "POST /  (abc)",
		"RFC 9112 §6.1: a coding in HTTP/1.0 makes the framing faulty; net/http ignores the field"},
	{"chunk: sixteen zeroes", "POST / a bad", "POST / a (abc)",
		"limit: fifteen hexadecimal digits"},
	{"chunk: white space before the extension", "POST / a (abc)", "POST / a bad",
		"RFC 9112 §7.1.1: white space may stand around the semicolon"},
	{"chunk: white space after the size", "POST / a bad", "POST / a (abc)",
		"RFC 9112 §7.1.1: white space stands only beside a semicolon"},
	{"chunk: tab after the size", "POST / a bad", "POST / a (abc)",
		"RFC 9112 §7.1.1: white space stands only beside a semicolon"},
	{"chunk: NUL in the extension", "POST / a bad", "POST / a (abc)",
		"RFC 9112 §7.1.1: an extension is tokens and quoted strings"},
	{"trailer: Content-Length, announced", "POST / a +\"Content-Length=9\"", "400",
		"RFC 9110 §6.5.1: such a trailer is nobody's; we keep it apart and never merge it"},
	{"trailer: space before the colon", "POST / a bad", "POST / a +\"A =1\"",
		"RFC 9112 §5.1: no white space before the colon"},
	{"pipeline: empty lines between", "GET /1 a | GET /2 a", "GET /1 a | 400",
		"RFC 9112 §2.2: a server should ignore at least one empty line before a request"},
	{"pipeline: half a request line behind", "GET /1 a | 400", "GET /1 a",
		"RFC 9112 §8: an error answer to an incomplete request is allowed; net/http closes in silence"},
	{"pipeline: unknown expectation", "POST / a \"Expect=nonsense\" (x)", "417",
		"RFC 9110 §10.1.1: 417 is our gate 5's, behind the reader; net/http's server says it itself"},
}
