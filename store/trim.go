package store

import (
	"context"
	"sync"
	"time"
)

// trims remembers which subjects have revisions that nobody needs, and deletes
// them a moment later: one deletion for many writes of a busy key. What is still
// to be trimmed when the process is killed stays until the key is next written;
// only the newest revision is ever read.
type trims struct {
	mu     sync.Mutex
	due    map[trimmed]*trimming
	ending context.CancelFunc
	ended  chan struct{}
}

type trimmed struct {
	st      stream
	subject string
}

type trimming struct {
	before uint64 // delete what is older than this
	writes int    // since the last deletion
}

const (
	trimEvery = 500 * time.Millisecond
	maxTrims  = 10_000 // subjects remembered; a writer over that trims its own
)

// trim has the messages of a subject before one deleted: at once where many have
// gathered, else soon.
func (s *Store) trim(ctx context.Context, st stream, subject string, before uint64) {
	id := trimmed{st, subject}
	s.trims.mu.Lock()
	t := s.trims.due[id]
	if t == nil {
		t = &trimming{}
	}
	t.before = max(t.before, before)
	t.writes++
	now := t.writes >= maxAlike || len(s.trims.due) >= maxTrims
	if now {
		delete(s.trims.due, id)
	} else {
		s.trims.due[id] = t
	}
	s.trims.mu.Unlock()
	if !now {
		return
	}
	s.trims.one(context.WithoutCancel(ctx), s, id, t)
}

// one trims one subject, or puts it off.
func (t *trims) one(ctx context.Context, s *Store, id trimmed, due *trimming) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	s.mu.RLock() // not use: the last round comes after the store was closed to others
	defer s.mu.RUnlock()
	if err := s.purge(ctx, s.link, id.st, id.subject, due.before); err != nil {
		s.log.Debug("trim later", "stream", id.st.name, "error", err)
		t.later(id, due)
	}
}

func (t *trims) later(id trimmed, due *trimming) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if there := t.due[id]; there != nil {
		there.before = max(there.before, due.before)
		return
	}
	if len(t.due) < maxTrims {
		due.writes = 0
		t.due[id] = due
	}
}

func (t *trims) start(s *Store) {
	ctx, cancel := context.WithCancel(context.Background())
	t.ending, t.ended, t.due = cancel, make(chan struct{}), map[trimmed]*trimming{}
	go func() {
		defer close(t.ended)
		tick := time.NewTicker(trimEvery)
		defer tick.Stop()
		tidy := time.Now().Add(tidyFirst)
		for {
			select {
			case <-tick.C:
				t.round(ctx, s)
				if time.Now().After(tidy) {
					if err := s.tidy(ctx); err != nil && ctx.Err() == nil {
						s.log.Info("the store could not be tidied; it goes on", "error", err)
					}
					tidy = time.Now().Add(tidyEvery)
				}
			case <-ctx.Done():
				last, cancel := context.WithTimeout(context.Background(), 2*time.Second)
				defer cancel()
				t.round(last, s)
				return
			}
		}
	}()
}

func (t *trims) stop() {
	t.ending()
	<-t.ended
}

func (t *trims) round(ctx context.Context, s *Store) {
	t.mu.Lock()
	due := t.due
	t.due = make(map[trimmed]*trimming)
	t.mu.Unlock()
	for id, d := range due {
		if ctx.Err() != nil {
			t.later(id, d)
			continue
		}
		t.one(ctx, s, id, d)
	}
}
