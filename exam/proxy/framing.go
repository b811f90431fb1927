package proxy

import (
	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

// text is the head of an answer without framing; closing says besides that the
// connection ends with it, as it does where a script closes.
const (
	text    = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nCache-Control: no-store\r\n"
	closing = text + "Connection: close\r\n"
)

// ends sends an answer and closes.
func ends(octets string) func(*Turn) {
	return func(t *Turn) { t.Content(); t.Send(octets); t.Close() }
}

// cut is a case with an answer that is not whole, which has to show.
func cut(name, octets, spec string, stages, zh string) exam.Case {
	return exam.Case{
		Name: name, Level: exam.Must, Spec: spec, Codes: codes(200, 502), Over: all, Needs: needs(Gets), Fault: "completes-cut",
		Stages: lang.Text{En: stages, ZhTW: zh},
		Wants:  say("The client can tell: its answer is cut too, or is 502.", "用戶端看得出來：它的回應也被截斷，或得到 502。"),
		Run: staging{answer: ends(octets), judge: func(_ *Setting, x *Seen) exam.Verdict {
			return x.cut()
		}}.run(),
	}
}

// cut grades what became of an answer that was not whole.
func (x *Seen) cut() exam.Verdict {
	switch {
	case x.Code() >= 500:
		return pass("It answered %d.", "它回 %d。", x.Code())
	case x.Final == nil && x.End != wire.EndSilent:
		return pass("It closed without an answer.", "它不回應就關閉。")
	case x.Whole() && len(x.Answer().Faults) == 0:
		return fail("It made a whole answer of it, with %d octets.", "它湊成了完整的回應，內容 %d 個位元組。", x.Answer().Content.Length)
	case x.End == wire.EndSilent: // that hides nothing, but nobody can live so
		return lesser(exam.DeFacto, fail("It left the client waiting.", "它讓用戶端空等。"))
	}
	return pass("The cut shows: %s.", "看得出截斷：%s。", x.End)
}

var framing = []exam.Case{
	{ // P14
		Name: "length-and-chunked", Level: exam.Must, Spec: "RFC 9112 §6.3", Codes: codes(200, 502), Over: all, Needs: needs(Gets), Fault: "length-before-coding",
		Stages: say("An answer with Content-Length: 3 and Transfer-Encoding: chunked, of eight octets.", "回應同時有 Content-Length: 3 與 Transfer-Encoding: chunked，內容八個位元組。"),
		Wants:  say("Eight octets without that length: the coding wins. Or 502.", "八個位元組、不帶那個長度：以編碼為準。或 502。"),
		Run: staging{answer: ends(closing + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nbodyless\r\n0\r\n\r\n"), judge: func(_ *Setting, x *Seen) exam.Verdict {
			switch {
			case x.Code() >= 500:
				return pass("It answered %d.", "它回 %d。", x.Code())
			case x.Text() != "bodyless" || !x.Whole():
				return fail("The content came as %q.", "內容成了 %q。", x.Text())
			case x.Answer().Fields.Has("Transfer-Encoding") && x.Answer().Fields.Has("Content-Length"):
				return fail("Both framings came through.", "兩種定界都通過了。")
			}
			return pass("The eight octets came, framed once.", "八個位元組到了，只有一種定界。")
		}}.run(),
	},
	// P23, P24.
	cut("cut-short-of-length", closing+"Content-Length: 100\r\n\r\nonly this", "RFC 9112 §8; RFC 9112 §6.3", "Content-Length: 100, nine octets, and a close.", "Content-Length: 100，送九個位元組就關閉。"),
	cut("cut-without-last-chunk", closing+"Transfer-Encoding: chunked\r\n\r\n9\r\nonly this\r\n", "RFC 9112 §8", "One chunk and a close, without the last chunk.", "送一個 chunk 就關閉，沒有最後的 chunk。"),
	cut("cut-in-chunk", closing+"Transfer-Encoding: chunked\r\n\r\n64\r\nonly this", "RFC 9112 §8", "A close in the middle of a chunk.", "chunk 送到一半就關閉。"),
	cut("chunk-size-garbled", closing+"Transfer-Encoding: chunked\r\n\r\nzz\r\nonly this\r\n0\r\n\r\n", "RFC 9112 §8; RFC 9112 §7.1", "A chunk whose size is \"zz\".", "大小寫成「zz」的 chunk。"),
	cut("chunk-size-overflow", closing+"Transfer-Encoding: chunked\r\n\r\n10000000000000009\r\nonly this\r\n0\r\n\r\n", "RFC 9112 §7.1; RFC 9112 §8", "A chunk size that does not fit into 64 bits.", "超過 64 位元的 chunk 大小。"),
	{
		Name: "close-delimited-whole", Level: exam.Must, Spec: "RFC 9112 §6.3", Codes: codes(200), Over: all, Needs: needs(Gets), Fault: "needs-length",
		Stages: say("An answer that ends with the connection.", "以關閉連線為結尾的回應。"),
		Wants:  say("All of the content.", "完整的內容。"),
		Run: staging{answer: ends(closing + "\r\n" + plainContent), judge: func(_ *Setting, x *Seen) exam.Verdict {
			if x.Text() != plainContent {
				return fail("It came as %d with %q.", "它成了 %d，內容 %q。", x.Code(), x.Text())
			}
			return pass("All of it came.", "全部到了。")
		}}.run(),
	},
	{
		Name: "http10-origin-whole", Level: exam.Must, Spec: "RFC 9110 §2.5; RFC 9112 §2.3", Codes: codes(200), Over: all, Needs: needs(Gets), Fault: "needs-length",
		Stages: say("An answer in HTTP/1.0 that ends with the connection.", "HTTP/1.0 的回應，以關閉連線為結尾。"),
		Wants:  say("All of it, in the proxy's own version.", "完整送達，並用代理自己的版本。"),
		Run: staging{answer: ends("HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\n" + plainContent), judge: func(s *Setting, x *Seen) exam.Verdict {
			switch {
			case x.Text() != plainContent:
				return fail("It came as %d with %q.", "它成了 %d，內容 %q。", x.Code(), x.Text())
			case s.trial.Over == wire.H1 && x.Answer().Version.Minor == 0:
				return fail("It came as HTTP/1.0: the version was passed on.", "它以 HTTP/1.0 送達：版本被照轉。")
			}
			return pass("All of it came.", "全部到了。")
		}}.run(),
	},
	{ // P28
		Name: "chunked-to-http10", Level: exam.Must, Spec: "RFC 9112 §6.1", Codes: codes(200), Over: h1, Needs: needs(Olds), Fault: "chunks-to-http10",
		Stages: say("A chunked answer for a client of HTTP/1.0.", "chunked 的回應，用戶端是 HTTP/1.0。"),
		Wants:  say("The content without Transfer-Encoding.", "內容到達，不帶 Transfer-Encoding。"),
		Run: staging{send: func(s *Setting, q *peer.Request) {
			q.Octets = []byte(s.HeadOf("HTTP/1.0", "GET", "/start", "Host: "+s.Host()) + "\r\n")
		}, answer: ends(closing + "Transfer-Encoding: chunked\r\n\r\n14\r\n" + plainContent + "\r\n0\r\n\r\n"), judge: func(_ *Setting, x *Seen) exam.Verdict {
			if x.Answer().Fields.Has("Transfer-Encoding") {
				return fail("It has Transfer-Encoding.", "它帶有 Transfer-Encoding。")
			}
			return x.plain()
		}}.run(),
	},
	{ // P70
		Name: "trailers-carried", Level: exam.Info, Spec: "RFC 9110 §6.5.1", Codes: codes(200), Over: all, Needs: needs(Gets), Fault: "drops-trailers",
		Stages: say("A chunked answer with a trailer field, for a client that says TE: trailers.", "帶尾段欄位的 chunked 回應，用戶端表明 TE: trailers。"),
		Wants:  say("It is open: the trailer may be passed on, merged or dropped.", "規格未定：尾段欄位可轉送、併入或丟棄。"),
		Run: staging{send: func(s *Setting, q *peer.Request) {
			q.Fields = append(q.Fields, wire.Field{Name: "TE", Value: "trailers"})
			if s.trial.Over == wire.H1 {
				q.Fields = append(q.Fields, wire.Field{Name: "Connection", Value: "TE"})
			}
		}, answer: ends(closing + "Trailer: X-Leaf\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ntea\r\n0\r\nX-Leaf: oolong\r\n\r\n"), judge: func(_ *Setting, x *Seen) exam.Verdict {
			switch {
			case x.Answer().Trailers.Has("X-Leaf"):
				return exam.Noted("passed", say("The trailer came.", "尾段欄位到了。"))
			case x.Answer().Fields.Has("X-Leaf"):
				return exam.Noted("merged", say("The trailer came among the fields.", "尾段欄位併入了標頭。"))
			}
			return exam.Noted("dropped", say("The trailer did not come.", "尾段欄位沒有到。"))
		}}.run(),
	},
}
