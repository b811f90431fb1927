package server

import (
	"strings"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

var hundredK = strings.Repeat("y", 100_000)

// accepting makes a case of a GET with a field of content negotiation.
func accepting(name string, level exam.Level, spec, fault, field, value, en, zhTW string, lawful ...answer) exam.Case {
	return ask(exam.Case{Name: name, Level: level, Spec: spec, Over: all, Needs: needs(Serves), Fault: fault, Stages: both(en, zhTW)},
		func(s *setting) *peer.Request { return get(s.subject.File, field, value) }, lawful...)
}

var (
	whatThereIs   = may("What there is, whatever was asked for.", "有什麼就給什麼。", 200)
	notAcceptable = may("There is nothing acceptable.", "沒有可接受的內容。", 406)
)

var negotiation = []exam.Case{
	// A112
	accepting("accept-nothing-there-is", exam.DeFacto, "RFC 9110 §12.5.1; RFC 9110 §15.5.7", "415-always", "Accept", "application/statute", "Accept: application/statute.", "Accept: application/statute。", whatThereIs, notAcceptable, may("A choice of what there is.", "列出有什麼可選。", 300)),
	accepting("accept-anything", exam.DeFacto, "RFC 9110 §12.5.1", "406-always", "Accept", "*/*", "Accept: */*.", "Accept: */*。", whatThereIs),
	accepting("accept-malformed", exam.DeFacto, "RFC 9110 §12.5.1", "breaks", "Accept", ";;q=", "An Accept that cannot be read.", "無法解讀的 Accept。", whatThereIs, notAcceptable, malformed),
	accepting("accept-language-unknown", exam.DeFacto, "RFC 9110 §12.5.4", "415-always", "Accept-Language", "tlh", "Accept-Language: tlh.", "Accept-Language: tlh。", whatThereIs, notAcceptable),
	accepting("accept-charset", exam.DeFacto, "RFC 9110 §12.5.2", "415-always", "Accept-Charset", "froth", "Accept-Charset: froth; the field is deprecated.", "Accept-Charset: froth；這個欄位已淘汰。", whatThereIs, notAcceptable),
	accepting("accept-encoding-identity", exam.Should, "RFC 9110 §12.5.3", "always-gzip", "Accept-Encoding", "identity", "Accept-Encoding: identity.", "Accept-Encoding: identity。", whatThereIs.and(uncoded)),
	accepting("accept-encoding-gzip-refused", exam.Should, "RFC 9110 §12.5.3", "always-gzip", "Accept-Encoding", "gzip;q=0", "Accept-Encoding: gzip;q=0.", "Accept-Encoding: gzip;q=0。", whatThereIs.and(notGzip), notAcceptable),
	accepting("accept-encoding-unknown", exam.Should, "RFC 9110 §12.5.3", "always-gzip", "Accept-Encoding", "froth", "Accept-Encoding: froth.", "Accept-Encoding: froth。", whatThereIs.and(uncoded)),
	accepting("accept-encoding-nothing", exam.DeFacto, "RFC 9110 §12.5.3; RFC 9110 §15.5.7", "415-always", "Accept-Encoding", "identity;q=0", "Accept-Encoding: identity;q=0, which refuses the content as it is.", "Accept-Encoding: identity;q=0，拒絕未編碼的內容。", whatThereIs, notAcceptable),
	accepting("accept-encoding-empty", exam.Should, "RFC 9110 §12.5.3", "always-gzip", "Accept-Encoding", "", "An empty Accept-Encoding.", "空的 Accept-Encoding。", whatThereIs.and(uncoded)),
	accepting("accept-encoding-gzip-varies", exam.Should, "RFC 9110 §12.5.5", "gzip-without-vary", "Accept-Encoding", "gzip", "Accept-Encoding: gzip.", "Accept-Encoding: gzip。", whatThereIs.and(codedVaries)),
	accepting("accept-encoding-gzip-other-etag", exam.DeFacto, "RFC 9110 §8.8.1; RFC 9110 §8.8.3.3", "gzip-same-etag", "Accept-Encoding", "gzip", "Accept-Encoding: gzip, and the ETag beside that of the file as it is.", "Accept-Encoding: gzip，ETag 與未編碼的比較。", whatThereIs.and(codedTagged)),
	accepting("prefer-unknown", exam.Must, "RFC 7240 §2", "refuses-anything-odd", "Prefer", "froth=1", "Prefer: froth=1; what is not understood is ignored.", "Prefer: froth=1；不懂的偏好要忽略。", whatThereIs),
	accepting("a-im", exam.Must, "RFC 3229 §10.4.1; RFC 3229 §10.5.2", "226-without-im", "A-IM", "diffe, gzip", "A-IM without an older ETag.", "沒有舊 ETag 的 A-IM。", whatThereIs, may("An instance manipulation, named.", "標明的 instance manipulation。", 226).and(has("IM"), has("ETag"))),
	accepting("early-data-field", exam.DeFacto, "RFC 8470 §5.1", "breaks", "Early-Data", "1", "Early-Data: 1.", "Early-Data: 1。", whatThereIs, may("It may be a replay.", "可能是重放。", 425)),
	accepting("max-forwards-on-get", exam.DeFacto, "RFC 9110 §7.6.2", "breaks", "Max-Forwards", "0", "Max-Forwards: 0 on GET, where it may be ignored.", "GET 帶 Max-Forwards: 0，可以忽略。", whatThereIs),
	accepting("only-if-cached", exam.DeFacto, "RFC 9111 §5.2.1.7", "breaks", "Cache-Control", "only-if-cached", "Cache-Control: only-if-cached to an origin.", "對來源伺服器送 Cache-Control: only-if-cached。", whatThereIs, may("A cache before it has nothing.", "前面的快取沒有存。", 504)),
	accepting("authorization-unneeded", exam.DeFacto, "RFC 9110 §11.6.2", "breaks", "Authorization", "Froth oolong", "Credentials of an unknown scheme where none are wanted.", "不需要身分憑證之處送出未知方案的憑證。", whatThereIs, may("What cannot be checked is refused.", "無法查驗的就拒絕。", 400, 403), may("Credentials that are no good.", "憑證無效。", 401).and(has("WWW-Authenticate"))),
	accepting("referer-malformed", exam.DeFacto, "RFC 9110 §10.1.3", "breaks", "Referer", "::::", "A Referer that is no URI.", "不是 URI 的 Referer。", whatThereIs, malformed),
	accepting("via-and-forwarded", exam.DeFacto, "RFC 9110 §7.6.3", "refuses-anything-odd", "Via", "1.1 froth, HTTP/2 tea (comment)", "A Via of two gateways.", "經過兩個閘道的 Via。", whatThereIs),
}

func uncoded(_ *setting, x *wire.Exchange) lang.Text {
	if v := x.Final.Fields.Get("Content-Encoding"); v != "" && !strings.EqualFold(v, "identity") {
		return say("Content-Encoding is %q", "Content-Encoding 是 %q", v)
	}
	return lang.Text{}
}

func notGzip(_ *setting, x *wire.Exchange) lang.Text {
	if x.Final.Fields.HasMember("Content-Encoding", "gzip") {
		return say("it is coded with gzip", "它以 gzip 編碼")
	}
	return lang.Text{}
}

func codedVaries(_ *setting, x *wire.Exchange) lang.Text {
	if x.Final.Fields.Has("Content-Encoding") && !x.Final.Fields.HasMember("Vary", "Accept-Encoding") && !x.Final.Fields.HasMember("Vary", "*") {
		return say("it is coded, and Vary does not name Accept-Encoding", "它經過編碼，Vary 卻沒有列出 Accept-Encoding")
	}
	return lang.Text{}
}

func codedTagged(s *setting, x *wire.Exchange) lang.Text {
	tag := x.Final.Fields.Get("ETag")
	if x.Final.Fields.Has("Content-Encoding") && strings.HasPrefix(tag, `"`) && tag == s.file().Fields.Get("ETag") {
		return say("it has the strong ETag of the file as it is", "它帶著未編碼檔案的強 ETag")
	}
	return lang.Text{}
}

var redirection = []exam.Case{
	ask(exam.Case{Name: "redirect-has-location", Level: exam.Should, Spec: "RFC 9110 §15.4", Over: all, Needs: needs(Redirects), Fault: "no-location",
		Stages: say("A GET of the path that redirects.", "GET 會重新導向的路徑。")}, // A70
		redirected, may("It says where to.", "說明去哪裡。", 301, 302, 303, 307, 308).and(has("Location"), once("Location"))),
	ask(exam.Case{Name: "redirect-location-is-uri", Level: exam.Must, Spec: "RFC 9110 §10.2.2", Over: all, Needs: needs(Redirects), Fault: "location-with-space",
		Stages: say("A GET of the path that redirects.", "GET 會重新導向的路徑。")},
		redirected, may("A URI reference.", "一個 URI 參照。", 301, 302, 303, 307, 308).and(reference)),
	ask(exam.Case{Name: "redirect-no-splitting", Level: exam.DeFacto, Spec: "RFC 9112 §11.1", Over: all, Needs: needs(Redirects), Fault: "splits",
		Stages: say("Encoded line ends in the query of the path that redirects.", "會重新導向的路徑，查詢字串裡有編碼過的換行。")},
		func(s *setting) *peer.Request { return get(s.subject.Redirect + "?x=%0d%0aX-Split:%201") },
		may("They do not become line ends.", "沒有變成換行。", 200, 301, 302, 303, 307, 308).and(hasNot("X-Split")), any4xx("It is refused.", "拒絕。")),
	ask(exam.Case{Name: "redirect-head", Level: exam.Must, Spec: "RFC 9110 §9.3.2", Over: all, Needs: needs(Redirects), Fault: "head-with-content",
		Stages: say("HEAD of the path that redirects.", "HEAD 會重新導向的路徑。")},
		func(s *setting) *peer.Request { return request("HEAD", s.subject.Redirect) }, anythingBut("Whatever it is, without content.", "不管是什麼，都沒有內容。").and(empty)),
	ask(exam.Case{Name: "redirect-before-condition", Level: exam.Must, Spec: "RFC 9110 §13.2.1", Over: all, Needs: needs(Redirects), Fault: "412-always",
		Stages: say("A false If-Match on the path that redirects.", "會重新導向的路徑，加上不成立的 If-Match。")},
		func(s *setting) *peer.Request { return get(s.subject.Redirect, "If-Match", `"statute"`) }, may("A condition does not count where the answer is no success.", "回應不是成功時，條件不算。", 301, 302, 303, 307, 308)),
	ask(exam.Case{Name: "redirect-before-range", Level: exam.Must, Spec: "RFC 9110 §14.2", Over: all, Needs: needs(Redirects), Fault: "416-always",
		Stages: say("A Range far behind any end on the path that redirects.", "會重新導向的路徑，加上遠在結尾之後的 Range。")},
		func(s *setting) *peer.Request { return get(s.subject.Redirect, "Range", "bytes=999999999-") }, may("Range counts only where 200 would be the answer.", "只有本應是 200 時 Range 才算。", 301, 302, 303, 307, 308)),
}

func redirected(s *setting) *peer.Request { return get(s.subject.Redirect, "Accept", "*/*") }
