package model

import (
	"bytes"
	"io"
	"strings"

	"github.com/statute-http/statute/exam/client"
	"github.com/statute-http/statute/wire"
)

// misread is where the client's faults of reading live: it returns the exchange
// as a client with the fault would have read it.
func (s *session) misread(l *line, x *wire.Exchange) *wire.Exchange {
	if l.late != nil { // the connection is one answer behind
		x.Final, l.late = l.late.Final, nil
		return x
	}
	s.misreadInterim(l, x)
	if x.Final != nil {
		s.misreadStatusLine(l, x)
		s.misreadContent(l, x)
	}
	return x
}

func (s *session) misreadInterim(l *line, x *wire.Exchange) {
	for i := range x.Interim {
		p := &x.Interim[i]
		wrong := false
		switch p.Status {
		case 100:
			wrong = s.has("100-is-final") && !x.Request.Fields.Has("Expect") || s.has("late-100-is-final")
		case 102:
			wrong = s.has("102-is-final")
		case 103:
			wrong = s.has("103-is-final")
		default:
			wrong = s.has("unknown-1xx-is-final")
		}
		if wrong {
			l.late = &wire.Exchange{Final: x.Final}
			x.Final, x.Interim, x.After = p, x.Interim[:i], nil
			return
		}
		switch {
		case s.has("interim-fields-stay") && x.Final != nil:
			x.Final.Fields = append(x.Final.Fields, p.Fields...)
		case s.has("interim-is-enough") && x.Final == nil:
			p.Content.Complete = true
			x.Final, x.Interim = p, nil
			return
		case s.has("interim-in-one-piece"), s.has("timer-runs-on") && x.Took > l.conn.Patience:
			x.Final, x.End = nil, wire.EndCut
		case s.has("interim-has-content") && p.Fields.Has("Content-Length"):
			x.Final = readBack(x.After)
		case s.has("interim-coding-waits") && p.Fields.Has("Transfer-Encoding"):
			l.conn.Rest(longest) // it waits for the chunks, until the other side has enough
			x.Final, x.End = nil, wire.EndSilent
		case s.has("one-interim") && i > 0:
			x.Final, x.End = nil, wire.EndCut
		}
	}
}

func (s *session) misreadStatusLine(l *line, x *wire.Exchange) {
	p := x.Final
	line, _, _ := strings.Cut(string(p.Octets), "\r\n")
	odd := len(p.Faults) > 0
	refuse := func() { p.Faults = append(p.Faults, wire.Fault{Kind: wire.BadReason}) }
	accept := func() { p.Faults, p.Status, p.Content.Complete = nil, 200, true }
	switch {
	case s.has("any-code-succeeds") && (odd || p.Status < 100 || p.Status > 599), s.has("three-digits-of-four") && odd,
		s.has("any-version") && odd, s.has("speaks-http09") && odd, s.has("reason-may-have-controls") && odd:
		accept()
	case s.has("needs-reason") && p.Reason == "":
		refuse()
	case s.has("hangs-without-space") && odd:
		l.conn.Rest(longest)
		x.Final, x.End = nil, wire.EndSilent
	case s.has("reason-has-to-be-ascii") && strings.ContainsFunc(p.Reason, func(c rune) bool { return c > 0x7f }),
		s.has("short-lines-only") && len(line) > 1024:
		refuse()
	case s.has("skips-empty-lines") && odd:
		if rest := strings.TrimPrefix(string(p.Octets)+string(p.Content.Data), "\r\n"); readBack([]byte(rest)) != nil {
			x.Final = readBack([]byte(rest))
		}
	}
}

func (s *session) misreadContent(l *line, x *wire.Exchange) {
	p := x.Final
	if p == nil {
		return
	}
	promises := p.Fields.Has("Content-Length") && p.Fields.Get("Content-Length") != "0" || p.Fields.Has("Transfer-Encoding")
	switch {
	case s.has("leaves-content-unread") && p.Content.Length > 50_000:
		// What it left is what it reads next.
		l.late = &wire.Exchange{Final: &wire.Response{Message: wire.Message{Faults: []wire.Fault{{Kind: wire.BadStatusLine}}}}}
	case s.has("204-has-content") && p.Status == 204 && promises, s.has("304-has-content") && p.Status == 304 && promises, s.has("head-has-content") && x.Request.Method == "HEAD" && promises:
		l.conn.Rest(longest)
		x.End = wire.EndSilent
	case s.has("reads-on-after-answer"):
		octets, _, _ := l.conn.Rest(client.Silence / 6)
		if octets = append(x.After, octets...); len(octets) > 0 {
			l.late = &wire.Exchange{Final: readBack(octets)}
			x.After = nil
		}
	case s.has("205-has-no-content") && p.Status == 205 && len(p.Content.Data) > 0:
		l.late = &wire.Exchange{Final: readBack(p.Content.Data)}
	case s.has("205-has-no-content") && p.Status == 205:
		x.End, p.Content.Complete = wire.EndClosed, true
	case s.has("length-over-chunks") && p.Fields.Has("Content-Length") && p.Fields.Has("Transfer-Encoding"):
		p.Faults = nil
		l.late = &wire.Exchange{Final: readBack(p.Content.Data)}
	case s.has("half-is-enough"), s.has("close-is-close"):
		p.Content.Complete = true
	case s.has("first-length"):
		p.Faults, p.Content.Complete = nil, true
	}
}

// readBack reads octets that a right reader has left over as an answer.
func readBack(octets []byte) *wire.Response {
	r := wire.NewTolerantReader(bytes.NewReader(octets), wire.Limits{})
	var head wire.Head
	if r.ReadResponse(&head) != nil {
		return nil
	}
	p := head.Response("GET")
	body := r.Body(head.ResponseFraming("GET"))
	p.Content.Data, _ = io.ReadAll(body)
	p.Content.Length, p.Content.Complete = body.Total(), body.Done()
	return &p
}
