package road_test

import (
	"bytes"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/statute-http/statute/stage/road"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

// A client of HTTP/2 that asks and takes nothing holds its passage, or its
// tunnel, no longer than a hop is patient. There is room for one.
func TestClientThatTakesNothing(t *testing.T) {
	content := strings.Repeat("tea\n", 20_000)
	b := script(t, func(c *peer.ServerConn, q *wire.Request) {
		c.Send("HTTP/1.1 200 OK\r\nContent-Length: 80000\r\n\r\n" + content)
	})
	login := hpack.HeaderField{Name: "proxy-authorization", Value: "Basic Z3Vlc3Q6Z3Vlc3Q="}
	for _, test := range []struct {
		name string
		head []hpack.HeaderField
		says string // within the tunnel
	}{
		{"a passage", []hpack.HeaderField{{Name: ":method", Value: "GET"}, {Name: ":scheme", Value: "http"}, {Name: ":authority", Value: b.Addr()}, {Name: ":path", Value: "/"}, login}, ""},
		{"a tunnel", []hpack.HeaderField{{Name: ":method", Value: "CONNECT"}, {Name: ":authority", Value: b.Addr()}, login}, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := &road.Proxy{
				Hop: &road.Hop{Name: "test-hop", Patience: patience, Idle: time.Minute, Most: 1}, Reach: &road.Reach{Lab: []string{b.Addr()}},
				Users: map[string]road.User{"guest": {Password: "guest"}},
			}
			at := front(t, p)
			conn, err := net.Dial("tcp", at)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			conn.SetDeadline(time.Now().Add(20 * time.Second))
			io.WriteString(conn, http2.ClientPreface)
			var head bytes.Buffer
			for encoder := hpack.NewEncoder(&head); len(test.head) > 0; test.head = test.head[1:] {
				encoder.WriteField(test.head[0])
			}
			f := http2.NewFramer(conn, conn)
			f.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 0})
			f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: head.Bytes(), EndHeaders: true, EndStream: test.says == ""})
			if test.says != "" {
				f.WriteData(1, false, []byte(test.says))
			}
			awaitReset(t, f)
			x := &wire.Exchange{}
			for until := time.Now().Add(5 * time.Second); time.Now().Before(until); {
				x = do(t, wire.H1, at, &peer.Request{Path: "http://" + b.Addr() + "/", Fields: basic("guest"), Keep: 1 << 20})
				if x.Final == nil || x.Final.Status != 503 { // the stream's end comes a moment before the passage's
					break
				}
			}
			if x.Final == nil || x.Final.Status != 200 || len(x.Final.Content.Data) != len(content) {
				t.Errorf("then another client gets %v", x.Statuses())
			}
		})
	}
}

// awaitReset reads frames until the stream is reset.
func awaitReset(t *testing.T, f *http2.Framer) {
	for {
		frame, err := f.ReadFrame()
		if err != nil {
			t.Fatalf("the stream was not ended: %v", err)
		}
		switch frame := frame.(type) {
		case *http2.SettingsFrame:
			if !frame.IsAck() {
				f.WriteSettingsAck()
			}
		case *http2.RSTStreamFrame:
			return
		case *http2.DataFrame:
			t.Fatal("content came without a window for it")
		}
	}
}
