package proxy

import (
	"slices"
	"strings"
	"time"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

// lookAfter is how long is looked for octets behind an answer.
const lookAfter = 200 * time.Millisecond

// hint sends an interim answer and then the plain one.
func hint(octets string) func(*Turn) {
	return func(t *Turn) { t.Content(); t.Send(octets); plain(t) }
}

// passesInterim is a case in which an interim answer has to come through.
func passesInterim(name string, code status.Code, octets string, stages, zh string) exam.Case {
	return exam.Case{
		Name: name, Level: exam.Must, Spec: "RFC 9110 §15.2", Codes: codes(code), Over: all, Needs: needs(Gets), Fault: "drops-interim",
		Stages: lang.Text{En: stages, ZhTW: zh},
		Wants:  say("The client gets both. A proxy forwards what it has not asked for itself; a gateway, whose client need not know of the origin, may keep it, but has to bear it.", "用戶端兩者都收到。不是代理自己要求的 1xx，都要轉送；閘道可以不轉送，但要承受得住。"),
		Run: staging{answer: hint(octets), judge: func(s *Setting, x *Seen) exam.Verdict {
			return s.hints(x, 200, code)
		}}.run(),
	}
}

// hints grades what became of interim answers and the final one behind them.
func (s *Setting) hints(x *Seen, final status.Code, wanted ...status.Code) exam.Verdict {
	var came []status.Code
	for i := range x.Interim {
		came = append(came, x.Interim[i].Status)
	}
	switch {
	// RFC 9110 §15.2: every client is able to read them, a gateway's too.
	case x.Code() != final || final == 200 && x.Text() != plainContent || !x.Whole():
		return fail("The final answer came as %d, %s.", "最終回應成了 %d，%s。", x.Code(), x.End)
	case !slices.Equal(came, wanted):
		return s.weighs(exam.Info, "dropped", fail("Of the interim answers %d there came %d.", "過渡回應 %d 到達的有 %d。", wanted, came))
	}
	return pass("They came through, then the %d.", "過渡回應都到了，接著是 %d。", final)
}

var interim = []exam.Case{
	// P01 to P03.
	passesInterim("interim-103-passed", 103, "HTTP/1.1 103 Early Hints\r\nLink: </tea.css>; rel=preload\r\n\r\n", "103, then 200.", "先 103，後 200。"),
	passesInterim("interim-102-passed", 102, "HTTP/1.1 102 Processing\r\n\r\n", "102, then 200.", "先 102，後 200。"),
	passesInterim("interim-unknown-passed", 199, "HTTP/1.1 199 Whatever\r\n\r\n", "An unknown 199, then 200.", "先來不明的 199，後 200。"),
	{
		Name: "interim-two-in-order", Level: exam.Must, Spec: "RFC 9110 §15.2", Codes: codes(102, 103), Over: all, Needs: needs(Gets), Fault: "drops-interim",
		Stages: say("102, 103, then 200.", "先 102，再 103，後 200。"),
		Wants:  say("All of them, in this order; from a gateway perhaps the 200 alone.", "三個都到，順序不變；閘道可以只給 200。"),
		Run: staging{answer: hint("HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n"), judge: func(s *Setting, x *Seen) exam.Verdict {
			return s.hints(x, 200, 102, 103)
		}}.run(),
	},
	{
		Name: "interim-103-fields-kept", Level: exam.DeFacto, Spec: "RFC 8297 §2", Codes: codes(103), Over: all, Needs: needs(Gets), Fault: "empties-interim",
		Stages: say("103 with Link, then 200.", "帶 Link 的 103，後 200。"),
		Wants:  say("If the 103 comes, its Link comes with it.", "103 若到達，Link 也要在其中。"),
		Run: staging{answer: hint("HTTP/1.1 103 Early Hints\r\nLink: </tea.css>; rel=preload\r\n\r\n"), judge: func(_ *Setting, x *Seen) exam.Verdict {
			switch {
			case len(x.Interim) == 0:
				return exam.NotAsked(say("No 103 came through.", "103 沒有通過。"))
			case !x.Interim[0].Fields.Has("Link"):
				return fail("The 103 came without Link.", "103 少了 Link。")
			}
			return pass("The Link came in the 103.", "Link 在 103 之中。")
		}}.run(),
	},
	{
		Name: "interim-103-before-404", Level: exam.Must, Spec: "RFC 9110 §15.2", Codes: codes(103, 404), Over: all, Needs: needs(Gets), Fault: "drops-interim",
		Stages: say("103, then 404.", "先 103，後 404。"),
		Wants:  say("Both; from a gateway perhaps the 404 alone.", "兩者都到；閘道可以只給 404。"),
		Run: staging{answer: func(t *Turn) {
			t.Send("HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n")
			t.Answer(404, "no tea")
		}, judge: func(s *Setting, x *Seen) exam.Verdict {
			return s.hints(x, 404, 103)
		}}.run(),
	},
	{ // P04
		Name: "interim-100-unasked", Level: exam.Must, Spec: "RFC 9110 §15.2", Codes: codes(100), Over: all, Needs: needs(Gets), Fault: "takes-100-for-final",
		Stages: say("A 100 that nobody asked for, then 200.", "沒人要求的 100，後 200。"),
		Wants:  say("The 200 comes, with the 100 before it or without.", "200 到達，前面有沒有 100 都可以。"),
		Run: staging{answer: hint("HTTP/1.1 100 Continue\r\n\r\n"), judge: func(_ *Setting, x *Seen) exam.Verdict {
			if x.Code() != 200 || x.Text() != plainContent {
				return fail("The final answer came as %d.", "最終回應成了 %d。", x.Code())
			}
			return pass("The 200 came, after %d interim answers.", "200 到了，之前有 %d 個過渡回應。", len(x.Interim))
		}}.run(),
	},
	{ // P05
		Name: "interim-103-to-http10", Level: exam.Must, Spec: "RFC 9110 §15.2", Codes: codes(103), Over: h1, Needs: needs(Olds), Fault: "interim-to-http10",
		Stages: say("103, then 200, for a client of HTTP/1.0.", "103 後 200，而用戶端是 HTTP/1.0。"),
		Wants:  say("The 200 alone: HTTP/1.0 has no interim answers.", "只有 200：HTTP/1.0 沒有過渡回應。"),
		Run: staging{send: func(s *Setting, q *peer.Request) {
			q.Octets = []byte(s.HeadOf("HTTP/1.0", "GET", "/start", "Host: "+s.Host()) + "\r\n")
		}, answer: hint("HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n"), judge: func(_ *Setting, x *Seen) exam.Verdict {
			if len(x.Interim) > 0 {
				return fail("It sent %d to a client of HTTP/1.0.", "它把 %d 送給 HTTP/1.0 的用戶端。", x.Interim[0].Status)
			}
			return x.plainAfterInterim()
		}}.run(),
	},
	{ // P74
		Name: "interim-endless", Level: exam.DeFacto, Spec: "RFC 9110 §15.2", Codes: codes(102, 502), Over: h1, Needs: needs(Gets), Fault: "patient-for-ever",
		Stages: say("102 again and again, 20,000 times, and nothing else.", "102 一再重複兩萬次，沒有別的。"),
		Wants:  say("An end to it: 502, 504, or a close.", "有個了結：502、504，或關閉連線。"),
		Run: staging{answer: func(t *Turn) {
			flood := strings.Repeat("HTTP/1.1 102 Processing\r\n\r\n", 1000)
			for range 20 {
				if t.over {
					return
				}
				t.c.SetWriteDeadline(time.Now().Add(patience))
				if t.c.Send(flood) != nil {
					t.over = true
					return
				}
			}
			t.Close()
		}, judge: func(_ *Setting, x *Seen) exam.Verdict {
			switch {
			case x.Final != nil && x.Code() < 500:
				return fail("The final answer is said to be %d.", "最終回應成了 %d。", x.Code())
			case x.End == wire.EndSilent:
				return fail("It came to no end.", "它沒有了結。")
			}
			return pass("It came to an end: %d, %s.", "它了結了：%d，%s。", x.Code(), x.End)
		}}.run(),
	},
	{
		Name: "interim-connection-field", Level: exam.Must, Spec: "RFC 9110 §7.6.1", Codes: codes(103), Over: h1, Needs: needs(Gets), Fault: "passes-connection-fields",
		Stages: say("A 103 with Connection: X-Tea, and X-Tea.", "103 帶 Connection: X-Tea 與 X-Tea。"),
		Wants:  say("If the 103 comes, it comes without X-Tea.", "103 若到達，就不含 X-Tea。"),
		Run: staging{answer: hint("HTTP/1.1 103 Early Hints\r\nConnection: X-Tea\r\nX-Tea: leaf\r\nLink: </a>; rel=preload\r\n\r\n"), judge: func(_ *Setting, x *Seen) exam.Verdict {
			switch {
			case len(x.Interim) == 0:
				return exam.NotAsked(say("No 103 came through.", "103 沒有通過。"))
			case x.Interim[0].Fields.Has("X-Tea"):
				return fail("X-Tea came through in the 103.", "X-Tea 隨 103 通過了。")
			}
			return pass("X-Tea stayed behind.", "X-Tea 沒有通過。")
		}}.run(),
	},
}
