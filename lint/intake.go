package lint

import (
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// 400 408 411 413 414 415 417 422 425 431 505
var intake = []Rule{
	{
		Name: "timeout-though-complete", Level: Definition, About: OfCause,
		Spec: "RFC 9110 §15.5.9", Codes: []status.Code{408}, Who: Server,
		Needs: wire.ShowsRequest | wire.ShowsRequestContent | wire.ShowsResponse | wire.ShowsFraming,
		Check: timeoutThoughComplete,
	},
	{
		Name: "length-required-though-sent", Level: Definition, About: OfCause,
		Spec: "RFC 9110 §15.5.12", Codes: []status.Code{411}, Who: Server,
		Needs: wire.ShowsRequest | wire.ShowsResponse | wire.ShowsFraming,
		Check: lengthRequiredThoughSent,
	},
	{
		Name: "too-large-without-content", Level: Definition, About: OfCause,
		Spec: "RFC 9110 §15.5.14", Codes: []status.Code{413}, Who: Server,
		Needs: wire.ShowsRequest | wire.ShowsRequestContent | wire.ShowsResponse | wire.ShowsFraming,
		Check: func(x *wire.Exchange, r *Report) { refusedContentThatIsNot(x, r) },
	},
	{
		Name: "unsupported-without-content", Level: Definition, About: OfCause,
		Spec: "RFC 9110 §15.5.16", Codes: []status.Code{415}, Who: Server,
		Needs: wire.ShowsRequest | wire.ShowsRequestContent | wire.ShowsResponse | wire.ShowsFraming,
		Check: unsupportedWithoutContent,
	},
	{
		Name: "patch-refused-without-accept-patch", Level: Should, About: OfExchange,
		Spec: "RFC 5789 §2.2", Codes: []status.Code{415}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: patchRefusedWithoutAcceptPatch,
	},
	{
		Name: "target-too-long-though-short", Level: Should, About: OfCause,
		Spec: "RFC 9110 §4.1", Codes: []status.Code{414}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: targetTooLongThoughShort,
	},
	{
		Name: "expectation-failed-without-expectation", Level: Definition, About: OfCause,
		Spec: "RFC 9110 §15.5.18", Codes: []status.Code{417}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: expectationFailedWithoutExpectation,
	},
	{
		Name: "too-early-without-early-data", Level: Should, About: OfCause,
		Spec: "RFC 8470 §5.2", Codes: []status.Code{425}, Who: Server,
		Needs: wire.ShowsRequest | wire.ShowsResponse | wire.ShowsConnection,
		Check: tooEarlyWithoutEarlyData,
	},
	{
		Name: "version-refused-in-itself", Level: Advice, About: OfCause,
		Spec: "RFC 9110 §15.6.6", Codes: []status.Code{505}, Who: Server,
		Needs: wire.ShowsRequest | wire.ShowsResponse | wire.ShowsVersion,
		Check: versionRefusedInItself,
	},
}

// RFC 9110 §15.5.9: 408 says that the request did not arrive as a whole in time.
func timeoutThoughComplete(x *wire.Exchange, r *Report) {
	q := &x.Request
	if q.Content.Complete && len(q.Faults) == 0 {
		r.Final("", lang.Text{
			En:   "The whole %s request was there, with %d octets of content.",
			ZhTW: "整個 %s 請求都已送達，內容有 %d 個位元組。"}, q.Method, q.Content.Length)
	}
}

// RFC 9110 §15.5.12: 411 refuses a request whose length is not stated. What
// cannot be read as a length is not stated either, but that is 400.
func lengthRequiredThoughSent(x *wire.Exchange, r *Report) {
	q := &x.Request
	if v, ok := value(r, &q.Message, "Content-Length"); ok && digits(v) && !q.Fields.Has("Transfer-Encoding") {
		r.Final("", lang.Text{
			En:   "The request has Content-Length: %s, and the answer is 411.",
			ZhTW: "請求帶有 Content-Length: %s，回應卻是 411。"}, v)
	}
}

// RFC 9110 §15.5.14 and §15.5.16: 413 and 415 refuse the request's content.
func refusedContentThatIsNot(x *wire.Exchange, r *Report) {
	if sendsContent(&x.Request) || hidden(&x.Request.Message, "Content-Length") || hidden(&x.Request.Message, "Transfer-Encoding") {
		return
	}
	r.Final("", lang.Text{
		En:   "The %s request has no content, and the answer is %d.",
		ZhTW: "%s 請求沒有內容，回應卻是 %d。"}, x.Request.Method, int(x.Answer().Status))
}

// A type or coding that is announced for content to come can be refused by 415
// before the content is there; only a request without either is judged.
func unsupportedWithoutContent(x *wire.Exchange, r *Report) {
	if lacks(r, &x.Request.Message, "Content-Type", "Content-Encoding") {
		refusedContentThatIsNot(x, r)
	}
}

// RFC 5789 §2.2: a 415 to PATCH should say in Accept-Patch which formats would
// do. Where the coding is at fault, Accept-Encoding says it (RFC 9110 §15.5.16).
func patchRefusedWithoutAcceptPatch(x *wire.Exchange, r *Report) {
	if x.Request.Method == "PATCH" && lacks(r, &x.Answer().Message, "Accept-Patch", "Accept-Encoding") {
		r.Final("Accept-Patch", lang.Text{
			En:   "The 415 to a PATCH of type %q does not say which types are taken.",
			ZhTW: "對類型為 %q 的 PATCH 回應 415，卻沒有說明接受哪些類型。"}, x.Request.Fields.Get("Content-Type"))
	}
}

// RFC 9110 §4.1: URIs of at least 8000 octets should be supported. The longest
// that the target can stand for is counted: scheme and authority come in front.
func targetTooLongThoughShort(x *wire.Exchange, r *Report) {
	q := &x.Request
	n := len(q.Target)
	if !strings.Contains(q.Target, "://") {
		n += len("https://") + len(q.Authority)
	}
	if n < 8000 {
		r.Final("", lang.Text{
			En:   "The target URI has about %d octets; 8000 should be taken.",
			ZhTW: "目標 URI 約有 %d 個位元組；至少應接受 8000 個。"}, n)
	}
}

// RFC 9110 §15.5.18: 417 says that the request's Expect could not be met.
func expectationFailedWithoutExpectation(x *wire.Exchange, r *Report) {
	if absent(r, &x.Request.Message, "Expect") {
		r.Final("", lang.Text{
			En:   "The request expects nothing, and the answer is 417.",
			ZhTW: "請求沒有 Expect，回應卻是 417。"})
	}
}

// RFC 8470 §5.2: no 425 unless the request came in early data or says
// Early-Data: 1, for only then can the client be relied on to send it again.
func tooEarlyWithoutEarlyData(x *wire.Exchange, r *Report) {
	if !x.Conn.EarlyData && readable(r, &x.Request.Message, "Early-Data") && x.Request.Fields.Get("Early-Data") != "1" {
		r.Final("", lang.Text{
			En:   "The request neither came in early data nor has Early-Data: 1.",
			ZhTW: "請求既不在早期資料中送達，也沒有 Early-Data: 1。"})
	}
}

// RFC 9110 §15.6.6: 505 refuses the major version of the request. A server may
// say so in that very version, but a server that can say so can mostly serve.
func versionRefusedInItself(x *wire.Exchange, r *Report) {
	q, p := &x.Request, x.Answer()
	if q.Version.Major > 0 && q.Version.Major == p.Version.Major && !has(&q.Message, wire.BadVersion) {
		r.Final("", lang.Text{
			En:   "HTTP/%d is refused in an HTTP/%d answer.",
			ZhTW: "以 HTTP/%[2]d 的回應拒絕 HTTP/%[1]d。"}, q.Version.Major, p.Version.Major)
	}
}
