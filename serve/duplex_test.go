package serve_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/statute-http/statute/serve"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

// One goroutine reads the content while another answers, as in a proxy; and to
// close the content lets go whoever waits for more of it. The race detector is
// the judge of the rest.
func TestBothWays(t *testing.T) {
	answered := make(chan error, 1)
	s := startAll(t, &serve.Server{Limits: serve.Limits{Stall: 20 * time.Second}, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		read := make(chan error, 1)
		go func() {
			_, err := io.Copy(io.Discard, r.Body)
			read <- err
		}()
		w.WriteHeader(http.StatusEarlyHints)
		for range 20 {
			io.WriteString(w, "tea")
			http.NewResponseController(w).Flush()
			time.Sleep(time.Millisecond)
		}
		select {
		case err := <-read:
			answered <- err
		case <-time.After(500 * time.Millisecond):
			r.Body.Close()
			answered <- <-read
		}
	})})
	for _, l := range lanes {
		t.Run(l.name, func(t *testing.T) {
			for name, q := range map[string]*peer.Request{
				"content that comes":       {Method: "PUT", Content: []byte(strings.Repeat("x", 100_000))},
				"content that never comes": {Method: "PUT", Content: []byte("xyz"), Stop: peer.Stop{In: peer.InContent, After: 1}},
			} {
				x, err := l.dial(t, s).Do(t.Context(), q)
				if err != nil || x.Final == nil || x.Final.Status != 200 {
					t.Fatalf("%s: %v %v, ended %s", name, err, x.Statuses(), x.End)
				}
				if got := string(x.Final.Content.Data); got != strings.Repeat("tea", 20) {
					t.Errorf("%s: the answer is %q", name, got)
				}
				// A refusal would be for content that is late: reading went on till then.
				var refusal *wire.Refusal
				if err := <-answered; (err == nil) != (name == "content that comes") || errors.As(err, &refusal) {
					t.Errorf("%s: reading ended with %v", name, err)
				}
			}
		})
	}
}

// A 2xx to CONNECT has no framing, whatever the handler has set, and the
// connection is the handler's; another answer is one like any (RFC 9110 §9.3.6).
func TestConnect(t *testing.T) {
	taps := make(chan *wire.Exchange, 1)
	s := startAll(t, &serve.Server{Tap: func(x *wire.Exchange) { taps <- x }, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "3")
		if r.Host == "no.test:1" {
			w.WriteHeader(http.StatusForbidden)
			io.WriteString(w, "no.")
			return
		}
		w.WriteHeader(http.StatusOK)
		c, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		defer c.Close()
		io.CopyN(c, rw, 5)
	})})
	for _, l := range lanes[:2] {
		t.Run(l.name, func(t *testing.T) {
			c := l.dial(t, s)
			if _, err := c.Write([]byte("CONNECT yes.test:1 HTTP/1.1\r\nHost: yes.test:1\r\n\r\nahead")); err != nil {
				t.Fatal(err)
			}
			x, err := c.ReadExchange(t.Context(), "CONNECT")
			if err != nil || x.Final == nil || x.Final.Status != 200 || x.Final.Fields.Has("Content-Length") || x.Final.Fields.Has("Transfer-Encoding") || !x.Final.Fields.Has("Date") {
				t.Fatalf("%v %+v", err, x)
			}
			got, err := io.ReadAll(c)
			if string(got) != "ahead" || err != nil {
				t.Errorf("%q came back, %v", got, err)
			}
			if seen := <-taps; seen.End != wire.EndTunnel || seen.Answer().Status != 200 || seen.Answer().Framing != wire.FramedTunnel {
				t.Errorf("the tap has %d, framed %s, ended %s", seen.Answer().Status, seen.Answer().Framing, seen.End)
			}
			x, err = l.dial(t, s).Do(t.Context(), &peer.Request{Method: "CONNECT", Path: "no.test:1", Authority: "no.test:1"})
			if err != nil || x.Final.Status != 403 || string(x.Final.Content.Data) != "no." || x.Final.Fields.Get("Content-Length") != "3" {
				t.Errorf("%v %+v", err, x)
			}
			<-taps
		})
	}
}
