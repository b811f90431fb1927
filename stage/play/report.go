package play

import (
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// A Report is a performance in a few words: a line of `statute play --json`, and
// the beginning of the site's answer to a play. Its shape is a promise: members
// may be added, none renamed or removed.
type Report struct {
	Code    status.Code   `json:"code"`
	Scene   string        `json:"scene"`
	Over    wire.Protocol `json:"over"`
	OK      *bool         `json:"ok"`      // null where the protocol does not allow the scene
	Cue     []status.Code `json:"cue"`     // of all answers in order, interim ones too
	Control []status.Code `json:"control"` // the same
	Reason  string        `json:"reason"`  // the cause; what was not as stated; or why not over this protocol
}

// Report returns the performance in a few words of the language.
func (p *Performance) Report(l lang.Tag) Report {
	r := Report{
		Code: p.Scene.Code, Scene: p.Scene.Name, Over: p.Over,
		Cue: Statuses(p.Cue), Control: Statuses(p.Control), Reason: p.Outcome(l),
	}
	if p.Allowed {
		ok := p.True()
		r.OK = &ok
	}
	return r
}

// Outcome says in a sentence what became of the scene.
func (p *Performance) Outcome(l lang.Tag) string {
	switch {
	case !p.Allowed:
		return p.Scene.Only.In(l)
	case p.Err != nil:
		return p.Err.Error()
	}
	return p.Scene.Cause.In(l)
}
