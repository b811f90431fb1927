package server

import (
	"fmt"
	"strings"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

const lockInfo = `<?xml version="1.0"?><D:lockinfo xmlns:D="DAV:"><D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockinfo>`

// xml is a request with XML as its content.
func xml(method, path, content string, fields ...string) *peer.Request {
	return with(request(method, path, append([]string{"Content-Type", "application/xml"}, fields...)...), content)
}

// collection makes a case that is asked within a collection of the trial's own,
// made() with a slash, in which stands a resource, made()/tea.
func collection(name string, level exam.Level, spec, fault string, need exam.Capability, en, zhTW string, q func(s *setting, at string) *peer.Request, lawful ...answer) exam.Case {
	return exam.Case{Name: name, Level: level, Spec: spec, Over: all, Needs: needs(need), Fault: fault, Stages: both(en, zhTW), Wants: wants(lawful), Codes: concerned(nil, lawful),
		Run: stage(func(s *setting) exam.Verdict {
			at := s.made() + "/"
			x := s.ask(request("MKCOL", at))
			if x.Final == nil || x.Final.Status != 201 {
				panic(broken{say("The collection of the case could not be made: %s.", "無法建立題目所需的集合：%s。", did(x))})
			}
			defer s.remove(at)
			s.put(at+"tea", "oolong")
			if exam.Either(s.Trial, false, true) {
				return s.judge(s.ask(get(at+"tea", "Accept", "*/*")), []answer{may("It is there.", "它在。", 200)})
			}
			return s.judge(s.ask(q(s, at)), lawful)
		})}
}

// url is a path as the Destination field has it.
func (s *setting) url(path string) string {
	u := s.subject.at(s.Over)
	scheme := u.Scheme
	if s.Over == wire.H3 {
		scheme = "https"
	}
	return scheme + "://" + u.Host + path
}

// lock locks a path and returns the token with its angle brackets.
func (s *setting) lock(path string) string {
	x := s.ask(xml("LOCK", path, lockInfo, "Timeout", "Second-60"))
	if x.Final == nil || x.Final.Status/100 != 2 || x.Final.Fields.Get("Lock-Token") == "" {
		panic(broken{say("The lock of the case could not be made: %s.", "無法建立題目所需的鎖：%s。", did(x))})
	}
	return x.Final.Fields.Get("Lock-Token")
}

// locked makes such a case in which the resource is locked first and unlocked at
// the end.
func locked(name, fault, en, zhTW, spec string, q func(s *setting, at, token string) *peer.Request, lawful ...answer) exam.Case {
	return exam.Case{Name: name, Level: exam.Must, Spec: spec, Over: all, Needs: needs(Locks), Fault: fault, Stages: both(en, zhTW), Wants: wants(lawful), Codes: concerned(nil, lawful),
		Run: stage(func(s *setting) exam.Verdict {
			at := s.made() + "/"
			s.ask(request("MKCOL", at))
			defer s.remove(at)
			s.put(at+"tea", "oolong")
			token := s.lock(at + "tea")
			defer s.ask(request("UNLOCK", at+"tea", "Lock-Token", token))
			if exam.Either(s.Trial, false, true) {
				return s.judge(s.ask(get(at+"tea", "Accept", "*/*")), []answer{may("It is there.", "它在。", 200)})
			}
			return s.judge(s.ask(q(s, at, token)), lawful)
		})}
}

var (
	multi    = may("A status for each part.", "各部分各有狀態。", 207).and(multistatus)
	isLocked = may("It is locked.", "已鎖定。", 423)
	mustFail = any4xx("It has to fail; the code for it is no more than a list's (RFC 4918 §9).", "必須失敗；用哪個代碼，只是列舉（RFC 4918 §9）。")
)

// graded gives a case another level.
func graded(level exam.Level, c exam.Case) exam.Case {
	c.Level = level
	return c
}

var dav = []exam.Case{
	collection("dav-options", exam.Must, "RFC 4918 §10.1", "no-dav", DAV, "OPTIONS of a collection.", "對集合送 OPTIONS。",
		func(_ *setting, at string) *peer.Request { return request("OPTIONS", at) }, may("With DAV.", "附 DAV。", 200, 204).and(davClass1)),
	// A113
	collection("mkcol-over-existing", exam.Must, "RFC 4918 §9.3; RFC 4918 §9.3.1", "201-always", DAV, "MKCOL where a collection is.", "集合已存在，再 MKCOL。",
		func(_ *setting, at string) *peer.Request { return request("MKCOL", at) }, may("MKCOL is for unmapped URLs only.", "MKCOL 只能用在尚未對應的 URL。", 405), mustFail),
	collection("mkcol-without-parent", exam.Must, "RFC 4918 §9.3", "201-always", DAV, "MKCOL below nothing.", "上層不存在的 MKCOL。",
		func(_ *setting, at string) *peer.Request { return request("MKCOL", at+"none/x/") }, may("The parent has to be made first.", "要先建立上層。", 409)),
	collection("mkcol-with-content", exam.Must, "RFC 4918 §9.3", "201-always", DAV, "MKCOL with content that nobody knows.", "MKCOL 帶沒有人認得的內容。",
		func(_ *setting, at string) *peer.Request {
			return with(request("MKCOL", at+"x/", "Content-Type", "application/statute"), "<x/>")
		}, may("The content is not supported.", "不支援這種內容。", 415)),
	collection("put-without-parent", exam.Must, "RFC 4918 §9.7.1", "201-always", DAV, "PUT below nothing.", "上層不存在的 PUT。",
		func(_ *setting, at string) *peer.Request {
			return with(request("PUT", at+"none/x", "Content-Type", "text/plain"), "x")
		}, may("The parent has to be made first.", "要先建立上層。", 409)),
	// A114
	collection("copy-overwrite-f", exam.Must, "RFC 4918 §10.6", "ignores-conditions", DAV, "COPY with Overwrite: F onto something.", "COPY 帶 Overwrite: F，目的地已存在。",
		func(s *setting, at string) *peer.Request {
			s.put(at+"cup", "sencha")
			return request("COPY", at+"tea", "Destination", s.url(at+"cup"), "Overwrite", "F")
		}, fails),
	collection("move-overwrite-f", exam.Must, "RFC 4918 §10.6", "ignores-conditions", DAV, "MOVE with Overwrite: F onto something.", "MOVE 帶 Overwrite: F，目的地已存在。",
		func(s *setting, at string) *peer.Request {
			s.put(at+"cup", "sencha")
			return request("MOVE", at+"tea", "Destination", s.url(at+"cup"), "Overwrite", "F")
		}, fails),
	collection("copy-creates", exam.DeFacto, "RFC 4918 §9.8.5", "204-for-201", DAV, "COPY to a new name.", "COPY 到新名字。",
		func(s *setting, at string) *peer.Request {
			return request("COPY", at+"tea", "Destination", s.url(at+"cup"))
		}, created),
	collection("copy-replaces", exam.DeFacto, "RFC 4918 §9.8.5", "201-always", DAV, "COPY onto something.", "COPY 到已存在之處。",
		func(s *setting, at string) *peer.Request {
			s.put(at+"cup", "sencha")
			return request("COPY", at+"tea", "Destination", s.url(at+"cup"))
		}, may("It is replaced.", "已取代。", 204)),
	collection("move-creates", exam.DeFacto, "RFC 4918 §9.9.4", "204-for-201", DAV, "MOVE to a new name.", "MOVE 到新名字。",
		func(s *setting, at string) *peer.Request {
			return request("MOVE", at+"tea", "Destination", s.url(at+"cup"))
		}, created),
	collection("copy-onto-itself", exam.DeFacto, "RFC 4918 §9.8.5", "204-always", DAV, "COPY onto itself.", "COPY 到自己。",
		func(s *setting, at string) *peer.Request {
			return request("COPY", at+"tea", "Destination", s.url(at+"tea"))
		}, may("Source and destination are the same.", "來源與目的地相同。", 403), may("It conflicts with itself.", "與自己衝突。", 409)),
	collection("copy-without-parent", exam.Must, "RFC 4918 §9.8.5", "201-always", DAV, "COPY below nothing.", "COPY 到不存在的上層。",
		func(s *setting, at string) *peer.Request {
			return request("COPY", at+"tea", "Destination", s.url(at+"none/x"))
		}, may("The parent has to be made first.", "要先建立上層。", 409), mustFail),
	collection("copy-of-missing", exam.DeFacto, "RFC 4918 §9.8; RFC 9110 §15.5.5", "201-always", DAV, "COPY of nothing.", "COPY 不存在的東西。",
		func(s *setting, at string) *peer.Request {
			return request("COPY", at+"none", "Destination", s.url(at+"x"))
		}, notThere),
	collection("copy-without-destination", exam.DeFacto, "RFC 4918 §9.8", "201-always", DAV, "COPY without Destination.", "沒有 Destination 的 COPY。",
		func(_ *setting, at string) *peer.Request { return request("COPY", at+"tea") }, malformed, mustFail),
	collection("copy-to-other-server", exam.DeFacto, "RFC 4918 §9.8.5", "201-always", DAV, "COPY to another server.", "COPY 到另一台伺服器。",
		func(_ *setting, at string) *peer.Request {
			return request("COPY", at+"tea", "Destination", "http://statute.invalid/x")
		}, may("The other server does not take it.", "另一台伺服器不收。", 502), any4xx("It is refused.", "拒絕。")),
	// A117
	collection("propfind-bad-xml", exam.Must, "RFC 4918 §8.2", "207-always", DAV, "PROPFIND with XML that is not well-formed.", "PROPFIND 的 XML 格式錯誤。",
		func(_ *setting, at string) *peer.Request { return xml("PROPFIND", at, "<propfind", "Depth", "0") }, malformed),
	// Who reads it with a parser that knows namespaces is told that it is wrong.
	collection("propfind-unknown-prefix", exam.Must, "RFC 4918 §8.2", "207-always", DAV, "PROPFIND with a prefix of no namespace.", "PROPFIND 的前綴沒有名稱空間。",
		func(_ *setting, at string) *peer.Request {
			return xml("PROPFIND", at, `<D:propfind xmlns:D="DAV:"><D:prop><X:tea/></D:prop></D:propfind>`, "Depth", "0")
		}, malformed, mustFail),
	collection("propfind-depth-0", exam.Must, "RFC 4918 §9.1", "no-propfind", DAV, "PROPFIND of a collection, Depth: 0.", "對集合送 Depth: 0 的 PROPFIND。",
		func(_ *setting, at string) *peer.Request { return request("PROPFIND", at, "Depth", "0") }, multi),
	collection("propfind-depth-1", exam.Must, "RFC 4918 §9.1", "no-propfind", DAV, "PROPFIND of a collection, Depth: 1.", "對集合送 Depth: 1 的 PROPFIND。",
		func(_ *setting, at string) *peer.Request { return request("PROPFIND", at, "Depth", "1") }, multi.and(contains("tea"))),
	collection("propfind-unknown-property", exam.Must, "RFC 4918 §9.1", "207-without-404", DAV, "PROPFIND of a property that nobody has.", "PROPFIND 沒有人有的屬性。",
		func(_ *setting, at string) *peer.Request {
			return xml("PROPFIND", at+"tea", `<D:propfind xmlns:D="DAV:"><D:prop><x:froth xmlns:x="urn:statute"/></D:prop></D:propfind>`, "Depth", "0")
		}, multi.and(contains(" 404"))),
	collection("propfind-of-missing", exam.DeFacto, "RFC 9110 §15.5.5", "207-always", DAV, "PROPFIND of nothing.", "PROPFIND 不存在的東西。",
		func(_ *setting, at string) *peer.Request { return request("PROPFIND", at+"none", "Depth", "0") }, notThere),
	// A118
	collection("propfind-infinity", exam.Should, "RFC 4918 §9.1.1", "403-without-reason", DAV, "PROPFIND, Depth: infinity.", "Depth: infinity 的 PROPFIND。",
		func(_ *setting, at string) *peer.Request { return request("PROPFIND", at, "Depth", "infinity") }, multi, may("It is not allowed, and the condition is named.", "不允許，並指出條件。", 403).and(contains("propfind-finite-depth"))),
	collection("propfind-bad-depth", exam.DeFacto, "RFC 4918 §10.2", "207-always", DAV, "PROPFIND, Depth: 5.", "Depth: 5 的 PROPFIND。",
		func(_ *setting, at string) *peer.Request { return request("PROPFIND", at, "Depth", "5") }, malformed, mustFail),
	// A115
	locked("lock-then-put", "ignores-locks", "LOCK, then PUT without the token.", "LOCK 之後不帶權杖 PUT。", "RFC 4918 §7.5",
		func(s *setting, at, _ string) *peer.Request {
			return with(request("PUT", at+"tea", "Content-Type", "text/plain"), "x")
		}, isLocked, mustFail),
	locked("lock-then-put-with-token", "locks-out-everybody", "LOCK, then PUT with the token.", "LOCK 之後帶權杖 PUT。", "RFC 4918 §10.4",
		func(s *setting, at, token string) *peer.Request {
			return with(request("PUT", at+"tea", "Content-Type", "text/plain", "If", "("+token+")"), "x")
		}, succeeds),
	locked("lock-then-delete", "ignores-locks", "LOCK, then DELETE without the token.", "LOCK 之後不帶權杖 DELETE。", "RFC 4918 §7.5",
		func(s *setting, at, _ string) *peer.Request { return request("DELETE", at+"tea") }, isLocked, mustFail),
	locked("lock-twice", "ignores-locks", "A second exclusive LOCK.", "第二個獨占 LOCK。", "RFC 4918 §6.2; RFC 4918 §9.10.5",
		func(s *setting, at, _ string) *peer.Request { return xml("LOCK", at+"tea", lockInfo) }, isLocked, mustFail),
	locked("lock-false-if", "ignores-conditions", "PUT with an If that names another token.", "PUT 的 If 指名別的權杖。", "RFC 4918 §10.4.3; RFC 4918 §7.5",
		func(s *setting, at, _ string) *peer.Request {
			return with(request("PUT", at+"tea", "Content-Type", "text/plain", "If", "(<urn:uuid:00000000-0000-0000-0000-000000000000>)"), "x")
		}, fails, isLocked),
	locked("unlock-other-token", "204-always", "UNLOCK with another token.", "以別的權杖 UNLOCK。", "RFC 4918 §9.11.1",
		func(s *setting, at, _ string) *peer.Request {
			return request("UNLOCK", at+"tea", "Lock-Token", "<urn:uuid:00000000-0000-0000-0000-000000000000>")
		}, may("It is no token of this resource.", "不是這個資源的權杖。", 409), mustFail),
	graded(exam.DeFacto, locked("unlock-without-token", "204-always", "UNLOCK without a token.", "不帶權杖的 UNLOCK。", "RFC 4918 §9.11.1",
		func(s *setting, at, _ string) *peer.Request { return request("UNLOCK", at+"tea") }, malformed, mustFail)),
	// A119
	locked("delete-of-collection-with-locked-member", "204-always", "DELETE of a collection, a member of which is locked.", "DELETE 一個集合，其中的成員被鎖定。", "RFC 4918 §9.6.1; RFC 4918 §7.5",
		func(s *setting, at, _ string) *peer.Request { return request("DELETE", at) },
		may("Each that could not be deleted.", "列出無法刪除的。", 207).and(multistatus, stillThere), any4xx("It failed as a whole (RFC 4918 §9.6.1).", "整個失敗（RFC 4918 §9.6.1）。").and(stillThere)),
	// A116
	then("lock-unmapped", exam.Must, "RFC 4918 §7.3", "204-for-201", Locks, "LOCK where nothing is.", "對不存在的 URL 送 LOCK。",
		func(s *setting) []*peer.Request {
			return []*peer.Request{xml("LOCK", s.made(), lockInfo, "Timeout", "Second-2")}
		}, may("An empty locked resource is created.", "建立一個鎖定的空資源。", 201), may("The name is reserved, as RFC 2518 had it; RFC 4918 §7.3 lets servers go on so.", "依 RFC 2518 的作法保留名字；RFC 4918 §7.3 准許伺服器沿用。", 200).and(nothingYet)),
	// A121
	loop("loop-for-a-client-that-knows-208", exam.DeFacto, "207-without-404", "bind", "PROPFIND, Depth: infinity, of a collection that is bound within itself; the client knows 208.", "對繫結了自己的集合送 Depth: infinity 的 PROPFIND；用戶端懂 208。",
		may("What was listed already is not listed again.", "列過的不再列。", 207).and(multistatus, contains(" 208")), mustFail, may("It does not go round.", "不繞圈。", 508)),
	loop("loop-for-a-client-that-does-not", exam.Should, "207-always", "1", "The same for a client that does not know 208.", "相同，但用戶端不懂 208。",
		may("It would not end.", "不會結束。", 508), mustFail, may("The end of it is reported in its place.", "在該處回報。", 207).and(multistatus, lacks(" 208"))),
}

// loop makes a case of a PROPFIND without end: a collection that is a member of
// itself (RFC 5842 §2.2). Classes is what the client says that it knows.
func loop(name string, level exam.Level, fault, classes, en, zhTW string, lawful ...answer) exam.Case {
	const around = `<D:bind xmlns:D="DAV:"><D:segment>around</D:segment><D:href>%s</D:href></D:bind>`
	return collection(name, level, "RFC 5842 §7.1; RFC 5842 §7.2", fault, Binds, en, zhTW, func(s *setting, at string) *peer.Request {
		if x := s.ask(xml("BIND", at, fmt.Sprintf(around, s.url(at)))); x.Final == nil || x.Final.Status/100 != 2 {
			panic(unasked{say("BIND does not make a loop: %s.", "BIND 無法做出迴圈：%s。", did(x))})
		}
		return request("PROPFIND", at, "Depth", "infinity", "DAV", classes)
	}, lawful...)
}

// davClass1 asks for the class that every WebDAV resource is of. RFC 4918 §10.1.
func davClass1(_ *setting, x *wire.Exchange) lang.Text {
	if x.Final.Fields.HasMember("DAV", "1") {
		return lang.Text{}
	}
	return say("DAV is %q", "DAV 是 %q", x.Final.Fields.Get("DAV"))
}

// stillThere asks that the locked resource is still there.
func stillThere(s *setting, _ *wire.Exchange) lang.Text {
	if x := s.ask(get(s.made()+"/tea", "Accept", "*/*")); x.Final == nil || x.Final.Status != 200 {
		return say("the locked member is gone: %s", "被鎖定的成員不見了：%s", did(x))
	}
	return lang.Text{}
}

// nothingYet asks that nothing can be got at the name: the lock is a lock-null
// resource.
func nothingYet(s *setting, _ *wire.Exchange) lang.Text {
	if x := s.ask(get(s.made(), "Accept", "*/*")); x.Final == nil || x.Final.Status/100 == 2 {
		return say("a resource was created, which 201 says: GET gives %s", "資源已經建立，該用 201：GET 得到 %s", did(x))
	}
	return lang.Text{}
}

// multistatus asks for XML with that root. RFC 4918 §13.
func multistatus(_ *setting, x *wire.Exchange) lang.Text {
	kind := x.Final.Fields.Get("Content-Type")
	if !strings.Contains(kind, "xml") || !strings.Contains(string(x.Final.Content.Data), "multistatus") {
		return say("its content is no DAV:multistatus in XML (%s)", "內容不是 XML 的 DAV:multistatus（%s）", kind)
	}
	return lang.Text{}
}
