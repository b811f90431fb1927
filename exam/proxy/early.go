package proxy

import (
	"crypto/tls"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

var early = []exam.Case{
	{ // P56. Only what is sent on before the handshake is over is marked, so the
		// client keeps that open until it is answered.
		Name: "early-data-marked", Level: exam.Must, Spec: "RFC 8470 §5.1", Codes: codes(425), Over: []wire.Protocol{wire.H3}, Needs: needs(Gets), Fault: "drops-cdn-loop",
		Stages: say("A GET in TLS early data, in a handshake that is not completed before its answer.", "走 TLS 早期資料的 GET，而交握在得到回應之前不會完成。"),
		Wants:  say("It reaches the origin with Early-Data: 1; or it gets 425, or waits for the handshake.", "到達源伺服器時帶有 Early-Data: 1；或得到 425，或等交握完成。"),
		Run: stage(func(s *Setting) exam.Verdict {
			to := peer.Target{Protocol: wire.H3, Address: s.subject.Address, TLS: s.subject.tls(wire.H3).Clone(), EarlyData: true}
			to.TLS.ClientSessionCache = tls.NewLRUClientSessionCache(1)
			for range 2 { // for a ticket, and to see whether it serves for early data
				early := s.DoTo(to, s.Request("/ticket")).Conn.EarlyData
				s.sleep(lookAfter) // tickets come when they please
				if to.HoldHandshake = early; early {
					break
				}
			}
			if !to.HoldHandshake {
				return exam.NotAsked(say("It takes no early data.", "它不接受早期資料。"))
			}
			if !exam.Either(s.trial, true, false) {
				return s.DoTo(to, s.Request("/start")).plain()
			}
			x := s.DoTo(to, s.Request("/start"))
			came := s.Asked("/start")
			switch {
			case !x.Conn.EarlyData:
				return exam.NotAsked(say("It took no early data this time.", "這次它沒有接受早期資料。"))
			case len(came) == 0:
				return exam.Refusing(say("It sent nothing on, and answered %d.", "它沒有轉送，回 %d。", x.Code()))
			case x.Code() == 0:
				return pass("It waited for the handshake.", "它等待交握完成。")
			case came[0].Request.Fields.Get("Early-Data") != "1":
				return fail("It sent the request on with Early-Data %q.", "轉送時 Early-Data 是 %q。", came[0].Request.Fields.Get("Early-Data"))
			}
			return pass("It sent the request on with Early-Data: 1.", "轉送時帶有 Early-Data: 1。")
		}),
	},
}
