package origin_test

import (
	"fmt"
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

func TestCopyAndMove(t *testing.T) {
	for _, test := range []struct {
		name   string
		before func(*share)
		method string
		from   string
		to     string
		fields string
		want   int
		tree   string
	}{
		{"a tree", nil, "COPY", "/a/", "/b/", "", 201, "/ /a/ /a/in/ /a/in/y /a/x /b/ /b/in/ /b/in/y /b/x /o/ /o/z"},
		{"a tree without its members", nil, "COPY", "/a/", "/b/", "Depth: 0", 201, "/ /a/ /a/in/ /a/in/y /a/x /b/ /o/ /o/z"},
		{"over a tree", nil, "COPY", "/a/", "/o/", "", 204, "/ /a/ /a/in/ /a/in/y /a/x /o/ /o/in/ /o/in/y /o/x"},
		{"into itself", nil, "COPY", "/a/", "/a/in/", "", 204, "/ /a/ /a/in/ /a/in/in/ /a/in/in/y /a/in/x /a/x /o/ /o/z"},
		{"below itself", nil, "COPY", "/a/", "/a/in/new/", "", 201, "/ /a/ /a/in/ /a/in/new/ /a/in/new/in/ /a/in/new/in/y /a/in/new/x /a/in/y /a/x /o/ /o/z"},
		{"onto what holds it", nil, "COPY", "/a/in/", "/a/", "", 204, "/ /a/ /a/y /o/ /o/z"},
		{"a document over a tree", nil, "COPY", "/a/x", "/o", "", 204, "/ /a/ /a/in/ /a/in/y /a/x /o"},
		{"a tree over a document", nil, "COPY", "/o/", "/a/x", "", 204, "/ /a/ /a/in/ /a/in/y /a/x/ /a/x/z /o/ /o/z"},
		{"move a tree", nil, "MOVE", "/a/", "/b/", "", 201, "/ /b/ /b/in/ /b/in/y /b/x /o/ /o/z"},
		{"move over a tree", nil, "MOVE", "/a/", "/o/", "", 204, "/ /o/ /o/in/ /o/in/y /o/x"},
		{"move into itself", nil, "MOVE", "/a/", "/a/in/new/", "", 403, "/ /a/ /a/in/ /a/in/y /a/x /o/ /o/z"},
		{"move onto what holds it", nil, "MOVE", "/a/in/", "/a/", "", 204, "/ /a/ /a/y /o/ /o/z"},
		{"move to one level", nil, "MOVE", "/a/", "/b/", "Depth: 0", 400, "/ /a/ /a/in/ /a/in/y /a/x /o/ /o/z"},
		{"a loop", func(s *share) { s.bind("/a/in/", "up", "/a/") }, "COPY", "/a/", "/b/", "", 201,
			"/ /a/ /a/in/ /a/in/up/ /a/in/y /a/x /b/ /b/in/ /b/in/up/ /b/in/y /b/x /o/ /o/z"},
		{"what is bound twice", func(s *share) { s.bind("/a/", "x2", "/a/x") }, "COPY", "/a/", "/b/", "", 201,
			"/ /a/ /a/in/ /a/in/y /a/x /a/x2 /b/ /b/in/ /b/in/y /b/x /b/x2 /o/ /o/z"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newShare(t, -1)
			for _, c := range []string{"/a/", "/a/in/", "/o/"} {
				s.want(201, "MKCOL "+c, "", "")
			}
			for _, d := range []string{"/a/x", "/a/in/y", "/o/z"} {
				s.want(201, "PUT "+d, "", "text of "+d)
			}
			if test.before != nil {
				test.before(s)
			}
			s.want(test.want, test.method+" "+test.from, test.fields+"\nDestination: /w/d"+test.to, "")
			if got := s.tree(); got != test.tree {
				t.Errorf("got  %s\nwant %s", got, test.tree)
			}
		})
	}
}

// A copy of what is bound twice is bound twice: a change by one name is seen by
// the other (RFC 5842 §2.3).
func TestBindings(t *testing.T) {
	s := newShare(t, -1)
	s.want(201, "MKCOL /a/", "", "")
	s.want(201, "PUT /a/x", "", "one")
	s.bind("/a/", "y", "/a/x")
	s.want(201, "COPY /a/", "Destination: /w/d/b/", "")
	s.want(204, "PUT /b/y", "", "two")
	if x, y, old := s.want(200, "GET /b/x", "", ""), s.want(200, "GET /b/y", "", ""), s.want(200, "GET /a/x", "", ""); x != "two" || y != "two" || old != "one" {
		t.Errorf("got %q, %q, and of the source %q", x, y, old)
	}
	// RFC 5842 §2.4: DELETE takes one binding away, the resource stays.
	s.want(204, "DELETE /a/x", "", "")
	if got := s.want(200, "GET /a/y", "", ""); got != "one" {
		t.Errorf("by its other name it is %q", got)
	}
	// A loop that nothing leads to is gone, with all in it.
	s.bind("/b/", "self", "/b/")
	s.want(204, "DELETE /b/", "", "")
	if got := s.tree(); got != "/ /a/ /a/y" {
		t.Errorf("left is %s", got)
	}
	// RFC 5842 §6: REBIND.
	s.want(201, "REBIND /", "", `<rebind xmlns="DAV:"><segment>z</segment><href>/w/d/a/y</href></rebind>`)
	s.want(412, "BIND /", "Overwrite: F", `<bind xmlns="DAV:"><segment>z</segment><href>/w/d/a/</href></bind>`)
	s.want(204, "UNBIND /", "", `<unbind xmlns="DAV:"><segment>z</segment></unbind>`)
	s.want(409, "UNBIND /", "", `<unbind xmlns="DAV:"><segment>z</segment></unbind>`)
	s.want(409, "BIND /", "", `<bind xmlns="DAV:"><segment>z</segment><href>/w/d/none</href></bind>`)
	s.want(403, "BIND /", "", `<bind xmlns="DAV:"><segment>z</segment><href>/w/d/</href></bind>`)
	s.want(403, "BIND /", "", `<bind xmlns="DAV:"><segment>..</segment><href>/w/d/a/</href></bind>`)
	s.want(403, "BIND /", "", `<bind xmlns="DAV:"><segment>z</segment><href>http://elsewhere.test/a</href></bind>`)
}

// What a lock protects, and whom it lets pass.
func TestLocks(t *testing.T) {
	s := newShare(t, -1)
	s.want(201, "MKCOL /c/", "", "")
	s.want(201, "MKCOL /c/in/", "", "")
	s.want(201, "PUT /c/in/x", "", "x")
	s.want(201, "PUT /o", "", "o")
	token := s.lock("/c/", "Depth: infinity", exclusive)
	for _, request := range []string{
		"PUT /c/in/x", "PUT /c/new", "MKCOL /c/new/", "DELETE /c/in/x", "DELETE /c/in/", "DELETE /c/", "PROPPATCH /c/in/x", "LOCK /c/in/x",
		"MOVE /c/in/x\nDestination: /w/d/y", "MOVE /o\nDestination: /w/d/c/o", "COPY /o\nDestination: /w/d/c/in/x",
	} {
		request, fields, _ := strings.Cut(request, "\n")
		content := ""
		switch method, _, _ := strings.Cut(request, " "); method {
		case "PUT":
			content = "other"
		case "LOCK":
			content = shared
		case "PROPPATCH":
			content = `<propertyupdate xmlns="DAV:"><set><prop><x/></prop></set></propertyupdate>`
		}
		s.want(423, request, fields, content)
	}
	s.want(201, "COPY /c/in/x", "Destination: /w/d/copy", "") // the source is not changed
	s.want(204, "PUT /c/in/x", "If: ("+token+")", "mine")
	s.want(201, "PUT /c/new", "If: </w/d/c/> ("+token+")", "mine")
	s.want(412, "PUT /c/newer", "If: ("+token+")", "mine") // what is not there has no lock
	s.want(201, "MOVE /c/in/x", "Destination: /w/d/y\nIf: ("+token+")", "")
	s.want(204, "PUT /y", "", "free") // it has left the lock behind

	// RFC 4918 §7.7, §9.10.2: a lock that is refreshed goes on.
	s.later(9 * time.Minute)
	s.want(200, "LOCK /c/new", "If: ("+token+")\nTimeout: Second-100", "")
	s.want(400, "LOCK /c/new", "", "")
	s.want(412, "LOCK /y", "If: ("+token+")", "")
	s.later(99 * time.Second)
	s.want(423, "PUT /c/new", "", "other")
	s.later(2 * time.Second)
	s.want(204, "PUT /c/new", "", "free again")

	// Shared ones go together, and the token of one is enough.
	one := s.lock("/o", "", shared)
	two := s.lock("/o", "", shared)
	s.want(423, "LOCK /o", "", exclusive)
	s.want(423, "PUT /o", "", "other")
	s.want(204, "PUT /o", "If: ("+two+")", "mine")
	s.want(204, "UNLOCK /o", "Lock-Token: "+one, "")
	s.want(409, "UNLOCK /o", "Lock-Token: "+one, "")
	s.want(423, "DELETE /o", "", "")
	s.want(204, "DELETE /o", "If: ("+two+")", "")
	s.want(201, "PUT /o", "", "a new one") // the lock went with what it was on
}

// RFC 5842 §9.1: a lock is on the resource, whatever its name, and on the name by
// which it was taken.
func TestLocksAndBindings(t *testing.T) {
	s := newShare(t, -1)
	s.want(201, "MKCOL /x/", "", "")
	s.want(201, "MKCOL /y/", "", "")
	s.want(201, "PUT /x/test", "", "r")
	s.bind("/y/", "test", "/x/test")
	token := s.lock("/x/test", "", exclusive)
	s.want(423, "PUT /y/test", "", "other")
	s.want(423, "UNBIND /x/", "", `<unbind xmlns="DAV:"><segment>test</segment></unbind>`)
	s.want(207, "DELETE /x/", "", "")
	s.want(207, "MOVE /x/", "Destination: /w/d/z/", "")
	s.want(204, "DELETE /y/test", "", "")
	s.want(204, "UNLOCK /x/test", "Lock-Token: "+token, "")
}

func TestQuotaOfPropertiesAndCopies(t *testing.T) {
	s := newShare(t, 1000)
	s.want(201, "PUT /x", "", strings.Repeat("x", 600))
	s.want(507, "COPY /x", "Destination: /w/d/y", "")
	long := `<propertyupdate xmlns="DAV:"><set><prop><p xmlns="t">` + strings.Repeat("p", 500) + `</p></prop></set></propertyupdate>`
	if got := s.want(207, "PROPPATCH /x", "", long); !strings.Contains(got, " 507 ") {
		t.Errorf("a property for which there is no room: %s", got)
	}
	s.want(204, "PUT /x", "", "short")
	if got := s.want(207, "PROPPATCH /x", "", long); !strings.Contains(got, " 200 ") {
		t.Errorf("a property for which there is room: %s", got)
	}
	got := s.want(207, "PROPFIND /", "Depth: 0", `<propfind xmlns="DAV:"><prop><quota-used-bytes/><quota-available-bytes/></prop></propfind>`)
	if !strings.Contains(got, "<D:quota-used-bytes>522<") || !strings.Contains(got, "<D:quota-available-bytes>478<") {
		t.Errorf("the quota: %s", got)
	}
}

// RFC 4918 §9.2: what is wrong with one instruction, and what becomes of the others.
func TestPropertyUpdates(t *testing.T) {
	s := newShare(t, -1)
	s.want(201, "PUT /x", "Content-Language: en", "x")
	s.want(201, "MKCOL /c/", "", "")
	update := func(instructions string) string {
		return `<D:propertyupdate xmlns:D="DAV:" xmlns:t="t:" xml:lang="zh">` + instructions + `</D:propertyupdate>`
	}
	set := func(properties string) string { return "<D:set><D:prop>" + properties + "</D:prop></D:set>" }
	remove := func(properties string) string { return "<D:remove><D:prop>" + properties + "</D:prop></D:remove>" }
	for _, test := range []struct{ path, instructions, want string }{
		{"/x", set("<t:a>1</t:a>") + set("<t:a>2</t:a>") + remove("<t:b/>"), "200"},
		{"/x", set("<t:a>3</t:a><D:getetag>t</D:getetag><D:getcontentlanguage>no tag</D:getcontentlanguage>"), "403 409 424"},
		{"/x", set("<D:getcontentlanguage>zh-TW</D:getcontentlanguage>"), "200"},
		{"/c/", set("<D:getcontentlanguage>zh-TW</D:getcontentlanguage>"), "403"},
		{"/c/", set("<D:resourcetype/><t:a/>"), "403 424"},
		{"/c/", set("<D:displayname>Cups</D:displayname>"), "200"},
	} {
		var got []string
		for _, m := range regexp.MustCompile(`HTTP/1.1 ([0-9]+)`).FindAllStringSubmatch(s.want(207, "PROPPATCH "+test.path, "", update(test.instructions)), -1) {
			got = append(got, m[1])
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%s of %s: got %v, want %s", test.instructions, test.path, got, test.want)
		}
	}
	got := s.want(207, "PROPFIND /x", "Depth: 0", `<propfind xmlns="DAV:"><prop><a xmlns="t:"/><getcontentlanguage/></prop></propfind>`)
	if !strings.Contains(got, `<a xmlns="t:" xml:lang="zh">2</a><D:getcontentlanguage>zh-TW</D:getcontentlanguage>`) {
		t.Errorf("the document has %s", got)
	}
	for request, content := range map[string]string{
		"PROPPATCH /x": update(""), "PROPFIND /x": "<propfind xmlns='DAV:'><prop/><allprop/></propfind>", "LOCK /x": "<lockinfo xmlns='DAV:'/>",
		"BIND /c/": "<bind xmlns='DAV:'/>", "UNBIND /c/": "<bind xmlns='DAV:'><segment>x</segment></bind>",
	} {
		s.want(422, request, "", content)
		s.want(400, request, "", content+"<")
		s.want(403, request, "", "<!DOCTYPE a>"+content)
		s.want(415, request, "Content-Type: application/json", content)
	}
	for _, request := range []string{"MKCOL /new/", "COPY /x\nDestination: /w/d/y", "MOVE /x\nDestination: /w/d/y", "UNLOCK /x\nLock-Token: <t>"} {
		request, fields, _ := strings.Cut(request, "\n")
		s.want(415, request, fields, "content")
	}
}

// Of many who want an exclusive lock one gets it, in every round.
func TestOneLockOfMany(t *testing.T) {
	s := newShare(t, -1)
	for round := range 20 {
		path := fmt.Sprintf("/doc-%d", round)
		tokens := make(chan string, 16)
		var all sync.WaitGroup
		for range cap(tokens) {
			all.Go(func() {
				answer := s.do("LOCK "+path, "", exclusive)
				switch token := answer.Header.Get("Lock-Token"); {
				case token != "" && (answer.StatusCode == 200 || answer.StatusCode == 201):
					tokens <- token
				case answer.StatusCode != 423:
					t.Errorf("round %d: got %d", round, answer.StatusCode)
				}
			})
		}
		all.Wait()
		close(tokens)
		if len(tokens) != 1 {
			t.Fatalf("round %d: %d locks were granted", round, len(tokens))
		}
	}
}

// In a storm of LOCK, PUT and MOVE nothing that was acknowledged is lost, and
// nobody without the token writes what is locked.
func TestStormOfAuthors(t *testing.T) {
	s := newShare(t, -1)
	const authors, rounds = 8, 30
	s.want(201, "MKCOL /in/", "", "")
	s.want(201, "MKCOL /out/", "", "")
	s.want(201, "PUT /shared", "", "nobody's")
	var all sync.WaitGroup
	for author := range authors {
		all.Go(func() {
			for round := range rounds {
				name, text := fmt.Sprintf("%d-%d", author, round), fmt.Sprintf("by %d in round %d", author, round)
				if got := s.do("PUT /in/"+name, "", text).StatusCode; got != 201 {
					t.Errorf("PUT of a new document: got %d", got)
				}
				// The collection is renamed under everybody's hands; where it is at the
				// moment, only the server knows.
				s.do("MOVE /out/", "Destination: /w/d/elsewhere/", "")
				s.do("MOVE /elsewhere/", "Destination: /w/d/out/\nOverwrite: F", "")
				if got := s.do("MOVE /in/"+name, "Destination: /w/d/moved-"+name, "").StatusCode; got != 201 {
					t.Errorf("MOVE: got %d", got)
				}
				token := s.do("LOCK /shared", "", exclusive).Header.Get("Lock-Token")
				if token == "" {
					if got := s.do("PUT /shared", "", "stolen").StatusCode; got != 423 && got != 204 {
						t.Errorf("PUT without the token: got %d", got)
					}
					continue
				}
				if got := s.do("PUT /shared", "If: ("+token+")", text).StatusCode; got != 204 {
					t.Errorf("PUT with the token: got %d", got)
				}
				octets, _ := io.ReadAll(s.do("GET /shared", "", "").Body)
				if string(octets) != text {
					t.Errorf("under my lock stands %q, not %q", octets, text)
				}
				if got := s.do("UNLOCK /shared", "Lock-Token: "+token, "").StatusCode; got != 204 {
					t.Errorf("UNLOCK: got %d", got)
				}
			}
		})
	}
	all.Wait()
	for author := range authors {
		for round := range rounds {
			if got := s.want(200, fmt.Sprintf("GET /moved-%d-%d", author, round), "", ""); got != fmt.Sprintf("by %d in round %d", author, round) {
				t.Errorf("moved-%d-%d holds %q", author, round, got)
			}
		}
	}
	if in, tree := s.want(200, "GET /in/", "", ""), s.tree(); strings.Contains(in, "<li>") || !strings.Contains(tree, "/out/") && !strings.Contains(tree, "/elsewhere/") {
		t.Errorf("left are %s\n%s", in, tree)
	}
}

// The shared world forgets its oldest documents when it is full, and never the
// collection into which something is put.
func TestFullSharedWorld(t *testing.T) {
	s := newShare(t, -1)
	ws := &origin.Worlds{Store: memory.New(memory.Config{}), Plan: authored{}, Most: 20}
	s.h = &origin.Handler{Tree: ws.Open("shared", "/w", time.Hour)}
	s.want(201, "MKCOL /old/", "", "")
	s.lock("/locked", "", exclusive)
	for i := range 50 {
		s.want(201, fmt.Sprintf("PUT /doc-%d", i), "", "x")
	}
	s.want(404, "GET /doc-0", "", "")
	s.want(200, "GET /locked", "", "")
	s.want(404, "GET /old/", "", "")
	s.want(201, "MKCOL /new/", "", "")
	for i := range 17 {
		s.want(201, fmt.Sprintf("PUT /doc-%d", 100+i), "", "x")
	}
	s.want(201, "PUT /new/in", "", "x")
	s.want(200, "GET /new/in", "", "")
	for i := range 50 {
		s.want(201, fmt.Sprintf("LOCK /l-%d", i), "", exclusive)
	}
	s.want(404, "GET /l-0", "", "")
}
