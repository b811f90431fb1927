package client

import (
	"time"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

// incomplete makes a case of an answer that ends too early.
func incomplete(name, fault, spec string, stages lang.Text, octets, whole string) exam.Case {
	return exam.Case{
		Name: name, Level: exam.Must, Codes: codes(200), Spec: spec, Over: h1, Needs: needs(Gets, Fails), Fault: fault, Stages: stages,
		Wants: lang.Text{En: "An error, or a mark that something is missing.", ZhTW: "報錯，或標明不完整。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) { t.Send(s.Either(octets, whole)); t.Close() })
			return s.noticed(s.Get("/start"), exam.Either(s.trial, false, true))
		}),
	}
}

// noticed grades whether a client has noticed that an answer was not in order.
func (s *Setting) noticed(r Report, inOrder bool) exam.Verdict {
	switch {
	case inOrder && !r.Success():
		return exam.Failed(say("It called an answer that was in order a failure: %v", "回應沒有問題，它卻當成失敗：%v", r.Err))
	case inOrder:
		return exam.Passed(say("It accepted the answer.", "它接受了回應。"))
	case r.Success():
		return exam.Failed(say("It called that a success, with %d octets of content.", "它當成成功，內容有 %d 個位元組。", len(r.Content)))
	}
	return exam.Passed(say("It noticed: %v", "它發現了：%v", r.Err))
}

// What clients make of content that is cut off or contradicts itself.
var content = []exam.Case{
	incomplete("trunc-length", "half-is-enough", "RFC 9112 §8",
		lang.Text{En: "Content-Length: 100, fifty octets, and a close.", ZhTW: "Content-Length: 100，送五十個位元組就關閉。"},
		"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123456789012345678901234567890123456789",
		"HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n0123456789012345678901234567890123456789"),
	incomplete("trunc-chunked", "half-is-enough", "RFC 9112 §8",
		lang.Text{En: "Chunks without the last one, and a close.", ZhTW: "少了最後一個區塊就關閉的 chunked。"},
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nplain\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nplain\r\n0\r\n\r\n"),
	incomplete("trunc-head", "half-is-enough", "RFC 9112 §8",
		lang.Text{En: "A close in the middle of the head.", ZhTW: "標頭區段送到一半就關閉。"},
		"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Le",
		"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 0\r\n\r\n"),
	incomplete("two-cl-differ", "first-length", "RFC 9112 §6.3",
		lang.Text{En: "Content-Length: 5 and Content-Length: 8, and eight octets.", ZhTW: "同時有 Content-Length: 5 與 8，內容八個位元組。"},
		"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 8\r\nConnection: close\r\n\r\nteaspoon",
		"HTTP/1.1 200 OK\r\nContent-Length: 8\r\nConnection: close\r\n\r\nteaspoon"),
	{
		Name: "trunc-tls-no-close-notify", Level: exam.Must, Codes: codes(200), Spec: "RFC 9112 §8; RFC 9112 §9.8", Over: h1,
		Needs: needs(Gets, Fails, Secure), Fault: "close-is-close",
		Stages: lang.Text{
			En:   "Over TLS, content that only the close of the connection ends, and a close without close_notify.",
			ZhTW: "在 TLS 上，內容以關閉連線為界，而關閉時沒有 close_notify。"},
		Wants: lang.Text{En: "An error, or a mark that something may be missing.", ZhTW: "報錯，或標明可能不完整。"},
		Run: stage(func(s *Setting) exam.Verdict {
			at := s.OpenRaw(Place{Secure: true}, func(c *peer.ServerConn) {
				if _, err := c.ReadRequest(); err != nil {
					return
				}
				c.Send("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nplain")
				if exam.Either(s.trial, true, false) {
					c.CloseTCP()
				}
			})
			r := s.Do(s.OrderAt(at, "/start"))[0]
			return s.noticed(r, exam.Either(s.trial, false, true))
		}),
	},
	{
		Name: "cl-and-te", Level: exam.Must, Codes: codes(200), Spec: "RFC 9112 §6.3", Over: h1,
		Needs: needs(Gets, Reuses), Fault: "length-over-chunks",
		Stages: lang.Text{
			En:   "Content-Length and chunked together; the length ends inside of the chunks, at what looks like an answer.",
			ZhTW: "Content-Length 與 chunked 並存；照長度讀會停在區塊中間，那裡像是另一個回應。"},
		Wants: lang.Text{
			En:   "The chunks count, and the connection is better given up; or an error.",
			ZhTW: "以 chunked 為準，連線最好放棄；或報錯。"},
		Run: inStep(func(s *Setting, t *Turn) {
			poison := s.Trap()
			chunked := "Transfer-Encoding: chunked\r\n\r\n" + string(wire.AppendLastChunk(wire.AppendChunk(nil, []byte(poison)), nil))
			before := len(string(wire.AppendChunk(nil, []byte(poison)))) - len(poison) - 2
			length := "Content-Length: " + string(rune('0'+before)) + "\r\n"
			t.Send("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n" + s.Either(length, "") + chunked)
		}, exam.Refused),
	},
	{
		Name: "reset-idle-retry", Level: exam.Should, Codes: nil, Spec: "RFC 9110 §9.2.2", Over: h1,
		Needs: needs(Gets, Reuses, Sends), Fault: "repeats-post",
		Stages: lang.Text{
			En:   "An idle connection closes as a POST goes out on it: whether it was carried out, nobody can know.",
			ZhTW: "POST 正要從閒置連線送出時，連線關閉：沒有人知道它是否已經執行。"},
		Wants: lang.Text{En: "The POST is not repeated by itself.", ZhTW: "不自動重送 POST。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/1", func(t *Turn) { t.Answer(200, "plain", "Content-Type: text/plain") })
			s.On("/2", func(t *Turn) { t.Content(); t.Reset() })
			second := s.Order("/2")
			second.Method, second.Content = "POST", &Content{Octets: "tea", Length: 3}
			s.Do(s.Order("/1"), second)
			switch n := s.Came("/2"); {
			case n == 0:
				return exam.NotAsked(say("No POST came.", "沒有收到 POST。"))
			case n > 1:
				return exam.Failed(say("The POST came %d times.", "POST 來了 %d 次。", n))
			}
			return exam.Passed(say("The POST came once.", "POST 只來一次。"))
		}),
	},
	{
		Name: "close-after-response", Level: exam.Must, Codes: codes(200), Spec: "RFC 9112 §9.6", Over: h1,
		Needs: needs(Gets, Reuses), Fault: "ignores-close",
		Stages: lang.Text{
			En:   "A 200 with Connection: close, on a connection that the server leaves open for a while.",
			ZhTW: "200 帶 Connection: close，但伺服器過一會兒才關閉連線。"},
		Wants: lang.Text{En: "The next request comes on another connection.", ZhTW: "下一個請求用另一條連線。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/1", func(t *Turn) {
				t.Answer(200, "plain", "Content-Type: text/plain", s.Either("Connection: close", "X-Leaves: none"))
				t.way.stir(time.Second, t.s.next(t.Asked))
			})
			s.On("/2", func(t *Turn) { t.Answer(200, "plain", "Content-Type: text/plain") })
			s.Do(s.Order("/1"), s.Order("/2"))
			second := s.Asked("/2")
			if len(second) == 0 {
				return exam.NotAsked(say("No second request came.", "沒有收到第二個請求。"))
			}
			if second[0].Number > 1 && exam.Either(s.trial, true, false) {
				return exam.Failed(say("The next request came on the connection that was to be closed.", "下一個請求還是從該關閉的連線送來。"))
			}
			return exam.Passed(say("The next request came on another connection.", "下一個請求用了另一條連線。"))
		}),
	},
}
