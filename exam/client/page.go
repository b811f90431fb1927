package client

import (
	_ "embed"
	"strconv"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/wire"
)

// Browsers let a page see only what comes from its own origin. So an origin has
// a page of its own for them, in which the orders about it are carried out: what
// the page fetches there is as visible as the Fetch standard allows, and no
// octet of a scripted answer has to be changed for it. Where a redirect leads to
// another of the trial's origins, that one answers preflights and says in
// answers that are in order (not in those that are scripted octet by octet) that
// the page may read them: so what is seen is what the browser makes of the
// redirect, not that the page may not look.

// page is the path of that page, within the trial.
const page = "/page"

// PageHTML is that page.
//
//go:embed page.html
var PageHTML string

// PageCan says what a page can be asked to do: what the script of the pages has
// words for.
func PageCan() map[exam.Capability]bool {
	can := map[exam.Capability]bool{}
	for _, c := range needs(Gets, Follows, Sends, Fields, Reuses, Reports, Shows, ShowsHead, Fails, Heads, Cookies, Caches, Sockets, Navigates, Fetching, ParsesJSON) {
		can[c] = true
	}
	return can
}

// isPaged reports whether a subject is a page in a browser.
func isPaged(s Subject) bool {
	p, ok := s.(interface{ Paged() bool })
	return ok && p.Paged()
}

// aside answers what a browser asks for besides the orders: the page, and
// preflights. They are not the subject's doings, so nobody is told of them, and
// they have a connection of their own: it is closed behind them.
func (o *Origin) aside(q *wire.Request, w way) bool {
	if !o.s.paged {
		return false
	}
	switch {
	case q.Method == "GET" && q.Target == "/"+o.s.trial.Nonce+page:
		fields := wire.Fields{{Name: "Content-Type", Value: "text/html; charset=utf-8"}, {Name: "Cache-Control", Value: "no-store"},
			{Name: "Content-Length", Value: strconv.Itoa(len(PageHTML))}}
		if w.head(200, o.closing(fields), false) == nil {
			w.data(PageHTML, true)
		}
	case q.Method == "OPTIONS" && q.Fields.Has("Access-Control-Request-Method"):
		allowed := append(openTo(q), wire.Field{Name: "Access-Control-Allow-Methods", Value: q.Fields.Get("Access-Control-Request-Method")})
		if asked := q.Fields.Get("Access-Control-Request-Headers"); asked != "" {
			allowed = append(allowed, wire.Field{Name: "Access-Control-Allow-Headers", Value: asked})
		}
		w.head(204, o.closing(allowed), true)
	default:
		return false
	}
	w.close()
	return true
}

// closing adds what announces the end of the connection, where there is such a
// field (RFC 9113 §8.2.2).
func (o *Origin) closing(fields wire.Fields) wire.Fields {
	if o.place.Over == wire.H1 {
		fields = append(fields, wire.Field{Name: "Connection", Value: "close"})
	}
	return fields
}

// openTo lets the page of the origin that asks read the answer; nothing where
// nobody of another origin asks.
func openTo(q *wire.Request) wire.Fields {
	from := q.Fields.Get("Origin")
	if from == "" {
		return nil
	}
	return wire.Fields{{Name: "Access-Control-Allow-Origin", Value: from}, {Name: "Access-Control-Expose-Headers", Value: "*"}}
}
