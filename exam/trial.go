package exam

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/statute-http/statute/wire"
)

// A Trial is one case put to a subject once.
type Trial struct {
	Context context.Context // ends with the trial's time
	Case    *Case
	Over    wire.Protocol
	Subject any    // of the type that the case's role examines
	Nonce   string // stands in every URL of the trial
	Record  *Transcript

	// Control says that this is the control: what is staged differs from the case
	// in nothing but the octets that it tests.
	Control bool

	has        func(Capability) bool
	controlled *atomic.Bool // Either was asked, by whichever goroutine
}

// Has reports whether the subject has a capability: it says so, and no baseline
// has shown the contrary.
func (t *Trial) Has(c Capability) bool { return t.has(c) }

// Either returns what the case tests, or in the control the plain thing in its
// place. A case that never asks has no control beside its baseline.
func Either[T any](t *Trial, tested, plain T) T {
	t.controlled.Store(true)
	if t.Control {
		return plain
	}
	return tested
}

// NewNonce is a name that nobody has used before.
func NewNonce() string {
	var octets [6]byte
	rand.Read(octets[:])
	return hex.EncodeToString(octets[:])
}

// maxTranscript is how many octets of a trial are kept.
const maxTranscript = 64 << 10

// A Transcript is what happened in a trial, in order. It may be written to by
// several goroutines.
type Transcript struct {
	mu     sync.Mutex
	began  time.Time
	lines  []Line
	octets int
	cut    bool
	closed bool
}

// A Line is one event of a transcript.
type Line struct {
	At    time.Duration `json:"at"`    // since the trial began, by our clock, in nanoseconds
	Where string        `json:"where"` // "A1": the first connection to origin A; "subject"
	Dir   string        `json:"dir"`   // ">" from the subject, "<" to it, "*" something else
	Text  string        `json:"text"`
}

// NewTranscript begins a transcript.
func NewTranscript() *Transcript { return &Transcript{began: time.Now()} }

// Note adds a line, until the transcript is full or its trial has ended.
func (t *Transcript) Note(where, dir, format string, args ...any) {
	text := format
	if len(args) > 0 {
		text = fmt.Sprintf(format, args...)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed || t.cut {
		return
	}
	if t.octets += len(text); t.octets > maxTranscript {
		t.cut = true
		text = "(more happened than is kept)"
	}
	t.lines = append(t.lines, Line{At: time.Since(t.began), Where: where, Dir: dir, Text: text})
}

// Lines returns what was noted.
func (t *Transcript) Lines() []Line {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]Line(nil), t.lines...)
}

func (t *Transcript) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closed = true
}
