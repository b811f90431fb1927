package proxy

import (
	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

// expects makes the request one whose content waits for 100.
func expects(_ *Setting, q *peer.Request) {
	q.Method, q.Content = "POST", []byte("tea")
	q.Fields = append(q.Fields, wire.Field{Name: "Expect", Value: "100-continue"})
	q.Hold, q.HoldFor = true, patience/2
}

// continues sends 100 and reads the content.
func continues(t *Turn) {
	if t.Request.Fields.Has("Expect") {
		t.Send("HTTP/1.1 100 Continue\r\n\r\n")
	}
	plain(t)
}

var expect = []exam.Case{
	{ // P42
		Name: "expect-100-then-final", Level: exam.Must, Spec: "RFC 9110 §10.1.1", Codes: codes(100), Over: all, Needs: needs(Posts), Fault: "expect-unheard",
		Stages: say("A POST that waits for 100, which the origin sends.", "等待 100 的 POST，源伺服器送出 100。"),
		Wants:  say("A 100 comes, the proxy's or the origin's or both; the content goes through, and the final answer comes.", "100 到達（代理的、源伺服器的，或兩者都有），內容送過去，最終回應回來。"),
		Run: staging{send: expects, answer: continues, judge: func(s *Setting, x *Seen) exam.Verdict {
			came := s.Asked("/start")
			switch {
			case len(x.Interim) == 0 || x.Interim[0].Status != 100:
				return fail("No 100 came.", "沒有收到 100。")
			case len(came) != 1 || string(came[0].Request.Content.Data) != "tea":
				return fail("The content did not reach the origin.", "內容沒有到達源伺服器。")
			}
			return x.plain()
		}}.run(),
	},
	{
		Name: "expect-final-first", Level: exam.DeFacto, Spec: "RFC 9110 §10.1.1", Codes: codes(401), Over: all, Needs: needs(Posts), Fault: "waits-for-content",
		Stages: say("A POST that waits for 100; the origin says 401 at once and closes.", "等待 100 的 POST；源伺服器立刻回 401 並關閉。"),
		Wants:  say("The 401 comes back. A proxy that has answered 100 itself and sent the content on may do so.", "401 回到用戶端。代理自己先回 100 再送內容也可以。"),
		Run: staging{send: expects, answer: func(t *Turn) {
			t.Answer(401, "no tea for you", "WWW-Authenticate: Basic realm=\"tea\"", "Connection: close")
			t.Close()
		}, judge: func(_ *Setting, x *Seen) exam.Verdict {
			if x.Code() != 401 {
				return fail("The 401 came back as %d.", "401 回來時成了 %d。", x.Code())
			}
			return pass("The 401 came back.", "401 回來了。")
		}}.run(),
	},
	{ // P43
		Name: "expect-unknown", Level: exam.Info, Spec: "RFC 9110 §10.1.1", Codes: codes(417), Over: all, Needs: needs(Posts), Fault: "expect-dropped",
		Stages: say("Expect: tea, which nobody knows.", "沒人認得的 Expect: tea。"),
		Wants:  say("It is open: 417, or the request goes on, with the field or without.", "規格未定：417，或轉送，帶不帶這個欄位都可以。"),
		Run: staging{send: func(_ *Setting, q *peer.Request) {
			q.Method, q.Content = "POST", []byte("tea")
			q.Fields = append(q.Fields, wire.Field{Name: "Expect", Value: "tea"})
		}, judge: func(s *Setting, x *Seen) exam.Verdict {
			came := s.Asked("/start")
			switch {
			case len(came) == 0:
				return exam.Noted(x.Code().String(), say("It refused with %d.", "它以 %d 拒絕。", x.Code()))
			case came[0].Request.Fields.Has("Expect"):
				return exam.Noted("forwarded", say("It went on with the field.", "連同欄位一起轉送。"))
			}
			return exam.Noted("dropped", say("It went on without the field.", "轉送時少了這個欄位。"))
		}}.run(),
	},
	{
		Name: "expect-http10-client", Level: exam.Must, Spec: "RFC 9110 §15.2; RFC 9110 §10.1.1", Codes: codes(100), Over: h1, Needs: needs(Posts, Olds), Fault: "interim-to-http10",
		Stages: say("Expect: 100-continue in an HTTP/1.0 request, content sent at once; the origin sends 100.", "HTTP/1.0 請求帶 Expect: 100-continue，內容一併送出；源伺服器回 100。"),
		Wants:  say("The final answer and no 100: a client of HTTP/1.0 knows none.", "只有最終回應，沒有 100：HTTP/1.0 的用戶端不認得它。"),
		Run: staging{send: func(s *Setting, q *peer.Request) {
			q.Method, q.Octets = "POST", []byte(s.HeadOf("HTTP/1.0", "POST", "/start", "Host: "+s.Host(), "Expect: 100-continue", "Content-Length: 3")+"\r\ntea")
		}, answer: func(t *Turn) { t.Send("HTTP/1.1 100 Continue\r\n\r\n"); plain(t) }, judge: func(_ *Setting, x *Seen) exam.Verdict {
			if len(x.Interim) > 0 {
				return fail("A 100 went to a client of HTTP/1.0.", "100 送到了 HTTP/1.0 的用戶端。")
			}
			return x.plainAfterInterim()
		}}.run(),
	},
	{ // P67
		Name: "expect-origin-silent", Level: exam.Info, Spec: "RFC 9110 §10.1.1", Codes: codes(100), Over: all, Needs: needs(Posts), Fault: "expect-strands",
		Stages: say("A POST that says it waits for 100 and sends its content after a second; the origin, like one of HTTP/1.0, sends no 100.", "POST 說要等 100，過一秒仍送內容；源伺服器像 HTTP/1.0 那樣不送 100。"),
		Wants:  say("It is open how long the content waits for a 100; it ought not to be for ever.", "內容為了 100 等多久，規格未限定；但不該永遠等下去。"),
		Run: staging{send: func(s *Setting, q *peer.Request) { expects(s, q); q.HoldFor = lookAfter * 5 }, answer: plain, judge: func(_ *Setting, x *Seen) exam.Verdict {
			return exam.Noted(x.Code().String(), say("With an origin that waits three seconds, the client got %d.", "源伺服器等了三秒，用戶端得到 %d。", x.Code()))
		}}.run(),
	},
	{ // P68
		Name: "final-while-content-comes", Level: exam.DeFacto, Spec: "RFC 9112 §9.5", Codes: codes(413), Over: h1, Needs: needs(Posts), Fault: "waits-for-content",
		Stages: say("A POST of which the content comes slowly; the origin answers 413 after the head and closes.", "POST 的內容慢慢送；源伺服器讀完標頭就回 413 並關閉。"),
		Wants:  say("The 413 comes back, or the proxy, which reads all content first, passes it on afterwards.", "413 回到用戶端；先收完內容才轉送的代理，也要轉交它。"),
		Run: staging{send: func(_ *Setting, q *peer.Request) {
			q.Method, q.Content = "POST", []byte("0123456789")
			q.Drip = peer.Drip{Octets: 2, Every: lookAfter / 2}
		}, answer: func(t *Turn) { t.Answer(413, "too much", "Connection: close"); t.Close() }, judge: func(_ *Setting, x *Seen) exam.Verdict {
			if x.Code() != 413 {
				return fail("The 413 came back as %d.", "413 回來時成了 %d。", x.Code())
			}
			return pass("The 413 came back.", "413 回來了。")
		}}.run(),
	},
}
