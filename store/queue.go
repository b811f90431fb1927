package store

import (
	"context"
	"errors"
	"sync"
	"time"
)

// A queue lets the writers to one key of one process go one after the other, in
// the order in which they came, and tells each what the one before it left.
type queue struct {
	mu    sync.Mutex
	lines map[string]*line // keys that somebody writes or waits for
}

type line struct {
	turn   chan struct{} // holds one token; whoever has it writes
	users  int           // guarded by queue.mu
	latest uint64        // revision that the last writer left, 0 if unknown; the token's holder's
}

var errQueue = errors.New("too many writers wait for one key")

// enter waits for the key's turn. leave must follow unless there is an error.
func (q *queue) enter(ctx context.Context, key string) (*line, error) {
	q.mu.Lock()
	if q.lines == nil {
		q.lines = map[string]*line{}
	}
	l := q.lines[key]
	if l == nil {
		l = &line{turn: make(chan struct{}, 1)}
		l.turn <- struct{}{}
		q.lines[key] = l
	}
	if l.users >= maxQueue {
		q.mu.Unlock()
		return nil, &Unavailable{Doing: "write " + key, After: time.Second, Err: errQueue}
	}
	l.users++
	q.mu.Unlock()
	select {
	case <-l.turn:
		return l, nil
	case <-ctx.Done():
		q.forget(key, l)
		return nil, ctx.Err()
	}
}

func (q *queue) leave(key string, l *line) {
	l.turn <- struct{}{}
	q.forget(key, l)
}

func (q *queue) forget(key string, l *line) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if l.users--; l.users == 0 {
		delete(q.lines, key)
	}
}
