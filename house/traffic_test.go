package house_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/coder/websocket"

	"github.com/statute-http/statute/site"
	"github.com/statute-http/statute/stage"
)

// follow watches the live traffic of a world.
func follow(t *testing.T, world string) (next func() stage.Sight) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	conn, _, err := websocket.Dial(ctx, strings.Replace(world, "http", "ws", 1)+"traffic", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.CloseNow() })
	return func() stage.Sight {
		t.Helper()
		_, octets, err := conn.Read(ctx)
		if err != nil {
			t.Fatal(err)
		}
		var s stage.Sight
		if err := json.Unmarshal(octets, &s); err != nil {
			t.Fatalf("%v: %s", err, octets)
		}
		return s
	}
}

// Who knows a world sees its traffic, what was before and what comes, and none
// of another world's; secrets and large content are nowhere.
func TestTraffic(t *testing.T) {
	h := open(t)
	mine, other := newCustomer(t, h), newCustomer(t, h)
	mine.send("GET", "book", "", "", "")
	next := follow(t, mine.at)
	if s := next(); s.Method != "GET" || !strings.HasSuffix(s.Target, "/book") || s.Status != 200 || s.Final.Length != 2048 || s.Final.Content != "" {
		t.Errorf("the first: %+v", s)
	}

	other.send("PUT", "depot/theirs", "", "theirs", "text/plain")
	q, _ := http.NewRequestWithContext(t.Context(), "PUT", mine.at+"depot/tea", strings.NewReader("oolong"))
	q.Header.Set("Authorization", "Basic Z3Vlc3Q6Z3Vlc3Q=")
	q.Header.Set("Cookie", "crumbs=secret")
	q.Header.Set("X-Long", strings.Repeat("x", 3000))
	answer, err := http.DefaultTransport.RoundTrip(q)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	s := next()
	if s.Method != "PUT" || s.Status != 201 || s.Request.Content != "oolong" || s.Gate != 15 || s.Took <= 0 {
		t.Errorf("the PUT: %+v", s)
	}
	octets, _ := json.Marshal(s)
	for _, secret := range []string{"Z3Vlc3Q6Z3Vlc3Q", "crumbs=secret", "theirs", strings.Repeat("x", 300)} {
		if bytes.Contains(octets, []byte(secret)) {
			t.Errorf("it tells %.40s: %.2000s", secret, octets)
		}
	}
	mine.pay("tea", mine.challenge())
	for _, want := range []string{"premium/recipe", "purses/tea"} {
		if s := next(); !strings.HasSuffix(s.Target, want) || strings.HasPrefix(want, "purses") && (s.Request.Content != "" || s.Final.Content != "") {
			t.Errorf("want %s without its content: %+v", want, s)
		}
	}

	// The page of it, for people and for programs.
	id := strings.Split(mine.at, "/")[4]
	page := "http://" + h.Address() + "/traffic?world=" + id
	for _, accept := range []string{"text/html", "application/json"} {
		q, _ := http.NewRequestWithContext(t.Context(), "GET", page, nil)
		q.Header.Set("Accept", accept)
		answer, err := http.DefaultTransport.RoundTrip(q)
		if err != nil {
			t.Fatal(err)
		}
		content, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		if answer.StatusCode != 200 || !bytes.Contains(content, []byte("depot/tea")) || bytes.Contains(content, []byte("theirs")) || bytes.Contains(content, []byte("crumbs=secret")) {
			t.Errorf("%s as %s: got %d %.3000s", page, accept, answer.StatusCode, content)
		}
		var doc site.TrafficDocument
		if accept == "application/json" && (json.Unmarshal(content, &doc) != nil || len(doc.Exchanges) < 4 || doc.Feed != "/w/"+id+"/traffic") {
			t.Errorf("%s", content)
		}
	}
	for path, want := range map[string]int{
		"/traffic?world=000000000000000000": 200, "/traffic?world=tea": 200, "/traffic": 200,
		"/lab/traffic": 404, "/w/000000000000000000/traffic": 404, "/w/" + id + "/traffic": 426,
	} {
		answer, err := http.Get("http://" + h.Address() + path)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != want {
			t.Errorf("%s: got %d, want %d", path, answer.StatusCode, want)
		}
	}
}

// The page shows what comes: at once with scripts, and when it is loaded again
// without.
func TestTrafficPage(t *testing.T) {
	b := newBrowser(t)
	first := `(document.querySelector("ol.traffic li:first-child summary")?.textContent ?? "")`
	for _, scripts := range []bool{true, false} {
		v := b.visit(t)
		v.do(call(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !scripts}))
		v.to("/traffic")
		v.do(click("main form[method=post] button"), visible(".live"))
		if scripts {
			v.do(chromedp.Poll[chromedp.Void](`document.querySelector(".live").textContent.startsWith("Live")`))
		}
		world := find[string](v, `document.querySelector(".live").dataset.feed.replace(/traffic$/, "")`)
		answer, err := http.Get("http://" + b.house.Address() + world + "nowhere?<b>")
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if scripts {
			v.do(chromedp.Poll[chromedp.Void](first + `.includes("nowhere")`))
		} else {
			v.do(click(".live a"), visible("ol.traffic li"))
		}
		v.says("ol.traffic", "GET "+world+"nowhere?", "<b>", "404", "gate 8: no-such-resource", "HTTP/1.1")
		v.do(click("ol.traffic summary"), visible("ol.traffic pre"))
		v.says("ol.traffic pre", "> GET "+world, "User-Agent", "no-such-resource")
		v.do(click(`.switch button[value="zh-TW"]`), chromedp.WaitReady(chromedp.CSS(`html[lang="zh-TW"] .bottom`)))
		v.says("h1", "你的流量")
		v.quiet()
	}
}
