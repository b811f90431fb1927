package serve_test

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"strings"
	"sync"
	"testing"

	"github.com/quic-go/quic-go/http3"

	"github.com/statute-http/statute/serve"
)

// Clients that others wrote, over every lane.
func TestOrdinaryClients(t *testing.T) {
	s := startAll(t, &serve.Server{Handler: unruly()})
	a, err := authority()
	if err != nil {
		t.Fatal(err)
	}
	secure := func() *tls.Config { return &tls.Config{RootCAs: a.Pool(), ServerName: "localhost"} }
	version := func(one, two, clear bool) *http.Protocols {
		p := new(http.Protocols)
		p.SetHTTP1(one)
		p.SetHTTP2(two)
		p.SetUnencryptedHTTP2(clear)
		return p
	}
	h3 := &http3.Transport{TLSClientConfig: secure()}
	defer h3.Close()
	for _, test := range []struct {
		name, scheme string
		major        int
		client       http.RoundTripper
	}{
		{"h1", "http", 1, &http.Transport{Protocols: version(true, false, false)}},
		{"h1 over TLS", "https", 1, &http.Transport{Protocols: version(true, false, false), TLSClientConfig: secure()}},
		{"h2c", "http", 2, &http.Transport{Protocols: version(false, false, true)}},
		{"h2", "https", 2, &http.Transport{Protocols: version(false, true, false), TLSClientConfig: secure()}},
		{"h3", "https", 3, h3},
	} {
		t.Run(test.name, func(t *testing.T) {
			client := http.Client{Transport: test.client}
			defer client.CloseIdleConnections()
			url := test.scheme + "://" + s.Addr().String()
			var hints []string
			trace := &httptrace.ClientTrace{Got1xxResponse: func(code int, h textproto.MIMEHeader) error {
				hints = append(hints, fmt.Sprint(code, h.Get("Link")))
				return nil
			}}
			req, err := http.NewRequestWithContext(httptrace.WithClientTrace(t.Context(), trace), "GET", url+"/hints", nil)
			if err != nil {
				t.Fatal(err)
			}
			got, resp := fetch(t, &client, req)
			if got != "later" || resp.ProtoMajor != test.major || fmt.Sprint(hints) != "[103</a> 103</b> 102</b>]" {
				t.Errorf("hints: %q over %s, %v", got, resp.Proto, hints)
			}
			req, err = http.NewRequest("POST", url+"/echo", io.MultiReader(strings.NewReader("abc"))) // of unknown length
			if err != nil {
				t.Fatal(err)
			}
			req.Trailer = http.Header{"X-Sum": {"6"}}
			if got, resp = fetch(t, &client, req); got != "POST 3 6" {
				t.Errorf("echo: %d %q", resp.StatusCode, got)
			}
			req, _ = http.NewRequest("GET", url+"/trailers", nil)
			if got, resp = fetch(t, &client, req); got != "content" || resp.Trailer.Get("X-Announced") != "1" {
				t.Errorf("trailers: %q, %v", got, resp.Trailer)
			}
			req, _ = http.NewRequest("GET", url+"/205", nil)
			if got, resp = fetch(t, &client, req); got != "" || resp.StatusCode != 205 || resp.ContentLength != 0 {
				t.Errorf("205: %d %q, length %d", resp.StatusCode, got, resp.ContentLength)
			}
			// Alt-Svc tells of HTTP/3 where it leads somewhere new: RFC 7838 §3.
			if alt := resp.Header.Get("Alt-Svc"); (alt != "") != (test.scheme == "https" && test.major < 3) {
				t.Errorf("Alt-Svc %q", alt)
			}
		})
	}
}

func fetch(t *testing.T, c *http.Client, req *http.Request) (string, *http.Response) {
	t.Helper()
	resp, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(content), resp
}

// A syncBuffer takes what several goroutines log.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func (s *syncBuffer) logger() *slog.Logger { return slog.New(slog.NewTextHandler(s, nil)) }
