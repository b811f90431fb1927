package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

const (
	harHead = `{"log":{"version":"1.2","creator":{"name":"test","version":"1"},"entries":[`
	harEnd  = `]}}`
)

// harEntry returns an entry of a HAR: a 401 that lacks its challenge, with text
// as its content.
func harEntry(n int, text string) string {
	return fmt.Sprintf(`{"startedDateTime":"2026-03-03T08:00:00.000Z","time":5,"request":{"method":"GET","url":"https://example.org/%d","httpVersion":"HTTP/1.1","headers":[{"name":"Host","value":"example.org"}],"cookies":[],"queryString":[],"headersSize":-1,"bodySize":0},"response":{"status":401,"statusText":"Unauthorized","httpVersion":"HTTP/1.1","headers":[{"name":"Date","value":"Tue, 03 Mar 2026 08:00:00 GMT"},{"name":"Content-Type","value":"text/plain"}],"cookies":[],"content":{"size":%d,"mimeType":"text/plain","text":"%s"},"redirectURL":"","headersSize":-1,"bodySize":%d},"cache":{},"timings":{"send":1,"wait":3,"receive":1}}`,
		n, len(text), text, len(text))
}

func gzipped(t *testing.T, parts ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	for _, p := range parts {
		io.WriteString(z, p)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Whatever an input does, it is told with file and place, the rest is judged, and
// memory stays below 256 MB.
func TestHostileInputs(t *testing.T) {
	if testing.Short() {
		t.Skip("reads hundreds of megabytes")
	}
	whole := gzipped(t, harHead, harEntry(1, strings.Repeat("tea ", 10_000)), harEnd)
	nested := strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000)
	megabyte := strings.Repeat("a", 1<<20)
	for name, tt := range map[string]struct {
		content func(io.Writer)
		exit    int
		says    string // on stderr
		finds   string // on stdout
	}{
		"cut.gz": {
			content: func(w io.Writer) { w.Write(whole[:len(whole)-20]) },
			exit:    exitCannot, says: "octet",
		},
		"damaged.gz": {
			content: func(w io.Writer) {
				damaged := bytes.Clone(whole)
				damaged[len(damaged)-6] ^= 0xff
				w.Write(damaged)
			},
			exit: exitCannot, says: "octet", finds: "unauthorized-without-challenge",
		},
		"nested.har": {
			content: func(w io.Writer) {
				io.WriteString(w, harHead+harEntry(1, "x")+`,{"request":`+nested+`},`+harEntry(2, "x")+harEnd)
			},
			exit: exitCannot, says: "entry 2", finds: "unauthorized-without-challenge",
		},
		"bomb.har.gz": {
			content: func(w io.Writer) {
				z := gzip.NewWriter(w)
				head, tail, _ := strings.Cut(harEntry(1, "TEXT"), "TEXT")
				io.WriteString(z, harHead+head)
				for range 600 {
					io.WriteString(z, megabyte)
				}
				io.WriteString(z, tail+harEnd)
				z.Close()
			},
			exit: -1, // refused or bounded
		},
		"long-field.har": {
			content: func(w io.Writer) {
				io.WriteString(w, harHead+`{"request":{"method":"`)
				for range 300 {
					io.WriteString(w, megabyte)
				}
				io.WriteString(w, `"}}`+harEnd)
			},
			exit: exitCannot, says: "octet",
		},
		"one-line": {
			content: func(w io.Writer) {
				for range 300 {
					io.WriteString(w, megabyte)
				}
			},
			exit: exitCannot, says: "octet 0",
		},
		"big-content.raw": {
			content: func(w io.Writer) {
				fmt.Fprintf(w, "GET / HTTP/1.1\r\nHost: a\r\n\r\nHTTP/1.1 401 Unauthorized\r\nContent-Length: %d\r\n\r\n", 300<<20)
				for range 300 {
					io.WriteString(w, megabyte)
				}
			},
			exit: exitFindings, finds: "unauthorized-without-challenge",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), name)
			f, err := os.Create(file)
			if err != nil {
				t.Fatal(err)
			}
			tt.content(f)
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(os.Args[0], "lint", file)
			// The test binary is the program where it is called so: TestMain.
			cmd.Args[0] = "statute"
			cmd.Env = append(os.Environ(), "STATUTE_RUN_MAIN=1", "LC_ALL=C")
			var out, errs bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &errs
			err = cmd.Run()
			var exit *exec.ExitError
			if err != nil && !errors.As(err, &exit) {
				t.Fatal(err)
			}
			if code := cmd.ProcessState.ExitCode(); tt.exit >= 0 && code != tt.exit || code == exitMisused {
				t.Errorf("exit code %d, want %d\n%s%s", code, tt.exit, &out, &errs)
			}
			if !strings.Contains(errs.String(), tt.says) || tt.says != "" && !strings.Contains(errs.String(), name) {
				t.Errorf("stderr is %q", &errs)
			}
			if !strings.Contains(out.String(), tt.finds) {
				t.Errorf("stdout is %q", &out)
			}
			if strings.Contains(errs.String(), "goroutine") {
				t.Errorf("it crashed: %s", &errs)
			}
			if most := peakMemory(cmd.ProcessState); runtime.GOOS == "linux" && most > 256<<20 {
				t.Errorf("%d MB were needed", most>>20)
			}
		})
	}
}

// Work that is interrupted says so, and is no clean result.
func TestLintInterrupted(t *testing.T) {
	file := filepath.Join(t.TempDir(), "x.har")
	if err := os.WriteFile(file, []byte(harHead+harEntry(1, "x")+harEnd), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, errs strings.Builder
	none := func(string) string { return "" }
	if got := run(ctx, []string{"lint", file}, strings.NewReader(""), &out, &errs, none); got != exitCannot || !strings.Contains(errs.String(), "it was interrupted") {
		t.Errorf("exit code %d: %s", got, &errs)
	}
}

// A report that cannot be written fails, whatever was found; so does a full disk
// behind --out.
func TestLintToFullDisk(t *testing.T) {
	file := filepath.Join(t.TempDir(), "x.har")
	if err := os.WriteFile(file, []byte(harHead+harEntry(1, "x")+harEnd), 0o600); err != nil {
		t.Fatal(err)
	}
	none := func(string) string { return "" }
	for _, format := range []string{"text", "json", "sarif", "junit", "github", "html"} {
		var errs strings.Builder
		if got := run(t.Context(), []string{"lint", file, "--format", format}, strings.NewReader(""), brokenWriter{}, &errs, none); got != exitCannot || !strings.Contains(errs.String(), "no space left") {
			t.Errorf("%s: exit code %d: %s", format, got, &errs)
		}
		if _, err := os.Stat("/dev/full"); err != nil {
			continue
		}
		errs.Reset()
		if got := run(t.Context(), []string{"lint", file, "--format", format, "--out", "/dev/full"}, strings.NewReader(""), io.Discard, &errs, none); got != exitCannot {
			t.Errorf("%s to /dev/full: exit code %d: %s", format, got, &errs)
		}
	}
}

func TestNumbering(t *testing.T) {
	var m numbering
	entries := []int{1, 2, 4, 5, 9, 10, 11}
	for i, entry := range entries {
		m.take(entry)
		for n := range i + 1 {
			if got := m.of(n + 1); got != entries[n] {
				t.Errorf("after %d: exchange %d is entry %d, want %d", i, n+1, got, entries[n])
			}
		}
	}
	if len(m.steps) != 3 || m.of(0) != 0 {
		t.Errorf("%+v", m)
	}
	for n := range 3 * mostSteps {
		m.take(100 + 2*n)
	}
	if len(m.steps) > mostSteps || m.of(len(entries)+3*mostSteps) != 100+2*(3*mostSteps-1) || m.of(3) != 0 {
		t.Errorf("%d steps", len(m.steps))
	}
}
