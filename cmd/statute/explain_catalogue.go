package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/lint"
	"github.com/statute-http/statute/stage"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// rulesOf returns the rules that look at a code in particular, the gravest
// first, and how many look at every code.
func rulesOf(c status.Code) (its []lint.Rule, ofAll int) {
	for _, r := range lint.All {
		switch {
		case r.Codes == nil:
			ofAll++
		case slices.Contains(r.Codes, c):
			its = append(its, r)
		}
	}
	slices.SortStableFunc(its, func(a, b lint.Rule) int {
		return cmp.Compare(slices.Index(lint.Levels, a.Level), slices.Index(lint.Levels, b.Level))
	})
	return its, ofAll
}

// writeScenes says where the code happens for its cause, if it does anywhere.
func (env *environment) writeScenes(b *strings.Builder, c status.Code) {
	var rows [][2]string
	for _, s := range stage.Of(c) {
		rows = append(rows, [2]string{s.Name, env.sceneText(s)})
	}
	if len(rows) == 0 {
		return
	}
	t := env.terminal()
	t.table(b, env.in(lang.Text{En: "Scenes", ZhTW: "場景"}), rows)
	b.WriteByte('\n')
	t.wrap(b, bodyIndent, bodyIndent, span{env.in(lang.Text{
		En:   fmt.Sprintf("statute play %s plays them.", c),
		ZhTW: fmt.Sprintf("statute play %s 會演出這些場景。", c)}), plainStyle})
}

// sceneText says why the code happens, and over which protocols if not over all.
func (env *environment) sceneText(s stage.Scene) string {
	if len(s.Over) == len(wire.Protocols) {
		return env.in(s.Cause)
	}
	over := strings.Join(protocolNames(s.Over), env.comma())
	return env.in(s.Cause) + env.in(lang.Text{En: " Over " + over + " only.", ZhTW: "只在 " + over + "。"})
}

// writeRules names the lint rules that hold answers with the code to account.
func (env *environment) writeRules(b *strings.Builder, c status.Code) {
	t := env.terminal()
	rules, ofAll := rulesOf(c)
	var rows [][2]string
	for _, r := range rules {
		rows = append(rows, [2]string{r.Name, env.in(ruleLevelWords[r.Level]) + env.in(lang.Text{En: "; ", ZhTW: "；"}) + r.Spec})
	}
	b.WriteString("\n" + t.paint(strongStyle, env.in(lang.Text{En: "Lint rules", ZhTW: "檢查規則"})) + "\n\n")
	if len(rows) > 0 {
		t.table(b, "", rows)
		b.WriteByte('\n')
	}
	t.wrap(b, bodyIndent, bodyIndent, span{env.in(lang.Text{
		En:   fmt.Sprintf("%d rules look at every code. statute explain --rule NAME explains one.", ofAll),
		ZhTW: fmt.Sprintf("有 %d 條規則檢查所有狀態碼。statute explain --rule NAME 說明其中一條。", ofAll)}), plainStyle})
}

// A sceneObject is a scene as explain --json prints it.
type sceneObject struct {
	Name  string          `json:"name"`
	Over  []wire.Protocol `json:"over"`
	Cause textObject      `json:"cause"`
}

// A ruleObject is a lint rule as explain --json prints it.
type ruleObject struct {
	Name  string     `json:"name"`
	Level lint.Level `json:"level"`
	Spec  string     `json:"spec"`
}

func sceneObjects(c status.Code) []sceneObject {
	var objects []sceneObject
	for _, s := range stage.Of(c) {
		objects = append(objects, sceneObject{s.Name, s.Over, textObject(s.Cause)})
	}
	return objects
}

func ruleObjects(c status.Code) []ruleObject {
	var objects []ruleObject
	rules, _ := rulesOf(c)
	for _, r := range rules {
		objects = append(objects, ruleObject{r.Name, r.Level, r.Spec})
	}
	return objects
}
