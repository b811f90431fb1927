package lint

import (
	"slices"
	"strconv"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// Answers held against what the same resource gave before: 304 and 206 against
// the 200 that they stand for or come from, HEAD against GET.
var revalidation = []Rule{
	{
		Name: "not-modified-without-fields-of-whole", Level: Must, About: OfSequence,
		Spec: "RFC 9110 §15.4.5", Codes: []status.Code{304}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Follow: notModifiedWithoutFieldsOfWhole,
	},
	{
		Name: "not-modified-of-other-length", Level: Must, About: OfSequence,
		Spec: "RFC 9110 §8.6", Codes: []status.Code{304}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Follow: notModifiedOfOtherLength,
	},
	{
		Name: "not-modified-of-other-etag", Level: Definition, About: OfSequence,
		Spec: "RFC 9110 §13.1.3", Codes: []status.Code{304}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Follow: notModifiedOfOtherETag,
	},
	{
		Name: "partial-without-fields-of-whole", Level: Must, About: OfSequence,
		Spec: "RFC 9110 §15.3.7", Codes: []status.Code{206}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Follow: partialWithoutFieldsOfWhole,
	},
	{
		Name: "etag-of-two-contents", Level: Must, About: OfSequence,
		Spec: "RFC 9110 §8.8.1", Codes: []status.Code{200, 206}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Follow: etagOfTwoContents,
	},
	{
		Name: "head-of-other-length", Level: Must, About: OfSequence,
		Spec: "RFC 9110 §8.6", Codes: []status.Code{200}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Follow: headOfOtherLength,
	},
	{
		Name: "head-of-other-code", Level: Definition, About: OfSequence,
		Spec: "RFC 9110 §9.3.2", Codes: []status.Code{200}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse | wire.ShowsTimes,
		Follow: headOfOtherCode,
	},
	{
		Name: "head-of-other-fields", Level: Should, About: OfSequence,
		Spec: "RFC 9110 §9.3.2", Codes: []status.Code{200}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Follow: headOfOtherFields,
	},
}

// negotiated reports whether both requests ask for the same representation, by
// the fields that are remembered of the earlier one and by who asks.
func negotiated(p *Past, x *wire.Exchange) bool { return accepting(p, x) && p.Alike(x) }

// accepting reports whether both requests say alike what they accept.
func accepting(p *Past, x *wire.Exchange) bool {
	for _, name := range [...]string{"Accept", "Accept-Encoding", "Accept-Language"} {
		if p.Request.Fields.Get(name) != x.Request.Fields.Get(name) {
			return false
		}
	}
	return true
}

// whole returns the last 200 to the method that the resource gave to a request
// like that of x, if nothing has changed since.
func whole(h *History, x *wire.Exchange, method string) *Past {
	for _, p := range h.Resource {
		if p.Request.Method == method && p.Answer().Status == 200 && negotiated(p, x) {
			if p.Before(x) && !h.Changed(p) {
				return p
			}
			return nil
		}
	}
	return nil
}

// revalidates reports whether the condition of x is about the earlier answer: it
// names its validator.
func revalidates(p *Past, x *wire.Exchange, r *Report) bool {
	if asked, ok := value(r, &x.Request.Message, "If-None-Match"); ok {
		tag := p.ETag()
		return tag != "" && matches(asked, tag, weakly)
	}
	since, ok := value(r, &x.Request.Message, "If-Modified-Since")
	return ok && since == p.Final.Fields.Get("Last-Modified")
}

// lackingOf returns the first of the fields that the earlier answer is known to
// have and the message to lack; "" if there is none.
func lackingOf(p *Past, m *wire.Message, r *Report, names ...string) string {
	for _, name := range names {
		if p.Final.Has(name) == wire.Present && !hidden(&p.Final.Message, name) && absent(r, m, name) {
			return name
		}
	}
	return ""
}

// RFC 9110 §15.4.5: a 304 has those of these fields that a 200 would have had.
// Date has a rule of its own.
func notModifiedWithoutFieldsOfWhole(h *History, x *wire.Exchange, r *Report) {
	p := whole(h, x, "GET")
	if p == nil || !revalidates(p, x, r) {
		return
	}
	if name := lackingOf(p, &x.Answer().Message, r, "ETag", "Vary", "Cache-Control", "Expires", "Content-Location"); name != "" {
		r.Against(p).Final(name, lang.Text{
			En:   "The 304 has no %s; the 200 that it stands for has %[1]s: %s.",
			ZhTW: "304 沒有 %s；它所代表的 200 則有 %[1]s: %s。"}, name, p.Final.Fields.Get(name))
	}
}

// size returns the length of the representation that a 200 or 206 tells of: by
// Content-Range, Content-Length or, where all of it came as it was sent, by its
// octets.
func size(method string, p *wire.Response) (int64, bool) {
	if hidden(&p.Message, "Content-Length") || hidden(&p.Message, "Content-Range") {
		return 0, false
	}
	if p.Status == 206 {
		c, ok := parseContentRange(p.Fields.Get("Content-Range"))
		return c.complete, ok && c.complete >= 0
	}
	if n, ok := position(p.Fields.Get("Content-Length")); ok {
		return n, true
	}
	return p.Content.Length, method != "HEAD" && p.Content.Complete && p.Content.Length > 0 && !p.Content.Decoded
}

// RFC 9110 §8.6: a Content-Length in a 304 is that of the 200 which it stands
// for; not 0, unless the 200 has none.
func notModifiedOfOtherLength(h *History, x *wire.Exchange, r *Report) {
	v, ok := value(r, &x.Answer().Message, "Content-Length")
	if !ok {
		return
	}
	p := whole(h, x, "GET")
	if p == nil || !revalidates(p, x, r) {
		return
	}
	due, known := size("GET", p.Final)
	if n, ok := position(v); known && ok && n != due {
		r.Against(p).Final("Content-Length", lang.Text{
			En:   "The 304 has Content-Length: %s; the 200 that it stands for has %d octets.",
			ZhTW: "304 的 Content-Length 是 %s；它所代表的 200 有 %d 個位元組。"}, v, due)
	}
}

// RFC 9110 §13.1.3: with If-None-Match, If-Modified-Since is ignored. Where the
// current tag is not among those listed, only the date can have led to the 304.
func notModifiedOfOtherETag(h *History, x *wire.Exchange, r *Report) {
	asked, ok := value(r, &x.Request.Message, "If-None-Match")
	if !ok || !present(r, &x.Request.Message, "If-Modified-Since") || !absent(r, &x.Answer().Message, "ETag") {
		return
	}
	if p := whole(h, x, "GET"); p != nil && p.ETag() != "" && misses(asked, p.ETag(), weakly) {
		r.Against(p).Final("", lang.Text{
			En:   "If-None-Match: %s does not list ETag: %s, which the resource had; only If-Modified-Since can have led to the 304.",
			ZhTW: "If-None-Match: %s 沒有列出這個資源的 ETag: %s；只有 If-Modified-Since 可能導致這個 304。"}, asked, p.ETag())
	}
}

// RFC 9110 §15.3.7: a 206 has those of these fields that a 200 would have had;
// without If-Range the other fields of the representation too. Content-Encoding
// is left out: a server may code the whole and cut ranges from what is not coded.
func partialWithoutFieldsOfWhole(h *History, x *wire.Exchange, r *Report) {
	p := whole(h, x, "GET")
	m := &x.Answer().Message
	if p == nil || replaced(p.Final, x.Answer(), "ETag") || replaced(p.Final, x.Answer(), "Last-Modified") {
		return
	}
	name := lackingOf(p, m, r, "Cache-Control", "ETag", "Expires", "Content-Location", "Vary")
	if name == "" && absent(r, &x.Request.Message, "If-Range") {
		name = lackingOf(p, m, r, "Last-Modified", "Content-Type", "Content-Language")
	}
	if name != "" {
		r.Against(p).Final(name, lang.Text{
			En:   "The 206 has no %s; the 200 of the same resource has %[1]s: %s.",
			ZhTW: "206 沒有 %s；同一資源的 200 則有 %[1]s: %s。"}, name, p.Final.Fields.Get(name))
	}
}

// replaced reports whether both answers have the validator and it differs.
func replaced(earlier, later *wire.Response, validator string) bool {
	a, b := earlier.Fields.Get(validator), later.Fields.Get(validator)
	return a != "" && b != "" && a != b
}

// RFC 9110 §8.8.1: a strong validator changes whenever the content of a 200
// would, and is never used again for another content of the resource.
func etagOfTwoContents(h *History, x *wire.Exchange, r *Report) {
	if x.Request.Method != "GET" {
		return
	}
	tag, ok := value(r, &x.Answer().Message, "ETag")
	if !ok || !strings.HasPrefix(tag, `"`) {
		return
	}
	for _, p := range h.Resource {
		if p.Request.Method != "GET" || p.ETag() != tag || p.Answer().Status != 200 && p.Answer().Status != 206 {
			continue
		}
		before, a := size("GET", p.Final)
		now, b := size("GET", x.Final)
		if a && b && before != now {
			r.Against(p).Final("ETag", lang.Text{
				En:   "ETag: %s stands for %d octets here, and stood for %d before.",
				ZhTW: "ETag: %s 在這裡代表 %d 個位元組，先前則是 %d 個。"}, tag, now, before)
			return
		}
		if octets, ok := sameOctets(x.Final, p.Final); ok && p.Got != 0 && Digest(octets) != p.Got {
			r.Against(p).Final("ETag", lang.Text{
				En:   "ETag: %s stands for other octets here than before.",
				ZhTW: "ETag: %s 在這裡代表的位元組與先前不同。"}, tag)
			return
		}
	}
}

// sameOctets returns those octets of an answer that an earlier one had too, if
// its contents are the same range of the representation or the whole of it. Of an
// earlier whole only a digest is left, which no part can be held against.
func sameOctets(p, before *wire.Response) ([]byte, bool) {
	if !p.Content.Whole() || p.Content.Decoded != before.Content.Decoded {
		return nil, false
	}
	data := p.Content.Data
	switch {
	case before.Status == 200:
		return data, p.Status == 200
	case p.Status == 206:
		v := p.Fields.Get("Content-Range")
		return data, v != "" && v == before.Fields.Get("Content-Range")
	}
	c, ok := parseContentRange(before.Fields.Get("Content-Range"))
	if !ok || c.unsatisfied || c.first > c.last || c.last >= int64(len(data)) || p.Content.Decoded {
		return nil, false
	}
	return data[c.first : c.last+1], true
}

// headAndGet returns the answers to a HEAD and to a GET that are to be held
// against each other, one of them that of x; p is the earlier exchange.
func headAndGet(h *History, x *wire.Exchange) (head, get *wire.Response, p *Past) {
	switch x.Request.Method {
	case "HEAD":
		if p = whole(h, x, "GET"); p != nil {
			return x.Final, p.Final, p
		}
	case "GET":
		if p = whole(h, x, "HEAD"); p != nil {
			return p.Final, x.Final, p
		}
	}
	return nil, nil, nil
}

// RFC 9110 §8.6: a Content-Length in answer to HEAD is the length that GET would
// give. Content may change between the two, so the validators have to be the
// same, or the length a 0 that GET does not confirm.
func headOfOtherLength(h *History, x *wire.Exchange, r *Report) {
	head, get, p := headAndGet(h, x)
	if p == nil || hidden(&head.Message, "Content-Length") || head.Fields.Count("Content-Length") != 1 {
		return
	}
	told, ok := position(head.Fields.Get("Content-Length"))
	due, known := size("GET", get)
	if !ok || !known || told == due || !sameVersion(head, get) && told != 0 {
		return
	}
	r.Against(p).Final("Content-Length", lang.Text{
		En:   "HEAD is told %d octets, GET %d.",
		ZhTW: "對 HEAD 說是 %d 個位元組，對 GET 則是 %d 個。"}, told, due)
}

// sameVersion reports whether the answers show by a strong tag, or else by a
// date, that they are about the same version.
func sameVersion(a, b *wire.Response) bool {
	if tag := a.Fields.Get("ETag"); tag != "" || b.Fields.Has("ETag") {
		return tag == b.Fields.Get("ETag") && strings.HasPrefix(tag, `"`)
	}
	modified := a.Fields.Get("Last-Modified")
	return modified != "" && modified == b.Fields.Get("Last-Modified")
}

// RFC 9110 §9.3.2: HEAD should be given the fields that GET would be, but for
// those whose value comes with making the content.
func headOfOtherFields(h *History, x *wire.Exchange, r *Report) {
	head, get, p := headAndGet(h, x)
	if p == nil || replaced(head, get, "ETag") || replaced(head, get, "Last-Modified") {
		return
	}
	for _, name := range [...]string{"Content-Type", "Cache-Control", "Content-Language", "Content-Location", "Last-Modified"} {
		if !told(&head.Message, name) || !told(&get.Message, name) {
			continue
		}
		if head.Fields.Get(name) != get.Fields.Get(name) {
			r.Against(p).Final(name, lang.Text{
				En:   "%s is %s to HEAD and %s to GET.",
				ZhTW: "%s 對 HEAD 是 %s，對 GET 是 %s。"}, name, orNone(head, name), orNone(get, name))
			return
		}
	}
}

// aged reports whether the answer may come out of a cache, which says so in Age
// (RFC 9111 §4): it tells what was, not what is.
func aged(p *wire.Response) bool { return p.Has("Age") != wire.Absent }

// RFC 9110 §9.3.2: HEAD is GET without the content. What is there for GET, before
// and after, is there for HEAD in between. One GET alone proves nothing: a link
// that is good for one download is gone after it.
func headOfOtherCode(h *History, x *wire.Exchange, r *Report) {
	if x.Request.Method != "GET" {
		return
	}
	before := whole(h, x, "GET")
	if before == nil || !h.Same(before) || !before.JustBefore(x) || aged(before.Final) || aged(x.Final) ||
		replaced(before.Final, x.Final, "ETag") || replaced(before.Final, x.Final, "Last-Modified") {
		return
	}
	for _, p := range h.Resource {
		if p.Request.Method != "HEAD" || p.Number < before.Number || !h.Same(p) || !negotiated(p, x) || !before.Before(&p.Exchange) || !p.Before(x) {
			continue
		}
		switch code := p.Answer().Status; code {
		case 404, 406, 410:
			r.Against(p).Final("", lang.Text{
				En:   "GET gets 200 here and did just before, and HEAD got %d in between.",
				ZhTW: "GET 在此處與稍早都得到 200，中間的 HEAD 卻得到 %d。"}, int(code))
			return
		}
	}
}

// told reports whether the recording shows the field, or that there is none.
func told(m *wire.Message, name string) bool {
	if hidden(m, name) {
		return false
	}
	return !slices.ContainsFunc(m.Fields, func(f wire.Field) bool { return f.Redacted && strings.EqualFold(f.Name, name) })
}

func orNone(p *wire.Response, name string) string {
	if !p.Fields.Has(name) {
		return "-"
	}
	return strconv.Quote(p.Fields.Get(name))
}
