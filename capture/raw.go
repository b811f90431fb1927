package capture

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"iter"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// Streams yields the exchanges of one HTTP/1.1 connection, of which each
// direction was recorded from its first octet to its last. Answers are given to
// the requests in their order (RFC 9112 §9.3.2), interim ones with the final one
// that they precede. An entry's offset is that of its first answer, or of where
// one was due.
func Streams(ctx context.Context, requests, responses io.Reader, o Options) iter.Seq2[*Entry, error] {
	return func(yield func(*Entry, error) bool) {
		o := o.withDefaults()
		in := &input{ctx: ctx, o: o, src: requests, format: Raw, yield: yield}
		answers := &input{ctx: ctx, src: responses}
		c := &connection{in: in, q: newStream(in, o.Content), p: newStream(answers, o.Content)}
		if err := c.read(); err != nil && !errors.Is(err, errStop) {
			yield(nil, err)
		}
	}
}

// readRaw reads a transcript: each request stands before its answers.
func readRaw(in *input, r *bufio.Reader) error {
	s := newStream(r, in.o.Content)
	c := &connection{in: in, q: s, p: s}
	first, _ := r.Peek(firstOctets)
	if i := bytes.IndexByte(first, '\n'); i > 0 && first[i-1] != '\r' {
		c.rewritten = true
	}
	return c.read()
}

// mostInterim is how many interim answers to one request are kept.
const mostInterim = 100

// A connection pairs what went one way with what came the other.
type connection struct {
	in        *input
	q, p      *stream
	last      *Entry // not emitted yet: what follows its answer belongs to it
	rewritten bool   // the line ends are an editor's
	over      bool   // the connection has ended, or speaks another protocol
}

func (c *connection) read() error {
	for !c.over {
		at := c.q.offset()
		q, err := c.q.request()
		if errors.Is(err, io.EOF) {
			break
		}
		c.in.number++
		if err != nil {
			fault := c.broken(c.q, at, err, lang.Text{
				En:   "the head of a request cannot be read",
				ZhTW: "無法讀取請求的標頭區段"})
			return c.stop(fault)
		}
		e := &Entry{Number: c.in.number, Offset: at, Exchange: &wire.Exchange{
			Conn: wire.Conn{Protocol: wire.H1, Number: c.in.number}, Request: *q,
			Seen: wire.ShowsAll &^ (wire.ShowsTimes | wire.ShowsEnd),
		}}
		if c.rewritten {
			forgetLineEnds(e.Exchange, &e.Exchange.Request.Message)
		}
		if err := c.answer(e); err != nil {
			return err
		}
	}
	if c.last != nil && c.q != c.p && len(c.last.Exchange.After) == 0 {
		c.last.Exchange.After = c.p.rest()
	}
	return c.flush()
}

// answer reads what answers the request. What stands before it belongs to the
// exchange before.
func (c *connection) answer(e *Entry) error {
	x := e.Exchange
	for {
		from := c.p.offset()
		if err := c.passed(e, c.p.seek(), from); err != nil {
			return err
		}
		at := c.p.offset()
		if c.q != c.p && len(x.Interim) == 0 {
			e.Offset = at
		}
		p, err := c.p.response(x.Request.Method)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			c.over = true
			if errors.Is(err, io.ErrUnexpectedEOF) {
				x.End, x.Seen = wire.EndCut, x.Seen|wire.ShowsEnd
			}
			fault := c.broken(c.p, at, err, lang.Text{
				En:   "the head of a response cannot be read",
				ZhTW: "無法讀取回應的標頭區段"})
			return c.stop(fault)
		}
		if c.rewritten {
			forgetLineEnds(x, &p.Message)
		}
		if p.Status.Interim() && p.Status != 101 {
			if len(x.Interim) < mostInterim {
				x.Interim = append(x.Interim, *p)
			}
			continue
		}
		x.Final = p
		return c.end(x)
	}
}

// passed gives octets that stood before a status line to whom they follow, and
// the exchange before, which is complete by now, to the caller.
func (c *connection) passed(e *Entry, octets []byte, from int64) error {
	x := e.Exchange
	if c.q == c.p {
		octets = bytes.Trim(octets, "\r\n") // between the messages of a transcript
	}
	if n := len(x.Interim); n > 0 {
		if len(octets) > 0 {
			x.Interim[n-1].Content = wire.Content{Length: int64(len(octets)), Data: octets}
		}
		return nil
	}
	before := c.last
	c.last = e
	if before == nil {
		if len(octets) == 0 {
			return nil
		}
		return c.in.report(c.in.broken(from, lang.Text{
			En:   "no status line stands where the first answer should begin",
			ZhTW: "第一個回應應該開始的地方沒有狀態列"}, nil))
	}
	if len(octets) > 0 {
		before.Exchange.After = octets
	}
	if c.p.Buffered() > 0 && before.Exchange.Final != nil {
		before.Exchange.End = wire.EndKept
		before.Exchange.Seen |= wire.ShowsEnd
	}
	return c.in.emit(before)
}

// stop ends reading with an error, after what was read before it.
func (c *connection) stop(fault error) error {
	if err := c.flush(); err != nil {
		return err
	}
	return fault
}

// end notes how the exchange ended, as far as its answer tells.
func (c *connection) end(x *wire.Exchange) error {
	switch p := x.Final; {
	case p.Framing == wire.FramedTunnel:
		x.End, c.over = wire.EndTunnel, true
		c.p.rest()
	case len(p.Faults) > 0 && p.Faults[len(p.Faults)-1].Kind == wire.BadChunk:
		c.over = true
		return c.stop(c.in.broken(c.p.offset(), lang.Text{
			En:   "the chunks of an answer are malformed, so that nobody can say where the next one begins",
			ZhTW: "回應的 chunk 格式錯誤，無法得知下一個回應從哪裡開始"}, nil))
	case !p.Content.Complete:
		x.End = wire.EndCut
	case p.Framing == wire.FramedClose && c.q != c.p:
		x.End = wire.EndClosed
	default:
		return nil
	}
	x.Seen |= wire.ShowsEnd
	return nil
}

func (c *connection) flush() error {
	e := c.last
	if c.last = nil; e == nil {
		return nil
	}
	return c.in.emit(e)
}

// broken makes an error of what a reader says of a message that begins at an
// octet.
func (c *connection) broken(s *stream, at int64, err error, says lang.Text) error {
	var fault *wire.Fault
	if errors.As(err, &fault) {
		at += fault.Offset
	} else if errors.Is(err, io.ErrUnexpectedEOF) {
		at = s.src.n
	}
	return c.in.broken(at, says, err)
}

// forgetLineEnds takes back what is known only of octets that nobody rewrote.
func forgetLineEnds(x *wire.Exchange, m *wire.Message) {
	x.Seen &^= wire.ShowsOctets
	m.Octets = nil
	kept := m.Faults[:0]
	for _, f := range m.Faults {
		if f.Kind != wire.BareLF {
			kept = append(kept, f)
		}
	}
	if m.Faults = kept; len(kept) == 0 {
		m.Faults = nil
	}
}
