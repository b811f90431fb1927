package client

import (
	"strings"
	"time"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// mean makes a baseline that tries a means by what comes to an origin.
func mean(name string, proves exam.Capability, fault string, over []wire.Protocol, more []exam.Capability, stages lang.Text, run func(*Setting) bool) exam.Case {
	return exam.Case{
		Name: name, Level: exam.Info, Proves: proves, Over: over, Needs: append(needs(Gets), more...), Fault: fault,
		Spec: "RFC 9110 §9.3.1", Stages: stages,
		Wants: lang.Text{En: "It does the plain thing.", ZhTW: "做得到基本的事。"},
		Run: stage(func(s *Setting) exam.Verdict {
			if !run(s) {
				return exam.Failed(say("It did not.", "它沒有做到。"))
			}
			return exam.Passed(say("It did.", "它做到了。"))
		}),
	}
}

// What a subject is given to work with: each is tried once.
var means = []exam.Case{
	mean("baseline-fields", Fields, "drops-fields", all, nil,
		lang.Text{En: "The caller sets a field.", ZhTW: "呼叫者設了一個欄位。"}, func(s *Setting) bool {
			s.On("/start", plain(200))
			o := s.Order("/start")
			o.Fields = wire.Fields{{Name: "X-Leaf", Value: "one"}}
			s.Do(o)
			asked := s.Asked("/start")
			return len(asked) > 0 && asked[0].Request.Fields.Get("X-Leaf") == "one"
		}),
	mean("baseline-tls", Secure, "trusts-nobody", []wire.Protocol{wire.H1, wire.H2}, nil,
		lang.Text{En: "An https URL, and the authority to trust.", ZhTW: "https 網址，並給了要信任的憑證機構。"}, func(s *Setting) bool {
			secure := s.Open(Place{Secure: true})
			s.On("/start", plain(200))
			return s.Do(s.OrderAt(secure, "/start"))[0].Success() && s.Came("/start") > 0
		}),
	mean("baseline-basic", Basic, "answers-no-challenge", all, nil,
		lang.Text{En: "A Basic challenge, and credentials.", ZhTW: "Basic 質詢，並給了帳密。"}, func(s *Setting) bool {
			s.challenged("/start", basicChallenge)
			s.Do(s.identified("/start"))
			asked := s.Asked("/start")
			return len(asked) > 0 && asked[len(asked)-1].Request.Fields.Get("Authorization") == secret
		}),
	mean("baseline-digest", Digest, "answers-no-challenge", all, nil,
		lang.Text{En: "A Digest challenge with MD5, and credentials.", ZhTW: "MD5 的 Digest 質詢，並給了帳密。"}, func(s *Setting) bool {
			s.On("/start", func(t *Turn) {
				if t.Request.Fields.Has("Authorization") {
					t.Final()
					return
				}
				t.Answer(401, "who?", `WWW-Authenticate: Digest realm="tea", qop="auth", nonce="n1"`)
			})
			s.Do(s.identified("/start"))
			asked := s.Asked("/start")
			return len(asked) > 1 && strings.HasPrefix(asked[1].Request.Fields.Get("Authorization"), "Digest ")
		}),
	mean("baseline-cookies", Cookies, "keeps-no-cookies", all, nil,
		lang.Text{En: "A cookie is set, and the next order is for the same origin.", ZhTW: "設了 Cookie，下一個請求是同一來源。"}, func(s *Setting) bool {
			s.On("/1", func(t *Turn) {
				t.Answer(200, "plain", s.setsCookie(), "Content-Type: text/plain")
			})
			s.On("/2", plain(200))
			s.Do(s.Order("/1"), s.Order("/2"))
			asked := s.Asked("/2")
			return len(asked) > 0 && strings.Contains(asked[0].Request.Fields.Get("Cookie"), "cup=blue")
		}),
	mean("baseline-json", ParsesJSON, "reads-no-json", all, nil,
		lang.Text{En: "The caller asks for JSON: once there is some, once there is none.", ZhTW: "呼叫者要 JSON：一次真的是，一次不是。"}, func(s *Setting) bool {
			s.On("/1", func(t *Turn) { t.Answer(200, `{"tea":1}`, "Content-Type: application/json") })
			s.On("/2", func(t *Turn) { t.Answer(200, "tea leaves", "Content-Type: application/json") })
			one, two := s.Order("/1"), s.Order("/2")
			one.JSON, two.JSON = true, true
			r := s.Do(one, two)
			return r[0].Success() && r[1].Err != nil && r[1].Err.Kind == ErrContent
		}),
	mean("baseline-proxy", Proxied, "goes-direct", h1, nil,
		lang.Text{En: "An http URL, by way of a proxy.", ZhTW: "經代理要求 http 網址。"}, func(s *Setting) bool {
			proxy := s.Open(Place{})
			s.On("/start", plain(200))
			o := s.through(proxy, s.A, "/start")
			o.ProxyUser, o.ProxyPassword = "", ""
			s.Do(o)
			asked := s.Asked("/start")
			return len(asked) > 0 && asked[0].Origin == proxy && strings.HasPrefix(asked[0].Request.Target, "http://")
		}),
	mean("baseline-connect", Tunnels, "goes-direct", h1, needs(Secure, Proxied),
		lang.Text{En: "An https URL, by way of a proxy.", ZhTW: "經代理要求 https 網址。"}, func(s *Setting) bool {
			s.On(connect, func(t *Turn) { t.Tunnel() })
			proxy, secure := s.Open(Place{}), s.Open(Place{Secure: true})
			s.On("/start", plain(200))
			o := s.through(proxy, secure, "/start")
			o.ProxyUser, o.ProxyPassword = "", ""
			s.Do(o)
			return s.Came(connect) > 0 && s.Came("/start") > 0
		}),
	mean("baseline-alt-svc", Alternates, "ignores-alternatives", []wire.Protocol{wire.H2}, needs(Secure),
		lang.Text{En: "An https origin names an alternative service, and the next order is for the same origin.", ZhTW: "https 來源指出一個替代服務，下一個請求是同一來源。"}, func(s *Setting) bool {
			origin, other := s.alternative()
			s.On("/2", plain(200))
			s.Do(s.alternating(origin, "/1"), s.alternating(origin, "/2"))
			asked := s.Asked("/2")
			return len(asked) > 0 && asked[0].Origin == other
		}),
	mean("baseline-expect", Waits, "sends-at-once", h1, needs(Sends),
		lang.Text{En: "A POST that is to wait for 100; it comes after a third of a second.", ZhTW: "POST 要等 100；0.3 秒後才送。"}, func(s *Setting) bool {
			waits := false
			s.On("/start", func(t *Turn) {
				waits = t.Request.Fields.HasMember("Expect", "100-continue") && !t.way.stir(300*time.Millisecond, nil)
				t.Interim(100)
				t.Content()
				t.Answer(200, "thanks", "Content-Type: text/plain")
			})
			s.Do(s.expecting("/start"))
			asked := s.Asked("/start")
			return len(asked) > 0 && len(asked[0].Request.Content.Data) == spoons && waits // settled before the content was read
		}),
}

// spoons is how much content an order that waits for 100 has: more than what
// any client sends without asking.
const spoons = 1<<20 + 1

// expecting is an order with content that waits for 100.
func (s *Setting) expecting(path string) Order {
	o := s.Order(path)
	o.Method, o.Expect = "POST", true
	o.Content = &Content{Octets: "two spoons and a half of tea...\n", Length: spoons}
	return o
}
