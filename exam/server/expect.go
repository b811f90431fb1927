package server

import (
	"time"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

var (
	contentUnwanted = any4xx("The content is not wanted, which is said at once.", "不需要內容，立即說明。")
	notHere         = may("The method is not implemented.", "沒有實作這個方法。", 501)
	unmet           = may("The expectation cannot be met.", "無法符合期待。", 417)
)

var expectations = []exam.Case{
	// A33
	ask(exam.Case{Name: "expect-unknown", Level: exam.DeFacto, Spec: "RFC 9110 §10.1.1", Over: all, Needs: needs(Serves), Fault: "breaks",
		Stages: say("Expect: froth.", "Expect: froth。")},
		func(s *setting) *peer.Request { return get(s.subject.File, "Expect", "froth") },
		unmet, may("The expectation may be ignored.", "可以忽略這個期待。", 200), malformed),
	// A34
	against(ask(exam.Case{Name: "expect-content-withheld", Level: exam.Must, Spec: "RFC 9110 §10.1.1", Over: all, Needs: needs(Serves), Fault: "no-final-answer",
		Stages: say("Expect: 100-continue, and content that comes when 100 does, or after a second.", "Expect: 100-continue，內容等 100 來了才送，或一秒後才送。")},
		withheld("100-continue"), fine, contentUnwanted, notHere), unexpected, answered("It is answered.", "得到回應。")),
	// The server MUST NOT wait for the content before it says 100.
	prompt(exam.Case{Name: "expect-100-or-final", Fault: "waits-for-content",
		Stages: say("Expect: 100-continue, and the content withheld for a second.", "Expect: 100-continue，內容扣住一秒。")}, "100-continue"),
	prompt(exam.Case{Name: "expect-in-capitals", Fault: "expects-in-small-letters",
		Stages: say("Expect: 100-CONTINUE, which means the same, and the content withheld for a second.", "Expect: 100-CONTINUE，意思相同；內容扣住一秒。")}, "100-CONTINUE"),
	ask(exam.Case{Name: "expect-without-content", Level: exam.DeFacto, Spec: "RFC 9110 §10.1.1", Over: all, Needs: needs(Serves), Fault: "breaks",
		Stages: say("Expect: 100-continue on a request without content.", "沒有內容的請求帶 Expect: 100-continue。")},
		func(s *setting) *peer.Request { return get(s.subject.File, "Expect", "100-continue") },
		fine, any4xx("An expectation that makes no sense may be refused.", "可以拒絕沒有意義的期待。")),
	// RFC 9110 §15.2.1: clients can discard it, so nothing forbids it.
	ask(exam.Case{Name: "no-100-unasked", Level: exam.DeFacto, Spec: "RFC 9110 §15.2.1", Over: all, Needs: needs(Serves), Fault: "always-continues",
		Stages: say("A GET with content and no expectation.", "帶內容、沒有期待的 GET。")},
		unexpected,
		fine.and(interims(0)), contentUnwanted.and(interims(0)), notHere, hangsUp),
	ask(exam.Case{Name: "put-expected", Level: exam.Must, Spec: "RFC 9110 §10.1.1", Over: all, Needs: needs(Stores), Fault: "no-final-answer",
		Stages: say("PUT where writing is allowed, with Expect: 100-continue, its content held back.", "在准許寫入之處 PUT，帶 Expect: 100-continue，內容先扣住。")},
		func(s *setting) *peer.Request {
			q := with(request("PUT", s.made(), "Expect", "100-continue", "Content-Type", "text/plain"), "oolong")
			q.Hold, q.HoldFor = true, holdFor
			return q
		}, may("It is stored.", "已儲存。", 200, 201, 204), unmet),
	// A107. That a terabyte is too much, nobody has to say; to be waiting for it
	// with a client that has gone is what fails.
	ask(exam.Case{Name: "put-far-too-large", Level: exam.DeFacto, Spec: "RFC 9110 §15.5.14; RFC 9110 §10.1.1", Over: all, Needs: needs(Stores), Fault: "breaks",
		Stages: say("PUT that announces a terabyte and expects 100-continue.", "預告一 TB、並期待 100-continue 的 PUT。")},
		func(s *setting) *peer.Request {
			q := with(request("PUT", s.made(), "Expect", "100-continue", "Content-Length", "1099511627776"), "oolong")
			q.Hold, q.HoldFor = true, holdFor
			q.Stop = peer.Stop{In: peer.InContent, After: 0, Then: peer.CloseWrite}
			return q
		}, tooMuch...),
	ask(exam.Case{Name: "put-far-too-large-unexpected", Level: exam.DeFacto, Spec: "RFC 9110 §15.5.14; RFC 9112 §8", Over: h1, Needs: needs(Stores), Fault: "stores-anything",
		Stages: say("PUT that announces a terabyte, sends nothing of it, and half-closes.", "預告一 TB 卻一點都不送、只關閉一半連線的 PUT。")},
		func(s *setting) *peer.Request {
			q := with(request("PUT", s.made(), "Content-Length", "1099511627776"), "oolong")
			q.Stop = peer.Stop{In: peer.InContent, After: 0, Then: peer.CloseWrite}
			return q
		}, tooMuch...),
}

var tooMuch = []answer{may("It is too large.", "過大。", 413), any4xx("It is refused.", "拒絕。"), may("There is no room (RFC 4918 §11.5).", "空間不足（RFC 4918 §11.5）。", 507), hangsUp, reset}

const holdFor = time.Second

// withheld is a GET whose content is announced and comes only if it is asked
// for, or after holdFor.
func withheld(expect string) func(*setting) *peer.Request {
	return func(s *setting) *peer.Request {
		q := unexpected(s)
		q.Fields = wire.Fields{{Name: "Expect", Value: expect}}
		q.Hold, q.HoldFor = true, holdFor
		return q
	}
}

// unexpected is the same without an expectation.
func unexpected(s *setting) *peer.Request { return with(get(s.subject.File), "oolong") }

// prompt makes a case of an expectation that is met at once, before any content
// has come.
func prompt(c exam.Case, expect string) exam.Case {
	c.Level, c.Spec, c.Over, c.Needs = exam.Must, "RFC 9110 §10.1.1", all, needs(Serves)
	c.Codes = concerned(nil, []answer{may("", "", 100)})
	c.Wants = say("100, or a final answer, without waiting for the content.", "不等內容就回 100 或最終回應。")
	c.Run = stage(func(s *setting) exam.Verdict {
		x := s.ask(withheld(expect)(s))
		switch {
		case len(x.Interim) > 0 && x.Interim[0].Status == 100:
			return exam.Passed(say("100 came.", "收到 100。"))
		// Took ends with the answer; that a connection is then closed takes longer.
		case x.Final != nil && x.Took < holdFor:
			return exam.Passed(say("A final answer came at once: %s.", "立即收到最終回應：%s。", did(x)))
		case x.Final == nil && x.End != wire.EndSilent && x.Took < holdFor:
			return exam.Passed(say("The connection, or the stream, was ended at once: %s.", "立即結束連線或串流：%s。", did(x)))
		}
		return exam.Failed(say("It waited for the content: %s.", "它一直等內容：%s。", did(x)))
	})
	return against(c, unexpected, answered("It is answered.", "得到回應。"))
}

// made is the path of a resource that the trial makes.
func (s *setting) made() string { return s.subject.Write + "statute-" + s.Nonce }

var upgrade = []exam.Case{
	// A71
	octets(exam.Case{Name: "upgrade-unknown", Level: exam.Must, Spec: "RFC 9110 §7.8", Needs: needs(Serves), Fault: "switches",
		Stages: say("An upgrade to a protocol that nobody speaks.", "升級到沒有人會的協定。")},
		"GET {file} HTTP/1.1\r\nHost: {host}\r\n{me}Upgrade: froth/1\r\nConnection: upgrade\r\n\r\n",
		may("The field is ignored.", "忽略這個欄位。", 200), any4xx("It is refused.", "拒絕。"), notHere),
	against(octets(exam.Case{Name: "upgrade-in-http10", Level: exam.Must, Spec: "RFC 9110 §7.8", Needs: needs(Serves, Old), Fault: "switches-regardless",
		Stages: say("An upgrade in HTTP/1.0, where it is to be ignored.", "HTTP/1.0 裡的升級，應忽略。")},
		"GET {file} HTTP/1.0\r\nHost: {host}\r\n{me}Upgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
		fine), exactly(http10), fine),
	octets(exam.Case{Name: "upgrade-without-connection", Level: exam.DeFacto, Spec: "RFC 9110 §7.8", Needs: needs(Serves), Fault: "switches",
		Stages: say("Upgrade without the connection option of that name.", "有 Upgrade 卻沒有同名的連線選項。")},
		"GET {file} HTTP/1.1\r\nHost: {host}\r\n{me}Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
		fine, any4xx("It is refused.", "拒絕。")),
	octets(exam.Case{Name: "upgrade-h2c", Level: exam.DeFacto, Spec: "RFC 9113 §3.1", Needs: needs(Serves), Fault: "switches",
		Stages: say("Upgrade: h2c without HTTP2-Settings; the way is given up and may be ignored.", "沒有 HTTP2-Settings 的 Upgrade: h2c；這條路已廢止，可以忽略。")},
		"GET {file} HTTP/1.1\r\nHost: {host}\r\n{me}Upgrade: h2c\r\nConnection: upgrade\r\n\r\n", fine, any4xx("It is refused.", "拒絕。")),
	// A81
	ask(exam.Case{Name: "upgrade-framed", Level: exam.Must, Spec: "RFC 9113 §8.2.2; RFC 9114 §4.2", Over: framed, Needs: needs(Serves), Fault: "accepts-anything",
		Stages: say("Upgrade and Connection in HTTP/2 or HTTP/3.", "HTTP/2 或 HTTP/3 裡的 Upgrade 與 Connection。")},
		func(s *setting) *peer.Request {
			return s.section("upgrade", "websocket", "connection", "upgrade")
		}, malformed, reset),
	// A92
	handshake("websocket-version", "RFC 6455 §4.2.2", "no-socket-version", "A WebSocket handshake of version 99.", "版本 99 的 WebSocket 交握。",
		socket("Sec-WebSocket-Version", "99"), any4xx("The version that is spoken is named.", "說明所支援的版本。").and(has("Sec-WebSocket-Version"))),
	// A93
	handshake("websocket-no-key", "RFC 6455 §4.2.1", "switches-regardless", "A WebSocket handshake without a key.", "沒有金鑰的 WebSocket 交握。",
		socket("Sec-WebSocket-Key", ""), badHandshake),
	handshake("websocket-bad-key", "RFC 6455 §4.2.1", "switches-regardless", "A WebSocket handshake whose key is too short.", "金鑰太短的 WebSocket 交握。",
		socket("Sec-WebSocket-Key", "dGVh"), badHandshake),
	handshake("websocket-without-connection", "RFC 6455 §4.2.1", "switches-regardless", "A WebSocket handshake without Connection.", "沒有 Connection 的 WebSocket 交握。",
		socket("Connection", ""), badHandshake, notSwitched),
	// The method has to be GET; HEAD is asked because it is safe.
	handshake("websocket-head", "RFC 6455 §4.2.1", "switches-regardless", "A WebSocket handshake with HEAD.", "以 HEAD 進行的 WebSocket 交握。",
		func(s *setting) *peer.Request {
			q := socket("", "")(s)
			q.Method = "HEAD"
			return q
		}, badHandshake, notImplemented, notSwitched),
	handshake("websocket-in-http10", "RFC 9110 §7.8; RFC 6455 §4.2.1", "switches-regardless", "A WebSocket handshake in HTTP/1.0.", "HTTP/1.0 的 WebSocket 交握。",
		exactly("GET {socket} HTTP/1.0\r\nHost: {host}\r\n{me}Upgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"),
		badHandshake, notSwitched, may("The version is not enough.", "版本不夠。", 505), hangsUp),
	// A91
	handshake("websocket-expect", "RFC 9110 §7.8", "switches-regardless", "A WebSocket handshake that announces content and expects 100-continue.", "預告內容、並期待 100-continue 的 WebSocket 交握。",
		func(s *setting) *peer.Request {
			q := with(socket("", "")(s), "oolong")
			q.Fields = append(q.Fields, wire.Field{Name: "Expect", Value: "100-continue"})
			q.Hold, q.HoldFor = true, holdFor
			return q
		}, may("100 comes before it switches.", "先送 100 再切換。", 101).and(interims(1)), badHandshake, notImplemented, notSwitched, hangsUp),
	ask(exam.Case{Name: "websocket-accept", Level: exam.Must, Spec: "RFC 6455 §4.2.2; RFC 9110 §7.8", Over: h1, Needs: needs(Sockets), Fault: "other-accept",
		Stages: say("A WebSocket handshake.", "WebSocket 交握。")},
		socket("", ""), may("The key is answered with its hash.", "以雜湊值回應金鑰。", 101).and(value("Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), member("Upgrade", "websocket"), member("Connection", "upgrade"))),
}

var (
	badHandshake = any4xx("The handshake is invalid.", "交握無效。")
	notSwitched  = may("It does not switch.", "不切換。", 200, 204)
)

// handshake makes a case of a WebSocket handshake; its control is the good one.
func handshake(name, spec, fault, en, zhTW string, q func(*setting) *peer.Request, lawful ...answer) exam.Case {
	return against(ask(exam.Case{Name: name, Level: exam.Must, Spec: spec, Over: h1, Needs: needs(Sockets), Fault: fault, Stages: both(en, zhTW)}, q, lawful...),
		socket("", ""), may("It switches.", "切換。", 101))
}

// socket is a WebSocket handshake, with one of its fields set or left out.
func socket(name, value string) func(*setting) *peer.Request {
	return func(s *setting) *peer.Request {
		q := get(s.subject.Socket)
		for _, f := range []wire.Field{{Name: "Upgrade", Value: "websocket"}, {Name: "Connection", Value: "Upgrade"},
			{Name: "Sec-WebSocket-Version", Value: "13"}, {Name: "Sec-WebSocket-Key", Value: "dGhlIHNhbXBsZSBub25jZQ=="}} {
			if f.Name == name {
				f.Value = value
			}
			if f.Value != "" {
				q.Fields = append(q.Fields, f)
			}
		}
		return q
	}
}
