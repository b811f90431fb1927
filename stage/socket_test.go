package stage

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// openSocket returns a WebSocket to an echo with these bounds.
func openSocket(t *testing.T, s *sockets) *websocket.Conn {
	t.Helper()
	ended := make(chan struct{}, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := s.resource().decide(w, r); err != nil {
			t.Error(err)
		}
		ended <- struct{}{}
	}))
	t.Cleanup(server.Close)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(server.URL, "http"), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		conn.CloseNow()
		select {
		case <-ended:
		case <-time.After(10 * time.Second):
			t.Error("the handler goes on after its client has left")
		}
	})
	return conn
}

func TestSocketEcho(t *testing.T) {
	s := newSockets()
	conn := openSocket(t, s)
	conn.SetReadLimit(s.most)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for _, m := range []struct {
		kind websocket.MessageType
		text string
	}{
		{websocket.MessageText, "茶"},
		{websocket.MessageBinary, "\x00\xff"},
		{websocket.MessageText, ""},
		{websocket.MessageBinary, strings.Repeat("x", int(s.most))},
	} {
		if err := conn.Write(ctx, m.kind, []byte(m.text)); err != nil {
			t.Fatal(err)
		}
		if kind, got, err := conn.Read(ctx); err != nil || kind != m.kind || string(got) != m.text {
			t.Fatalf("%v %.20q (%v), want %v %.20q", kind, got, err, m.kind, m.text)
		}
	}
	if err := conn.Close(websocket.StatusNormalClosure, ""); err != nil {
		t.Error(err)
	}
}

// What ends a WebSocket from our side, and with which code (RFC 6455 §7.4.1).
func TestSocketEnds(t *testing.T) {
	for _, test := range []struct {
		name  string
		bound func(*sockets)
		send  func(*sockets, context.Context, *websocket.Conn) error
		want  websocket.StatusCode
	}{
		{"an octet too much", func(s *sockets) { s.most = 100 },
			func(_ *sockets, ctx context.Context, c *websocket.Conn) error {
				return c.Write(ctx, websocket.MessageText, make([]byte, 101))
			}, websocket.StatusMessageTooBig},
		{"text that is none", func(*sockets) {},
			func(_ *sockets, ctx context.Context, c *websocket.Conn) error {
				return c.Write(ctx, websocket.MessageText, []byte("\xff"))
			}, websocket.StatusInvalidFramePayloadData},
		{"silence", func(s *sockets) { s.idle = 50 * time.Millisecond },
			func(*sockets, context.Context, *websocket.Conn) error { return nil }, websocket.StatusPolicyViolation},
		{"a long stay", func(s *sockets) { s.stay = 50 * time.Millisecond },
			func(*sockets, context.Context, *websocket.Conn) error { return nil }, websocket.StatusPolicyViolation},
		{"the end of the lab", func(*sockets) {},
			func(s *sockets, _ context.Context, _ *websocket.Conn) error { s.close(); return nil }, websocket.StatusGoingAway},
		{"the end of the lab, before", func(s *sockets) { s.close() },
			func(*sockets, context.Context, *websocket.Conn) error { return nil }, websocket.StatusGoingAway},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newSockets()
			test.bound(s)
			conn := openSocket(t, s)
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			if err := test.send(s, ctx, conn); err != nil {
				t.Fatal(err)
			}
			if _, m, err := conn.Read(ctx); websocket.CloseStatus(err) != test.want {
				t.Errorf("%q, %v; want the end with %d", m, err, test.want)
			}
		})
	}
}

// A client that does not read and does not close is left behind in time.
func TestSocketLeavesTheDeaf(t *testing.T) {
	s := newSockets()
	s.write = 100 * time.Millisecond
	ended := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer close(ended)
		s.resource().decide(w, r)
	}))
	defer server.Close()
	conn, err := net.Dial("tcp", strings.TrimPrefix(server.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	io.WriteString(conn, strings.ReplaceAll(switched.Octets, "{host}", "lab"))
	frame := append([]byte{0x82, 0xff, 0, 0, 0, 0, 0, 0, 0x80, 0, 0, 0, 0, 0}, make([]byte, 0x8000)...)
	conn.SetWriteDeadline(time.Now().Add(20 * time.Second))
	for {
		if _, err := conn.Write(frame); err != nil {
			break
		}
	}
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Error("the handler still waits for a client that reads nothing")
	}
}
