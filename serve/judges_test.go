package serve_test

// Clients that others wrote, against our server. They read what we send with
// their own eyes: a mistake that our reader and our writer share shows here.

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/statute-http/statute/cert"
	"github.com/statute-http/statute/needs"
	"github.com/statute-http/statute/serve"
	"github.com/statute-http/statute/wire"
)

// packages names the Debian package of each judge.
var packages = map[string]string{
	"curl":       "curl",
	"go":         "golang",
	"gtlsclient": "ngtcp2-client",
	"nghttp":     "nghttp2-client",
	"openssl":    "openssl",
}

// tool finds a judge.
func tool(t *testing.T, name string) string {
	t.Helper()
	return needs.Program(t, name, packages[name])
}

// run runs a judge for at most two minutes and returns what it printed.
func run(t *testing.T, stdin, program string, args ...string) (output string, exit int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Stdin = strings.NewReader(stdin)
	cmd.WaitDelay = time.Second
	out, err := cmd.CombinedOutput()
	var ended *exec.ExitError
	if err != nil && (!errors.As(err, &ended) || ctx.Err() != nil) {
		t.Fatalf("run %s %.200q: %v\n%s", filepath.Base(program), args, err, out)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// A court is our server with a trusted certificate, and its answers.
type court struct {
	host, port string
	ca         string // file with the root certificate
	small, big string // files of content: 200,000 octets, and more than the limit
}

func open(t *testing.T) *court {
	t.Helper()
	authority, err := cert.Memory()
	if err != nil {
		t.Fatal(err)
	}
	s := start(t, &serve.Server{
		Handler: answers(), Limits: serve.Limits{Content: 1 << 20},
		TLS: &tls.Config{GetCertificate: authority.GetCertificate, NextProtos: []string{"h2", "http/1.1"}},
	})
	c := &court{}
	c.host, c.port, err = net.SplitHostPort(s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := func(name string, content []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	c.ca = file("ca.pem", authority.PEM())
	c.small, c.big = file("small", make([]byte, 200_000)), file("big", make([]byte, 2_000_000))
	return c
}

func (c *court) url(scheme, path string) string {
	return scheme + "://" + net.JoinHostPort(c.host, c.port) + path
}

// answers is a handler that gives each judge something to look at.
func answers() http.Handler {
	return serve.Language([]string{"GET", "HEAD", "POST"}, "en", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		switch r.URL.Path {
		case "/hints":
			for _, link := range []string{"</a.css>; rel=preload", "</b.js>; rel=preload"} {
				w.Header().Set("Link", link)
				w.WriteHeader(http.StatusEarlyHints)
			}
			w.Header().Del("Link")
		case "/trailers":
			w.Header().Set("Trailer", "Verdict")
			io.WriteString(w, "content\n")
			w.(http.Flusher).Flush()
			w.Header().Set("Verdict", "kept")
			return
		case "/deaf":
			w.WriteHeader(http.StatusForbidden)
			return
		case "/204", "/205", "/304":
			w.WriteHeader(map[string]int{"/204": 204, "/205": 205, "/304": 304}[r.URL.Path])
			io.WriteString(w, "content that these codes forbid")
			return
		}
		content, err := io.ReadAll(r.Body)
		var refusal *wire.Refusal
		if errors.As(err, &refusal) {
			refusal.Answer(w, r, "en")
			return
		}
		fmt.Fprintf(w, "%s %s %d\n", r.Method, r.URL.Path, len(content))
	}))
}

func (c *court) content(q *request) string {
	if q.content == 200_000 {
		return c.small
	}
	return c.big
}
