package client

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/statute-http/statute/cert"
	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/wire"
)

// Silence is how long an origin that has said all waits for the client to act,
// before it calls the client waiting. The time runs on the origin's clock.
const Silence = 3 * time.Second

// A Setting is what one trial needs: origins with their scripts, and the
// subject. Cases ask for more origins with Open.
type Setting struct {
	A *Origin // the one that most cases are about: 127.0.0.1

	trial   *exam.Trial
	subject Subject
	paged   bool // the subject is a page in a browser

	mu      sync.Mutex
	origins []*Origin
	scripts map[string]func(*Turn)
	acts    []*Asked      // what the subject did: requests, and nil where it came to its end
	changed chan struct{} // closed and made anew with each act
	waited  bool          // a client did nothing while an origin held still
	broken  error
	folder  string
}

func newSetting(t *exam.Trial) *Setting {
	s := &Setting{trial: t, subject: t.Subject.(Subject), paged: isPaged(t.Subject.(Subject)), scripts: map[string]func(*Turn){}, changed: make(chan struct{})}
	s.A = s.Open(Place{Secure: t.Over == wire.H2 && !s.can(ClearH2)})
	s.On(mark, func(t *Turn) { t.Answer(200, markContent, "Content-Type: text/plain") })
	s.On(trap, func(t *Turn) { t.Answer(200, trapContent, "Content-Type: text/plain") })
	return s
}

// Over is the protocol of the trial.
func (s *Setting) Over() wire.Protocol { return s.trial.Over }

// Either returns what the case tests, or in the control the plain thing.
func (s *Setting) Either(tested, plain string) string { return exam.Either(s.trial, tested, plain) }

// On gives the script of a path, on whichever origin it is asked for. A script
// runs once for each request, head read, content not.
func (s *Setting) On(path string, script func(*Turn)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scripts[path] = script
}

// script returns what answers a request. What nobody scripted is not there.
func (s *Setting) script(path string) func(*Turn) {
	path, _, _ = strings.Cut(path, "?")
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.scripts[path]; f != nil {
		return f
	}
	return func(t *Turn) { t.Answer(404, "nothing is here", "Content-Type: text/plain") }
}

// Order is a GET of a path of origin A that follows redirects if it can.
func (s *Setting) Order(path string) Order {
	return s.OrderAt(s.A, path)
}

// OrderAt is the same at another origin.
func (s *Setting) OrderAt(at *Origin, path string) Order {
	o := Order{Over: s.trial.Over, Method: "GET", URL: at.URL(path), Follow: s.follows(), Patience: 2 * Silence}
	if s.paged && at.raw == nil {
		o.Page = at.URL(page)
	}
	if at.secure() {
		o.Authority = s.Authority()
	}
	return o
}

// Get makes the subject GET a path of origin A.
func (s *Setting) Get(path string) Report { return s.Do(s.Order(path))[0] }

// Do makes the subject carry out orders.
func (s *Setting) Do(orders ...Order) []Report {
	for _, o := range orders {
		s.trial.Record.Note("subject", "*", "told: %s %s", o.Method, o.URL)
	}
	reports := s.subject.Do(s.trial.Context, orders)
	s.act(nil)
	for len(reports) < len(orders) {
		reports = append(reports, Report{Err: &Error{ErrOther, "no report came"}})
	}
	for _, r := range reports {
		says := fmt.Sprintf("status %d, %d octets of content", r.Status, len(r.Content))
		switch {
		case r.Unsupported != "":
			says = "unsupported: " + r.Unsupported
		case r.Err != nil:
			says += fmt.Sprintf(", error %s: %s", r.Err.Kind, r.Err.Message)
		case r.Late:
			says += ", ended by us"
		}
		s.trial.Record.Note("subject", "*", "reports: %s", says)
	}
	return reports
}

// setsCookie is the line by which the origin of /start sets a cookie. A page of
// an https origin stands here within one of http, so to a browser it is a third
// party: what it sets is kept only if it says that it knows (SameSite=None) and
// takes a jar of its own for each first party (Partitioned).
func (s *Setting) setsCookie() string {
	line := "Set-Cookie: cup=blue; Path=/"
	if s.paged && s.A.secure() {
		line += "; Secure; SameSite=None; Partitioned"
	}
	return line
}

// can reports whether the subject has all these capabilities.
func (s *Setting) can(c ...exam.Capability) bool {
	return !slices.ContainsFunc(c, func(one exam.Capability) bool { return !s.trial.Has(one) })
}

func (s *Setting) follows() bool { return s.can(Follows) }

// act notes that the subject has done something: made a request, or, with nil,
// come to its end.
func (s *Setting) act(a *Asked) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.acts = append(s.acts, a)
	close(s.changed)
	s.changed = make(chan struct{})
}

// mostRequests is how many requests of one trial are taken down: more than any
// case waits for, so that a client without end costs no memory without end.
const mostRequests = 1000

// full reports whether so many requests have come that no more are answered.
func (s *Setting) full() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.acts) >= mostRequests
}

// next returns a channel that is closed when the subject acts after it made the
// given request; nil if it has already.
func (s *Setting) next(since *Asked) <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if slices.Index(s.acts, since) < len(s.acts)-1 {
		return nil
	}
	return s.changed
}

func (s *Setting) wait() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waited = true
}

// Waited reports whether the client went on waiting where an origin had said
// all (Turn.Hold).
func (s *Setting) Waited() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.waited
}

// Asked returns the requests that came, in order: all, or those for one path.
// They are as they are now: a client that has given up does not end the script
// that still reads what it sent.
func (s *Setting) Asked(path string) []*Asked {
	s.mu.Lock()
	defer s.mu.Unlock()
	var those []*Asked
	for _, a := range s.acts {
		if a == nil {
			continue
		}
		own, _, _ := strings.Cut(a.Path, "?")
		if path == "" || own == path {
			now := *a
			those = append(those, &now)
		}
	}
	return those
}

// Came returns how many requests came for the path.
func (s *Setting) Came(path string) int { return len(s.Asked(path)) }

// Follows reports whether a request for the second path came after one for the
// first.
func (s *Setting) Follows(first, second string) bool {
	one, two := s.Asked(first), s.Asked(second)
	return len(one) > 0 && len(two) > 0 && two[len(two)-1].At.After(one[0].At)
}

// fail says that the setting itself is broken: the case is void.
func (s *Setting) fail(doing string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken = errors.Join(s.broken, fmt.Errorf("%s: %w", doing, err))
}

func (s *Setting) brokenBy() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.broken
}

// close ends all that the trial has opened.
func (s *Setting) close() {
	for _, o := range s.origins {
		o.server.Close()
	}
	if s.folder != "" {
		os.RemoveAll(s.folder)
	}
}

// file writes a file of the trial and returns its path.
func (s *Setting) file(name string, content []byte) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var err error
	if s.folder == "" {
		s.folder, err = os.MkdirTemp("", "statute-exam-")
	}
	path := filepath.Join(s.folder, name)
	if err == nil {
		err = os.WriteFile(path, content, 0o600)
	}
	if err != nil {
		s.broken = errors.Join(s.broken, fmt.Errorf("write %s: %w", name, err))
	}
	return path
}

// authority is that of all settings of the process, made when TLS is first
// asked for.
var authority = sync.OnceValues(cert.Memory)

// AuthorityKey is the SHA-256 of its public key, in base64, as browsers are told
// of keys to trust.
func AuthorityKey() (string, error) {
	a, err := authority()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(a.Root().RawSubjectPublicKeyInfo)
	return base64.StdEncoding.EncodeToString(sum[:]), nil
}

// stranger is an authority that no subject is told to trust.
var stranger = sync.OnceValues(cert.Memory)

// Authority returns the file with the certificate that clients have to trust.
func (s *Setting) Authority() string {
	a, err := authority()
	if err != nil {
		s.fail("make an authority", err)
		return ""
	}
	return s.file("ca.pem", a.PEM())
}
