package client

import (
	"context"
	"time"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/wire"
)

// A Subject is a client under examination. Its methods may be called from
// several goroutines at once.
type Subject interface {
	// About says who it is and how it is driven.
	About() exam.About
	// Can says what it can be asked to do.
	Can() map[exam.Capability]bool
	// Do carries orders out, one after the other, as one user of the client
	// would: with the same connections, cookies and cache if it has such. It
	// returns a report for each, at the latest soon after the context ends.
	Do(ctx context.Context, orders []Order) []Report
}

// Plan is to ask a subject these cases. Trials have origins of their own, so a
// control may stand beside its case. How many trials at a time the subject bears
// on one machine it may say in a method Bears; if it does not, the plan does not.
func Plan(s Subject, cases []exam.Case) exam.Plan {
	p := exam.Plan{Cases: cases, Subject: s, Can: s.Can(), Apart: true}
	if b, ok := s.(interface{ Bears() int }); ok {
		p.Parallel = b.Bears()
	}
	return p
}

// An Order is one request that a subject is to make.
type Order struct {
	Over    wire.Protocol
	Method  string // GET if empty
	URL     string
	Fields  wire.Fields
	Content *Content // nil: none
	Follow  bool     // redirects

	User, Password           string // for whoever challenges
	Proxy                    string // "http://127.0.0.1:3128"; empty: none
	ProxyUser, ProxyPassword string
	Netrc                    string // content of a .netrc file to use
	Authority                string // file with the certificate to trust, as PEM

	Expect    bool   // say Expect: 100-continue and wait for it
	Part      []byte // what the subject has of the content already: it is to get the rest
	WebSocket bool   // open one there, with the subprotocol "tea" offered if Fields does not say other
	Navigate  bool   // open a page there, as a browser does
	Retry     bool   // repeat by itself what fails for a time, as far as the subject does that
	Early     bool   // in early data, on a connection that the order before made possible
	Alternate bool   // use alternative services that answers name
	JSON      bool   // read the content as JSON

	// Spans are ranges of the content, first and last octet of each, to be asked
	// for in one request. The report's content is their octets, in this order.
	Spans [][2]int64

	Page     string        // of the order's origin, in which a browser is to carry it out; empty if the subject is none
	Patience time.Duration // how long it may wait for an octet
	Pause    time.Duration // to wait before, where the subject can
}

// Content is request content: Length octets, Octets over and over. It is
// described so that an adapter need not be sent megabytes.
type Content struct {
	Octets   string
	Length   int64
	Unlength bool // sent without saying the length beforehand
	Once     bool // a stream that cannot be read again
}

// Bytes returns the octets.
func (c *Content) Bytes() []byte {
	octets := make([]byte, c.Length)
	for n := 0; n < len(octets) && len(c.Octets) > 0; {
		n += copy(octets[n:], c.Octets)
	}
	return octets
}

// A Report is what the subject says of one order. What it cannot say is left
// zero: the subject's capabilities tell which.
type Report struct {
	Unsupported string // why it could not do that; nothing of the rest counts then
	Err         *Error // what the subject calls its failure; nil: it calls it a success

	Status  int // the final one that the caller gets; 0: not said
	Reason  string
	Fields  wire.Fields
	Interim []int  // interim ones that the caller gets to see
	Content []byte // the first megabyte; of a subject that completes a part, the whole
	URL     string // that the answer is said to come from
	Late    bool   // it had to be ended when its time was over
}

// An Error is a failure as a subject tells it.
type Error struct {
	Kind    ErrorKind `json:"kind"`
	Message string    `json:"message"`
}

// An ErrorKind says what failed, as far as the subject tells that.
type ErrorKind string

const (
	ErrConnect  ErrorKind = "connect"
	ErrTLS      ErrorKind = "tls"
	ErrTimeout  ErrorKind = "timeout"
	ErrProtocol ErrorKind = "protocol" // the answer is malformed
	ErrCut      ErrorKind = "incomplete"
	ErrLoop     ErrorKind = "redirect_limit"
	ErrRedirect ErrorKind = "redirect_refused"
	ErrAuth     ErrorKind = "auth"
	ErrReplay   ErrorKind = "body_not_replayable"
	ErrStatus   ErrorKind = "status"  // it calls a status of 400 or more a failure
	ErrContent  ErrorKind = "content" // the content is not of the form that was asked for
	ErrOther    ErrorKind = "other"
)

// String says what failed.
func (e *Error) String() string {
	if e == nil {
		return "no error"
	}
	return string(e.Kind) + ": " + e.Message
}

// Success reports whether the subject calls the exchange a success.
func (r *Report) Success() bool { return r.Unsupported == "" && r.Err == nil && !r.Late }
