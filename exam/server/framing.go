package server

import "github.com/statute-http/statute/exam"

// A framing that cannot be trusted is refused, and the connection ends, since
// nobody knows where the next request begins. Its control is content that is
// framed well.
func unframed(c exam.Case, en, zhTW, fieldsAndContent string, lawful ...answer) exam.Case {
	if len(lawful) == 0 {
		lawful = []answer{may("It is refused, and the connection ends.", "拒絕並關閉連線。", 400).and(closed), hangsUp}
	}
	c.Needs, c.Stages = needs(Serves), both(en, zhTW)
	if c.Level == "" {
		c.Level = exam.Must
	}
	if c.Fault == "" {
		c.Fault = "guesses-lengths"
	}
	return against(octets(c, framed11+fieldsAndContent, lawful...), exactly(framed11+"Content-Length: 2\r\n\r\nab"), answered("It is answered.", "得到回應。"))
}

const framed11 = "GET {file} HTTP/1.1\r\nHost: {host}\r\n{me}"

var framing = []exam.Case{
	// A51
	octets(exam.Case{Name: "length-and-chunked", Level: exam.Must, Spec: "RFC 9112 §6.1", Needs: needs(Serves), Fault: "keeps-after-both",
		Stages: say("Content-Length and Transfer-Encoding in one request, which is how requests are smuggled.", "同一請求裡有 Content-Length 與 Transfer-Encoding：夾帶請求的手法。")},
		"GET {file} HTTP/1.1\r\nHost: {host}\r\n{me}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		may("It is refused, and the connection ends.", "拒絕並關閉連線。", 400).and(closed), may("Chunked counts, and the connection ends after the answer.", "以 chunked 為準，回應後關閉連線。", 200, 501).and(closed), any4xx("It is refused, and the connection ends.", "拒絕並關閉連線。").and(closed), hangsUp),
	unframed(exam.Case{Name: "length-and-chunked-smuggles", Spec: "RFC 9112 §6.1", Fault: "smuggled-to"}, "Content-Length and Transfer-Encoding in one request, with a second request behind.", "同一請求裡有 Content-Length 與 Transfer-Encoding，後面還有第二個請求。",
		"Content-Length: 40\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET {missing} HTTP/1.1\r\nHost: {host}\r\n\r\n",
		may("One answer, and the connection ends.", "一個回應，然後關閉連線。", 200, 501).and(closed), any4xx("It is refused, and the connection ends.", "拒絕並關閉連線。").and(closed), hangsUp),
	// A52
	octets(exam.Case{Name: "transfer-coding-unknown", Level: exam.Should, Spec: "RFC 9112 §6.1", Needs: needs(Serves), Fault: "guesses-codings",
		Stages: say("Transfer-Encoding: froth.", "Transfer-Encoding: froth。")},
		"GET {file} HTTP/1.1\r\nHost: {host}\r\n{me}Transfer-Encoding: froth\r\n\r\n",
		may("The coding is not understood.", "不認得這個編碼。", 501), may("Chunked is not last, so that the end cannot be known (RFC 9112 §6.3).", "chunked 不在最後，看不出結尾（RFC 9112 §6.3）。", 400), hangsUp),
	// A53
	unframed(exam.Case{Name: "chunked-not-last", Spec: "RFC 9112 §6.3", Fault: "guesses-codings"}, "Transfer-Encoding: chunked, gzip.", "Transfer-Encoding: chunked, gzip。", "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n", unknownCoding...),
	// Who sends it breaks a MUST NOT; what who receives it does is not said.
	unframed(exam.Case{Name: "chunked-twice", Level: exam.DeFacto, Spec: "RFC 9112 §6.1", Fault: "guesses-codings"}, "Transfer-Encoding: chunked, chunked.", "Transfer-Encoding: chunked, chunked。", "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", unknownCoding...),
	unframed(exam.Case{Name: "chunked-misspelt", Spec: "RFC 9112 §6.3", Fault: "guesses-codings"}, "Transfer-Encoding: xchunked.", "Transfer-Encoding: xchunked。", "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", unknownCoding...),
	unframed(exam.Case{Name: "chunked-with-vertical-tab", Spec: "RFC 9112 §6.3; RFC 9110 §5.6.3", Fault: "guesses-codings"}, "A vertical tab before chunked.", "chunked 前有垂直 tab。", "Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n", unknownCoding...),
	against(octets(exam.Case{Name: "chunked-in-capitals", Level: exam.Must, Spec: "RFC 9112 §7; RFC 9112 §7.1", Needs: needs(Serves), Fault: "chunked-in-small-letters-only",
		Stages: say("Transfer-Encoding: Chunked; names of codings are not case-sensitive.", "Transfer-Encoding: Chunked；編碼名稱不分大小寫。")},
		framed11+"Transfer-Encoding: Chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n", fine.and(quiet)), exactly(framed11+"Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"), fine),
	// A54
	against(octets(exam.Case{Name: "chunked-in-http10", Level: exam.Must, Spec: "RFC 9112 §6.1", Needs: needs(Serves, Old), Fault: "keeps-http10-chunked",
		Stages: say("Transfer-Encoding in HTTP/1.0, where the framing is to be taken for faulty.", "HTTP/1.0 裡的 Transfer-Encoding：應視為框架錯誤。")},
		"GET {file} HTTP/1.0\r\nHost: {host}\r\n{me}Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		may("It is answered, and the connection ends.", "回應後關閉連線。", 200, 501, 505).and(closed), any4xx("It is refused, and the connection ends.", "拒絕並關閉連線。").and(closed), hangsUp), exactly(http10), fine),
	// A55
	unframed(exam.Case{Name: "lengths-differ", Spec: "RFC 9112 §6.3"}, "Content-Length: 2, and Content-Length: 3.", "Content-Length: 2 與 Content-Length: 3。", "Content-Length: 2\r\nContent-Length: 3\r\n\r\nabc"),
	unframed(exam.Case{Name: "lengths-differ-in-list", Spec: "RFC 9112 §6.3"}, "Content-Length: 2, 3.", "Content-Length: 2, 3。", "Content-Length: 2, 3\r\n\r\nabc"),
	against(octets(exam.Case{Name: "lengths-equal", Level: exam.Must, Spec: "RFC 9112 §6.3; RFC 9110 §8.6", Needs: needs(Serves), Fault: "equal-lengths-are-none",
		Stages: say("Two Content-Lengths that say the same.", "兩個相同的 Content-Length。")},
		framed11+"Content-Length: 2\r\nContent-Length: 2\r\n\r\nab",
		malformed, may("The duplicates count as one.", "重複的視為一個。", 200).and(quiet), hangsUp), exactly(framed11+"Content-Length: 2\r\n\r\nab"), fine),
	// A56
	unframed(exam.Case{Name: "length-of-letters", Spec: "RFC 9112 §6.3"}, "Content-Length: abc.", "Content-Length: abc。", "Content-Length: abc\r\n\r\n"),
	// A57
	unframed(exam.Case{Name: "length-negative", Spec: "RFC 9112 §6.3"}, "Content-Length: -1.", "Content-Length: -1。", "Content-Length: -1\r\n\r\n"),
	// A58
	unframed(exam.Case{Name: "length-with-plus", Spec: "RFC 9112 §6.3"}, "Content-Length: +2.", "Content-Length: +2。", "Content-Length: +2\r\n\r\nab"),
	unframed(exam.Case{Name: "length-hexadecimal", Spec: "RFC 9112 §6.3"}, "Content-Length: 0x2.", "Content-Length: 0x2。", "Content-Length: 0x2\r\n\r\nab"),
	unframed(exam.Case{Name: "length-with-space-inside", Spec: "RFC 9112 §6.3"}, "Content-Length: 1 2.", "Content-Length: 1 2。", "Content-Length: 1 2\r\n\r\nabcdefghijkl"),
	unframed(exam.Case{Name: "length-empty", Spec: "RFC 9112 §6.3"}, "An empty Content-Length.", "空的 Content-Length。", "Content-Length:\r\n\r\n"),
	unframed(exam.Case{Name: "length-beyond-64-bits", Spec: "RFC 9110 §8.6"}, "A Content-Length that no integer holds.", "整數裝不下的 Content-Length。", "Content-Length: 99999999999999999999999999\r\n\r\n",
		may("It is refused.", "拒絕。", 400, 413, 501).and(closed), hangsUp),
	against(octets(exam.Case{Name: "length-with-leading-zeros", Level: exam.Must, Spec: "RFC 9110 §8.6; RFC 9110 §2.4", Needs: needs(Serves), Fault: "no-leading-zeros",
		Stages: say("Content-Length: 02, which is 2.", "Content-Length: 02，也就是 2。")},
		framed11+"Content-Length: 02\r\n\r\nab", fine.and(quiet)), exactly(framed11+"Content-Length: 2\r\n\r\nab"), fine),
	// A59
	{
		Name: "get-content-is-no-request", Level: exam.Must, Spec: "RFC 9112 §9.3; RFC 9112 §6.3", Over: h1, Needs: needs(Serves), Fault: "answers-twice",
		Stages: say("A GET whose content looks like a second request.", "內容看起來像第二個請求的 GET。"),
		Wants:  say("One answer.", "一個回應。"),
		Run: stage(func(s *setting) exam.Verdict {
			if exam.Either(s.Trial, false, true) {
				return s.plain()
			}
			inner := string(s.raw("GET {missing} HTTP/1.1\r\nHost: {host}\r\n\r\n"))
			q := with(get(s.subject.File), inner)
			q.Linger = lookAfter
			x := s.ask(q)
			if len(x.After) > 0 {
				return exam.Failed(say("A second answer came: %.20q.", "收到第二個回應：%.20q。", x.After))
			}
			return s.judge(x, []answer{fine, contentRefused, notImplemented, hangsUp})
		}),
	},
	octets(exam.Case{Name: "post-without-length", Level: exam.Must, Spec: "RFC 9112 §6.3", Needs: needs(Serves, Writes), Fault: "waits-without-length",
		Stages: say("A POST with neither Content-Length nor Transfer-Encoding: no content.", "沒有 Content-Length 也沒有 Transfer-Encoding 的 POST：沒有內容。")},
		"POST {write}statute-{nonce} HTTP/1.1\r\nHost: {host}\r\n{me}\r\n",
		may("A length may be asked for.", "可以要求長度。", 411), taken, any4xx("The request is refused for another reason, and not left waiting.", "因其他理由拒絕，而不是讓它等著。"), notImplemented),
}

// unknownCoding is what may become of a coding that is not understood, or does
// not end with chunked.
var unknownCoding = []answer{may("It is refused, and the connection ends.", "拒絕並關閉連線。", 400).and(closed),
	may("The coding is not understood (RFC 9112 §6.1).", "不認得這個編碼（RFC 9112 §6.1）。", 501).and(closed), hangsUp}

// RFC 9112 §7.1: chunked is understood by everybody.
var chunks = []exam.Case{
	against(octets(exam.Case{Name: "chunked-content", Level: exam.Must, Spec: "RFC 9112 §7.1; RFC 9112 §7.1.1", Needs: needs(Serves), Fault: "no-chunked",
		Stages: say("Content in two chunks, with an extension and a trailer.", "兩個區塊的內容，附擴充與尾段欄位。")},
		framed11+"Transfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n1\r\n!\r\n0\r\nX-Tea: oolong\r\n\r\n",
		fine.and(quiet), may("A length may be asked for (RFC 9112 §6.3).", "可以要求長度（RFC 9112 §6.3）。", 411)), exactly(framed11+"Content-Length: 6\r\n\r\nhello!"), fine),
	chunked("chunk-size-in-capitals", "A chunk of size A.", "大小寫成 A 的區塊。", "A\r\n0123456789\r\n0\r\n\r\n", "chunk-sizes-in-one-form"),
	chunked("chunk-size-with-zeros", "A chunk of size 0005.", "大小寫成 0005 的區塊。", "0005\r\nhello\r\n0\r\n\r\n", "chunk-sizes-in-one-form"),
	// A124
	chunked("trailer-forbidden", "Trailers that would change the framing, if they were believed.", "若被採信就會改變框架的尾段欄位。", "5\r\nhello\r\n0\r\nContent-Length: 99\r\nHost: statute.invalid\r\n\r\n", "believes-trailers",
		may("Such a trailer may be refused.", "可以拒絕這樣的尾段欄位。", 400)),
	unchunked("chunk-size-no-number", exam.Should, "A chunk of size xyz.", "大小寫成 xyz 的區塊。", "xyz\r\nhello\r\n0\r\n\r\n"),
	unchunked("chunk-size-negative", exam.Should, "A chunk of size -5.", "大小寫成 -5 的區塊。", "-5\r\nhello\r\n0\r\n\r\n"),
	unchunked("chunk-size-prefixed", exam.Should, "A chunk of size 0x5.", "大小寫成 0x5 的區塊。", "0x5\r\nhello\r\n0\r\n\r\n"),
	// Whatever the number is, it is not to be mistaken for a smaller one.
	unchunked("chunk-size-overflows", exam.Must, "A chunk whose size no integer holds.", "大小連整數都裝不下的區塊。", "FFFFFFFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n"),
	unchunked("chunk-longer-than-its-size", exam.Should, "A chunk that goes on where CRLF has to be.", "該是 CRLF 的地方還有內容的區塊。", "5\r\nhelloworld\r\n0\r\n\r\n"),
	unchunked("chunk-size-missing", exam.Should, "An empty line where a size has to be.", "該是大小的地方是空行。", "\r\nhello\r\n0\r\n\r\n"),
}

// chunked makes a case of chunked content that has to be read as well as that of
// the control, in which nothing is odd.
func chunked(name, en, zhTW, content, fault string, more ...answer) exam.Case {
	return against(octets(exam.Case{Name: name, Level: exam.Must, Spec: "RFC 9112 §7.1", Needs: needs(Serves), Fault: fault, Stages: both(en, zhTW)},
		framed11+"Transfer-Encoding: chunked\r\n\r\n"+content, append([]answer{fine.and(quiet)}, more...)...), exactly(wellChunked), fine)
}

const wellChunked = framed11 + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"

// unchunked makes a case of chunked content that is none. RFC 9112 §2.2: such a
// message is answered with 400 and a close, which is a SHOULD. A server that
// answers before it reads content that it does not want may say what it likes, if
// it closes then (RFC 9112 §9.3).
func unchunked(name string, level exam.Level, en, zhTW, content string) exam.Case {
	spec := "RFC 9112 §2.2; RFC 9112 §7.1"
	if level == exam.Must {
		spec = "RFC 9112 §7.1"
	}
	return against(octets(exam.Case{Name: name, Level: level, Spec: spec, Needs: needs(Serves), Fault: "guesses-chunks", Stages: both(en, zhTW)},
		framed11+"Transfer-Encoding: chunked\r\n\r\n"+content,
		any4xx("It is refused, and the connection ends.", "拒絕並關閉連線。").and(closed), notImplemented.and(closed), hangsUp,
		may("It answers without having read the content, and closes.", "不讀內容就回應，然後關閉連線。", 200).and(closed)),
		exactly(wellChunked), answered("It is answered.", "得到回應。"))
}
