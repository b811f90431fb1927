package lint

import (
	"bytes"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// How locks are given and taken back, and the conditions that errors of WebDAV
// name in their content (RFC 4918 §16).
var locking = []Rule{
	{
		Name: "lock-without-token", Level: Must, About: OfExchange,
		Spec: "RFC 4918 §9.10.1", Codes: []status.Code{200, 201}, Who: Server,
		Needs: wire.ShowsRequest | wire.ShowsRequestContent | wire.ShowsResponse,
		Check: lockWithoutToken,
	},
	{
		Name: "unlocked-without-token", Level: Definition, About: OfExchange,
		Spec: "RFC 4918 §9.11; RFC 4918 §9.11.1", Codes: []status.Code{200, 204}, Who: Client, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: unlockedWithoutToken,
	},
	{
		Name: "lock-root-unnamed", Level: Advice, About: OfMessage,
		Spec: "RFC 4918 §16", Codes: []status.Code{423}, Who: Server,
		Needs: wire.ShowsRequest | wire.ShowsResponse | wire.ShowsContent,
		Check: lockRootUnnamed,
	},
	{
		Name: "full-without-condition", Level: Advice, About: OfMessage,
		Spec: "RFC 4331 §6", Codes: []status.Code{507}, Who: Server,
		Needs: wire.ShowsRequest | wire.ShowsResponse | wire.ShowsContent,
		Check: fullWithoutCondition,
	},
}

// RFC 4918 §9.10.1: a new lock's token comes in Lock-Token. A LOCK with If and
// without content refreshes a lock, and its answer has none (§9.10.2); with both it
// may be meant either way. Others borrow the method for locks of their own, and
// send no lockinfo (§14.11).
func lockWithoutToken(x *wire.Exchange, r *Report) {
	if x.Request.Method == "LOCK" && bytes.Contains(x.Request.Content.Data, []byte("lockinfo")) &&
		lacks(r, &x.Request.Message, "If") && absent(r, &x.Answer().Message, "Lock-Token") {
		r.Final("Lock-Token", lang.Text{
			En:   "The %d to LOCK does not say the new lock's token: it has no Lock-Token.",
			ZhTW: "對 LOCK 的 %d 沒有說明新鎖定的權杖：它沒有 Lock-Token。"}, int(x.Answer().Status))
	}
}

// RFC 4918 §9.11: UNLOCK says in Lock-Token which lock it takes away; without it
// 400 is due (§9.11.1). Others borrow the method and say it in content, which
// UNLOCK has none of.
func unlockedWithoutToken(x *wire.Exchange, r *Report) {
	if x.Request.Method == "UNLOCK" && !sendsContent(&x.Request) && absent(r, &x.Request.Message, "Lock-Token") {
		r.Request("Lock-Token", lang.Text{
			En:   "The UNLOCK does not say which lock it takes away, and was answered with %d.",
			ZhTW: "UNLOCK 沒有說明要解除哪個鎖定，卻得到 %d。"}, int(x.Answer().Status))
	}
}

// RFC 4918 §16: where lock-token-submitted stands, it holds the URL of a locked
// resource that stood in the way. An example of the same RFC leaves it empty
// (§9.6.2), and so do servers in wide use.
func lockRootUnnamed(x *wire.Exchange, r *Report) {
	data, ok := text(x, r)
	if !ok || utf16(data) {
		return
	}
	_, rest, found := bytes.Cut(data, []byte("lock-token-submitted"))
	end := bytes.IndexByte(rest, '>')
	if !found || end < 0 {
		return
	}
	inside, _, closed := bytes.Cut(rest[end+1:], []byte("lock-token-submitted"))
	if rest[max(end-1, 0)] == '/' || closed && !bytes.Contains(inside, []byte("href")) {
		r.Final("", lang.Text{
			En:   "lock-token-submitted names no locked resource: it holds no href.",
			ZhTW: "lock-token-submitted 沒有指出被鎖定的資源：其中沒有 href。"})
	}
}

// RFC 4331 §6: the 507 of a server of WebDAV should name in a DAV:error what is
// full, a quota or the disk. That binds who follows RFC 4331, which does not show;
// others borrow the code and are left alone.
func fullWithoutCondition(x *wire.Exchange, r *Report) {
	switch x.Request.Method {
	case "MKCOL", "COPY", "MOVE", "PROPPATCH", "LOCK", "BIND":
	default:
		if !x.Answer().Fields.Has("DAV") {
			return
		}
	}
	data, ok := text(x, r)
	if !ok || utf16(data) || bytes.Contains(data, []byte("DAV:")) {
		return
	}
	r.Final("", lang.Text{
		En:   "The 507 does not name what is full: there is no DAV:error.",
		ZhTW: "507 沒有指出是什麼滿了：沒有 DAV:error。"})
}
