package client

import (
	"time"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// Early reports whether the request came in TLS early data: the first of a
// connection that used some (RFC 8470). It is known over HTTP/3.
func (t *Turn) Early() bool {
	w, ok := t.way.(*wayH3)
	return ok && t.Number == 1 && w.h.Conn.ConnectionState().Used0RTT
}

// tooEarly stages a 425 to whatever comes in early data and orders something
// twice: the first time to get a ticket, the second time early.
func (s *Setting) tooEarly() (early, later int) {
	seen := map[*Asked]bool{}
	s.On("/1", plain(200))
	s.On("/2", func(t *Turn) {
		s.mu.Lock()
		seen[t.Asked] = t.Early()
		s.mu.Unlock()
		if t.Early() {
			t.Answer(425, "too early", "Content-Type: text/plain")
			return
		}
		t.Answer(200, finalContent, "Content-Type: text/plain")
	})
	first, second := s.Order("/1"), s.Order("/2")
	first.Early, second.Early, second.Pause = true, true, 100*time.Millisecond
	s.Do(first, second)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, was := range seen {
		if was {
			early++
		} else {
			later++
		}
	}
	return early, later
}

var notEarly = say("Nothing came in early data.", "沒有請求走早期資料。")

var earlyData = []exam.Case{
	{
		Name: "425-early-data", Level: exam.Must, Codes: codes(425), Spec: "RFC 8470 §5.2", Over: []wire.Protocol{wire.H3},
		Needs: needs(Gets, Early), Fault: "425-early-again",
		Stages: lang.Text{En: "A GET in TLS early data gets 425.", ZhTW: "走 TLS 早期資料的 GET 得到 425。"},
		Wants:  lang.Text{En: "If it is sent again, then not in early data.", ZhTW: "若要重送，不可再走早期資料。"},
		Run: stage(func(s *Setting) exam.Verdict {
			early, later := s.tooEarly()
			switch {
			case early == 0:
				return exam.NotAsked(notEarly)
			case early > 1:
				return exam.Failed(say("It came in early data again.", "它又走早期資料重送。"))
			case later == 0:
				return exam.Passed(say("It was not sent again.", "它沒有重送。"))
			}
			return exam.Passed(say("It came again after the handshake.", "它在交握之後重送。"))
		}),
	},
	{
		// §4 demands to retry; to do so by itself, which is all that can be seen here,
		// is what §5.2 recommends.
		Name: "h3-425", Level: exam.Should, Codes: codes(425), Spec: "RFC 8470 §4; RFC 8470 §5.2", Over: []wire.Protocol{wire.H3},
		Needs: needs(Gets, Early), Fault: "leaves-425",
		Stages: lang.Text{En: "A GET in TLS early data gets 425.", ZhTW: "走 TLS 早期資料的 GET 得到 425。"},
		Wants:  lang.Text{En: "To send it again after the handshake, by itself.", ZhTW: "交握之後自行重送。"},
		Run: stage(func(s *Setting) exam.Verdict {
			early, later := s.tooEarly()
			switch {
			case early == 0:
				return exam.NotAsked(notEarly)
			case later == 0:
				return exam.Failed(say("It was not sent again after the handshake.", "交握之後沒有重送。"))
			}
			return exam.Passed(say("It came again after the handshake.", "它在交握之後重送。"))
		}),
	},
	{
		Name: "425-no-early-data", Level: exam.Should, Codes: codes(425), Spec: "RFC 8470 §5.2", Over: all,
		Needs: needs(Gets), Fault: "425-without-end",
		Stages: lang.Text{En: "A 425 to a GET that did not come in early data, each time.", ZhTW: "沒走早期資料的 GET 每次都得到 425。"},
		Wants:  lang.Text{En: "Not to go on asking.", ZhTW: "不一直重送。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) {
				if s.Came("/start") > 10 {
					t.Answer(200, finalContent, "Content-Type: text/plain")
					return
				}
				t.Answer(425, "too early", "Content-Type: text/plain")
			})
			s.Get("/start")
			switch n := s.Came("/start"); {
			case n == 0:
				return exam.NotAsked(say("No request came.", "沒有收到請求。"))
			case n > 3:
				return exam.Failed(say("It asked %d times.", "它要求了 %d 次。", n))
			default:
				return exam.Passed(say("It asked %d times.", "它要求了 %d 次。", n))
			}
		}),
	},
	{
		Name: "511-redirected-tls", Level: exam.Must, Codes: codes(511), Spec: "RFC 9110 §4.3.4; RFC 6585 §6", Over: []wire.Protocol{wire.H1, wire.H2},
		Needs: needs(Gets, Secure, Fails), Fault: "trusts-anybody",
		Stages: lang.Text{
			En:   "An https URL; whoever answers has a certificate of another authority, and says 511.",
			ZhTW: "https 網址；回應者拿的是別的憑證機構的憑證，並回 511。"},
		Wants: lang.Text{En: "A certificate error: a portal cannot speak for the origin.", ZhTW: "憑證錯誤：入口網站不能替來源發言。"},
		Run: stage(func(s *Setting) exam.Verdict {
			portal := s.Open(Place{Secure: true, Stranger: exam.Either(s.trial, true, false)})
			s.On("/start", func(t *Turn) { t.Answer(511, finalContent, "Content-Type: text/html") })
			r := s.Do(s.OrderAt(portal, "/start"))[0]
			came := s.Came("/start") > 0
			if s.trial.Control {
				if !came {
					return exam.Failed(say("It did not come to the right origin either: %v", "正確的來源它也到不了：%v", r.Err))
				}
				return exam.Passed(say("It came to the right origin.", "它到了正確的來源。"))
			}
			if came {
				return exam.Failed(say("It spoke to whoever was there, and reports %d.", "它跟冒名者說話，並回報 %d。", r.Status))
			}
			return exam.Passed(say("It refused: %v", "它拒絕了：%v", r.Err))
		}),
	},
}
