// Package client is the exam for HTTP clients: what does a client do next, when
// it meets this code?
//
// A case has a [Setting]: origins on fresh loopback ports, each with a script
// that reads requests strictly and sends exact octets or frames, and a clock.
// The subject gets an [Order], an URL in most cases no more, and does what it
// does; what it asked for, on which connection and when, is seen at the origins,
// and what it says itself is its [Report], as far as it can say anything. Most
// verdicts need no report: where the subject follows redirects, the end of an
// exchange is a redirect to a mark ([Turn.Final]), and whatever must not be
// taken for an answer would redirect to a trap.
//
// Subjects ([Subject]) are a command ([Command]), an adapter that speaks JSON
// lines ([Adapter]), a client that drives itself over HTTP, a browser, or an
// [net/http.Client] in a test. Package model is a client of our own that passes
// every case, and fails it when it is given the case's fault.
//
// The cases stand in a file for each topic; [All] joins them.
package client

import (
	"fmt"
	"slices"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// Capabilities of clients. A subject says which it has; a baseline case tries
// those that can be tried.
const (
	Gets      exam.Capability = "get"       // one GET, and an end that says whether it went well
	Follows   exam.Capability = "redirect"  // follows redirects of GET
	Sends     exam.Capability = "content"   // a method and content of our choice
	Fields    exam.Capability = "fields"    // request fields of our choice
	Reuses    exam.Capability = "reuse"     // two orders on one connection
	Reports   exam.Capability = "status"    // says which status it got
	Shows     exam.Capability = "received"  // says which content it got
	ShowsHead exam.Capability = "head"      // says which fields and reason it got
	Fails     exam.Capability = "errors"    // says whether it calls the exchange a failure
	Heads     exam.Capability = "method"    // a method of our choice, without content
	Waits     exam.Capability = "expect"    // sends Expect: 100-continue and waits
	Basic     exam.Capability = "basic"     // answers a Basic challenge
	Digest    exam.Capability = "digest"    // answers a Digest challenge
	Proxied   exam.Capability = "proxy"     // goes through a proxy
	Tunnels   exam.Capability = "connect"   // goes through a proxy to https
	Secure    exam.Capability = "tls"       // https with an authority that we name
	Cookies   exam.Capability = "cookies"   // keeps cookies from order to order
	Caches    exam.Capability = "cache"     // keeps answers from order to order
	Retries   exam.Capability = "retry"     // repeats by itself what failed for a time
	Resumes   exam.Capability = "resume"    // fetches the rest of what it has a part of
	Sockets   exam.Capability = "websocket" // opens a WebSocket
	Early     exam.Capability = "early-data"
	Navigates exam.Capability = "navigate" // opens a page, and what it is hinted to load
	Locates   exam.Capability = "url"      // says which URL the answer came from
	ClearH2   exam.Capability = "h2c"      // speaks HTTP/2 without TLS if it is told to
	Netrc     exam.Capability = "netrc"    // takes credentials from a .netrc file
	Fetching  exam.Capability = "fetch"    // implements the Fetch standard

	ParsesJSON exam.Capability = "json"    // hands content over as what its JSON says
	Ranges     exam.Capability = "ranges"  // asks for several ranges at once, and puts the parts in their places
	Alternates exam.Capability = "alt-svc" // uses alternative services
)

// All lists the cases, topic by topic, baselines first.
var All = slices.Concat(
	topic("baseline", baselines),
	topic("baseline", means),
	topic("interim", interim),
	topic("interim", expect),
	topic("interim", hints),
	topic("upgrade", upgrade),
	topic("redirection", redirection),
	topic("redirection", redirectionTarget),
	topic("redirection", redirectionSecrets),
	topic("success", success),
	topic("ranges", ranges),
	topic("ranges", parts),
	topic("conditional", conditional),
	topic("statusline", statusLine),
	topic("content", content),
	topic("auth", auth),
	topic("auth", proxy),
	topic("intake", intake),
	topic("intake", refusals),
	topic("intake", misdirected),
	topic("intake", earlyData),
	topic("limits", limits),
	topic("fault", fault),
	topic("frames", framesH2),
	topic("frames", framesH3),
	topic("frames", framedSockets),
)

// topic gives cases their topic, as their file is called, and their role.
func topic(name string, cases []exam.Case) []exam.Case {
	for i := range cases {
		cases[i].Topic, cases[i].Role = name, exam.Client
	}
	return cases
}

// AtOnce is how many cases are best asked at a time: most of them wait most of
// the time.
const AtOnce = 16

var (
	h1  = []wire.Protocol{wire.H1}
	h2  = []wire.Protocol{wire.H2}
	all = wire.Protocols
)

func codes(c ...status.Code) []status.Code { return c }

func needs(c ...exam.Capability) []exam.Capability { return c }

// stage makes a case's Run of a function that stages it.
func stage(f func(*Setting) exam.Verdict) func(*exam.Trial) exam.Verdict {
	return func(t *exam.Trial) exam.Verdict {
		s := newSetting(t)
		defer s.close()
		verdict := f(s)
		if why := s.brokenBy(); why != nil {
			return exam.Voided(say("The case could not be staged: %v", "無法布置這一題：%v", why))
		}
		return verdict
	}
}

// field is one field of an order.
func field(name, value string) wire.Field { return wire.Field{Name: name, Value: value} }

// say fills in a sentence in both languages.
func say(en, zhTW string, args ...any) lang.Text {
	if len(args) == 0 {
		return lang.Text{En: en, ZhTW: zhTW}
	}
	return lang.Text{En: fmt.Sprintf(en, args...), ZhTW: fmt.Sprintf(zhTW, args...)}
}
