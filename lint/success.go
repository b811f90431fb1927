package lint

import (
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// 200-205
var success = []Rule{
	{
		Name: "tunnel-with-framing", Level: Must, About: OfExchange,
		Spec: "RFC 9110 §9.3.6", Who: Intermediary, Needs: wire.ShowsRequest | wire.ShowsResponse | wire.ShowsFraming,
		Check: tunnelWithFraming,
	},
	{
		Name: "created-by-safe-method", Level: Definition, About: OfCause,
		Spec: "RFC 9110 §9.2.1", Codes: []status.Code{201}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: createdBySafeMethod,
	},
	{
		Name: "created-without-location", Level: Should, About: OfExchange,
		Spec: "RFC 9110 §9.3.3", Codes: []status.Code{201}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: createdWithoutLocation,
	},
	{
		Name: "transformed-without-intermediary", Level: Advice, About: OfCause,
		Spec: "RFC 9110 §15.3.4", Codes: []status.Code{203}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: transformedWithoutIntermediary,
	},
	{
		Name: "length-on-no-content", Level: Must, About: OfMessage,
		Spec: "RFC 9110 §8.6", Codes: []status.Code{204}, Who: Server, Needs: wire.ShowsResponse | wire.ShowsFraming,
		Check: lengthOnNoContent,
	},
	{
		Name: "transfer-coding-on-no-content", Level: Must, About: OfMessage,
		Spec: "RFC 9112 §6.1", Codes: []status.Code{204}, Who: Server, Needs: wire.ShowsResponse | wire.ShowsFraming,
		Check: transferCodingOnNoContent,
	},
	{
		Name: "content-after-no-content", Level: Definition, About: OfMessage,
		Spec: "RFC 9110 §15.3.5", Codes: []status.Code{204}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse | wire.ShowsAfter,
		Check: contentAfterNoContent,
	},
	{
		Name: "reset-with-content", Level: Must, About: OfMessage,
		Spec: "RFC 9110 §15.3.6", Codes: []status.Code{205}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse | wire.ShowsContent,
		Check: resetWithContent,
	},
	{
		Name: "reset-without-end", Level: Definition, About: OfMessage,
		Spec: "RFC 9112 §6.3", Codes: []status.Code{205}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse | wire.ShowsFraming | wire.ShowsEnd,
		Check: resetWithoutEnd,
	},
}

// RFC 9110 §9.3.6: a 2xx to CONNECT has neither Transfer-Encoding nor
// Content-Length; the tunnel begins right after its header section.
func tunnelWithFraming(x *wire.Exchange, r *Report) {
	if x.Final == nil || !tunnel(x) {
		return
	}
	for _, name := range []string{"Content-Length", "Transfer-Encoding"} {
		if p := x.Final; present(r, &p.Message, name) {
			r.Final(name, lang.Text{
				En:   "The answer that opens the tunnel has %s: %s.",
				ZhTW: "開啟通道的回應帶有 %s: %s。"}, name, p.Fields.Get(name))
			return
		}
	}
}

// RFC 9110 §9.2.1: a safe method asks for no change of state, and a resource
// that came into being is one.
func createdBySafeMethod(x *wire.Exchange, r *Report) {
	if safe(x.Request.Method) {
		r.Final("", lang.Text{
			En:   "A %s request was answered with 201, as if it had created something.",
			ZhTW: "%s 請求得到 201，彷彿它建立了什麼。"}, x.Request.Method)
	}
}

// RFC 9110 §9.3.3: a POST that created something is answered with its Location.
// A PUT creates at its own target, so it needs none (RFC 9110 §15.3.2).
func createdWithoutLocation(x *wire.Exchange, r *Report) {
	if x.Request.Method == "POST" && absent(r, &x.Answer().Message, "Location") {
		r.Final("Location", lang.Text{
			En:   "The 201 to a POST does not say where the new resource is.",
			ZhTW: "對 POST 的 201 沒有說明新資源在哪裡。"})
	}
}

// RFC 9110 §15.3.4: 203 is how a transforming proxy says that it changed what
// the origin sent. A proxy puts Via into what it forwards (§7.6.3); a gateway
// may leave it out, so this is advice.
func transformedWithoutIntermediary(x *wire.Exchange, r *Report) {
	p := x.Answer()
	if strings.Contains(x.Request.Target, "://") || !lacks(r, &p.Message, "Via", "Warning", "Proxy-Status", "Age") {
		return
	}
	r.Final("Via", lang.Text{
		En:   "The 203 says that a proxy changed the content; nothing in the answer shows a proxy.",
		ZhTW: "203 表示代理伺服器改過內容，但回應中沒有任何代理伺服器的跡象。"})
}

// RFC 9110 §8.6: no Content-Length in a 204, not even 0.
func lengthOnNoContent(x *wire.Exchange, r *Report) {
	if p := x.Answer(); present(r, &p.Message, "Content-Length") {
		r.Final("Content-Length", lang.Text{
			En:   "The 204 has Content-Length: %s.",
			ZhTW: "204 帶有 Content-Length: %s。"}, p.Fields.Get("Content-Length"))
	}
}

// RFC 9112 §6.1: no Transfer-Encoding in a 204.
func transferCodingOnNoContent(x *wire.Exchange, r *Report) {
	if p := x.Answer(); x.Conn.Protocol == wire.H1 && present(r, &p.Message, "Transfer-Encoding") {
		r.Final("Transfer-Encoding", lang.Text{
			En:   "The 204 has Transfer-Encoding: %s.",
			ZhTW: "204 帶有 Transfer-Encoding: %s。"}, p.Fields.Get("Transfer-Encoding"))
	}
}

// RFC 9110 §15.3.5: a 204 ends with its header section. To HEAD and to CONNECT
// other rules speak.
func contentAfterNoContent(x *wire.Exchange, r *Report) {
	if x.Request.Method == "HEAD" || tunnel(x) {
		return
	}
	if n := extra(x); n > 0 {
		r.Final("", lang.Text{
			En:   "At least %d octets follow the header section of the 204.",
			ZhTW: "204 的標頭區段之後至少還有 %d 個位元組。"}, n)
	}
}

// RFC 9110 §15.3.6: no content in a 205.
func resetWithContent(x *wire.Exchange, r *Report) {
	if p := x.Answer(); p.Content.Length > 0 && !endsWithHead(x) {
		r.Final("", lang.Text{
			En:   "The 205 has %d octets of content.",
			ZhTW: "205 帶有 %d 個位元組的內容。"}, p.Content.Length)
	}
}

// RFC 9112 §6.3: unlike a 204, a 205 does not end with its header section by
// itself. Without Content-Length: 0 or an empty chunked body the client reads
// until the connection closes, and here it did not.
func resetWithoutEnd(x *wire.Exchange, r *Report) {
	p := x.Answer()
	if p.Framing != wire.FramedClose || endsWithHead(x) || x.End != wire.EndKept && x.End != wire.EndSilent {
		return
	}
	r.Final("Content-Length", lang.Text{
		En:   "The 205 does not say that it has no content, and the connection stays open.",
		ZhTW: "205 沒有說明自己沒有內容，連線又保持開啟。"})
}
