package serve

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/statute-http/statute/wire"
)

// TestReplay asks gate 6 of each kind of request, on a connection whose
// handshake is complete, and on one where it is not until the handler is asked.
func TestReplay(t *testing.T) {
	repeatable := func(r *http.Request) bool { return r.URL.Path == "/page" }
	for _, test := range []struct {
		name, method, path string
		marks              []string
		early              bool
		want               int
		waits              bool
	}{
		{"an ordinary request", "POST", "/counter", nil, false, 200, false},
		{"marked and unsafe", "PUT", "/page", []string{"1"}, false, 425, false},
		{"marked and counted", "GET", "/counter", []string{"1"}, false, 425, false},
		{"marked and harmless", "GET", "/page", []string{"1"}, false, 200, false},
		{"marked with another value", "PUT", "/page", []string{"0"}, false, 425, false},
		{"marked with nothing", "PUT", "/page", []string{""}, false, 425, false},
		{"marked twice", "PUT", "/page", []string{"1", "1"}, false, 425, false},
		{"early and unsafe", "POST", "/page", nil, true, 425, false},
		{"early, of unknown safety", "FROTH", "/page", nil, true, 425, false},
		{"early and harmless", "HEAD", "/page", nil, true, 200, false},
		{"early and counted", "GET", "/counter", nil, true, 200, true},
		{"early and marked and counted", "GET", "/counter", []string{"1"}, true, 425, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			complete := make(chan struct{})
			ctx := context.WithValue(t.Context(), handshakeKey{}, (<-chan struct{})(complete))
			ctx = context.WithValue(ctx, wire.ConnKey, &wire.Conn{Protocol: wire.H3})
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
				Replay(repeatable, "en", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { close(entered) })).ServeHTTP(w, r)
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
		})
	}
}
