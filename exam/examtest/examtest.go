// Package examtest puts the exams to Go programs in their own tests:
//
//	func TestStatusCodes(t *testing.T) {
//		examtest.Client(t, &http.Client{Transport: myTransport})
//	}
//
// Each case is a subtest. What fails at the level, which is must unless
// [FailOn] says other, fails the test, with what was seen and the transcript;
// what cannot be asked is skipped, with its reason.
package examtest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/exam/client"
	"github.com/statute-http/statute/exam/client/nethttp"
	"github.com/statute-http/statute/exam/proxy"
	"github.com/statute-http/statute/exam/server"
	"github.com/statute-http/statute/wire"
)

// An Option says how an exam is to be held.
type Option func(*options)

type options struct {
	choice   exam.Choice
	over     []wire.Protocol
	failOn   exam.Level
	expected exam.Expectations
	parallel int
	err      error
}

// Choose asks only the cases that the choice picks.
func Choose(c exam.Choice) Option { return func(o *options) { o.choice = c } }

// Over asks over these protocols; without it, over HTTP/1.1.
func Over(p ...wire.Protocol) Option { return func(o *options) { o.over = p } }

// FailOn fails on this level and those above it.
func FailOn(l exam.Level) Option { return func(o *options) { o.failOn = l } }

// Parallel asks so many cases at a time; without it four.
func Parallel(n int) Option { return func(o *options) { o.parallel = n } }

// Expect knows deviations: lines as in a file of expectations. The test then
// fails on whatever is not as they say.
func Expect(lines string) Option {
	return func(o *options) { o.expected, o.err = exam.ReadExpectations(strings.NewReader(lines)) }
}

func collect(t testing.TB, all []Option) *options {
	t.Helper()
	o := &options{failOn: exam.Must, parallel: 4, over: []wire.Protocol{wire.H1}}
	for _, option := range all {
		option(o)
	}
	if o.err != nil {
		t.Fatalf("examtest.Expect: %v", o.err)
	}
	return o
}

// Client examines a client. It is used as it is; where a case needs a proxy or
// an authority to trust, and its transport is an [net/http.Transport], a copy of
// that is told.
func Client(t *testing.T, c *http.Client, all ...Option) {
	t.Helper()
	o := collect(t, all)
	cases, err := o.choice.Of(client.All)
	if err != nil {
		t.Fatalf("examtest.Choose: %v", err)
	}
	subject := nethttp.Of(c)
	o.hold(t, client.Plan(subject, cases), exam.Client, subject.About())
}

// Proxy examines a gateway: a handler that passes requests on to the origin, as
// [net/http/httputil.ReverseProxy] does. It runs on net/http's server, whose
// doings are part of what is examined.
func Proxy(t *testing.T, gateway func(origin *url.URL) http.Handler, all ...Option) {
	t.Helper()
	o := collect(t, all)
	cases, err := o.choice.Of(proxy.All)
	if err != nil {
		t.Fatalf("examtest.Choose: %v", err)
	}
	origin, err := proxy.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatalf("examtest.Proxy: %v", err)
	}
	defer origin.Close()
	server := httptest.NewServer(gateway(&url.URL{Scheme: "http", Host: origin.Addr()}))
	defer server.Close()
	subject := &proxy.Subject{Name: t.Name(), Mode: proxy.Reverse, Address: server.Listener.Addr().String(), Origin: origin}
	o.hold(t, exam.Plan{Cases: cases, Subject: subject, Can: subject.Can()}, exam.Proxy, subject.About())
}

// Server examines a handler as package net/http serves it over HTTP/1.1. The
// file of the exam is at path.
func Server(t *testing.T, h http.Handler, path string, all ...Option) {
	t.Helper()
	o := collect(t, all)
	cases, err := o.choice.Of(server.All)
	if err != nil {
		t.Fatalf("examtest.Choose: %v", err)
	}
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	subject, err := server.NewSubject(s.URL + path)
	if err != nil {
		t.Fatalf("examtest.Server: %v", err)
	}
	o.hold(t, exam.Plan{Cases: cases, Subject: subject, Can: subject.Can()}, exam.Server, subject.About())
}

// hold holds the exam and tells the test what came of it.
func (o *options) hold(t *testing.T, plan exam.Plan, role exam.Role, about exam.About) {
	t.Helper()
	plan.Over, plan.Parallel = o.over, o.parallel
	results := exam.Run(t.Context(), plan)
	var unexpected []exam.Entry
	if o.expected != nil {
		unexpected, _ = o.expected.Surprises(exam.NewSheet(role, about, results, "en"))
	}
	for i := range results {
		r := &results[i]
		t.Run(r.Case.Name+"/"+string(r.Over), func(t *testing.T) {
			switch {
			case o.fails(r, unexpected):
				t.Errorf("%s, %s: %s %s\n%s\nLawful: %s\n%s", r.Case.Level, r.Case.Spec, r.Outcome, r.Value, r.Detail.En, r.Case.Wants.En, transcript(r))
			case r.Outcome == exam.NA:
				t.Skip(r.Detail.En)
			}
		})
	}
}

func (o *options) fails(r *exam.Result, unexpected []exam.Entry) bool {
	if o.expected != nil {
		return slices.ContainsFunc(unexpected, func(e exam.Entry) bool { return e.Case == r.Case.Name && e.Over == r.Over })
	}
	switch r.Outcome {
	case exam.Void, exam.Flaky:
		return true
	case exam.Fail:
		return slices.Index(exam.Levels, r.Case.Level) <= slices.Index(exam.Levels, o.failOn)
	}
	return false
}

func transcript(r *exam.Result) string {
	var b strings.Builder
	for _, l := range r.Transcript {
		fmt.Fprintf(&b, "%8.3f %-8s %s %q\n", l.At.Seconds(), l.Where, l.Dir, l.Text)
	}
	return b.String()
}
