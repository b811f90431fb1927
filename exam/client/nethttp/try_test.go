package nethttp_test

import (
	"fmt"
	"testing"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/exam/client"
	"github.com/statute-http/statute/exam/client/nethttp"
	"github.com/statute-http/statute/wire"
)

func TestTry(t *testing.T) {
	c := nethttp.New()
	for _, r := range exam.Run(t.Context(), exam.Plan{Cases: client.All, Subject: c, Can: c.Can(), Parallel: 4, Over: wire.Protocols}) {
		fmt.Printf("%-24s %-4s %s %s: %s\n", r.Case.Name, r.Over, r.Outcome, r.Value, r.Detail.En)
	}
}
