// Package proxy is the exam for proxies and gateways: what becomes of a request,
// and of whatever answers it, on the way through?
//
// The exam stands on both sides. It is the client, which sends through package
// wire/peer exactly what a case wants, and it is the [Origin] behind the
// subject, which reads tolerantly what comes and answers with exact octets. What
// both have seen decides. The origin is one port for the whole exam, since a
// gateway has its upstream in its configuration; the nonce in each path says
// which trial a request belongs to, so trials go on side by side and share the
// subject's connections as any users would.
//
// A [Subject] stands in one of two modes: a forward proxy is sent the whole URI
// of the origin, or CONNECT; a gateway is sent what an origin is sent. In the
// control of a case request and answer are plain, and the answer has to come
// through whole.
//
// Package model is a proxy of our own that passes every case, and fails it when
// it is given the case's fault.
package proxy

import (
	"fmt"
	"slices"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// Capabilities of proxies. The mode is said; the others are tried by baselines.
const (
	Forwards exam.Capability = "forward" // it is a forward proxy
	Reverses exam.Capability = "reverse" // it is a gateway
	Gets     exam.Capability = "get"     // passes a GET on
	Posts    exam.Capability = "post"    // passes a POST on, with its content
	Heads    exam.Capability = "head"
	Streams  exam.Capability = "chunked" // passes chunked request content on
	Olds     exam.Capability = "http10"  // serves clients of HTTP/1.0
	Keeps    exam.Capability = "keep"    // keeps a client's connection
	Pools    exam.Capability = "reuse"   // uses a connection to the origin again
	Stores   exam.Capability = "cache"   // answers from what it has stored
	Shares   exam.Capability = "shared"  // what it stores is for many users
	Upgrades exam.Capability = "upgrade" // carries a switch of protocols through
	Tunnels  exam.Capability = "connect" // opens tunnels
	Asks     exam.Capability = "login"   // wants credentials
	Others   exam.Capability = "methods" // passes methods on that it does not know
)

// All lists the cases, topic by topic, baselines first.
var All = slices.Concat(
	topic("baseline", baselines),
	topic("interim", interim),
	topic("interim", expect),
	topic("upgrade", upgrade),
	topic("success", success),
	topic("codes", passing),
	topic("framing", framing),
	topic("gateway", malformed),
	topic("gateway", unavailable),
	topic("fields", fields),
	topic("fields", maxForwards),
	topic("target", target),
	topic("intake", intake),
	topic("intake", smuggling),
	topic("intake", early),
	topic("repeat", repeat),
	topic("tunnel", tunnel),
	topic("cache", cache),
	topic("desync", desync),
)

// topic gives cases their topic, as their file is called, and their role.
func topic(name string, cases []exam.Case) []exam.Case {
	for i := range cases {
		cases[i].Topic, cases[i].Role = name, exam.Proxy
	}
	return cases
}

var (
	h1     = []wire.Protocol{wire.H1}
	framed = []wire.Protocol{wire.H2, wire.H3}
	all    = wire.Protocols
)

func codes(c ...status.Code) []status.Code { return c }

func needs(c ...exam.Capability) []exam.Capability { return c }

// say fills in a sentence in both languages.
func say(en, zhTW string, args ...any) lang.Text {
	if len(args) == 0 {
		return lang.Text{En: en, ZhTW: zhTW}
	}
	return lang.Text{En: fmt.Sprintf(en, args...), ZhTW: fmt.Sprintf(zhTW, args...)}
}

func pass(en, zhTW string, args ...any) exam.Verdict { return exam.Passed(say(en, zhTW, args...)) }
func fail(en, zhTW string, args ...any) exam.Verdict { return exam.Failed(say(en, zhTW, args...)) }
