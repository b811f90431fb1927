// Package road is what may stand between a client and an origin server: a
// forward proxy, an interceptor, a gateway, a private cache. None of them is an
// origin; each passes a request on over a connection of its own and passes back
// what comes, and each has codes that only it can say: 407 and 203, 511, 502 and
// 504.
//
// They share one thing, a [Hop], which knows what RFC 9110 §7.6 asks of every
// intermediary. For each request it makes one connection to the server ahead,
// writes one HTTP/1.1 request, and reads what answers with package wire, so that
// what is wrong is seen and not mended: net/http's Transport would repeat
// requests, swallow interim answers and take broken framing for whole. A request
// is sent once. Whether it may be repeated is the client's to know (RFC 9110
// §9.2.2), and since no connection is used twice, none can turn out to have been
// closed beforehand.
//
// What goes wrong ahead becomes a [wire.Refusal] of gate 2 with Proxy-Status
// (RFC 9209), see failure.go. What breaks after the answer's head was passed on
// is passed on as well: the client sees its answer cut.
//
// Nothing here is an open proxy: a Hop goes where its [Reach] says, which is the
// lab and what an operator has added, and a bounded number of passages are under
// way at a time, each with an end.
package road

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// Gate is the place of all this in the order of decision.
const Gate = 2

// A Hop passes requests on. Its methods are safe for parallel use.
type Hop struct {
	Name      string        // its pseudonym in Via, CDN-Loop and Proxy-Status: a token, which no other hop has
	Patience  time.Duration // of one silence of the server ahead: till it is connected, has answered, goes on. 30 s if zero
	Longest   time.Duration // of one passage, or tunnel. 10 min if zero
	Idle      time.Duration // of a tunnel in which nothing moves. 60 s if zero
	Most      int           // passages and tunnels at a time; 256 if zero
	Surrogate bool          // stands for origins, and so marks requests with CDN-Loop (RFC 8586)

	Over context.Context // ends passages and tunnels; nil: nobody does

	underWay atomic.Int64
}

// NewName returns a name of the kind: no other hop has it, in whatever chain the
// two may meet.
func NewName(kind string) string {
	var octets [4]byte
	rand.Read(octets[:])
	return kind + "-" + hex.EncodeToString(octets[:])
}

func (h *Hop) patience() time.Duration { return orElse(h.Patience, 30*time.Second) }
func (h *Hop) longest() time.Duration  { return orElse(h.Longest, 10*time.Minute) }
func (h *Hop) idle() time.Duration     { return orElse(h.Idle, time.Minute) }

func orElse(d, otherwise time.Duration) time.Duration {
	if d == 0 {
		return otherwise
	}
	return d
}

// enter counts one more passage; leave has to follow. Too many are refused.
func (h *Hop) enter() error {
	most := int64(h.Most)
	if most == 0 {
		most = 256
	}
	if h.underWay.Add(1) <= most {
		return nil
	}
	h.underWay.Add(-1)
	return full()
}

// full: RFC 9110 §15.6.4.
func full() error {
	return &wire.Refusal{
		Status: 503, Gate: Gate, Reason: "road-full", Spec: "RFC 9110 §15.6.4",
		Detail: lang.Text{
			En:   "As many are passing through here as may at a time. Try again in a second.",
			ZhTW: "同時經過這裡的已達上限。請一秒後再試。"},
		Fields: wire.Fields{{Name: "Retry-After", Value: "1"}},
	}
}

func (h *Hop) leave() { h.underWay.Add(-1) }

// context returns a context that ends with its parent, with the hop, and with
// the time that a passage may take.
func (h *Hop) context(parent context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(parent, h.longest())
	if h.Over == nil {
		return ctx, cancel
	}
	stop := context.AfterFunc(h.Over, cancel)
	return ctx, func() { stop(); cancel() }
}

// An Onward says where a request goes on to.
type Onward struct {
	Address   string // of the socket: host and port
	Authority string // for Host
	Target    string // request target, in origin-form or *
	Guarded   bool   // the name was allowed by a pattern: no address that only this machine's neighbours should reach
}

// Pass passes the request on and its answer back. An error is a *wire.Refusal,
// and nothing was answered yet.
func (h *Hop) Pass(w http.ResponseWriter, r *http.Request, to Onward) error {
	answered, err := h.lastStop(w, r)
	if answered || err != nil {
		return err
	}
	a, err := h.ask(w, r, to, nil)
	if err != nil {
		return err
	}
	defer a.close()
	a.passOn(w)
	return nil
}
