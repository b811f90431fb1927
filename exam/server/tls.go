package server

import (
	"crypto/tls"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

// first puts a line before all others.
func first(q *peer.Request, name, value string) *peer.Request {
	q.Section = append(wire.Fields{{Name: name, Value: value}}, q.Section...)
	return q
}

// overTLS makes a case of HTTP/1.1 over TLS.
func overTLS(name string, level exam.Level, spec, fault, en, zhTW string, config func(*tls.Config), q func(*setting) *peer.Request, lawful ...answer) exam.Case {
	return exam.Case{Name: name, Level: level, Spec: spec, Over: h1, Needs: needs(Secure), Fault: fault, Stages: both(en, zhTW),
		Wants: wants(lawful), Codes: concerned(nil, lawful),
		Run: stage(func(s *setting) exam.Verdict {
			target := s.secureTarget(config)
			if exam.Either(s.Trial, false, true) {
				return s.judge(s.do(s.dialTo(target), s.secureGet()), []answer{fine})
			}
			return s.judge(s.do(s.dialTo(target), q(s)), lawful)
		})}
}

// secureGet is the plain GET over TLS.
func (s *setting) secureGet(fields ...string) *peer.Request {
	q := get(s.subject.File, fields...)
	q.Authority = s.subject.SecureURL.Host
	return q
}

var secure = []exam.Case{
	overTLS("tls-get", exam.Must, "RFC 9110 §4.2.2", "breaks", "The plain GET over TLS, with Connection: close.", "TLS 上的單純 GET，帶 Connection: close。", nil,
		func(s *setting) *peer.Request { return s.secureGet("Connection", "close") }, fine.and(whole)),
	// A87
	overTLS("tls-host-of-somebody-else", exam.DeFacto, "RFC 9110 §7.4; RFC 9110 §15.5.20", "breaks", "A Host that is not the one of the handshake.", "Host 不是交握時的名稱。", nil,
		func(s *setting) *peer.Request {
			q := s.secureGet("Connection", "close")
			q.Authority = "statute.invalid"
			return q
		},
		may("This connection is not for that name.", "這條連線不是給那個名稱的。", 421), may("It has one site, whatever it is called.", "不管叫什麼名稱，它只有一個網站。", 200), any4xx("The name is none of this server's.", "這個名稱不歸這台伺服器。"), may("Sent to the right name.", "導向正確的名稱。", 301, 302, 307, 308), hangsUp),
	overTLS("tls-absolute-form-http", exam.DeFacto, "RFC 9110 §7.4", "breaks", "A target of scheme http over TLS.", "TLS 上的目標，scheme 卻是 http。", nil,
		func(s *setting) *peer.Request {
			q := s.secureGet("Connection", "close")
			q.Path = "http://" + s.subject.SecureURL.Host + s.subject.File
			return q
		},
		may("This connection is not for that scheme.", "這條連線不是給那個 scheme 的。", 421), fine, any4xx("It is refused.", "拒絕。"), may("Sent to https.", "導向 https。", 301, 302, 307, 308)),
	// A88
	{
		Name: "early-data-unsafe", Level: exam.Must, Spec: "RFC 8470 §3; RFC 8470 §5.2", Over: []wire.Protocol{wire.H3}, Needs: needs(Stores), Fault: "replays",
		Stages: say("PUT in TLS early data, while the end of the handshake is kept back.", "在 TLS 早期資料裡 PUT，並扣住交握的最後一步。"),
		Wants:  say("425 or another refusal, or nothing before the handshake is complete: what might be a replay is not done.", "425 或別的拒絕，或在交握完成前沒有動作：可能是重放的就不做。"), Codes: []status.Code{425},
		Run: stage(func(s *setting) exam.Verdict {
			target := s.subject.target(wire.H3)
			target.TLS.ClientSessionCache = tls.NewLRUClientSessionCache(1)
			target.EarlyData = true
			s.do(s.dialTo(target), get(s.subject.File)) // for the session
			if x := s.do(s.dialTo(target), get(s.subject.File)); !x.Conn.EarlyData {
				return exam.NotAsked(say("It takes no early data.", "它不收早期資料。"))
			}
			defer s.remove(s.made())
			target.EarlyData = !exam.Either(s.Trial, false, true)
			target.HoldHandshake = target.EarlyData
			x := s.do(s.dialTo(target), s.putText("oolong"))
			switch {
			case s.Control:
				return s.judge(x, []answer{succeeds})
			case x.End == wire.EndSilent:
				return exam.Passed(say("It did nothing before the handshake was complete.", "交握完成前，它沒有動作。"))
			}
			return s.judge(x, []answer{may("It may be a replay.", "可能是重放。", 425), any4xx("It is refused.", "拒絕。")})
		}),
	},
	// A90
	{
		Name: "clear-text-to-tls-port", Level: exam.DeFacto, Spec: "RFC 9110 §4.2.2", Over: h1, Needs: needs(Secure), Fault: "no-tls",
		Stages: say("A request in the clear to the TLS port.", "對 TLS 連接埠送出明文請求。"), Wants: say("400, a redirect to https, a TLS alert or a close; never silence.", "400、導向 https、TLS 警示或關閉；不能沒有反應。"),
		Run: stage(func(s *setting) exam.Verdict {
			target := s.subject.secureTarget()
			target.TLS = nil
			q := get(s.subject.File, "Connection", "close")
			q.Authority = s.subject.SecureURL.Host
			x := s.do(s.dialTo(target), q)
			if x.Final != nil && x.Final.Status == 0 { // a TLS alert
				return exam.Passed(say("What came is no HTTP: a TLS alert.", "收到的不是 HTTP，是 TLS 警示。"))
			}
			return s.judge(x, []answer{any4xx("It says what is wrong.", "說明哪裡不對。"), may("Sent to https.", "導向 https。", 301, 302, 307, 308), may("One port serves both.", "同一個連接埠兩者都服務。", 200), hangsUp})
		}),
	},
}
