package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/statute-http/statute/house"
	"github.com/statute-http/statute/lang"
)

// explainOrder prints the gates that run in this program, in their order.
func (env *environment) explainOrder() error {
	t := env.terminal()
	var b strings.Builder
	b.WriteString(t.paint(strongStyle, env.in(lang.Text{En: "The order of decision", ZhTW: "裁決的次序"})) + "\n\n")
	t.wrap(&b, bodyIndent, bodyIndent, span{env.in(lang.Text{
		En:   "Every request passes these gates in turn. The first that has an answer decides.",
		ZhTW: "每個請求依序通過這些關卡，第一個有答案的關卡就作出裁決。"}), plainStyle})
	rest := strings.Repeat(" ", len(bodyIndent)+4)
	for _, g := range house.Gates() {
		b.WriteByte('\n')
		t.wrap(&b, fmt.Sprintf("%s%2d. ", bodyIndent, g.Number), rest, span{env.in(g.Name), strongStyle})
		t.wrap(&b, rest, rest, span{env.in(g.Asks), plainStyle})
		var answers []string
		for _, c := range g.Answers {
			answers = append(answers, c.String())
		}
		if len(answers) > 0 {
			t.wrap(&b, rest+"-> ", rest+"   ", span{strings.Join(answers, " "), codeStyle})
		}
	}
	io.WriteString(env.stdout, b.String())
	return nil
}
