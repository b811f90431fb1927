package serve_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A request is put to every client that can send it, over every protocol; what
// has to come back is the same. Date, and what a protocol adds, see expected.
type request struct {
	name, method, path string
	field              string // sent besides what the client sends by itself
	content            int    // octets; 0 for none
	want               string // see answer.String
	closes             bool   // the answer ends an HTTP/1.1 connection
}

var long = strings.Repeat("x", 9000)

var requests = []request{
	{name: "content", method: "GET", path: "/page",
		want: "200\ncontent-length: 12\ncontent-type: text/plain\n\nGET /page 0\n"},
	{name: "HEAD", method: "HEAD", path: "/page",
		want: "200\ncontent-length: 13\ncontent-type: text/plain\n\n"},
	{name: "103 twice", method: "GET", path: "/hints", want: "103\nlink: </a.css>; rel=preload\n\n" +
		"103\nlink: </b.js>; rel=preload\n\n200\ncontent-length: 13\ncontent-type: text/plain\n\nGET /hints 0\n"},
	{name: "trailers", method: "GET", path: "/trailers",
		want: "200\ncontent-type: text/plain\ntrailer: Verdict\n\ncontent\ntrailer section\nverdict: kept\n"},
	{name: "204", method: "GET", path: "/204", want: "204\ncontent-type: text/plain\n\n"},
	{name: "205", method: "GET", path: "/205", want: "205\ncontent-length: 0\ncontent-type: text/plain\n\n"},
	{name: "304", method: "GET", path: "/304", want: "304\ncontent-type: text/plain\n\n"},
	{name: "upload", method: "POST", path: "/up", field: "Expect:", content: 200_000,
		want: "200\ncontent-length: 16\ncontent-type: text/plain\n\nPOST /up 200000\n"},
	{name: "upload after 100", method: "POST", path: "/up", field: "Expect: 100-continue", content: 200_000,
		want: "100\n\n200\ncontent-length: 16\ncontent-type: text/plain\n\nPOST /up 200000\n"},
	{name: "refused before 100", method: "POST", path: "/deaf", field: "Expect: 100-continue", content: 200_000,
		want: "403\ncontent-length: 0\ncontent-type: text/plain\n\n", closes: true},
	{name: "413 before 100", method: "POST", path: "/up", field: "Expect: 100-continue", content: 2_000_000,
		want: problem(413, "content-too-large"), closes: true},
	{name: "414", method: "GET", path: "/" + long, want: problem(414, "target-too-long"), closes: true},
	{name: "417", method: "GET", path: "/", field: "Expect: a-miracle", want: problem(417, "expectation-unknown")},
	{name: "431", method: "GET", path: "/", field: "Long: " + long + long, want: problem(431, "field-too-large"), closes: true},
	{name: "501", method: "BREW", path: "/pot", want: problem(501, "method-unknown")},
}

func problem(code int, reason string) string {
	return fmt.Sprintf("%d\ncache-control: no-store\ncontent-language: en\n"+
		"content-type: application/problem+json\nvary: Accept, Accept-Language\n\nreason %s\n", code, reason)
}

// A road leads from a client to our server over one protocol.
type road struct {
	name, scheme string
	option       string // of curl; empty: gtlsclient
	version      string // in curl's status lines
}

var roads = []road{
	{"HTTP|1.1", "http", "--http1.1", "HTTP/1.1"},
	{"HTTP|1.1 over TLS", "https", "--http1.1", "HTTP/1.1"},
	{"HTTP|2 in the clear", "http", "--http2-prior-knowledge", "HTTP/2"},
	{"HTTP|2", "https", "--http2", "HTTP/2"},
	{"HTTP|3", "https", "", ""},
}

// unfit says why a client cannot carry a request; its server's answer is not in
// doubt.
func (r *road) unfit(q *request) string {
	early := q.want[0] == '4' && q.content > 0
	switch {
	case r.option == "" && q.field != "" && q.field != "Expect:":
		return "gtlsclient sends no fields of ours"
	case r.version == "HTTP/2" && early:
		// TestFrames has another client look at these.
		return "curl 7.88 drops an answer, nginx's too, whose RST_STREAM arrives in the same read"
	}
	return ""
}

// expected is the request's answer as this road's protocol has to carry it.
func (r *road) expected(c *court, q *request) string {
	before, fields, final := "", q.want, ""
	for { // the final answer is the last block of fields
		block, rest, _ := strings.Cut(fields, "\n\n")
		if block[0] != '1' {
			fields, final = block, rest
			break
		}
		before += block + "\n\n"
		fields = rest
	}
	lines := strings.Split(fields, "\n")
	if r.version == "HTTP/1.1" {
		if q.closes {
			lines = append(lines, "connection: close")
		}
		if slices.Contains(lines, "trailer: Verdict") {
			lines = append(lines, "transfer-encoding: chunked")
		}
	}
	// RFC 7838 §3: HTTP/3 is offered where it would be the same origin.
	if r.scheme == "https" && r.option != "" {
		lines = append(lines, `alt-svc: h3=":`+c.port+`"; ma=3600`)
	}
	slices.Sort(lines[1:])
	return before + strings.Join(lines, "\n") + "\n\n" + final
}

func TestClients(t *testing.T) {
	c := open(t)
	for _, r := range roads {
		t.Run(r.name, func(t *testing.T) {
			client := tool(t, map[bool]string{true: "curl", false: "gtlsclient"}[r.option != ""])
			for _, q := range requests {
				if r.unfit(&q) != "" {
					continue
				}
				t.Run(q.name, func(t *testing.T) {
					t.Parallel()
					var got string
					if r.option != "" {
						got = curl(t, c, client, &r, &q)
					} else {
						got = gtlsclient(t, c, client, &q)
					}
					if want := r.expected(c, &q); got != want {
						t.Errorf("got\n%s\nwant\n%s", got, want)
					}
				})
			}
		})
	}
}

// curl asks and returns what it understood.
func curl(t *testing.T, c *court, program string, r *road, q *request) string {
	t.Helper()
	head, content := filepath.Join(t.TempDir(), "head"), filepath.Join(t.TempDir(), "content")
	args := []string{"--disable", "--noproxy", "*", "--silent", "--show-error", "--max-time", "15",
		"--cacert", c.ca, r.option, "--dump-header", head, "--output", content}
	switch q.method {
	case "GET":
	case "HEAD":
		args = append(args, "--head")
	default:
		args = append(args, "--request", q.method)
	}
	if q.field != "" {
		args = append(args, "--header", q.field)
	}
	if q.content > 0 {
		args = append(args, "--data-binary", "@"+c.content(q))
	}
	if out, exit := run(t, "", program, append(args, c.url(r.scheme, q.path))...); exit != 0 {
		t.Fatalf("curl ended with %d: %s", exit, out)
	}
	heads, err := os.ReadFile(head)
	if err != nil {
		t.Fatal(err)
	}
	body, err := os.ReadFile(content)
	if err != nil && !os.IsNotExist(err) { // no content, no file
		t.Fatal(err)
	}
	if q.method == "HEAD" && string(body) == string(heads) {
		body = nil // curl --head writes the fields there too
	}
	var a []answer
	for block := range strings.SplitSeq(strings.TrimSuffix(string(heads), "\r\n"), "\r\n\r\n") {
		lines := strings.Split(strings.TrimSuffix(block, "\r\n"), "\r\n")
		if version, rest, _ := strings.Cut(lines[0], " "); version == r.version && len(rest) >= 3 {
			a = append(a, answer{code: rest[:3], fields: lines[1:]})
		} else if n := len(a); n > 0 && strings.Contains(lines[0], ": ") {
			a[n-1].trailers = lines
		} else {
			t.Fatalf("neither %s nor trailers: %q", r.version, lines)
		}
	}
	return text(t, a, string(body), q)
}

// said finds in gtlsclient's log, for stream 0, the beginning of a field
// section, a field, or content as a dump.
var said = regexp.MustCompile(`(?m)^http: stream 0x0 (response headers|trailers) started$|` +
	`^http: stream 0x0 \[(:?[^:]+: .*)\]$|^[0-9a-f]{8}  ((?:[0-9a-f]{2} +)+)\|`)

// gtlsclient asks over HTTP/3 and returns what it understood.
func gtlsclient(t *testing.T, c *court, program string, q *request) string {
	t.Helper()
	args := []string{"--exit-on-all-streams-close", "--no-quic-dump", "--timeout=10s", "--http-method=" + q.method}
	if q.content > 0 {
		args = append(args, "--data="+c.content(q))
	}
	out, exit := run(t, "", program, append(args, c.host, c.port, c.url("https", q.path))...)
	if exit != 0 || !strings.Contains(out, "HTTP stream 0 closed with error code 256\n") { // H3_NO_ERROR
		t.Fatalf("gtlsclient ended with %d: %s", exit, out)
	}
	var a []answer
	var content strings.Builder
	trailers := false
	for _, m := range said.FindAllStringSubmatch(out, -1) {
		switch last := len(a) - 1; {
		case m[1] != "":
			trailers = m[1] == "trailers"
		case strings.HasPrefix(m[2], ":status: "):
			a = append(a, answer{code: m[2][len(":status: "):]})
		case last < 0:
			t.Fatalf("a field before any status: %q", m[0])
		case m[2] != "" && trailers:
			a[last].trailers = append(a[last].trailers, m[2])
		case m[2] != "":
			a[last].fields = append(a[last].fields, m[2])
		default:
			for octet := range strings.FieldsSeq(m[3]) {
				var b byte
				fmt.Sscanf(octet, "%x", &b)
				content.WriteByte(b)
			}
		}
	}
	return text(t, a, content.String(), q)
}

// An answer is one head as a client understood it.
type answer struct {
	code             string
	fields, trailers []string
}

// text puts answers and content in the one form that requests state: fields in
// lower case and in order; of a problem, its reason. Date, which our final
// answers carry (RFC 9110 §6.6.1), and the length of a problem are checked and
// left out.
func text(t *testing.T, all []answer, content string, q *request) string {
	t.Helper()
	var b strings.Builder
	for _, a := range all {
		isProblem, dated := false, false
		var lines []string
		for _, field := range a.fields {
			name, value, _ := strings.Cut(field, ":")
			line := strings.ToLower(name) + ": " + strings.TrimSpace(value)
			isProblem = isProblem || line == "content-type: application/problem+json"
			if strings.HasPrefix(line, "date: ") {
				_, err := http.ParseTime(line[len("date: "):])
				dated = err == nil
				continue
			}
			lines = append(lines, line)
		}
		if final := a.code[0] != '1'; final != dated {
			t.Errorf("Date in %s: %v, want %v", a.code, dated, final)
		}
		if isProblem {
			length := fmt.Sprintf("content-length: %d", len(content))
			if !slices.Contains(lines, length) {
				t.Errorf("no %s in %q", length, lines)
			}
			lines = slices.DeleteFunc(lines, func(l string) bool { return l == length })
			content = reason.ReplaceAllString(content, "reason $1\n")
		}
		slices.Sort(lines)
		fmt.Fprintln(&b, strings.Join(append([]string{a.code}, lines...), "\n"))
		b.WriteString("\n")
	}
	b.WriteString(content)
	if n := len(all); n > 0 && all[n-1].trailers != nil {
		fmt.Fprintf(&b, "trailer section\n%s\n", strings.ToLower(strings.Join(all[n-1].trailers, "\n")))
	}
	return b.String()
}

var reason = regexp.MustCompile(`(?s)^\{.*"reason": "([^"]+)".*\}\n?$`)
