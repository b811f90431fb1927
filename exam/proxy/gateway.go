package proxy

import (
	"net"
	"strings"
	"time"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

// invalid is a case with an answer that is none: the client is told by 502, or
// by another error of the proxy's own, which says the same less well.
func invalid(name, octets, spec string, stages lang.Text) exam.Case {
	return exam.Case{
		Name: name, Level: exam.DeFacto, Spec: spec, Codes: codes(502), Over: all, Needs: needs(Gets), Fault: "passes-malformed",
		Stages: stages, Wants: say("502, or another 5xx of the proxy's own, or a close.", "502，或代理自己的其他 5xx，或關閉連線。"),
		Run: staging{answer: ends(octets), judge: func(s *Setting, x *Seen) exam.Verdict { return x.told() }}.run(),
	}
}

// told grades an exchange whose answer has to be an error, or none.
func (x *Seen) told() exam.Verdict {
	switch {
	case x.Code() >= 500 && x.Code() < 600:
		return pass("It answered %d.", "它回 %d。", x.Code())
	case x.Final == nil && x.End == wire.EndSilent:
		return fail("It left the client waiting.", "它讓用戶端空等。")
	case x.Final == nil:
		return pass("It closed without an answer.", "它不回應就關閉。")
	case x.Code() == 0:
		return fail("The client got what is no HTTP: %.60q.", "用戶端得到的不是 HTTP：%.60q。", x.Text())
	}
	return fail("The client got %d with %.60q.", "用戶端得到 %d，內容 %.60q。", x.Code(), x.Text())
}

// misframed is a case with a Content-Length that is none. RFC 9112 §6.3: a proxy
// discards the answer and sends 502; whoever has a client's duties, as a gateway
// has here (RFC 9110 §3.7), discards it.
func misframed(name, lengths string, stages lang.Text) exam.Case {
	return exam.Case{
		Name: name, Level: exam.Must, Spec: "RFC 9112 §6.3", Codes: codes(502), Over: all, Needs: needs(Gets), Fault: "passes-malformed",
		Stages: stages, Wants: say("502; from a gateway also another 5xx, or a close.", "502；閘道也可以回其他 5xx，或關閉連線。"),
		Run: staging{answer: ends(closing + lengths + "\r\nok!"), judge: func(s *Setting, x *Seen) exam.Verdict {
			v := x.told()
			switch {
			case v.Outcome == exam.Fail && x.Final == nil:
				return lesser(exam.DeFacto, v)
			case v.Outcome == exam.Pass && s.forward() && x.Code() != 502:
				return fail("It answered %d.", "它回 %d。", x.Code())
			}
			return v
		}}.run(),
	}
}

// mended is a case with a fault that a proxy may mend or refuse, but not pass on.
func mended(name, octets, spec, fault string, wrong func(string) bool, stages, wants lang.Text) exam.Case {
	return exam.Case{
		Name: name, Level: exam.Must, Spec: spec, Codes: codes(200, 502), Over: h1, Needs: needs(Gets), Fault: fault,
		Stages: stages, Wants: wants,
		Run: staging{answer: ends(octets), judge: func(_ *Setting, x *Seen) exam.Verdict {
			switch {
			case x.Code() >= 500 || x.Final == nil && x.End != wire.EndSilent:
				return pass("It refused the answer: %d.", "它拒絕這個回應：%d。", x.Code())
			case x.Final == nil:
				return fail("It left the client waiting.", "它讓用戶端空等。")
			case wrong(string(x.Answer().Octets)):
				return fail("It passed it on as it was.", "它照樣轉送。")
			}
			return pass("It mended the answer.", "它修正了回應。")
		}}.run(),
	}
}

const okay = "Content-Length: 2\r\n\r\nok"

var malformed = []exam.Case{
	// P06, P07, P15, P16, P19, P20, P25.
	invalid("garbage", "this is no HTTP at all, is it?\r\n\r\n", "RFC 9110 §15.6.3", say("The origin sends a sentence that is no HTTP.", "源伺服器送來一句不是 HTTP 的話。")),
	invalid("closed-without-octet", "", "RFC 9110 §15.6.3", say("The origin takes a GET and closes.", "源伺服器收下 GET 就關閉。")),
	misframed("lengths-differ", "Content-Length: 2\r\nContent-Length: 3\r\n", say("Content-Length: 2 and Content-Length: 3.", "Content-Length: 2 與 Content-Length: 3。")),
	misframed("length-not-number", "Content-Length: two\r\n", say("Content-Length: two.", "Content-Length: two。")),
	misframed("length-negative", "Content-Length: -2\r\n", say("Content-Length: -2.", "Content-Length: -2。")),
	{
		Name: "length-too-large", Level: exam.Must, Spec: "RFC 9110 §8.6; RFC 9112 §6.3", Codes: codes(502), Over: all, Needs: needs(Gets), Fault: "misreads-lengths",
		Stages: say("A Content-Length that does not fit into 64 bits, three octets, and a close.", "超過 64 位元的 Content-Length，送三個位元組就關閉。"),
		Wants:  say("5xx, or an answer that is seen to be cut: by that length it is not whole.", "5xx，或看得出被截斷的回應：照那個長度它不完整。"),
		Run: staging{answer: ends(closing + "Content-Length: 99999999999999999999\r\n\r\nok!"), judge: func(_ *Setting, x *Seen) exam.Verdict {
			return x.cut()
		}}.run(),
	},
	{
		Name: "coding-unknown", Level: exam.DeFacto, Spec: "RFC 9112 §6.1; RFC 9112 §7", Codes: codes(502), Over: all, Needs: needs(Gets), Fault: "forgets-codings",
		Stages: say("Transfer-Encoding: foo.", "Transfer-Encoding: foo。"),
		Wants:  say("502 or a close; or the answer still says that it is coded: whoever cannot undo a coding may not drop its name.", "502 或關閉；或回應仍註明編碼：解不開編碼就不能丟掉它的名稱。"),
		Run: staging{answer: ends(closing + "Transfer-Encoding: foo\r\n\r\nok"), judge: func(_ *Setting, x *Seen) exam.Verdict {
			if x.Answer().Fields.HasMember("Transfer-Encoding", "foo") {
				return pass("It said so still.", "仍註明編碼。")
			}
			return x.told()
		}}.run(),
	},
	invalid("status-99", "HTTP/1.1 099 Odd\r\n"+okay, "RFC 9110 §15", say("The status 099.", "狀態碼 099。")),
	invalid("status-1000", "HTTP/1.1 1000 Odd\r\n"+okay, "RFC 9112 §4; RFC 9110 §15", say("The status 1000.", "狀態碼 1000。")),
	invalid("status-two-digits", "HTTP/1.1 20 OK\r\n"+okay, "RFC 9112 §4", say("The status 20.", "狀態碼 20。")),
	invalid("status-not-number", "HTTP/1.1 2xx OK\r\n"+okay, "RFC 9112 §4", say("The status 2xx.", "狀態碼 2xx。")),
	{
		Name: "switch-unasked", Level: exam.Must, Spec: "RFC 9110 §7.8", Codes: codes(101, 502), Over: all, Needs: needs(Gets), Fault: "passes-malformed",
		Stages: say("101, and nobody had asked for it.", "沒人要求的 101。"),
		Wants:  say("No 101: nobody switches to what its client has not offered. 502 says what happened.", "不送 101：不得切換到用戶端沒提過的協定。502 說明發生了什麼事。"),
		Run: staging{answer: ends("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: tea\r\n\r\nsteam"), judge: func(_ *Setting, x *Seen) exam.Verdict {
			if x.Code() == 101 {
				return fail("The client got 101.", "用戶端得到 101。")
			}
			return pass("The client got no 101, but %d.", "用戶端沒有得到 101，而是 %d。", x.Code())
		}}.run(),
	},
	invalid("switch-unasked-told", "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: tea\r\n\r\nsteam", "RFC 9110 §15.6.3", say("101, and nobody had asked for it.", "沒人要求的 101。")),
	invalid("head-cut", "HTTP/1.1 200 OK\r\nContent-Type: text/pl", "RFC 9112 §8; RFC 9110 §15.6.3", say("A close in the middle of the head.", "標頭送到一半就關閉。")),
	// P17, P18.
	mended("space-before-colon", closing+"X-Tea : leaf\r\n"+okay, "RFC 9112 §5.1", "passes-malformed", func(head string) bool { return strings.Contains(head, "X-Tea :") },
		say("A field line \"X-Tea : leaf\".", "欄位行「X-Tea : leaf」。"), say("The space is removed, or 502.", "移除空白，或 502。")),
	mended("obs-fold", closing+"X-Tea: leaf\r\n and stem\r\n"+okay, "RFC 9112 §5.2", "passes-malformed", func(head string) bool { return strings.Contains(head, "\r\n and") || strings.Contains(head, "\n and") },
		say("A field value folded over two lines.", "折成兩行的欄位值。"), say("The fold becomes spaces, or 502.", "折行變成空白，或 502。")),
	mended("bare-cr-in-value", closing+"X-Tea: leaf\rX-Stem: twig\r\n"+okay, "RFC 9112 §2.2", "passes-malformed", func(head string) bool { return strings.Contains(head, "leaf\rX-Stem") },
		say("A bare CR in a field value.", "欄位值裡單獨的 CR。"), say("It becomes a space, or 502.", "變成空白，或 502。")),
	mended("nul-in-value", closing+"X-Tea: le\x00af\r\n"+okay, "RFC 9110 §5.5", "passes-malformed", func(head string) bool { return strings.Contains(head, "\x00") },
		say("A NUL in a field value.", "欄位值裡的 NUL。"), say("It becomes a space, or 502.", "變成空白，或 502。")),
	{ // P27
		Name: "field-of-100000-octets", Level: exam.Info, Spec: "RFC 9110 §5.4", Codes: codes(200, 502), Over: h1, Needs: needs(Gets), Fault: "small-fields",
		Stages: say("An answer with a field of 100,000 octets.", "帶有十萬位元組欄位的回應。"),
		Wants:  say("It is open: pass it on, or 502.", "規格未定：照轉，或 502。"),
		Run: staging{answer: ends(closing + "X-Tea: " + strings.Repeat("x", 100_000) + "\r\n" + okay), judge: func(_ *Setting, x *Seen) exam.Verdict {
			return exam.Noted(x.Code().String(), say("The client got %d.", "用戶端得到 %d。", x.Code()))
		}}.run(),
	},
	{ // P74
		Name: "head-endless", Level: exam.DeFacto, Spec: "RFC 9110 §5.4; RFC 9110 §15.6.3", Codes: codes(502), Over: h1, Needs: needs(Gets), Fault: "passes-malformed",
		Stages: say("A head of sixteen megabytes.", "一千六百萬位元組的標頭。"),
		Wants:  say("502 or a close: a bound.", "502 或關閉：要有上限。"),
		Run: staging{answer: func(t *Turn) {
			t.Content()
			lines := strings.Repeat("X-Tea: "+strings.Repeat("x", 993)+"\r\n", 16000)
			t.note("<", "a head of %d octets", len(lines))
			t.c.SetWriteDeadline(time.Now().Add(patience))
			if t.c.Send(text+lines+okay) != nil {
				t.over = true
				return
			}
			t.Close()
		}, judge: func(_ *Setting, x *Seen) exam.Verdict {
			if x.Final != nil && x.Code() < 500 {
				return fail("It passed on of it what our own reader takes at most.", "它一直轉送，直到超過我們自己的讀取上限。")
			}
			return pass("It answered %d.", "它回 %d。", x.Code())
		}}.run(),
	},
	{ // P72
		Name: "proxy-status-fits", Level: exam.Info, Spec: "RFC 9209 §2", Codes: codes(502), Over: all, Needs: needs(Gets), Fault: "says-no-proxy-status",
		Stages: say("The origin closes without an answer.", "源伺服器不回應就關閉。"),
		Wants:  say("It is open whether Proxy-Status says why.", "是否以 Proxy-Status 說明原因，規格未限定。"),
		Run: staging{answer: ends(""), judge: func(_ *Setting, x *Seen) exam.Verdict {
			v := x.Answer().Fields.Get("Proxy-Status")
			_, kind, ok := strings.Cut(v, "error=")
			kind, _, _ = strings.Cut(kind, ";")
			if !ok {
				kind = "none"
			}
			return exam.Noted(kind, say("Proxy-Status is %q.", "Proxy-Status 是 %q。", v))
		}}.run(),
	},
}

var unavailable = []exam.Case{
	{ // P49, for a GET
		Name: "origin-refuses-connection", Level: exam.DeFacto, Spec: "RFC 9110 §15.6.3", Codes: codes(502, 503, 504), Over: h1, Needs: needs(Gets, Forwards), Fault: "hides-failures",
		Stages: say("A GET for a port at which nobody listens.", "GET 的目標連接埠沒有程式在監聽。"),
		Wants:  say("502, 503 or 504; 403 if the proxy does not go to such ports.", "502、503 或 504；代理若不去那種連接埠，則為 403。"),
		Run: stage(func(s *Setting) exam.Verdict {
			q := s.Request("/start")
			if exam.Either(s.trial, true, false) {
				q.Authority = closedPort()
				q.Path = "http://" + q.Authority + "/" + s.trial.Nonce + "/start"
			}
			x := s.Do(q)
			switch {
			case s.trial.Control:
				return x.plain()
			case x.Code() >= 502 && x.Code() <= 504, x.Code() == 403:
				return pass("It answered %d.", "它回 %d。", x.Code())
			}
			return fail("The client got %d.", "用戶端得到 %d。", x.Code())
		}),
	},
	{ // P73
		Name: "origin-down", Level: exam.DeFacto, Spec: "RFC 9110 §15.6.3; RFC 9110 §15.6.4", Codes: codes(502, 503, 504), Over: h1, Needs: needs(Gets, Reverses), Fault: "hides-failures",
		Stages: say("The gateway's only origin is not there.", "閘道唯一的源伺服器不在。"),
		Wants:  say("502, 503 or 504; 503 fits where the gateway knew so before it asked.", "502、503 或 504；閘道詢問之前就知道的話，503 較貼切。"),
		Alone:  true, Run: stage(func(s *Setting) exam.Verdict {
			s.waits = 10 * time.Second // some try a few times, a second between them
			if exam.Either(s.trial, true, false) {
				if err := s.subject.Origin.away(); err != nil {
					s.fail("close the origin", err)
					return exam.Verdict{}
				}
			}
			x := s.Do(s.Request("/start"))
			if s.trial.Control {
				return x.plain()
			}
			if err := s.subject.Origin.back(s.trial.Context); err != nil {
				s.fail("open the origin again", err)
			}
			if x.Code() < 502 || x.Code() > 504 {
				return fail("The client got %d, %s.", "用戶端得到 %d，%s。", x.Code(), x.End)
			}
			return pass("It answered %d, Retry-After %q.", "它回 %d，Retry-After 是 %q。", x.Code(), x.Answer().Fields.Get("Retry-After"))
		}),
	},
	{ // P09
		Name: "origin-silent", Level: exam.DeFacto, Spec: "RFC 9110 §15.6.5", Codes: codes(504), Over: h1, Needs: needs(Gets), Fault: "hides-failures", Slow: true, Limit: 3 * time.Minute,
		Stages: say("The origin takes the request and says nothing.", "源伺服器收下請求，一言不發。"),
		Wants:  say("504 when the proxy's own time is over; 502 and 503 say it less well.", "代理自己的時限到了就回 504；502、503 說得沒那麼清楚。"),
		Run: staging{send: func(_ *Setting, q *peer.Request) {}, answer: func(t *Turn) { t.Content(); t.Wait(2 * time.Minute) }, judge: func(_ *Setting, x *Seen) exam.Verdict {
			if x.Code() < 502 || x.Code() > 504 {
				return fail("The client got %d.", "用戶端得到 %d。", x.Code())
			}
			return pass("It answered %d.", "它回 %d。", x.Code())
		}}.slow(),
	},
	{ // P75
		Name: "client-leaves", Level: exam.DeFacto, Spec: "RFC 9112 §9.5", Over: h1, Needs: needs(Gets), Fault: "stays-when-client-leaves",
		Stages: say("The client closes while the origin sends content without end.", "源伺服器不停送內容時，用戶端關閉連線。"),
		Wants:  say("The proxy leaves too, instead of taking it all.", "代理也跟著離開，不再把內容全部收下。"),
		Run: stage(func(s *Setting) exam.Verdict {
			left := make(chan bool, 1)
			s.On("/start", func(t *Turn) {
				t.Send(text + "Transfer-Encoding: chunked\r\n\r\n")
				chunk := "4000\r\n" + strings.Repeat("x", 0x4000) + "\r\n"
				for range 4000 { // 64 MB: more than buffers on the way hold
					t.c.SetWriteDeadline(time.Now().Add(patience))
					if t.c.Send(chunk) != nil {
						t.over = true
						left <- true
						return
					}
				}
				t.over = true
				left <- false
			})
			c := s.Dial()
			if c == nil {
				return exam.Verdict{}
			}
			c.Write([]byte(s.Head("GET", "/start") + "\r\n"))
			var some [512]byte
			c.Read(some[:])
			c.Close()
			select {
			case gone := <-left:
				if gone {
					return pass("The proxy left.", "代理離開了。")
				}
				return fail("The proxy took 64 megabytes for nobody.", "沒有人要，代理仍收下了 64 MB。")
			case <-s.trial.Context.Done():
				return fail("The proxy kept the origin waiting.", "代理讓源伺服器一直等。")
			}
		}),
	},
}

// slow is run for a case that waits for the subject's own time limit.
func (g staging) slow() func(*exam.Trial) exam.Verdict {
	send := g.send
	g.send = func(s *Setting, q *peer.Request) {
		if send != nil {
			send(s, q)
		}
		s.waits = 150 * time.Second
	}
	return g.run()
}

// closedPort is an address at which nobody listens.
func closedPort() string {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "127.0.0.1:1"
	}
	defer ln.Close()
	return ln.Addr().String()
}
