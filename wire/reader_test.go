package wire_test

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/statute-http/statute/wire"
)

// Each line is a request head with the fault that a strict reader finds in it;
// the sections say what the reader has to do with it.
var heads = []struct {
	name, octets string
	fault        wire.FaultKind // none: the head is good
}{
	{"plain", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", ""},
	{"HTTP/1.0 without Host", "GET / HTTP/1.0\r\n\r\n", ""},
	{"a later minor version", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", ""},
	{"empty lines before", "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", ""},
	{"too many empty lines", strings.Repeat("\r\n", 5) + "GET / HTTP/1.1\r\nHost: a\r\n\r\n", wire.BadRequestLine},
	{"absolute-form", "GET http://b:80/x?y HTTP/1.1\r\nHost: a\r\n\r\n", ""},
	{"absolute-form without host", "GET http:///x HTTP/1.1\r\nHost: a\r\n\r\n", wire.BadTarget},
	{"absolute-form with userinfo", "GET http://u@b/x HTTP/1.1\r\nHost: a\r\n\r\n", wire.BadTarget},
	{"another scheme", "GET ftp://b/x HTTP/1.1\r\nHost: a\r\n\r\n", wire.BadTarget},
	{"authority-form", "CONNECT b:443 HTTP/1.1\r\nHost: b:443\r\n\r\n", ""},
	{"authority-form without port", "CONNECT b HTTP/1.1\r\nHost: b\r\n\r\n", wire.BadTarget},
	{"asterisk-form", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", ""},
	{"asterisk-form with GET", "GET * HTTP/1.1\r\nHost: a\r\n\r\n", wire.BadTarget},
	{"fragment", "GET /#f HTTP/1.1\r\nHost: a\r\n\r\n", wire.BadTarget},
	{"broken escape", "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", wire.BadTarget},
	{"lone % in the query", "GET /x?100% HTTP/1.1\r\nHost: a\r\n\r\n", ""},
	{"escape cut", "GET /%a HTTP/1.1\r\nHost: a\r\n\r\n", wire.BadTarget},
	{"octets above ASCII", "GET /\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n", wire.BadTarget},
	{"space in target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", wire.BadTarget},
	{"two spaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", wire.BadTarget},
	{"no version", "GET /\r\nHost: a\r\n\r\n", wire.BadRequestLine},
	{"no target", "GET\r\n\r\n", wire.BadRequestLine},
	{"bad method", "G(T / HTTP/1.1\r\nHost: a\r\n\r\n", wire.BadMethod},
	{"space before method", " GET / HTTP/1.1\r\nHost: a\r\n\r\n", wire.BadMethod},
	{"TLS on a clear connection", "\x16\x03\x01\x02\x00\x01\x00", wire.BadMethod},
	{"long method", strings.Repeat("M", 65) + " / HTTP/1.1\r\nHost: a\r\n\r\n", wire.MethodTooLong},
	{"endless method", strings.Repeat("M", 9000), wire.MethodTooLong},
	{"longest target", "GET /" + strings.Repeat("t", 7999) + " HTTP/1.1\r\nHost: a\r\n\r\n", ""},
	{"long target", "GET /" + strings.Repeat("t", 8000) + " HTTP/1.1\r\nHost: a\r\n\r\n", wire.TargetTooLong},
	{"endless target", "GET /" + strings.Repeat("t", 100000), wire.TargetTooLong},
	{"lower-case version", "GET / http/1.1\r\nHost: a\r\n\r\n", wire.BadVersion},
	{"two-digit minor", "GET / HTTP/1.10\r\nHost: a\r\n\r\n", wire.BadVersion},
	{"no HTTP", "GET / HTP/1.1\r\nHost: a\r\n\r\n", wire.BadVersion},
	{"HTTP/2.0 as text", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", wire.OtherVersion},
	{"HTTP/0.9 as text", "GET / HTTP/0.9\r\nHost: a\r\n\r\n", wire.OtherVersion},
	{"HTTP/9.9", "GET / HTTP/9.9\r\nHost: a\r\n\r\n", wire.OtherVersion},
	{"LF after the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n", wire.BareLF},
	{"LF after a field", "GET / HTTP/1.1\r\nHost: a\n\r\n", wire.BareLF},
	{"LF as the empty line", "GET / HTTP/1.1\r\nHost: a\r\n\n", wire.BareLF},
	{"CR in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n", wire.BareCR},
	{"CR in the request line", "GET /\r HTTP/1.1\r\nHost: a\r\n\r\n", wire.BadTarget},
	{"NUL in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: a\x00b\r\n\r\n", wire.BadFieldValue},
	{"DEL in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: a\x7fb\r\n\r\n", wire.BadFieldValue},
	{"octets above ASCII in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: \xe4\xbd\xa0\r\n\r\n", ""},
	{"empty value", "GET / HTTP/1.1\r\nHost: a\r\nX:\r\n\r\n", ""},
	{"space before colon", "GET / HTTP/1.1\r\nHost: a\r\nX : b\r\n\r\n", wire.SpaceBeforeColon},
	{"tab before colon", "GET / HTTP/1.1\r\nHost\t: a\r\n\r\n", wire.SpaceBeforeColon},
	{"no colon", "GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n", wire.NoColon},
	{"empty name", "GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n", wire.BadFieldName},
	{"name with a space", "GET / HTTP/1.1\r\nHost: a\r\nX Y: b\r\n\r\n", wire.BadFieldName},
	{"name above ASCII", "GET / HTTP/1.1\r\nHost: a\r\nX\xc3: b\r\n\r\n", wire.BadFieldName},
	{"fold", "GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n", wire.ObsFold},
	{"space before the first field", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", wire.LeadingSpace},
	{"no Host", "GET / HTTP/1.1\r\nX: a\r\n\r\n", wire.NoHost},
	{"two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", wire.TwoHosts},
	{"two equal Hosts", "GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n", wire.TwoHosts},
	{"two Hosts, HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", wire.TwoHosts},
	{"Host ###", "GET / HTTP/1.1\r\nHost: ###\r\n\r\n", wire.BadHost},
	{"Host with userinfo", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", wire.BadHost},
	{"Host with path", "GET / HTTP/1.1\r\nHost: a/x\r\n\r\n", wire.BadHost},
	{"Host with comma", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", wire.BadHost},
	{"empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", wire.BadHost},
	{"IPv6 Host", "GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n", ""},
	{"IPv6 Host, broken", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", wire.BadHost},
	{"port no number", "GET / HTTP/1.1\r\nHost: a:b\r\n\r\n", wire.BadHost},
	{"length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n", ""},
	{"length twice, equal", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\n", ""},
	{"lengths differ", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n", wire.LengthsDiffer},
	{"lengths differ in a list", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 4\r\n\r\n", wire.LengthsDiffer},
	{"length with sign", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\n", wire.BadLength},
	{"negative length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", wire.BadLength},
	{"length abc", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: abc\r\n\r\n", wire.BadLength},
	{"empty length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", wire.BadLength},
	{"length beyond int64", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9223372036854775808\r\n\r\n", wire.BadLength},
	{"greatest length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9223372036854775807\r\n\r\n", ""},
	{"chunked", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", ""},
	{"Chunked, empty members", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: , Chunked ,\r\n\r\n", ""},
	{"both", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", wire.LengthAndCoding},
	{"unknown coding", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: foo\r\n\r\n", wire.UnknownCoding},
	{"gzip, chunked", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", wire.UnknownCoding},
	{"chunked, gzip", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n", wire.ChunkedNotLast},
	{"chunked twice", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", wire.ChunkedNotLast},
	{"xchunked", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n", wire.UnknownCoding},
	{"chunked with vertical tab", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \x0bchunked\r\n\r\n", wire.BadFieldValue},
	{"coding in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", wire.CodingInHTTP10},
	{"large field", "GET / HTTP/1.1\r\nHost: a\r\nCookie: " + strings.Repeat("c", 16<<10) + "\r\n\r\n", wire.FieldTooLarge},
	{"endless field", "GET / HTTP/1.1\r\nHost: a\r\nCookie: " + strings.Repeat("c", 1<<20), wire.FieldTooLarge},
	{"many fields", "GET / HTTP/1.1\r\nHost: a\r\n" + strings.Repeat("X: y\r\n", 256) + "\r\n", wire.TooManyFields},
	{"large fields together", "GET / HTTP/1.1\r\nHost: a\r\n" + strings.Repeat("X: "+strings.Repeat("y", 9000)+"\r\n", 8) + "\r\n", wire.HeadTooLarge},
}

// A strict reader takes good heads and finds the fault of bad ones, however the
// octets are cut into reads.
func TestStrictHead(t *testing.T) {
	sources := map[string]func(io.Reader) io.Reader{
		"at once":     func(r io.Reader) io.Reader { return r },
		"one octet":   iotest.OneByteReader,
		"half":        iotest.HalfReader,
		"data at EOF": iotest.DataErrReader,
	}
	for _, test := range heads {
		for how, source := range sources {
			var h wire.Head
			err := wire.NewReader(source(strings.NewReader(test.octets)), wire.Limits{}).ReadRequest(&h)
			var got wire.FaultKind
			var fault *wire.Fault
			if errors.As(err, &fault) {
				got = fault.Kind
			} else if err != nil {
				t.Errorf("%s, %s: %v", test.name, how, err)
			}
			if got != test.fault {
				t.Errorf("%s, %s: fault %q, want %q", test.name, how, got, test.fault)
			}
		}
	}
}

// Every kind of fault has its entry, with a code, a section and both languages.
func TestFaultTable(t *testing.T) {
	seen := map[wire.FaultKind]bool{}
	for _, e := range wire.FaultTable {
		if seen[e.Kind] || e.Says.En == "" || e.Says.ZhTW == "" || !strings.HasPrefix(e.Spec, "RFC ") {
			t.Errorf("%s: incomplete or double", e.Kind)
		}
		seen[e.Kind] = true
		if e.Status.Class() < 4 {
			t.Errorf("%s: refused with %d", e.Kind, e.Status)
		}
	}
	for _, test := range heads {
		if test.fault != "" && !seen[test.fault] {
			t.Errorf("%s has no entry in FaultTable", test.fault)
		}
	}
}

// A tolerant reader keeps what is wrong, where it stands, and reads on.
func TestTolerantHead(t *testing.T) {
	for _, test := range []struct {
		octets string
		faults string // kind@offset ...
		fields string // name=value ...
	}{
		{"GET / HTTP/1.1\nHost : a\nX: b\n c\nno colon\n\n",
			"bare-lf@14 bare-lf@23 space-before-colon@20 bare-lf@28 bare-lf@31 obs-fold@29 bare-lf@40 no-colon@32 bare-lf@41",
			"Host=a|X=b c|=no colon"},
		{"GET / HTTP/1.1\r\nX: \x00\r\n\r\n", "bad-field-value@19 no-host@0", "X=\x00"},
		{"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
			"length-and-transfer-coding@64", "Host=a|Content-Length=3|Transfer-Encoding=chunked"},
		{"GET / HTTP/3.0\r\nHost: a\r\n\r\n", "version-not-supported@6", "Host=a"},
	} {
		var h wire.Head
		if err := wire.NewTolerantReader(strings.NewReader(test.octets), wire.Limits{}).ReadRequest(&h); err != nil {
			t.Errorf("%q: %v", test.octets, err)
			continue
		}
		q := h.Request("http")
		var faults, fields []string
		for _, f := range q.Faults {
			faults = append(faults, string(f.Kind)+"@"+strconv.FormatInt(f.Offset, 10))
		}
		for _, f := range q.Fields {
			fields = append(fields, f.Name+"="+f.Value)
		}
		if got := strings.Join(faults, " "); got != test.faults {
			t.Errorf("%q: faults\n%s, want\n%s", test.octets, got, test.faults)
		}
		if got := strings.Join(fields, "|"); got != test.fields {
			t.Errorf("%q: fields %q, want %q", test.octets, got, test.fields)
		}
		if string(q.Octets) != test.octets {
			t.Errorf("%q: octets kept as %q", test.octets, q.Octets)
		}
	}
}

var contents = []struct {
	name, octets, want, trailers string
	err                          string // "" for io.EOF at the end
}{
	{"chunks", "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n", "abcde", "", ""},
	{"trailers", "0\r\nA: 1\r\nB: 2\r\n\r\n", "", "A=1 B=2", ""},
	{"capital hexadecimal", "A\r\n0123456789\r\n0\r\n\r\n", "0123456789", "", ""},
	{"cut in a chunk", "5\r\nab", "ab", "", io.ErrUnexpectedEOF.Error()},
	{"cut before the last chunk", "2\r\nab\r\n", "ab", "", io.ErrUnexpectedEOF.Error()},
	{"cut in the trailers", "0\r\nA: 1\r\n", "", "A=1", io.ErrUnexpectedEOF.Error()},
	{"no size", "\r\nab\r\n", "", "", "bad-chunk"},
	{"size with prefix", "0x2\r\nab\r\n0\r\n\r\n", "", "", "bad-chunk"},
	{"size with sign", "+2\r\nab\r\n0\r\n\r\n", "", "", "bad-chunk"},
	{"size with space before", " 2\r\nab\r\n0\r\n\r\n", "", "", "bad-chunk"},
	{"size too great", "ffffffffffffffff\r\nab", "", "", "bad-chunk"},
	{"negative size", "-1\r\n", "", "", "bad-chunk"},
	{"LF after the size", "2\nab\r\n0\r\n\r\n", "", "", "bad-chunk"},
	{"chunk longer than its size", "2\r\nabc\r\n0\r\n\r\n", "ab", "", "bad-chunk"},
	{"endless extension", "2;" + strings.Repeat("x", 5000) + "\r\nab\r\n0\r\n\r\n", "", "", "bad-chunk"},
	{"LF in an extension", "2;x\ny\r\nab\r\n0\r\n\r\n", "", "", "bad-chunk"},
	{"trailer without colon", "0\r\nA\r\n\r\n", "", "", "bad-trailer"},
	{"trailer folded", "0\r\nA: 1\r\n b\r\n\r\n", "", "A=1", "bad-trailer"},
	{"too many trailers", "0\r\n" + strings.Repeat("A: 1\r\n", 257) + "\r\n", "", "", "bad-trailer"},
}

func TestChunked(t *testing.T) {
	for _, test := range contents {
		b := wire.NewReader(strings.NewReader(test.octets), wire.Limits{}).Body(wire.FramedChunked, 0)
		got, err := io.ReadAll(b)
		var fault *wire.Fault
		text := ""
		if errors.As(err, &fault) {
			text = string(fault.Kind)
		} else if err != nil {
			text = err.Error()
		}
		if string(got) != test.want || text != test.err {
			t.Errorf("%s: %q, %q; want %q, %q", test.name, got, text, test.want, test.err)
		}
		var trailers []string
		for _, f := range b.Trailers {
			trailers = append(trailers, f.Name+"="+f.Value)
		}
		if got := strings.Join(trailers, " "); test.name != "too many trailers" && got != test.trailers {
			t.Errorf("%s: trailers %q, want %q", test.name, got, test.trailers)
		}
	}
}

// The content ends where its framing says and the next message begins there.
func TestPipeline(t *testing.T) {
	in := "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc" +
		"GET /2 HTTP/1.1\r\nHost: a\r\n\r\n" +
		"POST /3 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n" +
		"GET /4 HTTP/1.1\r\nHost: a\r\n\r\n"
	r := wire.NewReader(iotest.OneByteReader(strings.NewReader(in)), wire.Limits{})
	var got []string
	var h wire.Head
	for {
		err := r.ReadRequest(&h)
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		q := h.Request("http")
		content, err := io.ReadAll(r.Body(h.Framing()))
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, q.Target+string(content))
	}
	if s := strings.Join(got, " "); s != "/1abc /2 /3x /4" {
		t.Errorf("got %s", s)
	}
}

func TestParse(t *testing.T) {
	x, err := wire.Parse(
		[]byte("GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
		[]byte("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 204 No Content\r\nX: y\r\n\r\nleft over"))
	if err != nil {
		t.Fatal(err)
	}
	if len(x.Interim) != 1 || x.Interim[0].Status != 103 || x.Final.Status != 204 || !bytes.Equal(x.After, []byte("left over")) {
		t.Errorf("got %+v", x)
	}
	if x.Final.Framing != wire.FramedNone || x.Final.Has("X") != wire.Present {
		t.Errorf("got %+v", x.Final)
	}
}

// What follows an interim answer and is no answer is kept as what follows.
func TestParseInterimWithContent(t *testing.T) {
	for _, follows := range []string{"hello", "helloHTTP/1.1 200 OK\r\n\r\n"} {
		x, err := wire.Parse(
			[]byte("GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
			[]byte("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"+follows))
		if err != nil {
			t.Fatal(err)
		}
		if len(x.Interim) != 1 || x.Final != nil || string(x.After) != follows {
			t.Errorf("%q: got %+v", follows, x)
		}
	}
}

const browserHead = "GET /index.html?x=1 HTTP/1.1\r\n" +
	"Host: www.example.com\r\n" +
	"User-Agent: Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101\r\n" +
	"Accept: text/html,application/xhtml+xml;q=0.9,*/*;q=0.8\r\n" +
	"Accept-Language: zh-TW,en;q=0.5\r\n" +
	"Accept-Encoding: gzip, deflate, br\r\n" +
	"Connection: keep-alive\r\n\r\n"

// forever yields the same octets again and again.
type forever struct {
	octets []byte
	at     int
}

func (f *forever) Read(p []byte) (int, error) {
	n := copy(p, f.octets[f.at:])
	f.at = (f.at + n) % len(f.octets)
	return n, nil
}

func TestHeadAllocatesNothing(t *testing.T) {
	r := wire.NewReader(&forever{octets: []byte(browserHead)}, wire.Limits{})
	var h wire.Head
	read := func() {
		if err := r.ReadRequest(&h); err != nil {
			t.Fatal(err)
		}
	}
	read()
	if n := testing.AllocsPerRun(1000, read); n != 0 {
		t.Errorf("%v allocations a head, want 0", n)
	}
}

func BenchmarkReadRequest(b *testing.B) {
	r := wire.NewReader(&forever{octets: []byte(browserHead)}, wire.Limits{})
	var h wire.Head
	b.ReportAllocs()
	b.SetBytes(int64(len(browserHead)))
	for b.Loop() {
		if err := r.ReadRequest(&h); err != nil {
			b.Fatal(err)
		}
	}
}
