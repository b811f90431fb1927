package origin_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/statute-http/statute/origin"
	"github.com/statute-http/statute/store/memory"
)

// authored is a plan with one collection in which authors work.
type authored struct{}

func (authored) At(_ *origin.World, rel string) *origin.Node {
	if rel != "/d" && !strings.HasPrefix(rel, "/d/") {
		return &origin.Node{}
	}
	return &origin.Node{Policy: origin.Policy{Root: "/d", Allow: []string{"GET", "HEAD", "PUT", "DELETE", "OPTIONS"}}}
}

// A share is a server over such a world.
type share struct {
	t   *testing.T
	h   *origin.Handler
	now time.Time
	mu  sync.Mutex
}

func newShare(t *testing.T, quota int64) *share {
	s := &share{t: t, now: time.Now()}
	clock := func() time.Time {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.now
	}
	ws := &origin.Worlds{Store: memory.New(memory.Config{}), Plan: authored{}, Now: clock}
	w := ws.Open("w", "/w", 0)
	if err := w.Begin(t.Context(), quota, time.Hour); err != nil {
		t.Fatal(err)
	}
	s.h = &origin.Handler{Tree: w, Now: clock}
	return s
}

// later lets time pass.
func (s *share) later(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
}

// do sends "METHOD /path" with field lines and content.
func (s *share) do(request, fields, content string) *http.Response {
	method, path, _ := strings.Cut(request, " ")
	r := httptest.NewRequestWithContext(s.t.Context(), method, "/w/d"+path, strings.NewReader(content))
	for line := range strings.Lines(fields) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		r.Header.Add(name, value)
	}
	w := httptest.NewRecorder()
	s.h.ServeHTTP(w, r)
	return w.Result()
}

// want is do for a status that is known beforehand; it returns the content.
func (s *share) want(status int, request, fields, content string) string {
	s.t.Helper()
	answer := s.do(request, fields, content)
	octets, _ := io.ReadAll(answer.Body)
	if answer.StatusCode != status {
		s.t.Errorf("%s: got %d, want %d: %s", request, answer.StatusCode, status, octets)
	}
	return string(octets)
}

const (
	exclusive = `<lockinfo xmlns="DAV:"><lockscope><exclusive/></lockscope><locktype><write/></locktype></lockinfo>`
	shared    = `<lockinfo xmlns="DAV:"><lockscope><shared/></lockscope><locktype><write/></locktype></lockinfo>`
)

// lock takes a lock and returns its token in angle brackets.
func (s *share) lock(path, fields, info string) string {
	s.t.Helper()
	answer := s.do("LOCK "+path, fields, info)
	token := answer.Header.Get("Lock-Token")
	if token == "" {
		s.t.Fatalf("LOCK %s: got %d, no token", path, answer.StatusCode)
	}
	return token
}

func (s *share) bind(collection, segment, path string) {
	s.t.Helper()
	s.want(201, "BIND "+collection, "", `<bind xmlns="DAV:"><segment>`+segment+`</segment><href>/w/d`+path+`</href></bind>`)
}

var hrefs = regexp.MustCompile(`<D:response>\s*<D:href>/w/d([^<]*)`)

// tree lists all that a PROPFIND of all depths finds.
func (s *share) tree() string {
	s.t.Helper()
	var all []string
	for _, m := range hrefs.FindAllStringSubmatch(s.want(207, "PROPFIND /", "Depth: infinity\nDAV: bind", ""), -1) {
		all = append(all, m[1])
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}
