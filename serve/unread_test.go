package serve_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/statute-http/statute/serve"
	"github.com/statute-http/statute/wire"
)

// Who has ended a connection on which content was still to come: a client that
// breaks off or falls silent, or the server, because too much is left.
func TestEndOfUnreadContent(t *testing.T) {
	seen := make(chan *wire.Exchange, 1)
	limits := short()
	limits.Stall = 50 * time.Millisecond
	s := start(t, &serve.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) }),
		Limits:  limits,
		Tap:     func(x *wire.Exchange) { seen <- x },
	})
	const head = "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: "
	for _, test := range []struct {
		name, sent string
		leaves     bool
		want       wire.End
	}{
		{"all of it comes", head + "3\r\n\r\nabc", false, wire.EndKept},
		{"the client breaks off", head + "3\r\n\r\na", true, wire.EndCut},
		{"the client falls silent", head + "3\r\n\r\na", false, wire.EndSilent},
		{"too much is left", head + "1000000\r\n\r\na", false, wire.EndClosed},
	} {
		t.Run(test.name, func(t *testing.T) {
			var d net.Dialer
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			client, err := d.DialContext(ctx, "tcp", s.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			io.WriteString(client, test.sent)
			if test.leaves {
				client.(*net.TCPConn).CloseWrite()
			}
			select {
			case x := <-seen:
				announced := x.Final.Fields.HasMember("Connection", "close")
				if x.End != test.want || announced != (test.want == wire.EndClosed) {
					t.Errorf("the exchange ended %s (announced: %t), want %s", x.End, announced, test.want)
				}
			case <-ctx.Done():
				t.Error("the exchange did not end")
			}
		})
	}
}
