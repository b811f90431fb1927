package lint

import (
	"bytes"
	"encoding/xml"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// 207 208 423 424 508
var dav = []Rule{
	{
		Name: "multistatus-of-other-type", Level: Definition, About: OfMessage,
		Spec: "RFC 4918 §13", Codes: []status.Code{207}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse | wire.ShowsContent,
		Check: multistatusOfOtherType,
	},
	{
		Name: "multistatus-without-root", Level: Definition, About: OfMessage,
		Spec: "RFC 4918 §13", Codes: []status.Code{207}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse | wire.ShowsContent,
		Check: multistatusWithoutRoot,
	},
	{
		Name: "multistatus-unreadable", Level: Must, About: OfMessage,
		Spec: "RFC 4918 §8.2", Codes: []status.Code{207}, Who: Server, Needs: wire.ShowsResponse | wire.ShowsContent,
		Check: multistatusUnreadable,
	},
	{
		Name: "multistatus-member-incomplete", Level: Must, About: OfMessage,
		Spec: "RFC 4918 §13; RFC 4918 §14.24", Codes: []status.Code{207}, Who: Server, Needs: wire.ShowsResponse | wire.ShowsContent,
		Check: multistatusMemberIncomplete,
	},
	{
		Name: "multistatus-member-repeated", Level: Must, About: OfMessage,
		Spec: "RFC 4918 §14.24", Codes: []status.Code{207}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse | wire.ShowsContent,
		Check: multistatusMemberRepeated,
	},
	{
		Name: "multistatus-status-unreadable", Level: Definition, About: OfMessage,
		Spec: "RFC 4918 §14.28", Codes: []status.Code{207}, Who: Server, Needs: wire.ShowsResponse | wire.ShowsContent,
		Check: multistatusStatusUnreadable,
	},
	{
		Name: "multistatus-with-interim", Level: Should, About: OfMessage,
		Spec: "RFC 4918 §13", Codes: []status.Code{207}, Who: Server, Needs: wire.ShowsResponse | wire.ShowsContent,
		Check: multistatusWithInterim,
	},
	{
		Name: "dependency-without-failure", Level: Definition, About: OfMessage,
		Spec: "RFC 4918 §11.4", Codes: []status.Code{207}, Who: Server, Needs: wire.ShowsResponse | wire.ShowsContent,
		Check: dependencyWithoutFailure,
	},
	{
		Name: "multistatus-to-other-method", Level: Advice, About: OfCause,
		Spec: "RFC 4918 §13", Codes: []status.Code{207}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: multistatusToOtherMethod,
	},
	{
		Name: "multistatus-for-one", Level: Advice, About: OfExchange,
		Spec: "RFC 4918 §13", Codes: []status.Code{207}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse | wire.ShowsContent,
		Check: multistatusForOne,
	},
	{
		Name: "already-reported-of-member", Level: Definition, About: OfMessage,
		Spec: "RFC 5842 §7.1", Codes: []status.Code{207}, Who: Server, Needs: wire.ShowsResponse | wire.ShowsContent,
		Check: alreadyReportedOfMember,
	},
	{
		Name: "already-reported-unasked", Level: Should, About: OfCause,
		Spec: "RFC 5842 §7.1", Codes: []status.Code{207}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse | wire.ShowsContent,
		Check: alreadyReportedUnasked,
	},
	{
		Name: "already-reported-outside", Level: Definition, About: OfMessage,
		Spec: "RFC 5842 §7.1", Codes: []status.Code{208}, Who: Server, Needs: wire.ShowsResponse,
		In: Both, Check: alreadyReportedOutside,
	},
	{
		Name: "locked-without-condition", Level: Should, About: OfMessage,
		Spec: "RFC 4918 §11.3", Codes: []status.Code{423}, Who: Server,
		Needs: wire.ShowsRequest | wire.ShowsResponse | wire.ShowsContent,
		Check: lockedWithoutCondition,
	},
	{
		Name: "dependency-failed-alone", Level: Definition, About: OfCause,
		Spec: "RFC 4918 §11.4", Codes: []status.Code{424}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: dependencyFailedAlone,
	},
	{
		Name: "loop-without-depth", Level: Definition, About: OfCause,
		Spec: "RFC 5842 §7.2", Codes: []status.Code{508}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: loopWithoutDepth,
	},
}

// RFC 4918 §13: the content of a 207 is XML by default. Other formats by
// agreement exist; JSON APIs that borrow the code are told that clients of
// WebDAV cannot read them.
func multistatusOfOtherType(x *wire.Exchange, r *Report) {
	m := &x.Answer().Message
	if x.Request.Method == "HEAD" || m.Content.Length == 0 {
		return
	}
	v, ok := value(r, m, "Content-Type")
	if ok && !isMedia(v, "application/xml") && !isMedia(v, "text/xml") {
		r.Final("Content-Type", lang.Text{
			En:   "The 207 is of type %q; a multistatus is XML.",
			ZhTW: "207 的類型是 %q；multistatus 應為 XML。"}, v)
	}
}

// RFC 4918 §13: the root element is DAV:multistatus.
func multistatusWithoutRoot(x *wire.Exchange, r *Report) {
	if c := x.Answer().Content; c.Length == 0 && c.Complete && x.Request.Method != "HEAD" {
		r.Final("", lang.Text{
			En:   "The 207 has no content, and so says nothing of what became of anything.",
			ZhTW: "207 沒有內容，完全沒有說明各項的結果。"})
		return
	}
	m := multistatusOf(x, r)
	switch due := (xml.Name{Space: "DAV:", Local: "multistatus"}); {
	case m == nil || m.root == due:
	case m.root != xml.Name{}:
		r.Final("", lang.Text{
			En:   "The root of the 207 is {%s}%s, not {DAV:}multistatus.",
			ZhTW: "207 的根元素是 {%s}%s，而不是 {DAV:}multistatus。"}, m.root.Space, m.root.Local)
	case !x.Answer().Content.Whole():
		r.Unjudged()
	default:
		r.Final("", lang.Text{
			En:   "The content of the 207 has no root element.",
			ZhTW: "207 的內容沒有根元素。"})
	}
}

// RFC 4918 §8.2: the XML is well-formed. What is not UTF-8 we do not read to its
// end.
func multistatusUnreadable(x *wire.Exchange, r *Report) {
	m := multistatusOf(x, r)
	if m == nil || m.whole || m.root == (xml.Name{}) {
		return
	}
	p := x.Answer()
	if !p.Content.Whole() || !utf8.Valid(p.Content.Data) {
		r.Unjudged()
		return
	}
	r.Final("", lang.Text{
		En:   "The content of the 207 is no well-formed XML: it breaks off after %d responses.",
		ZhTW: "207 的內容不是格式正確的 XML：讀完 %d 個 response 後就斷了。"}, len(m.members))
}

// RFC 4918 §14.24: a response has an href and then a status, or propstats, each
// with a status.
func multistatusMemberIncomplete(x *wire.Exchange, r *Report) {
	for i, m := range membersOf(x, r) {
		var lack string
		switch {
		case len(m.hrefs) == 0:
			lack = "href"
		case len(m.statuses) == 0 && len(m.inner) == 0:
			lack = "status, propstat"
		case slices.Contains(m.inner, ""):
			lack = "propstat/status"
		default:
			continue
		}
		r.Final("", lang.Text{
			En:   "Response %d of the multistatus lacks %s.",
			ZhTW: "multistatus 的第 %d 個 response 缺少 %s。"}, i+1, lack)
		return
	}
}

// RFC 4918 §14.24: an href stands in one response only. SEARCH is left alone: a
// query may find a resource in more than one way.
func multistatusMemberRepeated(x *wire.Exchange, r *Report) {
	if x.Request.Method == "SEARCH" {
		return
	}
	members := membersOf(x, r)
	if len(members) < 2 {
		return
	}
	seen := make(map[string]bool, len(members))
	for _, m := range members {
		for _, href := range m.hrefs {
			if seen[href] {
				r.Final("", lang.Text{
					En:   "The href %s stands in the multistatus twice.",
					ZhTW: "href %s 在 multistatus 中出現了兩次。"}, href)
				return
			}
			seen[href] = true
		}
	}
}

// RFC 4918 §14.28: DAV:status is a status line.
func multistatusStatusUnreadable(x *wire.Exchange, r *Report) {
	for _, m := range membersOf(x, r) {
		for text := range m.all {
			if _, ok := innerCode(text); !ok {
				r.Final("", lang.Text{
					En:   "A status in the multistatus is %q, which is no status line.",
					ZhTW: "multistatus 中有個 status 是 %q，不是狀態列。"}, text)
				return
			}
		}
	}
}

// RFC 4918 §13: codes of the 100 series should not stand in a response.
func multistatusWithInterim(x *wire.Exchange, r *Report) {
	for _, m := range membersOf(x, r) {
		for text := range m.all {
			if code, ok := innerCode(text); ok && code.Interim() {
				r.Final("", lang.Text{
					En:   "A status in the multistatus is %q, an interim one.",
					ZhTW: "multistatus 中有個 status 是 %q，屬於過渡回應。"}, text)
				return
			}
		}
	}
}

// RFC 4918 §11.4: 424 says that another action failed. Where nothing else did,
// nobody can tell what it waits for.
func dependencyWithoutFailure(x *wire.Exchange, r *Report) {
	depends := false
	for _, m := range membersOf(x, r) {
		for text := range m.all {
			switch code, ok := innerCode(text); {
			case ok && code == 424:
				depends = true
			case !ok || code >= 400:
				return
			}
		}
	}
	if depends {
		r.Final("", lang.Text{
			En:   "The multistatus has 424 and nothing that failed by itself.",
			ZhTW: "multistatus 中有 424，卻沒有任何自己失敗的項目。"})
	}
}

// ordinary are methods that act on one resource, whose outcome is one code.
var ordinary = []string{"GET", "HEAD", "PUT", "PATCH", "OPTIONS", "TRACE"}

// RFC 4918 §13: a multistatus speaks of several resources.
func multistatusToOtherMethod(x *wire.Exchange, r *Report) {
	if m := x.Request.Method; slices.Contains(ordinary, m) {
		r.Final("", lang.Text{
			En:   "A %s request, which concerns one resource, was answered with 207.",
			ZhTW: "%s 請求只關乎一個資源，卻得到 207。"}, m)
	}
}

// RFC 4918 §9.6.1, §9.8.5, §9.9.4: where the target itself is all that there is
// to tell of, its code can be that of the answer, and every client sees it.
func multistatusForOne(x *wire.Exchange, r *Report) {
	switch x.Request.Method {
	case "DELETE", "COPY", "MOVE", "LOCK":
	default:
		return
	}
	members := membersOf(x, r)
	if len(members) != 1 || len(members[0].hrefs) != 1 || len(members[0].statuses) != 1 {
		return
	}
	own, err := requested(&x.Request)
	if err != nil {
		return
	}
	if href, err := own.Parse(members[0].hrefs[0]); err == nil && href.Path == own.Path {
		r.Final("", lang.Text{
			En:   "The multistatus speaks of the target alone: %q can be the code of the answer.",
			ZhTW: "multistatus 只談到目標本身：%q 可以直接當作回應的狀態碼。"}, members[0].statuses[0])
	}
}

// RFC 5842 §7.1: 208 stands in a propstat.
func alreadyReportedOfMember(x *wire.Exchange, r *Report) {
	for _, m := range membersOf(x, r) {
		for _, text := range m.statuses {
			if code, ok := innerCode(text); ok && code == 208 {
				r.Final("", lang.Text{
					En:   "208 is the status of a response; it belongs in a propstat.",
					ZhTW: "208 是整個 response 的狀態；它該放在 propstat 之中。"})
				return
			}
		}
	}
}

// RFC 5842 §7.1: 208 answers Depth: infinity, which PROPFIND means where it has
// no Depth (RFC 4918 §9.1), and should be used only where the client has said in
// DAV that it knows bindings (§8.2).
func alreadyReportedUnasked(x *wire.Exchange, r *Report) {
	q := &x.Request.Message
	if !readable(r, q, "DAV") || !readable(r, q, "Depth") {
		return
	}
	depth := q.Fields.Get("Depth")
	if q.Fields.HasMember("DAV", "bind") && (depth == "" || strings.EqualFold(depth, "infinity")) {
		return
	}
	for _, m := range membersOf(x, r) {
		for text := range m.all {
			if code, ok := innerCode(text); ok && code == 208 {
				r.Final("", lang.Text{
					En:   "208 was told to a client that sent DAV: %q and Depth: %q.",
					ZhTW: "用戶端送的是 DAV: %q 與 Depth: %q，卻得到 208。"}, q.Fields.Get("DAV"), depth)
				return
			}
		}
	}
}

// RFC 5842 §7.1: 208 stands within a propstat of a 207.
func alreadyReportedOutside(x *wire.Exchange, r *Report) {
	r.Final("", lang.Text{
		En:   "208 is the code of the whole answer; it belongs inside a 207.",
		ZhTW: "208 成了整個回應的狀態碼；它只該出現在 207 之中。"})
}

// RFC 4918 §11.3: a 423 should hold the condition that the lock broke, such as
// lock-token-submitted, in a DAV:error (§16). That it has content at all is
// asked by error-without-explanation.
func lockedWithoutCondition(x *wire.Exchange, r *Report) {
	data, ok := text(x, r)
	if !ok || utf16(data) {
		return
	}
	for _, sign := range []string{"DAV:", "lock-token-submitted", "no-conflicting-lock"} {
		if bytes.Contains(data, []byte(sign)) {
			return
		}
	}
	r.Final("", lang.Text{
		En:   "The 423 does not name the condition that the lock broke: there is no DAV:error.",
		ZhTW: "423 沒有指出鎖定使哪個條件不成立：沒有 DAV:error。"})
}

// RFC 4918 §11.4: 424 says that another action, on which this one depended, had
// failed. Reading depends on none, and what PROPPATCH does stands in a 207 (§9.2).
func dependencyFailedAlone(x *wire.Exchange, r *Report) {
	switch m := x.Request.Method; m {
	case "GET", "HEAD", "OPTIONS", "PROPFIND", "PROPPATCH":
		r.Final("", lang.Text{
			En:   "No other action shows on which this %s could have depended, and the whole answer is 424.",
			ZhTW: "看不出這個 %s 依賴哪個失敗的動作，整個回應卻是 424。"}, m)
	}
}

// RFC 5842 §7.2: 508 ends an operation that went round in circles while it
// processed Depth: infinity. These methods go deep by default (RFC 4918 §9.1,
// §9.6, §9.8, §9.9, §9.10.3), others only if they say so.
func loopWithoutDepth(x *wire.Exchange, r *Report) {
	depth, stated := value(r, &x.Request.Message, "Depth")
	if !stated && !absent(r, &x.Request.Message, "Depth") {
		return
	}
	switch m := x.Request.Method; m {
	case "PROPFIND", "DELETE", "COPY", "MOVE", "LOCK", "BIND", "REBIND", "SEARCH":
		if !stated {
			return
		}
	}
	if !strings.EqualFold(depth, "infinity") {
		r.Final("", lang.Text{
			En:   "Nothing in the %s request goes deep, so that it could not go round in circles.",
			ZhTW: "這個 %s 請求沒有要深入任何階層，不可能繞圈。"}, x.Request.Method)
	}
}
