package capture

import (
	"bytes"
	"encoding/base64"
	"strings"
	"time"

	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// A harBlock is what each entry needs of its own, in one piece.
type harBlock struct {
	entry Entry
	x     wire.Exchange
	final wire.Response
}

// build makes the entry's exchange, or nil of what is no HTTP: a data: or blob:
// URL, an extension's file.
func (h *harReader) build() *Entry {
	e := &h.entry
	text := string(h.arena)
	of := func(s span) string { return text[s.from:s.to] }
	scheme, authority, target, ok := splitURL(of(e.url))
	if !ok {
		return nil
	}
	b := &harBlock{}
	b.entry = Entry{Number: h.in.number, Offset: e.offset, Exchange: &b.x}
	x := &b.x
	x.Request = wire.Request{Method: of(e.method), Target: target, Scheme: scheme, Authority: authority}
	if x.Request.Method == "CONNECT" {
		x.Request.Target = authority
	}
	fields := make(wire.Fields, 0, len(e.request.fields)+len(e.response.fields))
	fields = appendFields(fields, text, e.request.fields, &x.Request)
	x.Request.Fields = fields[:len(fields):len(fields)]
	if e.status > 0 {
		answered := fields[len(fields):]
		x.Final = &b.final
		x.Final.Fields = appendFields(answered, text, e.response.fields, nil)
		x.Final.Status = status.Code(whole(e.status))
		x.Final.Reason = of(e.reason)
	}
	if t, err := time.Parse(time.RFC3339, of(e.started)); err == nil {
		x.Started, x.Took = t, time.Duration(whole(e.time*float64(time.Millisecond)))
	}
	h.contents(x, of)
	h.by.judge(e, x, of(e.request.version), of(e.response.version))
	if p := x.Final; p != nil && p.Status.Interim() && p.Status != 101 {
		x.Interim, x.Final = []wire.Response{*p}, nil
	}
	return &b.entry
}

// appendFields appends field lines but for HTTP/2's and HTTP/3's pseudo-header
// fields, which browsers list among them.
func appendFields(fields wire.Fields, text string, from []harField, q *wire.Request) wire.Fields {
	for _, f := range from {
		name, value := text[f.name.from:f.name.to], text[f.value.from:f.value.to]
		if strings.HasPrefix(name, ":") {
			if q != nil && name == ":path" {
				q.Target = value
			}
			continue
		}
		field := wire.Field{Name: name, Value: value}
		if withheld(value) {
			field.Value, field.Redacted = "", true
		}
		fields = append(fields, field)
	}
	return fields
}

// withheld reports whether a recorder or a cleaning program put the value there
// in place of the true one. One asterisk is a true one: If-None-Match, Vary and
// Allow-Origin have it.
func withheld(value string) bool {
	if value == "" || len(value) > 60 {
		return false
	}
	switch value[0] {
	case '[', '<', '(', '*', 'R', 'r', '{':
	default:
		return false
	}
	return len(value) > 2 && strings.Trim(value, "*") == "" || strings.Contains(strings.ToLower(value), "redacted")
}

// contents makes the contents of both messages, in one piece of memory.
func (h *harReader) contents(x *wire.Exchange, of func(span) string) {
	e := &h.entry
	sent := h.octets(&e.request, of(e.request.mime))
	got := h.octets(&e.response, of(e.response.mime))
	data := append(append(make([]byte, 0, len(sent.Data)+len(got.Data)), sent.Data...), got.Data...)
	n := len(sent.Data)
	if sent.Data = nil; n > 0 {
		sent.Data = data[:n:n]
	}
	if got.Data = nil; n < len(data) {
		got.Data = data[n:]
	}
	x.Request.Content = sent
	if x.Final != nil {
		got.Decoded = decoded(x.Final.Fields, got.Data)
		x.Final.Content = got
	}
}

// octets makes a message's content of the text, in place. Length is what the
// recorder counted, and the text has no Data where it was rewritten from a
// charset that is not UTF-8.
func (h *harReader) octets(m *harMessage, mime string) wire.Content {
	c := wire.Content{Length: whole(m.size), Complete: true}
	if !m.hasText {
		if m.size < 0 {
			c.Length = whole(m.bodySize)
		}
		return c
	}
	if m.base64 {
		text, kept := m.content, int64(len(m.content)) == m.total
		if kept {
			text = bytes.TrimRight(text, "=")
		} else {
			text = text[:len(text)&^3]
		}
		n, err := base64.RawStdEncoding.Decode(m.content, text)
		switch {
		case err != nil && n == 0:
			return c
		case kept:
			c.Length = int64(n)
		case m.size < 0:
			c.Length = m.total / 4 * 3
		}
		c.Length = max(c.Length, int64(n))
		c.Data = m.content[:min(n, h.in.o.Content)]
		return c
	}
	if m.size >= 0 && whole(m.size) != m.total && otherCharset(mime) {
		return c
	}
	c.Length, c.Data = m.total, m.content[:min(len(m.content), h.in.o.Content)]
	return c
}

// whole makes a count of a number as JSON has it.
func whole(n float64) int64 { return int64(min(max(n, 0), 1<<53)) }

// otherCharset reports whether the media type names a charset other than those
// whose text stands in JSON octet by octet.
func otherCharset(mime string) bool {
	_, charset, ok := strings.Cut(strings.ToLower(mime), "charset=")
	return ok && !strings.HasPrefix(strings.Trim(charset, `"`), "utf-8") && !strings.HasPrefix(strings.Trim(charset, `"`), "us-ascii")
}

// decoded reports whether the content that a recording keeps is what was left
// after the content coding was taken off, as recorders do it.
func decoded(fields wire.Fields, data []byte) bool {
	coding := fields.Get("Content-Encoding")
	switch strings.ToLower(coding) {
	case "", "identity":
		return false
	case "gzip", "x-gzip":
		return !bytes.HasPrefix(data, []byte("\x1f\x8b"))
	case "zstd":
		return !bytes.HasPrefix(data, []byte("\x28\xb5\x2f\xfd"))
	}
	return true
}

// splitURL takes the URL of an entry apart. It is not ok if it is not HTTP's.
func splitURL(url string) (scheme, authority, target string, ok bool) {
	url, _, _ = strings.Cut(url, "#")
	scheme, rest, ok := strings.Cut(url, "://")
	if !ok {
		// "example.org:443", as some proxies write the target of CONNECT.
		return "", url, url, !strings.ContainsAny(url, "/,; ") && strings.Contains(url, ":")
	}
	switch scheme = strings.ToLower(scheme); scheme {
	case "http", "https":
	case "ws":
		scheme = "http"
	case "wss":
		scheme = "https"
	default:
		return "", "", "", false
	}
	end := strings.IndexAny(rest, "/?")
	switch {
	case end < 0:
		return scheme, rest, "/", true
	case rest[end] == '?':
		return scheme, rest[:end], "/" + rest[end:], true
	}
	return scheme, rest[:end], rest[end:], true
}
