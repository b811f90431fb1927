package lint

import (
	"slices"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// Requests that have to be refused, and were not.
var malformed = []Rule{
	{
		Name: "malformed-request-done", Level: Must, About: OfExchange,
		Spec:  "RFC 9112 §3.2; RFC 9112 §5.1; RFC 9112 §6.3",
		Codes: []status.Code{200, 201, 202, 203, 204, 205, 206, 207, 226, 304}, Who: Server,
		Needs: wire.ShowsRequest | wire.ShowsResponse | wire.ShowsFraming | wire.ShowsOctets,
		Check: malformedRequestDone,
	},
	{
		Name: "kept-after-ambiguous-length", Level: Must, About: OfExchange,
		Spec: "RFC 9112 §6.1", Who: Server,
		Needs: wire.ShowsRequest | wire.ShowsResponse | wire.ShowsFraming | wire.ShowsConnection | wire.ShowsOctets,
		Check: keptAfterAmbiguousLength,
	},
	{
		Name: "websocket-handshake-incomplete", Level: Must, About: OfExchange,
		Spec: "RFC 6455 §4.2.1", Codes: []status.Code{101}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsConnection,
		Check: websocketHandshakeIncomplete,
	},
	{
		Name: "expectation-without-content", Level: Must, About: OfExchange,
		Spec: "RFC 9110 §10.1.1", Who: Client, Needs: wire.ShowsRequest | wire.ShowsFraming | wire.ShowsOctets,
		Check: expectationWithoutContent,
	},
}

// refused are the faults of a request that a server has to answer with 400: RFC
// 9112 §3.2 of Host, §5.1 of white space before a colon, §6.3 of a length that
// cannot be told.
var refused = []wire.FaultKind{
	wire.NoHost, wire.TwoHosts, wire.BadHost, wire.SpaceBeforeColon, wire.ChunkedNotLast, wire.BadLength, wire.LengthsDiffer,
}

func malformedRequestDone(x *wire.Exchange, r *Report) {
	q := &x.Request
	if x.Conn.Protocol != wire.H1 {
		return
	}
	for i := range q.Faults {
		if f := &q.Faults[i]; slices.Contains(refused, f.Kind) {
			says := f.Kind.Entry().Says
			r.Final("", lang.Text{
				En:   "The request has to be refused with 400, and the answer is %[1]d. %[2]s",
				ZhTW: "這個請求必須以 400 拒絕，回應卻是 %[1]d。%[3]s"}, int(x.Answer().Status), says.En, says.ZhTW)
			return
		}
	}
}

// RFC 9112 §6.1: a server may go by Transfer-Encoding where a request has
// Content-Length too; but it closes the connection after the answer, since who
// came before may have seen another end.
func keptAfterAmbiguousLength(x *wire.Exchange, r *Report) {
	p := x.Final
	if p == nil || x.Conn.Protocol != wire.H1 || !x.Request.Fields.Has("Transfer-Encoding") || !x.Request.Fields.Has("Content-Length") {
		return
	}
	if x.End == wire.EndKept || present(r, &p.Message, "Connection") && p.Fields.HasMember("Connection", "keep-alive") {
		r.Final("Connection", lang.Text{
			En:   "The request has Transfer-Encoding and Content-Length, and the connection stays open after the %d.",
			ZhTW: "請求同時有 Transfer-Encoding 與 Content-Length，連線在 %d 之後卻仍保持開啟。"}, int(p.Status))
	}
}

// RFC 6455 §4.2.1: what a server must find in a handshake before it may take it.
func websocketHandshakeIncomplete(x *wire.Exchange, r *Report) {
	i, m := switching(x)
	if m == nil || x.Conn.Protocol != wire.H1 || !m.Fields.HasMember("Upgrade", "websocket") {
		return
	}
	q := &x.Request
	lack := ""
	switch {
	case q.Method != "GET":
		lack = "GET"
	case absent(r, &q.Message, "Sec-WebSocket-Key"):
		lack = "Sec-WebSocket-Key"
	case absent(r, &q.Message, "Sec-WebSocket-Version"):
		lack = "Sec-WebSocket-Version"
	default:
		return
	}
	r.Answer(x, i, "", lang.Text{
		En:   "The handshake lacks %s, and the server switched all the same.",
		ZhTW: "交握請求缺少 %s，伺服器卻仍切換了協定。"}, lack)
}

// RFC 9110 §10.1.1: without content there is nothing to continue with.
func expectationWithoutContent(x *wire.Exchange, r *Report) {
	q := &x.Request
	// A 417 has told the client to leave the field out.
	if !q.Fields.Has("Expect") || x.Answer().Status == 417 || sendsContent(q) || q.Fields.Has("Content-Length") && q.Fields.Get("Content-Length") != "0" {
		return
	}
	if present(r, &q.Message, "Expect") && q.Fields.HasMember("Expect", "100-continue") &&
		lacks(r, &q.Message, "Transfer-Encoding") && !hidden(&q.Message, "Content-Length") && !strings.EqualFold(q.Method, "CONNECT") &&
		x.Conn.Protocol == wire.H1 {
		r.Request("Expect", lang.Text{
			En:   "The %s request expects 100-continue and has no content to send.",
			ZhTW: "%s 請求期待 100-continue，卻沒有內容要送。"}, q.Method)
	}
}
