package proxy

import (
	"strings"
	"time"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

// The plain things. What a subject does not do here it is not asked for in any
// other case.
var baselines = []exam.Case{
	{
		Name: "baseline-get", Level: exam.Info, Proves: Gets, Over: all, Spec: "RFC 9110 §9.3.1",
		Stages: say("A plain GET, and a plain 200.", "單純的 GET 與 200。"),
		Wants:  say("The request reaches the origin, and the answer comes back.", "請求到達源伺服器，回應回到用戶端。"),
		Fault:  "answers-itself",
		Run: stage(func(s *Setting) exam.Verdict {
			x := s.Do(s.Request("/start"))
			// A gateway that found nobody at its origin's place, where we listen only
			// now, may look again in a while.
			for tries := 0; tries < 20 && s.Came("/start") == 0 && x.Code() >= 502 && x.Code() <= 504; tries++ {
				s.sleep(time.Second / 4)
				x = s.Do(s.Request("/start"))
			}
			if s.Came("/start") == 0 {
				return fail("No request reached the origin; the client got %d.", "請求沒有到達源伺服器；用戶端得到 %d。", x.Code())
			}
			return x.plain()
		}),
	},
	{
		Name: "baseline-post", Level: exam.Info, Proves: Posts, Over: all, Needs: needs(Gets), Spec: "RFC 9110 §9.3.3",
		Stages: say("A POST with content.", "帶內容的 POST。"),
		Wants:  say("The content reaches the origin as it is.", "內容原樣到達源伺服器。"),
		Fault:  "loses-content",
		Run: stage(func(s *Setting) exam.Verdict {
			q := s.Request("/start")
			q.Method, q.Content = "POST", []byte("tea")
			x := s.Do(q)
			if came := s.Asked("/start"); len(came) != 1 || came[0].Request.Method != "POST" || string(came[0].Request.Content.Data) != "tea" {
				return fail("No POST with \"tea\" reached the origin; the client got %d.", "內容為「tea」的 POST 沒有到達源伺服器；用戶端得到 %d。", x.Code())
			}
			return x.plain()
		}),
	},
	{
		Name: "baseline-head", Level: exam.Info, Proves: Heads, Over: all, Needs: needs(Gets), Spec: "RFC 9110 §9.3.2",
		Stages: say("A HEAD.", "HEAD 請求。"),
		Wants:  say("A HEAD reaches the origin, and a 200 without content comes back.", "HEAD 到達源伺服器，不帶內容的 200 回到用戶端。"),
		Fault:  "answers-itself",
		Run: stage(func(s *Setting) exam.Verdict {
			q := s.Request("/start")
			q.Method = "HEAD"
			x := s.Do(q)
			if came := s.Asked("/start"); len(came) == 0 || came[0].Request.Method != "HEAD" || x.Code() != 200 {
				return fail("No HEAD reached the origin, or its answer is %d.", "HEAD 沒有到達源伺服器，或回應是 %d。", x.Code())
			}
			return pass("A HEAD went through.", "HEAD 順利通過。")
		}),
	},
	{
		Name: "baseline-chunked", Level: exam.Info, Proves: Streams, Over: h1, Needs: needs(Posts), Spec: "RFC 9112 §7.1",
		Stages: say("A POST whose content is chunked.", "內容採 chunked 編碼的 POST。"),
		Wants:  say("The content reaches the origin, in whatever framing.", "內容到達源伺服器，定界方式不拘。"),
		Fault:  "loses-content",
		Run: stage(func(s *Setting) exam.Verdict {
			q := s.Request("/start")
			q.Method, q.Content, q.Chunked = "POST", []byte("tea"), true
			x := s.Do(q)
			if came := s.Asked("/start"); len(came) != 1 || string(came[0].Request.Content.Data) != "tea" {
				return fail("The content did not reach the origin; the client got %d.", "內容沒有到達源伺服器；用戶端得到 %d。", x.Code())
			}
			return x.plain()
		}),
	},
	{
		Name: "baseline-http10", Level: exam.Info, Proves: Olds, Over: h1, Needs: needs(Gets), Spec: "RFC 9110 §2.5",
		Stages: say("A GET in HTTP/1.0.", "HTTP/1.0 的 GET。"),
		Wants:  say("The answer comes back.", "回應回到用戶端。"),
		Fault:  "refuses-http10",
		Run: stage(func(s *Setting) exam.Verdict {
			return s.Do(&peer.Request{Method: "GET", Octets: []byte(s.HeadOf("HTTP/1.0", "GET", "/start", "Host: "+s.Host()) + "\r\n")}).plain()
		}),
	},
	{
		Name: "baseline-keep", Level: exam.Info, Proves: Keeps, Over: h1, Needs: needs(Gets), Spec: "RFC 9112 §9.3",
		Stages: say("Two GETs on one connection of the client's.", "用戶端在同一條連線上送兩個 GET。"),
		Wants:  say("Both are answered there.", "兩個都在那條連線上得到回應。"),
		Fault:  "closes-always",
		Run: stage(func(s *Setting) exam.Verdict {
			c := s.Dial()
			if c == nil {
				return exam.Verdict{}
			}
			defer c.Close()
			s.DoOn(c, s.Request("/1"))
			return s.DoOn(c, s.Request("/2")).plain()
		}),
	},
	{
		Name: "baseline-reuse", Level: exam.Info, Proves: Pools, Over: h1, Needs: needs(Gets), Spec: "RFC 9112 §9.3",
		Stages: say("Five GETs, one after the other.", "先後五個 GET。"),
		Wants:  say("One of them comes on a connection that has carried another.", "其中有一個使用了先前用過的連線。"),
		Fault:  "reuses-no-connection",
		Run: stage(func(s *Setting) exam.Verdict {
			c := s.Dial()
			if c == nil {
				return exam.Verdict{}
			}
			defer c.Close()
			for _, path := range []string{"/1", "/2", "/3", "/4", "/5"} {
				if s.DoOn(c, s.Request(path)); c != nil && s.Came(path) == 0 {
					s.Do(s.Request(path))
				}
				if came := s.Asked(path); len(came) > 0 && came[0].Number > 1 {
					return pass("A connection to the origin was used again.", "通往源伺服器的連線被再次使用。")
				}
			}
			return fail("Each request came on a connection of its own.", "每個請求各用一條新連線。")
		}),
	},
	{
		Name: "baseline-methods", Level: exam.Info, Proves: Others, Over: h1, Needs: needs(Gets), Spec: "RFC 9110 §9.1",
		Stages: say("OPTIONS for a path.", "對某個路徑的 OPTIONS。"),
		Wants:  say("It reaches the origin.", "它到達源伺服器。"),
		Fault:  "knows-few-methods",
		Run: stage(func(s *Setting) exam.Verdict {
			q := s.Request("/start")
			q.Method = "OPTIONS"
			if x := s.Do(q); s.Came("/start") == 0 {
				return fail("It does not go through; the client got %d.", "它沒有通過；用戶端得到 %d。", x.Code())
			}
			return pass("It goes through.", "它通過了。")
		}),
	},
	{
		Name: "baseline-upgrade", Level: exam.Info, Proves: Upgrades, Over: h1, Needs: needs(Gets), Spec: "RFC 9110 §7.8", Codes: codes(101),
		Stages: say("A request for a WebSocket, which the origin grants.", "要求 WebSocket，源伺服器答應。"),
		Wants:  say("The 101 comes back, and octets behind it.", "101 與其後的位元組回到用戶端。"),
		Fault:  "upgrades-nothing",
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", switches)
			c := s.Dial()
			if c == nil {
				return exam.Verdict{}
			}
			defer c.Close()
			x := s.DoOn(c, s.socket("/start"))
			octets, _, _ := c.Rest(lookAfter * 2)
			if x.Code() != 101 || !strings.Contains(string(x.After)+string(octets), "after the switch") {
				return fail("No switch came through; the client got %d.", "切換沒有通過；用戶端得到 %d。", x.Code())
			}
			return pass("The switch came through.", "切換通過了。")
		}),
	},
	{
		Name: "baseline-cache", Level: exam.Info, Proves: Stores, Over: h1, Needs: needs(Gets), Spec: "RFC 9111 §4",
		Stages: say("The same GET twice; the answer is fresh for an hour and says so.", "同一個 GET 兩次；回應標明一小時內有效。"),
		Wants:  say("The second one does not reach the origin.", "第二次沒有到達源伺服器。"),
		Fault:  "stores-nothing",
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) { t.Answer(200, plainContent, fresh...) })
			s.primes(s.Request("/start"))
			x := s.Do(s.Request("/start"))
			if s.Came("/start") != 1 || x.Text() != plainContent {
				return fail("It asked the origin %d times.", "它向源伺服器要了 %d 次。", s.Came("/start"))
			}
			return pass("The second answer came from the store.", "第二個回應來自快取。")
		}),
	},
}

// fresh are the fields of an answer that may be stored and used again.
var fresh = []string{"Content-Type: text/plain", "Cache-Control: public, max-age=3600", `ETag: "leaf"`}

const socketKey = "dGhlIHNhbXBsZSBub25jZQ=="

// socket is a request for a WebSocket.
func (s *Setting) socket(path string) *peer.Request {
	q := s.Request(path)
	q.Fields = append(q.Fields, wire.Field{Name: "Connection", Value: "Upgrade"}, wire.Field{Name: "Upgrade", Value: "websocket"},
		wire.Field{Name: "Sec-WebSocket-Version", Value: "13"}, wire.Field{Name: "Sec-WebSocket-Key", Value: socketKey})
	return q
}

// switches grants a WebSocket, in which a text is sent. The key's answer is that
// of the example in RFC 6455 §1.3.
func switches(t *Turn) {
	t.Send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n\x81\x10after the switch")
	t.Wait(lookAfter * 2)
}
