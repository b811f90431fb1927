package client

import (
	"fmt"
	"slices"
	"strings"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// A turned is what a redirect has made of a request.
type turned struct {
	method  string
	content bool
}

func (t turned) String() string {
	if t.content {
		return t.method + "+content"
	}
	return t.method
}

var (
	getAlone    = turned{"GET", false}
	headAlone   = turned{"HEAD", false}
	deleteAlone = turned{"DELETE", false}
	postContent = turned{"POST", true}
	putContent  = turned{"PUT", true}
)

// redirectedAs makes a case in which a method meets a redirect: the request that
// follows is one of the lawful ones, if one follows at all.
func redirectedAs(name, fault, spec string, level exam.Level, code status.Code, method string, content bool, wants lang.Text, lawful ...turned) exam.Case {
	with := say("%s, answered with %d and a Location.", "%s，得到 %d 與 Location。", turned{method, content}, code)
	can := needs(Gets, Follows, Heads)
	if content {
		can = needs(Gets, Follows, Sends)
	}
	return exam.Case{
		Name: name, Level: level, Codes: codes(code), Spec: spec, Over: all, Needs: can, Fault: fault, Stages: with, Wants: wants,
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) {
				t.Content()
				t.Answer(code, "", "Location: "+s.A.URL(mark))
			})
			s.On(mark, func(t *Turn) { t.Content(); t.Answer(200, markContent, "Content-Type: text/plain") })
			o := s.Order("/start")
			o.Method = method
			if content {
				o.Content = &Content{Octets: "two spoons", Length: 10}
			}
			r := s.Do(o)[0]
			verdict := s.turnedInto(r, level == exam.Info, lawful...)
			got, followed := s.followedWith()
			return s.byFetch(verdict, demand(followed && got == turnedByFetch(code, method, content)))
		}),
	}
}

// followedWith is the request that came to the mark, if one did.
func (s *Setting) followedWith() (turned, bool) {
	asked := s.Asked(mark)
	if len(asked) == 0 {
		return turned{}, false
	}
	return turned{asked[0].Request.Method, asked[0].Request.Content.Length > 0}, true
}

// turnedInto grades what came to the mark.
func (s *Setting) turnedInto(r Report, note bool, lawful ...turned) exam.Verdict {
	if r.Unsupported != "" {
		return exam.NotAsked(say("The subject cannot do that: %s", "受測對象做不到：%s", r.Unsupported))
	}
	got, followed := s.followedWith()
	if !followed {
		seen := say("It did not follow, which is always lawful.", "它沒有跟著走；這永遠合法。")
		if note {
			return exam.Noted("not followed", seen)
		}
		return exam.Passed(seen)
	}
	seen := say("It followed with %s.", "它以 %s 跟著走。", got)
	switch {
	case !slices.Contains(lawful, got):
		return exam.Failed(seen)
	case got.content && string(s.Asked(mark)[0].Request.Content.Data) != "two spoons":
		return exam.Failed(say("It followed with other content: %.40q.", "它跟著走，內容卻變成 %.40q。", s.Asked(mark)[0].Request.Content.Data))
	case note:
		return exam.Noted("followed with "+got.String(), seen)
	}
	return exam.Passed(seen)
}

// What redirects make of methods and content.
var redirection = []exam.Case{
	redirectedAs("redirect-301-get", "stays", "RFC 9110 §15.4.2", exam.Info, 301, "GET", false,
		lang.Text{En: "To follow with GET, or not to follow.", ZhTW: "以 GET 跟著走，或不跟。"}, getAlone),
	redirectedAs("redirect-308-get", "stays", "RFC 9110 §15.4.9", exam.Info, 308, "GET", false,
		lang.Text{En: "To follow with GET, or not to follow.", ZhTW: "以 GET 跟著走，或不跟。"}, getAlone),
	redirectedAs("redirect-301-post", "redirect-post-without-content", "RFC 9110 §15.4; RFC 9110 §15.4.2", exam.Should, 301, "POST", true,
		lang.Text{
			En:   "To follow with the same POST and its content, or with GET and none; never with a mixture.",
			ZhTW: "以同樣的 POST 與內容跟著走，或改用 GET 且不帶內容；不可以半套。"}, postContent, getAlone),
	redirectedAs("redirect-302-post", "redirect-post-without-content", "RFC 9110 §15.4; RFC 9110 §15.4.3", exam.Should, 302, "POST", true,
		lang.Text{
			En:   "To follow with the same POST and its content, or with GET and none; never with a mixture.",
			ZhTW: "以同樣的 POST 與內容跟著走，或改用 GET 且不帶內容；不可以半套。"}, postContent, getAlone),
	redirectedAs("redirect-302-put", "302-becomes-get", "RFC 9110 §15.4; RFC 9110 §15.4.3", exam.Should, 302, "PUT", true,
		lang.Text{
			En:   "To follow with PUT and its content: only POST may become GET.",
			ZhTW: "以 PUT 與它的內容跟著走：可以變成 GET 的只有 POST。"}, putContent),
	redirectedAs("redirect-302-delete", "302-becomes-get", "RFC 9110 §15.4; RFC 9110 §15.4.3", exam.Should, 302, "DELETE", false,
		lang.Text{En: "To follow with DELETE: only POST may become GET.", ZhTW: "以 DELETE 跟著走：可以變成 GET 的只有 POST。"}, deleteAlone),
	redirectedAs("redirect-302-head", "302-becomes-get", "RFC 9110 §15.4; RFC 9110 §15.4.3", exam.Should, 302, "HEAD", false,
		lang.Text{En: "To follow with HEAD.", ZhTW: "以 HEAD 跟著走。"}, headAlone),
	redirectedAs("redirect-303-post", "303-keeps-method", "RFC 9110 §15.4; RFC 9110 §15.4.4", exam.Should, 303, "POST", true,
		lang.Text{En: "To follow with GET, or with HEAD, and no content.", ZhTW: "改用 GET 或 HEAD 跟著走，不帶內容。"}, getAlone, headAlone),
	redirectedAs("redirect-303-put", "303-keeps-method", "RFC 9110 §15.4; RFC 9110 §15.4.4", exam.Should, 303, "PUT", true,
		lang.Text{En: "To follow with GET, or with HEAD, and no content.", ZhTW: "改用 GET 或 HEAD 跟著走，不帶內容。"}, getAlone, headAlone),
	redirectedAs("redirect-303-delete", "303-keeps-method", "RFC 9110 §15.4; RFC 9110 §15.4.4", exam.Should, 303, "DELETE", false,
		lang.Text{En: "To follow with GET, or with HEAD.", ZhTW: "改用 GET 或 HEAD 跟著走。"}, getAlone, headAlone),
	redirectedAs("redirect-303-head", "303-head-becomes-post", "RFC 9110 §15.4; RFC 9110 §15.4.4", exam.Should, 303, "HEAD", false,
		lang.Text{En: "To follow with HEAD, or with GET.", ZhTW: "以 HEAD 或 GET 跟著走。"}, headAlone, getAlone),
	redirectedAs("redirect-307-post", "307-becomes-get", "RFC 9110 §15.4.8", exam.Must, 307, "POST", true,
		lang.Text{
			En:   "To follow with the same POST and its content, or not to follow.",
			ZhTW: "以同樣的 POST 與內容跟著走，或不跟。"}, postContent),
	redirectedAs("redirect-308-post", "307-becomes-get", "RFC 9110 §15.4; RFC 9110 §15.4.9", exam.Should, 308, "POST", true,
		lang.Text{
			En:   "To follow with the same POST and its content, or not to follow.",
			ZhTW: "以同樣的 POST 與內容跟著走，或不跟。"}, postContent),
	{
		Name: "redirect-307-stream", Level: exam.DeFacto, Codes: codes(307), Spec: "RFC 9110 §15.4.8", Over: all,
		Needs: needs(Gets, Follows, Sends), Fault: "replays-nothing",
		Stages: lang.Text{
			En:   "A POST from a stream that cannot be read twice, answered with 307.",
			ZhTW: "POST 的內容來自無法重讀的串流，得到 307。"},
		Wants: lang.Text{
			En:   "An error, or the whole content again; never a request with none of it or a part.",
			ZhTW: "報錯，或重送完整內容；不可以送空的或只送一部分。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) { t.Content(); t.Answer(307, "", "Location: "+s.A.URL(mark)) })
			s.On(mark, func(t *Turn) { t.Content(); t.Answer(200, markContent, "Content-Type: text/plain") })
			o := s.Order("/start")
			o.Method, o.Content = "POST", &Content{Octets: "two spoons", Length: 10, Unlength: true, Once: true}
			verdict := s.turnedInto(s.Do(o)[0], false, postContent)
			// "HTTP-redirect fetch": a body without a source makes a network error.
			_, followed := s.followedWith()
			return s.byFetch(verdict, demand(!followed))
		}),
	},
	{
		Name: "redirect-content-headers", Level: exam.Should, Codes: codes(303), Spec: "RFC 9110 §15.4", Over: all,
		Needs: needs(Gets, Follows, Sends, Fields), Fault: "keeps-content-fields",
		Stages: lang.Text{
			En:   "A POST with fields that describe its content, answered with 303.",
			ZhTW: "POST 帶著描述內容的欄位，得到 303。"},
		Wants: lang.Text{
			En:   "A GET without content, and without fields that describe content.",
			ZhTW: "GET，不帶內容，也不帶描述內容的欄位。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) { t.Content(); t.Answer(303, "", "Location: "+s.A.URL(mark)) })
			o := s.Order("/start")
			o.Method, o.Content = "POST", &Content{Octets: "two spoons", Length: 10}
			o.Fields = wire.Fields{{Name: "Content-Type", Value: "text/plain"}, {Name: "Content-Language", Value: "en"}, {Name: "Content-Location", Value: "/spoons"}}
			s.Do(o)
			asked := s.Asked(mark)
			if len(asked) == 0 {
				return exam.Passed(say("It did not follow.", "它沒有跟著走。"))
			}
			var kept []string
			for _, name := range []string{"Content-Type", "Content-Length", "Content-Encoding", "Content-Language", "Content-Location", "Transfer-Encoding"} {
				if v := asked[0].Request.Fields.Get(name); v != "" && !(name == "Content-Length" && v == "0") {
					kept = append(kept, fmt.Sprintf("%s: %s", name, v))
				}
			}
			if len(kept) > 0 {
				return exam.Failed(say("The %s that followed still says %s.", "跟著走的 %s 還帶著 %s。", asked[0].Request.Method, strings.Join(kept, ", ")))
			}
			return exam.Passed(say("No field of the content came along.", "沒有留下描述內容的欄位。"))
		}),
	},
}
