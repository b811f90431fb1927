package wire_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"testing"

	"github.com/statute-http/statute/wire"
)

// The corpus that found something, and the seeds, stand in testdata/fuzz.

// cuts are the ways in which the same octets may come in.
var cuts = map[string]func([]byte) io.Reader{
	"at once":   func(b []byte) io.Reader { return bytes.NewReader(b) },
	"by octets": func(b []byte) io.Reader { return &dripping{octets: b} },
	"by octets, a timeout before each": func(b []byte) io.Reader {
		return &dripping{octets: b, stalls: true}
	},
}

// dripping yields one octet a read and, if it stalls, a timeout before each.
type dripping struct {
	octets          []byte
	stalls, stalled bool
}

func (d *dripping) Read(p []byte) (int, error) {
	if d.stalls {
		if d.stalled = !d.stalled; d.stalled {
			return 0, os.ErrDeadlineExceeded
		}
	}
	if len(d.octets) == 0 {
		return 0, io.EOF
	}
	n := copy(p[:1], d.octets)
	d.octets = d.octets[n:]
	return n, nil
}

// tight are limits that a fuzzer's short inputs pass.
var tight = wire.Limits{Method: 8, Target: 32, Field: 48, Fields: 6, Head: 120, Chunk: 12}

func limits(tightly bool) wire.Limits {
	if tightly {
		return tight
	}
	return wire.Limits{}
}

// An outcome is all that reading a head leads to.
type outcome struct {
	Fault   wire.Fault // what the reader stopped at; Kind empty if nothing
	Err     string     // another error
	Octets  string
	Request wire.Request
	Answer  wire.Response
	Length  int64
	After   int // octets that were not read
}

func (o outcome) good() bool { return o.Fault.Kind == "" && o.Err == "" }

func readHead(octets []byte, cut string, l wire.Limits, tolerant, response bool) outcome {
	src := cuts[cut](octets)
	r := wire.NewReader(src, l)
	if tolerant {
		r = wire.NewTolerantReader(src, l)
	}
	read := r.ReadRequest
	if response {
		read = r.ReadResponse
	}
	var h wire.Head
	err := read(&h)
	for errors.Is(err, os.ErrDeadlineExceeded) {
		err = read(&h)
	}
	var o outcome
	var fault *wire.Fault
	switch {
	case errors.As(err, &fault):
		o.Fault = *fault
		h.Request("") // what a refusal looks at
		return o
	case err != nil:
		o.Err = err.Error()
		h.Request("")
		return o
	}
	o.Octets = string(h.Octets())
	if response {
		o.Answer = h.Response("GET")
		_, o.Length = h.ResponseFraming("GET")
	} else {
		o.Request = h.Request("http")
		_, o.Length = h.Framing()
	}
	left := r.Buffered()
	switch src := src.(type) {
	case *bytes.Reader:
		left += src.Len()
	case *dripping:
		left += len(src.octets)
	}
	o.After = left
	return o
}

// everyCut checks that the cuts agree and returns what they agree on.
func everyCut(t *testing.T, octets []byte, l wire.Limits, tolerant, response bool) outcome {
	t.Helper()
	whole := readHead(octets, "at once", l, tolerant, response)
	for cut := range cuts {
		if got := readHead(octets, cut, l, tolerant, response); !reflect.DeepEqual(got, whole) {
			t.Fatalf("tolerant %v, %q:\n%s: %+v\nat once: %+v", tolerant, octets, cut, got, whole)
		}
	}
	return whole
}

// checkHead checks what has to hold of any octets read as a head.
func checkHead(t *testing.T, octets []byte, l wire.Limits, response bool) {
	strict := everyCut(t, octets, l, false, response)
	tolerant := everyCut(t, octets, l, true, response)
	if tolerant.good() {
		kept := tolerant.Request.Octets
		if response {
			kept = tolerant.Answer.Octets
		}
		end := len(octets) - tolerant.After
		if string(kept) != string(octets[end-len(kept):end]) || len(bytes.Trim(octets[:end-len(kept)], "\r\n")) > 0 {
			t.Fatalf("%q: kept %q", octets, kept)
		}
	}
	if !strict.good() {
		return
	}
	for _, m := range []*wire.Message{&tolerant.Request.Message, &tolerant.Answer.Message} {
		if len(m.Faults) > 0 {
			t.Fatalf("%q: strict takes it, tolerant finds %+v", octets, m.Faults)
		}
		m.Octets = nil
	}
	if !reflect.DeepEqual(strict, tolerant) {
		t.Fatalf("%q:\nstrict: %+v\ntolerant: %+v", octets, strict, tolerant)
	}
	if response && (strict.Answer.Status < 100 || strict.Answer.Version == wire.Version{}) {
		return // numbers are written without the zeroes before them, and version 0.0 as 1.1
	}
	again := wire.AppendRequest(nil, &strict.Request)
	if response {
		again = wire.AppendResponse(nil, &strict.Answer)
	}
	// Writing may lengthen a line, by the space after the colon.
	rewritten := readHead(again, "at once", wire.Limits{}, false, response)
	rewritten.Octets, rewritten.After = strict.Octets, strict.After
	if !reflect.DeepEqual(strict, rewritten) {
		t.Fatalf("%q:\nread: %+v\nwritten and read again: %+v", octets, strict, rewritten)
	}
}

func FuzzReadRequest(f *testing.F) {
	for _, test := range heads {
		if len(test.octets) < 500 {
			f.Add([]byte(test.octets), len(test.octets)%2 == 0)
		}
	}
	f.Add([]byte(browserHead), false)
	f.Fuzz(func(t *testing.T, octets []byte, tightly bool) {
		checkHead(t, octets, limits(tightly), false)
	})
}

func FuzzReadResponse(f *testing.F) {
	for _, seed := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
		"HTTP/1.1 204 \r\n\r\n", "HTTP/1.1 204\r\n\r\n", "HTTP/1.0 304 Not Modified\r\nETag: \"x\"\r\n\r\n",
		"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
		"HTTP/1.1 0200 OK\r\n\r\n", "HTTP/2 200\r\n\r\n", "ICY 200 OK\r\n\r\n", "HTTP/1.1 999 \xe4\xbd\xa0\r\n\r\n",
		"HTTP/1.1 200 OK\nTransfer-Encoding: chunked\nContent-Length: 1\n\n", "\r\nHTTP/1.1 200 OK\r\n\r\n",
		"HTTP/1.1 200 OK\r\nX: a\r\n b\r\nX : c\r\nno colon\r\n\r\n",
	} {
		f.Add([]byte(seed), false)
	}
	f.Fuzz(func(t *testing.T, octets []byte, tightly bool) {
		checkHead(t, octets, limits(tightly), true)
	})
}

// readChunked reads chunked content size octets at a time. What is left over is
// known only where the content ended well.
func readChunked(octets []byte, cut string, l wire.Limits, tolerant bool, size int) (content, end, left string, trailers wire.Fields) {
	src := cuts[cut](octets)
	r := wire.NewReader(src, l)
	if tolerant {
		r = wire.NewTolerantReader(src, l)
	}
	b := r.Body(wire.FramedChunked, 0)
	var all []byte
	piece := make([]byte, size)
	for {
		n, err := b.Read(piece)
		all = append(all, piece[:n]...)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			continue
		}
		if err == io.EOF {
			rest, _ := io.ReadAll(&patient{r})
			return string(all), "", string(rest), b.Trailers
		}
		var fault *wire.Fault
		if errors.As(err, &fault) {
			return string(all), string(fault.Kind), "", b.Trailers
		}
		if err != nil {
			return string(all), err.Error(), "", b.Trailers
		}
	}
}

// patient reads on after timeouts.
type patient struct{ r io.Reader }

func (p *patient) Read(b []byte) (int, error) {
	n, err := p.r.Read(b)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return n, nil
	}
	return n, err
}

func FuzzChunked(f *testing.F) {
	for _, test := range contents {
		if len(test.octets) < 500 {
			f.Add([]byte(test.octets), uint8(len(test.octets)), false)
		}
	}
	f.Add([]byte("3;name=\"a;b\"\r\nabc\r\n0\r\nA: 1\r\n\r\nGET / HTTP/1.1\r\n"), uint8(2), true)
	f.Fuzz(func(t *testing.T, octets []byte, size uint8, tightly bool) {
		l := limits(tightly)
		var ends [2]string
		for i, tolerant := range []bool{false, true} {
			content, end, left, trailers := readChunked(octets, "at once", l, tolerant, 4096)
			ends[i] = end
			for cut := range cuts {
				c, e, o, f := readChunked(octets, cut, l, tolerant, int(size)+1)
				if c != content || e != end || o != left || !reflect.DeepEqual(f, trailers) {
					t.Fatalf("%q, %s, tolerant %v: %q %q %q %v\nat once: %q %q %q %v",
						octets, cut, tolerant, c, e, o, f, content, end, left, trailers)
				}
			}
			if end != "" {
				continue
			}
			again := wire.AppendLastChunk(chunks([]byte(content), int(size)+1), trailers)
			again = append(again, left...)
			c, e, o, _ := readChunked(again, "at once", wire.Limits{}, false, 4096)
			if !tolerant && (c != content || e != "" || o != left) {
				t.Fatalf("%q: read %q and %q; written and read again %q and %q (%s)", octets, content, left, c, o, e)
			}
		}
		if ends[0] == "" && ends[1] != "" {
			t.Fatalf("%q: strict takes it, tolerant says %s", octets, ends[1])
		}
	})
}

func chunks(content []byte, size int) (b []byte) {
	for len(content) > 0 {
		n := min(size, len(content))
		b = wire.AppendChunk(b, content[:n])
		content = content[n:]
	}
	return b
}

// Parse puts every octet of the answers in one place, and in their order.
func FuzzParse(f *testing.F) {
	get, head := "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n"
	for _, seed := range [][2]string{
		{get, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcmore"},
		{head, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"},
		{get, "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 204 No Content\r\n\r\nleft"},
		{"CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\nhello", "HTTP/1.1 200 OK\r\n\r\nhello"},
		{get, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nA: b\r\n\r\nHTTP/1.1"},
		{get, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n\x00\x01"},
		{"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz", "HTTP/1.0 400 Bad\n\n"},
	} {
		f.Add([]byte(seed[0]), []byte(seed[1]))
	}
	f.Fuzz(func(t *testing.T, request, responses []byte) {
		x, err := wire.Parse(request, responses)
		if err != nil {
			return
		}
		rest := responses
		eat := func(what string, octets []byte) {
			if !bytes.HasPrefix(rest, octets) {
				t.Fatalf("%q: %s is %q, but there stands %q", responses, what, octets, rest)
			}
			rest = rest[len(octets):]
		}
		for i := range x.Interim {
			eat(fmt.Sprintf("interim answer %d", i), x.Interim[i].Octets)
		}
		if x.Final == nil {
			if len(rest) > 0 {
				t.Fatalf("%q: %q was lost", responses, rest)
			}
			return
		}
		eat("the final head", x.Final.Octets)
		if x.Final.Framing == wire.FramedChunked {
			if len(x.After) < 4<<10 && !bytes.HasSuffix(rest, x.After) {
				t.Fatalf("%q: after it %q", responses, x.After)
			}
			return
		}
		eat("the content", x.Final.Content.Data)
		eat("what follows", x.After)
		if len(rest) > 0 && len(x.After) < 4<<10 {
			t.Fatalf("%q: %q was lost", responses, rest)
		}
	})
}
