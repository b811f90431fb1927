package lint

import (
	"bytes"
	"mime"
	"slices"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// The parts of multipart/byteranges content (RFC 9110 §14.6), which only an
// answer has whose request asked for several ranges.
var multipartRanges = []Rule{
	{
		Name: "multipart-with-content-range", Level: Must, About: OfMessage,
		Spec: "RFC 9110 §15.3.7.2", Codes: []status.Code{206}, Who: Server, Needs: wire.ShowsResponse,
		Check: multipartWithContentRange,
	},
	{
		Name: "multipart-without-boundary", Level: Must, About: OfMessage,
		Spec: "RFC 9110 §15.3.7.2", Codes: []status.Code{206}, Who: Server, Needs: wire.ShowsResponse,
		Check: multipartWithoutBoundary,
	},
	{
		Name: "multipart-for-one-range", Level: Must, About: OfExchange,
		Spec: "RFC 9110 §15.3.7.2", Codes: []status.Code{206}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: multipartForOneRange,
	},
	{
		Name: "byteranges-without-partial", Level: Definition, About: OfMessage,
		Spec: "RFC 9110 §14.6", Codes: []status.Code{200, 203}, Who: Server, Needs: wire.ShowsResponse,
		Check: byterangesWithoutPartial,
	},
	{
		Name: "multipart-boundary-unused", Level: Must, About: OfMessage,
		Spec: "RFC 9110 §14.6", Codes: []status.Code{206}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse | wire.ShowsContent,
		Check: multipartBoundaryUnused,
	},
	{
		Name: "part-without-content-range", Level: Must, About: OfMessage,
		Spec: "RFC 9110 §15.3.7.2", Codes: []status.Code{206}, Who: Server, Needs: wire.ShowsResponse | wire.ShowsContent,
		Check: partWithoutContentRange,
	},
	{
		Name: "part-without-type", Level: Should, About: OfMessage,
		Spec: "RFC 9110 §15.3.7.2", Codes: []status.Code{206}, Who: Server, Needs: wire.ShowsResponse | wire.ShowsContent,
		Check: partWithoutType,
	},
	{
		Name: "part-of-other-length", Level: Definition, About: OfMessage,
		Spec: "RFC 9110 §15.3.7.2", Codes: []status.Code{206}, Who: Server, Needs: wire.ShowsResponse | wire.ShowsContent,
		Check: partOfOtherLength,
	},
	{
		Name: "parts-of-two-wholes", Level: Definition, About: OfMessage,
		Spec: "RFC 9110 §14.4", Codes: []status.Code{206}, Who: Server, Needs: wire.ShowsResponse | wire.ShowsContent,
		Check: partsOfTwoWholes,
	},
	{
		Name: "parts-out-of-order", Level: Should, About: OfExchange,
		Spec: "RFC 9110 §15.3.7.2", Codes: []status.Code{206}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse | wire.ShowsContent,
		Check: partsOutOfOrder,
	},
	{
		Name: "greedy-ranges-served", Level: Should, About: OfExchange,
		Spec: "RFC 9110 §17.15", Codes: []status.Code{206}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse | wire.ShowsContent,
		Check: greedyRangesServed,
	},
}

// multipart reports whether the answer says that it is multipart/byteranges,
// and whether that could be judged.
func multipart(x *wire.Exchange, r *Report) (is, known bool) {
	m := &x.Answer().Message
	if !readable(r, m, "Content-Type") {
		return false, false
	}
	return isMedia(m.Fields.Get("Content-Type"), "multipart/byteranges"), true
}

// boundary returns the parameter of a multipart answer's Content-Type; "" if it
// has none that can be read.
func boundary(x *wire.Exchange) string {
	_, params, err := mime.ParseMediaType(x.Answer().Fields.Get("Content-Type"))
	if err != nil {
		return ""
	}
	return params["boundary"]
}

// A bodyPart is one part of multipart content.
type bodyPart struct {
	media, contentRange string // its fields; "" if it lacks one
	content             []byte
}

// Range returns the part's Content-Range, if it can be read.
func (p bodyPart) Range() (rangeResponse, bool) {
	c, ok := parseContentRange(p.contentRange)
	return c, ok && !c.unsatisfied && c.first <= c.last
}

// partsOf returns the parts of a multipart answer whose content can be read, and
// whether the content is divided as it should be: from a first delimiter to one
// that closes (RFC 2046 §5.1.1, unverified).
func partsOf(x *wire.Exchange, r *Report) (parts []bodyPart, divided bool) {
	if is, _ := multipart(x, r); !is || endsWithHead(x) {
		return nil, true
	}
	mark := boundary(x)
	if mark == "" {
		return nil, true
	}
	p := x.Answer()
	if !p.Content.Whole() || p.Fields.Has("Content-Encoding") {
		r.Unjudged()
		return nil, true
	}
	return divide(p.Content.Data, mark)
}

func divide(data []byte, mark string) (parts []bodyPart, closed bool) {
	delimiter := []byte("\r\n--" + mark)
	data = append([]byte("\r\n"), data...) // the first delimiter may stand at the very beginning
	_, data, found := bytes.Cut(data, delimiter)
	for found {
		if bytes.HasPrefix(data, []byte("--")) {
			return parts, true
		}
		_, data, _ = bytes.Cut(data, []byte("\r\n")) // white space may follow the delimiter
		var part []byte
		part, data, found = bytes.Cut(data, delimiter)
		parts = append(parts, readPart(part))
	}
	return parts, false
}

func readPart(data []byte) bodyPart {
	head, content, found := bytes.Cut(append([]byte("\r\n"), data...), []byte("\r\n\r\n"))
	if !found {
		return bodyPart{}
	}
	part := bodyPart{content: content}
	for line := range strings.SplitSeq(string(head), "\r\n") {
		name, v, _ := strings.Cut(line, ":")
		switch v = strings.TrimSpace(v); {
		case strings.EqualFold(name, "Content-Type"):
			part.media = v
		case strings.EqualFold(name, "Content-Range"):
			part.contentRange = v
		}
	}
	return part
}

// RFC 9110 §15.3.7.2: with several parts, Content-Range stands in each part and
// not in the header section.
func multipartWithContentRange(x *wire.Exchange, r *Report) {
	if is, _ := multipart(x, r); is && present(r, &x.Answer().Message, "Content-Range") {
		r.Final("Content-Range", lang.Text{
			En:   "A multipart/byteranges answer has Content-Range: %s in its header section.",
			ZhTW: "multipart/byteranges 回應的標頭區段帶有 Content-Range: %s。"}, x.Answer().Fields.Get("Content-Range"))
	}
}

// RFC 9110 §15.3.7.2: the media type comes with its boundary.
func multipartWithoutBoundary(x *wire.Exchange, r *Report) {
	if is, _ := multipart(x, r); is && boundary(x) == "" {
		r.Final("Content-Type", lang.Text{
			En:   "Content-Type is %q: nobody can tell where a part ends.",
			ZhTW: "Content-Type 是 %q：沒有人能得知各部分在哪裡結束。"}, x.Answer().Fields.Get("Content-Type"))
	}
}

// RFC 9110 §15.3.7.2: who asks for one range gets no multipart answer.
func multipartForOneRange(x *wire.Exchange, r *Report) {
	if is, _ := multipart(x, r); !is {
		return
	}
	asked, ok := value(r, &x.Request.Message, "Range")
	if !ok {
		return
	}
	if specs, ok := byteRanges(asked); ok && len(specs) == 1 {
		r.Final("Content-Type", lang.Text{
			En:   "The request asked for one range (%s) and got multipart/byteranges.",
			ZhTW: "請求只要一個範圍（%s），卻得到 multipart/byteranges。"}, asked)
	}
}

// RFC 9110 §14.6: multipart/byteranges is how a 206 carries several ranges.
// Under 200 the client keeps delimiters and part headers as the content.
func byterangesWithoutPartial(x *wire.Exchange, r *Report) {
	if is, _ := multipart(x, r); is {
		r.Final("Content-Type", lang.Text{
			En:   "The %d has the content of a 206: multipart/byteranges.",
			ZhTW: "%d 帶著 206 才有的內容：multipart/byteranges。"}, int(x.Answer().Status))
	}
}

// RFC 9110 §14.6: the boundary separates the parts, and closes the last one.
func multipartBoundaryUnused(x *wire.Exchange, r *Report) {
	if parts, divided := partsOf(x, r); !divided {
		r.Final("Content-Type", lang.Text{
			En:   "The boundary %q divides off %d parts and does not close the last.",
			ZhTW: "分界字串 %q 分出了 %d 個部分，最後卻沒有收尾。"}, boundary(x), len(parts))
	}
}

// RFC 9110 §15.3.7.2: each part says which range it is.
func partWithoutContentRange(x *wire.Exchange, r *Report) {
	parts, _ := partsOf(x, r)
	for i, p := range parts {
		if unit, _, spaced := strings.Cut(p.contentRange, " "); spaced && !strings.EqualFold(unit, "bytes") {
			continue // another unit's range is not ours to read
		}
		if _, ok := p.Range(); !ok {
			r.Final("", lang.Text{
				En:   "Part %d does not say which range it is: its Content-Range is %q.",
				ZhTW: "第 %d 個部分沒有說明自己是哪個範圍：它的 Content-Range 是 %q。"}, i+1, p.contentRange)
			return
		}
	}
}

// RFC 9110 §15.3.7.2: each part should have the Content-Type that a 200 would
// have had.
func partWithoutType(x *wire.Exchange, r *Report) {
	parts, _ := partsOf(x, r)
	// Whether the whole would have had a type, a part that has one shows.
	if !slices.ContainsFunc(parts, func(p bodyPart) bool { return p.media != "" }) {
		return
	}
	for i, p := range parts {
		if p.media == "" {
			r.Final("", lang.Text{
				En:   "Part %d has no Content-Type.",
				ZhTW: "第 %d 個部分沒有 Content-Type。"}, i+1)
			return
		}
	}
}

// RFC 9110 §15.3.7.2: a part is the range that its Content-Range states.
func partOfOtherLength(x *wire.Exchange, r *Report) {
	parts, divided := partsOf(x, r)
	if !divided {
		return
	}
	for i, p := range parts {
		if c, ok := p.Range(); ok && int64(len(p.content)) != c.last-c.first+1 {
			r.Final("", lang.Text{
				En:   "Part %d states %d octets (Content-Range: %s) and has %d.",
				ZhTW: "第 %d 個部分表示有 %d 個位元組（Content-Range: %s），實際是 %d 個。"},
				i+1, c.last-c.first+1, p.contentRange, len(p.content))
			return
		}
	}
}

// RFC 9110 §14.4: the complete length is that of the selected representation, of
// which all parts of one answer are parts.
func partsOfTwoWholes(x *wire.Exchange, r *Report) {
	parts, _ := partsOf(x, r)
	complete := int64(-1)
	for _, p := range parts {
		c, ok := p.Range()
		switch {
		case !ok || c.complete < 0:
		case complete < 0:
			complete = c.complete
		case c.complete != complete:
			r.Final("", lang.Text{
				En:   "One part is of a whole of %d octets, another of one of %d.",
				ZhTW: "一個部分屬於 %d 個位元組的整體，另一個部分卻屬於 %d 個位元組的整體。"}, complete, c.complete)
			return
		}
	}
}

// RFC 9110 §15.3.7.2: parts should come in the order in which their ranges were
// asked for. Those that were joined with others have no place of their own.
func partsOutOfOrder(x *wire.Exchange, r *Report) {
	parts, _ := partsOf(x, r)
	if len(parts) < 2 {
		return
	}
	asked, ok := value(r, &x.Request.Message, "Range")
	if !ok {
		return
	}
	specs, _ := byteRanges(asked)
	before := -1
	for _, p := range parts {
		c, ok := p.Range()
		if !ok {
			return
		}
		place := slices.IndexFunc(specs, func(s byteRange) bool {
			first, last := s.of(c.complete)
			return first == c.first && last == c.last
		})
		if place < 0 {
			continue
		}
		if place < before {
			r.Final("", lang.Text{
				En:   "The parts do not come in the order of Range: %s; %s comes late.",
				ZhTW: "各部分沒有依 Range: %s 的順序送出；%s 來晚了。"}, asked, p.contentRange)
			return
		}
		before = place
	}
}

// RFC 9110 §17.15: a server ought not to serve more than two ranges that overlap,
// nor very many small ones: a short request then costs it a long answer.
func greedyRangesServed(x *wire.Exchange, r *Report) {
	const (
		many  = 100
		small = 80 // about what a part costs besides its content (§15.3.7.2)
	)
	parts, _ := partsOf(x, r)
	parts = parts[:min(len(parts), many)]
	overlapping, tiny := 0, 0
	for i, p := range parts {
		a, ok := p.Range()
		if !ok {
			continue
		}
		if a.last-a.first < small {
			tiny++
		}
		if overlaps(a, parts[:i]) || overlaps(a, parts[i+1:]) {
			overlapping++
		}
	}
	if overlapping > 2 || tiny >= many {
		r.Final("", lang.Text{
			En:   "The answer has %d parts, %d of them overlapping and %d shorter than what separates them.",
			ZhTW: "回應有 %d 個部分，其中 %d 個彼此重疊，%d 個比分隔它們的內容還短。"}, len(parts), overlapping, tiny)
	}
}

// overlaps reports whether the range has octets in common with one of the parts.
func overlaps(a rangeResponse, parts []bodyPart) bool {
	return slices.ContainsFunc(parts, func(p bodyPart) bool {
		b, ok := p.Range()
		return ok && a.first <= b.last && b.first <= a.last
	})
}
