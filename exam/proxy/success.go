package proxy

import (
	"strings"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

// bare is a case with an answer that cannot have content and brings some.
func bare(name string, code status.Code, head, content, spec, fault, stages, zh string, lengthAllowed bool) exam.Case {
	return exam.Case{
		Name: name, Level: exam.Must, Spec: spec, Codes: codes(code), Over: all, Needs: needs(Gets), Fault: fault,
		Stages: lang.Text{En: stages, ZhTW: zh},
		Wants:  say("An answer without content and without framing of one, or 502.", "沒有內容、也沒有內容定界的回應，或 502。"),
		Run: staging{send: func(_ *Setting, q *peer.Request) {
			q.Linger = lookAfter
			if code == 304 {
				q.Fields = append(q.Fields, wire.Field{Name: "If-None-Match", Value: `"leaf"`})
			}
		}, answer: func(t *Turn) {
			t.Send(strings.Replace(head, "\r\n", "\r\nConnection: close\r\n", 1) + content)
			t.Close()
		}, judge: func(_ *Setting, x *Seen) exam.Verdict {
			f := x.Answer().Fields
			switch {
			case x.Code() >= 500:
				return pass("It answered %d.", "它回 %d。", x.Code())
			case x.Code() != code:
				return fail("The %d came back as %d.", "%d 回來時成了 %d。", code, x.Code())
			case len(x.After) > 0 || x.Answer().Content.Length > 0:
				return fail("The octets after the head came through.", "標頭後的位元組也通過了。")
			case !lengthAllowed && f.Has("Content-Length"):
				return fail("It has Content-Length: %s.", "它帶有 Content-Length: %s。", f.Get("Content-Length"))
			case f.Has("Transfer-Encoding"):
				return fail("It has Transfer-Encoding.", "它帶有 Transfer-Encoding。")
			}
			return pass("It came without content.", "它不帶內容。")
		}}.run(),
	}
}

var success = []exam.Case{
	// P10, P11, P12.
	bare("204-with-content", 204, "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", "bogus", "RFC 9110 §8.6; RFC 9110 §15.3.5", "passes-content-of-bare",
		"204 with Content-Length: 5 and five octets.", "204 帶 Content-Length: 5 與五個位元組。", false),
	bare("204-with-length-zero", 204, "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n", "", "RFC 9110 §8.6", "passes-content-of-bare",
		"204 with Content-Length: 0.", "204 帶 Content-Length: 0。", false),
	bare("204-chunked", 204, "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n", "0\r\n\r\n", "RFC 9112 §6.1", "passes-content-of-bare",
		"204 with Transfer-Encoding: chunked and a last chunk.", "204 帶 Transfer-Encoding: chunked 與最後一個 chunk。", false),
	bare("304-with-content", 304, "HTTP/1.1 304 Not Modified\r\nETag: \"leaf\"\r\nContent-Length: 5\r\n\r\n", "bogus", "RFC 9110 §15.4.5", "passes-content-of-bare",
		"304 with five octets behind it.", "304 後面跟著五個位元組。", true),
	{ // P13
		Name: "205-with-content", Level: exam.DeFacto, Spec: "RFC 9110 §15.3.6", Codes: codes(205), Over: all, Needs: needs(Gets), Fault: "cuts-205",
		Stages: say("205 with Content-Length: 5 and five octets.", "205 帶 Content-Length: 5 與五個位元組。"),
		Wants:  say("A whole answer: the 205 with its content or with none, or 502. A client must not be left waiting.", "完整的回應：205 帶或不帶內容，或 502。不能讓用戶端空等。"),
		Run: staging{answer: func(t *Turn) {
			t.Send("HTTP/1.1 205 Reset Content\r\nConnection: close\r\nContent-Length: 5\r\n\r\nbogus")
			t.Close()
		}, judge: func(_ *Setting, x *Seen) exam.Verdict {
			if !x.Whole() || x.Code() != 205 && x.Code() < 500 {
				return fail("It came as %d, and its end is: %s.", "它成了 %d，結尾是：%s。", x.Code(), x.End)
			}
			return pass("%d came whole.", "%d 完整到達。", x.Code())
		}}.run(),
	},
	{
		Name: "head-length-kept", Level: exam.Should, Spec: "RFC 9110 §8.6; RFC 9110 §9.3.2", Codes: codes(200), Over: all, Needs: needs(Heads), Fault: "drops-head-length",
		Stages: say("HEAD, answered with Content-Length: 1234.", "HEAD，回應帶 Content-Length: 1234。"),
		Wants:  say("The same length or none, and no content.", "長度相同或沒有，且不帶內容。"),
		Run: staging{send: func(_ *Setting, q *peer.Request) { q.Method = "HEAD"; q.Linger = lookAfter }, answer: func(t *Turn) {
			t.Send("HTTP/1.1 200 OK\r\nContent-Length: 1234\r\nCache-Control: no-store\r\n\r\n")
		}, judge: func(_ *Setting, x *Seen) exam.Verdict {
			n := x.Answer().Fields.Get("Content-Length")
			if x.Code() != 200 || n != "" && n != "1234" || len(x.After) > 0 {
				return fail("It came as %d with Content-Length %q.", "它成了 %d，Content-Length 是 %q。", x.Code(), n)
			}
			return pass("It came with Content-Length %q.", "它的 Content-Length 是 %q。", n)
		}}.run(),
	},
	{
		Name: "content-type-not-invented", Level: exam.Info, Spec: "RFC 9110 §8.3", Codes: codes(200), Over: all, Needs: needs(Gets), Fault: "invents-type",
		Stages: say("200 with content and no Content-Type.", "200 帶內容，沒有 Content-Type。"),
		Wants:  say("It is open: to guess is the recipient's business, but who sends content had better say its type.", "規格未定：類型由接收者判斷，但送出內容者最好註明類型。"),
		Run: staging{answer: func(t *Turn) {
			t.Answer(200, plainContent, "Cache-Control: no-store")
		}, judge: func(_ *Setting, x *Seen) exam.Verdict {
			if v := x.Answer().Fields.Get("Content-Type"); v != "" {
				return exam.Noted("added", say("It says %q.", "它說是 %q。", v))
			}
			return exam.Noted("none", say("It says nothing.", "它沒有說。"))
		}}.run(),
	},
	{ // P71
		Name: "no-transform-obeyed", Level: exam.Must, Spec: "RFC 9111 §5.2.2.6; RFC 9110 §7.7", Codes: codes(200, 203), Over: all, Needs: needs(Gets), Fault: "transforms",
		Stages: say("A page with Cache-Control: no-transform, for a client that takes gzip.", "帶 Cache-Control: no-transform 的網頁，用戶端接受 gzip。"),
		Wants:  say("The content as it is.", "內容原樣。"),
		Run: staging{send: func(_ *Setting, q *peer.Request) {
			q.Fields = append(q.Fields, wire.Field{Name: "Accept-Encoding", Value: "gzip, br"})
		}, answer: func(t *Turn) {
			t.Answer(200, page, "Content-Type: text/html", "Cache-Control: no-transform, no-store")
		}, judge: func(_ *Setting, x *Seen) exam.Verdict {
			if x.Answer().Fields.Has("Content-Encoding") || x.Text() != page {
				return fail("The content was changed; Content-Encoding is %q.", "內容被改了；Content-Encoding 是 %q。", x.Answer().Fields.Get("Content-Encoding"))
			}
			return pass("The content is as it was.", "內容沒有變。")
		}}.run(),
	},
}

var page = "<!doctype html><title>tea</title>" + strings.Repeat("<p>A page that would be smaller if somebody compressed it.</p>\n", 80)
