package proxy

import (
	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire/peer"
)

func posts(_ *Setting, q *peer.Request) { q.Method, q.Content = "POST", []byte("tea") }

// once is a case with a POST that may reach the origin once, whatever becomes of
// it. RFC 9110 §9.2.2: a proxy does not repeat it on its own; a client, which a
// gateway is towards the origin, had better not.
func once(name, spec string, code status.Code, answer func(*Turn), stages lang.Text) exam.Case {
	return atGateways(exam.Should, exam.Case{
		Name: name, Level: exam.Must, Spec: spec, Codes: codes(code), Over: all, Needs: needs(Posts), Fault: "repeats-post", Stages: stages,
		Wants: say("The POST is not sent again.", "不重送 POST。"),
		Run: staging{send: posts, answer: answer, judge: func(s *Setting, x *Seen) exam.Verdict {
			switch n := s.Came("/start"); n {
			case 0:
				return exam.Refusing(say("It refused the POST with %d.", "它以 %d 拒絕 POST。", x.Code()))
			case 1:
				return pass("It was sent once, and the client got %d.", "只送一次，用戶端得到 %d。", x.Code())
			default:
				return fail("The POST reached the origin %d times.", "POST 到達源伺服器 %d 次。", n)
			}
		}}.run(),
	})
}

func answering(code status.Code, fields ...string) func(*Turn) {
	return func(t *Turn) { t.Content(); t.Answer(code, "not now", fields...) }
}

// onPooled is a case about a request on a connection to the origin that the
// proxy keeps: the origin breaks it there. How often it came is counted.
func onPooled(c exam.Case, method string, breaks func(*Turn), judge func(tries int, x *Seen) exam.Verdict) exam.Case {
	c.Over, c.Needs = h1, needs(Pools, Posts)
	c.Alone, c.Run = true, stage(func(s *Setting) exam.Verdict {
		s.clear() // or the number of tries would tell how many connections others left
		s.On("/start", func(t *Turn) {
			t.Content()
			if t.Number > 1 && !s.trial.Control {
				breaks(t)
				return
			}
			plain(t)
		})
		exam.Either(s.trial, true, false)
		conn := s.Dial()
		if conn == nil {
			return exam.Verdict{}
		}
		defer conn.Close()
		for range 5 {
			x := s.DoOn(conn, s.Request("/before"))
			if x.Final == nil {
				return exam.NotAsked(say("It closes the client's connection.", "它關閉了用戶端的連線。"))
			}
			before := s.Came("/start")
			q := s.Request("/start")
			if q.Method = method; method == "POST" {
				q.Content = []byte("tea")
			}
			x = s.DoOn(conn, q)
			came := s.Asked("/start")[before:]
			if len(came) > 0 && came[0].Number > 1 {
				if s.trial.Control {
					return x.plain()
				}
				return judge(len(came), x)
			}
		}
		return exam.NotAsked(say("It used no connection again this time.", "這次它沒有重複使用連線。"))
	})
	return c
}

var repeat = []exam.Case{
	// P08, P47.
	once("post-closed-once", "RFC 9110 §9.2.2", 502, ends(""), say("A POST, and the origin closes without an answer.", "POST，源伺服器不回應就關閉。")),
	once("post-reset-once", "RFC 9110 §9.2.2", 502, func(t *Turn) { t.Content(); t.Reset() }, say("A POST, and the origin resets the connection.", "POST，源伺服器重設連線。")),
	once("post-head-cut-once", "RFC 9110 §9.2.2", 502, ends("HTTP/1.1 200 OK\r\nContent-"), say("A POST, and the answer's head is cut.", "POST，回應的標頭被截斷。")),
	once("post-garbage-once", "RFC 9110 §9.2.2", 502, ends("tea\r\n\r\n"), say("A POST, answered by what is no HTTP.", "POST，得到的不是 HTTP。")),
	once("post-408-once", "RFC 9110 §9.2.2; RFC 9110 §15.5.9", 408, answering(408, "Connection: close"), say("A POST, answered 408.", "POST，得到 408。")),
	once("post-421-once", "RFC 9110 §9.2.2; RFC 9110 §15.5.20", 421, answering(421), say("A POST, answered 421.", "POST，得到 421。")),
	once("post-425-once", "RFC 9110 §9.2.2; RFC 8470 §5.2", 425, answering(425), say("A POST, answered 425.", "POST，得到 425。")),
	once("post-429-once", "RFC 9110 §9.2.2; RFC 6585 §4", 429, answering(429, "Retry-After: 1"), say("A POST, answered 429.", "POST，得到 429。")),
	once("post-500-once", "RFC 9110 §9.2.2", 500, answering(500), say("A POST, answered 500.", "POST，得到 500。")),
	once("post-502-once", "RFC 9110 §9.2.2", 502, answering(502), say("A POST, answered 502.", "POST，得到 502。")),
	once("post-503-once", "RFC 9110 §9.2.2; RFC 9110 §15.6.4", 503, answering(503, "Retry-After: 0"), say("A POST, answered 503 with Retry-After: 0.", "POST，得到 503 與 Retry-After: 0。")),
	once("post-504-once", "RFC 9110 §9.2.2", 504, answering(504), say("A POST, answered 504.", "POST，得到 504。")),
	{
		Name: "get-tries", Level: exam.Info, Spec: "RFC 9110 §9.2.2", Codes: codes(502), Over: h1, Needs: needs(Gets), Fault: "repeats-get",
		Stages: say("A GET, and the origin closes each time.", "GET，源伺服器每次都不回應就關閉。"),
		Wants:  say("It is open how often a GET is tried.", "GET 試幾次，規格未限定。"),
		Alone:  true, Run: stage(func(s *Setting) exam.Verdict {
			s.clear()
			s.On("/start", ends(""))
			x := s.Do(s.Request("/start"))
			return exam.Noted(number(s.Came("/start")), say("It was tried %d times; the client got %d.", "試了 %d 次；用戶端得到 %d。", s.Came("/start"), x.Code()))
		}),
	},
	{ // P55
		Name: "425-with-early-data-forwarded", Level: exam.Must, Spec: "RFC 8470 §5.2", Codes: codes(425), Over: all, Needs: needs(Gets), Fault: "hides-codes",
		Stages: say("A request with Early-Data: 1, answered 425.", "帶 Early-Data: 1 的請求，得到 425。"),
		Wants:  say("The 425 comes back: the proxy may not repeat what came so.", "425 回到用戶端：這種請求代理不得重送。"),
		Run: staging{send: gives("Early-Data: 1"), answer: answering(425, "Cache-Control: no-store"), judge: func(s *Setting, x *Seen) exam.Verdict {
			if x.Code() != 425 || s.Came("/start") != 1 {
				return fail("The client got %d, and the origin %d requests.", "用戶端得到 %d，源伺服器收到 %d 個請求。", x.Code(), s.Came("/start"))
			}
			return pass("The 425 came back.", "425 回來了。")
		}}.run(),
	},
	// P57, P58, P59.
	onPooled(exam.Case{
		Name: "pooled-reset-get", Level: exam.Info, Spec: "RFC 9112 §9.3.1", Codes: codes(502), Fault: "repeats-get-pooled",
		Stages: say("A GET on a kept connection, which the origin closes instead of answering.", "GET 使用保留的連線，源伺服器不回應就關閉。"),
		Wants:  say("It is open: send it again on another connection, or 502.", "規格未定：換一條連線重送，或 502。"),
	}, "GET", func(t *Turn) { t.Close() }, func(tries int, x *Seen) exam.Verdict {
		return exam.Noted(number(tries)+"-"+x.Code().String(), say("It was tried %d times; the client got %d.", "試了 %d 次；用戶端得到 %d。", tries, x.Code()))
	}),
	atGateways(exam.Should, onPooled(exam.Case{
		Name: "pooled-reset-post", Level: exam.Must, Spec: "RFC 9110 §9.2.2", Codes: codes(502), Fault: "repeats-post",
		Stages: say("A POST on a kept connection, which the origin reads and closes instead of answering.", "POST 使用保留的連線，源伺服器讀完後不回應就關閉。"),
		Wants:  say("It is not sent again.", "不重送。"),
	}, "POST", func(t *Turn) { t.Close() }, func(tries int, x *Seen) exam.Verdict {
		if tries > 1 {
			return fail("It was sent %d times.", "它被送了 %d 次。", tries)
		}
		return pass("It was sent once; the client got %d.", "只送一次；用戶端得到 %d。", x.Code())
	})),
	onPooled(exam.Case{
		Name: "pooled-421", Level: exam.DeFacto, Spec: "RFC 9110 §15.5.20", Codes: codes(421), Fault: "hides-codes",
		Stages: say("421 to a GET on a kept connection.", "GET 使用保留的連線，得到 421。"),
		Wants:  say("Sent again on another connection, or the 421 is passed on.", "換一條連線重送，或轉送 421。"),
	}, "GET", answering(421), func(tries int, x *Seen) exam.Verdict {
		if x.Code() != 421 && (x.Code() != 200 || tries < 2) {
			return fail("The client got %d.", "用戶端得到 %d。", x.Code())
		}
		return pass("After %d tries the client got %d.", "試了 %d 次，用戶端得到 %d。", tries, x.Code())
	}),
	onPooled(exam.Case{
		Name: "pooled-408", Level: exam.DeFacto, Spec: "RFC 9110 §15.5.9", Codes: codes(408), Fault: "hides-codes",
		Stages: say("408 and a close, to a GET on a kept connection.", "GET 使用保留的連線，得到 408 後連線關閉。"),
		Wants:  say("Sent again on another connection, or the 408 is passed on.", "換一條連線重送，或轉送 408。"),
	}, "GET", func(t *Turn) { t.Answer(408, "", "Connection: close"); t.Close() }, func(tries int, x *Seen) exam.Verdict {
		if x.Code() != 408 && (x.Code() != 200 || tries < 2) {
			return fail("The client got %d.", "用戶端得到 %d。", x.Code())
		}
		return pass("After %d tries the client got %d.", "試了 %d 次，用戶端得到 %d。", tries, x.Code())
	}),
}
