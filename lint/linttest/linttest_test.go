package linttest_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/statute-http/statute/lint"
	"github.com/statute-http/statute/lint/linttest"
)

// A listener is a test that keeps what it is told.
type listener struct {
	mu   sync.Mutex
	says []string
	ends []func()
}

func (l *listener) Helper() {}
func (l *listener) Errorf(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.says = append(l.says, fmt.Sprintf(format, args...))
}
func (l *listener) Cleanup(f func()) { l.ends = append(l.ends, f) }
func (l *listener) end() {
	for _, f := range slices.Backward(l.ends) {
		f()
	}
}

// shop makes some mistakes, each at a path.
func shop(w http.ResponseWriter, q *http.Request) {
	switch q.URL.Path {
	case "/unauthorized":
		http.Error(w, "log in", 401)
	case "/method":
		http.Error(w, "no", 405)
	case "/hints":
		w.Header().Set("Link", "</style.css>; rel=preload")
		w.WriteHeader(103)
		io.WriteString(w, "fine")
	case "/flushed":
		w.Header().Set("Content-Type", "text/plain")
		w.(http.Flusher).Flush()
		w.Header().Set("Too", "late")
		io.WriteString(w, "fine")
	case "/hijacked":
		c, rw, err := w.(http.Hijacker).Hijack()
		if err != nil {
			panic(err)
		}
		defer c.Close()
		rw.WriteString("HTTP/1.1 401 \r\nContent-Length: 0\r\n\r\n")
		rw.Flush()
	case "/posted":
		octets, _ := io.ReadAll(q.Body)
		fmt.Fprintf(w, "%d", len(octets))
	case "/empty":
		w.WriteHeader(204)
	case "/lost":
		http.Error(w, "gone", 404)
	default:
		io.WriteString(w, "fine")
	}
}

func ask(t *testing.T, client *http.Client, method, to, content string) string {
	t.Helper()
	var body io.Reader
	if content != "" {
		body = strings.NewReader(content)
	}
	q, err := http.NewRequest(method, to, body)
	if err != nil {
		t.Fatal(err)
	}
	p, err := client.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Body.Close()
	octets, err := io.ReadAll(p.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(octets)
}

// Both ends find the same mistakes, and none where there is none.
func TestBothEnds(t *testing.T) {
	var behind, before listener
	server := httptest.NewServer(linttest.Handler(&behind, http.HandlerFunc(shop)))
	defer server.Close()
	client := &http.Client{Transport: linttest.Transport(&before, server.Client().Transport)}
	for range 2 {
		ask(t, client, "GET", server.URL+"/unauthorized?x=1", "")
		ask(t, client, "PUT", server.URL+"/method", "x")
	}
	for _, end := range []*listener{&behind, &before} {
		end.end()
		if len(end.says) != 2 || !strings.Contains(end.says[0], "unauthorized-without-challenge (must, RFC 9110 §15.5.2)") ||
			!strings.Contains(end.says[1], "method-not-allowed-without-allow") {
			t.Errorf("%d: %s", len(end.says), strings.Join(end.says, "\n"))
		}
	}
}

func TestNothingToSay(t *testing.T) {
	server := httptest.NewServer(linttest.Handler(t, http.HandlerFunc(shop)))
	defer server.Close()
	client := &http.Client{Transport: linttest.Transport(t, server.Client().Transport)}
	defer client.CloseIdleConnections()
	for path, want := range map[string]string{"/": "fine", "/hints": "fine", "/flushed": "fine", "/empty": "", "/lost": "gone\n"} {
		for _, method := range []string{"GET", "HEAD"} {
			got := ask(t, client, method, server.URL+path, "")
			if method == "GET" && got != want {
				t.Errorf("%s: %q", path, got)
			}
		}
	}
	if got := ask(t, client, "POST", server.URL+"/posted", strings.Repeat("a", 3<<20)); got != fmt.Sprint(3<<20) {
		t.Errorf("the content did not pass: %s", got)
	}
	if got := ask(t, &http.Client{Transport: server.Client().Transport}, "GET", server.URL+"/hijacked", ""); got != "" {
		t.Errorf("%q", got)
	}
	p, err := client.Get(server.URL + "/") // and never read
	if err != nil {
		t.Fatal(err)
	}
	defer p.Body.Close()
}

func TestOptions(t *testing.T) {
	get := func(options ...linttest.Option) []string {
		var l listener
		w := httptest.NewRecorder()
		linttest.Handler(&l, http.HandlerFunc(shop), options...).ServeHTTP(w, httptest.NewRequest("GET", "/unauthorized", nil))
		l.end()
		return l.says
	}
	if n := len(get()); n != 1 {
		t.Errorf("%d findings", n)
	}
	if says := get(linttest.Ignore("unauthorized-without-challenge")); len(says) > 0 {
		t.Error(says)
	}
	if says := get(linttest.Ignore("no-such-rule")); len(says) != 2 || !strings.Contains(says[0], "no-such-rule") {
		t.Error(says)
	}
	if n := len(get(linttest.FailOn(lint.Advice))); n < 1 {
		t.Errorf("%d findings of any level", n)
	}
}

// A test that is over is told nothing more.
func TestAfterTheEnd(t *testing.T) {
	var l listener
	h := linttest.Handler(&l, http.HandlerFunc(shop))
	l.end()
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/unauthorized", nil))
	if len(l.says) > 0 {
		t.Error(l.says)
	}
}

// Whoever imports this package gets one module besides ours: a module of its own
// is made, and what it needs is held against the list.
func TestModulesOfAUser(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	goMod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	goSum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	version := regexp.MustCompile(`(?m)^go .+$`).FindString(string(goMod))
	dir := t.TempDir()
	for name, content := range map[string]string{
		"go.mod":     "module example.org/user\n\n" + version + "\n\nrequire github.com/statute-http/statute v0.0.0\n\nreplace github.com/statute-http/statute => " + root + "\n",
		"go.sum":     string(goSum),
		"x_test.go":  "package x\n\nimport (\n\t\"net/http\"\n\t\"testing\"\n\n\t\"github.com/statute-http/statute/lint/linttest\"\n)\n\nfunc TestX(t *testing.T) { linttest.Handler(t, http.NotFoundHandler()) }\n",
		"package.go": "package x\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := func(args ...string) string {
		cmd := exec.Command("go", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return string(out)
	}
	run("test", "./...")
	needed := map[string]bool{}
	for line := range strings.Lines(run("list", "-test", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", "./...")) {
		if m := strings.TrimSpace(line); m != "" {
			needed[m] = true
		}
	}
	few := []string{"example.org/user", "github.com/statute-http/statute", "github.com/dunglas/httpsfv"}
	for m := range needed {
		if !slices.Contains(few, m) {
			t.Errorf("a user needs %s", m)
		}
	}
	made, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`(?m)^\s+?(?:require )?(\S+\.\S+/\S+) v`).FindAllStringSubmatch(string(made), -1) {
		if !slices.Contains(few, m[1]) {
			t.Errorf("a user's go.mod names %s:\n%s", m[1], made)
		}
	}
}

// A printer stands for the *testing.T of a real test.
type printer struct{ ends []func() }

func (p *printer) Helper()                           {}
func (p *printer) Errorf(format string, args ...any) { fmt.Printf(format+"\n", args...) }
func (p *printer) Cleanup(f func())                  { p.ends = append(p.ends, f) }

// A handler that refuses without saying how to be let in.
func ExampleHandler() {
	t := &printer{} // a *testing.T
	h := linttest.Handler(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "Please log in.", http.StatusUnauthorized)
	}))
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/report", nil))
	// Output:
	// GET /report got 401, which breaks unauthorized-without-challenge (must, RFC 9110 §15.5.2): final answer, field WWW-Authenticate: The 401 has no WWW-Authenticate field.
	// 	See: statute explain --rule unauthorized-without-challenge
}

// A client whose server sends a 405 without Allow.
func ExampleTransport() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "Not like this.", http.StatusMethodNotAllowed)
	}))
	defer server.Close()

	t := &printer{} // a *testing.T
	client := &http.Client{Transport: linttest.Transport(t, nil)}
	p, err := client.Post(server.URL+"/tea", "text/plain", strings.NewReader("milk"))
	if err != nil {
		fmt.Println(err)
		return
	}
	io.Copy(io.Discard, p.Body)
	p.Body.Close()
	// Output:
	// POST /tea got 405, which breaks method-not-allowed-without-allow (must, RFC 9110 §15.5.6): final answer, field Allow: The 405 to POST does not say which methods are allowed.
	// 	See: statute explain --rule method-not-allowed-without-allow
}
