package store_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/statute-http/statute/store"
)

// The process is killed in the middle of its writing, again and again.
func TestKilled(t *testing.T) {
	dir := t.TempDir()
	l := newLedger()
	for range *storms {
		// Sometimes before anything was trimmed, sometimes after.
		from, acks, soonest := l.acks, 50+rand.IntN(600), time.Now().Add(rand.N(1500*time.Millisecond))
		runStormUntil(t, dir, l, func() bool { return l.acks-from >= acks && time.Now().After(soonest) })
		s := openDir(t, dir)
		l.check(t, s)
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Fatalf("after %d acknowledgements", l.acks)
		}
	}
	t.Logf("%d changes acknowledged, %d kills, nothing lost", l.acks, *storms)
}

// The leader of the documents is killed: writers wait, and nothing is lost.
func TestLeaderKilled(t *testing.T) {
	for range max(*storms/6, 1) {
		c := startCluster(t, 3)
		openURL(t, c.url()).Close()
		l := newLedger()
		var killedAt int
		var resumed time.Time
		runStormUntil(t, c.url(), l, func() bool {
			switch {
			case killedAt == 0 && l.acks >= 300:
				killedAt = l.acks
				c.kill(t, c.leader(t, "KV_statute_documents"))
			case killedAt > 0 && l.acks >= killedAt+300 && resumed.IsZero():
				resumed = time.Now()
			}
			return !resumed.IsZero() && time.Since(resumed) > time.Second
		})
		t.Logf("%d changes acknowledged, %d of them after the leader was killed; the longest pause was %v", l.acks, l.acks-killedAt, l.pause.Round(time.Millisecond))
		s := openURL(t, c.url())
		l.check(t, s)
		c.kill(t, c.leader(t, "KV_statute_documents"))
		noQuorum(t, s)
	}
}

// All servers of a cluster are killed at once, and started again.
func TestClusterKilled(t *testing.T) {
	if *storms < 12 {
		t.Skip("a long test: -storms=12 runs it")
	}
	c := startCluster(t, 3)
	openURL(t, c.url()).Close()
	l := newLedger()
	for range *storms / 12 {
		from, soonest := l.acks, time.Now().Add(rand.N(3*time.Second))
		runStormUntil(t, c.url(), l, func() bool {
			if l.acks-from < 500 || time.Now().Before(soonest) {
				return false
			}
			for _, n := range c.nodes {
				n.process.Process.Kill()
			}
			return true
		})
		for _, n := range c.nodes {
			n.process.Wait()
			n.start(t)
		}
		s := openURL(t, c.url())
		l.check(t, s)
		s.Close()
		if t.Failed() {
			t.Fatalf("after %d acknowledgements", l.acks)
		}
	}
	t.Logf("%d changes acknowledged, all servers killed %d times, nothing lost", l.acks, *storms/12)
}

// noQuorum: one server of three cannot answer, and says so in time.
func noQuorum(t *testing.T, s *store.Store) {
	t.Helper()
	began := time.Now()
	_, _, err := s.Load(t.Context(), "storm/0/0")
	var u interface {
		Temporary() bool
		RetryAfter() time.Duration
	}
	if !errors.As(err, &u) || !u.Temporary() || u.RetryAfter() < time.Second {
		t.Errorf("load without a quorum: %v", err)
	}
	if took := time.Since(began); took > 8*time.Second {
		t.Errorf("load without a quorum took %v", took)
	}
	began = time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	if _, _, err := s.Save(ctx, "new", nil, 0); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) > 4*time.Second {
		t.Errorf("save without a quorum, within 2 s: %v after %v", err, time.Since(began))
	}
	if *storms < 12 {
		return // all of a writer's patience takes 15 s
	}
	began = time.Now()
	_, _, err = s.Save(t.Context(), "new", nil, 0)
	if !errors.As(err, &u) || time.Since(began) > 20*time.Second {
		t.Errorf("save without a quorum: %v after %v", err, time.Since(began))
	}
	t.Logf("without a quorum: %v", err)
}
