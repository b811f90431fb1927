package lint

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"strings"
	"time"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// 400 408 411 413 414 415 417 422 425 431 505
var intake = []Rule{
	{
		Name: "timeout-though-complete", Level: Definition, About: OfCause,
		Spec: "RFC 9110 §15.5.9", Codes: []status.Code{408}, Who: Server,
		Needs: wire.ShowsRequest | wire.ShowsRequestContent | wire.ShowsResponse | wire.ShowsFraming | wire.ShowsOctets,
		Check: timeoutThoughComplete,
	},
	{
		Name: "timeout-without-close", Level: Advice, About: OfMessage,
		Spec: "RFC 9112 §9.6", Codes: []status.Code{408}, Who: Server, Needs: wire.ShowsResponse | wire.ShowsConnection,
		Check: timeoutWithoutClose,
	},
	{
		Name: "limit-lifted-unannounced", Level: Should, About: OfSequence,
		Spec: "RFC 9110 §15.5.14", Codes: []status.Code{200, 201, 202, 204, 303}, Who: Server,
		Needs:  wire.ShowsRequest | wire.ShowsRequestContent | wire.ShowsResponse,
		Follow: limitLiftedUnannounced,
	},
	{
		Name: "unprocessable-though-malformed", Level: Definition, About: OfExchange,
		Spec: "RFC 9110 §15.5.21", Codes: []status.Code{422}, Who: Server,
		Needs: wire.ShowsRequest | wire.ShowsRequestContent | wire.ShowsResponse,
		Check: unprocessableThoughMalformed,
	},
	{
		Name: "expectation-repeated", Level: Should, About: OfSequence,
		Spec: "RFC 9110 §10.1.1", Who: Client, Needs: wire.ShowsRequest,
		Follow: expectationRepeated,
	},
	{
		Name: "retried-in-early-data", Level: Must, About: OfSequence,
		Spec: "RFC 8470 §5.2", Who: Client, Needs: wire.ShowsRequest | wire.ShowsConnection,
		Follow: retriedInEarlyData,
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
		Name: "minor-version-refused", Level: Should, About: OfExchange,
		Spec: "RFC 9110 §6.2", Codes: []status.Code{505}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse | wire.ShowsOctets,
		Check: minorVersionRefused,
	},
	{
		Name: "unsupported-without-content", Level: Definition, About: OfCause,
		Spec: "RFC 9110 §15.5.16", Codes: []status.Code{415}, Who: Server,
		Needs: wire.ShowsRequest | wire.ShowsRequestContent | wire.ShowsResponse | wire.ShowsFraming,
		Check: unsupportedWithoutContent,
	},
	{
		Name: "length-required-without-content", Level: Definition, About: OfCause,
		Spec: "RFC 9110 §15.5.12", Codes: []status.Code{411}, Who: Server,
		Needs: wire.ShowsRequest | wire.ShowsRequestContent | wire.ShowsResponse | wire.ShowsFraming,
		Check: lengthRequiredWithoutContent,
	},
	{
		Name: "fields-blamed-for-target", Level: Must, About: OfCause,
		Spec: "RFC 9112 §3", Codes: []status.Code{431}, Who: Server,
		Needs: wire.ShowsRequest | wire.ShowsResponse | wire.ShowsOctets,
		Check: fieldsBlamedForTarget,
	},
	{
		Name: "patch-refused-without-accept-patch", Level: Should, About: OfExchange,
		Spec: "RFC 5789 §2.2", Codes: []status.Code{415}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		In: Both, Check: patchRefusedWithoutAcceptPatch,
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
// Only who saw its octets knows that they were all there: a browser writes down
// what it meant to send.
func timeoutThoughComplete(x *wire.Exchange, r *Report) {
	q := &x.Request
	if q.Content.Complete && len(q.Faults) == 0 {
		r.Final("", lang.Text{
			En:   "The whole %s request was there, with %d octets of content.",
			ZhTW: "整個 %s 請求都已送達，內容有 %d 個位元組。"}, q.Method, q.Content.Length)
	}
}

// RFC 9112 §9.6: who is going to close says so. After a 408 the rest of the
// request may still come, so that nothing else can be read on the connection.
func timeoutWithoutClose(x *wire.Exchange, r *Report) {
	p := x.Answer()
	if x.Conn.Protocol == wire.H1 && p.Version.AtLeast(1, 1) && readable(r, &p.Message, "Connection") && !p.Fields.HasMember("Connection", "close") {
		r.Final("Connection", lang.Text{
			En:   "The 408 leaves open whether the connection can be used again.",
			ZhTW: "408 沒有說明這條連線能否繼續使用。"})
	}
}

// RFC 9110 §15.5.14: where the content is too large only for now, the 413 should
// say in Retry-After when to come back. That it was for now shows when the same
// content is taken later.
func limitLiftedUnannounced(h *History, x *wire.Exchange, r *Report) {
	if !sendsContent(&x.Request) || !x.Request.Content.Whole() {
		return
	}
	for _, p := range h.Resource {
		if p.Answer().Status == 413 && h.Same(p) && p.Alike(x) && p.Request.Method == x.Request.Method &&
			p.Sent == Digest(x.Request.Content.Data) && absent(r, &p.Final.Message, "Retry-After") {
			r.Against(p).Final("", lang.Text{
				En:   "The same %d octets were too large before, and the 413 did not say that it was for a while: it had no Retry-After.",
				ZhTW: "同樣的 %d 個位元組先前被說太大；413 沒有 Retry-After，沒有說明只是暫時的。"}, x.Request.Content.Length)
			return
		}
	}
}

// RFC 9110 §15.5.21: 422 says that the content was read and could not be
// followed. What cannot be read is 400. JSON and XML are what we can read too.
func unprocessableThoughMalformed(x *wire.Exchange, r *Report) {
	q := &x.Request
	if q.Content.Length == 0 || !absent(r, &q.Message, "Content-Encoding") {
		return
	}
	media, ok := value(r, &q.Message, "Content-Type")
	if !ok {
		return
	}
	media, _, _ = strings.Cut(media, ";")
	media = strings.ToLower(strings.TrimSpace(media))
	isJSON := media == "application/json" || strings.HasSuffix(media, "+json")
	isXML := media == "application/xml" || media == "text/xml" || strings.HasSuffix(media, "+xml")
	if !isJSON && !isXML {
		return
	}
	data := q.Content.Data
	switch {
	case !q.Content.Whole():
		r.Unjudged()
		return
	case data[0] == 0 || data[0] >= 0x80: // another encoding than UTF-8, or its mark
		return
	case isJSON && json.Valid(data), isXML && wellFormed(data):
		return
	}
	r.Final("", lang.Text{
		En:   "The request's content is no well-formed %s, and the 422 says that it was read.",
		ZhTW: "請求的內容不是格式正確的 %s，而 422 表示已經讀懂。"}, media)
}

// wellFormed reports whether the text is XML that can be read to its end.
func wellFormed(data []byte) bool {
	d := xml.NewDecoder(bytes.NewReader(data))
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	for {
		if _, err := d.Token(); err != nil {
			return err == io.EOF
		}
	}
}

// RFC 9110 §10.1.1: a client that gets 417 for 100-continue should repeat the
// request without it.
func expectationRepeated(h *History, x *wire.Exchange, r *Report) {
	if !x.Request.Fields.HasMember("Expect", "100-continue") || !present(r, &x.Request.Message, "Expect") {
		return
	}
	for _, p := range h.Client {
		if p.URI != h.URI || p.Request.Method != x.Request.Method {
			continue
		}
		if p.Answer().Status == 417 && p.Request.Fields.HasMember("Expect", "100-continue") && p.Before(x) {
			r.Against(p).Request("Expect", lang.Text{
				En:   "The %s expects 100-continue again, after 417 had said that it cannot.",
				ZhTW: "417 已經說無法滿足，這個 %s 又期待 100-continue。"}, x.Request.Method)
		}
		return
	}
}

// RFC 8470 §5.2: what is sent again after a 425 is not sent in early data. Users
// of one program behind one address look alike, so only what follows at once is
// taken for the same client's.
func retriedInEarlyData(h *History, x *wire.Exchange, r *Report) {
	if !x.Conn.EarlyData || !absent(r, &x.Request.Message, "Early-Data") {
		return
	}
	for _, p := range h.Client {
		if p.URI != h.URI || p.Request.Method != x.Request.Method {
			continue
		}
		since, known := p.Elapsed(x)
		if p.Answer().Status == 425 && p.Conn.EarlyData && p.Alike(x) && p.Before(x) && (!known || since < 10*time.Second) {
			r.Against(p).Request("", lang.Text{
				En:   "The %s was too early, and is sent in early data again.",
				ZhTW: "%s 被說太早，重試時又放在早期資料裡送出。"}, x.Request.Method)
		}
		return
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

// RFC 9110 §6.2: a message of a known major version and a minor one that is
// higher than any known is processed as one of the highest known.
func minorVersionRefused(x *wire.Exchange, r *Report) {
	q, p := &x.Request, x.Answer()
	if x.Conn.Protocol == wire.H1 && q.Version.Major == 1 && q.Version.Minor > 1 && p.Version.Major == 1 && !has(&q.Message, wire.BadVersion) {
		r.Final("", lang.Text{
			En:   "HTTP/1.%d is refused by a server that speaks HTTP/1: only a major version is refused.",
			ZhTW: "說 HTTP/1 的伺服器拒絕了 HTTP/1.%d：該拒絕的只有主版本。"}, q.Version.Minor)
	}
}

// RFC 9110 §15.5.12: 411 asks for the length of the request's content. A POST or
// PUT without either may be asked to say so with Content-Length: 0 (§8.6).
func lengthRequiredWithoutContent(x *wire.Exchange, r *Report) {
	if safe(x.Request.Method) {
		refusedContentThatIsNot(x, r)
	}
}

// RFC 9112 §3: a target that is longer than the server reads is refused with
// 414. The fields beside it are held innocent below 1 kB, the target below 8000
// octets (RFC 9110 §4.1). Over HTTP/2 and 3 the target is one of the fields.
func fieldsBlamedForTarget(x *wire.Exchange, r *Report) {
	n := 0
	for i := range x.Request.Fields {
		n += len(x.Request.Fields[i].Name) + len(x.Request.Fields[i].Value)
	}
	if x.Conn.Protocol == wire.H1 && n < 1<<10 && len(x.Request.Target) >= 8000 {
		r.Final("", lang.Text{
			En:   "The target has %d octets, all the fields together %d: what is due is 414.",
			ZhTW: "目標有 %d 個位元組，所有欄位合計 %d 個：應回應 414。"}, len(x.Request.Target), n)
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
