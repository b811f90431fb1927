package peer

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/statute-http/statute/wire"
)

// A Request is what the client is to send. The zero value of each field is the
// ordinary thing; nothing is added that is not said here.
type Request struct {
	Method    string // GET if empty
	Scheme    string // h2 and h3: :scheme; if empty https over TLS, else http
	Authority string // h1: the Host field, unless Fields has one; h2 and h3: :authority; the target's address if empty
	Path      string // the request target as it is to be written; "/" if empty, for CONNECT the authority
	Fields    wire.Fields

	// Content is sent with a Content-Length, unless Fields brings its own or a
	// Transfer-Encoding. Nil is no content and no such field; empty but not nil
	// is a content of no octets.
	Content  []byte
	Trailers wire.Fields // h1: only with Chunked
	Chunked  bool        // h1: chunked instead of Content-Length
	NoLength bool        // h2 and h3: no content-length; h1: none either, so that the server sees no content

	Octets  []byte      // h1: exactly these octets instead of all the above but Method
	Section wire.Fields // h2 and h3: exactly these field lines, pseudo-fields among them, instead of those made of the above

	// Hold keeps the content back until a 100 comes or HoldFor has passed; if a
	// final answer comes first, the content is not sent. Expect: 100-continue is
	// sent only if Fields says so.
	Hold    bool
	HoldFor time.Duration // DefaultHoldFor if zero

	Drip Drip
	Stop Stop

	Linger time.Duration // how long to look, after the answer, for more octets and for a close
	Keep   int           // octets of the answer's content to keep; DefaultKeep if zero
}

// A Drip sends slowly: Octets at a time, each after waiting for Every. The first
// piece goes at once.
type Drip struct {
	Octets int
	Every  time.Duration
	Head   bool // h1: the head too, not the content alone
}

// A Stop breaks a request off.
type Stop struct {
	In    Part
	After int // octets of that part that are sent: of the head (h2 and h3: of the encoded field section), or of the content
	Then  Then
}

// A Part is a part of a request; the zero Part is none.
type Part int

const (
	InHead Part = 1 + iota
	InContent
)

// Then says what follows where a request breaks off.
type Then int

const (
	Silence    Then = iota // nothing more is sent; we go on listening
	CloseWrite             // we end our direction: FIN, END_STREAM; and go on listening
	Reset                  // we reset the connection (h1) or the stream (h2, h3)
)

// check refuses a request that this protocol cannot carry as it is meant.
func (q *Request) check(p wire.Protocol) error {
	switch {
	case q.Octets != nil && p != wire.H1:
		return errors.New("Octets are for h1 only: give Section for h2 and h3")
	case q.Section != nil && p == wire.H1:
		return errors.New("Section is for h2 and h3 only: give Octets for h1")
	case q.Drip.Octets < 0 || q.Drip.Octets > 0 && q.Drip.Every <= 0:
		return fmt.Errorf("Drip of %d octets every %s: both are more than zero", q.Drip.Octets, q.Drip.Every)
	case q.Stop.In < 0 || q.Stop.In > InContent || q.Stop.After < 0:
		return fmt.Errorf("Stop in part %d after %d octets: there is no such place", q.Stop.In, q.Stop.After)
	case p == wire.H1 && len(q.Trailers) > 0 && !q.Chunked:
		return errors.New("HTTP/1.1 carries trailers in chunked content only: set Chunked")
	}
	return nil
}

func (q *Request) method() string {
	if q.Method == "" {
		return "GET"
	}
	return q.Method
}

func (q *Request) authority(t *Target) string {
	if q.Authority == "" {
		return t.Address
	}
	return q.Authority
}

func (q *Request) path(t *Target) string {
	switch {
	case q.Path != "":
		return q.Path
	case q.method() == "CONNECT":
		return q.authority(t)
	}
	return "/"
}

func (q *Request) scheme(t *Target) string {
	switch {
	case q.Scheme != "":
		return q.Scheme
	case t.TLS != nil:
		return "https"
	}
	return "http"
}

func (q *Request) keep() int {
	if q.Keep == 0 {
		return DefaultKeep
	}
	return q.Keep
}

// hasContent reports whether something follows the head.
func (q *Request) hasContent() bool {
	return q.Content != nil || q.Chunked || len(q.Trailers) > 0
}

// needsLength reports whether a content-length is ours to add (RFC 9110 §8.6).
func (q *Request) needsLength() bool {
	return q.Content != nil && !q.NoLength && !q.Chunked &&
		!q.Fields.Has("Content-Length") && !q.Fields.Has("Transfer-Encoding")
}

// headH1 returns the octets of the head, for given Octets all up to the first
// empty line, and what of the given ones follows.
func (q *Request) headH1(t *Target) (head, rest []byte) {
	if q.Octets != nil {
		if end := bytes.Index(q.Octets, []byte("\r\n\r\n")); end >= 0 {
			return q.Octets[:end+4], q.Octets[end+4:]
		}
		return q.Octets, nil
	}
	head = wire.AppendRequestLine(nil, q.method(), q.path(t), wire.Version{Major: 1, Minor: 1})
	if !q.Fields.Has("Host") {
		head = wire.AppendField(head, "Host", q.authority(t))
	}
	head = wire.AppendFields(head, q.Fields)
	switch {
	case q.Chunked && !q.Fields.Has("Transfer-Encoding"):
		head = wire.AppendField(head, "Transfer-Encoding", "chunked")
	case q.needsLength():
		head = wire.AppendField(head, "Content-Length", strconv.Itoa(len(q.Content)))
	}
	return append(head, "\r\n"...), nil
}

// section returns the lines of the header section for h2 and h3. Names are put
// into lower case, as RFC 9113 §8.2 and RFC 9114 §4.2 ask; give Section to send
// something else.
func (q *Request) section(t *Target) wire.Fields {
	if q.Section != nil {
		return q.Section
	}
	lines := wire.Fields{{Name: ":method", Value: q.method()}}
	// RFC 9113 §8.5, RFC 9114 §4.4: CONNECT has neither :scheme nor :path.
	if q.method() == "CONNECT" {
		lines = append(lines, wire.Field{Name: ":authority", Value: q.path(t)})
	} else {
		lines = append(lines,
			wire.Field{Name: ":scheme", Value: q.scheme(t)},
			wire.Field{Name: ":authority", Value: q.authority(t)},
			wire.Field{Name: ":path", Value: q.path(t)})
	}
	lines = append(lines, lower(q.Fields)...)
	if q.needsLength() {
		lines = append(lines, wire.Field{Name: "content-length", Value: strconv.Itoa(len(q.Content))})
	}
	return lines
}

func lower(fields wire.Fields) wire.Fields {
	lowered := make(wire.Fields, len(fields))
	for i, f := range fields {
		lowered[i] = wire.Field{Name: strings.ToLower(f.Name), Value: f.Value}
	}
	return lowered
}
