package store

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/statute-http/statute/needs"
)

// smallDisk mounts a file system of that many MiB.
func smallDisk(t *testing.T, size int) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%dm", size)); err != nil {
		needs.Missing(t, "a small disk, which root can mount: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

func openSmall(t *testing.T, c Config) *Store {
	t.Helper()
	c.Log = slog.New(slog.DiscardHandler)
	s, err := Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// quickly fails the test if f takes longer than a call may.
func quickly(t *testing.T, f func()) {
	t.Helper()
	began := time.Now()
	f()
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("it took %v", took)
	}
}

// A disk that fills with our own writes: refused before it is full, and well
// again after something was dropped.
func TestFullDisk(t *testing.T) {
	dir := smallDisk(t, 96)
	s := openSmall(t, Config{Dir: dir})
	ctx := t.Context()
	r, _, err := s.Save(ctx, "first", []byte("first"), 0)
	if err != nil {
		t.Fatal(err)
	}
	var hashes []string
	for seed := byte(1); ; seed++ {
		hash, _, err := s.PutContent(ctx, noise(seed, 4<<20), 4<<20)
		if err != nil {
			if !errors.Is(err, syscall.ENOSPC) || !errors.Is(err, ErrFull) {
				t.Fatalf("a full disk: %v", err)
			}
			t.Logf("after %d contents: %v", len(hashes), err)
			break
		}
		if hashes = append(hashes, hash); len(hashes) > 24 {
			t.Fatal("more was taken than the disk holds")
		}
	}
	for i := range 1000 { // the documents find the disk full as well
		if _, _, err = s.Save(ctx, fmt.Sprint("filler/", i), make([]byte, 800_000), 0); err != nil {
			break
		}
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("save on a full disk: %v", err)
	}
	if doc, _, err := s.Load(ctx, "first"); err != nil || string(doc) != "first" {
		t.Errorf("load on a full disk: %q %v", doc, err)
	}
	if ok, err := s.Remove(ctx, "first", r); !ok || err != nil {
		t.Errorf("remove on a full disk: %v %v", ok, err)
	}
	for _, hash := range hashes[:len(hashes)/2] {
		if err := s.DropContent(ctx, hash); err != nil {
			t.Fatalf("drop on a full disk: %v", err)
		}
	}
	if _, _, err := s.PutContent(ctx, noise(100, 1<<20), 1<<20); err != nil {
		t.Errorf("put after half was dropped: %v", err)
	}
	if _, ok, err := s.Save(ctx, "last", []byte("last"), 0); !ok || err != nil {
		t.Errorf("save after half was dropped: %v %v", ok, err)
	}
	for _, hash := range hashes[len(hashes)/2:] {
		r, err := s.OpenContent(ctx, hash, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, r); err != nil {
			t.Errorf("content on what was a full disk: %v", err)
		}
	}
}

// A disk that somebody else fills, and that JetStream really finds full: it stops
// writing for good, and we start it anew once there is room.
func TestDiskFilledByOthers(t *testing.T) {
	dir := smallDisk(t, 64)
	s := openSmall(t, Config{Dir: filepath.Join(dir, "store"), reserve: 1})
	ctx := t.Context()
	fill := func() {
		t.Helper()
		f, err := os.Create(filepath.Join(dir, "filler"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if _, err := io.Copy(f, noise(1, 1<<30)); !errors.Is(err, syscall.ENOSPC) {
			t.Fatalf("fill the disk: %v", err)
		}
	}
	revisions := map[string]uint64{}
	save := func(key string) error {
		next, ok, err := s.Save(ctx, key, make([]byte, 100_000), revisions[key])
		if err == nil && !ok {
			return errors.New("lost a race against nobody")
		}
		if err == nil {
			revisions[key] = next
		}
		return err
	}
	for round := range 3 {
		for i := range 5 {
			if err := save(fmt.Sprint(i)); err != nil {
				t.Fatal(err)
			}
		}
		fill()
		// Our look at the disk must not save us here: it sees an octet.
		s.reserve.Store(-1 << 30)
		quickly(t, func() {
			var err error
			for i := range 50 {
				if err = save(fmt.Sprint("more/", i)); err != nil {
					break
				}
			}
			if err == nil {
				t.Fatalf("round %d: a full disk took everything", round)
			}
			t.Logf("round %d: %v", round, err)
		})
		if err := os.Remove(filepath.Join(dir, "filler")); err != nil {
			t.Fatal(err)
		}
		s.reserve.Store(1)
		quickly(t, func() {
			if err := save("after"); err != nil && !errors.Is(err, ErrUncertain) {
				t.Errorf("round %d: save once there is room: %v", round, err)
			}
		})
		for key, r := range revisions {
			if _, got, err := s.Load(ctx, key); err != nil || got != r {
				t.Errorf("round %d: %s: revision %d %v, want %d", round, key, got, err, r)
			}
		}
	}
}

// A store that is to be made, and one that is to be opened, on a full disk.
func TestOpenOnFullDisk(t *testing.T) {
	dir := smallDisk(t, 8)
	made := filepath.Join(dir, "made")
	s, err := Open(t.Context(), Config{Dir: made, reserve: 1, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if _, ok, err := s.Save(t.Context(), "key", []byte("doc"), 0); !ok || err != nil {
		t.Fatal(ok, err)
	}
	s.Close()
	f, err := os.Create(filepath.Join(dir, "filler"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	io.Copy(f, noise(1, 1<<30))
	quickly(t, func() {
		_, err := Open(t.Context(), Config{Dir: filepath.Join(dir, "new"), Log: slog.New(slog.DiscardHandler)})
		if !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("make a store on a full disk: %v", err)
		}
	})
	quickly(t, func() { // what is there can be read, or the error says why not
		s, err := Open(t.Context(), Config{Dir: made, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			if !errors.Is(err, syscall.ENOSPC) {
				t.Errorf("open a store on a full disk: %v", err)
			}
			return
		}
		defer s.Close()
		if doc, _, err := s.Load(t.Context(), "key"); err != nil || string(doc) != "doc" {
			t.Errorf("load: %q %v", doc, err)
		}
		if _, _, err := s.Save(t.Context(), "more", nil, 0); !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("save: %v", err)
		}
	})
	f.Close()
	os.Remove(f.Name())
	s = openSmall(t, Config{Dir: made, reserve: 1})
	if doc, _, err := s.Load(t.Context(), "key"); err != nil || string(doc) != "doc" {
		t.Errorf("load once there is room: %q %v", doc, err)
	}
}
