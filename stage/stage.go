// Package stage makes status codes happen for their true causes.
//
// A [Scene] is a place in the lab, and the requests that make a code happen
// there because its cause is present. Beside the cue stands a control that
// differs in one thing, the cause, and gets a status of its own: the pair shows
// that the code means what it says. What the steps must bring back is data, so
// that anybody can play a scene: `statute play`, the site, the census test.
//
// The scenes stand in a file for each mechanism, with the resource of the lab
// that they need beside them: intake.go has what is refused on the way in,
// interim.go what is said before the final answer, and so on. [NewLab] serves
// all of those resources. What is no origin stands in package road: the lab's
// gateway and private cache are resources like others, its forward proxy and its
// interceptor have ports of their own ([Lab.Roads]), and a step says by its
// [Door] to which of them it goes.
//
// [NewPosed] is the other thing that people want from a test server, any code
// without a cause, and says so in each answer.
package stage

import (
	"slices"
	"time"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// A Scene is a place in the lab where Code happens for its true cause.
type Scene struct {
	Code    status.Code
	Name    string    // "half-a-head"; with the code it names the scene, for ever
	Cause   lang.Text // why the code happens here, as one sentence
	Cue     []Step    // bring the cause about; the last step gets Code
	Control []Step    // the same but for one thing
	Differs lang.Text // that thing
	Over    []wire.Protocol
	Only    lang.Text // if not over every protocol: why, with the section
}

// Plays reports whether the scene can be played over the protocol.
func (s *Scene) Plays(p wire.Protocol) bool { return slices.Contains(s.Over, p) }

// A Step is one request, sent exactly, and what has to come back. In Path,
// Fields, Content, Octets and Carries {nonce} stands for a name that is fresh in
// each play, {host} for the server's authority, {location} for the last Location
// that an answer of this play gave, {challenge} for the last Payment challenge,
// {token} for the last access token, or the credentials that a mint gave, and
// {lock} for the last Lock-Token. In From {client} stands for an address that is
// fresh in each play.
type Step struct {
	Door    Door
	Method  string
	Path    string
	Fields  wire.Fields
	Content string
	Octets  string // sent instead of all that, as it stands; HTTP/1.1 only
	Manner  Manner
	Again   bool   // on the connection of the step before, not a new one
	From    string // local address to connect from: another network of the lab; empty: any

	ServerName string // asked for in the handshake: the connection is over TLS, whatever the others are
	Host       string // in the authority, instead of the server's own; the port stays
	Frames     string // sent after a 101, or through the tunnel of a CONNECT: octets of the protocol that is in force then
	Echo       string // and exactly these octets come back, then the end of the connection

	Early bool // in TLS early data, on a new connection whose handshake is held back until the answer is there; HTTP/3 only

	Wait   time.Duration // before it is sent
	Retry  bool          // before it is sent, as long as the last Retry-After said
	Beside []Step        // begun before it, on connections of their own, and ended after it

	Status   status.Code   // of the final answer
	Interim  []status.Code // of the interim answers, all of them, in order; several 102 in a row count as one
	Reports  []Report      // inside a 207: what it says of each of these, and of nothing else
	Carries  wire.Fields   // fields of the final answer, with exactly these values
	Evidence []Evidence
}

// GivesLocation reports whether the answer's Location is one that {location}
// stands for. RFC 9110 §10.2.2: it says what a redirect leads to, or what a 201
// has created. After PUT that is the target itself, which needs no telling (RFC
// 9110 §15.3.2), and what the methods of WebDAV make the request has named. Our
// 202 names its monitor in the same way.
func (s *Step) GivesLocation() bool {
	if s.Status == 201 || s.Status == 202 {
		return s.Method == "POST"
	}
	return s.Status.Class() == status.Redirection && s.Status != 304
}

// A Door is where a request goes in.
type Door string

const (
	Straight Door = ""          // to the origin
	Proxy    Door = "proxy"     // to the forward proxy, with the target that the origin has
	Portal   Door = "portal"    // to the interceptor, as if it were the origin
	AtPortal Door = "at-portal" // to the interceptor itself
	Detour   Door = "detour"    // to the interceptor, as if it were the forward proxy
)

// A Manner is how a request is sent.
type Manner string

const (
	AtOnce   Manner = ""         // whole, with a Content-Length if there is content
	Unlength Manner = "unlength" // content without a declared length: chunked, or the frames alone
	Hold     Manner = "hold"     // content only after a 100
	Stall    Manner = "stall"    // not to its end; then silence, with the connection open
	Pour     Manner = "pour"     // unlength, and only after a 100
	Balk     Manner = "balk"     // only after a 100, and then not to its end
)

// An Evidence is one thing that an exchange has to show besides its status.
type Evidence struct {
	Says  lang.Text
	Check func(*wire.Exchange) error
	Needs []wire.Protocol // over which it can be seen; all if empty
}

// All lists the scenes, mechanism by mechanism.
var All = slices.Concat(interim, upgrade, success, ranges, conditional, delta, redirection, negotiation, variants, target, auth, intake, delivered, limits, policy, payment, dav, locks, fault, retired, extension, gateway, cached, proxied, intercepted)

// Of returns the scenes of one code.
func Of(code status.Code) []Scene {
	var scenes []Scene
	for _, s := range All {
		if s.Code == code {
			scenes = append(scenes, s)
		}
	}
	return scenes
}

// over lists protocols; everywhere is all of them.
func over(p ...wire.Protocol) []wire.Protocol { return p }

var everywhere = wire.Protocols

// field is one field line of a step.
func field(name, value string) wire.Fields {
	return wire.Fields{{Name: name, Value: value}}
}
