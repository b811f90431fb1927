package wire

import (
	"bytes"
	"errors"
	"io"
)

// Limits bound what a reader takes from a peer. Zero means the default.
type Limits struct {
	Method int // octets of a method; 64
	Target int // octets of a request target; 8000, the least that RFC 9110 §4.1 recommends
	Field  int // octets of one field line; 16384
	Fields int // field lines; 256
	Head   int // octets of all field lines together; 65536
	Chunk  int // octets of a chunk-size line with its extensions; 1024
}

// Recorded are the limits of what was sent already, to be judged and not to be
// served: a message that got 414 or 431 is above those of most servers, which
// read up to 64 kB and some of them more.
var Recorded = Limits{Method: 256, Target: 256 << 10, Field: 256 << 10, Fields: 1000, Head: 1 << 20}

// WithDefaults returns the limits with the defaults in place of zeroes.
func (l Limits) WithDefaults() Limits {
	set := func(n *int, otherwise int) {
		if *n == 0 {
			*n = otherwise
		}
	}
	set(&l.Method, 64)
	set(&l.Target, 8000)
	set(&l.Field, 16<<10)
	set(&l.Fields, 256)
	set(&l.Head, 64<<10)
	set(&l.Chunk, 1<<10)
	return l
}

// A Reader reads HTTP/1.1 messages from a stream of octets, one after another.
//
// A strict reader, the kind that a server needs, returns the first fault as its
// error, a [*Fault]. A tolerant reader, the kind that a linter and an exam need,
// keeps faults in the head that it returns and reads on as long as it can tell
// where the message goes on.
//
// In steady state reading a head allocates nothing: the [Head] that is filled
// points into the reader's buffer.
type Reader struct {
	src      io.Reader
	buf      []byte
	from, to int // unread octets are buf[from:to]
	limits   Limits
	tolerant bool
	err      error // from src, once the buffer is drained
}

// NewReader returns a strict reader.
func NewReader(src io.Reader, limits Limits) *Reader {
	return &Reader{src: src, limits: limits.WithDefaults()}
}

// NewTolerantReader returns a tolerant reader.
func NewTolerantReader(src io.Reader, limits Limits) *Reader {
	r := NewReader(src, limits)
	r.tolerant = true
	return r
}

// Reset makes the reader read from src as if new. The buffer is kept, unless it
// is another's, which [Reader.ResetOctets] lent.
func (r *Reader) Reset(src io.Reader) {
	if r.src == nil {
		r.buf = nil
	}
	r.src, r.from, r.to, r.err = src, 0, 0, nil
}

// ResetOctets makes the reader read octets, as if new, where they are: they must
// not change while it and the heads that it fills are used.
func (r *Reader) ResetOctets(octets []byte) {
	r.src, r.buf, r.from, r.to, r.err = nil, octets, 0, len(octets), io.EOF
}

// Buffered returns how many octets were taken from the source and not yet read.
// They are the beginning of the next message, or of another protocol.
func (r *Reader) Buffered() int { return r.to - r.from }

// Peek returns the buffered octets; they are valid until the next read.
func (r *Reader) Peek() []byte { return r.buf[r.from:r.to] }

// Discard drops the first n of the buffered octets.
func (r *Reader) Discard(n int) { r.from += min(n, r.Buffered()) }

// Read reads octets without looking at them, the buffered ones first: what
// follows a switch to another protocol.
func (r *Reader) Read(p []byte) (int, error) {
	if r.from < r.to {
		n := copy(p, r.buf[r.from:r.to])
		r.from += n
		return n, nil
	}
	if r.err != nil {
		return 0, r.err
	}
	return r.src.Read(p)
}

const firstBuffer = 4 << 10

// Fill reads once from the source into the buffer and returns the source's
// error if nothing came. The caller bounds the buffer by not calling it.
func (r *Reader) Fill() error {
	if r.err != nil {
		return r.err
	}
	if r.from == r.to {
		r.from, r.to = 0, 0
	}
	if r.to == len(r.buf) {
		if r.from > 0 {
			r.to = copy(r.buf, r.buf[r.from:r.to])
			r.from = 0
		} else {
			grown := make([]byte, max(firstBuffer, 2*len(r.buf)))
			copy(grown, r.buf[:r.to])
			r.buf = grown
		}
	}
	n, err := r.src.Read(r.buf[r.to:])
	r.to += n
	if n > 0 {
		if err != nil && !isTimeout(err) {
			r.err = err
		}
		return nil
	}
	if err == nil {
		return io.ErrNoProgress
	}
	if !isTimeout(err) {
		r.err = err
	}
	return err
}

// ReadRequest reads a request's head into h. It returns io.EOF if the stream
// ended before the head's first octet, io.ErrUnexpectedEOF if within it, a
// *[Fault], or the source's error; after a timeout it may be called again with
// the same head and goes on where it was. The head's octets are valid until the
// next read.
func (r *Reader) ReadRequest(h *Head) error { return r.readHead(h, false) }

// ReadResponse reads a response's head, as ReadRequest does for requests.
func (r *Reader) ReadResponse(h *Head) error { return r.readHead(h, true) }

func (r *Reader) readHead(h *Head, response bool) error {
	if !h.partial {
		h.reset(r.limits, r.tolerant, response)
		h.partial = true
	}
	for {
		done, fault := h.advance(r.buf[r.from:r.to])
		// RFC 9112 §2.2: empty lines before a request line are skipped.
		if h.skipped > 0 {
			r.from += h.skipped
			h.skipped = 0
		}
		if fault != nil {
			h.partial = false
			h.octets = r.buf[r.from:r.to]
			return fault
		}
		if done {
			h.partial = false
			h.octets = r.buf[r.from : r.from+h.next]
			r.from += h.next
			if fault := h.finish(); fault != nil {
				return fault
			}
			return nil
		}
		if err := r.Fill(); err != nil {
			h.octets = r.buf[r.from:r.to]
			if isTimeout(err) {
				return err
			}
			h.partial = false
			if errors.Is(err, io.EOF) && r.Buffered() > 0 {
				return io.ErrUnexpectedEOF
			}
			return err
		}
	}
}

// line reads one line of at most limit octets, without its CR LF, for the
// chunked coding. ok is false if the line is malformed or too long; a bare LF
// ends a line for a tolerant reader only.
func (r *Reader) line(limit int) (line []byte, ok bool, err error) {
	for {
		if i := bytes.IndexByte(r.buf[r.from:r.to], '\n'); i >= 0 {
			line = r.buf[r.from : r.from+i]
			r.from += i + 1
			if len(bytes.TrimSuffix(line, []byte("\r"))) > limit {
				return nil, false, nil
			}
			if len(line) > 0 && line[len(line)-1] == '\r' {
				line = line[:len(line)-1]
				return line, bytes.IndexByte(line, '\r') < 0, nil
			}
			return line, r.tolerant, nil
		}
		if r.Buffered() > limit+len("\r\n") {
			return nil, false, nil
		}
		if err := r.Fill(); err != nil {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return nil, false, err
		}
	}
}

func isTimeout(err error) bool {
	if err == io.EOF { // by far the commonest, and dear to ask
		return false
	}
	var t interface{ Timeout() bool }
	return errors.As(err, &t) && t.Timeout()
}
