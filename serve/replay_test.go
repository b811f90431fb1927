package serve

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"github.com/statute-http/statute/wire"
)

// TestReplay asks gate 6 of each kind of request, on a connection whose
// handshake is complete, and on one where it is not until the handler is asked.
func TestReplay(t *testing.T) {
	repeatable := func(r *http.Request) bool { return r.URL.Path == "/page" }
	gateways := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("2001:db8::/32")}
	const near, far = "127.0.0.1:50000", "192.0.2.7:50000"
	for _, test := range []struct {
		name, method, path string
		peer               string
		marks              []string
		early              bool
		want               int
		reason             string
		waits              bool
	}{
		{"an ordinary request", "POST", "/counter", near, nil, false, 200, "", false},
		{"marked and unsafe", "PUT", "/page", near, []string{"1"}, false, 425, "early-data-forwarded", false},
		{"marked and counted", "GET", "/counter", near, []string{"1"}, false, 425, "early-data-forwarded", false},
		{"marked and harmless", "GET", "/page", near, []string{"1"}, false, 200, "", false},
		{"marked with another value", "PUT", "/page", near, []string{"0"}, false, 425, "early-data-forwarded", false},
		{"marked with nothing", "PUT", "/page", near, []string{""}, false, 425, "early-data-forwarded", false},
		{"marked twice", "PUT", "/page", near, []string{"1", "1"}, false, 425, "early-data-forwarded", false},
		{"marked by a stranger, and unsafe", "PUT", "/page", far, []string{"1"}, false, 425, "early-data-claimed", false},
		{"marked by a stranger, and counted", "GET", "/counter", far, []string{"1"}, false, 425, "early-data-claimed", false},
		{"marked by a stranger, and harmless", "GET", "/page", far, []string{"1"}, false, 200, "", false},
		{"marked by a gateway over IPv6", "PUT", "/page", "[2001:db8::1]:443", []string{"1"}, false, 425, "early-data-forwarded", false},
		{"marked by nobody knows whom", "PUT", "/page", "", []string{"1"}, false, 425, "early-data-claimed", false},
		{"an ordinary request of a stranger", "PUT", "/page", far, nil, false, 200, "", false},
		{"early and unsafe", "POST", "/page", near, nil, true, 425, "early-data", false},
		{"early, of unknown safety", "FROTH", "/page", near, nil, true, 425, "early-data", false},
		{"early and harmless", "HEAD", "/page", near, nil, true, 200, "", false},
		{"early and counted", "GET", "/counter", near, nil, true, 200, "", true},
		{"early and marked and counted", "GET", "/counter", near, []string{"1"}, true, 425, "early-data-forwarded", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			complete := make(chan struct{})
			ctx := context.WithValue(t.Context(), handshakeKey{}, (<-chan struct{})(complete))
			ctx = context.WithValue(ctx, wire.ConnKey, &wire.Conn{Protocol: wire.H3, Peer: test.peer})
			r := httptest.NewRequest(test.method, test.path, nil).WithContext(ctx)
			if test.marks != nil {
				r.Header["Early-Data"] = test.marks
			}
			if test.early {
				r = asEarly(r)
			} else {
				close(complete)
			}
			w := httptest.NewRecorder()
			entered, done := make(chan struct{}), make(chan struct{})
			go func() {
				defer close(done)
				Replay(repeatable, gateways, "en", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { close(entered) })).ServeHTTP(w, r)
			}()
			if test.waits {
				select {
				case <-entered:
					t.Error("the handler was asked before the handshake was complete")
				case <-time.After(20 * time.Millisecond):
				}
				close(complete)
			}
			<-done
			if w.Code != test.want {
				t.Errorf("got %d, want %d", w.Code, test.want)
			}
			var problem struct{ Reason string }
			if json.Unmarshal(w.Body.Bytes(), &problem); problem.Reason != test.reason {
				t.Errorf("the reason is %q, want %q", problem.Reason, test.reason)
			}
		})
	}
}
