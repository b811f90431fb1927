package client

import (
	"fmt"
	"strings"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// conditional is an order that brings a condition of the caller's own.
func (s *Setting) conditional(path string) Order {
	o := s.Order(path)
	o.Fields = wire.Fields{{Name: "If-None-Match", Value: `"leaf"`}}
	return o
}

// cached stages something with a validator that has to be revalidated, and
// orders it twice. revalidate answers the second request where it has a
// condition.
func (s *Setting) cached(fields []string, revalidate func(*Turn)) (first, second Report) {
	s.On("/start", func(t *Turn) {
		if t.Request.Fields.Has("If-None-Match") || t.Request.Fields.Has("If-Modified-Since") {
			revalidate(t)
			return
		}
		t.Answer(200, finalContent, append(fields, "Content-Type: text/plain")...)
	})
	r := s.Do(s.Order("/start"), s.Order("/start"))
	return r[0], r[1]
}

// leads makes a case that notes whether a client follows where the choice is its
// own.
func leads(name, fault, spec string, level exam.Level, answer func(*Setting, *Turn), stages lang.Text) exam.Case {
	return exam.Case{
		Name: name, Level: level, Codes: codes(300), Spec: spec, Over: all, Needs: needs(Gets, Follows), Fault: fault, Stages: stages,
		Wants: lang.Text{En: "Nothing: whether it follows is noted.", ZhTW: "沒有要求：記下它跟不跟。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) { answer(s, t) })
			s.Get("/start")
			// Fetch, "redirect status": none of these is one.
			if s.Came(mark) > 0 {
				return s.byFetch(exam.Noted("followed", say("It followed.", "它跟著走了。")), exam.Fail)
			}
			return s.byFetch(exam.Noted("not followed", say("It did not follow.", "它沒有跟著走。")), exam.Pass)
		}),
	}
}

var conditional = []exam.Case{
	{
		Name: "304-content-length", Level: exam.Must, Codes: codes(304), Spec: "RFC 9112 §6.3; RFC 9110 §8.6", Over: h1,
		Needs: needs(Gets, Fields), Fault: "304-has-content",
		Stages: lang.Text{En: "A conditional GET, answered with a 304 whose Content-Length is that of the 200.", ZhTW: "條件式 GET 得到 304，Content-Length 是 200 的長度。"},
		Wants:  lang.Text{En: "To be done at the empty line; the field is lawful.", ZhTW: "讀到空行就結束；這個欄位是合法的。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) {
				t.Send("HTTP/1.1 304 Not Modified\r\nETag: \"leaf\"\r\n" + s.Either("Content-Length: 100\r\n", "") + "\r\n")
				t.Hold(Silence)
			})
			r := s.Do(s.conditional("/start"))[0]
			switch {
			case s.Came("/start") == 0:
				return exam.NotAsked(say("No request came.", "沒有收到請求。"))
			case s.Waited() || r.Late:
				return exam.Failed(say("It waited for content that a 304 cannot have.", "它在等 304 不可能有的內容。"))
			case r.Err != nil && r.Err.Kind != ErrStatus && s.can(Reports) && r.Status != 304:
				return exam.Failed(say("It refused a lawful answer: %v", "它拒絕了合法的回應：%v", r.Err))
			}
			return exam.Passed(say("It was done at once.", "它馬上就完成了。"))
		}),
	},
	{
		Name: "304-poison", Level: exam.Must, Codes: codes(304), Spec: "RFC 9112 §6.3", Over: h1,
		Needs: needs(Gets, Fields, Reuses), Fault: "reads-on-after-answer",
		Stages: lang.Text{En: "A 304 with a Content-Length, and as many octets behind it, which are an answer.", ZhTW: "304 帶著 Content-Length，後面恰好有那麼多位元組，內容是另一個回應。"},
		Wants:  lang.Text{En: "They are neither content of the 304 nor the answer to the next request.", ZhTW: "它們既不是 304 的內容，也不是下一個請求的回應。"},
		Run: inStepWith(func(s *Setting) Order { return s.conditional("/1") }, func(s *Setting, t *Turn) {
			poison := s.Trap()
			t.Send("HTTP/1.1 304 Not Modified\r\nETag: \"leaf\"\r\n" + s.Either(fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(poison), poison), "\r\n"))
		}, exam.Refused),
	},
	{
		Name: "304-unconditional", Level: exam.DeFacto, Codes: codes(304), Spec: "RFC 9110 §15.4.5", Over: all,
		Needs: needs(Gets), Fault: "repeats-at-304",
		Stages: lang.Text{En: "A 304 to a request that has no condition.", ZhTW: "沒有條件的請求得到 304。"},
		Wants:  lang.Text{En: "To hand it over or to call it a failure; no loop.", ZhTW: "照樣交出或當成失敗；不可一再要求。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) { t.Answer(304, "", `ETag: "leaf"`) })
			r := s.Get("/start")
			if n := s.Came("/start"); n > 2 || r.Late {
				return exam.Failed(say("It asked %d times.", "它要求了 %d 次。", n))
			}
			return exam.Passed(say("It came to an end: status %d, %v.", "它結束了：狀態碼 %d，%v。", r.Status, r.Err))
		}),
	},
	{
		Name: "304-cache-reuse", Level: exam.Must, Codes: codes(304), Spec: "RFC 9110 §15.4.5; RFC 9110 §2.4; RFC 9111 §4.3.3", Over: all,
		Needs: needs(Gets, Caches, Shows), Fault: "hands-304-over",
		Stages: lang.Text{En: "A 200 with an ETag that is stale at once; its revalidation gets 304.", ZhTW: "帶 ETag、馬上過期的 200；重新驗證得到 304。"},
		Wants:  lang.Text{En: "The caller gets 200 and the stored content.", ZhTW: "呼叫者得到 200 與儲存的內容。"},
		Run: stage(func(s *Setting) exam.Verdict {
			_, second := s.cached([]string{`ETag: "leaf"`, "Cache-Control: max-age=0"}, func(t *Turn) { t.Answer(304, "", `ETag: "leaf"`) })
			asked := s.Asked("/start")
			switch {
			case len(asked) < 2 || !asked[1].Request.Fields.Has("If-None-Match"):
				return exam.NotAsked(say("It did not revalidate.", "它沒有重新驗證。"))
			case string(second.Content) != finalContent || second.Status != 0 && second.Status != 200:
				return exam.Failed(say("The caller got %d with %.40q.", "呼叫者得到 %d 與 %.40q。", second.Status, second.Content))
			}
			return exam.Passed(say("The caller got the stored content.", "呼叫者得到儲存的內容。"))
		}),
	},
	{
		Name: "304-update-fields", Level: exam.Must, Codes: codes(304), Spec: "RFC 9111 §4.3.4; RFC 9111 §3.2", Over: all,
		Needs: needs(Gets, Caches, ShowsHead), Fault: "304-updates-nothing",
		Stages: lang.Text{En: "The 304 brings a new value for a field of the stored answer.", ZhTW: "304 帶來儲存回應中某欄位的新值。"},
		Wants:  lang.Text{En: "The caller gets the new value.", ZhTW: "呼叫者得到新值。"},
		Run: stage(func(s *Setting) exam.Verdict {
			_, second := s.cached([]string{`ETag: "leaf"`, "Cache-Control: max-age=0", "X-Leaf: old"}, func(t *Turn) {
				t.Answer(304, "", `ETag: "leaf"`, "Cache-Control: max-age=0", "X-Leaf: new")
			})
			if asked := s.Asked("/start"); len(asked) < 2 || !asked[1].Request.Fields.Has("If-None-Match") {
				return exam.NotAsked(say("It did not revalidate.", "它沒有重新驗證。"))
			}
			if v := second.Fields.Get("X-Leaf"); v != "new" {
				return exam.Failed(say("The caller got X-Leaf: %s.", "呼叫者得到 X-Leaf: %s。", v))
			}
			return exam.Passed(say("The caller got the new value.", "呼叫者得到新值。"))
		}),
	},
	{
		Name: "304-etag-mismatch", Level: exam.Must, Codes: codes(304), Spec: "RFC 9111 §4.3.4", Over: all,
		Needs: needs(Gets, Caches, ShowsHead), Fault: "304-of-anything",
		Stages: lang.Text{En: "The 304 has another strong ETag than the stored answer, and a new value for a field.", ZhTW: "304 的強 ETag 與儲存的不同，並帶來某欄位的新值。"},
		Wants:  lang.Text{En: "The stored answer is not updated from it.", ZhTW: "儲存的回應不可依它更新。"},
		Run: stage(func(s *Setting) exam.Verdict {
			_, second := s.cached([]string{`ETag: "leaf"`, "Cache-Control: max-age=0", "X-Leaf: old"}, func(t *Turn) {
				t.Answer(304, "", s.Either(`ETag: "stem"`, `ETag: "leaf"`), "Cache-Control: max-age=0", s.Either("X-Leaf: new", "X-Leaf: old"))
			})
			if asked := s.Asked("/start"); len(asked) < 2 || !asked[1].Request.Fields.Has("If-None-Match") {
				return exam.NotAsked(say("It did not revalidate.", "它沒有重新驗證。"))
			}
			if v := second.Fields.Get("X-Leaf"); v == "new" && (second.Status == 200 || second.Status == 0) {
				return exam.Failed(say("The stored answer has X-Leaf: new now.", "儲存的回應現在有 X-Leaf: new。"))
			}
			return exam.Passed(say("The stored answer was not updated.", "儲存的回應沒有更新。"))
		}),
	},
	{
		Name: "304-if-modified-since", Level: exam.Should, Codes: codes(304), Spec: "RFC 9111 §4.3.1; RFC 9110 §13.1.3", Over: all,
		Needs: needs(Gets, Caches), Fault: "etags-only",
		Stages: lang.Text{
			En:   "A 200 with an ETag and one with Last-Modified only, both stale at once.",
			ZhTW: "一個 200 帶 ETag，一個只有 Last-Modified，都馬上過期。"},
		Wants: lang.Text{En: "To revalidate with If-Modified-Since.", ZhTW: "以 If-Modified-Since 重新驗證。"},
		Run: stage(func(s *Setting) exam.Verdict {
			// Nothing can be asked of who keeps nothing: Chromium, of an origin whose
			// certificate it was told to overlook.
			s.On("/tagged", plain(200, `ETag: "leaf"`, "Cache-Control: max-age=0"))
			s.Do(s.Order("/tagged"), s.Order("/tagged"))
			if tagged := s.Asked("/tagged"); len(tagged) < 2 || !tagged[1].Request.Fields.Has("If-None-Match") {
				return exam.NotAsked(say("It did not revalidate what has an ETag either.", "有 ETag 的它也沒有重新驗證。"))
			}
			const date = "Tue, 03 Mar 2026 08:00:00 GMT"
			s.cached([]string{"Last-Modified: " + date, "Cache-Control: max-age=0"}, func(t *Turn) { t.Answer(304, "", "Last-Modified: "+date) })
			asked := s.Asked("/start")
			switch {
			case len(asked) < 2:
				return exam.NotAsked(say("No second request came.", "沒有收到第二個請求。"))
			case asked[1].Request.Fields.Get("If-Modified-Since") == date:
				return exam.Passed(say("It revalidated with the date.", "它以日期重新驗證。"))
			}
			return exam.Failed(say("It asked for everything again.", "它整份重新要求。"))
		}),
	},
	leads("300-location", "follows-300", "RFC 9110 §15.4.1", exam.Info, func(s *Setting, t *Turn) {
		t.Answer(300, "", "Location: "+s.A.URL(mark))
	}, lang.Text{En: "A 300 with a Location.", ZhTW: "300 帶著 Location。"}),
	leads("3xx-unknown-location", "follows-300", "RFC 9110 §15; RFC 9110 §15.4", exam.Info, func(s *Setting, t *Turn) {
		t.Answer(399, "", "Location: "+s.A.URL(mark))
	}, lang.Text{En: "A 399, which nobody knows, with a Location.", ZhTW: "沒人認得的 399 帶著 Location。"}),
	leads("306-unused", "follows-300", "RFC 9110 §15.4.7; RFC 9110 §15", exam.Info, func(s *Setting, t *Turn) {
		t.Answer(306, "", "Location: "+s.A.URL(mark))
	}, lang.Text{En: "A 306 with a Location.", ZhTW: "306 帶著 Location。"}),
	{
		// A client that understands the list may choose from it by itself.
		Name: "300-no-location", Level: exam.Info, Codes: codes(300), Spec: "RFC 9110 §15.4.1", Over: all,
		Needs: needs(Gets, Follows), Fault: "follows-first-link",
		Stages: lang.Text{En: "A 300 with a list of choices and no Location.", ZhTW: "300 列出選項，沒有 Location。"},
		Wants:  lang.Text{En: "Nothing: whether it chooses by itself is noted.", ZhTW: "沒有要求：記下它會不會自行選擇。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) {
				t.Answer(300, fmt.Sprintf(`<a href="%s">tea</a>`, s.A.URL(mark)), "Content-Type: text/html")
			})
			s.Get("/start")
			if s.Came(mark) > 0 {
				return s.byFetch(exam.Noted("chooses", say("It took the first choice of the list.", "它選了清單上的第一項。")), exam.Fail)
			}
			return s.byFetch(exam.Noted("leaves it", say("It left the choice to its caller.", "它把選擇留給呼叫者。")), exam.Pass)
		}),
	},
	{
		Name: "305-use-proxy", Level: exam.DeFacto, Codes: codes(305), Spec: "RFC 9110 §15.4.6", Over: h1,
		Needs: needs(Gets, Follows), Fault: "obeys-305",
		Stages: lang.Text{En: "A 305 whose Location names a proxy.", ZhTW: "305 的 Location 指出一個代理。"},
		Wants:  lang.Text{En: "The proxy is not used: anybody could have sent that.", ZhTW: "不使用那個代理：任何人都可能送出這個回應。"},
		Run: stage(func(s *Setting) exam.Verdict {
			road := s.Open(Place{})
			s.On("/start", func(t *Turn) {
				if t.Origin == road {
					t.Answer(200, trapContent, "Content-Type: text/plain")
					return
				}
				t.Answer(305, "", "Location: http://"+road.Host()+"/")
			})
			s.Get("/start")
			for _, a := range s.Asked("") {
				if a.Origin == road && strings.HasPrefix(a.Request.Target, "http://") {
					return exam.Failed(say("It sent the request to the proxy.", "它把請求送到了那個代理。"))
				}
			}
			return exam.Passed(say("It did not use the proxy.", "它沒有使用那個代理。"))
		}),
	},
}
