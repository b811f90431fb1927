package lint

import (
	"container/list"
	"slices"
)

// A shelf keeps the earlier exchanges of many things that share a key, and
// forgets the thing that was looked at longest ago.
type shelf struct {
	limit int // things
	depth int // exchanges of one thing
	byKey map[string]*list.Element
	order *list.List // of *thing, last looked at first
}

type thing struct {
	key   string
	pasts []*Past // newest first
	depth int
}

func newShelf(limit, otherwise, depth int) shelf {
	if limit <= 0 {
		limit = otherwise
	}
	return shelf{limit: limit, depth: depth, byKey: map[string]*list.Element{}, order: list.New()}
}

// at returns the thing with the key, a new one if none is remembered.
func (s *shelf) at(key []byte) *thing {
	if e, ok := s.byKey[string(key)]; ok {
		s.order.MoveToFront(e)
		return e.Value.(*thing)
	}
	if len(s.byKey) >= s.limit {
		oldest := s.order.Back()
		delete(s.byKey, oldest.Value.(*thing).key)
		s.order.Remove(oldest)
	}
	t := &thing{key: string(key), depth: s.depth}
	s.byKey[t.key] = s.order.PushFront(t)
	return t
}

// put makes p the newest exchange of the thing, in place of the one that is the
// same in the given sense, or else of the oldest if there are too many.
func (t *thing) put(p *Past, same func(a, b *Past) bool) {
	gone := -1
	if same != nil {
		gone = slices.IndexFunc(t.pasts, func(q *Past) bool { return same(p, q) })
	}
	if gone < 0 && len(t.pasts) < t.depth {
		t.pasts = append(t.pasts, nil)
	}
	if gone < 0 {
		gone = len(t.pasts) - 1
	}
	copy(t.pasts[1:gone+1], t.pasts[:gone])
	t.pasts[0] = p
}
