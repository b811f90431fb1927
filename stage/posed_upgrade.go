package stage

import (
	"bufio"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// A 101 with nothing behind it would be a lie on the connection, so a posed one
// has a second protocol: echo, which is no registered name and sends every octet
// back, or websocket, which says in one message that it is posed and closes.

const posedEchoLimit = 64 << 10 // octets that a switched connection carries from the client

// posedOffer returns the protocol to which the request lets us switch, in the
// client's order; empty for none. It has to come with GET and without content,
// so that there is nothing else to honour (RFC 9110 §7.8).
func posedOffer(r *http.Request) string {
	if r.Method != http.MethodGet || r.ContentLength != 0 || !posedHasMember(r.Header, "Connection", "upgrade") {
		return ""
	}
	for _, line := range r.Header.Values("Upgrade") {
		for offered := range wire.Members(line) {
			switch {
			case strings.EqualFold(offered, "echo"):
				return "echo"
			case strings.EqualFold(offered, "websocket") && posedHandshake(r.Header):
				return "websocket"
			}
		}
	}
	return ""
}

// posedHandshake reports whether the fields of a WebSocket handshake are there
// (RFC 6455 §4.2.1).
func posedHandshake(h http.Header) bool {
	nonce, err := base64.StdEncoding.DecodeString(h.Get("Sec-WebSocket-Key"))
	return err == nil && len(nonce) == 16 && h.Get("Sec-WebSocket-Version") == "13"
}

func (p *posed) switchProtocols(w http.ResponseWriter, r *http.Request, reply posedReply) *wire.Refusal {
	conn, buf, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return &wire.Refusal{
			Status: http.StatusInternalServerError,
			Reason: "posed-hijack",
			Spec:   "RFC 9110 §15.6.1",
			Detail: lang.Text{
				En:   "The server in front of the posed answers does not hand over its connections, so none can switch protocols.",
				ZhTW: "示範回應前面的伺服器沒有交出連線，因此無法切換協定。",
			},
			Close: true,
		}
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(p.LingerTime))
	protocol := posedOffer(r)
	h := reply.header
	h.Del("Cache-Control")
	h.Set("Connection", "Upgrade")
	h.Set("Upgrade", protocol)
	h.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	if protocol == "websocket" {
		h.Set("Sec-WebSocket-Accept", posedAcceptKey(r.Header.Get("Sec-WebSocket-Key")))
	}
	// A client that asked for 100 as well gets it first (RFC 9110 §7.8).
	if strings.EqualFold(r.Header.Get("Expect"), "100-continue") {
		buf.WriteString("HTTP/1.1 100 Continue\r\n\r\n")
	}
	buf.WriteString("HTTP/1.1 101 Switching Protocols\r\n")
	h.Write(buf)
	buf.WriteString("\r\n")
	if buf.Flush() != nil {
		return nil
	}
	if protocol == "websocket" {
		posedWebSocket(buf, p.page(reply.code, reply.code, p.Language(r)).Message)
		return nil
	}
	io.CopyN(conn, buf.Reader, posedEchoLimit)
	return nil
}

// posedAcceptKey proves that the handshake was read (RFC 6455 §4.2.2).
func posedAcceptKey(key string) string {
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// posedWebSocket sends one text message and a Close frame with code 1000, then
// waits for the client's Close, because the server is the one to close the
// connection under it (RFC 6455 §5.5.1, §7.1.1).
func posedWebSocket(buf *bufio.ReadWriter, message string) {
	if len(message) < 126 {
		buf.Write([]byte{0x81, byte(len(message))})
	} else {
		buf.Write(binary.BigEndian.AppendUint16([]byte{0x81, 126}, uint16(len(message))))
	}
	buf.WriteString(message)
	buf.Write([]byte{0x88, 2, 0x03, 0xe8})
	if buf.Flush() != nil {
		return
	}
	for from := io.LimitReader(buf, posedEchoLimit); ; {
		opcode, err := posedSkipFrame(from)
		if err != nil || opcode == 8 {
			return
		}
	}
}

// posedSkipFrame reads a frame away and returns its opcode (RFC 6455 §5.2).
func posedSkipFrame(from io.Reader) (opcode byte, err error) {
	var head [2]byte
	if _, err := io.ReadFull(from, head[:]); err != nil {
		return 0, err
	}
	length := int64(head[1] & 0x7f)
	var extended [8]byte
	switch length {
	case 126:
		_, err = io.ReadFull(from, extended[6:])
		length = int64(binary.BigEndian.Uint64(extended[:]))
	case 127:
		_, err = io.ReadFull(from, extended[:])
		length = int64(binary.BigEndian.Uint64(extended[:]) & (1<<62 - 1))
	}
	if err != nil {
		return 0, err
	}
	if head[1]&0x80 != 0 {
		length += 4 // the masking key
	}
	_, err = io.CopyN(io.Discard, from, length)
	return head[0] & 0x0f, err
}
