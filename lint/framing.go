package lint

import (
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// How the end of an answer is found, whatever its code.
var framing = []Rule{
	{
		Name: "length-and-transfer-coding", Level: Must, About: OfMessage,
		Spec: "RFC 9112 §6.2", Who: Server, Needs: wire.ShowsResponse | wire.ShowsFraming,
		Check: lengthAndTransferCoding,
	},
	{
		Name: "transfer-coding-to-http10", Level: Must, About: OfExchange,
		Spec: "RFC 9112 §6.1", Who: Server, Needs: wire.ShowsResponse | wire.ShowsFraming | wire.ShowsVersion,
		Check: transferCodingToHTTP10,
	},
	{
		Name: "content-length-unreadable", Level: Must, About: OfMessage,
		Spec: "RFC 9110 §8.6", Who: Server, Needs: wire.ShowsResponse | wire.ShowsFraming,
		Check: contentLengthUnreadable,
	},
	{
		Name: "content-of-other-length", Level: Must, About: OfMessage,
		Spec: "RFC 9113 §8.1.1; RFC 9114 §4.1.2", Who: Server,
		Needs: wire.ShowsRequest | wire.ShowsResponse | wire.ShowsContent | wire.ShowsFraming | wire.ShowsEnd,
		Check: contentOfOtherLength,
	},
	{
		Name: "chunked-not-last", Level: Must, About: OfMessage,
		Spec: "RFC 9112 §6.1", Who: Server, Needs: wire.ShowsResponse | wire.ShowsFraming,
		Check: chunkedNotLast,
	},
	{
		Name: "close-unanswered", Level: Should, About: OfExchange,
		Spec: "RFC 9112 §9.6", Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse | wire.ShowsConnection | wire.ShowsVersion,
		Check: closeUnanswered,
	},
	{
		Name: "close-unannounced", Level: Should, About: OfMessage,
		Spec: "RFC 9112 §9.6", Who: Server,
		Needs: wire.ShowsRequest | wire.ShowsResponse | wire.ShowsConnection | wire.ShowsVersion | wire.ShowsFraming,
		Check: closeUnannounced,
	},
	{
		Name: "content-cut-short", Level: Definition, About: OfMessage,
		Spec: "RFC 9112 §8", Who: Server, Needs: wire.ShowsResponse | wire.ShowsFraming | wire.ShowsEnd,
		Check: contentCutShort,
	},
	{
		Name: "content-in-answer-to-head", Level: Must, About: OfExchange,
		Spec: "RFC 9110 §9.3.2", Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse | wire.ShowsAfter,
		Check: contentInAnswerToHead,
	},
	{
		Name: "octets-after-answer", Level: Definition, About: OfMessage,
		Spec: "RFC 9112 §6.3", Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse | wire.ShowsAfter,
		Check: octetsAfterAnswer,
	},
	{
		Name: "connection-field-in-h2-or-h3", Level: Must, About: OfMessage,
		Spec: "RFC 9113 §8.2.2; RFC 9114 §4.2", Who: Server, Needs: wire.ShowsResponse | wire.ShowsConnection,
		Check: connectionField,
	},
	{
		Name: "upgrade-without-connection-option", Level: Must, About: OfMessage,
		Spec: "RFC 9110 §7.8", Who: Server, Needs: wire.ShowsResponse | wire.ShowsConnection,
		Check: upgradeWithoutOption,
	},
	{
		Name: "early-answer-closes-unannounced", Level: Should, About: OfExchange,
		Spec: "RFC 9110 §10.1.1", Who: Server,
		Needs: wire.ShowsRequest | wire.ShowsRequestContent | wire.ShowsResponse | wire.ShowsVersion | wire.ShowsConnection | wire.ShowsEnd,
		Check: earlyAnswerClosesUnannounced,
	},
}

// endsWithHead reports whether the answer ends with its header section whatever
// its fields say (RFC 9112 §6.3): rules of their own look at what follows.
func endsWithHead(x *wire.Exchange) bool {
	code := x.Answer().Status
	return x.Request.Method == "HEAD" || code == 101 || code == 204 || code == 304 || tunnel(x)
}

// tunnel reports whether what follows the answer is not HTTP (RFC 9110 §9.3.6).
func tunnel(x *wire.Exchange) bool {
	return x.Request.Method == "CONNECT" && x.Answer().Status.Class() == status.Successful
}

// RFC 9112 §6.2: a message with Transfer-Encoding must not have Content-Length.
func lengthAndTransferCoding(x *wire.Exchange, r *Report) {
	if p := x.Final; p != nil && present(r, &p.Message, "Transfer-Encoding") && present(r, &p.Message, "Content-Length") {
		r.Final("Content-Length", lang.Text{
			En:   "The answer has Transfer-Encoding: %s and Content-Length: %s.",
			ZhTW: "回應同時有 Transfer-Encoding: %s 與 Content-Length: %s。"},
			p.Fields.Get("Transfer-Encoding"), p.Fields.Get("Content-Length"))
	}
}

// RFC 9112 §6.1: no Transfer-Encoding unless the request said HTTP/1.1 or later.
func transferCodingToHTTP10(x *wire.Exchange, r *Report) {
	p := x.Final
	if p != nil && x.Conn.Protocol == wire.H1 && x.Request.Version.Major == 1 && x.Request.Version.Minor == 0 &&
		present(r, &p.Message, "Transfer-Encoding") {
		r.Final("Transfer-Encoding", lang.Text{
			En:   "The request said HTTP/1.0, and the answer is sent with Transfer-Encoding: %s.",
			ZhTW: "請求是 HTTP/1.0，回應卻使用 Transfer-Encoding: %s。"}, p.Fields.Get("Transfer-Encoding"))
	}
}

// RFC 9110 §8.6: Content-Length is digits, and one number.
func contentLengthUnreadable(x *wire.Exchange, r *Report) {
	p := x.Final
	if p == nil || !present(r, &p.Message, "Content-Length") {
		return
	}
	lines := 0
	for v := range p.Fields.Values("Content-Length") {
		if lines++; lines > 1 || !digits(v) {
			r.Final("Content-Length", lang.Text{
				En:   "Content-Length is %q: not one decimal number.",
				ZhTW: "Content-Length 是 %q：不是單一的十進位數字。"}, p.Fields.Get("Content-Length"))
			return
		}
	}
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// RFC 9112 §8: content is incomplete if fewer octets came than Content-Length
// says, or if the chunk of size zero did not come. A client that resets is not
// the server's mistake, so only an end from the server's side counts.
func contentCutShort(x *wire.Exchange, r *Report) {
	p := x.Final
	if p == nil || endsWithHead(x) || p.Content.Complete || x.End != wire.EndCut && x.End != wire.EndClosed {
		return
	}
	switch p.Framing {
	case wire.FramedLength:
		r.Final("Content-Length", lang.Text{
			En:   "The connection ended after %d octets of content; Content-Length says %s.",
			ZhTW: "連線在傳了 %d 個位元組的內容後結束；Content-Length 寫的是 %s。"},
			p.Content.Length, p.Fields.Get("Content-Length"))
	case wire.FramedChunked:
		r.Final("Transfer-Encoding", lang.Text{
			En:   "The connection ended after %d octets of content, without the chunk of size zero that ends it.",
			ZhTW: "連線在傳了 %d 個位元組的內容後結束，沒有送出表示結尾的零長度區塊。"}, p.Content.Length)
	}
}

// RFC 9110 §9.3.2: no content in answer to HEAD.
func contentInAnswerToHead(x *wire.Exchange, r *Report) {
	if x.Final == nil || x.Request.Method != "HEAD" {
		return
	}
	if n := extra(x); n > 0 {
		r.Final("", lang.Text{
			En:   "At least %d octets follow the header section of an answer to HEAD.",
			ZhTW: "HEAD 的回應在標頭區段之後至少還有 %d 個位元組。"}, n)
	}
}

// extra returns how many octets came after the header section of an answer that
// ends there.
func extra(x *wire.Exchange) int64 {
	return max(int64(len(x.After)), x.Final.Content.Length)
}

// RFC 9112 §6.3: what follows a complete answer belongs to no answer; a client
// must not take it for one. A 204, a 304, HEAD and CONNECT have rules of their
// own or end in a tunnel.
func octetsAfterAnswer(x *wire.Exchange, r *Report) {
	if x.Final != nil && len(x.After) > 0 && !endsWithHead(x) && x.End != wire.EndTunnel {
		r.Final("", lang.Text{
			En:   "At least %d octets follow the complete answer: %q.",
			ZhTW: "完整的回應之後至少還有 %d 個位元組：%q。"}, len(x.After), string(x.After))
	}
}

var connectionFields = []string{"Connection", "Proxy-Connection", "Keep-Alive", "Transfer-Encoding", "Upgrade"}

// RFC 9113 §8.2.2 and RFC 9114 §4.2: HTTP/2 and HTTP/3 messages carry no
// connection-specific fields; a message that does is malformed.
func connectionField(x *wire.Exchange, r *Report) {
	if x.Conn.Protocol != wire.H2 && x.Conn.Protocol != wire.H3 {
		return
	}
	for i := range answers(x) {
		m := &answer(x, i).Message
		for _, name := range connectionFields {
			if present(r, m, name) {
				r.Answer(x, i, name, lang.Text{
					En:   "The answer has %s: %s on %s.",
					ZhTW: "回應帶有 %s: %s，而連線是 %s。"}, name, m.Fields.Get(name), string(x.Conn.Protocol))
				return
			}
		}
	}
}

// RFC 9110 §7.8: who sends Upgrade also names it in Connection, so that no
// intermediary forwards it.
func upgradeWithoutOption(x *wire.Exchange, r *Report) {
	if x.Conn.Protocol != wire.H1 {
		return
	}
	for i := range answers(x) {
		if m := &answer(x, i).Message; lacksUpgradeOption(r, m) {
			r.Answer(x, i, "Connection", lang.Text{
				En:   "The answer has Upgrade: %s, and Connection does not name it.",
				ZhTW: "回應有 Upgrade: %s，Connection 卻沒有列出 upgrade。"}, m.Fields.Get("Upgrade"))
			return
		}
	}
}

func lacksUpgradeOption(r *Report, m *wire.Message) bool {
	if !present(r, m, "Upgrade") || !readable(r, m, "Connection") {
		return false
	}
	for option := range m.Fields.Members("Connection") {
		if strings.EqualFold(option, "upgrade") {
			return false
		}
	}
	return true
}

// RFC 9110 §10.1.1: who answers before all content has come should say whether
// the connection closes. Without close the client is told that it stays (RFC
// 9112 §9.3), sends on, and may lose the answer to a reset.
func earlyAnswerClosesUnannounced(x *wire.Exchange, r *Report) {
	p := x.Final
	if p == nil || x.Conn.Protocol != wire.H1 || x.End != wire.EndClosed || x.Request.Content.Complete {
		return
	}
	if !p.Version.AtLeast(1, 1) || p.Framing == wire.FramedClose || !sendsContent(&x.Request) ||
		!readable(r, &p.Message, "Connection") || p.Fields.HasMember("Connection", "close") {
		return
	}
	r.Final("Connection", lang.Text{
		En:   "The %d came while the request was still being sent, and the connection closed without having been announced.",
		ZhTW: "請求還在傳送時就回應了 %d，連線又未經預告就關閉。"}, int(p.Status))
}

// RFC 9113 §8.1.1 and RFC 9114 §4.1.2: where the frames hold another number of
// octets than Content-Length states, the answer is malformed. Who sees how an
// answer ended has counted its octets; others count what they keep.
func contentOfOtherLength(x *wire.Exchange, r *Report) {
	p := x.Final
	if p == nil || p.Framing != wire.FramedStream || endsWithHead(x) || !p.Content.Complete || p.Content.Decoded || !p.Fields.Has("Content-Length") {
		return
	}
	v, ok := value(r, &p.Message, "Content-Length")
	if n, good := position(v); ok && good && n != p.Content.Length {
		r.Final("Content-Length", lang.Text{
			En:   "Content-Length is %d, and the stream brought %d octets.",
			ZhTW: "Content-Length 是 %d，串流卻送來 %d 個位元組。"}, n, p.Content.Length)
	}
}

// RFC 9112 §6.1: chunked is the last coding and is applied once.
func chunkedNotLast(x *wire.Exchange, r *Report) {
	p := x.Final
	if p == nil || x.Conn.Protocol != wire.H1 || !present(r, &p.Message, "Transfer-Encoding") {
		return
	}
	n, last := 0, false
	for coding := range p.Fields.Members("Transfer-Encoding") {
		if last = strings.EqualFold(coding, "chunked"); last {
			n++
		}
	}
	if n > 1 || n == 1 && !last {
		r.Final("Transfer-Encoding", lang.Text{
			En:   "Transfer-Encoding: %s does not end with one chunked.",
			ZhTW: "Transfer-Encoding: %s 最後不是唯一的 chunked。"}, p.Fields.Get("Transfer-Encoding"))
	}
}

// closes reports whether the message says that the connection ends with it, or
// need not say so.
func closes(m *wire.Message) bool {
	return !m.Version.AtLeast(1, 1) || m.Fields.HasMember("Connection", "close")
}

// RFC 9112 §9.6: a server that was asked to close says so too.
func closeUnanswered(x *wire.Exchange, r *Report) {
	p := x.Final
	if p == nil || x.Conn.Protocol != wire.H1 || tunnel(x) || p.Status == 101 || !x.Request.Fields.HasMember("Connection", "close") {
		return
	}
	if present(r, &x.Request.Message, "Connection") && !closes(&p.Message) && readable(r, &p.Message, "Connection") {
		r.Final("Connection", lang.Text{
			En:   "The request has Connection: close, the answer %d has not.",
			ZhTW: "請求帶有 Connection: close，回應 %d 卻沒有。"}, int(p.Status))
	}
}

// RFC 9112 §9.6: who is going to close says so. Content without a length ends
// where the connection does (§6.3).
func closeUnannounced(x *wire.Exchange, r *Report) {
	p := x.Final
	if p == nil || x.Conn.Protocol != wire.H1 || p.Framing != wire.FramedClose && (p.Framing != wire.Unframed || p.Content.Length == 0) ||
		endsWithHead(x) || closes(&p.Message) {
		return
	}
	if lacks(r, &p.Message, "Content-Length", "Transfer-Encoding") && readable(r, &p.Message, "Connection") && p.Status != 205 {
		r.Final("Connection", lang.Text{
			En:   "The content of the %d has no length, so that it ends with the connection, and Connection: close is missing.",
			ZhTW: "%d 的內容沒有長度，只能隨連線結束，卻沒有 Connection: close。"}, int(p.Status))
	}
}
