package lint

import (
	"container/list"
	"slices"
)

// A shelf keeps the earlier exchanges of many things that share a key, and
// forgets the thing that was looked at longest ago when there are too many, or
// when they hold too much.
type shelf struct {
	limit  int // things
	depth  int // exchanges of one thing
	octets int // about what the shelf may hold
	held   int
	byKey  map[string]*list.Element
	order  *list.List // of *thing, last looked at first
}

type thing struct {
	key   string
	pasts []*Past // newest first
	held  int

	changed int // of an origin: number of the exchange that last may have changed something
}

func newShelf(limit, otherwise, depth, octets int) shelf {
	if limit <= 0 {
		limit = otherwise
	}
	return shelf{limit: limit, depth: depth, octets: octets, byKey: map[string]*list.Element{}, order: list.New()}
}

// at returns the thing with the key, a new one if none is remembered.
func (s *shelf) at(key []byte) *thing {
	if e, ok := s.byKey[string(key)]; ok {
		s.order.MoveToFront(e)
		return e.Value.(*thing)
	}
	if len(s.byKey) >= s.limit {
		s.forget()
	}
	t := &thing{key: string(key), held: len(key)}
	s.held += t.held
	s.byKey[t.key] = s.order.PushFront(t)
	return t
}

// forget drops the thing that was looked at longest ago.
func (s *shelf) forget() {
	e := s.order.Back()
	t := s.order.Remove(e).(*thing)
	delete(s.byKey, t.key)
	s.held -= t.held
}

// put makes p the newest exchange of the thing, in place of the one that is the
// same in the given sense, or else of the oldest if there are too many.
func (s *shelf) put(t *thing, p *Past, same func(a, b *Past) bool) {
	gone := -1
	if same != nil {
		gone = slices.IndexFunc(t.pasts, func(q *Past) bool { return same(p, q) })
	}
	if gone < 0 && len(t.pasts) < s.depth {
		t.pasts = append(t.pasts, nil)
	}
	if gone < 0 {
		gone = len(t.pasts) - 1
	}
	change := p.size
	if old := t.pasts[gone]; old != nil {
		change -= old.size
	}
	copy(t.pasts[1:gone+1], t.pasts[:gone])
	t.pasts[0] = p
	t.held += change
	s.held += change
	for s.held > s.octets && s.order.Len() > 1 {
		s.forget()
	}
}
