package serve_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/statute-http/statute/serve"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

// tapped: the tap saw the exchange that the client saw.
func tapped(t *testing.T, r lane, taps <-chan *wire.Exchange, x *wire.Exchange, reason string) {
	t.Helper()
	select {
	case seen := <-taps:
		if seen.Final == nil || seen.Final.Status != x.Final.Status || seen.Conn.Protocol != r.protocol ||
			(seen.Conn.TLS != nil) != r.secure || seen.Decision.Reason != reason {
			t.Errorf("the tap saw %+v, final %+v", seen, seen.Final)
		}
		if x.End == wire.EndKept && len(seen.Final.Trailers) != len(x.Final.Trailers) || seen.Final.Trailers.Get("X-More") != x.Final.Trailers.Get("X-More") ||
			seen.Request.Trailers.Get("X-Sum") != x.Request.Trailers.Get("X-Sum") {
			t.Errorf("the tap saw trailers %+v and %+v", seen.Request.Trailers, seen.Final.Trailers)
		}
	case <-time.After(5 * time.Second):
		t.Error("the tap saw nothing")
	}
	if len(taps) > 0 {
		t.Errorf("the tap saw another exchange: %+v", <-taps)
	}
}

// Content that stops coming is answered 408, in the time that the limits give.
func TestSlowContent(t *testing.T) {
	s := startAll(t, &serve.Server{Handler: unruly(), Limits: serve.Limits{Stall: 200 * time.Millisecond}})
	for _, r := range lanes {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			x := ask(t, r.dial(t, s), &peer.Request{Method: "POST", Path: "/echo", Content: []byte("0123456789"),
				Stop: peer.Stop{In: peer.InContent, After: 5, Then: peer.Silence}})
			if fmt.Sprint(x.Statuses()) != "[408]" || !bytes.Contains(x.Final.Content.Data, []byte(`"reason": "content-timeout"`)) {
				t.Errorf("got %v, end %s: %+v", x.Statuses(), x.End, x.Final)
			}
			if x.Took < 200*time.Millisecond {
				t.Errorf("after %s", x.Took)
			}
		})
	}
}

// A handler may have less patience than the server.
func TestHandlersReadDeadline(t *testing.T) {
	s := startAll(t, &serve.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.NewResponseController(w).SetReadDeadline(time.Now().Add(200 * time.Millisecond))
		_, err := io.ReadAll(r.Body)
		var refusal *wire.Refusal
		if !errors.As(err, &refusal) {
			panic(err)
		}
		refusal.Answer(w, r, "en")
	})})
	for _, r := range lanes {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			x := ask(t, r.dial(t, s), &peer.Request{Method: "POST", Content: []byte("0123456789"),
				Stop: peer.Stop{In: peer.InContent, After: 5, Then: peer.Silence}})
			if fmt.Sprint(x.Statuses()) != "[408]" || x.Took < 200*time.Millisecond || x.Took > 5*time.Second {
				t.Errorf("got %v after %s, end %s", x.Statuses(), x.Took, x.End)
			}
		})
	}
}

// All of the content has its time too, however steadily it drips.
func TestSlowUpload(t *testing.T) {
	s := startAll(t, &serve.Server{Handler: unruly(), Limits: serve.Limits{Upload: 400 * time.Millisecond}})
	for _, r := range lanes {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			x := ask(t, r.dial(t, s), &peer.Request{Method: "POST", Path: "/echo", Content: make([]byte, 1000),
				Drip: peer.Drip{Octets: 1, Every: 20 * time.Millisecond}})
			if fmt.Sprint(x.Statuses()) != "[408]" || x.Took < 400*time.Millisecond || x.Took > 8*time.Second {
				t.Errorf("got %v after %s, end %s", x.Statuses(), x.Took, x.End)
			}
		})
	}
}
