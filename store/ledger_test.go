package store_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/statute-http/statute/store"
)

// A ledger is what a storm's lines say about the store.
type ledger struct {
	saved   map[string]kept   // by key; revision 0: removed
	pending map[string]kept   // begun and not yet acknowledged
	content map[string]string // by hash: "stored", "drop", "dropped"
	acks    int
	pause   time.Duration // the longest between two acknowledgements
	last    time.Time
	failed  []string
}

type kept struct {
	n        int
	revision uint64
}

func newLedger() *ledger {
	return &ledger{saved: map[string]kept{}, pending: map[string]kept{}, content: map[string]string{}}
}

func (l *ledger) read(line string) {
	what, rest, _ := strings.Cut(line, " ")
	var name string
	var k kept
	fmt.Sscan(rest, &name, &k.n, &k.revision)
	switch what {
	case "save", "remove":
		l.pending[name] = k
		return
	case "saved", "removed":
		delete(l.pending, name)
		l.saved[name] = k
	case "stored", "drop", "dropped":
		l.content[name] = what
	default:
		l.failed = append(l.failed, line)
		return
	}
	l.acks++
	if !l.last.IsZero() {
		l.pause = max(l.pause, time.Since(l.last))
	}
	l.last = time.Now()
}

// check compares a store with what was acknowledged, and takes what it finds
// where the answer was pending.
func (l *ledger) check(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := t.Context()
	var present []string
	keys := maps.Clone(l.saved)
	maps.Copy(keys, l.pending)
	for key := range keys {
		doc, revision, err := s.Load(ctx, key)
		if err != nil {
			t.Errorf("load %s: %v", key, err)
			continue
		}
		if revision > 0 {
			present = append(present, key)
		}
		want := l.saved[key]
		if revision == want.revision && (revision == 0 || string(doc) == stormDoc(key, want.n)) {
			continue
		}
		next, pending := l.pending[key]
		switch removal := next.n == 0; {
		case !pending:
			t.Errorf("%s: acknowledged %d at %d, and there is revision %d: %.40q", key, want.n, want.revision, revision, doc)
		case removal && revision == 0, !removal && revision > want.revision && string(doc) == stormDoc(key, next.n):
			l.saved[key] = kept{next.n, revision} // done, though nobody was told
		default:
			t.Errorf("%s: acknowledged %d at %d, then began %d, and there is revision %d: %.40q", key, want.n, want.revision, next.n, revision, doc)
		}
	}
	clear(l.pending)
	slices.Sort(present)
	if got, err := s.Keys(ctx, "storm/", 1000); err != nil || !slices.Equal(got, present) {
		t.Errorf("Keys: %q %v, want %q", got, err, present)
	}
	for hash, state := range l.content {
		r, err := s.OpenContent(ctx, hash, 0)
		switch {
		case state == "dropped" && err == nil:
			t.Errorf("content %s was dropped and is there", hash)
		case state == "stored" && err != nil:
			t.Errorf("content %s: %v", hash, err)
		case state == "stored":
			if got := hashOf(t, r); got != hash {
				t.Errorf("content %s comes back as %s", hash, got)
			}
		}
	}
}
