package server

import (
	"github.com/statute-http/statute/exam"
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
	octets(exam.Case{Name: "version-1-2", Level: exam.Should, Spec: "RFC 9110 §6.2", Needs: needs(Serves), Fault: "refuses-anything-odd",
		Stages: say("HTTP/1.2: a higher minor version of the same major one.", "HTTP/1.2：同一主版本、較高的次版本。")},
		"GET {file} HTTP/1.2\r\nHost: {host}\r\n{me}\r\n",
		may("It is taken for the highest minor version that is spoken.", "當成自己支援的最高次版本。", 200), may("The server does not speak it.", "伺服器不支援。", 505)),
	// A25
	octets(exam.Case{Name: "version-9-9", Level: exam.DeFacto, Spec: "RFC 9110 §15.6.6", Needs: needs(Serves), Fault: "accepts-anything",
		Stages: say("HTTP/9.9.", "HTTP/9.9。")},
		"GET {file} HTTP/9.9\r\nHost: {host}\r\n{me}\r\n", may("Nobody speaks that.", "沒有人支援。", 505), malformed, notImplemented, hangsUp),
	// A26. RFC 9112 §2.2: what does not match the grammar is answered with 400 and a
	// close, which is a SHOULD.
	octets(exam.Case{Name: "version-lower-case", Level: exam.Should, Spec: "RFC 9112 §2.2; RFC 9112 §2.3", Needs: needs(Serves), Fault: "accepts-anything",
		Stages: say("http/1.1 in lower case: the name is case-sensitive.", "小寫的 http/1.1：名稱區分大小寫。")},
		"GET {file} http/1.1\r\nHost: {host}\r\n{me}\r\n", malformed, may("It is no version that is known.", "不是已知的版本。", 505), hangsUp),
	octets(exam.Case{Name: "version-two-digits", Level: exam.Should, Spec: "RFC 9112 §2.2; RFC 9112 §2.3", Needs: needs(Serves), Fault: "accepts-anything",
		Stages: say("HTTP/1.10: each number is one digit.", "HTTP/1.10：每個數字只有一位。")},
		"GET {file} HTTP/1.10\r\nHost: {host}\r\n{me}\r\n", malformed, may("It is no version that is known.", "不是已知的版本。", 505), hangsUp),
	octets(exam.Case{Name: "version-without-name", Level: exam.Should, Spec: "RFC 9112 §2.2; RFC 9112 §2.3", Needs: needs(Serves), Fault: "accepts-anything",
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
	octets(exam.Case{Name: "bare-lf", Level: exam.DeFacto, Spec: "RFC 9112 §2.2", Needs: needs(Serves), Fault: "breaks",
		Stages: say("Lines that end with LF alone.", "只以 LF 結束的行。")},
		"GET {file} HTTP/1.1\nHost: {host}\n\n", may("A reader may take LF for the end of a line.", "解析器可以把 LF 當作行尾。", 200), malformed, hangsUp),
	// Its control has no Host either: who does not miss it there cannot be seen to
	// end a line with CR.
	against(octets(exam.Case{Name: "bare-cr-line-end", Level: exam.Must, Spec: "RFC 9112 §2.2", Needs: needs(Serves), Fault: "cr-ends-lines",
		Stages: say("A line that ends with CR alone, and Host behind it, which is the only one.", "只以 CR 結束的行，後面是唯一的 Host。")},
		"GET {file} HTTP/1.1\r\nX: a\rHost: {host}\r\n{me}\r\n", may("A bare CR is invalid, and Host is missing.", "單獨的 CR 無效，而且缺少 Host。", 400), hangsUp),
		exactly("GET {file} HTTP/1.1\r\nX: a Host\r\n{me}\r\n"), malformed, hangsUp),
	// A73
	octets(exam.Case{Name: "garbage", Level: exam.Should, Spec: "RFC 9112 §2.2", Needs: needs(Serves), Fault: "accepts-anything",
		Stages: say("Octets that are no HTTP.", "不是 HTTP 的位元組。")},
		"\x80\x00\xff\x17\r\n\r\n", malformed, notImplemented, hangsUp),
	octets(exam.Case{Name: "garbage-closes", Level: exam.Should, Spec: "RFC 9112 §2.2", Needs: needs(Serves), Fault: "keeps-open",
		Stages: say("Octets that are no HTTP, and a look at the connection.", "不是 HTTP 的位元組，再看連線。")},
		"\x80\x00\xff\x17\r\n\r\n", malformed.and(closed), notImplemented.and(closed), hangsUp),
	// A35
	against(ask(exam.Case{Name: "http10-no-100", Level: exam.Must, Spec: "RFC 9110 §10.1.1; RFC 9110 §15.2", Over: h1, Needs: needs(Serves, Old), Fault: "continues-http10",
		Stages: say("Expect: 100-continue in HTTP/1.0, which knows no interim answers; the content comes a second later.", "HTTP/1.0 裡的 Expect: 100-continue；那個版本沒有過渡回應；一秒後才送內容。")},
		func(s *setting) *peer.Request {
			q := exactly("GET {file} HTTP/1.0\r\nHost: {host}\r\n{me}Expect: 100-continue\r\nContent-Length: 2\r\n\r\nab")(s)
			q.Hold, q.HoldFor = true, holdFor
			return q
		},
		fine.and(interims(0)), contentRefused.and(interims(0)), notImplemented.and(interims(0)), hangsUp), exactly(http10), fine),
	octets(exam.Case{Name: "http10-not-chunked", Level: exam.Must, Spec: "RFC 9112 §6.1", Needs: needs(Serves, Old), Fault: "chunks-always",
		Stages: say("A GET in HTTP/1.0, which knows no transfer codings.", "HTTP/1.0 的 GET；那個版本沒有傳輸編碼。")},
		http10, fine.and(hasNot("Transfer-Encoding"))),
	octets(exam.Case{Name: "http10-closes", Level: exam.DeFacto, Spec: "RFC 9112 §9.3", Needs: needs(Serves, Old), Fault: "keeps-open",
		Stages: say("A GET in HTTP/1.0 that does not ask to keep the connection.", "HTTP/1.0 的 GET，沒有要求保持連線。")},
		http10, fine.and(closed)),
}

const http10 = "GET {file} HTTP/1.0\r\nHost: {host}\r\n{me}\r\n"
