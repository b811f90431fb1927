package lint

import (
	"bytes"
	"crypto/sha1"
	"encoding/base64"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// 101 426
var upgrade = []Rule{
	{
		Name: "switching-without-upgrade", Level: Must, About: OfMessage,
		Spec: "RFC 9110 §15.2.2", Codes: []status.Code{101}, Who: Server, Needs: wire.ShowsConnection,
		In: Both, Check: switchingWithoutUpgrade,
	},
	{
		Name: "switching-to-unoffered-protocol", Level: Must, About: OfExchange,
		Spec: "RFC 9110 §7.8", Codes: []status.Code{101}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsConnection,
		Check: switchingToUnofferedProtocol,
	},
	{
		Name: "switching-in-h2-or-h3", Level: Must, About: OfMessage,
		Spec: "RFC 9113 §8.6; RFC 9114 §4.5", Codes: []status.Code{101}, Who: Server,
		Check: switchingInH2OrH3,
	},
	{
		Name: "websocket-accept-wrong", Level: Must, About: OfExchange,
		Spec: "RFC 6455 §4.2.2", Codes: []status.Code{101}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsConnection,
		Check: websocketAcceptWrong,
	},
	{
		Name: "switching-for-http10", Level: Must, About: OfExchange,
		Spec: "RFC 9110 §7.8", Codes: []status.Code{101}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsVersion,
		Check: switchingForHTTP10,
	},
	{
		Name: "switching-before-continue", Level: Must, About: OfExchange,
		Spec: "RFC 9110 §7.8", Codes: []status.Code{101}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsInterim,
		Check: switchingBeforeContinue,
	},
	{
		Name: "switching-without-switching", Level: Definition, About: OfMessage,
		Spec: "RFC 9110 §15.2.2", Codes: []status.Code{101}, Who: Server, Needs: wire.ShowsConnection | wire.ShowsAfter,
		Check: switchingWithoutSwitching,
	},
	{
		Name: "websocket-subprotocol-not-offered", Level: Must, About: OfExchange,
		Spec: "RFC 6455 §4.2.2", Codes: []status.Code{101}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsConnection,
		Check: websocketSubprotocolNotOffered,
	},
	{
		Name: "websocket-extension-not-offered", Level: Must, About: OfExchange,
		Spec: "RFC 6455 §4.2.2", Codes: []status.Code{101}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsConnection,
		Check: websocketExtensionNotOffered,
	},
	{
		Name: "upgrade-required-without-upgrade", Level: Must, About: OfMessage,
		Spec: "RFC 9110 §15.5.22", Codes: []status.Code{426}, Who: Server, Needs: wire.ShowsResponse | wire.ShowsConnection,
		In: Both, Check: upgradeRequiredWithoutUpgrade,
	},
	{
		Name: "websocket-version-unnamed", Level: Must, About: OfExchange,
		Spec: "RFC 6455 §4.2.2", Codes: []status.Code{426}, Who: Server,
		Needs: wire.ShowsRequest | wire.ShowsResponse | wire.ShowsConnection,
		Check: websocketVersionUnnamed,
	},
	{
		Name: "upgrade-required-though-offered", Level: Definition, About: OfCause,
		Spec: "RFC 9110 §15.5.22", Codes: []status.Code{426}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse | wire.ShowsConnection,
		Check: upgradeRequiredThoughOffered,
	},
}

// switching returns the 101 of an exchange and its place among the answers.
func switching(x *wire.Exchange) (int, *wire.Message) {
	for i := range answers(x) {
		if p := answer(x, i); p.Status == 101 {
			return i, &p.Message
		}
	}
	return 0, nil
}

// RFC 9110 §15.2.2: a 101 says in Upgrade which protocol comes next.
func switchingWithoutUpgrade(x *wire.Exchange, r *Report) {
	if i, m := switching(x); m != nil && x.Conn.Protocol == wire.H1 && absent(r, m, "Upgrade") {
		r.Answer(x, i, "Upgrade", lang.Text{
			En:   "The 101 has no Upgrade field.",
			ZhTW: "101 沒有 Upgrade 欄位。"})
	}
}

// RFC 9110 §7.8: a server switches only to what the request's Upgrade offers.
func switchingToUnofferedProtocol(x *wire.Exchange, r *Report) {
	i, m := switching(x)
	if m == nil || x.Conn.Protocol != wire.H1 || !readable(r, &x.Request.Message, "Upgrade") || !readable(r, m, "Upgrade") {
		return
	}
	for protocol := range m.Fields.Members("Upgrade") {
		if !offers(&x.Request, protocol) {
			r.Answer(x, i, "Upgrade", lang.Text{
				En:   "The connection goes over to %q; the request offered %q.",
				ZhTW: "連線切換到 %q；請求提出的是 %q。"}, protocol, x.Request.Fields.Get("Upgrade"))
			return
		}
	}
}

// offers reports whether the request's Upgrade names the protocol. Names compare
// without case; a member without a version offers any.
func offers(q *wire.Request, protocol string) bool {
	name, version, _ := strings.Cut(protocol, "/")
	for member := range q.Fields.Members("Upgrade") {
		n, v, _ := strings.Cut(member, "/")
		if strings.EqualFold(n, name) && (v == version || v == "" || version == "") {
			return true
		}
	}
	return false
}

// RFC 9113 §8.6 and RFC 9114 §4.5: neither HTTP/2 nor HTTP/3 has 101.
func switchingInH2OrH3(x *wire.Exchange, r *Report) {
	if x.Conn.Protocol != wire.H2 && x.Conn.Protocol != wire.H3 {
		return
	}
	i, _ := switching(x)
	r.Answer(x, i, "", lang.Text{
		En:   "A 101 came on %s, which has no such answer.",
		ZhTW: "在 %s 上收到 101，而該協定沒有這個回應。"}, string(x.Conn.Protocol))
}

// RFC 6455 §4.2.2: Sec-WebSocket-Accept is the base64 of the SHA-1 of the
// client's key followed by a fixed string.
func websocketAcceptWrong(x *wire.Exchange, r *Report) {
	i, m := switching(x)
	if m == nil || !m.Fields.HasMember("Upgrade", "websocket") {
		return
	}
	key, ok := value(r, &x.Request.Message, "Sec-WebSocket-Key")
	if !ok || !readable(r, m, "Sec-WebSocket-Accept") {
		return
	}
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	due := base64.StdEncoding.EncodeToString(sum[:])
	if got := m.Fields.Get("Sec-WebSocket-Accept"); got != due {
		r.Answer(x, i, "Sec-WebSocket-Accept", lang.Text{
			En:   "Sec-WebSocket-Accept is %q; the key %q asks for %q.",
			ZhTW: "Sec-WebSocket-Accept 是 %q；依金鑰 %q 應為 %q。"}, got, key, due)
	}
}

// RFC 9110 §7.8: Upgrade in an HTTP/1.0 request is ignored.
func switchingForHTTP10(x *wire.Exchange, r *Report) {
	i, m := switching(x)
	if m != nil && x.Conn.Protocol == wire.H1 && x.Request.Version == (wire.Version{Major: 1}) && present(r, &x.Request.Message, "Upgrade") {
		r.Answer(x, i, "", lang.Text{
			En:   "The request said HTTP/1.0, so its Upgrade: %s has to be ignored; the connection was switched.",
			ZhTW: "請求是 HTTP/1.0，其中的 Upgrade: %s 應被忽略；連線卻切換了。"}, x.Request.Fields.Get("Upgrade"))
	}
}

// RFC 9110 §7.8: where the request has both Upgrade and the expectation
// 100-continue, 100 comes before 101.
func switchingBeforeContinue(x *wire.Exchange, r *Report) {
	i, m := switching(x)
	q := &x.Request
	if m == nil || !q.Version.AtLeast(1, 1) || !readable(r, &q.Message, "Expect") || !q.Fields.HasMember("Expect", "100-continue") {
		return
	}
	for j := range i {
		if x.Interim[j].Status == 100 {
			return
		}
	}
	r.Answer(x, i, "", lang.Text{
		En:   "The request expects 100-continue, and 101 came without a 100 before it.",
		ZhTW: "請求期待 100-continue，101 之前卻沒有 100。"})
}

// RFC 9110 §15.2.2: after the empty line of the 101 the octets are the new
// protocol's.
func switchingWithoutSwitching(x *wire.Exchange, r *Report) {
	i, m := switching(x)
	if m == nil || !bytes.HasPrefix(x.After, []byte("HTTP/1.")) {
		return
	}
	for protocol := range m.Fields.Members("Upgrade") {
		if name, _, _ := strings.Cut(protocol, "/"); strings.EqualFold(name, "HTTP") {
			return
		}
	}
	line, _, _ := bytes.Cut(x.After, []byte("\r\n"))
	r.Answer(x, i, "", lang.Text{
		En:   "The connection goes over to %q, and HTTP/1.1 goes on: %q.",
		ZhTW: "連線應切換到 %q，接著的卻還是 HTTP/1.1：%q。"}, m.Fields.Get("Upgrade"), string(line))
}

// websocket returns the 101 that opens a WebSocket, and its place.
func websocket(x *wire.Exchange) (int, *wire.Message) {
	if i, m := switching(x); m != nil && m.Fields.HasMember("Upgrade", "websocket") {
		return i, m
	}
	return 0, nil
}

// RFC 6455 §4.2.2: the server takes one of the subprotocols that the client
// lists, or sends no such field.
func websocketSubprotocolNotOffered(x *wire.Exchange, r *Report) {
	const field = "Sec-WebSocket-Protocol"
	i, m := websocket(x)
	if m == nil || !readable(r, &x.Request.Message, field) {
		return
	}
	taken, ok := value(r, m, field)
	if !ok {
		return
	}
	for offered := range x.Request.Fields.Members(field) {
		if offered == taken {
			return
		}
	}
	r.Answer(x, i, field, lang.Text{
		En:   "The server takes the subprotocol %q; the client offered %q.",
		ZhTW: "伺服器採用子協定 %q；用戶端提出的是 %q。"}, taken, x.Request.Fields.Get(field))
}

// RFC 6455 §4.2.2: extensions that the client did not list are not listed.
func websocketExtensionNotOffered(x *wire.Exchange, r *Report) {
	const field = "Sec-WebSocket-Extensions"
	i, m := websocket(x)
	if m == nil || !readable(r, &x.Request.Message, field) || !readable(r, m, field) {
		return
	}
	for taken := range m.Fields.Members(field) {
		if !offersExtension(&x.Request, field, unparameterized(taken)) {
			r.Answer(x, i, field, lang.Text{
				En:   "The server takes the extension %q; the client offered %q.",
				ZhTW: "伺服器採用擴充 %q；用戶端提出的是 %q。"}, taken, x.Request.Fields.Get(field))
			return
		}
	}
}

func offersExtension(q *wire.Request, field, name string) bool {
	for offered := range q.Fields.Members(field) {
		if unparameterized(offered) == name {
			return true
		}
	}
	return false
}

// unparameterized returns a list member without its parameters.
func unparameterized(member string) string {
	name, _, _ := strings.Cut(member, ";")
	return strings.TrimRight(name, " \t")
}

// RFC 9110 §15.5.22: a 426 names the protocols that would do. Over HTTP/2 and
// HTTP/3 it cannot: there connection-field-in-h2-or-h3 forbids the field.
func upgradeRequiredWithoutUpgrade(x *wire.Exchange, r *Report) {
	if p := x.Answer(); absent(r, &p.Message, "Upgrade") {
		r.Final("Upgrade", lang.Text{
			En:   "The 426 does not say which protocol it asks for.",
			ZhTW: "426 沒有說明要求哪個協定。"})
	}
}

// RFC 9110 §15.5.22: a 426 asks for another protocol. Where the request offered
// that very protocol already, the client has nothing left to change. RFC 6455
// §4.2.2 lets a server refuse the version of WebSocket alone; it then says so in
// Sec-WebSocket-Version.
func upgradeRequiredThoughOffered(x *wire.Exchange, r *Report) {
	p := x.Answer()
	if !readable(r, &x.Request.Message, "Upgrade") || !readable(r, &p.Message, "Upgrade") ||
		!absent(r, &p.Message, "Sec-WebSocket-Version") {
		return
	}
	// Of a version that no server speaks, websocket-version-unnamed speaks.
	if asked, ok := value(r, &x.Request.Message, "Sec-WebSocket-Version"); ok && asked != "13" {
		return
	}
	// RFC 9110 §7.8, §7.6.1: an offer in HTTP/1.0, or one that Connection does not
	// name, is ignored, as if it had not been made.
	if !x.Request.Version.AtLeast(1, 1) || !x.Request.Fields.HasMember("Connection", "upgrade") {
		return
	}
	for protocol := range p.Fields.Members("Upgrade") {
		if offers(&x.Request, protocol) {
			r.Final("Upgrade", lang.Text{
				En:   "The 426 asks for %q, which the request offered in Upgrade: %s.",
				ZhTW: "426 要求 %q，而請求已在 Upgrade: %s 中提出。"}, protocol, x.Request.Fields.Get("Upgrade"))
			return
		}
	}
}

// RFC 6455 §4.2.2: where the version of WebSocket is refused, the answer says in
// Sec-WebSocket-Version which versions would do. Version 13 is the only one that
// servers speak, so any other is the reason.
func websocketVersionUnnamed(x *wire.Exchange, r *Report) {
	asked, ok := value(r, &x.Request.Message, "Sec-WebSocket-Version")
	if ok && asked != "13" && x.Request.Fields.HasMember("Upgrade", "websocket") &&
		absent(r, &x.Answer().Message, "Sec-WebSocket-Version") {
		r.Final("Sec-WebSocket-Version", lang.Text{
			En:   "Version %s of WebSocket is refused, and nothing says which would do.",
			ZhTW: "拒絕了 WebSocket 第 %s 版，卻沒有說明支援哪些版本。"}, asked)
	}
}
