package server

import (
	"strings"
	"time"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

// stores makes a case that begins with a resource of the trial's own, which it
// removes at its end. The control is that the resource is there.
func stores(name string, level exam.Level, spec, fault string, need exam.Capability, en, zhTW string, q func(*setting) *peer.Request, lawful ...answer) exam.Case {
	c := exam.Case{Name: name, Level: level, Spec: spec, Over: all, Needs: needs(need), Fault: fault, Stages: both(en, zhTW), Wants: wants(lawful), Codes: concerned(nil, lawful)}
	c.Run = stage(func(s *setting) exam.Verdict {
		s.put(s.made(), "oolong")
		defer s.remove(s.made())
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
// Where one before it does not succeed there is nothing to ask.
func then(name string, level exam.Level, spec, fault string, need exam.Capability, en, zhTW string, steps func(*setting) []*peer.Request, lawful ...answer) exam.Case {
	return exam.Case{Name: name, Level: level, Spec: spec, Over: all, Needs: needs(need), Fault: fault, Stages: both(en, zhTW), Wants: wants(lawful), Codes: concerned(nil, lawful),
		Run: stage(func(s *setting) exam.Verdict {
			defer s.remove(s.made())
			if exam.Either(s.Trial, false, true) {
				return s.plain()
			}
			asked := steps(s)
			for _, q := range asked[:len(asked)-1] {
				if x := s.ask(q); x.Final == nil || x.Final.Status/100 != 2 {
					panic(unasked{say("%s was not done, on which the question rests: %s.", "問題所需的 %s 沒有完成：%s。", q.Method, did(x))})
				}
			}
			return s.judge(s.ask(asked[len(asked)-1]), lawful)
		})}
}

func (s *setting) putText(text string, fields ...string) *peer.Request {
	return with(request("PUT", s.made(), append([]string{"Content-Type", "text/plain"}, fields...)...), text)
}

var (
	replaced = may("It is replaced.", "已取代。", 200, 204)
	created  = may("It is created.", "已建立。", 201)
	accepted = may("It will be done (RFC 9110 §15.3.3).", "稍後會做（RFC 9110 §15.3.3）。", 202)
	declined = may("DELETE is refused.", "拒絕 DELETE。", 405, 501, 401, 403)
)

var state = []exam.Case{
	// A103
	then("put-creates", exam.Must, "RFC 9110 §9.3.4", "204-for-201", Stores, "PUT of a new resource.", "PUT 一個新資源。",
		func(s *setting) []*peer.Request { return []*peer.Request{s.putText("oolong")} }, created, accepted),
	then("put-replaces", exam.Must, "RFC 9110 §9.3.4", "201-always", Stores, "PUT of a resource that is there.", "PUT 一個已存在的資源。",
		func(s *setting) []*peer.Request {
			return []*peer.Request{s.putText("oolong"), s.putText("sencha")}
		}, replaced, accepted),
	then("put-comes-back", exam.DeFacto, "RFC 9110 §9.3.4", "keeps-nothing", Stores, "PUT twice, then GET.", "PUT 兩次，再 GET。",
		func(s *setting) []*peer.Request {
			return []*peer.Request{s.putText("oolong"), s.putText("sencha"), get(s.made(), "Accept", "*/*")}
		}, may("What was put last comes back.", "最後放的拿得回來。", 200).and(contains("sencha"))),
	then("put-empty", exam.DeFacto, "RFC 9110 §9.3.4", "keeps-nothing", Stores, "PUT of nothing at all, then GET.", "PUT 空內容，再 GET。",
		func(s *setting) []*peer.Request {
			return []*peer.Request{s.putText(""), get(s.made(), "Accept", "*/*")}
		}, may("An empty resource is one.", "空的資源也是資源。", 200, 204).and(empty)),
	// A104
	then("delete", exam.Should, "RFC 9110 §9.3.5", "deletes-like-put", Stores, "PUT, then DELETE.", "PUT，再 DELETE。",
		func(s *setting) []*peer.Request {
			return []*peer.Request{s.putText("oolong"), request("DELETE", s.made())}
		}, may("It is done, or will be.", "已完成或將完成。", 200, 202, 204), declined),
	then("delete-204-empty", exam.Must, "RFC 9110 §15.3.5; RFC 9110 §8.6", "204-with-length", Stores, "PUT, then DELETE, and a look at the answer.", "PUT，再 DELETE，看回應。",
		func(s *setting) []*peer.Request {
			return []*peer.Request{s.putText("oolong"), request("DELETE", s.made())}
		}, may("Without content and Content-Length.", "沒有內容與 Content-Length。", 204).and(empty, hasNot("Content-Length"), hasNot("Transfer-Encoding")), may("It says more.", "說明更多。", 200, 202), declined),
	then("delete-twice", exam.DeFacto, "RFC 9110 §9.3.5; RFC 9110 §9.2.2", "breaks-on-deleted", Stores, "DELETE twice.", "DELETE 兩次。",
		func(s *setting) []*peer.Request {
			return []*peer.Request{s.putText("oolong"), request("DELETE", s.made()), request("DELETE", s.made())}
		}, notThere, may("It is not there, as was asked for.", "它不在了，正如所求。", 200, 202, 204)),
	then("deleted-is-gone", exam.DeFacto, "RFC 9110 §9.3.5", "finds-everything", Stores, "DELETE, then GET.", "DELETE，再 GET。",
		func(s *setting) []*peer.Request {
			return []*peer.Request{s.putText("oolong"), request("DELETE", s.made()), get(s.made())}
		}, notThere),
	// A98
	stores("put-if-none-match-any", exam.Must, "RFC 9110 §13.1.2", "ignores-conditions", Stores, "PUT with If-None-Match: * where something is.", "那裡有東西，PUT 帶 If-None-Match: *。",
		func(s *setting) *peer.Request { return s.putText("sencha", "If-None-Match", "*") }, fails),
	then("put-if-none-match-any-new", exam.Must, "RFC 9110 §13.1.2", "412-always", Stores, "PUT with If-None-Match: * where nothing is.", "那裡沒有東西，PUT 帶 If-None-Match: *。",
		func(s *setting) []*peer.Request {
			return []*peer.Request{s.putText("oolong", "If-None-Match", "*")}
		}, created, accepted),
	stores("put-if-match-miss", exam.Must, "RFC 9110 §13.1.1", "ignores-conditions", Stores, "PUT with an If-Match that does not match.", "PUT 帶不相符的 If-Match。",
		func(s *setting) *peer.Request { return s.putText("sencha", "If-Match", `"statute"`) }, fails),
	stores("put-if-match-any", exam.Must, "RFC 9110 §13.1.1", "412-always", Stores, "PUT with If-Match: * where something is.", "那裡有東西，PUT 帶 If-Match: *。",
		func(s *setting) *peer.Request { return s.putText("sencha", "If-Match", "*") }, replaced, accepted),
	then("put-if-match-any-new", exam.Must, "RFC 9110 §13.1.1; RFC 9110 §13.2.1", "ignores-conditions", Stores, "PUT with If-Match: * where nothing is.", "那裡沒有東西，PUT 帶 If-Match: *。",
		func(s *setting) []*peer.Request { return []*peer.Request{s.putText("oolong", "If-Match", "*")} }, fails, may("Without the condition it would be this.", "沒有條件也是這個回應。", 404, 409)),
	stores("delete-if-match-miss", exam.Must, "RFC 9110 §13.1.1", "ignores-conditions", Stores, "DELETE with an If-Match that does not match.", "DELETE 帶不相符的 If-Match。",
		func(s *setting) *peer.Request { return request("DELETE", s.made(), "If-Match", `"statute"`) }, fails),
	stores("put-if-unmodified-since-long-ago", exam.Must, "RFC 9110 §13.1.4", "ignores-conditions", Stores, "PUT with an If-Unmodified-Since of 1994.", "PUT 帶 1994 年的 If-Unmodified-Since。",
		func(s *setting) *peer.Request { return s.putText("sencha", "If-Unmodified-Since", longAgo) }, fails, may("A resource without a date has nothing to compare (RFC 9110 §13.1.4).", "沒有日期的資源無從比較（RFC 9110 §13.1.4）。", 200, 204).and(undated)),
	stores("put-if-modified-since", exam.Must, "RFC 9110 §13.1.3", "304-always", Stores, "PUT with If-Modified-Since, which is for GET and HEAD.", "PUT 帶 If-Modified-Since；它只用於 GET 與 HEAD。",
		func(s *setting) *peer.Request { return s.putText("sencha", "If-Modified-Since", farOff) }, replaced, accepted),
	stores("put-if-none-match-hit-is-412", exam.Must, "RFC 9110 §13.1.2", "304-for-412", Stores, "PUT with the resource's ETag in If-None-Match; 304 is for GET and HEAD.", "PUT 以 If-None-Match 帶著資源的 ETag；304 只用於 GET 與 HEAD。",
		func(s *setting) *peer.Request { return s.putText("sencha", "If-None-Match", s.madeTag()) }, fails),
	stores("put-if-none-match-weak", exam.Must, "RFC 9110 §13.1.2; RFC 9110 §8.8.3.2", "ignores-conditions", Stores, "PUT with the weak form of the resource's ETag in If-None-Match; comparison is weak for each method.", "PUT 以 If-None-Match 帶著資源 ETag 的弱形式；不管什麼方法都採弱比較。",
		func(s *setting) *peer.Request {
			return s.putText("sencha", "If-None-Match", "W/"+strings.TrimPrefix(s.madeTag(), "W/"))
		}, fails),
	// A100
	stores("put-content-range", exam.Should, "RFC 9110 §14.5", "accepts-anything", Stores, "PUT with Content-Range.", "帶 Content-Range 的 PUT。",
		func(s *setting) *peer.Request { return s.putText("x", "Content-Range", "bytes 0-0/6") },
		malformed, forbidden, may("It knows partial PUT and does it (RFC 9110 §14.5).", "支援部分 PUT（RFC 9110 §14.5）。", 200, 204).and(onlyPart), may("Not implemented.", "沒有實作。", 501, 415)),
	stores("put-range-ignored", exam.Must, "RFC 9110 §14.2", "206-for-put", Stores, "PUT with Range.", "帶 Range 的 PUT。",
		func(s *setting) *peer.Request { return s.putText("sencha", "Range", "bytes=0-0") }, replaced, accepted),
	// A106
	stores("patch-unknown-type", exam.Should, "RFC 5789 §2.2; RFC 5789 §3.1", "no-accept-patch", Stores, "PATCH in a format that nobody knows.", "沒有人認得的格式的 PATCH。",
		func(s *setting) *peer.Request {
			return with(request("PATCH", s.made(), "Content-Type", "application/statute"), "x")
		},
		may("The format is not taken, and Accept-Patch says which is.", "不接受這種格式，Accept-Patch 說明接受哪些。", 415).and(has("Accept-Patch")), noSuchMethod, may("It is not understood, or clashes.", "看不懂，或有衝突。", 409, 422)),
	// A105
	stores("put-unknown-coding", exam.DeFacto, "RFC 9110 §15.5.16; RFC 9110 §12.5.3", "breaks", Stores, "PUT in a content coding that nobody knows.", "沒有人認得的內容編碼的 PUT。",
		func(s *setting) *peer.Request { return s.putText("sencha", "Content-Encoding", "froth") },
		may("The coding is not taken.", "不接受這種編碼。", 415), replaced, accepted, malformed, forbidden),
	// A102
	needing(Stores, stores("range-of-little", exam.Must, "RFC 9110 §15.3.7; RFC 9110 §14.1.2", "wrong-part", Ranges, "Range: bytes=0-0,-1 of six octets.", "對六個位元組送 Range: bytes=0-0,-1。",
		func(s *setting) *peer.Request { return get(s.made(), "Range", "bytes=0-0,-1", "Accept", "*/*") }, may("Both octets, or one of them.", "兩個位元組，或其中之一。", 206).and(noneOnTop, partsOf("oolong")), may("Range may be ignored (RFC 9110 §14.2).", "可以忽略 Range（RFC 9110 §14.2）。", 200), oneRangeOnly)),
	needing(Stores, then("range-of-nothing", exam.Must, "RFC 9110 §14.1.2; RFC 9110 §14.4", "206-for-nothing", Ranges, "Range: bytes=0- of an empty resource.", "對空資源送 Range: bytes=0-。",
		func(s *setting) []*peer.Request {
			return []*peer.Request{s.putText(""), get(s.made(), "Range", "bytes=0-", "Accept", "*/*")}
		}, may("No octet of it is there.", "其中沒有任何位元組存在。", 416), may("Range may be ignored.", "可以忽略 Range。", 200, 204).and(empty), notTaken)),
	// A110
	ask(exam.Case{Name: "put-condition-required", Level: exam.Should, Spec: "RFC 6585 §3", Over: all, Needs: needs(Demands), Fault: "empty-errors",
		Stages: say("PUT without a condition of a resource that wants one.", "對要求條件的資源送沒有條件的 PUT。")},
		func(s *setting) *peer.Request {
			return with(request("PUT", s.subject.Demands, "Content-Type", "text/plain"), "sencha")
		},
		may("A condition is required, and the answer says how.", "需要條件，並說明怎麼給。", 428).and(filled), forbidden, may("It refuses in another way.", "以別的方式拒絕。", 409, 412)),
	// A120
	ask(exam.Case{Name: "put-without-room", Level: exam.DeFacto, Spec: "RFC 4918 §11.5; RFC 4331 §6", Over: all, Needs: needs(Full), Fault: "stores-without-room",
		Stages: say("PUT of 64 KiB into a folder whose quota has no room for them.", "把 64 KiB PUT 到配額容不下的資料夾。")},
		func(s *setting) *peer.Request {
			return with(request("PUT", s.subject.Full+"statute-"+s.Nonce, "Content-Type", "text/plain"), strings.Repeat("tea ", 16<<10))
		},
		may("There is no room.", "空間不足。", 507), may("It is too large for what is left.", "超過剩下的空間。", 413), forbidden, reset),
	// A122
	then("a-im-after-a-change", exam.Must, "RFC 3229 §10.4.1; RFC 3229 §10.3", "226-without-im", Stores, "PUT, a change, then GET with A-IM and the ETag of before.", "PUT，改變，再以 A-IM 與先前的 ETag 送 GET。",
		func(s *setting) []*peer.Request {
			s.put(s.made(), "oolong")
			before := s.madeTag()
			return []*peer.Request{s.putText("sencha, gyokuro"), get(s.made(), "A-IM", "diffe, vcdiff, gzip", "If-None-Match", before, "Accept", "*/*")}
		},
		may("It does not do deltas: all of what there is now.", "它不做差異：現在的全部內容。", 200).and(contains("sencha")), may("A difference, which it names.", "差異，並說明是哪一種。", 226).and(has("IM"), has("ETag"))),
}

// madeTag is the entity tag of the resource that the trial made. Some servers
// give a weak one to what was changed just now, which is waited for.
func (s *setting) madeTag() string {
	const unsettled = 3
	for n := 0; ; n++ {
		x := s.ask(get(s.made(), "Accept", "*/*"))
		if x.Final == nil || x.Final.Fields.Get("ETag") == "" {
			panic(unasked{say("What was stored has no ETag: %s.", "存進去的資源沒有 ETag：%s。", did(x))})
		}
		tag := x.Final.Fields.Get("ETag")
		if !strings.HasPrefix(tag, "W/") || n == unsettled {
			return tag
		}
		select {
		case <-time.After(time.Second):
		case <-s.Context.Done():
		}
	}
}

// partsOf asks for one part or several of a resource that is all text.
func partsOf(text string) check {
	return func(_ *setting, x *wire.Exchange) lang.Text {
		return within(x.Final, octetSpan{0, int64(len(text))}, []byte(text), int64(len(text)))
	}
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
