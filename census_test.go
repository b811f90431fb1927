// Package statute_test is the census: it checks the house as a whole. Every
// code that has a room has all its rooms, every scene is true and clean under
// our own rules, every example in the book does what it says, and no wall
// between the packages is crossed. A failure names the file to write.
package statute_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/statute-http/statute/house"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/lint"
	"github.com/statute-http/statute/manual"
	"github.com/statute-http/statute/serve"
	"github.com/statute-http/statute/stage"
	"github.com/statute-http/statute/stage/play"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

const module = "github.com/statute-http/statute"

// may lists, for each package, which of our packages its non-test files may
// import, beside lang, which everybody speaks. A package that is not here fails.
var may = map[string][]string{
	"lang":              {},
	"status":            {},
	"cert":              {},
	"manual":            {"status"},
	"wire":              {"status"},
	"wire/peer":         {"status", "wire", "cert"},
	"serve":             {"status", "wire", "cert"},
	"origin":            {"status", "wire"},
	"store":             {},
	"store/memory":      {},
	"lint":              {"status", "wire"},
	"lint/linttest":     {"status", "wire", "lint"},
	"capture":           {"status", "wire"},
	"capture/relay":     {"status", "wire", "wire/peer", "cert"},
	"capture/ask":       {"wire", "wire/peer"},
	"stage":             {"status", "wire", "origin", "stage/road"},
	"stage/road":        {"status", "wire"},
	"stage/play":        {"status", "wire", "wire/peer", "stage"},
	"compat":            {"status"},
	"catalogue":         {"status", "manual", "stage", "lint", "wire", "compat"},
	"site":              {"status", "manual", "stage", "stage/play", "stage/road", "lint", "wire", "wire/peer", "compat", "catalogue", "exam", "exam/client", "exam/server", "exam/proxy"},
	"house":             {"status", "wire", "cert", "serve", "stage", "stage/play", "stage/road", "origin", "store", "store/memory", "lint", "site", "exam", "exam/client", "results"},
	"cmd/statute":       nil, // everything
	"report":            {"status", "wire", "lint", "exam"},
	"bench/server":      {"serve", "stage", "wire"},
	"bench/fileserver":  {},
	"bench/gateway":     {"serve", "stage/road", "wire", "cert"},
	"bench/idle":        {"serve", "wire"},
	"bench/sheet":       {"wire", "exam"},
	"bench/clients":     {"wire", "exam", "exam/client", "exam/client/roster", "bench/sheet"},
	"bench/subjects":    {"exam", "exam/subjects", "report", "bench/sheet"},
	"adapters":          {},
	"results":           {"exam"},
	"exam":              {"status", "wire"},
	"exam/client":       {"status", "wire", "wire/peer", "cert", "exam"},
	"exam/server/model": {"status", "wire", "wire/peer"},
	"exam/server":       {"status", "wire", "wire/peer", "exam"},
	"exam/proxy":        {"status", "wire", "wire/peer", "cert", "exam"},
	"exam/examtest":     {"wire", "exam", "exam/client", "exam/client/nethttp", "exam/proxy", "exam/server"},
	// Our own subjects stand outside of what they prove.
	"exam/client/nethttp": {"wire", "exam", "exam/client"},
	"exam/client/roster":  {"exam/client", "exam/client/nethttp", "exam/client/browser", "adapters"},
	"exam/client/browser": {"exam", "exam/client"},
	"exam/proxy/model":    {"status", "wire", "exam", "exam/proxy"},
	"exam/client/model":   {"status", "wire", "wire/peer", "exam", "exam/client"},
	"needs":               {}, // for tests alone
	// Those of others, started from files.
	"exam/subjects": {"wire", "cert", "exam", "exam/client", "exam/server", "exam/proxy"},
}

func TestWalls(t *testing.T) {
	for line := range strings.Lines(goList(t, "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./...")) {
		f := strings.Fields(line)
		name := strings.TrimPrefix(strings.TrimPrefix(f[0], module), "/")
		if name == "" {
			continue
		}
		allowed, listed := may[name]
		if !listed {
			t.Errorf("package %s is not in the import table: add it to census_test.go", name)
		}
		for _, imported := range f[1:] {
			if ours, ok := strings.CutPrefix(imported, module+"/"); ok && ours != "lang" && allowed != nil && !slices.Contains(allowed, ours) {
				t.Errorf("%s may not import %s", name, ours)
			}
		}
	}
}

// What other people's programs import of ours stays small: nothing outside the
// standard library but these modules.
func TestSmallDependencies(t *testing.T) {
	small := []string{module, "github.com/dunglas/httpsfv", "golang.org/x/text", "golang.org/x/net/idna"}
	for _, name := range []string{"status", "wire", "lint", "exam"} {
		for line := range strings.Lines(goList(t, "-deps", "-f", `{{if not .Standard}}{{.ImportPath}}{{end}}`, "./"+name)) {
			path := strings.TrimSpace(line)
			if path != "" && !slices.ContainsFunc(small, func(m string) bool { return strings.HasPrefix(path, m) }) {
				t.Errorf("%s depends on %s", name, path)
			}
		}
	}
}

func goList(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.Command("go", append([]string{"list"}, args...)...).Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("go list: %v\n%s", err, exit.Stderr)
		}
		t.Fatalf("go list: %v", err)
	}
	return string(out)
}

// Every registered code has its pages, and a scene or a stated reason why none.
func TestEveryCodeIsComplete(t *testing.T) {
	for _, e := range status.Table {
		scenes := stage.Of(e.Code)
		why, sceneless := stage.Sceneless[e.Code]
		switch {
		case sceneless && (len(scenes) > 0 || why.En == "" || why.ZhTW == "" || !slices.Contains(stage.Replayed(), e.Code)):
			t.Errorf("%d: stage.Sceneless states in both languages why there is no scene, and stage has a replay of it", e.Code)
		case !sceneless && len(scenes) == 0:
			t.Errorf("%d has no scene: add one to stage/%s.go", e.Code, e.Topic)
		}
		for _, l := range lang.All {
			if _, err := manual.Page(e.Code, l); err != nil {
				t.Errorf("%d: %v", e.Code, err)
			}
		}
	}
	seen := map[string]bool{}
	for _, s := range stage.All {
		name := fmt.Sprintf("%d/%s", s.Code, s.Name)
		if seen[name] {
			t.Errorf("two scenes are called %s", name)
		}
		seen[name] = true
		for _, text := range []lang.Text{s.Cause, s.Differs} {
			if text.En == "" || text.ZhTW == "" {
				t.Errorf("scene %s: a text is missing in one language", name)
			}
		}
		if len(s.Over) < len(wire.Protocols) && (s.Only.En == "" || s.Only.ZhTW == "") {
			t.Errorf("scene %s: say why not over every protocol", name)
		}
		if last := s.Cue[len(s.Cue)-1]; last.Status != s.Code &&
			!slices.ContainsFunc(s.Cue, func(step stage.Step) bool {
				return step.Status == s.Code || slices.Contains(step.Interim, s.Code) || slices.ContainsFunc(step.Reports, func(r stage.Report) bool { return r.Status == s.Code })
			}) {
			t.Errorf("scene %s: no step of the cue gets %d", name, s.Code)
		}
		for _, step := range s.Control {
			if step.Status == s.Code && s.Code.Class() > 3 {
				t.Errorf("scene %s: the control gets the same code", name)
			}
		}
	}
}

// open opens a house with short time limits for the length of the test.
func open(t *testing.T, c house.Config) *house.House {
	t.Helper()
	c.Limits = serve.Limits{First: time.Second, Head: time.Second, Stall: time.Second}
	h, err := house.Open(c)
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- h.Serve() }()
	t.Cleanup(func() {
		end, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := h.Shutdown(end); err != nil {
			t.Errorf("the house did not come to rest: %v", err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return h
}

// Every scene comes true over every protocol that it names, and what both ends
// saw of it breaks no rule of ours on our side.
func TestScenes(t *testing.T) {
	h := open(t, house.Config{Tap: func(x *wire.Exchange) { clean(t, "tap", x) }})
	rules := lint.New(lint.All...)
	players := map[string]*play.Player{
		"clear": h.Player(),
		"TLS":   h.Player(),
	}
	players["TLS"].Secure = true
	// Most scenes wait most of the time: more of them at once than t.Parallel
	// would allow on few processors.
	places := make(chan struct{}, 24)
	var playing sync.WaitGroup
	defer playing.Wait()
	for how, player := range players {
		for _, protocol := range wire.Protocols {
			for _, scene := range stage.All {
				if !scene.Plays(protocol) || protocol == wire.H3 && how == "TLS" {
					continue
				}
				places <- struct{}{}
				playing.Go(func() {
					defer func() { <-places }()
					t.Run(fmt.Sprintf("%s/%s/%d/%s", protocol, how, scene.Code, scene.Name), func(t *testing.T) {
						ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
						defer cancel()
						p := player.Play(ctx, &scene, protocol)
						if !p.True() {
							t.Fatal(p.Err)
						}
						for _, acts := range [][]*wire.Exchange{p.Cue, p.Control} {
							watch := rules.Watch(lint.Memory{})
							for _, x := range acts {
								unmarred(t, "peer", x, watch.Check(x))
							}
						}
					})
				})
			}
		}
	}
}

// clean fails the test if the exchange shows a mistake of ours.
func clean(t *testing.T, seenBy string, x *wire.Exchange) {
	t.Helper()
	unmarred(t, seenBy, x, lint.Check(x))
}

func unmarred(t *testing.T, seenBy string, x *wire.Exchange, judged lint.Result) {
	t.Helper()
	posed := x.Answer().Fields.Has("Statute-Posed")
	for _, f := range judged.Findings {
		if posed && f.Rule.About == lint.OfCause || f.Rule.Who == lint.Client || f.Rule.Level == lint.Advice {
			continue
		}
		t.Errorf("%s %.60s over %s, %d, seen by the %s: our own answer breaks %s: %s: %s", x.Request.Method, x.Request.Target,
			x.Conn.Protocol, x.Answer().Status, seenBy, f.Rule.Name, f.Where, f.Message.En)
	}
}

// Every posed answer is clean under every rule but those of kind cause.
func TestPosedAnswers(t *testing.T) {
	h := open(t, house.Config{Tap: func(x *wire.Exchange) { clean(t, "tap", x) }})
	for code := 200; code < 600; code++ {
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"} {
			answer, err := http.DefaultTransport.RoundTrip(posedRequest(t, h, method, code))
			if err != nil {
				t.Fatalf("%s /status/%d: %v", method, code, err)
			}
			io.Copy(io.Discard, answer.Body)
			answer.Body.Close()
			if answer.StatusCode != code && answer.StatusCode != 400 && answer.StatusCode != 207 {
				t.Errorf("%s /status/%d: got %d", method, code, answer.StatusCode)
			}
		}
	}
}

func posedRequest(t *testing.T, h *house.House, method string, code int) *http.Request {
	q, err := http.NewRequestWithContext(t.Context(), method, fmt.Sprintf("http://%s/status/%d", h.Address(), code), nil)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// Every example in the manual, sent octet by octet, is answered as it says.
func TestManualExamples(t *testing.T) {
	h := open(t, house.Config{})
	doors := map[string]string{"": h.Address(), "proxy": h.Proxy(), "portal": h.Portal()}
	for _, code := range manual.Codes() {
		page, err := manual.Page(code, lang.En)
		if err != nil {
			t.Error(err)
			continue
		}
		for i, example := range page.Examples {
			t.Run(fmt.Sprintf("%d/%d", code, i+1), func(t *testing.T) {
				t.Parallel()
				perform(t, doors[example.Door], example.Fill(fmt.Sprintf("census-%d-%d", code, i)))
			})
		}
	}
}

func perform(t *testing.T, address string, example manual.Example) {
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(10 * time.Second))
	r := wire.NewReader(bufio.NewReader(c), wire.Limits{})
	seen := 0
	next := func() (final bool) {
		if seen == len(example.Want) {
			t.Fatal("the example expects no more answers")
		}
		want := example.Want[seen]
		made := compare(t, r, want)
		if made != "" {
			example = example.Learn(made)
		}
		seen++
		return !want.Code().Interim()
	}
	for i := range example.Send {
		part := example.Send[i] // as it is by now, with what the answers have taught
		if _, err := io.WriteString(c, part.Octets); err != nil {
			t.Fatal(err)
		}
		switch part.Then {
		case manual.After100:
			next()
		case manual.AfterAnswer:
			for !next() {
			}
		}
	}
	for seen < len(example.Want) {
		next()
	}
}

// compare reads one answer and holds it against what the example shows of it. It
// returns the name that came for {made}, if the example has that.
func compare(t *testing.T, r *wire.Reader, want manual.Message) (made string) {
	t.Helper()
	var h wire.Head
	if err := r.ReadResponse(&h); err != nil {
		t.Fatalf("read the answer that should be %s: %v", want.StatusLine, err)
	}
	p := h.Response("GET")
	if line := fmt.Sprintf("HTTP/%d.%d %d %s", p.Version.Major, p.Version.Minor, p.Status, p.Reason); line != want.StatusLine {
		t.Errorf("got %s, want %s", line, want.StatusLine)
	}
	for _, field := range want.Fields {
		name, value, _ := strings.Cut(field, ": ")
		got := p.Fields.Get(name)
		if learnt, ok := manual.Made(field, got); ok {
			made = learnt
		} else if got != value {
			t.Errorf("%s: got %q, want %q", name, got, value)
		}
	}
	if _, err := io.Copy(io.Discard, r.Body(h.ResponseFraming("GET"))); err != nil {
		t.Fatalf("read the content of %s: %v", want.StatusLine, err)
	}
	return made
}
