package site

import (
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// maxSearch bounds a search, in octets; what is longer finds nothing.
const maxSearch = 200

type indexPage struct {
	page
	Search  string // as asked
	Classes []class
	Found   int
	All     int
	Exact   status.Code // the code that was asked for by its whole number, else 0
	Topics  []topicLink
}

// A class is the codes of one first digit that a search has found, and those
// outside the registry.
type class struct {
	Class  status.Class
	Codes  []listed
	Others []other
}

type listed struct {
	status.Entry
	Find string // what a search looks at
}

type other struct {
	Code status.Code
	Uses []status.Private
	Find string
}

// index answers with the codes by class.
func (s *site) index(w http.ResponseWriter, r *http.Request) *wire.Refusal {
	chosen(w.Header())
	if wantsJSON(r) {
		return s.catalogue(w, r)
	}
	p := indexPage{page: s.page(r), Search: strings.TrimSpace(r.URL.Query().Get("q"))}
	if len(p.Search) > maxSearch || !utf8.ValidString(p.Search) {
		return searchRefused()
	}
	if code, ok := codeOf("/" + p.Search); ok {
		p.Exact = code
	}
	words := strings.Fields(strings.ToLower(p.Search))
	for c := status.Informational; c <= status.ServerError; c++ {
		found := class{Class: c}
		for _, e := range status.Table {
			if e.Code.Class() != c {
				continue
			}
			p.All++
			if l := (listed{e, findable(e)}); finds(words, e.Code, l.Find) {
				found.Codes = append(found.Codes, l)
				p.Found++
			}
		}
		for _, o := range others() {
			if o.Code.Class() == c && finds(words, o.Code, o.Find) {
				found.Others = append(found.Others, o)
				p.Found++
			}
			if o.Code.Class() == c {
				p.All++
			}
		}
		if len(found.Codes)+len(found.Others) > 0 {
			p.Classes = append(p.Classes, found)
		}
	}
	var err error
	if p.Topics, err = p.topics(everyTopic); err != nil {
		panic(fmt.Errorf("list the topics: %w", err)) // a page of ours is at fault
	}
	return answerHTML(w, r, p.Lang, "index.html", p)
}

// others returns the codes outside the registry, each with its uses.
func others() []other {
	var all []other
	for _, use := range status.NonStandard {
		if n := len(all); n == 0 || all[n-1].Code != use.Code {
			all = append(all, other{Code: use.Code})
		}
		o := &all[len(all)-1]
		o.Uses = append(o.Uses, use)
		o.Find += strings.ToLower(use.Name+" "+strings.Join(use.Users, " ")+" "+use.En+" "+use.ZhTW) + " "
	}
	return all
}

// findable returns what a search looks at: names, specifications, mechanism,
// maturity and fields, in lower case.
func findable(e status.Entry) string {
	topic, maturity := words["topic-"+string(e.Topic)], words["maturity-"+string(e.Maturity)]
	text := []string{e.Name, e.NameZhTW, string(e.Topic), topic.En, topic.ZhTW, maturity.En, maturity.ZhTW}
	text = append(text, e.OldNames...)
	text = append(text, e.Specs...)
	for _, n := range e.Needs {
		text = append(text, n.Field)
	}
	return strings.ToLower(strings.Join(text, " "))
}

// finds reports whether every word of a search fits a code: up to three digits
// by its number, "4xx" by its class, all else by the text. static/site.js does
// the same in the browser.
func finds(words []string, code status.Code, text string) bool {
	for _, word := range words {
		number := strings.TrimRight(word, "x")
		byNumber := number != "" && len(word) <= 3 && strings.Trim(number, "0123456789") == ""
		if byNumber && !strings.HasPrefix(code.String(), number) || !byNumber && !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

func searchRefused() *wire.Refusal {
	return &wire.Refusal{
		Status: http.StatusBadRequest, Gate: 14, Reason: "search-unreadable", Spec: "RFC 9110 §15.5.1",
		Detail: lang.Text{
			En:   "A search is text in UTF-8 of at most 200 octets, as in /?q=range.",
			ZhTW: "搜尋文字須為 UTF-8，最多 200 個位元組，例如 /?q=range。"},
	}
}
