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
	{
		Name: "not-acceptable-for-language", Level: Advice, About: OfCause,
		Spec: "RFC 9110 §12.5.4", Codes: []status.Code{406}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: notAcceptableForLanguage,
	},
	{
		Name: "list-response-incomplete", Level: Must, About: OfMessage,
		Spec: "RFC 2295 §10.1", Codes: []status.Code{300, 406}, Who: Server, Needs: wire.ShowsResponse,
		Check: listResponseIncomplete,
	},
	{
		Name: "preference-not-asked", Level: Definition, About: OfExchange,
		Spec: "RFC 7240 §3", Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: preferenceNotAsked,
	},
	{
		Name: "coding-refused-without-accept-encoding", Level: Should, About: OfExchange,
		Spec: "RFC 9110 §15.5.16", Codes: []status.Code{415}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: codingRefusedWithoutAcceptEncoding,
	},
	{
		Name: "coding-blamed-for-type", Level: Must, About: OfExchange,
		Spec: "RFC 9110 §12.5.3", Codes: []status.Code{415}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: codingBlamedForType,
	},
	{
		Name: "type-refused-without-accept", Level: Advice, About: OfExchange,
		Spec: "RFC 9110 §15.5.16", Codes: []status.Code{415}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: typeRefusedWithoutAccept,
	},
	{
		Name: "accepted-type-refused", Level: Advice, About: OfExchange,
		Spec: "RFC 9110 §15.5.16", Codes: []status.Code{415}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: acceptedTypeRefused,
	},
	{
		Name: "variant-refused-without-negotiation", Level: Definition, About: OfCause,
		Spec: "RFC 2295 §8.1", Codes: []status.Code{506}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: variantRefusedWithoutNegotiation,
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

// RFC 9110 §12.5.4: where no language fits, the server may send what it has; a
// reader can have it translated, and cannot do anything with a 406.
func notAcceptableForLanguage(x *wire.Exchange, r *Report) {
	q := &x.Request
	if !present(r, &q.Message, "Accept-Language") || !readable(r, &q.Message, "Accept") ||
		!lacks(r, &q.Message, "Accept-Charset", "Negotiate", "Prefer", "A-IM") {
		return
	}
	if accept := q.Fields.Get("Accept"); accept != "" && !takesAnything(accept) || strings.Contains(q.Fields.Get("Accept-Encoding"), "q=0") {
		return
	}
	r.Final("", lang.Text{
		En:   "Only Accept-Language: %s could be the reason for this 406.",
		ZhTW: "這個 406 的原因只可能是 Accept-Language: %s。"}, q.Fields.Get("Accept-Language"))
}

// acceptFields are those in which a 415 says what it would take.
var acceptFields = []string{"Accept", "Accept-Encoding", "Accept-Patch", "Accept-Post"}

// RFC 9110 §15.5.16: where the coding was the reason for the 415,
// Accept-Encoding ought to say which would do (§12.5.3).
func codingRefusedWithoutAcceptEncoding(x *wire.Exchange, r *Report) {
	coding, ok := value(r, &x.Request.Message, "Content-Encoding")
	if ok && !strings.EqualFold(coding, "identity") && lacks(r, &x.Answer().Message, acceptFields...) {
		r.Final("Accept-Encoding", lang.Text{
			En:   "The 415 to content in the coding %s says neither which codings nor which types would do.",
			ZhTW: "對內容編碼 %s 的 415，既沒有說明接受哪些編碼，也沒有說明接受哪些類型。"}, coding)
	}
}

// RFC 9110 §12.5.3: Accept-Encoding on a 415 says that the coding was the reason.
// Content in no coding cannot have been refused for its coding.
func codingBlamedForType(x *wire.Exchange, r *Report) {
	if v, ok := value(r, &x.Answer().Message, "Accept-Encoding"); ok && absent(r, &x.Request.Message, "Content-Encoding") && sendsContent(&x.Request) {
		r.Final("Accept-Encoding", lang.Text{
			En:   "The request's content is in no coding, and the 415 has Accept-Encoding: %s.",
			ZhTW: "請求的內容沒有使用編碼，415 卻帶有 Accept-Encoding: %s。"}, v)
	}
}

// RFC 9110 §15.5.16: Accept can say which types would do. Of PATCH,
// patch-refused-without-accept-patch speaks.
func typeRefusedWithoutAccept(x *wire.Exchange, r *Report) {
	if x.Request.Method == "PATCH" || !absent(r, &x.Request.Message, "Content-Encoding") {
		return
	}
	media, ok := value(r, &x.Request.Message, "Content-Type")
	if ok && lacks(r, &x.Answer().Message, acceptFields...) {
		r.Final("Accept", lang.Text{
			En:   "The 415 to content of type %s does not say which types would do.",
			ZhTW: "對類型 %s 的 415 沒有說明接受哪些類型。"}, media)
	}
}

// RFC 9110 §15.5.16: 415 refuses the type or the coding of the content; what it
// lists as taken cannot be what it refuses. Only a list that names the type
// itself is judged: a type without parameters may mean any. As the data may turn
// out not to be of its type (ibid.), this is advice.
func acceptedTypeRefused(x *wire.Exchange, r *Report) {
	if !absent(r, &x.Request.Message, "Content-Encoding") {
		return
	}
	media, ok := value(r, &x.Request.Message, "Content-Type")
	if !ok {
		return
	}
	for _, name := range []string{"Accept", "Accept-Patch", "Accept-Post"} {
		if !x.Answer().Fields.Has(name) {
			continue
		}
		v, _ := value(r, &x.Answer().Message, name)
		for member := range wire.Members(v) {
			if strings.EqualFold(strings.ReplaceAll(member, " ", ""), strings.ReplaceAll(media, " ", "")) {
				r.Final(name, lang.Text{
					En:   "The 415 refuses %s and lists it: %s: %s.",
					ZhTW: "415 拒絕 %s，卻又把它列在 %s: %s。"}, media, name, v)
				return
			}
		}
	}
}

// RFC 2295 §8.1: 506 comes out of transparent negotiation, which shows in the
// request (§8.4) or in the answer (§8.3, §8.5).
func variantRefusedWithoutNegotiation(x *wire.Exchange, r *Report) {
	if absent(r, &x.Request.Message, "Negotiate") && lacks(r, &x.Answer().Message, "TCN", "Alternates") {
		r.Final("", lang.Text{
			En:   "Nothing in the exchange negotiates transparently: no Negotiate, no TCN, no Alternates.",
			ZhTW: "這次往來沒有透明協商的跡象：沒有 Negotiate、TCN 或 Alternates。"})
	}
}

// RFC 2295 §10.1: a list response has Alternates and Vary beside TCN: list.
func listResponseIncomplete(x *wire.Exchange, r *Report) {
	m := &x.Answer().Message
	if !present(r, m, "TCN") || !m.Fields.HasMember("TCN", "list") {
		return
	}
	for _, name := range [...]string{"Alternates", "Vary"} {
		if absent(r, m, name) {
			r.Final(name, lang.Text{
				En:   "The %d says TCN: list, and has no %s.",
				ZhTW: "%d 寫著 TCN: list，卻沒有 %s。"}, int(x.Answer().Status), name)
			return
		}
	}
}

// RFC 7240 §3: Preference-Applied says which of the request's preferences were
// honoured. Brief, which is older, asks for the same as return=minimal (RFC 8144
// Appendix A). What a cache has stored answers an earlier request.
func preferenceNotAsked(x *wire.Exchange, r *Report) {
	if x.Final == nil || !x.Final.Fields.Has("Preference-Applied") || !readable(r, &x.Request.Message, "Prefer") || x.Request.Fields.Has("Brief") {
		return
	}
	if _, _, stored := fromCache(x, r); stored {
		return
	}
	v, ok := value(r, &x.Final.Message, "Preference-Applied")
	if !ok {
		return
	}
	for applied := range wire.Members(v) {
		if !preferred(x.Request.Fields, applied) {
			r.Final("Preference-Applied", lang.Text{
				En:   "The answer says that it honours %s; the request has Prefer: %q.",
				ZhTW: "回應表示遵照 %s；請求卻是 Prefer: %q。"}, applied, x.Request.Fields.Get("Prefer"))
			return
		}
	}
}

// preferred reports whether Prefer asks for the preference. Of return and handling,
// which name one of two ways (RFC 7240 §4.2, §4.4), it has to be the one that was
// asked for first (§2); of others, as wait=100, a server may apply a part. A
// semicolon where a comma should stand is forgiven.
func preferred(fields wire.Fields, applied string) bool {
	name, v := preference(unparameterized(applied))
	for member := range fields.Members("Prefer") {
		for part := range strings.SplitSeq(member, ";") {
			asked, with := preference(part)
			if asked == name {
				oneOfTwo := name == "return" || name == "handling"
				return !oneOfTwo || v == "" || with == "" || strings.EqualFold(v, with)
			}
		}
	}
	return false
}

// preference returns the name of a preference, in lower case, and its value. OData
// writes its own with a prefix and without one (unverified).
func preference(s string) (name, v string) {
	name, v, _ = strings.Cut(s, "=")
	name = strings.TrimPrefix(strings.ToLower(strings.TrimSpace(name)), "odata.")
	return name, strings.Trim(v, "\" \t")
}
