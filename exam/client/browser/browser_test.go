package browser_test

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/exam/client"
	"github.com/statute-http/statute/exam/client/browser"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/needs"
	"github.com/statute-http/statute/wire"
)

var update = flag.Bool("update", false, "write the expectations anew")

// quick are cases that take a browser little time, of every kind that a page
// can be asked.
var quick = []string{
	"1xx-103-then-200", "1xx-five-103", "1xx-content-length", "1xx-then-close", "1xx-field-bleed",
	"101-ws-bad-accept", "101-ws-unasked-subprotocol", "101-with-content-length", "ws-302",
	"redirect-301-post", "redirect-302-put", "redirect-303-post", "redirect-303-delete", "redirect-307-post", "redirect-308-post",
	"redirect-limit-20", "redirect-auth-port", "redirect-auth-return", "redirect-no-location", "redirect-content-headers", "redirect-cookie-set",
	"204-content-length", "205-no-length", "head-200-length", "204-chunked",
	"304-cache-reuse", "304-update-fields", "304-etag-mismatch",
	"status-600-999", "status-000-099", "reason-empty", "reason-lies",
	"421-retry", "451-link", "500-get-retry",
}

// start starts a browser; without one the test is skipped loudly, and fails in
// CI.
func start(t *testing.T, name string) *browser.Browser {
	t.Helper()
	b, err := browser.Start(t.Context(), name)
	if errors.Is(err, exec.ErrNotFound) {
		needs.Missing(t, "no %s in PATH: apt-get install chromium firefox-esr", name)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Real browsers do in quick cases what they are known to do.
func TestBrowsers(t *testing.T) {
	cases, err := exam.Choice{Names: quick}.Of(client.All)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range browser.Names {
		t.Run(name, func(t *testing.T) {
			b := start(t, name)
			defer b.Close()
			results := exam.Run(t.Context(), exam.Plan{Cases: cases, Over: []wire.Protocol{wire.H1}, Subject: b, Can: b.Can(), Parallel: 3, Scale: 2})
			sheet := exam.NewSheet(exam.Client, b.About(), results, lang.En)
			file := filepath.Join("testdata", name+".expect")
			if *update {
				if err := os.WriteFile(file, []byte("# What "+b.About().Version+" did; written by go test -update.\n"+exam.Expect(sheet)), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			f, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			expected, err := exam.ReadExpectations(bytes.NewReader(f))
			if err != nil {
				t.Fatal(err)
			}
			surprises, unmet := expected.Surprises(sheet)
			for _, e := range surprises {
				t.Errorf("%s: %s %s: %s\n%v", e.Case, e.Verdict, e.Value, e.Detail, e.Transcript)
			}
			for _, u := range unmet {
				t.Errorf("%s, line %d: expected and not met", file, u.Line)
			}
			if asked := sheet.Count("")[exam.Pass]; asked < 25 {
				t.Errorf("only %d cases were passed: is the page there at all?", asked)
			}
		})
	}
}

// Over HTTP/2 browsers load what a 103 names, and obey its policy.
func TestHints(t *testing.T) {
	cases, err := exam.Choice{Names: []string{"103-*"}}.Of(client.All)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range browser.Names {
		t.Run(name, func(t *testing.T) {
			b := start(t, name)
			defer b.Close()
			for _, r := range exam.Run(t.Context(), exam.Plan{Cases: cases, Over: []wire.Protocol{wire.H2}, Subject: b, Can: b.Can(), Scale: 2}) {
				if r.Outcome != exam.Pass && (r.Outcome != exam.Value || r.Value == "not") {
					t.Errorf("%s: %s %s: %s\n%v", r.Case.Name, r.Outcome, r.Value, r.Detail.En, r.Transcript)
				}
			}
		})
	}
}

// Chromium is examined over HTTP/3 too, by a process of its own.
func TestQUIC(t *testing.T) {
	names := []string{"h3-103-then-200", "h3-no-status", "h3-bad-status", "h3-dup-status", "1xx-field-bleed"}
	cases, err := exam.Choice{Names: names}.Of(client.All)
	if err != nil {
		t.Fatal(err)
	}
	b := start(t, "chromium")
	defer b.Close()
	asked := 0
	for _, r := range exam.Run(t.Context(), exam.Plan{Cases: cases, Over: []wire.Protocol{wire.H3}, Subject: b, Can: b.Can(), Parallel: 3, Scale: 2}) {
		switch {
		case r.Case.Baseline():
		case r.Outcome != exam.Pass:
			t.Errorf("%s: %s: %s\n%v", r.Case.Name, r.Outcome, r.Detail.En, r.Transcript)
		default:
			asked++
		}
	}
	if asked != len(names) {
		t.Errorf("%d cases were passed, want %d", asked, len(names))
	}
}

// A session finds nothing of the one before: cookies are those of a host,
// whatever its port, so a browser that is one user throughout would tell.
func TestSessions(t *testing.T) {
	for _, name := range browser.Names {
		t.Run(name, func(t *testing.T) {
			b := start(t, name)
			defer b.Close()
			origin := &echo{}
			server := httptest.NewServer(origin)
			defer server.Close()
			for session := range 2 {
				o := client.Order{URL: server.URL + "/cup", Page: server.URL + "/page"}
				reports := b.Do(t.Context(), []client.Order{o, o})
				if len(reports) != 2 || string(reports[0].Content) != "" || string(reports[1].Content) != "cup=blue" {
					t.Errorf("session %d: %+v", session, reports)
				}
			}
			for field, why := range map[string]string{"Cookie": "may not set", "Referer": "may not set"} {
				o := client.Order{URL: server.URL + "/cup", Page: server.URL + "/page", Fields: wire.Fields{{Name: field, Value: "x"}}}
				if r := b.Do(t.Context(), []client.Order{o})[0]; !strings.Contains(r.Unsupported, why) {
					t.Errorf("%s: %+v", field, r)
				}
			}
		})
	}
}

// An echo is an origin with a page, that says which cookies came and sets one.
type echo struct{}

func (*echo) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/page" {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, client.PageHTML)
		return
	}
	http.SetCookie(w, &http.Cookie{Name: "cup", Value: "blue", Path: "/"})
	io.WriteString(w, r.Header.Get("Cookie"))
}

// A browser that was ended leaves no process and no file behind, in the middle
// of a trial too.
func TestNothingIsLeft(t *testing.T) {
	for _, name := range browser.Names {
		t.Run(name, func(t *testing.T) {
			t.Setenv("TMPDIR", t.TempDir())
			b := start(t, name)
			if n := len(running(t)); n == 0 {
				t.Error("no process of the browser is seen: this test would not see one that is left")
			}
			b.Close()
			for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
				left := running(t)
				if len(left) == 0 {
					break
				}
				if time.Now().After(deadline) {
					t.Fatalf("these are left: %q", left)
				}
			}
			if left, _ := filepath.Glob(os.TempDir() + "/statute-browser-*"); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// running returns the processes whose command line names a folder of this test.
func running(t *testing.T) []string {
	t.Helper()
	all, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil || len(all) == 0 {
		needs.Missing(t, "processes are looked for in /proc")
	}
	var those []string
	for _, file := range all {
		line, err := os.ReadFile(file)
		if err == nil && bytes.Contains(line, []byte(os.TempDir()+"/statute-browser-")) {
			those = append(those, strings.ReplaceAll(string(line), "\x00", " "))
		}
	}
	return those
}
