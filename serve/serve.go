// Package serve answers HTTP/1.1, HTTP/2 and HTTP/3 on one address, exactly.
//
// One TCP port tells by the first octets what a connection speaks: TLS, whose
// ALPN chooses HTTP/2 or HTTP/1.1; HTTP/2 in the clear, by its preface; else
// HTTP/1.1. HTTP/3 listens on the same port number over UDP. All three run the
// same [net/http.Handler].
//
// HTTP/1.1 is our own engine on package wire (h1*.go), because net/http decides
// a dozen codes by itself and hides the rest: here every refusal has the code
// that the specifications ask for and says, as problem details, which gate
// refused, for what reason and by which section. HTTP/2 is net/http's and HTTP/3
// is quic-go's; a guard around the handler keeps the rules that both let slip.
//
// The package decides gates 0, 1, 4, 5 and 6 of the order of decision ([Gates]) and
// knows nothing of what the handlers do. Everything has a limit ([Limits]). A
// tap sees each exchange when it is over, redacted, and cannot delay it.
package serve

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// A Server runs one handler over all protocols. Set the fields before Listen.
type Server struct {
	Handler http.Handler
	Limits  Limits
	TLS     *tls.Config // certificates; nil: no TLS and so no HTTP/3
	Lang    lang.Tag    // of refusals to requests that state no preference
	Log     *slog.Logger

	// OverTCP is for servers that are reached over TCP alone: no UDP port is
	// opened, and no HTTP/3 offered.
	OverTCP bool

	// EarlyData accepts requests in TLS early data (RFC 8470), which may be
	// replays: Handler then has to begin with Replay. HTTP/3 only, since
	// crypto/tls accepts none over TCP.
	EarlyData bool

	// Tap is called with each exchange after its answer has left, on the
	// connection's goroutine: it must not wait. Nil: no exchange is made.
	Tap func(*wire.Exchange)

	tcp      net.Listener
	udp      net.PacketConn
	altSvc   string // goes with answers over TLS
	overH2   *http.Server
	handOver *handOver
	overH3   *h3Server
	count    counter

	mu       sync.Mutex
	conns    map[*conn]struct{} // HTTP/1.1 connections
	stopping bool
	wg       sync.WaitGroup // accept loops and connections
}

// Listen opens the TCP port and, if TLS is set, the UDP port of the same number.
// Port 0 chooses a free number. A port that is taken is an error that says so.
func (s *Server) Listen(addr string) error {
	s.Limits = s.Limits.withDefaults()
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	if s.Lang == "" {
		s.Lang = lang.En
	}
	s.conns = map[*conn]struct{}{}
	s.count.init(s.Limits.Connections, s.Limits.ConnectionsPerAddress)
	// A free TCP port may be taken over UDP: with port 0, try another.
	for try := 0; ; try++ {
		tcp, err := net.Listen("tcp", addr)
		if err != nil {
			return fmt.Errorf("listen on %s: %w", addr, err)
		}
		s.tcp = tcp
		if s.TLS == nil || s.OverTCP {
			break
		}
		s.udp, err = net.ListenPacket("udp", tcp.Addr().String())
		if err == nil {
			break
		}
		tcp.Close()
		if _, port, _ := net.SplitHostPort(addr); port != "0" || try == 9 {
			return fmt.Errorf("listen on %s over UDP, for HTTP/3: %w", addr, err)
		}
	}
	s.altSvc = s.alternative()
	s.handOver = newHandOver(s.tcp.Addr())
	s.overH2 = s.newH2()
	if s.udp != nil {
		return s.listenH3()
	}
	return nil
}

// Addr returns the address that the server listens on, over TCP and UDP alike.
func (s *Server) Addr() net.Addr { return s.tcp.Addr() }

// alternative is the value of Alt-Svc, which tells clients of HTTP/3 (RFC 7838).
func (s *Server) alternative() string {
	_, port, _ := net.SplitHostPort(s.tcp.Addr().String())
	return `h3=":` + port + `"; ma=` + strconv.Itoa(int(s.Limits.AltSvc/time.Second))
}

// Serve accepts connections until Shutdown is called. It returns nil then, and
// the listener's error otherwise.
func (s *Server) Serve() error {
	failed := make(chan error, 3)
	s.wg.Go(func() { failed <- s.overH2.Serve(s.handOver) })
	if s.overH3 != nil {
		s.wg.Go(func() { failed <- s.overH3.accept() })
	}
	s.wg.Go(func() { failed <- s.accept() })
	err := <-failed
	if s.isStopping() {
		return nil
	}
	s.Close()
	return err
}

func (s *Server) accept() error {
	for {
		c, err := s.tcp.Accept()
		if err != nil {
			if s.isStopping() {
				return nil
			}
			// Out of descriptors, most likely: wait for some to come free.
			var temporary interface{ Temporary() bool }
			if errors.As(err, &temporary) && temporary.Temporary() {
				s.Log.Warn("cannot accept; waiting", "err", err)
				time.Sleep(50 * time.Millisecond)
				continue
			}
			return fmt.Errorf("accept on %s: %w", s.tcp.Addr(), err)
		}
		release, ok := s.count.take(c.RemoteAddr())
		if !ok {
			s.Log.Debug("connection over the limit", "peer", c.RemoteAddr())
			c.Close()
			continue
		}
		s.wg.Go(func() {
			s.welcome(c, release)
		})
	}
}

// Shutdown stops accepting, lets what is under way end, and returns when all is
// quiet. When ctx ends first, what is left is cut and ctx's error returned.
func (s *Server) Shutdown(ctx context.Context) error {
	s.mu.Lock()
	s.stopping = true
	conns := make([]*conn, 0, len(s.conns))
	for c := range s.conns {
		conns = append(conns, c)
	}
	s.mu.Unlock()
	if s.tcp == nil {
		return nil
	}
	s.tcp.Close()
	for _, c := range conns {
		c.stop()
	}
	quiet := make(chan struct{})
	go func() {
		defer close(quiet)
		var both sync.WaitGroup
		both.Go(func() { s.shutdownH2(ctx) })
		if s.overH3 != nil {
			both.Go(func() { s.overH3.shutdown(ctx) })
		}
		both.Wait()
		s.handOver.Close()
		s.wg.Wait()
	}()
	select {
	case <-quiet:
		return nil
	case <-ctx.Done():
	}
	s.mu.Lock()
	for c := range s.conns {
		c.raw.Close()
	}
	s.mu.Unlock()
	s.overH2.Close()
	if s.overH3 != nil {
		s.overH3.close()
	}
	<-quiet
	return ctx.Err()
}

// Close closes the ports and cuts what is under way.
func (s *Server) Close() { s.Shutdown(expired()) }

func (s *Server) isStopping() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stopping
}

// expired returns a context that has ended.
func expired() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}
