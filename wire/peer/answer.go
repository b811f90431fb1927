package peer

import (
	"strconv"
	"time"

	"github.com/statute-http/statute/wire"
)

// An answering is what has come of the answers to one request on an h2 or h3
// stream. It takes header sections, content and the stream's end as they come
// and writes them into the exchange. It does not lock: one goroutine, or one
// lock, at a time.
type answering struct {
	x       *wire.Exchange
	u       *upload
	version wire.Version
	method  string
	keep    int
	last    time.Time // when something last came
	ownEnd  bool      // a section does not say that it is the last: the stream ends by itself, as in h3

	trailed int  // trailer sections
	whole   bool // the final answer came to its end
	broken  bool // it cannot any more
}

func newAnswering(x *wire.Exchange, q *Request, u *upload, major int) *answering {
	return &answering{x: x, u: u, version: wire.Version{Major: major}, ownEnd: major == 3, method: q.method(), keep: q.keep()}
}

// fields takes a field section; ends says that the stream ends with it.
func (a *answering) fields(lines wire.Fields, ends bool) {
	a.last = time.Now()
	if a.x.Final != nil {
		a.trailers(lines, ends)
		return
	}
	p := ResponseOf(a.version, lines)
	if p.Status.Interim() {
		a.interim(p, ends)
		return
	}
	a.x.Final = &p
	a.u.answered.give()
	// RFC 9113 §8.5, RFC 9114 §4.4: a 2xx to CONNECT opens a tunnel.
	if a.method == "CONNECT" && p.Status/100 == 2 {
		p.Framing = wire.FramedTunnel
		a.x.End = wire.EndTunnel
		a.whole = true
		return
	}
	if ends {
		a.end()
	}
}

func (a *answering) interim(p wire.Response, ends bool) {
	p.Framing = wire.FramedNone
	switch {
	// RFC 9113 §8.1, RFC 9114 §4.1: an interim answer does not end the stream.
	case ends:
		p.Faults = append(p.Faults, wire.Fault{Kind: EndingInterim, Field: ":status"})
		a.cut()
	case len(a.x.Interim) == maxInterim-1:
		p.Faults = append(p.Faults, wire.Fault{Kind: ManyInterim})
		a.broken = true
	}
	a.x.Interim = append(a.x.Interim, p)
	if p.Status == 100 {
		a.u.continued.give()
	}
}

func (a *answering) trailers(lines wire.Fields, ends bool) {
	s := take(lines)
	p := a.x.Final
	p.Trailers = append(p.Trailers, s.fields...)
	p.Faults = append(p.Faults, s.faults...)
	// RFC 9113 §8.1, RFC 9114 §4.1: nothing of the message follows the trailers.
	if a.trailed > 0 || !ends && !a.ownEnd {
		a.fault(OpenTrailers)
	}
	if a.trailed++; a.trailed > maxTrailed {
		a.broken = true
	}
	if ends {
		a.end()
	}
}

const maxTrailed = 8 // trailer sections that are read on

// content takes octets of content. What comes before any final answer belongs
// to no answer.
func (a *answering) content(data []byte) {
	a.last = time.Now()
	if a.x.Final == nil {
		a.after(data)
		a.fault(EarlyContent)
		return
	}
	if a.trailed > 0 {
		a.fault(OpenTrailers)
	}
	c := &a.x.Final.Content
	c.Length += int64(len(data))
	c.Data = append(c.Data, data[:min(len(data), a.keep-len(c.Data))]...)
}

func (a *answering) after(data []byte) {
	a.x.Seen |= wire.ShowsAfter
	a.x.After = append(a.x.After, data[:min(len(data), maxAfter-len(a.x.After))]...)
}

// end takes the end of the stream.
func (a *answering) end() {
	a.last = time.Now()
	p := a.x.Final
	if p == nil {
		if a.ownEnd {
			a.fault(EndingInterim)
		}
		a.cut()
		return
	}
	p.Content.Complete = true
	a.whole = true
	// RFC 9113 §8.1.1, RFC 9114 §4.1.2: content-length, where there is content,
	// is the number of octets that came.
	if a.method == "HEAD" || p.Status == 204 || p.Status == 304 {
		return
	}
	for v := range p.Fields.Members("Content-Length") {
		n, err := strconv.ParseUint(v, 10, 63)
		switch {
		case err != nil:
			p.Faults = append(p.Faults, wire.Fault{Kind: wire.BadLength, Field: "content-length"})
		case int64(n) != p.Content.Length:
			p.Faults = append(p.Faults, wire.Fault{Kind: LengthMismatch, Field: "content-length"})
		}
	}
}

// cut records that the stream ended too early.
func (a *answering) cut() {
	a.broken = true
	if a.x.End == wire.EndUnknown {
		a.x.End = wire.EndCut
	}
}

// over reports whether there is nothing more to wait for.
func (a *answering) over() bool { return a.whole || a.broken }

// fault records a fault of the stream with the answer that it befell: the final
// one, or the last interim one. Each kind is recorded once; where nothing was
// answered yet there is no message to blame.
func (a *answering) fault(kind wire.FaultKind) {
	var m *wire.Message
	switch {
	case a.x.Final != nil:
		m = &a.x.Final.Message
	case len(a.x.Interim) > 0:
		m = &a.x.Interim[len(a.x.Interim)-1].Message
	default:
		return
	}
	for i := range m.Faults {
		if m.Faults[i].Kind == kind {
			return
		}
	}
	m.Faults = append(m.Faults, wire.Fault{Kind: kind})
}

// finish completes the record once the stream is left.
func (a *answering) finish() {
	if a.last.After(a.x.Started) {
		a.x.Took = a.last.Sub(a.x.Started)
	} else {
		a.x.Took = time.Since(a.x.Started)
	}
	if a.x.End == wire.EndUnknown && a.whole {
		a.x.End = wire.EndKept
	}
}
