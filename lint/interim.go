package lint

import (
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// 100 102 103 104, and what holds for every 1xx.
var interim = []Rule{
	{
		Name: "interim-to-http10", Level: Must, About: OfExchange,
		Spec: "RFC 9110 §15.2", Who: Server, Needs: wire.ShowsVersion,
		Check: interimToHTTP10,
	},
	{
		Name: "length-on-interim", Level: Must, About: OfMessage,
		Spec: "RFC 9110 §8.6", Who: Server, Needs: wire.ShowsFraming,
		Check: lengthOnInterim,
	},
	{
		Name: "transfer-coding-on-interim", Level: Must, About: OfMessage,
		Spec: "RFC 9112 §6.1", Who: Server, Needs: wire.ShowsFraming,
		Check: transferCodingOnInterim,
	},
	{
		Name: "continue-without-expectation", Level: Advice, About: OfCause,
		Spec: "RFC 9110 §15.2.1", Codes: []status.Code{100}, Who: Server, Needs: wire.ShowsRequest,
		Check: continueWithoutExpectation,
	},
	{
		Name: "early-hints-without-hint", Level: Advice, About: OfMessage,
		Spec: "RFC 8297 §2", Codes: []status.Code{103}, Who: Server,
		Check: earlyHintsWithoutHint,
	},
}

// informational returns the place of the first 1xx from answer i on, the final
// 101 among them; -1 if there is none.
func informational(x *wire.Exchange, i int) int {
	for ; i < answers(x); i++ {
		if answer(x, i).Status.Interim() {
			return i
		}
	}
	return -1
}

// RFC 9110 §15.2: HTTP/1.0 knows no 1xx; none is sent to such a client.
func interimToHTTP10(x *wire.Exchange, r *Report) {
	if x.Conn.Protocol != wire.H1 || x.Request.Version != (wire.Version{Major: 1, Minor: 0}) {
		return
	}
	if i := informational(x, 0); i >= 0 {
		r.Answer(x, i, "", lang.Text{
			En:   "The request said HTTP/1.0 and was answered with %d, which that version does not know.",
			ZhTW: "請求是 HTTP/1.0，卻收到該版本不認得的 %d。"}, int(answer(x, i).Status))
	}
}

// RFC 9110 §8.6: no Content-Length in a 1xx.
func lengthOnInterim(x *wire.Exchange, r *Report) {
	for i := informational(x, 0); i >= 0; i = informational(x, i+1) {
		if p := answer(x, i); present(r, &p.Message, "Content-Length") {
			r.Answer(x, i, "Content-Length", lang.Text{
				En:   "The interim answer %d has Content-Length: %s.",
				ZhTW: "暫時回應 %d 帶有 Content-Length: %s。"}, int(p.Status), p.Fields.Get("Content-Length"))
			return
		}
	}
}

// RFC 9112 §6.1: no Transfer-Encoding in a 1xx.
func transferCodingOnInterim(x *wire.Exchange, r *Report) {
	if x.Conn.Protocol != wire.H1 {
		return
	}
	for i := informational(x, 0); i >= 0; i = informational(x, i+1) {
		if p := answer(x, i); present(r, &p.Message, "Transfer-Encoding") {
			r.Answer(x, i, "Transfer-Encoding", lang.Text{
				En:   "The interim answer %d has Transfer-Encoding: %s.",
				ZhTW: "暫時回應 %d 帶有 Transfer-Encoding: %s。"}, int(p.Status), p.Fields.Get("Transfer-Encoding"))
			return
		}
	}
}

// RFC 9110 §15.2.1: 100 answers the expectation 100-continue. Without one the
// client just discards it: an octet's waste, and a trap for old clients.
func continueWithoutExpectation(x *wire.Exchange, r *Report) {
	if !readable(r, &x.Request.Message, "Expect") || x.Request.Fields.HasMember("Expect", "100-continue") {
		return
	}
	for i := range x.Interim {
		if x.Interim[i].Status == 100 {
			r.Answer(x, i, "", lang.Text{
				En:   "A 100 was sent to a %s request that did not expect one.",
				ZhTW: "%s 請求並未期待 100，卻收到了。"}, x.Request.Method)
			return
		}
	}
}

// RFC 8297 §2: a 103 carries fields that the final answer is likely to have.
// Without any, it says nothing.
func earlyHintsWithoutHint(x *wire.Exchange, r *Report) {
	for i := range x.Interim {
		if p := &x.Interim[i]; p.Status == 103 && len(p.Fields) == 0 && len(p.Hidden) == 0 {
			r.Answer(x, i, "Link", lang.Text{
				En:   "A 103 came without a single field to hint at.",
				ZhTW: "收到的 103 連一個提示欄位都沒有。"})
			return
		}
	}
}
