package proxy

import (
	"slices"
	"strings"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

// gives adds fields, written "Name: value", to the request.
func gives(lines ...string) func(*Setting, *peer.Request) {
	return func(_ *Setting, q *peer.Request) {
		for _, l := range lines {
			name, value, _ := strings.Cut(l, ": ")
			q.Fields = append(q.Fields, wire.Field{Name: name, Value: value})
		}
	}
}

// inbound is a case about the fields with which a request reaches the origin.
// wrong says what is wrong with them, or nothing.
func inbound(name string, level exam.Level, spec, fault string, send func(*Setting, *peer.Request), wrong func(*Setting, wire.Fields) lang.Text, stages, wants lang.Text) exam.Case {
	return exam.Case{
		Name: name, Level: level, Spec: spec, Over: h1, Needs: needs(Gets), Fault: fault, Stages: stages, Wants: wants,
		Run: staging{send: send, judge: func(s *Setting, x *Seen) exam.Verdict {
			came := s.Asked("/start")
			if len(came) == 0 {
				switch {
				case x.Code() >= 400:
					return exam.Refusing(say("It refused the request with %d.", "它以 %d 拒絕請求。", x.Code()))
				case x.Final == nil && x.End != wire.EndSilent:
					return exam.Refusing(say("It closed without an answer.", "它不回應就關閉。"))
				}
				return fail("Nothing reached the origin; the client got %d.", "源伺服器什麼都沒收到；用戶端得到 %d。", x.Code())
			}
			if w := wrong(s, came[0].Request.Fields); w != (lang.Text{}) {
				return exam.Failed(w)
			}
			return pass("The fields came as they ought to.", "欄位都如所應然。")
		}}.run(),
	}
}

// outbound is the same about the fields with which an answer reaches the client.
func outbound(name string, level exam.Level, spec, fault string, answer []string, wrong func(*Setting, *Seen) lang.Text, stages, wants lang.Text) exam.Case {
	return exam.Case{
		Name: name, Level: level, Spec: spec, Over: all, Needs: needs(Gets), Fault: fault, Stages: stages, Wants: wants,
		Run: staging{answer: func(t *Turn) {
			t.Answer(200, plainContent, append([]string{"Cache-Control: no-store"}, answer...)...)
		}, judge: func(s *Setting, x *Seen) exam.Verdict {
			if x.Code() != 200 {
				return exam.Refusing(say("It refused the answer with %d.", "它以 %d 拒絕回應。", x.Code()))
			}
			if w := wrong(s, x); w != (lang.Text{}) {
				return exam.Failed(w)
			}
			return pass("The fields came as they ought to.", "欄位都如所應然。")
		}}.run(),
	}
}

// hasNone finds fields that ought not to be there.
func hasNone(names ...string) func(wire.Fields) lang.Text {
	return func(f wire.Fields) lang.Text {
		for _, name := range names {
			if f.Has(name) {
				return say("%s came through: %s.", "%s 通過了：%s。", name, f.Get(name))
			}
		}
		return lang.Text{}
	}
}

var fields = []exam.Case{
	// P29, P30.
	outbound("response-nominated-removed", exam.Must, "RFC 9110 §7.6.1", "passes-connection-fields", []string{"Connection: X-Tea", "X-Tea: leaf"},
		func(_ *Setting, x *Seen) lang.Text {
			if x.Answer().Fields.HasMember("Connection", "X-Tea") {
				return say("Connection came through: X-Tea.", "Connection: X-Tea 通過了。")
			}
			return hasNone("X-Tea")(x.Answer().Fields)
		}, say("An answer with Connection: X-Tea, and X-Tea.", "回應帶 Connection: X-Tea 與 X-Tea。"), say("Both are removed.", "兩者都移除。")),
	outbound("response-hop-fields-removed", exam.Should, "RFC 9110 §7.6.1", "passes-connection-fields", []string{"Proxy-Connection: leaf", "Keep-Alive: leaf=1", "TE: leaf", "Upgrade: leaf"},
		func(_ *Setting, x *Seen) lang.Text {
			for _, name := range []string{"Proxy-Connection", "Keep-Alive", "TE", "Upgrade"} {
				if strings.Contains(x.Answer().Fields.Get(name), "leaf") {
					return say("%s came through.", "%s 通過了。", name)
				}
			}
			return lang.Text{}
		}, say("An answer with Proxy-Connection, Keep-Alive, TE and Upgrade, not named by Connection.", "回應帶 Proxy-Connection、Keep-Alive、TE 與 Upgrade，Connection 未列名。"), say("None of them comes through.", "一個都不通過。")),
	// P31 and its like.
	inbound("request-nominated-removed", exam.Must, "RFC 9110 §7.6.1", "passes-connection-fields", gives("Connection: X-Bar", "X-Bar: leaf"),
		func(_ *Setting, f wire.Fields) lang.Text {
			if f.HasMember("Connection", "X-Bar") {
				return say("Connection came through: X-Bar.", "Connection: X-Bar 通過了。")
			}
			return hasNone("X-Bar")(f)
		}, say("A request with Connection: X-Bar, and X-Bar.", "請求帶 Connection: X-Bar 與 X-Bar。"), say("Both are removed.", "兩者都移除。")),
	inbound("request-hop-fields-removed", exam.Should, "RFC 9110 §7.6.1", "passes-connection-fields", gives("Proxy-Connection: leaf", "Keep-Alive: leaf=1", "Upgrade: leaf/1"),
		func(_ *Setting, f wire.Fields) lang.Text {
			for _, name := range []string{"Proxy-Connection", "Keep-Alive", "Upgrade"} {
				if strings.Contains(f.Get(name), "leaf") {
					return say("%s came through.", "%s 通過了。", name)
				}
			}
			return lang.Text{}
		}, say("A request with Proxy-Connection, Keep-Alive and Upgrade, not named by Connection.", "請求帶 Proxy-Connection、Keep-Alive 與 Upgrade，Connection 未列名。"), say("None of them comes through.", "一個都不通過。")),
	inbound("request-te-removed", exam.Must, "RFC 9110 §7.6.1; RFC 9110 §10.1.4", "passes-connection-fields", gives("Connection: TE", "TE: leaf"),
		func(_ *Setting, f wire.Fields) lang.Text {
			if strings.Contains(f.Get("TE"), "leaf") {
				return say("TE came through.", "TE 通過了。")
			}
			return lang.Text{}
		}, say("A request with Connection: TE, and TE: leaf.", "請求帶 Connection: TE 與 TE: leaf。"), say("The client's TE is removed.", "移除用戶端的 TE。")),
	// P32, P33.
	inbound("via-in-request", exam.Must, "RFC 9110 §7.6.3", "no-via", nil, func(_ *Setting, f wire.Fields) lang.Text {
		if !f.Has("Via") {
			return say("There is no Via.", "沒有 Via。")
		}
		return lang.Text{}
	}, say("A plain GET.", "單純的 GET。"), say("It reaches the origin with Via.", "到達源伺服器時帶有 Via。")),
	inbound("via-appended-in-request", exam.Must, "RFC 9110 §7.6.3", "no-via", gives("Via: 1.0 fred"), func(_ *Setting, f wire.Fields) lang.Text {
		members := slices.Collect(f.Members("Via"))
		if len(members) < 2 || !strings.Contains(members[0], "fred") {
			return say("Via is %q.", "Via 是 %q。", f.Get("Via"))
		}
		return lang.Text{}
	}, say("A GET that has come through one called fred.", "已經過 fred 的 GET。"), say("fred stays first, and the proxy adds itself behind.", "fred 仍在最前面，代理把自己加在後面。")),
	func() exam.Case {
		c := outbound("via-in-response", exam.Must, "RFC 9110 §7.6.3", "no-via", nil, func(_ *Setting, x *Seen) lang.Text {
			if !x.Answer().Fields.Has("Via") {
				return say("There is no Via.", "沒有 Via。")
			}
			return lang.Text{}
		}, say("A plain 200 through a forward proxy.", "單純的 200，經過正向代理。"), say("It reaches the client with Via; for a gateway that is open.", "到達用戶端時帶有 Via；閘道則不限。"))
		c.Needs = needs(Gets, Forwards)
		return c
	}(),
	// P26
	{
		Name: "date-added", Level: exam.Must, Spec: "RFC 9110 §6.6.1", Over: all, Needs: needs(Gets), Fault: "adds-no-date",
		Stages: say("An answer without Date.", "沒有 Date 的回應。"), Wants: say("It reaches the client with one.", "到達用戶端時要有 Date。"),
		Run: staging{answer: ends("HTTP/1.1 200 OK\r\nConnection: close\r\nCache-Control: no-store\r\n" + okay), judge: func(_ *Setting, x *Seen) exam.Verdict {
			if !x.Answer().Fields.Has("Date") {
				return fail("There is no Date.", "沒有 Date。")
			}
			return pass("There is a Date.", "有 Date。")
		}}.run(),
	},
	outbound("date-kept", exam.DeFacto, "RFC 9110 §6.6.1", "writes-own-date", []string{"X-Tea: leaf"}, func(_ *Setting, x *Seen) lang.Text {
		if n := x.Answer().Fields.Count("Date"); n != 1 {
			return say("Date stands there %d times.", "Date 出現 %d 次。", n)
		}
		return lang.Text{}
	}, say("An answer with a Date.", "帶 Date 的回應。"), say("One Date reaches the client.", "到達用戶端時恰有一個 Date。")),
	outbound("set-cookie-lines-kept", exam.DeFacto, "RFC 9110 §5.3; RFC 6265 §3", "joins-cookies", []string{"Set-Cookie: a=1", "Set-Cookie: b=2"}, func(_ *Setting, x *Seen) lang.Text {
		if v := slices.Collect(x.Answer().Fields.Values("Set-Cookie")); len(v) != 2 || v[0] != "a=1" || v[1] != "b=2" {
			return say("Set-Cookie came as %q.", "Set-Cookie 成了 %q。", v)
		}
		return lang.Text{}
	}, say("Two Set-Cookie lines.", "兩行 Set-Cookie。"), say("Two lines, in order: they cannot be joined.", "仍是兩行，順序不變：它們不能合併。")),
	atGateways(exam.DeFacto, outbound("response-unknown-field-kept", exam.Must, "RFC 9110 §5.1", "drops-unknown-fields", []string{"X-Tea-Leaf: oolong"}, func(_ *Setting, x *Seen) lang.Text {
		if x.Answer().Fields.Get("X-Tea-Leaf") != "oolong" {
			return say("X-Tea-Leaf did not come.", "X-Tea-Leaf 沒有到。")
		}
		return lang.Text{}
	}, say("An answer with a field that nobody knows.", "帶有沒人認得的欄位的回應。"), say("It comes through.", "欄位通過。"))),
	atGateways(exam.DeFacto, inbound("request-unknown-field-kept", exam.Must, "RFC 9110 §5.1", "drops-unknown-fields", gives("X-Tea-Leaf: oolong"), func(_ *Setting, f wire.Fields) lang.Text {
		if f.Get("X-Tea-Leaf") != "oolong" {
			return say("X-Tea-Leaf did not come.", "X-Tea-Leaf 沒有到。")
		}
		return lang.Text{}
	}, say("A request with a field that nobody knows.", "帶有沒人認得的欄位的請求。"), say("It comes through.", "欄位通過。"))),
	atGateways(exam.DeFacto, inbound("authorization-kept", exam.Must, "RFC 9110 §11.6.2", "drops-authorization", gives("Authorization: Basic dGVhOmxlYWY="), func(_ *Setting, f wire.Fields) lang.Text {
		if f.Get("Authorization") != "Basic dGVhOmxlYWY=" {
			return say("Authorization came as %q.", "Authorization 成了 %q。", f.Get("Authorization"))
		}
		return lang.Text{}
	}, say("A request with credentials for the origin.", "帶有給源伺服器的憑證的請求。"), say("They come through unchanged.", "原樣通過。"))),
	// P53, P55.
	inbound("cdn-loop-kept", exam.DeFacto, "RFC 8586 §2", "drops-cdn-loop", gives("CDN-Loop: tea.example"), func(_ *Setting, f wire.Fields) lang.Text {
		if !f.HasMember("CDN-Loop", "tea.example") {
			return say("CDN-Loop came as %q.", "CDN-Loop 成了 %q。", f.Get("CDN-Loop"))
		}
		return lang.Text{}
	}, say("A request with CDN-Loop.", "帶 CDN-Loop 的請求。"), say("Its member is still there.", "原有的成員還在。")),
	inbound("early-data-kept", exam.Must, "RFC 8470 §5.1", "drops-cdn-loop", gives("Early-Data: 1"), func(_ *Setting, f wire.Fields) lang.Text {
		if f.Get("Early-Data") != "1" {
			return say("Early-Data came as %q.", "Early-Data 成了 %q。", f.Get("Early-Data"))
		}
		return lang.Text{}
	}, say("A request with Early-Data: 1.", "帶 Early-Data: 1 的請求。"), say("It is not removed.", "不移除。")),
	{
		Name: "loop-noticed", Level: exam.Info, Spec: "RFC 9110 §7.6.3; RFC 8586 §2", Codes: codes(502, 508), Over: h1, Needs: needs(Gets), Fault: "goes-in-circles",
		Stages: say("A request that names the proxy itself in Via and CDN-Loop, as it named itself before.", "請求的 Via 與 CDN-Loop 已有代理自己的名稱，如同它先前自稱的那樣。"),
		Wants:  say("It is open which code, if any, stops the circle.", "用哪個代碼、是否阻止繞圈，規格未限定。"),
		Run: stage(func(s *Setting) exam.Verdict {
			s.Do(s.Request("/first"))
			first := s.Asked("/first")
			if len(first) == 0 || !first[0].Request.Fields.Has("Via") && !first[0].Request.Fields.Has("CDN-Loop") {
				return exam.NotAsked(say("It does not name itself.", "它沒有報上自己的名稱。"))
			}
			q := s.Request("/start")
			for _, name := range []string{"Via", "CDN-Loop"} {
				if v := first[0].Request.Fields.Get(name); v != "" {
					q.Fields = append(q.Fields, wire.Field{Name: name, Value: v})
				}
			}
			x := s.Do(q)
			if s.Came("/start") > 0 {
				return exam.Noted("forwarded", say("It forwarded the request.", "它照樣轉送。"))
			}
			return exam.Noted(x.Code().String(), say("It stopped the request with %d.", "它以 %d 擋下請求。", x.Code()))
		}),
	},
}

// last is a case whose request may not be forwarded any more.
func last(name, method string) exam.Case {
	return exam.Case{
		Name: name, Level: exam.Must, Spec: "RFC 9110 §7.6.2", Over: h1, Needs: needs(Others), Fault: "ignores-max-forwards",
		Stages: say("%s with Max-Forwards: 0.", "%s 帶 Max-Forwards: 0。", method),
		Wants:  say("The proxy answers itself: the request does not reach the origin.", "代理自己回應：請求不到達源伺服器。"),
		Run: staging{send: func(_ *Setting, q *peer.Request) {
			q.Method = method
			q.Fields = append(q.Fields, wire.Field{Name: "Max-Forwards", Value: "0"})
		}, judge: func(s *Setting, x *Seen) exam.Verdict {
			switch {
			case s.Came("/start") > 0:
				return fail("It reached the origin.", "它到達了源伺服器。")
			case x.Final == nil:
				return fail("The client got no answer.", "用戶端沒有得到回應。")
			}
			return pass("The proxy answered %d.", "代理回了 %d。", x.Code())
		}}.run(),
	}
}

var maxForwards = []exam.Case{
	// P34, P35, P36.
	last("max-forwards-0-trace", "TRACE"),
	last("max-forwards-0-options", "OPTIONS"),
	func() exam.Case {
		c := inbound("max-forwards-lessened", exam.Must, "RFC 9110 §7.6.2", "ignores-max-forwards", func(_ *Setting, q *peer.Request) {
			q.Method = "OPTIONS"
			q.Fields = append(q.Fields, wire.Field{Name: "Max-Forwards", Value: "5"})
		}, func(_ *Setting, f wire.Fields) lang.Text {
			if v := f.Get("Max-Forwards"); len(v) != 1 || v[0] > '4' || v[0] < '0' {
				return say("Max-Forwards came as %q.", "Max-Forwards 成了 %q。", v)
			}
			return lang.Text{}
		}, say("OPTIONS with Max-Forwards: 5.", "OPTIONS 帶 Max-Forwards: 5。"), say("It comes as 4, or less if the proxy's own maximum is less.", "成為 4；若代理自己的上限更小，則更小。"))
		c.Needs = needs(Others)
		return c
	}(),
	atGateways(exam.DeFacto, inbound("max-forwards-not-invented", exam.Must, "RFC 9110 §9.3.7", "invents-max-forwards", func(_ *Setting, q *peer.Request) { q.Method = "OPTIONS" }, func(_ *Setting, f wire.Fields) lang.Text {
		return hasNone("Max-Forwards")(f)
	}, say("OPTIONS without Max-Forwards.", "沒有 Max-Forwards 的 OPTIONS。"), say("None is added.", "不添加。"))),
}
