package server

import (
	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

// stores makes a case that begins with a resource of the trial's own, which it
// removes at its end.
func stores(name string, level exam.Level, spec, fault string, need exam.Capability, en, zhTW string, q func(*setting) *peer.Request, lawful ...answer) exam.Case {
	c := exam.Case{Name: name, Level: level, Spec: spec, Over: all, Needs: needs(need), Fault: fault, Stages: both(en, zhTW), Wants: wants(lawful), Codes: concerned(nil, lawful)}
	c.Run = stage(func(s *setting) exam.Verdict {
		s.put(s.made(), "oolong")
		defer s.remove(s.made())
		// The control: the resource is there.
		if exam.Either(s.Trial, false, true) {
			return s.judge(s.ask(get(s.made(), "Accept", "*/*")), []answer{may("It is there.", "它在。", 200)})
		}
		return s.judge(s.ask(q(s)), lawful)
	})
	return c
}

// put makes a resource, or the case cannot be staged.
func (s *setting) put(path, content string) *wire.Response {
	x := s.ask(with(request("PUT", path, "Content-Type", "text/plain"), content))
	if x.Final == nil || x.Final.Status/100 != 2 {
		panic(broken{say("The resource of the case could not be made: %s.", "無法建立題目所需的資源：%s。", did(x))})
	}
	return x.Final
}

func (s *setting) remove(path string) { s.ask(request("DELETE", path)) }

// then makes a case of one request after another, of which the last is judged.
func then(name string, level exam.Level, spec, fault string, need exam.Capability, en, zhTW string, steps func(*setting) []*peer.Request, lawful ...answer) exam.Case {
	return exam.Case{Name: name, Level: level, Spec: spec, Over: all, Needs: needs(need), Fault: fault, Stages: both(en, zhTW), Wants: wants(lawful), Codes: concerned(nil, lawful),
		Run: stage(func(s *setting) exam.Verdict {
			defer s.remove(s.made())
			if exam.Either(s.Trial, false, true) {
				return s.plain()
			}
			var x *wire.Exchange
			for _, q := range steps(s) {
				x = s.ask(q)
			}
			return s.judge(x, lawful)
		})}
}

func (s *setting) putText(text string, fields ...string) *peer.Request {
	return with(request("PUT", s.made(), append([]string{"Content-Type", "text/plain"}, fields...)...), text)
}

var (
	replaced = may("It is replaced.", "已取代。", 200, 204)
	created  = may("It is created.", "已建立。", 201)
)

var state = []exam.Case{
	// A103
	then("put-creates", exam.Must, "RFC 9110 §9.3.4", "204-for-201", Stores, "PUT of a new resource.", "PUT 一個新資源。",
		func(s *setting) []*peer.Request { return []*peer.Request{s.putText("oolong")} }, created),
	then("put-replaces", exam.Must, "RFC 9110 §9.3.4", "201-always", Stores, "PUT of a resource that is there.", "PUT 一個已存在的資源。",
		func(s *setting) []*peer.Request {
			return []*peer.Request{s.putText("oolong"), s.putText("sencha")}
		}, replaced),
	then("put-comes-back", exam.Must, "RFC 9110 §9.3.4", "keeps-nothing", Stores, "PUT twice, then GET.", "PUT 兩次，再 GET。",
		func(s *setting) []*peer.Request {
			return []*peer.Request{s.putText("oolong"), s.putText("sencha"), get(s.made(), "Accept", "*/*")}
		}, may("What was put last comes back.", "最後放的拿得回來。", 200).and(contains("sencha"))),
	then("put-empty", exam.Must, "RFC 9110 §9.3.4", "keeps-nothing", Stores, "PUT of nothing at all, then GET.", "PUT 空內容，再 GET。",
		func(s *setting) []*peer.Request {
			return []*peer.Request{s.putText(""), get(s.made(), "Accept", "*/*")}
		}, may("An empty resource is one.", "空的資源也是資源。", 200, 204).and(empty)),
	// A104
	then("delete", exam.Must, "RFC 9110 §9.3.5", "no-delete", Stores, "PUT, then DELETE.", "PUT，再 DELETE。",
		func(s *setting) []*peer.Request {
			return []*peer.Request{s.putText("oolong"), request("DELETE", s.made())}
		}, may("It is done, or will be.", "已完成或將完成。", 200, 202, 204)),
	then("delete-204-empty", exam.Must, "RFC 9110 §15.3.5; RFC 9110 §8.6", "204-with-length", Stores, "PUT, then DELETE, and a look at the answer.", "PUT，再 DELETE，看回應。",
		func(s *setting) []*peer.Request {
			return []*peer.Request{s.putText("oolong"), request("DELETE", s.made())}
		}, may("Without content and Content-Length.", "沒有內容與 Content-Length。", 204).and(empty, hasNot("Content-Length"), hasNot("Transfer-Encoding")), may("It says more.", "說明更多。", 200, 202).and(whole)),
	then("delete-twice", exam.Must, "RFC 9110 §9.3.5", "no-delete", Stores, "DELETE twice.", "DELETE 兩次。",
		func(s *setting) []*peer.Request {
			return []*peer.Request{s.putText("oolong"), request("DELETE", s.made()), request("DELETE", s.made())}
		}, notThere, may("It is not there, as was asked for.", "它不在了，正如所求。", 200, 202, 204)),
	then("deleted-is-gone", exam.Must, "RFC 9110 §9.3.5", "finds-everything", Stores, "DELETE, then GET.", "DELETE，再 GET。",
		func(s *setting) []*peer.Request {
			return []*peer.Request{s.putText("oolong"), request("DELETE", s.made()), get(s.made())}
		}, notThere),
	// A98
	stores("put-if-none-match-any", exam.Must, "RFC 9110 §13.1.2", "ignores-conditions", Stores, "PUT with If-None-Match: * where something is.", "那裡有東西，PUT 帶 If-None-Match: *。",
		func(s *setting) *peer.Request { return s.putText("sencha", "If-None-Match", "*") }, fails),
	then("put-if-none-match-any-new", exam.Must, "RFC 9110 §13.1.2", "412-always", Stores, "PUT with If-None-Match: * where nothing is.", "那裡沒有東西，PUT 帶 If-None-Match: *。",
		func(s *setting) []*peer.Request {
			return []*peer.Request{s.putText("oolong", "If-None-Match", "*")}
		}, created),
	stores("put-if-match-miss", exam.Must, "RFC 9110 §13.1.1", "ignores-conditions", Stores, "PUT with an If-Match that does not match.", "PUT 帶不相符的 If-Match。",
		func(s *setting) *peer.Request { return s.putText("sencha", "If-Match", `"statute"`) }, fails),
	stores("put-if-match-any", exam.Must, "RFC 9110 §13.1.1", "breaks", Stores, "PUT with If-Match: * where something is.", "那裡有東西，PUT 帶 If-Match: *。",
		func(s *setting) *peer.Request { return s.putText("sencha", "If-Match", "*") }, replaced),
	then("put-if-match-any-new", exam.Must, "RFC 9110 §13.1.1", "ignores-conditions", Stores, "PUT with If-Match: * where nothing is.", "那裡沒有東西，PUT 帶 If-Match: *。",
		func(s *setting) []*peer.Request { return []*peer.Request{s.putText("oolong", "If-Match", "*")} }, fails, may("Without the condition it would be this.", "沒有條件也是這個回應。", 404, 409)),
	stores("delete-if-match-miss", exam.Must, "RFC 9110 §13.1.1", "ignores-conditions", Stores, "DELETE with an If-Match that does not match.", "DELETE 帶不相符的 If-Match。",
		func(s *setting) *peer.Request { return request("DELETE", s.made(), "If-Match", `"statute"`) }, fails),
	stores("put-if-unmodified-since-long-ago", exam.Must, "RFC 9110 §13.1.4", "ignores-conditions", Stores, "PUT with an If-Unmodified-Since of 1994.", "PUT 帶 1994 年的 If-Unmodified-Since。",
		func(s *setting) *peer.Request { return s.putText("sencha", "If-Unmodified-Since", longAgo) }, fails, may("A resource without a date has nothing to compare (RFC 9110 §13.1.4).", "沒有日期的資源無從比較（RFC 9110 §13.1.4）。", 200, 204).and(undated)),
	stores("put-if-modified-since", exam.Must, "RFC 9110 §13.1.3", "304-always", Stores, "PUT with If-Modified-Since, which is for GET and HEAD.", "PUT 帶 If-Modified-Since；它只用於 GET 與 HEAD。",
		func(s *setting) *peer.Request { return s.putText("sencha", "If-Modified-Since", farOff) }, replaced),
	stores("put-if-none-match-hit-is-412", exam.Must, "RFC 9110 §13.1.2", "304-for-412", Stores, "PUT with If-None-Match: *; 304 is for GET and HEAD.", "PUT 帶 If-None-Match: *；304 只用於 GET 與 HEAD。",
		func(s *setting) *peer.Request { return s.putText("sencha", "If-None-Match", "*") }, fails),
	// A100
	stores("put-content-range", exam.Should, "RFC 9110 §14.5", "accepts-anything", Stores, "PUT with Content-Range.", "帶 Content-Range 的 PUT。",
		func(s *setting) *peer.Request { return s.putText("x", "Content-Range", "bytes 0-0/6") },
		malformed, may("It knows partial PUT and does it (RFC 9110 §14.5).", "支援部分 PUT（RFC 9110 §14.5）。", 200, 204).and(onlyPart), may("Not implemented.", "沒有實作。", 501, 415)),
	stores("put-range-ignored", exam.Must, "RFC 9110 §14.2", "206-for-put", Stores, "PUT with Range.", "帶 Range 的 PUT。",
		func(s *setting) *peer.Request { return s.putText("sencha", "Range", "bytes=0-0") }, replaced, malformed),
	// A106
	stores("patch-unknown-type", exam.Should, "RFC 5789 §2.2", "breaks", Stores, "PATCH in a format that nobody knows.", "沒有人認得的格式的 PATCH。",
		func(s *setting) *peer.Request {
			return with(request("PATCH", s.made(), "Content-Type", "application/statute"), "x")
		},
		may("The format is not taken, and Accept-Patch says which is.", "不接受這種格式，Accept-Patch 說明接受哪些。", 415).and(has("Accept-Patch")), notAllowed, notImplemented, forbidden, malformed),
	// A105
	stores("put-unknown-coding", exam.Should, "RFC 9110 §8.4", "breaks", Stores, "PUT in a content coding that nobody knows.", "沒有人認得的內容編碼的 PUT。",
		func(s *setting) *peer.Request { return s.putText("sencha", "Content-Encoding", "froth") },
		may("The coding is not taken.", "不接受這種編碼。", 415), replaced, malformed),
	// A102
	needing(Stores, stores("range-of-little", exam.Must, "RFC 9110 §14.1.2", "breaks", Ranges, "Range: bytes=0-0,-1 of six octets.", "對六個位元組送 Range: bytes=0-0,-1。",
		func(s *setting) *peer.Request { return get(s.made(), "Range", "bytes=0-0,-1", "Accept", "*/*") }, may("Both octets, or all.", "兩個位元組，或全部。", 206, 200), may("Several ranges may be refused.", "可以拒絕多個範圍。", 416))),
	needing(Stores, then("range-of-nothing", exam.Must, "RFC 9110 §14.1.2; RFC 9110 §15.5.17", "206-for-nothing", Ranges, "Range: bytes=0- of an empty resource.", "對空資源送 Range: bytes=0-。",
		func(s *setting) []*peer.Request {
			return []*peer.Request{s.putText(""), get(s.made(), "Range", "bytes=0-", "Accept", "*/*")}
		}, may("No octet of it is there.", "其中沒有任何位元組存在。", 416), may("Range may be ignored.", "可以忽略 Range。", 200, 204).and(empty))),
	{
		Name: "writers-race", Level: exam.Must, Spec: "RFC 9110 §13.1.2", Over: all, Needs: needs(Stores), Fault: "ignores-conditions", Codes: []status.Code{412},
		Stages: say("Two PUTs with If-None-Match: * for one new resource.", "對同一個新資源送兩個帶 If-None-Match: * 的 PUT。"), Wants: say("The first creates it, the second is refused with 412.", "第一個建立，第二個得到 412。"),
		Run: stage(func(s *setting) exam.Verdict {
			defer s.remove(s.made())
			if exam.Either(s.Trial, false, true) {
				return s.plain()
			}
			first := s.ask(s.putText("oolong", "If-None-Match", "*"))
			second := s.ask(s.putText("sencha", "If-None-Match", "*"))
			if first.Final == nil || first.Final.Status != 201 {
				return exam.Failed(say("The first: %s.", "第一個：%s。", did(first)))
			}
			return s.judge(second, []answer{fails})
		}),
	},
}

func undated(s *setting, x *wire.Exchange) lang.Text {
	now := s.ask(get(s.made(), "Accept", "*/*"))
	if now.Final == nil || !now.Final.Fields.Has("Last-Modified") {
		return lang.Text{}
	}
	return say("the resource has a Last-Modified", "資源有 Last-Modified")
}

// onlyPart asks that the rest of the resource is still there after a partial PUT.
func onlyPart(s *setting, x *wire.Exchange) lang.Text {
	now := s.ask(get(s.made(), "Accept", "*/*"))
	if now.Final != nil && string(now.Final.Content.Data) == "xolong" {
		return lang.Text{}
	}
	return say("the part replaced the whole", "一小段取代了整個資源")
}

// needing adds a capability.
func needing(need exam.Capability, c exam.Case) exam.Case {
	c.Needs = append(c.Needs, need)
	return c
}
