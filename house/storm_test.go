package house_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/statute-http/statute/house"
)

var storms = flag.Int("storms", 2, "how often TestStorm kills the server")

// What was acknowledged is there after the server was killed in a storm of PUT,
// PATCH and DELETE: each resource is as its last acknowledged change left it, or
// as the one change that was under way would, and never anything in between.
func TestStorm(t *testing.T) {
	program := filepath.Join(t.TempDir(), "statute")
	if out, err := exec.Command("go", "build", "-o", program, "../cmd/statute").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	data := t.TempDir()
	resources := make([]*kept, 12)
	for i := range resources {
		resources[i] = &kept{path: fmt.Sprintf("/lab/depot/storm-%d", i), may: []string{gone}}
	}
	acknowledged := 0
	for range *storms {
		at, kill := startProgram(t, program, data)
		for _, r := range resources {
			r.check(t, at)
		}
		over := make(chan struct{})
		var storm sync.WaitGroup
		for i, r := range resources {
			storm.Go(func() {
				weather := rand.New(rand.NewPCG(uint64(i), uint64(acknowledged)))
				for {
					select {
					case <-over:
						return
					default:
						if !r.change(at, weather) {
							return
						}
					}
				}
			})
		}
		time.Sleep(700 * time.Millisecond)
		kill()
		close(over)
		storm.Wait()
		for _, r := range resources {
			acknowledged += r.count
			r.count = 0
		}
	}
	at, kill := startProgram(t, program, data)
	defer kill()
	for _, r := range resources {
		r.check(t, at)
	}
	t.Logf("%d changes acknowledged in %d storms", acknowledged, *storms)
	if acknowledged < 20**storms {
		t.Errorf("only %d changes were acknowledged: that is no storm", acknowledged)
	}
}

// gone is the text of a resource that is not there.
const gone = "(gone)"

// A kept resource is one that one client changes, and remembers.
type kept struct {
	path  string
	may   []string // what it may hold: the acknowledged text, and that of the change under way
	count int
}

// change makes one change and reports whether it was acknowledged.
func (k *kept) change(at string, weather *rand.Rand) bool {
	now := k.may[0]
	method, mediaType, content := "PUT", "application/json", fmt.Sprintf(`{"n":%d,"fill":%q}`, weather.IntN(1e9), strings.Repeat("x", weather.IntN(5000)))
	next := content
	switch pick := weather.IntN(10); {
	case now != gone && pick < 2:
		method, next, content = "DELETE", gone, ""
	case now != gone && pick < 5:
		method, mediaType = "PATCH", "application/merge-patch+json"
		content = fmt.Sprintf(`{"n":%d}`, weather.IntN(1e9))
		var document map[string]json.RawMessage
		json.Unmarshal([]byte(now), &document)
		var patch map[string]json.RawMessage
		json.Unmarshal([]byte(content), &patch)
		document["n"] = patch["n"]
		octets, _ := json.Marshal(document)
		next = string(octets)
	}
	r, err := http.NewRequest(method, at+k.path, strings.NewReader(content))
	if err != nil {
		return false
	}
	r.Header.Set("Content-Type", mediaType)
	k.may = []string{now, next}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return false
	}
	io.Copy(io.Discard, answer.Body)
	answer.Body.Close()
	if answer.StatusCode != 201 && answer.StatusCode != 204 {
		return false
	}
	k.may = []string{next}
	k.count++
	return true
}

// check holds the resource against what it may hold, and settles on what it does.
func (k *kept) check(t *testing.T, at string) {
	t.Helper()
	if !k.look(t, at) {
		t.Fatalf("%s: the server cannot say", k.path)
	}
}

// look is check for a server that may not be able to say at the moment.
func (k *kept) look(t *testing.T, at string) (said bool) {
	t.Helper()
	answer, err := http.Get(at + k.path)
	if err != nil {
		t.Error(err)
		return false
	}
	defer answer.Body.Close()
	octets, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Error(err)
		return false
	}
	text := string(octets)
	switch answer.StatusCode {
	case 200:
	case 404:
		text = gone
	case 503:
		if answer.Header.Get("Retry-After") == "" {
			t.Errorf("%s: 503 without Retry-After", k.path)
		}
		return false
	default:
		t.Errorf("%s: got %d", k.path, answer.StatusCode)
	}
	for _, may := range k.may {
		if sameJSON(text, may) {
			if tag := answer.Header.Get("ETag"); text != gone && tag != tagOf(text) {
				t.Errorf("%s: ETag is %s, want %s", k.path, tag, tagOf(text))
			}
			k.may = []string{text}
			return true
		}
	}
	t.Errorf("%s holds %.80q, which is none of %.80q", k.path, text, k.may)
	k.may = []string{text}
	return true
}

// sameJSON reports whether two objects have the same members, in any order.
func sameJSON(a, b string) bool {
	if a == b {
		return true
	}
	var x, y map[string]any
	return json.Unmarshal([]byte(a), &x) == nil && json.Unmarshal([]byte(b), &y) == nil && reflect.DeepEqual(x, y)
}

// startProgram runs `statute serve` over the folder and returns its address and
// a function that kills it at once.
func startProgram(t *testing.T, program, data string, flags ...string) (at string, kill func()) {
	t.Helper()
	ready := filepath.Join(t.TempDir(), "ready.json")
	cmd := exec.Command(program, append([]string{"serve", "--listen", "127.0.0.1:0", "--data", data, "--ready", ready}, flags...)...)
	var log bytes.Buffer
	cmd.Stderr = &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	kill = sync.OnceFunc(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	t.Cleanup(kill)
	for range 400 {
		if octets, err := os.ReadFile(ready); err == nil {
			var r house.Ready
			if err := json.Unmarshal(octets, &r); err != nil {
				t.Fatal(err)
			}
			return r.HTTP, kill
		}
		time.Sleep(25 * time.Millisecond)
	}
	t.Fatalf("statute serve was not ready within 10 s\n%s", log.String())
	return "", nil
}

// A job that was taken in goes on after the server was killed: its monitor says
// so, and leads to the result at the end.
func TestJobSurvives(t *testing.T) {
	program := filepath.Join(t.TempDir(), "statute")
	if out, err := exec.Command("go", "build", "-o", program, "../cmd/statute").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	data := t.TempDir()
	at, kill := startProgram(t, program, data)
	r, err := http.NewRequest("POST", at+"/lab/jobs/", strings.NewReader(`{"steep":"oolong","seconds":2}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Prefer", "respond-async")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	monitor := answer.Header.Get("Location")
	if answer.StatusCode != 202 || monitor == "" {
		t.Fatalf("got %d, Location %q", answer.StatusCode, monitor)
	}
	kill()
	at, kill = startProgram(t, program, data)
	defer kill()
	look := func() (int, string) {
		client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		answer, err := client.Get(at + monitor)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		return answer.StatusCode, answer.Header.Get("Location")
	}
	if code, _ := look(); code != 200 {
		t.Errorf("while it steeps: got %d, want 200", code)
	}
	time.Sleep(2100 * time.Millisecond)
	if code, result := look(); code != 303 || result != monitor+"/result" {
		t.Errorf("at the end: got %d, Location %q", code, result)
	}
}
