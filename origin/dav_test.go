package origin_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/statute-http/statute/origin"
	"github.com/statute-http/statute/store/memory"
)

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
