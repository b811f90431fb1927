package capture

import (
	"bufio"
	"bytes"
	"errors"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// verbose reads what curl -v prints: heads line by line, each with a mark, among
// remarks and contents. Contents come whenever curl's buffers are full, so they
// are passed over. A line of content that looks like a marked one is taken for
// one only where a head of its kind can stand.
type verbose struct {
	in     *input
	s      *stream
	number int   // of the line
	at     int64 // offset of the line
	next   int64
	tls    bool
	e      *Entry
	head   []byte // of the message that is read
	part   byte   // '>' or '<' within its head, 0 between messages
}

// What is kept of a line, and of a head before its last line.
const (
	longestCurlLine = 256 << 10
	mostCurlHead    = 1 << 20
)

// line reads a line without its end. Of a longer one than is kept it returns the
// first octets.
func (v *verbose) line(r *bufio.Reader) ([]byte, error) {
	v.at = v.next
	v.number++
	var line []byte
	for {
		piece, err := r.ReadSlice('\n')
		v.next += int64(len(piece))
		if len(line) < longestCurlLine {
			line = append(line, piece...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, err
		}
	}
}

func (v *verbose) take(line []byte) error {
	text := bytes.TrimRight(line, "\r\n")
	if len(text) == 0 {
		return nil
	}
	rest := bytes.TrimPrefix(text[1:], []byte(" "))
	switch mark := text[0]; {
	case mark == '*':
		v.remark(rest)
	case mark != '>' && mark != '<' || len(text) > 1 && text[1] != ' ':
	case mark == v.part && len(rest) == 0:
		v.part = 0
		return v.message(mark)
	case mark == '<' && v.part == mark && bytes.HasPrefix(rest, []byte("HTTP/")):
		// curl shows no line for the end of a 100 that has no fields.
		if err := v.message(mark); err != nil || v.e == nil {
			v.part = 0
			return err
		}
		v.begin(mark, rest)
	case mark == v.part && len(v.head) > mostCurlHead: // its reader finds it too large, too
	case mark == v.part:
		v.head = append(append(v.head, rest...), "\r\n"...)
	case mark == '>' && v.part == 0 && curlRequest.Match(rest):
		if err := v.flush(); err != nil {
			return err
		}
		v.in.number++
		v.e = &Entry{Number: v.in.number, Offset: v.at, Line: v.number, Exchange: &wire.Exchange{
			Seen: curlShows | wire.ShowsRequest | wire.ShowsVersion}}
		v.begin(mark, rest)
	case mark == '<' && v.part == 0 && v.e != nil && v.e.Exchange.Request.Method != "" && v.e.Exchange.Final == nil && bytes.HasPrefix(rest, []byte("HTTP/")):
		v.begin(mark, rest)
	}
	return nil
}

func (v *verbose) begin(mark byte, start []byte) {
	v.part = mark
	v.head = append(append(v.head[:0], start...), "\r\n"...)
}

// remark takes from curl's remarks whether the connection is one over TLS.
func (v *verbose) remark(text []byte) {
	switch {
	case bytes.HasPrefix(text, []byte("SSL connection using")), bytes.HasPrefix(text, []byte("using HTTP/3")):
		v.tls = true
	case bytes.HasPrefix(bytes.TrimSpace(text), []byte("Trying ")):
		v.tls = false
	}
}

// message reads the head that is complete now.
func (v *verbose) message(mark byte) error {
	x := v.e.Exchange
	octets := append(v.head, "\r\n"...)
	if mark == '<' {
		return v.response(x, octets)
	}
	// A request line of HTTP/2 as curl writes it ends with that version.
	line, _, _ := bytes.Cut(octets, []byte("\r\n"))
	later := bytes.HasSuffix(line, []byte("HTTP/2")) || bytes.HasSuffix(line, []byte("HTTP/3"))
	v.s.reset(bytes.NewReader(octets))
	if err := v.s.ReadRequest(&v.s.head); err != nil {
		return v.broken(err)
	}
	x.Request = v.s.head.Request("http")
	if v.tls {
		x.Request.Scheme = "https"
	}
	q := &x.Request
	x.Conn.Protocol = wire.H1
	if later {
		x.Conn.Protocol, q.Version = wire.H2, wire.Version{Major: 2}
		if line[len(line)-1] == '3' {
			x.Conn.Protocol, q.Version = wire.H3, wire.Version{Major: 3}
		}
		q.Framing, q.Octets, q.Faults = wire.FramedStream, nil, nil
		q.Hidden = []string{"Host", "Connection", "Transfer-Encoding", "TE"}
	}
	if !q.Fields.Has("Content-Length") && !q.Fields.Has("Transfer-Encoding") && !later {
		q.Content.Complete = true
		x.Seen |= wire.ShowsRequestContent
	}
	return nil
}

func (v *verbose) response(x *wire.Exchange, octets []byte) error {
	v.s.reset(bytes.NewReader(octets))
	if err := v.s.ReadResponse(&v.s.head); err != nil {
		return v.broken(err)
	}
	p := v.s.head.Response(x.Request.Method)
	curlHead(x, &p.Message, octets)
	if p.Status.Interim() && p.Status != 101 {
		if len(x.Interim) < mostInterim {
			x.Interim = append(x.Interim, p)
		}
		return nil
	}
	x.Final = &p
	if framed, length := v.s.head.ResponseFraming(x.Request.Method); framed == wire.FramedNone || framed == wire.FramedLength && length == 0 {
		p.Content.Complete = true
		x.Seen |= wire.ShowsContent
	}
	return nil
}

// broken reports a head that cannot be read. What comes next can.
func (v *verbose) broken(err error) error {
	fault := v.in.broken(v.e.Offset, lang.Text{
		En:   "a head that curl printed cannot be read",
		ZhTW: "無法讀取 curl 印出的標頭區段"}, err)
	fault.Line = v.e.Line
	v.e = nil
	return v.in.report(fault)
}

func (v *verbose) flush() error {
	e := v.e
	if v.e = nil; e == nil || e.Exchange.Request.Method == "" {
		return nil
	}
	return v.in.emit(e)
}
