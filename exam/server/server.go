// Package server is the exam for HTTP servers: what does a server answer, when
// it is asked this?
//
// A case is a question over one connection of its own: a [peer.Request], exact
// to the octet over HTTP/1.1 and to the field line over HTTP/2 and HTTP/3, and
// the set of all answers that the specifications allow, each with its reason. A
// case that knew one code only would be wrong as soon as two are lawful. What
// the answer has to carry besides (Allow beside 405, Content-Range beside 206)
// belongs to the lawful answer that it goes with.
//
// # Subjects
//
// A [Subject] is a URL, and whatever else is known of the server: where writing
// is allowed, which path asks for credentials. A file of a line each declares it
// ([ReadSubject]). What is not declared is found by the baselines: that the
// resource has an entity tag, a date, ranges, that connections are kept. What is
// neither declared nor found makes the cases that need it n/a.
//
// # Harmlessness
//
// Without a path for writing only safe methods reach a resource that could
// change: the unsafe ones that are sent name the file of the exam, which
// [Subject.Write] has to allow, or are malformed. No more requests are made in a
// second than [Subject.Rate] says, and User-Agent says who asks.
//
// # Controls
//
// A case that failed is asked again beside its control: the plain GET of the
// file, or a request closer to the question, which differs from it in nothing but
// what it tests ([against]). A server that does not answer that well is not blamed
// for the question.
//
// The cases stand in a file for each topic; [All] joins them. Package model
// spoils a right server's answers by name, to prove that each case can fail.
package server

import (
	"fmt"
	"slices"
	"time"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// Capabilities of servers.
const (
	Serves    exam.Capability = "get"           // answers a GET of the file with 200 and content
	Tags      exam.Capability = "etag"          // gives the file a strong entity tag
	Tagged    exam.Capability = "any-etag"      // or a weak one
	Dates     exam.Capability = "last-modified" // gives it a date
	Ranges    exam.Capability = "ranges"        // serves a range of it
	Keeps     exam.Capability = "keep-alive"    // answers two requests on one connection
	Old       exam.Capability = "http10"        // answers HTTP/1.0
	Secure    exam.Capability = "tls"           // has an https URL
	Misses    exam.Capability = "missing"       // answers 404 or 410 where nothing is
	Redirects exam.Capability = "redirect"      // declared: a path that redirects
	Guards    exam.Capability = "auth"          // declared: a path that wants credentials
	Writes    exam.Capability = "write"         // declared: a path below which unsafe methods are allowed
	Stores    exam.Capability = "store"         // and PUT makes a resource there
	DAV       exam.Capability = "dav"           // and speaks WebDAV there
	Locks     exam.Capability = "locks"         // class 2 of it
	Demands   exam.Capability = "demands"       // declared: a resource whose PUT wants a condition
	Full      exam.Capability = "full"          // declared: a folder without room for 64 KiB
	Binds     exam.Capability = "bind"          // WebDAV where BIND makes a second name of a collection
	Sockets   exam.Capability = "websocket"     // declared: a path that opens WebSockets
	Counts    exam.Capability = "limited"       // declared: a path that limits how often it is asked
)

// All lists the cases, topic by topic, baselines first.
var All = slices.Concat(
	topic("baseline", baselines),
	topic("baseline", means),
	topic("target", methods),
	topic("target", targets),
	topic("target", hosts),
	topic("intake", versions),
	topic("intake", framing),
	topic("intake", chunks),
	topic("intake", fields),
	topic("limits", limits),
	topic("interim", expectations),
	topic("upgrade", upgrade),
	topic("success", success),
	topic("success", connections),
	topic("ranges", ranges),
	topic("conditional", conditional),
	topic("conditional", order),
	topic("negotiation", negotiation),
	topic("redirection", redirection),
	topic("auth", auth),
	topic("state", state),
	topic("dav", dav),
	topic("frames", frames),
	topic("tls", secure),
)

// topic gives cases their topic, as their file is called, and their role.
func topic(name string, cases []exam.Case) []exam.Case {
	for i := range cases {
		cases[i].Topic, cases[i].Role = name, exam.Server
		if cases[i].Limit == 0 {
			cases[i].Limit = caseTime
		}
	}
	return cases
}

// AtOnce is how many cases are best asked at a time.
const AtOnce = 16

const (
	patience  = 2 * time.Second        // silence that is taken for no answer
	caseTime  = 10 * time.Second       // one trial
	slowTime  = 2 * time.Minute        // what waits for the server's own limit
	lookAfter = 200 * time.Millisecond // how long we look for octets behind an answer
)

var (
	h1     = []wire.Protocol{wire.H1}
	all    = wire.Protocols
	framed = []wire.Protocol{wire.H2, wire.H3}
)

func needs(c ...exam.Capability) []exam.Capability { return c }

// both is a sentence in both languages.
func both(en, zhTW string) lang.Text { return lang.Text{En: en, ZhTW: zhTW} }

// say fills in a sentence in both languages.
func say(en, zhTW string, args ...any) lang.Text {
	if len(args) == 0 {
		return lang.Text{En: en, ZhTW: zhTW}
	}
	return lang.Text{En: fmt.Sprintf(en, args...), ZhTW: fmt.Sprintf(zhTW, args...)}
}
