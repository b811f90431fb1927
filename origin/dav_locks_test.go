package origin_test

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"
)

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
