package stage

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/statute-http/statute/origin"
)

// plan is what a fresh world of the lab is like: the same in everybody's.
type plan struct {
	since    time.Time // when the fixed resources were last modified
	kitchens *kitchens
	tokens   *tokens
	till     *till
}

// What resources of the lab allow.
var (
	readable = []string{http.MethodGet, http.MethodHead, http.MethodOptions}
	writable = []string{http.MethodGet, http.MethodHead, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions}
	taking   = []string{http.MethodPost, http.MethodOptions}
)

// depotContent is how many octets a document of the lab may have.
const depotContent = 1 << 20

// At returns the node at a path of a fresh world.
func (p *plan) At(w *origin.World, rel string) *origin.Node {
	parts := strings.Split(strings.TrimPrefix(rel, "/"), "/")
	switch parts[0] {
	case "page":
		return p.only(parts, p.fixed("text/html; charset=utf-8", pageText))
	case "book":
		return p.only(parts, p.book())
	case "hints.css":
		return p.only(parts, p.fixed("text/css; charset=utf-8", "p { font-family: serif; color: #4a2c0a; }\n"))
	case "till":
		n := p.fixed("text/plain; charset=utf-8", "an empty till\n")
		n.Policy = origin.Policy{Allow: []string{http.MethodPut, http.MethodOptions}, NeedsLength: true, Most: depotContent}
		return p.only(parts, n)
	case "cellar":
		return p.cellar(parts)
	case "tokens":
		return p.only(parts, p.counter())
	case "premium":
		return p.premium(parts)
	case "purses":
		return p.purses(w, parts)
	case "ledger":
		return p.only(parts, p.ledger(w))
	case "banned":
		return p.banned(parts)
	case "depot":
		return p.document(parts, origin.Policy{Keeps: true})
	case "ferry":
		return p.document(parts, origin.Policy{Bandwidth: ferryRate})
	case "recipes":
		return p.document(parts, origin.Policy{Guarded: true})
	case "promotions":
		return p.document(parts, origin.Policy{Leaves: true})
	case "limited":
		return p.only(parts, p.fixed("text/plain; charset=utf-8", "One more cup.\n"))
	case "kitchen":
		return p.kitchen(w, parts)
	case "pantry":
		return p.pantry(w, parts)
	case "orders":
		return p.orders(w, parts)
	case "tally":
		return p.tally(w, parts)
	case "moves":
		return p.only(parts, p.moves(w))
	case "jobs":
		return p.jobs(w, parts)
	case "variants":
		return p.only(parts, p.variants(w))
	case "misconfigured":
		return p.only(parts, p.misconfigured(w))
	case "pots":
		return p.pots(w, rel)
	}
	return p.menu(w, rel)
}

// book is a document whose lines can be asked for: QUERY with line=3. It also
// gives TRACE back.
func (p *plan) book() *origin.Node {
	n := p.fixed("text/plain; charset=utf-8", bookText)
	n.Allow = []string{http.MethodGet, http.MethodHead, "QUERY", http.MethodOptions, http.MethodTrace}
	n.Queries = []string{"application/x-www-form-urlencoded"}
	n.Ask = func(_ context.Context, content []byte) (*origin.Look, *origin.Invalid, error) {
		form, err := url.ParseQuery(string(content))
		if err != nil {
			return nil, &origin.Invalid{Malformed: true, Why: err.Error(), WhyZhTW: "不是表單格式"}, nil
		}
		line, err := strconv.Atoi(form.Get("line"))
		if err != nil || line < 0 || line >= bookLines {
			return nil, &origin.Invalid{Member: "line", Why: "0 to 63", WhyZhTW: "0 到 63"}, nil
		}
		return &origin.Look{Type: "text/plain; charset=utf-8", Content: []byte(bookText[line*32 : line*32+32])}, nil, nil
	}
	return n
}

const bookLines = 64

// nothing is a path at which there is nothing and nothing can be made.
func nothing() *origin.Node { return &origin.Node{} }

// only returns the node for a path of one part, nothing for what is below it.
func (p *plan) only(parts []string, n *origin.Node) *origin.Node {
	if len(parts) == 1 {
		return n
	}
	return nothing()
}

// fixed is a document that is part of the program.
func (p *plan) fixed(mediaType, text string) *origin.Node {
	blob := origin.Fixed(text)
	return &origin.Node{
		Policy:   origin.Policy{Allow: readable},
		Variants: []origin.Variant{{Type: mediaType, Tag: blob.Tag(), Modified: p.since, Blob: blob}},
	}
}

// ferryRate is the bandwidth of the ferry, as its pages declare it: copies to and
// from it are made no faster.
const ferryRate = 64 << 10

// document is a place for a document in a collection, or in one below it that
// authors have made.
func (p *plan) document(parts []string, policy origin.Policy) *origin.Node {
	policy.Root = "/" + parts[0]
	policy.Allow, policy.Most = writable, depotContent
	policy.Patches = []string{origin.MergePatch, origin.JSONPatch}
	return &origin.Node{Policy: policy}
}

const pageText = `<!doctype html>
<html lang="zh-TW">
<title>Statute lab</title>
<p>這一頁一直都在。
<p lang="en">This page is always here.
</html>
`

// bookText is 2048 octets, in numbered lines of 32, so that a reader sees which
// part came.
var bookText = func() string {
	var b strings.Builder
	for line := range bookLines {
		fmt.Fprintf(&b, "%04d: %-25s\n", line*32, "tea is drunk slowly")
	}
	return b.String()
}()
