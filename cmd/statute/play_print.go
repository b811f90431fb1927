package main

import (
	"encoding/json"
	"fmt"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/stage/play"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

// A performanceObject is what play --json prints of a scene over one protocol.
// Its shape is a promise, told in the help of the verb: members may be added,
// none renamed or removed.
type performanceObject struct {
	Code    status.Code   `json:"code"`
	Scene   string        `json:"scene"`
	Over    wire.Protocol `json:"over"`
	OK      *bool         `json:"ok"` // null where the protocol does not allow the scene
	Cue     []status.Code `json:"cue"`
	Control []status.Code `json:"control"`
	Reason  string        `json:"reason"`
}

func (env *environment) encodePerformance(p *play.Performance) {
	o := performanceObject{
		Code: p.Scene.Code, Scene: p.Scene.Name, Over: p.Over,
		Cue: play.Statuses(p.Cue), Control: play.Statuses(p.Control), Reason: env.outcome(p),
	}
	if p.Allowed {
		ok := p.True()
		o.OK = &ok
	}
	encoder := json.NewEncoder(env.stdout)
	encoder.SetEscapeHTML(false)
	encoder.Encode(o) // run reports failed writing
}

// outcome says in a sentence what became of a scene.
func (env *environment) outcome(p *play.Performance) string {
	switch {
	case !p.Allowed:
		return env.in(p.Scene.Only)
	case p.Err != nil:
		return p.Err.Error()
	}
	return env.in(p.Scene.Cause)
}

// summarizePerformance prints one line, and the messages of a scene that did
// not come true.
func (env *environment) summarizePerformance(p *play.Performance) {
	mark := lang.Text{En: "true", ZhTW: "成真"}
	switch {
	case !p.Allowed:
		mark = lang.Text{En: "n/a", ZhTW: "不適用"}
	case p.Err != nil:
		mark = lang.Text{En: "UNTRUE", ZhTW: "未成真"}
	}
	const widest = len("UNTRUE") // and of 未成真
	fmt.Fprintf(env.stdout, "%s  %s  %s  %s", pad(env.in(mark), widest), p.Over, p.Scene.Code, p.Scene.Name)
	if !p.True() {
		fmt.Fprintf(env.stdout, "%s%s", env.colon(), env.outcome(p))
	}
	fmt.Fprintln(env.stdout)
	if p.Err != nil {
		env.printMessages(p)
	}
}

// printPerformance prints the scene and its messages.
func (env *environment) printPerformance(p *play.Performance) {
	fmt.Fprintf(env.stdout, "%s %s (%s)\n%s\n", p.Scene.Code, p.Scene.Name, p.Over, env.in(p.Scene.Cause))
	if !p.Allowed {
		fmt.Fprintf(env.stdout, "%s%s\n\n", env.in(lang.Text{En: "Not over this protocol: ", ZhTW: "此協定不適用："}), env.outcome(p))
		return
	}
	env.printMessages(p)
	verdict := env.in(lang.Text{En: "It came true.", ZhTW: "成真了。"})
	if p.Err != nil {
		verdict = env.in(lang.Text{En: "It did not come true: ", ZhTW: "沒有成真："}) + p.Err.Error()
	}
	fmt.Fprintf(env.stdout, "%s\n\n", verdict)
}

// printMessages prints the steps of the cue, then those of the control, in what
// it differs being said once.
func (env *environment) printMessages(p *play.Performance) {
	show := func(part, remark string, exchanges []*wire.Exchange) {
		for i, x := range exchanges {
			fmt.Fprintf(env.stdout, "\n--- %s %d%s\n", part, i+1, remark)
			peer.Print(env.stdout, x, env.lang)
			remark = ""
		}
	}
	show(env.in(lang.Text{En: "cue", ZhTW: "引子"}), "", p.Cue)
	show(env.in(lang.Text{En: "control", ZhTW: "對照"}), env.colon()+env.in(p.Scene.Differs), p.Control)
	fmt.Fprintln(env.stdout)
}
