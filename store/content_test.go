package store_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/iotest"
	"time"

	"github.com/statute-http/statute/store/memory"
)

func testContent(t *testing.T, s Store) {
	ctx := t.Context()
	for i, n := range []int64{0, 1, part - 1, part, part + 1, 2 * part, 3*part + 5} {
		seed := byte(10 + i)
		hash := put(t, s, seed, n)
		if again := put(t, s, seed, n); again != hash {
			t.Errorf("%d octets twice: %s and %s", n, hash, again)
		}
		all, _ := io.ReadAll(octets(seed, n))
		for _, from := range []int64{0, 1, n / 2, n - 1, n, part - 1, part, part + 1, 2 * part} {
			if from < 0 || from > n {
				continue
			}
			r, err := s.OpenContent(ctx, hash, from)
			if err != nil {
				t.Fatalf("%d octets from %d: %v", n, from, err)
			}
			got, err := io.ReadAll(r)
			if err != nil || !bytes.Equal(got, all[from:]) {
				t.Errorf("%d octets from %d: %d octets, %v", n, from, len(got), err)
			}
			if err := r.Close(); err != nil {
				t.Error(err)
			}
			if _, err := r.Read(make([]byte, 1)); err == nil {
				t.Error("a closed reader reads on")
			}
		}
		for _, from := range []int64{-1, n + 1} {
			if _, err := s.OpenContent(ctx, hash, from); !errors.Is(err, fs.ErrInvalid) {
				t.Errorf("%d octets from %d: %v", n, from, err)
			}
		}
		if err := s.DropContent(ctx, hash); err != nil {
			t.Error(err)
		}
		if _, err := s.OpenContent(ctx, hash, 0); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("dropped content: %v", err)
		}
		if err := s.DropContent(ctx, hash); err != nil {
			t.Errorf("dropped twice: %v", err)
		}
		if again := put(t, s, seed, n); again != hash {
			t.Errorf("put after it was dropped: %s", again)
		}
	}
	for _, hash := range []string{"", "nonsense", strings.Repeat("0", 64), "../x", strings.Repeat("*", 64)} {
		if _, err := s.OpenContent(ctx, hash, 0); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("content %q: %v", hash, err)
		}
		if err := s.DropContent(ctx, hash); err != nil {
			t.Errorf("drop content %q: %v", hash, err)
		}
	}
	// The same content by many at once.
	var g sync.WaitGroup
	for range 8 {
		g.Go(func() {
			if _, _, err := s.PutContent(ctx, octets(99, 2*part), 2*part); err != nil {
				t.Error(err)
			}
		})
	}
	g.Wait()
	r, err := s.OpenContent(ctx, hashOf(t, octets(99, 2*part)), 0)
	if err != nil {
		t.Fatal(err)
	}
	if got := hashOf(t, r); got != hashOf(t, octets(99, 2*part)) {
		t.Error("content put by many at once is another")
	}
}

func testContentRefused(t *testing.T, s Store) {
	ctx := t.Context()
	cut := errors.New("cut off")
	for _, n := range []int64{0, 10, part, 3*part + 1} {
		s.DropContent(ctx, hashOf(t, octets(50, n)))
		hash := hashOf(t, octets(50, n))
		if n > 0 {
			if _, _, err := s.PutContent(ctx, octets(50, n), n-1); !errors.Is(err, syscall.EFBIG) {
				t.Errorf("%d octets where %d may be: %v", n, n-1, err)
			}
		}
		if _, _, err := s.PutContent(ctx, io.MultiReader(octets(50, n), iotest.ErrReader(cut)), n+1); err != cut {
			t.Errorf("a reader that fails after %d octets: %v", n, err)
		}
		if _, _, err := s.PutContent(ctx, io.MultiReader(octets(50, n), iotest.ErrReader(io.ErrUnexpectedEOF)), n+1); err != io.ErrUnexpectedEOF {
			t.Errorf("a reader that is cut off after %d octets: %v", n, err)
		}
		if _, err := s.OpenContent(ctx, hash, 0); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("content of %d octets that was refused: %v", n, err)
		}
	}
}

// 64 MiB pass through in little memory, but for what a store in memory keeps there.
func testLargeContent(t *testing.T, s Store) {
	const n = 64 << 20
	kept := uint64(0)
	if _, here := s.(*memory.Store); here {
		kept = 5 * n // what grows leaves behind what it has outgrown
	}
	ctx := t.Context()
	var hash string
	// What NATS keeps in its caches of what was just read, it gives back when
	// memory is wanted.
	heapGrows(t, "writing", 60<<20+kept, func() { hash = put(t, s, 60, n) })
	heapGrows(t, "reading", 128<<20+kept, func() {
		r, err := s.OpenContent(ctx, hash, 1)
		if err != nil {
			t.Fatal(err)
		}
		skipped := octets(60, n)
		io.CopyN(io.Discard, skipped, 1)
		if got := hashOf(t, r); got != hashOf(t, skipped) {
			t.Error("the content came back as another")
		}
	})
	if err := s.DropContent(ctx, hash); err != nil {
		t.Error(err)
	}
}

// heapGrows measures by how much, at most, the heap grows during f.
func heapGrows(t *testing.T, doing string, most uint64, f func()) {
	t.Helper()
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	runtime.GC()
	before := heap()
	var peak atomic.Uint64
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-done:
				return
			case <-time.After(20 * time.Millisecond):
				peak.Store(max(peak.Load(), heap()))
			}
		}
	}()
	f()
	close(done)
	<-ended
	grown := max(peak.Load(), before) - before
	t.Logf("%s: the heap grew by %d MiB", doing, grown>>20)
	if grown > most {
		t.Errorf("%s: that is more than %d MiB", doing, most>>20)
	}
}

func testSweep(t *testing.T, s Store) {
	ctx := t.Context()
	sizes := []int64{20, 2*part + 1}
	hashes := map[string]bool{}
	for _, n := range sizes {
		hashes[put(t, s, 70, n)] = true
		hashes[put(t, s, 71, n)] = false
	}
	named := func(hash string) (bool, error) { return hashes[hash], nil }
	if n, err := s.Sweep(ctx, time.Hour, named); n != 0 || err != nil {
		t.Errorf("all is young, but %d were swept, %v", n, err)
	}
	if _, err := s.Sweep(ctx, 0, named); err != nil {
		t.Error(err)
	}
	for hash, used := range hashes {
		_, err := s.OpenContent(ctx, hash, 0)
		if used != (err == nil) {
			t.Errorf("content that is named %v: %v", used, err)
		}
	}
	failed := errors.New("no answer")
	if _, err := s.Sweep(ctx, 0, func(string) (bool, error) { return false, failed }); !errors.Is(err, failed) {
		t.Errorf("a sweep that cannot know: %v", err)
	}
}
