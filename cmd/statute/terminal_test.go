package main

import (
	"os"
	"testing"
)

func TestTerminal(t *testing.T) {
	for _, tt := range []struct {
		name string
		env  environment
		vars map[string]string
		want terminal
	}{
		{"no terminal", environment{}, nil, terminal{width: 80}},
		{"a terminal", environment{columns: 90}, nil, terminal{width: 90, color: true}},
		{"a wide one", environment{columns: 300}, nil, terminal{width: 100, color: true}},
		{"a narrow one", environment{columns: 10}, nil, terminal{width: 40, color: true}},
		{"--no-color", environment{columns: 80, noColor: true}, nil, terminal{width: 80}},
		{"NO_COLOR", environment{columns: 80}, map[string]string{"NO_COLOR": "1"}, terminal{width: 80}},
		{"NO_COLOR, empty", environment{columns: 80}, map[string]string{"NO_COLOR": ""}, terminal{width: 80, color: true}},
		{"TERM=dumb", environment{columns: 80}, map[string]string{"TERM": "dumb"}, terminal{width: 80}},
	} {
		tt.env.getenv = func(name string) string { return tt.vars[name] }
		if got := tt.env.terminal(); got != tt.want {
			t.Errorf("%s: got %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

func TestFileIsNoTerminal(t *testing.T) {
	f, err := os.Create(t.TempDir() + "/file")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if n := columnsOf(f); n != 0 {
		t.Errorf("a file has %d columns", n)
	}
}

func TestColumns(t *testing.T) {
	for s, want := range map[string]int{
		"":             0,
		"abc":          3,
		"快取":           4,
		"，（）":          6,
		"e\u0301":      1,
		"\u200b":       0,
		"§15":          3,
		"404 找不到資源":    14,
		"ﾃｽﾄ":          3,
		"\uff21\uff22": 4,
	} {
		if got := columns(s); got != want {
			t.Errorf("columns(%q) = %d, want %d", s, got, want)
		}
	}
}
