package proxy

import (
	"strings"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

// reaches is a case whose request has to reach the origin in a certain form.
func reaches(c exam.Case, send func(*Setting, *peer.Request), right func(*Setting, *Asked) bool) exam.Case {
	c.Over, c.Codes = h1, nil
	if c.Needs == nil {
		c.Needs = needs(Gets)
	}
	c.Run = staging{send: send, judge: func(s *Setting, x *Seen) exam.Verdict {
		came := s.Asked("")
		switch {
		case len(came) == 0 && len(c.Needs) == 1 && c.Needs[0] == Others && x.Code() >= 400:
			return exam.Refusing(say("It refused the method with %d.", "它以 %d 拒絕這個方法。", x.Code()))
		case len(came) == 0:
			return fail("Nothing reached the origin; the client got %d.", "源伺服器什麼都沒收到；用戶端得到 %d。", x.Code())
		case !right(s, came[0]):
			return fail("It came as %s %s, Host %q.", "它成了 %s %s，Host 是 %q。", came[0].Request.Method, came[0].Request.Target, came[0].Request.Fields.Get("Host"))
		}
		return pass("It came as it ought to.", "它以該有的形式到達。")
	}}.run()
	return c
}

// octets makes the request one that is written out.
func octets(version, method, path string, host bool, lines ...string) func(*Setting, *peer.Request) {
	return func(s *Setting, q *peer.Request) {
		if host {
			lines := append([]string{"Host: " + s.Host()}, lines...)
			q.Octets = []byte(s.HeadOf(version, method, path, lines...) + "\r\n")
		} else {
			q.Octets = []byte(s.HeadOf(version, method, path, lines...) + "\r\n")
		}
		q.Method = method
	}
}

var target = []exam.Case{
	// P48.
	reaches(exam.Case{
		Name: "absolute-form-to-origin-form", Level: exam.Must, Spec: "RFC 9112 §3.2.1", Needs: needs(Gets, Forwards), Fault: "keeps-absolute-form",
		Stages: say("The whole URI, as proxies are sent it.", "代理收到的完整 URI。"), Wants: say("The origin is sent path and query alone.", "送給源伺服器的只有路徑與查詢。"),
	}, nil, func(s *Setting, a *Asked) bool { return a.Request.Target == "/"+s.trial.Nonce+"/start" }),
	reaches(exam.Case{
		Name: "host-from-absolute-form", Level: exam.Must, Spec: "RFC 9112 §3.2.2", Needs: needs(Gets, Forwards), Fault: "keeps-host",
		Stages: say("The whole URI, and a Host that is another.", "完整的 URI，而 Host 寫的是另一個。"), Wants: say("The origin is sent the URI's host, whatever Host said.", "不論 Host 寫什麼，送給源伺服器的是 URI 的主機。"),
	}, func(s *Setting, q *peer.Request) {
		q.Octets = []byte(s.HeadOf("HTTP/1.1", "GET", "/start", "Host: other.example") + "\r\n")
	}, func(s *Setting, a *Asked) bool { return a.Request.Fields.Get("Host") == s.subject.Origin.Addr() }),
	// P37.
	reaches(exam.Case{
		Name: "method-unknown-forwarded", Level: exam.DeFacto, Spec: "RFC 9110 §9.1; RFC 9110 §16.1.1", Needs: needs(Others), Fault: "knows-few-methods",
		Stages: say("The method STEEP, which is new.", "全新的方法 STEEP。"), Wants: say("It reaches the origin: methods are the origin's to know.", "它到達源伺服器：認不認得方法是源伺服器的事。"),
	}, func(_ *Setting, q *peer.Request) { q.Method = "STEEP" }, func(_ *Setting, a *Asked) bool { return a.Request.Method == "STEEP" }),
	reaches(exam.Case{
		Name: "method-case-kept", Level: exam.Must, Spec: "RFC 9110 §9.1; RFC 9110 §2.4", Needs: needs(Others), Fault: "shouts-methods",
		Stages: say("The method get, in small letters, which is another method than GET.", "小寫的方法 get，與 GET 是不同的方法。"), Wants: say("It is refused or comes as get, not as GET.", "被拒絕，或以 get 到達，而不是 GET。"),
	}, func(_ *Setting, q *peer.Request) { q.Method = "get" }, func(_ *Setting, a *Asked) bool { return a.Request.Method == "get" }),
	reaches(exam.Case{
		Name: "path-and-query-kept", Level: exam.Must, Spec: "RFC 9110 §7.7", Needs: needs(Gets, Forwards), Fault: "tidies-paths",
		Stages: lang.Text{En: "/a%2Fb%7ec?x=%3D&&y through a forward proxy.", ZhTW: "經正向代理的 /a%2Fb%7ec?x=%3D&&y。"}, Wants: say("It comes octet by octet.", "一個位元組都不變。"),
	}, func(s *Setting, q *peer.Request) { q.Path = s.Target("/a%2Fb%7ec?x=%3D&&y") }, func(s *Setting, a *Asked) bool { return a.Path == "/a%2Fb%7ec?x=%3D&&y" }),
	reaches(exam.Case{
		Name: "query-kept", Level: exam.DeFacto, Spec: "RFC 9110 §7.7", Fault: "tidies-paths",
		Stages: lang.Text{En: "A query x=%3D&&y.", ZhTW: "查詢 x=%3D&&y。"}, Wants: say("It comes octet by octet.", "一個位元組都不變。"),
	}, func(s *Setting, q *peer.Request) { q.Path = s.Target("/start?x=%3D&&y") }, func(s *Setting, a *Asked) bool { return strings.HasSuffix(a.Path, "/start?x=%3D&&y") }),
	{ // P44
		Name: "connect-to-gateway", Level: exam.Must, Spec: "RFC 9110 §9.3.6", Codes: codes(405, 501), Over: h1, Needs: needs(Gets, Reverses), Fault: "accepts-connect",
		Stages: say("CONNECT example.com:443 to a gateway.", "對閘道送出 CONNECT example.com:443。"), Wants: say("An error, or a close; if ever it opens a tunnel, a 2xx without framing.", "錯誤回應，或關閉連線；若真的開通道，2xx 不帶定界欄位。"),
		Run: staging{send: func(s *Setting, q *peer.Request) {
			q.Method, q.Octets = "CONNECT", []byte("CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n")
		}, judge: func(_ *Setting, x *Seen) exam.Verdict {
			switch f := x.Answer().Fields; {
			case x.Final == nil || x.Code()/100 != 2:
			case f.Has("Content-Length") || f.Has("Transfer-Encoding"):
				return fail("It answered %d with framing fields.", "它回 %d，帶有定界欄位。", x.Code())
			default:
				return lesser(exam.DeFacto, fail("It answered %d.", "它回 %d。", x.Code()))
			}
			return pass("It answered %d.", "它回 %d。", x.Code())
		}}.run(),
	},
	{ // P54
		Name: "proxy-says-no-421", Level: exam.Must, Spec: "RFC 9110 §15.5.20", Codes: codes(421), Over: h1, Needs: needs(Gets, Forwards), Fault: "says-421",
		Stages: say("The whole URI, and a Host that is another.", "完整的 URI，而 Host 寫的是另一個。"), Wants: say("Anything but 421.", "421 以外的任何回應。"),
		Run: staging{send: func(s *Setting, q *peer.Request) {
			q.Octets = []byte(s.HeadOf("HTTP/1.1", "GET", "/start", "Host: other.example") + "\r\n")
		}, judge: func(_ *Setting, x *Seen) exam.Verdict {
			if x.Code() == 421 {
				return fail("It answered 421.", "它回 421。")
			}
			return pass("It answered %d.", "它回 %d。", x.Code())
		}}.run(),
	},
	{ // P45
		Name: "version-1.2-as-1.1", Level: exam.Should, Spec: "RFC 9110 §2.5; RFC 9110 §6.2", Codes: codes(200, 505), Over: h1, Needs: needs(Gets), Fault: "refuses-http12",
		Stages: say("A request in HTTP/1.2.", "HTTP/1.2 的請求。"), Wants: say("It is taken like one in HTTP/1.1.", "當成 HTTP/1.1 處理。"),
		Run: staging{send: octets("HTTP/1.2", "GET", "/start", true), judge: func(_ *Setting, x *Seen) exam.Verdict {
			if x.Code() != 200 {
				return fail("It answered %d.", "它回 %d。", x.Code())
			}
			return x.plain()
		}}.run(),
	},
	{
		Name: "version-not-passed-on", Level: exam.Must, Spec: "RFC 9112 §2.3; RFC 9110 §6.2", Over: h1, Needs: needs(Olds), Fault: "passes-version",
		Stages: say("A request in HTTP/1.2.", "HTTP/1.2 的請求。"), Wants: say("The origin is sent the proxy's own version, not 1.2.", "送給源伺服器的是代理自己的版本，不是 1.2。"),
		Run: staging{send: octets("HTTP/1.2", "GET", "/start", true), judge: func(s *Setting, x *Seen) exam.Verdict {
			came := s.Asked("/start")
			switch {
			case len(came) == 0:
				return exam.Refusing(say("It refused with %d.", "它以 %d 拒絕。", x.Code()))
			case came[0].Request.Version == (wire.Version{Major: 1, Minor: 2}):
				return fail("The origin was sent HTTP/1.2.", "源伺服器收到的是 HTTP/1.2。")
			}
			return pass("The origin was sent %v.", "源伺服器收到的是 %v。", came[0].Request.Version)
		}}.run(),
	},
}
