package lint

import (
	"math"
	"slices"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// 206 416; the rules of several parts stand in multipart.go.
var ranges = []Rule{
	{
		Name: "partial-without-range-request", Level: Definition, About: OfCause,
		Spec: "RFC 9110 §15.3.7", Codes: []status.Code{206}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: rangeNotAsked,
	},
	{
		Name: "unsatisfiable-without-range-request", Level: Definition, About: OfCause,
		Spec: "RFC 9110 §15.5.17", Codes: []status.Code{416}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: rangeNotAsked,
	},
	{
		Name: "range-of-other-method", Level: Must, About: OfExchange,
		Spec: "RFC 9110 §14.2", Codes: []status.Code{206, 416}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: rangeOfOtherMethod,
	},
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
	{
		Name: "partial-though-ranges-none", Level: Definition, About: OfMessage,
		Spec: "RFC 9110 §14.3", Codes: []status.Code{206}, Who: Server, Needs: wire.ShowsResponse,
		Check: partialThoughRangesNone,
	},
	{
		Name: "range-not-asked-for", Level: Definition, About: OfExchange,
		Spec: "RFC 9110 §15.3.7", Codes: []status.Code{206}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: rangeNotAskedFor,
	},
	{
		Name: "partial-though-if-range-fails", Level: Must, About: OfExchange,
		Spec: "RFC 9110 §13.1.5", Codes: []status.Code{206}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: partialThoughIfRangeFails,
	},
	{
		Name: "partial-for-weak-if-range", Level: Must, About: OfExchange,
		Spec: "RFC 9110 §13.1.5", Codes: []status.Code{206}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: partialForWeakIfRange,
	},
	{
		Name: "metadata-with-if-range", Level: Should, About: OfExchange,
		Spec: "RFC 9110 §15.3.7", Codes: []status.Code{206}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: metadataWithIfRange,
	},
	{
		Name: "unsatisfiable-though-if-range-fails", Level: Must, About: OfExchange,
		Spec: "RFC 9110 §13.1.5", Codes: []status.Code{416}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: partialThoughIfRangeFails,
	},
	{
		Name: "unsatisfiable-of-unknown-unit", Level: Must, About: OfExchange,
		Spec: "RFC 9110 §14.2", Codes: []status.Code{416}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: unsatisfiableOfUnknownUnit,
	},
	{
		Name: "unsatisfiable-without-length", Level: Should, About: OfExchange,
		Spec: "RFC 9110 §15.5.17", Codes: []status.Code{416}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		In: Both, Check: unsatisfiableWithoutLength,
	},
	{
		Name: "unsatisfiable-though-satisfiable", Level: Definition, About: OfExchange,
		Spec: "RFC 9110 §14.1.2", Codes: []status.Code{416}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: unsatisfiableThoughSatisfiable,
	},
}

// RFC 9110 §15.3.7 and §15.5.17: 206 and 416 speak of the request's Range.
func rangeNotAsked(x *wire.Exchange, r *Report) {
	if absent(r, &x.Request.Message, "Range") {
		r.Final("", lang.Text{
			En:   "The request has no Range, and the answer is %d.",
			ZhTW: "請求沒有 Range，回應卻是 %d。"}, int(x.Answer().Status))
	}
}

// RFC 9110 §14.2: Range is ignored with a method for which no range handling is
// defined. GET is the only one; QUERY, which is younger, is left alone.
func rangeOfOtherMethod(x *wire.Exchange, r *Report) {
	if m := x.Request.Method; m != "GET" && m != "QUERY" && present(r, &x.Request.Message, "Range") {
		r.Final("", lang.Text{
			En:   "The Range of a %s request led to %d; it has to be ignored.",
			ZhTW: "%s 請求的 Range 導致了 %d；它應被忽略。"}, m, int(x.Answer().Status))
	}
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

// RFC 9110 §15.3.7: a 206 transfers what Range asks for, or less of it. Where
// several ranges were asked for, what lies between them may come too (§15.3.7.2).
func rangeNotAskedFor(x *wire.Exchange, r *Report) {
	asked, ok := value(r, &x.Request.Message, "Range")
	if !ok {
		return
	}
	if is, _ := multipart(x, r); is && r.needs(x, wire.ShowsContent) {
		partNotAskedFor(x, r, asked)
		return
	}
	v, ok := value(r, &x.Answer().Message, "Content-Range")
	if !ok {
		return
	}
	answered := rangeResponse{complete: -1}
	if unit, _, spaced := strings.Cut(v, " "); !spaced || !isToken(unit) {
		return
	} else if want, _, _ := strings.Cut(asked, "="); strings.EqualFold(unit, want) {
		specs, good := byteRanges(asked)
		if answered, ok = parseContentRange(v); !good || !ok || answered.unsatisfied || impossible(answered) || within(specs, answered) {
			return
		}
	}
	r.Final("Content-Range", lang.Text{
		En:   "The request asked for Range: %s and got Content-Range: %s.",
		ZhTW: "請求要的是 Range: %s，得到的卻是 Content-Range: %s。"}, asked, v)
}

// partNotAskedFor judges each part of a multipart answer. That Content-Range does
// not stand in its header section, multipart-with-content-range says.
func partNotAskedFor(x *wire.Exchange, r *Report, asked string) {
	specs, good := byteRanges(asked)
	parts, _ := partsOf(x, r)
	for _, p := range parts {
		if c, ok := p.Range(); good && ok && !impossible(c) && !touches(specs, c) {
			r.Final("", lang.Text{
				En:   "The request asked for Range: %s and got a part with Content-Range: %s.",
				ZhTW: "請求要的是 Range: %s，得到的某個部分卻是 Content-Range: %s。"}, asked, p.contentRange)
			return
		}
	}
}

// touches reports whether the range has an octet that was asked for.
func touches(specs []byteRange, c rangeResponse) bool {
	return slices.ContainsFunc(specs, func(s byteRange) bool {
		first, last := s.of(c.complete)
		return first <= c.last && c.first <= last
	})
}

// within reports whether the range lies between the first and the last octet
// that were asked for.
func within(specs []byteRange, c rangeResponse) bool {
	from, to := int64(math.MaxInt64), int64(-1)
	for _, s := range specs {
		first, last := s.of(c.complete)
		from, to = min(from, first), max(to, last)
	}
	return from <= c.first && c.last <= to
}

// RFC 9110 §13.1.5: where the validator in If-Range is not exactly the current
// one, Range is ignored.
func partialThoughIfRangeFails(x *wire.Exchange, r *Report) {
	stated, ok := value(r, &x.Request.Message, "If-Range")
	if !ok || strings.HasPrefix(stated, "W/") {
		return
	}
	validator := "ETag"
	if !strings.HasPrefix(stated, `"`) {
		validator = "Last-Modified"
	}
	current, ok := value(r, &x.Answer().Message, validator)
	if !ok || x.Answer().Fields.Count(validator) > 1 || current == stated {
		return
	}
	r.Final(validator, lang.Text{
		En:   "If-Range: %s is not %s: %s, so the whole representation is due, with 200.",
		ZhTW: "If-Range: %s 不等於 %s: %s，因此應以 200 送出完整的表示。"}, stated, validator, current)
}

// RFC 9110 §13.1.5: If-Range compares strongly, and a weak tag equals nothing
// then.
func partialForWeakIfRange(x *wire.Exchange, r *Report) {
	if stated, ok := value(r, &x.Request.Message, "If-Range"); ok && strings.HasPrefix(stated, "W/") {
		r.Final("", lang.Text{
			En:   "If-Range: %s is a weak tag, which never allows a 206.",
			ZhTW: "If-Range: %s 是弱標籤，無論如何都不能得到 206。"}, stated)
	}
}

// RFC 9110 §15.3.7: who sends If-Range has the representation's fields already,
// and should not get them again. Content-Type and Last-Modified, which every
// common server sends, mislead nobody.
func metadataWithIfRange(x *wire.Exchange, r *Report) {
	if !present(r, &x.Request.Message, "If-Range") {
		return
	}
	for _, name := range [...]string{"Content-Encoding", "Content-Language"} {
		if p := x.Answer(); present(r, &p.Message, name) {
			r.Final(name, lang.Text{
				En:   "The 206 to a request with If-Range repeats %s: %s.",
				ZhTW: "對帶有 If-Range 的請求，206 又重送了 %s: %s。"}, name, p.Fields.Get(name))
			return
		}
	}
}

// RFC 9110 §14.3: Accept-Ranges: none says that no kind of range request is
// supported here, and a 206 has just answered one.
func partialThoughRangesNone(x *wire.Exchange, r *Report) {
	m := &x.Answer().Message
	if present(r, m, "Accept-Ranges") && m.Fields.HasMember("Accept-Ranges", "none") {
		r.Final("Accept-Ranges", lang.Text{
			En:   "The 206 says that ranges are not supported: Accept-Ranges: none.",
			ZhTW: "206 說自己不支援範圍請求：Accept-Ranges: none。"})
	}
}

// RFC 9110 §15.5.17: a 416 to a byte range should state the current length.
func unsatisfiableWithoutLength(x *wire.Exchange, r *Report) {
	asked, ok := value(r, &x.Request.Message, "Range")
	if (ok && bytesUnit(asked) || x.Described != nil) && absent(r, &x.Answer().Message, "Content-Range") {
		r.Final("Content-Range", lang.Text{
			En:   "The 416 does not say how long the representation is.",
			ZhTW: "416 沒有說明表示有多長。"})
	}
}

// RFC 9110 §14.1.2: a range that begins before the end is satisfiable, and so is
// a suffix of at least one octet. A server may refuse many small or overlapping
// ranges (§15.5.17), so only one alone is judged.
func unsatisfiableThoughSatisfiable(x *wire.Exchange, r *Report) {
	asked, ok := value(r, &x.Request.Message, "Range")
	if !ok {
		return
	}
	specs, ok := byteRanges(asked)
	if !ok || len(specs) != 1 {
		return
	}
	v, c, ok := contentRange(x, r)
	if !ok || !c.unsatisfied {
		return
	}
	s := specs[0]
	if s.first >= 0 && s.first < c.complete || s.first < 0 && s.suffix > 0 && c.complete > 0 {
		r.Final("Content-Range", lang.Text{
			En:   "Range: %s can be satisfied: the 416 itself says %s.",
			ZhTW: "Range: %s 是可以滿足的：416 自己就寫著 %s。"}, asked, v)
	}
}

// RFC 9110 §14.2: a Range in a unit that the server does not understand is
// ignored. Which units it understands shows in Accept-Ranges (§14.3) and in the
// unit of its Content-Range.
func unsatisfiableOfUnknownUnit(x *wire.Exchange, r *Report) {
	asked, ok := value(r, &x.Request.Message, "Range")
	if !ok {
		return
	}
	unit, _, ok := strings.Cut(asked, "=")
	if unit = strings.TrimSpace(unit); !ok || !isToken(unit) || strings.EqualFold(unit, "bytes") {
		return
	}
	p := x.Answer()
	if p.Fields.Has("Accept-Ranges") && p.Fields.HasMember("Accept-Ranges", unit) {
		return
	}
	for _, name := range []string{"Content-Range", "Accept-Ranges"} {
		v, ok := value(r, &p.Message, name)
		if ok && !strings.EqualFold(unitOf(v), unit) {
			r.Final(name, lang.Text{
				En:   "Range: %s is in a unit that the server does not understand, as %s: %s shows; it has to be ignored.",
				ZhTW: "Range: %s 的單位是伺服器不認得的（見 %s: %s），應被忽略。"}, asked, name, v)
			return
		}
	}
}

// unitOf returns the first word of a Content-Range or of Accept-Ranges.
func unitOf(v string) string {
	unit, _ := token(v)
	return unit
}
