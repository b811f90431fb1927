package site

import (
	"fmt"
	"html/template"
	"net/http"
	"slices"

	"github.com/statute-http/statute/manual"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// A topicLink is a topic as other pages name it.
type topicLink struct{ Name, Title string }

type topicPage struct {
	page
	topicLink
	Summary  template.HTML
	Body     template.HTML
	Sections []section
	Codes    []status.Code // that it concerns
	Others   []topicLink
}

// topic answers with the manual's article about a mechanism.
func (s *site) topic(w http.ResponseWriter, r *http.Request, name string) *wire.Refusal {
	chosen(w.Header())
	if wantsJSON(r) {
		d, err := topicDocument(name)
		if err != nil {
			panic(fmt.Errorf("say what is written about %s: %w", name, err)) // a page of ours is at fault
		}
		return answerJSON(w, r, d)
	}
	p, err := topicPageOf(s.page(r), name, s.originOf(r))
	if err != nil {
		// A page of ours that cannot be made is a fault of ours.
		panic(fmt.Errorf("make the page about %s: %w", name, err))
	}
	return answerHTML(w, r, p.Lang, "topic.html", p)
}

func topicPageOf(base page, name string, to origin) (*topicPage, error) {
	article, err := manual.Topic(name, base.Lang)
	if err != nil {
		return nil, err
	}
	p := &topicPage{page: base, topicLink: topicLink{name, article.Title}, Codes: manual.Concerns(name)}
	if p.Summary, err = prose(article.Summary, to); err != nil {
		return nil, err
	}
	if p.Body, p.Sections, err = essay(article.Body, to); err != nil {
		return nil, err
	}
	p.Others, err = base.topics(func(other string) bool { return other != name })
	return p, err
}

// topics returns those topics that are wanted, in the manual's order.
func (p page) topics(wanted func(name string) bool) ([]topicLink, error) {
	var links []topicLink
	for _, name := range manual.Topics() {
		if !wanted(name) {
			continue
		}
		article, err := manual.Topic(name, p.Lang)
		if err != nil {
			return nil, err
		}
		links = append(links, topicLink{name, article.Title})
	}
	return links, nil
}

// concerning reports whether a topic concerns a code.
func concerning(code status.Code) func(name string) bool {
	return func(name string) bool { return slices.Contains(manual.Concerns(name), code) }
}

func everyTopic(string) bool { return true }
