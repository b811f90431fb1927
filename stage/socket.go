package stage

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
	"unicode/utf8"

	"github.com/coder/websocket"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// sockets are the lab's WebSockets: each sends every message back until the
// client closes it, falls silent or stays too long, or the lab closes.
type sockets struct {
	over  context.Context // ends when the lab closes
	close context.CancelFunc
	most  int64         // octets of a message
	idle  time.Duration // without a message
	stay  time.Duration // in all
	write time.Duration // for the client to take a message
}

func newSockets() *sockets {
	s := &sockets{most: 64 << 10, idle: time.Minute, stay: 10 * time.Minute, write: 10 * time.Second}
	s.over, s.close = context.WithCancel(context.Background())
	return s
}

// resource is a WebSocket that speaks nothing else.
func (s *sockets) resource() *mechanism {
	return &mechanism{
		allow: []string{http.MethodGet, http.MethodHead, http.MethodOptions},
		handle: func(w http.ResponseWriter, r *http.Request) error {
			if err := handshake(r); err != nil {
				return err
			}
			if err := s.passContent(r); err != nil {
				return err
			}
			// Pages of any origin may use the lab.
			conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
			if err == nil {
				s.echo(conn)
			}
			return nil // what Accept refuses, it has answered
		},
	}
}

// echo sends messages back until the WebSocket is over.
func (s *sockets) echo(conn *websocket.Conn) {
	defer conn.CloseNow()
	conn.SetReadLimit(s.most)
	end := func(code websocket.StatusCode, why string) func() {
		return func() { conn.Close(code, why) }
	}
	// RFC 6455 §7.4.1: 1001 is for a server that goes down, 1008 for a rule of
	// ours that no other code names, 1007 for text that is not UTF-8.
	defer context.AfterFunc(s.over, end(websocket.StatusGoingAway, "the server is stopping"))()
	idle := time.AfterFunc(s.idle, end(websocket.StatusPolicyViolation, "silent for too long"))
	defer idle.Stop()
	defer time.AfterFunc(s.stay, end(websocket.StatusPolicyViolation, "open for too long")).Stop()
	for {
		kind, message, err := conn.Read(context.Background())
		if err != nil {
			return
		}
		idle.Reset(s.idle)
		if kind == websocket.MessageText && !utf8.Valid(message) {
			conn.Close(websocket.StatusInvalidFramePayloadData, "this text is not UTF-8")
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), s.write)
		err = conn.Write(ctx, kind, message)
		cancel()
		if err != nil {
			return
		}
	}
}

// passContent reads the content away: the other protocol begins behind the
// whole request (RFC 9110 §7.8). By this reading a client that waits for 100
// gets it before the 101.
func (s *sockets) passContent(r *http.Request) error {
	n, err := io.Copy(io.Discard, io.LimitReader(r.Body, s.most+1))
	switch {
	case n > s.most:
		return &wire.Refusal{
			Status: 413, Gate: 14, Reason: "content-too-large", Spec: "RFC 9110 §15.5.14",
			Detail: lang.Text{
				En:   fmt.Sprintf("A handshake needs no content, and this one has more than the %d octets that are read away.", s.most),
				ZhTW: fmt.Sprintf("交握不需要內容，而這個請求的內容超過願意讀掉的 %d 個位元組。", s.most)},
		}
	case errors.Is(err, io.ErrUnexpectedEOF):
		panic(http.ErrAbortHandler) // the client has left
	}
	return err
}

// handshake returns the refusal of a request that is no WebSocket handshake.
func handshake(r *http.Request) error {
	versions, keys := r.Header.Values("Sec-WebSocket-Version"), r.Header.Values("Sec-WebSocket-Key")
	switch {
	case r.ProtoMajor != 1:
		return noUpgrade(r.ProtoMajor)
	// RFC 9110 §7.8: Upgrade in an HTTP/1.0 request is ignored. §7.6.1: so it is
	// where Connection does not name it, since then it was for somebody else.
	case !r.ProtoAtLeast(1, 1),
		!posedHasMember(r.Header, "Connection", "upgrade"),
		!posedHasMember(r.Header, "Upgrade", "websocket"):
		return upgradeRequired()
	// RFC 6455 §4.2.1: the parts of a handshake.
	case r.Method != http.MethodGet:
		return noHandshake("its method is GET", "方法必須是 GET")
	case len(versions) != 1:
		return noHandshake("it has one Sec-WebSocket-Version", "必須有一個 Sec-WebSocket-Version")
	case versions[0] != "13":
		return otherVersion()
	case len(keys) != 1:
		return noHandshake("it has one Sec-WebSocket-Key", "必須有一個 Sec-WebSocket-Key")
	}
	if octets, err := base64.StdEncoding.DecodeString(keys[0]); err != nil || len(octets) != 16 {
		return noHandshake("its Sec-WebSocket-Key is 16 octets in base64", "Sec-WebSocket-Key 必須是以 base64 寫成的 16 個位元組")
	}
	return nil
}

// asksForWebSocket: RFC 9110 §15.5.22, a 426 says in Upgrade what would do;
// §7.8, whoever sends Upgrade names it in Connection.
var asksForWebSocket = wire.Fields{{Name: "Upgrade", Value: "websocket"}, {Name: "Connection", Value: "Upgrade"}}

func upgradeRequired() *wire.Refusal {
	return &wire.Refusal{
		Status: 426, Gate: 9, Reason: "upgrade-required", Spec: "RFC 9110 §15.5.22",
		Detail: lang.Text{
			En:   "This resource speaks WebSocket only. Send the handshake over HTTP/1.1: Connection: Upgrade, Upgrade: websocket, Sec-WebSocket-Version: 13 and a Sec-WebSocket-Key.",
			ZhTW: "這個資源只說 WebSocket。請以 HTTP/1.1 送出交握：Connection: Upgrade、Upgrade: websocket、Sec-WebSocket-Version: 13，以及一個 Sec-WebSocket-Key。"},
		Fields: asksForWebSocket,
	}
}

// otherVersion: RFC 6455 §4.4, a version that is not spoken is answered with
// those that are; §4.2.2 suggests 426 for it.
func otherVersion() *wire.Refusal {
	return &wire.Refusal{
		Status: 426, Gate: 9, Reason: "websocket-version", Spec: "RFC 6455 §4.2.2",
		Detail: lang.Text{
			En:   "This resource speaks version 13 of WebSocket only. Repeat the handshake with Sec-WebSocket-Version: 13.",
			ZhTW: "這個資源只說 WebSocket 第 13 版。請以 Sec-WebSocket-Version: 13 重新交握。"},
		Fields: append(asksForWebSocket[:2:2], wire.Field{Name: "Sec-WebSocket-Version", Value: "13"}),
	}
}

// noHandshake: RFC 6455 §4.2.1, a handshake that is not as it should be is
// answered with an error, such as 400.
func noHandshake(should, shouldZhTW string) *wire.Refusal {
	return &wire.Refusal{
		Status: 400, Gate: 9, Reason: "websocket-handshake", Spec: "RFC 6455 §4.2.1",
		Detail: lang.Text{
			En:   "The request offers WebSocket, but it is no handshake: " + should + ".",
			ZhTW: "請求提議改用 WebSocket，但不是正確的交握：" + shouldZhTW + "。"},
	}
}

// noUpgrade: RFC 9113 §8.6 and RFC 9114 §4.5 have no 101, and neither version
// has the Upgrade field without which there is no 426.
func noUpgrade(major int) *wire.Refusal {
	spec := "RFC 9113 §8.6"
	if major == 3 {
		spec = "RFC 9114 §4.5"
	}
	return &wire.Refusal{
		Status: 400, Gate: 9, Reason: "no-upgrade-here", Spec: spec,
		Detail: lang.Text{
			En:   fmt.Sprintf("This resource speaks WebSocket only, and HTTP/%d cannot go over to it: its connection is shared by streams. Send the handshake over HTTP/1.1.", major),
			ZhTW: fmt.Sprintf("這個資源只說 WebSocket，而 HTTP/%d 的連線由許多串流共用，無法切換過去。請改以 HTTP/1.1 送出交握。", major)},
	}
}
