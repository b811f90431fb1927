package house_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/statute-http/statute/needs"
)

// A damaged data folder is a clear error that names it, and nothing in it is
// changed.
func TestDamagedFolder(t *testing.T) {
	program := filepath.Join(t.TempDir(), "statute")
	if out, err := exec.Command("go", "build", "-o", program, "../cmd/statute").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	data := t.TempDir()
	at, kill := startProgram(t, program, data)
	for i := range 20 {
		mustPut(t, at+fmt.Sprintf("/lab/depot/%d", i), strings.Repeat("x", 1000), 201)
	}
	kill()
	blocks, err := filepath.Glob(filepath.Join(data, "state", "jetstream", "*", "streams", "*", "msgs", "*.blk"))
	if err != nil || len(blocks) == 0 {
		t.Fatalf("no blocks to damage: %v", err)
	}
	before := map[string][]byte{}
	for _, block := range blocks {
		octets, err := os.ReadFile(block)
		if err != nil {
			t.Fatal(err)
		}
		for i := len(octets) / 3; i < len(octets)/3+64 && i < len(octets); i++ {
			octets[i] ^= 0xff
		}
		before[block] = octets
		if err := os.WriteFile(block, octets, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var said bytes.Buffer
	cmd := exec.Command(program, "serve", "--listen", "127.0.0.1:0", "--data", data, "--lang", "en")
	cmd.Stderr = &said
	err = cmd.Run()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 3 || !strings.Contains(said.String(), data) {
		t.Errorf("exit %v: %s", err, said.String())
	}
	for block, octets := range before {
		if now, err := os.ReadFile(block); err != nil || !bytes.Equal(now, octets) {
			t.Errorf("%s was changed", block)
		}
	}
}

// On a full disk a PUT is refused with 507, and what was stored before stays.
func TestFullDisk(t *testing.T) {
	data := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", data).CombinedOutput(); err != nil {
		needs.Missing(t, "a small tmpfs, which root can mount: %v: %s", err, out)
	}
	t.Cleanup(func() { exec.Command("umount", data).Run() })
	program := filepath.Join(t.TempDir(), "statute")
	if out, err := exec.Command("go", "build", "-o", program, "../cmd/statute").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	at, kill := startProgram(t, program, data)
	defer kill()
	mustPut(t, at+"/lab/depot/first", "first", 201)
	full := 0
	for i := 0; i < 100 && full == 0; i++ {
		content := strings.Repeat(fmt.Sprintf("%07d ", i), 1<<17) // a MiB that no other one equals
		switch code := put(t, at+fmt.Sprintf("/lab/depot/%d", i), content); code {
		case 201:
		case 507:
			full = i
		default:
			t.Fatalf("PUT %d: got %d", i, code)
		}
	}
	if full == 0 {
		t.Fatal("the disk never filled")
	}
	answer, err := http.Get(at + "/lab/depot/first")
	if err != nil || answer.StatusCode != 200 {
		t.Fatalf("what was stored: %v, %v", answer, err)
	}
	answer.Body.Close()
	t.Logf("full after %d MiB", full)
}

func mustPut(t *testing.T, uri, content string, want int) {
	t.Helper()
	if got := put(t, uri, content); got != want {
		t.Fatalf("PUT %s: got %d, want %d", uri, got, want)
	}
}

func put(t *testing.T, uri, content string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "PUT", uri, strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	return answer.StatusCode
}
