package model

import (
	"bytes"
	"io"

	"github.com/statute-http/statute/wire"
)

// misread is where the client's faults of reading live: it returns the exchange
// as a client with the fault would have read it.
func (s *session) misread(l *line, x *wire.Exchange) *wire.Exchange {
	if l.late != nil { // the connection is one answer behind
		x.Final, l.late = l.late.Final, nil
		return x
	}
	if s.has("leaves-content-unread") && x.Final != nil && x.Final.Content.Length > 1<<16 {
		// What it left is what it reads next.
		l.late = &wire.Exchange{Final: &wire.Response{Message: wire.Message{Faults: []wire.Fault{{Kind: wire.BadStatusLine}}}}}
	}
	for i := range x.Interim {
		p := &x.Interim[i]
		wrong := false
		switch p.Status {
		case 100:
			wrong = s.has("100-is-final") && !x.Request.Fields.Has("Expect")
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
			return x
		}
		switch {
		case s.has("interim-has-content") && p.Fields.Has("Content-Length"):
			x.Final = readBack(x.After)
		case s.has("interim-coding-waits") && p.Fields.Has("Transfer-Encoding"):
			l.conn.Rest(longest) // it waits for the chunks, until the other side has enough
			x.Final, x.End = nil, wire.EndSilent
		case s.has("one-interim") && i > 0:
			x.Final, x.End = nil, wire.EndCut
		}
	}
	return x
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
