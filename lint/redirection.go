package lint

import (
	"net/url"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// 300-303 307 308, and Location.
var redirection = []Rule{
	{
		Name: "redirect-without-location", Level: Should, About: OfMessage,
		Spec: "RFC 9110 §15.4", Codes: []status.Code{301, 302, 303, 307, 308}, Who: Server, Needs: wire.ShowsResponse,
		In: Both, Check: redirectWithoutLocation,
	},
	{
		Name: "choices-without-list", Level: Should, About: OfExchange,
		Spec: "RFC 9110 §15.4.1", Codes: []status.Code{300}, Who: Server,
		Needs: wire.ShowsRequest | wire.ShowsResponse | wire.ShowsContent,
		Check: choicesWithoutList,
	},
	{
		Name: "location-unreadable", Level: Must, About: OfMessage,
		Spec: "RFC 9110 §10.2.2; RFC 9110 §4.2.1", Who: Server, Needs: wire.ShowsResponse,
		Check: locationUnreadable,
	},
	{
		Name: "location-with-userinfo", Level: Must, About: OfMessage,
		Spec: "RFC 9110 §4.2.4", Who: Server, Needs: wire.ShowsResponse,
		Check: locationWithUserinfo,
	},
	{
		Name: "redirect-to-itself", Level: Definition, About: OfExchange,
		Spec: "RFC 9110 §15.4", Codes: []status.Code{301, 302, 303, 307, 308}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: redirectToItself,
	},
	{
		Name: "location-without-meaning", Level: Advice, About: OfMessage,
		Spec: "RFC 9110 §10.2.2", Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: locationWithoutMeaning,
	},
	{
		Name: "redirect-of-unsafe-method", Level: Advice, About: OfExchange,
		Spec: "RFC 9110 §15.4", Codes: []status.Code{301, 302}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: redirectOfUnsafeMethod,
	},
	{
		Name: "redirect-to-clear", Level: Advice, About: OfExchange,
		Spec: "RFC 9110 §4.2.2", Codes: []status.Code{301, 302, 303, 307, 308}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: redirectToClear,
	},
}

// RFC 9110 §15.4.2, §15.4.3, §15.4.8, §15.4.9: these codes should come with
// Location; §15.4.4: 303 redirects to what Location names.
func redirectWithoutLocation(x *wire.Exchange, r *Report) {
	if p := x.Answer(); absent(r, &p.Message, "Location") {
		r.Final("Location", lang.Text{
			En:   "The %d does not say where to go.",
			ZhTW: "%d 沒有說明該去哪裡。"}, int(p.Status))
	}
}

// RFC 9110 §15.4.1: a 300 should list the choices in its content, except to
// HEAD. A Link field with rel=alternate is the other way that the note there
// speaks of.
func choicesWithoutList(x *wire.Exchange, r *Report) {
	p := x.Answer()
	if x.Request.Method != "HEAD" && p.Content.Length == 0 && p.Content.Complete && lacks(r, &p.Message, "Link", "Alternates") {
		r.Final("", lang.Text{
			En:   "The 300 offers a choice and lists nothing to choose from.",
			ZhTW: "300 要人選擇，卻沒有列出任何選項。"})
	}
}

// location returns the Location of the final answer, if it stands there once.
func location(x *wire.Exchange, r *Report) (string, bool) {
	if x.Final == nil || x.Final.Fields.Count("Location") != 1 {
		return "", false
	}
	return value(r, &x.Final.Message, "Location")
}

// RFC 9110 §10.2.2: Location is one URI reference (RFC 3986 §4.1): no spaces, no
// octets above ASCII, % before two hexadecimal digits alone. §4.2.1, §4.2.2: an
// http or https URI has a host.
func locationUnreadable(x *wire.Exchange, r *Report) {
	v, ok := location(x, r)
	if ok && (!isReference(v) || isHostless(v)) {
		r.Final("Location", lang.Text{
			En:   "Location is %q, which is no URI reference.",
			ZhTW: "Location 是 %q，不是合法的 URI 參照。"}, v)
	}
}

// isReference reports whether s is a URI reference as far as its octets and
// its authority show. The empty reference is one.
func isReference(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c <= ' ' || c >= 0x7f, strings.IndexByte("\"<>\\^`{|}", c) >= 0:
			return false
		case c == '%':
			if i+2 >= len(s) || !hex(s[i+1]) || !hex(s[i+2]) {
				return false
			}
		}
	}
	if strings.Count(s, "#") > 1 {
		return false
	}
	_, err := url.Parse(s)
	return err == nil
}

// isHostless reports whether a reference that can be read is an http or https URI
// without host.
func isHostless(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() == ""
}

func hex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f'
}

// RFC 9110 §4.2.4: no user information in an http or https reference.
func locationWithUserinfo(x *wire.Exchange, r *Report) {
	v, ok := location(x, r)
	if !ok || !strings.Contains(v, "@") {
		return
	}
	u, err := url.Parse(v)
	if err != nil || u.User == nil || u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https" {
		return
	}
	r.Final("Location", lang.Text{
		En:   "Location carries user information before the host %q.",
		ZhTW: "Location 在主機 %q 之前帶有使用者資訊。"}, u.Host)
}

// RFC 9110 §15.4: a redirect that leads to the very request that it answers goes
// round for ever, unless something else changes on the way: a cookie that it
// sets, a method that becomes GET, or the time that it asks to wait.
func redirectToItself(x *wire.Exchange, r *Report) {
	p, q := x.Answer(), &x.Request
	v, ok := location(x, r)
	if !ok || !isReference(v) {
		return
	}
	if q.Method != "GET" && q.Method != "HEAD" && p.Status != 307 && p.Status != 308 {
		return
	}
	own, err := requested(q)
	if err != nil {
		return
	}
	next, err := own.Parse(v)
	if err != nil || next.Scheme != own.Scheme || !strings.EqualFold(next.Host, own.Host) {
		return
	}
	if next.EscapedPath() == own.EscapedPath() && next.RawQuery == own.RawQuery && lacks(r, &p.Message, "Set-Cookie", "Retry-After", "Refresh") {
		r.Final("Location", lang.Text{
			En:   "The %d to %s leads back to the same request: Location: %s.",
			ZhTW: "%d 對 %s 的重新導向又回到同一個請求：Location: %s。"}, int(p.Status), q.Target, v)
	}
}

// requested returns the target URI. A scheme that the recording does not know
// stays empty: then only a reference that leaves it out is taken for the same.
func requested(q *wire.Request) (*url.URL, error) {
	u, err := url.ParseRequestURI(q.Target)
	if err != nil {
		return nil, err
	}
	if u.Scheme == "" {
		u.Scheme, u.Host = q.Scheme, q.Authority
	}
	if u.Path == "" {
		u.Path = "/"
	}
	return u, nil
}

// RFC 9110 §10.2.2: what Location means is defined with the method and the code:
// for 201 and the redirections. A 202 may point to its monitor with it.
func locationWithoutMeaning(x *wire.Exchange, r *Report) {
	p := x.Final
	if p == nil || !p.Fields.Has("Location") {
		return
	}
	switch p.Status {
	case 201, 202, 300, 301, 302, 303, 305, 307, 308:
		return
	}
	// A success of POST may name what it made or changed, and many do.
	if x.Request.Method == "POST" && p.Status.Class() == status.Successful || !present(r, &p.Message, "Location") {
		return
	}
	r.Final("Location", lang.Text{
		En:   "The %d to %s has Location: %s, which means nothing there.",
		ZhTW: "對 %[2]s 的 %[1]d 帶有 Location: %[3]s，在那裡沒有意義。"}, int(p.Status), x.Request.Method, p.Fields.Get("Location"))
}

// RFC 9110 §15.4.2 and §15.4.3: after 301 and 302 a client may make POST a GET,
// and what it does with other methods differs. 303 says GET, 307 and 308 say the
// same method.
func redirectOfUnsafeMethod(x *wire.Exchange, r *Report) {
	p, m := x.Answer(), x.Request.Method
	if m == "POST" && p.Status == 302 {
		return // what every form does, and every client follows with GET
	}
	if !safe(m) && p.Fields.Has("Location") {
		r.Final("", lang.Text{
			En:   "After %d to %s clients differ in the method that they go on with.",
			ZhTW: "%[2]s 得到 %[1]d 之後，各用戶端接著使用的方法並不一致。"}, int(p.Status), m)
	}
}

// RFC 9110 §4.2.2: http and https are two origins. Who came encrypted and is
// sent on in the clear shows the next request to everybody on the way.
func redirectToClear(x *wire.Exchange, r *Report) {
	if x.Request.Scheme != "https" {
		return
	}
	if v, ok := location(x, r); ok && len(v) > 7 && strings.EqualFold(v[:7], "http://") {
		r.Final("Location", lang.Text{
			En:   "The request came over https, and Location: %s leads to http.",
			ZhTW: "請求經由 https 送達，Location: %s 卻導向 http。"}, v)
	}
}
