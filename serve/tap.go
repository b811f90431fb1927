package serve

import (
	"strings"
	"time"

	"github.com/statute-http/statute/wire"
)

// keptContent is how many octets of content the tap keeps of a message.
const keptContent = 4 << 10

// keep appends to kept what the tap keeps of more content.
func (s *Server) keep(kept, more []byte) []byte {
	if s.Tap == nil || len(kept) >= keptContent {
		return kept
	}
	return append(kept, more[:min(len(more), keptContent-len(kept))]...)
}

// tap notes that the exchange is over and hands it over. It keeps no heads octet by octet: the
// reader was strict, so they hold nothing that the fields do not.
func (x *exchange) tap(end wire.End) {
	s := x.c.s
	x.c.ended = time.Now()
	if s.Tap == nil {
		return
	}
	r := &x.record.Exchange
	r.Conn = x.c.facts
	if b := x.body; b != nil {
		r.Request.Content = wire.Content{Length: b.wire.Total(), Data: b.kept, Complete: b.wire.Done()}
		r.Request.Trailers = b.wire.Trailers
	} else {
		r.Request.Content.Complete = !x.headless
	}
	if r.Final = x.final; r.Final != nil {
		r.Final.Content = wire.Content{Complete: end != wire.EndCut}
		if mayHaveContent(r.Request.Method, x.code) {
			r.Final.Content.Length, r.Final.Content.Data = x.written, x.kept
		}
	}
	r.End = end
	r.Seen = wire.ShowsAll &^ wire.ShowsOctets
	if x.headless {
		r.Seen &^= wire.ShowsRequest
	}
	r.Took = x.c.ended.Sub(r.Started)
	s.pour(r)
}

// pour redacts the exchange and gives it to whoever listens.
func (s *Server) pour(x *wire.Exchange) {
	redact(x.Request.Fields)
	redact(x.Request.Trailers)
	for i := range x.Interim {
		redact(x.Interim[i].Fields)
	}
	if x.Final != nil {
		redact(x.Final.Fields)
		redact(x.Final.Trailers)
	}
	s.Tap(x)
}

// isSecret reports whether the field's value must never leave the connection.
// No other common field has a name of the same length, so that most are passed
// by one look.
func isSecret(name string) bool {
	switch len(name) {
	case len("Cookie"):
		return strings.EqualFold(name, "Cookie")
	case len("Set-Cookie"):
		return strings.EqualFold(name, "Set-Cookie")
	case len("Authorization"):
		return strings.EqualFold(name, "Authorization")
	case len("Authentication-Info"):
		return strings.EqualFold(name, "Authentication-Info") || strings.EqualFold(name, "Proxy-Authorization")
	case len("Payment-Receipt"):
		return strings.EqualFold(name, "Payment-Receipt")
	case len("Proxy-Authentication-Info"):
		return strings.EqualFold(name, "Proxy-Authentication-Info")
	}
	return false
}

func redact(fields wire.Fields) {
	for i := range fields {
		if isSecret(fields[i].Name) {
			fields[i].Value, fields[i].Redacted = "", true
		}
	}
}
