package client

import (
	"crypto/sha1"
	"encoding/base64"
	"strings"
	"time"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
)

// SocketAccept is the answer to a WebSocket key (RFC 6455 §4.2.2).
func SocketAccept(key string) string {
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// accepted is a 101 that is in order for the request, with one line changed:
// replace names the line by its field and gives what stands there instead.
func (t *Turn) accepted(replace, instead string) string {
	lines := []string{
		"Upgrade: websocket",
		"Connection: Upgrade",
		"Sec-WebSocket-Accept: " + SocketAccept(t.Request.Fields.Get("Sec-WebSocket-Key")),
	}
	if protocols := t.Request.Fields.Get("Sec-WebSocket-Protocol"); protocols != "" {
		first, _, _ := strings.Cut(protocols, ",")
		lines = append(lines, "Sec-WebSocket-Protocol: "+first)
	}
	head := "HTTP/1.1 101 Switching Protocols\r\n"
	replaced := replace == ""
	for _, l := range lines {
		if name, _, _ := strings.Cut(l, ":"); name == replace {
			replaced = true
			l = instead
		}
		if l != "" {
			head += l + "\r\n"
		}
	}
	if !replaced {
		head += instead + "\r\n"
	}
	return head + "\r\n"
}

// socket is an order for a WebSocket.
func (s *Setting) socket() Order {
	o := s.Order("/start")
	o.WebSocket, o.Follow = true, false
	return o
}

// badHandshake makes a case of a 101 that a WebSocket client has to refuse.
func badHandshake(name, fault, replace, instead string, stages lang.Text) exam.Case {
	return exam.Case{
		Name: name, Level: exam.Must, Codes: codes(101), Spec: "RFC 6455 §4.1", Over: h1, Needs: needs(Gets, Sockets), Fault: fault,
		Stages: stages, Wants: lang.Text{En: "To fail the connection.", ZhTW: "讓連線失敗。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) {
				if exam.Either(s.trial, true, false) {
					t.Send(t.accepted(replace, instead))
				} else {
					t.Send(t.accepted("", ""))
				}
				t.frames()
			})
			r := s.Do(s.socket())[0]
			switch {
			case r.Unsupported != "" || s.Came("/start") == 0:
				return exam.NotAsked(say("No handshake came. %s", "沒有收到握手。%s", r.Unsupported))
			case r.Success() && exam.Either(s.trial, true, false):
				return exam.Failed(say("It accepted the handshake.", "它接受了這次握手。"))
			}
			return exam.Passed(say("It failed the connection: %v", "它讓連線失敗：%v", r.Err))
		}),
	}
}

// frames sees the WebSocket to its end: whatever comes is read, and a close is
// answered.
func (t *Turn) frames() {
	t.over = true
	if w, ok := t.way.(*wayH1); ok && w.c.Await(Silence, nil) {
		t.note(">", "frames, or the end of the connection")
		w.c.Send(closeFrame)
		w.c.Wait(time.Second)
	}
}

var upgrade = []exam.Case{
	mean("baseline-websocket", Sockets, "opens-no-socket", h1, nil,
		lang.Text{En: "A WebSocket handshake that is in order.", ZhTW: "沒有問題的 WebSocket 握手。"}, func(s *Setting) bool {
			s.On("/start", func(t *Turn) { t.Send(t.accepted("", "")); t.frames() })
			r := s.Do(s.socket())[0]
			asked := s.Asked("/start")
			return r.Success() && len(asked) > 0 && asked[0].Request.Fields.Has("Sec-WebSocket-Key")
		}),
	badHandshake("101-wrong-protocol", "any-upgrade", "Upgrade", "Upgrade: h2c",
		lang.Text{En: "WebSocket was offered, and the 101 says h2c.", ZhTW: "提議的是 WebSocket，101 卻說 h2c。"}),
	badHandshake("101-ws-bad-accept", "any-accept", "Sec-WebSocket-Accept", "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=",
		lang.Text{En: "A 101 with another Sec-WebSocket-Accept than the key asks for.", ZhTW: "101 的 Sec-WebSocket-Accept 與金鑰不符。"}),
	badHandshake("101-ws-no-connection", "no-connection-needed", "Connection", "",
		lang.Text{En: "A 101 without Connection: Upgrade.", ZhTW: "101 沒有 Connection: Upgrade。"}),
	badHandshake("101-ws-unasked-extension", "any-extension", "Sec-WebSocket-Extensions", "Sec-WebSocket-Extensions: x-brew",
		lang.Text{En: "A 101 with an extension that was not offered.", ZhTW: "101 帶著沒人提議的擴充。"}),
	badHandshake("101-ws-unasked-subprotocol", "any-subprotocol", "Sec-WebSocket-Protocol", "Sec-WebSocket-Protocol: coffee",
		lang.Text{En: "A 101 with a subprotocol that was not offered.", ZhTW: "101 帶著沒人提議的子協定。"}),
	{
		Name: "101-with-content-length", Level: exam.Must, Codes: codes(101), Spec: "RFC 9112 §6.3", Over: h1,
		Needs: needs(Gets, Sockets), Fault: "101-has-content",
		Stages: lang.Text{En: "A 101 that is in order but for a Content-Length: 5.", ZhTW: "101 除了多出 Content-Length: 5，其餘都正確。"},
		Wants:  lang.Text{En: "The other protocol begins at the empty line; or the client refuses the answer.", ZhTW: "空行之後就是另一個協定；或拒絕這個回應。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) {
				t.Send(t.accepted("Content-Length", s.Either("Content-Length: 5", "X-Leaves: none")))
				t.frames()
			})
			r := s.Do(s.socket())[0]
			switch {
			case r.Unsupported != "" || s.Came("/start") == 0:
				return exam.NotAsked(say("No handshake came. %s", "沒有收到握手。%s", r.Unsupported))
			case r.Success():
				return exam.Passed(say("The WebSocket was open.", "WebSocket 開啟了。"))
			case r.Late || r.Err.Kind == ErrTimeout:
				return exam.Failed(say("It waited for content.", "它在等內容。"))
			}
			return exam.Refusing(say("It refused the answer: %v", "它拒絕了這個回應：%v", r.Err))
		}),
	},
	{
		Name: "101-after-100", Level: exam.Must, Codes: codes(100, 101), Spec: "RFC 9110 §7.8; RFC 9110 §15.2", Over: h1,
		Needs: needs(Gets, Sockets), Fault: "100-ends-handshake",
		Stages: lang.Text{En: "A 100 before the 101.", ZhTW: "101 之前先來一個 100。"},
		Wants:  lang.Text{En: "The protocol changes behind the 101, not behind the 100.", ZhTW: "切換發生在 101 之後，不是 100 之後。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) {
				t.Send(s.Either("HTTP/1.1 100 Continue\r\n\r\n", "") + t.accepted("", ""))
				t.frames()
			})
			r := s.Do(s.socket())[0]
			switch {
			case r.Unsupported != "" || s.Came("/start") == 0:
				return exam.NotAsked(say("No handshake came. %s", "沒有收到握手。%s", r.Unsupported))
			case r.Success():
				return exam.Passed(say("The WebSocket was open.", "WebSocket 開啟了。"))
			}
			return exam.Failed(say("The WebSocket was not opened: %v", "WebSocket 沒有開啟：%v", r.Err))
		}),
	},
	handshake("ws-302", "follows-handshake", 302, "RFC 6455 §4.1",
		lang.Text{En: "The handshake is answered with 302 and a Location.", ZhTW: "握手得到 302 與 Location。"},
		func(s *Setting, t *Turn) { t.Answer(302, "", "Location: "+s.A.URL("/there")) },
		func(s *Setting) bool { return s.Came("/there") > 0 }),
	handshake("ws-401", "handshake-with-credentials", 401, "RFC 6455 §4.1",
		lang.Text{En: "The handshake is answered with a Basic challenge; the user gave credentials.", ZhTW: "握手得到 Basic 質詢；使用者給了帳密。"},
		func(s *Setting, t *Turn) { t.Answer(401, "who are you?", basicChallenge, "Content-Type: text/plain") },
		func(s *Setting) bool { return len(s.Asked("/start")) > 1 }),
	{
		Name: "101-unsolicited", Level: exam.DeFacto, Codes: codes(101), Spec: "RFC 9110 §7.8; RFC 9110 §15.2.2", Over: h1,
		Needs: needs(Gets, Fails), Fault: "tunnels-at-101",
		Stages: lang.Text{En: "A 101 to a plain GET, with octets of another protocol behind it.", ZhTW: "單純的 GET 得到 101，後面是另一個協定的位元組。"},
		Wants:  lang.Text{En: "An error; the octets are nobody's content.", ZhTW: "報錯；那些位元組不是任何人的內容。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) {
				t.Send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: brew\r\nConnection: Upgrade\r\n\r\n" + trapContent)
				t.Close()
			})
			r := s.Get("/start")
			if r.Success() && (r.Status == 0 || r.Status < 400) {
				return exam.Failed(say("It called that a success: status %d, content %.40q.", "它當成成功：狀態碼 %d，內容 %.40q。", r.Status, r.Content))
			}
			return exam.Passed(say("It called that a failure: %v", "它當成失敗：%v", r.Err))
		}),
	},
}

// handshake makes a case that notes what a client does with an HTTP answer to a
// WebSocket handshake.
func handshake(name, fault string, code status.Code, spec string, stages lang.Text, answer func(*Setting, *Turn), went func(*Setting) bool) exam.Case {
	return exam.Case{
		Name: name, Level: exam.Info, Codes: codes(code), Spec: spec, Over: h1, Needs: needs(Gets, Sockets), Fault: fault, Stages: stages,
		Wants: lang.Text{En: "Nothing: whether it acts on the answer is noted.", ZhTW: "沒有要求：記下它理不理會這個回應。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) { answer(s, t) })
			s.On("/there", func(t *Turn) { t.Send(t.accepted("", "")); t.frames() })
			o := s.socket()
			o.Follow, o.User, o.Password = true, "tea", "leaves"
			s.Do(o)
			if went(s) {
				return exam.Noted("acts", say("It acted on the answer.", "它依回應採取行動。"))
			}
			return exam.Noted("fails", say("It failed the connection.", "它讓連線失敗。"))
		}),
	}
}
