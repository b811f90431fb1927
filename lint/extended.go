package lint

import (
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// Mandatory requests of the extension framework (RFC 2774). The prefix "M-" is
// reserved for them (§5); M-SEARCH, which devices send each other, is one.
var extended = []Rule{
	{
		Name: "mandatory-undeclared-done", Level: Must, About: OfExchange,
		Spec: "RFC 2774 §5", Codes: []status.Code{200, 201, 202, 203, 204, 205, 206}, Who: Server,
		Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: mandatoryUndeclaredDone,
	},
	{
		Name: "mandatory-unacknowledged", Level: Must, About: OfExchange,
		Spec: "RFC 2774 §5.1", Codes: []status.Code{200, 201, 202, 203, 204, 205, 206}, Who: Server,
		Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: mandatoryUnacknowledged,
	},
}

// RFC 2774 §5: a request with the prefix "M-" and no mandatory declaration gets
// 510.
func mandatoryUndeclaredDone(x *wire.Exchange, r *Report) {
	if strings.HasPrefix(x.Request.Method, "M-") && lacks(r, &x.Request.Message, "Man", "C-Man") {
		r.Final("", lang.Text{
			En:   "The %s names no extension in Man or C-Man, and was answered with %d: 510 is due.",
			ZhTW: "%s 沒有在 Man 或 C-Man 指出擴充，卻得到 %d：應回應 510。"}, x.Request.Method, int(x.Answer().Status))
	}
}

// RFC 2774 §5.1: Ext in the answer says that the extensions of Man were obeyed;
// without it, the server may only have left the prefix out of account.
func mandatoryUnacknowledged(x *wire.Exchange, r *Report) {
	if strings.HasPrefix(x.Request.Method, "M-") && present(r, &x.Request.Message, "Man") && absent(r, &x.Answer().Message, "Ext") {
		r.Final("Ext", lang.Text{
			En:   "The %d to %s does not say that the extension was obeyed: it has no Ext.",
			ZhTW: "對 %[2]s 的 %[1]d 沒有說明已遵守擴充：它沒有 Ext。"}, int(x.Answer().Status), x.Request.Method)
	}
}
