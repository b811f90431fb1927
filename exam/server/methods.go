package server

import (
	"strings"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

var (
	unknownMethod  = may("The method is implemented nowhere (RFC 9110 §9.1).", "沒有任何地方實作這個方法（RFC 9110 §9.1）。", 501)
	notAllowed     = may("The resource does not support the method (RFC 9110 §15.5.6).", "資源不支援這個方法（RFC 9110 §15.5.6）。", 405)
	allowTold      = notAllowed.and(allow) // where the case asks about Allow; elsewhere its lack is no fault of the case
	notImplemented = may("The server does not implement the method (RFC 9110 §15.6.2).", "伺服器沒有實作這個方法（RFC 9110 §15.6.2）。", 501)
	malformed      = may("The message is malformed.", "訊息格式錯誤。", 400)
	fine           = may("The file as it is.", "檔案本身。", 200)
	forbidden      = may("Nobody may do this here; permission is decided before the method (RFC 9110 §15.5.4).", "這裡誰都不准這樣做；權限可以比方法先判斷（RFC 9110 §15.5.4）。", 401, 403)
	notThere       = may("There is nothing; whether the method would be allowed need not be said (RFC 9110 §15.5.5).", "那裡什麼都沒有；不必說方法可不可以（RFC 9110 §15.5.5）。", 404, 410)
	hangsUp        = ends("The connection is closed without an answer, which is allowed at any time (RFC 9112 §9.5).", "不回應就關閉連線；隨時都可以（RFC 9112 §9.5）。")
	contentRefused = any4xx("Content of GET may be refused, since it can be an attack (RFC 9110 §9.3.1).", "可以拒絕 GET 的內容，因為可能是攻擊（RFC 9110 §9.3.1）。")
	otherwise      = any4xx("It is refused for another reason.", "因其他理由拒絕。")
)

var methods = []exam.Case{
	// A01
	ask(exam.Case{Name: "head-has-no-content", Level: exam.Must, Spec: "RFC 9110 §9.3.2", Over: all, Needs: needs(Serves), Fault: "head-with-content",
		Stages: say("HEAD of the file, and a look at what follows.", "對檔案送 HEAD，再看後面跟著什麼。")},
		func(s *setting) *peer.Request {
			q := head(s, s.subject.File)
			if s.Over == wire.H1 {
				q.Fields = wire.Fields{{Name: "Connection", Value: "close"}}
			}
			return q
		},
		fine.and(empty), may("HEAD is refused, which is a matter of another case, and without content too.", "拒絕 HEAD，那是另一題的事；同樣沒有內容。", 400, 403, 405, 501).and(empty)),
	ask(exam.Case{Name: "head-is-supported", Level: exam.Must, Spec: "RFC 9110 §9.1", Over: all, Needs: needs(Serves), Fault: "no-head",
		Stages: say("HEAD of the file.", "對檔案送 HEAD。")},
		func(s *setting) *peer.Request { return head(s, s.subject.File) },
		may("GET and HEAD are what every server supports.", "GET 與 HEAD 是每個伺服器都要支援的。", 200)),
	headed(exam.Case{Name: "head-length", Level: exam.Must, Spec: "RFC 9110 §8.6", Over: all, Needs: needs(Serves), Fault: "head-other-length",
		Stages: say("HEAD of the file, beside GET.", "對檔案送 HEAD，與 GET 比較。")},
		may("A Content-Length, if there is one, is that of GET.", "若有 Content-Length，就要與 GET 的相同。", 200).and(sameLength)),
	// Vary and Content-Length may be left out: they can depend on the content being
	// made (RFC 9110 §9.3.2).
	headed(exam.Case{Name: "head-fields", Level: exam.Should, Spec: "RFC 9110 §9.3.2", Over: all, Needs: needs(Serves), Fault: "head-without-fields",
		Stages: say("HEAD of the file, beside GET.", "對檔案送 HEAD，與 GET 比較。")},
		may("The fields are those of GET.", "欄位與 GET 的相同。", 200).and(repeats("ETag", "Last-Modified", "Content-Type", "Cache-Control", "Accept-Ranges", "Content-Location", "Expires"))),
	ask(exam.Case{Name: "head-missing", Level: exam.Must, Spec: "RFC 9110 §9.3.2", Over: all, Needs: needs(Serves, Misses), Fault: "head-with-content",
		Stages: say("HEAD of a name that nobody has given, and a look at what follows.", "HEAD 一個沒人取過的名字，再看後面跟著什麼。")},
		func(s *setting) *peer.Request { return head(s, s.subject.missing(s.Nonce)) },
		may("There is nothing, and no content in answer to HEAD.", "那裡什麼都沒有，而對 HEAD 的回應沒有內容。", 404, 410).and(empty),
		may("HEAD is refused, and without content too.", "拒絕 HEAD，同樣沒有內容。", 400, 403, 405, 501).and(empty)),
	// A04, A05, A06 and A07 in the one point that is demanded: whatever method is
	// answered with 405, the answer says which are allowed.
	{
		Name: "allow-beside-405", Level: exam.Must, Spec: "RFC 9110 §15.5.6; RFC 9110 §10.2.1", Over: all, Needs: needs(Serves), Fault: "no-allow",
		Codes:  concerned(nil, []answer{notAllowed}),
		Stages: say("Methods that hardly a file supports, safe ones, until one is answered with 405.", "檔案多半不支援的安全方法，一個個送，直到得到 405。"),
		Wants:  say("405 with Allow, which does not list the method.", "405 帶 Allow，其中沒有這個方法。"),
		Run: stage(func(s *setting) exam.Verdict {
			if exam.Either(s.Trial, false, true) {
				return s.plain()
			}
			for _, method := range []string{"TRACE", "OPTIONS", "PROPFIND", "FROTH", longMethod} {
				if x := s.ask(request(method, s.subject.File)); x.Final != nil && x.Final.Status == 405 {
					return s.judge(x, []answer{allowTold})
				}
			}
			return exam.NotAsked(say("No method was answered with 405.", "沒有一個方法得到 405。"))
		}),
	},
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
	ask(exam.Case{Name: "method-long", Level: exam.Should, Spec: "RFC 9112 §3; RFC 9110 §9.1", Over: all, Needs: needs(Serves), Fault: "accepts-anything",
		Stages: say("A method of 200 letters.", "兩百個字母的方法。")},
		func(s *setting) *peer.Request { return request(longMethod, s.subject.File) },
		may("It is longer than any that is implemented (RFC 9112 §3).", "它比任何實作的方法都長（RFC 9112 §3）。", 501), notAllowed, malformedMethod(), forbidden, hangsUp),
	octets(exam.Case{Name: "method-not-a-token", Level: exam.Should, Spec: "RFC 9112 §2.2; RFC 9110 §9.1", Needs: needs(Serves), Fault: "accepts-anything",
		Stages: say("A method with a slash in it: no token.", "方法裡有斜線：不是 token。")},
		"GE/T {file} HTTP/1.1\r\nHost: {host}\r\n{me}\r\n",
		may("The request line is invalid.", "請求行無效。", 400), unknownMethod, notAllowed, forbidden, hangsUp),
	ask(exam.Case{Name: "method-of-webdav", Level: exam.Should, Spec: "RFC 9110 §9.1", Over: all, Needs: needs(Serves), Fault: "accepts-anything",
		Stages: say("PROPFIND of the file, a registered method that few servers have.", "對檔案送 PROPFIND：已登記但少有伺服器實作的方法。")},
		func(s *setting) *peer.Request { return request("PROPFIND", s.subject.File, "Depth", "0") },
		notAllowed, notImplemented, forbidden, may("It speaks WebDAV here.", "這裡支援 WebDAV。", 207), may("It asks for what it needs.", "要求它需要的東西。", 400)),
	// A04. What a resource makes of a method is its own matter; 405 alone has a
	// duty, and so it is here and in the three cases below.
	ask(exam.Case{Name: "post-where-not-supported", Level: exam.Must, Spec: "RFC 9110 §15.5.6", Over: all, Needs: needs(Serves, Writes), Fault: "no-allow",
		Stages: say("POST where writing is allowed to us, to a resource that may not take it.", "在准許我們寫入之處，對未必接受的資源送 POST。")},
		func(s *setting) *peer.Request {
			return with(request("POST", s.writable(), "Content-Type", "text/plain"), "ab")
		},
		allowTold, notImplemented, otherwise, taken),
	// A05
	ask(exam.Case{Name: "put-where-not-supported", Level: exam.Must, Spec: "RFC 9110 §15.5.6", Over: all, Needs: needs(Serves, Writes), Fault: "no-allow-for-unsafe",
		Stages: say("PUT of a new name where writing is allowed to us.", "在准許我們寫入之處 PUT 一個新名字。")},
		func(s *setting) *peer.Request {
			return with(request("PUT", s.made(), "Content-Type", "text/plain"), "ab")
		},
		allowTold, notImplemented, otherwise, taken),
	// A06
	ask(exam.Case{Name: "delete-where-not-supported", Level: exam.Must, Spec: "RFC 9110 §15.5.6", Over: all, Needs: needs(Serves, Writes), Fault: "no-allow-for-unsafe",
		Stages: say("DELETE of a name that nobody has given.", "DELETE 一個沒人取過的名字。")},
		func(s *setting) *peer.Request { return request("DELETE", s.made()) },
		allowTold, notImplemented, otherwise, may("Nothing is there, as was asked for (RFC 9110 §9.3.5).", "那裡什麼都沒有，正如所求（RFC 9110 §9.3.5）。", 200, 202, 204)),
	ask(exam.Case{Name: "patch-where-not-supported", Level: exam.Must, Spec: "RFC 9110 §15.5.6; RFC 5789 §2", Over: all, Needs: needs(Serves, Writes), Fault: "no-allow",
		Stages: say("PATCH of a name that nobody has given.", "PATCH 一個沒人取過的名字。")},
		func(s *setting) *peer.Request {
			return with(request("PATCH", s.made(), "Content-Type", "application/merge-patch+json"), "{}")
		},
		allowTold, notImplemented, otherwise, taken),
	// A07
	ask(exam.Case{Name: "trace", Level: exam.Should, Spec: "RFC 9110 §9.3.8", Over: all, Needs: needs(Serves), Fault: "trace-is-get",
		Stages: say("TRACE of the file, with a query that is nobody's.", "對檔案送 TRACE，帶著獨一無二的查詢字串。")},
		func(s *setting) *peer.Request { return request("TRACE", s.subject.File+"?"+s.Nonce) },
		may("The request comes back as content.", "請求以內容送回。", 200).and(echoed), notAllowed, notImplemented,
		any4xx("It is switched off.", "已停用。")),
	ask(exam.Case{Name: "trace-excludes-secrets", Level: exam.Should, Spec: "RFC 9110 §9.3.8", Over: all, Needs: needs(Serves), Fault: "trace-tells-all",
		Stages: say("TRACE with a cookie and credentials.", "帶著 cookie 與身分憑證的 TRACE。")},
		func(s *setting) *peer.Request {
			return request("TRACE", s.subject.File, "Cookie", "tea=statute-secret", "Authorization", "Basic c3RhdHV0ZTpzZWNyZXQ=")
		},
		may("What is echoed leaves out what may be secret.", "送回的內容略去可能是秘密的東西。", 200).and(lacks("statute-secret"), lacks("c3RhdHV0ZTpzZWNyZXQ=")), notAllowed, notImplemented,
		any4xx("It is switched off.", "已停用。")),
	// A08
	ask(exam.Case{Name: "options", Level: exam.Should, Spec: "RFC 9110 §9.3.7", Over: all, Needs: needs(Serves), Fault: "options-without-allow",
		Stages: say("OPTIONS of the file.", "對檔案送 OPTIONS。")},
		func(s *setting) *peer.Request { return request("OPTIONS", s.subject.File) },
		may("What the resource supports, Allow above all.", "資源支援什麼，首先是 Allow。", 200, 204).and(has("Allow")), notAllowed, notImplemented, otherwise),
	// A09. The target is valid, so 400 and 404 are no answer; a method that is not
	// implemented is answered with 501.
	octets(exam.Case{Name: "options-asterisk", Level: exam.Should, Spec: "RFC 9110 §9.1; RFC 9110 §9.3.7; RFC 9112 §3.2.4", Needs: needs(Serves), Fault: "refuses-anything-odd",
		Stages: say("OPTIONS *, which is about the server as a whole.", "OPTIONS *，問的是整個伺服器。")},
		"OPTIONS * HTTP/1.1\r\nHost: {host}\r\n{me}\r\n",
		may("The server's own options.", "伺服器本身的選項。", 200, 204), notAllowed, notImplemented, forbidden),
	// A10. It matches the grammar, and has no meaning.
	octets(exam.Case{Name: "get-asterisk", Level: exam.DeFacto, Spec: "RFC 9112 §3.2.4", Needs: needs(Serves), Fault: "accepts-anything",
		Stages: say("GET *: the asterisk is for OPTIONS only.", "GET *：星號只用於 OPTIONS。")},
		"GET * HTTP/1.1\r\nHost: {host}\r\n{me}\r\n",
		may("The target is none for GET.", "這個目標不能用於 GET。", 400), may("No resource has that name.", "沒有這個名字的資源。", 404), notAllowed, notImplemented, elsewhere, hangsUp),
	// A11. A 2xx says that a tunnel is open, and has no length (RFC 9110 §9.3.6).
	octets(exam.Case{Name: "connect-to-origin", Level: exam.Must, Spec: "RFC 9110 §9.3.6", Needs: needs(Serves), Fault: "tunnels-anywhere",
		Stages: say("CONNECT to a name that nobody can reach.", "對沒有人連得上的名稱送 CONNECT。")},
		"CONNECT statute.invalid:80 HTTP/1.1\r\nHost: statute.invalid:80\r\n{me}\r\n", noTunnel...),
	octets(exam.Case{Name: "connect-to-no-port", Level: exam.Must, Spec: "RFC 9110 §9.3.6", Needs: needs(Serves), Fault: "tunnels-anywhere",
		Stages: say("CONNECT with a colon and no port behind it.", "CONNECT 的冒號後面沒有連接埠。")},
		"CONNECT statute.invalid: HTTP/1.1\r\nHost: statute.invalid\r\n{me}\r\n", noTunnel...),
	ask(exam.Case{Name: "get-with-content", Level: exam.DeFacto, Spec: "RFC 9110 §9.3.1", Over: all, Needs: needs(Serves), Fault: "breaks",
		Stages: say("A GET with content, which has no meaning and is rare, but well framed.", "帶內容的 GET：沒有意義也少見，但訊息框架正確。")},
		func(s *setting) *peer.Request { return with(get(s.subject.File), "oolong") },
		fine, contentRefused, hangsUp),
	ask(exam.Case{Name: "method-override-ignored", Level: exam.DeFacto, Spec: "RFC 9110 §9.1", Over: all, Needs: needs(Serves), Fault: "breaks",
		Stages: say("GET with X-HTTP-Method-Override: FROTH.", "帶 X-HTTP-Method-Override: FROTH 的 GET。")},
		func(s *setting) *peer.Request {
			return get(s.subject.File, "X-HTTP-Method-Override", "FROTH")
		},
		fine, any4xx("It is refused.", "拒絕。")),
}

var (
	longMethod = strings.Repeat("FROTH", 40)

	taken    = may("It is done.", "已完成。", 200, 201, 202, 204, 303)
	noTunnel = []answer{notImplemented, any4xx("It does not open tunnels.", "它不開隧道。"), may("It tried, and nobody is there.", "試過了，那裡沒有人。", 502, 503, 504), elsewhere, hangsUp}
)

// malformedMethod: servers that know a fixed list of methods while they read call
// everything else a malformed request line, and 400 is for whatever seems to be
// an error of the client's.
func malformedMethod() answer {
	return may("A reader that knows its methods may call the request line malformed (RFC 9110 §15.5.1).", "只認得固定方法的解析器可以說請求行格式錯誤（RFC 9110 §15.5.1）。", 400)
}

// head is HEAD of a path, with a look at what follows.
func head(s *setting, path string) *peer.Request {
	q := request("HEAD", path)
	if s.Over == wire.H1 {
		q.Linger = lookAfter
	}
	return q
}

// headed makes a case of what the answer to HEAD carries. Its control is that
// HEAD is answered like GET at all, which is a case of its own.
func headed(c exam.Case, lawful ...answer) exam.Case {
	q := func(s *setting) *peer.Request { return head(s, s.subject.File) }
	return against(ask(c, q, lawful...), q, fine)
}

// echoed asks that the content is the request, whose query nobody else has.
func echoed(s *setting, x *wire.Exchange) lang.Text { return contains(s.Nonce)(s, x) }

// writable is a path that unsafe methods may name: the file itself if it is
// among them.
func (s *setting) writable() string {
	if strings.HasPrefix(s.subject.File, s.subject.Write) {
		return s.subject.File
	}
	return s.made()
}
