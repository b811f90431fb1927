package model_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/exam/client"
	"github.com/statute-http/statute/exam/client/model"
	"github.com/statute-http/statute/wire"
)

// Our own client passes every case over every protocol; with the case's fault
// it fails it, or, where nothing is required, does something else.
func TestCases(t *testing.T) {
	// Most cases wait most of the time: more of them at once than t.Parallel
	// would allow on few processors.
	places := make(chan struct{}, 24)
	var asking sync.WaitGroup
	defer asking.Wait()
	for _, c := range client.All {
		for _, over := range c.Over {
			places <- struct{}{}
			asking.Go(func() {
				defer func() { <-places }()
				t.Run(fmt.Sprintf("%s/%s", c.Name, over), func(t *testing.T) { prove(t, c, over) })
			})
		}
	}
}

func prove(t *testing.T, c exam.Case, over wire.Protocol) {
	right := ask(t, c, over, "")
	want := exam.Pass
	if c.Level == exam.Info && !c.Baseline() {
		want = exam.Value
	}
	if right.Outcome != want && !(want == exam.Pass && right.Outcome == exam.Refused) {
		t.Fatalf("our client: %s: %s\n%s", right.Outcome, right.Detail.En, transcript(right))
	}
	wrong := ask(t, c, over, c.Fault)
	bad := exam.Fail
	if c.Baseline() {
		bad = exam.NA
	}
	if want == exam.Value && (wrong.Outcome != exam.Value || wrong.Value == right.Value) || want == exam.Pass && wrong.Outcome != bad {
		t.Fatalf("with the fault %q: %s %s: %s\n%s", c.Fault, wrong.Outcome, wrong.Value, wrong.Detail.En, transcript(wrong))
	}
}

func ask(t *testing.T, c exam.Case, over wire.Protocol, fault string) exam.Result {
	subject := model.New(fault)
	return exam.Run(t.Context(), exam.Plan{Cases: []exam.Case{c}, Over: []wire.Protocol{over}, Subject: subject, Can: subject.Can()})[0]
}

func transcript(r exam.Result) string {
	text := ""
	for _, l := range r.Transcript {
		text += fmt.Sprintf("%8.3f %-8s %s %q\n", l.At.Seconds(), l.Where, l.Dir, l.Text)
	}
	return text
}

// Every fault is looked for by a case.
func TestFaults(t *testing.T) {
	for _, f := range model.Faults {
		if !slices.ContainsFunc(client.All, func(c exam.Case) bool { return c.Fault == f.Name }) {
			t.Errorf("no case looks for the fault %q", f.Name)
		}
	}
}
