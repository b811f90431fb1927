package stage

import (
	"fmt"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// onlyUpgrade is why 101 and 426 have no scenes over HTTP/2 and HTTP/3.
var onlyUpgrade = lang.Text{
	En:   "Upgrade changes the protocol of one HTTP/1.1 connection. HTTP/2 and HTTP/3 share theirs among streams and have neither the field nor 101 (RFC 9113 §8.6, RFC 9114 §4.5).",
	ZhTW: "Upgrade 改變的是一條 HTTP/1.1 連線的協定。HTTP/2 與 HTTP/3 的連線由許多串流共用，沒有這個欄位，也沒有 101（RFC 9113 §8.6、RFC 9114 §4.5）。"}

// The field lines of a WebSocket handshake (RFC 6455 §4.2.1).
const (
	socketKey     = "c3RhdHV0ZSdzIHNhbXBsZQ==" // 16 octets
	socketOffer   = "Connection: Upgrade\r\nUpgrade: websocket\r\n"
	socketVersion = "Sec-WebSocket-Version: 13\r\n"
	socketNonce   = "Sec-WebSocket-Key: " + socketKey + "\r\n"
	socketExpects = "Content-Length: 3\r\nExpect: 100-continue\r\n"
)

// socketRequest is a GET for the WebSocket with these field lines.
func socketRequest(lines string) string {
	return "GET /lab/ws HTTP/1.1\r\nHost: {host}\r\n" + lines + "\r\n"
}

// switched is the handshake that is accepted, with a frame that proves it.
var switched = Step{Octets: socketRequest(socketOffer + socketVersion + socketNonce), Status: 101,
	Frames: masked(1, "tea") + masked(8, "\x03\xe8"), Echo: "\x81\x03tea" + "\x88\x02\x03\xe8",
	Evidence: []Evidence{carries("Upgrade", "websocket"), carries("Connection", "Upgrade"),
		carries("Sec-WebSocket-Accept", posedAcceptKey(socketKey)), echoed}}

var upgrade = []Scene{
	{
		Code: 101, Name: "one-message-each-way",
		Cause: lang.Text{
			En:   "The client offers WebSocket, and this resource speaks it: the connection goes over.",
			ZhTW: "用戶端提議改用 WebSocket，而這個資源說的正是它，於是連線切換過去。"},
		Cue: []Step{switched},
		Control: []Step{{Octets: socketRequest(""), Status: 426,
			Evidence: []Evidence{because(9, "upgrade-required"), carries("Upgrade", "websocket"), carries("Connection", "Upgrade")}}},
		Differs: lang.Text{En: "Nothing is offered.", ZhTW: "沒有提議任何協定。"},
		Over:    over(wire.H1), Only: onlyUpgrade,
	},
	{
		Code: 101, Name: "after-the-content",
		Cause: lang.Text{
			En:   "The handshake has content that waits for 100: it comes first, since the other protocol begins behind the whole request.",
			ZhTW: "交握請求還有等著 100 的內容：先收內容，因為另一個協定要等整個請求結束才開始。"},
		Cue: []Step{{Octets: socketRequest(socketOffer+socketVersion+socketNonce+socketExpects) + "tea", Manner: Hold,
			Interim: codes(100), Status: 101, Frames: switched.Frames, Echo: switched.Echo, Evidence: switched.Evidence}},
		Control: []Step{{Octets: socketRequest(socketExpects) + "tea", Manner: Hold,
			Status: 426, Evidence: []Evidence{because(9, "upgrade-required")}}},
		Differs: lang.Text{
			En:   "Nothing is offered, so the fields alone decide: 426 comes at once, and no 100.",
			ZhTW: "沒有提議任何協定，單憑欄位就能裁決：直接回 426，沒有 100。"},
		Over: over(wire.H1), Only: onlyUpgrade,
	},
	{
		Code: 426, Name: "websocket-only",
		Cause: lang.Text{
			En:   "The resource speaks WebSocket and nothing else, and the request offers nothing.",
			ZhTW: "這個資源只說 WebSocket，而請求沒有提議任何協定。"},
		Cue: []Step{{Method: "GET", Path: "/lab/ws", Status: 426,
			Evidence: []Evidence{because(9, "upgrade-required"), carries("Upgrade", "websocket"), carries("Connection", "Upgrade"), names("Connection: Upgrade")}}},
		Control: []Step{switched},
		Differs: lang.Text{En: "The request is a WebSocket handshake.", ZhTW: "請求是 WebSocket 交握。"},
		Over:    over(wire.H1), Only: onlyUpgrade,
	},
	{
		Code: 426, Name: "a-draft-of-websocket",
		Cause: lang.Text{
			En:   "The client speaks version 8, a draft; the resource speaks version 13, the standard.",
			ZhTW: "用戶端說的是草案時期的第 8 版，而資源說的是標準的第 13 版。"},
		Cue: []Step{{Octets: socketRequest(socketOffer + "Sec-WebSocket-Version: 8\r\n" + socketNonce), Status: 426,
			Evidence: []Evidence{because(9, "websocket-version"), carries("Upgrade", "websocket"), carries("Sec-WebSocket-Version", "13")}}},
		Control: []Step{switched},
		Differs: lang.Text{En: "The version is 13.", ZhTW: "版本是 13。"},
		Over:    over(wire.H1), Only: onlyUpgrade,
	},
	{
		Code: 400, Name: "handshake-without-a-key",
		Cause: lang.Text{
			En:   "The client offers WebSocket but sends no key, so its handshake cannot be answered.",
			ZhTW: "用戶端提議改用 WebSocket，卻沒有送金鑰，交握無從回應。"},
		Cue: []Step{{Octets: socketRequest(socketOffer + socketVersion), Status: 400,
			Evidence: []Evidence{because(9, "websocket-handshake"), names("Sec-WebSocket-Key")}}},
		Control: []Step{switched},
		Differs: lang.Text{En: "The key is there.", ZhTW: "有金鑰。"},
		Over:    over(wire.H1), Only: onlyUpgrade,
	},
}

// masked is a frame of one whole message as a client writes it (RFC 6455 §5.2,
// §5.3); opcode 1 is text, 8 is Close.
func masked(opcode byte, payload string) string {
	mask := [4]byte{0x74, 0x65, 0x61, 0x21}
	frame := append([]byte{0x80 | opcode, 0x80 | byte(len(payload))}, mask[:]...)
	for i := range len(payload) {
		frame = append(frame, payload[i]^mask[i%4])
	}
	return string(frame)
}

// echoed: what the step sends after the 101 was answered in the new protocol.
// Whoever plays the step compares the octets; the exchange ends before them.
var echoed = Evidence{
	Says: lang.Text{
		En:   "then WebSocket is spoken: a text message comes back, and so does Close",
		ZhTW: "接著說的就是 WebSocket：文字訊息原樣送回，Close 也有回應"},
	Check: func(x *wire.Exchange) error {
		if x.End != wire.EndTunnel {
			return fmt.Errorf("the exchange ended %s, not as a tunnel", x.End)
		}
		return nil
	},
}
