package results_test

import (
	"slices"
	"testing"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/exam/client"
	"github.com/statute-http/statute/exam/client/roster"
	"github.com/statute-http/statute/results"
)

// What is kept is what an exam of ours finds: known clients, known cases, and
// nothing that we could not stage or that did not come again.
func TestClients(t *testing.T) {
	all, err := results.Clients()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 20 {
		t.Errorf("there are sheets of %d clients; want 20 at least: go run ./bench/clients -o results/clients", len(all))
	}
	for _, s := range all {
		name := s.Subject.Name
		if !slices.Contains(roster.Names(), name) {
			t.Errorf("%s is no client of the roster", name)
		}
		if s.Subject.Version == "" || len(s.Subject.Options) == 0 || s.Made.IsZero() {
			t.Errorf("the sheet of %s does not say which version, how it was driven or when", name)
		}
		if len(s.Results) < 100 {
			t.Errorf("the sheet of %s has %d results", name, len(s.Results))
		}
		for _, e := range s.Results {
			i := slices.IndexFunc(client.All, func(c exam.Case) bool { return c.Name == e.Case })
			switch {
			case i < 0:
				t.Errorf("%s was asked %s, which is no case", name, e.Case)
			case client.All[i].Level != e.Level:
				t.Errorf("%s was asked %s at level %s, which is of level %s now: go run ./bench/clients -o results/clients", name, e.Case, e.Level, client.All[i].Level)
			case e.Verdict == exam.Void || e.Verdict == exam.Flaky:
				t.Errorf("%s: %s is %s: %s", name, e.Case, e.Verdict, e.Detail)
			}
		}
	}
}
