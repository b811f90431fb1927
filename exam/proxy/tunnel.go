package proxy

import (
	"strings"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

// connect is a request for a tunnel.
func (s *Setting) connect(authority string) *peer.Request {
	text := "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n"
	if s.subject.Login != "" {
		text += "Proxy-Authorization: " + s.subject.Login + "\r\n"
	}
	return &peer.Request{Method: "CONNECT", Octets: []byte(text + "\r\n")}
}

// inTunnel opens a tunnel to the origin and asks for a path through it.
func (s *Setting) inTunnel(path string) (answer *Seen, inside string) {
	c := s.Dial()
	if c == nil {
		return s.seen(nil), ""
	}
	defer c.Close()
	x := s.DoOn(c, s.connect(s.subject.Origin.Addr()))
	if x.Code()/100 != 2 {
		return x, ""
	}
	c.Write([]byte("GET /" + s.trial.Nonce + path + " HTTP/1.1\r\nHost: " + s.subject.Origin.Addr() + "\r\nConnection: close\r\n\r\n"))
	octets, _, _ := c.Rest(lookAfter * 5)
	s.trial.Record.Note("client", "<", "in the tunnel: %s", octets)
	return x, string(x.After) + string(octets)
}

// noTunnel is a case with a CONNECT that cannot be granted.
func noTunnel(name string, level exam.Level, spec string, wanted []status.Code, authority func() string, stages, wants lang.Text) exam.Case {
	return exam.Case{
		Name: name, Level: level, Spec: spec, Codes: wanted, Over: h1, Needs: needs(Tunnels), Fault: "opens-any-tunnel", Stages: stages, Wants: wants,
		Run: stage(func(s *Setting) exam.Verdict {
			if s.trial.Control {
				x, _ := s.inTunnel("/start")
				if x.Code()/100 != 2 {
					return fail("No tunnel opens at all: %d.", "根本開不了通道：%d。", x.Code())
				}
				return pass("A tunnel opens.", "開得了通道。")
			}
			exam.Either(s.trial, true, false)
			x := s.Do(s.connect(authority()))
			switch {
			case x.Code() >= 400: // §9.3.6 says to reject, and names 400 for an example
				return pass("It answered %d.", "它回 %d。", x.Code())
			case x.Final == nil && x.End != wire.EndSilent:
				return exam.Refusing(say("It closed without an answer.", "它不回應就關閉。"))
			}
			return fail("It answered %d, %s.", "它回 %d，%s。", x.Code(), x.End)
		}),
	}
}

var tunnel = []exam.Case{
	{
		Name: "connect-opens-tunnel", Level: exam.Must, Spec: "RFC 9110 §9.3.6", Codes: codes(200), Over: h1, Needs: needs(Tunnels), Fault: "opens-no-tunnel",
		Stages: say("CONNECT to the origin, and a GET in the tunnel.", "CONNECT 到源伺服器，再於通道中送 GET。"),
		Wants:  say("2xx, and then the origin's answer; or 403 or 405 if such ports are not served.", "2xx，接著是源伺服器的回應；若不提供那種連接埠，則為 403 或 405。"),
		Run: stage(func(s *Setting) exam.Verdict {
			x, inside := s.inTunnel("/start")
			switch {
			case x.Code() == 403 || x.Code() == 405 || x.Code() == 501:
				return exam.NotAsked(say("It opens no tunnel to such a port: %d.", "它不為那種連接埠開通道：%d。", x.Code()))
			case x.Code()/100 != 2 || !strings.Contains(inside, plainContent):
				return fail("It answered %d, and %q came out.", "它回 %d，傳出來的是 %q。", x.Code(), inside)
			}
			return pass("The tunnel carries.", "通道可用。")
		}),
	},
	{ // P52
		Name: "connect-2xx-without-framing", Level: exam.Must, Spec: "RFC 9110 §9.3.6", Codes: codes(200), Over: h1, Needs: needs(Tunnels), Fault: "frames-connect",
		Stages: say("CONNECT to the origin.", "CONNECT 到源伺服器。"),
		Wants:  say("A 2xx has neither Content-Length nor Transfer-Encoding.", "2xx 不帶 Content-Length，也不帶 Transfer-Encoding。"),
		Run: stage(func(s *Setting) exam.Verdict {
			x, _ := s.inTunnel("/start")
			f := x.Answer().Fields
			switch {
			case x.Code()/100 != 2:
				return exam.NotAsked(say("It opens no tunnel to such a port: %d.", "它不為那種連接埠開通道：%d。", x.Code()))
			case f.Has("Content-Length") || f.Has("Transfer-Encoding"):
				return fail("It has framing fields: %v.", "它帶有定界欄位：%v。", f)
			}
			return pass("It has no framing fields.", "它不帶定界欄位。")
		}),
	},
	// P49, P51.
	noTunnel("connect-closed-port", exam.DeFacto, "RFC 9110 §9.3.6; RFC 9110 §15.6.3", codes(502, 503, 504, 403), closedPort,
		say("CONNECT to a port at which nobody listens.", "CONNECT 到沒有程式在監聽的連接埠。"), say("502, 503 or 504; 403 if the proxy does not go there.", "502、503 或 504；代理若不去那裡，則為 403。")),
	noTunnel("connect-without-port", exam.Must, "RFC 9110 §9.3.6", codes(400), func() string { return "127.0.0.1" },
		say("CONNECT to a host without a port.", "CONNECT 的目標沒有連接埠。"), say("400 as a rule, or another error: no port is the usual one.", "通常是 400，也可以是其他錯誤：CONNECT 沒有預設連接埠。")),
	noTunnel("connect-port-0", exam.Must, "RFC 9110 §9.3.6", codes(400), func() string { return "127.0.0.1:0" },
		say("CONNECT to port 0.", "CONNECT 到連接埠 0。"), say("400 as a rule, or another error.", "通常是 400，也可以是其他錯誤。")),
	noTunnel("connect-port-70000", exam.Must, "RFC 9110 §9.3.6", codes(400), func() string { return "127.0.0.1:70000" },
		say("CONNECT to port 70000.", "CONNECT 到連接埠 70000。"), say("400 as a rule, or another error.", "通常是 400，也可以是其他錯誤。")),
	{ // P50
		Name: "connect-without-login", Level: exam.Must, Spec: "RFC 9110 §11.7.1; RFC 9110 §15.5.8", Codes: codes(407), Over: h1, Needs: needs(Tunnels, Asks), Fault: "asks-without-challenge",
		Stages: say("CONNECT without credentials to a proxy that wants some.", "對要求登入的代理送出不帶憑證的 CONNECT。"),
		Wants:  say("407 with Proxy-Authenticate, and no tunnel.", "407 帶 Proxy-Authenticate，不開通道。"),
		Run: stage(func(s *Setting) exam.Verdict {
			authority := s.subject.Origin.Addr()
			x := s.Do(&peer.Request{Method: "CONNECT", Octets: []byte("CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n\r\n")})
			if x.Code() != 407 || !x.Answer().Fields.Has("Proxy-Authenticate") {
				return fail("It answered %d, Proxy-Authenticate %q.", "它回 %d，Proxy-Authenticate 是 %q。", x.Code(), x.Answer().Fields.Get("Proxy-Authenticate"))
			}
			return pass("It asked for a login.", "它要求登入。")
		}),
	},
	{
		Name: "login-not-passed-on", Level: exam.DeFacto, Spec: "RFC 9110 §11.7.2", Codes: codes(407), Over: h1, Needs: needs(Gets, Forwards, Asks), Fault: "passes-login-on",
		Stages: say("A GET with credentials for the proxy.", "帶代理憑證的 GET。"),
		Wants:  say("The origin does not see them: the proxy has used them.", "源伺服器看不到：代理已經用過了。"),
		Run: stage(func(s *Setting) exam.Verdict {
			s.Do(s.Request("/start"))
			if came := s.Asked("/start"); len(came) == 0 || came[0].Request.Fields.Has("Proxy-Authorization") {
				return fail("Proxy-Authorization reached the origin.", "Proxy-Authorization 到達了源伺服器。")
			}
			return pass("The credentials stayed with the proxy.", "憑證留在代理。")
		}),
	},
}
