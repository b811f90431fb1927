package peer

import (
	"crypto/tls"
	"net/http"
	"strings"
	"testing"

	"github.com/statute-http/statute/wire"
)

// The server sees the address that the target names.
func TestDialFrom(t *testing.T) {
	settles(t)
	for _, protocol := range wire.Protocols {
		seen := make(chan string, 1)
		target := serveHTTP(t, protocol, true, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			seen <- r.RemoteAddr
		}))
		target.From = "127.0.1.5"
		c, err := Dial(t.Context(), target)
		if err != nil {
			t.Fatal(err)
		}
		do(t, c, &Request{})
		if got := <-seen; !strings.HasPrefix(got, "127.0.1.5:") {
			t.Errorf("over %s the server sees %s", protocol, got)
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestDialErrors(t *testing.T) {
	settles(t)
	plain := serveHTTP(t, wire.H1, false, http.HandlerFunc(handler))
	for _, test := range []struct {
		target Target
		says   string
	}{
		{Target{Protocol: "h4", Address: plain.Address}, `"h4" is not one of`},
		{Target{Protocol: wire.H3, Address: plain.Address}, "set Target.TLS"},
		{Target{Protocol: wire.H2, Address: plain.Address, EarlyData: true}, "over h3 only"},
		{Target{Protocol: wire.H3, Address: plain.Address, EarlyData: true, TLS: &tls.Config{}}, "ClientSessionCache"},
		{Target{Protocol: wire.H1, Address: plain.Address, TLS: &tls.Config{}}, "TLS handshake as 127.0.0.1"},
		{Target{Protocol: wire.H1, Address: "127.0.0.1:1"}, "127.0.0.1:1"},
		{Target{Protocol: wire.H1, Address: plain.Address, From: "here"}, `"here" is no IP address`},
		{Target{Protocol: wire.H3, Address: plain.Address, From: "here", TLS: &tls.Config{}}, `"here" is no IP address`},
	} {
		c, err := Dial(t.Context(), test.target)
		if err == nil {
			c.Close()
		}
		if err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("Dial(%+v): %v, want %q", test.target, err, test.says)
		}
	}
	a := authority(t)
	ln, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{GetCertificate: a.GetCertificate})
	if err != nil {
		t.Fatal(err)
	}
	defer Serve(ln, func(*ServerConn) {}).Close()
	_, err = Dial(t.Context(), Target{Protocol: wire.H2, Address: ln.Addr().String(), TLS: &tls.Config{RootCAs: a.Pool()}})
	if err == nil || !strings.Contains(err.Error(), "did not choose h2") {
		t.Errorf("h2 at a server without ALPN: %v", err)
	}
}
