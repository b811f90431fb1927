package server

import (
	"strings"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

var versions = []exam.Case{
	// A23
	octets(exam.Case{Name: "version-2-in-text", Level: exam.DeFacto, Spec: "RFC 9110 §15.6.6", Needs: needs(Serves), Fault: "accepts-anything",
		Stages: say("HTTP/2.0 in the request line of HTTP/1.1.", "HTTP/1.1 的請求行裡寫著 HTTP/2.0。")},
		"GET {file} HTTP/2.0\r\nHost: {host}\r\n{me}\r\n",
		may("That major version is not spoken in this form.", "這個主版本不是這樣寫的。", 505), malformed, may("The version is not implemented here (RFC 9110 §15.6.2).", "這裡沒有實作這個版本（RFC 9110 §15.6.2）。", 501),
		may("The protocol has to be switched (RFC 9110 §15.5.22).", "必須改用別的協定（RFC 9110 §15.5.22）。", 426), hangsUp),
	// A24
	octets(exam.Case{Name: "version-1-2", Level: exam.Should, Spec: "RFC 9110 §2.5", Needs: needs(Serves), Fault: "refuses-anything-odd",
		Stages: say("HTTP/1.2: a higher minor version of the same major one.", "HTTP/1.2：同一主版本、較高的次版本。")},
		"GET {file} HTTP/1.2\r\nHost: {host}\r\n{me}\r\n",
		may("It is taken for the highest minor version that is spoken.", "當成自己支援的最高次版本。", 200), may("The server does not speak it.", "伺服器不支援。", 505)),
	// A25
	octets(exam.Case{Name: "version-9-9", Level: exam.DeFacto, Spec: "RFC 9110 §15.6.6", Needs: needs(Serves), Fault: "accepts-anything",
		Stages: say("HTTP/9.9.", "HTTP/9.9。")},
		"GET {file} HTTP/9.9\r\nHost: {host}\r\n{me}\r\n", may("Nobody speaks that.", "沒有人支援。", 505), malformed, notImplemented, hangsUp),
	// A26
	octets(exam.Case{Name: "version-lower-case", Level: exam.Should, Spec: "RFC 9112 §2.3", Needs: needs(Serves), Fault: "accepts-anything",
		Stages: say("http/1.1 in lower case: the name is case-sensitive.", "小寫的 http/1.1：名稱區分大小寫。")},
		"GET {file} http/1.1\r\nHost: {host}\r\n{me}\r\n", malformed, may("It is no version that is known.", "不是已知的版本。", 505), hangsUp),
	octets(exam.Case{Name: "version-two-digits", Level: exam.Should, Spec: "RFC 9112 §2.3", Needs: needs(Serves), Fault: "accepts-anything",
		Stages: say("HTTP/1.10: each number is one digit.", "HTTP/1.10：每個數字只有一位。")},
		"GET {file} HTTP/1.10\r\nHost: {host}\r\n{me}\r\n", malformed, may("It is no version that is known.", "不是已知的版本。", 505), hangsUp),
	octets(exam.Case{Name: "version-without-name", Level: exam.Should, Spec: "RFC 9112 §2.3", Needs: needs(Serves), Fault: "accepts-anything",
		Stages: say("1.1 in place of HTTP/1.1.", "以 1.1 代替 HTTP/1.1。")},
		"GET {file} 1.1\r\nHost: {host}\r\n{me}\r\n", malformed, may("It is no version that is known.", "不是已知的版本。", 505), hangsUp),
	// A27
	octets(exam.Case{Name: "version-missing", Level: exam.Should, Spec: "RFC 9112 §3", Needs: needs(Serves), Fault: "breaks",
		Stages: say("A request line without version, and Host below it.", "請求行沒有版本，下面有 Host。")},
		"GET {file}\r\nHost: {host}\r\n{me}\r\n", malformed, may("It is no version that is known.", "不是已知的版本。", 505), may("It is taken for HTTP/0.9, which has no status line (RFC 1945 §5).", "當成沒有狀態行的 HTTP/0.9（RFC 1945 §5）。", 0), hangsUp),
	octets(exam.Case{Name: "request-line-empty-words", Level: exam.Should, Spec: "RFC 9112 §3", Needs: needs(Serves), Fault: "breaks",
		Stages: say("Two spaces between method and target.", "方法與目標之間有兩個空白。")},
		"GET  {file} HTTP/1.1\r\nHost: {host}\r\n{me}\r\n", malformed, may("A server may split the line at any white space (RFC 9112 §3).", "伺服器可以在任何空白處切開這一行（RFC 9112 §3）。", 200), hangsUp),
	octets(exam.Case{Name: "request-line-tab", Level: exam.Should, Spec: "RFC 9112 §3", Needs: needs(Serves), Fault: "breaks",
		Stages: say("A tab between method and target.", "方法與目標之間是 tab。")},
		"GET\t{file} HTTP/1.1\r\nHost: {host}\r\n{me}\r\n", malformed, notImplemented, notAllowed, may("A server may split the line at any white space (RFC 9112 §3).", "伺服器可以在任何空白處切開這一行（RFC 9112 §3）。", 200), hangsUp),
	octets(exam.Case{Name: "request-line-trailing-space", Level: exam.Should, Spec: "RFC 9112 §3", Needs: needs(Serves), Fault: "breaks",
		Stages: say("A space behind the version.", "版本後面有空白。")},
		"GET {file} HTTP/1.1 \r\nHost: {host}\r\n{me}\r\n", malformed, may("It is no version that is known.", "不是已知的版本。", 505), may("A server may ignore it (RFC 9112 §3).", "伺服器可以忽略它（RFC 9112 §3）。", 200), hangsUp),
	// A67
	octets(exam.Case{Name: "empty-line-before", Level: exam.Should, Spec: "RFC 9112 §2.2", Needs: needs(Serves), Fault: "refuses-anything-odd",
		Stages: say("An empty line before the request line.", "請求行之前有一個空行。")},
		"\r\nGET {file} HTTP/1.1\r\nHost: {host}\r\n{me}\r\n", fine),
	// A60
	octets(exam.Case{Name: "bare-lf", Level: exam.Must, Spec: "RFC 9112 §2.2", Needs: needs(Serves), Fault: "breaks",
		Stages: say("Lines that end with LF alone.", "只以 LF 結束的行。")},
		"GET {file} HTTP/1.1\nHost: {host}\n\n", may("A reader may take LF for the end of a line.", "解析器可以把 LF 當作行尾。", 200), malformed, hangsUp),
	octets(exam.Case{Name: "bare-cr-line-end", Level: exam.Must, Spec: "RFC 9112 §2.2", Needs: needs(Serves), Fault: "accepts-anything",
		Stages: say("A line that ends with CR alone, and a second field behind it.", "只以 CR 結束的行，後面還有第二個欄位。")},
		"GET {file} HTTP/1.1\r\nX: a\rHost: {host}\r\n{me}\r\n", may("A bare CR is invalid, and Host is missing.", "單獨的 CR 無效，而且缺少 Host。", 400), hangsUp),
	// A73
	octets(exam.Case{Name: "garbage", Level: exam.Should, Spec: "RFC 9112 §3", Needs: needs(Serves), Fault: "accepts-anything",
		Stages: say("Octets that are no HTTP.", "不是 HTTP 的位元組。")},
		"\x80\x00\xff\x17\r\n\r\n", malformed, notImplemented, hangsUp),
	octets(exam.Case{Name: "garbage-closes", Level: exam.DeFacto, Spec: "RFC 9112 §9.6", Needs: needs(Serves), Fault: "keeps-open",
		Stages: say("Octets that are no HTTP, and a look at the connection.", "不是 HTTP 的位元組，再看連線。")},
		"\x80\x00\xff\x17\r\n\r\n", malformed.and(closed), notImplemented.and(closed), hangsUp),
	// A35
	octets(exam.Case{Name: "http10-no-100", Level: exam.Must, Spec: "RFC 9110 §15.2", Needs: needs(Serves, Old), Fault: "always-continues",
		Stages: say("Expect: 100-continue in HTTP/1.0, which knows no interim answers.", "HTTP/1.0 裡的 Expect: 100-continue；那個版本沒有臨時回應。")},
		"GET {file} HTTP/1.0\r\nHost: {host}\r\n{me}Expect: 100-continue\r\nContent-Length: 2\r\n\r\nab",
		fine.and(interims(0)), any4xx("Content of GET may be refused.", "可以拒絕 GET 的內容。").and(interims(0)), hangsUp),
	octets(exam.Case{Name: "http10-not-chunked", Level: exam.Must, Spec: "RFC 9112 §6.1", Needs: needs(Serves, Old), Fault: "chunks-always",
		Stages: say("A GET in HTTP/1.0, which knows no transfer codings.", "HTTP/1.0 的 GET；那個版本沒有傳輸編碼。")},
		"GET {file} HTTP/1.0\r\nHost: {host}\r\n{me}\r\n", fine.and(hasNot("Transfer-Encoding"))),
	octets(exam.Case{Name: "http10-closes", Level: exam.Must, Spec: "RFC 9112 §9.3", Needs: needs(Serves, Old), Fault: "keeps-open",
		Stages: say("A GET in HTTP/1.0 that does not ask to keep the connection.", "HTTP/1.0 的 GET，沒有要求保持連線。")},
		"GET {file} HTTP/1.0\r\nHost: {host}\r\n{me}\r\n", fine.and(closed)),
}

// A framing that cannot be trusted is refused, and the connection ends, since
// nobody knows where the next request begins.
func unframed(name string, spec, en, zhTW, fieldsAndContent string, lawful ...answer) exam.Case {
	if len(lawful) == 0 {
		lawful = []answer{may("It is refused, and the connection ends.", "拒絕並關閉連線。", 400).and(closed), notImplemented.and(closed), hangsUp}
	}
	return octets(exam.Case{Name: name, Level: exam.Must, Spec: spec, Needs: needs(Serves), Fault: "keeps-open", Stages: both(en, zhTW)},
		"GET {file} HTTP/1.1\r\nHost: {host}\r\n{me}"+fieldsAndContent, lawful...)
}

var framing = []exam.Case{
	// A51
	octets(exam.Case{Name: "length-and-chunked", Level: exam.Must, Spec: "RFC 9112 §6.1", Needs: needs(Serves), Fault: "keeps-open",
		Stages: say("Content-Length and Transfer-Encoding in one request, which is how requests are smuggled.", "同一請求裡有 Content-Length 與 Transfer-Encoding：夾帶請求的手法。")},
		"GET {file} HTTP/1.1\r\nHost: {host}\r\n{me}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		may("It is refused, and the connection ends.", "拒絕並關閉連線。", 400).and(closed), may("Chunked counts, and the connection ends after the answer.", "以 chunked 為準，回應後關閉連線。", 200, 405, 413, 501).and(closed), hangsUp),
	unframed("length-and-chunked-smuggles", "RFC 9112 §6.1", "Content-Length and Transfer-Encoding in one request, with a second request behind.", "同一請求裡有 Content-Length 與 Transfer-Encoding，後面還有第二個請求。",
		"Content-Length: 40\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET {missing} HTTP/1.1\r\nHost: {host}\r\n\r\n",
		may("It is refused, and the connection ends.", "拒絕並關閉連線。", 400).and(closed), may("One answer, and the connection ends.", "一個回應，然後關閉連線。", 200, 405, 413, 501).and(alone), hangsUp),
	// A52
	octets(exam.Case{Name: "transfer-coding-unknown", Level: exam.Should, Spec: "RFC 9112 §6.1", Needs: needs(Serves), Fault: "accepts-anything",
		Stages: say("Transfer-Encoding: froth.", "Transfer-Encoding: froth。")},
		"GET {file} HTTP/1.1\r\nHost: {host}\r\n{me}Transfer-Encoding: froth\r\n\r\n",
		may("The coding is not understood.", "不認得這個編碼。", 501), may("Chunked is not last, so that the end cannot be known (RFC 9112 §6.3).", "chunked 不在最後，看不出結尾（RFC 9112 §6.3）。", 400), hangsUp),
	// A53
	unframed("chunked-not-last", "RFC 9112 §6.3", "Transfer-Encoding: chunked, gzip.", "Transfer-Encoding: chunked, gzip。", "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n"),
	unframed("chunked-twice", "RFC 9112 §6.1", "Transfer-Encoding: chunked, chunked.", "Transfer-Encoding: chunked, chunked。", "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"),
	unframed("chunked-misspelt", "RFC 9112 §6.1", "Transfer-Encoding: xchunked.", "Transfer-Encoding: xchunked。", "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
	unframed("chunked-with-vertical-tab", "RFC 9110 §5.5", "A vertical tab before chunked.", "chunked 前有垂直 tab。", "Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n"),
	octets(exam.Case{Name: "chunked-in-capitals", Level: exam.Must, Spec: "RFC 9112 §7", Needs: needs(Serves), Fault: "breaks",
		Stages: say("Transfer-Encoding: Chunked; names of codings are not case-sensitive.", "Transfer-Encoding: Chunked；編碼名稱不分大小寫。")},
		"GET {file} HTTP/1.1\r\nHost: {host}\r\n{me}Transfer-Encoding: Chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n",
		fine, any4xx("Content of GET may be refused.", "可以拒絕 GET 的內容。")),
	// A54
	octets(exam.Case{Name: "chunked-in-http10", Level: exam.Must, Spec: "RFC 9112 §6.1", Needs: needs(Serves, Old), Fault: "keeps-open",
		Stages: say("Transfer-Encoding in HTTP/1.0, where the framing is to be taken for faulty.", "HTTP/1.0 裡的 Transfer-Encoding：應視為框架錯誤。")},
		"GET {file} HTTP/1.0\r\nHost: {host}\r\n{me}Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		may("It is refused.", "拒絕。", 400, 501, 505).and(closed), may("It is answered, and the connection ends.", "回應後關閉連線。", 200, 405, 411, 413).and(closed), hangsUp),
	// A55
	unframed("lengths-differ", "RFC 9112 §6.3", "Content-Length: 2, and Content-Length: 3.", "Content-Length: 2 與 Content-Length: 3。", "Content-Length: 2\r\nContent-Length: 3\r\n\r\nabc"),
	unframed("lengths-differ-in-list", "RFC 9112 §6.3", "Content-Length: 2, 3.", "Content-Length: 2, 3。", "Content-Length: 2, 3\r\n\r\nabc"),
	octets(exam.Case{Name: "lengths-equal", Level: exam.Must, Spec: "RFC 9112 §6.3; RFC 9110 §8.6", Needs: needs(Serves), Fault: "breaks",
		Stages: say("Two Content-Lengths that say the same.", "兩個相同的 Content-Length。")},
		"GET {file} HTTP/1.1\r\nHost: {host}\r\n{me}Content-Length: 2\r\nContent-Length: 2\r\n\r\nab",
		malformed, may("The duplicates count as one.", "重複的視為一個。", 200), any4xx("Content of GET may be refused.", "可以拒絕 GET 的內容。"), hangsUp),
	// A56
	unframed("length-of-letters", "RFC 9112 §6.3", "Content-Length: abc.", "Content-Length: abc。", "Content-Length: abc\r\n\r\n"),
	// A57
	unframed("length-negative", "RFC 9112 §6.3", "Content-Length: -1.", "Content-Length: -1。", "Content-Length: -1\r\n\r\n"),
	// A58
	unframed("length-with-plus", "RFC 9112 §6.3", "Content-Length: +2.", "Content-Length: +2。", "Content-Length: +2\r\n\r\nab"),
	unframed("length-hexadecimal", "RFC 9112 §6.3", "Content-Length: 0x2.", "Content-Length: 0x2。", "Content-Length: 0x2\r\n\r\nab"),
	unframed("length-with-space-inside", "RFC 9112 §6.3", "Content-Length: 1 2.", "Content-Length: 1 2。", "Content-Length: 1 2\r\n\r\nabcdefghijkl"),
	unframed("length-empty", "RFC 9112 §6.3", "An empty Content-Length.", "空的 Content-Length。", "Content-Length:\r\n\r\n"),
	unframed("length-beyond-64-bits", "RFC 9110 §8.6", "A Content-Length that no integer holds.", "整數裝不下的 Content-Length。", "Content-Length: 99999999999999999999999999\r\n\r\n",
		may("It is refused.", "拒絕。", 400, 413, 501).and(closed), hangsUp),
	octets(exam.Case{Name: "length-with-leading-zeros", Level: exam.Must, Spec: "RFC 9110 §8.6", Needs: needs(Serves), Fault: "breaks",
		Stages: say("Content-Length: 02, which is 2.", "Content-Length: 02，也就是 2。")},
		"GET {file} HTTP/1.1\r\nHost: {host}\r\n{me}Content-Length: 02\r\n\r\nab", fine, any4xx("Content of GET may be refused.", "可以拒絕 GET 的內容。"), hangsUp),
	// A59
	{
		Name: "get-content-is-no-request", Level: exam.Must, Spec: "RFC 9112 §6.3; RFC 9110 §9.3.1", Over: h1, Needs: needs(Serves), Fault: "answers-twice",
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
			return s.judge(x, []answer{fine, any4xx("Content of GET may be refused.", "可以拒絕 GET 的內容。"), hangsUp})
		}),
	},
	octets(exam.Case{Name: "post-without-length", Level: exam.Must, Spec: "RFC 9112 §6.3", Needs: needs(Serves, Writes), Fault: "breaks",
		Stages: say("A POST with neither Content-Length nor Transfer-Encoding: no content.", "沒有 Content-Length 也沒有 Transfer-Encoding 的 POST：沒有內容。")},
		"POST {write}statute-{nonce} HTTP/1.1\r\nHost: {host}\r\n{me}\r\n",
		may("A length may be asked for.", "可以要求長度。", 411), taken(), any4xx("The request is refused for another reason, and not left waiting.", "因其他理由拒絕，而不是讓它等著。"), notImplemented),
}

var chunks = []exam.Case{
	chunked("chunked-content", "Content in two chunks, with an extension and a trailer.", "兩個區塊的內容，附擴充與尾段欄位。", "5;a=b\r\nhello\r\n1\r\n!\r\n0\r\nX-Tea: oolong\r\n\r\n", "breaks", true),
	chunked("chunk-size-in-capitals", "A chunk of size A.", "大小寫成 A 的區塊。", "A\r\n0123456789\r\n0\r\n\r\n", "breaks", true),
	chunked("chunk-size-with-zeros", "A chunk of size 0005.", "大小寫成 0005 的區塊。", "0005\r\nhello\r\n0\r\n\r\n", "breaks", true),
	// A124
	chunked("trailer-forbidden", "Trailers that would change the framing, if they were believed.", "若被採信就會改變框架的尾段欄位。", "5\r\nhello\r\n0\r\nContent-Length: 99\r\nHost: statute.invalid\r\n\r\n", "breaks", true),
	chunked("chunk-size-no-number", "A chunk of size xyz.", "大小寫成 xyz 的區塊。", "xyz\r\nhello\r\n0\r\n\r\n", "accepts-anything", false),
	chunked("chunk-size-negative", "A chunk of size -5.", "大小寫成 -5 的區塊。", "-5\r\nhello\r\n0\r\n\r\n", "accepts-anything", false),
	chunked("chunk-size-prefixed", "A chunk of size 0x5.", "大小寫成 0x5 的區塊。", "0x5\r\nhello\r\n0\r\n\r\n", "accepts-anything", false),
	chunked("chunk-size-overflows", "A chunk whose size no integer holds.", "大小連整數都裝不下的區塊。", "FFFFFFFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n", "accepts-anything", false),
	chunked("chunk-longer-than-its-size", "A chunk that goes on where CRLF has to be.", "該是 CRLF 的地方還有內容的區塊。", "5\r\nhelloworld\r\n0\r\n\r\n", "accepts-anything", false),
	chunked("chunk-size-missing", "An empty line where a size has to be.", "該是大小的地方是空行。", "\r\nhello\r\n0\r\n\r\n", "accepts-anything", false),
}

// chunked makes a case of chunked content, which is read or has to be refused.
func chunked(name, en, zhTW, content, fault string, good bool) exam.Case {
	lawful := []answer{malformed.and(closed), may("The content is too large, or not wanted.", "內容過大或不需要。", 413, 405, 501).and(closed), hangsUp}
	if good {
		lawful = []answer{fine, may("Content of GET may be refused.", "可以拒絕 GET 的內容。", 400, 403, 405, 411, 413, 501), hangsUp}
	} else {
		// A server that answers before it reads content that it does not want may
		// say what it likes, if it closes then.
		lawful = append(lawful, may("It answers without having read the content, and closes (RFC 9112 §9.3).", "不讀內容就回應，然後關閉連線（RFC 9112 §9.3）。", 200).and(alone))
	}
	if fault == "accepts-anything" {
		fault = "keeps-open"
	}
	return octets(exam.Case{Name: name, Level: exam.Must, Spec: "RFC 9112 §7.1", Needs: needs(Serves), Fault: fault, Stages: both(en, zhTW)},
		"GET {file} HTTP/1.1\r\nHost: {host}\r\n{me}Transfer-Encoding: chunked\r\n\r\n"+content, lawful...)
}

var fields = []exam.Case{
	// A61
	badField("field-with-cr", exam.Must, "RFC 9110 §5.5; RFC 9112 §2.2", "A CR within a field value.", "欄位值裡有 CR。", "X: a\rb\r\n", true),
	// A62
	badField("field-with-nul", exam.Must, "RFC 9110 §5.5", "A NUL within a field value.", "欄位值裡有 NUL。", "X: a\x00b\r\n", true),
	badField("field-with-control", exam.Should, "RFC 9110 §5.5", "A control character within a field value.", "欄位值裡有控制字元。", "X: a\x01b\r\n", true),
	// A63
	badField("field-folded", exam.Must, "RFC 9112 §5.2", "A field value over two lines.", "分成兩行的欄位值。", "X: a\r\n b\r\n", true),
	// A64
	badField("field-space-before-colon", exam.Must, "RFC 9112 §5.1", "A space before the colon.", "冒號前有空白。", "X : a\r\n", false),
	badField("field-tab-before-colon", exam.Must, "RFC 9112 §5.1", "A tab before the colon.", "冒號前有 tab。", "X\t: a\r\n", false),
	// A66
	badField("field-without-colon", exam.DeFacto, "RFC 9112 §5", "A field line without a colon.", "沒有冒號的欄位行。", "statute\r\n", false),
	badField("field-without-name", exam.DeFacto, "RFC 9112 §5; RFC 9110 §5.1", "A field line that begins with the colon.", "以冒號開頭的欄位行。", ": a\r\n", false),
	badField("field-name-with-slash", exam.DeFacto, "RFC 9110 §5.1", "A field name that is no token.", "不是 token 的欄位名稱。", "X/Y: a\r\n", false),
	badField("field-name-with-space", exam.DeFacto, "RFC 9110 §5.1", "A space within a field name.", "欄位名稱裡有空白。", "X Y: a\r\n", false),
	badField("field-name-above-127", exam.DeFacto, "RFC 9110 §5.1", "Octets above 127 in a field name.", "欄位名稱裡有大於 127 的位元組。", "\xe8\x8c\xb6: a\r\n", false),
	// A65
	octets(exam.Case{Name: "field-space-before-first", Level: exam.Must, Spec: "RFC 9112 §2.2", Needs: needs(Serves), Fault: "accepts-anything",
		Stages: say("White space before the first field line.", "第一個欄位行之前有空白。")},
		"GET {file} HTTP/1.1\r\n Host: {host}\r\n{me}\r\n", malformed, hangsUp),
	octets(exam.Case{Name: "field-space-before-first-ignored", Level: exam.Must, Spec: "RFC 9112 §2.2", Needs: needs(Serves), Fault: "breaks",
		Stages: say("White space before the first field line, and a good Host below it.", "第一個欄位行之前有空白，下面有正確的 Host。")},
		"GET {file} HTTP/1.1\r\n X: a\r\nHost: {host}\r\n{me}\r\n", malformed, may("The line is ignored.", "忽略這一行。", 200), hangsUp),
	octets(exam.Case{Name: "field-value-with-space-around", Level: exam.Must, Spec: "RFC 9112 §5", Needs: needs(Serves), Fault: "refuses-anything-odd",
		Stages: say("White space around a value, which is no part of it.", "值的前後有空白，不屬於值。")},
		"GET {file} HTTP/1.1\r\nHost: \t {host} \t \r\n{me}\r\n", fine),
	octets(exam.Case{Name: "field-value-empty", Level: exam.Must, Spec: "RFC 9110 §5.5", Needs: needs(Serves), Fault: "refuses-anything-odd",
		Stages: say("A field without a value.", "沒有值的欄位。")},
		"GET {file} HTTP/1.1\r\nHost: {host}\r\n{me}X-Statute:\r\n\r\n", fine),
	octets(exam.Case{Name: "field-value-above-127", Level: exam.DeFacto, Spec: "RFC 9110 §5.5", Needs: needs(Serves), Fault: "breaks",
		Stages: say("Octets above 127 in the value of an unknown field: opaque data.", "未知欄位的值裡有大於 127 的位元組：不透明的資料。")},
		"GET {file} HTTP/1.1\r\nHost: {host}\r\n{me}X-Statute: \xe8\x8c\xb6\r\n\r\n", fine, malformed),
	ask(exam.Case{Name: "field-unknown-ignored", Level: exam.Must, Spec: "RFC 9110 §5.1", Over: all, Needs: needs(Serves), Fault: "refuses-anything-odd",
		Stages: say("A field that nobody has registered.", "沒有人登記過的欄位。")},
		func(s *setting) *peer.Request { return get(s.subject.File, "X-Statute", "oolong, \"tea") }, fine),
}

// badField makes a case of a malformed field line. What is wrong with it may be
// mended where the section says so.
func badField(name string, level exam.Level, spec, en, zhTW, line string, mends bool) exam.Case {
	lawful := []answer{malformed, hangsUp}
	fault := "accepts-anything"
	if mends {
		lawful, fault = append(lawful, may("The section lets it be replaced by a space, or dropped.", "該節允許以空白取代或略去。", 200)), "breaks"
	}
	return octets(exam.Case{Name: name, Level: level, Spec: spec, Needs: needs(Serves), Fault: fault, Stages: both(en, zhTW)},
		"GET {file} HTTP/1.1\r\nHost: {host}\r\n{me}"+line+"\r\n", lawful...)
}

var limits = []exam.Case{
	// A30
	octets(exam.Case{Name: "field-of-100000-octets", Level: exam.Must, Spec: "RFC 9110 §5.4; RFC 6585 §5", Needs: needs(Serves), Fault: "breaks",
		Stages: say("A field of 100,000 octets.", "十萬位元組的欄位。")},
		"GET {file} HTTP/1.1\r\nHost: {host}\r\n{me}X: "+strings.Repeat("y", 100_000)+"\r\n\r\n", tooLarge, any4xx("A 4xx is what the section asks for.", "該節要求 4xx。"), fine, hangsUp),
	// A31
	octets(exam.Case{Name: "field-of-1200000-octets", Level: exam.Must, Spec: "RFC 9110 §5.4; RFC 6585 §5", Needs: needs(Serves), Fault: "breaks",
		Stages: say("A field of 1,200,000 octets.", "一百二十萬位元組的欄位。")},
		"GET {file} HTTP/1.1\r\nHost: {host}\r\n{me}X: "+strings.Repeat("y", 1_200_000)+"\r\n\r\n", tooLarge, any4xx("A 4xx is what the section asks for.", "該節要求 4xx。"), hangsUp),
	// A32
	octets(exam.Case{Name: "fields-5000", Level: exam.Must, Spec: "RFC 9110 §5.4; RFC 6585 §5", Needs: needs(Serves), Fault: "breaks",
		Stages: say("5,000 fields.", "五千個欄位。")},
		"GET {file} HTTP/1.1\r\nHost: {host}\r\n{me}"+strings.Repeat("X: y\r\n", 5000)+"\r\n", tooLarge, any4xx("A 4xx is what the section asks for.", "該節要求 4xx。"), fine, hangsUp),
	octets(exam.Case{Name: "fields-50", Level: exam.DeFacto, Spec: "RFC 9110 §5.4", Needs: needs(Serves), Fault: "refuses-anything-odd",
		Stages: say("Fifty small fields, which browsers with cookies come near.", "五十個小欄位；帶 cookie 的瀏覽器差不多就是這樣。")},
		"GET {file} HTTP/1.1\r\nHost: {host}\r\n{me}"+strings.Repeat("X: y\r\n", 50)+"\r\n", fine),
	octets(exam.Case{Name: "field-of-4000-octets", Level: exam.DeFacto, Spec: "RFC 9110 §5.4", Needs: needs(Serves), Fault: "refuses-anything-odd",
		Stages: say("A Cookie of 4,000 octets, as browsers send them.", "四千位元組的 Cookie，瀏覽器會送這麼長。")},
		"GET {file} HTTP/1.1\r\nHost: {host}\r\n{me}Cookie: tea="+strings.Repeat("y", 4000)+"\r\n\r\n", fine),
	// A108
	{
		Name: "half-a-request", Level: exam.DeFacto, Spec: "RFC 9110 §15.5.9", Over: h1, Needs: needs(Serves), Slow: true, Limit: slowTime, Fault: "keeps-open", Codes: concerned(nil, []answer{may("", "", 408)}),
		Stages: say("Half a request, then silence.", "半個請求，然後沉默。"),
		Wants:  say("408 or a close, within two minutes.", "兩分鐘之內回 408 或關閉連線。"),
		Run: stage(func(s *setting) exam.Verdict {
			c := s.dial()
			c.Patience = slowTime
			x := s.do(c, &peer.Request{Octets: s.raw("GET {file} HTTP/1.1\r\nHost: loc")})
			return s.judge(x, []answer{may("The time limit is told.", "說出時限已到。", 408).and(closed), malformed.and(closed), hangsUp})
		}),
	},
	{
		Name: "idle-connection", Level: exam.DeFacto, Spec: "RFC 9112 §9.5", Over: h1, Needs: needs(Serves, Keeps), Slow: true, Limit: slowTime, Fault: "keeps-open",
		Stages: say("An answer, then silence on a connection that is kept.", "得到回應後，在保持的連線上沉默。"),
		Wants:  say("A close within two minutes, with nothing or a 408 before it.", "兩分鐘之內關閉，之前沒有東西或只有 408。"),
		Run: stage(func(s *setting) exam.Verdict {
			q := get(s.subject.File)
			q.Linger = slowTime
			x := s.ask(q)
			switch {
			case x.End != "closed" && x.End != "reset":
				return exam.Failed(say("The connection is still open.", "連線仍然開著。"))
			case len(x.After) > 0 && !strings.HasPrefix(string(x.After), "HTTP/1.1 408"):
				return exam.Failed(say("Something came that is no answer to anything: %.40q", "收到不是任何請求的回應：%.40q", x.After))
			}
			return exam.Passed(say("It was closed.", "連線關閉了。"))
		}),
	},
}

var tooLarge = may("The fields are larger than the server reads.", "欄位超過伺服器願意讀的大小。", 431)

// alone asks that nothing follows the answer, and that the connection ends.
func alone(s *setting, x *wire.Exchange) lang.Text {
	if len(x.After) > 0 {
		return say("more follows the answer: %.20q", "回應之後還有東西：%.20q", x.After)
	}
	return closed(s, x)
}
