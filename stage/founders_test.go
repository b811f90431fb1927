package stage

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/store/memory"
	"github.com/statute-http/statute/wire"
)

// asks has the handler answer one request from an address.
func asks(h http.Handler, method, target, from, content string, fields ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(content))
	r.RemoteAddr = from
	for i := 0; i+1 < len(fields); i += 2 {
		r.Header.Set(fields[i], fields[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// TestWorldLimits: an address makes so many worlds and no more until the first of
// its own ends; everybody together likewise, but that is nobody's fault.
func TestWorldLimits(t *testing.T) {
	lab := NewLab(memory.New(memory.Config{}), lang.En)
	lab.Worlds = WorldLimits{All: 6, PerAddress: 2}
	lab.Gateways = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	now := time.Now()
	lab.founders.now = func() time.Time { return now }
	for i, step := range []struct {
		method, from string
		later        time.Duration
		want         int
		reason       string
		wait         time.Duration
	}{
		{"POST", "192.0.2.1:1", 0, 201, "", 0},
		{"POST", "192.0.2.1:2", time.Hour, 201, "", 0},
		{"POST", "192.0.2.1:3", 0, 429, "too-many-requests", worldLife - time.Hour},
		{"POST", "192.0.2.1:4", 0, 429, "too-many-requests", worldLife - time.Hour},
		{"OPTIONS", "192.0.2.1:4", 0, 204, "", 0},
		{"POST", "192.0.2.2:1", 0, 201, "", 0},
		{"POST", "[2001:db8::1]:1", 0, 201, "", 0},
		{"POST", "[2001:db8::2]:1", 0, 201, "", 0}, // the same /64
		{"POST", "[2001:db8::3]:1", 0, 429, "too-many-requests", worldLife},
		{"POST", "127.0.0.1:1", 0, 201, "", 0},
		{"POST", "192.0.2.3:1", 0, 503, "not-now", worldLife - time.Hour}, // six there are
		{"POST", "127.0.0.1:1", 0, 503, "not-now", worldLife - time.Hour},
		{"OPTIONS", "192.0.2.3:1", 0, 204, "", 0},
		{"POST", "192.0.2.1:5", worldLife - time.Hour, 201, "", 0}, // its first has ended
		{"POST", "192.0.2.1:5", time.Hour, 201, "", 0},
		{"POST", "192.0.2.1:5", 0, 429, "too-many-requests", worldLife - time.Hour},
	} {
		now = now.Add(step.later)
		w := asks(lab, step.method, "/worlds", step.from, "{}", "Content-Type", "application/json")
		if w.Code != step.want || reasonOf(t, w.Body.String()) != step.reason {
			t.Fatalf("step %d, %s from %s: got %d for %q, want %d for %q", i, step.method, step.from, w.Code, reasonOf(t, w.Body.String()), step.want, step.reason)
		}
		want := ""
		if step.wait > 0 {
			want = fmt.Sprint(int(step.wait / time.Second))
		}
		if got := w.Header().Get("Retry-After"); got != want {
			t.Errorf("step %d: Retry-After is %q, want %q", i, got, want)
		}
	}
	now = now.Add(2 * worldLife)
	lab.founders.forget(now)
	if len(lab.founders.all) > 0 || len(lab.founders.by) > 0 {
		t.Errorf("%v and %v are still counted when every world has ended", lab.founders.all, lab.founders.by)
	}
}

// TestTooManyLocks: a world of one's own keeps 256 locks; the next is refused for
// that, not for octets, and taken once one is gone.
func TestTooManyLocks(t *testing.T) {
	lab := NewLab(memory.New(memory.Config{}), lang.En)
	world := asks(lab, "POST", "/worlds", "127.0.0.1:1", "{}", "Content-Type", "application/json").Header().Get("Location")
	lock := func() *httptest.ResponseRecorder {
		return asks(lab, "LOCK", world+"depot/cup", "127.0.0.1:1", lockInfo("shared", "write"), "Content-Type", "application/xml")
	}
	var token string
	for i := range 256 {
		w := lock()
		if w.Code != 200 && w.Code != 201 {
			t.Fatalf("lock %d: %d %s", i, w.Code, w.Body)
		}
		token = w.Header().Get("Lock-Token")
	}
	w := lock()
	if w.Code != 507 || reasonOf(t, w.Body.String()) != "too-many-locks" || strings.Contains(w.Body.String(), "quota") {
		t.Fatalf("one lock more: %d %s", w.Code, w.Body)
	}
	if w := asks(lab, "UNLOCK", world+"depot/cup", "127.0.0.1:1", "", "Lock-Token", token); w.Code != 204 {
		t.Fatalf("UNLOCK: %d %s", w.Code, w.Body)
	}
	if w := lock(); w.Code != 200 {
		t.Errorf("after one was taken off: %d %s", w.Code, w.Body)
	}
}

// TestBeginCounts: a world that is made for the site's visitor counts like one
// that a program makes, and is refused in the same words.
func TestBeginCounts(t *testing.T) {
	lab := NewLab(memory.New(memory.Config{}), lang.En)
	lab.Worlds = WorldLimits{PerAddress: 1}
	r := httptest.NewRequest("POST", "/traffic", nil)
	if world, err := lab.Begin(r); err != nil || !strings.HasPrefix(world, "/w/") {
		t.Fatalf("the first: %q %v", world, err)
	}
	var refusal *wire.Refusal
	if world, err := lab.Begin(r); !errors.As(err, &refusal) || refusal.Status != 429 {
		t.Errorf("one more: %q %v", world, err)
	}
	if w := asks(lab, "POST", "/worlds", r.RemoteAddr, "{}", "Content-Type", "application/json"); w.Code != 429 {
		t.Errorf("one more by POST to /worlds: %d", w.Code)
	}
}
