package lint

import (
	"strings"
	"time"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// Where redirects lead, and what clients do when they follow them.
var redirected = []Rule{
	{
		Name: "redirect-loop", Level: Definition, About: OfSequence,
		Spec: "RFC 9110 §15.4", Codes: []status.Code{301, 302, 303, 307, 308}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Follow: redirectLoop,
	},
	{
		Name: "redirect-chain-long", Level: Advice, About: OfSequence,
		Spec: "RFC 9110 §15.4", Codes: []status.Code{301, 302, 303, 307, 308}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Follow: redirectChainLong,
	},
	{
		Name: "permanent-target-changed", Level: Advice, About: OfSequence,
		Spec: "RFC 9110 §15.4.2; RFC 9110 §15.4.9", Codes: []status.Code{301, 308}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Follow: permanentTargetChanged,
	},
	{
		Name: "see-other-followed-unsafely", Level: Definition, About: OfSequence,
		Spec: "RFC 9110 §15.4.4", Who: Client, Needs: wire.ShowsRequest,
		Follow: seeOtherFollowedUnsafely,
	},
	{
		Name: "redirect-followed-by-other-method", Level: Must, About: OfSequence,
		Spec: "RFC 9110 §15.4.8; RFC 9110 §15.4.9", Who: Client, Needs: wire.ShowsRequest,
		Follow: redirectFollowedByOtherMethod,
	},
	{
		Name: "credentials-to-other-origin", Level: Should, About: OfSequence,
		Spec: "RFC 9110 §15.4", Who: Client, Needs: wire.ShowsRequest,
		Follow: credentialsToOtherOrigin,
	},
}

// trail yields the redirects that led the client to the target, the last first,
// each followed with the same cookies and credentials.
func trail(h *History, x *wire.Exchange) func(func(*Past) bool) {
	return func(yield func(*Past) bool) {
		here := h.URI
		for _, p := range h.Client {
			if p.Answer().Status.Class() != status.Redirection || !leads(p.Next(), here) || !p.Alike(x) || !p.Before(x) {
				continue
			}
			here = p.URI
			if !yield(p) {
				return
			}
		}
	}
}

// leads reports whether the URI that a redirect names is the target. A target
// whose scheme the recording does not know is taken for one of http, since https
// leads there seldom.
func leads(next, target string) bool {
	return next == target || strings.HasPrefix(target, "//") && strings.HasPrefix(next, "http:") && next[len("http:"):] == target
}

// RFC 9110 §15.4: redirects that lead in a circle never lead to an answer. A
// cookie that is set on the way may break the circle, and so may time. A redirect
// to itself has a rule of its own.
func redirectLoop(h *History, x *wire.Exchange, r *Report) {
	here := Past{Exchange: *x, URI: h.URI}
	next := here.Next()
	if next == "" || next == h.URI || !lacks(r, &x.Final.Message, "Set-Cookie", "Retry-After", "Refresh") {
		return
	}
	hops := 1
	for p := range trail(h, x) {
		hops++
		if leads(next, p.URI) {
			if p.Request.Method == x.Request.Method {
				r.Against(p).Final("Location", lang.Text{
					En:   "This %d closes a circle of %d redirects: Location: %s.",
					ZhTW: "這個 %d 讓 %d 個重新導向繞成一圈：Location: %s。"}, int(x.Final.Status), hops, x.Final.Fields.Get("Location"))
			}
			return
		}
	}
}

// RFC 9110 §15.4: some clients still follow five redirects at most, as they were
// once told to.
func redirectChainLong(h *History, x *wire.Exchange, r *Report) {
	const most = 5
	var first *Past
	hops := 1
	for p := range trail(h, x) {
		first = p
		hops++
	}
	if hops == most+1 {
		r.Against(first).Final("Location", lang.Text{
			En:   "This is redirect number %d in a row.",
			ZhTW: "這是連續第 %d 個重新導向。"}, hops)
	}
}

// RFC 9110 §15.4.2 and §15.4.9: who reads 301 or 308 may take the new URI for
// good, and caches do.
func permanentTargetChanged(h *History, x *wire.Exchange, r *Report) {
	here := Past{Exchange: *x, URI: h.URI}
	next := here.Next()
	if next == "" {
		return
	}
	for _, p := range h.Resource {
		if code := p.Answer().Status; code != 301 && code != 308 || p.Request.Method != x.Request.Method || !negotiated(p, x) {
			continue
		}
		if before := p.Next(); before != "" && before != next && p.Before(x) {
			r.Against(p).Final("Location", lang.Text{
				En:   "The permanent redirect leads to %s now, and led to %s before.",
				ZhTW: "永久的重新導向現在通往 %s，先前則通往 %s。"}, next, before)
		}
		return
	}
}

// led returns the redirect that the client got just before x and that leads to
// its target; nil if the last answer was none. Programs follow at once: what comes
// more than five seconds later is a request of its own. The redirect of a CONNECT
// is for nobody to follow: a user may go there.
func led(h *History, x *wire.Exchange) *Past {
	if len(h.Client) == 0 {
		return nil
	}
	p := h.Client[0]
	if p.Answer().Status.Class() != status.Redirection || p.Request.Method == "CONNECT" || !p.LeadsTo(x) {
		return nil
	}
	if since, known := p.Elapsed(x); known && (since < 0 || since > 5*time.Second) {
		return nil
	}
	return p
}

// RFC 9110 §15.4.4: a 303 is followed by retrieving. The same content sent again
// tells a follow-up from a new request.
func seeOtherFollowedUnsafely(h *History, x *wire.Exchange, r *Report) {
	if safe(x.Request.Method) {
		return
	}
	p := led(h, x)
	if p == nil || p.Final.Status != 303 || p.Request.Method != x.Request.Method || p.Request.Content.Length != x.Request.Content.Length {
		return
	}
	if p.Sent != 0 && x.Request.Content.Whole() && p.Sent != Digest(x.Request.Content.Data) {
		return
	}
	r.Against(p).Request("", lang.Text{
		En:   "The client followed a 303 with the same %s again, not with GET.",
		ZhTW: "用戶端收到 303 之後又送了一次同樣的 %s，而不是 GET。"}, x.Request.Method)
}

// RFC 9110 §15.4.8 and §15.4.9: who follows 307 or 308 by itself keeps the
// method. The preflight of a follow-up is none, and a page that is loaded after a
// script's request accepts other types than that did.
func redirectFollowedByOtherMethod(h *History, x *wire.Exchange, r *Report) {
	p := led(h, x)
	if p == nil || p.Final.Status != 307 && p.Final.Status != 308 || p.Request.Method == x.Request.Method ||
		safe(p.Request.Method) || x.Request.Method == "OPTIONS" || !accepting(p, x) {
		return
	}
	r.Against(p).Request("", lang.Text{
		En:   "The client followed the %d to a %s request with %s.",
		ZhTW: "%[2]s 請求得到 %[1]d，用戶端卻以 %[3]s 跟進。"}, int(p.Final.Status), p.Request.Method, x.Request.Method)
}

// RFC 9110 §15.4: fields that belong to the resource, credentials and cookies
// among them, should not be sent on to where a redirect leads. That another host
// was given the very same ones by itself is not to be expected. Hosts of one
// domain may share cookies, and a host keeps its own when it goes over to https.
func credentialsToOtherOrigin(h *History, x *wire.Exchange, r *Report) {
	if !x.Request.Fields.Has("Authorization") && !x.Request.Fields.Has("Cookie") {
		return
	}
	p := led(h, x)
	if p == nil {
		return
	}
	from, to := host(p.URI), host(h.URI)
	downgraded := strings.HasPrefix(p.URI, "https:") && strings.HasPrefix(h.URI, "http:")
	if from == to && !downgraded {
		return
	}
	field := ""
	switch {
	case p.Credentials != 0 && p.Credentials == credential(&x.Request, "Authorization"):
		field = "Authorization"
	case p.Cookie != 0 && p.Cookie == credential(&x.Request, "Cookie") && domain(from) != domain(to):
		field = "Cookie"
	default:
		return
	}
	r.Against(p).Request(field, lang.Text{
		En:   "The redirect led from %s to %s, and the client sent the same %s there.",
		ZhTW: "重新導向從 %s 通往 %s，用戶端把同樣的 %s 也送了過去。"}, from, to, field)
}

// host returns the authority of a URI in the form of [Past.URI].
func host(uri string) string {
	_, rest, _ := strings.Cut(uri, "//")
	authority, _, _ := strings.Cut(rest, "/")
	return authority
}

// domain returns the last two labels of a host without its port: the widest
// domain that cookies can be shared in, or a wider one.
func domain(host string) string {
	if at := strings.LastIndexByte(host, ':'); at > strings.LastIndexByte(host, ']') {
		host = host[:at]
	}
	last := strings.LastIndexByte(host, '.')
	if last < 0 {
		return host
	}
	return host[strings.LastIndexByte(host[:last], '.')+1:]
}
