package client

import (
	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// The plain things. What a subject does not do here it is not asked for in any
// other case.
var baselines = []exam.Case{
	{
		Name: "baseline-get", Level: exam.Info, Proves: Gets, Over: all,
		Spec:   "RFC 9110 §9.3.1",
		Stages: lang.Text{En: "A plain 200 with content.", ZhTW: "單純的 200，帶內容。"},
		Wants:  lang.Text{En: "One GET comes, and the client calls it a success.", ZhTW: "來一個 GET，用戶端認為成功。"},
		Fault:  "silent",
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) { t.Answer(200, "plain", "Content-Type: text/plain") })
			r := s.Get("/start")
			switch {
			case s.Came("/start") == 0:
				return exam.Failed(say("No request came.", "沒有收到請求。"))
			case !r.Success():
				return exam.Failed(say("It called a plain 200 a failure: %v", "它把單純的 200 當成失敗：%v", r.Err))
			}
			return exam.Passed(say("One GET came, and went well.", "來了一個 GET，順利完成。"))
		}),
	},
	{
		Name: "baseline-redirect", Level: exam.Info, Proves: Follows, Over: all,
		Needs: needs(Gets), Spec: "RFC 9110 §15.4", Codes: codes(302),
		Stages: lang.Text{En: "A 302 to another path.", ZhTW: "302，導向另一個路徑。"},
		Wants:  lang.Text{En: "The client asks for that path.", ZhTW: "用戶端去要那個路徑。"},
		Fault:  "stays",
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) { t.Answer(302, "", "Location: "+s.A.URL(mark)) })
			r := s.Get("/start")
			if s.Came(mark) == 0 {
				return exam.Failed(say("The redirect was not followed: %v", "沒有跟著重新導向：%v", r.Err))
			}
			return exam.Passed(say("It followed.", "它跟著走了。"))
		}),
	},
	{
		Name: "baseline-received", Level: exam.Info, Proves: Shows, Over: all,
		Needs: needs(Gets), Spec: "RFC 9110 §15.3.1", Codes: codes(200),
		Stages: lang.Text{En: "A plain 200 with content.", ZhTW: "單純的 200，帶內容。"},
		Wants:  lang.Text{En: "The content is what the client hands over.", ZhTW: "用戶端交出的就是這份內容。"},
		Fault:  "keeps-content",
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) { t.Answer(200, markContent, "Content-Type: text/plain") })
			if r := s.Get("/start"); string(r.Content) != markContent {
				return exam.Failed(say("The content %q was handed over as %.40q.", "內容是 %q，交出來的卻是 %.40q。", markContent, r.Content))
			}
			return exam.Passed(say("The content was handed over as it is.", "內容原樣交了出來。"))
		}),
	},
	{
		Name: "baseline-status", Level: exam.Info, Proves: Reports, Over: all,
		Needs: needs(Gets), Spec: "RFC 9110 §15", Codes: codes(200, 404),
		Stages: lang.Text{En: "A plain 200 and a plain 404.", ZhTW: "單純的 200 與 404。"},
		Wants:  lang.Text{En: "The client says which is which.", ZhTW: "用戶端說得出哪個是哪個。"},
		Fault:  "tells-no-status",
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) { t.Answer(200, "plain", "Content-Type: text/plain") })
			found, not := s.Get("/start"), s.Get("/nothing")
			if found.Status != 200 || not.Status != 404 {
				return exam.Failed(say("It says %d for a 200 and %d for a 404.", "200 它說是 %d，404 它說是 %d。", found.Status, not.Status))
			}
			return exam.Passed(say("It tells 200 from 404.", "它分得出 200 與 404。"))
		}),
	},
	{
		Name: "baseline-errors", Level: exam.Info, Proves: Fails, Over: all,
		Needs: needs(Gets), Spec: "RFC 9112 §9",
		Stages: lang.Text{En: "A connection that closes instead of answering.", ZhTW: "不回應就關閉的連線。"},
		Wants:  lang.Text{En: "The client calls that a failure.", ZhTW: "用戶端認為這是失敗。"},
		Fault:  "never-fails",
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) { t.Close() })
			if r := s.Get("/start"); r.Success() {
				return exam.Failed(say("It called a close without an answer a success.", "沒有回應就關閉，它卻當成成功。"))
			}
			return exam.Passed(say("It called a close without an answer a failure.", "沒有回應就關閉，它當成失敗。"))
		}),
	},
	{
		Name: "baseline-content", Level: exam.Info, Proves: Sends, Over: all,
		Needs: needs(Gets), Spec: "RFC 9110 §9.3.3",
		Stages: lang.Text{En: "A POST with content, answered with 200.", ZhTW: "帶內容的 POST，回 200。"},
		Wants:  lang.Text{En: "The content comes as it was given.", ZhTW: "內容原樣送到。"},
		Fault:  "empty-handed",
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) { t.Content(); t.Answer(200, "thanks", "Content-Type: text/plain") })
			o := s.Order("/start")
			o.Method, o.Content = "POST", &Content{Octets: "tea", Length: 3}
			r := s.Do(o)[0]
			asked := s.Asked("/start")
			switch {
			case r.Unsupported != "":
				return exam.NotAsked(say("The subject cannot do that: %s", "受測對象做不到：%s", r.Unsupported))
			case len(asked) == 0 || asked[0].Request.Method != "POST" || string(asked[0].Request.Content.Data) != "tea":
				return exam.Failed(say("No POST with the content \"tea\" came.", "沒有收到內容為「tea」的 POST。"))
			}
			return exam.Passed(say("A POST with its content came.", "收到 POST 與它的內容。"))
		}),
	},
	{
		Name: "baseline-reuse", Level: exam.Info, Proves: Reuses, Over: all,
		Needs: needs(Gets), Spec: "RFC 9112 §9.3",
		Stages: lang.Text{En: "Two plain GETs, one after the other.", ZhTW: "先後兩個單純的 GET。"},
		Wants:  lang.Text{En: "The second comes on the connection of the first.", ZhTW: "第二個使用第一個的連線。"},
		Fault:  "new-connection-each",
		Run: stage(func(s *Setting) exam.Verdict {
			answer := func(t *Turn) { t.Answer(200, "plain", "Content-Type: text/plain") }
			s.On("/1", answer)
			s.On("/2", answer)
			s.Do(s.Order("/1"), s.Order("/2"))
			second := s.Asked("/2")
			if len(second) == 0 || second[0].Number == 1 {
				return exam.Failed(say("The second request did not come on the first one's connection.", "第二個請求沒有使用第一個的連線。"))
			}
			return exam.Passed(say("Both requests came on one connection.", "兩個請求用了同一條連線。"))
		}),
	},
	{
		Name: "baseline-head", Level: exam.Info, Proves: Heads, Over: all,
		Needs: needs(Gets), Spec: "RFC 9110 §9.3.2",
		Stages: lang.Text{En: "HEAD, answered with a 200.", ZhTW: "HEAD，回 200。"},
		Wants:  lang.Text{En: "A HEAD comes, and the client is done.", ZhTW: "來一個 HEAD，用戶端就此完成。"},
		Fault:  "always-get",
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) {
				if s.Over() != wire.H1 {
					t.Answer(200, "", "Content-Type: text/plain")
					return
				}
				t.Send("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
				t.Hold(Silence)
			})
			o := s.Order("/start")
			o.Method = "HEAD"
			r := s.Do(o)[0]
			asked := s.Asked("/start")
			if r.Unsupported != "" || len(asked) == 0 || asked[0].Request.Method != "HEAD" {
				return exam.Failed(say("No HEAD came.", "沒有收到 HEAD。"))
			}
			return exam.Passed(say("A HEAD came.", "收到 HEAD。"))
		}),
	},
}
