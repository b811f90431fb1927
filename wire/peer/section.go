package peer

import (
	"strconv"
	"strings"

	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// A section is a field section of h2 or h3, taken apart tolerantly: pseudo-field
// values where they belong, everything else among the fields, so that nothing
// is lost, and what is wrong among the faults.
type section struct {
	pseudo map[string]string
	fields wire.Fields
	faults []wire.Fault
}

// take takes a section apart. known names the pseudo-fields that it may have;
// those that are unknown, repeated or late stay among the fields.
func take(lines wire.Fields, known ...string) section {
	s := section{pseudo: make(map[string]string, len(known))}
	for _, f := range lines {
		if !strings.HasPrefix(f.Name, ":") {
			s.judge(f)
			s.fields = append(s.fields, f)
			continue
		}
		if kind := s.judgePseudo(f.Name, known); kind != "" {
			s.fault(kind, f.Name)
			s.fields = append(s.fields, f)
			continue
		}
		s.pseudo[f.Name] = f.Value
	}
	return s
}

func (s *section) fault(kind wire.FaultKind, field string) {
	s.faults = append(s.faults, wire.Fault{Kind: kind, Field: field})
}

// judgePseudo obeys RFC 9113 §8.3 and RFC 9114 §4.3: pseudo-fields are those
// that are defined for the kind of message, once each, before all others. A
// trailer section knows none.
func (s *section) judgePseudo(name string, known []string) wire.FaultKind {
	if len(known) == 0 {
		return TrailerPseudo
	}
	if _, ok := s.pseudo[name]; ok {
		return RepeatedPseudo
	}
	if s.hasRegular() {
		return LatePseudo
	}
	for _, k := range known {
		if k == name {
			return ""
		}
	}
	return UnknownPseudo
}

func (s *section) hasRegular() bool {
	for i := range s.fields {
		if !strings.HasPrefix(s.fields[i].Name, ":") {
			return true
		}
	}
	return false
}

// judge obeys RFC 9113 §8.2.1 and §8.2.2, and RFC 9114 §4.2, which ask the same:
// names in lower case that are tokens, values without controls or outer white
// space (RFC 9110 §5.5), and no fields that speak of an HTTP/1.1 connection.
func (s *section) judge(f wire.Field) {
	lowered := strings.ToLower(f.Name)
	switch {
	case !isToken(f.Name):
		s.fault(wire.BadFieldName, f.Name)
	case f.Name != lowered:
		s.fault(UppercaseName, f.Name)
	}
	if !isFieldValue(f.Value) {
		s.fault(wire.BadFieldValue, f.Name)
	}
	switch lowered {
	case "connection", "proxy-connection", "keep-alive", "transfer-encoding", "upgrade":
		s.fault(ConnectionField, f.Name)
	case "te":
		if !strings.EqualFold(f.Value, "trailers") {
			s.fault(ConnectionField, f.Name)
		}
	}
}

// isToken reports whether s is a token (RFC 9110 §5.6.2).
func isToken(s string) bool {
	for _, c := range []byte(s) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case strings.IndexByte("!#$%&'*+-.^_`|~", c) < 0:
			return false
		}
	}
	return s != ""
}

func isFieldValue(s string) bool {
	for _, c := range []byte(s) {
		if c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return strings.Trim(s, " \t") == s
}

// ResponseOf makes an answer of a header section.
func ResponseOf(version wire.Version, lines wire.Fields) wire.Response {
	s := take(lines, ":status")
	code, ok := s.pseudo[":status"]
	var p wire.Response
	switch n, err := strconv.Atoi(code); {
	case !ok:
		s.fault(MissingPseudo, ":status")
	// RFC 9110 §15: three digits.
	case err != nil || len(code) != 3 || n < 0:
		s.fault(wire.BadStatusCode, ":status")
		s.fields = append(wire.Fields{{Name: ":status", Value: code}}, s.fields...)
	default:
		p.Status = status.Code(n)
	}
	if p.Status == 101 {
		s.fault(Switching, ":status")
	}
	p.Message = s.message(version)
	return p
}

// RequestOf makes a request of a header section.
func RequestOf(version wire.Version, lines wire.Fields) wire.Request {
	s := take(lines, ":method", ":scheme", ":authority", ":path", ":protocol")
	// RFC 9113 §8.3.1, §8.5, RFC 9114 §4.3.1, §4.4: a request has a method, and
	// unless it is CONNECT a scheme and a path; CONNECT has an authority alone,
	// or with :protocol (RFC 8441 §4) all four.
	needed := []string{":method", ":scheme", ":path"}
	_, extended := s.pseudo[":protocol"]
	if s.pseudo[":method"] == "CONNECT" && !extended {
		needed = []string{":authority"}
	}
	for _, name := range needed {
		if s.pseudo[name] == "" {
			s.fault(MissingPseudo, name)
		}
	}
	if extended {
		s.fields = append(wire.Fields{{Name: ":protocol", Value: s.pseudo[":protocol"]}}, s.fields...)
	}
	q := wire.Request{
		Message:   s.message(version),
		Method:    s.pseudo[":method"],
		Target:    s.pseudo[":path"],
		Scheme:    s.pseudo[":scheme"],
		Authority: s.pseudo[":authority"],
	}
	if q.Authority == "" {
		q.Authority = s.fields.Get("Host")
	}
	if q.Method == "CONNECT" && !extended {
		q.Target = q.Authority
	}
	return q
}

func (s *section) message(version wire.Version) wire.Message {
	return wire.Message{Version: version, Fields: s.fields, Framing: wire.FramedStream, Faults: s.faults}
}
