package house_test

import (
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// A traveller is a document that one client moves from name to name.
type traveller struct {
	base string   // collection
	text string   // what it holds
	may  []string // where it may be: where the last acknowledged MOVE put it, or where the one under way would
	n    int      // of its next stop
}

// ask sends a request and returns its status, 0 if there was no answer.
func (v *traveller) ask(at, method, path, fields, content string) (code int, lock, body string) {
	r, err := http.NewRequest(method, at+path, strings.NewReader(content))
	if err != nil {
		return 0, "", ""
	}
	for line := range strings.Lines(fields) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		r.Header.Set(name, value)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, "", ""
	}
	defer answer.Body.Close()
	octets, err := io.ReadAll(answer.Body)
	if err != nil {
		return 0, "", ""
	}
	return answer.StatusCode, answer.Header.Get("Lock-Token"), string(octets)
}

// move moves it once and reports whether that was acknowledged.
func (v *traveller) move(at string) bool {
	now := v.may[0]
	next := fmt.Sprintf("%sstop-%d", v.base, v.n)
	v.may = []string{now, next}
	code, _, _ := v.ask(at, "MOVE", now, "Destination: "+next, "")
	if code != 201 {
		return false
	}
	v.may = []string{next}
	v.n++
	return true
}

// MOVE and LOCK are whole or not at all, and what was acknowledged is there, after
// the server was killed in a storm of them.
func TestAuthorsSurvive(t *testing.T) {
	program := filepath.Join(t.TempDir(), "statute")
	if out, err := exec.Command("go", "build", "-o", program, "../cmd/statute").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	data := t.TempDir()
	at, kill := startProgram(t, program, data)
	world := newWorld(t, at, 1<<20)
	travellers := make([]*traveller, 8)
	for i := range travellers {
		v := &traveller{base: fmt.Sprintf("%sdepot/%d/", world, i), text: fmt.Sprintf("traveller %d", i)}
		v.may = []string{v.base + "start"}
		travellers[i] = v
		if code, _, body := v.ask(at, "MKCOL", v.base, "", ""); code != 201 {
			t.Fatalf("MKCOL: %d %s", code, body)
		}
		if code, _, body := v.ask(at, "PUT", v.may[0], "", v.text); code != 201 {
			t.Fatalf("PUT: %d %s", code, body)
		}
	}
	moves := 0
	for storm := range *storms {
		first := storm * 1000
		over := make(chan struct{})
		locks := make(chan [2]string, 40)
		var all sync.WaitGroup
		for _, v := range travellers {
			all.Go(func() {
				for {
					select {
					case <-over:
						return
					default:
					}
					if !v.move(at) {
						return
					}
					path := fmt.Sprintf("%slocked-%d", v.base, v.n)
					if code, token, _ := v.ask(at, "LOCK", path, "Content-Type: application/xml", lockInfo); code == 201 && len(locks) < cap(locks) {
						locks <- [2]string{path, token}
					}
				}
			})
		}
		time.Sleep(700 * time.Millisecond)
		kill()
		close(over)
		all.Wait()
		close(locks)
		at, kill = startProgram(t, program, data)
		for _, v := range travellers {
			moves += v.n - first
			var found []string
			for _, path := range v.may {
				if code, _, body := v.ask(at, "GET", path, "", ""); code == 200 && body == v.text {
					found = append(found, path)
				} else if code != 404 {
					t.Errorf("GET %s: %d %.100q", path, code, body)
				}
			}
			if len(found) != 1 {
				t.Fatalf("the document is at %v, of %v", found, v.may)
			}
			v.may, v.n = found, first+1000
		}
		for l := range locks {
			if code, _, body := travellers[0].ask(at, "PUT", l[0], "", "stolen"); code != 423 {
				t.Errorf("PUT to the locked %s: %d %.200s", l[0], code, body)
			}
			if code, _, body := travellers[0].ask(at, "DELETE", l[0], "If: ("+l[1]+")", ""); code != 204 {
				t.Errorf("DELETE with the token of %s: %d %.200s", l[0], code, body)
			}
		}
	}
	kill()
	if t.Logf("%d moves acknowledged in %d storms", moves, *storms); moves < 5**storms {
		t.Errorf("only %d moves were acknowledged: that is no storm", moves)
	}
}
