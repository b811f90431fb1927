package results_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/exam/client"
	"github.com/statute-http/statute/exam/client/roster"
	"github.com/statute-http/statute/exam/subjects"
	"github.com/statute-http/statute/results"
)

// What is kept is what an exam of ours finds: known subjects, known cases, and
// nothing that we could not stage or that did not come again.
func TestSheets(t *testing.T) {
	all, err := results.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, of := range []struct {
		role   exam.Role
		known  []string
		cases  []exam.Case
		least  int
		remake string
	}{
		{exam.Client, roster.Names(), client.All, 20, "go run ./bench/clients"},
		{exam.Server, subjects.Names(exam.Server), subjects.Cases(exam.Server), 11, "go run ./bench/subjects servers"},
		{exam.Proxy, subjects.Names(exam.Proxy), subjects.Cases(exam.Proxy), 10, "go run ./bench/subjects proxies"},
	} {
		found := 0
		for _, s := range all {
			if s.Role != of.role {
				continue
			}
			found++
			name := s.Subject.Name
			if !slices.Contains(of.known, name) {
				t.Errorf("%s is no %s that we can examine", name, of.role)
			}
			if s.Subject.Version == "" || len(s.Subject.Options) == 0 || s.Made.IsZero() {
				t.Errorf("the sheet of the %s %s does not say which version, how it was driven or when", of.role, name)
			}
			if len(s.Results) < 100 {
				t.Errorf("the sheet of the %s %s has %d results", of.role, name, len(s.Results))
			}
			for _, e := range s.Results {
				i := slices.IndexFunc(of.cases, func(c exam.Case) bool { return c.Name == e.Case })
				switch {
				case i < 0:
					t.Errorf("the %s %s was asked %s, which is no case: %s", of.role, name, e.Case, of.remake)
				case of.cases[i].Level != e.Level && (of.role != exam.Proxy || weight(e.Level) > weight(of.cases[i].Level)): // for a gateway some weigh less
					t.Errorf("the %s %s was asked %s at level %s, which is of level %s now: %s", of.role, name, e.Case, e.Level, of.cases[i].Level, of.remake)
				case e.Verdict == exam.Void || e.Verdict == exam.Flaky:
					t.Errorf("the %s %s: %s is %s: %s", of.role, name, e.Case, e.Verdict, e.Detail)
				}
			}
		}
		if found < of.least {
			t.Errorf("there are sheets of %d of role %s; want %d at least: %s", found, of.role, of.least, of.remake)
		}
	}
}

func weight(l exam.Level) int {
	return slices.Index([]exam.Level{exam.Info, exam.DeFacto, exam.Should, exam.Must}, l)
}

// otherwise are the cases that are repeated by hand in another way, which the page
// beside the sheets tells.
var otherwise = map[string]bool{
	"h3-early-response": true, // clients/checks/h3.go
	"421-alt-svc":       true, // three runs of curl
}

// Whatever fails at must or should can be repeated without the exam.
func TestChecks(t *testing.T) {
	all, err := results.All()
	if err != nil {
		t.Fatal(err)
	}
	staged := map[exam.Role]string{}
	for role, folder := range map[exam.Role]string{exam.Client: "clients", exam.Server: "servers", exam.Proxy: "proxies"} {
		text, err := os.ReadFile(folder + "/checks/cases.py")
		if err != nil {
			t.Fatal(err)
		}
		staged[role] = string(text)
	}
	for _, s := range all {
		for _, e := range s.Results {
			weighty := e.Level == exam.Must || e.Level == exam.Should
			if weighty && e.Verdict == exam.Fail && !otherwise[e.Case] && !strings.Contains(staged[s.Role], `"`+e.Case+`"`) {
				t.Errorf("the %s %s fails %s, which is not in cases.py of the checks", s.Role, s.Subject.Name, e.Case)
			}
		}
	}
}
