package site

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/stage"
	"github.com/statute-http/statute/stage/play"
	"github.com/statute-http/statute/wire"
)

// perform stands for a server: it answers each step as the scene wants.
func perform(_ context.Context, scene *stage.Scene, over wire.Protocol) *play.Performance {
	p := &play.Performance{Scene: scene, Over: over, Allowed: scene.Plays(over)}
	if !p.Allowed {
		return p
	}
	for _, step := range scene.Cue {
		p.Cue = append(p.Cue, answered(step, over))
	}
	for _, step := range scene.Control {
		p.Control = append(p.Control, answered(step, over))
	}
	return p
}

func answered(step stage.Step, over wire.Protocol) *wire.Exchange {
	x := &wire.Exchange{
		Conn: wire.Conn{Protocol: over}, Seen: wire.ShowsAll, End: wire.EndKept,
		Request: wire.Request{Method: step.Method, Target: step.Path, Message: wire.Message{Version: wire.Version{Major: 1, Minor: 1}}},
		Final:   &wire.Response{Status: step.Status, Message: wire.Message{Version: wire.Version{Major: 1, Minor: 1}}},
	}
	for _, code := range step.Interim {
		x.Interim = append(x.Interim, wire.Response{Status: code, Message: wire.Message{Version: wire.Version{Major: 1, Minor: 1}}})
	}
	content := []byte("<script>alert(1)</script>" + strings.Repeat("x", 100) + "\n")
	x.Final.Content = wire.Content{Length: int64(len(content)), Data: content, Complete: true}
	return x
}

// with asks a site that plays by the given function.
func with(play func(context.Context, *stage.Scene, wire.Protocol) *play.Performance, method, target, content string, fields ...string) *http.Response {
	r := httptest.NewRequest(method, "http://127.0.0.1:8080"+target, strings.NewReader(content))
	if content != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(fields); i += 2 {
		r.Header.Set(fields[i], fields[i+1])
	}
	w := httptest.NewRecorder()
	New(Config{Play: play, Gates: gates}).ServeHTTP(w, r)
	return w.Result()
}

// TestPlayPages reads the page of each scene, before and after it is played, as
// a careful browser would.
func TestPlayPages(t *testing.T) {
	for _, scene := range stage.All {
		path := "/play/" + scene.Code.String() + "/" + scene.Name
		for _, l := range lang.All {
			before := contentOf(t, with(perform, "GET", path, "", "Accept-Language", string(l)))
			readPage(t, path, before)
			if strings.Contains(before, `class="performance"`) || strings.Contains(before, `class="waiting"`) {
				t.Errorf("GET %s plays", path)
			}
			about := contentOf(t, with(perform, "GET", "/"+scene.Code.String(), "", "Accept-Language", string(l)))
			for _, over := range wire.Protocols {
				button := `<button name="over" value="` + string(over) + `">`
				if strings.Contains(before, button) != scene.Plays(over) {
					t.Errorf("GET %s: a button for %s is %v", path, over, !scene.Plays(over))
				}
				resp := with(perform, "POST", path, "over="+string(over), "Accept-Language", string(l))
				after := contentOf(t, resp)
				readPage(t, "the result of "+path, after)
				if resp.StatusCode != 200 || resp.Header.Get("Cache-Control") != "no-store" ||
					resp.Header.Get("Content-Language") != string(l) || resp.Header.Get("Vary") != "Accept, Accept-Language, Cookie" {
					t.Errorf("POST %s: %d %v", path, resp.StatusCode, resp.Header)
				}
				if strings.Contains(after, "<script>alert") {
					t.Errorf("POST %s: a message is taken for HTML", path)
				}
				want := words["came-true"].In(l)
				if !scene.Plays(over) {
					want = words["came-not"].In(l)
				} else if !strings.Contains(after, "{repeat:x:100}") || !strings.Contains(after, "&lt;script&gt;alert(1)") {
					t.Errorf("POST %s: the messages are not shown", path)
				}
				if !strings.Contains(after, want) {
					t.Errorf("POST %s over %s does not say %q", path, over, want)
				}
			}
			if !strings.Contains(about, `action="`+path+`"`) {
				t.Errorf("/%s does not lead to %s", scene.Code, path)
			}
		}
	}
}

// TestUntrue shows what did not come true, and JSON says the same.
func TestUntrue(t *testing.T) {
	half := func(ctx context.Context, s *stage.Scene, over wire.Protocol) *play.Performance {
		p := perform(ctx, s, over)
		p.Control, p.Err = nil, errors.New("cue, step 1: the answer is <500>, want 404")
		p.Cue[0].Final.Status = 500
		return p
	}
	content := contentOf(t, with(half, "POST", "/play/404/never-stored", "over=h2"))
	for _, want := range []string{"It did not come true:", "the answer is &lt;500&gt;, want 404", `href="/500"`, "not played"} {
		if !strings.Contains(content, want) {
			t.Errorf("the page does not say %q:\n%s", want, content)
		}
	}
	var p Performance
	decode(t, contentOf(t, with(half, "POST", "/play/404/never-stored?over=h2", "", "Accept", "application/json")), &p)
	if p.OK == nil || *p.OK || p.Over != wire.H2 || len(p.Cue) != 1 || p.Cue[0] != 500 || p.Control == nil || len(p.Control) != 0 ||
		!strings.Contains(p.Reason, "<500>") || len(p.Messages.Cue) != 1 || !strings.Contains(p.Messages.Cue[0], "< :status: 500") {
		t.Errorf("JSON says %+v", p)
	}
}

func TestPlayRefusals(t *testing.T) {
	const path = "/play/404/never-stored"
	for _, test := range []struct {
		name, method, target, content string
		fields                        []string
		status                        int
		reason                        string
	}{
		{"unknown scene", "POST", "/play/404/nothing", "", nil, 404, "no-such-page"},
		{"unknown code", "POST", "/play/777/never-stored", "", nil, 404, "no-such-page"},
		{"no scene", "GET", "/play/404/", "", nil, 404, "no-such-page"},
		{"no code", "GET", "/play/never-stored", "", nil, 404, "no-such-page"},
		{"another method", "PUT", path, "", nil, 405, "method-not-allowed"},
		{"unknown protocol", "POST", path, "over=spdy", nil, 400, "protocol-unknown"},
		{"unreadable form", "POST", path, "over=%zz", nil, 400, "form-unreadable"},
		{"large form", "POST", path, strings.Repeat("x", maxForm+1), nil, 413, "content-too-large"},
		{"another site, by metadata", "POST", path, "over=h1", []string{"Sec-Fetch-Site", "cross-site"}, 403, "cross-origin"},
		{"another site, by origin", "POST", path, "over=h1", []string{"Origin", "http://evil.test"}, 403, "cross-origin"},
		{"this site", "POST", path, "over=h1", []string{"Origin", "http://127.0.0.1:8080"}, 200, ""},
		{"no browser, no protocol", "POST", path, "", nil, 200, ""},
	} {
		resp := with(perform, test.method, test.target, test.content, test.fields...)
		var p wire.Problem
		content := contentOf(t, resp)
		if test.reason != "" {
			if err := json.Unmarshal([]byte(content), &p); err != nil {
				t.Errorf("%s: %d, %v", test.name, resp.StatusCode, err)
			}
			if page := contentOf(t, get(t, "/"+p.Status.String())); !strings.Contains(page, `id="`+p.Reason+`"`) {
				t.Errorf("%s: %s leads nowhere", test.name, p.Type)
			}
		}
		if resp.StatusCode != test.status || p.Reason != test.reason {
			t.Errorf("%s: %d %s, want %d %s", test.name, resp.StatusCode, p.Reason, test.status, test.reason)
		}
	}
	if resp := ask(t, "POST", path, ""); resp.StatusCode != 404 {
		t.Errorf("a site that cannot play answers %d", resp.StatusCode)
	}
	if content := contentOf(t, get(t, "/404")); strings.Contains(content, "/play/") || strings.Contains(content, `"/order`) {
		t.Error("a site that cannot play says that it can")
	}
}

// A play has an end, and no more than atOnce are under way.
func TestPlayBounds(t *testing.T) {
	under := make(chan struct{})
	handler := New(Config{Play: func(ctx context.Context, s *stage.Scene, over wire.Protocol) *play.Performance {
		if end, ok := ctx.Deadline(); !ok || time.Until(end) > playTime {
			t.Error("a play has no end")
		}
		under <- struct{}{}
		<-ctx.Done()
		return &play.Performance{Scene: s, Over: over, Allowed: true, Err: ctx.Err()}
	}})
	ctx, leave := context.WithCancel(t.Context())
	done := make(chan struct{})
	for range atOnce {
		go func() {
			r := httptest.NewRequest("POST", "/play/404/never-stored", nil).WithContext(ctx)
			handler.ServeHTTP(httptest.NewRecorder(), r)
			done <- struct{}{}
		}()
		<-under
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest("POST", "/play/404/never-stored", nil))
	if w.Code != 503 || w.Header().Get("Retry-After") != playAgain {
		t.Errorf("one play too many gets %d, Retry-After %q", w.Code, w.Header().Get("Retry-After"))
	}
	leave()
	for range atOnce {
		<-done
	}
}
