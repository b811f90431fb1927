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

// What the Fetch standard demands where the RFCs leave it open, or only
// recommend, is a second verdict; a subject that does not claim to implement that
// standard has none.
func TestFetch(t *testing.T) {
	for _, test := range []struct {
		name, fault string
		want        exam.Outcome // by the Fetch standard; empty: as by the RFCs
	}{
		{"redirect-302-post", "", ""},
		{"redirect-302-post", "stays", exam.Fail},
		{"redirect-303-put", "303-keeps-method", ""},
		{"redirect-308-get", "", exam.Pass},
		{"redirect-308-get", "stays", exam.Fail},
		{"redirect-307-stream", "", ""},
		{"redirect-limit-20", "", exam.Pass},
		{"redirect-limit-20", "four-redirects", exam.Fail},
		{"redirect-two-locations", "", exam.Fail},
		{"redirect-auth-subdomain", "", exam.Pass},
		{"redirect-auth-subdomain", "keeps-auth-on-other-host", exam.Fail},
		{"redirect-custom-secret", "", exam.Pass},
		{"redirect-custom-secret", "drops-every-field", exam.Fail},
		{"300-location", "", exam.Pass},
		{"300-location", "follows-300", exam.Fail},
		{"421-retry", "", exam.Pass},
		{"421-retry", "leaves-421", exam.Fail},
	} {
		i := slices.IndexFunc(client.All, func(c exam.Case) bool { return c.Name == test.name })
		if r := ask(t, client.All[i], wire.H1, test.fault); r.Fetch != test.want {
			t.Errorf("%s, fault %q: by the Fetch standard %q, want %q (%s %s)", test.name, test.fault, r.Fetch, test.want, r.Outcome, r.Value)
		}
	}
	other := model.New("").Without(client.Fetching)
	i := slices.IndexFunc(client.All, func(c exam.Case) bool { return c.Name == "421-retry" })
	plan := exam.Plan{Cases: client.All[i : i+1], Subject: other, Can: other.Can()}
	if r := exam.Run(t.Context(), plan)[0]; r.Fetch != "" {
		t.Errorf("a subject that does not implement the Fetch standard: %s by it", r.Fetch)
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
