package client_test

import (
	"fmt"
	"os/exec"
	"testing"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/exam/client"
)

func TestCurlTry(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip()
	}
	p, err := client.LookupProfile("curl")
	if err != nil {
		t.Fatal(err)
	}
	c, err := client.NewCommand(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range exam.Run(t.Context(), exam.Plan{Cases: client.All, Subject: c, Can: c.Can(), Parallel: 4}) {
		fmt.Printf("%-24s %-4s %s %s: %s\n", r.Case.Name, r.Over, r.Outcome, r.Value, r.Detail.En)
		if r.Outcome == exam.Fail || r.Outcome == exam.NA {
			for _, l := range r.Transcript {
				fmt.Printf("%8.3f %-8s %s %q\n", l.At.Seconds(), l.Where, l.Dir, l.Text)
			}
		}
	}
}
