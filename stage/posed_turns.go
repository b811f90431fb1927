package stage

import (
	"container/list"
	"crypto/sha256"
	"sync"
	"time"
)

// posedTurns counts the requests of each sequence. It remembers a limited
// number of sequences: one that is not asked for during life is forgotten, and
// where there is no room the least recently asked for goes first.
type posedTurns struct {
	max  int
	life time.Duration

	mu     sync.Mutex // guards recent, byKey and the turns in them
	recent *list.List // of *posedTurn, the most recent first
	byKey  map[[sha256.Size]byte]*list.Element
}

type posedTurn struct {
	key   [sha256.Size]byte
	count int
	last  time.Time
}

func newPosedTurns(max int, life time.Duration) *posedTurns {
	return &posedTurns{
		max:    max,
		life:   life,
		recent: list.New(),
		byKey:  make(map[[sha256.Size]byte]*list.Element),
	}
}

// take returns how many requests of the sequence came before this one.
func (t *posedTurns) take(key [sha256.Size]byte, now time.Time) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	for e := t.recent.Back(); e != nil && now.Sub(e.Value.(*posedTurn).last) > t.life; e = t.recent.Back() {
		t.forget(e)
	}
	e, ok := t.byKey[key]
	if !ok {
		if t.recent.Len() >= t.max {
			t.forget(t.recent.Back())
		}
		e = t.recent.PushFront(&posedTurn{key: key})
		t.byKey[key] = e
	}
	t.recent.MoveToFront(e)
	turn := e.Value.(*posedTurn)
	turn.last = now
	turn.count++
	return turn.count - 1
}

func (t *posedTurns) forget(e *list.Element) {
	delete(t.byKey, e.Value.(*posedTurn).key)
	t.recent.Remove(e)
}
