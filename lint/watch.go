package lint

import (
	"net"
	"strings"
	"sync"

	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// A Watch judges exchanges in the order in which they happened, and holds each
// against those before it: a 304 against the 200 that it revalidates, a client
// against the Retry-After that it was given. [Checker.Watch] makes one.
//
// What it remembers is bounded by its [Memory]: digests, no contents and no
// credentials, of the resources, clients and origins seen last. What it has
// forgotten it concludes nothing from.
//
// One recording is one Watch; exchange N of the recording is the Nth that it is
// given, and [Finding.Earlier] speaks of it by that number. Several goroutines
// may use one Watch: each exchange is then judged where its turn comes.
type Watch struct {
	checker *Checker

	mu        sync.Mutex
	number    int // exchanges so far
	resources shelf
	clients   shelf
	origins   shelf
	key       []byte
	copier    copier
}

// A Memory says how much a [Watch] remembers. Zero stands for the default, which
// is good for some ten thousand exchanges. Whatever is asked for and whatever
// crosses the wire, it stays below 64 MB.
type Memory struct {
	Resources int // target URIs, 12 exchanges each; 2048
	Clients   int // the last 32 exchanges of each; 256
	Origins   int // one exchange for each method and code, 32 at most; 256
}

// Watch returns a Watch with the Checker's rules.
func (c *Checker) Watch(m Memory) *Watch {
	return &Watch{
		checker:   c,
		resources: newShelf(m.Resources, 2048, 12, 24<<20),
		clients:   newShelf(m.Clients, 256, 32, 16<<20),
		origins:   newShelf(m.Origins, 256, 32, 16<<20),
	}
}

// outsized reports whether the exchange is too large to be remembered: some
// targets have a whole page in them, and nobody asks for those twice.
func outsized(x *wire.Exchange) bool {
	q := &x.Request
	n := len(q.Method) + len(q.Scheme) + len(q.Authority) + len(q.Target) + len(x.Conn.Peer)
	for v := range q.Fields.Values("User-Agent") {
		n += len(v)
	}
	return n > 8<<10 || len(q.Fields)+len(x.Answer().Fields) > 500
}

// Check judges the exchange by all rules, those over several exchanges among
// them, and remembers it.
func (w *Watch) Check(x *wire.Exchange) Result {
	r := reports.Get().(*Report)
	defer reports.Put(r)
	w.checker.alone.judge(r, nil, x)
	w.follow(r, x)
	result := r.result
	*r = Report{}
	return result
}

func (w *Watch) follow(r *Report, x *wire.Exchange) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.number++
	if x.Described != nil {
		return // nothing that happened
	}
	if outsized(x) {
		return
	}
	w.key = appendURI(w.key[:0], &x.Request)
	resource := w.resources.at(w.key)
	origin := w.origins.at(w.key[:originEnd(w.key)])
	if origin.changed == 0 {
		origin.changed = w.number
	}
	w.key = appendClient(w.key[:0], x)
	client := w.clients.at(w.key)

	h := History{Resource: resource.pasts, Client: client.pasts, Origin: origin.pasts, URI: resource.key, client: client.key, changed: origin.changed}
	w.checker.following.judge(r, &h, x)

	p := w.copier.remember(x)
	p.Number, p.URI, p.client = w.number, resource.key, client.key
	w.resources.put(resource, p, sameAnswer)
	w.origins.put(origin, p, sameOutcome)
	w.clients.put(client, p, nil)
	if !safe(p.Request.Method) && p.Answer().Status.Class() != status.ClientError {
		origin.changed = p.Number
	}
}

// sameAnswer tells which exchange of a resource a later one replaces: with the
// same request credentials, an answer with the same code and entity tag.
func sameAnswer(a, b *Past) bool {
	return sameOutcome(a, b) && a.Credentials == b.Credentials && a.ETag() == b.ETag()
}

func sameOutcome(a, b *Past) bool {
	return a.Request.Method == b.Request.Method && a.Answer().Status == b.Answer().Status
}

// appendClient writes down whom the request comes from, as far as exchanges
// tell: the address without its port, and the program. A recording without
// addresses is taken for one client's.
func appendClient(b []byte, x *wire.Exchange) []byte {
	host, _, err := net.SplitHostPort(x.Conn.Peer)
	if err != nil {
		host = x.Conn.Peer
	}
	b = append(b, host...)
	b = append(b, ' ')
	for v := range x.Request.Fields.Values("User-Agent") {
		b = append(b, v...)
	}
	return b
}

// appendURI writes the target URI in a form in which equal ones are equal octet
// by octet: lower-case scheme and authority, no default port, no fragment. A
// scheme that the recording does not know is left out.
func appendURI(b []byte, q *wire.Request) []byte {
	scheme, authority, target := q.Scheme, q.Authority, q.Target
	if s, rest, ok := strings.Cut(target, "://"); ok && isToken(s) {
		end := strings.IndexAny(rest, "/?#")
		if end < 0 {
			end = len(rest)
		}
		scheme, authority, target = s, rest[:end], rest[end:]
	}
	target, _, _ = strings.Cut(target, "#")
	if q.Method == "CONNECT" {
		scheme, authority, target = "", q.Target, ""
	}
	if scheme != "" {
		b = append(appendLower(b, scheme), ':')
	}
	b = append(b, "//"...)
	if scheme == "" || strings.EqualFold(scheme, "http") {
		authority = strings.TrimSuffix(authority, ":80")
	}
	if scheme == "" || strings.EqualFold(scheme, "https") {
		authority = strings.TrimSuffix(authority, ":443")
	}
	b = appendLower(b, authority)
	if !strings.HasPrefix(target, "/") {
		b = append(b, '/')
	}
	return append(b, target...)
}

func appendLower(b []byte, s string) []byte {
	for i := range len(s) {
		b = append(b, lower(s[i]))
	}
	return b
}

// originEnd returns where the origin ends in a URI of appendURI.
func originEnd(uri []byte) int {
	slashes := 0
	for i, c := range uri {
		if c == '/' {
			if slashes++; slashes == 3 {
				return i
			}
		}
	}
	return len(uri)
}
