package lint_test

import (
	"testing"

	"github.com/statute-http/statute/lint"
	"github.com/statute-http/statute/wire"
)

// What does not begin with a status line cannot stand in a rule's page, since
// nothing can be read of it; ends of a live connection see it all the same.
func TestNoStatusLine(t *testing.T) {
	x := &wire.Exchange{Conn: wire.Conn{Protocol: wire.H1}, Seen: wire.ShowsAll, Final: &wire.Response{}}
	x.Request.Method, x.Request.Target = "GET", "/"
	x.Final.Faults = []wire.Fault{{Kind: wire.BadStatusLine}}
	for _, f := range lint.Check(x).Findings {
		if f.Rule.Name == "status-not-three-digits" {
			return
		}
	}
	t.Error("an answer without a status line is in order")
}
