package server

import (
	"fmt"
	"strings"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

var (
	ignoresRange  = may("Range may be ignored (RFC 9110 §14.2).", "可以忽略 Range（RFC 9110 §14.2）。", 200).and(sameAsFile, hasNot("Content-Range"))
	unsatisfiable = may("No octet of it is there.", "其中沒有任何位元組存在。", 416).and(unsatisfied)
	part          = may("The range, or some of it.", "所要的範圍，或其中一部分。", 206)
	notTaken      = may("It is refused; what RFC 9110 §14.2 asks for here is no more than a SHOULD.", "拒絕；這裡 RFC 9110 §14.2 的要求只是 SHOULD。", 400)
	oneRangeOnly  = may("It does not serve several ranges; that it should is no more than a SHOULD (RFC 9110 §14.2).", "它不提供多個範圍；提供只是 SHOULD（RFC 9110 §14.2）。", 416)
)

// ranged makes a case of a GET of the file with a Range.
func ranged(name string, level exam.Level, spec, fault, value, en, zhTW string, lawful ...answer) exam.Case {
	return ask(exam.Case{Name: name, Level: level, Spec: spec, Over: all, Needs: needs(Serves, Ranges), Fault: fault, Stages: both(en, zhTW)},
		func(s *setting) *peer.Request {
			return get(s.subject.File, "Range", strings.ReplaceAll(value, "{size}", fmt.Sprint(s.file().Content.Length)))
		}, lawful...)
}

var ranges = []exam.Case{
	// A36. A server may send less than was asked for, and says what (RFC 9110
	// §15.3.7).
	ranged("range-first-ten", exam.Must, "RFC 9110 §15.3.7.1; RFC 9110 §14.4", "no-content-range", "bytes=0-9", "Range: bytes=0-9.", "Range: bytes=0-9。", part.and(partOf(0, 10)), ignoresRange),
	ranged("range-middle", exam.Must, "RFC 9110 §15.3.7.1; RFC 9110 §14.4", "wrong-part", "bytes=3-5", "Range: bytes=3-5.", "Range: bytes=3-5。", part.and(partOf(3, 3)), ignoresRange),
	ranged("range-one-octet", exam.Must, "RFC 9110 §15.3.7.1; RFC 9110 §14.1.2", "wrong-part", "bytes=1-1", "Range: bytes=1-1.", "Range: bytes=1-1。", part.and(partOf(1, 1)), ignoresRange),
	ranged("range-last-two", exam.Must, "RFC 9110 §15.3.7.1; RFC 9110 §14.1.2", "wrong-part", "bytes=-2", "Range: bytes=-2: the last two octets.", "Range: bytes=-2：最後兩個位元組。", part.and(partOf(-2, 2)), ignoresRange),
	ranged("range-open", exam.Must, "RFC 9110 §15.3.7.1; RFC 9110 §14.1.2", "wrong-part", "bytes=10-", "Range: bytes=10-.", "Range: bytes=10-。", part.and(partOf(10, -1)), ignoresRange),
	// These are satisfiable by RFC 9110 §14.1.2; that a satisfiable range is served
	// or ignored is a SHOULD (§14.2).
	ranged("range-suffix-longer-than-file", exam.Should, "RFC 9110 §14.2; RFC 9110 §14.1.2", "ranges-by-the-letter", "bytes=-999999999", "A suffix longer than the file: the whole of it.", "比檔案還長的尾段：就是整個檔案。", part.and(partOf(0, -1)), ignoresRange),
	ranged("range-end-behind-file", exam.Should, "RFC 9110 §14.2; RFC 9110 §14.1.2", "ranges-by-the-letter", "bytes=0-999999999", "A last position behind the end of the file.", "結束位置超過檔案結尾。", part.and(partOf(0, -1)), ignoresRange),
	ranged("range-unit-in-capitals", exam.Should, "RFC 9110 §14.2; RFC 9110 §14.1", "units-in-lower-case", "BYTES=0-9", "The range unit in capitals; its name is not case-sensitive, and one that is not known is ignored.", "範圍單位用大寫；單位名稱不分大小寫，而不認得的要忽略。", part.and(partOf(0, 10)), ignoresRange),
	// A37
	ranged("range-behind-the-end", exam.Should, "RFC 9110 §14.4; RFC 9110 §15.5.17", "no-content-range", "bytes={size}-", "A first position behind the last octet.", "起始位置在最後一個位元組之後。", unsatisfiable, ignoresRange),
	ranged("range-far-behind-the-end", exam.Must, "RFC 9110 §14.1.2", "overflows", "bytes=99999999999999999999-", "A first position that no integer holds.", "起始位置連整數都裝不下。", may("No octet of it is there.", "其中沒有任何位元組存在。", 416), ignoresRange, notTaken),
	// A43. What is sent as a part of nothing has a Content-Range that is invalid. A
	// 206 with a part that is one only lacks a 416, which is a SHOULD (RFC 9110
	// §14.2).
	ranged("range-last-none", exam.Must, "RFC 9110 §14.1.2; RFC 9110 §14.4", "206-for-nothing", "bytes=-0", "Range: bytes=-0: the last no octets.", "Range: bytes=-0：最後零個位元組。", may("Nothing can satisfy it.", "無從滿足。", 416), ignoresRange, notTaken,
		may("More than was asked for, in a part that is what it says.", "給的比要的多，但內容確實是它所說的那一段。", 206).and(partOf(0, -1))),
	// A38
	ranged("range-malformed", exam.Must, "RFC 9110 §14.2", "206-for-nothing", "bytes=abc", "Range: bytes=abc.", "Range: bytes=abc。", ignoresRange, may("An invalid ranges-specifier may be refused (RFC 9110 §14.2).", "可以拒絕無效的範圍（RFC 9110 §14.2）。", 416), malformed),
	ranged("range-backwards", exam.Must, "RFC 9110 §14.1.1; RFC 9110 §14.2", "206-for-nothing", "bytes=9-3", "Range: bytes=9-3: invalid.", "Range: bytes=9-3：無效。", ignoresRange, may("An invalid ranges-specifier may be refused (RFC 9110 §14.2).", "可以拒絕無效的範圍（RFC 9110 §14.2）。", 416), malformed),
	// A39. 416 is for a unit that is known and that this resource does not support.
	ranged("range-unknown-unit", exam.Must, "RFC 9110 §14.2", "refuses-unknown-units", "lines=0-1", "Range: lines=0-1, a unit that nobody knows.", "Range: lines=0-1：沒有人認得的單位。", may("A unit that is not known is ignored.", "忽略不認得的單位。", 200).and(hasNot("Content-Range"))),
	// A40
	ranged("range-two-parts", exam.Must, "RFC 9110 §15.3.7.2", "content-range-on-top", "bytes=0-1,10-11", "Two ranges.", "兩個範圍。",
		part.and(noneOnTop, inParts(0, 12)), ignoresRange, oneRangeOnly),
	ranged("range-two-parts-form", exam.Must, "RFC 9110 §14.6; RFC 9110 §15.3.7.2", "no-boundary", "bytes=0-1,10-11", "Two ranges, and what the parts say of themselves.", "兩個範圍，看各段如何說明自己。",
		part.and(inParts(0, 12)), ignoresRange, oneRangeOnly),
	ranged("range-one-of-two-satisfiable", exam.Should, "RFC 9110 §14.2; RFC 9110 §14.1.1", "all-or-nothing", "bytes=0-9,{size}-", "Two ranges, one of them behind the end.", "兩個範圍，其中一個在結尾之後。", part.and(noneOnTop, inParts(0, 10)), ignoresRange),
	// A101: "ought to" (RFC 9110 §17.15).
	ranged("range-thousand-overlapping", exam.DeFacto, "RFC 9110 §17.15; RFC 9110 §14.2", "amplifies", "bytes="+strings.Repeat("0-,", 999)+"0-", "A thousand ranges of the whole file.", "一千個涵蓋整個檔案的範圍。",
		ignoresRange, may("It is an attack, and refused.", "視為攻擊而拒絕。", 416, 400, 403, 431), part.and(notAmplified)),
	// A41
	ask(exam.Case{Name: "range-head", Level: exam.Must, Spec: "RFC 9110 §14.2", Over: all, Needs: needs(Serves, Ranges), Fault: "206-for-head",
		Stages: say("HEAD with Range, which is defined for GET only.", "帶 Range 的 HEAD；Range 只對 GET 有定義。")},
		func(s *setting) *peer.Request { return request("HEAD", s.subject.File, "Range", "bytes=0-9") },
		may("Range is ignored.", "忽略 Range。", 200).and(hasNot("Content-Range"))),
	ask(exam.Case{Name: "range-head-unsatisfiable", Level: exam.Must, Spec: "RFC 9110 §14.2", Over: all, Needs: needs(Serves, Ranges), Fault: "416-always",
		Stages: say("HEAD with a Range behind the end.", "HEAD 帶著結尾之後的 Range。")},
		func(s *setting) *peer.Request {
			return request("HEAD", s.subject.File, "Range", fmt.Sprintf("bytes=%d-", s.file().Content.Length))
		},
		may("Range is ignored.", "忽略 Range。", 200)),
	// A42
	ask(exam.Case{Name: "range-options", Level: exam.Must, Spec: "RFC 9110 §14.2", Over: all, Needs: needs(Serves, Ranges), Fault: "206-for-head",
		Stages: say("OPTIONS with Range.", "帶 Range 的 OPTIONS。")},
		func(s *setting) *peer.Request { return request("OPTIONS", s.subject.File, "Range", "bytes=0-9") },
		anythingBut("Whatever OPTIONS is answered with, Range has no part in it.", "不管 OPTIONS 得到什麼回應，都與 Range 無關。", 206, 416)),
	ranged("range-206-fields", exam.Must, "RFC 9110 §15.3.7", "304-without-fields", "bytes=0-9", "Range: bytes=0-9, and the fields beside those of the 200.", "Range: bytes=0-9，欄位與 200 的比較。",
		part.and(repeats("Date", "Cache-Control", "ETag", "Expires", "Content-Location", "Vary")), ignoresRange),
	ranged("range-206-metadata", exam.Must, "RFC 9110 §15.3.7", "206-without-type", "bytes=0-9", "Range: bytes=0-9 without If-Range, and what the 206 says of the representation.", "沒有 If-Range 的 Range: bytes=0-9，看 206 如何描述表示。",
		part.and(repeats("Content-Type", "Content-Language", "Content-Encoding")), ignoresRange),
	needing(Tagged, ranged("range-206-not-tagged-otherwise", exam.Must, "RFC 9110 §15.3.7", "other-etag", "bytes=0-9", "Range: bytes=0-9, and the ETag beside that of the 200.", "Range: bytes=0-9，ETag 與 200 的比較。", part.and(sameTag), ignoresRange)),
	ifRange("if-range-true", exam.Must, "wrong-part", func(f *wire.Response) string { return f.Fields.Get("ETag") }, Tags, "If-Range with the ETag that the file has.", "If-Range 是檔案的 ETag。", part.and(partOf(0, 10)), ignoresRange),
	// A50
	ifRange("if-range-false", exam.Must, "ignores-if-range", func(*wire.Response) string { return `"statute"` }, Serves, "If-Range with another ETag.", "If-Range 是別的 ETag。", wholeFile),
	ifRange("if-range-weak", exam.Must, "ignores-if-range", weak, Tagged, "If-Range with a weak ETag, which never counts.", "If-Range 是弱 ETag，永遠不算相符。", wholeFile, malformed),
	// A97
	ifRange("if-range-date", exam.Must, "wrong-part", func(f *wire.Response) string { return f.Fields.Get("Last-Modified") }, Dates, "If-Range with exactly the Last-Modified of the file.", "If-Range 正是檔案的 Last-Modified。", part.and(partOf(0, 10)), ignoresRange),
	ifRange("if-range-date-later", exam.Must, "ignores-if-range", shifted(1), Dates, "If-Range with a date one second later.", "If-Range 晚了一秒。", wholeFile),
	ifRange("if-range-date-earlier", exam.Must, "ignores-if-range", shifted(-1), Dates, "If-Range with a date one second earlier.", "If-Range 早了一秒。", wholeFile),
	ask(exam.Case{Name: "if-range-false-unsatisfiable", Level: exam.Must, Spec: "RFC 9110 §13.1.5", Over: all, Needs: needs(Serves, Ranges), Fault: "416-always",
		Stages: say("A false If-Range beside a Range behind the end.", "If-Range 不成立，Range 在結尾之後。")},
		func(s *setting) *peer.Request {
			return get(s.subject.File, "Range", fmt.Sprintf("bytes=%d-", s.file().Content.Length), "If-Range", `"statute"`)
		}, wholeFile),
	ask(exam.Case{Name: "if-range-alone", Level: exam.Must, Spec: "RFC 9110 §13.1.5", Over: all, Needs: needs(Serves), Fault: "if-range-like-if-match",
		Stages: say("If-Range without Range, to be ignored.", "沒有 Range 的 If-Range，應忽略。")},
		func(s *setting) *peer.Request { return get(s.subject.File, "If-Range", `"statute"`) }, fine),
	ask(exam.Case{Name: "range-beside-304", Level: exam.Must, Spec: "RFC 9110 §14.2; RFC 9110 §13.2.2", Over: all, Needs: needs(Serves, Ranges, Tagged), Fault: "206-for-nothing",
		Stages: say("If-None-Match that matches, beside a Range.", "相符的 If-None-Match，加上 Range。")},
		func(s *setting) *peer.Request {
			return get(s.subject.File, "If-None-Match", s.file().Fields.Get("ETag"), "Range", "bytes=0-9")
		}, may("The condition comes first.", "條件在先。", 304)),
	ask(exam.Case{Name: "range-of-missing", Level: exam.Must, Spec: "RFC 9110 §14.2", Over: all, Needs: needs(Serves, Ranges, Misses), Fault: "416-always",
		Stages: say("Range on a name that nobody has given.", "對沒人取過的名字送 Range。")},
		func(s *setting) *peer.Request { return get(s.subject.missing(s.Nonce), "Range", "bytes=0-9") }, notThere),
}

var wholeFile = may("If-Range is false, so Range is ignored.", "If-Range 不成立，因此忽略 Range。", 200).and(sameAsFile)

func ifRange(name string, level exam.Level, fault string, validator func(*wire.Response) string, need exam.Capability, en, zhTW string, lawful ...answer) exam.Case {
	return ask(exam.Case{Name: name, Level: level, Spec: "RFC 9110 §13.1.5", Over: all, Needs: needs(Serves, Ranges, need), Fault: fault, Stages: both(en, zhTW)},
		func(s *setting) *peer.Request {
			return get(s.subject.File, "Range", "bytes=0-9", "If-Range", validator(s.file()))
		}, lawful...)
}
