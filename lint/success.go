package lint

import (
	"bytes"
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
		In: Both, Check: createdBySafeMethod,
	},
	{
		Name: "created-without-location", Level: Should, About: OfExchange,
		Spec: "RFC 9110 §9.3.3", Codes: []status.Code{201}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		In: Both, Check: createdWithoutLocation,
	},
	{
		Name: "transformed-though-forbidden", Level: Must, About: OfMessage,
		Spec: "RFC 9110 §7.7", Codes: []status.Code{203}, Who: Intermediary, Needs: wire.ShowsResponse,
		Check: transformedThoughForbidden,
	},
	{
		Name: "transformed-without-intermediary", Level: Definition, About: OfCause,
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
		Spec: "RFC 9110 §15.3.5", Codes: []status.Code{204}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		In: Both, Check: contentAfterNoContent,
	},
	{
		Name: "reset-with-content", Level: Must, About: OfMessage,
		Spec: "RFC 9110 §15.3.6", Codes: []status.Code{205}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse | wire.ShowsContent,
		In: Both, Check: resetWithContent,
	},
	{
		Name: "reset-without-end", Level: Definition, About: OfMessage,
		Spec: "RFC 9112 §6.3", Codes: []status.Code{205}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse | wire.ShowsFraming | wire.ShowsEnd,
		Check: resetWithoutEnd,
	},
	{
		Name: "validator-absent", Level: Advice, About: OfMessage,
		Spec: "RFC 9110 §15.3.1", Codes: []status.Code{200}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: validatorAbsent,
	},
	{
		Name: "options-without-allow", Level: Should, About: OfExchange,
		Spec: "RFC 9110 §9.3.7", Codes: []status.Code{200, 204}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: optionsWithoutAllow,
	},
	{
		Name: "trace-not-echoed", Level: Should, About: OfCause,
		Spec: "RFC 9110 §9.3.8", Codes: []status.Code{200}, Who: Server,
		Needs: wire.ShowsRequest | wire.ShowsResponse | wire.ShowsContent,
		Check: traceNotEchoed,
	},
	{
		Name: "trace-echoes-credentials", Level: Should, About: OfExchange,
		Spec: "RFC 9110 §9.3.8", Codes: []status.Code{200}, Who: Server,
		Needs: wire.ShowsRequest | wire.ShowsResponse | wire.ShowsContent,
		Check: traceEchoesCredentials,
	},
	{
		Name: "deletion-with-empty-ok", Level: Advice, About: OfExchange,
		Spec: "RFC 9110 §9.3.5", Codes: []status.Code{200}, Who: Server,
		Needs: wire.ShowsRequest | wire.ShowsResponse | wire.ShowsContent,
		Check: deletionWithEmptyOK,
	},
	{
		Name: "created-at-fragment", Level: Definition, About: OfMessage,
		Spec: "RFC 9110 §10.2.2", Codes: []status.Code{201}, Who: Server, Needs: wire.ShowsResponse,
		Check: createdAtFragment,
	},
	{
		Name: "accepted-without-status", Level: Should, About: OfExchange,
		Spec: "RFC 9110 §15.3.3", Codes: []status.Code{202}, Who: Server,
		Needs: wire.ShowsRequest | wire.ShowsResponse | wire.ShowsContent,
		Check: acceptedWithoutStatus,
	},
	{
		Name: "accepted-by-safe-method", Level: Advice, About: OfCause,
		Spec: "RFC 9110 §15.3.3", Codes: []status.Code{202}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		In: Both, Check: acceptedBySafeMethod,
	},
	{
		Name: "async-without-monitor", Level: Advice, About: OfExchange,
		Spec: "RFC 7240 §4.1", Codes: []status.Code{202}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: asyncWithoutMonitor,
	},
	{
		Name: "type-on-no-content", Level: Advice, About: OfMessage,
		Spec: "RFC 9110 §15.3.5", Codes: []status.Code{204}, Who: Server, Needs: wire.ShowsResponse,
		Check: typeOnNoContent,
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
// the origin sent, and a proxy puts Via into what it forwards (§7.6.3).
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
	if contentDescribed(x, r) || x.Request.Method == "HEAD" || tunnel(x) {
		return
	}
	if n := extra(x); n > 0 {
		r.Final("", lang.Text{
			En:   "At least %d octets follow the header section of the 204.",
			ZhTW: "204 的標頭區段之後至少還有 %d 個位元組。"}, n)
		return
	}
	r.needs(x, wire.ShowsAfter) // to say that nothing followed
}

// RFC 9110 §15.3.6: no content in a 205.
func resetWithContent(x *wire.Exchange, r *Report) {
	if contentDescribed(x, r) {
		return
	}
	p := x.Answer()
	if endsWithHead(x) {
		return
	}
	n := p.Content.Length
	if v, ok := value(r, &p.Message, "Content-Length"); ok {
		if declared, ok := position(v); ok {
			n = max(n, declared)
		}
	}
	if n > 0 {
		r.Final("", lang.Text{
			En:   "The 205 has %d octets of content.",
			ZhTW: "205 帶有 %d 個位元組的內容。"}, n)
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

// RFC 9110 §15.3.1: a 200 to GET or HEAD should carry the validators that there
// are. There may be none; but an answer that asks to be kept, and cannot be
// revalidated afterwards, has to be sent again in full.
func validatorAbsent(x *wire.Exchange, r *Report) {
	m := &x.Answer().Message
	if x.Request.Method != "GET" && x.Request.Method != "HEAD" || !lacks(r, m, "ETag", "Last-Modified") {
		return
	}
	control, ok := value(r, m, "Cache-Control")
	if !ok {
		return
	}
	for directive := range wire.Members(control) {
		name, seconds, _ := strings.Cut(directive, "=")
		if strings.EqualFold(name, "max-age") && digits(seconds) && strings.Trim(seconds, "0") != "" {
			r.Final("ETag", lang.Text{
				En:   "Cache-Control: %s asks to be kept, and neither ETag nor Last-Modified lets it be revalidated.",
				ZhTW: "Cache-Control: %s 要求保存，卻沒有 ETag 或 Last-Modified 可供重新驗證。"}, control)
			return
		}
	}
}

// RFC 9110 §9.3.7: a success of OPTIONS should carry whatever fields tell what
// the target can do. A preflight asks something else (the Fetch standard), and
// "*" is only a ping.
func optionsWithoutAllow(x *wire.Exchange, r *Report) {
	if x.Request.Method != "OPTIONS" || x.Request.Target == "*" ||
		!lacks(r, &x.Request.Message, "Access-Control-Request-Method", "Access-Control-Request-Headers") {
		return
	}
	if lacks(r, &x.Answer().Message, "Allow", "DAV", "Accept-Patch", "Accept-Post", "Accept-Query", "Access-Control-Allow-Methods") {
		r.Final("Allow", lang.Text{
			En:   "The %d to OPTIONS does not say what %s can do.",
			ZhTW: "對 OPTIONS 的 %d 沒有說明 %s 支援什麼。"}, int(x.Answer().Status), x.Request.Target)
	}
}

// echo returns the content of a 200 to TRACE, if all of it can be read.
func echo(x *wire.Exchange, r *Report) ([]byte, bool) {
	if x.Request.Method != "TRACE" {
		return nil, false
	}
	p := x.Answer()
	if !p.Content.Whole() || p.Fields.Has("Content-Encoding") {
		r.Unjudged()
		return nil, false
	}
	return p.Content.Data, true
}

// RFC 9110 §9.3.8: the final recipient should send the request back as content;
// message/http is only one way to write it.
func traceNotEchoed(x *wire.Exchange, r *Report) {
	data, ok := echo(x, r)
	if ok && (!bytes.Contains(data, []byte("TRACE")) || !bytes.Contains(data, []byte(x.Request.Target))) {
		r.Final("", lang.Text{
			En:   "The 200 to TRACE %s does not show that request.",
			ZhTW: "對 TRACE %s 的 200 沒有呈現該請求。"}, x.Request.Target)
	}
}

// RFC 9110 §9.3.8: fields that are likely to be sensitive should be left out of
// the echo.
func traceEchoesCredentials(x *wire.Exchange, r *Report) {
	data, ok := echo(x, r)
	if !ok {
		return
	}
	for _, name := range [...]string{"Authorization", "Cookie", "Proxy-Authorization"} {
		if v, ok := value(r, &x.Request.Message, name); ok && v != "" && bytes.Contains(data, []byte(v)) {
			r.Final("", lang.Text{
				En:   "The echo shows the request's %s to whoever can read it.",
				ZhTW: "回送的內容把請求的 %s 給任何讀得到的人看。"}, name)
			return
		}
	}
}

// RFC 9110 §9.3.5: where a deletion has nothing more to tell, 204 says so.
func deletionWithEmptyOK(x *wire.Exchange, r *Report) {
	if p := x.Answer(); x.Request.Method == "DELETE" && p.Content.Length == 0 && p.Content.Complete {
		r.Final("", lang.Text{
			En:   "The 200 to DELETE has no content; 204 says the same without having to be read on.",
			ZhTW: "對 DELETE 的 200 沒有內容；204 說的是同一件事，而且不必再往下讀。"})
	}
}

// RFC 9110 §10.2.2: Location in a 201 is the URI of the created resource itself,
// and a fragment names something within another.
func createdAtFragment(x *wire.Exchange, r *Report) {
	if v, ok := location(x, r); ok && strings.Contains(v, "#") {
		r.Final("Location", lang.Text{
			En:   "The 201 says that the new resource is at %q, which is a place within another.",
			ZhTW: "201 說新資源位於 %q，那只是另一個資源裡的一處。"}, v)
	}
}

// monitors are the fields that tell where, or when, a pending request can be
// asked after.
var monitors = []string{"Location", "Content-Location", "Link", "Retry-After", "Refresh", "Operation-Location", "Azure-AsyncOperation"}

// RFC 9110 §15.3.3: the content of a 202 ought to describe how the request
// stands, and to point to a monitor.
func acceptedWithoutStatus(x *wire.Exchange, r *Report) {
	p := x.Answer()
	if x.Request.Method != "HEAD" && p.Content.Length == 0 && p.Content.Complete && lacks(r, &p.Message, monitors...) {
		r.Final("", lang.Text{
			En:   "The 202 to %s says neither how the request stands nor where to ask.",
			ZhTW: "對 %s 的 202 既沒有說明請求的現況，也沒有說明該去哪裡問。"}, x.Request.Method)
	}
}

// RFC 9110 §15.3.3: 202 takes a request on for later. One that only reads can
// hardly be done later, unless it is told when or where to come back: that is
// how a monitor answers while the work goes on.
func acceptedBySafeMethod(x *wire.Exchange, r *Report) {
	m := x.Request.Method
	if safe(m) && (m != "GET" && m != "HEAD" || lacks(r, &x.Answer().Message, monitors...)) {
		r.Final("", lang.Text{
			En:   "A %s request was taken on for later, with no word of when or where the answer will be.",
			ZhTW: "%s 請求被留待稍後處理，卻沒有說明何時、何處會有答案。"}, m)
	}
}

// RFC 7240 §4.1: a client that prefers respond-async is told where to look for
// the result.
func asyncWithoutMonitor(x *wire.Exchange, r *Report) {
	if readable(r, &x.Request.Message, "Prefer") && x.Request.Fields.HasMember("Prefer", "respond-async") &&
		lacks(r, &x.Answer().Message, monitors...) {
		r.Final("Location", lang.Text{
			En:   "The request preferred respond-async, and the 202 does not say where the result will be.",
			ZhTW: "請求希望 respond-async，202 卻沒有說明結果會在哪裡。"})
	}
}

// RFC 9110 §15.3.5: fields of a 204 speak of the target's representation after
// the action, and the 204 brings none.
func typeOnNoContent(x *wire.Exchange, r *Report) {
	for _, name := range [...]string{"Content-Type", "Content-Encoding"} {
		if p := x.Answer(); present(r, &p.Message, name) {
			r.Final(name, lang.Text{
				En:   "The 204 has %s: %s, and nothing that is so.",
				ZhTW: "204 帶有 %s: %s，卻沒有任何這樣的東西。"}, name, p.Fields.Get(name))
			return
		}
	}
}

// RFC 9110 §7.7: a proxy changes no content that comes with no-transform, and a
// 203 says that it has (§15.3.4).
func transformedThoughForbidden(x *wire.Exchange, r *Report) {
	m := &x.Answer().Message
	if v, ok := value(r, m, "Cache-Control"); ok && m.Fields.HasMember("Cache-Control", "no-transform") {
		r.Final("Cache-Control", lang.Text{
			En:   "The 203 says that the content was changed on the way, which Cache-Control: %s forbids.",
			ZhTW: "203 表示內容在途中被改過，但 Cache-Control: %s 禁止這麼做。"}, v)
	}
}
