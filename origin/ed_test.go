package origin

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/statute-http/statute/needs"
)

// applyEd applies a script with ed(1), as a client does.
func applyEd(t *testing.T, from, script []byte) []byte {
	t.Helper()
	name := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(name, from, 0o600); err != nil {
		t.Fatal(err)
	}
	ed := exec.Command("ed", "-s", name)
	ed.Stdin = bytes.NewReader(append(bytes.Clone(script), "w\nq\n"...))
	if out, err := ed.CombinedOutput(); err != nil {
		t.Fatalf("ed: %v: %s\nscript:\n%s", err, out, script)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestEdScript(t *testing.T) {
	needs.Program(t, "ed", "ed")
	long := strings.Repeat("a\nb\nc\n", 400) // beyond mostCells
	for name, texts := range map[string][2]string{
		"the same":          {"a\nb\n", "a\nb\n"},
		"one line":          {"a\nb\nc\n", "a\nB\nc\n"},
		"two places":        {"a\nb\nc\nd\ne\n", "A\nb\nc\nd\nE\nF\n"},
		"at the beginning":  {"b\n", "a\nb\n"},
		"at the end":        {"a\n", "a\nb\n"},
		"less":              {"a\nb\nc\nd\n", "a\nd\n"},
		"less at both ends": {"a\nb\nc\nd\n", "b\nc\n"},
		"from nothing":      {"", "a\nb\n"},
		"to nothing":        {"a\nb\n", ""},
		"a dot":             {"a\nb\n", "a\n.\nb\n"},
		"dots at the end":   {"a\n", "a\n.\n.\n"},
		"a dot in between":  {"a\n", "x\n.\ny\n"},
		"two dots":          {"a\n", "..\na\n"},
		"empty lines":       {"\n\n\n", "\na\n\n"},
		"commands":          {"a\n", "1,$d\nw\nq\n"},
		"many lines":        {long, "x\n" + strings.Repeat("c\na\n", 500)},
		"Chinese":           {"烏龍\n包種\n", "烏龍\n鐵觀音\n"},
	} {
		t.Run(name, func(t *testing.T) {
			script := edScript([]byte(texts[0]), []byte(texts[1]))
			if got := applyEd(t, []byte(texts[0]), script); string(got) != texts[1] {
				t.Errorf("got %q, want %q; script:\n%s", got, texts[1], script)
			}
		})
	}
}

// FuzzEdScript holds the script to a small ed of our own, which knows what our
// scripts use.
func FuzzEdScript(f *testing.F) {
	f.Add([]byte("a\nb\nc\n"), []byte("a\n.\nc\nd\n"))
	f.Add([]byte(""), []byte(".\n.\n"))
	f.Fuzz(func(t *testing.T, from, to []byte) {
		if !editable(from) || !editable(to) || len(from)+len(to) > 4096 {
			return
		}
		if got := smallEd(t, string(from), string(edScript(from, to))); got != string(to) {
			t.Errorf("%q to %q: got %q by\n%s", from, to, got, edScript(from, to))
		}
	})
}

func smallEd(t *testing.T, text, script string) string {
	lines := strings.SplitAfter(text, "\n")
	lines = lines[:len(lines)-1]
	commands := strings.SplitAfter(script, "\n")
	at := 0 // the current line
	for i := 0; i < len(commands)-1; i++ {
		command := strings.TrimSuffix(commands[i], "\n")
		if command == "s/.//" {
			lines[at-1] = lines[at-1][1:]
			continue
		}
		first, last := at, at
		if address := command[:len(command)-1]; address != "" {
			one, two, both := strings.Cut(address, ",")
			first = number(t, one)
			if last = first; both {
				last = number(t, two)
			}
		}
		kind := command[len(command)-1]
		if kind != 'a' {
			lines = append(lines[:first-1:first-1], lines[last:]...)
			at = first - 1
		} else {
			at = last
		}
		if kind == 'd' {
			continue
		}
		for i++; commands[i] != ".\n"; i++ {
			lines = append(lines[:at:at], append([]string{commands[i]}, lines[at:]...)...)
			at++
		}
	}
	return strings.Join(lines, "")
}

func number(t *testing.T, s string) int {
	n, ok := digits(s)
	if !ok {
		t.Fatalf("address %q", s)
	}
	return int(n)
}
