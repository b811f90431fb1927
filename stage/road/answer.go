package road

import (
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// An answer is what the server ahead said: its final head, without the fields of
// the connection and with this hop in Via, and its content yet to be read.
type answer struct {
	wire.Response
	body    *wire.Body
	leg     *leg
	trails  bool // the client takes trailers
	streams bool // the client's end is a stream, not a connection
}

func (a *answer) close() { a.leg.close() }

func (l *leg) final(r *http.Request, p wire.Response) *answer {
	framed, length := l.head.ResponseFraming(r.Method)
	a := &answer{Response: p, leg: l, body: l.r.Body(framed, length), trails: takesTrailers(r), streams: r.ProtoMajor > 1}
	size := p.Fields.Get("Content-Length")
	a.Fields = l.returned(p.Fields, p.Version)
	switch {
	// RFC 9110 §8.6: none in a 204. RFC 9112 §6.3: none beside Transfer-Encoding.
	case p.Status == 204, p.Fields.Has("Transfer-Encoding"):
	case framed == wire.FramedLength:
		a.Fields = append(a.Fields, wire.Field{Name: "Content-Length", Value: strconv.FormatInt(length, 10)})
	case framed == wire.FramedNone && size != "":
		// To HEAD, and in a 304: of the content that there would be.
		if _, n := l.head.Framing(); n >= 0 {
			a.Fields = append(a.Fields, wire.Field{Name: "Content-Length", Value: strconv.FormatInt(n, 10)})
		}
	}
	return a
}

// returned returns fields as they go back to the client.
func (l *leg) returned(fields wire.Fields, came wire.Version) wire.Fields {
	var kept wire.Fields
	via := slices.Collect(fields.Values("Via"))
	for _, f := range forwarded(fields) {
		if f.Name != "" && !strings.EqualFold(f.Name, "Via") {
			kept = append(kept, f)
		}
	}
	return append(kept, wire.Field{Name: "Via", Value: listed(via, version(came)+" "+l.hop.Name)})
}

func version(v wire.Version) string { return strconv.Itoa(v.Major) + "." + strconv.Itoa(v.Minor) }

func (l *leg) passInterim(w http.ResponseWriter, p *wire.Response) {
	h := w.Header()
	before := maps.Clone(h)
	clear(h)
	for _, f := range l.returned(p.Fields, p.Version) {
		h.Add(f.Name, f.Value)
	}
	w.WriteHeader(int(p.Status))
	clear(h)
	maps.Copy(h, before)
}

// passOn passes the answer back. What breaks from here on cuts it.
func (a *answer) passOn(w http.ResponseWriter) {
	a.writeHead(w)
	if a.Status == status.Code(http.StatusResetContent) {
		io.Copy(io.Discard, io.LimitReader(a.body, pieceOctets))
		return // RFC 9110 §15.3.6: it has no content, whatever came
	}
	a.passContent(w, nil)
}

// writer returns what the content is written to.
func (a *answer) writer(w http.ResponseWriter) http.ResponseWriter {
	if a.streams {
		return a.leg.hop.patiently(w)
	}
	return w
}

// passContent passes on what was read of the content, then what was not yet, and
// the trailers.
func (a *answer) passContent(w http.ResponseWriter, was []byte) {
	w = a.writer(w)
	flush := http.NewResponseController(w).Flush
	if len(was) > 0 { // a 204 may not even be given none
		if _, err := w.Write(was); err != nil {
			panic(http.ErrAbortHandler)
		}
	}
	buf := make([]byte, pieceOctets)
	for {
		n, err := a.body.Read(buf)
		if n > 0 {
			if _, err := w.Write(buf[:n]); err != nil {
				panic(http.ErrAbortHandler)
			}
		}
		switch {
		case err == io.EOF:
			if a.streams && flush() != nil {
				panic(http.ErrAbortHandler)
			}
			a.writeTrailers(w)
			return
		case err != nil:
			// RFC 9112 §8: an answer that is not whole must not look so.
			flush()
			panic(http.ErrAbortHandler)
		}
		// What came is passed on before more is waited for.
		if a.leg.r.Buffered() == 0 && flush() != nil {
			panic(http.ErrAbortHandler)
		}
	}
}

func (a *answer) writeHead(w http.ResponseWriter) {
	h := w.Header()
	// A type that the origin did not state is not this hop's to guess.
	h["Content-Type"] = nil
	given := map[string]bool{}
	for _, f := range a.Fields {
		name := http.CanonicalHeaderKey(f.Name)
		if !given[name] {
			given[name] = true
			h.Del(name)
		}
		h.Add(name, f.Value)
	}
	w.WriteHeader(int(a.Status))
}

// writeTrailers passes trailers on, but for those that would change the message
// (RFC 9110 §6.5.1).
func (a *answer) writeTrailers(w http.ResponseWriter) {
	if !a.trails {
		return
	}
	for _, f := range forwarded(a.body.Trailers) {
		if f.Name != "" && !slices.ContainsFunc(notTrailers, func(n string) bool { return strings.EqualFold(n, f.Name) }) {
			w.Header().Add(http.TrailerPrefix+http.CanonicalHeaderKey(f.Name), f.Value)
		}
	}
}

// notTrailers are fields of framing, routing, authentication and content format.
var notTrailers = []string{
	"Host", "Content-Encoding", "Content-Type", "Content-Range", "Set-Cookie", "Cache-Control", "Expires", "Vary", "Age", "Date",
	"Location", "Retry-After", "Authorization", "WWW-Authenticate", "Proxy-Authenticate", "Proxy-Authorization",
}
