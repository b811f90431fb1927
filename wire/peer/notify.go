package peer

import (
	"io"
	"net"
)

// A notified connection sees whether the other end said in TLS that it closes
// (RFC 8446 §6.1). Package crypto/tls does not tell: it reports both a
// close_notify and a bare end of the TCP stream as io.EOF, and RFC 9112 §9.8
// makes the second an incomplete message.
//
// In TLS 1.2 an alert shows by the type of its record. In TLS 1.3 the type is
// encrypted, but the length is not: an alert is two octets, and with the octet
// for the true type and the 16 of the tag (RFC 8446 §5.2) its record has 19.
// Application data of two octets looks the same, so the last octets of content
// could hide the want of a close_notify, never the other way round.
type notified struct {
	net.Conn
	header []byte // of the record under way
	left   int    // octets of it to come
	last   record
}

// A record is what the outside of a TLS record shows.
type record struct {
	kind   byte
	length int
}

const (
	recordAlert = 21
	recordData  = 23
	alert13     = 2 + 1 + 16 // octets of an alert's record in TLS 1.3
)

func (n *notified) Read(p []byte) (int, error) {
	count, err := n.Conn.Read(p)
	for rest := p[:count]; len(rest) > 0; {
		if n.left > 0 {
			skipped := min(n.left, len(rest))
			n.left -= skipped
			rest = rest[skipped:]
			continue
		}
		taken := min(5-len(n.header), len(rest))
		n.header = append(n.header, rest[:taken]...)
		rest = rest[taken:]
		if len(n.header) == 5 {
			n.left = int(n.header[3])<<8 | int(n.header[4])
			n.last = record{n.header[0], n.left}
			n.header = n.header[:0]
		}
	}
	return count, err
}

// said reports whether the last thing that came was an alert.
func (n *notified) said() bool {
	return n.last.kind == recordAlert || n.last.kind == recordData && n.last.length == alert13
}

// ended returns what the end of a connection means for content that only the
// end delimits: io.EOF if it may be complete, io.ErrUnexpectedEOF if not.
func (h *h1) ended(err error) error {
	if err == io.EOF && h.notified != nil && !h.notified.said() {
		return io.ErrUnexpectedEOF
	}
	return err
}
