package origin

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/statute-http/statute/wire"
)

// traceTo writes the way that the request has taken, for a request that says
// Prefer: trace: each gate by number and name, the last one being where it was
// decided.
func (d *decision) traceTo(h http.Header) {
	if !d.prefer.trace {
		return
	}
	var way []string
	for _, s := range d.way {
		way = append(way, fmt.Sprintf("%q;gate=%d", s.name, s.gate))
	}
	h.Set(traceField, strings.Join(way, ", "))
}

// traceField is our own: the name has no meaning outside of this server.
const traceField = "Statute-Way"

// keepTrace keeps the trace where a refusal takes everything else back.
type keepTrace struct{ http.ResponseWriter }

func (k keepTrace) Unwrap() http.ResponseWriter { return k.ResponseWriter }

// answer sends the head of an answer that is no refusal, with gate and reason
// for the tap.
func (d *decision) answer(code int) {
	d.traceTo(d.w.Header())
	gate := 0
	if n := len(d.way); n > 0 {
		gate = d.way[n-1].gate
	}
	wire.Decide(d.w, wire.Decision{Gate: gate, Reason: http.StatusText(code)})
	d.w.WriteHeader(code)
}
