package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/lint"
)

// ruleNames lists the rules, for completion.
func ruleNames() []string {
	var names []string
	for _, r := range lint.All {
		names = append(names, r.Name)
	}
	return names
}

// explainRule prints a rule's page: the facts, the text, one example that has
// the mistake and one that is in order.
func (env *environment) explainRule(name string) error {
	rule, ok := lint.Lookup(name)
	if !ok {
		return misuse(lang.Text{
			En:   fmt.Sprintf("there is no rule %q", name),
			ZhTW: fmt.Sprintf("沒有名為 %q 的規則", name),
		}, nearRules(name))
	}
	page, err := lint.PageOf(name)
	if err != nil {
		return cannot(lang.Text{En: "explain the rule " + name, ZhTW: "說明規則 " + name}, err,
			lang.Text{En: "this is a gap in the program; please report it", ZhTW: "這是程式的缺漏，請回報"})
	}
	t := env.terminal()
	var b strings.Builder
	b.WriteString(t.paint(strongStyle, rule.Name) + "\n\n")
	t.table(&b, "", env.ruleRows(rule))
	b.WriteString("\n" + t.markdown(env.in(page.Text)))
	if len(page.Bad) > 0 {
		t.example(&b, env.in(lang.Text{En: "With the mistake", ZhTW: "有這個錯誤"}), page.Bad[0])
	}
	if len(page.Good) > 0 {
		t.example(&b, env.in(lang.Text{En: "In order", ZhTW: "沒有錯誤"}), page.Good[0])
	}
	io.WriteString(env.stdout, b.String())
	return nil
}

func (env *environment) ruleRows(r lint.Rule) [][2]string {
	codes := env.in(lang.Text{En: "all", ZhTW: "全部"})
	if r.Codes != nil {
		var digits []string
		for _, c := range r.Codes {
			digits = append(digits, c.String())
		}
		codes = strings.Join(digits, " ")
	}
	return [][2]string{
		{env.in(lang.Text{En: "level", ZhTW: "程度"}), string(r.Level) + env.colon() + env.in(r.Level.Says())},
		{env.in(lang.Text{En: "looks at", ZhTW: "檢查對象"}), env.in(r.About.Says())},
		{env.in(lang.Text{En: "to mend by", ZhTW: "由誰修正"}), env.in(r.Who.Says())},
		{env.in(lang.Text{En: "required in", ZhTW: "規格"}), r.Spec},
		{env.in(lang.Text{En: "codes", ZhTW: "狀態碼"}), codes},
	}
}

// nearRules names the rules that share the most words with the name, or says
// how their names are to be had.
func nearRules(name string) lang.Text {
	var near []string
	most := 0
	for _, r := range lint.All {
		shared := 0
		for word := range strings.SplitSeq(name, "-") {
			if slices.Contains(strings.Split(r.Name, "-"), word) {
				shared++
			}
		}
		if shared > most {
			near, most = nil, shared
		}
		if shared == most && most > 0 {
			near = append(near, r.Name)
		}
	}
	if n := len(near); n > 0 && n <= 4 {
		return lang.Text{
			En:   "did you mean " + strings.Join(near, " or ") + "?",
			ZhTW: "您要的是不是 " + strings.Join(near, " 或 ") + "？"}
	}
	return lang.Text{
		En:   "names are such as " + lint.All[0].Name + "; the shell can complete them, see statute completion --help",
		ZhTW: "名稱像是 " + lint.All[0].Name + "；shell 可以補齊名稱，見 statute completion --help"}
}

// example sets the messages of an example, those of earlier exchanges first. What
// is no text is shown as Go writes it.
func (t terminal) example(b *strings.Builder, heading string, e lint.Example) {
	b.WriteString("\n" + t.paint(strongStyle, heading) + "\n")
	var messages []string
	for _, step := range append(slices.Clone(e.Earlier), e) {
		messages = append(messages, string(step.Request), string(step.Responses))
	}
	for _, message := range messages {
		b.WriteByte('\n')
		for line := range strings.Lines(strings.TrimRight(message, "\r\n")) {
			line = strings.TrimRight(line, "\r\n")
			if line == "" {
				b.WriteByte('\n')
				continue
			}
			quoted := strconv.Quote(line)
			visible := strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`)
			b.WriteString(bodyIndent + bodyIndent + t.paint(codeStyle, visible) + "\n")
		}
	}
}
