package stage

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// posedSwitch sends a request on a connection of its own and returns the head of
// the answer and the connection behind it.
func posedSwitch(t *testing.T, fields string) (string, *bufio.Reader, net.Conn) {
	t.Helper()
	server := posedServers(t, PosedConfig{LingerTime: 5 * time.Second})["HTTP/1.1"]
	conn, err := net.Dial("tcp", strings.TrimPrefix(server.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	fmt.Fprintf(conn, "GET /status/101?field=X-A:1 HTTP/1.1\r\nHost: a.example\r\n%s\r\n", fields)
	from := bufio.NewReader(conn)
	return posedHead(t, from), from, conn
}

func posedHead(t *testing.T, from *bufio.Reader) string {
	t.Helper()
	var head strings.Builder
	for {
		line, err := from.ReadString('\n')
		if err != nil {
			t.Fatalf("head %q: %v", head.String(), err)
		}
		if line == "\r\n" {
			return head.String()
		}
		head.WriteString(line)
	}
}

func TestPosedEcho(t *testing.T) {
	head, from, conn := posedSwitch(t, "Connection: keep-alive, upgrade\r\nUpgrade: other/2, Echo\r\nExpect: 100-continue\r\n")
	if head != "HTTP/1.1 100 Continue\r\n" {
		t.Fatalf("a client that expects 100 as well got first: %s", head)
	}
	head = posedHead(t, from)
	for _, want := range []string{"HTTP/1.1 101 Switching Protocols\r\n", "Upgrade: echo\r\n", "Connection: Upgrade\r\n", posedMark + ": 1\r\n", "X-A: 1\r\n"} {
		if !strings.Contains(head, want) {
			t.Errorf("no %q in %s", want, head)
		}
	}
	if strings.Contains(head, "Content-Length") || strings.Contains(head, "Transfer-Encoding") {
		t.Errorf("a 101 with framing: %s", head)
	}
	io.WriteString(conn, "once")
	conn.(*net.TCPConn).CloseWrite()
	if echoed, err := io.ReadAll(from); err != nil || string(echoed) != "once" {
		t.Errorf("echoed %q (%v)", echoed, err)
	}
}

func TestPosedWebSocket(t *testing.T) {
	// The key and its answer are the example of RFC 6455 §1.3.
	head, from, conn := posedSwitch(t, "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")
	if !strings.Contains(head, "Sec-Websocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n") {
		t.Fatalf("the handshake is not answered: %s", head)
	}
	frame := func() (byte, string) {
		var start [2]byte
		if _, err := io.ReadFull(from, start[:]); err != nil {
			t.Fatal(err)
		}
		length := int(start[1])
		if length == 126 {
			var long [2]byte
			io.ReadFull(from, long[:])
			if length = int(binary.BigEndian.Uint16(long[:])); length < 126 {
				t.Errorf("a length of %d takes one octet (RFC 6455 §5.2)", length)
			}
		}
		payload := make([]byte, length)
		if _, err := io.ReadFull(from, payload); err != nil {
			t.Fatal(err)
		}
		return start[0], string(payload)
	}
	if opcode, message := frame(); opcode != 0x81 || !strings.Contains(message, "101 Switching Protocols is posed") {
		t.Errorf("first frame %x %q", opcode, message)
	}
	if opcode, reason := frame(); opcode != 0x88 || reason != "\x03\xe8" {
		t.Errorf("second frame %x %q", opcode, reason)
	}
	// A masked message of some length, then a masked Close: the server ends then.
	conn.Write(append([]byte{0x82, 0xfe, 0x01, 0x00, 1, 2, 3, 4}, make([]byte, 256)...))
	conn.Write([]byte{0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8})
	if rest, err := io.ReadAll(from); err != nil || len(rest) > 0 {
		t.Errorf("after the Close: %q (%v)", rest, err)
	}
}

// An offer that is incomplete, or comes with content, is none.
func TestPosedOfferMissing(t *testing.T) {
	for _, fields := range []string{
		"Upgrade: echo\r\n",
		"Connection: Upgrade\r\n",
		"Connection: Upgrade\r\nUpgrade: telnet\r\n",
		"Connection: Upgrade\r\nUpgrade: websocket\r\n",
		"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 8\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
		"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n",
		"Connection: Upgrade\r\nUpgrade: echo\r\nContent-Length: 1\r\n\r\nx",
	} {
		head, _, _ := posedSwitch(t, fields)
		if !strings.HasPrefix(head, "HTTP/1.1 400 ") || strings.Contains(head, posedMark) {
			t.Errorf("%q got %s", fields, head)
		}
	}
}

// A server that keeps its connections to itself fails in earnest, unmarked.
func TestPosedWithoutHijack(t *testing.T) {
	r, _ := http.NewRequest("GET", "http://a.example/status/101", nil)
	r.Header.Set("Connection", "upgrade")
	r.Header.Set("Upgrade", "echo")
	w := &posedPlainWriter{header: make(http.Header)}
	NewPosed(PosedConfig{}).ServeHTTP(w, r)
	if w.code != 500 || w.header.Get(posedMark) != "" {
		t.Errorf("got %d %v", w.code, w.header)
	}
}

type posedPlainWriter struct {
	header http.Header
	code   int
}

func (w *posedPlainWriter) Header() http.Header         { return w.header }
func (w *posedPlainWriter) WriteHeader(code int)        { w.code = code }
func (w *posedPlainWriter) Write(b []byte) (int, error) { return len(b), nil }
