package wire

import (
	"strings"

	"github.com/statute-http/statute/status"
)

// Request returns a copy of the head as a request. It shares no memory with the
// reader; method, target and fields are parts of one string.
func (h *Head) Request(scheme string) Request {
	text := string(h.octets)
	q := Request{
		Message: h.message(text),
		Method:  text[h.method.from:h.method.to],
		Target:  text[h.target.from:h.target.to],
		Scheme:  scheme,
	}
	q.Framing = h.framing
	// RFC 9112 §3.3: the authority is that of an absolute-form or
	// authority-form target; else it is what Host says.
	if h.host >= 0 {
		q.Authority = q.Fields[h.host].Value
	}
	if q.Method == "CONNECT" {
		q.Authority = q.Target
	} else if len(q.Target) > 0 && q.Target[0] != '/' {
		if scheme, authority, _, ok := splitAbsolute(h.Target()); ok {
			q.Scheme, q.Authority = strings.ToLower(string(scheme)), string(authority)
		}
	}
	return q
}

// Response returns a copy of the head as the response to a request with the
// given method.
func (h *Head) Response(method string) Response {
	text := string(h.octets)
	p := Response{
		Message: h.message(text),
		Status:  status.Code(h.Status),
		Reason:  text[h.reason.from:h.reason.to],
	}
	p.Framing, _ = h.ResponseFraming(method)
	return p
}

func (h *Head) message(text string) Message {
	m := Message{Version: h.Version}
	if len(h.fields) > 0 {
		m.Fields = make(Fields, len(h.fields))
	}
	for i, f := range h.fields {
		value := text[f.value.from:f.value.to]
		if f.folded {
			value = unfold(value)
		}
		m.Fields[i] = Field{Name: text[f.name.from:f.name.to], Value: value}
	}
	if h.tolerant {
		m.Octets = []byte(text)
		m.Faults = append(m.Faults, h.faults...)
	}
	return m
}

// unfold replaces each line fold by one space, as RFC 9112 §5.2 allows.
func unfold(value string) string {
	lines := strings.FieldsFunc(value, func(r rune) bool { return r == '\r' || r == '\n' })
	for i := range lines {
		lines[i] = strings.Trim(lines[i], " \t")
	}
	return strings.Join(lines, " ")
}
