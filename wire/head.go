package wire

import (
	"bytes"
)

// A Head is the head of a message as a reader left it: start line and fields,
// as octets within the reader's buffer. Copy what is to be kept, or call
// [Head.Request] or [Head.Response].
type Head struct {
	Version Version
	Status  int // of a response; 0 if not readable

	method, target, reason span
	fields                 []fieldSpan
	faults                 []Fault
	octets                 []byte

	hosts            int // how many Host lines
	host             int // index of the first field that is a Host line, -1
	connection       bool
	expect           bool
	upgrade          bool
	lengths, codings int // how many Content-Length and Transfer-Encoding lines
	framing          Framing
	length           int64 // valid if framing is FramedLength

	// While reading.
	limits   Limits
	tolerant bool
	response bool
	partial  bool
	started  bool // the start line is done
	next     int  // offset of the first line not yet taken
	fieldsAt int  // offset of the first field line
	skipped  int  // octets of empty lines before the message
	blank    int  // how many such lines, so that they are bounded too
}

type span struct{ from, to int }

func (s span) of(b []byte) []byte { return b[s.from:s.to] }

type fieldSpan struct {
	name, value span
	folded      bool
}

func (h *Head) reset(limits Limits, tolerant, response bool) {
	*h = Head{
		fields: h.fields[:0], faults: h.faults[:0],
		host: -1, limits: limits, tolerant: tolerant, response: response,
	}
}

// Method returns a request's method.
func (h *Head) Method() []byte { return h.method.of(h.octets) }

// Target returns a request's target as written.
func (h *Head) Target() []byte { return h.target.of(h.octets) }

// Reason returns a response's reason phrase.
func (h *Head) Reason() []byte { return h.reason.of(h.octets) }

// Octets returns the whole head, from the start line to the empty line.
func (h *Head) Octets() []byte { return h.octets }

// Len returns the number of field lines.
func (h *Head) Len() int { return len(h.fields) }

// Field returns the name and value of field line i. A value that was folded
// over several lines still holds its line ends.
func (h *Head) Field(i int) (name, value []byte) {
	f := h.fields[i]
	return f.name.of(h.octets), f.value.of(h.octets)
}

// Faults returns what a tolerant reader found wrong.
func (h *Head) Faults() []Fault { return h.faults }

// Framing says how a request's content is framed, and its length if that is
// FramedLength. For a response see [Head.ResponseFraming].
func (h *Head) Framing() (Framing, int64) { return h.framing, h.length }

// HasConnection reports whether there is a Connection field, HasExpect whether
// there is Expect, HasUpgrade whether there is Upgrade: most requests have none,
// and need not be searched.
func (h *Head) HasConnection() bool { return h.connection }
func (h *Head) HasExpect() bool     { return h.expect }
func (h *Head) HasUpgrade() bool    { return h.upgrade }

// fault records a fault; it reports whether reading has to stop.
func (h *Head) fault(kind FaultKind, at int, field []byte) *Fault {
	f := Fault{Kind: kind, Offset: int64(at), Field: string(field)}
	if h.tolerant {
		h.faults = append(h.faults, f)
		return nil
	}
	return &f
}

// advance takes the complete lines of b, which holds the message from its first
// octet. It is called again with more octets until it is done or finds a fault.
func (h *Head) advance(b []byte) (done bool, fault *Fault) {
	for {
		end := bytes.IndexByte(b[h.next:], '\n')
		if end < 0 {
			return false, h.tooLong(b)
		}
		from, to := h.next, h.next+end
		// A line that would be refused before its end came is refused now too:
		// what the fault is must not depend on how the octets were cut.
		if fault := h.tooLong(b[:to]); fault != nil {
			return false, fault
		}
		line := b[from:to]
		if len(line) > 0 && line[len(line)-1] == '\r' {
			line = line[:len(line)-1]
		} else if fault := h.fault(BareLF, to, nil); fault != nil {
			return false, fault
		}
		switch {
		case !h.started && len(line) == 0 && !h.response:
			// RFC 9112 §2.2: a server should ignore at least one empty line
			// before the request line. Four are ignored, for old clients that
			// send CR LF after content; more are no HTTP.
			if h.blank++; h.blank > 4 {
				return false, h.stop(BadRequestLine, from)
			}
			b = b[to+1:]
			h.skipped += to + 1
			continue
		case !h.started:
			if h.response {
				fault = h.statusLine(line)
			} else {
				fault = h.requestLine(line)
			}
			h.started = true
			h.fieldsAt = to + 1
		case len(line) == 0:
			h.next = to + 1
			return true, nil
		default:
			fault = h.fieldLine(b, from, from+len(line))
		}
		if fault != nil {
			return false, fault
		}
		h.next = to + 1
		if h.next-h.fieldsAt > h.limits.Head {
			return false, h.stop(HeadTooLarge, h.next)
		}
	}
}

// stop returns a fault after which even a tolerant reader cannot go on.
func (h *Head) stop(kind FaultKind, at int) *Fault {
	return &Fault{Kind: kind, Offset: int64(at)}
}

// tooLong judges the line at which b ends, its LF not come yet, so that a peer
// who never ends it is refused as soon as the limit is passed, with the code
// that fits.
func (h *Head) tooLong(b []byte) *Fault {
	line := b[h.next:]
	switch {
	case len(line) == 0:
		return nil
	case h.started:
		// Of the two limits the one that is passed first counts.
		room := h.fieldsAt + h.limits.Head - h.next
		if len(line) > room && room <= h.limits.Field+2 {
			return h.stop(HeadTooLarge, h.fieldsAt+h.limits.Head)
		}
		if len(line) > h.limits.Field+2 {
			return h.fieldTooLarge(line, h.next)
		}
		return nil
	case h.response:
		if len(line) > h.limits.Field {
			return h.stop(BadStatusLine, h.limits.Field)
		}
		return nil
	}
	space := bytes.IndexByte(line, ' ')
	if space < 0 {
		space = len(bytes.TrimSuffix(line, []byte("\r")))
	}
	// What cannot become a method is no HTTP: no need to wait for its line end.
	if i := firstNot(line[:min(space, h.limits.Method+1)], tchar); i >= 0 && line[i] != '\r' && !h.tolerant {
		return h.stop(BadMethod, i)
	}
	// RFC 9112 §3: a method longer than any that is implemented: 501.
	if space > h.limits.Method {
		return h.stop(MethodTooLong, h.limits.Method)
	}
	// Known from here on, whatever comes: the refusal of a HEAD has no content.
	if space < len(line) {
		h.method = span{0, space}
	}
	if len(line)-space > h.limits.Target+len(" HTTP/1.1\r")+1 {
		return h.stop(TargetTooLong, space+1+h.limits.Target)
	}
	return nil
}

func (h *Head) fieldTooLarge(line []byte, at int) *Fault {
	name := line[:min(len(line), 256, h.limits.Field)]
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		name = name[:i]
	}
	if !isToken(name) {
		name = nil
	}
	return &Fault{Kind: FieldTooLarge, Offset: int64(at), Field: string(name)}
}

// fieldLine reads one field line, b[from:to] (RFC 9112 §5).
func (h *Head) fieldLine(b []byte, from, to int) *Fault {
	line := b[from:to]
	if len(line) > h.limits.Field {
		return h.fieldTooLarge(line, from)
	}
	if len(h.fields) >= h.limits.Fields {
		return h.stop(TooManyFields, from)
	}
	if line[0] == ' ' || line[0] == '\t' {
		return h.continued(line, from, to)
	}
	n := 0
	for n < len(line) && class[line[n]]&tchar != 0 {
		n++
	}
	if n == len(line) || line[n] != ':' || n == 0 {
		var fault *Fault
		n, fault = h.oddName(line, from)
		if fault != nil {
			return fault
		}
	}
	name := span{from, from + n}
	for name.to > name.from && (b[name.to-1] == ' ' || b[name.to-1] == '\t') {
		name.to--
	}
	value := span{min(from+n+1, to), to}
	if n < 0 { // no colon at all: kept whole, without a name
		name, value = span{from, from}, span{from, to}
	}
	for value.from < value.to && (b[value.from] == ' ' || b[value.from] == '\t') {
		value.from++
	}
	for value.from < value.to && (b[value.to-1] == ' ' || b[value.to-1] == '\t') {
		value.to--
	}
	if i := firstNot(value.of(b), fvchar); i >= 0 {
		kind := BadFieldValue
		if b[value.from+i] == '\r' {
			kind = BareCR
		}
		if fault := h.fault(kind, value.from+i, name.of(b)); fault != nil {
			return fault
		}
	}
	h.note(name.of(b))
	h.fields = append(h.fields, fieldSpan{name: name, value: value})
	return nil
}

// oddName judges a line whose name is not a token followed by a colon. It
// returns where the colon is, or -1.
func (h *Head) oddName(line []byte, at int) (colon int, fault *Fault) {
	colon = bytes.IndexByte(line, ':')
	switch {
	case colon < 0:
		kind := NoColon
		if bytes.IndexByte(line, '\r') >= 0 {
			kind = BareCR
		}
		return colon, h.fault(kind, at, nil)
	case len(trimOWS(line[:colon])) < colon && isToken(trimOWS(line[:colon])):
		// RFC 9112 §5.1: a server must refuse it with 400.
		return colon, h.fault(SpaceBeforeColon, at+colon, trimOWS(line[:colon]))
	}
	return colon, h.fault(BadFieldName, at+max(0, firstNot(line[:colon], tchar)), nil)
}

// continued takes a line that begins with white space: the continuation of the
// field before (RFC 9112 §5.2), or, before any field, a line that must be
// refused or dropped (§2.2).
func (h *Head) continued(line []byte, from, to int) *Fault {
	if len(h.fields) == 0 {
		return h.fault(LeadingSpace, from, nil)
	}
	last := &h.fields[len(h.fields)-1]
	last.value.to, last.folded = to, true
	return h.fault(ObsFold, from, nil)
}

// note remembers the fields that framing and connection depend on.
func (h *Head) note(name []byte) {
	switch len(name) {
	case 4:
		if foldEqual(name, "host") {
			if h.hosts++; h.hosts == 1 {
				h.host = len(h.fields)
			}
		}
	case 6:
		h.expect = h.expect || foldEqual(name, "expect")
	case 7:
		h.upgrade = h.upgrade || foldEqual(name, "upgrade")
	case 10:
		h.connection = h.connection || foldEqual(name, "connection")
	case 14:
		if foldEqual(name, "content-length") {
			h.lengths++
		}
	case 17:
		if foldEqual(name, "transfer-encoding") {
			h.codings++
		}
	}
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
