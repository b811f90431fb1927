package client_test

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/exam/client"
	"github.com/statute-http/statute/needs"
)

// Every profile that is part of the program can be read and knows how to get an
// URL.
func TestProfiles(t *testing.T) {
	for _, name := range client.ProfileNames() {
		p, err := client.LookupProfile(name)
		if err != nil {
			t.Error(err)
			continue
		}
		if p.Name != name {
			t.Errorf("%s calls itself %s", name, p.Name)
		}
	}
}

func TestBadProfiles(t *testing.T) {
	for text, says := range map[string]string{
		"":                                "needs a name",
		"name pot\nrun pot":               "needs a name",
		"name pot\nbrew -x":               `line 2: nothing is called "brew"`,
		"name pot\nexit five timeout":     `line 2: "five" is no exit status`,
		"name pot\nexit 5":                "line 2: want exit",
		"name pot\nstatus ^[0-9]+$":       "line 2: the expression for the status needs one group",
		"name pot\nstatus ^([0-9]+":       "line 2: ",
		"name pot\nrun pot 'of tea {url}": "line 2: a single quote is not closed",
	} {
		if _, err := client.ReadProfile(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: error %v, want %q", text, err, says)
		}
	}
}

func FuzzProfile(f *testing.F) {
	f.Add("name curl\nrun curl -o {out} {url} # comment\nexit 28 timeout\nstatus ^([0-9]{3})$\n")
	f.Add("name 'a b'\nrun x {url}\nfact retry\n")
	f.Fuzz(func(t *testing.T, text string) {
		if p, err := client.ReadProfile(strings.NewReader(text)); err == nil && (p.Name == "" || len(p.Run) == 0) {
			t.Errorf("%q is a profile without name or command", text)
		}
	})
}

// A command that hangs costs its case's time, and nothing stays behind: no
// process, no goroutine.
func TestHangingCommand(t *testing.T) {
	needs.Program(t, "sleep", "coreutils")
	before := runtime.NumGoroutine()
	c, err := client.NewTemplate(t.Context(), []string{"sh", "-c", "sleep 60 & sleep 60 # {url}"})
	if err != nil {
		t.Fatal(err)
	}
	cases, err := exam.Choice{Names: []string{"1xx-103-then-200"}}.Of(client.All)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	for _, r := range exam.Run(t.Context(), exam.Plan{Cases: cases, Subject: c, Can: c.Can(), Scale: 0.02}) {
		if r.Outcome != exam.NA {
			t.Errorf("%s: %s: %s", r.Case.Name, r.Outcome, r.Detail.En)
		}
	}
	if took := time.Since(began); took > 30*time.Second {
		t.Errorf("the exam of a command that hangs took %v: it was not ended", took)
	}
	settled(t, before)
}
