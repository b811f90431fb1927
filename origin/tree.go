package origin

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/statute-http/statute/wire"
)

// A Tree is resources by path: what a [Handler] decides over. It is the one
// interface that others implement to put the decision before resources of
// their own.
type Tree interface {
	// Find returns what is at the path now. A node for which nothing exists is
	// still a node: it says what could be created there, and what has been.
	Find(ctx context.Context, path string) (*Node, error)

	// Keep takes content in, at most most octets of it, and makes it safe; it
	// belongs to no resource yet. The reader's error is returned as it is, more
	// content as ErrTooLarge, too little room as ErrNoRoom.
	Keep(ctx context.Context, content io.Reader, most int64) (Blob, error)

	// Change carries out a change, all of it or nothing, if the node is still
	// the one that was found; else it returns ErrStale, and the decision is
	// taken again. It returns the node after the change.
	Change(ctx context.Context, c Change) (*Node, error)
}

// What a Tree's methods can fail with, beside faults of its own.
var (
	ErrStale    = errors.New("the resource changed meanwhile")
	ErrTooLarge = errors.New("the content is larger than allowed")
	ErrNoRoom   = errors.New("there is no room for the content")
)

// An Unavailable error says that the tree cannot be asked now, and when it can.
type Unavailable interface {
	error
	Temporary() bool
	RetryAfter() time.Duration
}

// A Node is one path of a tree at one moment.
type Node struct {
	Path     string
	Version  uint64    // changes with every change of the node
	Variants []Variant // current representations; none: nothing exists here
	Former   []Blob    // representations that it had, newest first, as far as they are kept
	Moved    *Moved    // the resource answers elsewhere
	Gone     bool      // it was removed, deliberately and for good
	Missing  string    // nearest ancestor that has to exist first, if it does not

	Collection bool // it has members, and its representation lists them
	Policy
	Act  Action // what POST does here; nil if nothing
	Ask  Asker  // what QUERY does here; nil if nothing
	Look Looker // makes the representation when it is asked for; nil if Variants has them
	Pot  *Pot   // it brews; nil if it is none
}

// Exists reports whether the node has a representation, or members, or acts.
func (n *Node) Exists() bool { return len(n.Variants) > 0 || n.Act != nil || n.Collection }

// An Asker answers a query, which changes nothing. The content was read.
type Asker func(ctx context.Context, content []byte) (*Look, *Invalid, error)

// A Looker makes what there is to see of a resource that changes by itself: a
// monitor, a clock. Nil: there is nothing now.
type Looker func(ctx context.Context) (*Look, error)

// A Look is what a Looker saw: content, or where to look instead (303).
type Look struct {
	Type     string
	Content  []byte
	Fields   wire.Fields
	SeeOther string
}

// A Policy is what a resource allows.
type Policy struct {
	Allow       []string  // methods, as Allow lists them
	Root        string    // the collection of the plan in which the node can be authored (RFC 4918), by its path in the world; "" if it cannot. The tree has to be a Space
	Bandwidth   int64     // octets a second at which copies are made here; 0: at once
	Guarded     bool      // changes need a condition
	Strict      bool      // no representation is better than one that is not acceptable
	Transparent bool      // the client may choose the variant itself (RFC 2295)
	NeedsLength bool      // content needs a Content-Length
	Most        int64     // octets of request content; 0: the handler's limit
	MostUntil   time.Time // when Most is lifted; zero: it stays
	Room        int64     // octets that may still be stored; negative: no quota
	Takes       []string  // media types of PUT and POST content; nil: any
	Patches     []string  // media types of PATCH content
	Queries     []string  // media types of QUERY content
	Keeps       bool      // former versions of text, to send deltas from (RFC 3229)
	Leaves      bool      // a tombstone when it is removed
	Private     bool      // what one client gets is not for others: shared caches keep none of it

	// Valid judges content after it was read, before it is acted on. Its error
	// says what of it cannot be carried out.
	Valid func(mediaType string, content []byte) *Invalid
}

// Invalid is content that was understood and cannot be carried out, or could
// not even be read as what it says it is.
type Invalid struct {
	Malformed bool // not of its media type at all
	Member    string
	Why       string
	WhyZhTW   string
}

// A Variant is one representation of a resource.
type Variant struct {
	Path     string // its own URI, where the resource has several variants
	Type     string // Content-Type
	Language string
	Coding   string
	Quality  float64 // above 0 to 1, where the resource is negotiated transparently (RFC 2295 §5.3)
	Tag      string  // strong entity tag, quoted
	Modified time.Time
	Blob     Blob
}

// A Blob is content: its size, its SHA-256 in hexadecimal, and where it is.
type Blob struct {
	Hash string
	Size int64
	Open func(ctx context.Context, offset int64) (io.ReadCloser, error)
}

// Moved is a forwarding record.
type Moved struct {
	To         string
	Permanent  bool
	KeepMethod bool
}

// A Change is what PUT, PATCH and DELETE do to a node.
type Change struct {
	Path   string
	Since  uint64   // the version on which the decision rests
	Put    *Variant // the new representation; nil: the resource is removed
	Remove bool
	Check  func(*View) error // has to return nil at the moment of the change; nil: no need
}

// An Action is what POST does at a node. The content was read and found valid.
type Action func(ctx context.Context, r *http.Request, content []byte) (*Outcome, error)

// An Outcome is what came of an action: one of the constructors' results.
type Outcome struct {
	kind      outcome
	location  string
	mediaType string
	content   []byte
}

type outcome int

const (
	done outcome = iota
	created
	accepted
	reset
	elsewhere
	stored
)

// Done: the action was carried out, and this is its result (200, or 204 if
// there is nothing to show).
func Done(mediaType string, content []byte) *Outcome {
	return &Outcome{kind: done, mediaType: mediaType, content: content}
}

// Created: the action made a new resource at location (201).
func Created(location, mediaType string, content []byte) *Outcome {
	return &Outcome{kind: created, location: location, mediaType: mediaType, content: content}
}

// Accepted: the action was taken into a queue; the monitor at location says
// what becomes of it (202).
func Accepted(location, mediaType string, content []byte) *Outcome {
	return &Outcome{kind: accepted, location: location, mediaType: mediaType, content: content}
}

// Reset: a submission was taken, and the form that sent it is to be shown
// afresh (205).
func Reset() *Outcome { return &Outcome{kind: reset} }

// Elsewhere: the answer is the resource at location, to be fetched with GET
// (303).
func Elsewhere(location string) *Outcome { return &Outcome{kind: elsewhere, location: location} }
