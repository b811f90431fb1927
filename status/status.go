// Package status is the catalogue of HTTP status codes: what the
// specifications say of each, as data.
//
// [Table] lists the registered codes in order, [NonStandard] the private ones
// that people meet in the wild. [Lookup] answers for any integer, because a
// recipient must know what to do with a code that it has never heard of.
//
// The package holds facts only and imports nothing of ours; what a code means
// in prose is in package manual, how it comes about is in origin and stage.
package status

import "strconv"

// A Code is an HTTP status code.
type Code int

// String returns the code's digits.
func (c Code) String() string { return strconv.Itoa(int(c)) }

// Class returns the code's class. A code outside 100-599 has none; a client
// that receives one treats it as a server error (RFC 9110 §15).
func (c Code) Class() Class {
	if c < 100 || c > 599 {
		return ServerError
	}
	return Class(c / 100)
}

// Valid reports whether the code is in the range that RFC 9110 §15 gives to
// status codes, 100-599.
func (c Code) Valid() bool { return c >= 100 && c <= 599 }

// Interim reports whether a response with this code is followed by another
// response to the same request (RFC 9110 §15.2).
func (c Code) Interim() bool { return c >= 100 && c <= 199 }

// A Class is the first digit of a code.
type Class int

const (
	Informational Class = 1
	Successful    Class = 2
	Redirection   Class = 3
	ClientError   Class = 4
	ServerError   Class = 5
)

// String returns the class's name in RFC 9110 §15.
func (c Class) String() string {
	if c < Informational || c > ServerError {
		return "class " + strconv.Itoa(int(c))
	}
	return [...]string{"Informational", "Successful", "Redirection", "Client Error", "Server Error"}[c-1]
}

// An Entry is what the specifications say of one registered code.
type Entry struct {
	Code     Code
	Name     string   // reason phrase as registered
	NameZhTW string   // our name in Traditional Chinese; no registry has one
	OldNames []string // earlier names that documents and servers still use; not those that differ in case only
	Specs    []string // where to read of it, the defining section first: "RFC 9110 §15.5.13"
	Topic    Topic    // the mechanism that it belongs to; also a file name
	Maturity Maturity
	Appears  Appears
	Content  Content
	Store    Store
	Repeat   Repeat
	Needs    []Need // fields that an answer with this code carries
}

// A Topic is a mechanism that brings about several codes; stage, lint and exam
// have a file for each.
type Topic string

const (
	Interim     Topic = "interim"
	Upgrade     Topic = "upgrade"
	Success     Topic = "success"
	Ranges      Topic = "ranges"
	Conditional Topic = "conditional"
	Redirect    Topic = "redirection"
	Negotiation Topic = "negotiation"
	Auth        Topic = "auth"
	Target      Topic = "target"
	Intake      Topic = "intake"
	Limits      Topic = "limits"
	Gateway     Topic = "gateway"
	DAV         Topic = "dav"
	Policy      Topic = "policy"
	Fault       Topic = "fault"
	Retired     Topic = "retired"
)

// Topics lists the topics, in the order in which the house shows them.
var Topics = []Topic{
	Interim, Upgrade, Success, Ranges, Conditional, Redirect, Negotiation, Auth,
	Target, Intake, Limits, Gateway, DAV, Policy, Fault, Retired,
}

// Maturity says how far the specifications stand behind a code.
type Maturity string

const (
	Standard     Maturity = "standard"     // defined on the standards track
	Experimental Maturity = "experimental" // defined by an Experimental RFC, or reserved while uses are tried
	Deprecated   Maturity = "deprecated"   // its definition asks that it be no longer sent
	Obsoleted    Maturity = "obsoleted"    // its definition was withdrawn or made Historic
	Unused       Maturity = "unused"       // reserved so that nothing else takes the number
	Temporary    Maturity = "temporary"    // registered for a draft, for a time
)

// Appears says where in a message a code can stand.
type Appears string

const (
	InInterim     Appears = "interim"     // the status of a 1xx response
	InStatusLine  Appears = "status line" // the status of a final response
	InMultistatus Appears = "multistatus" // only inside the content of a 207
	InBoth        Appears = "both"        // the status of a final response, or one that the WebDAV RFCs use inside a 207
	Nowhere       Appears = "nowhere"     // recognised, not to be sent
)

// Content says what an answer with the code carries after its fields; for a
// code that stands only inside a 207, what that 207 carries.
type Content string

const (
	NoContent   Content = "none"   // the message ends with its header section (RFC 9112 §6.3)
	ZeroContent Content = "zero"   // content exists, is framed, and has no octets (205)
	MayContent  Content = "may"    // content is allowed
	Expected    Content = "should" // content is expected: a representation, or an explanation
)

// Store says whether a cache may store an answer with the code.
type Store string

const (
	NeverStored Store = "never"     // interim, so no response to store (RFC 9111 §3)
	Heuristic   Store = "heuristic" // even without explicit freshness (RFC 9110 §15.1)
	Explicit    Store = "explicit"  // with explicit freshness only
	Forbidden   Store = "forbidden" // its definition forbids storing
	Updates     Store = "updates"   // freshens the stored response it speaks of
	ByCarrier   Store = "carrier"   // stored or not with the 207 that holds it
)

// Repeat says whether a client may send the same request again by itself.
type Repeat string

const (
	RepeatNo         Repeat = "no"         // nothing says that the same request would fare better
	RepeatChanged    Repeat = "changed"    // after changing the request as the answer asks
	RepeatLater      Repeat = "later"      // after the time that the answer names, after the handshake (425) or the login (511)
	RepeatElsewhere  Repeat = "elsewhere"  // on another connection, or at another URI
	RepeatIdempotent Repeat = "idempotent" // if the method is idempotent
	RepeatNone       Repeat = "-"          // the question does not arise
)

// A Need is a field that an answer with the code carries.
type Need struct {
	Field    string // "WWW-Authenticate"
	Level    Level
	When     string // in which case, empty for always: "a single part"
	WhenZhTW string // the same in Traditional Chinese
}

// A Level is how strongly a requirement binds, in RFC 2119's words.
type Level string

const (
	Must   Level = "must"
	Should Level = "should"
	May    Level = "may"
)
