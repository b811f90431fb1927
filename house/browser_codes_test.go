package house_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/security"
	"github.com/chromedp/chromedp"

	"github.com/statute-http/statute/house"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// A watch keeps what the tap tells.
type watch struct {
	mu   sync.Mutex
	seen []*wire.Exchange
}

func (w *watch) see(x *wire.Exchange) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen = append(w.seen, x)
}

func (w *watch) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen = nil
}

// of returns the exchanges about a target, once there are so many; the tap hears
// of an exchange when it is over.
func (w *watch) of(t *testing.T, method, target string, n int) []*wire.Exchange {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		var its []*wire.Exchange
		w.mu.Lock()
		for _, x := range w.seen {
			if x.Request.Method == method && x.Request.Target == target {
				its = append(its, x)
			}
		}
		w.mu.Unlock()
		if len(its) >= n {
			return its
		}
		if time.Now().After(deadline) {
			t.Fatalf("the browser made %d requests %s %s, want %d", len(its), method, target, n)
		}
	}
}

// call is a command of the browser's own protocol.
func call[P, R any](command cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, command, params)
		return err
	})
}

// What Chromium makes of codes that mean something to a browser.
func TestBrowserObeys(t *testing.T) {
	seen := &watch{}
	b := newBrowserIn(t, house.Config{Tap: seen.see})

	// lead is how long before the last octet of a page its style sheet was asked
	// for.
	lead := func(t *testing.T, target string, over wire.Protocol, interim int) time.Duration {
		t.Helper()
		page := seen.of(t, "GET", target, 1)[0]
		style := seen.of(t, "GET", "/lab/hints.css", 1)[0]
		seen.forget()
		if page.Conn.Protocol != over || len(page.Interim) != interim {
			t.Errorf("the page came over %s with %v", page.Conn.Protocol, page.Statuses())
		}
		return page.Started.Add(page.Took).Sub(style.Started)
	}
	t.Run("103 over HTTP/2: the preload is asked for before the final answer", func(t *testing.T) {
		v := b.visit(t)
		v.base = "https://" + b.house.Address()
		v.do(call(security.SetIgnoreCertificateErrors, security.SetIgnoreCertificateErrorsParams{Ignore: true}))
		// A browser may leave a hint alone, and a busy machine starts a preload
		// late: each pot is fresh, and one in five has to show it.
		var late []time.Duration
		for n := range 5 {
			pot := fmt.Sprintf("/lab/hints?pot=browser-%d", n)
			v.to(pot)
			d := lead(t, pot, wire.H2, 1)
			if d > 0 {
				return
			}
			late = append(late, -d)
		}
		t.Errorf("the style sheet was asked for after the final answer each time: %v", late)
	})
	t.Run("103 over HTTP/1.1: this browser passes over it", func(t *testing.T) {
		v := b.visit(t)
		v.to("/lab/hints?pot=browser-h1")
		if d := lead(t, "/lab/hints?pot=browser-h1", wire.H1, 1); d > 0 {
			t.Errorf("the style sheet was asked for %v before the final answer: the manual says that it is not", d)
		}
	})

	const item = `document.querySelector("[name=item]").value`
	t.Run("205: the form is empty for the next entry", func(t *testing.T) {
		v := b.visit(t)
		v.to("/lab/tally")
		v.do(chromedp.SendKeys(chromedp.CSS("[name=item]"), "oolong"), click("button"),
			chromedp.Poll[chromedp.Void](item+` === ""`))
		v.says("output", "205")
		v.do(click("button"), chromedp.Poll[chromedp.Void](`document.querySelector("output").value.includes("item")`))
		v.says("output", "422", "item: name one")
		v.do(chromedp.SendKeys(chromedp.CSS("[name=item]"), "pouchong"), click("[name=again]"), click("button"), chromedp.WaitReady(chromedp.CSS("pre")))
		v.says("body", "pouchong")
		var got []status.Code
		for _, x := range seen.of(t, "POST", "/lab/tally", 3) {
			got = append(got, x.Statuses()...)
		}
		if want := []status.Code{205, 422, 303}; !slices.Equal(got, want) {
			t.Errorf("the form got %v, want %v", got, want)
		}
		seen.forget()
	})
	t.Run("205 without scripts: this browser leaves the form as it was", func(t *testing.T) {
		v := b.visit(t)
		v.do(call(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}))
		v.to("/lab/tally")
		v.do(chromedp.SendKeys(chromedp.CSS("[name=item]"), "oolong"), click("button"))
		if x := seen.of(t, "POST", "/lab/tally", 1)[0]; x.Answer().Status != 205 {
			t.Errorf("the form got %v", x.Statuses())
		}
		if got, at := find[string](v, item), find[string](v, `location.pathname`); got != "oolong" || at != "/lab/tally" {
			t.Errorf("the field is %q at %s: the manual says that it keeps what was typed", got, at)
		}
	})

	t.Run("401: the browser asks for a password, and asks again", func(t *testing.T) {
		v := b.visit(t)
		asked := make(chan fetch.AuthChallenge, 8)
		passwords := []string{"tea", "guest"}
		// Answers are given beside the listener, which has to come back at once.
		answer := func(action chromedp.Action[chromedp.Void]) { go chromedp.Do(v.ctx, action) }
		if err := chromedp.Listen(v.ctx, func(event any) {
			switch e := event.(type) {
			case *fetch.EventAuthRequired:
				asked <- *e.AuthChallenge
				answer(call(fetch.ContinueWithAuth, fetch.ContinueWithAuthParams{RequestID: e.RequestID,
					AuthChallengeResponse: &fetch.AuthChallengeResponse{Response: "ProvideCredentials",
						Username: "guest", Password: passwords[min(len(asked), len(passwords))-1]}}))
			case *fetch.EventRequestPaused:
				answer(call(fetch.ContinueRequest, fetch.ContinueRequestParams{RequestID: e.RequestID}))
			}
		}); err != nil {
			t.Fatal(err)
		}
		v.do(call(fetch.Enable, fetch.EnableParams{HandleAuthRequests: new(true)}))
		v.to("/lab/cellar/list")
		v.says("body", "oolong")
		if len(asked) != 2 {
			t.Errorf("the browser asked %d times, want 2", len(asked))
		}
		// Of Basic and Digest it takes the stronger.
		if c := <-asked; c.Scheme != "digest" || c.Realm != "cellar" {
			t.Errorf("it asked for %s in %s", c.Scheme, c.Realm)
		}
	})

	t.Run("101: a WebSocket", func(t *testing.T) {
		v := b.visit(t)
		v.to("/101")
		said, err := chromedp.Run(v.ctx, chromedp.Evaluate[string](`new Promise((yes, no) => {
			const s = new WebSocket("ws://" + location.host + "/lab/ws");
			s.onopen = () => s.send("茶");
			s.onmessage = (e) => { s.close(); yes(e.data) };
			s.onerror = () => no(new Error("no WebSocket"));
		})`, chromedp.EvalAwaitPromise))
		if err != nil || said != "茶" {
			t.Errorf("the WebSocket said %q (%v)", said, err)
		}
		if x := seen.of(t, "GET", "/lab/ws", 1)[0]; x.Answer().Status != 101 {
			t.Errorf("the handshake got %v", x.Statuses())
		}
	})
}
