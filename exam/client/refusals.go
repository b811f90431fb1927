package client

import (
	"sync/atomic"
	"time"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/lang"
)

// Refusals on the way in that ask for something of the client.
var refusals = []exam.Case{
	{
		Name: "408-idle-close", Level: exam.Must, Codes: codes(408), Spec: "RFC 9112 §9.2; RFC 9112 §9.5", Over: h1,
		Needs: needs(Gets, Reuses), Fault: "takes-early-408",
		Stages: lang.Text{En: "On an idle connection comes a 408 that nobody has asked for, then a close; then the next order.", ZhTW: "閒置的連線上來了沒人要求的 408 並關閉；接著是下一個請求。"},
		Wants:  lang.Text{En: "The 408 is no answer to the next request, which goes out on another connection, or fails.", ZhTW: "408 不是下一個請求的回應；它要走另一條連線，或者失敗。"},
		Run: onIdle(func(s *Setting, t *Turn) { t.Answer(200, "plain", "Content-Type: text/plain") }, func(s *Setting, t *Turn) {
			t.Send("HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
			t.Close()
		}),
	},
	{
		Name: "408-retry", Level: exam.Info, Codes: codes(408), Spec: "RFC 9110 §15.5.9", Over: h1,
		Needs: needs(Gets), Fault: "repeats-get-at-408",
		Stages: lang.Text{En: "A 408 with Connection: close to a GET.", ZhTW: "GET 得到 408 與 Connection: close。"},
		Wants:  lang.Text{En: "Nothing: how often it repeats is noted.", ZhTW: "沒有要求：記下它重試幾次。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) {
				t.Answer(408, "too slow", "Connection: close", "Content-Type: text/plain")
				t.Close()
			})
			s.Get("/start")
			switch n := s.Came("/start"); {
			case n > 10:
				return exam.Failed(say("It asked %d times.", "它要求了 %d 次。", n))
			case n > 1:
				return exam.Noted("repeats", say("It asked %d times.", "它要求了 %d 次。", n))
			}
			return exam.Noted("once", say("It asked once.", "它只要求一次。"))
		}),
	},
	{
		Name: "411-chunked", Level: exam.Info, Codes: codes(411), Spec: "RFC 9110 §15.5.12", Over: h1,
		Needs: needs(Gets, Sends), Fault: "repeats-with-length",
		Stages: lang.Text{En: "A 411 to content of unsaid length.", ZhTW: "沒說長度的內容得到 411。"},
		Wants:  lang.Text{En: "Nothing: whether it repeats with Content-Length is noted.", ZhTW: "沒有要求：記下它會不會帶 Content-Length 重送。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) {
				t.Content()
				if t.Request.Fields.Has("Content-Length") {
					t.Answer(200, "thanks", "Content-Type: text/plain")
					return
				}
				t.Answer(411, "how long?", "Content-Type: text/plain")
			})
			o := s.Order("/start")
			o.Method, o.Content = "POST", &Content{Octets: "tea", Length: 3, Unlength: true}
			s.Do(o)
			asked := s.Asked("/start")
			switch {
			case len(asked) == 0 || asked[0].Request.Fields.Has("Content-Length"):
				return exam.NotAsked(say("No content of unsaid length came.", "沒有收到未標長度的內容。"))
			case len(asked) > 1 && asked[1].Request.Fields.Has("Content-Length"):
				return exam.Noted("repeats", say("It sent it again with its length.", "它帶著長度又送了一次。"))
			}
			return exam.Noted("gives up", say("It left it at that.", "它就此打住。"))
		}),
	},
	{
		// What 412 is for, and no sentence about clients.
		Name: "412-etag", Level: exam.DeFacto, Codes: codes(412), Spec: "RFC 9110 §15.5.13", Over: all,
		Needs: needs(Gets, Sends, Fields), Fault: "repeats-without-condition",
		Stages: lang.Text{En: "A PUT with If-Match, answered with 412.", ZhTW: "帶 If-Match 的 PUT 得到 412。"},
		Wants:  lang.Text{En: "Not to send it again without the condition: that would overwrite what somebody else has written.", ZhTW: "不可拿掉條件再送：那會蓋掉別人寫的東西。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) { t.Content(); t.Answer(412, "somebody was faster", "Content-Type: text/plain") })
			o := s.conditional("/start")
			o.Fields[0].Name = "If-Match"
			o.Method, o.Content = "PUT", &Content{Octets: "tea", Length: 3}
			s.Do(o)
			asked := s.Asked("/start")
			if len(asked) == 0 || !asked[0].Request.Fields.Has("If-Match") {
				return exam.NotAsked(say("No conditional PUT came.", "沒有收到條件式 PUT。"))
			}
			for _, a := range asked {
				if !a.Request.Fields.Has("If-Match") {
					return exam.Failed(say("It sent it again without the condition.", "它拿掉條件又送了一次。"))
				}
			}
			return exam.Passed(say("It did not send it without the condition.", "它沒有拿掉條件再送。"))
		}),
	},
	{
		Name: "413-early-close", Level: exam.Should, Codes: codes(413), Spec: "RFC 9112 §9.5", Over: h1,
		Needs: needs(Gets, Sends, Fails), Fault: "deaf-while-sending",
		Stages: lang.Text{
			En:   "Four megabytes are announced; after the head comes a 413, the server ends its direction and reads on.",
			ZhTW: "宣告要送 4 MB；讀完標頭區段就回 413，伺服器結束自己的方向，繼續讀。"},
		Wants: lang.Text{En: "To stop sending, and to take the 413.", ZhTW: "停止傳送，收下 413。"},
		Run: stage(func(s *Setting) exam.Verdict {
			var read atomic.Int64
			s.On("/start", func(t *Turn) {
				t.Answer(413, "too much", "Connection: close", "Content-Type: text/plain")
				w, ok := t.way.(*wayH1)
				if !ok {
					return
				}
				w.c.CloseWrite()
				read.Store(drain(w, 8<<20))
				t.over = true
			})
			o := s.Order("/start")
			o.Method, o.Content = "POST", &Content{Octets: "leaves\n", Length: 4 << 20}
			r := s.Do(o)[0]
			switch {
			case s.Came("/start") == 0:
				return exam.NotAsked(say("No request came.", "沒有收到請求。"))
			case s.can(Reports) && r.Status == 413, !s.can(Reports) && r.Err != nil:
				return exam.Passed(say("It took the 413, having sent %d octets of content.", "它收下 413，那時送了 %d 個位元組的內容。", read.Load()))
			case r.Err != nil:
				return exam.Failed(say("It saw no 413: %v", "它沒有看到 413：%v", r.Err))
			}
			return exam.Failed(say("It reports %d.", "它回報 %d。", r.Status))
		}),
	},
	{
		Name: "413-early-rst", Level: exam.Info, Codes: codes(413), Spec: "RFC 9112 §9.6", Over: h1,
		Needs: needs(Gets, Sends, Fails), Fault: "deaf-while-sending",
		Stages: lang.Text{En: "The same, but the server closes soon after without reading on, and the client's sending runs into a reset.", ZhTW: "同上，但伺服器不再讀取，隨即關閉，用戶端送到一半被重置。"},
		Wants:  lang.Text{En: "Nothing: whether it takes the 413 is noted.", ZhTW: "沒有要求：記下它有沒有收下 413。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) {
				t.Answer(413, "too much", "Connection: close", "Content-Type: text/plain")
				// A reset takes away what the client has not read yet: who reads while it
				// sends gets the time to, so that what is noted is not a matter of luck.
				time.Sleep(300 * time.Millisecond)
				if w, ok := t.way.(*wayH1); ok {
					w.c.Close()
				}
				t.over = true
			})
			o := s.Order("/start")
			o.Method, o.Content = "POST", &Content{Octets: "leaves\n", Length: 4 << 20}
			r := s.Do(o)[0]
			switch {
			case r.Status == 413:
				return exam.Noted("413", say("It took the 413.", "它收下了 413。"))
			case r.Err != nil:
				return exam.Noted("error", say("It saw the reset: %v", "它看到的是重置：%v", r.Err))
			}
			return exam.Noted("other", say("It reports %d.", "它回報 %d。", r.Status))
		}),
	},
	{
		Name: "414-after-redirect", Level: exam.DeFacto, Codes: codes(414, 302), Spec: "RFC 9110 §15.5.15", Over: all,
		Needs: needs(Gets, Follows), Fault: "repeats-at-414",
		Stages: lang.Text{En: "Redirects that make the URL longer, until it gets 414.", ZhTW: "重新導向讓網址越來越長，直到 414。"},
		Wants:  lang.Text{En: "To stop there.", ZhTW: "就此停下。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) {
				if len(t.Path) > 60 {
					t.Answer(414, "too long", "Content-Type: text/plain")
					return
				}
				t.Answer(302, "", "Location: "+s.A.URL(t.Path+"?longer-and-longer"))
			})
			s.Get("/start")
			last := 0
			for _, a := range s.Asked("/start") {
				if len(a.Path) > 60 {
					last++
				}
			}
			if last > 1 {
				return exam.Failed(say("It asked again after the 414.", "414 之後它又要求了。"))
			}
			return exam.Passed(say("It stopped.", "它停下了。"))
		}),
	},
	{
		Name: "415-accept-encoding", Level: exam.Info, Codes: codes(415), Spec: "RFC 9110 §12.5.3; RFC 9110 §15.5.16", Over: all,
		Needs: needs(Gets, Sends, Fields), Fault: "repeats-uncoded",
		Stages: lang.Text{En: "Content in gzip gets 415 with Accept-Encoding: identity.", ZhTW: "gzip 的內容得到 415 與 Accept-Encoding: identity。"},
		Wants:  lang.Text{En: "Nothing: whether it sends it uncoded is noted.", ZhTW: "沒有要求：記下它會不會改送未編碼的。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) {
				t.Content()
				if t.Request.Fields.Has("Content-Encoding") {
					t.Answer(415, "as it is, please", "Accept-Encoding: identity", "Content-Type: text/plain")
					return
				}
				t.Answer(200, "thanks", "Content-Type: text/plain")
			})
			o := s.Order("/start")
			o.Method, o.Content = "POST", &Content{Octets: "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff\x2b\x49\x4d\x04\x00\x9e\x67\x4a\x2a\x03\x00\x00\x00", Length: 23}
			o.Fields = append(o.Fields, field("Content-Encoding", "gzip"))
			s.Do(o)
			asked := s.Asked("/start")
			switch {
			case len(asked) == 0 || !asked[0].Request.Fields.Has("Content-Encoding"):
				return exam.NotAsked(say("No coded content came.", "沒有收到編碼過的內容。"))
			case len(asked) > 1 && !asked[1].Request.Fields.Has("Content-Encoding"):
				return exam.Noted("repeats", say("It sent it again without the coding.", "它不編碼又送了一次。"))
			}
			return exam.Noted("gives up", say("It left it at that.", "它就此打住。"))
		}),
	},
}
