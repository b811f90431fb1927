package serve

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/statute-http/statute/wire"
)

// maxFields is the size of a field section that HTTP/2 and HTTP/3 let through
// to the guard. net/http and quic-go answer a larger one by themselves, with a
// page of their own or a reset; below it the guard answers 414 or 431 as we do
// over HTTP/1.1.
const maxFields = 1 << 20

// newH2 returns net/http's server, for HTTP/2 alone: over TLS, and in the clear
// by prior knowledge. RFC 9113 §3.1 knows no upgrade from HTTP/1.1 any more.
func (s *Server) newH2() *http.Server {
	protocols := new(http.Protocols)
	protocols.SetHTTP2(true)
	protocols.SetUnencryptedHTTP2(true)
	return &http.Server{
		Handler:        s.guard(wire.H2),
		Protocols:      protocols,
		TLSConfig:      &tls.Config{NextProtos: []string{"h2"}},
		MaxHeaderBytes: maxFields,
		IdleTimeout:    s.Limits.Idle,
		HTTP2: &http.HTTP2Config{
			MaxConcurrentStreams: s.Limits.Streams,
			MaxReadFrameSize:     16 << 10, // the least that RFC 9113 §4.2 allows: one frame is one buffer
			WriteByteTimeout:     s.Limits.Write,
			SendPingTimeout:      s.Limits.Idle / 2,
			PingTimeout:          s.Limits.Write,
		},
		ErrorLog: slog.NewLogLogger(s.Log.Handler(), slog.LevelDebug),
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			facts := &wire.Conn{Protocol: wire.H2, Peer: c.RemoteAddr().String()}
			if t, ok := c.(*tls.Conn); ok {
				facts.TLS = tlsFacts(t.ConnectionState())
			}
			return context.WithValue(ctx, wire.ConnKey, facts)
		},
	}
}

// shutdownH2 sends GOAWAY, lets requests end and waits for that. net/http tells
// its connections once, when Shutdown begins: one that was just accepted and had
// not read its preface would not hear of it and stay until its client left. So
// all are told again, those that know it already without effect.
func (s *Server) shutdownH2(ctx context.Context) {
	for ctx.Err() == nil {
		once, cancel := context.WithTimeout(ctx, time.Second/4)
		err := s.overH2.Shutdown(once)
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) {
			return
		}
	}
}

func tlsFacts(state tls.ConnectionState) *wire.TLS {
	return &wire.TLS{
		Version: state.Version, ServerName: state.ServerName,
		ALPN: state.NegotiatedProtocol, Resumed: state.DidResume,
	}
}
