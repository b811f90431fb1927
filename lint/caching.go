package lint

import (
	"strings"
	"time"

	"github.com/dunglas/httpsfv"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// What caches may do with an answer, and what shows that they did more.
var caching = []Rule{
	{
		Name: "unstorable-from-cache", Level: Must, About: OfMessage,
		Spec: "RFC 6585 §3; RFC 6585 §4; RFC 6585 §5; RFC 6585 §6", Codes: []status.Code{428, 429, 431, 511},
		Who: Intermediary, Needs: wire.ShowsResponse,
		Check: unstorableFromCache,
	},
	{
		Name: "unstorable-sent-again", Level: Must, About: OfSequence,
		Spec: "RFC 6585 §3; RFC 6585 §4; RFC 6585 §5; RFC 6585 §6", Codes: []status.Code{428, 429, 431, 511},
		Who: Intermediary, Needs: wire.ShowsRequest | wire.ShowsResponse | wire.ShowsTimes,
		Follow: unstorableSentAgain,
	},
	{
		Name: "stored-without-leave", Level: Must, About: OfMessage,
		Spec: "RFC 9111 §3",
		Codes: []status.Code{201, 202, 205, 207, 226, 302, 303, 307, 400, 401, 402, 403, 406, 407, 408, 409, 411, 413,
			415, 417, 418, 421, 422, 423, 424, 425, 426, 500, 502, 503, 505, 506, 507, 508, 510},
		Who: Intermediary, Needs: wire.ShowsResponse,
		Check: storedWithoutLeave,
	},
	{
		Name: "stored-of-other-method", Level: Definition, About: OfExchange,
		Spec: "RFC 9110 §9.3.4; RFC 9110 §9.3.5; RFC 9110 §9.3.7; RFC 9110 §9.3.8", Who: Intermediary,
		Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: storedOfOtherMethod,
	},
	{
		Name: "stale-after-change", Level: Must, About: OfSequence,
		Spec: "RFC 9111 §4.4", Codes: []status.Code{200, 203, 206}, Who: Intermediary, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Follow: staleAfterChange,
	},
	{
		Name: "part-given-as-whole", Level: Must, About: OfSequence,
		Spec: "RFC 9111 §3.3", Codes: []status.Code{200}, Who: Intermediary,
		Needs:  wire.ShowsRequest | wire.ShowsResponse | wire.ShowsContent,
		Follow: partGivenAsWhole,
	},
	{
		Name: "only-if-cached-forwarded", Level: Should, About: OfExchange,
		Spec: "RFC 9111 §5.2.1.7", Who: Intermediary, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: onlyIfCachedForwarded,
	},
	{
		Name: "absence-with-validator", Level: Advice, About: OfMessage,
		Spec: "RFC 9111 §4.2.2", Codes: []status.Code{404, 410}, Who: Server, Needs: wire.ShowsResponse,
		Check: absenceWithValidator,
	},
}

// fromCache reports whether the answer shows that a cache had stored it: by an
// Age above 0 (RFC 9111 §5.1) or a hit in Cache-Status (RFC 9211 §2.1). It
// returns the field that does.
func fromCache(x *wire.Exchange, r *Report) (field, v string, ok bool) {
	m := &x.Answer().Message
	if m.Fields.Has("Age") {
		v, ok = value(r, m, "Age")
		if v = strings.TrimSpace(v); ok && digits(v) && strings.Trim(v, "0") != "" {
			return "Age", v, true
		}
	}
	if m.Fields.Has("Cache-Status") {
		v, ok = value(r, m, "Cache-Status")
		if ok && cacheSays(v, "hit") {
			return "Cache-Status", v, true
		}
	}
	return "", "", false
}

// cacheSays reports whether a cache of Cache-Status has the parameter, and not as
// false: hit=?0 is no hit (RFC 9211 §2.1). What cannot be read says nothing.
func cacheSays(status, name string) bool {
	caches, err := httpsfv.UnmarshalList([]string{status})
	if err != nil {
		return false
	}
	for _, c := range caches {
		item, ok := c.(httpsfv.Item)
		if !ok {
			continue
		}
		if v, ok := item.Params.Get(name); ok && v != false {
			return true
		}
	}
	return false
}

// RFC 6585 §3 to §6: no cache stores answers with these codes.
func unstorableFromCache(x *wire.Exchange, r *Report) {
	if field, v, ok := fromCache(x, r); ok {
		r.Final(field, lang.Text{
			En:   "The %d comes out of a cache, which must not store it: %s: %s.",
			ZhTW: "%d 來自快取，但快取不得保存它：%s: %s。"}, int(x.Answer().Status), field, v)
	}
}

// RFC 6585 §3 to §6: an answer that comes a second time, with the Date that it
// had, was stored, whether a field says so or not. That the origin's clock does
// not just stand still shows in another of its answers, which came in between.
func unstorableSentAgain(h *History, x *wire.Exchange, r *Report) {
	if _, _, told := fromCache(x, r); told {
		return // unstorable-from-cache speaks
	}
	made, ok := dateOf(&x.Final.Message, r, "Date")
	if !ok {
		return
	}
	for _, p := range h.Resource {
		since, known := p.Elapsed(x)
		if p.Answer().Status != x.Final.Status || !known || since < 5*time.Second || p.Final.Fields.Get("Date") != x.Final.Fields.Get("Date") {
			continue
		}
		for _, other := range h.Origin {
			if other.Final == nil || other.Number <= p.Number {
				continue
			}
			if later, ok := dateOf(&other.Final.Message, r, "Date"); ok && later.After(made) {
				r.Against(p).Final("Date", lang.Text{
					En:   "The same %d comes again after %s, with Date: %s.",
					ZhTW: "過了 %[2]s，同一個 %[1]d 又出現，Date 仍是 %[3]s。"}, int(x.Final.Status), since.String(), x.Final.Fields.Get("Date"))
				return
			}
		}
	}
}

// RFC 9111 §3: what a cache stores has a code that may be stored by heuristics, or
// says itself that it may be stored. An extension for caches may say so too
// (RFC 9213, unverified), so an answer that has such a field is left alone. 412, 416 and 504
// are not judged: a cache may make them itself out of what it has stored.
func storedWithoutLeave(x *wire.Exchange, r *Report) {
	field, v, ok := fromCache(x, r)
	if !ok {
		return
	}
	m := &x.Answer().Message
	if !lacks(r, m, "Expires", "CDN-Cache-Control", "Surrogate-Control") || !readable(r, m, "Cache-Control") {
		return
	}
	for directive := range m.Fields.Members("Cache-Control") {
		switch name, _, _ := strings.Cut(strings.ToLower(directive), "="); name {
		case "max-age", "s-maxage", "public", "private":
			return
		}
	}
	r.Final(field, lang.Text{
		En:   "The %d was stored (%s: %s), and nothing in it allows that.",
		ZhTW: "%d 被存進快取（%s: %s），但其中沒有任何欄位允許這麼做。"}, int(x.Answer().Status), field, v)
}

// RFC 9110 §9.3.4, §9.3.5, §9.3.7 and §9.3.8: answers to PUT, DELETE, OPTIONS and
// TRACE are not cacheable.
func storedOfOtherMethod(x *wire.Exchange, r *Report) {
	switch x.Request.Method {
	case "PUT", "DELETE", "OPTIONS", "TRACE":
	default:
		return
	}
	if x.Final == nil {
		return
	}
	if field, v, ok := fromCache(x, r); ok {
		r.Final(field, lang.Text{
			En:   "The answer to %s was stored (%s: %s), and no answer to that method may be.",
			ZhTW: "對 %s 的回應被存進快取（%s: %s），但這個方法的回應都不可保存。"}, x.Request.Method, field, v)
	}
}

// RFC 9111 §4.4: a cache through which an unsafe request went with success
// forgets what it had of the target. Both dates are the origin's.
func staleAfterChange(h *History, x *wire.Exchange, r *Report) {
	if m := x.Request.Method; m != "GET" && m != "HEAD" {
		return
	}
	field, _, ok := fromCache(x, r)
	if !ok {
		return
	}
	made, ok := date(x.Answer().Fields.Get("Date"))
	if !ok {
		return
	}
	for _, p := range h.Resource {
		if c := p.Answer().Status.Class(); safe(p.Request.Method) || c != status.Successful && c != status.Redirection || !h.Same(p) {
			continue
		}
		if changed, ok := date(p.Final.Fields.Get("Date")); ok && made.Before(changed) {
			r.Against(p).Final(field, lang.Text{
				En:   "A stored answer of %s is sent, and the resource was changed after that.",
				ZhTW: "送出的是 %s 存下的回應，而資源在那之後已經改變。"}, x.Answer().Fields.Get("Date"))
			return
		}
	}
}

// RFC 9111 §3.3: a cache does not send a part that it has as the whole. That it
// is a part shows where a 206 with the same entity tag tells the whole length.
func partGivenAsWhole(h *History, x *wire.Exchange, r *Report) {
	p := x.Answer()
	if x.Request.Method != "GET" || !p.Content.Complete || p.Content.Decoded || p.Fields.Has("Content-Encoding") {
		return
	}
	field, _, ok := fromCache(x, r)
	if !ok {
		return
	}
	tag, ok := value(r, &p.Message, "ETag")
	if !ok {
		return
	}
	for _, past := range h.Resource {
		if past.Answer().Status != 206 || past.ETag() != tag {
			continue
		}
		c, ok := parseContentRange(past.Final.Fields.Get("Content-Range"))
		if ok && c.complete > p.Content.Length {
			r.Against(past).Final(field, lang.Text{
				En:   "The cache sends %d octets as the whole, and the whole has %d.",
				ZhTW: "快取把 %d 個位元組當成完整內容送出，完整的其實有 %d 個。"}, p.Content.Length, c.complete)
			return
		}
	}
}

// RFC 9111 §5.2.1.7: a cache that has nothing stored should answer only-if-cached
// with 504. That a cache was there, and asked further on, shows in Cache-Status
// (RFC 9211 §2.2).
func onlyIfCachedForwarded(x *wire.Exchange, r *Report) {
	if x.Final == nil || x.Final.Status == 504 || !x.Request.Fields.Has("Cache-Control") || !x.Request.Fields.HasMember("Cache-Control", "only-if-cached") {
		return
	}
	if v, ok := value(r, &x.Final.Message, "Cache-Status"); ok && cacheSays(v, "fwd") && !cacheSays(v, "hit") {
		r.Final("Cache-Status", lang.Text{
			En:   "The request said only-if-cached, and the cache forwarded it: Cache-Status: %s.",
			ZhTW: "請求說 only-if-cached，快取卻轉送了：Cache-Status: %s。"}, v)
	}
}

// RFC 9111 §4.2.2: without a lifetime of its own, a cache keeps an answer that may
// be stored by heuristics as long as its Last-Modified suggests. What is not
// there was not modified either, so that the date is that of something else.
func absenceWithValidator(x *wire.Exchange, r *Report) {
	p := x.Answer()
	if present(r, &p.Message, "Last-Modified") && lacks(r, &p.Message, "Cache-Control", "Expires") {
		r.Final("Last-Modified", lang.Text{
			En:   "The %d has Last-Modified: %s and no lifetime: caches may keep it for a tenth of that age.",
			ZhTW: "%d 帶有 Last-Modified: %s 卻沒有存活時間：快取可能依其年齡的十分之一保存它。"}, int(p.Status), p.Fields.Get("Last-Modified"))
	}
}
