package ask

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// library serves a book, and redirects that lead to it and away.
func library(t *testing.T, h2 bool) (*httptest.Server, func() []*http.Request) {
	var mu sync.Mutex
	var seen []*http.Request
	mux := http.NewServeMux()
	mux.HandleFunc("/book", func(w http.ResponseWriter, q *http.Request) {
		w.Header().Set("ETag", `"1"`)
		http.ServeContent(w, q, "book.txt", time.Unix(1e9, 0), strings.NewReader("a book"))
	})
	mux.HandleFunc("/moved", func(w http.ResponseWriter, q *http.Request) { http.Redirect(w, q, "/book", 302) })
	mux.HandleFunc("/away", func(w http.ResponseWriter, q *http.Request) { http.Redirect(w, q, "http://192.0.2.1/", 302) })
	mux.HandleFunc("/round", func(w http.ResponseWriter, q *http.Request) { http.Redirect(w, q, "/round", 302) })
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		mu.Lock()
		seen = append(seen, q)
		mu.Unlock()
		mux.ServeHTTP(w, q)
	}))
	server.EnableHTTP2 = h2
	server.StartTLS()
	t.Cleanup(server.Close)
	return server, func() []*http.Request {
		mu.Lock()
		defer mu.Unlock()
		return seen
	}
}

func statuses(all []*wire.Exchange) map[status.Code]int {
	n := map[status.Code]int{}
	for _, x := range all {
		n[x.Answer().Status]++
	}
	return n
}

func TestAsk(t *testing.T) {
	server, seen := library(t, true)
	trust := server.Client().Transport.(*http.Transport).TLSClientConfig
	a := &Asker{Protocols: []wire.Protocol{wire.H1, wire.H2}, TLS: &tls.Config{RootCAs: trust.RootCAs}, Agent: "statute-lint/test"}
	byProtocol := map[wire.Protocol][]*wire.Exchange{}
	for x, err := range a.Ask(t.Context(), server.URL+"/moved") {
		if err != nil {
			t.Fatal(err)
		}
		byProtocol[x.Conn.Protocol] = append(byProtocol[x.Conn.Protocol], x)
	}
	for _, p := range a.Protocols {
		n := statuses(byProtocol[p])
		for _, code := range []status.Code{200, 206, 302, 304, 404, 412, 416} {
			if n[code] == 0 {
				t.Errorf("%s: nothing was asked that gets %d: %v", p, code, n)
			}
		}
	}
	for _, q := range seen() {
		if !slices.Contains([]string{"GET", "HEAD", "OPTIONS"}, q.Method) || q.UserAgent() != a.Agent || len(q.Header["Accept"]) != 1 {
			t.Errorf("%s %s of %q", q.Method, q.URL, q.Header)
		}
	}
}

// Redirects are followed a few times, and never to a host that nobody named.
func TestRedirects(t *testing.T) {
	server, _ := library(t, false)
	trust := server.Client().Transport.(*http.Transport).TLSClientConfig
	a := &Asker{TLS: &tls.Config{RootCAs: trust.RootCAs}}
	for path, most := range map[string]int{"/away": 12, "/round": 17} {
		n := 0
		for x, err := range a.Ask(t.Context(), server.URL+path) {
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(server.URL, x.Request.Authority) {
				t.Errorf("%s was asked", x.Request.Authority)
			}
			n++
		}
		if n > most {
			t.Errorf("%s: %d requests", path, n)
		}
	}
}

func TestAskRefuses(t *testing.T) {
	for _, address := range []string{"ftp://a/", "http://", "http://u:p@127.0.0.1/", "http://a b/"} {
		for x, err := range new(Asker).Ask(t.Context(), address) {
			if err == nil {
				t.Errorf("%s was asked: %v", address, x)
			}
		}
	}
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	a := &Asker{Protocols: []wire.Protocol{wire.H1, wire.H3}}
	n := 0
	for _, err := range a.Ask(t.Context(), server.URL) {
		if err == nil {
			t.Error("nobody answers, and an exchange came")
		}
		n++
	}
	if n != 2 {
		t.Errorf("%d errors for two protocols", n)
	}
}

// Who has enough ends the asking.
func TestAskStops(t *testing.T) {
	server, seen := library(t, false)
	trust := server.Client().Transport.(*http.Transport).TLSClientConfig
	a := &Asker{TLS: &tls.Config{RootCAs: trust.RootCAs}}
	for range a.Ask(t.Context(), server.URL+"/book") {
		break
	}
	if n := len(seen()); n != 1 {
		t.Errorf("%d requests", n)
	}
}
