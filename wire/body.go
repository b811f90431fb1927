package wire

import (
	"errors"
	"io"
)

// A Body reads the content that follows a head, transfer coding removed. It
// returns io.EOF at the content's end, io.ErrUnexpectedEOF if the stream ends
// before it, and a *[Fault] where chunks are malformed.
type Body struct {
	Trailers Fields // complete once Read has returned io.EOF

	r      *Reader
	framed Framing
	left   int64 // octets left of the content, or of the chunk
	total  int64
	state  chunkState
	tail   int // octets of trailer lines
	err    error
}

type chunkState int

const (
	atSize chunkState = iota
	inChunk
	afterChunk
	inTrailers
)

// Body returns a reader of content that is framed so; length counts for
// FramedLength alone. The next head can be read once it has returned io.EOF.
func (r *Reader) Body(framed Framing, length int64) *Body {
	b := &Body{r: r, framed: framed, left: length}
	if framed == FramedNone || framed == FramedTunnel || framed == FramedLength && length == 0 {
		b.err = io.EOF
	}
	return b
}

// Total returns how many octets of content were read.
func (b *Body) Total() int64 { return b.total }

// Done reports whether the content was read to its end.
func (b *Body) Done() bool { return b.err == io.EOF }

// Err returns the error at which reading stopped, nil while it goes on.
func (b *Body) Err() error { return b.err }

func (b *Body) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	if len(p) == 0 {
		return 0, nil
	}
	var n int
	var err error
	switch b.framed {
	case FramedLength:
		n, err = b.counted(p)
		if b.left == 0 && err == nil {
			err = io.EOF
		}
	case FramedChunked:
		n, err = b.chunked(p)
	default:
		n, err = b.r.Read(p)
	}
	b.total += int64(n)
	if err != nil && !isTimeout(err) {
		b.err = err
	}
	return n, err
}

// counted reads of the content or chunk whose length is left.
func (b *Body) counted(p []byte) (int, error) {
	n, err := b.r.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	if errors.Is(err, io.EOF) && b.left > 0 {
		err = io.ErrUnexpectedEOF
	} else if errors.Is(err, io.EOF) {
		err = nil
	}
	return n, err
}

// chunked reads the chunked coding (RFC 9112 §7.1).
func (b *Body) chunked(p []byte) (int, error) {
	for {
		switch b.state {
		case atSize:
			line, ok, err := b.r.line(b.r.limits.Chunk)
			if err != nil {
				return 0, err
			}
			size, good := chunkSize(line)
			if !ok || !good {
				return 0, b.bad(BadChunk)
			}
			b.left, b.state = size, inChunk
			if size == 0 {
				b.state = inTrailers
			}
		case inChunk:
			n, err := b.counted(p)
			if b.left == 0 {
				b.state = afterChunk
			}
			return n, err
		case afterChunk:
			line, ok, err := b.r.line(0)
			if err != nil {
				return 0, err
			}
			if !ok || len(line) > 0 {
				return 0, b.bad(BadChunk)
			}
			b.state = atSize
		case inTrailers:
			if err := b.trailers(); err != nil {
				return 0, err
			}
			return 0, io.EOF
		}
	}
}

func (b *Body) bad(kind FaultKind) error {
	return &Fault{Kind: kind, Offset: b.total}
}

// chunkSize reads the size in hexadecimal; extensions after a semicolon are
// read over, as RFC 9112 §7.1.1 asks of a recipient that does not know them.
func chunkSize(line []byte) (int64, bool) {
	var n int64
	i := 0
	for ; i < len(line) && isHex(line[i]); i++ {
		if i == 15 {
			return 0, false // RFC 9112 §7.1: large numerals must not overflow
		}
		n = n<<4 | int64(hexValue(line[i]))
	}
	if i == 0 {
		return 0, false
	}
	rest := trimOWS(line[i:])
	return n, (len(rest) == 0 && i == len(line) || len(rest) > 0 && rest[0] == ';') && firstNot(rest, fvchar) < 0
}

func hexValue(c byte) byte {
	switch {
	case c <= '9':
		return c - '0'
	case c <= 'F':
		return c - 'A' + 10
	}
	return c - 'a' + 10
}

// trailers reads the trailer section (RFC 9112 §7.1.2): field lines like those
// of the head, within the same limits. They are kept apart from the head's
// fields, and those that must not be trailers (RFC 9110 §6.5.1) are nobody's.
func (b *Body) trailers() error {
	for {
		line, ok, err := b.r.line(b.r.limits.Field)
		if err != nil {
			return err
		}
		if ok && len(line) == 0 {
			return nil
		}
		b.tail += len(line)
		h := Head{limits: b.r.limits, tolerant: b.r.tolerant, host: -1}
		if !ok || b.tail > b.r.limits.Head || len(b.Trailers) >= b.r.limits.Fields ||
			h.fieldLine(line, 0, len(line)) != nil || len(h.fields) == 0 {
			return b.bad(BadTrailer)
		}
		f := h.fields[0]
		b.Trailers = append(b.Trailers, Field{Name: string(f.name.of(line)), Value: string(f.value.of(line))})
	}
}
