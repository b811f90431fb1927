package origin

import (
	"encoding/xml"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// A question is what PROPFIND asks about each resource (RFC 4918 §9.1, §14.20).
type question struct {
	named     []xml.Name // these properties; nil: all that RFC 4918 defines, and dead ones
	include   []xml.Name // and these
	namesOnly bool       // their names, not their values
}

// readPropfind reads the question. No content asks for all properties.
func readPropfind(root *element) (*question, error) {
	if root == nil {
		return &question{}, nil
	}
	if root.name != (xml.Name{Space: dav, Local: "propfind"}) {
		return nil, cannot(root.name.Local, "PROPFIND needs DAV:propfind", "PROPFIND 需要 DAV:propfind")
	}
	prop, all, names := root.children("prop"), root.children("allprop"), root.children("propname")
	if len(prop)+len(all)+len(names) != 1 {
		return nil, cannot("propfind", "it holds one of prop, allprop and propname", "裡面要有 prop、allprop、propname 其中一個")
	}
	q := &question{namesOnly: len(names) == 1}
	if len(prop) == 1 {
		q.named = namesOf(prop[0])
	}
	for _, include := range root.children("include") {
		q.include = append(q.include, namesOf(include)...)
	}
	return q, nil
}

func namesOf(e *element) []xml.Name {
	names := []xml.Name{}
	for _, kid := range e.elements() {
		names = append(names, kid.name)
	}
	return names
}

// Bounds of a listing: bindings can make a small world a large one, and much can
// be asked of each resource.
const (
	mostResponses = 10_000
	mostListing   = 8 << 20 // octets
)

// propfind is PROPFIND (RFC 4918 §9.1).
func (d *decision) propfind() error {
	v, err := d.space()
	if err != nil {
		return err
	}
	rel, _ := v.rel(d.r.URL.Path)
	at := v.at(rel)
	l := listing{v: v, question: d.question, depth: d.depth, aware: d.bindAware(), reported: map[string]bool{}}
	if err := l.add(at.rel, at.id, 0); err != nil {
		return err
	}
	if v.doc.isCollection(at.id) && !at.slash {
		// RFC 4918 §5.2: the URI that the collection should have been asked by.
		d.w.Header().Set("Content-Location", v.href(at.rel, true))
	}
	return l.m.send(d)
}

// bindAware reports whether the client knows 208: it says so in DAV (RFC 5842
// §8.2).
func (d *decision) bindAware() bool {
	for _, value := range d.r.Header["Dav"] {
		for member := range wire.Members(value) {
			if member == "bind" {
				return true
			}
		}
	}
	return false
}

// A listing is the answer to a PROPFIND as it grows.
type listing struct {
	v        *View
	question *question
	depth    int
	aware    bool            // of 208
	reported map[string]bool // collections whose members are in it, by id
	m        multistatus
}

// add reports a resource and, as far as the depth goes, its members.
func (l *listing) add(rel, id string, level int) error {
	if l.m.n == mostResponses || l.m.b.Len() > mostListing {
		return withCondition(&wire.Refusal{
			Status: 403, Gate: 15, Reason: "listing-too-long", Spec: "RFC 4918 §9.1.1",
			Detail: lang.Text{
				En:   "The listing would have more than 10000 entries, or 8 MiB. Ask with Depth: 1, collection by collection, or for less of each.",
				ZhTW: "清單會超過 10000 筆或 8 MiB。請改用 Depth: 1，一個集合一個集合地問，或少問幾個屬性。"},
		}, "propfind-finite-depth")
	}
	collection := l.v.doc.isCollection(id)
	again := collection && l.depth == depthInfinity && l.reported[id]
	code := status.Code(found)
	if again && l.aware {
		// RFC 5842 §7.1: the members of a collection are listed once; at its other
		// bindings stands 208.
		code = alreadyReported
	}
	l.m.properties(l.v.href(rel, collection), l.v.answer(l.question, rel, id, code)...)
	if !collection || code == alreadyReported || l.depth == depthZero || l.depth == depthOne && level == 1 {
		return nil
	}
	l.reported[id] = true
	for _, m := range l.v.doc.members(id) {
		if err := l.add(strings.TrimSuffix(rel, "/")+"/"+m.segment, m.id, level+1); err != nil {
			return err
		}
	}
	return nil
}

const (
	found           = 200
	alreadyReported = 208
)

// endless is the part of gate 12 for PROPFIND: a listing of all depths that would
// not end is refused, unless the client knows 208 (RFC 5842 §7.1). It is known
// before conditions are judged, and so wins over them (RFC 9110 §13.2.1).
func (d *decision) endless() error {
	if d.r.Method != propfind || d.depth != depthInfinity || d.bindAware() {
		return nil
	}
	v, err := d.space()
	if err != nil {
		return err
	}
	rel, _ := v.rel(d.r.URL.Path)
	at := v.at(rel)
	if back, loops := v.loop(at.rel, at.id, map[string]bool{}); loops {
		return loopDetected(v.href(back, true))
	}
	return nil
}

// loop looks for a binding that leads back to a collection above it. What was
// walked through already is in seen, true as long as it is above.
func (v *View) loop(rel, id string, seen map[string]bool) (back string, loops bool) {
	above, known := seen[id]
	if known || !v.doc.isCollection(id) {
		return rel, above
	}
	seen[id] = true
	for _, m := range v.doc.members(id) {
		if back, loops = v.loop(rel+"/"+m.segment, m.id, seen); loops {
			return back, true
		}
	}
	seen[id] = false
	return "", false
}

// loopDetected: RFC 5842 §7.2, the members of the collection would go on for
// ever, and the client has not said that it understands 208.
func loopDetected(href string) *wire.Refusal {
	return &wire.Refusal{
		Status: 508, Gate: 12, Reason: "binding-loop", Spec: "RFC 5842 §7.2",
		Detail: lang.Text{
			En:   href + " leads back to a collection above it, so that a listing of all depths has no end. Ask with Depth: 1, or say DAV: bind and expect 208.",
			ZhTW: href + " 會繞回上層的集合，列出所有深度將沒有盡頭。請改用 Depth: 1，或送出 DAV: bind 並準備接收 208。"},
	}
}
