package wire

import (
	"time"

	"github.com/statute-http/statute/status"
)

// An Exchange is one request with everything that answered it, as seen on the
// wire or as far as a recording kept it. What the recording cannot show is said
// by Seen: a judge asks [Exchange.Shows] before it concludes anything from an
// absence.
type Exchange struct {
	Conn    Conn
	Request Request
	Interim []Response // 1xx answers, in order
	Final   *Response  // the final answer, or the 101 after which HTTP ended; nil if none came
	After   []byte     // octets after the final answer that belong to no answer; the first ones, at most 4 kB
	End     End
	Seen    Evidence

	Started  time.Time     // when the request's first octet was there
	Took     time.Duration // from then until the last octet of the answer
	Decision Decision      // how our own server decided; zero for everybody else's

	Described *Description // where the answer was not seen but promised; nil for what was seen
}

// A Description is what an API description (OpenAPI) says of one operation. Each
// answer that it documents is an exchange: the parameters and headers that it
// names are fields whose values are withheld, but for Content-Type; a content
// that it documents is one octet of which nothing is kept, and which is not
// complete. One more exchange without any answer stands for the operation as a
// whole. Conn.Protocol is H1 and Seen ShowsAll: only rules that know of
// descriptions judge them.
type Description struct {
	Responses []string // the keys of all documented answers: "200", "4XX", "default"
	Secured   bool     // the operation asks for credentials
}

// A Conn is what is known of the connection that carried an exchange.
type Conn struct {
	Protocol  Protocol
	TLS       *TLS   // nil on a clear connection
	EarlyData bool   // the request came in TLS early data (RFC 8470)
	Peer      string // the client's address
	Number    int    // the request's place on its connection, from 1; 0 if not known
}

// TLS is what is known of a TLS connection, or of QUIC's.
type TLS struct {
	Version    uint16 // as in package crypto/tls
	ServerName string // as the client asked for it (SNI)
	ALPN       string
	Resumed    bool
}

// A Protocol is the way in which messages are written on a connection.
type Protocol string

const (
	H1 Protocol = "h1" // HTTP/1.0 and HTTP/1.1, RFC 9112
	H2 Protocol = "h2" // RFC 9113
	H3 Protocol = "h3" // RFC 9114
)

// Protocols lists all of them, oldest first.
var Protocols = []Protocol{H1, H2, H3}

// A Version is the version that a message claims: 1.1, 2.0, 3.0.
type Version struct{ Major, Minor int }

// AtLeast reports whether v is the version major.minor or a later one.
func (v Version) AtLeast(major, minor int) bool {
	return v.Major > major || v.Major == major && v.Minor >= minor
}

// A Message is what requests and responses have in common.
type Message struct {
	Version  Version
	Fields   Fields
	Framing  Framing
	Content  Content
	Trailers Fields
	Faults   []Fault  // what a tolerant reader found wrong, in order
	Hidden   []string // names of fields that this recording drops or invents
	Octets   []byte   // the head exactly as it crossed the wire; nil if not kept
}

// Has says whether the message carries the field: Present, Absent, or
// Unobservable where the recording cannot tell.
func (m *Message) Has(name string) Presence {
	if m.Fields.Has(name) {
		return Present
	}
	for _, hidden := range m.Hidden {
		if equalFold(hidden, name) {
			return Unobservable
		}
	}
	return Absent
}

// A Request is the request of an exchange. Scheme and Authority are those of
// the target URI, from wherever the protocol puts them.
type Request struct {
	Message
	Method    string
	Target    string // as written: origin-form, absolute-form, authority-form or asterisk-form; :path in h2 and h3
	Scheme    string // "http" or "https"; empty if not known
	Authority string
}

// A Response is one interim or final answer.
type Response struct {
	Message
	Status status.Code
	Reason string // the phrase; HTTP/1 only
}

// Content is the content of a message, transfer coding removed.
type Content struct {
	Length   int64  // octets that crossed the wire
	Data     []byte // the first ones, as many as the recording keeps
	Complete bool   // the framing says that all came
	Decoded  bool   // the recording has taken the content coding off: Length counts what it left
}

// Whole reports whether Data holds all the content.
func (c Content) Whole() bool { return c.Complete && int64(len(c.Data)) == c.Length }

// A Framing says how the end of a message's content is found (RFC 9112 §6.3).
type Framing string

const (
	Unframed      Framing = ""       // not known
	FramedNone    Framing = "none"   // the message ends with its header section
	FramedLength  Framing = "length" // Content-Length
	FramedChunked Framing = "chunked"
	FramedClose   Framing = "close"  // until the connection closes
	FramedStream  Framing = "stream" // by the frames of h2 and h3
	FramedTunnel  Framing = "tunnel" // what follows is another protocol (101, CONNECT)
)

// End says how an exchange ended on its connection.
type End string

const (
	EndUnknown End = ""
	EndKept    End = "kept"    // the connection, or the other streams, went on
	EndClosed  End = "closed"  // the server closed after the answer
	EndCut     End = "cut"     // the connection or stream ended inside a message
	EndReset   End = "reset"   // a reset, of the stream or of the connection
	EndSilent  End = "silent"  // nothing more came in the time allowed
	EndTunnel  End = "tunnel"  // the connection went over to another protocol
	EndRefused End = "refused" // no connection, or the stream was refused unprocessed
)

// A Decision is how our own server came to its answer.
type Decision struct {
	Gate   int    // number of the gate in the order of decision
	Reason string // machine-readable: "head-timeout"
}

// Evidence is the set of things that a recording is able to show.
type Evidence uint32

const (
	ShowsRequest        Evidence = 1 << iota // the request's method, target and fields
	ShowsRequestContent                      // the octets of its content
	ShowsResponse                            // the final answer's status and fields
	ShowsContent                             // the octets of its content, or at least that there were none
	ShowsInterim                             // that no interim answer came, if none is listed
	ShowsVersion                             // the versions that the messages claim
	ShowsReason                              // the reason phrase
	ShowsFraming                             // Content-Length and Transfer-Encoding as sent, and whether content was complete
	ShowsTrailers                            // trailer fields
	ShowsAfter                               // octets after the answer
	ShowsEnd                                 // how the exchange ended
	ShowsOctets                              // heads octet by octet
	ShowsConnection                          // connection fields: Connection, Keep-Alive, Upgrade, TE
	ShowsTimes                               // Started and Took

	// ShowsAll is what an end of the connection itself sees.
	ShowsAll = 1<<iota - 1
)

// Shows reports whether the recording could have shown everything in need.
func (x *Exchange) Shows(need Evidence) bool { return x.Seen&need == need }

// A Presence is the answer to "is it there?" that a recording can give.
type Presence int

const (
	Absent Presence = iota
	Present
	Unobservable // the recording cannot tell
)
