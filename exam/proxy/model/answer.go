package model

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/statute-http/statute/wire"
)

// answer passes the request on and its answer back. It reports whether the
// client's connection can go on.
func (a *passage) answer() bool {
	if n, err := strconv.Atoi(a.q.Fields.Get("Max-Forwards")); err == nil && n == 0 && !a.has("ignores-max-forwards") && (a.q.Method == "TRACE" || a.q.Method == "OPTIONS") {
		return a.say(200)
	}
	if a.loops() {
		return a.say(508)
	}
	if a.has("says-421") && !strings.Contains(a.q.Target, a.q.Fields.Get("Host")) {
		return a.say(421)
	}
	if done, on := a.fromStore(); done {
		return on
	}
	for try := 1; ; try++ {
		l, err := a.line(a.to, try > 1)
		if err != nil {
			return a.fails("connection_refused")
		}
		on, kind := a.exchange(l)
		if kind == "" {
			return on
		}
		a.drop(l.Conn)
		// RFC 9110 §9.2.2: a POST is not sent twice. RFC 9112 §9.3.1: a GET may be
		// where the connection was kept, and may have been closed meanwhile.
		safe := a.q.Method == "GET"
		again := l.used && safe && !a.has("repeats-get-pooled") || a.has("repeats-get") && safe || a.has("repeats-post") && !safe
		most := 2
		if a.has("repeats-get") {
			most = 5
		}
		if try < most && again {
			continue
		}
		if stale := a.stale(); stale != nil {
			a.give(stale)
			return false
		}
		return a.fails(kind)
	}
}

// exchange sends the request and passes the answer on; kind says what was wrong
// with it if nothing was passed on.
func (a *passage) exchange(l *line) (on bool, kind string) {
	l.SetWriteDeadline(time.Now().Add(patience))
	if _, err := l.Write(a.onward()); err != nil {
		return false, "connection_terminated"
	}
	for interims := 0; ; interims++ {
		limit := patience
		if a.has("patient-for-ever") {
			limit = time.Minute
		}
		l.SetReadDeadline(time.Now().Add(limit))
		var head wire.Head
		if err := l.r.ReadResponse(&head); err != nil {
			if a.has("passes-malformed") {
				a.say(200)
				return false, ""
			}
			return false, "http_response_incomplete"
		}
		p := head.Response(a.q.Method)
		if bad := a.wrong(&p); bad != "" {
			return false, bad
		}
		switch {
		case p.Status == 101 && (a.switches() || a.has("passes-malformed")):
			io.WriteString(a.c, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: "+p.Fields.Get("Sec-WebSocket-Accept")+"\r\n\r\n")
			l.SetReadDeadline(time.Time{})
			a.both(a.r, l.r, l.Conn)
			a.drop(l.Conn)
			return false, ""
		case p.Status == 101:
			return false, "http_upgrade_failed"
		case p.Status == 100 && a.has("takes-100-for-final"):
			a.drop(l.Conn)
			return a.say(500), ""
		case p.Status/100 == 1:
			if interims > 32 && !a.has("patient-for-ever") {
				return false, "http_protocol_error"
			}
			if (p.Status != 100 || a.has("interim-to-http10")) && !a.has("patient-for-ever") {
				a.interim(&p)
			}
			if a.has("patient-for-ever") && interims > 100 {
				io.Copy(io.Discard, a.c)
				a.drop(l.Conn)
				return false, ""
			}
			continue
		}
		if a.switches() && a.has("hangs-on-no-upgrade") {
			return false, "http_upgrade_failed"
		}
		if a.has("repeats-post") && a.q.Method == "POST" && p.Status >= 400 && !a.again {
			a.again = true
			return false, "again"
		}
		framing, length := head.ResponseFraming(a.q.Method)
		return a.final(l, &p, framing, length), ""
	}
}

// wrong finds what makes an answer invalid.
func (a *passage) wrong(p *wire.Response) string {
	if a.has("passes-malformed") {
		return ""
	}
	for _, f := range p.Faults {
		// RFC 9112 §5.1, §5.2, §6.3: these are mended.
		if a.has("forgets-codings") && f.Kind == wire.UnknownCoding || a.has("misreads-lengths") && f.Kind == wire.BadLength {
			continue
		}
		if f.Kind != wire.SpaceBeforeColon && f.Kind != wire.ObsFold && f.Kind != wire.LengthAndCoding && f.Kind != wire.NoReasonSpace {
			return "http_protocol_error"
		}
	}
	if p.Version.Major != 1 || p.Status < 100 {
		return "http_protocol_error"
	}
	return ""
}

func (a *passage) interim(p *wire.Response) {
	if a.has("drops-interim") || a.q.Version.Minor == 0 && !a.has("interim-to-http10") {
		return
	}
	text := fmt.Sprintf("HTTP/1.1 %d Interim\r\n", p.Status)
	if !a.has("empties-interim") {
		text = string(wire.AppendFields([]byte(text), a.passing(p.Fields)))
	}
	io.WriteString(a.c, text+"\r\n")
}

// final passes the final answer on.
func (a *passage) final(l *line, p *wire.Response, framing wire.Framing, length int64) bool {
	fields, bare := a.returned(p, framing)
	if a.has("length-before-coding") && framing == wire.FramedChunked && p.Fields.Has("Content-Length") {
		framing, length = wire.FramedLength, 3
	}
	if framing == wire.FramedClose && a.has("needs-length") {
		a.drop(l.Conn)
		return a.say(502)
	}
	body := l.r.Body(framing, length)
	keep := a.storable(p)
	// RFC 9110 §8.6, §15.3.5: what has no content has no framing of it.
	chunked := !bare && a.q.Method != "HEAD" && framing != wire.FramedLength && a.q.Version.Minor > 0
	switch {
	case bare || a.q.Method == "HEAD" && framing == wire.FramedNone:
	case chunked || a.has("chunks-to-http10") && framing == wire.FramedChunked:
		fields = append(fields, wire.Field{Name: "Transfer-Encoding", Value: "chunked"})
	case framing == wire.FramedLength:
		fields = append(fields, wire.Field{Name: "Content-Length", Value: strconv.FormatInt(length, 10)})
	default:
		a.closing = true
	}
	if a.q.Method == "HEAD" {
		if n := p.Fields.Get("Content-Length"); n != "" {
			if a.has("drops-head-length") {
				n = "0"
			}
			fields = append(fields, wire.Field{Name: "Content-Length", Value: n})
		}
	}
	if a.closing {
		fields = append(fields, wire.Field{Name: "Connection", Value: "close"})
	}
	code := p.Status
	if a.has("hides-codes") && code != 200 || a.has("waits-for-content") && code/100 == 4 {
		code = 502
	}
	head := wire.AppendStatusLine(nil, wire.Version{Major: 1, Minor: 1}, code, http.StatusText(int(code)))
	if a.has("passes-malformed") {
		// The head as it came, but for its framing.
		a.c.Write(p.Octets)
		io.Copy(a.c, io.LimitReader(l.r, 1<<20))
		a.drop(l.Conn)
		return false
	}
	head = append(wire.AppendFields(head, fields), '\r', '\n')
	a.c.Write(head)
	if bare {
		if a.has("passes-content-of-bare") && p.Fields.Get("Content-Length") == "5" {
			io.WriteString(a.c, "bogus")
		}
		a.ended(l, p, framing == wire.FramedNone && !p.Fields.Has("Content-Length") && !p.Fields.Has("Transfer-Encoding"))
		return !a.has("cuts-205") || p.Status != 205
	}
	if p.Status == 205 && a.has("cuts-205") {
		a.drop(l.Conn)
		return false
	}
	content, err := a.carry(l, body, chunked)
	if err != nil && !a.has("completes-cut") {
		a.drop(l.Conn)
		return false
	}
	if missing := length - int64(len(content)); err != nil && framing == wire.FramedLength && missing > 0 {
		a.c.Write(make([]byte, missing)) // completes-cut
	}
	if chunked {
		trailers := body.Trailers
		if a.has("drops-trailers") {
			trailers = nil
		}
		a.c.Write(wire.AppendLastChunk(nil, trailers))
	}
	if a.has("passes-surplus") && l.r.Buffered() > 0 {
		io.CopyN(a.c, l.r, int64(l.r.Buffered()))
	}
	if keep && err == nil {
		a.keepAnswer(p, fields, content)
	}
	a.ended(l, p, err == nil && framing != wire.FramedClose)
	return true
}

// ended keeps the connection to the origin for others, if its answer was clean.
func (a *passage) ended(l *line, p *wire.Response, clean bool) {
	switch {
	case a.has("passes-surplus"):
		a.keep(l)
	case !clean, a.has("smuggles"), p.Version.Minor == 0, p.Fields.HasMember("Connection", "close"), len(p.Faults) > 0, a.q.Method == "HEAD":
		a.drop(l.Conn)
	default:
		a.keep(l)
	}
}

// carry passes content on as it comes, and returns it.
func (a *passage) carry(l *line, body io.Reader, chunked bool) ([]byte, error) {
	var kept []byte
	buf := make([]byte, 32<<10)
	for {
		l.SetReadDeadline(time.Now().Add(patience))
		n, err := body.Read(buf)
		if n > 0 {
			octets := buf[:n]
			if len(kept) < 1<<20 {
				kept = append(kept, octets...)
			}
			if chunked {
				octets = wire.AppendChunk(nil, octets)
			}
			a.c.SetWriteDeadline(time.Now().Add(patience))
			if _, gone := a.c.Write(octets); gone != nil && !a.has("stays-when-client-leaves") {
				return kept, gone
			}
		}
		switch err {
		case nil:
		case io.EOF:
			return kept, nil
		default:
			return kept, err
		}
	}
}

// returned returns the fields as they go back, without framing, and whether the
// answer can have no content.
func (a *passage) returned(p *wire.Response, framing wire.Framing) (wire.Fields, bool) {
	bare := p.Status == 204 || p.Status == 304
	var out wire.Fields
	var cookies []string
	for _, f := range a.passing(p.Fields) {
		switch name := strings.ToLower(f.Name); {
		case bare && name == "content-length" && a.has("passes-content-of-bare"), bare && name == "transfer-encoding" && a.has("passes-content-of-bare"):
			out = append(out, f)
		case name == "content-length" || name == "transfer-encoding" || name == "":
		case name == "set-cookie" && a.has("joins-cookies"):
			cookies = append(cookies, f.Value)
		case name == "x-tea-leaf" && a.has("drops-unknown-fields"):
		default:
			out = append(out, wire.Field{Name: f.Name, Value: strings.Join(strings.Fields(f.Value), " ")})
		}
	}
	if len(cookies) > 0 {
		out = append(out, wire.Field{Name: "Set-Cookie", Value: strings.Join(cookies, ", ")})
	}
	// RFC 9110 §6.6.1.
	if !out.Has("Date") && !a.has("adds-no-date") || a.has("writes-own-date") {
		out = append(out, wire.Field{Name: "Date", Value: time.Now().UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")})
	}
	if !a.has("no-via") {
		out = append(out, wire.Field{Name: "Via", Value: strings.Join(append(slices.Collect(p.Fields.Values("Via")), "1.1 model"), ", ")})
		if i := slices.IndexFunc(out, func(f wire.Field) bool { return f.Name == "Via" }); i < len(out)-1 {
			out = slices.Delete(out, i, i+1)
		}
	}
	if !out.Has("Content-Type") && a.has("invents-type") {
		out = append(out, wire.Field{Name: "Content-Type", Value: "text/plain"})
	}
	if a.has("transforms") && strings.Contains(p.Fields.Get("Content-Type"), "html") {
		out = append(out, wire.Field{Name: "Content-Encoding", Value: "gzip"})
	}
	return out, bare
}
