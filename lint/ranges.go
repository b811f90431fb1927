package lint

import (
	"math"
	"slices"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// 206 416: which ranges were asked for, and which came. What Content-Range says
// stands in contentrange.go, If-Range in ifrange.go, several parts in multipart.go.
var ranges = []Rule{
	{
		Name: "partial-without-range-request", Level: Definition, About: OfCause,
		Spec: "RFC 9110 §15.3.7", Codes: []status.Code{206}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: func(x *wire.Exchange, r *Report) { unasked(x, r, "Range") },
	},
	{
		Name: "unsatisfiable-without-range-request", Level: Definition, About: OfCause,
		Spec: "RFC 9110 §15.5.17", Codes: []status.Code{416}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: func(x *wire.Exchange, r *Report) { unasked(x, r, "Range") },
	},
	{
		Name: "range-of-other-method", Level: Must, About: OfExchange,
		Spec: "RFC 9110 §14.2", Codes: []status.Code{206, 416}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: rangeOfOtherMethod,
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

// RFC 9110 §14.2: Range is ignored with a method for which no range handling is
// defined. GET is the only one; QUERY, which is younger, is left alone.
func rangeOfOtherMethod(x *wire.Exchange, r *Report) {
	if m := x.Request.Method; m != "GET" && m != "QUERY" && present(r, &x.Request.Message, "Range") {
		r.Final("", lang.Text{
			En:   "The Range of a %s request led to %d; it has to be ignored.",
			ZhTW: "%s 請求的 Range 導致了 %d；它應被忽略。"}, m, int(x.Answer().Status))
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
