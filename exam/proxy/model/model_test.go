package model_test

import (
	"slices"
	"sync"
	"testing"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/exam/proxy"
	"github.com/statute-http/statute/exam/proxy/model"
	"github.com/statute-http/statute/wire"
)

const login = "Basic Z3Vlc3Q6Z3Vlc3Q="

// Each case is passed by the model without a fault, and failed by it with the
// case's own; where nothing is required, the fault gives another value.
func TestCases(t *testing.T) {
	right := map[proxy.Mode]*subject{proxy.Forward: open(t, proxy.Forward, login, ""), proxy.Reverse: open(t, proxy.Reverse, "", "")}
	places := make(chan struct{}, 24)
	var asking sync.WaitGroup
	defer asking.Wait()
	for _, c := range proxy.All {
		if !c.Plays(wire.H1) {
			continue
		}
		places <- struct{}{}
		asking.Go(func() {
			defer func() { <-places }()
			t.Run(c.Name, func(t *testing.T) {
				prove(t, c, wire.H1, right, func(mode proxy.Mode, fault string) *subject { return open(t, mode, login, fault) })
			})
		})
	}
}

// modes are those in which the case can be asked, the graver first: of a forward
// proxy more is required.
func modes(c exam.Case) []proxy.Mode {
	for _, need := range []exam.Capability{proxy.Forwards, proxy.Tunnels, proxy.Asks} {
		if slices.Contains(c.Needs, need) {
			return []proxy.Mode{proxy.Forward}
		}
	}
	if slices.Contains(c.Needs, proxy.Reverses) {
		return []proxy.Mode{proxy.Reverse}
	}
	return []proxy.Mode{proxy.Forward, proxy.Reverse}
}

func prove(t *testing.T, c exam.Case, over wire.Protocol, right map[proxy.Mode]*subject, open func(proxy.Mode, string) *subject) {
	want, bad := exam.Pass, exam.Fail
	if c.Level == exam.Info && !c.Baseline() {
		want = exam.Value
	}
	if c.Baseline() {
		bad = exam.NA
	}
	var got exam.Result
	for _, mode := range modes(c) {
		whole := right[mode]
		if c.Alone {
			whole = open(mode, "")
		}
		got = ask(t, c, over, whole.Subject)
		if got.Outcome != want && (want != exam.Pass || got.Outcome != exam.Refused) {
			t.Fatalf("%s without a fault: %s: %s\n%s", mode, got.Outcome, got.Detail.En, transcript(got))
		}
	}
	if open == nil {
		return
	}
	var wrong exam.Result
	for _, mode := range modes(c) {
		wrong = ask(t, c, over, open(mode, c.Fault).Subject)
		if want == exam.Value && wrong.Outcome == exam.Value && wrong.Value != got.Value || want == exam.Pass && wrong.Outcome == bad {
			return
		}
	}
	t.Fatalf("with the fault %q: %s %s: %s\n%s", c.Fault, wrong.Outcome, wrong.Value, wrong.Detail.En, transcript(wrong))
}

type subject struct{ *proxy.Subject }

func open(t *testing.T, mode proxy.Mode, login, fault string) *subject {
	t.Helper()
	o, err := proxy.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.Close() })
	s := &proxy.Subject{Name: "model", Mode: mode, Origin: o}
	to := o.Addr()
	if mode == proxy.Forward {
		to, s.Login = "", login
	}
	p, err := model.Open(to, s.Login, fault)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	s.Address = p.Addr()
	return &subject{s}
}

func ask(t *testing.T, c exam.Case, over wire.Protocol, s *proxy.Subject) exam.Result {
	return exam.Run(t.Context(), exam.Plan{Cases: []exam.Case{c}, Over: []wire.Protocol{over}, Subject: s, Can: s.Can()})[0]
}

func transcript(r exam.Result) string {
	text := ""
	for _, l := range r.Transcript {
		text += l.Where + " " + l.Dir + " " + l.Text[:min(len(l.Text), 400)] + "\n"
	}
	return text
}

// Every fault is looked for by a case.
func TestFaults(t *testing.T) {
	for _, f := range model.Faults {
		if !slices.ContainsFunc(proxy.All, func(c exam.Case) bool { return c.Fault == f.Name }) {
			t.Errorf("no case looks for the fault %q", f.Name)
		}
	}
}
