package capture

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"regexp"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// curl shows HTTP/1.1 heads as they came and writes those of HTTP/2 and HTTP/3
// in its own way, as "HTTP/2 200". It takes chunks apart, leaves out what a
// redirection that it follows had as content, and with --compressed decodes: so
// the content that it prints is believed where its length is the one announced.

var (
	// curlLine is a line that -v writes.
	curlLine = regexp.MustCompile(`(?m)^(\*  +Trying |\* Connected to |\* Host |\* Uses proxy |> [A-Z]+ \S+ HTTP/[123]|< HTTP/[123])`)
	// curlStatus is the beginning of a head among contents.
	curlStatus  = regexp.MustCompile(`^HTTP/(?:1\.[01]|2|3) [1-9][0-9]{2}(?: [^\r\n]{0,60})?\r?\n`)
	curlRequest = regexp.MustCompile(`^[A-Za-z-]+ \S+ HTTP/(?:1\.[01]|2|3)$`)
)

const curlShows = wire.ShowsResponse | wire.ShowsInterim | wire.ShowsReason | wire.ShowsFraming | wire.ShowsConnection | wire.ShowsOctets

func readCurl(in *input, r *bufio.Reader) error {
	first, _ := r.Peek(len("HTTP/"))
	if string(first) == "HTTP/" {
		return (&printed{in: in, s: newStream(r, in.o.Content)}).read()
	}
	v := &verbose{in: in, s: newStream(nil, 0)}
	for {
		line, err := v.line(r)
		if len(line) > 0 {
			if err := v.take(line); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return v.flush()
		}
		if err != nil {
			return in.broken(v.at, lang.Text{En: "cannot be read on", ZhTW: "無法繼續讀取"}, err)
		}
	}
}

// printed reads what curl -i prints: heads, each with its content.
type printed struct {
	in *input
	s  *stream
	e  *Entry // with interim answers alone so far
}

func (c *printed) read() error {
	for {
		c.s.seek()
		if c.s.Buffered() == 0 {
			if c.e != nil {
				return c.in.emit(c.e)
			}
			return nil
		}
		if c.e == nil {
			c.in.number++
			c.e = &Entry{Number: c.in.number, Offset: c.s.offset(), Exchange: &wire.Exchange{Seen: curlShows}}
		}
		at := c.s.offset()
		if err := c.s.ReadResponse(&c.s.head); err != nil {
			var fault *wire.Fault
			if errors.As(err, &fault) {
				at += fault.Offset
			}
			return c.in.broken(at, lang.Text{
				En:   "the head of a response cannot be read",
				ZhTW: "無法讀取回應的標頭區段"}, err)
		}
		x := c.e.Exchange
		p := c.s.head.Response("")
		curlHead(x, &p.Message, c.s.head.Octets())
		if p.Status.Interim() && p.Status != 101 {
			if len(x.Interim) < mostInterim {
				x.Interim = append(x.Interim, p)
			}
			continue
		}
		x.Final = &p
		c.content(x)
		e := c.e
		c.e = nil
		if err := c.in.emit(e); err != nil {
			return err
		}
	}
}

// content takes what stands before the next head or the end.
func (c *printed) content(x *wire.Exchange) {
	p := x.Final
	framed, announced := c.s.head.ResponseFraming("")
	if framed != wire.FramedLength {
		announced = -1
	}
	data, length := c.before(announced)
	p.Content = wire.Content{Length: length, Data: data, Complete: true, Decoded: decoded(p.Fields, data)}
	switch {
	case length == 0 && (announced > 0 || p.Status.Class() == 3):
		p.Content = wire.Content{} // the answer to HEAD, or a redirection that was followed
		return
	case announced >= 0 && length != announced && !p.Content.Decoded:
		p.Content.Complete = false
		return
	}
	x.Seen |= wire.ShowsContent
}

// before reads octets up to the next head, of which the announced ones are read
// without looking.
func (c *printed) before(announced int64) (data []byte, length int64) {
	take := func(n int) {
		b := c.s.Peek()[:n]
		data = append(data, b[:min(n, c.s.keep-len(data))]...)
		length += int64(n)
		c.s.Discard(n)
	}
	const longest = 90 // of a status line
	for {
		ended := false
		for c.s.Buffered() < longest && !ended {
			ended = c.s.Fill() != nil
		}
		b := c.s.Peek()
		if length == 0 && curlStatus.Match(b) {
			return data, length
		}
		if blind := min(announced-length, int64(len(b))); blind > 0 {
			take(int(blind))
			continue
		}
		at := bytes.Index(b, []byte("HTTP/"))
		switch {
		case at >= 0 && curlStatus.Match(b[at:]):
			take(at)
			return data, length
		case ended && len(b) == 0:
			return data, length
		case ended:
			take(max(1, at))
		case at >= 0 && len(b)-at >= longest:
			take(at + 1)
		case at > 0:
			take(at)
		case at < 0:
			take(len(b) - len("HTTP/") + 1)
		default: // too few octets to tell
			if c.s.Fill() != nil {
				take(1)
			}
		}
	}
}

// curlHead notes what the start line says of the protocol.
func curlHead(x *wire.Exchange, m *wire.Message, octets []byte) {
	x.Conn.Protocol = wire.H1
	for _, later := range []struct {
		begins   string
		protocol wire.Protocol
		major    int
	}{{"HTTP/2 ", wire.H2, 2}, {"HTTP/3 ", wire.H3, 3}} {
		if bytes.HasPrefix(octets, []byte(later.begins)) {
			x.Conn.Protocol, m.Version = later.protocol, wire.Version{Major: later.major}
			m.Framing, m.Octets, m.Faults = wire.FramedStream, nil, nil
			x.Seen &^= wire.ShowsOctets | wire.ShowsReason
		}
	}
	line, _, _ := bytes.Cut(octets, []byte("\n"))
	if !bytes.HasSuffix(line, []byte("\r")) {
		forgetLineEnds(x, m)
	}
}
