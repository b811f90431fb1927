package proxy

import (
	"slices"
	"strings"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

// refusedWith is a case with a request that has to be refused.
func refusedWith(name string, level exam.Level, spec string, wanted []status.Code, send func(*Setting, *peer.Request), stages, wants lang.Text) exam.Case {
	return exam.Case{
		Name: name, Level: level, Spec: spec, Codes: wanted, Over: h1, Needs: needs(Gets), Fault: "takes-anything", Stages: stages, Wants: wants,
		Run: staging{send: send, judge: func(s *Setting, x *Seen) exam.Verdict { return s.refused(x, wanted) }}.run(),
	}
}

// refused grades the answer to a request that has to be refused.
func (s *Setting) refused(x *Seen, wanted []status.Code) exam.Verdict {
	switch {
	case slices.Contains(wanted, x.Code()):
		return pass("It answered %d.", "它回 %d。", x.Code())
	case x.Final == nil && x.End != wire.EndSilent:
		return exam.Refusing(say("It closed without an answer.", "它不回應就關閉。"))
	}
	return fail("It answered %d, and %d requests reached the origin.", "它回 %d，有 %d 個請求到達源伺服器。", x.Code(), s.Came(""))
}

// hostless is a case with a Host that a server refuses. Who is sent the whole URI
// may as well go by that: RFC 9112 §3.2.2 tells a proxy to ignore Host then, and
// §3.2 tells every server to look at it.
func hostless(name string, send func(*Setting, *peer.Request), stages lang.Text) exam.Case {
	return exam.Case{
		Name: name, Level: exam.Must, Spec: "RFC 9112 §3.2; RFC 9112 §3.2.2", Codes: bad, Over: h1, Needs: needs(Gets), Fault: "takes-anything", Stages: stages,
		Wants: say("400; or, of a forward proxy, the URI's host in its place.", "400；正向代理也可以換成 URI 的主機。"),
		Run: staging{send: send, judge: func(s *Setting, x *Seen) exam.Verdict {
			if came := s.Asked("/start"); s.forward() && len(came) > 0 && slices.Equal(slices.Collect(came[0].Request.Fields.Values("Host")), []string{s.Host()}) {
				return pass("The URI's host came in its place.", "換成了 URI 的主機。")
			}
			return s.refused(x, bad)
		}}.run(),
	}
}

var bad = codes(400)

var intake = []exam.Case{
	// P38, P39, P46.
	hostless("no-host", octets("HTTP/1.1", "GET", "/start", false),
		say("HTTP/1.1 without Host.", "沒有 Host 的 HTTP/1.1 請求。")),
	hostless("two-hosts", octets("HTTP/1.1", "GET", "/start", true, "Host: other.example"),
		say("Two Host lines.", "兩行 Host。")),
	hostless("host-malformed", octets("HTTP/1.1", "GET", "/start", false, "Host: a b@c/d"),
		say("A Host that is none.", "不成 Host 的 Host。")),
	refusedWith("request-space-before-colon", exam.Must, "RFC 9112 §5.1", bad, octets("HTTP/1.1", "GET", "/start", true, "X-Tea : leaf"),
		say("A field line \"X-Tea : leaf\".", "欄位行「X-Tea : leaf」。"), say("400.", "400。")),
	refusedWith("request-length-not-number", exam.Must, "RFC 9112 §6.3", bad, octets("HTTP/1.1", "POST", "/start", true, "Content-Length: two"),
		say("Content-Length: two.", "Content-Length: two。"), say("400.", "400。")),
	refusedWith("request-lengths-differ", exam.Must, "RFC 9112 §6.3", bad, octets("HTTP/1.1", "POST", "/start", true, "Content-Length: 0", "Content-Length: 3"),
		say("Content-Length: 0 and Content-Length: 3.", "Content-Length: 0 與 Content-Length: 3。"), say("400.", "400。")),
	refusedWith("request-coding-unknown", exam.Should, "RFC 9112 §6.1", codes(501, 400), octets("HTTP/1.1", "POST", "/start", true, "Transfer-Encoding: tea"),
		say("Transfer-Encoding: tea.", "Transfer-Encoding: tea。"), say("501, or 400 since chunked is not last.", "501；chunked 不在最後，所以 400 也可以。")),
	refusedWith("request-coding-not-last", exam.Must, "RFC 9112 §6.3", codes(400, 501), octets("HTTP/1.1", "POST", "/start", true, "Transfer-Encoding: chunked, tea"),
		say("Transfer-Encoding: chunked, tea.", "Transfer-Encoding: chunked, tea。"), say("400, or 501 for the unknown coding.", "400；編碼不明，所以 501 也可以。")),
	inbound("request-nul", exam.Must, "RFC 9110 §5.5", "takes-anything", octets("HTTP/1.1", "GET", "/start", true, "X-Tea: le\x00af"), func(_ *Setting, f wire.Fields) lang.Text {
		if strings.Contains(f.Get("X-Tea"), "\x00") {
			return say("The NUL came through.", "NUL 通過了。")
		}
		return lang.Text{}
	}, say("A NUL in a field value.", "欄位值裡的 NUL。"), say("400; or the octet is replaced by a space.", "400；或把它換成空白。")),
	{
		Name: "request-cut", Level: exam.Must, Spec: "RFC 9112 §6.3; RFC 9112 §8", Codes: codes(400), Over: h1, Needs: needs(Posts), Fault: "completes-requests",
		Stages: say("A POST of ten octets of which three come, and a close.", "十個位元組的 POST，只送三個就關閉。"),
		Wants:  say("No whole request reaches the origin.", "沒有完整的請求到達源伺服器。"),
		Run: staging{send: func(s *Setting, q *peer.Request) {
			q.Method, q.Octets = "POST", []byte(s.Head("POST", "/start", "Content-Length: 10")+"\r\ntea")
			q.Stop = peer.Stop{In: peer.InContent, After: 3, Then: peer.CloseWrite}
		}, judge: func(s *Setting, _ *Seen) exam.Verdict {
			return s.incomplete()
		}}.run(),
	},
	{
		Name: "request-chunk-garbled", Level: exam.DeFacto, Spec: "RFC 9112 §7.1; RFC 9112 §8", Codes: codes(400), Over: h1, Needs: needs(Streams), Fault: "completes-requests",
		Stages: say("A chunked POST whose second chunk has the size \"zz\".", "chunked 的 POST，第二個 chunk 的大小寫成「zz」。"),
		Wants:  say("No whole request reaches the origin.", "沒有完整的請求到達源伺服器。"),
		Run: staging{send: func(s *Setting, q *peer.Request) {
			q.Method, q.Octets = "POST", []byte(s.Head("POST", "/start", "Transfer-Encoding: chunked")+"\r\n3\r\ntea\r\nzz\r\nleaf\r\n0\r\n\r\n")
		}, judge: func(s *Setting, _ *Seen) exam.Verdict {
			return s.incomplete()
		}}.run(),
	},
	{
		Name: "request-head-of-a-megabyte", Level: exam.DeFacto, Spec: "RFC 6585 §5; RFC 9110 §5.4", Codes: codes(431, 400, 413), Over: h1, Needs: needs(Gets), Fault: "takes-anything",
		Stages: say("A request with a megabyte of fields.", "帶一百萬位元組欄位的請求。"),
		Wants:  say("A client error, 431 at best, or a close: a bound.", "用戶端錯誤（最好是 431），或關閉：要有上限。"),
		Run: staging{send: octets("HTTP/1.1", "GET", "/start", true, strings.TrimSuffix(strings.Repeat("X-Tea: "+strings.Repeat("x", 1015)+"\r\n", 1024), "\r\n")), judge: func(_ *Setting, x *Seen) exam.Verdict {
			if x.Final != nil && (x.Code() < 400 || x.Code() >= 500 && x.Code() != 502) {
				return fail("It answered %d.", "它回 %d。", x.Code())
			}
			return pass("It answered %d.", "它回 %d。", x.Code())
		}}.run(),
	},
}

// incomplete grades a request that did not come whole to the proxy. It may have
// buffered it, and then nothing comes; what comes must be seen to be cut.
func (s *Setting) incomplete() exam.Verdict {
	for range 20 {
		s.sleep(lookAfter / 2) // for what comes when the client is gone already
		switch came := s.Asked("/start"); {
		case len(came) == 0 || came[0].Cut != nil:
			return pass("No whole request reached the origin.", "沒有完整的請求到達源伺服器。")
		case came[0].Request.Content.Complete:
			return fail("A whole request with %q reached the origin.", "到達源伺服器的是完整的請求，內容 %q。", came[0].Request.Content.Data)
		}
	}
	return pass("The request was still open when we looked away.", "我們不再看的時候，請求仍未結束。")
}

// smuggled is a case whose request means two by one reading and one by another:
// the hidden one must not reach the origin as a request.
func smuggled(name, spec string, lines []string, content string, stages lang.Text) exam.Case {
	return exam.Case{
		Name: name, Level: exam.Must, Spec: spec, Codes: codes(400), Over: h1, Needs: needs(Posts), Fault: "smuggles", Stages: stages,
		Wants: say("400 or 501, or one request at the origin whose end both sides see alike.", "400 或 501；或源伺服器只收到一個請求，雙方對結尾的看法一致。"),
		Alone: true, Run: stage(func(s *Setting) exam.Verdict {
			hidden := s.Head("GET", "/hidden") + "\r\n"
			lines := exam.Either(s.trial, lines, []string{"Content-Length: {all}"})
			content := strings.ReplaceAll(content, "{hidden}", hidden)
			if s.trial.Control {
				content = "tea"
			}
			head := strings.ReplaceAll(s.Head("POST", "/start", lines...), "{all}", number(len(content)))
			x := s.Do(&peer.Request{Method: "POST", Octets: []byte(head + "\r\n" + content), Linger: lookAfter})
			s.Do(s.Request("/next"))
			switch {
			case s.Came("/hidden") > 0:
				return fail("The hidden request reached the origin: the connection went on behind the first.", "藏在裡面的請求到達了源伺服器：第一個之後連線沒有關閉。")
			case s.Came("/start") > 1:
				return fail("%d requests reached the origin.", "有 %d 個請求到達源伺服器。", s.Came("/start"))
			case s.Came("/start") == 0 && x.Final != nil && x.Code() < 400:
				return fail("Nothing reached the origin, and the client got %d.", "源伺服器什麼都沒收到，用戶端卻得到 %d。", x.Code())
			}
			for _, a := range s.Asked("/start") {
				for _, f := range a.Request.Faults {
					switch f.Kind {
					case wire.LengthAndCoding, wire.LengthsDiffer, wire.BadLength, wire.UnknownCoding, wire.ChunkedNotLast, wire.CodingInHTTP10:
						return fail("It reached the origin with its framing fault: %s.", "它連同定界的毛病一起到達源伺服器：%s。", f.Kind)
					}
				}
			}
			return pass("One request at most reached the origin; the client got %d.", "至多一個請求到達源伺服器；用戶端得到 %d。", x.Code())
		}),
	}
}

var smuggling = []exam.Case{
	// P40. RFC 9112 §6.1: whoever takes such a request by its coding closes the
	// connection behind it, so that the hidden part is read by nobody.
	smuggled("smuggle-length-and-coding", "RFC 9112 §6.1; RFC 9112 §11.2", []string{"Content-Length: {all}", "Transfer-Encoding: chunked"}, "0\r\n\r\n{hidden}",
		say("Content-Length over everything and Transfer-Encoding: chunked, which ends before a second request.", "Content-Length 涵蓋全部，Transfer-Encoding: chunked 則在第二個請求之前結束。")),
	smuggled("smuggle-coding-odd-case", "RFC 9112 §6.3; RFC 9112 §11.2", []string{"Content-Length: {all}", "Transfer-Encoding: xchunked"}, "0\r\n\r\n{hidden}",
		say("Content-Length over everything and Transfer-Encoding: xchunked.", "Content-Length 涵蓋全部，另有 Transfer-Encoding: xchunked。")),
	smuggled("smuggle-coding-space-colon", "RFC 9112 §5.1; RFC 9112 §11.2", []string{"Content-Length: {all}", "Transfer-Encoding : chunked"}, "0\r\n\r\n{hidden}",
		say("The same with a space before the colon of Transfer-Encoding.", "同上，但 Transfer-Encoding 的冒號前有空白。")),
	smuggled("smuggle-coding-vertical-tab", "RFC 9112 §6.3; RFC 9112 §11.2", []string{"Content-Length: {all}", "Transfer-Encoding: \x0bchunked"}, "0\r\n\r\n{hidden}",
		say("The same with a vertical tab before chunked.", "同上，但 chunked 前有垂直定位字元。")),
	smuggled("smuggle-lengths", "RFC 9112 §6.3; RFC 9112 §11.2", []string{"Content-Length: {all}", "Content-Length: 0"}, "{hidden}",
		say("Content-Length over everything, and Content-Length: 0.", "Content-Length 涵蓋全部，另有 Content-Length: 0。")),
	smuggled("smuggle-length-plus", "RFC 9110 §8.6; RFC 9112 §6.3", []string{"Content-Length: +3"}, "tea{hidden}"[:3],
		say("Content-Length: +3.", "Content-Length: +3。")),
	{ // P41
		Name: "coding-in-http10-request", Level: exam.Must, Spec: "RFC 9112 §6.1", Codes: codes(400), Over: h1, Needs: needs(Streams, Olds), Fault: "smuggles-on",
		Stages: say("Transfer-Encoding: chunked in HTTP/1.0, and a second request behind it.", "HTTP/1.0 請求帶 Transfer-Encoding: chunked，後面還有第二個請求。"),
		Wants:  say("400, or the connection is closed behind the one request.", "400；或處理這一個請求之後就關閉連線。"),
		Run: staging{send: func(s *Setting, q *peer.Request) {
			q.Method = "POST"
			q.Octets = []byte(s.HeadOf("HTTP/1.0", "POST", "/start", "Host: "+s.Host(), "Connection: keep-alive", "Transfer-Encoding: chunked") + "\r\n3\r\ntea\r\n0\r\n\r\n" + s.Head("GET", "/hidden") + "\r\n")
			q.Linger = lookAfter
		}, judge: func(s *Setting, x *Seen) exam.Verdict {
			if s.Came("/hidden") > 0 {
				return fail("The request behind it was taken too.", "後面的請求也被處理了。")
			}
			return pass("It answered %d, and took nothing behind it.", "它回 %d，後面的沒有處理。", x.Code())
		}}.run(),
	},
}
