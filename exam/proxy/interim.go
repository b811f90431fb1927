package proxy

import (
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
		Wants:  say("The client gets both. A proxy forwards what it has not asked for itself.", "用戶端兩者都收到。不是代理自己要求的 1xx，都要轉送。"),
		Run: staging{answer: hint(octets), judge: func(_ *Setting, x *Seen) exam.Verdict {
			switch {
			case x.Code() != 200 || x.Text() != plainContent:
				return fail("The final answer came as %d.", "最終回應成了 %d。", x.Code())
			case len(x.Interim) != 1 || x.Interim[0].Status != code:
				return fail("%d interim answers came, and not the one %d.", "來了 %d 個過渡回應，而不是那一個 %d。", len(x.Interim), code)
			}
			return pass("The %d came through, then the 200.", "%d 通過了，接著是 200。", code)
		}}.run(),
	}
}

var interim = []exam.Case{
	// P01 to P03.
	passesInterim("interim-103-passed", 103, "HTTP/1.1 103 Early Hints\r\nLink: </tea.css>; rel=preload\r\n\r\n", "103, then 200.", "先 103，後 200。"),
	passesInterim("interim-102-passed", 102, "HTTP/1.1 102 Processing\r\n\r\n", "102, then 200.", "先 102，後 200。"),
	passesInterim("interim-unknown-passed", 199, "HTTP/1.1 199 Whatever\r\n\r\n", "An unknown 199, then 200.", "先來不明的 199，後 200。"),
	{
		Name: "interim-two-in-order", Level: exam.Must, Spec: "RFC 9110 §15.2", Codes: codes(102, 103), Over: all, Needs: needs(Gets), Fault: "drops-interim",
		Stages: say("102, 103, then 200.", "先 102，再 103，後 200。"),
		Wants:  say("All of them, in this order.", "三個都到，順序不變。"),
		Run: staging{answer: hint("HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n"), judge: func(_ *Setting, x *Seen) exam.Verdict {
			if len(x.Interim) != 2 || x.Interim[0].Status != 102 || x.Interim[1].Status != 103 || x.Code() != 200 {
				return fail("The answers came as %v.", "回應成了 %v。", x.Statuses())
			}
			return pass("They came in order.", "依序到齊。")
		}}.run(),
	},
	{
		Name: "interim-103-fields-kept", Level: exam.Should, Spec: "RFC 8297 §2; RFC 9110 §5.1", Codes: codes(103), Over: all, Needs: needs(Gets), Fault: "empties-interim",
		Stages: say("103 with Link, then 200.", "帶 Link 的 103，後 200。"),
		Wants:  say("If the 103 comes, its Link comes with it, and not in the 200.", "103 若到達，Link 也要在其中，而不是出現在 200。"),
		Run: staging{answer: hint("HTTP/1.1 103 Early Hints\r\nLink: </tea.css>; rel=preload\r\n\r\n"), judge: func(_ *Setting, x *Seen) exam.Verdict {
			switch {
			case len(x.Interim) == 0:
				return exam.NotAsked(say("No 103 came through.", "103 沒有通過。"))
			case !x.Interim[0].Fields.Has("Link"):
				return fail("The 103 came without Link.", "103 少了 Link。")
			case x.Answer().Fields.Has("Link"):
				return fail("The Link of the 103 stands in the 200 too.", "103 的 Link 也出現在 200。")
			}
			return pass("The Link came in the 103.", "Link 在 103 之中。")
		}}.run(),
	},
	{
		Name: "interim-103-before-404", Level: exam.Must, Spec: "RFC 9110 §15.2", Codes: codes(103, 404), Over: all, Needs: needs(Gets), Fault: "drops-interim",
		Stages: say("103, then 404.", "先 103，後 404。"),
		Wants:  say("Both.", "兩者都到。"),
		Run: staging{answer: func(t *Turn) {
			t.Send("HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n")
			t.Answer(404, "no tea")
		}, judge: func(_ *Setting, x *Seen) exam.Verdict {
			if len(x.Interim) != 1 || x.Code() != 404 {
				return fail("The answers came as %v.", "回應成了 %v。", x.Statuses())
			}
			return pass("Both came.", "兩者都到了。")
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
