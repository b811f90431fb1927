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
		Name: "method-refused-though-offered", Level: Definition, About: OfSequence,
		Spec: "RFC 9110 §10.2.1", Codes: []status.Code{405}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Follow: methodRefusedThoughOffered,
	},
	{
		Name: "allow-without-working-method", Level: Definition, About: OfSequence,
		Spec: "RFC 9110 §10.2.1", Codes: []status.Code{405}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Follow: allowWithoutWorkingMethod,
	},
	{
		Name: "gone-and-back", Level: Definition, About: OfSequence,
		Spec: "RFC 9110 §15.5.11", Codes: []status.Code{200, 206, 304}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Follow: goneAndBack,
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

// RFC 9110 §10.2.1: Allow says what the resource supports at the time. A method
// that it listed, and that is refused while nothing has changed, was no offer.
func methodRefusedThoughOffered(h *History, x *wire.Exchange, r *Report) {
	for _, p := range h.Resource {
		if code := p.Answer().Status; code.Class() != status.Successful && code != 405 || !h.Same(p) || !p.Alike(x) || !p.Before(x) {
			continue
		}
		v, ok := value(r, &p.Final.Message, "Allow")
		if !ok || h.Changed(p) {
			continue
		}
		for method := range wire.Members(v) {
			if method == x.Request.Method {
				r.Against(p).Final("Allow", lang.Text{
					En:   "The 405 refuses %s, which the resource offered before: Allow: %s.",
					ZhTW: "405 拒絕 %s，但這個資源先前表示可用：Allow: %s。"}, method, v)
				return
			}
		}
		return
	}
}

// RFC 9110 §10.2.1: the Allow of a 405 lists what the resource supports. What
// has just worked is supported; only methods that make or remove the resource
// may be supported once and then no more. An empty list switches a resource off
// (ibid.).
func allowWithoutWorkingMethod(h *History, x *wire.Exchange, r *Report) {
	v, ok := value(r, &x.Answer().Message, "Allow")
	if !ok || v == "" {
		return
	}
	for _, p := range h.Resource {
		switch p.Request.Method {
		case "GET", "HEAD", "POST", "PATCH", "PROPFIND", "QUERY":
		default:
			continue
		}
		if p.Answer().Status.Class() != status.Successful || !h.Same(p) || !p.Alike(x) || !p.Before(x) || h.Changed(p) {
			continue
		}
		if !x.Answer().Fields.HasMember("Allow", p.Request.Method) {
			r.Against(p).Final("Allow", lang.Text{
				En:   "Allow: %s leaves out %s, which worked.",
				ZhTW: "Allow: %s 漏了剛才還能用的 %s。"}, v, p.Request.Method)
			return
		}
	}
}

// RFC 9110 §15.5.11: 410 says that the resource is gone for good, as far as the
// server knows; where it does not know, 404 is due.
func goneAndBack(h *History, x *wire.Exchange, r *Report) {
	if x.Request.Method != "GET" && x.Request.Method != "HEAD" {
		return
	}
	for _, p := range h.Resource {
		if p.Answer().Status == 410 && h.Same(p) && p.Alike(x) && p.Before(x) && !h.Changed(p) {
			r.Against(p).Final("", lang.Text{
				En:   "What was called gone for good is there: %d.",
				ZhTW: "先前說永久消失的資源還在：%d。"}, int(x.Answer().Status))
			return
		}
	}
}
