package client

import (
	"fmt"
	"strings"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
)

// What clients make of 421: a request came to a server that does not answer for
// its target.
var misdirected = []exam.Case{
	{
		Name: "421-retry", Level: exam.Info, Codes: codes(421), Spec: "RFC 9110 §15.5.20", Over: all,
		Needs: needs(Gets, Reuses), Fault: "leaves-421",
		Stages: lang.Text{En: "A 421 to the second request of a connection.", ZhTW: "同一條連線的第二個請求得到 421。"},
		Wants:  lang.Text{En: "Nothing: whether it repeats on another connection is noted. Fetch does.", ZhTW: "沒有要求：記下它會不會換一條連線重送。Fetch 標準會。"},
		Run: misdirectedOnce(func(s *Setting, asked []*Asked) exam.Verdict {
			if len(asked) > 1 {
				return s.byFetch(exam.Noted("repeats", say("It sent the request again, on connection %d.", "它在第 %d 條連線重送。", asked[1].Conn)), exam.Pass)
			}
			return s.byFetch(exam.Noted("gives up", say("It did not send it again.", "它沒有重送。")), exam.Fail)
		}),
	},
	{
		// The section permits to retry on another connection; nothing forbids to
		// repeat a GET on the same one (§9.2.2), which gets the same answer.
		Name: "421-same-connection", Level: exam.DeFacto, Codes: codes(421), Spec: "RFC 9110 §15.5.20", Over: all,
		Needs: needs(Gets, Reuses), Fault: "421-on-same-connection",
		Stages: lang.Text{En: "A 421 to the second request of a connection.", ZhTW: "同一條連線的第二個請求得到 421。"},
		Wants:  lang.Text{En: "If it sends it again: on another connection.", ZhTW: "若要重送，必須換一條連線。"},
		Run: misdirectedOnce(func(_ *Setting, asked []*Asked) exam.Verdict {
			if len(asked) > 1 && asked[1].Conn == asked[0].Conn {
				return exam.Failed(say("It sent the request again on the same connection.", "它在同一條連線重送。"))
			}
			return exam.Passed(say("It did not send it again on the same connection.", "它沒有在同一條連線重送。"))
		}),
	},
	{
		Name: "421-loop", Level: exam.DeFacto, Codes: codes(421), Spec: "RFC 9110 §15.5.20", Over: all,
		Needs: needs(Gets), Fault: "421-without-end",
		Stages: lang.Text{En: "A 421 whatever comes, on whichever connection.", ZhTW: "不論哪條連線、送來什麼，都回 421。"},
		Wants:  lang.Text{En: "To stop after one repetition.", ZhTW: "重送一次就停。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.misdirect(true)
			if n := s.Came("/2"); n > 3 {
				return exam.Failed(say("It asked %d times.", "它要求了 %d 次。", n))
			}
			return exam.Passed(say("It asked %d times.", "它要求了 %d 次。", s.Came("/2")))
		}),
	},
	{
		// Names below localhost are this machine's (RFC 6761 §6.3; unverified), and
		// the origin's certificate is good for both.
		Name: "h2-421-coalesced", Level: exam.Info, Codes: codes(421), Spec: "RFC 9110 §15.5.20; RFC 9113 §9.1.1", Over: h2,
		Needs: needs(Gets, Reuses, Secure), Fault: "leaves-421",
		Stages: lang.Text{
			En:   "Two hosts at one address, whose certificate is good for both; a request for the second comes on the connection to the first, and gets 421.",
			ZhTW: "同一位址上的兩個主機，憑證兩者都適用；對第二台的請求走第一台的連線，得到 421。"},
		Wants: lang.Text{En: "Nothing: whether it repeats on another connection is noted. Fetch does.", ZhTW: "沒有要求：記下它會不會換一條連線重送。Fetch 標準會。"},
		Run: stage(func(s *Setting) exam.Verdict {
			at := s.Open(Place{Secure: true, Host: "localhost", Also: "tea.localhost"})
			s.On("/1", plain(200))
			s.On("/2", func(t *Turn) {
				if s.Came("/2") == 1 && t.Number > 1 {
					t.Answer(421, "not here", "Content-Type: text/plain")
					return
				}
				t.Answer(200, finalContent, "Content-Type: text/plain")
			})
			first, second := s.OrderAt(at, "/1"), s.OrderAt(at, "/2")
			second.URL = strings.Replace(second.URL, "//localhost:", "//tea.localhost:", 1)
			s.Do(first, second)
			asked := s.Asked("/2")
			switch {
			case len(asked) == 0 || asked[0].Number == 1:
				return exam.NotAsked(say("It did not use the connection for the other host.", "它沒有把這條連線用於另一台主機。"))
			case len(asked) > 1 && asked[1].Conn == asked[0].Conn:
				return s.byFetch(exam.Noted("repeats there", say("It sent the request again on the same connection.", "它在同一條連線重送。")), exam.Fail)
			case len(asked) > 1:
				return s.byFetch(exam.Noted("repeats", say("It sent the request again, on connection %d.", "它在第 %d 條連線重送。", asked[1].Conn)), exam.Pass)
			}
			return s.byFetch(exam.Noted("gives up", say("It did not send it again.", "它沒有重送。")), exam.Fail)
		}),
	},
	{
		Name: "421-alt-svc", Level: exam.Must, Codes: codes(421), Spec: "RFC 7838 §6", Over: h2,
		Needs: needs(Gets, Secure, Alternates), Fault: "keeps-alternative",
		Stages: lang.Text{
			En:   "An https origin names an alternative service, which answers the second request with 421; a third request follows.",
			ZhTW: "https 來源指出一個替代服務，它對第二個請求回 421；接著是第三個請求。"},
		Wants: lang.Text{
			En:   "The alternative is forgotten: nothing more for that origin goes there.",
			ZhTW: "忘掉這個替代服務：此來源的請求不再送去那裡。"},
		Run: stage(func(s *Setting) exam.Verdict {
			origin, other := s.alternative()
			s.On("/2", func(t *Turn) {
				if t.Origin == other {
					t.Answer(exam.Either[status.Code](s.trial, 421, 200), "not here", "Content-Type: text/plain")
					t.Close()
					return
				}
				t.Answer(200, finalContent, "Content-Type: text/plain")
			})
			s.On("/3", plain(200))
			s.Do(s.alternating(origin, "/1"), s.alternating(origin, "/2"), s.alternating(origin, "/3"))
			second, third := s.Asked("/2"), s.Asked("/3")
			switch {
			case len(second) == 0 || second[0].Origin != other:
				return exam.NotAsked(say("The second request did not go to the alternative service.", "第二個請求沒有送到替代服務。"))
			case len(third) == 0:
				return exam.NotAsked(say("No third request came.", "沒有收到第三個請求。"))
			case s.trial.Control:
				return exam.Passed(say("The alternative service was used.", "它使用了替代服務。"))
			case len(second) > 1 && second[1].Origin == other, third[0].Origin == other:
				return exam.Failed(say("It went to the alternative service again.", "它又送到替代服務去了。"))
			}
			return exam.Passed(say("It went back to the origin.", "它回到來源了。"))
		}),
	},
}

// alternative opens an https origin and an alternative service for it, which its
// answer at /1 names (RFC 7838 §3). The connection of that answer is closed, so
// that nobody has to stay on it.
func (s *Setting) alternative() (origin, other *Origin) {
	origin, other = s.Open(Place{Secure: true}), s.Open(Place{Secure: true})
	_, port, _ := strings.Cut(other.Host(), ":")
	s.On("/1", func(t *Turn) {
		t.Answer(200, "plain", "Content-Type: text/plain", fmt.Sprintf(`Alt-Svc: h2=":%s"; ma=600`, port))
		t.Close()
	})
	return origin, other
}

// alternating is an order of a client that is to use alternative services.
func (s *Setting) alternating(at *Origin, path string) Order {
	o := s.OrderAt(at, path)
	o.Alternate = true
	return o
}

// misdirectedOnce judges by what came after the 421 to the second request of a
// connection.
func misdirectedOnce(judge func(s *Setting, asked []*Asked) exam.Verdict) func(*exam.Trial) exam.Verdict {
	return stage(func(s *Setting) exam.Verdict {
		s.misdirect(false)
		asked := s.Asked("/2")
		if len(asked) == 0 || asked[0].Number == 1 {
			return exam.NotAsked(say("The second request came on a connection of its own.", "第二個請求用了自己的連線。"))
		}
		return judge(s, asked)
	})
}

// misdirect stages a 421 to the second request of a connection, or to all.
func (s *Setting) misdirect(always bool) {
	s.On("/1", func(t *Turn) { t.Answer(200, "plain", "Content-Type: text/plain") })
	s.On("/2", func(t *Turn) {
		if s.Came("/2") > 10 || !always && s.Came("/2") > 1 {
			t.Answer(200, finalContent, "Content-Type: text/plain")
			return
		}
		t.Answer(421, "not here", "Content-Type: text/plain")
	})
	s.Do(s.Order("/1"), s.Order("/2"))
}
