package serve_test

import (
	"context"
	"crypto/tls"
	"sync"
	"testing"

	"github.com/statute-http/statute/cert"
	"github.com/statute-http/statute/serve"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

// A lane is a way to the server: a protocol, over TLS or in the clear.
type lane struct {
	name     string
	protocol wire.Protocol
	secure   bool
}

var lanes = []lane{
	{"h1", wire.H1, false}, {"h1 over TLS", wire.H1, true},
	{"h2c", wire.H2, false}, {"h2", wire.H2, true}, {"h3", wire.H3, true},
}

// authority is made once: keys cost time.
var authority = sync.OnceValues(cert.Memory)

// startAll serves all lanes until the test ends.
func startAll(t testing.TB, s *serve.Server) *serve.Server {
	t.Helper()
	a, err := authority()
	if err != nil {
		t.Fatal(err)
	}
	s.TLS = &tls.Config{GetCertificate: a.GetCertificate, NextProtos: []string{"h2", "http/1.1"}}
	return start(t, s)
}

// target is where a lane leads.
func (r lane) target(t testing.TB, s *serve.Server) peer.Target {
	t.Helper()
	target := peer.Target{Protocol: r.protocol, Address: s.Addr().String()}
	if r.secure {
		a, err := authority()
		if err != nil {
			t.Fatal(err)
		}
		target.TLS = &tls.Config{RootCAs: a.Pool(), ServerName: "localhost"}
	}
	return target
}

// dial takes a lane to the server.
func (r lane) dial(t testing.TB, s *serve.Server) *peer.Conn {
	t.Helper()
	c, err := peer.Dial(context.Background(), r.target(t, s))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func ask(t testing.TB, c *peer.Conn, q *peer.Request) *wire.Exchange {
	t.Helper()
	x, err := c.Do(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	if x.Final != nil && len(x.Final.Faults) > 0 {
		t.Errorf("faults in the answer: %+v", x.Final.Faults)
	}
	return x
}
