package house_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/statute-http/statute/needs"
)

// run has a program do something within a minute, in the folder.
func run(t *testing.T, dir, input string, name string, args ...string) (output string, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "HOME="+dir, "LC_ALL=C.UTF-8", "no_proxy=*")
	cmd.Stdin = strings.NewReader(input)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err = cmd.Run()
	return out.String(), err
}

// The suites of Debian's litmus 0.13, and how many tests each has.
var litmusSuites = []struct {
	name  string
	tests int
}{{"basic", 16}, {"copymove", 13}, {"props", 30}, {"locks", 41}, {"http", 4}}

// wrongInLitmus are tests of this version that ask for what the specifications
// do not, each with the reason. There are none that we know of.
var wrongInLitmus = map[string]string{}

var (
	litmusLine = regexp.MustCompile(`^ *[0-9]+\. ([a-z_0-9]+)\.+ (pass|FAIL|SKIPPED|WARNING)`)
	litmusEnds = regexp.MustCompile(`([0-9]+) tests run: ([0-9]+) passed`)
)

// Litmus, whole: every test of every suite passes, or is known to be wrong.
func TestLitmus(t *testing.T) {
	litmus := needs.Program(t, "litmus", "litmus")
	at := "http://" + open(t).Address() + "/lab/depot/"
	for _, suite := range litmusSuites {
		t.Run(suite.name, func(t *testing.T) {
			dir := t.TempDir()
			t.Setenv("TESTS", suite.name)
			out, err := run(t, dir, "", litmus, "-k", at)
			if err != nil && len(wrongInLitmus) == 0 {
				t.Errorf("litmus: %v", err)
			}
			run := 0
			for line := range strings.Lines(strings.ReplaceAll(out, "\r", "\n")) {
				m := litmusLine.FindStringSubmatch(line)
				if m == nil {
					continue
				}
				if m[2] != "pass" && wrongInLitmus[m[1]] == "" {
					t.Errorf("%s: %s", suite.name, strings.TrimSpace(line))
				}
			}
			if m := litmusEnds.FindStringSubmatch(out); m != nil {
				fmt.Sscan(m[1], &run)
			}
			if run != suite.tests {
				t.Errorf("%d tests were run, want %d\n%.3000s", run, suite.tests, out)
			}
		})
	}
}

// A client that people use at a terminal: it makes a collection, puts, copies,
// moves, locks, lists, reads and deletes.
func TestCadaver(t *testing.T) {
	cadaver := needs.Program(t, "cadaver", "cadaver")
	at := "http://" + open(t).Address() + "/lab/depot/"
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "tea.txt"), []byte("oolong\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := run(t, dir, strings.Join([]string{
		"mkcol cups", "cd cups", "put tea.txt", "copy tea.txt more.txt", "move more.txt moved.txt",
		"lock moved.txt", "put tea.txt moved.txt", "unlock moved.txt", "propset moved.txt colour green", "propget moved.txt colour",
		"ls", "cat tea.txt", "get moved.txt back.txt", "delete tea.txt", "cd ..", "rmcol cups", "ls", "quit", "",
	}, "\n"), cadaver, at)
	if err != nil {
		t.Errorf("cadaver: %v", err)
	}
	if n := strings.Count(out, "succeeded."); n < 12 || strings.Contains(out, "failed") {
		t.Errorf("%d steps succeeded\n%s", n, out)
	}
	if back, err := os.ReadFile(filepath.Join(dir, "back.txt")); string(back) != "oolong\n" {
		t.Errorf("what came back is %q (%v)", back, err)
	}
	for _, wanted := range []string{"Value of colour is: green", "moved.txt", "oolong"} {
		if !strings.Contains(out, wanted) {
			t.Errorf("%q is missing\n%s", wanted, out)
		}
	}
	if answer := head(t, at+"cups/"); answer.Get("Last-Modified") != "" {
		t.Errorf("the collection is still there: %v", answer)
	}
}

// A client that moves whole trees: what it copies there comes back as it was.
func TestRclone(t *testing.T) {
	rclone := needs.Program(t, "rclone", "rclone")
	at := "http://" + open(t).Address() + "/lab/depot"
	dir := t.TempDir()
	files := map[string]string{
		"a.txt": "one", "b b.txt": "two", "sub/c.txt": strings.Repeat("three", 10_000), "sub/deeper/d-茶.txt": "four", "sub/empty.txt": "",
	}
	for name, text := range files {
		path := filepath.Join(dir, "there", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	do := func(args ...string) string {
		t.Helper()
		remote := []string{"--webdav-url", at, "--webdav-vendor", "other", "--config", "", "--quiet", "--retries", "1"}
		out, err := run(t, dir, "", rclone, append(remote, args...)...)
		if err != nil {
			t.Fatalf("rclone %s: %v\n%s", args[0], err, out)
		}
		return out
	}
	do("copy", "there", ":webdav:tree")
	do("check", "there", ":webdav:tree", "--download")
	do("moveto", ":webdav:tree/a.txt", ":webdav:tree/sub/e.txt")
	do("copyto", ":webdav:tree/sub", ":webdav:tree2")
	do("deletefile", ":webdav:tree/b b.txt")
	listed := strings.Fields(strings.ReplaceAll(do("lsf", "-R", "--files-only", ":webdav:tree"), " ", "_"))
	slices.Sort(listed)
	if want := []string{"sub/c.txt", "sub/deeper/d-茶.txt", "sub/e.txt", "sub/empty.txt"}; !slices.Equal(listed, want) {
		t.Errorf("listed %q, want %q", listed, want)
	}
	do("copy", ":webdav:tree2", "back")
	for name, want := range map[string]string{"c.txt": files["sub/c.txt"], "deeper/d-茶.txt": "four", "e.txt": "one", "empty.txt": ""} {
		if got, err := os.ReadFile(filepath.Join(dir, "back", name)); err != nil || string(got) != want {
			t.Errorf("%s came back as %.40q (%v)", name, got, err)
		}
	}
	do("purge", ":webdav:tree")
	if answer, err := http.Get(at + "/tree/"); err != nil || answer.StatusCode != 404 {
		t.Errorf("after purge: %v, %v", answer, err)
	}
}
