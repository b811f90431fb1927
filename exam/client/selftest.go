package client

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/lang"
)

// SelfTest asks an adapter for the plain things whose answers every verdict is
// built on: what is wrong there is the adapter's fault, not the library's. The
// error says all that is wrong; an adapter with one does not count as a subject.
func SelfTest(ctx context.Context, subject Subject) error {
	var errs []error
	for _, r := range exam.Run(ctx, Plan(subject, topic("selftest", selfTests))) {
		if r.Outcome != exam.Pass && r.Outcome != exam.NA {
			errs = append(errs, fmt.Errorf("%s: %s", r.Case.Name, r.Detail.En))
		}
	}
	if a, ok := subject.(*Adapter); ok {
		if err := a.keepsNumbers(ctx); err != nil {
			errs = append(errs, fmt.Errorf("selftest-number: %w", err))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("the self-test of %s:\n%w", subject.About().Name, err)
	}
	return nil
}

// self makes a case of the self-test. check says what is wrong, nothing if
// nothing is.
func self(name string, needs []exam.Capability, check func(*Setting) string) exam.Case {
	return exam.Case{Name: name, Level: exam.Info, Over: h1, Needs: needs, Run: stage(func(s *Setting) exam.Verdict {
		if wrong := check(s); wrong != "" {
			return exam.Failed(lang.Text{En: wrong, ZhTW: wrong})
		}
		return exam.Passed(lang.Text{})
	})}
}

// everyOctet is content in which nothing may be taken for text.
var everyOctet = func() string {
	octets := make([]byte, 256)
	for i := range octets {
		octets[i] = byte(i)
	}
	return string(octets)
}()

var selfTests = []exam.Case{
	self("selftest-200", needs(Reports, Shows), func(s *Setting) string {
		s.On("/start", func(t *Turn) { t.Answer(200, "plain", "Content-Type: text/plain", "X-Leaf: one") })
		r := s.Get("/start")
		switch {
		case r.Err != nil || r.Status != 200 || string(r.Content) != "plain":
			return fmt.Sprintf("a 200 with the content \"plain\" is reported as %d with %q, and %v", r.Status, r.Content, r.Err)
		case s.can(ShowsHead) && r.Fields.Get("X-Leaf") != "one":
			return fmt.Sprintf("the answer's field X-Leaf: one is reported as %q", r.Fields.Get("X-Leaf"))
		}
		return ""
	}),
	self("selftest-404", needs(Reports), func(s *Setting) string {
		r := s.Get("/nothing")
		if r.Status != 404 || r.Err != nil && r.Err.Kind != ErrStatus {
			return fmt.Sprintf("a 404 is reported as %d, and %v: want the status, and no error or one of kind %q", r.Status, r.Err, ErrStatus)
		}
		return ""
	}),
	self("selftest-refused", needs(Fails), func(s *Setting) string {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err.Error()
		}
		o := s.Order("/start")
		o.URL = "http://" + ln.Addr().String() + "/"
		ln.Close()
		if r := s.Do(o)[0]; r.Err == nil || r.Err.Kind != ErrConnect && r.Err.Kind != ErrTimeout {
			return fmt.Sprintf("a port where nobody listens is reported as %v: want kind %q, or %q of those who try until their time is over", r.Err, ErrConnect, ErrTimeout)
		}
		return ""
	}),
	self("selftest-octets", needs(Shows), func(s *Setting) string {
		s.On("/start", func(t *Turn) { t.Answer(200, everyOctet, "Content-Type: application/octet-stream") })
		if r := s.Get("/start"); string(r.Content) != everyOctet {
			return fmt.Sprintf("content of all 256 octets is reported as %q", r.Content)
		}
		return ""
	}),
	self("selftest-sent", needs(Sends), func(s *Setting) string {
		s.On("/start", func(t *Turn) { t.Content(); t.Answer(200, "thanks", "Content-Type: text/plain") })
		o := s.Order("/start")
		o.Method, o.Content = "POST", &Content{Octets: everyOctet, Length: 1000}
		s.Do(o)
		if asked := s.Asked("/start"); len(asked) == 0 || string(asked[0].Request.Content.Data) != string(o.Content.Bytes()) {
			return "1000 octets to be sent did not come as they are"
		}
		return ""
	}),
	self("selftest-timeout", needs(Fails), func(s *Setting) string {
		s.On("/start", func(t *Turn) { t.Hold(2 * Silence) })
		o := s.Order("/start")
		o.Patience = 400 * time.Millisecond
		if r := s.Do(o)[0]; r.Err == nil || r.Err.Kind != ErrTimeout || s.Waited() {
			return fmt.Sprintf("an origin that says nothing is reported as %v, after more than %v: %v; want kind %q at the end of the patience", r.Err, 2*Silence, s.Waited(), ErrTimeout)
		}
		return ""
	}),
	self("selftest-unsupported", nil, func(s *Setting) string {
		s.On("/start", plain(200))
		o := s.Order("/start")
		switch {
		case !s.can(Resumes):
			o.Part = []byte("part")
		case !s.can(Sockets):
			o.WebSocket = true
		case !s.can(Waits):
			o.Expect, o.Method, o.Content = true, "POST", &Content{Octets: "tea", Length: 3}
		default:
			return "" // it can all
		}
		if r := s.Do(o)[0]; r.Unsupported == "" || s.Came("/start") > 0 {
			return "an order that needs what it does not claim is to be answered with \"unsupported\", and carried out not at all"
		}
		return ""
	}),
}

// keepsNumbers asks an adapter whether it answers with the number that an order
// has, whichever that is, and lives through the end of a session that it does
// not know.
func (a *Adapter) keepsNumbers(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	p, _, err := a.start(ctx)
	if err != nil {
		return err
	}
	defer p.end()
	if _, err := p.in.Write([]byte(`{"end":"nobody"}` + "\n")); err != nil {
		return err
	}
	o := Order{Over: "h1", Method: "GET", URL: "http://127.0.0.1:1/", Part: []byte("part"), Patience: time.Second}
	if _, err := p.ask(ctx, orderTo(1<<40, "s-self", &o)); err != nil {
		return fmt.Errorf("order number %d, after the end of a session that it does not know: %w", 1<<40, err)
	}
	return nil
}
