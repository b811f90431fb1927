package lint

import (
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// Preconditions that were false and did not keep the server from sending the
// representation. The validators of the answer to a GET or HEAD are those that
// the conditions were to be held against; after any other method they may be new
// ones. A cache need not know all conditions (RFC 9110 §13.1.1, §13.1.4), so an
// answer with Age is left alone.

// comparison is one of the two ways to compare entity tags (RFC 9110 §8.8.3.2).
type comparison bool

const (
	weakly   comparison = false
	strongly comparison = true
)

// matches reports whether the tag matches a member of a list of entity tags.
func matches(list, tag string, how comparison) bool {
	opaque, weak := strings.CutPrefix(tag, "W/")
	if weak && how == strongly {
		return false
	}
	for member := range wire.Members(list) {
		m, w := strings.CutPrefix(member, "W/")
		if m == opaque && !(w && how == strongly) {
			return true
		}
	}
	return false
}

// misses reports whether the tag matches no member of a list of tags. What a
// recipient makes of a list that cannot be read is left to it (RFC 9110 §2.4): many
// clients leave out the quotes.
func misses(list, tag string, how comparison) bool {
	for member := range wire.Members(list) {
		if !isETag(member) {
			return false
		}
	}
	return !matches(list, tag, how)
}

// failed reports whether the condition of an earlier request was false of the
// representation that another answer was about.
func failed(q *wire.Request, p *wire.Response) bool {
	tag := p.Fields.Get("ETag")
	switch {
	case q.Fields.Has("If-Match"):
		return isETag(tag) && q.Fields.Get("If-Match") != "" && misses(q.Fields.Get("If-Match"), tag, strongly)
	case q.Fields.Has("If-Unmodified-Since"):
		limit, good := date(q.Fields.Get("If-Unmodified-Since"))
		modified, fine := date(p.Fields.Get("Last-Modified"))
		return good && fine && modified.After(limit)
	}
	none := q.Fields.Get("If-None-Match")
	return strings.TrimSpace(none) == "*" || isETag(tag) && matches(none, tag, weakly)
}

// retrieved reports whether the exchange is one whose answer has the validators
// that its conditions were about, told by the origin.
func retrieved(x *wire.Exchange, r *Report) bool {
	return (x.Request.Method == "GET" || x.Request.Method == "HEAD") && absent(r, &x.Answer().Message, "Age")
}

// condition returns the value of a conditional field of the request and that of
// the answer's validator, if both may be read and stand there once.
func condition(x *wire.Exchange, r *Report, field, validator string) (stated, current string, ok bool) {
	if !x.Request.Fields.Has(field) || !retrieved(x, r) || x.Answer().Fields.Count(validator) != 1 {
		return "", "", false
	}
	if stated, ok = value(r, &x.Request.Message, field); !ok {
		return "", "", false
	}
	current, ok = value(r, &x.Answer().Message, validator)
	return stated, current, ok
}

// RFC 9110 §13.1.1: where no tag of If-Match is the current one, by strong
// comparison, the method is not performed.
func doneThoughIfMatchFails(x *wire.Exchange, r *Report) {
	stated, tag, ok := condition(x, r, "If-Match", "ETag")
	if ok && isETag(tag) && misses(stated, tag, strongly) {
		r.Final("ETag", lang.Text{
			En:   "If-Match: %s does not hold for ETag: %s, and the answer is %d, not 412.",
			ZhTW: "If-Match: %s 對 ETag: %s 不成立，回應卻是 %d 而非 412。"}, stated, tag, int(x.Answer().Status))
	}
}

// RFC 9110 §13.1.4: where the representation was modified after the date of
// If-Unmodified-Since, the method is not performed. With If-Match that field is
// ignored.
func doneThoughModifiedSince(x *wire.Exchange, r *Report) {
	stated, modified, ok := condition(x, r, "If-Unmodified-Since", "Last-Modified")
	if !ok || !absent(r, &x.Request.Message, "If-Match") {
		return
	}
	limit, good := date(stated)
	m, fine := date(modified)
	if good && fine && m.After(limit) {
		r.Final("Last-Modified", lang.Text{
			En:   "If-Unmodified-Since: %s does not hold for Last-Modified: %s, and the answer is %d, not 412.",
			ZhTW: "If-Unmodified-Since: %s 對 Last-Modified: %s 不成立，回應卻是 %d 而非 412。"},
			stated, modified, int(x.Answer().Status))
	}
}

// RFC 9110 §13.1.2: where a tag of If-None-Match is the current one, by weak
// comparison, 304 is due; with * wherever there is something to send.
func sentThoughETagMatches(x *wire.Exchange, r *Report) {
	stated, tag, ok := condition(x, r, "If-None-Match", "ETag")
	if ok && (strings.TrimSpace(stated) == "*" || matches(stated, tag, weakly)) {
		r.Final("ETag", lang.Text{
			En:   "If-None-Match: %s names ETag: %s, and the answer is %d, not 304.",
			ZhTW: "If-None-Match: %s 列有 ETag: %s，回應卻是 %d 而非 304。"}, stated, tag, int(x.Answer().Status))
	}
}

// RFC 9110 §13.1.3: where nothing was modified after the date of
// If-Modified-Since, the method should not be performed but answered with 304.
// With If-None-Match that field is ignored; one from the future was invalid once
// (RFC 2616 §14.25), and servers still take it so.
func sentThoughNotModifiedSince(x *wire.Exchange, r *Report) {
	stated, modified, ok := condition(x, r, "If-Modified-Since", "Last-Modified")
	if !ok || !absent(r, &x.Request.Message, "If-None-Match") {
		return
	}
	since, good := date(stated)
	m, fine := date(modified)
	if sent, known := date(x.Answer().Fields.Get("Date")); known && since.After(sent) {
		return
	}
	if good && fine && !m.After(since) {
		r.Final("Last-Modified", lang.Text{
			En:   "Nothing changed after If-Modified-Since: %s (Last-Modified: %s), and the answer is %d, not 304.",
			ZhTW: "If-Modified-Since: %s 之後沒有變更（Last-Modified: %s），回應卻是 %d 而非 304。"},
			stated, modified, int(x.Answer().Status))
	}
}

// RFC 9110 §13.1.1: If-Match is true where it lists the current entity tag, which
// a 412 may tell. Where another condition may have failed, nothing is said.
func failedThoughMatching(x *wire.Exchange, r *Report) {
	if !lacks(r, &x.Request.Message, "If-None-Match", "If", "If-Schedule-Tag-Match", "Overwrite") {
		return
	}
	stated, ok := value(r, &x.Request.Message, "If-Match")
	if !ok || x.Answer().Fields.Count("ETag") != 1 {
		return
	}
	current, ok := value(r, &x.Answer().Message, "ETag")
	if ok && matches(stated, current, strongly) {
		r.Final("ETag", lang.Text{
			En:   "If-Match: %s lists the current ETag: %s, so the condition holds.",
			ZhTW: "If-Match: %s 列有目前的 ETag: %s，條件成立。"}, stated, current)
	}
}

// RFC 9110 §13.1.1: the same, where the 412 itself does not tell the entity tag:
// if the representation had one strong tag before and has it still, it had it all
// along.
func failedThoughUnchanged(h *History, x *wire.Exchange, r *Report) {
	if x.Request.Method != "GET" && x.Request.Method != "HEAD" || x.Answer().Fields.Count("ETag") != 1 {
		return
	}
	current, ok := value(r, &x.Answer().Message, "ETag")
	if !ok {
		return
	}
	for _, failed := range h.Resource {
		if failed.Answer().Status != 412 || !failed.Before(x) || h.Changed(failed) || failed.Final.Fields.Has("ETag") ||
			!lacks(r, &failed.Request.Message, "If-None-Match", "If") ||
			!matches(failed.Request.Fields.Get("If-Match"), current, strongly) {
			continue
		}
		for _, known := range h.Resource {
			if known.Number < failed.Number && known.ETag() == current && known.Answer().Status != 412 && !h.Changed(known) {
				r.Against(failed).Final("ETag", lang.Text{
					En:   "The entity tag was %s before and is so still, and a request with If-Match: %s got 412.",
					ZhTW: "實體標籤先前是 %s，現在也是，帶著 If-Match: %s 的請求卻得到 412。"}, current, failed.Request.Fields.Get("If-Match"))
				return
			}
		}
	}
}

// RFC 9110 §13.1.4: If-Unmodified-Since is true where the representation was not
// modified after its date, as the Last-Modified of a 412 may tell. With If-Match
// that field is ignored.
func failedThoughUnmodified(x *wire.Exchange, r *Report) {
	if !lacks(r, &x.Request.Message, "If-Match", "If-None-Match", "If", "If-Schedule-Tag-Match", "Overwrite") {
		return
	}
	limit, ok := dateOf(&x.Request.Message, r, "If-Unmodified-Since")
	if !ok {
		return
	}
	if modified, ok := dateOf(&x.Answer().Message, r, "Last-Modified"); ok && !modified.After(limit) {
		r.Final("Last-Modified", lang.Text{
			En:   "Last-Modified: %s is not after If-Unmodified-Since: %s, so the condition holds.",
			ZhTW: "Last-Modified: %s 不晚於 If-Unmodified-Since: %s，條件成立。"},
			x.Answer().Fields.Get("Last-Modified"), x.Request.Fields.Get("If-Unmodified-Since"))
	}
}

// RFC 9110 §13.2.1: a method that neither selects nor changes a representation
// has no conditions; their fields are ignored.
func failedForOtherMethod(x *wire.Exchange, r *Report) {
	switch m := x.Request.Method; m {
	case "OPTIONS", "TRACE", "CONNECT":
		r.Final("", lang.Text{
			En:   "A %s request has no precondition that could fail, and the answer is 412.",
			ZhTW: "%s 請求沒有可能不成立的先決條件，回應卻是 412。"}, m)
	}
}

// RFC 9110 §13.1.3: an If-Modified-Since that is no date is ignored, so that the
// request is unconditional.
func notModifiedSinceNoDate(x *wire.Exchange, r *Report) {
	if !x.Request.Fields.Has("If-Modified-Since") || !lacks(r, &x.Request.Message, "If-None-Match") {
		return
	}
	stated, ok := value(r, &x.Request.Message, "If-Modified-Since")
	// Old clients add "; length=" to a date, and servers read it so.
	plain, _, _ := strings.Cut(stated, ";")
	if _, isDate := date(strings.TrimSpace(plain)); ok && !isDate {
		r.Final("", lang.Text{
			En:   "If-Modified-Since: %s is no HTTP date and counts for nothing, and the answer is 304.",
			ZhTW: "If-Modified-Since: %s 不是 HTTP 日期，應視為不存在，回應卻是 304。"}, stated)
	}
}
