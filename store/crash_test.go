package store_test

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/statute-http/statute/store"
)

var storms = flag.Int("storms", 6, "how many times TestKilled kills the process, and, by six, how many leaders TestLeaderKilled kills")

// A storm is a child process that changes a store as fast as it can. It says on
// its standard output what it is about to do and what was acknowledged:
//
//	save KEY N, saved KEY N REVISION, remove KEY, removed KEY, stored HASH SIZE, drop HASH, dropped HASH, failed ...
//
// Each key has one writer, so that the lines tell what must be there when the
// process is killed at any moment.
type storm struct {
	store *store.Store
	mu    sync.Mutex // guards os.Stdout: one line at a time
}

const (
	asStorm      = "STATUTE_STORE_TEST_STORM" // what to open: a folder or a URL
	stormWriters = 8
)

func (s *storm) say(format string, v ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fmt.Printf(format+"\n", v...)
}

// stormDoc is the document that is the nth of its key.
func stormDoc(key string, n int) string {
	return fmt.Sprintf("%s %d %s", key, n, strings.Repeat("x", n*7919%20_000))
}

func runStorm(where string) error {
	c := store.Config{Dir: where, Log: slog.New(slog.DiscardHandler)}
	if strings.HasPrefix(where, "nats://") {
		c.Dir, c.URL = "", where
	}
	opened, err := store.Open(context.Background(), c)
	if err != nil {
		return err
	}
	s := &storm{store: opened}
	var g sync.WaitGroup
	for w := range stormWriters {
		g.Go(func() { s.write(w) })
	}
	ended := make(chan bool)
	go func() { g.Wait(); close(ended) }()
	parent := os.Getppid()
	for os.Getppid() == parent {
		select {
		case <-ended:
			return errors.New("all writers failed")
		case <-time.After(200 * time.Millisecond):
		}
	}
	return nil
}

func (s *storm) write(writer int) {
	ctx := context.Background()
	random := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), uint64(writer)))
	keys := map[string]uint64{}
	for i := range 5 {
		key := fmt.Sprintf("storm/%d/%d", writer, i)
		_, revision, err := s.store.Load(ctx, key)
		if err != nil {
			s.say("failed load %v", err)
			return
		}
		keys[key] = revision
	}
	names := slices.Sorted(maps.Keys(keys))
	for n := random.IntN(1 << 20); ; n++ {
		key := names[random.IntN(len(names))]
		var err error
		switch what := random.IntN(20); {
		case what == 0 && keys[key] > 0:
			s.say("remove %s", key)
			var ok bool
			if ok, err = s.store.Remove(ctx, key, keys[key]); err == nil && !ok {
				err = errors.New("lost a race against nobody")
			}
			if err == nil {
				keys[key] = 0
				s.say("removed %s", key)
			}
		case what == 1:
			err = s.content(random, n)
		case what == 2:
			err = s.once(fmt.Sprintf("storm/%d/once/%d", writer, n), n)
		default:
			s.say("save %s %d", key, n)
			next, ok, failed := s.store.Save(ctx, key, []byte(stormDoc(key, n)), keys[key])
			if err = failed; err == nil && !ok {
				err = errors.New("lost a race against nobody")
			}
			if err == nil {
				keys[key] = next
				s.say("saved %s %d %d", key, n, next)
			}
		}
		if errors.Is(err, store.ErrUncertain) { // as the error says: read before writing again
			_, keys[key], err = s.store.Load(ctx, key)
		}
		if err != nil {
			s.say("failed %s at %d: %v", key, keys[key], err)
			return
		}
	}
}

// once makes a document, changes it, and removes it for good.
func (s *storm) once(key string, n int) error {
	var revision uint64
	for i := range 3 {
		s.say("save %s %d", key, n+i)
		next, ok, err := s.store.Save(context.Background(), key, []byte(stormDoc(key, n+i)), revision)
		if err != nil || !ok {
			return fmt.Errorf("save: %v %w", ok, err)
		}
		revision = next
		s.say("saved %s %d %d", key, n+i, revision)
	}
	s.say("remove %s", key)
	ok, err := s.store.Remove(context.Background(), key, revision)
	if err != nil || !ok {
		return fmt.Errorf("remove: %v %w", ok, err)
	}
	s.say("removed %s", key)
	return nil
}

// content puts content, and often drops it again.
func (s *storm) content(random *rand.Rand, n int) error {
	ctx := context.Background()
	size := int64(random.IntN(10_000))
	if random.IntN(4) == 0 {
		size += 3 * part
	}
	body := io.MultiReader(strings.NewReader(fmt.Sprintf("%d %d ", n, random.Uint64())), octets(byte(n), size))
	hash, size, err := s.store.PutContent(ctx, body, size+100)
	if err != nil {
		return err
	}
	s.say("stored %s %d", hash, size)
	if random.IntN(2) == 0 {
		s.say("drop %s", hash)
		if err := s.store.DropContent(ctx, hash); err != nil {
			return err
		}
		s.say("dropped %s", hash)
	}
	return nil
}

// A ledger is what a storm's lines say about the store.
type ledger struct {
	saved   map[string]kept   // by key; revision 0: removed
	pending map[string]kept   // begun and not yet acknowledged
	content map[string]string // by hash: "stored", "drop", "dropped"
	acks    int
	pause   time.Duration // the longest between two acknowledgements
	last    time.Time
	failed  []string
}

type kept struct {
	n        int
	revision uint64
}

func newLedger() *ledger {
	return &ledger{saved: map[string]kept{}, pending: map[string]kept{}, content: map[string]string{}}
}

func (l *ledger) read(line string) {
	what, rest, _ := strings.Cut(line, " ")
	var name string
	var k kept
	fmt.Sscan(rest, &name, &k.n, &k.revision)
	switch what {
	case "save", "remove":
		l.pending[name] = k
		return
	case "saved", "removed":
		delete(l.pending, name)
		l.saved[name] = k
	case "stored", "drop", "dropped":
		l.content[name] = what
	default:
		l.failed = append(l.failed, line)
		return
	}
	l.acks++
	if !l.last.IsZero() {
		l.pause = max(l.pause, time.Since(l.last))
	}
	l.last = time.Now()
}

// startStorm starts a storm and reads its lines into l. until is asked after
// each of them; at true the storm is killed and the rest of its lines is read.
func runStormUntil(t *testing.T, where string, l *ledger, until func() bool) {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^$")
	child.Env = append(os.Environ(), asStorm+"="+where)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	stuck := time.AfterFunc(60*time.Second, func() { child.Process.Kill() })
	l.last = time.Time{}
	killed := false
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadString('\n')
		if err != nil { // the end, and perhaps half a line that was never said
			break
		}
		l.read(strings.TrimSpace(line))
		if !killed && until() {
			killed = true
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	child.Wait()
	if !stuck.Stop() && !killed {
		t.Fatal("the storm stood still for a minute")
	}
	for _, line := range l.failed {
		t.Errorf("in the storm: %s", line)
	}
	if !killed {
		t.Fatal("the storm ended by itself")
	}
}

// check compares a store with what was acknowledged, and takes what it finds
// where the answer was pending.
func (l *ledger) check(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := t.Context()
	var present []string
	keys := maps.Clone(l.saved)
	maps.Copy(keys, l.pending)
	for key := range keys {
		doc, revision, err := s.Load(ctx, key)
		if err != nil {
			t.Errorf("load %s: %v", key, err)
			continue
		}
		if revision > 0 {
			present = append(present, key)
		}
		want := l.saved[key]
		if revision == want.revision && (revision == 0 || string(doc) == stormDoc(key, want.n)) {
			continue
		}
		next, pending := l.pending[key]
		switch removal := next.n == 0; {
		case !pending:
			t.Errorf("%s: acknowledged %d at %d, and there is revision %d: %.40q", key, want.n, want.revision, revision, doc)
		case removal && revision == 0, !removal && revision > want.revision && string(doc) == stormDoc(key, next.n):
			l.saved[key] = kept{next.n, revision} // done, though nobody was told
		default:
			t.Errorf("%s: acknowledged %d at %d, then began %d, and there is revision %d: %.40q", key, want.n, want.revision, next.n, revision, doc)
		}
	}
	clear(l.pending)
	slices.Sort(present)
	if got, err := s.Keys(ctx, "storm/", 1000); err != nil || !slices.Equal(got, present) {
		t.Errorf("Keys: %q %v, want %q", got, err, present)
	}
	for hash, state := range l.content {
		r, err := s.OpenContent(ctx, hash, 0)
		switch {
		case state == "dropped" && err == nil:
			t.Errorf("content %s was dropped and is there", hash)
		case state == "stored" && err != nil:
			t.Errorf("content %s: %v", hash, err)
		case state == "stored":
			if got := hashOf(t, r); got != hash {
				t.Errorf("content %s comes back as %s", hash, got)
			}
		}
	}
}

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
