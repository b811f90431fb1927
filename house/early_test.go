package house_test

import (
	"crypto/tls"
	"net"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/statute-http/statute/house"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

// TestEarlyData sends requests in the early data of a resumed connection. That
// they are early is no matter of luck: what the server says is kept back on its
// way until it has answered, so that the client cannot end the handshake.
func TestEarlyData(t *testing.T) {
	answered := make(chan *wire.Exchange, 16)
	h, err := house.Open(house.Config{Tap: func(x *wire.Exchange) { answered <- x }})
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- h.Serve() }()
	defer shutdown(t, h, served)
	way := newRelay(t, h.Address())
	trust := h.Trust()
	trust.ClientSessionCache = tls.NewLRUClientSessionCache(4)
	target := peer.Target{Protocol: wire.H3, Address: way.address(), TLS: trust, EarlyData: true}

	dial := func(t *testing.T) *peer.Conn {
		c, err := peer.Dial(t.Context(), target)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return c
	}
	// ask makes one exchange and returns how each end saw it; if the handshake is
	// held, until the server has answered or else for as long as wait says.
	ask := func(t *testing.T, c *peer.Conn, q *peer.Request, wait time.Duration) (sent, seen *wire.Exchange) {
		done := make(chan error, 1)
		go func() {
			x, err := c.Do(t.Context(), q)
			sent = x
			done <- err
		}()
		if wait > 0 {
			select {
			case seen = <-answered:
			case <-time.After(wait):
			}
			way.release()
		}
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if sent.Final == nil {
			t.Fatalf("no answer: the exchange ended %s, events %+v", sent.End, c.Events())
		}
		held := seen != nil
		if !held {
			seen = <-answered
		}
		if wait > 0 && q.Path == "/lab/limited" == held {
			t.Errorf("answered before the handshake was complete: %t", held)
		}
		return sent, seen
	}
	// The first connection brings the session that later ones resume.
	ask(t, dial(t), &peer.Request{Path: "/lab/page", Linger: 100 * time.Millisecond}, 0)

	put := &peer.Request{Method: "PUT", Path: "/lab/depot/early", Content: []byte("tea")}
	for _, test := range []struct {
		name string
		q    *peer.Request
		want int
		wait time.Duration
	}{
		{"an unsafe method", put, 425, 5 * time.Second},
		{"a page", &peer.Request{Path: "/lab/page"}, 200, 5 * time.Second},
		{"the site", &peer.Request{Path: "/425"}, 200, 5 * time.Second},
		{"a posed answer", &peer.Request{Path: "/status/204"}, 204, 5 * time.Second},
		{"a counter waits", &peer.Request{Path: "/lab/limited"}, 200, 200 * time.Millisecond},
	} {
		t.Run(test.name, func(t *testing.T) {
			way.hold()
			c := dial(t)
			sent, seen := ask(t, c, test.q, test.wait)
			if int(sent.Final.Status) != test.want || !sent.Conn.EarlyData || !seen.Conn.EarlyData {
				t.Errorf("got %d, want %d; in early data as the client sees it: %t, as the server: %t",
					sent.Final.Status, test.want, sent.Conn.EarlyData, seen.Conn.EarlyData)
			}
			if seen.Conn.TLS == nil || seen.Conn.TLS.ALPN != "h3" || !seen.Conn.TLS.Resumed {
				t.Errorf("the server notes of the connection: %+v", seen.Conn.TLS)
			}
			if test.want != http.StatusTooEarly {
				return
			}
			if get, _ := ask(t, c, &peer.Request{Path: test.q.Path}, 0); get.Final.Status != 404 {
				t.Errorf("the refused PUT had an effect: GET gets %d", get.Final.Status)
			}
			// The same request, on the same connection, after the handshake.
			sent, seen = ask(t, c, test.q, 0)
			if sent.Final.Status != 201 || seen.Conn.EarlyData {
				t.Errorf("after the handshake: got %d, early %t", sent.Final.Status, seen.Conn.EarlyData)
			}
		})
	}
}

// A relay passes datagrams between one client at a time and a server, and keeps
// back what the server says while it is told to.
type relay struct {
	front  net.PacketConn // for clients
	server net.Addr

	mu     sync.Mutex
	held   bool
	kept   []datagram
	backs  map[string]net.PacketConn // to the server, by client
	closed bool
	ends   sync.WaitGroup
}

type datagram struct {
	octets []byte
	to     net.Addr
}

func newRelay(t *testing.T, server string) *relay {
	t.Helper()
	addr, err := net.ResolveUDPAddr("udp", server)
	if err != nil {
		t.Fatal(err)
	}
	front, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &relay{front: front, server: addr, backs: map[string]net.PacketConn{}}
	r.ends.Go(r.forth)
	t.Cleanup(func() {
		front.Close()
		r.mu.Lock()
		r.closed = true
		for _, back := range r.backs {
			back.Close()
		}
		r.mu.Unlock()
		r.ends.Wait()
	})
	return r
}

func (r *relay) address() string { return r.front.LocalAddr().String() }

func (r *relay) hold() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.held = true
}

func (r *relay) release() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.held = false
	for _, d := range r.kept {
		r.front.WriteTo(d.octets, d.to)
	}
	r.kept = nil
}

// forth passes what clients say.
func (r *relay) forth() {
	buf := make([]byte, 64<<10)
	for {
		n, client, err := r.front.ReadFrom(buf)
		if err != nil {
			return
		}
		if back := r.back(client); back != nil {
			back.WriteTo(buf[:n], r.server)
		}
	}
}

// back returns the socket on which the server sees a client.
func (r *relay) back(client net.Addr) net.PacketConn {
	r.mu.Lock()
	defer r.mu.Unlock()
	back := r.backs[client.String()]
	if back != nil || r.closed {
		return back
	}
	back, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		return nil // the client will miss its answers
	}
	r.backs[client.String()] = back
	r.ends.Go(func() { r.forward(back, client) })
	return back
}

// forward passes what the server says to a client.
func (r *relay) forward(back net.PacketConn, client net.Addr) {
	buf := make([]byte, 64<<10)
	for {
		n, _, err := back.ReadFrom(buf)
		if err != nil {
			return
		}
		r.mu.Lock()
		if r.held {
			r.kept = append(r.kept, datagram{slices.Clone(buf[:n]), client})
		} else {
			r.front.WriteTo(buf[:n], client)
		}
		r.mu.Unlock()
	}
}
