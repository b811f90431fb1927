package origin

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/statute-http/statute/wire"
)

// traced is the way that the request has taken, for one that says Prefer: trace:
// each gate by name and number, the last one being where it was decided.
func (d *decision) traced() string {
	var way []string
	for _, s := range d.way {
		way = append(way, fmt.Sprintf("%q;gate=%d", s.name, s.gate))
	}
	return strings.Join(way, ", ")
}

// traceField is our own: the name has no meaning outside of this server.
const traceField = "Statute-Way"

// answer sends the head of an answer that is no refusal, with gate and reason
// for the tap.
func (d *decision) answer(code int) {
	if d.prefer.trace {
		d.w.Header().Set(traceField, d.traced())
	}
	gate := 0
	if n := len(d.way); n > 0 {
		gate = d.way[n-1].gate
	}
	wire.Decide(d.w, wire.Decision{Gate: gate, Reason: http.StatusText(code)})
	d.w.WriteHeader(code)
}

// trace is TRACE: the request comes back as it came, without the fields that
// could hold secrets (RFC 9110 §9.3.8).
func (d *decision) trace() {
	message := wire.AppendRequestLine(nil, d.r.Method, d.r.RequestURI, wire.Version{Major: d.r.ProtoMajor, Minor: d.r.ProtoMinor})
	message = wire.AppendField(message, "Host", d.r.Host)
	for _, name := range slices.Sorted(maps.Keys(d.r.Header)) {
		switch name {
		case "Authorization", "Proxy-Authorization", "Cookie":
			continue
		}
		for _, value := range d.r.Header[name] {
			message = wire.AppendField(message, name, value)
		}
	}
	message = append(message, "\r\n"...)
	d.w.Header().Set("Content-Type", "message/http")
	d.w.Header().Set("Content-Length", strconv.Itoa(len(message)))
	d.answer(http.StatusOK)
	d.w.Write(message)
}
