package house_test

import (
	"strings"
	"testing"
	"time"

	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

// A client that gives up after two silent seconds lives through a copy of four
// if it gets signs of life, and not over HTTP/1.0, where there are none.
func TestSignsOfLife(t *testing.T) {
	at := open(t).Address()
	ask(t, "http://"+at, question{method: "PUT", path: "/lab/ferry/cargo", content: strings.Repeat("x", 256<<10), want: 201})
	for version, want := range map[string]wire.End{"HTTP/1.1": wire.EndClosed, "HTTP/1.0": wire.EndSilent} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			c, err := peer.Dial(t.Context(), peer.Target{Protocol: wire.H1, Address: at})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			c.Patience = 2 * time.Second
			x, err := c.Do(t.Context(), &peer.Request{Method: "COPY", Octets: []byte("COPY /lab/ferry/cargo " + version + "\r\nHost: a\r\nDestination: /lab/ferry/" +
				strings.TrimPrefix(version, "HTTP/") + "\r\nConnection: close\r\n\r\n")})
			if err != nil {
				t.Fatal(err)
			}
			if x.End != want || (x.Final != nil) != (want == wire.EndClosed) || (len(x.Interim) > 1) != (want == wire.EndClosed) {
				t.Errorf("the exchange ended %s after %v", x.End, x.Statuses())
			}
		})
	}
}
