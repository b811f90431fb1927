package lint

import (
	"slices"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// 404 405 409 410 421 501
var target = []Rule{
	{
		Name: "method-not-allowed-without-allow", Level: Must, About: OfMessage,
		Spec: "RFC 9110 §15.5.6", Codes: []status.Code{405}, Who: Server, Needs: wire.ShowsResponse,
		In: Both, Check: methodNotAllowedWithoutAllow,
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
		Name: "allow-in-other-case", Level: Definition, About: OfMessage,
		Spec: "RFC 9110 §9.1", Codes: []status.Code{200, 204, 405, 501}, Who: Server, Needs: wire.ShowsResponse,
		Check: allowInOtherCase,
	},
	{
		Name: "head-refused", Level: Must, About: OfExchange,
		Spec: "RFC 9110 §9.1", Codes: []status.Code{405}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: headRefused,
	},
	{
		Name: "unknown-method-not-allowed", Level: Should, About: OfCause,
		Spec: "RFC 9110 §9.1", Codes: []status.Code{405}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: unknownMethodNotAllowed,
	},
	{
		Name: "not-implemented-though-used", Level: Should, About: OfSequence,
		Spec: "RFC 9110 §9.1", Codes: []status.Code{501}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Follow: notImplementedThoughUsed,
	},
	{
		Name: "conflict-with-safe-method", Level: Definition, About: OfCause,
		Spec: "RFC 9110 §15.5.10", Codes: []status.Code{409}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		In: Both, Check: conflictWithSafeMethod,
	},
	{
		Name: "misdirected-by-proxy", Level: Must, About: OfExchange,
		Spec: "RFC 9110 §15.5.20", Codes: []status.Code{421}, Who: Intermediary, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: misdirectedByProxy,
	},
	{
		Name: "alternative-on-misdirected", Level: Advice, About: OfMessage,
		Spec: "RFC 7838 §6", Codes: []status.Code{421}, Who: Server, Needs: wire.ShowsResponse,
		Check: alternativeOnMisdirected,
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
		if code := p.Answer().Status; code.Class() != status.Successful && code != 405 || !h.Same(p) || !p.Alike(x) {
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
		if p.Answer().Status.Class() != status.Successful || !h.Same(p) || !p.Alike(x) || h.Changed(p) {
			continue
		}
		// Many lists leave out HEAD where GET is, and nobody misses it.
		if p.Request.Method == "HEAD" && x.Answer().Fields.HasMember("Allow", "GET") {
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
		if p.Answer().Status == 410 && h.Same(p) && p.Alike(x) && !h.Changed(p) {
			r.Against(p).Final("", lang.Text{
				En:   "What was called gone for good is there: %d.",
				ZhTW: "先前說永久消失的資源還在：%d。"}, int(x.Answer().Status))
			return
		}
	}
}

// RFC 9110 §9.1: methods are case-sensitive, so "get" is another one than GET,
// and a client that looks for GET does not find it.
func allowInOtherCase(x *wire.Exchange, r *Report) {
	if !x.Answer().Fields.Has("Allow") {
		return
	}
	v, ok := value(r, &x.Answer().Message, "Allow")
	if !ok {
		return
	}
	for method := range wire.Members(v) {
		for _, known := range methods {
			if method != known && strings.EqualFold(method, known) {
				r.Final("Allow", lang.Text{
					En:   "Allow: %s names %q, which is not the method %s.",
					ZhTW: "Allow: %s 裡的 %q 並不是方法 %s。"}, v, method, known)
				return
			}
		}
	}
}

// RFC 9110 §9.1: a general-purpose server supports HEAD, and it is what GET is
// without content (§9.3.2). Where the resource does not take GET, HEAD may go
// with it.
func headRefused(x *wire.Exchange, r *Report) {
	if x.Request.Method != "HEAD" {
		return
	}
	v, ok := value(r, &x.Answer().Message, "Allow")
	if ok && x.Answer().Fields.HasMember("Allow", "GET") && !x.Answer().Fields.HasMember("Allow", "HEAD") {
		r.Final("Allow", lang.Text{
			En:   "HEAD is refused where GET is allowed: Allow: %s.",
			ZhTW: "這裡允許 GET 卻拒絕 HEAD：Allow: %s。"}, v)
	}
}

// methods are those that IANA has registered, and private ones that servers and
// caches in wide use know.
var methods = []string{
	"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "CONNECT", "TRACE", "QUERY", "ACL",
	"BASELINE-CONTROL", "BIND", "CHECKIN", "CHECKOUT", "COPY", "LABEL", "LINK", "LOCK", "MERGE", "MKACTIVITY",
	"MKCALENDAR", "MKCOL", "MKREDIRECTREF", "MKWORKSPACE", "MOVE", "ORDERPATCH", "PRI", "PROPFIND", "PROPPATCH",
	"REBIND", "REPORT", "SEARCH", "UNBIND", "UNCHECKOUT", "UNLINK", "UNLOCK", "UPDATE", "UPDATEREDIRECTREF",
	"VERSION-CONTROL",
	"BAN", "BREW", "M-SEARCH", "NOTIFY", "POLL", "PURGE", "REFRESH", "RPC_IN_DATA", "RPC_OUT_DATA", "SUBSCRIBE",
	"UNSUBSCRIBE", "WHEN",
}

// RFC 9110 §9.1: a method that the server does not know should get 501; 405 is
// for one that it knows and that this resource does not take.
func unknownMethodNotAllowed(x *wire.Exchange, r *Report) {
	if m := x.Request.Method; isToken(m) && !slices.Contains(methods, m) {
		r.Final("", lang.Text{
			En:   "%q is a method that nobody registered; to call it \"not allowed\" is to know it, and 501 is due.",
			ZhTW: "%q 是沒有人註冊過的方法；說它「不允許」等於認得它，應回應 501。"}, m)
	}
}

// RFC 9110 §9.1: 501 is for methods that the server does not implement, 405 for
// those that it does, only not for this resource. A 501 because of something
// else that the request asks for, in its fields or in its query, is left alone.
func notImplementedThoughUsed(h *History, x *wire.Exchange, r *Report) {
	q := &x.Request
	if q.Method == "OPTIONS" || q.Method == "TRACE" || q.Method == "CONNECT" || strings.Contains(q.Target, "?") ||
		!lacks(r, &q.Message, "Transfer-Encoding", "Content-Range", "Content-Encoding", "Expect", "Upgrade") {
		return
	}
	for _, p := range h.Origin {
		if p.Request.Method == q.Method && p.Answer().Status.Class() == status.Successful {
			r.Against(p).Final("", lang.Text{
				En:   "The server says that it does not implement %s, which it did at another target.",
				ZhTW: "伺服器說它沒有實作 %s，但它在另一個目標做過。"}, q.Method)
			return
		}
	}
}

// RFC 9110 §15.5.10: 409 says that what was asked would not fit the state of the
// resource. Reading fits any state. REPORT and its like have conditions that can
// fail (RFC 3253 §1.6), so only the plain methods are judged.
func conflictWithSafeMethod(x *wire.Exchange, r *Report) {
	switch x.Request.Method {
	case "GET", "HEAD", "OPTIONS", "TRACE":
		r.Final("", lang.Text{
			En:   "A %s request changes nothing that it could conflict with, and the answer is 409.",
			ZhTW: "%s 請求不改變任何東西，無從衝突，回應卻是 409。"}, x.Request.Method)
	}
}

// RFC 9110 §15.5.20: no proxy generates a 421. That it was sent as to a proxy
// shows in the target, that the proxy made it in Proxy-Status (RFC 9209 §2.1.1).
func misdirectedByProxy(x *wire.Exchange, r *Report) {
	v, ok := value(r, &x.Answer().Message, "Proxy-Status")
	if ok && strings.Contains(x.Request.Target, "://") && strings.Contains(v, "error=") && !strings.Contains(v, "received-status") {
		r.Final("Proxy-Status", lang.Text{
			En:   "The proxy made this 421 itself: Proxy-Status: %s.",
			ZhTW: "這個 421 是代理伺服器自己產生的：Proxy-Status: %s。"}, v)
	}
}

// RFC 7838 §6: clients ignore the Alt-Svc of a 421.
func alternativeOnMisdirected(x *wire.Exchange, r *Report) {
	if p := x.Answer(); present(r, &p.Message, "Alt-Svc") {
		r.Final("Alt-Svc", lang.Text{
			En:   "The 421 offers another way that no client may take: Alt-Svc: %s.",
			ZhTW: "421 提供的替代服務，用戶端必須忽略：Alt-Svc: %s。"}, p.Fields.Get("Alt-Svc"))
	}
}
