package lint

import (
	"strconv"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// 406 415 506; the rules of 415 stand in intake.go with those of its siblings.
var negotiation = []Rule{
	{
		Name: "not-acceptable-without-negotiation", Level: Definition, About: OfCause,
		Spec: "RFC 9110 §15.5.7", Codes: []status.Code{406}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: notAcceptableWithoutNegotiation,
	},
}

// RFC 9110 §15.5.7: 406 says that nothing fits the request's negotiation fields.
// Where there are none, or only an Accept that takes anything (§12.5.1), nothing
// could be unacceptable.
func notAcceptableWithoutNegotiation(x *wire.Exchange, r *Report) {
	q := &x.Request
	for i := range q.Fields {
		name := strings.ToLower(q.Fields[i].Name)
		if name != "accept" && strings.HasPrefix(name, "accept-") || name == "negotiate" || name == "prefer" || name == "a-im" {
			return
		}
	}
	if !lacks(r, &q.Message, "Accept-Language", "Accept-Encoding", "Accept-Charset") || !readable(r, &q.Message, "Accept") {
		return
	}
	switch accept := q.Fields.Get("Accept"); {
	case accept == "":
		r.Final("", lang.Text{
			En:   "The request has no field that states a preference, and the answer is 406.",
			ZhTW: "請求沒有任何表達偏好的欄位，回應卻是 406。"})
	case takesAnything(accept):
		r.Final("", lang.Text{
			En:   "The request takes anything (Accept: %s), and the answer is 406.",
			ZhTW: "請求什麼都接受（Accept: %s），回應卻是 406。"}, accept)
	}
}

// takesAnything reports whether an Accept value takes every media type: */* with
// a weight above 0, and no type refused with weight 0 (RFC 9110 §12.5.1).
func takesAnything(accept string) bool {
	all := false
	for member := range wire.Members(accept) {
		media, params, _ := strings.Cut(member, ";")
		refused := weightless(params)
		if refused {
			return false
		}
		all = all || strings.TrimSpace(media) == "*/*"
	}
	return all
}

// weightless reports whether the parameters hold the weight 0 (RFC 9110
// §12.4.2).
func weightless(params string) bool {
	for p := range strings.SplitSeq(params, ";") {
		name, v, _ := strings.Cut(p, "=")
		if strings.EqualFold(strings.TrimSpace(name), "q") {
			q, err := strconv.ParseFloat(strings.TrimSpace(v), 64)
			return err == nil && q == 0
		}
	}
	return false
}
