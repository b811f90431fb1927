package lint

import (
	"bytes"
	"slices"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// 100 102 103 104, and what holds for every 1xx.
var interim = []Rule{
	{
		Name: "interim-to-http10", Level: Must, About: OfExchange,
		Spec: "RFC 9110 §15.2", Who: Server, Needs: wire.ShowsVersion,
		Check: interimToHTTP10,
	},
	{
		Name: "length-on-interim", Level: Must, About: OfMessage,
		Spec: "RFC 9110 §8.6", Who: Server, Needs: wire.ShowsFraming,
		Check: lengthOnInterim,
	},
	{
		Name: "transfer-coding-on-interim", Level: Must, About: OfMessage,
		Spec: "RFC 9112 §6.1", Who: Server, Needs: wire.ShowsFraming,
		Check: transferCodingOnInterim,
	},
	{
		Name: "continue-without-expectation", Level: Advice, About: OfCause,
		Spec: "RFC 9110 §15.2.1", Codes: []status.Code{100}, Who: Server, Needs: wire.ShowsRequest,
		Check: continueWithoutExpectation,
	},
	{
		Name: "early-hints-without-hint", Level: Definition, About: OfMessage,
		Spec: "RFC 8297 §2", Codes: []status.Code{103}, Who: Server,
		In: Both, Check: earlyHintsWithoutHint,
	},
	{
		Name: "interim-without-final", Level: Definition, About: OfExchange,
		Spec: "RFC 9110 §15.2", Who: Server, Needs: wire.ShowsResponse | wire.ShowsRequestContent | wire.ShowsEnd,
		Check: interimWithoutFinal,
	},
	{
		Name: "interim-with-content", Level: Definition, About: OfMessage,
		Spec: "RFC 9110 §15.2", Who: Server, Needs: wire.ShowsResponse,
		In: Both, Check: interimWithContent,
	},
	{
		Name: "expectation-unanswered", Level: Must, About: OfExchange,
		Spec: "RFC 9110 §10.1.1", Who: Server,
		Needs: wire.ShowsRequest | wire.ShowsRequestContent | wire.ShowsResponse | wire.ShowsInterim | wire.ShowsEnd,
		Check: expectationUnanswered,
	},
	{
		Name: "continue-with-fields", Level: Advice, About: OfMessage,
		Spec: "RFC 9110 §15.2.1", Codes: []status.Code{100}, Who: Server,
		Check: continueWithFields,
	},
	{
		Name: "processing-sent", Level: Advice, About: OfMessage,
		Spec: "RFC 2518 §10.1", Codes: []status.Code{102}, Who: Server,
		In: Both, Check: processingSent,
	},
	{
		Name: "hint-not-kept", Level: Advice, About: OfExchange,
		Spec: "RFC 8297 §2", Codes: []status.Code{103}, Who: Server, Needs: wire.ShowsResponse | wire.ShowsContent,
		Check: hintNotKept,
	},
	{
		Name: "upload-resumption-unannounced", Level: Definition, About: OfCause,
		Spec: "draft-ietf-httpbis-resumable-upload", Codes: []status.Code{104}, Who: Server, Needs: wire.ShowsRequest,
		Check: uploadResumptionUnannounced,
	},
}

// informational returns the place of the first 1xx from answer i on, the final
// 101 among them; -1 if there is none.
func informational(x *wire.Exchange, i int) int {
	for ; i < answers(x); i++ {
		if answer(x, i).Status.Interim() {
			return i
		}
	}
	return -1
}

// RFC 9110 §15.2: HTTP/1.0 knows no 1xx; none is sent to such a client.
func interimToHTTP10(x *wire.Exchange, r *Report) {
	if x.Conn.Protocol != wire.H1 || x.Request.Version != (wire.Version{Major: 1, Minor: 0}) {
		return
	}
	if i := informational(x, 0); i >= 0 {
		r.Answer(x, i, "", lang.Text{
			En:   "The request said HTTP/1.0 and was answered with %d, which that version does not know.",
			ZhTW: "請求是 HTTP/1.0，卻收到該版本不認得的 %d。"}, int(answer(x, i).Status))
	}
}

// RFC 9110 §8.6: no Content-Length in a 1xx.
func lengthOnInterim(x *wire.Exchange, r *Report) {
	for i := informational(x, 0); i >= 0; i = informational(x, i+1) {
		if p := answer(x, i); present(r, &p.Message, "Content-Length") {
			r.Answer(x, i, "Content-Length", lang.Text{
				En:   "The interim answer %d has Content-Length: %s.",
				ZhTW: "過渡回應 %d 帶有 Content-Length: %s。"}, int(p.Status), p.Fields.Get("Content-Length"))
			return
		}
	}
}

// RFC 9112 §6.1: no Transfer-Encoding in a 1xx.
func transferCodingOnInterim(x *wire.Exchange, r *Report) {
	if x.Conn.Protocol != wire.H1 {
		return
	}
	for i := informational(x, 0); i >= 0; i = informational(x, i+1) {
		if p := answer(x, i); present(r, &p.Message, "Transfer-Encoding") {
			r.Answer(x, i, "Transfer-Encoding", lang.Text{
				En:   "The interim answer %d has Transfer-Encoding: %s.",
				ZhTW: "過渡回應 %d 帶有 Transfer-Encoding: %s。"}, int(p.Status), p.Fields.Get("Transfer-Encoding"))
			return
		}
	}
}

// RFC 9110 §15.2.1: 100 answers the expectation 100-continue. Without one the
// client just discards it: an octet's waste, and a trap for old clients.
func continueWithoutExpectation(x *wire.Exchange, r *Report) {
	if !readable(r, &x.Request.Message, "Expect") || x.Request.Fields.HasMember("Expect", "100-continue") {
		return
	}
	for i := range x.Interim {
		if x.Interim[i].Status == 100 {
			r.Answer(x, i, "", lang.Text{
				En:   "A 100 was sent to a %s request that did not expect one.",
				ZhTW: "%s 請求並未期待 100，卻收到了。"}, x.Request.Method)
			return
		}
	}
}

// RFC 8297 §2: a 103 carries fields that the final answer is likely to have.
// Without any that a client could act upon, it says nothing.
func earlyHintsWithoutHint(x *wire.Exchange, r *Report) {
	for i := range x.Interim {
		if p := &x.Interim[i]; p.Status == 103 && len(p.Hidden) == 0 && !slices.ContainsFunc(p.Fields, isHint) {
			r.Answer(x, i, "Link", lang.Text{
				En:   "A 103 came without a single field to hint at.",
				ZhTW: "收到的 103 連一個提示欄位都沒有。"})
			return
		}
	}
}

// isHint reports whether a field says more than who is speaking, and when.
func isHint(f wire.Field) bool {
	for _, name := range [...]string{"Date", "Server", "Via", "Connection", "Keep-Alive", "Content-Length", "Transfer-Encoding"} {
		if strings.EqualFold(f.Name, name) {
			return false
		}
	}
	return true
}

// RFC 9110 §15.2: a 1xx comes before a final answer. That the server gave up
// counts only where the request had come whole.
func interimWithoutFinal(x *wire.Exchange, r *Report) {
	if x.Final != nil || len(x.Interim) == 0 || len(x.After) > 0 || !x.Request.Content.Complete {
		return
	}
	switch x.End {
	case wire.EndKept, wire.EndClosed, wire.EndCut:
		last := len(x.Interim) - 1
		r.Answer(x, last, "", lang.Text{
			En:   "After the %d no final answer came.",
			ZhTW: "%d 之後沒有最終回應。"}, int(x.Interim[last].Status))
	}
}

// RFC 9110 §15.2: a 1xx ends with its header section; it has neither content nor
// trailers.
func interimWithContent(x *wire.Exchange, r *Report) {
	if x.Final == nil && contentDescribed(x, r) {
		return
	}
	for i := informational(x, 0); i >= 0; i = informational(x, i+1) {
		p := answer(x, i)
		n := p.Content.Length
		if x.Final == nil && i == len(x.Interim)-1 {
			n = max(n, int64(len(x.After)))
		}
		if n > 0 || len(p.Trailers) > 0 {
			r.Answer(x, i, "", lang.Text{
				En:   "The interim answer %d is followed by content (%d octets of it) or trailers, not by another answer.",
				ZhTW: "過渡回應 %d 之後接的是內容（%d 個位元組）或尾段欄位，而不是下一個回應。"}, int(p.Status), n)
			return
		}
	}
}

// RFC 9110 §10.1.1: whoever receives the expectation 100-continue before the
// content answers at once, with 100 or with a final code.
func expectationUnanswered(x *wire.Exchange, r *Report) {
	q := &x.Request
	if x.Final != nil || len(x.Interim) > 0 || x.End != wire.EndSilent || q.Content.Length > 0 || q.Content.Complete {
		return
	}
	if q.Version.AtLeast(1, 1) && readable(r, &q.Message, "Expect") && q.Fields.HasMember("Expect", "100-continue") {
		r.Request("Expect", lang.Text{
			En:   "The %s request waits to be told whether to send its content, and nothing came.",
			ZhTW: "%s 請求在等待是否可以傳送內容的回覆，卻什麼也沒等到。"}, q.Method)
	}
}

// RFC 9110 §15.2.1: a 100 says that the content may come, and is discarded. A
// field in it that speaks of a representation or of the client's state is lost.
func continueWithFields(x *wire.Exchange, r *Report) {
	for i := range x.Interim {
		p := &x.Interim[i]
		if p.Status != 100 {
			continue
		}
		for _, name := range [...]string{"Content-Type", "Content-Encoding", "Set-Cookie", "ETag", "Last-Modified", "Location", "Cache-Control"} {
			if present(r, &p.Message, name) {
				r.Answer(x, i, name, lang.Text{
					En:   "The 100 has %s; clients discard it.",
					ZhTW: "100 帶有 %s；用戶端會把它丟掉。"}, name)
				return
			}
		}
	}
}

// RFC 2518 §10.1 defines 102; RFC 4918, which replaced it, has it no more.
func processingSent(x *wire.Exchange, r *Report) {
	for i := range x.Interim {
		if x.Interim[i].Status == 102 {
			r.Answer(x, i, "", lang.Text{
				En:   "A 102 was sent, which WebDAV gave up in 2007.",
				ZhTW: "送出了 102，而 WebDAV 在 2007 年就放棄它了。"})
			return
		}
	}
}

// RFC 8297 §2: a server typically sends the fields of its 103 in the final
// answer too, and may leave out what turned out wrong. Where the final answer has
// Link fields of its own and what was hinted at stands neither there nor in the
// content, the client fetched it for nothing.
func hintNotKept(x *wire.Exchange, r *Report) {
	p := x.Final
	if p == nil || p.Status != 200 || x.Request.Method == "HEAD" || !present(r, &p.Message, "Link") {
		return
	}
	for i := range x.Interim {
		if x.Interim[i].Status != 103 || !readable(r, &x.Interim[i].Message, "Link") {
			continue
		}
		for link := range x.Interim[i].Fields.Members("Link") {
			_, target, _ := strings.Cut(link, "<")
			target, _, ok := strings.Cut(target, ">")
			if !ok || target == "" || linked(p, target) || bytes.Contains(p.Content.Data, []byte(target)) {
				continue
			}
			if !p.Content.Whole() || p.Fields.Has("Content-Encoding") {
				r.Unjudged()
				return
			}
			r.Answer(x, i, "Link", lang.Text{
				En:   "The 103 hints at %s; the final answer does not mention it.",
				ZhTW: "103 預告了 %s；最終回應卻沒有提到它。"}, target)
			return
		}
	}
}

// linked reports whether a Link of the answer leads to the target.
func linked(p *wire.Response, target string) bool {
	for v := range p.Fields.Values("Link") {
		if strings.Contains(v, "<"+target+">") {
			return true
		}
	}
	return false
}

// The draft (its text of July 2026, unverified) has the client say which version
// of it is meant, and the server repeat that in every 104.
func uploadResumptionUnannounced(x *wire.Exchange, r *Report) {
	const field = "Upload-Draft-Interop-Version"
	for i := range x.Interim {
		p := &x.Interim[i]
		if p.Status == 104 && (absent(r, &x.Request.Message, field) || absent(r, &p.Message, field)) {
			r.Answer(x, i, field, lang.Text{
				En:   "A 104 came, and " + field + " does not stand in both the request and the answer.",
				ZhTW: "收到了 104，但 " + field + " 並未同時出現在請求與回應中。"})
			return
		}
	}
}
