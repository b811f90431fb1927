package wire

import (
	"strconv"

	"github.com/statute-http/statute/status"
)

// The Append functions write messages exactly as they are told, octet by octet:
// they add nothing, order nothing and refuse nothing, because the exams need
// wrong messages as well as right ones.

// AppendRequestLine appends "GET /path HTTP/1.1" and its line end.
func AppendRequestLine(b []byte, method, target string, v Version) []byte {
	b = append(b, method...)
	b = append(b, ' ')
	b = append(b, target...)
	b = append(b, ' ')
	b = appendVersion(b, v)
	return append(b, '\r', '\n')
}

// AppendStatusLine appends "HTTP/1.1 200 OK" and its line end.
func AppendStatusLine(b []byte, v Version, code status.Code, reason string) []byte {
	b = appendVersion(b, v)
	b = append(b, ' ')
	b = strconv.AppendInt(b, int64(code), 10)
	b = append(b, ' ')
	b = append(b, reason...)
	return append(b, '\r', '\n')
}

func appendVersion(b []byte, v Version) []byte {
	b = append(b, "HTTP/"...)
	b = strconv.AppendInt(b, int64(v.Major), 10)
	b = append(b, '.')
	return strconv.AppendInt(b, int64(v.Minor), 10)
}

// AppendField appends one field line.
func AppendField(b []byte, name, value string) []byte {
	b = append(b, name...)
	b = append(b, ':', ' ')
	b = append(b, value...)
	return append(b, '\r', '\n')
}

// AppendFields appends field lines in order.
func AppendFields(b []byte, fields Fields) []byte {
	for i := range fields {
		b = AppendField(b, fields[i].Name, fields[i].Value)
	}
	return b
}

// AppendRequest appends a request's head, empty line included. A Version of
// zero is written as 1.1. No field is added: Host has to be among the fields.
func AppendRequest(b []byte, q *Request) []byte {
	b = AppendRequestLine(b, q.Method, q.Target, q.Version.orElse())
	b = AppendFields(b, q.Fields)
	return append(b, '\r', '\n')
}

// AppendResponse appends a response's head, empty line included.
func AppendResponse(b []byte, p *Response) []byte {
	b = AppendStatusLine(b, p.Version.orElse(), p.Status, p.Reason)
	b = AppendFields(b, p.Fields)
	return append(b, '\r', '\n')
}

func (v Version) orElse() Version {
	if v == (Version{}) {
		return Version{1, 1}
	}
	return v
}

// AppendChunk appends one chunk of the chunked coding; an empty one ends the
// content and is followed by the trailers and an empty line, see
// [AppendLastChunk].
func AppendChunk(b, data []byte) []byte {
	b = strconv.AppendInt(b, int64(len(data)), 16)
	b = append(b, '\r', '\n')
	b = append(b, data...)
	return append(b, '\r', '\n')
}

// AppendLastChunk appends the end of chunked content.
func AppendLastChunk(b []byte, trailers Fields) []byte {
	b = append(b, "0\r\n"...)
	b = AppendFields(b, trailers)
	return append(b, '\r', '\n')
}

// ReasonPhrase returns the registered name of the code, the well-known one for
// 306 and 418, which the registry calls unused, and nothing for a code that is not
// registered: a phrase carries no meaning (RFC 9112 §4).
func ReasonPhrase(code status.Code) string {
	if code < 100 || code > 599 {
		return ""
	}
	return phrases[code-100]
}

var phrases = func() (phrases [500]string) {
	for _, e := range status.Table {
		phrases[e.Code-100] = e.Name
		if e.Maturity == status.Unused && len(e.OldNames) > 0 {
			phrases[e.Code-100] = e.OldNames[0]
		}
	}
	return phrases
}()
