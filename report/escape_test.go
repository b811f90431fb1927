package report

import "testing"

func TestShellWord(t *testing.T) {
	for name, want := range map[string]string{
		"curl":           "curl",
		"127.0.0.1:8080": "127.0.0.1:8080",
		"[::1]:80":       "'[::1]:80'",
		"my client":      "'my client'",
		"a; rm -rf ~":    "'a; rm -rf ~'",
		"it's":           `'it'\''s'`,
		"$(id)":          "'$(id)'",
		"":               "''",
	} {
		if got := shellWord(name); got != want {
			t.Errorf("%q: %s, want %s", name, got, want)
		}
	}
}
