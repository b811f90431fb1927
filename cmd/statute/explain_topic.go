package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/manual"
	"github.com/statute-http/statute/status"
)

// explainTopic prints the manual's article about a mechanism.
func (env *environment) explainTopic(name string) error {
	topics := manual.Topics()
	if !slices.Contains(topics, name) {
		return misuse(lang.Text{
			En:   fmt.Sprintf("there is no topic %q", name),
			ZhTW: fmt.Sprintf("沒有名為 %q 的主題", name),
		}, lang.Text{
			En:   "choose one of " + strings.Join(topics, ", "),
			ZhTW: "請從這些選一個：" + strings.Join(topics, "、"),
		})
	}
	article, err := manual.Topic(name, env.lang)
	if err != nil {
		return cannot(lang.Text{En: "explain the topic " + name, ZhTW: "說明主題 " + name}, err,
			lang.Text{En: "this is a mistake in the program; please report it", ZhTW: "這是程式的錯誤，請回報"})
	}
	t := env.terminal()
	io.WriteString(env.stdout, t.paint(strongStyle, article.Title)+"\n\n"+t.markdown(article.Summary+"\n\n"+article.Body))
	return nil
}

// writeTopics says in which articles more is said of what a code belongs to.
func (env *environment) writeTopics(b *strings.Builder, c status.Code) {
	var names []string
	for _, name := range manual.Topics() {
		if slices.Contains(manual.Concerns(name), c) {
			names = append(names, name)
		}
	}
	if names == nil {
		return
	}
	t := env.terminal()
	list := strings.Join(names, env.comma())
	b.WriteByte('\n')
	t.wrap(b, bodyIndent, bodyIndent, span{env.in(lang.Text{
		En:   "Topics: " + list + ". statute explain --topic NAME explains one.",
		ZhTW: "主題：" + list + "。statute explain --topic NAME 說明其中一個。"}), plainStyle})
}
