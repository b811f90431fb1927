package statute_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/statute-http/statute/house"
	"github.com/statute-http/statute/needs"
)

// Every command that a README shows does what a reader would have it do: it ends
// with 0, and answers the codes that the comment above it names. Two are exempt
// by name: one would not return, and is what the others run against; the other
// would run this test again.
func TestREADME(t *testing.T) {
	needs.Program(t, "curl", "curl")
	program := filepath.Join(t.TempDir(), "statute")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	if out, err := exec.Command("go", "build", "-o", program, "./cmd/statute").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	at := startProgram(t, program)
	for _, name := range []string{"README.md", "README.zh-TW.md"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		commands := 0
		for _, g := range groupsOf(string(text)) {
			commands += len(g.commands)
			t.Run(name+"/"+g.comment, func(t *testing.T) {
				t.Parallel()
				g.run(t, program, at, strings.TrimSuffix(name, ".md"))
			})
		}
		if commands < 15 {
			t.Errorf("%s shows %d commands only: are its blocks marked sh?", name, commands)
		}
	}
}

// A group is commands that follow one another, with the comment above them.
type group struct {
	comment  string
	commands []string
}

// groupsOf returns the commands of the blocks marked sh.
func groupsOf(text string) []group {
	var groups []group
	inside, begin := false, true
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case line == "```sh":
			inside, begin = true, true
		case line == "```":
			inside = false
		case !inside:
		case line == "":
			begin = true
		default:
			if begin {
				groups, begin = append(groups, group{}), false
			}
			g := &groups[len(groups)-1]
			if comment, ok := strings.CutPrefix(line, "# "); ok {
				g.comment = comment
			} else {
				g.commands = append(g.commands, line)
			}
		}
	}
	return groups
}

var (
	promised = regexp.MustCompile(`\b[1-5][0-9][0-9]\b`)
	answered = regexp.MustCompile(`(?m)^HTTP/[0-9.]+ ([1-5][0-9][0-9])`)
)

// run runs the group's commands in order. Each ends with 0, and the codes that
// the comment names are answered, in its order.
func (g group) run(t *testing.T, program string, at house.Ready, own string) {
	places := strings.NewReplacer("127.0.0.1:8080", host(at.HTTP), "127.0.0.1:3128", host(at.Proxy), "127.0.0.1:8081", host(at.Portal))
	var said []string
	for _, command := range g.commands {
		switch command {
		case "go run ./cmd/statute serve", "go test ./...":
			continue
		}
		line := strings.ReplaceAll(command, "go run ./cmd/statute", program)
		line = places.Replace(line)
		// Both READMEs name the same things; each gets its own.
		line = strings.NewReplacer("/recipes/mine", "/recipes/"+own, "pot=mine", "pot="+own).Replace(line)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		out, err := exec.CommandContext(ctx, "sh", "-c", line).CombinedOutput()
		if err != nil || len(out) == 0 {
			t.Errorf("%s: %v\n%s", command, err, out)
		}
		for _, m := range answered.FindAllStringSubmatch(string(out), -1) {
			said = append(said, m[1])
		}
	}
	rest := said
	for _, code := range promised.FindAllString(g.comment, -1) {
		i := slices.Index(rest, code)
		if i < 0 {
			t.Errorf("%q: %s was not answered in its place; answered were %v", g.comment, code, said)
			return
		}
		rest = rest[i+1:]
	}
}

func host(base string) string { return strings.TrimPrefix(base, "http://") }

// startProgram runs `statute serve` as its own process and returns where it is.
func startProgram(t *testing.T, program string) house.Ready {
	t.Helper()
	dir := t.TempDir()
	ready := filepath.Join(dir, "ready.json")
	cmd := exec.Command(program, "serve", "--listen", "127.0.0.1:0", "--data", dir, "--ready", ready)
	var log bytes.Buffer
	cmd.Stderr = &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Signal(os.Interrupt)
		if err := cmd.Wait(); err != nil {
			t.Errorf("statute serve ended with %v\n%s", err, log.String())
		}
		if strings.Contains(log.String(), "breaks a rule") {
			t.Errorf("statute serve found mistakes of its own:\n%s", log.String())
		}
	})
	for range 200 {
		octets, err := os.ReadFile(ready)
		if err == nil {
			var r house.Ready
			if err := json.Unmarshal(octets, &r); err != nil {
				t.Fatalf("%s: %v", ready, err)
			}
			return r
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("statute serve was not ready within 10 s\n%s", log.String())
	return house.Ready{}
}
