package stage

import (
	"net/http"
	"strings"

	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// Values of fields that many answers have, made once and shared by all: they
// hold nothing of any request. Whoever wants another value for one answer puts
// another slice into its header, or appends, which copies, for there is no room
// behind the one value. Nothing may change a value in place, and no server does.
var (
	posedAnything = []string{"*"}
	posedMarked   = []string{"1"}
	posedAskAgain = []string{"no-cache"}
	posedPlain    = []string{"text/plain; charset=utf-8"}
	posedVaries   = []string{"Accept, Accept-Language"}
	posedNoSniff  = []string{"nosniff"}
)

// A posedReply is a final answer, or a 101, ready to be written.
type posedReply struct {
	code    status.Code // of the status line
	header  http.Header
	content posedContent // nil for an answer without any
}

// compose makes the answer for the code that was asked for, whose final answer
// has the code final, with its fields in h. What the options say replaces what the definition of the
// code asks for; what frames the content replaces both.
func (p *posed) compose(h http.Header, ask *posedAsk, code, final status.Code, r *http.Request) (posedReply, *wire.Refusal) {
	reply := posedReply{code: posedOuter(final), header: h}
	// A cache may keep the answer but has to ask again, so that a sequence goes
	// on and the next draw counts (RFC 9111 §5.2.2.4).
	h["Cache-Control"] = posedAskAgain
	if fields := p.duties[code].fields; fields != nil {
		fields(h, r)
	}
	if fields := p.duties[final].fields; fields != nil && final != code {
		fields(h, r)
	}
	negotiated := ""
	switch {
	case posedHasContent(code, final):
		reply.content = p.content(h, ask, code, final, r)
		negotiated = h.Get("Vary")
	case reply.code == http.StatusResetContent:
		// RFC 9110 §15.3.6: no content, which HTTP/1.1 still has to frame.
		reply.content = strings.NewReader("")
	}
	ask.override(h)
	if negotiated != "" && h.Get("Vary") != negotiated {
		h.Add("Vary", negotiated)
	}
	if reply.content != nil {
		h.Add("Content-Security-Policy", posedPolicy)
		h["X-Content-Type-Options"] = posedNoSniff
	}
	h[posedMark] = posedMarked
	refusal := reply.fit(r)
	return reply, refusal
}

// override sets what the options say. The first line of a field takes the place
// of the field that the code has, others are added.
func (a *posedAsk) override(h http.Header) {
	if a.location != "" {
		h.Set("Location", a.location)
	}
	if a.retry != "" {
		h.Set("Retry-After", a.retry)
	}
	if len(a.fields) == 0 {
		return
	}
	seen := make(map[string]bool)
	for _, f := range a.fields {
		if name := http.CanonicalHeaderKey(f.Name); !seen[name] {
			seen[name] = true
			h.Del(name)
		}
		h.Add(f.Name, f.Value)
	}
}
