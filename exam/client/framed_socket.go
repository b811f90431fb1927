package client

import (
	"sync/atomic"
	"time"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// framedSocket makes a case of a WebSocket in HTTP/2 or HTTP/3: its handshake is
// an extended CONNECT, and what opens it is a 2xx, since there is no 101.
func framedSocket(p wire.Protocol, spec string) exam.Case {
	return exam.Case{
		Name: protocol(p, "ws-200"), Level: exam.Must, Codes: codes(200), Spec: spec, Over: []wire.Protocol{p},
		Needs: needs(Gets, Sockets), Fault: "waits-for-101",
		Stages: lang.Text{En: "An extended CONNECT for a WebSocket is answered with 200.", ZhTW: "用於 WebSocket 的擴充 CONNECT 得到 200。"},
		Wants:  lang.Text{En: "The WebSocket is open.", ZhTW: "WebSocket 就此開啟。"},
		Run: stage(func(s *Setting) exam.Verdict {
			at := s.Open(Place{Secure: true, Sockets: true})
			s.On("/1", plain(200))
			var shaken atomic.Bool
			s.On("/start", func(t *Turn) {
				if t.Request.Method != "CONNECT" || t.Request.Fields.Get(":protocol") != "websocket" {
					t.Answer(501, "by extended CONNECT only", "Content-Type: text/plain")
					return
				}
				shaken.Store(true)
				answer := head(":status: 200")
				if t.Request.Fields.HasMember("Sec-WebSocket-Protocol", "tea") {
					answer = head(":status: 200", "sec-websocket-protocol: tea")
				}
				t.Frames(answer)
				// Frames of the connection come meanwhile, so no octet tells that it is open.
				time.Sleep(Silence / 10)
				t.Frames(frame{data: closeFrame}.last())
				t.content = true // what the client sends now is frames
			})
			// A browser goes this way on a connection whose settings it knows already.
			second := s.OrderAt(at, "/start")
			second.WebSocket, second.Follow, second.Pause = true, false, 100*time.Millisecond
			r := s.Do(s.OrderAt(at, "/1"), second)[1]
			switch {
			case !shaken.Load():
				return exam.NotAsked(say("No extended CONNECT came. %s", "沒有收到擴充 CONNECT。%s", r.Unsupported))
			case r.Success():
				return exam.Passed(say("The WebSocket was open.", "WebSocket 開啟了。"))
			}
			return exam.Failed(say("The WebSocket was not opened: %v", "WebSocket 沒有開啟：%v", r.Err))
		}),
	}
}

// closeFrame is a WebSocket's close with the code 1000, from the server.
const closeFrame = "\x88\x02\x03\xe8"

var framedSockets = []exam.Case{
	framedSocket(wire.H2, "RFC 8441 §5; RFC 9110 §9.3.6"),
	framedSocket(wire.H3, "RFC 9220 §3; RFC 9110 §9.3.6"),
}
