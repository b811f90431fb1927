package capture

import (
	"bytes"
	"errors"
	"io"

	"github.com/statute-http/statute/wire"
)

// keptAfter is how many of the octets that belong to no message are kept.
const keptAfter = 4 << 10

// A stream is one direction of a connection, or the block of a WARC record, read
// as HTTP/1.1 messages.
type stream struct {
	*wire.Reader
	src   counter
	head  wire.Head
	keep  int // octets of a content that are kept
	piece []byte
}

// A counter counts what is read.
type counter struct {
	src io.Reader
	n   int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.src.Read(p)
	c.n += int64(n)
	return n, err
}

func newStream(src io.Reader, keep int) *stream {
	s := &stream{keep: keep, piece: make([]byte, 32<<10)}
	s.src.src = src
	s.Reader = wire.NewTolerantReader(&s.src, wire.Recorded)
	return s
}

// reset makes the stream read from src as if new.
func (s *stream) reset(src io.Reader) {
	s.src = counter{src: src}
	s.Reader.Reset(&s.src)
}

// resetOctets makes the stream read octets as if new, where they are.
func (s *stream) resetOctets(octets []byte) {
	s.src = counter{n: int64(len(octets))}
	s.Reader.ResetOctets(octets)
}

// offset is where the next unread octet stands.
func (s *stream) offset() int64 { return s.src.n - int64(s.Buffered()) }

// request reads a request. What is wrong with its content is among its faults.
func (s *stream) request() (*wire.Request, error) {
	if err := s.ReadRequest(&s.head); err != nil {
		return nil, err
	}
	q := s.head.Request("")
	framed, length := s.head.Framing()
	s.content(&q.Message, framed, length)
	return &q, nil
}

// response reads a response to a request with the method.
func (s *stream) response(method string) (*wire.Response, error) {
	if err := s.ReadResponse(&s.head); err != nil {
		return nil, err
	}
	p := s.head.Response(method)
	if !p.Status.Interim() {
		framed, length := s.head.ResponseFraming(method)
		s.content(&p.Message, framed, length)
	}
	return &p, nil
}

// content reads a message's content to its end, and keeps the first octets.
func (s *stream) content(m *wire.Message, framed wire.Framing, length int64) {
	if framed == wire.FramedNone {
		m.Content.Complete = true
		return
	}
	if framed == wire.FramedLength && length <= int64(min(s.Buffered(), s.keep)) {
		m.Content = wire.Content{Length: length, Data: append([]byte(nil), s.Peek()[:length]...), Complete: true}
		s.Discard(int(length))
		return
	}
	b := s.Body(framed, length)
	var data []byte
	for b.Err() == nil {
		// A piece is filled before it is kept, so that most contents are copied once.
		n := 0
		for n < len(s.piece) && b.Err() == nil {
			more, err := b.Read(s.piece[n:])
			if n += more; more == 0 && err == nil {
				break
			}
		}
		if n == 0 {
			break
		}
		data = append(data, s.piece[:min(n, s.keep-len(data))]...)
	}
	var fault *wire.Fault
	if errors.As(b.Err(), &fault) {
		m.Faults = append(m.Faults, *fault)
	}
	m.Content = wire.Content{Length: b.Total(), Data: data, Complete: b.Done()}
	m.Trailers = b.Trailers
}

// seek passes over what is no status line and returns the first of those octets.
// It stops before "HTTP/", or at the end.
func (s *stream) seek() []byte {
	var passed []byte
	for {
		b := s.Peek()
		at := bytes.Index(b, []byte("HTTP/"))
		n := at
		if at < 0 {
			n = max(0, len(b)-len("HTTP/")+1)
		}
		if at >= 0 || len(b) >= len("HTTP/") {
			passed = append(passed, b[:min(n, keptAfter-len(passed))]...)
			s.Discard(n)
		}
		if at >= 0 {
			return passed
		}
		if s.Fill() != nil {
			b = s.Peek()
			passed = append(passed, b[:min(len(b), keptAfter-len(passed))]...)
			s.Discard(len(b))
			return passed
		}
	}
}

// rest reads to the end and returns the first octets.
func (s *stream) rest() (first []byte) {
	for {
		n, err := s.Read(s.piece)
		first = append(first, s.piece[:min(n, keptAfter-len(first))]...)
		if err != nil {
			return first
		}
	}
}
