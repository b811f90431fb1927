package capture

import (
	"errors"
	"io"
	"strings"
	"time"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// A half is one side of an exchange, as a record has it.
type half struct {
	number     int
	offset     int64
	id, uri    string
	concurrent []string
	date       string
	text       int // octets of the record's head, of which these are parts
	protocol   wire.Protocol
	request    *wire.Request  // nil for an answer
	response   *wire.Response // nil for a request, and where only interim answers are there
	interim    []wire.Response
	after      []byte
	seen       wire.Evidence
	fault      *Error
}

// A block holds the octets of one message, so that nothing is seen of how the
// connection ended, nor of when.
const (
	warcRequest  = wire.ShowsRequest | wire.ShowsRequestContent
	warcResponse = wire.ShowsResponse | wire.ShowsContent | wire.ShowsReason | wire.ShowsFraming |
		wire.ShowsTrailers | wire.ShowsAfter | wire.ShowsOctets | wire.ShowsConnection | wire.ShowsVersion
)

// message reads the message of a block that the stream stands before; of records
// that hold none it returns nothing.
func (w *warcReader) message() *half {
	r := &w.record
	kind := string(r.of(r.kind))
	isRequest := kind == "request"
	if !isRequest && kind != "response" && kind != "revisit" || r.length == 0 {
		return nil
	}
	text := string(r.text)
	of := func(s span) string { return text[s.from:s.to] }
	uri, content := strings.Trim(of(r.uri), "<>"), of(r.content)
	if !strings.HasPrefix(uri, "http") || content != "" && !strings.HasPrefix(strings.ToLower(content), "application/http") {
		return nil
	}
	h := w.pairs.half()
	h.number, h.offset, h.protocol, h.id, h.uri, h.date = w.in.number, r.offset, wire.H1, of(r.id), uri, of(r.date)
	h.text = len(text)
	for _, at := range r.concurrent {
		h.concurrent = append(h.concurrent, of(at))
	}
	var err error
	if isRequest {
		h.seen = warcRequest
		h.request, err = w.s.request()
	} else {
		h.seen = warcResponse
		err = w.response(h)
	}
	if err != nil {
		at := w.at
		var fault *wire.Fault
		if errors.As(err, &fault) {
			at += fault.Offset
		} else {
			at += w.s.src.n
		}
		h.fault = w.in.broken(at, lang.Text{
			En:   "the record holds no HTTP message that can be read",
			ZhTW: "紀錄裡沒有可讀取的 HTTP 訊息"}, err)
		return h
	}
	if r.truncated.to > r.truncated.from {
		h.seen &^= wire.ShowsContent | wire.ShowsRequestContent | wire.ShowsFraming | wire.ShowsAfter | wire.ShowsTrailers
	}
	w.otherProtocol(h)
	return h
}

// response reads an answer. Its framing may depend on a request that is not
// known yet: a HEAD shows when the pair is made.
func (w *warcReader) response(h *half) error {
	p, err := w.s.response("")
	for ; err == nil && p.Status.Interim() && p.Status != 101; p, err = w.s.response("") {
		// What stands between two answers belongs to the first.
		if octets := w.s.seek(); len(octets) > 0 {
			p.Content = wire.Content{Length: int64(len(octets)), Data: octets}
		}
		if len(h.interim) < mostInterim {
			h.interim = append(h.interim, *p)
		}
	}
	if errors.Is(err, io.EOF) && len(h.interim) > 0 {
		return nil // the record ends before the final answer
	}
	if err != nil {
		return err
	}
	h.response = p
	revisit := string(w.record.of(w.record.kind)) == "revisit"
	rewriteOf(p, h)
	if p.Framing == wire.FramedChunked && p.Content.Length == 0 && !p.Content.Complete {
		// The recorder took the chunks apart and left the field.
		if n := len(p.Faults); n > 0 && p.Faults[n-1].Kind == wire.BadChunk {
			p.Faults = p.Faults[:n-1]
		}
		p.Hidden = append(p.Hidden, "Transfer-Encoding", "Content-Length")
		p.Framing = wire.Unframed
		h.seen &^= wire.ShowsFraming | wire.ShowsContent | wire.ShowsTrailers | wire.ShowsAfter
		return nil
	}
	if revisit {
		// The content is that of another record; what stands here is the head.
		p.Content = wire.Content{}
		h.seen &^= wire.ShowsContent | wire.ShowsAfter | wire.ShowsTrailers
		return nil
	}
	if p.Framing == wire.FramedLength && !p.Content.Complete {
		// Shorter than announced, for whatever reason: only the end of the
		// connection could tell whose mistake it is.
		h.seen &^= wire.ShowsContent | wire.ShowsTrailers
	}
	if p.Framing != wire.FramedTunnel {
		h.after = w.s.rest()
	}
	return nil
}

// Crawlers that take codings apart keep the fields that said so under other
// names.
var rewritten = []string{"x-crawler-", "x-orig-", "x-archive-orig-"}

// rewriteOf notices such fields: the content is not as it was sent.
func rewriteOf(p *wire.Response, h *half) {
	for i := range p.Fields {
		name := p.Fields[i].Name
		if len(name) < 3 || name[0]|0x20 != 'x' || name[1] != '-' {
			continue
		}
		for _, prefix := range rewritten {
			original, ok := strings.CutPrefix(strings.ToLower(name), prefix)
			switch {
			case !ok:
			case original == "content-encoding", original == "transfer-encoding", original == "content-length":
				p.Hidden = append(p.Hidden, "Content-Encoding", "Transfer-Encoding", "Content-Length")
				p.Content.Decoded = p.Content.Decoded || original == "content-encoding"
				h.seen &^= wire.ShowsFraming | wire.ShowsOctets | wire.ShowsTrailers | wire.ShowsAfter
			}
		}
	}
}

// otherProtocol notes what WARC-Protocol says: heads of HTTP/2 and HTTP/3 are
// written as if they were HTTP/1.1's.
func (w *warcReader) otherProtocol(h *half) {
	switch name := strings.ToLower(string(w.record.of(w.record.protocol))); {
	case strings.HasPrefix(name, "h2"), strings.HasPrefix(name, "http/2"):
		h.protocol = wire.H2
	case strings.HasPrefix(name, "h3"), strings.HasPrefix(name, "http/3"):
		h.protocol = wire.H3
	default:
		return
	}
	h.seen &^= wire.ShowsOctets | wire.ShowsReason | wire.ShowsFraming | wire.ShowsConnection | wire.ShowsVersion
	m := h.head()
	m.Octets, m.Faults, m.Framing = nil, nil, wire.FramedStream
}

func (h *half) head() *wire.Message {
	if h.request != nil {
		return &h.request.Message
	}
	if h.response == nil {
		return &h.interim[0].Message
	}
	return &h.response.Message
}

// entryOf makes an exchange of a request and its answer, or of one of them alone.
func entryOf(q, p *half) *Entry {
	whole := &struct {
		entry Entry
		x     wire.Exchange
	}{}
	x, first := &whole.x, p
	if p == nil {
		first = q
	} else {
		x.Seen, x.Interim, x.Final, x.After = p.seen, p.interim, p.response, p.after
		x.Conn.Protocol = p.protocol
	}
	if q != nil {
		x.Request = *q.request
		x.Seen |= q.seen
		if p == nil {
			x.Conn.Protocol = q.protocol
		}
	} else {
		x.Seen &^= wire.ShowsVersion // the request's is not known
	}
	scheme, authority, target, _ := splitURL(first.uri)
	if x.Request.Scheme = scheme; x.Request.Authority == "" {
		x.Request.Authority = authority
	}
	if q == nil {
		x.Request.Target = target
	}
	if t, err := time.Parse(time.RFC3339, first.date); err == nil {
		x.Started = t
	}
	if x.Final != nil && x.Request.Method == "HEAD" {
		// Only the pair shows that the head is all (RFC 9112 §6.3): what was taken
		// for content stands behind it.
		if x.Final.Content.Length > 0 {
			x.After = x.Final.Content.Data[:min(len(x.Final.Content.Data), keptAfter)]
		}
		x.Final.Framing, x.Final.Content = wire.FramedNone, wire.Content{Complete: true}
		x.Seen |= wire.ShowsContent | wire.ShowsTrailers
	}
	whole.entry = Entry{Number: first.number, Offset: first.offset, Exchange: x}
	return &whole.entry
}
