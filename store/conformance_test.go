package store_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/statute-http/statute/store"
	"github.com/statute-http/statute/store/memory"
)

// What the consumers of the store see of it, in built-in types only.
type Store interface {
	Load(ctx context.Context, key string) (doc []byte, revision uint64, err error)
	Save(ctx context.Context, key string, doc []byte, revision uint64) (next uint64, ok bool, err error)
	Remove(ctx context.Context, key string, revision uint64) (ok bool, err error)
	Keys(ctx context.Context, prefix string, n int) ([]string, error)
	PutContent(ctx context.Context, r io.Reader, most int64) (hash string, size int64, err error)
	OpenContent(ctx context.Context, hash string, offset int64) (io.ReadCloser, error)
	DropContent(ctx context.Context, hash string) error
	Sweep(ctx context.Context, idle time.Duration, named func(hash string) (bool, error)) (int, error)
	Close() error
}

// One body of tests over every kind of store.
var kinds = []struct {
	name string
	open func(*testing.T) Store
}{
	{"memory", func(*testing.T) Store { return memory.New(memory.Config{}) }},
	{"embedded", func(t *testing.T) Store { return openDir(t, t.TempDir()) }},
	{"cluster", func(t *testing.T) Store { return openURL(t, startCluster(t, 3).url()) }},
}

var conformance = []struct {
	name string
	test func(*testing.T, Store)
}{
	{"documents", testDocuments},
	{"keys", testKeys},
	{"limits", testLimits},
	{"race", testRace},
	{"content", testContent},
	{"content refused", testContentRefused},
	{"large content", testLargeContent},
	{"sweep", testSweep},
	{"ended context", testEndedContext},
	{"closed", testClosed}, // the last: it closes the store
}

func TestConformance(t *testing.T) {
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			s := kind.open(t)
			for _, c := range conformance {
				t.Run(c.name, func(t *testing.T) { c.test(t, s) })
			}
		})
	}
}

func testDocuments(t *testing.T, s Store) {
	ctx := t.Context()
	const key = "world/one"
	load := func(want string, revision uint64) {
		t.Helper()
		doc, got, err := s.Load(ctx, key)
		if err != nil || string(doc) != want || got != revision || (doc == nil) != (revision == 0) {
			t.Fatalf("Load: %q %d %v, want %q %d", doc, got, err, want, revision)
		}
	}
	save := func(doc string, revision uint64, wantOK bool) uint64 {
		t.Helper()
		next, ok, err := s.Save(ctx, key, []byte(doc), revision)
		if err != nil || ok != wantOK || ok != (next > revision) {
			t.Fatalf("Save %q at %d: %d %v %v, want ok %v", doc, revision, next, ok, err, wantOK)
		}
		return next
	}
	remove := func(revision uint64, want bool) {
		t.Helper()
		if ok, err := s.Remove(ctx, key, revision); err != nil || ok != want {
			t.Fatalf("Remove at %d: %v %v, want %v", revision, ok, err, want)
		}
	}
	load("", 0)
	save("x", 7, false)
	remove(0, false)
	remove(7, false)
	one := save("one", 0, true)
	load("one", one)
	save("x", 0, false)
	two := save("two", one, true)
	save("x", one, false)
	remove(one, false)
	load("two", two)
	remove(two, true)
	load("", 0)
	remove(two, false)
	save("x", two, false)
	three := save("three", 0, true)
	if three <= two {
		t.Errorf("revision %d after %d: revisions must never come again", three, two)
	}
	for i := range 40 { // more than one trimming
		three = save(fmt.Sprint(i), three, true)
	}
	load("39", three)
	three = save("", three, true)
	load("", three)
	remove(three, true)
}

func testKeys(t *testing.T, s Store) {
	ctx := t.Context()
	keys := []string{"k/", "k/ ", "k/*", "k/.", "k//", "k//b", "k/>", "k/a", "k/a/b", "k/a/c", "k/a=41", "k/aA", "k/ü%", "k/\x00\xff",
		"k/" + strings.Repeat("é", 255)}
	for _, key := range append(keys, "kk", "j/a") {
		if _, ok, err := s.Save(ctx, key, []byte(key), 0); !ok || err != nil {
			t.Fatalf("Save %q: %v %v", key, ok, err)
		}
	}
	gone := "k/gone"
	r, _, _ := s.Save(ctx, gone, nil, 0)
	if ok, err := s.Remove(ctx, gone, r); !ok || err != nil {
		t.Fatal(ok, err)
	}
	slices.Sort(keys)
	for _, c := range []struct {
		prefix string
		n      int
		want   []string
	}{
		{"k/", 100, keys},
		{"k/", 3, keys[:3]},
		{"k/", 0, nil},
		{"k/a", 100, []string{"k/a", "k/a/b", "k/a/c", "k/a=41", "k/aA"}},
		{"k/a/", 100, []string{"k/a/b", "k/a/c"}},
		{"k//", 100, []string{"k//", "k//b"}},
		{"kk", 100, []string{"kk"}},
		{"none/", 100, nil},
		{"j", 100, []string{"j/a"}},
	} {
		got, err := s.Keys(ctx, c.prefix, c.n)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("Keys %q %d: %q %v, want %q", c.prefix, c.n, got, err, c.want)
		}
	}
	for _, key := range keys {
		doc, _, err := s.Load(ctx, key)
		if err != nil || string(doc) != key {
			t.Errorf("Load %q: %q %v", key, doc, err)
		}
	}
}

func testLimits(t *testing.T, s Store) {
	ctx := t.Context()
	doc := make([]byte, store.MaxDocument)
	rand.NewChaCha8([32]byte{}).Read(doc)
	r, ok, err := s.Save(ctx, "large", doc, 0)
	if !ok || err != nil {
		t.Fatal(ok, err)
	}
	if got, _, err := s.Load(ctx, "large"); err != nil || !bytes.Equal(got, doc) {
		t.Fatalf("%d octets, %v", len(got), err)
	}
	if _, _, err := s.Save(ctx, "large", append(doc, 0), r); !errors.Is(err, syscall.EFBIG) {
		t.Errorf("one octet too many: %v", err)
	}
	for _, key := range []string{"", strings.Repeat("k", store.MaxKey+1)} {
		if _, _, err := s.Save(ctx, key, nil, 0); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("key of %d octets: %v", len(key), err)
		}
		if _, _, err := s.Load(ctx, key); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("key of %d octets: %v", len(key), err)
		}
	}
	if _, ok, err := s.Save(ctx, strings.Repeat("/", store.MaxKey), nil, 0); !ok || err != nil {
		t.Errorf("a key of the longest form: %v %v", ok, err)
	}
}

// 32 writers want each revision; exactly one of them gets it.
func testRace(t *testing.T, s Store) {
	ctx := t.Context()
	const writers, rounds = 32, 10
	r, _, err := s.Save(ctx, "race", []byte("0"), 0)
	if err != nil {
		t.Fatal(err)
	}
	for round := range rounds {
		var won, next atomic.Uint64
		var g sync.WaitGroup
		for range writers {
			g.Go(func() {
				n, ok, err := s.Save(ctx, "race", fmt.Append(nil, round), r)
				if err != nil {
					t.Error(err)
				}
				if ok {
					won.Add(1)
					next.Store(n)
				}
			})
		}
		g.Wait()
		if won.Load() != 1 {
			t.Fatalf("round %d: %d writers won", round, won.Load())
		}
		r = next.Load()
	}
	// And a counter that all of them raise comes out right.
	var g sync.WaitGroup
	for range writers {
		g.Go(func() {
			for range 1000 {
				doc, r, err := s.Load(ctx, "counter")
				if err != nil {
					t.Error(err)
					return
				}
				var n uint64
				if r > 0 {
					n = binary.BigEndian.Uint64(doc)
				}
				_, ok, err := s.Save(ctx, "counter", binary.BigEndian.AppendUint64(nil, n+1), r)
				if err != nil {
					t.Error(err)
				}
				if ok || err != nil {
					return
				}
			}
			t.Error("a writer lost 1000 races")
		})
	}
	g.Wait()
	if doc, _, err := s.Load(ctx, "counter"); err != nil || binary.BigEndian.Uint64(doc) != writers {
		t.Errorf("counter %x %v, want %d", doc, err, writers)
	}
}

// octets are n octets that are the same for the same seed.
func octets(seed byte, n int64) io.Reader {
	return io.LimitReader(rand.NewChaCha8([32]byte{seed}), n)
}

func hashOf(t *testing.T, r io.Reader) string {
	t.Helper()
	h := sha256.New()
	if _, err := io.Copy(h, r); err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func put(t *testing.T, s Store, seed byte, n int64) string {
	t.Helper()
	hash, size, err := s.PutContent(t.Context(), octets(seed, n), n)
	if err != nil || size != n || hash != hashOf(t, octets(seed, n)) {
		t.Fatalf("PutContent of %d octets: %s %d %v", n, hash, size, err)
	}
	return hash
}

const part = 256 << 10

func testEndedContext(t *testing.T, s Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := s.Load(ctx, "ended"); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, _, err := s.Save(ctx, "ended", nil, 0); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, _, err := s.PutContent(ctx, strings.NewReader("x"), 9); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, err := s.Keys(ctx, "", 9); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func testClosed(t *testing.T, s Store) {
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	if _, _, err := s.Load(ctx, "closed"); !errors.Is(err, fs.ErrClosed) {
		t.Error(err)
	}
	if _, _, err := s.Save(ctx, "closed", nil, 0); !errors.Is(err, fs.ErrClosed) {
		t.Error(err)
	}
	if _, err := s.OpenContent(ctx, strings.Repeat("0", 64), 0); !errors.Is(err, fs.ErrClosed) {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("closed twice: %v", err)
	}
}

func openDir(t testing.TB, dir string) *store.Store {
	t.Helper()
	return open(t, store.Config{Dir: dir})
}

func openURL(t testing.TB, url string) *store.Store {
	t.Helper()
	return open(t, store.Config{URL: url})
}

func open(t testing.TB, c store.Config) *store.Store {
	t.Helper()
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	s, err := store.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}
