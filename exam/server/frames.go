package server

import (
	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

// section is the plain request of HTTP/2 or HTTP/3 as field lines, with some
// more at its end.
func (s *setting) section(more ...string) *peer.Request {
	u := s.subject.at(s.Over)
	q := &peer.Request{Method: "GET", Section: wire.Fields{{Name: ":method", Value: "GET"}, {Name: ":scheme", Value: u.Scheme},
		{Name: ":authority", Value: u.Host}, {Name: ":path", Value: s.subject.File}, {Name: "user-agent", Value: Agent}}}
	if s.Over == wire.H3 {
		q.Section[1].Value = "https"
	}
	return also(q, more...)
}

func also(q *peer.Request, more ...string) *peer.Request {
	for i := 0; i+1 < len(more); i += 2 {
		q.Section = append(q.Section, wire.Field{Name: more[i], Value: more[i+1]})
	}
	return q
}

// without leaves the lines of a name out, put changes its value.
func without(q *peer.Request, name string) *peer.Request {
	var kept wire.Fields
	for _, l := range q.Section {
		if l.Name != name {
			kept = append(kept, l)
		}
	}
	q.Section = kept
	return q
}

func put(q *peer.Request, name, value string) *peer.Request {
	for i := range q.Section {
		if q.Section[i].Name == name {
			q.Section[i].Value = value
		}
	}
	return q
}

// broke makes a case of a malformed request. RFC 9113 §8.1.1, RFC 9114 §4.1.2: it
// is a stream error, and a server may answer before it resets. Where HTTP/2 does
// not say as clearly as HTTP/3 that a value makes a request malformed, the case
// is of level de-facto.
func broke(name, spec, en, zhTW string, q func(*setting) *peer.Request, more ...answer) exam.Case {
	return ask(exam.Case{Name: name, Level: exam.Must, Spec: spec, Over: framed, Needs: needs(Serves), Fault: "accepts-anything", Stages: both(en, zhTW)},
		q, append([]answer{malformed, reset}, more...)...)
}

var frames = []exam.Case{
	// A74
	broke("frames-no-method", "RFC 9113 §8.3.1; RFC 9114 §4.3.1", "No :method.", "沒有 :method。", func(s *setting) *peer.Request { return without(s.section(), ":method") }),
	broke("frames-no-scheme", "RFC 9113 §8.3.1; RFC 9114 §4.3.1", "No :scheme.", "沒有 :scheme。", func(s *setting) *peer.Request { return without(s.section(), ":scheme") }),
	broke("frames-no-path", "RFC 9113 §8.3.1; RFC 9114 §4.3.1", "No :path.", "沒有 :path。", func(s *setting) *peer.Request { return without(s.section(), ":path") }),
	// Which answer may come before the stream ends, HTTP/2 does not say.
	broke("frames-empty-path", "RFC 9113 §8.3.1; RFC 9113 §8.1.1; RFC 9114 §4.3.1", "An empty :path.", "空的 :path。", func(s *setting) *peer.Request { return put(s.section(), ":path", "") },
		may("No resource has that name.", "沒有這個名字的資源。", 404)),
	graded(exam.DeFacto, broke("frames-path-without-slash", "RFC 9113 §8.3.1; RFC 9114 §4.3.1", "A :path that does not begin with a slash.", "不以斜線開頭的 :path。", func(s *setting) *peer.Request { return put(s.section(), ":path", "statute") },
		may("No resource has that name.", "沒有這個名字的資源。", 404), elsewhere)),
	graded(exam.DeFacto, broke("frames-empty-method", "RFC 9110 §9.1; RFC 9113 §8.3.1", "An empty :method.", "空的 :method。", func(s *setting) *peer.Request { return put(s.section(), ":method", "") }, noSuchMethod)),
	graded(exam.DeFacto, broke("frames-method-with-space", "RFC 9110 §9.1; RFC 9113 §8.3.1", "A space in :method.", ":method 裡有空白。", func(s *setting) *peer.Request { return put(s.section(), ":method", "GE T") }, noSuchMethod)),
	// A75
	broke("frames-method-twice", "RFC 9113 §8.3; RFC 9114 §4.3", "Two :method.", "兩個 :method。", func(s *setting) *peer.Request { return first(s.section(), ":method", "GET") }),
	broke("frames-path-twice", "RFC 9113 §8.3; RFC 9114 §4.3", "Two :path.", "兩個 :path。", func(s *setting) *peer.Request { return first(s.section(), ":path", s.subject.File) }),
	broke("frames-scheme-twice", "RFC 9113 §8.3; RFC 9114 §4.3", "Two :scheme.", "兩個 :scheme。", func(s *setting) *peer.Request { return first(s.section(), ":scheme", "https") }),
	broke("frames-authority-twice", "RFC 9113 §8.3; RFC 9114 §4.3", "Two :authority.", "兩個 :authority。", func(s *setting) *peer.Request { return first(s.section(), ":authority", s.subject.host(s.Over)) }),
	// A76
	broke("frames-status-in-request", "RFC 9113 §8.3; RFC 9114 §4.3", ":status in a request.", "請求裡有 :status。", func(s *setting) *peer.Request { return first(s.section(), ":status", "200") }),
	broke("frames-unknown-pseudo-field", "RFC 9113 §8.3; RFC 9114 §4.3", "A pseudo-field that nobody has defined.", "沒有定義過的虛擬標頭欄位。", func(s *setting) *peer.Request { return first(s.section(), ":froth", "1") }),
	broke("frames-pseudo-field-late", "RFC 9113 §8.3; RFC 9114 §4.3", "A pseudo-field behind an ordinary one.", "虛擬標頭欄位排在一般欄位之後。", func(s *setting) *peer.Request {
		return also(without(s.section(), ":path"), ":path", s.subject.File)
	}),
	// A77
	broke("frames-connection", "RFC 9113 §8.2.2; RFC 9114 §4.2", "Connection: keep-alive.", "Connection: keep-alive。", func(s *setting) *peer.Request { return s.section("connection", "keep-alive") }),
	broke("frames-keep-alive", "RFC 9113 §8.2.2; RFC 9114 §4.2", "Keep-Alive.", "Keep-Alive。", func(s *setting) *peer.Request { return s.section("keep-alive", "timeout=5") }),
	broke("frames-proxy-connection", "RFC 9113 §8.2.2; RFC 9114 §4.2", "Proxy-Connection.", "Proxy-Connection。", func(s *setting) *peer.Request { return s.section("proxy-connection", "keep-alive") }),
	broke("frames-transfer-encoding", "RFC 9113 §8.2.2; RFC 9114 §4.2", "Transfer-Encoding: chunked.", "Transfer-Encoding: chunked。", func(s *setting) *peer.Request { return s.section("transfer-encoding", "chunked") }),
	broke("frames-te-gzip", "RFC 9113 §8.2.2; RFC 9114 §4.2", "TE: gzip; only trailers may stand there.", "TE: gzip；只能寫 trailers。", func(s *setting) *peer.Request { return s.section("te", "gzip") }),
	ask(exam.Case{Name: "frames-te-trailers", Level: exam.Must, Spec: "RFC 9113 §8.2.2; RFC 9114 §4.2", Over: framed, Needs: needs(Serves), Fault: "refuses-anything-odd",
		Stages: say("TE: trailers, which is lawful.", "TE: trailers，合法。")}, func(s *setting) *peer.Request { return s.section("te", "trailers") }, fine),
	// A78
	broke("frames-name-in-capitals", "RFC 9113 §8.2.1; RFC 9114 §4.2", "A field name with capital letters.", "欄位名稱有大寫字母。", func(s *setting) *peer.Request { return s.section("X-Statute", "1") }),
	broke("frames-name-with-space", "RFC 9113 §8.2.1; RFC 9114 §10.3", "A field name with a space.", "欄位名稱有空白。", func(s *setting) *peer.Request { return s.section("x statute", "1") }),
	graded(exam.Should, broke("frames-name-empty", "RFC 9113 §8.2.1; RFC 9114 §10.3", "An empty field name.", "空的欄位名稱。", func(s *setting) *peer.Request { return s.section("", "1") })),
	broke("frames-value-with-lf", "RFC 9113 §8.2.1; RFC 9114 §10.3", "A line feed in a field value.", "欄位值裡有換行。", func(s *setting) *peer.Request { return s.section("x-statute", "a\nb") }),
	broke("frames-value-with-cr", "RFC 9113 §8.2.1; RFC 9114 §10.3", "A CR in a field value.", "欄位值裡有 CR。", func(s *setting) *peer.Request { return s.section("x-statute", "a\rb") }),
	broke("frames-value-with-nul", "RFC 9113 §8.2.1; RFC 9114 §10.3", "A NUL in a field value.", "欄位值裡有 NUL。", func(s *setting) *peer.Request { return s.section("x-statute", "a\x00b") }),
	// A79
	failing("breaks", broke("frames-length-too-long", "RFC 9113 §8.1.1; RFC 9114 §4.1.2", "A content-length of 9 and content of 6 octets.", "content-length 是 9，內容只有 6 個位元組。", func(s *setting) *peer.Request { return with(s.section("content-length", "9"), "oolong") }, contentUnwanted, notHere, early())),
	failing("breaks", broke("frames-length-too-short", "RFC 9113 §8.1.1; RFC 9114 §4.1.2", "A content-length of 3 and content of 6 octets.", "content-length 是 3，內容卻有 6 個位元組。", func(s *setting) *peer.Request { return with(s.section("content-length", "3"), "oolong") }, contentUnwanted, notHere, early())),
	failing("breaks", broke("frames-length-without-content", "RFC 9113 §8.1.1; RFC 9114 §4.1.2", "A content-length of 9 and no content at all.", "content-length 是 9，卻完全沒有內容。", func(s *setting) *peer.Request { return s.section("content-length", "9") }, early())),
	failing("breaks", broke("frames-length-of-letters", "RFC 9113 §8.1.1; RFC 9110 §8.6", "A content-length of letters.", "content-length 是字母。", func(s *setting) *peer.Request { return with(s.section("content-length", "abc"), "oolong") }, contentUnwanted, notHere, early())),
	putsFramed("frames-put-length-too-long", "9", "PUT with a content-length of 9 and content of 6 octets.", "PUT 的 content-length 是 9，內容只有 6 個位元組。"),
	putsFramed("frames-put-length-too-short", "3", "PUT with a content-length of 3 and content of 6 octets.", "PUT 的 content-length 是 3，內容卻有 6 個位元組。"),
	// A80
	ask(exam.Case{Name: "frames-host-differs", Level: exam.Should, Spec: "RFC 9113 §8.3.1; RFC 9114 §4.3.1", Over: framed, Needs: needs(Serves), Fault: "accepts-anything",
		Stages: say("A Host that differs from :authority.", "Host 與 :authority 不同。")}, func(s *setting) *peer.Request { return s.section("host", "statute.invalid") },
		malformed, reset, misplaced),
	ask(exam.Case{Name: "frames-host-without-authority", Level: exam.Must, Spec: "RFC 9114 §4.3.1; RFC 9113 §8.3.1", Over: framed, Needs: needs(Serves), Fault: "refuses-anything-odd",
		Stages: say("Host in place of :authority.", "以 Host 代替 :authority。")}, func(s *setting) *peer.Request {
		return also(without(s.section(), ":authority"), "host", s.subject.host(s.Over))
	}, fine),
	ask(exam.Case{Name: "frames-no-authority", Level: exam.Must, Spec: "RFC 9114 §4.3.1; RFC 9113 §8.3.1", Over: framed, Needs: needs(Serves), Fault: "breaks",
		Stages: say("Neither :authority nor Host.", "沒有 :authority 也沒有 Host。")}, func(s *setting) *peer.Request { return without(s.section(), ":authority") },
		malformed, reset, misplaced, may("HTTP/2 does not ask for it.", "HTTP/2 並不要求。", 200)),
	graded(exam.Should, broke("frames-authority-with-userinfo", "RFC 9110 §4.2.4; RFC 9113 §8.3.1; RFC 9114 §4.3.1", "Userinfo in :authority.", ":authority 裡有 userinfo。", func(s *setting) *peer.Request {
		return put(s.section(), ":authority", "u@"+s.subject.host(s.Over))
	}, misplaced)),
	// A82
	broke("frames-connect-with-path", "RFC 9113 §8.5; RFC 9114 §4.4", "CONNECT with :path and :scheme.", "CONNECT 帶著 :path 與 :scheme。", func(s *setting) *peer.Request { return put(s.section(), ":method", "CONNECT") }, notImplemented, any4xx("It does not open tunnels.", "它不開隧道。")),
	// A83
	broke("frames-extended-connect", "RFC 9113 §8.3; RFC 9114 §4.3; RFC 8441 §4", "An extended CONNECT to a protocol that nobody speaks.", "擴充 CONNECT 到沒有人會的協定。", func(s *setting) *peer.Request {
		return first(put(s.section(), ":method", "CONNECT"), ":protocol", "froth")
	}, notImplemented, any4xx("The protocol is not spoken.", "不會這個協定。")),
	// A84
	ask(exam.Case{Name: "frames-fields-100000-octets", Level: exam.Must, Spec: "RFC 9110 §5.4; RFC 9113 §10.5.1; RFC 9114 §4.2.2", Over: framed, Needs: needs(Serves), Fault: "breaks",
		Stages: say("A field of 100,000 octets.", "十萬位元組的欄位。")}, func(s *setting) *peer.Request { return get(s.subject.File, "x", hundredK) },
		tooLarge, any4xx("A 4xx is what RFC 9110 §5.4 asks for.", "RFC 9110 §5.4 要求 4xx。"), fine, reset),
	ask(exam.Case{Name: "frames-cookie-crumbs", Level: exam.Must, Spec: "RFC 9113 §8.2.3; RFC 9114 §4.2.1", Over: framed, Needs: needs(Serves), Fault: "refuses-anything-odd",
		Stages: say("A Cookie in three pieces.", "分成三段的 Cookie。")}, func(s *setting) *peer.Request { return s.section("cookie", "a=b", "cookie", "c=d", "cookie", "e=f") }, fine),
	// A86
	{
		Name: "frames-other-streams-live", Level: exam.Must, Spec: "RFC 9113 §5.4.2; RFC 9114 §8", Over: framed, Needs: needs(Serves), Fault: "one-answer-a-connection",
		Stages: say("A malformed request, then the plain GET on the same connection.", "格式錯誤的請求，再在同一連線上單純的 GET。"),
		Wants:  say("The plain GET is answered, or the connection as a whole is given up with a reason.", "單純的 GET 得到回應，或整條連線說明理由後放棄。"),
		Run: stage(func(s *setting) exam.Verdict {
			c := s.dial()
			bad := s.do(c, s.section("X-Statute", "1"))
			s.Record.Note("subject", "*", "the malformed request: %s", did(bad))
			for _, e := range c.Events() {
				if e.What == "GOAWAY" || e.What == "CONNECTION_CLOSE" {
					return exam.Passed(say("The connection was given up: %s %s.", "放棄了連線：%s %s。", e.What, e.Text))
				}
			}
			x := s.do(c, get(s.subject.File))
			return s.judge(x, []answer{fine})
		}),
	},
}

// early: only what is detected has to be treated as malformed, and who answers
// without reading the content detects nothing.
func early() answer {
	return may("It is answered without a look at the content; what is not detected need not be refused (RFC 9113 §8.1.1).", "沒看內容就回應；沒有發現的錯誤不必拒絕（RFC 9113 §8.1.1）。", 200)
}

// putsFramed makes a case of a PUT whose content is not as long as it says. To
// store it is to have counted it. The content that the resource had stays.
func putsFramed(name, length, en, zhTW string) exam.Case {
	return over(framed, stores(name, exam.Must, "RFC 9113 §8.1.1; RFC 9114 §4.1.2", "stores-anything", Stores, en, zhTW,
		func(s *setting) *peer.Request {
			q := with(put(put(s.section("content-type", "text/plain", "content-length", length), ":method", "PUT"), ":path", s.made()), "sencha")
			q.Method = "PUT"
			return q
		}, malformed, reset))
}

// failing names the fault that fails the case.
func failing(fault string, c exam.Case) exam.Case {
	c.Fault = fault
	return c
}
