package lint

import (
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// Ranges on the condition that a validator still fits.
var ifRanges = []Rule{
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
