package serve

import (
	"slices"
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

// tap hands over the finished exchange. It keeps no heads octet by octet: the
// reader was strict, so they hold nothing that the fields do not.
func (x *exchange) tap(end wire.End) {
	s := x.c.s
	if s.Tap == nil {
		return
	}
	r := &x.record
	r.Conn = x.c.facts
	if b := x.body; b != nil {
		r.Request.Content = wire.Content{Length: b.wire.Total(), Data: b.kept, Complete: b.wire.Done()}
		r.Request.Trailers = b.wire.Trailers
	} else {
		r.Request.Content.Complete = true
	}
	if r.Final = x.final; r.Final != nil {
		r.Final.Content = wire.Content{Complete: end != wire.EndCut}
		if mayHaveContent(r.Request.Method, x.code) {
			r.Final.Content.Length, r.Final.Content.Data = x.written, x.kept
		}
	}
	r.End = end
	r.Seen = wire.ShowsAll &^ wire.ShowsOctets
	r.Took = time.Since(r.Started)
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

// secrets are the fields whose values never leave the connection.
var secrets = []string{
	"authorization", "proxy-authorization", "cookie", "set-cookie",
	"authentication-info", "proxy-authentication-info",
}

func redact(fields wire.Fields) {
	for i := range fields {
		// Lengths 6 to 25 with these initials: most fields are passed by one look.
		if name := fields[i].Name; len(name) >= 6 && strings.IndexByte("aApPcCsS", name[0]) >= 0 &&
			slices.Contains(secrets, strings.ToLower(name)) {
			fields[i].Value, fields[i].Redacted = "", true
		}
	}
}
