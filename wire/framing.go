package wire

import (
	"bytes"
	"math"
)

// finish judges what only the whole head shows: Host and framing.
func (h *Head) finish() *Fault {
	if !h.response {
		if fault := h.judgeHost(); fault != nil {
			return fault
		}
	}
	return h.judgeFraming()
}

// judgeHost obeys RFC 9112 §3.2: an HTTP/1.1 request without Host, and any
// request with two of them or with an invalid one, is answered 400.
func (h *Head) judgeHost() *Fault {
	switch {
	case h.hosts == 0:
		if h.Version.AtLeast(1, 1) {
			return h.fault(NoHost, 0, nil)
		}
		return nil
	case h.hosts > 1:
		return h.fault(TwoHosts, h.fields[h.host].name.from, nil)
	}
	value := h.fields[h.host].value
	if !validAuthority(value.of(h.octets)) {
		return h.fault(BadHost, value.from, nil)
	}
	return nil
}

// judgeFraming finds how the content is framed (RFC 9112 §6.3). For a response
// it only collects the faults: its framing depends on the request as well.
func (h *Head) judgeFraming() *Fault {
	h.framing, h.length = FramedNone, -1
	if h.lengths > 0 {
		if fault := h.judgeLength(); fault != nil {
			return fault
		}
		h.framing = FramedLength
		if h.length < 0 {
			h.framing = FramedNone
		}
	}
	if h.codings > 0 {
		return h.judgeCoding()
	}
	return nil
}

// judgeLength reads Content-Length. Several lines or members with the same
// value count as one, as RFC 9112 §6.3 allows; anything else is refused.
func (h *Head) judgeLength() *Fault {
	for i := range h.fields {
		name, value := h.Field(i)
		if !foldEqual(name, "content-length") {
			continue
		}
		for member := range bytes.SplitSeq(value, []byte(",")) {
			n, ok := decimal(trimOWS(member))
			if !ok {
				return h.fault(BadLength, h.fields[i].value.from, nil)
			}
			if h.length >= 0 && h.length != n {
				return h.fault(LengthsDiffer, h.fields[i].value.from, nil)
			}
			h.length = n
		}
	}
	return nil
}

// judgeCoding reads Transfer-Encoding.
func (h *Head) judgeCoding() *Fault {
	at, chunked, others, last := 0, 0, 0, false
	for i := range h.fields {
		name, value := h.Field(i)
		if !foldEqual(name, "transfer-encoding") {
			continue
		}
		at = h.fields[i].value.from
		for member := range bytes.SplitSeq(value, []byte(",")) {
			switch member = trimOWS(member); {
			case len(member) == 0:
			case foldEqual(member, "chunked"):
				chunked++
				last = true
			default:
				others++
				last = false
			}
		}
	}
	h.framing = FramedClose
	if last {
		h.framing = FramedChunked
	}
	// RFC 9112 §6.1: Transfer-Encoding in an HTTP/1.0 message means that its
	// framing is faulty; the connection must not be used after it.
	if h.Version.Major == 1 && h.Version.Minor == 0 {
		if fault := h.fault(CodingInHTTP10, at, nil); fault != nil {
			return fault
		}
	}
	// RFC 9112 §6.3: both fields together ought to be handled as an error.
	if h.lengths > 0 {
		if fault := h.fault(LengthAndCoding, at, nil); fault != nil {
			return fault
		}
	}
	// RFC 9112 §6.3: a request in which chunked is not the final coding: 400.
	if chunked > 1 || chunked == 1 && !last || chunked+others == 0 {
		if fault := h.fault(ChunkedNotLast, at, nil); fault != nil {
			return fault
		}
	}
	// RFC 9112 §6.1: a coding that the server does not understand: 501.
	if others > 0 {
		return h.fault(UnknownCoding, at, nil)
	}
	return nil
}

// ResponseFraming says how a response's content is framed, and its length if
// that is FramedLength, given the method of its request (RFC 9112 §6.3).
func (h *Head) ResponseFraming(method string) (Framing, int64) {
	switch {
	case h.Status == 101, method == "CONNECT" && h.Status/100 == 2:
		return FramedTunnel, 0
	case method == "HEAD", h.Status/100 == 1, h.Status == 204, h.Status == 304:
		return FramedNone, 0
	case h.codings > 0:
		return h.framing, 0
	case h.framing == FramedLength:
		return h.framing, h.length
	}
	return FramedClose, 0
}

// decimal reads a number of digits alone, as Content-Length demands: no sign,
// no space, no more than an int64 holds.
func decimal(b []byte) (int64, bool) {
	if len(b) == 0 {
		return 0, false
	}
	var n int64
	for _, c := range b {
		if !isDigit(c) || n > (math.MaxInt64-int64(c-'0'))/10 {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, true
}
