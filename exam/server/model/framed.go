package model

import (
	"time"

	"golang.org/x/net/http2"

	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

// again is a framed request as it came, line by line, for the right server.
func again(q *wire.Request) *peer.Request {
	s := wire.Fields{}
	for _, l := range []wire.Field{{Name: ":method", Value: q.Method}, {Name: ":scheme", Value: q.Scheme}, {Name: ":path", Value: q.Target}} {
		if l.Value != "" && (q.Method != "CONNECT" || l.Name == ":method") {
			s = append(s, l)
		}
	}
	if q.Authority != "" && !q.Fields.Has("Host") {
		s = append(s, wire.Field{Name: ":authority", Value: q.Authority})
	}
	r := &peer.Request{Method: q.Method, Section: append(s, q.Fields...)}
	if q.Content.Length > 0 {
		r.Content = q.Content.Data
	}
	return r
}

// framed comes to the answer to a framed request. What is malformed is not
// passed on: the right server would reset the stream.
func (f *Front) framed(p wire.Protocol, q *wire.Request, malformed bool) *answer {
	a := &answer{}
	if !malformed {
		x, err := f.behindDo(p, again(q))
		if err != nil {
			return a
		}
		a = answerOf(x)
	}
	if malformed && f.fault.When == nil || f.befalls(head(q), head(q)) {
		a.spoil(f.fault.Do)
	}
	return a
}

func (f *Front) h2(c *peer.ServerConn) {
	h, err := c.H2()
	if err != nil {
		return
	}
	for served := 0; ; served++ {
		stream, q, ends, err := h.ReadHead()
		if q == nil || served > 0 && f.fault.Do == "once" {
			return
		}
		malformed := err != nil
		waits := q.Fields.Has("Expect")
		if !ends && !waits {
			h.ReadContent(stream, q)
		}
		a := f.framed(wire.H2, q, malformed)
		if a.never {
			h.WriteFields(stream, false, wire.Field{Name: ":status", Value: "100"})
		}
		switch {
		case a.wait, a.never:
			c.Wait(longer)
			return
		case a.status == 0:
			h.WriteRSTStream(stream, http2.ErrCodeProtocol)
			continue
		}
		if a.goOn {
			h.WriteFields(stream, false, wire.Field{Name: ":status", Value: "100"})
		}
		content := append(a.content, a.tail...)
		h.WriteFields(stream, len(content) == 0, a.lines()...)
		if len(content) > 0 {
			for len(content) > 16000 {
				h.WriteData(stream, false, content[:16000])
				content = content[16000:]
			}
			h.WriteData(stream, true, content)
		}
		if a.close {
			h.WriteGoAway(stream, http2.ErrCodeNo, nil)
			return
		}
	}
}

func (f *Front) h3(h *peer.ServerH3) {
	for served := 0; ; served++ {
		s, err := h.Accept()
		if err != nil || served > 0 && f.fault.Do == "once" {
			return
		}
		q, err := s.ReadHead()
		if q == nil {
			return
		}
		malformed := err != nil
		if !q.Fields.Has("Expect") {
			s.ReadContent(q)
		}
		a := f.framed(wire.H3, q, malformed)
		if a.never {
			s.WriteFields(wire.Field{Name: ":status", Value: "100"})
		}
		switch {
		case a.wait, a.never:
			h.Wait(longer)
			return
		case a.status == 0:
			s.Reset(peer.H3MessageError)
			continue
		}
		if a.goOn {
			s.WriteFields(wire.Field{Name: ":status", Value: "100"})
		}
		s.WriteFields(a.lines()...)
		if content := append(a.content, a.tail...); len(content) > 0 {
			s.WriteFrame(peer.FrameData, content)
		}
		s.Close()
		if a.close {
			h.Wait(100 * time.Millisecond)
			return
		}
	}
}
