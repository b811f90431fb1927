package subjects

import (
	"strings"
	"sync"
)

// A tail keeps the end of what a program says.
type tail struct {
	mu   sync.Mutex
	text []byte
}

const tailLength = 2 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	if over := len(t.text) - tailLength; over > 0 {
		t.text = append(t.text[:0], t.text[over:]...)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.text) == 0 {
		return "it said nothing"
	}
	return strings.TrimSpace(string(t.text))
}
