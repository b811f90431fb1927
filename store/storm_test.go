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
