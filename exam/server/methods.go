package server

import (
	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

var (
	unknownMethod  = may("The method is implemented nowhere (RFC 9110 §9.1).", "沒有任何地方實作這個方法（RFC 9110 §9.1）。", 501)
	notAllowed     = may("The resource does not support the method (RFC 9110 §15.5.6).", "資源不支援這個方法（RFC 9110 §15.5.6）。", 405).and(allow)
	notImplemented = may("The server does not implement the method (RFC 9110 §15.6.2).", "伺服器沒有實作這個方法（RFC 9110 §15.6.2）。", 501)
	malformed      = may("The message is malformed.", "訊息格式錯誤。", 400)
	fine           = may("The file as it is.", "檔案本身。", 200)
	forbidden      = may("Nobody may do this here; permission is decided before the method (RFC 9110 §15.5.4).", "這裡誰都不准這樣做；權限可以比方法先判斷（RFC 9110 §15.5.4）。", 401, 403)
	notThere       = may("There is nothing; whether the method would be allowed need not be said (RFC 9110 §15.5.5).", "那裡什麼都沒有；不必說方法可不可以（RFC 9110 §15.5.5）。", 404, 410)
	hangsUp        = ends("The connection is closed without an answer.", "不回應就關閉連線。")
)

var methods = []exam.Case{
	// A01
	ask(exam.Case{Name: "head-has-no-content", Level: exam.Must, Spec: "RFC 9110 §9.3.2", Over: all, Needs: needs(Serves), Fault: "head-with-content",
		Stages: say("HEAD of the file, and a look at what follows.", "對檔案送 HEAD，再看後面跟著什麼。")},
		func(s *setting) *peer.Request {
			q := request("HEAD", s.subject.File, "Connection", "close")
			if s.Over != wire.H1 {
				q.Fields = nil
			}
			return q
		},
		fine.and(empty), may("HEAD is not supported, which only a resource may say, not a server (RFC 9110 §9.1).", "不支援 HEAD；這只能是資源的限制，不能是伺服器的（RFC 9110 §9.1）。", 405).and(allow)),
	ask(exam.Case{Name: "head-is-supported", Level: exam.Must, Spec: "RFC 9110 §9.1", Over: all, Needs: needs(Serves), Fault: "no-head",
		Stages: say("HEAD of the file.", "對檔案送 HEAD。")},
		func(s *setting) *peer.Request { return request("HEAD", s.subject.File) },
		may("GET and HEAD are what every server supports.", "GET 與 HEAD 是每個伺服器都要支援的。", 200)),
	ask(exam.Case{Name: "head-length", Level: exam.Must, Spec: "RFC 9110 §8.6", Over: all, Needs: needs(Serves), Fault: "head-other-length",
		Stages: say("HEAD of the file, beside GET.", "對檔案送 HEAD，與 GET 比較。")},
		func(s *setting) *peer.Request { return request("HEAD", s.subject.File) },
		may("A Content-Length, if there is one, is that of GET.", "若有 Content-Length，就要與 GET 的相同。", 200).and(sameLength)),
	ask(exam.Case{Name: "head-fields", Level: exam.Should, Spec: "RFC 9110 §9.3.2", Over: all, Needs: needs(Serves), Fault: "head-without-fields",
		Stages: say("HEAD of the file, beside GET.", "對檔案送 HEAD，與 GET 比較。")},
		func(s *setting) *peer.Request { return request("HEAD", s.subject.File) },
		may("The fields are those of GET.", "欄位與 GET 的相同。", 200).and(repeats("ETag", "Last-Modified", "Content-Type", "Cache-Control", "Vary", "Accept-Ranges", "Content-Location", "Expires"))),
	ask(exam.Case{Name: "head-missing", Level: exam.Must, Spec: "RFC 9110 §9.3.2", Over: all, Needs: needs(Serves, Misses), Fault: "head-with-content",
		Stages: say("HEAD of a name that nobody has given.", "HEAD 一個沒人取過的名字。")},
		func(s *setting) *peer.Request { return request("HEAD", s.subject.missing(s.Nonce)) },
		may("There is nothing, and no content in answer to HEAD.", "那裡什麼都沒有，而對 HEAD 的回應沒有內容。", 404, 410).and(empty)),
	// A02
	ask(exam.Case{Name: "method-unknown", Level: exam.Should, Spec: "RFC 9110 §9.1", Over: all, Needs: needs(Serves), Fault: "accepts-anything",
		Stages: say("A method that nobody has registered.", "沒有人登記過的方法。")},
		func(s *setting) *peer.Request { return request("FROTH", s.subject.File) },
		unknownMethod, notAllowed, malformedMethod(), forbidden),
	// A03
	ask(exam.Case{Name: "method-lower-case", Level: exam.Should, Spec: "RFC 9110 §9.1", Over: all, Needs: needs(Serves), Fault: "accepts-anything",
		Stages: say("The method get: methods are case-sensitive.", "方法寫成 get：方法區分大小寫。")},
		func(s *setting) *peer.Request { return request("get", s.subject.File) },
		unknownMethod, notAllowed, malformedMethod(), forbidden),
	ask(exam.Case{Name: "method-long", Level: exam.Should, Spec: "RFC 9112 §3", Over: all, Needs: needs(Serves), Fault: "accepts-anything",
		Stages: say("A method of 200 letters.", "兩百個字母的方法。")},
		func(s *setting) *peer.Request { return request(longMethod, s.subject.File) },
		may("It is longer than any that is implemented (RFC 9112 §3).", "它比任何實作的方法都長（RFC 9112 §3）。", 501), notAllowed, malformedMethod(), forbidden, hangsUp),
	octets(exam.Case{Name: "method-not-a-token", Level: exam.Should, Spec: "RFC 9112 §3; RFC 9110 §9.1", Needs: needs(Serves), Fault: "accepts-anything",
		Stages: say("A method with a slash in it: no token.", "方法裡有斜線：不是 token。")},
		"GE/T {file} HTTP/1.1\r\nHost: {host}\r\n{me}\r\n",
		may("The request line is invalid.", "請求行無效。", 400), unknownMethod, notAllowed, forbidden, hangsUp),
	// A04
	ask(exam.Case{Name: "post-where-not-supported", Level: exam.Must, Spec: "RFC 9110 §15.5.6", Over: all, Needs: needs(Serves, Writes), Fault: "no-allow",
		Stages: say("POST where writing is allowed to us, to a resource that may not take it.", "在准許我們寫入之處，對未必接受的資源送 POST。")},
		func(s *setting) *peer.Request {
			return with(request("POST", s.writable(), "Content-Type", "text/plain"), "ab")
		},
		notAllowed, notImplemented, notThere, forbidden, taken(), may("The content's type is not taken (RFC 9110 §15.5.16).", "不接受這種內容類型（RFC 9110 §15.5.16）。", 415)),
	// A05
	ask(exam.Case{Name: "put-where-not-supported", Level: exam.Must, Spec: "RFC 9110 §15.5.6", Over: all, Needs: needs(Serves, Writes), Fault: "no-allow-for-unsafe",
		Stages: say("PUT of a new name where writing is allowed to us.", "在准許我們寫入之處 PUT 一個新名字。")},
		func(s *setting) *peer.Request {
			return with(request("PUT", s.subject.Write+"statute-"+s.Nonce, "Content-Type", "text/plain"), "ab")
		},
		notAllowed, notImplemented, notThere, forbidden, taken()),
	// A06
	ask(exam.Case{Name: "delete-where-not-supported", Level: exam.Must, Spec: "RFC 9110 §15.5.6", Over: all, Needs: needs(Serves, Writes), Fault: "no-allow-for-unsafe",
		Stages: say("DELETE of a name that nobody has given.", "DELETE 一個沒人取過的名字。")},
		func(s *setting) *peer.Request { return request("DELETE", s.subject.Write+"statute-"+s.Nonce) },
		notAllowed, notImplemented, notThere, forbidden, may("Nothing is there, as was asked for (RFC 9110 §9.3.5).", "那裡什麼都沒有，正如所求（RFC 9110 §9.3.5）。", 200, 202, 204)),
	ask(exam.Case{Name: "patch-where-not-supported", Level: exam.Must, Spec: "RFC 9110 §15.5.6; RFC 5789 §2", Over: all, Needs: needs(Serves, Writes), Fault: "no-allow",
		Stages: say("PATCH of a name that nobody has given.", "PATCH 一個沒人取過的名字。")},
		func(s *setting) *peer.Request {
			return with(request("PATCH", s.subject.Write+"statute-"+s.Nonce, "Content-Type", "application/merge-patch+json"), "{}")
		},
		notAllowed, notImplemented, notThere, forbidden, taken(),
		may("The patch format is not taken (RFC 5789 §2.2).", "不接受這種修補格式（RFC 5789 §2.2）。", 415)),
	// A07
	ask(exam.Case{Name: "trace", Level: exam.Must, Spec: "RFC 9110 §9.3.8", Over: all, Needs: needs(Serves), Fault: "no-allow",
		Stages: say("TRACE of the file.", "對檔案送 TRACE。")},
		func(s *setting) *peer.Request { return request("TRACE", s.subject.File) },
		may("The request comes back as message/http.", "請求以 message/http 送回。", 200).and(has("Content-Type")), notAllowed, notImplemented, forbidden,
		may("It is switched off.", "已停用。", 400)),
	ask(exam.Case{Name: "trace-excludes-secrets", Level: exam.Should, Spec: "RFC 9110 §9.3.8", Over: all, Needs: needs(Serves), Fault: "trace-tells-all",
		Stages: say("TRACE with a cookie and credentials.", "帶著 cookie 與身分憑證的 TRACE。")},
		func(s *setting) *peer.Request {
			return request("TRACE", s.subject.File, "Cookie", "tea=statute-secret", "Authorization", "Basic c3RhdHV0ZTpzZWNyZXQ=")
		},
		may("What is echoed leaves out what may be secret.", "送回的內容略去可能是秘密的東西。", 200).and(lacks("statute-secret"), lacks("c3RhdHV0ZTpzZWNyZXQ=")), notAllowed, notImplemented, forbidden,
		may("It is switched off.", "已停用。", 400)),
	// A08
	ask(exam.Case{Name: "options", Level: exam.Should, Spec: "RFC 9110 §9.3.7", Over: all, Needs: needs(Serves), Fault: "no-allow",
		Stages: say("OPTIONS of the file.", "對檔案送 OPTIONS。")},
		func(s *setting) *peer.Request { return request("OPTIONS", s.subject.File) },
		may("What the resource supports, Allow above all.", "資源支援什麼，首先是 Allow。", 200, 204).and(has("Allow")), notAllowed, notImplemented, forbidden),
	ask(exam.Case{Name: "options-no-content", Level: exam.Must, Spec: "RFC 9110 §9.3.7", Over: all, Needs: needs(Serves), Fault: "breaks",
		Stages: say("OPTIONS of the file; a 200 without content has to say so.", "對檔案送 OPTIONS；沒有內容的 200 要說明沒有內容。")},
		func(s *setting) *peer.Request { return request("OPTIONS", s.subject.File) },
		may("Its end can be told.", "看得出它在哪裡結束。", 200, 204).and(whole), may("OPTIONS is not supported.", "不支援 OPTIONS。", 405).and(whole), notImplemented, forbidden),
	// A09
	octets(exam.Case{Name: "options-asterisk", Level: exam.Should, Spec: "RFC 9110 §9.3.7", Needs: needs(Serves), Fault: "breaks",
		Stages: say("OPTIONS *, which is about the server as a whole.", "OPTIONS *，問的是整個伺服器。")},
		"OPTIONS * HTTP/1.1\r\nHost: {host}\r\n{me}\r\n",
		may("The server's own options.", "伺服器本身的選項。", 200, 204), notAllowed, notImplemented, notThereAsterisk(), may("It is not taken here.", "這裡不接受。", 400, 403)),
	// A10
	octets(exam.Case{Name: "get-asterisk", Level: exam.Must, Spec: "RFC 9112 §3.2.4", Needs: needs(Serves), Fault: "accepts-anything",
		Stages: say("GET *: the asterisk is for OPTIONS only.", "GET *：星號只用於 OPTIONS。")},
		"GET * HTTP/1.1\r\nHost: {host}\r\n{me}\r\n",
		may("The target is none for GET.", "這個目標不能用於 GET。", 400), may("No resource has that name.", "沒有這個名字的資源。", 404), notAllowed, notImplemented, hangsUp),
	// A11
	octets(exam.Case{Name: "connect-to-origin", Level: exam.Must, Spec: "RFC 9110 §9.3.6", Needs: needs(Serves), Fault: "accepts-anything",
		Stages: say("CONNECT to a server that is no proxy.", "對不是代理的伺服器送 CONNECT。")},
		"CONNECT statute.invalid:80 HTTP/1.1\r\nHost: statute.invalid:80\r\n{me}\r\n",
		notAllowed, notImplemented, any4xx("It does not open tunnels.", "它不開隧道。"), hangsUp),
	ask(exam.Case{Name: "get-with-content", Level: exam.DeFacto, Spec: "RFC 9110 §9.3.1", Over: all, Needs: needs(Serves), Fault: "breaks",
		Stages: say("A GET with content, which has no meaning and is rare, but well framed.", "帶內容的 GET：沒有意義也少見，但訊息框架正確。")},
		func(s *setting) *peer.Request { return with(get(s.subject.File), "oolong") },
		fine, any4xx("Content of GET may be refused, since it can be an attack.", "可以拒絕 GET 的內容，因為可能是攻擊。"), hangsUp),
	ask(exam.Case{Name: "method-override-ignored", Level: exam.DeFacto, Spec: "RFC 9110 §9.1", Over: all, Needs: needs(Serves), Fault: "breaks",
		Stages: say("GET with X-HTTP-Method-Override: FROTH.", "帶 X-HTTP-Method-Override: FROTH 的 GET。")},
		func(s *setting) *peer.Request {
			return get(s.subject.File, "X-HTTP-Method-Override", "FROTH")
		},
		fine, any4xx("It is refused.", "拒絕。")),
	ask(exam.Case{Name: "method-of-webdav", Level: exam.Should, Spec: "RFC 9110 §9.1", Over: all, Needs: needs(Serves), Fault: "no-allow",
		Stages: say("PROPFIND of the file, a registered method that few servers have.", "對檔案送 PROPFIND：已登記但少有伺服器實作的方法。")},
		func(s *setting) *peer.Request { return request("PROPFIND", s.subject.File, "Depth", "0") },
		notAllowed, notImplemented, forbidden, may("It speaks WebDAV here.", "這裡支援 WebDAV。", 207), may("It asks for what it needs.", "要求它需要的東西。", 400)),
}

const longMethod = "FROTHFROTHFROTHFROTHFROTHFROTHFROTHFROTHFROTHFROTHFROTHFROTHFROTHFROTHFROTHFROTHFROTHFROTHFROTHFROTHFROTHFROTHFROTHFROTHFROTHFROTHFROTHFROTHFROTHFROTHFROTHFROTHFROTHFROTHFROTHFROTHFROTHFROTHFROTHFROTH"

// malformedMethod: servers that know a fixed list of methods while they read call
// everything else a malformed request line.
func malformedMethod() answer {
	return may("A reader that knows its methods may call the request line malformed (RFC 9112 §3).", "只認得固定方法的解析器可以說請求行格式錯誤（RFC 9112 §3）。", 400)
}

func notThereAsterisk() answer {
	return may("It takes the asterisk for a name that it does not have.", "把星號當成它沒有的名字。", 404)
}

func taken() answer {
	return may("It is done.", "已完成。", 200, 201, 202, 204, 303)
}

// writable is a path that unsafe methods may name: the file itself if it is
// among them.
func (s *setting) writable() string {
	if w := s.subject.Write; len(s.subject.File) >= len(w) && s.subject.File[:len(w)] == w {
		return s.subject.File
	}
	return s.subject.Write + "statute-" + s.Nonce
}
