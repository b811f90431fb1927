package house_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	recording "github.com/statute-http/statute/capture/relay"
	"github.com/statute-http/statute/lint"
	"github.com/statute-http/statute/needs"
	"github.com/statute-http/statute/wire"
)

// A watcher stands between programs that others wrote and the house, as statute
// lint --reverse and --proxy do, and fails the test for what the house breaks.
type watcher struct {
	recording.Relay
	t     *testing.T
	watch *lint.Watch

	mu sync.Mutex
	n  int
}

func newWatcher(t *testing.T) *watcher {
	w := &watcher{t: t, watch: lint.New(lint.All...).Watch(lint.Memory{})}
	w.Record = w.judge
	return w
}

func (w *watcher) judge(x *wire.Exchange) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.n++
	for _, f := range w.watch.Check(x).Findings {
		if f.Rule.Who == lint.Client || f.Rule.Level != lint.Must && f.Rule.Level != lint.Should {
			continue
		}
		w.t.Errorf("%s %.80s got %s: %s (%s): %s: %s", x.Request.Method, x.Request.Target, x.Answer().Status,
			f.Rule.Name, f.Rule.Level, f.Where, f.Message.En)
	}
}

// listen begins; at the end of the test so many exchanges have to have passed.
func (w *watcher) listen(serve func(net.Listener) error, least int) string {
	w.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		w.t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- serve(l) }()
	w.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		w.Shutdown(ctx)
		<-done
		if w.n < least {
			w.t.Errorf("%d exchanges passed, want %d at least", w.n, least)
		}
	})
	return l.Addr().String()
}

// pages are what visitors of the site read.
var pages = []string{"/", "/404", "/412?lang=zh-TW", "/order", "/topics/conditions", "/codes.json", "/no-such-page", "/404.json", "/status/204", "/lab/page"}

// curl reads our site in every usual way, and nothing that it gets breaks a rule.
func TestCurlReads(t *testing.T) {
	curl := needs.Program(t, "curl", "curl")
	h := open(t)
	w := newWatcher(t)
	at := "http://" + w.listen(func(l net.Listener) error { return w.Reverse(l, recording.Upstream{Address: h.Address()}) }, 90)
	for _, page := range pages {
		tag := ""
		if p, err := http.Get("http://" + h.Address() + page); err == nil {
			tag = p.Header.Get("ETag")
			p.Body.Close()
		}
		for _, args := range [][]string{
			nil, {"-I"}, {"--compressed"}, {"-H", "Accept: application/json"}, {"-H", "Accept: image/webp"}, {"-r", "0-9"}, {"-r", "0-9,20-29"},
			{"-r", "999999-"}, {"-I", "-r", "0-9"}, {"-H", "If-None-Match: " + tag}, {"-H", "If-Match: " + tag}, {"-H", `If-Match: "other"`},
			{"-r", "0-9", "-H", "If-Range: " + tag}, {"-X", "OPTIONS"}, {"-X", "TRACE"}, {"-X", "BREW"}, {"-d", "x=1"}, {"-T", "readers_test.go"},
			{"-0"}, {"-L"}, {"--http2-prior-knowledge"}, {"-I", "--http2-prior-knowledge"},
		} {
			run(t, ".", "", curl, append([]string{"-s", "-m", "20", "-o", os.DevNull, at + page}, args...)...)
		}
	}
}

// Chromium reads it, twice, so that it asks conditionally.
func TestChromiumReads(t *testing.T) {
	chromium := needs.Program(t, "chromium", "chromium")
	h := open(t)
	w := newWatcher(t)
	proxy := w.listen(w.Proxy, 10)
	dir := t.TempDir()
	for _, page := range append(pages[:5:5], pages[:2]...) {
		if out, err := run(t, dir, "", chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
			"--disable-component-update", "--user-data-dir="+dir, "--proxy-server=http://"+proxy, "--proxy-bypass-list=<-loopback>",
			"--dump-dom", "http://"+h.Address()+page); err != nil || !strings.Contains(out, "</html>") {
			t.Errorf("%s: %v\n%.2000s", page, err, out)
		}
	}
}

// Firefox does.
func TestFirefoxReads(t *testing.T) {
	firefox := needs.Program(t, "firefox-esr", "firefox-esr")
	h := open(t)
	w := newWatcher(t)
	proxy := w.listen(w.Proxy, 8)
	host, port, err := net.SplitHostPort(proxy)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	profile := filepath.Join(dir, "profile")
	if err := os.Mkdir(profile, 0o700); err != nil {
		t.Fatal(err)
	}
	prefs := fmt.Sprintf(`user_pref("network.proxy.type", 1);
user_pref("network.proxy.http", %q);
user_pref("network.proxy.http_port", %s);
user_pref("network.proxy.allow_hijacking_localhost", true);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
`, host, port)
	if err := os.WriteFile(filepath.Join(profile, "user.js"), []byte(prefs), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, page := range append(pages[:4:4], pages[0]) {
		shot := filepath.Join(dir, url.PathEscape(page)+".png")
		if out, err := run(t, dir, "", firefox, "--headless", "--no-remote", "--profile", profile, "--screenshot", shot, "http://"+h.Address()+page); err != nil {
			t.Errorf("%s: %v\n%.2000s", page, err, out)
		}
	}
}

// Nothing that litmus is answered breaks a rule.
func TestLitmusIsClean(t *testing.T) {
	litmus := needs.Program(t, "litmus", "litmus")
	h := open(t)
	w := newWatcher(t)
	at := "http://" + w.listen(func(l net.Listener) error { return w.Reverse(l, recording.Upstream{Address: h.Address()}) }, 200) + "/lab/depot/"
	if out, err := run(t, t.TempDir(), "", litmus, "-k", at); err != nil {
		t.Logf("litmus: %v\n%.1000s", err, out) // TestLitmus judges that
	}
}
