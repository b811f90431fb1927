package origin

import (
	"slices"
	"strings"
	"time"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// A lockDoc is a write lock (RFC 4918 §6, §7).
type lockDoc struct {
	Token    string    `json:"token"`
	Rel      string    `json:"rel"` // its root: the path through which it was taken (RFC 5842 §9)
	ID       string    `json:"id"`  // the resource that is locked directly
	Infinite bool      `json:"infinite,omitempty"`
	Shared   bool      `json:"shared,omitempty"`
	Owner    string    `json:"owner,omitempty"` // as the client wrote it, XML
	Until    time.Time `json:"until"`
}

// locks returns the locks that are in force.
func (v *View) locks() []*lockDoc {
	var live []*lockDoc
	for _, l := range v.doc.Locks {
		if v.now.Before(l.Until) {
			live = append(live, l)
		}
	}
	return live
}

// scope returns the resources that the lock protects, by id.
func (v *View) scope(l *lockDoc) map[string]bool {
	if !l.Infinite {
		return map[string]bool{l.ID: true}
	}
	if known := v.scopes[l.Token]; known != nil {
		return known
	}
	scope := v.doc.within(l.ID)
	if v.scopes != nil {
		v.scopes[l.Token] = scope
	}
	return scope
}

// covering returns the locks in whose scope the resource is.
func (v *View) covering(id string) []*lockDoc {
	return slices.DeleteFunc(v.locks(), func(l *lockDoc) bool { return !v.scope(l)[id] })
}

// through reports whether the way to the lock's root leads over the binding.
func (v *View) through(l *lockDoc, key string) bool {
	at := v.w.rootOf(l.Rel)
	for segment := range strings.SplitSeq(strings.TrimPrefix(l.Rel, at+"/"), "/") {
		step := at + "/" + segment
		if step == key {
			return true
		}
		at = v.doc.bound(step)
	}
	return false
}

// A need is what a method is about to change, for which it needs the tokens of
// locks (RFC 4918 §7, RFC 5842 §9).
type need struct {
	writes []string // resources, by id: their content, properties or bindings
	cuts   []string // bindings that will not lead to what they do
	inner  []string // members of what is written over, by id
}

// A lockedSpot is a lock that stands against a method.
type lockedSpot struct {
	lock  *lockDoc
	href  string // of what is locked
	inner bool   // that is a member of what the request is about
}

// need says what the method is about to change in the world.
func (d *decision) need(v *View) need {
	rel, _ := v.rel(d.r.URL.Path)
	at := v.at(rel)
	its := at.id
	if its == "" {
		its = at.parent // what is made is a change of its collection
	}
	switch d.r.Method {
	case "PUT", "PATCH", proppatch, mkcol:
		return need{writes: []string{its}}
	case lock:
		if at.id == "" {
			return need{writes: []string{at.parent}}
		}
	case bind, unbind, rebind:
		return need{writes: []string{at.id}}
	case "DELETE":
		return need{writes: []string{at.parent}, cuts: []string{at.key}}
	case copying:
		return d.needOfDestination(v, need{})
	case move:
		return d.needOfDestination(v, need{writes: []string{at.parent}, cuts: []string{at.key}})
	}
	return need{}
}

// needOfDestination adds what COPY and MOVE change where they lead to. A COPY
// writes into what is there, a MOVE puts another resource in its place.
func (d *decision) needOfDestination(v *View, n need) need {
	to := v.at(d.dest.rel)
	switch {
	case to.id == "":
		n.writes = append(n.writes, to.parent)
	case d.r.Method == move:
		n.writes, n.cuts = append(n.writes, to.parent), append(n.cuts, to.key)
	default:
		n.writes = append(n.writes, to.id)
		for id := range v.doc.within(to.id) {
			if id != to.id {
				n.inner = append(n.inner, id)
			}
		}
		slices.Sort(n.inner)
	}
	return n
}

// standing returns the locks that stand against the request: those of whose
// tokens none was submitted.
func (d *decision) standing(v *View) []lockedSpot {
	if !d.authored() || d.safe() {
		return nil
	}
	return v.standing(d.need(v), d.ifs)
}

func (v *View) standing(n need, submitted *ifHeader) []lockedSpot {
	if len(v.doc.Locks) == 0 {
		return nil
	}
	scopes := map[*lockDoc]map[string]bool{}
	for _, l := range v.locks() {
		scopes[l] = v.scope(l)
	}
	covering := func(id string) []*lockDoc {
		return slices.DeleteFunc(v.locks(), func(l *lockDoc) bool { return !scopes[l][id] })
	}
	var against []lockedSpot
	add := func(locks []*lockDoc, inner func(*lockDoc) bool) {
		// RFC 4918 §6.2: of shared locks on one resource one token is enough.
		if slices.ContainsFunc(locks, func(l *lockDoc) bool { return submitted.has(l.Token) }) {
			return
		}
		for _, l := range locks {
			if !slices.ContainsFunc(against, func(s lockedSpot) bool { return s.lock == l }) {
				against = append(against, lockedSpot{l, v.href(l.Rel, v.doc.isCollection(l.ID)), inner(l)})
			}
		}
	}
	for _, id := range n.writes {
		add(covering(id), func(*lockDoc) bool { return false })
	}
	for _, key := range n.cuts {
		byResource := map[string][]*lockDoc{}
		for _, l := range v.locks() {
			if v.through(l, key) {
				byResource[l.ID] = append(byResource[l.ID], l)
			}
		}
		for _, locks := range byResource {
			add(locks, func(l *lockDoc) bool { return v.at(l.Rel).key != key })
		}
	}
	for _, id := range n.inner {
		add(covering(id), func(*lockDoc) bool { return true })
	}
	slices.SortFunc(against, func(a, b lockedSpot) int { return strings.Compare(a.href, b.href) })
	return against
}

// outer returns those that stand against the request as a whole, not against a
// part of what it is about.
func outer(against []lockedSpot) []lockedSpot {
	return slices.DeleteFunc(slices.Clone(against), func(s lockedSpot) bool { return s.inner })
}

// locked: RFC 4918 §11.3. The content names the root of each lock (§16).
func locked(gate int, against []lockedSpot) *wire.Refusal {
	return &wire.Refusal{
		Status: 423, Gate: gate, Reason: "locked", Spec: "RFC 4918 §11.3",
		Detail: lang.Text{
			En:   "A lock protects this: the one on " + against[0].href + ". Submit its token in If, or wait until it is over.",
			ZhTW: "有鎖保護著它：" + against[0].href + " 上的那個。請在 If 提交它的權杖，或等到鎖結束。"},
		Condition: condition("lock-token-submitted", hrefs(against)...),
	}
}

func hrefs(against []lockedSpot) []string {
	var all []string
	for _, s := range against {
		all = append(all, s.href)
	}
	return all
}
