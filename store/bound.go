package store

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"
)

// held is how many octets the streams hold: as they said last, and what was
// written since.
type held struct {
	mu     sync.Mutex
	octets int64
	asked  time.Time
}

// To ask the streams costs about as much as a write, so it is not done for each.
const (
	heldFor     = 5 * time.Second
	heldForFull = time.Second // where a write would not fit: something may have been cleared away
)

// bound is ErrFull where a write of n octets would make them more than Config.Most.
// The last eighth is for documents, so that what names contents can be changed,
// and they be forgotten, when no more of them is taken.
func (s *Store) bound(ctx context.Context, l *link, subject string, n int64) error {
	most := s.config.Most
	if most <= 0 || n == 0 {
		return nil
	}
	if !strings.HasPrefix(subject, documents.prefix) {
		most -= most / 8
	}
	h := &s.held
	h.mu.Lock()
	defer h.mu.Unlock()
	age := time.Since(h.asked)
	if age > heldFor || age > heldForFull && h.octets+n > most {
		octets := int64(0)
		for _, st := range streams {
			there, err := l.js.Stream(ctx, st.name)
			if err != nil {
				return err
			}
			octets += int64(there.CachedInfo().State.Bytes)
		}
		h.octets, h.asked = octets, time.Now()
	}
	if h.octets+n > most {
		return fmt.Errorf("%w: %d octets are kept, of at most %d", ErrFull, h.octets, most)
	}
	h.octets += n
	return nil
}
