package serve_test

import (
	"context"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/statute-http/statute/cert"
	"github.com/statute-http/statute/serve"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"

	"crypto/tls"
)

// What a handler does between WriteHeader and the sending of its answer means
// the same over every protocol.
func TestSettledAnswers(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/late-field", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Early", "1")
		w.WriteHeader(203)
		w.Header().Set("X-Late", "1")
		w.Header().Set("X-Early", "2")
		io.WriteString(w, "content")
	})
	mux.HandleFunc("/small-with-trailers", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Trailer", "X-Sum")
		io.WriteString(w, "content")
		w.Header().Set("X-Sum", "7")
		w.Header().Set(http.TrailerPrefix+"X-Unannounced", "8")
	})
	mux.HandleFunc("/panic-after-head", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"x"`)
		w.WriteHeader(200)
		panic("after the head")
	})
	authority, err := cert.Memory()
	if err != nil {
		t.Fatal(err)
	}
	s := start(t, &serve.Server{Handler: mux, TLS: &tls.Config{GetCertificate: authority.GetCertificate, NextProtos: []string{"h2", "http/1.1"}}})
	for _, protocol := range wire.Protocols {
		ask := func(path string) *wire.Exchange {
			t.Helper()
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			c, err := peer.Dial(ctx, peer.Target{Protocol: protocol, Address: s.Addr().String(), TLS: &tls.Config{RootCAs: authority.Pool()}})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			x, err := c.Do(ctx, &peer.Request{Path: path})
			if err != nil {
				t.Fatal(err)
			}
			return x
		}
		t.Run(string(protocol), func(t *testing.T) {
			x := ask("/late-field")
			if a := x.Answer(); a.Status != 203 || a.Fields.Get("X-Early") != "1" || a.Fields.Has("X-Late") || string(a.Content.Data) != "content" {
				t.Errorf("late field: %d %v", a.Status, a.Fields)
			}
			x = ask("/small-with-trailers")
			if a := x.Answer(); a.Trailers.Get("X-Sum") != "7" || a.Trailers.Get("X-Unannounced") != "8" || a.Fields.Has("X-Sum") {
				t.Errorf("trailers: %v, fields %v", a.Trailers, a.Fields)
			}
			x = ask("/panic-after-head")
			if a := x.Answer(); a.Status != 500 || a.Fields.Has("ETag") || x.End != wire.EndKept && x.End != wire.EndClosed {
				t.Errorf("panic: %d %v, %s", a.Status, a.Fields, x.End)
			}
		})
	}
}
