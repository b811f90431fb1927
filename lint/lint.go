// Package lint finds mistakes in HTTP exchanges: answers that break what their
// status code obliges the server to, or that contradict what the code means.
//
// A [Rule] finds one kind of mistake. It has a name that never changes, the
// section of the specification that it holds the exchange against, a level, and
// one file, rules/NAME.txt, which is its page in both languages and its test at
// once: an example that has the mistake, and examples that look like it and are
// in order ([PageOf]). [All] lists the rules, topic by topic.
//
// A [Checker] holds rules sorted by code and judges one [wire.Exchange] at a
// time:
//
//	for _, f := range lint.Check(x).Findings {
//		fmt.Println(f.Rule.Name, f.Where, f.Message.En)
//	}
//
// A rule concludes nothing from what a recording cannot show. It runs only where
// the exchange shows the evidence that the rule needs; a field that the
// recording hides or redacts is neither there nor absent. A rule that could not
// be judged says nothing and is counted, so that a clean result never means
// more than it does: [Result.Unjudged] says how many, [Result.Missing] what
// would have to be recorded.
//
// Most rules look at one exchange, so a Checker has no state and serves any
// number of goroutines. An exchange without mistakes costs it no allocation.
//
// Some rules hold an exchange against earlier ones of the same resource, origin
// or client. A [Watch] runs these too: it is given the exchanges in their order
// and remembers digests of them, within bounds.
//
//	w := lint.New(lint.All...).Watch(lint.Memory{})
//	for x := range recording {
//		report(w.Check(x))
//	}
//
// An API description promises answers, each of which is an exchange too; rules
// that are [Both] judge these by the same names, and say nothing of fields that
// nobody describes.
package lint

import (
	"slices"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// A Rule finds one kind of mistake. Its Name is never changed and never reused.
type Rule struct {
	Name  string // "unauthorized-without-challenge"
	Level Level
	About About
	Spec  string        // where the requirement stands, sections separated by "; ": "RFC 9110 §15.5.2"
	Codes []status.Code // the answers that it looks at, final or interim; nil for all
	Who   Who           // who has to mend it
	Needs wire.Evidence // what a recording must show before the rule can judge
	In    Source        // whether it judges what was seen, what a description promises, or both

	// Check reports at most one finding. It reads the exchange and keeps
	// nothing of it. A rule over several exchanges has Follow in its place, which
	// is given those before; it reports at the later one and names the earlier.
	Check  func(*wire.Exchange, *Report)
	Follow func(*History, *wire.Exchange, *Report)
}

// A Level says how a finding weighs.
type Level string

const (
	Must       Level = "must"       // breaks a MUST, a MUST NOT or the grammar
	Should     Level = "should"     // breaks a SHOULD or a SHOULD NOT
	Definition Level = "definition" // contradicts what the code or the field means
	Advice     Level = "advice"     // breaks no sentence, and still serves nobody well
)

// Levels lists all of them, the gravest first.
var Levels = []Level{Must, Should, Definition, Advice}

// About says what has to be looked at together to see the mistake.
type About string

const (
	OfMessage  About = "message"  // one answer alone
	OfExchange About = "exchange" // a request and its answer
	OfSequence About = "sequence" // several exchanges
	OfCause    About = "cause"    // the code has no cause that this recording shows; posed answers have none by nature
)

// A Source says where exchanges come from: from a recording or live traffic, or
// from an API description, which promises answers and says nothing of most of
// their fields ([wire.Description]).
type Source string

const (
	Recordings   Source = "" // only what was seen
	Descriptions Source = "descriptions"
	Both         Source = "both"
)

// Who says whose mistake it is.
type Who string

const (
	Server       Who = "server"       // the origin server, or the gateway that answers for it
	Client       Who = "client"       // whoever sent the request
	Intermediary Who = "intermediary" // a proxy, a gateway towards its inbound side, an interceptor
)

// All lists the rules, topic by topic.
var All = slices.Concat(
	statusLine,
	framing,
	fields,
	content,
	problems,
	caching,
	sunset,
	fieldLines,
	values,
	malformed,
	interim,
	upgrade,
	success,
	outcome,
	ranges,
	contentRanges,
	ifRanges,
	multipartRanges,
	conditional,
	manipulation,
	revalidation,
	redirection,
	redirected,
	followed,
	negotiation,
	auth,
	target,
	intake,
	limits,
	gateway,
	dav,
	davOutcome,
	davSequence,
	locking,
	policy,
	fault,
	retired,
	extended,
	described,
)

// Lookup returns the rule with the name.
func Lookup(name string) (Rule, bool) {
	for _, r := range All {
		if r.Name == name {
			return r, true
		}
	}
	return Rule{}, false
}

// A Finding is one mistake in one exchange.
type Finding struct {
	Rule    *Rule // shared, for reading only
	Where   Where
	Message lang.Text // what is wrong here, with this exchange's own facts
	Earlier int       // number of the exchange that this one is held against, from 1; 0 if none is
}

// A Where is the place of a finding.
type Where struct {
	Part    Part
	Interim int    // index into Exchange.Interim, if Part is InInterim
	Field   string // the field concerned, if one is
}

// A Part names one message of an exchange.
type Part string

const (
	InRequest Part = "request"
	InInterim Part = "interim"
	InFinal   Part = "final"
)

// A Result is what a [Checker] has to say of one exchange.
type Result struct {
	Findings []Finding
	Judged   int           // rules that applied to the codes and could be judged
	Unjudged int           // rules that applied and lacked evidence
	Missing  wire.Evidence // what those rules lacked; zero where only a field was hidden or redacted
}
