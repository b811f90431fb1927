package lint

import (
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// 305 306 418 510
var retired = []Rule{
	{
		Name: "use-proxy-sent", Level: Definition, About: OfMessage,
		Spec: "RFC 9110 §15.4.6", Codes: []status.Code{305}, Who: Server, Needs: wire.ShowsResponse,
		In: Both, Check: useProxySent,
	},
	{
		Name: "unused-306-sent", Level: Definition, About: OfMessage,
		Spec: "RFC 9110 §15.4.7", Codes: []status.Code{306}, Who: Server, Needs: wire.ShowsResponse,
		In: Both, Check: unused306Sent,
	},
	{
		Name: "teapot-without-coffee", Level: Definition, About: OfCause,
		Spec: "RFC 9110 §15.5.19", Codes: []status.Code{418}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: teapotWithoutCoffee,
	},
	{
		Name: "not-extended-sent", Level: Advice, About: OfMessage,
		Spec: "RFC 2774 §7", Codes: []status.Code{510}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		In: Both, Check: notExtendedSent,
	},
}

// RFC 9110 §15.4.6: 305 is deprecated; RFC 7231 Appendix B says why: a server
// could send a client through a proxy of its choice.
func useProxySent(x *wire.Exchange, r *Report) {
	r.Final("", lang.Text{
		En:   "305 tells the client to use a proxy of the server's choice; no client should obey.",
		ZhTW: "305 要用戶端使用伺服器指定的代理伺服器；沒有用戶端該照做。"})
}

// RFC 9110 §15.4.7: 306 is reserved and has no meaning.
func unused306Sent(x *wire.Exchange, r *Report) {
	r.Final("", lang.Text{
		En:   "306 is reserved; no client can know what it means.",
		ZhTW: "306 是保留的狀態碼；沒有用戶端能知道它的意思。"})
}

// RFC 9110 §15.5.19: 418 is reserved because of a joke, and means nothing in
// HTTP. Within the joke (RFC 2324 §2.3.2) it answers a request for coffee: by
// BREW, by its scheme, or by the media type of its content.
func teapotWithoutCoffee(x *wire.Exchange, r *Report) {
	q := &x.Request
	if q.Method == "BREW" || q.Method == "WHEN" || q.Scheme == "coffee" || !readable(r, &q.Message, "Content-Type") {
		return
	}
	media := strings.ToLower(q.Fields.Get("Content-Type"))
	if strings.Contains(media, "coffeepot") || strings.Contains(media, "coffee-pot-command") || strings.Contains(media, "teapot") {
		return
	}
	r.Final("", lang.Text{
		En:   "418 answers a %s request that asks for no coffee.",
		ZhTW: "%s 請求並沒有要咖啡，卻得到 418。"}, q.Method)
}

// RFC 2774 §7: 510 asks for an extended request. The framework was an experiment
// and is history; only a client that shows that it knows it can do something
// with the code (ibid. §3, §4).
func notExtendedSent(x *wire.Exchange, r *Report) {
	q := &x.Request
	if strings.HasPrefix(q.Method, "M-") || !lacks(r, &q.Message, "Man", "Opt", "C-Man", "C-Opt") {
		return
	}
	r.Final("", lang.Text{
		En:   "510 asks for an extension that the client shows no sign of knowing.",
		ZhTW: "510 要求擴充，而用戶端沒有任何認得它的跡象。"})
}
