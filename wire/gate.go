package wire

import (
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
)

// A Gate is one step of the order of decision: a question asked of every
// request. The first gate with an answer decides. Serve has gates 0 and 1,
// stage gate 2, origin the rest; each keeps them as a visible list beside the
// functions that they describe.
type Gate struct {
	Number  int // place in the order, 0-15
	Name    lang.Text
	Asks    lang.Text     // the question, as a sentence
	Answers []status.Code // codes that it may decide for
}

// A Refusal is an answer other than success that a gate decided for: the error
// that handlers return. One place, [Refusal.Answer], turns it into a response.
type Refusal struct {
	Status    status.Code
	Gate      int
	Reason    string    // machine-readable and stable: "head-timeout"
	Spec      string    // the section that asks for or allows this answer: "RFC 9110 §15.5.9"
	Detail    lang.Text // what was wrong with this request and what to do, for people
	Fields    Fields    // fields that the answer carries besides: Allow, Retry-After
	Condition string    // XML of the condition that was not met, in the namespace DAV: (RFC 4918 §16); empty if none is defined
	Incident  string    // under which the server's log has the cause of a 500
	Close     bool      // the connection cannot be used after it (HTTP/1.1)
}

// Error says what was refused and why, in English.
func (r *Refusal) Error() string {
	return r.Status.String() + " " + r.Reason + ": " + r.Detail.En
}
