package play

import (
	"context"
	"crypto/tls"
	"fmt"

	"github.com/statute-http/statute/wire/peer"
)

// resume makes a connection of no other use than to get a session, and has the
// target resume it and send its first request early.
func (a *act) resume(ctx context.Context, target *peer.Target) error {
	sessions := &sessions{ClientSessionCache: tls.NewLRUClientSessionCache(1), got: make(chan struct{}, 1)}
	target.TLS = target.TLS.Clone()
	target.TLS.ClientSessionCache = sessions
	target.EarlyData = true
	conn, err := peer.Dial(ctx, *target)
	if err != nil {
		return fmt.Errorf("connect to %s for a session: %w", target.Address, err)
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(ctx, a.patience())
	defer cancel()
	select {
	case <-sessions.got:
	case <-ctx.Done():
		return fmt.Errorf("wait for a session from %s: %w", target.Address, ctx.Err())
	}
	target.HoldHandshake = true
	return nil
}

// sessions tells when there is one.
type sessions struct {
	tls.ClientSessionCache
	got chan struct{}
}

func (s *sessions) Put(key string, session *tls.ClientSessionState) {
	s.ClientSessionCache.Put(key, session)
	if session == nil {
		return
	}
	select {
	case s.got <- struct{}{}:
	default:
	}
}
