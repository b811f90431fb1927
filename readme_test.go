package statute_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/statute-http/statute/house"
)

// Every command that a README shows does what a reader would have it do: it ends
// with 0. Two are exempt by name: one would not return, and is what the others
// run against; the other would run this test again.
func TestREADME(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		if os.Getenv("STATUTE_REQUIRE_TOOLS") == "1" {
			t.Fatal("curl is missing: apt-get install curl")
		}
		t.Skip("SKIPPED, not passed: the README's commands need curl")
	}
	program := filepath.Join(t.TempDir(), "statute")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	if out, err := exec.Command("go", "build", "-o", program, "./cmd/statute").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	address := startProgram(t, program)
	seen := map[string]bool{}
	for _, name := range []string{"README.md", "README.zh-TW.md"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		commands := commandsOf(string(text))
		if len(commands) < 10 {
			t.Errorf("%s shows %d commands only: are its blocks marked sh?", name, len(commands))
		}
		for _, command := range commands {
			if seen[command] {
				continue
			}
			seen[command] = true
			switch command {
			case "go run ./cmd/statute serve", "go test ./...":
				continue
			}
			t.Run(command, func(t *testing.T) {
				t.Parallel()
				line := strings.ReplaceAll(command, "go run ./cmd/statute", program)
				line = strings.ReplaceAll(line, "127.0.0.1:8080", address)
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				out, err := exec.CommandContext(ctx, "sh", "-c", line).CombinedOutput()
				if err != nil || len(out) == 0 {
					t.Errorf("%s: %v\n%s", name, err, out)
				}
			})
		}
	}
}

// commandsOf returns the lines of the blocks marked sh, comments left out.
func commandsOf(text string) []string {
	var commands []string
	inside := false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case line == "```sh":
			inside = true
		case line == "```":
			inside = false
		case inside && line != "" && !strings.HasPrefix(line, "#"):
			commands = append(commands, line)
		}
	}
	return commands
}

// startProgram runs `statute serve` as its own process and returns its address.
func startProgram(t *testing.T, program string) string {
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
			return strings.TrimPrefix(r.HTTP, "http://")
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("statute serve was not ready within 10 s\n%s", log.String())
	return ""
}
