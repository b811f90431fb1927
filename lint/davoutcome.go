package lint

import (
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// What a multistatus says of one method's outcome, and whom a lock concerns.
var davOutcome = []Rule{
	{
		Name: "outcome-better-left-out", Level: Should, About: OfCause,
		Spec:  "RFC 4918 §9.6.1; RFC 4918 §9.8.5; RFC 4918 §9.9.4",
		Codes: []status.Code{207}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse | wire.ShowsContent,
		Check: outcomeBetterLeftOut,
	},
	{
		Name: "proppatch-done-in-part", Level: Must, About: OfExchange,
		Spec: "RFC 4918 §9.2", Codes: []status.Code{207}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse | wire.ShowsContent,
		Check: proppatchDoneInPart,
	},
	{
		Name: "multistatus-member-of-two-forms", Level: Must, About: OfMessage,
		Spec: "RFC 4918 §13; RFC 4918 §14.24", Codes: []status.Code{207}, Who: Server, Needs: wire.ShowsResponse | wire.ShowsContent,
		Check: multistatusMemberOfTwoForms,
	},
	{
		Name: "multistatus-beyond-depth", Level: Definition, About: OfExchange,
		Spec: "RFC 4918 §9.1; RFC 4918 §10.2", Codes: []status.Code{207}, Who: Server,
		Needs: wire.ShowsRequest | wire.ShowsResponse | wire.ShowsContent,
		Check: multistatusBeyondDepth,
	},
	{
		Name: "already-reported-and-listed", Level: Definition, About: OfMessage,
		Spec: "RFC 5842 §7.1", Codes: []status.Code{207}, Who: Server, Needs: wire.ShowsResponse | wire.ShowsContent,
		Check: alreadyReportedAndListed,
	},
	{
		Name: "multistatus-redirect-without-location", Level: Must, About: OfMessage,
		Spec: "RFC 4918 §13.2", Codes: []status.Code{207}, Who: Server, Needs: wire.ShowsResponse | wire.ShowsContent,
		Check: multistatusRedirectWithoutLocation,
	},
	{
		Name: "locked-for-reading", Level: Definition, About: OfCause,
		Spec: "RFC 4918 §7", Codes: []status.Code{423}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		In: Both, Check: lockedForReading,
	},
}

// RFC 4918 §9.6.1, §9.8.5 and §9.9.4: a 207 to DELETE, COPY or MOVE should not
// list 204 and 424, which clients infer, nor 201 where something was copied.
func outcomeBetterLeftOut(x *wire.Exchange, r *Report) {
	method := x.Request.Method
	if method != "DELETE" && method != "COPY" && method != "MOVE" {
		return
	}
	for _, m := range membersOf(x, r) {
		for text := range m.all {
			if code, ok := innerCode(text); ok && (code == 424 || code == 204 || code == 201 && method != "DELETE") {
				r.Final("", lang.Text{
					En:   "The multistatus of a %s lists %q, which is understood without it.",
					ZhTW: "%s 的 multistatus 列出 %q，其實不列也看得出來。"}, method, text)
				return
			}
		}
	}
}

// RFC 4918 §9.2: the instructions of a PROPPATCH are carried out all or none.
func proppatchDoneInPart(x *wire.Exchange, r *Report) {
	if x.Request.Method != "PROPPATCH" {
		return
	}
	for _, m := range membersOf(x, r) {
		done, failed := "", ""
		for _, text := range m.inner {
			switch code, ok := innerCode(text); {
			case !ok:
			case code.Class() == status.Successful:
				done = text
			case code >= 400:
				failed = text
			}
		}
		if done != "" && failed != "" {
			r.Final("", lang.Text{
				En:   "One property has %q and another %q: a PROPPATCH is done as a whole or not at all.",
				ZhTW: "一個屬性是 %q，另一個是 %q：PROPPATCH 只能全部完成或完全不做。"}, done, failed)
			return
		}
	}
}

// RFC 4918 §13 and §14.24: a response has a status of its own or propstats, not
// both; what the DTD fragments say of that binds (§17).
func multistatusMemberOfTwoForms(x *wire.Exchange, r *Report) {
	for i, m := range membersOf(x, r) {
		if len(m.statuses) > 0 && len(m.inner) > 0 {
			r.Final("", lang.Text{
				En:   "Response %d of the multistatus has both a status (%q) and a propstat.",
				ZhTW: "multistatus 的第 %d 個 response 同時有 status（%q）和 propstat。"}, i+1, m.statuses[0])
			return
		}
	}
}

// RFC 4918 §9.1 and §10.2: PROPFIND with Depth: 0 is about the target alone, with
// Depth: 1 about its members too, and not about theirs. The shortest href is the
// target's, in whatever form this server writes them.
func multistatusBeyondDepth(x *wire.Exchange, r *Report) {
	if x.Request.Method != "PROPFIND" {
		return
	}
	depth, ok := value(r, &x.Request.Message, "Depth")
	if !ok || depth != "0" && depth != "1" {
		return
	}
	base := ""
	members := membersOf(x, r)
	for _, m := range members {
		for _, href := range m.hrefs {
			if href != "" && (base == "" || len(href) < len(base)) {
				base = href
			}
		}
	}
	if base == "" {
		return
	}
	base = strings.TrimSuffix(base, "/") + "/"
	for _, m := range members {
		for _, href := range m.hrefs {
			below, under := strings.CutPrefix(href, base)
			below, _, _ = strings.Cut(below, "?")
			below = strings.Trim(below, "/") // some join with one slash too many
			if below == "" || !under || depth == "1" && !strings.Contains(below, "/") {
				continue
			}
			r.Final("", lang.Text{
				En:   "The request asked with Depth: %s, and the multistatus lists %s.",
				ZhTW: "請求以 Depth: %s 詢問，multistatus 卻列出 %s。"}, depth, href)
			return
		}
	}
}

// RFC 5842 §7.1: what lies under a binding that is reported with 208 has been
// listed under another, and is not listed again.
func alreadyReportedAndListed(x *wire.Exchange, r *Report) {
	members := membersOf(x, r)
	for i, m := range members {
		if len(m.hrefs) != 1 || !reported(m) {
			continue
		}
		under := strings.TrimSuffix(m.hrefs[0], "/") + "/"
		for j, other := range members {
			if j != i && len(other.hrefs) == 1 && len(other.hrefs[0]) > len(under) && strings.HasPrefix(other.hrefs[0], under) {
				r.Final("", lang.Text{
					En:   "%s was reported already (208), and %s under it is listed all the same.",
					ZhTW: "%s 已回報過（208），其下的 %s 卻仍然列出。"}, m.hrefs[0], other.hrefs[0])
				return
			}
		}
	}
}

// reported reports whether a propstat of the member has 208.
func reported(m davMember) bool {
	for _, text := range m.inner {
		if code, ok := innerCode(text); ok && code == 208 {
			return true
		}
	}
	return false
}

// RFC 4918 §13.2: where a member is redirected, DAV:location says where to.
func multistatusRedirectWithoutLocation(x *wire.Exchange, r *Report) {
	for _, m := range membersOf(x, r) {
		if m.located {
			continue
		}
		for text := range m.all {
			if code, ok := innerCode(text); ok && code.Class() == status.Redirection && code != 304 {
				r.Final("", lang.Text{
					En:   "A member of the multistatus has %q and no DAV:location.",
					ZhTW: "multistatus 有個成員是 %q，卻沒有 DAV:location。"}, text)
				return
			}
		}
	}
}

// RFC 4918 §7: a write lock keeps others from changing the resource; it has no
// part in reading it.
func lockedForReading(x *wire.Exchange, r *Report) {
	switch m := x.Request.Method; m {
	case "GET", "HEAD", "OPTIONS", "PROPFIND":
		r.Final("", lang.Text{
			En:   "A %s request changes nothing that a lock could protect, and the answer is 423.",
			ZhTW: "%s 請求不會改變鎖定所保護的任何東西，回應卻是 423。"}, m)
	}
}
