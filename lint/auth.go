package lint

import (
	"slices"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// 401 403 407 511
var auth = []Rule{
	{
		Name: "unauthorized-without-challenge", Level: Must, About: OfMessage,
		Spec: "RFC 9110 §15.5.2", Codes: []status.Code{401}, Who: Server, Needs: wire.ShowsResponse,
		In: Both, Check: func(x *wire.Exchange, r *Report) { withoutChallenge(x, r, "WWW-Authenticate") },
	},
	{
		Name: "proxy-authentication-without-challenge", Level: Must, About: OfMessage,
		Spec: "RFC 9110 §15.5.8", Codes: []status.Code{407}, Who: Intermediary, Needs: wire.ShowsResponse,
		In: Both, Check: func(x *wire.Exchange, r *Report) { withoutChallenge(x, r, "Proxy-Authenticate") },
	},
	{
		Name: "challenge-unreadable", Level: Must, About: OfMessage,
		Spec: "RFC 9110 §11.3", Codes: []status.Code{401, 403, 407}, Who: Server, Needs: wire.ShowsResponse,
		Check: challengeUnreadable,
	},
	{
		Name: "challenge-parameter-repeated", Level: Must, About: OfMessage,
		Spec: "RFC 9110 §11.2", Codes: []status.Code{401, 403, 407}, Who: Server, Needs: wire.ShowsResponse,
		Check: challengeParameterRepeated,
	},
	{
		Name: "basic-without-realm", Level: Must, About: OfMessage,
		Spec: "RFC 7617 §2", Codes: []status.Code{401, 403, 407}, Who: Server, Needs: wire.ShowsResponse,
		Check: basicWithoutRealm,
	},
	{
		Name: "realm-unquoted", Level: Must, About: OfMessage,
		Spec: "RFC 9110 §11.5", Codes: []status.Code{401, 403, 407}, Who: Server, Needs: wire.ShowsResponse,
		Check: realmUnquoted,
	},
	{
		Name: "digest-incomplete", Level: Must, About: OfMessage,
		Spec: "RFC 7616 §3.3", Codes: []status.Code{401, 403, 407}, Who: Server, Needs: wire.ShowsResponse,
		Check: digestIncomplete,
	},
	{
		Name: "forbidden-where-credentials-are-asked", Level: Should, About: OfSequence,
		Spec: "RFC 9110 §11.4", Codes: []status.Code{200, 206, 304, 403}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Follow: forbiddenWhereCredentialsAreAsked,
	},
	{
		Name: "network-authentication-by-origin", Level: Should, About: OfMessage,
		Spec: "RFC 6585 §6", Codes: []status.Code{511}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: networkAuthenticationByOrigin,
	},
	{
		Name: "network-authentication-without-link", Level: Should, About: OfMessage,
		Spec: "RFC 6585 §6", Codes: []status.Code{511}, Who: Intermediary,
		Needs: wire.ShowsRequest | wire.ShowsResponse | wire.ShowsContent,
		Check: networkAuthenticationWithoutLink,
	},
	{
		Name: "network-authentication-with-login", Level: Should, About: OfMessage,
		Spec: "RFC 6585 §6", Codes: []status.Code{511}, Who: Intermediary, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: networkAuthenticationWithLogin,
	},
	{
		Name: "bearer-error-without-credentials", Level: Should, About: OfExchange,
		Spec: "RFC 6750 §3.1", Codes: []status.Code{401}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: bearerErrorWithoutCredentials,
	},
	{
		Name: "bearer-error-of-other-code", Level: Should, About: OfMessage,
		Spec: "RFC 6750 §3.1", Codes: []status.Code{200, 400, 401, 403, 404, 500}, Who: Server, Needs: wire.ShowsResponse,
		Check: bearerErrorOfOtherCode,
	},
	{
		Name: "refused-credentials-repeated", Level: Should, About: OfSequence,
		Spec: "RFC 9110 §15.5.2; RFC 9110 §15.5.8", Codes: []status.Code{401, 407}, Who: Client, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Follow: refusedCredentialsRepeated,
	},
	{
		Name: "proxy-authentication-outside-proxy", Level: Definition, About: OfCause,
		Spec: "RFC 9110 §15.5.8", Codes: []status.Code{407}, Who: Server,
		Needs: wire.ShowsRequest | wire.ShowsResponse | wire.ShowsOctets,
		Check: proxyAuthenticationOutsideProxy,
	},
}

// RFC 9110 §15.5.2 and §15.5.8: the answer holds at least one challenge.
func withoutChallenge(x *wire.Exchange, r *Report, field string) {
	p := x.Answer()
	if absent(r, &p.Message, field) {
		r.Final(field, lang.Text{
			En:   "The %d has no %s field.",
			ZhTW: "%d 沒有 %s 欄位。"}, int(p.Status), field)
		return
	}
	if v, ok := value(r, &p.Message, field); ok && strings.Trim(v, ", \t") == "" {
		r.Final(field, lang.Text{
			En:   "The %d has an empty %s field.",
			ZhTW: "%d 的 %s 欄位是空的。"}, int(p.Status), field)
	}
}

// challengeField is the field that holds the challenges of a 401, 403 or 407.
func challengeField(x *wire.Exchange) string {
	if x.Answer().Status == 407 {
		return "Proxy-Authenticate"
	}
	return "WWW-Authenticate"
}

// challengesOf returns the challenges of a 401 or 407 that can be read.
func challengesOf(x *wire.Exchange, r *Report) []challenge {
	v, ok := value(r, &x.Answer().Message, challengeField(x))
	if !ok {
		return nil
	}
	all, _ := challenges(v)
	return all
}

// RFC 9110 §11.3: a challenge is a scheme, followed by one token or by
// parameters.
func challengeUnreadable(x *wire.Exchange, r *Report) {
	field := challengeField(x)
	v, ok := value(r, &x.Answer().Message, field)
	if !ok || strings.Trim(v, ", \t") == "" {
		return
	}
	if _, ok := challenges(v); !ok {
		r.Final(field, lang.Text{
			En:   "%s is %q, which is no list of challenges.",
			ZhTW: "%s 是 %q，不是合法的質詢清單。"}, field, v)
	}
}

// RFC 9110 §11.2: the name of a parameter stands once in a challenge.
func challengeParameterRepeated(x *wire.Exchange, r *Report) {
	for _, c := range challengesOf(x, r) {
		for i, p := range c.params {
			if slices.ContainsFunc(c.params[:i], func(q authParam) bool { return strings.EqualFold(p.name, q.name) }) {
				r.Final(challengeField(x), lang.Text{
					En:   "The %s challenge has the parameter %s twice.",
					ZhTW: "%s 質詢的參數 %s 出現了兩次。"}, c.scheme, p.name)
				return
			}
		}
	}
}

// RFC 7617 §2: the parameter realm is required of Basic.
func basicWithoutRealm(x *wire.Exchange, r *Report) {
	for _, c := range challengesOf(x, r) {
		if _, ok := c.param("realm"); !ok && strings.EqualFold(c.scheme, "Basic") {
			r.Final(challengeField(x), lang.Text{
				En:   "The Basic challenge has no realm.",
				ZhTW: "Basic 質詢沒有 realm。"})
			return
		}
	}
}

// RFC 6750 §3.1: a request without credentials should not be told an error code.
func bearerErrorWithoutCredentials(x *wire.Exchange, r *Report) {
	for _, c := range challengesOf(x, r) {
		e, ok := c.param("error")
		if !ok || !strings.EqualFold(c.scheme, "Bearer") || !absent(r, &x.Request.Message, "Authorization") {
			continue
		}
		// RFC 6750 §2.2, §2.3: a token may also come in the content or the query.
		if strings.Contains(x.Request.Target, "access_token=") || sendsContent(&x.Request) {
			continue
		}
		r.Final("WWW-Authenticate", lang.Text{
			En:   "The challenge says error=%q to a request that had no credentials.",
			ZhTW: "請求沒有憑證，質詢卻寫著 error=%q。"}, e)
		return
	}
}

// RFC 6750 §3.1: insufficient_scope should come with 403, invalid_request with
// 400, invalid_token with 401. Who would send 403 may send 404 instead (RFC 9110
// §15.5.4).
func bearerErrorOfOtherCode(x *wire.Exchange, r *Report) {
	for _, c := range challengesOf(x, r) {
		if !strings.EqualFold(c.scheme, "Bearer") {
			continue
		}
		due := status.Code(0)
		e, _ := c.param("error")
		switch e {
		case "insufficient_scope":
			due = 403
		case "invalid_request":
			due = 400
		case "invalid_token":
			due = 401
		}
		if code := x.Answer().Status; due != 0 && due != code && (due != 403 || code != 404) {
			r.Final("WWW-Authenticate", lang.Text{
				En:   "error=%q belongs to %d, and the answer is %d.",
				ZhTW: "error=%q 應搭配 %d，回應卻是 %d。"}, e, int(due), int(code))
			return
		}
	}
}

// RFC 9110 §15.5.8: 407 comes from a proxy that the client uses. A client sends
// a proxy the whole URI or CONNECT (RFC 9112 §3.2); a path alone goes to an
// origin server. An interceptor cannot use 407 either: it has 511.
func proxyAuthenticationOutsideProxy(x *wire.Exchange, r *Report) {
	if x.Conn.Protocol == wire.H1 && strings.HasPrefix(x.Request.Target, "/") &&
		absent(r, &x.Request.Message, "Proxy-Authorization") {
		r.Final("", lang.Text{
			En:   "The target %q was sent as to an origin server, and a proxy's 407 came back.",
			ZhTW: "目標 %q 是以送往來源伺服器的形式送出，卻收到代理伺服器的 407。"}, x.Request.Target)
	}
}

// RFC 9110 §15.5.2: a 401 to a request with credentials refuses these; the
// client may try again with others, and should show the answer to its user
// where it has none. §15.5.8 says the same of 407 and a proxy's.
func refusedCredentialsRepeated(h *History, x *wire.Exchange, r *Report) {
	if !repeated(h, x, r, "Authorization", 401, func(p *Past) uint64 { return p.Credentials }) {
		repeated(h, x, r, "Proxy-Authorization", 407, func(p *Past) uint64 { return p.ForProxy })
	}
}

// repeated judges one field of credentials, which the code refuses, and reports
// whether it found something.
func repeated(h *History, x *wire.Exchange, r *Report, field string, code status.Code, of func(*Past) uint64) bool {
	if !x.Request.Fields.Has(field) {
		return false
	}
	sent, ok := value(r, &x.Request.Message, field)
	if !ok {
		return false
	}
	// Schemes that take several steps on one connection begin alike each time.
	if scheme, _ := token(sent); strings.EqualFold(scheme, "Negotiate") || strings.EqualFold(scheme, "NTLM") {
		return false
	}
	for _, p := range h.Client {
		if p.URI != h.URI || p.Request.Method != x.Request.Method || of(p) != Digest(sent) {
			continue
		}
		if p.Answer().Status != code || !p.Before(x) {
			return false
		}
		r.Against(p).Request(field, lang.Text{
			En:   "The %s comes with the credentials that were refused before.",
			ZhTW: "%s 帶著先前已遭拒絕的憑證。"}, x.Request.Method)
		return true
	}
	return false
}

// RFC 9110 §11.5: a sender writes realm as a quoted string only, since old
// recipients read no other form.
func realmUnquoted(x *wire.Exchange, r *Report) {
	for _, c := range challengesOf(x, r) {
		for _, p := range c.params {
			if strings.EqualFold(p.name, "realm") && !p.quoted {
				r.Final(challengeField(x), lang.Text{
					En:   "The realm of the %s challenge stands without quotes: realm=%s.",
					ZhTW: "%s 質詢的 realm 沒有加引號：realm=%s。"}, c.scheme, p.value)
				return
			}
		}
	}
}

// RFC 7616 §3.3: what the client hashes begins with the nonce, and qop is used by
// all implementations.
func digestIncomplete(x *wire.Exchange, r *Report) {
	for _, c := range challengesOf(x, r) {
		if !strings.EqualFold(c.scheme, "Digest") {
			continue
		}
		for _, name := range []string{"nonce", "qop"} {
			if v, ok := c.param(name); !ok || v == "" {
				r.Final(challengeField(x), lang.Text{
					En:   "The Digest challenge has no %s.",
					ZhTW: "Digest 質詢沒有 %s。"}, name)
				return
			}
		}
	}
}

// RFC 9110 §11.4: a request for a protected resource without credentials should
// get 401 with a challenge. That the resource is protected in this way is shown
// by another request, which differed in its credentials and was answered. Only
// reading is judged: an unsafe request can be refused for more reasons.
func forbiddenWhereCredentialsAreAsked(h *History, x *wire.Exchange, r *Report) {
	if m := x.Request.Method; m != "GET" && m != "HEAD" || !readable(r, &x.Request.Message, "Authorization") || !readable(r, &x.Request.Message, "Cookie") {
		return
	}
	forbidden, anonymous := x.Answer().Status == 403, !x.Request.Fields.Has("Authorization")
	if forbidden != anonymous {
		return
	}
	for _, p := range h.Resource {
		code := p.Answer().Status
		if !h.Same(p) || p.Request.Method != x.Request.Method || p.Cookie != credential(&x.Request, "Cookie") || h.Changed(p) {
			continue
		}
		if forbidden && code.Class() == status.Successful && p.Credentials != 0 {
			r.Against(p).Final("", lang.Text{
				En:   "A request without credentials gets 403, and one with credentials got %d: what is due is 401 with a challenge.",
				ZhTW: "沒有憑證的請求得到 403，而帶憑證的請求得到 %d：應回應帶有質詢的 401。"}, int(code))
			return
		}
		if !forbidden && code == 403 && p.anonymous {
			r.Against(p).Final("", lang.Text{
				En:   "With credentials the resource answers %d; the 403 to a request without any should have been 401 with a challenge.",
				ZhTW: "帶上憑證後資源回應 %d；先前對沒有憑證的請求，應回應帶有質詢的 401，而不是 403。"}, int(x.Answer().Status))
			return
		}
	}
}

// RFC 6585 §6: 511 is the network's word, not the origin's. Within TLS nobody
// but the origin, or who answers for it, can speak.
func networkAuthenticationByOrigin(x *wire.Exchange, r *Report) {
	if x.Conn.TLS != nil || x.Request.Scheme == "https" {
		r.Final("", lang.Text{
			En:   "The 511 came through TLS from %s itself, and is meant for networks that stand in the way.",
			ZhTW: "511 是經由 TLS 從 %s 本身送來的；它是給擋在中間的網路使用的。"}, x.Request.Authority)
	}
}

// RFC 6585 §6: the 511 should lead to where credentials can be given. That it has
// content at all is asked by error-without-explanation.
func networkAuthenticationWithoutLink(x *wire.Exchange, r *Report) {
	data, ok := text(x, r)
	if !ok || !lacks(r, &x.Answer().Message, "Link", "Location", "Refresh") {
		return
	}
	media, ok := value(r, &x.Answer().Message, "Content-Type")
	if !ok {
		return
	}
	signs := []string{"href", "://", "action=", "http-equiv"}
	if !isMedia(media, "text/html") && !isMedia(media, "application/xhtml+xml") {
		signs = []string{"/"} // of a path
	}
	for _, sign := range signs {
		if containsFold(data, sign) {
			return
		}
	}
	r.Final("", lang.Text{
		En:   "The 511 does not lead to a page where one could log in.",
		ZhTW: "511 沒有提供可以登入的頁面連結。"})
}

// RFC 6585 §6: the 511 should hold neither a challenge nor the login itself,
// which a browser would show as belonging to the URL that was asked for.
func networkAuthenticationWithLogin(x *wire.Exchange, r *Report) {
	if m := &x.Answer().Message; present(r, m, "WWW-Authenticate") {
		r.Final("WWW-Authenticate", lang.Text{
			En:   "The 511 has a challenge, as if it came from %s: WWW-Authenticate: %s.",
			ZhTW: "511 帶有質詢，彷彿來自 %s：WWW-Authenticate: %s。"}, x.Request.Authority, m.Fields.Get("WWW-Authenticate"))
		return
	}
	if !r.needs(x, wire.ShowsContent) {
		return
	}
	if data, ok := text(x, r); ok && (containsFold(data, `type="password"`) || containsFold(data, "type=password") || containsFold(data, "type='password'")) {
		r.Final("", lang.Text{
			En:   "The 511 asks for a password itself, under the name of %s.",
			ZhTW: "511 自己就要求輸入密碼，還是以 %s 的名義。"}, x.Request.Authority)
	}
}
