package house_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/statute-http/statute/house"
	"github.com/statute-http/statute/needs"
)

// A browser is Chromium as a visitor of one house.
type browser struct {
	house *house.House
	ctx   context.Context
}

// newBrowser starts Chromium, as Debian packages it, and opens a house for it.
// Rules say where host names lead, in the house, as Chromium takes them.
func newBrowser(t *testing.T, rules ...func(*house.House) string) *browser {
	t.Helper()
	return newBrowserIn(t, house.Config{}, rules...)
}

func newBrowserIn(t *testing.T, c house.Config, rules ...func(*house.House) string) *browser {
	t.Helper()
	path := needs.Program(t, "chromium", "chromium")
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("accept-lang", "en"))
	h, served := openWith(t, c)
	t.Cleanup(func() { shutdown(t, h, served) })
	for _, rule := range rules {
		options = append(options, chromedp.Flag("host-resolver-rules", rule(h)))
	}
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(func() {
		chromedp.Cancel(ctx) // waits for the browser to end, so that its folder can be removed
		cancel()
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start %s: %v", path, err)
	}
	return &browser{h, ctx}
}

// A visit is one tab with cookies of its own.
type visit struct {
	t    *testing.T
	base string
	ctx  context.Context

	mu       sync.Mutex // guards messages
	messages []string   // of the console: refusals by the policy, errors of scripts
}

// visit opens a tab; it is given 30 s in all.
func (b *browser) visit(t *testing.T) *visit {
	t.Helper()
	v := &visit{t: t, base: "http://" + b.house.Address()}
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	if err := chromedp.Listen(ctx, v.hear); err != nil {
		t.Fatal(err)
	}
	v.ctx, cancel = context.WithTimeout(ctx, 30*time.Second)
	t.Cleanup(cancel)
	return v
}

func (v *visit) hear(event any) {
	v.mu.Lock()
	defer v.mu.Unlock()
	switch e := event.(type) {
	case *log.EventEntryAdded:
		v.messages = append(v.messages, e.Entry.Text)
	case *runtime.EventExceptionThrown:
		v.messages = append(v.messages, e.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		v.messages = append(v.messages, fmt.Sprintf("console.%s", e.Type))
	}
}

// quiet fails the test if the console has said anything.
func (v *visit) quiet() {
	v.t.Helper()
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, message := range v.messages {
		v.t.Errorf("the console says: %s", message)
	}
}

func (v *visit) do(steps ...chromedp.Action[chromedp.Void]) {
	v.t.Helper()
	if err := chromedp.Do(v.ctx, steps...); err != nil {
		v.t.Fatal(err)
	}
}

func (v *visit) to(path string) { v.t.Helper(); v.do(chromedp.Navigate(v.base + path)) }

// find evaluates an expression in the page.
func find[T any](v *visit, expression string) T {
	v.t.Helper()
	value, err := chromedp.Run(v.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		v.t.Fatalf("%s: %v", expression, err)
	}
	return value
}

func (v *visit) text(selector string) string {
	v.t.Helper()
	text, err := chromedp.Run(v.ctx, chromedp.Text(chromedp.CSS(selector)))
	if err != nil {
		v.t.Fatalf("the text of %s: %v", selector, err)
	}
	return text
}

// says fails the test where the element does not show every text.
func (v *visit) says(selector string, texts ...string) {
	v.t.Helper()
	shown := v.text(selector)
	for _, text := range texts {
		if !strings.Contains(shown, text) {
			v.t.Errorf("%s does not show %q, but:\n%.2000s", selector, text, shown)
		}
	}
}

func click(selector string) chromedp.Action[chromedp.Void] {
	return chromedp.Click(chromedp.CSS(selector))
}

func visible(selector string) chromedp.Action[chromedp.Void] {
	return chromedp.WaitVisible(chromedp.CSS(selector))
}

// TestBrowser visits the whole house with a real browser.
func TestBrowser(t *testing.T) {
	b := newBrowser(t)

	t.Run("the search filters while one types", func(t *testing.T) {
		v := b.visit(t)
		v.to("/")
		const shown = `[...document.querySelectorAll("li[data-code]")].filter((e) => e.checkVisibility()).map((e) => e.dataset.code).join(" ")`
		all := len(strings.Fields(find[string](v, shown)))
		v.do(chromedp.SendKeys(chromedp.CSS("#q"), "retry-after 4xx"))
		if got := find[string](v, shown); got != "413 429" {
			t.Errorf("found %s, want 413 429", got)
		}
		v.says("#found", "2 of ")
		if at := find[string](v, `location.search`); at != "" {
			t.Errorf("the page was loaded anew: %s", at)
		}
		v.do(chromedp.SendKeys(chromedp.CSS("#q"), strings.Repeat("\b", len("retry-after 4xx"))))
		if got := len(strings.Fields(find[string](v, shown))); got != all || all < 60 {
			t.Errorf("%d codes after the search, %d before", got, all)
		}
		v.quiet()
	})

	t.Run("the switch of languages keeps the page", func(t *testing.T) {
		v := b.visit(t)
		for _, path := range []string{"/?q=range", "/404", "/order?way=8&code=404", "/play/404/never-stored"} {
			v.to(path)
			for _, language := range []string{"zh-TW", "en"} {
				v.do(click(`.switch button[value="`+language+`"]`), chromedp.WaitReady(chromedp.CSS(`html[lang="`+language+`"] .bottom`)))
				if at := find[string](v, `location.pathname + location.search`); at != path && at != strings.ReplaceAll(path, "way=8&code=404", "code=404&way=8") {
					t.Errorf("the switch to %s leads from %s to %s", language, path, at)
				}
			}
		}
		v.quiet()
	})

	t.Run("a code's page plays a scene in its place", func(t *testing.T) {
		v := b.visit(t)
		v.to("/404")
		scene := `section[aria-labelledby="scene-never-stored"] `
		for _, over := range []struct{ value, name, sent, received string }{
			{"h1", "HTTP/1.1", "> GET /lab/", "< HTTP/1.1 404 Not Found"},
			{"h2", "HTTP/2", "> :method: GET", "< :status: 404"},
			{"h3", "HTTP/3", "> :method: GET", "< :status: 404"},
		} {
			v.do(click(scene+`button[value="`+over.value+`"]`),
				chromedp.WaitEnabled(chromedp.CSS(scene+`button[value="`+over.value+`"]`)), visible(scene+".performance"))
			v.says(scene+".outcome", over.name, "It came true")
			v.says(scene+".performance", over.sent, over.received, "/404#no-such-resource", "gate 8")
			if n := find[int](v, `document.querySelectorAll(".performance").length`); n != 1 {
				t.Errorf("%d results are shown, want the last alone", n)
			}
		}
		if at := find[string](v, `location.pathname`); at != "/404" {
			t.Errorf("playing leads to %s", at)
		}
		v.quiet()
	})

	t.Run("a scene that waits says so", func(t *testing.T) {
		v := b.visit(t)
		v.to("/408?lang=zh-TW")
		scene := `section[aria-labelledby="scene-half-a-head"] `
		v.do(click(scene + "form.play button"))
		if got := find[string](v, `document.querySelector('`+scene+`.progress').textContent`); !strings.Contains(got, "正在以 HTTP/1.1 重現") {
			t.Errorf("while it is played the page says %q", got)
		}
		v.do(visible(scene + ".performance"))
		v.says(scene+".performance", "成真", "< HTTP/1.1 408 Request Timeout", "head-timeout", "第 1 道關卡")
		v.quiet()
	})

	t.Run("a play leads to the gate that decided", func(t *testing.T) {
		v := b.visit(t)
		v.to("/play/404/never-stored")
		v.do(click("form.play button"), visible(".performance"), click(".performance .cue a.gate"), visible(".order"))
		v.says(".gate.decided", "place", "decided here", "404")
		v.says("#gate-1", "passed")
		v.says("#gate-15", "not asked")
		v.quiet()
	})

	t.Run("without scripts", func(t *testing.T) {
		v := b.visit(t)
		v.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
			_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
			return err
		}))
		v.to("/")
		v.do(chromedp.SendKeys(chromedp.CSS("#q"), "412"), chromedp.Submit(chromedp.CSS("#q")), visible("#found:not(:empty)"))
		v.says("main", "Precondition Failed", "1 of ")
		v.to("/404")
		v.do(click(`section[aria-labelledby="scene-never-stored"] button[value="h2"]`), visible(".performance"))
		v.says("h1", "never-stored")
		v.says(".performance", "Played over HTTP/2", "It came true", "> :method: GET", "< :status: 404", "< :status: 201")
		v.do(chromedp.WaitNotVisible(chromedp.CSS(".waiting")))
		v.do(click(`.switch button[value="zh-TW"]`), chromedp.WaitReady(chromedp.CSS(`html[lang="zh-TW"] .bottom`)))
		v.says("h1", "never-stored")
		v.quiet()
	})

	t.Run("the console would tell", func(t *testing.T) {
		v := b.visit(t)
		v.to("/404")
		v.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
			_, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`document.body.insertAdjacentHTML("beforeend", "<p style='color: red'>x</p>"), true`))
			return err
		}))
		for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(20 * time.Millisecond) {
			v.mu.Lock()
			heard := strings.Join(v.messages, "\n")
			v.mu.Unlock()
			if strings.Contains(heard, "Content Security Policy") {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("an inline style was let pass; the console says only %q", heard)
			}
		}
	})
}

// TestLooks opens the main pages at the widths of a desk and of a small
// telephone: nothing sticks out to the side. The screenshots that it keeps
// with -artifacts are for eyes.
func TestLooks(t *testing.T) {
	b := newBrowser(t)
	for _, language := range []string{"en", "zh-TW"} {
		for _, width := range []int64{1280, 360} {
			for name, look := range map[string]struct{ path, click, wait string }{
				"index":   {"/", "", ".bottom"},
				"code":    {"/408", "", ".bottom"},
				"facts":   {"/103", "", ".bottom"},
				"private": {"/499", "", ".bottom"},
				"topic":   {"/topics/framing", "", ".bottom"},
				"play":    {"/play/408/half-a-head", "form.play button", ".performance"},
				"order":   {"/order", "", ".order"},
				"way":     {"/order?way=8&code=404", "", ".order"},
				"traffic": {"/traffic", "main form[method=post] button", ".traffic"},
				"outcome": {"/play/413/overrun", `button[value="h2"]`, ".performance"},
			} {
				t.Run(fmt.Sprintf("%s-%s-%d", name, language, width), func(t *testing.T) {
					v := b.visit(t)
					v.do(chromedp.EmulateViewport(width, 800))
					join := "?"
					if strings.Contains(look.path, "?") {
						join = "&"
					}
					v.to(look.path + join + "lang=" + language)
					if look.click != "" {
						v.do(click(look.click))
					}
					v.do(visible(look.wait))
					if got := find[int64](v, `document.documentElement.scrollWidth`); got > width {
						t.Errorf("the page is %d px wide in a window of %d px", got, width)
					}
					shot, err := chromedp.Run(v.ctx, chromedp.FullScreenshot(100))
					if err != nil {
						t.Fatal(err)
					}
					if err := os.WriteFile(filepath.Join(t.ArtifactDir(), fmt.Sprintf("%s-%s-%d.png", name, language, width)), shot, 0o644); err != nil {
						t.Fatal(err)
					}
					v.quiet()
				})
			}
		}
	}
}
