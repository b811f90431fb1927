package origin

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/statute-http/statute/wire"
)

// preferences are those of Prefer (RFC 7240) that the order can honour.
type preferences struct {
	minimal        bool // return=minimal
	representation bool // return=representation
	async          bool // respond-async
	wait           time.Duration
	trace          bool // trace: our own, show the way taken
}

// readPrefer reads the field. Where a preference is repeated the first counts
// (RFC 7240 §2).
func readPrefer(h http.Header) preferences {
	var p preferences
	returned := false
	for _, value := range h["Prefer"] {
		for member := range wire.Members(value) {
			member, _, _ = strings.Cut(member, ";")
			name, argument, _ := strings.Cut(strings.TrimSpace(member), "=")
			argument = strings.Trim(strings.TrimSpace(argument), `"`)
			switch strings.ToLower(strings.TrimSpace(name)) {
			case "return":
				if !returned {
					p.minimal, p.representation = argument == "minimal", argument == "representation"
					returned = true
				}
			case "respond-async":
				p.async = true
			case "wait":
				if n, err := strconv.Atoi(argument); err == nil && n >= 0 {
					p.wait = time.Duration(n) * time.Second
				}
			case "trace":
				p.trace = true
			}
		}
	}
	return p
}

// Async reports whether the request prefers an answer before its work is done
// (RFC 7240 §4.1), and how long it would wait for that (§4.3).
func Async(h http.Header) (async bool, wait time.Duration) {
	p := readPrefer(h)
	return p.async, p.wait
}

// applied says which preference was honoured (RFC 7240 §3).
func (d *decision) applied(preference string) {
	d.w.Header().Add("Preference-Applied", preference)
	d.w.Header().Add("Vary", "Prefer")
}
