package lint

import (
	"strconv"
	"strings"
	"time"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// 429 503 507, and how long an answer holds.
var limits = []Rule{
	{
		Name: "retry-after-unreadable", Level: Must, About: OfMessage,
		Spec: "RFC 9110 §10.2.3", Who: Server, Needs: wire.ShowsResponse,
		Check: retryAfterUnreadable,
	},
	{
		Name: "too-many-requests-without-retry-after", Level: Advice, About: OfMessage,
		Spec: "RFC 6585 §4", Codes: []status.Code{429}, Who: Server, Needs: wire.ShowsResponse,
		In: Both, Check: withoutRetryAfter,
	},
	{
		Name: "unavailable-without-retry-after", Level: Advice, About: OfMessage,
		Spec: "RFC 9110 §15.6.4", Codes: []status.Code{503}, Who: Server, Needs: wire.ShowsResponse,
		In: Both, Check: withoutRetryAfter,
	},
	{
		Name: "freshness-on-unstorable", Level: Definition, About: OfMessage,
		Spec: "RFC 6585 §3; RFC 6585 §4; RFC 6585 §5; RFC 6585 §6", Codes: []status.Code{428, 429, 431, 511},
		Who: Server, Needs: wire.ShowsResponse,
		Check: freshnessOnFailure,
	},
	{
		Name: "freshness-on-outage", Level: Advice, About: OfMessage,
		Spec: "RFC 9111 §3", Codes: []status.Code{500, 502, 503, 504}, Who: Server, Needs: wire.ShowsResponse,
		Check: freshnessOnFailure,
	},
	{
		Name: "retry-after-in-the-past", Level: Definition, About: OfMessage,
		Spec: "RFC 9110 §10.2.3", Codes: []status.Code{301, 302, 303, 307, 308, 413, 429, 503}, Who: Server,
		Needs: wire.ShowsResponse,
		Check: retryAfterInThePast,
	},
	{
		Name: "retry-after-of-days", Level: Advice, About: OfMessage,
		Spec: "RFC 9110 §10.2.3", Codes: []status.Code{413, 429, 503}, Who: Server, Needs: wire.ShowsResponse,
		Check: retryAfterOfDays,
	},
	{
		Name: "retry-after-without-use", Level: Advice, About: OfMessage,
		Spec: "RFC 9110 §10.2.3",
		Codes: []status.Code{200, 201, 203, 204, 205, 206, 400, 401, 404, 405, 406, 407, 410, 411, 412, 414, 415, 416,
			417, 421, 422, 426, 428, 431, 451, 501, 505},
		Who: Server, Needs: wire.ShowsResponse,
		Check: retryAfterWithoutUse,
	},
	{
		Name: "limit-not-reached", Level: Advice, About: OfMessage,
		Spec: "RFC 6585 §4", Codes: []status.Code{429}, Who: Server, Needs: wire.ShowsResponse,
		Check: limitNotReached,
	},
	{
		Name: "full-for-reading", Level: Definition, About: OfCause,
		Spec: "RFC 4918 §11.5", Codes: []status.Code{507}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		In: Both, Check: fullForReading,
	},
	{
		Name: "repeated-though-full", Level: Must, About: OfSequence,
		Spec: "RFC 4918 §11.5", Who: Client, Needs: wire.ShowsRequest | wire.ShowsRequestContent | wire.ShowsTimes,
		Follow: repeatedThoughFull,
	},
	{
		Name: "retry-before-time", Level: Should, About: OfSequence,
		Spec: "RFC 9110 §10.2.3", Who: Client, Needs: wire.ShowsRequest | wire.ShowsTimes,
		Follow: retryBeforeTime,
	},
}

// RFC 9110 §10.2.3: Retry-After says how long the client ought to wait before
// the next request, counted from the answer; a date is compared with the
// answer's own Date, so that nobody's clock matters. With 3xx it is about the
// request that follows the redirect.
func retryBeforeTime(h *History, x *wire.Exchange, r *Report) {
	for _, p := range h.Client {
		code := p.Answer().Status
		redirected := code.Class() == status.Redirection && p.Final.Fields.Has("Retry-After") && p.LeadsTo(x)
		if !redirected && (p.URI != h.URI || p.Request.Method != x.Request.Method) {
			continue
		}
		if !redirected && code != 413 && code != 429 && code != 503 {
			return
		}
		v, ok := value(r, &p.Final.Message, "Retry-After")
		if !ok {
			return
		}
		wait, ok := delay(p.Final, v)
		since, known := p.Elapsed(x)
		// A second is what rounding of both ends may take away.
		if ok && known && since >= 0 && since+time.Second < wait {
			r.Against(p).Request("", lang.Text{
				En:   "The client came back after %s; Retry-After: %s asks it to wait for %s.",
				ZhTW: "用戶端過了 %s 就再來；Retry-After: %s 要它等 %s。"}, since.String(), v, wait.String())
		}
		return
	}
}

// delay reads a Retry-After.
func delay(p *wire.Response, v string) (time.Duration, bool) {
	if digits(v) {
		n, err := strconv.Atoi(v)
		return time.Duration(min(n, 1<<31)) * time.Second, err == nil
	}
	until, ok := date(v)
	sent, known := date(p.Fields.Get("Date"))
	return until.Sub(sent), ok && known
}

// RFC 9110 §10.2.3: Retry-After is digits or a date.
func retryAfterUnreadable(x *wire.Exchange, r *Report) {
	if x.Final == nil || x.Final.Fields.Count("Retry-After") > 1 {
		return
	}
	v, ok := value(r, &x.Final.Message, "Retry-After")
	if !ok || digits(v) {
		return
	}
	if _, ok := date(v); !ok {
		r.Final("Retry-After", lang.Text{
			En:   "Retry-After is %q: neither whole seconds nor an HTTP date.",
			ZhTW: "Retry-After 是 %q：既不是整數秒數，也不是 HTTP 日期。"}, v)
	}
}

// RFC 6585 §4 and RFC 9110 §15.6.4: the answer may say when to come back.
func withoutRetryAfter(x *wire.Exchange, r *Report) {
	if p := x.Answer(); absent(r, &p.Message, "Retry-After") {
		r.Final("Retry-After", lang.Text{
			En:   "The %d does not say when to try again.",
			ZhTW: "%d 沒有說明何時可以再試。"}, int(p.Status))
	}
}

// RFC 6585 §3 to §6: answers with these codes are not stored by a cache, so a
// lifetime for them contradicts them. RFC 9111 §3: a lifetime makes any other
// final answer storable, an outage too, which then outlasts itself.
func freshnessOnFailure(x *wire.Exchange, r *Report) {
	p := x.Answer()
	control, ok := value(r, &p.Message, "Cache-Control")
	if !ok {
		return
	}
	lifetime := ""
	for directive := range wire.Members(control) {
		name, seconds, _ := strings.Cut(directive, "=")
		switch {
		case strings.EqualFold(name, "no-store"), strings.EqualFold(name, "no-cache"):
			return
		case strings.EqualFold(name, "max-age"), strings.EqualFold(name, "s-maxage"):
			if seconds = strings.Trim(seconds, `" `); digits(seconds) && strings.Trim(seconds, "0") != "" {
				lifetime = directive
			}
		}
	}
	if lifetime != "" {
		r.Final("Cache-Control", lang.Text{
			En:   "The %d says that it may be kept: Cache-Control: %s.",
			ZhTW: "%d 表示自己可以保存：Cache-Control: %s。"}, int(p.Status), control)
	}
}

// RFC 9110 §10.2.3: Retry-After says how long to wait. A date that was over when
// the answer was made says nothing.
func retryAfterInThePast(x *wire.Exchange, r *Report) {
	p := x.Answer()
	v, ok := value(r, &p.Message, "Retry-After")
	if !ok || digits(v) {
		return
	}
	sent, ok := value(r, &p.Message, "Date")
	if !ok {
		return
	}
	until, good := date(v)
	now, fine := date(sent)
	if good && fine && until.Before(now) {
		r.Final("Retry-After", lang.Text{
			En:   "Retry-After: %s was over at %s, when the answer was made.",
			ZhTW: "Retry-After: %s 在回應產生時（%s）就已經過了。"}, v, sent)
	}
}

// RFC 9110 §10.2.3: a client that honors Retry-After stays away as long as it
// says.
func retryAfterOfDays(x *wire.Exchange, r *Report) {
	p := x.Answer()
	v, ok := value(r, &p.Message, "Retry-After")
	if !ok {
		return
	}
	if wait, ok := delay(p, v); ok && wait > 24*time.Hour {
		r.Final("Retry-After", lang.Text{
			En:   "Retry-After: %s sends the client away for %s.",
			ZhTW: "Retry-After: %s 要用戶端離開 %s。"}, v, wait.String())
	}
}

// RFC 9110 §10.2.3: Retry-After is about a follow-up request. After a success
// nobody follows up, and after these errors the same request fails again.
// 202 is left out, where polling is the rule, and 403, which some send for 429.
func retryAfterWithoutUse(x *wire.Exchange, r *Report) {
	if p := x.Answer(); present(r, &p.Message, "Retry-After") {
		r.Final("Retry-After", lang.Text{
			En:   "Retry-After: %s on %d: there is nothing to try again.",
			ZhTW: "%[2]d 帶有 Retry-After: %[1]s：沒有什麼好重試的。"}, p.Fields.Get("Retry-After"), int(p.Status))
	}
}

// RFC 6585 §4: a 429 says that too many requests were sent. A field that counts
// what is left of the only limit shown contradicts it; a limit that is not shown
// may be the one that was reached, so this is advice.
func limitNotReached(x *wire.Exchange, r *Report) {
	p := x.Answer()
	for _, name := range []string{"RateLimit-Remaining", "X-RateLimit-Remaining", "X-Rate-Limit-Remaining"} {
		if !p.Fields.Has(name) {
			continue
		}
		if v, ok := value(r, &p.Message, name); ok && digits(v) && strings.Trim(v, "0") != "" {
			r.Final(name, lang.Text{
				En:   "The 429 says that %s requests are left: %s.",
				ZhTW: "429 表示還剩 %s 次請求：%s。"}, v, name)
			return
		}
	}
}

// RFC 4918 §11.5: 507 says that something that had to be stored could not be.
func fullForReading(x *wire.Exchange, r *Report) {
	if m := x.Request.Method; m == "GET" || m == "HEAD" || m == "OPTIONS" {
		r.Final("", lang.Text{
			En:   "A %s request stores nothing, and the answer is 507.",
			ZhTW: "%s 請求不儲存任何東西，回應卻是 507。"}, m)
	}
}

// RFC 4918 §11.5: a request that got 507 is not repeated until a user asks for
// it anew. Nobody asks anew within a second.
func repeatedThoughFull(h *History, x *wire.Exchange, r *Report) {
	for _, p := range h.Client {
		if p.URI != h.URI || p.Request.Method != x.Request.Method {
			continue
		}
		since, known := p.Elapsed(x)
		if p.Answer().Status == 507 && known && since >= 0 && since < time.Second && p.Sent == Digest(x.Request.Content.Data) {
			r.Against(p).Request("", lang.Text{
				En:   "The %s is sent again %s after the storage was full.",
				ZhTW: "儲存空間不足後才過 %[2]s，又送出同樣的 %[1]s。"}, x.Request.Method, since.String())
		}
		return
	}
}
