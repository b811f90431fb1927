package lint

import (
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// What Content-Range says.
var contentRanges = []Rule{
	{
		Name: "partial-without-content-range", Level: Must, About: OfMessage,
		Spec: "RFC 9110 §15.3.7.1", Codes: []status.Code{206}, Who: Server, Needs: wire.ShowsResponse,
		In: Both, Check: partialWithoutContentRange,
	},
	{
		Name: "content-range-unreadable", Level: Must, About: OfMessage,
		Spec: "RFC 9110 §14.4", Codes: []status.Code{206, 416}, Who: Server, Needs: wire.ShowsResponse,
		Check: contentRangeUnreadable,
	},
	{
		Name: "content-range-impossible", Level: Definition, About: OfMessage,
		Spec: "RFC 9110 §14.4", Codes: []status.Code{206}, Who: Server, Needs: wire.ShowsResponse,
		Check: contentRangeImpossible,
	},
	{
		Name: "content-range-of-wrong-kind", Level: Definition, About: OfMessage,
		Spec: "RFC 9110 §14.4", Codes: []status.Code{206, 416}, Who: Server, Needs: wire.ShowsResponse,
		Check: contentRangeOfWrongKind,
	},
	{
		Name: "content-range-without-meaning", Level: Definition, About: OfMessage,
		Spec: "RFC 9110 §14.4", Who: Server, Needs: wire.ShowsResponse,
		Check: contentRangeWithoutMeaning,
	},
	{
		Name: "content-range-of-other-length", Level: Definition, About: OfMessage,
		Spec: "RFC 9110 §15.3.7.1", Codes: []status.Code{206}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: contentRangeOfOtherLength,
	},
}

// RFC 9110 §15.3.7.1: a single part says in Content-Range which part it is.
func partialWithoutContentRange(x *wire.Exchange, r *Report) {
	if is, known := multipart(x, r); !known || is {
		return
	}
	if absent(r, &x.Answer().Message, "Content-Range") {
		r.Final("Content-Range", lang.Text{
			En:   "The 206 does not say which part of the representation it holds.",
			ZhTW: "206 沒有說明它是表示的哪一部分。"})
	}
}

// contentRange returns the answer's Content-Range, if it is there once.
func contentRange(x *wire.Exchange, r *Report) (string, rangeResponse, bool) {
	m := &x.Answer().Message
	v, ok := value(r, m, "Content-Range")
	if !ok || m.Fields.Count("Content-Range") != 1 {
		return "", rangeResponse{}, false
	}
	c, ok := parseContentRange(v)
	return v, c, ok
}

// RFC 9110 §14.4: a range unit, a space, and FIRST-LAST/LENGTH or */LENGTH.
// What other units write after the space is theirs.
func contentRangeUnreadable(x *wire.Exchange, r *Report) {
	v, ok := value(r, &x.Answer().Message, "Content-Range")
	if !ok || x.Answer().Fields.Count("Content-Range") != 1 {
		return
	}
	if unit, _, spaced := strings.Cut(v, " "); spaced && !strings.EqualFold(unit, "bytes") && !strings.ContainsAny(unit, "=/") {
		return
	}
	if _, ok := parseContentRange(v); !ok {
		r.Final("Content-Range", lang.Text{
			En:   "Content-Range is %q: neither \"bytes FIRST-LAST/LENGTH\" nor \"bytes */LENGTH\".",
			ZhTW: "Content-Range 是 %q：既非「bytes 起-迄/總長」，也非「bytes */總長」。"}, v)
	}
}

// RFC 9110 §14.4: last-pos is not before first-pos, and the complete length is
// beyond last-pos.
func contentRangeImpossible(x *wire.Exchange, r *Report) {
	v, c, ok := contentRange(x, r)
	if ok && !c.unsatisfied && impossible(c) {
		r.Final("Content-Range", lang.Text{
			En:   "Content-Range is %q: no representation has such a part.",
			ZhTW: "Content-Range 是 %q：沒有任何表示會有這樣的部分。"}, v)
	}
}

func impossible(c rangeResponse) bool {
	return c.last < c.first || c.complete >= 0 && c.complete <= c.last
}

// RFC 9110 §14.4: a 206 says what it holds, a 416 only how long the
// representation is.
func contentRangeOfWrongKind(x *wire.Exchange, r *Report) {
	v, c, ok := contentRange(x, r)
	if code := x.Answer().Status; ok && c.unsatisfied != (code == 416) {
		r.Final("Content-Range", lang.Text{
			En:   "Content-Range: %s on %d is the form of the other code.",
			ZhTW: "%[2]d 的 Content-Range: %[1]s 用的是另一個狀態碼的形式。"}, v, int(code))
	}
}

// RFC 9110 §14.4: Content-Range means something with 206 and 416 alone.
func contentRangeWithoutMeaning(x *wire.Exchange, r *Report) {
	p := x.Final
	if p == nil || p.Status == 206 || p.Status == 416 || p.Status == 226 || !present(r, &p.Message, "Content-Range") {
		return
	}
	r.Final("Content-Range", lang.Text{
		En:   "The answer %d has Content-Range: %s.",
		ZhTW: "回應 %d 帶有 Content-Range: %s。"}, int(p.Status), p.Fields.Get("Content-Range"))
}

// RFC 9110 §15.3.7.1: the content is the range that Content-Range states.
func contentRangeOfOtherLength(x *wire.Exchange, r *Report) {
	p := x.Answer()
	v, c, ok := contentRange(x, r)
	if !ok || c.unsatisfied || c.last < c.first || endsWithHead(x) {
		return
	}
	n, told := position(p.Fields.Get("Content-Length"))
	if !told || hidden(&p.Message, "Content-Length") {
		// A recording that does not show what follows an answer may show its
		// content decoded.
		if !r.needs(x, wire.ShowsContent) || !p.Content.Complete || p.Fields.Has("Content-Encoding") && !r.needs(x, wire.ShowsAfter) {
			return
		}
		n = p.Content.Length
	}
	if due := c.last - c.first + 1; n != due {
		r.Final("Content-Range", lang.Text{
			En:   "Content-Range: %s states %d octets; the content has %d.",
			ZhTW: "Content-Range: %s 表示 %d 個位元組，內容卻有 %d 個。"}, v, due, n)
	}
}
