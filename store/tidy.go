package store

import (
	"context"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// A removal is a message, the mark, and the messages before it are then deleted.
// A deletion is not always on the disk: JetStream (v2.15.2) leaves none for the
// messages of a block that a purge empties but that it keeps for older deletions
// (filestore.go, PurgeEx and removeMsgBlock), so they come back after a crash.
// That does no harm as long as something newer is there: the mark. So on a single
// server marks stay until no older message of their subject is in any block, which
// only looking at the blocks tells. Where the blocks are elsewhere, marks stay for
// a day; servers rewrite their blocks, and compare them, many times until then.

const (
	tidyFirst = time.Minute
	tidyEvery = time.Hour
	markStays = 24 * time.Hour // in a cluster
)

// tidy deletes the marks that are needed no more, and what came back in a crash.
func (s *Store) tidy(ctx context.Context) error {
	for _, st := range []stream{documents, contents} {
		type subject struct {
			messages int
			newest   *record
		}
		var all map[string]subject
		err := s.keep(ctx, "list "+st.name, time.Minute, func(ctx context.Context, l *link) error {
			all = map[string]subject{}
			return fetch(ctx, l, st, st.prefix+">", jetstream.DeliverAllPolicy, func(r *record) {
				all[r.subject] = subject{all[r.subject].messages + 1, r}
			})
		})
		if err != nil {
			return err
		}
		marks := map[string]uint64{}
		for name, sub := range all {
			if sub.messages > 1 {
				s.trim(ctx, st, name, sub.newest.seq)
			}
			if sub.newest.gone() && (s.folder != nil || time.Since(sub.newest.time) > markStays) {
				marks[name] = sub.newest.seq
			}
		}
		if len(marks) == 0 {
			continue
		}
		var older map[string]bool
		if s.folder != nil {
			if older, err = survey(s.folder.stream(st), marks); err != nil {
				return err
			}
		}
		for name, mark := range marks {
			if older[name] {
				continue
			}
			err := s.write(ctx, "delete a mark", func(ctx context.Context, l *link) error {
				return s.purge(ctx, l, st, name, mark+1)
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}
