package examtest_test

import (
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/exam/examtest"
)

// Go's own client, with the deviations of Go 1.26 that are known.
func TestClient(t *testing.T) {
	examtest.Client(t, &http.Client{}, examtest.Choose(exam.Choice{Topics: []string{"redirection"}}), examtest.Expect(`
		redirect-302-put      h1  fail   PUT becomes GET
		redirect-302-delete   h1  fail   DELETE becomes GET
		redirect-auth-port    h1  fail   another port counts as the same host
		redirect-auth-scheme  h1  fail   so does another scheme
		redirect-fragment     h1  fail   the fragment is lost
	`))
}

// A client that keeps credentials, whoever gets them, does not get through: its
// fail is expected here, and so the test holds.
func TestClientThatLeaks(t *testing.T) {
	leaky := &http.Client{CheckRedirect: func(q *http.Request, via []*http.Request) error {
		q.Header["Authorization"] = via[0].Header["Authorization"]
		return nil
	}}
	examtest.Client(t, leaky, examtest.Choose(exam.Choice{Names: []string{"redirect-auth-host"}}),
		examtest.Expect("redirect-auth-host h1 fail it restores them"))
}

// Go's own gateway, with the deviations of Go 1.26 that are known.
func TestProxy(t *testing.T) {
	examtest.Proxy(t, func(origin *url.URL) http.Handler {
		return &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(origin) }}
	}, examtest.Choose(exam.Choice{Topics: []string{"interim", "fields"}}), examtest.Expect(`
		interim-103-to-http10      h1  fail  it writes them to anybody
		interim-connection-field   h1  fail  fields are copied as they are
		expect-http10-client       h1  fail  likewise
		via-in-request             h1  fail  there is none
		via-appended-in-request    h1  fail  likewise
		max-forwards-0-trace       h1  fail  it knows nothing of Max-Forwards
		max-forwards-0-options     h1  fail  likewise
		max-forwards-lessened      h1  fail  likewise
	`))
}

// What Go's file server does with conditions, with the deviation that is known.
func TestServer(t *testing.T) {
	content := strings.NewReader(strings.Repeat("oolong ", 100))
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"leaf"`)
		http.ServeContent(w, r, "leaf.txt", time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), io.NewSectionReader(content, 0, content.Size()))
	})
	examtest.Server(t, h, "/leaf.txt", examtest.Choose(exam.Choice{Names: []string{"if-none-match-*", "if-match-*"}}),
		examtest.Expect("if-none-match-two-lines h1 fail net/http looks at the first line only"))
}
