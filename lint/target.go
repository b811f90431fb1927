package lint

import (
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// 404 405 409 410 421 501
var target = []Rule{
	{
		Name: "method-not-allowed-without-allow", Level: Must, About: OfMessage,
		Spec: "RFC 9110 §15.5.6", Codes: []status.Code{405}, Who: Server, Needs: wire.ShowsResponse,
		Check: methodNotAllowedWithoutAllow,
	},
	{
		Name: "allowed-method-refused", Level: Definition, About: OfExchange,
		Spec: "RFC 9110 §10.2.1", Codes: []status.Code{405}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: allowedMethodRefused,
	},
	{
		Name: "allow-unreadable", Level: Must, About: OfMessage,
		Spec: "RFC 9110 §10.2.1", Who: Server, Needs: wire.ShowsResponse,
		Check: allowUnreadable,
	},
	{
		Name: "get-not-implemented", Level: Must, About: OfCause,
		Spec: "RFC 9110 §9.1", Codes: []status.Code{501}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: getNotImplemented,
	},
}

// RFC 9110 §15.5.6: a 405 lists in Allow what the resource does support.
func methodNotAllowedWithoutAllow(x *wire.Exchange, r *Report) {
	if absent(r, &x.Answer().Message, "Allow") {
		r.Final("Allow", lang.Text{
			En:   "The 405 to %s does not say which methods are allowed.",
			ZhTW: "對 %s 的 405 沒有說明允許哪些方法。"}, x.Request.Method)
	}
}

// RFC 9110 §10.2.1: Allow lists the methods that the resource supports; the one
// that was just refused is not among them.
func allowedMethodRefused(x *wire.Exchange, r *Report) {
	v, ok := value(r, &x.Answer().Message, "Allow")
	if !ok {
		return
	}
	for method := range wire.Members(v) {
		if method == x.Request.Method {
			r.Final("Allow", lang.Text{
				En:   "The 405 refuses %s and lists it: Allow: %s.",
				ZhTW: "405 拒絕 %s，卻又列出它：Allow: %s。"}, method, v)
			return
		}
	}
}

// RFC 9110 §10.2.1: Allow is a list of methods, and a method is a token (§9.1).
// An empty list is one too.
func allowUnreadable(x *wire.Exchange, r *Report) {
	if x.Final == nil {
		return
	}
	v, ok := value(r, &x.Final.Message, "Allow")
	if !ok {
		return
	}
	for method := range wire.Members(v) {
		if !isToken(method) {
			r.Final("Allow", lang.Text{
				En:   "Allow is %q: %q is no method.",
				ZhTW: "Allow 是 %q：%q 不是方法。"}, v, method)
			return
		}
	}
}

// RFC 9110 §9.1: every general-purpose server supports GET and HEAD, so "not
// implemented" cannot be true of them. A 501 for another reason, such as a
// transfer coding (RFC 9112 §6.1) or a Content-* field of a request with
// content, is left alone.
func getNotImplemented(x *wire.Exchange, r *Report) {
	if m := x.Request.Method; (m == "GET" || m == "HEAD") && !sendsContent(&x.Request) {
		r.Final("", lang.Text{
			En:   "The server says that it does not implement %s.",
			ZhTW: "伺服器說它沒有實作 %s。"}, m)
	}
}
