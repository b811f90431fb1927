package client

import (
	"context"
	"io"
	"net"
	"time"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/lang"
)

// connect is the path under which CONNECT requests are scripted.
const connect = "CONNECT"

const (
	proxyChallenge = `Proxy-Authenticate: Basic realm="road"`
	proxySecret    = "Basic cm9hZDp0b2xs" // road:toll
)

// Tunnel accepts a CONNECT, with fields written "Name: value", and carries
// octets both ways until either side ends, or the trial does.
func (t *Turn) Tunnel(fields ...string) {
	t.over = true
	w, ok := t.way.(*wayH1)
	if !ok {
		return
	}
	there, err := net.DialTimeout("tcp", t.Request.Target, time.Second)
	if err != nil {
		t.must(w.head(502, nil, true))
		return
	}
	defer there.Close()
	defer context.AfterFunc(t.s.trial.Context, func() { there.Close(); w.c.Close() })()
	t.note("<", "200, and a tunnel to "+t.Request.Target)
	if t.must(w.head(200, lines(fields), false)); err != nil {
		return
	}
	done := make(chan struct{}, 2)
	go func() { io.Copy(there, w.c.Rest()); done <- struct{}{} }()
	go func() { io.Copy(w.c.Conn, there); done <- struct{}{} }()
	<-done
	there.Close()
	w.c.Close()
	<-done
}

// through is an order by way of a proxy, with credentials for it.
func (s *Setting) through(proxy *Origin, at *Origin, path string) Order {
	o := s.OrderAt(at, path)
	o.Proxy = "http://" + proxy.Host()
	o.ProxyUser, o.ProxyPassword = "road", "toll"
	return o
}

// tolled is a proxy that wants credentials, by the given refusal, and then opens
// a tunnel.
func (s *Setting) tolled(refuse func(*Turn)) *Origin {
	s.On(connect, func(t *Turn) {
		if t.Request.Fields.Get("Proxy-Authorization") != proxySecret {
			refuse(t)
			return
		}
		t.Tunnel()
	})
	return s.Open(Place{})
}

// tunnelled makes a case that notes whether a client gets through a proxy that
// asks for credentials.
func tunnelled(name string, stages lang.Text, refuse func(*Turn)) exam.Case {
	return exam.Case{
		Name: name, Level: exam.Info, Codes: codes(407), Spec: "RFC 9110 §11.7; RFC 9110 §15.5.8", Over: h1,
		Needs: needs(Gets, Proxied, Tunnels, Secure), Fault: "answers-no-proxy", Stages: stages,
		Wants: lang.Text{En: "Nothing: whether it answers and gets through is noted.", ZhTW: "沒有要求：記下它是否回答並通過。"},
		Run: stage(func(s *Setting) exam.Verdict {
			proxy, secure := s.tolled(refuse), s.Open(Place{Secure: true})
			s.On("/start", plain(200))
			r := s.Do(s.through(proxy, secure, "/start"))[0]
			switch {
			case s.Came("/start") > 0:
				return exam.Noted("authenticates", say("It answered the proxy, and its request came through.", "它回答了代理，請求也通過了。"))
			case s.Came(connect) == 0:
				return exam.NotAsked(say("No CONNECT came: %v", "沒有收到 CONNECT：%v", r.Err))
			}
			return exam.Noted("gives up", say("Its request did not come through: %v", "它的請求沒有通過：%v", r.Err))
		}),
	}
}

var proxy = []exam.Case{
	{
		Name: "407-http", Level: exam.Info, Codes: codes(407), Spec: "RFC 9110 §15.5.8; RFC 9110 §11.7", Over: h1,
		Needs: needs(Gets, Proxied), Fault: "answers-no-proxy",
		Stages: lang.Text{En: "A proxy that answers 407 with a Basic challenge.", ZhTW: "代理以 407 提出 Basic 質詢。"},
		Wants:  lang.Text{En: "Nothing: whether it answers is noted.", ZhTW: "沒有要求：記下它回不回答。"},
		Run: stage(func(s *Setting) exam.Verdict {
			proxy := s.Open(Place{})
			s.On("/start", func(t *Turn) {
				if t.Request.Fields.Get("Proxy-Authorization") != proxySecret {
					t.Answer(407, "pay the toll", proxyChallenge, "Content-Type: text/plain")
					return
				}
				t.Answer(200, finalContent, "Content-Type: text/plain")
			})
			s.Do(s.through(proxy, s.A, "/start"))
			for i, a := range s.Asked("/start") {
				switch {
				case a.Origin != proxy:
					return exam.NotAsked(say("It did not go through the proxy.", "它沒有經過代理。"))
				case a.Request.Fields.Get("Proxy-Authorization") != proxySecret:
				case i == 0:
					return exam.Noted("unasked", say("It sent the credentials before it was asked.", "還沒被問就送了帳密。"))
				default:
					return exam.Noted("answers", say("It answered the challenge.", "它回答了質詢。"))
				}
			}
			return exam.Noted("gives up", say("It sent no credentials.", "它沒有送出帳密。"))
		}),
	},
	tunnelled("407-connect", lang.Text{En: "A CONNECT, answered with 407 and content; the connection stays open.", ZhTW: "CONNECT 得到 407 與內容，連線保持開啟。"},
		func(t *Turn) { t.Answer(407, "pay the toll", proxyChallenge, "Content-Type: text/plain") }),
	tunnelled("407-connect-close", lang.Text{En: "A CONNECT, answered with 407; then the connection closes.", ZhTW: "CONNECT 得到 407，接著連線關閉。"},
		func(t *Turn) {
			t.Answer(407, "pay the toll", proxyChallenge, "Connection: close", "Content-Type: text/plain")
			t.Close()
		}),
	{
		Name: "407-from-origin", Level: exam.Must, Codes: codes(407), Spec: "RFC 9110 §11.7.2", Over: h1,
		Needs: needs(Gets, Proxied, Tunnels, Secure), Fault: "proxy-credentials-to-origin",
		Stages: lang.Text{
			En:   "An origin, reached through a tunnel, answers 407 and asks for proxy credentials.",
			ZhTW: "經隧道連到的來源伺服器回 407，索取代理的帳密。"},
		Wants: lang.Text{En: "The proxy's credentials do not go to the origin.", ZhTW: "代理的帳密不可送給來源伺服器。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On(connect, func(t *Turn) { t.Tunnel() })
			proxy, secure := s.Open(Place{}), s.Open(Place{Secure: true})
			s.On("/start", func(t *Turn) { t.Answer(407, "pay the toll", proxyChallenge, "Content-Type: text/plain") })
			s.Do(s.through(proxy, secure, "/start"))
			return s.tollKept()
		}),
	},
	{
		Name: "407-connect-302", Level: exam.DeFacto, Codes: codes(302), Spec: "RFC 9110 §9.3.6", Over: h1,
		Needs: needs(Gets, Proxied, Tunnels, Secure), Fault: "follows-redirect-of-connect",
		Stages: lang.Text{En: "A CONNECT, answered with 302 and a Location.", ZhTW: "CONNECT 得到 302 與 Location。"},
		Wants:  lang.Text{En: "An error: a proxy cannot speak for the origin of an https URL.", ZhTW: "報錯：代理不能替 https 網址的來源發言。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On(connect, func(t *Turn) { t.Answer(302, "", "Location: "+s.A.URL(trap)) })
			proxy, secure := s.Open(Place{}), s.Open(Place{Secure: true})
			r := s.Do(s.through(proxy, secure, "/start"))[0]
			switch {
			case s.Came(connect) == 0:
				return exam.NotAsked(say("No CONNECT came: %v", "沒有收到 CONNECT：%v", r.Err))
			case s.Came(trap) > 0:
				return exam.Failed(say("It followed the redirect.", "它跟著走了。"))
			}
			return exam.Passed(say("It did not follow.", "它沒有跟著走。"))
		}),
	},
	{
		Name: "proxy-auth-not-to-origin", Level: exam.Must, Codes: codes(407), Spec: "RFC 9110 §11.7.2", Over: h1,
		Needs: needs(Gets, Proxied, Tunnels, Secure), Fault: "proxy-credentials-to-origin",
		Stages: lang.Text{En: "A proxy that asks for credentials, then opens a tunnel.", ZhTW: "代理索取帳密，然後開啟隧道。"},
		Wants:  lang.Text{En: "The request inside of the tunnel has no Proxy-Authorization.", ZhTW: "隧道裡的請求沒有 Proxy-Authorization。"},
		Run: stage(func(s *Setting) exam.Verdict {
			proxy := s.tolled(func(t *Turn) { t.Answer(407, "pay the toll", proxyChallenge, "Content-Type: text/plain") })
			secure := s.Open(Place{Secure: true})
			s.On("/start", plain(200))
			s.Do(s.through(proxy, secure, "/start"))
			return s.tollKept()
		}),
	},
	{
		Name: "connect-200-length", Level: exam.Must, Codes: codes(200), Spec: "RFC 9112 §6.3", Over: h1,
		Needs: needs(Gets, Proxied, Tunnels, Secure), Fault: "connect-reads-length",
		Stages: lang.Text{En: "A CONNECT, answered with 200 and Content-Length: 5; the tunnel is open.", ZhTW: "CONNECT 得到 200 與 Content-Length: 5；隧道已開。"},
		Wants:  lang.Text{En: "The tunnel begins at the empty line.", ZhTW: "空行之後就是隧道。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On(connect, func(t *Turn) { t.Tunnel(s.Either("Content-Length: 5", "X-Leaves: none")) })
			proxy, secure := s.Open(Place{}), s.Open(Place{Secure: true})
			s.On("/start", plain(200))
			r := s.Do(s.through(proxy, secure, "/start"))[0]
			switch {
			case s.Came("/start") > 0:
				return exam.Passed(say("Its request came through the tunnel.", "它的請求通過了隧道。"))
			case s.Came(connect) == 0:
				return exam.NotAsked(say("No CONNECT came: %v", "沒有收到 CONNECT：%v", r.Err))
			}
			return exam.Failed(say("Nothing came through the tunnel: %v", "隧道裡什麼也沒來：%v", r.Err))
		}),
	},
}

// tollKept grades whether the proxy's credentials stayed with the proxy.
func (s *Setting) tollKept() exam.Verdict {
	asked := s.Asked("/start")
	if len(asked) == 0 {
		return exam.NotAsked(say("No request came through the tunnel.", "隧道裡沒有收到請求。"))
	}
	for _, a := range asked {
		if a.Request.Fields.Has("Proxy-Authorization") {
			return exam.Failed(say("The origin got Proxy-Authorization.", "來源伺服器收到了 Proxy-Authorization。"))
		}
	}
	return exam.Passed(say("The origin got none.", "來源伺服器沒有收到。"))
}
