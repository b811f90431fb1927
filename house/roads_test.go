package house_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/statute-http/statute/house"
	"github.com/statute-http/statute/needs"
	"github.com/statute-http/statute/serve"
	"github.com/statute-http/statute/stage"
	"github.com/statute-http/statute/stage/play"
	"github.com/statute-http/statute/wire"
)

// curl runs curl with what the house and its proxy need, and returns the codes
// that the proxy and the server have answered, and what curl has printed.
func curl(t *testing.T, h *house.House, args ...string) (codes, out string) {
	t.Helper()
	needs.Program(t, "curl", "curl")
	ca := filepath.Join(t.TempDir(), "ca.pem")
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := exec.CommandContext(ctx, "curl", "-sfo", ca, "http://"+h.Address()+"/ca.pem").Run(); err != nil {
		t.Fatalf("fetch the authority: %v", err)
	}
	all := append([]string{"-si", "--noproxy", "", "--cacert", ca, "--proxy-cacert", ca, "-w", "\n%{http_connect} %{http_code} %{http_version}"}, args...)
	octets, _ := exec.CommandContext(ctx, "curl", all...).Output()
	text := string(octets)
	last := strings.LastIndex(text, "\n")
	return text[last+1:], text[:max(last, 0)]
}

// curl goes through the forward proxy in each of the ways that it knows, and asks
// the portal over TLS.
func TestCurlThroughProxy(t *testing.T) {
	h := open(t)
	clear, secure := "http://"+h.Address()+"/lab/page", "https://"+h.Address()+"/lab/page"
	proxy := h.Proxy()
	if codes, out := curl(t, h, "https://"+h.Portal()+"/api"); codes != "000 200 2" || !strings.Contains(out, "content-type: application/captive+json") || !strings.Contains(out, `"captive":true`) {
		t.Errorf("the captive-portal API over TLS (RFC 8908 §4): %s\n%s", codes, out)
	}
	for _, test := range []struct {
		name string
		args []string
		want string // what CONNECT got, what the request got, in which version
		has  string
	}{
		{"the whole URI", []string{"-x", "http://" + proxy, "-U", "guest:guest", clear}, "000 200 1.1", "Via: 1.1 statute-proxy-"},
		{"without a login", []string{"-x", "http://" + proxy, clear}, "000 407 1.1", "Proxy-Authenticate: Basic"},
		{"with any login that is asked for", []string{"-x", "http://" + proxy, "--proxy-anyauth", "-U", "guest:guest", clear}, "000 200 1.1", ""},
		{"a tunnel", []string{"-x", "http://" + proxy, "-p", "-U", "guest:guest", clear}, "200 200 1.1", ""},
		{"a tunnel without a login", []string{"-x", "http://" + proxy, "-p", clear}, "407 000 0", "Proxy-Authenticate: Basic"},
		{"TLS and HTTP/2 through a tunnel", []string{"-x", "http://" + proxy, "-U", "guest:guest", "--http2", secure}, "200 200 2", ""},
		{"a proxy behind TLS", []string{"-x", "https://" + proxy, "-U", "guest:guest", clear}, "000 200 1.1", "Via: 1.1 statute-proxy-"},
		{"a tunnel to elsewhere", []string{"-x", "http://" + proxy, "-U", "guest:guest", "https://example.com/"}, "403 000 0", "http_request_denied"},
		{"made smaller", []string{"-x", "http://" + proxy, "-U", "thrifty:thrifty", clear}, "000 203 1.1", ""},
		{"HTTP/1.0", []string{"-0", "-x", "http://" + proxy, "-U", "guest:guest", clear}, "000 200 1.1", "Via: 1.1 statute-proxy-"},
		{"content that waits", []string{"-x", "http://" + proxy, "-U", "guest:guest", "-H", "Expect: 100-continue", "-T", "browser_test.go", "http://" + h.Address() + "/lab/depot/curl"}, "000 201 1.1", "HTTP/1.1 100 Continue"},
		{"first the proxy, then the origin", []string{"-x", "http://" + proxy, "-U", "guest:guest", "http://" + h.Address() + "/lab/cellar/list"}, "000 401 1.1", "WWW-Authenticate: Basic"},
		{"both logins", []string{"-x", "http://" + proxy, "-U", "guest:guest", "-u", "guest:guest", "http://" + h.Address() + "/lab/cellar/list"}, "000 200 1.1", "oolong"},
	} {
		t.Run(test.name, func(t *testing.T) {
			codes, out := curl(t, h, test.args...)
			if codes != test.want || !strings.Contains(out, test.has) {
				t.Errorf("curl gets %s, want %s with %q:\n%s", codes, test.want, test.has, out)
			}
		})
	}
}

// A browser in the network of the captive portal: it wants a page, is told to
// log in, agrees, and gets the page.
func TestBrowserIsIntercepted(t *testing.T) {
	b := newBrowser(t, func(h *house.House) string { return "MAP tea.test:80 " + h.Portal() })
	v := b.visit(t)
	v.do(chromedp.Navigate("http://tea.test/lab/page"))
	v.says("h1", "You are not online yet")
	if at := find[string](v, `location.href`); at != "http://tea.test/lab/page" {
		t.Errorf("the 511 is shown at %s", at)
	}
	if n := find[int](v, `document.querySelectorAll("form, input").length`); n != 0 {
		t.Errorf("the 511 has a form: RFC 6585 §6 would rather not")
	}
	v.do(click("#login"), visible("#state"))
	v.says("#state", "You are captive")
	if at := find[string](v, `location.host`); at != b.house.Portal() {
		t.Errorf("the login is at %s", at)
	}
	v.do(click(`button[value="agree"]`), chromedp.WaitReady(chromedp.CSS(`p[lang="en"]`)))
	if at := find[string](v, `location.href`); at != "http://tea.test/lab/page" {
		t.Errorf("after the login the browser is at %s", at)
	}
	v.says("body", "This page is always here.")
}

// A hundred people play the scenes of the roads at once.
func TestRoadsInParallel(t *testing.T) {
	h := open(t)
	var scenes []stage.Scene
	for _, s := range stage.All {
		if s.Code == 203 || s.Code == 407 || s.Code == 502 || s.Code == 511 {
			scenes = append(scenes, s)
		}
	}
	var players sync.WaitGroup
	failed := make(chan *play.Performance, 1000)
	for i := range 100 {
		players.Go(func() {
			for j := range scenes {
				s := &scenes[(i+j)%len(scenes)]
				if p := h.Player().Play(t.Context(), s, wire.H1); !p.True() {
					failed <- p
				}
			}
		})
	}
	players.Wait()
	close(failed)
	shown := 0
	for p := range failed {
		if shown++; shown < 5 {
			t.Errorf("%d/%s: %v", p.Scene.Code, p.Scene.Name, p.Err)
		}
	}
	if shown > 0 {
		t.Errorf("%d plays of %d did not come true", shown, 100*len(scenes))
	}
}

// A house closes in which a tunnel is open, without waiting for it.
func TestShutdownWithTunnel(t *testing.T) {
	h, served := openFor(t, serve.Limits{})
	c, err := net.Dial("tcp", h.Proxy())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(20 * time.Second))
	fmt.Fprintf(c, "CONNECT %s HTTP/1.1\r\nHost: x\r\nProxy-Authorization: Basic Z3Vlc3Q6Z3Vlc3Q=\r\n\r\n", h.Address())
	r := bufio.NewReader(c)
	if answer, err := http.ReadResponse(r, &http.Request{Method: "CONNECT"}); err != nil || answer.StatusCode != 200 {
		t.Fatal(answer, err)
	}
	shutdown(t, h, served)
	if _, err := r.ReadByte(); err == nil {
		t.Error("something came out of the tunnel")
	}
}

// Of two houses that want one port for the proxy the second says which it is.
func TestProxyPortTaken(t *testing.T) {
	h := open(t)
	if _, err := house.Open(house.Config{Proxy: h.Proxy()}); err == nil || !strings.HasPrefix(err.Error(), "open the proxy: listen on ") {
		t.Errorf("the second house says %v", err)
	}
	off, served := openWith(t, house.Config{Proxy: house.Off, Portal: house.Off})
	defer shutdown(t, off, served)
	if off.Proxy() != "" || off.Portal() != "" || off.Ready().Proxy != "" {
		t.Errorf("what is off is at %q and %q", off.Proxy(), off.Portal())
	}
}
