package store

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Sweep forgets content that was last put longer ago than idle and that named
// says no document names, and the parts of uploads that never ended. idle has to
// be longer than from the beginning of a PutContent to the Save of the document
// that names it, and an hour or more where several processes share the store;
// content that is put again meanwhile stays. It returns how many it forgot.
func (s *Store) Sweep(ctx context.Context, idle time.Duration, named func(hash string) (bool, error)) (int, error) {
	before := time.Now().Add(-idle)
	var candidates []*record
	var abandoned []string
	err := s.write(ctx, "list content", func(ctx context.Context, l *link) error {
		candidates, abandoned = nil, nil
		// Parts first: what is named only later is not in the list.
		first := map[string]bool{}
		err := s.list(ctx, l, parts, parts.prefix+"*.0", func(r *record) {
			blob, _, _ := strings.Cut(strings.TrimPrefix(r.subject, parts.prefix), ".")
			if _, busy := s.uploads.Load(blob); !busy && r.time.Before(before) {
				first[blob] = true
			}
		})
		if err != nil {
			return err
		}
		err = s.list(ctx, l, contents, contents.prefix+"*", func(r *record) {
			if r.gone() {
				return
			}
			delete(first, r.header.Get(fieldBlob))
			if r.time.Before(before) {
				candidates = append(candidates, r)
			}
		})
		for blob := range first {
			abandoned = append(abandoned, blob)
		}
		return err
	})
	if err != nil {
		return 0, err
	}
	for _, blob := range abandoned {
		if err := s.dropParts(ctx, blob); err != nil {
			return 0, err
		}
	}
	swept := 0
	for _, r := range candidates {
		hash := strings.TrimPrefix(r.subject, contents.prefix)
		used, err := named(hash)
		if err != nil {
			return swept, fmt.Errorf("sweep content %s: %w", hash, err)
		}
		if used {
			continue
		}
		dropped, err := s.dropHead(ctx, hash, func(now *record) bool { return now.seq == r.seq })
		if err != nil {
			return swept, err
		}
		if dropped {
			swept++
		}
	}
	return swept, nil
}
