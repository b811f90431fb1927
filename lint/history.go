package lint

import (
	"hash/maphash"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/statute-http/statute/wire"
)

// A History is what a rule over several exchanges is given beside the one that
// it judges: what is remembered of those before, the newest first.
type History struct {
	Resource []*Past // with the same target URI: the newest of each method, code, entity tag and credentials
	Client   []*Past // of the same client, whatever the target
	Origin   []*Past // of the same origin: the newest of each method and code

	URI string // the target, in the form of [Past.URI]

	client  string
	changed int // number of the exchange that last changed something
}

// Same reports whether the earlier exchange was the same client's.
func (h *History) Same(p *Past) bool { return p.client == h.client }

// Changed reports whether, since the earlier exchange, a request that may change
// things was not refused by the same origin: what was true then need not be now.
// What was forgotten of the origin may have changed things.
func (h *History) Changed(since *Past) bool {
	return h.changed > since.Number
}

// A Past is an earlier exchange as far as it is remembered. Of the fields there
// are only those that [RememberedOfRequest] and [RememberedOfAnswer] list, so a
// rule must not ask for another; a value above 1 kB is left out as if it were
// redacted. Contents and interim answers are gone.
type Past struct {
	wire.Exchange
	Number int    // its place among the exchanges of the Watch, from 1
	URI    string // the target; without scheme if the recording does not know it

	// Digests, to be compared with one another and with [Digest] of a value; zero
	// where there was none, or none that may be read.
	Credentials uint64 // of Authorization
	Cookie      uint64 // of Cookie
	ForProxy    uint64 // of Proxy-Authorization
	Sent, Got   uint64 // of the contents, where they were kept as a whole

	client    string
	size      int           // octets that it takes, about
	anonymous bool          // known to have no Authorization
	answer    wire.Response // where Final points
}

// RememberedOfRequest and RememberedOfAnswer name the fields of a [Past].
var (
	RememberedOfRequest = []string{
		"Accept", "Accept-Encoding", "Accept-Language", "Cache-Control", "Content-Type", "Early-Data", "Expect",
		"If", "If-Match", "If-Modified-Since", "If-None-Match", "If-Range", "If-Unmodified-Since", "Origin", "Range",
	}
	RememberedOfAnswer = []string{
		"Accept-Ranges", "Age", "Allow", "Cache-Control", "Cache-Status", "Content-Encoding", "Content-Language",
		"Content-Length", "Content-Location", "Content-Range", "Content-Type", "Date", "ETag", "Expires",
		"Last-Modified", "Location", "Retry-After", "Sunset", "Transfer-Encoding", "Vary", "Via", "WWW-Authenticate",
	}
)

var seed = maphash.MakeSeed()

// Digest returns what stands for a value that must not be kept: for the life of
// the process, equal values have equal digests. That of the empty value is zero.
func Digest[T string | []byte](v T) uint64 {
	if len(v) == 0 {
		return 0
	}
	return maphash.String(seed, string(v)) | 1
}

// credential returns the digest of a request field that is never kept; zero
// where it is absent, hidden or redacted.
func credential(q *wire.Request, name string) uint64 {
	if hidden(&q.Message, name) {
		return 0
	}
	return Digest(q.Fields.Get(name))
}

// A copier makes Pasts. It copies all that a Past holds into one string and one
// slice, so that nothing of the exchange itself is held on to.
type copier struct {
	kept wire.Fields // of the request, then of the answer; values still the exchange's
	text strings.Builder
}

func (c *copier) remember(x *wire.Exchange) *Past {
	q := &x.Request
	c.kept = c.kept[:0]
	c.choose(q.Fields, RememberedOfRequest)
	asked := len(c.kept)
	if x.Final != nil {
		c.choose(x.Final.Fields, RememberedOfAnswer)
	}
	size := len(q.Method) + len(q.Target) + len(q.Scheme) + len(q.Authority) + len(x.Conn.Peer)
	for i := range c.kept {
		size += len(c.kept[i].Value)
	}
	c.text = strings.Builder{}
	c.text.Grow(size)
	fields := slices.Clone(c.kept)
	for i := range fields {
		fields[i].Value = c.keep(fields[i].Value)
	}

	p := &Past{size: 800 + c.text.Cap() + 48*len(fields)}
	p.Conn = wire.Conn{Protocol: x.Conn.Protocol, EarlyData: x.Conn.EarlyData, Peer: c.keep(x.Conn.Peer), Number: x.Conn.Number}
	p.End, p.Seen, p.Started, p.Took = x.End, x.Seen, x.Started, x.Took
	p.Request = wire.Request{
		Message:   trimmed(&q.Message, fields[:asked:asked]),
		Method:    c.keep(q.Method),
		Target:    c.keep(q.Target),
		Scheme:    c.keep(q.Scheme),
		Authority: c.keep(q.Authority),
	}
	p.Credentials, p.Cookie = credential(q, "Authorization"), credential(q, "Cookie")
	p.anonymous = q.Has("Authorization") == wire.Absent
	p.ForProxy = credential(q, "Proxy-Authorization")
	if q.Content.Whole() {
		p.Sent = Digest(q.Content.Data)
	}
	if x.Final != nil {
		p.answer = wire.Response{Message: trimmed(&x.Final.Message, fields[asked:]), Status: x.Final.Status}
		p.Final = &p.answer
		if x.Final.Content.Whole() {
			p.Got = Digest(x.Final.Content.Data)
		}
	}
	return p
}

// choose takes down the fields that the list names; the value of one that is
// too long is withheld.
func (c *copier) choose(fields wire.Fields, names []string) {
	for i := range fields {
		f := &fields[i]
		name := listed(names, f.Name)
		switch {
		case name == "":
		case f.Redacted || len(f.Value) > 1<<10:
			c.kept = append(c.kept, wire.Field{Name: name, Redacted: true})
		default:
			c.kept = append(c.kept, wire.Field{Name: name, Value: f.Value})
		}
	}
}

func (c *copier) keep(s string) string {
	at := c.text.Len()
	c.text.WriteString(s)
	return c.text.String()[at:]
}

func trimmed(m *wire.Message, fields wire.Fields) wire.Message {
	t := wire.Message{Version: m.Version, Fields: fields, Framing: m.Framing, Content: m.Content, Hidden: slices.Clone(m.Hidden)}
	t.Content.Data = nil
	return t
}

// listed returns the name as the list writes it; the empty string if it does
// not.
func listed(names []string, name string) string {
	for _, n := range names {
		if len(n) == len(name) && strings.EqualFold(n, name) {
			return n
		}
	}
	return ""
}

// ETag returns the entity tag of the answer; empty if it has none that may be
// read.
func (p *Past) ETag() string {
	if p.Final == nil || hidden(&p.Final.Message, "ETag") {
		return ""
	}
	return p.Final.Fields.Get("ETag")
}

// Alike reports whether x comes with what the earlier request came with to say
// who asks: the same credentials and the same cookies, or none. False where the
// recording withholds them.
func (p *Past) Alike(x *wire.Exchange) bool {
	q := &x.Request
	for _, name := range []string{"Authorization", "Cookie"} {
		if hidden(&q.Message, name) || q.Fields.Has(name) && q.Fields.Get(name) == "" {
			return false
		}
	}
	return p.Credentials == credential(q, "Authorization") && p.Cookie == credential(q, "Cookie")
}

// Before reports whether the whole answer was there before x began. Where a
// recording has no times, the order in which it gives its exchanges says so.
func (p *Past) Before(x *wire.Exchange) bool {
	since, known := p.Elapsed(x)
	return !known || since >= 0
}

// Elapsed returns how long after the end of the earlier answer x began; false if
// the recording does not tell. Two beginnings that are equal to the last digit are
// a recorder's that did not look at its clock.
func (p *Past) Elapsed(x *wire.Exchange) (time.Duration, bool) {
	if !p.Shows(wire.ShowsTimes) || !x.Shows(wire.ShowsTimes) || p.Started.IsZero() || x.Started.IsZero() || p.Started.Equal(x.Started) {
		return 0, false
	}
	return x.Started.Sub(p.Started.Add(p.Took)), true
}

// moment is a time so short that nobody unseen is held to have changed anything
// within it.
const moment = 2 * time.Second

// JustBefore reports whether the recording tells that x began within a moment
// after the earlier answer.
func (p *Past) JustBefore(x *wire.Exchange) bool {
	since, known := p.Elapsed(x)
	return known && since >= 0 && since <= moment
}

// Next returns the URI that the Location of a redirect leads to, in the form of
// [Past.URI]; empty if the earlier answer was no redirect that can be followed.
func (p *Past) Next() string {
	if p.Final == nil || p.Final.Fields.Count("Location") != 1 || hidden(&p.Final.Message, "Location") {
		return ""
	}
	switch p.Final.Status {
	case 301, 302, 303, 307, 308:
	default:
		return ""
	}
	return p.resolve(p.Final.Fields.Get("Location"))
}

// resolve returns what a reference in the earlier answer leads to, in the form
// of [Past.URI]; empty if it cannot be read.
func (p *Past) resolve(reference string) string {
	next, err := url.Parse(reference)
	if err != nil || reference == "" {
		return ""
	}
	own, err := url.Parse(p.URI)
	if err != nil {
		return ""
	}
	u := own.ResolveReference(next)
	q := wire.Request{Scheme: u.Scheme, Authority: u.Host, Target: u.RequestURI()}
	return string(appendURI(nil, &q))
}

// LeadsTo reports whether the earlier answer was a redirect to the target of x.
// Where the recording knows no schemes, they are not compared.
func (p *Past) LeadsTo(x *wire.Exchange) bool {
	next := p.Next()
	if next == "" {
		return false
	}
	here := string(appendURI(nil, &x.Request))
	if strings.HasPrefix(here, "//") {
		next = next[strings.Index(next, "//"):]
	}
	return next == here
}
