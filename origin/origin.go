// Package origin is the reference origin server: an ordered decision over
// resources. Whatever request comes, the same questions are put to it in the
// same order ([Order]), each in a function of its own, and the first that has an
// answer decides. Every refusal names its gate, its reason and the section that
// asks for it.
//
// The order is what the specifications leave open and every server has to
// settle: whether a request that is too large, for a resource that is locked,
// by somebody who may not, gets 413, 423 or 403. Where they do rule, the order
// obeys: RFC 9110 §13.2.1 puts conditions after all that can be known before the
// content is read, §13.2.2 puts the conditions among themselves.
//
// The resources are a [Tree]: nodes with representations, forwarding records,
// tombstones and policies. A change rests on the version of the node that was
// decided upon; if somebody was faster, the decision is taken again, so that of
// two conditional writers one wins and the other is told.
//
// A tree that is a [Space] too has collections, which authors make, bind, copy,
// move and lock (RFC 4918, RFC 5842): the same questions in the same order, and
// locks and missing collections are asked about at the same gate. Whatever such
// a method does is one change of the world, made if all that was decided still
// holds at that moment.
//
// A Handler mounts a tree as an [net/http.Handler]:
//
//	http.Handle("/docs/", &origin.Handler{Tree: tree})
package origin

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// A Handler answers requests for the resources of a tree.
type Handler struct {
	Tree       Tree
	House      House            // nil: always open
	Users      Limiter          // nil: nobody is limited
	Permission Permission       // nil: everybody may do everything
	Cashier    Cashier          // nil: nothing costs anything
	Lang       lang.Tag         // of refusals to requests that state no preference
	Most       int64            // octets of request content where a resource sets no limit; 16 MiB
	Processing time.Duration    // how long a method of WebDAV works before each 102; 20 s
	Now        func() time.Time // time.Now
}

// A decision is one request on its way through the order.
type decision struct {
	*Handler
	w         http.ResponseWriter
	r         *http.Request
	ctx       context.Context
	now       time.Time
	node      *Node
	variant   *Variant      // selected representation; nil if nothing exists
	look      *Look         // what the node's Looker saw
	im        *manipulation // how it is sent instead; nil: as it is
	prefer    preferences
	mediaType string // of the content
	blob      *Blob  // content, once it was kept (PUT)
	content   []byte // content, once it was read (POST, PATCH)
	taken     bool   // the content was taken in: once is enough

	view    *View        // the world around it, once it was asked for
	ifs     *ifHeader    // WebDAV's If; nil: none
	depth   int          // Depth, as the method takes it
	dest    *destination // of COPY and MOVE
	keep    bool         // Overwrite: F
	token   string       // Lock-Token of UNLOCK
	carried bool         // what COPY has to read was read

	// What content that is XML asks for, one by method.
	question     *question
	instructions []instruction
	wish         *lockWish // nil: a lock is to be refreshed
	rebinding    *rebinding

	permitted bool    // gate 7 was passed
	payment   Payment // that gate 7 found good; nil: nothing is to be paid
	hidden    bool    // gate 7 hides the resource from this user
	leave     func()  // gives the place in the house back
	way       []step  // gates passed, for those who ask
}

// attempts is how often a decision is taken again because somebody was faster.
const attempts = 100

// ServeHTTP takes the decision.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d := &decision{Handler: h, w: w, r: r, ctx: r.Context(), now: h.now(), prefer: readPrefer(r.Header)}
	defer func() {
		if d.leave != nil {
			d.leave()
		}
	}()
	err := ErrStale
	for try := 0; try < attempts && errors.Is(err, ErrStale); try++ {
		err = d.decide()
	}
	if err != nil {
		d.refuse(err)
	}
}

func (h *Handler) now() time.Time {
	if h.Now != nil {
		return h.Now()
	}
	return time.Now()
}

// decide puts the questions in order. A gate that has answered says so; what it
// returns as an error is a refusal, or a fault.
func (d *decision) decide() error {
	d.way = d.way[:0]
	for i := range Order {
		gate := &Order[i]
		d.way = append(d.way, step{gate.Number, gate.Name.En})
		answered, err := gate.decide(d)
		if answered || err != nil {
			return err
		}
	}
	panic("the last gate did not answer")
}

// RefusalOf returns the answer for what decided against a request; nil for a
// fault, which nobody foresaw.
func RefusalOf(err error) *wire.Refusal {
	var refusal *wire.Refusal
	var unavailable Unavailable
	switch {
	case errors.As(err, &refusal):
		return refusal
	case errors.Is(err, ErrStale):
		return busy()
	case errors.Is(err, ErrNoRoom):
		return noRoom(15, err)
	case errors.As(err, &unavailable) && unavailable.Temporary():
		return NotNow(unavailable.RetryAfter())
	}
	return nil
}

// refuse speaks for whatever decided against the request: the one place in
// which errors become answers.
func (d *decision) refuse(err error) {
	refusal := RefusalOf(err)
	switch {
	case refusal != nil:
	case errors.Is(err, context.Canceled):
		panic(http.ErrAbortHandler) // the client has left: nobody reads an answer
	default:
		panic(err)
	}
	answer := *refusal
	if d.prefer.trace {
		answer.Fields = append(slices.Clone(answer.Fields), wire.Field{Name: traceField, Value: d.traced()})
	}
	answer.Answer(d.w, d.r, d.Lang)
}

// lang returns the reader's language.
func (d *decision) lang() lang.Tag { return lang.OfRequest(d.r, d.Lang) }

func (d *decision) safe() bool {
	switch d.r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace, query, propfind:
		return true
	}
	return false
}

func (d *decision) allow() string { return strings.Join(d.node.Allow, ", ") }
