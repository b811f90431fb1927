package serve_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"
	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/statute-http/statute/serve"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

// TestStalledReader: over each protocol a client asks, and takes nothing of the
// answer while it keeps its connection open. Whoever writes is let go. What a
// small answer leaves in the hands of the HTTP/2 library goes the same way.
func TestStalledReader(t *testing.T) {
	ended := make(chan error, 1)
	s := startAll(t, &serve.Server{Limits: serve.Limits{Write: 300 * time.Millisecond}, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/small" {
			io.WriteString(w, "tea")
			ended <- nil
			return
		}
		var err error
		for piece := make([]byte, 100_000); err == nil; {
			_, err = w.Write(piece)
		}
		ended <- err
	})})
	for name, stall := range map[string]func(*testing.T, *serve.Server, string){"h1": stallH1, "h2": stallH2, "h3": stallH3} {
		for _, path := range []string{"/large", "/small"} {
			if path == "/small" && name != "h2" {
				continue // it fits in what the system takes without the client
			}
			t.Run(name+path, func(t *testing.T) {
				stall(t, s, path)
				select {
				case err := <-ended:
					if (err != nil) != (path == "/large") {
						t.Errorf("the handler's writing ended with %v", err)
					}
				case <-time.After(20 * time.Second):
					t.Fatal("the handler is still writing")
				}
			})
		}
	}
}

func stallH1(t *testing.T, s *serve.Server, path string) {
	c, err := net.Dial("tcp", s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: a.test\r\n\r\n", path)
}

// stallH2 opens no window for its stream, reads all frames there are, and waits
// for the one that ends the stream.
func stallH2(t *testing.T, s *serve.Server, path string) {
	c, err := net.Dial("tcp", s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	io.WriteString(c, http2.ClientPreface)
	f := http2.NewFramer(c, c)
	f.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 0})
	var fields bytes.Buffer
	enc := hpack.NewEncoder(&fields)
	for _, field := range []string{":method GET", ":scheme http", ":authority a.test", ":path " + path} {
		name, value, _ := strings.Cut(field, " ")
		enc.WriteField(hpack.HeaderField{Name: name, Value: value})
	}
	f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: fields.Bytes(), EndStream: true, EndHeaders: true})
	c.SetReadDeadline(time.Now().Add(20 * time.Second))
	for {
		frame, err := f.ReadFrame()
		if err != nil {
			t.Fatalf("instead of the stream's end: %v", err)
		}
		switch frame := frame.(type) {
		case *http2.SettingsFrame:
			if !frame.IsAck() {
				f.WriteSettingsAck()
			}
		case *http2.PingFrame:
			f.WritePing(true, frame.Data)
		case *http2.DataFrame:
			if len(frame.Data()) > 0 {
				t.Fatalf("%d octets came through a closed window", len(frame.Data()))
			}
		case *http2.RSTStreamFrame:
			return
		}
	}
}

func stallH3(t *testing.T, s *serve.Server, path string) {
	target := lanes[4].target(t, s)
	config := target.TLS.Clone()
	config.NextProtos = []string{http3.NextProtoH3}
	conn, err := quic.DialAddr(t.Context(), target.Address, config, &quic.Config{InitialStreamReceiveWindow: 1000, MaxStreamReceiveWindow: 1000, KeepAlivePeriod: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.CloseWithError(0, "") })
	stream, err := (&http3.Transport{}).NewClientConn(conn).OpenRequestStream(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	q, _ := http.NewRequestWithContext(t.Context(), "GET", "https://localhost"+path, nil)
	if err := stream.SendRequestHeader(q); err != nil {
		t.Fatal(err)
	}
}

// TestUnhurriedHandler: the time is that of one write. A handler that rests for
// longer between two of them, and a client that takes its time with each piece,
// have the whole answer.
func TestUnhurriedHandler(t *testing.T) {
	const within = 200 * time.Millisecond
	s := startAll(t, &serve.Server{Limits: serve.Limits{Write: within}, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for range 3 {
			w.Write(bytes.Repeat([]byte("tea "), 50_000))
			http.NewResponseController(w).Flush()
			time.Sleep(2 * within)
		}
	})})
	for _, l := range lanes {
		t.Run(l.name, func(t *testing.T) {
			x := ask(t, l.dial(t, s), &peer.Request{})
			if x.Final == nil || x.Final.Content.Length != 600_000 || !x.Final.Content.Complete {
				t.Errorf("%v, ended %s: %+v", x.Statuses(), x.End, x.Answer().Content.Length)
			}
		})
	}
}

// TestShortContent: the libraries say by their words alone, or by an error of the
// standard library, that content ended before its content-length. Should they
// change that, no client would be told what was wrong any more.
func TestShortContent(t *testing.T) {
	s := startAll(t, &serve.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body) })})
	for _, l := range lanes[2:] {
		t.Run(l.name, func(t *testing.T) {
			scheme := "http"
			if l.secure {
				scheme = "https"
			}
			x := ask(t, l.dial(t, s), &peer.Request{Content: []byte("tea"), Section: wire.Fields{
				{Name: ":method", Value: "PUT"}, {Name: ":scheme", Value: scheme}, {Name: ":authority", Value: "localhost"},
				{Name: ":path", Value: "/"}, {Name: "content-length", Value: "5"}}})
			if x.Final == nil || x.Final.Status != 400 || !bytes.Contains(x.Final.Content.Data, []byte(`"reason": "content-length-mismatch"`)) {
				t.Errorf("%v, ended %s: %s", x.Statuses(), x.End, x.Answer().Content.Data)
			}
		})
	}
}
