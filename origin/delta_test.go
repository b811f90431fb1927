package origin_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/statute-http/statute/needs"
	"github.com/statute-http/statute/origin"
	"github.com/statute-http/statute/store/memory"
)

// keeping is a plan in which documents keep former versions.
type keeping struct{}

func (keeping) At(*origin.World, string) *origin.Node {
	return &origin.Node{Policy: origin.Policy{Allow: []string{"GET", "HEAD", "PUT", "DELETE"}, Keeps: true}}
}

// worldTree is the tree of one world.
type worldTree struct{ *origin.World }

func (t worldTree) Keep(ctx context.Context, r io.Reader, most int64) (origin.Blob, error) {
	return t.World.Keep(ctx, r, most)
}

// exchange sends a request with fields, given by turns as name and value.
func exchange(t *testing.T, h http.Handler, method, path, content string, fields ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(content))
	for i := 0; i < len(fields); i += 2 {
		r.Header.Set(fields[i], fields[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

// A client that applies the delta of a 226 to its version with ed(1) has the
// octets of the 200.
func TestDelta(t *testing.T) {
	needs.Program(t, "ed", "ed")
	ws := &origin.Worlds{Store: memory.New(memory.Config{}), Plan: keeping{}}
	h := &origin.Handler{Tree: worldTree{ws.Open("w", "/w", 0)}}
	versions := []string{
		"tea\nwater\n", "tea\n.\nhot water\ncup\n", "", "cup\n" + strings.Repeat("tea\n", 50), "last\n",
	}
	for _, v := range versions {
		exchange(t, h, "PUT", "/w/a", v, "Content-Type", "text/plain")
	}
	current := versions[len(versions)-1]
	for _, had := range versions[:len(versions)-1] {
		a := exchange(t, h, "GET", "/w/a", "", "A-IM", "diffe", "If-None-Match", origin.Fixed(had).Tag())
		script, _ := io.ReadAll(a.Body)
		if a.StatusCode != 226 || a.Header.Get("IM") != "diffe" || a.Header.Get("ETag") != origin.Fixed(current).Tag() || a.Header.Get("Delta-Base") != origin.Fixed(had).Tag() {
			t.Fatalf("from %.20q: got %d, %v", had, a.StatusCode, a.Header)
		}
		name := filepath.Join(t.TempDir(), "text")
		os.WriteFile(name, []byte(had), 0o600)
		ed := exec.Command("ed", "-s", name)
		ed.Stdin = strings.NewReader(string(script) + "w\nq\n")
		if out, err := ed.CombinedOutput(); err != nil {
			t.Fatalf("ed: %v: %s", err, out)
		}
		if got, _ := os.ReadFile(name); string(got) != current {
			t.Errorf("from %.20q: got %q, want %q", had, got, current)
		}
	}
}

// What decides between the delta, the whole, nothing and a refusal.
func TestManipulations(t *testing.T) {
	ws := &origin.Worlds{Store: memory.New(memory.Config{}), Plan: keeping{}}
	h := &origin.Handler{Tree: worldTree{ws.Open("w", "/w", 0)}}
	put := func(path, mediaType string, versions ...string) {
		for _, v := range versions {
			exchange(t, h, "PUT", path, v, "Content-Type", mediaType)
		}
	}
	put("/w/text", "text/plain; charset=utf-8", "one\n", "two\n")
	put("/w/open", "text/plain", "one\n", "no end of line")
	put("/w/html", "text/html", "<p>one\n", "<p>two\n")
	put("/w/again", "text/plain", "one\n", "two\n")
	exchange(t, h, "DELETE", "/w/again", "")
	put("/w/again", "text/plain", "three\n")
	one, two := origin.Fixed("one\n").Tag(), origin.Fixed("two\n").Tag()
	for _, c := range []struct {
		method, path, aim, tags string
		want                    int
		im                      string
	}{
		{"GET", "/w/text", "diffe", one, 226, "diffe"},
		{"GET", "/w/text", "DIFFE;q=0.1", one, 226, "diffe"},
		{"GET", "/w/text", "diffe, gzip", one, 226, "diffe, gzip"},
		{"GET", "/w/text", "gzip, diffe", one, 226, "gzip"},
		{"GET", "/w/text", "gzip, gzip", "", 226, "gzip"},
		{"GET", "/w/text", "diffe;q=0, gzip;q=0", one, 200, ""},
		{"GET", "/w/text", "diffe", two, 304, ""},
		{"GET", "/w/text", "diffe, identity;q=0", two, 304, ""},
		{"GET", "/w/text", "vcdiff, identity;q=0", two, 406, ""},
		{"GET", "/w/text", "diffe", `"unknown"`, 200, ""},
		{"GET", "/w/text", "diffe", "W/" + one, 200, ""},
		{"GET", "/w/text", "diffe", "", 200, ""},
		{"GET", "/w/text", "", one, 200, ""},
		{"GET", "/w/text", "diffe, identity;q=0", `"unknown"`, 406, ""},
		{"GET", "/w/text", "identity", "", 200, ""},
		{"HEAD", "/w/text", "diffe", one, 200, ""},
		{"GET", "/w/open", "diffe", one, 200, ""},
		{"GET", "/w/open", "diffe, gzip", one, 226, "gzip"},
		{"GET", "/w/html", "diffe, gzip", origin.Fixed("<p>one\n").Tag(), 200, ""},
		{"GET", "/w/again", "diffe", one, 200, ""},
	} {
		fields := []string{}
		if c.aim != "" {
			fields = append(fields, "A-IM", c.aim)
		}
		if c.tags != "" {
			fields = append(fields, "If-None-Match", c.tags)
		}
		if a := exchange(t, h, c.method, c.path, "", fields...); a.StatusCode != c.want || a.Header.Get("IM") != c.im {
			t.Errorf("%s %s, A-IM: %s, If-None-Match: %s: got %d, IM: %s; want %d, IM: %s",
				c.method, c.path, c.aim, c.tags, a.StatusCode, a.Header.Get("IM"), c.want, c.im)
		}
	}
}

// Former versions are bounded, whatever is written.
func TestFormerVersionsAreBounded(t *testing.T) {
	ws := &origin.Worlds{Store: memory.New(memory.Config{}), Plan: keeping{}}
	w := ws.Open("w", "/w", 0)
	h := &origin.Handler{Tree: worldTree{w}}
	for i := range 200 {
		exchange(t, h, "PUT", "/w/many", fmt.Sprintf("%d\n", i), "Content-Type", "text/plain")
	}
	for i := range 20 {
		exchange(t, h, "PUT", "/w/large", fmt.Sprintf("%d\n", i)+strings.Repeat("x", 200<<10)+"\n", "Content-Type", "text/plain")
	}
	former, octets := 0, int64(0)
	for _, path := range []string{"/w/many", "/w/large"} {
		n, err := w.Find(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range n.Former {
			former, octets = former+1, octets+b.Size
		}
	}
	if former == 0 || former > 64 || octets > 1<<20 {
		t.Errorf("%d former versions of %d octets are kept", former, octets)
	}
}
