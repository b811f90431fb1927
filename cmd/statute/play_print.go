package main

import (
	"encoding/json"
	"fmt"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/stage/play"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

func (env *environment) encodePerformance(p *play.Performance) {
	encoder := json.NewEncoder(env.stdout)
	encoder.SetEscapeHTML(false)
	encoder.Encode(p.Report(env.lang)) // run reports failed writing
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
		fmt.Fprintf(env.stdout, "%s%s", env.colon(), p.Outcome(env.lang))
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
		fmt.Fprintf(env.stdout, "%s%s\n\n", env.in(lang.Text{En: "Not over this protocol: ", ZhTW: "此協定不適用："}), p.Outcome(env.lang))
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
