package site

import (
	"slices"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/stage/road"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// A reason is one cause for which this server refuses a request with a code.
// A problem document's type leads to it: "/408#head-timeout".
type reason struct {
	Kinds  []string // the words in problem documents, one anchor each
	Status status.Code
	Spec   string
	Says   lang.Text
}

// reasonsOf returns the reasons for a code: the faults of messages first, as the
// table of package wire has them, then what fails on the road, then ours.
func reasonsOf(code status.Code) []reason {
	var its []reason
	for _, f := range wire.FaultTable {
		if f.Status == code {
			its = append(its, reason{[]string{string(f.Kind)}, f.Status, f.Spec, f.Says})
		}
	}
	for _, f := range road.Failures {
		if f.Status == code {
			its = append(its, reason{[]string{f.Reason}, f.Status, f.Spec, f.Says})
		}
	}
	for _, r := range reasons {
		if r.Status == code {
			its = append(its, r)
		}
	}
	return its
}

// reasons are those that stand in no table elsewhere, code by code. A test holds
// them to the refusals in serve, origin, stage and this package.
var reasons = slices.Concat(clientReasons, serverReasons)

func kinds(k ...string) []string { return k }
