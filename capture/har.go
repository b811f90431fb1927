package capture

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/statute-http/statute/lang"
)

// A harReader reads HAR 1.2. It takes an entry member by member into scratch
// space that it uses again and again, and then makes the exchange of it in a few
// pieces: one for all text, one for all fields, one for all content.
type harReader struct {
	in    *input
	w     *walker
	by    *dialect
	found bool // log.entries was there

	arena []byte // all text of the entry
	entry harEntry
	fault error // what is wrong with the entry, found while reading on
}

// A span is a part of the arena.
type span struct{ from, to int }

// Bounds of one entry, content aside.
const (
	mostText   = 1 << 20
	mostFields = 4000
)

type harEntry struct {
	offset            int64
	started           span
	time              float64
	method, url       span
	status            float64
	reason            span
	request, response harMessage
	fromCache, failed bool
	transferred       float64
}

type harMessage struct {
	version        span
	fields         []harField
	bodySize, size float64 // of the message's content as sent, and decoded
	content        []byte  // the first octets of the text
	total          int64   // octets of the text
	hasText        bool
	base64         bool
	pseudo         bool // pseudo-header fields are listed, so all is as it was sent
	mime           span
}

type harField struct{ name, value span }

func (m *harMessage) reset() {
	*m = harMessage{fields: m.fields[:0], content: m.content[:0], bodySize: -1, size: -1}
}

func readHAR(in *input, r *bufio.Reader) error {
	h := &harReader{in: in, w: newWalker(r), by: trusted}
	err := h.w.object(func(name []byte) error {
		if string(name) == "log" {
			return h.w.object(h.log)
		}
		return h.w.skip()
	})
	if err != nil {
		return in.json(err)
	}
	if !h.found {
		in.number = 0
		return in.broken(h.w.offset(), lang.Text{
			En:   "this JSON has no log with entries, so it is no HAR",
			ZhTW: "這份 JSON 裡沒有 log.entries，不是 HAR"}, nil)
	}
	if _, err := h.w.next(); !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return in.broken(h.w.offset(), lang.Text{
			En:   "octets follow the end of the HAR",
			ZhTW: "HAR 結束之後還有其他位元組"}, nil)
	}
	return nil
}

// json makes a walker's error one of the input.
func (in *input) json(err error) error {
	var broken *jsonError
	if errors.As(err, &broken) {
		return in.broken(broken.offset, broken.says, broken.err)
	}
	return err
}

func (h *harReader) log(name []byte) error {
	switch string(name) {
	case "creator", "browser":
		return h.w.object(func(name []byte) error {
			if string(name) != "name" {
				return h.w.skip()
			}
			by, _, err := h.w.text(nil, 100)
			if d := dialectOf(string(by)); d != nil {
				h.by = d
			}
			return err
		})
	case "entries":
		h.found = true
		return h.w.array(h.next)
	}
	return h.w.skip()
}

// next reads one entry and emits it. What is wrong with an entry but leaves the
// JSON readable costs that entry alone.
func (h *harReader) next() error {
	h.in.number++
	if _, err := h.w.next(); err != nil {
		return err
	}
	e := &h.entry
	h.arena, h.fault = h.arena[:0], nil
	e.request.reset()
	e.response.reset()
	*e = harEntry{offset: h.w.offset(), request: e.request, response: e.response, transferred: -1}
	depth := h.w.depth + 1
	err := h.w.object(h.member)
	if err == nil {
		err = h.fault
	}
	var broken *jsonError
	if errors.As(err, &broken) && broken.passed {
		if err := h.w.leave(depth); err != nil {
			return err
		}
		return h.in.report(h.in.json(err))
	}
	if err != nil {
		return err
	}
	if entry := h.build(); entry != nil {
		return h.in.emit(entry)
	}
	return nil
}

func (h *harReader) member(name []byte) (err error) {
	e := &h.entry
	switch string(name) {
	case "startedDateTime":
		e.started, err = h.text(64)
	case "time":
		e.time, err = h.w.number()
	case "request":
		err = h.w.object(h.request)
	case "response":
		err = h.w.object(h.response)
	case "cache":
		err = h.w.object(func(name []byte) error {
			// Firefox names what is in its cache afterwards only if the answer
			// came from there.
			e.fromCache = e.fromCache || h.by.firefox && string(name) == "afterRequest"
			return h.w.skip()
		})
	case "_fromCache", "_fromDiskCache", "_servedFromCache":
		err = h.set(&e.fromCache)
	default:
		err = h.w.skip()
	}
	return err
}

func (h *harReader) request(name []byte) (err error) {
	e, m := &h.entry, &h.entry.request
	switch string(name) {
	case "method":
		e.method, err = h.text(256)
	case "url":
		e.url, err = h.text(mostText)
	case "httpVersion":
		m.version, err = h.text(64)
	case "headers":
		err = h.w.array(func() error { return h.field(m) })
	case "bodySize":
		m.bodySize, err = h.w.number()
	case "postData":
		err = h.w.object(func(name []byte) error { return h.content(m, name) })
	default:
		err = h.w.skip()
	}
	return err
}

func (h *harReader) response(name []byte) (err error) {
	e, m := &h.entry, &h.entry.response
	switch string(name) {
	case "status":
		e.status, err = h.w.number()
	case "statusText":
		e.reason, err = h.text(4096)
	case "httpVersion":
		m.version, err = h.text(64)
	case "headers":
		err = h.w.array(func() error { return h.field(m) })
	case "bodySize":
		m.bodySize, err = h.w.number()
	case "content":
		err = h.w.object(func(name []byte) error { return h.content(m, name) })
	case "_transferSize":
		e.transferred, err = h.w.number()
	case "_error":
		err = h.set(&e.failed)
	case "_fetchedViaServiceWorker", "_fromDiskCache", "_fromCache":
		err = h.set(&e.fromCache)
	default:
		err = h.w.skip()
	}
	return err
}

func (h *harReader) content(m *harMessage, name []byte) (err error) {
	switch string(name) {
	case "text":
		// Four octets of base64 hold three.
		keep := h.in.o.Content/3*4 + 4
		c, err := h.w.next()
		if err != nil {
			return err
		}
		m.hasText = c == '"'
		m.content, m.total, err = h.w.text(m.content[:0], keep)
		return err
	case "encoding":
		var coding []byte
		coding, _, err = h.w.text(h.w.scratch[:0], 16)
		m.base64 = bytes.EqualFold(coding, []byte("base64"))
	case "size":
		m.size, err = h.w.number()
	case "mimeType":
		m.mime, err = h.text(1024)
	default:
		err = h.w.skip()
	}
	return err
}

// field reads one {"name": ..., "value": ...}. Chromium's protocol joins the
// lines of a repeated field by line feeds; they are lines again here.
func (h *harReader) field(m *harMessage) error {
	var f harField
	err := h.w.object(func(name []byte) (err error) {
		switch string(name) {
		case "name":
			f.name, err = h.text(64 << 10)
		case "value":
			f.value, err = h.text(mostText)
		default:
			err = h.w.skip()
		}
		return err
	})
	if len(m.fields)+bytes.Count(h.arena[f.value.from:f.value.to], []byte("\n")) >= mostFields {
		h.refuse(lang.Text{
			En:   fmt.Sprintf("a message has more than %d fields", mostFields),
			ZhTW: fmt.Sprintf("訊息的欄位超過 %d 個", mostFields)})
		return err
	}
	m.pseudo = m.pseudo || f.name.from < f.name.to && h.arena[f.name.from] == ':'
	for {
		end := bytes.IndexByte(h.arena[f.value.from:f.value.to], '\n')
		if end < 0 {
			break
		}
		line := harField{f.name, span{f.value.from, f.value.from + end}}
		m.fields = append(m.fields, line)
		f.value.from += end + 1
	}
	m.fields = append(m.fields, f)
	return err
}

// text reads a string into the arena. One that is longer than it may be makes
// the entry one that is refused.
func (h *harReader) text(limit int) (span, error) {
	from := len(h.arena)
	var total int64
	var err error
	limit = min(limit, mostText-from)
	h.arena, total, err = h.w.text(h.arena, limit)
	if err == nil && total > int64(limit) {
		h.refuse(lang.Text{
			En:   "the entry has longer text, content aside, than is taken",
			ZhTW: "這一筆在內容以外的文字過長"})
	}
	return span{from, len(h.arena)}, err
}

func (h *harReader) refuse(says lang.Text) {
	if h.fault == nil {
		h.fault = &jsonError{offset: h.w.offset(), says: says, passed: true}
	}
}

// set notes whether a value says yes: true, or a string that is not empty.
func (h *harReader) set(flag *bool) error {
	c, err := h.w.next()
	if err != nil {
		return err
	}
	if c == '"' {
		_, total, err := h.w.text(nil, 0)
		*flag = *flag || total > 0
		return err
	}
	*flag = *flag || c == 't' || c == '{'
	return h.w.skip()
}
