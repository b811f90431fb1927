package lint

import (
	"os"
	"testing"
)

// No rule finds a mistake in what servers in wide use lawfully send. Advice is
// not counted: it breaks nothing.
func TestOrdinaryAnswers(t *testing.T) {
	data, err := os.ReadFile("testdata/ordinary.txt")
	if err != nil {
		t.Fatal(err)
	}
	page, err := readPage("ordinary", data)
	if err != nil {
		t.Fatal(err)
	}
	checker := New(All...)
	for _, e := range page.Good {
		all, err := e.Exchanges()
		if err != nil {
			t.Fatal(err)
		}
		watch := checker.Watch(Memory{})
		for _, x := range all {
			for _, f := range watch.Check(x).Findings {
				if f.Rule.Level != Advice {
					t.Errorf("%s: %s %s, %d: %s (%s): %s", e.Name, x.Request.Method, x.Request.Target, x.Answer().Status, f.Rule.Name, f.Rule.Level, f.Message.En)
				} else {
					t.Logf("%s: %s %s, %d: %s (%s): %s", e.Name, x.Request.Method, x.Request.Target, x.Answer().Status, f.Rule.Name, f.Rule.Level, f.Message.En)
				}
			}
		}
	}
}
