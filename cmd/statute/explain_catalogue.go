package main

import (
	"fmt"
	"strings"

	"github.com/statute-http/statute/catalogue"
	"github.com/statute-http/statute/compat"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/stage"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// writeBrowsers says which browsers act on the code, if that is known.
func (env *environment) writeBrowsers(b *strings.Builder, c status.Code) {
	features := compat.Of(c)
	if features == nil {
		return
	}
	var rows [][2]string
	for i, first := range features[0].Support {
		var uses []string
		for _, f := range features {
			uses = append(uses, strings.TrimSpace(f.Name+" "+env.supportText(f.Support[i])))
		}
		rows = append(rows, [2]string{first.Browser, strings.Join(uses, env.in(lang.Text{En: "; ", ZhTW: "；"}))})
	}
	t := env.terminal()
	b.WriteByte('\n')
	t.table(b, env.in(lang.Text{En: "Browsers, from which version on", ZhTW: "瀏覽器從哪個版本起支援"}), rows)
	b.WriteByte('\n')
	t.wrap(b, bodyIndent, bodyIndent, span{env.in(lang.Text{En: "Source: ", ZhTW: "來源："}) + compat.Source(), plainStyle})
}

func (env *environment) supportText(s compat.Support) string {
	text := s.Since
	if text == "" {
		text = env.in(lang.Text{En: "no", ZhTW: "無"})
	}
	var remarks []string
	if s.Flag != "" {
		remarks = append(remarks, env.in(lang.Text{En: "if set: ", ZhTW: "須設定："})+s.Flag)
	}
	if note := env.in(s.Note); note != "" {
		remarks = append(remarks, note)
	}
	if remarks == nil {
		return text
	}
	inside := strings.Join(remarks, env.comma())
	return text + env.in(lang.Text{En: " (" + inside + ")", ZhTW: "（" + inside + "）"})
}

// writeScenes says where the code happens for its cause, if it does anywhere.
func (env *environment) writeScenes(b *strings.Builder, c status.Code) {
	var rows [][2]string
	for _, s := range stage.Of(c) {
		rows = append(rows, [2]string{s.Name, env.sceneText(s)})
	}
	t := env.terminal()
	if why, ok := stage.Sceneless[c]; ok {
		b.WriteByte('\n')
		t.wrap(b, bodyIndent, bodyIndent, span{env.in(why), plainStyle})
	}
	if len(rows) == 0 {
		return
	}
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
	rules, ofAll := catalogue.RulesOf(c)
	var rows [][2]string
	for _, r := range rules {
		rows = append(rows, [2]string{r.Name, env.in(r.Level.Says()) + env.in(lang.Text{En: "; ", ZhTW: "；"}) + r.Spec})
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
