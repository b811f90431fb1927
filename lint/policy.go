package lint

import (
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// 402 451
var policy = []Rule{
	{
		Name: "payment-required-without-terms", Level: Advice, About: OfMessage,
		Spec: "RFC 9110 §15.5.3", Codes: []status.Code{402}, Who: Server,
		Needs: wire.ShowsRequest | wire.ShowsResponse | wire.ShowsContent,
		Check: paymentRequiredWithoutTerms,
	},
	{
		Name: "legal-block-without-blocker", Level: Should, About: OfMessage,
		Spec: "RFC 7725 §4", Codes: []status.Code{451}, Who: Server, Needs: wire.ShowsResponse,
		In: Both, Check: legalBlockWithoutBlocker,
	},
}

// RFC 7725 §4: who blocks should name itself in a Link with rel="blocked-by".
func legalBlockWithoutBlocker(x *wire.Exchange, r *Report) {
	m := &x.Answer().Message
	if !readable(r, m, "Link") {
		return
	}
	for v := range m.Fields.Values("Link") {
		if strings.Contains(strings.ToLower(v), "blocked-by") {
			return
		}
	}
	r.Final("Link", lang.Text{
		En:   "The 451 does not say who blocks: no Link has rel=\"blocked-by\".",
		ZhTW: "451 沒有說明是誰封鎖：沒有 rel=\"blocked-by\" 的 Link。"})
}

// RFC 9110 §15.5.3: 402 is reserved, so that no client knows by itself what to do
// about it. Schemes that use it tell: in a challenge, in a field of their own, by a
// link, or in content for programs.
func paymentRequiredWithoutTerms(x *wire.Exchange, r *Report) {
	p := x.Answer()
	if !lacks(r, &p.Message, "WWW-Authenticate", "Link", "Location") {
		return
	}
	for i := range p.Fields {
		if containsFold(p.Fields[i].Name, "payment") {
			return
		}
	}
	data, ok := text(x, r)
	if !ok {
		return
	}
	media, ok := value(r, &p.Message, "Content-Type")
	if !ok || !isMedia(media, "text/plain") && !isMedia(media, "text/html") {
		return
	}
	if !containsFold(data, "href") && !containsFold(data, "://") {
		r.Final("", lang.Text{
			En:   "The 402 names neither what is to be paid nor where.",
			ZhTW: "402 沒有說明要付什麼，也沒有說明在哪裡付。"})
	}
}
