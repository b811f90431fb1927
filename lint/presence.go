package lint

import (
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// What a rule may conclude of a field. A recording can drop a field, invent one,
// or withhold its value; a rule that asks for such a field gets no answer, and
// the report counts it as not judged.

// hidden reports whether the recording drops or invents the field.
func hidden(m *wire.Message, name string) bool {
	for _, h := range m.Hidden {
		if strings.EqualFold(h, name) {
			return true
		}
	}
	return false
}

// absent reports whether the message is known to lack the field.
func absent(r *Report, m *wire.Message, name string) bool {
	switch m.Has(name) {
	case wire.Absent:
		return true
	case wire.Unobservable:
		r.Unjudged()
	}
	return false
}

// lacks reports whether the message is known to lack all of the fields.
func lacks(r *Report, m *wire.Message, names ...string) bool {
	for _, name := range names {
		if !absent(r, m, name) {
			return false
		}
	}
	return true
}

// present reports whether the sender is known to have sent the field.
func present(r *Report, m *wire.Message, name string) bool {
	if !m.Fields.Has(name) {
		return false
	}
	if hidden(m, name) {
		r.Unjudged()
		return false
	}
	return true
}

// value returns the value of a field that is known to have been sent, its lines
// joined by commas. It reports false if there is none, or none that may be read.
func value(r *Report, m *wire.Message, name string) (string, bool) {
	if !present(r, m, name) {
		return "", false
	}
	for i := range m.Fields {
		if m.Fields[i].Redacted && strings.EqualFold(m.Fields[i].Name, name) {
			r.Unjudged()
			return "", false
		}
	}
	return m.Fields.Get(name), true
}

// askedAndTold returns the value of a field of the request and that of one of the
// answer, if both may be read.
func askedAndTold(x *wire.Exchange, r *Report, ofRequest, ofAnswer string) (asked, told string, ok bool) {
	if asked, ok = value(r, &x.Request.Message, ofRequest); ok {
		told, ok = value(r, &x.Answer().Message, ofAnswer)
	}
	return asked, told, ok
}

// unasked reports an answer whose code speaks of a field that the request lacks:
// 206 and 416 of Range (RFC 9110 §15.3.7, §15.5.17), 226 of A-IM (RFC 3229 §10.4.1).
func unasked(x *wire.Exchange, r *Report, field string) {
	if absent(r, &x.Request.Message, field) {
		r.Final("", lang.Text{
			En:   "The request has no %s, and the answer is %d.",
			ZhTW: "請求沒有 %s，回應卻是 %d。"}, field, int(x.Answer().Status))
	}
}

// readable reports whether the field's value may be judged where it is there:
// true as well where it is known to be absent.
func readable(r *Report, m *wire.Message, name string) bool {
	if m.Has(name) == wire.Absent {
		return true
	}
	if m.Has(name) == wire.Unobservable {
		r.Unjudged()
		return false
	}
	_, ok := value(r, m, name)
	return ok
}

// safe reports whether the method is one of the safe ones (RFC 9110 §9.2.1), of
// WebDAV's (RFC 4918 §9.1, RFC 3253 §3.6, RFC 5323 §2) too.
func safe(method string) bool {
	switch method {
	case "GET", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "REPORT", "SEARCH", "QUERY":
		return true
	}
	return false
}

// sendsContent reports whether the request is known to have content: by its
// framing, or because octets of it were seen.
func sendsContent(q *wire.Request) bool {
	return q.Content.Length > 0 || q.Fields.Has("Transfer-Encoding") ||
		q.Fields.Has("Content-Length") && strings.Trim(q.Fields.Get("Content-Length"), "0 ") != ""
}
