package client

import (
	"sync/atomic"
	"time"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
)

// indefinite is how long a client may wait for a 100 that does not come. RFC 9110
// §10.1.1: it need not wait for any certain time, and should not wait without end.
// One second is what curl and Go wait unless told otherwise.
const indefinite = 6 * time.Second

// unexpecting makes a case of a 417: the request is sent again without Expect.
func unexpecting(name string, close bool, stages lang.Text) exam.Case {
	return exam.Case{
		Name: name, Level: exam.Should, Codes: codes(417), Spec: "RFC 9110 §10.1.1", Over: h1, Needs: needs(Gets, Waits),
		Fault: "gives-up-at-417", Stages: stages,
		Wants: lang.Text{En: "To send the request again without Expect.", ZhTW: "去掉 Expect 再送一次。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) {
				if t.Request.Fields.Has("Expect") {
					fields := []string{"Content-Type: text/plain"}
					if close {
						fields = append(fields, "Connection: close")
					}
					t.Answer(417, "no expectations", fields...)
					if close {
						t.Close()
					}
					return
				}
				t.Content()
				t.Answer(200, "thanks", "Content-Type: text/plain")
			})
			s.Do(s.expecting("/start"))
			asked := s.Asked("/start")
			switch {
			case len(asked) == 0 || !asked[0].Request.Fields.Has("Expect"):
				return exam.NotAsked(say("No request with Expect came.", "沒有收到帶 Expect 的請求。"))
			case len(asked) > 1 && !asked[1].Request.Fields.Has("Expect") && len(asked[1].Request.Content.Data) == spoons:
				return exam.Passed(say("It sent the request again without Expect.", "它去掉 Expect 又送了一次。"))
			}
			return exam.Failed(say("It did not send the request again without Expect.", "它沒有去掉 Expect 再送。"))
		}),
	}
}

// early makes a case of a final answer that comes in place of a 100. Whoever
// does not send the content then cannot use the connection again: the server
// still has to take what comes for content (RFC 9112 §9.3).
func early(name, fault string, code status.Code, stages lang.Text) exam.Case {
	return exam.Case{
		Name: name, Level: exam.Must, Codes: codes(code), Spec: "RFC 9110 §10.1.1; RFC 9112 §9.3", Over: h1,
		Needs: needs(Gets, Waits, Reuses), Fault: fault, Stages: stages,
		Wants: lang.Text{
			En:   "To send all the content and go on, or to send none and leave the connection.",
			ZhTW: "送完全部內容再繼續，或完全不送並放棄這條連線。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/1", func(t *Turn) { t.Answer(code, "no", "Content-Type: text/plain", basicChallenge) })
			s.On("/2", plain(200))
			next := s.Order("/2")
			next.Patience = Silence
			s.Do(s.expecting("/1"), next)
			first, second := s.Asked("/1"), s.Asked("/2")
			switch {
			case len(first) == 0:
				return exam.NotAsked(say("No request came.", "沒有收到請求。"))
			case len(second) == 0, s.garbled():
				return exam.Failed(say("The next request did not come as one: it stood where the content of the first had to be.", "下一個請求沒有正常送到：它出現在第一個請求的內容該在的位置。"))
			}
			return exam.Passed(say("The next request came well framed, on connection %d.", "下一個請求完整送到，在第 %d 條連線上。", second[0].Conn))
		}),
	}
}

var expect = []exam.Case{
	{
		Name: "expect-100-happy", Level: exam.Should, Codes: codes(100), Spec: "RFC 9110 §10.1.1", Over: h1,
		Needs: needs(Gets, Waits), Fault: "sends-content-twice",
		Stages: lang.Text{En: "The head is read, then 100 is sent, then 200.", ZhTW: "讀完標頭區段後送 100，再送 200。"},
		Wants:  lang.Text{En: "The content comes after the 100, once.", ZhTW: "內容在 100 之後送來，只送一次。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) {
				t.Interim(100)
				t.Content()
				t.Answer(200, "thanks", "Content-Type: text/plain")
			})
			r := s.Do(s.expecting("/start"))[0]
			asked := s.Asked("")
			switch {
			case len(asked) == 0:
				return exam.NotAsked(say("No request came.", "沒有收到請求。"))
			case len(asked) > 1:
				return exam.Failed(say("More came than one request with its content.", "送來的不只是一個請求與它的內容。"))
			case len(asked[0].Request.Content.Data) != spoons || !r.Success():
				return exam.Failed(say("%d octets of content came; %v.", "收到 %d 個位元組的內容；%v。", len(asked[0].Request.Content.Data), r.Err))
			}
			return exam.Passed(say("The content came once.", "內容送來一次。"))
		}),
	},
	{
		Name: "expect-silent", Level: exam.Should, Codes: codes(100), Spec: "RFC 9110 §10.1.1", Over: h1,
		Needs: needs(Gets, Waits), Fault: "waits-for-100-for-ever", Limit: 20 * time.Second,
		Stages: lang.Text{En: "The server waits for the content and sends no 100.", ZhTW: "伺服器等著內容，不送 100。"},
		Wants:  lang.Text{En: "The content comes after a while all the same.", ZhTW: "過一會兒內容還是會送來。"},
		Run: stage(func(s *Setting) exam.Verdict {
			var waited time.Duration
			s.On("/start", func(t *Turn) {
				began := time.Now()
				if !t.way.stir(indefinite, nil) {
					t.Close()
					return
				}
				waited = time.Since(began)
				t.Content()
				t.Answer(200, "thanks", "Content-Type: text/plain")
			})
			s.Do(s.patient(s.expecting("/start")))
			asked := s.Asked("/start")
			if len(asked) == 0 || len(asked[0].Request.Content.Data) != spoons {
				return exam.Failed(say("The content did not come within six seconds.", "六秒內沒有收到內容。"))
			}
			return exam.Passed(say("The content came after %.1f s.", "%.1f 秒後收到內容。", waited.Seconds()))
		}),
	},
	unexpecting("expect-417", false, lang.Text{En: "A 417; the connection stays open.", ZhTW: "417，連線保持開啟。"}),
	unexpecting("expect-417-close", true, lang.Text{En: "A 417 with Connection: close.", ZhTW: "417 帶 Connection: close。"}),
	early("expect-final-401", "reuses-after-unsent-content", 401,
		lang.Text{En: "A 401 at once in place of the 100, then a second order.", ZhTW: "不送 100，直接回 401；接著是第二個請求。"}),
	early("expect-final-then-reuse", "reuses-after-unsent-content", 413,
		lang.Text{En: "A 413 at once in place of the 100, then a second order.", ZhTW: "不送 100，直接回 413；接著是第二個請求。"}),
	{
		Name: "expect-final-200", Level: exam.Must, Codes: codes(200), Spec: "RFC 9110 §10.1.1", Over: h1,
		Needs: needs(Gets, Waits), Fault: "waits-for-100-for-ever",
		Stages: lang.Text{En: "A final answer at once, without a 100.", ZhTW: "不送 100，直接送最終回應。"},
		Wants:  lang.Text{En: "That is the answer; nothing more is waited for.", ZhTW: "這就是回應；不再等別的。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) {
				t.Answer(200, finalContent, "Content-Type: text/plain", "Connection: close")
				t.way.stir(Silence, t.s.next(t.Asked))
				t.Close()
			})
			r := s.Do(s.expecting("/start"))[0]
			if r.Success() && (!s.can(Shows) || string(r.Content) == finalContent) {
				return exam.Passed(say("It took the answer.", "它收下了回應。"))
			}
			return exam.Failed(say("It did not take the answer: %v", "它沒有收下回應：%v", r.Err))
		}),
	},
	{
		// A client may send the content to the old target too: nothing forbids it, and
		// it keeps the connection in step. So this notes and does not judge.
		Name: "expect-redirect-307", Level: exam.Info, Codes: codes(307), Spec: "RFC 9110 §10.1.1; RFC 9110 §15.4.8", Over: h1,
		Needs: needs(Gets, Waits, Follows), Fault: "sends-content-after-final",
		Stages: lang.Text{En: "A 307 at once in place of the 100.", ZhTW: "不送 100，直接回 307。"},
		Wants:  lang.Text{En: "Nothing: where the content goes is noted.", ZhTW: "沒有要求：記下內容送到哪裡。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) { t.Answer(307, "", "Location: "+s.A.URL(mark)) })
			s.On(mark, func(t *Turn) {
				t.Interim(100)
				t.Content()
				t.Answer(200, markContent, "Content-Type: text/plain")
			})
			s.Do(s.expecting("/start"))
			old, there := s.Asked("/start"), s.Asked(mark)
			switch {
			case len(old) == 0:
				return exam.NotAsked(say("No request came.", "沒有收到請求。"))
			case len(there) == 0:
				return exam.Noted("stays", say("It did not follow.", "它沒有跟著走。"))
			case len(there[0].Request.Content.Data) != spoons:
				return exam.Noted("cut", say("%d octets of content came to the new target.", "新目標收到 %d 個位元組的內容。", len(there[0].Request.Content.Data)))
			case len(old[0].Request.Content.Data) == spoons:
				return exam.Noted("both", say("All the content went to the old target too.", "舊目標也收到了全部內容。"))
			}
			return exam.Noted("new", say("The content went to the new target.", "內容送到了新目標。"))
		}),
	},
	{
		Name: "expect-late-100", Level: exam.Must, Codes: codes(100), Spec: "RFC 9110 §15.2.1", Over: h1,
		Needs: needs(Gets, Waits), Fault: "late-100-is-final", Limit: 20 * time.Second,
		Stages: lang.Text{
			En:   "The server sends no 100 until the client has sent its content without; then a 100 comes, and the final answer.",
			ZhTW: "伺服器一直不送 100，等用戶端自己把內容送完；這時才送 100 與最終回應。"},
		Wants: lang.Text{En: "The late 100 is read over.", ZhTW: "略過遲來的 100。"},
		Run: stage(func(s *Setting) exam.Verdict {
			var waits atomic.Bool
			s.On("/start", func(t *Turn) {
				if !t.way.stir(indefinite, nil) {
					waits.Store(true) // which expect-silent judges
					t.Close()
					return
				}
				t.Content()
				t.Send(s.Either("HTTP/1.1 100 Continue\r\n\r\n", ""))
				t.Final()
			})
			r := s.Do(s.patient(s.expecting("/start")))[0]
			if waits.Load() {
				return exam.NotAsked(say("It sends nothing without a 100, for six seconds: there is no late one.", "六秒內沒有 100 它就不送內容，因此沒有所謂遲來的 100。"))
			}
			return s.Delivered(r, exam.Fail)
		}),
	},
	{
		Name: "expect-two-100", Level: exam.Must, Codes: codes(100), Spec: "RFC 9110 §15.2", Over: h1,
		Needs: needs(Gets, Waits), Fault: "one-interim",
		Stages: lang.Text{En: "Two 100s, and the final answer after the content.", ZhTW: "兩個 100，收完內容後送最終回應。"},
		Wants:  lang.Text{En: "Both are read over.", ZhTW: "兩個都略過。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) {
				t.Interim(100)
				t.Send(s.Either("HTTP/1.1 100 Continue\r\n\r\n", ""))
				t.Content()
				t.Final()
			})
			return s.Delivered(s.Do(s.expecting("/start"))[0], exam.Fail)
		}),
	},
	{
		Name: "expect-no-body", Level: exam.Must, Codes: codes(100), Spec: "RFC 9110 §10.1.1", Over: all,
		Needs: needs(Gets), Fault: "always-expects",
		Stages: lang.Text{En: "A plain GET.", ZhTW: "單純的 GET。"},
		Wants:  lang.Text{En: "A request without content does not say Expect: 100-continue.", ZhTW: "沒有內容的請求不說 Expect: 100-continue。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", plain(200))
			s.Get("/start")
			asked := s.Asked("/start")
			if len(asked) == 0 {
				return exam.NotAsked(say("No request came.", "沒有收到請求。"))
			}
			if asked[0].Request.Fields.HasMember("Expect", "100-continue") {
				return exam.Failed(say("It says Expect: 100-continue.", "它說了 Expect: 100-continue。"))
			}
			return exam.Passed(say("It does not say so.", "它沒有說。"))
		}),
	},
	{
		Name: "expect-remembered-417", Level: exam.Info, Codes: codes(417), Spec: "RFC 9110 §10.1.1", Over: h1,
		Needs: needs(Gets, Waits, Reuses), Fault: "remembers-417",
		Stages: lang.Text{En: "A 417 for the first upload, then a second upload to the same origin.", ZhTW: "第一次上傳得到 417，再對同一來源上傳一次。"},
		Wants:  lang.Text{En: "Nothing: whether the second says Expect again is noted.", ZhTW: "沒有要求：記下第二次是否還說 Expect。"},
		Run: stage(func(s *Setting) exam.Verdict {
			script := func(t *Turn) {
				if t.Request.Fields.Has("Expect") {
					t.Answer(417, "no expectations", "Content-Type: text/plain", "Connection: close")
					t.Close()
					return
				}
				t.Content()
				t.Answer(200, "thanks", "Content-Type: text/plain")
			}
			s.On("/1", script)
			s.On("/2", script)
			s.Do(s.expecting("/1"), s.expecting("/2"))
			second := s.Asked("/2")
			if len(second) == 0 {
				return exam.NotAsked(say("No second request came.", "沒有收到第二個請求。"))
			}
			if second[0].Request.Fields.Has("Expect") {
				return exam.Noted("expects again", say("The second upload says Expect again.", "第二次上傳又說了 Expect。"))
			}
			return exam.Noted("remembers", say("The second upload does not say Expect.", "第二次上傳沒有說 Expect。"))
		}),
	},
}

// patient gives an order more time.
func (s *Setting) patient(o Order) Order {
	o.Patience = indefinite + Silence
	return o
}
