package client

import (
	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/status"
)

// Where the RFCs leave a choice, or recommend, the Fetch standard often demands:
// a client that implements it gets a second verdict by it where that differs.
// Sections are those of its review draft of June 2026.

// byFetch adds the outcome by the Fetch standard to a verdict on a subject that
// implements it.
func (s *Setting) byFetch(v exam.Verdict, outcome exam.Outcome) exam.Verdict {
	if s.can(Fetching) && v.Outcome != exam.NA && v.Outcome != outcome {
		v.Fetch = outcome
	}
	return v
}

// demand is the outcome of what the Fetch standard demands.
func demand(met bool) exam.Outcome {
	if met {
		return exam.Pass
	}
	return exam.Fail
}

// turnedByFetch is what a redirect makes of a request by "HTTP-redirect fetch":
// POST becomes GET after 301 and 302, and everything but GET and HEAD after 303;
// nothing else changes, and a redirect status is always followed.
func turnedByFetch(code status.Code, method string, content bool) turned {
	switch {
	case (code == 301 || code == 302) && method == "POST", code == 303 && method != "GET" && method != "HEAD":
		return getAlone
	}
	return turned{method, content}
}

// mostByFetch is the redirect count at which "HTTP-redirect fetch" gives up.
const mostByFetch = 20
