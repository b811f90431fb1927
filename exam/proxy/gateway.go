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

// invalid is a case with an answer that is none: the client is told by 502. At
// level must that is required; elsewhere any error of the proxy's own will do,
// and 502 is its name.
func invalid(name string, level exam.Level, octets, spec string, stages lang.Text) exam.Case {
	return exam.Case{
		Name: name, Level: level, Spec: spec, Codes: codes(502), Over: all, Needs: needs(Gets), Fault: "passes-malformed",
		Stages: stages, Wants: say("502; another 5xx of the proxy's own says the same less well, and passes where 502 is not required.", "502；不強制 502 之處，代理自己的其他 5xx 也可接受，只是說得沒那麼清楚。"),
		Run: staging{answer: ends(octets), judge: func(s *Setting, x *Seen) exam.Verdict {
			switch {
			// RFC 9110 §3.7: a gateway has a client's duties here, which are to
			// discard the answer; that a proxy then says 502 is required of proxies.
			case x.Code() == 502, (level != exam.Must || !s.forward()) && x.Code() >= 500 && x.Code() < 600:
				return pass("It answered %d.", "它回 %d。", x.Code())
			case x.Final == nil && x.End == wire.EndSilent:
				return fail("It left the client waiting.", "它讓用戶端空等。")
			case x.Final == nil && (level != exam.Must || !s.forward()):
				return pass("It closed without an answer.", "它不回應就關閉。")
			}
			return fail("The client got %d with %.60q.", "用戶端得到 %d，內容 %.60q。", x.Code(), x.Text())
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
	invalid("garbage", exam.DeFacto, "this is no HTTP at all, is it?\r\n\r\n", "RFC 9110 §15.6.3", say("The origin sends a sentence that is no HTTP.", "源伺服器送來一句不是 HTTP 的話。")),
	invalid("closed-without-octet", exam.DeFacto, "", "RFC 9110 §15.6.3", say("The origin takes a GET and closes.", "源伺服器收下 GET 就關閉。")),
	invalid("lengths-differ", exam.Must, closing+"Content-Length: 2\r\nContent-Length: 3\r\n\r\nok!", "RFC 9112 §6.3", say("Content-Length: 2 and Content-Length: 3.", "Content-Length: 2 與 Content-Length: 3。")),
	invalid("length-not-number", exam.Must, closing+"Content-Length: two\r\n\r\nok", "RFC 9112 §6.3", say("Content-Length: two.", "Content-Length: two。")),
	invalid("length-negative", exam.Must, closing+"Content-Length: -2\r\n\r\nok", "RFC 9112 §6.3", say("Content-Length: -2.", "Content-Length: -2。")),
	invalid("length-too-large", exam.Must, closing+"Content-Length: 99999999999999999999\r\n\r\nok", "RFC 9112 §6.3; RFC 9110 §8.6", say("A Content-Length that does not fit into 64 bits.", "超過 64 位元的 Content-Length。")),
	invalid("coding-unknown", exam.DeFacto, closing+"Transfer-Encoding: foo\r\n\r\nok", "RFC 9112 §6.1; RFC 9110 §15.6.3", say("Transfer-Encoding: foo.", "Transfer-Encoding: foo。")),
	invalid("status-99", exam.DeFacto, "HTTP/1.1 099 Odd\r\n"+okay, "RFC 9110 §15", say("The status 099.", "狀態碼 099。")),
	invalid("status-1000", exam.DeFacto, "HTTP/1.1 1000 Odd\r\n"+okay, "RFC 9112 §4; RFC 9110 §15", say("The status 1000.", "狀態碼 1000。")),
	invalid("status-two-digits", exam.DeFacto, "HTTP/1.1 20 OK\r\n"+okay, "RFC 9112 §4", say("The status 20.", "狀態碼 20。")),
	invalid("status-not-number", exam.DeFacto, "HTTP/1.1 2xx OK\r\n"+okay, "RFC 9112 §4", say("The status 2xx.", "狀態碼 2xx。")),
	invalid("switch-unasked", exam.Must, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: tea\r\n\r\nsteam", "RFC 9110 §7.8; RFC 9110 §15.2.2", say("101, and nobody had asked for it.", "沒人要求的 101。")),
	invalid("head-cut", exam.DeFacto, "HTTP/1.1 200 OK\r\nContent-Type: text/pl", "RFC 9112 §8; RFC 9110 §15.6.3", say("A close in the middle of the head.", "標頭送到一半就關閉。")),
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
		Stages: say("An answer with a field of 60,000 octets.", "帶有六萬位元組欄位的回應。"),
		Wants:  say("It is open: pass it on, or 502.", "規格未定：照轉，或 502。"),
		Run: staging{answer: ends(closing + "X-Tea: " + strings.Repeat("x", 60_000) + "\r\n" + okay), judge: func(_ *Setting, x *Seen) exam.Verdict {
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
				return fail("The client got %d.", "用戶端得到 %d。", x.Code())
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
