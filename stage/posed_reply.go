package stage

import (
	"net/http"
	"slices"
	"strings"

	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// A posedReply is a final answer, or a 101, ready to be written.
type posedReply struct {
	code    status.Code // of the status line
	header  http.Header
	content posedContent // nil for an answer without any
}

// compose makes the answer for the code that was asked for, whose final answer
// has the code final. What the options say replaces what the definition of the
// code asks for; what frames the content replaces both.
func (p *posed) compose(ask *posedAsk, code, final status.Code, r *http.Request) (*posedReply, *wire.Refusal) {
	h := make(http.Header)
	reply := &posedReply{code: posedOuter(final), header: h}
	// A cache may keep the answer but has to ask again, so that a sequence goes
	// on and the next draw counts (RFC 9111 §5.2.2.4).
	h.Set("Cache-Control", "no-cache")
	for _, c := range slices.Compact([]status.Code{code, final}) {
		if fields := p.duties[c].fields; fields != nil {
			fields(h, r)
		}
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
	if vary := h.Get("Vary"); negotiated != "" && vary != negotiated {
		h.Add("Vary", negotiated)
	}
	if reply.content != nil {
		h.Add("Content-Security-Policy", posedPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
	}
	h.Set(posedMark, "1")
	return reply, reply.fit(r)
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
	seen := make(map[string]bool)
	for _, f := range a.fields {
		if name := http.CanonicalHeaderKey(f.Name); !seen[name] {
			seen[name] = true
			h.Del(name)
		}
		h.Add(f.Name, f.Value)
	}
}
