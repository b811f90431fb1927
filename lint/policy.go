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
