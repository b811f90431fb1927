package lint

import (
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// 304 412 428
var conditional = []Rule{
	{
		Name: "not-modified-to-unconditional", Level: Definition, About: OfCause,
		Spec: "RFC 9110 §15.4.5", Codes: []status.Code{304}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: notModifiedToUnconditional,
	},
	{
		Name: "not-modified-to-other-method", Level: Must, About: OfExchange,
		Spec: "RFC 9110 §13.1.2", Codes: []status.Code{304}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		In: Both, Check: notModifiedToOtherMethod,
	},
	{
		Name: "not-modified-with-other-etag", Level: Definition, About: OfExchange,
		Spec: "RFC 9110 §13.1.2", Codes: []status.Code{304}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: notModifiedWithOtherETag,
	},
	{
		Name: "not-modified-though-modified-since", Level: Definition, About: OfExchange,
		Spec: "RFC 9110 §13.1.3", Codes: []status.Code{304}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: notModifiedThoughModifiedSince,
	},
	{
		Name: "content-after-not-modified", Level: Definition, About: OfMessage,
		Spec: "RFC 9110 §15.4.5", Codes: []status.Code{304}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse | wire.ShowsAfter,
		In: Both, Check: contentAfterNotModified,
	},
	{
		Name: "metadata-on-not-modified", Level: Should, About: OfMessage,
		Spec: "RFC 9110 §15.4.5", Codes: []status.Code{304}, Who: Server, Needs: wire.ShowsResponse,
		Check: metadataOnNotModified,
	},
	{
		Name: "done-though-if-match-fails", Level: Must, About: OfExchange,
		Spec: "RFC 9110 §13.1.1", Codes: []status.Code{200, 206}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: doneThoughIfMatchFails,
	},
	{
		Name: "done-though-modified-since", Level: Must, About: OfExchange,
		Spec: "RFC 9110 §13.1.4", Codes: []status.Code{200, 206}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: doneThoughModifiedSince,
	},
	{
		Name: "sent-though-etag-matches", Level: Must, About: OfExchange,
		Spec: "RFC 9110 §13.1.2", Codes: []status.Code{200, 206}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: sentThoughETagMatches,
	},
	{
		Name: "sent-though-not-modified-since", Level: Should, About: OfExchange,
		Spec: "RFC 9110 §13.1.3", Codes: []status.Code{200, 206}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: sentThoughNotModifiedSince,
	},
	{
		Name: "failed-without-precondition", Level: Definition, About: OfCause,
		Spec: "RFC 9110 §15.5.13", Codes: []status.Code{412}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: failedWithoutPrecondition,
	},
	{
		Name: "failed-where-not-modified-is-due", Level: Must, About: OfExchange,
		Spec: "RFC 9110 §13.1.2", Codes: []status.Code{412}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: failedWhereNotModifiedIsDue,
	},
	{
		Name: "failed-though-matching", Level: Definition, About: OfExchange,
		Spec: "RFC 9110 §13.1.1", Codes: []status.Code{412}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: failedThoughMatching,
	},
	{
		Name: "failed-though-unchanged", Level: Definition, About: OfSequence,
		Spec: "RFC 9110 §13.1.1", Codes: []status.Code{200, 206, 304}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Follow: failedThoughUnchanged,
	},
	{
		Name: "failed-though-unmodified", Level: Definition, About: OfExchange,
		Spec: "RFC 9110 §13.1.4", Codes: []status.Code{412}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: failedThoughUnmodified,
	},
	{
		Name: "failed-for-other-method", Level: Must, About: OfCause,
		Spec: "RFC 9110 §13.2.1", Codes: []status.Code{412}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: failedForOtherMethod,
	},
	{
		Name: "not-modified-since-no-date", Level: Must, About: OfExchange,
		Spec: "RFC 9110 §13.1.3", Codes: []status.Code{304}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: notModifiedSinceNoDate,
	},
	{
		Name: "precondition-required-though-sent", Level: Definition, About: OfCause,
		Spec: "RFC 6585 §3", Codes: []status.Code{428}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: preconditionRequiredThoughSent,
	},
}

// RFC 9110 §15.4.5: 304 answers a conditional GET or HEAD.
func notModifiedToUnconditional(x *wire.Exchange, r *Report) {
	if lacks(r, &x.Request.Message, "If-None-Match", "If-Modified-Since") {
		r.Final("", lang.Text{
			En:   "The request has neither If-None-Match nor If-Modified-Since, and the answer is 304.",
			ZhTW: "請求既沒有 If-None-Match 也沒有 If-Modified-Since，回應卻是 304。"})
	}
}

// RFC 9110 §13.1.2: a false If-None-Match is 304 to GET and HEAD, 412 to all
// other methods.
func notModifiedToOtherMethod(x *wire.Exchange, r *Report) {
	if m := x.Request.Method; m != "GET" && m != "HEAD" {
		r.Final("", lang.Text{
			En:   "A %s request was answered with 304, which is for GET and HEAD.",
			ZhTW: "%s 請求得到 304，但 304 只用於 GET 與 HEAD。"}, m)
	}
}

// RFC 9110 §13.1.2: the condition is false, and 304 due, if the current entity
// tag is among those listed; they compare weakly (§8.8.3.2).
func notModifiedWithOtherETag(x *wire.Exchange, r *Report) {
	asked, tag, ok := askedAndTold(x, r, "If-None-Match", "ETag")
	if ok && x.Answer().Fields.Count("ETag") == 1 && misses(asked, tag, weakly) {
		r.Final("ETag", lang.Text{
			En:   "The 304 has ETag: %s, which is none of If-None-Match: %s.",
			ZhTW: "304 的 ETag: %s 不在 If-None-Match: %s 之中。"}, tag, asked)
	}
}

// RFC 9110 §13.1.3: where the representation was modified after the date, the
// condition is true and 304 is not the answer. With If-None-Match the date is
// ignored.
func notModifiedThoughModifiedSince(x *wire.Exchange, r *Report) {
	stated, modified, ok := condition(x, r, "If-Modified-Since", "Last-Modified")
	if !ok || !absent(r, &x.Request.Message, "If-None-Match") {
		return
	}
	since, good := date(stated)
	m, fine := date(modified)
	if good && fine && m.After(since) {
		r.Final("Last-Modified", lang.Text{
			En:   "The 304 has Last-Modified: %s, which is after If-Modified-Since: %s.",
			ZhTW: "304 的 Last-Modified: %s 晚於 If-Modified-Since: %s。"}, modified, stated)
	}
}

// RFC 9110 §15.4.5: a 304 ends with its header section.
func contentAfterNotModified(x *wire.Exchange, r *Report) {
	if contentDescribed(x, r) {
		return
	}
	if x.Request.Method == "HEAD" {
		return
	}
	if n := extra(x); n > 0 {
		r.Final("", lang.Text{
			En:   "At least %d octets follow the header section of the 304.",
			ZhTW: "304 的標頭區段之後至少還有 %d 個位元組。"}, n)
	}
}

// RFC 9110 §15.4.5: a 304 should carry no representation metadata but what its
// definition lists, unless it guides cache updates, as Last-Modified may.
func metadataOnNotModified(x *wire.Exchange, r *Report) {
	for _, name := range [...]string{"Content-Type", "Content-Encoding", "Content-Language"} {
		if p := x.Answer(); present(r, &p.Message, name) {
			r.Final(name, lang.Text{
				En:   "The 304 has %s: %s, though it brings no representation.",
				ZhTW: "304 帶有 %s: %s，但它並未帶來表示。"}, name, p.Fields.Get(name))
			return
		}
	}
}

// preconditions are the request fields that can make a condition fail: those of
// RFC 9110 §13.1, WebDAV's If and Overwrite (RFC 4918 §10.4, §10.6) and
// CalDAV's If-Schedule-Tag-Match (RFC 6638 §8.3). If-Modified-Since is not among
// them: where it is false the answer is 304, or it is ignored (RFC 9110 §13.2.2).
var preconditions = []string{"If-Match", "If-None-Match", "If-Unmodified-Since", "If", "Overwrite", "If-Schedule-Tag-Match"}

// RFC 9110 §15.5.13: 412 says that a condition in the request's fields failed.
func failedWithoutPrecondition(x *wire.Exchange, r *Report) {
	if lacks(r, &x.Request.Message, preconditions...) {
		r.Final("", lang.Text{
			En:   "The %s request stated no condition that could have failed.",
			ZhTW: "%s 請求沒有提出任何可能不成立的條件。"}, x.Request.Method)
	}
}

// RFC 9110 §13.1.2: to GET and HEAD, a false If-None-Match is answered with 304.
func failedWhereNotModifiedIsDue(x *wire.Exchange, r *Report) {
	if m := x.Request.Method; m != "GET" && m != "HEAD" || !present(r, &x.Request.Message, "If-None-Match") {
		return
	}
	for _, name := range preconditions {
		if name != "If-None-Match" && !absent(r, &x.Request.Message, name) {
			return
		}
	}
	r.Final("", lang.Text{
		En:   "If-None-Match: %s is the only condition of this %s; if it is false, 304 is due.",
		ZhTW: "If-None-Match: %s 是這個 %s 唯一的條件；若不成立，應回應 304。"},
		x.Request.Fields.Get("If-None-Match"), x.Request.Method)
}

// RFC 6585 §3: 428 asks that the request be made conditional. A server may
// insist on one kind of condition; If-Match is the kind that all mean.
func preconditionRequiredThoughSent(x *wire.Exchange, r *Report) {
	if present(r, &x.Request.Message, "If-Match") {
		r.Final("", lang.Text{
			En:   "The request was conditional already: If-Match: %s.",
			ZhTW: "請求本來就帶有條件：If-Match: %s。"}, x.Request.Fields.Get("If-Match"))
	}
}
