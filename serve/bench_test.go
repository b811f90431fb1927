package serve_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/statute-http/statute/serve"
	"github.com/statute-http/statute/stage"
	"github.com/statute-http/statute/wire"
)

// benchHead is what a plain HTTP client sends.
const benchHead = "GET /status/204 HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUser-Agent: bench/1.0\r\nAccept: */*\r\n\r\n"

// A posed 204 by the handler that the server really has, then the two plainest
// answers. Ours and net/http's run the same handler; ours has its tap open
// besides.
func BenchmarkPosed204(b *testing.B) {
	besideNetHTTP(b, stage.NewPosed(stage.PosedConfig{}))
}

func BenchmarkPlain204(b *testing.B) {
	besideNetHTTP(b, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusNoContent)
	}))
}

func BenchmarkSmall200(b *testing.B) {
	besideNetHTTP(b, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		io.WriteString(w, "Hello, World!")
	}))
}

func besideNetHTTP(b *testing.B, h http.Handler) {
	b.Run("ours", func(b *testing.B) {
		seen := make(chan *wire.Exchange, 64)
		go func() {
			for range seen {
			}
		}()
		s := &serve.Server{Handler: h, Tap: func(x *wire.Exchange) {
			select {
			case seen <- x:
			default:
			}
		}}
		b.Cleanup(func() { close(seen) }) // after the server's own clean-up, which start adds
		start(b, s)
		askOverAndOver(b, s.Addr())
	})
	b.Run("nethttp", func(b *testing.B) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			b.Fatal(err)
		}
		s := &http.Server{Handler: h, IdleTimeout: time.Minute, ReadHeaderTimeout: 10 * time.Second}
		go s.Serve(l)
		b.Cleanup(func() {
			ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
			defer cancel()
			s.Shutdown(ctx)
		})
		askOverAndOver(b, l.Addr())
	})
}

// askOverAndOver sends one request after another on one connection. The client
// allocates nothing and parses nothing: each answer is as long as the first.
func askOverAndOver(b *testing.B, addr net.Addr) {
	c, err := net.Dial("tcp", addr.String())
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(time.Minute))
	head, answer := []byte(benchHead), make([]byte, 4<<10)
	if _, err := c.Write(head); err != nil {
		b.Fatal(err)
	}
	length, err := c.Read(answer)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Write(head); err != nil {
			b.Fatal(err)
		}
		if _, err := io.ReadFull(c, answer[:length]); err != nil {
			b.Fatal(err)
		}
	}
	if string(answer[:9]) != "HTTP/1.1 " {
		b.Fatalf("answers are not all of one length: %q", answer[:length])
	}
}
