package proxy

import (
	"strings"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/wire"
)

var upgrade = []exam.Case{
	{ // P69
		Name: "websocket-extended-connect", Level: exam.Info, Spec: "RFC 8441 §5; RFC 9220 §3", Codes: codes(101, 200), Over: framed, Needs: needs(Gets), Fault: "accepts-connect",
		Stages: say("An extended CONNECT for a WebSocket, to an origin that grants it in HTTP/1.1.", "要求 WebSocket 的擴充 CONNECT，源伺服器以 HTTP/1.1 答應。"),
		Wants:  say("It is open: 200 in the place of the origin's 101, or a refusal.", "規格未限定：以 200 代替源伺服器的 101，或拒絕。"),
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", switches)
			q := s.Request("/start")
			q.Method, q.Hold, q.Content, q.NoLength = "CONNECT", true, []byte{}, true
			q.Section = wire.Fields{{Name: ":method", Value: "CONNECT"}, {Name: ":protocol", Value: "websocket"}, {Name: ":scheme", Value: "http"},
				{Name: ":authority", Value: s.Host()}, {Name: ":path", Value: s.Target("/start")}, {Name: "sec-websocket-version", Value: "13"}}
			x := s.Do(q)
			did := x.Code().String()
			switch {
			case x.Final == nil:
				did = string(x.End)
			case x.Code() == 200 && s.Came("/start") > 0:
				did = "carried"
			}
			return exam.Noted(did, say("The client got %d, %s; the origin was asked %d times.", "用戶端得到 %d，%s；源伺服器被詢問 %d 次。", x.Code(), x.End, s.Came("/start")))
		}),
	},
	{
		Name: "upgrade-octets-both-ways", Level: exam.DeFacto, Spec: "RFC 9110 §7.8; RFC 6455 §1.3", Codes: codes(101), Over: h1, Needs: needs(Upgrades), Fault: "deafens-sockets",
		Stages: say("A WebSocket, in which the client speaks and the origin repeats it.", "WebSocket：用戶端說話，源伺服器複述。"),
		Wants:  say("What the client says comes back.", "用戶端說的話傳回來。"),
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) {
				t.Send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n")
				var said [64]byte
				n, _ := t.r.Read(said[:])
				t.Send("heard " + string(said[:n]))
				t.Wait(lookAfter)
			})
			c := s.Dial()
			if c == nil {
				return exam.Verdict{}
			}
			defer c.Close()
			q := s.socket("/start")
			x := s.DoOn(c, q)
			c.Write([]byte("tea"))
			octets, _, _ := c.Rest(lookAfter * 5)
			if !strings.Contains(string(x.After)+string(octets), "heard tea") {
				return fail("Nothing came back: %q.", "沒有傳回來：%q。", octets)
			}
			return pass("It came back.", "傳回來了。")
		}),
	},
	{
		Name: "upgrade-refused-passed", Level: exam.Must, Spec: "RFC 9110 §7.8", Codes: codes(200), Over: h1, Needs: needs(Upgrades), Fault: "hangs-on-no-upgrade",
		Stages: say("A request for a WebSocket that the origin answers with a plain 200.", "要求 WebSocket，源伺服器卻以單純的 200 回應。"),
		Wants:  say("The 200 comes back: a server may ignore Upgrade.", "200 回到用戶端：伺服器可以不理會 Upgrade。"),
		Run: stage(func(s *Setting) exam.Verdict {
			q := s.socket("/start")
			return s.Do(q).plain()
		}),
	},
}
