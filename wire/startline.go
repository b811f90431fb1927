package wire

import "bytes"

// requestLine reads method, target and version (RFC 9112 §3).
func (h *Head) requestLine(line []byte) *Fault {
	space := bytes.IndexByte(line, ' ')
	if space < 0 {
		space = len(line)
	}
	h.method = span{0, space}
	if i := firstNot(line[:space], tchar); i >= 0 || space == 0 {
		if fault := h.fault(BadMethod, max(i, 0), nil); fault != nil {
			return fault
		}
	}
	last := bytes.LastIndexByte(line, ' ')
	if last <= space {
		h.target = span{min(space+1, len(line)), len(line)}
		if len(line)-space > h.limits.Target {
			return h.stop(TargetTooLong, space+1+h.limits.Target)
		}
		return h.fault(BadRequestLine, len(line), nil)
	}
	h.target = span{space + 1, last}
	// RFC 9112 §3: a target longer than the server wishes to parse: 414.
	if last-space-1 > h.limits.Target {
		return h.stop(TargetTooLong, space+1+h.limits.Target)
	}
	if fault := h.version(line[last+1:], last+1); fault != nil {
		return fault
	}
	if h.Version.Major != 1 {
		if fault := h.fault(OtherVersion, last+1, nil); fault != nil {
			return fault
		}
	}
	if i := badTarget(line[:space], line[space+1:last]); i >= 0 {
		return h.fault(BadTarget, space+1+i, nil)
	}
	return nil
}

// version reads "HTTP/1.1": one digit each, letters in capitals (RFC 9112 §2.3).
func (h *Head) version(b []byte, at int) *Fault {
	if len(b) != 8 || string(b[:5]) != "HTTP/" || b[6] != '.' || !isDigit(b[5]) || !isDigit(b[7]) {
		return h.fault(BadVersion, at, nil)
	}
	h.Version = Version{int(b[5] - '0'), int(b[7] - '0')}
	return nil
}

// statusLine reads version, code and reason phrase (RFC 9112 §4).
func (h *Head) statusLine(line []byte) *Fault {
	first := bytes.IndexByte(line, ' ')
	if first < 0 || !bytes.HasPrefix(line, []byte("HTTP/")) {
		return h.stop(BadStatusLine, 0)
	}
	if fault := h.version(line[:first], 0); fault != nil {
		return fault
	}
	rest := line[first+1:]
	end := bytes.IndexByte(rest, ' ')
	if end < 0 {
		end = len(rest)
		if fault := h.fault(NoReasonSpace, len(line), nil); fault != nil {
			return fault
		}
	} else {
		h.reason = span{first + 1 + end + 1, len(line)}
	}
	code := rest[:end]
	readable := len(code) > 0 && len(code) <= 9
	for _, c := range code {
		readable = readable && isDigit(c)
	}
	if readable {
		for _, c := range code {
			h.Status = h.Status*10 + int(c-'0')
		}
	}
	if !readable || len(code) != 3 {
		if fault := h.fault(BadStatusCode, first+1, nil); fault != nil {
			return fault
		}
	}
	if i := firstNot(h.reason.of(line), fvchar); i >= 0 {
		return h.fault(BadReason, h.reason.from+i, nil)
	}
	return nil
}
