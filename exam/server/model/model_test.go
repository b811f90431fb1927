package model_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/statute-http/statute/cert"
	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/exam/server"
	"github.com/statute-http/statute/exam/server/model"
	"github.com/statute-http/statute/house"
	"github.com/statute-http/statute/serve"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

func open(tb testing.TB) (*house.House, *server.Subject) {
	tb.Helper()
	h, err := house.Open(house.Config{Limits: serve.Limits{First: 2 * time.Second, Head: 2 * time.Second, Idle: 2 * time.Second}})
	if err != nil {
		tb.Fatal(err)
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		h.Serve()
	}()
	tb.Cleanup(func() {
		end, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		h.Shutdown(end)
		<-served
	})
	at := "http://" + h.Address()
	do(tb, "PUT", at+"/lab/depot/from", "text/plain", "moved")
	do(tb, "PUT", at+"/lab/recipes/exam", "text/plain", "water, tea")
	full := do(tb, "POST", at+"/worlds", "application/json", `{"quota":1000}`)
	do(tb, "POST", at+"/lab/moves", "application/json", `{"from":"/lab/depot/from","to":"/lab/depot/to","permanent":true,"keep-method":true}`)
	s, err := server.ReadSubject(strings.NewReader(fmt.Sprintf(
		"name ours\nurl %s/lab/book\nsecure https://%s\nredirect /lab/depot/from\nauth /lab/cellar/list guest guest\nwrite /lab/depot/\ndemands /lab/recipes/exam\nfull %sdepot/\nsocket /lab/ws\nlimited /lab/limited\n", at, h.Address(), full)))
	if err != nil {
		tb.Fatal(err)
	}
	s.TLS = h.Trust()
	return h, s
}

// do asks for something to be created, and returns the path of it.
func do(tb testing.TB, method, at, kind, content string) string {
	tb.Helper()
	q, _ := http.NewRequestWithContext(tb.Context(), method, at, bytes.NewReader([]byte(content)))
	q.Header.Set("Content-Type", kind)
	answer, err := http.DefaultClient.Do(q)
	if err != nil || answer.StatusCode != 201 {
		tb.Fatalf("%s %s: %v %v", method, at, answer, err)
	}
	io.Copy(io.Discard, answer.Body)
	answer.Body.Close()
	where, err := answer.Location()
	if err != nil {
		return ""
	}
	return where.Path
}

// Our own server passes every case over every protocol, the slow ones too.
func TestOurs(t *testing.T) {
	_, s := open(t)
	began := time.Now()
	results := exam.Run(t.Context(), exam.Plan{Cases: server.All, Over: wire.Protocols, Subject: s, Can: s.Can(), Parallel: server.AtOnce})
	t.Logf("%d results in %v", len(results), time.Since(began))
	for i := range results {
		r := &results[i]
		if r.Outcome != exam.Pass {
			t.Errorf("%s over %s: %s: %s\n%s", r.Case.Name, r.Over, r.Outcome, r.Detail.En, transcript(r))
		}
	}
}

// With its fault, our own server fails the case.
func TestFaults(t *testing.T) {
	h, s := open(t)
	authority, err := cert.Memory()
	if err != nil {
		t.Fatal(err)
	}
	// Most cases wait most of the time: more of them at once than t.Parallel
	// would allow on few processors.
	places := make(chan struct{}, 12)
	var asking sync.WaitGroup
	defer asking.Wait()
	for i := range server.All {
		c := &server.All[i]
		for _, over := range c.Over {
			if testing.Short() && over != wire.H1 {
				continue
			}
			places <- struct{}{}
			asking.Go(func() {
				defer func() { <-places }()
				t.Run(c.Name+"/"+string(over), func(t *testing.T) { prove(t, h, s, authority, c, over) })
			})
		}
	}
}

func prove(t *testing.T, h *house.House, right *server.Subject, authority *cert.Authority, c *exam.Case, over wire.Protocol) {
	s := &server.Subject{Name: c.Fault, File: right.File, Redirect: right.Redirect, Auth: right.Auth, User: right.User, Pass: right.Pass, Write: right.Write, Demands: right.Demands, Full: right.Full, Socket: right.Socket, Limited: right.Limited}
	config := &tls.Config{GetCertificate: authority.GetCertificate}
	secure := over == wire.H3 || slices.Contains(c.Needs, server.Secure)
	behind := func(p wire.Protocol) peer.Target {
		t := peer.Target{Protocol: p, Address: h.Address()}
		if p == wire.H3 || p == wire.H1 && secure {
			t.TLS, t.ServerName = h.Trust(), "localhost"
		}
		return t
	}
	if !secure {
		config = nil
	}
	front, err := model.Open(over, config, c.Fault, right.File, behind)
	if err != nil {
		t.Fatal(err)
	}
	defer front.Close()
	s.URL = &url.URL{Scheme: "http", Host: front.Addr(), Path: s.File}
	if secure {
		s.SecureURL = &url.URL{Scheme: "https", Host: front.Addr(), Path: s.File}
		s.TLS = &tls.Config{RootCAs: authority.Pool()}
	}
	one := *c
	one.Needs = nil
	plan := exam.Plan{Cases: []exam.Case{one}, Over: []wire.Protocol{over}, Subject: s, Can: everything}
	if c.Slow { // the faults that such a case looks for show sooner
		plan.Scale = 2.5 / c.Limit.Seconds()
	}
	r := exam.Run(t.Context(), plan)[0]
	bad := exam.Fail
	if c.Baseline() {
		bad = exam.NA
	}
	if r.Outcome != bad {
		t.Errorf("with the fault %q: %s: %s\n%s", c.Fault, r.Outcome, r.Detail.En, transcript(&r))
	}
}

var everything = func() map[exam.Capability]bool {
	can := map[exam.Capability]bool{}
	for _, c := range server.All {
		can[c.Proves] = true
		for _, n := range c.Needs {
			can[n] = true
		}
	}
	return can
}()

// Each fault is looked for, and each case has one; names are given once.
func TestTable(t *testing.T) {
	for _, f := range model.Faults {
		if !slices.ContainsFunc(server.All, func(c exam.Case) bool { return c.Fault == f.Name }) {
			t.Errorf("no case looks for the fault %q", f.Name)
		}
	}
	seen := map[string]bool{}
	asked := 0
	for _, c := range server.All {
		if seen[c.Name] {
			t.Errorf("two cases are called %s", c.Name)
		}
		seen[c.Name] = true
		if !slices.ContainsFunc(model.Faults, func(f model.Fault) bool { return f.Name == c.Fault }) {
			t.Errorf("%s has the fault %q, and there is none", c.Name, c.Fault)
		}
		if !c.Baseline() {
			asked++
		}
	}
	if asked < 200 {
		t.Errorf("%d cases", asked)
	}
}

// BenchmarkExam prints how long the whole exam takes with a local server.
func BenchmarkExam(b *testing.B) {
	_, s := open(b)
	cases, err := exam.Choice{}.Of(server.All)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		began := time.Now()
		exam.Run(b.Context(), exam.Plan{Cases: cases, Over: wire.Protocols, Subject: s, Can: s.Can(), Parallel: server.AtOnce})
		b.ReportMetric(time.Since(began).Seconds(), "s-wall")
	}
}

func transcript(r *exam.Result) string {
	var b strings.Builder
	for _, l := range r.Transcript {
		fmt.Fprintf(&b, "%7.3f %s %s %.300q\n", l.At.Seconds(), l.Where, l.Dir, l.Text)
	}
	return b.String()
}
