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
