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
		Check: withoutRetryAfter,
	},
	{
		Name: "unavailable-without-retry-after", Level: Advice, About: OfMessage,
		Spec: "RFC 9110 §15.6.4", Codes: []status.Code{503}, Who: Server, Needs: wire.ShowsResponse,
		Check: withoutRetryAfter,
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
		redirected := code.Class() == status.Redirection && p.LeadsTo(x)
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
		wait, ok := delay(p, v)
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
func delay(p *Past, v string) (time.Duration, bool) {
	if digits(v) {
		n, err := strconv.Atoi(v)
		return time.Duration(min(n, 1<<31)) * time.Second, err == nil
	}
	until, ok := date(v)
	sent, known := date(p.Final.Fields.Get("Date"))
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
