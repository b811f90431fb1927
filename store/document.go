package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nuid"
)

// Load returns the document under key and its revision. Without a document it
// returns nil, 0, nil. A revision is never used again, not even after a Remove.
func (s *Store) Load(ctx context.Context, key string) (doc []byte, revision uint64, err error) {
	subject, err := subjectOf(key)
	if err != nil {
		return nil, 0, err
	}
	err = s.read(ctx, "load "+key, func(ctx context.Context, l *link) error {
		r, err := s.last(ctx, l, documents, subject, false)
		if err != nil || r.gone() {
			return err
		}
		doc, revision = r.data, r.seq
		if doc == nil {
			doc = []byte{}
		}
		return nil
	})
	return doc, revision, err
}

// Save puts doc, of at most MaxDocument octets, in the place of the one with
// that revision; 0 says that there must be none. ok is false if somebody else
// changed it since, and then nothing was written.
func (s *Store) Save(ctx context.Context, key string, doc []byte, revision uint64) (next uint64, ok bool, err error) {
	if len(doc) > MaxDocument {
		return 0, false, fmt.Errorf("save %s: a document of %d octets, of at most %d: %w", key, len(doc), MaxDocument, ErrTooLarge)
	}
	return s.change(ctx, "save ", key, doc, nats.Header{}, revision)
}

// Remove deletes the document if it still has that revision.
func (s *Store) Remove(ctx context.Context, key string, revision uint64) (ok bool, err error) {
	if revision == 0 {
		return false, nil
	}
	_, ok, err = s.change(ctx, "remove ", key, nil, nats.Header{fieldGone: {"DEL"}}, revision)
	return ok, err
}

func (s *Store) change(ctx context.Context, doing, key string, doc []byte, header nats.Header, revision uint64) (next uint64, ok bool, err error) {
	subject, err := subjectOf(key)
	if err != nil {
		return 0, false, err
	}
	wait, cancel := context.WithTimeout(ctx, writeWithin)
	defer cancel()
	turn, err := s.writers.enter(wait, key)
	if err != nil {
		if ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) {
			err = &Unavailable{Doing: doing + key, After: s.retryAfter(), Err: errQueue}
		}
		return 0, false, err
	}
	defer s.writers.leave(key, turn)
	if turn.latest > 0 && turn.latest != revision {
		return 0, false, nil
	}
	err = s.write(ctx, doing+key, func(ctx context.Context, l *link) error {
		next, ok, err = s.swap(ctx, l, documents, subject, header, doc, revision)
		return err
	})
	if err != nil || !ok {
		return 0, false, err
	}
	turn.latest = next
	if header.Get(fieldGone) != "" {
		turn.latest = 0
	}
	s.trim(ctx, documents, subject, next)
	return next, true, nil
}

// swap writes a message in the place of the one with sequence number after. It
// marks the message in header, so that the second try with the same header
// knows what the first one did although its answer was lost.
func (s *Store) swap(ctx context.Context, l *link, st stream, subject string, header nats.Header, data []byte, after uint64) (uint64, bool, error) {
	retried := header.Get(fieldChange) != ""
	if !retried {
		header.Set(fieldChange, nuid.Next())
	}
	expect := after
	for range 8 {
		seq, err := s.publish(ctx, l, subject, header, data, &expect)
		if err == nil {
			return seq, true, nil
		}
		if !errors.Is(plain(err), errConflict) {
			return 0, false, err
		}
		there, err := s.last(ctx, l, st, subject, false)
		switch {
		case err != nil:
			return 0, false, err
		case there != nil && there.header.Get(fieldChange) == header.Get(fieldChange):
			return there.seq, true, nil
		case retried && after == 0 && there.gone():
			return 0, false, ErrUncertain // ours may have been written, and then removed
		case after == 0 && there == nil:
			expect = 0 // the mark of a removal was just trimmed
		case after == 0 && there.gone():
			expect = there.seq
		case retried && (there == nil || there.header.Get(fieldAfter) != strconv.FormatUint(expect, 10)):
			return 0, false, ErrUncertain // ours may have been written, and then replaced
		default:
			return 0, false, nil
		}
	}
	return 0, false, nats.ErrTimeout // others remove and make it all the time
}

// Keys returns the first n, in octet order, of the keys that begin with prefix.
func (s *Store) Keys(ctx context.Context, prefix string, n int) ([]string, error) {
	if n <= 0 || len(prefix) > MaxKey {
		return nil, nil
	}
	var keys []string
	err := s.write(ctx, "list the keys of "+prefix, func(ctx context.Context, l *link) error {
		keys = nil
		return s.list(ctx, l, documents, filterOf(prefix), func(r *record) {
			key, ok := keyOf(r.subject)
			if !ok || r.gone() || !strings.HasPrefix(key, prefix) {
				return
			}
			if i, found := slices.BinarySearch(keys, key); !found && i < n {
				keys = slices.Insert(keys, i, key)
				keys = keys[:min(len(keys), n)]
			}
		})
	})
	return keys, err
}
