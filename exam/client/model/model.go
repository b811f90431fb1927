// Package model is an HTTP client of our own that passes the whole exam: the
// proof that each case can be passed. Given a fault by its name it makes that
// one mistake, and the case that looks for it fails: the proof that each case
// can be failed.
//
// It is careful rather than fast: whatever the exam asks about, it does as the
// specifications say, each rule with its section where it is obeyed. It speaks
// through package wire/peer, whose record of an exchange shows every fault of an
// answer, and refuses what is malformed.
package model

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"sync"
	"time"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/exam/client"
)

// A Client is a subject. It may be used by several goroutines at once: each Do
// is a user of its own.
type Client struct {
	fault string
	lacks map[exam.Capability]bool

	mu       sync.Mutex
	sessions map[string]*session // those of Continue
}

// New returns the client, with one fault if fault is not empty. It panics if
// there is no such fault.
func New(fault string) *Client {
	if fault != "" && !Known(fault) {
		panic(fmt.Sprintf("there is no fault %q: add it to exam/client/model/faults.go", fault))
	}
	return &Client{fault: fault}
}

// Without returns a client that does not claim some capabilities, and so is
// examined by what others show.
func (c *Client) Without(lacks ...exam.Capability) *Client {
	other := &Client{fault: c.fault, lacks: map[exam.Capability]bool{}}
	for _, l := range lacks {
		other.lacks[l] = true
	}
	return other
}

// About says who it is.
func (c *Client) About() exam.About {
	about := exam.About{Name: "statute-model"}
	if c.fault != "" {
		about.Options = map[string]string{"fault": c.fault}
	}
	return about
}

// Can says what it can be asked to do.
func (c *Client) Can() map[exam.Capability]bool {
	can := map[exam.Capability]bool{}
	for _, one := range []exam.Capability{
		client.Gets, client.Follows, client.Sends, client.Fields, client.Reuses, client.Reports,
		client.Shows, client.ShowsHead, client.Fails, client.Heads, client.Waits, client.Secure,
		client.Locates, client.Cookies, client.Basic, client.Netrc, client.Retries, client.Digest, client.Proxied, client.Tunnels,
		client.Resumes, client.Caches, client.Sockets, client.Navigates, client.ClearH2, client.Early, client.Fetching,
		client.ParsesJSON, client.Ranges, client.Alternates,
	} {
		can[one] = !c.lacks[one]
	}
	return can
}

// has reports whether the client has the fault.
func (c *Client) has(fault string) bool { return c.fault == fault }

// Do carries the orders out in one session.
func (c *Client) Do(ctx context.Context, orders []client.Order) []client.Report {
	s := c.begin()
	defer s.close()
	var reports []client.Report
	for i := range orders {
		reports = append(reports, s.carryOut(ctx, &orders[i]))
	}
	return reports
}

// Continue carries one order out in the session with that name.
func (c *Client) Continue(ctx context.Context, name string, o *client.Order) client.Report {
	c.mu.Lock()
	if c.sessions == nil {
		c.sessions = map[string]*session{}
	}
	s := c.sessions[name]
	if s == nil {
		s = c.begin()
		c.sessions[name] = s
	}
	c.mu.Unlock()
	return s.carryOut(ctx, o)
}

// End ends the session with that name.
func (c *Client) End(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s := c.sessions[name]; s != nil {
		s.close()
	}
	delete(c.sessions, name)
}

func (c *Client) begin() *session {
	s := &session{Client: c, idle: map[place][]*line{}, cache: map[string]*stored{}, alternatives: map[place]string{}, tickets: tls.NewLRUClientSessionCache(8)}
	s.jar, _ = cookiejar.New(nil) // nil options cannot fail
	return s
}

func (s *session) carryOut(ctx context.Context, o *client.Order) client.Report {
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	r := s.misreport(s.do(ctx, o))
	if o.JSON && r.Err == nil && !s.has("reads-no-json") {
		return s.parse(r)
	}
	return r
}

// parse reads the content as JSON. RFC 9110 §15.3.5: a 204 has none, which is no
// mistake of its content.
func (c *Client) parse(r client.Report) client.Report {
	if r.Status == 204 && !c.has("parses-nothing") || json.Valid(r.Content) {
		return r
	}
	return merge(r, client.ErrContent, errors.New("the content is no JSON"))
}

// misreport is where the client's faults of telling live.
func (c *Client) misreport(r client.Report) client.Report {
	switch {
	case c.has("keeps-content"):
		r.Content = nil
	case c.has("tells-no-status"):
		r.Status = 0
	case c.has("never-fails"):
		r.Err = nil
	case c.has("4xx-succeeds") && r.Status/100 == 4, c.has("5xx-succeeds") && r.Status/100 == 5:
		r.Status = 200
	case c.has("deaf-while-sending") && r.Status == 413:
		r.Status, r.Err = 0, &client.Error{Kind: client.ErrOther, Message: "the connection was closed while sending"}
	case c.has("part-is-whole") && r.Status == 206:
		r.Status = 200
	case c.has("unknown-2xx-fails") && r.Status/100 == 2 && http.StatusText(r.Status) == "",
		c.has("only-200-succeeds") && r.Status/100 == 2 && r.Status > 201 && r.Status != 204:
		r.Err = &client.Error{Kind: client.ErrStatus, Message: "not 200"}
	case c.has("believes-reason") && r.Reason == "OK":
		r.Status = 200
	}
	return r
}

// longest is how long the client works on one order.
const longest = 12 * time.Second
