package client

import (
	"fmt"
	"strings"
	"time"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
)

// afterInterim makes a case in which octets come before the final answer that a
// client has to read over.
func afterInterim(name, fault, spec string, level exam.Level, code status.Code, octets string, refusal exam.Outcome, stages lang.Text) exam.Case {
	return exam.Case{
		Name: name, Level: level, Codes: codes(code), Spec: spec, Over: h1,
		Needs: needs(Gets), Fault: fault, Stages: stages,
		Wants: lang.Text{
			En:   "The final answer, and nothing before it, is what the caller gets.",
			ZhTW: "呼叫者拿到的是最終回應，而不是它之前的任何東西。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) {
				t.Send(s.Either(octets, "") + s.FinalOctets())
				// A client that looks at what has come once a second, and at one interim
				// answer each time, as aria2 does, is slow, and not wrong.
				t.Hold(2 * Silence)
			})
			return s.Delivered(s.Get("/start"), refusal)
		}),
	}
}

var interim = []exam.Case{
	afterInterim("1xx-103-then-200", "103-is-final", "RFC 9110 §15.2; RFC 8297 §2", exam.Must, 103,
		"HTTP/1.1 103 Early Hints\r\nLink: </tea.css>; rel=preload; as=style\r\n\r\n", exam.Fail,
		lang.Text{En: "A 103 with a Link, then the final answer.", ZhTW: "先是帶 Link 的 103，再來是最終回應。"}),
	afterInterim("1xx-five-103", "one-interim", "RFC 9110 §15.2", exam.Must, 103,
		strings.Repeat("HTTP/1.1 103 Early Hints\r\nLink: </tea.css>; rel=preload; as=style\r\n\r\n", 5), exam.Fail,
		lang.Text{En: "Five 103s, then the final answer.", ZhTW: "五個 103，再來是最終回應。"}),
	afterInterim("1xx-100-unexpected", "100-is-final", "RFC 9110 §15.2.1", exam.Must, 100,
		"HTTP/1.1 100 Continue\r\n\r\n", exam.Fail,
		lang.Text{En: "A 100 that nobody has asked for, then the final answer.", ZhTW: "沒人要求的 100，再來是最終回應。"}),
	afterInterim("1xx-102-then-200", "102-is-final", "RFC 9110 §15.2; RFC 2518 §10.1", exam.Must, 102,
		"HTTP/1.1 102 Processing\r\n\r\n", exam.Fail,
		lang.Text{En: "A 102, then the final answer.", ZhTW: "先是 102，再來是最終回應。"}),
	afterInterim("1xx-unknown-199", "unknown-1xx-is-final", "RFC 9110 §15; RFC 9110 §15.2", exam.Must, 100,
		"HTTP/1.1 199 Brewing\r\nX-Leaves: three\r\n\r\n", exam.Fail,
		lang.Text{En: "A 199, which nobody knows, then the final answer.", ZhTW: "沒人認得的 199，再來是最終回應。"}),
	afterInterim("1xx-no-fields", "103-is-final", "RFC 9110 §15.2", exam.Must, 103,
		"HTTP/1.1 103 Early Hints\r\n\r\n", exam.Fail,
		lang.Text{En: "A 103 without any field, then the final answer.", ZhTW: "不帶任何欄位的 103，再來是最終回應。"}),
	{
		Name: "1xx-content-length", Level: exam.Must, Codes: codes(103), Over: h1,
		Spec: "RFC 9112 §6.3", Needs: needs(Gets), Fault: "interim-has-content",
		Stages: lang.Text{
			En:   "A 103 with a Content-Length that fits what follows, which is the final answer; behind that stands something that is no answer.",
			ZhTW: "103 帶著 Content-Length，長度正好是後面的最終回應；再後面的東西不是回應。"},
		Wants: lang.Text{
			En:   "A 1xx ends with its empty line whatever its fields say. The final answer is read as such, or the exchange is refused.",
			ZhTW: "不論欄位怎麼寫，1xx 到空行就結束。最終回應要照樣讀到，或者拒絕整個交換。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) {
				// The trap says that it is the last: whoever takes it follows it elsewhere, and
				// not on this connection, which nobody reads any more.
				final, poison := s.FinalOctets(), strings.Replace(s.Trap(), "\r\n", "\r\nConnection: close\r\n", 1)
				length := fmt.Sprintf("Content-Length: %d\r\n", len(final))
				t.Send("HTTP/1.1 103 Early Hints\r\n" + s.Either(length, "") + "\r\n" + final + s.Either(poison, ""))
				t.Close()
			})
			return s.Delivered(s.Get("/start"), exam.Refused)
		}),
	},
	afterInterim("1xx-transfer-encoding", "interim-coding-waits", "RFC 9112 §6.3", exam.Must, 103,
		"HTTP/1.1 103 Early Hints\r\nTransfer-Encoding: chunked\r\n\r\n", exam.Refused,
		lang.Text{
			En:   "A 103 that says Transfer-Encoding: chunked and has no content, as no 1xx has, then the final answer.",
			ZhTW: "103 聲稱 Transfer-Encoding: chunked，但 1xx 都沒有內容；再來是最終回應。"}),
	{
		Name: "1xx-103-reuse", Level: exam.Must, Codes: codes(103), Over: h1,
		Spec: "RFC 9110 §15.2; RFC 9112 §9.2", Needs: needs(Gets, Reuses), Fault: "103-is-final",
		Stages: lang.Text{
			En:   "A 103 and, 0.3 s later, a 200 for the first request, and a second request on the same connection.",
			ZhTW: "第一個請求得到 103，0.3 秒後得到 200，第二個請求走同一條連線。"},
		Wants: lang.Text{
			En:   "The second request is answered by its own answer, not by what was left of the first.",
			ZhTW: "第二個請求得到它自己的回應，不是第一個剩下的。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/1", func(t *Turn) {
				// Whoever throws away what came with the 103 would be in step by luck, if it
				// came in one piece with the answer.
				t.Send(s.Either("HTTP/1.1 103 Early Hints\r\nLink: </tea.css>; rel=preload; as=style\r\n\r\n", ""))
				t.way.stir(300*time.Millisecond, nil)
				t.Send(s.Trap())
			})
			s.On("/2", func(t *Turn) { t.Final() })
			r := s.Do(s.Order("/1"), s.Order("/2"))[1]
			if s.Came(mark) > 0 && !s.Follows("/2", trap) {
				return exam.Passed(say("The second request got its own answer.", "第二個請求得到它自己的回應。"))
			}
			return s.Delivered(r, exam.Fail)
		}),
	},
	{
		Name: "1xx-limit-probe", Level: exam.Info, Codes: codes(103), Over: h1,
		Spec: "RFC 9110 §15.2", Needs: needs(Gets), Fault: "one-interim", Limit: time.Minute,
		Stages: lang.Text{
			En:   "6, 8, 9, 16, 32, 64 and 100 interim answers before the final one, each time anew.",
			ZhTW: "最終回應之前有 6、8、9、16、32、64、100 個過渡回應，每次重來。"},
		Wants: lang.Text{
			En:   "Nothing: a limit is a lawful defence. The most that it reads is noted.",
			ZhTW: "沒有要求：設上限是合法的自衛。記下它最多讀幾個。"},
		Run: stage(func(s *Setting) exam.Verdict {
			most := 5
			for _, n := range []int{6, 8, 9, 16, 32, 64, 100} {
				s.On("/start", func(t *Turn) {
					t.Send(strings.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", n) + s.FinalOctets())
				})
				before := s.Came(mark)
				r := s.Get("/start")
				if s.Came(mark) == before && string(r.Content) != markContent {
					break
				}
				most = n
			}
			value := fmt.Sprint(most)
			if most == 100 {
				value = "100+"
			}
			return exam.Noted(value, say("It reads %s interim answers before the final one.", "最終回應之前，它讀得了 %s 個過渡回應。", value))
		}),
	},
	afterInterim("1xx-104-resumable", "unknown-1xx-is-final", "RFC 9110 §15", exam.Must, 104,
		"HTTP/1.1 104 Upload Resumption Supported\r\nLocation: /upload/1\r\n\r\n", exam.Fail,
		lang.Text{En: "A 104, which was registered for a time, then the final answer.", ZhTW: "先是曾暫時註冊的 104，再來是最終回應。"}),
	{
		Name: "1xx-split-packets", Level: exam.Must, Codes: codes(103), Over: h1, Spec: "RFC 9112 §2.2; RFC 9110 §15.2",
		Needs: needs(Gets), Fault: "interim-in-one-piece",
		Stages: lang.Text{En: "A 103 that comes octet by octet, then the final answer.", ZhTW: "一個位元組一個位元組送來的 103，再來是最終回應。"},
		Wants:  lang.Text{En: "The final answer, and nothing before it, is what the caller gets.", ZhTW: "呼叫者拿到的是最終回應，而不是它之前的任何東西。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) {
				head := "HTTP/1.1 103 Early Hints\r\nLink: </tea.css>; rel=preload; as=style\r\n\r\n"
				for i := 0; i < len(head) && exam.Either(s.trial, true, false); i++ {
					if t.must(t.way.octets(head[i : i+1])); t.over {
						return
					}
					time.Sleep(time.Millisecond)
				}
				t.Send(s.FinalOctets())
				t.Hold(Silence)
			})
			return s.Delivered(s.Get("/start"), exam.Fail)
		}),
	},
	{
		Name: "1xx-slow", Level: exam.Info, Codes: codes(100, 102), Over: h1, Spec: "RFC 9110 §15.2",
		Needs: needs(Gets), Fault: "timer-runs-on",
		Stages: lang.Text{
			En:   "A 102 each second for five seconds, then the final answer, to a client with three seconds of patience.",
			ZhTW: "五秒內每秒一個 102，最後才是最終回應；用戶端的耐心是三秒。"},
		Wants: lang.Text{En: "Nothing: whether a 1xx winds its timer up again is noted.", ZhTW: "沒有要求：記下 1xx 會不會讓計時重來。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) {
				for range 5 {
					t.Send("HTTP/1.1 102 Processing\r\n\r\n")
					if t.way.stir(time.Second, nil) {
						return
					}
				}
				t.Send(s.FinalOctets())
			})
			o := s.Order("/start")
			o.Patience = 3 * time.Second
			r := s.Do(o)[0]
			if s.Came(mark) > 0 || string(r.Content) == markContent {
				return exam.Noted("waits on", say("It waited for the final answer.", "它等到了最終回應。"))
			}
			return exam.Noted("times out", say("It gave up: %v", "它放棄了：%v", r.Err))
		}),
	},
	{
		Name: "1xx-then-close", Level: exam.Must, Codes: codes(103), Over: h1, Spec: "RFC 9110 §15.2; RFC 9112 §8",
		Needs: needs(Gets, Fails), Fault: "interim-is-enough",
		Stages: lang.Text{En: "A 103, then the connection closes.", ZhTW: "一個 103，然後連線關閉。"},
		Wants:  lang.Text{En: "An error: no final answer came.", ZhTW: "報錯：沒有收到最終回應。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) {
				t.Send("HTTP/1.1 103 Early Hints\r\nLink: </tea.css>; rel=preload; as=style\r\n\r\n")
				t.Close()
			})
			r := s.Get("/start")
			if r.Success() {
				return exam.Failed(say("It called that a success, with status %d.", "它當成成功，狀態碼是 %d。", r.Status))
			}
			return exam.Passed(say("It called that a failure: %v", "它當成失敗：%v", r.Err))
		}),
	},
	{
		Name: "1xx-http10", Level: exam.DeFacto, Codes: codes(103), Over: h1, Spec: "RFC 9110 §15.2",
		Needs: needs(Gets), Fault: "103-is-final",
		Stages: lang.Text{En: "A 103 whose status line says HTTP/1.0, then a final answer in HTTP/1.0.", ZhTW: "狀態列寫 HTTP/1.0 的 103，再來是 HTTP/1.0 的最終回應。"},
		Wants:  lang.Text{En: "To read over it or to refuse it; never to take the 103 for final.", ZhTW: "略過或拒絕；不可把 103 當成最終回應。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) {
				t.Send(s.Either("HTTP/1.0 103 Early Hints\r\n\r\n", "") + strings.Replace(s.FinalOctets(), "HTTP/1.1", "HTTP/1.0", 1))
				t.Close()
			})
			return s.Delivered(s.Get("/start"), exam.Refused)
		}),
	},
	{
		Name: "1xx-to-head", Level: exam.Must, Codes: codes(103), Over: h1, Spec: "RFC 9112 §6.3; RFC 9110 §15.2",
		Needs: needs(Gets, Heads), Fault: "head-has-content",
		Stages: lang.Text{En: "HEAD, answered with a 103, then a final answer with Content-Length: 100.", ZhTW: "HEAD 得到 103，再來是帶 Content-Length: 100 的最終回應。"},
		Wants:  lang.Text{En: "To be done at the empty line of the final answer.", ZhTW: "讀到最終回應的空行就結束。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) {
				line := "HTTP/1.1 200 OK\r\n"
				if s.follows() { // where it goes next shows that it read on
					line = "HTTP/1.1 302 Found\r\nLocation: " + s.A.URL(mark) + "\r\n"
				}
				t.Send(s.Either("HTTP/1.1 103 Early Hints\r\nLink: </tea.css>; rel=preload; as=style\r\n\r\n", "") +
					line + s.Either("Content-Length: 100\r\n", "") + "\r\n")
				t.Hold(Silence)
			})
			o := s.Order("/start")
			o.Method = "HEAD"
			r := s.Do(o)[0]
			switch {
			case r.Unsupported != "" || s.Came("/start") == 0:
				return exam.NotAsked(say("No HEAD came. %s", "沒有收到 HEAD。%s", r.Unsupported))
			case s.Waited() || r.Late:
				return exam.Failed(say("It waited for content that this answer cannot have.", "它在等這個回應不可能有的內容。"))
			case s.Came(mark) > 0, r.Status == 200, r.Status == 302, !s.follows() && r.Status == 0 && r.Success():
				return exam.Passed(say("It read on to the right answer, and was done at once.", "它一路讀到正確的回應，而且馬上就完成了。"))
			}
			return exam.Failed(say("It did not read on to the final answer: status %d, %v", "它沒有讀到最終回應：狀態碼 %d，%v", r.Status, r.Err))
		}),
	},
	{
		Name: "1xx-field-bleed", Level: exam.Must, Codes: codes(103), Over: all, Spec: "RFC 8297 §2",
		Needs: needs(Gets, ShowsHead), Fault: "interim-fields-stay",
		Stages: lang.Text{En: "A 103 with fields that the final answer does not have.", ZhTW: "103 帶著最終回應沒有的欄位。"},
		Wants:  lang.Text{En: "They are no fields of the final answer.", ZhTW: "它們不是最終回應的欄位。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) {
				t.Interim(103, "X-Leaf: early", "Content-Language: tlh")
				t.Answer(200, finalContent, "Content-Type: text/plain")
			})
			r := s.Get("/start")
			switch {
			case !r.Success():
				return exam.NotAsked(say("It did not get to the final answer: %v", "它沒有讀到最終回應：%v", r.Err))
			case s.can(Reports) && r.Status/100 == 1:
				return exam.NotAsked(say("It took the %d itself for the final answer, so there is no other whose fields could be looked at.", "它把 %d 本身當成最終回應，沒有別的回應可看欄位。", r.Status))
			case r.Fields.Has("X-Leaf") || r.Fields.Has("Content-Language"):
				return exam.Failed(say("The final answer has fields of the 103.", "最終回應帶著 103 的欄位。"))
			}
			return exam.Passed(say("The final answer has its own fields alone.", "最終回應只有自己的欄位。"))
		}),
	},
}
